"""What several pages are made of: the way here, facts by theme, comparison, series, absences, downloads, how to cite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from dashboard import formats
from dashboard.address import with_query
from dashboard.figures.request import is_comparable_with_country
from dashboard.formats import is_missing
from dashboard.narrative import sentences
from dashboard.publico import bars, series, tables, told
from dashboard.publico.bars import Bar
from dashboard.publico.book import Fact, Row
from dashboard.publico.here import Here
from dashboard.publico.slugs import question_page
from dashboard.publico.tags import link, listed, section, tag, together
from dashboard.published import Sheet
from warehouse.territories import COUNTRY


def crumbs(here: Here, *ways: tuple[str, str]) -> Markup:
    """The way to the page: (word, address); it begins at the start."""
    made: list[Any] = [link(here.t("Inicio"), here.link("/"))]
    for word, path in ways:
        made += [" › ", link(word, here.link(path))]
    return tag("nav", made, cls="migas", aria_label=here.t("Usted está en"))


def synthetic_notice(here: Here) -> Markup | None:
    """Said on top of a page whose publication holds demonstration data: nobody may quote them."""
    if not here.book.synthetic:
        return None
    invented = sum(s.synthetic for s in here.book.sheets.values())
    text = here.t("Demostración: {n} de {total} indicadores salen de datos sintéticos. Sirven para conocer el sitio, no para citarlos.")
    return tag("p", text.format(n=invented, total=len(here.book.sheets)), cls="nota")


def opening(here: Here, fact: Fact) -> Markup:
    """The page's answer: one figure in one sentence, what it rests on, what may be said of it, and where it comes from."""
    row, sheet = fact
    lang = here.lang
    base = told.proof(row, sheet, lang)
    explained = (
        here.t("El intervalo dice entre qué valores podría estar la cifra, por el azar de contar pocos casos.")
        if "intervalo" in base or "interval" in base
        else ""
    )
    return together(
        tag("h1", told.sentence(row, sheet, lang, evidence=False)), tag("p", f"{base}. " if base else "", told.judgement(row, sheet, lang)),
        tag("p", explained, cls="nota") if explained else None,
        tag("p", told.source(here.snap, row, sheet, lang), " ", told.synthetic(sheet, row, lang), cls="fuente"),
    )  # fmt: skip


def told_by_parts(here: Here, area: str, facts: Sequence[Fact], place: str) -> list[tuple[Sheet, Markup]]:
    """Questions of a theme that have no single figure of a territory: each part with its own. None where no territory is named."""
    told_ids = {s.id for _, s in facts}
    made = []
    for sheet in [s for s in here.book.areas[area] if place and s.id not in told_ids]:
        found = parts_told(here, sheet, place)
        if found:
            name = link(sheet.text("short_name", here.lang), here.link(question_page(sheet.id)))
            made.append((sheet, together(tag("p", name, cls="titular"), found)))
    return made


def parts_told(here: Here, sheet: Sheet, place: str) -> Markup | None:
    """«Sin DAC, 29.6 %; …»: the parts of what has no single figure, the largest first; nothing where none is published."""
    found = here.book.divided(sheet, place)
    shown = [r for r in found[1] if sentences.is_published(r)] if found else []
    if not shown:
        return None
    shown.sort(key=lambda r: -float(r["valor"]))
    parts = [f"{sentences.category_name(sheet, r['categoria'], here.lang)}, {sentences.value(r, sheet, here.lang)}" for r in shown]
    notes = [
        f"{formats.place(place, here.lang)}, {formats.period(shown[0]['periodo'], here.lang)}.",
        told.source(here.snap, shown[0], sheet, here.lang),
    ]
    notes += [f"{here.t('Dato sintético de demostración')}."] if sheet.synthetic else []
    return together(tag("p", "; ".join(parts), "."), tag("p", " ".join(notes), cls="nota"))


def on_this_page(here: Here, ways: Sequence[tuple[str, str]]) -> Markup:
    """Leads down a long page: (word, mark)."""
    return tag("nav", listed([link(word, f"#{mark}") for word, mark in ways], cls="enesta"), aria_label=here.t("En esta página"))


