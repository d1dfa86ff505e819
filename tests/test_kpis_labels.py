"""People never read a code: every category of every breakdown has its words, from the definition or from what tables and rules are called."""

from __future__ import annotations

from typing import get_args

import pytest

from kpis.facts import load_facts
from kpis.labels import NAMED, comparisons, labels
from warehouse import catalogue
from warehouse.contracts import Dimension

INDICATORS, CONTRACTS = catalogue.indicators(), catalogue.contracts()
FACTS = load_facts(catalogue.FACTS, CONTRACTS)
#: categories that are their own words: years, and norms as they are cited
OWN_WORDS = {("tasa_formalizacion", "cohorte"), ("pct_muestras_exceden", "norma")}


def of(indicator: str, breakdown: str) -> dict[str, str]:
    i = INDICATORS[indicator]
    (declared,) = (b for b in i.breakdowns if b.name == breakdown)
    return {code: said.es for code, said in labels(declared, FACTS[i.fact], CONTRACTS, {c: {} for c in NAMED}).items()}


@pytest.mark.parametrize(
    ("indicator", "breakdown"), [(i.id, b.name) for i in INDICATORS.values() for b in i.breakdowns if b.column not in NAMED and (i.id, b.name) not in OWN_WORDS]
)  # fmt: skip
def test_every_breakdown_has_words(indicator: str, breakdown: str) -> None:
    assert of(indicator, breakdown)


def test_a_table_is_called_by_its_title() -> None:
    found = of("pct_reglas_aprobadas", "tabla")
    assert found["tramites"] == CONTRACTS["tramites"].title.es != "tramites"
    assert set(found) == {t for t, c in CONTRACTS.items() if c.delivery.ambito == "region"}
    assert found == of("pct_completitud", "tabla") == of("mediana_dias_correccion", "tabla")


def test_every_category_of_rules_has_its_words() -> None:
    assert set(of("pct_reglas_aprobadas", "categoria")) == set(get_args(Dimension))


def test_a_comparison_is_called_by_its_declared_title_and_keeps_its_id() -> None:
    found = of("pct_conciliaciones_ok", "regla")
    assert found["C09-CON-1"] == "Horas de capacitación del personal y de los eventos (C09-CON-1)"
    assert found["C13-TOT-1"] == f"{CONTRACTS['lb_unidades'].title.es}, totales (C13-TOT-1)"
    assert {r.id for c in CONTRACTS.values() for r in c.rules if r.body.dimension in ("conciliacion", "totales")} <= set(found)
    assert {"G-15", *(f"X-{k:02d}" for k in range(1, 16))} <= set(found)
    assert all(rule in said and said != rule for rule, said in found.items())
    assert {code for code, said in comparisons(CONTRACTS).items() if said.es == said.en} == set(), "sin traducir"
