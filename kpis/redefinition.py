"""What a changed definition does to the history of an indicator: both computed over the same data, cell beside cell. Nothing is published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpis.engine import Progress
from kpis.trial import Trial, run
from warehouse.indicators import Indicator
from warehouse.publications import KEY
from warehouse.store import Warehouse

FIGURES = ["valor", "numerador", "denominador", "n", "inferior", "superior", "estado", "avisos"]
VERDICTS = ["cambio_estado", "meta_estado", "frente_al_pais", "senal", "tendencia"]
#: the state of a cell that one of the definitions does not have
ABSENT = "no_existe"
_PLACE = [*[c for c in KEY if c != "indicador"], "nivel"]
#: of the larger of 1 and the value: what is less than this is no change
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Redefinition:
    """`cells`: where it is, each figure with `_antes` and `_despues`, `cambio`, and whether value, state and verdicts change.

    First the changes of value, the largest first; then those of state, the ones with most cases first; then what stays.
    """

    keys: tuple[str, ...]
    cells: pd.DataFrame
    seconds: float

    @property
    def changed(self) -> pd.DataFrame:
        return self.cells[self.cells["cambia_valor"] | self.cells["cambia_estado"]]


def redefine(warehouse: Warehouse, old: Indicator, new: Indicator, progress: Progress | None = None) -> Redefinition:
    """Both definitions over what is accepted now; where they share fact and clock, one pass serves both."""
    other = new.model_copy(update={"id": f"{old.id}_nueva"})
    made: Trial = run(warehouse, {old.id: old, other.id: other}, progress)
    before, after = (made.values[made.values["indicador"] == i] for i in (old.id, other.id))
    return Redefinition(tuple(changed_keys(old, new)), compare(before, after), made.seconds)


def compare(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The cells of two histories side by side. One that only one of them has changes its state."""
    kept = [*_PLACE, *FIGURES, *VERDICTS]
    both = before[kept].merge(after[kept], on=_PLACE, how="outer", suffixes=("_antes", "_despues"))
    both[["estado_antes", "estado_despues"]] = both[["estado_antes", "estado_despues"]].fillna(ABSENT)
    old, new = both["valor_antes"].astype(float), both["valor_despues"].astype(float)
    both["cambio"] = new - old
    both["cambia_valor"] = (both["cambio"].abs() > TOLERANCE * old.abs().clip(lower=1)) | (old.isna() != new.isna())
    both["cambia_estado"] = both["estado_antes"] != both["estado_despues"]
    both["cambia_juicio"] = ~pd.concat([_same(both[f"{v}_antes"], both[f"{v}_despues"]) for v in VERDICTS], axis=1).all(axis=1)
    kind = np.select([both["cambia_estado"], both["cambia_valor"]], [1, 0], 2)
    size = np.where(kind == 0, both["cambio"].abs(), both[["n_antes", "n_despues"]].astype(float).max(axis=1).fillna(0))
    ordered = both.assign(clase=kind, tamano=size.round(9)).sort_values(["clase", "tamano", *_PLACE], ascending=[True, False, *[True] * len(_PLACE)])
    return ordered.drop(columns=["clase", "tamano"]).reset_index(drop=True)


def _same(left: pd.Series, right: pd.Series) -> pd.Series:
    return (left == right) | (left.isna() & right.isna())


def changed_keys(old: Indicator, new: Indicator) -> list[str]:
    """The keys that differ, dotted one level below where only a part does; the id is none of them."""
    before, after = (i.model_dump(mode="json", exclude={"id"}) for i in (old, new))
    found: list[str] = []
    for key in before:
        left, right = before[key], after[key]
        if left == right:
            continue
        if isinstance(left, dict) and isinstance(right, dict):
            found += [f"{key}.{p}" for p in {**left, **right} if left.get(p) != right.get(p)]
        else:
            found.append(key)
    return found
