"""Every file there is to take away: everything together in several formats, and each indicator."""

from __future__ import annotations

from markupsafe import Markup

from dashboard import formats
from dashboard.address import with_query
from dashboard.opendata.facts import folder_path
from dashboard.opendata.layout import FILES
from dashboard.publico import blocks, folds
from dashboard.publico.frame import Page
from dashboard.publico.here import Here
from dashboard.publico.tags import link, section, tag, together
from dashboard.published import Sheet, area_name

#: the whole of the values, in each of its formats
_VALUES = "valores"


def page(here: Here) -> Page:
    title = here.t("Descargar datos")
    lead = here.t(
        "Las mismas cifras de este sitio, con su fuente, su margen y su estado, para abrir en una hoja de cálculo o en un programa. "
        "Licencia CC BY 4.0."
    )
    card = here.snap.publication
    made = here.t("Publicación N.º {n} del {fecha}: {nota}").format(n=here.number, fecha=formats.day(card.creada_en, here.lang), nota=_note(here))
    body = together(blocks.crumbs(here), tag("h1", title), tag("p", lead), tag("p", made, cls="nota"), blocks.synthetic_notice(here),
                    _together(here), _programs(here), _by_question(here))  # fmt: skip
    return Page(title, lead, body)


def _note(here: Here) -> str:
    text = here.t("{n} indicadores, con su historia.")
    return text.format(n=len(here.book.sheets))


def _together(here: Here) -> Markup | None:
    """The files of the whole publication, each with what it is for."""
    within = folder_path(here.number).removeprefix("/datos/")
    known = set(here.data.get("", ())) if here.static else None
    items = []
    for f in FILES:
        name = f"{within}{f.path}"
        if known is None or name in known:
            href = here.file(f"datos/{name}")
            items.append((f, tag("li", link(f.path, href, download=True), f": {f.en if here.lang == 'en' else f.es}.")))
    if not items:
        return None
    first = [item for f, item in items if f.path.startswith(_VALUES)]
    rest = [item for f, item in items if not f.path.startswith(_VALUES)]
    line = here.t("{n} archivos: fichas, fuentes, territorios, diccionario, historia de las cifras, cita y licencia").format(n=len(rest))
    more = folds.fold(here.t("Lo que ayuda a leerlos y a citarlos"), line, tag("ul", rest, cls="lista")) if rest else None
    return section(here.t("Todo junto"), tag("ul", first, cls="lista"), more)


def _programs(here: Here) -> Markup | None:
    """For who writes a program or wants to know how to open the files: only where it is served."""
    if here.static:
        return None
    dictionary = link(here.t("Qué significa cada columna (diccionario)"), with_query("/api/v1/diccionario", lang=here.lang), download=True)
    opening = link(here.t("Cómo abrir los archivos en Excel, Python y R"), with_query("/datos", lang="en" if here.lang == "en" else ""))
    api = link(here.t("Cómo pedir los datos desde un programa (API)"), "/api")
    return section(here.t("Ayuda"), tag("ul", [tag("li", x) for x in (opening, dictionary, api)], cls="lista"))


def _by_question(here: Here) -> Markup | None:
    made = []
    for area, sheets in here.book.areas.items():
        rows = [tag("li", s.text("name", here.lang), ": ", _joined(_ways(here, s))) for s in sheets if _ways(here, s)]
        if rows:
            line = formats.plural(len(rows), here.t("pregunta"), here.t("preguntas"), here.lang)
            told = f"{line}: {folds.named(here, [s.text('short_name', here.lang) for s in sheets if _ways(here, s)])}"
            made.append(folds.fold(area_name(area, here.lang), told, tag("ul", rows, cls="lista")))
    return section(here.t("Pregunta por pregunta"), made) if made else None


def _ways(here: Here, sheet: Sheet) -> list[Markup]:
    """Each link says of what it is: «CSV» alone means nothing to who hears a list of links."""
    name = sheet.text("short_name", here.lang) or sheet.text("name", here.lang)
    if here.static:
        return [
            link(n.rpartition(".")[2].upper(), here.file(f"datos/{n}"), download=True, aria_label=f"CSV: {name}") for n in here.data.get(sheet.id, ())
        ]
    return [
        link(form.upper(), with_query("/api/v1/valores", indicador=sheet.id, publicacion=here.number, formato=form), download=form != "json",
             aria_label=f"{form.upper()}: {name}")
        for form in ("csv", "xlsx", "json")
    ]  # fmt: skip


def _joined(ways: list[Markup]) -> Markup:
    """Kept on one line: a link alone at its end says nothing."""
    return tag("span", [x for way in ways for x in (" · ", way)][1:], cls="juntos")
