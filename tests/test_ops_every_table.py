"""Each of the 34 tables as its office sends it: its template, filled with the demonstration's rows, uploaded to a real server, accepted."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fault_country
import httpx
import pytest
from desk_samples import Sender
from fault_country import TODAY, Country
from sqlalchemy import select
from template_filling import filled

from etl import demonstration, references
from etl.pipeline import ingest
from etl.sources import inbox
from etl.sources.received import NATIONAL
from etl.sources.shipped import FOLDER
from etl.templates import file_name, template_bytes
from ops.receiver import Receiver
from ops.server import application_of
from tests.browser import serving
from tests.test_etl_declarations import SUBMITTED
from warehouse import catalogue, periods
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.tables import cargas, entregas, resultados_calidad

CONTRACTS = catalogue.contracts()
REGION = "13"
#: the seed's slide: no region delivers it, the project carries it
SLIDE = ("situacion_areas", NATIONAL, "2006")


def newest(folder: Path, table: str) -> Path:
    return max(folder.glob(f"{table}_[0-9][0-9]_*"), key=lambda p: periods.parse(p.name.split("_")[-2]).end)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return fault_country.made(tmp_path_factory.mktemp("pais"), [REGION])


@pytest.fixture(scope="module")
def places(country: Country) -> dict[str, tuple[str, str, list[dict[str, Any]]]]:
    """Table -> who sends it, for when, and the rows of its newest delivery."""
    found: dict[str, tuple[str, str, list[dict[str, Any]]]] = {}
    for table in SUBMITTED - {SLIDE[0]}:
        submitter = REGION if CONTRACTS[table].delivery.ambito == "region" else NATIONAL
        own = {p: rows for p, rows in country.deliveries(table, submitter).items() if rows.num_rows}
        period = max(own, key=lambda p: (periods.parse(p).end, p))
        found[table] = submitter, period, own[period].select(CONTRACTS[table].column_names).to_pylist()
    with (FOLDER / "situacion_areas.csv").open(encoding="utf-8", newline="") as text:
        rows = [{**r, "anio_dac": int(r["anio_dac"]), "casos": int(r["casos"])} for r in csv.DictReader(text)]
    found[SLIDE[0]] = SLIDE[1], SLIDE[2], [{k: v for k, v in r.items() if k != "porcentaje_declarado"} for r in rows]
    return found


@pytest.fixture(scope="module")
def sent(places: dict[str, tuple[str, str, list[dict[str, Any]]]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with everything that came before, to which the 34 filled templates were uploaded and judged in one turn."""
    warehouse = Warehouse(load(datos=tmp_path_factory.mktemp("todas"))).prepare()
    references.load(warehouse, TODAY)
    folder = warehouse.settings.inbox
    demonstration.write(folder, months=2, regions=[REGION], faults=False)
    for table, (submitter, period, _) in places.items():
        for path in folder.glob(f"{table}_{submitter}_{period}_v1.*"):
            path.unlink()
    ingest(warehouse, inbox.collect(folder))
    tables = references.tables(TODAY)
    with serving(application_of(warehouse)) as base, httpx.Client(base_url=base, timeout=60) as client:
        for table, (submitter, period, rows) in places.items():
            book = template_bytes(CONTRACTS[table], submitter, period, tables, TODAY)
            content = filled(book, CONTRACTS[table], rows)
            Sender(client, content, nombre=file_name(CONTRACTS[table], submitter, period), tabla=table, region=submitter, periodo=period).send()
    receiver = Receiver(warehouse)
    while receiver.turn():
        pass
    yield warehouse
    with contextlib.suppress(Exception):
        warehouse.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("table", sorted(SUBMITTED))
def test_a_filled_template_is_uploaded_and_accepted(table: str, sent: Warehouse, places: dict[str, tuple[str, str, list[dict[str, Any]]]]) -> None:
    _, period, rows = places[table]
    with sent.engine.connect() as connection:
        upload = connection.execute(select(cargas).where(cargas.c.tabla == table)).one()
        assert upload.estado == "revisada", upload.mensaje
        given = connection.execute(select(entregas).where(entregas.c.entrega_id == upload.entrega_id)).one()
        q = resultados_calidad.c
        failed = connection.execute(select(q.regla_id, q.severidad, q.mensaje).where(q.entrega_id == given.entrega_id, q.estado != "cumple")).all()
    assert given.estado in ("aceptada", "aceptada_con_advertencias"), given.mensaje
    assert (given.periodo, given.filas, given.filas_aceptadas, given.filas_cuarentena) == (period, len(rows), len(rows), 0), failed
    assert [f for f in failed if f.severidad in ("bloqueante", "error")] == []


def test_the_34_tables_are_all_here(places: dict[str, tuple[str, str, list[dict[str, Any]]]]) -> None:
    assert len(places) == 34
