"""`/indicador/<id>`: one generic page for every indicator: the value, its history, its peers, and where it comes from."""

from __future__ import annotations

from typing import Any

import dash
import pandas as pd
from dash import html

from dashboard import components, formats, published
from dashboard.figures import distribution
from dashboard.figures.request import Params, home, records
from dashboard.figures.request import kind as kind_of
from dashboard.figures.request import period as period_of
from dashboard.language import t
from dashboard.narrative import headlines, lineage, parts, revisions, sentences, technical
from dashboard.narrative.cards import line
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.territories import COUNTRY

dash.register_page(__name__, path_template="/indicador/<id>", title="Indicador", order=6)

Row = dict[Any, Any]


def layout(
    id: str, lang: str = "es", publicacion: int | None = None, region: str = "", tipo: str = "", periodo: str = "", categoria: str = ""
) -> list[Any]:  # fmt: skip
    snap = published.snapshot(publicacion)
    sheet = snap.sheet(id)
    asked = Params(id, region, periodo, tipo, categoria, lang)
    kind, period = kind_of(sheet, asked), period_of(snap, sheet, asked)
    across = snap.values(id, kind=kind, period=period, category=categoria if _divided(sheet) and categoria else "")
    whole = across if len(across) else snap.values(id, kind=kind, period=period)
    place = home(whole, region)
    params = Params(id, place if place != COUNTRY else "", period, kind, categoria, lang)
    row = parts.row_of(across, place)
    series = _series(snap, sheet, across, place, params) if len(across) else []
    division = _categories(snap, sheet, params, beware=not series)
    return [
        *parts.banner(snap, lang, f"/indicador/{id}", region=region, tipo=tipo, periodo=periodo, categoria=categoria),
        components.breadcrumbs((t("Resumen", lang), "/"), (area_name(sheet.area, lang), "/comparar"), sheet.text("short_name", lang)),
        components.sentence(_headline(snap, sheet, row, params), sheet.text("question", lang)),
        _filters(snap, sheet, params, place, whole),
        *([_cards(snap, sheet, row, params)] if row is not None else []),
        *series,
        *division,
        *(_peers(snap, sheet, across, params, beware=not series and not division) if len(across) else []),
        *_provenance(snap, sheet, row or _largest(snap, params), lang),
        html.Div([technical.sheet_section(sheet, lang), revisions.section(snap, sheet, place, lang)], className="columnas"),
        technical.limits_section(sheet, lang),
        revisions.permalinks(snap, sheet, params),
    ]


def _divided(sheet: Sheet) -> bool:
    return bool(sheet.breakdowns)


def _headline(snap: Snapshot, sheet: Sheet, row: Row | None, params: Params) -> str:
    """The value of the place in a sentence; for an indicator that is only a division, its largest part."""
    lang = params.lang
    if row is not None:
        return headlines.of_territory(row, sheet, lang)
    first = _largest(snap, params)
    if first is None:
        return t("«{nombre}» no tiene ningún valor publicado en este periodo.", lang).format(nombre=sheet.text("short_name", lang))
    return t("{lugar}, {cuando}: lo más frecuente es «{categoria}», con {valor} ({partes}).", lang).format(
        lugar=formats.place(first["territorio"], lang), cuando=formats.in_period(first["periodo"], lang),
        categoria=distribution.category_name(sheet, first["categoria"], lang), valor=sentences.value(first, sheet, lang, short=False), partes=sentences.parts(first, sheet, lang),
    )  # fmt: skip


def _largest(snap: Snapshot, params: Params) -> Row | None:
    """The largest category of the place drawn, None where there is none."""
    rows = [r for r in records(distribution.categories(snap, params)) if sentences.is_published(r)]
    return max(rows, key=lambda r: float(r["valor"]), default=None)


def _filters(snap: Snapshot, sheet: Sheet, params: Params, place: str, whole: pd.DataFrame) -> Any:
    lang, codes = params.lang, set(whole["territorio"])
    kinds = parts.kind_options(sheet, lang)
    places = [(c, n) for c, n in parts.territory_options(lang) if c in codes] + [
        (c, formats.place(c, lang)) for c in sorted(codes - {x for x, _ in parts.territory_options(lang)})
    ]
    groups = [
        components.select_filter("region", t("Territorio", lang), place, places, searchable=True),
        *([components.select_filter("tipo", t("Periodo por", lang), params.tipo, kinds)] if len(kinds) > 1 else []),
        components.select_filter("periodo", t("Periodo", lang), params.periodo, parts.period_options(snap, sheet, params.tipo, lang)),
    ]  # fmt: skip
    if _divided(sheet):
        names = sorted({c for c in snap.values(sheet.id, kind=params.tipo, period=params.periodo)["categoria"] if c})
        options = [(c, distribution.category_name(sheet, c, lang)) for c in names]
        title = (sheet.breakdowns[0].get("title") or {}).get(lang) or t("Categoría", lang)
        groups.append(components.select_filter("categoria", title, params.categoria or None, options))
    return components.filters(*groups, components.reset_link(f"/indicador/{sheet.id}", lang), chips=parts.chips(sheet, lang))


