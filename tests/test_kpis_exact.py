"""Fisher's exact test against scipy's tails, and the level it promises."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact, hypergeom

from kpis.methods.exact import p_two_proportions_exact


@pytest.mark.parametrize(("x1", "n1", "x2", "n2"), [(1, 10, 8, 12), (3, 200, 9, 40), (0, 5, 5, 5), (40, 40, 39, 41), (7, 20, 7, 20)])
def test_it_is_twice_the_smaller_of_scipy_s_tails(x1: int, n1: int, x2: int, n2: int) -> None:
    square = [[x1, n1 - x1], [x2, n2 - x2]]
    tails = [fisher_exact(square, alternative=side).pvalue for side in ("less", "greater")]
    assert p_two_proportions_exact(x1, n1, x2, n2) == pytest.approx(min(1, 2 * min(tails)))


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 26, 0.001])
def test_its_level_holds_in_the_far_tails(rate: float, alpha: float) -> None:
    """Summed over every possible outcome, not simulated."""
    n1, n2 = 30, 140
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    chance = binom.pmf(x1, n1, rate) * binom.pmf(x2, n2, rate)
    assert chance[p_two_proportions_exact(x1, n1, x2, n2) <= alpha].sum() <= alpha


def test_unknown_stays_unknown() -> None:
    assert np.isnan(p_two_proportions_exact([np.nan, 0], [10, 0], [3, 3], [10, 10])).all()
    with pytest.raises(ValueError, match="must not exceed"):
        p_two_proportions_exact(11, 10, 3, 10)


def test_large_samples_and_every_direction() -> None:
    draw = np.random.default_rng(11)
    n1, n2 = draw.integers(1, 4000, 400), draw.integers(1, 4000, 400)
    x1, x2 = draw.binomial(n1, draw.random(400)), draw.binomial(n2, draw.random(400))
    below, above = hypergeom.cdf(x1, n1 + n2, x1 + x2, n1), hypergeom.sf(x1 - 1, n1 + n2, x1 + x2, n1)
    expected = np.minimum(1, 2 * np.minimum(below, above))
    np.testing.assert_allclose(p_two_proportions_exact(x1, n1, x2, n2), expected, rtol=1e-7, atol=1e-300)
    np.testing.assert_allclose(p_two_proportions_exact(x2, n2, x1, n1), expected, rtol=1e-7, atol=1e-300)
