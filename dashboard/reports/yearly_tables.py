"""The tables of a region's yearly evaluation: a theme's indicators in a year and the year before, and what has no value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import formats
from dashboard.figures.request import records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import region_spine, sentences
from dashboard.published import Sheet, Snapshot
from dashboard.reports import cells, rows
from dashboard.reports.blocks import Head
from dashboard.reports.rows import Row
from warehouse.territories import COUNTRY


@dataclass(frozen=True)
class Year:
    """One indicator of a region in a year, in the year before, and the country's in the same year. None where there is no such row."""

    sheet: Sheet
    now: Row | None
    before: Row | None
    country: Row | None

    @property
    def shown(self) -> bool:
        return self.now is not None and sentences.is_published(self.now)


def read(snap: Snapshot, code: str, year: int) -> list[Year]:
    """Every indicator that has a yearly value for anybody in that year or the one before, in the order of areas."""
    together = snap.values_together(kind="anio", territory=[code, COUNTRY], period=[str(year), str(year - 1)], category="")
    found = []
    for id, frame in together.items():
        have = {(r["territorio"], r["periodo"]): rows.shown(r) for r in records(frame)}
        sheet, now, before = snap.sheet(id), have.get((code, str(year))), have.get((code, str(year - 1)))
        if now is None and before is None:
            continue
        told = None if now is None else rows.told(snap, sheet, now)
        found.append(Year(sheet, told, before, have.get((COUNTRY, str(year)))))
    order = [s.id for s in snap.indicators()]
    return sorted(found, key=lambda y: order.index(y.sheet.id))


def heads(year: int, lang: str) -> list[Head]:
    return [
        (t("Indicador", lang), 4.0, False), (str(year - 1), 2.3, True), (str(year), 2.3, True), (t("Casos", lang), 1.1, True),
        (f"{formats.place(COUNTRY, lang)} {year}", 1.5, True), (t("Cambio", lang), 3.2, False), (t("Meta", lang), 3.2, False),
    ]  # fmt: skip


def line(one: Year, lang: str) -> list[Any]:
    """The cells of an indicator: both years with their intervals; the reason where the year has no value."""
    sheet = one.sheet
    name = sheet.text("short_name", lang)
    unit = sheet.unit(lang)
    named = name if formats.is_percentage(unit) else f"{name} ({unit.split(' (', 1)[0]})"
    silent = one.before is None or not sentences.is_published(one.before)
    before = formats.DASH if silent and not one.shown else _year(one.before, sheet, lang, bold=False)
    if one.now is None:
        return [named, before, {"t": t("sin fila de ese año", lang), "f": 5}]
    if not one.shown:
        return [named, before, cells.absent(one.now, sheet, lang, 5)]
    country = cells.country(one.country, sheet, lang)
    return [named, before, _year(one.now, sheet, lang, bold=True), cells.cases(one.now, sheet, lang), country, change(one, lang),
            cells.target(one.now, sheet, lang)]  # fmt: skip


def _year(row: Row | None, sheet: Sheet, lang: str, *, bold: bool) -> Any:
    if row is None:
        return formats.DASH
    if not sentences.is_published(row):
        return sentences.reason(row, lang)
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang)
    return {"t": cells.figure(row, sheet, lang), "b": bold, "n": cells.marks(row), "s": limits}


def change(one: Year, lang: str) -> Any:
    """The change as the publication judged it; that it was not compared, where it was not."""
    row = one.now
    if row is None or is_missing(row["cambio"]):
        return t("sin comparación", lang)
    told = cells.change(row, one.sheet, lang)
    limits = formats.interval(row["cambio_inferior"], row["cambio_superior"], one.sheet.decimals, lang)
    if isinstance(told, dict) and limits:
        told["s"] = t("intervalo {limites}", lang).format(limites=limits)
    return told


def without(years: Sequence[Year], lang: str) -> list[tuple[str, str]]:
    """What has no value that year, together by reason: names, and why."""
    told: dict[str, list[str]] = {}
    for one in years:
        if not one.shown:
            why = sentences.absence(one.now, one.sheet, lang) if one.now is not None else t("sin fila de ese año", lang)
            told.setdefault(why, []).append(one.sheet.text("short_name", lang))
    return [(formats.listing(names, lang), why) for why, names in told.items()]


def firm(years: Sequence[Year], state: str) -> list[Year]:
    """Those whose yearly change the publication calls that."""
    return [y for y in years if y.now is not None and sentences.is_conclusive(y.now) and y.now["cambio_estado"] == state]


def told(one: Year, lang: str) -> str:
    """«Trámites en plazo: 58.8 % → 59.5 %, +0.8 puntos» as a clause."""
    row, sheet = one.now, one.sheet
    if row is None:
        return ""
    words = region_spine.since_words(row["cambio_estado"] or "", lang)
    return f"{sheet.text('short_name', lang)}: {sentences.value(row, sheet, lang)}, {sentences.difference(row, sheet, lang)} ({words})"
