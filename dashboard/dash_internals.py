"""Everything that rests on Dash's private names (4.4.1, pinned), each with a test in `tests/test_dashboard_platform_browser.py`.

What is closed here: full plotly and unused bundles, the Python version in the page, the websocket, the set-up that a first
request on a deep link would miss, and the router's page lookup outside a callback.
"""

from __future__ import annotations

import asyncio
import mimetypes
import pkgutil
import re
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any

import dash
import orjson
from dash import _pages
from dash._utils import to_json
from dash.backends._fastapi import FastAPIDashServer, reset_current_request, set_current_request
from dash.exceptions import MissingCallbackContextException
from dash.fingerprint import check_fingerprint
from fastapi import FastAPI, Request

from dashboard import fixed

#: scripts Dash links that no page of ours uses: full plotly (ours is loaded by the first graph), its old table, and
#: Babel's polyfill, of which Dash's bundles only need the generator runtime (`assets/vendor/regenerator-runtime.min.js`)
UNUSED_SCRIPTS = re.compile(r"/(?:package_data/plotly|dash_table/bundle|deps/polyfill)[^\"]*\"")
_SCRIPT = re.compile(r'^<script src="([^"]+)"></script>$')
#: React's own container, as Dash writes it
ENTRY = '<div id="react-entry-point"></div>'
#: Dash looks for its start in the index; ours is in `assets/siegem.js`
LATER = '<script id="_dash-renderer" type="text/plain" data-src="dash-renderer"></script>'


class SiegemDash(dash.Dash):
    """Dash with our page shell. `write_index` gets the pieces Dash made and gives the page's HTML."""

    def __init__(self, *args: Any, plotly_url: str, write_index: Callable[[dict[str, str]], str], **kwargs: Any) -> None:
        self._siegem_plotly = plotly_url
        self._siegem_index = write_index
        super().__init__(*args, **kwargs)

    def _config(self) -> dict[str, Any]:
        """What the browser is told: our plotly bundle, loaded when the first graph appears, and no versions of the server."""
        config: dict[str, Any] = super()._config()
        config.pop("python_version", None)
        config.pop("dash_version_url", None)
        # The browser takes plotly's address from here only where Dash says that it does not serve it itself.
        return {**config, "serve_locally": False, "plotlyjs_url": self._siegem_plotly}

    def script_urls(self) -> list[str]:
        """Dash's scripts in their order, those of its component libraries among them."""
        return [url for line in super()._generate_scripts_html().split("\n") if not UNUSED_SCRIPTS.search(line) for url in _SCRIPT.findall(line)]

    def _generate_scripts_html(self) -> str:
        """The inline scripts, after the list of files that `assets/siegem.js` loads when the page has been painted, then starting Dash."""
        made: str = super()._generate_scripts_html()
        listed = orjson.dumps(self.script_urls()).decode()
        return f'<script id="piezas" type="application/json">{listed}</script>' + made[made.find("<script>") :]

    def interpolate_index(self, **pieces: Any) -> str:
        return self._siegem_index({**pieces, "app_entry": ENTRY, "renderer": LATER})


def make(server: FastAPI, **options: Any) -> SiegemDash:
    """The Dash application on a given server whose own routes come first, without a websocket (Dash opens one even where no callback uses it)."""

    class Closed(FastAPIDashServer):
        websocket_capability = False

        @staticmethod
        def create_app(name: str = "", config: dict[str, Any] | None = None) -> FastAPI:
            return server

    app = SiegemDash(backend=Closed, server=False, **options)
    # Dash asks for `asgiref` before it allows async callbacks, though this backend never uses it.
    app._use_async = True
    app.init_app()
    return app


def set_up(app: dash.Dash) -> None:
    """Run what Dash would run before its first request, so that the first one may be on any address."""

    async def all_functions() -> None:
        for function in app.backend._before_request_funcs:
            result = function()
            if asyncio.iscoroutine(result):
                await result

    _run(all_functions())
    app._generate_scripts_html()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end whether or not this thread has a running loop."""
    failures: list[BaseException] = []

    def body() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    thread = Thread(target=body)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def wrap_layouts(wrap: Callable[[dict[str, Any]], None]) -> None:
    """Hand every registered page to `wrap`, which may replace its `layout` and `title`."""
    for page in _pages.PAGE_REGISTRY.values():
        wrap(page)


def forget_pages() -> None:
    """Empty Dash's registry of pages, which is one for the process: an application starts with its own pages only."""
    _pages.PAGE_REGISTRY.clear()


def page_of(path: str) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The page that answers a path, with the path's variables; None where there is none."""
    page, variables = _pages._path_to_page(path.strip("/"))
    return (page or None), dict(variables or {})


def not_found_page() -> dict[str, Any] | None:
    return next((p for m, p in _pages.PAGE_REGISTRY.items() if m.split(".")[-1] == "not_found_404"), None)


def index(app: dash.Dash, request: Request) -> str:
    """The page's HTML for a request that Dash's own middleware did not see."""
    token = set_current_request(request)
    try:
        return str(app.index())
    finally:
        reset_current_request(token)


def is_first_call() -> bool:
    """Whether the callback being answered is the page's first one: then nothing in the browser has changed since its HTML came."""
    try:
        return dash.ctx.triggered_id is None
    except MissingCallbackContextException:
        return False


def live(app: dash.Dash) -> fixed.Live:
    """What any callback of the application names, its own pages' included."""
    ids, types = set(), set()
    for output, callback in app.callback_map.items():
        named = [d["id"] for d in [*callback["inputs"], *callback["state"]]]
        named += [one.rsplit(".", 1)[0] for one in (output[2:-2].split("...") if output.startswith("..") else [output])]
        for id in named:
            told = orjson.loads(id) if id.startswith("{") else id
            if isinstance(told, dict):
                types.add(str(told.get("type")))
            else:
                ids.add(told)
    return fixed.Live(frozenset(ids), frozenset(types))


def suite_file(app: dash.Dash, path: str) -> tuple[bytes, str, bool] | None:
    """(bytes, media type, immutable) of `<package>/<file>` under `_dash-component-suites`; None where Dash did not register it."""
    package, _, rest = path.partition("/")
    inside, fingerprinted = check_fingerprint(rest)
    if inside not in app.registered_paths.get(package, ()):
        return None
    data = pkgutil.get_data(package, inside)
    return None if data is None else (data, mimetypes.guess_type(inside)[0] or "application/octet-stream", fingerprinted)


def serialised(children: list[Any]) -> bytes:
    """Components as JSON bytes."""
    return str(to_json(children)).encode()


def as_it_is(serialised: bytes) -> orjson.Fragment:
    """Bytes that Dash's encoder copies into a callback's answer without looking inside."""
    return orjson.Fragment(serialised)
