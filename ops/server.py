"""Serving the dashboard and the desk with uvicorn, in one process or several, and the receiver beside.

The port is looked at before anything heavy is imported.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import uvicorn
from sqlalchemy import Engine

from ops import screen, workers
from ops.receiver_process import Child
from warehouse.errors import SettingsError
from warehouse.settings import Settings
from warehouse.store import Warehouse

if TYPE_CHECKING:
    from dashboard.middleware import Front
    from warehouse.public_store import PublicStore


def check_port(host: str, port: int) -> None:
    """Raises SettingsError where the port is taken."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"El puerto {port} no está libre ({error.strerror}).",
                stands="Lo publicado no cambió.",
                cure=f"Elija otro, p. ej.: ./siegem serve --puerto {port + 1}",
            ) from error


def serve(warehouse: Warehouse, host: str, port: int, processes: int = 1) -> None:
    """Serve the ministry's own site until interrupted, with the receiver of files beside it."""
    _check(host, port, processes)
    receiver = Child(warehouse)
    try:
        _attend(application_of(warehouse), warehouse, host, port, processes, receiver.let_go)
    finally:
        receiver.stop()


def serve_public(settings: Settings, host: str, port: int, processes: int = 1) -> None:
    """Serve the public site until interrupted. Raises StoreError where there is no public store."""
    from ops import public
    from warehouse.public_store import open_public

    _check(host, port, processes)
    store = open_public(settings)
    _attend(public.application_of(store), store, host, port, processes)


def _check(host: str, port: int, processes: int) -> None:
    if processes > 1:
        workers.check_fork()
    check_port(host, port)


def _attend(
    application: Front, store: Warehouse | PublicStore, host: str, port: int, processes: int, in_copy: Callable[[], None] = lambda: None
) -> None:
    proxy = store.settings.proxy_de_confianza
    if processes == 1:
        _told(host, port)
        # by default it would believe who says to come from another address, if the question comes from this machine
        uvicorn.run(application, host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=5,
                    proxy_headers=bool(proxy), forwarded_allow_ips=proxy or None)  # fmt: skip
        return
    prepare(application, store.engine)
    with workers.listen(host, port) as listening:
        crew = workers.Workers(application, listening, processes, in_copy=in_copy, proxy=proxy)
        try:
            _told(host, port, f" con {processes} procesos")
            crew.watch()
        finally:
            crew.stop()


def _told(host: str, port: int, more: str = "") -> None:
    screen.console.print(f"[bold]SIEGEM[/bold] atiende en [bold]http://{host}:{port}/[/bold]{more}  (Ctrl+C para terminar)")


def application_of(warehouse: Warehouse) -> Front:
    """Pages and API of the publications, and the desk that receives files."""
    from dashboard.app import create_app
    from etl.desk import api
    from ops.notices import alerts_api, router

    return create_app(warehouse, routers=[api.router(warehouse), router.router(warehouse), alerts_api.router(warehouse)])


def prepare(application: Front, engine: Engine) -> None:
    """Make before the fork what every copy would make; leave no thread of ours and no connection behind."""
    from dashboard.app import OF_REGION, plain_addresses

    workers.spare_memory()
    asyncio.run(application.warm([*plain_addresses(), *OF_REGION]))
    application.static.settle()
    engine.dispose()
