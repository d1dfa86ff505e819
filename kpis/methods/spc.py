"""Process behaviour charts (XmR): whether a measure over time moves by chance, and which points do not.

The natural limits of Wheeler, D. J. (2000), "Understanding Variation: The Key to Managing Chaos", 2nd ed., SPC Press, with the rules that NHS England
(2018), "Making Data Count", draws from Nelson, L. S. (1984), "The Shewhart control chart: tests for special causes", Journal of Quality Technology
16, 237-239, and Provost, L. P. and Murray, S. K. (2011), "The Health Care Data Guide", Jossey-Bass. Each point has one signal, the first that fits:

1. fuera_superior, fuera_inferior: beyond a limit.
2. tendencia_sube, tendencia_baja: one of seven points that only rise or only fall; where one trend turns into another, the one that begins.
3. dos_de_tres_superior, dos_de_tres_inferior: one of two in the outer third towards a limit, among three in a row on the same side of the mean.
4. siete_arriba, siete_abajo: one of seven in a row on the same side. A point on the mean is on no side.

A missing period (NaN) keeps its place: no moving range and no run passes over it, and it has no signal. Limits and runs begin anew at each rebase.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpis.methods.arguments import Floats, numbers

#: three sigma from the mean moving range of two: 3 / d2, d2 = 1.128
LIMIT = 2.66
#: the upper limit of moving ranges, D4: a larger one is no part of the routine variation
RANGE_LIMIT = 3.267
#: below so many points the limits are trial limits
ENOUGH = 13
#: a difference of so small a part of the largest value is none: 0.1 + 0.2 is not above 0.3
NOTHING = 1e-12
#: so many series at a time: what they need stays in the processor's cache
BLOCK = 500
#: odd ones upwards, even ones downwards; 3 and 4 are the trends
SIGNALS = (
    "",
    "fuera_superior",
    "fuera_inferior",
    "tendencia_sube",
    "tendencia_baja",
    "dos_de_tres_superior",
    "dos_de_tres_inferior",
    "siete_arriba",
    "siete_abajo",
)
DIRECTIONS = {"up": 1, "down": -1, "context": 0}
#: by direction (context, up, down) and way of the signal (none, upwards, downwards)
VARIATIONS = np.array([["comun", "neutral_alza", "neutral_baja"], ["comun", "mejora", "deterioro"], ["comun", "deterioro", "mejora"]], dtype=object)

Bools = NDArray[np.bool_]
Words = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class XmR:
    """The chart of one series. Mean and limits are NaN where unknown: the mean without any point, the limits without two neighbours."""

    mean: Floats
    lower: Floats
    upper: Floats
    signal: Words
    #: per point, how many values fixed its limits
    basis: NDArray[np.int64]
    #: of the last point: comun, mejora, deterioro, neutral_alza, neutral_baja; None where it is missing or its limits are unknown
    variation: str | None
    #: cumple, incumple: all that the last limits enclose meets, or misses, the target; variable; None without target, limits or good direction
    assurance: str | None
    #: the last limits come from fewer than 13 values: to be drawn, not to be judged by
    trial: bool


@dataclass(frozen=True, eq=False)
class ManyXmR:
    """The charts of many series of the same periods, one a row; `charts[i]` is the i-th alone. The fields are those of `XmR`."""

    mean: Floats
    lower: Floats
    upper: Floats
    signal: Words
    basis: NDArray[np.int64]
    variation: Words
    assurance: Words
    trial: Bools

    def __len__(self) -> int:
        return len(self.mean)

    def __getitem__(self, i: int) -> XmR:
        per_point = self.mean[i], self.lower[i], self.upper[i], self.signal[i], self.basis[i]
        return XmR(*per_point, self.variation[i], self.assurance[i], bool(self.trial[i]))


def xmr(
    values: ArrayLike,
    *,
    screen: bool = True,
    direction: str = "up",
    target: float | None = None,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
) -> XmR:
    """The chart of one series in time order. For many series `xmr_many` is some forty times faster.

    `screen`: moving ranges above 3.267 times their mean are left out, once, unless only zeros would remain (eleven months of 100 %, one of 90 %:
    limits equal to the mean would make every month an exception). `direction`: what is better, "up", "down", or neither ("context").
    `baseline`: only the first so many known points of each segment fix its mean and limits. `rebase`: positions where a new segment begins.
    """
    series = numbers("values", values)
    if series.ndim != 1:
        raise ValueError(f"values must be one series on one axis; its shape is {series.shape}")
    return xmr_many(series[np.newaxis], direction, screen=screen, targets=target, baseline=baseline, rebase=rebase)[0]


def xmr_many(
    matrix: ArrayLike,
    directions: str | Sequence[str],
    *,
    screen: bool = True,
    targets: ArrayLike | None = None,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
) -> ManyXmR:
    """The charts of series x periods, as `xmr` would give each; `directions` and `targets` one for all or one a series, NaN for no target."""
    series = numbers("matrix", matrix)
    if series.ndim != 2:
        raise ValueError(f"matrix must be series x periods; its shape is {series.shape}")
    if baseline is not None and (baseline < 2 or baseline % 1):
        raise ValueError(f"baseline must be 2 points or more; it is {baseline}")
    size, length = series.shape
    better, goal = _better(directions, size), _goals(targets, size)
    mean, half = np.full(series.shape, np.nan), np.full(series.shape, np.nan)
    basis, code = np.zeros(series.shape, dtype=np.int64), np.zeros(series.shape, dtype=np.int8)
    for first, end in itertools.pairwise(_edges(rebase, length)):
        for top in range(0, size, BLOCK):
            here = slice(top, top + BLOCK), slice(first, end)
            mean[here], half[here], basis[here] = _limits(series[here], screen, baseline)
            code[here] = _signals(series[here], mean[here], half[here])
    lower, upper = mean - half, mean + half
    last = slice(length - 1, length) if length else slice(0)
    return ManyXmR(
        mean=mean,
        lower=lower,
        upper=upper,
        signal=np.array(SIGNALS, dtype=object)[code],
        basis=basis,
        variation=_variation(better, code[:, last], series[:, last] + half[:, last]),
        assurance=_assurance(better, goal, lower[:, last], upper[:, last]),
        trial=np.all(basis[:, last] < ENOUGH, axis=1),
    )


def _better(directions: str | Sequence[str], size: int) -> NDArray[np.int64]:
    """The direction of each series as 1, -1 or 0."""
    given = [directions] * size if isinstance(directions, str) else list(directions)
    unknown = ({directions} if isinstance(directions, str) else set(given)) - set(DIRECTIONS)
    if unknown:
        raise ValueError(f"direction must be one of {', '.join(DIRECTIONS)}; it is {min(map(str, unknown))}")
    if len(given) != size:
        raise ValueError(f"directions must be one for all or one a series; they are {len(given)} for {size} series")
    return np.array([DIRECTIONS[direction] for direction in given], dtype=np.int64)


def _goals(targets: ArrayLike | None, size: int) -> Floats:
    """The target of each series; NaN for none."""
    given = numbers("targets", np.nan if targets is None else targets)
    if given.shape not in ((), (size,)):
        raise ValueError(f"targets must be one for all or one a series; their shape is {given.shape} for {size} series")
    return np.broadcast_to(given, (size,))


def _edges(rebase: Sequence[int], length: int) -> list[int]:
    """Where segments begin, and the end."""
    wrong = [at for at in rebase if not (at == int(at) and 0 <= at < length)]
    if wrong:
        raise ValueError(f"rebase must hold positions from 0 to {length - 1}; it holds {wrong[0]}")
    return sorted({0, length, *map(int, rebase)})


def _limits(part: Floats, screen: bool, baseline: int | None) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Mean, distance of the limits from it, and how many values fixed them: one column, a row a series."""
    fixing = ~np.isnan(part)
    if baseline is not None:
        fixing &= np.cumsum(fixing, axis=1) <= baseline
    ranges = np.abs(np.diff(part, axis=1))
    neighbours = fixing[:, 1:] & fixing[:, :-1]
    spread = _mean(ranges, neighbours)
    if screen:
        routine = _mean(ranges, neighbours & (ranges <= RANGE_LIMIT * spread))
        spread = np.where(routine > 0, routine, spread)
    return _mean(part, fixing), LIMIT * spread, fixing.sum(axis=1, keepdims=True)


