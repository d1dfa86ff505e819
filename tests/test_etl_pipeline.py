"""From the inbox to the accepted store: what stands, what changes, what is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import etl_samples as samples
import pytest
from sqlalchemy import select, text

from checks.batch import Batch, Verdict
from etl import accept as accepting
from etl import intake
from etl import pipeline as etl_pipeline
from etl.order import in_dependency_order
from etl.pipeline import ingest
from etl.report import NOT_RECEIVED
from etl.sources import inbox
from etl.sources.received import Received
from warehouse import catalogue, runs
from warehouse.contracts import Contract
from warehouse.errors import DeclarationError, StoreError
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED
from warehouse.tables import archivos, corrida_pasos, entregas, resultados_calidad, tablas_aceptadas

NAME = "visitas_13_2026-03_v1.csv"


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return samples.contract(tmp_path)


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    return samples.warehouse(tmp_path, max_mb_archivo=1)


def submissions(house: Warehouse) -> list[dict[str, object]]:
    with house.engine.connect() as connection:
        return [dict(r) for r in connection.execute(select(entregas).order_by(entregas.c.seq)).mappings()]


def region_file(region: str, amount: str = "10.5", number: int = 1) -> bytes:
    return samples.csv_bytes([[f"{region}-{number}", region, "2026-03-02", amount, "3", "si", "abierto", ""]])


def test_a_good_file_is_accepted_with_its_origin(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.GOOD))
    outcome = samples.only(samples.bring(house, contract))
    assert (outcome.estado, outcome.version, outcome.filas, outcome.filas_aceptadas) == ("aceptada", 1, 3, 3)
    rows = samples.accepted(house)
    assert [r["codigo"] for r in rows] == ["A-1", "A-2", "A-3"]
    assert {(r["cod_region"], r["entrega_region"], r["entrega_periodo"], r["estado_registro"]) for r in rows} == {("13", "13", "2026-03", "valido")}
    (submission,) = submissions(house)
    assert {r["entrega_id"] for r in rows} == {submission["entrega_id"]}
    assert (submission["datos_al"], submission["sintetico"], submission["version_contrato"]) == (date(2026, 3, 31), True, "1.0.0")
    assert len({r["hash_fila"] for r in rows}) == 3


def test_the_bytes_are_kept_as_they_came(house: Warehouse, contract: Contract) -> None:
    content = samples.csv_bytes(samples.GOOD, encoding="cp1252")
    samples.put(house, NAME, content)
    samples.bring(house, contract)
    (submission,) = submissions(house)
    file_hash = str(submission["hash_archivo"])
    assert (house.landing / file_hash[:2] / file_hash).read_bytes() == content


def test_the_same_files_twice_change_nothing_and_it_is_said(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.GOOD))
    samples.put(house, "visitas_18_2026-03_v1.csv", b"codigo\n")
    samples.bring(house, contract)
    before = (samples.accepted(house), submissions(house))
    report = samples.bring(house, contract)
    assert (report.outcomes, report.unchanged, report.changed) == ((), 2, False)
    assert list(report.summary()) == [
        "2 archivos sin cambios; nada nuevo que cargar.",
        "1 de ellos siguen rechazados, p. ej. visitas_18_2026-03_v1.csv. Vea la página Calidad.",
    ]
    assert (samples.accepted(house), submissions(house)) == before


def test_a_corrected_file_makes_the_next_version_in_the_place_of_the_first(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, region_file("13", "1"))
    samples.put(house, "visitas_18_2026-03_v1.csv", region_file("18"))
    samples.bring(house, contract)
    samples.put(house, "visitas_13_2026-03_v2.csv", region_file("13", "2"))
    report = samples.bring(house, contract)
    assert samples.only(report).version == 2 and report.unchanged == 2
    assert [(r["entrega_region"], r["monto"]) for r in samples.accepted(house)] == [("13", 2.0), ("18", 10.5)]


def test_two_versions_that_arrive_together_are_both_recorded_and_the_last_one_stands(house: Warehouse, contract: Contract) -> None:
    for version in (10, 9):
        samples.put(house, f"visitas_13_2026-03_v{version}.csv", region_file("13", str(version)))
    samples.bring(house, contract)
    assert [(s["archivo"], s["version"]) for s in submissions(house)] == [("visitas_13_2026-03_v9.csv", 1), ("visitas_13_2026-03_v10.csv", 2)]
    assert [r["monto"] for r in samples.accepted(house)] == [10.0]
    assert samples.bring(house, contract).unchanged == 2


def test_going_back_to_an_earlier_content_under_a_new_name_is_a_new_version(house: Warehouse, contract: Contract) -> None:
    for version, amount in ((1, "1"), (2, "2"), (3, "1")):
        samples.put(house, f"visitas_13_2026-03_v{version}.csv", region_file("13", amount))
        samples.bring(house, contract)
    assert [s["version"] for s in submissions(house)] == [1, 2, 3]
    assert [r["monto"] for r in samples.accepted(house)] == [1.0]


def test_a_new_version_of_the_contract_judges_the_same_bytes_again(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, region_file("13"))
    samples.bring(house, contract)
    newer = contract.model_copy(update={"version": "1.1.0"})
    assert samples.only(samples.bring(house, newer)).version == 2
    assert samples.bring(house, newer).unchanged == 1


def test_a_rejected_file_leaves_the_last_accepted_data_standing(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, region_file("13"))
    samples.bring(house, contract)
    before = samples.accepted(house)
    samples.put(house, "visitas_13_2026-03_v2.csv", samples.csv_bytes(samples.GOOD, ["x", *samples.HEADER[1:]]))
    outcome = samples.only(samples.bring(house, contract))
    assert (outcome.estado, outcome.version, outcome.filas_aceptadas) == (REJECTED, 2, 0)
    assert "visitas_13_2026-03_v2.csv" in outcome.sentence and "«codigo»" in outcome.sentence
    assert samples.accepted(house) == before
    with house.engine.connect() as connection:
        broken = (resultados_calidad.c.regla_id == "G-02") & (resultados_calidad.c.estado == "falla")
        said = connection.execute(select(resultados_calidad).where(broken)).mappings().all()
    assert [r["severidad"] for r in said] == ["bloqueante"] and "«codigo»" in str(said[0]["muestra"])


def test_a_bad_row_goes_to_quarantine_with_its_reason_and_its_text_and_the_rest_is_used(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.with_cell(3, "monto", '"12,5"')))
    outcome = samples.only(samples.bring(house, contract))
    assert (outcome.estado, outcome.filas, outcome.filas_aceptadas, outcome.filas_cuarentena) == ("aceptada_con_advertencias", 3, 2, 1)
    assert [r["codigo"] for r in samples.accepted(house)] == ["A-1", "A-3"]
    (row,) = house.delta.read("cuarentena", "visitas").to_pylist()
    assert (row["fila_origen"], row["columna"], row["valor"], row["cod_region"]) == (3, "monto", "12,5", "13")
    assert row["remedio"] == "Escriba 12.5." and '"monto": "12,5"' in row["fila_json"]
    assert "41234568" not in str(row) and '"documento": "***"' in row["fila_json"]


def test_a_corrected_row_leaves_quarantine(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.with_cell(3, "monto", "x")))
    samples.bring(house, contract)
    samples.put(house, "visitas_13_2026-03_v2.csv", samples.csv_bytes(samples.GOOD))
    samples.bring(house, contract)
    with house.engine.connect() as connection:
        version = connection.execute(select(tablas_aceptadas.c.cuarentena_version)).scalar_one()
    assert house.delta.read("cuarentena", "visitas", version).num_rows == 0
    assert len(samples.accepted(house)) == 3


def test_one_region_never_stops_another(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, b"\x00\x01")
    samples.put(house, "visitas_18_2026-03_v1.csv", region_file("18"))
    samples.put(house, "visitas_19_2026-03_v1.xlsx", b"PK\x03\x04")
    samples.put(house, "informe.docx", b"x")
    samples.put(house, "visitas_20_2026-03_v1.csv", b"x" * 1_000_001)
    report = samples.bring(house, contract)
    assert sorted((o.archivo, o.estado) for o in report.outcomes) == [
        ("informe.docx", NOT_RECEIVED), (NAME, REJECTED), ("visitas_18_2026-03_v1.csv", "aceptada"), ("visitas_19_2026-03_v1.xlsx", REJECTED),
        ("visitas_20_2026-03_v1.csv", NOT_RECEIVED),
    ]  # fmt: skip
    assert [r["cod_region"] for r in samples.accepted(house)] == ["18"]
    lines = "\n".join(report.summary())
    assert "5 archivos revisados: 1 aceptados, 2 rechazados, 2 no recibidos" in lines
    assert "informe.docx: el nombre no sigue la forma" in lines and "el límite es 1 MB" in lines
    with house.engine.connect() as connection:  # the bytes of what could not be placed are kept too
        assert "informe.docx" in connection.execute(select(archivos.c.nombre)).scalars().all()


def test_a_file_that_goes_away_while_it_is_looked_at_is_a_sentence(house: Warehouse, contract: Contract) -> None:
    path = samples.put(house, NAME, region_file("13"))
    items = list(inbox.collect(house.settings.inbox, {"visitas": contract}))
    path.unlink()
    report = ingest(house, items, contracts={"visitas": contract}, today=samples.TODAY)
    assert "no se pudo leer" in samples.only(report).sentence


def test_an_operators_error_in_one_table_becomes_its_sentence_and_a_bug_goes_up(
    house: Warehouse, contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "otra").mkdir()
    other = samples.contract(tmp_path / "otra").model_copy(update={"table": "ajenas"})
    samples.put(house, NAME, region_file("13"))
    samples.put(house, "ajenas_13_2026-03_v1.csv", region_file("13", "7"))
    judge = intake.judge

    def fails(error: Exception) -> None:
        def broken(batch: Batch, known: dict[str, tuple[str, str]]) -> dict[str, Verdict]:
            if batch.contract.table == "ajenas":
                raise error
            return judge(batch, known)

        monkeypatch.setattr(intake, "judge", broken)

    fails(StoreError("No hay espacio en el disco.", cure="Libere espacio."))
    report = samples.bring(house, contract, other)
    assert {o.tabla: o.estado for o in report.outcomes} == {"visitas": "aceptada", "ajenas": NOT_RECEIVED}
    fails(ZeroDivisionError("bug"))
    with pytest.raises(ZeroDivisionError):
        samples.bring(house, contract, other)


def test_killed_between_both_commits_the_old_data_stand_and_the_next_round_leaves_no_trace(
    house: Warehouse, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples.put(house, NAME, region_file("13", "1"))
    samples.bring(house, contract)
    before = samples.accepted(house)
    second = samples.put(house, "visitas_13_2026-03_v2.csv", region_file("13", "2"))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(accepting, "record", killed)
        samples.bring(house, contract)
    assert samples.accepted(house) == before
    # the file is withdrawn before the next round, which writes for another region: the lost commit must not come in with it
    second.unlink()
    samples.put(house, "visitas_18_2026-03_v1.csv", region_file("18"))
    samples.bring(house, contract)
    assert [(r["cod_region"], r["monto"]) for r in samples.accepted(house)] == [("13", 1.0), ("18", 10.5)]


def test_killed_at_the_very_first_commit_nothing_is_accepted_and_the_next_round_completes(
    house: Warehouse, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples.put(house, NAME, samples.csv_bytes(samples.with_cell(3, "monto", "x")))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(accepting, "point_to", killed)
        samples.bring(house, contract)
    assert samples.accepted(house) == [] and submissions(house) == []
    samples.bring(house, contract)
    assert [r["codigo"] for r in samples.accepted(house)] == ["A-1", "A-3"]
    assert house.delta.read("cuarentena", "visitas").num_rows == 1


def test_many_submissions_are_one_delta_commit(house: Warehouse, contract: Contract) -> None:
    for month in range(1, 13):
        samples.put(house, f"visitas_13_2025-{month:02d}_v1.csv", region_file("13", str(month), month))
    samples.bring(house, contract)
    with house.engine.connect() as connection:
        pointer = connection.execute(select(tablas_aceptadas)).mappings().one()
    assert (pointer["delta_version"], pointer["filas"]) == (0, 12)


def test_files_beyond_the_size_of_a_batch_are_judged_in_several(house: Warehouse, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etl_pipeline, "_BATCH_BYTES", 300)
    for region in ("13", "18", "19", "20"):
        samples.put(house, f"visitas_{region}_2026-03_v1.csv", region_file(region, region))
    report = samples.bring(house, contract)
    assert len(report.outcomes) == len(samples.accepted(house)) == 4
    with house.engine.connect() as connection:
        assert connection.execute(select(tablas_aceptadas.c.delta_version)).scalar_one() > 0


def test_every_step_is_recorded_and_progress_reaches_its_end(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, region_file("13"))
    heard: list[tuple[str, int, int]] = []
    known = {"visitas": contract}
    with runs.run(house.engine, "prueba") as number:
        ingest(house, inbox.collect(house.settings.inbox, known), number, lambda *a: heard.append(a), known, samples.TODAY)
    assert heard[-1] == ("visitas", 1, 1)
    with house.engine.connect() as connection:
        steps = connection.execute(select(corrida_pasos.c.paso, corrida_pasos.c.objeto, corrida_pasos.c.estado)).all()
        assert connection.execute(select(entregas.c.corrida_id)).scalar_one() == number
    assert [tuple(s) for s in steps] == [("land", "", "terminado"), ("accept", "visitas", "terminado")]


def test_lateness_is_judged_by_the_working_calendar(house: Warehouse, contract: Contract) -> None:
    from etl import references

    references.load(house, samples.TODAY)
    samples.put(house, NAME, region_file("13"))
    samples.bring(house, contract)
    # ten working days after March 2026, holy Thursday (2 April) and Friday left out
    assert submissions(house)[0]["fecha_limite"] == date(2026, 4, 16)


def test_unchanged_files_cost_a_hash_each(house: Warehouse, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is read, shaped or judged again; how long it takes is the benchmark's business."""
    known = {"visitas": contract}
    content = region_file("13") + b"\n" * 20_000
    path = samples.put(house, NAME, content)
    samples.bring(house, contract)
    moment = datetime.now(UTC)
    item = Received(NAME, path, "entrada", "visitas", "13", "2026-03", moment, 1)
    monkeypatch.setattr("etl.intake.judge_and_accept", lambda *a: pytest.fail("se juzgó un archivo ya juzgado"))
    report = ingest(house, [item] * 1900, contracts=known, today=samples.TODAY)
    assert report.unchanged == 1900


