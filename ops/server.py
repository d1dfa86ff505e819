"""Serving the dashboard and the desk with uvicorn, and the receiver beside. The port is looked at before anything heavy is imported."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING

import uvicorn

from ops import screen
from ops.receiver_process import Child
from warehouse.errors import SettingsError
from warehouse.store import Warehouse

if TYPE_CHECKING:
    from dashboard.middleware import Asgi


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


def serve(warehouse: Warehouse, host: str, port: int) -> None:
    """Serve until interrupted."""
    check_port(host, port)
    receiver = Child(warehouse)
    try:
        application = application_of(warehouse)
        screen.console.print(f"[bold]SIEGEM[/bold] atiende en [bold]http://{host}:{port}/[/bold]  (Ctrl+C para terminar)")
        uvicorn.run(application, host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=5)
    finally:
        receiver.stop()


def application_of(warehouse: Warehouse) -> Asgi:
    """Pages and API of the publications, and the desk that receives files."""
    from dashboard.app import create_app
    from etl.desk import api

    return create_app(warehouse, routers=[api.router(warehouse)])
