"""What an outsider can prove about the suppressed cells of a published table, from the published ones, the sums and simple arithmetic.

Fischetti, M. and Salazar, J. J. (2001), "Solving the cell suppression problem on tabular data with linear constraints", Management Science 47,
1008-1027 (the attacker's two linear programs for each cell); Cox, L. H. (1980), "Suppression methodology and statistical disclosure control",
Journal of the American Statistical Association 75, 377-385; Hundepool, A. et al. (2012), "Statistical Disclosure Control", Wiley, chapter 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from kpis.methods.arguments import Floats, Interval
from kpis.methods.disclosure_tables import Ints, Mask, System, Table, system

#: below this, two bounds of a linear program are one; in counts, or in shares of the largest value
TOLERANCE = 1e-6
#: how far propagation goes before the rest is left to the linear programs, and how many variables one of those holds
PASSES, VARIABLES = 40, 2_000
EXACTLY = {"mip_rel_gap": 0.0}


class Proven(NamedTuple):
    """All in the shape of the table. Of a published cell both bounds are its value; of one without datum, NaN."""

    low: Floats
    high: Floats
    recovered: Mask


def attack(
    table: Table, suppressed: ArrayLike, *, threshold: float = 5, least: float = 0, asked: ArrayLike | None = None, exact: bool = False
) -> Proven:
    """The interval of each suppressed cell; `recovered` where it is a point or, for counts, proves the cell to be below `threshold`.

    `least` is what the outsider knows of any suppressed cell: 1 where zeros are always published. `asked` limits the work to some cells (of the
    others the bounds are valid, but may be too wide). For counts the bounds of the linear programs are rounded inwards; `exact` solves
    them in whole numbers instead, which in tables of three axes and more can be narrower, and is slower.
    """
    hidden = mask("suppressed", suppressed, table) & table.known
    wanted = hidden if asked is None else hidden & mask("asked", asked, table)
    cells = np.flatnonzero(hidden)
    value = table.flat[cells]
    if (value < least).any():
        raise ValueError(f"least must not exceed a suppressed cell; it is {least:g}, and one is {value.min():g}")
    low, high = _bounds(system(table, cells), value, least, wanted[cells], table.whole, exact)
    slack = TOLERANCE if table.whole else TOLERANCE * max(1.0, table.flat.max(initial=0))
    if table.whole:
        low, high = np.minimum(np.ceil(low - slack), value), np.maximum(np.floor(high + slack), value)
    lows, highs = np.where(table.known, table.flat, np.nan), np.where(table.known, table.flat, np.nan)
    recovered = np.zeros(table.values.size, dtype=bool)
    lows[cells], highs[cells] = low + 0.0, high  # never -0
    recovered[cells] = (high - low <= (0 if table.whole else slack)) | (table.whole & (high < threshold))
    shape = table.values.shape
    return Proven(lows.reshape(shape), highs.reshape(shape), recovered.reshape(shape))


def mask(name: str, given: ArrayLike, table: Table) -> Mask:
    """One True or False for each cell, flat."""
    array = np.asarray(given)
    if array.dtype != bool or array.shape != table.values.shape:
        raise ValueError(f"{name} must be True or False in the shape {table.values.shape} of the table; it is {array.dtype} in {array.shape}")
    return array.ravel()


def propagate(lines: System, value: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, bool]:
    """Each bound tightened by what the others in its sum leave over, until nothing moves (True) or the passes run out. Exact for counts."""
    cell, row, sign = lines.cell, lines.row, lines.sign
    sums = np.bincount(row, sign * value[cell], minlength=len(lines.rows))
    for _ in range(PASSES):
        least, most = np.where(sign > 0, low[cell], -high[cell]), np.where(sign > 0, high[cell], -low[cell])
        above, below = sums[row] - _others(least, row, len(sums)), sums[row] - _others(most, row, len(sums))
        lower, upper = low.copy(), high.copy()
        np.maximum.at(lower, cell, np.where(sign > 0, below, -above))
        np.minimum.at(upper, cell, np.where(sign > 0, above, -below))
        lower, upper = np.minimum(lower, value), np.maximum(upper, value)  # the truth is never excluded, whatever the rounding
        if np.array_equal(lower, low) and np.array_equal(upper, high):
            return low, high, True
        low, high = lower, upper
    return low, high, False


def _others(ends: Floats, row: Ints, rows: int) -> Floats:
    """Of each entry the sum of the other ends in its row; infinite where one of those is."""
    endless = np.isinf(ends)
    if not endless.any():
        return np.asarray(np.bincount(row, ends, minlength=rows)[row] - ends)
    finite = np.where(endless, 0, ends)
    count = np.bincount(row, endless, minlength=rows)[row] - endless
    return np.where(count > 0, ends[endless][0], np.bincount(row, finite, minlength=rows)[row] - finite)


def _bounds(lines: System, value: Floats, least: float, wanted: Mask, whole: bool, exact: bool) -> Interval:
    """Propagation alone is exact on a part of the system without circles; linear programs do the rest, each independent part by itself."""
    low, high, settled = propagate(lines, value, np.full(len(value), float(least)), np.full(len(value), np.inf))
    moving = (high > low)[lines.cell]
    cell, row, sign = lines.cell[moving], lines.row[moving], lines.sign[moving]
    nodes = len(value) + len(lines.rows)
    _, part = connected_components(sparse.coo_array((np.ones(len(cell)), (cell, len(value) + row)), shape=(nodes, nodes)), directed=False)
    size, entries = np.bincount(part), np.bincount(part[cell], minlength=part.max(initial=0) + 1)
    for circle in np.unique(part[: len(value)][wanted & (high > low)]):
        if settled and entries[circle] < size[circle]:
            continue
        mine, inside = np.flatnonzero(part[: len(value)] == circle), part[cell] == circle
        used, rows = np.unique(row[inside], return_inverse=True)
        sub = System(mine, used, np.searchsorted(mine, cell[inside]), rows, sign[inside])
        unit = 1.0 if whole else max(1e-4 * value[mine].max(), 1e-300)
        down, up = _extremes(sub, (low[mine] - value[mine]) / unit, (high[mine] - value[mine]) / unit, np.flatnonzero(wanted[mine]), exact and whole)
        low[mine], high[mine] = np.maximum(low[mine], value[mine] + unit * down), np.minimum(high[mine], value[mine] + unit * up)
    return low, high


def _extremes(lines: System, low: Floats, high: Floats, wanted: Ints, exact: bool) -> Interval:
    """How far each wanted cell can move from the truth, the sums and the bounds of all kept; the given bounds for the others.

    One linear program holds many independent copies of the system, each pushing one cell one way: starting the solver costs more than solving.
    """
    low, high, cells, rows = low.copy(), high.copy(), len(low), len(lines.rows)
    endless = np.isinf(high)
    if endless.any():
        endless[endless] = _endless(lines, endless)
    pushes = [(i, 1.0) for i in wanted] + [(i, -1.0) for i in wanted if not endless[i]]
    floor, ceiling = low.copy(), high.copy()
    many = 1 if exact else max(1, VARIABLES // cells)
    for start in range(0, len(pushes), many):
        batch = pushes[start : start + many]
        at = np.array([i for i, _ in batch]) + cells * np.arange(len(batch))
        push = np.zeros(cells * len(batch))
        push[at] = [way for _, way in batch]
        copy = np.arange(len(batch))[:, None]
        entries = (np.tile(lines.sign, len(batch)), ((lines.row + rows * copy).ravel(), (lines.cell + cells * copy).ravel()))
        matrix = sparse.csc_array(entries, shape=(rows * len(batch), cells * len(batch)))
        moved = solve(push, matrix, np.tile(low, len(batch)), np.tile(high, len(batch)), EXACTLY if exact else None)
        if moved is None:
            raise RuntimeError("The solver found no table with the published sums, though the true one has them.")
        for (i, way), far in zip(batch, moved[at], strict=True):
            (floor if way > 0 else ceiling)[i] = far
    return floor, ceiling


def _endless(lines: System, free: Mask) -> Mask:
    """Which of the cells without an upper bound can grow for ever: one linear program finds the largest set that grows together."""
    inside = free[lines.cell]
    count = int(free.sum())
    column = (np.cumsum(free) - 1)[lines.cell[inside]]
    matrix = sparse.csc_array((lines.sign[inside], (lines.row[inside], column)), shape=(len(lines.rows), count))
    most = np.r_[np.ones(count), np.full(count, np.inf)]
    grown = solve(np.r_[-np.ones(count), np.zeros(count)], sparse.hstack([matrix, matrix], format="csc"), np.zeros(2 * count), most)
    return np.zeros(count, dtype=bool) if grown is None else grown[:count] > 0.5


def solve(cost: Floats, matrix: sparse.sparray, low: Floats, high: Floats, whole: Mapping[str, float] | None = None) -> Floats | None:
    """The cheapest x between low and high with matrix @ x = 0 (HiGHS); None where there is none. In whole numbers where their options are given."""
    kind = np.zeros(len(cost)) if whole is None else np.ones(len(cost))
    found = milp(cost, integrality=kind, constraints=LinearConstraint(matrix, 0, 0), bounds=Bounds(low, high), options=dict(whole or {}))
    if found.status in (3, 4) or (found.status == 1 and not whole):
        raise RuntimeError(f"The solver stopped without an answer: {found.message}")
    return None if found.x is None else np.asarray(found.x)
