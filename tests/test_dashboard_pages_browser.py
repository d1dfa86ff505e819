"""Every page in a real browser: wide and phone, light and dark, nothing wrong in the console, nothing wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import dash
import pytest
from playwright.sync_api import Browser, Page

from dashboard import language
from ops import server
from tests.browser import Visit, chromium, serving, until
from tests.sample_publication import build

pytestmark = pytest.mark.browser

#: what the variables of an address stand for in the sample
VARIABLES = {"cod": "13", "ubigeo": "1310", "id": "pct_tramites_en_plazo", "seq": "1"}
#: states of pages that show what the plain address does not
STATES = [
    "/?region=13", "/procesos?region=13", "/comparar?indicador=produccion_cobre&region=02", "/region/26", "/mapa?region=13", "/indicador/pct_tramites_en_plazo?region=13",
    "/indicador/distribucion_situacion_area_2006", "/indicador/produccion_cobre", "/indicador/pct_tramites_en_plazo?publicacion=1",
    "/indicador/mediana_dias_etapa?region=13", "/indicador/razon_mujeres_formalizacion?region=13",
]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    warehouse = build(tmp_path_factory.mktemp("tablero"))
    with serving(server.application_of(warehouse)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


#: all charts that can be seen are drawn; what a figure without room (a view for another width) would show is nobody's
DRAWN = "[...document.querySelectorAll('.grafico')].every(g => g.offsetParent === null || g.querySelector('.main-svg'))"
#: what no reader should meet: a number that is none, a value that is not there, a place left open in a sentence
SLIPS = re.compile(r"\bNaN\b|\bundefined\b|\bNone\b|\bnull\b|\[object |\{[a-z_]+\}")
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def registered() -> list[str]:
    """An address of every registered page, but the one of addresses that have none."""
    found = []
    for page in dash.page_registry.values():
        template = page["path_template"] or page["path"]
        for name in re.findall(r"<(\w+)>", template):
            template = template.replace(f"<{name}>", VARIABLES[name])
        found.append(template)
    return sorted(p for p in found if p not in ("/no-encontrada", "/entregas/constancia/1"))


def wrong_with(page: Page, width: int) -> list[str]:
    """What a reader of this width would stumble over."""
    page.set_viewport_size({"width": width, "height": 900})
    for _ in range(40):  # charts follow the width a moment later
        wider = page.evaluate(_WIDER)
        if wider <= 0:
            break
        page.wait_for_timeout(50)
    told = str(page.evaluate("document.querySelector('main').innerText"))
    found = [f"{width} px: wider by {wider}"] if wider > 0 else []
    found += [f"{width} px: {slip[0]} in …{told[max(0, slip.start() - 40) : slip.end() + 40]!r}" for slip in SLIPS.finditer(told)]
    return found if page.locator("h1").count() == 1 else [*found, "not one heading"]


def seen(browser: Browser, base: str, path: str, lang: str) -> list[str]:
    """A page opened wide and light in Spanish, or narrow and dark in English; then turned to the other width and theme."""
    wide, scheme = (1440, "light") if lang == "es" else (390, "dark")
    visit = Visit(browser, base, color_scheme=scheme)
    visit.page.set_viewport_size({"width": wide, "height": 900})
    try:
        page = visit.open(path if lang == "es" else f"{path}{'&' if '?' in path else '?'}lang=en")
        until(lambda: bool(page.evaluate(DRAWN)), page, 20)
        found = wrong_with(page, wide)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        page.evaluate("window.siegemTema.choose(window.siegemTema.effective() === 'dark' ? 'light' : 'dark')")
        found += wrong_with(page, 390 if wide == 1440 else 1440)
        return [*found, *visit.said, *([] if visit.local() else ["asked elsewhere"])]
    finally:
        visit.context.close()


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_registered_page_is_quiet_whole_and_fits(base: str, browser: Browser, lang: str) -> None:
    language.missing.clear()
    wrong = {path: found for path in [*registered(), *(STATES if lang == "es" else [])] if (found := seen(browser, base, path, lang))}
    assert not wrong, "\n".join(f"{path}: {line}" for path, lines in wrong.items() for line in lines)
    assert language.missing == set()


def test_a_province_is_chosen_and_leads_to_its_region(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/provincia/1310")
    current = ".riel [aria-current='page']"
    assert page.locator(current).get_attribute("data-seccion") == "/region", "a province is part of its region"
    page.locator("input[aria-label='Provincia']").click()
    page.get_by_role("option", name="Trujillo").click()
    until(lambda: "/provincia/1301" in page.url and title(page).startswith("Trujillo"), page)
    assert page.locator(current).get_attribute("data-seccion") == "/region", "after a step within the site too"
    page.get_by_role("link", name="Ver la región").click()
    until(lambda: "/region/13" in page.url and "La Libertad" in title(page), page)
    assert visit.said == []
    visit.context.close()


def test_a_phone_sees_the_view_that_is_open_two_filters_in_a_row_and_why_a_value_is_missing(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open("/comparar?vista=dos")
    box = page.locator(".vistas [aria-current='page']").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.goto(base + "/comparar")
    boxes = [b for b in (g.bounding_box() for g in page.locator(".filtros > .filtros__grupo").all()) if b is not None]
    assert len(boxes) >= 3 and len({round(b["y"]) for b in boxes}) < len(boxes), "not one under the other"
    reasons = [b for b in (r.bounding_box() for r in page.locator(".tabla__razon").all()) if b is not None]
    assert reasons and all(b["x"] + b["width"] <= 390 for b in reasons)
    visit.context.close()


def title(page: Page) -> str:
    return str(page.evaluate("(document.querySelector('h1') || {innerText: ''}).innerText"))


def test_only_the_first_painting_leaves_out_what_is_below(base: str, browser: Browser) -> None:
    """Once it stands all is laid out; without scripts nothing is ever left out."""
    quiet = browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    page = quiet.new_page()
    page.goto(base + "/")
    box = page.locator(".matriz--cuadro td").first.bounding_box()
    assert box is not None and box["width"] > 20
    quiet.close()
    cut = Visit(browser, base)  # the line broke after the first script: the page is whole all the same
    cut.page.route("**/siegem.js", lambda route: route.abort())
    cut.page.goto(base + "/")
    until(lambda: (cut.page.locator(".matriz--cuadro td").first.bounding_box() or {"width": 0})["width"] > 20, cut.page)
    cut.context.close()
    visit = Visit(browser, base)
    page = visit.open("/")
    assert page.evaluate("document.documentElement.hasAttribute('data-naciente')") is False
    assert page.evaluate("[...document.querySelectorAll('main *')].some(e => getComputedStyle(e).contentVisibility === 'hidden')") is False
    visit.context.close()


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
