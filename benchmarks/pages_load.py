"""What a change of filter asks of the server, walked by one reader and by many: milliseconds for each view, views in a second, memory.

Run: `python -m benchmarks.pages_load [--datos CARPETA] [--ruta /procesos] [--lectores 50] [--segundos 8]`. A view is what the browser asks when a
filter changes: Dash's question for the page and one answer with its figures, ten of them (a page with fewer is filled up with bars of other
indicators). Every state is walked once before measuring, and that first making is printed apart.
Two workers, as `siegem serve --procesos 2` forks them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import tempfile
import time
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson

from dashboard import published
from ops import server, workers
from tests.sample_publication import build
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.territories import all_territories

CHARTS = 10
WORKERS = 2
HEAD = "host: 127.0.0.1\r\naccept-encoding: br, gzip\r\nuser-agent: Mozilla/5.0\r\naccept: application/json\r\nsec-fetch-site: same-origin\r\n"


def question(path: str, search: str) -> bytes:
    """Dash's own question for a page, as its browser side writes it."""
    place = {"id": "_pages_location", "property": "pathname", "value": path}
    body = orjson.dumps({
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}],
        "inputs": [place, {**place, "property": "search", "value": search}],
        "changedPropIds": ["_pages_location.search"], "parsedChangedPropsIds": ["_pages_location.search"],
    })  # fmt: skip
    return f"POST /_dash-update-component HTTP/1.1\r\n{HEAD}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def figures(urls: list[str]) -> bytes:
    """One question for many figures, as `assets/siegem.js` writes it."""
    publication, wanted = "", []
    for url in urls:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        publication = query.pop("publicacion", "")
        wanted.append(("de", f"{parts.path.rsplit('/', 1)[1]}?{urlencode(query)}"))
    return f"GET /api/v1/figuras?{urlencode([*wanted, ('publicacion', publication)])} HTTP/1.1\r\n{HEAD}\r\n".encode()


class Reader:
    """One browser's connection."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> Reader:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def ask(self, request: bytes) -> bytes:
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head[:200]
        found = re.search(rb"content-length: (\d+)", head)
        assert found is not None
        return await self.reader.readexactly(int(found[1]))


async def states(port: int, path: str) -> tuple[list[tuple[bytes, bytes]], list[float]]:
    """(question for the page, question for its figures) of every region, and the seconds its first making took."""
    made, first = [], []
    snap = published.snapshot()
    others = [s.id for s in snap.indicators() if snap.last_period(s.id)]
    async with Reader(port) as one:
        for code in [c for c, p in all_territories().items() if p.nivel == "region"]:
            search = f"?region={code}"
            html = await one.ask(f"GET {path}{search} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
            urls = [unescape(u) for u in re.findall(r'data-figura="([^"]+)"', html.decode())][:CHARTS]
            more = (f"/api/v1/figuras/comparar_barras?indicador={quote(i)}&territorio={code}&publicacion={snap.number}" for i in others)
            urls += [url for url, _ in zip(more, range(CHARTS - len(urls)), strict=False)]
            pair = question(path, search), figures(urls)
            start = time.perf_counter()
            for request in pair:
                await one.ask(request)
            first.append(time.perf_counter() - start)
            made.append(pair)
    return made, first


async def walk(port: int, pairs: list[tuple[bytes, bytes]], readers: int, seconds: float) -> tuple[list[float], int]:
    """(milliseconds of each view, bytes) of readers who change their filter again and again."""
    took: list[float] = []
    total = 0

    async def one(seed: int) -> None:
        nonlocal total
        pick = random.Random(seed)
        async with Reader(port) as browser:
            while time.perf_counter() < end:
                page, drawn = pick.choice(pairs)
                start = time.perf_counter()
                came = len(await browser.ask(page)) + len(await browser.ask(drawn))
                total += came
                took.append(1000 * (time.perf_counter() - start))

    end = time.perf_counter() + seconds
    await asyncio.gather(*(one(n) for n in range(readers)))
    return took, total


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--datos", type=Path, help="carpeta de una instalación")
    options.add_argument("--ruta", default="/procesos")
    options.add_argument("--lectores", type=int, default=50)
    options.add_argument("--segundos", type=float, default=8)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(load(datos=chosen.datos)) if chosen.datos else build(Path(folder))
        application = server.application_of(warehouse)
        server.prepare(application, warehouse.engine)
        with workers.listen("127.0.0.1", 0) as listening:
            crew = workers.Workers(application, listening, WORKERS)
            try:
                _measure(listening.getsockname()[1], chosen.ruta, chosen.lectores, chosen.segundos, crew.pids)
            finally:
                crew.stop()


def _measure(port: int, path: str, readers: int, seconds: float, pids: list[int]) -> None:
    time.sleep(1)
    for attempt in range(4 * WORKERS):  # each connection may reach either worker: both have made every state after a few rounds
        pairs, first = asyncio.run(states(port, path))
        if attempt == 0:
            print(f"{path}: {len(pairs)} estados, {CHARTS} gráficos; primera vez {1000 * statistics.median(first):,.0f} ms (mediana)")
    _told("un lector", *asyncio.run(walk(port, pairs, 1, seconds)), seconds)
    cpu = [processor_seconds(pid) for pid in pids]
    _told(f"{readers} lectores", *asyncio.run(walk(port, pairs, readers, seconds)), seconds)
    spent = sum(processor_seconds(pid) - before for pid, before in zip(pids, cpu, strict=True))
    print(f"procesador de los {WORKERS} procesos: {spent:.1f} s de {WORKERS * seconds:.0f}")
    print("memoria (PSS): " + ", ".join(f"{memory(pid):,.0f} MB" for pid in pids))


def _told(name: str, took: list[float], total: int, seconds: float) -> None:
    ordered = sorted(took)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"{name}: {len(took) / seconds:,.0f} vistas/s, p50 {p50:.1f} ms, p95 {p95:.1f} ms, {total / len(took) / 1000:.1f} KB por vista, 0 errores")


def memory(pid: int) -> float:
    """Megabytes of a process, what it shares with others divided among them."""
    found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(found[1]) / 1000 if found else 0.0


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
