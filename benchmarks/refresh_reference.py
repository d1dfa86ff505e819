"""What the figures are, asked of the CSV files by plain DuckDB in one statement a level; and the floor: reading the columns that figures need."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
from deltalake import DeltaTable

from benchmarks.refresh_data import PILOTS
from benchmarks.refresh_install import duckdb_columns
from benchmarks.refresh_kpis import CHECKS, MEDIANS, PERIODS, ratios


def figures(inbox: Path) -> pd.DataFrame:
    """KEY, numerador, denominador and valor of the first thirty ratios and the medians, from the files as they lie there."""
    bad = " OR ".join(f"coalesce({c}, FALSE)" for c in CHECKS.values())
    with duckdb.connect(config={"threads": 2, "memory_limit": "6GB"}) as connection:
        connection.execute(
            f"CREATE TABLE filas AS SELECT * EXCLUDE (expediente_id, solicitante_hash), date_trunc('month', fecha_ingreso) AS mes "
            f"FROM read_csv('{inbox}/*.csv', header = true, auto_detect = false, columns = {duckdb_columns()}) WHERE NOT ({bad})"
        )
        return pd.concat([connection.execute(_level(place, where, kind)).df() for place, where in _LEVELS for kind in PERIODS], ignore_index=True)


_LEVELS = (("cod_region", "TRUE"), ("'PILOTO'", f"cod_region IN {PILOTS}"), ("'00'", "TRUE"))


def _level(place: str, where: str, kind: str) -> str:
    sums = [f"{t.sql} AS {n}{i}" for i, r in enumerate(ratios()) for n, t in (("n", r.numerator), ("d", r.denominator))]
    middle = [f"quantile_cont({c}, 0.5) AS m{i}, count({c}) AS c{i}" for i, c in enumerate(MEDIANS)]
    rows = f"SELECT {place} AS territorio, {PERIODS[kind]} AS periodo, {', '.join([*sums, *middle])} FROM filas WHERE {where} GROUP BY 1, 2"
    parts = [f"SELECT '{r.id}' AS indicador, n{i} AS numerador, d{i} AS denominador, n{i} / d{i} AS valor" for i, r in enumerate(ratios())]
    parts += [f"SELECT 'mediana_{c}', NULL, c{i}, m{i}" for i, c in enumerate(MEDIANS)]
    whole = " UNION ALL ".join(f"{part}, territorio, periodo FROM cifras" for part in parts)
    return f"WITH cifras AS ({rows}) SELECT *, '{kind}' AS tipo_periodo FROM ({whole}) WHERE denominador > 0"


#: columns that the thirty ratios and five medians look at, place and date included
NEEDED = ("cod_region", "fecha_ingreso", "cod_procedimiento", "estrato", "tipo_persona", "sexo_solicitante", "canal", "estado", "sentido",
          "n_observaciones", "impugnado", "derecho_soles", "plazo_dias", *MEDIANS)  # fmt: skip


def scan(delta: Path) -> None:
    """Read every needed column of every accepted row, and do nothing with them but look for the largest."""
    files = DeltaTable(str(delta)).file_uris()
    with duckdb.connect(config={"threads": 2}) as connection:
        looked = ", ".join(f"max({c})" for c in NEEDED)
        connection.execute(f"SELECT {looked} FROM read_parquet({files}, hive_partitioning = true, hive_types_autocast = false)").fetchall()


if __name__ == "__main__":
    import sys

    scan(Path(sys.argv[1]))
