"""Which cells may not be published by themselves, and how far an outsider's bounds must stay from the truth; and what a published ratio gives away.

Hundepool, A. et al. (2012), "Statistical Disclosure Control", Wiley, chapter 4: threshold, dominance and p % rules, and the protection they need.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from kpis.methods.arguments import Floats, Interval, amounts, known, open_fractions, whole_amounts
from kpis.methods.disclosure_tables import Ints, Mask, Table, system

#: nobody in particular knows the cell
MANY = -1
#: the words of `Sensitive.reason`; "" where the cell is not sensitive
REASONS = ("threshold", "holders", "dominance", "p_percent")


class Sensitive(NamedTuple):
    """All in the shape of the table. The outsider's interval must reach `above` over the value and `below` under it."""

    cells: Mask
    above: Floats
    below: Floats
    reason: NDArray[np.str_]

    def __or__(self, other: Sensitive) -> Sensitive:
        """Sensitive by either; the wider protection, the first reason."""
        reason = np.where(self.reason == "", other.reason, self.reason)
        return Sensitive(self.cells | other.cells, np.maximum(self.above, other.above), np.maximum(self.below, other.below), reason)


def small_counts(values: ArrayLike, threshold: int = 5, width: float | None = None) -> Sensitive:
    """Counts of persons from 1 to threshold - 1. Zero is not sensitive: it concerns nobody, and is published.

    The interval must reach the threshold, or the outsider would know that the count is small; and it must be at least `width` wide
    (threshold - 1 unless given), both at once through its upper end.
    """
    counts = whole_amounts("values", values)
    if threshold < 2 or threshold % 1:
        raise ValueError(f"threshold must be whole, and at least 2; it is {threshold:g}")
    least = threshold - 1 if width is None else float(known("width", width))
    cells = (counts >= 1) & (counts < threshold)
    above, reason = np.zeros(counts.shape), np.zeros(counts.shape, dtype="<U9")
    above[cells], reason[cells] = np.maximum(threshold - counts[cells], np.ceil(least)), "threshold"
    return Sensitive(cells, above, np.zeros(counts.shape), reason)


def concentrated(
    values: ArrayLike,
    *,
    holders: ArrayLike | None = None,
    contributions: ArrayLike | None = None,
    fewest: int = 3,
    n: int = 1,
    k: float = 0.8,
    p: float | None = None,
) -> Sensitive:
    """Amounts that give a holder away: of fewer than `fewest` holders, with more than the share k in the n largest, or by the p % rule.

    `holders` counts them, in the shape of the values; `contributions` has one axis more, the largest of each cell along it (at least n of them,
    2 for the p % rule), NaN for none. The p % rule: the second largest holder could estimate the largest within the share p, knowing the
    total. The protection is the distance at which the rule would no longer be broken, the same below: S / k - X for the n largest S of X,
    p x1 - (X - x1 - x2), and for few holders the first with S = X. Without `holders` and `contributions` nothing is sensitive.
    """
    amount = amounts("values", values)
    share = float(open_fractions("k", k))
    above, reason = np.zeros(amount.shape), np.zeros(amount.shape, dtype="<U9")
    rules: list[tuple[str, Mask, Floats]] = []
    if holders is not None:
        count = whole_amounts("holders", holders)
        rules.append(("holders", (count >= 1) & (count < fewest) & (amount > 0), amount / share - amount))
    if contributions is not None:
        largest = _largest(contributions, amount, max(n, 2 if p is not None else 1))
        top = largest[..., :n].sum(axis=-1)
        rules.append(("dominance", top > share * amount, top / share - amount))
        if p is not None:
            need = float(open_fractions("p", p)) * largest[..., 0] - (amount - largest[..., 0] - largest[..., 1])
            rules.append(("p_percent", need > 0, need))
    for name, broken, need in rules:
        reason[broken & (reason == "")] = name
        above = np.where(broken, np.maximum(above, need), above)
    return Sensitive(reason != "", above, np.minimum(above, np.nan_to_num(amount)), reason)


def _largest(contributions: ArrayLike, amount: Floats, least: int) -> Floats:
    """The contributions of each cell, largest first; 0 for none."""
    given = np.nan_to_num(amounts("contributions", contributions))
    if given.shape[:-1] != amount.shape or given.shape[-1] < least:
        raise ValueError(f"contributions must be {amount.shape} and at least {least} along one axis more; their shape is {given.shape}")
    over = given.sum(axis=-1) > amount * (1 + 1e-9)
    if over.any():
        raise ValueError(f"contributions must not exceed their cell; they are {given.sum(axis=-1)[over].flat[0]:g} of {amount[over].flat[0]:g}")
    return -np.sort(-given, axis=-1)


def owners_of_ones(table: Table, ones: Ints) -> Ints:
    """Who knows a count of 1: the person counted, by number. A total of 1 and its part of 1 count the same person. MANY for all other cells."""
    owner = np.full(table.flat.size, MANY)
    lines = system(table, ones)
    total_is_one = np.zeros(len(lines.rows), dtype=bool)
    total_is_one[lines.row[lines.sign > 0]] = True
    kept, nodes = total_is_one[lines.row], len(ones) + len(lines.rows)
    links = sparse.coo_array((np.ones(kept.sum()), (lines.cell[kept], len(ones) + lines.row[kept])), shape=(nodes, nodes))
    owner[ones] = connected_components(links, directed=False)[1][: len(ones)]
    return owner


def numerators(published: ArrayLike, denominator: ArrayLike, decimals: int = 1, per: int = 100) -> Interval:
    """The first and the last whole numerator that a published ratio allows, in whole arithmetic.

    `published` is per * numerator / denominator, rounded to `decimals`; either way of rounding halves is allowed for. Where both answers are
    equal, who publishes the ratio and its denominator publishes the numerator. NaN without ratio or denominator, and where no numerator fits.
    """
    ratio, whole = np.broadcast_arrays(amounts("published", published), whole_amounts("denominator", denominator))
    if decimals < 0 or decimals % 1 or per < 1 or per % 1:
        raise ValueError(f"decimals and per must be whole, from 0 and from 1; they are {decimals:g} and {per:g}")
    unit = 10**decimals
    clear = ~np.isnan(ratio) & (whole > 0)
    steps = np.where(clear, np.rint(ratio * unit), 0)
    stray = clear & (np.abs(steps - ratio * unit) > 1e-6 * np.maximum(1, steps))
    if stray.any():
        raise ValueError(f"published must have {decimals} decimals at most; it holds {ratio[stray].flat[0]:g}")
    cases = np.where(clear, whole, 0)
    if ((2 * steps + 1) * cases).max(initial=0) > 2**62:
        raise ValueError("published, in units of its last decimal, times denominator must stay below 2e18")
    twice, cases = 2 * steps.astype(np.int64), cases.astype(np.int64)
    first, last = -(-(twice - 1) * cases // (2 * per * unit)), (twice + 1) * cases // (2 * per * unit)
    fits = clear & (first <= last)
    return np.where(fits, np.maximum(first, 0), np.nan), np.where(fits, last, np.nan)
