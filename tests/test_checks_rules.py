"""Each rule with one case that passes and one that fails, through the judge."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from checks_samples import CONTRACTS, batch, case, contract_with, place, row_rule, seed_rows

from checks.batch import Verdict
from checks.compiled import check_declarations
from checks.findings import Finding
from checks.judge import judge
from warehouse.contracts import Column
from warehouse.submissions import ACCEPTED, REJECTED, WARNED

YANAHUANCA, YANAHUANCA_RENIEC = "190201", "180201"


def verdict_of(rows: list[dict[str, Any]], table: Any = "tramites", **more: Any) -> Verdict:
    return judge(batch(table, {"s": rows}, **more))["s"]


def broken(verdict: Verdict) -> set[str]:
    return {r.regla_id for r in verdict.results if r.estado == "falla"}


def test_good_cases_break_nothing() -> None:
    verdict = verdict_of([case(1), case(2)])
    assert (verdict.estado, verdict.filas_aceptadas, verdict.findings) == (ACCEPTED, 2, [])
    assert {r.estado for r in verdict.results} == {"cumple"}
    assert {"G-01", "G-02", "G-03", "G-04", "G-05", "G-06", "G-07", "G-08", "G-09", "G-11", "G-12"} <= {r.regla_id for r in verdict.results}
    assert verdict.mensaje == "2 filas aceptadas, sin observaciones."


@pytest.mark.parametrize(
    ("change", "rule", "sentence"),
    [
        ({"estrato": None}, "G-12", "Fila 3, «estrato»: la celda es obligatoria y está vacía."),
        ({"estrato": "PMM"}, "G-03", "Fila 3, «estrato»: «PMM» no es un valor permitido. ¿Quiso decir «PPM»?"),
        ({"numero_expediente": "2", "ubigeo": "13010"}, "G-03", "Fila 3, «ubigeo»: «13010» debe tener 6 cifras."),
        ({"n_observaciones": -1}, "G-03", "Fila 3, «n_observaciones»: -1 es menor que el mínimo permitido, 0."),
        ({"fecha_ingreso": date(2001, 12, 31)}, "G-08",
         "Fila 3, «fecha_ingreso»: 31-12-2001 es anterior al 01-01-2002, cuando empieza la Ley 27651."),
        ({"fecha_notificacion": date(2026, 10, 16)}, "G-08", "Fila 3, «fecha_notificacion»: 16-10-2026 es posterior a hoy (15-10-2026)."),
        ({"cod_procedimiento": "NO_HAY"}, "G-05", "Fila 3, «cod_procedimiento»: «NO_HAY» no está en «Procedimientos mineros y sus plazos»."),
        ({"ubigeo": "219901"}, "G-06", "Fila 3, «ubigeo»: «219901» no está en la lista de distritos del INEI."),
        ({"ubigeo": YANAHUANCA}, "G-06", "Fila 3, «ubigeo»: 190201 es Yanahuanca, de Pasco (19), y la fila es de La Libertad (13)."),
        ({"fecha_admision": date(2026, 3, 1)}, "C01-COH-1A",
         "El expediente 13-DREM_13-2026-2 (fila 3) figura admitido el 01-03-2026, antes de ingresar el 02-03-2026."),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_goes_out_with_its_sentence(change: dict[str, Any], rule: str, sentence: str) -> None:
    verdict = verdict_of([case(1), case(2, **change), case(3)])
    told = [f for f in verdict.findings if f.regla_id == rule and f.fila == 3]
    assert sentence in [f.mensaje for f in told]
    assert all(f.remedio.endswith(".") and f.severidad == "error" for f in told)
    assert (verdict.estado, verdict.filas_aceptadas, verdict.filas_cuarentena) == (WARNED, 2, 1)
    assert verdict.accepted["fila_origen"].to_pylist() == [2, 4]
    result = next(r for r in verdict.results if r.regla_id == rule)
    assert (result.estado, result.filas_fallidas, result.filas_evaluadas) == ("falla", 1, 3)


def test_a_region_that_is_not_the_submitters() -> None:
    verdict = verdict_of([case(1), case(2, region="19", ubigeo=YANAHUANCA)])
    (finding,) = verdict.findings
    assert finding.mensaje == "Fila 3, «cod_region»: la fila es de Pasco (19) y la entrega es de La Libertad (13)."
    assert finding.regla_id == "G-06"


def test_lima_metropolitana_is_its_own_region() -> None:
    places = {"s": place(2, "26"), "t": place(1, "15")}
    rows = {"s": [case(1, "26", "150101"), case(2, "26", "150201")], "t": [case(1, "15", "150201")]}
    verdicts = judge(batch("tramites", rows, places))
    assert [f.mensaje for f in verdicts["s"].findings] == [
        "Fila 3, «ubigeo»: 150201 es Barranca, de Lima Provincias (15), y la fila es de Lima Metropolitana (26)."
    ]
    assert verdicts["t"].estado == ACCEPTED


def test_reniec_codes_that_are_valid_in_another_region_are_translated() -> None:
    """The silent trap: RENIEC's code of Yanahuanca (Pasco) is INEI's of Omate (Moquegua)."""
    rows = [case(n, "19", YANAHUANCA_RENIEC) for n in (1, 2)] + [case(3, "19", "190101")]
    verdict = verdict_of(rows, places={"s": place(3, "19")})
    assert broken(verdict) == {"G-07"}
    first = verdict.findings[0]
    assert first.mensaje == "Fila 2, «ubigeo»: 180201 parece código de RENIEC; el del INEI para Yanahuanca (Daniel Alcides Carrión) es 190201."
    assert first.remedio == "Escriba 190201."
    result = next(r for r in verdict.results if r.regla_id == "G-07")
    assert result.mensaje.startswith("Los códigos de ubigeo parecen ser de RENIEC, no del INEI (2 de 3 filas)")
    moquegua = verdict_of([case(1, "18", YANAHUANCA_RENIEC)], places={"s": place(1, "18")})
    assert moquegua.estado == ACCEPTED


def _both_inside(region: str) -> tuple[list[str], list[str], list[str]]:
    """Codes of a region whose number is the same for both: only RENIEC's, only INEI's, and of both for different districts."""
    from checks_samples import reference_tables

    rows = [r for r in reference_tables()["ref_ubigeo"].to_pylist() if r["cod_region"] == region]
    inei, reniec = {r["ubigeo"] for r in rows}, {r["ubigeo_reniec"]: r["ubigeo"] for r in rows if r["ubigeo_reniec"]}
    differ = [u for u, own in reniec.items() if u in inei and own != u]
    return sorted(set(reniec) - inei), sorted(inei - set(reniec)), sorted(differ)


def test_where_both_codings_share_the_region_the_whole_submission_tells() -> None:
    region = next(r for r in ("02", "03", "04", "05", "06", "01") if len(_both_inside(r)[0]) >= 2 and min(map(len, _both_inside(r)[1:])) > 0)
    reniec_only, inei_only, both = _both_inside(region)
    all_reniec = [case(n, region, u) for n, u in enumerate([*reniec_only[:2], both[0]])]
    mixed = [*all_reniec, case(9, region, inei_only[0])]
    verdicts = judge(batch("tramites", {"s": all_reniec, "t": mixed}, {"s": place(3, region), "t": place(4, region, "2026-04")}))
    assert [f.fila for f in verdicts["s"].findings if f.regla_id == "G-07"] == [2, 3, 4]
    assert [f.fila for f in verdicts["t"].findings if f.regla_id == "G-07"] == [2, 3]


def test_the_name_of_the_district_unmasks_reniec() -> None:
    region = next(r for r in ("02", "03", "04", "05", "06", "01") if _both_inside(r)[2])
    code = _both_inside(region)[2][0]
    from checks_samples import reference_tables

    meant = next(r for r in reference_tables()["ref_ubigeo"].to_pylist() if r["ubigeo_reniec"] == code)
    columns = [c for c in CONTRACTS["tramites"].columns if c.name in ("expediente_id", "cod_region", "ubigeo")]
    contract = contract_with([*columns, Column(name="distrito", type="string")], base="tramites")
    rows = [
        {"expediente_id": "1", "cod_region": region, "ubigeo": code, "distrito": meant["distrito"].upper()},
        {"expediente_id": "2", "cod_region": region, "ubigeo": meant["ubigeo"], "distrito": meant["distrito"]},
    ]
    verdict = judge(batch(contract, {"s": rows}, {"s": place(2, region)}))["s"]
    assert [(f.regla_id, f.fila) for f in verdict.findings] == [("G-07", 2)]
    assert meant["ubigeo"] in verdict.findings[0].remedio


# ---- rules about files


def test_a_repeated_key_rejects_the_file_and_names_the_rows() -> None:
    verdict = verdict_of([case(1), case(2), case(1)])
    assert (verdict.estado, verdict.filas_aceptadas, verdict.accepted.num_rows) == (REJECTED, 0, 0)
    assert verdict.mensaje.startswith("Rechazada: Filas 2 y 4: la clave (expediente_id = 13-DREM_13-2026-1) está repetida.")


def test_an_empty_key_rejects_the_file() -> None:
    verdict = verdict_of([case(1), case(2, expediente_id=None)])
    assert verdict.estado == REJECTED
    assert "Fila 3, «expediente_id»: la celda es parte de la clave y está vacía." in verdict.mensaje


def test_the_same_key_in_two_submissions_is_no_repetition() -> None:
    verdicts = judge(batch("tramites", {"s": [case(1)], "t": [case(1)]}))
    assert {v.estado for v in verdicts.values()} == {ACCEPTED}


def test_the_same_bytes_for_another_period_are_rejected_and_the_first_stands() -> None:
    places = {
        "b": place(1, period="2026-04", hash="x", recibido_en=datetime(2026, 5, 2, tzinfo=UTC)),
        "a": place(1, period="2026-03", hash="x", recibido_en=datetime(2026, 4, 2, tzinfo=UTC)),
        "c": place(1, period="2026-05", hash="y"),
    }
    verdicts = judge(batch("tramites", {e: [case(1)] for e in places}, places), {"y": ("13", "2026-02")})
    assert {e: v.estado for e, v in verdicts.items()} == {"a": ACCEPTED, "b": REJECTED, "c": REJECTED}
    assert "es el mismo archivo que tabla_13_2026-03_v1.csv, de La Libertad (13), periodo 2026-03" in verdicts["b"].mensaje
    assert "ya cargado para La Libertad (13), periodo 2026-02" in verdicts["c"].mensaje


def test_of_the_same_bytes_for_two_regions_the_one_that_the_rows_name_stands() -> None:
    places = {"13": place(1, "13", hash="x"), "19": place(1, "19", hash="x", recibido_en=datetime(2026, 9, 1, tzinfo=UTC))}
    verdicts = judge(batch("tramites", {e: [case(1, "19", YANAHUANCA)] for e in places}, places))
    assert {e: v.estado for e, v in verdicts.items()} == {"13": REJECTED, "19": ACCEPTED}


def test_the_same_bytes_known_for_the_same_place_are_no_fault() -> None:
    assert judge(batch("tramites", {"s": [case(1)]}), {"132026-03": ("13", "2026-03")})["s"].estado == ACCEPTED


def test_late_is_counted_in_lima() -> None:
    on_time = place(1, fecha_limite=date(2026, 4, 15), recibido_en=datetime(2026, 4, 16, 4, 59, tzinfo=UTC))
    late = place(1, fecha_limite=date(2026, 4, 15), recibido_en=datetime(2026, 4, 17, 5, 1, tzinfo=UTC))
    verdicts = judge(batch("tramites", {"s": [case(1)], "t": [case(1)]}, {"s": on_time, "t": late}))
    assert verdicts["s"].estado == ACCEPTED
    (finding,) = verdicts["t"].findings
    assert finding.mensaje == "El archivo se recibió el 17-04-2026, 2 días después del plazo (15-04-2026)."
    assert (finding.regla_id, finding.severidad, verdicts["t"].estado, verdicts["t"].filas_aceptadas) == ("G-11", "advertencia", WARNED, 1)


COMPLETE = [Column(name="a", type="string", required=True, key=True), Column(name="b", type="string", required=True)]


@pytest.mark.parametrize(
    ("empty", "severity", "state"), [(4, None, WARNED), (5, "error", WARNED), (20, "error", WARNED), (21, "bloqueante", REJECTED)]
)
def test_required_cells_have_two_limits(empty: int, severity: str | None, state: str) -> None:
    rows = [{"a": str(n), "b": None if n < empty else "x"} for n in range(100)]
    verdict = judge(batch(contract_with(COMPLETE), {"s": rows}))["s"]
    assert [f.severidad for f in verdict.findings if f.fila is None] == ([severity] if severity else [])
    assert (verdict.estado, verdict.celdas_requeridas, verdict.celdas_vacias) == (state, 200, empty)
    if severity == "bloqueante":
        what = (
            "Solo está lleno el 89.5 % de las celdas obligatorias (21 de 200 vacías); se pide el 98 %, y con menos del 90 % el archivo no se acepta."
        )
        assert what in verdict.mensaje


def unreadable(row: int, column: str, submission: str = "s") -> Finding:
    sentence = f"Fila {row}, «{column}»: «2/13/2026» no está escrita como AAAA-MM-DD."
    return Finding(submission, "G-03", "esquema", "error", row, column, "2/13/2026", sentence, "Escriba 2026-02-13.")


def test_a_cell_that_could_not_be_read_is_told_once_and_is_not_an_empty_one() -> None:
    rows = [case(1), case(2, fecha_ingreso=None, fecha_resolucion=None)]
    verdict = verdict_of(rows, issues=[unreadable(3, "fecha_ingreso"), unreadable(3, "fecha_resolucion")])
    assert [(f.regla_id, f.columna) for f in verdict.findings] == [("G-03", "fecha_ingreso"), ("G-03", "fecha_resolucion")]
    assert (verdict.celdas_vacias, verdict.filas_cuarentena) == (0, 1)


# ---- totals


def test_the_seed_fails_the_two_rules_it_should_and_no_other() -> None:
    verdict = verdict_of(seed_rows(), "situacion_areas")
    assert broken(verdict) == {"C03-TOT-2", "C03-TOT-3"}
    assert {r.estado for r in verdict.results if r.regla_id not in broken(verdict)} == {"cumple"}
    states = dict(zip(verdict.accepted["situacion"].to_pylist(), verdict.accepted["estado_registro"].to_pylist(), strict=True))
    assert [s for s, state in states.items() if state == "advertido"] == ["atipica"]
    assert (verdict.estado, verdict.filas_aceptadas, verdict.filas_cuarentena) == (WARNED, 9, 0)
    assert verdict.accepted["porcentaje_declarado"].to_pylist()[7] == 0.1
    assert verdict.mensaje == (
        "El porcentaje declarado de Concesión atípica (0.1 %) no corresponde a 8 de 858 casos (0.9 %). Por eso los porcentajes suman 99.2 %. "
        "Los casos sí suman 858: se publica 0.9 % calculado por el sistema y se conserva el valor declarado como evidencia."
    )
    by_rule = {r.regla_id: r for r in verdict.results}
    assert (by_rule["C03-TOT-2"].filas_fallidas, by_rule["C03-TOT-2"].severidad) == (1, "error")
    assert by_rule["C03-TOT-3"].mensaje == "Los porcentajes declarados suman 99.2, no 100.0 (tolerancia 99.6 a 100.4)."


def test_the_seeds_own_file_gives_the_same(shared: Any) -> None:
    import csv

    with (shared / "domain" / "fixture_situacion_areas_2006.csv").open(encoding="utf-8", newline="") as source:
        rows = [
            row | {"anio_dac": int(row["anio_dac"]), "casos": int(row["casos"]), "porcentaje_declarado": float(row["porcentaje_declarado"])}
            for row in csv.DictReader(source)
        ]
    retyped = [{k: r[k] for k in ("situacion", "casos", "porcentaje_declarado")} for r in seed_rows()]
    assert [{k: r[k] for k in ("situacion", "casos", "porcentaje_declarado")} for r in rows] == retyped
    verdict = verdict_of(rows, "situacion_areas")
    assert broken(verdict) == {"C03-TOT-2", "C03-TOT-3"}


def test_right_percentages_pass() -> None:
    verdict = verdict_of(seed_rows(atipica={"porcentaje_declarado": 0.9}), "situacion_areas")
    assert (verdict.estado, verdict.findings) == (ACCEPTED, [])


def test_parts_that_do_not_add_up_take_the_whole_group_out() -> None:
    two = seed_rows(libre={"casos": 42}) + [r | {"anio_dac": 2007, "porcentaje_declarado": None} for r in seed_rows()]
    verdict = verdict_of(two, "situacion_areas")
    assert (verdict.filas_aceptadas, verdict.filas_cuarentena) == (9, 9)
    assert "Las categorías" not in verdict.mensaje
    first = next(f for f in verdict.findings if f.regla_id == "C03-TOT-1")
    assert first.mensaje == "Fila 2, «casos»: los casos de las categorías suman 857 y el total declarado es 858 (LL+PC+MQ, 2006)."
    alone = verdict_of(seed_rows(libre={"casos": 42}), "situacion_areas")
    assert alone.estado == REJECTED
    assert alone.mensaje.startswith("Rechazada: las 9 filas tienen errores y ninguna se puede aceptar")


def test_a_group_with_an_empty_part_is_not_evaluated_and_not_right() -> None:
    verdict = verdict_of(seed_rows(libre={"casos": None}), "situacion_areas")
    states = {r.regla_id: r.estado for r in verdict.results}
    assert states["C03-TOT-1"] == states["C03-TOT-2"] == "no_evaluable"
    assert "La regla C03-TOT-1 no se pudo evaluar: faltan datos en «casos»." in [f.mensaje for f in verdict.findings]


def test_percentages_printed_whole_have_a_wider_margin() -> None:
    whole = {s["situacion"]: {"porcentaje_declarado": float(round(100 * s["casos"] / 858))} for s in seed_rows()}
    verdict = verdict_of(seed_rows(**whole), "situacion_areas")
    assert broken(verdict) == set()


def test_the_story_is_not_told_where_it_would_not_be_true() -> None:
    # two wrong percentages; one that does not explain the sum
    for changes in ({"libre": {"porcentaje_declarado": 5.4}}, {"atipica": {"porcentaje_declarado": 0.9}, "TOTAL": {"porcentaje_declarado": 98.0}}):
        verdict = verdict_of(seed_rows(**changes), "situacion_areas")
        assert "C03-TOT-2" in broken(verdict)
        assert "Por eso" not in verdict.mensaje


def test_the_story_is_not_told_where_mending_the_percentage_does_not_mend_the_sum() -> None:
    contract = CONTRACTS["situacion_areas"]
    loose = [
        r.body.model_copy(update={"parametros": r.body.parametros | {"decimales": 0}}) if r.id == "C03-TOT-2" else r.body for r in contract.rules
    ]
    rules = tuple(r.model_copy(update={"body": body}) for r, body in zip(contract.rules, loose, strict=True))
    wrong = {"libre": {"porcentaje_declarado": 5.4}, "construccion": {"porcentaje_declarado": 5.8}, "atipica": {"porcentaje_declarado": 5.0}}
    verdict = verdict_of(seed_rows(**wrong), contract.model_copy(update={"rules": rules}))
    assert broken(verdict) == {"C03-TOT-2", "C03-TOT-3"}
    assert "Por eso" not in verdict.mensaje


# ---- severities


FREE = [Column(name="a", type="integer", key=True, required=True), Column(name="b", type="integer")]


@pytest.mark.parametrize(
    ("severity", "state", "accepted", "marks"),
    [("bloqueante", REJECTED, 0, []), ("error", WARNED, 2, ["valido"] * 2), ("advertencia", WARNED, 3, ["valido", "advertido", "valido"]),
     ("informativa", ACCEPTED, 3, ["valido"] * 3)],
)  # fmt: skip
def test_severity_decides(severity: str, state: str, accepted: int, marks: list[str]) -> None:
    contract = contract_with(FREE, [row_rule("t.b > 10", severity=severity)])
    verdict = judge(batch(contract, {"s": [{"a": 1, "b": 1}, {"a": 2, "b": 11}, {"a": 3, "b": None}]}))["s"]
    assert (verdict.estado, verdict.filas_aceptadas) == (state, accepted)
    assert verdict.accepted["estado_registro"].to_pylist() == marks
    assert [f.fila for f in verdict.findings] == [3]


def test_notes_of_reading_do_not_warn() -> None:
    note = Finding("s", "G-02", "esquema", "informativa", None, "", "", "Se descartaron columnas.", "Quítelas.")
    verdict = verdict_of([case(1)], issues=[note])
    assert (verdict.estado, verdict.findings, broken(verdict)) == (ACCEPTED, [note], set())


def test_a_file_that_could_not_be_read_is_rejected_by_its_issue() -> None:
    issue = Finding("s", "G-02", "esquema", "bloqueante", None, "", "", "x.csv: falta la columna «estado».", "Use la plantilla.")
    verdicts = judge(batch("tramites", {"s": [], "t": [case(1)]}, {"s": place(0), "t": place(1, period="2026-04")}, issues=[issue]))
    assert verdicts["s"].mensaje == "Rechazada: x.csv: falta la columna «estado». Use la plantilla."
    assert {r.regla_id: r.estado for r in verdicts["s"].results} == {"G-01": "cumple", "G-02": "falla", "G-09": "cumple", "G-11": "cumple"}
    assert verdicts["t"].estado == ACCEPTED


def test_rows_lost_in_reading_count_as_quarantined() -> None:
    issue = Finding("s", "G-01", "esquema", "error", 4, "", "", "Fila 4: tiene 3 valores y la cabecera 23 columnas.", "Ponga comillas.")
    verdict = verdict_of([case(1), case(2)], places={"s": place(3)}, issues=[issue])
    assert (verdict.filas, verdict.filas_aceptadas, verdict.filas_cuarentena, verdict.estado) == (3, 2, 1, WARNED)


def test_every_installed_contract_compiles() -> None:
    check_declarations(CONTRACTS)
