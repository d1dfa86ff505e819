"""Where the installed declarations are: contracts, facts and definitions. Read by path, so no room is imported."""

from __future__ import annotations

from pathlib import Path

from warehouse.contracts import Contract, load_contracts
from warehouse.index_sheets import IndexSheet, load_indices
from warehouse.indicators import Indicator, load_indicators

_ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = _ROOT / "etl" / "contracts"
FACTS = _ROOT / "kpis" / "facts"
DEFINITIONS = _ROOT / "kpis" / "definitions"
INDICES = _ROOT / "kpis" / "indices"


def contracts() -> dict[str, Contract]:
    """Every installed contract by table."""
    return load_contracts(CONTRACTS)


def indicators() -> dict[str, Indicator]:
    """Every installed indicator by id."""
    return load_indicators(DEFINITIONS)


def indices() -> dict[str, IndexSheet]:
    """Every installed composite index by id."""
    return load_indices(INDICES)
