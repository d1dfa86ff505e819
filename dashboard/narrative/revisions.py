"""What a figure was before: revisions with their reason, and links to the page as it was published."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats, published
from dashboard.address import with_query
from dashboard.figures.request import Params, records
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

_MOST = 12


def section(snap: Snapshot, sheet: Sheet, place: str, lang: str) -> html.Section:
    """The revisions of an indicator, those of the place shown first."""
    rows = records(snap.revisions(indicador=sheet.id))
    rows.sort(key=lambda r: (r["territorio"] != place, -r["publicacion"], r["periodo"]))
    title = t("Revisiones", lang)
    if not rows:
        return components.section(
            title, html.P(t("Ningún valor de este indicador ha cambiado desde su primera publicación.", lang), className="nota")
        )
    head = [(t("Publicación", lang), ""), (t("Valor", lang), ""), (t("Antes", lang), "num"), (t("Ahora", lang), "num"), (t("Motivo", lang), "")]
    body = [_row(r, sheet, lang) for r in rows[:_MOST]]
    more = [html.P(t("Hay {n} revisiones más en la API.", lang).format(n=len(rows) - _MOST), className="nota")] if len(rows) > _MOST else []
    table = html.Table(
        [html.Thead(html.Tr([html.Th(x, scope="col", className=c or None) for x, c in head])), html.Tbody(body)],
        className="revisiones tabla tabla--densa",
    )
    return components.section(
        title, html.Div(table, className="tabla-marco"), *more, subtitle=t("Un valor que cambia no se borra: queda el anterior con su razón.", lang)
    )


def _row(row: dict[Any, Any], sheet: Sheet, lang: str) -> html.Tr:
    what = f"{formats.place(row['territorio'], lang)}, {formats.period(row['periodo'], lang)}"
    when = html.Td([t("N.º {n}", lang).format(n=row["publicacion"]), html.Small(formats.day(row["creada_en"], lang))])
    return html.Tr(
        [
            when,
            html.Td(what),
            html.Td(html.Del(_side(row, "anterior", sheet, lang)), className="num"),
            html.Td(html.B(_side(row, "nuevo", sheet, lang)), className="num"),
            html.Td(row["motivo"]),
        ]
    )


def _side(row: dict[Any, Any], side: str, sheet: Sheet, lang: str) -> Any:
    if row[f"valor_{side}"] is None:
        return sentences.reason({"estado": row[f"estado_{side}"] or "sin_registro", "n": None}, lang)
    value = formats.with_unit(row[f"valor_{side}"], sheet.unit(lang), sheet.decimals, lang, short=True)
    shown = {
        "estado": "publicado",
        "valor": row[f"valor_{side}"],
        "numerador": row[f"numerador_{side}"],
        "denominador": row[f"denominador_{side}"],
        "n": None,
    }
    proof = sentences.parts(shown, sheet, lang)
    return [value, *([html.Small(proof)] if proof else [])]


def permalinks(snap: Snapshot, sheet: Sheet, params: Params) -> html.Section:
    """This same page as each publication told it: addresses that never change what they show."""
    lang = params.lang
    state = {
        "region": params.territorio if params.territorio != COUNTRY else "",
        "tipo": params.tipo if params.tipo != sheet.main_period else "",
        "periodo": params.periodo,
        "categoria": params.categoria,
    }
    items = []
    for card in published.every()[:8]:
        text = t("Tal como se publicó el {fecha} (N.º {n})", lang).format(fecha=formats.day(card.creada_en, lang), n=card.numero)
        href = with_query(f"/indicador/{sheet.id}", **state, lang="" if lang == "es" else lang, publicacion=card.numero)
        here = [" ", components.chip(t("la que está viendo", lang))] if card.numero == snap.number else []
        items.append(html.Li([html.A(text, href=href), *here]))
    return components.section(
        t("Enlaces que no cambian", lang),
        html.Ul(items, className="pila"),
        subtitle=t("Para citar: cada enlace muestra siempre la misma publicación.", lang),
    )
