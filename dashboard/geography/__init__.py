"""Outlines of the 26 regions, for maps drawn as filled polygons (Plotly scatter) or as inline SVG.

Codes are INEI's two digits, except that Lima is two governments: "15" is the Gobierno Regional de Lima (Lima
Provincias) and "26" is Lima Metropolitana. Provenance and licence: README.md in this folder.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib.resources import files

Point = tuple[float, float]
Ring = list[Point]

#: Callao and Lima Metropolitana cannot be seen on a map of the country: draw a marker at their centre.
SMALL = ("07", "26")

_MIDDLE_LATITUDE = -9.2  # of Peru: one degree of longitude is drawn this parallel's share of one of latitude
_STRETCH = math.cos(math.radians(_MIDDLE_LATITUDE))


@lru_cache(maxsize=1)
def _regions() -> dict[str, dict]:
    text = files(__package__).joinpath("regiones.json").read_text(encoding="utf-8")
    return dict(sorted(json.loads(text).items()))


@lru_cache(maxsize=1)
def codes() -> tuple[str, ...]:
    """The 26 region codes, "01" to "26"."""
    return tuple(_regions())


@lru_cache(maxsize=32)
def rings(cod_region: str) -> list[Ring]:
    """Closed rings of (longitude, latitude): outlines run clockwise, holes the other way. KeyError if unknown."""
    return [[(x, y) for x, y in ring] for ring in _regions()[cod_region]["anillos"]]


def centre(cod_region: str) -> Point:
    """Centre of gravity of the region's largest outline, (longitude, latitude)."""
    x, y = _regions()[cod_region]["centro"]
    return x, y


@lru_cache(maxsize=1)
def bounds() -> tuple[float, float, float, float]:
    """(west, south, east, north) of the country."""
    points = [point for code in codes() for ring in rings(code) for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def project(point: Point, width: float, height: float) -> Point:
    """Longitude and latitude to pixels: equirectangular, the whole country fitted and centred, y downwards."""
    west, south, east, north = bounds()
    scale = min(width / ((east - west) * _STRETCH), height / (north - south))
    left = (width - (east - west) * _STRETCH * scale) / 2
    top = (height - (north - south) * scale) / 2
    return left + (point[0] - west) * _STRETCH * scale, top + (north - point[1]) * scale


@lru_cache(maxsize=256)
def svg_path(cod_region: str, width: float, height: float) -> str:
    """The `d` of an SVG path; with `fill-rule="evenodd"` holes stay open."""
    parts = []
    for ring in rings(cod_region):
        points = (project(point, width, height) for point in ring[:-1])
        parts.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z")
    return "".join(parts)
