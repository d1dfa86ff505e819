"""Several processes serve one publication: one is killed and another comes, the end of the parent is the end of all."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from ops import workers
from tests.sample_publication import build
from warehouse.errors import SettingsError

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")


def children(pid: int, *, receiver: bool = False) -> set[int]:
    """The processes that serve; with `receiver`, the one that judges."""
    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            pid_of, parent = int(entry.name), int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid and (b"ops.receiver" in (entry / "cmdline").read_bytes()) == receiver:
                found.add(pid_of)
    return found


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def gone(pids: set[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.fixture(scope="module")
def datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = build(tmp_path_factory.mktemp("procesos"))
    made.engine.dispose()
    return made.settings.datos


@pytest.fixture
def served(datos: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from ops.cli import app; app()", "serve", "--procesos", "2", "--puerto", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "SIEGEM_DATOS": str(datos)})
    base = f"http://127.0.0.1:{port}"
    try:
        until(lambda: len(children(process.pid)) == 2 and answers(base), 300)
        yield process, base
    finally:
        process.kill()
        process.wait()


def answers(base: str) -> bool:
    """Asked by a connection of its own, which any of them may take."""
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{base}/salud", timeout=10).status_code == 200
    return False


def test_one_is_killed_the_other_answers_and_a_new_one_comes(served: tuple[subprocess.Popen[bytes], str]) -> None:
    process, base = served
    first = children(process.pid)
    receiver = children(process.pid, receiver=True)
    assert len(first) == 2 and len(receiver) == 1
    killed = min(first)
    os.kill(killed, signal.SIGKILL)
    for _ in range(20):
        assert answers(base)
    until(lambda: len(children(process.pid) - {killed}) == 2)
    second = children(process.pid)
    assert killed not in second and children(process.pid, receiver=True) == receiver
    # each of them makes pages: the new one was forked long after the others
    for pid in second - {max(second)}:
        os.kill(pid, signal.SIGKILL)
    html = httpx.get(f"{base}/", timeout=30)
    assert html.status_code == 200 and "SIEGEM" in html.text
    # what a region owes is read from Delta Lake, whose threads do not survive a fork
    assert httpx.get(f"{base}/api/v1/entregas/pendientes", params={"region": "13"}, timeout=30).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    until(lambda: gone(second | receiver), 5)
    assert not answers(base)


def test_the_end_of_the_parent_however_it_comes_is_the_end_of_all(served: tuple[subprocess.Popen[bytes], str]) -> None:
    process, _ = served
    all_of_them = children(process.pid) | children(process.pid, receiver=True)
    process.kill()
    process.wait()
    until(lambda: gone(all_of_them), 15)


def test_ctrl_c_ends_all_without_a_trace(served: tuple[subprocess.Popen[bytes], str]) -> None:
    process, _ = served
    all_of_them = children(process.pid)
    for pid in (process.pid, *all_of_them):  # a terminal sends it to each of them
        os.kill(pid, signal.SIGINT)
    assert process.wait(15) == 0
    until(lambda: gone(all_of_them), 5)


def test_a_system_that_cannot_fork_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(SettingsError, match="varios procesos"):
        workers.check_fork()
