"""The shape of a published table for disclosure control: cells, and the sums that tie them. A cell is a position in the flattened values (C order).

Each relation says: one cell, the total, is the sum of others, its parts. Regions add up to a country and to a pilot group, months to quarters and
quarters to years, categories to the undivided figure. `grid` builds the relations of a table with one such hierarchy on each axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from kpis.methods.arguments import Floats, amounts, whole_amounts

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: (the total, its parts)
Sum = tuple[int, Sequence[int]]


class Relations:
    """The sums among the cells of tables of one shape. Building them costs more than using them: keep one for all tables of that shape.

    `matrix` is (relations, cells): +1 at the total, -1 at each part. `matrix @ values` is zero.
    """

    def __init__(self, matrix: ArrayLike | sparse.sparray | sparse.spmatrix) -> None:
        self.matrix = sparse.csr_array(matrix, dtype=np.float64)
        self.matrix.sort_indices()
        self.matrix.eliminate_zeros()
        if not np.isin(self.matrix.data, (1, -1)).all():
            raise ValueError("matrix must hold +1 at the total of each relation, -1 at its parts, and nothing else")
        rows = np.repeat(np.arange(self.matrix.shape[0]), np.diff(self.matrix.indptr))
        if not (np.bincount(rows[self.matrix.data > 0], minlength=self.matrix.shape[0]) == 1).all():
            raise ValueError("matrix must hold exactly one total (+1) in each relation")
        self.total: Ints = self.matrix.indices[self.matrix.data > 0].astype(np.int64)
        self.cells: int = self.matrix.shape[1]
        self._of_cell = self.matrix.tocsc()

    @classmethod
    def of(cls, cells: int, sums: Iterable[Sum]) -> Relations:
        """From a list: (total, parts) as positions among so many cells."""
        lines = [np.array([total, *parts], dtype=np.int64) for total, parts in sums]
        flat = np.concatenate([*lines, np.empty(0, np.int64)])
        if flat.size and not (flat.min() >= 0 and flat.max() < cells):
            raise ValueError(f"sums must name cells between 0 and {cells - 1}; they name {flat.min()} to {flat.max()}")
        if any(len(np.unique(line)) < len(line) for line in lines):
            raise ValueError("sums must name each cell once in a relation")
        starts = np.cumsum([0, *(len(line) for line in lines)])
        data = -np.ones(flat.size)
        data[starts[:-1]] = 1
        return cls(sparse.csr_array((data, flat, starts), shape=(len(lines), cells)))

    def rows_of(self, cells: Ints) -> tuple[Ints, Ints, Floats]:
        """Of each cell its relations: (relation, which of the cells, +1 as the total or -1 as a part)."""
        where, which = _slices(self._of_cell.indptr, cells)
        return self._of_cell.indices[where].astype(np.int64), which, self._of_cell.data[where]

    def cells_of(self, rows: Ints) -> tuple[Ints, Ints, Floats]:
        """Of each relation its cells: (cell, which of the relations, +1 as the total or -1 as a part)."""
        where, which = _slices(self.matrix.indptr, rows)
        return self.matrix.indices[where].astype(np.int64), which, self.matrix.data[where]


def grid(shape: Sequence[int], *axes: Iterable[Sum]) -> Relations:
    """The relations of a table with a hierarchy on each axis: `axes[d]` holds the sums along axis d, as positions on it; empty if none."""
    if len(axes) != len(shape):
        raise ValueError(f"axes must give the sums of each of the {len(shape)} axes; {len(axes)} are given")
    position = np.arange(int(np.prod(shape))).reshape(shape)
    flat, lengths, signs = [], [], []
    for axis, sums in enumerate(axes):
        along = np.moveaxis(position, axis, 0).reshape(shape[axis], -1)
        for total, parts in sums:
            line = Relations.of(shape[axis], [(total, parts)]).matrix  # its checks
            cells = along[[total, *parts]].T
            flat.append(cells.ravel())
            lengths.append(np.full(len(cells), line.nnz))
            signs.append(np.tile(np.r_[1.0, -np.ones(line.nnz - 1)], len(cells)))
    starts = np.r_[0, np.cumsum(np.concatenate([*lengths, np.empty(0, np.int64)]))]
    columns = np.concatenate([*flat, np.empty(0, np.int64)])
    return Relations(sparse.csr_array((np.concatenate([*signs, np.empty(0)]), columns, starts), shape=(len(starts) - 1, position.size)))


@dataclass(frozen=True)
class Table:
    """Values of any shape, never negative, and the relations of their flattened positions. `whole` for counts.

    NaN is a cell without datum: nobody knows it, it adds nothing to its totals, and a relation whose total is NaN says nothing. Values that
    contradict a relation raise ValueError, beyond a relative 1e-9 where they are not whole.
    """

    values: Floats
    relations: Relations
    whole: bool = True

    def __post_init__(self) -> None:
        values = whole_amounts("values", self.values) if self.whole else amounts("values", self.values)
        if values.size != self.relations.cells:
            raise ValueError(f"values must fill the {self.relations.cells} cells of the relations; they are {values.size}")
        object.__setattr__(self, "values", values)
        off = np.where(self.speaks, np.abs(self.relations.matrix @ self.flat), 0)
        wrong = off > (0 if self.whole else 1e-9 * max(1.0, self.flat.max(initial=0)))
        if wrong.any():
            row = int(wrong.argmax())
            total = self.flat[self.relations.total[row]]
            raise ValueError(f"values must obey the relations; in number {row} the total is {total:g} and its parts differ by {off[row]:g}")

    @cached_property
    def known(self) -> Mask:
        """The cells with a datum, flat."""
        return ~np.isnan(self.values.ravel())

    @cached_property
    def flat(self) -> Floats:
        """The values in one line; 0 where there is no datum."""
        return np.nan_to_num(self.values.ravel())

    @cached_property
    def speaks(self) -> Mask:
        """The relations whose total has a datum."""
        return self.known[self.relations.total]


def with_margins(inner: ArrayLike, whole: bool = True) -> Table:
    """A two-way table and the totals of its rows and columns: values of shape (rows + 1, columns + 1), the totals last."""
    cells = amounts("inner", inner)
    if cells.ndim != 2:
        raise ValueError(f"inner must be a table of two axes; its shape is {cells.shape}")
    rows, columns = cells.shape
    values = np.block([[cells, cells.sum(1, keepdims=True)], [cells.sum(0, keepdims=True), cells.sum(keepdims=True)]])
    return Table(values, grid(values.shape, [(rows, range(rows))], [(columns, range(columns))]), whole)


class System(NamedTuple):
    """The relations seen from a few cells only, as entries: `sign` of `cells[cell]` in `rows[row]`."""

    cells: Ints
    rows: Ints
    cell: Ints
    row: Ints
    sign: Floats


def system(table: Table, cells: Ints) -> System:
    """The sub-system of these cells: what they must add up to, all others standing still."""
    rows, cell, sign = table.relations.rows_of(cells)
    if not table.speaks.all():
        kept = table.speaks[rows]
        rows, cell, sign = rows[kept], cell[kept], sign[kept]
    used, row = np.unique(rows, return_inverse=True)
    return System(cells, used, cell, row, sign)


def _slices(starts: NDArray[np.integer], which: Ints) -> tuple[Ints, Ints]:
    """The positions held by each of these compressed rows, one after the other, and whose each is."""
    first = starts[which].astype(np.int64)
    count = starts[which + 1] - first
    whose = np.repeat(np.arange(len(which)), count)
    return np.arange(len(whose)) + (first - (np.cumsum(count) - count))[whose], whose
