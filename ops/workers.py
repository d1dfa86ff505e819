"""Several processes that answer for one application: it is made and warmed once, forked, and each copy listens on the same socket.

What was read before the fork is in memory once for all of them. Threads do not survive a fork: nothing that is running may be needed by a copy,
and no connection may be open. A copy that dies is replaced; all end with their parent, however that ends.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import pyarrow as pa
import uvicorn

from warehouse.errors import SettingsError

if TYPE_CHECKING:
    from dashboard.middleware import Asgi

log = logging.getLogger("siegem.server")

#: seconds: between two looks at the copies, before one that died young is replaced, for those that are told to end
LOOK, YOUNG, PATIENCE = 0.25, 2.0, 8.0


def check_fork() -> None:
    """Raises SettingsError where a process cannot be copied."""
    if not hasattr(os, "fork"):
        raise SettingsError(
            "Este sistema operativo no permite atender con varios procesos (no tiene fork).",
            stands="Lo publicado no cambió.",
            cure="Quite --procesos, o atienda desde Linux o macOS.",
        )


def listen(host: str, port: int) -> socket.socket:
    """The socket that every process inherits; port 0 = any."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    made.listen(2048)
    made.set_inheritable(True)
    return made


class Workers:
    """`count` copies of an application that is warm. `in_copy` runs first in each of them: it lets go of what is the parent's alone.

    `proxy`: addresses of proxies that are believed when they say who asks; nobody is by default.
    """

    def __init__(self, application: Asgi, listening: socket.socket, count: int, in_copy: Callable[[], None] = lambda: None, proxy: str = "") -> None:
        check_fork()
        self._application, self._listening, self._in_copy, self._proxy = application, listening, in_copy, proxy
        self._stop = Event()
        self._lifeline = os.pipe()
        gc.collect()
        _give_back()
        gc.freeze()  # a collection would write into every shared page
        self._born = {self._fork(): time.monotonic() for _ in range(count)}

    @property
    def pids(self) -> list[int]:
        return list(self._born)

    def _fork(self) -> int:
        pid = os.fork()
        if not pid:
            code = 1
            try:
                self._serve()
                code = 0
            except BaseException:
                log.exception("un proceso que atiende terminó con un error")
            finally:
                os._exit(code)
        return pid

    def _serve(self) -> None:
        """The life of a copy."""
        for number in (signal.SIGTERM, signal.SIGINT):  # until uvicorn listens to them, and when it raises them again at its end
            signal.signal(number, lambda *_: os._exit(0))
        os.close(self._lifeline[1])
        self._in_copy()
        Thread(target=_end_with_parent, args=(self._lifeline[0],), daemon=True).start()
        config = uvicorn.Config(self._application, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5,
                                proxy_headers=bool(self._proxy), forwarded_allow_ips=self._proxy or None)  # fmt: skip
        uvicorn.Server(config).run(sockets=[self._listening])

    def watch(self) -> None:
        """Replace those that die, until SIGTERM or SIGINT."""
        before = {number: signal.signal(number, lambda *_: self._stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._stop.wait(LOOK):
                self._replace()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _replace(self) -> None:
        for pid, born in [*self._born.items()]:
            if (code := _ended(pid)) is None:
                continue
            del self._born[pid]
            log.warning("el proceso %s que atendía terminó (%s); se inicia otro", pid, code)
            if time.monotonic() - born < YOUNG and self._stop.wait(YOUNG):
                return
            self._born[self._fork()] = time.monotonic()

    def stop(self) -> None:
        """End all: what is being answered is answered first."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while self._born and time.monotonic() < deadline:
            self._born = {pid: born for pid, born in self._born.items() if _ended(pid) is None}
            time.sleep(0.02)
        self._signal(signal.SIGKILL)
        for pid in self._born:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self._born = {}
        for end in self._lifeline:
            os.close(end)
        gc.unfreeze()

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._born:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def spare_memory() -> None:
    """One heap for all threads, Arrow's columns in it too, and what it frees goes back soon: by default each has its own and keeps it.

    Only the C library of GNU knows these words.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        for option, value in ((-8, 1), (-1, 131_072), (-3, 131_072)):  # M_ARENA_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            library.mallopt(option, value)


def _give_back() -> None:
    """Pages that hold nothing any more, to the system; a C library without this keeps them."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _ended(pid: int) -> int | None:
    """How a copy of ours ended; None while it lives."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if found else None


def _end_with_parent(lifeline: int) -> None:
    """Nobody writes into this pipe: it can be read when the parent is gone."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
