"""The page of one question: the country's answer, the regions beside each other, the series, how it is computed, what changed, what to take away."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from dashboard import formats
from dashboard.narrative import sentences
from dashboard.publico import bars, blocks, dataset, tables, told
from dashboard.publico.bars import Bar
from dashboard.publico.book import Row
from dashboard.publico.frame import Page, interactive
from dashboard.publico.here import Here
from dashboard.publico.revision_rows import revision_table
from dashboard.publico.slugs import embed_page, theme_page
from dashboard.publico.tags import details, link, listed, section, tag, together
from dashboard.published import Sheet, area_name
from warehouse.territories import COUNTRY, PILOTS, regions

#: height of the frame that other sites are told to give an embedded chart
EMBED_HEIGHT = 1020


def page(here: Here, id: str) -> Page:
    """The whole page of an indicator."""
    sheet = here.snap.sheet(id)
    country = of_country(here, sheet)
    answer = told.sentence(country, sheet, here.lang) if country is not None else None
    body = together(
        blocks.crumbs(here, (area_name(sheet.area, here.lang), theme_page(sheet.area))),
        tag("h1", sheet.text("question", here.lang) or sheet.text("name", here.lang)), _answer(here, sheet, country), blocks.synthetic_notice(here),
        _across(here, sheet), _divided(here, sheet), blocks.change(here, sheet, COUNTRY), _replies(here, sheet),
        _how(here, sheet), _reading(here, sheet),
        _history(here, sheet), blocks.unknown(here, [(r, sheet) for r in here.book.rows(sheet) if r["territorio"] == COUNTRY]),
        blocks.downloads(here, sheet), blocks.cite(here, country, sheet), _embed(here, sheet), interactive(here, f"/indicador/{sheet.id}"),
    )  # fmt: skip
    description = answer.striptags() if answer else sheet.text("why_it_matters", here.lang) or sheet.text("name", here.lang)
    return Page(sheet.text("name", here.lang), description, body, data=dataset.described(here, sheet))


def of_country(here: Here, sheet: Sheet) -> Row | None:
    """The country's newest row; the pilots' where the indicator is only of them."""
    found = {r["territorio"]: r for r in here.book.rows(sheet)}
    return found.get(COUNTRY) or found.get(PILOTS)


def _answer(here: Here, sheet: Sheet, row: Row | None) -> Markup:
    if row is None:
        return tag("p", here.t("No tiene una cifra única: se publica por partes, abajo."), cls="oracion")
    return together(tag("p", told.sentence(row, sheet, here.lang), cls="oracion"), told.lines(told.judgement(row, sheet, here.lang)),
                    tag("p", told.source(here.snap, row, sheet, here.lang), " ", told.synthetic(sheet, row, here.lang), cls="fuente"))  # fmt: skip


def regional_bars(here: Here, sheet: Sheet) -> list[Bar]:
    """The regions, the highest first, then those without a figure."""
    codes = {r.codigo for r in regions()}
    rows = [r for r in here.book.rows(sheet) if r["territorio"] in codes or (r["nivel"] == "departamento" and sentences.is_published(r))]
    rows.sort(key=lambda r: (not sentences.is_published(r), -float(r["valor"] or 0), str(r["estado"]), r["territorio"]))
    return [Bar(formats.place(r["territorio"], here.lang), r) for r in rows]


def finding(here: Here, sheet: Sheet, rows: list[Bar]) -> str:
    """What the chart of regions shows, from the highest to the lowest, without calling any better."""
    shown = [b for b in rows if sentences.is_published(b.row)]
    if not shown:
        return here.t("Ninguna región tiene una cifra publicada")
    absent = sum(b.row["nivel"] == "region" for b in rows) - sum(b.row["nivel"] == "region" for b in shown)
    if len(shown) == 1:
        return f"{shown[0].name}: {told.value_cell(shown[0].row, sheet, here.lang)}"
    span = here.t("De {alto} en {uno} a {bajo} en {otro}").format(
        alto=told.value_cell(shown[0].row, sheet, here.lang),
        uno=shown[0].name,
        bajo=told.value_cell(shown[-1].row, sheet, here.lang),
        otro=shown[-1].name,
    )
    return span + (f"; {formats.plural(absent, here.t('región sin dato'), here.t('regiones sin dato'), here.lang)}" if absent else "")


def chart(here: Here, sheet: Sheet, rows: list[Bar], title: str) -> Markup:
    """Bars of regions with the country's line."""
    country = next((r for r in here.book.rows(sheet) if r["territorio"] == COUNTRY), None) if sheet.ficha["form"] != "count" else None
    shown = "; ".join(f"{b.name}: {told.value_cell(b.row, sheet, here.lang)}" for b in rows)
    label = (
        f"{formats.place(COUNTRY, here.lang)} {told.value_cell(country, sheet, here.lang)}"
        if country is not None and sentences.is_published(country)
        else ""
    )
    return bars.drawing(rows, sheet, here.lang, title, shown, line=country, line_name=label, id="regiones")


