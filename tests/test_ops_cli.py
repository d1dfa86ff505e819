"""The command line as an operator meets it: real invocations over a small published warehouse."""

from __future__ import annotations

import csv
import io
import json
import pickle
import socket
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import MetaData, Table, select, update
from typer.testing import CliRunner, Result

from ops import cli, schedule, server
from ops.cli import app
from warehouse import publications, runs
from warehouse.catalogue import indicators
from warehouse.database import now, writing
from warehouse.errors import SettingsError, SiegemError
from warehouse.publications import VALUE_COLUMNS, Draft, publish
from warehouse.store import Warehouse
from warehouse.tables import corridas


def row(territorio: str, periodo: str, casos: float | None, categoria: str = "atipica") -> dict[str, Any]:
    content: dict[str, Any] = dict.fromkeys(VALUE_COLUMNS)
    content |= {
        "indicador": "distribucion_situacion_area_2006",
        "territorio": territorio,
        "nivel": "piloto",
        "tipo_periodo": "anio",
        "periodo": periodo,
    }
    content |= {"desglose": "situacion", "categoria": categoria, "avisos": ["fuente_prensa"], "datos_al": date(2006, 12, 31)}
    content["estado"] = "publicado" if casos is not None else "no_desagregado"
    if casos is not None:
        content |= {"numerador": casos, "denominador": 858.0, "valor": 100 * casos / 858, "inferior": 0.473, "superior": 1.829, "n": 858}
    return content


def draft(casos: float) -> Draft:
    sheet = indicators()["distribucion_situacion_area_2006"].model_dump(mode="json")
    source = {"publicador": {"es": "=PERCAN", "en": "PERCAN"}}
    values = pd.DataFrame([row("PILOTO", "2006", casos), row("PILOTO", "2007", 9.0), row("13", "2006", None)])
    sheets = [{"indicador": "distribucion_situacion_area_2006", "ficha": sheet, "tablas": ["situacion_areas"], "sql": "", "huella": "1"}]
    sources = [{"tabla": "situacion_areas", "fuente": source, "delta_version": 0, "filas": 9, "filas_cuarentena": 0, "entregas": 1,
                "datos_al": None, "sintetico": False, "huella": "1"}]  # fmt: skip
    return Draft(values, sheets, sources, {"situacion_areas": 0}, "0.1.0", "h", reason=lambda old, new: "Se corrigió el archivo.")


