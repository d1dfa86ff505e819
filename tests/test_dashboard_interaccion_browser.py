"""«Mis vistas» and the region marked everywhere, in a real browser: what is saved comes back, what is broken is told, what is pointed at shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard.app import create_app
from dashboard.static import ASSETS
from tests.browser import Visit, chromium, serving, until
from tests.comparison_sample import RATE, build
from tests.test_dashboard_axe_browser import AXE, RUN

pytestmark = pytest.mark.browser

HERE = f"/comparar?indicador={RATE}&region=13"
SAID = ".marcadores [role=status]"
#: region codes whose shapes have a ring, of the chart at a place
RINGS = "document.querySelectorAll('.js-plotly-plot .resalte').length"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("interaccion")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def opened(visit: Visit, path: str = HERE) -> Page:
    """A page with the dialog open."""
    page = visit.open(path)
    page.click("#boton-marcadores")
    page.wait_for_selector("#marcadores[open]")
    return page


def save(page: Page, note: str) -> None:
    page.fill("#marcadores-nota", note)
    page.click(".marcadores__nueva .boton--principal")


def test_a_view_is_saved_with_its_note_and_found_again(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = opened(visit)
    assert page.inner_text(".marcadores b") == page.inner_text("h1.oracion")
    before = len(visit.asked)
    save(page, "Preguntar a Puno\n<img src=x onerror=alert(1)>")
    assert page.inner_text(SAID) == "Vista guardada." and len(visit.asked) == before, "nothing leaves the browser"
    save(page, "Preguntar a Puno\n<img src=x onerror=alert(1)>")
    assert page.locator(".marcadores__vista").count() == 1, "one address, one view"
    page.check(".marcadores [type=checkbox]")
    page.click(".marcadores__nueva .boton--principal")
    assert page.locator(".marcadores__vista").count() == 2, "the pinned one is another"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "boton-marcadores"

    page = opened(visit, "/calidad")
    assert page.input_value("#marcadores-nota") == ""
    items = page.locator(".marcadores__vista")
    assert items.locator("img").count() == 0 and "<img src=x" in items.last.inner_text()
    assert "publicacion=" in str(items.first.locator("a").get_attribute("href")) and "Publicación N.º" in items.first.locator("small").inner_text()
    items.last.locator("a").click()
    page.wait_for_url(f"**{HERE}")
    page.wait_for_selector("#figura-comparar")
    assert page.locator("#marcadores[open]").count() == 0
    page.click("#boton-marcadores")
    assert page.input_value("#marcadores-nota").startswith("Preguntar a Puno"), "the note of the open view"
    for left in (1, 0):
        page.locator("[data-marcador=quitar]").first.click()
        assert page.locator(".marcadores__vista").count() == left and page.inner_text(SAID) == "Vista quitada."
    assert page.is_visible(".marcadores__nada") and visit.said == []
    visit.context.close()


def test_views_travel_in_a_file_and_a_strange_file_changes_nothing(base: str, browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, base)
    page = opened(visit)
    save(page, "para llevar")
    with page.expect_download() as caught:
        page.click("[data-marcador=exportar]")
    file = tmp_path / caught.value.suggested_filename
    caught.value.save_as(file)
    page.locator("[data-marcador=quitar]").click()

    def bring(text: str) -> str:
        file.write_text(text, encoding="utf-8")
        page.evaluate(f"document.querySelector('{SAID}').textContent = ''")
        page.set_input_files(".marcadores [type=file]", file)
        until(lambda: bool(page.locator(SAID).text_content()), page)  # the page's policy lets no string be waited for
        return page.inner_text(SAID)

    kept = file.read_text(encoding="utf-8")
    for strange in ("esto no es JSON", "[]", '{"otra": 1}', "null", '{"siegem-vistas": 3}'):
        assert "no se cambió nada" in bring(strange), strange
    assert page.locator(".marcadores__vista").count() == 0
    assert bring(kept).startswith("Vistas traídas del archivo: 1.")
    assert "para llevar" in page.inner_text(".marcadores__vista")
    good: dict[str, Any] = json.loads(kept)["siegem-vistas"][0]
    bad = [None, 7, {}, *({**good, "direccion": x} for x in ("javascript:alert(1)", "https://otro.pe/", ".otro.pe/", "@otro.pe/", 5))]
    assert bring(json.dumps({"siegem-vistas": [*bad, {**good, "guardada": "ayer"}, good]})).endswith(": 0. Repetidas o no válidas: 10.")
    bring(json.dumps({"siegem-vistas": [{**good, "direccion": "//otro.pe/"}]}))  # a path, if a strange one: it stays in this site
    links = page.locator(".marcadores__vista a")
    assert all(str(x.get_attribute("href")).startswith(base) for x in links.all()) and visit.said == []
    visit.context.close()


@pytest.mark.parametrize("broken", ["getItem", "setItem"])
def test_where_nothing_can_be_stored_it_is_told_and_views_last_a_while(base: str, browser: Browser, broken: str) -> None:
    visit = Visit(browser, base)
    visit.context.add_init_script(f"Storage.prototype.{broken} = () => {{ throw new DOMException('no', 'SecurityError'); }};")
    if broken == "getItem":
        visit.context.add_init_script("Storage.prototype.setItem = Storage.prototype.getItem;")
    page = opened(visit)
    save(page, "efímera")
    assert "no deja guardar" in page.inner_text(SAID)
    assert "efímera" in page.inner_text(".marcadores__vista")
    page.keyboard.press("Escape")
    page.click("#boton-marcadores")
    assert "efímera" in page.inner_text(".marcadores__vista") and [x for x in visit.said if "error" in x] == []
    visit.context.close()


def test_what_was_stored_and_cannot_be_read_is_told_and_kept(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.context.add_init_script("if (!localStorage.getItem('siegem-vistas')) localStorage.setItem('siegem-vistas', '{rota');")
    page = opened(visit)
    assert "no se pudo leer" in page.inner_text(SAID)
    save(page, "nueva")
    assert page.evaluate("localStorage.getItem('siegem-vistas-ilegible')") == "{rota"
    assert "nueva" in page.evaluate("localStorage.getItem('siegem-vistas')") and visit.said == []
    visit.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_open_dialog_is_accessible_and_fits(base: str, browser: Browser, width: int, scheme: Any) -> None:
    visit = Visit(browser, base, bypass_csp=True, color_scheme=scheme)
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = opened(visit, f"{HERE}&lang=en")
    save(page, "a note")
    assert page.inner_text(SAID) == "View saved."
    page.evaluate(AXE)
    assert [*page.evaluate(RUN), *visit.said] == []
    assert page.evaluate("document.getElementById('marcadores').scrollWidth - document.getElementById('marcadores').clientWidth") <= 0
    visit.context.close()


def test_without_scripts_there_is_no_button(base: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + HERE)
    assert page.locator("#boton-marcadores").is_hidden() and page.locator("#boton-tema").count() == 1
    context.close()


def test_a_region_is_marked_from_the_table_to_the_chart_and_back(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open(HERE, drawn=True)
    page.wait_for_selector("#figura-comparar .barlayer .point")
    row = page.locator("tr[data-territorio='21']:visible").first
    place = page.locator("#figura-comparar").bounding_box()
    row.hover()
    assert page.evaluate(RINGS) == 1 and "resaltado" in str(row.get_attribute("class"))
    page.mouse.move(5, 5)
    assert page.evaluate(RINGS) == 0 and page.locator(".resaltado").count() == 0
    row.locator("a").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(RINGS) == 1, "the keyboard marks too"
    page.evaluate("document.activeElement.blur()")
    assert page.evaluate(RINGS) == 0

    bars = page.locator("#figura-comparar .barlayer .trace").first.locator(".point")
    bars.first.scroll_into_view_if_needed()
    box = bars.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.wait_for_selector("tr.resaltado", state="attached")
    assert page.evaluate(RINGS) == 1
    page.mouse.move(5, 5)
    page.wait_for_selector("tr.resaltado", state="detached")
    after = page.locator("#figura-comparar").bounding_box()
    assert place is not None and after is not None and (place["width"], place["height"]) == (after["width"], after["height"])
    assert visit.said == []
    visit.context.close()


def test_a_column_of_the_scorecard_is_marked(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/")
    cell = page.locator(".matriz__fila:has(td:nth-child(5)) td:nth-child(5)").first
    cell.hover()
    head = page.locator(".matriz thead th.resaltado")
    assert head.count() == 1 and "resaltado" in str(cell.get_attribute("class"))
    assert page.locator("td.resaltado").count() >= 1 and visit.said == []
    visit.context.close()


def test_the_scripts_stay_small() -> None:
    assert sum((ASSETS / name).stat().st_size for name in ("marcadores.js", "resalte.js")) <= 8192
