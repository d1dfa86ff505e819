"""Sentences as a vice-minister would read them aloud: numbers that agree with their words, estimates told as estimates, nothing claimed that is not."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpis.quantities import aim, value
from kpis.sentences import sentences
from tests.kpis_rows import both, definition
from warehouse import catalogue
from warehouse.indicators import Indicator
from warehouse.publications import VALUE_COLUMNS
from warehouse.states import STATES

INDICATORS = catalogue.indicators()


def told(indicator: str | Indicator, number: float, part: float = np.nan, whole: float = np.nan, n: float = np.nan, **more: Any) -> str:
    """What is said of a published figure of an installed indicator, after the place and the period."""
    i = INDICATORS[indicator] if isinstance(indicator, str) else indicator
    row = {"indicador": i.id, "territorio": "13", "tipo_periodo": "trimestre", "periodo": "2026-T3", "desglose": "", "categoria": "", "nivel": "region",
           "estado": "publicado", "avisos": [], "valor": number, "numerador": part, "denominador": whole, "n": n, **more}  # fmt: skip
    return sentences(pd.DataFrame([row]).reindex(columns=VALUE_COLUMNS), i)[0].split(": ", 1)[1]


@pytest.mark.parametrize(
    ("indicator", "number", "text"),
    [
        ("rotacion_directores_24m", 1, "1 director nuevo."),
        ("rotacion_directores_24m", 2, "2 directores nuevos."),
        ("muertes_mineria_informal", 1, "1 muerte en tres años."),
        ("muertes_accidentes_mineros", 1, "1 muerte."),
        ("conflictos_mineros_activos", 1, "1 caso."),
        ("inscripciones_reinfo", 1, "1 inscripción."),
        ("edad_mediana_pendientes", 1, "1 día hábil."),
        ("transferencias_mineras", 286, "S/ 286 millones."),
        ("razon_mujeres_formalizacion", 0.886, "razón de 0.89."),
    ],
)
def test_a_number_agrees_with_its_words(indicator: str, number: float, text: str) -> None:
    assert told(indicator, number) == text


def test_every_unit_that_counts_has_its_word_for_one() -> None:
    """A unit whose first word is a plural is left in the plural only where the number can not be 1 alone."""
    one = {i.unit.es: value(1, i.unit.es, 0) for i in INDICATORS.values() if "%" not in i.unit.es and "S/" not in i.unit.es}
    plural = {u: t for u, t in one.items() if re.match(r"1 \w+s\b", t)}
    assert not plural


def test_cases_and_targets_agree_too() -> None:
    assert "(1 caso)" in told("mediana_dias_entidad", 30, n=1)
    assert told("rotacion_directores_24m", 1, meta=1.0, meta_estado="cumple").endswith("Cumple la meta propuesta: no pasa de 1 director nuevo.")


@pytest.mark.parametrize("indicator", ["pct_menores_en_mineria", "pct_mujeres_ocupadas_mpe", "pct_unidades_quema_abierta"])
def test_a_survey_is_told_as_an_estimate_with_the_size_of_its_sample(indicator: str) -> None:
    found = told(indicator, 8.6, 240.8, 2810.2, 78, inferior=3.4, superior=20.1)
    assert found.startswith("8.6 % estimado de ") and ": 78; intervalo de 95 %: 3.4 a 20.1)" in found
    assert " de 2,810" not in found and "240.8" not in found


def test_weights_are_no_cases() -> None:
    assert told("pct_reglas_aprobadas", 99.98, 1182.8, 1183, 421) == "99.98 % ponderado (reglas evaluadas, contadas en cada entrega: 421)."
    assert told("avance_fisico_ponderado", 65.4, 0.654, 1, 8) == "65.4 % de la meta del año (actividades informadas: 8)."


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1182.8, 1183.0, "99.98 % de celdas (1,182.8 de 1,183)."), (1182.98, 1183.0, "99.99 % de celdas (1,182.98 de 1,183)."), (3, 3, "100.00 % de celdas (3 de 3).")],
)  # fmt: skip
def test_what_is_not_all_is_not_written_as_all(part: float, whole: float, text: str) -> None:
    assert told("pct_completitud", 100 * part / whole, part, whole) == text


def test_what_is_something_is_not_written_as_nothing() -> None:
    assert told("pct_muestras_exceden", 100 / 4000, 1, 4000).startswith("menos de 0.1 % de resultados (1 de 4,000)")
    assert told("produccion_oro", 0.004) == "menos de 0.01 t finas."
    assert told("pct_muestras_exceden", 0.0, 0, 4000).startswith("0.0 % de resultados (0 de 4,000)")


def test_money_is_told_in_soles() -> None:
    assert told("pct_ejecucion_devengado", 53.8, 48930758.2, 90980023.0) == "53.8 % del PIM (S/ 48.9 millones de S/ 91.0 millones)."
    assert told("pct_transferencia_minem_ejecutada", 100.7, 275000.4, 273000).startswith("100.7 % de lo transferido (S/ 275,000 frente a S/ 273,000)")
    assert told("costo_por_tramite_resuelto", 9264, 6114240, 660, 660) == "S/ 9,264 por trámite (S/ 6.1 millones; trámites terminados: 660)."


def test_the_indicators_that_speak_of_soles_and_of_weights() -> None:
    """Sentences go by the definitions' own words: this is what those say today."""
    parts = {i.id: i.numerator.text.es for i in INDICATORS.values() if i.numerator}
    assert {i for i, t in parts.items() if "en soles" in t} == {
        "concentracion_gasto_diciembre", "costo_por_tramite_resuelto", "pct_ejecucion_canon", "pct_ejecucion_devengado", "pct_ejecucion_presupuestal",
        "pct_transferencia_minem_ejecutada",
    }  # fmt: skip
    weighed = {i for i, t in parts.items() if "peso" in t.lower() or "expandid" in t}
    assert weighed == {
        "avance_fisico_ponderado",
        "pct_reglas_aprobadas",
        "pct_menores_en_mineria",
        "pct_mujeres_ocupadas_mpe",
        "pct_unidades_quema_abierta",
    }
    assert {i for i in weighed if INDICATORS[i].size is None} == set(), "sin tamaño no habría de qué decir cuántos son"


