"""Two regions side by side over all indicators: who differs, with certainty, and where that cannot be said.

Two values whose intervals meet are not called different. A register without interval differs where its own relevant change says so. Amounts (tonnes,
cases) depend on the size of the region: they stand side by side and are not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.figures.request import PEERS, records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.territories import COUNTRY, pilots

Row = dict[Any, Any]

#: how two values stand: the first or the second is better, higher (where neither is better), not told apart, not judged, or one is missing
FIRST, SECOND, FIRST_HIGHER, SECOND_HIGHER = "primera", "segunda", "mas_primera", "mas_segunda"
SAME, UNJUDGED, ABSENT = "igual", "sin_juicio", "sin_dato"
DIFFERENT = (FIRST, SECOND, FIRST_HIGHER, SECOND_HIGHER)


@dataclass(frozen=True)
class Pair:
    """One indicator in both regions; `low` and `high` are the ends of the scale they are drawn on, those of all regions."""

    sheet: Sheet
    one: Row
    other: Row
    country: Row | None
    low: float
    high: float

    @property
    def verdict(self) -> str:
        return verdict(self.one, self.other, self.sheet)


def verdict(one: Row, other: Row, sheet: Sheet) -> str:
    """How two values of one indicator and period stand."""
    if not (sentences.is_published(one) and sentences.is_published(other)):
        return ABSENT
    if sheet.ficha["form"] == "count":
        return UNJUDGED
    a, b = float(one["valor"]), float(other["valor"])
    limits = [one["inferior"], one["superior"], other["inferior"], other["superior"]]
    if sentences.is_register(sheet):
        step = sheet.ficha.get("relevant_change")
        if step is None:
            return UNJUDGED
        size = abs(a - b) if formats.is_percentage(sheet.unit()) else 100 * abs(a - b) / min(abs(a), abs(b)) if a and b else float("inf")
        if size < float(step):
            return SAME
    elif any(is_missing(x) for x in limits):
        return UNJUDGED
    elif float(limits[0]) <= float(limits[3]) and float(limits[2]) <= float(limits[1]):
        return SAME
    if sheet.direction == "context":
        return FIRST_HIGHER if a > b else SECOND_HIGHER
    return FIRST if (a > b) == (sheet.direction == "up") else SECOND


def pairs(snap: Snapshot, one: str, other: str) -> list[Pair]:
    """Every indicator with its last main period in both regions, in the order of areas."""
    rows: dict[str, dict[str, Row]] = {}
    for row in records(snap.matrix()):
        rows.setdefault(row["indicador"], {})[row["territorio"]] = row
    found = []
    for sheet in snap.indicators():
        own = rows.get(sheet.id, {})
        if one not in own or other not in own:
            continue
        shown = [r for r in own.values() if sentences.is_published(r) and r["nivel"] in PEERS]
        ends = [float(r["valor"]) for r in shown]
        ends += [float(r[c]) for r in (own[one], own[other]) for c in ("inferior", "superior") if sentences.is_published(r) and not is_missing(r[c])]
        country = own.get(COUNTRY) if sheet.ficha["form"] != "count" else None
        found.append(Pair(sheet, own[one], own[other], country, min([0.0, *ends]), max([*ends, 0.0]) or 1.0))
    return found


def judged(found: Sequence[Pair]) -> int:
    """In how many the two may be told apart at all."""
    return sum(1 for p in found if p.verdict in (*DIFFERENT, SAME))


def opening(found: Sequence[Pair], one: str, other: str, lang: str = "es") -> tuple[str, str]:
    """How many indicators tell the two apart, and for whom."""
    a, b = formats.place(one, lang), formats.place(other, lang)
    judged = [p for p in found if p.verdict in (*DIFFERENT, SAME)]
    apart = [p for p in judged if p.verdict in DIFFERENT]
    words: dict[str, Any] = {"una": a, "otra": b, "n": len(judged), "k": len(apart)}
    if not judged:
        return t("{una} y {otra} no tienen ningún indicador en el que se las pueda comparar.", lang).format(**words), ""
    if not apart:
        told = t("{una} y {otra} no se distinguen en ninguno de los {n} indicadores que permiten compararlas.", lang)
    elif len(apart) == 1:
        told = t("{una} y {otra} se distinguen en 1 de los {n} indicadores que permiten compararlas.", lang)
    else:
        told = t("{una} y {otra} se distinguen en {k} de los {n} indicadores que permiten compararlas.", lang)
    counts = [(sum(p.verdict == FIRST for p in apart), a), (sum(p.verdict == SECOND for p in apart), b)]
    better = [t("{lugar} está mejor en {n}", lang).format(lugar=name, n=n) for n, name in counts if n]
    firm = sum(not sentences.is_register(p.sheet) for p in apart)
    under = [f"{formats.listing(better, lang)}." if better else ""]
    if firm:
        under.append(t("De forma concluyente en {n}: sus intervalos no se cruzan.", lang).format(n=firm))
    if len(apart) > firm:
        under.append(t("En {n}, registros sin intervalo, la diferencia es relevante.", lang).format(n=len(apart) - firm))
    return told.format(**words), " ".join(x for x in under if x)


def block(found: Sequence[Pair], one: str, other: str, lang: str = "es") -> list[Any]:
    """Those that differ first; then those not told apart; then those not judged or without a value, folded."""
    groups = [
        (t("Se distinguen", lang), [p for p in found if p.verdict in DIFFERENT], True),
        (t("No se afirma diferencia", lang), [p for p in found if p.verdict == SAME], True),
        (t("Lado a lado, sin juicio: cantidades y registros que no lo permiten", lang), [p for p in found if p.verdict == UNJUDGED], False),
        (t("Sin dato en alguna de las dos", lang), [p for p in found if p.verdict == ABSENT], False),
    ]
    parts: list[Any] = [_legend(one, other, lang)]
    for title, members, opened in groups:
        if members:
            head = html.Summary(html.B(f"{title} ({len(members)})"))
            parts.append(html.Details([head, html.Div(_table(members, one, other, lang))], open=opened, className="plegable pareja"))
    return parts


def _legend(one: str, other: str, lang: str) -> html.Div:
    items = [
        html.Span([html.I(className="pareja__muestra pareja__muestra--una"), formats.place(one, lang)], className="leyenda__item"),
        html.Span([html.I(className="pareja__muestra pareja__muestra--otra"), formats.place(other, lang)], className="leyenda__item"),
        html.Span([html.I(className="pareja__muestra pareja__muestra--pais"), formats.place(COUNTRY, lang)], className="leyenda__item"),
        html.Span(t("La barra es el intervalo de 95 %: si se cruzan, no se afirma diferencia.", lang), className="leyenda__item"),
    ]
    return html.Div(items, className="leyenda")


def _table(members: Sequence[Pair], one: str, other: str, lang: str) -> html.Div:
    names = [formats.place(c, lang) for c in (one, other)]
    head = [
        html.Th(t("Indicador", lang), scope="col"), html.Th(names[0], scope="col", className="num pareja__una"),
        html.Th(names[1], scope="col", className="num"), html.Th(t("En la escala de las regiones", lang), scope="col", className="pareja__escala"),
        html.Th(t("Lectura", lang), scope="col"),
    ]  # fmt: skip
    body: list[Any] = []
    area = ""
    for pair in members:
        if pair.sheet.area != area:
            area = pair.sheet.area
            body.append(html.Tr(html.Th(area_name(area, lang), colSpan="5", scope="colgroup")))
        body.append(_row(pair, one, other, lang))
    caption = t("{una} y {otra}, último periodo de cada indicador", lang).format(una=names[0], otra=names[1])
    table = html.Table([html.Caption(caption), html.Thead(html.Tr(head)), html.Tbody(body)], className="tabla tabla--densa pareja__tabla")
    return html.Div(table, className="tabla-marco", role="region", tabIndex="0", **{"aria-label": caption})


def _row(pair: Pair, one: str, other: str, lang: str) -> html.Tr:
    sheet = pair.sheet
    name = html.A(sheet.text("short_name", lang), href=address(f"/indicador/{sheet.id}", region=one), **{"data-navegar": ""})
    period = html.Small(f"{formats.period(pair.one['periodo'], lang)} · {sheet.unit(lang)}")
    return html.Tr([
        html.Th([name, period], scope="row"),
        html.Td(_value(pair.one, sheet, lang), className="num pareja__una", **{"data-rotulo": formats.place(one, lang)}),
        html.Td(_value(pair.other, sheet, lang), className="num", **{"data-rotulo": formats.place(other, lang)}),
        html.Td(_track(pair), className="pareja__escala"), html.Td(_reading(pair, one, other, lang)),
    ])  # fmt: skip


def _value(row: Row, sheet: Sheet, lang: str) -> Any:
    if not sentences.is_published(row):
        return html.Span([components.hatch(row["estado"]), formats.NBSP + sentences.reason(row, lang)], className="tenue")
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang)
    return [formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), *([html.Small(limits)] if limits else [])]


def _track(pair: Pair) -> Any:
    """Both values and intervals on the scale of all regions; drawn by the style sheet from shares of it."""
    marks = []
    for row, kind in ((pair.one, "una"), (pair.other, "otra"), (pair.country, "pais")):
        if row is None or not sentences.is_published(row):
            continue
        style = {"--v": _share(row["valor"], pair)}
        if kind != "pais" and not is_missing(row["inferior"]) and not is_missing(row["superior"]):
            style |= {"--lo": _share(row["inferior"], pair), "--hi": _share(row["superior"], pair)}
        marks.append(html.I(className=f"pareja__marca pareja__marca--{kind}", style=style))
    return html.Span(marks, className="pareja__pista", **{"aria-hidden": "true"})


def _share(value: Any, pair: Pair) -> str:
    part = (float(value) - pair.low) / (pair.high - pair.low)
    return f"{100 * min(1.0, max(0.0, part)):.1f}%"


def _reading(pair: Pair, one: str, other: str, lang: str) -> Any:
    """Who differs, by name: the mark is neutral, as what is better for one is worse for the other."""
    found = pair.verdict
    first = found in (FIRST, FIRST_HIGHER)
    name = formats.place(one if first else other, lang)
    if found in DIFFERENT:
        why = html.Small(t("diferencia relevante", lang) if sentences.is_register(pair.sheet) else t("sus intervalos no se cruzan", lang))
        if found in (FIRST, SECOND):
            words = t("{lugar} está mejor", lang).format(lugar=name)
            return [html.Span([components.glyph("mejora"), words], className="cambio cambio--mejora"), why]
        mark = html.Span(className="glifo glifo--sube", **{"aria-hidden": "true"})
        return [html.Span([mark, t("más alto en {lugar}", lang).format(lugar=name)], className="cambio cambio--sin-diferencia"), why]
    if found == SAME:
        words = t("sin diferencia relevante", lang) if sentences.is_register(pair.sheet) else t("sus intervalos se cruzan", lang)
        return components.change_words("sin_diferencia", words)
    if found == UNJUDGED:
        return html.Span(t("no se juzga", lang), className="tenue")
    return html.Span(t("falta un dato", lang), className="tenue")


def default_pair(one: str, other: str) -> tuple[str, str]:
    """Both regions, the pilots standing in for what was not chosen."""
    order = sorted(p.codigo for p in pilots())
    first = one or next(c for c in order if c != other)
    return first, other if other and other != first else next(c for c in order if c != first)
