"""The two processes of a theme page with their finding and table: where time is lost, and at which requirement people stop."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.figures import cascada, embudo
from dashboard.figures.request import Params
from dashboard.language import t
from dashboard.narrative import parts, sentences, tema_cards, tema_tables
from dashboard.narrative.tema_view import View
from dashboard.published import Sheet
from dashboard.temas.declaration import Funnel, Waterfall

Row = dict[Any, Any]


def _where(view: View, place: str, note: str) -> list[Any]:
    """What must be said of where and when a figure looks."""
    if place == view.place:
        return [note] if note else []
    told = t("{lugar} no tiene un valor por etapas: se muestra {grupo}.", view.lang)
    return [told.format(lugar=formats.place(view.place, view.lang), grupo=formats.place(place, view.lang))]


def _cited(sheet: Sheet, row: Row, lang: str) -> str:
    return sentences.quoted(sentences.category_name(sheet, row["categoria"], lang), lang)


def cascade_finding(view: View, sheet: Sheet, declared: Waterfall) -> str:
    """«La etapa que más tiempo toma es «Evaluación técnica», 27.3 %; 77.1 % transcurre en la oficina regional»; empty without values."""
    when, _ = view.divided(sheet, declared.breakdown)
    return _cascade_words(cascada.chain(view.snap, view.params(sheet, period=when), declared), sheet, view.lang)


def _cascade_words(found: cascada.Chain, sheet: Sheet, lang: str) -> str:
    largest = found.largest
    if largest is None:
        return ""
    told = t("La etapa que más tiempo toma es {etapa}, {valor}", lang).format(
        etapa=_cited(sheet, largest.row, lang), valor=sentences.value(largest.row, sheet, lang)
    )
    own = next(((h, r) for h, r in found.hands if h.whose == "own"), None)
    if own is None:
        return told
    who = own[0].name.of(lang)
    return told + t("; {quien} tiene el expediente {valor} del tiempo", lang).format(
        valor=sentences.value(own[1], sheet, lang), quien=f"{who[0].lower()}{who[1:]}"
    )


def cascade_block(view: View, sheet: Sheet, declared: Waterfall) -> Any:
    """The waterfall; None where no stage has a value."""
    lang = view.lang
    when, note = view.divided(sheet, declared.breakdown)
    params = view.params(sheet, period=when)
    found = cascada.chain(view.snap, params, declared)
    if found.largest is None:
        return None
    beside = cascada.beside_sheet(view.snap, declared)
    told = t("{lugar}, {periodo}. {nombre}, en el orden del trámite.", lang).format(
        lugar=formats.place(found.place, lang), periodo=formats.period(found.period, lang), nombre=sheet.text("name", lang)
    )
    if beside is not None and any(s.beside is not None for s in found.steps):
        told += " " + t("A la derecha: {nombre}.", lang).format(nombre=beside.text("name", lang))
    if any(s.country is not None for s in found.steps):
        told += " " + t("Barra fina gris: Perú.", lang)
    cases = found.largest.row["n"]
    title = _cascade_words(found, sheet, lang)
    table = tema_tables.values_table(
        f"tabla-cascada-{sheet.id}", [s.row for s in found.steps] + [r for _, r in found.whole], sheet, t("Etapa", lang),
        _name_in(sheet, found, lang), lang,
    )  # fmt: skip
    return components.figure_block(
        f"cascada-{sheet.id}", "cascada", params, title, told, components.source_line(view.snap, parts.spoken(sheet), cases, lang),
        height=cascada.height(found), lang=lang, chips=parts.chips(sheet, lang), table=table, csv=_csv(sheet, params, declared.breakdown),
        notes=[*_where(view, found.place, note), *_partial(found, sheet, lang)],
    )  # fmt: skip


def _csv(sheet: Sheet, params: Params, breakdown: str) -> str:
    """The values of one breakdown, every territory, at the figure's period."""
    return components.values_url({"indicador": sheet.id, "tipo": sheet.main_period, "periodo": params.periodo, "desglose": breakdown})


