"""The lists of the method page: indicators by area, sources, glossary, publications."""

from __future__ import annotations

import unicodedata
from typing import Any

from dash import html

from dashboard import components, formats, published
from dashboard.address import address, reader, with_query
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.metodo import glossary, of, prose
from dashboard.narrative import quality
from dashboard.narrative.metodo_counts import indicators as counted
from dashboard.narrative.sentences import quoted
from dashboard.published import Publication, Sheet, Snapshot, area_name
from warehouse.errors import SiegemError

#: publications whose indicators are compared with the one before; of older ones only the counts are told
COMPARED = 3


def by_area(snap: Snapshot, lang: str) -> html.Section:
    """Every indicator under its area: folded, so that it is no wall; a browser's own search opens them."""
    groups: dict[str, list[Sheet]] = {}
    for sheet in snap.indicators():
        groups.setdefault(sheet.area, []).append(sheet)
    folds = []
    for area, sheets in groups.items():
        title = html.Summary([html.B(area_name(area, lang)), html.Span(f" · {counted(len(sheets), lang)}", className="tenue")])
        items = [_indicator(s, lang) for s in sorted(sheets, key=lambda s: s.text("short_name", lang))]
        folds.append(html.Details([title, html.Div(items, className="metodo-lista")], className="plegable"))
    return components.section(
        t("Todos los indicadores", lang), *folds, id="indicadores",
        subtitle=t("Con su pregunta, lo que se divide y entre qué. El buscador del navegador (Ctrl+F) encuentra también dentro de las áreas cerradas.", lang),  # noqa: E501
    )  # fmt: skip


def _indicator(sheet: Sheet, lang: str) -> html.Article:
    link = html.A(sheet.text("name", lang), href=address(f"/indicador/{sheet.id}") + "#ficha", **{"data-navegar": ""})
    return html.Article([html.H3(link), html.P(sheet.text("question", lang)), html.P(_how(sheet, lang), className="tenue")])


def _how(sheet: Sheet, lang: str) -> str:
    """«Trámites notificados a tiempo ÷ trámites con plazo vencido · Wilson · trimestre»."""
    f = sheet.ficha
    parts = [of(f[k]["text"], lang) for k in ("numerator", "denominator", "quantile") if f.get(k)]
    interval = of(prose()["intervalos"][f["interval"]]["como"], lang)
    kinds = formats.listing([formats.period_kind(k, lang) for k in sheet.periods], lang)
    return " · ".join([" ÷ ".join(x.rstrip(".") for x in parts), interval, kinds, sheet.unit(lang)])


def sources(snap: Snapshot, lang: str) -> html.Section:
    """Every table behind the publication: who publishes it, under which licence, until when, how many rows. The real ones stand open."""
    groups: dict[str, list[tuple[str, dict[str, Any]]]] = {"real": [], "synthetic": [], "unused": [], "reference": []}
    used, unused = quality.behind(snap)
    for table, row in sorted(snap.sources().items(), key=lambda pair: _title(pair[1], pair[0], lang)):
        kind = "synthetic" if row["sintetico"] else "real"
        groups[kind if table in used else "unused" if table in unused else "reference"].append((table, row))
    named = {
        "real": t("Fuentes reales ({n})", lang), "synthetic": t("Fuentes sintéticas, de demostración ({n})", lang),
        "unused": quality.unused_title(lang),
        "reference": t("Tablas de referencia y registros propios ({n})", lang),
    }  # fmt: skip
    folds = [
        html.Details(
            [html.Summary(html.B(named[k].format(n=len(found)))), _table(f"origenes-{k}", found, named[k].format(n=len(found)), lang)],
            className="plegable metodo-fuentes", open=k == "real",
        )
        for k, found in groups.items() if found
    ]  # fmt: skip
    return components.section(t("Las fuentes", lang), *folds, id="fuentes")


def _table(id: str, found: list[tuple[str, dict[str, Any]]], caption: str, lang: str) -> Any:
    columns = [
        Column(t("Tabla y quién la publica", lang)), Column(t("Datos al", lang)), Column(t("Filas", lang), numeric=True),
        Column(t("Licencia", lang)), Column(t("Real o sintética", lang)),
    ]  # fmt: skip
    return components.data_table(id, columns, [_source(table, row, lang) for table, row in found], caption, dense=True, lang=lang)


def _title(row: dict[str, Any], table: str, lang: str) -> str:
    return of(row["fuente"].get("tabla") or row["fuente"].get("titulo") or {"es": table}, lang)


