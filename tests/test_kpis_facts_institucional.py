"""Functions, staff, forum, plan and public money by hand: each trap of those registers once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from etl import references
from kpis.compile import plans
from kpis.engine import compute_rows
from kpis.facts import load_facts, table_schema
from tests.kpis_rows import cell, table
from warehouse import catalogue, duck

CONTRACTS = catalogue.contracts()
CUT, START = date(2026, 9, 30), date(2023, 1, 1)
REFERENCES = references.tables(date(2026, 10, 5))


def made(name: str, content: list[dict[str, Any]]) -> pa.Table:
    schema = table_schema(CONTRACTS[name])
    dated = [
        {k: date.fromisoformat(v) if pa.types.is_date(schema.field(k).type) and isinstance(v, str) else v for k, v in row.items()} for row in content
    ]
    return pa.Table.from_pylist(dated, schema=schema)


def rows(fact: str, **given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of an installed fact over hand-made tables; tables not given are the references, or empty."""
    found = load_facts(catalogue.FACTS, CONTRACTS, [fact])[fact]
    with duck.engine(threads=1) as connection:
        for name in found.tables:
            held = made(name, given[name]) if name in given else REFERENCES.get(name, made(name, []))
            connection.register(name, held)
        return connection.sql(found.at(CUT, START)).to_arrow_table().to_pylist()


def value(id: str, content: list[dict[str, Any]], period: str, territory: str = "13") -> dict[str, Any]:
    """The undivided cell that a definition gives over rows of its fact."""
    indicator = catalogue.indicators()[id]
    facts = load_facts(catalogue.FACTS, CONTRACTS, [indicator.fact])
    (plan,) = plans({id: indicator}, facts)
    return dict(cell(compute_rows(plan, table(content, plan.fact.columns)), territory, period))


# --- functions


def function(id: str, since: str, until: str | None = None, *, accredited: bool = True, region: str = "13") -> dict[str, Any]:
    return {
        "cod_region": region, "funcion_id": id, "competencia_desde": since, "competencia_hasta": until, "acreditada": accredited,
        "via_acreditacion": "apto" if accredited else "no_acreditada",
    }  # fmt: skip


def held(fact: str, when: str, flag: str, **given: list[dict[str, Any]]) -> dict[str, bool]:
    """Function -> flag at a quarter's end."""
    return {r["funcion"]: r[flag] for r in rows(fact, **given) if r["corte"] == date.fromisoformat(when)}


def test_a_function_is_accredited_within_its_interval_and_no_longer() -> None:
    own = [function("F07", "2008-03-31", "2025-05-17"), function("F07", "2025-05-18", accredited=False), function("F03", "2025-06-30")]
    march, june = (held("funciones", d, "acreditada", funciones_transferidas=own) for d in ("2025-03-31", "2025-06-30"))
    assert (march["F07"], june["F07"]) == (True, False), "la formalización pasó al MINEM el 18-05-2025"
    assert (march["F03"], june["F03"]) == (False, True), "el primer día del intervalo ya cuenta"
    assert len(june) == 13 and not any(v for k, v in june.items() if k != "F03"), "las de energía no cuentan y las demás no están acreditadas"


def test_a_region_that_never_delivered_its_functions_has_no_row() -> None:
    found = rows("funciones", funciones_transferidas=[function("F03", "2008-03-31")])
    assert {r["territorio"] for r in found} == {"13"}, "no informar no es tener cero"


def test_two_accredited_intervals_count_a_function_once() -> None:
    own = [function("F03", "2008-03-31", "2026-06-30"), function("F03", "2026-06-30")]
    found = [r for r in rows("funciones", funciones_transferidas=own) if r["corte"] == date(2026, 6, 30) and r["funcion"] == "F03"]
    assert len(found) == 1


ALL = [function(f"F{n:02}", "2008-03-31") for n in range(1, 14)]
PROCEDURES = [{"cod_procedimiento": "TITULO", "funcion_id": "F03", "vigente_desde": "2003-01-01"}]
CASE = {"expediente_id": "e", "cod_region": "13", "cod_procedimiento": "TITULO", "autoridad": "GREMH_LL", "fecha_ingreso": "2025-01-02"}


def exercised(when: str, **given: list[dict[str, Any]]) -> set[str]:
    base = {"funciones_transferidas": ALL, "ref_procedimientos": PROCEDURES}
    return {k for k, v in held("funciones_ejercidas", when, "ejercida", **(base | given)).items() if v}


def test_an_act_counts_for_twelve_months_and_not_before_it_happens() -> None:
    own = [{**CASE, "fecha_resolucion": "2025-04-10"}]
    assert exercised("2025-03-31", tramites=own) == set()
    assert exercised("2025-06-30", tramites=own) == exercised("2026-03-31", tramites=own) == {"F03"}
    assert exercised("2026-06-30", tramites=own) == set()


