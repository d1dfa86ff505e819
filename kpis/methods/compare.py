"""Better, similar or worse than a benchmark or a target, and how much of a target is reached. What is good is the caller's to say: `direction`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kpis.methods.arguments import Floats, Labels, amounts, lower_and_upper, numbers, one_of

#: what being above and being below are called, for a reader who likes what is higher, what is lower, or neither
WORDS = {"up": ("mejor", "peor"), "down": ("peor", "mejor"), "context": ("superior", "inferior")}
SIMILAR, UNKNOWN = "similar", "sin_dato"
ACCUMULATIONS = ("stock", "flow", "cumulative", "capacity", "reduction")


def against_benchmark(
    lower: ArrayLike, upper: ArrayLike, benchmark_lower: ArrayLike, benchmark_upper: ArrayLike | None = None, *, direction: str
) -> Labels:
    """`mejor`, `similar` or `peor` (`superior`, `inferior` where `direction` is `context`); `sin_dato` where an end is unknown.

    Two intervals differ where they share no point; touching is `similar`. The same question serves an interval against another, against a single
    benchmark (leave `benchmark_upper` out), and a value (given as both ends) against control limits about the benchmark (`funnel.proportion_limits`,
    `funnel.count_limits`). Intervals of two estimates that do overlap may still differ: for a change over time, test the difference.
    Public Health England (2017), "Technical Guide: RAG Rating Indicator Values".
    """
    above, below = WORDS[one_of("direction", direction, WORDS)]
    low, high = lower_and_upper("lower", lower, "upper", upper)
    least, most = lower_and_upper(
        "benchmark_lower", benchmark_lower, "benchmark_upper", benchmark_lower if benchmark_upper is None else benchmark_upper
    )
    unknown = np.isnan(low + high + least + most)
    return np.select([unknown, low > most, high < least], [UNKNOWN, above, below], SIMILAR)


def against_target(value: ArrayLike, target: ArrayLike, *, direction: str) -> Labels:
    """`mejor` where a value without interval meets its target, equal included, `peor` where it does not; `sin_dato` where one is unknown.

    `direction` is `up` or `down`: without a good side there is no target to meet. Source: see `against_benchmark`.
    """
    one_of("direction", direction, ("up", "down"))
    shown, aim = np.broadcast_arrays(numbers("value", value), numbers("target", target))
    met = shown >= aim if direction == "up" else shown <= aim
    return np.select([np.isnan(shown + aim), met], [UNKNOWN, "mejor"], "peor")


def target_attainment(value: ArrayLike, target: ArrayLike, *, accumulation: str, baseline: ArrayLike | None = None) -> Floats:
    """The share of a target that is reached: 1 meets it, more goes beyond it, less than 0 is farther from it than the start was. Nothing is cut off.

    * `stock`, a level at the end of the period: value / target.
    * `flow`, what happened in the period, against the period's own target; nothing is carried over: value / target.
    * `cumulative`, the sum to date over what the path of the target asks by that date: sum(value) / target. The periods are the last axis of `value`;
      `target` has one axis less. A period still unknown leaves the sum unknown.
    * `capacity`, what was added to what there already was: (value - baseline) / (target - baseline), for a target above the baseline.
    * `reduction`, how far down from the baseline to a lower target: (baseline - value) / (baseline - target). The target may be 0.

    NaN where it is not defined: `stock`, `flow` and `cumulative` of a target that is not above 0, `capacity` of one not above its baseline,
    `reduction` of one not below it. Where less is better only `reduction` says how much is reached: a level without baseline is met or not
    (`against_target`).
    The five types are those of Departamento Nacional de Planeación, Colombia (2018), "Guía para la construcción y análisis de indicadores", section
    3.1, as used with the ficha técnica of CEPLAN (2023), "Guía para la elaboración de indicadores de políticas nacionales y planes estratégicos".
    """
    one_of("accumulation", accumulation, ACCUMULATIONS)
    shown, aim = numbers("value", value), numbers("target", target)
    if accumulation == "cumulative":
        shown = np.atleast_1d(amounts("value", value)).sum(axis=-1)
    if accumulation in ("capacity", "reduction"):
        if baseline is None:
            raise ValueError(f"baseline must be given for {accumulation}")
        start = numbers("baseline", baseline)
    else:
        start = np.zeros(())
    done, way = (start - shown, start - aim) if accumulation == "reduction" else (shown - start, aim - start)
    return np.asarray(done / np.where(way > 0, way, np.nan))
