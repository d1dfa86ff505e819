"""Where the installed declarations are: contracts, facts and definitions. Read by path, so no room is imported."""

from __future__ import annotations

from pathlib import Path

from warehouse.contracts import Contract, load_contracts
from warehouse.indicators import Indicator, load_indicators

_ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = _ROOT / "etl" / "contracts"
FACTS = _ROOT / "kpis" / "facts"
DEFINITIONS = _ROOT / "kpis" / "definitions"


def contracts() -> dict[str, Contract]:
    """Every installed contract by table."""
    return load_contracts(CONTRACTS)


def indicators() -> dict[str, Indicator]:
    """Every installed indicator by id."""
    return load_indicators(DEFINITIONS)
