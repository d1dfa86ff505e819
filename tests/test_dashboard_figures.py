"""Figures as data: what is drawn, in which order, with which marks and words, and in no colour but the theme's."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import geography, published
from dashboard.figures import FIGURES, Params, bars, calor, canvas, distribution, embudo_estadistico, scales, sparks, trend
from dashboard.figures import map as map_figure
from dashboard.narrative import cards, sentences
from dashboard.published import Sheet, Snapshot
from dashboard.static import ASSETS
from tests.sample_publication import ABSENT, BY_STEP, LAST, build

RATE, COPPER_TONNES, DEATHS, SEED = "pct_tramites_en_plazo", "produccion_cobre", "muertes_accidentes_mineros", "distribucion_situacion_area_2006"


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    published.open_store(build(tmp_path_factory.mktemp("muestra")))
    yield published.snapshot()


def drawn(snap: Snapshot, name: str, indicator: str, **params: str) -> dict[str, Any]:
    return FIGURES[name](snap, Params(indicator, **params)).to_plotly_json()


def trace(figure: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t for t in figure["data"] if t.get("name") == name)


def words(figure: dict[str, Any]) -> list[str]:
    return [re.sub(r"<[^>]+>", "", a["text"]) for a in figure["layout"].get("annotations", [])]


def one_period(snap: Snapshot, indicator: str) -> pd.DataFrame:
    sheet = snap.sheet(indicator)
    return snap.values(indicator, kind=sheet.main_period, period=snap.last_period(indicator), category="")


def colours(node: Any) -> Iterator[str]:
    """Every string that stands where plotly takes a colour."""
    if isinstance(node, dict):
        for key, value in node.items():
            if "color" in key or key in ("bgcolor",):
                found = value if isinstance(value, (list, tuple)) else [value]
                yield from (v for v in found if isinstance(v, str))
            yield from colours(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from colours(item)


def strangers(told: str) -> str:
    """The characters that the pages' own type does not have, by the ranges its style sheet declares: each machine takes them from another font."""
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", (ASSETS / "10-tokens.css").read_text(encoding="utf-8"))
    own = [(int(low, 16), int(high or low, 16)) for low, high in ranges]
    return "".join(sorted({c for c in told if not any(low <= ord(c) <= high for low, high in own)}))


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_of_every_indicator_is_valid_plotly_in_theme_colours(snap: Snapshot, name: str, lang: str) -> None:
    for sheet in snap.indicators():
        for place in ("", "13", "26"):
            figure = drawn(snap, name, sheet.id, territorio=place, lang=lang)
            assert all(c.startswith("var:") or c == "rgba(0,0,0,0)" for c in colours(figure)), (sheet.id, place)
            text = json.dumps(figure, default=str, ensure_ascii=False)
            assert strangers(text) == "", (sheet.id, place)
            assert not re.search(r"\bNaN\b|\bnan\b|\bNone\b", text), (sheet.id, place)
            plain = re.sub(r'"var:[a-z0-9-]+"', '"#123456"', text)
            go.Figure(json.loads(plain))  # plotly's own validation: an unknown key or a wrong value raises
            assert {t["type"] for t in figure["data"]} <= {"scatter", "bar", "heatmap"}  # what the bundle carries


def test_bars_go_from_the_highest_down_and_from_zero(snap: Snapshot) -> None:
    figure = drawn(snap, "comparar_barras", RATE, territorio="13")
    values = trace(figure, "valores")["x"]
    assert values == sorted(values, reverse=True) and len(values) == 20
    assert figure["layout"]["xaxis"]["range"][0] == 0
    low, high = figure["layout"]["yaxis"]["range"]
    assert low > high  # the first bar stands on top


