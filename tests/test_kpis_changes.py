"""When a change may be told: fair pairs only, an interval that leaves out zero, and Benjamini-Hochberg over the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpis.changes import with_changes
from kpis.engine import compute_rows
from kpis.judge import WORKING
from kpis.methods.intervals import newcombe_difference
from kpis.methods.quantiles import histogram_quantile, histogram_quantile_interval
from kpis.rollup import CELL, Sums
from tests.kpis_rows import cell, count, day, definition, plan, quantile, table
from warehouse.indicators import Indicator
from warehouse.publications import VALUE_COLUMNS
from warehouse.territories import regions

RUNS = 400
CODES = [r.codigo for r in regions()]
TOLD = ("mejora", "empeora", "sube", "baja")


def screens(indicator: Indicator, periods: dict[str, dict[str, np.ndarray]], bins: pd.DataFrame | None = None) -> pd.DataFrame:
    """RUNS screens of 26 regions with their comparisons: each run is a screen of its own (a breakdown's name)."""
    frames = []
    for period, figures in periods.items():
        keys = [(c, "region", "anio", period, f"corrida {i}", "") for i in range(RUNS) for c in CODES]
        frame = pd.DataFrame(keys, columns=CELL).assign(indicador=indicator.id, estado="publicado", **{k: v.ravel() for k, v in figures.items()})
        frame["avisos"] = [[] for _ in keys]
        frames.append(frame.reindex(columns=[*VALUE_COLUMNS, *WORKING]))
    joined = pd.concat(frames, ignore_index=True)
    return with_changes(joined, Sums(indicator, pd.DataFrame(), bins if bins is not None else pd.DataFrame(), frozenset()))


def share_of_screens_that_name_any(values: pd.DataFrame) -> float:
    compared = values[values["cambio_estado"].notna()]
    assert len(compared) == RUNS * len(CODES)
    return float(compared["cambio_estado"].isin(TOLD).groupby(compared["desglose"]).any().mean())


def proportions(rate: float, now: float | None = None) -> pd.DataFrame:
    draw = np.random.default_rng(20261123)
    sizes = {p: draw.integers(20, 300, (RUNS, len(CODES))) for p in ("2024", "2025")}
    rates = {"2024": rate, "2025": now if now is not None else rate}
    hits = {p: draw.binomial(n, rates[p]) for p, n in sizes.items()}
    return screens(
        definition(), {p: {"numerador": hits[p] * 1.0, "denominador": n * 1.0, "valor": 100 * hits[p] / n, "n": n * 1.0} for p, n in sizes.items()}
    )


@pytest.mark.parametrize("rate", [0.08, 0.5, 0.85])
def test_no_false_differences_between_proportions(rate: float) -> None:
    assert share_of_screens_that_name_any(proportions(rate)) <= 0.05


def test_a_true_difference_between_proportions_is_named() -> None:
    assert share_of_screens_that_name_any(proportions(0.5, 0.62)) > 0.95


@pytest.mark.parametrize(("mean", "now", "low", "high"), [(4, 4, 0, 0.05), (40, 40, 0, 0.05), (40, 70, 0.95, 1)])
def test_counts_name_true_changes_and_no_others(mean: float, now: float, low: float, high: float) -> None:
    draw = np.random.default_rng(20261123)
    counts = {p: draw.poisson(m, (RUNS, len(CODES))) * 1.0 for p, m in (("2024", mean), ("2025", now))}
    named = share_of_screens_that_name_any(screens(count(direction="down"), {p: {"numerador": x, "valor": x, "n": x} for p, x in counts.items()}))
    assert low <= named <= high


@pytest.mark.parametrize(("longer", "low", "high"), [(1.0, 0, 0.05), (2.0, 0.95, 1)])
def test_quantiles_name_true_changes_and_no_others(longer: float, low: float, high: float) -> None:
    draw = np.random.default_rng(20261123)
    figures: dict[str, dict[str, np.ndarray]] = {}
    bins = []
    longest = 160
    for period, factor in (("2024", 1.0), ("2025", longer)):
        days = np.minimum(draw.geometric(1 / (15 * factor), (RUNS * len(CODES), 150)), longest - 1)
        table_ = np.zeros((len(days), longest))
        np.add.at(table_, (np.repeat(np.arange(len(days)), 150), days.ravel()), 1)
        below, above = histogram_quantile_interval(np.arange(longest), table_, 0.9)
        figures[period] = {
            "valor": histogram_quantile(np.arange(longest), table_, 0.9),
            "inferior": below,
            "superior": above,
            "n": np.full(len(days), 150.0),
        }
        row, value = np.nonzero(table_)
        keys = pd.DataFrame([(c, "region", "anio", period, f"corrida {i}", "") for i in range(RUNS) for c in CODES], columns=CELL)
        bins.append(keys.iloc[row].assign(valor=value, casos=table_[row, value].astype(int), abiertos=0))
    named = share_of_screens_that_name_any(screens(quantile(direction="down"), figures, pd.concat(bins)))
    assert low <= named <= high


def years(ok: dict[tuple[str, int], tuple[int, int]], **more: Any) -> pd.DataFrame:
    """Yearly values of a ratio from (territory, year) -> (hits, cases), every month with rows."""
    rows = []
    for (place, year), (hits, cases) in ok.items():
        rows += [
            {
                "territorio": place,
                "fecha": day(f"{year}-{i % 12 + 1:02d}-10"),
                "ok": i < hits,
                "dudoso": more.get("doubt", {}).get((place, year), False),
            }
            for i in range(cases)
        ]
    indicator = definition(periods=["anio"], main_period="anio", **{k: v for k, v in more.items() if k != "doubt"})
    return compute_rows(plan(indicator), table(rows))


def test_the_change_of_a_proportion_has_newcombe_s_interval() -> None:
    found = cell(years({("13", 2024): (60, 100), ("13", 2025): (30, 100)}), "13", "2025")
    low, high = newcombe_difference(30, 100, 60, 100)
    assert found["periodo_comparado"] == "2024"
    assert (found["cambio"], found["cambio_relativo"]) == (pytest.approx(-30), pytest.approx(-50))
    assert (found["cambio_inferior"], found["cambio_superior"]) == (pytest.approx(100 * low), pytest.approx(100 * high))
    assert found["cambio_estado"] == "empeora"


@pytest.mark.parametrize(("direction", "word"), [("up", "empeora"), ("down", "mejora"), ("context", "baja")])
def test_the_word_follows_the_direction(direction: str, word: str) -> None:
    assert cell(years({("13", 2024): (60, 100), ("13", 2025): (30, 100)}, direction=direction), "13", "2025")["cambio_estado"] == word


def test_a_small_change_is_no_difference() -> None:
    found = cell(years({("13", 2024): (60, 100), ("13", 2025): (55, 100)}), "13", "2025")
    assert (found["cambio_estado"], found["cambio"]) == ("sin_diferencia", pytest.approx(-5))


def test_one_marginal_change_among_many_comparisons_is_not_told() -> None:
    """p = 0.03 alone would be told; as one of 26 comparisons it is not."""
    alone = years({("13", 2024): (60, 100), ("13", 2025): (45, 100)}, levels=["region"])
    assert cell(alone, "13", "2025")["cambio_estado"] == "empeora"
    others = {(c, y): (50, 100) for c in CODES if c != "13" for y in (2024, 2025)}
    among = years({("13", 2024): (60, 100), ("13", 2025): (45, 100), **others}, levels=["region"])
    found = cell(among, "13", "2025")
    assert found["cambio_superior"] < 0
    assert found["cambio_estado"] == "sin_diferencia"


def test_periods_with_different_notices_are_not_compared() -> None:
    same = {("13", 2024): (60, 100), ("13", 2025): (30, 100)}
    doubtful = years(same, flags={"estimado": "dudoso"}, doubt={("13", 2024): True})
    found = cell(doubtful, "13", "2025")
    assert pd.isna(found["cambio"]) and pd.isna(found["cambio_estado"]) and pd.isna(found["periodo_comparado"])
    both_doubtful = years(same, flags={"estimado": "dudoso"}, doubt={("13", 2024): True, ("13", 2025): True})
    assert cell(both_doubtful, "13", "2025")["cambio_estado"] == "empeora"


def test_an_incomplete_year_is_not_compared_from_or_to() -> None:
    rows = [
        {"territorio": "13", "fecha": day(f"{y}-{m:02d}-10"), "x": 10 * (y - 2022)}
        for y in (2023, 2024, 2025)
        for m in range(1, 13 if y < 2025 else 5)
    ]
    values = compute_rows(plan(count(periods=["trimestre", "anio"])), table(rows))
    assert cell(values, "13", "2024")["cambio_estado"] == "mejora"
    short = cell(values, "13", "2025")
    assert short["avisos"] == ["serie_incompleta"] and short["valor"] == 120 and pd.isna(short["cambio_estado"])
    assert cell(values, "13", "2025-T1")["cambio_estado"] == "mejora", "un trimestre entero sí se compara"
    assert cell(values, "13", "2025-T2")["avisos"] == ["serie_incompleta"]


@pytest.mark.parametrize(("before", "now", "word"), [(100, 104, "sin_diferencia"), (100, 106, "sube"), (100, 90, "baja")])
def test_a_register_without_interval_uses_its_relevant_change(before: float, now: float, word: str) -> None:
    rows = [{"territorio": "13", "periodo": p, "monto": m} for p, m in (("2024", before), ("2025", now))]
    i = count(
        numerator={"expr": "sum(monto)", "text": {"es": "n", "en": "n"}},
        interval="none",
        relevant_change=5,
        direction="context",
        clock={"kind": "flow", "column": "periodo"},
        periods=["anio"],
        main_period="anio",
    )
    found = cell(compute_rows(plan(i), table(rows)), "13", "2025")
    assert found["cambio_estado"] == word
    assert pd.isna(found["cambio_inferior"])


def test_for_percentages_the_relevant_change_is_in_points() -> None:
    """From 10 % to 14 %: 4 points, though 40 % relative."""
    found = cell(years({("13", 2024): (10, 100), ("13", 2025): (14, 100)}, interval="none", relevant_change=5), "13", "2025")
    assert found["cambio_estado"] == "sin_diferencia"


def test_the_change_of_a_count_is_in_its_own_unit() -> None:
    rows = [{"territorio": "13", "periodo": p, "x": x} for p, x in (("2024", 20), ("2025", 60))]
    i = count(direction="down", clock={"kind": "flow", "column": "periodo"}, periods=["anio"], main_period="anio")
    found = cell(compute_rows(plan(i), table(rows)), "13", "2025")
    assert (found["cambio"], found["cambio_relativo"], found["cambio_estado"]) == (40, 200, "empeora")
    assert 0 < found["cambio_inferior"] < 40 < found["cambio_superior"]
