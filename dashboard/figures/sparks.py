"""`chispa`: the small line of a card. Not a chart but a mask over a coloured box, so that it follows the theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from dashboard.formats import is_missing

WIDTH, HEIGHT, EDGE = 136, 40, 5


def points(values: Sequence[Any]) -> list[tuple[float, float] | None]:
    """Places of the values in pixels, None where there is none; all at middle height where they are equal."""
    known = [float(v) for v in values if not is_missing(v)]
    if not known:
        return [None] * len(values)
    low, span = min(known), max(known) - min(known)
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)

    def height(value: float) -> float:
        return HEIGHT / 2 if span == 0 else HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE)

    return [None if is_missing(v) else (round(EDGE + i * step, 1), round(height(float(v)), 1)) for i, v in enumerate(values)]


def path(values: Sequence[Any]) -> str:
    """The SVG path of the line, broken where a value is missing; a lone value is a short dash."""
    parts, pen = [], False
    places = points(values)
    for i, place in enumerate(places):
        if place is None:
            pen = False
            continue
        alone = not pen and (i + 1 == len(places) or places[i + 1] is None)
        parts.append(f"M{place[0] - 2 if alone else place[0]} {place[1]}" + ("h4" if alone else "") if not pen else f"L{place[0]} {place[1]}")
        pen = True
    return "".join(parts)


def _mask(drawing: str) -> str:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' viewBox='0 0 {WIDTH} {HEIGHT}'>{drawing}</svg>"
    return f'url("data:image/svg+xml,{quote(svg)}")'


def _layer(drawing: str, color: str) -> html.Span:
    style = {
        "position": "absolute",
        "inset": 0,
        "backgroundColor": color,
        "maskImage": _mask(drawing),
        "WebkitMaskImage": _mask(drawing),
        "maskSize": "100% 100%",
        "WebkitMaskSize": "100% 100%",
        "maskRepeat": "no-repeat",
        "WebkitMaskRepeat": "no-repeat",
    }
    return html.Span(style=style)


def spark(values: Sequence[Any], label: str, *, selected: bool = False) -> html.Span:
    """The last values as a line with a dot at the newest one; `label` says it to those who do not see it."""
    layers = [_layer(f"<path d='{path(values)}' fill='none' stroke='#000' stroke-width='1.8' stroke-linejoin='round'/>", "var(--tinta-3)")]
    places = points(values)
    if places and places[-1] is not None:
        x, y = places[-1]
        layers.append(_layer(f"<circle cx='{x}' cy='{y}' r='4'/>", "var(--cobre)" if selected else "var(--tinta)"))
    frame = {"position": "relative", "display": "inline-block", "width": f"{WIDTH}px", "aspectRatio": f"{WIDTH} / {HEIGHT}", "maxWidth": "100%"}
    return html.Span(layers, className="chispa", style=frame, role="img", **{"aria-label": label})
