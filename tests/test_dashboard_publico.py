"""The public site's pages: every one there is, in both languages, says what it should and escapes what it was given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import formats, icon, language, published
from dashboard.narrative import sentences
from dashboard.publico import bars, catalogue, frame, place, question, search, series, sitemap, told
from dashboard.publico.bars import Bar
from dashboard.publico.book import Book, Row, capital, foremost
from dashboard.publico.here import Here
from dashboard.publico.slugs import theme_slug
from dashboard.publico.tags import listed, tag
from dashboard.published import area_name
from tests.sample_publication import build
from tests.site_links import Read
from warehouse import statements
from warehouse.catalogue import indicators
from warehouse.states import STATES

ASSETS = Path(frame.__file__).resolve().parents[1] / "assets"
SAID = "Faltan <14> expedientes & sus fechas."
IN_TIME = "/pregunta/pct_tramites_en_plazo/"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    warehouse = build(tmp_path_factory.mktemp("almacen"))
    statements.state(warehouse.engine, ("tramites", "13", "2026-T3"), "Ana Quispe, GREMH La Libertad", SAID)
    published.open_store(warehouse)
    yield Book(published.snapshot(2), published.snapshot(1))


@pytest.fixture(scope="module")
def pages(book: Book) -> dict[tuple[str, str], str]:
    """(language, address) -> the whole text of every page."""
    made = {}
    for lang in ("es", "en"):
        for page in catalogue.addresses(book):
            text, status = catalogue.text(Here(book, page, lang))
            assert status == 200, page
            made[lang, page] = text
    return made


def words(text: str) -> str:
    return " ".join(" ".join(Read(text).said).split())


def test_there_is_a_page_of_every_place_theme_and_question(book: Book) -> None:
    found = set(catalogue.addresses(book))
    assert {
        "/",
        "/lugar/00/",
        "/lugar/26/",
        "/provincia/1301/",
        "/provincia/1310/",
        "/tema/procesos/",
        IN_TIME,
        "/insertar/produccion_cobre/",
    } <= found
    assert sum(p.startswith("/lugar/") for p in found) == 27
    assert sum(p.startswith("/pregunta/") for p in found) == len(book.sheets)


def test_every_page_is_whole_and_says_no_computers_nothing(pages: dict[tuple[str, str], str]) -> None:
    for (lang, page), text in pages.items():
        read = Read(text)
        assert read.wrong == [], (lang, page, read.wrong)
        assert len(read.ids) == len(set(read.ids)), (lang, page)
        assert text.count("<h1") == 1 and f'<html lang="{lang}">' in text and '<meta name="description" content="' in text
        assert 'content=""' not in text, (lang, page)
        for nothing in (
            r"\bNaN\b",
            r"\bnan\b",
            r">None<",
            r"\bNone[.,:;)]",
            r"\(\)",
            r"{\w*}",
            r"\bnull\b",
            "– casos",
            "&lt;b&gt;",
            r": \.",
            r"  \.",
        ):
            assert not re.search(nothing, re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.S)), (nothing, lang, page)


def test_nothing_runs_and_nothing_comes_from_elsewhere(pages: dict[tuple[str, str], str]) -> None:
    for key, text in pages.items():
        assert all(src.startswith(("/publico/", "data:")) for src in Read(text).loaded), key
        assert set(re.findall(r"<script([^>]*)>", text)) <= {' type="application/ld+json"'}, key
        assert ' style="' not in text and "<style" not in text and " onclick" not in text, key


def test_english_pages_are_in_english(pages: dict[tuple[str, str], str]) -> None:
    assert pages and language.missing == set()


def test_the_sentence_of_a_region_is_the_one_people_were_promised(book: Book) -> None:
    row, sheet = next((r, s) for r, s in book.facts("19") if s.id == "pct_tramites_en_plazo")
    x, n = int(row["numerador"]), int(row["denominador"])
    low, high = round(row["inferior"]), round(row["superior"])
    assert told.sentence(row, sheet, "es", strong=False) == (
        f"En Pasco, entre julio y setiembre de 2026, {round(100 * x / n)} de cada 100 permisos y trámites mineros cuyo plazo venció se resolvieron a tiempo "
        f"({x} de {n}; intervalo {low}–{high})."
    )
    assert told.source(book.snap, row, sheet, "es") == "Fuente: DREM, GREM y GREMH (demostración). Datos al 30-09-2026."
    assert '<b class="juntos">' in told.sentence(row, sheet, "es") and told.sentence(row, sheet, "en", strong=False).startswith(
        "In Pasco, between July and September 2026, "
    )


def test_a_province_is_told_in_the_same_words(book: Book) -> None:
    row, sheet = book.provinces["1310"][0]
    said = told.sentence(row, sheet, "es", strong=False)
    assert (
        said.startswith("En la provincia de Santiago de Chuco, entre julio y setiembre de 2026, 30 de cada 100 permisos")
        and "(12 de 40; intervalo 18–45)" in said
    )


@pytest.mark.parametrize(
    ("value", "told_"), [(0.2, "menos de 1 de cada 100"), (99.7, "más de 99 de cada 100"), (0.0, "0 de cada 100"), (100.0, "100 de cada 100")]
)
def test_few_are_not_none_and_most_are_not_all(book: Book, value: float, told_: str) -> None:
    row, sheet = next((r, s) for r, s in book.facts("19") if s.id == "pct_tramites_en_plazo")
    assert told.how_much({**row, "valor": value}, sheet, "es") == told_


def test_an_interval_is_not_rounded_to_nothing(book: Book) -> None:
    row, sheet = next((r, s) for r, s in book.facts("19") if s.id == "pct_tramites_en_plazo")
    tiny = {**row, "valor": 0.1, "numerador": 1.0, "denominador": 933.0, "inferior": 0.02, "superior": 0.41}
    assert told.proof(tiny, sheet, "es") == "1 de 933; intervalo 0.0–0.4"


def test_more_than_all_is_not_told_of_a_hundred(book: Book) -> None:
    row, sheet = next((r, s) for r, s in book.facts("19") if s.id == "pct_tramites_en_plazo")
    assert told.sentence({**row, "valor": 104.0}, sheet, "es", strong=False, where=False).startswith("«Trámites notificados dentro del plazo»: 104.0")


def test_every_phrase_is_of_an_indicator_and_every_public_one_has_its_phrase() -> None:
    known = indicators()
    assert set(told.phrases()) <= set(known)
    whole = {i for i, d in known.items() if "publico" in d.audience and not any(b.of == "whole" for b in d.breakdowns)}
    # told by parts, or by its name
    assert whole - set(told.phrases()) <= {"pct_requisito_aprobado", "razon_mujeres_formalizacion"}
    for id, both in told.phrases().items():
        for text in both.values():
            assert {"{cuanto}", "{numero}"} & set(re.findall(r"{\w+}", text)) and not text.endswith("."), id


def test_a_small_number_of_cases_that_is_not_told_has_its_own_words(book: Book) -> None:
    row, sheet = next((r, s) for r, s in book.facts("07") if s.id == "pct_tramites_en_plazo")
    assert sentences.absence(row, sheet, "es") == "solo hubo 4 casos; hacen falta 10"
    assert sentences.absence({**row, "n": None}, sheet, "es") == "hubo muy pocos casos; hacen falta 10"


def test_a_place_without_a_figure_says_why(pages: dict[tuple[str, str], str]) -> None:
    said = words(pages["es", "/lugar/24/"])
    assert "Lo que no sabemos" in said and "La región no reportó jul.–set. 2026" in said
    assert "«Cuadro tramites», jul.–set. 2026: no ha llegado." in said
    assert "no superó la revisión; se espera una nueva versión" in words(pages["es", "/lugar/16/"])


FOLD = re.compile(r'<details class="pliegue"><summary><h3>(.*?)</h3> <small>(.*?)</small></summary><div(.*?)</div></details>', re.S)


@pytest.mark.parametrize("place", ["13", "24", "00"])
def test_a_place_opens_with_few_figures_and_folds_all_of_them_by_theme(book: Book, pages: dict[tuple[str, str], str], place: str) -> None:
    facts = book.facts(place)
    text = pages["es", f"/lugar/{place}/"]
    folds = {Read(title).said[0]: (line, inside) for title, line, inside in FOLD.findall(text)}
    for area in book.areas:
        shown = [s for r, s in facts if s.area == area and sentences.is_published(r)]
        absent = [s for r, s in facts if s.area == area and not sentences.is_published(r)]
        if not shown and not absent:
            continue
        line, inside = folds[area_name(area)]
        assert all(f'href="/pregunta/{s.id}/"' in inside for s in (*shown, *absent)), area
        parts = inside.count('class="titular"') - len(shown)
        assert parts >= 0 and (not shown or line.startswith(f"{len(shown) + parts}{formats.NBSP}cifra")), line
        assert (f"{len(absent)} sin dato" in line) is bool(absent) and ("#no-sabemos" in inside) is bool(absent)
        assert f'id="{theme_slug(area)}"' in inside
    before = text[: text.index('id="temas"')]
    assert before.count("/pregunta/") <= 4 and text.count(" open") == 0
    assert len({s.area for _, s in foremost(facts, 4)}) == len(foremost(facts, 4))


def test_the_reason_of_too_few_cases_is_told_once_with_what_each_needs(book: Book, pages: dict[tuple[str, str], str]) -> None:
    said = words(pages["es", "/lugar/07/"])
    assert "Hubo muy pocos casos: Espera del ciudadano (P90) (hubo 4; hacen falta 20), Trámites en plazo (hubo 4; hacen falta 10)." in said
    for text in pages.values():
        assert "n insuficiente" not in text and "n too small" not in text


def test_a_chart_s_long_names_stand_above_its_bars_whole(book: Book) -> None:
    sheet = book.sheets["pct_tramites_en_plazo"]
    row = next(r for r in book.rows(sheet) if r["territorio"] == "13")
    name = "Derecho minero o acuerdo con su titular"
    above = str(bars.drawing([Bar(name, row)], sheet, "es", "t", "d"))
    beside = str(bars.drawing([Bar("Lima (departamento)", row)], sheet, "es", "t", "d"))
    assert name in above and 'height="56"' in above and '<rect x="0%"' in above
    assert 'height="34"' in beside and '<rect x="36%"' in beside


def test_tables_of_a_page_are_told_apart(pages: dict[tuple[str, str], str]) -> None:
    for key, text in pages.items():
        names = re.findall(r'role="region" aria-label="(.*?)"', text)
        assert len(names) == len(set(names)), key


def test_every_page_has_the_site_s_icon(pages: dict[tuple[str, str], str]) -> None:
    assert all(f'<link rel="icon" href="{icon.DATA}" type="image/svg+xml">' in text for text in pages.values())


def test_what_is_not_known_is_told_by_reason_and_by_region(pages: dict[tuple[str, str], str]) -> None:
    said = words(pages["es", "/no-sabemos/"])
    for state in ("no_reportado", "competencia_minem", "no_publicable", "regla_no_superada", "no_desagregado", "sin_registro"):
        assert STATES[state][0] in said, state
    assert "Cuadro tramites , jul.–set. 2026: Tumbes" in said and "Lo que este sitio no mide" in said


def test_the_region_answers_beside_its_figures(pages: dict[tuple[str, str], str]) -> None:
    for page in ("/lugar/13/", "/provincia/1301/", IN_TIME):
        text = pages["es", page]
        assert "Faltan &lt;14&gt; expedientes &amp; sus fechas." in text and "<14>" not in text, page
        assert "Ana Quispe, GREMH La Libertad" in text
    assert "La región comentó estos datos" in pages["es", "/lugar/13/"] and SAID not in words(pages["es", "/lugar/19/"])


def test_what_changed_shows_the_old_figure_the_new_one_and_why(book: Book, pages: dict[tuple[str, str], str]) -> None:
    said = words(pages["es", "/cambios/"])
    assert "La Libertad, abr.–jun. 2026" in said and "La región corrigió la fecha de notificación de 4 expedientes." in said
    assert "Trámites en plazo : jul.–set. 2026" in said
    first = words(catalogue.text(Here(Book(published.snapshot(1)), "/cambios/"))[0])
    assert "Es la primera publicación" in first


def test_a_question_has_its_sheet_its_downloads_and_its_frame(pages: dict[tuple[str, str], str]) -> None:
    text = pages["es", IN_TIME]
    said = words(text)
    for part in (
        "¿Cómo se calcula?",
        "Expedientes notificados hasta la fecha de vencimiento",
        "Cómo leerla",
        "Revisiones",
        "Para citar",
        "<iframe src=",
    ):
        assert part in said, part
    assert "/api/v1/valores?indicador=pct_tramites_en_plazo&amp;publicacion=2&amp;formato=csv" in text
    assert "/p/2/insertar/pct_tramites_en_plazo/" in text


def test_a_question_without_a_whole_is_told_by_its_parts(pages: dict[tuple[str, str], str]) -> None:
    said = words(pages["es", "/pregunta/distribucion_situacion_area_2006/"])
    assert "se publica por partes" in said and "Regiones piloto" in said and "50.2" in said


def test_search_engines_of_data_find_the_indicator(pages: dict[tuple[str, str], str]) -> None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', pages["es", IN_TIME], re.S)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "Dataset" and data["license"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert data["temporalCoverage"] == "2023-10-01/2026-09-30" and len(data["distribution"]) == 3


def test_no_text_can_end_structured_data(book: Book) -> None:
    made = frame.Page("t", "d", tag("p", "x"), data={"name": "</script><script>alert(1)</script>"})
    assert "</script><script>" not in frame.document(Here(book), made)


def test_tags_escape_what_they_hold() -> None:
    assert (
        tag("a", "<b>", "&", None, False, href='"><x', cls="y", hidden=True, id=None)
        == '<a href="&#34;&gt;&lt;x" class="y" hidden>&lt;b&gt;&amp;</a>'
    )
    assert listed([]) is None


def test_a_permanent_link_is_at_the_foot_and_says_which_publication_it_is(book: Book) -> None:
    live, _ = catalogue.text(Here(book, "/lugar/13/", base="https://x.pe"))
    pinned, _ = catalogue.text(Here(book, "/lugar/13/", "en", pinned=True, base="https://x.pe"))
    assert '<a href="/p/2/lugar/13/" class="direccion">https://x.pe/p/2/lugar/13/</a>' in live
    assert '<link rel="canonical" href="https://x.pe/en/lugar/13/">' in pinned and "This address will always show the same." in pinned
    assert 'href="/p/2/en/no-sabemos/"' in pinned and "publicacion=2" in pinned


def test_what_does_not_exist_says_so(book: Book) -> None:
    for page in ("/lugar/99/", "/provincia/1399/", "/tema/nada/", "/pregunta/x/", "/insertar/x/", "/nada/", "/lugar/"):
        text, status = catalogue.text(Here(book, page))
        assert status == 404 and "noindex" in text, page


@pytest.mark.parametrize(
    ("asked", "page"),
    [("Santiago de Chuco", "/provincia/1310/"), ("  SANTIÁGO de  chuco ", "/provincia/1310/"), ("cachicadán", "/provincia/1310/"), ("áncash", "/lugar/02/"),
     ("Huamachuco", "/lugar/13/"), ("distrito de quiruvilca", "/provincia/1310/"), ("Perú", "/lugar/00/"), ("cerro de pasco", "/lugar/19/"), ("san juan", ""), ("lima", ""), ("xyz", ""), ("", "")],
)  # fmt: skip
def test_a_place_is_found_by_its_name(book: Book, asked: str, page: str) -> None:
    assert search.sure(search.find(book, asked, "es")) == page


def test_a_name_that_many_bear_is_asked_again(book: Book) -> None:
    found = search.page(Here(book, "/buscar/"), "Xyz <b>")
    assert "&lt;b&gt;" in found.body and found.status == 404
    many = search.page(Here(book, "/buscar/"), "San Juan")
    assert many.body.count("Distrito de San Juan") > 3 and many.status == 200
    assert capital("1309") == "Huamachuco" and capital("1301") == ""


def test_colours_are_those_of_the_house() -> None:
    def tokens(text: str, start: str) -> dict[str, str]:
        block = text[text.index(start) :]
        return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", block[: block.index("}")]))

    own, house = frame.files()[frame.STYLES].decode(), (ASSETS / "10-tokens.css").read_text(encoding="utf-8")
    for ours, theirs in ((":root {", '[data-theme="light"]'), ("@media (prefers-color-scheme: dark)", '[data-theme="dark"]')):
        mine = tokens(own, ours)
        assert len(mine) > 10 and mine.items() <= tokens(house, theirs).items()


def test_every_reason_of_absence_has_its_hatch() -> None:
    drawn, styles = str(bars.hatches()), frame.files()[frame.STYLES].decode()
    for state in STATES:
        if state != "publicado":
            assert f'id="t-{state}"' in drawn
            assert f".trama--{state}" in styles or state == "no_reportado"


def test_a_chart_says_itself_to_who_does_not_see_it(book: Book) -> None:
    sheet = book.sheets["pct_tramites_en_plazo"]
    rows = question.regional_bars(Here(book), sheet)
    made = str(question.chart(Here(book), sheet, rows, "Título"))
    assert 'role="img"' in made and "<title" in made and "Loreto" in made and made.count('class="sin"') == 6
    assert [b.row["estado"] == "publicado" for b in rows] == [True] * 20 + [False] * 6


def test_one_limit_far_out_does_not_flatten_the_rest() -> None:
    row: Row = {"estado": "publicado", "valor": 10.0, "superior": 500.0, "inferior": 1.0}
    assert bars.scale([Bar("x", row)]) == pytest.approx(20 * 1.02)


@pytest.mark.parametrize(
    ("highest", "percentage", "end"), [(51.2, True, 60), (97.0, True, 100), (120.0, True, 200), (3.1, False, 4), (0.0, False, 1)]
)
def test_the_axis_ends_on_a_round_number(highest: float, percentage: bool, end: float) -> None:
    assert series.round_top(highest, percentage) == end


def test_the_sitemap_lists_every_page_in_both_languages(book: Book) -> None:
    text = sitemap.sitemap(book, "https://x.pe")
    pages = [p for p in catalogue.addresses(book) if not p.startswith("/insertar/")]
    assert text.count("<loc>") == 2 * len(pages) and "<loc>https://x.pe/en/lugar/13/</loc>" in text


def test_margins_that_do_not_meet_and_no_affirmed_difference_are_explained(book: Book) -> None:
    here = Here(book, "/lugar/13/", "es")
    row, sheet = next((r, s) for r, s in book.facts("13") if s.id == "pct_tramites_en_plazo")
    country = next(r for r in book.rows(sheet) if r["territorio"] == "00")

    def said(low: float, high: float) -> str:
        return words(str(place._compared(here, ({**row, "frente_al_pais": "similar", "inferior": low, "superior": high}, sheet))))

    assert "No se puede afirmar una diferencia" in said(country["inferior"] - 5, country["superior"])
    assert "Los márgenes no se cruzan, pero las regiones difieren tanto" in said(country["inferior"] - 5, country["inferior"] - 1)
