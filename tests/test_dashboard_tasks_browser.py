"""The top tasks of the five people of `shared/domain/USERS.md`, done as they would: from the start page, on their own screen, in three steps or fewer.

A step is a click, a choice in a list, or a word typed with Enter; each test counts its own and asserts what the person came for, not that a page opened.
The words of a form that has to be filled anyway (a name, an agreement) are work, not steps to it.

Not of this step, and so not here:
* vice-minister: what a public server on mobile data takes (the benchmarks measure bytes and times on this machine); numbers told only to her account.
* analyst: closing a period and publishing, and deadlines that change with a norm: `siegem kpi publicar` and the catalogue's files, no page yet.
  Rows of cases behind a figure stay in the ministry's warehouse: a page gives the counts, the files with their hash, and the query to repeat it.
* officer: seeing her figures ten days before the public needs accounts; what she sees here is what is published.
"""

from __future__ import annotations

import csv
import io
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect
from pptx import Presentation

from etl import references
from ops.receiver import Receiver
from ops.server import application_of
from tests.browser import Visit, chromium, serving
from tests.desk_samples import contracts, good_csv
from tests.whole_sample import DIFFERENCE, build
from warehouse import catalogue

pytestmark = pytest.mark.browser

MOST = 3
TABLET, DESK, HALL, PHONE = (1024, 768), (1440, 900), (1920, 1080), (390, 844)
CARD = ".tarjeta[href^='/indicador/pct_tramites_en_plazo']"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tareas")
    patch = pytest.MonkeyPatch()
    house = build(folder / "datos")
    patch.setattr(catalogue, "CONTRACTS", contracts(folder / "contratos"))
    references.load(house)
    stop = threading.Event()
    work = threading.Thread(target=Receiver(house).run, args=(stop,), daemon=True)
    work.start()
    with serving(application_of(house)) as address:
        yield address
    stop.set()
    work.join(timeout=20)
    patch.undo()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Walk:
    """A person at the start page, and how many steps she has taken."""

    def __init__(self, browser: Browser, base: str, screen: tuple[int, int], **context: Any) -> None:
        self.visit, self.steps = Visit(browser, base, **context), 0
        self.page: Page = self.visit.page
        self.page.set_default_timeout(8_000)
        self.page.set_viewport_size({"width": screen[0], "height": screen[1]})
        self.visit.open("/")

    def _step(self) -> None:
        self.steps += 1
        assert self.steps <= MOST, "more steps than a person will take"

    def click(self, what: str | Locator) -> Walk:
        self._step()
        (self.page.locator(what).first if isinstance(what, str) else what.first).click()
        return self

    def search(self, words: str) -> Walk:
        self._step()
        self.page.fill("#buscador", words)
        self.page.press("#buscador", "Enter")
        self.page.wait_for_url(lambda url: not url.endswith(":0/") and url.rstrip("/") != self.visit.base)
        return self

    def choose(self, label: str, option: str) -> Walk:
        """A value of one of the page's filters, by its name."""
        self._step()
        self.page.locator(".filtros").get_by_label(label).first.click()
        self.page.locator(f"[role=option]:has-text('{option}') >> visible=true").first.click()
        return self

    def press(self, key: str) -> Walk:
        """A key that the page says it listens to."""
        self._step()
        self.page.keyboard.press(key)
        return self

    def pick(self, label: str, value: str) -> Walk:
        """A value of a plain list of the desk."""
        self._step()
        # the page walked from has a filter of the same name, which is no <select>
        self.page.locator("select").and_(self.page.get_by_label(label, exact=True)).select_option(value)
        return self

    def download(self, what: str | Locator) -> tuple[str, bytes]:
        """(name, content) of the file a step brings."""
        with self.page.expect_download() as got:
            self.click(what)
        return got.value.suggested_filename, Path(got.value.path()).read_bytes()

    def reads(self, *told: str, within: str = "main") -> Walk:
        """Each text, or pattern, is on the screen within a moment; a space is any space."""
        place, seen = self.page.locator(within).first, ""
        deadline = time.monotonic() + 8
        for text in told:
            while not re.search(text, seen):
                assert time.monotonic() < deadline, f"{text!r} is not in: {seen[:1500]}"
                self.page.wait_for_timeout(60)
                seen = re.sub(r"\s+", " ", place.inner_text())
        return self

    def done(self) -> None:
        assert self.steps <= MOST and self.visit.said == [] and self.visit.local()
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, "wider than the screen"
        self.visit.context.close()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


