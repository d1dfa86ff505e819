"""`siegem valores`: the same rows as the API and the downloads, written for a terminal or another program."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import orjson
from rich.table import Table

from dashboard import published, rows
from dashboard.answers import Problem
from ops import screen
from warehouse import publications
from warehouse.errors import NothingPublished, SiegemError, suggest
from warehouse.store import Warehouse

NUMBERS = ("numerador", "denominador", "valor", "inferior", "superior", "n")
SHOWN = ("territorio", "periodo", "categoria", *NUMBERS, "estado")


def find(warehouse: Warehouse, query: dict[str, str | None], publication: int | None, day: str | None) -> list[dict[str, Any]]:
    """Rows as of a publication, or as of the one in force on `day`. Raises SiegemError naming what is wrong and what was perhaps meant."""
    published.open_store(warehouse)
    if day is not None:
        publication = publications.on_day(warehouse.engine, _date(day)).numero
    number = publications.latest(warehouse.engine).numero if publication is None else publications.get(warehouse.engine, publication).numero
    snapshot = published.snapshot(number)
    known = [sheet.id for sheet in snapshot.indicators()]
    if query["indicador"] not in known:
        asked = query["indicador"]
        raise NothingPublished(
            f"La publicación {number} no tiene el indicador «{asked}».{suggest(str(asked), known)}",
            cure=f"Indicadores publicados: {', '.join(known)}.",
        )
    try:
        return rows.value_rows(snapshot, {k: v for k, v in query.items() if v})
    except Problem as problem:
        raise SiegemError(problem.title, cure=problem.detail) from problem


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SiegemError(f"«{text}» no es una fecha.", cure="Escriba el año, el mes y el día: 2026-09-30.") from error


def write(found: list[dict[str, Any]], form: str) -> None:
    """Write rows to standard output as `tabla`, `csv` or `json`."""
    if form == "csv":
        sys.stdout.write(rows.as_csv(found).decode("utf-8-sig"))
    elif form == "json":
        sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _print(found)


def _print(found: list[dict[str, Any]]) -> None:
    """A table narrow enough for eighty columns; what is the same in every row — unit and source — goes below it."""
    columns = [c for c in SHOWN if c in ("valor", "estado") or any(row[c] not in (None, "") for row in found)]
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in NUMBERS else "left", overflow="fold")
    for row in found:
        table.add_row(*(_cell(row[c]) for c in columns))
    screen.console.print(table)
    for heading, key in (("Unidad", "unidad"), ("Fuente", "fuente")):
        for text in dict.fromkeys(str(row[key]) for row in found):
            screen.note(f"{heading}: {text}")
    if not found:
        screen.note("No hay valores publicados para lo que pidió.")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
