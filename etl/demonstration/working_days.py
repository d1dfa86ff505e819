"""Business days by number, as in `ref_calendario`, for whole arrays at once."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from etl import references


class WorkingDays:
    """Positions of the business days since 2006."""

    def __init__(self, last_year: int) -> None:
        self.days = np.array([r["fecha"] for r in references.calendar_rows(last_year) if r["es_habil"]], "datetime64[D]")

    def number(self, days: np.ndarray | date) -> np.ndarray:
        """Position of each day, or of the next business day."""
        return np.searchsorted(self.days, np.asarray(days, "datetime64[D]"), side="left")

    def on(self, numbers: np.ndarray) -> np.ndarray:
        """The days at those positions."""
        return self.days[numbers]

    def nth_after(self, day: date, nth: int) -> date:
        """The nth business day after `day`."""
        after = int(np.searchsorted(self.days, np.datetime64(day), side="right"))
        found: date = self.days[after + nth - 1].item()
        return found


@lru_cache(maxsize=4)
def working_days(last_year: int) -> WorkingDays:
    """The calendar to the end of `last_year`, built once."""
    return WorkingDays(last_year)
