"""How a sensitive cell is covered: another table with the same published sums, in which that cell is farther away. Its changed cells are suppressed.

Such a table proves the protection: no outsider can tell it from the true one. For counts it is in whole numbers, so it also stands
against an outsider who reckons in whole numbers. One small linear program for each sensitive cell, over its neighbourhood; cells suppressed
already are free, others cost what a reader loses. The heuristic is Kelly, J. P., Golden, B. L. and Assad, A. A. (1992), "Cell suppression:
disclosure protection for sensitive tabular data", Networks 22, 397-417; see also Fischetti and Salazar (2001).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from kpis.methods.arguments import Floats
from kpis.methods.disclosure_attack import TOLERANCE, solve
from kpis.methods.disclosure_rules import MANY
from kpis.methods.disclosure_tables import Ints, Mask, System, Table, system

#: how wide a neighbourhood is tried, one after the other: candidates of each sum, how often it grows, and how many cells end its growth
TRIES = ((3, 1, 150), (2, 4, 600), (12, 3, 600))
#: how many sums away a cell may lie that is suppressed already and helps to cover, and how many cells end that search
STEPS, ROOM = 3, 150
#: up to how many cells that may be suppressed are tried all together in the end: where most are public, the neighbourhood misses the few that serve
ALL = 1_500
#: a cover in whole numbers need not be the very cheapest; the search for it ends, the same on every machine
WHOLE = {"mip_rel_gap": 0.05, "node_limit": 2_000}


class Cover(NamedTuple):
    """The other table: these cells differ by these amounts. `pinned` if it stands for some owners only, so that no other may take its place."""

    target: int
    amount: float
    cells: Ints
    moves: Floats
    pinned: bool


class Ground(NamedTuple):
    """What covering needs to know of a table, all flat: what a cell costs, which may be suppressed at all, and who knows it alone."""

    table: Table
    cost: Floats
    usable: Mask
    owner: Ints
    least: float


def find(ground: Ground, hidden: Mask, target: int, amount: float) -> tuple[list[Cover], bool]:
    """Covers that move the target by this amount, and whether they make it safe against outsiders and, upwards, against any one owner.

    Upwards, cells known to one owner give no cover to others: that owner would see through it. Where there is no cover without them, a second
    one is sought without the owners met in the first, or one more for each of them. (Downwards an owner always knows the own share.)
    """
    start = np.array([target])
    hood = _with_hidden(ground, hidden, start, start)
    cover = _cover(ground, hidden, target, amount, hood)
    for breadth, rounds, room in (*TRIES, (0, 0, 0)):
        if cover:
            return [cover], True
        hood = _around(ground, hidden, target, amount, breadth, rounds, room) if breadth else np.union1d(hood, _ancestry(ground, target))
        cover = _cover(ground, hidden, target, amount, hood)
    if not cover and ground.usable.sum() <= ALL:
        hood = np.union1d(hood, np.flatnonzero(ground.usable))
        cover = _cover(ground, hidden, target, amount, hood)
    first = cover or _cover(ground, hidden, target, amount, hood, without=[])
    if first is None:
        return [], False
    met = sorted(set(ground.owner[first.cells].tolist()) - {MANY, int(ground.owner[target])})
    if cover or amount < 0 or not met:
        return [first], True
    second = _cover(ground, hidden, target, amount, hood, without=met)
    if second:
        return [first, second], True
    others = [_cover(ground, hidden, target, amount, hood, without=[owner]) for owner in met]
    return [first, *(other for other in others if other)], None not in others


def again(ground: Ground, hidden: Mask, cover: Cover) -> Cover | None:
    """Another cover for the same target, of suppressed cells only."""
    start = np.array([cover.target])
    return _cover(ground, hidden, cover.target, cover.amount, _with_hidden(ground, hidden, start, start))


def serves(ground: Ground, cover: Cover, target: int, amount: float) -> bool:
    """Whether a cover found for another cell moves this one as far, and no owner sees through it."""
    owners, at = ground.owner[cover.cells], cover.cells == target
    far = cover.moves[at].sum()
    known = (owners != MANY) & ~at
    mine = owners[known] == ground.owner[target]
    return bool(abs(far) >= abs(amount) and far * amount > 0 and mine.all() and (cover.moves[known] * far > 0).all())


def proves(ground: Ground, cover: Cover) -> bool:
    """Whether the other table has the sums of the true one, keeps to what the outsider knows, and moves the target far enough."""
    table, lines = ground.table, system(ground.table, cover.cells)
    slack = 0.0 if table.whole else 1e-4 * abs(cover.amount)
    off = np.bincount(lines.row, lines.sign * cover.moves[lines.cell])
    far = cover.moves[cover.cells == cover.target].sum() * np.sign(cover.amount)
    kept = table.flat[cover.cells] + cover.moves >= ground.least - slack
    return bool(far >= abs(cover.amount) - slack and kept.all() and (np.abs(off) <= slack).all())


def _cover(ground: Ground, hidden: Mask, target: int, amount: float, cells: Ints, without: list[int] | None = None) -> Cover | None:
    """The cheapest cover within these cells; upwards without those known to any other owner, or to the owners named."""
    lines = _movable(system(ground.table, cells), int(np.searchsorted(cells, target)))
    if lines is None:
        return None
    cells, whole = lines.cells, ground.table.whole
    size, unit = abs(amount), 1.0 if whole else abs(amount)
    down, up = np.maximum(ground.table.flat[cells] - ground.least, 0), np.full(len(cells), np.inf)
    cost = np.where(hidden[cells], 0, ground.cost[cells] * (1 + 1e-7 * np.arange(len(cells))))  # no two cells cost the same: one answer
    price = np.r_[cost / size, cost / np.clip(down, 1e-3 * size, size)]  # a cell with little room to fall is dear by the unit
    owner, mine = ground.owner[cells], ground.owner[target]
    shut = (owner != MANY) & (owner != mine) & (amount > 0) if without is None else np.isin(owner, without)
    down[shut], up[shut] = 0, 0
    (down if amount > 0 else up)[(owner == mine) & (mine != MANY)] = 0  # an owner's cells move together: their sum must not stand still
    here = np.flatnonzero(cells == target)
    if amount < 0 and down[here] < size:
        return None
    low, high = np.zeros(2 * len(cells)), np.r_[up, down] / unit
    forth, back = (here, here + len(cells)) if amount > 0 else (here + len(cells), here)
    low[forth], high[forth], high[back] = size / unit, size / unit, 0
    half = sparse.csc_array((lines.sign, (lines.row, lines.cell)), shape=(len(lines.rows), len(cells)))
    both = sparse.hstack([half, -half], format="csc")
    moves = solve(unit * price + 1e-9, both, low, high)
    if moves is not None and whole and np.abs(moves - np.rint(moves)).max() > TOLERANCE:
        moves = solve(price + 1e-9, both, low, high, WHOLE)
    if moves is None:
        return None
    net = moves[: len(cells)] - moves[len(cells) :]
    net = np.rint(net) if whole else np.where(np.abs(net) > TOLERANCE, unit * net, 0)
    used = np.flatnonzero(net)
    return Cover(target, amount, cells[used], net[used], without is not None)


def _movable(lines: System, target: int) -> System | None:
    """Without the cells that stand alone in a sum: they cannot move. None where the target is one."""
    kept = np.ones(len(lines.cells), dtype=bool)
    while True:
        alive = kept[lines.cell]
        alone = alive & (np.bincount(lines.row[alive], minlength=len(lines.rows)) == 1)[lines.row]
        if not alone.any():
            break
        kept[lines.cell[alone]] = False
    if not kept[target]:
        return None
    rows, row = np.unique(lines.row[alive], return_inverse=True)
    return System(lines.cells[kept], lines.rows[rows], (np.cumsum(kept) - 1)[lines.cell[alive]], row, lines.sign[alive])


def _around(ground: Ground, hidden: Mask, target: int, amount: float, breadth: int, rounds: int, room: int) -> Ints:
    """The neighbourhood: wherever one of its cells stands alone in a sum, the cheapest candidates of that sum, and the crossings of the sums met."""
    relations, start = ground.table.relations, np.array([target])
    hood = _with_hidden(ground, hidden, start, start)
    for _ in range(rounds):
        rows, whose, _ = relations.rows_of(hood)
        needs = ~hidden[hood] | (hood == target)
        able = needs & ((ground.table.flat[hood] - ground.least >= abs(amount)) | (hood == target))
        touched, row = np.unique(rows, return_inverse=True)
        lonely = (np.bincount(row, able[whose]) <= 1) & (np.bincount(row, needs[whose]) > 0)
        cells, which, _ = relations.cells_of(touched[lonely])
        price = ground.cost[cells] / np.clip(ground.table.flat[cells] - ground.least, 1e-300, abs(amount))
        price[~ground.usable[cells] | (ground.table.flat[cells] <= ground.least) | hidden[cells]] = np.inf
        order = np.lexsort((cells, price, which))
        rank = np.arange(len(order)) - np.searchsorted(which[order], which[order])
        added = cells[order[(rank < breadth) & np.isfinite(price[order])]]
        if not added.size:
            break
        hood = np.union1d(hood, added)
        for _ in range(2):
            met, times = np.unique(relations.cells_of(np.unique(relations.rows_of(hood)[0]))[0], return_counts=True)
            hood = np.union1d(hood, met[ground.usable[met] & (times >= 2)])
        if len(hood) > room:
            break
    return _with_hidden(ground, hidden, hood, hood)


def _with_hidden(ground: Ground, hidden: Mask, cells: Ints, edge: Ints) -> Ints:
    """With the suppressed cells that share a sum with the edge, and those that share one with them, a few steps far."""
    relations = ground.table.relations
    for _ in range(STEPS):
        met = relations.cells_of(np.unique(relations.rows_of(edge)[0]))[0]
        edge = np.setdiff1d(met[hidden[met]], cells)
        cells = np.union1d(cells, edge)
        if not edge.size or len(cells) > ROOM:
            break
    return cells


def _ancestry(ground: Ground, target: int) -> Ints:
    """The parts of the target, and all the totals above them: one more in a part, counted in each of those totals, is always another table."""
    family = np.array([target])
    for side_of_totals in (1, -1):
        edge = family
        while edge.size:
            rows, _, sign = ground.table.relations.rows_of(edge)
            cells, _, side = ground.table.relations.cells_of(np.unique(rows[sign == side_of_totals]))
            edge = np.setdiff1d(cells[(side == -side_of_totals) & ground.usable[cells]], family)
            family = np.union1d(family, edge)
    return family
