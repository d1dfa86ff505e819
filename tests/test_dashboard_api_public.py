"""The public API: nothing of the ministry's own in it, open to other pages, and a limit for each address; and the examples that it shows, run."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from dashboard import rate
from dashboard.api.guide import EXAMPLES
from dashboard.api.resource import RESOURCES
from dashboard.app import create_app
from ops import public
from tests import public_sample
from tests.browser import serving
from warehouse import public_store
from warehouse.errors import SettingsError
from warehouse.settings import Settings, load

VALUES = "/api/v1/valores"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    warehouse = public_sample.build(tmp_path_factory.mktemp("publico"))
    public.refresh(warehouse)
    yield warehouse.settings
    warehouse.engine.dispose()


@pytest.fixture
def site(settings: Settings) -> Iterator[Any]:
    """Makes a client of the public site with some settings."""
    opened = []

    def make(**more: Any) -> TestClient:
        app = create_app(public_store.open_public(load(datos=settings.datos, **more)), public=True)
        opened.append(TestClient(app, base_url="http://localhost", client=("203.0.113.7", 5000)))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of limits stands still: a minute that ends between two questions forgets the first."""
    now = time.time()
    for module in ("limits.storage.memory", "limits.strategies"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(time=lambda: now))


def test_no_answer_holds_what_is_the_ministry_s_own(site: Any) -> None:
    client = site()
    told = ["/api", "/api/v1/openapi.json", "/api/v1/calidad?estado=falla", "/api/v1/calidad?tabla=tramites", f"{VALUES}?formato=csv"]
    told += [r.path for r in RESOURCES if "{" not in r.path]
    for path in told:
        text = client.get(path).text
        assert not [name for name, words in public_sample.PLANTED.items() if words in text], path
        assert public_sample.INTERNAL not in text, path
    found = client.get("/api/v1/calidad?region=13").json()
    assert found["resultados"] and found["entregas"]
    assert not {"archivo", "muestra", "mensaje", "hash_archivo", "entrega_id"} & {*found["resultados"][0], *found["entregas"][0]}
    assert client.get(f"{VALUES}?indicador={public_sample.INTERNAL}").status_code == 404


def test_a_cell_that_is_withheld_says_so_and_no_more(site: Any) -> None:
    client = site()
    for place, period in public_sample.HIDDEN:
        (row,) = client.get(VALUES, params={"indicador": public_sample.RATE, "territorio": place, "periodo": period, "desglose": "ninguno"}).json()[
            "valores"
        ]
        assert row["estado"] == "no_publicable" and {row[k] for k in ("valor", "numerador", "denominador", "inferior", "superior", "n")} == {None}


def test_pages_of_other_sites_may_read_it(site: Any) -> None:
    client = site()
    for path in (f"{VALUES}?limite=1", f"{VALUES}?limite=1&publicacion=2", "/api/v1/nada", f"{VALUES}?limite=x", "/api/v1/openapi.json"):
        for _ in range(2):  # made, then sent again by the front
            headers = client.get(path, headers={"origin": "https://diario.pe"}).headers
            assert headers["access-control-allow-origin"] == "*" and headers["cross-origin-resource-policy"] == "cross-origin", path
    asked = client.options(VALUES, headers={"origin": "https://diario.pe", "access-control-request-method": "GET"})
    assert asked.status_code == 204 and "If-None-Match" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in client.get("/salud").headers


def test_an_address_that_asks_too_much_is_told_when_to_come_back(site: Any, one_minute: None) -> None:
    client = site(api_por_minuto=5)
    kept = f"{VALUES}?limite=1&publicacion=2"
    first = client.get(kept)
    assert "ratelimit" not in first.headers, "caches would give it to everybody"
    for left in (3, 2, 1, 0):
        answer = client.get(f"{VALUES}?limite=1")
        assert (
            answer.status_code == 200
            and answer.headers["ratelimit"].startswith(f'"api";r={left};t=')
            and answer.headers["ratelimit-policy"] == '"api";q=5;w=60'
        )
    refused = client.get(f"{VALUES}?limite=1")
    told = refused.json()
    assert refused.status_code == 429 and refused.headers["content-type"] == "application/problem+json" and told["status"] == 429
    assert 0 < int(refused.headers["retry-after"]) <= 120 and "pasó de 5 preguntas por minuto" in told["title"] and "Espere" in told["detail"]
    assert refused.headers["access-control-allow-origin"] == "*" and refused.headers["cache-control"] == "no-store"
    assert client.get(kept).content == first.content, "what is ready costs nothing and is always sent"
    assert client.get("/salud").status_code == 200
    assert client.get("/region/13/ficha.pdf").status_code == 429, "documents take longer than answers: they count too"


