"""What a sheet of MINEM's production workbooks says, whatever the year laid it out like: header, months, banners, totals.

Titles stand above the header; from 2006 each row has its stage (ETAPA), before that the stage is a banner over its rows and the
holder's cell is merged; 2025 says DEPARTAMENTO instead of REGIÓN and brings the mineral and its unit as columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from etl.sources.departments import folded

MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre")
_MONTH_NAMES = {m[:3]: i for i, m in enumerate(MONTHS, 1)} | {m: i for i, m in enumerate(MONTHS, 1)} | {"sep": 9, "sept": 9, "septiembre": 9}
#: header as printed in some year -> what it is
_COLUMNS = {
    "etapa": "etapa", "clasificacion": "estrato", "estrato": "estrato", "titular": "titular", "empresa minera": "titular", "empresa": "titular",
    "unidad": "unidad", "unidad minera": "unidad", "unidad de produccion": "unidad", "region": "departamento", "departamento": "departamento",
    "provincia": "provincia", "distrito": "distrito", "mineral": "mineral", "metal": "mineral", "unidad de medida": "medida",
    "unidad medida": "medida", "um": "medida", "medida": "medida", "total": "total", "total general": "total", "ene dic": "total",
}  # fmt: skip
_HEADER_WITHIN = 40
_STAGES = ("concentracion", "fundicion", "refineria", "refinacion", "lixiviacion")
_DASHES = re.compile(r"^[-–—]+$")


@dataclass(frozen=True)
class Record:
    """A row of one holder and unit. `meses`: month -> what it declared; a month without a figure is not there."""

    fila: int
    etapa: str
    estrato: str
    titular: str
    unidad: str
    departamento: str
    mineral: str
    medida: str
    meses: dict[int, float]
    total: float | None
    decimals: int
    is_regional: bool


@dataclass(frozen=True)
class Subtotal:
    """A row of the sheet that adds up rows above it."""

    fila: int
    total: float


@dataclass
class Sheet:
    """The rows of a sheet, and what its title says. `columns`: what is in which position."""

    name: str
    title: str
    columns: dict[str, int]
    months: dict[int, int]
    rows: list[Record | Subtotal] = field(default_factory=list)


class Unclear(Exception):
    """A row that cannot be read; the text goes on after the file's name."""


def read_sheet(name: str, cells: list[list[Any]]) -> Sheet | None:
    """The sheet, or None where it has no header of production. Raises Unclear naming the row."""
    at = next((i for i, row in enumerate(cells[:_HEADER_WITHIN]) if _is_header(row)), None)
    if at is None:
        return None
    columns, months = _header(cells[at])
    title = " ".join([name, *(_text(c) for row in cells[:at] for c in row if _text(c))])
    sheet = Sheet(name, title, columns, months)
    sheet.rows += _rows(sheet, cells, at)
    return sheet


def _is_header(row: list[Any]) -> bool:
    columns, months = _header(row)
    return bool(months) and "titular" in columns and "departamento" in columns


def _header(row: list[Any]) -> tuple[dict[str, int], dict[int, int]]:
    columns: dict[str, int] = {}
    months: dict[int, int] = {}
    for i, cell in enumerate(row):
        name = folded(cell)
        name = "total" if name.replace(" ", "") == "total" else name
        if name in _MONTH_NAMES:
            months.setdefault(_MONTH_NAMES[name], i)
        elif name in _COLUMNS:
            columns.setdefault(_COLUMNS[name], i)
    return columns, months


def _rows(sheet: Sheet, cells: list[list[Any]], at: int) -> Iterator[Record | Subtotal]:
    stage = holder = ""
    for number, row in enumerate(cells[at + 1 :], start=at + 2):
        words = [folded(c) for c in row if isinstance(c, str) and folded(c)]
        figures = {m: v for m, i in sheet.months.items() if (v := _figure(sheet, number, row, i)) is not None}
        if not words and not figures:
            continue
        if any(w.replace(" ", "").startswith("total") for w in words):
            yield Subtotal(number, _total(sheet, number, row, figures))
        elif not figures and "etapa" not in sheet.columns and len(words) == 1 and any(s in words[0] for s in _STAGES):
            stage, holder = words[0], ""
        elif folded(_cell(sheet, row, "departamento")) in ("region", "departamento"):
            continue
        elif not folded(_cell(sheet, row, "departamento")):
            if any(figures.values()):
                raise Unclear(f"hoja «{sheet.name}», fila {number}: trae producción y no dice de qué región es")
        else:
            holder = _cell(sheet, row, "titular") or holder
            yield _record(sheet, number, row, figures, _cell(sheet, row, "etapa") or stage, holder)


def _record(sheet: Sheet, number: int, row: list[Any], figures: dict[int, float], stage: str, holder: str) -> Record:
    department, province, district = (_cell(sheet, row, n) for n in ("departamento", "provincia", "distrito"))
    aggregate = folded(department) == "regional"
    total = _figure(sheet, number, row, sheet.columns["total"]) if "total" in sheet.columns else None
    return Record(
        fila=number, etapa=folded(stage), estrato=folded(_cell(sheet, row, "estrato")), titular=holder, unidad=_cell(sheet, row, "unidad"),
        departamento=holder if aggregate else department, mineral=folded(_cell(sheet, row, "mineral")),
        medida=folded(_cell(sheet, row, "medida")), meses=figures, total=total,
        decimals=max((_decimals(v) for v in [*figures.values(), total or 0.0]), default=0),
        is_regional=aggregate or (bool(_DASHES.match(province)) and bool(_DASHES.match(district))),
    )  # fmt: skip


def _cell(sheet: Sheet, row: list[Any], name: str) -> str:
    at = sheet.columns.get(name)
    return _text(row[at]) if at is not None and at < len(row) else ""


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell if cell is not None else "").split())


def _total(sheet: Sheet, number: int, row: list[Any], figures: dict[int, float]) -> float:
    said = _figure(sheet, number, row, sheet.columns["total"]) if "total" in sheet.columns else None
    return said if said is not None else sum(figures.values())


def _figure(sheet: Sheet, number: int, row: list[Any], at: int) -> float | None:
    """A figure; None for an empty cell or a dash. A text that only looks like a number is never guessed."""
    cell = row[at] if at < len(row) else None
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell) if cell == cell and abs(cell) < 1e15 else _unclear(sheet, number, at, cell)
    text = _text(cell)
    if not text or _DASHES.match(text):
        return None
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", text):
        return float(text)
    if any(w in folded(text) for w in (*_MONTH_NAMES, "total")):
        return None  # a header printed again further down
    return _unclear(sheet, number, at, text)


def _unclear(sheet: Sheet, number: int, at: int, value: object) -> float:
    month = next((MONTHS[m - 1] for m, i in sheet.months.items() if i == at), "total")
    raise Unclear(f"hoja «{sheet.name}», fila {number}, {month}: «{str(value)[:40]}» no es un número")


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
