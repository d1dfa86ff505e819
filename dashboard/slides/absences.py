"""Who has no value, by name and reason: beside charts, on the map's legend, and on the slide of what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pptx.enum.dml import MSO_PATTERN

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.slides.page import Run
from warehouse.states import STATES

Row = dict[Any, Any]

#: the hatch of each absence; those with nothing to count are bare
PATTERNS = {
    "no_reportado": MSO_PATTERN.WIDE_UPWARD_DIAGONAL, "n_insuficiente": MSO_PATTERN.PERCENT_10, "no_publicable": MSO_PATTERN.OUTLINED_DIAMOND,
    "competencia_minem": MSO_PATTERN.HORIZONTAL, "regla_no_superada": MSO_PATTERN.DASHED_DOWNWARD_DIAGONAL,
    "no_desagregado": MSO_PATTERN.VERTICAL, "no_alcanzado": MSO_PATTERN.CROSS, "impreciso": MSO_PATTERN.WAVE,
}  # fmt: skip


def reason(state: str, lang: str) -> str:
    """«No reportado», «n insuficiente»."""
    told = sentences.reason({"estado": state, "n": None}, lang)
    return told if told.startswith("n ") else f"{told[:1].upper()}{told[1:]}"


def grouped(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Rows without a value by reason, in the order of legends."""
    absent = [r for r in rows if not sentences.is_published(r)]
    return [(s, [r for r in absent if r["estado"] == s]) for s in STATES if any(r["estado"] == s for r in absent)]


def paragraphs(rows: Iterable[Row], lang: str) -> list[Sequence[Run]]:
    """Every region without a value by name, after its reason; nothing where all have one."""
    told = [Run(t("Sin dato, que no es cero.", lang), bold=True)]
    for state, same in grouped(rows):
        names = formats.listing(sorted(formats.place(r["territorio"], lang) for r in same), lang)
        told += [Run(f" {reason(state, lang)}: ", bold=True), Run(f"{names}.")]
    return [told] if len(told) > 1 else []
