"""One synthetic region, made table after table so that everything refers to something that exists.

Each subject is a module with `make(region: Region) -> dict[str, pa.Table]`: the rows of its tables for the whole time from
`first` to `until`, with the contract's columns and one more, `_periodo`, the delivery they belong to (2026-05, 2026-T2 or
2026, as the contract's periodicity has it). A later subject reads what the earlier ones made in `region.tables`.

Rows show their state on `until`: a delivery holds what entered the register in its period, as it stands at the cut-off
date. Everything is drawn with numpy from generators named by what they make (`region.draw("productores")`), so that the same
seed gives the same bytes whatever else is generated. Counts grow with `scale`; nothing else does.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import import_module

import numpy as np
import pyarrow as pa

from etl import references
from etl.demonstration.profiles import PROFILES, Profile

#: modules of this package in the order in which they are made: each may use the tables of those before it
SUBJECTS = (
    "derechos", "tramites", "dac", "productores", "formalizacion", "certificacion", "fiscalizacion", "monitoreo", "conflictos", "eventos",
    "presupuesto", "actividad", "linea_base", "gobernanza", "cifras",
)  # fmt: skip
PERIOD = "_periodo"


@dataclass
class Region:
    """One of the 26 regions. `tables` fills up as its subjects are made."""

    code: str
    seed: int
    first: date
    until: date
    scale: float = 1.0
    tables: dict[str, pa.Table] = field(default_factory=dict)

    def draw(self, *parts: object) -> np.random.Generator:
        """Random numbers of one thing: always the same for the same seed, region and name."""
        name = "-".join(map(str, (self.seed, self.code, *parts)))
        return np.random.default_rng(zlib.crc32(name.encode()) + (self.seed << 32))

    @property
    def profile(self) -> Profile:
        """How this region works: invented."""
        return PROFILES[self.code]

    @cached_property
    def districts(self) -> tuple[np.ndarray, np.ndarray]:
        """Real ubigeos of the region where mining is, up to three in each province, and the share of each; the first are the busiest."""
        draw = self.draw("distritos")
        provinces: dict[str, list[str]] = {}
        for row in references.district_rows():
            if row["cod_region"] == self.code:
                provinces.setdefault(row["cod_provincia"], []).append(row["ubigeo"])
        chosen = np.array([u for own in provinces.values() for u in draw.choice(own, min(3, len(own)), replace=False)])
        draw.shuffle(chosen)
        weights = 1 / (np.arange(len(chosen)) + 2)
        return chosen, weights / weights.sum()

    def some_districts(self, count: int, draw: np.random.Generator) -> np.ndarray:
        """`count` ubigeos, busy districts more often."""
        ubigeos, weights = self.districts
        return draw.choice(ubigeos, count, p=weights)


def build(region: Region, subjects: tuple[str, ...] = SUBJECTS) -> Region:
    """Make every subject's tables in order; gives the same region, filled."""
    for name in subjects:
        region.tables |= import_module(f"etl.demonstration.{name}").make(region)
    return region
