"""Small line charts as native drawings of a document: points between 0 and 1 on both axes, ticks as texts, and the chart told in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard import formats
from dashboard.figures.request import is_comparable_with_country, newest, records
from dashboard.figures.scales import axis_ticks
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from dashboard.reports import cells
from dashboard.reports.rows import shown
from warehouse.territories import COUNTRY

#: periods in a chart of a region, and how far apart the names at the lines' ends are set
LAST, APART = 12, 0.12


@dataclass(frozen=True)
class Line:
    """One line: its name, its look (piloto, grupo, resto) and its value in each period, None where there is none."""

    name: str
    look: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """What a chart is made of. `band`: lower and upper limit in each period, None where there is none; `cut`: a dashed line before this period."""

    title: str
    subtitle: str
    periods: Sequence[str]
    lines: Sequence[Line]
    band: Sequence[tuple[float, float] | None] = field(default_factory=tuple)
    cut: int | None = None


def drawn(chart: Chart, sheet: Sheet, lang: str) -> dict[str, Any]:
    """What `serie` of the templates draws."""
    known = [v for line in chart.lines for v in line.values if v is not None] + [x for b in chart.band if b for x in b]
    low, high = min(known), max(known)
    room = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    low, high = (low if low >= 0 and low - room < 0 else low - room), high + room
    across = max(len(chart.periods) - 1, 1)

    def up(value: float) -> float:
        return round((value - low) / (high - low), 4)

    ticks = axis_ticks(low, high, sheet, lang, most=4)
    told = [(up(v), text) for v, text in zip(ticks["tickvals"], ticks["ticktext"], strict=True) if low <= v <= high]
    return {
        "titulo": chart.title, "subtitulo": chart.subtitle, "alt": _words(chart, sheet, lang),
        "lineas": _named([_line(line, across, up) for line in chart.lines if any(v is not None for v in line.values)]),
        "bandas": _bands(chart.band, across, up), "marcas_y": told,
        "marcas_x": [(i / across, formats.period(chart.periods[i], lang)) for i in sorted({0, len(chart.periods) - 1})],
        "corte": None if chart.cut is None else (chart.cut - 0.5) / across,
    }  # fmt: skip


def _line(line: Line, across: int, up: Any) -> dict[str, Any]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(line.values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((round(i / across, 4), up(value)))
    kept = [p for p in pieces if p]
    return {"nombre": line.name, "trazo": line.look, "tramos": kept, "rotulo_y": kept[-1][-1][1]}


def _named(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names at the lines' ends moved apart, lowest first, so that none stands on another."""
    floor = -1.0
    for line in sorted(lines, key=lambda x: x["rotulo_y"]):
        line["rotulo_y"] = floor = max(line["rotulo_y"], floor + APART)
    return lines


def _bands(band: Sequence[tuple[float, float] | None], across: int, up: Any) -> list[list[tuple[float, float]]]:
    """Each stretch of the band as a polygon: there along the lower limit, back along the upper one."""
    found: list[list[tuple[float, float]]] = []
    stretch: list[tuple[int, tuple[float, float]]] = []
    for i, limits in enumerate([*band, None]):
        if limits is not None:
            stretch.append((i, limits))
            continue
        if len(stretch) > 1:
            found.append([(j / across, up(b[0])) for j, b in stretch] + [(j / across, up(b[1])) for j, b in reversed(stretch)])
        stretch = []
    return found


def _words(chart: Chart, sheet: Sheet, lang: str) -> str:
    told = []
    for line in chart.lines:
        known = [(p, v) for p, v in zip(chart.periods, line.values, strict=True) if v is not None]
        if known:
            first, last = (f"{cells.figure({'valor': v}, sheet, lang)} ({formats.period(p, lang)})" for p, v in (known[0], known[-1]))
            told.append(t("{nombre}: de {desde} a {hasta}", lang).format(nombre=line.name, desde=first, hasta=last))
    return f"{chart.title}. {chart.subtitle}. {'; '.join(told)}."


def of_region(snap: Snapshot, sheet: Sheet, code: str, lang: str) -> dict[str, Any] | None:
    """The last periods of a region with its intervals, and the country where it may be held against it.

    None where fewer than three have a value, and for what adds up along the year, whose line falls every January.
    """
    if sheet.ficha.get("accumulation") == "cumulative":
        return None
    frame = snap.values(sheet.id, kind=sheet.main_period, territory=[code, COUNTRY], category="")
    found = {(r["territorio"], r["periodo"]): shown(r) for r in records(frame[frame["periodo"] <= newest(snap, sheet)])}
    periods = sorted({p for place, p in found if place == code})[-LAST:]
    own = [_whole(found.get((code, p))) for p in periods]
    if sum(r is not None for r in own) < 3:
        return None
    band = [
        None if r is None or formats.is_missing(r["inferior"]) or formats.is_missing(r["superior"]) else (r["inferior"], r["superior"]) for r in own
    ]
    lines = [Line(formats.place(code, lang), "piloto", [None if r is None else float(r["valor"]) for r in own])]
    if is_comparable_with_country(sheet):
        country = [_whole(found.get((COUNTRY, p))) for p in periods]
        lines.append(Line(formats.place(COUNTRY, lang), "resto", [None if r is None else float(r["valor"]) for r in country]))
    about = sheet.unit(lang) if not any(b for b in band) else t("{unidad}; banda: intervalo de 95 %", lang).format(unidad=sheet.unit(lang))
    return drawn(Chart(sheet.text("short_name", lang), about, periods, lines, band), sheet, lang)


def _whole(row: dict[Any, Any] | None) -> dict[Any, Any] | None:
    """The row where it has a value of a whole period."""
    return row if row is not None and sentences.is_published(row) and "serie_incompleta" not in (row["avisos"] or []) else None
