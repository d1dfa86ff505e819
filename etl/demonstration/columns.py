"""Small steps from numpy's arrays to Arrow's columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def pick(values: Sequence[Any] | np.ndarray, codes: np.ndarray) -> pa.Array:
    """`values[codes]`; null where the code is negative."""
    codes = np.asarray(codes)
    return pa.array(values).take(pa.array(codes, mask=codes < 0))


def where(mask: np.ndarray, values: np.ndarray | pa.Array) -> pa.Array:
    """The values where `mask` holds and null elsewhere."""
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return pc.if_else(pa.array(np.asarray(mask)), array, pa.scalar(None, array.type))


def month_codes(days: np.ndarray) -> pa.Array:
    """2026-05 of each day."""
    months = days.astype("datetime64[M]")
    known, at = np.unique(months, return_inverse=True)
    return pick([str(m) for m in known] or [""], at)


def quarter_codes(days: np.ndarray) -> pa.Array:
    """2026-T2 of each day."""
    months = days.astype("datetime64[M]").astype(int)
    known, at = np.unique(months // 3, return_inverse=True)
    return pick([f"{1970 + q // 4}-T{q % 4 + 1}" for q in known] or [""], at)


def year_codes(days: np.ndarray) -> pa.Array:
    """2026 of each day."""
    known, at = np.unique(days.astype("datetime64[Y]"), return_inverse=True)
    return pick([str(y) for y in known] or [""], at)
