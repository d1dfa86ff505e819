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
from etl.demonstration import holders
from etl.demonstration.holders import Holders
from etl.demonstration.profiles import PROFILES, Profile
from warehouse import catalogue
from warehouse.delta import ARROW_TYPES

#: modules of this package in the order in which they are made: each may use the tables of those before it
SUBJECTS = (
    "derechos", "tramites", "dac", "productores", "formalizacion", "certificacion", "fiscalizacion", "monitoreo", "conflictos", "eventos",
    "presupuesto", "actividad", "linea_base", "gobernanza", "cifras",
)  # fmt: skip
#: subjects that finish tables of earlier ones: the cases of a title are what makes a right a titled one
FINISHERS = ("tramites",)
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

    @property
    def months(self) -> int:
        """How many months are made."""
        return (self.until.year - self.first.year) * 12 + self.until.month - self.first.month + 1

    @cached_property
    def small_holders(self) -> Holders:
        """Small-scale and artisanal producers: those who hold the region's rights and file most of its cases."""
        return holders.small(self.code, self._people(3 + 0.08 * self.months), self.draw("titulares"))

    @cached_property
    def large_holders(self) -> Holders:
        """Companies of the general regime, which INGEMMET and the ministry deal with."""
        return holders.large(self.code, self._people(1.2), self.draw("titulares generales"))

    @cached_property
    def informal_miners(self) -> Holders:
        """People being formalised."""
        return holders.informal(self.code, self._people(2 + 0.3 * self.months), self.draw("mineros"))

    def _people(self, share: float) -> int:
        return max(4, round(self.profile.volume * share * self.scale))

    def some_districts(self, count: int, draw: np.random.Generator) -> np.ndarray:
        """`count` ubigeos, busy districts more often."""
        ubigeos, weights = self.districts
        return draw.choice(ubigeos, count, p=weights)


def build(region: Region, wanted: frozenset[str] = frozenset(), subjects: tuple[str, ...] = SUBJECTS) -> Region:
    """Make the subjects' tables in order, all of them or as far as the `wanted` tables need; gives the same region, filled."""
    pending = set(FINISHERS)
    for name in subjects:
        if wanted and not pending and wanted <= set(region.tables):
            break
        made: dict[str, pa.Table] = import_module(f"etl.demonstration.{name}").make(region)
        region.tables |= {table: conformed(table, rows) for table, rows in made.items()}
        pending.discard(name)
    return region


def conformed(table: str, rows: pa.Table) -> pa.Table:
    """The rows with the contract's columns in its order and types, then `_periodo`. Raises ValueError where the columns differ."""
    contract = catalogue.contracts()[table]
    names = [*contract.column_names, PERIOD]
    if set(rows.column_names) != set(names):
        lacking, spare = sorted(set(names) - set(rows.column_names)), sorted(set(rows.column_names) - set(names))
        raise ValueError(f"{table}: sobran {spare} y faltan {lacking}")
    schema = pa.schema([*(pa.field(c.name, ARROW_TYPES[c.type]) for c in contract.columns), pa.field(PERIOD, pa.string())])
    return rows.select(names).cast(schema)
