"""Cards of a theme page: value, change in words, interval, small line, the country beside a region, target; a reason where there is no value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.figures.request import is_comparable_with_country, records
from dashboard.language import t
from dashboard.narrative import cards, division, sentences, tema_spans
from dashboard.narrative.parts import change_words
from dashboard.narrative.tema_view import View
from dashboard.published import Sheet
from warehouse.states import is_judged

Row = dict[Any, Any]


def block(view: View, indicators: Sequence[str]) -> html.Div:
    """The cards; an indicator that this publication has not says so in its place."""
    told = _marks(view, indicators)
    return html.Div([_card(view, i, told) for i in indicators], className=f"tarjetas{' tarjetas--3' if len(indicators) in (3, 5, 6, 9) else ''}")


def chips(view: View, indicators: Sequence[str]) -> list[Any]:
    """The marks that hold for every one of the cards, once above them. What holds for some stands in those (`_card`): real figures carry none."""
    estimated, invented = _marks(view, indicators)
    return _chips(estimated is True, invented is True, view.lang)


def _marks(view: View, indicators: Sequence[str]) -> tuple[bool | None, bool | None]:
    """Whether all the cards are of a survey, and whether all are synthetic; None where some are and some are not."""
    sheets = [s for s in map(view.sheet, indicators) if s is not None]

    def of_all(found: list[bool]) -> bool | None:
        return None if any(found) and not all(found) else any(found)

    return of_all([is_estimate(s) for s in sheets]), of_all([s.synthetic for s in sheets])


def _chips(estimated: bool, invented: bool, lang: str) -> list[Any]:
    made = [components.chip(t("Estimación de encuesta", lang))] if estimated else []
    return [*made, *([components.synthetic_chip(lang)] if invented else [])]


def is_estimate(sheet: Sheet) -> bool:
    """Whether its values are estimated from a sample of a survey."""
    return "estimad" in sheet.unit()


def unnamed(indicator: str) -> str:
    """What to call an indicator whose definition this publication has not."""
    return indicator.replace("_", " ").capitalize()


def _card(view: View, indicator: str, told_above: tuple[bool | None, bool | None]) -> Any:
    lang, sheet = view.lang, view.sheet(indicator)
    if sheet is None:
        told = t("Este indicador no está en la publicación N.º {n}.", lang).format(n=view.snap.number)
        inside = [html.H2(unnamed(indicator), className="tarjeta__titulo"), html.P(told, className="tarjeta__detalle")]
        return html.Article(inside, className="tarjeta tarjeta--tema")
    row = view.row(sheet)
    body = _divided(view, sheet) if row is None else _undivided(view, sheet, row)
    own = _chips(told_above[0] is None and is_estimate(sheet), told_above[1] is None and sheet.synthetic, lang)
    marks = [html.P(own, className="tarjeta__marcas")] if own else []
    inside = [html.H2(sheet.text("short_name", lang), className="tarjeta__titulo"), *body, *marks]
    return html.A(inside, href=address(f"/indicador/{sheet.id}", region=view.region), className="tarjeta tarjeta--tema", **{"data-navegar": ""})


def _divided(view: View, sheet: Sheet) -> list[Any]:
    """An indicator without a value of the whole territory: where the regions stand, else its largest category, else that there is none."""
    lang = view.lang
    regional = regions_span(view, sheet)
    if regional:
        told = t("Solo se publica por región; {periodo}: {valores}.", lang)
        when = formats.period(view.period(sheet), lang)
        return [html.P(told.format(periodo=when, valores=regional), className="tarjeta__texto")]
    when, note = view.divided(sheet)
    told = division.summary(view.snap, sheet, view.params(sheet, period=when)) if when else ""
    if not told:
        wanted = formats.place(view.place, lang)
        return [html.P(t("{lugar} no tiene ningún valor publicado hasta ese periodo.", lang).format(lugar=wanted), className="tarjeta__detalle")]
    return [html.P(f"{told}.", className="tarjeta__texto"), *([html.P(note, className="tarjeta__detalle")] if note else [])]


def regions_span(view: View, sheet: Sheet) -> str:
    """«de 0 directores nuevos en Áncash a 2 en Ucayali», for a country that has no value though its regions do."""
    rows = [r for r in records(view.frame(sheet)) if r["nivel"] == "region" and sentences.is_published(r)]
    return "" if view.region or not rows else tema_spans.span(rows, sheet, view.lang)


def _undivided(view: View, sheet: Sheet, row: Row) -> list[Any]:
    lang, shown = view.lang, sentences.is_published(row)
    when, proof = formats.period(row["periodo"], lang), sentences.evidence(row, sheet, lang)
    if not shown:
        why = html.P(
            [components.hatch(row["estado"]), formats.NBSP + sentences.reason(row, lang)], className="tarjeta__valor tarjeta__valor--ausente"
        )
        told = sentences.absence(row, sheet, lang)
        return [why, html.P(f"{when}: {told}.", className="tarjeta__detalle"), *_last_known(view, sheet), *_beside(view, sheet)]
    head: list[Any] = [html.P(cards.big(row["valor"], sheet, lang), className="tarjeta__valor")]
    small = cards.line(view.snap, sheet, row["territorio"], lang, selected=bool(view.region)) if not view.until else None
    if small is not None:
        label = html.Span(cards.line_label(view.snap, sheet, row["territorio"], lang), className="tarjeta__linea-rotulo")
        head.append(html.Div([label, small], className="tarjeta__linea"))
    return [
        html.Div(head, className="tarjeta__fila"),
        html.P(change_words(row, sentences.short_change(row, sheet, lang)), className="tarjeta__cambio"),
        html.P(f"{when}{' · ' + proof if proof else ''}", className="tarjeta__detalle"),
        *_beside(view, sheet),
        *_target(row, sheet, lang),
    ]


def _last_known(view: View, sheet: Sheet) -> list[Any]:
    last = view.last_known(sheet)
    if last is None:
        return []
    told = t("Último valor publicado: {valor} ({periodo}).", view.lang)
    value, when = sentences.value(last, sheet, view.lang), formats.period(last["periodo"], view.lang)
    return [html.P(told.format(valor=value, periodo=when), className="tarjeta__detalle")]


def _beside(view: View, sheet: Sheet) -> list[Any]:
    """The country's value in grey, where a region's may be held against it."""
    country = view.country(sheet)
    if country is None or not is_comparable_with_country(sheet):
        return []
    return [html.P(t("En el país, {valor}.", view.lang).format(valor=sentences.value(country, sheet, view.lang)), className="tarjeta__detalle")]


def _target(row: Row, sheet: Sheet, lang: str) -> list[Any]:
    """What was aimed at and whether it is met; nothing is judged where the deadline itself is not verified."""
    if row["meta"] is None:
        return []
    asked = formats.with_unit(row["meta"], sheet.unit(lang), 0 if float(row["meta"]).is_integer() else sheet.decimals, lang, short=True)
    targets = sheet.ficha.get("targets") or []
    # what is asked of a month may be its share of the year: then no target has that very value
    states = {x["status"] for x in targets if x["value"] == row["meta"]} or {x["status"] for x in targets}
    named = {"legal": t("Meta legal", lang), "acordada": t("Meta acordada", lang)}
    name = named.get(next(iter(states)) if len(states) == 1 else "", t("Meta propuesta, sin aprobar", lang))
    if not is_judged(row["avisos"]):
        return [html.P(f"{name}, {asked}. {formats.notice('plazo_referencial', lang)}.", className="tarjeta__detalle tarjeta__meta")]
    # nobody fails a target that nobody approved: the words are the same for all three and none is coloured
    verdicts = {
        "cumple": t("la alcanza", lang), "no_cumple": t("no la alcanza", lang), "no_concluyente": t("no se puede afirmar", lang),
    }  # fmt: skip
    verdict = verdicts.get(row["meta_estado"], "")
    return [html.P(f"{name}, {asked}{': ' + verdict if verdict else ''}.", className="tarjeta__detalle tarjeta__meta")]
