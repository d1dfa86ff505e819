"""What is said of a value beside its change, and what is not said where it would be noise."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpis.engine import compute_rows
from kpis.judgement import target_of, value_of, with_judgement
from kpis.methods.spc import xmr
from kpis.sentences import amount, period_words, sentences
from tests.kpis_rows import both, cell, count, day, definition, plan, quantile, table
from warehouse.indicators import Indicator
from warehouse.periods import parse
from warehouse.publications import VALUE_COLUMNS
from warehouse.states import STATES
from warehouse.territories import regions

CODES = [r.codigo for r in regions()]
GOAL = {"value": 80, "status": "propuesta", "text": both("t")}


def frame(indicator: Indicator, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Published figures as they stand before they are judged."""
    base = {"nivel": "region", "desglose": "", "categoria": "", "estado": "publicado", "indicador": indicator.id}
    made = pd.DataFrame([{**base, "tipo_periodo": parse(r["periodo"]).kind, **r} for r in rows])
    made["avisos"] = [r.get("avisos", []) for r in rows]
    return made.reindex(columns=VALUE_COLUMNS)


def months(values: list[float], start: str = "2024-01", place: str = "13") -> list[dict[str, Any]]:
    first = parse(start)
    return [{"territorio": place, "periodo": first.earlier(-k).code, "valor": v} for k, v in enumerate(values) if not np.isnan(v)]


# --- targets ---------------------------------------------------------------------------------------------------------------------


def ratio_row(hits: int, size: int, direction: str = "up", **target: Any) -> pd.Series:
    i = definition(direction=direction, targets=[{**GOAL, **target}])
    return cell(
        compute_rows(plan(i), table([{"territorio": "13", "fecha": day("2025-03-01"), "ok": k < hits} for k in range(size)])), "13", "2025-T1"
    )


@pytest.mark.parametrize(
    ("hits", "size", "told"), [(95, 100, "cumple"), (60, 100, "no_cumple"), (78, 100, "no_concluyente"), (82, 100, "no_concluyente")]
)
def test_a_target_is_met_missed_or_not_to_be_told(hits: int, size: int, told: str) -> None:
    assert ratio_row(hits, size)["meta_estado"] == told


def test_all_of_all_meets_a_target_of_all() -> None:
    found = ratio_row(20, 20, value=100, status="legal")
    assert (found["meta_estado"], found["meta"], found["avance_meta"]) == ("cumple", 100, 1)


def test_where_less_is_better_the_side_turns_and_only_a_start_gives_progress() -> None:
    assert ratio_row(2, 100, "down", value=20)["meta_estado"] == "cumple"
    assert np.isnan(ratio_row(2, 100, "down", value=20)["avance_meta"])
    assert ratio_row(40, 100, "down", value=20, baseline=60)["avance_meta"] == 0.5


def test_where_a_deadline_is_a_reference_the_target_stands_and_judges_nothing() -> None:
    i = definition(targets=[GOAL])
    rows = [{"territorio": "13", "periodo": "2025-T1", "valor": 50.0, "avisos": a} for a in ([], ["plazo_referencial"])]
    verified, reference = (with_judgement(frame(i, [r]), i).iloc[0] for r in rows)
    assert (verified["meta_estado"], verified["meta"]) == ("no_cumple", 80)
    assert (reference["meta_estado"], reference["meta"]) == (None, 80)


def test_without_a_good_side_there_is_no_target() -> None:
    assert ratio_row(2, 100, "context")["meta_estado"] is None


def test_legal_before_agreed_before_proposed_and_only_since_its_date() -> None:
    i = definition(
        targets=[
            GOAL,
            {**GOAL, "value": 90, "status": "acordada", "since": date(2025, 7, 1)},
            {**GOAL, "value": 99, "status": "legal", "since": date(2026, 1, 1)},
        ]
    )
    assert [t.value for p in ("2025-T1", "2025-T3", "2026-T1") if (t := target_of(i, parse(p)))] == [80, 90, 99]


def test_a_target_that_grows_along_the_year() -> None:
    target = definition(targets=[{**GOAL, "value": 96, "path": "anual_proporcional"}]).targets[0]
    assert [value_of(target, parse(p)) for p in ("2025-01", "2025-T2", "2025")] == [8, 48, 96]


# --- place among the regions -----------------------------------------------------------------------------------------------------


