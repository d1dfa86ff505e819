"""The public site in a real browser: read without scripts from a bare file server, found by name, in a frame of another site, and by axe."""

from __future__ import annotations

import functools
import http.server
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser

from dashboard import api, icon, published
from dashboard.publico.export import write_site
from dashboard.publico.router import router
from dashboard.static import ASSETS
from tests.browser import Visit, chromium, serving
from tests.sample_publication import build
from warehouse import statements

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))"""
#: one page of each kind
KINDS = (
    "/", "/lugar/13/", "/lugar/00/", "/provincia/1310/", "/tema/procesos/", "/pregunta/pct_tramites_en_plazo/", "/pregunta/distribucion_situacion_area_2006/",
    "/insertar/pct_tramites_en_plazo/", "/no-sabemos/", "/cambios/", "/descargas/", "/acerca/", "/buscar?q=san%20juan", "/nada/", "/p/1/lugar/13/", "/api",
)  # fmt: skip
#: seen in both themes, in English, and as a phone shows them
FEW = ("/", "/lugar/13/", "/provincia/1310/", "/en/pregunta/pct_tramites_en_plazo/", "/no-sabemos/")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    warehouse = build(tmp_path_factory.mktemp("almacen"))
    statements.state(
        warehouse.engine, ("tramites", "13", "2026-T3"), "Ana Quispe, GREMH La Libertad", "Faltan 14 expedientes que se entregaron tarde."
    )
    published.open_store(warehouse)
    app = FastAPI(openapi_url=None)
    for part in (icon.router, router, api.router):
        app.include_router(part)
    app.mount("/assets", StaticFiles(directory=ASSETS))
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(base: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sitio") / "mineria"
    write_site(published.snapshot(), made)
    return made


@contextmanager
def bare(folder: Path) -> Iterator[str]:
    """A file server that knows nothing of ours; the site is in a sub-folder of it."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{folder.name}"
    finally:
        server.shutdown()
        server.server_close()


def broken(browser: Browser, base: str, path: str, width: int, scheme: str) -> list[str]:
    """What axe finds with every fold open, what the console says, what is asked of elsewhere, and whether the page is wider than the screen."""
    visit = Visit(browser, base, bypass_csp=True, color_scheme=scheme)
    visit.page.set_viewport_size({"width": width, "height": 900})
    try:
        visit.page.goto(base + path)
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        found = [f"ancho: {w}"] if (w := visit.page.evaluate("document.documentElement.scrollWidth")) > width else []
        visit.page.evaluate(AXE)
        quiet = [s for s in visit.said if "404" not in s or path != "/nada/"]
        return [*found, *visit.page.evaluate(RUN), *quiet, *(u for u in visit.asked if not u.startswith((base, "data:")))]
    finally:
        visit.context.close()


def test_every_kind_of_page_is_accessible_quiet_and_local(base: str, browser: Browser) -> None:
    wrong = {path: found for path in KINDS if path != "/nada/" and (found := broken(browser, base, path, 1440, "light"))}
    assert not wrong, "\n".join(f"{path}: {line}" for path, lines in wrong.items() for line in lines)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1440, "dark")])
def test_some_pages_are_accessible_on_a_phone_and_in_the_dark(base: str, browser: Browser, width: int, scheme: str) -> None:
    wrong = {path: found for path in FEW if (found := broken(browser, base, path, width, scheme))}
    assert not wrong, "\n".join(f"{path}: {line}" for path, lines in wrong.items() for line in lines)


def test_someone_of_huamachuco_finds_her_region_without_scripts(base: str, browser: Browser) -> None:
    visit = Visit(browser, base, java_script_enabled=False)
    page = visit.page
    page.goto(base + "/")
    page.get_by_label("Busque su provincia, distrito o región").fill("huamachuco")
    page.get_by_role("button", name="Buscar").click()
    assert page.url == f"{base}/lugar/13/"
    assert "de cada 100" in page.locator("h1").inner_text() and "La Libertad" in page.locator("h1").inner_text()
    assert page.get_by_text("Faltan 14 expedientes que se entregaron tarde.").is_visible()
    page.get_by_text("Ver la tabla").first.click()
    assert page.locator("details[open] table").first.is_visible()
    page.get_by_role("link", name="/p/2/lugar/13/").last.click()
    assert page.url == f"{base}/p/2/lugar/13/" and page.get_by_text("Esta dirección siempre mostrará lo mismo.").is_visible()
    visit.context.close()


