"""The officer's journey in a real browser: template, seven faults, trial, findings, mend, send, receipt; and a line that is cut."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from etl import references
from etl.desk import places
from ops.receiver import Receiver
from ops.server import application_of
from tests.browser import Visit, chromium, serving
from tests.desk_samples import Sender, contracts, good_csv
from tests.sample_publication import build
from warehouse import catalogue, periods
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions

pytestmark = pytest.mark.browser

#: row of the sheet -> (column, what is wrong there, what is right)
FAULTS: dict[int, tuple[str, Any, Any]] = {
    3: ("fecha", "31-02-2026", None), 4: ("monto", "mucho", 12.5), 5: ("casos", "tres", 3), 6: ("grave", "quizás", "true"),
    7: ("estado", "suspendido", "cerrado"), 8: ("casos", "1.5", 1), 9: ("fecha", "ayer", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("entregas")
    patch = pytest.MonkeyPatch()
    patch.setattr(catalogue, "CONTRACTS", contracts(folder / "contratos"))
    made = build(folder / "datos")
    references.load(made)
    yield made
    patch.undo()


@pytest.fixture(scope="module")
def base(house: Warehouse) -> Iterator[str]:
    stop = threading.Event()
    work = threading.Thread(target=Receiver(house).run, args=(stop,), daemon=True)
    work.start()
    with serving(application_of(house)) as address:
        yield address
    stop.set()
    work.join(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def period(house: Warehouse) -> str:
    """The last month that ended."""
    today = places.today_of(house)
    return periods.Period(periods.add_months(today, 0), "mes").earlier(1).code


def arrived(page: Page) -> None:
    """The script has drawn the chosen delivery and asked for its history."""
    page.wait_for_selector(".pasos")
    page.wait_for_selector(".panel__historia .seccion")


def filled(template: Path, period: str, *, faulty: bool) -> bytes:
    """The template with nine rows of which seven are wrong, or right."""
    book = load_workbook(template)
    data = book["Datos"]
    at = {str(c.value): c.column for c in data[1]}
    year, month = map(int, period.split("-"))
    for row in range(2, 11):
        good = {
            "codigo": f"V-{row}",
            "cod_region": "13",
            "fecha": date(year, month, row),
            "monto": 10.5 * row,
            "casos": row,
            "grave": "true",
            "estado": "abierto",
        }
        for column, value in good.items():
            data.cell(row, at[column], value)
    if faulty:
        for row, (column, wrong, _) in FAULTS.items():
            data.cell(row, at[column], wrong)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mended(path: Path, period: str) -> bytes:
    """The corrected-file download with its marked cells put right."""
    book = load_workbook(path)
    data = book["Datos"]
    at = {str(c.value): c.column for c in data[1]}
    noted = {c.row: c for line in data.iter_rows(min_row=2) for c in line if c.comment is not None}
    assert {row: c.column for row, c in noted.items()} == {row: at[column] for row, (column, _, _) in FAULTS.items()}
    year, month = map(int, period.split("-"))
    for row, (column, _, right) in FAULTS.items():
        data.cell(row, at[column], right if right is not None else date(year, month, row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_from_the_template_to_the_receipt(base: str, browser: Browser, period: str, tmp_path: Path, house: Warehouse) -> None:
    visit = Visit(browser, base, accept_downloads=True)
    page = visit.open("/entregas")
    page.get_by_label("Región", exact=True).select_option("13")
    page.locator(".toca__item", has_text="Visitas").first.click()
    arrived(page)
    expect(page.locator("h1")).to_contain_text("La Libertad tiene")
    page.get_by_label("Periodo", exact=True).select_option(period)
    arrived(page)
    with page.expect_download() as got:
        page.get_by_role("link", name="Descargar plantilla").click()
    assert got.value.suggested_filename == f"visitas_13_{period}_v1.xlsx"
    got.value.save_as(tmp_path / "plantilla.xlsx")
    first = tmp_path / f"visitas_13_{period}_v1.xlsx"
    first.write_bytes(filled(tmp_path / "plantilla.xlsx", period, faulty=True))

    page.set_input_files("#archivo", first)
    page.get_by_label("Su nombre y apellido (declarado)").first.fill("Rosa Quispe")
    page.get_by_role("button", name="Revisar antes de enviar").click()
    title = page.locator(".veredicto__titulo")
    expect(title).to_have_text("Se encontraron 7 observaciones en 9 filas", timeout=60_000)
    expect(title).to_be_focused()
    assert "no se registró nada" in page.locator(".veredicto__cuenta").inner_text()
    rows = page.locator(".tabla--hallazgos tbody tr").all_inner_texts()
    assert [(int(r.split()[0]), r.split()[1]) for r in rows] == [(row, column) for row, (column, _, _) in FAULTS.items()]
    assert all("la fila queda fuera" in r for r in rows) and accepted_versions(house.engine).get("visitas") is None

    with page.expect_download() as got:
        page.get_by_role("link", name="Descargar archivo corregible").click()
    got.value.save_as(tmp_path / "corregible.xlsx")
    second = tmp_path / "corregido.xlsx"
    second.write_bytes(mended(tmp_path / "corregible.xlsx", period))
    page.set_input_files("#archivo", second)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(title).to_contain_text("Constancia de recepción N.º", timeout=60_000)
    expect(page.locator(".veredicto__cuenta")).to_contain_text("Las 9 filas fueron aceptadas")
    expect(page.locator(".panel__historia")).to_contain_text("vigente")
    expect(page.locator(".panel__estado")).to_contain_text("recibida")

    number = re.sub(r"\D", "", title.inner_text())
    page.get_by_role("link", name="Ver constancia").click()
    page.wait_for_url(f"**/entregas/constancia/{number}")
    expect(page.locator(".mesa")).to_contain_text("corregido.xlsx")
    expect(page.locator("h1")).to_have_text(f"Constancia de recepción N.º {number}")
    expect(page.locator(".mesa")).to_contain_text("Rosa Quispe")
    pdf = page.get_by_role("link", name="Descargar PDF").get_attribute("href")
    answer = page.request.get(base + str(pdf))
    assert answer.status == 200 and answer.body().startswith(b"%PDF-")
    rows_now = house.delta.read("aceptado", "visitas", accepted_versions(house.engine)["visitas"]).num_rows
    assert rows_now == 9 and visit.said == [] and visit.local()
    visit.context.close()


def test_what_was_tried_is_sent_with_one_click_and_a_correction_shows_what_it_changed(
    base: str, browser: Browser, period: str, tmp_path: Path
) -> None:
    visit = Visit(browser, base)
    page = visit.open(f"/entregas?region=18&tabla=visitas&periodo={period}")
    arrived(page)
    for rows, extra in ((3, ""), (4, "Faltaba una fila")):
        path = tmp_path / f"visitas_{rows}.csv"
        path.write_bytes(good_csv(rows, first=500, month=period).replace(b",13,", b",18,"))
        page.set_input_files("#archivo", path)
        if extra:
            page.get_by_label("¿Por qué cambia lo ya entregado?").fill(extra)
        page.get_by_role("button", name="Revisar antes de enviar").click()
        page.wait_for_selector(".veredicto button", timeout=60_000)
        asked = len(visit.asked)
        page.locator(".veredicto button").click()
        page.wait_for_selector(".veredicto__titulo:has-text('Constancia')", timeout=60_000)
        assert not [u for u in visit.asked[asked:] if u.endswith("/api/v1/cargas")], "the bytes travelled once"
        page.reload()
        arrived(page)
    history = page.locator(".panel__historia")
    expect(history).to_contain_text("agregadas 1, cambiadas 0, retiradas 0")
    history.locator("details summary", has_text="agregadas").click()
    expect(history.locator(".diferencias")).to_contain_text("A-503")
    expect(history).to_contain_text("Faltaba una fila")
    page.locator("summary", has_text="Escriba el descargo").click()
    page.get_by_label("Escriba el descargo").fill("Dos evaluadores cesaron en marzo; plazas en concurso.")
    page.locator(".formulario").get_by_label("Su nombre y apellido (declarado)").fill("Rosa Quispe")
    page.get_by_role("button", name="Enviar descargo").click()
    expect(page.locator(".descargos")).to_contain_text("Rosa Quispe (declarado)")
    assert visit.said == []
    visit.context.close()


def large(tmp_path: Path, period: str, region: str) -> Path:
    """Three pieces and a bit."""
    path = tmp_path / "grande.csv"
    path.write_bytes(good_csv(22_000, first=10_000, month=period).replace(b",13,", f",{region},".encode()))
    assert path.stat().st_size > 3 * 256 * 1024
    return path


def test_a_cut_line_is_told_and_the_upload_goes_on_by_itself(base: str, browser: Browser, period: str, tmp_path: Path) -> None:
    visit = Visit(browser, base)
    page = visit.open(f"/entregas?region=19&tabla=visitas&periodo={period}")
    arrived(page)
    seen: list[int] = []

    def line(route: Any) -> None:
        seen.append(int(route.request.headers["upload-offset"]))
        route.abort() if len(seen) in (2, 3) else route.continue_()

    page.route("**/api/v1/cargas/*", lambda route: line(route) if route.request.method == "PATCH" else route.continue_())
    page.set_input_files("#archivo", large(tmp_path, period, "19"))
    page.get_by_role("button", name="Revisar antes de enviar").click()
    page.wait_for_selector("text=Se cortó la línea", timeout=20_000)
    page.get_by_role("button", name="Reintentar ahora").click()
    page.wait_for_selector(".veredicto", timeout=60_000)
    piece = 256 * 1024
    assert seen[:4] == [0, piece, piece, piece] and seen == sorted(seen), "nothing that had come was sent again"
    visit.context.close()


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(base: str, browser: Browser, period: str, tmp_path: Path) -> None:
    visit = Visit(browser, base)
    page = visit.open(f"/entregas?region=20&tabla=visitas&periodo={period}")
    arrived(page)
    path, seen = large(tmp_path, period, "20"), []
    page.route(
        "**/api/v1/cargas/*",
        lambda route: route.abort() if route.request.method == "PATCH" and seen.append(1) is None and len(seen) > 2 else route.continue_(),
    )
    page.set_input_files("#archivo", path)
    page.get_by_role("button", name="Enviar", exact=True).click()
    page.wait_for_selector("text=Se cortó la línea", timeout=20_000)
    page.unroute_all()
    page.reload()
    arrived(page)
    expect(page.locator(".envio__estado")).to_contain_text("«grande.csv» quedó a medias")
    before = len(visit.asked)
    page.set_input_files("#archivo", path)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator(".veredicto__titulo")).to_contain_text("Constancia", timeout=60_000)
    after = visit.asked[before:]
    assert not [u for u in after if u.endswith("/api/v1/cargas")], "it went on, and did not begin again"
    visit.context.close()


def test_without_a_file_it_says_so_and_leads_to_the_chooser(base: str, browser: Browser, period: str) -> None:
    page = Visit(browser, base).open(f"/entregas?region=13&tabla=visitas&periodo={period}")
    arrived(page)
    page.get_by_role("button", name="Revisar antes de enviar").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".envio__estado [role=alert]")).to_have_text("Primero elija un archivo.")
    assert page.evaluate("document.activeElement.id") == "archivo"


def test_the_analyst_follows_up_reminds_and_accepts_an_exception(base: str, browser: Browser, period: str) -> None:
    with httpx.Client(base_url=base, timeout=30) as client:  # an old month, so it is late whatever the day
        sender = Sender(client, good_csv(3, first=900, month="2026-01").replace(b",13,", b",21,"), region="21", periodo="2026-01")
        sender.send()
        assert sender.verdict()["constancia"]
    visit = Visit(browser, base)
    page = visit.open(f"/entregas/seguimiento?periodo={period}")
    page.wait_for_selector(".matriz--entregas")
    expect(page.locator("h1")).to_contain_text("entregas")
    cell = page.locator(".matriz--entregas a.celda").first
    cell.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#frase-celda")).to_contain_text("Visitas")
    assert page.locator(".matriz--entregas thead a").count() == 26
    letter = page.locator(".recordatorio").first
    letter.locator("summary").click()
    expect(letter.locator("textarea")).to_have_value(re.compile(r"- Visitas, .+ venció el \d\d-\d\d-\d{4}"))
    letter.get_by_label("Su nombre y apellido (declarado)").fill("Ana Torres")
    letter.get_by_role("button", name="Marcar como enviado").click()
    expect(letter.locator("summary")).to_contain_text("Ana Torres")
    late = page.locator(".regla", has_text="G-11").first
    late.locator("summary").first.click()
    late.locator("summary", has_text="Aceptar una excepción").click()
    late.get_by_label("Motivo").fill("Se cerró la oficina por duelo regional")
    late.get_by_label("Vence el").fill("2999-12-31")
    late.get_by_role("button", name="Registrar excepción").click()
    expect(page.locator("#excepciones")).to_contain_text("Ana Torres")
    page.locator("#excepciones").get_by_role("button", name="Retirar").click()
    expect(page.locator("#excepciones")).to_contain_text("No hay excepciones vigentes")
    # with no month in the address: the newest one of which something came, and the way to the newest of all
    page = visit.open("/entregas/seguimiento")
    page.wait_for_selector(".matriz--entregas")
    with httpx.Client(base_url=base, timeout=30) as client:
        options = client.get("/api/v1/entregas/opciones").json()
    begun, newest = options["mes_iniciado"], options["periodos"]["mes"][1]
    assert begun and page.locator("#periodo").input_value() == begun
    told = page.locator("#mes-iniciado")
    if begun == newest:
        expect(told).to_be_hidden()
    else:
        told.get_by_role("button").click()
        expect(page.locator("#periodo")).to_have_value(newest)
        expect(told).to_be_hidden()
    assert visit.said == []
    visit.context.close()


@pytest.mark.parametrize(("width", "scheme", "lang"), [(390, "dark", ""), (390, "light", "en"), (1440, "dark", "en")])
def test_the_pages_are_quiet_and_fit(base: str, browser: Browser, period: str, width: int, scheme: Any, lang: str) -> None:
    query = f"&lang={lang}" if lang else ""
    for path in (
        f"/entregas?region=13&tabla=visitas&periodo={period}{query}",
        f"/entregas/seguimiento?periodo={period}{query}",
        f"/entregas/constancia/1?{query[1:]}",
    ):
        visit = Visit(browser, base, color_scheme=scheme)
        visit.page.set_viewport_size({"width": width, "height": 844})
        page = visit.open(path)
        page.wait_for_selector(".mesa > *")
        page.wait_for_load_state("networkidle")
        assert visit.said == [] and visit.local(), path
        assert (
            page.locator("h1").count() == 1 and page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        ), path
        if lang:
            shown = page.evaluate(
                "[...document.querySelectorAll('main :not([lang=es]):not([lang=es] *)')].map(e => [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join(' ')).join(' ')"
            )
            assert not re.search(r"\b(Fila|Región|Periodo|Tabla|venció|observaciones|Enviar|Gravedad)\b", shown), path
        assert page.evaluate(
            "[...document.querySelectorAll('.mesa :is(input, select, textarea)')].every(c => c.labels.length || c.getAttribute('aria-label'))"
        ), path
        visit.context.close()
