"""The words of a page's parts, for paper: text with what is bold, without links, marks and classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: [text, whether it is bold]
Run = list[Any]


def runs(part: Any) -> list[Run]:
    """A component, a text or a list of them as runs in reading order; neighbours of the same weight are one."""
    found: list[Run] = []
    for text, bold in _pieces(part, False):
        if found and found[-1][0][-1:].isalnum() and text[:1].isalnum():
            text = f" {text}"  # on the page, a margin of its style keeps them apart
        if found and found[-1][1] == bold:
            found[-1][0] += text
        else:
            found.append([text, bold])
    return found


def plain(part: Any) -> str:
    """The text alone."""
    return "".join(text for text, _ in _pieces(part, False)).strip()


def _pieces(part: Any, bold: bool) -> Iterator[tuple[str, bool]]:
    if part is None or part is False:
        return
    if isinstance(part, str | int | float):
        yield str(part), bold
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _pieces(one, bold)
    else:
        yield from _pieces(getattr(part, "children", None), bold or type(part).__name__ == "B")


def within(part: Any, kind: str, named: str = "") -> list[Any]:
    """Components of a kind («Li»; "" = any) below a part, in order; with `named`, those of that class. Nothing is looked for inside one found."""
    if isinstance(part, list | tuple):
        return [x for one in part for x in within(one, kind, named)]
    if part is None or isinstance(part, str | int | float):
        return []
    if kind in ("", type(part).__name__) and (not named or named in str(getattr(part, "className", "")).split()):
        return [part]
    return within(getattr(part, "children", None), kind, named)
