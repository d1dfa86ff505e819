"""Formalisation has its figures where nobody ever delivered the transferred functions: the register itself tells whose it was."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from etl import references
from kpis.basis import basis
from kpis.pipeline import compute_and_publish
from kpis.replay import replay
from tests.kpis_tables import deliver
from warehouse import publications
from warehouse.settings import load
from warehouse.store import Warehouse


@pytest.fixture
def published(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(load(datos=tmp_path)).prepare()
    references.load(warehouse, date(2026, 10, 5))
    rows = [
        {"inscripcion_id": f"13-{k:05d}", "ubigeo": "130101", "tipo_persona": "natural", "sexo": "FM"[k % 2], "estrato": "PMA", "mineral": "oro",
         "situacion_area": "libre", "relacion_derecho": "sin_derecho", "fecha_inscripcion": date(2024, 1, 1) + timedelta(days=k), "estado_reinfo": "vigente",
         "fecha_estado": date(2024, 1, 1) + timedelta(days=k), "entidad_competente": "GR", "ubicacion_validada": False,
         "fecha_formalizacion": date(2025, 3, 1) if k % 5 == 0 else None}
        for k in range(100)
    ]  # fmt: skip
    months = [f"{y}-{m:02d}" for y in (2024, 2025) for m in range(1, 13)]
    deliver(warehouse, "formalizacion", {("13", m): rows if m == "2024-12" else [] for m in months})
    compute_and_publish(warehouse)
    return warehouse


def test_the_rate_is_published_with_what_it_assumes(published: Warehouse) -> None:
    values = publications.values(published.engine, 1, indicador="tasa_formalizacion", periodo="2025-T4", categoria="", territorio=["13", "00"])
    assert values.set_index("territorio")["estado"].to_dict() == {"13": "publicado", "00": "publicado"}
    assert values.set_index("territorio").loc["13", "valor"] == pytest.approx(20)
    sheet = publications.sheets(published.engine, 1)["tasa_formalizacion"]
    assert any("nunca entregó sus funciones transferidas" in r["es"] for r in sheet["ficha"]["reading"])
    assert "pct_funciones_acreditadas" not in publications.sheets(published.engine, 1), "esos sí necesitan la tabla"


def test_it_can_be_computed_again_after_the_functions_came(published: Warehouse) -> None:
    deliver(published, "funciones_transferidas", {("13", "2025-T4"): [
        {"funcion_id": "F07", "acreditada": True, "via_acreditacion": "norma", "competencia_desde": date(2008, 1, 1), "competencia_hasta": date(2025, 5, 17)}]})  # fmt: skip
    assert basis(published, "tasa_formalizacion", 1).versions["funciones_transferidas"] == -1
    assert replay(published, 1).same
    assert compute_and_publish(published).changed
    after = publications.values(published.engine, 2, indicador="tasa_formalizacion", periodo="2025-T4", categoria="", territorio="13")
    assert after["estado"].tolist() == ["competencia_minem"]
