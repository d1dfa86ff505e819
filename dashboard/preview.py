"""A page's components as plain HTML, sent with the index: people read the page before any script runs, or without scripts.

It stands beside React's root and is taken away when React has drawn the same page. Ids are left out, so none is double.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from dash.development.base_component import Component

_VOID = {"br", "hr", "img", "input", "col", "wbr", "source"}
_NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex", "colSpan": "colspan", "rowSpan": "rowspan", "srcSet": "srcset"}
_LEFT_OUT = {"children", "id", "key", "n_clicks", "n_clicks_timestamp", "disable_n_clicks", "style", "loading_state", "dir_name"}
_CAMEL = re.compile(r"(?<!^)(?=[A-Z])")


def to_html(child: Any) -> str:
    """HTML of components, texts and lists of them. Of other libraries' components only the place is kept."""
    if child is None or isinstance(child, bool):
        return ""
    if isinstance(child, (list, tuple)):
        return "".join(map(to_html, child))
    if not isinstance(child, Component):
        return escape(str(child), quote=False)
    known = child.to_plotly_json()
    props = known["props"]
    if known["namespace"] == "dash_html_components":
        return _element(known["type"].lower(), props)
    return _other(known["type"], props)


def _element(tag: str, props: dict[str, Any]) -> str:
    attributes = "".join(_attribute(k, v) for k, v in props.items() if k not in _LEFT_OUT)
    if props.get("style"):
        text = ";".join(f"{k if k.startswith('--') else _CAMEL.sub('-', k).lower()}:{v}" for k, v in props["style"].items())
        attributes += f' style="{escape(text)}"'
    if tag in _VOID:
        return f"<{tag}{attributes}>"
    return f"<{tag}{attributes}>{to_html(props.get('children'))}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = _NAMES.get(name, name if "-" in name else name.lower())
    return f" {name}" if value is True or (value == "" and name.startswith("data-")) else f' {name}="{escape(str(value))}"'


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