def _across(here: Here, sheet: Sheet) -> Markup | None:
    rows = regional_bars(here, sheet)
    if not rows or not any(sentences.is_published(b.row) for b in rows):
        return None
    title = finding(here, sheet, rows)
    period = formats.period(rows[0].row["periodo"], here.lang)
    margin = _margin(here, rows)
    under = f"{sheet.text('name', here.lang)} ({sheet.unit(here.lang)}), {period}. {margin}"
    order = tag(
        "p", here.t("El orden no es un puesto: donde los márgenes se cruzan, no se puede afirmar que una región esté mejor que otra."), cls="nota"
    )
    graph = together(chart(here, sheet, rows, title), tables.of_bars(rows, sheet, here, here.t("Región")))
    return section(title, tag("p", under, cls="nota"), tag("figure", graph),
                   order if margin else None)  # fmt: skip


def _margin(here: Here, rows: list[Bar]) -> str:
    return here.t("La línea fina muestra el margen de cada cifra.") if any(b.row["inferior"] is not None for b in rows) else ""


def _divided(here: Here, sheet: Sheet) -> Markup | None:
    """Parts of the country (of the pilots), where there is no undivided figure."""
    if here.book.rows(sheet):
        return None
    found = here.book.divided(sheet, COUNTRY) or here.book.divided(sheet, PILOTS)
    if found is None:
        return None
    breakdown, rows = found
    place = rows[0]["territorio"]
    rows = sorted(rows, key=lambda r: (not sentences.is_published(r), -float(r["valor"] or 0)))
    parts = [Bar(sentences.category_name(sheet, r["categoria"], here.lang), r) for r in rows]
    title = (breakdown["title"] or {}).get(here.lang) or breakdown["title"]["es"]
    when = f"{formats.place(place, here.lang)}, {formats.period(rows[0]['periodo'], here.lang)}."
    under = f"{when} {sheet.text('name', here.lang)} ({sheet.unit(here.lang)})."
    read = "; ".join(f"{b.name}: {told.value_cell(b.row, sheet, here.lang)}" for b in parts)
    graph = bars.drawing(parts, sheet, here.lang, title, read, id="partes")
    origin = tag("p", told.source(here.snap, rows[0], sheet, here.lang), " ", told.synthetic(sheet, rows[0], here.lang), cls="fuente")
    return section(title, tag("p", under, cls="nota"), tag("figure", graph, tables.of_bars(parts, sheet, here, title)), origin)


def _replies(here: Here, sheet: Sheet) -> Markup | None:
    return told.replies(here.book.replies_on(sheet), here.snap, here.lang, named=True)


def _text(sheet: Sheet, part: str, lang: str) -> str:
    found: dict[str, Any] = (sheet.ficha.get(part) or {}).get("text") or {}
    return str(found.get(lang) or found.get("es") or "")


