"""What has no value, together by its reason: whole as the page tells it, or with the first names alone where there is no room for more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet
from dashboard.reports.words import Run


def told(pairs: Sequence[tuple[Any, Sheet]], lang: str, most: int = 0) -> list[list[Run]]:
    """A line for each reason, what MINEM exercises first: the names in bold, why. `most`: names of each line; 0 = all."""
    missing = [(r, s) for r, s in pairs if not sentences.is_published(r)]
    missing.sort(key=lambda p: p[0]["estado"] != "competencia_minem")
    groups: dict[str, list[str]] = {}
    for row, sheet in missing:
        groups.setdefault(sentences.absence(row, sheet, lang), []).append(sheet.text("short_name", lang))
    return [[[f"{_listed(names, most, lang)}: ", True], [f"{why}.", False]] for why, names in groups.items()]


def _listed(names: list[str], most: int, lang: str) -> str:
    if not most or len(names) <= most:
        return formats.listing(names, lang)
    return f"{', '.join(names[:most])} {t('y {n} más', lang).format(n=len(names) - most)}"


def halves(items: list[list[Run]]) -> list[list[list[Run]]]:
    """The lines in two columns of about the same height, in their order."""
    sizes = [sum(len(text) for text, _ in one) + 30 for one in items]
    cut = min(range(len(items) + 1), key=lambda i: abs(2 * sum(sizes[:i]) - sum(sizes)))
    return [items[:cut], items[cut:]] if items else []
