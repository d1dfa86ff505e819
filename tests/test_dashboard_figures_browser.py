"""Figures in a real browser: no word over another or cut, a region ringed in every chart that has it, intervals and dates in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving, until
from tests.test_dashboard_figures import strangers
from tests.whole_sample import build

pytestmark = pytest.mark.browser

#: page -> its charts, and the widest and the narrowest screen they are drawn on; narrower, a table or a list stands in their place
CHARTS = {
    "/procesos": (("cascada",), (1440, 390)), "/formalizacion": (("embudo",), (1440, 390)), "/plan": (("calor",), (1440, 900)),
    "/region/26": (("perfil", "espina"), (1440, 1100)), "/comparar?vista=embudo": (("embudo_estadistico",), (1440, 390)),
}  # fmt: skip
#: words that leave their chart, and pairs of words that share more than the room between lines
CROWDED = """chart => {
  const frame = chart.getBoundingClientRect(), out = [], boxes = [];
  for (const word of chart.querySelectorAll('.main-svg text')) {
    const lines = word.querySelectorAll('tspan.line');
    for (const line of lines.length ? lines : [word]) {
      const box = line.getBoundingClientRect();
      if (!line.textContent.trim() || !box.width) continue;
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        out.push('cut: ' + line.textContent);
      for (const [other, told] of boxes) {
        const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
        if (wide > 1 && Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 6) out.push(told + ' / ' + line.textContent);
      }
      boxes.push([box, line.textContent]);
    }
  }
  return out;
}"""
#: intervals and dates of the page that stand on two lines
BROKEN = r"""() => {
  const out = [], walk = document.createTreeWalker(document.querySelector('.contenido'), NodeFilter.SHOW_TEXT);
  for (let node; node = walk.nextNode();) for (const found of node.data.matchAll(/\d[\d.,]*–\d[\d.,]*|\d\d-\d\d-\d{4}/g)) {
    const range = document.createRange();
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    if (new Set([...range.getClientRects()].filter(box => box.width > 1).map(box => Math.round(box.top / 4))).size > 1) out.push(node.data);
  }
  return out;
}"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(build(tmp_path_factory.mktemp("graficos")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def chart(page: Page, name: str) -> Locator:
    found = page.locator(f".grafico[data-figura*='/{name}?']").first
    found.scroll_into_view_if_needed()
    until(lambda: found.locator(".main-svg").count() > 0, page, 20)
    page.evaluate("document.fonts.ready")
    return found


@pytest.mark.parametrize(("lang", "first"), [("es", 0), ("en", 1)])
def test_no_word_of_a_chart_is_cut_over_another_or_in_a_type_of_the_machine(base: str, browser: Browser, lang: str, first: int) -> None:
    visit = Visit(browser, base)
    for path, (names, widths) in CHARTS.items():
        for width in widths[first:]:
            visit.page.set_viewport_size({"width": width, "height": 900})
            page = visit.open(f"{path}{'&' if '?' in path else '?'}lang={lang}")
            for name in names:
                found = chart(page, name)
                assert found.evaluate(CROWDED) == [], (name, width)
                told = found.evaluate("chart => [...chart.querySelectorAll('.main-svg text')].map(word => word.textContent).join(' ')")
                assert len(told) > 50 and strangers(told) == "", name
    visit.context.close()


def ringed(page: Page, found: Locator, code: str) -> list[dict[str, Any]]:
    """The rings of a chart, with what they are around, once the region's link in the page's table is pointed at."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        """code => {
            const link = document.createElement('a');
            link.href = '/region/' + code;
            link.id = 'senalada';
            document.getElementById('senalada')?.remove();
            document.querySelector('.contenido').append(link);
            link.dispatchEvent(new PointerEvent('pointerover', {bubbles: true}));
        }""",
        code,
    )
    return list(
        found.evaluate(
            """chart => [...chart.querySelectorAll('.resalte')].map(ring => {
                const look = getComputedStyle(ring), {width, height, y} = ring.getBoundingClientRect();
                return {stroke: look.stroke, filter: look.filter, width, height, y};
            })"""
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_region_is_ringed_in_the_heat_map_and_at_both_its_points(base: str, browser: Browser, scheme: Any) -> None:
    visit = Visit(browser, base, color_scheme=scheme)
    page = visit.open("/plan")
    heat = chart(page, "calor")
    cells = heat.locator(".point").count()
    rings = ringed(page, heat, "13")
    assert len(rings) == 2 and len({r["y"] for r in rings}) == 1, "every cell of its row and no other"
    assert len(ringed(page, heat, "24")) == 2, "a row without values too"
    assert cells > 50 and len({r["stroke"] for r in rings}) == 1
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in rings[0]["filter"] and rings[0]["stroke"] != ground, "the ring has the page's ground around it: seen on any cell"

    page = visit.open("/comparar?vista=cambio")
    rings = ringed(page, chart(page, "cambio_regiones"), "21")
    assert len(rings) == 2, "the hollow point of the earlier period and the full one of the present"
    visit.context.close()


def test_regions_without_value_are_ringed_in_the_bars(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    page = visit.open("/mapa")
    assert len(ringed(page, chart(page, "comparar_barras"), "24")) == 1
    visit.context.close()


def test_intervals_and_dates_stand_on_one_line_on_a_phone(base: str, browser: Browser) -> None:
    visit = Visit(browser, base)
    for path in ("/", "/procesos", "/indicador/pct_tramites_en_plazo?region=21", "/region/13", "/calidad"):
        page = visit.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.locator("span.sin-corte").count() > 0, path
        for width in (390, 360, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(BROKEN) == [], (path, width)
    visit.context.close()
