"""Seen only in a browser: rows in a chart's place before the chart, the rail's present page in sight, charts as wide as paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from dashboard.app import create_app
from tests.browser import chromium, serving, until
from tests.sample_publication import build

pytestmark = pytest.mark.browser

CENTRES = """() => [...document.querySelectorAll('#figura-comparar .barras--previa .barras__fila:not(.barras__fila--ausente) .barras__pista')]
    .map(e => { const box = e.getBoundingClientRect(), body = document.querySelector('#figura-comparar .figura__cuerpo').getBoundingClientRect();
        return box.top + box.height / 2 - body.top; })"""
DRAWN = """() => [...document.querySelectorAll('#figura-comparar .barlayer .point > path')]
    .map(e => { const box = e.getBoundingClientRect(), body = document.querySelector('#figura-comparar .figura__cuerpo').getBoundingClientRect();
        return box.top + box.height / 2 - body.top; })"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("muestra")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_rows_stand_where_the_chart_will_draw_them(base: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 1200})
    held: list[Route] = []
    page.route("**/*plotly*", lambda route: held.append(route))
    page.goto(f"{base}/comparar", wait_until="commit")
    until(lambda: bool(held) and bool(page.evaluate(CENTRES)) and page.evaluate("document.fonts.status") == "loaded", page, 20)
    before = page.evaluate(CENTRES)
    tall = page.evaluate("document.querySelector('#figura-comparar').offsetHeight")
    for route in held:
        route.continue_()
    until(lambda: page.locator("#figura-comparar .barlayer .point").count() > 0, page, 20)
    after = page.evaluate(DRAWN)[: len(before)]
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 4
    assert page.evaluate("document.querySelector('#figura-comparar').offsetHeight") == tall
    assert not page.locator("#figura-comparar .barras--previa").is_visible()
    width = "document.querySelector('#figura-comparar .js-plotly-plot')._fullLayout.width"
    on_screen = page.evaluate(width)
    reduced = 0.74  # the first figure of a page is printed smaller, drawn as much wider: as wide as the paper
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    until(lambda: round(page.evaluate(width) * reduced) == 680, page, 10)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    until(lambda: page.evaluate(width) == on_screen, page, 10)
    page.close()


def test_the_present_page_is_in_sight_in_an_open_rail(base: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 800})
    page.goto(f"{base}/foro")
    inside = """() => { const rail = document.querySelector('.riel').getBoundingClientRect(),
        link = document.querySelector('.riel [aria-current]').getBoundingClientRect(); return link.top >= rail.top && link.bottom <= rail.bottom; }"""
    until(lambda: page.evaluate(inside), page, 10)
    page.close()
