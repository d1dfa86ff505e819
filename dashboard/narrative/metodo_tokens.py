"""The tokens of the style sheet, read from the style sheet: their values in each theme, and how well they can be read on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dashboard.static import ASSETS

#: contrast that AA asks of text, and of large text and drawings
TEXT, DRAWING = 4.5, 3.0
#: tokens that text is written in, and those that drawings are told by; the others are grounds and quiet lines
_READ = ("tinta", "tinta-2", "tinta-3", "cobre", "sobre-cobre", "mejora", "empeora", "senal")
_DRAWN = ("contexto-0", "trama")
_VALUE = re.compile(r"--([a-z0-9-]+):\s*([^;]+);(?:\s*/\*\s*(.*?)\s*\*/)?")


@dataclass(frozen=True)
class Colour:
    """A colour token: its value in both themes, and what it is held to on the page's ground (0 where nothing is read from it)."""

    name: str
    light: str
    dark: str
    least: float
    ratio_light: float
    ratio_dark: float

    @property
    def holds(self) -> bool:
        return min(self.ratio_light, self.ratio_dark) >= self.least


@lru_cache(maxsize=1)
def _blocks() -> dict[str, dict[str, str]]:
    """Selector -> its tokens; of several blocks of one selector the last one counts, as in the browser."""
    css = (ASSETS / "10-tokens.css").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for selector, body in re.findall(r"(?m)^([:\[][^{@]*?)\s*\{(.*?)^\}", css, flags=re.S):
        found.setdefault(" ".join(selector.split()), {}).update({k: v.strip() for k, v, _ in _VALUE.findall(body)})
    return found


def sizes(prefix: str) -> dict[str, str]:
    """Size tokens by prefix (`t` type, `e` spacing), as written."""
    return {k: v for k, v in _blocks()[":root"].items() if k.startswith(f"{prefix}-")}


def projected() -> dict[str, str]:
    """Tokens that a projector changes."""
    return _blocks()["[data-projector]"]


def colours() -> list[Colour]:
    """Every colour token, in the order of the style sheet."""
    light, dark = _blocks()[':root, [data-theme="light"]'], _blocks()['[data-theme="dark"]']
    made = []
    for name, value in light.items():
        if not value.startswith("#"):
            continue
        least = TEXT if name in _READ else DRAWING if name in _DRAWN else 0.0
        ground = "cobre" if name == "sobre-cobre" else "papel"
        made.append(Colour(name, value, dark[name], least, contrast(value, light[ground]), contrast(dark[name], dark[ground])))
    return made


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours written #rrggbb."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
