"""Where the search box leads: pages, indicators by name and by question, regions and provinces, found whatever the accents."""

from __future__ import annotations

import unicodedata
from typing import Any

from dashboard import formats, navigation
from dashboard.address import Reader
from dashboard.navigation import keep
from dashboard.published import Sheet, Snapshot
from warehouse.territories import all_territories, region_of_ubigeo

#: (what is written in the box, address)
Destination = tuple[str, str]
PROVINCE = "provincia"
#: whose page a province opens with, where it is published by province; else the first that is
PREFERRED = "pct_tramites_en_plazo"
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
    """«Pataz, La Libertad»: each with the indicator that is published by province."""
    with_labels = [(s, labels) for s in snap.indicators() if (labels := _labels(s))]
    sheet, labels = next((x for x in with_labels if x[0].id == PREFERRED), with_labels[0] if with_labels else (None, {}))
    if sheet is None:
        return []
    made = []
    for code, label in labels.items():
        region = region_of_ubigeo(code)
        if code.isdigit() and region in all_territories():
            told = f"{label.get(who.lang) or label['es']}, {formats.place(region, who.lang)}"
            made.append((told, keep(f"/indicador/{sheet.id}", who, region=region, categoria=code)))
    return sorted(made)


def _labels(sheet: Sheet) -> dict[str, Any]:
    return next((dict(b["labels"]) for b in sheet.breakdowns if b["name"] == PROVINCE and b.get("labels")), {})


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
