"""Rules that look beyond the file: volume (G-10), personal data (G-13), restatements (G-15), keys of other deliveries (G-04), queries, exceptions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from checks_samples import batch, contract_with, place, row_rule
from hypothesis import given
from hypothesis import strategies as st

from checks.batch import Batch, Verdict
from checks.compiled import batch_schema
from checks.judge import judge
from checks.known_keys import KnownKeys
from checks.personal_data import found_in, is_ruc
from checks.volume import atypical
from warehouse.contracts import Column, Rule, RuleBody
from warehouse.errors import DeclarationError
from warehouse.submissions import ACCEPTED, REJECTED, WARNED
from warehouse.waivers import Waiver

COLUMNS = [
    Column(name="a", type="integer", key=True, required=True), Column(name="b", type="integer"), Column(name="c", type="string"),
    Column(name="d", type="string", classification="restringida"),
]  # fmt: skip
DUE, LATE = date(2026, 4, 10), datetime(2026, 5, 20, 15, tzinfo=UTC)


def query_rule(consulta: str, sentence: str, severity: str = "advertencia", **body: Any) -> Rule:
    content = {"ambito": "archivo", "dimension": "atipico", "consulta": consulta, "remedio": "Revise el archivo."} | body
    return Rule.model_validate({"id": "Q-1", "severity": severity, "sentence": sentence, "body": RuleBody.model_validate(content)})


def standing(made: Batch, rows: list[dict[str, Any]], region: str = "13", period: str = "2026-03") -> pa.Table:
    """Accepted rows of the batch's table, as an earlier delivery of a place left them."""
    schema = batch_schema(made.contract)
    origin = {"entrega_id": "antes", "entrega_region": region, "entrega_periodo": period, "cod_region": region}
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | origin | {"fila_origen": n} | r for n, r in enumerate(rows, 2)], schema=schema)


def rules_of(verdict: Verdict, severity: str = "") -> set[str]:
    return {f.regla_id for f in verdict.findings if not severity or f.severidad == severity}


# ---- volume


@pytest.mark.parametrize(
    ("count", "before", "said"),
    [
        (40, (38, 41, 44, 39, 40, 42), False),
        (95, (38, 41, 44, 39, 40, 42), True),
        (10, (38, 41, 44, 39, 40, 42), True),
        (60, (38, 41, 44, 39, 40, 42), False),  # not half as many again
        (95, (38, 41, 44), False),  # too few to say
        (9, (3, 2, 4, 3, 2, 3), False),  # too small to say
    ],
)
def test_a_count_unlike_the_last_ones_is_told(count: int, before: tuple[int, ...], said: bool) -> None:
    assert atypical(count, before) is said


@given(st.lists(st.integers(80, 120), min_size=6, max_size=12), st.integers(80, 120))
def test_a_steady_office_is_never_told(before: list[int], count: int) -> None:
    assert not atypical(count, tuple(before))


def test_the_volume_is_told_in_words_and_only_warns() -> None:
    contract = contract_with(COLUMNS)
    rows = [{"a": n} for n in range(100)]
    (verdict,) = judge(batch(contract, {"s": rows}, {"s": place(100, "00", filas_antes=(38, 41, 44, 39, 40, 42))})).values()
    assert (verdict.estado, rules_of(verdict)) == (WARNED, {"G-10"})
    assert "trae 100 filas" in verdict.findings[0].mensaje


# ---- personal data


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Solicitado por DNI 41234567", "DNI"), ("RUC 20100070970", "RUC"), ("llamar al 987654321", "teléfono"),
        ("escriba a juan.perez@correo.pe", "correo"), ("41234567", "DNI"),
    ],
)  # fmt: skip
def test_personal_data_in_a_text_column_goes_to_quarantine_and_is_never_quoted(text: str, kind: str) -> None:
    (verdict,) = judge(batch(contract_with(COLUMNS), {"s": [{"a": 1, "c": text}, {"a": 2, "c": "sin novedad"}]})).values()
    (finding,) = verdict.findings
    assert (finding.regla_id, finding.fila, finding.columna, finding.valor) == ("G-13", 2, "c", "***")
    assert kind in finding.mensaje
    assert text not in str(verdict.findings) + str(verdict.results) + verdict.mensaje
    assert verdict.accepted["a"].to_pylist() == [2]


