"""Downloads against a real server on this machine: retried, conditional, bounded, and silent about credentials."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import etl_samples as samples
import pytest
from sqlalchemy import select
from tenacity import wait_none

from etl.pipeline import ingest
from etl.sources.http import HttpSource, download, without_credentials
from etl.sources.received import Received
from warehouse.errors import SourceError
from warehouse.landing import TooLarge
from warehouse.store import Warehouse
from warehouse.tables import archivos, descargas

BODY = samples.csv_bytes(samples.GOOD)
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A server whose answers are given one by one; the last one is repeated. `seen`: headers of each request."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.seen.append({k.lower(): v for k, v in self.headers.items()})
            (found.answers.pop(0) if len(found.answers) > 1 else found.answers[0])(self)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Site(f"http://127.0.0.1:{server.server_port}/visitas.csv")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


def answer(status: int = 200, body: bytes = BODY, length: int | None = None, **headers: str) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return send


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    return samples.warehouse(tmp_path, reintentos=3, espera_segundos=0.3, pausa_segundos=0, max_mb_archivo=1)


def fetch(house: Warehouse, site: Site, **changes: object) -> Received:
    source = HttpSource(**{"url": site.url, "table": "visitas", "name": "visitas.csv", "cod_region": "13", "periodo": "2026-03", **changes})
    return download(house, source, wait=wait_none())


def bytes_of(received: Received) -> bytes:
    return b"".join(received.chunks())


def test_a_file_is_downloaded_into_landing(house: Warehouse, site: Site) -> None:
    site.answers = [answer()]
    received = fetch(house, site)
    assert bytes_of(received) == BODY
    assert received.path is not None and received.path.is_relative_to(house.landing)
    assert (received.table, received.cod_region, received.periodo) == ("visitas", "13", "2026-03")


def test_what_did_not_change_is_not_sent_again_and_not_judged_again(house: Warehouse, site: Site, tmp_path: Path) -> None:
    contracts = {"visitas": samples.contract(tmp_path)}
    site.answers = [answer(ETag='"v1"', Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT"), answer(304, b"")]
    first = ingest(house, [fetch(house, site)], contracts=contracts, today=samples.TODAY)
    again = ingest(house, [fetch(house, site)], contracts=contracts, today=samples.TODAY)
    assert site.seen[1]["if-none-match"] == '"v1"'
    assert site.seen[1]["if-modified-since"] == "Mon, 02 Mar 2026 10:00:00 GMT"
    assert (len(first.outcomes), first.unchanged, len(again.outcomes), again.unchanged) == (1, 0, 0, 1)


def test_a_download_that_was_never_judged_is_judged_although_the_server_says_unchanged(house: Warehouse, site: Site) -> None:
    site.answers = [answer(ETag='"v1"'), answer(304, b"")]
    fetch(house, site)
    assert bytes_of(fetch(house, site)) == BODY


def test_bytes_that_were_purged_are_asked_for_whole(house: Warehouse, site: Site) -> None:
    site.answers = [answer(ETag='"v1"')]
    first = fetch(house, site)
    assert first.path is not None
    first.path.unlink()
    assert bytes_of(fetch(house, site)) == BODY
    assert "if-none-match" not in site.seen[1]


def test_a_server_fault_is_tried_again(house: Warehouse, site: Site) -> None:
    site.answers = [answer(500, b"x"), answer(503, b"x"), answer()]
    assert bytes_of(fetch(house, site)) == BODY
    assert len(site.seen) == 3


@pytest.mark.parametrize(
    ("reply", "tries", "says"), [(answer(500, b"x"), 3, "no respondió en 3 intentos (código 500)"), (slow, 3, "se agotó la espera")]
)
def test_after_the_last_try_the_error_has_three_parts(house: Warehouse, site: Site, reply: Answer, tries: int, says: str) -> None:
    site.answers = [reply]
    with pytest.raises(SourceError) as error:
        fetch(house, site)
    assert len(site.seen) == 3
    assert says in error.value.what and "visitas.csv" in error.value.what
    assert "visitas" in error.value.stands and error.value.cure


def test_a_refusal_is_not_tried_again(house: Warehouse, site: Site) -> None:
    site.answers = [answer(404, b"")]
    with pytest.raises(SourceError, match="404"):
        fetch(house, site)
    assert len(site.seen) == 1


def test_no_server_at_all_is_a_sentence(house: Warehouse, site: Site) -> None:
    with pytest.raises(SourceError, match="no hay conexión"):
        fetch(house, site, url="http://127.0.0.1:9/x.csv")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x.csv", "no es una dirección"])
def test_an_address_that_is_none_is_a_sentence(house: Warehouse, site: Site, url: str) -> None:
    with pytest.raises(SourceError):
        fetch(house, site, url=url)


@pytest.mark.parametrize("announced", [True, False])
def test_more_bytes_than_allowed_are_not_kept(house: Warehouse, site: Site, announced: bool) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b"x" * 100_000)

    site.answers = [answer(body=b"x" * 1_100_000) if announced else endless]
    with pytest.raises(TooLarge, match="SIEGEM_MAX_MB_ARCHIVO"):
        fetch(house, site)
    assert [p for p in house.landing.rglob("*") if p.is_file()] == []


def test_a_body_cut_short_is_not_kept(house: Warehouse, site: Site) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        answer(length=len(BODY) + 100)(handler)
        handler.close_connection = True

    site.answers = [cut]
    with pytest.raises(SourceError, match="cortó el archivo"):
        fetch(house, site)
    assert [p for p in house.landing.rglob("*") if p.is_file()] == []
    with house.engine.connect() as connection:
        assert connection.execute(select(descargas)).all() == []


def test_credentials_are_sent_and_never_written_or_said(house: Warehouse, site: Site, tmp_path: Path) -> None:
    secret = "s3cr3t0"
    site.answers = [answer(), answer(404, b"")]
    url = site.url.replace("http://", f"http://usuario:{secret}@") + f"?token={secret}&anio=2026"
    received = fetch(house, site, url=url, headers={"X-Clave": secret})
    assert site.seen[0]["authorization"].startswith("Basic ") and site.seen[0]["x-clave"] == secret
    ingest(house, [received], contracts={"visitas": samples.contract(tmp_path)}, today=samples.TODAY)
    with house.engine.connect() as connection:
        stored = str(connection.execute(select(descargas)).all()) + str(connection.execute(select(archivos)).all())
    assert secret not in stored and "token=***&anio=2026" in stored
    with pytest.raises(SourceError) as error:
        fetch(house, site, url=url, headers={"X-Clave": secret})
    assert secret not in str(error.value)
    assert secret not in repr(HttpSource(url=url, table="t", name="n", headers={"X": secret}))
    assert without_credentials("https://a:b@c.pe:8443/d?key=e&f=g#h") == "https://c.pe:8443/d?key=***&f=g"
