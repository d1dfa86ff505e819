"""Browser assets: geometry, bundle, style sheets and drawings hold together. No browser here."""

from __future__ import annotations

import importlib.util
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from dashboard import geography
from dashboard.static import BUNDLE, Static, compressed

DASHBOARD = Path(geography.__file__).parent.parent
ASSETS = DASHBOARD / "assets"
BUILD = DASHBOARD / "build"
SHEETS = sorted(ASSETS.glob("*.css"))
PERU = (-81.4, -18.4, -68.6, 0.1)  # west, south, east, north


def area(ring: list[tuple[float, float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def inside(point: tuple[float, float], rings: list[list[tuple[float, float]]]) -> bool:
    x, y = point
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                odd = not odd
    return odd


# ---- geometry


def test_geometry_has_the_26_regions() -> None:
    assert geography.codes() == tuple(f"{n:02d}" for n in range(1, 27))
    assert set(geography.SMALL) <= set(geography.codes())
    assert (Path(geography.__file__).parent / "regiones.json").stat().st_size <= 60_000
    with pytest.raises(KeyError):
        geography.rings("27")


@pytest.mark.parametrize("code", [f"{n:02d}" for n in range(1, 27)])
def test_region_is_a_closed_clockwise_outline_in_peru(code: str) -> None:
    west, south, east, north = PERU
    x, y = geography.centre(code)
    assert west < x < east and south < y < north
    rings = geography.rings(code)
    assert area(rings[0]) < 0, "the outline must run clockwise"
    for ring in rings:
        assert ring[0] == ring[-1] and len(ring) >= 4
        assert all(west < px < east and south < py < north for px, py in ring)
    if code != "07":  # Callao is a headland and an island: its centre may fall in the water between them
        assert inside((x, y), rings)


def test_misnamed_regions_are_where_they_should_be() -> None:
    x, y = geography.centre("07")
    assert -77.3 < x < -76.9 and -12.2 < y < -11.7  # Callao
    x, y = geography.centre("21")
    assert x > -71.5 and y < -13.0  # Puno, called "Callao" by the source
    x, y = geography.centre("26")
    assert -77.2 < x < -76.6 and -12.6 < y < -11.5  # Lima Metropolitana
    assert abs(area(geography.rings("15")[0])) > 5 * abs(area(geography.rings("26")[0]))
    assert inside((-78.5, -7.16), geography.rings("06")), "the city of Cajamarca"
    assert inside((-71.97, -13.52), geography.rings("08")), "the city of Cusco"


def test_neighbours_share_their_border() -> None:
    pasco = {point for ring in geography.rings("19") for point in ring}
    junin = {point for ring in geography.rings("12") for point in ring}
    assert len(pasco & junin) > 10


def test_svg_path_fits_its_box_and_points_north() -> None:
    for code in geography.codes():
        path = geography.svg_path(code, 400, 560)
        assert path.startswith("M") and path.endswith("Z")
        numbers = [tuple(map(float, pair.split(","))) for pair in re.findall(r"-?[\d.]+,-?[\d.]+", path)]
        assert all(0 <= x <= 400 and 0 <= y <= 560 for x, y in numbers)
    tumbes, tacna = (geography.project(geography.centre(code), 400, 560) for code in ("24", "23"))
    assert tumbes[1] < tacna[1] and tumbes[0] < tacna[0]


# ---- bundle and fonts


def test_bundle_is_small_and_asks_no_other_host() -> None:
    bundle = ASSETS / "vendor" / "plotly-custom.min.js"
    text = bundle.read_text(encoding="utf-8")
    assert bundle.stat().st_size < 1_300_000
    assert text.startswith("/*! plotly.js v4.1.1") and (ASSETS / "vendor" / "plotly.js.LICENSE").exists()
    assert "cdn.plot.ly" not in text
    assert "window.Plotly=" in text and '"set."' in text


def test_generator_runtime_is_minified_and_licensed() -> None:
    file = ASSETS / "vendor" / "regenerator-runtime.min.js"
    assert file.stat().st_size < 8_000
    assert file.read_text(encoding="utf-8").startswith("/*! regenerator-runtime 0.14.1. Copyright (c) 2014-present, Facebook, Inc. MIT licence")
    assert "MIT License" in (ASSETS / "vendor" / "regenerator-runtime.LICENSE").read_text(encoding="utf-8")


def test_what_every_page_loads_of_ours_is_light() -> None:
    """A phone pays for it on the first visit: the script of one page waits for that page (`data-guion`)."""
    static = Static(Path("unused"), lambda _: None)
    assert len(compressed(static.files[BUNDLE], "br", 11)) <= 24_000
    assert sum(len(compressed(static.files[name], "br", 11)) for name in static.scripts()) <= 16_000
    assert "foro.js" not in static.scripts()


def test_nothing_of_ours_names_another_host() -> None:
    ours = [*SHEETS, *ASSETS.glob("*.js"), *ASSETS.glob("guiones/*.js"), *ASSETS.glob("entregas/*.js"), *ASSETS.glob("*.svg")]
    for file in ours:
        hosts = set(re.findall(r"https?://([\w.-]+)", file.read_text(encoding="utf-8")))
        assert hosts <= {"www.w3.org"}, f"{file.name}: {hosts}"


def test_build_is_pinned_and_names_no_registry() -> None:
    package = json.loads((BUILD / "package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())
    lock = json.loads((BUILD / "package-lock.json").read_text(encoding="utf-8"))
    entries = [entry for path, entry in lock["packages"].items() if path]
    assert entries and all("resolved" not in entry and "integrity" in entry for entry in entries)
    assert not (BUILD / "node_modules").exists()


def test_fonts_are_local_and_licensed() -> None:
    tokens = (ASSETS / "10-tokens.css").read_text(encoding="utf-8")
    named = re.findall(r'url\("(fonts/[^"]+)"\)', tokens)
    assert len(named) == 2
    for name in named:
        assert (ASSETS / name).read_bytes()[:4] == b"wOF2"
    assert "SIL Open Font License" in (ASSETS / "fonts" / "source-sans-3.LICENSE").read_text(encoding="utf-8")


# ---- style sheets


def uncommented(file: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)


def theme(selector: str) -> dict[str, str]:
    text = uncommented(ASSETS / "10-tokens.css")
    body = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", text)
    assert body, f"{selector} is not in 10-tokens.css"
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", body[1]))


def test_every_custom_property_used_is_defined() -> None:
    text = "".join(uncommented(file) for file in SHEETS)
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    without_fallback = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert without_fallback <= defined, f"undefined: {sorted(without_fallback - defined)}"


def test_themes_define_the_same_names() -> None:
    light, dark, automatic = theme('[data-theme="light"]'), theme('[data-theme="dark"]'), theme('[data-theme="auto"]')
    assert light.keys() == dark.keys() and len(light) > 20
    assert automatic == dark


def test_figures_can_name_every_colour_the_script_uses() -> None:
    known = theme('[data-theme="light"]').keys() | {"letra"}
    used = set(re.findall(r"'var:([\w-]+)'", (ASSETS / "siegem.js").read_text(encoding="utf-8")))
    assert used and used <= known


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    bright, dim = sorted((luminance(a), luminance(b)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


TEXT_ON_GROUND = [
    *((ink, ground) for ink in ("tinta", "tinta-2", "tinta-3", "cobre", "mejora", "empeora", "senal") for ground in ("papel", "superficie")),
    *((ink, ground) for ink in ("tinta", "tinta-2") for ground in ("contexto-3", "cobre-tinte", "mejora-tinte", "empeora-tinte")),
    ("tinta-3", "contexto-3"),
    ("cobre", "cobre-tinte"),
    ("empeora", "empeora-tinte"),
    ("sobre-cobre", "cobre"),
]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_can_be_read(name: str) -> None:
    colours = theme(f'[data-theme="{name}"]')
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT_ON_GROUND}
    weak = {pair: ratio for pair, ratio in weak.items() if ratio < 4.5}
    assert not weak
    assert contrast(colours["mejora"], colours["mejora-tinte"]) >= 3  # the shape; words on this tint are in ink


def test_drawings_and_what_is_generated_from_them_agree() -> None:
    spec = importlib.util.spec_from_file_location("iconos", BUILD / "iconos.py")
    assert spec and spec.loader
    iconos = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(iconos)
    for name, text in iconos.outputs().items():
        assert (ASSETS / name).read_text(encoding="utf-8") == text, f"run dashboard/build/iconos.py: {name} is old"
    asked = "resumen comparar region indicador mapa calidad metodologia datos buscar sol luna descargar tabla enlace"
    shapes = "mejora empeora igual senal piloto"
    assert {*asked.split(), *shapes.split()} <= iconos.icons().keys()


def test_every_absence_has_its_drawing() -> None:
    from warehouse.states import PUBLISHED, STATES

    text = "".join(uncommented(file) for file in SHEETS)
    for state in STATES:
        if state != PUBLISHED:
            assert f".trama--{state}" in text and f".matriz__celda--ausente-{state}" in text, state


def test_classes_in_the_list_exist() -> None:
    """CLASSES.md is the contract with the components: no class is promised that no sheet or script knows."""
    text = "".join(uncommented(file) for file in SHEETS)
    listed = {
        name
        for value in re.findall(r'class="([^"]+)"', (BUILD / "CLASSES.md").read_text(encoding="utf-8"))
        for name in value.split()
        if re.fullmatch(r"[a-z][\w-]*", name)
    }
    missing = {name for name in listed if f".{name}" not in text}
    assert not missing


def test_every_block_of_the_style_sheets_is_in_the_list_of_classes() -> None:
    """Whoever writes a page reads CLASSES.md: a block that is only in a style sheet would be drawn a second time."""
    named = set(re.findall(r"[a-z][\w-]*", (BUILD / "CLASSES.md").read_text(encoding="utf-8")))
    theirs = ("mantine-", "plot", "modebar", "js-plotly-plot", "main-svg")
    found = set()
    for sheet in SHEETS:
        for selector in re.findall(r"([^{}]+)\{", re.sub(r"url\([^)]*\)", "", uncommented(sheet))):
            found |= {re.split(r"__|--", name)[0] for name in re.findall(r"\.([a-z][\w-]*)", selector)}
    assert sorted(b for b in found - named if not b.startswith(theirs)) == []
