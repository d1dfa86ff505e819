"""Small promises of the pages: ties are told, ticks stay apart on phones, the chart's place is filled before the chart comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import dash
import pandas as pd
import pytest

from dashboard import preview, published
from dashboard.app import create_app
from dashboard.figures import Params, bars, distribution
from dashboard.figures.request import across
from dashboard.narrative import headlines
from dashboard.narrative.static_bars import static_bars
from dashboard.published import Sheet, Snapshot
from tests.sample_publication import LAST, build
from warehouse import statements
from warehouse.store import Warehouse

ASSETS = Path(published.__file__).parent / "assets"
RATE, SEED = "pct_tramites_en_plazo", "distribucion_situacion_area_2006"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    made = build(tmp_path_factory.mktemp("muestra"))
    create_app(made)
    yield made


@pytest.fixture
def snap(warehouse: Warehouse) -> Snapshot:
    return published.snapshot()


@pytest.fixture
def rate(snap: Snapshot) -> Sheet:
    return snap.sheet(RATE)


def valued(snap: Snapshot, rate: Sheet, values: dict[str, float]) -> pd.DataFrame:
    """Rows of the sample with these values, all told apart from one another."""
    frame = across(snap, rate, Params(RATE))
    one = frame[(frame["nivel"] == "region") & frame["valor"].notna()].iloc[:1]
    made = [one.assign(territorio=code, valor=v, inferior=v - 0.01, superior=v + 0.01) for code, v in values.items()]
    return pd.concat(made, ignore_index=True)


def plain(told: str) -> str:
    return told.replace("\N{NO-BREAK SPACE}", " ")


def test_extremes_name_all_who_share_an_end(snap: Snapshot, rate: Sheet) -> None:
    told = headlines.extremes(valued(snap, rate, {"13": 10.0, "24": 10.0, "18": 30.0, "19": 90.0}), rate)
    assert plain(told) == "De 10.0 % en La Libertad y Tumbes a 90.0 % en Pasco"
    many = {f"{i:02d}": 100.0 for i in range(1, 6)} | {"19": 20.0}
    assert plain(headlines.extremes(valued(snap, rate, many), rate)) == "De 20.0 % en Pasco a 100.0 % en 5 regiones"
    assert plain(headlines.extremes(valued(snap, rate, {"13": 5.0, "19": 5.0}), rate)) == "2 regiones con el mismo valor: 5.0 %"


def test_the_highest_places_never_leave_out_one_of_several_alike(snap: Snapshot, rate: Sheet) -> None:
    def told(*values: float) -> str:
        return plain(headlines.place_sentence(valued(snap, rate, {f"{i + 1:02d}": v for i, v in enumerate(values)}), rate))

    assert told(90, 80, 70, 60, 50, 40).endswith("están en Amazonas, Áncash y Apurímac.")
    assert told(90, 80, 70, 70, 50, 40).endswith("están en Amazonas y Áncash.")
    assert "el valor más alto" in told(90, 70, 70, 70, 50, 40) and told(90, 70, 70, 70, 50, 40).endswith("está en Amazonas.")
    assert told(70, 70, 70, 70, 50, 40).endswith("están en 4 regiones.")


def test_the_ticks_of_categories_leave_room_on_a_phone(snap: Snapshot) -> None:
    """Some 78 pixels lie between names and values at 390: three labels at most."""
    sheet, frame = snap.sheet(SEED), distribution.categories(snap, Params(SEED))
    for top in (0.9, 12.0, 35.9, 56.2, 100.0):
        drawn = distribution.draw_distribution(frame.assign(valor=top, inferior=None, superior=None), sheet).to_plotly_json()
        axis = drawn["layout"]["xaxis"]
        assert len(axis["tickvals"]) == len(axis["ticktext"]) and 2 <= len([x for x in axis["ticktext"] if x]) <= 3


def test_the_chart_s_place_holds_its_rows_before_the_chart(snap: Snapshot, rate: Sheet) -> None:
    frame = across(snap, rate, Params(RATE))
    present, absent = bars.split(frame)
    made = static_bars(frame, rate, "13", "es")
    assert made is not None
    html = preview.to_html(made)
    assert html.count("<li") == len(present) + 1 + len(bars.absent_rows(absent))  # as many rows as the chart has: none moves
    assert 'class="barras__fila barras__fila--elegida"' in html and 'aria-hidden="true"' in html
    assert "--pais:" in html and all(float(x) <= 100 for x in re.findall(r"--(?:v|lo|hi):([\d.]+)%", html))
    assert len(html) < 7_000
    assert static_bars(frame.assign(estado="no_reportado", valor=None), rate, "", "es") is None


def test_a_projector_keeps_the_dark_themes_greys() -> None:
    """One name each: what stands later wins, and the dark themes stand after the projector."""
    text = re.sub(r"/\*.*?\*/", "", (ASSETS / "10-tokens.css").read_text(encoding="utf-8"), flags=re.S)
    places = [
        text.index(x) for x in (':root,\n[data-theme="light"] {', "[data-projector] {\n  --tinta-2", '[data-theme="dark"] {', '[data-theme="auto"] {')
    ]
    assert places == sorted(places)
    assert "[data-projector][" not in text and "[data-projector]:not" not in text


def test_a_region_s_page_is_of_another_version_with_each_statement(warehouse: Warehouse, snap: Snapshot) -> None:
    version = dash.page_registry["dashboard.pages.region"]["version"]
    before = version(cod="13", publicacion=snap.number)
    statements.state(warehouse.engine, ("tramites", "13", LAST), "GREMH", "Los archivos de mayo llegaron tarde.")
    assert version(cod="13", publicacion=snap.number) != before
    assert version(cod="24", publicacion=snap.number) == version(cod="24", publicacion=snap.number)
    assert version(cod="no existe", publicacion=snap.number) == ""
