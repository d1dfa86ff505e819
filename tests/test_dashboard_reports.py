"""Sheets of the regions as PDF and their workbooks: two pages, the figures of the API, nothing hidden, the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from dashboard import formats, published
from dashboard.app import create_app
from dashboard.published import Sheet, Snapshot
from dashboard.reports import region_sheet, region_workbook
from dashboard.reports.rows import Newest
from dashboard.reports.said import shortened
from tests import reports_sample, sample_open
from tests.reports_sample import BARE, FULL, TRAP
from tests.sample_open import HIDDEN, PERSONAL
from warehouse import publications
from warehouse.store import Warehouse
from warehouse.territories import regions

CODES = [r.codigo for r in regions()]
Rows = dict[tuple[str, str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    made = sample_open.build(tmp_path_factory.mktemp("informes"))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def site(inside: Warehouse) -> Iterator[TestClient]:
    """The public site over the public store."""
    yield TestClient(create_app(sample_open.public(inside), public=True))


@pytest.fixture(scope="module")
def snap(site: TestClient) -> Snapshot:
    return published.snapshot()


@pytest.fixture(scope="module")
def sheets(snap: Snapshot) -> dict[str, list[str]]:
    """Region -> the text of each page, spaces made one."""
    return {code: pages(region_sheet.region_sheet(snap, code)) for code in CODES}


@pytest.fixture(scope="module")
def api(site: TestClient) -> dict[str, Rows]:
    """Region -> (indicator, kind, period) -> row of the API."""
    found = {}
    for code in CODES:
        rows = site.get("/api/v1/valores", params={"territorio": code, "desglose": "ninguno"}).json()["valores"]
        found[code] = {(r["indicador"], r["tipo_periodo"], r["periodo"]): r for r in rows}
        assert len(found[code]) == len(rows) > 30
    return found


def pages(body: bytes) -> list[str]:
    return [" ".join((p.extract_text() or "").split()) for p in PdfReader(io.BytesIO(body)).pages]


def written(row: dict[str, Any], sheet: Sheet) -> str:
    """A value as a person writes it, by itself: not with the words of the sheet."""
    return f"{row['valor']:,.{sheet.decimals}f}{' %' if '%' in sheet.unit() else ''}".replace("-", "−")


@pytest.mark.parametrize("code", CODES)
def test_a_sheet_is_two_pages_with_the_figures_of_the_api(code: str, snap: Snapshot, sheets: dict[str, list[str]], api: dict[str, Rows]) -> None:
    first, second = sheets[code]
    assert formats.place(code) in first and "Dato" in first and f"Publicación N.º {snap.number}" in first
    seen = 0
    for sheet in snap.indicators():
        row = api[code].get((sheet.id, sheet.main_period, snap.last_period(sheet.id)))
        if row is None or sheet.direction == "context":
            continue
        name = sheet.text("short_name")
        if row["valor"] is None:
            assert name in first and name not in second, (sheet.id, "an absence stands on the first page, with its reason")
            continue
        limits = "registro" if sheet.ficha["interval"] == "none" else formats.interval(row["inferior"], row["superior"], sheet.decimals)
        told = f"{re.escape(name)} (\\([^)]*\\) )*{re.escape(formats.period(row['periodo']))} {re.escape(written(row, sheet))}[a-z,]* {re.escape(limits)} "
        assert re.search(told, second), (sheet.id, told, second)
        seen += 1
    assert seen >= 1


def cells(sheet: Any) -> list[dict[str, Any]]:
    lines = list(sheet.iter_rows(values_only=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.mark.parametrize("code", CODES)
def test_a_workbook_holds_the_figures_of_the_api_as_numbers(code: str, snap: Snapshot, api: dict[str, Rows]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(region_workbook.region_workbook(snap, code)))
    themes = [s for s in book if s.title not in ("Último periodo", "Metadatos", "Diccionario")]
    rows = {(r["indicador"], r["tipo_periodo"], r["periodo"]): r for s in themes for r in cells(s)}
    assert set(rows) == set(api[code])
    for key, row in rows.items():
        for column in ("valor", "numerador", "denominador", "inferior", "superior", "n", "cambio", "cambio_relativo", "cobertura"):
            expected = api[code][key][column]
            assert row[column] == (None if expected is None else pytest.approx(expected, rel=1e-12)), (key, column)
            assert expected is None or isinstance(row[column], int | float)
        assert row["estado"] == api[code][key]["estado"]
    for line in cells(book["Último periodo"]):
        expected = api[code][line["Identificador"], snap.sheet(line["Identificador"]).main_period, line["Periodo"]]
        assert line["Valor"] == (None if expected["valor"] is None else pytest.approx(expected["valor"], rel=1e-12))
        assert (line["Estado"] == "publicado") == (expected["valor"] is not None)  # never an empty cell without its reason beside
    assert dict(cells(book["Metadatos"])[2].items())["Valor"] == snap.number
    assert {r["columna"] for r in cells(book["Diccionario"])} >= {"valor", "estado", "avisos"}


def test_what_is_hidden_stands_nowhere_also_inside_the_ministry(inside: Warehouse, snap: Snapshot, sheets: dict[str, list[str]]) -> None:
    own = Snapshot(publications.get(inside.engine, snap.number), inside.engine)
    year = own.last_period(PERSONAL)
    for code in HIDDEN:
        value = float(own.values(PERSONAL, kind="anio", territory=code, period=year, category="")["valor"].iloc[0])
        assert value > 0
        for text in (sheets[code], pages(region_sheet.region_sheet(own, code))):
            told = re.search(r"([^.:]*Formalización de mujeres[^:]*): (no se publica para no identificar a nadie)", text[0])
            assert told and own.sheet(PERSONAL).text("short_name") not in text[1]
        row = next(r for r, s in Newest.of(own).of_region(code) if s.id == PERSONAL)
        assert row["estado"] == "no_publicable" and row["valor"] is None and row["n"] is None
        book = openpyxl.load_workbook(io.BytesIO(region_workbook.region_workbook(own, code)))
        line = next(r for s in book if s.title == "Formalización" for r in cells(s) if r["indicador"] == PERSONAL and r["periodo"] == year)
        assert line["valor"] is None and line["n"] is None and line["inferior"] is None and line["estado"] == "no_publicable"
        assert not any(abs(c - value) < 1e-9 for s in book for line in s.iter_rows(values_only=True) for c in line if isinstance(c, float))


def test_the_same_publication_gives_the_same_bytes(inside: Warehouse, snap: Snapshot) -> None:
    again = Snapshot(publications.get(sample_open.public(inside).engine, snap.number), sample_open.public(inside).engine)
    assert region_sheet.region_sheet(again, "13") == region_sheet.region_sheet(snap, "13")
    assert region_workbook.region_workbook(again, "13") == region_workbook.region_workbook(snap, "13")


def test_a_reader_of_the_screen_finds_title_language_order_and_figures_in_words(snap: Snapshot) -> None:
    read = PdfReader(io.BytesIO(region_sheet.region_sheet(snap, "13", "en", "https://siegem.example")))
    root = read.trailer["/Root"]
    assert read.metadata is not None and read.metadata.title == "Sheet of La Libertad · SIEGEM" and root["/Lang"] == "en-US"
    assert root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    said = _alternatives(root["/StructTreeRoot"])
    assert any("in each dimension" in x for x in said) and len(said) >= 2
    assert [o.title for o in read.outline if not isinstance(o, list)] == ["La Libertad"]
    text = " ".join(" ".join((p.extract_text() or "").split()) for p in read.pages)
    assert f"https://siegem.example/region/13/ficha.pdf?publicacion={snap.number}&lang=en" in text
    assert read.metadata.creation_date == snap.publication.creada_en.replace(microsecond=0)


def _alternatives(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [x for one in node for x in _alternatives(one)]
    if not isinstance(node, dict):
        return []
    return ([str(node["/Alt"])] if "/Alt" in node else []) + (_alternatives(node["/K"]) if "/K" in node else [])


def test_long_names_many_absences_and_long_statements_stay_on_two_pages(tmp_path: Any) -> None:
    warehouse = reports_sample.build(tmp_path)
    snap = Snapshot(publications.get(warehouse.engine, 1), warehouse.engine)
    try:
        full, bare = (pages(region_sheet.region_sheet(snap, code)) for code in (FULL, BARE))
    finally:
        warehouse.engine.dispose()
    assert len(full) == len(bare) == 2
    assert re.search(r"Además hay \d+ indicadores con dato que no entran", full[1])
    # what a person wrote is set as it stands: no letter of it is run
    assert TRAP[:30] in full[0] and "Completo en la página de la región" in full[0]
    named = re.findall(rf"{reports_sample.LONG} (\d\d)", bare[0])
    assert len(set(named)) >= reports_sample.MANY - 2  # every absence is named, however small


def test_a_text_that_a_spreadsheet_would_run_is_marked_as_text(tmp_path: Any) -> None:
    book = region_workbook._Book(sample_open.DATES[0], "prueba")
    sheet = book.book.add_worksheet("x")
    for i, text in enumerate((TRAP, "+1", "-1", "@SUM(1)", "normal", "\t=1")):
        book.write(sheet, i, 0, text)
    book.book.close()
    read = openpyxl.load_workbook(io.BytesIO(book.target.getvalue()))["x"]
    for row, guarded in zip(read.iter_rows(), (True, True, True, True, False, True), strict=True):
        assert row[0].data_type == "s" and row[0].quotePrefix is guarded


def test_a_statement_is_cut_at_a_word() -> None:
    assert shortened("una  frase\nbreve", 40) == ("una frase breve", False)
    assert shortened("una frase que no cabe", 12) == ("una frase…", True)


def test_documents_are_served_with_their_tag_and_kept(site: TestClient, snap: Snapshot) -> None:
    got = site.get("/region/13/ficha.pdf")
    assert got.status_code == 200 and got.headers["content-type"] == "application/pdf" and got.content.startswith(b"%PDF-1.7")
    assert got.headers["content-disposition"] == f'attachment; filename="siegem-ficha-13-p{snap.number}.pdf"'
    assert site.get("/region/13/ficha.pdf", headers={"if-none-match": got.headers["etag"]}).status_code == 304
    # a region may still say something of the newest publication; what it said of an older one is closed
    assert "immutable" not in site.get("/region/13/ficha.pdf", params={"publicacion": snap.number}).headers["cache-control"]
    assert "immutable" in site.get("/region/13/ficha.pdf", params={"publicacion": 1}).headers["cache-control"]
    assert "immutable" in site.get("/region/13/libro.xlsx", params={"publicacion": snap.number}).headers["cache-control"]
    assert site.get("/region/13/evaluacion-2025.pdf").status_code == 200
    for path, status in (("/region/99/ficha.pdf", 404), ("/region/13/evaluacion-25.pdf", 404), ("/region/13/evaluacion-1990.pdf", 404),
                         ("/informes/equipos-2026-X.pdf", 400), ("/region/13/ficha.pdf?lang=xx", 400), ("/region/13/libro.xlsx?lang=en", 400),
                         ("/informes/pilotos-1990.pdf", 404), ("/informes/pilotos-0000.pdf", 404), ("/informes/pilotos-2025.pdf?desde=9999", 404),
                         ("/informes/pilotos-2025.pdf?desde=²025", 404), ("/region/13/ficha.pdf?publicacion=99", 404)):  # fmt: skip
        answer = site.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path


def test_the_region_page_offers_them(site: TestClient) -> None:
    shown = site.get("/region/13").text
    assert 'href="/region/13/ficha.pdf"' in shown and 'href="/region/13/libro.xlsx"' in shown and "/region/13/evaluacion-2025.pdf" in shown
