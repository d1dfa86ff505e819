"""The table under a figure of a theme page: one row for each category or period, with interval, cases and state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dashboard import components, formats
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet

Row = dict[Any, Any]


def values_table(id: str, rows: Iterable[Row], sheet: Sheet, first: str, name: Callable[[Row], str], lang: str) -> Any:
    """`first` heads the names. A column nobody fills is left out."""
    columns = [
        Column(first),
        Column(f"{t('Valor', lang)} ({sheet.unit(lang)})", numeric=True),
        Column(t("Intervalo de 95 %", lang), numeric=True),
        Column(t("Casos", lang), numeric=True),
        Column(t("Estado", lang)),
    ]
    cells = [_cells(r, sheet, name(r), lang) for r in rows]
    used = [i for i in range(len(columns)) if i in (0, 1, 4) or any(row[i].key is not None for row in cells)]
    return components.data_table(
        id, [columns[i] for i in used], [[row[i] for i in used] for row in cells], sheet.text("short_name", lang), lang=lang, dense=True
    )


def _cells(row: Row, sheet: Sheet, name: str, lang: str) -> list[Cell]:
    if not sentences.is_published(row):
        why = sentences.reason(row, lang)
        return [Cell(name, name), Cell("", None), Cell("", None), Cell("", None), Cell(why, why)]
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang)
    cases = sentences.parts(row, sheet, lang)
    state = "; ".join(formats.notice(a, lang) for a in (row["avisos"] or []) if a != "sintetico") or t("Publicado", lang)
    return [
        Cell(name, name),
        Cell(formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang), row["valor"]),
        Cell(limits or formats.DASH, row["inferior"] if limits else None),
        Cell(cases or formats.DASH, (row["n"] or row["denominador"]) if cases else None),
        Cell(state, state),
    ]
