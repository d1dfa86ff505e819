"""What leaves the system: the public store after each publication, and the server that opens it and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from checks.personal_data import found_in
from ops import screen
from warehouse import public_store
from warehouse.errors import StoreError
from warehouse.public_store import PublicStore
from warehouse.settings import Settings
from warehouse.store import Warehouse

if TYPE_CHECKING:
    from dashboard.middleware import Front

log = logging.getLogger("siegem.publico")


def refresh(warehouse: Warehouse, progress: Callable[[str, int, int], None] | None = None) -> list[int]:
    """Bring the public store up to date; gives the publications added. A statement that carries somebody's document or telephone is not shown."""
    try:
        return public_store.write(warehouse, may_say, progress)
    except (OSError, SQLAlchemyError) as error:
        raise StoreError(
            f"El almacén público no se pudo escribir en {warehouse.settings.public_folder}: {error}",
            stands="La publicación está hecha; el sitio público sigue mostrando la anterior.",
            cure="Libere espacio o corrija los permisos de esa carpeta y repita: ./siegem publish",
        ) from error


def may_say(text: str) -> bool:
    """Whether a text that a person wrote carries no personal data (rule G-13)."""
    kind = found_in(text)
    if kind:
        log.warning("un descargo no se muestra al público: parece llevar %s", kind)
    return not kind


def told(warehouse: Warehouse) -> list[int]:
    """Refresh with its step on the screen; gives the publications added."""
    with screen.step("Almacén público: lo que puede ver la ciudadanía") as advance:
        return refresh(warehouse, advance)


def files(settings: Settings) -> None:
    """The open data of the newest publication, as files in the public folder, where they are not there yet: a public server may only read it."""
    from dashboard import published
    from dashboard.opendata import folders
    from warehouse import publications

    store = published.Store(public_store.open_public(settings))
    with screen.step("Datos abiertos: los archivos de la publicación vigente") as advance:
        folders.make(store, publications.latest(store.warehouse.engine).numero, advance)


def application_of(store: PublicStore) -> Front:
    """The public site. It knows no other database than the public store."""
    from dashboard.app import create_app

    return create_app(store, public=True)
