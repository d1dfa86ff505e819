"""When a notice may arrive: not at night, not on a Saturday, Sunday or holiday, on the clocks of the offices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from etl.dates import business_days
from warehouse.errors import SiegemError
from warehouse.notices import WEBHOOK, Subscription
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions

#: the calendar of holidays
_CALENDAR = "ref_calendario"
NONE = "no"

IsWorking = Callable[[date], bool]


def working_days(warehouse: Warehouse) -> IsWorking:
    """Whether a day is one of work: by the accepted calendar, from Monday to Friday where it does not reach."""
    version = accepted_versions(warehouse.engine).get(_CALENDAR)
    known = set(business_days(warehouse.delta.read("aceptado", _CALENDAR, version))) if version is not None else set()
    first, last = min(known, default=date.max), max(known, default=date.min)
    return lambda day: day in known if first <= day <= last else day.weekday() < 5


def hours(text: str) -> tuple[int, int]:
    """«20-07» -> (20, 7). Raises SiegemError."""
    parts = text.split("-")
    if len(parts) != 2 or not all(p.isdecimal() and int(p) <= 23 for p in parts) or parts[0] == parts[1]:
        raise SiegemError(f"«{text}» no son horas de silencio.", cure="Escríbalas así: 20-07; o «no» si no las hay.")
    return int(parts[0]), int(parts[1])


def of(subscription: Subscription, installation: str) -> str:
    """The quiet hours that hold for a subscription. A webhook speaks to a machine: it has none but its own."""
    return subscription.horas_quietas or (NONE if subscription.canal == WEBHOOK else installation)


def first_moment(moment: datetime, quiet: str, zone: ZoneInfo, is_working: IsWorking) -> datetime:
    """`moment` itself where a notice may arrive then, otherwise the end of the silence, in the same zone as `moment`."""
    if quiet == NONE:
        return moment
    start, end = hours(quiet)
    here = moment.astimezone(zone)
    for _ in range(60):  # no holiday is longer
        if not is_working(here.date()):
            here = _at(here.date() + timedelta(days=1), end if start > end else 0, zone)
        elif _is_quiet(here.hour, start, end):
            later = start > end and here.hour >= start
            here = _at(here.date() + timedelta(days=1 if later else 0), end, zone)
        else:
            break
    return here.astimezone(moment.tzinfo)


def _is_quiet(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start < end else hour >= start or hour < end


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone)
