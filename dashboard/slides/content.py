"""What tables of the deck say: the scorecard, what changed, agreements before and now, sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard import formats
from dashboard.figures.request import newest, records
from dashboard.language import t
from dashboard.narrative import foro_deck, foro_slides, headlines, parts, region_changes, sentences
from dashboard.narrative.foro_data import Changes
from dashboard.published import Sheet, Snapshot
from dashboard.slides import look
from dashboard.slides.page import Paragraph, Run
from dashboard.slides.tables import Table
from warehouse.territories import COUNTRY

Row = dict[Any, Any]
#: rows that wait for what the hall agrees
EMPTY = 6


def change(row: Row | None, sheet: Sheet, lang: str) -> list[Run]:
    """«▼ −11.1 puntos: empeora», the mark in its colour; why not where there is no value."""
    if row is None:
        return [Run(t("sin dato", lang), color=look.INK_2)]
    if not sentences.is_published(row):
        return [Run(sentences.reason(row, lang), color=look.INK_2)]
    told = sentences.short_change(row, sheet, lang)
    if not sentences.is_conclusive(row):
        return [Run(told, color=look.INK_2)]
    mark, color = look.MARKS[row["cambio_estado"]]
    return [Run(f"{mark} ", bold=True, color=color), Run(told, color=color)]


def value(row: Row | None, sheet: Sheet, lang: str, *, bold: bool = False) -> list[Run]:
    if row is None:
        return [Run(t("sin dato", lang), color=look.INK_2)]
    return [Run(sentences.value(row, sheet, lang) if sentences.is_published(row) else sentences.reason(row, lang), bold=bold)]


def scorecard(snap: Snapshot, sheets: Sequence[Sheet], region: str, lang: str) -> Table:
    """Each indicator in a row: the region beside the country, or the country with how its regions moved."""
    rows: list[tuple[Paragraph, ...]] = []
    for sheet in sheets:
        period = newest(snap, sheet)
        across = snap.values(sheet.id, kind=sheet.main_period, period=period, category="")
        country = parts.row_of(across, COUNTRY)
        name = [Run(sheet.text("short_name", lang), bold=True), Run(f", {formats.period(period, lang)}" if period else "", color=look.INK_2)]
        if across.empty:
            rows.append((name, _largest(snap, sheet, region, lang), *([Run(t("solo por categorías", lang), color=look.INK_2)] for _ in range(2))))
        elif region:
            own = parts.row_of(across, region)
            rows.append((name, value(own, sheet, lang, bold=True), value(country, sheet, lang), change(own, sheet, lang)))
        else:
            rows.append((name, value(country, sheet, lang, bold=True), change(country, sheet, lang), _movement(across, lang)))
    place = formats.place(region or COUNTRY, lang)
    heads = (
        (t("Indicador", lang), place, formats.place(COUNTRY, lang), t("Cambio en un año", lang))
        if region
        else (t("Indicador", lang), place, t("Cambio en un año", lang), t("Regiones", lang))
    )
    return Table(heads, tuple(rows), (5.0, 2.6, 2.6, 4.2) if region else (5.0, 2.4, 3.8, 3.6))


def _largest(snap: Snapshot, sheet: Sheet, region: str, lang: str) -> list[Run]:
    """The largest category of an indicator that has no undivided value, with its name; whose it is where it is not of the place asked for."""
    rows = foro_slides.categories(snap, sheet, region, lang)
    if not rows:
        return [Run(t("sin dato", lang), color=look.INK_2)]
    where = "" if rows[0]["territorio"] == (region or COUNTRY) else f" ({formats.place(rows[0]['territorio'], lang)})"
    named = t("«{nombre}»", lang).format(nombre=sentences.category_name(sheet, rows[0]["categoria"], lang))
    return [Run(f"{named} "), Run(sentences.value(rows[0], sheet, lang), bold=True), Run(where, color=look.INK_2)]


def _movement(across: Any, lang: str) -> list[Run]:
    """«▼ 4  ▲ 1  sin dato 6»."""
    moved = headlines.movement(across)
    found: list[Run] = []
    for state in ("empeora", "mejora", "sube", "baja"):
        n = len(moved.firm(state))
        if n:
            mark, color = look.MARKS[state]
            found += [Run(f"{mark} {n} ", bold=True, color=color), Run(f"{sentences.direction(state, lang, many=n > 1)}  ", color=color)]
    if moved.absent:
        found.append(Run(t("sin dato: {n}", lang).format(n=len(moved.absent)), color=look.INK_2))
    return found or [Run(t("sin cambio firme", lang), color=look.INK_2)]


def changes(data: Changes, lang: str, *states: str) -> Table:
    """The largest firm changes, for worse first; of each indicator one. `states`: only these."""
    rows: list[tuple[Paragraph, ...]] = []
    for state, pairs in (("empeora", data.worse), ("mejora", data.better)):
        if states and state not in states:
            continue
        mark, color = look.MARKS[state]
        shown = foro_deck.largest(pairs)[: foro_deck.LISTED]
        for row, sheet in shown:
            where = [] if data.region else [Run(f"{formats.place(row['territorio'], lang)}: ")]
            what = [*where, Run(sheet.text("short_name", lang), bold=True)]
            amount = [Run(sentences.difference(row, sheet, lang), bold=True, color=color)]
            rows.append(
                (
                    [Run(f"{mark} {sentences.direction(state, lang)}", bold=True, color=color)],
                    what,
                    region_changes.before_and_now(row, sheet, lang),
                    amount,
                )
            )
        more = len(pairs) - len(shown)
        if more:
            rest = t("y 1 más", lang) if more == 1 else t("y {n} más", lang).format(n=more)
            rows.append(([Run(mark, bold=True, color=color)], [Run(rest, color=look.INK_2)], formats.DASH, formats.DASH))
        if not pairs:
            rows.append(
                (
                    [Run(mark, bold=True, color=color)],
                    [Run(t("Ningún cambio que se pueda afirmar.", lang), color=look.INK_2)],
                    formats.DASH,
                    formats.DASH,
                )
            )
    heads = (t("Lectura", lang), t("Indicador", lang), t("Antes y ahora", lang), t("Cambio", lang))
    return Table(heads, tuple(rows), (2.5, 4.6, 5.6, 3.1))


def agreed(snap: Snapshot, sheet: Sheet, region: str, lang: str) -> tuple[Row | None, Table | None]:
    """What became of the agreements that fell due, by who had to fulfil them, and the row of all of them together."""
    period = newest(snap, sheet)
    frame = snap.values(sheet.id, kind=sheet.main_period, period=period, territory=region or COUNTRY)
    found = records(frame)
    whole = next((r for r in found if r["categoria"] == ""), None)
    split = [r for r in found if r["desglose"] == "responsable"]
    if whole is None:
        return None, None
    due = formats.period(period, lang)
    rows: list[tuple[Paragraph, ...]] = []
    for row in [*sorted(split, key=lambda r: -(float(r["denominador"]) if sentences.is_published(r) else 0.0)), whole]:
        name = sentences.category_name(sheet, row["categoria"], lang) if row["categoria"] else t("Todos", lang)
        bold = not row["categoria"]
        if not sentences.is_published(row):
            why = [Run(sentences.reason(row, lang), color=look.INK_2)]
            rows.append(([Run(name, bold=bold)], [Run(due, color=look.INK_2)], why, formats.DASH, formats.DASH))
            continue
        done, all_ = float(row["numerador"]), float(row["denominador"])
        rows.append((
            [Run(name, bold=bold)], [Run(due, color=look.INK_2)], [Run(formats.number(done, 0, lang), bold=bold)],
            [Run(formats.number(all_ - done, 0, lang), bold=bold)], [Run(sentences.value(row, sheet, lang), bold=True)],
        ))  # fmt: skip
    heads = (t("Responsable", lang), t("Vencieron en", lang), t("Cumplidos, con evidencia", lang), t("Sin cumplir", lang), t("Cumplimiento", lang))
    return whole, Table(heads, tuple(rows), (5.0, 3.2, 2.7, 2.2, 2.7), (2, 3, 4))


def agreements(found: Sequence[dict[str, str]], lang: str) -> Table:
    """What the hall agreed, and rows that wait for more."""
    rows: list[tuple[Paragraph, ...]] = []
    for i in range(max(EMPTY, len(found) + 2)):
        one = found[i] if i < len(found) else {}
        when = one.get("fecha", "")
        when = formats.day(when, lang) if _is_day(when) else when
        state = t("Pendiente", lang) if one else ""
        rows.append((str(i + 1), one.get("acuerdo", ""), one.get("responsable", ""), when, one.get("evidencia", ""), state))
    heads = (
        t("N.º", lang),
        t("Acuerdo", lang),
        t("Responsable", lang),
        t("Fecha límite", lang),
        t("Evidencia: cómo se sabrá", lang),
        t("Estado", lang),
    )
    return Table(heads, tuple(rows), (0.9, 5.0, 3.1, 2.2, 3.4, 2.4))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def sources(snap: Snapshot, sheets: Sequence[Sheet], lang: str) -> Table:
    """Who published what the slides show, and until when."""
    tables = list(dict.fromkeys(x for s in sheets for x in parts.spoken(s).tablas))
    rows: list[tuple[Paragraph, ...]] = []
    for row in (snap.sources(tables)[x] for x in tables if x in snap.sources(tables)):
        source = row["fuente"]

        def told(part: str, of: Any = source) -> str:
            found = of.get(part) or {}
            return str(found.get(lang) or found.get("es") or "")

        kind = t("sintético", lang) if row["sintetico"] else t("de la fuente", lang)
        name = told("tabla") or told("titulo") or str(row["tabla"])
        rows.append((name, told("publicador") or t("sin indicar", lang), formats.day(row["datos_al"], lang), kind))
    heads = (t("Tabla", lang), t("Fuente", lang), t("Datos al", lang), t("Dato", lang))
    return Table(heads, tuple(rows), (5.6, 5.4, 2.4, 2.2))
