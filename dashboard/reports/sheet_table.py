"""The second page of a region sheet: its main indicators in one table, each with its strip among the regions."""

from __future__ import annotations

from typing import Any

from dashboard import formats
from dashboard.figures.request import is_comparable_with_country
from dashboard.language import t
from dashboard.narrative import cards, headlines, region_spine, sentences
from dashboard.narrative.region_spine import Vertebra
from dashboard.published import Snapshot
from dashboard.reports import cells
from dashboard.reports.rows import Newest
from warehouse.territories import COUNTRY

#: of the columns, the one that is drawn
STRIP = 6


def bones(newest: Newest, code: str) -> list[Vertebra]:
    """The region's spine as a document may show it: every indicator with a better side, in the order of areas."""
    found = []
    for row, sheet in newest.of_region(code):
        if sheet.direction == "context":
            continue
        others, country = newest.rows[sheet.id].values(), newest.rows[sheet.id].get(COUNTRY)
        beside = country if country is not None and sentences.is_published(country) and is_comparable_with_country(sheet) else None
        values = tuple(float(r["valor"]) for r in others if r["nivel"] == "region" and sentences.is_published(r))
        found.append(Vertebra(sheet, row, beside, values))
    return found


def main_ones(found: list[Vertebra], most: int) -> list[Vertebra]:
    """At most so many with a value: what is judged, promised by law or public goes before the rest. They keep their order."""
    known = [b for b in found if b.shown]
    kept = {id(b) for b in sorted(known, key=_weight, reverse=True)[:most]}
    return [b for b in known if id(b) in kept]


def _weight(bone: Vertebra) -> float:
    row, ficha = bone.row, bone.sheet.ficha
    firm = 4.0 * (row["cambio_estado"] in ("mejora", "empeora")) + 3.0 * (row["frente_al_pais"] in ("mejor", "peor"))
    promised = 2.0 * any(x["status"] in ("legal", "acordada") for x in ficha.get("targets") or [])
    own = 5.0 * (bone.sheet.id == headlines.FAVOURITE) + 1.0 * ("publico" in ficha["audience"]) + 0.5 * bool(ficha.get("targets"))
    return firm + promised + own - 3.0 * (bone.sheet.area == cards.ABOUT_DATA)


def table(snap: Snapshot, every: list[Vertebra], most: int, lang: str) -> dict[str, Any]:
    """Columns, rows under the names of their areas, and the notes below. `every`: what `bones` gives."""
    used = main_ones(every, most)
    heads = [
        (t("Indicador", lang), 3.8, False), (t("Periodo", lang), 1.85, False), (t("Valor", lang), 1.3, True),
        (t("Intervalo de 95 %", lang), 1.6, True), (t("Casos", lang), 0.95, True), (formats.place(COUNTRY, lang), 1.3, True),
        (t("peor · mejor", lang), 1.75, False), (t("Meta", lang), 3.35, False), (t("Frente a hace un año", lang), 3.2, False),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for area, members in region_spine.by_area(used, lang):
        rows.append({"area": area})
        rows += [{"celdas": _cells(b, lang), "tira": _strip(b)} for b in members]
    return {"columnas": [{"t": name, "w": w, "d": right} for name, w, right in heads], "filas": rows, "lugar_tira": STRIP,
            "notas": _notes(snap, every, used, lang)}  # fmt: skip


def _cells(bone: Vertebra, lang: str) -> list[Any]:
    row, sheet, country = bone.row, bone.sheet, bone.country
    return [
        region_spine.named(bone, lang), formats.period(row["periodo"], lang), cells.value(row, sheet, lang), cells.limits(row, sheet, lang),
        cells.cases(row, sheet, lang),
        cells.country(country, sheet, lang, bone.against), "", cells.target(row, sheet, lang), cells.change(row, sheet, lang),
    ]  # fmt: skip


def _strip(bone: Vertebra) -> dict[str, float] | None:
    if bone.places is None or bone.point is None:
        return None
    return dict(zip("abcdv", (round(x, 3) for x in (*bone.places, bone.point)), strict=True))


def _notes(snap: Snapshot, every: list[Vertebra], used: list[Vertebra], lang: str) -> list[str]:
    known, absent = sum(b.shown for b in every), sum(not b.shown for b in every)
    first = []
    if known > len(used):
        more = t("Además hay {n} indicadores con dato que no entran en esta página: están en el libro de la región (XLSX).", lang)
        if known - len(used) == 1:
            more = t("Además hay 1 indicador con dato que no entra en esta página: está en el libro de la región (XLSX).", lang)
        first.append(more.format(n=known - len(used)))
    if absent:
        first.append(t("Los que no tienen dato están en la primera página, cada uno con su razón.", lang))
    letters = cells.legend([dict(b.row) for b in used], lang)
    how = t("«sin diferencia»: sin diferencia concluyente. «registro»: dato completo, sin intervalo. «–»: la publicación no lo juzga o no hay con qué comparar. Tira: rango y mitad central de las regiones; la línea es el Perú (en los conteos, la mediana de las regiones); el punto es la región, y la derecha es mejor.", lang)  # fmt: skip  # noqa: E501
    return [x for x in (" ".join(first), f"{how}{' ' + letters + '.' if letters else ''}", sources(snap, used, lang)) if x]


def sources(snap: Snapshot, used: list[Vertebra], lang: str) -> str:
    """Who published what is in the table."""
    names = list(dict.fromkeys(name for b in used for name in snap.publishers(b.sheet, lang)))
    return t("Fuente: {nombres} · Datos al {fecha}", lang).format(nombres="; ".join(names), fecha=formats.day(snap.publication.datos_al, lang))
