"""Difference in differences for pilots that begin at different times: the effect of each group in each period, and what they come to.

Callaway, B. and Sant'Anna, P. H. C. (2021), "Difference-in-differences with multiple time periods", Journal of Econometrics 225, 200-230: without
covariates, without anticipation. An effect is the change of the group's mean since its last period before the pilot, less the same change of those
it is compared with. Before the pilot it is the change since the period before ("varying base"): near zero where the trends were parallel.

The panel is balanced: a unit with an unknown outcome leaves it, and so does one already treated in the first period, which has no before.
A unit treated only after the last period was never treated here. Times are counted in equal steps (years; months numbered on), as events are t - g.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from kpis.methods.arguments import Floats, known, numbers

#: never treated, or not treated yet in either period compared
COMPARISONS = ("never", "not_yet")
#: permutations at a time: bounds the memory
BATCH = 200
#: so small a part of the largest change is none: it comes from the order of the sums
NOTHING = 1e-12

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Effects:
    """ATT(g, t), one element a pair of group and time, and the weighted means of it that Callaway and Sant'Anna name."""

    group: Floats
    time: Floats
    att: Floats
    #: from the influence function, units independent; NaN where the group or its comparison is one unit: nothing tells how much it varies
    se: Floats
    #: units of the group; its weight in every mean
    size: Ints
    by_event: dict[float, float]
    by_group: dict[float, float]
    by_time: dict[float, float]
    #: all pairs from the pilot on, the mean of by_event from 0 on, of by_group, of by_time; NaN where there is no such pair
    simple: float
    dynamic: float
    grouped: float
    calendar: float
    #: Wald test that all effects before the pilot are zero: chi2, degrees of freedom, p; NaN without them or where their covariance is singular
    pretrend: tuple[float, int, float]
    #: units that left the panel
    dropped: int


@dataclass(frozen=True, eq=False)
class Permuted:
    """Two-sided p of each overall effect, and of the effects before the pilot together (root of their mean square, weighted by group size)."""

    simple: float
    dynamic: float
    grouped: float
    calendar: float
    pretrend: float
    permutations: int


@dataclass(frozen=True, eq=False)
class _Panel:
    """What permuting the groups leaves as it is. Label 0 is never treated, label i the i-th group."""

    label: Ints
    starts: Floats
    sizes: Ints
    change: Floats  # units x pairs
    group: Ints  # of each pair, its label
    time: Floats
    compared: NDArray[np.bool_]  # pairs x labels
    dropped: int

    @property
    def start(self) -> Floats:
        """The first period of each pair's pilot."""
        return self.starts[self.group - 1]

    @property
    def event(self) -> Floats:
        """Periods since it began; negative before."""
        return self.time - self.start

    @property
    def size(self) -> Ints:
        """Units of each pair's group."""
        return self.sizes[self.group]

    @property
    def nothing(self) -> float:
        """A difference up to this is none."""
        return float(NOTHING * np.abs(self.change).max(initial=0.0))


def group_time_effects(outcome: ArrayLike, times: ArrayLike, first_treated: ArrayLike, comparison: str = "never") -> Effects:
    """The effects of units x periods; `first_treated` is the first period of each unit's pilot, NaN where it never had one.

    A pair of group and time without anyone to compare with is left out.
    """
    panel = _panel(outcome, times, first_treated, comparison)
    att, influence = _att(panel, panel.label[np.newaxis])[0], _influence(panel)
    start, event, size = panel.start, panel.event, panel.size
    after, compared = event >= 0, (panel.compared * panel.sizes).sum(axis=1)
    se = np.where((size > 1) & (compared > 1), np.sqrt((influence**2).sum(axis=0)), np.nan)
    simple, dynamic, grouped, calendar = _overall(panel, att).tolist()
    return Effects(
        group=start,
        time=panel.time,
        att=att,
        se=se,
        size=size,
        by_event=_means(event, att, size),
        by_group=_means(start[after], att[after], size[after]),
        by_time=_means(panel.time[after], att[after], size[after]),
        simple=simple,
        dynamic=dynamic,
        grouped=grouped,
        calendar=calendar,
        pretrend=_wald(att[~after], influence[:, ~after], se[~after]),
        dropped=panel.dropped,
    )


def permutation_p(
    outcome: ArrayLike, times: ArrayLike, first_treated: ArrayLike, comparison: str = "never", *, permutations: int = 999, seed: int = 0
) -> Permuted:
    """How often effects as large come out when the same starting dates are dealt to the units at random; exact where no unit has any effect.

    For few pilot units, where normal limits do not hold: 3 of 25 can be dealt in 2,300 ways, so that p hardly falls below 1 / 2,300.
    Fisher, R. A. (1935), "The Design of Experiments", Oliver and Boyd; never 0, as in Phipson, B. and Smyth, G. K. (2010), "Permutation p-values
    should never be zero", Statistical Applications in Genetics and Molecular Biology 9, article 39. The same seed gives the same p.
    """
    if permutations < 1 or permutations % 1:
        raise ValueError(f"permutations must be whole and at least 1; it is {permutations}")
    panel = _panel(outcome, times, first_treated, comparison)
    found = _sizes_of_effects(panel, panel.label[np.newaxis])[0]
    draws, beyond = np.random.default_rng(seed), np.zeros(found.size)
    for done in range(0, permutations, BATCH):
        dealt = np.tile(panel.label, (min(BATCH, permutations - done), 1))
        beyond += (_sizes_of_effects(panel, draws.permuted(dealt, axis=1)) >= found - panel.nothing).sum(axis=0)
    simple, dynamic, grouped, calendar, pretrend = np.where(np.isnan(found), np.nan, (1 + beyond) / (1 + permutations)).tolist()
    return Permuted(simple, dynamic, grouped, calendar, pretrend, permutations)


