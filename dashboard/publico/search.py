"""Where a name leads: regions, provinces and districts of INEI, whatever the accents; and the questions of the site."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import formats
from dashboard.destinations import folded
from dashboard.language import t
from dashboard.publico import blocks
from dashboard.publico.book import CITIES, Book, districts, province_names
from dashboard.publico.frame import Page
from dashboard.publico.here import Here
from dashboard.publico.home import search_form
from dashboard.publico.slugs import place_page, province_page, question_page
from dashboard.publico.tags import link, listed, tag, together
from warehouse.territories import COUNTRY, all_territories, region_of_ubigeo, regions

#: places and questions offered
_MOST = 40
_REGIONS = frozenset(place_page(r.codigo) for r in regions())


@dataclass(frozen=True)
class Found:
    """A place or a question by one of its names."""

    name: str
    told: str
    page: str


def places(book: Book, lang: str) -> list[Found]:
    """Regions, provinces, districts, in this order: the larger comes first where names are the same."""
    names = province_names()
    known = all_territories()
    made = [Found(formats.place(COUNTRY, lang), formats.place(COUNTRY, lang), place_page(COUNTRY))]
    made += [Found(r.nombre, r.nombre, place_page(r.codigo)) for r in regions()]
    for code, name in names.items():
        of = region_of_ubigeo(code)
        if of in known:
            made.append(Found(name, _told("Provincia de {lugar}, {en}", name, formats.place(of, lang), lang), _page(book, code)))
    made += [
        Found(city, t("{ciudad}, capital de la provincia de {lugar}", lang).format(ciudad=city, lugar=names[code]), _page(book, code))
        for city, code in CITIES.items()
    ]
    for ubigeo, name in districts().items():
        if region_of_ubigeo(ubigeo) in known:
            inside = f"{names[ubigeo[:4]]}, {formats.place(region_of_ubigeo(ubigeo), lang)}"
            made.append(Found(name, _told("Distrito de {lugar}, {en}", name, inside, lang), _page(book, ubigeo[:4])))
    return made


def _told(pattern: str, name: str, inside: str, lang: str) -> str:
    told = {"Provincia de {lugar}, {en}": t("Provincia de {lugar}, {en}", lang), "Distrito de {lugar}, {en}": t("Distrito de {lugar}, {en}", lang)}
    return told[pattern].format(lugar=name, en=inside)


def _page(book: Book, province: str) -> str:
    """A province's own page where it has one, else its region's."""
    return province_page(province) if province in book.provinces else place_page(region_of_ubigeo(province))


def find(book: Book, wanted: str, lang: str) -> list[Found]:
    """The places of that name; failing that, those that begin so or hold all the words; questions whose words they are come last."""
    asked = folded(wanted)[:80]
    if not asked:
        return []
    known = [(folded(p.name), p) for p in places(book, lang)]
    tests = (lambda name: name == asked, lambda name: name.startswith(asked), lambda name: all(w in name for w in asked.split()),
             lambda name: f" {name} " in f" {asked} ")  # fmt: skip
    found = next((hits for test in tests if (hits := [p for name, p in known if test(name)])), [])
    # «Lima» is a province, and what people call two regions
    found += [p for name, p in known if name.startswith(f"{asked} ") and p.page in _REGIONS and p not in found]
    asked_of = [
        Found(s.text("short_name", lang), s.text("question", lang) or s.text("name", lang), question_page(s.id))
        for s in book.sheets.values()
        if all(w in folded(f"{s.text('name', lang)} {s.text('short_name', lang)} {s.text('question', lang)}") for w in asked.split())
    ]
    return [*found, *asked_of][:_MOST]


def sure(found: list[Found]) -> str:
    """The page of a name that can only be one, where all that bear it lead to the same; else ""."""
    return found[0].page if found and len({f.page for f in found}) == 1 else ""


def page(here: Here, wanted: str) -> Page:
    found = find(here.book, wanted, here.lang)
    title = here.t("Lugares y preguntas con «{nombre}»").format(nombre=wanted[:80])
    items = [link(f.told, here.link(f.page)) for f in found]
    none = tag("p", here.t("No hay ninguno con ese nombre. Pruebe con su provincia o su región, o vea la lista de lugares."), " ", link(
        here.t("Lista de lugares"), here.link("/", mark="#lugares")))  # fmt: skip
    body = together(blocks.crumbs(here), tag("h1", title), search_form(here, wanted), listed(items, cls="lista") or none)
    return Page(title, title, body, status=200 if found else 404, lasting=False)


def not_found(here: Here, publication: int | None = None) -> Page:
    """What is shown where there is no page; `publication`: the number that was asked for, where there is no such publication."""
    title = here.t("Esta página no existe") if publication is None else here.t("No existe la publicación N.º {n}").format(n=publication)
    told = here.t("La dirección puede estar mal escrita. Busque su lugar por su nombre o vuelva al inicio.")
    ways = tag("p", link(here.t("Ir al inicio"), here.link("/")), " · ", link(here.t("Lo que no sabemos"), here.link("/no-sabemos/")))
    body = together(tag("h1", title), tag("p", told), None if here.static else search_form(here), ways)
    return Page(title, told, body, status=404)
