"""From accepted tables to a publication, where something changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kpis.compile import Plan, plans
from kpis.composite import compute_indices
from kpis.deliveries import Deliveries
from kpis.engine import Progress, Result, compute
from kpis.facts import load_facts
from kpis.gate import Gate, gate_of
from kpis.labels import names_of
from kpis.publish import draft, freeze
from kpis.spark import passes
from kpis.stamp import Given
from kpis.states import StateStore
from warehouse import catalogue, publications
from warehouse.contracts import Contract
from warehouse.delta import NEVER
from warehouse.errors import SiegemError
from warehouse.indicators import Indicator
from warehouse.publications import Outcome, Publication
from warehouse.store import Warehouse
from warehouse.told_before import told_before


def publish_anew(warehouse: Warehouse, given: Given, last: Publication | None, run: int | None = None, progress: Progress | None = None) -> Outcome:
    """Compute every indicator that can be and publish them in one transaction. `last`: the publication in force.

    Raises SiegemError where none can be computed.
    """
    ready = ready_plans(given.definitions, given.facts, given.contracts, given.versions)
    if not ready:
        raise SiegemError(
            "No hay datos aceptados con los que calcular ningún indicador.",
            stands="Si había una publicación, sigue en pie.",
            cure="Deje archivos en la bandeja de entrada y repita, o pruebe con: ./siegem demo",
        )
    previous = (last, publications.sheets(warehouse.engine, last.numero)) if last is not None else None
    indices = tuple(catalogue.indices().values())
    names = names_of(warehouse.delta, given.versions)
    frozen = freeze(ready, given.contracts, given.accepted, given.deliveries, given.stamp, names, indices)
    gate = gate_of(given.deliveries, given.granted)
    result = compute_ready(warehouse, ready, given.contracts, given.versions, given.deliveries, progress, gate)
    composed = compute_indices(indices, result.values, {c.indicator.id: c.indicator for p in ready for c in p.indicators})
    return publications.publish(warehouse.engine, draft(frozen, result.values, given.deliveries, previous, composed), run)


def ready_plans(
    definitions: Mapping[str, Indicator], folder: Path, contracts: Mapping[str, Contract], versions: Mapping[str, int]
) -> tuple[Plan, ...]:
    """The plans whose required tables all have an accepted version. All definitions are checked, ready or not."""
    facts = load_facts(folder, contracts, {d.fact for d in definitions.values()})
    return tuple(p for p in plans(definitions, facts) if p.fact.required <= set(versions))


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
        result = compute(ready, store, deliveries, progress, gate, told_before(warehouse.engine))
    store.forget(ready)
    return result
