"""Any bytes give rows or a sentence, never a traceback; both CSV readers agree; what is read back is what was written."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import etl_samples as samples
import pyarrow as pa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from template_filling import filled

from etl.cells import read_column
from etl.headers import known_headers, match
from etl.readers import csv as csv_reader
from etl.readers import read
from etl.readers.csv_quotes import Quotes
from etl.readers.raw import RawTable
from etl.shape import FileTexts, shape
from etl.templates import template_bytes
from warehouse.contracts import Column
from warehouse.errors import FileRejected

_TEMPORARY = tempfile.TemporaryDirectory(prefix="siegem-")  # removed when the process ends
FOLDER = Path(_TEMPORARY.name)
CONTRACT = samples.contract(FOLDER)
KNOWN = known_headers(CONTRACT)
GOOD_CSV = samples.csv_bytes(samples.GOOD)
GOOD_XLSX = samples.xlsx_bytes([samples.HEADER, *samples.GOOD], sheets=("Leame", "Datos"))
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
#: bytes near what files hold: separators, quotes, line ends, digits, letters of both encodings
PIECES = [b",", b";", b"\t", b'"', b"\n", b"\r\n", b"\r", b"1", b"12,5", b"a", "ñ".encode(), b"\xf1", b" ", b"\xef\xbb\xbf"]
NEAR_CSV = st.lists(st.sampled_from(PIECES))


def outcome(content: bytes, suffix: str) -> RawTable | FileRejected:
    """Rows or a sentence; anything else is raised."""
    path = FOLDER / f"a{suffix}"
    path.write_bytes(content)
    try:
        raw = read(path, path.name, KNOWN, 20_000_000)
        shape(CONTRACT, [FileTexts("e", "13", "2026-03", match(CONTRACT, raw, path.name))], "sal")
    except FileRejected as error:
        assert error.what.startswith(path.name) and error.cure
        return error
    return raw


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """The good file with a few bytes changed, or cut, or with a piece twice."""
    at = st.integers(0, len(good) - 1)
    changes = st.lists(st.tuples(at, st.binary(min_size=1, max_size=4)), min_size=1, max_size=6)

    def change(edits: list[tuple[int, bytes]]) -> bytes:
        content = bytearray(good)
        for place, data in edits:
            content[place : place + len(data)] = data
        return bytes(content)

    return st.one_of(changes.map(change), at.map(lambda n: good[:n]), st.tuples(at, at).map(lambda p: good[: p[0]] + good[p[1] :]))


@MANY
@given(st.one_of(st.binary(max_size=400), NEAR_CSV.map(b"".join), mutated(GOOD_CSV)))
def test_any_bytes_named_csv_give_rows_or_a_sentence(content: bytes) -> None:
    found = outcome(content, ".csv")
    if isinstance(found, RawTable):
        assert found.cells.num_rows == len(found.filas) and found.cells.num_rows + found.misaligned > 0


@MANY
@given(st.one_of(st.binary(max_size=400), mutated(GOOD_XLSX)))
def test_any_bytes_named_xlsx_give_rows_or_a_sentence(content: bytes) -> None:
    outcome(content, ".xlsx")


@settings(max_examples=200, deadline=None)
@given(part=st.sampled_from(["xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]), data=st.data())
def test_a_workbook_with_any_part_damaged_gives_rows_or_a_sentence(part: str, data: st.DataObject) -> None:
    source, out = zipfile.ZipFile(io.BytesIO(GOOD_XLSX)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for info in source.infolist():
            text = source.read(info.filename)
            book.writestr(info.filename, data.draw(mutated(text)) if info.filename == part else text)
    outcome(out.getvalue(), ".xlsx")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cc", "Cs"]), max_size=12)
CELLS = st.lists(st.lists(st.one_of(CELL, st.sampled_from(['"', "a\nb", ",", ";", "x\r\ny"])), min_size=3, max_size=3), min_size=1, max_size=8)


@MANY
@given(CELLS)
def test_what_is_written_is_read_back_by_both_readers(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["a", "b", "c"], *rows])
    path = FOLDER / "ida.csv"
    path.write_bytes(text.getvalue().encode())
    expected = [(n, *row) for n, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    for blocked in (False, True):
        with patch.object(csv_reader, "_fast", (lambda *_: None) if blocked else csv_reader._fast):
            try:
                raw = read(path, path.name, (), 0)
            except FileRejected as error:
                assert not expected and "solo trae la cabecera" in error.what
                continue
        columns = [c.to_pylist() for c in raw.cells.columns]
        assert list(zip(raw.filas.to_pylist(), *columns, strict=True)) == expected


QUOTES = st.lists(st.sampled_from([b",", b";", b'"', b'""', b"\n", b"\r\n", b"1", b"a", b" ", b'a"b', b',"', b'",']), max_size=25).map(b"".join)


def read_table(path: Path) -> tuple[object, ...]:
    """What a reader gives, to be compared; a sentence compares as a sentence."""
    try:
        raw = read(path, path.name, (), 0)
    except FileRejected:
        return ("frase",)
    return raw.header, [c.to_pylist() for c in raw.cells.columns], raw.filas.to_pylist(), raw.misaligned


@MANY
@given(QUOTES)
@example(b'a"b,"')  # a file cut inside a quote, with as many quotes as a whole one
def test_both_readers_understand_stray_quotes_alike(content: bytes) -> None:
    path = FOLDER / "comillas.csv"
    path.write_bytes(b"a,b\n" + content)
    fast = read_table(path)
    with patch.object(csv_reader, "_fast", lambda *_: None):
        assert read_table(path) == fast


@MANY
@given(QUOTES, st.lists(st.integers(0, 80)))
def test_quotes_are_judged_alike_however_the_file_is_cut_in_pieces(content: bytes, cuts: list[int]) -> None:
    whole, pieces, edges = Quotes(","), Quotes(","), sorted({0, *cuts, len(content)})
    whole.feed(content)
    for start, end in pairwise(edges):
        pieces.feed(content[start:end])
    assert (pieces.end(), pieces.count) == (whole.end(), whole.count)


TEMPLATE = template_bytes(CONTRACT, "13", "2026-03", {}, date(2026, 4, 1))
FILLED = filled(TEMPLATE, CONTRACT, [{"codigo": "A-1", "cod_region": "13", "fecha": date(2026, 3, 2), "monto": 10.5, "grave": True}])


@settings(max_examples=150, deadline=None)
@given(mutated(FILLED))
def test_a_template_with_bytes_changed_gives_rows_or_a_sentence(content: bytes) -> None:
    outcome(content, ".xlsx")


@MANY
@given(kind=st.sampled_from(["integer", "number", "date", "boolean", "string"]), texts=st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_any_text_of_any_type_is_a_value_a_blank_or_a_fault(kind: str, texts: list[str]) -> None:
    column = Column(name="x", type=kind)
    typed = read_column(column, pa.chunked_array([texts]))
    values = typed.values.to_pylist()
    assert len(values) == len(texts)
    faults = dict(typed.faults(column))
    assert all(values[at] is None and fault.what and fault.cure for at, fault in faults.items())
