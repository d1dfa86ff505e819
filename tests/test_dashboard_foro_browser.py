"""The forum in a browser: arrows, notes, agreements, and the frozen file without any network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard import forum_file, published
from dashboard.app import create_app
from tests import slides_reading as reading
from tests.browser import Visit, chromium, serving, until
from tests.sample_publication import build

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """(() => {
    const found = [];
    for (const e of document.querySelectorAll('.foro--actual *')) {
        if (!e.offsetParent || e.matches('.solo-lector')) continue;
        const told = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if (told && parseFloat(getComputedStyle(e).fontSize) < 24) found.push(e.className || e.tagName);
    }
    return found;
})()"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("foro")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def actual(page: Page) -> str:
    return str(page.evaluate("(document.querySelector('.foro--actual') || {id: ''}).id"))


def test_the_arrows_move_and_the_page_comes_back(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/foro?region=13")
    assert actual(page) == ""
    page.get_by_role("link", name="Presentar", exact=True).click()
    until(lambda: actual(page) == "lamina-1", page)
    for key in ("ArrowRight", " ", "PageDown"):
        page.keyboard.press(key)
    assert actual(page) == "lamina-4" and page.url.endswith("/foro?region=13#lamina-4")
    page.keyboard.press("ArrowLeft")
    page.mouse.click(400, 300)
    assert actual(page) == "lamina-4"
    page.keyboard.press("p")
    assert page.locator(".foro--actual .foro__notas").is_visible()
    page.keyboard.press("End")
    assert base + "/foro?region=13&publicacion=2" in page.locator(".foro--actual .foro-direccion").inner_text()
    page.keyboard.press("Escape")
    assert actual(page) == "" and page.url.endswith("/foro?region=13") and page.locator(".cabecera").is_visible()
    assert visit.said == [] and visit.local()
    visit.context.close()


def test_a_slide_has_its_own_address_and_leaving_the_page_ends_the_show(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/foro#lamina-3")
    until(lambda: actual(page) == "lamina-3", page)
    page.keyboard.press("Escape")
    page.locator(".riel a[href='/comparar']").click()
    page.wait_for_url("**/comparar")
    until(lambda: page.locator(".foro").count() == 0, page)
    assert not page.evaluate("document.documentElement.hasAttribute('data-foro') || document.documentElement.hasAttribute('data-projector')")


def test_the_letters_are_large_and_phones_fit(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.page.set_viewport_size({"width": 1920, "height": 1080})
    page = visit.open("/foro#lamina-1")
    until(lambda: actual(page) == "lamina-1", page)
    for _ in range(page.locator(".foro").count()):
        assert page.evaluate(SMALL) == [], actual(page)
        assert page.evaluate("(s => s.scrollWidth - s.clientWidth)(document.querySelector('.foro--actual'))") <= 0, actual(page)
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(FITS) <= 0
    visit.context.close()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720), (1024, 768)])
