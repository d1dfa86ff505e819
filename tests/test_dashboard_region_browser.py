"""Region, index and readiness in a real browser: nothing wider than a phone, weights that are links, and a sheet of two pages of paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving, until
from tests.sample_index import build_with_index

pytestmark = pytest.mark.browser

DRAWN = "[...document.querySelectorAll('.grafico')].every(g => g.offsetParent === null || g.querySelector('.main-svg'))"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build_with_index(tmp_path_factory.mktemp("tablero")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_are_quiet_and_fit(base: str, browser: Browser, width: int) -> None:
    for path in ("/region/13", "/region/24?lang=en", "/indice?region=13", "/indice?pesos=30,25,10,20,10,10,10", "/replica", "/region"):
        visit = Visit(browser, base)
        # charts are drawn as they come near the screen: this one holds them all
        visit.page.set_viewport_size({"width": width, "height": 6000})
        page = visit.open(path)
        until(lambda page=page: bool(page.evaluate(DRAWN)), page, 20)
        assert visit.said == [] and visit.local(), path
        assert page.evaluate(WIDER) <= 0, path
        assert page.locator("h1").count() == 1, path
        visit.context.close()


def test_a_phone_reads_the_lists_and_a_wide_screen_the_charts(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/region/13")
    for width, seen, hidden in ((1440, "#figura-espina", "#figura-espina-lista"), (390, "#figura-espina-lista", "#figura-espina")):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator(seen).is_visible() and not page.locator(hidden).is_visible()


def test_a_weight_is_moved_by_its_link_and_the_address_keeps_it(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/indice")
    page.get_by_label("Más peso a Gestión social").click()
    page.wait_for_url(re.compile(r"pesos=15%2C25%2C10%2C20%2C15%2C10%2C10"))
    until(lambda: "Pesos del lector" in page.locator("#pesos").inner_text(), page)
    assert "15 (14" in page.locator("#pesos").inner_text()


def test_the_sheet_fits_two_pages_of_paper(base: str, browser: Browser, tmp_path: Path) -> None:
    page = Visit(browser, base).open("/region/13")
    file = tmp_path / "hoja.pdf"
    page.pdf(path=str(file), prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", file.read_bytes())) <= 2
