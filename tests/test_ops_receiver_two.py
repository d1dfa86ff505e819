"""Two regions upload at once, one is killed midway and goes on later, the server dies, the receiver is killed while judging: no row lost, none doubled."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from etl import references
from tests import desk_process, desk_samples
from tests.desk_samples import Sender
from warehouse import catalogue, uploads
from warehouse.database import connect
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions
from warehouse.tables import entregas

ROWS, PIECE = 4000, 20_000
#: seconds after the judging began within which each receiver is killed: the first at once, however quick the machine is
KILLS = (0.0, 0.1, 0.5)


def rows_of(region: str, letter: str) -> bytes:
    lines = [[f"{letter}-{n}", region, f"2026-03-{1 + n % 28:02d}", f"{n}.25", str(n), "false", "cerrado", ""] for n in range(ROWS)]
    return desk_samples.etl_samples.csv_bytes(lines)


@pytest.fixture
def house(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    monkeypatch.setattr(catalogue, "CONTRACTS", desk_samples.contracts(tmp_path / "contratos"))
    made = Warehouse(load(datos=tmp_path / "datos", base_datos=database_url)).prepare()
    references.load(made)
    yield made
    made.engine.dispose()


class Server:
    """The desk in a process that can be killed and started again at the same address."""

    def __init__(self, house: Warehouse) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.arguments = (str(catalogue.CONTRACTS), str(house.settings.datos), house.settings.database_url, str(self.port))
        self.start()

    def start(self) -> None:
        self.process = desk_process.start("serve", *self.arguments)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.options(f"{self.base}/api/v1/cargas").status_code == 204:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Receivers:
    """Receivers one after the other, each forked warm."""

    def __init__(self, house: Warehouse) -> None:
        settings = house.settings
        self.zygote = desk_process.start("receivers", str(catalogue.CONTRACTS), str(settings.datos), settings.database_url)
        assert self._line() == "listo"

    def _line(self) -> str:
        assert self.zygote.stdout is not None
        return self.zygote.stdout.readline().strip()

    def start(self) -> None:
        assert self.zygote.stdin is not None
        self.zygote.stdin.write("otro\n")
        self.zygote.stdin.flush()
        self.pid = int(self._line())

    def end(self, how: signal.Signals) -> None:
        os.kill(self.pid, how)
        assert self._line() == "fin"


def patient(client: httpx.Client, sender: Sender) -> None:
    """Send the rest as a browser does: whatever fails is tried again from where the server is."""
    while True:
        try:
            sender.rest(PIECE)
            return
        except (httpx.TransportError, AssertionError):
            time.sleep(0.1)


def wait_for(house: Warehouse, id: str, *states: str, seconds: float = 60) -> uploads.Upload:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = uploads.find(house.engine, id)
        if found is not None and found.estado in states:
            return found
        time.sleep(0.002)
    raise AssertionError((id, found))


def killed_while_judging(house: Warehouse, receivers: Receivers, id: str, instants: random.Random) -> int:
    """Kill receivers in the middle of this file's judging; gives how many kills met it unfinished."""
    unfinished = 0
    for longest in KILLS:
        receivers.start()
        wait_for(house, id, "en_revision", "revisada")
        time.sleep(instants.uniform(0, longest))
        receivers.end(signal.SIGKILL)
        found = uploads.find(house.engine, id)
        assert found is not None
        unfinished += found.estado == "en_revision"
    return unfinished


@pytest.mark.slow
def test_two_regions_one_killed_midway_and_every_row_once(house: Warehouse, tmp_path: Path) -> None:
    files = {"13": rows_of("13", "L"), "18": rows_of("18", "M")}
    for region, content in files.items():
        (tmp_path / f"visitas_{region}.csv").write_bytes(content)
    server, receivers, instants = Server(house), Receivers(house), random.Random(20261126)
    other = desk_process.start("send", server.base, str(tmp_path / "visitas_18.csv"), "18", str(PIECE), "0.1")
    try:
        with httpx.Client(base_url=server.base, timeout=30) as client:
            first = Sender(client, files["13"], region="13", nombre="visitas_13.csv")
            assert first.create().status_code == 201
            first.piece(0, PIECE)
            url, offset = _killed_midway(other)
            assert 0 < offset < len(files["18"])

            server.kill()  # the first one has begun, and goes on against a server that is not there yet
            thread = threading.Thread(target=patient, args=(client, first))
            thread.start()
            server.start()
            thread.join(timeout=60)
            assert first.status()["estado"] in ("en_cola", "en_revision", "revisada")
            unfinished = killed_while_judging(house, receivers, first.id, instants)

            second = Sender(client, files["18"])
            second.url = url
            assert second.offset() >= offset
            patient(client, second)
            unfinished += killed_while_judging(house, receivers, second.id, instants)
            assert unfinished, "no kill came in time to prove anything"
            receivers.start()
            ended = {region: wait_for(house, sender.id, "revisada") for region, sender in (("13", first), ("18", second))}
            receivers.end(signal.SIGTERM)
            _every_row_once(house, files, ended)
    finally:
        server.kill()
        other.kill()
        receivers.zygote.kill()


def _killed_midway(sender: subprocess.Popen[str]) -> tuple[str, int]:
    """Address and last offset told by a client that is killed while it sends."""
    assert sender.stdout is not None
    url = sender.stdout.readline().strip()
    offsets = [int(sender.stdout.readline()) for _ in range(3)]
    sender.kill()
    sender.wait()
    return url, offsets[-1]


def _every_row_once(house: Warehouse, files: dict[str, bytes], ended: dict[str, uploads.Upload]) -> None:
    rows = house.delta.read("aceptado", "visitas", accepted_versions(house.engine)["visitas"]).to_pylist()
    for region, content in files.items():
        sent = sorted(line.split(",")[0] for line in content.decode().splitlines()[1:])
        assert sorted(r["codigo"] for r in rows if r["entrega_region"] == region) == sent
    assert len(rows) == 2 * ROWS
    engine = connect(house.settings.database_url)
    with engine.connect() as connection:
        recorded = connection.execute(select(entregas.c.cod_region, entregas.c.version, entregas.c.filas_aceptadas)).all()
    engine.dispose()
    assert sorted(recorded) == [("13", 1, ROWS), ("18", 1, ROWS)]
    for region, upload in ended.items():
        assert upload.resultado["veredicto"]["filas"] == ROWS and upload.cod_region == region and not upload.resultado.get("repetida")
    assert not list((house.settings.datos / "cargas").glob("*.parte"))
