"""One slide of the forum and what can be on it: an indicator by region, on the map, by category or through time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.figures import bars as bar_figure
from dashboard.figures import distribution
from dashboard.figures.request import Params, newest, records
from dashboard.language import t
from dashboard.narrative import division, foro_charts, foro_map, foro_notes, headlines, parts, sentences
from dashboard.narrative.foro_data import Categories, Regions, Series
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

Row = dict[Any, Any]
#: what a chosen indicator is followed by where it is to be shown through time, or on the map
IN_TIME, IN_MAP = "~serie", "~mapa"
#: fewer points make no line
POINTS = 4


@dataclass(frozen=True)
class Slide:
    """What is shown, and what is said. `short` names it in the list of slides."""

    short: str
    title: Any
    body: Any
    sub: str = ""
    #: what the value rests on: source, date, cases, notices
    proof: tuple[str, ...] = ()
    notes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    synthetic: bool = False
    kind: str = "indicador"
    #: what the body draws, for whoever draws it another way (`foro_data`)
    data: Any = None
    #: what own notes of the presenter hang on: it stays when slides are put in another order
    key: str = ""


def split_item(item: str) -> tuple[str, str]:
    """A chosen item as (indicator, how it is to be shown): («x», «~serie»), («x», "")."""
    id, mark, how = item.partition("~")
    return id, f"{mark}{how}"


def frame(slide: Slide, place: int, total: int, number: int, lang: str) -> html.Section:
    """The slide as a section of its own."""
    chips = [components.synthetic_chip(lang)] if slide.synthetic else []
    head = html.P([html.B("SIEGEM"), f" · {t('Foro Regional', lang)} · {slide.short}"])
    proof = [*slide.proof, t("SIEGEM, publicación N.º {n}", lang).format(n=number)]
    notes = [x for title, lines in slide.notes if lines for x in (html.H3(title), *(html.P(line) for line in lines))]
    mine = html.Label([html.Span(t("Nota propia", lang)), html.Textarea(rows="4", className="campo__entrada foro__nota", **{"data-nota": slide.key})])
    spoken = html.Aside([html.H2(t("Notas para quien presenta", lang)), mine, *(notes or [html.P(t("Sin notas.", lang))])], className="foro__notas")
    return html.Section(
        [
            html.Header([head, *chips], className="foro__cabeza"),
            html.H2(slide.title, className="oracion"),
            *([html.P(slide.sub, className="oracion-sub")] if slide.sub else []),
            html.Div(slide.body, className=f"foro__cuerpo foro__cuerpo--{slide.kind}"),
            html.Footer([html.P(" · ".join(x for x in proof if x)), html.B(f"{place} / {total}")], className="foro__pie"),
            spoken,
        ],
        className=f"foro foro--{slide.kind}", id=f"lamina-{place}",
        **{"aria-label": t("Lámina {n} de {total}: {nombre}", lang).format(n=place, total=total, nombre=slide.short), "data-lamina": str(place)},
    )  # fmt: skip


def of_indicator(snap: Snapshot, sheet: Sheet, region: str, lang: str, *, how: str = "") -> Slide:
    """The slide of an indicator: through time or on the map where asked; else its regions, else its categories, else its line."""
    period = newest(snap, sheet)
    across = snap.values(sheet.id, kind=sheet.main_period, period=period, category="")
    present, _ = bar_figure.split(across)
    if how != IN_TIME and len(present) >= 2:
        return _by_region(snap, sheet, across, region, lang, on_map=how == IN_MAP)
    rows = categories(snap, sheet, region, lang) if how != IN_TIME else []
    if rows:
        return _by_category(snap, sheet, rows, across, region, lang)
    return _in_time(snap, sheet, across, region, lang)


def _base(snap: Snapshot, sheet: Sheet, row: Row | None, shown: pd.DataFrame, lang: str, how: str = "") -> dict[str, Any]:
    """What every slide of an indicator carries: proof, notes, the synthetic mark."""
    return {
        "short": sheet.text("short_name", lang), "synthetic": sheet.synthetic, "key": sheet.id + how,
        "notes": foro_notes.notes(snap, sheet, row, lang),
        "proof": (*parts.notice_lines(shown, lang), parts.source(snap, sheet, shown, lang)),
    }  # fmt: skip


def _by_region(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, region: str, lang: str, *, on_map: bool) -> Slide:
    row = parts.row_of(across, region or COUNTRY)
    moved = headlines.movement(across).compared
    if region and row is not None:
        title = headlines.of_territory(row, sheet, lang)
    elif moved and not on_map:
        title = headlines.country_sentence(across, sheet, lang)
    else:
        title = f"{headlines.title(sheet, lang)}: {_lower(headlines.extremes(across, sheet, lang))}"
    told = [measured(sheet, str(across["periodo"].iloc[0]), lang)]
    base = _base(snap, sheet, row, across, lang, IN_MAP if on_map else "")
    data = Regions(sheet, across, row, region)
    if on_map:
        base["short"] += f" · {t('en el mapa', lang)}"
        told.append(t("Más oscuro: valor más alto. Tramado: sin dato.", lang))
        return Slide(title=title, sub=" ".join(told), body=foro_map.drawing(across, sheet, region, lang), kind="mapa", data=data, **base)
    if across["inferior"].notna().any():
        told.append(t("Línea fina: intervalo de 95 %.", lang))
    earlier = next((r["periodo_comparado"] for r in records(across) if r["periodo_comparado"]), None)
    if earlier:
        told.append(t("La marca dice el cambio frente a {periodo}.", lang).format(periodo=formats.period(earlier, lang)))
    return Slide(
        title=title, sub=" ".join(told), body=foro_charts.region_bars(across, sheet, region, lang), kind="regiones", data=data, **base
    )  # fmt: skip


def measured(sheet: Sheet, period: str, lang: str) -> str:
    """What is measured, in which unit and when: «Trámites en plazo: %, jul.–set. 2026.»"""
    return f"{sheet.text('name', lang)}: {sheet.unit(lang)}, {formats.period(period, lang)}."


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def categories(snap: Snapshot, sheet: Sheet, region: str, lang: str) -> list[Row]:
    """Its categories with a value, largest first, of the region or of the first wider territory that has them."""
    if not sheet.breakdowns:
        return []
    found = distribution.categories(snap, Params(sheet.id, region, lang=lang))
    return sorted((r for r in records(found) if sentences.is_published(r)), key=lambda r: -float(r["valor"]))


def _by_category(snap: Snapshot, sheet: Sheet, rows: Sequence[Row], across: pd.DataFrame, region: str, lang: str) -> Slide:
    first, place = rows[0], formats.place(rows[0]["territorio"], lang)
    name, value = sentences.category_name(sheet, first["categoria"], lang), sentences.value(first, sheet, lang)
    whole = distribution.is_whole(sheet, pd.DataFrame(rows))
    if whole:
        title: Any = [
            t("{lugar}: lo que más pesa es", lang).format(lugar=place),
            " ",
            html.Em(t("«{nombre}»", lang).format(nombre=name)),
            f", {value}",
        ]
    else:
        title = [t("{lugar}: lo más alto está en", lang).format(lugar=place), " ", html.Em(t("«{nombre}»", lang).format(nombre=name)), f", {value}"]
    proof = sentences.evidence(first, sheet, lang)
    sub = f"{sheet.text('name', lang)}: {sheet.unit(lang)}, {formats.period(first['periodo'], lang)}{f' ({proof})' if proof else ''}."
    if first["territorio"] != (region or COUNTRY):
        where = division.place_name(first["territorio"], lang)
        sub += " " + t("No hay dato de {region}: se muestra {lugar}.", lang).format(region=formats.place(region or COUNTRY, lang), lugar=where)
    body = [html.Div(foro_charts.category_bars(rows, sheet, lang)), agreement_aside(lang)]
    data = Categories(sheet, across, first, rows, region)
    counted = pd.DataFrame(rows[:1] if whole else rows)  # parts of a whole all rest on the same cases
    return Slide(title=title, sub=sub, body=body, kind="categorias", data=data, **_base(snap, sheet, first, counted, lang))


def agreement_aside(lang: str) -> html.Aside:
    """The question a finding should lead to."""
    return html.Aside(
        [
            html.H2(t("Acuerdo por registrar", lang)),
            html.P(t("¿Quién hace qué, desde cuándo, y con qué evidencia se sabrá?", lang)),
            html.Button(t("Anotar un acuerdo", lang), type="button", className="boton foro__anotar", **{"data-foro": "anotar"}),
        ],
        className="foro__acuerdo",
    )


def _in_time(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, region: str, lang: str) -> Slide:
    place = region or COUNTRY
    frame = snap.values(sheet.id, kind=sheet.main_period, category="", territory=list({place, COUNTRY}))
    frame = frame[frame["periodo"] <= newest(snap, sheet)]
    frame = frame[frame["periodo"].isin(sorted(frame["periodo"].unique())[-foro_charts.PERIODS :])]
    own = sorted((r for r in records(frame[frame["territorio"] == place]) if sentences.is_published(r)), key=lambda r: r["periodo"])
    row = parts.row_of(across, place)
    base = _base(snap, sheet, row, across, lang, IN_TIME)
    base["short"] += f" · {t('en el tiempo', lang)}"
    if len(own) < POINTS:
        title = t("«{nombre}» todavía no tiene una serie que mostrar de {lugar}", lang)
        told = title.format(nombre=headlines.title(sheet, lang), lugar=formats.place(place, lang))
        body = html.P(sheet.text("question", lang), className="oracion-sub")
        return Slide(title=told, body=body, kind="texto", data=Series(sheet, across, row, None, place), **base)
    whole = [r for r in own if "serie_incompleta" not in (r["avisos"] or [])] or own
    first, last = whole[0], whole[-1]
    title = t("{lugar}: «{nombre}» pasa de {antes} en {desde} a {ahora} en {hasta}", lang).format(
        lugar=formats.place(place, lang), nombre=headlines.title(sheet, lang), antes=sentences.value(first, sheet, lang),
        desde=formats.period(first["periodo"], lang), ahora=sentences.value(last, sheet, lang), hasta=formats.period(last["periodo"], lang),
    )  # fmt: skip
    sub = f"{sheet.text('name', lang)}: {sheet.unit(lang)}."
    if any(not formats.is_missing(r["inferior"]) for r in own):
        sub += " " + t("Franja clara: intervalo de 95 %.", lang)
    return Slide(
        title=title, sub=f"{sub} {sentences.change(last, sheet, lang)}", body=foro_charts.series(frame, sheet, place, lang), kind="serie",
        data=Series(sheet, across, row, frame, place), **base,
    )  # fmt: skip