def test_the_fingerprint_of_a_row_does_not_depend_on_its_batch(contract: Contract, tmp_path: Path) -> None:
    alone = samples.warehouse(tmp_path / "a")
    samples.put(alone, NAME, samples.csv_bytes(samples.GOOD))
    samples.bring(alone, contract)
    together = samples.warehouse(tmp_path / "b")
    samples.put(together, NAME, samples.csv_bytes(samples.GOOD))
    samples.put(together, "visitas_18_2026-03_v1.csv", samples.csv_bytes([["B-1", "18", "2026-03-02", "", "", "", "", ""]]))
    samples.bring(together, contract)
    mine = [r for r in samples.accepted(together) if r["cod_region"] == "13"]
    # hashed documents differ by the salt of each installation, so rows without one are compared
    assert mine[2]["hash_fila"] == samples.accepted(alone)[2]["hash_fila"]


def test_the_same_code_runs_on_postgresql(tmp_path: Path, contract: Contract, database_url: str) -> None:
    house = samples.warehouse(tmp_path, base_datos=database_url)
    samples.put(house, NAME, region_file("13"))
    assert samples.only(samples.bring(house, contract)).estado == "aceptada"
    assert samples.bring(house, contract).unchanged == 1
    assert len(samples.accepted(house)) == 1


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Contract, Contract]:
    """A parent table and one whose code must be in it, installed beside the real ones."""
    parent = samples.contract(tmp_path)
    child = parent.model_copy(update={"table": "detalles", "columns": (replace_reference(parent, "visitas.codigo"), *parent.columns[1:])})
    installed = {**catalogue.contracts(), "visitas": parent, "detalles": child}
    monkeypatch.setattr(catalogue, "contracts", lambda: installed)
    return parent, child


