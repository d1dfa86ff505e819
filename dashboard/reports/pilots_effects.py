"""The pilots against the other regions: how the change since the year before they began differs, and whether chance alone would give as much.

Difference in differences by group and time (`kpis.methods.did`) on published yearly values: nothing is computed from rows of persons or files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median, quantiles

import numpy as np

from dashboard.figures.request import records
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from dashboard.reports.rows import Row, shown
from kpis.methods.did import Effects, Permuted, group_time_effects, permutation_p
from kpis.methods.multiplicity import benjamini_hochberg
from warehouse.territories import PILOTS, pilots, regions

#: other regions that a comparison needs, and pilots
LEAST, LEAST_PILOTS = 8, 2
#: dealings of the pilots' places; the same seed, so that a report is always the same
DEALT, SEED = 1999, 20090701
#: below this, paths before the pilot differ: then no difference after it can be read
BEFORE = 0.10


@dataclass(frozen=True, eq=False)
class Comparison:
    """One indicator. `years`: the window, oldest first; `whole`: the regions with a value in each of them; `why`: why there is no comparison."""

    sheet: Sheet
    rows: Mapping[tuple[str, str], Row]
    year: int
    since: int
    years: tuple[int, ...] = ()
    whole: tuple[str, ...] = ()
    effects: Effects | None = None
    chance: Permuted | None = None
    why: str = ""

    def row(self, code: str, year: int) -> Row | None:
        """A value of a whole year, None where there is none."""
        return whole_row(self.rows.get((code, str(year))))

    @cached_property
    def others(self) -> tuple[str, ...]:
        return tuple(c for c in self.whole if c not in _pilot_codes())

    @property
    def own(self) -> tuple[str, ...]:
        return tuple(c for c in self.whole if c in _pilot_codes())

    def middle(self, year: int) -> float | None:
        """The median of the other regions compared."""
        known = [float(r["valor"]) for c in self.others if (r := self.row(c, year)) is not None]
        return median(known) if len(known) >= LEAST else None

    def spread(self, year: int) -> tuple[float, float] | None:
        """The ends of the other regions' middle half."""
        known = sorted(float(r["valor"]) for c in self.others if (r := self.row(c, year)) is not None)
        if len(known) < LEAST:
            return None
        low, _, high = quantiles(known, n=4, method="inclusive")
        return low, high

    def mean(self, codes: Sequence[str], years: Sequence[int]) -> float:
        """The plain mean over regions and years: what the effect is the difference of."""
        return float(np.mean([float(r["valor"]) for c in codes for y in years if (r := self.row(c, y)) is not None]))

    @property
    def after(self) -> tuple[int, ...]:
        return tuple(y for y in self.years if y >= self.since)

    @property
    def effect(self) -> float:
        """How much more the pilots changed than the others, in the indicator's unit; NaN where it was not computed."""
        return self.effects.simple if self.effects is not None else math.nan

    @property
    def p(self) -> float:
        return self.chance.simple if self.chance is not None else math.nan

    @property
    def p_before(self) -> float:
        """p of the paths before the pilot; NaN where there is only one year before it."""
        return self.chance.pretrend if self.chance is not None else math.nan

    @property
    def is_better(self) -> bool:
        return (self.effect > 0) == (self.sheet.direction == "up")


def _pilot_codes() -> set[str]:
    return {p.codigo for p in pilots()}


def whole_row(row: Row | None) -> Row | None:
    return row if row is not None and sentences.is_published(row) and "serie_incompleta" not in (row["avisos"] or []) else None


def compare(snap: Snapshot, year: int, since: int) -> list[Comparison]:
    """Every indicator with a better side that is measured by year, in the order of areas."""
    codes = [*(r.codigo for r in regions()), PILOTS]
    found = []
    for id, frame in snap.values_together(kind="anio", territory=codes, category="").items():
        sheet = snap.sheet(id)
        if sheet.direction == "context" or "anio" not in sheet.periods:
            continue
        rows = {(r["territorio"], r["periodo"]): shown(r) for r in records(frame[frame["periodo"] <= str(year)])}
        found.append(_compared(sheet, rows, year, since))
    order = [s.id for s in snap.indicators()]
    return sorted(found, key=lambda c: order.index(c.sheet.id))


def _compared(sheet: Sheet, rows: Mapping[tuple[str, str], Row], year: int, since: int) -> Comparison:
    bare = Comparison(sheet, rows, year, since)
    years, whole, why = _window(bare)
    if why:
        return Comparison(sheet, rows, year, since, why=why)
    outcome = np.array([[float(r["valor"]) for y in years if (r := bare.row(c, y)) is not None] for c in whole])
    if np.ptp(outcome, axis=1).max(initial=0.0) == 0:
        return Comparison(sheet, rows, year, since, why="igual")
    first = np.array([since if c in _pilot_codes() else np.nan for c in whole], dtype=float)
    effects = group_time_effects(outcome, years, first)
    chance = permutation_p(outcome, years, first, permutations=DEALT, seed=SEED)
    return Comparison(sheet, rows, year, since, tuple(years), tuple(whole), effects, chance)


def _window(one: Comparison) -> tuple[list[int], list[str], str]:
    """The longest run of years that loses no pilot and few other regions; or why there is none."""
    codes = [r.codigo for r in regions()]
    shortest = list(range(one.since - 1, one.year + 1))
    base = _with_all(one, codes, shortest)
    pilot_codes = _pilot_codes()
    own, others = [c for c in base if c in pilot_codes], [c for c in base if c not in pilot_codes]
    if len(own) < LEAST_PILOTS:
        return [], [], "pilotos"
    if len(others) < LEAST:
        return [], [], "otras"
    known = sorted(int(p) for p in {p for _, p in one.rows})
    for start in (y for y in range(known[0], one.since - 1) if y in known):
        years = list(range(start, one.year + 1))
        whole = _with_all(one, codes, years)
        kept = [c for c in whole if c in pilot_codes]
        if len(kept) == len(own) and len(whole) - len(kept) >= max(LEAST, 0.8 * len(others)):
            return years, whole, ""
    return shortest, base, ""


def _with_all(one: Comparison, codes: Sequence[str], years: Sequence[int]) -> list[str]:
    return [c for c in codes if all(one.row(c, y) is not None for y in years)]


def apart(found: Sequence[Comparison]) -> set[str]:
    """Indicators in which the pilots stand apart, after the control for so many comparisons, and went the same way as the others before."""
    known = [c for c in found if not math.isnan(c.p)]
    if not known:
        return set()
    firm = benjamini_hochberg([c.p for c in known])
    return {c.sheet.id for c, is_firm in zip(known, firm, strict=True) if is_firm and not is_unlike_before(c)}


def is_unlike_before(one: Comparison) -> bool:
    """Whether the pilots already went another way before they were pilots."""
    return not math.isnan(one.p_before) and one.p_before < BEFORE
