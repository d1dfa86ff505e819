"""The views of the comparison and the indicator's new parts in a real browser: drawn, quiet, no wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving, until
from tests.comparison_sample import RATE, build

pytestmark = pytest.mark.browser

PATHS = [
    "/comparar?vista=embudo", "/comparar?vista=multiples&region=13", "/comparar?vista=cambio", "/comparar?vista=pilotos",
    "/comparar?vista=dos&region=13&con=21", f"/indicador/{RATE}?region=21",
]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("comparacion")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_every_view_is_drawn_quiet_and_fits(base: str, browser: Browser, width: int, scheme: Any) -> None:
    for path in PATHS:
        visit = Visit(browser, base, color_scheme=scheme)
        visit.page.set_viewport_size({"width": width, "height": 900})
        page = visit.open(path)
        for graph in page.locator(".grafico:visible").all():
            graph.scroll_into_view_if_needed()
            until(lambda graph=graph: graph.locator(".main-svg").count() > 0, page, 20)
        assert visit.said == [] and visit.local(), path
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        visit.context.close()


def test_a_view_keeps_the_indicator_and_the_filters_keep_the_view(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open(f"/comparar?indicador={RATE}&region=13")
    page.locator(".vistas__enlace", has_text="Embudo").click()
    page.wait_for_url("**vista=embudo**")
    assert f"indicador={RATE}" in page.url and "region=13" in page.url
    page.wait_for_selector("#figura-embudo .scatterlayer .point")
    names = page.locator("#figura-embudo .annotation-text").all_text_contents()
    assert {"Puno", "Arequipa", "La Libertad"} <= set(names)
    page.go_back()
    page.wait_for_selector("#figura-comparar")
