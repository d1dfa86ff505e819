"""Plain pandas in the refresh benchmark: everything in memory, everything again each time. `python -m benchmarks.refresh_pandas FOLDER RUN`.

RUN is `refresco` or `refresco_mas` (60 ratios). Leaves `pandas.parquet` with KEY, numerador, denominador and valor.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.refresh_data import CHANNELS, PILOTS, PROCEDURES, REGIONS, STATES, STRATA
from benchmarks.refresh_kpis import KEY, MEDIANS, Condition, Total, ratios

_TEXTS = ("cod_region", "ubigeo", "cod_procedimiento", "estrato", "tipo_persona", "sexo_solicitante", "canal", "estado", "sentido")
_ALLOWED = {"cod_region": REGIONS, "cod_procedimiento": PROCEDURES, "estado": STATES, "estrato": STRATA, "canal": CHANNELS}


def run(folder: Path, more: bool) -> None:
    """Read, check, compute, store."""
    rows = _checked(_read(folder / "entrada"))
    made = pd.concat([_ratios(rows, more), _medians(rows)], ignore_index=True)
    made[[*KEY, "numerador", "denominador", "valor"]].to_parquet(folder / "pandas.parquet")


def _read(inbox: Path) -> pd.DataFrame:
    types = dict.fromkeys((*_TEXTS, "expediente_id", "solicitante_hash"), "str")  # as categories, «01» would be read as 1
    dates = ["fecha_ingreso", "fecha_resolucion", "fecha_notificacion"]
    read = [
        pd.read_csv(path, dtype=types, parse_dates=dates, date_format="%Y-%m-%d", keep_default_na=False, na_values=[""])  # «NA» is a stratum
        for path in sorted(inbox.glob("*.csv"))
    ]
    return pd.concat(read, ignore_index=True).astype(dict.fromkeys(_TEXTS, "category"))


def _checked(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that break none of the twelve checks. Raises where a key is repeated."""
    bad = rows["expediente_id"].isna() | rows["fecha_ingreso"].isna() | (rows["fecha_resolucion"] < rows["fecha_ingreso"])
    for column, allowed in _ALLOWED.items():
        bad |= ~rows[column].isin(allowed)
    bad |= ~rows["solicitante_hash"].str.fullmatch("[0-9a-f]{64}") | ~rows["plazo_dias"].between(1, 365)
    bad |= (rows["n_observaciones"] < 0) | (rows["dh_entidad"] < 0) | (rows["dh_entidad"] > rows["dh_ciudadano"])
    if rows["expediente_id"].duplicated().any():
        raise SystemExit("hay claves repetidas")
    good = rows[~bad]
    month = good["fecha_ingreso"].dt
    quarter = month.year.astype(str) + "-T" + month.quarter.astype(str)
    return good.assign(mes=month.strftime("%Y-%m"), trimestre=quarter, anio=month.year.astype(str))


def _mask(rows: pd.DataFrame, condition: Condition) -> np.ndarray:
    column, sign, value = condition
    cell = rows[column]
    other = rows[value[1:]] if isinstance(value, str) and value.startswith(".") else value
    met: dict[str, Any] = {"=": cell.eq, ">": cell.gt, "<=": cell.le, "in": cell.isin}
    return np.asarray(met[sign](other), dtype=bool)


def _amounts(rows: pd.DataFrame, total: Total) -> np.ndarray:
    kept = np.logical_and.reduce([np.ones(len(rows), bool), *(_mask(rows, c) for c in total.where)])
    return kept * (rows[total.column].to_numpy(float) if total.column else 1.0)


def _levels(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Regions, the pilot group and the country, with the column `territorio`."""
    pilots = frame[frame["cod_region"].isin(PILOTS)]
    return [frame.assign(territorio=frame["cod_region"].astype(str)), pilots.assign(territorio="PILOTO"), frame.assign(territorio="00")]


def _ratios(rows: pd.DataFrame, more: bool) -> pd.DataFrame:
    """Sums by region and month, then added up; the division last."""
    keys = ["cod_region", "mes", "trimestre", "anio"]
    sums = rows[keys].copy()
    for ratio in ratios(more):
        sums[f"{ratio.id}|n"], sums[f"{ratio.id}|d"] = _amounts(rows, ratio.numerator), _amounts(rows, ratio.denominator)
    finest = sums.groupby(keys, observed=True).sum().reset_index()
    parts = []
    for level in _levels(finest):
        for kind in keys[1:]:
            added = level.groupby(["territorio", kind]).sum(numeric_only=True).reset_index(names=["territorio", "periodo"])
            places = added[["territorio", "periodo"]].assign(tipo_periodo=kind)
            parts += [places.assign(indicador=r.id, numerador=added[f"{r.id}|n"], denominador=added[f"{r.id}|d"]) for r in ratios(more)]
    made = pd.concat(parts, ignore_index=True)
    made = made[made["denominador"] > 0]
    return made.assign(valor=made["numerador"] / made["denominador"])


def _medians(rows: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for level in _levels(rows[["cod_region", "mes", "trimestre", "anio", *MEDIANS]]):
        for kind in ("mes", "trimestre", "anio"):
            groups = level.groupby(["territorio", kind], observed=True)[list(MEDIANS)]
            values, sizes = groups.median(), groups.count()
            for column in MEDIANS:
                found = pd.DataFrame({"valor": values[column], "denominador": sizes[column]}).reset_index(names=["territorio", "periodo"])
                parts.append(found.assign(indicador=f"mediana_{column}", tipo_periodo=kind, numerador=np.nan))
    made = pd.concat(parts, ignore_index=True)
    return made[made["denominador"] > 0]


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2].endswith("_mas"))
