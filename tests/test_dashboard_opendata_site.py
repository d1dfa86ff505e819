"""`/datos` and the addresses of the files, on the public site and on the ministry's own, with files made when they are first asked for."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from frictionless import validate
from rdflib import DCAT, RDF, Graph

from dashboard import published
from dashboard.app import create_app
from dashboard.opendata import folders, making
from dashboard.opendata.layout import FILES
from tests import sample_open
from tests.browser import serving
from warehouse.store import Warehouse

BIG = "/datos/descargas/p2/valores.csv"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return sample_open.build(tmp_path_factory.mktemp("sitio"))


@pytest.fixture(scope="module")
def site(warehouse: Warehouse) -> Iterator[httpx.Client]:
    with serving(create_app(sample_open.public(warehouse), public=True)) as base, httpx.Client(base_url=base, timeout=60) as client:
        yield client


def page(client: httpx.Client, path: str = "/datos") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text.split('id="previa"')[1].split("<script")[0]


def plain(text: str) -> str:
    """What is read; a date in an element of its own keeps what stands before it."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r'<span class="?sin-corte"?>([^<]*)</span>', r"\1", text))))


def test_files_are_made_once_by_whoever_asks_first(site: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not folders.is_made(2) and "primera vez que alguien los pide" in plain(page(site))
    calls: list[int] = []
    real = making.write
    monkeypatch.setattr(folders, "write", lambda snap, *a, **k: (calls.append(snap.number), real(snap, *a, **k))[1])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: site.get(BIG), range(4)))
    assert calls == [2] and {a.status_code for a in answers} == {200} and len({a.content for a in answers}) == 1
    assert sorted(p.name for p in folders.root().iterdir()) == [".p2.candado", "p2"], "no draft is left"


