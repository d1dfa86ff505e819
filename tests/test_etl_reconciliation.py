"""The engine of reconciliations: when it runs, what it writes, and that nothing written ever changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kpis_tables import deliver
from sqlalchemy import func, select

from etl import reconciliation
from etl.reconciliation import reconcile
from etl.reconciliation_declarations import Reconciliation, Tolerance, check, load
from warehouse import catalogue, database, duck, reconciliations
from warehouse.database import writing
from warehouse.errors import DeclarationError
from warehouse.reconciliations import AGREES, DIFFERS, NOT_EVALUABLE, Compared, worth_telling
from warehouse.store import Warehouse
from warehouse.tables import conciliaciones

Row = dict[str, Any]
DECLARED = {
    "X-12": Reconciliation.model_validate(
        {
            "id": "X-12", "titulo": {"es": "Accidentes y lista", "en": "Accidents and list"}, "severidad": "error",
            "lado_a": {"nombre": {"es": "el registro de accidentes", "en": "the register"}, "tablas": ["accidentes"]},
            "lado_b": {"nombre": {"es": "la lista publicada", "en": "the published list"}, "tablas": ["cifras_publicadas"]},
            "sql": "WITH a AS (SELECT cod_region, count(*) AS n FROM accidentes GROUP BY 1), "
            "b AS (SELECT cod_region, sum(valor) AS n FROM cifras_publicadas GROUP BY 1) "
            "SELECT cod_region, '2025' AS periodo, NULL AS clave, a.n AS valor_a, b.n AS valor_b FROM a FULL JOIN b USING (cod_region)",
            "frase": "{region}, {periodo}: {a} y {b}.", "remedio": "Revise.",
        }
    )
}  # fmt: skip


def accidents(region: str, count: int) -> dict[tuple[str, str], list[Row]]:
    return {(region, "2025-06"): [{"accidente_id": f"{region}-{n}", "cod_region": region, "tipo": "mortal"} for n in range(count)]}


def figures(**values: float) -> dict[tuple[str, str], list[Row]]:
    rows = [{"medida": "accidentes_mortales", "cod_region": r[1:], "periodo_cifra": "2025", "clave": "total", "valor": v} for r, v in values.items()]
    return {("00", "2025-12"): rows}


def rows(warehouse: Warehouse) -> list[Row]:
    with warehouse.engine.connect() as connection:
        return [dict(r._mapping) for r in connection.execute(select(conciliaciones).order_by(conciliaciones.c.id))]


def states(warehouse: Warehouse) -> dict[str, str]:
    found = reconciliations.latest(warehouse.engine)
    return dict(zip(found["cod_region"], found["estado"], strict=True))


def told(warehouse: Warehouse) -> list[Row]:
    """What people are told of the newest rows."""
    newest = select(func.max(conciliaciones.c.id)).group_by(conciliaciones.c.regla_id, conciliaciones.c.cod_region, conciliaciones.c.periodo)
    with warehouse.engine.connect() as connection:
        found = connection.execute(select(conciliaciones).where(conciliaciones.c.id.in_(newest), worth_telling()))
        return [dict(r._mapping) for r in found]


@pytest.fixture
def filled(new_warehouse: Callable[..., Warehouse]) -> Warehouse:
    warehouse = new_warehouse()
    deliver(warehouse, "accidentes", accidents("13", 2) | accidents("18", 3) | accidents("19", 1))
    deliver(warehouse, "cifras_publicadas", figures(r13=2, r18=5, r04=1))
    return warehouse


def test_both_values_and_their_difference_are_kept(filled: Warehouse) -> None:
    report = reconcile(filled, declared=DECLARED)
    found = reconciliations.latest(filled.engine).set_index("cod_region")
    assert list(found.loc["18", ["valor_a", "valor_b", "diferencia", "tolerancia", "estado"]]) == [3, 5, -2, 0, DIFFERS]
    assert found.loc["18", "frase"] == "Moquegua, 2025: 3 y 5. Revise."
    assert found.loc["13", "frase"] == "La Libertad, 2025: 2 y 2."
    assert found.loc["19", "frase"] == "Pasco, 2025: no se puede comparar; falta la lista publicada."
    assert found.loc["04", "frase"] == "Arequipa, 2025: no se puede comparar; falta el registro de accidentes."
    assert set(found.loc["18", "versiones"]) == {"accidentes", "cifras_publicadas", "declaracion"}
    (done,) = report.evaluadas
    assert (done.cumplen, done.fallan, done.no_evaluables, done.nuevas) == (1, 1, 2, 4)
    assert report.summary() == [
        "Conciliaciones: 1 evaluadas y 0 sin cambios.",
        "X-12, Accidentes y lista: difieren 1 de 2 lugares comparados; 2 no se pudieron comparar.",
    ]


def test_a_second_time_nothing_is_written(filled: Warehouse) -> None:
    reconcile(filled, declared=DECLARED)
    before = rows(filled)
    assert reconcile(filled, declared=DECLARED).sin_cambios == ("X-12",)
    assert rows(filled) == before


def test_only_places_that_changed_are_added_and_what_was_written_stays(filled: Warehouse) -> None:
    reconcile(filled, declared=DECLARED)
    before = rows(filled)
    deliver(filled, "accidentes", accidents("18", 5), version=2)
    reconcile(filled, declared=DECLARED)
    after = rows(filled)
    assert after[: len(before)] == before
    assert [(r["cod_region"], r["estado"]) for r in after[len(before) :]] == [("18", AGREES), ("00", AGREES)]
    assert states(filled) == {"13": AGREES, "18": AGREES, "19": NOT_EVALUABLE, "04": NOT_EVALUABLE}


def test_a_place_whose_data_are_gone_is_withdrawn_and_may_come_back(filled: Warehouse) -> None:
    reconcile(filled, declared=DECLARED)
    deliver(filled, "cifras_publicadas", figures(r13=2, r18=5), version=2)
    reconcile(filled, declared=DECLARED)
    gone = [r for r in rows(filled) if r["cod_region"] == "04"][-1]
    assert (gone["estado"], gone["casos"], gone["frase"]) == (NOT_EVALUABLE, 0, "2025: ninguna de las dos fuentes tiene ya este dato.")
    assert "04" not in states(filled)
    assert {r["cod_region"] for r in told(filled)} == {"13", "18", "19"}
    deliver(filled, "cifras_publicadas", figures(r13=2, r18=5, r04=1), version=3)
    reconcile(filled, declared=DECLARED)
    assert states(filled)["04"] == NOT_EVALUABLE


def test_a_table_that_nobody_delivered_is_told_and_not_passed(new_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = new_warehouse()
    deliver(warehouse, "accidentes", accidents("13", 2))
    report = reconcile(warehouse, declared=DECLARED)
    title = catalogue.contracts()["cifras_publicadas"].title.es
    assert report.summary()[1] == f"X-12, Accidentes y lista: no se puede comparar; no hay filas aceptadas de «{title}»."
    assert states(warehouse) == {}
    assert [r["frase"] for r in told(warehouse)] == [report.summary()[1]], "se dice, y no cuenta como coincidencia"
    assert [(r["estado"], r["casos"]) for r in told(warehouse)] == [(NOT_EVALUABLE, 0)]
    assert reconcile(warehouse, declared=DECLARED).sin_cambios == ("X-12",)
    deliver(warehouse, "cifras_publicadas", figures(r13=2))
    assert reconcile(warehouse, declared=DECLARED).evaluadas[0].cumplen == 1
    assert states(warehouse) == {"13": AGREES}


def test_tables_without_rows_to_compare_are_told_once(new_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = new_warehouse()
    deliver(warehouse, "accidentes", {("13", "2025-06"): []})
    deliver(warehouse, "cifras_publicadas", {("00", "2025-12"): []})
    assert reconcile(warehouse, declared=DECLARED).summary()[1].endswith("no se puede comparar; no hay filas que comparar.")
    assert reconcile(warehouse, declared=DECLARED).sin_cambios == ("X-12",)


def test_a_statement_that_breaks_keeps_what_was_told_and_is_tried_again(filled: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    reconcile(filled, declared=DECLARED)
    deliver(filled, "accidentes", accidents("18", 5), version=2)

    def broken(*_: object) -> None:
        raise duck.Error("se acabó la memoria")

    with monkeypatch.context() as patch:
        patch.setattr(duck, "view_of_files", broken)
        report = reconcile(filled, declared=DECLARED)
    assert report.summary()[1] == "X-12, Accidentes y lista: no se puede comparar; la consulta dio un error (se acabó la memoria)."
    assert states(filled)["18"] == DIFFERS
    assert reconcile(filled, declared=DECLARED).evaluadas[0].cumplen == 2


def test_a_changed_declaration_is_run_again(filled: Warehouse) -> None:
    reconcile(filled, declared=DECLARED)
    wider = {"X-12": DECLARED["X-12"].model_copy(update={"tolerancia": Tolerance(absoluta=2)})}
    reconcile(filled, declared=wider)
    assert states(filled)["18"] == AGREES
    one_way = {"X-12": DECLARED["X-12"].model_copy(update={"tolerancia": Tolerance(sentido="a_no_supera_b")})}
    reconcile(filled, declared=one_way)
    assert states(filled)["18"] == AGREES, "3 no supera 5"


def test_the_larger_tolerance_counts() -> None:
    both = Tolerance(absoluta=5, porcentaje=1)
    assert (both.allowed(100), both.allowed(2_000), both.allowed(None)) == (5, 20, 5)


def test_it_tells_what_it_is_doing(filled: Warehouse) -> None:
    told: list[tuple[str, int, int]] = []
    reconcile(filled, declared=DECLARED, progress=lambda *words: told.append(words))
    assert told == [("Accidentes y lista", 0, 1)]


@pytest.mark.postgres
def test_the_same_on_postgresql(new_warehouse: Callable[..., Warehouse], postgres_url: str) -> None:
    warehouse = new_warehouse(base_datos=postgres_url)
    deliver(warehouse, "accidentes", accidents("13", 2) | accidents("18", 3))
    deliver(warehouse, "cifras_publicadas", figures(r13=2, r18=5))
    reconcile(warehouse, declared=DECLARED)
    before = rows(warehouse)
    assert states(warehouse) == {"13": AGREES, "18": DIFFERS}
    assert reconcile(warehouse, declared=DECLARED).sin_cambios == ("X-12",)
    assert rows(warehouse) == before


# ---- the store

ONE = Compared("X-09", "13", "2025", "", 10.0, 12.0, -2.0, 1.0, DIFFERS, "advertencia", 1, 1, "La Libertad: 10 y 12.")


def test_the_newest_row_of_a_place_is_the_one_that_counts(database_url: str) -> None:
    engine = database.connect(database_url)
    database.migrate(engine)
    later, other = replace(ONE, valor_a=12.0, diferencia=0.0, estado=AGREES), replace(ONE, clave="x")
    summary = replace(ONE, cod_region="00", periodo="", estado=AGREES)
    with writing(engine).begin() as connection:
        assert reconciliations.record(connection, [ONE, other, summary], {"es": "Canon"}, {"presupuesto": 3}, None) == 3
    with writing(engine).begin() as connection:
        assert (
            reconciliations.record(connection, [later, replace(other, estado=NOT_EVALUABLE, casos=0)], {"es": "Canon"}, {"presupuesto": 4}, None) == 2
        )
    with engine.connect() as connection:
        assert reconciliations.places(connection, "X-09") == {("13", "2025", ""): later}
        assert reconciliations.places(connection, "X-10") == {}
        assert reconciliations.last_versions(connection, "X-09") == {"presupuesto": 3}
        assert reconciliations.last_versions(connection, "X-10") == {}
        assert connection.execute(select(func.count()).select_from(conciliaciones)).scalar() == 5
    assert reconciliations.latest(engine, "X-09")["estado"].tolist() == [AGREES]
    assert reconciliations.latest(engine)[["versiones", "titulo"]].values.tolist() == [[{"presupuesto": 4}, {"es": "Canon"}]]
    assert reconciliations.latest(engine, "X-10").empty


@pytest.mark.parametrize(
    ("change", "same"),
    [({}, True), ({"valor_a": 10.0 + 1e-12}, True), ({"valor_a": 10.01}, False), ({"valor_b": None}, False), ({"frase": "otra."}, False),
     ({"estado": AGREES}, False), ({"casos_fallidos": 0}, False)],
)  # fmt: skip
def test_what_is_a_change(change: Row, same: bool) -> None:
    assert replace(ONE, **change).same_as(ONE) is same
    assert not ONE.same_as(None)


# ---- declarations


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sql": "SELECT cod_region, '' AS periodo, '' AS clave, 1 AS valor_a, 1 AS valor_b FROM accidente"}, "accidente"),
        ({"sql": "SELECT cod_region, '' AS periodo, '' AS clave, 1 AS valor_a FROM accidentes"}, "valor_b"),
        ({"sql": "SELECT cod_region, '' AS periodo, '' AS clave, 1 AS valor_a, 1 AS valor_b, 1 AS casos FROM accidentes"}, "o ninguna de las dos"),
        ({"frase": "{regoin}: {a}."}, "¿Quiso decir «region»?"),
        ({"referencias": ("ref_regin",)}, "¿Quiso decir «ref_region»?"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_told_before_anything_runs(change: Row, sentence: str) -> None:
    with pytest.raises(DeclarationError, match="X-12") as raised:
        check({"X-12": DECLARED["X-12"].model_copy(update=change)}, catalogue.contracts())
    assert sentence in str(raised.value)


def test_a_file_is_named_as_its_id_and_has_no_unknown_key(tmp_path: Path) -> None:
    text = (Path(reconciliation.__file__).parent / "reconciliations" / "X-12.yml").read_text(encoding="utf-8")
    (tmp_path / "X-99.yml").write_text(text, encoding="utf-8")
    (tmp_path / "X-12.yml").write_text(text.replace("remedio:", "remdio:"), encoding="utf-8")
    with pytest.raises(DeclarationError) as raised:
        load(tmp_path)
    assert "llamarse como su id, «X-12»" in str(raised.value)
    assert "¿Quiso decir «remedio»?" in str(raised.value)


def test_the_declared_ones_can_be_read_and_bound() -> None:
    check(load(), catalogue.contracts())
    assert len(load()) == 17
    for one in load().values():
        assert one.titulo.es != one.titulo.en and one.lado_a.nombre.es != one.lado_b.nombre.es
        assert set(one.lado_a.tablas).isdisjoint(one.lado_b.tablas)
