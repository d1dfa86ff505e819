"""The API over HTTP: resources, filters, pages, formats, conditional requests, methods, and what the public one never tells."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from dashboard.api import questions, reply
from dashboard.app import create_app
from dashboard.rows import COLUMNS
from tests import public_sample
from tests.sample_publication import build
from warehouse.periods import parse

VALUES = "/api/v1/valores"
RATE = public_sample.RATE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    warehouse = build(tmp_path_factory.mktemp("propio"))
    with TestClient(create_app(warehouse), base_url="http://localhost") as client:
        yield client
    warehouse.engine.dispose()


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


# ---- values -------------------------------------------------------------------------------------------------------


def test_pages_put_together_are_the_whole_table(site: TestClient) -> None:
    query = {"indicador": f"{RATE},produccion_cobre", "territorio": "13,00,L15"}
    whole = site.get(VALUES, params=query).json()
    assert whole["siguiente"] is None and whole["total"] == len(whole["valores"]) > 30
    address: str | None = str(httpx.URL(VALUES, params={**query, "limite": "7"}))
    read: list[dict[str, Any]] = []
    while address:
        answer = site.get(address)
        page = answer.json()
        read += page["valores"]
        address = page["siguiente"]
        assert page["total"] == whole["total"] and page["desde_fila"] + len(page["valores"]) == len(read)
        assert (f'<{address}>; rel="next"' in answer.headers["link"]) if address else "next" not in answer.headers["link"]
        assert address is None or "publicacion=2" in address, "pages of two publications would not fit together"
    assert read == whole["valores"]
    assert [r["periodo"] for r in rows_of(site.get(VALUES, params={**query, "formato": "csv", "limite": "5", "desde_fila": "4"}))] == [
        r["periodo"] for r in read[4:9]
    ]
    assert site.get(VALUES, params={**query, "desde_fila": "9999"}).json()["valores"] == []


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ({"desde": "2026"}, lambda r: r["periodo"] >= "2026" and parse(r["periodo"]).start.year >= 2026),
        ({"hasta": "2025-T2"}, lambda r: parse(r["periodo"]).end <= parse("2025-T2").end),
        ({"desde": "2025-T2", "hasta": "2025"}, lambda r: parse("2025-T2").start <= parse(r["periodo"]).start and parse(r["periodo"]).end <= parse("2025").end),
        ({"periodo": "2026-T3,2025"}, lambda r: r["periodo"] in ("2026-T3", "2025")),
        ({"tipo": "trimestre"}, lambda r: r["tipo_periodo"] == "trimestre"),
        ({"tipo": "mes,anio"}, lambda r: r["tipo_periodo"] == "anio"),
        ({"desglose": "ninguno"}, lambda r: r["categoria"] == ""),
        ({"desglose": "provincia"}, lambda r: r["desglose"] == "provincia"),
        ({"categoria": "1301"}, lambda r: r["categoria"] == "1301"),
        ({"territorio": "1301,18"}, lambda r: r["categoria"] == "1301" or r["territorio"] == "18"),
        ({"indicador": "produccion_cobre,muertes_accidentes_mineros"}, lambda r: r["indicador"] in ("produccion_cobre", "muertes_accidentes_mineros")),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_a_filter_keeps_what_it_says_and_loses_nothing_else(site: TestClient, query: dict[str, str], keeps: Any) -> None:
    everything = site.get(VALUES).json()["valores"]
    found = site.get(VALUES, params=query).json()["valores"]
    assert found == [r for r in everything if keeps(r)] and found


def test_a_long_table_is_sent_as_it_is_made_and_is_the_same_table(site: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{VALUES}?formato=csv&publicacion=2&territorio=13,18,00"
    whole = site.get(url)
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    monkeypatch.setattr(questions, "PAGE", 20)
    other = f"{url}&desglose=ninguno"
    kept = rows_of(site.get(other, headers={"accept-encoding": "br"}))
    for encoding in ("gzip", "br", "identity"):
        answer = site.get(other, headers={"accept-encoding": encoding})
        assert answer.headers.get("content-encoding", "identity") == encoding and rows_of(answer) == kept
        assert answer.headers["cache-control"] == reply.STREAMED_FOREVER, "the front keeps no answer of a hundred megabytes"
        assert site.get(other, headers={"accept-encoding": encoding, "if-none-match": answer.headers["etag"]}).status_code == 304
        assert site.head(other, headers={"accept-encoding": encoding}).headers["etag"] == answer.headers["etag"]
    assert kept == [r for r in rows_of(whole) if r["categoria"] == ""] and len(kept) > 20 and list(kept[0]) == COLUMNS


def test_the_workbook_has_a_limit_that_is_told(site: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.api import values

    assert site.get(VALUES, params={"indicador": RATE, "formato": "xlsx"}).content[:2] == b"PK"
    monkeypatch.setattr(values, "MOST", 10)
    told = site.get(VALUES, params={"formato": "xlsx"}).json()
    assert "lleva hasta 10" in told["title"] and "formato=csv" in told["detail"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("periodo=0000", "no es un periodo"),
        ("desde=9999", "no es un periodo"),
        ("publicacion=²", "número de publicación"),
        ("publicacion=99999999999999999999", "número de publicación"),
        ("publicacion=", "número de publicación"),
        ("limite=0", "de 1 a 10000"),
        ("limite=10001", "limite"),
        ("desde_fila=-1", "desde_fila"),
        ("territorio=１２", "no es un código"),
        ("territorio=13,", "no es un código"),
        ("indicador=%00", "no es un identificador"),
        ("indicador=a';drop table valores", "no es un identificador"),
        (f"categoria={'x' * 61}", "categoria"),
        (f"territorio={','.join(['13'] * 201)}", "200"),
        ("desglose=familia&indicador=produccion_cobre", "no existe en «produccion_cobre»"),
        ("x" * 5000 + "=1", "no existe"),
    ],
)
def test_an_odd_question_is_refused_in_words(site: TestClient, query: str, words: str) -> None:
    answer = site.get(f"{VALUES}?{query}")
    told = answer.json()
    assert answer.status_code == 400 and words in f"{told['title']} {told['detail']}" and told["detail"] and len(answer.content) < 800


# ---- what there is ------------------------------------------------------------------------------------------------


def test_an_indicator_brings_all_that_is_needed_to_read_it(site: TestClient) -> None:
    found = site.get(f"/api/v1/indicadores/{RATE}").json()
    assert found["indicador"]["ultimo_periodo"] == "2026-T3" == found["periodos"]["trimestre"][-1] and found["indicador"]["unidad"] == "%"
    provinces = next(d for d in found["desgloses"] if d["desglose"] == "provincia")
    assert {c["categoria"]: c["nombre"] for c in provinces["categorias"]} == {"1301": "Trujillo", "1310": "Pataz"}
    assert found["fuentes"][0]["publicador"].startswith("DREM") and site.get(found["valores"]).json()["valores"]
    listed = site.get("/api/v1/indicadores", params={"area": "ACT"}).json()["indicadores"]
    assert {i["indicador"] for i in listed} >= {"produccion_cobre"} and all(i["area"] == "ACT" for i in listed)
    wrong = site.get("/api/v1/indicadores/pct_tramites_en_plaso")
    assert wrong.status_code == 404 and f"«{RATE}»" in wrong.json()["title"]


def test_territories_with_their_provinces(site: TestClient) -> None:
    found = {t["codigo"]: t for t in site.get("/api/v1/territorios").json()["territorios"]}
    assert len(found) == 31 and found["13"]["region"] == "13" and found["00"]["region"] == ""
    assert [t["codigo"] for t in site.get("/api/v1/territorios?nivel=provincia").json()["territorios"]] == ["1301", "1310"]
    assert site.get("/api/v1/territorios/1310").json()["territorio"] | {} == {
        "codigo": "1310", "nombre": "Pataz", "nivel": "provincia", "autoridad": "", "piloto": True, "region": "13",
    }  # fmt: skip
    assert site.get("/api/v1/territorios/77").status_code == 404


def test_a_publication_says_how_it_is_quoted(site: TestClient) -> None:
    found = site.get("/api/v1/publicaciones/1").json()
    assert "publicación N.º 1 (" in found["cita"] and "datos al 30-06-2026" in found["cita"] and "http://localhost/datos/" in found["cita"]
    assert found["licencia"].startswith("CC BY 4.0")
    for name, address in found["enlaces"].items():
        assert site.get(address).status_code == (404 if name == "indice" else 200)
    missing = site.get("/api/v1/publicaciones/9")
    assert missing.status_code == 404 and "/api/v1/publicaciones" in missing.json()["detail"] and "siegem" not in missing.json()["detail"]


def test_meanings_in_both_formats(site: TestClient) -> None:
    told = site.get("/api/v1/metadatos").json()
    assert [c["columna"] for c in told["columnas"]] == COLUMNS and "no_publicable" in {e["codigo"] for e in told["estados"]}
    lists = rows_of(site.get("/api/v1/metadatos?formato=csv"))
    assert {r["lista"] for r in lists} == {"estados", "avisos", "areas"}
    english = site.get("/api/v1/diccionario?formato=json&lang=en").json()["diccionario"]
    assert english[0]["significado"].startswith("Id of the indicator") and len(english) == len(rows_of(site.get("/api/v1/diccionario")))


def test_the_rules_by_place_add_up_to_the_results(site: TestClient) -> None:
    rules = site.get("/api/v1/calidad/reglas?tabla=tramites&region=01").json()["reglas"]
    results = site.get("/api/v1/calidad?tabla=tramites&region=01").json()
    assert sum(r["entregas"] for r in rules) == results["total"] == len(results["resultados"])
    assert sum(r["filas_fallidas"] for r in rules) == sum(r["filas_fallidas"] for r in results["resultados"])
    assert "archivo" in results["entregas"][0], "the ministry's own site tells files"
    first = site.get("/api/v1/calidad?region=01&limite=1").json()
    assert len(first["resultados"]) == len(first["entregas"]) == 1 and first["siguiente"]


def test_the_first_address_leads_to_all_others(site: TestClient) -> None:
    start = site.get("/api/v1").json()
    paths = site.get(start["openapi"]).json()["paths"]
    assert set(start["recursos"]) <= set(paths) and start["publicacion"] == 2 and site.get(start["explicada_en"]).status_code == 200


# ---- how it travels -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [f"{VALUES}?territorio=13&limite=5", "/api/v1/indicadores", "/api/v1/territorios", "/api/v1/openapi.json", "/api"])
def test_nothing_is_sent_twice_and_head_tells_what_get_brings(site: TestClient, path: str) -> None:
    first = site.get(path)
    head = site.head(path)
    assert head.status_code == 200 and head.headers["etag"] == first.headers["etag"] and head.headers["content-type"] == first.headers["content-type"]
    again = site.get(path, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content and again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"


def test_an_answer_says_its_permanent_address(site: TestClient) -> None:
    loose = site.get(f"{VALUES}?territorio=13&limite=2")
    permanent = loose.json()["enlace_permanente"]
    assert loose.headers["content-location"] == permanent and "publicacion=2" in permanent
    pinned = site.get(permanent)
    assert pinned.json() == loose.json() and "immutable" in pinned.headers["cache-control"] and "content-location" not in pinned.headers


def test_only_reading_is_allowed(site: TestClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = site.request(method, VALUES)
        assert answer.status_code == 405 and answer.headers["allow"] == "GET, HEAD, OPTIONS" and "GET" in answer.json()["detail"]
    assert site.options(VALUES).status_code == 204 and site.post("/api/v1/nada").status_code == 404


def test_our_failure_is_told_with_a_code_and_logged(site: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from dashboard.api import values

    monkeypatch.setattr(values, "asked_of", lambda *_: 1 / 0)
    answer = site.get(f"{VALUES}?categoria=nunca-pedida")
    code = answer.json()["detail"].rsplit(" ", 1)[1].rstrip(".")
    assert answer.status_code == 500 and answer.headers["content-type"] == "application/problem+json" and code in caplog.text


def test_who_asks_when_all_turns_are_taken_waits_and_is_told(site: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply, "AT_ONCE", 0)
    monkeypatch.setattr(reply, "PATIENCE", 0.01)
    reply._gates.clear()
    try:
        answer = site.get(VALUES)
        assert answer.status_code == 503 and answer.headers["retry-after"] == "5" and "Repita" in answer.json()["detail"]
        assert site.get(f"/api/v1/figuras/tendencia?indicador={RATE}").status_code == 200, "pages do not wait for long answers"
    finally:
        reply._gates.clear()


def test_the_guide_explains_every_address_without_scripts(site: TestClient) -> None:
    page = site.get("/api").text
    assert "<script" not in page and set(re.findall(r'(?:src|href)="(https?:[^"]*)', page)) == {"https://creativecommons.org/licenses/by/4.0/deed.es"}
    for path in site.get("/api/v1").json()["recursos"]:
        assert f"<h3><code>{path}</code></h3>" in page
    assert "pedir(" in page and "read.csv" in page and "curl -fsS" in page and "falló" not in page
    assert len(gzip.compress(page.encode())) < 20_000
