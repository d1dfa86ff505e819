"""What changed, what worries, what improved: the firm changes and signals of all regions, a few of each with its way to the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.formats import NBSP
from dashboard.language import t
from dashboard.narrative import cards, parts, region_changes, sentences
from dashboard.narrative.region_changes import Pair
from dashboard.published import Sheet

Row = Mapping[Any, Any]
#: items of each column
SHOWN = 4


def block(values: Mapping[str, Mapping[str, Row]], sheets: Sequence[Sheet], lang: str, region: str = "") -> html.Section:
    """The three columns. `values`: indicator -> territory -> its newest row. `region` leaves only that region."""
    managed = [s for s in sheets if s.area != cards.ABOUT_DATA]
    pairs = [(r, s) for s in managed for r in values.get(s.id, {}).values() if r["nivel"] == "region" and region in ("", r["territorio"])]
    worse, better = region_changes.firm(pairs, "empeora"), region_changes.firm(pairs, "mejora")
    alarms = region_changes.signals(pairs, "deterioro")
    invented = any(s.synthetic for _, s in [*worse, *better, *alarms])
    subtitle = t("Último periodo de cada indicador de gestión (los de calidad de los datos van aparte). Solo cambios concluyentes, del que más supera su propio margen al que menos, y señales de la serie.", lang)  # fmt: skip  # noqa: E501
    head = html.Div(
        [html.P(subtitle, className="figura__subtitulo"), *([components.synthetic_chip(lang)] if invented else [])], className="figura__bajo"
    )
    columns = [
        _column(t("Qué cambió", lang), _moved(pairs, lang), lang),
        _column(
            t("Qué preocupa", lang),
            _listed(worse, alarms, t("Ningún indicador empeora de forma concluyente ni da señal de deterioro.", lang), lang),
            lang,
        ),
        _column(t("Qué mejoró", lang), _listed(better, [], t("Ningún indicador mejora de forma concluyente.", lang), lang), lang),
    ]
    title = html.H2(finding(len(worse), len(better), len(alarms), lang), className="figura__titulo")
    return html.Section([title, head, html.Div(columns, className="columnas columnas--3 novedades")], className="seccion", id="novedades")


def finding(worse: int, better: int, alarms: int, lang: str) -> str:
    """«33 cambios para peor, 26 para mejor y 18 señales de deterioro»; says so when nothing can be affirmed."""
    if not worse and not better and not alarms:
        return t("Ningún cambio concluyente ni señal de deterioro en las regiones", lang)
    counted = [
        *([formats.plural(worse, t("cambio concluyente para peor", lang), t("cambios concluyentes para peor", lang), lang)] if worse else []),
        *([formats.plural(better, t("cambio concluyente para mejor", lang), t("cambios concluyentes para mejor", lang), lang)] if better else []),
        *([formats.plural(alarms, t("señal de deterioro", lang), t("señales de deterioro", lang), lang)] if alarms else []),
    ]
    return formats.listing(counted, lang)


def _column(title: str, content: list[Any], lang: str) -> html.Div:
    return html.Div([html.H3(title, className="novedades__titulo"), *content])


def _moved(pairs: list[Pair], lang: str) -> list[Any]:
    """The indicators in which most regions moved, whichever way."""
    moved = region_changes.firm(pairs)
    counts = Counter(s.id for _, s in moved)
    named = {s.id: s for _, s in pairs}
    if not counts:
        return [components.note(t("Ningún indicador cambió de forma concluyente en ninguna región.", lang))]
    items, invented = [], any(s.synthetic for s in named.values())
    for id, n in counts.most_common(SHOWN):
        states = Counter(r["cambio_estado"] for r, s in moved if s.id == id)
        ways = [f"{k} {sentences.direction(x, lang, many=k != 1)}" for x in ("empeora", "mejora", "sube", "baja") if (k := states.get(x, 0))]
        # the section's mark holds for the others
        told = formats.listing(ways, lang) + ("" if named[id].synthetic or not invented else f" · {t('dato real', lang)}")
        name = html.B(parts.indicator_link(named[id], lang))
        size = formats.plural(n, t("región", lang), t("regiones", lang), lang)
        items.append(html.Li([parts.mark("sin_diferencia"), html.Div([name, html.Small(told)]), html.Span(size, className="cambio")]))
    more = len(counts) - len(items)
    rest = [
        html.P(
            formats.plural(more, t("indicador más con cambios", lang), t("indicadores más con cambios", lang), lang), className="nota region-resto"
        )
    ]
    return [html.Ul(items, className="cambios region-cambios"), *(rest if more > 0 else [])]


def _listed(moved: list[Pair], alarms: list[Pair], nothing: str, lang: str) -> list[Any]:
    """The largest changes, then signals in the places left; what is not shown is counted."""
    if not moved and not alarms:
        return [components.note(nothing)]
    first = _apart(moved, SHOWN if not alarms else SHOWN - 1)
    then = _apart(alarms, SHOWN + 1 - len(first) if alarms else 0)
    items = [_item(r, s, lang) for r, s in first] + [_signal(r, s, lang) for r, s in then]
    left = len(moved) - len(first), len(alarms) - len(then)
    told = [
        *([formats.plural(left[0], t("cambio más", lang), t("cambios más", lang), lang)] if left[0] else []),
        *([formats.plural(left[1], t("señal más", lang), t("señales más", lang), lang)] if left[1] else []),
    ]
    rest = (
        [html.P([f"{formats.listing(told, lang)}: ", html.A(t("ver el cuadro", lang), href="#matriz")], className="nota region-resto")]
        if told
        else []
    )
    return [html.Ul(items, className="cambios region-cambios"), *rest]


def _apart(found: list[Pair], most: int) -> list[Pair]:
    """The first ones, in their order, no indicator more than twice while others wait: one that moved everywhere is told in the first column."""
    seen: Counter[str] = Counter()
    first: list[int] = []
    for place, (_, sheet) in enumerate(found):
        if seen[sheet.id] < 2:
            first.append(place)
            seen[sheet.id] += 1
    rest = [place for place in range(len(found)) if place not in set(first)]
    return [found[place] for place in sorted([*first, *rest][:most])]


def _item(row: Row, sheet: Sheet, lang: str) -> html.Li:
    state = row["cambio_estado"]
    told = region_changes.signal_words(row, lang) if region_changes.meaning(row, sheet) else ""
    small = [html.Small(region_changes.before_and_now(row, sheet, lang)), *([html.Small([parts.mark("senal"), f"{NBSP}{told}"])] if told else [])]
    size = html.Span(sentences.difference(row, sheet, lang), className=f"cambio cambio--{state}")
    return html.Li([parts.mark(state), html.Div([_named(row, sheet, lang), *small]), size])


def _signal(row: Row, sheet: Sheet, lang: str) -> html.Li:
    told = html.Small(region_changes.signal_words(row, lang))
    value = html.Span(sentences.value(row, sheet, lang), className="cambio cambio--senal")
    return html.Li([parts.mark("senal"), html.Div([_named(row, sheet, lang), told]), value])


def _named(row: Row, sheet: Sheet, lang: str) -> html.B:
    place = formats.place(row["territorio"], lang)
    return html.B([f"{place} · ", parts.indicator_link(sheet, lang, region=row["territorio"])])
