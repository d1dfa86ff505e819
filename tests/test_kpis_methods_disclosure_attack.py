"""What an outsider can prove: held to published attacks, and to counting every possible table."""

from __future__ import annotations

import json
import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.methods.disclosure import Relations, Sensitive, Table, attack, protect, small_counts, with_margins
from tests.test_kpis_methods_disclosure_tables import filled, leaves_of, steady, tables


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
    assert [i for i, at in enumerate(order, 1) if found.suppressed[at]] == expected["expected_secondary_for_primary_cell6"][
        "OPT_HITAS_HYPERCUBE_SIMPLEHEURISTIC"
    ]
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
@given(st.lists(st.integers(1, 4), min_size=9, max_size=9), st.sets(st.integers(0, 8), min_size=1, max_size=5), st.integers(0, 1))
def test_the_attack_finds_what_counting_finds_in_two_axes(inner: list[int], at: set[int], least: int) -> None:
    table, hidden = with_margins(np.reshape(inner, (3, 3))), np.zeros((4, 4), dtype=bool)
    hidden[tuple(np.unravel_index(list(at), (3, 3)))] = True
    low, high = counted(table, hidden, least)
    for exact in (False, True):
        proven = attack(table, hidden, least=least, exact=exact)
        assert proven.low[hidden].tolist() == low.tolist() and proven.high[hidden].tolist() == high.tolist()


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


def test_whole_numbers_may_prove_more() -> None:
    """Of four cells every two make 1 at most: halves would add up to 2, persons to 1."""
    pairs = list(combinations(range(4), 2))
    rest, ones, together = range(4, 10), range(10, 16), 16
    sums = [(one, [*pair, slack]) for one, pair, slack in zip(ones, pairs, rest, strict=True)] + [(together, range(4))]
    values = np.zeros(17)
    values[[*rest, *ones]] = 1
    hidden = np.ones(17, dtype=bool)
    hidden[list(ones)] = False
    table = Table(values, Relations.of(17, sums))
    assert (attack(table, hidden).high[together], attack(table, hidden, exact=True).high[together]) == (2, 1)


# --- without protection


@steady
@given(tables)
def test_without_protection_a_cell_alone_in_its_sum_is_recovered(table: Table) -> None:
    """The test above can fail: the same attack succeeds where only the small counts are hidden."""
    hidden = (table.values >= 1) & (table.values <= 4)
    matrix = table.relations.matrix
    lone = matrix[(abs(matrix) @ hidden.ravel().astype(float)) == 1]
    alone = (abs(lone).sum(axis=0) > 0) & hidden.ravel()
    assert attack(table, hidden, least=1).recovered.ravel()[alone].all()


def test_the_attack_succeeds_on_most_unprotected_tables() -> None:
    names = ("pilot", "three")
    drawn = [filled(names, leaves_of(names, np.random.default_rng(seed), 25, 0)) for seed in range(40)]
    assert sum(attack(table, small_counts(table.values).cells, least=1).recovered.any() for table in drawn) > 20


# --- edges


def test_what_nothing_bounds_is_endless() -> None:
    table = with_margins([[3, 2], [4, 1]])
    everything = np.ones((3, 3), dtype=bool)
    assert np.isinf(attack(table, everything).high).all()
    everything[2, 2] = False
    assert (attack(table, everything).high[:2, :2] == 10).all()
    alone = Table(np.array([3]), Relations.of(1, []))
    assert protect(alone).suppressed.all() and not protect(alone).exposed.any()


MARGINS = with_margins([[1, 2], [3, 4]])
NOTHING = np.zeros((3, 3), dtype=bool)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: attack(MARGINS, np.zeros(9, dtype=bool)), "suppressed must be True or False in the shape"),
        (lambda: attack(MARGINS, np.zeros((3, 3))), "suppressed must be True or False in the shape"),
        (lambda: attack(MARGINS, ~NOTHING, least=2), "least must not exceed a suppressed cell; it is 2, and one is 1"),
        (lambda: attack(MARGINS, ~NOTHING, asked=[True]), "asked must be True or False in the shape"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
