"""How ready each region is to be followed as the pilots are: its functions and deliveries as published, against the targets of the definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dash import html

from dashboard import components, formats, site
from dashboard.components import Cell, Column
from dashboard.figures.request import newest, records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import parts, quality, sentences
from dashboard.narrative.parts import ordered_regions
from dashboard.published import REJECTED, Sheet, Snapshot

Row = Mapping[Any, Any]
#: the steps in the order in which they are taken; a region's first lack is the first of them it has not reached
STEPS = ("funciones", "tablas", "a_tiempo", "completitud", "reglas")
_INDICATORS = {
    "funciones": "pct_funciones_acreditadas", "a_tiempo": "pct_entregas_oportunas",
    "completitud": "pct_completitud", "reglas": "pct_reglas_aprobadas",
}  # fmt: skip
#: a table is owed by everyone if at least so many of the regions delivered it in the last year
_MOST = 0.5


@dataclass(frozen=True)
class Step:
    """One step of one region. `met` is None where nothing published tells."""

    shown: str
    met: bool | None
    key: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Readiness:
    """A region's steps, by their names."""

    code: str
    steps: dict[str, Step]

    @property
    def ready(self) -> bool:
        return all(s.met for s in self.steps.values())

    @property
    def first(self) -> str:
        """The first step not reached, "" where all are."""
        return next((k for k in STEPS if k in self.steps and not self.steps[k].met), "")


def target(sheet: Sheet) -> float | None:
    """The target of the definition, legal before agreed before proposed; None where it has none."""
    given = sheet.ficha.get("targets") or []
    return float(min(given, key=lambda x: ("legal", "acordada", "propuesta").index(x["status"]))["value"]) if given else None


def read(snap: Snapshot, lang: str = "es") -> list[Readiness]:
    """Every region, pilots first and then by name."""
    sheets = {s.id: s for s in snap.indicators()}
    rows: dict[str, dict[str, Row]] = {}
    for id in _INDICATORS.values():
        if id in sheets:
            frame = snap.values(id, kind=sheets[id].main_period, period=newest(snap, sheets[id]), category="")
            rows[id] = {r["territorio"]: r for r in records(frame)}
    sent, owed = delivered(snap)
    found = []
    for code in ordered_regions():
        steps: dict[str, Step] = {}
        for step in STEPS:
            id = _INDICATORS.get(step, "")
            if not id and owed:
                steps[step] = _tables(sent.get(code, set()), owed, snap, lang)
            elif id in sheets:
                steps[step] = _measured(step, rows[id].get(code), sheets[id], lang)
        found.append(Readiness(code, steps))
    return found


def delivered(snap: Snapshot) -> tuple[dict[str, set[str]], set[str]]:
    """Region -> tables accepted in the year up to the date of the data, and the tables that most regions deliver."""
    known = quality.owed(snap)
    until = snap.publication.datos_al or date.max
    since = (until - timedelta(days=365)) if until != date.max else date.min
    recent = known[(known["estado"] != REJECTED) & known["datos_al"].map(lambda d: not is_missing(d) and _day(d) > since)]
    sent = {str(code): set(own["tabla"]) for code, own in recent.groupby("cod_region")}
    counts = Counter(table for tables in sent.values() for table in tables)
    return sent, {table for table, n in counts.items() if n >= _MOST * max(len(sent), 1)}


def _day(value: Any) -> date:
    return value if type(value) is date else value.date()


def _tables(sent: set[str], owed: set[str], snap: Snapshot, lang: str) -> Step:
    missing = sorted(owed - sent)
    known = snap.sources(missing)
    names = [quality.table_title(known[m], lang) if m in known else m.replace("_", " ") for m in missing]
    told = t("falta: {tablas}", lang).format(tablas=formats.listing(names[:3], lang)) + ("…" if len(names) > 3 else "") if names else ""
    have = len(owed) - len(missing)
    return Step(t("{parte} de {total}", lang).format(parte=have, total=len(owed)), not missing, have, told)


def _measured(step: str, row: Row | None, sheet: Sheet, lang: str) -> Step:
    if row is None or not sentences.is_published(row):
        why = sentences.reason(row, lang) if row is not None else t("sin dato", lang)
        return Step(formats.DASH, None, None, why)
    value = float(row["valor"])
    if step == "funciones":
        # to have functions is what counts here; that not all of them were accredited is the law's matter, not the data's
        return Step(sentences.parts(row, sheet, lang) or sentences.value(row, sheet, lang), value > 0, value)
    least = target(sheet)
    return Step(sentences.value(row, sheet, lang), least is None or value >= least, value)


def words(step: str, lang: str) -> str:
    """What a step is called."""
    return {
        "funciones": t("Funciones acreditadas", lang), "tablas": t("Tablas entregadas", lang), "a_tiempo": t("Entregas a tiempo", lang),
        "completitud": t("Completitud", lang), "reglas": t("Reglas de calidad cumplidas", lang),
    }[step]  # fmt: skip


def lacking(step: str, lang: str) -> str:
    """The same as what a region lacks first."""
    return {
        "funciones": t("acreditar funciones", lang), "tablas": t("entregar todas las tablas", lang), "a_tiempo": t("entregar a tiempo", lang),
        "completitud": t("completar las celdas obligatorias", lang), "reglas": t("cumplir las reglas de calidad", lang),
    }[step]  # fmt: skip


