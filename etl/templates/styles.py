"""How a template looks: formats by name, made once for a workbook."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from warehouse.contracts import Column

_INK, _GREY, _LINE, _COPPER, _TINT, _PALE = "#1B2330", "#5D6773", "#D9D6CE", "#A0551A", "#F6EADF", "#EEECE6"
_CELL: dict[str, Any] = {"valign": "top", "text_wrap": True, "font_color": _INK, "border": 1, "border_color": _LINE}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": _INK, "valign": "vcenter"},
    "subtitle": {"font_size": 12, "font_color": _COPPER, "bold": True, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 13, "font_color": _COPPER, "valign": "bottom", "bottom": 2, "bottom_color": _COPPER},
    "text": {"text_wrap": True, "valign": "top", "font_color": _INK},
    "label": {"bold": True, "valign": "top", "font_color": _GREY},
    "heading": {**_CELL, "bold": True, "bg_color": _INK, "font_color": "#FFFFFF", "border_color": _INK, "valign": "vcenter"},
    "cell": _CELL,
    "code": {**_CELL, "num_format": "@"},
    "name": {**_CELL, "bold": True},
    "yes": {**_CELL, "bold": True, "bg_color": _TINT, "align": "center"},
    "no": {**_CELL, "font_color": _GREY, "align": "center"},
    # weight, slant and fill together: told apart in grey and on paper too
    "required": {
        "bold": True,
        "bg_color": _INK,
        "font_color": "#FFFFFF",
        "border": 1,
        "border_color": "#FFFFFF",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "optional": {"italic": True, "bg_color": _PALE, "font_color": _INK, "border": 1, "border_color": _LINE, "valign": "vcenter", "text_wrap": True},
    "missing": {"pattern": 14, "bg_color": "#FFFFFF", "fg_color": _COPPER},
    "repeated": {"bold": True, "font_color": "#C8401E"},
}


class Styles:
    """The formats of one workbook, by name."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    def __getitem__(self, name: str) -> Format:
        if name not in self._made:
            self._made[name] = self._book.add_format(_LOOKS[name])
        return self._made[name]

    def column(self, column: Column) -> Format:
        """How the cells of a data column keep and show what is typed: codes as text, so that no zero is lost."""
        code = _number_format(column)
        if code not in self._made:
            self._made[code] = self._book.add_format({"num_format": code, "valign": "top"})
        return self._made[code]


def _number_format(column: Column) -> str:
    if column.type == "date":
        return "yyyy-mm-dd"
    if column.type == "integer":
        return "0"
    if column.type == "number":
        return "#,##0.00" if column.unit == "S/" or column.name.endswith("_soles") else "General"
    return "@"
