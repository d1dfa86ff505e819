"""The receiver: a process of its own that judges what the desk received. The web process never judges, so it stays light.

It waits for its turn at the chain's lease. What a dead receiver left half judged the next one takes again.
"""

from __future__ import annotations

import logging
import signal
import sys
from datetime import date
from threading import Event, Thread
from time import monotonic
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from etl import references
from etl.desk import judging
from etl.desk.arrival import Desk
from ops import screen
from warehouse import runs, uploads
from warehouse.errors import LeaseTaken
from warehouse.settings import load
from warehouse.store import Warehouse

log = logging.getLogger("siegem.receiver")

#: seconds between two looks at the queue, and at what was abandoned
POLL, TIDY = 0.5, 600.0


class Receiver:
    """One warehouse's queue. `warm` loads what judges before anybody waits for it."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.desk = Desk(warehouse)
        self._references_of: date | None = None
        self._tidied = float("-inf")

    def warm(self) -> None:
        from checks import suite  # noqa: F401 - Great Expectations takes seconds to load

    def turn(self) -> int:
        """Judge everything that waits; gives how many files. Raises LeaseTaken while another process runs the chain."""
        engine = self.desk.warehouse.engine
        if monotonic() - self._tidied > TIDY:
            self.desk.tidy()
            self._tidied = monotonic()
        if not uploads.pending(engine):
            return 0
        with runs.lease(engine):
            runs.interrupted(engine)
            with runs.run(engine, "mesa") as number:
                self._references(number)
                taken = uploads.take(engine)
                judging.judge_taken(self.desk, taken, number)
        for upload in taken:
            found = uploads.find(engine, upload.id)
            if found is not None:
                screen.note(f"{found.nombre} ({found.cod_region}, {found.periodo}): {found.mensaje.partition(';')[0]}")
        return len(taken)

    def run(self, stop: Event) -> None:
        """Until told to stop; a fault is logged and ends nothing."""
        self.warm()
        while not stop.is_set():
            pause = POLL
            try:
                self.turn()
            except LeaseTaken:
                pass  # the chain is running: what waits is judged when it ends
            except SQLAlchemyError:
                log.exception("la base de datos no respondió; se intenta otra vez")
                pause = 5.0
            except Exception:
                log.exception("una vuelta de la revisión falló; se intenta otra vez")
                pause = 5.0
            stop.wait(pause)

    def _references(self, number: int) -> None:
        """Once a day: the calendar grows with the year."""
        if self._references_of != date.today():
            with runs.step(self.desk.warehouse.engine, number, "references"):
                references.load(self.desk.warehouse)
            self._references_of = date.today()


def main() -> None:
    """The child process: until its standard input closes or it is told to end."""
    stop = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    def read_to_the_end() -> None:
        sys.stdin.buffer.read()
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    Thread(target=read_to_the_end, daemon=True).start()
    Receiver(Warehouse(load())).run(stop)


if __name__ == "__main__":
    main()
