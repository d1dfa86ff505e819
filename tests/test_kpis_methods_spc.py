"""XmR charts, held to the numbers of NHSRplotthedots and to the rules told plainly in loops. Short data, gaps: test_kpis_methods_spc_edges."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.methods import spc
from kpis.methods.spc import xmr

steady = settings(derandomize=True, deadline=None, database=None, max_examples=150)
gap = float("nan")
#: ten routine points: mean 5, moving ranges of 2, limits 5 -+ 5.32
ROUTINE = [4, 6, 4, 6, 4, 6, 4, 6, 4, 6]


def conformance(name: str) -> Path:
    """A file of the shared conformance folder, which is not part of the project."""
    shared = Path(os.environ.get("SIEGEM_SHARED") or Path(__file__).parents[1] / ".." / "shared")
    file = shared / "conformance" / name
    if not file.exists():
        pytest.skip(f"The published numbers {name} are not here: set SIEGEM_SHARED to the folder that holds conformance/.")
    return file


# --- published numbers

SERIES = [
    "S01_outlier_screened",
    "S02_outlier_unscreened",
    "S03_rnorm20",
    "S04_rnorm20_outlier_screened",
    "S05_rnorm20_outlier_unscreened",
    "S06_two_of_three_opposite_sides_common_cause",
    "S07_ae_RQM_breaches",
    "S08_ae_RRK_breaches_stable",
    "S09_ae_RRK_breaches_rebase_2018-07-01",
    "S13_shift_up_increase_target",
]
THEIR_SIGNALS = {
    "Common Cause": "",
    "Above UCL": "fuera_superior",
    "Below LCL": "fuera_inferior",
    "7 Point Trend (Increasing)": "tendencia_sube",
    "7 Point Trend (Decreasing)": "tendencia_baja",
    "2 in 3 Above CL": "dos_de_tres_superior",
    "2 in 3 Below CL": "dos_de_tres_inferior",
    "7 Points Above CL": "siete_arriba",
    "7 Points Below CL": "siete_abajo",
}
THEIR_DIRECTIONS = {"increase": "up", "decrease": "down"}
THEIR_POINTS = {"common_cause": "comun", "special_cause_improvement": "mejora", "special_cause_concern": "deterioro"}
THEIR_ICONS = {
    "common_cause": "comun",
    "improvement_high": "mejora",
    "improvement_low": "mejora",
    "concern_high": "deterioro",
    "concern_low": "deterioro",
}
THEIR_ASSURANCE = {"consistent_pass": "cumple", "consistent_fail": "incumple", "inconsistent": "variable"}


def test_every_published_series_is_here() -> None:
    folder = conformance("spc")
    assert sorted(file.stem for file in folder.glob("S*.csv")) == SERIES == pd.read_csv(folder / "_summary.csv").series.tolist()


@pytest.mark.parametrize("name", SERIES)
def test_conformance_of_xmr(name: str) -> None:
    points = pd.read_csv(conformance(f"spc/{name}.csv"))
    told = pd.read_csv(conformance("spc/_summary.csv")).set_index("series").loc[name]
    chart = xmr(
        points.y,
        screen=told.screen_outliers,
        direction=THEIR_DIRECTIONS[told.improvement_direction],
        target=told.target,
        rebase=np.flatnonzero(points.rebase_group.diff() > 0).tolist(),
    )
    for ours, theirs in [(chart.mean, points.mean_col), (chart.lower, points.lpl), (chart.upper, points.upl)]:
        assert ours.tolist() == pytest.approx(theirs.tolist(), rel=1e-9, abs=1e-12)
    assert [chart.mean[-1], chart.lower[-1], chart.upper[-1]] == pytest.approx([told.last_mean, told.last_lpl, told.last_upl], rel=1e-9)
    assert chart.signal.tolist() == [THEIR_SIGNALS[label] for label in points.special_cause_type]
    assert (chart.signal != "").sum() == told.n_special
    assert chart.variation == THEIR_ICONS[told.variation_icon] == THEIR_POINTS[told.last_point_type]
    assert chart.assurance == THEIR_ASSURANCE.get(told.assurance)
    assert chart.trial == ((points.rebase_group == points.rebase_group.iloc[-1]).sum() < 13)


# --- the rules, told plainly


def plainly(values: list[float], mean: float, half: float) -> list[str]:
    """The signals of one segment, point by point."""
    side = [0 if np.isnan(y) or abs(y - mean) < 1e-9 else int(np.sign(y - mean)) for y in values]
    outside = [abs(y - mean) > half + 1e-9 for y in values]
    close = [not out and abs(y - mean) > 2 / 3 * half + 1e-9 for y, out in zip(values, outside, strict=True)]
    signals = [""] * len(values)
    for start in range(len(values) - 6):
        if abs(sum(side[start : start + 7])) == 7:
            signals[start : start + 7] = ["siete_arriba" if side[start] > 0 else "siete_abajo"] * 7
    for start in range(len(values) - 2):
        window = range(start, start + 3)
        if abs(sum(side[start : start + 3])) == 3 and sum(close[start : start + 3]) >= 2:
            for i in window:
                if close[i]:
                    signals[i] = "dos_de_tres_superior" if side[i] > 0 else "dos_de_tres_inferior"
    for start in range(len(values) - 6):  # from left to right: a pivot belongs to the trend that begins
        for way, name in [(1, "tendencia_sube"), (-1, "tendencia_baja")]:
            if all(way * (b - a) > 1e-9 for a, b in zip(values[start : start + 6], values[start + 1 : start + 7], strict=True)):
                signals[start : start + 7] = [name] * 7
    for i, y in enumerate(values):
        if outside[i]:
            signals[i] = "fuera_superior" if y > mean else "fuera_inferior"
    return signals


@pytest.mark.parametrize("walk", [False, True])
@pytest.mark.parametrize(("screen", "baseline", "cut"), [(True, None, None), (False, None, 14), (True, 12, None), (True, 6, 17)])
def test_signals_are_the_rules_told_plainly(walk: bool, screen: bool, baseline: int | None, cut: int | None) -> None:
    """On noise, and on walks, whose runs and trends are long; whole numbers, so that points on the mean and on each other are many."""
    draws, seen = np.random.default_rng(11), set()
    for _ in range(400):
        values = draws.normal(0, 3, draws.integers(2, 45)).round()
        values = values.cumsum() if walk else values
        values[draws.random(values.size) < 0.03] = np.nan
        rebase = [cut] if cut and cut < len(values) else []
        chart = xmr(values, screen=screen, baseline=baseline, rebase=rebase)
        for segment in [slice(0, cut), slice(cut, None)] if rebase else [slice(None)]:
            mean, upper = chart.mean[segment][0], chart.upper[segment][0]
            assert chart.signal[segment].tolist() == plainly(values[segment].tolist(), mean, upper - mean)
        seen |= set(chart.signal)
    assert seen == set(spc.SIGNALS) if walk else seen >= set(spc.SIGNALS) - {"tendencia_sube", "tendencia_baja"}


points = st.lists(st.one_of(st.integers(-9, 9).map(float), st.integers(-9, 9).map(float), st.sampled_from([gap, 40.0])), max_size=45)


@steady
@given(values=points, baseline=st.one_of(st.none(), st.integers(2, 15)))
def test_limits_told_plainly(values: list[float], baseline: int | None) -> None:
    fixing, left = [], len(values) if baseline is None else baseline
    for y in values:
        fixing.append(y if left and not np.isnan(y) else gap)
        left -= not np.isnan(fixing[-1])
    ranges = [abs(b - a) for a, b in itertools.pairwise(fixing) if not np.isnan(b - a)]
    kept = [r for r in ranges if r <= 3.267 * np.mean(ranges)]
    spread = np.mean(kept) if any(kept) else np.mean(ranges) if ranges else gap
    known = [y for y in fixing if not np.isnan(y)]
    mean = np.mean(known) if known else gap
    chart = xmr(values, baseline=baseline)
    assert chart.mean.tolist() == pytest.approx([mean] * len(values), nan_ok=True)
    assert chart.upper.tolist() == pytest.approx([mean + 2.66 * spread] * len(values), nan_ok=True)
    assert chart.lower.tolist() == pytest.approx([mean - 2.66 * spread] * len(values), nan_ok=True)
    assert chart.basis.tolist() == [len(known)] * len(values)


@steady
@given(values=points)
def test_upside_down_is_the_mirror(values: list[float]) -> None:
    """Nothing tells up from down but the names."""
    chart, mirror = xmr(values, direction="up", target=3), xmr([-y for y in values], direction="down", target=-3)
    pairs = dict(zip(spc.SIGNALS[1::2], spc.SIGNALS[2::2], strict=True))
    other = {"": ""} | pairs | {down: up for up, down in pairs.items()}
    assert [other[signal] for signal in chart.signal] == mirror.signal.tolist()
    assert (chart.variation, chart.assurance, chart.trial) == (mirror.variation, mirror.assurance, mirror.trial)


def test_a_trend_that_turns_belongs_to_the_one_that_begins() -> None:
    tail = [gap, 0, 30, 0, 30]  # makes the limits wide
    peak = xmr([*range(7), *range(5, -1, -1), *tail], screen=False)
    assert peak.signal[:13].tolist() == ["tendencia_sube"] * 6 + ["tendencia_baja"] * 7
    trough = xmr([*range(6, -1, -1), *range(1, 7), *tail], screen=False)
    assert trough.signal[:13].tolist() == ["tendencia_baja"] * 6 + ["tendencia_sube"] * 7


def test_a_trend_comes_before_two_of_three_and_the_limits_before_both() -> None:
    chart = xmr([*ROUTINE, 1, 2, 3, 7, 8.7, 9, 9.1, 10.4], baseline=10)
    assert chart.signal[10:].tolist() == ["tendencia_sube"] * 7 + ["fuera_superior"]
    assert xmr([*ROUTINE, 7, 8.7, 9, 9.1], baseline=10).signal[11:].tolist() == ["dos_de_tres_superior"] * 3


def test_two_of_three_ask_for_the_third_on_their_side() -> None:
    """Its upper outer third lies from 8.55 to 10.32; only those in it are flagged, and one beyond the limit does not count as in it."""
    for last, expected in [
        ([9, 6, 9], [2, 0, 2]),
        ([9, 9, 6], [2, 2, 0]),
        ([9, 4, 9], [0, 0, 0]),
        ([9, 5, 9], [0, 0, 0]),
        ([9, 11, 6], [0, 1, 0]),
        ([9, 11, 9], [2, 1, 2]),
    ]:
        names = ["", "fuera_superior", "dos_de_tres_superior"]
        assert xmr([*ROUTINE, 4, *last], baseline=10).signal[11:].tolist() == [names[i] for i in expected]


def test_six_in_a_row_and_six_rising_are_no_signal() -> None:
    chart = xmr([*ROUTINE, 4, 7, 6, 7, 6, 7, 6, 4, 3, 4, 5, 6, 7, 8, 6], baseline=10)
    assert set(chart.signal) == {""} and chart.variation == "comun"
    seventh = xmr([*ROUTINE, 4, 7, 6, 7, 6, 7, 6, 8, 3, 4, 5, 6, 7, 8, 9], baseline=10)
    assert seventh.signal[11:].tolist() == ["siete_arriba"] * 7 + ["tendencia_sube"] * 7


def test_a_point_on_the_mean_ends_a_run() -> None:
    six = [7, 8, 7, 8, 7, 8]
    values = [*six, 5, *six, 5, *[10 - y for y in six], 5, *[10 - y for y in six]]
    chart = xmr(values)
    assert chart.mean[0] == 5 and "siete_arriba" not in chart.signal and "siete_abajo" not in chart.signal
