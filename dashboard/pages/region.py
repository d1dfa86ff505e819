"""`/region/<cod>`: one region across all indicators; two pages of paper when it is printed."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, formats, published
from dashboard.language import t
from dashboard.narrative import cards, division, indice, matrix, parts, provincia, quality, region_facts, region_peers, region_sections, sentences
from dashboard.published import Sheet, Snapshot, area_name
from dashboard.reports import offered
from warehouse.territories import COUNTRY, all_territories

Pair = tuple[dict[Any, Any], Sheet]


def version(cod: str, publicacion: int | None = None) -> str:
    """What else a page kept made depends on: a statement sent later than the publication shows at once."""
    code = parts.known_region(cod)
    said = published.snapshot(publicacion).statements(code) if code else []
    return f"{len(said)}-{said[0].id}" if said else ""


dash.register_page(__name__, path_template="/region/<cod>", title="Región", order=3, version=version)


def layout(cod: str, lang: str = "es", publicacion: int | None = None) -> list[Any]:
    snap, code = published.snapshot(publicacion), parts.known_region(cod)
    if not code:
        return [
            components.empty_state(t("No existe la región «{cod}»", lang).format(cod=cod), components.link(t("Elegir una región", lang), "/region"))
        ]
    board, reading = matrix.Board(snap, lang), indice.read(snap)
    pairs = region_sections.pairs_of(board.values, snap.indicators(), code)
    # how good the data are has its own section below: the sentence and the facts are about management
    managed = [p for p in pairs if p[1].area != cards.ABOUT_DATA] or pairs
    profile = region_sections.profile(reading, snap, code, lang)
    body = [
        *_opening(snap, managed, code, lang),
        region_facts.facts(snap, managed, code, region_facts.country_rows(board.values), lang),
        html.Div([html.Div(profile), region_sections.changed(managed, lang)], className="region-dos"),
        region_sections.two_sides(managed, lang),
        *region_sections.spine(snap, code, lang),
        html.Div([region_facts.who_holds(snap, code, lang), region_peers.section(snap, reading, code, lang)], className="columnas region-extra"),
        region_sections.unknown(pairs, lang),
        html.Div([html.Div(quality.of_region(snap, code, lang)), _statements(snap, code, lang)], className="columnas region-datos"),
        *provincia.links(snap, code, lang),
        _everything(snap, board, pairs, code, lang),
    ]
    return [*parts.banner(snap, lang, f"/region/{code}"), html.Article(body, className="hoja-region")]


def _opening(snap: Snapshot, managed: Any, code: str, lang: str) -> list[Any]:
    name, known = formats.place(code, lang), all_territories()[code]
    told, below = region_facts.sentence(managed, name, lang)
    about = f"{known.autoridad}{' · ' + t('región piloto', lang) if known.piloto else ''}"
    choice = components.select_filter(
        "region", t("Región", lang), code, parts.territory_options(lang, country=False), path="/region/", searchable=True
    )
    return [
        components.breadcrumbs((t("Resumen", lang), "/"), (t("Regiones", lang), "/region"), name),
        components.sentence(told, [html.Span(about, className="region-quien"), below]),
        components.filters(choice),
        offered.links(snap, code, lang),
    ]


def _statements(snap: Snapshot, code: str, lang: str) -> Any:
    """What the region itself says of its data, newest first."""
    said = snap.statements(code)
    title = t("Lo que dice la región (descargos)", lang)
    if not said:
        return components.section(title, html.P(t("La región no ha enviado ningún descargo sobre estos datos.", lang), className="nota"))
    items = []
    for s in said[:3]:
        about = t("{autor}, {fecha}, sobre «{tabla}» de {periodo}", lang)
        told = about.format(
            autor=s.autor,
            fecha=formats.day(s.creado_en, lang),
            tabla=quality.name_of(snap, s.tabla, lang),
            periodo=formats.period_or_word(s.periodo, lang),
        )
        items.append(html.Blockquote([html.P(s.texto), html.P(told, className="nota")], className="cita"))
    return components.section(title, *items)


def _everything(snap: Snapshot, board: matrix.Board, pairs: list[Any], code: str, lang: str) -> html.Details:
    """Every indicator of the region, those of context included, on demand: a table on wide screens, a list on phones."""
    head = [
        t("Indicador", lang),
        t("Periodo", lang),
        formats.place(code, lang),
        formats.place(COUNTRY, lang),
        t("Cambio", lang),
        t("Últimos periodos", lang),
    ]
    body: list[Any] = []
    own, divided = {s.id: r for r, s in pairs}, {s.id for s in snap.indicators() if len(board.divided(s, code))}
    listed = [s for s in snap.indicators() if s.id in own or s.id in divided]
    for area in dict.fromkeys(s.area for s in listed):
        body.append(html.Tr(html.Th(area_name(area, lang), colSpan=len(head), scope="colgroup")))
        body += [_line(snap, board, own[s.id], s, lang) if s.id in own else _divided_line(board, s, code, lang) for s in listed if s.area == area]
    titles = [html.Th(x, scope="col", **({"className": "num"} if i in (2, 3) else {})) for i, x in enumerate(head)]
    table = html.Table([html.Caption(t("Último periodo de cada indicador", lang)), html.Thead(html.Tr(titles)), html.Tbody(body)], className="tabla")
    told = t("Todos los indicadores de {nombre}, también los de contexto ({n})", lang).format(nombre=formats.place(code, lang), n=len(listed))
    inside = [html.Div(table, className="tabla-marco solo-ancho"), matrix.phone_list(board, code)]
    return html.Details([html.Summary(html.B(told)), html.Div(inside)], className="plegable region-todo")


def _divided_line(board: matrix.Board, sheet: Sheet, code: str, lang: str) -> html.Tr:
    """An indicator that has no undivided value: what its categories say here, and what they are."""
    told = f"{matrix.divided_sentence(board, sheet, code)} {division.by_what(sheet, lang)}"
    return html.Tr([html.Th(_named(sheet, code, lang), scope="row"), html.Td(told, colSpan=5)])


def _named(sheet: Sheet, code: str, lang: str) -> list[Any]:
    return [parts.indicator_link(sheet, lang, region=code), *([" ", components.synthetic_chip(lang)] if sheet.synthetic else [])]


def _line(snap: Snapshot, board: matrix.Board, row: dict[Any, Any], sheet: Sheet, lang: str) -> html.Tr:
    name = _named(sheet, row["territorio"], lang)
    period = formats.period(row["periodo"], lang)
    if not sentences.is_published(row):
        why = html.Span([components.hatch(row["estado"]), formats.NBSP + sentences.absence(row, sheet, lang)])
        return html.Tr([html.Th(name, scope="row"), html.Td(period), html.Td(why, colSpan=4)])
    country = board.values[sheet.id].get(COUNTRY)
    beside = sentences.value(country, sheet, lang) if country and sentences.is_published(country) and sheet.ficha["form"] != "count" else formats.DASH
    proof = sentences.evidence(row, sheet, lang)
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(period),
            html.Td([html.B(sentences.value(row, sheet, lang)), *([html.Small(proof)] if proof else [])], className="num"),
            html.Td(beside, className="num"),
            html.Td(parts.change_words(row, sentences.short_change(row, sheet, lang))),
            html.Td(cards.line(snap, sheet, row["territorio"], lang, selected=True) or formats.DASH),
        ]
    )
