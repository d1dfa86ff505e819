"""What a composite index is made of, as plain data: whoever reads a file hands it over in these. A declaration that cannot be computed raises
ValueError, in a sentence that names what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpis.methods.arguments import Floats

#: scores, dimensions and the index run from 0 to this
SCALE = 100.0
#: below it a share of draws is read from too few of them
MIN_DRAWS = 5000
DISTRIBUTIONS = ("interval", "beta", "gamma")
MEANS = ("geometric", "arithmetic")


@dataclass(frozen=True)
class IndexIndicator:
    """`weight` inside its dimension. `low` is worth 0 and `high` is worth 100; where less is better `low` lies above `high`.

    `distribution` of what is not known of a value: `beta` (proportion scale * x / n), `gamma` (rate scale * events / exposure) or `interval`
    (normal).
    """

    id: str
    weight: float
    low: float
    high: float
    distribution: str = "interval"
    scale: float = 100.0

    def __post_init__(self) -> None:
        _positive(f"weight of {self.id}", self.weight)
        _positive(f"scale of {self.id}", self.scale)
        if self.low == self.high or not np.isfinite([self.low, self.high]).all():
            raise ValueError(f"low and high of {self.id} must be two different numbers; they are {self.low:g} and {self.high:g}")
        if self.distribution not in DISTRIBUTIONS:
            raise ValueError(f"distribution of {self.id} must be one of {', '.join(DISTRIBUTIONS)}; it is {self.distribution!r}")


@dataclass(frozen=True)
class IndexDimension:
    """`required`: without it there is no index."""

    id: str
    weight: float
    indicators: tuple[IndexIndicator, ...]
    required: bool = False

    def __post_init__(self) -> None:
        _positive(f"weight of {self.id}", self.weight)
        if not self.indicators:
            raise ValueError(f"dimension {self.id} must have an indicator")


@dataclass(frozen=True)
class IndexLevel:
    """A level holds from `since`, included, to where the next one begins."""

    slug: str
    since: float


LEVELS = (IndexLevel("critico", 0), IndexLevel("en_desarrollo", 40), IndexLevel("en_avance", 60), IndexLevel("consolidado", 80))


@dataclass(frozen=True)
class IndexUncertainty:
    """What is varied, and how far. `weights_spread`: standard deviation of the weights as a share of them. `goalposts_shift`: how far each goalpost
    may move, as a share of the way between both. `other_mean`: share of draws that aggregate dimensions with the mean that is not the official one.
    `agreement`: share of draws that must fall into one level for it to be named alone.
    """

    draws: int = MIN_DRAWS
    weights_spread: float = 0.25
    goalposts_shift: float = 0.10
    other_mean: float = 0.5
    band: tuple[float, float] = (0.05, 0.95)
    agreement: float = 0.80

    def __post_init__(self) -> None:
        if self.draws < MIN_DRAWS:
            raise ValueError(f"draws must be at least {MIN_DRAWS}; it is {self.draws}")
        if not (self.weights_spread >= 0 and 0 <= self.goalposts_shift < 0.5 and 0 <= self.other_mean <= 1):
            raise ValueError("weights_spread must not be negative, goalposts_shift must be below 0.5 and other_mean between 0 and 1")
        if not (0 <= self.band[0] < self.band[1] <= 1 and 0.5 < self.agreement <= 1):
            raise ValueError("band must be two rising shares and agreement above one half")


@dataclass(frozen=True)
class IndexDeclaration:
    """Arithmetic inside a dimension, `aggregation` between them; under the geometric mean a dimension below `floor` counts as it.

    A dimension needs `minimum_share` of its internal weight; the index needs its required dimensions and at least `minimum_dimensions` of them all.
    Ranks exist only from `ranks_from` units on.
    """

    id: str
    dimensions: tuple[IndexDimension, ...]
    minimum_dimensions: int = 1
    minimum_share: float = 0.6
    aggregation: str = "geometric"
    floor: float = 1.0
    levels: tuple[IndexLevel, ...] = LEVELS
    ranks_from: int = 10
    uncertainty: IndexUncertainty = IndexUncertainty()

    def __post_init__(self) -> None:
        _unique("dimensions", tuple(dimension.id for dimension in self.dimensions))
        _unique("indicators", self.indicator_ids)
        _unique("levels", tuple(level.slug for level in self.levels))
        since = [level.since for level in self.levels]
        if since[0] != 0 or sorted(set(since)) != since or since[-1] >= SCALE:
            raise ValueError(f"levels must rise from 0 and begin below {SCALE:g}; they begin at {since}")
        if not 1 <= self.minimum_dimensions <= len(self.dimensions):
            raise ValueError(f"minimum_dimensions must lie between 1 and {len(self.dimensions)}; it is {self.minimum_dimensions}")
        if not 0 < self.minimum_share <= 1:
            raise ValueError(f"minimum_share must be above 0 and at most 1; it is {self.minimum_share:g}")
        if self.aggregation not in MEANS:
            raise ValueError(f"aggregation must be one of {', '.join(MEANS)}; it is {self.aggregation!r}")
        _positive("floor", self.floor)

    @property
    def indicators(self) -> tuple[IndexIndicator, ...]:
        """All indicators, in the order that tables of units x indicators follow."""
        return tuple(indicator for dimension in self.dimensions for indicator in dimension.indicators)

    @property
    def indicator_ids(self) -> tuple[str, ...]:
        return tuple(indicator.id for indicator in self.indicators)

    @property
    def belongs(self) -> Floats:
        """indicators x dimensions: 1 where the indicator is one of the dimension."""
        counts = [len(dimension.indicators) for dimension in self.dimensions]
        return np.repeat(np.eye(len(counts)), counts, axis=0)

    @property
    def weights(self) -> Floats:
        """Internal weights of all indicators; in each dimension they add up to 1."""
        given = np.array([indicator.weight for indicator in self.indicators])
        return np.asarray(given / (self.belongs @ (given @ self.belongs)))

    @property
    def dimension_weights(self) -> Floats:
        given = np.array([dimension.weight for dimension in self.dimensions])
        return np.asarray(given / given.sum())


def _positive(name: str, given: float) -> None:
    if not (given > 0 and np.isfinite(given)):
        raise ValueError(f"{name} must be positive; it is {given:g}")


def _unique(what: str, ids: tuple[str, ...]) -> None:
    if not ids:
        raise ValueError(f"there must be {what}")
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"{what} must be named once each; {', '.join(twice)} is repeated")
