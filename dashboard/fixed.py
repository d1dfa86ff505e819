"""What of a page is only text and marks: sent as HTML, never as components. React makes what a callback can change and nothing more.

A component is live where a callback names it or where another library draws it; what holds no live component is fixed. The root of a fixed
part stays a component, so that every selector of the style sheets finds it where the page wrote it; what is inside travels as HTML under
`data-fijo`, the digest of that HTML. `assets/siegem.js` puts it in place, or moves there what the server's copy of the page already holds.
A chart is a place with the address of its figure, drawn when it comes near the screen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard import preview, unbroken

HTML = "dash_html_components"
#: components of Dash's own library that are told in HTML; any other makes its surroundings live
_TOLD = ("Store", "Graph", "Link")
Json = dict[str, Any]


@dataclass(frozen=True)
class Live:
    """What callbacks name: ids, and the `type` of pattern-matching ids."""

    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()

    def names(self, id: Any) -> bool:
        return str(id.get("type")) in self.types if isinstance(id, dict) else str(id) in self.ids


@dataclass
class Parted:
    """A page in its three forms: the whole as HTML, its components with the fixed parts' HTML, and the same without it."""

    html: str
    full: list[Any]
    bare: list[Any]


@dataclass
class _Work:
    live: Live
    #: name of a graph -> address of its figure
    figures: dict[str, str] = field(default_factory=dict)
    known: dict[int, bool] = field(default_factory=dict)


def part(children: list[Any], live: Live) -> Parted:
    """Part a page's children; the components given are not changed."""
    work = _Work(live)
    _find_figures(children, work)
    parts = [_one(child, work) for child in children]
    return Parted("".join(p[0] for p in parts), _kept(parts, 1), _kept(parts, 2))


def _kept(parts: list[tuple[str, Any, Any]], form: int) -> list[Any]:
    return [p[form] for p in parts if p[form] is not None]


def _find_figures(child: Any, work: _Work) -> None:
    """The addresses of figures: each stands in a Store of the graph's own name."""
    if isinstance(child, (list, tuple)):
        for item in child:
            _find_figures(item, work)
    elif isinstance(child, Component):
        own = getattr(child, "id", None)
        if isinstance(own, dict) and own.get("type") == "figura-url":
            work.figures[str(own.get("id"))] = str(getattr(child, "data", "") or "")
        _find_figures(getattr(child, "children", None), work)


def _is_fixed(child: Any, work: _Work) -> bool:
    if isinstance(child, (list, tuple)):
        return all(_is_fixed(item, work) for item in child)
    if not isinstance(child, Component):
        return True
    found = work.known.get(id(child))
    if found is None:
        found = work.known[id(child)] = _is_told(child, work) and _is_fixed(getattr(child, "children", None), work)
    return found


def _is_told(child: Component, work: _Work) -> bool:
    """Whether the component itself, what it holds aside, can be told in HTML for good."""
    own = getattr(child, "id", None)
    if own is not None and work.live.names(own):
        return False
    if child._namespace == HTML:
        return True
    if child._namespace != "dash_core_components" or child._type not in _TOLD:
        return False
    kind = own.get("type") if isinstance(own, dict) else ""
    return child._type == "Link" or kind == "figura-url" or (isinstance(own, dict) and kind == "figura" and str(own["id"]) in work.figures)


def _one(child: Any, work: _Work) -> tuple[str, Any, Any]:
    """(HTML, component with its HTML, component without it) of one child; None where nothing is left of it."""
    if not isinstance(child, Component):
        return preview.to_html(child), child, child
    if not _is_fixed(child, work):
        if child._namespace != HTML:
            return preview.to_html(child), child, child
        parts = [_one(c, work) for c in _listed(getattr(child, "children", None))]
        tag, props = child._type, preview.props_of(child)
        inside = "".join(p[0] for p in parts)
        return preview.element(tag, props, inside, ids=False), _json(tag, props, _kept(parts, 1)), _json(tag, props, _kept(parts, 2))
    tag, props, children = _told(child, work)
    if not tag:
        return "", None, None
    if not isinstance(children, (list, tuple, Component)):  # a text alone: React makes it as cheaply
        made = _json(tag, props, children)
        return preview.element(tag, props, _inside(children, work), ids=False), made, made
    inside = _inside(children, work)
    mark = {"data-fijo": hashlib.sha256(inside.encode()).hexdigest()[:16]}
    html = preview.element(tag, {**props, **mark}, inside, ids=False)
    return html, _json(tag, {**props, **mark, "data-html": inside}), _json(tag, {**props, **mark})


def _told(child: Component, work: _Work) -> tuple[str, Json, Any]:
    """Tag, attributes and children of a fixed component; no tag where it shows nothing."""
    props = preview.props_of(child)
    children = props.pop("children", None)
    if child._namespace == HTML:
        if isinstance(props.get("id"), dict):
            del props["id"]
        return child._type, props, unbroken.pieces(child._type, str(props.get("className") or ""), children)
    shape = {"className": props["className"]} if props.get("className") else {}
    if child._type == "Link":
        return "A", {**shape, "href": props.get("href", ""), "data-navegar": ""}, children
    if child._type == "Graph":
        return "Div", {**shape, "data-figura": work.figures[str(props["id"]["id"])]}, None
    return "", {}, None


def _inside(child: Any, work: _Work) -> str:
    """HTML within a fixed part, with its ids: they stand nowhere else."""
    if isinstance(child, (list, tuple)):
        return "".join([_inside(item, work) for item in child])
    if not isinstance(child, Component):
        return preview.to_html(child)
    tag, props, children = _told(child, work)
    return preview.element(tag, props, _inside(children, work)) if tag else ""


def _listed(children: Any) -> list[Any]:
    return list(children) if isinstance(children, (list, tuple)) else [] if children is None else [children]


def _json(tag: str, props: Json, children: Any = None) -> Json:
    """A component as Dash's encoder writes it."""
    return {"props": {**props, "children": children}, "type": tag, "namespace": HTML}
