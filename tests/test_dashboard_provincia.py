"""A province against its region: what is known, what is not and why, and the way there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from fastapi.testclient import TestClient

from dashboard import destinations, language, published
from dashboard.address import Reader
from dashboard.app import create_app
from dashboard.narrative import provincia
from dashboard.narrative.provincia import Line
from tests.sample_publication import build


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(build(tmp_path_factory.mktemp("provincia")))) as client:
        yield client


def told(answer: httpx.Response) -> str:
    inside = answer.text.split('<div id="previa">', 1)[1].split('<div id="react-entry-point">', 1)[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", inside))).replace("\u00a0", " ")


def test_the_page_says_value_interval_cases_and_the_region_beside(site: TestClient) -> None:
    page = told(site.get("/provincia/1310"))
    assert "Pataz tiene valor en 1 de los 1" in page
    assert "30.0 % 12 de 40; intervalo de 95 %:" in page and "La Libertad" in page
    assert 'href="/indicador/pct_tramites_en_plazo?region=13&amp;categoria=1310"' in site.get("/provincia/1310").text
    assert "/api/v1/valores?territorio=1310" in unescape(site.get("/provincia/1310").text)


def test_it_is_whole_in_english(site: TestClient) -> None:
    language.missing.clear()
    assert "Pataz has a value in 1 of the 1" in told(site.get("/provincia/1310?lang=en"))
    assert language.missing == set()


def test_what_is_no_province_is_said_with_the_way_out(site: TestClient) -> None:
    answer = site.get("/provincia/9999")
    assert answer.status_code == 404 and "No existe la provincia «9999»" in told(answer) and "p. ej. 1309" in told(answer)


def test_search_and_the_region_lead_there(site: TestClient) -> None:
    assert destinations.find("pátaz", destinations.every(published.snapshot(), Reader("es", 2))) == "/provincia/1310"
    assert site.get("/ir?q=pataz", follow_redirects=False).headers["location"] == "/provincia/1310"
    assert 'href="/provincia/1310"' in site.get("/region/13").text and "/provincia/" not in told(site.get("/region/01"))


def row(state: str = "publicado", **more: object) -> dict[str, object]:
    base = {"estado": state, "valor": None, "n": None, "inferior": None, "superior": None, "periodo": "2026-T3", "territorio": "13", "avisos": []}
    return base | more


@pytest.mark.parametrize(
    ("low", "high", "side", "words"),
    [(50, 70, "alto", "más alto que su región"), (10, 30, "bajo", "más bajo que su región"), (30, 50, "", "sin diferencia concluyente"),
     (None, None, None, "sin intervalo: no se compara")],
)  # fmt: skip
def test_only_an_interval_tells_it_from_its_region(site: TestClient, low: float | None, high: float | None, side: str | None, words: str) -> None:
    sheet = published.snapshot().sheet("pct_tramites_en_plazo")
    line = Line(sheet, "2026-T3", row(valor=60.0, inferior=low, superior=high), row(valor=40.0))
    assert line.apart == side and provincia.apart_words(line, "es") == words


def test_an_absence_has_the_reason_of_the_province_or_of_its_region(site: TestClient) -> None:
    sheet = published.snapshot().sheet("pct_tramites_en_plazo")
    few = Line(sheet, "2026-T3", row("n_insuficiente", n=4), row(valor=40.0))
    assert provincia.why_not(few, "es").startswith("solo hubo 4 casos")
    silent = Line(sheet, "2026-T3", None, row("no_reportado"))
    assert provincia.why_not(silent, "es") == "la región no reportó jul.–set. 2026"
    assert provincia.why_not(Line(sheet, "2026-T3", None, row(valor=40.0)), "es") == "la fuente no registra casos en esta provincia"
