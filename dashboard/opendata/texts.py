"""Tables as text: with comma and point, or with semicolon and decimal comma for the spreadsheets of who writes numbers so. No formula in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.opendata.columns import Column
from dashboard.opendata.values import Columns

#: a text that begins so would be run by a spreadsheet as a formula: it gets an apostrophe before it
FORMULA = ("=", "+", "-", "@", "\t", "\r")


#: (column, decimal point) -> its cells
Told = dict[tuple[str, str], list[str]]


@dataclass(frozen=True)
class Dialect:
    """How numbers and cells are told apart. `mark`: the byte order mark by which Excel knows UTF-8."""

    delimiter: str = ","
    point: str = "."
    mark: bool = False


PLAIN, SPANISH = Dialect(), Dialect(";", ",", True)


class TextTable:
    """A CSV being written, some rows at a time."""

    def __init__(self, target: io.TextIOBase, columns: list[Column], dialect: Dialect) -> None:
        self.columns, self.dialect = columns, dialect
        self.writer = csv.writer(target, delimiter=dialect.delimiter, lineterminator="\r\n")
        self.writer.writerow([c.name for c in columns])
        self.rows = 0

    def write(self, batch: Columns, told: Told | None = None) -> None:
        """`told`: what another table already wrote of this batch; numbers alone differ between dialects."""
        told = {} if told is None else told
        cells = []
        for column in self.columns:
            key = (column.name, self.dialect.point if column.kind == "number" else "")
            if key not in told:
                told[key] = _told(batch[column.name], column, self.dialect.point)
            cells.append(told[key])
        self.rows += len(cells[0])
        self.writer.writerows(zip(*cells, strict=True))


@contextmanager
def text_table(path: Path, columns: list[Column], dialect: Dialect = PLAIN) -> Iterator[TextTable]:
    with path.open("w", encoding="utf-8-sig" if dialect.mark else "utf-8", newline="") as file:
        yield TextTable(file, columns, dialect)


def _told(values: list[Any], column: Column, point: str) -> list[str]:
    if column.kind == "number":
        return ["" if v is None else number(v, point) for v in values]
    known = {value: _cell(value) for value in dict.fromkeys(values)}
    return [known[v] for v in values]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else safe(value) if isinstance(value, str) else str(value)


def number(value: float, point: str = ".") -> str:
    """All the digits a number has, no more; whole numbers without decimals."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(float(value))
    return text if point == "." else text.replace(".", point)


def safe(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA) else text
