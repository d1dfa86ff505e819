"""`cascada`: where time is lost. Stages in order, each starting where the one before ends; below, the whole by who had the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from dashboard import formats, temas
from dashboard.figures import canvas
from dashboard.figures.bars import wrapped
from dashboard.figures.canvas import CONTEXT, COPPER, COPPER_BAND, INK_2, INK_3, STRONG, line, text
from dashboard.figures.request import Params, kind, period, records
from dashboard.figures.scales import axis_ticks
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from dashboard.temas.declaration import Hand, Waterfall
from warehouse.territories import COUNTRY, PILOTS

ROW, TOP, BOTTOM = 44, 34, 48
LEFT, NAME, RIGHT = 148, 20, 78
#: a bar that ends beyond this part of the axis has its value at its left
_LATE = 0.72

Row = dict[Any, Any]


@dataclass(frozen=True)
class Step:
    """A stage: its published row, who has the case meanwhile, where its bar starts, and what stands beside it."""

    row: Row
    hand: Hand
    start: float
    beside: Row | None = None
    country: Row | None = None

    @property
    def shown(self) -> bool:
        return sentences.is_published(self.row)


@dataclass(frozen=True)
class Chain:
    """What the figure draws: the steps, and the whole by hands."""

    place: str
    period: str
    steps: tuple[Step, ...]
    whole: tuple[tuple[Hand, Row], ...]

    @property
    def largest(self) -> Step | None:
        return max((s for s in self.steps if s.shown), key=lambda s: float(s.row["valor"]), default=None)

    @property
    def hands(self) -> list[tuple[Hand, Row]]:
        return [(h, r) for h, r in self.whole if sentences.is_published(r)]


def cascade(snapshot: Snapshot, params: Params) -> go.Figure:
    """The stages of `params.territorio`; of the country where it has none."""
    sheet, declared = snapshot.sheet(params.indicador), temas.waterfall_of(params.indicador)
    if declared is None:
        return canvas.empty(t("Este indicador no tiene etapas en orden.", params.lang))
    return draw_cascade(chain(snapshot, params, declared), sheet, beside_sheet(snapshot, declared), params.lang)


def beside_sheet(snapshot: Snapshot, declared: Waterfall) -> Sheet | None:
    """The indicator whose values stand beside the stages, where it is published."""
    known = {s.id: s for s in snapshot.indicators()}
    return known.get(declared.beside)


def chain(snapshot: Snapshot, params: Params, declared: Waterfall) -> Chain:
    """The stages with a row, in the declared order, for the territory asked for or the first wider one that has them."""
    sheet = snapshot.sheet(params.indicador)
    when = period(snapshot, sheet, params)
    frame = snapshot.values(sheet.id, kind=kind(sheet, params), period=when)
    split = [r for r in records(frame) if r["desglose"] == declared.breakdown]
    place = next(
        (p for p in dict.fromkeys((params.territorio or COUNTRY, COUNTRY, PILOTS)) if _present(split, p)),
        params.territorio or COUNTRY,
    )
    own, country = ({r["categoria"]: r for r in split if r["territorio"] == p} for p in (place, COUNTRY))
    beside = _beside(snapshot, declared, place, when)
    hands = {h.code: h for h in declared.hands}
    steps: list[Step] = []
    reached = 0.0
    for stage in declared.stages:
        row = own.get(stage.code)
        if row is None:
            continue
        behind = country.get(stage.code) if place != COUNTRY else None
        steps.append(Step(row, hands[stage.hands], reached, beside.get(stage.code), behind))
        reached += float(row["valor"]) if sentences.is_published(row) else 0.0
    whole = {r["categoria"]: r for r in records(frame) if r["desglose"] == declared.total and r["territorio"] == place}
    return Chain(place, when, tuple(steps), tuple((h, whole[h.code]) for h in declared.hands if h.code in whole))


def _present(rows: Iterable[Row], place: str) -> bool:
    return any(r["territorio"] == place and sentences.is_published(r) for r in rows)


def _beside(snapshot: Snapshot, declared: Waterfall, place: str, when: str) -> dict[str, Row]:
    """The values beside the stages, of the same period; none where that one has none."""
    sheet = beside_sheet(snapshot, declared)
    if sheet is None:
        return {}
    frame = snapshot.values(sheet.id, period=when, territory=place) if when else snapshot.values(sheet.id, territory=place).iloc[:0]
    return {r["categoria"]: r for r in records(frame[frame["desglose"] == declared.breakdown])}


def height(found: Chain) -> int:
    return TOP + BOTTOM + ROW * (len(found.steps) + 1)


def color(hand: Hand, place: int = 0) -> str:
    """The office dark, the applicant grey, others in copper; a second other entity lighter."""
    if hand.whose == "own":
        return STRONG
    return CONTEXT if hand.whose == "applicant" else COPPER if place == 0 else COPPER_BAND


def colors(hands: Iterable[Hand]) -> dict[str, str]:
    others = 0
    found = {}
    for hand in hands:
        found[hand.code] = color(hand, others)
        others += hand.whose == "other"
    return found


def draw_cascade(found: Chain, sheet: Sheet, beside: Sheet | None = None, lang: str = "es") -> go.Figure:
    """The figure itself."""
    if found.largest is None:
        return canvas.empty(t("No hay etapas con dato para este periodo.", lang))
    look = colors([h for h, _ in found.whole] or [s.hand for s in found.steps])
    look |= {s.hand.code: color(s.hand) for s in found.steps if s.hand.code not in look}
    top = max([s.start + float(s.row["valor"]) for s in found.steps if s.shown] + [sum(float(r["valor"]) for _, r in found.hands)])
    rows = len(found.steps)
    with_beside = beside is not None and any(s.beside is not None for s in found.steps)
    notes = [n for i, s in enumerate(found.steps) for n in _labels(i, s, found, sheet, top, lang)]
    if beside is not None and with_beside:
        notes += _column(found.steps, beside, lang)
    boxes, told = _total_words(rows, found, look, sheet, lang)
    return canvas.sheet(
        [_bars(found.steps, look, sheet, lang), _behind(found.steps, sheet, lang), *_total(rows, found, look, sheet, lang)],
        xaxis=canvas.axis(range=[0, top * 1.01], side="top", showgrid=True, **axis_ticks(0, top, sheet, lang, most=2)),
        yaxis=canvas.axis(range=[rows + 0.55, -0.6], showticklabels=False),
        annotations=[*notes, *told], shapes=[*_joints(found.steps), *boxes], barmode="overlay",
        margin={"l": LEFT, "r": RIGHT if with_beside else 16, "t": TOP, "b": BOTTOM},
    )  # fmt: skip


def _bars(steps: tuple[Step, ...], look: dict[str, str], sheet: Sheet, lang: str) -> dict[str, Any]:
    shown = [(i, s) for i, s in enumerate(steps) if s.shown]
    return {
        "type": "bar", "orientation": "h", "name": "etapas", "y": [i for i, _ in shown], "x": [s.row["valor"] for _, s in shown],
        "base": [s.start for _, s in shown], "width": 0.5, "offset": -0.3, "customdata": [s.row["categoria"] for _, s in shown],
        "marker": {"color": [look[s.hand.code] for _, s in shown], "line": {"width": 0}},
        "hovertext": [wrapped(_hover(s, sheet, lang)) for _, s in shown], "hoverinfo": "text",
    }  # fmt: skip


def _hover(step: Step, sheet: Sheet, lang: str) -> str:
    told = f"{sentences.category_name(sheet, step.row['categoria'], lang)} ({step.hand.name.of(lang)}): {sentences.cell(step.row, sheet, lang)}"
    if step.country is not None and sentences.is_published(step.country):
        told += " " + t("En el país, {valor}.", lang).format(valor=sentences.value(step.country, sheet, lang))
    return told


def _behind(steps: tuple[Step, ...], sheet: Sheet, lang: str) -> dict[str, Any]:
    """The country's share of each stage, thin and grey under the territory's."""
    told = [(i, s, s.country) for i, s in enumerate(steps) if s.country is not None and sentences.is_published(s.country)]
    return {
        "type": "bar", "orientation": "h", "name": "pais", "y": [i for i, _, _ in told], "x": [c["valor"] for _, _, c in told],
        "base": [s.start for _, s, _ in told], "width": 0.12, "offset": 0.25, "marker": {"color": CONTEXT, "line": {"width": 0}},
        "hovertext": [wrapped(sentences.cell(c, sheet, lang)) for _, _, c in told], "hoverinfo": "text",
    }  # fmt: skip


def _joints(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    """Thin lines from the end of each bar to the start of the next."""
    shown = [(i, s) for i, s in enumerate(steps) if s.shown]
    return [
        line(xref="x", yref="y", x0=s.start + s.row["valor"], x1=s.start + s.row["valor"], y0=i + 0.2, y1=after - 0.3, color=INK_3, width=1)
        for (i, s), (after, _) in pairwise(shown)
    ]


def _labels(place: int, step: Step, found: Chain, sheet: Sheet, top: float, lang: str) -> list[dict[str, Any]]:
    """The stage's name with who else has the case, and its value at the bar's end, or the reason where there is none."""
    lines = wrapped(sentences.category_name(sheet, step.row["categoria"], lang), NAME).split("<br>")
    largest = found.largest is not None and step.row["categoria"] == found.largest.row["categoria"]
    name = "<br>".join([lines[0], *([f"{lines[1][: NAME - 1]}…" if len(lines) > 2 else lines[1]] if len(lines) > 1 else [])])
    whose = "" if step.hand.whose == "own" else f"<br><span style='font-size:12px;color:{INK_2}'>{step.hand.name.of(lang)}</span>"
    at: dict[str, Any] = {"yref": "y", "y": place, "yanchor": "middle"}
    shown = f"<b>{name}</b>{whose}" if largest else f"{name}{whose}"
    made = [text(shown, align="right", xref="paper", x=0, xanchor="right", xshift=-10, **at)]
    if not step.shown:
        return [*made, text(sentences.reason(step.row, lang), color=INK_2, xref="x", x=step.start, xanchor="left", xshift=6, **at)]
    value, end = sentences.value(step.row, sheet, lang), step.start + float(step.row["valor"])
    late = end > top * _LATE and step.start > top * 0.3
    where: dict[str, Any] = {"x": step.start, "xanchor": "right", "xshift": -6} if late else {"x": end, "xanchor": "left", "xshift": 6}
    return [*made, text(value, bold=largest, xref="x", yref="y", y=place - 0.05, yanchor="middle", **where)]


def _column(steps: tuple[Step, ...], beside: Sheet, lang: str) -> list[dict[str, Any]]:
    """The other indicator's values at the right, under their heading."""
    edge: dict[str, Any] = {"xref": "paper", "x": 1, "xanchor": "right", "xshift": RIGHT - 8}
    made = [text(_short(beside, lang), color=INK_2, size=canvas.TICK, yref="paper", y=1, yanchor="bottom", yshift=4, **edge)]
    for i, s in enumerate(steps):
        if s.beside is None:
            continue
        told = formats.number(s.beside["valor"], beside.decimals, lang) if sentences.is_published(s.beside) else formats.DASH
        made.append(text(told, color=INK_2, yref="y", y=i - 0.05, yanchor="middle", **edge))
    return made


