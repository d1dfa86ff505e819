"""Methods of the slow computation, written out as the papers print them, one case after another. Nothing of `kpis.methods` is used. No tests here."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import NormalDist

from scipy import stats

Z = NormalDist().inv_cdf(0.975)
NONE = math.nan
Interval = tuple[float, float]


def wilson(part: float, whole: float) -> Interval:
    """Wilson (1927), both roots as printed. The share itself is never left out."""
    if not whole > 0:
        return NONE, NONE
    p = part / whole
    centre = p + Z**2 / (2 * whole)
    half = Z * math.sqrt(p * (1 - p) / whole + Z**2 / (4 * whole**2))
    bottom = 1 + Z**2 / whole
    return (0.0 if part == 0 else (centre - half) / bottom), (1.0 if part == whole else (centre + half) / bottom)


def of_events(events: float) -> Interval:
    """Limits of a Poisson count: chi-square below 10 (Garwood, 1936), Byar's cubes from 10 (Breslow and Day, 1987)."""
    if events < 10:
        return (float(stats.chi2.ppf(0.025, 2 * events)) / 2 if events else 0.0), float(stats.chi2.ppf(0.975, 2 * events + 2)) / 2
    more = events + 1
    return (
        events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3,
        more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3,
    )


def percentile(values: Sequence[int], q: Fraction) -> float:
    """Between the two neighbours in order, in proportion: Hyndman and Fan's seventh."""
    ordered = sorted(values)
    if not ordered:
        return NONE
    place = (len(ordered) - 1) * q
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def order_limits(values: Sequence[int], q: Fraction) -> Interval:
    """The values at the ranks that leave at most 2.5 % on each side (Conover, 1999, 3.2); no limit where there is no such rank."""
    ordered, n = sorted(values), len(values)
    lower, upper = NONE, NONE
    for rank in range(1, n + 1):
        if stats.binom.cdf(rank - 1, n, float(q)) > 0.025:
            break
        lower = float(ordered[rank - 1])
    for rank in range(n, 0, -1):
        if stats.binom.sf(rank - 1, n, float(q)) > 0.025:
            break
        upper = float(ordered[rank - 1])
    return lower, upper


def kaplan_meier(cases: Iterable[tuple[int, bool]]) -> tuple[float, float, float]:
    """Median and its limits from (days, ended). The curve is kept in exact fractions, so that one half is one half.

    Kaplan and Meier (1958); where the curve stays at one half, the middle of that time. Limits of Brookmeyer and Crowley (1982) with Greenwood's
    variance on the log(-log) scale; where the last step goes to zero, which has no variance, the limits stay those of the step before.
    """
    listed = list(cases)
    ends, last = sorted({days for days, ended in listed if ended}), max((days for days, _ in listed), default=0)
    curve, greenwood, limits = Fraction(1), 0.0, (1.0, 1.0)
    steps: list[tuple[int, Fraction, float, float]] = []
    for day in ends:
        at_risk = sum(1 for days, _ in listed if days >= day)
        deaths = sum(1 for days, ended in listed if ended and days == day)
        curve *= Fraction(at_risk - deaths, at_risk)
        if curve > 0:
            greenwood += deaths / (at_risk * (at_risk - deaths))
            log = math.log(curve)
            spread = Z * math.sqrt(greenwood) / abs(log)
            limits = math.exp(log * math.exp(spread)), math.exp(log * math.exp(-spread))
        steps.append((day, curve, *limits))
    half, median = Fraction(1, 2), NONE
    reached = [(day, share) for day, share, _, _ in steps if share <= half]
    if reached:
        day, share = reached[0]
        later = [d for d in ends if d > day]
        median = (day + (later[0] if later else max(day, last))) / 2 if share == half else float(day)
    lower = next((float(day) for day, _, low, _ in steps if low <= 0.5), NONE)
    upper = NONE
    for day, _, _, high in reversed(steps):
        if high > 0.5:
            break
        upper = float(day)
    return median, lower, upper


def by_clusters(rows: Iterable[tuple[str, str, float, float]], drawn: Iterable[tuple[str, str]] = ()) -> tuple[float, float, Interval, int]:
    """(ratio, its standard error, limits, clusters seen) from rows (stratum, cluster, y, x).

    Woodruff (1971): each cluster's part of the linearised ratio, spread within its stratum; Wilson's interval at the size of a simple sample with that
    error (Korn and Graubard, 1998). `drawn`: every (stratum, cluster) of the sample; one where nobody is of the group asked about counts as zero, because
    another draw could have found somebody there (Lumley, "Estimates in subpopulations", of the R package survey). A stratum with one cluster takes its
    distance to the mean of all (Lumley, 2010).
    """
    y: dict[tuple[str, str], list[float]] = defaultdict(list)
    x: dict[tuple[str, str], list[float]] = defaultdict(list)
    for stratum, cluster, part, whole in rows:
        y[stratum, cluster].append(part)
        x[stratum, cluster].append(whole)
    seen = sum(1 for c in x if sum(x[c]) > 0)
    total = math.fsum(v for own in x.values() for v in own)
    if not total > 0:
        return NONE, NONE, (NONE, NONE), seen
    ratio = math.fsum(v for own in y.values() for v in own) / total
    everyone = {*x, *drawn}
    parts = {c: (math.fsum(y.get(c, ())) - ratio * math.fsum(x.get(c, ()))) / total for c in everyone}
    sizes, variance = Counter(stratum for stratum, _ in everyone), 0.0
    for stratum, size in sizes.items():
        own = [v for (s, _), v in parts.items() if s == stratum]
        mean = math.fsum(own) / size if size > 1 else 0.0
        variance += (size / (size - 1) if size > 1 else 1) * math.fsum((v - mean) ** 2 for v in own)
    if len(everyone) < 2:
        return ratio, NONE, (NONE, NONE), seen
    error = math.sqrt(variance)
    size_ = max(ratio * (1 - ratio) / error**2 if error > 1e-12 else float(seen), 1.0)
    return ratio, error, wilson(ratio * size_, size_), seen