# ---- the vice-minister, with a tablet, ten minutes before a meeting ---------------------------------------------------


def test_vice_minister_sees_who_worsened_and_why(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, TABLET)
    walk.reads("la diferencia es concluyente en 3", "Son Áncash, La Libertad y Puno", "sin diferencia concluyente")
    walk.click(".oracion-sub a[href^='/region/13']")
    walk.reads(r"57\.8 % \(78 de 135\)", "empeora de forma concluyente", "En el país, 75.7 %", r"ocupan el 18\.0 % del tiempo")
    walk.done()


def test_vice_minister_separates_the_region_s_part_from_minem_s(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, TABLET).click(".riel a[href='/procesos']").choose("Territorio", "La Libertad")
    walk.reads("La Libertad, .*«Evaluación técnica», 45.0 %; la oficina regional tiene el expediente 65.0 % del tiempo")
    walk.click("main summary:has-text('Ver tabla') >> visible=true")
    walk.reads("Total: MINEM 2.0 20 de 1,000", "Total: Otra entidad 18.0 180 de 1,000")
    walk.done()


def test_vice_minister_reads_three_facts_of_a_region(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, TABLET).search("la libertad")
    walk.reads("Hecho 1 · de la región", "Hecho 2 · de otras entidades", "Hecho 3 · del MEM", "transfirió S/ 776,000; la región ejecutó S/ 667,078")
    top = walk.page.locator(".tarjeta--hecho").first.bounding_box()
    assert top is not None and top["y"] < TABLET[1], "the facts are on the first screen"
    walk.done()


def test_vice_minister_knows_whether_the_data_may_be_quoted(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, TABLET)
    expect(walk.page.locator(".sello")).to_contain_text("completitud 93 %")
    walk.click(".sello").reads(r"\d+ entregas llegaron: 1 fue rechazada y 98 filas están en cuarentena", "Datos al|datos al 30-09-2026")
    walk.done()


# ---- the analyst of the ministry, at his desk -----------------------------------------------------------------------


def test_analyst_sees_who_delivered_and_has_the_reminder(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, DESK).click(".riel a[href='/entregas']").click(walk_tab("Seguimiento"))
    walk.reads(r"faltan 26 de 26 entregas, de 26 regiones", "Visitas")
    walk.click(".recordatorio summary")
    expect(walk.page.locator(".recordatorio textarea").first).to_have_value(re.compile(r"- Visitas, .+ venció el \d\d-\d\d-\d{4}"))
    walk.done()


def walk_tab(name: str) -> str:
    return f"main a:has-text('{name}')"


def test_analyst_reads_the_rows_in_quarantine_and_their_rule(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, DESK).click(".riel a[href='/calidad']").click("main nav a[href='#hallazgos']")
    part = walk.page.locator("#hallazgos")
    expect(part).to_be_in_viewport()
    walk.reads(
        r"Códigos que no están en su lista · .*\d+ filas.* · G-06",
        "Fila 38, «ubigeo»: 190101 es de Pasco y el archivo es de .*Corrija el ubigeo",
        within="#hallazgos",
    )
    walk.done()


def test_analyst_reconciles_two_sources(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, DESK).click(".riel a[href='/calidad']").click("main nav a[href='#conciliaciones']")
    expect(walk.page.locator("#conciliaciones")).to_be_in_viewport()
    walk.reads("X-02", re.escape(DIFFERENCE), within="#conciliaciones")
    walk.done()


