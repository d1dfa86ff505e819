"""The clocks of the case files, by hand: deadlines in force at entry, who stops the clock, and nothing beyond the cut."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from etl import references
from kpis.facts import load_facts, table_schema
from warehouse import catalogue, duck

CONTRACTS = catalogue.contracts()
CUT = date(2026, 9, 30)
PROCEDURES = [
    {"cod_procedimiento": "TITULO", "plazo_dias": None, "plazo_referencia_dias": 30, "vigente_desde": "2003-01-01", "vigente_hasta": "2025-12-31"},
    {"cod_procedimiento": "TITULO", "plazo_dias": 10, "plazo_referencia_dias": 30, "vigente_desde": "2026-01-01"},
    {"cod_procedimiento": "CORRIDO", "plazo_dias": 15, "plazo_referencia_dias": 30, "vigente_desde": "2003-01-01", "tipo_dia": "calendario"},
]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def rows(fact: str, **tables: pa.Table) -> list[dict[str, Any]]:
    """The rows of an installed fact over tables in memory."""
    found = load_facts(catalogue.FACTS, CONTRACTS, [fact])[fact]
    with duck.engine(threads=1) as connection:
        for name in found.tables:
            connection.register(name, tables[name])
        return connection.sql(found.at(CUT)).to_arrow_table().to_pylist()


def made(table: str, content: list[dict[str, Any]]) -> pa.Table:
    schema = table_schema(CONTRACTS[table])
    dated = [{k: day(v) if pa.types.is_date(schema.field(k).type) and isinstance(v, str) else v for k, v in row.items()} for row in content]
    return pa.Table.from_pylist(dated, schema=schema)


def case(entry: str, steps: tuple[tuple[str, str, str | None], ...] = (), **more: Any) -> dict[str, Any]:
    """The fact's row of one case with its (responsable, from, to) steps."""
    file = {
        "expediente_id": "e",
        "cod_region": "13",
        "ubigeo": "130101",
        "cod_procedimiento": "TITULO",
        "autoridad": "GREMH_LL",
        "fecha_ingreso": entry,
        **more,
    }
    etapas = [{"expediente_id": "e", "secuencia": i, "responsable": r, "fecha_inicio": a, "fecha_fin": b} for i, (r, a, b) in enumerate(steps)]
    (found,) = rows(
        "tramites",
        tramites=made("tramites", [file]),
        tramite_etapas=made("tramite_etapas", etapas),
        ref_procedimientos=made("ref_procedimientos", [{"familia": "titulacion", "tipo_dia": "habil", **p} for p in PROCEDURES]),
        ref_calendario=references.tables(date(2026, 10, 5))["ref_calendario"],
    )
    return found


def test_the_deadline_is_the_one_in_force_at_entry() -> None:
    before, after = case("2025-12-30"), case("2026-03-02")
    assert (before["plazo_es_legal"], after["plazo_es_legal"]) == (False, True)
    assert after["fecha_vencimiento"] == date(2026, 3, 16), "diez días hábiles desde el lunes 2 de marzo"
    assert before["fecha_vencimiento"] == date(2026, 2, 11), "treinta días hábiles referenciales, con el feriado del 1 de enero"


def test_only_the_applicant_stops_the_clock() -> None:
    free = case("2026-03-02")
    stopped = case("2026-03-02", (("administrado", "2026-03-04", "2026-03-09"),))
    others = case(
        "2026-03-02", (("opinante_externo", "2026-03-04", "2026-03-09"), ("minem", "2026-03-04", "2026-03-09"), ("entidad", "2026-03-02", None))
    )
    assert stopped["fecha_vencimiento"] == date(2026, 3, 19), "tres días hábiles más"
    assert others["fecha_vencimiento"] == free["fecha_vencimiento"]
    assert stopped["dh_entidad"] == stopped["dh_ciudadano"] - 3
    assert stopped["dh_ciudadano"] == free["dh_ciudadano"], "el reloj del ciudadano no se detiene"


