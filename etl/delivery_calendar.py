"""What each sender owes, of which period and until when: the rows of `ref_calendario_entregas`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pyarrow as pa

from etl.dates import due_date
from etl.order import is_delivered
from warehouse.contracts import Contract
from warehouse.periods import OF_DELIVERY, Period

#: SIEGEM expects deliveries from this year on; what is older comes as one load a year and is owed by nobody
FIRST_YEAR = 2019


def delivery_calendar(contracts: Iterable[Contract], last_year: int, working: list[date]) -> pa.Table:
    """One row for each table, sender and period until the end of `last_year`. Tables without a deadline have none.

    `working`: the business days in order, far enough to hold the last deadline.
    """
    columns: dict[str, list[str | date]] = {name: [] for name in ("dataset", "cod_region", "periodo", "fecha_limite", "responsable")}
    for contract in contracts:
        senders = list(contract.senders)
        for period in _periods(contract, last_year):
            due = due_date(contract, period.code, working)
            if due is not None:
                columns["dataset"] += [contract.table] * len(senders)
                columns["cod_region"] += senders
                columns["periodo"] += [period.code] * len(senders)
                columns["fecha_limite"] += [due] * len(senders)
                columns["responsable"] += [contract.delivery.responsable or "Por definir"] * len(senders)
    types = {name: pa.date32() if name == "fecha_limite" else pa.string() for name in columns}
    return pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})


def _periods(contract: Contract, last_year: int) -> Iterator[Period]:
    kind = OF_DELIVERY.get(contract.delivery.periodicidad)
    if kind is None or not is_delivered(contract):
        return
    period = Period(date(FIRST_YEAR, 1, 1), kind)
    while period.start.year <= last_year:
        yield period
        period = period.earlier(-period.months)