def test_the_act_of_another_authority_is_no_act_of_the_region() -> None:
    assert exercised("2026-06-30", tramites=[{**CASE, "autoridad": "DGFM", "fecha_resolucion": "2026-04-10"}]) == set()
    events = [{"evento_id": o, "cod_region": "13", "fecha": "2026-04-10", "funcion_id": f, "organizador": o} for o, f in
              (("DREM", "F02"), ("MINEM", "F11"), ("EMPRESA", "F08"), ("OTRO", "F10"))]  # fmt: skip
    assert exercised("2026-06-30", eventos=events) == {"F02"}


def test_an_inspection_counts_from_its_report_and_never_without_it() -> None:
    own = [
        {"supervision_id": "a", "cod_region": "13", "materia": "ambiental", "fecha": "2026-03-20", "fecha_informe": "2026-04-02"},
        {"supervision_id": "b", "cod_region": "13", "materia": "seguridad", "fecha": "2026-02-20", "fecha_informe": None},
    ]
    assert exercised("2026-03-31", supervisiones=own) == set()
    assert exercised("2026-06-30", supervisiones=own) == {"F10"}
    charges = [{"pas_id": "p", "cod_region": "13", "fecha_imputacion": "2026-03-31"}]
    assert exercised("2026-03-31", pas=charges) == {"F12"}


def test_a_function_of_the_national_government_is_not_scored_even_if_acts_exist() -> None:
    own = [function("F03", "2008-03-31", "2026-01-31"), function("F08", "2008-03-31")]
    found = held("funciones_ejercidas", "2026-06-30", "es_competencia_gr", funciones_transferidas=own, ref_procedimientos=PROCEDURES,
                 tramites=[{**CASE, "fecha_resolucion": "2026-01-20"}])  # fmt: skip
    assert {k for k, v in found.items() if v} == {"F08"}


def test_the_series_is_short_until_twelve_months_were_delivered() -> None:
    found = {r["corte"]: r["meses_cortos"] for r in rows("funciones_ejercidas", funciones_transferidas=ALL)}
    assert (found[date(2023, 9, 30)], found[date(2023, 12, 31)]) == (True, False)
    assert min(found) == date(2023, 3, 31) and max(found) == date(2026, 9, 30)


# --- staff


def post(when: str, since: str | None, *, region: str = "13", id: str = "P001") -> dict[str, Any]:
    return {
        "plaza_id": f"{region}-{id}", "fecha_corte": when, "cod_region": region, "presupuestada": True, "ocupada": since is not None,
        "es_director": True, "fecha_inicio": since, "horas_capacitacion_12m": 24.0,
    }  # fmt: skip


QUARTERS = ["2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"]


def turnover(own: list[dict[str, Any]], when: str = "2026-09-30") -> tuple[int, int]:
    """(new directors, quarters observed) at a quarter's end."""
    found = [r for r in rows("directores", personal_drem=own) if r["corte"] == date.fromisoformat(when)]
    assert {r["observados"] for r in found} == {sum(not r["es_nuevo"] for r in found)}
    return sum(r["es_nuevo"] for r in found), found[0]["observados"]


def test_a_director_who_stays_is_no_turnover_but_is_observed() -> None:
    assert turnover([post(q, "2020-01-15") for q in QUARTERS]) == (0, 8)


def test_each_new_director_counts_once_however_many_quarters_he_stays() -> None:
    since = ["2020-01-15", "2020-01-15", "2025-05-01", "2025-05-01", "2025-05-01", None, "2026-06-30", "2026-06-30"]
    own = [post(q, s) for q, s in zip(QUARTERS, since, strict=True)]
    assert turnover(own) == (2, 8), "la plaza vacante también se observa"
    assert turnover(own, "2026-03-31") == (1, 6), "lo que pasó después no había pasado"


def test_the_window_is_of_24_months_to_the_day() -> None:
    assert turnover([post(q, "2024-09-30") for q in QUARTERS]) == (0, 8)
    assert turnover([post(q, "2024-10-01") for q in QUARTERS]) == (1, 8)


def test_a_missing_delivery_is_seen_in_the_quarters_observed() -> None:
    assert turnover([post(q, "2020-01-15") for q in QUARTERS if q != "2025-06-30"]) == (0, 7)
    two = [post(q, "2020-01-15") for q in QUARTERS] + [post("2026-06-30", "2020-01-15", id="P099")]
    assert turnover(two) == (0, 8), "dos plazas de director en un corte no son dos trimestres"


