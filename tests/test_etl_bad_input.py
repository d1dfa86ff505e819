"""Every class of bad input: a sentence with file, row and cure; bytes kept; the rest of the file and the other regions go on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import etl_samples as samples
import pytest
from deltalake.exceptions import TableNotFoundError
from sqlalchemy import select

from etl import references
from etl.report import NOT_RECEIVED
from warehouse import catalogue
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED
from warehouse.tables import entregas, resultados_calidad

SECOND = "visitas_13_2026-03_v2"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
WORKBOOK = [samples.HEADER, *samples.GOOD]


@dataclass(frozen=True)
class Bad:
    """A bad file for region 13 and what must be said of it. `kept_out`: rows that must go to quarantine; None = the file is rejected."""

    content: bytes
    says: tuple[str, ...]
    kept_out: tuple[int, ...] | None = None
    suffix: str = ".csv"


def changed(row: int, column: str, value: str, encoding: str = "utf-8") -> bytes:
    """The good file with one cell changed."""
    return samples.csv_bytes(samples.with_cell(row, column, value), encoding=encoding)


def with_date_called(header: str) -> bytes:
    return samples.csv_bytes(samples.GOOD, ["codigo", "cod_region", header, *samples.HEADER[3:]])


CASES: dict[str, Bad] = {
    "latin-1": Bad(changed(3, "codigo", "ñandú", encoding="cp1252"), ("Latin-1", "CSV UTF-8"), ()),
    "utf-16": Bad(samples.csv_bytes(samples.GOOD).decode().encode("utf-16"), ("UTF-16", "CSV UTF-8")),
    "coma decimal": Bad(changed(3, "monto", '"12,5"'), ("Fila 3, «monto»: «12,5» usa coma decimal.", "Escriba 12.5."), (3,)),
    "dd/mm/aaaa": Bad(changed(4, "fecha", "31/03/2026"), ("Fila 4, «fecha»", "Escriba 2026-03-31."), (4,)),
    "dd/mm ambigua": Bad(changed(4, "fecha", "03/12/2026"), ("Fila 4", "Escriba 2026-12-03 o 2026-03-12."), (4,)),
    "fecha imposible": Bad(changed(2, "fecha", "2026-02-30"), ("Fila 2", "no existe en el calendario"), (2,)),
    "columna renombrada": Bad(with_date_called("Fecha Visita"), ("«Fecha Visita» como «fecha»",), ()),
    "columna que falta": Bad(with_date_called("dia"), (f"{SECOND}.csv", "columna obligatoria «fecha»", "plantilla")),
    "clave repetida": Bad(samples.csv_bytes([*samples.GOOD, samples.GOOD[0]]), ("fila", "A-1")),
    "archivo vacío": Bad(b"", (f"{SECOND}.csv: está vacío", "Exporte")),
    "solo cabecera": Bad(samples.csv_bytes([]), (f"{SECOND}.csv: solo trae la cabecera", "Envíe el archivo con sus filas")),
    "csv cortado": Bad(samples.csv_bytes(samples.GOOD)[:-30], (f"{SECOND}.csv: fila 4", "Exporte otra vez")),
    "comillas abiertas": Bad(changed(3, "codigo", '"A-2'), (f"{SECOND}.csv: fila 3", "Exporte otra vez")),
    "fila con otro ancho": Bad(changed(3, "monto", "1,5"), ("Fila 3: tiene 9 valores", "entre comillas"), (3,)),
    "cabecera combinada": Bad(samples.xlsx_bytes(WORKBOOK, merge="A1:B1"), ("fila 1", "A1:B1", "Descombinar"), None, ".xlsx"),
    "xlsx cortado": Bad(samples.xlsx_bytes(WORKBOOK)[:3000], (f"{SECOND}.xlsx", "incompleto", "guárdelo otra vez"), None, ".xlsx"),
    "xlsx con contraseña": Bad(OLE, (f"{SECOND}.xlsx", "contraseña", "Quite la contraseña"), None, ".xlsx"),
    "xlsx que se infla": Bad(samples.bomb(120), (f"{SECOND}.xlsx", "descomprimido pasa de 100 MB", "CSV UTF-8"), None, ".xlsx"),
    "fórmula en una celda": Bad(samples.xlsx_bytes(WORKBOOK, formula="D3"), ("Fila 3, «monto»", "D3", "pegue como valor"), (3,), ".xlsx"),
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    return samples.warehouse(tmp_path, max_mb_archivo=1, max_mb_inflado=100)


def everything_said(house: Warehouse, entrega_id: str) -> str:
    """The submission's sentence, the sample of each rule and the quarantine, as a person could read them."""
    with house.engine.connect() as connection:
        own = connection.execute(select(entregas.c.mensaje).where(entregas.c.entrega_id == entrega_id)).scalar_one()
        rules = connection.execute(
            select(resultados_calidad.c.mensaje, resultados_calidad.c.muestra).where(resultados_calidad.c.entrega_id == entrega_id)
        ).all()
    rows = [f"{q['mensaje']} {q['remedio']}" for q in quarantined(house)]
    return "\n".join([own, *rows, *(f"{message} {' '.join(sample)}" for message, sample in rules)])


