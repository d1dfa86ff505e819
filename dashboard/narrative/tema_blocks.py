"""The other sections of a theme page: ranking, trend, parts, heat map, note. Each says why where it has nothing to draw."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.figures import calor, distribution
from dashboard.figures.request import Params, is_comparable_with_country, records
from dashboard.language import t
from dashboard.narrative import division, headlines, parts, sentences, tema_cards, tema_spans, tema_tables
from dashboard.narrative.tema_process import absent
from dashboard.narrative.tema_view import View
from dashboard.published import Sheet
from dashboard.temas.declaration import Heat, Note
from warehouse.territories import COUNTRY

Row = dict[Any, Any]


def _chips(sheet: Sheet, lang: str) -> list[Any]:
    estimate = [components.chip(t("Estimación de encuesta", lang))] if tema_cards.is_estimate(sheet) else []
    return [*estimate, *parts.chips(sheet, lang)]


def ranking(view: View, sheet: Sheet) -> list[Any]:
    """The regions at one period; the last one in which any had a value."""
    when, note = view.compared(sheet)
    frame = view.frame(sheet, when) if when else pd.DataFrame()
    if frame.empty or not frame["nivel"].isin(["region", "departamento"]).any() or not (frame["estado"] == "publicado").any():
        return [absent(view, sheet)]
    params = view.params(sheet, period=when)
    finding = headlines.figure_title(frame, sheet, view.lang)
    # a finding that names somebody after a colon is a sentence of its own
    apart = ":" in finding.partition(";")[0]
    name = sheet.text("short_name", view.lang)
    title = f"{name}. {finding}" if apart else f"{name}: {finding[0].lower()}{finding[1:]}"
    made = parts.ranking(f"ranking-{sheet.id}", view.snap, sheet, frame, params, title, notes=[note] if note else [], table=False)
    table = parts.territory_table(f"tabla-ranking-{sheet.id}", frame, sheet, view.lang, selected=view.region)
    if tema_cards.is_estimate(sheet):
        for figure in made:
            figure.children[1].children.append(components.chip(t("Estimación de encuesta", view.lang)))
    # the bars of phones are text already: one table serves both
    made[0].children.append(html.Details([html.Summary(t("Ver tabla", view.lang)), table], className="figura__tabla"))
    return list(made)


def trend(view: View, sheet: Sheet) -> list[Any]:
    """The territory through time, the country in grey behind a region."""
    lang = view.lang
    every = view.snap.values(sheet.id, kind=sheet.main_period, territory=view.place, category="")
    shown = sorted((r for r in records(every) if sentences.is_published(r)), key=lambda r: r["periodo"])
    if len(shown) < 2:
        return [absent(view, sheet)]
    country = view.snap.values(sheet.id, kind=sheet.main_period, territory=COUNTRY, category="")
    behind = bool(view.region) and is_comparable_with_country(sheet) and bool((country["estado"] == "publicado").any())
    told = f"{sheet.text('name', lang)}: {sheet.unit(lang)}."
    if every["inferior"].notna().any():
        told += " " + t("Franja clara: intervalo de 95 %.", lang)
    if behind:
        told += " " + t("Gris: Perú.", lang)
    if any("serie_incompleta" in (r["avisos"] or []) for r in records(every)):
        told += " " + t("Punto hueco: periodo incompleto.", lang)
    rows = sorted(records(every), key=lambda r: str(r["periodo"]), reverse=True)
    table = tema_tables.values_table(
        f"tabla-tendencia-{sheet.id}", rows, sheet, t("Periodo", lang), lambda r: formats.period(r["periodo"], lang), lang
    )
    return [components.figure_block(
        f"tendencia-{sheet.id}", "tendencia", Params(sheet.id, view.place, "", sheet.main_period, "", lang), _from_to(shown, sheet, lang), told,
        parts.source(view.snap, sheet, view.frame(sheet), lang), height=360, lang=lang, chips=_chips(sheet, lang), table=table,
    )]  # fmt: skip


def _from_to(shown: list[Row], sheet: Sheet, lang: str) -> str:
    """From the first to the last whole period, both of the same months: what adds up within a year cannot be told otherwise."""
    whole = [r for r in shown if "serie_incompleta" not in (r["avisos"] or [])] or shown
    last = whole[-1]
    same = [r for r in whole[:-1] if str(r["periodo"])[4:] == str(last["periodo"])[4:]]
    first = (same or whole)[0]
    return t("{nombre}, {lugar}: de {antes} ({desde}) a {ahora} ({hasta})", lang).format(
        nombre=sheet.text("short_name", lang), lugar=sentences.where(first, sheet, lang), antes=sentences.value(first, sheet, lang),
        desde=formats.period(first["periodo"], lang), ahora=sentences.value(last, sheet, lang), hasta=formats.period(last["periodo"], lang),
    )  # fmt: skip


def divided(view: View, sheet: Sheet, breakdown: str) -> list[Any]:
    """The categories of the territory, of the breakdown asked for; the largest in copper where one is."""
    lang = view.lang
    when, note = view.divided(sheet, breakdown)
    if not when:
        return [absent(view, sheet)]
    params = view.params(sheet, _largest(view, sheet, breakdown, when), when)
    frame = distribution.categories(view.snap, params)
    if frame.empty:
        return [absent(view, sheet)]
    place = str(frame["territorio"].iloc[0])
    notes = [note] if note else []
    if place != view.place:
        told = t("{lugar} no tiene un valor por categorías: se muestra {grupo}.", lang)
        notes = [told.format(lugar=formats.place(view.place, lang), grupo=formats.place(place, lang))]
    own = next((b for b in sheet.breakdowns if b["name"] == frame["desglose"].iloc[0]), {"name": ""})
    by = division.title(own, lang)
    told = t("{nombre}, {unidad}. Por {desglose}.", lang).format(
        nombre=sheet.text("name", lang), unidad=sheet.unit(lang), desglose=f"{by[0].lower()}{by[1:]}"
    )
    if frame["inferior"].notna().any():
        told += " " + t("Línea fina: intervalo de 95 %; si se cruzan, no se afirma diferencia.", lang)
    rows = sorted(records(frame), key=lambda r: -float(r["valor"]) if sentences.is_published(r) else 1.0)
    table = tema_tables.values_table(
        f"tabla-partes-{sheet.id}", rows, sheet, by, lambda r: sentences.category_name(sheet, r["categoria"], lang), lang
    )
    total = rows[0]["denominador"] if distribution.is_whole(sheet, frame) else None
    return [components.figure_block(
        f"partes-{sheet.id}", "distribucion", params,
        f"{sheet.text('short_name', lang)}, {division.summary(view.snap, sheet, params)}", told,
        components.source_line(view.snap, parts.spoken(sheet), total, lang), height=distribution.height(frame), lang=lang,
        chips=_chips(sheet, lang), notes=notes, table=table,
        csv=components.values_url({"indicador": sheet.id, "tipo": sheet.main_period, "periodo": when, "desglose": own["name"]}),
    )]  # fmt: skip


def _largest(view: View, sheet: Sheet, breakdown: str, when: str) -> str:
    """The category that leads the figure to its breakdown: the largest of the territory, else of the country."""
    if not breakdown:
        return ""
    frame = view.snap.values(sheet.id, kind=sheet.main_period, period=when)
    split = frame[(frame["desglose"] == breakdown) & (frame["estado"] == "publicado")]
    for place in (view.place, COUNTRY):
        own = split[split["territorio"] == place]
        if len(own):
            return str(own.sort_values("valor", kind="stable")["categoria"].iloc[-1])
    return ""


def heat(view: View, sheet: Sheet, declared: Heat) -> list[Any]:
    """Regions by categories or periods: a chart on wide screens, the same cells as a table on phones."""
    lang = view.lang
    when = view.period(sheet)
    params = view.params(sheet, declared.by, when)
    found = calor.grid(view.snap, params)
    if not found.shown:
        return [absent(view, sheet)]
    title = _heat_title(found, sheet, lang)
    told = t("{nombre}: {unidad}. Más intenso, más alto; con trama, sin dato.", lang).format(nombre=sheet.text("name", lang), unidad=sheet.unit(lang))
    if not found.in_time:
        told = f"{formats.period(found.period, lang)}. {told}"
    about: dict[str, Any] = {
        "source_line": parts.source(view.snap, sheet, view.frame(sheet), lang), "lang": lang, "chips": _chips(sheet, lang),
        "notes": _absences(found, lang),
        "csv": components.values_url(
            {"indicador": sheet.id, "tipo": sheet.main_period}
            | ({"desglose": "ninguno"} if found.in_time else {"desglose": declared.by, "periodo": found.period})
        ),
    }  # fmt: skip
    wide = components.figure_block(f"calor-{sheet.id}", "calor", params, title, told, height=calor.height(found), **about)
    narrow = components.figure_block(f"calor-{sheet.id}-movil", "calor", params, title, told, body=_cells(found, sheet, view, lang), **about)
    many = "--columnas" if len(found.columns) > calor.LAST else ""
    wide.className, narrow.className = (f"figura {c}{f' {c}{many}' if many else ''}" for c in ("solo-ancho", "solo-movil"))
    return [wide, narrow]


def _absences(found: calor.Grid, lang: str) -> list[Any]:
    """What each hatch of the cells means, and how many cells have it."""
    states = Counter(r["estado"] for r in found.cells.values() if not sentences.is_published(r))
    told: list[Any] = []
    for state, n in states.most_common():
        told += [components.hatch(state), f"{formats.NBSP}{sentences.reason({'estado': state, 'n': None}, lang)} ({n})  "]
    return [html.Span([t("Sin dato porque:", lang), " ", *told])] if told else []


def _heat_title(found: calor.Grid, sheet: Sheet, lang: str) -> str:
    """In time, the regions' extremes at the newest period; by category, the country's highest and lowest."""
    name = sheet.text("short_name", lang)
    if found.in_time:
        last = [r for (p, c), r in found.cells.items() if c == found.columns[-1] and p != COUNTRY and sentences.is_published(r)]
        return f"{name}, {formats.period(found.columns[-1], lang)}: {tema_spans.span(last, sheet, lang)}"
    country = [r for (p, _), r in found.cells.items() if p == COUNTRY and sentences.is_published(r)]
    if len(country) < 2:
        return t("{nombre} por región y categoría", lang).format(nombre=name)
    values = sorted(float(r["valor"]) for r in country)
    low, high = ([r for r in country if float(r["valor"]) == v] for v in (values[0], values[-1]))
    return t("{nombre}, en el país: de {menor} en {ultima} a {mayor} en {primera}", lang).format(
        nombre=name, menor=_bare(low[0], sheet, lang), ultima=_which(low, sheet, lang), mayor=_bare(high[0], sheet, lang),
        primera=_which(high, sheet, lang),
    )  # fmt: skip


def _which(rows: list[Row], sheet: Sheet, lang: str) -> str:
    """The category where it is one, else how many share the value."""
    if len(rows) == 1:
        return sentences.quoted(sentences.category_name(sheet, rows[0]["categoria"], lang), lang)
    return t("{n} categorías", lang).format(n=len(rows))


def _bare(row: Row, sheet: Sheet, lang: str) -> str:
    return sentences.value(row, sheet, lang) if formats.is_percentage(sheet.unit()) else formats.number(row["valor"], sheet.decimals, lang)


def _cells(found: calor.Grid, sheet: Sheet, view: View, lang: str) -> Any:
    """The same cells as a table; an absence is its hatch, which says its reason to who cannot see it."""
    # a phone shows two or three columns at once: the newest period first
    order = tuple(reversed(found.columns)) if found.in_time else found.columns
    heads = [formats.period(c, lang) if found.in_time else sentences.category_name(sheet, c, lang) for c in order]
    rows = []
    for place in found.places:
        made: list[Any] = [formats.place(place, lang)]
        for column in order:
            row = found.cells.get((place, column))
            if row is None:
                made.append(components.Cell("", None))
            elif sentences.is_published(row):
                made.append(components.Cell(formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), row["valor"]))
            else:
                said = {"role": "img", "aria-label": sentences.reason(row, lang)}
                made.append(components.Cell(html.Span(className=f"trama trama--{row['estado']}", **said), None))
        rows.append(made)
    columns = [components.Column(t("Territorio", lang)), *(components.Column(h, numeric=True) for h in heads)]
    chosen = [i for i, p in enumerate(found.places) if p == view.region]
    table = components.data_table(f"tabla-calor-{sheet.id}", columns, rows, sheet.text("short_name", lang), selected=chosen, dense=True, lang=lang)
    return html.Div(table, className="tema__calor")


def note(view: View, declared: Note) -> html.Section:
    """A text with the rule it rests on."""
    inside = [html.P(declared.body.of(view.lang))]
    if declared.rule is not None:
        inside.append(html.P(declared.rule.of(view.lang), className="tema__norma"))
    return html.Section([html.H2(declared.title.of(view.lang), className="figura__titulo"), *inside], className="seccion tema__nota")
