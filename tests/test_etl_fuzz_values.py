"""Whatever is written in a cell is what is read from it, or a finding names the cell: no value changes in silence."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from checks.findings import Finding
from etl.cells import FILLERS
from etl.headers import known_headers, match
from etl.readers import read
from etl.shape import FileTexts, shape
from warehouse.contracts import Contract, load_contract
from warehouse.errors import FileRejected

_TEMPORARY = tempfile.TemporaryDirectory(prefix="siegem-")  # removed when the process ends
FOLDER = Path(_TEMPORARY.name)
MANY = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
KINDS = ("string", "integer", "number", "date", "boolean")
#: written as an empty cell in both kinds of file
NOTHING = None


def _contract() -> Contract:
    columns = "\n".join(f"      - {{name: {k}_, logicalType: {k}}}" for k in KINDS)
    (FOLDER / "celdas.yml").write_text(
        "apiVersion: v3.0.2\nkind: DataContract\nid: celdas\nname: Celdas\nversion: 1.0.0\nstatus: active\ndescription: {purpose: Prueba}\n"
        "customProperties:\n  - {property: contrato, value: T02}\n  - {property: titulo_en, value: Cells}\n"
        "  - {property: fuente, value: {publicador: {es: Prueba, en: Test}, titulo: {es: Prueba, en: Test}}}\n"
        "  - {property: territorio, value: {columna: fila, tipo: ninguno}}\n  - {property: entrega, value: {ambito: nacional, periodicidad: unica}}\n"
        "schema:\n  - name: celdas\n    physicalType: table\n    properties:\n      - {name: fila, logicalType: integer, required: true, primaryKey: true}\n"
        + columns,
        encoding="utf-8",
    )
    return load_contract(FOLDER / "celdas.yml")


CONTRACT = _contract()
HEADER = [c.name for c in CONTRACT.columns]


@dataclass(frozen=True)
class Cell:
    """`written`: what goes into the file. `expected`: what must come out of it, unless a finding names the cell.

    `doubtful`: there must be a finding, because what was written can be read in more than one way or cannot be kept.
    """

    written: Any
    expected: Any
    doubtful: bool = False


def blank(text: str) -> bool:
    return not text.strip() or text.strip().lower() in FILLERS


# ---- what is written in each kind of column


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
TEXTS = st.one_of(
    st.text(LETTERS, min_size=1, max_size=20),
    st.from_regex(r"0{1,4}[0-9]{1,20}", fullmatch=True),
    st.from_regex(r"[0-9]{15,40}", fullmatch=True),
    st.sampled_from(
        ['"', '""', "a,b;c\td", "dos\nlíneas", "x\r\ny", "Áéíóú ñÑ", "⛏️ mina", "'001", "=1+1", "+51", "2026-03-04", "03/04/2026", "1.234,56", "1e5", "45000",
         "TRUE", "_x000D_", "_x0041_", "&amp;<a>", "1/2", "#N/A", "007-2026"]
    ),
)  # fmt: skip
AS_TEXT = TEXTS.map(lambda t: Cell(t, None if blank(t) else t.strip()))
PLAIN_INTEGERS = st.integers(-(10**18) + 1, 10**18 - 1)
FORMS_OF_INTEGERS: list[Callable[[int], str]] = [str, "{:+d}".format, "{:.0f}.0".format, "{:012d}".format]
INTEGERS = st.one_of(
    PLAIN_INTEGERS.map(lambda n: Cell(str(n), n)),
    st.builds(lambda n, form: Cell(form(n), n), st.integers(-(10**9), 10**9), st.sampled_from(FORMS_OF_INTEGERS)),
    st.integers(10**19, 10**30).map(lambda n: Cell(str(n), None, doubtful=True)),
    st.integers(1_000, 10**9).map(lambda n: Cell(f"{n:,}", None, doubtful=True)),
    st.integers(1_000, 10**9).map(lambda n: Cell(f"{n:,}".replace(",", "."), None, doubtful=True)),
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(lambda d: abs(d.adjusted()) < 250 and len(str(d)) < 60)


def decimal_cell(number: Decimal) -> Cell:
    """Kept exactly, to the last figure that was written, or asked about."""
    kept = float(number)
    figures = len(number.normalize().as_tuple().digits)
    faithful = math.isfinite(kept) and number.normalize() in (Decimal(f"{kept:.{figures - 1}e}"), Decimal(repr(kept)))
    return Cell(format(number, "f") if abs(number.adjusted()) < 30 else str(number), kept if faithful else None, doubtful=not faithful)


NUMBERS = st.one_of(
    DECIMALS.map(decimal_cell),
    st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False).map(lambda f: Cell(repr(f), f)),
    st.decimals(-(10**9), 10**9, places=2).map(lambda d: Cell(str(d), float(d))),
    st.floats(1e3, 1e9).map(lambda f: Cell(f"{f:,.2f}".translate(str.maketrans(",.", ".,")), None, doubtful=True)),
    st.floats(1e3, 1e9).map(lambda f: Cell(f"{f:,.2f}", None, doubtful=True)),
    st.floats(0, 100).map(lambda f: Cell(f"{f:.2f}".replace(".", ","), None, doubtful=True)),
    st.sampled_from([Cell("15%", None, True), Cell("S/ 10", None, True), Cell("1e400", None, True), Cell("1e-400", None, True)]),
)
DAYS = st.dates(date(1955, 1, 1), date(2118, 12, 31))
EXCEL_EPOCH = date(1899, 12, 30)
FORMS_OF_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d/%m/%y", "%d/%m/%Y 10:30", "%Y-%m-%d 10:30:00")
DATES = st.one_of(
    DAYS.map(lambda d: Cell(d.isoformat(), d)),
    DAYS.map(lambda d: Cell(f"{d} 00:00:00", d)),
    st.builds(lambda d, form: Cell(d.strftime(form), None, doubtful=True), DAYS, st.sampled_from(FORMS_OF_DAYS)),
    DAYS.map(lambda d: Cell(str((d - EXCEL_EPOCH).days), d)),
    st.sampled_from([Cell("2026-02-30", None, True), Cell("2026-13-01", None, True), Cell("45000.5", None, True), Cell("0000-00-00", None, True)]),
)
BOOLEANS = st.sampled_from(
    [Cell(t, True) for t in ("true", "TRUE", "sí", "Si", "1", "VERDADERO")]
    + [Cell(t, False) for t in ("false", "no", "NO", "0", "falso")]
    + [Cell(t, None, True) for t in ("x", "2", "quizá", "yes?")]
)
EMPTY = st.sampled_from([Cell("", NOTHING), Cell("  ", NOTHING), Cell("NA", NOTHING), Cell("s/d", NOTHING), Cell("9999-12-31", NOTHING)])
COLUMNS = {"string": AS_TEXT, "integer": INTEGERS, "number": NUMBERS, "date": DATES, "boolean": BOOLEANS}
ROWS = st.lists(st.tuples(*(st.one_of(COLUMNS[k], EMPTY) for k in KINDS)), min_size=1, max_size=6)


# ---- what comes out


def shaped(path: Path) -> tuple[dict[int, dict[str, Any]], list[Finding]]:
    """Typed values by the row number that the file itself carries, and everything that was said."""
    raw = read(path, path.name, known_headers(CONTRACT), 100_000_000)
    result = shape(CONTRACT, [FileTexts("e", "00", "serie", match(CONTRACT, raw, path.name))], "sal")
    return {row["fila"]: row for row in result.rows.to_pylist()}, result.issues


def check(rows: list[tuple[Cell, ...]], path: Path) -> None:
    found, said = shaped(path)
    named = {(f.fila, f.columna) for f in said if f.severidad == "error"}
    for number, cells in enumerate(rows, start=2):
        for kind, cell in zip(KINDS, cells, strict=True):
            column = f"{kind}_"
            got = found[number][column]
            if (number, column) in named:
                assert cell.doubtful or cell.expected is None or _may_be_asked(kind, cell), f"se preguntó sin motivo: {cell} en {column}"
                assert got is None or kind not in ("date", "boolean"), "una celda dudosa no se adivina"
            else:
                assert not cell.doubtful, f"{cell} en {column} se leyó {got!r} sin decir nada"
                assert same(got, cell.expected), f"{cell} en {column} se leyó {got!r}"


def _may_be_asked(kind: str, cell: Cell) -> bool:
    # 1.234 beside 10,5 in the same column
    return kind == "number" and isinstance(cell.written, str) and len(cell.written.partition(".")[2]) == 3


def same(got: Any, expected: Any) -> bool:
    return bool(got == expected) and type(got) is type(expected)


# ---- CSV


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t"])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
    }


def csv_text(rows: list[tuple[Cell, ...]], dialect: dict[str, Any]) -> str:
    out = io.StringIO()
    csv.writer(out, **dialect).writerows([HEADER, *([n, *(c.written for c in cells)] for n, cells in enumerate(rows, start=2))])
    return out.getvalue()


@MANY
@given(rows=ROWS, dialect=dialects(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
def test_a_csv_gives_what_was_written_or_names_the_cell(rows: list[tuple[Cell, ...]], dialect: dict[str, Any], encoding: str) -> None:
    text = csv_text(rows, dialect)
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    if encoding == "cp1252":
        assume(not _is_other_utf8(content, text))
    path = FOLDER / "a.csv"
    path.write_bytes(content)
    try:
        check(rows, path)
    except FileRejected as error:
        # in Windows-1252 some signs inside a word are the accents of MS-DOS: asked about, never guessed
        assert encoding == "cp1252" and "MS-DOS" in error.what, error


def _is_other_utf8(content: bytes, text: str) -> bool:
    """Bytes that are good UTF-8 for other letters: nobody can tell which was meant."""
    try:
        return content.decode() != text
    except UnicodeDecodeError:
        return False


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_a_csv_in_utf_16_is_a_sentence(rows: list[tuple[Cell, ...]]) -> None:
    path = FOLDER / "a.csv"
    path.write_bytes(csv_text(rows, {}).encode("utf-16"))
    try:
        shaped(path)
    except FileRejected as error:
        assert "UTF-16" in error.what and "CSV UTF-8" in error.cure
    else:
        raise AssertionError("UTF-16 se leyó como otra cosa")


SPANISH = ["región", "exploración", "número", "compañía", "Áncash, explotación", "mediodía", "señal", "Ñuñoa: año"]


@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.sampled_from(SPANISH), min_size=1), encoding=st.sampled_from(["cp850", "cp437"]))
def test_the_accents_of_ms_dos_are_asked_about(words: list[str], encoding: str) -> None:
    path = FOLDER / "a.csv"
    rows = [(Cell(w, w), *(Cell("", NOTHING) for _ in KINDS[1:])) for w in words]
    path.write_bytes(csv_text(rows, {}).encode(encoding, errors="replace"))
    try:
        shaped(path)
    except FileRejected as error:
        assert "MS-DOS" in error.what and "CSV UTF-8" in error.cure
    else:
        raise AssertionError("las tildes de MS-DOS se leyeron como otros signos")


@MANY
@given(number=st.decimals(-(10**6), 10**6, places=2), text=st.sampled_from(["", "x"]), separator=st.sampled_from([",", ";"]))
def test_a_decimal_comma_never_moves_the_columns(number: Decimal, text: str, separator: str) -> None:
    """An unquoted 12,50 in a file separated by commas: three cells where there are two, and the last one may be empty."""
    comma = str(number).replace(".", ",")
    path = FOLDER / "a.csv"
    path.write_text(f"fila{separator}number_{separator}string_\n2{separator}{comma}{separator}{text}\n", encoding="utf-8")
    try:
        found, said = shaped(path)
    except FileRejected as error:
        assert separator == "," and "decimales con" in error.cure
        return
    assert separator == ";" and [f.fila for f in said if f.severidad == "error"] == [2] and found[2]["number_"] is None


# ---- XLSX


@st.composite
def native(draw: st.DrawFn, kind: str) -> Cell:
    """What a person leaves in a cell of Excel: texts, numbers, dates and yes or no of its own."""
    if kind == "integer":
        number = draw(st.integers(-(10**17), 10**17))
        return Cell(number, number if abs(number) < 10**15 else None, doubtful=abs(number) >= 10**15)
    if kind == "number":
        # the library that writes the file keeps sixteen figures, and Excel fifteen
        value = draw(st.one_of(st.floats(-1e14, 1e14, allow_subnormal=False), st.integers(-(10**6), 10**6).map(lambda n: n / 100)))
        return Cell(float(f"{value:.15g}"), float(f"{value:.15g}") + 0.0)
    if kind == "date":
        day = draw(DAYS)
        hour = draw(st.sampled_from([None, None, timedelta(hours=10, minutes=30)]))
        return Cell(day, day) if hour is None else Cell(datetime(day.year, day.month, day.day) + hour, None, doubtful=True)
    if kind == "boolean":
        value = draw(st.booleans())
        return Cell(value, value)
    # Excel turns «3-2026» into a date and a code of twenty figures into a number that lost five: what was typed is not in the file
    return draw(
        st.one_of(
            DAYS.map(lambda d: Cell(d, None, doubtful=True)),
            st.integers(10**15, 10**25).map(lambda n: Cell(n, None, doubtful=True)),
            st.integers(0, 10**14).map(lambda n: Cell(n, str(n))),
        )
    )


XLSX_ROWS = st.lists(st.tuples(*(st.one_of(COLUMNS[k], EMPTY, native(k)) for k in KINDS)), min_size=1, max_size=6)


def xlsx(rows: list[tuple[Cell, ...]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, day = book.add_worksheet("Datos"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADER)
    for r, cells in enumerate(rows, start=1):
        sheet.write_number(r, 0, r + 1)
        for c, cell in enumerate(cells, start=1):
            value = cell.written
            if isinstance(value, bool):
                sheet.write_boolean(r, c, value)
            elif isinstance(value, date):
                sheet.write_datetime(r, c, value, day)
            elif isinstance(value, int | float):
                sheet.write_number(r, c, value)
            else:
                sheet.write_string(r, c, value)
    book.close()
    return out.getvalue()


@MANY
@given(rows=XLSX_ROWS)
def test_a_workbook_gives_what_was_written_or_names_the_cell(rows: list[tuple[Cell, ...]]) -> None:
    path = FOLDER / "a.xlsx"
    path.write_bytes(xlsx(rows))
    check(rows, path)


def formatted(number: float, code: str, column: str) -> Path:
    """A workbook with one number under a number format."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["fila", column])
    sheet.write_number(1, 0, 2)
    sheet.write_number(1, 1, number, book.add_format({"num_format": code}))
    book.close()
    path = FOLDER / "a.xlsx"
    path.write_bytes(out.getvalue())
    return path


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 10**6), width=st.integers(2, 8), column=st.sampled_from(["string_", "integer_", "number_"]))
def test_zeros_that_a_format_puts_in_front_are_read_as_they_are_seen(number: int, width: int, column: str) -> None:
    found, _ = shaped(formatted(number, "0" * width, column))
    assert found[2][column] == {"string_": str(number).zfill(width), "integer_": number, "number_": float(number)}[column]


