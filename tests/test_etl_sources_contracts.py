"""The contracts of what only connectors bring (cadastre, liabilities, BCRP): each rule fails where it should, and on nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from etl.pipeline import ingest
from etl.sources.received import Received
from etl.sources.rows import as_csv
from warehouse.store import Warehouse
from warehouse.tables import resultados_calidad

RIGHTS = {"cod_departamento": "13", "periodo": "2026-09", "fecha_corte": "2026-09-25", "situacion": "titulado", "sustancia": "metalica",
          "derechos": 42919, "hectareas": 900000.5}  # fmt: skip
LIABILITIES = {"cod_departamento": "06", "anio": 2026, "fecha_corte": "2026-09-25", "tipo": "LABOR MINERA", "pasivos": 6116}
PRICE = {"codigo": "PN01652XM", "nombre": "Cobre (¢US$ por libra)", "periodo": "2026-01", "valor": 400.5}


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse()


def failed(house: Warehouse, table: str, periodo: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Rule -> its sentence, of the rules of the contract itself that the rows break."""
    content = list(as_csv(list(rows[0]), [list(r.values()) for r in rows]))
    (outcome,) = ingest(house, [Received("x.csv", content, "prueba", table, "00", periodo, datetime(2026, 11, 20, tzinfo=UTC))]).outcomes
    assert outcome.entrega_id if hasattr(outcome, "entrega_id") else outcome
    r = resultados_calidad.c
    with house.engine.connect() as connection:
        found = connection.execute(select(r.regla_id, r.mensaje, r.muestra, r.estado, r.severidad)).all()
    assert not [f for f in found if f.estado == "no_evaluable"]
    told = {f.regla_id: " ".join([f.mensaje, *f.muestra]) for f in found if f.estado == "falla" or (f.severidad == "informativa" and f.muestra)}
    return {rule: text for rule, text in told.items() if rule.startswith("O0")}


@pytest.mark.parametrize(
    ("table", "periodo", "good"),
    [("catastro_departamento", "2026-09", RIGHTS), ("pasivos_departamento", "2026", LIABILITIES), ("series_bcrp", "serie", PRICE)],
)
def test_good_rows_break_nothing(house: Warehouse, table: str, periodo: str, good: dict[str, Any]) -> None:
    assert failed(house, table, periodo, [good]) == {}


@pytest.mark.parametrize(
    ("table", "periodo", "rows", "rule", "says"),
    [
        ("catastro_departamento", "2026-09", [RIGHTS, RIGHTS | {"situacion": "cantera", "derechos": 3, "hectareas": 0}], "O04-COH-1", "La fila 3 cuenta 3 derechos"),
        ("catastro_departamento", "2026-09", [RIGHTS, RIGHTS | {"situacion": "otra", "fecha_corte": "2026-08-31"}], "O04-COH-2", "La fila 3 es del mes 2026-09"),
        ("catastro_departamento", "2026-09", [RIGHTS, RIGHTS | {"situacion": "otra", "cod_departamento": "99", "derechos": 4}], "O04-COM-1", "La fila 3 cuenta 4 derechos"),
        ("catastro_departamento", "2026-09", [RIGHTS | {"derechos": 30000}], "O04-CON-1", "suma 30,000 derechos titulados"),
        ("pasivos_departamento", "2026", [LIABILITIES, LIABILITIES | {"fecha_corte": "2025-09-25", "pasivos": 1}], "O05-COH-1", "La fila 3 es del año 2026"),
        ("pasivos_departamento", "2026", [LIABILITIES, LIABILITIES | {"cod_departamento": "99", "pasivos": 2}], "O05-COM-1", "La fila 3 cuenta 2 pasivos"),
        ("pasivos_departamento", "2026", [LIABILITIES | {"pasivos": 600}], "O05-CON-1", "suma 600 pasivos"),
        ("series_bcrp", "serie", [PRICE, PRICE | {"periodo": "2026-T1"}], "O06-COH-1", "La fila 3 da el periodo «2026-T1»"),
        ("series_bcrp", "serie", [PRICE, PRICE | {"periodo": "2026-02", "valor": None}], "O06-COM-1", "La fila 3 no tiene valor"),
        ("series_bcrp", "serie", [PRICE, PRICE | {"periodo": "2026-02", "valor": 1300}], "O06-ATI-1", "Fila 3: la serie PN01652XM"),
    ],
)  # fmt: skip
def test_a_rule_fails_where_it_should_and_no_other(
    house: Warehouse, table: str, periodo: str, rows: list[dict[str, Any]], rule: str, says: str
) -> None:
    found = failed(house, table, periodo, rows)
    assert list(found) == [rule], found
    assert says in found[rule]
