"""The pages of deliveries as components, and what the middleware lets through to the desk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard import published
from dashboard.address import Reader, reader
from ops.server import application_of
from tests.browser import serving
from tests.desk_samples import Sender, contracts, good_csv
from tests.sample_publication import build
from tests.test_dashboard_pages import plain, walk
from warehouse import catalogue
from warehouse.store import Warehouse

ASSETS = Path(__file__).resolve().parents[1] / "dashboard" / "assets"
PAGES = {"/avisos": {}, "/entregas": {}, "/entregas/seguimiento": {}, "/entregas/constancia/<seq>": {"seq": "12"}}
#: what a script asks its words by, when the key is put together from a prefix
_BUILT = ("grupo_", "estado_")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("entregas")
    patch = pytest.MonkeyPatch()
    patch.setattr(catalogue, "CONTRACTS", contracts(folder / "contratos"))
    yield build(folder / "datos")
    patch.undo()


@pytest.fixture(scope="module")
def site(house: Warehouse) -> Iterator[httpx.Client]:
    with serving(application_of(house)) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client


def layout_of(path: str, lang: str, **arguments: str) -> list[Any]:
    import dash

    page = next(p for p in dash.page_registry.values() if (p.get("path_template") or p["path"]) == path)
    token = reader.set(Reader(lang, published.snapshot().number))
    try:
        made: list[Any] = page["bare"]["layout"](lang=lang, **arguments)
        return made
    finally:
        reader.reset(token)


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_title_and_words_for_its_script(site: httpx.Client, path: str, lang: str) -> None:
    made = layout_of(path, lang, **PAGES[path])
    assert sum(c._type == "H1" for c in walk(made)) == 1
    assert not re.search(r"\bNone\b|\{[a-z_]+\}", plain(made))
    (place,) = [c for c in walk(made) if getattr(c, "data-mesa", None)]
    texts = json.loads(getattr(place, "data-textos"))
    assert len(texts["meses"].split("|")) == 12
    script = (ASSETS / "entregas" / f"{getattr(place, 'data-mesa')}.js").read_text(encoding="utf-8")
    assert "export" in script and all(isinstance(text, str) and text for text in texts.values())


@pytest.mark.parametrize("path", PAGES)
def test_a_script_asks_for_no_word_that_its_page_lacks(site: httpx.Client, path: str) -> None:
    made = layout_of(path, "es", **PAGES[path])
    (place,) = [c for c in walk(made) if getattr(c, "data-mesa", None)]
    texts = json.loads(getattr(place, "data-textos"))
    asked = set()
    for name in _modules(getattr(place, "data-mesa")):
        script = (ASSETS / "entregas" / f"{name}.js").read_text(encoding="utf-8")
        asked |= set(re.findall(r"words\.(?:t|many)\('(\w+)'", script)) | set(re.findall(r"words\.t\([^()']*\? '(\w+)' : '(\w+)'", script))
    asked = {word for found in asked for word in ([found] if isinstance(found, str) else found)}
    assert sorted(word for word in asked if word not in texts and not word.endswith("_")) == []
    for prefix in _BUILT:
        if prefix in asked:
            assert any(key.startswith(prefix) for key in texts)


def _modules(name: str) -> set[str]:
    """A script with those it imports, words of all pages apart."""
    found, left = set(), {name}
    while left:
        one = left.pop()
        found.add(one)
        text = (ASSETS / "entregas" / f"{one}.js").read_text(encoding="utf-8")
        left |= set(re.findall(r"from '\./(\w+)\.js'", text)) - found
    return found


def test_pages_answer_and_say_where_they_are(site: httpx.Client) -> None:
    for path in ("/entregas", "/entregas/seguimiento", "/entregas/constancia/1", "/entregas?lang=en"):
        answer = site.get(path)
        assert answer.status_code == 200 and "data-mesa" in answer.text, path
        assert re.search(r'riel__enlace" data-seccion="/entregas"[^>]*aria-current="page"', answer.text), path
    bar = re.search(r'<nav class="barra-inferior".*?</nav>', site.get("/").text, re.DOTALL)
    assert bar is not None and bar[0].count("barra-inferior__enlace") == 5
    assert 'href="/entregas"' in bar[0].partition("<details")[2], "phones reach it from «Más»"


def test_the_desk_is_part_of_the_documented_api(site: httpx.Client) -> None:
    paths = site.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/cargas", "/api/v1/entregas/constancias/{seq}.pdf", "/api/v1/valores"} <= set(paths)
    assert site.get("/api/v1/entregas/nada").status_code == 404


def test_an_upload_passes_the_middleware_whole(site: httpx.Client, house: Warehouse) -> None:
    content = good_csv(60_000)
    assert len(content) > 2_000_000
    sender = Sender(site, content)
    sender.create()
    sender.rest(len(content), checksum=True)  # one piece far above what a form may bring
    assert sender.status()["estado"] == "en_cola"
    answer = site.head(sender.url, headers={"Tus-Resumable": "1.0.0"})
    assert answer.headers["upload-offset"] == str(len(content)) and answer.headers["x-content-type-options"] == "nosniff"


def test_a_write_from_another_site_is_refused(site: httpx.Client) -> None:
    body = {"tabla": "visitas", "region": "13", "periodo": "2026-03", "autor": "Rosa Quispe", "texto": "Dos evaluadores cesaron en marzo."}
    path = "/api/v1/entregas/descargos"
    foreign: list[dict[str, str]] = [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://otro.example"}, {"origin": "null"},
    ]  # fmt: skip
    for headers in foreign:
        answer = site.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json"), headers
        assert site.post("/api/v1/cargas", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9", **headers}).status_code == 403
    own = str(site.base_url).rstrip("/")
    for headers in ({"sec-fetch-site": "same-origin", "origin": own}, {"origin": own}, {}):
        assert site.post(path, json=body, headers=headers).status_code == 201, headers
    assert site.get("/api/v1/entregas/descargos", headers={"sec-fetch-site": "cross-site"}).status_code == 200  # a link from a mail


def test_a_body_larger_than_a_form_is_refused(site: httpx.Client) -> None:
    answer = site.post("/api/v1/entregas/descargos", content=b"x" * 1_000_001, headers={"content-type": "application/json"})
    assert answer.status_code == 413 and answer.headers["content-type"] == "application/problem+json"
    chunked = site.post("/api/v1/entregas/descargos", content=iter([b"{}"]), headers={"content-type": "application/json"})
    assert chunked.status_code == 411
    assert site.post("/api/v1/cargas/" + "0" * 32 + "/enviar", content=b"x" * 1_000_001).status_code == 413


def test_scripts_of_these_pages_come_as_modules_and_only_the_small_one_everywhere(site: httpx.Client) -> None:
    home = site.get("/").text
    (loader,) = re.findall(r'src="(/assets/v-\w+/entregas\.js)"', home)
    assert "/entregas/oficina.js" not in home and len(site.get(loader).content) < 2_000
    for path in sorted((ASSETS / "entregas").glob("*.js")):
        answer = site.get(loader.replace("entregas.js", f"entregas/{path.name}"))
        assert (
            answer.status_code == 200
            and answer.headers["content-type"].startswith("text/javascript")
            and "immutable" in answer.headers["cache-control"]
        )
