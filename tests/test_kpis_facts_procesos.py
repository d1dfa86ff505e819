"""Facts of the processes area, by hand: what was pending at each month's end, what came in and went out, and how long each step took."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from etl import references
from kpis.facts import load_facts
from tests.test_kpis_facts import CONTRACTS, CUT, PROCEDURES, made
from warehouse import catalogue, duck

START = date(2025, 1, 1)
Steps = list[dict[str, Any]]


def file(entry: str, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"expediente_id": "e", "cod_region": "13", "ubigeo": "130801", "cod_procedimiento": "TITULO", "autoridad": "GREMH_LL"}
    return {**base, "fecha_ingreso": entry, **more}


def step(start: str, end: str | None, responsable: str = "administrado", etapa: str = "subsanacion", **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"expediente_id": "e", "etapa": etapa, "responsable": responsable, "fecha_inicio": start, "fecha_fin": end}
    return {**base, **more}


def rows(fact: str, files: list[dict[str, Any]], steps: Steps | None = None, instruments: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The rows of an installed fact over these case files and steps."""
    found = load_facts(catalogue.FACTS, CONTRACTS, [fact])[fact]
    numbered = [{"secuencia": i + 1, **s} for i, s in enumerate(steps or [])]
    tables = {
        "tramites": made("tramites", files),
        "tramite_etapas": made("tramite_etapas", numbered),
        "certificacion_ambiental": made("certificacion_ambiental", instruments or []),
        "ref_procedimientos": made("ref_procedimientos", [{"familia": "titulacion", "tipo_dia": "habil", **p} for p in PROCEDURES]),
        "ref_calendario": references.tables(date(2026, 10, 5))["ref_calendario"],
    }
    with duck.engine(threads=1) as connection:
        for name in found.tables:
            connection.register(name, tables[name])
        return connection.sql(found.at(CUT, START)).to_arrow_table().to_pylist()


def pending(files: list[dict[str, Any]], steps: Steps | None = None) -> dict[str, dict[str, Any]]:
    """The pending rows of one case by month's end."""
    return {r["corte"].isoformat()[:7]: r for r in rows("pendientes", files, steps)}


def test_a_case_is_pending_from_its_entry_to_the_eve_of_its_end() -> None:
    assert sorted(pending([file("2026-03-31", fecha_notificacion="2026-05-31")])) == ["2026-03", "2026-04"]
    assert pending([file("2026-03-31", fecha_notificacion="2026-05-31")])["2026-03"]["dh_ciudadano"] == 0
    assert not pending([file("2026-03-02", fecha_notificacion="2026-03-31")])
    assert "2026-04" in pending([file("2026-03-02", fecha_resolucion="2026-04-30", fecha_notificacion="2026-05-04")]), "resuelto sin notificar"


def test_a_later_end_does_not_close_an_earlier_month() -> None:
    still, closed = pending([file("2026-03-02")]), pending([file("2026-03-02", fecha_notificacion="2026-08-03")])
    assert sorted(still)[-1] == "2026-09" and sorted(closed)[-1] == "2026-07"
    assert still["2026-03"] == closed["2026-03"]


def test_the_deadline_is_the_one_known_on_that_date() -> None:
    # ten business days from 2 March end on the 16th; on 10 March six were used
    assert pending([file("2026-03-02")])["2026-03"]["vencido"] is True
    stopped = pending([file("2026-03-02")], [step("2026-03-10", "2026-04-20")])
    assert (stopped["2026-03"]["vencido"], stopped["2026-04"]["vencido"]) == (False, True), "detenido el 31 de marzo, vencido el 24 de abril"
    unfinished = pending([file("2026-03-02")], [step("2026-03-10", None)])
    assert not any(r["vencido"] for r in unfinished.values())


def test_an_observation_that_came_later_had_not_happened_yet() -> None:
    later = pending([file("2026-03-17")], [step("2026-04-01", None)])
    assert later["2026-03"]["vencido"] is False, "vence ese mismo día, aunque después se observe"
    late = pending([file("2026-03-02")], [step("2026-04-01", None)])
    assert late["2026-03"] == pending([file("2026-03-02")])["2026-03"]
    assert late["2026-09"]["vencido"] is True, "observar lo ya vencido no lo cura"
    observed = pending([file("2026-03-02")], [step("2026-03-20", "2026-04-20")])
    assert observed["2026-03"]["vencido"] is True, "venció el 16 de marzo; al 31 no se sabía cuánto duraría la subsanación"


def test_the_due_date_itself_is_not_late() -> None:
    # 31 March 2026 is the tenth business day after 17 March, and the eleventh after the 16th
    assert pending([file("2026-03-17")])["2026-03"]["vencido"] is False
    assert pending([file("2026-03-16")])["2026-03"]["vencido"] is True