def test_24_hours_are_enough_and_less_is_not() -> None:
    own = [{**post("2026-06-30", "2020-01-15", id=str(h)), "horas_capacitacion_12m": h} for h in (23.5, 24.0, 40.0)]
    assert sorted(r["capacitada"] for r in rows("plazas", personal_drem=own)) == [False, True, True]


# --- forum, gaps, plan, reports


def test_an_agreement_without_evidence_is_not_fulfilled() -> None:
    own = [
        {"acuerdo_id": str(i), "cod_region": "13", "fecha_limite": "2026-06-30", "estado": s, "evidencia": e}
        for i, (s, e) in enumerate((("cumplido", "Ordenanza"), ("cumplido", None), ("cumplido", " "), ("en_ejecucion", "Acta")))
    ]
    assert [r["cumplido"] for r in rows("acuerdos_foro", foro_acuerdos=own)] == [True, False, False, False]


def gap(state: str, **dates: str) -> dict[str, Any]:
    return {"vacio_id": state, "cod_region": "13", "estado": state, "fecha_identificacion": "2025-03-10", **dates}


def answered(own: dict[str, Any]) -> dict[str, bool]:
    return {r["corte"].isoformat(): r["atendido"] for r in rows("vacios", vacios_normativos=[own])}


def test_a_gap_is_in_the_stock_from_its_identification_and_until_dismissed() -> None:
    assert answered(gap("identificado")) == {"2025-06-30": False, "2025-12-31": False, "2026-06-30": False}
    assert answered(gap("descartado", fecha_cierre="2026-02-01")) == {"2025-06-30": False, "2025-12-31": False}


def test_a_gap_is_answered_since_the_proposal_that_became_a_norm() -> None:
    assert answered(gap("con_propuesta", fecha_propuesta="2025-08-01"))["2026-06-30"] is False
    under_way = answered(gap("en_tramite_normativo", fecha_propuesta="2025-08-01"))
    solved = answered(gap("resuelto", fecha_propuesta="2025-08-01", fecha_cierre="2026-08-01"))
    assert under_way == solved == {"2025-06-30": False, "2025-12-31": True, "2026-06-30": True}


def test_no_activity_counts_for_more_than_its_goal() -> None:
    own = [
        {"actividad_id": a, "cod_region": "13", "anio": 2026, "trimestre": 2, "fase": "diagnostico", "meta_fisica": 10.0, "avance_fisico": x,
         "ponderador": 0.5}
        for a, x in (("A1_recursos_publicos", 15.0), ("A4_foro_regional", 2.0))
    ]  # fmt: skip
    found = rows("plan_actividades", plan_actividades=own)
    assert sorted(r["avance_ponderado"] for r in found) == pytest.approx([0.1, 0.5])
    assert {(r["periodo"], r["actividades"]) for r in found} == {("2026-T2", 2)}


def test_a_region_that_scored_four_conditions_is_withheld_and_the_country_is_not() -> None:
    named = ["CC1_cambios_politicos", "CC2_continuidad_descentralizacion", "CC3_coordinacion_mem_gr", "CC4_involucramiento_contrapartes",
             "CC5_involucramiento_actores"]  # fmt: skip
    own = [
        {"condicion_id": c, "cod_region": r, "anio": 2026, "trimestre": 3, "probabilidad": 2, "impacto": 5}
        for r, size in (("13", 4), ("18", 5), ("19", 5))
        for c in named[:size]
    ]
    found = rows("condiciones_criticas", condiciones_criticas=own)
    states = {t: value("exposicion_condiciones_criticas", found, "2026-T3", t) for t in ("13", "18", "00")}
    assert [states[t]["estado"] for t in ("13", "18", "00")] == ["n_insuficiente", "publicado", "publicado"]
    assert (states["00"]["valor"], states["00"]["n"]) == (10, 14)


def test_a_report_not_delivered_is_late() -> None:
    own = [{"informe_id": str(d), "cod_region": "13", "fecha_limite": "2026-07-20", "fecha_entrega": d} for d in ("2026-07-20", "2026-07-21", None)]
    assert [r["a_tiempo"] for r in rows("informes_equipos", informes_er=own)] == [True, False, False]


# --- money


def line(month: int, accrued: float, *, programme: str = "0126", kind: str = "2.3", mining: bool = True, year: int = 2025) -> dict[str, Any]:
    return {
        "cod_region": "13", "anio": year, "mes": month, "programa": programme, "rubro": "18" if programme == "otros" else "00", "generica": kind,
        "es_mineria": mining, "pim": 1000.0, "devengado": accrued,
    }  # fmt: skip


