"""Published values as rows for the API: filters checked, names beside codes, CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.answers import Problem
from dashboard.published import Sheet, Snapshot, Wanted
from warehouse.errors import SiegemError, suggest
from warehouse.periods import KINDS, parse
from warehouse.states import NOTICES
from warehouse.territories import all_territories, territory

#: columns of the CSV, in order
COLUMNS = [
    "indicador", "territorio", "nombre_territorio", "nivel", "tipo_periodo", "periodo", "desglose", "categoria", "numerador", "denominador", "valor",
    "inferior", "superior", "n", "estado", "unidad", "avisos", "cobertura", "datos_al", "periodo_comparado", "cambio", "cambio_inferior",
    "cambio_superior", "cambio_relativo", "cambio_estado", "fuente", "publicacion",
]  # fmt: skip
#: of them, what is said of a whole indicator or publication and not of the value
_SAID = ("nombre_territorio", "unidad", "fuente", "publicacion")
_STORED = [c for c in COLUMNS if c not in _SAID]
#: asks for the undivided values alone
UNDIVIDED = "ninguno"
#: a cell that begins so is run as a formula by spreadsheets
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: rows read at a time
_PIECE = 10_000


@dataclass(frozen=True)
class Asked:
    """A question for values, checked: what is wanted, and of which indicators, in the order they are told."""

    wanted: Wanted
    sheets: tuple[Sheet, ...]

    def counts(self, snap: Snapshot) -> dict[str, int]:
        """Indicator -> rows, in the order of the rows."""
        known = snap.pages().count_values(self.wanted)
        return {s.id: known[s.id] for s in self.sheets if s.id in known}


def territory_rows() -> list[dict[str, Any]]:
    return [
        {"codigo": p.codigo, "nombre": p.nombre, "nivel": p.nivel, "autoridad": p.autoridad, "piloto": p.piloto} for p in all_territories().values()
    ]


def indicator_rows(snap: Snapshot, only: str | None = None) -> list[dict[str, Any]]:
    sheets = [snap.sheet(only)] if only else snap.indicators()
    return [{"indicador": s.id, "sintetico": s.synthetic, "tablas": list(s.tablas), "ficha": s.ficha, "sql": s.sql} for s in sheets]


def asked_of(snap: Snapshot, query: dict[str, str]) -> Asked:
    """What a query wants. `indicador`, `territorio`, `periodo` and `tipo` take several, with commas. Raises Problem or SiegemError."""
    named = {snap.sheet(one).id for one in _listed(query.get("indicador"))}
    sheets = tuple(s for s in snap.indicators() if not named or s.id in named)
    places = _listed(query.get("territorio"))
    for code in places:
        _known_territory(code)
    split, category = query.get("desglose"), query.get("categoria")
    if split:
        _known_breakdown(split, sheets)
    kinds = _listed(query.get("tipo"))
    for kind in kinds:
        if kind not in KINDS:
            raise Problem(400, f"El tipo de periodo «{kind}» no existe.{suggest(kind, KINDS)}", f"Use uno de: {', '.join(KINDS)}.")
    since, until = _limits(query.get("desde"), query.get("hasta"))
    wanted = Wanted(
        indicators=tuple(s.id for s in sheets) if query.get("indicador") else (), places=tuple(c for c in places if len(c) != 4),
        provinces=tuple(c for c in places if len(c) == 4), kinds=kinds, periods=tuple(parse(p).code for p in _listed(query.get("periodo"))),
        since=since, until=until, breakdown="" if split == UNDIVIDED else split, category=category if category and split != UNDIVIDED else None,
    )  # fmt: skip
    return Asked(wanted, sheets)


def pieces(
    snap: Snapshot, asked: Asked, limit: int | None = None, offset: int = 0, counts: dict[str, int] | None = None
) -> Iterator[list[dict[str, Any]]]:
    """The rows that a question wants, some thousands at a time, from row `offset` on; each with its source and the territory's name."""
    left = limit
    by_name = {s.id: s for s in asked.sheets}
    for name, rows in (asked.counts(snap) if counts is None else counts).items():
        start, offset = min(offset, rows), max(0, offset - rows)
        while start < rows and left != 0:
            size = min(_PIECE, rows - start) if left is None else min(_PIECE, rows - start, left)
            yield _of_sheet(snap, by_name[name], asked.wanted, size, start)
            start += size
            left = None if left is None else left - size


def _of_sheet(snap: Snapshot, sheet: Sheet, wanted: Wanted, limit: int, offset: int) -> list[dict[str, Any]]:
    extra = {"unidad": sheet.unit(), "fuente": "; ".join(snap.publishers(sheet)), "publicacion": snap.number}
    found = snap.pages().values(_STORED, sheet.id, sheet.periods, replace(wanted, indicators=()), limit, offset)
    rows = ({**dict(zip(_STORED, map(plain_value, values), strict=True)), **extra} for values in found)
    return [{c: row[c] if c != "nombre_territorio" else formats.place(row["territorio"]) for c in COLUMNS} for row in rows]


def value_rows(snap: Snapshot, query: dict[str, str]) -> list[dict[str, Any]]:
    """Every value that matches the query. Raises Problem or SiegemError naming what is wrong."""
    return [row for piece in pieces(snap, asked_of(snap, query)) for row in piece]


def _listed(text: str | None) -> tuple[str, ...]:
    """«13, 18» as two; nothing twice."""
    return tuple(dict.fromkeys(part for one in (text or "").split(",") if (part := one.strip())))


def _known_territory(code: str) -> None:
    if len(code) in (4, 6) and code.isascii() and code.isdigit():
        return  # a province or district
    try:
        territory(code)
    except SiegemError as error:
        raise Problem(404, error.what, error.cure) from error


def _known_breakdown(name: str, sheets: tuple[Sheet, ...]) -> None:
    known = list(dict.fromkeys([UNDIVIDED, *(str(b["name"]) for sheet in sheets for b in sheet.breakdowns)]))
    if name not in known:
        where = f" en «{sheets[0].id}»" if len(sheets) == 1 else ""
        raise Problem(400, f"El desglose «{name}» no existe{where}.{suggest(name, known)}", f"Use uno de: {', '.join(known)}.")


def _limits(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """The first and the last day; `desde=2025` begins in January, `hasta=2025` ends in December."""
    low, high = parse(since).start if since else None, parse(until).end if until else None
    if low and high and low > high:
        raise Problem(400, f"«desde» ({since}) es posterior a «hasta» ({until}).", "Intercambie los dos valores.")
    return low, high


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as Python values: no NaN, dates as ISO texts, numbers as numbers."""
    rows = frame.astype(object).to_dict("records")
    return [{str(k): plain_value(v) for k, v in row.items()} for row in rows]


def plain_value(value: Any) -> Any:
    """None for what is missing, days and instants as ISO texts, whole numbers without decimals."""
    if isinstance(value, list):
        return value
    if formats.is_missing(value) or value is pd.NaT:
        return None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    """UTF-8 with its mark, so that Excel reads the accents; texts that a spreadsheet would run carry an apostrophe."""
    return b"".join(csv_pieces([rows]))


def csv_pieces(pieces: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    """The same as it is made: the heading, then some thousands of lines at a time."""
    yield b"\xef\xbb\xbf" + _lines([COLUMNS])
    for rows in pieces:
        yield _lines([_cell(row[c]) for c in COLUMNS] for row in rows)


def _lines(cells: Iterable[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(cells)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        # words, not slugs: the label of synthetic data must be readable in a spreadsheet too
        value = "; ".join(NOTICES[v][0] if v in NOTICES else str(v) for v in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
