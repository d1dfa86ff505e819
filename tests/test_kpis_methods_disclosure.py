"""Cell suppression, held to published attacks, to counting every possible table, and to what no outsider and no insider may find out."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.methods.disclosure import Protection, Relations, Sensitive, Table, attack, concentrated, grid, protect, small_counts, with_margins
from kpis.methods.disclosure_rules import MANY, owners_of_ones

steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def published(name: str) -> Path:
    """A file of the shared conformance folder, which is not part of the project."""
    shared = Path(os.environ.get("SIEGEM_SHARED") or Path(__file__).parents[1] / ".." / "shared")
    file = shared / "conformance" / "sdc" / name
    if not file.exists():
        pytest.skip(f"The published numbers sdc/{name} are not here: set SIEGEM_SHARED to the folder that holds conformance/.")
    return file


# --- published numbers


def four_by_four() -> tuple[Table, np.ndarray, dict]:
    rows = pd.read_csv(published("attack_table_4x4.csv"))
    hidden = np.zeros((5, 5), dtype=bool)
    hidden[:4, :4] = rows.primary_suppressed.to_numpy().reshape(4, 4)
    return with_margins(rows.freq.to_numpy().reshape(4, 4)), hidden, json.loads(published("expected.json").read_text())["attack_4x4"]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(("case", "recovered"), [("bounds_with_9_suppressions", {"w|b": 47}), ("bounds_after_adding_x_b", {})])
def test_conformance_of_the_attack(case: str, recovered: dict[str, int], exact: bool) -> None:
    table, hidden, expected = four_by_four()
    hidden[1, 1] |= case == "bounds_after_adding_x_b"
    proven = attack(table, hidden, exact=exact)
    cells = {f"{'wxyz'[i]}|{'abcd'[j]}": (i, j) for i, j in np.argwhere(hidden).tolist()}
    found = {name: {"true": table.values[at], "low": proven.low[at], "high": proven.high[at]} for name, at in cells.items()}
    assert found == expected[case]
    assert {name: proven.low[at] for name, at in cells.items() if proven.recovered[at]} == recovered


def test_conformance_one_more_suppression_is_enough() -> None:
    table, hidden, _ = four_by_four()
    unpublished = Sensitive(hidden, hidden.astype(float), np.zeros((5, 5)), np.where(hidden, "given", ""))
    found = protect(table, unpublished)
    assert found.secondary.sum() == 1 and not found.exposed.any()
    assert not attack(table, found.suppressed).recovered.any()


def two_of_four_regions() -> tuple[Table, dict]:
    """Regions A and C as published. The other two are not in the folder: larger ones stand for them, which are published in every case."""
    expected = json.loads(published("expected.json").read_text())["microdata1"]
    a_c = {name: bounds["true"] for name, bounds in expected["bounds_with_OPT_pattern"].items()}
    rows = [[a_c["A|male"], a_c["A|female"]], [40, 45], [a_c["C|male"], a_c["C|female"]], [41, 38]]
    return with_margins(rows), expected


def test_conformance_of_the_cheapest_pattern() -> None:
    table, expected = two_of_four_regions()
    found = protect(table, threshold=3)
    order = [(4, 2), (4, 0), (4, 1), *((region, sex) for region in range(4) for sex in (2, 0, 1))]
    names = dict(zip(["A|male", "A|female", "C|male", "C|female"], [(0, 0), (0, 1), (2, 0), (2, 1)], strict=True))
    assert [i for i, at in enumerate(order, 1) if found.primary[at]] == expected["expected_primary"]["freq_maxN2"]
    assert [i for i, at in enumerate(order, 1) if found.suppressed[at]] == expected["expected_secondary_for_primary_cell6"]["OPT_HITAS_HYPERCUBE_SIMPLEHEURISTIC"]
    for hidden, key in [(found.primary, "bounds_primary_only"), (found.suppressed, "bounds_with_OPT_pattern")]:
        proven = attack(table, hidden)
        for name, bounds in expected[key].items():
            assert (proven.low[names[name]], proven.high[names[name]]) == (bounds["low"], bounds["high"])


# --- every possible table, counted


def counted(table: Table, hidden: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest value of each suppressed cell over all whole tables with the published cells. Suppressed totals are not tried."""
    cells = np.flatnonzero(hidden)
    matrix = table.relations.matrix.toarray()
    ceilings = [int(min(table.flat[table.relations.total[row]] for row in np.flatnonzero(matrix[:, cell] == -1))) for cell in cells]
    tried = np.indices([ceiling - least + 1 for ceiling in ceilings]).reshape(len(cells), -1).T + least
    fits = (tried @ matrix[:, cells].T == matrix[:, cells] @ table.flat[cells]).all(axis=1)
    return tried[fits].min(axis=0), tried[fits].max(axis=0)


