"""The upload protocol met by a raw client: what it promises, what it refuses, and that a cut anywhere loses the piece in flight at most."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from etl.desk import api
from etl.desk.arrival import ABANDONED, Desk
from tests.browser import serving
from tests.desk_samples import OFFSET, PLACE, TUS, Sender, contracts, good_csv, metadata
from tests.etl_samples import warehouse as new_warehouse
from warehouse import catalogue, uploads
from warehouse.store import Warehouse

CONTENT = good_csv(3000)  # some 100 kB


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("mesa")
    patch = pytest.MonkeyPatch()
    patch.setattr(catalogue, "CONTRACTS", contracts(folder / "contratos"))
    yield new_warehouse(folder, max_mb_archivo=1)
    patch.undo()


def served(house: Warehouse) -> FastAPI:
    app = FastAPI()
    app.include_router(api.router(house))
    return app


@pytest.fixture(scope="module")
def client(house: Warehouse) -> Iterator[httpx.Client]:
    with serving(served(house)) as base, httpx.Client(base_url=base, timeout=30) as made:
        yield made


def test_the_server_says_what_it_can(client: httpx.Client) -> None:
    told = client.options("/api/v1/cargas")
    assert told.status_code == 204
    assert told.headers["tus-version"] == "1.0.0" and told.headers["tus-max-size"] == "1000000"
    assert set(told.headers["tus-extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert "sha1" in told.headers["tus-checksum-algorithm"].split(",")


def test_a_file_comes_in_pieces_and_is_queued_with_its_hash(client: httpx.Client, house: Warehouse) -> None:
    sender = Sender(client, CONTENT, motivo="Se corrigen fechas", remitente="Rosa Quispe")
    made = sender.create()
    assert made.status_code == 201 and made.headers["tus-resumable"] == "1.0.0" and made.headers["upload-expires"].endswith("GMT")
    assert sender.offset() == 0
    first = sender.piece(0, 40_000)
    assert (first.status_code, first.headers["upload-offset"]) == (204, "40000") and sender.offset() == 40_000
    sender.rest()
    kept = uploads.find(house.engine, sender.id)
    assert kept is not None
    assert (kept.estado, kept.hash, kept.motivo, kept.remitente) == (
        "en_cola",
        hashlib.sha256(CONTENT).hexdigest(),
        "Se corrigen fechas",
        "Rosa Quispe",
    )
    assert Desk(house).spool.path(sender.id).read_bytes() == CONTENT
    assert sender.offset() == len(CONTENT)


def test_the_length_and_what_was_said_are_told_again(client: httpx.Client) -> None:
    sender = Sender(client, CONTENT, nombre="trámites ñ.csv")
    sender.create()
    told = client.head(sender.url, headers=TUS)
    assert (told.headers["upload-length"], told.headers["cache-control"]) == (str(len(CONTENT)), "no-store")
    words = dict(pair.split(" ") for pair in told.headers["upload-metadata"].split(",") if " " in pair)
    assert base64.b64decode(words["nombre"]).decode() == "trámites ñ.csv" and base64.b64decode(words["tabla"]).decode() == "visitas"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ({"tabla": "visita"}, 422, "¿Quiso decir «visitas»?"),
        ({"tabla": "ref_region"}, 422, "la arma el sistema"),
        ({"region": "00"}, 422, "la entrega cada gobierno regional"),
        ({"region": "99"}, 422, "no es un gobierno regional"),
        ({"periodo": "marzo"}, 422, "no es un periodo"),
        ({"periodo": "2099-01"}, 422, "todavía no empieza"),
        ({"periodo": "serie"}, 422, "periodo por periodo"),
        ({"nombre": "visitas.xls"}, 415, "Libro de Excel (.xlsx)"),
        ({"nombre": "visitas.pdf"}, 415, "no es un libro de Excel ni un CSV"),
        ({"nombre": ""}, 415, "no es un libro de Excel ni un CSV"),
    ],
)
def test_what_could_not_be_taken_is_refused_before_a_byte_travels(client: httpx.Client, words: dict[str, str], status: int, told: str) -> None:
    answer = Sender(client, CONTENT, **words).create()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["title"] + answer.json()["detail"]


def test_sizes_are_guarded(client: httpx.Client) -> None:
    sender = Sender(client, CONTENT)
    assert sender.create(**{"Upload-Length": "0"}).status_code == 422
    assert sender.create(**{"Upload-Length": "1000001"}).status_code == 413
    assert sender.create(**{"Upload-Length": "muchos"}).status_code == 400
    assert sender.create(**{"Upload-Length": "10"}).status_code == 201
    too_much = sender.piece(0, 11)
    assert too_much.status_code == 413 and sender.offset() == 0


def test_a_name_is_only_a_name(client: httpx.Client, house: Warehouse) -> None:
    for given, kept in (("../../etc/pass\x00wd.csv", "pass_wd.csv"), ("C:\\datos\\visitas.csv", "visitas.csv"), ('a"<b>.csv', "a_b_.csv")):
        sender = Sender(client, CONTENT, nombre=given)
        assert sender.create().status_code == 201
        found = uploads.find(house.engine, sender.id)
        assert found is not None and found.nombre == kept


def test_headers_of_the_protocol_are_asked_for(client: httpx.Client) -> None:
    sender = Sender(client, CONTENT)
    old = client.post("/api/v1/cargas", headers={"Upload-Length": "10", "Upload-Metadata": metadata(**sender.words)})
    assert (old.status_code, old.headers["tus-version"]) == (412, "1.0.0")
    assert client.post("/api/v1/cargas", headers={**TUS, "Upload-Defer-Length": "1"}).status_code == 400
    broken = client.post("/api/v1/cargas", headers={**TUS, "Upload-Length": "10", "Upload-Metadata": "nombre ###"})
    assert broken.status_code == 400 and "base64" in broken.json()["title"]
    sender.create()
    assert sender.piece(0, 10, **{"Content-Type": "text/csv"}).status_code == 415
    assert client.head("/api/v1/cargas/" + "0" * 32, headers=TUS).status_code == 404
    assert client.head("/api/v1/cargas/..%2f..%2fsal", headers=TUS).status_code == 404


def test_a_wrong_offset_is_a_conflict_that_says_where_it_is(client: httpx.Client) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    sender.piece(0, 1000)
    for start in (0, 999, 1001, 5000):
        answer = sender.piece(start, start + 10)
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "1000")
    assert sender.offset() == 1000


def test_a_damaged_piece_is_thrown_away_whole(client: httpx.Client) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    assert sender.piece(0, 1000, checksum=True).status_code == 204
    damaged = sender.piece(1000, 2000, checksum=True, content=b"x" * 1000)
    assert damaged.status_code == 460 and sender.offset() == 1000
    sha1 = base64.b64encode(hashlib.sha1(CONTENT[1000:2000], usedforsecurity=False).digest()).decode()
    assert sender.piece(1000, 2000, **{"Upload-Checksum": f"sha1 {sha1}"}).status_code == 204
    assert sender.piece(2000, 3000, **{"Upload-Checksum": f"crc32 {sha1}"}).status_code == 400
    assert sender.offset() == 2000


def test_a_file_that_is_not_the_announced_one_starts_again(client: httpx.Client, house: Warehouse) -> None:
    sender = Sender(client, CONTENT, sha256=hashlib.sha256(b"otro").hexdigest())
    sender.create()
    answer = sender.piece(0, len(CONTENT))
    assert answer.status_code == 460 and "SHA-256" in answer.json()["title"]
    assert sender.offset() == 0
    found = uploads.find(house.engine, sender.id)
    assert found is not None and found.estado == "subiendo"


def cut(base: str, sender: Sender, start: int, sent: int, *, checksum: bool) -> None:
    """A connection that dies after `sent` bytes of a piece."""
    host, port = base.removeprefix("http://").split(":")
    piece = sender.content[start:]
    head = [f"PATCH {sender.url} HTTP/1.1", f"Host: {host}:{port}", "Tus-Resumable: 1.0.0", f"Upload-Offset: {start}", f"Content-Type: {OFFSET}",
            f"Content-Length: {len(piece)}"]  # fmt: skip
    if checksum:
        head.append("Upload-Checksum: sha256 " + base64.b64encode(hashlib.sha256(piece).digest()).decode())
    with socket.create_connection((host, int(port))) as line:
        line.sendall(("\r\n".join(head) + "\r\n\r\n").encode() + piece[:sent])
        time.sleep(0.3)


def settled(sender: Sender, at: int) -> int:
    """The offset once the server has noticed that the line is gone."""
    deadline = time.monotonic() + 5
    while sender.offset() != at and time.monotonic() < deadline:
        time.sleep(0.05)
    return sender.offset()


def test_a_cut_line_keeps_what_came_and_goes_on(client: httpx.Client, house: Warehouse) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    cut(str(client.base_url), sender, 0, 30_000, checksum=False)
    assert settled(sender, 30_000) == 30_000
    sender.rest()
    assert Desk(house).spool.path(sender.id).read_bytes() == CONTENT


def test_a_cut_line_of_a_checked_piece_keeps_nothing_of_it(client: httpx.Client, house: Warehouse) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    sender.piece(0, 5000, checksum=True)
    cut(str(client.base_url), sender, 5000, 30_000, checksum=True)
    assert settled(sender, 5000) == 5000
    sender.rest(checksum=True)
    assert Desk(house).spool.path(sender.id).read_bytes() == CONTENT


def test_two_connections_cannot_write_the_same_bytes(client: httpx.Client, house: Warehouse) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    answers: list[int] = []
    work = [threading.Thread(target=lambda: answers.append(sender.piece(0, 50_000).status_code)) for _ in range(6)]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert sorted(answers) == [204, 409, 409, 409, 409, 409]
    sender.rest()
    assert Desk(house).spool.path(sender.id).read_bytes() == CONTENT


def test_another_server_goes_on_where_the_first_died(house: Warehouse) -> None:
    with serving(served(house)) as base, httpx.Client(base_url=base, timeout=30) as first:
        sender = Sender(first, CONTENT)
        sender.create()
        sender.piece(0, 20_000)
    with serving(served(Warehouse(house.settings))) as base, httpx.Client(base_url=base, timeout=30) as second:
        sender.client = second
        assert sender.offset() == 20_000
        sender.rest()
        assert sender.status()["estado"] == "en_cola"


def test_a_death_between_the_last_byte_and_the_queue_loses_nothing(client: httpx.Client, house: Warehouse) -> None:
    desk = Desk(house)
    asked, tidied = Sender(client, CONTENT), Sender(client, CONTENT)
    for sender in (asked, tidied):
        sender.create()
        desk.spool.append(sender.id, 0, CONTENT)  # on disk, and nobody said so
        assert sender.status()["estado"] == "subiendo"
    assert asked.offset() == len(CONTENT) and asked.status()["estado"] == "en_cola"
    desk.tidy()
    assert tidied.status()["estado"] == "en_cola"


def test_an_upload_can_be_withdrawn_until_it_is_judged(client: httpx.Client, house: Warehouse) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    sender.piece(0, 1000)
    assert client.delete(sender.url, headers=TUS).status_code == 204
    assert client.head(sender.url, headers=TUS).status_code == 404 and Desk(house).spool.size(sender.id) is None
    judged = Sender(client, CONTENT)
    judged.send()
    uploads.finish(house.engine, judged.id, "revisada", "", {})
    assert client.delete(judged.url, headers=TUS).status_code == 409


def test_a_proxy_that_lets_no_patch_through_is_gone_around(client: httpx.Client) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": OFFSET, "X-HTTP-Method-Override": "PATCH"}
    assert client.post(sender.url, content=CONTENT[:500], headers=headers).status_code == 204
    assert sender.offset() == 500
    assert client.post(sender.url, headers={**TUS, "X-HTTP-Method-Override": "TRACE"}).status_code == 405


def test_what_was_abandoned_is_forgotten(client: httpx.Client, house: Warehouse) -> None:
    sender, fresh = Sender(client, CONTENT), Sender(client, CONTENT)
    sender.create()
    fresh.create()
    path = Desk(house).spool.path(sender.id)
    old = path.stat().st_mtime - (ABANDONED + timedelta(hours=1)).total_seconds()
    os.utime(path, (old, old))
    Desk(house).tidy()
    assert client.head(sender.url, headers=TUS).status_code == 404 and not path.exists()
    assert fresh.offset() == 0
    Desk(house).spool.remove(fresh.id)
    assert client.head(fresh.url, headers=TUS).status_code == 410


def test_parts_are_readable_by_this_account_alone(client: httpx.Client, house: Warehouse) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    path: Path = Desk(house).spool.path(sender.id)
    assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0


def test_the_place_is_that_of_the_words(client: httpx.Client) -> None:
    sender = Sender(client, CONTENT)
    sender.create()
    told = sender.status()
    assert {k: told[k] for k in PLACE} == PLACE
