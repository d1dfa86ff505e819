"""The sentence on top of a theme page: what the data answer to its question, and which regions moved for sure."""

from __future__ import annotations

from dash import html

from dashboard import formats, site
from dashboard.language import t
from dashboard.narrative import division, headlines, sentences, tema_process
from dashboard.narrative.tema_view import View
from dashboard.published import Sheet
from dashboard.temas import funnel_of, waterfall_of
from dashboard.temas.declaration import Theme
from warehouse.territories import COUNTRY


def opening(view: View, theme: Theme) -> html.Div:
    """Question, answer, and under it the other answers with who moved."""
    lang = view.lang
    told = [x for x in (_answer(view, i) for i in theme.answer or theme.lead[:1]) if x]
    head, below = told[0] if told else _unanswered(theme, lang), [*told[1:], *_who(view, theme)]
    if not told and site.is_public():
        below.insert(0, t("Los indicadores de este tema son de trabajo entre el MINEM y los gobiernos regionales.", lang))
    return html.Div(
        [
            html.P(theme.question.of(lang), className="tema__pregunta"),
            html.H1(head, className="oracion"),
            *([html.P(" ".join(below), className="oracion-sub")] if below else []),
        ]
    )


def _unanswered(theme: Theme, lang: str) -> str:
    internal = t("Este sitio no publica lo que responde: {pregunta}", lang)
    told = internal if site.is_public() else t("Esta publicación todavía no responde: {pregunta}", lang)
    return told.format(pregunta=theme.question.of(lang))


def _answer(view: View, indicator: str) -> str:
    """One finding as a whole sentence; empty where there is none."""
    sheet = view.sheet(indicator)
    if sheet is None:
        return ""
    steps, chain = waterfall_of(indicator), funnel_of(indicator)
    if steps is not None:
        return _placed(view, sheet, tema_process.cascade_finding(view, sheet, steps), steps.breakdown)
    if chain is not None:
        return _placed(view, sheet, tema_process.funnel_finding(view, sheet, chain), chain.breakdown)
    row = view.row(sheet)
    if row is not None:
        return headlines.of_territory(row, sheet, view.lang)
    if not view.region and headlines.movement(view.frame(sheet)).shown:
        return headlines.country_sentence(view.frame(sheet), sheet, view.lang)
    when, _ = view.divided(sheet)
    told = division.summary(view.snap, sheet, view.params(sheet, period=when)) if when else ""
    return f"{told}." if told else ""


def _placed(view: View, sheet: Sheet, finding: str, breakdown: str) -> str:
    """A finding with its place and period: «Perú, abr.–jun. 2026: la etapa …»."""
    if not finding:
        return ""
    when, _ = view.divided(sheet, breakdown)
    rows = view.snap.values(sheet.id, kind=sheet.main_period, period=when, territory=view.place)
    known = ((rows["desglose"] == breakdown) & (rows["estado"] == "publicado")).any()
    place = formats.place(view.place if known else COUNTRY, view.lang)
    return f"{place}, {formats.period(when, view.lang)}: {finding[0].lower()}{finding[1:]}."


def _who(view: View, theme: Theme) -> list[str]:
    """Which regions moved for sure in the first indicator that is compared. A region's page speaks of itself alone."""
    if view.region:
        return []
    for indicator in dict.fromkeys([*theme.answer, *theme.lead]):
        sheet = view.sheet(indicator)
        if sheet is None:
            continue
        moved = headlines.movement(view.frame(sheet))
        if len(moved.compared) > 1:
            return [_moved(moved, sheet, view.lang)]
    return []


def _moved(moved: headlines.Movement, sheet: Sheet, lang: str) -> str:
    """«En «Trámites en plazo», frente a jul.–set. 2025, empeora de forma concluyente La Libertad y mejoran Pasco y Puno.»"""
    start = t("En «{nombre}», {frente}:", lang).format(nombre=sheet.text("short_name", lang), frente=sentences.compared_with(moved.compared[0], lang))
    register = sentences.is_register(sheet)
    told = []
    for state in ("empeora", "mejora", "sube", "baja"):
        firm = moved.firm(state)
        if firm:
            told.append(f"{sentences.direction(state, lang, many=len(firm) > 1)} {headlines.names(firm, lang)}")
    if not told:
        none = t("en ninguna región el cambio es relevante.", lang) if register else t("en ninguna región la diferencia es concluyente.", lang)
        return f"{start} {none}"
    sure = t("con un cambio relevante", lang) if register else t("de forma concluyente", lang)
    return f"{start} {sure}, {formats.listing(told, lang) if len(told) == 1 else '; '.join(told)}."
