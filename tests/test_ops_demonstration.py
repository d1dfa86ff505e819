"""The table that a publication prints: what is not all never reads as all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from ops import demonstration


@pytest.mark.parametrize(("value", "told"), [(99.996, "99.99"), (100.0, "100.00"), (42.1, "42.10")])
def test_a_share_that_is_not_whole_is_not_printed_as_whole(value: float, told: str) -> None:
    row = {"estado": "publicado", "territorio": "00", "categoria": "", "periodo": "2026", "valor": value, "avisos": ["sintetico"]}
    snapshot: Any = SimpleNamespace(values=lambda *_, **__: pd.DataFrame([row]), last_period=lambda _: "2026")
    sheet: Any = SimpleNamespace(id="x", main_period="anio", decimals=2, unit=lambda: "% de celdas", text=lambda _: "Completitud")
    assert demonstration._headline(snapshot, sheet) == ("Completitud", "Perú", "2026", told, "% de celdas", "Dato sintético de demostración")