def sentence(found: list[Readiness], lang: str) -> tuple[str, str]:
    """How many regions are ready; which are not, by what each lacks first."""
    if not any(r.steps for r in found):
        return t("Esta publicación no trae datos de entregas para saber qué regiones están listas.", lang), ""
    ready = [r for r in found if r.ready]
    total = len(found)
    if len(ready) == total:
        return t("Las {n} regiones están listas para el seguimiento completo.", lang).format(n=total), ""
    first = t("{n} de {total} regiones están listas para el seguimiento completo.", lang).format(n=len(ready), total=total)
    if len(ready) == 1:
        first = t("Una de {total} regiones está lista para el seguimiento completo.", lang).format(total=total)
    if not ready:
        first = t("Ninguna de las {total} regiones está lista todavía para el seguimiento completo.", lang).format(total=total)
    told = []
    for step in STEPS:
        names = [formats.place(r.code, lang) for r in found if r.first == step]
        if names:
            pattern = t("Le falta primero {que}: {nombres}.", lang) if len(names) == 1 else t("Les falta primero {que}: {nombres}.", lang)
            told.append(pattern.format(que=lacking(step, lang), nombres=formats.listing(names, lang)))
    return first, " ".join(told)


def checklist(found: list[Readiness], snap: Snapshot, lang: str) -> html.Ol:
    """The steps to bring in a region, each with where it is done and how many regions have done it."""
    sheets = {s.id: s for s in snap.indicators()}
    items = []
    for step in STEPS:
        known = [r.steps[step] for r in found if step in r.steps]
        if not known:
            continue
        done = sum(1 for s in known if s.met)
        bar = html.Span(className="progreso", style={"--parte": f"{done / len(found):.0%}"})
        items.append(
            html.Li(
                [
                    html.B(words(step, lang)),
                    html.P(_how(step, sheets.get(_INDICATORS.get(step, "")), lang)),
                    html.P([t("{n} de {total} regiones", lang).format(n=done, total=len(found)), bar], className="replica__hecho"),
                    html.P(_where(step, lang)),
                ],
                className="replica__paso",
            )
        )  # fmt: skip
    return html.Ol(items, className="replica")


def _how(step: str, sheet: Sheet | None, lang: str) -> str:
    """What it takes, with the target of the definition and its status."""
    if step == "funciones":
        return t(
            "Que una resolución haya acreditado al menos una función minera. Sin ella la función la ejerce el MINEM y no se le mide a la región.",
            lang,
        )
    if step == "tablas":
        return t("Que haya entregado en el último año, sin rechazo, cada tabla que entrega la mayoría de las regiones.", lang)
    least = target(sheet) if sheet else None
    if sheet is None or least is None:
        return t("Sin meta en la definición: basta con que haya dato.", lang)
    given = min(sheet.ficha["targets"], key=lambda x: ("legal", "acordada", "propuesta").index(x["status"]))
    status = {"legal": t("meta legal", lang), "acordada": t("meta acordada", lang), "propuesta": t("propuesta, no aprobada", lang)}[given["status"]]
    return t("Que llegue a {meta} ({estado}).", lang).format(meta=formats.with_unit(least, sheet.unit(lang), 0, lang, short=True), estado=status)


def _where(step: str, lang: str) -> Any:
    if step == "funciones":
        return components.link(t("Ver las funciones por región", lang), "/indicador/pct_funciones_acreditadas")
    if step in ("tablas", "a_tiempo") and not site.is_public():
        return components.link(t("Plantillas y calendario de entregas", lang), "/entregas")
    return components.link(t("Ver qué reglas no se cumplen", lang), "/calidad")


def table(found: list[Readiness], lang: str) -> Any:
    """A line for each region: its steps in figures and words, and what it lacks first."""
    used = [s for s in STEPS if any(s in r.steps for r in found)]
    columns = [Column(t("Región", lang)), Column(t("Lo primero que falta", lang)), *(Column(words(s, lang), numeric=True) for s in used)]
    rows = [
        [
            Cell(components.link(formats.place(r.code, lang), f"/region/{r.code}"), formats.place(r.code, lang)),
            Cell(html.B(lacking(r.first, lang).capitalize()) if r.first else html.Span(t("nada: está lista", lang), className="tenue"), r.first),
            *(_cell(r.steps.get(s), lang) for s in used),
        ]
        for r in found
    ]
    caption = t("Pilotos primero, después por nombre. ▼: todavía no llega; sin marca: llega.", lang)
    return components.data_table("replica", columns, rows, caption, dense=True, lang=lang)


def _cell(step: Step | None, lang: str) -> Cell:
    if step is None:
        return Cell(formats.DASH, None)
    small = [html.Small(step.why)] if step.why else []
    if step.met:
        return Cell([step.shown, *small], step.key)
    mark = [parts.mark("empeora"), html.Span(t("todavía no llega", lang), className="solo-lector"), " "] if step.met is False else []
    return Cell(html.Span([*mark, html.B(step.shown), *small], className="replica__falta"), step.key)


def used_indicators() -> tuple[str, ...]:
    """The indicators the steps are read from."""
    return tuple(_INDICATORS.values())
