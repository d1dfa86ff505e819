"""Servers, senders and receivers with the tiny contracts, each in a process of its own that a test can kill. No tests here.

`python -m tests.desk_process serve|send|receivers <contracts> <datos> <database> ...`. Receivers are forked from one process that has
loaded what judges, so that a test can kill many of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

ROOT = Path(__file__).resolve().parents[1]


def start(kind: str, *arguments: str) -> subprocess.Popen[str]:
    """One of these processes, told by its lines."""
    command = [sys.executable, "-m", "tests.desk_process", kind, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def _warehouse(contracts: str, datos: str, url: str):  # type: ignore[no-untyped-def]
    from warehouse import catalogue
    from warehouse.settings import load
    from warehouse.store import Warehouse

    catalogue.CONTRACTS = Path(contracts)
    return Warehouse(load(datos=Path(datos), base_datos=url))


def serve(contracts: str, datos: str, url: str, port: str) -> None:
    """The desk's API and nothing else."""
    import uvicorn
    from fastapi import FastAPI

    from etl.desk import api

    app = FastAPI()
    app.include_router(api.router(_warehouse(contracts, datos, url)))
    uvicorn.run(app, port=int(port), log_level="critical")


def send(base: str, path: str, region: str, piece: str, pause: str) -> None:
    """Upload a file piece by piece, telling the address and each offset."""
    import httpx

    from tests.desk_samples import Sender

    with httpx.Client(base_url=base, timeout=30) as client:
        sender = Sender(client, Path(path).read_bytes(), region=region, nombre=Path(path).name)
        assert sender.create().status_code == 201
        print(sender.url, flush=True)
        offset, size = 0, int(piece)
        while offset < len(sender.content):
            answer = sender.piece(offset, offset + size)
            offset = int(answer.headers["upload-offset"])
            print(offset, flush=True)
            time.sleep(float(pause))


def receivers(contracts: str, datos: str, url: str) -> None:
    """A line in, a receiver forked, its number out; an empty line waits for the last one to be gone."""
    from checks import suite  # noqa: F401 - loaded once, for all that are forked
    from ops.receiver import Receiver

    print("listo", flush=True)
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            _until_told(Receiver(_warehouse(contracts, datos, url)))
            os._exit(0)
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("fin", flush=True)


def _until_told(receiver) -> None:  # type: ignore[no-untyped-def]
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    receiver.run(stop)


if __name__ == "__main__":
    {"serve": serve, "send": send, "receivers": receivers}[sys.argv[1]](*sys.argv[2:])
