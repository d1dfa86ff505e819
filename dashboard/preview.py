"""A page's components as plain HTML, sent with the index: people read the page before any script runs, or without scripts.

It stands beside React's root until React has drawn the same page. Ids of what React will draw are left out, so none is double.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any

from dash.development.base_component import Component

_VOID = {"br", "hr", "img", "input", "col", "wbr", "source"}
_NAMES = {
    "className": "class", "htmlFor": "for", "tabIndex": "tabindex", "colSpan": "colspan", "rowSpan": "rowspan", "srcSet": "srcset",
    "acceptCharset": "accept-charset", "httpEquiv": "http-equiv",
}  # fmt: skip
_LEFT_OUT = {"children", "key", "n_clicks", "n_clicks_timestamp", "disable_n_clicks", "style", "loading_state", "dir_name"}
_CAMEL = re.compile(r"(?=[A-Z])")
#: style properties whose numbers are no lengths, as React knows them
_PURE = {"flex", "flex-grow", "flex-shrink", "font-weight", "grid-column", "grid-row", "line-height", "opacity", "order", "z-index", "zoom"}


def to_html(child: Any) -> str:
    """HTML of components, texts and lists of them. Of other libraries' components only the place is kept."""
    if child is None or isinstance(child, bool):
        return ""
    if isinstance(child, (list, tuple)):
        return "".join(map(to_html, child))
    if not isinstance(child, Component):
        return escape(str(child), quote=False)
    props = props_of(child)
    if child._namespace == "dash_html_components":
        return element(child._type, props, to_html(props.get("children")), ids=False)
    return _other(child._type, props)


def props_of(child: Component) -> dict[str, Any]:
    """The properties a component was given, by name: Dash keeps them in an order that changes from process to process."""
    return {k: v for k, v in sorted(vars(child).items()) if not k.startswith(("_", "available_"))}


def element(tag: str, props: dict[str, Any], inside: str, *, ids: bool = True) -> str:
    """One HTML element; its id is written only if it is a text and `ids` allows."""
    tag = tag.lower()
    attributes = "".join([_attribute(k, v) for k, v in props.items() if k not in _LEFT_OUT and (k != "id" or (ids and isinstance(v, str)))])
    if props.get("style"):
        attributes += f' style="{escape(_style(props["style"]))}"'
    return f"<{tag}{attributes}>" if tag in _VOID else f"<{tag}{attributes}>{inside}</{tag}>"


def _style(style: dict[str, Any]) -> str:
    """Inline style as React writes it: numbers are pixels unless the property has no length."""
    told = []
    for key, value in style.items():
        name = key if key.startswith("--") else _css_name(key)
        length = isinstance(value, int | float) and value != 0 and not name.startswith("--") and name not in _PURE
        told.append(f"{name}:{value}px" if length else f"{name}:{value}")
    return ";".join(told)


@lru_cache(maxsize=512)
def _css_name(key: str) -> str:
    return _CAMEL.sub("-", key).lower()


def _attribute(name: str, value: Any) -> str:
    plain = "-" in name  # data-… and aria-… take their value as it is, true and false too
    if value is None or (value is False and not plain):
        return ""
    name = name if plain else _NAMES.get(name, name.lower())
    if isinstance(value, bool):
        return f' {name}="{str(value).lower()}"' if plain else f" {name}"
    return f" {name}" if value == "" else f' {name}="{escape(str(value))}"'


def _other(kind: str, props: dict[str, Any]) -> str:
    if kind == "Select":
        options = [option for o in props.get("data") or [] if isinstance(o, dict) for option in o.get("items", [o])]
        chosen = next((o["label"] for o in options if o.get("value") == props.get("value")), "")
        return f'<span class="filtro">{escape(str(chosen))}</span>'
    if kind == "Graph":
        return '<div class="grafico"></div>'
    if kind == "Link":
        return (
            f'<a href="{escape(str(props.get("href", "")))}" class="{escape(str(props.get("className", "")))}">{to_html(props.get("children"))}</a>'
        )
    return to_html(props.get("children")) if kind not in ("Store", "Location", "Interval") else ""