def fact(here: Here, row: Row, sheet: Sheet) -> Markup:
    """One figure among many: its name, one sentence, its time and what may be said of it."""
    notes = [f"{formats.period(row['periodo'], here.lang)}.", told.judgement(row, sheet, here.lang)]
    notes += [f"{here.t('Dato sintético de demostración')}."] if told.synthetic(sheet, row, here.lang) is not None else []
    said = [s for s in here.book.replies(row["territorio"]) if s.tabla in sheet.tablas]
    reply = [" ", link(here.t("La región comentó estos datos"), "#descargos")] if said else []
    return together(
        tag("p", link(sheet.text("short_name", here.lang), here.link(question_page(sheet.id))), cls="titular"),
        tag("p", told.sentence(row, sheet, here.lang, where=False)), tag("p", " ".join(n for n in notes if n), reply, cls="nota"),
    )  # fmt: skip


def comparison(here: Here, fact: Fact, others: Sequence[Bar], verdict: str, name: str = "") -> Markup | None:
    """The place beside larger ones it is a part of, with the margins; and what the publication says of the difference.

    `name`: what the place is called where its own name is that of another row too.
    """
    row, sheet = fact
    rows = [Bar(name or told.place_name(row, here.lang), row, "propio"), *others]
    if not is_comparable_with_country(sheet) or len(rows) < 2:
        return None
    title = here.t("¿Es mejor o peor que en otros lugares?")
    chart = bars.drawing(rows, sheet, here.lang, title, _read(rows, sheet, here.lang), id="lugares")
    margin = here.t("La línea fina muestra el margen de cada cifra.") if any(r.row["inferior"] is not None for r in rows) else ""
    unit = tag("p", f"{sheet.text('name', here.lang)} ({sheet.unit(here.lang)}). {margin}", cls="nota")
    return section(title, unit, tag("figure", chart, tables.of_bars(rows, sheet, here, here.t("Lugar"))), tag("p", verdict, cls="aviso"))


def _read(rows: Sequence[Bar], sheet: Sheet, lang: str) -> str:
    return "; ".join(f"{b.name}: {told.value_cell(b.row, sheet, lang)}" for b in rows) + "."


def change(here: Here, sheet: Sheet, place: str, category: str = "", *, name: str = "") -> Markup | None:
    """The series of a place; nothing where it has fewer than two figures."""
    lang = here.lang
    rows = here.book.series(sheet, place, category)
    shown = [r for r in rows if sentences.is_published(r)]
    if len(shown) < 2:
        return None
    name = name or formats.place(place, lang)
    drawn = series.whole(rows[-series.MOST :])
    first, last = drawn[0], drawn[-1]
    read = here.t("{lugar}: de {antes} ({desde}) a {ahora} ({hasta}).").format(
        lugar=name, antes=told.value_cell(first, sheet, lang), desde=formats.period(first["periodo"], lang),
        ahora=told.value_cell(last, sheet, lang), hasta=formats.period(last["periodo"], lang),
    )  # fmt: skip
    marks = [here.t("La barra clara es el margen.") if any(r["inferior"] is not None for r in shown) else "",
             here.t("Punto hueco: periodo incompleto.") if any("serie_incompleta" in (r["avisos"] or []) for r in shown) else "",
             here.t("×: sin dato; la tabla dice por qué.") if len(shown) < len(rows) else ""]  # fmt: skip
    unit = f"{sheet.text('name', lang)} ({sheet.unit(lang)}). {' '.join(m for m in marks if m)}"
    chart = series.drawing(rows, sheet, lang, here.t("¿Ha cambiado?"), read)
    meaning = sentences.change(last, sheet, lang)
    said = tag("p", f"{read} {meaning}")
    return section(here.t("¿Ha cambiado?"), tag("p", unit, cls="nota"), tag("figure", chart, tables.of_series(rows, sheet, here)), said)