def funnel(hits: np.ndarray, sizes: np.ndarray, direction: str = "up") -> pd.Series:
    rows = [
        {"territorio": c, "periodo": "2025", "numerador": float(x), "denominador": float(n), "valor": 100 * x / n}
        for c, x, n in zip(CODES, hits, sizes, strict=True)
    ]
    i = definition(direction=direction, periods=["anio"], main_period="anio")
    return with_judgement(frame(i, rows), i).set_index("territorio")["frente_al_pais"]


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.8])
@pytest.mark.parametrize("largest", [40, 300])
def test_equal_regions_are_told_apart_in_at_most_one_screen_of_twenty(rate: float, largest: int) -> None:
    draw = np.random.default_rng(20261126)
    named = 0
    for _ in range(200):
        sizes = draw.integers(10, largest, 26)
        named += bool((funnel(draw.binomial(sizes, rate), sizes) != "similar").any())
    assert named <= 10


def test_a_region_that_does_stand_out_is_named_and_by_its_direction() -> None:
    sizes = np.full(26, 200)
    hits = np.full(26, 100)
    hits[::2] += 3
    hits[3], hits[7] = 160, 40
    found = funnel(hits, sizes)
    assert (found[CODES[3]], found[CODES[7]], set(found.drop([CODES[3], CODES[7]]))) == ("mejor", "peor", {"similar"})
    assert funnel(hits, sizes, "down")[CODES[3]] == "peor" and funnel(hits, sizes, "context")[CODES[3]] == "superior"


def test_few_regions_make_no_funnel() -> None:
    rows = [{"territorio": c, "periodo": "2025", "numerador": 1.0, "denominador": 100.0, "valor": 1.0} for c in CODES[:9]]
    i = definition(periods=["anio"], main_period="anio")
    assert with_judgement(frame(i, rows), i)["frente_al_pais"].isna().all()


# --- the process -----------------------------------------------------------------------------------------------------------------


def signals(values: list[float], **more: Any) -> pd.DataFrame:
    i = definition(periods=["mes"], main_period="mes", interval="none", relevant_change=1, **more)
    return with_judgement(frame(i, months(values)), i).set_index("periodo")


def test_fewer_than_thirteen_points_claim_nothing() -> None:
    draw = np.random.default_rng(1)
    assert signals([*draw.normal(50, 2, 11), 95])["senal"].isna().all()


def test_a_signal_is_that_of_the_chart_as_it_stood_then() -> None:
    draw = np.random.default_rng(1)
    values = [*draw.normal(50, 2, 15), 70.0, *draw.normal(50, 2, 3)]
    found = signals(values)
    code = parse("2024-01").earlier(-15).code
    assert (found.loc[code, "senal"], found.loc[code, "variacion"]) == ("fuera_superior", "mejora")
    for end in range(13, len(values) + 1):
        assert found.iloc[end - 1]["senal"] == xmr(values[:end]).signal[-1]
    longer = signals([*values, 90.0, 91.0])
    assert (longer["senal"].iloc[: len(values)].fillna("-") == found["senal"].fillna("-")).all(), "lo dicho de un mes no cambia con el siguiente"


def test_a_missing_month_keeps_its_place_and_incomplete_ones_do_not_count() -> None:
    draw = np.random.default_rng(2)
    values = list(draw.normal(50, 2, 20))
    values[8] = np.nan
    found = signals(values)
    assert found.iloc[-1]["senal"] == xmr(values).signal[-1]
    i = definition(periods=["mes"], main_period="mes")
    rows = [{**r, "avisos": ["serie_incompleta"]} for r in months(list(draw.normal(50, 2, 20)))]
    assert with_judgement(frame(i, rows), i)["senal"].isna().all()


def test_a_series_at_its_ceiling_is_not_judged() -> None:
    assert signals([100.0] * 12 + [90.0] + [100.0] * 8)["senal"].isna().all()


def test_what_accumulates_along_the_year_has_no_chart_of_a_process() -> None:
    values = [8.0 * m for m in range(1, 13)] * 2
    assert signals(values)["senal"].notna().any()
    assert signals(values, accumulation="cumulative")[["senal", "variacion", "aseguramiento"]].isna().all(axis=None)


def test_assurance_follows_the_target() -> None:
    draw = np.random.default_rng(3)
    found = signals(list(draw.normal(90, 1, 20)), targets=[GOAL])
    assert found.iloc[-1]["aseguramiento"] == "cumple"


# --- trend -----------------------------------------------------------------------------------------------------------------------


