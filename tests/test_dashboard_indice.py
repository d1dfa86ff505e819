"""The index's page: profiles and bands before the number, the reader's own weights, and never a ranking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from dashboard import published
from dashboard.address import Reader, reader
from dashboard.app import create_app
from dashboard.narrative import indice, indice_views, indice_weights
from dashboard.narrative.indice import Reading
from dashboard.narrative.parts import ordered_regions
from dashboard.published import Sheet, Snapshot
from kpis import composite
from tests.browser import serving
from tests.sample_index import MINEM, PERIODS, SHEET, WITHOUT, build_with_index, made
from tests.test_dashboard_pages import plain, walk
from warehouse.store import Warehouse
from warehouse.territories import all_territories

PAGE = "/indice"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build_with_index(tmp_path_factory.mktemp("con-indice"))


@pytest.fixture(scope="module")
def site(warehouse: Warehouse) -> Iterator[httpx.Client]:
    with serving(create_app(warehouse)) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture
def snap(site: httpx.Client) -> Snapshot:
    found = published.snapshot()
    reader.set(Reader("es", found.number))
    return found


@pytest.fixture
def reading(snap: Snapshot) -> Reading:
    found = indice.read(snap)
    assert found is not None
    return found


def test_the_newest_period_is_read_where_none_or_an_unknown_one_is_asked(snap: Snapshot) -> None:
    found = [indice.read(snap, asked) for asked in ("", "1999-T1", PERIODS[0])]
    assert [r.period for r in found if r] == [PERIODS[-1], PERIODS[-1], PERIODS[0]]
    newest = found[0]
    assert newest is not None and newest.before and len(newest.results) == 26
    assert indice.read(published.snapshot(1)) is None


def test_the_published_weights_give_the_published_index(reading: Reading) -> None:
    own = indice_weights.recomputed(reading, indice_weights.official(reading))
    assert own[WITHOUT] is None
    assert all(own[c] == pytest.approx(r["valor"], abs=1e-3) for c, r in reading.calculable.items())


def test_other_weights_move_every_region_towards_its_own_dimension(reading: Reading) -> None:
    only = tuple(50 if d["id"] == "D2" else 0 for d in reading.dimensions)
    own = indice_weights.recomputed(reading, only)
    for code, result in reading.calculable.items():
        assert own[code] == pytest.approx(indice.dimension(result, "D2")["valor"], abs=1e-6)  # type: ignore[index]


@pytest.mark.parametrize("asked", ["", "1,2,3", "a,b,c,d,e,f,g", "0,0,0,0,0,0,0", "101,1,1,1,1,1,1", "-5,1,1,1,1,1,1", "1.5,1,1,1,1,1,1"])
def test_weights_that_are_none_are_refused(reading: Reading, asked: str) -> None:
    assert indice_weights.parse(asked, reading) is None


def test_the_page_says_whose_weights_they_are(snap: Snapshot) -> None:
    shown = plain(made(PAGE, pesos="90,0,0,5,5,0,0"))
    assert "Pesos del lector" in shown and "No es el índice publicado" in shown
    assert "Los pesos de la dirección no se entienden" in plain(made(PAGE, pesos="nada"))
    official = ",".join(map(str, indice_weights.official(indice.read(snap))))  # type: ignore[arg-type]
    assert "Pesos del lector" not in plain(made(PAGE, pesos=official))


def test_a_step_of_a_weight_is_a_link_that_keeps_the_others(reading: Reading) -> None:
    steps = indice_weights.explorer(reading, "0,25,10,20,10,10,100", "es")
    hrefs = [c.href for c in walk(steps) if getattr(c, "href", "")]
    assert any("pesos=5%2C25%2C10%2C20%2C10%2C10%2C100" in h and h.endswith("#pesos") for h in hrefs)
    # at either end there is no further step
    assert not any("pesos=-5" in h or "%2C105" in h for h in hrefs)
    ends = [c for c in walk(steps) if "pesos__paso--fin" in str(getattr(c, "className", ""))]
    assert len(ends) == 2


def test_regions_stand_by_name_never_by_score(snap: Snapshot, reading: Reading) -> None:
    shown = made(PAGE)
    assert "Este índice no es un ranking" in plain(shown)
    table = next(c for c in walk(shown) if "idr" in str(getattr(c, "className", "")).split())
    names = [plain(row.children[0]) for row in table.children[2].children]
    assert names == [all_territories()[c].nombre for c in ordered_regions()]


def test_a_region_without_index_says_why_and_a_function_of_minem_too(snap: Snapshot, reading: Reading) -> None:
    shown = plain(indice_views.profiles(reading, "", "es"))
    assert "No se calcula: «Gestión ambiental» es obligatoria y tiene dato en 45 % de su peso (hace falta 60 %)" in shown
    assert indice.why_not(reading, reading.results["13"], MINEM) == "función ejercida por MINEM: no se evalúa"
    assert "competencia de MINEM" in shown and "no reportado" in shown  # what the hatches mean


def test_places_are_an_interval_and_only_from_ten_regions_on(reading: Reading) -> None:
    assert "Puesto, solo como intervalo" in plain(indice_views.table(reading, "es"))
    few = replace(reading, results=dict(list(reading.results.items())[:9]))
    assert "Puesto" not in plain(indice_views.table(few, "es"))


def test_levels_are_named_as_surely_as_they_are_known(reading: Reading) -> None:
    assert indice.levels_touched(reading, 62.0, 78.0) == ["en_avance"]
    assert indice.levels_touched(reading, -0.1, 100.0) == ["critico", "en_desarrollo", "en_avance", "consolidado"]
    assert indice.levels_touched(reading, None, None) == []
    assert indice.level_words(reading, ["en_desarrollo", "en_avance"]) == "En desarrollo o en avance"
    assert indice.level_words(reading, ["critico", "en_desarrollo", "en_avance"]) == "Entre crítico y en avance"
    wide = {**reading.results["13"], "dimensiones": [{**d, "inferior": 10.0, "superior": 90.0} for d in reading.results["13"]["dimensiones"]]}
    assert indice.finding(reading, wide).startswith("Ninguna dimensión cae entera en un solo nivel")


def test_overlapping_bands_are_said_before_any_number(reading: Reading) -> None:
    assert indice_views.pairs_told_apart(reading, "es") == "En 300 de 300 parejas de regiones no se puede decir cuál está por encima"
    assert indice_views.CONVINCING == composite.CONVINCING and "90" in indice_views.how_pairs_are_told_apart("es")


def test_goalposts_are_told_in_the_unit_of_the_indicator(snap: Snapshot) -> None:
    sheet = snap.sheet("pct_tramites_en_plazo")
    days = Sheet(sheet.id, {**sheet.ficha, "unit": {"es": "días hábiles", "en": "business days"}}, sheet.tablas, "")
    assert indice_views._goalpost({"floor": 6, "goal": 1.5, "divide_by": 30}, "floor", days, "es") == "180\u00a0días hábiles"
    assert indice_views._goalpost({"floor": 30, "goal": 95}, "goal", sheet, "es") == "95\u00a0%"


def test_leaving_one_indicator_out_is_told_as_published(snap: Snapshot, reading: Reading) -> None:
    told = indice_views.sensitivity(reading, {s.id: s for s in snap.indicators()}, "es")
    assert "hasta 4.0 (Trámites en plazo" in plain(told) or "hasta 4.0 (Trámites notificados" in plain(told)
    assert "ninguna nota cambia" in indice_views.strict(reading, "es")
    lower = {c: {**r, "estricto": r["valor"] - 5} if c == "13" else r for c, r in reading.results.items() if r["valor"]}
    assert "baja la nota de La Libertad" in indice_views.strict(replace(reading, results=lower), "es")


def test_the_definition_is_on_the_page_with_its_status(snap: Snapshot) -> None:
    whole = made(PAGE)
    part = next(c for c in walk(whole) if getattr(c, "id", "") == "definicion")
    shown = plain(part)
    assert "propuesta: la fijan el MEM y los gobiernos regionales" in shown
    assert all(d["name"]["es"] in shown for d in SHEET["dimensions"]) and SHEET["left_out"][0]["es"] in shown


def test_a_publication_without_index_says_so(snap: Snapshot) -> None:
    assert "no trae el Índice de Desempeño Regional" in plain(made(PAGE, publicacion=1))


def test_the_english_page_is_english(snap: Snapshot) -> None:
    token = reader.set(Reader("en", snap.number))
    try:
        shown = plain(made(PAGE, lang="en", pesos="90,0,0,5,5,0,0"))
    finally:
        reader.reset(token)
    assert "This index is not a ranking" in shown and "Reader's weights" in shown
    assert not any(word in shown for word in (" regiones ", "Banda", "hace falta", "sorteos"))


def test_the_api_gives_the_same_rows_in_json_and_csv(site: httpx.Client) -> None:
    found = site.get("/api/v1/indice", params={"territorio": "13"}).json()["indice"]
    assert [r["dimension"] for r in found] == ["", *(d["id"] for d in SHEET["dimensions"])]
    text = site.get("/api/v1/indice.csv", params={"territorio": "13"}).text.splitlines()
    assert len(text) == 1 + len(found) and text[1].split(",")[7] == str(found[0]["valor"])
    assert len(site.get("/api/v1/indice").json()["indice"]) == 26 * 8
    for query, wrong in (
        ({"periodo": "2031-T1"}, "no tiene el periodo"),
        ({"territorio": "99"}, "no tiene el territorio"),
        ({"publicacion": "1"}, "no trae"),
    ):
        told: Any = site.get("/api/v1/indice", params=query)
        assert told.status_code == 404 and wrong in told.json()["title"]
