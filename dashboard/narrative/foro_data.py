"""What a slide of the forum draws, told without drawing it: the browser makes HTML of it, `dashboard/slides/` native charts and shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.published import Sheet

Row = dict[Any, Any]
Pair = tuple[Any, Sheet]


@dataclass(frozen=True)
class OfIndicator:
    """A slide of one indicator. `across`: all territories at its period; `row`: the value it speaks of, None where there is no row."""

    sheet: Sheet
    across: pd.DataFrame
    row: Row | None


@dataclass(frozen=True)
class Regions(OfIndicator):
    """Every region at one period, as bars or as a map; `selected` is in copper."""

    selected: str = ""


@dataclass(frozen=True)
class Categories(OfIndicator):
    """The categories of one territory, largest first."""

    rows: Sequence[Row] = ()
    region: str = ""


@dataclass(frozen=True)
class Series(OfIndicator):
    """A territory through time, the country behind it; `frame` holds both. Empty where there is no series to draw."""

    frame: pd.DataFrame | None = None
    place: str = ""


@dataclass(frozen=True)
class Changes:
    """Firm changes for worse and for better, largest first."""

    worse: Sequence[Pair]
    better: Sequence[Pair]
    region: str = ""


@dataclass(frozen=True)
class Absences:
    """Values that are not there, one for each region and indicator; `total` of all looked at."""

    rows: Sequence[Pair]
    total: int
    region: str = ""