def _panel(outcome: ArrayLike, times: ArrayLike, first_treated: ArrayLike, comparison: str) -> _Panel:
    """The balanced panel, and which pairs of group and time can be asked of it."""
    value, when, start = numbers("outcome", outcome), known("times", times), numbers("first_treated", first_treated)
    if value.ndim != 2 or value.shape != (start.size, when.size) or start.ndim != 1 or when.ndim != 1:
        raise ValueError(f"outcome must be units x periods; its shape is {value.shape} for {start.size} units and {when.size} times")
    if when.size < 2 or (np.diff(when) <= 0).any():
        raise ValueError("times must rise, and be two or more")
    if comparison not in COMPARISONS:
        raise ValueError(f"comparison must be one of {', '.join(COMPARISONS)}; it is {comparison}")
    stays = ~np.isnan(value).any(axis=1) & ~(start <= when[0])
    value, start = value[stays], np.where(start[stays] > when[-1], np.nan, start[stays])
    starts = np.unique(start[~np.isnan(start)])
    label = np.where(np.isnan(start), 0, np.searchsorted(starts, start) + 1)
    sizes = np.bincount(label, minlength=starts.size + 1)
    if comparison == "never" and starts.size and not sizes[0]:
        raise ValueError("comparison never needs a unit that was never treated; there is none: compare with not_yet")
    pairs = [_pair(g, at, starts, when, comparison, sizes) for g in range(1, starts.size + 1) for at in range(1, when.size)]
    asked = [pair for pair in pairs if pair[3].any()]
    group, now, base = (np.array([pair[i] for pair in asked], dtype=np.int64) for i in range(3))
    compared = np.array([pair[3] for pair in asked], dtype=np.bool_).reshape(len(asked), starts.size + 1)
    return _Panel(label, starts, sizes, value[:, now] - value[:, base], group, when[now], compared, int((~stays).sum()))


def _pair(g: int, at: int, starts: Floats, when: Floats, comparison: str, sizes: Ints) -> tuple[int, int, int, NDArray[np.bool_]]:
    """Group, period, its base period, and the labels to compare with."""
    base = min(at, int(np.searchsorted(when, starts[g - 1]))) - 1
    untreated = np.array([True, *(starts > when[at])]) if comparison == "not_yet" else np.arange(starts.size + 1) == 0
    untreated[g] = False
    return g, at, base, untreated & (sizes > 0)


def _att(panel: _Panel, labels: Ints) -> Floats:
    """The effect of each pair for each dealing of the labels: dealings x pairs."""
    sums = np.stack([(labels == label) @ panel.change for label in range(panel.sizes.size)], axis=-1)
    own = sums[:, np.arange(panel.group.size), panel.group]
    others = (sums * panel.compared).sum(axis=-1)
    return np.asarray(own / panel.size - others / (panel.compared * panel.sizes).sum(axis=-1))


def _influence(panel: _Panel) -> Floats:
    """How much each unit moves each effect, units x pairs: its deviation from the mean of its side, over the side's size."""
    moved = np.zeros_like(panel.change)
    for side, sign in [(panel.label[:, np.newaxis] == panel.group, 1), (panel.compared.T[panel.label], -1)]:
        size = side.sum(axis=0)
        away = panel.change - (side * panel.change).sum(axis=0) / size
        moved += sign * side * np.where(np.abs(away) > panel.nothing, away, 0.0) / size
    return moved


def _overall(panel: _Panel, att: Floats) -> Floats:
    """The overall effects of ... x pairs: simple, dynamic, grouped, calendar on the last axis."""
    after = panel.event >= 0
    if not after.any():
        return np.full((*att.shape[:-1], 4), np.nan)
    size, each = panel.size[after].astype(np.float64), np.ones(after.sum())
    shares = [size, _within(panel.event[after], size), _within(panel.start[after], each) * size, _within(panel.time[after], size)]
    return np.asarray(att[..., after] @ np.array([share / share.sum() for share in shares]).T)


def _within(key: Floats, weight: Floats) -> Floats:
    """Weights that add up to one for each value of the key."""
    _, place = np.unique(key, return_inverse=True)
    return np.asarray(weight / np.bincount(place, weight)[place])


def _means(key: Floats, att: Floats, size: Ints) -> dict[float, float]:
    """The mean effect for each value of the key, weighted by the size of the groups."""
    parts = att * _within(key, size.astype(np.float64))
    return {float(at): float(parts[key == at].sum()) for at in np.unique(key)}


def _sizes_of_effects(panel: _Panel, labels: Ints) -> Floats:
    """What permutations compare: the absolute overall effects and the root mean square before the pilot; dealings x 5."""
    att, before = _att(panel, labels), np.where(panel.event < 0, panel.size, 0)
    with np.errstate(invalid="ignore"):
        away = np.sqrt(att**2 @ before / before.sum())
    return np.column_stack([np.abs(_overall(panel, att)), away])


def _wald(att: Floats, influence: Floats, se: Floats) -> tuple[float, int, float]:
    """chi2, degrees of freedom and p of all effects being zero."""
    covariance = influence.T @ influence
    if not att.size or np.isnan(se).any() or np.linalg.matrix_rank(covariance, hermitian=True) < att.size:
        return float("nan"), att.size, float("nan")
    chi2 = float(att @ np.linalg.solve(covariance, att))
    return chi2, att.size, float(chdtrc(att.size, chi2))
