"""What pages are made of. Pure functions to Dash components; classes are those of `dashboard/build/CLASSES.md`.

A page's layout returns the children of `<main>`; header and navigation are not its business (`shell.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import formats
from dashboard.address import address, reader, with_query
from dashboard.language import t
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

GRAPH_CONFIG = {"locale": "es", "displayModeBar": False, "responsive": True}
#: change state -> class of its glyph and colour; what is neither better nor worse stays grey
CHANGE_CLASS = {"mejora": "mejora", "empeora": "empeora", "sube": "sin-diferencia", "baja": "sin-diferencia", "sin_diferencia": "sin-diferencia"}
_HIDDEN = {"visible": False}
_BLANK = {"data": [], "layout": {"xaxis": _HIDDEN, "yaxis": _HIDDEN, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}}

Child = Any
#: (value, text), or (heading, options) for a group of them
Option = tuple[str, str] | tuple[str, Sequence[tuple[str, str]]]


def link(text: Child, path: str, *, className: str = "", title: str = "", **query: Any) -> html.A:
    """A link within the site, followed without reloading; language and chosen publication are kept."""
    extra = {"className": className} if className else {}
    return html.A(text, href=address(path, **query), title=title or None, **{"data-navegar": ""}, **extra)


def breadcrumbs(*steps: tuple[str, str] | str) -> html.Nav:
    """(text, path) pairs, then the present page as a bare text."""
    items = [html.Span(s) if isinstance(s, str) else link(s[0], s[1]) for s in steps]
    return html.Nav(items, className="migas", **{"aria-label": t("Ruta", reader.get().lang)})


def sentence(text: Child, sub: Child = None) -> html.Div:
    """The page's answer in one line, with what else must be said under it. Lists may hold html.Em."""
    return html.Div([html.H1(text, className="oracion"), *([html.P(sub, className="oracion-sub")] if sub else [])])


def section(title: Child, *children: Child, subtitle: Child = None, id: str | None = None) -> html.Section:
    head = [html.H2(title, className="figura__titulo")] if title else []
    below = [html.P(subtitle, className="figura__subtitulo")] if subtitle else []
    return html.Section([*head, *below, *children], className="seccion", **({"id": id} if id else {}))


def glyph(kind: str) -> html.Span:
    """A drawn mark: a change state, or `senal`. Decorative: words must stand beside it."""
    return html.Span(className=f"glifo glifo--{CHANGE_CLASS.get(kind, kind)}", **{"aria-hidden": "true"})


def hatch(state: str, *, large: bool = False) -> html.Span:
    """The swatch of an absence state."""
    return html.Span(className=f"trama trama--{state}{' trama--grande' if large else ''}", **{"aria-hidden": "true"})


def change_words(state: str | None, text: str) -> html.Span:
    """A change in words with its mark; grey without mark where the change was not judged."""
    if not state:
        return html.Span(text, className="cambio cambio--sin-diferencia")
    return html.Span([glyph(state), text], className=f"cambio cambio--{CHANGE_CLASS.get(state, state)}")


def chip(text: str, *, warning: bool = False) -> html.Span:
    return html.Span(text, className=f"chip{' chip--advertencia' if warning else ''}")


def synthetic_chip(lang: str = "es") -> html.Span:
    return html.Span(formats.notice("sintetico", lang), className="chip-sintetico")


def notices(codes: Iterable[str], lang: str = "es") -> list[html.Span]:
    """A chip for each notice of a value, the synthetic one dashed."""
    return [synthetic_chip(lang) if code == "sintetico" else chip(formats.notice(code, lang), warning=True) for code in dict.fromkeys(codes)]


def note(text: Child) -> html.P:
    """A warning beside the figure it concerns."""
    return html.P(text, className="nota nota--junto")


@dataclass(frozen=True)
class CardText:
    """What a card says. `value` is already written; `state` is an absence state where there is no value."""

    title: str
    value: str
    unit: str = ""
    change: str = ""
    change_state: str | None = None
    detail: str = ""
    state: str | None = None
    href: str | None = None