def unknown(here: Here, facts: Sequence[Fact], *, title: bool = True) -> Markup | None:
    """Every absence by its reason."""
    lang = here.lang
    absent = [(r, s) for r, s in facts if not sentences.is_published(r)]
    if not absent:
        return None
    groups: dict[str, list[Fact]] = {}
    for row, sheet in absent:
        groups.setdefault(_why(here, row, sheet), []).append((row, sheet))
    items = []
    for why, same in sorted(groups.items(), key=lambda g: (g[1][0][0]["estado"], g[0])):
        joined = [x for r, s in same for x in (", ", link(s.text("short_name", lang), here.link(question_page(s.id))), _needed(here, r, s))][1:]
        items.append(together(told.hatch(same[0][0]["estado"]), tag("p", tag("b", f"{why[:1].upper()}{why[1:]}: "), joined, ".")))
    return section(here.t("Lo que no sabemos"), listed(items, cls="ausencias"), id="no-sabemos")


def _why(here: Here, row: Row, sheet: Sheet) -> str:
    """The reason of an absence, the same for all that have it: how many cases each needs is told beside its name."""
    return here.t("hubo muy pocos casos") if row["estado"] == "n_insuficiente" else sentences.absence(row, sheet, here.lang)


def _needed(here: Here, row: Row, sheet: Sheet) -> str:
    if row["estado"] != "n_insuficiente":
        return ""
    n, least = row["n"], formats.number(sheet.ficha.get("min_n", 1), 0, here.lang)
    if is_missing(n):  # the public is not told how few
        return f" ({here.t('hacen falta {minimo}').format(minimo=least)})"
    return f" ({here.t('hubo {n}; hacen falta {minimo}').format(n=formats.number(n, 0, here.lang), minimo=least)})"


def downloads(here: Here, sheet: Sheet | None = None, place: str = "", note: str = "") -> Markup:
    """Files to take away: of an indicator, of a place; the dictionary of columns with them."""
    title = here.t("Descargue los datos")
    if here.static:
        names = here.data.get(sheet.id if sheet else place, ())
        made = [
            link(f"{here.t('Descargar')} {name.rpartition('.')[2].upper()}", here.file(f"datos/{name}"), cls="boton", download=True) for name in names
        ]
        every = tag("p", link(here.t("Todas las descargas, con su diccionario"), here.link("/descargas/")))
        return section(title, tag("p", note) if note else None, tag("p", made, cls="botones") if made else None, every, id="descargar")
    asked = {"indicador": sheet.id if sheet else "", "territorio": place, "publicacion": here.number}
    ways = [link(f"{here.t('Descargar')} {form.upper()}", with_query("/api/v1/valores", **asked, formato=form), cls=shape, download=True)
            for form, shape in (("csv", "boton"), ("xlsx", "boton boton--claro"))]  # fmt: skip
    dictionary = link(here.t("Qué significa cada columna (diccionario)"), with_query("/api/v1/diccionario", lang=here.lang), download=True)
    return section(title, tag("p", note) if note else None, tag("p", ways, cls="botones"), tag("p", dictionary, " · ", link(
        here.t("Todas las descargas"), here.link("/descargas/"))), id="descargar")  # fmt: skip


def cite(here: Here, row: Row | None, sheet: Sheet | None) -> Markup:
    """The sentence as it can be quoted, and the address that will say the same in two years."""
    address = here.whole(pinned=True) if here.base or not here.static else here.address(pinned=True)
    where = here.t("SIEGEM, publicación N.º {n} del {fecha}.").format(n=here.number, fecha=formats.day(here.snap.publication.creada_en, here.lang))
    quote = here.t("«{frase}»")
    text = f"{quote.format(frase=told.sentence(row, sheet, here.lang, strong=False).unescape())} " if row is not None and sheet is not None else ""
    origin = f" {told.source(here.snap, row, sheet, here.lang)}" if row is not None and sheet is not None else ""
    return section(
        here.t("Para citar"), tag("blockquote", f"{text}{where}{origin} ", link(address, here.link(pinned=True), cls="direccion"), cls="cita")
    )


def country_bar(here: Here, sheet: Sheet) -> list[Bar]:
    """The country's row of an indicator as a bar."""
    return [
        Bar(formats.place(COUNTRY, here.lang), r, "conjunto")
        for r in here.book.rows(sheet)
        if r["territorio"] == COUNTRY and sentences.is_published(r)
    ]
