"""XmR charts where data is short, has gaps or is even; what the last point means; many at once. Rules and published numbers: test_kpis_methods_spc."""

from __future__ import annotations

import numpy as np
import pytest

from kpis.methods import spc
from kpis.methods.spc import xmr, xmr_many

gap = float("nan")
#: ten routine points: mean 5, moving ranges of 2, limits 5 -+ 5.32
ROUTINE = [4, 6, 4, 6, 4, 6, 4, 6, 4, 6]


# --- screening, baseline, rebase


def test_screening_leaves_out_wild_ranges_once() -> None:
    values = [*ROUTINE, 60, *ROUTINE]
    assert xmr(values).upper[0] - xmr(values).mean[0] == pytest.approx(2.66 * 2)
    assert xmr(values, screen=False).upper[0] - xmr(values).mean[0] == pytest.approx(2.66 * (18 * 2 + 54 + 56) / 20)


def test_screening_never_leaves_only_zeros() -> None:
    """Eleven months at 100 % and one at 90 %: only the one is an exception."""
    chart = xmr([100] * 11 + [90] + [100] * 2)
    assert np.flatnonzero([signal.startswith("fuera") for signal in chart.signal]).tolist() == [11]
    assert chart.lower[0] < 99 < chart.mean[0] < 100 < chart.upper[0]


def test_a_baseline_fixes_the_limits_of_each_segment() -> None:
    later = [y + 4 for y in ROUTINE]
    chart = xmr([*ROUTINE, *later], baseline=10)
    assert chart.mean.tolist() == [5] * 20 and chart.upper[-1] == pytest.approx(5 + 5.32)
    assert chart.signal[10:].tolist() == ["siete_arriba", "dos_de_tres_superior"] * 5
    again = xmr([*ROUTINE, *later, *later], baseline=10, rebase=[20])
    assert again.mean.tolist() == [5] * 20 + [9] * 10


def test_a_baseline_counts_known_points() -> None:
    """A series that begins late, or has a gap, has the baseline of its own first points."""
    chart = xmr([gap, gap, *ROUTINE[:5], gap, *ROUTINE[5:], *[50] * 6], baseline=10)
    assert chart.mean[0] == pytest.approx(5) and chart.basis[0] == 10 and chart.trial


def test_each_rebase_begins_anew() -> None:
    chart = xmr([*ROUTINE, *[y + 50 for y in ROUTINE]], rebase=[10])
    assert chart.mean.tolist() == [5] * 10 + [55] * 10
    assert set(chart.signal) == {""}
    assert set(xmr([*ROUTINE, *[y + 50 for y in ROUTINE]]).signal) == {"fuera_inferior", "fuera_superior"}


def test_runs_do_not_pass_a_rebase() -> None:
    tail = [gap, 0, 30, 0, 30, 0, 30]  # wide limits: only runs can speak
    rising = [*ROUTINE, 4, 6, *range(12, 18), *tail]
    assert "tendencia_sube" in xmr(rising).signal[10:18]
    assert "tendencia_sube" not in xmr(rising, rebase=[13]).signal


def test_rebase_at_the_start_or_twice_changes_nothing() -> None:
    values = [*ROUTINE, *ROUTINE]
    assert xmr(values, rebase=[0]).upper.tolist() == xmr(values).upper.tolist()
    assert xmr(values, rebase=[12, 5, 12]).mean.tolist() == xmr(values, rebase=(5, 12)).mean.tolist()


def test_a_single_point_after_a_rebase_has_no_limits() -> None:
    chart = xmr([*ROUTINE, 9], target=5, rebase=[10])
    assert chart.mean[-1] == 9 and np.isnan(chart.upper[-1])
    assert (chart.signal[-1], chart.variation, chart.assurance, chart.trial) == ("", None, None, True)


# --- gaps


def test_a_gap_breaks_ranges_and_runs() -> None:
    chart = xmr([1, 1, gap, 9, 9], screen=False)
    assert chart.upper.tolist() == chart.lower.tolist() == [5] * 5  # the jump of 8 over the gap is no moving range
    assert chart.signal[2] == ""
    above = [8.0, 7, 8, 7, 8, 7, 8]
    assert xmr([*ROUTINE, *above], baseline=10).signal[10:].tolist() == ["siete_arriba"] * 7
    broken = xmr([*ROUTINE, *above[:4], gap, *above[4:]], baseline=10)
    assert set(broken.signal) == {""}


