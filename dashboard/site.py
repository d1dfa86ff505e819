"""Which site this process is: the ministry's own, or the public one, which has no desk and whose first page is plain HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import dash

#: pages of the ministry's own site only
INTERNAL = ("/entregas", "/avisos")
#: where the interactive summary is on the public site: `/` is the plain first page there
PUBLIC_SUMMARY = "/resumen"

_public = False


def use(public: bool) -> None:
    """Say which site this process is, before its pages are registered."""
    global _public
    _public = public


def is_public() -> bool:
    return _public


def summary() -> str:
    """Where the interactive summary is."""
    return PUBLIC_SUMMARY if _public else "/"


def open_to_public() -> None:
    """After the pages are registered: take the ministry's own away, and give the summary its public address."""
    registry = dash.page_registry
    for name, page in list(registry.items()):
        if str(page.get("path_template") or page["path"]).startswith(INTERNAL):
            del registry[name]
    found: dict[str, Any] = next(page for page in registry.values() if page["path"] == "/")
    # client-side visits to «/» show the same page; a visit from outside gets the plain one
    registry["dashboard.resumen_publico"] = {**found, "module": "dashboard.resumen_publico", "path": PUBLIC_SUMMARY, "relative_path": PUBLIC_SUMMARY}


class Addresses:
    """Addresses that routers answer before Dash's pages."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self._patterns = tuple(patterns)
        self.taken = lru_cache(maxsize=4096)(self._taken)

    def _taken(self, path: str) -> bool:
        return any(pattern.match(path) for pattern in self._patterns)
