"""What of an indicator about persons may be shown outside: small cells and what would give them away are marked in `supresion`.

A row is shown whole or not at all, because a rate with its denominator tells its numerator. The counts behind it (cases that do, cases that do not)
are tables with the sums that anybody can do: regions to country and pilot group, months to quarters to years, categories to the
undivided. In each table a count of 1 to 4 is hidden, with as few others as it takes that nobody works it out.

A publication stays under its link, so what one showed is known for good: a cell that is still the same keeps the decision it had. Only what is new
or revised covers others; else the quarter's new total would be shown beside the months that an earlier publication showed.

`supresion`: null where the public is no audience; empty where the row may be shown; `persona` for a small cell; `cruce` where showing it would give
one away; `detalle` for a breakdown by region that is not for the public; `ausencia` where there is no published value in the first place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpis.methods.disclosure import Table, attack, protect
from kpis.methods.disclosure_tables import Relations, grid
from warehouse.indicators import Indicator
from warehouse.periods import parse
from warehouse.states import ABSENT, CROSSED, DETAIL, PERSON, PUBLISHED, SHOWN
from warehouse.territories import COUNTRY, PILOTS, pilots
from warehouse.told_before import TOLD
from warehouse.value_columns import KEY

PUBLIC = "publico"
#: counts of persons from 1 to 4 are not published (KPI_CATALOGUE, how to read)
THRESHOLD = 5


def with_suppression(frame: pd.DataFrame, indicator: Indicator, past: pd.DataFrame | None = None) -> pd.DataFrame:
    """The judged figures of one indicator with `supresion`. The counts behind hidden values are still in `x1`, `n1`, `num2` and `den2`.

    `past`: the cells that earlier publications showed or hid (`warehouse.told_before`); without it the table is protected by itself alone.
    """
    if PUBLIC not in indicator.audience:
        return frame.assign(supresion=pd.Series([None] * len(frame), index=frame.index, dtype=object))
    marks = np.where(frame["estado"] == PUBLISHED, SHOWN, ABSENT).astype(object)
    if indicator.persons:
        detail = _detail(frame, indicator)
        marks[detail] = DETAIL
        small, crossed = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
        known, kept = remembered(frame, past)
        for rows in tables_of(frame[~detail], indicator):
            at = np.flatnonzero(~detail)[rows]
            small[at], crossed[at] = _hidden(frame.iloc[at].reset_index(drop=True), indicator, known[at], kept[at])
        shown = marks == SHOWN
        marks[shown & crossed] = CROSSED
        marks[shown & small] = PERSON
    return frame.assign(supresion=marks)


def _detail(frame: pd.DataFrame, indicator: Indicator) -> np.ndarray:
    """Rows that are too fine for the public: a breakdown by region, unless the definition says that the public sees it."""
    fine = ~frame["nivel"].isin(["pais", "piloto"]) & (frame["desglose"] != "") & ~frame["desglose"].isin(indicator.public_breakdowns)
    return np.asarray(fine)


def tables_of(frame: pd.DataFrame, indicator: Indicator) -> list[np.ndarray]:
    """The rows of each table that is tied together by sums. Periods of a stock are not: each is a table of its own."""
    if indicator.clock.kind == "flow" and not indicator.clock.window_months:
        return [np.arange(len(frame))]
    return [np.asarray(rows) for rows in frame.reset_index(drop=True).groupby(["tipo_periodo", "periodo"], sort=True).indices.values()]


def remembered(frame: pd.DataFrame, past: pd.DataFrame | None) -> tuple[np.ndarray, np.ndarray]:
    """(rows that some earlier publication showed, rows that earlier ones only hid), of those whose figures are still the same."""
    if past is None or past.empty:
        return np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    now = frame[[*KEY, *TOLD]].assign(fila=np.arange(len(frame)))
    both = now.merge(past, on=KEY, suffixes=("", "_antes"))
    pairs = [(both[c].to_numpy(float, na_value=np.nan), both[f"{c}_antes"].to_numpy(float, na_value=np.nan)) for c in TOLD]
    # what is stored has twelve significant figures
    same = np.logical_and.reduce([np.isclose(a, b, rtol=1e-9, atol=0, equal_nan=True) for a, b in pairs])
    shown, hidden = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    shown[both.loc[same & both["mostrado"], "fila"]] = True
    hidden[both.loc[same & ~both["mostrado"], "fila"]] = True
    return shown, hidden & ~shown


def _hidden(frame: pd.DataFrame, indicator: Indicator, known: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows with a small count, rows that would give one away). `known` were shown before, `kept` were hidden: see `remembered`.

    Where a table cannot be protected cell by cell, all its categories are hidden. Where even so an outsider works a small cell out with what
    was shown before, nothing said today can mend it: the table is protected besides as if it had not been, for whoever has only this one.
    """
    cube = Cube.of(frame, indicator)
    # what has no value or is hidden anyway hides others at no loss
    idle, shown = cube.filled((frame["estado"] != PUBLISHED).to_numpy() | kept, False), cube.filled(known, False)
    categories = cube.filled((frame["desglose"] != "").to_numpy(), False)
    small, hidden = np.zeros(cube.shape, dtype=bool), idle
    for part in parts_of(frame, indicator):
        table = cube.table(part)
        if not ((table.values > 0) & (table.values < THRESHOLD)).any():
            continue
        cost = np.where(idle, 0, 1 + np.log1p(table.values))
        found = protect(table, threshold=THRESHOLD, cost=cost, public=shown)
        small, hidden = small | found.primary, hidden | found.suppressed
        if not found.exposed.any():
            continue
        hidden = hidden | (categories & ~shown)
        if shown.any() and (attack(table, hidden, asked=found.exposed & hidden).recovered & found.exposed).any():
            alone = protect(table, threshold=THRESHOLD, cost=cost)
            hidden = hidden | alone.suppressed | (categories if alone.exposed.any() else False)
    return cube.rows(small), cube.rows(hidden)


