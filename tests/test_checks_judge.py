"""The machinery: one pass, third state, no mixing, no row lost, nothing heavy imported before it is needed."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from checks_samples import CONTRACTS, TODAY, batch, case, contract_with, place, reference_tables, row_rule, seed_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks import judge as judging
from checks.compiled import check_declarations, compile_rules
from checks.findings import Finding
from checks.judge import judge
from checks.lot import Lot
from checks.one_pass import Run, opened
from checks.rules import Outcome
from checks.totals import TOTALS, Total
from warehouse.contracts import Column
from warehouse.errors import DeclarationError
from warehouse.submissions import ACCEPTED, REJECTED, WARNED

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = [Column(name="a", type="integer", key=True, required=True), Column(name="b", type="integer"), Column(name="c", type="string")]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Every run that the judge makes while the test lasts."""
    made: list[Run] = []
    init = Run.__init__

    def noted(self: Run, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        made.append(self)

    monkeypatch.setattr(Run, "__init__", noted)
    return made


def test_all_row_rules_of_a_batch_are_one_pass(runs: list[Run]) -> None:
    judge(batch("tramites", {"s": [case(1), case(2, estrato=None)], "t": [case(1)]}))
    assert [r.passes for r in runs] == [1]
    assert len(runs[0].rules.row) > 30


def test_a_thousand_submissions_are_one_pass_and_split_right(runs: list[Run]) -> None:
    contract = contract_with(COLUMNS, [row_rule("t.b > 10")])
    submissions = {f"e{n}": [{"a": 3 * n, "b": 1}, {"a": 3 * n + 1, "b": 11 if n % 3 == 0 else 2}, {"a": 3 * n + 2, "b": 3}] for n in range(1000)}
    verdicts = judge(batch(contract, submissions, {e: place(3, period=e) for e in submissions}))
    assert [r.passes for r in runs] == [1]
    assert len(verdicts) == 1000
    for n, (name, verdict) in enumerate(verdicts.items()):
        assert set(verdict.accepted["entrega_id"].to_pylist()) == {name}
        assert verdict.filas_cuarentena == (n % 3 == 0)
        assert verdict.estado == (WARNED if n % 3 == 0 else ACCEPTED)


def test_rows_may_come_in_any_order() -> None:
    contract = contract_with(COLUMNS, [row_rule("t.b > 10")])
    made = batch(contract, {"s": [{"a": 1, "b": 11}, {"a": 2, "b": 1}], "t": [{"a": 1, "b": 1}, {"a": 2, "b": 12}]})
    verdicts = judge(replace(made, rows=made.rows.take(pa.array([3, 0, 2, 1]))))
    assert {e: v.accepted["a"].to_pylist() for e, v in verdicts.items()} == {"s": [2], "t": [1]}
    assert {e: [f.fila for f in v.findings] for e, v in verdicts.items()} == {"s": [2], "t": [3]}


def test_an_empty_batch_has_no_verdicts_and_an_empty_submission_is_rejected() -> None:
    assert judge(batch("tramites", {})) == {}
    verdict = judge(batch("tramites", {"s": []}))["s"]
    assert (verdict.estado, verdict.mensaje) == (REJECTED, "Rechazada: no trae filas de datos.")


def test_rows_of_nobody_are_a_bug() -> None:
    made = batch("situacion_areas", {"s": seed_rows()})
    with pytest.raises(ValueError, match="no está en el lote"):
        judge(replace(made, places={"otra": place(9)}))


def test_two_threads_do_not_mix() -> None:
    def one(n: int) -> bool:
        contract = contract_with(COLUMNS, [row_rule(f"t.b = {n}", f"X-{n}")])
        verdict = judge(batch(contract, {f"e{n}": [{"a": i, "b": i} for i in range(8)]}))[f"e{n}"]
        return [f.fila for f in verdict.findings] == [n + 2] and {r.regla_id for r in verdict.results if r.estado == "falla"} == {f"X-{n}"}

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(one, range(8)))


# ---- the third state