def test_the_applicants_time_counts_for_the_citizen() -> None:
    free, stopped = pending([file("2026-03-02")]), pending([file("2026-03-02")], [step("2026-03-10", "2026-04-20")])
    assert free["2026-04"]["dh_ciudadano"] == stopped["2026-04"]["dh_ciudadano"]


def test_pending_cases_keep_the_norm_of_their_entry() -> None:
    old = pending([file("2025-12-30")])
    assert (old["2026-01"]["plazo_es_legal"], old["2026-01"]["vencido"], old["2026-02"]["vencido"]) == (False, False, True)


def test_a_deadline_in_calendar_days_stops_by_calendar_days() -> None:
    assert pending([file("2026-03-16", cod_procedimiento="CORRIDO")])["2026-03"]["vencido"] is False
    assert pending([file("2026-03-15", cod_procedimiento="CORRIDO")])["2026-03"]["vencido"] is True
    assert pending([file("2026-03-15", cod_procedimiento="CORRIDO")], [step("2026-03-20", "2026-03-21")])["2026-03"]["vencido"] is False


def test_the_first_year_of_deliveries_is_marked() -> None:
    found = pending([file("2025-11-03")])
    assert (found["2025-12"]["en_arranque"], found["2026-01"]["en_arranque"]) == (True, False)


def test_formalisation_held_by_minem_is_foreign_stock() -> None:
    assert pending([file("2026-03-02", autoridad="DGFM")])["2026-03"]["es_competencia_gr"] is False


def test_each_case_comes_in_once_and_goes_out_once() -> None:
    found = rows(
        "movimientos", [file("2026-03-31", fecha_resolucion="2026-04-01", fecha_notificacion="2026-04-06"), file("2026-05-04", expediente_id="f")]
    )
    assert sorted((r["fecha"].isoformat(), r["es_ingreso"]) for r in found) == [("2026-03-31", True), ("2026-04-06", False), ("2026-05-04", True)]
    assert {r["provincia"] for r in found} == {"1308"}


def test_an_open_step_counts_the_time_so_far_and_an_end_after_the_cut_has_not_come() -> None:
    own = {"responsable": "entidad", "etapa": "firma"}
    closed, running, later = rows("etapas", [file("2026-09-01")], [step("2026-09-21", "2026-09-23", **own), step("2026-09-21", None, **own),
                                                                   step("2026-09-21", "2026-10-15", **own)])  # fmt: skip
    assert (closed["dh_etapa"], closed["abierta"]) == (2, False)
    assert (running["dh_etapa"], running["abierta"]) == (later["dh_etapa"], later["abierta"]) == (7, True)
    assert not rows("etapas", [file("2026-09-01")], [step("2026-10-01", None)]), "una etapa que aún no empieza"


@pytest.mark.parametrize(("responsable", "entity", "held"), [("entidad", None, "entidad"), ("administrado", None, "administrado"),
                                                            ("opinante_externo", "ANA", "ANA"), ("minem", "MINEM", "MINEM")])  # fmt: skip
def test_who_had_the_case_is_told_by_name(responsable: str, entity: str | None, held: str) -> None:
    (found,) = rows("etapas", [file("2026-03-02")], [step("2026-03-03", "2026-03-05", responsable, entidad_opinante=entity)])
    assert found["a_cargo"] == held


def test_a_repeated_step_is_one_case_in_its_quarter() -> None:
    again = [step("2026-01-12", "2026-01-14"), step("2026-02-02", "2026-02-04"), step("2026-04-06", "2026-04-08"),
             step("2026-02-05", "2026-02-06", "entidad", "firma")]  # fmt: skip
    found = sorted(rows("etapas", [file("2026-01-05")], again), key=lambda r: r["fecha_inicio"])
    assert [r["primera_del_caso"] for r in found] == [True, False, False, True], "una vez por caso y trimestre"


def test_what_entered_in_the_last_six_months_still_changes() -> None:
    assert [rows("tramites", [file(d)])[0]["reciente"] for d in ("2026-03-30", "2026-03-31")] == [False, True]


def test_only_files_with_an_instrument_are_certifications_and_keep_their_clock() -> None:
    instruments = [{"expediente_id": "e", "iga_id": "i", "cod_region": "13", "tipo_iga": "MDIA", "etapa_proyecto": "beneficio"}]
    found = rows(
        "evaluaciones_ambientales", [file("2026-03-02"), file("2026-03-02", expediente_id="otro")], [step("2026-03-04", "2026-03-09")], instruments
    )
    assert [(r["expediente_id"], r["tipo_iga"], r["fecha_vencimiento"]) for r in found] == [("e", "MDIA", date(2026, 3, 19))]
