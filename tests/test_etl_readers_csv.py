"""CSV files: encodings, separators, row numbers as the sender sees them, files cut short."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.readers import csv as csv_reader
from etl.readers import read
from etl.readers.raw import RawTable
from warehouse.errors import FileRejected


def table(folder: Path, content: bytes, name: str = "a.csv") -> RawTable:
    path = folder / name
    path.write_bytes(content)
    return read(path, name, (), 1_000_000)


def refused(folder: Path, content: bytes, name: str = "a.csv") -> FileRejected:
    with pytest.raises(FileRejected) as error:
        table(folder, content, name)
    assert error.value.what.startswith(f"{name}: ")
    assert error.value.cure
    return error.value


def rows(raw: RawTable) -> list[tuple[int, ...]]:
    columns = [raw.cells.column(i).to_pylist() for i in range(raw.cells.num_columns)]
    return list(zip(raw.filas.to_pylist(), *columns, strict=True))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_survive_any_of_the_encodings_that_offices_use(tmp_path: Path, encoding: str) -> None:
    raw = table(tmp_path, "región,año\nÁncash,2026\n".encode(encoding))
    assert raw.header == ("región", "año")
    assert rows(raw) == [(2, "Áncash", "2026")]
    assert [n.severity for n in raw.notices] == (["informativa"] if encoding == "cp1252" else [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_and_told_when_it_is_not_a_comma(tmp_path: Path, separator: str) -> None:
    raw = table(tmp_path, f"a{separator}b\n1{separator}2\n".encode())
    assert rows(raw) == [(2, "1", "2")]
    assert len(raw.notices) == (separator != ",")


def test_row_numbers_count_blank_lines_and_quoted_line_breaks_as_excel_does(tmp_path: Path) -> None:
    raw = table(tmp_path, b'a,b\n1,"dos\nlineas"\n\n,\n3,"y, coma"\r\n')
    assert rows(raw) == [(2, "1", "dos\nlineas"), (5, "3", "y, coma")]


def test_both_readers_give_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = 'a,b\n1,"x ""y"" z"\n2,"ñ\nñ"\n,\n4,\n'.encode()
    fast = table(tmp_path, content)
    monkeypatch.setattr(csv_reader, "_fast", lambda *_: None)
    careful = table(tmp_path, content)
    assert rows(fast) == rows(careful) == [(2, "1", 'x "y" z'), (3, "2", "ñ\nñ"), (5, "4", "")]


def test_a_row_of_another_width_is_told_by_number_and_the_rest_is_read(tmp_path: Path) -> None:
    raw = table(tmp_path, b"a,b\n1,2\n3,4,5\n6,7\n8,9\n")
    assert [r[0] for r in rows(raw)] == [2, 4, 5]
    (notice,) = raw.notices
    assert (notice.severity, notice.fila, raw.misaligned) == ("error", 3, 1)
    assert notice.mensaje == "Fila 3: tiene 3 valores y la cabecera 2 columnas."


def test_when_most_rows_do_not_fit_the_file_is_refused_not_emptied(tmp_path: Path) -> None:
    error = refused(tmp_path, b"a,b\n1,2,5\n3,4,5\n6,7,5\n8,9\n")
    assert "Fila 2" in error.what and "decimales con coma" in error.cure


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "vac"),
        (b"  \n", "vac"),
        (b"\n\n1,2\n", "fila 1"),
        (b"a,b\n", "solo trae la cabecera"),
        (b"a,b\n1,2\n3", "fila 3 (la última)"),
        (b'a,b\n1,2\n3,"cuatro\n5,6\n', "fila 3: las comillas"),
        (b"a,b\n1,\x00\n", "línea 2"),
        (b"PK\x03\x04aaaa", "Excel"),
        (b"\xd0\xcf\x11\xe0aaaa", "Excel"),
        (b"%PDF-1.7", "PDF"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"<!DOCTYPE html><html>", "web"),
        (b"a,A \n1,2\n", "dos veces"),
        (",".join(f"c{i}" for i in range(600)).encode() + b"\n1\n", "600 columnas"),
    ],
)
def test_what_is_not_a_whole_table_is_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refused(tmp_path, content).what


def test_a_last_row_without_line_end_is_used_with_a_warning(tmp_path: Path) -> None:
    raw = table(tmp_path, b"a,b\n1,2\n3,4")
    assert len(rows(raw)) == 2
    (notice,) = raw.notices
    assert notice.severity == "advertencia" and "fila 3" in notice.mensaje


def test_a_kind_of_file_that_is_not_read_says_so(tmp_path: Path) -> None:
    assert ".ods" in refused(tmp_path, b"x", "a.ods").what


def test_a_long_file_is_read_in_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "_ROWS_A_BATCH", 100)
    body = "".join(f"{i},x\n" for i in range(1000))
    raw = table(tmp_path, f"a,b\n{body}\n".encode())  # the blank line at the end sends it to the careful reader
    assert raw.cells.num_rows == 1000
    assert raw.cells.column(0).to_pylist()[-1] == "999"
