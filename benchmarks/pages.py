"""What each page costs with a cold cache, against a stated baseline: bytes on the wire, requests, nodes, and when one can read, see and use it.

Run: `python -m benchmarks.pages [RUTA ...] [--kbps 1600 --procesador 4] [--datos CARPETA] [--luego]`. Without a folder it uses the tests' sample
publication. `--kbps 0` leaves the line alone. `--luego` adds how long each page takes when it is reached by a click from the summary.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving
from tests.sample_publication import build
from warehouse.settings import load
from warehouse.store import Warehouse

PAGES = ("/", "/comparar", "/region/13", "/indicador/pct_tramites_en_plazo", "/mapa", "/calidad")
#: what the same program measured before pages were sent once: November 2026, 77 indicators, 1.6 Mbps, processor 4 times slower, a shared machine
BASELINE: dict[str, tuple[int, ...]] = {
    "/": (914, 130, 23, 9_610, 1_504, 1_504, 13_094),
    "/comparar": (816, 816, 22, 1_806, 1_032, 8_577, 8_577),
    "/indicador/pct_tramites_en_plazo": (832, 52, 24, 2_838, 756, 1_056, 8_230),
}
COLUMNS = ("KB", "KB a la vista", "solic.", "nodos", "texto ms", "gráfico ms", "todo ms")
_PAINT = "performance.getEntriesByName('first-contentful-paint').map(e => Math.round(e.startTime))[0] || 0"
_ENTRIES = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
_WIRE = f"{_ENTRIES}.map(e => e.transferSize).reduce((a, b) => a + b, 0)"
#: what had fully come when the page could first be read with its chart
_SEEN = f"limit => {_ENTRIES}.filter(e => e.responseEnd && e.responseEnd <= limit).map(e => e.transferSize).reduce((a, b) => a + b, 0)"
#: a chart drawn by the server (bars, a line, a map, a profile) or by plotly; looked for at every frame from the first moment, without asking the
#: browser for a layout that it would not have made
_WATCH = """
window.vistas = {};
(function () {
    const watched = new WeakSet();
    const eye = new IntersectionObserver(found => {
        const laid = found.filter(one => one.boundingClientRect.width);
        if (!vistas.grafico && laid.length) vistas.grafico = Math.round(laid[0].time);  // the frame's own time: this is told a task later
    });
    (function look() {
        for (const chart of document.querySelectorAll('.barras, .chispa, .boceto, .perfil, .js-plotly-plot .main-svg')) {
            if (!watched.has(chart)) { watched.add(chart); eye.observe(chart); }
        }
        if (!vistas.texto && document.querySelector('main h1')) vistas.texto = Math.round(performance.now());
        if (!vistas.todo) requestAnimationFrame(look);
    })();
})();
"""
#: React stands, every chart in sight is drawn, the filters answer
_WORKS = """
() => !document.getElementById('previa') && document.querySelector('#_pages_content > *')
    && [...document.querySelectorAll('.grafico')].every(g => {
        const box = g.getBoundingClientRect();
        return !box.width || box.top > innerHeight || g.querySelector('.main-svg');
    }) && (vistas.todo = Math.round(performance.now()))
"""


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("rutas", nargs="*", default=list(PAGES))
    options.add_argument("--kbps", type=int, default=1600, help="limita la línea, con 150 ms de espera; 0 = sin límite")
    options.add_argument("--procesador", type=float, default=4, help="cuántas veces más lento")
    options.add_argument("--datos", type=Path, help="carpeta de una instalación")
    options.add_argument("--luego", action="store_true", help="además, lo que tarda cada página desde el clic")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(load(datos=chosen.datos)) if chosen.datos else build(Path(folder))
        app = create_app(warehouse)
        with serving(app) as base, chromium() as browser:
            _visit(browser, base, chosen.rutas[0], 0, 1)
            for path in chosen.rutas:
                urlopen(base + path).read()  # made once by the server: what is measured is its way to the reader
            time.sleep(20)  # until the files are compressed at full strength
            print(f"{'página':40} " + " ".join(f"{c:>13}" for c in COLUMNS))
            for path in chosen.rutas:
                _show(path, _visit(browser, base, path, chosen.kbps, chosen.procesador))
            if chosen.luego:
                print("\ndesde el clic, sin límites (ms): " + "  ".join(f"{p} {_later(browser, base, p)}" for p in chosen.rutas))


def _show(path: str, found: dict[str, int]) -> None:
    before = BASELINE.get(path)
    print(f"{path:40} " + " ".join(f"{found[c]:13,}" for c in COLUMNS))
    if before:
        print(f"{'  antes':40} " + " ".join(f"{n:13,}" for n in before))


def _visit(browser: Any, base: str, path: str, kbps: int, slower: float) -> dict[str, int]:
    visit = Visit(browser, base)
    page = visit.page
    page.add_init_script(_WATCH)
    wire = visit.context.new_cdp_session(page)
    if kbps:
        wire.send("Network.enable")
        speed = {"offline": False, "latency": 150, "downloadThroughput": kbps * 125, "uploadThroughput": kbps * 125}
        wire.send("Network.emulateNetworkConditions", speed)
    if slower > 1:
        wire.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(visit.base + path, wait_until="commit", timeout=120_000)
    page.wait_for_function(_WORKS, timeout=120_000)
    works = int(page.evaluate("vistas.todo"))
    page.wait_for_load_state("networkidle")
    seen, paint = page.evaluate("vistas"), int(page.evaluate(_PAINT))
    chart = max(int(seen.get("grafico") or 0), paint)
    found = {
        "KB": round(page.evaluate(_WIRE) / 1000), "KB a la vista": round(page.evaluate(_SEEN, chart) / 1000), "solic.": len(visit.asked),
        "nodos": int(page.evaluate("document.querySelectorAll('*').length")), "texto ms": paint, "gráfico ms": chart, "todo ms": works,
    }  # fmt: skip
    visit.context.close()
    return found


def _later(browser: Any, base: str, path: str) -> int:
    """Milliseconds from the click on a link to the page's own heading, from another page that stands."""
    visit = Visit(browser, base)
    page = visit.open("/mapa" if path == "/" else "/")
    page.wait_for_load_state("networkidle")
    took = page.evaluate(
        """path => new Promise(done => {
            const before = document.querySelector('h1'), text = before.textContent, start = performance.now();
            const link = Object.assign(document.createElement('a'), {href: path});
            link.setAttribute('data-navegar', '');
            document.querySelector('.siegem-app').appendChild(link);
            link.click();
            (function look() {
                const now = document.querySelector('#_pages_content h1');
                if (now && now.textContent !== text && location.pathname === new URL(path, location).pathname)
                    requestAnimationFrame(() => done(Math.round(performance.now() - start)));
                else setTimeout(look, 4);
            })();
        })""",
        path,
    )
    visit.context.close()
    return int(took)


if __name__ == "__main__":
    main()
