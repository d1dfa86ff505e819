"""The process behaviour chart of a territory with what its signals say, what may be said and what may not."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.figures import control as drawing
from dashboard.figures.process import Process, groups, process, signal_words, stretch_words
from dashboard.figures.request import Params, records
from dashboard.language import t
from dashboard.narrative import parts, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.states import is_judged

#: stretches of signals told one by one
_TOLD = 4

Row = dict[Any, Any]


def found(snap: Snapshot, sheet: Sheet, place: str, params: Params) -> Process | None:
    """The process of a territory up to the period of the page; None where it has no chart."""
    rows = snap.values(sheet.id, kind=params.tipo, territory=place, category=params.categoria)
    return process(records(rows), sheet, params.periodo)


def block(snap: Snapshot, sheet: Sheet, place: str, params: Params, chart: Process) -> html.Div:
    """The chart with its reading at its side."""
    lang = params.lang
    asked = Params(sheet.id, place, params.periodo, params.tipo, params.categoria, lang)
    first, last = (formats.period(chart.rows[i]["periodo"], lang) for i in (0, -1))
    told = t("{nombre}, {lugar}, de {desde} a {hasta}. Entre los límites, los cambios son variación habitual. Rombo: señal.", lang)
    subtitle = told.format(nombre=sheet.text("name", lang), lugar=sentences.where(chart.rows[-1], sheet, lang), desde=first, hasta=last)
    figure = components.figure_block(
        "control", "control", asked, title(chart, sheet, lang), subtitle, parts.source(snap, sheet, _of_last(snap, sheet, chart, params), lang),
        height=drawing.HEIGHT, lang=lang, chips=parts.chips(sheet, lang), how="#ficha", table=_table(chart, sheet, lang),
    )  # fmt: skip
    return html.Div([figure, html.Aside(reading(chart, sheet, lang), className="lado")], className="columnas columnas--2-1")


def _of_last(snap: Snapshot, sheet: Sheet, chart: Process, params: Params) -> Any:
    row = chart.rows[-1]
    return snap.values(sheet.id, kind=params.tipo, period=row["periodo"], territory=row["territorio"], category=params.categoria)


def title(chart: Process, sheet: Sheet, lang: str = "es") -> str:
    """The finding: the newest signal, or that there is none."""
    if chart.piled:
        return t("La mayoría de los periodos tiene el mismo valor: no se señala ningún punto", lang)
    if chart.restless:
        return t("La serie pasa por varios niveles: una sola media no la describe", lang)
    stretches = groups(chart)
    if not stretches:
        return t("Variación habitual: ningún periodo se aparta de lo que cambia por azar", lang)
    signal, rows = stretches[0]
    when, _ = stretch_words(signal, rows, sheet, lang)
    why = signal_words(signal, lang)
    if chart.last:
        return t("No es ruido: {cuando}, {senal}", lang).format(cuando=when, senal=why)
    return t("Hoy, variación habitual; la última señal, {cuando}: {senal}", lang).format(cuando=when, senal=why)


def reading(chart: Process, sheet: Sheet, lang: str = "es") -> list[Any]:
    """What the signals say, what may be said, what may not."""
    return [
        html.H2(t("Qué dicen las señales", lang), className="lado__titulo"), *_signals(chart, sheet, lang),
        html.H2(t("Qué se puede decir", lang), className="lado__titulo"), *(html.P(x) for x in may_say(chart, sheet, lang)),
        html.H2(t("Qué no se puede decir", lang), className="lado__titulo"), *(html.P(x) for x in may_not_say(chart, sheet, lang)),
    ]  # fmt: skip


def _signals(chart: Process, sheet: Sheet, lang: str) -> list[Any]:
    stretches = groups(chart)
    if not stretches:
        return [html.P(t("Ningún punto está fuera de los límites ni hay siete seguidos de un lado de la media o en una misma dirección.", lang))]
    items = []
    for signal, rows in stretches[:_TOLD]:
        when, why = stretch_words(signal, rows, sheet, lang)
        items.append(html.Li([components.glyph("senal"), html.Span([html.B(f"{when}: "), f"{why}."])]))
    more = len(stretches) - _TOLD
    rest = [html.P(t("Y {n} más antes; están en la tabla.", lang).format(n=more), className="tenue")] if more > 0 else []
    return [html.Ul(items, className="senales"), *rest]


def may_say(chart: Process, sheet: Sheet, lang: str = "es") -> list[str]:
    """What the publication's own verdicts of the last period allow, in sentences."""
    last = chart.rows[-1]
    words = {
        "deterioro": t("El proceso cambió, y hacia peor: no es la variación de siempre.", lang),
        "mejora": t("El proceso cambió, y hacia mejor: no es la variación de siempre.", lang),
        "neutral_alza": t("El proceso cambió hacia arriba: no es la variación de siempre.", lang),
        "neutral_baja": t("El proceso cambió hacia abajo: no es la variación de siempre.", lang),
        "comun": t("El último periodo está dentro de lo habitual: su subida o bajada no pide una explicación propia.", lang),
    }
    told = [words[last["variacion"]]] if last["variacion"] in words else []
    if chart.piled:
        told = [t("Que el valor casi no cambia. Un periodo distinto se nota a simple vista; los límites no sirven para juzgarlo.", lang)]
    elif chart.restless:
        told = [t("Que la serie pasó por niveles distintos. Compare tramos, no cada punto con la media de todos.", lang)]
    elif not told:
        told = [t("La serie y su media, tal como están dibujadas.", lang)]
    return [*told, *_assurance(last, sheet, lang)]