def test_no_slide_is_cut_by_a_projector_with_fewer_points(base: str, browser: Browser, width: int, height: int) -> None:
    """What is below the edge nobody in the hall sees; the letter keeps its size on the wall (24 of 1080), or nearly so where the screen is square."""
    visit = Visit(browser, base)
    visit.page.set_viewport_size({"width": width, "height": height})
    page = visit.open("/foro#lamina-1")
    until(lambda: actual(page) == "lamina-1", page)
    assert float(page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")) >= 0.0222 * height
    for _ in range(page.locator(".foro").count()):
        assert page.evaluate("(s => s.scrollHeight - s.clientHeight)(document.querySelector('.foro--actual'))") <= 0, actual(page)
        page.keyboard.press("ArrowRight")
    visit.context.close()


def test_boxes_marked_go_into_the_address_in_order(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/foro?indicadores=produccion_cobre")
    page.get_by_text("Añadir o quitar").click()
    page.locator(".foro-cajas input[value='pct_tramites_en_plazo']").check()
    page.get_by_role("link", name="Ver las láminas").click()
    page.wait_for_url("**/foro?indicadores=produccion_cobre,pct_tramites_en_plazo")
    until(lambda: page.locator(".foro-elegidos li").count() == 2, page)


def note_one(page: Page) -> None:
    page.keyboard.press("a")
    page.fill("#foro-acuerdo", "=Firmar, «contratos»")
    page.fill("#foro-responsable", "GREMH La Libertad")
    page.fill("#foro-fecha", "2027-03-01")
    page.locator("#foro-dialogo [data-foro='guardar']").click()


def test_agreements_stay_in_the_browser_and_leave_as_a_file(base: str, browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, base)
    page = visit.open("/foro#lamina-2")
    until(lambda: actual(page) == "lamina-2", page)
    note_one(page)
    assert actual(page) == "lamina-2"
    page.reload()
    until(lambda: page.locator("[data-acuerdos] tr td").count() > 1, page, 20)
    cells = page.locator("[data-acuerdos] td").all_inner_texts()
    assert cells[0] == "=Firmar, «contratos»" and "01-03-2027" in cells
    page.evaluate("location.hash = '#' + document.querySelector('.foro--hoja').id")
    until(lambda: page.locator(".foro--hoja.foro--actual").count() == 1, page)
    with page.expect_download() as download:
        page.locator(".foro--hoja [data-foro='csv']").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith('"1","\'=Firmar, «contratos»","GREMH La Libertad","2027-03-01",""')
    page.locator(".foro--hoja [data-foro='borrar']").click()
    page.locator(".foro--hoja [data-foro='borrar']").click()
    assert page.locator("[data-acuerdos] button").count() == 0
    visit.context.close()


def test_notes_stay_in_the_browser_and_go_into_both_files(base: str, browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, base)
    page = visit.open("/foro?region=13&indicadores=pct_tramites_en_plazo,pct_tramites_en_plazo~mapa#lamina-3")
    until(lambda: actual(page) == "lamina-3", page)
    page.keyboard.press("p")
    page.locator(".foro--actual [data-nota]").fill("Pedir el acta")
    page.reload()
    until(lambda: actual(page) == "lamina-3", page, 20)
    until(lambda: page.locator(".foro--actual [data-nota]").input_value() == "Pedir el acta", page)
    note_one(page)
    page.keyboard.press("Escape")
    with page.expect_download() as slides:
        page.get_by_role("link", name="Descargar PPTX").click()
    assert slides.value.suggested_filename == "siegem-foro-p2.pptx"
    made = reading.opened(Path(slides.value.path()).read_bytes())
    assert any("NOTA DE QUIEN PRESENTA\nPedir el acta" in s.notes_slide.notes_text_frame.text for s in made.slides if s.has_notes_slide)
    assert "=Firmar, «contratos»" in "".join(map(reading.texts, made.slides))
    with page.expect_download() as frozen:
        page.get_by_role("link", name="Congelar").click()
    path = tmp_path / "foro.html"
    frozen.value.save_as(path)
    visit.context.close()
    away = Visit(browser, path.as_uri())
    away.page.goto(f"{path.as_uri()}#lamina-3")
    until(lambda: actual(away.page) == "lamina-3", away.page)
    assert away.page.locator(".foro--actual [data-nota]").input_value() == "Pedir el acta"
    assert (
        "=Firmar, «contratos»" in away.page.locator("[data-acuerdos] td").all_inner_texts()
        or away.page.locator("[data-acuerdos] button").count() == 1
    )
    assert away.said == []
    away.context.close()


def test_the_frozen_file_opens_without_network_with_its_charts(base: str, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "foro.html"
    path.write_text(forum_file.document(published.snapshot(), "", "13", "es", "https://siegem.example"), encoding="utf-8")
    visit = Visit(browser, path.as_uri())
    visit.context.set_offline(True)
    page = visit.page
    page.goto(path.as_uri())
    until(lambda: actual(page) == "lamina-1", page)
    total = page.locator(".foro").count()
    for n in range(2, total + 1):
        page.keyboard.press("ArrowRight")
        assert actual(page) == f"lamina-{n}"
    bar = page.locator(".foro--regiones .barras__pista > i").first
    page.evaluate("location.hash = '#' + document.querySelector('.foro--regiones').id")
    until(bar.is_visible, page)
    assert bar.bounding_box()["width"] > 50  # type: ignore[index]
    page.evaluate("location.hash = '#' + document.querySelector('.foro--serie').id")
    until(page.locator(".foro-serie__propia").first.is_visible, page)
    assert page.evaluate("document.fonts.check('24px \"Source Sans 3 Variable\"')")
    note_one(page)
    assert page.locator("[data-acuerdos] button").count() == 1
    assert visit.said == [] and all(u.startswith(("file:", "data:")) for u in visit.asked)
    visit.context.close()
