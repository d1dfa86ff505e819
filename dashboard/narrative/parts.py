"""Parts several pages share: banners, filters, the ranking beside a map, source lines, the table of territories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats, published
from dashboard.address import address, with_query
from dashboard.components import Cell, Column
from dashboard.figures import bars
from dashboard.figures.request import Params, is_comparable_with_country, records
from dashboard.formats import NBSP, is_missing
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.narrative.static_bars import static_bars
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.states import STATES
from warehouse.territories import COUNTRY, LIMA_DEPARTMENT, PILOTS, all_territories, pilots, regions

Row = dict[Any, Any]
#: caveats of a source told before the others are folded
CAVEATS = 3


def row_of(frame: pd.DataFrame, territory: str) -> Row | None:
    """The first row of a territory as a record, None where it has none."""
    found = frame[frame["territorio"] == territory]
    return records(found.head(1))[0] if len(found) else None


def ordered_regions() -> list[str]:
    """Codes of the 26 regions, pilots first, then by name."""
    first = [p.codigo for p in sorted(pilots(), key=lambda p: p.codigo)]
    rest = sorted((r for r in regions() if not r.piloto), key=lambda r: _plain(r.nombre))
    return [*first, *(r.codigo for r in rest)]


def _plain(name: str) -> str:
    return name.lower().translate(str.maketrans("áéíóú", "aeiou"))


def known_region(code: str) -> str:
    """`code` where it is one of the 26 regions, else nothing."""
    return code if code in {r.codigo for r in regions()} else ""


def mark(change: str) -> html.Span:
    """The glyph of a change; rising or falling without being better or worse has its own grey arrow."""
    kind = "sin-diferencia" if change == "sin_diferencia" else change
    return html.Span(className=f"glifo glifo--{kind}", **{"aria-hidden": "true"})


def change_words(row: Row, text: str) -> html.Span:
    """A change in words, with its mark where the publication judged it."""
    state = row["cambio_estado"] if sentences.is_published(row) else None
    if not state:
        return html.Span(text, className="tenue")
    kind = "sin-diferencia" if state == "sin_diferencia" else state
    return html.Span([mark(state), text], className=f"cambio cambio--{kind if kind in ('mejora', 'empeora') else 'sin-diferencia'}")


def banner(snap: Snapshot, lang: str, path: str, **state: Any) -> list[Any]:
    """A notice when the reader looks at a publication that is no longer the one in force, with the way to that one."""
    newest = published.snapshot().number
    if snap.number == newest:
        return []
    told = t("Está viendo la publicación N.º {n}, tal como se publicó el {fecha}. La vigente es la N.º {vigente}.", lang)
    told = told.format(n=snap.number, fecha=formats.day(snap.publication.creada_en, lang), vigente=newest)
    current = html.A(t("Ver la publicación vigente", lang), href=with_query(path, **state, lang="" if lang == "es" else lang))
    return [html.Div([html.P(told, className="aviso__titulo"), html.P(current)], className="aviso aviso--advertencia", role="note")]


def territory_options(lang: str, *, country: bool = True) -> list[tuple[str, str]]:
    """(value, text) of the territories a filter offers: the country first, then pilots, then by name."""
    first = [(COUNTRY, formats.place(COUNTRY, lang)), (PILOTS, formats.place(PILOTS, lang))] if country else []
    return [*first, *((c, formats.place(c, lang)) for c in ordered_regions())]


def indicator_options(snap: Snapshot, lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(area, its indicators), in the order of areas; by name within one."""
    sheets = snap.indicators()
    areas = dict.fromkeys(s.area for s in sheets)
    names = {a: sorted(((s.id, s.text("short_name", lang)) for s in sheets if s.area == a), key=lambda o: _plain(o[1])) for a in areas}
    return [(area_name(a, lang), options) for a, options in names.items()]


