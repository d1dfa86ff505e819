"""The contestants of the refresh benchmark compute the same figures. Nothing is timed here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import refresh_dbt, refresh_pandas
from benchmarks.refresh import ROOT
from benchmarks.refresh_compare import differences, ours, stored
from benchmarks.refresh_data import YEARS, correct, write
from benchmarks.refresh_install import install
from benchmarks.refresh_kpis import ratios
from benchmarks.refresh_measure import measure
from benchmarks.refresh_reference import figures

CASES = 2_000
#: one year is enough to see that all agree, and a third of the figures
YEAR = YEARS[-1:]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refresco")
    write(folder / "entrada", CASES, YEAR)
    return install(folder)


def refresh(folder: Path) -> None:
    """SIEGEM as the benchmark runs it, in a process of its own: it changes where declarations are read from."""
    measure([sys.executable, "-m", "benchmarks.refresh_ours", str(folder), "refresco"], ROOT)


def test_there_are_thirty_ratios_and_thirty_more() -> None:
    ids = [r.id for r in ratios(more=True)]
    assert (len(ratios()), len(ids), len(set(ids))) == (30, 60, 60)


@pytest.mark.slow
def test_ours_pandas_and_plain_duckdb_agree_before_and_after_a_correction(bench: Path) -> None:
    refresh(bench)
    refresh_pandas.run(bench, more=False)
    before = stored(bench / "pandas.parquet")
    assert differences(ours(bench / "datos"), before) == []
    assert differences(figures(bench / "entrada"), before) == []

    correct(bench / "entrada", CASES, YEAR)
    refresh(bench)
    refresh_pandas.run(bench, more=False)
    after = stored(bench / "pandas.parquet")
    assert differences(ours(bench / "datos"), after) == []
    assert differences(before, after) != []


@pytest.mark.slow
def test_dbt_agrees(bench: Path, tmp_path: Path) -> None:
    dbt = refresh_dbt.executable()
    if dbt is None:
        pytest.skip("el entorno de dbt no está: lo hace python -m benchmarks.refresh")
    refresh_dbt.project(tmp_path)
    measure(refresh_dbt.command(dbt, tmp_path), tmp_path, refresh_dbt.environment(tmp_path, bench / "entrada"))
    assert differences(refresh_dbt.results(tmp_path), figures(bench / "entrada")) == []
