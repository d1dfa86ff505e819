"""What a region is told: the published figures, what is new in them, what is missing, and nothing that may not leave the house."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from notices_samples import SITE, build, flat, on_the_day, opened
from public_sample import INTERNAL, PLANTED
from starlette.testclient import TestClient

from dashboard import formats, language
from dashboard.app import create_app
from ops.notices import after_run, digest, letter_html, letter_text, reading
from ops.notices.letter import Letter
from ops.notices.owed import Reckoning
from ops.notices.reading import Edition
from warehouse import public_store
from warehouse.errors import NothingPublished, StoreError
from warehouse.store import Warehouse
from warehouse.territories import regions

RATE = "pct_tramites_en_plazo"
REGIONS = [r.codigo for r in regions()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("avisos") / "datos"
    build(made).engine.dispose()
    return made


@pytest.fixture(scope="module")
def warehouse(folder: Path) -> Iterator[Warehouse]:
    with pytest.MonkeyPatch.context() as patch:
        on_the_day(patch)
        yield opened(folder)


@pytest.fixture(scope="module")
def edition(warehouse: Warehouse) -> Edition:
    return reading.public_edition(warehouse)


@pytest.fixture(scope="module")
def due(warehouse: Warehouse) -> Reckoning:
    return Reckoning(warehouse)


@pytest.fixture(scope="module")
def letters(edition: Edition, due: Reckoning) -> dict[str, Letter]:
    """Every region's digest, and the country's."""
    return {code: digest.digest(edition, code, due.of(code), site=SITE) for code in [*REGIONS, "00"]}


@pytest.fixture(scope="module")
def api(warehouse: Warehouse) -> TestClient:
    return TestClient(create_app(public_store.open_public(warehouse.settings), public=True))


def written(letter: Letter) -> str:
    return letter_text.text(letter, leave="https://x/baja") + letter_html.html(letter, leave="https://x/baja")


def values_of(api: TestClient, code: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The API's undivided values of a territory, by indicator and period."""
    answer = api.get("/api/v1/valores", params={"territorio": code, "desglose": "ninguno", "publicacion": 2, "limite": 1000})
    assert answer.status_code == 200, answer.text
    rows = answer.json().get("valores") or answer.json()["datos"]
    return {(r["indicador"], r["periodo"]): r for r in rows}


def test_the_figures_of_every_region_are_those_of_the_api(letters: dict[str, Letter], api: TestClient) -> None:
    told = 0
    for code, letter in letters.items():
        known = values_of(api, code)
        for kind in ("empeora", "mejora", "otros_cambios", "senales"):
            for item in letter.data[kind]:
                published = known[item["indicador"], item["periodo"]]
                for name in ("valor", "numerador", "denominador", "n", "inferior", "superior", "cambio"):
                    assert item[name] == published[name], (code, item["indicador"], name)
                if kind in ("empeora", "mejora"):
                    assert published["cambio_estado"] == kind
                assert flat(formats.with_unit(published["valor"], item["unidad"], 1, short=True)) in flat(letter_text.text(letter))
                told += 1
    assert told >= 3


def test_no_firm_change_of_the_api_is_left_out(letters: dict[str, Letter], api: TestClient, edition: Edition) -> None:
    for code in ("13", "02", "21", "19"):
        newest = {s.id: edition.now.last_period(s.id) for s in edition.now.indicators()}
        firm = {i for (i, p), r in values_of(api, code).items() if p == newest.get(i) and r["cambio_estado"] == "empeora"}
        assert {x["indicador"] for x in letters[code].data["empeora"]} == firm


def test_the_subject_says_what_was_found(letters: dict[str, Letter]) -> None:
    assert letters["13"].subject == "La Libertad: empeoró 1 indicador, faltan 43 entregas — SIEGEM N.º 2"
    assert letters["00"].subject == "Perú: faltan 1,095 entregas — SIEGEM N.º 2"


def test_what_the_publication_before_did_not_say_is_new(letters: dict[str, Letter], edition: Edition, due: Reckoning) -> None:
    text = flat(letter_text.text(letters["13"]))
    assert "Trámites en plazo [nuevo]. jul.–set. 2026: 44.4 % (60 de 135; intervalo de 95 %: 36.3–52.9)." in text
    assert "Baja 19.4 puntos frente a jul.–set. 2025: empeora de forma concluyente." in text
    first = digest.digest(Edition(edition.before or edition.now, None), "13", due.of("13"))
    assert "[nuevo]" not in letter_text.text(first)
    again = digest.digest(Edition(edition.now, edition.now), "02", due.of("02"))
    assert "empeor" not in again.subject, "una publicación igual a la anterior no trae nada nuevo"
    assert "Nada de esto cambió desde la publicación N.º 2." in flat(letter_text.text(again))


