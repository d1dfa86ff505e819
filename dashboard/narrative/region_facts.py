"""Three facts to say aloud, apart by who answers: the region, other entities, MEM. What has no value says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.figures.request import newest, records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import cards, headlines, region_changes, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

Row = Mapping[Any, Any]
Pair = tuple[Row, Sheet]
#: who holds a file, and how long a step takes
HOLDS, STEPS = "participacion_etapa_en_demora", "mediana_dias_etapa"
#: what MINEM transfers and the region spends
TRANSFERS = "pct_transferencia_minem_ejecutada"
#: about the region's own work, the one people ask for first
OWN = headlines.FAVOURITE
#: areas whose indicators do not depend on the regional government's work
_NOT_ITS_OWN = (cards.ABOUT_DATA, "ACT")
_SHADES = ("region", "administrado", "otras", "minem")


def sheet_of(snap: Snapshot, id: str) -> Sheet | None:
    return next((s for s in snap.indicators() if s.id == id), None)


def category(snap: Snapshot, id: str, code: str, breakdown: str, wanted: str) -> tuple[Row, Sheet] | None:
    """One category of an indicator at its newest whole period, None where there is no such row."""
    sheet = sheet_of(snap, id)
    if sheet is None:
        return None
    frame = snap.values(id, kind=sheet.main_period, period=newest(snap, sheet))
    rows = records(frame[(frame["territorio"] == code) & (frame["desglose"] == breakdown) & (frame["categoria"] == wanted)])
    return (rows[0], sheet) if rows else None


def facts(snap: Snapshot, pairs: Sequence[Pair], code: str, countries: Mapping[str, Row], lang: str) -> Any:
    """The three cards. `countries`: indicator -> the country's row."""
    return components.cards(
        _own(pairs, countries, lang), _others(snap, code, lang), _ministry(snap, code, lang)
    )  # fmt: skip


def _card(place: int, who: str, text: list[Any], sheet: Sheet | None, code: str, lang: str) -> Any:
    label = t("Hecho {n} · {quien}", lang).format(n=place, quien=who)
    inside = [
        html.P(label, className="tarjeta__rotulo"),
        html.P(text, className="tarjeta__texto"),
        *([html.P(components.synthetic_chip(lang))] if sheet is not None and sheet.synthetic else []),
    ]
    if sheet is None:
        return html.Article(inside, className="tarjeta tarjeta--hecho")
    return components.link(inside, f"/indicador/{sheet.id}", className="tarjeta tarjeta--hecho", region=code)


def _own(pairs: Sequence[Pair], countries: Mapping[str, Row], lang: str) -> Any:
    """The favourite indicator where it moved; else the region's largest firm change, worse before better; else whatever has a value."""
    own = [p for p in pairs if p[1].area not in _NOT_ITS_OWN and sentences.is_published(p[0])]
    favourite = [p for p in own if p[1].id == OWN]
    moved = [p for p in favourite if sentences.is_conclusive(p[0])]
    chosen = [*moved, *region_changes.firm(own, "empeora"), *region_changes.firm(own, "mejora"), *favourite, *own]
    who = t("de la región", lang)
    if not chosen:
        return _card(1, who, [t("Ningún indicador de su gestión tiene un valor publicado; cada ausencia dice su razón.", lang)], None, "", lang)
    row, sheet = chosen[0]
    proof = sentences.parts(row, sheet, lang)
    text = [
        f"{sheet.text('short_name', lang)}, {formats.period(row['periodo'], lang)}: ",
        html.B(sentences.value(row, sheet, lang)),
        f"{f' ({proof})' if proof else ''}. {sentences.change(row, sheet, lang)}",
    ]
    country = countries.get(sheet.id)
    if country is not None and sentences.is_published(country) and sheet.ficha["form"] != "count":
        text.append(" " + t("En el país, {valor}.", lang).format(valor=sentences.value(country, sheet, lang)))
    return _card(1, who, text, sheet, row["territorio"], lang)


def _others(snap: Snapshot, code: str, lang: str) -> Any:
    """How much of the time of procedures others hold the file, and how long one of their opinions takes."""
    who = t("de otras entidades", lang)
    held, step = category(snap, HOLDS, code, "responsable", "opinante_externo"), category(snap, STEPS, code, "etapa", "opinion_externa")
    text: list[Any] = []
    if held is not None and sentences.is_published(held[0]):
        share, when = html.B(sentences.value(*held, lang)), formats.period(held[0]["periodo"], lang)
        told = t("del tiempo de sus trámites ({periodo}).", lang).format(periodo=when)
        text += [t("Las opiniones de otras entidades ocupan el", lang), " ", share, " ", told, " "]
    if step is not None and sentences.is_published(step[0]):
        days, when = sentences.value(*step, lang), formats.period(step[0]["periodo"], lang)
        told = t("(mediana, {periodo})", lang).format(periodo=when)
        text += [t("Cada opinión toma", lang), " ", html.B(days), " ", f"{told}. {sentences.change(*step, lang)}"]
    if not text:
        known = held or step
        why = sentences.absence(*known, lang) if known else t("esta publicación no mide los tiempos por etapa", lang)
        text = [t("No se sabe cuánto demoran las opiniones externas: {razon}.", lang).format(razon=why)]
    shown = step if step is not None and sentences.is_published(step[0]) else held
    return _card(2, who, text, shown[1] if shown else None, code, lang)