def _assurance(last: Row, sheet: Sheet, lang: str) -> list[str]:
    if not last["aseguramiento"] or formats.is_missing(last["meta"]) or not is_judged(last["avisos"]):
        return []
    goal = formats.with_unit(last["meta"], sheet.unit(lang), sheet.decimals, lang, short=True)
    words = {
        "cumple": t("Si nada cambia, lo esperable es que siga alcanzando la meta ({meta}): todo lo habitual queda del lado bueno.", lang),
        "incumple": t("Si nada cambia, lo esperable es que no alcance la meta ({meta}): todo lo habitual queda del otro lado.", lang),
        "variable": t("Si nada cambia, unas veces alcanzará la meta ({meta}) y otras no, por azar.", lang),
    }
    return [words[last["aseguramiento"]].format(meta=goal)]


def may_not_say(chart: Process, sheet: Sheet, lang: str = "es") -> list[str]:
    """The cause, the future, and what the limits are not."""
    told = [
        t("La causa: la señal dice cuándo cambió, no por qué.", lang),
        t("Que los límites sean una meta: salen de los {n} periodos dibujados y se mueven cuando llega otro.", lang).format(n=len(chart.rows)),
    ]
    if not is_judged(chart.rows[-1]["avisos"]):
        told.append(t("Que se venció un plazo legal: parte de los plazos es referencial, sin verificar.", lang))
    return told


def _table(chart: Process, sheet: Sheet, lang: str) -> Any:
    columns = [
        components.Column(t("Periodo", lang)), components.Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
        components.Column(t("Cambio de un periodo a otro", lang), numeric=True), components.Column(t("Señal", lang)),
    ]  # fmt: skip
    rows = []
    for row, signal, step in reversed(list(zip(chart.rows, chart.signals, chart.ranges, strict=True))):
        words = signal_words(signal, lang) if signal and not chart.piled else formats.DASH
        rows.append([
            components.Cell(formats.period(row["periodo"], lang), row["periodo"]),
            components.Cell(formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), row["valor"]),
            components.Cell(formats.DASH if step is None else formats.number(step, sheet.decimals, lang), step),
            components.Cell(words, "" if words == formats.DASH else words),
        ])  # fmt: skip
    return components.data_table("tabla-control", columns, rows, sheet.text("short_name", lang), lang=lang, dense=True)