def quarantined(house: Warehouse) -> list[dict[str, object]]:
    try:
        return [dict(r) for r in house.delta.read("cuarentena", "visitas").to_pylist()]
    except TableNotFoundError:
        return []


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_told_and_nothing_else_suffers(tmp_path: Path, house: Warehouse, name: str) -> None:
    bad, contract = CASES[name], samples.contract(tmp_path)
    samples.put(house, "visitas_13_2026-03_v1.csv", samples.csv_bytes([["VIGENTE", "13", "2026-03-01", "1", "1", "si", "abierto", ""]]))
    samples.bring(house, contract)
    before = samples.accepted(house)
    samples.put(house, SECOND + bad.suffix, bad.content)
    samples.put(house, "visitas_18_2026-03_v1.csv", samples.csv_bytes([["B-1", "18", "2026-03-01", "1", "1", "si", "abierto", ""]]))
    outcomes = {o.cod_region: o for o in samples.bring(house, contract).outcomes}

    with house.engine.connect() as connection:
        row = connection.execute(select(entregas).where(entregas.c.archivo == SECOND + bad.suffix)).mappings().one()
    said = everything_said(house, row["entrega_id"])
    assert [s for s in bad.says if s not in said] == [], said
    file_hash = hashlib.sha256(bad.content).hexdigest()
    assert (house.landing / file_hash[:2] / file_hash).read_bytes() == bad.content
    assert outcomes["18"].estado == "aceptada"
    mine = [r for r in samples.accepted(house) if r["entrega_region"] == "13"]
    if bad.kept_out is None:
        assert outcomes["13"].estado == REJECTED
        assert mine == before
    else:
        assert outcomes["13"].estado != REJECTED
        assert {r["fila_origen"] for r in mine} == {2, 3, 4} - set(bad.kept_out)
        assert {r["fila_origen"] for r in quarantined(house)} == set(bad.kept_out)


def test_a_file_over_the_limit_is_refused_by_its_size_before_it_is_read(tmp_path: Path, house: Warehouse) -> None:
    contract = samples.contract(tmp_path)
    path = samples.put(house, "visitas_13_2026-03_v1.csv", b"")
    with path.open("r+b") as sparse:
        sparse.truncate(2_000_000_000)
    outcome = samples.only(samples.bring(house, contract))
    assert outcome.estado == NOT_RECEIVED
    assert "visitas_13_2026-03_v1.csv: ocupa 2,000.0 MB y el límite es 1 MB; no se leyó ninguna fila." in outcome.sentence
    assert "SIEGEM_MAX_MB_ARCHIVO" in outcome.sentence


@pytest.mark.parametrize("together", [True, False])
def test_the_same_file_for_two_regions_is_not_accepted_for_both(tmp_path: Path, house: Warehouse, together: bool) -> None:
    contract = samples.contract(tmp_path)
    content = samples.csv_bytes(samples.GOOD)
    samples.put(house, "visitas_13_2026-03_v1.csv", content)
    outcomes = [] if together else list(samples.bring(house, contract).outcomes)
    samples.put(house, "visitas_18_2026-03_v1.csv", content)
    outcomes += samples.bring(house, contract).outcomes
    states = {o.cod_region: o for o in outcomes}
    assert states["18"].estado == REJECTED and "visitas_18_2026-03_v1.csv" in states["18"].sentence
    assert together or states["13"].estado == "aceptada"
    assert {r["entrega_region"] for r in samples.accepted(house)} <= {"13"}


# ---- ubigeos, with the real contract of case files


def case_file(number: int, region: str, ubigeo: str, authority: str) -> dict[str, str]:
    return {
        "expediente_id": f"{region}-{authority}-2026-{number:05d}", "cod_region": region, "ubigeo": ubigeo, "numero_expediente": f"{number:05d}",
        "anio": "2026", "cod_procedimiento": "", "autoridad": authority, "estrato": "PPM", "tipo_persona": "juridica", "sexo_solicitante": "NA",
        "solicitante_hash": hashlib.sha256(str(number).encode()).hexdigest(), "fecha_ingreso": "2026-03-02", "estado": "en_tramite",
        "n_observaciones": "0", "impugnado": "false",
    }  # fmt: skip


def case_files(rows: list[dict[str, str]]) -> bytes:
    procedure = next(p for p in references.procedures().to_pylist() if p["familia"] != "formalizacion" and p["vigente_hasta"] is None)
    rows = [{**r, "cod_procedimiento": procedure["cod_procedimiento"]} for r in rows]
    return samples.csv_bytes([list(r.values()) for r in rows], list(rows[0]))


Make = Callable[[str], tuple[str, dict[str, object], list[dict[str, object]]]]


@pytest.fixture
def judged_with(house: Warehouse) -> Make:
    """Bring Pasco's file of 60 cases, one of them with another ubigeo; gives its state, its accepted rows by number, and quarantine."""

    def bring(ubigeo: str) -> tuple[str, dict[str, object], list[dict[str, object]]]:
        references.load(house, samples.TODAY)
        rows = [case_file(n, "19", "190101", "DREMH_PC") for n in range(1, 61)]
        rows[4]["ubigeo"] = ubigeo
        samples.put(house, "tramites_19_2026-03_v1.csv", case_files(rows))
        outcome = samples.only(samples.bring(house, *catalogue.contracts().values()))
        kept = {str(r["numero_expediente"]): r for r in samples.accepted(house, "tramites")}
        return outcome.estado, kept, house.delta.read("cuarentena", "tramites").to_pylist()

    return bring


@pytest.mark.parametrize(("ubigeo", "rules"), [("999999", {"G-06"}), ("130101", {"G-06"}), ("180201", {"G-06", "G-07"}), ("19010", {"G-06"})])
def test_an_ubigeo_that_is_unknown_foreign_or_of_reniec_keeps_its_row_out(judged_with: Make, ubigeo: str, rules: set[str]) -> None:
    state, kept, out = judged_with(ubigeo)
    assert state == "aceptada_con_advertencias"
    assert len(kept) == 59 and "00005" not in kept
    assert {r["fila_origen"] for r in out} == {6}
    assert rules & {str(r["regla_id"]) for r in out}
    said = " ".join(f"{r['mensaje']} {r['remedio']}" for r in out)
    assert ubigeo in said and "6" in said
