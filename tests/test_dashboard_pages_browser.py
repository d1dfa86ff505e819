"""Every page in a real browser: wide and phone, light and dark, nothing wrong in the console, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving, until
from tests.sample_publication import build

pytestmark = pytest.mark.browser

PATHS = [
    "/", "/?region=13", "/comparar", "/comparar?indicador=produccion_cobre&region=02", "/region", "/region/13", "/region/26", "/mapa?region=13",
    "/indicador/pct_tramites_en_plazo?region=13", "/indicador/distribucion_situacion_area_2006", "/indicador/produccion_cobre", "/calidad", "/mapa?lang=en",
    "/indicador/pct_tramites_en_plazo?publicacion=1", "/indicador/mediana_dias_etapa?region=13", "/indicador/razon_mujeres_formalizacion?region=13",
]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("tablero")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


FEW = ["/", "/indicador/pct_tramites_en_plazo?region=13"]
DRAWN = "[...document.querySelectorAll('.grafico')].every(g => g.offsetParent === null || g.querySelector('.main-svg'))"


@pytest.mark.parametrize(("width", "scheme", "paths"), [(1440, "light", PATHS), (390, "dark", PATHS), (1440, "dark", FEW), (390, "light", FEW)])
def test_every_page_is_quiet_and_fits(base: str, browser: Browser, width: int, scheme: Any, paths: list[str]) -> None:
    for path in paths:
        visit = Visit(browser, base, color_scheme=scheme)
        visit.page.set_viewport_size({"width": width, "height": 900})
        page = visit.open(path)
        until(lambda page=page: bool(page.evaluate(DRAWN)), page, 20)
        assert visit.said == [], path
        assert visit.local(), path
        assert page.locator("h1").count() == 1, path
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, (path, wider)
        visit.context.close()


def title(page: Page) -> str:
    return str(page.evaluate("(document.querySelector('h1') || {innerText: ''}).innerText"))


def test_the_matrix_is_walked_with_the_arrows_and_says_each_cell(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/")
    assert page.locator(".matriz--cuadro td[tabindex='0']").count() == 1  # one stop for the Tab key
    page.locator(".matriz--cuadro td[tabindex='0']").focus()
    first = page.locator("#frase-celda").inner_text()
    place = "document.activeElement.closest('table').tHead.rows[0].cells[document.activeElement.cellIndex].innerText"
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    until(lambda: page.locator("#frase-celda").inner_text().startswith(str(page.evaluate(place)) + " ·"), page)
    assert page.locator("#frase-celda").inner_text() != first
    assert len([url for url in visit.asked if "/api/v1/cuadro" in url]) == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicador/*?region=*")


def test_a_matrix_cell_opens_its_indicator_with_the_region(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/")
    row = page.locator(".matriz__fila", has=page.locator("a[href='/indicador/pct_tramites_en_plazo']"))
    column = page.evaluate("[...document.querySelectorAll('.matriz--cuadro thead th')].findIndex(h => h.innerText === 'Puno')")
    row.locator("td").nth(column - 1).click()
    page.wait_for_url("**/indicador/pct_tramites_en_plazo?region=21")
    until(lambda: title(page).startswith("Puno"), page)


def test_a_filter_writes_the_address_and_the_page_follows(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/comparar")
    page.locator(".filtros input").first.click()
    page.get_by_role("option").filter(has_text="Cobre").first.click()
    page.wait_for_url("**indicador=produccion_cobre**")
    until(lambda: "Producción de cobre" in title(page), page)
    page.go_back()
    until(lambda: "Producción de cobre" not in title(page), page)


def test_phones_get_bars_without_a_chart_and_wide_screens_the_chart(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open("/comparar")
    phone, chart = "#figura-comparar-movil ol.barras", "#figura-comparar"
    assert page.locator(phone).is_visible() and not page.locator(chart).is_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    assert page.locator(chart).is_visible() and not page.locator(phone).is_visible()


def test_hovering_a_bar_says_its_sentence(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/comparar?region=13", drawn=True)
    bar = page.locator("#figura-comparar .barlayer .point path").first
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#figura-comparar .hoverlayer .hovertext")
    assert "intervalo de 95 %" in str(page.locator("#figura-comparar .hoverlayer").text_content()).replace("\u00a0", " ").replace("\n", " ")
