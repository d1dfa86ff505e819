"""Addresses: the whole state of a page is in its URL. Language and a chosen publication are carried from link to link."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

#: query keys a page may be given; any other is ignored
STATE_KEYS = (
    "periodo", "tipo", "region", "indicador", "categoria", "lang", "publicacion", "orden", "tabla", "regla", "vista", "con", "pesos", "indicadores",
)  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """What holds for the page being made: its language, the publication it shows, and whether the URL chose that one."""

    lang: str = "es"
    publication: int = 0
    pinned: bool = False


reader: ContextVar[Reader] = ContextVar("siegem_reader", default=Reader())  # noqa: B039 - frozen, never changed in place


def address(path: str, **query: Any) -> str:
    """A local address with the reader's language and chosen publication kept; empty values are left out."""
    now = reader.get()
    state = {**query}
    if now.lang != "es":
        state.setdefault("lang", now.lang)
    if now.pinned:
        state.setdefault("publicacion", now.publication)
    return with_query(path, **state)


def with_query(path: str, **query: Any) -> str:
    """A local address with nothing added; empty values are left out."""
    text = urlencode({k: v for k, v in query.items() if v not in (None, "")}, quote_via=quote)
    return f"{path}?{text}" if text else path