def period_options(snap: Snapshot, sheet: Sheet, kind: str, lang: str) -> list[tuple[str, str]]:
    """Periods with rows, newest first."""
    return [(p, formats.period(p, lang)) for p in reversed(snap.periods(sheet.id, kind))]


def comparison_filters(snap: Snapshot, sheet: Sheet, params: Params, path: str, *, kinds: bool) -> Any:
    """What to compare and when, with a region to point at; `kinds`: also by what kind of period, where there is a choice."""
    lang = params.lang
    choice = kind_options(sheet, lang)
    return components.filters(
        components.select_filter("indicador", t("Indicador", lang), sheet.id, indicator_options(snap, lang), searchable=True),
        *([components.select_filter("tipo", t("Periodo por", lang), params.tipo, choice)] if kinds and len(choice) > 1 else []),
        components.select_filter("periodo", t("Periodo", lang), params.periodo, period_options(snap, sheet, params.tipo, lang)),
        components.select_filter(
            "region", t("Región destacada", lang), params.territorio or None, territory_options(lang, country=False), searchable=True
        ),
        components.reset_link(path, lang),
        chips=chips(sheet, lang),
    )


def kind_options(sheet: Sheet, lang: str) -> list[tuple[str, str]]:
    return [(k, formats.period_kind(k, lang).capitalize()) for k in sheet.periods]


def chips(sheet: Sheet, lang: str) -> list[Any]:
    """The mark of demonstration data; every other notice names its territories (`notice_lines`)."""
    return [components.synthetic_chip(lang)] if sheet.synthetic else []


def notice_lines(frame: pd.DataFrame, lang: str) -> list[str]:
    """«Plazo referencial (no verificado): Áncash y La Libertad.», one line for each notice of the values shown."""
    told: dict[str, list[str]] = {}
    for row in records(frame):
        for code in row["avisos"] or []:
            if code != "sintetico" and row["nivel"] in ("region", "departamento", "otro") and sentences.is_published(row):
                told.setdefault(code, []).append(formats.place(row["territorio"], lang))
    total = sum(1 for r in records(frame) if r["nivel"] in ("region", "departamento", "otro") and sentences.is_published(r))
    lines = []
    for code, places in told.items():
        who = t("todos los valores", lang) if len(places) == total > 1 else formats.listing(places, lang)
        lines.append(f"{formats.notice(code, lang)}: {who}.")
    return lines


def source(snap: Snapshot, sheet: Sheet, rows: pd.DataFrame, lang: str) -> str:
    """The source line, with the cases behind the country's value (or all the values shown)."""
    shown = rows[rows["estado"] == "publicado"]
    country = shown[shown["territorio"] == COUNTRY]
    counts = country["n"].dropna() if len(country) else shown.loc[shown["nivel"] == "region", "n"].dropna()
    # what a rate per hours or per workers is divided by is not its cases
    n = float(counts.sum()) if len(counts) and sheet.ficha["form"] != "count" and sheet.ficha["interval"] != "rate" else None
    return components.source_line(snap, spoken(sheet), n or None, lang)


def spoken(sheet: Sheet) -> Sheet:
    """The sheet with only the tables that carry its figures: calendars and catalogues are not its source."""
    return replace(sheet, tablas=tuple(x for x in sheet.tablas if not x.startswith("ref_")) or sheet.tablas)


def named(sheet: Sheet, rows: pd.DataFrame, lang: str) -> str:
    """The full name of an indicator, with the category its values are of: «Trámites en plazo («Mujer»)»."""
    of = next(iter(rows["categoria"]), "") if "categoria" in rows else ""
    return sheet.text("name", lang) + (f" ({sentences.quoted(sentences.category_name(sheet, of, lang), lang)})" if of else "")


