"""Theme pages in a browser: a region filters the page, and phones reach every page without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dashboard import temas
from dashboard.app import create_app
from tests.browser import Visit, chromium, serving
from tests.sample_publication import build

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("temas")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_a_region_filters_the_page_and_stays_in_the_address(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/procesos")
    assert "Perú" in page.locator("h1 + p, .oracion-sub, h1").first.inner_text()
    page.locator(".filtros input").first.click()
    page.click("text=Pasco >> visible=true")
    page.wait_for_url("**region=19**")
    page.wait_for_selector("h1:has-text('Pasco'), .oracion-sub:has-text('Pasco')")
    assert page.locator(".tarjeta").first.get_attribute("href") == "/indicador/pct_tramites_en_plazo?region=19"


def test_the_fifth_of_phones_lists_every_page_and_closes_on_arrival(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open("/")
    page.evaluate("window.marca = 1")
    page.click(".barra-inferior__mas > summary")
    listed = page.locator(".lista-paginas__enlace:visible")
    assert {t.path for t in temas.every()} <= {a.get_attribute("data-seccion") for a in listed.all()}
    page.click(".lista-paginas__enlace[data-seccion='/recursos']")
    page.wait_for_selector(".tema__pregunta")
    assert page.evaluate("window.marca") == 1, "no reload"
    assert page.locator(".lista-paginas:visible").count() == 0


def test_without_scripts_the_list_opens_and_the_page_is_read(base: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/procesos?region=13")
    assert page.locator("#previa h1").count() == 1
    page.click(".barra-inferior__mas > summary")
    page.click(".lista-paginas__enlace[data-seccion='/actividad']")
    assert page.url.endswith("/actividad") and "producción" in page.locator("#previa").inner_text().lower()
    context.close()
