"""A receiver beside the web process, which loads nothing of what it takes to judge."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from threading import Event, Thread

from warehouse.store import Warehouse

log = logging.getLogger("siegem.receiver")


class Child:
    """A receiver beside the web process: started again where it dies, ended with its parent however that ends."""

    def __init__(self, warehouse: Warehouse) -> None:
        settings = warehouse.settings
        self._environment = {**os.environ, "SIEGEM_DATOS": str(settings.datos.resolve()), "SIEGEM_BASE_DATOS": _absolute(warehouse)}
        self._stop = Event()
        self._process = self._start()
        self._watcher = Thread(target=self._watch, name="siegem-receptor", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _start(self) -> subprocess.Popen[bytes]:
        # It reads its standard input to learn that we are gone; a session of its own keeps our Ctrl+C from it.
        return subprocess.Popen([sys.executable, "-m", "ops.receiver"], stdin=subprocess.PIPE, env=self._environment, start_new_session=True)

    def _watch(self) -> None:
        while not self._stop.is_set():
            code = self._process.wait()
            if self._stop.wait(2.0):
                return
            log.warning("el proceso que revisa las entregas terminó (%s); se inicia otra vez", code)
            self._process = self._start()

    def let_go(self) -> None:
        """In a copy of the web process: the receiver is the parent's, and learns of its end by a pipe that nobody else may hold open."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def stop(self) -> None:
        """End it: a file being judged is judged again by the next receiver."""
        self._stop.set()
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _absolute(warehouse: Warehouse) -> str:
    """The database's URL as a process with another working folder can use it."""
    settings = warehouse.settings
    return settings.base_datos or f"sqlite:///{(settings.datos.resolve() / 'siegem.db').as_posix()}"
