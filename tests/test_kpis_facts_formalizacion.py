"""Facts of formalisation and of the baseline surveys, by hand: who is in the register at a date, whose competence it was, and what a survey counts."""

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
Row = dict[str, Any]
#: formalisation was the region's until 17-05-2025
FUNCTIONS: list[Row] = [
    {"cod_region": "13", "funcion_id": "F07", "competencia_desde": "2006-07-10", "competencia_hasta": "2025-05-17", "acreditada": True},
    {"cod_region": "13", "funcion_id": "F07", "competencia_desde": "2025-05-18", "acreditada": False},
    {"cod_region": "13", "funcion_id": "F03", "competencia_desde": "2006-07-10", "acreditada": True},
]
CALENDAR = references.tables(date(2026, 10, 5))["ref_calendario"]


def rows(fact: str, **tables: list[Row]) -> list[Row]:
    """The rows of an installed fact over these rows of its tables."""
    found = load_facts(catalogue.FACTS, CONTRACTS, [fact])[fact]
    given = {"funciones_transferidas": FUNCTIONS, **tables}
    with duck.engine(threads=1) as connection:
        for name in found.tables:
            connection.register(name, CALENDAR if name == "ref_calendario" else made(name, given[name]))
        return connection.sql(found.at(CUT, START)).to_arrow_table().to_pylist()


def registration(entry: str, state: str = "vigente", since: str | None = None, **more: Any) -> Row:
    base = {"inscripcion_id": "i", "cod_region": "13", "ubigeo": "130801", "tipo_persona": "natural", "sexo": "M", "estrato": "PMA", "mineral": "oro",
            "situacion_area": "sin_dac", "relacion_derecho": "sin_acuerdo", "ubicacion_validada": False}  # fmt: skip
    since = since or entry
    competent = "MINEM" if since >= "2025-05-18" else "GR"
    formal = {"fecha_formalizacion": since} if state == "formalizado" else {}
    return {**base, "fecha_inscripcion": entry, "estado_reinfo": state, "fecha_estado": since, "entidad_competente": competent, **formal, **more}


def at(found: list[Row], cut: str, column: str) -> int:
    """What a column of a fact adds up to at the end of a month."""
    return sum(r[column] for r in found if r["corte"].isoformat() == cut)


def register(*registrations: Row) -> list[Row]:
    return rows("inscripciones", formalizacion=list(registrations))


@pytest.mark.parametrize("state", ["suspendido", "excluido"])
def test_a_purge_leaves_the_denominator_as_it_was(state: str) -> None:
    found = register(registration("2024-02-10", state, "2025-07-03"))
    assert [at(found, cut, "inscripciones") for cut in ("2024-03-31", "2025-06-30", "2025-09-30", "2026-09-30")] == [1, 1, 1, 1]


def test_a_cancelled_registration_counts_until_the_eve_of_its_cancellation() -> None:
    found = register(registration("2024-02-10", "cancelado", "2024-09-30"))
    assert [at(found, cut, "inscripciones") for cut in ("2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30")] == [0, 1, 1, 0]


def test_registration_and_formalisation_count_from_their_own_day() -> None:
    found = register(registration("2024-03-31", "formalizado", "2024-09-30"))
    assert [(at(found, c, "inscripciones"), at(found, c, "formalizadas")) for c in ("2024-03-31", "2024-06-30", "2024-09-30")] == [
        (1, 0),
        (1, 0),
        (1, 1),
    ]
    late = register(registration("2024-04-01", "formalizado", "2024-10-01"))
    assert [(at(late, c, "inscripciones"), at(late, c, "formalizadas")) for c in ("2024-03-31", "2024-09-30", "2024-12-31")] == [
        (0, 0),
        (1, 0),
        (1, 1),
    ]


def test_only_quarter_ends_since_the_first_delivery_are_counted() -> None:
    cuts = {r["corte"] for r in register(registration("2012-04-19"))}
    assert min(cuts) == date(2019, 3, 31) and max(cuts) == CUT and len(cuts) == 31


def test_equal_registrations_are_counted_and_others_kept_apart() -> None:
    found = register(
        registration("2024-02-10"), registration("2024-02-20", inscripcion_id="j"), registration("2024-02-10", inscripcion_id="k", sexo="F")
    )
    assert sorted((r["sexo"], r["inscripciones"]) for r in found if r["corte"] == CUT) == [("F", 1), ("M", 2)]


def test_competence_is_that_of_the_date_and_not_of_the_row() -> None:
    own = {r["corte"]: r["es_competencia_gr"] for r in register(registration("2024-02-10"))}
    assert (own[date(2025, 3, 31)], own[date(2025, 6, 30)], own[CUT]) == (True, False, False)


