"""XLSX workbooks: what the sender meant, and what must be refused before it is opened."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import etl_samples as samples
import pytest

from etl.readers import read
from etl.readers.raw import RawTable, fold
from warehouse.errors import FileRejected

KNOWN = frozenset(fold(h) for h in samples.HEADER)
MB = 1_000_000


def table(folder: Path, content: bytes, limit: int = 50 * MB) -> RawTable:
    path = folder / "a.xlsx"
    path.write_bytes(content)
    return read(path, path.name, KNOWN, limit)


def refused(folder: Path, content: bytes, limit: int = 50 * MB) -> FileRejected:
    with pytest.raises(FileRejected) as error:
        table(folder, content, limit)
    assert error.value.what.startswith("a.xlsx: ")
    assert error.value.cure
    return error.value


def with_part(content: bytes, part: str, change: tuple[bytes, bytes]) -> bytes:
    """The workbook with one of its parts edited."""
    source, out = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for info in source.infolist():
            text = source.read(info.filename)
            if info.filename == part:
                assert change[0] in text
                text = text.replace(*change)
            book.writestr(info.filename, text)
    return out.getvalue()


def test_cells_read_as_a_csv_would_have_them(tmp_path: Path) -> None:
    raw = table(tmp_path, samples.xlsx_bytes([samples.HEADER, ["A-1", "13", date(2026, 3, 2), 10.5, 858.0, True, "abierto", None]]))
    assert raw.header == tuple(samples.HEADER)
    assert [c.to_pylist()[0] for c in raw.cells.columns] == ["A-1", "13", "2026-03-02", "10.5", "858", "true", "abierto", ""]
    assert raw.filas.to_pylist() == [2]


def test_the_sheet_and_the_row_of_the_header_are_found(tmp_path: Path) -> None:
    content = samples.xlsx_bytes([["GOBIERNO REGIONAL"], [], samples.HEADER, samples.GOOD[0]], sheets=("Leame", "Datos"))
    raw = table(tmp_path, content)
    assert raw.header == tuple(samples.HEADER)
    assert raw.filas.to_pylist() == [4]
    assert "fila 3" in raw.notices[0].mensaje


def test_a_formula_names_its_cell_and_says_to_paste_its_value(tmp_path: Path) -> None:
    raw = table(tmp_path, samples.xlsx_bytes([samples.HEADER, *samples.GOOD], formula="D3"))
    (notice,) = raw.notices
    assert (notice.severity, notice.fila, notice.columna) == ("error", 3, "monto")
    assert "D3" in notice.mensaje and "pegue como valor" in notice.remedio


def test_an_excel_error_names_its_cell(tmp_path: Path) -> None:
    content = samples.xlsx_bytes([samples.HEADER, *samples.GOOD], formula="D3")
    raw = table(tmp_path, with_part(content, "xl/worksheets/sheet1.xml", (b"<f>1+1</f><v>2</v>", b"<v>#N/A</v>")))
    assert raw.notices == ()
    broken = with_part(content, "xl/worksheets/sheet1.xml", (b'<c r="D3"><f>1+1</f><v>2</v>', b'<c r="D3" t="e"><v>#N/A</v>'))
    (notice,) = table(tmp_path, broken).notices
    assert "D3" in notice.mensaje and notice.fila == 3


@pytest.mark.parametrize(("merge", "says"), [("A1:B1", "en la cabecera"), ("A2:A3", "en los datos")])
def test_merged_cells_name_their_range(tmp_path: Path, merge: str, says: str) -> None:
    error = refused(tmp_path, samples.xlsx_bytes([samples.HEADER, *samples.GOOD], merge=merge))
    assert merge in error.what and says in error.what and "fila" in error.what
    assert "Descombinar" in error.cure


def test_cut_at_any_point_it_is_a_sentence(tmp_path: Path) -> None:
    whole = samples.xlsx_bytes([samples.HEADER, *samples.GOOD])
    for share in (0.1, 0.5, 0.9, 0.99):
        assert "incompleto" in refused(tmp_path, whole[: int(len(whole) * share)]).what


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "contraseña"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "antiguo"),
        (b"codigo,monto\n1,2\n", "no es un libro"),
        (b"", "vacío"),
        (samples.xlsx_bytes([samples.HEADER]), "solo trae la cabecera"),
        (samples.xlsx_bytes([]), "vacío"),
        (samples.xlsx_bytes([[*samples.HEADER, "Código"], *samples.GOOD]), "dos veces"),
    ],
)
def test_what_cannot_be_a_table_is_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refused(tmp_path, content).what


def test_a_zip_that_is_no_workbook_is_a_sentence(tmp_path: Path) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("notas.txt", "hola")
    assert "no es un libro de Excel" in refused(tmp_path, buffer.getvalue()).what


@pytest.mark.parametrize("lying", [False, True])
def test_a_bomb_is_refused_without_being_opened(tmp_path: Path, lying: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    content = samples.bomb(600, lying=lying)
    assert len(content) < 2 * MB
    monkeypatch.setattr("etl.readers.xlsx._read", lambda *a: pytest.fail("se abrió la hoja de una bomba"))
    error = refused(tmp_path, content, limit=100 * MB)
    assert "descomprimido" in error.what


def test_one_cell_at_the_end_of_the_world_does_not_ask_for_the_whole_rectangle(tmp_path: Path) -> None:
    far = samples.xlsx_bytes([samples.HEADER, *samples.GOOD])
    far = with_part(far, "xl/worksheets/sheet1.xml", (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'))
    assert "XFD1048576" in refused(tmp_path, far).what


def test_dates_counted_from_1904_are_not_guessed(tmp_path: Path) -> None:
    book = samples.xlsx_bytes([samples.HEADER, *samples.GOOD])
    error = refused(tmp_path, with_part(book, "xl/workbook.xml", (b"<workbookPr ", b'<workbookPr date1904="1" ')))
    assert "1904" in error.what


def test_entities_declared_in_a_sheet_are_refused(tmp_path: Path) -> None:
    book = samples.xlsx_bytes([samples.HEADER, *samples.GOOD])
    declared = with_part(book, "xl/worksheets/sheet1.xml", (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'))
    assert "dañada" in refused(tmp_path, declared).what


def test_a_long_text_repeated_in_many_cells_is_counted_before_it_is_copied(tmp_path: Path) -> None:
    content = samples.xlsx_bytes([samples.HEADER, *([["x" * 10_000] * 8] * 200)])
    assert len(content) < MB
    assert "textos repetidos" in refused(tmp_path, content, limit=10 * MB).what
    assert table(tmp_path, content, limit=20 * MB).cells.num_rows == 200
