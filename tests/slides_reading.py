"""Reading a deck back as a program would: charts with their workbook, texts with the room they take, what leaves the slide."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from dashboard.slides import measure

EMU = 12700
#: what rounding of points may add
SLACK = 1.5


@dataclass(frozen=True)
class Chart:
    """A chart of a slide: its series as the file shows them, and the rows of its workbook by head."""

    slide: int
    name: str
    series: dict[str, list[float | None]]
    categories: list[str]
    rows: list[dict[str, Any]]


def opened(body: bytes) -> Any:
    return Presentation(io.BytesIO(body))


def charts(deck: Any) -> Iterator[Chart]:
    for i, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            plot = shape.chart.plots[0]
            book = openpyxl.load_workbook(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob), data_only=True)
            heads, *rows = [[c.value for c in row] for row in book["Datos"].iter_rows()]
            yield Chart(
                i,
                shape.name,
                {s.name: list(s.values) for s in plot.series},
                list(plot.categories),
                [dict(zip(["nombre", *heads[1:]], r, strict=True)) for r in rows],
            )


def numbers(body: bytes) -> set[float]:
    """Every number of every workbook."""
    found: set[float] = set()
    for slide in opened(body).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                book = openpyxl.load_workbook(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob), data_only=True)
                found |= {float(c.value) for s in book for row in s.iter_rows() for c in row if isinstance(c.value, int | float)}
    return found


def texts(slide: Any) -> str:
    told = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
    told += [c.text for s in slide.shapes if s.has_table for row in s.table.rows for c in row.cells]
    return "\n".join(told)


def outside(deck: Any) -> list[str]:
    """Shapes that leave the slide."""
    wide, tall = deck.slide_width, deck.slide_height
    return [
        f"{i}: {s.name}" for i, slide in enumerate(deck.slides, start=1) for s in slide.shapes
        if s.left < 0 or s.top < 0 or s.left + s.width > wide + EMU or s.top + s.height > tall + EMU
    ]  # fmt: skip


def overflowing(deck: Any) -> list[str]:
    """Texts that take more room than their box or cell has, by a measure wider than the letters."""
    found = []
    for i, slide in enumerate(deck.slides, start=1):
        for s in slide.shapes:
            if s.has_table:
                found += [f"{i}: {s.name}: {told}" for told in _cells(s.table)]
            elif s.has_text_frame and s.text_frame.text.strip():
                frame = s.text_frame
                w = (s.width - frame.margin_left - frame.margin_right) / EMU
                tall = sum(_paragraph(p, w) for p in frame.paragraphs) + sum((p.space_after or 0) / EMU for p in frame.paragraphs)
                if tall > s.height / EMU + SLACK:
                    found.append(f"{i}: {s.name}: {frame.text[:60]} ({tall:.0f} > {s.height / EMU:.0f})")
    return found


def _paragraph(p: Any, room: float) -> float:
    """The height of a paragraph, broken as its runs are: bold words are wider."""
    runs = p.runs
    if not runs:
        return 0.0
    size = max(r.font.size for r in runs) / EMU
    lines, used, word = 1, 0.0, 0.0
    for r in runs:
        for c in r.text:
            w = measure.width(c, size, bold=bool(r.font.bold))
            if c == " ":
                used, word = used + word + w, 0.0
                continue
            word += w
            if used + word > room:
                lines += 1
                used, word = (0.0, word) if used else (0.0, w)
    return lines * size * measure.LEADING


def _cells(table: Any) -> Iterator[str]:
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            w = (column.width - cell.margin_left - cell.margin_right) / EMU
            tall = sum(_paragraph(p, w) for p in cell.text_frame.paragraphs) + (cell.margin_top + cell.margin_bottom) / EMU
            if tall > row.height / EMU + SLACK:
                yield f"{cell.text[:40]} ({tall:.0f} > {row.height / EMU:.0f})"


def sizes(slide: Any) -> Iterator[tuple[str, float]]:
    """(shape, size of its letters) of every text."""
    for s in slide.shapes:
        frames = [s.text_frame] if s.has_text_frame else [c.text_frame for r in s.table.rows for c in r.cells] if s.has_table else []
        for frame in frames:
            for p in frame.paragraphs:
                for r in p.runs:
                    yield s.name, (r.font.size or 0) / EMU


def freeforms(slide: Any) -> list[Any]:
    return [s for s in slide.shapes if s.shape_type == MSO_SHAPE_TYPE.FREEFORM]


def described(shape: Any) -> str:
    return str(next(e for e in shape._element.iter() if e.tag.endswith("}cNvPr")).get("descr") or "")