def test_without_functions_delivered_the_register_says_when_minem_took_over() -> None:
    given = [registration("2024-02-10"), registration("2025-06-02", inscripcion_id="j")]
    found = rows("inscripciones", formalizacion=given, funciones_transferidas=[])
    assert {r["corte"] for r in found if r["es_competencia_gr"]} == {r["corte"] for r in found if r["corte"] < date(2025, 6, 2)}
    never = rows("inscripciones", formalizacion=given[:1], funciones_transferidas=[])
    assert all(r["es_competencia_gr"] for r in never)


def test_a_region_that_keeps_the_function_keeps_its_figure() -> None:
    kept = [{**FUNCTIONS[0], "competencia_hasta": None}]
    found = rows("inscripciones", formalizacion=[registration("2026-02-10")], funciones_transferidas=kept)
    assert all(r["es_competencia_gr"] and r["entidad"] == "GR" for r in found)


def test_the_entity_is_the_one_that_received_the_case() -> None:
    given = [registration("2025-05-17", "formalizado", "2026-01-15"), registration("2025-05-18", "formalizado", "2026-01-15", inscripcion_id="j")]
    found = {r["entidad"]: r["formalizadas"] for r in register(*given) if r["corte"] == CUT}
    assert found == {"GR": 1, "MINEM": 1}


def test_after_the_change_of_competence_the_country_counts_all_and_the_region_none() -> None:
    indicators = {"tasa_formalizacion": catalogue.indicators()["tasa_formalizacion"]}
    facts = load_facts(catalogue.FACTS, CONTRACTS, ["inscripciones"])
    (plan,) = plans(indicators, facts)
    given = [registration("2024-02-10", "formalizado", "2024-06-01", inscripcion_id=f"f{n}") for n in range(5)]
    given += [registration("2024-02-10", "excluido", "2025-07-03", inscripcion_id=f"e{n}") for n in range(20)]
    values = compute_rows(plan, table(register(*given), facts["inscripciones"].columns))
    before, after, country = (cell(values, place, period) for place, period in (("13", "2025-T1"), ("13", "2025-T3"), ("00", "2025-T3")))
    assert (before["estado"], before["valor"], before["n"]) == ("publicado", 20, 25)
    assert (after["estado"], cell(values, "PILOTO", "2025-T3")["estado"]) == ("competencia_minem", "competencia_minem")
    assert (country["estado"], country["valor"], country["n"]) == ("publicado", 20, 25), "la depuración de julio no mueve la tasa"


def located(*registrations: Row) -> list[Row]:
    return rows("ubicaciones", formalizacion=list(registrations))


def test_a_location_counts_as_validated_from_its_date_only() -> None:
    found = located(registration("2024-02-10", ubicacion_validada=True, fecha_validacion="2026-02-28"))
    assert [(at(found, c, "en_proceso"), at(found, c, "validadas")) for c in ("2024-01-31", "2024-02-29", "2026-01-31", "2026-02-28")] == [
        (0, 0), (1, 0), (1, 0), (1, 1)
    ]  # fmt: skip


def test_a_mark_without_date_counts_from_the_last_change_of_state() -> None:
    found = located(registration("2024-02-10", "suspendido", "2025-03-15", ubicacion_validada=True))
    assert (at(found, "2025-02-28", "validadas"), at(found, "2025-03-31", "validadas")) == (0, 1)


@pytest.mark.parametrize("state", ["formalizado", "excluido", "cancelado"])
def test_who_leaves_the_process_counts_until_then(state: str) -> None:
    found = located(registration("2024-02-10", state, "2025-04-30", ubicacion_validada=True, fecha_validacion="2024-05-01"))
    assert (at(found, "2025-03-31", "en_proceso"), at(found, "2025-03-31", "validadas")) == (1, 1)
    assert at(found, "2025-04-30", "en_proceso") == 0


def test_the_ground_is_counted_at_the_end_of_each_year_whatever_became_of_the_case() -> None:
    given = [
        registration("2023-12-31", state, "2024-12-31", inscripcion_id=state) for state in ("excluido", "formalizado", "cancelado", "suspendido")
    ]
    found = rows("areas_inscripciones", formalizacion=[*given, registration("2024-06-01", inscripcion_id="x", situacion_area="libre")])
    assert {r["corte"].isoformat() for r in found} == {"2023-12-31", "2024-12-31", "2025-12-31"}
    assert (at(found, "2023-12-31", "casos"), at(found, "2024-12-31", "casos")) == (4, 4), "sale la cancelada y entra la nueva"
    assert "es_competencia_gr" not in found[0]


def requirement(name: str, order: int, state: str = "pendiente", decided: str | None = None, **more: Any) -> Row:
    return {"inscripcion_id": "i", "cod_region": "13", "requisito": name, "orden": order, "estado": state, "fecha_resolucion": decided, **more}


