"""Whether the totals that a production sheet prints are the sum of what stands above or beside them (global check G-14, at the source)."""

from __future__ import annotations

from collections.abc import Iterator

from etl.sources.minem_layout import Record, Sheet


def disagreements(sheet: Sheet) -> Iterator[str]:
    """A sentence for each row whose TOTAL is not the sum of its months, and each subtotal that is not the sum of its rows."""
    since, all_so_far, rows, half = 0.0, 0.0, 0, 0.0
    for row in sheet.rows:
        if isinstance(row, Record):
            months = sum(row.meses.values())
            unit = 0.5 * 10.0**-row.decimals
            if row.total is not None and abs(row.total - months) > _tolerance(unit, len(row.meses) + 1, row.total):
                yield f"Hoja «{sheet.name}», fila {row.fila}: TOTAL dice {_said(row.total)} y los meses suman {_said(months)}."
            since, all_so_far, rows, half = since + months, all_so_far + months, rows + 1, max(half, unit)
            continue
        tolerance = _tolerance(half or 0.5, 13 * max(rows, 1), row.total)
        if min(abs(row.total - since), abs(row.total - all_so_far)) > tolerance:
            sums = f"{_said(since)} ({_said(all_so_far)} en toda la hoja)"
            yield f"Hoja «{sheet.name}», fila {row.fila}: el total dice {_said(row.total)} y las filas suman {sums}."
        since = 0.0


def _tolerance(half_unit: float, terms: int, total: float) -> float:
    """Each printed figure is off by at most half of its last digit."""
    return half_unit * terms + 1e-9 * abs(total)


def _said(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")
