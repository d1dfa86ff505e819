"""The ASEM index that COINr publishes, from its raw data to its ranks: every step is held to the table of that step."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpis.methods import composite

TOLERANCE = 1e-6


def published(name: str) -> pd.DataFrame:
    """A table of the shared conformance folder, which is not part of the project; by country where it has them."""
    shared = Path(os.environ.get("SIEGEM_SHARED") or Path(__file__).parents[1] / ".." / "shared")
    file = shared / "conformance" / "coinr_asem" / f"{name}.csv"
    if not file.exists():
        pytest.skip(f"The published numbers {name} are not here: set SIEGEM_SHARED to the folder that holds conformance/.")
    rows = pd.read_csv(file)
    return rows.set_index("uCode").sort_index() if "uCode" in rows else rows


def same(ours: np.ndarray, theirs: pd.DataFrame | pd.Series) -> None:
    np.testing.assert_allclose(ours, theirs.to_numpy(), rtol=TOLERANCE, atol=1e-12)


@pytest.fixture(scope="module")
def meta() -> pd.DataFrame:
    rows = published("A0_iMeta")
    return rows[rows["Type"] == "Indicator"].set_index("iCode")


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    rows = published("A0_iData_raw")
    assert len(rows) == 51
    return rows


def step(number: str, meta: pd.DataFrame) -> pd.DataFrame:
    return published(number)[list(meta.index)]


def aggregated(scores: np.ndarray, meta: pd.DataFrame, method: str) -> dict[str, np.ndarray]:
    """Indicators to pillars, to sub-indices, to the index, all weights as published (they are equal)."""
    lineage, weight = published("A1_lineage"), published("A1_weights_Original").set_index("iCode")["Weight"]
    have = dict(zip(meta.index, scores.T, strict=True))
    for child, parent in (("Indicator", "Pillar"), ("Pillar", "Sub-index"), ("Sub-index", "Index")):
        for name, members in lineage.groupby(parent)[child].unique().items():
            table = np.column_stack([have[m] for m in members])
            have[str(name)] = composite.aggregate(table, [weight[m] for m in members], method)
    return have


def test_from_raw_to_ranks(raw: pd.DataFrame, meta: pd.DataFrame) -> None:
    by = np.column_stack([np.ones(len(raw)) if pd.isna(d) else raw[d] for d in meta["Denominator"]])
    denominated = composite.denominate(raw[list(meta.index)], by)
    same(denominated, step("A1_full_Denominated", meta))
    assert np.isnan(denominated).sum() == 65

    imputed = composite.impute_group_mean(denominated, raw["EurAsia_group"])
    same(imputed, step("A1_full_Imputed", meta))

    kept = composite.screen(imputed, 0.9)
    screened = imputed[kept]
    same(screened, step("A1_full_Screened", meta))
    assert kept.all()

    treated = composite.treat(screened)
    same(treated.values, step("A1_full_Treated", meta))

    scores = composite.normalise(treated.values, "minmax", direction=meta["Direction"])
    same(scores, step("A1_full_Normalised", meta))

    index, expected = aggregated(scores, meta, "arithmetic"), published("A1_full_Aggregated")
    assert set(index) == set(expected)
    for name, ours in index.items():
        same(ours, expected[name])

    theirs = published("A1_full_results_ranks")
    assert composite.ranks(index["Index"]).tolist() == theirs["Index"].tolist()
    for name in theirs:
        assert composite.ranks(index[name]).tolist() == theirs[name].tolist(), name


def test_each_step_of_the_treatment(meta: pd.DataFrame) -> None:
    details = published("A1_treatment_details").set_index("iCode").loc[list(meta.index)]
    screened = step("A1_full_Screened", meta).to_numpy()
    treated = composite.treat(screened)
    same(composite.skewness(screened), details["check_SkewKurt0.Skew"])
    same(composite.kurtosis(screened), details["check_SkewKurt0.Kurt"])
    assert treated.winsorised.tolist() == details["winsorise.nwin"].fillna(0).astype(int).tolist()
    assert treated.winsorised.any() and not treated.logged.any() and treated.passes.all()
    same(treated.skewness, details["check_SkewKurt1.Skew"].fillna(details["check_SkewKurt0.Skew"]))
    same(treated.kurtosis, details["check_SkewKurt1.Kurt"].fillna(details["check_SkewKurt0.Kurt"]))


def test_the_published_scores_are_ours_to_their_eighth_decimal(meta: pd.DataFrame) -> None:
    expected = published("A1_full_results_scores")
    for name, ours in aggregated(step("A1_full_Normalised", meta).to_numpy(), meta, "arithmetic").items():
        np.testing.assert_allclose(ours, expected[name].to_numpy(), rtol=TOLERANCE, atol=5.1e-9)


@pytest.mark.parametrize(
    ("case", "lower", "method"),
    [("B_raw_minmax0_100_amean_equal", 0, "arithmetic"), ("D_raw_minmax1_100_gmean_equal", 1, "geometric")],
)
def test_raw_data_with_gaps(raw: pd.DataFrame, meta: pd.DataFrame, case: str, lower: float, method: str) -> None:
    scores = composite.normalise(raw[list(meta.index)], "minmax", direction=meta["Direction"], lower=lower, upper=100)
    assert np.isnan(scores).sum() == 63
    same(scores, step(f"{case}_normalised", meta))
    index, expected = aggregated(scores, meta, method), published(f"{case}_aggregated_ranks")
    for name in (c for c in expected if not c.startswith("rank_")):
        same(index[name], expected[name])
        assert composite.ranks(index[name]).tolist() == expected[f"rank_{name}"].tolist(), name
