"""The yearly statement (DAC) of each right in force: whether it was filed, and what the holder says that goes on there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from etl.demonstration.columns import pick, where
from etl.demonstration.country import PERIOD, Region

SITUATIONS = ("construccion", "exploracion", "explotacion", "paralizada", "sin_actividad")
_SHARES = {"GENERAL": (0.04, 0.20, 0.30, 0.14, 0.32), "PPM": (0.02, 0.12, 0.38, 0.15, 0.33), "PMA": (0.02, 0.08, 0.44, 0.14, 0.32)}
_FILES = {"GENERAL": 0.93, "PPM": 0.74, "PMA": 0.58}
#: share of rights whose situation changes from one year to the next
_CHANGES = 0.06


def make(region: Region) -> dict[str, pa.Table]:
    """A row for each right and year in which it was in force, for the years that have ended."""
    rights = region.tables["derechos_mineros"]
    rights = rights.filter(rights["fecha_titulo"].is_valid())
    draw = region.draw("dac")
    titled = _years(rights["fecha_titulo"], np.inf)
    gone = _years(rights["fecha_extincion"], np.inf)
    stratum = _codes(np.asarray(rights["estrato"].to_pylist()))
    situation = _drawn(stratum, draw)
    tables = []
    for year in range(region.first.year, region.until.year):
        situation = np.where(draw.random(len(stratum)) < _CHANGES, _drawn(stratum, draw), situation)
        standing = np.flatnonzero((titled <= year) & (gone >= year))
        obliged = titled[standing] < year
        filed = obliged & (draw.random(len(standing)) < np.array(list(_FILES.values()))[stratum[standing]])
        days = np.datetime64(f"{year + 1}-05-20") + draw.integers(0, 57, len(standing))
        tables.append(
            pa.table(
                {
                    "codigo_derecho": rights["codigo_derecho"].take(pa.array(standing)),
                    "anio": pa.repeat(year, len(standing)),
                    "cod_region": pa.repeat(region.code, len(standing)),
                    "obligado": pa.array(obliged),
                    "declaro": pa.array(filed),
                    "fecha_presentacion": where(filed, days),
                    "situacion": pick(SITUATIONS, np.where(filed, situation[standing], -1)),
                    PERIOD: pa.repeat(str(year), len(standing)),
                }
            )
        )
    return {"declaracion_dac": pa.concat_tables(tables)}


def _years(days: pa.ChunkedArray, where_none: float) -> np.ndarray:
    years = days.to_numpy().astype("datetime64[Y]").astype(float) + 1970
    return np.where(days.is_valid().to_numpy(), years, where_none)


def _codes(stratum: np.ndarray) -> np.ndarray:
    """Index of each stratum in the shares."""
    codes = np.zeros(len(stratum), int)
    for number, name in enumerate(_SHARES):
        codes[stratum == name] = number
    return codes


def _drawn(stratum: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """A situation for each right, by its holder's stratum."""
    limits = np.cumsum(np.array(list(_SHARES.values())), axis=1)[stratum]
    found: np.ndarray = np.minimum((draw.random(len(stratum))[:, None] > limits).sum(axis=1), len(SITUATIONS) - 1)
    return found
