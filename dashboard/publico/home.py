"""The first page: what this is, where to find one's place, three sentences, themes and questions."""

from __future__ import annotations

from markupsafe import Markup

from dashboard import formats
from dashboard.destinations import folded
from dashboard.publico import blocks, folds, told
from dashboard.publico.book import capital, foremost, province_names
from dashboard.publico.frame import Page, interactive
from dashboard.publico.here import Here
from dashboard.publico.slugs import place_page, province_page, question_page, theme_page
from dashboard.publico.tags import link, listed, section, tag, together
from dashboard.published import area_name
from warehouse.territories import COUNTRY, region_of_ubigeo, regions

#: sentences on the first page
_TOLD = 3


def page(here: Here) -> Page:
    title = here.t("La minería y su gestión en su región, en cifras que se pueden citar")
    what = here.t(
        "Cuánto tardan los permisos, si el río cumple la norma, cuántos mineros se formalizan, en qué se gasta el canon: lo que informan los 26 "
        "gobiernos regionales y el Estado, con su fuente, su fecha y lo que no se sabe."
    )
    body = together(
        tag("h1", title), tag("p", what), blocks.synthetic_notice(here), _search(here), _headlines(here), _themes(here), _places(here),
        _knowing(here), interactive(here, "/resumen"),
    )  # fmt: skip
    return Page(here.t("SIEGEM: la gestión minera de su región"), what, body, data=_site(here), filter=here.static)


def _site(here: Here) -> dict[str, object]:
    made: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "SIEGEM",
        "url": here.whole("/"),
        "inLanguage": here.lang,
    }
    if here.base and not here.static:
        target = {"@type": "EntryPoint", "urlTemplate": f"{here.whole('/buscar')}?q={{q}}"}
        made["potentialAction"] = {"@type": "SearchAction", "target": target, "query-input": "required name=q"}
    return made


def search_form(here: Here, wanted: str = "") -> Markup:
    """Works without scripts: the server answers with the place, or with those it may be."""
    label = tag("label", here.t("Busque su provincia, distrito o región"), for_="q")
    box = tag(
        "input",
        type="search",
        name="q",
        id="q",
        required=True,
        value=wanted or None,
        placeholder=here.t("Por ejemplo: Huamachuco"),
        autocomplete="off",
    )
    return tag(
        "form", label, box, tag("button", here.t("Buscar"), type="submit"), action=here.address("/buscar"), method="get", cls="buscar", role="search"
    )


def _search(here: Here) -> Markup:
    if not here.static:
        return search_form(here)
    told_ = here.t("Lugares con ese nombre: {n}")
    pointer = tag("p", link(here.t("Busque su lugar en la lista"), "#lugares", cls="boton"))
    return together(pointer, tag("div", data_filtro=here.t("O escriba el nombre de su provincia o región"), data_encontrados=told_))


def _headlines(here: Here) -> Markup | None:
    """Figures of the country, of different themes; what people ask for first comes first."""
    items = []
    for row, sheet in foremost(here.book.facts(COUNTRY), _TOLD):
        mark = f" {here.t('Dato sintético de demostración')}." if told.synthetic(sheet, row, here.lang) is not None else ""
        note = tag(
            "p",
            told.source(here.snap, row, sheet, here.lang),
            mark,
            " ",
            link(here.t("Ver por región"), here.link(question_page(sheet.id))),
            cls="nota",
        )
        items.append(together(tag("p", told.sentence(row, sheet, here.lang), cls="oracion"), note))
    date = formats.day(here.snap.publication.datos_al, here.lang)
    return section(here.t("En el país, con datos al {fecha}").format(fecha=date), listed(items, cls="hechos")) if items else None


def _themes(here: Here) -> Markup:
    made = []
    for area, sheets in here.book.areas.items():
        asked = [link(s.text("question", here.lang) or s.text("name", here.lang), here.link(question_page(s.id))) for s in sheets]
        inside = together(tag("p", link(here.t("Todas las respuestas de este tema"), here.link(theme_page(area)))), listed(asked))
        count = formats.plural(len(sheets), here.t("pregunta"), here.t("preguntas"), here.lang)
        line = f"{count}: {folds.named(here, [s.text('short_name', here.lang) for s in sheets])}"
        made.append(folds.fold(area_name(area, here.lang), line, inside))
    return section(here.t("Por tema y por pregunta"), made, id="temas")


def _places(here: Here) -> Markup:
    names = province_names()
    own = sorted(here.book.provinces, key=lambda p: folded(names[p]))
    areas = listed([link(r.nombre, here.link(place_page(r.codigo))) for r in sorted(regions(), key=lambda r: folded(r.nombre))], cls="indice")
    items = []
    for code in own:
        head = capital(code)
        of = formats.place(region_of_ubigeo(code), here.lang)
        items.append(together(link(names[code], here.link(province_page(code))), tag("small", f"{of}{f' · {head}' if head else ''}")))
    line = here.t("{n} con alguna cifra propia, de la A a la Z").format(n=len(own))
    provinces = folds.fold(here.t("Provincias"), line, listed(items, cls="indice")) if items else None
    country = tag("p", link(formats.place(COUNTRY, here.lang), here.link(place_page(COUNTRY))))
    return section(here.t("Por lugar"), tag("div", country, areas, provinces, data_lugares=True), id="lugares")


def _knowing(here: Here) -> Markup:
    ways = [
        (here.t("Lo que no sabemos"), "/no-sabemos/", here.t("qué falta, por qué, y de quién se espera")),
        (here.t("Qué cambió"), "/cambios/", here.t("cifras corregidas, con la anterior y su motivo, y cifras nuevas")),
        (here.t("Descargar datos"), "/descargas/", here.t("todas las cifras, con su diccionario y licencia abierta")),
        (here.t("Acerca de"), "/acerca/", here.t("qué es este sitio, cómo citarlo, siglas")),
    ]
    return section(here.t("Además"), listed([together(link(name, here.link(path)), ": ", note, ".") for name, path, note in ways], cls="lista"))
