"""Difference in differences, held to the published effects of Callaway and Sant'Anna's own example, to differences made by hand, and to what chance does."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpis.methods.did import Effects, group_time_effects, permutation_p

gap = float("nan")
#: of the published tables, which print four decimals
PRINTED = 6e-5


def conformance(name: str) -> Path:
    """A file of the shared conformance folder, which is not part of the project."""
    shared = Path(os.environ.get("SIEGEM_SHARED") or Path(__file__).parents[1] / ".." / "shared")
    file = shared / "conformance" / name
    if not file.exists():
        pytest.skip(f"The published numbers {name} are not here: set SIEGEM_SHARED to the folder that holds conformance/.")
    return file


def teen_employment() -> tuple[pd.DataFrame, list[int], pd.Series]:
    """500 counties, 2003-2007; 191 raised their minimum wage in 2004, 2006 or 2007."""
    rows = pd.read_csv(conformance("did/mpdta.csv"))
    outcome = rows.pivot(index="countyreal", columns="year", values="lemp")
    return outcome, outcome.columns.tolist(), rows.groupby("countyreal")["first_treat"].first().replace(0, gap)


# --- published numbers


def test_conformance_of_group_time_effects() -> None:
    expected = json.loads(conformance("did/expected.json").read_text())
    assert expected["tolerance_att"] == PRINTED
    found, told = group_time_effects(*teen_employment()), pd.DataFrame(expected["att_gt"])
    assert (found.group.tolist(), found.time.tolist()) == (told.g.tolist(), told.t.tolist())
    assert found.att.tolist() == pytest.approx(told.att.tolist(), rel=0, abs=PRINTED)
    assert found.se.tolist() == pytest.approx(told.se_readme.tolist(), rel=0, abs=expected["tolerance_se"])  # theirs are of a bootstrap
    assert dict(zip(found.group, found.size, strict=True)) == {2004: 20, 2006: 40, 2007: 131} and found.dropped == 0


def test_conformance_of_overall_effects() -> None:
    expected = json.loads(conformance("did/expected.json").read_text())["aggregations_recomputed"]
    found = group_time_effects(*teen_employment())
    assert found.by_event == pytest.approx({float(at): att for at, att in expected["event_time"].items()}, rel=0, abs=PRINTED)
    assert found.dynamic == pytest.approx(expected["overall_dynamic"], rel=0, abs=PRINTED)
    assert found.grouped == pytest.approx(expected["overall_group"], rel=0, abs=PRINTED)
    assert found.simple == pytest.approx(expected["simple"], rel=0, abs=PRINTED)


def test_conformance_of_parallel_trends() -> None:
    expected = json.loads(conformance("did/expected.json").read_text())
    _, freedom, p = group_time_effects(*teen_employment()).pretrend
    assert freedom == 5 and p == pytest.approx(expected["parallel_trends_pretest_p_readme"], rel=0, abs=5e-6)


def test_permutations_of_the_published_example() -> None:
    """The pilot of the example has an effect that chance seldom gives, and no trend before it."""
    p = permutation_p(*teen_employment(), permutations=499, seed=1)
    assert p.simple < 0.05 and p.dynamic < 0.05 and p.grouped < 0.05 and 0.1 < p.pretrend < 0.3


# --- differences made by hand

#: two pilots in year 3, one in year 4, two never
TIMES = [1, 2, 3, 4]
START = [3, 3, 4, gap, gap]
OUTCOME = np.array([[10, 11, 17, 18], [12, 13, 15, 16], [5, 7, 9, 20], [1, 2, 3, 4], [3, 4, 5, 8]], dtype=float)


def by_pair(found: Effects) -> dict[tuple[float, float], float]:
    return dict(zip(zip(found.group, found.time, strict=True), found.att.tolist(), strict=True))


def test_by_hand_with_never_treated() -> None:
    found = group_time_effects(OUTCOME, TIMES, START)
    assert by_pair(found) == pytest.approx({(3, 2): 1 - 1, (3, 3): 4 - 1, (3, 4): 5 - 2.5 - 0.5, (4, 2): 2 - 1, (4, 3): 2 - 1, (4, 4): 11 - 2})
    assert found.by_event == pytest.approx({-2: 1, -1: (2 * 0 + 1) / 3, 0: (2 * 3 + 9) / 3, 1: 2})
    assert found.by_group == pytest.approx({3: 2.5, 4: 9}) and found.by_time == pytest.approx({3: 3, 4: (2 * 2 + 9) / 3})
    assert found.simple == pytest.approx((2 * 3 + 2 * 2 + 9) / 5)
    assert found.dynamic == pytest.approx((5 + 2) / 2) and found.grouped == pytest.approx((2 * 2.5 + 9) / 3)
    assert found.calendar == pytest.approx((3 + 13 / 3) / 2)


def test_by_hand_with_not_yet_treated() -> None:
    """Until year 4 the later pilot is one more unit to compare with; a group is never compared with itself."""
    found = group_time_effects(OUTCOME, TIMES, START, "not_yet")
    assert by_pair(found) == pytest.approx({(3, 2): 1 - 4 / 3, (3, 3): 4 - 4 / 3, (3, 4): 2, (4, 2): 2 - 1, (4, 3): 2 - 1, (4, 4): 9})


def test_without_never_treated_the_last_periods_have_no_comparison() -> None:
    found = group_time_effects(OUTCOME[:3], TIMES, START[:3], "not_yet")
    assert by_pair(found) == pytest.approx({(3, 2): 1 - 2, (3, 3): 4 - 2, (4, 2): 2 - 1})
    assert found.by_group == pytest.approx({3: 2}) and found.simple == found.dynamic == found.grouped == found.calendar == pytest.approx(2)


def test_two_periods_two_groups_is_the_textbook_difference() -> None:
    found = group_time_effects([[1, 5], [2, 8], [0, 1], [4, 6]], [2024, 2025], [2025, 2025, gap, gap])
    assert found.att.tolist() == [5 - 1.5]
    assert found.simple == found.dynamic == found.grouped == found.calendar == 3.5
    assert found.se[0] == pytest.approx(np.sqrt(1 / 2 + 0.25 / 2))  # variances of 4, 6 and of 1, 2, divisor n
    assert found.pretrend[1] == 0 and np.isnan(found.pretrend[0]) and np.isnan(found.pretrend[2])


def test_permutations_by_hand() -> None:
    """One pilot of four: dealt in four ways, of which two are as far from zero as the one found."""
    outcome, start = [[0, 6], [0, -6], [0, 1], [0, -1]], [2, gap, gap, gap]
    found = group_time_effects(outcome, [1, 2], start)
    ways = [group_time_effects(outcome, [1, 2], np.roll(start, i)).simple for i in range(4)]
    assert [round(abs(way), 9) for way in ways].count(abs(round(found.simple, 9))) == 2
    p = permutation_p(outcome, [1, 2], start, permutations=4_000)
    assert p.simple == p.dynamic == p.grouped == p.calendar == pytest.approx(0.5, abs=0.03)
    assert np.isnan(p.pretrend) and p.permutations == 4_000


# --- the panel


def test_who_leaves_the_panel() -> None:
    """One with an unknown outcome, one treated from the first period on; one treated after the last was never treated here."""
    outcome = np.vstack([OUTCOME, [[gap, 1, 2, 3], [1, 9, 9, 9], [3, 4, 5, 8]]])
    found = group_time_effects(outcome, TIMES, [*START, 3, 1, gap])
    assert found.dropped == 2 and by_pair(found) == by_pair(group_time_effects(np.vstack([OUTCOME, OUTCOME[4]]), TIMES, [*START, gap]))
    assert by_pair(found) == by_pair(group_time_effects(outcome, TIMES, [*START, 3, 1, 5]))
    assert 0 not in found.group and 1 not in found.group


def test_a_pilot_between_two_periods_counts_from_the_last_before() -> None:
    found = group_time_effects(OUTCOME, [2020, 2021, 2023, 2024], [2022, 2022, gap, gap, gap])
    assert found.time.tolist() == [2021, 2023, 2024] and list(found.by_event) == [-1, 1, 2]
    assert found.att[1] == pytest.approx(4 - 4 / 3) and found.att[2] == pytest.approx(5 - (13 + 2 + 4) / 3)


def test_one_unit_has_no_standard_error() -> None:
    found = group_time_effects(OUTCOME, TIMES, START)
    assert np.isnan(found.se[found.group == 4]).all() and not np.isnan(found.se[found.group == 3]).any()
    assert np.isnan(found.pretrend[2]) and found.pretrend[1] == 3
    alone = group_time_effects(OUTCOME[:4], TIMES, START[:4])
    assert np.isnan(alone.se).all() and not np.isnan(alone.att).any()


def test_effects_that_do_not_vary_have_no_wald_test() -> None:
    line = np.outer(np.ones(4), TIMES)
    found = group_time_effects(line, TIMES, [3, 3, gap, gap])
    assert found.att.tolist() == found.se.tolist() == [0, 0, 0]
    assert np.isnan(found.pretrend[0]) and found.pretrend[1] == 1


def test_the_last_bits_are_no_effect() -> None:
    """All change alike, by a number that binary fractions cannot hold: whoever is the pilot, nothing was found."""
    for units in (11, 13, 17, 23):
        outcome, start = [[0, 0.1, 0.3, 0.7]] * units, [3, 3, 3, *[gap] * (units - 3)]
        p = permutation_p(outcome, TIMES, start, permutations=199)
        assert p.simple == p.dynamic == p.grouped == p.calendar == p.pretrend == 1
        found = group_time_effects(outcome, TIMES, start)
        assert found.att == pytest.approx(0, abs=1e-15) and set(found.se) == {0} and np.isnan(found.pretrend[0])


def test_nobody_treated_and_no_unit() -> None:
    for outcome, start in [(OUTCOME, [gap] * 5), (np.empty((0, 4)), []), (np.full((2, 4), gap), [3, gap])]:
        found, p = group_time_effects(outcome, TIMES, start), permutation_p(outcome, TIMES, start, permutations=9)
        assert found.att.shape == found.se.shape == (0,) and found.by_event == found.by_group == found.by_time == {}
        assert all(np.isnan(value) for each in (found, p) for value in (each.simple, each.dynamic, each.grouped, each.calendar))
        assert np.isnan(p.pretrend)


# --- what a difference in differences must do


def country(seed: int, units: int = 25, periods: int = 8, effect: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regions with levels and a trend of their own time; three pilots at 4, two at 6."""
    draws = np.random.default_rng(seed)
    start = np.full(units, gap)
    start[:3], start[3:5] = 4, 6
    times = np.arange(1, periods + 1)
    treated = times >= start[:, np.newaxis]
    return draws.normal(0, 5, (units, 1)) + draws.normal(0, 3, periods) + draws.normal(size=(units, periods)) + effect * treated, times, start


