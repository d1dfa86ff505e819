"""The method page and the style guide in a browser: drawings are drawn and the switches work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving, until
from tests.sample_publication import build

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("metodo")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_drawings_are_drawn_and_an_indicator_leads_to_its_sheet(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/metodologia")
    assert page.locator("svg.dibujo").count() == 4
    assert page.evaluate("document.querySelector('svg.dibujo').viewBox.baseVal.width") == 320
    page.locator("#indicadores summary").first.click()
    link = page.locator("#indicadores details[open] a").first
    link.click()
    page.wait_for_url("**/indicador/*#ficha")


def test_the_style_guide_switches_theme_and_projector(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/estilo")
    page.locator("[data-aspecto='dark']").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator("[data-aspecto='proyector']").click()
    until(lambda: page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px", page)
    assert page.locator("[data-aspecto='proyector']").get_attribute("aria-pressed") == "true"
    page.locator("[data-aspecto='light']").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