def test_the_recent_trend_needs_five_years_and_says_its_sense() -> None:
    rows = [
        {"territorio": "13", "periodo": str(2019 + k), "numerador": 300.0 + 50 * k, "denominador": 1000.0, "valor": 30.0 + 5 * k} for k in range(7)
    ]
    i = definition(periods=["anio"], main_period="anio", direction="down")
    found = with_judgement(frame(i, rows), i).set_index("periodo")["tendencia"]
    assert found[["2019", "2022"]].isna().all() and list(found[["2023", "2025"]]) == ["empeora", "empeora"]


def test_a_gap_in_the_years_is_not_calculable() -> None:
    rows = [{"territorio": "13", "periodo": str(y), "numerador": 300.0, "denominador": 1000.0, "valor": 30.0} for y in (2019, 2020, 2022, 2023)]
    i = definition(periods=["anio"], main_period="anio")
    assert list(with_judgement(frame(i, rows), i)["tendencia"])[-1] == "no_calculable"


# --- sentences -------------------------------------------------------------------------------------------------------------------


def said(rows: list[dict[str, Any]], i: Indicator, period: str, place: str = "13", category: str = "") -> str:
    return str(cell(compute_rows(plan(i), table(rows)), place, period, category)["frase"])


def test_the_sentence_of_a_ratio() -> None:
    rows = [{"territorio": "130101", "fecha": day(f"{y}-08-01"), "ok": k < h} for y, h, n in ((2025, 60, 100), (2026, 30, 100)) for k in range(n)]
    i = definition(periods=["trimestre"], targets=[GOAL], compare_with_year_before=True)
    assert said(rows, i, "2026-T3").startswith("La Libertad, julio a setiembre de 2026: 30.0 % (30 de 100; intervalo de 95 %: 21.9 a 39.6).")
    assert "No cumple la meta propuesta: no llega a 80 %." in said(rows, i, "2026-T3")


def test_the_sentence_of_an_absence_says_why() -> None:
    rows = [{"territorio": "130101", "fecha": day("2026-08-01"), "ok": True}]
    assert said(rows, definition(min_n=10), "2026-T3") == "La Libertad, julio a setiembre de 2026: no se publica: 1 caso y se necesitan 10."
    assert said(rows, definition(), "2026-T3", "18") == "Moquegua, julio a setiembre de 2026: no reportado por la región."


def test_every_state_has_its_sentence() -> None:
    i = definition()
    rows = frame(i, [{"territorio": "13", "periodo": "2025", "estado": s, "n": 3} for s in STATES if s != "publicado"])
    told = sentences(rows, i)
    assert len(set(told)) == len(told) and all(t.startswith("La Libertad, 2025: ") and t.endswith(".") for t in told)


def test_the_sentence_of_a_median_a_count_and_a_category() -> None:
    rows = [{"territorio": "13", "fecha": day("2026-08-01"), "dias": d, "x": 700, "clase": "a_b"} for d in range(1, 41)]
    split = [{"name": "clase", "column": "clase", "title": both("c"), "labels": {"a_b": both("Con etiqueta")}}]
    assert ": 20.5 % (40 casos; intervalo" in said(rows, quantile(q=0.5, breakdowns=split), "2026-T3")
    whole = count(breakdowns=split, unit=both("casos"), decimals=0)
    assert said(rows, whole, "2026-T3").startswith("La Libertad, julio a setiembre de 2026: 28,000 casos")
    part = frame(whole, [{"territorio": "13", "periodo": "2026-T3", "desglose": "clase", "categoria": "a_b", "estado": "n_insuficiente", "n": 3}])
    assert sentences(part, whole)[0].startswith("La Libertad, a b, julio a setiembre de 2026: no se publica")
    assert sentences(part, whole, {"clase": {"a_b": "Con etiqueta"}})[0].startswith("La Libertad, Con etiqueta, ")


@pytest.mark.parametrize(
    ("value", "decimals", "text"), [(99.9996, 2, "99.99"), (100, 2, "100.00"), (99.96, 1, "99.9"), (12345.678, 1, "12,345.7"), (0, 0, "0")]
)
def test_what_is_not_all_never_rounds_to_all(value: float, decimals: int, text: str) -> None:
    assert amount(value, decimals) == text


def test_periods_in_words() -> None:
    assert [period_words(c) for c in ("2026", "2026-S2", "2026-T1", "2026-09")] == [
        "2026",
        "julio a diciembre de 2026",
        "enero a marzo de 2026",
        "setiembre de 2026",
    ]
