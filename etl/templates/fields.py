"""The columns of a template as a person meets them: what each is, how it is written, what may be chosen, an example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa

from etl.sources.received import SERIES
from etl.templates.choices import Choice, choices
from warehouse import periods
from warehouse.contracts import Column, Contract

_DIGITS = re.compile(r"^\^\[0-9\]\{(\d+)\}\$$")


@dataclass(frozen=True)
class Field:
    """A column of the sheet. `how`: how it is written; `digits`: how many figures a code has, 0 where that is not its form."""

    column: Column
    choices: tuple[Choice, ...]
    how: str
    example: str
    digits: int = 0

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def required(self) -> bool:
        """Whether the cell may not be left empty."""
        return self.column.required or self.column.key


def fields(contract: Contract, region: str, period: str, tables: Mapping[str, pa.Table], titles: Mapping[str, str]) -> tuple[Field, ...]:
    """Every column in order. `titles`: what each table is called for people."""
    lists = choices(contract, region, tables)
    return tuple(_field(contract, c, lists.get(c.name, ()), period, titles) for c in contract.columns)


def _field(contract: Contract, column: Column, options: tuple[Choice, ...], period: str, titles: Mapping[str, str]) -> Field:
    digits = _DIGITS.match(column.pattern)
    count = int(digits[1]) if digits else 0
    return Field(column, options, _how(contract, column, options, count, titles), _example(column, options, period), count)


def _how(contract: Contract, column: Column, options: tuple[Choice, ...], digits: int, titles: Mapping[str, str]) -> str:
    parts = [_kind(column, options, digits, titles)]
    if contract.key == (column.name,):
        parts.append("No se repite: identifica la fila.")
    elif column.key:
        parts.append(f"Identifica la fila junto con {' y '.join(k for k in contract.key if k != column.name)}.")
    if column.treatment == "hash" or "hash" in column.name:
        parts.append("Dato personal: se guarda solo su huella, que no permite saber quién es.")
    elif column.treatment == "descartar":
        parts.append("Dato personal: se descarta al recibir el archivo y no se guarda.")
    return " ".join(parts)


def _kind(column: Column, options: tuple[Choice, ...], digits: int, titles: Mapping[str, str]) -> str:
    if column.type == "boolean":
        return "sí o no, de la lista."
    if options:
        return "Uno de la lista." if column.allowed else "Un código de la lista; vea qué significa en «Catálogos»."
    if column.type == "date":
        return f"Fecha año-mes-día{_date_limits(column)}."
    if column.type in ("integer", "number"):
        return f"Número {'entero' if column.type == 'integer' else 'con decimales'}{_unit(column)}{_limits(column)}."
    table = column.references.partition(".")[0]
    if table:
        return f"El código tal como va en «{titles.get(table, table)}»; esa fila se entrega antes o junto con esta."
    if digits:
        return f"{digits} cifras, con su cero inicial si lo lleva."
    return "Texto con la forma del ejemplo." if column.pattern and column.example else "Texto."


def _unit(column: Column) -> str:
    return f", en {column.unit}" if column.unit else ""


def _limits(column: Column) -> str:
    low, high = (None if v is None else _plain(float(v)) for v in (column.minimum, column.maximum))
    if low is not None and high is not None:
        return f", de {low} a {high}"
    return f", {low} o más" if low is not None else (f", {high} o menos" if high is not None else "")


def _plain(value: float) -> str:
    """A limit as people write it: 0.000001, never 1e-06."""
    return f"{int(value):,}" if value.is_integer() and abs(value) >= 10_000 else format(Decimal(f"{value:g}"), "f")


def _date_limits(column: Column) -> str:
    return {
        "": ", desde 2002 y no posterior a hoy", "antiguas": ", no posterior a hoy", "futuras": ", desde 2002; puede ser futura",
        "libres": "; puede ser antigua o futura",
    }[column.dates]  # fmt: skip


def _example(column: Column, options: tuple[Choice, ...], period: str) -> str:
    """The contract's example, or one that holds for this place."""
    own = column.example if not options or column.allowed or column.type == "boolean" else ""
    if own and column.type == "boolean":
        return {"true": "sí", "false": "no"}.get(own.lower(), own)
    if own or options:
        return own or options[0].code
    return {"date": _day_of(period), "integer": _whole(column, period), "number": _amount(column)}.get(column.type, "")


def _day_of(period: str) -> str:
    return date(2025, 3, 14).isoformat() if period == SERIES else (periods.parse(period).start + timedelta(days=13)).isoformat()


def _whole(column: Column, period: str) -> str:
    if column.name.startswith("anio"):
        return "2025" if period == SERIES else period[:4]
    return f"{max(column.minimum or 0, min(3, column.maximum or 3)):.0f}"


def _amount(column: Column) -> str:
    low, high = column.minimum, column.maximum
    value = 12.5 if (low is None or low <= 12.5) and (high is None or high >= 12.5) else (low if low is not None else high)
    return f"{value:g}"
