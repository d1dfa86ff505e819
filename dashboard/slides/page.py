"""One slide being made: the title in its placeholder, texts that are measured before they are placed, words for who does not see it, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Length, Pt

from dashboard.slides import look, measure
from dashboard.slides.look import Box

_ALIGN = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}
_ANCHOR = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
_HIGHLIGHTED = 2.0


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look."""

    text: str
    bold: bool = False
    color: str = look.INK


#: a paragraph: a text, or stretches of different looks
Paragraph = str | Sequence[Run]


def rgb(color: str) -> RGBColor:
    return RGBColor.from_string(color)


def runs(paragraph: Paragraph) -> list[Run]:
    return [Run(paragraph)] if isinstance(paragraph, str) else list(paragraph)


def plain(paragraph: Paragraph) -> str:
    return "".join(r.text for r in runs(paragraph))


class Page:
    """A slide of a presentation. Shapes are read aloud in the order they are made."""

    def __init__(self, deck: Any, lang: str) -> None:
        self.slide = deck.slides.add_slide(deck.slide_layouts[0])
        self.lang = lang
        self.tag = "en-US" if lang == "en" else "es-PE"

    def title(self, text: str, sizes: Sequence[float] = (28, 26, 24, 22, 20), most: float = 84.0) -> float:
        """The finding, in the slide's title; gives where it ends."""
        w = look.RIGHT - look.LEFT
        size = measure.fitted([text], sizes, w, most, bold=True)
        text = measure.cut(text, size, w, max(1, int(most / size / measure.LEADING)), bold=True)
        shape = self.slide.shapes.title
        box = Box(look.LEFT, look.TITLE_TOP, w, measure.height([text], size, w, bold=True))
        self._write(shape, box, [[Run(text, bold=True)]], size, "left", "top", 0.0)
        return box.bottom

    def text(
        self, name: str, box: Box, paragraphs: Sequence[Paragraph], size: float, *, align: str = "left", anchor: str = "top", gap: float = 0.0,
        fill: str = "", outline: str = "",
    ) -> Any:  # fmt: skip
        """A box of text that keeps its size; who places it has measured that the text fits."""
        shape = self.slide.shapes.add_textbox(*self.place(box))
        shape.name = name
        if fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = rgb(fill)
        if outline:
            shape.line.color.rgb = rgb(outline)
            shape.line.width = Pt(1)
        self._write(shape, box, paragraphs, size, align, anchor, gap, inset=4.0 if fill or outline else 0.0)
        return shape

    def fitted(
        self, name: str, box: Box, paragraphs: Sequence[Paragraph], sizes: Sequence[float] = look.SIZES, *, gap: float = 0.0, anchor: str = "top"
    ) -> float:
        """Text at the first size that fits; paragraphs that do not fit at the last one are cut. Gives where it ends."""
        told = [plain(p) for p in paragraphs]
        bold = any(r.bold for p in paragraphs for r in runs(p))
        size = measure.fitted(told, sizes, box.w, box.h, bold=bold, gap=gap)
        shown = list(paragraphs)
        while len(shown) > 1 and measure.height([plain(p) for p in shown], size, box.w, bold=bold, gap=gap) > box.h:
            shown[-2:] = [[Run(measure.cut(plain(shown[-2]) + " …", size, box.w, 1, bold=bold))]]
        if measure.height([plain(p) for p in shown], size, box.w, bold=bold, gap=gap) > box.h:
            shown = [measure.cut(plain(shown[0]), size, box.w, max(1, int(box.h / size / measure.LEADING)), bold=bold)]
        tall = measure.height([plain(p) for p in shown], size, box.w, bold=bold, gap=gap)
        kept = box if anchor != "top" else Box(box.x, box.y, box.w, min(box.h, tall))
        self.text(name, kept, shown, size, gap=gap, anchor=anchor)
        return box.y + tall

    def _write(
        self, shape: Any, box: Box, paragraphs: Sequence[Paragraph], size: float, align: str, anchor: str, gap: float, inset: float = 0.0
    ) -> None:
        shape.left, shape.top, shape.width, shape.height = self.place(box)
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = Pt(inset)
        frame.margin_top = frame.margin_bottom = Pt(0)
        frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, _ANCHOR[anchor]
        for i, paragraph in enumerate(paragraphs):
            p = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            p.alignment, p.space_before, p.space_after = _ALIGN[align], Pt(0), Pt(gap if i + 1 < len(paragraphs) else 0)
            p.line_spacing = 1.0
            for run in runs(paragraph):
                write_run(p, run, size)

    def rectangle(self, name: str, box: Box, *, fill: str = "", outline: str = look.LINE, hatch: Any = None, oval: bool = False) -> Any:
        shape = self.slide.shapes.add_shape(MSO_SHAPE.OVAL if oval else MSO_SHAPE.RECTANGLE, *self.place(box))
        shape.name = name
        paint(shape, fill, outline, hatch)
        return shape

    def rule(self, y: float) -> None:
        """A thin line from margin to margin; decoration."""
        shape = self.slide.shapes.add_connector(1, Pt(look.LEFT), Pt(y), Pt(look.RIGHT), Pt(y))
        shape.name = "Línea"
        shape.line.color.rgb = rgb(look.LINE)
        shape.line.width = Pt(0.75)
        _plain(shape)

    def place(self, box: Box) -> tuple[Length, Length, Length, Length]:
        return Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h)

    def notes(self, blocks: Sequence[tuple[str, Sequence[str]]]) -> None:
        """What the presenter says and knows."""
        frame = self.slide.notes_slide.notes_text_frame
        frame.text = "\n\n".join("\n".join([head.upper(), *told]) for head, told in blocks if told)


def write_run(p: Any, run: Run, size: float) -> None:
    r = p.add_run()
    r.text = run.text
    r.font.size, r.font.bold, r.font.name = Pt(size), run.bold, look.FONT
    r.font.color.rgb = rgb(run.color)


def paint(shape: Any, fill: str, outline: str, hatch: Any = None) -> None:
    """A flat fill, or the hatch of an absence on paper; a thin outline."""
    if hatch is not None:
        shape.fill.patterned()
        shape.fill.pattern = hatch
        shape.fill.fore_color.rgb, shape.fill.back_color.rgb = rgb(look.HATCH), rgb(look.PAPER)
    elif fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(fill)
    else:
        shape.fill.background()
    if outline:
        shape.line.color.rgb = rgb(outline)
        shape.line.width = Pt(0.75)
    else:
        shape.line.fill.background()
    _plain(shape)


def _plain(shape: Any) -> None:
    """Without the theme's shadow and bevel."""
    style = shape._element.find(qn("p:style"))
    if style is not None:
        shape._element.remove(style)


def alt(shape: Any, text: str, title: str = "") -> None:
    """What is read to who does not see the shape."""
    found = next(e for e in shape._element.iter() if e.tag in (qn("p:cNvPr"),))
    found.set("descr", text)
    if title:
        found.set("title", title)


def outlined(shape: Any, color: str = look.COPPER, width: float = _HIGHLIGHTED) -> None:
    shape.line.color.rgb = rgb(color)
    shape.line.width = Pt(width)