@steady
@given(st.lists(st.integers(1, 6), min_size=9, max_size=9), st.sets(st.integers(0, 8), min_size=1, max_size=5), st.integers(0, 1))
def test_the_attack_finds_what_counting_finds_in_two_axes(inner: list[int], at: set[int], least: int) -> None:
    table, hidden = with_margins(np.reshape(inner, (3, 3))), np.zeros((4, 4), dtype=bool)
    hidden[tuple(np.unravel_index(list(at), (3, 3)))] = True
    low, high = counted(table, hidden, least)
    for exact in (False, True):
        proven = attack(table, hidden, least=least, exact=exact)
        assert proven.low[hidden].tolist() == low.tolist() and proven.high[hidden].tolist() == high.tolist()


AXES = {
    "three": (4, [(3, [0, 1, 2])]),
    "four": (5, [(4, [0, 1, 2, 3])]),
    "pilot": (6, [(4, [0, 1, 2, 3]), (5, [0, 1])]),
    "months": (7, [(4, [0, 1]), (5, [2, 3]), (6, [4, 5])]),
}
SHAPES = [("four",), ("pilot",), ("months",), ("three", "three"), ("pilot", "three"), ("months", "four"), ("three", "three", "three"), ("pilot", "three", "months")]


def filled(names: tuple[str, ...], leaves: np.ndarray, whole: bool = True) -> Table:
    """The leaves and all their totals."""
    sizes = [AXES[name][0] for name in names]
    values = np.zeros(sizes)
    values[tuple(slice(0, size) for size in leaves.shape)] = leaves
    for axis, name in enumerate(names):
        along = np.moveaxis(values, axis, 0)
        for total, parts in AXES[name][1]:
            along[total] = along[list(parts)].sum(axis=0)
    return Table(values, grid(sizes, *(AXES[name][1] for name in names)), whole)


def leaves_of(names: tuple[str, ...], draws: np.random.Generator, mean: float, zeros: float) -> np.ndarray:
    sizes = [AXES[name][0] - len(AXES[name][1]) for name in names]
    return draws.poisson(draws.gamma(0.7, mean / 0.7, sizes)) * (draws.random(sizes) > zeros)


@steady
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_the_attack_in_three_axes_holds_what_counting_finds(seed: int, many: int) -> None:
    """Rounded bounds may be too wide there, never too narrow; `exact` ones are neither."""
    draws = np.random.default_rng(seed)
    table = filled(("three",) * 3, draws.integers(0, 4, (3, 3, 3)))
    hidden = np.zeros((4, 4, 4), dtype=bool)
    hidden[tuple(np.unravel_index(draws.choice(27, many, replace=False), (3, 3, 3)))] = True
    low, high = counted(table, hidden, 0)
    rounded, exact = attack(table, hidden), attack(table, hidden, exact=True)
    assert (rounded.low[hidden] <= low).all() and (rounded.high[hidden] >= high).all()
    assert exact.low[hidden].tolist() == low.tolist() and exact.high[hidden].tolist() == high.tolist()


# --- what nobody may find out


tables = st.builds(
    lambda names, seed, mean, zeros: filled(names, leaves_of(names, np.random.default_rng(seed), mean, zeros)),
    st.sampled_from(SHAPES),
    st.integers(0, 100_000),
    st.sampled_from([1, 3, 8, 25, 60]),
    st.sampled_from([0.0, 0.3, 0.7]),
)


@steady
@given(tables)
def test_nothing_is_recovered_after_protection(table: Table) -> None:
    found = protect(table)
    assert (found.primary == ((table.values >= 1) & (table.values <= 4))).all()
    assert not found.exposed.any()
    assert not (found.suppressed & (table.values == 0)).any(), "zeros are published"
    for exact in (False, True) if table.values.size < 50 else (False,):
        proven = attack(table, found.suppressed, least=1, exact=exact)
        assert not proven.recovered.any()
        assert (proven.high[found.primary] >= 5).all() and (proven.high - proven.low)[found.primary].min(initial=4) >= 4