def _source(table: str, row: dict[str, Any], lang: str) -> list[Cell]:
    origin = row["fuente"]
    url, title = str(origin.get("url") or ""), _title(row, table, lang)
    named = html.A(title, href=url, rel="noopener") if url.startswith("https://") else title
    who = of(origin.get("publicador") or {"es": ""}, lang)
    kind: Any = components.synthetic_chip(lang) if row["sintetico"] else t("real", lang)
    if table.startswith("ref_"):
        kind = t("referencia", lang)
    day = formats.day(row["datos_al"], lang) if row["datos_al"] else t("vigente", lang)
    return [
        Cell(html.Div([named, html.Small(f"{who} · {table}")]), title),
        Cell(html.Span(day, className="sin-corte"), str(row["datos_al"] or "")),
        Cell(formats.number(row["filas"], 0, lang), row["filas"]),
        Cell(html.Span(str(origin.get("licencia") or "") or t("sin indicar", lang)), str(origin.get("licencia") or "")),
        Cell(kind, (table.startswith("ref_"), bool(row["sintetico"]))),
    ]


def words(lang: str) -> html.Section:
    """The glossary of the site."""
    entries = sorted(glossary(), key=lambda e: _plain(of(e.term, lang)))
    rows = [html.Div([html.Dt(of(e.term, lang)), html.Dd(of(e.text, lang))], className="ficha__fila") for e in entries]
    return components.section(t("Glosario y siglas", lang), html.Dl(rows, className="ficha metodo-glosario"), id="glosario")


def _plain(text: str) -> str:
    """A text as it is sorted: without accents or capitals."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).casefold()


def publications(lang: str) -> html.Section:
    """Every publication with its permanent address and what changed in it."""
    cards = published.every()
    rows = [_publication(card, cards[i + 1] if i + 1 < len(cards) else None, i < COMPARED, lang) for i, card in enumerate(cards)]
    columns = [Column(t("Publicación", lang)), Column(t("Datos al", lang)), Column(t("Qué cambió", lang), sortable=False)]
    told = t("Cada una sigue abierta, con sus cifras de entonces: su dirección no cambia y se puede citar.", lang)
    return components.section(
        t("Las publicaciones", lang), components.data_table("publicaciones", columns, rows, told, lang=lang), id="publicaciones"
    )  # fmt: skip


def _publication(card: Publication, before: Publication | None, compare: bool, lang: str) -> list[Cell]:
    kept = {} if lang == "es" else {"lang": lang}
    link = html.A(t("N.º {n}", lang).format(n=card.numero), href=with_query("/", **kept, publicacion=card.numero))
    here = [" ", components.chip(t("la que se muestra", lang))] if card.numero == reader.get().publication else []
    told = [html.Span(_moved(card, before, lang)), *(html.Small(x) for x in (_indicators(card, before, lang) if compare else []))]
    review = html.A(t("su calidad", lang), href=with_query("/calidad", **kept, publicacion=card.numero))
    return [
        Cell(html.Div([link, *here, html.Small([formats.instant(card.creada_en, lang), " · ", review])]), card.numero),
        Cell(html.Span(formats.day(card.datos_al, lang), className="sin-corte"), str(card.datos_al or "")),
        Cell(html.Div(told), ""),
    ]  # fmt: skip


def _moved(card: Publication, before: Publication | None, lang: str) -> str:
    if before is None:
        return t("La primera: {n}.", lang).format(n=formats.plural(card.nuevos, t("valor", lang), t("valores", lang), lang))
    told = t("{a} nuevos, {b} revisados y {c} retirados desde la anterior.", lang)
    return told.format(a=formats.number(card.nuevos, 0, lang), b=formats.number(card.revisados, 0, lang), c=formats.number(card.retirados, 0, lang))


def _indicators(card: Publication, before: Publication | None, lang: str) -> list[str]:
    """Which indicators came, went, or were defined anew."""
    if before is None:
        return []
    try:
        now, then = ({s.id: s for s in published.snapshot(c.numero).indicators()} for c in (card, before))
    except SiegemError:  # a publication that is no longer kept
        return []
    come, gone = [now[i] for i in now if i not in then], [then[i] for i in then if i not in now]
    redefined = [now[i] for i in now if i in then and now[i].ficha != then[i].ficha]
    found = [
        (come, t("Indicador nuevo: {lista}.", lang) if len(come) == 1 else t("Indicadores nuevos: {lista}.", lang)),
        (gone, t("Ya no está: {lista}.", lang) if len(gone) == 1 else t("Ya no están: {lista}.", lang)),
        (redefined, t("Cambió la definición de {lista}.", lang)),
    ]
    return [text.format(lista=_some(sheets, lang)) for sheets, text in found if sheets]


def _some(sheets: list[Sheet], lang: str, most: int = 5) -> str:
    names = [quoted(s.text("short_name", lang), lang) for s in sheets]
    return formats.listing(names[:most] + ([t("{n} más", lang).format(n=len(names) - most)] if len(names) > most else []), lang)