def _cards(snap: Snapshot, sheet: Sheet, row: Row, params: Params) -> Any:
    """Value, change, target with its status, and how complete the data behind it are."""
    lang = params.lang
    shown = sentences.is_published(row)
    value: Any = html.P([formats.number(row["valor"], sheet.decimals, lang), html.Span("%" if formats.is_percentage(sheet.unit(lang)) else sheet.unit(lang), className="tarjeta__unidad")], className="tarjeta__valor") if shown else html.P([components.hatch(row["estado"], large=True), formats.NBSP + sentences.reason(row, lang)], className="tarjeta__valor tarjeta__valor--ausente")  # fmt: skip
    small = line(snap, sheet, row["territorio"], lang, selected=row["nivel"] == "region")
    first = _plain_card(t("Valor, {periodo}", lang).format(periodo=formats.period(row["periodo"], lang)), [value, *([html.Div(small, className="tarjeta__linea")] if small is not None else [])],
                        sentences.evidence(row, sheet, lang) or (sentences.absence(row, sheet, lang) if not shown else _no_interval(sheet, lang)))  # fmt: skip
    return components.cards(first, _change_card(row, sheet, lang), _target_card(sheet, lang), _seal_card(snap, sheet, row, lang))


def _plain_card(title: str, shown: list[Any], detail: Any) -> html.Article:
    return html.Article(
        [html.H2(title, className="tarjeta__titulo"), html.Div(shown, className="tarjeta__fila"), html.P(detail, className="tarjeta__detalle")],
        className="tarjeta",
    )


def _no_interval(sheet: Sheet, lang: str) -> str:
    note = sheet.ficha.get("interval_note") or {}
    return str(note.get(lang) or note.get("es") or t("Registro completo: sin intervalo.", lang)) if sentences.is_register(sheet) else ""


def _change_card(row: Row, sheet: Sheet, lang: str) -> Any:
    if not sentences.is_published(row) or row["cambio"] is None:
        told = html.P(t("sin comparación", lang), className="tarjeta__valor tarjeta__valor--ausente")
        return _plain_card(t("Cambio", lang), [told], t("Sin periodo anterior con el que comparar.", lang))
    shown = html.P(
        [parts.mark(row["cambio_estado"]), " ", sentences.difference(row, sheet, lang)]
        if sentences.is_conclusive(row)
        else sentences.difference(row, sheet, lang),
        className="tarjeta__valor",
    )
    limits = formats.interval(row["cambio_inferior"], row["cambio_superior"], sheet.decimals, lang)
    told = (
        f"{sentences.compared_with(row, lang)}; {t('intervalo de 95 %: {limites}', lang).format(limites=limits)}"
        if limits
        else sentences.compared_with(row, lang)
    )
    return _plain_card(t("Cambio", lang), [shown], [parts.change_words(row, sentences.verdict(row, sheet, lang)), html.Br(), told])


def _target_card(sheet: Sheet, lang: str) -> Any:
    targets = sheet.ficha.get("targets") or []
    if not targets:
        told = html.P(t("sin meta", lang), className="tarjeta__valor tarjeta__valor--ausente")
        return _plain_card(t("Meta", lang), [told], t("Nadie ha aprobado una meta para este indicador; por eso no se colorea.", lang))
    target = targets[0]
    words = {"legal": t("meta legal", lang), "acordada": t("meta acordada", lang), "propuesta": t("propuesta, no aprobada", lang)}
    shown = html.P([formats.number(target["value"], sheet.decimals, lang), html.Span("%" if formats.is_percentage(sheet.unit(lang)) else sheet.unit(lang), className="tarjeta__unidad")], className="tarjeta__valor")  # fmt: skip
    return _plain_card(t("Meta", lang), [shown], [components.chip(words[target["status"]]), " ", target["text"].get(lang) or target["text"]["es"]])


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


