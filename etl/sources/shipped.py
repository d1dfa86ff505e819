"""The short tables the project brings with it: `etl/shipped/{tabla}.csv`, each row with its citation."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from etl.sources.received import NATIONAL, SERIES, Received
from warehouse import catalogue
from warehouse.contracts import Contract

FOLDER = Path(__file__).resolve().parents[1] / "shipped"


def collect(folder: Path = FOLDER, contracts: dict[str, Contract] | None = None) -> Iterator[Received]:
    """Every shipped table that has a contract, by name."""
    contracts = catalogue.contracts() if contracts is None else contracts
    for path in sorted(folder.glob("*.csv")):
        if path.stem in contracts:
            periodo = _period(path, contracts[path.stem])
            yield Received(path.name, path, "incluido en SIEGEM", path.stem, NATIONAL, periodo, datetime.now(UTC))


def _period(path: Path, contract: Contract) -> str:
    """The year of a table due every year, so that the file that one day replaces it takes the same place; else the series."""
    if contract.delivery.periodicidad != "anual":
        return SERIES
    column = next((c.name for c in contract.columns if c.type == "integer" and c.name.startswith("anio")), "")
    with path.open(encoding="utf-8-sig", newline="") as text:
        years = {row.get(column, "") for row in csv.DictReader(text)}
    return years.pop() if len(years) == 1 and "" not in years else SERIES