@pytest.mark.parametrize(
    "text",
    ["R.D. N.° 0123-2026-DREM_13", "20260315", "https://www.gob.pe/41234567/documento", "20100070971", "13-DREM_13-2026-050012", "folio 123", None],
)
def test_codes_dates_addresses_and_wrong_check_digits_are_no_personal_data(text: str | None) -> None:
    (verdict,) = judge(batch(contract_with(COLUMNS), {"s": [{"a": 1, "c": text}]})).values()
    assert verdict.findings == []


def test_coded_and_restricted_columns_are_not_searched() -> None:
    columns = [COLUMNS[0], Column(name="b", type="string", code=True), Column(name="c", type="string", pattern="^[0-9]{8}$"), COLUMNS[3]]
    (verdict,) = judge(batch(contract_with(columns), {"s": [{"a": 1, "b": "41234567", "c": "41234567", "d": "41234567"}]})).values()
    assert verdict.findings == []


def test_the_check_digit_is_sunat_s() -> None:
    assert is_ruc("20100070970")
    assert is_ruc("20131370645")
    assert not is_ruc("20100070971")
    assert found_in("20100070971") == ""


@given(st.text(alphabet="0123456789 9120@.añ-/", max_size=40))
def test_engine_and_words_agree_about_any_text(text: str) -> None:
    verdict = judge(batch(contract_with(COLUMNS), {"s": [{"a": 1, "c": text}, {"a": 2}]}))["s"]
    assert bool(rules_of(verdict) & {"G-13"}) == bool(found_in(text))


# ---- keys of other deliveries, when a backlog comes in several batches


def test_a_key_of_a_version_that_failed_to_replace_another_is_still_taken() -> None:
    """Rows that a batch meant to replace and did not stand on: the next batch of the same ingest must not bring their keys."""
    contract, known = contract_with(COLUMNS, [row_rule("t.b > 10", severity="bloqueante")]), KnownKeys()
    bad = batch(contract, {"s": [{"a": 2, "b": 99}]}, {"s": place(1, "13")})
    stand = standing(bad, [{"a": 1, "b": 1}])
    assert judge(replace(bad, standing=stand, known_keys=known))["s"].estado == REJECTED
    late = batch(contract, {"t": [{"a": 1, "b": 1}, {"a": 3, "b": 1}]}, {"t": place(2, "18", "2026-04")})
    verdict = judge(replace(late, standing=stand, known_keys=known))["t"]
    assert [(f.regla_id, f.fila) for f in verdict.findings if f.severidad == "error"] == [("G-04", 2)]


# ---- restatements


def restated(rows: list[dict[str, Any]], before: list[dict[str, Any]], **change: Any) -> Verdict:
    made = batch(contract_with(COLUMNS), {"s": rows}, {"s": place(len(rows), "13", **change)})
    return judge(replace(made, standing=standing(made, before)))["s"]


BEFORE = [{"a": n, "b": n, "c": "x", "d": "secreto"} for n in range(100)]


def test_a_new_version_is_compared_row_by_row_with_the_accepted_one() -> None:
    now = [{**r, **({"b": -1, "d": "otro"} if r["a"] < 2 else {})} for r in BEFORE if r["a"] != 50] + [{"a": 500, "b": 1, "c": "x", "d": "s"}]
    found = restated(now, BEFORE).difference
    assert found is not None
    assert (found.before, found.added, found.changed, found.removed) == (100, 1, 2, 1)
    assert ("cambiada", {"a": 0}, {"b": ["0", "-1"], "d": ["***", "***"]}) in found.rows
    assert ("retirada", {"a": 50}, {}) in found.rows
    assert "secreto" not in str(found)