def test_a_predicate_that_breaks_on_the_data_is_not_evaluated_and_stops_no_other(runs: list[Run]) -> None:
    contract = contract_with(COLUMNS, [row_rule("CAST(t.c AS INTEGER) > 5", "X-1"), row_rule("t.b > 10", "X-2")])
    verdict = judge(batch(contract, {"s": [{"a": 1, "b": 1, "c": "no"}, {"a": 2, "b": 11, "c": "1"}]}))["s"]
    assert {r.regla_id: r.estado for r in verdict.results if r.regla_id.startswith("X")} == {"X-1": "no_evaluable", "X-2": "falla"}
    assert (verdict.estado, verdict.filas_aceptadas) == (WARNED, 1)
    assert any("La regla X-1 no se pudo evaluar: su predicado dio un error" in f.mensaje for f in verdict.findings)
    assert verdict.accepted["estado_registro"].to_pylist() == ["advertido"]
    assert runs[0].passes > 1


def test_a_blocking_rule_that_cannot_be_evaluated_blocks() -> None:
    contract = contract_with(COLUMNS, [row_rule("CAST(t.c AS INTEGER) > 5", severity="bloqueante")])
    verdict = judge(batch(contract, {"s": [{"a": 1, "c": "no"}]}))["s"]
    assert verdict.estado == REJECTED
    assert "no se pudo evaluar" in verdict.mensaje


def test_a_function_that_raises_is_not_a_pass(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(*_: Any) -> Outcome:
        raise ZeroDivisionError("a propósito")

    old = TOTALS["suma_partes"]
    monkeypatch.setitem(TOTALS, "suma_partes", Total(old.parameters, old.words, breaks))
    verdict = judge(batch("situacion_areas", {"s": seed_rows()}))["s"]
    states = {r.regla_id: r.estado for r in verdict.results}
    assert (states["C03-TOT-1"], states["C03-TOT-2"]) == ("no_evaluable", "falla")
    assert verdict.estado == WARNED
    assert "Por eso" not in verdict.mensaje
    assert "ZeroDivisionError" in caplog.text


def test_a_metric_that_raises_makes_every_rule_unevaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(self: Run) -> Run:
        raise MemoryError("a propósito")

    monkeypatch.setattr(Run, "evaluate", breaks)
    verdict = judge(batch("situacion_areas", {"s": seed_rows()}))["s"]
    assert {r.estado for r in verdict.results} == {"no_evaluable"}
    assert (verdict.estado, verdict.filas_aceptadas) == (REJECTED, 0)


def test_a_reference_table_that_is_not_there_is_told() -> None:
    tables = {n: t for n, t in reference_tables().items() if n != "ref_ubigeo"}
    verdict = judge(batch("tramites", {"s": [case(1)]}, tables=tables))["s"]
    states = {r.regla_id: r.estado for r in verdict.results}
    assert (states["G-06"], states["G-07"], states["G-05"]) == ("no_evaluable", "no_evaluable", "cumple")
    assert (verdict.estado, verdict.accepted["estado_registro"].to_pylist()) == (WARNED, ["advertido"])
    assert "La regla G-07 no se pudo evaluar: faltan los datos de ref_ubigeo." in [f.mensaje for f in verdict.findings]


def test_a_parent_that_nobody_sent_has_no_rows() -> None:
    step = {
        "expediente_id": "x",
        "secuencia": 1,
        "cod_region": "13",
        "etapa": "recepcion",
        "responsable": "entidad",
        "fecha_inicio": date(2026, 3, 2),
    }
    verdict = judge(batch("tramite_etapas", {"s": [step | {"fecha_fin": date(2026, 3, 3)}]}))["s"]
    assert verdict.estado == REJECTED
    assert "Fila 2, «expediente_id»: «x» no está entre las filas aceptadas de «Trámites mineros de los gobiernos regionales»." in [
        f.mensaje for f in verdict.findings
    ]


# ---- wrong declarations


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (row_rule("t.bb > 1"), "etl/contracts/muestra.yml: la regla «X-1» no se puede leer: la columna «bb» no existe. ¿Quiso decir «b»?"),
        (row_rule("EXISTS (SELECT 1 FROM ref_region)"), "la tabla «ref_region» no está entre sus referencias."),
        (row_rule("t.b > 1", referencias=["ref_regiones"]), "la tabla «ref_regiones», que no existe. ¿Quiso decir «ref_region»?"),
        (row_rule("t.b + 1"), "debe dar verdadero o falso y da "),
        (row_rule("t.b >"), "no se puede leer: Parser Error"),
        (row_rule("t.b > 1", sentence="La fila {filla} falla."), "la frase pide «filla», que no existe. ¿Quiso decir «fila»?"),
        (row_rule("t.b > 1", sentence="La fila {fila falla."), "tiene llaves sin cerrar"),
    ],
)  # fmt: skip
def test_a_wrong_row_rule_is_told_when_the_contract_is_read(rule: Any, says: str) -> None:
    contract = contract_with(COLUMNS, [rule])
    with pytest.raises(DeclarationError) as error:
        compile_rules(contract, CONTRACTS, TODAY)
    assert says in error.value.what
    with pytest.raises(DeclarationError):
        judge(batch(contract, {"s": [{"a": 1}]}))


