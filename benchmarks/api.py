"""How many kept answers the public API sends in a second, beside a bare «hello» on the same server in the same run.

Run: `python -m benchmarks.api [--datos CARPETA] [--lectores 50] [--segundos 6]`. Readers ask again and again for what is kept: values of a region,
a sheet, revisions, a table in CSV, each with its publication; then the same without it, which passes the limit of questions (set to a number that
nobody reaches) and the router. Two workers, as `siegem serve --publico --procesos 2` forks them. `--datos`: an installation whose public store is
there; without it, the sample publication.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.pages_load import HEAD, WORKERS, Reader, processor_seconds
from ops import public, workers
from tests import public_sample
from warehouse import public_store
from warehouse.settings import load

ADDRESSES = (
    "/api/v1/valores?indicador=pct_tramites_en_plazo&territorio=13&desglose=ninguno&publicacion=1",
    "/api/v1/valores?indicador=produccion_cobre&periodo=2025&publicacion=1",
    "/api/v1/valores?indicador=pct_tramites_en_plazo&territorio=18&desglose=ninguno&formato=csv&publicacion=1",
    "/api/v1/indicadores/pct_tramites_en_plazo?publicacion=1", "/api/v1/revisiones?limite=20&publicacion=1", "/api/v1/metadatos?publicacion=1",
)  # fmt: skip
#: seconds of each measure before it counts
WARM = 1.0


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """The least an ASGI application can do."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain"), (b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})


async def walk(port: int, questions: list[bytes], readers: int, seconds: float) -> tuple[list[float], int]:
    """(milliseconds of each answer, bytes of all) that readers get, one after another on a connection of their own."""
    took: list[float] = []
    total = 0
    begun = time.perf_counter() + WARM
    end = begun + seconds

    async def one(seed: int) -> None:
        nonlocal total
        pick = random.Random(seed)
        order = pick.sample(questions * 4, 4 * len(questions))
        async with Reader(port) as browser:
            while (start := time.perf_counter()) < end:
                came = len(await browser.ask(order[len(took) % len(order)]))
                if start >= begun:
                    total += came
                    took.append(1000 * (time.perf_counter() - start))

    await asyncio.gather(*(one(n) for n in range(readers)))
    return took, total


def measured(name: str, application: Any, paths: tuple[str, ...], readers: int, seconds: float) -> float:
    """Serve with two workers, ask, print; gives answers in a second."""
    questions = [f"GET {path} HTTP/1.1\r\n{HEAD}\r\n".encode() for path in paths]
    with workers.listen("127.0.0.1", 0) as listening:
        crew = workers.Workers(application, listening, WORKERS)
        try:
            time.sleep(1)
            port = listening.getsockname()[1]
            for _ in range(4 * WORKERS):  # each connection may reach either worker: both keep every answer after a few rounds
                uvloop.run(walk(port, questions, WORKERS, -WARM / 2))
            served, own = sum(map(processor_seconds, crew.pids)), time.process_time()
            took, total = uvloop.run(walk(port, questions, readers, seconds))
            served, own = sum(map(processor_seconds, crew.pids)) - served, time.process_time() - own
        finally:
            crew.stop()
    took.sort()
    rate = len(took) / seconds
    whole = seconds + WARM
    print(
        f"{name}: {rate:,.0f} respuestas/s, p50 {took[len(took) // 2]:.1f} ms, p95 {took[int(0.95 * len(took))]:.1f} ms, "
        f"{total / len(took):,.0f} bytes; procesador: servidores {served / whole:.2f}, quien pregunta {own / whole:.2f}"
    )
    return rate


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--datos", type=Path, help="carpeta de una instalación con su almacén público")
    options.add_argument("--lectores", type=int, default=50)
    options.add_argument("--segundos", type=float, default=6)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not chosen.datos:
            public.refresh(public_sample.build(Path(folder)))
        from dashboard.app import create_app

        settings = load(datos=chosen.datos or Path(folder), api_por_minuto=10_000_000)
        api = create_app(public_store.open_public(settings), public=True)
        api.static.settle()
        made = measured("API, respuestas guardadas", api, ADDRESSES, chosen.lectores, chosen.segundos)
        plain = tuple(path.replace("?publicacion=1", "").replace("&publicacion=1", "") for path in ADDRESSES)
        measured("API, sin publicación en la dirección", api, plain, chosen.lectores, chosen.segundos)
        bare = measured("hello, el mismo servidor", hello, ("/",), chosen.lectores, chosen.segundos)
    print(f"razón: {made / bare:.2f} de hello (meta: 0.33 o más; 5,000 respuestas/s; p95 de 25 ms o menos)")


if __name__ == "__main__":
    main()
