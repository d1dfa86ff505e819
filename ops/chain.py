"""The whole way, in order: references, files received, figures published. Safe to kill and to repeat at any instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.compiled import check_declarations
from etl import pipeline, reconciliation, reconciliation_declarations, references, system_tables
from etl.dates import business_days
from etl.reference_reading import References
from etl.sources import feeds, inbox, official, shipped
from etl.sources.received import Received
from kpis import gate
from kpis.pipeline import compute_and_publish
from ops import public, screen
from ops.notices.after_run import after_run
from warehouse import catalogue, runs
from warehouse.publications import Outcome
from warehouse.store import Warehouse

#: seconds to wait for one's turn: the desk's receiver holds the lease while it judges what somebody just sent
PATIENCE = 300.0


@dataclass(frozen=True)
class Report:
    """What a run of the chain did."""

    run: int
    resumed: list[int]
    intake: pipeline.Report
    outcome: Outcome


def run(warehouse: Warehouse, kind: str, *, official_folder: Path | None = None) -> Report:
    """Run the chain under its lease.

    Raises LeaseTaken where another process runs it for minutes more, DeclarationError with every fault of every contract.

    A run that was killed leaves nothing to undo: files are landed by content, Delta versions count only once the database
    names them, and a publication is one transaction. So taking it up again is running the chain.
    """
    check_declarations(catalogue.contracts())
    reconciliation_declarations.check(reconciliation_declarations.load(), catalogue.contracts())
    with runs.lease(warehouse.engine, patience=PATIENCE):
        resumed = runs.interrupted(warehouse.engine)
        if resumed:
            screen.note(f"Se retoma lo que quedó a medias en la corrida {', '.join(map(str, resumed))}.")
        with runs.run(warehouse.engine, kind) as number:
            intake = _take_in(warehouse, received(warehouse, official_folder), number)
            with screen.step("Conciliaciones: comparar las fuentes entre sí") as advance, runs.step(warehouse.engine, number, "reconcile") as notes:
                notes += reconciliation.reconcile(warehouse, number, advance).summary()
            with screen.step("Registro de entregas y de su calidad"), runs.step(warehouse.engine, number, "system_tables"):
                system_tables.load(warehouse, warehouse.today, business_days(References(warehouse, catalogue.contracts()).table("ref_calendario")))
            with screen.step("Indicadores: calcular y publicar") as advance, runs.step(warehouse.engine, number, "publish") as notes:
                outcome = compute_and_publish(warehouse, number, progress=advance)
                notes += gate.summary(gate.blocked(*gate.known(warehouse)))
                notes.append(f"Publicación {outcome.publication.numero}" + ("." if outcome.changed else ", sin cambios."))
            with runs.step(warehouse.engine, number, "public") as notes:
                notes += [f"Publicación {n} en el almacén público." for n in public.told(warehouse)]
    after_run(warehouse)
    return Report(number, resumed, intake, outcome)


def land(warehouse: Warehouse, files: Iterable[Received]) -> pipeline.Report:
    """Receive, check and accept `files` under the lease, and publish nothing."""
    check_declarations(catalogue.contracts())
    with runs.lease(warehouse.engine, patience=PATIENCE):
        runs.interrupted(warehouse.engine)
        with runs.run(warehouse.engine, "recepcion") as number:
            return _take_in(warehouse, files, number)


def received(warehouse: Warehouse, official_folder: Path | None) -> Iterator[Received]:
    """Everything there is to receive: facts shipped with the project, official series where their folder is given, sources switched on, the inbox."""
    yield from shipped.collect()
    folder = official_folder or warehouse.settings.oficial
    if folder is not None:
        yield from official.collect(folder)
    yield from feeds.collect_active(warehouse)
    yield from inbox.collect(warehouse.settings.inbox)


def _take_in(warehouse: Warehouse, files: Iterable[Received], number: int) -> pipeline.Report:
    """References, then the files to their verdicts, with each step recorded and told."""
    with screen.step("Catálogos de referencia"), runs.step(warehouse.engine, number, "references"):
        references.load(warehouse)
    with screen.step("Archivos recibidos: recibir, revisar y aceptar") as advance:
        intake = pipeline.ingest(warehouse, files, number, progress=advance)
    for line in intake.summary():
        screen.note(line)
    return intake
