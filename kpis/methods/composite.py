"""Composite indices, in one place: the steps (denominate, screen, impute, treat, normalise, aggregate, rank) for relative indices over many units,
and `index`, which computes a declared index with fixed goalposts, its missing rule and its uncertainty. The steps live in the siblings `composite_*`.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpis.methods.arguments import Floats
from kpis.methods.composite_aggregate import aggregate, ranks
from kpis.methods.composite_change import Change, contributions, leave_one_out
from kpis.methods.composite_declaration import LEVELS, IndexDeclaration, IndexDimension, IndexIndicator, IndexLevel, IndexUncertainty
from kpis.methods.composite_draws import Evidence, beta_draws, dirichlet_weights, gamma_draws, interval_draws
from kpis.methods.composite_normalise import goalposts, normalise
from kpis.methods.composite_point import Choices, Coverage, Point, Reason, coverage, point
from kpis.methods.composite_sensitivity import Sensitivity, sensitivity, sobol
from kpis.methods.composite_treatment import Treated, denominate, impute_group_mean, kurtosis, screen, skewness, treat, winsorise
from kpis.methods.composite_uncertainty import Uncertainty, level_shares, named_levels, simulate, superiority

__all__ = [
    "LEVELS",
    "Change",
    "Choices",
    "Coverage",
    "Evidence",
    "IndexDeclaration",
    "IndexDimension",
    "IndexIndicator",
    "IndexLevel",
    "IndexResult",
    "IndexUncertainty",
    "Point",
    "Reason",
    "Sensitivity",
    "Treated",
    "Uncertainty",
    "aggregate",
    "beta_draws",
    "contributions",
    "coverage",
    "denominate",
    "dirichlet_weights",
    "gamma_draws",
    "goalposts",
    "impute_group_mean",
    "index",
    "interval_draws",
    "kurtosis",
    "leave_one_out",
    "level_shares",
    "named_levels",
    "normalise",
    "point",
    "ranks",
    "screen",
    "sensitivity",
    "simulate",
    "skewness",
    "sobol",
    "superiority",
    "treat",
    "winsorise",
]


@dataclass(frozen=True, eq=False)
class IndexResult:
    """`point`: value, dimensions, scores, and the reasons where there is no index. `strict`: the same with 0 for what was not submitted. `ranks`: NaN
    below the declared number of units. `without`: the value without each indicator. `change`: since the previous period, if it was given.
    `sensitivity`: if it was asked for.
    """

    declaration: IndexDeclaration
    point: Point
    strict: Point
    uncertainty: Uncertainty
    ranks: Floats
    without: Floats
    change: Change | None
    sensitivity: Sensitivity | None


def index(
    declaration: IndexDeclaration,
    evidence: Evidence,
    *,
    seed: int,
    strict: bool = False,
    previous: Evidence | None = None,
    with_sensitivity: bool = False,
) -> IndexResult:
    """The declared index of all units, with all that is published beside it. Under `strict` everything but `strict` itself is computed in strict
    mode.

    OECD and JRC (2008), "Handbook on Constructing Composite Indicators: Methodology and User Guide", OECD Publishing, steps 5 to 8.
    """
    values, unsent = evidence.values, evidence.not_submitted
    here = point(declaration, values, unsent, strict)
    before = None if previous is None else point(declaration, previous.values, previous.not_submitted, strict)
    return IndexResult(
        declaration,
        here,
        point(declaration, values, unsent, strict=True),
        simulate(declaration, evidence, seed, strict),
        ranks(here.value, declaration.ranks_from),
        leave_one_out(declaration, values, unsent, strict),
        None if before is None else contributions(declaration, before, here),
        sensitivity(declaration, evidence, seed, strict) if with_sensitivity else None,
    )