def test_analyst_repeats_a_figure_by_hand(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, DESK).search("trámites en plazo")
    walk.reads(r"2,185 de 2,886", "De dónde sale 75.7 %", "Expedientes cuyo plazo venció en el periodo, resueltos o no")
    walk.click("main summary:has-text('Consulta que lo calcula')").reads("select 1 -- pct_tramites_en_plazo")
    name, content = walk.download(walk.page.locator(".nota a[download]", has_text="CSV"))
    assert name.endswith(".csv")
    country = [r for r in rows_of(content) if (r["territorio"], r["periodo"], r["categoria"]) == ("00", "2026-T3", "")]
    assert len(country) == 1 and 100 * float(country[0]["numerador"]) / float(country[0]["denominador"]) == pytest.approx(float(country[0]["valor"]))
    walk.done()


# ---- the officer of a regional office --------------------------------------------------------------------------------


def test_officer_takes_her_template(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, DESK, accept_downloads=True).click(".riel a[href='/entregas']").pick("Región", "13")
    walk.reads("La Libertad tiene .* entregas? vencidas?|La Libertad tiene")
    name, content = walk.download(walk.page.get_by_role("link", name="Descargar plantilla"))
    assert re.fullmatch(r"visitas_13_.+_v1\.xlsx", name) and "Datos" in load_workbook(io.BytesIO(content)).sheetnames
    walk.done()


def test_officer_who_comes_back_sends_and_has_her_receipt(browser: Browser, base: str, tmp_path: Path) -> None:
    walk = Walk(browser, base, DESK, storage_state=remembered(base, "13"))
    walk.click(".riel a[href='/entregas']")
    walk.reads("La Libertad tiene")
    walk.page.wait_for_selector(".panel__historia .seccion")
    shown = walk.page.get_by_label("Periodo", exact=True).input_value()
    file = tmp_path / f"visitas_13_{shown}_v1.csv"
    file.write_bytes(good_csv(3, first=1, month=shown) + b"A-9,13,31-02-2026,1.5,1,true,abierto,\n")
    walk._step()
    walk.page.set_input_files("#archivo", file)
    walk.click(walk.page.get_by_role("button", name="Enviar", exact=True))
    walk.reads(r"Constancia de recepción N\.º \d+", "3 de 4 filas aceptadas; 1 en cuarentena", r"«?fecha»?.*31-02-2026|31-02-2026")
    expect(walk.page.get_by_role("link", name="Descargar PDF").first).to_be_visible()
    expect(walk.page.get_by_role("link", name="Descargar archivo corregible").first).to_be_visible()
    walk.done()


def remembered(base: str, region: str) -> Any:
    """What the browser of a person who has been here keeps."""
    kept = {"siegem:region": region, "siegem-region": region, "siegem:nombre": "Rosa Quispe"}
    return {"cookies": [], "origins": [{"origin": base, "localStorage": [{"name": k, "value": v} for k, v in kept.items()]}]}


def test_officer_sees_her_region_s_figures_and_what_changed(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, DESK, storage_state=remembered(base, "21"))
    walk.click(".riel a[data-seccion='/region']")
    walk.reads("Puno empeora en 1", r"25\.2 % → 8\.3 %", "−16.9 puntos", "¿Qué cambió\\?", "Lo que dice la región \\(descargos\\)")
    walk.done()


# ---- who presents at the Regional Forum ------------------------------------------------------------------------------


def test_presenter_has_slides_ready_and_a_frozen_file(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, HALL, accept_downloads=True).search("foro")
    walk.reads(r"\d+ láminas listas para el Foro, con la publicación N\.º 4 congelada", "Fuente: DREM, GREM y GREMH .* Datos al 30-09-2026")
    name, content = walk.download(walk.page.get_by_role("link", name="Congelar"))
    text = content.decode()
    assert name.endswith(".html") and "«Evaluación técnica»" in text
    walk.click(walk.page.get_by_role("link", name="Presentar", exact=True))
    expect(walk.page.locator(".foro--actual")).to_contain_text("Foro Regional de minería")
    walk.done()


def test_presenter_takes_slides_whose_charts_can_be_edited(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, HALL, accept_downloads=True).search("foro")
    name, content = walk.download(walk.page.get_by_role("link", name="Descargar PPTX"))
    charts = [shape.chart for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes if shape.has_chart]
    assert name.endswith(".pptx") and charts and all(chart.part.chart_workbook.xlsx_part is not None for chart in charts)
    walk.done()