def test_without_neighbours_there_are_no_limits() -> None:
    chart = xmr([5, gap, 6, gap, 7, gap, 30], target=1)
    assert chart.mean[0] == 12 and np.isnan(chart.lower).all() and np.isnan(chart.upper).all()
    assert (set(chart.signal), chart.variation, chart.assurance) == ({""}, None, None)


def test_a_missing_last_point_has_no_variation_but_the_process_has_its_assurance() -> None:
    chart = xmr([*ROUTINE, *ROUTINE, gap], target=-3)
    assert (chart.signal[-1], chart.variation, chart.assurance) == ("", None, "cumple")
    assert chart.mean[-1] == 5


# --- short and even series


def test_no_point() -> None:
    for values in ([], [gap, gap, gap]):
        chart = xmr(values, target=1)
        assert len(chart.mean) == len(chart.lower) == len(chart.upper) == len(chart.signal) == len(values)
        assert np.isnan(chart.mean).all() and set(chart.signal) <= {""} and set(chart.basis) <= {0}
        assert (chart.variation, chart.assurance, chart.trial) == (None, None, True)


def test_one_point_and_two() -> None:
    one = xmr([7], target=1)
    assert one.mean.tolist() == [7] and np.isnan(one.lower[0]) and np.isnan(one.upper[0])
    assert (one.signal.tolist(), one.variation, one.assurance, one.trial) == ([""], None, None, True)
    two = xmr([7, 9], target=1)
    assert two.mean.tolist() == [8, 8] and two.upper[0] == pytest.approx(8 + 2.66 * 2)
    assert (two.signal.tolist(), two.variation, two.assurance, two.trial) == (["", ""], "comun", "cumple", True)


@pytest.mark.parametrize("value", [0.0, 0.1, 100.0, -1 / 3])
@pytest.mark.parametrize("screen", [True, False])
def test_a_constant_series_has_limits_equal_to_its_mean(value: float, screen: bool) -> None:
    chart = xmr([value] * 20, screen=screen, target=value)
    assert chart.mean.tolist() == pytest.approx([value] * 20)
    assert chart.lower.tolist() == chart.mean.tolist() == chart.upper.tolist()
    assert (set(chart.signal), chart.variation, chart.assurance) == ({""}, "comun", "cumple")
    assert xmr([value] * 20, direction="down", target=value).assurance == "cumple"


def test_thirteen_values_end_the_trial() -> None:
    values = [*ROUTINE, 4, 6, 4]
    assert not xmr(values).trial and xmr(values[:12]).trial
    assert xmr([gap, *values[:12]]).trial and not xmr([gap, *values]).trial
    assert xmr([*values, *values], rebase=[20]).trial and not xmr([*values, *values], rebase=[13]).trial
    assert xmr([*values, *values], baseline=12).trial


def test_the_last_bits_are_no_signal() -> None:
    """0.1 + 0.2 is not above 0.3, neither for a side nor for a trend."""
    crumbs = [0.3 + i * 2**-54 for i in range(20)]
    assert set(xmr(crumbs).signal) == {""}


# --- what the last point means


@pytest.mark.parametrize(
    ("direction", "high", "low"), [("up", "mejora", "deterioro"), ("down", "deterioro", "mejora"), ("context", "neutral_alza", "neutral_baja")]
)
def test_variation(direction: str, high: str, low: str) -> None:
    steady_part = [*ROUTINE, 4, 6]
    assert xmr([*steady_part, 40], direction=direction).variation == high
    assert xmr([*steady_part, -40], direction=direction).variation == low
    assert xmr(steady_part, direction=direction).variation == "comun"


@pytest.mark.parametrize(
    ("direction", "target", "expected"),
    [
        ("up", -1, "cumple"),
        ("up", 5, "variable"),
        ("up", 11, "incumple"),
        ("down", -1, "incumple"),
        ("down", 5, "variable"),
        ("down", 11, "cumple"),
        ("context", 5, None),
        ("context", 11, None),
        ("up", None, None),
        ("up", gap, None),
    ],
)
def test_assurance(direction: str, target: float | None, expected: str | None) -> None:
    assert xmr(ROUTINE, direction=direction, target=target).assurance == expected


