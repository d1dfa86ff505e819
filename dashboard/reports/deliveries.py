"""What a region delivered in a year, table by table: how many, how many after their date or rejected, rows held back."""

from __future__ import annotations

import pandas as pd

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import counted, quality
from dashboard.published import REJECTED, Snapshot
from dashboard.reports import blocks
from dashboard.reports.blocks import Block, Head
from warehouse.errors import SiegemError
from warehouse.periods import parse


def of_year(snap: Snapshot, code: str, year: int, lang: str) -> list[Block]:
    """The table, with a line of totals; a sentence where nothing was delivered under the region's name."""
    own = _of(snap, code, year)
    if own.empty:
        told = t("Ninguna entrega de {anio} lleva el nombre de esta región: sus valores vienen de fuentes nacionales.", lang)
        return [blocks.paragraph(told.format(anio=year))]
    known = snap.sources()
    lines = []
    for table, rows in own.groupby("tabla", sort=False):
        name = quality.table_title(known[str(table)], lang) if str(table) in known else str(table).replace("_", " ")
        lines.append((name, _line(rows, lang)))
    total = [{"t": t("Total", lang), "b": True}, *({"t": x, "b": True} for x in _line(own, lang))]
    return [blocks.table(_heads(t("Tabla", lang), lang), [*([name, *line] for name, line in sorted(lines)), total])]


def totals(snap: Snapshot, codes: list[str], year: int, lang: str) -> Block:
    """One line for each region: all it delivered in the year."""
    rows = []
    for code in codes:
        own = _of(snap, code, year)
        line = [{"t": t("ninguna", lang), "f": 6}] if own.empty else _line(own, lang)
        rows.append([formats.place(code, lang), *line])
    return blocks.table(_heads(t("Región", lang), lang), rows)


def _of(snap: Snapshot, code: str, year: int) -> pd.DataFrame:
    """The newest version of what a region delivered for periods that end in a year."""
    frame = quality.newest(snap.submissions(region=code))
    return frame[[_in_year(str(p), year) for p in frame["periodo"]]] if len(frame) else frame


def _heads(first: str, lang: str) -> list[Head]:
    return [
        (first, 7.0, False), (t("Entregas", lang), 1.6, True), (t("A tiempo", lang), 1.6, True), (t("Después del plazo", lang), 2.2, True),
        (t("Rechazadas", lang), 1.8, True), (t("Filas", lang), 1.8, True), (t("En cuarentena", lang), 2.0, True),
    ]  # fmt: skip


def _line(rows: pd.DataFrame, lang: str) -> list[str]:
    states = [quality.delivery_state(r) for r in rows.to_dict("records")]
    refused = int((rows["estado"] == REJECTED).sum())
    counts = [len(rows), states.count("recibida"), states.count("tarde"), refused]
    return [*(formats.number(n, 0, lang) for n in counts), counted.total(rows, "filas", lang), counted.total(rows, "filas_cuarentena", lang)]


def _in_year(period: str, year: int) -> bool:
    try:
        return parse(period).end.year == year
    except SiegemError:
        return False