def _series(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, place: str, params: Params) -> list[Any]:
    """The trend, with what to beware of at its side."""
    lang = params.lang
    asked = Params(params.indicador, place, "", params.tipo, params.categoria, lang)
    every = snap.values(sheet.id, kind=params.tipo, territory=place, category=params.categoria)
    shown = [r for r in records(every) if sentences.is_published(r)]
    if len(shown) < 2:
        return []
    title = _series_title(shown, sheet, place, lang)
    subtitle = (
        t("{nombre}: {unidad}. {marcas}", lang)
        .format(nombre=sheet.text("name", lang), unidad=sheet.unit(lang), marcas=_marks(every, sheet, place, lang))
        .strip()
    )
    figure = components.figure_block(
        "tendencia", "tendencia", asked, title, subtitle, parts.source(snap, sheet, across, lang), height=380, lang=lang, chips=parts.chips(sheet, lang),
        table=_series_table(every, sheet, lang), how="#ficha",
    )  # fmt: skip
    warnings = parts.warnings(snap, sheet, lang)
    if not warnings:
        return [figure]
    aside = html.Aside([html.H2(t("Cuidado al leer", lang), className="lado__titulo"), *warnings], className="lado")
    return [html.Div([figure, aside], className="columnas columnas--2-1")]


def _series_title(shown: list[Row], sheet: Sheet, place: str, lang: str) -> str:
    """From the first to the last whole period, with both values."""
    whole = [r for r in sorted(shown, key=lambda r: r["periodo"]) if "serie_incompleta" not in r["avisos"]] or shown
    first, last = whole[0], whole[-1]
    return t("{lugar}: de {antes} ({desde}) a {ahora} ({hasta})", lang).format(
        lugar=formats.place(place, lang), antes=formats.number(first["valor"], sheet.decimals, lang) if not formats.is_percentage(sheet.unit(lang)) else sentences.value(first, sheet, lang),
        desde=formats.period(first["periodo"], lang), ahora=sentences.value(last, sheet, lang), hasta=formats.period(last["periodo"], lang),
    )  # fmt: skip


def _marks(every: pd.DataFrame, sheet: Sheet, place: str, lang: str) -> str:
    told = []
    if every["inferior"].notna().any():
        told.append(t("Franja clara: intervalo de 95 %.", lang))
    if place != COUNTRY and sheet.ficha["form"] != "count":
        told.append(t("Gris: Perú.", lang))
    if any("serie_incompleta" in (r["avisos"] or []) for r in records(every)):
        told.append(t("Punto hueco: periodo incompleto.", lang))
    if (every["estado"] != "publicado").any():
        told.append(t("Aspa: sin dato.", lang))
    return " ".join(told)


def _series_table(every: pd.DataFrame, sheet: Sheet, lang: str) -> Any:
    columns = [components.Column(t("Periodo", lang)), components.Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
               components.Column(t("Intervalo de 95 %", lang), numeric=True), components.Column(t("Casos", lang), numeric=True), components.Column(t("Estado", lang))]  # fmt: skip
    rows = []
    for r in sorted(records(every), key=lambda r: r["periodo"], reverse=True):
        state = (
            "; ".join(formats.notice(a, lang) for a in (r["avisos"] or [])) or t("Publicado", lang)
            if sentences.is_published(r)
            else sentences.reason(r, lang)
        )
        rows.append([
            components.Cell(formats.period(r["periodo"], lang), r["periodo"]), components.Cell(formats.number(r["valor"], sheet.decimals, lang) if sentences.is_published(r) else "", r["valor"]),
            components.Cell(formats.interval(r["inferior"], r["superior"], sheet.decimals, lang) or formats.DASH, r["inferior"]), components.Cell(sentences.parts(r, sheet, lang) or formats.DASH, r["n"]),
            components.Cell(state, state),
        ])  # fmt: skip
    return components.data_table("tabla-tendencia", columns, rows, sheet.text("short_name", lang), lang=lang, dense=True)