def test_entries_and_exits_two_groups_and_rates() -> None:
    assert told("tasa_despacho", 102, 2166, 2132).startswith("102 % (2,166 frente a 2,132)")
    assert told("tasa_mortalidad_laboral", 7.5, 3, 3993.25, 3).startswith("7.5 muertes por 10,000 trabajadores-año (3 entre 3,993)")
    assert told("razon_mujeres_formalizacion", 0.886, 8.9, 10.04, 900) == "razón de 0.89 (8.9 % frente a 10.0 %)."


def test_a_scale_is_explained_once() -> None:
    found = told("exposicion_condiciones_criticas", 13.6, 68, 5, 5, meta=9.0, meta_estado="no_cumple")
    assert found == "13.6 puntos (de 1 a 25; condiciones puntuadas: 5). No cumple la meta propuesta: pasa de 9 puntos."


def test_an_interval_with_one_end() -> None:
    assert "intervalo de 95 %: 4 o más)" in told("dias_alerta_a_accion", 7, n=8, inferior=4.0)
    assert "intervalo de 95 %: hasta 9)" in told("dias_alerta_a_accion", 7, n=8, superior=9.0)


def test_a_target_says_who_set_it_and_what_it_was_then() -> None:
    legal = told("pct_tramites_en_plazo", 40.3, 62, 154, meta=100.0, meta_estado="no_cumple")
    assert legal.endswith("No cumple la meta legal: no llega a 100 %.")
    assert told("pct_compromisos_en_plazo", 59.4, 151, 254, meta=80.0, meta_estado="no_concluyente").endswith(
        "No se puede decir si cumple la meta propuesta de 80 %."
    )
    later = definition(targets=[{"value": 80, "status": "acordada", "text": both("t"), "since": date(2030, 1, 1)}])
    assert told(later, 50, 5, 10, meta=80.0, meta_estado="no_cumple").endswith("No cumple la meta: no llega a 80 %.")
    assert aim(67.5, INDICATORS["pct_ejecucion_canon"]) == "67.5 %"


def test_a_target_whose_deadline_nobody_verified_judges_nothing() -> None:
    asked = {"meta": 100.0, "avisos": ["sintetico", "plazo_referencial"]}
    for state in ("no_cumple", None):
        found = told("pct_tramites_en_plazo", 40.3, 62, 154, meta_estado=state, **asked)
        assert found.endswith(". La meta legal de 100 % no se juzga: el plazo es referencial, no verificado.") and "umple" not in found
    assert told("pct_tramites_en_plazo", 40.3, 62, 154, avisos=["plazo_referencial"]).endswith("Aviso: el plazo es referencial, no verificado.")


@pytest.mark.parametrize(
    ("period", "before", "text"),
    [
        ("2026-T3", "2025-T3", "frente al mismo trimestre de 2025"),
        ("2026-S1", "2025-S1", "frente al mismo semestre de 2025"),
        ("2026-T3", "2026-T2", "frente al trimestre de abril a junio de 2026"),
        ("2026-09", "2025-09", "frente a setiembre de 2025"),
        ("2026", "2025", "frente a 2025"),
    ],
)
def test_what_it_is_compared_with(period: str, before: str, text: str) -> None:
    found = told("pct_compromisos_en_plazo", 59.4, 151, 254, periodo=period, periodo_comparado=before, cambio_estado="sin_diferencia")
    assert found.endswith(f"Sin diferencia concluyente {text}.")


def test_the_country_is_not_a_region_that_did_not_report() -> None:
    i = definition()
    rows = [{"territorio": t, "periodo": "2026-T3", "desglose": "", "categoria": "", "estado": s, "avisos": []} for s in STATES if s != "publicado" for t in ("13", "00")]  # fmt: skip
    found = sentences(pd.DataFrame(rows).reindex(columns=VALUE_COLUMNS), i)
    country = [t for t in found if t.startswith("Perú")]
    assert not [t for t in country if "por la región" in t or ("este territorio" in t and "casos" not in t)]
    assert "La Libertad, julio a setiembre de 2026: no reportado por la región." in found


def test_a_category_that_is_a_number_says_of_what() -> None:
    i = INDICATORS["tasa_formalizacion"]
    row = {"territorio": "13", "periodo": "2024", "desglose": "cohorte", "categoria": "2012", "estado": "no_reportado", "avisos": []}
    found = sentences(pd.DataFrame([row]).reindex(columns=VALUE_COLUMNS), i)
    assert found == ["La Libertad, año de inscripción 2012, 2024: no reportado por la región."]
