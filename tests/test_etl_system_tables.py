"""The register of deliveries as a table: what came, what never did, when a failed rule was mended; and the indicators over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from etl import references, system_tables
from etl.dates import business_days
from kpis.pipeline import compute_and_publish
from warehouse import publications, submissions
from warehouse.database import now, writing
from warehouse.store import Warehouse
from warehouse.submissions import ACCEPTED, REJECTED, RuleResult, Submission
from warehouse.tables import conciliaciones

TODAY = date(2026, 10, 15)


def came(region: str, period: str, day: date, version: int = 1, estado: str = ACCEPTED, limit: date | None = None, **change: Any) -> Submission:
    made = Submission(
        tabla="tramites", cod_region=region, periodo=period, version=version, hash_archivo=f"{region}{period}{version}".ljust(64, "0"),
        archivo="x.csv", estado=estado, filas=100, filas_aceptadas=98, filas_cuarentena=2, recibido_en=datetime(day.year, day.month, day.day, 15, tzinfo=UTC),
        version_contrato="1.0.0", sintetico=False, celdas_requeridas=1000, celdas_vacias=10, fecha_limite=limit or date(2026, 4, 15),
    )  # fmt: skip
    return replace(made, **change)


def failing(rule: str, rows: int, severity: str = "error") -> RuleResult:
    return RuleResult(rule, "coherencia", severity, "falla", 100, rows)


def meeting(rule: str, severity: str = "error") -> RuleResult:
    return RuleResult(rule, "coherencia", severity, "cumple", 100, 0)


@pytest.fixture
def house(new_warehouse: Callable[..., Warehouse], database_url: str) -> Warehouse:
    warehouse = new_warehouse(base_datos=database_url)
    references.load(warehouse, TODAY)
    return warehouse


def load(house: Warehouse, *made: Submission) -> dict[str, list[dict[str, Any]]]:
    with writing(house.engine).begin() as connection:
        submissions.record(connection, made, None)
    system_tables.load(house, TODAY, business_days(references.tables(TODAY)["ref_calendario"]))
    return {t: house.delta.read("aceptado", t).to_pylist() for t in ("entregas", "resultados_calidad", "conciliaciones")}


def test_nothing_is_written_before_the_first_delivery(house: Warehouse) -> None:
    assert system_tables.load(house, TODAY, []) == {}
    assert "entregas" not in submissions.accepted_versions(house.engine)


def test_what_was_due_and_never_came_is_there_between_the_first_and_last_month_delivered(house: Warehouse) -> None:
    found = load(house, came("13", "2026-03", date(2026, 4, 10)), came("18", "2026-05", date(2026, 6, 10), limit=date(2026, 6, 15)))["entregas"]
    absent = {(r["cod_region"], r["periodo"]) for r in found if r["estado"] == "no_recibida"}
    assert len(absent) == 26 * 3 - 2
    assert ("13", "2026-04") in absent
    assert ("13", "2026-03") not in absent
    assert not {p for _, p in absent} - {"2026-03", "2026-04", "2026-05"}
    assert all(r["fecha_limite"] < TODAY and r["fecha_recepcion"] is None and not r["vigente"] for r in found if r["estado"] == "no_recibida")


def test_a_period_whose_deadline_has_not_passed_is_not_owed_yet(house: Warehouse) -> None:
    found = load(house, came("13", "2026-09", date(2026, 10, 2), limit=date(2026, 10, 15)))["entregas"]
    assert [r["estado"] for r in found] == ["aceptada"]


def test_only_the_last_accepted_version_is_in_force(house: Warehouse) -> None:
    found = load(
        house,
        came("13", "2026-03", date(2026, 4, 10)),
        came("13", "2026-03", date(2026, 4, 20), 2),
        came("13", "2026-03", date(2026, 4, 21), 3, REJECTED),
    )["entregas"]
    assert {(r["version"], r["vigente"]) for r in found if r["cod_region"] == "13"} == {(1, False), (2, True), (3, False)}


def test_a_failed_rule_says_when_it_was_mended_and_an_open_one_does_not(house: Warehouse) -> None:
    found = load(
        house,
        came("13", "2026-03", date(2026, 4, 10), results=(failing("A", 3), failing("B", 0, "bloqueante"), failing("C", 1))),
        came("13", "2026-03", date(2026, 4, 13), 2, results=(failing("A", 1), meeting("B", "bloqueante"), meeting("C"))),
        came("13", "2026-03", date(2026, 4, 20), 3, results=(failing("A", 1), meeting("B", "bloqueante"), meeting("C"))),
    )["resultados_calidad"]
    first = {r["regla_id"]: r for r in found if r["fecha_evaluacion"] == date(2026, 4, 10)}
    assert first["A"]["fecha_correccion"] is None
    assert first["B"]["fecha_correccion"] == first["C"]["fecha_correccion"] == date(2026, 4, 13)
    assert (first["A"]["filas_fallidas"], first["B"]["filas_fallidas"]) == (3, 100), "a rule that fails for the file fails for all its rows"


def test_the_day_is_that_of_peru(house: Warehouse) -> None:
    night = replace(came("13", "2026-03", date(2026, 4, 11)), recibido_en=datetime(2026, 4, 11, 3, tzinfo=UTC))
    (own,) = [r for r in load(house, night)["entregas"] if r["cod_region"] == "13"]
    assert own["fecha_recepcion"] == date(2026, 4, 10)


def test_the_newest_result_of_a_reconciliation_counts(house: Warehouse) -> None:
    common = {"regla_id": "X-02", "cod_region": "13", "periodo": "2026-T1", "clave": "", "severidad": "error", "titulo": {}, "casos": 1, "casos_fallidos": 0,
              "frase": "", "versiones": {"tramites": 3}, "evaluado_en": now()}  # fmt: skip
    with writing(house.engine).begin() as connection:
        connection.execute(insert(conciliaciones), [{**common, "estado": "falla", "valor_a": 1.0, "valor_b": 2.0, "diferencia": -1.0, "tolerancia": 0.0},
                                                    {**common, "estado": "cumple", "valor_a": 2.0, "valor_b": 2.0, "diferencia": 0.0, "tolerancia": 0.0}])  # fmt: skip
    (row,) = load(house, came("13", "2026-03", date(2026, 4, 10)))["conciliaciones"]
    assert (row["estado"], row["fecha_periodo"], row["sintetico"], row["clave"]) == ("cumple", date(2026, 3, 31), True, "todo")


def test_loading_the_same_again_writes_nothing(house: Warehouse) -> None:
    load(house, came("13", "2026-03", date(2026, 4, 10), results=(failing("A", 3),)))
    before = submissions.accepted_versions(house.engine)
    load(house)
    assert submissions.accepted_versions(house.engine) == before


def test_the_indicators_of_the_data_themselves_are_published(house: Warehouse) -> None:
    late = date(2026, 4, 28)
    load(
        house,
        came("13", "2026-03", date(2026, 4, 10), results=(failing("A", 10), meeting("B"))),
        came("13", "2026-03", late, 2, results=(meeting("A"), meeting("B"))),
        *(came(r, "2026-03", late if r == "01" else date(2026, 4, 10), results=(meeting("A"),)) for r in ("01", "02", "18", "19")),
    )
    outcome = compute_and_publish(house)
    values = publications.values(house.engine, outcome.publication.numero)
    country = values[(values["territorio"] == "00") & (values["periodo"] == "2026-T2") & (values["categoria"] == "")].set_index("indicador")
    on_time, whole = country.loc["pct_entregas_oportunas"], country.loc["pct_completitud"]
    assert (on_time["numerador"], on_time["denominador"]) == (4, 26), "21 regions never delivered and one was late"
    assert (whole["numerador"], whole["denominador"]) == (5 * 990, 5 * 1000)
    assert country.loc["pct_registros_cuarentena", "valor"] == pytest.approx(2.0)
    own = values[(values["territorio"] == "13") & (values["periodo"] == "2026-T2") & (values["categoria"] == "")].set_index("indicador")
    assert own.loc["pct_reglas_aprobadas", "valor"] == pytest.approx(100 * (3 * 0.9 + 3 * 3) / 12)
    assert own.loc["mediana_dias_correccion", "n"] == 1