@pytest.fixture
def warehouse(new_warehouse: Callable[..., Warehouse], database_url: str, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    made = new_warehouse(base_datos=database_url)
    monkeypatch.setenv("SIEGEM_DATOS", str(made.settings.datos))
    monkeypatch.setenv("SIEGEM_BASE_DATOS", database_url)
    publish(made.engine, draft(1.0))
    publish(made.engine, draft(8.0))
    return made


def siegem(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def rows(*arguments: str) -> list[dict[str, str]]:
    out = siegem("valores", "--indicador", "distribucion_situacion_area_2006", "--formato", "csv", *arguments)
    assert out.exit_code == 0
    return list(csv.DictReader(io.StringIO(out.stdout)))


def test_values_carry_everything_a_reader_needs(warehouse: Warehouse) -> None:
    found = rows("--territorio", "PILOTO", "--desde", "2006", "--hasta", "2006")
    assert len(found) == 1
    wanted = {"numerador": "8", "denominador": "858", "inferior": "0.473", "superior": "1.829", "n": "858", "estado": "publicado", "periodo": "2006",
              "territorio": "PILOTO", "fuente": "'=PERCAN", "avisos": "Transcrito de prensa o nota oficial", "publicacion": "2"}  # fmt: skip
    assert {k: found[0][k] for k in wanted} == wanted
    assert float(found[0]["valor"]) == pytest.approx(0.932, abs=0.0005)


def test_an_earlier_publication_still_says_what_it_said(warehouse: Warehouse) -> None:
    assert [r["numerador"] for r in rows("--territorio", "PILOTO", "--publicacion", "1", "--hasta", "2006")] == ["1"]
    today = now().date().isoformat()
    assert [r["numerador"] for r in rows("--territorio", "PILOTO", "--al", today, "--hasta", "2006")] == ["8"]


def test_an_absence_has_its_state_and_no_number(warehouse: Warehouse) -> None:
    (only,) = rows("--territorio", "13")
    assert (only["valor"], only["estado"]) == ("", "no_desagregado")


def test_json_and_table_say_the_same(warehouse: Warehouse) -> None:
    arguments = ("valores", "--indicador", "distribucion_situacion_area_2006", "--territorio", "PILOTO", "--formato")
    assert [r["numerador"] for r in json.loads(siegem(*arguments, "json").stdout)] == [8.0, 9.0]
    shown = siegem(*arguments, "tabla").stdout
    assert "0.9324" in shown
    assert "=PERCAN" in shown
    assert "…" not in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--indicador", "distribucion_situacion"), "¿Quiso decir «distribucion_situacion_area_2006»?"),
        (("--indicador", "distribucion_situacion_area_2006", "--territorio", "Psco"), "¿Quiso decir «Pasco»?"),
        (("--indicador", "distribucion_situacion_area_2006", "--desde", "setiembre"), "no es un periodo"),
        (("--indicador", "distribucion_situacion_area_2006", "--publicacion", "9"), "Hay publicaciones de la 1 a la 2"),
        (("--indicador", "distribucion_situacion_area_2006", "--al", "ayer"), "no es una fecha"),
    ],
)
def test_a_wrong_question_gets_a_hint(warehouse: Warehouse, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(SiegemError) as caught:
        siegem("valores", *arguments)
    assert says in str(caught.value)


def test_operator_errors_end_with_1_and_show_the_cure(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["siegem", "valores", "--indicador", "nada"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "Indicadores publicados" in capsys.readouterr().err


def test_publications_are_listed_newest_first(warehouse: Warehouse) -> None:
    lines = siegem("publicaciones").stdout.splitlines()
    assert [line[:5] for line in lines] == ["N.º 2", "N.º 1"]
    assert "1 revisados" in lines[0]


def test_a_taken_port_is_told_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"--puerto {port + 1}"):
            server.check_port("127.0.0.1", port)


def _leave_behind(warehouse: Warehouse, due: datetime) -> None:
    """As if the machine had been off since `due`: the stored job's next run is in the past."""
    jobs = Table("apscheduler_jobs", MetaData(), autoload_with=warehouse.engine)
    with writing(warehouse.engine).begin() as connection:
        state = pickle.loads(connection.execute(select(jobs.c.job_state)).scalar_one())
        state["next_run_time"] = due
        connection.execute(update(jobs).values(next_run_time=due.timestamp(), job_state=pickle.dumps(state)))


def test_the_daily_job_is_durable_and_keeps_a_missed_run(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr("ops.schedule.subprocess.run", lambda *a, **k: ran.append("corrida"))
    first = schedule.start(warehouse.settings)
    assert schedule.next_run(first).strftime("%H:%M %Z") in ("05:30 -05", "05:30 PET")
    first.shutdown()
    _leave_behind(warehouse, now() - timedelta(days=10))
    second = schedule.start(warehouse.settings)
    deadline = time.monotonic() + 10
    while not ran and time.monotonic() < deadline:
        time.sleep(0.05)
    second.shutdown(wait=True)
    assert ran == ["corrida"]
    third = schedule.start(warehouse.settings)
    third.shutdown(wait=True)
    assert ran == ["corrida"]


def test_the_daily_job_runs_the_chain_in_a_process_of_its_own(new_warehouse: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_warehouse()
    monkeypatch.setenv("SIEGEM_DATOS", str(made.settings.datos))
    schedule.daily()
    assert publications.latest(made.engine).numero == 1
    with made.engine.connect() as connection:
        assert connection.execute(select(corridas.c.tipo, corridas.c.estado)).all() == [("diaria", "terminada")]


def test_a_changed_hour_moves_the_job(warehouse: Warehouse) -> None:
    schedule.start(warehouse.settings).shutdown()
    moved = schedule.start(warehouse.settings.model_copy(update={"hora_corrida": "22:15"}))
    assert schedule.next_run(moved).strftime("%H:%M") == "22:15"
    moved.shutdown()


def test_a_run_cut_short_is_seen(warehouse: Warehouse) -> None:
    assert not schedule.has_unfinished(warehouse)
    with writing(warehouse.engine).begin() as connection:
        connection.execute(corridas.insert().values(tipo="diaria", iniciada_en=now(), estado="en_curso"))
    assert schedule.has_unfinished(warehouse)
    runs.interrupted(warehouse.engine)
    assert schedule.has_unfinished(warehouse)


def test_the_card_of_a_publication_is_complete(warehouse: Warehouse) -> None:
    card = publications.latest(warehouse.engine)
    assert (card.numero, card.revisados, card.codigo) == (2, 1, "0.1.0")
