"""What every slide has around its body: the mark of demonstration data, finding, what is measured, notices, source, publication, address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component
from pptx.enum.text import PP_ALIGN
from pptx.util import Pt

from dashboard import formats
from dashboard.address import with_query
from dashboard.language import t
from dashboard.narrative.foro_data import OfIndicator
from dashboard.narrative.foro_slides import Slide
from dashboard.published import Snapshot
from dashboard.slides import look, measure
from dashboard.slides.look import Box
from dashboard.slides.own import Own
from dashboard.slides.page import Page, Run, rgb, write_run

_CHIP = 14.0
#: sizes of a title of two lines over a body that needs room
_TITLE = (28.0, 26.0, 24.0, 22.0)
_NOTICE = 14.0
_FOOT = (look.SOURCE, 11.0, 10.0, 9.0)


@dataclass
class Making:
    """A deck being made: the presentation, its publication and choice, and the pages so far with their names."""

    deck: Any
    snap: Snapshot
    lang: str
    region: str
    indicators: str
    base: str
    own: Own
    pages: list[tuple[Page, str]]

    @property
    def made(self) -> Any:
        return self.snap.publication.creada_en

    def page(self, short: str) -> Page:
        page = Page(self.deck, self.lang)
        self.pages.append((page, short))
        return page

    def address(self, path: str, **query: Any) -> str:
        lang = "" if self.lang == "es" else self.lang
        return self.base + with_query(path, **query, lang=lang, publicacion=self.snap.number).replace("%2C", ",").replace("%7E", "~")

    @property
    def permalink(self) -> str:
        """Where the same slides are shown; without the choice where it takes more than a line."""
        whole = self.address("/foro", indicadores=self.indicators, region=self.region)
        return whole if measure.width(whole, look.SOURCE) < 560 else self.address("/foro", region=self.region)

    def about(self, slide: Slide) -> tuple[str, ...]:
        """The sheet of notes of a workbook."""
        card = self.snap.publication
        return (
            words(slide.title), slide.sub, *slide.proof, published(self),
            *([formats.notice("sintetico", self.lang)] if slide.synthetic else []),
            t("Datos al {fecha}", self.lang).format(fecha=formats.day(card.datos_al, self.lang)), self.permalink,
        )  # fmt: skip


def words(found: Any) -> str:
    """A title's text, whatever it is made of."""
    if isinstance(found, Component):
        return words(getattr(found, "children", None))
    return "".join(map(words, found)) if isinstance(found, list | tuple) else str(found or "")


def published(making: Making) -> str:
    card = making.snap.publication
    return t("SIEGEM, publicación N.º {n} del {fecha}", making.lang).format(n=card.numero, fecha=formats.day(card.creada_en, making.lang))


def begin(
    making: Making, slide: Slide, *, key: Sequence[str] = (), permalink: str = "", sub: str | None = None, compact: bool = False
) -> tuple[Page, Box]:  # fmt: skip
    """The slide with everything but its body, and the room that is left for it. `compact`: the body needs the room more than the words."""
    page = making.page(slide.short)
    title, wide = words(slide.title), look.RIGHT - look.LEFT
    two = compact and any(measure.height([title], s, wide, bold=True) <= 2 * s * measure.LEADING for s in _TITLE)
    end = page.title(title, _TITLE, 2 * max(_TITLE) * measure.LEADING) if two else page.title(title)
    sub = slide.sub if sub is None else sub
    if sub:
        line = next((s for s in look.SIZES if measure.width(sub, s) <= wide), 0.0) if compact else 0.0
        room = Box(look.LEFT, end + 4, wide, 3 * look.LEAST * measure.LEADING + 1)
        sizes = (line,) if line else (look.LEAST,) if compact else look.SIZES
        end = page.fitted(t("Qué se mide", making.lang), room, [[Run(sub, color=look.INK_2)]], sizes)
    head(page, slide, making.lang)
    *notices, source = slide.proof if isinstance(slide.data, OfIndicator) else (" · ".join(slide.proof),)
    bottom = _notices(page, [*key, *notices], making.lang)
    foot(page, making, source, permalink or making.permalink)
    mine = making.own.notes.get(slide.key, "")
    own = [(t("Nota de quien presenta", making.lang), tuple(mine.split("\n")))] if mine else []
    page.notes([*own, *slide.notes])
    return page, Box(look.LEFT, end + 10, look.RIGHT - look.LEFT, bottom - end - 18)


def head(page: Page, slide: Slide, lang: str) -> None:
    """Whose slide it is; demonstration data are told at the right."""
    told, chip = f"SIEGEM · {t('Foro Regional', lang)} · {slide.short}", formats.notice("sintetico", lang)
    room = look.RIGHT - look.LEFT
    if slide.synthetic:
        wide = measure.width(chip, _CHIP, bold=True) + 12
        box, words_ = Box(look.RIGHT - wide, 10, wide, 20), [Run(chip, True, look.WORSE)]
        shape = page.text(t("Aviso", lang), box, [words_], _CHIP, align="center", anchor="middle", fill=look.SURFACE, outline=look.WORSE)
        shape.line.dash_style = 4
        room -= wide + 12
    told = measure.cut(told, look.SOURCE, room, 1)
    page.text(t("Sección", lang), Box(look.LEFT, look.HEAD.y, room, look.HEAD.h), [[Run(told, color=look.INK_2)]], look.SOURCE)


def _notices(page: Page, lines: Sequence[str], lang: str) -> float:
    """How to read the marks, and notices of the values shown: at most two lines over the sources. Gives where they begin."""
    told = " ".join(x if x.endswith(".") else f"{x}." for x in lines if x)
    if not told:
        return look.FOOT.y - 4
    w = look.RIGHT - look.LEFT
    told = measure.cut(told, _NOTICE, w, 2)
    tall = measure.height([told], _NOTICE, w)
    box = Box(look.LEFT, look.FOOT.y - 8 - tall, w, tall)
    page.text(t("Avisos", lang), box, [[Run(told, color=look.INK_2)]], _NOTICE)
    return box.y


def foot(page: Page, making: Making, source: str, permalink: str) -> None:
    """Source and date above, publication and its address below; an address is never cut."""
    w = look.RIGHT - look.LEFT - 70
    dated = t("Datos al {fecha}", making.lang).format(fecha=formats.day(making.snap.publication.datos_al, making.lang))
    told = f"{published(making)} · "
    size = next((s for s in _FOOT if measure.width(told + permalink, s) <= w), _FOOT[-1])
    page.rule(look.FOOT.y)
    box = Box(look.LEFT, look.FOOT.y + 4, w, 2 * look.SOURCE * measure.LEADING + 1)
    first = measure.cut(source or dated, size, w, 1)
    shape = page.text(t("Fuente", making.lang), box, [[Run(first, color=look.INK_2)], [Run(told, color=look.INK_2)]], size)
    p = shape.text_frame.paragraphs[1]
    write_run(p, Run(permalink, color=look.COPPER), size)
    if permalink.startswith("http"):
        p.runs[-1].hyperlink.address = permalink


def number(page: Page, place: int, total: int, lang: str) -> None:
    shape = page.text(
        t("Número de lámina", lang), Box(look.RIGHT - 64, look.FOOT.y + 8, 64, 18), [[Run(f"{place} / {total}", bold=True)]], look.SOURCE
    )
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT
    paragraph.font.size = Pt(look.SOURCE)
    paragraph.font.color.rgb = rgb(look.INK)
