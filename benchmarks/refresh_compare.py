"""The figures of one contestant beside those of another: counts equal, values within a thousand-millionth, and none missing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.refresh_kpis import KEY, MEDIANS, ratios
from warehouse import publications
from warehouse.database import connect

CLOSE = 1e-9


def ours(data: Path) -> pd.DataFrame:
    """What SIEGEM published, in the terms of the others: medians carry the number of their cases as denominator, shares are no percentages."""
    engine = connect(f"sqlite:///{data / 'siegem.db'}")
    made = publications.values(engine, publications.latest(engine).numero)
    engine.dispose()
    made = made[made["estado"] == "publicado"]
    scale = np.where(made["indicador"].isin([r.id for r in ratios(True) if not r.numerator.column]), 100.0, 1.0)
    median = made["indicador"].isin([f"mediana_{c}" for c in MEDIANS])
    size = made["n"].where(median, made["denominador"]).astype(float)
    return made.assign(valor=made["valor"] / scale, denominador=size)[[*KEY, "numerador", "denominador", "valor"]]


def differences(first: pd.DataFrame, second: pd.DataFrame) -> list[str]:
    """What differs, in words; nothing where they agree."""
    both = first.merge(second, on=list(KEY), how="outer", suffixes=("", "_otro"), indicator=True)
    found = []
    if lonely := int((both["_merge"] != "both").sum()):
        found.append(f"{lonely:,} cifras están en uno solo: {both.loc[both['_merge'] != 'both', list(KEY)].head(3).to_dict('records')}")
    both = both[both["_merge"] == "both"]
    for column in ("numerador", "denominador", "valor"):
        a, b = both[column].to_numpy(float), both[f"{column}_otro"].to_numpy(float)
        apart = ~(np.isclose(a, b, rtol=CLOSE, atol=CLOSE) | (np.isnan(a) & np.isnan(b)))
        if apart.any():
            few = both.loc[apart, [*KEY, column, f"{column}_otro"]].head(3)
            found.append(f"{int(apart.sum()):,} difieren en «{column}»: {few.to_dict('records')}")
    return found


def stored(path: Path) -> pd.DataFrame:
    """Results kept as Parquet."""
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT * FROM '{path}'").df()
