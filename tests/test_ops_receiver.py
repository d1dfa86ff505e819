"""The receiver: its turn, its queue, what it does when it died half way or when one file breaks it, and the process it is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from etl import pipeline
from etl.desk import judging
from etl.desk.arrival import Desk
from ops.receiver import Receiver
from ops.receiver_process import Child
from tests import etl_samples
from tests.desk_samples import contracts, good_csv
from tests.etl_samples import accepted, csv_bytes, with_cell
from warehouse import catalogue, uploads
from warehouse.database import now, writing
from warehouse.errors import LeaseTaken
from warehouse.store import Warehouse
from warehouse.tables import arriendos, cargas, corridas, entregas
from warehouse.uploads import JUDGED, JUDGING, QUEUED, REFUSED, Upload

ROOT = Path(__file__).resolve().parents[1]
FAULTY = csv_bytes(with_cell(3, "fecha", "31-02-2026"))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    monkeypatch.setattr(catalogue, "CONTRACTS", contracts(tmp_path / "contratos"))
    made = etl_samples.warehouse(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def receiver(house: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    monkeypatch.setattr("etl.references.load", lambda warehouse: {})  # what the tiny contract refers to is nothing
    return Receiver(house)


def arrive(house: Warehouse, content: bytes, region: str = "13", name: str = "visitas.csv", **more: Any) -> str:
    """A file that came whole and waits."""
    desk = Desk(house)
    words = {"tabla": "visitas", "region": region, "periodo": "2026-03", "nombre": name, **more}
    upload = desk.begin(len(content), words)
    desk.spool.append(upload.id, 0, content)
    desk.complete(upload)
    return upload.id


def found(house: Warehouse, id: str) -> Upload:
    upload = uploads.find(house.engine, id)
    assert upload is not None
    return upload


def versions(house: Warehouse) -> list[tuple[str, int, str]]:
    with house.engine.connect() as connection:
        return [tuple(r) for r in connection.execute(select(entregas.c.cod_region, entregas.c.version, entregas.c.estado).order_by(entregas.c.seq))]  # type: ignore[misc]


def test_all_that_waits_is_one_batch(house: Warehouse, receiver: Receiver) -> None:
    ids = [arrive(house, good_csv(4)), arrive(house, good_csv(5, first=100).replace(b",13,", b",18,"), "18"), arrive(house, FAULTY, solo_revisar="1")]
    assert receiver.turn() == 3 and receiver.turn() == 0
    assert {found(house, i).estado for i in ids} == {JUDGED} and len(accepted(house)) == 9
    with house.engine.connect() as connection:
        assert [(r.tipo, r.estado) for r in connection.execute(select(corridas))] == [("mesa", "terminada")]
    trial = found(house, ids[2])
    assert trial.entrega_id is None and trial.resultado["veredicto"]["total"] >= 1 and len(versions(house)) == 2


def test_the_same_bytes_are_no_second_version(house: Warehouse, receiver: Receiver) -> None:
    first, twin = arrive(house, FAULTY), arrive(house, FAULTY)
    receiver.turn()
    later = arrive(house, FAULTY)
    receiver.turn()
    assert len(versions(house)) == 1 and len(accepted(house)) == 2
    told = [found(house, i) for i in (first, twin, later)]
    assert len({u.entrega_id for u in told}) == 1
    assert told[2].resultado["repetida"] and not told[0].resultado.get("repetida")
    assert told[2].resultado["veredicto"]["hallazgos"] == told[0].resultado["veredicto"]["hallazgos"] != []


def test_bytes_that_came_by_the_inbox_are_known_with_their_findings(house: Warehouse, receiver: Receiver) -> None:
    etl_samples.put(house, "visitas_13_2026-03_v1.csv", FAULTY)
    etl_samples.bring(house, catalogue.contracts()["visitas"])
    id = arrive(house, FAULTY)
    receiver.turn()
    told = found(house, id).resultado
    assert told["repetida"] and len(versions(house)) == 1
    assert ("fecha", 3, "error") in [(f["columna"], f["fila"], f["gravedad"]) for f in told["veredicto"]["hallazgos"]]


def test_what_a_dead_receiver_left_half_judged_is_judged(house: Warehouse, receiver: Receiver) -> None:
    id = arrive(house, good_csv(4))
    assert [u.id for u in uploads.take(house.engine)] == [id] and found(house, id).estado == JUDGING
    assert receiver.turn() == 1
    assert found(house, id).estado == JUDGED and len(accepted(house)) == 4


def test_a_death_between_accepting_and_telling_doubles_nothing_and_keeps_the_findings(
    house: Warehouse, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = arrive(house, FAULTY)

    def killed(*given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(uploads, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            receiver.turn()
    assert found(house, id).estado == JUDGING and len(versions(house)) == 1
    receiver.turn()
    told = found(house, id)
    assert told.estado == JUDGED and len(versions(house)) == 1 and not told.resultado.get("repetida")
    assert [f["fila"] for f in told.resultado["veredicto"]["hallazgos"] if f["fila"]] == [3]


def test_a_death_between_judging_and_accepting_is_judged_again(house: Warehouse, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    id = arrive(house, FAULTY)

    def killed(*given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("etl.intake.accept", killed)
        with pytest.raises(KeyboardInterrupt):
            receiver.turn()
    assert versions(house) == [] and found(house, id).estado == JUDGING
    receiver.turn()
    assert found(house, id).estado == JUDGED and len(versions(house)) == 1 and len(accepted(house)) == 2


def test_it_waits_its_turn_while_another_runs_the_chain(house: Warehouse, receiver: Receiver) -> None:
    id = arrive(house, good_csv(4))
    other = {"nombre": "cadena", "titular": "otra-maquina:1", "vence_en": now() + timedelta(minutes=5)}
    with writing(house.engine).begin() as connection:
        connection.execute(insert(arriendos).values(**other))
    with pytest.raises(LeaseTaken):
        receiver.turn()
    assert found(house, id).estado == QUEUED and int(found(house, id).resultado.get("intentos", 0)) == 0
    with writing(house.engine).begin() as connection:
        connection.execute(delete(arriendos))
    assert receiver.turn() == 1


def test_a_file_that_breaks_the_judge_stops_no_other(house: Warehouse, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pipeline.ingest

    def breaking(warehouse: Warehouse, received: Any, *rest: Any, **more: Any) -> Any:
        files = list(received)
        if any(f.name == "malo.csv" for f in files):
            raise RuntimeError("un defecto nuestro")
        return real(warehouse, files, *rest, **more)

    monkeypatch.setattr(pipeline, "ingest", breaking)
    good, bad = arrive(house, good_csv(4)), arrive(house, good_csv(3, first=50).replace(b",13,", b",18,"), "18", "malo.csv")
    receiver.turn()
    assert found(house, good).estado == JUDGED and len(accepted(house)) == 4
    told = found(house, bad)
    assert told.estado == REFUSED and "no es culpa de su archivo" in told.mensaje and "defecto" not in told.mensaje
    monkeypatch.setattr(pipeline, "ingest", real)
    again = Desk(house).send(told, {})  # its bytes were kept
    receiver.turn()
    assert found(house, again.id).estado == JUDGED and len(accepted(house)) == 7


def test_a_trial_that_breaks_the_judge_is_told(house: Warehouse, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any) -> Any:
        raise RuntimeError("un defecto nuestro")

    monkeypatch.setattr("etl.desk.trial.weigh", broken)
    ids = [arrive(house, FAULTY, solo_revisar="1"), arrive(house, good_csv(2), "18", solo_revisar="1")]
    receiver.turn()
    assert {found(house, i).estado for i in ids} == {REFUSED}


def test_what_kills_every_receiver_is_given_up(house: Warehouse, receiver: Receiver) -> None:
    id = arrive(house, good_csv(4))
    for _ in range(judging.GIVEN_UP_AFTER):
        uploads.take(house.engine)
    receiver.turn()
    told = found(house, id)
    assert told.estado == REFUSED and "se interrumpió varias veces" in told.mensaje


def test_bytes_that_vanished_are_told(house: Warehouse, receiver: Receiver) -> None:
    ids = [arrive(house, good_csv(4)), arrive(house, good_csv(2), solo_revisar="1")]
    for id in ids:
        Desk(house).spool.remove(id)
    receiver.turn()
    assert [found(house, i).estado for i in ids] == [REFUSED, REFUSED]
    assert all(found(house, i).mensaje for i in ids)


def test_a_rejected_file_has_its_receipt_too(house: Warehouse, receiver: Receiver) -> None:
    id = arrive(house, b"codigo;monto\nA-1;1\n")
    receiver.turn()
    told = found(house, id)
    assert told.estado == JUDGED and told.entrega_id and told.resultado["veredicto"]["estado"] == "rechazada"
    assert [v[2] for v in versions(house)] == ["rechazada"]


def test_trials_and_leftovers_are_forgotten_in_time(house: Warehouse, receiver: Receiver) -> None:
    id = arrive(house, FAULTY, solo_revisar="1")
    receiver.turn()
    desk = Desk(house)
    assert desk.spool.size(id) == len(FAULTY)
    desk.tidy()
    assert found(house, id).estado == JUDGED
    long_ago = now() - timedelta(days=4)
    with writing(house.engine).begin() as connection:
        connection.execute(update(cargas).values(terminada_en=long_ago))
    os.utime(desk.spool.path(id), (long_ago.timestamp(),) * 2)
    desk.tidy()
    assert uploads.find(house.engine, id) is None and desk.spool.size(id) is None


# ---- the process


def gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_receiver_that_dies_is_started_again_and_ends_when_told(house: Warehouse) -> None:
    child = Child(house)
    first = child.pid
    try:
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while child.pid == first and time.monotonic() < deadline:
            time.sleep(0.05)
        assert child.pid != first and not gone(child.pid, 0.2)
    finally:
        child.stop()
    assert gone(child.pid, 1)


def test_a_receiver_ends_with_its_parent(house: Warehouse) -> None:
    code = (
        "import os, sys; from warehouse.settings import load; from warehouse.store import Warehouse; from ops.receiver_process import Child\n"
        f"child = Child(Warehouse(load(datos={str(house.settings.datos)!r}, base_datos=''))); print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    pid = int(parent.stdout)
    try:
        assert gone(pid, 20), "it outlived the web process"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
