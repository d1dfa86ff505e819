"""Downloads over HTTP: retried, bounded, conditional; straight into landing. Credentials are used and never written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
from sqlalchemy import delete, insert, select
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from tenacity.wait import wait_base

from etl.sources.received import NATIONAL, SERIES, Received
from warehouse import landing
from warehouse.database import now, writing
from warehouse.errors import SourceError
from warehouse.landing import Landed
from warehouse.store import Warehouse
from warehouse.tables import descargas

#: query parameters that identify the caller: sent, but masked in whatever is stored or said
_SECRET = ("token", "key", "apikey", "api_key", "access_token", "password", "clave", "secret", "sig", "signature")
_WAIT = wait_exponential_jitter(initial=1, max=30)


@dataclass(frozen=True)
class HttpSource:
    """One address that gives one file for one table. `headers` may carry credentials: they stay out of repr, stores and errors."""

    url: str = field(repr=False)
    table: str
    name: str
    cod_region: str = NATIONAL
    periodo: str = SERIES
    headers: dict[str, str] = field(default_factory=dict, repr=False)


class _ServerFault(Exception):
    """The server answered 5xx: worth another try."""


def download(warehouse: Warehouse, source: HttpSource, wait: wait_base = _WAIT) -> Received:
    """The source's file, landed. A 304 gives the bytes landed the last time. Raises SourceError; TooLarge past the size limit."""
    url = without_credentials(source.url)
    last = _last(warehouse, url)
    attempts = warehouse.settings.reintentos
    retrying = Retrying(stop=stop_after_attempt(attempts), wait=wait, retry=retry_if_exception(_passing), reraise=True)
    try:
        path = retrying(_fetch, warehouse, source, url, last)
    except (httpx.TimeoutException, httpx.ConnectError, _ServerFault) as error:
        raise _no_answer(source, url, f"no respondió en {attempts} intentos ({_reason(error)})") from error
    except httpx.RemoteProtocolError as error:
        raise _no_answer(source, url, "cortó el archivo antes de terminar de enviarlo") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _no_answer(source, url, f"no se pudo leer ({_reason(error)})") from error
    return Received(source.name, path, url, source.table, source.cod_region, source.periodo, datetime.now(UTC))


def without_credentials(url: str) -> str:
    """The address as it may be stored and said: no user, no password, secret parameters masked."""
    parts = urlsplit(url)
    query = urlencode([(k, "***" if k.lower() in _SECRET else v) for k, v in parse_qsl(parts.query, keep_blank_values=True)], safe="*")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))[:500]


def _passing(error: BaseException) -> bool:
    return isinstance(error, httpx.TimeoutException | httpx.ConnectError | _ServerFault)


def _fetch(warehouse: Warehouse, source: HttpSource, url: str, last: dict[str, str]) -> Path:
    # identity: the bytes kept are those the publisher stores, and Content-Length counts them
    headers = {"Accept-Encoding": "identity", **_validators(last), **source.headers}
    timeout = httpx.Timeout(warehouse.settings.espera_segundos)
    with (
        httpx.Client(timeout=timeout, follow_redirects=True) as client,
        client.stream("GET", source.url, headers=headers) as answer,
    ):
        if answer.status_code == httpx.codes.NOT_MODIFIED and last:
            return landing.path_of(warehouse.landing, last["hash"])
        if answer.status_code >= 500:
            raise _ServerFault(f"código {answer.status_code}")
        if answer.status_code != httpx.codes.OK:
            raise _no_answer(source, url, f"respondió {answer.status_code} {answer.reason_phrase}".rstrip())
        landed = landing.keep(warehouse.landing, source.name, _body(answer, source, warehouse), _limit(warehouse))
        _remember(warehouse, url, answer, landed)
    return landed.path


def _body(answer: httpx.Response, source: HttpSource, warehouse: Warehouse) -> Iterator[bytes]:
    """The body in pieces; an announced size beyond the limit is refused before the first byte."""
    announced = int(answer.headers.get("Content-Length") or 0)
    if announced > _limit(warehouse):
        raise landing.TooLarge(
            f"{source.name}: el servidor anuncia {announced / 1e6:,.1f} MB y el límite es {warehouse.settings.max_mb_archivo:,} MB.",
            stands="No se descargó; los datos aceptados antes siguen vigentes.",
            cure="Si el tamaño es el esperado, suba SIEGEM_MAX_MB_ARCHIVO y repita.",
        )
    received = 0
    for chunk in answer.iter_raw(1 << 20):
        received += len(chunk)
        yield chunk
    if announced and received != announced:
        raise httpx.RemoteProtocolError("cuerpo incompleto")


def _limit(warehouse: Warehouse) -> int:
    return warehouse.settings.max_mb_archivo * 1_000_000


def _last(warehouse: Warehouse, url: str) -> dict[str, str]:
    """Validators of the last download; empty where its bytes are no longer kept, so that the file is asked for whole."""
    with warehouse.engine.connect() as connection:
        row = connection.execute(select(descargas).where(descargas.c.url == url)).mappings().first()
    if row is None or not row["hash"] or not landing.path_of(warehouse.landing, row["hash"]).exists():
        return {}
    return {k: row[k] for k in ("etag", "ultima_modificacion", "hash") if row[k]}


def _validators(last: dict[str, str]) -> dict[str, str]:
    names = {"etag": "If-None-Match", "ultima_modificacion": "If-Modified-Since"}
    return {names[k]: v for k, v in last.items() if k in names}


def _remember(warehouse: Warehouse, url: str, answer: httpx.Response, landed: Landed) -> None:
    etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    row = {"url": url, "hash": landed.hash, "consultado_en": now(), "ultima_modificacion": modified and modified[:100]}
    # A validator cut to fit its column would never match; better none.
    row["etag"] = etag if etag and len(etag) <= 200 else None
    with writing(warehouse.engine).begin() as connection:
        connection.execute(delete(descargas).where(descargas.c.url == url))
        connection.execute(insert(descargas).values(**row))


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "se agotó la espera"
    if isinstance(error, httpx.ConnectError):
        return "no hay conexión con el servidor"
    return str(error) if isinstance(error, _ServerFault) else type(error).__name__


def _no_answer(source: HttpSource, url: str, what: str) -> SourceError:
    return SourceError(
        f"{source.name}: la fuente {url} {what}.",
        stands=f"Los datos aceptados antes de «{source.table}» siguen vigentes.",
        cure="Compruebe la dirección en un navegador y repita la corrida; lo ya cargado no se repite.",
    )