def parts_of(frame: pd.DataFrame, indicator: Indicator) -> list[np.ndarray]:
    """The tables of whole counts behind the figures of an indicator. Of a weighted sample, the persons asked: its totals are estimates."""
    number = lambda c: np.nan_to_num(frame[c].to_numpy(float))  # noqa: E731
    if (number("x1") % 1 > 0).any():
        return [number("filas")]
    if indicator.form == "ratio":
        return [number("x1"), np.maximum(number("n1") - number("x1"), 0)]
    if indicator.form == "relative":
        return [number("x1"), number("n1") - number("x1"), number("num2"), number("den2") - number("num2")]
    return [number("x1" if indicator.form == "count" else "filas")]


@dataclass(frozen=True)
class Cube:
    """The rows of an indicator as a table of places x periods x categories, with the sums among its cells. `at`: the cell of each row."""

    shape: tuple[int, int, int]
    at: tuple[np.ndarray, np.ndarray, np.ndarray]
    relations: Relations

    @classmethod
    def of(cls, frame: pd.DataFrame, indicator: Indicator) -> Cube:
        places, periods = sorted(frame["territorio"].unique()), sorted(frame["periodo"].unique())
        pairs = sorted(frame[["desglose", "categoria"]].drop_duplicates().itertuples(index=False, name=None))
        axes = _of_places(places), _of_periods(periods), _of_categories(pairs, indicator)
        place, period, pair = ({v: i for i, v in enumerate(values)} for values in (places, periods, pairs))
        split = zip(frame["desglose"], frame["categoria"], strict=True)
        at = frame["territorio"].map(place).to_numpy(), frame["periodo"].map(period).to_numpy(), np.array([pair[s] for s in split])
        shape = len(places), len(periods), len(pairs)
        return cls(shape, at, grid(shape, *axes))

    def filled(self, values: pd.Series | np.ndarray, empty: float) -> np.ndarray:
        """One value per row, in the shape of the cube; `empty` where there is no row."""
        made = np.full(self.shape, empty, dtype=np.asarray(values).dtype)
        made[self.at] = values
        return made

    def rows(self, cells: np.ndarray) -> np.ndarray:
        return np.asarray(cells[self.at])

    def table(self, part: np.ndarray) -> Table:
        """The counts of one part with the sums that hold among them: a country that counts other authorities' cases is not the sum of its regions."""
        values = self.filled(part, 0.0)
        off = np.abs(self.relations.matrix @ values.ravel())
        return Table(values, Relations(self.relations.matrix[off < 0.5]) if (off >= 0.5).any() else self.relations)


def _of_places(places: list[str]) -> list[tuple[int, list[int]]]:
    at = {p: i for i, p in enumerate(places)}
    own = [i for p, i in at.items() if p not in (COUNTRY, PILOTS)]
    sums = [(at[COUNTRY], own)] if COUNTRY in at else []
    inside = [at[p.codigo] for p in pilots() if p.codigo in at]
    return sums + ([(at[PILOTS], inside)] if PILOTS in at and inside else [])


def _of_periods(periods: list[str]) -> list[tuple[int, list[int]]]:
    """Each longer period of a flow and the next shorter ones it is made of."""
    parsed = [parse(p) for p in periods]
    sums = []
    for i, longer in enumerate(parsed):
        inside = [j for j, p in enumerate(parsed) if p.months < longer.months and longer.start <= p.start and p.end <= longer.end]
        most = max((parsed[j].months for j in inside), default=0)
        if inside:
            sums.append((i, [j for j in inside if parsed[j].months == most]))
    return sums


def _of_categories(pairs: Iterable[tuple[str, str]], indicator: Indicator) -> list[tuple[int, list[int]]]:
    """The undivided cell and the categories of each breakdown that add up to it."""
    listed = list(pairs)
    if ("", "") not in listed:
        return []
    whole = listed.index(("", ""))
    adds_up = [b.name for b in indicator.breakdowns if not b.headline and b.of == "category"]
    inside = ([i for i, (split, _) in enumerate(listed) if split == name] for name in adds_up)
    return [(whole, parts) for parts in inside if parts]
