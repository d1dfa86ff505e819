"""Numbers as shown, never as kept: nothing from here goes back into a calculation or a download."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, amounts


def largest_remainder(parts: ArrayLike, total: float = 100.0, decimals: int = 1) -> Floats:
    """Shares of the last axis rounded to `decimals` so that they add up to `total`: each is its plain share rounded down or up. Ties go to the first.

    NaN where a part is unknown or the parts add up to 0; ValueError where `total` has more decimals than shown.
    Hamilton's method (1792), in Balinski, M. L. and Young, H. P. (2001), "Fair Representation: Meeting the Ideal of One Man, One Vote",
    2nd ed., Brookings Institution Press.
    """
    amount = np.atleast_1d(amounts("parts", parts))
    if decimals < 0:
        raise ValueError(f"decimals must not be negative; it is {decimals}")
    units = float(np.round(total * 10**decimals))
    if not (total > 0 and np.isclose(units, total * 10**decimals, rtol=1e-12, atol=0)):
        raise ValueError(f"total must be positive and have at most {decimals} decimals; it is {total:g}")
    with np.errstate(divide="ignore", invalid="ignore"):
        given, remainder = np.divmod(amount * units, amount.sum(axis=-1, keepdims=True))  # multiplied first: whole parts stay exact
    left = units - given.sum(axis=-1, keepdims=True)
    place = np.argsort(np.argsort(-remainder, axis=-1, kind="stable"), axis=-1, kind="stable")
    return np.asarray((given + (place < left)) / 10**decimals)
