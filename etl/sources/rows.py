"""Rows that a connector made, as the CSV bytes of a contract's layout. The same rows always give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_ROWS_A_PIECE = 5_000


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Header and rows in pieces. None is an empty cell; numbers are written so that they read back the same."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([_text(value) for value in row])
        if number % _ROWS_A_PIECE == 0:
            yield _drained(buffer)
    yield _drained(buffer)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _drained(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode("utf-8", errors="replace")  # half a character, which JSON can hold and no file may
    buffer.seek(0)
    buffer.truncate()
    return content
