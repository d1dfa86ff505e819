"""From where to where the regions go, with how many share each end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet

Row = dict[Any, Any]


def span(rows: Sequence[Row], sheet: Sheet, lang: str) -> str:
    """«de 1 caso en 9 regiones a 11 casos en Áncash», and whether the intervals of both ends meet."""
    if not rows:
        return t("ninguna región tiene un valor publicado", lang)
    values = sorted(float(r["valor"]) for r in rows)
    low, high = ([r for r in rows if float(r["valor"]) == v] for v in (values[0], values[-1]))
    told = t("de {menor} en {ultima} a {mayor} en {primera}", lang).format(
        menor=sentences.value(low[0], sheet, lang), ultima=_who(low, lang), mayor=sentences.value(high[0], sheet, lang), primera=_who(high, lang)
    )
    if low[0]["superior"] is not None and high[0]["inferior"] is not None and low[0]["superior"] >= high[0]["inferior"] and values[0] < values[-1]:
        told += t("; sus intervalos se cruzan: no se afirma diferencia", lang)
    return told


def _who(rows: list[Row], lang: str) -> str:
    if len(rows) == 1:
        return formats.place(rows[0]["territorio"], lang)
    return formats.plural(len(rows), t("región", lang), t("regiones", lang), lang)