def _short(beside: Sheet, lang: str) -> str:
    return t("mediana", lang) if beside.ficha["form"] in ("quantile", "survival") else beside.unit(lang)


def _total(place: int, found: Chain, look: dict[str, str], sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    """The whole as one bar, a part for each hand."""
    starts, reached = [], 0.0
    for _, row in found.hands:
        starts.append(reached)
        reached += float(row["valor"])
    return [{
        "type": "bar", "orientation": "h", "name": "total", "y": [place] * len(starts), "x": [r["valor"] for _, r in found.hands], "base": starts,
        "width": 0.5, "offset": -0.25, "customdata": [h.code for h, _ in found.hands],
        "marker": {"color": [look[h.code] for h, _ in found.hands], "line": {"width": 1, "color": canvas.PAPER}},
        "hovertext": [wrapped(f"{h.name.of(lang)}: {sentences.cell(r, sheet, lang)}") for h, r in found.hands], "hoverinfo": "text",
    }]  # fmt: skip


def _total_words(place: int, found: Chain, look: dict[str, str], sheet: Sheet, lang: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """«Total» at the left, and under the bar what each colour is and how much it takes: squares, and words, two to a line."""
    if not found.hands:
        return [], []
    total = text(t("Total", lang), bold=True, xref="paper", x=0, xanchor="right", xshift=-10, yref="y", y=place, yanchor="middle")
    told = [(look[h.code], f"{h.name.of(lang)} <b>{sentences.value(r, sheet, lang)}</b>") for h, r in found.hands]
    boxes, words = canvas.key(told, 2, shift=8 - LEFT, drop=-8)
    return boxes, [total, *words]
