"""Do the sources agree, what was accepted by exception, and how the data themselves score."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.components import CardText, Cell, Column
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.narrative.cards import ABOUT_DATA
from dashboard.published import Sheet, Snapshot
from warehouse.states import PUBLISHED
from warehouse.territories import COUNTRY

#: disagreements told one by one under their comparison
_TOLD = 5
#: the state of a place where two sources say different things
DIFFERS = "falla"


def cards(snap: Snapshot, lang: str) -> Any:
    """The country's newest figure of each indicator about the data themselves; nothing where there is none yet."""
    made = [_card(snap, s, lang) for s in snap.indicators() if s.area == ABOUT_DATA]
    return components.cards(*(c for c in made if c is not None)) if any(made) else None


def _card(snap: Snapshot, sheet: Sheet, lang: str) -> Any:
    rows = snap.values(sheet.id, kind=sheet.main_period, period=snap.last_period(sheet.id), territory=COUNTRY, category="")
    if rows.empty:
        return None
    row = rows.iloc[0].to_dict()
    title = sheet.text("short_name", lang) or sheet.text("name", lang)
    href = components.address(f"/indicador/{sheet.id}")
    if row["estado"] != PUBLISHED:
        why = f"{formats.period(row['periodo'], lang)}: {sentences.absence(row, sheet, lang)}."
        return components.card(CardText(title, sentences.reason(row, lang), state=row["estado"], detail=why, href=href))
    detail = f"{formats.period(row['periodo'], lang)} · {sentences.evidence(row, sheet, lang)}".strip(" ·")
    told = formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang)
    unit = "%" if formats.is_percentage(sheet.unit(lang)) else formats.unit_of(told, sheet.unit(lang))
    return components.card(CardText(title, told, unit, detail=detail, href=href))


def reconciliations(snap: Snapshot, lang: str) -> Any:
    """Each comparison with how many places agree, differ, or could not be compared; the last differences with both values."""
    found = snap.comparisons(_TOLD)
    if not found:
        return html.P(t("Todavía no se comparó ninguna fuente con otra.", lang), className="nota")
    columns = [
        Column(t("Comparación", lang)),
        Column(t("Coinciden", lang), numeric=True),
        Column(t("Difieren", lang), numeric=True),
        Column(t("Sin comparar", lang), numeric=True),
        Column(t("Diferencias más recientes", lang), sortable=False),
    ]
    rows = [_comparison(one, lang) for one in found]
    return components.data_table("conciliaciones", columns, rows, t("Comparaciones entre fuentes", lang), lang=lang, dense=True)


def differing(snap: Snapshot) -> tuple[int, int]:
    """Places where two sources differ, and places that could be compared."""
    states = [one["estados"] for one in snap.comparisons(_TOLD)]
    differ = sum(s.get(DIFFERS, 0) for s in states)
    return differ, differ + sum(s.get("cumple", 0) for s in states)


def _comparison(one: dict[str, Any], lang: str) -> list[Any]:
    title, counts, phrases = one["titulo"], one["estados"], one["frases"]
    words = str(title.get(lang) or title.get("es") or "")
    name = html.Div([html.B(words), html.Small(one["regla_id"])] if words else html.B(one["regla_id"]))
    told: Any = formats.DASH
    if phrases:
        more = counts[DIFFERS] - len(phrases)
        rest = [html.P(t("y {n} más", lang).format(n=formats.number(more, 0, lang)), className="nota")] if more > 0 else []
        others = [html.Ul([html.Li(f) for f in phrases[1:]])] if phrases[1:] else []
        told = html.Details([html.Summary(str(phrases[0])), *others, *rest]) if others or rest else html.P(str(phrases[0]))
    states = [counts.get(state, 0) for state in ("cumple", DIFFERS, "no_evaluable")]
    return [Cell(name, words or one["regla_id"]), *(Cell(formats.number(n, 0, lang), n) for n in states), Cell(told)]


def exceptions(snap: Snapshot, lang: str) -> Any:
    """Who accepted which rule as it is, for which delivery, why and until when."""
    found = snap.exceptions()
    if found.empty:
        return html.P(t("Ninguna regla está exceptuada.", lang), className="nota")
    columns = [
        Column(t("Regla", lang)),
        Column(t("Tabla", lang)),
        Column(t("Región", lang)),
        Column(t("Periodo", lang)),
        Column(t("Aceptada por", lang)),
        Column(t("Hasta", lang)),
        Column(t("Motivo", lang), sortable=False),
    ]
    rows = [
        [
            r["regla_id"],
            r["tabla"],
            formats.place(r["cod_region"], lang) if r["cod_region"] else t("todas", lang),
            formats.period(r["periodo"], lang) if r["periodo"] else t("todos", lang),
            r["nombre"],
            Cell(formats.day(r["vence"], lang), str(r["vence"])),
            r["motivo"],
        ]
        for r in found.to_dict("records")
    ]
    return components.data_table("excepciones", columns, rows, t("Excepciones vigentes", lang), lang=lang, dense=True)