def subtitle(sheet: Sheet, period: str, rows: pd.DataFrame, lang: str, *, plain: bool = False) -> str:
    """What is measured, when, and how to read the marks that are there. `plain`: for the list of bars of phones."""
    told = [f"{named(sheet, rows, lang)}: {sheet.unit(lang)}, {formats.period(period, lang)}."]
    if rows["inferior"].notna().any():
        told.append(t("Línea fina: intervalo de 95 %; si se cruzan, no se afirma diferencia.", lang))
    if not plain and is_comparable_with_country(sheet) and row_of(rows, COUNTRY) is not None:
        told.append(t("Línea de guiones: Perú.", lang))
    earlier = next((r["periodo_comparado"] for r in records(rows) if r["periodo_comparado"]), None)
    if earlier:
        shown = t("La marca dice el cambio frente a {periodo}.", lang) if plain else t("A la derecha, el cambio frente a {periodo}.", lang)
        told.append(shown.format(periodo=formats.period(earlier, lang)))
    told.append(t("Pilotos en negrita.", lang))
    return " ".join(told)


def territory_table(id: str, frame: pd.DataFrame, sheet: Sheet, lang: str, *, selected: str = "") -> Any:
    """Every territory of one period: value, interval, cases, change and state; those without a value say why."""
    rows = sorted(records(frame), key=lambda r: (_LEVELS.get(r["nivel"], 9), not sentences.is_published(r), -_number(r["valor"])))
    chosen = [i for i, r in enumerate(rows) if r["territorio"] == selected]
    caption = f"{sheet.text('short_name', lang)}, {formats.period(rows[0]['periodo'], lang) if rows else ''}"
    columns = [
        Column(t("Territorio", lang)),
        Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
        Column(t("Intervalo de 95 %", lang), numeric=True),
        Column(t("Casos", lang), numeric=True),
        Column(t("Cambio", lang), numeric=True),
        Column(t("Lectura", lang)),
        Column(t("Entre las regiones", lang)),
    ]
    cells = [_table_row(r, sheet, lang) for r in rows]
    used = [i for i in range(len(columns)) if i in (0, 1, 5) or any(row[i].key is not None for row in cells)]
    return components.data_table(
        id, [columns[i] for i in used], [[row[i] for i in used] for row in cells], caption, selected=chosen, dense=True, lang=lang,
        territories=[r["territorio"] for r in rows],
    )  # fmt: skip


_LEVELS = {"pais": 0, "piloto": 1, "region": 2, "departamento": 2, "otro": 3}


def _number(value: Any) -> float:
    return float("-inf") if is_missing(value) else float(value)


def _table_row(row: Row, sheet: Sheet, lang: str) -> list[Cell]:
    name = formats.place(row["territorio"], lang)
    shown = components.link(name, f"/region/{row['territorio']}") if row["nivel"] == "region" else name
    if not sentences.is_published(row):
        # where the value would stand, so that a phone shows it beside the name
        why = html.Span([components.hatch(row["estado"]), NBSP + sentences.reason(row, lang)], className="tabla__razon")
        return [Cell(shown, name), Cell(why, None), *(Cell("", None) for _ in range(5))]
    reading = change_words(row, sentences.verdict(row, sheet, lang)) if row["cambio_estado"] else t("sin comparación", lang)
    cases = sentences.parts(row, sheet, lang)
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang)
    return [
        Cell(shown, name),
        Cell(formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), row["valor"]),
        Cell(limits or formats.DASH, row["inferior"] if limits else None),
        Cell(cases or formats.DASH, (row["n"] or row["denominador"]) if cases else None),
        Cell(
            formats.DASH if row["cambio"] is None else sentences.difference(row, sheet, lang),
            row["cambio_relativo"] if sentences.is_relative(sheet) else row["cambio"],
        ),
        Cell(reading, row["cambio_estado"] or ""),
        _place_cell(row, lang),
    ]


def _place_cell(row: Row, lang: str) -> Cell:
    """How a region stands beside all together, where the publication judged it."""
    told = sentences.standing(row, lang)
    if not told:
        return Cell(formats.DASH, None)
    return Cell(html.Span([mark(bars.PLACE_GLYPH[row["frente_al_pais"]]), told], className="cambio cambio--sin-diferencia"), row["frente_al_pais"])