def test_where_nothing_is_new_it_says_so_and_no_more(edition: Edition) -> None:
    from ops.notices.owed import Owed

    quiet = digest.digest(Edition(edition.now, edition.now), "22", Owed([], []), site=SITE)
    assert quiet.news == 0
    assert quiet.subject == "San Martín: sin novedades — SIEGEM N.º 2"
    assert not quiet.sections
    assert f"{SITE}/region/22?publicacion=2" in letter_text.text(quiet)


def test_a_revised_figure_is_told_with_its_reason(letters: dict[str, Letter]) -> None:
    text = flat(letter_text.text(letters["13"]))
    revised = letters["13"].data["revisiones"]
    assert [(r["indicador"], r["periodo"]) for r in revised] == [(RATE, "2026-T2")]
    sides = " → ".join(flat(formats.with_unit(revised[0][f"valor_{s}"], "%", 1)) for s in ("anterior", "nuevo"))
    assert f"{sides}. La región corrigió la fecha de notificación de 4 expedientes." in text
    assert "Cifras que se revisaron" not in letter_html.html(letters["02"])


def test_what_is_missing_has_its_day_and_its_template(letters: dict[str, Letter], due: Reckoning) -> None:
    text = flat(letter_text.text(letters["19"]))
    assert "Alertas tempranas de conflictos. ago. 2026, venció el 07-09-2026 (hace 80 días); set. 2026" in text
    assert f"Plantilla de oct. 2026: {SITE}/api/v1/entregas/plantilla?tabla=alertas&region=19&periodo=2026-10" in text
    assert len(letters["19"].data["faltan"]) == len(due.of("19").missing)
    assert sum(len(letters[c].data["faltan"]) for c in REGIONS) == len(letters["00"].data["faltan"])


def test_checks_are_told_without_a_cell(letters: dict[str, Letter]) -> None:
    code = next(c for c in REGIONS if letters[c].data["reglas"])
    text = flat(letter_text.text(letters[code]))
    assert "Referencias a otras tablas: 7 de 412 filas (G-06). Corrija el código, o envíe antes la tabla a la que se refiere." in text
    assert f"{SITE}/entregas?tabla=tramites&region={code}&periodo=2026-T" in text


def test_nothing_leaves_that_the_public_may_not_see(letters: dict[str, Letter], edition: Edition) -> None:
    names = {s.id for s in edition.now.indicators()}
    assert INTERNAL not in names
    for code, letter in letters.items():
        whole = written(letter) + str(letter.data)
        assert not [k for k, v in PLANTED.items() if v in whole], code
        assert INTERNAL not in whole


def test_a_hidden_value_is_neither_told_nor_counted(letters: dict[str, Letter], api: TestClient) -> None:
    for code in ("09", "10"):
        told = [x["periodo"] for k in ("empeora", "mejora", "otros_cambios", "revisiones") for x in letters[code].data[k] if x["indicador"] == RATE]
        assert "2026-T2" not in told


def test_demonstration_figures_say_what_they_are(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        assert letter.label.startswith("Hay datos sintéticos de demostración")
    assert "Dato sintético de demostración" in letter_text.text(letters["13"])


def test_english_is_whole(edition: Edition, due: Reckoning) -> None:
    language.missing.clear()
    letter = digest.digest(edition, "13", due.of("13"), "en", SITE)
    told = written(letter)
    assert not language.missing
    assert letter.subject == "La Libertad: 1 indicator got worse, 43 deliveries are missing — SIEGEM No. 2"
    assert f"{SITE}/region/13?publicacion=2&lang=en" in letter_text.text(letter)
    assert 'lang="en"' in told


def test_the_html_asks_nothing_of_any_server_and_escapes(letters: dict[str, Letter]) -> None:
    from dataclasses import replace

    html = letter_html.html(replace(letters["13"], title="<b>Pasco & Puno</b>"), leave='https://x/"><script>')
    assert "<img" not in html
    assert "<script" not in html
    assert "url(" not in html
    assert "&lt;b&gt;Pasco &amp; Puno&lt;/b&gt;" in html


def test_without_a_site_there_are_no_links(edition: Edition, due: Reckoning) -> None:
    told = letter_text.text(digest.digest(edition, "13", due.of("13")))
    assert "http" not in told


def test_a_publication_without_public_store_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "d", ignore=shutil.ignore_patterns("publico"))
    with pytest.raises(StoreError, match="almacén público"):
        reading.public_edition(opened(tmp_path / "d"))
    with pytest.raises(NothingPublished, match="no tiene la publicación 9"):
        reading.public_edition(opened(folder), 9)
    assert after_run.prepare(opened(tmp_path / "d")).messages == 0