def test_the_selected_bar_is_copper_and_pilots_stand_out(snap: Snapshot) -> None:
    bar = trace(drawn(snap, "comparar_barras", RATE, territorio="21"), "valores")
    tone = dict(zip(bar["customdata"], bar["marker"]["color"], strict=True))
    assert tone["21"] == "var:cobre" and list(tone.values()).count("var:cobre") == 1
    assert tone["13"] == tone["18"] == tone["19"] == "var:contexto-0" and tone["08"] == "var:contexto-1"


def test_whiskers_reach_the_published_limits(snap: Snapshot) -> None:
    bar = trace(drawn(snap, "comparar_barras", RATE), "valores")
    rows = one_period(snap, RATE).set_index("territorio")
    for code, x, up, down in zip(bar["customdata"], bar["x"], bar["error_x"]["array"], bar["error_x"]["arrayminus"], strict=True):
        assert math.isclose(x + up, rows.loc[code, "superior"]) and math.isclose(x - down, rows.loc[code, "inferior"])
    assert trace(drawn(snap, "comparar_barras", COPPER_TONNES), "valores")["error_x"]["visible"] is False


def test_regions_without_value_stand_below_with_their_reason(snap: Snapshot) -> None:
    figure = drawn(snap, "comparar_barras", RATE)
    shown = trace(figure, "valores")
    assert not set(ABSENT) & set(shown["customdata"])
    hatched = trace(figure, "sin dato")
    assert min(hatched["y"]) > max(shown["y"]) and len(hatched["y"]) == len(ABSENT)
    told = words(figure)
    for place, why in (("Tumbes", "no reportado"), ("Callao", "n insuficiente (n = 4)"), ("Lima Metropolitana", "competencia de MINEM")):
        assert told.index(why) == told.index(place) + 1


def test_many_regions_without_value_for_one_reason_are_one_row(snap: Snapshot) -> None:
    frame = one_period(snap, RATE)
    frame.loc[frame["territorio"].isin(["01", "02", "03", "04", "06"]), ["estado", "valor"]] = ["no_reportado", None]
    told = words(bars.draw_bars(frame, snap.sheet(RATE)).to_plotly_json())
    assert "6\N{NO-BREAK SPACE}regiones" in told  # with Tumbes, which did not report either


def test_the_country_is_a_dashed_named_line_only_where_it_is_comparable(snap: Snapshot) -> None:
    figure = drawn(snap, "comparar_barras", RATE)
    dashed = [s for s in figure["layout"]["shapes"] if s["type"] == "line"]
    country = one_period(snap, RATE).set_index("territorio").loc["00", "valor"]
    assert len(dashed) == 1 and dashed[0]["x0"] == country and dashed[0]["line"]["dash"] != "solid"
    assert any(w.startswith("Perú ") for w in words(figure))
    totals = drawn(snap, "comparar_barras", COPPER_TONNES)
    assert not any(s["type"] == "line" for s in totals["layout"]["shapes"]) and not any(w.startswith("Perú") for w in words(totals))


def test_only_conclusive_changes_have_a_coloured_mark(snap: Snapshot) -> None:
    figure = drawn(snap, "comparar_barras", RATE)
    marks = [s["fillcolor"] for s in figure["layout"]["shapes"] if s["type"] == "path"]
    rows = one_period(snap, RATE)
    worse = ((rows["cambio_estado"] == "empeora") & (rows["nivel"] == "region")).sum()
    assert marks.count("var:empeora") == worse > 0 and "var:mejora" not in marks


def test_lima_of_a_department_source_is_a_bar_of_its_own_and_its_regions_are_not(snap: Snapshot) -> None:
    figure = drawn(snap, "comparar_barras", COPPER_TONNES)
    shown = trace(figure, "valores")["customdata"]
    assert "L15" in shown and "15" not in shown and "26" not in shown
    assert words(figure).count("no desglosado por la fuente") == 2


def test_the_height_grows_with_the_rows(snap: Snapshot) -> None:
    assert bars.height(one_period(snap, RATE)) - bars.height(one_period(snap, RATE).head(10)) >= bars.ROW * 10