def test_structured_data_is_not_stopped_by_the_policy_and_nothing_is_run(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    visit.page.goto(base + "/pregunta/pct_tramites_en_plazo/")
    assert visit.said == []
    assert visit.page.locator('script[type="application/ld+json"]').count() == 1
    assert [u for u in visit.asked if u.endswith(".js")] == []
    visit.context.close()


def test_a_chart_stands_in_a_page_of_another_site_and_a_page_does_not(base: str, browser: Browser, tmp_path: Path) -> None:
    other = tmp_path / "otro"
    other.mkdir()
    frames = "".join(
        f'<iframe src="{base}{path}" width="100%" height="300"></iframe>' for path in ("/p/2/insertar/pct_tramites_en_plazo/", "/lugar/13/")
    )
    (other / "index.html").write_text(f"<!DOCTYPE html><title>x</title>{frames}")
    with bare(other) as address:
        visit = Visit(browser, address)
        visit.page.goto(f"{address}/index.html")
        chart, page = visit.page.frame_locator("iframe").nth(0), visit.page.frame_locator("iframe").nth(1)
        assert chart.get_by_role("img").is_visible() and chart.get_by_role("link", name="SIEGEM, publicación N.º 2").is_visible()
        assert page.get_by_text("SIEGEM").count() == 0
        visit.context.close()


@pytest.mark.parametrize("way", ["servidor", "disco"])
def test_the_site_of_files_is_read_without_scripts(folder: Path, browser: Browser, way: str) -> None:
    with bare(folder) as served:
        address = served if way == "servidor" else folder.as_uri()
        visit = Visit(browser, address, java_script_enabled=False)
        page = visit.page
        page.goto(f"{address}/index.html")
        page.get_by_role("link", name="La Libertad", exact=True).first.click()
        assert "de cada 100" in page.locator("h1").inner_text()
        assert page.evaluate("getComputedStyle(document.querySelector('h1 b')).color") == "rgb(160, 85, 26)"
        page.get_by_role("link", name="Trujillo", exact=True).click()
        assert "En la provincia de Trujillo" in page.locator("h1").inner_text()
        page.get_by_role("link", name="EN", exact=True).click()
        assert "In the province of Trujillo" in page.locator("h1").inner_text()
        page.get_by_role("link", name="What we do not know").first.click()
        assert page.locator("h1").inner_text() == "What we do not know"
        assert all(u.startswith((address, "data:")) for u in visit.asked) and visit.said == []
        visit.context.close()


def test_in_the_site_of_files_a_script_may_narrow_the_list_of_places(folder: Path, browser: Browser) -> None:
    with bare(folder) as address:
        visit = Visit(browser, address)
        visit.page.goto(f"{address}/index.html")
        visit.page.get_by_label("O escriba el nombre de su provincia o región").fill("trujílló")
        assert visit.page.get_by_role("link", name="Trujillo", exact=True).is_visible()
        assert not visit.page.get_by_role("link", name="Pasco", exact=True).is_visible()
        assert visit.page.get_by_role("status").inner_text() == "Lugares con ese nombre: 1"
        assert visit.said == []
        visit.page.evaluate(AXE)
        assert visit.page.evaluate(RUN) == []
        visit.context.close()


VISIBLE = "e => e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})"


def test_a_fold_opens_without_scripts_for_a_link_for_the_keyboard_and_on_paper(base: str, browser: Browser) -> None:
    visit = Visit(browser, base, java_script_enabled=False)
    page = visit.page
    page.goto(base + "/lugar/13/")
    inside = page.locator("#procesos li").first
    assert not inside.evaluate(VISIBLE) and page.locator("#temas summary").first.is_visible()
    page.emulate_media(media="print")
    assert inside.evaluate(VISIBLE)
    page.emulate_media(media="screen")
    page.locator("details:has(> #procesos) > summary").focus()
    page.keyboard.press("Enter")
    assert inside.evaluate(VISIBLE)
    page.goto(base + "/lugar/19/#procesos")
    assert page.locator("#procesos li").first.evaluate(VISIBLE)
    visit.context.close()


def test_every_link_within_a_page_leads_to_something_seen(base: str, browser: Browser) -> None:
    visit = Visit(browser, base, java_script_enabled=False)
    page = visit.page
    known = set()
    for place in ("/lugar/13/", "/lugar/24/"):
        page.goto(base + place)
        marks = page.evaluate("[...new Set([...document.querySelectorAll('main a[href^=\"#\"]')].map(a => a.hash))]")
        for mark in marks:
            page.goto(f"{base}{place}{mark}")
            assert page.locator(mark).evaluate(VISIBLE), mark
        known.update(marks)
    assert known == {"#temas", "#no-sabemos", "#descargar", "#descargos"}
    visit.context.close()


def test_keys_go_through_a_page_in_the_order_it_is_read(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.page
    page.goto(base + "/lugar/13/")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("(e => e === document.body ? null : Math.round(e.getBoundingClientRect().top + scrollY))(document.activeElement)"))
        if seen[-1] is None:
            break
    assert seen[-1] is None or len(seen) == 60
    # links of one line and of two columns may go up a little; nothing jumps back a screen
    steps = [b - a for a, b in itertools.pairwise(seen[1:]) if a is not None and b is not None]
    assert min(steps) > -400, seen
    visit.context.close()


def test_no_page_asks_for_an_icon_that_is_not_there(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    for path in ("/", "/api", "/api/v1/publicaciones"):
        visit.page.goto(base + path)
        assert visit.said == [], path
    answer = visit.page.request.get(base + "/favicon.ico")
    assert answer.status == 200 and answer.headers["content-type"] == "image/svg+xml"
    visit.context.close()