def funnel(own: Row, *requirements: Row) -> dict[tuple[str, str], tuple[int, int]]:
    """(requirement, quarter's end) -> (demanded, approved)."""
    found = rows("requisitos", formalizacion=[own], formalizacion_requisitos=list(requirements))
    return {(r["requisito"], r["corte"].isoformat()): (r["exigidos"], r["aprobados"]) for r in found}


def test_only_what_is_approved_by_then_is_approved() -> None:
    states = [("presentado", None), ("observado", None), ("denegado", "2024-05-02"), ("pendiente", "2024-05-02"), ("aprobado", None)]
    given = [requirement(f"r{n}", n, *s) for n, s in enumerate(states, 1)]
    found = funnel(registration("2024-02-10"), *given, requirement("r6", 6, "aprobado", "2024-09-30"))
    assert {found[(f"r{n}", "2024-12-31")] for n in range(1, 6)} == {(1, 0)}
    assert (found[("r6", "2024-06-30")], found[("r6", "2024-09-30")]) == ((1, 0), (1, 1))


def test_what_does_not_apply_is_not_demanded() -> None:
    found = funnel(registration("2024-02-10"), requirement("a", 1, "no_aplica"), requirement("b", 2))
    assert {name for name, _ in found} == {"b"}


@pytest.mark.parametrize(("state", "after"), [("formalizado", True), ("suspendido", True), ("excluido", False), ("cancelado", False)])
def test_the_funnel_keeps_the_formalised_and_loses_the_excluded(state: str, after: bool) -> None:
    found = funnel(registration("2024-02-10", state, "2024-09-30"), requirement("a", 1, "aprobado", "2024-05-02"))
    assert found[("a", "2024-06-30")] == (1, 1)
    assert (("a", "2024-09-30") in found) is after


def test_a_group_of_the_funnel_is_a_requirement_and_a_sex_or_stratum() -> None:
    (found, *_) = rows("requisitos", formalizacion=[registration("2026-07-10")], formalizacion_requisitos=[requirement("ruc_activo", 5)])
    assert (found["requisito_sexo"], found["requisito_estrato"], found["es_competencia_gr"]) == ("ruc_activo-M", "ruc_activo-PMA", False)


def lacking(own: Row, *requirements: Row) -> dict[str, str]:
    """Quarter's end -> the first requirement that lacks."""
    found = rows("requisitos_faltantes", formalizacion=[own], formalizacion_requisitos=list(requirements))
    assert all(r["casos"] == 1 for r in found) and len(found) == len({r["corte"] for r in found}), "uno solo por inscripción y trimestre"
    return {r["corte"].isoformat(): r["requisito"] for r in found}


def test_the_first_requirement_that_lacks_moves_along_the_chain() -> None:
    chain = [requirement("a", 1, "aprobado", "2024-05-02"), requirement("b", 2, "no_aplica"), requirement("c", 3, "aprobado", "2024-12-31")]
    found = lacking(registration("2024-02-10"), *chain, requirement("d", 4, "denegado", "2024-03-01"))
    assert [found[c] for c in ("2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31", "2026-09-30")] == ["a", "c", "c", "d", "d"]


def test_an_approval_out_of_order_does_not_jump_the_queue() -> None:
    found = lacking(registration("2024-02-10"), requirement("a", 1, "aprobado", "2024-11-02"), requirement("b", 2, "aprobado", "2024-04-02"))
    assert {c: found[c] for c in found if c < "2025"} == {"2024-03-31": "a", "2024-06-30": "a", "2024-09-30": "a"}
    assert max(found) == "2024-09-30", "con todo aprobado no le falta nada"


@pytest.mark.parametrize("state", ["formalizado", "excluido", "cancelado"])
def test_who_left_the_process_lacks_nothing(state: str) -> None:
    assert max(lacking(registration("2024-02-10", state, "2024-09-30"), requirement("a", 1))) == "2024-06-30"


def test_the_requirement_is_crossed_with_the_relation_to_the_right() -> None:
    (found, *_) = rows(
        "requisitos_faltantes", formalizacion=[registration("2026-07-10")], formalizacion_requisitos=[requirement("derecho_minero", 1)]
    )
    assert found["requisito_relacion"] == "derecho_minero-sin_acuerdo"


def accreditation(number: str, issued: str, expires: str, holder: str = "h", region: str = "13") -> Row:
    return {"constancia_id": number, "cod_region": region, "ubigeo": f"{region}0101", "productor_hash": holder, "fecha_emision": issued,
            "fecha_vencimiento": expires}  # fmt: skip


