"""Manners towards a real server: who we are, pauses, Retry-After, going on after a cut, and a limit to everything."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from layouts_server import File, Site, answer, in_turn, no_waiting, serving, status

from etl.sources.polite import Answer, Client, Patience
from warehouse.errors import SourceError
from warehouse.landing import TooLarge
from warehouse.settings import load

BODY = bytes(range(256)) * 12_000


def client(slept: list[float] | None = None, **settings: object) -> Client:
    changed = {"reintentos": 3, "espera_segundos": 0.5, "pausa_segundos": 0, "max_mb_archivo": 4, **settings}
    return Client(load(datos=Path("nada"), **changed), "prueba", "visitas", no_waiting(slept))


def body_of(asking: Client, url: str) -> bytes:
    with asking:
        return asking.fetch(url, lambda got: b"".join(got.chunks))


def test_we_say_who_we_are_and_ask_for_the_bytes_as_they_are(site: Site) -> None:
    site.routes["/x"] = answer(b"ok")
    assert body_of(client(agente_usuario="SIEGEM (contacto@ejemplo.pe)"), f"{site.url}/x") == b"ok"
    headers = site.seen[0][2]
    assert (headers["user-agent"], headers["accept-encoding"]) == ("SIEGEM (contacto@ejemplo.pe)", "identity")


@pytest.mark.parametrize("code", [429, 503])
def test_a_server_that_asks_to_wait_is_waited_for(site: Site, code: int) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    site.routes["/x"] = in_turn(status(code, Retry_After="7"), status(code, Retry_After=soon), answer(b"ok"))
    slept: list[float] = []
    assert body_of(client(slept), f"{site.url}/x") == b"ok"
    assert slept[0] == 7 and 5 < slept[1] <= 9


def test_a_server_that_asks_for_hours_is_left_for_later(site: Site) -> None:
    site.routes["/x"] = status(429, Retry_After="7200")
    with pytest.raises(SourceError, match="pide esperar 120 minutos") as error:
        body_of(client(), f"{site.url}/x")
    assert len(site.seen) == 1 and error.value.cure


def test_a_refusal_to_programs_says_what_to_do(site: Site) -> None:
    site.routes["/x"] = status(418)
    with pytest.raises(SourceError, match="418") as error:
        body_of(client(), f"{site.url}/x")
    assert len(site.seen) == 1 and "navegador" in error.value.cure and "«archivo»" in error.value.cure


def test_a_cut_line_goes_on_where_it_stopped(site: Site) -> None:
    site.routes["/x"] = File(BODY, cuts=[1_300_000, 700_000])
    assert body_of(client(), f"{site.url}/x") == BODY
    asked = [headers.get("range") for _, _, headers in site.seen]
    assert asked == [None, "bytes=1300000-", "bytes=2000000-"]
    assert site.seen[1][2]["if-range"] == '"v1"'


def test_a_server_that_is_away_after_the_cut_is_asked_for_the_rest_again(site: Site) -> None:
    file = File(BODY, cuts=[1_300_000])
    away = in_turn(status(503, Retry_After="4"), status(502), file)

    def answering(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        (away if handler.headers.get("Range") else file)(handler, query)

    site.routes["/x"] = answering
    slept: list[float] = []
    assert body_of(client(slept), f"{site.url}/x") == BODY
    assert [headers.get("range") for _, _, headers in site.seen] == [None, *["bytes=1300000-"] * 3] and 4 in slept


def test_a_file_that_changed_after_the_cut_is_read_from_the_start(site: Site) -> None:
    file = File(BODY, cuts=[1_000_000])

    def changing(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        if handler.headers.get("Range"):
            file.body, file.etag = BODY[::-1], '"v2"'
        file(handler, query)

    site.routes["/x"] = changing
    assert body_of(client(), f"{site.url}/x") == BODY[::-1]


@pytest.mark.parametrize("file", [File(BODY, etag="", cuts=[10, 10, 10]), File(BODY, parts=False, cuts=[10] * 10)])
def test_a_line_cut_every_time_is_a_sentence(site: Site, file: File) -> None:
    site.routes["/x"] = file
    with pytest.raises(SourceError, match="cortó el archivo|no respondió"):
        body_of(client(), f"{site.url}/x")


def test_what_is_read_halfway_is_read_anew_in_the_next_attempt(site: Site) -> None:
    site.routes["/x"] = File(BODY, etag="", cuts=[1_000_000])
    seen: list[int] = []

    def consume(got: Answer) -> bytes:
        seen.append(1)
        return b"".join(got.chunks)

    with client() as asking:
        assert asking.fetch(f"{site.url}/x", consume) == BODY
    assert len(seen) == 2


@pytest.mark.parametrize("announced", [True, False])
def test_nothing_goes_past_the_limit(site: Site, announced: bool) -> None:
    def endless(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(60):
            handler.wfile.write(b"x" * 100_000)

    site.routes["/x"] = answer(b"x" * 5_000_000) if announced else endless
    with pytest.raises(TooLarge, match="el límite es 4 MB"):
        body_of(client(), f"{site.url}/x")


def test_two_requests_to_one_server_keep_their_distance(site: Site) -> None:
    site.routes["/x"] = answer(b"{}")
    slept: list[float] = []
    with client(slept, pausa_segundos=30) as asking:
        asking.json(f"{site.url}/x")
        asking.json(f"{site.url}/x")
    assert len(slept) == 1 and 29 < slept[0] <= 30


def test_a_body_that_comes_compressed_unasked_is_refused(site: Site) -> None:
    site.routes["/x"] = answer(b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(SourceError, match="comprimido"):
        body_of(client(), f"{site.url}/x")


def test_a_redirection_elsewhere_does_not_take_the_credential_along(site: Site) -> None:
    with serving() as other:
        other.routes["/y"], site.routes["/z"] = answer(b"ok"), answer(b"ok")
        site.routes["/x"] = status(302, Location=f"{other.url}/y")
        site.routes["/w"] = status(302, Location=f"{site.url}/z")
        asking = client()
        with Client(asking.settings, "prueba", "visitas", no_waiting(), {"X-Clave": "s3cr3t0"}) as secret:
            for path in ("/x", "/w"):
                assert secret.fetch(f"{site.url}{path}", lambda got: b"".join(got.chunks)) == b"ok"
    assert [headers.get("x-clave") for _, _, headers in site.seen] == ["s3cr3t0"] * 3
    assert "x-clave" not in other.seen[0][2]


def test_backoff_grows_and_does_not_beat_in_step() -> None:
    wait = Patience().wait
    from tenacity import RetryCallState, Retrying

    def after(attempts: int) -> float:
        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = attempts
        return float(wait(state))

    first, third = [after(1) for _ in range(20)], [after(3) for _ in range(20)]
    assert min(third) > min(first) and len(set(first)) > 10 and max(after(30) for _ in range(5)) <= 31


@pytest.mark.parametrize("body", [b"<html>", b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_a_sentence(site: Site, body: bytes) -> None:
    site.routes["/x"] = answer(body)
    with client() as asking, pytest.raises(SourceError, match="no respondió JSON"):
        asking.json(f"{site.url}/x")


def test_a_server_that_never_speaks_is_left(site: Site) -> None:
    def silent(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        time.sleep(0.4)

    site.routes["/x"] = silent
    with pytest.raises(SourceError, match="se agotó la espera"):
        body_of(client(espera_segundos=0.1), f"{site.url}/x")
