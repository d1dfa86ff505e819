"""Each reconciliation on tiny Delta tables: La Libertad agrees, Moquegua differs, Pasco lacks one side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kpis_tables import deliver

from etl import references
from etl.reconciliation import reconcile
from etl.reconciliation_declarations import load
from warehouse import reconciliations, settings
from warehouse.reconciliations import AGREES, DIFFERS, NOT_EVALUABLE
from warehouse.store import Warehouse

GOOD, BAD, LACKING = "13", "18", "19"
Row = dict[str, Any]
MAY, JUNE = date(2025, 5, 5), date(2025, 6, 20)


def case(region: str, number: int, **change: object) -> Row:
    row = {"expediente_id": f"{region}-{number}", "cod_region": region, "cod_procedimiento": "DIA", "autoridad": f"DREM_{region}", "estrato": "PPM"}
    return (
        row | {"solicitante_hash": f"h{region}", "fecha_ingreso": MAY, "fecha_resolucion": JUNE, "estado": "resuelto", "sentido": "aprobado"} | change
    )


def cases() -> list[Row]:
    titles = [case(r, n, cod_procedimiento="TITULO_CONCESION", solicitante_hash="otro") for r in (GOOD, BAD, LACKING) for n in (2, 3)]
    starts = [case(r, 4, cod_procedimiento="IGAFOM", estrato="INFORMAL", fecha_resolucion=date(2025, 5, 10)) for r in (GOOD, BAD)]
    return [case(GOOD, 1), case(BAD, 1, sentido="denegado"), *titles, *starts]


def rights() -> list[Row]:
    def right(region: str, number: int, **change: object) -> Row:
        row = {"codigo_derecho": f"{region}D{number}", "cod_region": region, "estrato": "PMA", "titular_hash": f"t{region}", "fecha_petitorio": MAY}
        return row | {"autoridad_otorgante": "GR", "fecha_titulo": JUNE} | change

    older = right(GOOD, 9, fecha_titulo=date(2019, 1, 5))  # before the first case: nothing to compare it with
    return [right(GOOD, 1), right(GOOD, 2), older, right(BAD, 1), right(GOOD, 3, autoridad_otorgante="INGEMMET")]


def instruments() -> list[Row]:
    def one(region: str, **change: object) -> Row:
        row = {"iga_id": f"I{region}", "expediente_id": f"{region}-1", "cod_region": region, "fecha_presentacion": MAY, "fecha_aprobacion": JUNE}
        return row | {"sentido": "aprobado", "mecanismo_participacion": "taller_participativo"} | change

    return [one(GOOD), one(BAD), one(GOOD, iga_id="IX", mecanismo_participacion="publicacion")]


def miners() -> list[Row]:
    def one(region: str, number: int, **change: object) -> Row:
        row = {"inscripcion_id": f"{region}-N{number}", "cod_region": region, "codigo_derecho": f"{region}D1", "anio_dac": 2024}
        row |= {"estado_reinfo": "vigente", "situacion_area": "explotacion", "fecha_estado": MAY}
        return row | change

    formal = {"estado_reinfo": "formalizado", "fecha_formalizacion": JUNE}
    many = [one(r, n) for r in (GOOD, BAD) for n in range(10, 20)]
    return [one(GOOD, 1, **formal), one(BAD, 1, **formal), one(LACKING, 1, situacion_area="sin_dac", anio_dac=2023), *many]


def requirements() -> list[Row]:
    def one(region: str, **change: object) -> Row:
        row = {"inscripcion_id": f"{region}-N1", "cod_region": region, "requisito": "autorizacion_inicio", "estado": "aprobado"}
        return row | {"expediente_id": f"{region}-4", "fecha_resolucion": JUNE} | change

    return [one(GOOD), one(BAD, estado="presentado")]


def statements() -> list[Row]:
    row = {"anio": 2024, "declaro": True, "situacion": "explotacion"}
    return [row | {"codigo_derecho": "13D1", "cod_region": GOOD}, row | {"codigo_derecho": "18D1", "cod_region": BAD, "situacion": "paralizada"}]


def supervisions() -> list[Row]:
    row = {"tipo": "regular", "materia": "ambiental", "fecha": MAY, "fecha_informe": JUNE}
    visits = [row | {"supervision_id": f"{r}S{n}", "cod_region": r} for r in (GOOD, BAD, LACKING) for n in range(4)]
    safety = row | {"supervision_id": "18S9", "cod_region": BAD, "tipo": "especial", "materia": "seguridad"}
    return [*visits, safety, row | {"supervision_id": "13S9", "cod_region": GOOD, "fecha_informe": None}]


def sanctions() -> list[Row]:
    row = {"fecha_imputacion": date(2025, 1, 10), "fecha_resolucion": MAY, "estado": "sancion", "multa_uit": 2.0}
    fines = [(GOOD, 10_700.0, MAY), (BAD, 10_300.0, MAY), (LACKING, 9_000.0, date(1999, 5, 5))]
    return [row | {"pas_id": f"{r}P", "cod_region": r, "multa_soles": s, "fecha_resolucion": d} for r, s, d in fines]


def money() -> list[Row]:
    def one(region: str, concept: str, amount: float, **change: object) -> Row:
        row = {
            "transferencia_id": f"{region}{concept}{amount}",
            "cod_region": region,
            "anio": 2025,
            "mes": 3,
            "concepto": concept,
            "beneficiario": "GR",
        }
        return row | {"monto_soles": amount, "norma": "RM 1"} | change

    later = one(GOOD, "canon_minero", 9_000_000.0, mes=7, norma=None)  # the budget known reaches June only
    own = [one(r, "canon_minero", 1_000.0) for r in (GOOD, BAD)] + [one(GOOD, "minem_gestion", 50.0, norma="RM 2"), later]
    return [*own, one(GOOD, "canon_minero", 3_000.0, beneficiario="MUNI_DISTRITAL"), one(LACKING, "minem_gestion", 50.0, norma="RM 2")]


def budget() -> list[Row]:
    def one(region: str, rubro: str, pim: float, month: int = 6) -> Row:
        row = {"cod_region": region, "anio": 2025, "mes": month, "programa": "9002", "rubro": rubro, "generica": "2.3", "es_mineria": True}
        return row | {"pim": pim}

    return [one(GOOD, "18", 1_000.0), one(GOOD, "13", 50.0), one(GOOD, "18", 10.0, 5), one(BAD, "18", 998.0)]


def production() -> list[Row]:
    row = {"anio": 2024, "estrato": "PPM", "mineral": "oro", "produccion": 10.0, "unidad": "g_f"}
    return [row | {"cod_region": r, "mes": m} for r in (GOOD, BAD, LACKING) for m in range(1, 13)]


def conflicts() -> list[Row]:
    row = {"periodo": "2025-06", "estado": "activo", "fase": "dialogo", "fuente": "DEFENSORIA"}
    told = [row | {"caso_id": f"{r}C{n}", "cod_region": r} for r in (GOOD, BAD, LACKING) for n in range(2)]
    return [*told, row | {"caso_id": "13C9", "cod_region": GOOD, "fuente": "DREM"}]


def events() -> list[Row]:
    def one(region: str, day: date, **change: object) -> Row:
        row = {"evento_id": f"{region}{day}", "cod_region": region, "fecha": day, "organizador": "DREM", "horas": 8.0}
        return row | {"asistentes_h": 6, "asistentes_m": 4, "asistentes_nd": 0} | change

    training = [one(r, date(2025, 5, 9), tipo="capacitacion_funcionarios") for r in (GOOD, BAD, LACKING)]
    first = [one(r, date(2023, 1, 9), tipo="difusion") for r in (GOOD, BAD)]
    return [*training, *first, one(GOOD, MAY, tipo="taller_participativo", iga_id="I13", evento_id="taller")]


def staff() -> list[Row]:
    hours = {GOOD: 85.0, BAD: 240.0, LACKING: 80.0}
    return [{"plaza_id": f"{r}-P1", "fecha_corte": date(2025, 6, 30), "cod_region": r, "horas_capacitacion_12m": h} for r, h in hours.items()]


def functions() -> list[Row]:
    row = {"competencia_desde": date(2008, 1, 1), "acreditada": True}
    held = [row | {"cod_region": r, "funcion_id": f} for r in (GOOD, BAD) for f in ("F01", "F03", "F08", "F10", "F11", "F12")]
    withdrawn = [r | {"competencia_hasta": date(2025, 1, 31)} if (r["cod_region"], r["funcion_id"]) == (BAD, "F08") else r for r in held]
    return [*withdrawn, *(row | {"cod_region": r, "funcion_id": "F07", "competencia_hasta": date(2025, 5, 17)} for r in (GOOD, BAD))]


def published() -> list[Row]:
    def one(measure: str, region: str, period: str, key: str, value: float) -> Row:
        return {"medida": measure, "cod_region": region, "periodo_cifra": period, "clave": key, "valor": value}

    def pair(measure: str, period: str, key: str, good: float, bad: float) -> list[Row]:
        return [one(measure, GOOD, period, key, good), one(measure, BAD, period, key, bad)]

    return [
        *pair("reinfo_inscripciones", "2026-05", "vigente", 5, 10), *pair("reinfo_inscripciones", "2026-06", "vigente", 15, 16),
        one("reinfo_inscripciones", GOOD, "2026-06", "formalizado", 1), *pair("oefa_supervisiones", "2025-T2", "regular", 4, 5),
        *pair("monto_resolucion", "2025-03", "RM 1", 4_000.5, 1_002.0), *pair("dac_produccion", "2024", "oro", 125.0, 127.0),
        *pair("accidentes_mortales", "2025", "total", 1, 0), *pair("conflictos_defensoria", "2025-06", "total", 2, 3),
        *pair("conflictos_defensoria", "2025-06", "estado:activo", 2, 2), *pair("conflictos_defensoria", "2025-06", "fase:crisis", 0, 1),
        one("accidentes_mortales", LACKING, "2025", "total", 1),
    ]  # fmt: skip


REGIONAL = {
    "tramites": cases(), "certificacion_ambiental": instruments(), "formalizacion": miners(), "formalizacion_requisitos": requirements(),
    "supervisiones": supervisions(), "pas": sanctions(), "eventos": events(), "personal_drem": staff(), "funciones_transferidas": functions(),
    "accidentes": [{"accidente_id": f"{r}A", "cod_region": r, "fecha": MAY, "tipo": "mortal"} for r in (GOOD, BAD)],
    "productores": [
        {"constancia_id": f"{r}K{h}", "cod_region": r, "productor_hash": f"{h}{r}", "calificacion": q, "fecha_emision": date(2024, 6, 1),
         "fecha_vencimiento": date(2026, 6, 1)}
        for r, h, q in ((GOOD, "h", "PPM"), (BAD, "h", "PMA"), (GOOD, "t", "PMA"), (BAD, "t", "PPM"))
    ],
}  # fmt: skip
NATIONAL = {
    "derechos_mineros": rights(), "declaracion_dac": statements(), "transferencias": money(), "presupuesto": budget(),
    "produccion_empleo": production(), "conflictos": conflicts(), "cifras_publicadas": published(),
    "situacion_areas": [
        {"cod_region": r, "ambito": a, "anio_dac": y, "situacion": "explotacion", "casos": n}
        for r, a, y, n in ((GOOD, "LL", 2024, 11), (BAD, "MQ", 2024, 12), (LACKING, "PC", 2006, 4), ("PILOTO", "LL+PC+MQ", 2024, 22))
    ],
}  # fmt: skip
#: rule -> (period, key) of the place looked at in the three regions, and the values of La Libertad and Moquegua
PLACES: dict[str, tuple[str, str, Sequence[float], Sequence[float]]] = {
    "X-01": ("2025-05", "", (2, 2), (1, 0)),
    "X-02": ("2025-06", "", (2, 2), (1, 2)),
    "X-03": ("2026-06", "vigente", (10, 15), (10, 16)),
    "X-04": ("2025", "", (1, 1), (1, 0)),
    "X-05": ("2024", "explotacion", (11, 11), (12, 11)),
    "X-06": ("2024", "", (11, 11), (11, 0)),
    "X-07": ("2025-T2", "", (4, 4), (4, 5)),
    "X-08": ("2025", "", (10_700, 10_700), (10_300, 10_700)),
    "X-09": ("2025", "canon y regalías (rubro 18)", (1_000, 1_000), (1_000, 998)),
    "X-10": ("2025-03", "RM 1", (4_000, 4_000.5), (1_000, 1_002)),
    "X-11": ("2024", "oro", (120, 125), (120, 127)),
    "X-12": ("2025", "", (1, 1), (1, 0)),
    "X-13": ("2025-06", "total", (2, 2), (2, 3)),
    "X-14": ("2025-06", "", (1, 1), (1, 0)),
    "X-15": ("2025", "trámites", (1, 1), (0, 1)),
    "C09-CON-1": ("2025-T2", "", (85, 80), (240, 80)),
    "C14-CON-1": ("2025", "actos sin acreditación", (5, 5), (5, 6)),
}
#: where a side lacks, and which one; X-01, X-04, X-14 and X-15 compare row by row what is there
NOWHERE: dict[str, tuple[str, str, str]] = {
    "X-02": (LACKING, "2025-06", ""), "X-03": (LACKING, "2026-06", "vigente"), "X-05": (LACKING, "2006", "explotacion"),
    "X-06": (LACKING, "2023", ""), "X-07": (LACKING, "2025-T2", ""), "X-08": (LACKING, "1999", ""), "X-09": (LACKING, "2025", "MINEM (rubro 13)"),
    "X-10": (LACKING, "2025-03", "RM 2"), "X-11": (LACKING, "2024", "oro"), "X-12": (LACKING, "2025", ""), "X-13": (LACKING, "2025-06", "total"),
    "C09-CON-1": (LACKING, "2025-T2", ""), "C14-CON-1": (LACKING, "2025", "actos sin acreditación"),
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What all reconciliations said of the rows above, by rule and place."""
    warehouse = Warehouse(settings.load(datos=tmp_path_factory.mktemp("conciliar"))).prepare()
    references.load(warehouse, date(2026, 11, 23))
    for table, rows in REGIONAL.items():
        deliver(warehouse, table, {(r, "2025-06"): own for r in (GOOD, BAD, LACKING) if (own := [x for x in rows if x["cod_region"] == r])})
    for table, rows in NATIONAL.items():
        deliver(warehouse, table, {("00", "2026-06"): rows})
    report = reconcile(warehouse)
    assert {e.regla_id for e in report.evaluadas} == set(load())
    return reconciliations.latest(warehouse.engine).set_index(["regla_id", "cod_region", "periodo", "clave"])


