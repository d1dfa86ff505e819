"""Pictures of every page for the README: `python -m tests.pictures http://127.0.0.1:8050 docs/img`. Small PNGs, cut at a readable height.

With `--publico` after them, those of the public site, which is at that address.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from tests.browser import chromium

PAGES = {
    "resumen": "/",
    "comparar": "/comparar",
    "regiones": "/region",
    "region": "/region/13",
    "indicador": "/indicador/pct_tramites_en_plazo?region=13",
    "produccion": "/indicador/produccion_cobre?region=04",
    "situacion-areas": "/indicador/distribucion_situacion_area_2006",
    "mapa": "/mapa",
    "calidad": "/calidad",
    "entregas": "/entregas?region=13&tabla=tramites&periodo=2026-09",
    "seguimiento": "/entregas/seguimiento?periodo=2026-09",
}
PUBLIC = {"publico": "/", "publico-provincia": "/provincia/1309/", "publico-pregunta": "/pregunta/pct_tramites_en_plazo/", "datos": "/datos"}
#: width -> tallest picture worth keeping
SIZES = {1440: 2200, 390: 1800}


def main(base: str, folder: Path, pages: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for width, tallest in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": 900})
            for name, path in pages.items():
                page.goto(base + path)
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(1200)
                height = min(page.evaluate("document.documentElement.scrollHeight"), tallest)
                page.set_viewport_size({"width": width, "height": height})  # bars that stick to the window then lie at its ends
                page.wait_for_timeout(600)
                picture = Image.open(io.BytesIO(page.screenshot()))
                picture.convert("RGB").quantize(192, method=Image.Quantize.MAXCOVERAGE).save(folder / f"{name}-{width}.png", optimize=True)
                page.set_viewport_size({"width": width, "height": 900})
            page.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), PUBLIC if "--publico" in sys.argv else PAGES)
