"""dbt-duckdb in the refresh benchmark: its own environment, made once with uv, and the project of `dbt_project` with the lists filled in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

from benchmarks.refresh_data import CHANNELS, PILOTS, PROCEDURES, REGIONS, STATES, STRATA
from benchmarks.refresh_install import duckdb_columns
from benchmarks.refresh_kpis import CHECKS, KEY, MEDIANS, PERIODS, ratios

PROJECT = Path(__file__).resolve().parent / "dbt_project"
#: outside the project, so that nothing of it is ever one of its dependencies
ENVIRONMENT = Path(os.environ.get("SIEGEM_REFRESCO_DBT", "/tmp/siegem-refresco-dbt"))
_TOOLS = PROJECT.parents[1] / ".herramientas"


def executable() -> Path | None:
    """dbt, where its environment is already there."""
    found = ENVIRONMENT / "bin" / "dbt"
    return found if found.exists() else None


def prepared() -> Path:
    """dbt, its environment made where it is not there yet: pinned versions, hashes checked."""
    if (found := executable()) is not None:
        return found
    uv = shutil.which("uv") or str(max(_TOOLS.glob("uv-*/bin/uv")))
    own = {**os.environ, "VIRTUAL_ENV": str(ENVIRONMENT), "UV_COMPILE_BYTECODE": "1", "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)], check=True, env=own)
    subprocess.run([uv, "pip", "install", "--quiet", "--require-hashes", "-r", str(PROJECT / "requirements.txt")], check=True, env=own)
    return ENVIRONMENT / "bin" / "dbt"


def project(folder: Path, more: bool = False) -> Path:
    """The dbt project under `folder`, with the columns, totals and checks of this benchmark written in."""
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
    (folder / "macros" / "listas.sql").write_text(_lists(more), encoding="utf-8")
    (folder / "models" / "pruebas.yml").write_text(yaml.safe_dump(_tests(), sort_keys=False), encoding="utf-8")
    seeds = folder / "seeds"
    seeds.mkdir(exist_ok=True)
    pd.DataFrame({"cod_region": REGIONS}).to_csv(seeds / "ref_region.csv", index=False)
    pd.DataFrame({"cod_procedimiento": PROCEDURES}).to_csv(seeds / "ref_procedimientos.csv", index=False)
    return folder


def command(dbt: Path, folder: Path, *extra: str) -> list[str]:
    """What an operator types."""
    places = [
        "--project-dir",
        str(folder),
        "--profiles-dir",
        str(folder),
        "--target-path",
        str(folder / "target"),
        "--log-path",
        str(folder / "logs"),
    ]
    return [str(dbt), "--no-version-check", "--quiet", "build", *places, *extra]


def environment(folder: Path, inbox: Path) -> dict[str, str]:
    return {**os.environ, "REFRESCO_BASE": str(folder / "refresco.duckdb"), "REFRESCO_ENTRADA": str(inbox), "DO_NOT_TRACK": "1"}


def results(folder: Path) -> pd.DataFrame:
    """KEY, numerador, denominador, valor, as stored."""
    with duckdb.connect(str(folder / "refresco.duckdb"), read_only=True) as connection:
        ratios_ = connection.execute("SELECT * FROM mart_razones WHERE denominador > 0").df()
        medians = connection.execute("SELECT * RENAME (n AS denominador) FROM mart_medianas WHERE n > 0").df()
    return pd.concat([ratios_, medians], ignore_index=True)[[*KEY, "numerador", "denominador", "valor"]]


def _lists(more: bool) -> str:
    """Macros that give the lists of this benchmark: each sum once, and for each ratio the two that it divides."""
    totals: dict[str, str] = {}
    for ratio in ratios(more):
        for total in (ratio.numerator, ratio.denominator):
            totals.setdefault(total.sql, f"suma_{len(totals)}")
    pairs = [[r.id, totals[r.numerator.sql], totals[r.denominator.sql]] for r in ratios(more)]
    made: dict[str, Any] = {
        "totales": [[name, sql] for sql, name in totals.items()], "razones": pairs, "medianas": list(MEDIANS),
        "periodos": [[kind, sql] for kind, sql in PERIODS.items()], "faltas": list(CHECKS.values()),
    }  # fmt: skip
    texts = {"columnas": duckdb_columns(), "pilotos": ", ".join(f"'{p}'" for p in PILOTS)}
    lists = [f"{{% macro {name}() %}}{{{{ return({json.dumps(content)}) }}}}{{% endmacro %}}" for name, content in made.items()]
    return "\n".join([*lists, *(f"{{% macro {name}() %}}{text}{{% endmacro %}}" for name, text in texts.items())]) + "\n"


def _tests() -> dict[str, Any]:
    """Thirteen tests: what dbt has a word for in its words, the rest as conditions."""
    said: dict[str, list[Any]] = {
        "expediente_id": ["not_null", "unique"], "fecha_ingreso": ["not_null"],
        "cod_region": [{"relationships": {"arguments": {"to": "ref('ref_region')", "field": "cod_region"}}}],
        "cod_procedimiento": [{"relationships": {"arguments": {"to": "ref('ref_procedimientos')", "field": "cod_procedimiento"}}}],
    }  # fmt: skip
    said |= {c: [{"accepted_values": {"arguments": {"values": list(v)}}}] for c, v in (("estado", STATES), ("estrato", STRATA), ("canal", CHANNELS))}
    plain = ("huella_sin_forma", "resuelto_antes_de_ingresar", "plazo_fuera_de_rango", "observaciones_negativas", "dias_fuera_de_rango")
    own = [{"se_cumple": {"name": name, "arguments": {"falta": CHECKS[name]}}} for name in plain]
    model = {"name": "stg_tramites", "data_tests": own, "columns": [{"name": c, "data_tests": t} for c, t in said.items()]}
    seeds = [
        {"name": n, "config": {"column_types": {c: "varchar"}}}
        for n, c in (("ref_region", "cod_region"), ("ref_procedimientos", "cod_procedimiento"))
    ]
    return {"version": 2, "models": [model], "seeds": seeds}
