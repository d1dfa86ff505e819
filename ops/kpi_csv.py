"""Rows of `siegem kpi` for a spreadsheet: numbers as they are, so that it adds them up; no text that it would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from warehouse.states import NOTICES

#: a text that begins so is run as a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def of_table(rows: pa.Table) -> str:
    """A line for each row of an Arrow table, whole numbers as such."""
    return _csv(rows.column_names, (list(row.values()) for batch in rows.to_batches() for row in batch.to_pylist()))


def of_frame(frame: pd.DataFrame) -> str:
    """A line for each row of a frame; what is missing is empty."""
    plain = frame.astype(object).where(frame.notna(), None)
    return _csv(list(frame.columns), plain.itertuples(index=False, name=None))


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return text.getvalue()


def _safe(value: Any) -> Any:
    """Yes is 1 and no is 0, so that they add up in any language; notices are in words."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list):
        return "; ".join(NOTICES[v][0] if v in NOTICES else str(v) for v in value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else "" if value is None else value