@pytest.mark.parametrize("comparison", ["never", "not_yet"])
def test_levels_and_common_shocks_do_not_matter(comparison: str) -> None:
    outcome, times, start = country(1)
    shifted = 2 * outcome + np.arange(25)[:, np.newaxis] ** 2 + np.sin(times) * 40
    one, other = (group_time_effects(each, times, start, comparison) for each in (outcome, shifted))
    assert other.att == pytest.approx(2 * one.att) and other.se == pytest.approx(2 * one.se, nan_ok=True)
    assert other.pretrend == pytest.approx(one.pretrend, nan_ok=True)


@pytest.mark.parametrize("comparison", ["never", "not_yet"])
def test_the_order_of_units_does_not_matter(comparison: str) -> None:
    outcome, times, start = country(2)
    order = np.random.default_rng(0).permutation(25)
    one, other = group_time_effects(outcome, times, start, comparison), group_time_effects(outcome[order], times, start[order], comparison)
    assert other.att == pytest.approx(one.att) and other.by_event == pytest.approx(one.by_event)


def test_effects_that_grow_are_found_where_one_coefficient_would_mislead() -> None:
    """The pilots' effect is one more each period: 1, 2, 3 ... since they began."""
    outcome, times, start = country(3, units=600)
    outcome = outcome + np.nan_to_num(np.maximum(times - start[:, np.newaxis] + 1, 0))
    found = group_time_effects(outcome, times, start)
    assert [found.by_event[e] for e in range(5)] == pytest.approx([1, 2, 3, 4, 5], abs=1.5)
    assert found.dynamic == pytest.approx(3, abs=1)