def card(text: CardText, *, line: Child = None, line_label: str = "", chips: Sequence[Child] = ()) -> Child:
    """A headline figure: title, value with unit, small line, change in words, k of n with interval."""
    if text.state:
        shown: Child = html.P([hatch(text.state), " ", text.value], className="tarjeta__valor tarjeta__valor--ausente")
    else:
        unit = [html.Span(text.unit, className="tarjeta__unidad")] if text.unit else []
        shown = html.P([text.value, *unit], className="tarjeta__valor")
    small = [html.Div([html.Span(line_label, className="tarjeta__linea-rotulo"), line], className="tarjeta__linea")] if line is not None else []
    words = [html.P(change_words(text.change_state, text.change), className="tarjeta__cambio")] if text.change else []
    detail = [html.P(text.detail, className="tarjeta__detalle")] if text.detail else []
    inside = [html.H2(text.title, className="tarjeta__titulo"), html.Div([shown, *small], className="tarjeta__fila"), *words, *detail, *chips]
    if text.href:
        return html.A(inside, href=text.href, className="tarjeta", **{"data-navegar": ""})
    return html.Article(inside, className="tarjeta")


def cards(*items: Child) -> html.Div:
    return html.Div(list(items), className=f"tarjetas{' tarjetas--3' if len(items) == 3 else ''}")


def source_line(snap: Snapshot, sheet: Sheet, n: Any = None, lang: str = "es") -> str:
    """«Fuente: … · Datos al 30-09-2026 · n = 2,613» from the frozen sources of an indicator."""
    rows = snap.sources(sheet.tablas).values()
    dates = [r["datos_al"] for r in rows if r["datos_al"]]
    parts = [t("Fuente: {nombres}", lang).format(nombres="; ".join(snap.publishers(sheet, lang)) or t("sin indicar", lang))]
    if dates:
        parts.append(t("Datos al {fecha}", lang).format(fecha=formats.day(max(dates), lang)))
    if not formats.is_missing(n):
        parts.append(f"n = {formats.number(n, 0, lang)}")
    return " · ".join(parts)


def caveats(snap: Snapshot, sheet: Sheet, lang: str = "es") -> list[str]:
    """The frozen warnings of an indicator's sources, each once; those of calendars and catalogues after those of its facts."""
    origins = sorted(snap.sources(sheet.tablas).items(), key=lambda pair: pair[0].startswith("ref_"))
    texts = [a.get(lang) or a.get("es", "") for _, r in origins for a in r["fuente"].get("advertencias", [])]
    return list(dict.fromkeys(x for x in texts if x))


def _plain(params: Any) -> dict[str, Any]:
    return {
        k: v for k, v in (asdict(params) if is_dataclass(params) and not isinstance(params, type) else dict(params)).items() if v not in (None, "")
    }


def figure_url(name: str, params: Any, publication: int | None = None) -> str:
    """Where a figure's bytes are; the publication is always named, so they never change."""
    return with_query(f"/api/v1/figuras/{name}", **{**_plain(params), "publicacion": publication or reader.get().publication})


def values_url(params: Any, publication: int | None = None, formato: str = "csv") -> str:
    """Where published values are, by any of the filters of the API that `params` holds."""
    own = {k: v for k, v in _plain(params).items() if k in ("indicador", "tipo", "periodo", "territorio", "desglose", "categoria")}
    return with_query("/api/v1/valores", **own, publicacion=publication or reader.get().publication, formato=formato)


#: figures of one territory through time; every other one shows all territories, at its period where it names one
_SERIES = {"tendencia", "control"}


def _seen(name: str, params: Any) -> dict[str, Any]:
    """The filters that give the values a figure shows, and no others: its period, its category or the undivided value, its territory if only that."""
    own = {k: v for k, v in _plain(params).items() if k in ("indicador", "tipo", "periodo", "categoria")}
    if name in _SERIES:
        own.pop("periodo", None)
        own["territorio"] = ",".join(dict.fromkeys((_plain(params).get("territorio", COUNTRY), COUNTRY)))
    return own if "categoria" in own else {**own, "desglose": "ninguno"}


