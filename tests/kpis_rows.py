"""Facts and definitions made up for tests, over rows in memory: the smallest ones that show one thing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from kpis.compile import Plan, plans
from kpis.facts import Fact
from warehouse.indicators import Indicator

COLUMNS = {
    "territorio": "VARCHAR",
    "fecha": "DATE",
    "periodo": "VARCHAR",
    "clase": "VARCHAR",
    "x": "BIGINT",
    "y": "BIGINT",
    "dias": "BIGINT",
    "ok": "BOOLEAN",
    "propio": "BOOLEAN",
    "dudoso": "BOOLEAN",
    "monto": "DOUBLE",
}
ARROW = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "HUGEINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32(), "BOOLEAN": pa.bool_()}


def fact(name: str = "hecho", columns: dict[str, str] | None = None) -> Fact:
    """A fact whose rows are handed in: its own SQL is never run."""
    return Fact(name, "SELECT 1", Path(f"kpis/facts/{name}.sql"), columns or COLUMNS, (), {}, {})


def both(text: str) -> dict[str, str]:
    return {"es": text, "en": text}


def definition(id: str = "prueba", **more: Any) -> Indicator:
    """A ratio of rows that are `ok`, monthly to yearly, at region, pilot group and country; `more` replaces keys."""
    content: dict[str, Any] = {
        "id": id,
        "name": both("N"),
        "short_name": both("N"),
        "area": "PRO",
        "question": both("¿?"),
        "why_it_matters": both("W"),
        "fact": "hecho",
        "form": "ratio",
        "numerator": {"expr": "count(*) FILTER (WHERE ok)", "text": both("n")},
        "denominator": {"expr": "count(*)", "text": both("d")},
        "scale": 100,
        "unit": both("%"),
        "clock": {"kind": "flow", "column": "fecha"},
        "periods": ["mes", "trimestre", "semestre", "anio"],
        "main_period": "trimestre",
        "absence": "no_reportado",
        "direction": "up",
        "accumulation": "flow",
        "interval": "wilson",
        "audience": ["mem"],
        "reading": [both("r")],
        "base": "b",
        "owner": "o",
        "reviewed": {"by": "pendiente"},
        "example": {"rows": [], "period": "2026", "value": None},
    }
    return Indicator.model_validate({**content, **more})


def count(id: str = "prueba", **more: Any) -> Indicator:
    """A sum of x with a Poisson interval."""
    return definition(
        id, **{"form": "count", "numerator": {"expr": "sum(x)", "text": both("n")}, "denominator": None, "scale": 1, "interval": "count", **more}
    )


def quantile(id: str = "prueba", q: float = 0.9, **more: Any) -> Indicator:
    """A quantile of `dias`."""
    given = {
        "form": "quantile",
        "numerator": None,
        "denominator": None,
        "quantile": {"expr": "dias", "q": q, "text": both("q")},
        "scale": 1,
        "interval": "order_statistic",
    }
    return definition(id, **{**given, **more})


def plan(*indicators: Indicator, of: Fact | None = None) -> Plan:
    """The only plan of some indicators."""
    (made,) = plans({i.id: i for i in indicators}, {"hecho": of or fact()})
    return made


def table(rows: list[dict[str, Any]] | pd.DataFrame, columns: dict[str, str] | None = None) -> pa.Table:
    """Rows of the fact as the engine takes them; missing columns are null."""
    schema = pa.schema([(n, ARROW[t]) for n, t in (columns or COLUMNS).items()])
    if isinstance(rows, pd.DataFrame):
        rows = rows.to_dict("records")
    return pa.Table.from_pylist([{k: _plain(r.get(k)) for k in schema.names} for r in rows], schema=schema)


def _plain(value: Any) -> Any:
    return None if value is None or (isinstance(value, float) and np.isnan(value)) else value


PLACES = ["130101", "130201", "150201", "150101", "180101", "190101", "210101", "040101"]


def random_rows(seed: int, size: int = 3000) -> pd.DataFrame:
    """Rows over eight districts of seven regions (both Limas among them), two years and three classes."""
    draw = np.random.default_rng(seed)
    days = np.datetime64("2024-01-01") + draw.integers(0, 731, size)
    return pd.DataFrame(
        {
            "territorio": draw.choice(PLACES, size),
            "fecha": pd.Series(days).dt.date,
            "clase": draw.choice(["a", "b", "c"], size, p=[0.6, 0.3, 0.1]),
            "x": draw.integers(0, 4, size),
            "y": draw.integers(1, 50, size),
            "dias": draw.geometric(0.03, size),
            "ok": draw.random(size) < draw.uniform(0.05, 0.95),
        }
    )


def cell(values: pd.DataFrame, territory: str, period: str, category: str = "", indicator: str | None = None) -> pd.Series:
    """The one row of a place, period and category."""
    hit = (values["territorio"] == territory) & (values["periodo"] == period) & (values["categoria"] == category)
    found = values[hit & (values["indicador"] == indicator)] if indicator else values[hit]
    assert len(found) == 1, f"{len(found)} filas de {indicator} {territory} {period} «{category}»"
    return found.iloc[0]


def day(text: str) -> date:
    return date.fromisoformat(text)