def test_a_line_never_crosses_a_period_without_value(snap: Snapshot) -> None:
    frame = snap.values(RATE, kind="trimestre", territory=["13", "00"], category="")
    hole = (frame["territorio"] == "13") & (frame["periodo"] == "2025-T2")
    frame.loc[hole, ["valor", "inferior", "superior"]] = None
    frame.loc[hole, "estado"] = "no_reportado"
    figure = trend.draw_trend(frame, snap.sheet(RATE), "13").to_plotly_json()
    runs = [t for t in figure["data"] if t["name"] == "serie"]
    assert len(runs) == 2 and sum(len(r["x"]) for r in runs) == 11
    crosses = trace(figure, "sin dato")
    assert len(crosses["x"]) == 1 and "no reportó" in crosses["hovertext"][0].replace("<br>", " ")


def test_an_incomplete_period_is_a_hollow_point(snap: Snapshot) -> None:
    frame = snap.values(RATE, kind="trimestre", territory="13", category="")
    frame["avisos"] = [["serie_incompleta"] if p == LAST else [] for p in frame["periodo"]]
    figure = trend.draw_trend(frame, snap.sheet(RATE), "13").to_plotly_json()
    points = trace(figure, "puntos")
    assert points["marker"]["color"][-1] == "var:papel" and points["marker"]["color"][0] == "var:cobre"
    assert len(trace(figure, "serie")["x"]) == len(points["x"]) - 1 and trace(figure, "parcial")["line"]["dash"] == "dot"
    assert any(w.endswith("incompleto") for w in words(figure))


def test_the_norm_that_moved_the_competence_is_a_named_line_on_process_series(snap: Snapshot) -> None:
    figure = drawn(snap, "tendencia", RATE, territorio="13")
    lines = [s for s in figure["layout"]["shapes"] if s["type"] == "line"]
    assert [s["x0"] for s in lines] == ["2025-05-18"] and "DS 009-2025-EM" in words(figure)
    assert not drawn(snap, "tendencia", DEATHS, territorio="13")["layout"]["shapes"]


def test_the_stratum_break_is_a_band_only_where_strata_are_shown(snap: Snapshot) -> None:
    sheet = snap.sheet(COPPER_TONNES)
    divided = Sheet(sheet.id, {**sheet.ficha, "breakdowns": [{"name": "estrato", "column": "estrato", "labels": {}}]}, sheet.tablas, "")
    frame = snap.values(COPPER_TONNES, kind="anio", territory="13", category="")
    frame["periodo"] = [str(int(p) - 9) for p in frame["periodo"]]  # 2012 to 2016
    assert not trend.draw_trend(frame, divided, "13").to_plotly_json()["layout"]["shapes"]
    figure = trend.draw_trend(frame, divided, "13", category="ppm").to_plotly_json()
    assert [s["type"] for s in figure["layout"]["shapes"]] == ["rect"] and "estrato no comparable" in words(figure)


def test_the_country_stands_grey_behind_a_rate_and_not_behind_an_amount(snap: Snapshot) -> None:
    assert trace(drawn(snap, "tendencia", RATE, territorio="13"), "pais")["line"]["color"] == "var:contexto-1"
    assert all(t["name"] != "pais" for t in drawn(snap, "tendencia", COPPER_TONNES, territorio="13")["data"])


def test_intervals_are_whiskers_for_few_points_and_a_closed_band_for_many(snap: Snapshot) -> None:
    few = trace(drawn(snap, "tendencia", RATE, territorio="13"), "intervalo")
    assert few["error_y"]["visible"] if "visible" in few["error_y"] else few["error_y"]["array"]
    frame = snap.values(RATE, kind="trimestre", territory="13", category="")
    many = pd.concat([frame, frame.assign(periodo=[f"{int(p[:4]) - 3}{p[4:]}" for p in frame["periodo"]])], ignore_index=True)
    band = trace(trend.draw_trend(many, snap.sheet(RATE), "13").to_plotly_json(), "intervalo")
    assert band["fill"] == "toself" and len(band["x"]) == 2 * len(many)


