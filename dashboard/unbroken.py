"""Intervals and dates stay on one line: «12.3–15.6», «30-09-2026», and in titles «jul.–set.». A browser may break them after their dash.

Said where texts become HTML, once for every page: the sentences keep their text, and what is copied or read aloud has no hidden character.
"""

from __future__ import annotations

import re
from typing import Any

from dash import html

from dashboard.formats import DASH, NBSP

_NUMBER, _MONTH = rf"\d(?:[\d.,{NBSP}]*\d)?", r"[^\W\d_]+\.?"
_EITHER = rf"{_NUMBER}{DASH}{_NUMBER}|(?<!\d)\d\d-\d\d-\d{{4}}(?!\d)"
FIGURES, _IN_TITLE = re.compile(f"({_EITHER})"), re.compile(f"({_EITHER}|{_MONTH}{DASH}{_MONTH})")
_CLASS = "sin-corte"
#: classes whose text never breaks, and elements that hold text alone
_NEVER, _TEXT_ALONE = {_CLASS, "num"}, {"Option", "Textarea", "Title", "Script", "Style"}
_TITLES = {"H1", "H2", "H3", "H4"}


def pieces(tag: str, look: str, children: Any) -> Any:
    """The children of an element of class `look`, what must not break in elements of its own; the same object where nothing must not."""
    whole = _IN_TITLE if tag in _TITLES else FIGURES
    told = [children] if isinstance(children, str) else children
    if not isinstance(told, (list, tuple)) or not any(isinstance(c, str) and whole.search(c) for c in told) or not _may(tag, look):
        return children
    return [piece for c in told for piece in (_cut(c, whole) if isinstance(c, str) else [c])]


def _may(tag: str, look: str) -> bool:
    """Elements of drawings have small letters: nothing of HTML may stand in them."""
    return tag[0].isupper() and tag not in _TEXT_ALONE and not _NEVER.intersection(look.split())


def _cut(told: str, whole: re.Pattern[str]) -> list[Any]:
    return [html.Span(x, className=_CLASS) if i % 2 else x for i, x in enumerate(whole.split(told)) if x]
