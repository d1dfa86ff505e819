"""Regions, districts, business days and procedures: what they hold, and that a second start writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pyarrow as pa
import pytest
from plain_judge import CONTRACTS, broken, check_values

from etl import references
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return references.tables(date(2026, 11, 23))


def test_reference_tables_fit_their_contracts(tables: dict[str, pa.Table]) -> None:
    assert set(tables) == {t for t in CONTRACTS if t.startswith("ref_")}
    for name, rows in tables.items():
        assert tuple(rows.schema.names) == CONTRACTS[name].column_names
        check_values(CONTRACTS[name], rows.to_pylist())


def test_the_26_regions_and_their_districts(tables: dict[str, pa.Table]) -> None:
    regions = {r["cod_region"]: r for r in tables["ref_region"].to_pylist()}
    districts = tables["ref_ubigeo"].to_pylist()
    assert len(regions) == 26
    assert {c for c, r in regions.items() if r["es_piloto"]} == {"13", "18", "19"}
    assert len(districts) == 1893
    assert {d["cod_region"] for d in districts} == set(regions)
    assert {d["cod_region"] for d in districts if d["ubigeo"].startswith("1501")} == {"26"}
    assert len({d["cod_provincia"] for d in districts}) == 196


def test_reniec_codes_are_those_of_the_trap(tables: dict[str, pa.Table]) -> None:
    """CONTRACTS G-07: RENIEC's codes of Daniel Alcides Carrión are all valid INEI codes in Moquegua."""
    rows = {d["ubigeo"]: d for d in tables["ref_ubigeo"].to_pylist()}
    carrion = {u: d["ubigeo_reniec"] for u, d in rows.items() if u.startswith("1902")}
    assert sorted(carrion.values()) == [f"18020{i}" for i in range(1, 9)]
    assert all(rows[code]["cod_region"] == "18" for code in carrion.values())
    assert rows["130101"]["ubigeo_reniec"] == "120101"
    assert rows["180101"]["ubigeo_reniec"] == "170101"
    codes = [d["ubigeo_reniec"] for d in rows.values() if d["ubigeo_reniec"]]
    assert len(codes) == len(set(codes)) > 1_830


def test_business_days_count(tables: dict[str, pa.Table]) -> None:
    days = {r["fecha"]: r for r in tables["ref_calendario"].to_pylist()}
    assert (min(days), max(days)) == (date(2006, 1, 1), date(2029, 12, 31))
    between = days[date(2026, 8, 3)]["n_habil"] - days[date(2026, 7, 27)]["n_habil"]
    assert between == 3, "28 y 29 de julio son feriados; 30, 31 y 3 de agosto, hábiles"
    assert days[date(2025, 12, 9)]["motivo"] == "Batalla de Ayacucho"
    assert not days[date(2025, 12, 9)]["es_habil"]
    assert days[date(2025, 11, 28)]["es_habil"]


def test_procedures_say_which_deadlines_are_verified(tables: dict[str, pa.Table]) -> None:
    rows = tables["ref_procedimientos"].to_pylist()
    assert {r["cod_procedimiento"]: r["plazo_dias"] for r in rows if r["estado_verificacion"] == "verificado"} == {
        "DIVISION_CONCESION": 37, "CAMBIO_SUSTANCIA": 30, "AUT_EXPLORACION": 14, "MDIA": 30,
    }  # fmt: skip
    assert all(r["plazo_dias"] is None and r["plazo_referencia_dias"] == 30 for r in rows if r["estado_verificacion"] == "no_verificado")
    assert broken("ref_procedimientos", rows) == {}


def commits(warehouse: Warehouse) -> Iterator[str]:
    return (p.name for p in sorted((warehouse.settings.datos / "delta").rglob("*.json")))


def test_a_second_start_writes_nothing(new_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = new_warehouse()
    counts = references.load(warehouse, date(2026, 11, 23))
    before = accepted_versions(warehouse.engine), list(commits(warehouse))
    assert counts["ref_ubigeo"] == 1893
    assert set(before[0]) == set(counts)
    assert references.load(warehouse, date(2026, 12, 31)) == counts
    assert (accepted_versions(warehouse.engine), list(commits(warehouse))) == before


def test_only_the_table_that_changed_is_written_again(new_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = new_warehouse()
    references.load(warehouse, date(2026, 11, 23))
    before = accepted_versions(warehouse.engine)
    references.load(warehouse, date(2027, 1, 1))
    after = accepted_versions(warehouse.engine)
    assert {t for t in after if after[t] != before[t]} == {"ref_calendario", "ref_calendario_entregas"}
    days = warehouse.delta.read("aceptado", "ref_calendario", after["ref_calendario"])
    assert days.num_rows == sum(1 for _ in references.calendar_rows(2030))