def _ministry(snap: Snapshot, code: str, lang: str) -> Any:
    """What MINEM transferred in the newest whole year, what of it was spent, and how long MINEM holds files."""
    who, sheet = t("del MEM", lang), sheet_of(snap, TRANSFERS)
    text: list[Any] = []
    row = None
    if sheet is not None:
        frame = (
            snap.values(TRANSFERS, kind="anio", territory=code, category="") if "anio" in sheet.periods else snap.values(TRANSFERS, territory=code)
        )
        rows = {r["periodo"]: r for r in records(frame)}
        row = rows.get(newest(snap, sheet, "anio"))
    if sheet is not None and row is not None and sentences.is_published(row) and not is_missing(row["denominador"]):
        given, spent = (formats.with_unit(row[k], "S/", 0, lang) for k in ("denominador", "numerador"))
        text += [
            t("En {periodo} el MINEM transfirió", lang).format(periodo=formats.period(row["periodo"], lang)), " ", html.B(given),
            t("; la región ejecutó {monto} ({parte}).", lang).format(monto=spent, parte=sentences.value(row, sheet, lang)), " ",
        ]  # fmt: skip
    elif row is not None and sheet is not None:
        text.append(t("No se sabe cuánto ejecutó de lo transferido: {razon}.", lang).format(razon=sentences.absence(row, sheet, lang)) + " ")
    held = category(snap, HOLDS, code, "responsable", "minem")
    if held is not None and sentences.is_published(held[0]):
        told = t("El MINEM tuvo los expedientes el {parte} del tiempo ({periodo}).", lang)
        text.append(told.format(parte=sentences.value(*held, lang), periodo=formats.period(held[0]["periodo"], lang)))
    if not text:
        text = [t("Esta publicación no trae transferencias del MINEM a la región.", lang)]
    return _card(3, who, text, sheet, code, lang)


def who_holds(snap: Snapshot, code: str, lang: str) -> Any:
    """One bar: of the time of procedures, how much each one held the file. None where it is not published."""
    names = ("entidad", "administrado", "opinante_externo", "minem")
    found = [category(snap, HOLDS, code, "responsable", n) for n in names]
    known = [(n, shade, f[0]) for n, shade, f in zip(names, _SHADES, found, strict=True) if f is not None and sentences.is_published(f[0])]
    sheet = sheet_of(snap, HOLDS)
    if sheet is None or not known:
        return None
    label = {n: sentences.category_name(sheet, n, lang) for n in names}
    bar = [html.Span(className=f"tiempo__parte tiempo__parte--{shade}", style={"--parte": f"{float(r['valor']):.2f}%"}) for _, shade, r in known]
    legend = [
        html.Li([html.I(className=f"tiempo__marca tiempo__parte--{shade}"), f"{label[n]} ", html.B(sentences.value(r, sheet, lang))])
        for n, shade, r in known
    ]
    top = max(known, key=lambda k: float(k[2]["valor"]))
    title = t("¿Quién tiene el expediente? El {parte} del tiempo, {quien}", lang)
    quien = {
        "entidad": t("la propia entidad", lang), "administrado": t("el administrado", lang),
        "opinante_externo": t("otra entidad que opina", lang), "minem": t("el MINEM", lang),
    }[top[0]]  # fmt: skip
    row = top[2]
    cases = t("{n} trámites", lang).format(n=formats.number(row["n"], 0, lang)) if not is_missing(row["n"]) else ""
    subtitle = f"{sheet.text('name', lang)}, {formats.period(row['periodo'], lang)}{f'; {cases}' if cases else ''}."
    return components.figure_block(
        "quien-tiene", "", {}, title.format(parte=sentences.value(row, sheet, lang), quien=quien), subtitle,
        components.source_line(snap, sheet, row["n"], lang), lang=lang, chips=[components.synthetic_chip(lang)] if sheet.synthetic else [],
        how=components.address(f"/indicador/{sheet.id}", region=code), csv=components.values_url({"indicador": sheet.id}),
        body=html.Div([html.Div(bar, className="tiempo", **{"aria-hidden": "true"}), html.Ul(legend, className="tiempo__leyenda")]),
    )  # fmt: skip


def sentence(pairs: Sequence[Pair], place: str, lang: str) -> tuple[str, str]:
    """The page's answer, and under it the largest fall and the largest improvement by name."""
    told = headlines.of_region(list(pairs), place, lang)  # type: ignore[arg-type]
    below = []
    for state, pattern in (
        ("empeora", t("Lo que más se aparta para peor: «{nombre}», {cuanto}.", lang)),
        ("mejora", t("Lo que más se aparta para mejor: «{nombre}», {cuanto}.", lang)),
    ):
        found = region_changes.firm(pairs, state)
        if found:
            row, sheet = found[0]
            below.append(pattern.format(nombre=sheet.text("short_name", lang), cuanto=sentences.difference(row, sheet, lang)))
    return told, " ".join(below)


def country_rows(values: Mapping[str, Mapping[str, Row]]) -> dict[str, Row]:
    """Indicator -> the country's row, of the values of a board."""
    return {i: rows[COUNTRY] for i, rows in values.items() if COUNTRY in rows}