def _mean(values: Floats, of: Bools) -> Floats:
    """The mean of the marked values of each row; NaN where none is."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(of, values, 0.0).sum(axis=1, keepdims=True) / of.sum(axis=1, keepdims=True))


def _signals(part: Floats, mean: Floats, half: Floats) -> NDArray[np.int8]:
    """The position in SIGNALS of each point's signal. The axis before the series holds both ways: upwards, downwards."""
    slack = NOTHING * np.fmax.reduce(np.abs(part), axis=1, keepdims=True, initial=0.0)
    away = np.stack([part - mean, mean - part])
    step = np.diff(part, axis=1)
    steps = np.stack([step, -step]) > slack
    side, outside = away > slack, away > half + slack
    close = ~outside & (away > half * 2 / 3 + slack)
    trend = _members(_all(steps, 6), 7, side.shape)
    begins = np.zeros_like(trend)
    begins[:, :, :-1] = steps
    trend &= ~trend[::-1] | begins
    outer = _members(_all(side, 3) & _two_of_three(close), 3, side.shape) & close
    code = np.zeros(part.shape, dtype=np.int8)
    for up, rule in [(7, _members(_all(side, 7), 7, side.shape)), (5, outer), (3, trend), (1, outside)]:
        code[rule[0]] = up
        code[rule[1]] = up + 1
    return code


