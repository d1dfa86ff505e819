"""The daily run. APScheduler keeps the job in our database; the lease in `warehouse.runs` keeps one runner at a time."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import select

from ops import chain, public, screen
from warehouse.database import writing
from warehouse.errors import LeaseTaken, SiegemError
from warehouse.settings import Settings, load
from warehouse.store import Warehouse
from warehouse.tables import corridas

JOB, NOTICES = "corrida_diaria", "avisos"
#: kinds of run that receive and publish nothing
RECEIVING = ("recepcion", "mesa")


def daily() -> None:
    """The scheduled job, in a process of its own: whoever schedules may be serving pages, and never loads Great Expectations for it."""
    subprocess.run([sys.executable, "-m", "ops.schedule"], check=False)


def run_now() -> None:
    """One daily run. Settings are read afresh, so a change of `.env` counts from the next run on."""
    warehouse = Warehouse(load()).prepare()
    try:
        chain.run(warehouse, "diaria")
        public.files(warehouse.settings)
    except LeaseTaken as taken:
        screen.note(taken.what)  # another process is doing this very work
    except SiegemError as error:
        screen.show_error(error)  # recorded in `corridas` too; tomorrow's run tries again


def send_notices() -> None:
    """The other job: what waits in the outbox, where anything does. It is light enough for the process that serves pages."""
    from ops.notices import outbox

    warehouse = Warehouse(load())
    try:
        outbox.drain(warehouse)
    except SiegemError as error:
        screen.show_error(error)  # nothing is lost: it waits for the next turn
    finally:
        warehouse.engine.dispose()


def start(settings: Settings) -> BackgroundScheduler:
    """A running scheduler with the daily job in the durable store, and that of notices.

    A job already stored keeps its next run time: one that passed while the machine was off is run once, at once.
    """
    scheduler = BackgroundScheduler(timezone=settings.zona_horaria)
    scheduler.add_jobstore(SQLAlchemyJobStore(engine=writing(Warehouse(settings).prepare().engine)))
    scheduler.add_jobstore(MemoryJobStore(), NOTICES)
    scheduler.start(paused=True)
    hour, minute = settings.hora_corrida.split(":")
    trigger = CronTrigger(hour=int(hour), minute=int(minute), timezone=settings.zona_horaria)
    stored = scheduler.get_job(JOB)
    if stored is None:
        scheduler.add_job(daily, trigger, id=JOB, coalesce=True, max_instances=1, misfire_grace_time=None)
    elif str(stored.trigger) != str(trigger):
        scheduler.reschedule_job(JOB, trigger=trigger)
    every = IntervalTrigger(minutes=settings.avisos_minutos, timezone=settings.zona_horaria)
    # nothing is missed when it is off: what waits is in the outbox
    scheduler.add_job(send_notices, every, id=NOTICES, jobstore=NOTICES, coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.resume()
    return scheduler


def next_run(scheduler: BackgroundScheduler) -> datetime:
    """When the daily job runs next, in the scheduler's time zone."""
    found: datetime = scheduler.get_job(JOB).next_run_time
    return found


def has_unfinished(warehouse: Warehouse) -> bool:
    """Whether the last run that was to publish was cut short, so that it should be taken up now instead of tomorrow.

    Runs that only receive (`siegem land`, the desk) publish nothing and finish nothing of it.
    """
    query = select(corridas.c.estado).where(corridas.c.tipo.not_in(RECEIVING)).order_by(corridas.c.id.desc()).limit(1)
    with warehouse.engine.connect() as connection:
        state = connection.execute(query).scalar()
    return state in ("en_curso", "interrumpida")


if __name__ == "__main__":
    run_now()
