"""What a batch took is given back when it is judged, and not at the next collection of cycles: a backlog is judged in the memory of one batch."""

from __future__ import annotations

import gc
import weakref

import pytest
from checks_samples import batch, case

from checks import judge as judging
from checks.lot import Lot


def test_nothing_holds_a_batch_once_it_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    lots: list[weakref.ref[Lot]] = []

    class Watched(Lot):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            lots.append(weakref.ref(self))

    monkeypatch.setattr(judging, "Lot", Watched)
    judging.judge(batch("tramites", {"s": [case(1)]}))  # the first one imports Great Expectations, which collects
    gc.collect()
    gc.disable()
    try:
        judging.judge(batch("tramites", {"s": [case(1), case(2, estrato=None)]}))
        assert lots[-1]() is None
    finally:
        gc.enable()
