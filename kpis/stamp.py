"""What a publication is made from, without computing anything. Imports nothing of the engine: an hour without news costs the asking alone."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.contracts import Contract
from warehouse.indicators import Indicator
from warehouse.publication_cards import digest
from warehouse.waivers import Waiver

if TYPE_CHECKING:
    from kpis.deliveries import Deliveries


def code_version() -> str:
    """The installed version of this software; of the checkout where it is not installed."""
    try:
        return version("siegem")
    except PackageNotFoundError:
        project = Path(__file__).resolve().parents[1] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


@dataclass(frozen=True)
class Given:
    """What a publication is made from. `accepted`: table -> version and rows, of tables with a contract; `granted`: exceptions in force.

    `judged`: the last submission judged; `read` reads them all, which only a publication needs.
    """

    definitions: Mapping[str, Indicator]
    facts: Path
    contracts: Mapping[str, Contract]
    versions: Mapping[str, int]
    accepted: Mapping[str, tuple[int, int]]
    judged: int
    read: Callable[[], Deliveries]
    granted: Sequence[Waiver]

    @cached_property
    def deliveries(self) -> Deliveries:
        return self.read()

    @cached_property
    def stamp(self) -> str:
        """Declarations and code as they are written, table versions, submissions judged and exceptions in force.

        Two publications with the same stamp have the same figures, so the second need not be computed.
        """
        own = [self.definitions[i].model_dump_json() for i in sorted(self.definitions)]
        contracts = [c.path.read_text(encoding="utf-8") for _, c in sorted(self.contracts.items())]
        written = [p.read_text(encoding="utf-8") for p in sorted(self.facts.rglob("*.sql"))]
        granted = sorted(w.id for w in self.granted)
        return digest([own, contracts, written, sorted(self.versions.items()), self.judged, granted, code_version(), _own_code()])


@cache
def _own_code() -> str:
    room = Path(__file__).resolve().parent
    return digest([p.read_text(encoding="utf-8") for p in sorted([*room.rglob("*.py"), *room.glob("indices/*.yml")])])
