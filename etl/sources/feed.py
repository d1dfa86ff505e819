"""A declared source: where it is, what it gives, under which licence, and whether the operator has switched it on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import Field, model_validator

from etl.sources.polite import Client, Patience, sayable, without_credentials
from etl.sources.received import NATIONAL, SERIES, Received
from warehouse import catalogue, landing
from warehouse.declarations import Declaration
from warehouse.errors import SourceError
from warehouse.landing import Landed
from warehouse.store import Warehouse

Kind = Literal["http", "zip", "minem_produccion", "mef_gasto", "arcgis", "kobo", "sql", "bcrp"]
#: goes up when a converter changes what it makes of the same bytes, so that unchanged files are converted again
CONVERTERS = 1


class Credential(Declaration):
    """How a secret is sent. `variable` names the environment variable that holds it: the secret itself never stands in a file."""

    variable: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    cabecera: str = "Authorization"
    forma: str = "Token {secreto}"


class Feed(Declaration):
    """One file of `etl/feeds`. Either `url` (an address), `archivo` (left by the operator in datos/fuentes), or `conexion`.

    `conexion`: the environment variable with a database's URL. `anios`: the feed is asked once for each; {anio} in `url`,
    `archivo` and `periodo` is replaced. `sin_verificar`: what of it nobody has confirmed; shown wherever the feed is.
    """

    titulo: str = Field(min_length=3)
    publicador: str = Field(min_length=3)
    tipo: Kind
    tabla: str = ""
    url: str = ""
    archivo: str = ""
    conexion: str = Field("", pattern=r"^([A-Z][A-Z0-9_]*)?$")
    credencial: Credential | None = None
    region: str = Field(NATIONAL, pattern=r"^\d{2}$")
    periodo: str = SERIES
    anios: tuple[int, ...] = ()
    licencia: str = Field(min_length=3)
    sin_verificar: str = ""
    activa: bool = False
    opciones: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_place(self) -> Feed:
        if [bool(self.url), bool(self.archivo), bool(self.conexion)].count(True) > 1:
            raise ValueError("lleva una sola de «url», «archivo» y «conexion»")
        if "://" in self.url and "@" in self.url.partition("://")[2].partition("/")[0]:
            raise ValueError("«url» no lleva usuario ni clave: use «credencial»")
        return self


O = TypeVar("O", bound=Declaration)  # noqa: E741  the options of a kind


@dataclass(frozen=True)
class Job(Generic[O]):
    """One feed to be asked, with its kind's options read."""

    warehouse: Warehouse
    id: str
    feed: Feed
    options: O
    patience: Patience

    @property
    def fingerprint(self) -> str:
        """Changes with the declaration, its contract and the converters: a result made under another one does not serve."""
        contract = catalogue.contracts().get(self.feed.tabla)
        made_under = f"{CONVERTERS}{contract.version if contract else ''}{self.feed.model_dump_json()}"
        return hashlib.sha256(made_under.encode()).hexdigest()[:12]

    @property
    def origin(self) -> str:
        """The place as it may be stored and said."""
        return without_credentials(self.feed.url) if self.feed.url else (self.feed.archivo or self.feed.conexion)

    @contextmanager
    def client(self, table: str = "") -> Iterator[Client]:
        """A client that carries the feed's credential. Raises SourceError where its variable is not set."""
        credential = self.feed.credencial
        headers = {} if credential is None else {credential.cabecera: credential.forma.format(secreto=self.secret(credential.variable))}
        with Client(self.warehouse.settings, self.id, table or self.feed.tabla, self.patience, headers) as client:
            yield client

    def secret(self, variable: str) -> str:
        """The value of an environment variable. Raises SourceError naming it where it is empty."""
        value = os.environ.get(variable, "")
        if not value:
            raise self.problem(f"falta la variable de entorno {variable}", f"Defina {variable} en el entorno del servicio y repita.")
        return value

    def problem(self, what: str, cure: str) -> SourceError:
        """A sentence about this feed: `what` goes on after its name."""
        return SourceError(f"Fuente {self.id}: {sayable(what)}.", stands="Los datos aceptados antes siguen vigentes.", cure=cure)

    def keep(self, name: str, chunks: Any) -> Landed:
        """Bytes that the connector made, in landing."""
        return landing.keep(self.warehouse.landing, name, chunks, self.warehouse.settings.max_mb_archivo * 1_000_000)

    def received(
        self, table: str, path: Path, *, region: str = "", periodo: str = "", origin: str = "", notes: tuple[str, ...] = (), suffix: str = ".csv"
    ) -> Received:
        """What the feed gave for `table`, named after the feed."""
        where = region or self.feed.region, periodo or self.feed.periodo
        name = f"{self.id}_{table}_{where[0]}_{where[1]}{suffix}"
        return Received(name, path, origin or self.origin, table, *where, datetime.now(UTC), notes=notes)
