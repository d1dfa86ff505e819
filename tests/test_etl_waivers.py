"""An exception granted by name: the file is judged again from its kept bytes, counts in, and out again when it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import etl_samples as samples
import pytest
from sqlalchemy import select

from warehouse import waivers
from warehouse.contracts import Contract
from warehouse.database import now
from warehouse.errors import SiegemError
from warehouse.store import Warehouse
from warehouse.tables import diferencias, entregas

NAME = "visitas_13_2026-03_v1.csv"
FUTURE = date(2099, 12, 31)
_RULE = """    quality:
      - id: V-1
        type: custom
        engine: siegem
        severity: error
        description: "Fila {fila}: son más de diez casos."
        implementation: {ambito: fila, dimension: rango, columna: casos, sql: t.casos > 10, remedio: Confirme el número de casos.}
"""


@pytest.fixture
def house(new_warehouse: Callable[..., Warehouse], database_url: str) -> Warehouse:
    return new_warehouse(base_datos=database_url)


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    text = samples._CONTRACT + _RULE
    path = tmp_path / "visitas.yml"
    path.write_text(text, encoding="utf-8")
    return samples.load_contract(path)


def rows(house: Warehouse) -> list[object]:
    return [r["codigo"] for r in samples.accepted(house)]


def test_the_row_comes_in_with_the_exception_and_goes_out_when_it_is_withdrawn(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.GOOD))
    first = samples.only(samples.bring(house, contract))
    assert (first.filas_aceptadas, first.filas_cuarentena, rows(house)) == (2, 1, ["A-1", "A-2"])
    granted = waivers.grant(house.engine, "V-1", "visitas", "13", "2026-03", "Rosa Quispe", "Oficio 45-2026 de la GREMH", FUTURE)
    again = samples.only(samples.bring(house, contract))
    assert (again.version, again.filas_aceptadas, again.filas_cuarentena, rows(house)) == (2, 3, 0, ["A-1", "A-2", "A-3"])
    assert "Excepción aceptada por Rosa Quispe hasta el 31-12-2099: Oficio 45-2026 de la GREMH." in again.mensaje
    assert samples.bring(house, contract).outcomes == ()
    with house.engine.connect() as connection:
        assert list(connection.execute(select(entregas.c.dispensas).order_by(entregas.c.version)).scalars()) == [[], [granted.id]]
    waivers.withdraw(house.engine, granted.id)
    assert samples.only(samples.bring(house, contract)).filas_cuarentena == 1
    assert rows(house) == ["A-1", "A-2"]
    assert waivers.in_force(house.engine, now().date()) == ()


def test_another_region_s_file_is_not_judged_again(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.GOOD))
    samples.bring(house, contract)
    waivers.grant(house.engine, "V-1", "visitas", "18", "", "Rosa Quispe", "Oficio 45-2026 de la GREM", FUTURE)
    assert samples.bring(house, contract).outcomes == ()


@pytest.mark.parametrize(
    ("rule", "name", "reason", "until", "said"),
    [
        ("G-13", "Rosa Quispe", "Oficio 45-2026", FUTURE, "no admite excepciones"),
        ("V-1", " ", "Oficio 45-2026", FUTURE, "nombre"),
        ("V-1", "Rosa Quispe", "porque sí", FUTURE, "motivo"),
        ("V-1", "Rosa Quispe", "Oficio 45-2026", date.today() - timedelta(days=3), "ya pasó"),
    ],
)
def test_an_exception_needs_a_rule_that_admits_it_a_name_a_reason_and_an_end(
    house: Warehouse, rule: str, name: str, reason: str, until: date, said: str
) -> None:
    with pytest.raises(SiegemError, match=said):
        waivers.grant(house.engine, rule, "visitas", "13", "", name, reason, until)
    assert waivers.in_force(house.engine, now().date()) == ()


def test_withdrawing_what_is_not_there_is_told(house: Warehouse) -> None:
    with pytest.raises(SiegemError, match="No hay una excepción vigente con el número 9"):
        waivers.withdraw(house.engine, 9)


def test_what_a_new_version_changed_is_kept_row_by_row(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.GOOD[:2]))
    samples.bring(house, contract)
    changed = [["A-1", "13", "2026-03-02", "11.5", "3", "true", "abierto", "99999999"], samples.with_cell(4, "casos", "5")[2]]
    samples.put(house, NAME.replace("v1", "v2"), samples.csv_bytes(changed))
    samples.bring(house, contract)
    with house.engine.connect() as connection:
        kept = {(r.tipo, r.clave["codigo"]): r.columnas for r in connection.execute(select(diferencias))}
        e = entregas.c
        counts = connection.execute(select(e.filas_agregadas, e.filas_cambiadas, e.filas_retiradas).where(e.version == 2)).one()
    assert kept == {("agregada", "A-3"): {}, ("cambiada", "A-1"): {"monto": ["10.5", "11.5"], "documento": ["***", "***"]}, ("retirada", "A-2"): {}}
    assert tuple(counts) == (1, 1, 1)