def _how(here: Here, sheet: Sheet) -> Markup:
    """How it is computed, in words."""
    lang = here.lang
    top, under, measured = (_text(sheet, part, lang) for part in ("numerator", "denominator", "quantile"))
    pairs = [(here.t("Se cuenta"), top), (here.t("Entre"), under), (here.t("Se mide"), measured),
             (here.t("Por qué importa"), sheet.text("why_it_matters", lang)),
             (here.t("Mínimo de casos para publicar"), formats.number(sheet.ficha.get("min_n", 1), 0, lang)), (here.t("Unidad"), sheet.unit(lang)),
             (here.t("Quién publica los datos"), "; ".join(here.snap.publishers(sheet, lang))),
             (here.t("Metas"), "; ".join(x["text"].get(lang) or x["text"]["es"] for x in sheet.ficha.get("targets") or []))]  # fmt: skip
    note = sheet.text("interval_note", lang)
    return section(here.t("¿Cómo se calcula?"), tag("dl", [together(tag("dt", k), tag("dd", v)) for k, v in pairs if v]),
                   tag("p", note, cls="nota") if note else None, _warnings(here, sheet))  # fmt: skip


def _warnings(here: Here, sheet: Sheet) -> Markup | None:
    """What the sources themselves warn of."""
    found = [a.get(here.lang) or a.get("es", "") for r in here.snap.sources(sheet.tablas).values() for a in r["fuente"].get("advertencias") or []]
    return details(here.t("Advertencias de las fuentes"), listed(list(dict.fromkeys(found)))) if found else None


def _reading(here: Here, sheet: Sheet) -> Markup | None:
    notes = [x.get(here.lang) or x.get("es", "") for x in [*(sheet.ficha.get("reading") or []), *(sheet.ficha.get("perverse_incentives") or [])]]
    return section(here.t("Cómo leerla"), listed(notes)) if notes else None


def _history(here: Here, sheet: Sheet) -> Markup:
    title, table = here.t("Revisiones"), revision_table(here, here.snap.revisions(indicador=sheet.id), sheet)
    if table is None:
        return section(title, tag("p", here.t("Ningún valor de este indicador ha cambiado desde su primera publicación.")))
    return section(title, tag("p", here.t("Un valor que cambia no se borra: queda el anterior con su razón.")), table)


def _embed(here: Here, sheet: Sheet) -> Markup | None:
    """The chart for other sites: a frame that always shows this publication."""
    if not regional_bars(here, sheet):
        return None
    address = f"{here.base or here.t('(dirección de este sitio)')}{here.address(embed_page(sheet.id), pinned=True)}"
    code = str(tag("iframe", src=address, title=sheet.text("name", here.lang), width="100%", height=EMBED_HEIGHT, loading="lazy", style="border:0"))
    see = link(here.t("Ver el gráfico suelto"), here.link(embed_page(sheet.id)))
    return details(here.t("Insertar este gráfico en otra página"), tag("pre", tag("code", code)), tag("p", see))


def embedded(here: Here, id: str) -> Page:
    """The chart alone, for a frame in another site: what it shows, its source, its date and its permanent link."""
    sheet = here.snap.sheet(id)
    rows = regional_bars(here, sheet)
    title = finding(here, sheet, rows)
    when = f", {formats.period(rows[0].row['periodo'], here.lang)}" if rows else ""
    under = f"{sheet.text('name', here.lang)} ({sheet.unit(here.lang)}){when}. {_margin(here, rows)}".strip()
    row = rows[0].row if rows else None
    origin = told.source(here.snap, row, sheet, here.lang) if row is not None else ""
    where = here.t("SIEGEM, publicación N.º {n}").format(n=here.number)
    back = link(
        where,
        here.at(f"/pregunta/{id}/").link(pinned=True) if not here.static else here.link(f"/pregunta/{id}/", pinned=True),
        target="_blank",
        rel="noopener",
    )
    mark = told.synthetic(sheet, row, here.lang) if row is not None else None
    body = tag("main", tag("h1", title), tag("p", under, cls="nota"), tag("figure", chart(here, sheet, rows, title)) if rows else None,
               tag("p", origin, " ", back, " ", mark, cls="fuente"))  # fmt: skip
    return Page(sheet.text("name", here.lang), title, body, bare=True)
