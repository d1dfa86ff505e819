"""Every theme page: one module makes them all from their declarations in `dashboard/temas/`."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import html

from dashboard import components, formats, published, temas
from dashboard.language import t
from dashboard.narrative import parts, tema_blocks, tema_cards, tema_opening, tema_process, tema_view
from dashboard.narrative.tema_view import View
from dashboard.temas.declaration import Cards, Funnel, Heat, Note, Parts, Ranking, Theme, Trend, Waterfall


def page(theme: Theme, lang: str = "es", publicacion: int | None = None, region: str = "", periodo: str = "") -> list[Any]:
    """A theme page for a region (the country where none) and up to a period (the newest where none)."""
    view = tema_view.view(published.snapshot(publicacion), region, periodo, lang)
    return [
        *parts.banner(view.snap, lang, theme.path, region=view.region, periodo=view.until),
        components.breadcrumbs((t("Resumen", lang), "/"), theme.word.of(lang)),
        tema_opening.opening(view, theme),
        _filters(view, theme),
        tema_cards.block(view, theme.lead),
        *_sections(view, theme),
    ]


def _filters(view: View, theme: Theme) -> Any:
    """Territory and last period. Nothing chosen is each figure at its own newest period, which differ: the filter names none of them."""
    lang = view.lang
    groups = [components.select_filter("region", t("Territorio", lang), view.place, parts.territory_options(lang), searchable=True)]
    main = next((s for s in map(view.sheet, theme.lead) if s is not None), None)
    if main is not None:
        known = parts.period_options(view.snap, main, main.main_period, lang)
        asked = [(view.until, formats.period(view.until, lang))] if view.until and view.until not in dict(known) else []
        options = [("", t("lo más reciente", lang)), *asked, *known]
        groups.append(components.select_filter("periodo", t("Hasta", lang), view.until, options))
    return components.filters(*groups, components.reset_link(theme.path, lang), chips=tema_cards.chips(view, theme.lead))


def _sections(view: View, theme: Theme) -> list[Any]:
    """The sections in order; two halves in a row stand side by side."""
    made: list[Any] = []
    waiting: list[Any] = []
    for section in theme.sections:
        blocks = _section(view, section)
        if section.half:
            waiting.append(html.Div(blocks, className="tema__mitad"))
        if not section.half or len(waiting) == 2:
            made += _paired(waiting)
            waiting = []
        if not section.half:
            made += blocks
    return [*made, *_paired(waiting)]


def _paired(halves: list[Any]) -> list[Any]:
    return [html.Div(halves, className="columnas")] if halves else []


def _section(view: View, section: Any) -> list[Any]:
    if isinstance(section, Cards):
        title = section.title.of(view.lang) if section.title is not None else None
        chips = tema_cards.chips(view, section.indicators)
        head = [html.Div(chips, className="tema__marcas")] if chips else []
        cards = tema_cards.block(view, section.indicators)
        return [components.section(title, *head, cards, subtitle=section.note.of(view.lang) if section.note is not None else None)]
    if isinstance(section, Note):
        return [tema_blocks.note(view, section)]
    sheet = view.sheet(section.indicator)
    if sheet is None:
        return [_unpublished(view, section.indicator)]
    return [*_drawn(view, sheet, section), *([components.note(section.note.of(view.lang))] if section.note is not None else [])]


def _drawn(view: View, sheet: published.Sheet, section: Any) -> list[Any]:
    match section:
        case Ranking():
            return tema_blocks.ranking(view, sheet)
        case Trend():
            return tema_blocks.trend(view, sheet)
        case Parts():
            return tema_blocks.divided(view, sheet, section.breakdown)
        case Heat():
            return tema_blocks.heat(view, sheet, section)
        case Waterfall():
            found = tema_process.cascade_block(view, sheet, section)
        case Funnel():
            found = tema_process.funnel_block(view, sheet, section)
        case _:
            raise TypeError(f"no page draws a section of kind {section.kind}")
    return [found if found is not None else tema_process.absent(view, sheet)]


def _unpublished(view: View, indicator: str) -> Any:
    told = t("Este indicador no está en la publicación N.º {n}.", view.lang).format(n=formats.number(view.snap.number, 0, view.lang))
    return components.section(tema_cards.unnamed(indicator), html.P(told, className="nota"))


for _place, _theme in enumerate(temas.every()):
    dash.register_page(
        f"dashboard.temas.{_theme.slug}", path=_theme.path, title=_theme.word.es, title_en=_theme.word.en, order=20 + _place,
        layout=partial(page, _theme),
    )  # fmt: skip
