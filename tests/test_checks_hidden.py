"""Importing a large package at less cost: what is put off comes when it is used, and nothing is left behind."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from checks.hidden import kept, put_off


@pytest.fixture
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_put_off_comes_at_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with put_off("colorsys"):
        import colorsys

        assert not hasattr(colorsys, "__file__")
        assert not hasattr(colorsys, "__wrapped__")
    assert "colorsys" not in sys.modules
    assert colorsys.rgb_to_hsv(1, 1, 1) == (0.0, 0.0, 1)
    assert sys.modules["colorsys"].rgb_to_hsv is colorsys.rgb_to_hsv


def test_what_is_in_use_already_is_not_put_off() -> None:
    with put_off("json", "colorsys"):
        import json

        assert json.loads("1") == 1


def test_the_collector_rests_and_then_goes_on(collector: None) -> None:
    with kept():
        assert not gc.isenabled()
        cycle: list[object] = []
        cycle.append(cycle)
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