def _name_in(sheet: Sheet, found: cascada.Chain, lang: str) -> Any:
    hands = {h.code: h.name.of(lang) for h, _ in found.whole}
    total = {id(r): hands[h.code] for h, r in found.whole}
    return lambda r: t("Total: {quien}", lang).format(quien=total[id(r)]) if id(r) in total else sentences.category_name(sheet, r["categoria"], lang)


def _partial(found: cascada.Chain, sheet: Sheet, lang: str) -> list[str]:
    """Which stages still hold open cases: they weigh less than they will."""
    open_ = [s.row for s in found.steps if s.shown and "serie_incompleta" in (s.row["avisos"] or [])]
    if not open_:
        return []
    names = formats.listing([sentences.category_name(sheet, r["categoria"], lang) for r in open_], lang)
    return [t("Con expedientes todavía abiertos, que pesarán más: {etapas}.", lang).format(etapas=names)]


def funnel_finding(view: View, sheet: Sheet, declared: Funnel) -> str:
    """«De 12,369 inscripciones …, 4,540 se detienen en «Derecho minero» y 2,700 están formalizadas»; empty without values."""
    when, _ = view.divided(sheet, declared.breakdown)
    found = embudo.descent(view.snap, view.params(sheet, period=when), declared)
    return _funnel_words(found, sheet, declared, view.lang)


def _funnel_words(found: embudo.Descent, sheet: Sheet, declared: Funnel, lang: str) -> str:
    largest = found.largest
    if largest is None or found.entered is None:
        return ""
    start = declared.start.of(lang)
    told = t("De {n} {quienes}, {m} se detienen en {paso}", lang).format(
        n=formats.number(found.entered, 0, lang), quienes=f"{start[0].lower()}{start[1:]}", m=formats.number(largest.stopped, 0, lang),
        paso=_cited(sheet, largest.row, lang),
    )  # fmt: skip
    if found.arrived is None or declared.arrival is None:
        return told
    name = declared.arrival.name.of(lang)
    return told + t(" y hay {n} {llegada}", lang).format(
        n=formats.number(found.arrived["numerador"], 0, lang), llegada=f"{name[0].lower()}{name[1:]}"
    )


def funnel_block(view: View, sheet: Sheet, declared: Funnel) -> Any:
    """The funnel; None where no stage has a value."""
    lang = view.lang
    when, note = view.divided(sheet, declared.breakdown)
    params = view.params(sheet, period=when)
    found = embudo.descent(view.snap, params, declared)
    if found.largest is None:
        return None
    told = t("{lugar}, {periodo}. Cada barra cumple ese paso y los anteriores; en cobre, donde más se detienen.", lang)
    told = told.format(lugar=formats.place(found.place, lang), periodo=formats.period(found.period, lang))
    table = tema_tables.values_table(
        f"tabla-embudo-{sheet.id}", [s.row for s in found.stops], sheet, t("Primer requisito que falta", lang),
        lambda r: sentences.category_name(sheet, r["categoria"], lang), lang,
    )  # fmt: skip
    return components.figure_block(
        f"embudo-{sheet.id}", "embudo", params, _funnel_words(found, sheet, declared, lang), told,
        components.source_line(view.snap, parts.spoken(sheet), found.entered, lang), height=embudo.height(found), lang=lang,
        chips=parts.chips(sheet, lang), notes=_where(view, found.place, note), table=table, csv=_csv(sheet, params, declared.breakdown),
    )  # fmt: skip


def absent(view: View, sheet: Sheet) -> Any:
    """A figure that has nothing to draw says so, with what the indicator asks."""
    told = t("{lugar} no tiene ningún valor publicado hasta ese periodo.", view.lang).format(lugar=formats.place(view.place, view.lang))
    regional = tema_cards.regions_span(view, sheet)
    if regional:
        told = t("Solo se publica por región: {valores}.", view.lang).format(valores=regional)
    return components.section(sheet.text("short_name", view.lang), html.P(told, className="nota"), subtitle=sheet.text("question", view.lang))
