"""What changed in a region: firm changes and signals only, the ones that exceed their own margin most first; the rest is counted in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.formats import NBSP, is_missing
from dashboard.language import t
from dashboard.narrative import parts, sentences
from dashboard.published import Sheet

Row = Mapping[Any, Any]
Pair = tuple[Row, Sheet]
#: firm changes and signals that are listed; more are counted
LISTED, SIGNALS = 8, 4
#: what the publication calls a signal of getting worse or better
_MEANT = {"deterioro": "empeora", "mejora": "mejora"}


def size(row: Row, sheet: Sheet) -> float:
    """How many times a change exceeds its own margin: half its interval, or the change that the definition of a register calls relevant.

    Points, days and soles have no common scale; this is the only one on which the largest can be told.
    """
    if is_missing(row["cambio"]):
        return 0.0
    if not is_missing(row["cambio_inferior"]) and not is_missing(row["cambio_superior"]):
        half = (float(row["cambio_superior"]) - float(row["cambio_inferior"])) / 2
        return abs(float(row["cambio"])) / half if half > 0 else 0.0
    least = float(sheet.ficha.get("relevant_change") or 0)
    own = row["cambio"] if formats.is_percentage(sheet.unit()) or is_missing(row["cambio_relativo"]) else row["cambio_relativo"]
    return abs(float(own)) / least if least else 0.0


def firm(pairs: Sequence[Pair], *states: str) -> list[Pair]:
    """Pairs whose change the publication calls one of `states` (any firm one where none is said), largest first."""
    found = [(r, s) for r, s in pairs if sentences.is_conclusive(r) and (not states or r["cambio_estado"] in states)]
    return sorted(found, key=lambda p: -size(*p))


def signals(pairs: Sequence[Pair], *meanings: str) -> list[Pair]:
    """Pairs whose own series gives a signal of `meanings` (deterioro, mejora) and whose change is not firm already; getting worse first."""
    wanted = meanings or tuple(_MEANT)
    found = [(r, s) for r, s in pairs if sentences.is_published(r) and meaning(r, s) in wanted and not sentences.is_conclusive(r)]
    return sorted(found, key=lambda p: p[0]["variacion"] != "deterioro")


def meaning(row: Row, sheet: Sheet) -> str:
    """deterioro, mejora or "": what a series' signal says. A figure that adds up along the year rises every month: that is no signal."""
    if sheet.ficha.get("accumulation") == "cumulative":
        return ""
    return row["variacion"] if row["variacion"] in _MEANT else ""


def signal_words(row: Row, lang: str = "es") -> str:
    """What a series' signal is, in words."""
    told = {
        "fuera_superior": t("el último punto está sobre el límite superior de su serie", lang),
        "fuera_inferior": t("el último punto está bajo el límite inferior de su serie", lang),
        "tendencia_sube": t("siete periodos seguidos en alza", lang),
        "tendencia_baja": t("siete periodos seguidos en baja", lang),
        "dos_de_tres_superior": t("dos de tres puntos cerca del límite superior", lang),
        "dos_de_tres_inferior": t("dos de tres puntos cerca del límite inferior", lang),
        "siete_arriba": t("siete periodos seguidos sobre su media", lang),
        "siete_abajo": t("siete periodos seguidos bajo su media", lang),
    }
    return told.get(row["senal"] or "", "")


