"""Cards of indicators: value, change in words, cases and interval, a small line of the last periods."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.figures.request import newest, records
from dashboard.figures.sparks import spark
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.narrative.parts import change_words
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY, PILOTS

#: area of the indicators about the data themselves
ABOUT_DATA = "DAT"
#: periods in a small line
_LAST = 8


def history(snap: Snapshot, sheet: Sheet, territory: str) -> list[Any]:
    """The last values of a territory up to the newest whole period, None where a period has none or is incomplete.

    Incomplete periods at the end are left out: a line that falls because months are missing would be read as a fall.
    """
    frame, last = snap.values(sheet.id, kind=sheet.main_period, territory=territory, category=""), newest(snap, sheet)
    rows = records(frame.loc[frame["periodo"] <= last, ["periodo", "estado", "valor", "avisos"]].sort_values("periodo"))
    while rows and _is_partial(rows[-1]):
        rows.pop()
    return [r["valor"] if sentences.is_published(r) and not _is_partial(r) else None for r in rows][-_LAST:]


def _is_partial(row: dict[Any, Any]) -> bool:
    return "serie_incompleta" in (row["avisos"] or [])


def line(snap: Snapshot, sheet: Sheet, territory: str, lang: str, *, selected: bool = False) -> Any:
    """The small line, None where fewer than three values would make it."""
    values = history(snap, sheet, territory)
    known = [v for v in values if not formats.is_missing(v)]
    if len(known) < 3:
        return None
    label = t("De {desde} a {hasta} en los últimos {n} periodos", lang).format(
        desde=formats.number(known[0], sheet.decimals, lang), hasta=formats.number(known[-1], sheet.decimals, lang), n=len(values)
    )  # fmt: skip
    return spark(values, label, selected=selected)


def line_label(snap: Snapshot, sheet: Sheet, territory: str, lang: str) -> str:
    """«8 trimestres»."""
    n = len(history(snap, sheet, territory))
    many = {"mes": t("meses", lang), "trimestre": t("trimestres", lang), "semestre": t("semestres", lang), "anio": t("años", lang)}
    return f"{n} {formats.period_kind(sheet.main_period, lang) if n == 1 else many[sheet.main_period]}"


def indicator_card(snap: Snapshot, sheet: Sheet, row: dict[Any, Any], lang: str) -> Any:
    """One indicator for one territory, linked to its page."""
    region = row["territorio"] if row["nivel"] == "region" else ""
    where = formats.place(row["territorio"], lang)
    small = line(snap, sheet, row["territorio"], lang, selected=bool(region))
    proof = sentences.evidence(row, sheet, lang)
    when = f"{where}, {formats.period(row['periodo'], lang)}"
    if sentences.is_published(row):
        shown: Any = html.P(big(row["valor"], sheet, lang), className="tarjeta__valor")
    else:
        shown = html.P(
            [components.hatch(row["estado"]), formats.NBSP + sentences.reason(row, lang)], className="tarjeta__valor tarjeta__valor--ausente"
        )
    head = [shown]
    if small is not None:
        head.append(
            html.Div(
                [html.Span(line_label(snap, sheet, row["territorio"], lang), className="tarjeta__linea-rotulo"), small], className="tarjeta__linea"
            )
        )
    inside = [
        html.H2(sheet.text("short_name", lang), className="tarjeta__titulo"), html.Div(head, className="tarjeta__fila"),
        html.P(change_words(row, sentences.short_change(row, sheet, lang)), className="tarjeta__cambio"),
        html.P(f"{when}{' · ' + proof if proof else ''}", className="tarjeta__detalle"),
        *([html.P(components.synthetic_chip(lang))] if sheet.synthetic else []),
    ]  # fmt: skip
    return html.A(inside, href=address(f"/indicador/{sheet.id}", region=region), className="tarjeta", **{"data-navegar": ""})


def big(value: Any, sheet: Sheet, lang: str, *, short: bool = True) -> list[Any]:
    """The value big, its unit small, soles before it; `short`: millions in words, so that a card holds them."""
    unit, number, size, decimals = sheet.unit(lang), float(value), "", sheet.decimals
    if short and not formats.is_percentage(unit) and abs(number) >= 1e6:
        number, size, decimals = number / 1e6, t("millones", lang) + " ", 2
    told = formats.figure(number, unit, decimals, lang)
    before = f"S/{formats.NBSP}" if unit.startswith("S/") else ""
    rest = unit[2:].strip() if before else unit if size else formats.unit_of(told, unit)
    sign = "%" if formats.is_percentage(unit) else f"{size}{rest}".strip()
    return [f"{before}{told}", *([html.Span(sign, className="tarjeta__unidad")] if sign else [])]


def headline_cards(snap: Snapshot, main: Sheet, region: str, lang: str) -> Any:
    """At most four indicators of different areas: the main one first, each for the region chosen or as wide as it is known.

    How good the data are is said by the seal and on its own page: those indicators take nobody's place here.
    """
    chosen: list[Any] = []
    areas: set[str] = set()
    for sheet in [main, *snap.indicators()]:
        if sheet.area in areas or len(chosen) == 4 or (sheet.area == ABOUT_DATA and sheet is not main):
            continue
        rows = {r["territorio"]: r for r in records(snap.values(sheet.id, kind=sheet.main_period, period=newest(snap, sheet), category=""))}
        row = next((rows[c] for c in ([region] if region else [COUNTRY, PILOTS]) if c in rows and (region or sentences.is_published(rows[c]))), None)
        if row is None:
            continue
        areas.add(sheet.area)
        chosen.append(indicator_card(snap, sheet, row, lang))
    return components.cards(*chosen)