def test_a_writing_that_fails_leaves_nothing(site: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "catalogue", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        folders.made(1)
    assert not folders.folder(1).exists() and not list(folders.root().glob(".p1.[0-9]*"))


def test_every_file_comes_with_its_type_and_is_kept_for_ever(site: httpx.Client) -> None:
    for file in FILES:
        answer = site.get(f"/datos/descargas/p2/{file.path}")
        assert answer.status_code == 200, file.path
        assert answer.content == (folders.folder(2) / file.path).read_bytes()
        assert "immutable" in answer.headers["cache-control"] and answer.headers["access-control-allow-origin"] == "*"
        again = site.get(f"/datos/descargas/p2/{file.path}", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    kinds = {
        p: site.head(f"/datos/descargas/p2/{p}").headers["content-type"]
        for p in ("valores.csv", "valores.xlsx", "valores.parquet", "catalogo.jsonld")
    }
    assert kinds == {
        "valores.csv": "text/csv; charset=utf-8", "valores.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "valores.parquet": "application/vnd.apache.parquet", "catalogo.jsonld": "application/ld+json",
    }  # fmt: skip
    packed, whole = (site.get(BIG, headers={"accept-encoding": e}) for e in ("gzip", "identity"))
    assert packed.content == whole.content and packed.headers["etag"] != whole.headers["etag"]
    assert int(packed.headers["content-length"]) < int(whole.headers["content-length"]) / 4
    assert 'filename="siegem-p2-valores.csv"' in whole.headers["content-disposition"]


def test_the_one_in_force_is_a_name_that_leads_to_it(site: httpx.Client) -> None:
    answer = site.get("/datos/descargas/vigente/valores.xlsx")
    assert (
        answer.status_code == 302
        and answer.headers["location"] == "/datos/descargas/p2/valores.xlsx"
        and answer.headers["cache-control"] == "no-cache"
    )


@pytest.mark.parametrize(
    "path",
    ["p2/nada.csv", "p2/%2e%2e/siegem_publico.db", "p2/..%2f..%2fsiegem_publico.db", "p2/.gz/valores.csv.gz", "p9/valores.csv", "vigente/nada"],
)
def test_nothing_else_is_served(site: httpx.Client, path: str) -> None:
    answer = site.get(f"/datos/descargas/{path}")
    assert answer.status_code == 404 and b"SQLite" not in answer.content


def test_the_catalogue_and_the_package_are_where_programs_look(site: httpx.Client) -> None:
    graph = Graph().parse(data=site.get("/catalogo.jsonld").text, format="json-ld")
    files = [str(s) for s in graph.subjects(RDF.type, DCAT.Distribution)]
    assert files and all(site.head(f).status_code == 200 for f in files)
    found = site.get("/datapackage.json").json()
    small = [r for r in found["resources"] if r["name"] in ("territorios", "cambios", "indicadores")]
    assert all(r["path"].startswith(str(site.base_url).rstrip("/")) for r in found["resources"])
    assert {hash_of(site, r["path"]) for r in small} == {r["hash"] for r in small}
    assert validate({**found, "resources": [r | {"path": r["path"].rsplit("/p2/")[1], "schema": {k: v for k, v in r["schema"].items() if k != "foreignKeys"}} for r in small]},
                    basepath=str(folders.folder(2))).valid  # fmt: skip


def hash_of(site: httpx.Client, address: str) -> str:
    import hashlib

    return f"sha256:{hashlib.sha256(site.get(address).content).hexdigest()}"


def test_the_files_give_the_numbers_of_the_api(site: httpx.Client) -> None:
    import pandas as pd

    table = pd.read_parquet(folders.folder(2) / "valores.parquet")
    figures = ("numerador", "denominador", "valor", "inferior", "superior", "n", "cambio")
    key = ["territorio", "tipo_periodo", "periodo", "categoria"]
    for indicator, own in table.groupby("indicador"):
        told, path = [], f"/api/v1/valores?indicador={indicator}&publicacion=2"
        while path:
            body = site.get(path).json()
            told, path = told + body["valores"], body.get("siguiente")
        one = {tuple(r[k] or "" for k in key): r for r in told}
        other = {tuple(r[k] or "" for k in key): r for r in own.astype(object).where(own.notna(), None).to_dict("records")}
        assert set(one) == set(other)
        for place, row in other.items():
            assert row["estado"] == one[place]["estado"]
            assert [row[f] for f in figures] == [one[place][f] for f in figures], (indicator, place)


def test_the_page_is_read_before_any_script(site: httpx.Client) -> None:
    told = plain(page(site))
    for words in ("1,239 filas de 8 indicadores", "valores.xlsx", "CC BY 4.0", "publicación N.º 2 (23-11-2026", "import pandas as pd", "read.csv(", "OBS_STATUS", "Cambio mayor.",
                  "Dato sintético", "/catalogo.jsonld"):  # fmt: skip
        assert words in told, words
    assert len(re.findall(r"data-descarga", page(site))) == len(FILES)
    english = plain(page(site, "/datos?lang=en"))
    assert "Everything public can be downloaded" in english and "How to open them" in english and "Major change." in english
    past = plain(page(site, "/datos?publicacion=1"))
    assert "Está viendo la publicación N.º 1" in past and "1,181" in past


def test_what_the_page_tells_python_to_do_works(site: httpx.Client, tmp_path: Path) -> None:
    code = html.unescape(re.search(r'<code id="codigo-python">(.*?)</code>', page(site), re.S)[1])  # type: ignore[index]
    (tmp_path / "valores.csv").write_bytes(site.get(BIG).content)
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 9 and "2026-T3" in lines[-1] and "publicado" in lines[-1]


def test_the_ministrys_own_site_offers_the_public_files(warehouse: Warehouse, site: httpx.Client) -> None:
    """Its store holds everything: the files still come from the public one."""
    try:
        with serving(create_app(warehouse)) as base, httpx.Client(base_url=base, timeout=60) as client:
            body = client.get("/datos/descargas/p1/valores.csv").text
            assert body.count("no_publicable") >= 3 and "1,181 filas de 8 indicadores" in plain(page(client, "/datos?publicacion=1"))
    finally:
        published.open_store(sample_open.public(warehouse))
