"""Every page of the site by its address: what is served, what is written as files, what the sitemap lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dashboard.publico import about, changes, downloads, home, place, question, search, theme, unknown
from dashboard.publico.book import Book
from dashboard.publico.frame import Page, document
from dashboard.publico.here import Here
from dashboard.publico.slugs import embed_page, place_page, province_page, question_page, theme_page, theme_slug
from warehouse.territories import COUNTRY, regions

_SINGLE: dict[str, Callable[[Here], Page]] = {
    "/": home.page, "/no-sabemos/": unknown.page, "/cambios/": changes.page, "/descargas/": downloads.page, "/acerca/": about.page,
}  # fmt: skip


def addresses(book: Book) -> Iterator[str]:
    """Every page there is of a publication, in one language."""
    yield from _SINGLE
    yield from (place_page(code) for code in (COUNTRY, *(r.codigo for r in regions())))
    yield from (province_page(code) for code in book.provinces)
    yield from (theme_page(area) for area in book.areas)
    yield from (question_page(i) for i in book.sheets)
    yield from (embed_page(i) for i in book.sheets)


def make(here: Here) -> Page:
    """The page at an address; the one that says so where there is none."""
    if here.page in _SINGLE:
        return _SINGLE[here.page](here)
    kind, _, name = here.page.strip("/").partition("/")
    book = here.book
    if kind == "lugar" and name in {COUNTRY, *(r.codigo for r in regions())}:
        return place.region(here, name)
    if kind == "provincia" and name in book.provinces:
        return place.province(here, name)
    if kind == "tema" and (area := next((a for a in book.areas if theme_slug(a) == name), "")):
        return theme.page(here, area)
    if kind == "pregunta" and name in book.sheets:
        return question.page(here, name)
    if kind == "insertar" and name in book.sheets:
        return question.embedded(here, name)
    return search.not_found(here)


def text(here: Here) -> tuple[str, int]:
    """The whole HTML of a page, and its status."""
    page = make(here)
    return document(here, page), page.status
