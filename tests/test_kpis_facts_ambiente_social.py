"""Oversight, samples, conflicts, participation and safety by hand: each trap of those registers once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from etl import references
from kpis.compile import plans
from kpis.engine import compute_rows
from kpis.facts import load_facts
from tests.kpis_rows import cell, table
from tests.test_kpis_facts import CONTRACTS, CUT, made
from warehouse import catalogue, duck

START = date(2019, 1, 1)
REFERENCES = references.tables(date(2026, 10, 5))
Row = dict[str, Any]


def rows(fact: str, **given: list[Row]) -> list[Row]:
    """The rows of an installed fact over hand-made tables; tables not given are the references, or empty."""
    found = load_facts(catalogue.FACTS, CONTRACTS, [fact])[fact]
    with duck.engine(threads=1) as connection:
        for name in found.tables:
            connection.register(name, made(name, given[name]) if name in given else REFERENCES.get(name, made(name, [])))
        return connection.sql(found.at(CUT, START)).to_arrow_table().to_pylist()


def value(id: str, content: list[Row], period: str, territory: str = "13") -> Row:
    """The undivided cell that a definition gives over rows of its fact."""
    indicator = catalogue.indicators()[id]
    (plan,) = plans({id: indicator}, load_facts(catalogue.FACTS, CONTRACTS, [indicator.fact]))
    return dict(cell(compute_rows(plan, table(content, plan.fact.columns)), territory, period))


def at(found: list[Row], cut: str) -> Row:
    """The one row of a fact at the end of a month."""
    (row,) = [r for r in found if r["corte"].isoformat() == cut]
    return row


# --- oversight


def visit(day: str, report: str | None = None, **more: Any) -> Row:
    return {"supervision_id": f"s{day}", "unidad_id": "u", "cod_region": "13", "ubigeo": "130801", "tipo": "regular", "materia": "ambiental",
            "programada": True, "fecha": day, "fecha_informe": report, "n_hallazgos": 0, "n_hallazgos_corregidos": 0, **more}  # fmt: skip


def planned(year: int, quarter: int, number: int, kind: str = "supervision_regular") -> Row:
    return {"cod_region": "13", "anio": year, "trimestre": quarter, "tipo_accion": kind, "programado": number}


def test_a_supervision_counts_with_its_report_and_only_if_it_was_planned() -> None:
    visits = [
        visit("2026-05-01", "2026-06-01"),
        visit("2026-05-02"),
        visit("2026-05-03", "2026-06-01", programada=False),
        visit("2026-05-04", "2026-06-01", tipo="especial"),
    ]
    found = rows("planefa", planefa=[planned(2026, 2, 4), planned(2026, 2, 9, "evaluacion")], supervisiones=visits)
    assert sum(r["programado"] for r in found) == 4
    assert sum(r["con_informe"] for r in found) == 1
    assert value("ejecucion_planefa", found, "2026-T2")["valor"] == 25


def test_reports_still_to_come_mark_the_quarter_as_incomplete() -> None:
    late = visit("2026-08-20", "2026-10-02")
    found = rows("planefa", planefa=[planned(2026, 3, 2)], supervisiones=[late])
    assert [r["con_informe"] for r in found if not r["programado"]] == [False], "el informe es posterior al corte"
    assert "serie_incompleta" in value("ejecucion_planefa", found, "2026-T3")["avisos"]
    old = rows("planefa", planefa=[planned(2026, 3, 2)], supervisiones=[visit("2026-08-15")])
    assert [r["informe_por_venir"] for r in old if not r["programado"]] == [False], "46 días antes del corte"


def test_without_its_quarters_plan_a_supervision_is_compared_with_nothing() -> None:
    found = rows("planefa", planefa=[planned(2026, 1, 1)], supervisiones=[visit("2026-03-31", "2026-04-10"), visit("2026-04-01", "2026-04-10")])
    assert sum(r["con_informe"] for r in found) == 1


def unit(period: str = "2019", **more: Any) -> Row:
    return {"unidad_id": "u", "cod_region": "13", "ubigeo": "130801", "estrato": "PPM", "activa": True, "nivel_riesgo": "alto",
            "entrega_periodo": period, **more}  # fmt: skip


def test_the_twelve_months_before_the_semesters_end_decide() -> None:
    first = rows("unidades_riesgo", unidades_fiscalizables=[unit()], supervisiones=[visit("2025-06-30")])
    assert (at(first, "2025-06-30")["supervisada"], at(first, "2025-12-31")["supervisada"], at(first, "2026-06-30")["supervisada"]) == (
        True,
        True,
        False,
    )
    edge = rows("unidades_riesgo", unidades_fiscalizables=[unit()], supervisiones=[visit("2025-07-01"), visit("2026-07-01", materia="ambiental")])
    assert at(edge, "2026-06-30")["supervisada"]
    other = rows("unidades_riesgo", unidades_fiscalizables=[unit()], supervisiones=[visit("2026-02-01", materia="seguridad")])
    assert not at(other, "2026-06-30")["supervisada"]


def test_a_unit_visited_twice_is_one_and_a_newer_one_leaves_the_past_alone() -> None:
    visits = [visit("2026-02-01"), visit("2026-03-01", tipo="especial", programada=False)]
    found = rows("unidades_riesgo", unidades_fiscalizables=[unit("2026-T1"), unit("2026-T3", unidad_id="n")], supervisiones=visits)
    assert [(r["corte"], r["unidad_id"], r["supervisada"]) for r in found] == [(date(2026, 6, 30), "u", True)]
    assert not [r for r in rows("unidades_riesgo", unidades_fiscalizables=[unit("2019")], supervisiones=[]) if r["corte"] < date(2019, 12, 31)]


def test_findings_count_when_due_mended_or_not() -> None:
    visits = [visit("2026-01-05", n_hallazgos=3, n_hallazgos_corregidos=1, fecha_limite_correccion="2026-03-01"), visit("2026-01-06")]
    (found,) = rows("hallazgos", supervisiones=visits, unidades_fiscalizables=[unit()])
    assert (found["n_hallazgos"], found["n_hallazgos_corregidos"], found["estrato"]) == (3, 1, "PPM")


def sanction(charged: str, state: str, ended: str | None = None) -> Row:
    return {"pas_id": f"{charged}{state}", "cod_region": "13", "fecha_imputacion": charged, "fecha_resolucion": ended, "estado": state}


@pytest.mark.parametrize(("state", "ended", "in_time"), [
    ("sancion", "2026-02-28", True),
    ("archivo", "2025-09-01", True),
    ("sancion", "2026-03-01", False),
    ("caducado", "2026-02-28", False),
    ("instruccion", None, False),
])  # fmt: skip
def test_nine_months_from_the_charges(state: str, ended: str | None, in_time: bool) -> None:
    (found,) = rows("procedimientos_sancionadores", pas=[sanction("2025-05-31", state, ended)])
    assert (found["fecha_caducidad"], found["concluido_en_plazo"]) == (date(2026, 2, 28), in_time)


@pytest.mark.parametrize(("acted", "in_time"), [("2026-07-01", True), ("2026-07-02", False), (None, False)])
def test_thirty_calendar_days_from_the_complaint(acted: str | None, in_time: bool) -> None:
    own = {
        "denuncia_id": "d",
        "cod_region": "13",
        "ubigeo": "130801",
        "fecha_recepcion": "2026-06-01",
        "materia": "agua",
        "fecha_primera_accion": acted,
    }
    (found,) = rows("denuncias", denuncias=[own])
    assert (found["fecha_30_dias"], found["atendida_en_30_dias"]) == (date(2026, 7, 1), in_time)


# --- samples

POINT = {"punto_id": "p", "cod_region": "13", "ubigeo": "130801", "matriz": "agua_superficial", "categoria": "C3-D1", "frecuencia_anual": 2,
         "activo": True, "entrega_periodo": "2024-T1"}  # fmt: skip
LIMITS: list[Row] = [
    {"parametro": "Hg_total", "matriz": "agua_superficial", "categoria": "C3-D1", "norma": "antigua", "limite": 0.01, "sentido": "max",
     "unidad": "mg/L", "vigente_desde": "2010-01-01", "vigente_hasta": "2025-12-31"},
    {"parametro": "Hg_total", "matriz": "agua_superficial", "categoria": "C3-D1", "norma": "nueva", "limite": 0.001, "sentido": "max",
     "unidad": "mg/L", "vigente_desde": "2026-01-01"},
    {"parametro": "pH", "matriz": "agua_superficial", "categoria": "C3-D1", "norma": "nueva", "limite": 6.5, "sentido": "min", "unidad": "pH",
     "vigente_desde": "2010-01-01"},
]  # fmt: skip


def sample(amount: float, sign: str = "=", day: str = "2026-05-14", **more: Any) -> Row:
    return {"muestra_id": f"m{day}{amount}{sign}", "punto_id": "p", "cod_region": "13", "fecha_muestreo": day, "parametro": "Hg_total", "signo": sign,
            "valor": amount, "unidad": "mg/L", "limite_deteccion": amount if sign == "<" else None, "tipo_muestra": "simple",
            "laboratorio_acreditado": True, **more}  # fmt: skip


def exceeds(*samples: Row) -> list[bool | None]:
    return [r["excede"] for r in rows("muestras", muestras=list(samples), puntos_monitoreo=[POINT], ref_parametros=LIMITS)]


def test_a_detection_limit_above_the_norm_proves_neither() -> None:
    assert exceeds(sample(0.005, "<")) == [None]
    assert exceeds(sample(0.001, "<")) == [False]
    assert exceeds(sample(0.0005, ">")) == [None], "más que un rango que no llega a la norma"
    assert exceeds(sample(0.001, ">")) == [True]
    assert (exceeds(sample(0.001)), exceeds(sample(0.0011))) == ([False], [True])


def test_a_minimum_is_exceeded_from_below() -> None:
    acid = {"parametro": "pH", "unidad": "pH"}
    assert (exceeds(sample(6.4, **acid)), exceeds(sample(6.5, **acid))) == ([True], [False])
    assert (exceeds(sample(6.0, "<", **acid)), exceeds(sample(7.0, "<", **acid)), exceeds(sample(7.0, ">", **acid))) == ([True], [None], [False])


def test_the_norm_is_the_one_in_force_at_sampling() -> None:
    assert (exceeds(sample(0.005, day="2025-12-31")), exceeds(sample(0.005, day="2026-01-01"))) == ([False], [True])


def test_what_is_no_sample_of_the_river_and_what_has_no_norm_is_left_out() -> None:
    assert exceeds(sample(9, tipo_muestra="duplicado"), sample(8, tipo_muestra="blanco"), sample(7, parametro="SST"), sample(6, unidad="mg/kg")) == []


def test_inconclusive_samples_are_out_of_one_figure_and_counted_in_the_other() -> None:
    base = {"territorio": "130801", "laboratorio_acreditado": True, "fecha_muestreo": date(2026, 5, 14)}
    own = [{**base, "punto_id": f"p{i % 3}", "excede": i < 4} for i in range(20)] + [{**base, "punto_id": "p0", "excede": None}] * 5
    exceeding, unclear = value("pct_muestras_exceden", own, "2026-T2"), value("pct_muestras_no_concluyentes", own, "2026-T2")
    assert (exceeding["numerador"], exceeding["denominador"], exceeding["n"]) == (4, 20, 20)
    assert (unclear["numerador"], unclear["denominador"]) == (5, 25)
    few = [r | {"punto_id": f"p{i % 2}"} for i, r in enumerate(own)]
    assert value("pct_muestras_exceden", few, "2026-T2")["estado"] == "n_insuficiente", "dos puntos no bastan"
    hollow = [{**base, "punto_id": f"p{i % 2}", "excede": i < 4} for i in range(20)] + [{**base, "punto_id": "p9", "excede": None}]
    assert value("pct_muestras_exceden", hollow, "2026-T2")["estado"] == "n_insuficiente", "el tercer punto no dice nada"


def test_a_point_is_judged_once_it_has_its_year_and_several_results_of_a_day_are_one() -> None:
    samples = [sample(0.001, day="2025-07-01"), sample(7, parametro="pH", unidad="pH", day="2025-07-01"), sample(0.001, day="2026-06-30"),
               sample(0.001, day="2025-06-30")]  # fmt: skip
    found = rows("puntos_monitoreo", muestras=samples, puntos_monitoreo=[POINT, POINT | {"punto_id": "nuevo", "entrega_periodo": "2025-T3"}])
    own = [r for r in found if r["punto_id"] == "p"]
    assert (at(own, "2026-06-30")["muestreos"], at(own, "2025-06-30")["muestreos"]) == (2, 1)
    assert [r["corte"].isoformat() for r in own if not r["un_anio"]] == ["2024-06-30", "2024-12-31"]
    assert [r["un_anio"] for r in found if r["punto_id"] == "nuevo"] == [False, False], "registrado entre julio y setiembre de 2025"


# --- liabilities


def liability(state: str, since: str, period: str = "2019") -> Row:
    return {"pam_id": "x", "cod_region": "19", "ubigeo": "190101", "tipo": "relavera", "riesgo": "alto", "responsable": "estado",
            "estado_gestion": state, "fecha_actualizacion": since, "entrega_periodo": period}  # fmt: skip


def test_what_became_managed_later_is_not_counted_before_and_says_so() -> None:
    found = {r["periodo"]: r for r in rows("pasivos", pasivos=[liability("remediacion", "2025-03-10")])}
    assert [(p, r["gestionado"], r["gestion_posterior"]) for p, r in sorted(found.items())][-3:] == [
        ("2024", False, True), ("2025", True, False), ("2026", True, False)]  # fmt: skip
    assert len(rows("pasivos", pasivos=[liability("estudio", "2025-03-10", "2024")])) == 3, "los años 2024, 2025 y el que corre"


# --- conflicts, commitments, alerts


def conflict(region: str, case: str = "a", state: str = "activo", activity: str = "mineria_formal", month: str = "2026-09") -> Row:
    return {"caso_id": case, "periodo": month, "cod_region": region, "tipo": "socioambiental", "actividad": activity, "estado": state,
            "fase": "dialogo" if state == "activo" else None}  # fmt: skip


def test_a_case_of_several_regions_is_one_in_the_country_and_in_the_pilot_regions() -> None:
    own = [
        conflict("13"),
        conflict("18"),
        conflict("04"),
        conflict("13", "b"),
        conflict("13", "c", "latente"),
        conflict("13", "d", activity="energia"),
    ]
    found = rows("conflictos", conflictos=own)
    count = lambda place: value("conflictos_mineros_activos", found, "2026-09", place)["valor"]  # noqa: E731
    assert [count(p) for p in ("13", "18", "04", "PILOTO", "00")] == [2, 1, 1, 2, 2]
    assert value("conflictos_mineros_activos", found, "2026-09", "19")["estado"] == "sin_registro"


def commitment(state: str, met: str | None = None, original: str = "2026-06-30", now: str = "2026-06-30") -> Row:
    return {"compromiso_id": f"{state}{met}", "caso_id": "a", "cod_region": "13", "responsable": "GR", "fecha_limite_original": original,
            "fecha_limite_vigente": now, "n_reprogramaciones": int(now != original), "fecha_cumplimiento": met, "estado": state}  # fmt: skip


def test_a_rescheduled_commitment_is_still_due_on_its_original_date() -> None:
    own = [commitment("cumplido", "2026-06-30"), commitment("cumplido", "2026-08-01", now="2026-08-31"), commitment("pendiente")]
    found = rows("compromisos", compromisos=own)
    assert [r["cumplido_en_plazo"] for r in found] == [True, False, False]
    assert {r["fecha_limite_original"] for r in found} == {date(2026, 6, 30)}


def alert(issued: str, acted: str | None = None, result: str = "desactivada") -> Row:
    return {"alerta_id": f"{issued}{acted}", "cod_region": "13", "fecha_emision": issued, "emisor": "DREM", "nivel": "rojo",
            "fecha_primera_accion": acted, "resultado": result}  # fmt: skip


def test_an_alert_nobody_answered_stays_open_to_the_cut() -> None:
    answered, never, later = rows("alertas", alertas=[alert("2026-09-01", "2026-09-04"), alert("2026-09-10"), alert("2026-09-20", "2026-10-03")])
    assert [(r["con_accion"], r["dias_accion"]) for r in (answered, never, later)] == [(True, 3), (False, 20), (False, 10)]


def test_the_outcome_of_a_recent_alert_still_followed_is_not_known() -> None:
    own = [alert("2026-08-01", result="en_seguimiento"), alert("2026-02-01", result="en_seguimiento"), alert("2026-08-01", result="escalo_crisis")]
    found = rows("alertas", alertas=own)
    assert [(r["terminada"], r["escalo"], r["reciente_abierta"]) for r in found] == [(False, False, True), (False, False, False), (True, True, False)]


# --- participation


@pytest.mark.parametrize(("more", "heard"), [
    ({}, True),
    ({"fecha_participacion": "2026-05-11"}, False),
    ({"fecha_participacion": None}, False),
    ({"mecanismo_participacion": "ninguno"}, False),
    ({"participacion_concluida": False}, False),
])  # fmt: skip
def test_people_are_heard_before_the_approval_or_not_at_all(more: Row, heard: bool) -> None:
    own = {"iga_id": "i", "expediente_id": "e", "cod_region": "13", "ubigeo": "130801", "tipo_iga": "DIA", "fecha_aprobacion": "2026-05-10",
           "sentido": "aprobado", "mecanismo_participacion": "publicacion", "participacion_concluida": True, "fecha_participacion": "2026-05-10"}  # fmt: skip
    (found,) = rows("participacion_ciudadana", certificacion_ambiental=[own | more], tramites=[])
    assert (found["con_participacion"], found["es_competencia_gr"]) == (heard, True)


def test_what_an_office_of_the_ministry_approves_is_not_the_regions() -> None:
    own = {"iga_id": "i", "expediente_id": "e", "cod_region": "26", "tipo_iga": "DIA", "fecha_aprobacion": "2026-05-10", "sentido": "aprobado",
           "mecanismo_participacion": "ninguno", "participacion_concluida": False}  # fmt: skip
    (found,) = rows(
        "participacion_ciudadana", certificacion_ambiental=[own], tramites=[{"expediente_id": "e", "cod_region": "26", "autoridad": "DGM"}]
    )
    assert not found["es_competencia_gr"]


def event(number: int, unknown: int) -> Row:
    return {"territorio": "130801", "evento_id": f"e{number}", "fecha": date(2026, 5, 1), "tipo": "audiencia_publica", "asistentes_h": 12,
            "asistentes_m": 8, "asistentes_nd": unknown}  # fmt: skip


def test_too_many_attendances_without_sex_withhold_the_share_of_women() -> None:
    id = "pct_mujeres_participantes"
    assert value(id, [event(i, 5) for i in range(3)], "2026-S1")["estado"] == "publicado", "20 % justo"
    assert value(id, [event(i, 6) for i in range(3)], "2026-S1")["estado"] == "regla_no_superada"
    assert value(id, [event(0, 0), event(1, 0)], "2026-S1")["estado"] == "n_insuficiente", "dos eventos no bastan"


# --- declarations and safety


def test_the_rights_of_one_holder_go_together() -> None:
    rights = [{"codigo_derecho": c, "cod_region": "13", "titular_hash": "t", "estrato": "PPM", "sustancia": "metalica"} for c in ("a", "b")]
    filed = [{"codigo_derecho": c, "anio": 2025, "cod_region": "13", "obligado": True, "declaro": c == "a"} for c in ("a", "b", "c")]
    found = rows("declaracion_dac", declaracion_dac=filed, derechos_mineros=rights)
    assert sorted((r["codigo_derecho"], r["titular"]) for r in found) == [("a", "t"), ("b", "t"), ("c", "c")]
    two = [{"territorio": "13", "periodo": "2025", "titular": f"t{i % 2}", "obligado": True, "declaro": True} for i in range(40)]
    assert value("pct_titulares_con_dac", two, "2025")["estado"] == "n_insuficiente", "la DAC de dos titulares es confidencial"


def month(year: int, number: int, **more: Any) -> Row:
    return {"cod_region": "13", "anio": year, "mes": number, "estrato": "PPM", "mineral": "oro", "obligados": 10, "declarantes": 9,
            "trabajadores_h": 1000, "trabajadores_m": 200, "horas_hombre": 200000.0, **more}  # fmt: skip


def accident(day: str, kind: str = "mortal", stratum: str = "PPM", victims: int = 1) -> Row:
    return {"accidente_id": f"{day}{kind}{stratum}", "cod_region": "13", "ubigeo": "130801", "fecha": day, "estrato": stratum, "tipo": kind,
            "victimas_h": victims, "victimas_m": 0}  # fmt: skip


def test_worker_years_are_the_workers_of_each_month_over_twelve() -> None:
    employment = [month(y, m, mineral=k) for y in (2023, 2024, 2025) for m in range(1, 13) for k in ("oro", "plata")]
    own = [accident("2023-01-01", victims=2), accident("2025-12-31"), accident("2024-05-05", stratum="INFORMAL", victims=3),
           accident("2024-05-05", "incapacitante"), accident("2024-06-05", stratum="GENERAL")]  # fmt: skip
    found = rows("seguridad", accidentes=own, produccion_empleo=employment)
    rate = value("tasa_mortalidad_laboral", found, "2025")
    assert (rate["numerador"], rate["denominador"], rate["valor"]) == (3, 3 * 2400, pytest.approx(10000 * 3 / 7200))
    assert value("muertes_mineria_informal", found, "2025")["valor"] == 3, "al lado, y fuera de la tasa"
    calm = value("tasa_mortalidad_laboral", rows("seguridad", accidentes=[], produccion_empleo=employment), "2025")
    assert (calm["estado"], calm["valor"], calm["n"]) == ("publicado", 0, 0), "ninguna muerte es una cifra"


def test_an_accident_of_a_month_without_hours_has_nothing_to_be_divided_by() -> None:
    found = rows("seguridad", accidentes=[accident("2026-05-01"), accident("2026-06-01")], produccion_empleo=[month(2026, 5)])
    assert value("indice_frecuencia_accidentes", found, "2026-S1")["numerador"] == 1


def test_rates_are_withheld_where_under_eighty_percent_declare() -> None:
    for declared, state in ((8, "publicado"), (7, "regla_no_superada")):
        found = rows("seguridad", accidentes=[], produccion_empleo=[month(2026, 5, declarantes=declared)])
        assert value("indice_frecuencia_accidentes", found, "2026-S1")["estado"] == state


def test_under_a_hundred_thousand_hours_there_is_no_index() -> None:
    found = rows("seguridad", accidentes=[], produccion_empleo=[month(2026, 5, horas_hombre=99999.0)])
    assert value("indice_frecuencia_accidentes", found, "2026-S1")["estado"] == "n_insuficiente"


# --- the data themselves


def test_an_issue_still_open_is_not_taken_as_mended_at_the_cut() -> None:
    base = {
        "territorio": "13",
        "dataset": "tramites",
        "severidad": "error",
        "por_corregir": True,
        "fecha_evaluacion": date(2026, 5, 12),
        "sintetico": False,
    }
    own = [{**base, "dias_correccion": d, "sin_corregir": d > 20} for d in (2, 4, 30, 30, 30)]
    found = value("mediana_dias_correccion", own, "2026-T2")
    assert (found["estado"], found["n"]) == ("no_alcanzado", 5)
    mended = [{**r, "sin_corregir": False} for r in own]
    assert value("mediana_dias_correccion", mended, "2026-T2")["valor"] == 30