def figure_block(
    id: str, name: str, params: Any, title: Child, subtitle: Child = "", source_line: Child = "", *,
    table: Child = None, height: int = 420, lang: str = "es", chips: Sequence[Child] = (), notes: Sequence[Child] = (),
    how: str | None = None, csv: str | None = "auto", publication: int | None = None, body: Child = None, label: str = "", first: Child = None,
) -> html.Figure:  # fmt: skip
    """A chart with its evidence. The graph is filled in the browser from `figure_url(name, params)`.

    `chips` stand at the subtitle's right, `notes` under it. `how` is the address of «¿Cómo se calcula?»: by default the
    indicator's page. `csv` None leaves the download out. `body` replaces the graph (an HTML table, bars, a map).
    `label` is what a screen reader says of the graph; by default title and subtitle. `publication` None = the page's.
    `first` stands in the graph's place until it is drawn (`narrative/static_bars.py`).
    """
    url = figure_url(name, params, publication) if body is None else ""
    own = _plain(params)
    how = how if how is not None else (address(f"/indicador/{own['indicador']}") + "#ficha" if own.get("indicador") else "")
    csv = values_url(_seen(name, params), publication) if csv == "auto" and own.get("indicador") else csv if csv != "auto" else None
    words = label or f"{_text(title)}. {_text(subtitle)}"
    graph = [
        dcc.Store(id={"type": "figura-url", "id": id}, data=url),
        html.Div(
            [*([] if first is None else [first]),
             dcc.Graph(id={"type": "figura", "id": id}, figure=_BLANK, config=GRAPH_CONFIG, className="grafico", responsive=True)],
            role="img", **{"aria-label": words}, className="figura__lienzo",
        ),
    ] if body is None else [body]  # fmt: skip
    shape: dict[str, Any] = {"className": "figura__cuerpo figura__cuerpo--libre"}
    if body is None:
        shape = {"className": "figura__cuerpo", "style": {"--alto": f"{height}px"}}
    below = [html.P(subtitle, className="figura__subtitulo"), *chips]
    return html.Figure(
        [
            html.H2(title, className="figura__titulo"),
            html.Div(below, className="figura__bajo"),
            *(note(n) for n in notes),
            html.Div(graph, **shape),
            html.Figcaption(
                [html.P(source_line, className="figura__fuente"), html.Div(_actions(id, how, csv, body is None, lang), className="figura__acciones")],
                className="figura__pie",
            ),
            *([html.Details([html.Summary(t("Ver tabla", lang)), table], className="figura__tabla")] if table is not None else []),
        ],
        className="figura",
        id=f"figura-{id}",
    )


def _actions(id: str, how: str, csv: str | None, drawn: bool, lang: str) -> list[Child]:
    found: list[Child] = []
    if how:
        found.append(html.A(t("¿Cómo se calcula?", lang), href=how, **{"data-navegar": ""}))
    if csv:
        found.append(html.A("CSV", href=csv, download="", **{"aria-label": t("Descargar los datos en CSV", lang)}))
        if "formato=csv" in csv:
            book = csv.replace("formato=csv", "formato=xlsx")
            found.append(html.A("XLSX", href=book, download="", **{"aria-label": t("Descargar los datos en un libro de Excel", lang)}))
    if drawn:
        found.append(html.Button(t("Imagen", lang), id={"type": "figura-imagen", "id": id}, type="button", n_clicks=0))
    return found


def _text(child: Child) -> str:
    if isinstance(child, (list, tuple)):
        return "".join(_text(c) for c in child)
    return _text(child.children) if hasattr(child, "children") else "" if child is None else str(child)


@dataclass(frozen=True)
class Column:
    """A table column. `numeric` aligns right. `sortable` False leaves its header as plain text."""

    title: str
    numeric: bool = False
    sortable: bool = True


@dataclass(frozen=True)
class Cell:
    """A table cell: what is shown and what it is sorted by (None goes last)."""

    shown: Child
    key: Any = None


def data_table(
    id: str, columns: Sequence[Column], rows: Sequence[Sequence[Child | Cell]], caption: str, *,
    selected: Sequence[int] = (), dense: bool = False, lang: str = "es", territories: Sequence[str] = (),
) -> html.Div:  # fmt: skip
    """An accessible table whose headers sort it. The first cell of a row is its header. Plain cells sort by their text.

    `selected`: positions of rows to mark. `territories`: whose each row is, where rows are territories. The order starts as given.
    """
    head = [_header(id, place, column, lang) for place, column in enumerate(columns)]
    body = [_row(row, columns, place in set(selected), *territories[place : place + 1]) for place, row in enumerate(rows)]
    table = html.Table(
        [
            html.Caption(caption),
            html.Thead(html.Tr(head, id={"type": "tabla-cabeza", "id": id})),
            html.Tbody(body, id={"type": "tabla-cuerpo", "id": id}),
        ],
        className=f"tabla{' tabla--densa' if dense else ''}",
    )
    return html.Div(table, className="tabla-marco", role="region", tabIndex="0", **{"aria-label": caption})


