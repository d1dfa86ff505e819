"""Every installed definition gives its own worked example through the real engine, and keeps the house's promises."""

from __future__ import annotations

import re

import pytest

from kpis.compile import plans
from kpis.engine import compute_rows
from kpis.facts import Fact, load_facts
from tests.kpis_rows import cell, table
from warehouse import catalogue
from warehouse.indicators import Indicator

INDICATORS = catalogue.indicators()
STEP_1 = {
    "distribucion_situacion_area_2006", "pct_casos_derecho_ocioso_2006", "pct_ejecucion_presupuestal", "produccion_cobre", "produccion_oro", "produccion_plata",
    "produccion_zinc", "produccion_hierro", "produccion_estano", "produccion_molibdeno", "muertes_accidentes_mineros", "inscripciones_reinfo",
    "transferencias_mineras", "conflictos_sociales_reportados", "pct_tramites_en_plazo", "p90_dias_ciudadano",
}  # fmt: skip
#: what no sentence says: a value that is not there, an empty bracket, two stops, a plural of one
ODD = r"\bnan\b|None|  |\(\)|; \)|\.\.|: :|\) \(|S/\.|\b1 \w+s\b"


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    return load_facts(catalogue.FACTS, catalogue.contracts())


def test_the_indicators_of_step_1_are_there() -> None:
    assert set(INDICATORS) >= STEP_1


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS.keys())
def test_the_worked_example_comes_out(indicator: Indicator, facts: dict[str, Fact]) -> None:
    (plan,) = plans({indicator.id: indicator}, facts)
    example = indicator.example
    unknown = {k for row in example.rows for k in row} - set(plan.fact.columns)
    assert not unknown, f"el ejemplo da columnas que el hecho no tiene: {unknown}"
    found = cell(compute_rows(plan, table(list(example.rows), plan.fact.columns)), example.territory, example.period, example.category)
    assert found["estado"] == "publicado"
    assert found["valor"] == pytest.approx(example.value, rel=1e-9)
    for column, expected in (("numerador", example.numerator), ("denominador", example.denominator), ("n", example.n)):
        if expected is not None:
            assert found[column] == pytest.approx(expected)
    if not example.category:
        assert found["frase"].endswith(".")
        assert not re.search(ODD, found["frase"]), found["frase"]


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS.keys())
def test_every_text_is_there_in_both_languages_and_differs(indicator: Indicator) -> None:
    texts = [indicator.name, indicator.question, indicator.why_it_matters, *indicator.reading, *(t.text for t in indicator.targets)]
    same = [t.es for t in texts if t.es == t.en and len(t.es) > 4]
    assert not same, f"sin traducir: {same}"


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS.keys())
def test_a_notice_is_declared_where_its_source_calls_for_it(indicator: Indicator, facts: dict[str, Fact]) -> None:
    tables = set(facts[indicator.fact].tables)
    if tables & {"reinfo_prensa", "transferencias_mineras", "conflictos_reportados"}:
        assert indicator.flags["fuente_prensa"] == "TRUE" and indicator.rollup == "none" and not indicator.compare_with_year_before
    if "tramites" in tables:
        assert indicator.competence == "es_competencia_gr"
    if "accidentes_mortales" in tables:
        assert "indicativo" in indicator.flags


def test_the_reader_is_never_shown_a_target_nobody_set_as_legal() -> None:
    legal = {i.id for i in INDICATORS.values() for t in i.targets if t.status != "propuesta"}
    assert legal <= {"pct_menores_en_mineria", "pct_tramites_en_plazo"}


def test_a_target_of_red_alerts_does_not_judge_all_alerts() -> None:
    """A target has no category of its own: what holds for one level is told in the reading, and no figure is judged by it."""
    i = INDICATORS["dias_alerta_a_accion"]
    assert i.targets == ()
    assert any("alerta roja, 3 días" in r.es and "no tiene meta" in r.es for r in i.reading)
