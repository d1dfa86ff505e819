"""Comparison and indicator: what the figures draw and the pages say agrees with what the publication judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard import published
from dashboard.address import Reader, reader
from dashboard.app import create_app
from dashboard.figures import FIGURES, Params, cambio, labels, multiples, pilotos_resto, scales, trend
from dashboard.figures.funnel_limits import DIFFERENT, funnel
from dashboard.figures.process import process
from dashboard.figures.request import records
from dashboard.narrative import comparison, comparison_pair, control, standing
from dashboard.published import Snapshot
from kpis.methods.funnel import overdispersion
from kpis.methods.spc import xmr
from tests.comparison_sample import APART, LONG, RATE, build
from tests.sample_publication import LAST
from tests.test_dashboard_pages import plain, text, walk
from warehouse.store import Warehouse

TONNES, DEATHS = "produccion_cobre", "muertes_accidentes_mineros"
VIEWS = ["barras", "embudo", "multiples", "cambio", "pilotos", "dos"]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(tmp_path_factory.mktemp("comparacion"))


@pytest.fixture(scope="module")
def app(warehouse: Warehouse) -> Any:
    return create_app(warehouse)


@pytest.fixture(scope="module")
def layouts(app: Any) -> dict[str, Callable[..., Any]]:
    import dash

    return {p.get("path_template") or p["path"]: p["bare"]["layout"] for p in dash.page_registry.values() if "bare" in p}


@pytest.fixture
def snap(app: Any) -> Snapshot:
    return published.snapshot()


@pytest.fixture
def frame(snap: Snapshot) -> pd.DataFrame:
    return snap.values(RATE, kind="trimestre", period=LAST, category="")


def page(layouts: dict[str, Callable[..., Any]], path: str, **arguments: Any) -> list[Any]:
    token = reader.set(Reader(arguments.get("lang", "es"), 3, False))
    try:
        return layouts[path](**arguments)
    finally:
        reader.reset(token)


def drawn(snap: Snapshot, name: str, indicator: str = RATE, **params: str) -> dict[str, Any]:
    return FIGURES[name](snap, Params(indicator, **params)).to_plotly_json()


def trace(figure: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t for t in figure["data"] if t.get("name") == name)


def words(figure: dict[str, Any]) -> str:
    return " | ".join(re.sub(r"<[^>]+>", " ", a["text"]) for a in figure["layout"].get("annotations", []))


def links(made: Any) -> list[str]:
    return [c.href for c in walk(made) if getattr(c, "href", None)]


# ---- control chart ------------------------------------------------------------------------------------------------


def test_the_chart_and_the_publication_never_disagree_about_the_last_signal(snap: Snapshot) -> None:
    sheet = snap.sheet(RATE)
    every = records(snap.values(RATE, kind="trimestre", category=""))
    judged = 0
    for row in every:
        if row["senal"] is None or row["estado"] != "publicado":
            continue
        chart = process([r for r in every if r["territorio"] == row["territorio"]], sheet, row["periodo"])
        assert chart is not None and chart.last == row["senal"], (row["territorio"], row["periodo"])
        judged += 1
    assert judged > 300


def test_mean_limits_and_ranges_are_those_of_the_method(snap: Snapshot) -> None:
    rows = records(snap.values(RATE, kind="trimestre", category="", territory="13"))
    chart = process(rows, snap.sheet(RATE), LAST)
    assert chart is not None
    values = [r["valor"] for r in sorted(rows, key=lambda r: r["periodo"])]
    method = xmr(values, direction="up")
    assert chart.mean == pytest.approx(method.mean[-1]) and chart.lower == pytest.approx(method.lower[-1])
    assert chart.upper == pytest.approx(min(100.0, method.upper[-1]))
    assert chart.ranges[0] is None and chart.ranges[5] == pytest.approx(abs(values[5] - values[4]))


def test_a_hole_keeps_its_place_and_too_short_or_cumulative_series_have_no_chart(snap: Snapshot) -> None:
    sheet = snap.sheet(RATE)
    rows = records(snap.values(RATE, kind="trimestre", category="", territory="13"))
    holed = [r for r in rows if r["periodo"] != LONG[10]]
    chart = process(holed, sheet, LAST)
    assert chart is not None and len(chart.rows) == len(LONG) - 1 and chart.ranges[10] is None
    assert process(rows, sheet, LONG[11]) is None
    sheet.ficha["accumulation"], kept = "cumulative", sheet.ficha["accumulation"]
    try:
        assert process(rows, sheet, LAST) is None
    finally:
        sheet.ficha["accumulation"] = kept


def test_most_points_on_one_value_are_never_marked(snap: Snapshot) -> None:
    rows = records(snap.values(RATE, kind="trimestre", category="", territory="13"))
    for i, row in enumerate(rows):
        row["valor"] = 100.0 if i % 4 else 90.0 - i % 8
    chart = process(rows, snap.sheet(RATE), LAST)
    assert chart is not None and chart.piled and chart.flagged == [] and chart.last == ""
    assert "mismo valor" in control.title(chart, snap.sheet(RATE))


def test_the_control_figure_draws_signals_as_diamonds_with_their_reason(snap: Snapshot) -> None:
    figure = drawn(snap, "control", territorio="21")
    marked = trace(figure, "senales")
    assert marked["marker"]["symbol"] == "diamond" and marked["customdata"][-1] == "fuera_inferior"
    assert "bajo el límite inferior" in marked["hovertext"][-1].replace("<br>", " ")
    assert trace(figure, "rango movil")["yaxis"] == "y2"
    told = words(figure)
    assert "Límite superior" in told and "Media" in told and "Límite inferior" in told and "rango móvil" in told


def test_the_indicator_page_says_what_signals_allow_and_what_not(layouts: Any) -> None:
    shown = plain(page(layouts, "/indicador/<id>", id=RATE, region="21"))
    assert "No es ruido: jul.–set. 2026, bajo el límite inferior" in shown
    assert shown.index("Qué dicen las señales") < shown.index("Qué se puede decir") < shown.index("Qué no se puede decir")
    assert "hacia peor" in shown and "no por qué" in shown


# ---- funnel -------------------------------------------------------------------------------------------------------


def test_the_funnel_draws_the_limits_of_the_method_and_tells_the_published_verdict(snap: Snapshot, frame: pd.DataFrame) -> None:
    found = funnel(frame, snap.sheet(RATE))
    assert found is not None
    x, n = (np.array([r[c] for r in found.rows], dtype=float) for c in ("numerador", "denominador"))
    method = overdispersion(x, n, kind="proportion")
    assert found.found.phi == pytest.approx(method.phi) and found.centre == pytest.approx(100 * method.target)
    low, high = found.curve(n, 0.998)
    outside = {r["territorio"] for r, a, b in zip(found.rows, low, high, strict=True) if not a <= r["valor"] <= b}
    assert {r["territorio"] for r in found.different} == set(APART) <= outside | set(APART)
    # whoever the publication tells apart is outside the limits that are drawn
    assert {r["territorio"] for r in found.different} <= outside


def test_every_point_outside_is_named_and_better_or_worse_has_its_mark(snap: Snapshot) -> None:
    figure = drawn(snap, "embudo_estadistico", territorio="13")
    told = words(figure)
    assert "Puno" in told and "Arequipa" in told and "La Libertad" in told
    points = trace(figure, "regiones")
    by_place = dict(zip(points["customdata"], points["marker"]["symbol"], strict=True))
    assert by_place["21"] == "triangle-down" and by_place["04"] == "triangle-up"


def test_an_indicator_without_funnel_says_why(layouts: Any, snap: Snapshot) -> None:
    shown = plain(page(layouts, "/comparar", vista="embudo", indicador=TONNES))
    assert "El embudo compara proporciones y tasas" in shown
    assert "no tiene embudo" in words(drawn(snap, "embudo_estadistico", TONNES))


def test_names_do_not_lie_on_each_other() -> None:
    spots = [labels.Spot(100 + 6 * i, 100 + 3 * i, f"Región {i}") for i in range(3)]
    found = labels.sides(spots, 400, 300)
    assert len(set(found)) > 1 and all(found)
    assert labels.sides([labels.Spot(1, 1)], 10, 10) == [""]
    assert labels.spread([10, 11, 12], [10, 10, 10]) == pytest.approx([1, 11, 21], abs=0.1)


# ---- comparison page ----------------------------------------------------------------------------------------------


def test_the_sentence_says_who_differs_conclusively(layouts: Any, frame: pd.DataFrame, snap: Snapshot) -> None:
    head, under = comparison.opening(frame, snap.sheet(RATE))
    assert "2 de 20 regiones con dato se distinguen de forma concluyente" in plain(head) and "Arequipa" in head and "Puno" in head
    assert "Está mejor Arequipa." in under and "Está peor Puno." in under
    assert head in text(page(layouts, "/comparar", indicador=RATE))


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_renders_for_every_form(layouts: Any, snap: Snapshot, view: str, lang: str) -> None:
    for sheet in snap.indicators():
        made = page(layouts, "/comparar", vista=view, indicador=sheet.id, region="13", lang=lang)
        assert len([c for c in walk(made) if c._type == "H1"]) == 1
        shown = plain(made)
        assert not re.search(r"\b(nan|NaN|None|NaT)\b|\{[a-z_]+\}", shown), sheet.id
        if lang == "en":
            assert not re.search(r"\b(concluyente|regiones|Pilotos|distingue|intervalo)\b", shown), (sheet.id, view)
        current = [c for c in walk(made) if getattr(c, "aria-current", None) == "page" and "vistas" in str(getattr(c, "className", ""))]
        assert len(current) == 1


def test_a_category_is_compared_where_the_indicator_is_divided(layouts: Any) -> None:
    made = page(layouts, "/comparar", indicador=RATE, categoria="ambiental", vista="embudo")
    shown = plain(made)
    assert "Ninguna" in shown or "ninguna" in shown
    url = next(str(c.data) for c in walk(made) if c._type == "Store" and "embudo_estadistico" in str(c.data))
    assert "categoria=ambiental" in url
    choices = [c for c in walk(made) if c._type == "Select" and c.id["clave"] == "categoria"]
    offered = {o["value"] for group in choices[0].data for o in group.get("items", [group])}
    assert {"titulo", "ambiental", ""} <= offered and "1301" not in offered  # a province is of one region
    assert "no_hay" not in str(page(layouts, "/comparar", indicador=RATE, categoria="no_hay")[1])


def test_before_and_now_keeps_verdicts_and_both_intervals(snap: Snapshot, frame: pd.DataFrame) -> None:
    figure = drawn(snap, "cambio_regiones", territorio="13")
    before, now = trace(figure, "antes"), trace(figure, "ahora")
    pairs = cambio.pairs(frame, cambio.earlier(snap, snap.sheet(RATE), frame, Params(RATE)))
    assert [b["valor"] for _, b in pairs] == now["x"] and [a["valor"] for a, _ in pairs] == before["x"]
    assert all(a["periodo"] == "2025-T3" for a, _ in pairs)
    assert {"intervalo antes", "intervalo ahora"} <= {t["name"] for t in figure["data"]}
    assert now["marker"]["color"][now["customdata"].index("13")] == "var:cobre"


def test_small_multiples_share_one_scale_and_pilots_come_first(snap: Snapshot) -> None:
    figure = drawn(snap, "multiples", territorio="13")
    axes = [v for k, v in figure["layout"].items() if k.startswith("yaxis")]
    assert len(axes) == 26 and len({tuple(a["range"]) for a in axes}) == 1
    assert [w.strip() for w in words(figure).split("|")][::2][:3] == ["La Libertad", "Moquegua", "Pasco"]
    assert "sin dato" in words(figure)  # Tumbes did not report the last quarter


def test_pilots_are_set_against_the_spread_of_the_others(snap: Snapshot, layouts: Any) -> None:
    every = snap.values(RATE, kind="trimestre", category="")
    rest = pilotos_resto.spreads(every)[-1]
    own = [r["valor"] for r in records(every[every["periodo"] == LAST]) if r["nivel"] == "region" and r["estado"] == "publicado"
           and r["territorio"] not in ("13", "18", "19")]  # fmt: skip
    assert rest.n == len(own) and rest.median == pytest.approx(float(np.median(own)))
    shown = plain(page(layouts, "/comparar", vista="pilotos", indicador=RATE))
    assert "no se eligieron al azar" in shown and "Pilotos juntos" in shown


# ---- two regions --------------------------------------------------------------------------------------------------


def test_values_whose_intervals_meet_are_not_called_different(snap: Snapshot) -> None:
    sheet = snap.sheet(RATE)
    row = {"estado": "publicado", "valor": 50.0, "inferior": 45.0, "superior": 55.0}
    far = row | {"valor": 80.0, "inferior": 75.0, "superior": 85.0}
    assert comparison_pair.verdict(row, row | {"valor": 60.0, "inferior": 55.0, "superior": 65.0}, sheet) == "igual"
    assert comparison_pair.verdict(row, far, sheet) == "segunda" and comparison_pair.verdict(far, row, sheet) == "primera"
    assert comparison_pair.verdict(row, far | {"superior": None}, sheet) == "sin_juicio"
    assert comparison_pair.verdict(row, far | {"estado": "no_reportado"}, sheet) == "sin_dato"
    days = snap.sheet("p90_dias_ciudadano")
    assert comparison_pair.verdict(row, far, days) == "primera"  # fewer days are better
    assert comparison_pair.verdict(row, far, snap.sheet(TONNES)) == "sin_juicio"  # amounts depend on the size
    budget = snap.sheet("pct_ejecucion_presupuestal")
    bare = {"estado": "publicado", "inferior": None, "superior": None}
    assert comparison_pair.verdict(bare | {"valor": 80.0}, bare | {"valor": 84.0}, budget) == "igual"
    assert comparison_pair.verdict(bare | {"valor": 80.0}, bare | {"valor": 86.0}, budget) == "segunda"


def test_two_regions_side_by_side_say_who_differs(layouts: Any) -> None:
    made = page(layouts, "/comparar", vista="dos", region="21", con="04")
    shown = plain(made)
    assert "Puno y Arequipa se distinguen en" in shown and "Arequipa está mejor" in shown
    assert [c for c in links(made) if "region=04" in c and "con=21" in c]  # swapped
    same = plain(page(layouts, "/comparar", vista="dos", region="13", con="13"))
    assert "La Libertad y Moquegua" in same or "La Libertad y Pasco" in same


# ---- indicator page -----------------------------------------------------------------------------------------------


def test_the_published_sentence_can_be_quoted_with_an_address_that_never_changes(layouts: Any) -> None:
    made = page(layouts, "/indicador/<id>", id=RATE, region="13")
    quote = next(c for c in walk(made) if getattr(c, "id", None) == "cita")
    assert "una frase publicada" in text(quote)
    assert links(quote) == [f"/indicador/{RATE}?region=13&periodo={LAST}&publicacion=3"]
    english = plain(page(layouts, "/indicador/<id>", id=RATE, region="13", lang="en"))
    assert "una frase publicada" not in english and "To quote" in english


def test_place_signal_and_target_stand_in_words(layouts: Any) -> None:
    shown = plain(page(layouts, "/indicador/<id>", id=RATE, region="21"))
    assert "peor que el conjunto de las regiones" in shown and "bajo el límite inferior" in shown and "no alcanza la meta" in shown
    row = {"frente_al_pais": None, "senal": None, "tendencia": None, "estado": "publicado", "valor": 1.0}
    assert standing.strip(row, published.snapshot().sheet(RATE)) == []


def test_a_divided_indicator_shows_every_breakdown_that_has_values(layouts: Any) -> None:
    made = page(layouts, "/indicador/<id>", id=RATE, region="13")
    ids = {str(getattr(c, "id", "")) for c in walk(made)}
    assert "figura-distribucion" in ids and ("figura-desglose-provincia" in ids or "figura-desglose-familia" in ids)
    steps = page(layouts, "/indicador/<id>", id="mediana_dias_etapa", region="13")
    assert "Evaluación técnica" in plain(steps)


def test_peers_carry_the_verdict_of_the_publication(snap: Snapshot, layouts: Any) -> None:
    figure = drawn(snap, "frente_al_pais", territorio="13")
    told = [a["text"] for a in figure["layout"]["annotations"]]
    assert "n" in told and "240" in told
    shapes = [s for s in figure["layout"]["shapes"] if s["type"] == "path"]
    assert {s["fillcolor"] for s in shapes} == {"var:mejora", "var:empeora", "var:tinta-3"}
    shown = plain(page(layouts, "/indicador/<id>", id=RATE, region="13"))
    assert (
        "La Libertad no se distingue del conjunto; sí: Arequipa y Puno" in shown
        or "La Libertad no se distingue del conjunto; sí: Puno y Arequipa" in shown
    )
    assert "mejor que el conjunto" in shown  # in the table too


def test_counts_have_no_halves_on_their_axis(snap: Snapshot) -> None:
    for high in (1.0, 2.0, 4.4, 9.0, 37.0):
        places = scales.axis_ticks(0, high, snap.sheet(DEATHS))["tickvals"]
        assert len(places) > 1 and all(float(p).is_integer() for p in places)


def test_no_solid_line_passes_over_a_partial_period(snap: Snapshot) -> None:
    frame = snap.values(RATE, kind="trimestre", category="", territory=["13"])
    frame.loc[frame["periodo"] == LONG[9], "avisos"] = pd.Series([["serie_incompleta"]] * len(frame), index=frame.index)
    figure = trend.draw_trend(frame, snap.sheet(RATE), "13").to_plotly_json()
    solid = [len(x["x"]) for x in figure["data"] if x["name"] == "serie"]
    assert sorted(solid) == sorted([9, len(LONG) - 10])


def test_a_panel_without_any_value_keeps_its_name_and_its_reason(snap: Snapshot) -> None:
    frame = snap.values(DEATHS, kind="anio", category="")
    frame.loc[frame["territorio"] == "13", ["estado", "valor"]] = ["no_reportado", None]
    figure = multiples.draw_multiples(frame, snap.sheet(DEATHS)).to_plotly_json()
    assert "La Libertad" in words(figure) and "no reportado" in words(figure)
    drawn_on = {x["xaxis"] for x in figure["data"]}
    assert len([k for k in figure["layout"] if k.startswith("xaxis")]) == len(drawn_on)


def test_the_verdict_words_cover_every_published_one(snap: Snapshot, frame: pd.DataFrame) -> None:
    for way in (*DIFFERENT, "similar"):
        assert standing.place_words({"frente_al_pais": way})
        assert comparison.peers_title(frame.assign(frente_al_pais=way), "13")


def test_a_target_is_not_judged_where_the_deadline_is_a_reference() -> None:
    row = {"meta": 100.0, "meta_estado": "no_cumple", "avisos": ["sintetico"]}
    assert standing.target_words(row) == "no alcanza la meta"
    for state in ("no_cumple", None):
        told = standing.target_words({**row, "meta_estado": state, "avisos": ["plazo_referencial"]})
        assert told == "no se juzga: el plazo es referencial, no verificado"
    assert standing.target_words({**row, "meta": None, "meta_estado": None, "avisos": ["plazo_referencial"]}) == ""
