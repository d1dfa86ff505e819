"""The definition of a composite index: dimensions of indicators with fixed goalposts, as a strict declaration. One YAML file each."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from warehouse.contracts import Bilingual
from warehouse.declarations import Declaration, parse, read_folder, read_yaml


class Member(Declaration):
    """An indicator within a dimension. `floor` is worth 0 and `goal` 100; where less is better the floor is the higher one."""

    indicator: str
    weight: float = Field(gt=0)
    floor: float
    goal: float
    #: categories of one breakdown that count, added up: numerators and denominators before dividing
    breakdown: str = ""
    categories: tuple[str, ...] = ()
    #: the value is divided by this before it is scored: days over the reference deadline
    divide_by: float = Field(1.0, gt=0)
    #: the value is divided by the share of the year gone by: budget execution
    of_year_so_far: bool = False
    #: who sends the data: silence of a regional government is told apart from a late national source
    source: Literal["gr", "externo"] = "gr"


class Dimension(Declaration):
    id: str
    name: Bilingual
    weight: float = Field(gt=0)
    #: without it there is no index
    required: bool = False
    indicators: tuple[Member, ...] = Field(min_length=1)


class Level(Declaration):
    slug: str
    name: Bilingual
    since: float


class IndexSheet(Declaration):
    """An index as declared. Weights and goalposts stay fixed between the reviews that regions and ministry agree on."""

    id: str
    name: Bilingual
    question: Bilingual
    status: Literal["propuesta", "acordada"]
    #: kind of period it is computed for
    period: Literal["trimestre", "semestre", "anio"] = "trimestre"
    dimensions: tuple[Dimension, ...] = Field(min_length=2)
    levels: tuple[Level, ...] = Field(min_length=2)
    minimum_share: float = Field(0.6, gt=0, le=1)
    minimum_dimensions: int = Field(1, ge=1)
    ranks_from: int = 10
    draws: int = Field(5000, ge=5000)
    seed: int = 1
    #: a value may be as old as this, so that yearly indicators count all year
    valid_months: int = 12
    reading: tuple[Bilingual, ...]
    perverse_incentives: tuple[Bilingual, ...] = ()
    left_out: tuple[Bilingual, ...] = ()
    base: str
    owner: str

    @model_validator(mode="after")
    def _coherent(self) -> IndexSheet:
        for d in self.dimensions:
            for m in d.indicators:
                if m.floor == m.goal:
                    raise ValueError(f"«{m.indicator}»: el piso y la meta son el mismo número")
                if bool(m.breakdown) != bool(m.categories):
                    raise ValueError(f"«{m.indicator}»: «breakdown» y «categories» van juntos")
        return self


def load_index(path: Path) -> IndexSheet:
    """One index file. Raises DeclarationError with every fault of the file."""
    return parse(IndexSheet, {"id": path.stem, **read_yaml(path)}, path)


@lru_cache(maxsize=4)
def load_indices(folder: Path) -> dict[str, IndexSheet]:
    """All indices of `folder` by id. Raises one DeclarationError with every fault of every file."""
    return read_folder(folder, load_index)
