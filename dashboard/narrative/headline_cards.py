"""The four cards at the head of an indicator: value, change, target with its status, quality seal."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.figures.request import Params
from dashboard.language import t
from dashboard.narrative import parts, sentences, standing
from dashboard.narrative.cards import big, line
from dashboard.published import Sheet, Snapshot
from warehouse.periods import parse
from warehouse.states import is_judged

Row = dict[Any, Any]


def of_indicator(snap: Snapshot, sheet: Sheet, row: Row, params: Params) -> Any:
    """Value, change, target with its status, and how complete the data behind it are."""
    lang = params.lang
    shown = sentences.is_published(row)
    value: Any = (
        html.P(big(row["valor"], sheet, lang, short=False), className="tarjeta__valor")
        if shown
        else html.P(
            [components.hatch(row["estado"], large=True), formats.NBSP + sentences.reason(row, lang)],
            className="tarjeta__valor tarjeta__valor--ausente",
        )
    )
    small = line(snap, sheet, row["territorio"], lang, selected=row["nivel"] == "region") if not row["categoria"] else None
    first = _plain_card(
        t("Valor, {periodo}", lang).format(periodo=formats.period(row["periodo"], lang)),
        [value, *([html.Div(small, className="tarjeta__linea")] if small is not None else [])],
        sentences.evidence(row, sheet, lang) or (sentences.absence(row, sheet, lang) if not shown else _no_interval(sheet, lang)),
    )
    return components.cards(first, _change_card(row, sheet, lang), _target_card(row, sheet, lang), _seal_card(snap, sheet, row, lang))


def _plain_card(title: str, shown: list[Any], detail: Any) -> html.Article:
    return html.Article(
        [html.H2(title, className="tarjeta__titulo"), html.Div(shown, className="tarjeta__fila"), html.P(detail, className="tarjeta__detalle")],
        className="tarjeta",
    )


def _no_interval(sheet: Sheet, lang: str) -> str:
    note = sheet.ficha.get("interval_note") or {}
    return str(note.get(lang) or note.get("es") or t("Sin intervalo.", lang)) if sentences.is_register(sheet) else ""


def _change_card(row: Row, sheet: Sheet, lang: str) -> Any:
    if not sentences.is_published(row) or row["cambio"] is None:
        told = html.P(t("sin comparación", lang), className="tarjeta__valor tarjeta__valor--ausente")
        return _plain_card(t("Cambio", lang), [told], t("La publicación no lo compara con un periodo anterior.", lang))
    number, _, unit = sentences.difference(row, sheet, lang).partition(formats.NBSP)
    small = [html.Span(unit, className="tarjeta__unidad")] if unit else []
    shown = html.P([number, *small], className="tarjeta__valor")
    limits = formats.interval(row["cambio_inferior"], row["cambio_superior"], sheet.decimals, lang)
    told = (
        f"{sentences.compared_with(row, lang)}; {t('intervalo de 95 %: {limites}', lang).format(limites=limits)}"
        if limits
        else sentences.compared_with(row, lang)
    )
    return _plain_card(t("Cambio", lang), [shown], [parts.change_words(row, sentences.verdict(row, sheet, lang)), html.Br(), told])


def _target_card(row: Row, sheet: Sheet, lang: str) -> Any:
    targets = sheet.ficha.get("targets") or []
    if not targets:
        told = html.P(t("sin meta", lang), className="tarjeta__valor tarjeta__valor--ausente")
        return _plain_card(t("Meta", lang), [told], t("Nadie ha aprobado una meta para este indicador; por eso no se colorea.", lang))
    target = _in_force(targets, row["periodo"])
    # what is asked of a month or a quarter may be its share of the year
    asked = target["value"] if row["meta"] is None else row["meta"]
    words = {"legal": t("meta legal", lang), "acordada": t("meta acordada", lang), "propuesta": t("propuesta, no aprobada", lang)}
    shown = html.P(big(asked, sheet, lang, short=False), className="tarjeta__valor")
    chips: list[Any] = [components.chip(words[target["status"]])]
    if not is_judged(row["avisos"]):
        chips = [components.chip(t("plazo referencial", lang), warning=True)]
    verdict = standing.target_words(row, lang)
    # what nobody approved is said and coloured by nobody
    binding = is_judged(row["avisos"]) and target["status"] != "propuesta"
    state = _TARGET_STATE.get(row["meta_estado"] or "", "") if binding else ""
    told = [html.Br(), parts.change_words({**row, "cambio_estado": state}, verdict)] if verdict else []
    others = [html.Span([html.Br(), _other(x, sheet, lang)]) for x in targets if x is not target]
    return _plain_card(t("Meta", lang), [shown], [*chips, " ", target["text"].get(lang) or target["text"]["es"], *told, *others])


_TARGET_STATE = {"cumple": "mejora", "no_cumple": "empeora", "no_concluyente": "sin_diferencia"}


def _other(target: dict[str, Any], sheet: Sheet, lang: str) -> str:
    """«Otra meta: 85 % (propuesta, no aprobada)»."""
    words = {"legal": t("meta legal", lang), "acordada": t("meta acordada", lang), "propuesta": t("propuesta, no aprobada", lang)}
    value = formats.with_unit(target["value"], sheet.unit(lang), sheet.decimals, lang, short=True)
    return t("Otra meta: {valor} ({estado})", lang).format(valor=value, estado=words[target["status"]])


def _in_force(targets: list[dict[str, Any]], period: str) -> dict[str, Any]:
    """The target that counts for a period, as the engine chooses it: legal before agreed before proposed."""
    end = parse(period).end.isoformat()
    given = [x for x in targets if not x.get("since") or str(x["since"]) <= end] or targets
    return min(given, key=lambda x: ("legal", "acordada", "propuesta").index(x["status"]))


def _seal_card(snap: Snapshot, sheet: Sheet, row: Row, lang: str) -> Any:
    """Whether the figure may be quoted: reporting rate, notices, rows held back."""
    held = sum(int(r["filas_cuarentena"]) for r in snap.sources(sheet.tablas).values())
    others = [a for a in (row["avisos"] or []) if a != "sintetico"]
    warned = bool(others or held or (row["cobertura"] is not None and row["cobertura"] < 1) or sheet.synthetic)
    seal = t("Con advertencias", lang) if warned else t("Completo", lang)
    told = [] if row["cobertura"] is None else [t("Reportó {parte} de lo esperado.", lang).format(parte=formats.share(row["cobertura"], 0, lang))]
    told += [f"{formats.notice(a, lang)}." for a in (row["avisos"] or [])]
    rows = formats.plural(held, t("fila", lang), t("filas", lang), lang)
    told.append(t("{filas} en cuarentena en sus fuentes.", lang).format(filas=rows) if held else t("Ninguna fila en cuarentena.", lang))
    told.append(t("Datos al {fecha}.", lang).format(fecha=formats.day(row["datos_al"], lang)) if row["datos_al"] else "")
    return _plain_card(
        t("Sello de calidad", lang), [html.P(seal, className="tarjeta__valor tarjeta__valor--ausente")], " ".join(x for x in told if x)
    )
