"""How numbers are written by a chart: formats of cells, with the unit and the mark of a change."""

from __future__ import annotations

from typing import Any

from dashboard import formats
from dashboard.figures.scales import scale
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet
from dashboard.slides import look

Row = dict[Any, Any]


def code(sheet: Sheet, top: float, lang: str, mark: str = "") -> str:
    """«#,##0.0" %"», «#,##0.0,," mill."»: the number stays whole in the workbook, the chart writes it short."""
    decimals = "." + "0" * sheet.decimals if sheet.decimals else ""
    after = f" {mark}" if mark else ""
    if formats.is_percentage(sheet.unit()):
        return f'#,##0{decimals}"{"" if lang == "en" else formats.NBSP}%{after}"'
    divisor, _ = scale(top, lang)
    short = {1e6: (",,", t("mill.", lang)), 1e3: (",", t("mil", lang))}.get(divisor)
    if short:
        return f'#,##0.0{short[0]}"{formats.NBSP}{short[1]}{after}"'
    return f'#,##0{decimals}"{after}"' if after else f"#,##0{decimals}"


def written(value: float, sheet: Sheet, top: float, lang: str, mark: str = "") -> str:
    """What `code` makes of a number, to measure its room."""
    after = f" {mark}" if mark else ""
    if formats.is_percentage(sheet.unit()):
        return f"{formats.number(value, sheet.decimals, lang)}{formats.NBSP}%{after}"
    divisor, _ = scale(top, lang)
    if divisor > 1:
        return f"{formats.number(value / divisor, 1, lang)}{formats.NBSP}{'mill.' if divisor == 1e6 else 'mil'}{after}"
    return f"{formats.number(value, sheet.decimals, lang)}{after}"


def mark(row: Row) -> tuple[str, str]:
    """The mark of a firm change with its colour; nothing where the publication does not call it one."""
    return look.MARKS[row["cambio_estado"]] if sentences.is_conclusive(row) else ("", look.INK)


def top_of(rows: Any) -> float:
    """The highest value or limit."""
    known = [float(r[k]) for r in rows for k in ("valor", "superior") if not formats.is_missing(r[k])]
    return max([abs(v) for v in known], default=0.0) or 1.0


def low_of(rows: Any) -> float:
    """Where the scale begins: at zero, unless there are values below."""
    known = [float(r[k]) for r in rows for k in ("valor", "inferior") if not formats.is_missing(r[k])]
    return min(0.0, *known) if known else 0.0
