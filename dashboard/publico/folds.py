"""Parts of a long page that open on demand, without scripts. What is folded is in the page: search engines, «find» and print reach it.

A mark (#…) stands inside its fold: a browser opens a fold when a link leads to something within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from dashboard import formats
from dashboard.narrative import sentences
from dashboard.publico import blocks, told
from dashboard.publico.book import Fact
from dashboard.publico.here import Here
from dashboard.publico.slugs import question_page, theme_page, theme_slug
from dashboard.publico.tags import link, listed, section, tag, together
from dashboard.published import Sheet, area_name

#: names told in the line of a fold
_NAMED = 3
#: figures that need no folding
_FEW = 6


def fold(title: Any, line: str, *inside: Any, mark: str = "") -> Markup:
    """A part of a section, folded under its heading; `line`: what is inside, in a few words. `mark`: its name for links."""
    head = tag("summary", tag("h3", title), " ", tag("small", line))
    return tag("details", head, tag("div", *inside, id=mark or None, cls="dentro"), cls="pliegue")


def named(here: Here, names: Sequence[str]) -> str:
    """«a, b, c y 4 más»; acronyms keep their capitals."""
    words = [n[:1].lower() + n[1:] if n[1:2].islower() else n for n in names]
    rest = len(words) - _NAMED
    if rest <= 1:  # «y 1 más» is no shorter than the name itself
        return formats.listing(words, here.lang)
    return f"{', '.join(words[:_NAMED])} {here.t('y {n} más').format(n=formats.number(rest, 0, here.lang))}"


def also(here: Here, facts: Sequence[Fact]) -> Markup | None:
    """A few figures of other themes before all of them: one sentence each."""
    items = []
    for row, sheet in facts:
        notes = [f"{formats.period(row['periodo'], here.lang)}."]
        notes += [f"{here.t('Dato sintético de demostración')}."] if told.synthetic(sheet, row, here.lang) is not None else []
        way = link(here.t("Ver por región"), here.link(question_page(sheet.id)))
        items.append(together(tag("p", told.sentence(row, sheet, here.lang, where=False)), tag("p", " ".join(notes), " ", way, cls="nota")))
    return section(here.t("En pocas frases"), listed(items, cls="hechos")) if items else None


def facts_by_theme(here: Here, facts: Sequence[Fact], place: str, more: Markup | None = None) -> Markup | None:
    """Every figure there is of a territory, one sentence each, folded under its theme; of what has none its name, and where it is told why.

    `more`: a fold that stands after those of themes.
    """
    made = [f for area in here.book.areas if (f := _theme(here, area, facts, place)) is not None]
    return section(here.t("Todas las cifras, por tema"), made, more, id="temas") if made or more else None


def the_rest(here: Here, facts: Sequence[Fact], told_already: str) -> Markup | None:
    """The figures of a province, but for the one its page opens with: few stand open, many under their themes."""
    shown = [(r, s) for r, s in facts if sentences.is_published(r) and s.id != told_already]
    if len(shown) > _FEW:
        return facts_by_theme(here, facts, "")
    return section(here.t("Sus demás cifras"), listed([blocks.fact(here, r, s) for r, s in shown], cls="hechos hechos--dos")) if shown else None


def _theme(here: Here, area: str, facts: Sequence[Fact], place: str) -> Markup | None:
    own = [(r, s) for r, s in facts if s.area == area]
    shown = [f for f in own if sentences.is_published(f[0])]
    absent = [s for r, s in own if not sentences.is_published(r)]
    parts = blocks.told_by_parts(here, area, facts, place)
    if not shown and not parts and not absent:
        return None
    line = _told(here, [*(s for _, s in shown), *(s for s, _ in parts)], absent)
    items = [*(blocks.fact(here, r, s) for r, s in shown), *(made for _, made in parts)]
    whole = tag("p", link(here.t("Este tema en todo el país"), here.link(theme_page(area))), cls="nota")
    return fold(area_name(area, here.lang), line, listed(items, cls="hechos hechos--dos"), _absent(here, absent), whole, mark=theme_slug(area))


def _told(here: Here, sheets: Sequence[Sheet], absent: Sequence[Sheet]) -> str:
    """«3 cifras, 1 sin dato: espera del ciudadano, …»."""
    counts = [formats.plural(len(sheets), here.t("cifra"), here.t("cifras"), here.lang)] if sheets else []
    counts += [here.t("{n} sin dato").format(n=len(absent))] if absent else []
    return f"{', '.join(counts)}: {named(here, [s.text('short_name', here.lang) for s in sheets or absent])}"


def _absent(here: Here, absent: Sequence[Sheet]) -> Markup | None:
    if not absent:
        return None
    names = [x for s in absent for x in (", ", link(s.text("short_name", here.lang), here.link(question_page(s.id))))][1:]
    return tag("p", here.t("Sin dato:"), " ", names, ". ", link(here.t("Por qué no se sabe"), "#no-sabemos"), cls="nota")
