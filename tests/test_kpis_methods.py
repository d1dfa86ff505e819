"""What holds for every method: it is pure, light to load, and answers in arrays."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpis.methods import display, intervals, multiplicity, quantiles

FOLDER = Path(intervals.__file__).parent
#: scipy.stats is left out on purpose: it costs every worker of the dashboard 50 MB
MAY_IMPORT = {"__future__", "collections", "collections.abc", "dataclasses", "functools", "itertools", "math", "typing"}
MAY_IMPORT |= {"numpy", "numpy.typing", "scipy", "scipy.optimize", "scipy.sparse", "scipy.sparse.csgraph", "scipy.special"}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_methods_import_only_arithmetic(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            names = [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        strangers = [name for name in names if name not in MAY_IMPORT and not name.startswith("kpis.methods.")]
        assert not strangers, f"{file.name} imports {strangers}; kpis/methods may import {sorted(MAY_IMPORT)}"


def test_every_method_names_its_published_source() -> None:
    for module in (intervals, quantiles, multiplicity, display):
        for name, method in vars(module).items():
            if callable(method) and getattr(method, "__module__", "") == module.__name__ and not name.startswith("_"):
                says = method.__doc__ or ""
                assert any(f"({year})" in says for year in range(1900, 2030)) or "see `" in says, f"{module.__name__}.{name} names no source"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        (intervals.wilson, (8, 858)),
        (intervals.byar, (12,)),
        (intervals.poisson_exact, (3,)),
        (intervals.count_interval, (3,)),
        (intervals.mean_t, (8, 5.0, 1.0)),
        (intervals.newcombe_difference, (56, 70, 48, 80)),
        (intervals.rate_ratio_change, (10, 20)),
    ],
)
def test_scalars_lists_and_series_give_the_same_arrays(method, arguments) -> None:
    single = method(*arguments)
    many = method(*[[a, a] for a in arguments])
    series = method(*[pd.Series([a, a], index=[7, 9]) for a in arguments])
    for one, two, three in zip(single, many, series, strict=True):
        assert isinstance(one, np.ndarray) and one.shape == () and one.dtype == np.float64
        assert two.shape == (2,) and isinstance(three, np.ndarray)
        assert two.tolist() == three.tolist() == [float(one)] * 2


def test_a_missing_value_spoils_only_its_own_row() -> None:
    lower, upper = intervals.wilson(pd.Series([8, None], dtype="Int64"), [858, 858])
    assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [False, True]