def test_the_seeds_slide_shows_each_category_with_its_cases(snap: Snapshot) -> None:
    figure = drawn(snap, "distribucion", SEED)
    bar = trace(figure, "categorias")
    assert len(bar["x"]) == 8 and bar["x"] == sorted(bar["x"], reverse=True)
    told = words(figure)
    assert "8" in told and "0.9\N{NO-BREAK SPACE}%" in told  # 8 of 858


def test_a_region_the_source_does_not_split_shows_the_group_it_belongs_to(snap: Snapshot) -> None:
    frame = distribution.categories(snap, Params(SEED, territorio="13"))
    assert set(frame["territorio"]) == {"PILOTO"}


def test_categories_without_label_are_read_without_underscores(snap: Snapshot) -> None:
    labelled = {"breakdowns": [{"name": "x", "labels": {"sin_dac": {"es": "Sin DAC", "en": "No DAC filed"}}}]}
    sheet = Sheet("x", labelled, (), "")
    assert sentences.category_name(sheet, "sin_dac") == "Sin DAC" and sentences.category_name(sheet, "sin_dac", "en") == "No DAC filed"
    assert sentences.category_name(sheet, "sin_actividad") == "Sin actividad"


def test_long_names_take_two_lines_and_breakdowns_never_mix(snap: Snapshot) -> None:
    figure = drawn(snap, "distribucion", BY_STEP, territorio="13")
    assert trace(figure, "categorias")["customdata"] == ["opinion_externa", "evaluacion_tecnica", "recepcion"]
    assert trace(drawn(snap, "distribucion", BY_STEP, territorio="13", categoria="ANA"), "categorias")["customdata"] == ["ANA"]
    sheet = snap.sheet(BY_STEP)
    assert distribution._name(sheet, "ANA", "es") == "Autoridad Nacional del<br>Agua (ANA)"
    assert distribution.categories(snap, Params(RATE)).empty  # provinces are no parts of the country's page


def test_the_map_draws_26_regions_and_hatches_those_without_value(snap: Snapshot) -> None:
    figure = drawn(snap, "mapa", RATE, territorio="13")
    regions = {t["name"]: t for t in figure["data"] if t["name"].isdigit()}
    assert len(regions) == 26
    assert {c for c, t in regions.items() if "fillpattern" in t} == {c for c, state in ABSENT.items() if state not in canvas.BARE}
    assert regions["05"]["fillcolor"] == "var:papel" and "sin casos (1)" in words(figure)  # nothing to count is no missing report
    assert all(t["fillcolor"].startswith("var:mapa-") for c, t in regions.items() if c not in ABSENT)
    assert trace(figure, "elegida")["line"]["color"] == "var:cobre"
    assert "La Libertad" in regions["13"]["text"] and "no reportó" in regions["24"]["text"].replace("<br>", " ")


def test_darker_steps_hold_higher_values(snap: Snapshot) -> None:
    figure = drawn(snap, "mapa", RATE)
    rows = one_period(snap, RATE).set_index("territorio")["valor"]
    by_step: dict[str, list[float]] = {}
    for t in figure["data"]:
        if t["name"].isdigit() and t["name"] not in ABSENT:
            by_step.setdefault(t["fillcolor"], []).append(rows[t["name"]])
    steps = [by_step[c] for c in sorted(by_step)]
    assert len(steps) == 5 and all(max(a) <= min(b) for a, b in pairwise(steps))
    assert {len(s) for s in steps} == {4}


def test_small_regions_get_a_marker_and_lima_as_department_a_label(snap: Snapshot) -> None:
    assert len(trace(drawn(snap, "mapa", RATE), "marcas")["x"]) == 2
    figure = drawn(snap, "mapa", COPPER_TONNES)
    assert "circle" in trace(figure, "marcas")["marker"]["symbol"]
    assert any(w.startswith("Lima (dep.) ") for w in words(figure))
    assert all("fillpattern" in t for t in figure["data"] if t["name"] in ("15", "26"))