def _windows(marks: Bools, width: int) -> list[Bools]:
    """The first of each window of so many in a row, the second of each, and so on."""
    count = max(marks.shape[-1] - width + 1, 0)
    return [marks[:, :, i : i + count] for i in range(width)]


def _all(marks: Bools, width: int) -> Bools:
    """Of each window, whether all are marked."""
    return np.asarray(np.logical_and.reduce(_windows(marks, width)))


def _two_of_three(marks: Bools) -> Bools:
    """Of each window of three, whether two or more are marked."""
    a, b, c = _windows(marks, 3)
    return (a & (b | c)) | (b & c)


def _members(windows: Bools, width: int, shape: tuple[int, ...]) -> Bools:
    """The points that take part in a marked window."""
    members, count = np.zeros(shape, dtype=np.bool_), windows.shape[-1]
    for i in range(width if count else 0):
        members[:, :, i : i + count] |= windows
    return members


def _variation(better: NDArray[np.int64], code: NDArray[np.int8], known: Floats) -> Words:
    """What the last signal means. An odd code goes upwards, an even one downwards."""
    words = np.full(better.shape, None, dtype=object)
    rows = ~np.isnan(known).any(axis=1) & bool(code.shape[1])
    way = np.where(code == 0, 0, 2 - code % 2)[rows, -1:].ravel()
    words[rows] = VARIATIONS[better[rows], way]
    return words


def _assurance(better: NDArray[np.int64], goal: Floats, lower: Floats, upper: Floats) -> Words:
    """Whether chance alone could take the process across its target. A limit on the target meets it: 100 % every month meets 100 %."""
    words = np.full(better.shape, None, dtype=object)
    if lower.shape[1]:
        ends = better * np.stack([lower[:, 0], upper[:, 0]])
        least, most, asked = ends.min(axis=0), ends.max(axis=0), better * goal
        asked = asked - NOTHING * np.abs(asked)
        words[(better != 0) & ~np.isnan(least + asked)] = "variable"
        words[(better != 0) & (least >= asked)] = "cumple"
        words[(better != 0) & (most < asked)] = "incumple"
    return words
