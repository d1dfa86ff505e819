"""A figure made again from the rows behind it, with nothing but what stands in each row: what a person does with the file and a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from kpis.contributions import DENOMINATOR, MARKS, NUMERATOR, REASON, VALUE
from kpis.methods.quantiles import histogram_quantile
from kpis.methods.survival import histogram_survival_quantile
from warehouse.indicators import Indicator, Part


def figure(indicator: Indicator, rows: pa.Table, *, of_whole: bool = False) -> float | None:
    """The value that the rows give, in the unit of the indicator: what anybody would do with the file of rows and a spreadsheet.

    `of_whole`: a category of a whole, whose rows are all there: none of them in the category is 0 of them.
    """
    made = _quantile(indicator, rows) if indicator.quantile is not None else _sums(indicator, rows, of_whole)
    return None if made is None or np.isnan(made) else indicator.scale * made


def _sums(i: Indicator, rows: pa.Table, of_whole: bool) -> float | None:
    num, den = _sum(rows, "numerador", i.numerator), _sum(rows, "denominador", i.denominator)
    num = 0.0 if num is None and of_whole else num
    if i.form == "count":
        return num
    if i.form == "relative":
        assert i.reference is not None
        other = _divided(_sum(rows, "numerador_referencia", i.reference.numerator), _sum(rows, "denominador_referencia", i.reference.denominator))
        return _divided(_divided(num, den), other)
    return _divided(num, den)


def _sum(rows: pa.Table, part: str, declared: Part | None) -> float | None:
    """A count of nothing is 0, a sum of nothing is nothing: as in SQL."""
    if declared is None:
        return None
    counted = declared.expr.strip().lower().startswith("count")
    made = rows[f"aporte_{part}"].to_pandas().astype(float).sum(min_count=0 if counted and rows.num_rows else 1)
    return None if pd.isna(made) else float(made)


def _divided(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else top / bottom


def _quantile(i: Indicator, rows: pa.Table) -> float | None:
    assert i.quantile is not None
    own = pd.DataFrame({"valor": rows[VALUE].to_pandas(), "fin": rows[NUMERATOR].to_pandas()}).dropna()
    if own.empty:
        return None
    values = np.sort(own["valor"].unique()).astype(float)
    ended = own[own["fin"] == 1].groupby("valor").size().reindex(values, fill_value=0).to_numpy()
    if i.form == "quantile":
        return float(histogram_quantile(values, ended, i.quantile.q))
    still_open = own[own["fin"] == 0].groupby("valor").size().reindex(values, fill_value=0).to_numpy()
    return float(histogram_survival_quantile(values, ended, still_open, i.quantile.q))


def counts(rows: pa.Table) -> dict[str, int]:
    """How many rows are in the numerator, in the denominator, and out for each reason, the most frequent first."""
    reasons = rows[REASON].to_pandas()
    out = {str(k): int(v) for k, v in reasons[reasons != ""].value_counts().items()}
    return {NUMERATOR: _ones(rows, NUMERATOR), DENOMINATOR: _ones(rows, DENOMINATOR), **out}


def totals(rows: pa.Table) -> dict[str, float]:
    """What the rows add to each sum, by the end of its column's name: numerador, denominador, numerador_referencia..."""
    parts = [c for c in rows.column_names if c.startswith("aporte_")]
    return {c.removeprefix("aporte_"): float(rows[c].to_pandas().astype(float).sum()) for c in parts}


def _ones(rows: pa.Table, column: str) -> int:
    return int((rows[column].to_pandas() == 1).sum())


def marks(rows: pa.Table) -> Mapping[str, int]:
    """Notice or state -> how many of the rows give rise to it."""
    listed = rows[MARKS].to_pandas().str.split("; ").explode()
    found = listed[listed != ""].value_counts()
    return {str(k): int(v) for k, v in found.items()}
