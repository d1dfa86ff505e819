"""Trials (*solo revisar*): files judged as if they had been delivered, and nothing accepted, landed or recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from etl.dates import business_days
from etl.desk import places, verdicts
from etl.intake import Round, weigh
from etl.land import Arrival
from etl.reference_reading import References
from etl.sources.received import Received
from warehouse import catalogue
from warehouse.contracts import Contract
from warehouse.landing import Landed
from warehouse.store import Warehouse
from warehouse.submissions import next_version
from warehouse.uploads import Upload

ORIGIN = "mesa de partes"


def judge_only(warehouse: Warehouse, trials: list[tuple[Upload, Path]], today: date | None = None) -> Iterator[tuple[Upload, dict[str, Any]]]:
    """Each upload with what would be found in it. Raises SiegemError where a table cannot be judged at all."""
    contracts = catalogue.contracts()
    references = References(warehouse, contracts)
    working = business_days(references.table("ref_calendario"))
    this = Round(warehouse, None, today or places.today_of(warehouse), references, working)
    for table, turn in _turns(trials):
        contract = contracts[table]
        arrivals = [_arrival(warehouse, contract, upload, path) for upload, path in turn]
        recorded, _ = weigh(this, contract, arrivals)
        for (upload, _), (submission, verdict) in zip(turn, recorded, strict=True):
            yield upload, verdicts.result_of(contract, submission, verdict)


def _turns(trials: list[tuple[Upload, Path]]) -> Iterator[tuple[str, list[tuple[Upload, Path]]]]:
    """Batches of one table in which no place comes twice: each trial is judged against what is accepted, not against another trial."""
    turns: dict[tuple[str, int], list[tuple[Upload, Path]]] = defaultdict(list)
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    for upload, path in trials:
        turns[upload.tabla, seen[upload.place]].append((upload, path))
        seen[upload.place] += 1
    yield from ((table, turn) for (table, _), turn in turns.items())


def _arrival(warehouse: Warehouse, contract: Contract, upload: Upload, path: Path) -> Arrival:
    received = Received(upload.nombre, path, ORIGIN, *upload.place, upload.recibida_en or upload.creada_en, reason=upload.motivo)
    landed = Landed(upload.hash, upload.nombre, upload.bytes, path, False)
    return Arrival(received, contract, landed, next_version(warehouse.engine, upload.place))