@pytest.mark.parametrize(
    ("issued", "region", "holder", "renewed"),
    [
        ("2026-05-01", "13", "h", True),
        ("2026-05-31", "13", "h", True),
        ("2026-06-01", "13", "h", False),
        ("2025-01-10", "13", "h", True),
        ("2026-05-01", "19", "h", True),
        ("2026-05-01", "13", "otro", False),
    ],
)
def test_an_accreditation_is_renewed_within_thirty_days_of_its_expiry(issued: str, region: str, holder: str, renewed: bool) -> None:
    given = [accreditation("a", "2024-05-01", "2026-05-01"), accreditation("b", issued, "2028-05-01", holder, region)]
    found = {r["constancia_id"]: r for r in rows("constancias", productores=given)}
    assert (found["a"]["renovada"], found["a"]["fecha_juicio"]) == (renewed, date(2026, 5, 31))
    assert found["b"]["renovada"] is False, "no se renueva a sí misma ni con una anterior"


def unit(name: str = "u", year: int = 2025, **more: Any) -> Row:
    base = {"unidad_lb_id": name, "ronda": year, "cod_region": "13", "ubigeo": "130801", "upm": "Z1", "estrato_muestral": "alta", "mineral": "oro",
            "condicion": "informal", "factor_expansion": 10.0, "fecha_encuesta": f"{year}-08-01"}  # fmt: skip
    return base | more


def person(**more: Any) -> Row:
    base = {"persona_lb_id": "p", "ronda": 2025, "unidad_lb_id": "u", "cod_region": "13", "sexo": "F", "edad": 30, "ocupacion": "pallaqueo"}
    return {**base, "factor_expansion": 20.0, **more}


def test_the_zone_of_a_person_is_that_of_the_unit_in_the_same_round() -> None:
    units = [unit(upm="Z1"), unit(year=2022, upm="Z9", condicion="formal")]
    (found,) = rows("personas_linea_base", lb_personas=[person()], lb_unidades=units)
    assert (found["upm"], found["estrato"], found["condicion"], found["periodo"]) == ("13-Z1", "13-alta", "informal", "2025")


def test_zones_of_two_regions_with_one_name_are_two_zones() -> None:
    units = [unit(), unit("v", cod_region="19", ubigeo="190101")]
    found = rows("personas_linea_base", lb_personas=[person(), person(persona_lb_id="q", unidad_lb_id="v", cod_region="19")], lb_unidades=units)
    assert sorted((r["territorio"], r["upm"]) for r in found) == [("13", "13-Z1"), ("19", "19-Z1")]


@pytest.mark.parametrize(
    ("age", "work", "group", "mining"),
    [(5, "pallaqueo", "05_13", True), (13, "servicios", "05_13", False), (14, "transporte", "14_17", True), (17, "comercio", "14_17", False),
     (18, "extraccion", None, True), (4, "no_trabaja", None, False)],
)  # fmt: skip
def test_services_and_trade_are_no_mining_work(age: int, work: str, group: str | None, mining: bool) -> None:
    (found,) = rows("personas_linea_base", lb_personas=[person(edad=age, ocupacion=work)], lb_unidades=[unit()])
    assert (found["grupo_edad"], found["en_labor_minera"]) == (group, mining)


@pytest.mark.parametrize(("income", "band"), [(499.0, "desde_0"), (500.0, "desde_500"), (1999.0, "desde_1000"), (2000.0, "desde_2000"), (None, None)])
def test_income_goes_to_its_band_and_silence_to_none(income: float | None, band: str | None) -> None:
    (found,) = rows("personas_linea_base", lb_personas=[person(ingreso_mensual=income)], lb_unidades=[unit()])
    assert found["ingreso"] == band


def test_who_uses_no_mercury_burns_none() -> None:
    given = [unit("a", quema_abierta=None, usa_mercurio=False), unit("b", quema_abierta=True, usa_mercurio=True)]
    assert sorted(r["quema_abierta"] for r in rows("unidades_linea_base", lb_unidades=given)) == [False, True]


def covered(given: list[Row], surveyed: list[Row]) -> dict[str, bool]:
    """Year -> whether the only district is covered at its end."""
    found = rows("distritos_mineros", formalizacion=given, lb_unidades=surveyed)
    return {r["corte"].isoformat()[:4]: r["con_linea_base"] for r in found}


def test_a_survey_counts_for_thirty_six_months_and_not_before_it_was_made() -> None:
    found = covered([registration("2018-02-10")], [unit(year=2021, fecha_encuesta="2021-12-31")])
    assert found == {"2019": False, "2020": False, "2021": True, "2022": True, "2023": True, "2024": False, "2025": False}


def test_a_district_is_a_mining_one_from_its_first_registration() -> None:
    given = [registration("2023-05-01", "cancelado", "2023-08-01"), registration("2025-02-01", inscripcion_id="j")]
    assert covered(given, []) == {"2023": False, "2024": False, "2025": False}


def test_a_survey_of_another_district_does_not_cover_this_one() -> None:
    assert not any(covered([registration("2024-02-10")], [unit(ubigeo="130802")]).values())
