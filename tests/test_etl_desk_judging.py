"""What the desk does with a file once it came: a trial leaves nothing, a delivery leaves a receipt, the corrected file marks what is faulty."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import func, select

from etl import references
from etl.desk import api, corrected
from etl.desk.arrival import Desk
from etl.headers import known_headers
from etl.readers import read
from ops.receiver import Receiver
from tests import etl_samples
from tests.browser import serving
from tests.desk_samples import Sender, contracts
from tests.etl_samples import GOOD, HEADER, csv_bytes, with_cell, xlsx_bytes
from warehouse import catalogue
from warehouse.store import Warehouse
from warehouse.tables import metadata

TRAMITES = catalogue.contracts()["tramites"]  # before any test puts others in its place
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("mesa")
    patch = pytest.MonkeyPatch()
    patch.setattr(catalogue, "CONTRACTS", contracts(folder / "contratos"))
    yield etl_samples.warehouse(folder)
    patch.undo()


@pytest.fixture(scope="module")
def client(house: Warehouse) -> Iterator[httpx.Client]:
    app = FastAPI()
    app.include_router(api.router(house))
    with serving(app) as base, httpx.Client(base_url=base, timeout=30) as made:
        yield made


@pytest.fixture(scope="module")
def receiver(house: Warehouse) -> Receiver:
    return Receiver(house)


def judged(client: httpx.Client, receiver: Receiver, content: bytes, **words: str) -> Sender:
    sender = Sender(client, content, **words)
    sender.send()
    receiver.turn()
    return sender


def counts(house: Warehouse) -> dict[str, Any]:
    """Rows of every table but those that only tell what the receiver did, and files of landing and Delta."""
    apart = {"cargas", "corridas", "corrida_pasos", "arriendos"}
    with house.engine.connect() as connection:
        rows = {t.name: connection.execute(select(func.count()).select_from(t)).scalar() for t in metadata.sorted_tables if t.name not in apart}
    files = sorted(
        p.relative_to(house.settings.datos).as_posix() for d in ("landing", "delta") for p in (house.settings.datos / d).rglob("*") if p.is_file()
    )
    return {**rows, "files": files}


def faulty(name: str = "visitas.xlsx") -> bytes:
    """Row 3 has a date that does not exist, row 4 an unknown state and a number that is none."""
    rows = with_cell(3, "fecha", "31-02-2026")
    rows[2][HEADER.index("estado")], rows[2][HEADER.index("monto")] = "suspendido", "mucho"
    return csv_bytes(rows) if name.endswith(".csv") else xlsx_bytes([HEADER, *rows], sheets=("Instrucciones", "Datos"))


def test_a_trial_tells_all_and_leaves_nothing(client: httpx.Client, receiver: Receiver, house: Warehouse) -> None:
    receiver.turn()
    judged(client, receiver, csv_bytes([["Z-1", "19", "2026-03-02", "1", "1", "si", "abierto", ""]]), region="19")  # references are loaded
    before = counts(house)
    trial = judged(client, receiver, faulty(), nombre="visitas.xlsx", solo_revisar="1").status()
    assert counts(house) == before
    verdict = trial["veredicto"]
    assert (trial["estado"], trial["constancia"], verdict["filas"], verdict["filas_aceptadas"], verdict["filas_cuarentena"]) == (
        "revisada",
        None,
        3,
        1,
        2,
    )
    told = {(f["fila"], f["columna"]): f for f in trial["hallazgos"] if f["fila"]}
    assert set(told) == {(3, "fecha"), (4, "estado"), (4, "monto")}
    assert told[3, "fecha"]["mensaje"].startswith("Fila 3, «fecha»") and told[3, "fecha"]["remedio"] and told[3, "fecha"]["gravedad"] == "error"


def test_what_was_tried_is_sent_without_travelling_again(client: httpx.Client, receiver: Receiver, house: Warehouse) -> None:
    trial = judged(client, receiver, csv_bytes(GOOD), solo_revisar="1")
    answer = client.post(f"{trial.url}/enviar", json={"remitente": "Rosa Quispe", "motivo": ""})
    assert answer.status_code == 201
    receiver.turn()
    sent = Sender(client, b"")
    sent.url = answer.json()["location"]
    told = sent.status()
    assert told["constancia"] and not told["solo_revisar"] and told["hash"] == trial.status()["hash"]
    again = client.post(f"{sent.url}/enviar", json={})
    assert again.status_code == 409


def test_private_values_are_masked_in_what_is_kept(client: httpx.Client, receiver: Receiver) -> None:
    rows = with_cell(3, "estado", "41234599")  # a document where none belongs
    told = judged(client, receiver, csv_bytes(rows), solo_revisar="1").status()
    assert "41234567" not in str(told["hallazgos"])


# ---- the corrected file


def marked(client: httpx.Client, sender: Sender) -> Any:
    answer = client.get(f"{sender.url}/corregible")
    assert answer.status_code == 200, answer.text
    assert "por_corregir.xlsx" in answer.headers["content-disposition"]
    return load_workbook(io.BytesIO(answer.content))


def test_the_corrected_workbook_marks_each_faulty_cell_with_its_sentence(client: httpx.Client, receiver: Receiver) -> None:
    sender = judged(client, receiver, faulty(), nombre="visitas.xlsx", solo_revisar="1")
    book = marked(client, sender)
    assert book.sheetnames == ["Observaciones", "Instrucciones", "Datos"]
    data = book["Datos"]
    bad = {c.coordinate: c for row in data.iter_rows() for c in row if c.comment is not None}
    at = {name: chr(ord("A") + HEADER.index(name)) for name in HEADER}
    assert set(bad) == {f"{at['fecha']}3", f"{at['estado']}4", f"{at['monto']}4"}
    cell = bad[f"{at['fecha']}3"]
    assert cell.comment.author == corrected.AUTHOR and "Fila 3, «fecha»" in cell.comment.text and "AAAA-MM-DD" in cell.comment.text
    assert cell.fill.start_color.rgb.endswith("F9D3CA") and cell.value == "31-02-2026"
    assert data[f"{at['fecha']}2"].fill.fill_type is None
    listed = book["Observaciones"]
    rows = {(r[1].value, r[2].value): r for r in listed.iter_rows(min_row=4) if r[1].value}
    assert set(rows) == {(3, "fecha"), (4, "estado"), (4, "monto")}
    assert rows[3, "fecha"][1].hyperlink.location == f"'Datos'!{at['fecha']}3" or rows[3, "fecha"][1].hyperlink.target == f"#'Datos'!{at['fecha']}3"
    assert all(r[5].value == "La fila queda fuera" for r in rows.values())


def test_the_corrected_workbook_comes_back_as_the_same_rows(client: httpx.Client, receiver: Receiver, tmp_path: Path) -> None:
    sender = judged(client, receiver, faulty(), nombre="visitas.xlsx", solo_revisar="1")
    book = marked(client, sender)
    data = book["Datos"]
    data.cell(3, HEADER.index("fecha") + 1).value = "2026-03-09"
    data.cell(4, HEADER.index("estado") + 1).value = "abierto"
    out = io.BytesIO()
    book.save(out)
    second = judged(client, receiver, out.getvalue(), nombre="visitas.xlsx", solo_revisar="1")
    left = [(f["fila"], f["columna"]) for f in second.status()["hallazgos"] if f["fila"]]
    assert left == [(4, "monto")]
    again = marked(client, second)
    assert again.sheetnames.count("Observaciones") == 1
    noted = [c.coordinate for row in again["Datos"].iter_rows() for c in row if c.comment is not None]
    assert noted == [f"{chr(ord('A') + HEADER.index('monto'))}4"], "marks of what was mended are gone"


def test_a_csv_becomes_a_workbook_of_texts(client: httpx.Client, receiver: Receiver, tmp_path: Path) -> None:
    rows = with_cell(3, "fecha", "31-02-2026")
    rows[0][0], rows[1][HEADER.index("casos")] = "=1+1", "007"
    sender = judged(client, receiver, csv_bytes(rows, separator=";"), nombre="visitas.csv", solo_revisar="1")
    book = marked(client, sender)
    data = book["Datos"]
    assert (data["A2"].value, data["A2"].data_type, data["A2"].number_format) == ("=1+1", "s", "@")
    assert data.cell(3, HEADER.index("casos") + 1).value == "007"
    path = tmp_path / "vuelta.xlsx"
    book.save(path)
    contract = catalogue.contracts()["visitas"]
    raw = read(path, "vuelta.xlsx", known_headers(contract), 100_000_000)
    assert raw.header == tuple(HEADER) and raw.cells.num_rows == 3 and raw.cells.column(0).to_pylist()[0] == "=1+1"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_reniec_codes_come_back_as_those_of_the_inei(tmp_path: Path, kind: str) -> None:
    """Only where the finding says so: the same code in another row, INEI's of General Sánchez Cerro, stays."""
    inei = {r["ubigeo"]: r["ubigeo_reniec"] for r in references.district_rows() if r["ubigeo_reniec"]}
    yanahuanca, amazonas = "190201", next(u for u in sorted(inei) if inei[u].startswith("0"))
    rows: list[list[str]] = [["T-1", inei[yanahuanca]], ["T-2", inei[yanahuanca]], ["T-3", inei[amazonas].lstrip("0")]]
    path = tmp_path / f"tramites.{kind}"
    if kind == "csv":
        path.write_text("codigo_expediente,ubigeo\n" + "".join(",".join(r) + "\n" for r in rows), encoding="utf-8")
    else:
        path.write_bytes(xlsx_bytes([["codigo_expediente", "ubigeo"], *rows]))
    told = [
        {"fila": n, "columna": "ubigeo", "valor": "", "regla": "G-07", "gravedad": "error", "mensaje": f"Fila {n}: es de RENIEC.", "remedio": "x"}
        for n in (2, 4)
    ]
    book = load_workbook(io.BytesIO(corrected.corrected(path, path.name, TRAMITES, told)))
    data = book["Datos"]
    assert [data.cell(n, 2).value for n in (2, 3, 4)] == [yanahuanca, inei[yanahuanca], amazonas]
    assert f"ya trae {yanahuanca} en lugar de {inei[yanahuanca]}" in data["B2"].comment.text and data["B3"].comment is None
    assert "revíselo" in book["Observaciones"].cell(4, 5).value
    assert [f["remedio"] for f in told] == ["x", "x"], "what the verdict said stays as it was"


