"""What a theme page looks at: a publication, a territory, a last period. Each indicator is read at its own newest period up to that one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.figures.request import Params, newest, records
from dashboard.language import t
from dashboard.narrative import parts, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.errors import SiegemError
from warehouse.periods import parse
from warehouse.states import PUBLISHED
from warehouse.territories import COUNTRY, PILOTS

Row = dict[Any, Any]


@dataclass(frozen=True)
class View:
    """`until` is a period code of any kind, "" for the newest of each indicator."""

    snap: Snapshot
    place: str = COUNTRY
    until: str = ""
    lang: str = "es"

    @property
    def region(self) -> str:
        """The territory where it is not the country, for addresses."""
        return "" if self.place == COUNTRY else self.place

    def sheet(self, indicator: str) -> Sheet | None:
        """The indicator, None where this publication has none of that id."""
        known: dict[str, Sheet] = {s.id: s for s in self.snap.indicators()}
        return known.get(indicator)

    def period(self, sheet: Sheet) -> str:
        """The newest whole period up to `until`; "" where the indicator has none so early."""
        last = newest(self.snap, sheet)
        if not self.until or not last:
            return last
        end = parse(self.until).end
        early = [p for p in self.snap.periods(sheet.id) if p <= last and parse(p).end <= end]
        return max(early, default="")

    def params(self, sheet: Sheet, category: str = "", period: str = "") -> Params:
        return Params(sheet.id, self.region, period or self.period(sheet), sheet.main_period, category, self.lang)

    def frame(self, sheet: Sheet, period: str = "") -> pd.DataFrame:
        """The undivided values of every territory at the indicator's period."""
        when = period or self.period(sheet)
        found = self.snap.values(sheet.id, kind=sheet.main_period, category="")
        return found[found["periodo"] == when]

    def row(self, sheet: Sheet) -> Row | None:
        return parts.row_of(self.frame(sheet), self.place)

    def country(self, sheet: Sheet) -> Row | None:
        """The country's row beside a region's, where it has a value."""
        row = parts.row_of(self.frame(sheet), COUNTRY) if self.region else None
        return row if row is not None and sentences.is_published(row) else None

    def last_known(self, sheet: Sheet) -> Row | None:
        """The territory's newest published undivided value up to the indicator's period."""
        found = self.snap.values(sheet.id, kind=sheet.main_period, territory=self.place, category="")
        rows = records(found[(found["estado"] == PUBLISHED) & (found["periodo"] <= self.period(sheet))])
        return max(rows, key=lambda r: str(r["periodo"]), default=None)

    def divided(self, sheet: Sheet, breakdown: str = "") -> tuple[str, str]:
        """(period, note): the newest period in which the territory's categories have a value, and what to say where it is an older one.

        Formalisation has no regional figure since its competence changed hands: a region's page shows the last one it had.
        """
        now = self.period(sheet)
        here = self._categories(sheet, breakdown, period=now)["estado"]
        if not now or (here == PUBLISHED).any():
            return now, ""
        rows = self._categories(sheet, breakdown)
        known = sorted(rows.loc[(rows["estado"] == PUBLISHED) & (rows["periodo"] <= now), "periodo"].unique())
        if not known:
            return now, ""
        why = sentences.reason({"estado": here.iloc[0], "n": None}, self.lang) if len(here) else t("sin dato", self.lang)
        told = t("{lugar} no tiene valor en {periodo} ({razon}): se muestra el último que tuvo, {ultimo}.", self.lang)
        return str(known[-1]), told.format(
            lugar=formats.place(self.place, self.lang), periodo=formats.period(now, self.lang), razon=why, ultimo=formats.period(known[-1], self.lang)
        )

    def _categories(self, sheet: Sheet, breakdown: str, period: str | None = None) -> pd.DataFrame:
        """The territory's categories. One period is kept by the snapshot and read by the figures too; every period is many rows."""
        rows = self.snap.values(sheet.id, kind=sheet.main_period, territory=self.place, period=period)
        rows = rows[rows["categoria"] != ""]
        return rows[rows["desglose"] == breakdown] if breakdown else rows

    def compared(self, sheet: Sheet) -> tuple[str, str]:
        """(period, note): the newest period in which some region has a value, and what to say where it is an older one."""
        now = self.period(sheet)
        found = self.snap.values(sheet.id, kind=sheet.main_period, category="")
        rows = found[(found["nivel"] == "region") & (found["estado"] == PUBLISHED) & (found["periodo"] <= now)]
        last = str(rows["periodo"].max()) if len(rows) else now
        if last == now:
            return now, ""
        told = t("Ninguna región tiene valor en {periodo}: se muestra el último periodo que lo tuvo, {ultimo}.", self.lang)
        return last, told.format(periodo=formats.period(now, self.lang), ultimo=formats.period(last, self.lang))

    def at(self, period: str) -> View:
        """The same view up to an earlier period."""
        return replace(self, until=period)


def view(snap: Snapshot, region: str, until: str, lang: str) -> View:
    """From what an address says; what it says wrongly counts as not said."""
    place = PILOTS if region == PILOTS else parts.known_region(region) or COUNTRY
    try:
        parse(until)
    except (SiegemError, ValueError):
        until = ""
    return View(snap, place, until, lang)
