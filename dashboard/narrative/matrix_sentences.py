"""What each cell of the scorecard matrix says: asked for once by the page that shows it, when somebody begins to read cells."""

from __future__ import annotations

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.narrative.matrix import Board, Row, of_lima, without_country
from dashboard.narrative.parts import ordered_regions
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

PATH = "/api/v1/cuadro"


def told(snapshot: Snapshot, lang: str) -> dict[str, list[str]]:
    """Indicator -> its sentences in the order of the matrix's columns: the country, then the regions."""
    board = Board(snapshot, lang)
    places = [COUNTRY, *ordered_regions()]
    return {s.id: [_sentence(board.values[s.id], s, code, lang) for code in places] for s in snapshot.indicators() if s.id in board.values}


def _sentence(rows: dict[str, Row], sheet: Sheet, code: str, lang: str) -> str:
    row = rows.get(code)
    if row is None:
        why = without_country(lang) if code == COUNTRY else t("sin dato", lang)
        place, name = formats.place(code, lang), sheet.text("short_name", lang)
        return t("{lugar} · {nombre}: {razon}.", lang).format(lugar=place, nombre=name, razon=why)
    return sentences.cell(row, sheet, lang) + (of_lima(rows, sheet, code, lang) if row["estado"] == "no_desagregado" else "")
