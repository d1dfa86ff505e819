"""How far an index can be believed: the draws against their distributions, levels and superiority against the normal, sensitivity against known answers."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from kpis.methods import composite
from kpis.methods.composite import Evidence, IndexDeclaration, IndexDimension, IndexIndicator, IndexUncertainty

EXACT = IndexUncertainty(weights_spread=0, goalposts_shift=0, other_mean=0)
DRAWS = 40_000


def made(
    shape: tuple[int, ...], *, uncertainty: IndexUncertainty = EXACT, distribution: str = "interval", mean: str = "geometric"
) -> IndexDeclaration:
    """An index with `shape[d]` equal indicators in dimension d, goalposts 0 and 100."""
    return IndexDeclaration(
        "made",
        tuple(
            IndexDimension(f"d{d}", 1 + d, tuple(IndexIndicator(f"d{d}i{i}", 1 + i, 0, 100, distribution) for i in range(n)))
            for d, n in enumerate(shape)
        ),
        aggregation=mean,
        uncertainty=uncertainty,
    )


def rng() -> np.random.Generator:
    return np.random.default_rng(20_26)


# --- draws


@pytest.mark.parametrize("q", [0.025, 0.25, 0.5, 0.9, 0.975])
def test_draws_have_the_quantiles_of_their_distribution(q: float) -> None:
    def at(draws: np.ndarray) -> list[float]:
        return np.quantile(draws, q, axis=0).tolist()

    assert at(composite.beta_draws(rng(), [8, 0, 30], [858, 12, 30], DRAWS)) == pytest.approx(
        stats.beta.ppf(q, [8.5, 0.5, 30.5], [850.5, 12.5, 0.5]).tolist(), rel=0.05, abs=1e-4
    )
    assert at(composite.gamma_draws(rng(), [0, 12], [2.0, 500], DRAWS)) == pytest.approx(
        (stats.gamma.ppf(q, [0.5, 12.5]) / [2, 500]).tolist(), rel=0.05, abs=2e-4
    )
    assert at(composite.interval_draws(rng(), 50, 40, 60, DRAWS)) == pytest.approx(stats.norm.ppf(q, 50, 10 / 1.959964), rel=0.01)


def test_uneven_limits_stay_the_quantiles_they_are() -> None:
    drawn = composite.interval_draws(rng(), [50, 7], [45, np.nan], [80, 9], DRAWS)
    assert np.quantile(drawn[:, 0], [0.025, 0.5, 0.975]).tolist() == pytest.approx([45, 50, 80], rel=0.02)
    assert (drawn[:, 1] <= 7).sum() > 0.4 * DRAWS and (drawn[:, 1] >= 7).all(), "a limit not known has no width"


def test_weights_stay_around_the_official_ones() -> None:
    official = np.array([15, 25, 10, 20, 10, 10, 10]) / 100
    drawn = composite.dirichlet_weights(rng(), official, 0.25, DRAWS)
    np.testing.assert_allclose(drawn.sum(axis=1), 1)
    np.testing.assert_allclose(drawn.mean(axis=0), official, rtol=0.01)
    assert official @ (drawn.std(axis=0) / official) ** 2 == pytest.approx(0.25**2, rel=0.03)
    assert composite.dirichlet_weights(rng(), [3, 1], 0, 2).tolist() == [[0.75, 0.25]] * 2
    assert composite.dirichlet_weights(rng(), [3], 0.25, 2).tolist() == [[1], [1]]


def test_the_choices_vary_as_declared() -> None:
    from kpis.methods.composite_draws import choice_draws

    declaration = IndexDeclaration("x", (IndexDimension("d", 1, (IndexIndicator("a", 1, 0, 80), IndexIndicator("b", 3, 99, 80))),))
    choices = choice_draws(declaration, rng(), DRAWS)
    assert np.ptp(choices.low, axis=0).tolist() == pytest.approx([16, 3.8], rel=0.01)
    assert choices.high.mean(axis=0).tolist() == pytest.approx([80, 80], rel=0.005)
    assert (choices.low[:, 1] > choices.high[:, 1]).all(), "goalposts never cross"
    assert choices.geometric.mean() == pytest.approx(0.5, abs=0.02)
    assert choices.weights.mean(axis=0).tolist() == pytest.approx([0.25, 0.75], rel=0.01)


def test_what_is_drawn_from_what() -> None:
    """Handed draws first, then the declared distribution, then the limits, else the value itself; 0 where there is no value."""
    from kpis.methods.composite_draws import value_draws

    declaration = made((4,), distribution="beta")
    handed = np.array([[1.0, 2.0], [3.0, 4.0]])
    evidence = Evidence(
        values=np.array([[60, 60, 60, 60], [60, 60, np.nan, 60.0]]),
        events=np.array([[6, 6, np.nan, np.nan]] * 2),
        exposure=np.array([[10, 10, 10, np.nan]] * 2),
        lower=np.array([[50, 50, 50, np.nan]] * 2),
        upper=np.array([[70, 70, 70, np.nan]] * 2),
        draws={"d0i0": handed},
    )
    drawn = value_draws(declaration, evidence, rng(), DRAWS)
    assert {tuple(row) for row in drawn[:, :, 0]} == {(1, 2), (3, 4)}, "rows of a bootstrap stay together"
    assert drawn[:, 0, 1].std() == pytest.approx(100 * stats.beta.std(6.5, 4.5), rel=0.02)
    assert drawn[:, 0, 2].std() == pytest.approx(10 / 1.959964, rel=0.02)
    assert not drawn[:, 1, 2].any() and (drawn[:, :, 3] == 60).all()
    by_limits = value_draws(made((4,)), replace(evidence, draws={}), rng(), DRAWS)
    assert by_limits[:, 0, 1].std() == pytest.approx(10 / 1.959964, rel=0.02), "counts are not read where the limits are declared to be"
    exact = value_draws(declaration, replace(evidence, draws={"d0i0": np.tile(handed, (50, 1))}), rng(), 100)
    assert exact[:, 0, 0].tolist() == [1, 3] * 50, "as many as asked for are taken as they come"


# --- the index drawn


def test_without_uncertainty_the_band_is_the_value() -> None:
    values = np.random.default_rng(4).uniform(0, 100, (12, 9))
    values[3, 1] = values[5, :3] = np.nan
    declaration = replace(made((3, 4, 2)), minimum_dimensions=3)
    found = composite.index(declaration, Evidence(values), seed=1)
    np.testing.assert_allclose(found.uncertainty.lower, found.point.value)
    np.testing.assert_allclose(found.uncertainty.upper, found.point.value)
    np.testing.assert_allclose(found.uncertainty.dimension_upper, found.point.dimensions)
    np.testing.assert_array_equal(found.uncertainty.ranks[0], found.ranks)
    assert np.isnan(found.ranks).tolist() == [unit == 5 for unit in range(12)]
    assert np.nansum(found.uncertainty.above) == 11 * 10 / 2


def test_levels_and_superiority_of_a_normal() -> None:
    """One indicator, known as a normal of standard deviation 10: everything has a closed form."""
    declaration, centre = made((1,)), np.array([40.0, 60, 66, 90])
    half = 10 * 1.959964
    found = composite.simulate(replace(declaration, uncertainty=replace(EXACT, draws=DRAWS)), _one(centre, half), seed=3)
    edges = np.concatenate([[-np.inf], [40, 60, 80], [np.inf]])
    np.testing.assert_allclose(found.level_shares, np.diff(stats.norm.cdf(edges, centre[:, None], 10), axis=1), atol=0.01)
    wins = stats.norm.cdf((centre[:, None] - centre) / (10 * math.sqrt(2)))
    off = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(found.above[off], wins[off], atol=0.015)  # 100 is a ceiling: few draws tie there
    assert not found.above.diagonal().any()
    np.testing.assert_allclose(found.lower, stats.norm.ppf(0.05, centre, 10), atol=0.4)
    assert found.levels == (("critico", "en_desarrollo"), ("en_desarrollo", "en_avance"), ("en_desarrollo", "en_avance"), ("consolidado",))
    assert np.isnan(found.ranks[0]).all(), "four units have no ranks"


def _one(centre: np.ndarray, half: float) -> Evidence:
    return Evidence(centre[:, None], lower=centre[:, None] - half, upper=centre[:, None] + half)


def test_a_level_is_named_when_enough_draws_agree() -> None:
    declaration = made((1,))
    shares = [[0, 0.8, 0.2, 0], [0.0, 0.799, 0.201, 0], [0.3, 0.3, 0.3, 0.1], [0.4, 0, 0.3, 0.3], [np.nan] * 4]
    assert composite.named_levels(declaration, shares) == (
        ("en_desarrollo",), ("en_desarrollo", "en_avance"), ("critico", "en_desarrollo"), ("en_avance", "consolidado"), (),
    )  # fmt: skip
    drawn = np.array([[39.999, 40, 100, np.nan], [40, 60, 0, np.nan]])
    np.testing.assert_allclose(composite.level_shares(declaration, drawn), [[0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5], [np.nan] * 4])


def test_superiority_by_hand() -> None:
    above, places = composite.superiority([[1, 2, np.nan], [3, 2, np.nan], [2, 2, np.nan]])
    np.testing.assert_allclose(above, [[0, 1 / 3, np.nan], [1 / 3, 0, np.nan], [np.nan] * 3])
    np.testing.assert_array_equal(places[:, :2], [[2, 1], [1, 2], [1, 1]])


def test_the_same_seed_is_the_same_answer_and_ten_regions_may_be_ranked() -> None:
    values = np.random.default_rng(4).uniform(20, 90, (10, 9))
    declaration, evidence = made((3, 4, 2), uncertainty=IndexUncertainty()), Evidence(values, lower=values - 5, upper=values + 5)
    first, again, other = (composite.index(declaration, evidence, seed=seed) for seed in (7, 7, 8))
    assert first.uncertainty.lower.tolist() == again.uncertainty.lower.tolist() != other.uncertainty.lower.tolist()
    np.testing.assert_allclose(first.uncertainty.lower, other.uncertainty.lower, atol=1.5)
    assert sorted(first.ranks.tolist()) == list(range(1, 11))
    assert ((first.uncertainty.ranks[0] <= first.ranks) & (first.ranks <= first.uncertainty.ranks[1])).all()
    fewer = composite.index(declaration, Evidence(values[:9]), seed=7)
    assert np.isnan(fewer.ranks).all() and np.isnan(fewer.uncertainty.ranks[0]).all()
    assert (first.uncertainty.lower < first.point.value).all() and (first.uncertainty.upper > first.point.value).all()


def test_index_hands_over_the_change_and_the_sensitivity() -> None:
    values = np.random.default_rng(4).uniform(20, 90, (3, 9))
    declaration = made((3, 4, 2), uncertainty=IndexUncertainty())
    found = composite.index(declaration, Evidence(values + 5), seed=1, previous=Evidence(values), with_sensitivity=True)
    assert found.change is not None and found.sensitivity is not None
    np.testing.assert_allclose(found.change.indicators.sum(axis=1), found.change.total)
    assert (found.change.indicators > 0).all() and found.without.shape == (3, 9)
    assert found.sensitivity.first.shape == (4, 3)


# --- sensitivity


def test_sobol_of_the_ishigami_function() -> None:
    """Ishigami, T. and Homma, T. (1990), with a = 7 and b = 0.1: the indices have a closed form."""
    a, b = np.random.default_rng(1).uniform(-np.pi, np.pi, (2, 200_000, 3))
    first, total = composite.sobol(*_evaluated(lambda x: np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]), a, b))
    assert first.tolist() == pytest.approx([0.3139, 0.4424, 0], abs=0.01)
    assert total.tolist() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


def test_sobol_of_the_g_function() -> None:
    """The g function of Saltelli and Sobol (1995)."""
    weight = np.array([0.0, 1, 9])
    a, b = np.random.default_rng(2).uniform(0, 1, (2, 200_000, 3))
    first, total = composite.sobol(*_evaluated(lambda x: ((np.abs(4 * x - 2) + weight) / (1 + weight)).prod(axis=1), a, b))
    part = 1 / (3 * (1 + weight) ** 2)
    variance = (1 + part).prod() - 1
    assert first.tolist() == pytest.approx((part / variance).tolist(), abs=0.01)
    assert total.tolist() == pytest.approx([part[i] * np.delete(1 + part, i).prod() / variance for i in range(3)], abs=0.01)


def _evaluated(model, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mixed = [np.where(np.arange(a.shape[1]) == i, b, a) for i in range(a.shape[1])]
    return model(a), model(b), np.stack([model(m) for m in mixed])


@pytest.mark.parametrize(
    ("factor", "uncertainty", "half"),
    [
        ("datos", EXACT, 10),
        ("pesos", replace(EXACT, weights_spread=0.25), 0),
        ("metas", replace(EXACT, goalposts_shift=0.1), 0),
        ("agregacion", replace(EXACT, other_mean=0.5), 0),
    ],
)
def test_what_alone_varies_explains_all(factor: str, uncertainty: IndexUncertainty, half: float) -> None:
    values = np.array([[20, 40, 60, 80, 50.0], [70, 30, 50, 40, 90]])
    found = composite.sensitivity(made((2, 2, 1), uncertainty=uncertainty), Evidence(values, lower=values - half, upper=values + half), seed=1)
    expected = np.array([[float(name == factor)] * 2 for name in found.factors])
    np.testing.assert_allclose(found.first, expected, atol=0.05)
    np.testing.assert_allclose(found.total, expected, atol=0.05)


def test_what_does_not_vary_has_no_shares() -> None:
    values = np.full((1, 3), 50.0)
    found = composite.sensitivity(made((2, 1)), Evidence(values), seed=1)
    assert np.isnan(found.first).all() and np.isnan(found.total).all()


def test_the_country_takes_about_a_second() -> None:
    """26 regions x 31 indicators x 5000 draws: 0.2 s of processor on the desk; the limit leaves room for a slow machine."""
    declaration = made((4, 5, 4, 7, 4, 4, 3), uncertainty=IndexUncertainty(), distribution="beta")
    x = np.random.default_rng(1).integers(1, 100, (26, 31)).astype(float)
    n = x + np.random.default_rng(2).integers(0, 100, x.shape)
    start = time.process_time()
    found = composite.index(declaration, Evidence(100 * x / n, x, n), seed=1)
    assert time.process_time() - start < 3
    assert found.uncertainty.above.shape == (26, 26)


# --- edges


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: composite.beta_draws(rng(), 3, 2, 9), "x must not exceed n"),
        (lambda: composite.beta_draws(rng(), np.nan, 2, 9), "x must not hold NaN"),
        (lambda: composite.gamma_draws(rng(), 3, 0, 9), "exposure must be positive; the lowest given is 0"),
        (lambda: composite.interval_draws(rng(), 3, 4, 5, 9), "lower must not exceed the value, nor the value upper"),
        (lambda: composite.dirichlet_weights(rng(), [1, 1], 1.2, 9), "spread must lie between 0 and 1 for 2 weights; it is 1.2"),
        (lambda: composite.index(made((1,)), Evidence(np.ones((1, 1)), draws={"x": np.ones((2, 1))}), seed=1), "draws are given for x, which made"),
        (lambda: composite.index(made((1,)), Evidence(np.ones((1, 1)), draws={"d0i0": np.ones(2)}), seed=1), "draws of d0i0 must be draws x 1 units"),
        (lambda: composite.index(made((1,)), Evidence(np.ones((1, 1)), draws={"d0i0": np.array([[np.nan]])}), seed=1), "must not hold NaN"),
        (
            lambda: composite.index(made((1,), distribution="beta"), Evidence(*(np.array([[v]]) for v in (0.5, 5.0, 10.0))), seed=1),
            "values of d0i0 must be 100 \\* events / exposure",
        ),
        (lambda: composite.index(made((1,)), Evidence(np.ones((1, 1)), lower=np.ones((1, 2))), seed=1), "lower must be units x 1 indicators"),
        (lambda: composite.sobol([1, 2], [1, 2], [1, 2]), "f_a, f_b and each of f_ab must have one shape"),
    ],
)
def test_a_wrong_argument_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