@pytest.mark.parametrize(
    ("changed", "when", "reason", "warned"),
    [
        (2, LATE, "", False),
        (3, LATE, "", True),
        (3, LATE, "Se corrigió el padrón (oficio 12)", False),
        (3, datetime(2026, 4, 9, tzinfo=UTC), "", False),
    ],
)
def test_a_closed_period_that_changes_more_than_two_percent_needs_a_reason(changed: int, when: datetime, reason: str, warned: bool) -> None:
    now = [{**r, **({"b": -1} if r["a"] < changed else {})} for r in BEFORE]
    verdict = restated(now, BEFORE, fecha_limite=DUE, recibido_en=when, motivo=reason)
    assert ("G-15" in rules_of(verdict, "advertencia")) is warned
    assert "G-15" in rules_of(verdict, "informativa")


def test_the_same_rows_again_say_nothing() -> None:
    verdict = restated(BEFORE, BEFORE, fecha_limite=DUE, recibido_en=LATE)
    assert "G-15" not in rules_of(verdict)
    assert verdict.difference is not None
    assert verdict.difference.rows == []


def test_what_was_retired_is_named() -> None:
    verdict = restated(BEFORE[:-1], BEFORE)
    assert any("1 retirada" in f.mensaje and "99" in f.mensaje for f in verdict.findings)


# ---- keys of other deliveries


def test_a_key_of_another_delivery_would_be_counted_twice() -> None:
    made = batch(contract_with(COLUMNS), {"s": [{"a": 1}, {"a": 2}]}, {"s": place(2, "13", "2026-04")})
    verdict = judge(replace(made, standing=standing(made, [{"a": 2}])))["s"]
    (finding,) = [f for f in verdict.findings if f.regla_id == "G-04"]
    assert (finding.severidad, finding.fila) == ("error", 3)
    assert "2026-03" in finding.mensaje
    assert verdict.accepted["a"].to_pylist() == [1]


def test_within_a_batch_the_later_period_is_to_blame() -> None:
    places = {"abril": place(2, "13", "2026-04"), "marzo": place(1, "13", "2026-03")}
    verdicts = judge(batch(contract_with(COLUMNS), {"abril": [{"a": 1}, {"a": 2}], "marzo": [{"a": 1}]}, places))
    assert {e: v.accepted["a"].to_pylist() for e, v in verdicts.items()} == {"abril": [2], "marzo": [1]}


def test_a_correction_is_not_compared_with_what_it_replaces() -> None:
    assert not rules_of(restated(BEFORE, BEFORE))


# ---- queries over the whole submission


def test_a_query_blames_a_row_or_the_file() -> None:
    most = query_rule("SELECT entrega_id, count(*) AS cuantas FROM lote GROUP BY 1 HAVING count(*) > 2", "Son {cuantas} filas.")
    (verdict,) = judge(batch(contract_with(COLUMNS, [most]), {"s": [{"a": n} for n in range(3)]})).values()
    assert [(f.regla_id, f.fila, f.mensaje) for f in verdict.findings] == [("Q-1", None, "Son 3 filas.")]
    one = query_rule("SELECT entrega_id, fila_origen, b FROM lote WHERE b < 0", "Fila {fila}: «b» es {valor}.", "error", columna="b")
    (verdict,) = judge(batch(contract_with(COLUMNS, [one]), {"s": [{"a": 1, "b": -5}, {"a": 2, "b": 1}]})).values()
    assert [(f.fila, f.columna, f.valor, f.mensaje) for f in verdict.findings] == [(2, "b", "-5", "Fila 2: «b» es -5.")]
    assert verdict.accepted["a"].to_pylist() == [2]


def test_a_rule_may_look_at_history_and_at_the_version_it_replaces() -> None:
    never = query_rule(
        "SELECT l.entrega_id, l.fila_origen, v.b AS antes FROM lote l JOIN version_anterior v ON v.a = l.a WHERE v.b <> l.b",
        "Fila {fila}: «b» era {antes}.", "error", referencias=["version_anterior"],
    )  # fmt: skip
    grown = query_rule(
        "SELECT entrega_id, (SELECT count(*) FROM historia) AS total FROM lote GROUP BY 1", "Van {total}.", "informativa", referencias=["historia"]
    )
    grown = grown.model_copy(update={"id": "Q-2"})
    made = batch(contract_with(COLUMNS, [never, grown]), {"s": [{"a": 1, "b": 2}]}, {"s": place(1, "13")})
    other = standing(made, [{"a": 7, "b": 7}], period="2026-02")
    verdict = judge(replace(made, standing=pa.concat_tables([standing(made, [{"a": 1, "b": 1}]), other])))["s"]
    assert {f.regla_id: f.mensaje for f in verdict.findings if f.regla_id.startswith("Q")} == {"Q-1": "Fila 2: «b» era 1.", "Q-2": "Van 2."}


