"""The room's one verb: from accepted tables to a publication, or to the certainty that nothing changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from deltalake.exceptions import DeltaError

from kpis.compile import Plan, plans
from kpis.composite import compute_indices
from kpis.deliveries import Deliveries
from kpis.engine import Progress, Result, compute
from kpis.facts import load_facts
from kpis.gate import Gate, gate_of, known
from kpis.labels import names_of
from kpis.publish import draft, freeze, stamp
from kpis.spark import passes
from kpis.states import StateStore
from warehouse import catalogue, publications, submissions
from warehouse.contracts import Contract
from warehouse.delta import NEVER
from warehouse.errors import NothingPublished, SiegemError, StoreError
from warehouse.indicators import Indicator
from warehouse.publications import Outcome, Publication
from warehouse.store import Warehouse


def compute_and_publish(
    warehouse: Warehouse,
    run: int | None = None,
    progress: Progress | None = None,
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
    deliveries, granted = known(warehouse)
    declared = catalogue.indicators() if definitions is None else definitions
    mark = stamp(declared, facts or catalogue.FACTS, versions, deliveries, granted)
    last = _last(warehouse)
    if last is not None and mark in (last.huella, _seen(warehouse, last)):
        return Outcome(last, changed=False)
    ready = ready_plans(declared, facts or catalogue.FACTS, contracts, versions)
    if not ready:
        raise SiegemError(
            "No hay datos aceptados con los que calcular ningún indicador.",
            stands="Si había una publicación, sigue en pie.",
            cure="Deje archivos en la bandeja de entrada y repita, o pruebe con: ./siegem demo",
        )
    previous = (last, publications.sheets(warehouse.engine, last.numero)) if last is not None else None
    indices = tuple(catalogue.indices().values())
    frozen = freeze(ready, contracts, accepted, deliveries, mark, names_of(warehouse.delta, versions), indices)
    result = compute_ready(warehouse, ready, contracts, versions, deliveries, progress, gate_of(deliveries, granted))
    composed = compute_indices(indices, result.values, {c.indicator.id: c.indicator for p in ready for c in p.indicators})
    outcome = publications.publish(warehouse.engine, draft(frozen, result.values, deliveries, previous, composed), run)
    if not outcome.changed:
        _see(warehouse, outcome.publication, mark)
    return outcome


def _seen(warehouse: Warehouse, last: Publication) -> str:
    """The stamp that was found to change nothing of the publication in force: a publication keeps its own, and would be computed again each time."""
    seal = warehouse.states / f"sello-{last.numero}"
    return seal.read_text(encoding="utf-8") if seal.is_file() else ""


def _see(warehouse: Warehouse, last: Publication, mark: str) -> None:
    (warehouse.states / f"sello-{last.numero}").write_text(mark, encoding="utf-8")


def _last(warehouse: Warehouse) -> Publication | None:
    try:
        return publications.latest(warehouse.engine)
    except NothingPublished:
        return None


def ready_plans(
    definitions: Mapping[str, Indicator], folder: Path, contracts: Mapping[str, Contract], versions: Mapping[str, int]
) -> tuple[Plan, ...]:
    """The plans whose required tables all have an accepted version. All definitions are checked, ready or not."""
    facts = load_facts(folder, contracts, {d.fact for d in definitions.values()})
    return tuple(p for p in plans(definitions, facts) if p.fact.required <= set(versions))


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


def versions_read(ready: Iterable[Plan], versions: Mapping[str, int]) -> dict[str, int]:
    """The version of each table that the plans read: NEVER of those that may never have come and did not."""
    return {**{t: NEVER for p in ready for t in p.fact.tables}, **versions}


def compute_ready(
    warehouse: Warehouse,
    ready: tuple[Plan, ...],
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int],
    deliveries: Deliveries,
    progress: Progress | None = None,
    gate: Gate | None = None,
) -> Result:
    """Values of the plans, with the states kept in the warehouse's folder."""
    s = warehouse.settings
    read = versions_read(ready, versions)
    with passes(s) as other:
        store = StateStore(warehouse.states, warehouse.delta, contracts, read, s.memoria_motor, s.hilos_motor, other)
        result = compute(ready, store, deliveries, progress, gate)
    store.forget(ready)
    return result