def test_what_waited_for_its_parent_is_judged_again_when_the_parent_is_corrected(house: Warehouse, family: tuple[Contract, Contract]) -> None:
    parent, child = family
    samples.put(house, NAME, b"codigo\n")
    samples.put(house, NAME.replace("visitas", "detalles"), region_file("13", "7"))
    first = {o.tabla: o.estado for o in samples.bring(house, parent, child).outcomes}
    assert first == {"visitas": REJECTED, "detalles": REJECTED}
    assert samples.bring(house, parent, child).outcomes == ()
    samples.put(house, "visitas_13_2026-03_v2.csv", region_file("13"))
    second = {o.tabla: (o.estado, o.version) for o in samples.bring(house, parent, child).outcomes}
    assert second == {"visitas": ("aceptada", 2), "detalles": ("aceptada", 2)}
    assert len(samples.accepted(house, "detalles")) == 1
    assert samples.bring(house, parent, child).outcomes == ()


def test_a_round_killed_before_the_children_is_taken_up_by_the_next(
    house: Warehouse, family: tuple[Contract, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, child = family
    samples.put(house, NAME.replace("visitas", "detalles"), region_file("13", "7"))
    samples.bring(house, parent, child)
    samples.put(house, NAME, region_file("13"))

    def killed(_: Warehouse, contract: Contract, *others: object) -> list[object]:
        if contract is child:
            raise KeyboardInterrupt
        return []

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(etl_pipeline, "to_judge_again", killed)
        samples.bring(house, parent, child)
    assert samples.accepted(house, "detalles") == []
    assert [o.tabla for o in samples.bring(house, parent, child).outcomes] == ["detalles"]
    assert len(samples.accepted(house, "detalles")) == 1


def test_parents_are_judged_before_their_children() -> None:
    order = in_dependency_order(catalogue.contracts())
    assert order.index("tramites") < order.index("tramite_etapas")
    assert order.index("ref_region") < order.index("tramites")


def test_tables_that_refer_to_each_other_are_a_declaration_error(contract: Contract) -> None:
    a = contract.model_copy(update={"table": "a", "columns": (replace_reference(contract, "b.codigo"),)})
    b = contract.model_copy(update={"table": "b", "columns": (replace_reference(contract, "a.codigo"),)})
    with pytest.raises(DeclarationError, match="círculo"):
        in_dependency_order({"a": a, "b": b})


def replace_reference(contract: Contract, to: str) -> object:
    return contract.columns[0].model_copy(update={"references": to})


def test_official_series_reach_the_accepted_store(tmp_path: Path, shared: Path) -> None:
    from etl import references
    from etl.sources import official

    house = samples.warehouse(tmp_path)
    references.load(house, samples.TODAY)
    report = ingest(house, official.collect(shared / "data"), today=samples.TODAY)
    assert {o.tabla: (o.estado == REJECTED, o.filas) for o in report.outcomes} == {
        "produccion_metalica": (False, 21013), "presupuesto_departamento": (False, 546), "accidentes_mortales": (False, 220),
    }  # fmt: skip
    copper = [r for r in samples.accepted(house, "produccion_metalica") if r["mineral"] == "cobre" and r["anio"] == 2021]
    assert round(sum(float(str(r["produccion"])) for r in copper)) == 2_326_036
    assert {r["cod_region"] for r in samples.accepted(house, "presupuesto_departamento")} >= {"01", "L15", "98"}
    with house.engine.connect() as connection:
        reach = dict(connection.execute(text("SELECT tabla, datos_al FROM entregas")).all())
    assert str(reach["produccion_metalica"]) == "2025-04-30"


def test_the_seeds_table_from_its_file_to_the_accepted_store(tmp_path: Path, shared: Path) -> None:
    house = samples.warehouse(tmp_path)
    content = (shared / "domain" / "fixture_situacion_areas_2006.csv").read_bytes()
    contracts = {"situacion_areas": catalogue.contracts()["situacion_areas"]}
    samples.put(house, "situacion_areas_00_2006_v1.csv", content)
    outcome = samples.only(samples.bring(house, *contracts.values()))
    assert (outcome.estado, outcome.filas_aceptadas, outcome.filas_cuarentena) == ("aceptada_con_advertencias", 9, 0)
    rows = {str(r["situacion"]): r for r in samples.accepted(house, "situacion_areas")}
    assert rows["atipica"]["porcentaje_declarado"] == 0.1 and rows["atipica"]["cod_region"] == "PILOTO"
    with house.engine.connect() as connection:
        failed = connection.execute(select(resultados_calidad.c.regla_id, resultados_calidad.c.filas_fallidas).where(
            resultados_calidad.c.estado == "falla", resultados_calidad.c.regla_id.like("C03%"))).all()  # fmt: skip
    assert sorted(r for r, _ in failed) == ["C03-TOT-2", "C03-TOT-3"]
    assert dict(failed)["C03-TOT-2"] == 1  # type: ignore[arg-type]


def test_a_file_that_a_correction_replaced_may_come_for_its_own_period(house: Warehouse, contract: Contract) -> None:
    april = region_file("13", "4")
    samples.put(house, NAME, april)
    samples.bring(house, contract)
    samples.put(house, "visitas_13_2026-03_v2.csv", region_file("13", "3", 3))
    samples.bring(house, contract)
    samples.put(house, "visitas_13_2026-04_v1.csv", april)
    assert samples.only(samples.bring(house, contract)).estado == "aceptada"
    assert [(r["entrega_periodo"], r["monto"]) for r in samples.accepted(house)] == [("2026-03", 3.0), ("2026-04", 4.0)]


def test_a_period_without_cases_is_declared_and_is_no_missing_delivery(house: Warehouse, contract: Contract) -> None:
    nothing = samples.csv_bytes([["Sin movimiento", *[""] * 7]])
    samples.put(house, NAME, nothing)
    samples.put(house, "visitas_18_2026-03_v1.xlsx", samples.xlsx_bytes([samples.HEADER, ["SIN MOVIMIENTO"]]))  # type: ignore[list-item]
    samples.put(house, "visitas_13_2026-04_v1.csv", nothing)  # the same bytes for another month are as right
    report = samples.bring(house, contract)
    assert len(report.outcomes) == 3
    assert {(o.estado, o.filas, o.mensaje) for o in report.outcomes} == {("aceptada", 0, "Sin movimiento: el periodo se declaró sin casos.")}
    samples.put(house, "visitas_18_2026-05_v1.csv", nothing)
    assert samples.only(samples.bring(house, contract)).estado == "aceptada"
    assert samples.accepted(house) == []
    samples.put(house, NAME.replace("v1", "v2"), region_file("13"))
    assert samples.only(samples.bring(house, contract)).filas_aceptadas == 1
    samples.put(house, NAME.replace("v1", "v3"), nothing + b"\n")
    assert samples.only(samples.bring(house, contract)).estado == "aceptada"
    assert samples.accepted(house) == []


def test_a_header_alone_still_says_nothing(house: Warehouse, contract: Contract) -> None:
    samples.put(house, NAME, samples.csv_bytes([]))
    assert samples.only(samples.bring(house, contract)).estado == REJECTED