def test_permutation_p_is_right_for_few_pilots() -> None:
    """Without any effect p is below 0.10 in some 10 % of countries; with a large one it is small."""
    p = [permutation_p(*country(seed), permutations=99, seed=seed) for seed in range(300)]
    for name in ("simple", "dynamic", "grouped", "calendar", "pretrend"):
        assert 0.05 < np.mean([getattr(each, name) <= 0.10 for each in p]) < 0.16, name
    assert permutation_p(*country(9, effect=4.0)).simple < 0.01
    assert permutation_p(*country(9, effect=400.0)).simple == 1 / 1_000  # never 0


def test_the_same_seed_gives_the_same_p() -> None:
    one, again, other = (permutation_p(*country(4), permutations=450, seed=seed) for seed in (7, 7, 8))
    values = [(p.simple, p.dynamic, p.grouped, p.calendar, p.pretrend) for p in (one, again, other)]
    assert values[0] == values[1] != values[2]
    assert all(1 / 451 <= p <= 1 for p in itertools.chain(*values))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: group_time_effects([1, 2], TIMES, START), "outcome must be units x periods"),
        (lambda: group_time_effects(OUTCOME, TIMES[:3], START), "outcome must be units x periods; its shape is (5, 4) for 5 units and 3 times"),
        (lambda: group_time_effects(OUTCOME, TIMES, START[:4]), "outcome must be units x periods"),
        (lambda: group_time_effects(OUTCOME * np.inf, TIMES, START), "outcome must be finite"),
        (lambda: group_time_effects(OUTCOME, [1, 3, 2, 4], START), "times must rise"),
        (lambda: group_time_effects(OUTCOME, [1, 2, 2, 4], START), "times must rise"),
        (lambda: group_time_effects(OUTCOME, [1, 2, gap, 4], START), "times must not hold NaN"),
        (lambda: group_time_effects(OUTCOME[:, :1], [1], START), "times must rise, and be two or more"),
        (lambda: group_time_effects(OUTCOME, TIMES, START, "all"), "comparison must be one of never, not_yet; it is all"),
        (lambda: group_time_effects(OUTCOME[:3], TIMES, START[:3]), "there is none: compare with not_yet"),
        (lambda: permutation_p(OUTCOME, TIMES, START, permutations=0), "permutations must be whole and at least 1; it is 0"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError) as stop:
        call()
    assert says in str(stop.value)
