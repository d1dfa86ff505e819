"""What the methods ask of their arguments, and what they share. A wrong argument is a bug of the caller: ValueError, in a sentence that names it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincc

Floats = NDArray[np.float64]
Interval = tuple[Floats, Floats]
#: slugs, one for each value
Labels = NDArray[np.str_]


def numbers(name: str, given: ArrayLike) -> Floats:
    """The argument as floats. None and NA become NaN, which passes: unknown stays unknown. Infinity is refused."""
    array = np.asarray(given, dtype=np.float64)
    if np.isinf(array).any():
        raise ValueError(f"{name} must be finite; it holds infinity")
    return array


def known(name: str, given: ArrayLike) -> Floats:
    """As `numbers`, where NaN has no meaning either."""
    array = numbers(name, given)
    if np.isnan(array).any():
        raise ValueError(f"{name} must not hold NaN; {np.isnan(array).sum()} of {array.size} are")
    return array


def amounts(name: str, given: ArrayLike) -> Floats:
    """Zero or more, fractions allowed (weighted events)."""
    array = numbers(name, given)
    if (array < 0).any():
        raise ValueError(f"{name} must not be negative; the lowest given is {np.nanmin(array):g}")
    return array


def whole_amounts(name: str, given: ArrayLike) -> Floats:
    """Zero or more, whole: for methods that are exact only for counts."""
    array = amounts(name, given)
    broken = np.floor(array) < array
    if broken.any():
        raise ValueError(f"{name} must be whole; it holds {array[broken].flat[0]:g}")
    return array


def part_and_whole(part_name: str, part: ArrayLike, whole_name: str, whole: ArrayLike) -> Interval:
    """Events and how many there could have been, broadcast against each other: 0 <= part <= whole."""
    x, n = np.broadcast_arrays(amounts(part_name, part), amounts(whole_name, whole))
    over = x > n
    if over.any():
        raise ValueError(f"{part_name} must not exceed {whole_name}; it holds {x[over].flat[0]:g} of {n[over].flat[0]:g}")
    return x, n


def fractions(name: str, given: ArrayLike) -> Floats:
    """Between 0 and 1, both included; NaN passes."""
    array = numbers(name, given)
    outside = (array < 0) | (array > 1)
    if outside.any():
        raise ValueError(f"{name} must lie between 0 and 1; it holds {array[outside].flat[0]:g}")
    return array


def lower_and_upper(lower_name: str, lower: ArrayLike, upper_name: str, upper: ArrayLike) -> Interval:
    """The two ends of intervals, broadcast against each other: lower <= upper where both are known."""
    low, high = np.broadcast_arrays(numbers(lower_name, lower), numbers(upper_name, upper))
    crossed = low > high
    if crossed.any():
        raise ValueError(f"{lower_name} must not exceed {upper_name}; it holds {low[crossed].flat[0]:g} and {high[crossed].flat[0]:g}")
    return low, high


def one_of(name: str, given: str, words: Collection[str]) -> str:
    """A word among those the method knows."""
    if given not in words:
        raise ValueError(f"{name} must be one of {', '.join(words)}; it is {given!r}")
    return given


def open_fractions(name: str, given: ArrayLike) -> Floats:
    """Strictly between 0 and 1: a confidence or a significance level. 95 instead of 0.95 stops here."""
    array = known(name, given)
    outside = (array <= 0) | (array >= 1)
    if outside.any():
        raise ValueError(f"{name} must lie strictly between 0 and 1, as 0.95 does; it holds {array[outside].flat[0]:g}")
    return array


def tail(confidence: ArrayLike) -> Floats:
    """The probability left on each side of a two-sided interval."""
    return np.asarray((1 - open_fractions("confidence", confidence)) / 2)


def as_interval(lower: ArrayLike, upper: ArrayLike) -> Interval:
    """Both limits as arrays, also where numpy made plain numbers of them."""
    return np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)


def binomial_up_to(k: Floats, n: Floats, q: Floats | float) -> Floats:
    """P(Binomial(n, q) <= k) for 0 <= k < n, through the incomplete beta function: scipy.special.bdtr refuses n as a float."""
    return np.asarray(betaincc(k + 1, n - k, q))
