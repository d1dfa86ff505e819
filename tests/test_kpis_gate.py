"""The gate: too much in quarantine holds a region's figures back, an exception lets them pass by name, and nobody else is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import pytest

from kpis import trial
from kpis.deliveries import Deliveries
from kpis.gate import RULE, Gate, blocked, gate_of, known, summary
from kpis.pipeline import compute_and_publish
from tests import kpis_tables as put
from tests.kpis_rows import cell
from warehouse import catalogue, publications, waivers
from warehouse.database import writing
from warehouse.periods import parse
from warehouse.store import Warehouse
from warehouse.tables import entregas
from warehouse.waivers import Waiver

New = Callable[..., Warehouse]


def history(*rows: tuple[str, str, str, int, int]) -> Deliveries:
    frame = pd.DataFrame([{"seq": i, "tabla": t, "cod_region": r, "periodo": p, "filas": n, "filas_cuarentena": q, "estado": "aceptada"}
                          for i, (t, r, p, n, q) in enumerate(rows)])  # fmt: skip
    return Deliveries(frame, catalogue.contracts())


def waiver(table: str, region: str, period: str) -> Waiver:
    now = put.NOW
    return Waiver(1, RULE, table, region, period, "Ana Ruiz", "Se corrige en octubre.", date(2099, 1, 1), now)


@pytest.mark.parametrize(("rows", "quarantined", "closes"), [(100, 10, False), (100, 11, True), (10, 2, False), (10, 3, True), (0, 0, False)])
def test_more_than_a_tenth_and_at_least_three_rows(rows: int, quarantined: int, closes: bool) -> None:
    given = history(("tramites", "13", "2026-08", rows, quarantined))
    assert gate_of(given, ()).closed(["tramites"], "13", parse("2026-08"), cumulative=False) is closes
    assert bool(blocked(given, ())) is closes


def test_it_is_asked_of_the_whole_period() -> None:
    gate = gate_of(history(("tramites", "13", "2026-07", 90, 0), ("tramites", "13", "2026-08", 20, 8)), ())
    assert gate.closed(["tramites"], "13", parse("2026-08"), cumulative=False)
    assert not gate.closed(["tramites"], "13", parse("2026-T3"), cumulative=False)
    assert not gate.closed(["tramites"], "13", parse("2026-09"), cumulative=False)
    assert not gate.closed(["tramites"], "13", parse("2026-08"), cumulative=True), "una existencia descansa en todo lo entregado"
    assert not gate.closed(["tramites"], "18", parse("2026-08"), cumulative=False) and not gate.closed(
        ["alertas"], "13", parse("2026-08"), cumulative=False
    )


def test_an_exception_opens_it_and_is_told_with_its_name() -> None:
    given = history(("tramites", "13", "2026-08", 20, 8), ("alertas", "18", "2026-08", 20, 8))
    granted = [waiver("tramites", "13", "2026-08")]
    assert not gate_of(given, granted).closed(["tramites"], "13", parse("2026-08"), cumulative=False)
    assert gate_of(given, granted).closed(["alertas"], "18", parse("2026-08"), cumulative=False)
    lines = summary(blocked(given, granted))
    assert lines[0].startswith("Puerta: 1 entregas") and "pasa con excepción: tramites, La Libertad, 2026-08: 8 de 20 filas" in lines[1]
    assert "Ana Ruiz" in lines[1]
    assert summary([]) == ["Puerta: ninguna entrega tiene más de 10 % de sus filas en cuarentena."]


def test_an_exception_to_another_rule_opens_nothing() -> None:
    other = Waiver(1, "G-10", "tramites", "13", "2026-08", "Ana", "m", date(2099, 1, 1), put.NOW)
    assert gate_of(history(("tramites", "13", "2026-08", 20, 8)), [other]).closed(["tramites"], "13", parse("2026-08"), cumulative=False)


def test_an_empty_gate_is_open() -> None:
    assert not Gate().closed(["tramites"], "13", parse("2026-08"), cumulative=False)


def test_a_held_region_has_no_figure_the_others_and_the_country_do(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.case_files(warehouse, ["13", "18", "21"], put.months("2025-06", 12), 30)
    with writing(warehouse.engine).begin() as connection:
        place = (entregas.c.tabla == "tramites", entregas.c.cod_region == "13", entregas.c.periodo.in_(["2026-01", "2026-02", "2026-03"]))
        connection.execute(entregas.update().where(*place).values(filas=40, filas_cuarentena=10))
    compute_and_publish(warehouse)

    def state(number: int, place: str) -> str:
        own = publications.values(
            warehouse.engine, number, indicador="pct_tramites_en_plazo", tipo_periodo="trimestre", periodo="2026-T1", desglose=""
        )
        return str(cell(own, place, "2026-T1")["estado"])

    assert [state(1, p) for p in ("13", "18", "00", "PILOTO")] == ["regla_no_superada", "publicado", "publicado", "publicado"]
    tried = trial.run(warehouse, {"pct_tramites_en_plazo": catalogue.indicators()["pct_tramites_en_plazo"]}).values
    assert cell(tried[tried["desglose"] == ""], "13", "2026-T1")["estado"] == "regla_no_superada", "un borrador no muestra lo que no se publicaría"
    until = warehouse.today + timedelta(days=30)
    for month in ("2026-01", "2026-02", "2026-03"):
        waivers.grant(warehouse.engine, RULE, "tramites", "13", month, "Ana Ruiz", "Filas repetidas por el sistema de la región", until)
    assert compute_and_publish(warehouse).changed
    assert [state(n, "13") for n in (1, 2)] == ["regla_no_superada", "publicado"]
    assert len(blocked(*known(warehouse))) == 3
