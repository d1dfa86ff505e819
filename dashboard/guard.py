"""Pages made safely: a layout gets a clean state, its result is kept by publication, and a failure is shown, never a blank page.

What a page's `layout` receives, always by name and only what it declares: its path variables; `lang` (es or en);
`publicacion` (the number to show, already resolved); and the texts of the URL's query among `address.STATE_KEYS`.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from typing import Any

from dash import dcc

from dashboard import components, dash_internals, fixed, published
from dashboard.address import STATE_KEYS, Reader, reader
from dashboard.byte_cache import packed, unpacked
from dashboard.language import known, t
from dashboard.middleware import do_not_keep
from warehouse.errors import NothingPublished, SiegemError

log = logging.getLogger("siegem.dashboard")

#: bytes of pages kept made, packed
KEPT = 3_000_000


@dataclass
class Made:
    """A page ready to be sent; its forms are made when first asked."""

    children: list[Any]
    title: str
    status: int
    reader: Reader
    live: fixed.Live = field(default_factory=fixed.Live, repr=False)
    _html: bytes | None = field(default=None, repr=False)
    _json: dict[bool, bytes] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def html(self) -> str:
        self._part()
        return unpacked(self._html or b"").decode()

    def json(self, *, beside_html: bool = False) -> Any:
        """The children with the page's mark, serialised once: Dash puts these bytes into its answer as they are.

        `beside_html`: the browser has this page's HTML already and takes the fixed parts from there.
        """
        self._part()
        return dash_internals.as_it_is(unpacked(self._json[beside_html]))

    def _part(self) -> None:
        with self._lock:
            if self._html is None:
                parted = fixed.part(self.children, self.live)
                full, bare = (packed(dash_internals.serialised([*form, _mark(self.reader)])) for form in (parted.full, parted.bare))
                self._json = {False: full, True: bare}
                self._html, self.children = packed(parted.html.encode()), []

    @property
    def size(self) -> int:
        """Bytes kept of this page; components are not kept."""
        self._part()
        return len(self._html or b"") + sum(map(len, self._json.values()))


class Pages:
    """The registered pages with what was made of them."""

    def __init__(self) -> None:
        #: what callbacks name; known when all of them are registered
        self.live = fixed.Live()
        self._kept: OrderedDict[Any, Made] = OrderedDict()
        self._making: dict[Any, Lock] = {}
        self._lock = Lock()

    def make(self, page: dict[str, Any] | None, variables: dict[str, str], query: dict[str, str]) -> Made:
        """The page for a state; the same state of the same publication on the same day is made once."""
        lang = known(query.get("lang"))
        try:
            who = self._reader(query, lang)
        except SiegemError as error:
            return _told(error, Reader(lang))
        state = {k: v for k, v in query.items() if k in STATE_KEYS}
        if (page or {}).get("version"):
            do_not_keep()  # before the router nobody would ask whether it is still this version
        try:
            more = _version(page, {**state, **variables, "publicacion": who.publication})
        except SiegemError as error:
            return _told(error, who)
        key = ((page or {}).get("module"), tuple(sorted({**variables, **state}.items())), who, date.today(), more)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            turn = self._making.setdefault(key, Lock())
        with turn:  # who asks while it is being made waits for it
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                made = _make(page, {**state, **variables, "lang": lang, "publicacion": who.publication}, who, self.live)
                if made.status == 200:
                    self._keep(key, made)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def _keep(self, key: Any, made: Made) -> None:
        with self._lock:
            self._kept[key] = made
            size = sum(kept.size for kept in self._kept.values())
            while size > KEPT and len(self._kept) > 1:
                size -= self._kept.popitem(last=False)[1].size

    def _reader(self, query: dict[str, str], lang: str) -> Reader:
        asked = query.get("publicacion", "")
        if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            raise NothingPublished(
                f"«{asked}» no es un número de publicación.", cure="Escriba un número, p. ej. publicacion=1, o quite ese parámetro."
            )
        return Reader(lang, published.snapshot(int(asked) if asked else None).number, bool(asked))

    def wrap(self, page: dict[str, Any]) -> None:
        """Replace a registered page's layout and title by guarded ones."""
        bare = {**page}

        async def layout(**query: str) -> Any:
            variables = {k: v for k, v in query.items() if f"<{k}>" in (bare.get("path_template") or "")}
            made = await asyncio.to_thread(self.make, bare, variables, {k: v for k, v in query.items() if k not in variables})
            if made.status != 200:
                do_not_keep()
            reader.set(made.reader)  # for the title, asked next in this same task
            return made.json(beside_html=dash_internals.is_first_call())

        page["layout"] = layout
        page["bare"] = bare
        page["title"] = lambda **_: title_of(bare, reader.get().lang)

    def find(self, path: str, query: dict[str, str]) -> Made:
        """The page at a path, or the page that says there is none."""
        page, variables = dash_internals.page_of(path)
        found = page or dash_internals.not_found_page()
        made = self.make((found or {}).get("bare"), variables, query)
        return made if page is not None else replace(made, status=404)


def _mark(who: Reader) -> dcc.Store:
    """Tells the browser which publication this page shows: the header reloads where it still tells another."""
    return dcc.Store(id="publicacion-vista", data=who.publication)


def title_of(page: dict[str, Any] | None, lang: str) -> str:
    name = str((page or {}).get("title") or "")
    own = (page or {}).get(f"title_{lang}")  # pages made from declarations bring their translation
    return f"{own or t(name, lang)} · SIEGEM" if name and name != "SIEGEM" else "SIEGEM"


def _make(page: dict[str, Any] | None, arguments: dict[str, Any], who: Reader, live: fixed.Live) -> Made:
    token = reader.set(who)
    try:
        children = _call((page or {}).get("layout") or not_found, arguments)
        made = Made(children if isinstance(children, list) else [children], title_of(page, who.lang), 200, who, live)
        made.size  # noqa: B018 - parted here: a page that cannot be told is a page that failed
        return made
    except SiegemError as error:
        return _told(error, who)
    except Exception:
        code = secrets.token_hex(4)
        log.exception("la página %s falló [%s]", (page or {}).get("path"), code)
        return Made([components.error_state(code, who.lang)], "SIEGEM", 500, who)
    finally:
        reader.reset(token)


def _version(page: dict[str, Any] | None, arguments: dict[str, Any]) -> str:
    """What a page registered as its `version`: it tells when something living in it (a statement of the region) is new within a publication."""
    asked = (page or {}).get("version")
    return str(_call(asked, arguments)) if asked else ""


def _call(layout: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call a layout with the arguments it declares. A required one that is missing is a page that does not exist."""
    declared = inspect.signature(layout).parameters
    if any(p.kind is p.VAR_KEYWORD for p in declared.values()):
        return layout(**arguments)
    return layout(**{k: v for k, v in arguments.items() if k in declared})


def _told(error: SiegemError, who: Reader) -> Made:
    """An expected absence in words: 404 where something was asked for that is not there."""
    token = reader.set(who)
    try:
        return Made([components.empty_state(error.what, error.stands, error.cure)], "SIEGEM", 404, who)
    finally:
        reader.reset(token)


def not_found(lang: str = "es", **_: Any) -> Any:
    """The page of an address that has none."""
    return [
        components.empty_state(
            t("Esta página no existe", lang),
            t("La dirección está incompleta o cambió de lugar. Los datos publicados siguen donde estaban.", lang),
            components.link(t("Ir al resumen", lang), "/", className="boton"),
        )
    ]