def _categories(snap: Snapshot, sheet: Sheet, params: Params, *, beware: bool) -> list[Any]:
    """The division of the whole, for indicators that have one. `beware`: the caveats stand nowhere else yet."""
    if not _divided(sheet):
        return []
    lang = params.lang
    frame = distribution.categories(snap, params)
    rows = [r for r in records(frame) if sentences.is_published(r)]
    if not rows:
        return []
    place = rows[0]["territorio"]
    top = sorted(rows, key=lambda r: -float(r["valor"]))
    whole = distribution.is_whole(sheet, frame)
    title = _parts_title(top, sheet, whole, lang)
    total = rows[0]["denominador"] if whole else None
    told = (
        t("{lugar}, {periodo}: {nombre}. A la derecha, el valor y los casos.", lang)
        if sheet.ficha["form"] != "count"
        else t("{lugar}, {periodo}: {nombre}.", lang)
    )
    subtitle = told.format(lugar=formats.place(place, lang), periodo=formats.period(params.periodo, lang), nombre=sheet.text("name", lang))
    notes = components.caveats(snap, sheet, lang) if beware else []
    if params.territorio and params.territorio != place:
        notes = [
            t("La fuente no separa los casos de {lugar}: se muestra el total de {grupo}.", lang).format(
                lugar=formats.place(params.territorio, lang), grupo=formats.place(place, lang)
            ),
            *notes,
        ]
    figure = components.figure_block(
        "distribucion", "distribucion", params, title, subtitle, components.source_line(snap, parts.spoken(sheet), total, lang), height=distribution.height(frame),
        lang=lang, chips=parts.chips(sheet, lang), notes=notes, how="#ficha", table=_category_table(top, sheet, lang),
    )  # fmt: skip
    return [figure]


def _parts_title(rows: list[Row], sheet: Sheet, whole: bool, lang: str) -> str:
    """The finding of a division: the two largest parts of a whole together, else the highest and the lowest category."""
    first, last = rows[0], rows[-1]
    name = distribution.category_name(sheet, first["categoria"], lang)
    if len(rows) < 2:
        return f"{name}: {sentences.value(first, sheet, lang)}"
    if whole:
        total = formats.with_unit(float(first["valor"]) + float(rows[1]["valor"]), sheet.unit(lang), sheet.decimals, lang)
        second = distribution.category_name(sheet, rows[1]["categoria"], lang)
        return t("{primera} y {segunda} suman {suma}", lang).format(primera=name, segunda=second, suma=total)
    return t("De {menor} en «{ultima}» a {mayor} en «{primera}»", lang).format(
        menor=sentences.value(last, sheet, lang), ultima=distribution.category_name(sheet, last["categoria"], lang), mayor=sentences.value(first, sheet, lang), primera=name
    )  # fmt: skip


def _category_table(rows: list[Row], sheet: Sheet, lang: str) -> Any:
    columns = [components.Column((sheet.breakdowns[0].get("title") or {}).get(lang) or t("Categoría", lang)), components.Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
               components.Column(t("Intervalo de 95 %", lang), numeric=True), components.Column(t("Casos", lang), numeric=True)]  # fmt: skip
    cells = [[components.Cell(distribution.category_name(sheet, r["categoria"], lang)), components.Cell(formats.number(r["valor"], sheet.decimals, lang), r["valor"]),
              components.Cell(formats.interval(r["inferior"], r["superior"], sheet.decimals, lang) or formats.DASH, r["inferior"]), components.Cell(sentences.parts(r, sheet, lang) or formats.DASH, r["numerador"])] for r in rows]  # fmt: skip
    return components.data_table("tabla-distribucion", columns, cells, sheet.text("short_name", lang), lang=lang, dense=True)


def _peers(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, params: Params, *, beware: bool) -> list[Any]:
    """The regions beside each other; where none has a value, why."""
    lang = params.lang
    if not (across["estado"].eq("publicado") & across["nivel"].isin(["region", "departamento"])).any():
        missing = [*parts.absences(across, sheet, lang), *(parts.warnings(snap, sheet, lang) if beware else [])]
        return [components.section(t("Por región", lang), *missing)] if missing else []
    figures = parts.ranking("comparar", snap, sheet, across, params, headlines.figure_title(across, sheet, lang))
    country, missing = headlines.with_country(across, sheet, lang), parts.absences(across, sheet, lang)
    warnings = parts.warnings(snap, sheet, lang) if beware else []
    aside = [
        *([html.H2(t("El país", lang), className="lado__titulo"), html.P(country)] if country else []),
        *([html.H2(t("Cuidado al leer", lang), className="lado__titulo"), *warnings] if warnings else []),
        *([html.H2(t("Quién no tiene dato", lang), className="lado__titulo"), *missing] if missing else []),
    ]
    return [html.Div([*figures, html.Aside(aside, className="lado")], className="columnas columnas--2-1")] if aside else list(figures)


def _provenance(snap: Snapshot, sheet: Sheet, row: Row | None, lang: str) -> list[Any]:
    boxes = lineage.boxes(snap, sheet, row, lang) if row is not None else None
    if boxes is None or row is None:
        return []
    title = t("De dónde sale {valor}", lang).format(valor=sentences.value(row, sheet, lang))
    return [components.section(title, boxes, subtitle=t("Cada paso se puede abrir. Los archivos que cuentan son los aceptados y vigentes.", lang))]
