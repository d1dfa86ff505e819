"""The way of received files to accepted rows: land -> read -> shape -> check -> accept, all files of a table at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from etl.land import Arrival, Landing, land, to_judge_again
from etl.order import in_dependency_order, is_delivered, referenced_tables
from etl.report import Outcome, Report, failed
from etl.sources.received import Received
from warehouse import catalogue, runs
from warehouse.contracts import Contract
from warehouse.errors import SiegemError
from warehouse.store import Warehouse

if TYPE_CHECKING:
    from etl.intake import Round, Tell

#: called with what is being done, how many are done, and how many there are
Progress = Callable[[str, int, int], None]
#: bytes of files judged at once: bounds memory, and is far above what all regions send in a month
_BATCH_BYTES = 64_000_000
#: a workbook is compressed: its texts take about this many times its size
_XLSX_INFLATES = 10


def ingest(
    warehouse: Warehouse,
    received: Iterable[Received],
    run: int | None = None,
    progress: Progress | None = None,
    contracts: dict[str, Contract] | None = None,
    today: date | None = None,
    tell: Tell | None = None,
) -> Report:
    """Bring every received file to its verdict. A file or a table that fails gives its sentence and stops no other; bugs go up.

    Files judged before cost a hash each. `today` is the day lateness and future dates are judged against; Lima's by default.
    `tell` gets the verdicts of each table before they are stored.
    """
    contracts = catalogue.contracts() if contracts is None else contracts
    advance = progress or (lambda what, done, total: None)
    with _step(warehouse, run, "land") as notes:
        advance("recibir", 0, 0)
        landing = land(warehouse, received, contracts)
        notes += _landing_notes(landing)
    outcomes = [failed(item, error) for item, error in landing.refused]
    this: Round | None = None
    done, total = 0, len(landing.new)
    for contract, arrivals in _batches(warehouse, landing.new, contracts):
        this = this or _round(warehouse, run, today, contracts, tell)
        total = max(total, done + len(arrivals))
        advance(contract.table, done, total)
        outcomes += _one_batch(this, contract, arrivals)
        gc.collect()  # what a batch leaves behind in circles is tens of megabytes: 0.3 GB of a load of ten million rows
        done += len(arrivals)
        advance(contract.table, done, total)
    return Report(tuple(outcomes), landing.unchanged, tuple(landing.still_rejected))


def _round(warehouse: Warehouse, run: int | None, today: date | None, contracts: dict[str, Contract], tell: Tell | None) -> Round:
    """What all batches share. Only where there is something to judge: reading the calendar, and importing what reads files, is half of a look."""
    from checks.judge import get_ready
    from etl.dates import business_days
    from etl.intake import Round
    from etl.reference_reading import References

    get_ready()
    references = References(warehouse, contracts)
    working = business_days(references.table("ref_calendario"))
    return Round(warehouse=warehouse, run=run, today=today or warehouse.today, references=references, working_days=working, tell=tell)


def _one_batch(this: Round, contract: Contract, arrivals: list[Arrival]) -> list[Outcome]:
    from etl.intake import judge_and_accept

    try:
        with _step(this.warehouse, this.run, "accept", contract.table) as notes:
            outcomes = judge_and_accept(this, contract, arrivals)
            notes.append(f"{len(arrivals):,} entregas, {sum(o.filas_aceptadas for o in outcomes):,} filas aceptadas.")
            return outcomes
    except SiegemError as error:
        return [failed(a.received, error) for a in arrivals]


def _batches(warehouse: Warehouse, new: list[Arrival], contracts: dict[str, Contract]) -> Iterator[tuple[Contract, list[Arrival]]]:
    """New files by table, parents before children, split where a table's files are too many bytes for one go.

    Asked for one at a time: by a child's turn its parents are judged, so what waited for them is judged again with it.
    """
    for table in in_dependency_order(contracts):
        contract = contracts[table]
        mine = [a for a in new if a.contract.table == table]
        parents = [p for p in referenced_tables(contract) if p in contracts and is_delivered(contracts[p])]
        mine += to_judge_again(warehouse, contract, parents, {a.place for a in mine})
        yield from ((contract, batch) for batch in _split(mine))


def _split(arrivals: list[Arrival]) -> Iterator[list[Arrival]]:
    batch: list[Arrival] = []
    size = 0
    for arrival in arrivals:
        bytes_as_text = arrival.landed.size * (_XLSX_INFLATES if Path(arrival.landed.name).suffix.lower() == ".xlsx" else 1)
        if batch and size + bytes_as_text > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(arrival)
        size += bytes_as_text
    if batch:
        yield batch


def _landing_notes(landing: Landing) -> list[str]:
    return (
        [f"{len(landing.new):,} archivos nuevos, {landing.unchanged:,} sin cambios, {len(landing.refused):,} no recibidos."]
        + [error.what for _, error in landing.refused[:20]]
        + [f"{a.received.name}: {note}" for a in landing.new for note in a.received.notes]
    )


@contextmanager
def _step(warehouse: Warehouse, run: int | None, name: str, subject: str = "") -> Iterator[list[str]]:
    if run is None:
        yield []
        return
    with runs.step(warehouse.engine, run, name, subject) as notes:
        yield notes
