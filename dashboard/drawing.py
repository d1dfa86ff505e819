"""Elements that Dash has no component for: inline SVG, which follows the theme through its classes, and plain inputs. They travel as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash.development.base_component import Component


class Mark(Component):
    """One element by its tag, where nothing is live: React has none of it, and the parser of the HTML sent restores `viewBox` and the like."""

    _namespace = "dash_html_components"
    _type = "svg"
    _base_nodes = ["children"]
    _children_props: list[str] = []
    _valid_wildcard_attributes: list[str] = []

    def __init__(self, tag: str, children: Any = None, **attributes: Any) -> None:
        named = {k if k in ("className", "viewBox", "preserveAspectRatio") else k.replace("_", "-"): v for k, v in attributes.items()}
        self._type = tag
        self._prop_names = ["children", *named]
        super().__init__(children=children, **named)


def svg(width: float, height: float, *marks: Mark, label: str, name: str = "", stretched: bool = False) -> Mark:
    """A drawing of a size in its own units; `label` says it to those who do not see it. `stretched`: it fills its box, whatever its shape."""
    more = {"preserveAspectRatio": "none"} if stretched else {}
    return Mark("svg", list(marks), viewBox=f"0 0 {width:g} {height:g}", className=f"dibujo {name}".strip(), role="img", aria_label=label, **more)


def line(points: Sequence[tuple[float, float]], name: str) -> Mark:
    """A line through points."""
    return Mark("polyline", points=" ".join(f"{x:g},{y:g}" for x, y in points), className=name, fill="none", vector_effect="non-scaling-stroke")


def dot(x: float, y: float, name: str, r: float = 3.5) -> Mark:
    return Mark("circle", cx=f"{x:g}", cy=f"{y:g}", r=f"{r:g}", className=name)


def diamond(x: float, y: float, name: str, r: float = 6) -> Mark:
    return Mark("path", d=f"M{x:g} {y - r:g}L{x + r:g} {y:g}L{x:g} {y + r:g}L{x - r:g} {y:g}Z", className=name)


def words(x: float, y: float, text: str, anchor: str = "start", name: str = "dibujo__texto") -> Mark:
    return Mark("text", text, x=f"{x:g}", y=f"{y:g}", text_anchor=anchor, className=name)