def at(told: pd.DataFrame, rule: str, region: str, period: str, key: str) -> Row:
    found: Row = told.loc[(rule, region, period, key)].to_dict()
    return found


def test_every_reconciliation_of_the_contracts_is_declared() -> None:
    declared = load()
    assert {f"X-{n:02d}" for n in range(1, 16)} <= set(declared) == set(PLACES)
    named = {rule: one.id for one in declared.values() for rule in one.reglas}
    assert named == {
        "C02-CON-1": "X-02", "C03-CON-1": "X-03", "C04-CON-1": "X-15", "C05-CON-1": "X-01", "C06-CON-1": "X-07", "C08-CON-1": "X-13",
        "C09-CON-1": "C09-CON-1", "C10-CON-1": "X-09", "C11-CON-1": "X-10", "C12-CON-1": "X-11", "C12-CON-2": "X-12", "C14-CON-1": "C14-CON-1",
    }  # fmt: skip


@pytest.mark.parametrize("rule", PLACES)
def test_it_agrees_where_both_sources_do(told: pd.DataFrame, rule: str) -> None:
    period, key, good, _ = PLACES[rule]
    found = at(told, rule, GOOD, period, key)
    assert (found["valor_a"], found["valor_b"], found["estado"], found["casos_fallidos"]) == (*good, AGREES, 0)
    assert found["diferencia"] == pytest.approx(good[0] - good[1])
    assert "La Libertad" in found["frase"] and load()[rule].remedio not in found["frase"]


