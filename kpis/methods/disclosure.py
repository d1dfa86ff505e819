"""Cell suppression of a published table: the sensitive cells, and as few others as it takes so that nobody recovers them.

Cox, L. H. (1980), "Suppression methodology and statistical disclosure control", Journal of the American Statistical Association 75, 377-385;
Fischetti, M. and Salazar, J. J. (2001), "Solving the cell suppression problem on tabular data with linear constraints", Management Science 47,
1008-1027; Hundepool, A. et al. (2012), "Statistical Disclosure Control", Wiley, chapter 4. No step is random: the same table gives the same answer.

What the outsider is taken to know: every published cell, the sums, that nothing is negative, and the rules themselves. Zeros are always
published, since a zero concerns nobody and a hidden one would convince nobody; so the outsider knows that a suppressed count is 1 or more. Each
person counted alone knows that cell besides. What it does not stop: a row whose persons all fall in one category says so of each of them; and
two publications of the same persons in tables that are not linked by relations. Primary and secondary cells must look alike to the reader.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpis.methods.arguments import Floats, Interval, amounts
from kpis.methods.disclosure_attack import Proven, attack, mask
from kpis.methods.disclosure_cover import Cover, Ground, again, find, proves, serves
from kpis.methods.disclosure_rules import MANY, REASONS, Sensitive, concentrated, numerators, owners_of_ones, small_counts
from kpis.methods.disclosure_tables import Ints, Mask, Relations, Table, grid, with_margins

__all__ = [
    "Protection",
    "Proven",
    "Relations",
    "Sensitive",
    "Table",
    "attack",
    "concentrated",
    "grid",
    "numerators",
    "protect",
    "small_counts",
    "with_margins",
]

#: the word of `Protection.reason` for a cell that covers others
SECONDARY = "secondary"


class Protection(NamedTuple):
    """All in the shape of the table.

    `reason` says why a cell is suppressed: a word of `disclosure_rules.REASONS`, `SECONDARY`, or "" for a published cell. `covers` is the flat
    position of the primary cell for which a secondary one was first needed, -1 elsewhere. `exposed` are primary cells that could not be
    protected, because of `public` cells, or are public themselves: such a table must not be published.
    """

    primary: Mask
    secondary: Mask
    exposed: Mask
    reason: NDArray[np.str_]
    covers: Ints

    @property
    def suppressed(self) -> Mask:
        return self.primary | self.secondary


def protect(
    table: Table,
    sensitive: Sensitive | None = None,
    *,
    threshold: int = 5,
    width: float | None = None,
    cost: ArrayLike | None = None,
    owner: ArrayLike | None = None,
    public: ArrayLike | None = None,
) -> Protection:
    """Primary and secondary suppressions, after which the outsider's interval of each primary cell is as wide as its rule asks.

    Without `sensitive` the rule is `small_counts(values, threshold, width)`. `cost` is what a reader loses with each cell: unless given it grows
    with the digits of the value, so that small cells go first. `owner` names with a whole number who alone stands behind a cell, -1 for
    nobody: what owners know of their own cells does not bring others nearer from above, and outsiders do not learn one owner's sum. For counts
    of 1 it is worked out; all -1 leaves insiders aside. `public` cells are known anyway: they are never suppressed.
    """
    if sensitive is None:
        if not table.whole:
            raise ValueError("sensitive must be given for a table that is not of counts: `concentrated` tells it")
        sensitive = small_counts(table.values, threshold, width)
    free = table.known & (table.flat > 0)
    if public is not None:
        free &= ~mask("public", public, table)
    marked = mask("sensitive", sensitive.cells, table)
    primary, exposed = marked & free, marked & ~free
    secondary, covers = np.zeros_like(primary), np.full(primary.size, -1)
    reason = np.zeros(primary.size, dtype=f"<U{max(map(len, (*REASONS, SECONDARY)))}")
    if primary.any():
        plan = Plan(_ground(table, free, primary, cost, owner), primary)
        exposed |= _cover_all(plan, *_distances(sensitive, plan.ground))
        _publish_needless(plan)
        for cover in reversed(plan.covers):
            secondary[cover.cells], covers[cover.cells] = True, cover.target
            exposed[cover.target] |= not proves(plan.ground, cover)
        secondary &= ~primary
        covers[~secondary] = -1
        reason[primary], reason[secondary] = sensitive.reason.ravel()[primary], SECONDARY
    shape = table.values.shape
    return Protection(primary.reshape(shape), secondary.reshape(shape), exposed.reshape(shape), reason.reshape(shape), covers.reshape(shape))


def _distances(sensitive: Sensitive, ground: Ground) -> Interval:
    """How far each primary cell must be able to move, up and down; for counts by whole steps."""
    above, below = sensitive.above.ravel(), sensitive.below.ravel()
    if (above[sensitive.cells.ravel()] <= 0).any():
        raise ValueError("sensitive must ask for some protection above each of its cells")
    if ground.table.whole:
        above, below = np.ceil(above), np.minimum(np.ceil(below), np.maximum(ground.table.flat - ground.least, 0))
    return above, below


def _ground(table: Table, free: Mask, primary: Mask, cost: ArrayLike | None, owner: ArrayLike | None) -> Ground:
    price = 1 + np.log1p(table.flat) if cost is None else amounts("cost", cost).ravel() + 1e-6
    if owner is not None:
        owners = np.asarray(owner, dtype=np.int64).ravel()
    elif table.whole:
        owners = owners_of_ones(table, np.flatnonzero(primary & (table.flat == 1)))
    else:
        owners = np.full(table.flat.size, MANY)
    for name, given in (("cost", price), ("owner", owners)):
        if given.shape != table.flat.shape:
            raise ValueError(f"{name} must give one number for each of the {table.flat.size} cells; it gives {given.size}")
    return Ground(table, price, free, owners, 1.0 if table.whole else 0.0)


class Plan:
    """The covers so far, and which of them each suppressed cell is part of."""

    def __init__(self, ground: Ground, primary: Mask) -> None:
        self.ground, self.primary, self.hidden = ground, primary, primary.copy()
        self.covers: list[Cover] = []
        self.users: defaultdict[int, set[int]] = defaultdict(set)

    def add(self, cover: Cover) -> None:
        self.covers.append(cover)
        self._join(len(self.covers) - 1)

    def replace(self, number: int, cover: Cover) -> None:
        for cell in self.covers[number].cells.tolist():
            self.users[cell].discard(number)
        self.covers[number] = cover
        self._join(number)

    def _join(self, number: int) -> None:
        self.hidden[self.covers[number].cells] = True
        for cell in self.covers[number].cells.tolist():
            self.users[cell].add(number)


def _cover_all(plan: Plan, above: Floats, below: Floats) -> Mask:
    """One sensitive cell after the other, the widest protection first. Says which cannot be covered."""
    ground, exposed = plan.ground, np.zeros_like(plan.primary)
    cells = np.flatnonzero(plan.primary)
    for target in cells[np.lexsort((cells, -above[cells]))].tolist():
        for amount in (float(above[target]), -float(below[target])):
            if amount == 0:
                continue
            served = (plan.covers[i] for i in sorted(plan.users[target]))
            cover = next((cover for cover in served if serves(ground, cover, target, amount)), None)
            found, safe = ([cover._replace(target=target, amount=amount)], True) if cover else find(ground, plan.hidden, target, amount)
            exposed[target] |= not safe
            for cover in found:
                plan.add(cover)
    return exposed


def _publish_needless(plan: Plan) -> None:
    """Try to do without each secondary cell, the dearest first: every cover it is part of must have another."""
    ground, covers = plan.ground, plan.covers
    cells = np.flatnonzero(plan.hidden & ~plan.primary)
    filled = np.bincount(ground.table.relations.rows_of(np.flatnonzero(plan.hidden))[0], minlength=len(ground.table.speaks))
    for cell in cells[np.lexsort((cells, -ground.cost[cells]))].tolist():
        users = sorted(plan.users[cell])
        if any(covers[i].pinned for i in users) or (users and _unravels(plan, filled, cell)):
            continue
        plan.hidden[cell] = False
        instead = []
        for i in users:
            cover = again(ground, plan.hidden, covers[i])
            if cover is None:
                break
            instead.append(cover)
        if len(instead) < len(users):
            plan.hidden[cell] = True
            continue
        filled[ground.table.relations.rows_of(np.array([cell]))[0]] -= 1
        for i, cover in zip(users, instead, strict=True):
            plan.replace(i, cover)


def _unravels(plan: Plan, filled: Ints, cell: int) -> bool:
    """Whether a sensitive cell follows by mere subtraction once this one is published: it, or what follows from it, is the last but one in a sum."""
    relations, hidden = plan.ground.table.relations, plan.hidden
    gone, edge = {cell}, [cell]
    less: defaultdict[int, int] = defaultdict(int)
    while edge:
        for row in relations.rows_of(np.array([edge.pop()]))[0].tolist():
            less[row] += 1
            if filled[row] - less[row] != 1 or not plan.ground.table.speaks[row]:
                continue
            line = relations.cells_of(np.array([row]))[0]
            last = next((other for other in line[hidden[line]].tolist() if other not in gone), None)
            if last is None:
                continue
            if plan.primary[last]:
                return True
            gone.add(last)
            edge.append(last)
    return False