def test_a_file_without_faults_or_without_a_table_has_nothing_to_mark(client: httpx.Client, receiver: Receiver, house: Warehouse) -> None:
    day = house.today.replace(day=1)  # of a period under way, whose file is never late
    good = judged(
        client, receiver, csv_bytes([["B-9", "18", day.isoformat(), "1", "1", "si", "abierto", ""]]),
        region="18", periodo=f"{day:%Y-%m}", solo_revisar="1",
    )  # fmt: skip
    assert good.status()["hallazgos"] == []
    assert client.get(f"{good.url}/corregible").status_code == 409
    broken = judged(client, receiver, b"PK\x03\x04 no es un libro", nombre="visitas.xlsx", solo_revisar="1")
    assert broken.status()["veredicto"]["estado"] == "rechazada"
    answer = client.get(f"{broken.url}/corregible")
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


def test_findings_past_the_first_page_are_asked_for(client: httpx.Client, receiver: Receiver) -> None:
    rows = [[f"C-{n}", "13", "2026-03-02", "nada" if n % 2 else "1", "1", "si", "abierto", ""] for n in range(60)]
    sender = judged(client, receiver, csv_bytes(rows), solo_revisar="1")
    first = client.get(sender.url, params={"cuantos": 10}).json()
    rest = client.get(sender.url, params={"desde": 10, "cuantos": 1000}).json()
    both = [f["fila"] for f in first["hallazgos"] + rest["hallazgos"] if f["fila"]]
    assert len(first["hallazgos"]) == 10 and both == sorted(both) and len(both) == 30