def test_equal_values_make_fewer_steps() -> None:
    assert map_figure.breaks([0, 0, 0, 0, 0, 0, 1, 2, 3, 4]) == [1, 3]
    assert map_figure.breaks([5.0]) == [] and map_figure.color_of(5.0, []) == "var:mapa-3"


def test_ticks_are_round_and_written_as_in_peru(snap: Snapshot) -> None:
    rate, tonnes = snap.sheet(RATE), snap.sheet(COPPER_TONNES)
    assert scales.ticks(0, 87) == [0, 25, 50, 75]
    assert scales.tick_labels([0, 50], rate) == ["0\N{NO-BREAK SPACE}%", "50\N{NO-BREAK SPACE}%"]
    assert scales.tick_labels([0, 200_000, 400_000], tonnes) == ["0", "200\N{NO-BREAK SPACE}mil", "400\N{NO-BREAK SPACE}mil"]
    assert scales.tick_labels([0, 2_500_000], tonnes)[1] == "2.5\N{NO-BREAK SPACE}mill."


def test_a_leader_crosses_no_other_region_and_an_inland_pilot_is_named_on_its_ground(snap: Snapshot) -> None:
    for code in geography.codes():
        sea = map_figure._PILOT_AT.get(code) or map_figure._at_sea(geography.centre(code))
        shore = map_figure._shore(code, sea)
        assert shore is None or map_figure._is_free(code, shore, sea), code
    assert map_figure._shore("19", map_figure._at_sea(geography.centre("19"))) is None
    notes = drawn(snap, "mapa", RATE)["layout"]["annotations"]
    inland = next(n for n in notes if "Pasco" in n["text"])
    assert inland["bgcolor"] == "var:papel" and not inland.get("showarrow")


def test_the_ranges_of_the_map_touch_and_none_reads_as_zero() -> None:
    spans = [words for _, words in map_figure._spans([43.4, 56.2, 61.9], 17.8, lambda v: f"{v:.1f}", "es")]
    assert spans == ["menos de 43.4", "43.4 a 56.2", "56.2 a 61.9", "61.9 o más"]
    assert map_figure._digits_apart([0.004, 3.0], 1.0, 1) == 3 and map_figure._digits_apart([0, 10], 1.0, 0) == 0


def test_a_small_line_leaves_out_an_incomplete_last_period(snap: Snapshot) -> None:
    sheet = snap.sheet(COPPER_TONNES)
    frame = snap.values(sheet.id, kind=sheet.main_period, territory="04", category="").sort_values("periodo")
    last = frame[frame["periodo"] <= snap.last_period(sheet.id)].iloc[-1]
    assert "serie_incompleta" not in last["avisos"] and cards.history(snap, sheet, "04")[-1] == last["valor"]


def test_a_spark_breaks_where_a_value_is_missing_and_says_its_label() -> None:
    assert sparks.path([1, 2, None, 3, 4]).count("M") == 2
    assert sparks.path([None, None]) == ""
    assert sparks.points([3, 3, 3])[0] == (5, 20)
    shown = sparks.spark([1, 2, 3], "De 1 a 3", selected=True).to_plotly_json()["props"]
    assert shown["aria-label"] == "De 1 a 3" and len(shown["children"]) == 2


def test_a_key_draws_its_squares_beside_their_words() -> None:
    boxes, told = canvas.key(
        [("var:cobre", "uno <b>1</b>"), ("var:tinta", "dos"), ({"type": "circle", "fillcolor": "var:cobre"}, "tres")], 2, shift=-10
    )
    assert [b["type"] for b in boxes] == ["rect", "rect", "circle"] and {b["xsizemode"] for b in boxes} == {"pixel"}
    assert boxes[0]["x0"] == boxes[2]["x0"] == -10 < boxes[1]["x0"] and boxes[2]["y1"] < boxes[0]["y0"]
    for box, word in zip(boxes, told, strict=True):
        assert 0 < word["xshift"] - box["x1"] < 10 and word["yshift"] == (box["y0"] + box["y1"]) / 2


