"""Rows of a worksheet as its XML, many at a time: a library that writes cell by cell takes most of a minute for ten million of them.

The library makes the book with headings, styles and small tables; the rows of the values are put into its sheets afterwards.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from dashboard.opendata.columns import Column
from dashboard.opendata.texts import number

#: Excel counts days from here
_FIRST_DAY = date(1899, 12, 30).toordinal()
#: of every part of the book: the same rows give the same bytes
_DATE = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: where the style of dates is to be put, known when the book is made
STYLE = "{s}"


def letters(place: int) -> str:
    """A, B … Z, AA: the name of a column."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


def rows_xml(columns: list[Column], batch: Mapping[str, list[Any]], start: int, end: int, first: int) -> str:
    """Rows `start` to `end` of a batch; the first of them is row `first` of the sheet (counted from 1)."""
    numbers = range(first, first + end - start)
    told = [_cells(batch[c.name][start:end], c, letters(i), numbers) for i, c in enumerate(columns)]
    return "".join(f'<row r="{n}">{"".join(row)}</row>' for n, row in zip(numbers, zip(*told, strict=True), strict=True))


def _cells(values: list[Any], column: Column, name: str, numbers: range) -> list[str]:
    """The cells of a column; nothing where there is no value. What is inside a cell is written once for each value that comes again."""
    known: dict[Any, str] = {None: ""}
    kind, inside = _KINDS[column.kind]
    before = f'<c r="{name}'
    made = []
    for value, n in zip(values, numbers, strict=True):
        text = known.get(value)
        if text is None:
            text = known[value] = f'"{kind}>{inside(value)}</c>'
        made.append(f"{before}{n}{text}" if text else "")
    return made


def _text(value: str) -> str:
    kept = ' xml:space="preserve"' if value != value.strip() else ""
    return f"<is><t{kept}>{escape(_FORBIDDEN.sub('', value))}</t></is>"


#: kind -> (attributes of the cell, what is inside)
_KINDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "string": (' t="inlineStr"', _text),
    "number": ("", lambda v: f"<v>{number(v)}</v>"),
    "integer": ("", lambda v: f"<v>{v}</v>"),
    "boolean": (' t="b"', lambda v: f"<v>{int(v)}</v>"),
    "date": (f' s="{STYLE}"', lambda v: f"<v>{v.toordinal() - _FIRST_DAY}</v>"),
}


def put_rows(skeleton: Path, target: Path, rows: Mapping[str, tuple[Path, int]]) -> None:
    """The book of `skeleton` with more rows in some of its sheets. `rows`: name of the part within the book -> file of rows, how many."""
    with zipfile.ZipFile(skeleton) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            body = source.read(entry)
            with made.open(info, "w", force_zip64=entry.filename in rows) as part:
                if entry.filename not in rows:
                    part.write(body)
                    continue
                path, count = rows[entry.filename]
                head, end, tail = body.partition(b"</sheetData>")
                style = re.search(rb'<col [^>]*style="(\d+)"', head)
                # some readers take no more rows than the sheet says it has
                part.write(re.sub(rb'(<dimension ref="A1:[A-Z]+)1"', rb"\g<1>%d" % (count + 1) + b'"', head))
                _copy(path, part, style[1] if style else b"0")
                part.write(end + tail)


def _copy(path: Path, part: Any, style: bytes) -> None:
    mark = f's="{STYLE}"'.encode()
    with path.open("rb") as file:
        for line in file:  # a line for each batch
            part.write(line.replace(mark, b's="' + style + b'"'))
