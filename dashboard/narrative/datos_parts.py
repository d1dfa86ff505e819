"""The parts of `/datos`: files, how to open them, dictionary, licence and citation, what programs read, publications."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats, published
from dashboard.address import with_query
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.opendata import about, folders, snippets
from dashboard.opendata.facts import LICENCE_URL, Facts, folder_path
from dashboard.opendata.layout import DESCRIBED, FILES, File
from dashboard.opendata.resource import Resource
from dashboard.published import Publication, Snapshot

#: what is offered first, what goes with it, all publications, what programs and people read first
_GROUPS = (
    ("valores_xlsx", "valores", "valores_es", "valores_parquet"),
    ("indicadores", "diccionario", "territorios", "fuentes", "indice", "entregas", "revisiones"),
    ("acumulado_parquet", "acumulado", "cambios", "cambios_texto"),
    ("leame", "paquete", "catalogo", "licencia", "cita", "cita_cff", "sumas"),
)
_FORMATS = {
    "csv": "CSV",
    "xlsx": "Excel",
    "parquet": "Parquet",
    "csv.gz": "CSV",
    "json": "JSON",
    "jsonld": "JSON-LD",
    "md": "Markdown",
    "txt": "TXT",
    "cff": "CFF",
}


def files(number: int, lang: str) -> list[Any]:
    """Every file under what it is for, with its size where it is made."""
    known = folders.resources(number)
    named = {f.name: f for f in FILES}
    titles = (
        t("Los valores, en cuatro formatos", lang), t("Lo que hace falta para leerlos", lang), t("Todas las publicaciones juntas", lang),
        t("Para citar, comprobar y cosechar", lang),
    )  # fmt: skip
    found: list[Any] = []
    for title, names in zip(titles, _GROUPS, strict=True):
        rows = [_file(named[n], known.get(named[n].path), number, lang) for n in names]
        found += [html.H3(title), html.Dl(rows, className="ficha datos-archivos")]
    if not known:
        later = t("Los archivos se preparan la primera vez que alguien los pide: esa descarga puede tardar unos minutos.", lang)
        told = later if folders.can_be_made() else t("Los archivos todavía no se han hecho: se hacen al publicar.", lang)
        found.insert(0, html.P(told, className="nota"))
    return found


def _file(file: File, made: Resource | None, number: int, lang: str) -> html.Div:
    size = [_FORMATS.get(file.format, file.format.upper())]
    if made is not None:
        size.append(weight(made.bytes, lang))
        if made.rows is not None:
            size.append(formats.plural(made.rows, t("fila", lang), t("filas", lang), lang))
    link = html.A(file.path, href=folder_path(number) + file.path, **{"data-descarga": ""})
    return html.Div([html.Dt([link, html.Small(" · ".join(size))]), html.Dd(file.en if lang == "en" else file.es)], className="ficha__fila")


def weight(size: int, lang: str) -> str:
    """«1.2 MB», «85 kB»: of a thousand bytes, as browsers tell it."""
    if size >= 1_000_000:
        return f"{formats.number(size / 1e6, 1, lang)}{formats.NBSP}MB"
    return f"{formats.number(max(1, round(size / 1e3)), 0, lang)}{formats.NBSP}kB"


def opening(snap: Snapshot, lang: str) -> Any:
    """Excel, Python and R, each with something that works as it stands."""
    sheets = snap.indicators()
    sheet = next((s for s in sheets if s.id == "pct_tramites_en_plazo"), sheets[0])
    file = f"{folders.base()}{folder_path(snap.number)}valores.csv" if folders.base() else "valores.csv"
    told = [html.Li(x) for x in snippets.excel(lang)]
    asked = (file, sheet.id, "13", sheet.main_period)
    how = t("Los últimos ocho periodos de «{nombre}» en La Libertad. Descargue antes valores.csv a su carpeta de trabajo.", lang)
    if folders.base():
        how = t("Los últimos ocho periodos de «{nombre}» en La Libertad, leídos de esta dirección.", lang)
    body = [
        html.H3("Excel"), html.Ol(told), html.H3("Python"), html.P(how.format(nombre=sheet.text("short_name", lang))),
        _copied("codigo-python", snippets.python(*asked), lang), html.H3("R"), html.P(t("Lo mismo, sin instalar ningún paquete.", lang)),
        _copied("codigo-r", snippets.r(*asked), lang),
    ]  # fmt: skip
    return components.section(t("Cómo abrirlos", lang), html.Div(body, className="prosa datos-abrir"), id="abrir")


def _copied(id: str, text: str, lang: str) -> html.Div:
    """A text with its button; without scripts it is selected by hand."""
    button = html.Button(t("Copiar", lang), type="button", className="boton datos-copiar", **{"data-copiar": id, "data-copiado": t("Copiado", lang)})
    return html.Div([html.Pre(html.Code(text, id=id), tabIndex="0"), button], className="datos-codigo")


def dictionary(lang: str) -> Any:
    """Every column of every file, folded under the file: the page is long enough on a phone."""
    folds = []
    for path, columns in DESCRIBED.items():
        rows = []
        for row in about.dictionary({path: columns}):
            said = row["significado_en" if lang == "en" else "significado_es"]
            name = html.Code(row["columna"]) if row["codigo"] is None else html.Span(["↳ ", html.Code(row["codigo"])])
            rows.append([Cell(name, ""), Cell(html.Span(row.get("tipo") or t("código", lang)), ""), Cell(html.Span(said), "")])
        heads = [
            Column(t("Columna", lang), sortable=False),
            Column(t("Tipo", lang), sortable=False),
            Column(t("Qué significa", lang), sortable=False),
        ]
        named = t("{archivo}: {n} columnas", lang).format(archivo=path, n=len(columns))
        table = components.data_table(f"dic-{path.replace('/', '-').replace('.', '-')}", heads, rows, named, dense=True, lang=lang)
        folds.append(html.Details([html.Summary(html.B(named)), table], className="plegable datos-diccionario"))
    return components.section(
        t("El diccionario", lang), *folds, id="diccionario",
        subtitle=t("Qué es cada columna y cada código. Los nombres no cambian entre publicaciones sin aviso en CAMBIOS.md.", lang),
    )  # fmt: skip


def licence(facts: Facts, lang: str) -> Any:
    """What may be done with the data, and the line to copy."""
    free = t("Puede copiar, transformar y publicar estos datos, también con fines comerciales, si cita la fuente y dice qué cambió.", lang)
    own = t("Las tablas de origen tienen sus propias condiciones: están en fuentes.csv.", lang)
    body = [
        html.P([html.A("CC BY 4.0", href=LICENCE_URL, rel="license noopener"), ". ", free, " ", own]),
        html.P(t("Cite esta versión así; con su número, la cifra no cambia:", lang)), _copied("cita", facts.citation(lang), lang),
        html.P(t("En cita.txt está también en BibTeX, y CITATION.cff la lleva a los gestores de referencias. Todavía no tiene DOI.", lang)),
    ]  # fmt: skip
    return components.section(t("Licencia y cita", lang), html.Div(body, className="prosa"), id="licencia")


def programs(snap: Snapshot, lang: str) -> Any:
    """Addresses for those who script it, and for portals."""
    sheets = snap.indicators()
    one = next((s.id for s in sheets if s.id == "pct_tramites_en_plazo"), sheets[0].id)
    told = [
        ("/datos/descargas/vigente/valores.csv", t("Siempre lleva al archivo de la publicación vigente.", lang)),
        (with_query("/api/v1/valores", indicador=one, territorio="13", formato="csv"), t("Solo un indicador en una región, por la API.", lang)),
        ("/api", t("La API explicada, con ejemplos en Python, R y curl.", lang)),
        ("/catalogo.jsonld", t("Ficha DCAT-AP, para que otro portal la coseche.", lang)),
        ("/datapackage.json", t("Paquete de datos Frictionless, con esquemas y huellas.", lang)),
    ]  # fmt: skip
    rows = [html.Div([html.Dt(html.A(html.Code(path), href=path)), html.Dd(what)], className="ficha__fila") for path, what in told]
    return components.section(t("Para programas y portales", lang), html.Dl(rows, className="ficha datos-archivos"), id="programas")


def publications(lang: str, current: int) -> Any:
    """Every publication with its files for ever, and how much it changed."""
    cards = [folders.as_public(published.snapshot(p.numero)).publication for p in published.every()]
    rows = [_publication(card, place + 1 < len(cards), current, lang) for place, card in enumerate(cards)]
    columns = [Column(t("Publicación", lang)), Column(t("Datos al", lang)), Column(t("Qué cambió", lang), sortable=False)]
    note = t("Mayor: cambia o se retira algo ya publicado. Menor: solo se añade, o cambia un intervalo, un aviso u otro metadato.", lang)
    table = components.data_table("publicaciones-datos", columns, rows, t("Las publicaciones, de la más nueva a la más antigua", lang), lang=lang)
    return components.section(t("Publicaciones y cambios", lang), table, subtitle=note, id="cambios")


def _publication(card: Publication, follows: bool, current: int, lang: str) -> list[Cell]:
    kept = {} if lang == "es" else {"lang": lang}
    link = html.A(t("N.º {n}", lang).format(n=card.numero), href=with_query("/datos", **kept, publicacion=card.numero))
    here = [" ", components.chip(t("la que se muestra", lang))] if card.numero == current else []
    changed = bool(card.revisados or card.retirados)
    size = t("Primera.", lang) if not follows else t("Cambio mayor.", lang) if changed else t("Cambio menor.", lang)
    moved = t("Filas nuevas: {a}; revisadas: {b}; retiradas: {c}.", lang).format(
        a=formats.number(card.nuevos, 0, lang), b=formats.number(card.revisados, 0, lang), c=formats.number(card.retirados, 0, lang)
    )
    told = html.A("CAMBIOS.md", href=folder_path(card.numero) + "CAMBIOS.md")
    return [
        Cell(html.Div([link, *here, html.Small(formats.day(card.creada_en, lang))]), card.numero),
        Cell(html.Span(formats.day(card.datos_al, lang), className="sin-corte"), str(card.datos_al or "")),
        Cell(html.Div([html.Span([html.B(size), " ", moved]), html.Small(told)]), ""),
    ]
