"""Counts of rows of deliveries in words: where some are not told (the public site, registers of persons), the total is at least what is known."""

from __future__ import annotations

import pandas as pd

from dashboard import formats
from dashboard.language import t


def total(rows: pd.DataFrame, column: str, lang: str) -> str:
    """«412», «al menos 412» where other deliveries of these do not tell theirs, «no se publica» where none does."""
    known = rows[column].dropna()
    if known.empty and len(rows):
        return t("no se publica", lang)
    told = formats.number(int(known.sum()), 0, lang)
    return told if len(known) == len(rows) else t("al menos {n}", lang).format(n=told)
