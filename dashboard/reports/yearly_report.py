"""The yearly evaluation of a region: each theme against the year before, targets, the index with its bands, data quality, what cannot be said."""

from __future__ import annotations

from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import indice, region_sections, sentences
from dashboard.published import Snapshot, area_name
from dashboard.reports import blocks, cells, deliveries, heading, profile, typeset, yearly_tables
from dashboard.reports.blocks import Block
from dashboard.reports.said import statements
from dashboard.reports.words import runs
from dashboard.reports.yearly_tables import Year
from dashboard.reports.years import whole_years
from warehouse.errors import NothingPublished
from warehouse.periods import parse
from warehouse.territories import all_territories


def yearly_report(snap: Snapshot, region: str, year: int, lang: str = "es", site: str = "") -> bytes:
    """The evaluation as a PDF. Raises NothingPublished where the publication has no yearly value of that year."""
    found = yearly_tables.read(snap, region, year)
    check_year(snap, found, year)
    name, known = formats.place(region, lang), all_territories()[region]
    title = t("Evaluación anual {anio}: {nombre}", lang).format(anio=year, nombre=name)
    told = _sentence(found, name, year, lang)
    content = heading.common(snap, [y.sheet for y in found], title, told, lang) | {
        "rotulo": title, "quien": f"{known.autoridad}{' · ' + t('región piloto', lang) if known.piloto else ''}", "frase": told,
        "bloques": [*_moved(found, lang), *_index(snap, region, year, lang), *_themes(found, year, lang), *_data(snap, region, year, lang),
                    *_limits(found, lang), *_said(snap, region, lang)],
        "notas": [_reading(found, lang), _sources(snap, found, lang)],
        "enlace_rotulo": t("Este informe, siempre igual:", lang),
        "enlace": heading.permalink(snap, f"/region/{region}/evaluacion-{year}.pdf", lang, site),
    }  # fmt: skip
    return typeset.pdf("informe.typ", content, snap.publication.creada_en)


def check_year(snap: Snapshot, found: list[Year], year: int) -> None:
    if not any(y.now is not None for y in found):
        years = whole_years(snap)
        told = f"Tiene de {years[0]} a {years[-1]}." if years else "No tiene ningún valor anual."
        raise NothingPublished(f"La publicación {snap.number} no tiene valores de {year}.", stands=told, cure="Elija otro año.")


def _sentence(found: list[Year], name: str, year: int, lang: str) -> str:
    """How many of those with a better side got worse and better; nothing is said of the others."""
    worse, better = len(yearly_tables.firm(found, "empeora")), len(yearly_tables.firm(found, "mejora"))
    judged = sum(1 for y in found if y.shown and y.now is not None and y.now["cambio_estado"] and y.sheet.direction != "context")
    if not judged:
        return t("En {anio}, ningún indicador de {nombre} se puede comparar con {antes}.", lang).format(anio=year, nombre=name, antes=year - 1)
    if not worse and not better:
        told = t("En {anio}, ninguno de los {n} indicadores de {nombre} que se comparan con {antes} muestra una diferencia concluyente.", lang)
        return told.format(anio=year, antes=year - 1, n=judged, nombre=name)
    told = t("En {anio}, de {n} indicadores que se comparan con {antes}, {nombre} empeora en {peor} y mejora en {mejor}; en los demás no hay diferencia concluyente.", lang)  # fmt: skip  # noqa: E501
    return told.format(anio=year, antes=year - 1, n=judged, nombre=name, peor=worse or t("ninguno", lang), mejor=better or t("ninguno", lang))


def _moved(found: list[Year], lang: str) -> list[Block]:
    """The firm changes of the year, worse first."""
    items = [("empeora", yearly_tables.told(y, lang)) for y in yearly_tables.firm(found, "empeora")]
    items += [("mejora", yearly_tables.told(y, lang)) for y in yearly_tables.firm(found, "mejora")]
    items += [(s, yearly_tables.told(y, lang)) for s in ("sube", "baja") for y in yearly_tables.firm(found, s)]
    head = blocks.title(t("Qué cambió frente al año anterior", lang))
    if not items:
        return [head, blocks.paragraph(t("Ningún cambio concluyente entre los dos años.", lang))]
    return [head, blocks.points(items)]