def heat_of(values: list[float], decimals: int) -> list[str]:
    """The spans of a heat map's key for these values of the regions; each value has the colour of its span."""
    rows = {(f"{i:02}", "a"): {"territorio": f"{i:02}", "estado": "publicado", "valor": v} for i, v in enumerate(values, 1)}
    found = calor.Grid(tuple(p for p, _ in rows), ("a",), rows, False, "2026-T3")
    sheet = Sheet("x", {"unit": {"es": "casos", "en": "cases"}, "decimals": decimals, "form": "count"}, (), "")
    bounds = calor.limits(found)
    key = calor._steps(found, bounds, sheet, "es")
    for value in values:
        low, high = next((a, b) for a, b in (_ends(told) for _, told in reversed(key)) if a <= value <= b)
        assert calor.step(value, bounds)[0] == next(ground for ground, told in key if _ends(told) == (low, high))
    return [told for _, told in key]


def _ends(told: str) -> tuple[float, float]:
    low, _, high = told.partition("–")
    return float(low), float(high or low)


def test_a_whole_number_is_in_one_span_of_the_heat_maps_key() -> None:
    assert heat_of([0, 0, 0, 1, 1, 1, 2, 3, 5, 4], 0) == ["0", "1–2", "3–5"]
    assert heat_of([0, 0, 1, 1, 2, 2, 3, 4], 0) == ["0", "1", "2", "3–4"]
    assert heat_of([1, 2, 3], 0) == ["1", "2", "3"]
    touching = heat_of([1.0, 2.5, 3.0, 4.5, 6.0, 8.0], 1)
    assert [a.split("–")[1] == b.split("–")[0] for a, b in pairwise(touching)] == [True] * 3


def test_every_mark_of_a_region_says_whose_it_is(snap: Snapshot) -> None:
    swatches = trace(drawn(snap, "comparar_barras", RATE), "sin dato")
    assert set(swatches["customdata"]) == set(ABSENT)
    change = drawn(snap, "cambio_regiones", RATE)
    assert trace(change, "antes")["customdata"] == trace(change, "ahora")["customdata"] != []
    cells = trace(drawn(snap, "calor", RATE), "celdas")
    assert len(cells["customdata"]) == len(cells["y"]) and {"13", "00", *ABSENT} <= set(cells["customdata"])
    assert len({y for y, code in zip(cells["y"], cells["customdata"], strict=True) if code == "13"}) == 1


def test_a_series_that_hardly_moves_is_not_drawn_as_one_that_leaps(snap: Snapshot) -> None:
    frame = snap.values(RATE, kind="trimestre", territory="13", category="")
    own = frame["estado"].eq("publicado")
    frame.loc[own, "valor"] = [50 + i / 100 for i in range(own.sum())]
    frame.loc[own, ["inferior", "superior"]] = None
    low, high = trend.draw_trend(frame, snap.sheet(RATE), "13").to_plotly_json()["layout"]["yaxis"]["range"]
    assert 5 < high - low < 20, "una décima no puede ocupar todo el alto"


def test_a_long_name_of_an_axis_has_a_second_line_and_room_for_it(snap: Snapshot) -> None:
    sheet = snap.sheet(RATE)
    text = "Expedientes cuyo plazo venció en el periodo"
    long = replace(sheet, ficha={**sheet.ficha, "denominator": {"text": {"es": text, "en": text}}})
    name = embudo_estadistico._titles(long, "es")[-1]["text"]
    assert name.replace("<br>", " ") == text and name.count("<br>") == 1
