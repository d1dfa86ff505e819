"""Every page of the registry in a real browser: no rule of axe is broken, nothing is asked of another host, nothing is wrong in the console."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import dash
import pytest
from playwright.sync_api import Browser

from ops.server import application_of
from tests.browser import Visit, chromium, serving, until
from tests.sample_publication import build

pytestmark = pytest.mark.browser

#: what the variables of an address stand for in the sample
VARIABLES = {"cod": "13", "ubigeo": "1310", "id": "pct_tramites_en_plazo", "seq": "1"}
#: pages seen in both themes, in English and as a phone shows them too
FEW = ("/", "/indicador/pct_tramites_en_plazo", "/region/13", "/comparar")
#: pages that fill themselves from the server after they stand
ASKS_LATER = ("/entregas", "/avisos")
DRAWN = "[...document.querySelectorAll('.grafico')].every(g => g.offsetParent === null || g.querySelector('.main-svg'))"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    warehouse = build(tmp_path_factory.mktemp("tablero"))
    with serving(application_of(warehouse)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def paths() -> list[str]:
    """An address of every registered page."""
    found = []
    for page in dash.page_registry.values():
        template = page["path_template"] or page["path"]
        for name in [part[1:-1] for part in template.split("/") if part.startswith("<")]:
            template = template.replace(f"<{name}>", VARIABLES.get(name, "1"))
        found.append(template)
    return sorted(found)


def broken(browser: Browser, base: str, path: str, width: int = 1440, **context: Any) -> list[str]:
    """What is wrong with a page. The page's own policy forbids other scripts than ours: only here it is set aside, for axe."""
    visit = Visit(browser, base, bypass_csp=True, **context)
    visit.page.set_viewport_size({"width": width, "height": 900})
    try:
        page = visit.open(path)
        if path.startswith(ASKS_LATER):
            page.wait_for_load_state("networkidle")
        else:  # half a second of silence on each of thirty pages is a quarter of a minute
            until(lambda: bool(page.evaluate(DRAWN)), page, 20)
        page.evaluate(AXE)
        found = [*page.evaluate(RUN), *visit.said]
        return [*found, *([] if visit.local() else [url for url in visit.asked if not url.startswith(base)])]
    finally:
        visit.context.close()


def test_every_registered_page_is_accessible_quiet_and_local(base: str, browser: Browser) -> None:
    assert len(paths()) > 5
    wrong = {path: found for path in paths() if (found := broken(browser, base, path))}
    assert not wrong, "\n".join(f"{path}: {line}" for path, lines in wrong.items() for line in lines)


@pytest.mark.parametrize(("width", "context"), [(1440, {"color_scheme": "dark"}), (390, {"color_scheme": "light"}), (390, {"color_scheme": "dark"})])
def test_some_pages_are_accessible_in_the_dark_and_on_a_phone(base: str, browser: Browser, width: int, context: dict[str, Any]) -> None:
    wrong = {path: found for path in FEW for found in [broken(browser, base, path, width, **context)] if found}
    assert not wrong, "\n".join(f"{path}: {line}" for path, lines in wrong.items() for line in lines)
