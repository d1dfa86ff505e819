"""The SQL schema on both databases: migrations, transactions, the lease and the record of runs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, insert, inspect, select, update

from warehouse import database, runs
from warehouse.errors import LeaseTaken, StoreError
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.tables import arriendos, corrida_pasos, corridas, metadata


@pytest.fixture
def warehouse(new_warehouse: Callable[..., Warehouse], database_url: str) -> Warehouse:
    return new_warehouse(base_datos=database_url)


def test_migrations_give_exactly_the_declared_tables(warehouse: Warehouse) -> None:
    assert database.is_current(warehouse.engine)
    with warehouse.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_first_screen_reads_what_is_undivided_by_its_own_index(tmp_path: Path) -> None:
    """Of a million values nine in ten are of a category: read by indicator alone, each is looked up to be left out."""
    engine = Warehouse(load(datos=tmp_path)).prepare().engine
    query = "SELECT valor FROM valores WHERE desde_publicacion <= 1 AND indicador = 'x' AND tipo_periodo = 'mes' AND categoria = ''"
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert "ix_valores_categoria_vigencia" in str(plan)


def test_preparing_twice_changes_nothing(warehouse: Warehouse) -> None:
    before = inspect(warehouse.engine).get_table_names()
    assert inspect(warehouse.prepare().engine).get_table_names() == before


def test_it_really_is_the_database_it_says(warehouse: Warehouse) -> None:
    with warehouse.engine.connect() as connection:
        query = "SELECT version()" if warehouse.engine.dialect.name == "postgresql" else "PRAGMA journal_mode"
        assert connection.exec_driver_sql(query).scalar_one().lower().startswith(("postgresql", "wal"))


def test_an_unreachable_database_says_what_to_do() -> None:
    with pytest.raises(StoreError, match="SIEGEM_BASE_DATOS"):
        database.migrate(database.connect("postgresql://nadie@127.0.0.1:9/nada"))


def test_an_unknown_kind_of_database_is_refused() -> None:
    with pytest.raises(StoreError, match="no se admite"):
        database.connect("mysql://x/y")


def test_a_run_and_its_steps_are_recorded(warehouse: Warehouse) -> None:
    with runs.run(warehouse.engine, "diaria") as number, runs.step(warehouse.engine, number, "land", "tramites") as notes:
        notes.append("3 archivos.")
    with pytest.raises(RuntimeError), runs.run(warehouse.engine, "diaria"):
        raise RuntimeError("se cortó")
    with warehouse.engine.connect() as connection:
        assert connection.execute(select(corridas.c.estado, corridas.c.detalle).order_by(corridas.c.id)).all() == [
            ("terminada", None),
            ("fallida", "se cortó"),
        ]
        assert connection.execute(select(corrida_pasos.c.estado, corrida_pasos.c.detalle)).all() == [("terminado", "3 archivos.")]


def test_a_run_whose_process_died_is_marked_interrupted(warehouse: Warehouse) -> None:
    with database.writing(warehouse.engine).begin() as connection:
        connection.execute(insert(corridas).values(tipo="diaria", iniciada_en=database.now(), estado="en_curso"))
    assert runs.interrupted(warehouse.engine) == [1]
    assert runs.interrupted(warehouse.engine) == []


def test_one_holder_of_the_lease_at_a_time(warehouse: Warehouse) -> None:
    with database.writing(warehouse.engine).begin() as connection:
        connection.execute(insert(arriendos).values(nombre="cadena", titular="otra-maquina:7", vence_en=database.now() + runs.timedelta(seconds=60)))
    with pytest.raises(LeaseTaken, match="otra-maquina:7"), runs.lease(warehouse.engine):
        pass
    with database.writing(warehouse.engine).begin() as connection:
        connection.execute(update(arriendos).values(vence_en=database.now() - runs.timedelta(seconds=1)))
    with runs.lease(warehouse.engine), warehouse.engine.connect() as connection:
        assert connection.execute(select(arriendos.c.titular)).scalar_one() == runs.holder()
    with warehouse.engine.connect() as connection:
        assert connection.execute(select(arriendos)).all() == []


def test_a_lease_outlives_a_database_that_was_busy(new_warehouse: Callable[..., Warehouse], caplog: pytest.LogCaptureFixture) -> None:
    """A writer that holds SQLite longer than others wait, as a publication of a million values does on a busy machine."""
    warehouse = new_warehouse()
    impatient = database.connect(warehouse.settings.database_url)
    event.listen(impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    renewed = select(arriendos.c.vence_en)
    with runs.lease(impatient, seconds=1):
        with database.writing(warehouse.engine).begin() as connection:
            before = connection.execute(renewed).scalar_one()
            deadline = time.monotonic() + 30
            while "no se pudo renovar" not in caplog.text and time.monotonic() < deadline:
                time.sleep(0.05)
        assert "no se pudo renovar" in caplog.text
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with impatient.connect() as reading:
                if reading.execute(renewed).scalar_one() > before:
                    break
            time.sleep(0.05)
        else:
            pytest.fail("el turno no se volvió a renovar")


def test_the_lease_of_a_dead_process_of_this_machine_is_free_at_once(warehouse: Warehouse) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True).stdout.strip()
    host = runs.holder().rpartition(":")[0]
    with database.writing(warehouse.engine).begin() as connection:
        connection.execute(insert(arriendos).values(nombre="cadena", titular=f"{host}:{dead}", vence_en=database.now() + runs.timedelta(seconds=60)))
    with runs.lease(warehouse.engine):
        pass


def test_two_processes_never_hold_it_together(warehouse: Warehouse) -> None:
    code = (
        "import sys\nfrom warehouse import database, runs\nfrom warehouse.errors import LeaseTaken\n"
        "engine = database.connect(sys.argv[1])\n"
        "try:\n    with runs.lease(engine):\n        print('TENGO')\nexcept LeaseTaken as e:\n    print('ESPERA', e.cure)\n"
    )
    with runs.lease(warehouse.engine):
        url = warehouse.settings.database_url
        out = subprocess.run(
            [sys.executable, "-c", code, url], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "."}
        ).stdout
    assert out.startswith("ESPERA")


def test_writers_wait_for_each_other(warehouse: Warehouse) -> None:
    def write() -> None:
        for _ in range(10):
            with runs.run(warehouse.engine, "hilo"):
                pass

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with warehouse.engine.connect() as connection:
        assert len(connection.execute(select(corridas).where(corridas.c.estado == "terminada")).all()) == 40


def test_the_newest_migration_is_known_without_alembic() -> None:
    """A process that serves pages does not load it: it only asks whether there is anything to migrate."""
    from alembic.script import ScriptDirectory

    assert database.newest() == ScriptDirectory.from_config(database._alembic()).get_current_head()
