"""What a server said of a file the last time it was read, so that an unchanged one is not sent, or not converted, again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from warehouse import landing
from warehouse.database import now, writing
from warehouse.store import Warehouse
from warehouse.tables import descargas

_HEADERS = {"etag": "If-None-Match", "ultima_modificacion": "If-Modified-Since"}


def last(warehouse: Warehouse, key: str) -> dict[str, str]:
    """Validators of the last time and the hash it gave; empty where its bytes are no longer kept, so that all is asked for."""
    with warehouse.engine.connect() as connection:
        row = connection.execute(select(descargas).where(descargas.c.url == key[:500])).mappings().first()
    if row is None or not row["hash"] or not landing.path_of(warehouse.landing, row["hash"]).exists():
        return {}
    return {k: row[k] for k in (*_HEADERS, "hash") if row[k]}


def conditions(known: Mapping[str, str]) -> dict[str, str]:
    """The request headers that ask for a file only if it changed."""
    return {_HEADERS[k]: v for k, v in known.items() if k in _HEADERS}


def remember(warehouse: Warehouse, key: str, headers: Mapping[str, str], file_hash: str) -> None:
    """Note what `headers` say of the file that gave the bytes of `file_hash`."""
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    row = {"url": key[:500], "hash": file_hash, "consultado_en": now(), "ultima_modificacion": modified and modified[:100]}
    # A validator cut to fit its column would never match; better none.
    row["etag"] = etag if etag and len(etag) <= 200 else None
    with writing(warehouse.engine).begin() as connection:
        connection.execute(delete(descargas).where(descargas.c.url == key[:500]))
        connection.execute(insert(descargas).values(**row))