def test_few_long_answers_are_on_their_way_to_one_address_and_others_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "AT_ONCE", 2)
    monkeypatch.setattr(rate, "PATIENCE", 0.05)
    statuses: list[tuple[str, int]] = []

    async def asked(app: Any, who: str, path: str) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append((who, message["status"]))

        await app({"type": "http", "path": path, "client": (who, 1), "headers": []}, None, send)

    async def everybody() -> None:
        done = asyncio.Event()

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            await (done.wait() if scope["path"] == VALUES else asyncio.sleep(0))
            await send({"type": "http.response.start", "status": 200, "headers": []})

        app = rate.limited(slow, 100, "", public=True)
        waiting = [asyncio.create_task(asked(app, "a", VALUES)) for _ in range(3)]
        await asyncio.wait(waiting[2:])
        assert statuses == [("a", 429)]
        await asked(app, "a", "/api/v1/cuadro")
        other = asyncio.create_task(asked(app, "b", VALUES))
        await asyncio.sleep(0)
        done.set()
        await asyncio.gather(*waiting, other)
        assert isinstance(app, rate.Limited) and not app.turns, "nothing is kept of who is gone"

    asyncio.run(everybody())
    assert sorted(statuses) == [("a", 200)] * 3 + [("a", 429), ("b", 200)]


def test_whose_word_is_taken_for_an_address(site: Any, one_minute: None) -> None:
    def scope(peer: str, *forwarded: str) -> dict[str, Any]:
        return {"client": (peer, 1), "headers": [(b"x-forwarded-for", one.encode()) for one in forwarded]}

    proxies = rate.trusted("10.0.0.5, 192.168.0.0/16")
    assert rate.address(scope("203.0.113.7", "1.2.3.4"), ()) == "203.0.113.7" == rate.address(scope("203.0.113.7", "1.2.3.4"), proxies)
    assert rate.address(scope("10.0.0.5", "1.2.3.4"), proxies) == "1.2.3.4"
    assert rate.address(scope("10.0.0.5", "9.9.9.9, 1.2.3.4", "192.168.3.3"), proxies) == "1.2.3.4", "what the reader writes first is not believed"
    assert rate.address(scope("10.0.0.5"), proxies) == "10.0.0.5"
    assert rate.address(scope("2001:db8::1:2:3:4"), ()) == rate.address(scope("2001:db8::9"), ()) == "2001:db8::/64"
    assert rate.address(scope("::ffff:203.0.113.7"), ()) == "203.0.113.7" and rate.address({"headers": []}, ()) == ""
    with pytest.raises(SettingsError, match="PROXY_DE_CONFIANZA"):
        rate.trusted("10.0.0.5, nube")
    client = site(api_por_minuto=1)
    assert [client.get(VALUES, headers={"x-forwarded-for": f"9.9.9.{n}"}).status_code for n in (1, 2)] == [200, 429]
    behind = site(api_por_minuto=1, proxy_de_confianza="203.0.113.0/24")
    assert [behind.get(VALUES, headers={"x-forwarded-for": f"9.9.9.{n}"}).status_code for n in (1, 2, 2)] == [200, 200, 429]


def test_there_is_no_limit_where_none_is_set() -> None:
    app: Any = object()
    assert rate.limited(app, None, "", public=False) is app is rate.limited(app, 0, "", public=True)
    made = rate.limited(app, None, "", public=True)
    assert isinstance(made, rate.Limited) and made.item.amount == rate.PUBLIC_PER_MINUTE and made.limiter is None, "no thread before a fork"


# ---- the examples -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(settings: Settings) -> Iterator[str]:
    with serving(create_app(public_store.open_public(settings), public=True)) as base:
        yield base


def run(*command: str) -> str:
    made = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    return made.stdout


def counts(text: str) -> list[str]:
    return re.findall(r"Filas del CSV: *(\d+) *; publicadas: *(\d+)", text)


def test_the_python_example_runs_and_tells_the_figures_of_the_api(served: str) -> None:
    text = run(sys.executable, str(EXAMPLES / "ejemplo.py"), served)
    row = httpx.get(
        f"{served}{VALUES}", params={"indicador": public_sample.RATE, "territorio": "13", "periodo": "2026-T3", "desglose": "ninguno"}
    ).json()["valores"][0]
    assert f"La Libertad: {row['valor']:.1f} (intervalo de {row['inferior']:.1f}" in text and "Tumbes: sin valor (no_reportado)" in text
    read, of, table = re.search(r"por páginas: (\d+) de (\d+)\nFilas del CSV: (\d+)", text).groups()  # type: ignore[union-attr]
    assert read == of == table and int(read) > 100


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="no hay curl o bash: el ejemplo no se corre")
def test_the_curl_example_runs_and_counts_the_same(served: str) -> None:
    text = run("bash", str(EXAMPLES / "ejemplo.sh"), served)
    assert counts(text) == counts(run(sys.executable, str(EXAMPLES / "ejemplo.py"), served))
    assert "Segunda vez: 304" in text and "¿Quiso decir «trimestre»?" in text


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no hay Rscript: el ejemplo no se corre")
def test_the_r_example_runs_and_counts_the_same(served: str) -> None:
    assert counts(run("Rscript", str(EXAMPLES / "ejemplo.R"), served)) == counts(run(sys.executable, str(EXAMPLES / "ejemplo.py"), served))
