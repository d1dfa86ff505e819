"""A file downloaded as it is, straight into landing. Credentials are used and never written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tenacity.wait import wait_base

from etl.sources import validators
from etl.sources.polite import Answer, Client, Patience, without_credentials
from etl.sources.received import NATIONAL, SERIES, Received
from warehouse import landing
from warehouse.store import Warehouse

__all__ = ["HttpSource", "download", "without_credentials"]


@dataclass(frozen=True)
class HttpSource:
    """One address that gives one file for one table. `headers` may carry credentials: they stay out of repr, stores and errors."""

    url: str = field(repr=False)
    table: str
    name: str
    cod_region: str = NATIONAL
    periodo: str = SERIES
    headers: dict[str, str] = field(default_factory=dict, repr=False)


def download(warehouse: Warehouse, source: HttpSource, wait: wait_base | None = None, patience: Patience | None = None) -> Received:
    """The source's file, landed. A 304 gives the bytes landed the last time. Raises SourceError; TooLarge past the size limit."""
    patience = patience or (Patience(wait) if wait is not None else Patience())
    with Client(warehouse.settings, source.name, source.table, patience, source.headers) as client:
        path = keep(warehouse, client, source.url, source.name)
    return Received(source.name, path, without_credentials(source.url), source.table, source.cod_region, source.periodo, datetime.now(UTC))


def keep(warehouse: Warehouse, client: Client, url: str, name: str) -> Path:
    """The bytes of `url` in landing; those of the last time where the server says nothing changed."""
    key = without_credentials(url)
    known = validators.last(warehouse, key)

    def consume(answer: Answer) -> Path:
        if answer.status == 304:
            return landing.path_of(warehouse.landing, known["hash"])
        landed = landing.keep(warehouse.landing, name, answer.chunks, warehouse.settings.max_mb_archivo * 1_000_000)
        validators.remember(warehouse, key, answer.headers, landed.hash)
        return landed.path

    return client.fetch(url, consume, headers=validators.conditions(known))
