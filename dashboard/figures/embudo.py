"""`embudo`: how many pass each stage of a chain and how many stop at it, in the order of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard import formats, temas
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT, CONTEXT_SOFT, COPPER, INK_2, STRONG, text
from dashboard.figures.request import Params, kind, period, records
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from dashboard.temas.declaration import Funnel
from warehouse.territories import COUNTRY, PILOTS

ROW, TOP, BOTTOM = 58, 8, 12
LEFT, NAME, RIGHT = 148, 20, 64

Row = dict[Any, Any]


@dataclass(frozen=True)
class Stop:
    """A stage: its published row, and how many reach it; None where a stage before it has no figure."""

    row: Row
    reached: float | None

    @property
    def stopped(self) -> float | None:
        return float(self.row["numerador"]) if sentences.is_published(self.row) and self.row["numerador"] is not None else None

    @property
    def passed(self) -> float | None:
        return None if self.reached is None or self.stopped is None else self.reached - self.stopped

    @property
    def share(self) -> float | None:
        """The part of those who reach the stage that stops at it."""
        return None if not self.reached or self.stopped is None else self.stopped / self.reached


@dataclass(frozen=True)
class Descent:
    """What the figure draws: who enters, the stages in order, and who arrived."""

    place: str
    period: str
    entered: float | None
    stops: tuple[Stop, ...]
    arrived: Row | None

    @property
    def largest(self) -> Stop | None:
        return max((s for s in self.stops if s.stopped is not None), key=lambda s: s.stopped or 0.0, default=None)


def funnel(snapshot: Snapshot, params: Params) -> go.Figure:
    """The chain of `params.territorio`; of the country where it has none."""
    declared = temas.funnel_of(params.indicador)
    if declared is None:
        return canvas.empty(t("Este indicador no tiene una cadena en orden.", params.lang))
    return draw_funnel(descent(snapshot, params, declared), snapshot.sheet(params.indicador), declared, params.lang)


def descent(snapshot: Snapshot, params: Params, declared: Funnel) -> Descent:
    """Those who lack something, by the stage they stop at, and those who arrived, of the same territory and period."""
    sheet = snapshot.sheet(params.indicador)
    when, wanted = period(snapshot, sheet, params), kind(sheet, params)
    frame = snapshot.values(sheet.id, kind=wanted, period=when)
    split = [r for r in records(frame) if r["desglose"] == declared.breakdown]
    places = dict.fromkeys((params.territorio or COUNTRY, COUNTRY, PILOTS))
    place = next((p for p in places if any(r["territorio"] == p and sentences.is_published(r) for r in split)), params.territorio or COUNTRY)
    own = {r["categoria"]: r for r in split if r["territorio"] == place}
    arrived = _arrived(snapshot, declared, place, when)
    lacking = next((r["denominador"] for r in own.values() if sentences.is_published(r)), None)
    entered = None if lacking is None else float(lacking) + (float(arrived["numerador"]) if arrived is not None else 0.0)
    stops: list[Stop] = []
    reached = entered
    for code in declared.stages:
        if code in own:
            stops.append(Stop(own[code], reached))
            reached = stops[-1].passed
    return Descent(place, when, entered, tuple(stops), arrived)


def _arrived(snapshot: Snapshot, declared: Funnel, place: str, when: str) -> Row | None:
    if declared.arrival is None or declared.arrival.indicator not in {s.id for s in snapshot.indicators()} or not when:
        return None
    rows = records(snapshot.values(declared.arrival.indicator, period=when, territory=place, category=""))
    return next((r for r in rows if sentences.is_published(r) and r["numerador"] is not None), None)


def height(found: Descent) -> int:
    return TOP + BOTTOM + ROW * (len(found.stops) + 1 + (found.arrived is not None))


def draw_funnel(found: Descent, sheet: Sheet, declared: Funnel, lang: str = "es") -> go.Figure:
    """The figure itself: in each row those who pass, beside them those who stop."""
    if found.entered is None or not found.stops:
        return canvas.empty(t("No hay etapas con dato para este periodo.", lang))
    rows = 1 + len(found.stops) + (found.arrived is not None)
    notes = [*_name(0, declared.start.of(lang), lang), *_number(0, found.entered, lang)]
    for i, stop in enumerate(found.stops, 1):
        notes += _stage(i, stop, found, sheet, lang)
    if found.arrived is not None and declared.arrival is not None:
        notes += [*_name(rows - 1, declared.arrival.name.of(lang), lang), *_number(rows - 1, found.arrived["numerador"], lang)]
    return canvas.sheet(
        [_passed(found, rows, sheet, lang), _stopped(found, sheet, lang)],
        xaxis=canvas.axis(range=[0, found.entered * 1.01], visible=False), yaxis=canvas.axis(range=[rows - 0.4, -0.5], showticklabels=False),
        annotations=notes, barmode="overlay", margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
    )  # fmt: skip


def _passed(found: Descent, rows: int, sheet: Sheet, lang: str) -> dict[str, Any]:
    known = [(i, s) for i, s in enumerate(found.stops, 1) if s.passed is not None]
    y, x = [0, *(i for i, _ in known)], [found.entered, *(s.passed for _, s in known)]
    colors = [CONTEXT, *(CONTEXT for _ in known)]
    told = [formats.number(found.entered, 0, lang), *(wrapped(_hover(s, sheet, lang)) for _, s in known)]
    if found.arrived is not None:
        y, x, colors = [*y, rows - 1], [*x, float(found.arrived["numerador"])], [*colors, STRONG]
        told.append(formats.number(found.arrived["numerador"], 0, lang))
    return {
        "type": "bar", "orientation": "h", "name": "pasan", "y": y, "x": x, "width": 0.46, "offset": -0.38,
        "marker": {"color": colors, "line": {"width": 0}}, "hovertext": told, "hoverinfo": "text",
    }  # fmt: skip


def _stopped(found: Descent, sheet: Sheet, lang: str) -> dict[str, Any]:
    known = [(i, s) for i, s in enumerate(found.stops, 1) if s.passed is not None]
    return {
        "type": "bar", "orientation": "h", "name": "se_detienen", "y": [i for i, _ in known], "x": [s.stopped for _, s in known],
        "base": [s.passed for _, s in known], "width": 0.46, "offset": -0.38, "customdata": [s.row["categoria"] for _, s in known],
        "marker": {"color": [COPPER if s is found.largest else CONTEXT_SOFT for _, s in known], "line": {"width": 0}},
        "hovertext": [wrapped(_hover(s, sheet, lang)) for _, s in known], "hoverinfo": "text",
    }  # fmt: skip


def _hover(stop: Stop, sheet: Sheet, lang: str) -> str:
    return f"{sentences.category_name(sheet, stop.row['categoria'], lang)}: {stopped_words(stop, lang)}. {sentences.cell(stop.row, sheet, lang)}"


def stopped_words(stop: Stop, lang: str) -> str:
    """«4,540 se detienen aquí (37 %)»; the share is of those who reach the stage."""
    if stop.stopped is None:
        return sentences.reason(stop.row, lang)
    n = formats.number(stop.stopped, 0, lang)
    told = t("{n} se detiene aquí", lang).format(n=n) if stop.stopped == 1 else t("{n} se detienen aquí", lang).format(n=n)
    return told if stop.share is None else f"{told} ({formats.share(stop.share, 0, lang)})"


def _stage(place: int, stop: Stop, found: Descent, sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    largest = stop is found.largest
    made = _name(place, sentences.category_name(sheet, stop.row["categoria"], lang), lang, strong=largest)
    if stop.passed is not None:
        made += _number(place, stop.passed, lang)
    color = COPPER if largest else INK_2
    return [
        *made,
        text(
            stopped_words(stop, lang), color=color, bold=largest, size=canvas.TICK, xref="x", x=0, xanchor="left", yref="y", y=place + 0.28,
            yanchor="middle",
        ),
    ]  # fmt: skip


def _name(place: int, name: str, lang: str, *, strong: bool = False) -> list[dict[str, Any]]:
    lines = wrapped(name, NAME).split("<br>")
    shown = "<br>".join(lines if len(lines) < 4 else [*lines[:2], f"{lines[2][: NAME - 1].rstrip()}…"])
    return [text(shown, bold=strong, align="right", xref="paper", x=0, xanchor="right", xshift=-10, yref="y", y=place - 0.15, yanchor="middle")]


def _number(place: int, value: float, lang: str) -> list[dict[str, Any]]:
    return [
        text(
            formats.number(value, 0, lang),
            bold=True,
            xref="paper",
            x=1,
            xanchor="right",
            xshift=RIGHT - 6,
            yref="y",
            y=place - 0.15,
            yanchor="middle",
        )
    ]
