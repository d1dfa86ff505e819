"""A small installation for the refresh benchmark: the reference contracts, a contract of one table, one fact and its definitions, in a folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from benchmarks.refresh_data import CHANNELS, OUTCOMES, PERSONS, STATES, STRATA
from benchmarks.refresh_kpis import MEDIANS, Ratio, Total, ratios
from warehouse import catalogue

_TEXT = {"es": "Medición", "en": "Benchmark"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "estrato": STRATA, "tipo_persona": PERSONS, "sexo_solicitante": ("M", "F", "NA"), "canal": CHANNELS, "estado": STATES, "sentido": OUTCOMES
}  # fmt: skip
_OPTIONAL = ("fecha_resolucion", "fecha_notificacion", "sentido", "dh_evaluacion", "dh_notificacion")
_MORE: dict[str, dict[str, Any]] = {
    "expediente_id": {"primaryKey": True},
    "cod_region": {"relationships": [{"type": "foreignKey", "to": "ref_region.cod_region"}]},
    "ubigeo": {"logicalTypeOptions": {"pattern": "^[0-9]{6}$"}},
    "cod_procedimiento": {"relationships": [{"type": "foreignKey", "to": "ref_procedimientos.cod_procedimiento"}]},
    "solicitante_hash": {"classification": "restringida", "logicalTypeOptions": {"pattern": "^[0-9a-f]{64}$"}},
    "n_observaciones": {"logicalTypeOptions": {"minimum": 0}},
    "plazo_dias": {"logicalTypeOptions": {"minimum": 1, "maximum": 365}},
}  # fmt: skip
_TYPES = {"impugnado": "boolean", "derecho_soles": "number", **dict.fromkeys(("n_observaciones", "plazo_dias", *MEDIANS), "integer")}
_COLUMNS = (
    "expediente_id", "cod_region", "ubigeo", "cod_procedimiento", "estrato", "tipo_persona", "sexo_solicitante", "canal", "solicitante_hash",
    "fecha_ingreso", "fecha_resolucion", "fecha_notificacion", "estado", "sentido", "n_observaciones", "impugnado", "derecho_soles", "plazo_dias",
    *MEDIANS,
)  # fmt: skip
_RULES = {
    "M-01": ("fecha_resolucion", "t.fecha_resolucion < t.fecha_ingreso", "se resolvió antes de ingresar"),
    "M-02": ("dh_entidad", "t.dh_entidad < 0 OR t.dh_entidad > t.dh_ciudadano", "tiene días imposibles"),
}


def install(folder: Path) -> Path:
    """Contracts, facts and the definitions of 30 and 60 ratios (`definiciones`, `definiciones_mas`) under `folder`."""
    contracts, facts = folder / "contratos", folder / "hechos"
    for made in (contracts, facts):
        made.mkdir(parents=True, exist_ok=True)
    for path in catalogue.CONTRACTS.glob("ref_*.yml"):
        shutil.copy(path, contracts / path.name)
    _dump(contracts / "tramites.yml", _contract())
    columns = ", ".join(["t.cod_region AS territorio", *(f"t.{c}" for c in _COLUMNS[3:] if c != "solicitante_hash")])
    (facts / "tramites.sql").write_text(f"-- por region\nSELECT {columns}\nFROM tramites AS t\n", encoding="utf-8")
    for name, more in (("definiciones", False), ("definiciones_mas", True)):
        (folder / name).mkdir(exist_ok=True)
        for definition in ratios(more):
            _dump(folder / name / f"{definition.id}.yml", _ratio(definition))
        for column in MEDIANS:
            _dump(folder / name / f"mediana_{column}.yml", _median(column))
    return folder


def duckdb_columns() -> str:
    """The columns of a file with their types, as DuckDB's read_csv asks for them."""
    names = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
    return "{" + ", ".join(f"'{c}': '{names[_column(c)['logicalType']]}'" for c in _COLUMNS) + "}"


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _contract() -> dict[str, Any]:
    custom = {
        "contrato": "C01", "titulo_en": "Case files",
        "fuente": {"publicador": _TEXT, "titulo": _TEXT, "sintetico": True},
        "territorio": {"columna": "cod_region", "tipo": "region"}, "entrega": {"ambito": "region", "periodicidad": "mensual"},
    }  # fmt: skip
    quality = [
        {"id": id, "type": "custom", "engine": "siegem", "severity": "error",
         "description": f"El expediente {{expediente_id}} (fila {{fila}}) {what}.",
         "implementation": {"ambito": "fila", "dimension": "coherencia", "columna": column, "sql": sql, "remedio": "Corrija el dato."}}
        for id, (column, sql, what) in _RULES.items()
    ]  # fmt: skip
    table = {"name": "tramites", "physicalType": "table", "description": "Un expediente por fila", "properties": [_column(c) for c in _COLUMNS],
             "quality": quality}  # fmt: skip
    return {
        "apiVersion": "v3.0.2", "kind": "DataContract", "id": "tramites", "name": "Trámites", "version": "1.0.0", "status": "active",
        "domain": "procesos", "description": {"purpose": "Medición del refresco de indicadores."},
        "customProperties": [{"property": k, "value": v} for k, v in custom.items()], "schema": [table],
    }  # fmt: skip


def _column(name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "logicalType": "date" if name.startswith("fecha_") else _TYPES.get(name, "string"), "required": True}
    made |= {"classification": "agregada", "description": name, "customProperties": [{"property": "codigo", "value": True}]} | _MORE.get(name, {})
    if name in _OPTIONAL:
        del made["required"]
    if name in _CHOICES:
        made["enum"] = [{"value": v, "label": v} for v in _CHOICES[name]]
    return made


def _ratio(ratio: Ratio) -> dict[str, Any]:
    share = not ratio.numerator.column
    kind = {"scale": 100, "interval": "wilson"} if share else {"interval": "none", "relevant_change": 5}
    return _definition("ratio", numerator=_part(ratio.numerator), denominator=_part(ratio.denominator), **kind)


def _part(total: Total) -> dict[str, Any]:
    return {"expr": total.sql, "text": _TEXT}


def _median(column: str) -> dict[str, Any]:
    return _definition("quantile", filter=f"{column} IS NOT NULL", quantile={"expr": column, "q": 0.5, "text": _TEXT}, interval="order_statistic")


def _definition(form: str, **own: Any) -> dict[str, Any]:
    return {
        "name": _TEXT, "short_name": _TEXT, "area": "PRO", "question": _TEXT, "why_it_matters": _TEXT, "fact": "tramites", "form": form, **own,
        "unit": {"es": "%", "en": "%"}, "clock": {"kind": "flow", "column": "fecha_ingreso"}, "periods": ["mes", "trimestre", "anio"],
        "main_period": "trimestre", "absence": "no_reportado", "direction": "up", "accumulation": "flow", "audience": ["mem"], "reading": [_TEXT],
        "base": "Medición", "owner": "Medición", "reviewed": {"by": "pendiente"}, "example": {"rows": [], "period": "2025-01", "value": None},
    }  # fmt: skip