def test_two_rules_with_one_id_are_told() -> None:
    with pytest.raises(DeclarationError, match="más de una regla «X-1»"):
        compile_rules(contract_with(COLUMNS, [row_rule("t.b > 1"), row_rule("t.b > 2")]), CONTRACTS, TODAY)


@pytest.mark.parametrize(
    ("to", "says"), [("ref_regio.cod_region", "¿Quiso decir «ref_region»?"), ("ref_region.codregion", "¿Quiso decir «cod_region»?")]
)
def test_a_reference_to_nothing_is_told(to: str, says: str) -> None:
    with pytest.raises(DeclarationError) as error:
        compile_rules(contract_with([*COLUMNS, Column(name="d", type="string", references=to)]), CONTRACTS, TODAY)
    assert says in error.value.what


def test_a_wrong_pattern_is_told_when_the_contract_is_read() -> None:
    contract = contract_with([*COLUMNS, Column(name="d", type="string", pattern="^(a")])
    with pytest.raises(DeclarationError, match="«d»"):
        compile_rules(contract, CONTRACTS, TODAY)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"prueba": "suma_parte"}, "pide la prueba «suma_parte», que no existe. ¿Quiso decir «suma_partes»?"),
        ({"parametros": {"grupo": ["ambito"], "categoria": "situacion", "total": "TOTAL", "valr": "casos"}}, "¿Quiso decir «valor»?"),
        ({"parametros": {"grupo": ["ambit"], "categoria": "situacion", "total": "TOTAL", "valor": "casos"}}, "la columna «ambit», que no existe"),
    ],
)
def test_a_wrong_file_rule_is_told_when_the_contract_is_read(body: dict[str, Any], says: str) -> None:
    contract = CONTRACTS["situacion_areas"]
    first = contract.rules[0]
    wrong = first.model_copy(update={"body": first.body.model_copy(update=body)})
    with pytest.raises(DeclarationError) as error:
        check_declarations({"situacion_areas": contract.model_copy(update={"rules": (wrong,)})})
    assert says in error.value.what


def test_dates_outside_the_usual_range_where_the_contract_says_so() -> None:
    old, future = {"a": 1, "d": date(1990, 1, 1)}, {"a": 2, "d": date(2099, 1, 1)}
    for dates, rows in {"": [2, 3], "antiguas": [3], "futuras": [2], "libres": []}.items():
        contract = contract_with([COLUMNS[0], Column.model_validate({"name": "d", "type": "date", "dates": dates})])
        verdict = judge(batch(contract, {"s": [old, future, {"a": 3, "d": None}]}))["s"]
        assert [f.fila for f in verdict.findings] == rows


# ---- bounds and privacy


def test_sentences_of_warnings_stop_and_the_count_does_not() -> None:
    contract = contract_with(COLUMNS, [row_rule("t.b > 10", severity="advertencia")])
    many = judging.MOST_TOLD + 500
    verdict = judge(batch(contract, {"s": [{"a": n, "b": 11} for n in range(many)]}))["s"]
    (result,) = [r for r in verdict.results if r.regla_id == "X-1"]
    assert (len(verdict.findings), result.filas_fallidas, len(result.muestra), verdict.filas_aceptadas) == (judging.MOST_TOLD, many, 20, many)
    assert set(verdict.accepted["estado_registro"].to_pylist()) == {"advertido"}


def test_every_quarantined_row_has_its_finding_however_many() -> None:
    contract = contract_with(COLUMNS, [row_rule("t.b > 10")])
    many = judging.MOST_TOLD + 500
    verdict = judge(batch(contract, {"s": [{"a": n, "b": 11 if n else 1} for n in range(many + 1)]}))["s"]
    assert (len(verdict.findings), verdict.filas_cuarentena, verdict.filas_aceptadas) == (many, many, 1)


