"""The public site served: addresses, languages, permanent links, what may be kept, and what may stand in a frame."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import published
from dashboard.publico import frame
from dashboard.publico.router import router
from dashboard.static import ASK_AGAIN, FOREVER
from tests.sample_publication import build
from warehouse.errors import NothingPublished


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    published.open_store(build(tmp_path_factory.mktemp("almacen")))
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/p/1/", "/p/2/en/", "/lugar/13/", "/en/provincia/1310/", "/p/1/pregunta/produccion_cobre/", "/tema/procesos/"]
)
def test_pages_are_at_their_addresses(client: TestClient, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 200 and found.headers["content-type"] == "text/html; charset=utf-8"
    assert f'lang="{"en" if "/en/" in path else "es"}"' in found.text
    assert "script-src 'self'" in found.headers["content-security-policy"] and "frame-ancestors 'none'" in found.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/lugar/99/", "/en/pregunta/nada/", "/p/7/", "/p/1/provincia/1310/", "/provincia/..%2f..%2fetc/"])
def test_what_is_not_there_is_told_as_a_page(client: TestClient, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert "<html" in found.text or path.startswith("/provincia/")


def test_a_publication_that_is_not_there_is_told_within_the_site(client: TestClient) -> None:
    found = client.get("/p/7/lugar/13/")
    assert found.status_code == 404 and found.headers["cache-control"] == "no-store"
    assert "No existe la publicación N.º 7" in found.text and "/publico/estilo.css" in found.text and 'aria-current="page"' not in found.text


def test_before_anything_is_published_the_site_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(number: int | None = None) -> None:
        raise NothingPublished("Todavía no hay ninguna publicación.")

    monkeypatch.setattr("dashboard.publico.router.book", nothing)
    found = client.get("/lugar/13/")
    assert found.status_code == 503 and "<h1>Todavía no hay ninguna publicación.</h1>" in found.text and "retry-after" in found.headers


def test_an_address_without_its_last_slash_is_sent_on_within_the_site(client: TestClient) -> None:
    found = client.get("/en/lugar/13?x=1")
    assert (found.status_code, found.headers["location"]) == (308, "/en/lugar/13/?x=1")
    # that of the application's own page of a province
    assert client.get("/provincia/1310").status_code != 308 and client.get("/en/provincia/1310").status_code == 308
    assert client.get("//otro.pe/lugar/13").headers.get("location", "/")[:2] != "//"


def test_what_names_an_older_publication_is_kept_for_ever(client: TestClient) -> None:
    assert client.get("/p/1/lugar/13/").headers["cache-control"] == FOREVER
    # a region may still answer to the newest one
    assert client.get("/p/2/lugar/13/").headers["cache-control"] == ASK_AGAIN
    live = client.get("/lugar/13/")
    assert live.headers["cache-control"] == ASK_AGAIN
    assert client.get("/lugar/13/", headers={"if-none-match": live.headers["etag"]}).status_code == 304


def test_a_chart_alone_may_stand_in_a_frame_of_any_site(client: TestClient) -> None:
    found = client.get("/insertar/pct_tramites_en_plazo/")
    assert found.headers["content-security-policy"].endswith("frame-ancestors *") and found.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "<header" not in found.text and 'href="/p/2/pregunta/pct_tramites_en_plazo/"' in found.text and "Fuente: DREM" in found.text


def test_a_name_leads_to_its_place_without_scripts(client: TestClient) -> None:
    assert client.get("/buscar", params={"q": "Huamachuco"}).headers["location"] == "/lugar/13/"
    assert client.get("/p/2/en/buscar", params={"q": "cachicadan"}).headers["location"] == "/p/2/en/provincia/1310/"
    assert client.get("/buscar", params={"q": " "}).headers["location"] == "/"
    many = client.get("/buscar", params={"q": "san juan"})
    assert many.status_code == 200 and "Distrito de San Juan" in many.text
    none = client.get("/buscar", params={"q": "<script>alert(1)</script>" * 9})
    assert none.status_code == 404 and "<script>alert" not in none.text


def test_styles_and_type_are_kept_by_their_content(client: TestClient) -> None:
    page = client.get("/").text
    href = f"/publico/estilo.css?v={frame.version(frame.STYLES)}"
    assert href in page
    assert client.get(href).headers["cache-control"] == FOREVER
    assert client.get("/publico/estilo.css?v=otra").headers["cache-control"] == ASK_AGAIN
    assert client.get("/publico/letra.woff2").headers["content-type"] == "font/woff2"
    assert client.get("/publico/router.py").status_code == 404


def test_search_engines_are_told_the_pages_of_the_publication_in_force(client: TestClient) -> None:
    found = client.get("/sitemap.xml")
    assert "<loc>http://testserver/en/lugar/13/</loc>" in found.text
    # made with the host that was asked for: it must not reach another reader
    assert found.headers["cache-control"] == "no-store"
    assert "Disallow: /p/" in client.get("/robots.txt").text
    assert "evil" not in client.get("/lugar/13/", headers={"host": "evil.example"}).text


def test_every_link_of_a_page_served_is_served(client: TestClient) -> None:
    from tests.site_links import Read

    ours = ("/lugar/", "/provincia/", "/tema/", "/pregunta/", "/insertar/", "/no-sabemos/", "/cambios/", "/descargas/", "/acerca/", "/en/", "/p/")
    seen: dict[str, int] = {}
    for page in ("/", "/lugar/13/", "/provincia/1310/", "/pregunta/pct_tramites_en_plazo/", "/no-sabemos/"):
        for href in Read(client.get(page).text).links:
            path = href.partition("#")[0].partition("?")[0]
            if path.startswith(ours) and path.endswith("/") and path not in seen:
                seen[path] = client.get(path).status_code
    assert len(seen) > 50 and set(seen.values()) == {200}
