"""A region's sheet: three facts by who answers, the profile, what changed, the spine; the news of the summary; who is ready to be added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dashboard import published
from dashboard.address import Reader, reader
from dashboard.app import create_app
from dashboard.figures import FIGURES, Params
from dashboard.narrative import matrix, region_changes, region_facts, region_peers, region_sections, region_spine, replica, worries
from dashboard.published import Sheet, Snapshot
from tests.browser import serving
from tests.sample_index import WITHOUT, build_with_index, made
from tests.sample_publication import LAST
from tests.test_dashboard_pages import plain, walk
from warehouse import statements
from warehouse.store import Warehouse

PAGE, RATE, DAYS = "/region/<cod>", "pct_tramites_en_plazo", "p90_dias_ciudadano"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build_with_index(tmp_path_factory.mktemp("regiones"))


@pytest.fixture(scope="module")
def site(warehouse: Warehouse) -> Iterator[httpx.Client]:
    with serving(create_app(warehouse)) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture
def snap(site: httpx.Client) -> Snapshot:
    found = published.snapshot()
    reader.set(Reader("es", found.number))
    return found


def pairs(snap: Snapshot, code: str) -> list[Any]:
    return region_sections.pairs_of(matrix.Board(snap, "es").values, snap.indicators(), code)


def moved(sheet: Sheet, change: float, low: float | None, high: float | None, state: str, **more: Any) -> Any:
    row = {
        "territorio": "13", "nivel": "region", "periodo": LAST, "periodo_comparado": "2025-T3", "estado": "publicado", "valor": 50.0, "cambio": change,
        "cambio_inferior": low, "cambio_superior": high, "cambio_relativo": None, "cambio_estado": state, "variacion": None, "senal": None,
        "frente_al_pais": None, "categoria": "", "n": 100, "numerador": 50.0, "denominador": 100.0, "inferior": None, "superior": None, "avisos": [],
    }  # fmt: skip
    return {**row, **more}, sheet


def test_the_largest_change_is_the_one_that_exceeds_its_own_margin_most(snap: Snapshot) -> None:
    rate, days = snap.sheet(RATE), snap.sheet(DAYS)
    twice, five = moved(rate, -20.0, -30.0, -10.0, "empeora"), moved(days, 5.0, 4.0, 6.0, "empeora")
    quiet = moved(rate, 1.0, -3.0, 5.0, "sin_diferencia")
    assert [region_changes.size(*p) for p in (twice, five)] == [2.0, 5.0]
    assert region_changes.firm([quiet, twice, five]) == [five, twice]
    assert region_changes.firm([twice, five], "mejora") == []
    register = Sheet("x", {**rate.ficha, "interval": "none", "relevant_change": 4.0}, (), "")
    assert region_changes.size(*moved(register, -8.0, None, None, "empeora")) == 2.0
    # of a margin of nothing nothing is told, and no division fails
    assert region_changes.size(*moved(Sheet("x", {**register.ficha, "relevant_change": None}, (), ""), 3.0, None, None, "mejora")) == 0.0


def test_only_firm_changes_and_signals_are_listed_and_the_rest_is_counted(snap: Snapshot) -> None:
    rate = snap.sheet(RATE)
    firm = moved(rate, -20.0, -30.0, -10.0, "empeora")
    signal = moved(rate, 1.0, -3.0, 5.0, "sin_diferencia", variacion="deterioro", senal="fuera_inferior")
    shown = plain(region_changes.changed([firm, signal, moved(rate, 1.0, -3.0, 5.0, "sin_diferencia"), moved(rate, 0.0, None, None, "")], "es"))
    assert "−20.0 puntos" in shown and "señal de deterioro" in shown and "bajo el límite inferior" in shown
    assert "1 sin diferencia concluyente y 1 sin periodo con el que comparar" in shown
    assert "Ningún cambio concluyente ni señal" in plain(region_changes.changed([moved(rate, 1.0, -3.0, 5.0, "sin_diferencia")], "es"))


def test_what_adds_up_along_the_year_gives_no_signal(snap: Snapshot) -> None:
    rate = snap.sheet(RATE)
    rising = Sheet("x", {**rate.ficha, "accumulation": "cumulative"}, (), "")
    told = {"variacion": "mejora", "senal": "tendencia_sube"}
    assert region_changes.meaning(moved(rate, 0.0, None, None, "sin_diferencia", **told)[0], rate) == "mejora"
    assert region_changes.signals([moved(rising, 0.0, None, None, "sin_diferencia", **told)]) == []


def test_three_facts_stand_apart_by_who_answers(snap: Snapshot) -> None:
    board = matrix.Board(snap, "es")
    cards = region_facts.facts(snap, pairs(snap, "13"), "13", region_facts.country_rows(board.values), "es")
    shown = plain(cards)
    assert [f"Hecho {i} · {who}" in shown for i, who in enumerate(("de la región", "de otras entidades", "del MEM"), 1)] == [True] * 3
    assert "empeora de forma concluyente" in shown and "En el país" in shown
    assert "Trámites en plazo, jul.–set. 2026:" in shown and "(mediana, jul.–set. 2026)" in shown, "no figure without its date"
    assert "Cada opinión toma" in shown and "12.0 días hábiles" in shown  # the step of external opinions of the sample
    assert "Esta publicación no trae transferencias del MINEM" in shown
    assert "No se sabe cuánto demoran las opiniones externas" in plain(region_facts.facts(snap, [], "19", {}, "es"))


def test_the_spine_points_right_for_better_with_the_country_at_its_centre(snap: Snapshot) -> None:
    bones = {b.sheet.id: b for b in region_spine.spine(snap, "13")}
    assert "produccion_cobre" not in bones  # no better and no worse side
    for id in (RATE, DAYS):
        bone = bones[id]
        assert bone.country is not None and bone.places is not None and bone.point is not None
        better = (bone.row["valor"] - bone.country["valor"]) * (1 if id == RATE else -1)
        assert (bone.point > 0) == (better > 0)
        assert list(bone.places) == sorted(bone.places) and max(abs(x) for x in bone.places) == pytest.approx(1.0)
    deaths = bones["muertes_accidentes_mineros"]  # a count: the country's is the sum of the regions', so their median stands at the centre
    assert deaths.country is None and deaths.centre == pytest.approx(sorted(deaths.others)[len(deaths.others) // 2], rel=0.5)


def test_the_spine_is_judged_by_the_publication_alone(snap: Snapshot) -> None:
    bones = region_spine.spine(snap, "13")
    assert not any(b.against for b in bones)
    assert region_spine.finding(bones, "La Libertad", "es") == "La publicación todavía no compara a La Libertad con el país"
    judged = [
        region_spine.Vertebra(b.sheet, {**b.row, "frente_al_pais": word}, b.country, b.others)
        for b, word in zip(bones, ("peor", "mejor", "similar"), strict=False)
    ]
    assert region_spine.finding(judged, "La Libertad", "es") == "Frente al país, La Libertad es peor en 1, mejor en 1 y no se distingue en 1"
    assert "no se distingue en el único indicador" in region_spine.finding(judged[2:], "La Libertad", "es")


def test_the_spine_figure_has_a_point_for_each_value_and_a_hatch_with_its_reason_for_each_absence(snap: Snapshot) -> None:
    bones = region_spine.spine(snap, WITHOUT)
    figure = FIGURES["espina"](snap, Params("", WITHOUT)).to_plotly_json()
    points = next(x for x in figure["data"] if x.get("name") == "Tumbes")
    assert len(points["x"]) == sum(1 for b in bones if b.point is not None)
    hatched = next(x for x in figure["data"] if x.get("name") == "sin dato")
    assert len(hatched["y"]) == sum(1 for b in bones if not b.shown)
    words = next(x for x in figure["data"] if x.get("mode") == "text")["text"]
    assert "no reportado" in words
    assert FIGURES["espina"](snap, Params("", "zz")).layout.annotations[0].text.startswith("Ningún indicador")


def test_the_profile_figure_has_bands_last_years_marks_and_reasons(snap: Snapshot) -> None:
    figure = FIGURES["perfil"](snap, Params("", "13")).to_plotly_json()
    by_name = {x["name"]: x for x in figure["data"]}
    assert len(by_name["La Libertad"]["x"]) == 6 and len(by_name["banda de 90 %"]["x"]) == 6 and len(by_name["hace un año"]["x"]) == 6
    assert by_name["sin dato"]["y"] == [2]
    told = [a["text"] for a in figure["layout"]["annotations"]]
    assert any("MINEM" in x for x in told) and not any("puesto" in x.lower() for x in told)
    assert "no tiene el índice" in FIGURES["perfil"](published.snapshot(1), Params("", "13")).layout.annotations[0].text


def test_figures_about_a_region_are_asked_for_without_an_indicator(site: httpx.Client) -> None:
    for name in ("perfil", "espina"):
        assert site.get(f"/api/v1/figuras/{name}", params={"territorio": "13"}).status_code == 200
    assert site.get("/api/v1/figuras/tendencia", params={"territorio": "13"}).status_code == 400


def test_the_page_never_tells_a_place_and_says_the_index_is_no_ranking(snap: Snapshot) -> None:
    shown = plain(made(PAGE, cod="13"))
    assert "«Este índice no es un ranking»" in shown and "puesto" not in shown.lower()
    assert "Índice de Desempeño Regional" in shown and "Regiones comparables" in shown
    assert "no se calcula: «Gestión ambiental» es obligatoria" in plain(made(PAGE, cod=WITHOUT))
    assert "Esta publicación no trae el Índice de Desempeño Regional" in plain(made(PAGE, cod="13", publicacion=1))


def test_what_the_region_said_stands_on_its_sheet_and_on_no_other(snap: Snapshot, warehouse: Warehouse) -> None:
    assert "no ha enviado ningún descargo" in plain(made(PAGE, cod="21"))
    statements.state(warehouse.engine, ("tramites", "21", LAST), "DREM Puno", "La mesa de partes estuvo cerrada tres semanas.")
    told = plain(made(PAGE, cod="21"))
    assert "La mesa de partes estuvo cerrada tres semanas." in told and "DREM Puno" in told
    assert "mesa de partes estuvo cerrada" not in plain(made(PAGE, cod="13"))
    # a publication that was superseded before it was said stays as it was
    assert "mesa de partes estuvo cerrada" not in plain(made(PAGE, cod="21", publicacion=1))


def test_comparable_regions_are_the_nearest_in_size(snap: Snapshot) -> None:
    others, used = region_peers.nearest(snap, "13")
    assert len(others) == region_peers.NEAREST and "13" not in others and [m.sheet.id for m in used] == [RATE]
    sizes = used[0].sizes
    farthest = max(max(sizes[c] / sizes["13"], sizes["13"] / sizes[c]) for c in others)
    rest = [c for c in sizes if c not in (*others, "13")]
    assert all(max(sizes[c] / sizes["13"], sizes["13"] / sizes[c]) >= farthest for c in rest)
    assert region_peers.nearest(snap, "24") == ([], [])  # its size is not known: nobody is said to be alike


def test_the_news_of_the_summary_say_what_worries_and_when_nothing_does(snap: Snapshot) -> None:
    board = matrix.Board(snap, "es")
    shown = plain(worries.block(board.values, snap.indicators(), "es"))
    assert "Qué cambió" in shown and "Qué preocupa" in shown and "Qué mejoró" in shown and "La Libertad · " in shown
    assert "Ningún indicador mejora de forma concluyente." in shown
    quiet = plain(worries.block({}, snap.indicators(), "es"))
    assert quiet.startswith("Ningún cambio concluyente ni señal de deterioro en las regiones")
    assert worries.finding(1, 2, 0, "es").replace("\u00a0", " ") == "1 cambio concluyente para peor y 2 cambios concluyentes para mejor"
    of_one = plain(worries.block(board.values, snap.indicators(), "es", "13"))
    assert "La Libertad · " in of_one and "Puno · " not in of_one


def test_each_item_of_the_news_leads_to_its_indicator_and_region(snap: Snapshot) -> None:
    news = worries.block(matrix.Board(snap, "es").values, snap.indicators(), "es")
    hrefs = {c.href for c in walk(news) if getattr(c, "href", "")}
    assert f"/indicador/{RATE}?region=13" in hrefs and "#matriz" not in hrefs  # three changes: nothing is left out


def ready(code: str, **met: bool | None) -> replica.Readiness:
    return replica.Readiness(code, {k: replica.Step("1", met.get(k, True)) for k in replica.STEPS})


def test_who_is_ready_and_what_each_lacks_first() -> None:
    one, other, none = ready("13"), ready("21", a_tiempo=False, reglas=False), ready("24", tablas=None)
    assert (one.first, other.first, none.first) == ("", "a_tiempo", "tablas")
    assert replica.sentence([one, other, none], "es") == (
        "Una de 3 regiones está lista para el seguimiento completo.",
        "Le falta primero entregar todas las tablas: Tumbes. Le falta primero entregar a tiempo: Puno.",
    )
    assert replica.sentence([other, none], "es")[0].startswith("Ninguna de las 2 regiones está lista todavía")
    assert "Les falta primero entregar a tiempo: Puno y Tumbes." in replica.sentence([one, other, ready("24", a_tiempo=False)], "es")[1]


def test_readiness_is_read_from_what_was_accepted(snap: Snapshot) -> None:
    sent, owed = replica.delivered(snap)
    assert owed == {"tramites"} and "13" in sent
    found = {r.code: r for r in replica.read(snap)}
    assert found["13"].steps["tablas"].met
    shown = plain(made("/replica"))
    assert "Los pasos para sumar una región" in shown and "Tablas entregadas" in shown


def test_a_target_is_the_legal_one_before_the_proposed(snap: Snapshot) -> None:
    sheet = Sheet("x", {**snap.sheet(RATE).ficha, "targets": [{"status": "propuesta", "value": 85.0}, {"status": "legal", "value": 100.0}]}, (), "")
    assert replica.target(sheet) == 100.0
    assert replica.target(Sheet("x", {**sheet.ficha, "targets": []}, (), "")) is None
