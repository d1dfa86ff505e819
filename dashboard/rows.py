"""Published values as rows for the API: filters checked, names beside codes, CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.answers import Problem
from dashboard.published import Sheet, Snapshot
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
#: asks for the undivided values alone
UNDIVIDED = "ninguno"
#: a cell that begins so is run as a formula by spreadsheets
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def territory_rows() -> list[dict[str, Any]]:
    return [
        {"codigo": p.codigo, "nombre": p.nombre, "nivel": p.nivel, "autoridad": p.autoridad, "piloto": p.piloto} for p in all_territories().values()
    ]


def indicator_rows(snap: Snapshot, only: str | None = None) -> list[dict[str, Any]]:
    sheets = [snap.sheet(only)] if only else snap.indicators()
    return [{"indicador": s.id, "sintetico": s.synthetic, "tablas": list(s.tablas), "ficha": s.ficha, "sql": s.sql} for s in sheets]


def value_rows(snap: Snapshot, query: dict[str, str]) -> list[dict[str, Any]]:
    """Values that match the query, each with its source and the territory's name. Raises Problem or SiegemError naming what is wrong."""
    sheets = [snap.sheet(query["indicador"])] if query.get("indicador") else snap.indicators()
    places = [code.strip() for code in query["territorio"].split(",")] if query.get("territorio") else None
    for code in places or []:
        _known_territory(code)
    split, category = query.get("desglose"), query.get("categoria")
    if split and query.get("indicador"):
        _known_breakdown(split, sheets[0])
    kind = query.get("tipo")
    if kind and kind not in KINDS:
        raise Problem(400, f"El tipo de periodo «{kind}» no existe.{suggest(kind, KINDS)}", f"Use uno de: {', '.join(KINDS)}.")
    found: list[dict[str, Any]] = []
    wanted = "" if split == UNDIVIDED else category
    own = {"territory": places, "period": _code(query.get("periodo")), "category": wanted}
    together = snap.values_together(kind=kind, **own) if len(sheets) > 1 else {}
    for sheet in sheets:
        frame = together[sheet.id] if together else snap.values(sheet.id, kind=kind, **own)
        frame = frame[frame["desglose"] == split] if split and split != UNDIVIDED else frame
        frame = _between(frame, query.get("desde"), query.get("hasta"))
        extra = {"unidad": sheet.unit(), "fuente": "; ".join(snap.publishers(sheet)), "publicacion": snap.number}
        found += [{**row, "nombre_territorio": formats.place(row["territorio"]), **extra} for row in plain(frame)]
    return [{c: row[c] for c in COLUMNS} for row in found]


def _known_territory(code: str) -> None:
    if len(code) in (4, 6) and code.isdigit():
        return  # a province or district
    try:
        territory(code)
    except SiegemError as error:
        raise Problem(404, error.what, error.cure) from error


def _known_breakdown(name: str, sheet: Sheet) -> None:
    known = [UNDIVIDED, *(str(b["name"]) for b in sheet.breakdowns)]
    if name not in known:
        raise Problem(400, f"El desglose «{name}» no existe en «{sheet.id}».{suggest(name, known)}", f"Use uno de: {', '.join(known)}.")


def _code(period: str | None) -> str | None:
    return None if period is None else parse(period).code


def _between(frame: pd.DataFrame, since: str | None, until: str | None) -> pd.DataFrame:
    """Rows whose period lies within both, ends included; `desde=2025` begins in January, `hasta=2025` ends in December."""
    if frame.empty or not (since or until):
        return frame
    low = parse(since).start if since else date.min
    high = parse(until).end if until else date.max
    if low > high:
        raise Problem(400, f"«desde» ({since}) es posterior a «hasta» ({until}).", "Intercambie los dos valores.")
    inside = {code: low <= parse(code).start and parse(code).end <= high for code in frame["periodo"].unique()}
    return frame.loc[frame["periodo"].map(inside).astype(bool)]


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as Python values: no NaN, dates as ISO texts, numbers as numbers."""
    rows = frame.astype(object).to_dict("records")
    return [{str(k): _scalar(v) for k, v in row.items()} for row in rows]


def _scalar(value: Any) -> Any:
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
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[c]) for c in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        # words, not slugs: the label of synthetic data must be readable in a spreadsheet too
        value = "; ".join(NOTICES[v][0] if v in NOTICES else str(v) for v in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