def test_presenter_shows_the_bottleneck_and_the_agreements(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, HALL).search("foro")
    walk.reads(r"lo que más pesa es «Evaluación técnica», 45\.0 %", "Acuerdos cumplidos", "6 de 12|50.0")
    walk.done()


def test_presenter_compares_without_humiliating(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, HALL).click(".riel a[href='/comparar']").click(".vistas__enlace:has-text('Embudo')")
    walk.page.wait_for_selector("#figura-embudo .scatterlayer .point")
    walk.reads("Puno", r"no se disting|Fuera de los límites|se apart")
    told = walk.page.locator("main").inner_text().lower()
    assert not re.search(r"\b(peor región|última posición|ranking|mal desempeño|fracas\w*|culpa\w*)\b", told)
    walk.done()


def test_presenter_records_an_agreement_on_the_spot(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, HALL).search("foro")
    page = walk.page
    walk.click(page.get_by_role("link", name="Presentar", exact=True))
    walk.press("a")
    page.fill("#foro-acuerdo", "Opinión en diez días")
    page.fill("#foro-responsable", "ANA y GREMH La Libertad")
    page.fill("#foro-fecha", "2027-03-01")
    page.locator("#foro-dialogo [data-foro='guardar']").click()
    cells = page.locator("[data-acuerdos] td").all_text_contents()
    assert cells[0] == "Opinión en diez días" and "ANA y GREMH La Libertad" in cells and "01-03-2027" in cells
    walk.done()


# ---- a citizen or a journalist, with a phone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("pataz", ("Pataz tiene valor en 1 de los 1 indicadores", "30.0 %", "12 de 40", "La Libertad")),
        ("Provincia de Pataz", ("Pataz tiene valor en", "12 de 40")),
        ("cerro de pasco", ("Pasco", "Hecho 1 · de la región")),
        ("ANCASH", ("Áncash empeora en 1",)),
    ],
)
def test_citizen_finds_her_place_by_name(browser: Browser, base: str, words: str, told: tuple[str, ...]) -> None:
    Walk(browser, base, PHONE).search(words).reads(*(re.escape(x) for x in told)).done()


def test_citizen_asks_with_the_words_of_a_question(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, PHONE).search("¿La oficina regional decide dentro del plazo?")
    walk.reads("75.7 %", "2,185 de 2,886").done()


def test_citizen_understands_a_number_with_its_denominator(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, PHONE).click(CARD)
    walk.reads("75.7 %", "2,185 de 2,886; intervalo de 95 %: 74.1–77.2", "Para citar")
    walk.click(walk.page.get_by_role("link", name="¿Cómo se calcula?"))
    expect(walk.page.locator("#ficha")).to_be_in_viewport()
    walk.reads("Numerador", "Denominador", within="#ficha")
    walk.done()


def test_citizen_downloads_the_data_and_their_dictionary(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, PHONE, accept_downloads=True).click(CARD)
    walk.reads("2,185 de 2,886")
    name, content = walk.download(walk.page.get_by_role("link", name="Descargar los datos en CSV"))
    rows = rows_of(content)
    assert name.endswith(".csv") and rows and {"numerador", "denominador", "valor", "estado", "fuente"} <= set(rows[0])
    _, dictionary = walk.download(walk.page.get_by_role("link", name="Diccionario"))
    told = {r["columna"]: r["significado"] for r in rows_of(dictionary)}
    assert list(told) == list(rows[0]) and all(told.values())
    walk.done()


def test_citizen_sees_what_is_not_known(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, PHONE).reads("6 regiones no tienen dato, cada una con su razón").click(CARD)
    walk.reads("Quién no tiene dato", "[Nn]o report", "Tumbes", "Callao: solo hubo 4 casos; hacen falta 10")
    walk.done()


def test_citizen_quotes_with_a_stable_address(browser: Browser, base: str) -> None:
    walk = Walk(browser, base, PHONE).click(CARD).click(walk_link("enlace permanente"))
    walk.page.wait_for_url("**/indicador/pct_tramites_en_plazo?*publicacion=4*")
    walk.reads(r"75\.7 %", r"SIEGEM, publicación N\.º 4 del", within="main")
    walk.done()


def walk_link(name: str) -> str:
    return f"main a:has-text('{name}')"
