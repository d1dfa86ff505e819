"""Rows of values as a document may show them: what is not for the public is withheld on paper too, also inside the ministry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.figures.request import records
from dashboard.formats import is_missing
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.states import ABSENT, DETAIL, SHOWN
from warehouse.territories import COUNTRY

Row = dict[Any, Any]
#: the state of a cell that would tell of persons; such a row has no figure
WITHHELD = "no_publicable"
#: marks of the disclosure control that let a value be shown: none, an absence, a breakdown that only the ministry sees
_SHOWN = (SHOWN, ABSENT, DETAIL)
_FIGURES = (
    "numerador", "denominador", "valor", "inferior", "superior", "n", "cobertura", "periodo_comparado", "cambio", "cambio_inferior",
    "cambio_superior", "cambio_relativo", "cambio_estado", "meta", "meta_estado", "avance_meta", "frente_al_pais", "senal", "variacion",
    "aseguramiento", "tendencia", "frase",
)  # fmt: skip
_COMPARED = ("periodo_comparado", "cambio", "cambio_inferior", "cambio_superior", "cambio_relativo", "cambio_estado")


def is_hidden(row: Mapping[Any, Any]) -> bool:
    """Whether the disclosure control keeps this row from the public."""
    mark = row.get("supresion")
    return not is_missing(mark) and mark not in _SHOWN


def shown(row: Row) -> Row:
    """The row, without figures where it is hidden: a sheet of paper leaves the building."""
    if not is_hidden(row):
        return row
    return {**row, **dict.fromkeys(_FIGURES), "estado": WITHHELD, "avisos": [], "supresion": ""}


class Newest:
    """The newest undivided rows of a publication as they may be shown: indicator -> territory -> row. Read once for all its regions."""

    _last: Newest | None = None

    def __init__(self, snap: Snapshot) -> None:
        self.snap = snap
        self.rows: dict[str, dict[str, Row]] = {}
        for row in records(snap.matrix()):
            self.rows.setdefault(row["indicador"], {})[row["territorio"]] = shown(row)

    @classmethod
    def of(cls, snap: Snapshot) -> Newest:
        """The rows of a snapshot; those of the last one asked for are kept."""
        kept = cls._last
        if kept is None or kept.snap is not snap:
            cls._last = kept = cls(snap)
        return kept

    def of_region(self, code: str) -> list[tuple[Row, Sheet]]:
        """The region's row of each indicator that has one."""
        found = [(self.rows[s.id][code], s) for s in self.snap.indicators() if code in self.rows.get(s.id, {})]
        return [(told(self.snap, sheet, row), sheet) for row, sheet in found]

    def countries(self) -> dict[str, Row]:
        """Indicator -> the country's row."""
        return {i: own[COUNTRY] for i, own in self.rows.items() if COUNTRY in own}


def told(snap: Snapshot, sheet: Sheet, row: Row) -> Row:
    """A row as it may be shown: without its change where the earlier value is hidden, as both would tell it."""
    row = shown(row)
    before = row.get("periodo_comparado")
    if not sheet.ficha.get("persons") or is_missing(before) or not sentences.is_published(row):
        return row
    earlier = at(snap, sheet, row["territorio"], row["tipo_periodo"], str(before), row.get("categoria") or "")
    return {**row, **dict.fromkeys(_COMPARED)} if earlier is not None and earlier["estado"] == WITHHELD else row


def series(snap: Snapshot, code: str) -> list[Row]:
    """Every undivided value of a region as it may be shown, in the order of indicators; no change tells a hidden earlier value."""
    every = [r for frame in snap.values_together(territory=code, category="").values() for r in records(frame)]
    hidden = {(r["indicador"], r["tipo_periodo"], r["periodo"]) for r in every if is_hidden(r) or r["estado"] == WITHHELD}
    bare = dict.fromkeys(_COMPARED)
    return [shown(r) | (bare if (r["indicador"], r["tipo_periodo"], r["periodo_comparado"]) in hidden else {}) for r in every]


def at(snap: Snapshot, sheet: Sheet, code: str, kind: str, period: str, category: str = "") -> Row | None:
    """One value of an indicator as it may be shown, None where there is no such row."""
    found = records(snap.values(sheet.id, kind=kind, territory=code, period=period, category=category))
    return shown(found[0]) if found else None


def is_internal(sheets: Sequence[Sheet]) -> bool:
    """Whether any of these indicators is not for the public: then the document is for use inside."""
    return any("publico" not in s.ficha["audience"] for s in sheets)