def before_and_now(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """«72.9 % → 61.8 %, intervalo −20.0 a −2.0»; for a register, that it has none."""
    unit, digits = sheet.unit(lang).split(" (", 1)[0], sheet.decimals
    now = formats.with_unit(row["valor"], unit, digits, lang, short=True)
    then = formats.with_unit(float(row["valor"]) - float(row["cambio"]), unit, digits, lang, short=True)
    limits = formats.interval(row["cambio_inferior"], row["cambio_superior"], digits, lang)
    proof = t("intervalo {limites}", lang).format(limites=limits) if limits else ""
    if not limits and sentences.is_register(sheet):
        proof = t("registro, sin intervalo", lang)
    return f"{then} → {now}{f' · {proof}' if proof else ''}"


def changed(pairs: Sequence[Pair], lang: str) -> list[Any]:
    """The list itself, and the line that counts what is not in it."""
    moved, signalled = firm(pairs), signals(pairs)
    items = [_change(r, s, lang) for r, s in moved[:LISTED]] + [_signal(r, s, lang) for r, s in signalled[:SIGNALS]]
    shown = [p for p in pairs if sentences.is_published(p[0])]
    if not items:
        listed = html.P(t("Ningún cambio concluyente ni señal en los indicadores con dato.", lang), className="nota nota--junto")
    else:
        listed = html.Ul(items, className="cambios region-cambios")
    return [listed, html.P(_rest(shown, moved, signalled, lang), className="nota region-resto")]


def _change(row: Row, sheet: Sheet, lang: str) -> html.Li:
    state = row["cambio_estado"]
    small = before_and_now(row, sheet, lang)
    told = signal_words(row, lang) if meaning(row, sheet) else ""
    return html.Li(
        [
            parts.mark(state),
            html.Div(
                [
                    html.B(parts.indicator_link(sheet, lang, region=row["territorio"])),
                    html.Small(small),
                    *([html.Small([parts.mark("senal"), f"{NBSP}{told}"])] if told else []),
                ]
            ),
            html.Span(
                [sentences.difference(row, sheet, lang), html.Small(sentences.direction(state, lang))],
                className=f"cambio cambio--{state if state in ('mejora', 'empeora') else 'sin-diferencia'}",
            ),
        ]
    )


def _signal(row: Row, sheet: Sheet, lang: str) -> html.Li:
    meant = _MEANT[row["variacion"]]
    reading = t("señal de deterioro", lang) if meant == "empeora" else t("señal de mejora", lang)
    name = html.B(parts.indicator_link(sheet, lang, region=row["territorio"]))
    told = f"{sentences.value(row, sheet, lang)} · {signal_words(row, lang)}"
    return html.Li([parts.mark("senal"), html.Div([name, html.Small(told)]), html.Span(reading, className="cambio cambio--senal")])


def _rest(shown: list[Pair], moved: list[Pair], signalled: list[Pair], lang: str) -> str:
    """«Además, 3 cambios y 2 señales. En los otros 40 indicadores: 31 sin diferencia concluyente y 9 sin periodo con el que comparar.»"""
    told = []
    more, beyond = max(0, len(moved) - LISTED), max(0, len(signalled) - SIGNALS)
    if more or beyond:
        counted = [
            *([formats.plural(more, t("cambio concluyente", lang), t("cambios concluyentes", lang), lang)] if more else []),
            *([formats.plural(beyond, t("señal", lang), t("señales", lang), lang)] if beyond else []),
        ]
        told.append(t("Además, {partes}: están en la columna vertebral, abajo.", lang).format(partes=formats.listing(counted, lang)))
    others = [p for p in shown if p not in moved and p not in signalled]
    same = sum(1 for r, _ in others if r["cambio_estado"] == "sin_diferencia")
    alone = len(others) - same
    pieces = [
        *([t("{n} sin diferencia concluyente", lang).format(n=same)] if same else []),
        *([t("{n} sin periodo con el que comparar", lang).format(n=alone)] if alone else []),
    ]
    if pieces:
        told.append(t("En los demás indicadores con dato: {partes}.", lang).format(partes=formats.listing(pieces, lang)))
    return " ".join(told)


def strengths(pairs: Sequence[Pair], lang: str, against: Sequence[str] = ("mejor", "mayor"), side: str = "mejora") -> list[Any]:
    """What stands out on one side: against the country first, then firm changes and signals of the same meaning; a sentence where nothing does."""
    found: dict[str, tuple[Row, Sheet, list[str]]] = {}
    for row, sheet in pairs:
        if not sentences.is_published(row) or sheet.direction == "context":
            continue
        told = []
        if row["frente_al_pais"] in against:
            told.append(t("mejor que el país", lang) if side == "mejora" else t("peor que el país", lang))
        if row["cambio_estado"] == side:
            told.append(sentences.short_change(row, sheet, lang))
        if meaning(row, sheet) == ("mejora" if side == "mejora" else "deterioro"):
            told.append(signal_words(row, lang))
        if told:
            found[sheet.id] = (row, sheet, told)
    ranked = sorted(found.values(), key=lambda x: (x[0]["frente_al_pais"] not in against, -len(x[2]), -size(x[0], x[1])))
    items = [
        html.Li(
            [
                parts.mark(side),
                html.Div([html.B(parts.indicator_link(s, lang, region=r["territorio"])), html.Small("; ".join(told))]),
                html.Span(html.B(sentences.value(r, s, lang))),
            ]
        )
        for r, s, told in ranked[:5]
    ]
    if not items:
        return [components.note(t("Nada que se pueda afirmar con estos datos.", lang))]
    more = len(ranked) - len(items)
    rest = [html.P(t("y {n} más", lang).format(n=more), className="nota region-resto")] if more > 0 else []
    return [html.Ul(items, className="cambios region-cambios"), *rest]
