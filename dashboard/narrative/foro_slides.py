"""One slide of the forum and what can be on it: an indicator by region, by category or through time, with what the presenter should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.figures import bars as bar_figure
from dashboard.figures import distribution
from dashboard.figures.request import Params, newest, records
from dashboard.language import t
from dashboard.narrative import division, foro_charts, headlines, parts, sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

Row = dict[Any, Any]
#: what a chosen indicator is followed by where it is to be shown through time
IN_TIME = "~serie"
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
    extra: dict[str, Any] = field(default_factory=dict)


def frame(slide: Slide, place: int, total: int, number: int, lang: str) -> html.Section:
    """The slide as a section of its own."""
    chips = [components.synthetic_chip(lang)] if slide.synthetic else []
    head = html.P([html.B("SIEGEM"), f" · {t('Foro Regional', lang)} · {slide.short}"])
    proof = [*slide.proof, t("SIEGEM, publicación N.º {n}", lang).format(n=number)]
    notes = [x for title, lines in slide.notes if lines for x in (html.H3(title), *(html.P(line) for line in lines))]
    spoken = html.Aside([html.H2(t("Notas para quien presenta", lang)), *(notes or [html.P(t("Sin notas.", lang))])], className="foro__notas")
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


def of_indicator(snap: Snapshot, sheet: Sheet, region: str, lang: str, *, in_time: bool = False) -> Slide:
    """The slide of an indicator: through time where asked; else its regions, else its categories, else its line."""
    period = newest(snap, sheet)
    across = snap.values(sheet.id, kind=sheet.main_period, period=period, category="")
    present, _ = bar_figure.split(across)
    rows = _categories(snap, sheet, region, lang) if not in_time and len(present) < 2 else []
    if not in_time and len(present) >= 2:
        return _by_region(snap, sheet, across, region, period, lang)
    if rows:
        return _by_category(snap, sheet, rows, region, lang)
    return _in_time(snap, sheet, across, region, lang)


def _base(snap: Snapshot, sheet: Sheet, row: Row | None, shown: pd.DataFrame, lang: str) -> dict[str, Any]:
    """What every slide of an indicator carries: proof, notes, the synthetic mark."""
    said = []
    if row is not None:
        said.append(row["frase"] if lang == "es" and row.get("frase") else sentences.cell(row, sheet, lang))
    both = [str((x or {}).get(lang) or (x or {}).get("es") or "") for x in sheet.ficha.get("reading") or []]
    twisted = [str((x or {}).get(lang) or (x or {}).get("es") or "") for x in sheet.ficha.get("perverse_incentives") or []]
    return {
        "short": sheet.text("short_name", lang),
        "synthetic": sheet.synthetic,
        "proof": (*parts.notice_lines(shown, lang), parts.source(snap, sheet, shown, lang)),
        "notes": (
            (t("La frase", lang), tuple(said)),
            (t("Qué se puede decir y qué no", lang), tuple(both)),
            (t("Cuidado al leer", lang), tuple(components.caveats(snap, sheet, lang))),
            (t("Lo que podría torcer si se premiara", lang), tuple(twisted)),
        ),
    }


def _by_region(snap: Snapshot, sheet: Sheet, across: pd.DataFrame, region: str, period: str, lang: str) -> Slide:
    row = parts.row_of(across, region or COUNTRY)
    moved = headlines.movement(across).compared
    if region and row is not None:
        title = headlines.of_territory(row, sheet, lang)
    elif moved:
        title = headlines.country_sentence(across, sheet, lang)
    else:
        title = f"{headlines.title(sheet, lang)}: {_lower(headlines.extremes(across, sheet, lang))}"
    told = [f"{sheet.text('name', lang)}: {sheet.unit(lang)}, {formats.period(period, lang)}."]
    if across["inferior"].notna().any():
        told.append(t("Línea fina: intervalo de 95 %.", lang))
    earlier = next((r["periodo_comparado"] for r in records(across) if r["periodo_comparado"]), None)
    if earlier:
        told.append(t("La marca dice el cambio frente a {periodo}.", lang).format(periodo=formats.period(earlier, lang)))
    sub = " ".join(told)
    return Slide(
        title=title, sub=sub, body=foro_charts.region_bars(across, sheet, region, lang), kind="regiones", **_base(snap, sheet, row, across, lang)
    )


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _categories(snap: Snapshot, sheet: Sheet, region: str, lang: str) -> list[Row]:
    if not sheet.breakdowns:
        return []
    found = distribution.categories(snap, Params(sheet.id, region, lang=lang))
    return sorted((r for r in records(found) if sentences.is_published(r)), key=lambda r: -float(r["valor"]))


def _by_category(snap: Snapshot, sheet: Sheet, rows: Sequence[Row], region: str, lang: str) -> Slide:
    first, place = rows[0], formats.place(rows[0]["territorio"], lang)
    name, value = sentences.category_name(sheet, first["categoria"], lang), sentences.value(first, sheet, lang)
    if distribution.is_whole(sheet, pd.DataFrame(rows)):
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
    return Slide(title=title, sub=sub, body=body, kind="categorias", **_base(snap, sheet, first, pd.DataFrame(rows), lang))


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
    base = _base(snap, sheet, parts.row_of(across, place), across, lang)
    base["short"] += f" · {t('en el tiempo', lang)}"
    if len(own) < POINTS:
        title = t("«{nombre}» todavía no tiene una serie que mostrar de {lugar}", lang)
        told = title.format(nombre=headlines.title(sheet, lang), lugar=formats.place(place, lang))
        return Slide(title=told, body=html.P(sheet.text("question", lang), className="oracion-sub"), kind="texto", **base)
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
        title=title, sub=f"{sub} {sentences.change(last, sheet, lang)}", body=foro_charts.series(frame, sheet, place, lang), kind="serie", **base
    )
