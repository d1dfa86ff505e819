"""What a figure is asked for, and the rows that answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY, PILOTS

#: levels that stand beside each other in a comparison; country and pilots are sums of them
PEERS = ("region", "departamento", "otro")


@dataclass(frozen=True)
class Params:
    """The state of a page that a figure depends on; empty fields mean the indicator's own defaults."""

    indicador: str
    territorio: str = ""
    periodo: str = ""
    tipo: str = ""
    categoria: str = ""
    lang: str = "es"


Drawing = Callable[[Snapshot, Params], go.Figure]


def kind(sheet: Sheet, params: Params) -> str:
    """The period kind asked for, the main one where it is not one of the indicator's."""
    return params.tipo if params.tipo in sheet.periods else sheet.main_period


def period(snapshot: Snapshot, sheet: Sheet, params: Params) -> str:
    """The period asked for, the newest whole one where it has no rows."""
    wanted = kind(sheet, params)
    if params.periodo and params.periodo in snapshot.periods(sheet.id, wanted):
        return params.periodo
    return newest(snapshot, sheet, wanted)


def newest(snapshot: Snapshot, sheet: Sheet, wanted: str = "") -> str:
    """The newest whole period of a kind; of the main kind where none is said."""
    return snapshot.last_period(sheet.id, wanted or sheet.main_period)


def across(snapshot: Snapshot, sheet: Sheet, params: Params) -> pd.DataFrame:
    """Every territory at the period and category asked for."""
    return snapshot.values(sheet.id, kind=kind(sheet, params), period=period(snapshot, sheet, params), category=params.categoria)


def is_comparable_with_country(sheet: Sheet) -> bool:
    """A rate, a quantile or a ratio of the country is on the regions' scale; a country's count is their sum and is not."""
    return bool(sheet.ficha["form"] != "count")


def home(frame: pd.DataFrame, wanted: str = "") -> str:
    """The territory to speak of: the one asked for if it has rows, else the country, else the pilots, else the first with data."""
    present = frame.loc[frame["estado"] == "publicado", "territorio"]
    if wanted and wanted in set(frame["territorio"]):
        return wanted
    for code in (COUNTRY, PILOTS):
        if code in set(present):
            return code
    return str(present.iloc[0]) if len(present) else wanted or COUNTRY


def records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as dictionaries with None where there is nothing: pandas' NaN counts as true."""
    columns = [[None if not isinstance(v, list) and v != v else v for v in frame[c].tolist()] for c in frame.columns]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]
