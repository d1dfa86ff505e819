"""Ticks and scales: round values, few of them, written as people write them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from dashboard import formats
from dashboard.formats import NBSP
from dashboard.language import t
from dashboard.published import Sheet


def ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Round values from `low` to `high`, both ends covered below and not above, at most `most` + 1."""
    span = max(high - low, 1e-12)
    raw = span / most
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw * 0.999)
    first = math.floor(low / step + 1e-9) * step
    return [round(first + i * step, 10) for i in range(int((high - first) / step + 1e-9) + 1)]


def scale(highest: float, lang: str = "es") -> tuple[float, str]:
    """Divisor and word that bring figures of this size to a few digits: (1000, «miles»), (1, "") for small ones."""
    if highest >= 1e6:
        return 1e6, t("millones", lang)
    return (1e3, t("miles", lang)) if highest >= 1e4 else (1.0, "")


def tick_labels(values: Iterable[float], sheet: Sheet, lang: str = "es") -> list[str]:
    """Tick texts. The sign of a percentage stands on each; thousands and millions are said in words at the last."""
    places = list(values)
    top = max((abs(v) for v in places), default=0.0)
    percent = formats.is_percentage(sheet.unit(lang))
    divisor, _ = (1.0, "") if percent else scale(top, lang)
    short = {1e6: t("mill.", lang), 1e3: t("mil", lang)}.get(divisor, "")
    digits = max((_digits(v / divisor) for v in places), default=0)
    told = [formats.number(v / divisor, digits, lang) for v in places]
    if percent:
        return [f"{x}{'' if lang == 'en' else NBSP}%" for x in told]
    return [f"{x}{NBSP}{short}" if short and v else x for x, v in zip(told, places, strict=True)]


def _digits(value: float) -> int:
    return next((d for d in (0, 1, 2) if abs(round(value, d) - value) < 1e-9), 3)


def axis_ticks(low: float, high: float, sheet: Sheet, lang: str = "es", most: int = 4) -> dict[str, Any]:
    """The same as axis options. What is counted one by one has no halves."""
    values = ticks(low, high, most)
    if sheet.ficha["form"] == "count" and formats.is_counted(sheet.unit()):
        step = max(1, math.ceil((high - low) / most))
        whole = [v for v in values if float(v).is_integer()]
        values = whole if len(whole) > 1 else [float(v) for v in range(math.floor(low), math.floor(high) + 1, step)]
    return {"tickvals": values, "ticktext": tick_labels(values, sheet, lang)}