@steady
@given(tables)
def test_who_is_counted_alone_finds_nothing_about_others(table: Table) -> None:
    found = protect(table)
    owner = owners_of_ones(table, np.flatnonzero(table.flat == 1)).reshape(table.values.shape)
    for person in np.unique(owner[owner != MANY])[:4]:
        rest = found.suppressed & (owner != person)
        proven = attack(table, rest, least=1, asked=found.primary & rest)
        assert not proven.recovered[found.primary & rest].any()


@steady
@given(tables)
def test_without_protection_a_cell_alone_in_its_sum_is_recovered(table: Table) -> None:
    """The test above can fail: the same attack succeeds where only the small counts are hidden."""
    hidden = (table.values >= 1) & (table.values <= 4)
    matrix = table.relations.matrix
    lone = matrix[(abs(matrix) @ hidden.ravel().astype(float)) == 1]
    alone = (abs(lone).sum(axis=0) > 0) & hidden.ravel()
    recovered = attack(table, hidden, least=1).recovered.ravel()
    assert recovered[alone].all()
    found = protect(table)
    if alone.any():
        assert found.secondary.any()
        assert attack(table, hidden, least=1).recovered.any()


def test_the_attack_succeeds_on_most_unprotected_tables() -> None:
    broken = [attack(t, small_counts(t.values).cells, least=1).recovered.any() for t in (filled(("pilot", "three"), leaves_of(("pilot", "three"), np.random.default_rng(seed), 25, 0)) for seed in range(40))]
    assert sum(broken) > 20


@steady
@given(tables)
def test_the_same_table_gives_the_same_answer(table: Table) -> None:
    first, second = protect(table), protect(Table(table.values.copy(), table.relations))
    assert all((one == other).all() for one, other in zip(first, second, strict=True))


@steady
@given(st.sampled_from(SHAPES), st.integers(0, 100_000), st.booleans(), st.integers(0, 6))
def test_amounts_keep_their_distance(names: tuple[str, ...], seed: int, with_p: bool, digits: int) -> None:
    """Six holders of very unequal amounts; sole holders know their cells. Outsiders stay off by what the rule asks, sole holders above."""
    draws = np.random.default_rng(seed)
    sizes = [AXES[name][0] - len(AXES[name][1]) for name in names]
    each = [filled(names, draws.lognormal(0, 1.5, sizes) * 10.0**digits * (draws.random(sizes) < 0.4), whole=False) for _ in range(6)]
    shares = np.stack([one.values for one in each], axis=-1)
    table = Table(shares.sum(axis=-1), each[0].relations, whole=False)
    count = (shares > 0).sum(axis=-1)
    sensitive = concentrated(table.values, holders=count, contributions=shares, p=0.1 if with_p else None)
    owner = np.where(count == 1, shares.argmax(axis=-1), MANY)
    found = protect(table, sensitive, owner=owner)
    assert (found.primary == sensitive.cells).all() and not found.exposed.any()
    proven, at = attack(table, found.suppressed), found.primary
    slack = 1e-3 * sensitive.above + 1e-9 * table.flat.max()
    assert not proven.recovered.any()
    assert (proven.high >= table.values + sensitive.above - slack)[at].all()
    assert (proven.low <= table.values - sensitive.below + slack)[at].all()
    for holder in range(3):
        rest = found.suppressed & (owner != holder)
        insider = attack(table, rest, asked=at & rest)
        assert (insider.high >= table.values + sensitive.above - slack)[at & rest].all()


# --- single cases


def test_a_cell_takes_its_row_its_column_and_the_crossing() -> None:
    found = protect(with_margins([[3, 20, 90], [15, 12, 70], [80, 60, 50]]))
    assert np.argwhere(found.suppressed).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert found.reason[0, 0] == "threshold" and found.reason[1, 1] == "secondary" and found.reason[2, 2] == ""
    assert found.covers[1, 1] == 0 and found.covers[0, 0] == -1


def test_small_cells_do_not_hide_each_other() -> None:
    """3 + 2 of a published 5: both are below the threshold for certain. So the total goes too, and what would give it away."""
    table = with_margins([[3, 2], [40, 30]])
    assert attack(table, small_counts(table.values).cells).recovered.sum() == 2
    found = protect(table)
    assert found.secondary[0, 2] and not attack(table, found.suppressed, least=1).recovered.any()


