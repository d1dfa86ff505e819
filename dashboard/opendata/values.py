"""The values of a publication, indicator by indicator, as columns of plain Python values: what every format is written from.

Nothing that is not public passes: a row that the public view would not give stops the whole writing (`dashboard/opendata` is fed with a
public store; the internal one is refused).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dashboard import formats
from dashboard.narrative.sentences import category_name
from dashboard.opendata.columns import VALUES, Column
from dashboard.opendata.observation import conf_status, obs_status
from dashboard.published import Sheet, Snapshot
from warehouse.errors import SiegemError
from warehouse.states import ABSENT, NOTICES, PUBLISHED, SHOWN

#: column -> its values in the order of rows; None where there is none
Columns = dict[str, list[Any]]
_ABSENT = ("numerador", "denominador", "valor", "inferior", "superior", "n", "cambio", "frase")


def batches(snap: Snapshot) -> Iterator[tuple[Sheet, Columns]]:
    """Every indicator with all its rows: the largest of them is all that is ever in memory. Raises SiegemError on a row that is not public."""
    for sheet in snap.indicators():
        yield sheet, of_indicator(snap, sheet)


def of_indicator(snap: Snapshot, sheet: Sheet) -> Columns:
    """The rows of one indicator, with the columns of `VALUES`."""
    frame = snap.values(sheet.id)
    _only_public(sheet, frame)
    rows = len(frame)
    notices: list[list[str]] = frame["avisos"].tolist()
    states: list[str] = frame["estado"].tolist()
    survey = bool((sheet.ficha.get("design") or {}).get("stratum"))
    names = {c: category_name(sheet, c) if c else None for c in frame["categoria"].unique()}
    places = {c: formats.place(c) for c in frame["territorio"].unique()}
    made: Columns = {
        "nombre_territorio": [places[c] for c in frame["territorio"]], "nombre_categoria": [names[c] for c in frame["categoria"]],
        "unidad": [sheet.unit()] * rows, "fuente": ["; ".join(snap.publishers(sheet)) or None] * rows, "publicacion": [snap.number] * rows,
        "OBS_STATUS": [obs_status(s, a, survey=survey) for s, a in zip(states, notices, strict=True)],
        "CONF_STATUS": [conf_status(s) for s in states],
        "avisos": ["; ".join(NOTICES[n][0] if n in NOTICES else n for n in a) or None for a in notices],
        "sintetico": ["sintetico" in a for a in notices],
    }  # fmt: skip
    return {c.name: made[c.name] if c.name in made else plain(frame[c.name], c) for c in VALUES}


def _only_public(sheet: Sheet, frame: pd.DataFrame) -> None:
    away = frame["estado"] != PUBLISHED
    told = frame.loc[away, list(_ABSENT)].notna().any(axis=None)
    if not frame["supresion"].isin([SHOWN, ABSENT]).all() or told or "publico" not in sheet.ficha.get("audience", []):
        raise SiegemError(
            f"«{sheet.id}» trae filas que no son para el público.", stands="No se escribió ningún archivo de datos abiertos.",
            cure="Los datos abiertos salen del almacén público: páselo con public_store.open_public(settings).",
        )  # fmt: skip


def plain(series: pd.Series, column: Column) -> list[Any]:
    """A column as Python values of its kind, None where there is none. Texts that are empty are none."""
    if column.kind == "number":
        numbers = pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan)
        return [None if v != v else v for v in numbers.tolist()]
    if column.kind == "integer":
        return [None if v != v else int(v) for v in pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan).tolist()]
    values = series.astype(object).where(series.notna(), None).tolist()
    if column.kind == "date":
        return [None if v is None else v.date() if hasattr(v, "date") else v for v in values]
    if column.kind == "boolean":
        return [None if v is None else bool(v) for v in values]
    return [str(v) if v not in (None, "") else None for v in values]


def columns_of(rows: list[dict[str, Any]], columns: list[Column]) -> Columns:
    """Rows as columns, in the order declared."""
    return {c.name: [row.get(c.name) if row.get(c.name) != "" else None for row in rows] for c in columns}