def test_a_limit_on_the_target_meets_it() -> None:
    lower, upper = xmr(ROUTINE).lower[0], xmr(ROUTINE).upper[0]
    assert [xmr(ROUTINE, target=at).assurance for at in (lower, upper)] == ["cumple", "variable"]
    assert [xmr(ROUTINE, direction="down", target=at).assurance for at in (lower, upper)] == ["variable", "cumple"]


# --- many at once


def test_many_are_each_alone() -> None:
    draws = np.random.default_rng(20260831)
    matrix = draws.normal(size=(spc.BLOCK + 200, 40)).cumsum(axis=1) * draws.integers(0, 2, (spc.BLOCK + 200, 1))
    matrix[draws.random(matrix.shape) < 0.05] = np.nan
    matrix[7] = np.nan
    directions = draws.choice(["up", "down", "context"], len(matrix)).tolist()
    targets = np.where(draws.random(len(matrix)) < 0.2, np.nan, draws.normal(size=len(matrix)))
    charts = xmr_many(matrix, directions, targets=targets, baseline=15, rebase=[24])
    assert len(charts) == len(matrix) and charts.trial.shape == charts.variation.shape == (len(matrix),)
    for i in {0, 7, spc.BLOCK - 1, spc.BLOCK, len(matrix) - 1, *range(1, len(matrix), 9)}:
        alone, row = xmr(matrix[i], direction=directions[i], target=targets[i], baseline=15, rebase=[24]), charts[i]
        for field in ("mean", "lower", "upper", "basis"):
            assert getattr(row, field).tolist() == pytest.approx(getattr(alone, field).tolist(), rel=1e-12, nan_ok=True)
        assert row.signal.tolist() == alone.signal.tolist()
        assert (row.variation, row.assurance, row.trial) == (alone.variation, alone.assurance, alone.trial)


def test_many_of_none() -> None:
    assert len(xmr_many(np.empty((0, 12)), "up")) == 0
    assert xmr_many(np.empty((3, 0)), "up", targets=[1, 2, 3]).variation.tolist() == [None] * 3


def test_chance_alone_seldom_crosses_the_limits() -> None:
    """Three sigma hold 99.7 % of normal points; estimated from 30 of them, somewhat fewer. Half as wide limits would fail."""
    charts = xmr_many(np.random.default_rng(3).normal(size=(4_000, 30)), "up", screen=False)
    outside = np.isin(charts.signal, ["fuera_superior", "fuera_inferior"]).mean()
    assert 0.002 < outside < 0.008


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: xmr([1, np.inf]), "values must be finite"),
        (lambda: xmr([[1, 2]]), "values must be one series on one axis"),
        (lambda: xmr([1, 2], direction="arriba"), "direction must be one of up, down, context; it is arriba"),
        (lambda: xmr([1, 2], target=np.inf), "targets must be finite"),
        (lambda: xmr([1, 2], baseline=1), "baseline must be 2 points or more; it is 1"),
        (lambda: xmr([1, 2], baseline=2.5), "baseline must be 2 points or more; it is 2.5"),
        (lambda: xmr([1, 2], rebase=[2]), "rebase must hold positions from 0 to 1; it holds 2"),
        (lambda: xmr([1, 2], rebase=[-1]), "rebase must hold positions from 0 to 1; it holds -1"),
        (lambda: xmr([1, 2], rebase=[0.5]), "rebase must hold positions from 0 to 1; it holds 0.5"),
        (lambda: xmr_many([1, 2], "up"), "matrix must be series x periods"),
        (lambda: xmr_many([[1, 2]], ["up", "down"]), "directions must be one for all or one a series; they are 2 for 1 series"),
        (lambda: xmr_many([[1, 2], [3, 4]], ["up", "x"]), "direction must be one of up, down, context; it is x"),
        (lambda: xmr_many([[1, 2]], "up", targets=[1, 2]), "targets must be one for all or one a series"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
