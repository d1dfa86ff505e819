"""The platform in a real browser: what rests on Dash's private names, and what only a browser can tell."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving, until
from tests.sample_publication import build

pytestmark = pytest.mark.browser

PAGES = """
import dash
from dashboard import components as c, formats
from dashboard.published import snapshot

dash.register_page(__name__, path="/", title="Resumen")
dash.register_page(__name__ + ".region", path_template="/region/<cod>", title="Región", layout=lambda cod, lang="es": [
    c.sentence(f"Región {cod} ({lang})"), c.link("al resumen", "/")])


def broken(**_):
    raise ValueError("<roto a propósito>")


dash.register_page(__name__ + ".falla", path="/falla", title="Falla", layout=broken)


def layout(lang="es", publicacion=None, region="13", indicador="pct_tramites_en_plazo"):
    shown = snapshot(publicacion)
    sheet = shown.sheet(indicador)
    frame = shown.values(indicador, period=shown.last_period(indicador), category="")
    rows = [[formats.place(r.territorio, lang), c.Cell(formats.number(r.valor, 1, lang), r.valor)] for r in frame.itertuples()]
    return [
        c.sentence("En setiembre, todo se lee."),
        c.filters(c.select_filter("region", "Región", region, [("13", "La Libertad"), ("19", "Pasco")])),
        c.figure_block("a", "comparar_barras", {"indicador": indicador, "territorio": region, "lang": lang}, "Título", "Subtítulo",
                       c.source_line(shown, sheet, 10, lang), lang=lang,
                       table=c.data_table("t", [c.Column("Región"), c.Column("Valor", numeric=True)], rows, "Valores", lang=lang)),
        c.link("a Pasco", "/region/19"),
    ]
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tablero")
    pages = folder / "paginas"
    pages.mkdir()
    (pages / "muestra.py").write_text(PAGES, encoding="utf-8")
    with serving(create_app(build(folder / "datos"), pages_folder=pages)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_a_deep_link_as_first_request_to_a_fresh_worker_has_styles_and_scripts(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/region/13?lang=en")
    assert page.locator("h1").inner_text() == "Región 13 (en)"
    assert page.evaluate("getComputedStyle(document.querySelector('.cabecera')).display") != "block"
    assert page.evaluate("typeof window.dash_clientside.siegem.llegada") == "function"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert visit.said == [] and visit.local()


def test_the_first_page_loads_our_plotly_and_nothing_twice_nor_elsewhere(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/", drawn=True)
    page.wait_for_timeout(300)
    assert visit.said == []  # no violation of the Content Security Policy, no error
    assert visit.local()
    names = " ".join(visit.asked)
    assert "plotly-custom.min.js" in names
    for unused in ("package_data/plotly", "dash_table", "polyfill@", "dash-ws", "_reload-hash"):
        assert unused not in names
    assert [url for url in set(visit.asked) if visit.asked.count(url) > 1 and "_dash-update-component" not in url] == []
    total = sum(visit.bytes.values())
    print(f"primera página con una figura: {total:,} bytes en {len(visit.asked)} solicitudes")
    assert total < 1_000_000


def test_a_page_without_figures_does_not_load_plotly(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.open("/region/13").wait_for_timeout(300)
    assert "plotly" not in " ".join(visit.asked)
    print(f"página sin figuras: {sum(visit.bytes.values()):,} bytes en {len(visit.asked)} solicitudes")


def test_no_websocket_is_opened(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    opened: list[str] = []
    visit.page.on("websocket", lambda ws: opened.append(ws.url))
    page = visit.open("/")
    assert opened == []
    told = page.evaluate("""() => new Promise(done => { const s = new WebSocket(location.origin.replace('http', 'ws') + '/_dash-ws-callback');
        s.onopen = () => done('abierto'); s.onerror = () => done('cerrado'); })""")
    assert told == "cerrado"


def test_the_page_is_read_without_scripts(base: str, browser: Browser) -> None:
    visit = Visit(browser, base, java_script_enabled=False)
    visit.page.goto(base + "/")
    assert visit.page.locator("h1").inner_text() == "En setiembre, todo se lee."
    assert visit.page.locator("tbody tr").count() == 28
    assert "/api/v1/indicadores" in visit.page.locator("noscript, .aviso").first.inner_text()
    visit.page.fill("#buscador", "pasco")
    visit.page.press("#buscador", "Enter")
    visit.page.wait_for_url("**/region/19")


def test_a_layout_that_raises_shows_an_error_with_its_code(base: str, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    visit = Visit(browser, base)
    visit.open("/")
    visit.page.evaluate("history.pushState({}, '', '/falla'); window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'))")
    visit.page.wait_for_selector(".estado-vacio--error")
    code = visit.page.locator(".estado-vacio--error code").inner_text()
    assert len(code) == 8 and "roto" not in visit.page.content()
    assert any(code in r.getMessage() and r.exc_info for r in caplog.records)


def test_an_unknown_address_within_the_site_has_its_own_page(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    assert visit.page.goto(base + "/no/existe").status == 404  # type: ignore[union-attr]
    visit.page.wait_for_selector("#previa", state="detached")
    assert visit.page.locator("h1").inner_text() == "Esta página no existe"


def test_links_and_the_back_button_do_not_reload(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/?region=13")
    page.evaluate("window.marca = 1")
    page.click("text=a Pasco")
    page.wait_for_selector("text=Región 19 (es)")
    assert page.locator('.riel [aria-current="page"]').inner_text() == "Mi región"
    assert page.title() == "Región · SIEGEM"
    page.go_back()
    page.wait_for_selector("text=En setiembre, todo se lee.")
    assert page.evaluate("window.marca") == 1 and page.url.endswith("/?region=13")
    assert page.locator('.riel [aria-current="page"]').inner_text() == "Resumen"
    page.go_forward()
    page.wait_for_selector("text=Región 19 (es)")
    assert visit.said == []


def test_a_filter_writes_the_address_and_asks_for_the_figure(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/?lang=en", drawn=True)
    page.click(".filtros input")
    page.click("text=Pasco >> visible=true")
    page.wait_for_url("**region=19**")
    assert "lang=en" in page.url
    until(lambda: page.locator(".filtros input").first.input_value() == "Pasco", page)
    until(lambda: any("figuras/comparar_barras" in u and "territorio=19" in u and "publicacion=2" in u for u in visit.asked), page)
    page.go_back()
    until(lambda: page.locator(".filtros input").first.input_value() == "La Libertad", page)
    assert visit.said == []


def test_theme_and_language_switch(base: str, browser: Browser) -> None:
    visit = Visit(browser, base, color_scheme="light")
    page = visit.open("/", drawn=True)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#boton-tema")
    page.wait_for_selector('html[data-theme="dark"]')
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    page.click('[data-idioma="en"]')
    page.wait_for_selector("text=Compare")
    assert "lang=en" in page.url and page.evaluate("document.documentElement.lang") == "en"
    page.wait_for_selector("#previa", state="detached")
    page.click("text=a Pasco")
    page.wait_for_selector("text=Región 19 (en)")
    assert "lang=en" in page.url
    page.click('[data-idioma="es"]')
    page.wait_for_selector("text=Región 19 (es)")
    assert visit.said == []


def test_the_search_box_goes_without_reloading(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/")
    page.evaluate("window.marca = 1")
    page.keyboard.press("/")
    page.keyboard.type("moque")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Región 18 (es)")
    assert page.evaluate("window.marca") == 1


def test_headers_sort_a_table_and_missing_stays_last(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/")
    page.click(".figura__tabla summary")

    def shown() -> list[str]:
        return page.locator("tbody td").all_inner_texts()

    def sort(direction: str) -> list[float]:
        page.click(".tabla__orden >> nth=1")
        page.wait_for_selector(f'th[aria-sort="{direction}"]')
        texts = shown()
        assert texts[-6:] == ["–"] * 6
        return [float(x) for x in texts[:-6]]

    assert sort("ascending") == sorted(sort("descending"))


def test_a_figure_is_cached_by_the_browser(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/", drawn=True)
    url = next(u for u in visit.asked if "/figuras/" in u)
    again = page.evaluate(
        """async url => { performance.clearResourceTimings(); const r = await fetch(url); await r.text();
        await new Promise(done => setTimeout(done, 100)); return [r.status, performance.getEntriesByName(r.url).pop().transferSize]; }""",
        url,
    )
    assert again == [200, 0]


def test_the_page_reloads_when_its_header_tells_another_publication(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/")
    page.evaluate("document.querySelector('[data-publicacion]').dataset.publicacion = '1'; window.marca = 1")
    page.click("text=a Pasco")
    page.wait_for_selector('[data-publicacion="2"]')
    assert page.evaluate("window.marca") is None


def test_the_version_of_python_is_not_told(base: str, browser: Browser) -> None:
    page = Visit(browser, base).open("/")
    told = json.loads(page.locator("#_dash-config").inner_text() or page.evaluate("document.getElementById('_dash-config').textContent"))
    assert "python_version" not in told and told["plotlyjs_url"].startswith("/assets/v-")


def test_phones_have_the_bottom_bar_with_five_entries(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open("/")
    assert page.locator(".barra-inferior__enlace:visible").count() == 5
    assert page.locator(".riel__enlace:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_catalogue_of_pages_is_found_by_path(base: str) -> None:
    from dashboard import dash_internals

    page, variables = dash_internals.page_of("/region/07")
    assert page is not None and variables == {"cod": "07"}
    assert dash_internals.page_of("/nada") == (None, {})