@settings(max_examples=60, deadline=None)
@given(number=st.floats(0, 1), code=st.sampled_from(["0%", "0.0%", '0.00 "de" 100%']), column=st.sampled_from(["string_", "number_"]))
def test_a_percentage_of_excel_is_asked_about(number: float, code: str, column: str) -> None:
    _, said = shaped(formatted(number, code, column))
    assert [(f.fila, f.columna) for f in said if f.severidad == "error"] == [(2, column)]
    assert "B2" in said[-1].mensaje or any("B2" in f.mensaje for f in said)


# ---- one column, many neighbours


@MANY
@given(st.lists(st.sampled_from(["1.234", "12.345", "10,5", "1.234,50", "0.125", "7", "12.5", ""]), min_size=1, max_size=8))
@example(["1.234", "10,5"])
@example(["1.234", "7"])
def test_a_point_is_doubtful_only_beside_a_decimal_comma(texts: list[str]) -> None:
    path = FOLDER / "a.csv"
    path.write_bytes(csv_text([(Cell("", None), Cell("", None), Cell(t, None), Cell("", None), Cell("", None)) for t in texts], {}).encode())
    found, said = shaped(path)
    named = {f.fila for f in said if f.severidad == "error"}
    commas = any("," in t for t in texts)
    for number, text in enumerate(texts, start=2):
        doubtful = "," in text or (commas and text in ("1.234", "12.345"))
        assert (number in named) == doubtful, text
        if not doubtful:
            assert found[number]["number_"] == (float(text) if text else None)


def test_types_of_arrow_are_those_expected() -> None:
    assert {f.name: f.type for f in shape(CONTRACT, [_empty()], "sal").rows.schema if f.name.endswith("_")} == {
        "string_": pa.string(), "integer_": pa.int64(), "number_": pa.float64(), "date_": pa.date32(), "boolean_": pa.bool_(),
    }  # fmt: skip


def _empty() -> FileTexts:
    path = FOLDER / "a.csv"
    path.write_text("fila\n2\n")
    return FileTexts("e", "00", "serie", match(CONTRACT, read(path, path.name, known_headers(CONTRACT), 0), path.name))