def test_notification_counts_and_the_resolution_only_in_its_absence() -> None:
    found = case("2026-03-02", fecha_resolucion="2026-03-06", fecha_notificacion="2026-03-11")
    assert (found["fecha_fin"], found["dh_ciudadano"], found["abierto"]) == (date(2026, 3, 11), 7, False)
    assert case("2026-03-02", fecha_resolucion="2026-03-06")["fecha_fin"] == date(2026, 3, 6)


def test_nothing_is_counted_beyond_the_cut() -> None:
    known = case("2026-09-21")
    assert (known["abierto"], known["dh_ciudadano"]) == (True, 7)
    later = case("2026-09-21", (("administrado", "2026-09-28", "2026-10-15"), ("administrado", "2026-10-20", None)), fecha_notificacion="2026-10-20")
    assert (later["abierto"], later["dh_ciudadano"], later["dh_entidad"]) == (True, 7, 5)


def test_a_deadline_in_calendar_days_is_counted_so() -> None:
    assert case("2026-03-02", cod_procedimiento="CORRIDO")["fecha_vencimiento"] == date(2026, 3, 17)
    stopped = case("2026-03-02", (("administrado", "2026-03-04", "2026-03-09"),), cod_procedimiento="CORRIDO")
    assert stopped["fecha_vencimiento"] == date(2026, 3, 22)


@pytest.mark.parametrize(("authority", "own"), [("GREMH_LL", True), ("DREM_21", True), ("DGFM", False), ("DGM", False), ("INGEMMET", False)])
def test_competence_is_that_of_the_authority_that_holds_the_case(authority: str, own: bool) -> None:
    assert case("2026-03-02", autoridad=authority)["es_competencia_gr"] is own


def test_the_printed_total_is_no_category() -> None:
    own = [
        {"cod_region": "PILOTO", "anio_dac": 2006, "situacion": s, "casos": n, "porcentaje_declarado": 0.1}
        for s, n in (("atipica", 8), ("libre", 850), ("TOTAL", 858))
    ]
    found = rows("situacion_areas", situacion_areas=made("situacion_areas", own))
    assert sorted((r["situacion"], r["casos"]) for r in found) == [("atipica", 8), ("libre", 850)]
    assert {r["periodo"] for r in found} == {"2006"}
    assert "porcentaje_declarado" not in found[0]


def test_two_sources_that_disagree_make_one_marked_row() -> None:
    own = [{"cod_region": "00", "periodo": "2025-08", "medida": "socioambientales", "casos": n, "fuente_url": u} for n, u in ((98, "a"), (108, "b"))]
    own += [{"cod_region": "21", "periodo": "2025-08", "medida": "total", "casos": 19, "fuente_url": u} for u in ("a", "b")]
    found = {r["territorio"]: r for r in rows("conflictos_reportados", conflictos_reportados=made("conflictos_reportados", own))}
    assert found["00"]["fuentes_discrepan"] is True
    assert (found["21"]["fuentes_discrepan"], found["21"]["casos"]) == (False, 19)


def test_undated_press_figures_enter_no_series() -> None:
    own = [
        {"cod_region": "21", "periodo": p, "periodo_texto": "x", "estado": "vigente", "inscripciones": 5, "metodo": "transcripcion_prensa"}
        for p in (None, "2025-S1")
    ]
    found = rows("reinfo_prensa", reinfo_prensa=made("reinfo_prensa", own))
    assert [r["periodo"] for r in found] == ["2025-S1"]


def test_strata_are_added_up() -> None:
    own = [
        {
            "cod_region": "04",
            "mineral": "oro",
            "unidad": "g_f",
            "estrato": e,
            "anio": 2020,
            "mes": 3,
            "produccion": n,
            "unidades_declarantes": 1,
            "unidades_productoras": 1,
        }
        for e, n in (("GENERAL", 5.0), ("PPM", 2.0))
    ]
    (found,) = rows("produccion_metalica", produccion_metalica=made("produccion_metalica", own))
    assert (found["produccion"], found["fecha"]) == (7, date(2020, 3, 1))
