"""Small lines as SVG images: no chart library, no request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dashboard.formats import is_missing

_W, _H, _MARGIN = 136, 40, 5
#: greys that read on light and on dark paper alike: an image cannot follow the page's tokens
_LINE, _DOT = "#7D8894", "#5D6773"


def points(values: Sequence[Any]) -> list[list[tuple[float, float]]]:
    """Runs of (x, y) pixels, one run for each stretch without missing values."""
    present = [float(v) for v in values if not is_missing(v)]
    if not present:
        return []
    low, high = min(present), max(present)
    step = (_W - 2 * _MARGIN) / max(len(values) - 1, 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if is_missing(value):
            runs.append([])
            continue
        part = (float(value) - low) / (high - low) if high > low else 0.5
        runs[-1].append((round(_MARGIN + place * step, 1), round(_H - _MARGIN - part * (_H - 2 * _MARGIN), 1)))
    return [r for r in runs if r]


def data_uri(values: Sequence[Any]) -> str:
    """The line with its last point marked, as a `data:` address."""
    runs = points(values)
    lines = "".join(f'<polyline points="{" ".join(f"{x},{y}" for x, y in r)}"/>' for r in runs if len(r) > 1)
    alone = "".join(f'<circle cx="{r[0][0]}" cy="{r[0][1]}" r="1.5" fill="{_LINE}" stroke="none"/>' for r in runs if len(r) == 1)
    last = f'<circle cx="{runs[-1][-1][0]}" cy="{runs[-1][-1][1]}" r="3.5" fill="{_DOT}" stroke="none"/>' if runs else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_W} {_H}" fill="none" stroke="{_LINE}" stroke-width="1.5">{lines}{alone}{last}</svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"