def test_who_stands_alone_does_not_see_the_neighbour() -> None:
    """1 and 4 beside 30: the person in the first cell knows it, so the second needs the third."""
    table = Table(np.array([1, 4, 30, 200, 235]), Relations.of(5, [(4, range(4))]))
    found = protect(table)
    without_her = found.suppressed & (table.values != 1)
    assert not attack(table, without_her, least=1).recovered.any()
    outsiders_only = protect(table, owner=np.full(5, MANY))
    assert outsiders_only.suppressed.sum() <= found.suppressed.sum()


def test_suppressed_cells_of_one_holder_give_away_their_sum() -> None:
    """All that is suppressed in the row is holder 7's: the published total minus the rest would be what holder 7 produced."""
    table = Table(np.array([100.0, 50, 80, 900, 1130]), Relations.of(5, [(4, range(4))]), whole=False)
    sensitive = concentrated(table.values, holders=[1, 1, 9, 9, 20])
    assert protect(table, sensitive).suppressed.tolist() == [True, True, False, False, False]
    assert protect(table, sensitive, owner=[7, 7, -1, -1, -1]).suppressed.tolist() == [True, True, True, False, False]


def test_what_is_public_cannot_cover() -> None:
    table = Table(np.array([2, 30, 32]), Relations.of(3, [(2, [0, 1])]))
    assert protect(table).suppressed.tolist() == [True, True, False]
    assert protect(table, public=np.array([False, True, False])).suppressed.tolist() == [True, False, True]
    found = protect(table, public=np.array([False, True, True]))
    assert found.exposed.tolist() == [True, False, False]
    assert protect(table, public=np.array([True, False, False])).exposed.tolist() == [True, False, False]


def test_a_dear_cell_is_spared() -> None:
    table = Table(np.array([2, 30, 40, 72]), Relations.of(4, [(3, range(3))]))
    assert protect(table).suppressed.tolist() == [True, True, False, False]
    assert protect(table, cost=[1, 9, 2, 5]).suppressed.tolist() == [True, False, True, False]


def test_cells_without_datum_say_nothing_and_hide_nothing() -> None:
    table = Table(np.array([2, np.nan, 30, 32]), Relations.of(4, [(3, range(3))]))
    found = protect(table)
    assert found.suppressed.tolist() == [True, False, True, False]
    proven = attack(table, found.suppressed)
    assert proven.low.tolist() == pytest.approx([0, np.nan, 0, 32], nan_ok=True)
    unknown_total = Table(np.array([2, 30, np.nan]), Relations.of(3, [(2, [0, 1])]))
    assert protect(unknown_total).suppressed.tolist() == [True, False, False]
    assert attack(unknown_total, np.array([True, False, False])).high[0] == np.inf


def test_what_nothing_bounds_is_endless() -> None:
    table = with_margins([[3, 2], [4, 1]])
    everything = np.ones((3, 3), dtype=bool)
    assert np.isinf(attack(table, everything).high).all()
    everything[2, 2] = False
    assert (attack(table, everything).high[:2, :2] == 10).all()
    alone = Table(np.array([3]), Relations.of(1, []))
    assert protect(alone).suppressed.all() and not protect(alone).exposed.any()


def test_a_wider_interval_may_be_asked() -> None:
    table = Table(np.array([2, 6, 40, 48]), Relations.of(4, [(3, range(3))]))
    assert protect(table).suppressed.tolist() == [True, True, False, False]
    found = protect(table, width=20)
    proven = attack(table, found.suppressed, least=1)
    assert proven.high[0] - proven.low[0] >= 20


# --- as large as ours


def monthly(small: int, seed: int = 1) -> Table:
    """26 regions, the country and a pilot group; 10 categories and their sum; 96 months, 32 quarters, 8 years. So many cells are small."""
    draws = np.random.default_rng(seed)
    inner = np.maximum(draws.poisson(draws.lognormal(4, 1, (26, 10, 1)) * np.ones(96)), 5)
    inner.reshape(-1)[draws.choice(inner.size, small, replace=False)] = draws.integers(1, 5, small)
    by_time = np.concatenate([inner, inner.reshape(26, 10, 32, 3).sum(3), inner.reshape(26, 10, 8, 12).sum(3)], axis=2)
    by_category = np.concatenate([by_time, by_time.sum(axis=1, keepdims=True)], axis=1)
    values = np.concatenate([by_category, by_category.sum(axis=0, keepdims=True), by_category[:3].sum(axis=0, keepdims=True)])
    time_sums = [(96 + i, range(3 * i, 3 * i + 3)) for i in range(32)] + [(128 + i, range(96 + 4 * i, 100 + 4 * i)) for i in range(8)]
    return Table(values, grid(values.shape, [(26, range(26)), (27, range(3))], [(10, range(10))], time_sums))


