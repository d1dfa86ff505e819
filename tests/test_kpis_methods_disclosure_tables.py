"""The shape of a table for disclosure control; and the tables that the other tests draw."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from kpis.methods.disclosure import Relations, Table, grid, with_margins

steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)

AXES = {
    "three": (4, [(3, [0, 1, 2])]),
    "four": (5, [(4, [0, 1, 2, 3])]),
    "pilot": (6, [(4, [0, 1, 2, 3]), (5, [0, 1])]),
    "months": (7, [(4, [0, 1]), (5, [2, 3]), (6, [4, 5])]),
}
SHAPES = [
    ("four",),
    ("pilot",),
    ("months",),
    ("three", "three"),
    ("pilot", "three"),
    ("months", "four"),
    ("three", "three", "three"),
    ("pilot", "three", "months"),
]


@cache
def relations_of(names: tuple[str, ...]) -> Relations:
    return grid([AXES[name][0] for name in names], *(AXES[name][1] for name in names))


def filled(names: tuple[str, ...], leaves: np.ndarray, whole: bool = True) -> Table:
    """The leaves and all their totals."""
    sizes = [AXES[name][0] for name in names]
    values = np.zeros(sizes)
    values[tuple(slice(0, size) for size in leaves.shape)] = leaves
    for axis, name in enumerate(names):
        along = np.moveaxis(values, axis, 0)
        for total, parts in AXES[name][1]:
            along[total] = along[list(parts)].sum(axis=0)
    return Table(values, relations_of(names), whole)


def leaves_of(names: tuple[str, ...], draws: np.random.Generator, mean: float, zeros: float) -> np.ndarray:
    sizes = [AXES[name][0] - len(AXES[name][1]) for name in names]
    return draws.poisson(draws.gamma(0.7, mean / 0.7, sizes)) * (draws.random(sizes) > zeros)


tables = st.builds(
    lambda names, seed, mean, zeros: filled(names, leaves_of(names, np.random.default_rng(seed), mean, zeros)),
    st.sampled_from(SHAPES),
    st.integers(0, 100_000),
    st.sampled_from([1, 3, 8, 25, 60]),
    st.sampled_from([0.0, 0.3, 0.7]),
)


# --- the tests


def test_relations_from_a_list_a_matrix_and_a_grid_are_the_same() -> None:
    listed = Relations.of(6, [(2, [0, 1]), (5, [3, 4]), (3, [0]), (4, [1]), (5, [2])])
    given_matrix = Relations(listed.matrix.toarray())
    assert (listed.matrix != given_matrix.matrix).nnz == 0
    made = grid((2, 3), [(1, [0])], [(2, [0, 1])])
    assert sorted(map(tuple, made.matrix.toarray().tolist())) == sorted(map(tuple, listed.matrix.toarray().tolist()))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: Table(np.array([1, 2, 4]), Relations.of(3, [(2, [0, 1])])),
            "values must obey the relations; in number 0 the total is 4 and its parts differ by 1",
        ),
        (lambda: Table(np.array([1, 2]), Relations.of(3, [(2, [0, 1])])), "values must fill the 3 cells of the relations; they are 2"),
        (lambda: Table(np.array([-1, 2, 1]), Relations.of(3, [])), "values must not be negative"),
        (lambda: Table(np.array([0.5]), Relations.of(1, [])), "values must be whole; it holds 0.5"),
        (lambda: Relations.of(3, [(3, [0, 1])]), "sums must name cells between 0 and 2; they name 0 to 3"),
        (lambda: Relations.of(3, [(2, [0, 0])]), "sums must name each cell once in a relation"),
        (lambda: Relations(np.array([[2, -1]])), r"matrix must hold \+1 at the total"),
        (lambda: Relations(np.array([[1, 1, -1]])), r"matrix must hold exactly one total"),
        (lambda: grid((2, 3), []), "axes must give the sums of each of the 2 axes; 1 are given"),
        (lambda: with_margins([1, 2]), "inner must be a table of two axes"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
