"""The dashboard's platform over HTTP, and its pure modules: formats, published, preview, caches."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import brotli
import httpx
import pandas as pd
import pytest

from dashboard import formats, published
from dashboard.answers import etag_of
from dashboard.app import create_app
from dashboard.byte_cache import ByteCache
from dashboard.guard import Pages
from dashboard.middleware import policy
from dashboard.published import Snapshot
from dashboard.rows import COLUMNS, as_csv
from dashboard.static import Static, encoding_for
from tests.browser import serving
from tests.sample_publication import build
from warehouse import publications
from warehouse.errors import NothingPublished
from warehouse.settings import load
from warehouse.store import Warehouse

VALUES = "/api/v1/valores"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(tmp_path_factory.mktemp("publicado"))


@pytest.fixture(scope="module")
def site(warehouse: Warehouse) -> Iterator[httpx.Client]:
    with serving(create_app(warehouse)) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client


# ---- formats ------------------------------------------------------------------------------------------------------


def test_numbers_are_written_as_mem_writes_them_and_as_inei_where_set() -> None:
    try:
        assert [formats.number(x, 1) for x in (1234.5, -1234567.25, -0.04, 0)] == ["1,234.5", "−1,234,567.2", "0.0", "0.0"]
        assert formats.number(None) == formats.number(float("nan"), 2) == "–"
        assert (formats.number(3.2, 1, sign=True), formats.number(0.01, 1, sign=True)) == ("+3.2", "0.0")
        formats.use("inei")
        assert formats.number(1234567.5, 1) == "1\xa0234\xa0567,5" and formats.number(1234.5, 1, "en") == "1,234.5"
    finally:
        formats.use()


@pytest.mark.parametrize(
    ("code", "es", "en"),
    [
        ("2025", "2025", "2025"),
        ("2025-S1", "ene.–jun. 2025", "Jan–Jun 2025"),
        ("2026-T3", "jul.–set. 2026", "Jul–Sep 2026"),
        ("2026-09", "set. 2026", "Sep 2026"),
        ("", "–", "–"),
    ],
)
def test_periods_have_the_names_people_use(code: str, es: str, en: str) -> None:
    assert (formats.period(code), formats.period(code, "en")) == (es, en)


def test_periods_within_sentences() -> None:
    assert formats.in_period("2026-T3") == "entre julio y setiembre de 2026"
    assert [formats.in_period(c, "en") for c in ("2026", "2026-09")] == ["in 2026", "in September 2026"]
    assert formats.period_between("2026-T3") == "julio–setiembre de 2026"


def test_what_is_not_all_nor_none_never_reads_so() -> None:
    assert [formats.percent(v, 2) for v in (100, 99.9996, 99.99, 0.004, 0, 100.004)] == [
        "100.00\xa0%", "99.99\xa0%", "99.99\xa0%", "<0.01\xa0%", "0.00\xa0%", "100.00\xa0%",
    ]  # fmt: skip
    assert formats.figure(99.96, "días hábiles", 1) == "100.0" and formats.figure(99.96, "% de casos", 1) == "99.9"
    assert formats.share(0.996) == "99\xa0%"


def test_one_has_its_own_unit_and_a_ratio_has_none() -> None:
    units = [("días hábiles", 0), ("muertes en tres años", 0), ("accidentes por millón de horas", 0), ("directores nuevos", 0), ("business days", 0)]
    assert [formats.with_unit(1, u, d).replace("\xa0", " ") for u, d in units] == [
        "1 día hábil", "1 muerte en tres años", "1 accidente por millón de horas", "1 director nuevo", "1 business day",
    ]  # fmt: skip
    assert formats.with_unit(2, "días hábiles", 0) == "2\xa0días hábiles" and formats.change(-1, "casos", 0) == "−1\xa0caso"
    assert formats.with_unit(0.886, "razón", 2) == "0.89" and formats.change(0.04, "razón", 2) == "+0.04"
    assert formats.change(3.6, "puntos (1 a 25)") == "+3.6\xa0puntos"
    assert formats.change(-1330, "S/ por trámite", 0) == "−S/\xa01,330\xa0por trámite"
    assert formats.with_unit(28.2, "estimated % of gold units", 1, "en") == "28.2%\xa0estimated of gold units"


def test_changes_and_units_in_words() -> None:
    assert formats.change(-11.1, "% de casos") == "−11.1\xa0puntos"
    assert formats.change(1, "%") == "+1.0\xa0punto"
    assert formats.change(1204, "t", 0) == "+1,204\xa0t"
    assert formats.with_unit(66.6, "% de casos") == "66.6\xa0%\xa0de casos"
    assert formats.with_unit(66.6, "% de casos", short=True) == "66.6\xa0%"
    assert formats.with_unit(12.5, "S/ millones") == "S/\xa012.5\xa0millones"
    assert formats.interval(36.5, 39.9) == "36.5–39.9"
    assert formats.interval(-20, -2) == "−20.0 a −2.0" and formats.interval(None, None) == ""
    assert formats.interval(33, None, 0) == "33 o más" and formats.interval(None, 2) == "hasta 2.0"


def test_states_and_lists_in_words() -> None:
    assert formats.state("n_insuficiente", 4) == "n insuficiente (n = 4)"
    assert formats.state("no_reportado", lang="en") == "Not reported by the region"
    assert formats.listing(["Pasco", "Puno", "Ica"]) == "Pasco, Puno e Ica"
    assert formats.listing(["Cusco", "Hierro"]) == "Cusco y Hierro"
    assert formats.plural(1, "región", "regiones") == "1\xa0región" and formats.plural(26, "región", "regiones") == "26\xa0regiones"


def test_days_are_told_in_the_zone_of_the_installation() -> None:
    assert formats.day(date(2026, 9, 30)) == formats.day("2026-09-30") == "30-09-2026"
    assert formats.day(datetime(2026, 10, 1, 3, tzinfo=UTC)) == "30-09-2026"
    assert formats.instant("2026-10-01T03:05:00+00:00") == "30-09-2026 22:05"
    assert formats.day(None) == formats.day(pd.NaT) == "sin fecha"


# ---- published ----------------------------------------------------------------------------------------------------


def test_a_snapshot_shows_each_publication_as_it_was(warehouse: Warehouse) -> None:
    published.open_store(warehouse)
    old, new = published.snapshot(1), published.snapshot()
    assert (old.number, new.number) == (1, 2)
    where = {"territory": "13", "period": "2026-T2"}
    before, after = (s.values("pct_tramites_en_plazo", **where).iloc[0] for s in (old, new))
    assert before["numerador"] == after["numerador"] + 4
    assert old.last_period("pct_tramites_en_plazo") == "2026-T2" and new.last_period("pct_tramites_en_plazo") == "2026-T3"
    assert old.revisions().empty and len(new.revisions(territorio="13")) == 1 and new.revisions(territorio="19").empty
    assert published.snapshot(2) is new


def test_the_matrix_has_one_row_for_each_indicator_and_territory(warehouse: Warehouse) -> None:
    published.open_store(warehouse)
    matrix = published.snapshot().matrix()
    assert not matrix.duplicated(["indicador", "territorio"]).any() and (matrix["categoria"] == "").all()
    states = set(matrix.loc[matrix["indicador"] == "pct_tramites_en_plazo", "estado"])
    assert {"publicado", "no_reportado", "n_insuficiente", "competencia_minem", "no_publicable", "regla_no_superada", "sin_denominador"} == states


def test_changing_a_frame_does_not_change_the_publication(warehouse: Warehouse) -> None:
    published.open_store(warehouse)
    shown = published.snapshot()
    for given in (shown.matrix(), shown.values("pct_tramites_en_plazo")):
        given["valor"] = 0.0
        assert given["valor"].sum() == 0
    assert shown.matrix()["valor"].abs().sum() > 0 and shown.values("pct_tramites_en_plazo")["valor"].sum() > 0


def test_what_does_not_exist_is_told_with_the_likely_name(warehouse: Warehouse) -> None:
    published.open_store(warehouse)
    with pytest.raises(NothingPublished, match="¿Quiso decir «produccion_cobre»"):
        published.snapshot().sheet("producion_cobre")
    with pytest.raises(NothingPublished, match="de la 1 a la 2"):
        published.snapshot(9)


def test_a_new_publication_is_seen_and_a_database_that_stops_answering_is_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    own = build(tmp_path)
    published.open_store(own)
    monkeypatch.setattr(published, "FRESH", 0.0)
    assert published.snapshot().number == 2

    def broken(_engine: object) -> None:
        raise OperationalError("select", {}, Exception("sin disco"))

    with monkeypatch.context() as gone:
        gone.setattr(publications, "latest", broken)
        assert published.snapshot().number == 2
    draft = publications.Draft(published.snapshot(1).values("produccion_cobre"), [], [], {}, "0.1.0", "x")
    publications.publish(own.engine, draft)
    assert published.snapshot().number == 3


def test_many_threads_read_one_snapshot(warehouse: Warehouse) -> None:
    published.open_store(warehouse)
    seen: list[tuple[int, int]] = []
    threads = [threading.Thread(target=lambda: seen.append((id(published.snapshot(2)), len(published.snapshot(2).matrix())))) for _ in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(set(seen)) == 1 and len(seen) == 16


# ---- pages over HTTP ----------------------------------------------------------------------------------------------

PAGES = ["/", "/comparar", "/region/13", "/region/15", "/mapa", "/calidad", "/indicador/pct_tramites_en_plazo", "/indicador/produccion_cobre",
         "/indicador/distribucion_situacion_area_2006", "/indicador/p90_dias_ciudadano", "/comparar?indicador=produccion_cobre"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_page_answers_with_its_text_before_any_script(site: httpx.Client, path: str, lang: str) -> None:
    from dashboard import language

    language.missing.clear()
    answer = site.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code == 200
    text = answer.text
    assert f'<html lang="{lang}">' in text and 'class="oracion"' in text
    assert ("Publicación N.º 2" if lang == "es" else "Publication No. 2") in text
    assert text.index("<h1") < text.index("_dash-component-suites")
    assert language.missing == set()


@pytest.mark.parametrize("path", ["/no/existe", "/indicador/no_existe", "/?publicacion=9", "/?publicacion=x"])
def test_what_does_not_exist_answers_404_with_a_page(site: httpx.Client, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404 and "estado-vacio" in answer.text and "text/html" in answer.headers["content-type"]


def test_a_chosen_publication_is_shown_and_kept_in_links(site: httpx.Client) -> None:
    text = site.get("/?publicacion=1").text
    assert "Publicación N.º 1" in text and "elegida en la dirección" in text and "/calidad?publicacion=1" in text


def test_the_page_escapes_what_the_address_brings(site: httpx.Client) -> None:
    text = site.get('/?lang="><script>alert(1)</script>&region=<b>&periodo=%22%3E%3Cimg%3E').text
    assert "<script>alert" not in text and "<img>" not in text


def test_security_headers_on_every_kind_of_answer(site: httpx.Client) -> None:
    for path in ("/", "/no/existe", VALUES, "/api/nada", "/assets/siegem.css", "/assets/nada.css", "/_dash-layout", "/salud"):
        headers = site.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self' 'sha256-"), path
        assert headers["x-content-type-options"] == "nosniff" and "python" not in str(headers).lower()
    assert "unsafe-inline" not in policy(["'sha256-x'"]).split("style-src")[0]


def test_dash_answers_travel_compressed(site: httpx.Client) -> None:
    for path in ("/", "/_dash-dependencies"):
        assert site.get(path, headers={"accept-encoding": "br"}).headers["content-encoding"] == "br"
    assert "content-encoding" not in site.get("/", headers={"accept-encoding": "identity"}).headers


def test_static_files_are_kept_for_ever_and_checked_otherwise(site: httpx.Client) -> None:
    page = site.get("/").text
    url = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = site.get(url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable" and ".cabecera" in answer.text
    plain = site.get("/assets/siegem.css")
    assert plain.headers["cache-control"] == "no-cache"
    assert site.get("/assets/siegem.css", headers={"if-none-match": plain.headers["etag"]}).status_code == 304
    for hidden in ("/assets/../app.py", "/assets/%2e%2e/app.py", "/_dash-component-suites/dash/dash.py", "/_dash-component-suites/os/__init__.py"):
        assert site.get(hidden).status_code == 404


# ---- API ----------------------------------------------------------------------------------------------------------


def test_values_carry_what_a_published_figure_must(site: httpx.Client) -> None:
    rows = site.get(VALUES, params={"indicador": "pct_tramites_en_plazo", "territorio": "13", "desde": "2026"}).json()["valores"]
    assert [r["periodo"] for r in rows if not r["categoria"]] == ["2026-T1", "2026-T2", "2026-T3"]
    assert {r["categoria"] for r in rows if r["desglose"] == "provincia"} == {"1301", "1310"}
    last = [r for r in rows if not r["categoria"]][-1]
    assert last["valor"] == pytest.approx(100 * last["numerador"] / last["denominador"])
    assert last["inferior"] < last["valor"] < last["superior"] and last["n"] == last["denominador"] and last["estado"] == "publicado"
    assert last["fuente"].startswith("DREM") and last["nombre_territorio"] == "La Libertad" and "sintetico" in last["avisos"]
    absent = site.get(VALUES, params={"indicador": "pct_tramites_en_plazo", "territorio": "24", "periodo": "2026-T3"}).json()["valores"]
    assert [(r["estado"], r["valor"]) for r in absent] == [("no_reportado", None)]


def test_the_csv_is_an_attachment_that_excel_reads_and_does_not_run(site: httpx.Client) -> None:
    answer = site.get(VALUES, params={"indicador": "produccion_cobre", "formato": "csv", "publicacion": "2"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8" and "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert list(rows[0]) == COLUMNS and {"15", "26", "L15", "00"} <= {r["territorio"] for r in rows}
    wicked = dict.fromkeys(COLUMNS) | {"fuente": "=1+1", "unidad": "@x", "indicador": "-a", "cambio": -1.5, "avisos": ["a", "b"]}
    line = as_csv([wicked]).decode("utf-8-sig").splitlines()[1]
    assert "'=1+1" in line and "'@x" in line and "'-a" in line and ",-1.5," in line and "a; b" in line


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"{VALUES}?indicador=pct_tramites_en_plaso", 404, "¿Quiso decir «pct_tramites_en_plazo»?"),
        (f"{VALUES}?indicadro=x", 400, "¿Quiso decir «indicador»?"),
        (f"{VALUES}?territorio=77", 404, "No existe el territorio «77»"),
        (f"{VALUES}?tipo=trimeste", 400, "¿Quiso decir «trimestre»?"),
        (f"{VALUES}?desde=2026-13", 400, "no es un periodo"),
        (f"{VALUES}?desde=2026&hasta=2025", 400, "posterior"),
        (f"{VALUES}?formato=xml", 400, "formato=json"),
        (f"{VALUES}?publicacion=9", 404, "de la 1 a la 2"),
        (f"{VALUES}?publicacion=-1", 400, "número de publicación"),
        (f"{VALUES}?tipo=mes&tipo=anio", 400, "dos veces"),
        ("/api/v1/figuras/nada?indicador=produccion_cobre", 404, "No existe la figura"),
        ("/api/v1/figuras/tendencia", 400, "Falta el parámetro «indicador»"),
        ("/api/v1/figuras/tendencia?indicador=produccion_cobre&lang=qu", 400, "lang=es"),
        ("/api/v1/nada", 404, "No existe la dirección"),
        ("/api/v1/publicaciones?x=1", 400, "no admite parámetros"),
    ],
)
def test_a_wrong_question_is_told_in_spanish_with_its_cure(site: httpx.Client, path: str, status: int, words: str) -> None:
    answer = site.get(path)
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert words in f"{body['title']} {body['detail']}" and body["status"] == status and body["detail"]


def test_an_answer_that_names_its_publication_never_changes(site: httpx.Client) -> None:
    url = "/api/v1/figuras/tendencia?indicador=pct_tramites_en_plazo&territorio=13"
    loose, pinned = site.get(url), site.get(f"{url}&publicacion=2")
    assert loose.headers["cache-control"] == "no-cache" and pinned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert loose.json() == pinned.json() and set(pinned.json()) >= {"data", "layout"}
    assert site.get(url, headers={"if-none-match": loose.headers["etag"]}).status_code == 304
    assert site.get(f"{url}&publicacion=1").json() != pinned.json()
    small, whole = (site.build_request("GET", f"{url}&publicacion=2", headers={"accept-encoding": e}) for e in ("br", "identity"))
    raw = site.send(small, stream=True)
    compressed = b"".join(raw.iter_raw())
    assert raw.headers["content-encoding"] == "br" and brotli.decompress(compressed) == site.send(whole).content
    assert raw.headers["etag"] != site.send(whole).headers["etag"]


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_an_answer_sent_again_is_the_same_answer(site: httpx.Client, encoding: str) -> None:
    for url in (
        f"{VALUES}?indicador=produccion_cobre&publicacion=1&formato=csv",
        "/api/v1/figuras/tendencia?indicador=produccion_cobre&publicacion=1",
    ):
        first, again = (site.get(url, headers={"accept-encoding": encoding}) for _ in range(2))
        assert (first.status_code, first.content, first.headers["etag"]) == (again.status_code, again.content, again.headers["etag"])
        assert first.headers.get("content-encoding") == again.headers.get("content-encoding") == (None if encoding == "identity" else encoding)
        assert first.headers.get("content-disposition") == again.headers.get("content-disposition")
        known = site.get(url, headers={"accept-encoding": encoding, "if-none-match": first.headers["etag"]})
        assert known.status_code == 304 and known.content == b"" and "content-security-policy" in known.headers


def test_a_figure_is_drawn_once(site: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard import figure_bytes

    drawn: list[str] = []
    original = figure_bytes.FIGURES["tendencia"]
    monkeypatch.setitem(figure_bytes.FIGURES, "tendencia", lambda s, p: (drawn.append(p.territorio), original(s, p))[1])
    for _ in range(3):
        assert site.get("/api/v1/figuras/tendencia?indicador=pct_tramites_en_plazo&territorio=19&publicacion=2").status_code == 200
    assert drawn == ["19"]


def test_revisions_quality_indicators_and_health(site: httpx.Client) -> None:
    revised = site.get("/api/v1/revisiones", params={"indicador": "pct_tramites_en_plazo"}).json()["revisiones"]
    assert (
        len(revised) == 1
        and revised[0]["motivo"].startswith("La región corrigió")
        and revised[0]["numerador_anterior"] == revised[0]["numerador_nuevo"] + 4
    )
    failed = site.get("/api/v1/calidad", params={"estado": "falla", "region": "01"}).json()
    assert failed["resultados"] and all(r["cod_region"] == "01" for r in failed["resultados"] + failed["entregas"])
    sheets = site.get("/api/v1/indicadores").json()["indicadores"]
    assert {"ficha", "sql", "tablas", "sintetico"} <= set(sheets[0]) and len(sheets) == 10
    assert [p["numero"] for p in site.get("/api/v1/publicaciones").json()["publicaciones"]] == [2, 1]
    assert len(site.get("/api/v1/territorios").json()["territorios"]) == 31
    assert site.get("/salud").json() == {"estado": "bien", "base_datos": True, "publicacion": 2}
    assert "/api/v1/valores" in site.get("/api/v1/openapi.json").json()["paths"]


# ---- nothing published, caches, small parts -----------------------------------------------------------------------


def test_before_the_first_publication_pages_say_so(tmp_path: Path) -> None:
    with serving(create_app(Warehouse(load(datos=tmp_path)).prepare())) as base, httpx.Client(base_url=base, timeout=30) as client:
        page = client.get("/")
        assert page.status_code == 404 and "Todavía no hay ninguna publicación" in page.text and "./siegem demo" in page.text
        assert client.get(VALUES).status_code == 404
        assert client.get("/salud").json()["publicacion"] is None
        assert client.get("/ir?q=pasco").status_code == 303


def test_a_page_is_made_once_for_a_state_and_publication(warehouse: Warehouse) -> None:
    published.open_store(warehouse)
    made: list[str] = []

    def layout(lang: str, publicacion: int, region: str = "") -> list[str]:
        made.append(f"{lang} {publicacion} {region}")
        return ["x"]

    pages, page = Pages(), {"module": "m", "path": "/", "title": "Resumen", "layout": layout}
    for query in ({}, {"utm": "1"}, {"region": "13"}, {"region": "13"}, {"publicacion": "1"}, {"lang": "en"}):
        assert pages.make(page, {}, query).status == 200
    assert made == ["es 2 ", "es 2 13", "es 1 ", "en 2 "]


def test_the_byte_cache_keeps_to_its_bound() -> None:
    cache = ByteCache(10)
    cache.put("a", b"12345")
    cache.put("b", b"12345")
    assert cache.get("a") == b"12345"
    cache.put("c", b"1")
    assert cache.get("b") is None and cache.get("a") and cache.size == 6
    cache.put("d", b"x" * 11)
    assert cache.get("d") is None and cache.size == 6


def test_what_many_ask_for_at_once_is_made_once() -> None:
    cache, made = ByteCache(1_000), []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"x" * 500

    with ThreadPoolExecutor(20) as crew:
        assert set(crew.map(lambda _: cache.once("a", make), range(50))) == {b"x" * 500}
    assert len(made) == 1 and cache.size < 100

    def fail() -> bytes:
        made.append(1)
        raise ValueError

    for _ in range(2):  # a failure is nobody's answer: the next who asks tries again
        with pytest.raises(ValueError, match=""):
            cache.once("b", fail)
    assert len(made) == 3


def test_encodings_and_tags() -> None:
    assert encoding_for("gzip, deflate, br", "text/css") == "br" and encoding_for("gzip;q=1, br;q=0", "text/css") == "gzip"
    assert encoding_for("br", "font/woff2") == "" == encoding_for("", "text/css")
    assert etag_of(b"a") != etag_of(b"b")


def test_compressed_files_are_kept_by_content(tmp_path: Path) -> None:
    folder, cache = tmp_path / "f", tmp_path / "c"
    folder.mkdir()
    (folder / "a.css").write_text("b { color: red }" * 200)
    first = Static(cache, lambda path: None, folder)
    asset = first.asset(first.url("siegem.css"))
    assert asset is not None and asset.immutable and brotli.decompress(first.encoded(asset, "br")) == asset.body
    deadline = datetime.now().timestamp() + 10
    while not list(cache.glob("*.br")) and datetime.now().timestamp() < deadline:
        threading.Event().wait(0.02)
    assert brotli.decompress(next(cache.glob("*.br")).read_bytes()) == asset.body
    (folder / "a.css").write_text("b { color: blue }")
    second = Static(cache, lambda path: None, folder)
    assert second.version != first.version
    old = second.asset(first.url("siegem.css"))
    assert old is not None and not old.immutable  # another version's address must not be kept for ever


def test_a_period_with_months_missing_is_not_the_newest_to_show(new_warehouse: Any) -> None:
    def row(period: str, value: float, notices: list[str], place: str) -> dict[str, Any]:
        content: dict[str, Any] = dict.fromkeys(publications.VALUE_COLUMNS)
        content |= {
            "indicador": "x",
            "territorio": place,
            "nivel": "region",
            "tipo_periodo": "anio",
            "periodo": period,
            "desglose": "",
            "categoria": "",
        }
        return content | {"valor": value, "numerador": value, "estado": "publicado", "avisos": notices}

    def last(*rows: dict[str, Any]) -> str:
        warehouse = new_warehouse()
        ficha = {"main_period": "anio", "periods": ["anio"], "area": "ACT", "direction": "context"}
        sheets = [{"indicador": "x", "ficha": ficha, "tablas": [], "sql": "", "huella": "1"}]
        publications.publish(warehouse.engine, publications.Draft(pd.DataFrame(rows), sheets, [], {}, "0", "d"))
        return Snapshot(publications.latest(warehouse.engine), warehouse.engine).last_period("x")

    whole, part = row("2024", 1.0, [], "13"), row("2025", 0.3, ["serie_incompleta"], "13")
    assert last(whole, part) == "2024"
    assert last(part) == "2025"
    assert last(whole, part, row("2025", 1.0, [], "18")) == "2025"
