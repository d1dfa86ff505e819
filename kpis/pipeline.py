"""The room's one verb: from accepted tables to a publication, or to the certainty that nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from deltalake.exceptions import DeltaError

from kpis.stamp import Given
from warehouse import catalogue, submissions, waivers
from warehouse.errors import NothingPublished, StoreError
from warehouse.indicators import Indicator
from warehouse.publication_cards import Outcome, Publication, latest
from warehouse.store import Warehouse

if TYPE_CHECKING:
    from kpis.deliveries import Deliveries


def compute_and_publish(
    warehouse: Warehouse,
    run: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    definitions: Mapping[str, Indicator] | None = None,
    facts: Path | None = None,
) -> Outcome:
    """Compute every indicator whose tables have been accepted and publish them in one transaction.

    An indicator whose table never was accepted has no row: it is not absent, it does not exist yet. Where nothing changed
    the publication in force is given back. Raises SiegemError where no indicator can be computed: publishing that would
    withdraw every figure.
    """
    contracts, versions = catalogue.contracts(), submissions.accepted_versions(warehouse.engine)
    # asked first, so that lost files are told even where nothing changed
    accepted = {t: (versions[t], rows_of(warehouse, t, versions[t])) for t in sorted(set(versions) & set(contracts))}
    with warehouse.engine.connect() as connection:
        judged = submissions.newest(connection)
    granted = waivers.in_force(warehouse.engine, warehouse.today)
    declared = catalogue.indicators() if definitions is None else definitions
    given = Given(declared, facts or catalogue.FACTS, contracts, versions, accepted, judged, lambda: _deliveries(warehouse), granted)
    last = _last(warehouse)
    if last is not None and given.stamp in (last.huella, _seen(warehouse, last)):
        return Outcome(last, changed=False)
    from kpis.anew import publish_anew  # the engine, and what it imports, only where there is something to compute

    outcome = publish_anew(warehouse, given, last, run, progress)
    if not outcome.changed:
        _see(warehouse, outcome.publication, given.stamp)
    return outcome


def _deliveries(warehouse: Warehouse) -> Deliveries:
    from kpis.deliveries import Deliveries

    return Deliveries.of(warehouse)


def _seen(warehouse: Warehouse, last: Publication) -> str:
    """The stamp that was found to change nothing of the publication in force: a publication keeps its own, and would be computed again each time."""
    seal = warehouse.states / f"sello-{last.numero}"
    return seal.read_text(encoding="utf-8") if seal.is_file() else ""


def _see(warehouse: Warehouse, last: Publication, mark: str) -> None:
    (warehouse.states / f"sello-{last.numero}").write_text(mark, encoding="utf-8")


def _last(warehouse: Warehouse) -> Publication | None:
    try:
        return latest(warehouse.engine)
    except NothingPublished:
        return None


def rows_of(warehouse: Warehouse, table: str, version: int) -> int:
    """Rows of an accepted version. Raises StoreError where its files are gone: computing without them would withdraw published figures."""
    try:
        return warehouse.delta.rows("aceptado", table, version)
    except DeltaError as error:
        raise StoreError(
            f"Falta la versión {version} de la tabla aceptada «{table}» en la carpeta de datos.",
            stands="La última publicación sigue en pie.",
            cure="Restaure la carpeta de datos desde una copia, o vuelva a cargar los archivos de esa tabla.",
        ) from error
