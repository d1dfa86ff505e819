"""What several readers ask for at once is made once, and what one asks for reads no more than it says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from dash import html

from dashboard import guard, middleware, published, rows
from tests.sample_publication import build


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[published.Snapshot]:
    warehouse = build(tmp_path_factory.mktemp("tablero"))
    published.open_store(warehouse)
    yield published.snapshot()
    warehouse.engine.dispose()


def test_readers_of_a_page_being_made_wait_for_it(snap: published.Snapshot) -> None:
    calls: list[str] = []

    def layout(region: str = "") -> Any:
        calls.append(region)
        time.sleep(0.2)
        if region == "mala":
            raise ValueError
        return html.P(region)

    pages, page = guard.Pages(), {"module": "m", "path": "/m", "layout": layout}
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda region: pages.make(page, {}, {"region": region}), ["13", "13", "13", "20", "13", "20"]))
    assert sorted(calls) == ["13", "20"] and len({id(m) for m in made}) == 2
    assert [pages.make(page, {}, {"region": "mala"}).status for _ in range(2)] == [500, 500]  # a failure is nobody's page


def test_a_page_with_something_living_in_it_is_made_again_when_that_changes(snap: published.Snapshot) -> None:
    said, made = ["uno"], []

    def layout(cod: str) -> Any:
        made.append(cod)
        return html.P(said[-1])

    pages = guard.Pages()
    page = {"module": "v", "path": "/v", "layout": layout, "version": lambda cod: f"{cod}-{len(said)}"}
    kept = middleware._keeping.set([True])
    try:
        assert "uno" in pages.make(page, {"cod": "13"}, {}).html and "uno" in pages.make(page, {"cod": "13"}, {}).html
        said.append("dos")
        assert "dos" in pages.make(page, {"cod": "13"}, {}).html
        assert made == ["13", "13"]
        assert middleware._keeping.get() == [], "quien repite respuestas sin preguntar no puede guardarla"
    finally:
        middleware._keeping.reset(kept)


@pytest.mark.parametrize(
    "query", [{"territorio": "13", "desglose": "ninguno"}, {"territorio": "13,00"}, {"periodo": "2026-T2"}, {"tipo": "anio"}, {}]
)
def test_all_indicators_together_are_what_each_says_alone(snap: published.Snapshot, query: dict[str, str]) -> None:
    alone = [row for sheet in snap.indicators() for row in rows.value_rows(snap, {**query, "indicador": sheet.id})]
    assert rows.as_csv(rows.value_rows(snap, query)) == rows.as_csv(alone) and (alone or query == {"tipo": "anio"})


def test_a_region_s_download_keeps_nothing(tmp_path: Path) -> None:
    warehouse = build(tmp_path)
    published.open_store(warehouse)
    fresh = published.snapshot()
    assert rows.value_rows(fresh, {"territorio": "13", "desglose": "ninguno"}) and not fresh._frames
    warehouse.engine.dispose()


def test_values_kept_are_bounded(snap: published.Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "KEPT_ROWS", 400)
    for sheet in snap.indicators():
        once = snap.values(sheet.id, category="")
        assert once.equals(snap.values(sheet.id, category=""))
        assert len(snap._frames) == 1 or sum(map(len, snap._frames.values())) <= 400


def test_counts_of_deliveries_are_those_of_the_rows(snap: published.Snapshot) -> None:
    newest = snap.submissions().drop_duplicates(["tabla", "cod_region", "periodo"], keep="last")
    counted = snap.deliveries()
    assert int(counted["n"].sum()) == len(newest) and int(counted["filas_cuarentena"].sum()) == int(newest["filas_cuarentena"].sum())
    assert len(snap.refused()) == int((newest["estado"] == published.REJECTED).sum())
    assert snap.accepted() == len(snap.submissions(only_current=True))