@pytest.mark.parametrize("rule", PLACES)
def test_it_keeps_both_values_where_they_differ(told: pd.DataFrame, rule: str) -> None:
    period, key, _, bad = PLACES[rule]
    found = at(told, rule, BAD, period, key)
    assert (found["valor_a"], found["valor_b"], found["estado"], found["severidad"]) == (*bad, DIFFERS, load()[rule].severidad)
    assert found["casos_fallidos"] > 0
    assert found["frase"].startswith("Moquegua") and found["frase"].endswith(load()[rule].remedio)


@pytest.mark.parametrize("rule", NOWHERE)
def test_what_cannot_be_compared_is_told_and_never_agrees(told: pd.DataFrame, rule: str) -> None:
    found = at(told, rule, *NOWHERE[rule])
    assert (found["estado"], found["casos_fallidos"]) == (NOT_EVALUABLE, 0)
    assert "no se puede comparar" in found["frase"]
    assert pd.isna(found["valor_a"]) or pd.isna(found["valor_b"])


def test_the_pilots_are_compared_together_with_their_own_table(told: pd.DataFrame) -> None:
    assert at(told, "X-05", "PILOTO", "2024", "explotacion")["estado"] == AGREES


def test_more_budget_than_money_is_no_difference(told: pd.DataFrame) -> None:
    assert at(told, "X-09", GOOD, "2025", "MINEM (rubro 13)")["estado"] == AGREES


def test_a_title_before_the_first_case_is_compared_with_nothing(told: pd.DataFrame) -> None:
    assert ("X-02", GOOD, "2019-01", "") not in told.index


def test_accredited_functions_without_acts_are_those_that_somebody_exercises(told: pd.DataFrame) -> None:
    """F11 leaves acts in Moquegua and none in La Libertad; F01 leaves none anywhere, and F07 was held for a part of the year only."""
    found = at(told, "C14-CON-1", GOOD, "2025", "acreditadas sin actos")
    assert (found["valor_a"], found["valor_b"], found["estado"]) == (5, 4, DIFFERS)


def test_statements_do_not_name_paths_or_write(tmp_path: Path) -> None:
    for one in load().values():
        assert not {"read_parquet", "copy ", "insert ", "attach "} & set(one.sql.lower().split())