# ---- the receipt


def texts_of(pdf: bytes) -> str:
    """What a reader selects and copies."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_receipt_says_what_came_when_and_what_became_of_it(client: httpx.Client, receiver: Receiver) -> None:
    first = judged(client, receiver, csv_bytes([["R-1", "21", "2026-04-02", "1", "1", "si", "abierto", ""]]), region="21", periodo="2026-04").status()
    rows = [["R-1", "21", "2026-04-02", "2", "1", "si", "abierto", ""], ["R-2", "21", "2026-04-03", "7", "1", "si", "abierto", ""],
            ["R-3", "21", "2026-04-04", "3", "1", "si", "abierto", ""]]  # fmt: skip
    second = judged(client, receiver, csv_bytes(rows), region="21", periodo="2026-04", motivo="Se corrige un monto", remitente="Rosa Quispe").status()
    told = client.get(f"/api/v1/entregas/constancias/{second['constancia']}").json()
    assert (told["version"], told["reemplaza"], told["reemplaza_seq"]) == (2, 1, first["constancia"])
    assert (told["filas"], told["filas_aceptadas"], told["filas_cuarentena"]) == (3, 3, 0)
    assert (told["filas_agregadas"], told["filas_cambiadas"], told["filas_retiradas"]) == (2, 1, 0)
    assert re.fullmatch(r"\d\d-\d\d-\d{4} \d\d:\d\d:\d\d", told["recibido_lima"]) and told["motivo"] == "Se corrige un monto"
    changed = client.get(f"/api/v1/entregas/constancias/{second['constancia']}/diferencias").json()
    assert {(d["tipo"], d["clave"]["codigo"]) for d in changed["diferencias"]} == {("cambiada", "R-1"), ("agregada", "R-2"), ("agregada", "R-3")}

    answer = client.get(f"/api/v1/entregas/constancias/{second['constancia']}.pdf")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    read = re.sub(r"\s", "", texts_of(answer.content))
    for text in (f"Constancia de recepción N.º {second['constancia']}", told["recibido_lima"], "hora de Lima", "visitas.csv", told["hash_archivo"], "Visitas",
                 "Puno", "abr. 2026", "reemplaza a la versión 1", "2 agregadas, 1 cambiadas, 0 retiradas", "Se corrige un monto", "Rosa Quispe", "sintético"):  # fmt: skip
        assert re.sub(r"\s", "", text) in read, text
    assert client.get(f"/api/v1/entregas/constancias/{second['constancia']}.pdf").content == answer.content


def test_a_receipt_that_does_not_exist_is_told(client: httpx.Client) -> None:
    for path in ("/api/v1/entregas/constancias/9999", "/api/v1/entregas/constancias/9999.pdf"):
        answer = client.get(path)
        assert answer.status_code == 404 and "9999" in answer.json()["title"]
    assert client.get("/api/v1/entregas/constancias/cero").status_code == 422


# ---- what the web process loads


def test_the_desk_is_loaded_without_what_judges() -> None:
    code = "import sys; from etl.desk import api; from ops import server; print(sorted({m.split('.')[0] for m in sys.modules} & {'great_expectations', 'typst'}), 'checks.judge' in sys.modules)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[] False"


def test_a_template_of_the_desk_is_filled_and_taken(client: httpx.Client, receiver: Receiver, house: Warehouse) -> None:
    answer = client.get("/api/v1/entregas/plantilla", params={"tabla": "visitas", "region": "13", "periodo": "2026-05"})
    assert answer.status_code == 200 and "visitas_13_2026-05_v1.xlsx" in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    data = book["Datos"]
    places = {str(c.value): c.column for c in data[1]}
    for column, value in zip(HEADER, ["T-1", "13", date(2026, 5, 4), 10.5, 3, "true", "abierto", ""], strict=True):
        if column in places and value != "":
            data.cell(2, places[column], value)
    data.cell(3, places["codigo"], "T-2")
    data.cell(3, places["cod_region"], "13")
    data.cell(3, places["fecha"], "ayer")
    out = io.BytesIO()
    book.save(out)
    sender = judged(client, receiver, out.getvalue(), nombre="visitas_13_2026-05_v1.xlsx", periodo="2026-05")
    told = sender.status()
    assert (told["veredicto"]["filas"], told["veredicto"]["filas_aceptadas"]) == (2, 1), told
    again = marked(client, sender)
    noted = [c.coordinate for row in again["Datos"].iter_rows(min_row=2) for c in row if c.comment is not None]
    assert noted == [f"{again['Datos'].cell(3, places['fecha']).coordinate}"]
    assert again["Datos"].data_validations.dataValidation, "the drop-downs are still there"


def test_bytes_that_are_gone_are_told(client: httpx.Client, receiver: Receiver, house: Warehouse) -> None:
    sender = judged(client, receiver, faulty("visitas.csv"), solo_revisar="1")
    Desk(house).spool.remove(sender.id)
    assert client.get(f"{sender.url}/corregible").status_code == 410
    assert client.post(f"{sender.url}/enviar", json={}).status_code == 410
