"""The process behaviour chart of one published series, as far as a picture needs it: mean, limits, and which points signal, with the words for it.

Nothing is judged here that the publication does not judge: the same method (`kpis.methods.spc`, Wheeler 2000) over the same published values gives
the same signal at the period shown (`tests/test_dashboard_comparacion.py` holds the two together). Earlier points are read against the limits drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet
from kpis.methods.spc import ENOUGH, LIMIT, RANGE_LIMIT, xmr
from warehouse.periods import parse

Row = dict[Any, Any]

#: intervals of what cannot be below 0 nor above 100 %
_SHARES = ("wilson", "clustered")


@dataclass(frozen=True)
class Process:
    """One series up to the period shown. `rows` are its known points; `signals` stand beside them, "" where there is none."""

    rows: tuple[Row, ...]
    signals: tuple[str, ...]
    mean: float
    lower: float
    upper: float
    #: |change| from the point before, None at the first and after a hole
    ranges: tuple[float | None, ...]
    #: a larger change from one period to the next is no routine
    range_limit: float
    #: the limits end at what the measure can be: 0, or 100 %
    floor: bool
    ceiling: bool
    #: most points are one value: the limits may be drawn, nothing is claimed
    piled: bool

    @property
    def flagged(self) -> list[tuple[Row, str]]:
        return [] if self.piled else [(r, s) for r, s in zip(self.rows, self.signals, strict=True) if s]

    @property
    def restless(self) -> bool:
        """More than a third of the points are marked: the series lives on several levels, and one mean does not describe it."""
        return len(self.flagged) * 3 > len(self.rows)

    @property
    def last(self) -> str:
        """The signal of the last point."""
        return "" if self.piled else self.signals[-1]


def is_cumulative(sheet: Sheet) -> bool:
    """Whether a value grows by construction (what is executed so far this year): such a series is no process around a mean."""
    return bool(sheet.ficha.get("accumulation") == "cumulative")


def process(rows: Sequence[Row], sheet: Sheet, until: str = "") -> Process | None:
    """The chart of a territory's values of one period kind, up to `until`; None where 13 whole points are not reached, or where it says nothing."""
    if is_cumulative(sheet) or not rows or parse(rows[0]["periodo"]).kind == "anio":
        return None
    known = sorted((r for r in rows if sentences.is_published(r) and "serie_incompleta" not in (r["avisos"] or [])), key=lambda r: r["periodo"])
    known = [r for r in known if not until or r["periodo"] <= until]
    if len(known) < ENOUGH:
        return None
    places = _places(known)
    series = np.full(places[-1] + 1, np.nan)
    series[places] = [float(r["valor"]) for r in known]
    chart = xmr(series, direction=sheet.direction)
    half = float(chart.upper[-1] - chart.mean[-1])
    if np.isnan(half) or half <= 0:
        return None
    mean = float(chart.mean[-1])
    ceiling = sheet.ficha["interval"] in _SHARES and mean + half > 100
    floor = mean - half < 0 <= min(float(r["valor"]) for r in known)
    middle = median(float(r["valor"]) for r in known)
    piled = sum(float(r["valor"]) == middle for r in known) * 2 > len(known)
    steps = np.abs(np.diff(series))
    ranges = [None if p == 0 or np.isnan(steps[p - 1]) else float(steps[p - 1]) for p in places]
    return Process(
        tuple(known), tuple(str(chart.signal[p]) for p in places), mean, 0.0 if floor else mean - half, 100.0 if ceiling else mean + half,
        tuple(ranges), RANGE_LIMIT * half / LIMIT, floor, ceiling, piled,
    )  # fmt: skip


def _places(rows: list[Row]) -> list[int]:
    """Where each period stands on a calendar of such periods: one that is missing keeps its place."""
    first = parse(rows[0]["periodo"])
    return [
        ((p := parse(r["periodo"]).start).year - first.start.year) * 12 // first.months + (p.month - first.start.month) // first.months for r in rows
    ]


def signal_words(signal: str, lang: str = "es") -> str:
    """Why a point is marked, in a few words."""
    return {
        "fuera_superior": t("sobre el límite superior", lang),
        "fuera_inferior": t("bajo el límite inferior", lang),
        "tendencia_sube": t("siete puntos seguidos o más en ascenso", lang),
        "tendencia_baja": t("siete puntos seguidos o más en descenso", lang),
        "dos_de_tres_superior": t("dos de tres puntos seguidos cerca del límite superior", lang),
        "dos_de_tres_inferior": t("dos de tres puntos seguidos cerca del límite inferior", lang),
        "siete_arriba": t("siete puntos seguidos o más sobre la media", lang),
        "siete_abajo": t("siete puntos seguidos o más bajo la media", lang),
    }[signal]


def groups(found: Process) -> list[tuple[str, list[Row]]]:
    """Flagged points in stretches of one signal, newest stretch first."""
    stretches: list[tuple[str, list[Row]]] = []
    last = -2
    for i, (row, signal) in enumerate(zip(found.rows, found.signals, strict=True)):
        if not signal or found.piled:
            continue
        if stretches and stretches[-1][0] == signal and last == i - 1:
            stretches[-1][1].append(row)
        else:
            stretches.append((signal, [row]))
        last = i
    return stretches[::-1]


def stretch_words(signal: str, rows: list[Row], sheet: Sheet, lang: str = "es") -> tuple[str, str]:
    """When and why: («jul.–set. 2026», «sobre el límite superior (81.7 %)»)."""
    first, last = formats.period(rows[0]["periodo"], lang), formats.period(rows[-1]["periodo"], lang)
    when = first if len(rows) == 1 else t("de {desde} a {hasta}", lang).format(desde=first, hasta=last)
    told = signal_words(signal, lang)
    if signal.startswith("fuera"):
        values = list(dict.fromkeys(sentences.value(r, sheet, lang) for r in rows))
        told += f" ({formats.listing(values, lang)})" if len(values) <= 3 else ""
    return when, told
