"""A filled template left in the inbox: accepted, rejected with the cure where it is another's, brought up where it is older."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import etl_samples as samples
import pytest
from template_filling import filled

from etl.templates import template_bytes
from warehouse.contracts import Contract, Migration

ROWS = [
    {"codigo": "A-1", "cod_region": "13", "fecha": date(2026, 3, 2), "monto": 10.5, "casos": 3, "grave": True, "estado": "abierto"},
    {"codigo": "A-02", "cod_region": "13", "fecha": date(2026, 3, 31), "monto": 0.25, "grave": False},
]


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return samples.contract(tmp_path)


def sent(contract: Contract, region: str = "13", period: str = "2026-03") -> bytes:
    return filled(template_bytes(contract, region, period, {}, samples.TODAY), contract, ROWS)


def test_it_is_accepted_row_by_row_as_it_was_filled(contract: Contract, tmp_path: Path) -> None:
    house = samples.warehouse(tmp_path)
    samples.put(house, "visitas_13_2026-03_v1.xlsx", sent(contract))
    outcome = samples.only(samples.bring(house, contract))
    assert (outcome.version, outcome.filas_aceptadas, outcome.filas_cuarentena) == (1, 2, 0)
    first, second = samples.accepted(house)
    assert (first["fecha"], first["monto"], first["grave"], second["codigo"], second["casos"]) == (date(2026, 3, 2), 10.5, True, "A-02", None)


def test_delivered_for_another_place_it_is_rejected_with_both_named(contract: Contract, tmp_path: Path) -> None:
    house = samples.warehouse(tmp_path)
    samples.put(house, "visitas_13_2026-04_v1.xlsx", sent(contract))
    samples.put(house, "visitas_19_2026-03_v1.xlsx", sent(contract))
    report = samples.bring(house, contract)
    assert sorted(o.estado for o in report.outcomes) == ["rechazada", "rechazada"]
    for outcome, given in zip(report.outcomes, ("13 (La Libertad), periodo 2026-04", "19 (Pasco), periodo 2026-03"), strict=True):
        assert f"la plantilla es de 13 (La Libertad), periodo 2026-03 y se entrega como {given}" in outcome.mensaje
    assert samples.accepted(house) == []


def test_an_older_one_is_brought_up_and_accepted(contract: Contract, tmp_path: Path) -> None:
    old = sent(contract)
    columns = tuple(c.model_copy(update={"name": "situacion"}) if c.name == "estado" else c for c in contract.columns)
    change = Migration(renombra={"estado": "situacion"}, valores={"situacion": {"abierto": "cerrado"}})
    new = contract.model_copy(update={"version": "2.0.0", "columns": columns, "migrations": {"1.0.0": change}})
    house = samples.warehouse(tmp_path)
    samples.put(house, "visitas_13_2026-03_v1.xlsx", old)
    assert samples.only(samples.bring(house, new)).filas_aceptadas == 2
    assert [r["situacion"] for r in samples.accepted(house)] == ["cerrado", None]