def _index(snap: Snapshot, code: str, year: int, lang: str) -> list[Block]:
    """The profile at the last period of the year that the index was computed for."""
    inside = [p for p in snap.index_periods(indice.INDEX) if parse(p).end.year == year]
    reading = indice.read(snap, inside[-1]) if inside else None
    if reading is None or code not in reading.results:
        told = t("Esta publicación no trae el Índice de Desempeño Regional de {anio}.", lang).format(anio=year)
        return [blocks.title(t("Perfil por dimensión", lang)), blocks.paragraph(told)]
    titled = f"{t('Perfil por dimensión', lang)}, {formats.period(reading.period, lang)}"
    found = indice.finding(reading, reading.results[code], lang)
    number: Block = {"k": "parrafo", "t": runs(region_sections.number(reading, code, lang))}
    return [blocks.title(titled), blocks.paragraph(f"{found}."), blocks.profile(profile.figure(reading, code, lang)), number]


def _themes(found: list[Year], year: int, lang: str) -> list[Block]:
    """One table for each theme: both years with their intervals, the change and what it was to reach."""
    made: list[Block] = [blocks.title(t("Cada tema, {anio} frente a {antes}", lang).format(anio=year, antes=year - 1))]
    for area in dict.fromkeys(y.sheet.area for y in found):
        members = [y for y in found if y.sheet.area == area]
        made.append(blocks.subtitle(area_name(area, lang)))
        made.append(blocks.table(yearly_tables.heads(year, lang), [yearly_tables.line(y, lang) for y in members]))
    return made


def _data(snap: Snapshot, code: str, year: int, lang: str) -> list[Block]:
    titled = t("Entregas de datos de {anio}", lang).format(anio=year)
    return [blocks.title(titled), *deliveries.of_year(snap, code, year, lang)]


def _limits(found: list[Year], lang: str) -> list[Block]:
    """What these data do not let anybody say: absences, unfinished series, unverified deadlines, comparisons that nobody can make."""
    items: list[tuple[str, Any]] = [("ausente", [[f"{names}: ", True], [f"{why}.", False]]) for names, why in yearly_tables.without(found, lang)]
    rows = [y for y in found if y.shown and y.now is not None]
    for notice in cells.MARKS:
        names = [y.sheet.text("short_name", lang) for y in rows if y.now is not None and notice in (y.now["avisos"] or [])]
        if names:
            items.append(("", [[f"{formats.notice(notice, lang)}: ", True], [f"{formats.listing(names, lang)}.", False]]))
    alone = [y.sheet.text("short_name", lang) for y in rows if y.now is not None and not y.now["cambio_estado"]]
    if alone:
        items.append(("", [[t("Sin comparación con el año anterior: ", lang), True], [f"{formats.listing(alone, lang)}.", False]]))
    less = [y for y in rows if y.now is not None and not formats.is_missing(y.now["cobertura"]) and float(y.now["cobertura"]) < 1]
    if less:
        told = [f"{y.sheet.text('short_name', lang)} ({formats.share(y.now['cobertura'], 0, lang)})" for y in less if y.now is not None]
        items.append(("", [[t("Con menos entregas de las esperadas: ", lang), True], [f"{formats.listing(told, lang)}.", False]]))
    last = t("Estas cifras dicen qué cambió, no por qué: ninguna atribuye un cambio a una decisión.", lang)
    return [blocks.title(t("Lo que no se puede decir", lang)), *([blocks.points(items)] if items else []), blocks.paragraph(last)]


def _said(snap: Snapshot, code: str, lang: str) -> list[Block]:
    said = statements(snap, code, lang, 6, 1200)
    head = blocks.title(t("Lo que dice la región (descargos)", lang))
    if not said:
        return [head, blocks.paragraph(t("La región no ha enviado ningún descargo sobre estos datos.", lang))]
    return [head, blocks.points([("", [[s["texto"], False], [f" {s['quien']}", False]]) for s in said])]


def _reading(found: list[Year], lang: str) -> str:
    letters = cells.legend([y.now for y in found if y.now is not None and sentences.is_published(y.now)], lang)
    told = t("Bajo cada valor, su intervalo de 95 %; los registros completos no lo llevan. «sin diferencia»: sin diferencia concluyente, o cambio menor que el que la ficha llama relevante. Una meta propuesta no está aprobada: se nombra y no colorea.", lang)  # fmt: skip  # noqa: E501
    return f"{told} {letters}." if letters else told


def _sources(snap: Snapshot, found: list[Year], lang: str) -> str:
    names = list(dict.fromkeys(name for y in found for name in snap.publishers(y.sheet, lang)))
    return t("Fuente: {nombres} · Datos al {fecha}", lang).format(nombres="; ".join(names), fecha=formats.day(snap.publication.datos_al, lang))