def ranking(
    id: str, snap: Snapshot, sheet: Sheet, frame: pd.DataFrame, params: Params, title: Any, *,
    notes: Sequence[Any] = (), table: bool = True,
) -> list[html.Figure]:  # fmt: skip
    """The bars of one period: a chart for wide screens, and the same as a plain list of bars for phones (one is hidden)."""
    lang = params.lang
    about: dict[str, Any] = {
        "source_line": source(snap, sheet, frame, lang),
        "lang": lang, "chips": chips(sheet, lang), "notes": [*notice_lines(frame, lang), *notes],
    }  # fmt: skip

    def listed(name: str) -> Any:
        return territory_table(name, frame, sheet, lang, selected=params.territorio) if table else None

    wide = components.figure_block(
        id,
        "comparar_barras",
        params,
        title,
        subtitle(sheet, params.periodo, frame, lang),
        height=bars.height(frame),
        first=static_bars(frame, sheet, params.territorio, lang),
        table=listed(f"tabla-{id}"),
        **about,
    )
    narrow = components.figure_block(
        f"{id}-movil",
        "comparar_barras",
        params,
        title,
        subtitle(sheet, params.periodo, frame, lang, plain=True),
        body=plain_bars(frame, sheet, params.territorio, lang),
        table=listed(f"tabla-{id}-movil"),
        **about,
    )
    wide.className, narrow.className = "figura solo-ancho", "figura solo-movil"
    return [wide, narrow]


def plain_bars(frame: pd.DataFrame, sheet: Sheet, selected: str, lang: str, beside: str = "cambio_estado") -> html.Ol:
    """The ranking as HTML: no chart to load, and room for long names. `beside`: the verdict marked at the right."""
    present, absent = bars.split(frame)
    country = row_of(frame, COUNTRY)
    if country is not None and sentences.is_published(country) and is_comparable_with_country(sheet):
        present = sorted([*present, country], key=lambda r: -float(r["valor"]))
    top = max([float(r[k]) for r in present for k in ("valor", "superior") if not is_missing(r[k])], default=0.0) or 1.0
    items = [_plain_bar(r, sheet, selected, top, lang, beside) for r in present]
    for r in absent:
        track = html.Span([components.hatch(r["estado"]), NBSP + sentences.reason(r, lang)], className="barras__pista")
        items.append(
            html.Li(
                [html.Span(formats.place(r["territorio"], lang), className="barras__nombre"), track],
                className="barras__fila barras__fila--ausente",
                **{"data-territorio": r["territorio"]},
            )
        )
    return html.Ol(items, className="barras")


def _plain_bar(row: Row, sheet: Sheet, selected: str, top: float, lang: str, beside: str) -> html.Li:
    code = row["territorio"]
    pilot = all_territories()[code].piloto or code == COUNTRY
    shape = "barras__fila" + (" barras__fila--elegida" if code == selected else " barras__fila--piloto" if pilot else "")
    style = {"--v": f"{100 * max(0.0, float(row['valor'])) / top:.1f}%"}
    if not is_missing(row["inferior"]) and not is_missing(row["superior"]):
        style |= {"--lo": f"{100 * float(row['inferior']) / top:.1f}%", "--hi": f"{100 * float(row['superior']) / top:.1f}%"}
    kind = bars.PLACE_GLYPH.get(row[beside] or "", row[beside])
    label = sentences.verdict(row, sheet, lang) if beside == "cambio_estado" else sentences.standing(row, lang)
    glyphs = [html.Span(className=f"barras__glifo glifo glifo--{kind}", role="img", **{"aria-label": label})] if kind else []
    return html.Li(
        [html.Span(formats.place(code, lang), className="barras__nombre"), html.Span(html.I(), className="barras__pista"),
         html.Span(formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), className="barras__valor"), *glyphs],
        className=shape, style=style, **{"data-territorio": code},
    )  # fmt: skip


