"""In which order tables are judged: a table after those its rows refer to."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from checks.own_tables import HISTORY, PREVIOUS
from warehouse.contracts import Contract
from warehouse.errors import DeclarationError


def referenced_tables(contract: Contract) -> list[str]:
    """Tables that the contract's relationships and rules name, itself apart."""
    named = [c.references.partition(".")[0] for c in contract.columns if c.references] + [r for rule in contract.rules for r in rule.body.referencias]
    return [t for t in dict.fromkeys(named) if t not in (contract.table, HISTORY, PREVIOUS)]


def is_delivered(contract: Contract) -> bool:
    """Whether somebody sends it; references and system tables are built by SIEGEM."""
    return contract.delivery.ambito != "sistema"


def in_dependency_order(contracts: dict[str, Contract]) -> list[str]:
    """Every table, parents first and by name among equals. Raises DeclarationError for tables that refer to each other."""
    sorter = TopologicalSorter({t: [p for p in sorted(referenced_tables(contracts[t])) if p in contracts] for t in sorted(contracts)})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise DeclarationError(f"Los contratos se refieren unos a otros en círculo: {circle}.", cure="Quite una de las referencias.") from error