def test_the_budget_is_read_at_the_month_and_never_added_up() -> None:
    own = [line(m, 100.0 * m) for m in range(1, 13)] + [line(12, 900.0, programme="otros", mining=False)]
    found = rows("presupuesto", presupuesto=own)
    assert max(r["fecha"] for r in found) == date(2025, 12, 31)
    quarter = value("pct_ejecucion_devengado", found, "2025-T2")
    assert (quarter["numerador"], quarter["denominador"]) == (600, 1000)
    assert value("pct_ejecucion_canon", found, "2025")["valor"] == 90


def test_programme_0126_is_mining_management_whatever_its_function() -> None:
    own = [line(1, 1.0, mining=False), line(1, 1.0, programme="9001"), line(1, 1.0, programme="9001", kind="2.6", mining=False)]
    assert [r["es_gestion_minera"] for r in rows("presupuesto", presupuesto=own)] == [True, True, False]


def test_december_is_the_difference_of_two_cumulative_months() -> None:
    found = rows("gasto_diciembre", presupuesto=[line(10, 500.0), line(11, 600.0), line(12, 900.0)])
    assert (found[0]["en_diciembre"], found[0]["comparable"]) == (300, True)
    (opened,) = rows("gasto_diciembre", presupuesto=[line(12, 900.0)])
    assert (opened["en_diciembre"], opened["comparable"]) == (900, True), "partida abierta en diciembre"


def test_a_year_that_is_not_closed_has_no_december() -> None:
    assert rows("gasto_diciembre", presupuesto=[line(10, 500.0), line(11, 600.0)]) == []


@pytest.mark.parametrize("gone", [11, 12])
def test_a_line_held_back_in_one_month_invents_no_december(gone: int) -> None:
    own = [line(m, 80.0 * m, kind="2.1") for m in (10, 11, 12) if m != gone]
    own += [line(m, 100.0 * m) for m in (10, 11, 12)]
    small = [{**r, "devengado": r["devengado"] / 100} if r["generica"] == "2.1" else r for r in own]
    found = value("concentracion_gasto_diciembre", rows("gasto_diciembre", presupuesto=small), "2025")
    assert (found["estado"], found["numerador"], found["denominador"]) == ("publicado", 100, 1200)
    assert value("concentracion_gasto_diciembre", rows("gasto_diciembre", presupuesto=own), "2025")["estado"] == "regla_no_superada"


def ended(authority: str, when: str | None, id: str = "e") -> dict[str, Any]:
    return {**CASE, "expediente_id": id, "autoridad": authority, "fecha_resolucion": "2025-11-30", "fecha_notificacion": when}


def cost(cases: list[dict[str, Any]], budget: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows("costo_tramites", tramites=cases, presupuesto=budget, ref_procedimientos=PROCEDURES)


def test_the_cost_divides_by_what_the_regional_office_notified_in_the_year() -> None:
    budget = [line(11, 600.0), line(12, 900.0), line(12, 5000.0, programme="otros", mining=False), line(12, 100.0, year=2024)]
    cases = [
        ended("GREMH_LL", "2025-12-31", "a"),
        ended("GREMH_LL", None, "b"),
        ended("GREMH_LL", "2026-01-02", "c"),
        ended("DGFM", "2025-12-01", "d"),
    ]
    (found,) = cost(cases, budget)
    assert (found["fecha"], found["devengado"], found["tramites"], found["hay_estimado"]) == (date(2025, 12, 31), 900, 2, False)
    assert found["es_competencia_gr"] is True


def test_a_line_without_december_keeps_its_last_figure_and_says_so() -> None:
    (found,) = cost([ended("GREMH_LL", "2025-12-31")], [line(11, 600.0), line(12, 50.0, kind="2.1")])
    assert (found["devengado"], found["hay_estimado"]) == (650, True)


def test_where_all_cases_were_minems_there_is_no_cost_of_the_region() -> None:
    (found,) = cost([ended("DGFM", "2025-12-01")], [line(12, 900.0)])
    assert found["es_competencia_gr"] is False
    assert value("costo_por_tramite_resuelto", [found], "2025")["estado"] == "competencia_minem"


def test_a_transfer_without_a_report_of_spending_is_not_spent() -> None:
    own = [
        {"transferencia_id": c, "cod_region": "13", "anio": 2026, "mes": 3, "concepto": c, "monto_soles": 100.0, "ejecutado_soles": x,
         "fecha_acreditacion": "2026-03-12"}
        for c, x in (("minem_gestion", 80.0), ("minem_formalizacion", None), ("canon_minero", 0.0))
    ]  # fmt: skip
    found = value("pct_transferencia_minem_ejecutada", rows("transferencias", transferencias=own), "2026")
    assert (found["numerador"], found["denominador"], found["valor"]) == (80, 200, 40)
    assert "serie_incompleta" in found["avisos"], "el año en curso no terminó"
