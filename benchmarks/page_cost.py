"""What each page costs with a cold cache: bytes on the wire, requests, milliseconds to the first text, to React, to the first figure.

Run: `python -m benchmarks.page_cost [--kbps 1600 --procesador 4] [--datos CARPETA]`. Without a folder it uses the tests' sample publication.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from dashboard.app import create_app
from tests.browser import Visit, chromium, serving
from tests.sample_publication import build
from warehouse.settings import load
from warehouse.store import Warehouse

PAGES = ("/", "/comparar", "/region/13", "/indicador/pct_tramites_en_plazo", "/mapa", "/calidad")
_PAINT = "performance.getEntriesByName('first-contentful-paint').map(e => Math.round(e.startTime))[0] || 0"
_WIRE = (
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(e => e.transferSize).reduce((a, b) => a + b, 0)"
)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--kbps", type=int, default=0, help="limita la línea, con 150 ms de espera")
    options.add_argument("--procesador", type=float, default=1, help="cuántas veces más lento")
    options.add_argument("--datos", type=Path, help="carpeta de una instalación")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(load(datos=chosen.datos)) if chosen.datos else build(Path(folder))
        app = create_app(warehouse)
        time.sleep(20)  # until the files are compressed at full strength
        with serving(app) as base, chromium() as browser:
            print(f"{'página':40} {'KB':>7} {'solic.':>6} {'texto ms':>9} {'React ms':>9} {'figura ms':>9}")
            for path in PAGES:
                _measure(Visit(browser, base), path, chosen.kbps, chosen.procesador)


def _measure(visit: Visit, path: str, kbps: int, slower: float) -> None:
    page = visit.page
    wire = visit.context.new_cdp_session(page)
    if kbps:
        wire.send("Network.enable")
        speed = {"offline": False, "latency": 150, "downloadThroughput": kbps * 125, "uploadThroughput": kbps * 125}
        wire.send("Network.emulateNetworkConditions", speed)
    if slower > 1:
        wire.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    start = time.monotonic()
    page.goto(visit.base + path, wait_until="commit", timeout=120_000)
    page.wait_for_selector("#_pages_content > *", state="attached", timeout=120_000)
    react = round(1000 * (time.monotonic() - start))
    figure = "-"
    if page.locator(".dash-graph").count():
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=120_000)
        figure = str(round(1000 * (time.monotonic() - start)))
    page.wait_for_load_state("networkidle")
    print(f"{path:40} {page.evaluate(_WIRE) / 1000:7,.0f} {len(visit.asked):6} {page.evaluate(_PAINT):9} {react:9} {figure:>9}")
    visit.context.close()


if __name__ == "__main__":
    main()
