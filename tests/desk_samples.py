"""What tests of the desk share: a tiny set of contracts, a warehouse that has them, and a raw client of the upload protocol. No tests here."""

from __future__ import annotations

import base64
import hashlib
import shutil
import time
from pathlib import Path
from typing import Any

import httpx

from tests import etl_samples
from warehouse import catalogue

PLACE = {"tabla": "visitas", "region": "13", "periodo": "2026-03"}
TUS = {"Tus-Resumable": "1.0.0"}
OFFSET = "application/offset+octet-stream"


def contracts(folder: Path) -> Path:
    """A folder with the tiny contract and those of the reference tables, which every installation has."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in catalogue.CONTRACTS.glob("ref_*.yml"):
        shutil.copy(path, folder)
    etl_samples.contract(folder)
    return folder


def good_csv(rows: int = 3, first: int = 1, month: str = "2026-03") -> bytes:
    """A right file of `rows` rows, with keys of its own."""
    lines = [[f"A-{n}", "13", f"{month}-{1 + n % 28:02d}", f"{n}.5", str(n), "true", "abierto", ""] for n in range(first, first + rows)]
    return etl_samples.csv_bytes(lines)


def metadata(**words: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" if v else k for k, v in words.items())


class Sender:
    """A client of the tus protocol that does as it is told, wrong things included."""

    def __init__(self, client: httpx.Client, content: bytes, **words: str) -> None:
        self.client, self.content = client, content
        self.words = {"nombre": "visitas.csv", **PLACE, **words}
        self.url = ""

    def create(self, **headers: str) -> httpx.Response:
        told = {**TUS, "Upload-Length": str(len(self.content)), "Upload-Metadata": metadata(**self.words), **headers}
        answer = self.client.post("/api/v1/cargas", headers=told)
        self.url = answer.headers.get("location", "")
        return answer

    @property
    def id(self) -> str:
        return self.url.rpartition("/")[2]

    def offset(self) -> int:
        answer = self.client.head(self.url, headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    def piece(self, start: int, end: int, *, checksum: bool = False, content: bytes | None = None, **headers: str) -> httpx.Response:
        body = self.content[start:end] if content is None else content
        told = {**TUS, "Upload-Offset": str(start), "Content-Type": OFFSET, **headers}
        if checksum:
            told["Upload-Checksum"] = "sha256 " + base64.b64encode(hashlib.sha256(self.content[start:end]).digest()).decode()
        return self.client.patch(self.url, content=body, headers=told)

    def rest(self, size: int = 50_000, *, checksum: bool = False) -> None:
        """Everything from where the server is, in pieces."""
        offset = self.offset()
        while offset < len(self.content):
            answer = self.piece(offset, offset + size, checksum=checksum)
            assert answer.status_code == 204, answer.text
            offset = int(answer.headers["upload-offset"])

    def send(self) -> str:
        assert self.create().status_code == 201
        self.rest()
        return self.id

    def status(self) -> dict[str, Any]:
        answer = self.client.get(self.url)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def verdict(self, seconds: float = 60) -> dict[str, Any]:
        """Wait for what the receiver says."""
        deadline = time.monotonic() + seconds
        while (found := self.status())["estado"] not in ("revisada", "no_recibida"):
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
        return found