@pytest.mark.parametrize(
    ("consulta", "sentence", "said"),
    [
        ("SELECT count(*) AS n FROM lote", "Son {n}.", "entrega_id"),
        ("SELECT entrega_id, fecho FROM lote", "No.", "fecho"),
        ("SELECT entrega_id FROM historia", "No.", "historia"),
        ("SELECT entrega_id FROM lote", "Son {cuantas}.", "cuantas"),
    ],
)
def test_a_wrong_query_is_found_when_the_contract_loads(consulta: str, sentence: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        judge(batch(contract_with(COLUMNS, [query_rule(consulta, sentence)]), {"s": [{"a": 1}]}))


# ---- exceptions


def waiver(rule: str, **change: Any) -> Waiver:
    values = {"id": 7, "regla_id": rule, "tabla": "muestra", "cod_region": "13", "periodo": "", "nombre": "Rosa Quispe", "motivo": "Oficio 45-2026.",
              "vence": date(2026, 12, 31), "creada_en": datetime(2026, 10, 1, tzinfo=UTC)}  # fmt: skip
    return Waiver(**(values | change))  # type: ignore[arg-type]


def judged(*waivers: Waiver, rows: list[dict[str, Any]] | None = None) -> Verdict:
    rows = [{"a": 1, "b": 11}, {"a": 2, "b": 1}] if rows is None else rows
    made = batch(contract_with(COLUMNS, [_high()]), {"s": rows}, {"s": place(len(rows), "13")})
    return judge(replace(made, waivers=waivers))["s"]


def _high() -> Rule:
    return Rule.model_validate(
        {"id": "X-1", "severity": "error", "sentence": "La fila {fila} falla.",
         "body": {"ambito": "fila", "dimension": "coherencia", "sql": "t.b > 10", "columna": "b", "remedio": "Corrija la fila."}}
    )  # fmt: skip


def test_an_exception_lets_the_row_in_and_says_whose_it_is() -> None:
    without, with_it = judged(), judged(waiver("X-1"))
    assert (without.filas_cuarentena, with_it.filas_cuarentena) == (1, 0)
    assert (with_it.estado, with_it.waived, with_it.accepted.num_rows) == (WARNED, (7,), 2)
    assert with_it.accepted["estado_registro"].to_pylist() == ["advertido", "valido"]
    (finding,) = with_it.findings
    assert finding.severidad == "advertencia"
    assert finding.mensaje == "La fila 2 falla. Excepción aceptada por Rosa Quispe hasta el 31-12-2026: Oficio 45-2026."
    (result,) = [r for r in with_it.results if r.regla_id == "X-1"]
    assert (result.estado, result.severidad, result.filas_fallidas) == ("falla", "advertencia", 1)


@pytest.mark.parametrize("change", [{"cod_region": "18"}, {"periodo": "2026-04"}, {"tabla": "otra"}, {"regla_id": "X-2"}])
def test_an_exception_covers_its_own_place_and_rule_only(change: dict[str, Any]) -> None:
    verdict = judged(waiver("X-1", **change))
    assert (verdict.filas_cuarentena, verdict.waived) == (1, ())


def test_an_exception_may_cover_every_region() -> None:
    assert judged(waiver("X-1", cod_region="")).filas_cuarentena == 0


def test_some_rules_are_never_excepted() -> None:
    verdict = judged(waiver("G-13"), waiver("G-04"), rows=[{"a": 1, "c": "DNI 41234567"}, {"a": 2}, {"a": 2}])
    assert verdict.estado == REJECTED
    assert {"G-04", "G-13"} <= rules_of(verdict)


def test_an_unneeded_exception_leaves_no_trace() -> None:
    verdict = judged(waiver("X-1"), rows=[{"a": 1, "b": 1}])
    assert (verdict.estado, verdict.waived, verdict.findings) == (ACCEPTED, (), [])
