"""Native tables: as large as they fit, on more slides where they do not; rows are as tall as their words, so nothing grows over the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from dashboard.slides import look, measure
from dashboard.slides.look import Box
from dashboard.slides.page import Page, Paragraph, alt, plain, runs, write_run

_PAD_X, _PAD_Y = 6.0, 4.0


@dataclass(frozen=True)
class Table:
    """Heads, rows of paragraphs, and the part of the width of each column. `numeric`: columns set to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Paragraph, ...], ...]
    parts: tuple[float, ...]
    numeric: tuple[int, ...] = ()

    def widths(self, room: float) -> list[float]:
        whole = sum(self.parts)
        return [room * p / whole for p in self.parts]

    def tall(self, cells: Sequence[Paragraph], size: float, room: float, *, bold: bool = False) -> float:
        """The height of a row."""
        widths = self.widths(room)
        inner = [
            measure.height([plain(c)], size, w - 2 * _PAD_X, bold=bold or any(r.bold for r in runs(c))) for c, w in zip(cells, widths, strict=True)
        ]
        return max(inner) + 2 * _PAD_Y


def pages(table: Table, room: float, most: float, sizes: Sequence[float] = look.SIZES) -> tuple[float, list[Table]]:
    """The size and the tables, one for each slide: one slide at the largest size that fits, else several at the last size."""
    for size in sizes:
        if _height(table, size, room) <= most and not _breaks(table, size, room):
            return size, [table]
    size = sizes[-1]
    found = _split(table, size, room, most, len(table.rows))
    even = -(-len(table.rows) // len(found))  # no slide of one row after a full one
    fair = _split(table, size, room, most, even)
    return size, [Table(table.heads, tuple(r), table.parts, table.numeric) for r in (fair if len(fair) == len(found) else found)]


def _split(table: Table, size: float, room: float, most: float, rows: int) -> list[list[tuple[Paragraph, ...]]]:
    """Rows by slide: as many as fit, and no more than `rows`."""
    head = table.tall(table.heads, size, room, bold=True)
    found: list[list[tuple[Paragraph, ...]]] = [[]]
    used = head
    for row in table.rows:
        h = table.tall(row, size, room)
        if found[-1] and (used + h > most or len(found[-1]) == rows):
            found.append([])
            used = head
        found[-1].append(row)
        used += h
    return found


def _breaks(table: Table, size: float, room: float) -> bool:
    """Whether a word would be broken inside its column."""
    widths = [w - 2 * _PAD_X for w in table.widths(room)]
    return any(
        measure.breaks_words(plain(c), size, w, bold=i == 0 or any(r.bold for r in runs(c)))
        for i, row in enumerate([table.heads, *table.rows]) for c, w in zip(row, widths, strict=True)
    )  # fmt: skip


def _height(table: Table, size: float, room: float) -> float:
    return table.tall(table.heads, size, room, bold=True) + sum(table.tall(r, size, room) for r in table.rows)


def draw(page: Page, table: Table, box: Box, size: float, name: str, told: str, *, spread: bool = False) -> float:
    """The table in its box; gives where it ends. `spread`: rows take what room is left, up to half as much again."""
    rows = [table.heads, *table.rows]
    tall = [table.tall(r, size, box.w, bold=i == 0) for i, r in enumerate(rows)]
    more = min(0.5 * size, (box.h - sum(tall)) / len(rows)) if spread else 0.0
    tall = [h + max(0.0, more) for h in tall]
    frame = page.slide.shapes.add_table(len(rows), len(table.heads), *page.place(Box(box.x, box.y, box.w, sum(tall))))
    frame.name = name
    alt(frame, told)
    made = frame.table
    made.first_row, made.horz_banding = True, False
    style = frame._element.find(f".//{qn('a:tableStyleId')}")
    style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # none: lines and colours are ours
    for i, w in enumerate(table.widths(box.w)):
        made.columns[i].width = Pt(w)
    for i, (row, h) in enumerate(zip(rows, tall, strict=True)):
        made.rows[i].height = Pt(h)
        for j, paragraph in enumerate(row):
            _cell(made.cell(i, j), paragraph, size, head=i == 0, right=j in table.numeric)
    return box.y + sum(tall)


def _cell(cell: Any, paragraph: Paragraph, size: float, *, head: bool, right: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(_PAD_X)
    cell.margin_top = cell.margin_bottom = Pt(_PAD_Y)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    p = cell.text_frame.paragraphs[0]
    p.alignment, p.line_spacing = (PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT), 1.0
    for run in runs(paragraph):
        write_run(p, run if not head else type(run)(run.text, True, look.INK), size)
    if not runs(paragraph) or not plain(paragraph):
        p.font.size = Pt(size)
    _lined(cell, look.INK if head else look.LINE, 1.5 if head else 0.75)


def _lined(cell: Any, color: str, width: float) -> None:
    """No fill, a line below."""
    properties = cell._tc.get_or_add_tcPr()
    for side in ("a:lnL", "a:lnR", "a:lnT"):
        none = properties.makeelement(qn(side), {"w": "0"})
        none.append(none.makeelement(qn("a:noFill"), {}))
        properties.append(none)
    line = properties.makeelement(qn("a:lnB"), {"w": str(Pt(width))})
    fill = line.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": color}))
    line.append(fill)
    properties.append(line)
    properties.append(properties.makeelement(qn("a:noFill"), {}))
