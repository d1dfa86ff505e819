"""Where the search box leads: pages, indicators by name and by question, regions and provinces, found whatever the accents."""

from __future__ import annotations

import unicodedata

from dashboard import formats, navigation
from dashboard.address import Reader
from dashboard.narrative import provincia
from dashboard.navigation import keep
from dashboard.published import Sheet, Snapshot
from warehouse.territories import all_territories, region_of_ubigeo

#: (what is written in the box, address)
Destination = tuple[str, str]
#: where one is sent who asked for what is not there: the list of all there is
NOT_FOUND = "/metodologia#indicadores"


def offered(snap: Snapshot | None, who: Reader) -> list[Destination]:
    """What every page carries as suggestions: indicators, pages and regions."""
    places = [(p.nombre, keep(f"/region/{p.codigo}", who)) for p in all_territories().values() if p.nivel == "region"]
    pages = [
        (e.word, keep(e.path, who)) for group in navigation.groups(who.lang) for e in group if not e.path.startswith(("/region/", "/indicador/"))
    ]
    sheets = [] if snap is None else [(_name(s, who.lang), keep(f"/indicador/{s.id}", who)) for s in snap.indicators()]
    return [*sheets, *pages, *sorted(places)]


def every(snap: Snapshot | None, who: Reader) -> list[Destination]:
    """All of `offered`, then provinces and the questions of indicators: too many for each page, so the box asks for them when it is used."""
    if snap is None:
        return offered(snap, who)
    asked = [(s.text("question", who.lang), keep(f"/indicador/{s.id}", who)) for s in snap.indicators()]
    return [*offered(snap, who), *_provinces(snap, who), *((q, path) for q, path in asked if q)]


def _name(sheet: Sheet, lang: str) -> str:
    return sheet.text("short_name", lang) or sheet.text("name", lang)


def _provinces(snap: Snapshot, who: Reader) -> list[Destination]:
    """«Pataz, La Libertad»: each with its page."""
    found = provincia.names(snap, who.lang).items()
    return sorted((f"{name}, {formats.place(region_of_ubigeo(code), who.lang)}", keep(f"/provincia/{code}", who)) for code, name in found)


def folded(text: str) -> str:
    """Without accents, case or outer spaces."""
    plain = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def find(wanted: str, places: list[Destination]) -> str:
    """The address of the nearest: the same name, a province's own name, a beginning, a word that begins so, all the words anywhere,
    a name within what was asked («Cerro de Pasco»); "" where none.
    """
    asked = folded(wanted)
    if not asked:
        return ""
    names = [(folded(name), path) for name, path in places]
    tests = (
        lambda name: name == asked,
        lambda name: name.split(",")[0] == asked,
        lambda name: name.startswith(asked),
        lambda name: f" {asked}" in name,
        lambda name: all(word in name for word in asked.split()),
        lambda name: f" {name.split(',')[0]} " in f" {asked} ",
    )
    return next((path for test in tests for name, path in names if test(name)), "")
