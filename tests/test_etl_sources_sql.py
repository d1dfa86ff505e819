"""Any SQL database: one SELECT that only reads, its period bound, its rows streamed; the same on SQLite and PostgreSQL."""

from __future__ import annotations

import csv
import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts_server import no_waiting
from sqlalchemy import Column, Date, Integer, MetaData, Numeric, String, Table, create_engine, insert, text

from etl.sources import feeds
from etl.sources.feed import Feed
from etl.sources.received import Received
from etl.sources.sql import why_not
from warehouse.errors import DeclarationError, SourceError
from warehouse.store import Warehouse

_METADATA = MetaData()
CASES = Table(
    "expedientes", _METADATA, Column("id", Integer, primary_key=True), Column("nombre", String(50)), Column("ingreso", Date), Column("monto", Numeric(12, 2))
)  # fmt: skip
ROWS = [
    {"id": 1, "nombre": "Ñaña, «uno»", "ingreso": date(2026, 9, 30), "monto": Decimal("1.50")},
    {"id": 2, "nombre": 'con "comillas"\ny línea', "ingreso": date(2026, 10, 1), "monto": Decimal("1200000.25")},
    {"id": 3, "nombre": None, "ingreso": date(2026, 10, 31), "monto": None},
]
QUERY = "SELECT id, nombre, ingreso, monto FROM expedientes WHERE ingreso BETWEEN :desde AND :hasta ORDER BY id"


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse()


@pytest.fixture
def source(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with three cases, on both engines; its address is where the feed looks for it."""
    engine = create_engine(database_url)
    _METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(CASES), ROWS)
    engine.dispose()
    monkeypatch.setenv("SIEGEM_SQL_PRUEBA", database_url)
    return database_url


def read(house: Warehouse, query: str, periodo: str = "2026-10") -> Received:
    feed = feeds.load(feeds.FOLDER / "tramites_sql.yml")
    feed = Feed.model_validate({**feed.model_dump(), "conexion": "SIEGEM_SQL_PRUEBA", "periodo": periodo, "opciones": {"consulta": query}})
    (received,) = feeds.collect(house, {"tramites_sql": feed}, no_waiting())
    return received


def rows_of(received: Received) -> list[dict[str, str]]:
    assert received.problem is None and received.path is not None, str(received.problem)
    with received.path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_the_period_is_bound_and_values_come_as_they_are(house: Warehouse, source: str) -> None:
    received = read(house, QUERY)
    assert [(r["id"], r["nombre"], r["ingreso"]) for r in rows_of(received)] == [
        ("2", 'con "comillas"\ny línea', "2026-10-01"), ("3", "", "2026-10-31"),
    ]  # fmt: skip
    assert [Decimal(r["monto"]) if r["monto"] else None for r in rows_of(received)] == [Decimal("1200000.25"), None]
    assert (received.table, received.cod_region, received.periodo) == ("tramites", "13", "2026-10")
    assert received.origin == "base de datos de SIEGEM_SQL_PRUEBA"


def test_what_writes_is_refused_by_the_database_too(house: Warehouse, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.sources.sql.why_not", lambda query: "")
    received = read(house, "DELETE FROM expedientes RETURNING id")
    assert isinstance(received.problem, SourceError), received
    engine = create_engine(source)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM expedientes")).scalar() == 3
    engine.dispose()


def test_a_fault_of_the_database_is_a_sentence_without_its_address(house: Warehouse, source: str) -> None:
    received = read(house, "SELECT x FROM no_existe")
    assert received.problem is not None and "la base de datos no respondió" in received.problem.what
    assert source not in str(received.problem) and "no_existe" not in str(received.problem)


def test_many_rows_do_not_stay_in_memory(house: Warehouse, source: str) -> None:
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i AS id, 'una línea de texto cualquiera' AS nombre FROM n"
    read(house, QUERY)  # whatever the driver loads once is not the rows'
    tracemalloc.start()
    received = read(house, query)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert received.path is not None and received.path.stat().st_size > 2_000_000
    assert peak < 6_000_000
    assert len(rows_of(received)) == 60_000


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "falta la variable de entorno SIEGEM_SQL_PRUEBA"),
        ("no es una dirección", "no es la dirección de una base de datos"),
        ("inventado://usuario:s3cr3t0@servidor/base", "no es la dirección de una base de datos"),
        ("sqlite:////no/existe.db", "no existe el archivo SQLite"),
        ("postgresql+psycopg://usuario:s3cr3t0@127.0.0.1:9/base", "la base de datos no respondió a la consulta (OperationalError)"),
    ],
)
def test_a_database_that_cannot_be_opened_is_a_sentence_without_its_password(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch, address: str, says: str
) -> None:
    monkeypatch.setenv("SIEGEM_SQL_PRUEBA", address)
    received = read(house, QUERY)
    assert received.problem is not None and says in received.problem.what, received.problem
    assert "s3cr3t0" not in str(received.problem) and "usuario:" not in received.problem.what


def test_a_query_may_only_ask_for_the_period(house: Warehouse, source: str) -> None:
    received = read(house, "SELECT id FROM expedientes WHERE nombre = :quien")
    assert received.problem is not None and ":quien" in received.problem.what
    received = read(house, "SELECT id FROM expedientes WHERE ingreso >= :desde", periodo="serie")
    assert received.problem is not None and ":desde" in received.problem.what


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1; SELECT 2", "DELETE FROM x", "UPDATE x SET a = 1", "WITH d AS (DELETE FROM x RETURNING *) SELECT * FROM d", "SELECT * INTO y FROM x",
        "SELECT * FROM x FOR UPDATE", "SELECT pg_sleep(9)", "SELECT pg_read_file('a')", "SELECT lo_import('a')", "SELECT * FROM dblink('a', 'b') AS t(i int)",
        "SELECT load_extension('a')", "COPY x TO 'a'", "DROP TABLE x", "CREATE TABLE x (i int)", "CALL f()", "VACUUM", "PRAGMA journal_mode", "ATTACH 'x' AS y",
        "EXPLAIN SELECT 1", "SET x = 1", "TRUNCATE x", "GRANT ALL ON x TO y", "BEGIN", "", "no es sql (", "SELECT nextval('s')", "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE",
    ],
)  # fmt: skip
def test_anything_but_one_select_is_a_fault_of_the_declaration(tmp_path: Path, query: str) -> None:
    assert why_not(query)
    declared = (feeds.FOLDER / "tramites_sql.yml").read_text()
    start = declared.index("opciones:")
    (tmp_path / "x.yml").write_text(declared[:start] + "opciones:\n  consulta: |\n    " + query.replace("\n", " ") + "\n")
    with pytest.raises(DeclarationError):
        feeds.load(tmp_path / "x.yml")


@pytest.mark.parametrize(
    "query",
    ["SELECT 1", "WITH a AS (SELECT 1 AS i) SELECT i FROM a", "SELECT 1 UNION SELECT 2", "SELECT count(*) FILTER (WHERE a > 1) FROM x", QUERY],
)
def test_what_only_reads_is_taken(query: str) -> None:
    assert why_not(query) == ""


@given(st.text(max_size=80))
def test_any_text_is_judged_without_a_traceback(query: str) -> None:
    assert isinstance(why_not(query), str)
