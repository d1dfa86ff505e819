"""The main charts as they look, compared with how they looked: a visible change of a chart must be somebody's decision.

Each chart is drawn by a real Chromium from a fixed publication and kept in `tests/snapshots/<chart>.txt` as two coarse grids, its darkness and its
colour, one hexadecimal digit for a cell. A cell averages some hundred pixels, so another rendering of letters or half a pixel moves it by a fraction
of a level; a bar of another length or colour moves the cells where it lies by several. What is compared is the worst block of cells, not the mean of
the picture: a small mark counts as much on a large chart.

After a change that is meant, look at the charts, renew the files and commit them with it:

    SIEGEM_RENOVAR=1 .venv/bin/python -m pytest -q tests/test_dashboard_snapshots.py
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving, until
from tests.whole_sample import build

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parent / "snapshots"
RENEW = bool(os.environ.get("SIEGEM_RENOVAR"))
WIDE, HIGH = 64, 48
#: side of a block of cells, and how far its mean may be from the stored one, in sixteenths of the range
BLOCK, TOLERANCE = 4, 0.9
#: chart -> the page it is on
CHARTS = {
    "comparar_barras": "/mapa", "mapa": "/mapa", "frente_al_pais": "/comparar", "embudo_estadistico": "/comparar?vista=embudo",
    "multiples": "/comparar?vista=multiples", "cambio_regiones": "/comparar?vista=cambio", "control": "/indicador/pct_tramites_en_plazo?region=21",
    "tendencia": "/indicador/pct_tramites_en_plazo?region=21", "perfil": "/region/13", "espina": "/region/13", "cascada": "/procesos",
    "embudo": "/formalizacion", "calor": "/plan",
}  # fmt: skip
#: what a change of a reader's chart would be, and what a change of machine would be
LONGER = "bar => { bar.style.transformBox = 'fill-box'; bar.style.transform = 'scaleX(1.35)'; }"
OTHER_COLOUR = "bar => { bar.style.setProperty('fill', '#c2452d', 'important'); }"
NOISE = "svg => { svg.style.transform = 'translate(0.4px, 0.3px)'; }"
LIGHTER_LETTERS = "svg => { svg.style.letterSpacing = '0.15px'; svg.style.opacity = '0.985'; }"

Grid = NDArray[np.float64]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("instantaneas")))) as address:
        yield address


@pytest.fixture(scope="module")
def visit(base: str) -> Iterator[Visit]:
    with chromium() as browser:
        yield _visit(browser, base)


def _visit(browser: Browser, base: str) -> Visit:
    return Visit(browser, base, color_scheme="light", reduced_motion="reduce", device_scale_factor=1)


def chart(visit: Visit, name: str) -> Locator:
    """The chart on its page, drawn, with nothing over it."""
    if visit.page.url != visit.base + CHARTS[name]:
        visit.open(CHARTS[name])
        visit.page.evaluate("document.fonts.ready")
    found = visit.page.locator(f".grafico[data-figura*='/{name}?']").first
    found.scroll_into_view_if_needed()
    until(lambda: found.locator(".main-svg").count() > 0, visit.page, 20)
    visit.page.mouse.move(0, 0)
    visit.page.wait_for_timeout(150)
    return found


def look(found: Locator) -> Grid:
    """Two grids over each other, 0 to 15: how dark each cell is, and how coloured."""
    picture = Image.open(io.BytesIO(found.screenshot(animations="disabled"))).convert("RGB")
    pixels = np.asarray(picture, dtype=np.float64)
    dark, coloured = 255 - pixels.mean(axis=2), pixels.max(axis=2) - pixels.min(axis=2)
    return np.vstack([_coarse(dark), _coarse(coloured)])


def _coarse(values: Grid) -> Grid:
    small = Image.fromarray(values.astype(np.float32)).resize((WIDE, HIGH), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float64) * 15 / 255


def apart(one: Grid, other: Grid) -> float:
    """The largest difference between blocks of cells, in levels."""
    blocks = np.abs(one - other).reshape(2 * HIGH // BLOCK, BLOCK, WIDE // BLOCK, BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


def stored(name: str) -> Grid:
    """The grids as they were written; half a level at most is lost in a digit, so what is seen is rounded before it is compared."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="ascii").split()
    return np.array([[int(digit, 16) for digit in line] for line in lines], dtype=np.float64)


def written(grid: Grid) -> str:
    return "".join("".join(f"{round(float(v)):x}" for v in row) + "\n" for row in grid)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_looks_as_it_did(visit: Visit, name: str) -> None:
    seen = look(chart(visit, name))
    if RENEW:
        (FOLDER / f"{name}.txt").write_text(written(seen), encoding="ascii")
    found = apart(np.round(seen), stored(name))
    assert found <= TOLERANCE, f"«{name}» se ve distinto ({found:.2f} niveles): mire {CHARTS[name]}; si es a propósito, renueve (arriba)"


def test_a_visible_change_is_seen_and_noise_is_not(visit: Visit) -> None:
    name = "comparar_barras"
    before = look(chart(visit, name))
    for script, selector, seen in (
        (NOISE, ".main-svg", False), (LIGHTER_LETTERS, ".main-svg", False), (LONGER, ".barlayer path", True), (OTHER_COLOUR, ".barlayer path", True),
    ):  # fmt: skip
        visit.page.goto("about:blank")
        changed = chart(visit, name)
        marks = changed.locator(selector)
        for mark in marks.all() if not seen else marks.all()[3:5]:
            mark.evaluate(script)
        found = apart(np.round(look(changed)), np.round(before))
        assert (found > TOLERANCE) is seen, (script, found)
        assert (apart(np.round(look(changed)), stored(name)) > TOLERANCE) is seen, script