def _header(id: str, place: int, column: Column, lang: str) -> html.Th:
    shape = {"scope": "col", **({"className": "num"} if column.numeric else {})}
    if not column.sortable:
        return html.Th(column.title, **shape)
    button = html.Button(
        column.title, id={"type": "tabla-orden", "id": id, "columna": place}, type="button", n_clicks=0, className="tabla__orden",
        title=t("Ordenar por {columna}", lang).format(columna=column.title),
    )  # fmt: skip
    return html.Th(button, **shape, **{"aria-sort": "none"})


def _row(row: Sequence[Child | Cell], columns: Sequence[Column], chosen: bool, territory: str = "") -> html.Tr:
    cells = []
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        cell = value if isinstance(value, Cell) else Cell(value, _text(value))
        extra = {"className": "num"} if column.numeric else {}
        key = {"data-orden": "" if formats.is_missing(cell.key) else str(cell.key)}
        cells.append(html.Th(cell.shown, scope="row", **extra, **key) if place == 0 else html.Td(cell.shown, **extra, **key))
    own = {"data-territorio": territory} if territory else {}
    return html.Tr(cells, **({"className": "tabla__fila--elegida"} if chosen else {}), **own)


def select_filter(key: str, label: str, value: str | None, options: Sequence[Option], *, path: str = "", searchable: bool = False) -> html.Div:
    """A filter that writes `?key=value` into the URL. `path` writes `path + value` as the page instead."""
    lang = reader.get().lang
    control = dmc.Select(
        id={"type": "filtro", "clave": key, "ruta": path, "puesto": value or ""},
        data=[_option(v, text) if isinstance(text, str) else {"group": v, "items": [_option(*o) for o in text]} for v, text in options],
        value=value, placeholder=t("Elegir…", lang), allowDeselect=False, searchable=searchable, size="sm", maxDropdownHeight=400,
        comboboxProps={"withinPortal": False}, nothingFoundMessage=t("Sin coincidencias", lang), **{"aria-label": label},
    )  # fmt: skip
    return html.Div([html.Span(label, className="filtros__rotulo"), control], className="filtros__grupo")


def _option(value: str, text: str) -> dict[str, str]:
    return {"value": value, "label": text}


def filters(*groups: Child, chips: Sequence[Child] = ()) -> html.Div:
    """The row of filters under the sentence."""
    return html.Div([*groups, *chips], className="filtros", role="group", **{"aria-label": t("Filtros", reader.get().lang)})


def reset_link(path: str, lang: str = "es") -> html.A:
    return link(t("Restablecer filtros", lang), path, className="filtro")


def empty_state(title: str, text: Child = "", cure: Child = "", *, heading: Any = html.H1) -> html.Div:
    """A page or block with nothing to show, and why. Within a page, give `heading=html.H2`."""
    inside = [heading(title, className="estado-vacio__titulo"), *([html.P(text)] if text else []), *([html.P(cure)] if cure else [])]
    return html.Div(inside, className="estado-vacio")


def error_state(code: str, lang: str = "es") -> html.Div:
    """A page that failed: what happened, what still stands, what to do, and the code that finds it in the log."""
    return html.Div(
        [
            html.H1(t("Esta página no se pudo mostrar", lang), className="estado-vacio__titulo"),
            html.P(t("Los datos publicados siguen intactos y las demás páginas funcionan.", lang)),
            html.P([t("Vuelva a intentarlo; si se repite, dé este código a quien administra el sistema:", lang), " ", html.Code(code)]),
            link(t("Ir al resumen", lang), "/", className="boton"),
        ],
        className="estado-vacio estado-vacio--error", role="alert",
    )  # fmt: skip


def skeleton(lang: str = "es") -> html.Div:
    """What stands while a page is on its way."""
    lines, block = html.Div(className="esqueleto esqueleto--texto"), html.Div(className="esqueleto", style={"--alto": "320px"})
    return html.Div([lines, block], className="pila pila--ancha", **{"aria-busy": "true", "aria-label": t("Cargando", lang)})
