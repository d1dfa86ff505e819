"""HTML as nested calls. Text is escaped always; only what these functions made is taken as markup."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from dashboard.unbroken import FIGURES

_VOID = frozenset({"base", "br", "circle", "hr", "img", "input", "line", "link", "meta", "path", "polyline", "rect", "use"})
#: no space may show between what these hold
_SELF_CLOSED = frozenset({"circle", "line", "path", "polyline", "rect", "use"})
#: what holds text alone, and cells, which have room for theirs
_PLAIN = frozenset({"desc", "option", "script", "style", "td", "text", "th", "title"})


def tag(name: str, /, *inside: Any, **attributes: Any) -> Markup:
    """An element. None and False are left out, of children as of attributes; lists are taken apart; `cls` is `class`, `data_x` is `data-x`."""
    told = "".join(_attribute(k, v) for k, v in attributes.items() if v is not None and v is not False)
    if name in _VOID:
        return Markup(f"<{name}{told}{'/' if name in _SELF_CLOSED else ''}>")  # noqa: S704 - its parts are escaped
    held = "".join(_inside(p, whole=name not in _PLAIN) for p in inside)
    return Markup(f"<{name}{told}>{held}</{name}>")  # noqa: S704 - its parts are escaped


def together(*parts: Any) -> Markup:
    """Parts one after the other, without an element around them."""
    return Markup("".join(_inside(p) for p in parts))  # noqa: S704 - each is escaped


def _inside(part: Any, *, whole: bool = True) -> str:
    """`whole`: intervals and dates stay on one line."""
    if part is None or part is False:
        return ""
    if isinstance(part, list | tuple):
        return "".join(_inside(p, whole=whole) for p in part)
    told = str(escape(part))
    return told if isinstance(part, Markup) or not whole else FIGURES.sub(r'<span class="juntos">\1</span>', told)


def _attribute(key: str, value: Any) -> str:
    name = "class" if key == "cls" else key.rstrip("_").replace("_", "-")
    # SVG has attributes with capitals and with underscores only where HTML has hyphens
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def link(text: Any, href: str, **attributes: Any) -> Markup:
    return tag("a", text, href=href, **attributes)


def listed(items: list[Any], **attributes: Any) -> Markup | None:
    """An unordered list; nothing where there is no item."""
    return tag("ul", [tag("li", i) for i in items], **attributes) if items else None


def details(title: Any, *inside: Any, **attributes: Any) -> Markup:
    """What opens on demand, without scripts."""
    return tag("details", tag("summary", title), *inside, **attributes)


def section(title: Any, *inside: Any, **attributes: Any) -> Markup:
    """A part of a page under its heading."""
    return tag("section", tag("h2", title), *inside, **attributes)