def test_private_values_are_not_quoted() -> None:
    secret = Column(name="dni", type="string", classification="restringida", pattern="^[0-9]{8}$")
    contract = contract_with([*COLUMNS, secret], [row_rule("t.dni IS NOT NULL", sentence="Fila {fila}: {dni} {valor}.", columna="dni")])
    verdict = judge(batch(contract, {"s": [{"a": 1, "dni": "secreto"}]}))["s"]
    assert len(verdict.findings) == 2
    assert "secreto" not in str((verdict.findings, verdict.results, verdict.mensaje))


def test_a_hashed_column_is_not_compared_with_what_was_declared() -> None:
    contract = contract_with([*COLUMNS, Column(name="dni", type="string", treatment="hash", pattern="^[0-9]{8}$")])
    assert judge(batch(contract, {"s": [{"a": 1, "dni": "f" * 64}]}))["s"].estado == ACCEPTED


# ---- what is promised about the environment


def test_importing_checks_does_not_import_great_expectations() -> None:
    code = "import sys, checks, checks.findings, checks.batch, checks.judge, checks.compiled; print('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_judging_opens_no_connection() -> None:
    code = """
import socket, sys
sys.path[:0] = ["tests", "."]
def refuse(self, address, *rest):
    if self.family != socket.AF_UNIX:
        print("CONNECTED", address)
    raise OSError("sin red")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = lambda *a, **k: refuse(type("s", (), {"family": 0})(), a)
from checks_samples import batch, seed_rows
from checks.judge import judge
print(judge(batch("situacion_areas", {"s": seed_rows()}))["s"].estado)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [WARNED]
    assert "it/s" not in done.stderr and "Calculating" not in done.stderr


def test_the_suite_shows_every_rule_of_the_contract() -> None:
    made = batch("situacion_areas", {"s": seed_rows()})
    from checks import suite

    lot = Lot(made)
    rules = compile_rules(made.contract, CONTRACTS, TODAY)
    with opened(lot, rules, CONTRACTS) as run:
        found = suite.validate(run, "situacion_areas")
    assert set(found) == {r.name for r in rules.all}
    assert {r.id for r in made.contract.rules} <= set(found)
    assert len(found) == len(rules.all)


# ---- no row is lost


def rows_of_a_submission() -> st.SearchStrategy[list[dict[str, Any]]]:
    cell = st.one_of(st.none(), st.integers(0, 20))
    row = st.fixed_dictionaries(
        {"a": st.one_of(st.integers(0, 1000), st.integers(0, 1000), st.none()), "b": cell, "c": st.sampled_from(["x", "y", None])}
    )
    return st.lists(row, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(submissions=st.lists(rows_of_a_submission(), max_size=4), lost=st.integers(0, 2))
def test_no_row_is_lost(submissions: list[list[dict[str, Any]]], lost: int) -> None:
    columns = [COLUMNS[0], Column(name="b", type="integer", required=True, maximum=15), Column(name="c", type="string", allowed=("x",))]
    contract = contract_with(columns, [row_rule("t.b = 7", "X-1"), row_rule("t.b = 8", "X-2", severity="advertencia")])
    own = {f"e{n}": rows for n, rows in enumerate(submissions)}
    issues = [Finding(e, "G-01", "esquema", "error", 900 + i, "", "", "Fila rota.", "Corríjala.") for e in own for i in range(lost)]
    places = {e: place(len(rows) + lost, period=e) for e, rows in own.items()}
    verdicts = judge(batch(contract, own, places, issues))
    assert list(verdicts) == list(own)
    for name, rows in own.items():
        verdict = verdicts[name]
        assert verdict.filas == len(rows) + lost
        assert verdict.accepted.num_rows == verdict.filas_aceptadas
        if verdict.estado == REJECTED:
            assert verdict.filas_aceptadas == 0
            assert verdict.mensaje.startswith("Rechazada: ")
            continue
        out = {f.fila for f in verdict.findings if f.severidad == "error" and f.fila is not None}
        assert verdict.filas == verdict.filas_aceptadas + verdict.filas_cuarentena
        assert verdict.filas_cuarentena == len(out)
        assert not out & set(verdict.accepted["fila_origen"].to_pylist())
        assert (verdict.estado == ACCEPTED) == (not [f for f in verdict.findings if f.severidad in ("error", "advertencia")])