def took(table: Table) -> tuple[Protection, float]:
    start = time.process_time()
    return protect(table), time.process_time() - start


def test_a_table_as_large_as_ours_is_protected_in_a_moment() -> None:
    """Measured on two shared cores: 1.5 ms and 0.06 s. The limits are ten times wider: they catch another order of growth, not a busy machine."""
    found, seconds = took(monthly(0))
    assert not found.suppressed.any() and seconds < 0.05
    table = monthly(20)
    found, seconds = took(table)
    assert found.primary.sum() == 20 and not found.exposed.any() and seconds < 1
    assert not attack(table, found.suppressed, least=1).recovered.any()
    assert found.secondary.sum() <= 7 * 20, "seven cells cover one in three axes"
    assert not found.secondary[26:].any() and not found.secondary[:, 10].any(), "no total of the country and no undivided figure is lost"


# --- the shape of a table


def test_relations_from_a_list_a_matrix_and_a_grid_are_the_same() -> None:
    listed = Relations.of(6, [(2, [0, 1]), (5, [3, 4]), (3, [0]), (4, [1]), (5, [2])])
    given_matrix = Relations(listed.matrix.toarray())
    assert (listed.matrix != given_matrix.matrix).nnz == 0
    made = grid((2, 3), [(1, [0])], [(2, [0, 1])])
    assert sorted(map(tuple, made.matrix.toarray().tolist())) == sorted(map(tuple, listed.matrix.toarray().tolist()))


MARGINS = with_margins([[1, 2], [3, 4]])
NOTHING = np.zeros((3, 3), dtype=bool)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Table(np.array([1, 2, 4]), Relations.of(3, [(2, [0, 1])])), "values must obey the relations; in number 0 the total is 4 and its parts differ by 1"),
        (lambda: Table(np.array([1, 2]), Relations.of(3, [(2, [0, 1])])), "values must fill the 3 cells of the relations; they are 2"),
        (lambda: Table(np.array([-1, 2, 1]), Relations.of(3, [])), "values must not be negative"),
        (lambda: Table(np.array([0.5]), Relations.of(1, [])), "values must be whole; it holds 0.5"),
        (lambda: Relations.of(3, [(3, [0, 1])]), "sums must name cells between 0 and 2; they name 0 to 3"),
        (lambda: Relations.of(3, [(2, [0, 0])]), "sums must name each cell once in a relation"),
        (lambda: Relations(np.array([[2, -1]])), r"matrix must hold \+1 at the total"),
        (lambda: Relations(np.array([[1, 1, -1]])), r"matrix must hold exactly one total"),
        (lambda: grid((2, 3), []), "axes must give the sums of each of the 2 axes; 1 are given"),
        (lambda: with_margins([1, 2]), "inner must be a table of two axes"),
        (lambda: attack(MARGINS, np.zeros(9, dtype=bool)), "suppressed must be True or False in the shape"),
        (lambda: attack(MARGINS, np.zeros((3, 3))), "suppressed must be True or False in the shape"),
        (lambda: attack(MARGINS, ~NOTHING, least=2), "least must not exceed a suppressed cell; it is 2, and one is 1"),
        (lambda: attack(MARGINS, ~NOTHING, asked=[True]), "asked must be True or False in the shape"),
        (lambda: protect(Table(np.array([1.5]), Relations.of(1, []), whole=False)), "sensitive must be given for a table that is not of counts"),
        (lambda: protect(MARGINS, Sensitive(~NOTHING, np.zeros((3, 3)), np.zeros((3, 3)), np.full((3, 3), "x"))), "sensitive must ask for some protection"),
        (lambda: protect(MARGINS, owner=[1, 2]), "owner must give one number for each of the 9 cells; it gives 2"),
        (lambda: protect(MARGINS, cost=[1, 2]), "cost must give one number for each of the 9 cells; it gives 2"),
        (lambda: protect(MARGINS, threshold=1), "threshold must be whole, and at least 2; it is 1"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
