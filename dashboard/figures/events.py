"""Dates at which a series stops meaning the same: norms and breaks, drawn as thin lines with a short label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.language import t
from dashboard.published import Sheet


@dataclass(frozen=True)
class Event:
    """A day or a span within a series."""

    start: date
    label: str
    areas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    #: the break concerns only this breakdown; the undivided series is unaffected
    breakdown: str = ""
    end: date | None = None


EVENTS = (
    # DS 009-2025-EM: formalisation passed to MINEM; registers before and after are not the same authority's.
    Event(date(2025, 5, 18), "DS 009-2025-EM", areas=("FOR", "PRO")),
    # MINEM's files of these years label most small producers as general regime; totals by metal are unaffected.
    Event(date(2012, 1, 1), "estrato no comparable", tables=("produccion_metalica",), breakdown="estrato", end=date(2017, 12, 31)),
)


def events_of(sheet: Sheet, category: str = "") -> list[Event]:
    """The events that concern an indicator's series, undivided where `category` is empty."""
    divisions = {str(b["name"]) for b in sheet.breakdowns}
    found = []
    for event in EVENTS:
        if event.areas and sheet.area not in event.areas:
            continue
        if event.tables and not set(event.tables) & set(sheet.tablas):
            continue
        if event.breakdown and not (category and event.breakdown in divisions):
            continue
        found.append(event)
    return found


def label(event: Event, lang: str = "es") -> str:
    """The event's words in `lang`; a norm's name is the same in both."""
    return {"estrato no comparable": t("estrato no comparable", lang)}.get(event.label, event.label)
