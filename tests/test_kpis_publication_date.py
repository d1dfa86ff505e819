"""The date of a publication is that of the bulk of its monthly data: not of the one table, or the one region, that is ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from kpis.deliveries import Deliveries
from kpis.publish import bulk_until
from warehouse import catalogue

CONTRACTS = catalogue.contracts()
SEPTEMBER, OCTOBER, TODAY = date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 26)


def delivered(*rows: tuple[str, str, str, date]) -> Deliveries:
    """Deliveries of (table, sender, period, date reached), all accepted."""
    made: list[dict[str, Any]] = [
        {"seq": k, "tabla": t, "cod_region": r, "periodo": p, "datos_al": reached, "estado": "aceptada",
         "recibido_en": pd.Timestamp(datetime(2026, 11, 26, tzinfo=UTC))}
        for k, (t, r, p, reached) in enumerate(rows)
    ]  # fmt: skip
    return Deliveries(pd.DataFrame(made), CONTRACTS)


def test_an_inventory_of_today_does_not_make_all_data_of_today() -> None:
    found = delivered(
        ("tramites", "13", "2026-09", SEPTEMBER), ("tramites", "13", "2026-10", OCTOBER), ("compromisos", "13", "2026-10", OCTOBER),
        ("pasivos", "00", "2026", TODAY),
    )  # fmt: skip
    tables = ["tramites", "compromisos", "pasivos"]
    assert found.until(tables) == TODAY
    assert bulk_until(found, tables) == OCTOBER


def test_one_region_ahead_does_not_speak_for_the_others() -> None:
    found = delivered(*(("tramites", r, "2026-09", SEPTEMBER) for r in ("13", "18", "19")), ("tramites", "13", "2026-10", OCTOBER))
    assert bulk_until(found, ["tramites"]) == SEPTEMBER
    half = delivered(*(("tramites", r, "2026-09", SEPTEMBER) for r in ("13", "18")), ("tramites", "13", "2026-10", OCTOBER))
    assert bulk_until(half, ["tramites"]) == OCTOBER, "la mitad ya llegó"


def test_one_that_stopped_long_ago_does_not_hold_the_date_back() -> None:
    found = delivered(("tramites", "24", "2022-06", date(2022, 6, 30)), *(("tramites", r, "2026-10", OCTOBER) for r in ("13", "18")))
    assert bulk_until(found, ["tramites"]) == OCTOBER


def test_where_nothing_is_monthly_the_next_rhythm_speaks_and_where_regions_deliver_nothing_the_newest_date() -> None:
    found = delivered(
        ("planefa", "13", "2026-T3", SEPTEMBER), ("pasivos", "00", "2026", TODAY), ("produccion_metalica", "00", "serie", date(2025, 4, 30))
    )
    assert bulk_until(found, ["planefa", "pasivos"]) == SEPTEMBER
    assert bulk_until(found, ["produccion_metalica"]) == date(2025, 4, 30)
    assert bulk_until(found, ["reinfo_prensa"]) is None
