"""One courteous way to ask a server: who we are, patience, pauses, a size limit, and going on where a cut happened.

Credentials are used and never said or stored.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from tenacity.wait import wait_base

from warehouse.errors import SourceError
from warehouse.landing import TooLarge
from warehouse.settings import Settings

#: query parameters that identify the caller: sent, but masked in whatever is stored or said
_SECRET = ("token", "key", "apikey", "api_key", "access_token", "password", "clave", "secret", "sig", "signature")
#: an answer of an API is read whole: this is far above a page of any of them
_MAX_JSON = 64_000_000
#: a resumed download that brought this much starts counting its cuts anew
_PROGRESS = 1_000_000
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long to wait between attempts. `longest`: seconds that a server may ask us to wait before we rather give up."""

    wait: wait_base = field(default_factory=lambda: wait_exponential_jitter(initial=1, max=30))
    sleep: Callable[[float], None] = time.sleep
    longest: float = 120.0


@dataclass(frozen=True)
class Answer:
    """What came: `chunks` are the bytes as the publisher stores them, resumed where the line was cut."""

    status: int
    headers: httpx.Headers
    chunks: Iterator[bytes]


class Passing(Exception):
    """A fault worth another try. `retry_after`: seconds the server asked for."""

    def __init__(self, what: str, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(what)


class Changed(Passing):
    """The file is another one now, or its rest cannot be had alone."""


def without_credentials(url: str) -> str:
    """The address as it may be stored and said: no user, no password, secret parameters masked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(dirección mal escrita)"
    query = urlencode([(k, "***" if k.lower() in _SECRET else v) for k, v in parse_qsl(parts.query, keep_blank_values=True)], safe="*")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))[:500]


def no_answer(name: str, table: str, url: str, what: str, cure: str = "") -> SourceError:
    """The sentence about a source that gave nothing usable; `what` goes on after its address."""
    return SourceError(
        f"{name}: la fuente {without_credentials(url)} {sayable(what)}.",
        stands=f"Los datos aceptados antes de «{table}» siguen vigentes.",
        cure=cure or "Compruebe la dirección en un navegador y repita la corrida; lo ya cargado no se repite.",
    )


def sayable(text: str) -> str:
    """What a source said, as it may be shown and stored: on one line, without signs that no screen or database takes."""
    return "".join(c if c.isprintable() else " " for c in text.encode("utf-8", errors="replace").decode("utf-8"))


class Client:
    """Asks one source's server. `name` and `table` are what its errors speak of. Use as a context manager."""

    def __init__(self, settings: Settings, name: str, table: str, patience: Patience | None = None, headers: dict[str, str] | None = None) -> None:
        self.settings, self.name, self.table, self.patience = settings, name, table, patience or Patience()
        # identity: the bytes kept are those the publisher stores, and Content-Length counts them
        common = {"User-Agent": settings.agente_usuario, "Accept-Encoding": "identity", **(headers or {})}
        self._secret = tuple(headers or {})
        self._http = httpx.Client(
            timeout=httpx.Timeout(settings.espera_segundos), follow_redirects=True, headers=common, event_hooks={"request": [self._keep_secret]}
        )
        self._asked: dict[bytes, float] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def fetch(self, url: str, consume: Callable[[Answer], T], *, headers: dict[str, str] | None = None, max_bytes: int | None = None) -> T:
        """What `consume` makes of the answer (200, or 304 where validators were sent).

        It is called again from the start where a cut could not be resumed. Raises SourceError; TooLarge past `max_bytes`.
        """
        limit = max_bytes or self.settings.max_mb_archivo * 1_000_000
        return self._patiently(url, lambda: self._once(url, consume, headers or {}, limit))

    def json(self, url: str, params: dict[str, str] | None = None, check: Callable[[Any], None] = lambda body: None) -> Any:
        """The JSON answered. `check` may raise Passing for a fault told inside a good answer. Raises SourceError."""
        address = str(httpx.URL(url, params=params)) if params else url

        def read(answer: Answer) -> Any:
            try:
                body = json.loads(b"".join(answer.chunks))
            except (ValueError, RecursionError) as error:
                cure = "Abra la dirección en un navegador: quizá el servicio está en mantenimiento o pide iniciar sesión."
                raise no_answer(self.name, self.table, url, "no respondió JSON", cure) from error
            check(body)
            return body

        return self.fetch(address, read, max_bytes=_MAX_JSON)

    def _patiently(self, url: str, attempt: Callable[[], T]) -> T:
        attempts = self.settings.reintentos
        try:
            return self._retrying(_is_passing)(attempt)
        except (httpx.TimeoutException, httpx.ConnectError, Passing) as error:
            raise no_answer(self.name, self.table, url, f"no respondió en {attempts} intentos ({_reason(error)})") from error
        except (httpx.RemoteProtocolError, httpx.NetworkError) as error:
            raise no_answer(self.name, self.table, url, "cortó el archivo antes de terminar de enviarlo") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise no_answer(self.name, self.table, url, f"no se pudo leer ({_reason(error)})") from error

    def _retrying(self, again: Callable[[BaseException], bool]) -> Retrying:
        stop, retry = stop_after_attempt(self.settings.reintentos), retry_if_exception(again)
        return Retrying(stop=stop, wait=self._wait, sleep=self.patience.sleep, retry=retry, reraise=True)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return max(float(self.patience.wait(state)), error.retry_after if isinstance(error, Passing) else 0.0)

    def _keep_secret(self, request: httpx.Request) -> None:
        """A server that sends us elsewhere does not send our credential there too."""
        if request.url.netloc not in self._asked:
            for name in self._secret:
                request.headers.pop(name, None)

    def _pause(self, url: str) -> None:
        host = httpx.URL(url).netloc
        missing = self._asked.get(host, float("-inf")) + self.settings.pausa_segundos - time.monotonic()
        if missing > 0:
            self.patience.sleep(missing)
        self._asked[host] = time.monotonic()

    def _once(self, url: str, consume: Callable[[Answer], T], headers: dict[str, str], limit: int) -> T:
        self._pause(url)
        with ExitStack() as open_answers:
            response = open_answers.enter_context(self._http.stream("GET", url, headers=headers))
            conditional = any(h in headers for h in ("If-None-Match", "If-Modified-Since"))
            if response.status_code == httpx.codes.NOT_MODIFIED and conditional:
                return consume(Answer(304, response.headers, iter(())))
            self._refuse(url, response)
            self._refuse_size(response, limit)
            return consume(Answer(response.status_code, response.headers, self._chunks(url, headers, response, limit, open_answers)))

    def _refuse(self, url: str, response: httpx.Response) -> None:
        code = response.status_code
        if code in (429, 503):
            asked = _retry_after(response)
            if asked > self.patience.longest:
                what = f"pide esperar {asked / 60:,.0f} minutos (código {code})"
                raise no_answer(self.name, self.table, url, what, "Repita la corrida después de ese tiempo; lo ya cargado no se repite.")
            raise Passing(f"código {code}", asked)
        if code >= 500:
            raise Passing(f"código {code}")
        if code != httpx.codes.OK:
            cure = (
                "El servidor no atiende a programas: descargue el archivo con un navegador y declárelo con «archivo» en la fuente."
                if code in (401, 403, 406, 418)
                else ""
            )
            raise no_answer(self.name, self.table, url, f"respondió {code} {response.reason_phrase}".rstrip(), cure)
        if response.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise no_answer(self.name, self.table, url, "envió el contenido comprimido aunque se pidió sin comprimir")

    def _refuse_size(self, response: httpx.Response, limit: int) -> None:
        announced = _length(response)
        if announced > limit:
            raise self._too_large(f"el servidor anuncia {announced / 1e6:,.1f} MB", limit)

    def _too_large(self, what: str, limit: int) -> TooLarge:
        setting = "SIEGEM_MAX_MB_FLUJO" if limit == self.settings.max_mb_flujo * 1_000_000 else "SIEGEM_MAX_MB_ARCHIVO"
        return TooLarge(
            f"{self.name}: {what} y el límite es {limit // 1_000_000:,} MB.",
            stands="No se descargó; los datos aceptados antes siguen vigentes.",
            cure=f"Si el tamaño es el esperado, suba {setting} y repita.",
        )

    def _chunks(self, url: str, headers: dict[str, str], response: httpx.Response, limit: int, open_answers: ExitStack) -> Iterator[bytes]:
        """The body in pieces. After a cut the rest is asked for, as long as the server says it is still the same file."""
        validator = _strong_validator(response)
        total, received, since, cuts = _length(response), 0, 0, 0
        while True:
            try:
                # as they come, not in full pieces: what arrived before a cut is not asked for again
                for chunk in response.iter_raw():
                    received += len(chunk)
                    if received > limit:
                        raise self._too_large(f"llegaron más de {limit / 1e6:,.1f} MB", limit)
                    yield chunk
                if total and received != total:
                    raise httpx.RemoteProtocolError("cuerpo incompleto")
                return
            except (httpx.RemoteProtocolError, httpx.NetworkError, httpx.ReadTimeout):
                cuts = 1 if received - since >= _PROGRESS else cuts + 1
                if not validator or not received or cuts >= self.settings.reintentos:
                    raise
                since = received
                self.patience.sleep(min(cuts, 5))
                response = self._go_on(url, headers, received, validator, open_answers)

    def _go_on(self, url: str, headers: dict[str, str], received: int, validator: str, open_answers: ExitStack) -> httpx.Response:
        """The answer that brings the rest of a file of which `received` bytes came. A server that is away for a moment is asked again."""
        asking = {**headers, "Range": f"bytes={received}-", "If-Range": validator}

        def ask() -> httpx.Response:
            self._pause(url)
            response = open_answers.enter_context(self._http.stream("GET", url, headers=asking))
            if response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT, httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE):
                self._refuse(url, response)
            start = response.headers.get("Content-Range", "").partition(" ")[2].partition("-")[0]
            if response.status_code != httpx.codes.PARTIAL_CONTENT or start != str(received):
                # Another file, or a server that cannot give parts: what was read is thrown away and all is asked for again.
                raise Changed("el archivo cambió mientras se descargaba")
            return response

        return self._retrying(lambda error: _is_passing(error) and not isinstance(error, Changed))(ask)


def _strong_validator(response: httpx.Response) -> str:
    tag: str = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return str(response.headers.get("Last-Modified", ""))


def _length(response: httpx.Response) -> int:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, httpx.TimeoutException | httpx.NetworkError | httpx.RemoteProtocolError | Passing)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "se agotó la espera"
    if isinstance(error, httpx.ConnectError):
        return "no hay conexión con el servidor"
    return str(error) if isinstance(error, Passing) else type(error).__name__