def absences(frame: pd.DataFrame, sheet: Sheet, lang: str) -> list[Any]:
    """«Lo que no sabemos»: the regions without a value, together by reason."""
    rows = [r for r in records(frame) if r["nivel"] == "region" and not sentences.is_published(r)]
    if not rows:
        return []
    items = []
    for state in (s for s in STATES if any(r["estado"] == s for r in rows)):
        same = [r for r in rows if r["estado"] == state]
        everyone = len(same) == len(regions())
        places = t("Las 26 regiones", lang) if everyone else formats.listing([formats.place(r["territorio"], lang) for r in same], lang)
        why = sentences.absence(same[0], sheet, lang) if len(same) == 1 else sentences.reason({"estado": state, "n": None}, lang)
        items.append(html.Li([components.hatch(state, large=True), html.P([html.B(f"{places}: "), f"{why}."])]))
    extra = []
    if LIMA_DEPARTMENT in set(frame["territorio"]):
        extra = [
            html.P(
                t("La fuente publica Lima como un solo departamento: su valor no se atribuye a Lima Provincias ni a Lima Metropolitana.", lang),
                className="nota nota--junto",
            )
        ]
    return [html.Ul(items, className="sin-dato"), *extra]


def warnings(snap: Snapshot, sheet: Sheet, lang: str) -> list[Any]:
    """The frozen caveats of an indicator's sources, each as a notice of its own; from the fourth on they unfold: nine in a row are read by nobody."""
    made = [html.P(text, className="nota nota--junto") for text in components.caveats(snap, sheet, lang)]
    if len(made) <= CAVEATS + 1:
        return made
    more = t("y {n} advertencias más", lang).format(n=len(made) - CAVEATS)
    return [*made[:CAVEATS], html.Details([html.Summary(more), *made[CAVEATS:]], className="advertencias-mas")]


def beware(warnings: list[Any], lang: str) -> html.Aside:
    """The caveats beside the first figure of a page; the other figures point here (`see_beware`)."""
    title = t("Cuidado al leer", lang)
    return html.Aside([html.H2(title, className="lado__titulo"), *warnings], className="lado", id="cuidado", **{"aria-label": title})


def see_beware(snap: Snapshot, sheet: Sheet, lang: str) -> list[Any]:
    """One line under a figure's subtitle that leads to the caveats; nothing where there are none."""
    n = len(components.caveats(snap, sheet, lang))
    if not n:
        return []
    told = t("La fuente tiene 1 advertencia", lang) if n == 1 else t("La fuente tiene {n} advertencias", lang).format(n=n)
    return [html.Span([f"{told}: ", html.A(t("Cuidado al leer", lang), href="#cuidado")])]


def indicator_link(sheet: Sheet, lang: str, **query: Any) -> html.A:
    return html.A(sheet.text("short_name", lang), href=address(f"/indicador/{sheet.id}", **query), **{"data-navegar": ""})


def place_subtitle(sheet: Sheet, period: str, lang: str) -> str:
    """What the map shows and how."""
    told = t("{nombre}: {unidad}, {periodo}. Cinco grupos de igual tamaño, según la escala; con trama, sin dato.", lang)
    return told.format(nombre=sheet.text("name", lang), unidad=sheet.unit(lang), periodo=formats.period(period, lang))


def with_links(text: str, lang: str = "es") -> list[Any]:
    """A sentence in which every region leads to its sheet."""
    codes = {formats.place(r.codigo, lang): r.codigo for r in regions()}
    pieces = re.split(rf"\b({'|'.join(re.escape(n) for n in sorted(codes, key=len, reverse=True))})\b", text)
    return [components.link(x, f"/region/{codes[x]}") if x in codes else x for x in pieces if x]
