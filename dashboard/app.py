"""The dashboard as one ASGI application: pages, API, static files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import dcc
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute

from dashboard import api, dash_internals, formats, forum_file, guard, icon, interactions, published, rate, site
from dashboard.middleware import Front, do_not_keep
from dashboard.opendata import router as open_files
from dashboard.published import PublicStore, Warehouse
from dashboard.reports import router as reports
from dashboard.shell import Shell, asked
from dashboard.slides import router as slides_router
from dashboard.static import Static
from warehouse.errors import SiegemError

log = logging.getLogger("siegem.dashboard")
PAGES = Path(__file__).parent / "pages"
#: pages that stand for those of every region: what they read, all of them read
OF_REGION = ("/region/13",)


def create_app(warehouse: Warehouse | PublicStore, *, pages_folder: Path = PAGES, routers: Sequence[APIRouter] = (), public: bool = False) -> Front:
    """The application that shows a store's publications. Raises what a page's module raises on import: a start must fail loudly.

    `routers`: what else is served beside the API of publications, made by other rooms. `public`: the site without a desk, over a `PublicStore`.
    """
    published.open_store(warehouse)
    site.use(public)
    formats.use(warehouse.settings.formato_numeros, warehouse.settings.zona_horaria)
    server = FastAPI(title="SIEGEM", version="1", docs_url=None, redoc_url=None, openapi_url=None,
                     description="Valores publicados de la gestión minera descentralizada.")  # fmt: skip
    for router in routers:
        server.include_router(router)
    server.include_router(icon.router)
    server.include_router(forum_file.router)
    server.include_router(reports.over(warehouse.settings.sitio_url))
    server.include_router(slides_router.router)
    server.include_router(open_files.router)
    plain = _plain_site(server) if public else site.Addresses(())
    server.include_router(api.router)
    # before Dash adds its own
    outside = site.Addresses(route.path_regex for route in _routes(server.routes) if "GET" in (route.methods or ()))
    suites: dict[str, dash.Dash] = {}
    cache = warehouse.settings.public_folder if public else warehouse.settings.datos
    static = Static(cache / "cache" / "estaticos", lambda path: dash_internals.suite_file(suites["app"], path))
    app = _dash(server, static, pages_folder)
    suites["app"] = app
    pages = guard.Pages()
    if public:
        site.open_to_public()
    dash.register_page("dashboard.not_found_404", path="/no-encontrada", title="Página no encontrada", layout=guard.not_found)
    dash_internals.wrap_layouts(pages.wrap)
    interactions.register(app)
    server.add_api_route("/{path:path}", _any_page(app), methods=["GET"], include_in_schema=False)
    dash_internals.set_up(app)
    pages.live = dash_internals.live(app)
    static.warm(
        [
            *(url.split("?")[0] for url in app.script_urls()),
            *map(static.url, ("siegem.css", "vendor/plotly-custom.min.js", "vendor/regenerator-runtime.min.js", *static.scripts())),
        ]
    )
    settings = warehouse.settings
    counted = rate.limited(server, settings.api_por_minuto, settings.proxy_de_confianza, public)
    return Front(counted, static, list(app.csp_hashes()), _preparer(pages), _stamp, outside.taken, plain.taken)


def _plain_site(server: FastAPI) -> site.Addresses:
    """The public site's pages that need no script, and their addresses."""
    from dashboard.publico import router  # the ministry's own site never reads it

    before = len(server.routes)
    server.include_router(router.router)
    return site.Addresses(route.path_regex for route in _routes(server.routes[before:]))


def _routes(routes: Sequence[Any]) -> Iterator[APIRoute]:
    """Routes, those of included routers among them: FastAPI keeps a router that is included as one."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _routes(included.routes)
        elif isinstance(route, APIRoute):
            yield route


def plain_addresses() -> list[str]:
    """Pages that need nothing said in their address, the summary first; those of the desk ask each time anew."""
    paths = [str(page["path"]) for page in dash.page_registry.values() if not page.get("path_template")]
    return sorted({p for p in paths if not p.startswith(("/entregas", "/no-encontrada"))})


def _dash(server: FastAPI, static: Static, pages_folder: Path) -> dash_internals.SiegemDash:
    dash_internals.forget_pages()
    app = dash_internals.make(
        server, name="dashboard", plotly_url=static.url("vendor/plotly-custom.min.js"), write_index=Shell(static).write,
        use_pages=True, pages_folder=str(pages_folder), include_assets_files=False, include_pages_meta=False,
        assets_folder="sin-carpeta", suppress_callback_exceptions=True, update_title="", title="SIEGEM", on_error=_on_error, add_log_handler=False,
    )  # fmt: skip
    # Both locations follow the address; filters write `url`, Dash's pages listen to their own.
    app.layout = dmc.MantineProvider(
        [dcc.Location(id="url", refresh="callback-nav"), dcc.Store(id="llegada"), dcc.Store(id="tema-version"), dash.page_container]
    )
    return app


def _on_error(error: Exception) -> None:
    """Dash answers a failed callback and says nothing: the log must have it."""
    log.error("un callback falló", exc_info=error)


def _any_page(app: dash_internals.SiegemDash) -> Any:
    async def page(request: Request) -> Response:
        return Response(dash_internals.index(app, request), media_type="text/html")

    return page


def _stamp() -> tuple[Any, ...] | None:
    """What a page holds for: the publication in force, the store, the day and how numbers are written; None where nothing is published."""
    try:
        return published.snapshot().publication.huella, published.snapshot().number, published.version(), date.today(), formats.style()
    except SiegemError:
        return None


def _preparer(pages: guard.Pages) -> Any:
    async def prepare(path: str, query: dict[str, str]) -> int:
        made = await asyncio.to_thread(pages.find, path, query)
        if made.status != 200:
            do_not_keep()
        asked.set((path, query, made))
        return made.status

    return prepare
