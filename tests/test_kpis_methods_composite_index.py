"""The index of the regions: the catalogue's declaration and worked check, its missing rule, strict mode and the split of a change, each also by definition."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.methods import composite
from kpis.methods.composite import Evidence, IndexDeclaration, IndexDimension, IndexIndicator, IndexLevel, IndexUncertainty, Reason

steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)

#: dimension: weight, required, indicators as (id, weight, low, high); KPI_CATALOGUE.md, "Dimensions, weights, indicators, goalposts"
CATALOGUE = {
    "d1": (15, False, [("pct_funciones_ejercidas", 0.4, 30, 100), ("cobertura_plazas_mineras", 0.3, 40, 95),
                       ("pct_personal_capacitado", 0.15, 0, 80), ("pct_acuerdos_foro_cumplidos", 0.15, 0, 90)]),
    "d2": (25, True, [("pct_tramites_en_plazo", 0.4, 30, 95), ("p90_dias_ciudadano", 0.2, 6, 1.5), ("pct_pendientes_vencidos", 0.2, 80, 5),
                      ("tasa_despacho", 0.1, 60, 105), ("pct_reobservados", 0.1, 40, 0)]),
    "d3": (10, False, [("pct_requisito_aprobado", 0.6, 0, 70), ("tasa_formalizacion", 0.4, 0, 40)]),
    "d4": (20, True, [("pct_certificacion_en_plazo", 0.2, 30, 95), ("ejecucion_planefa", 0.15, 30, 100), ("cobertura_supervision_riesgo", 0.2, 10, 90),
                      ("pct_hallazgos_corregidos", 0.15, 10, 80), ("pct_pas_en_9_meses", 0.1, 20, 100), ("cobertura_puntos_monitoreo", 0.1, 20, 95),
                      ("pct_denuncias_atendidas_30d", 0.1, 20, 95)]),
    "d5": (10, False, [("pct_compromisos_en_plazo", 0.4, 10, 90), ("dias_alerta_a_accion", 0.2, 60, 3), ("pct_iga_con_participacion", 0.25, 30, 100),
                       ("pct_mujeres_participantes", 0.15, 5, 45)]),
    "d6": (10, False, [("pct_ejecucion_devengado", 0.5, 40, 100), ("concentracion_gasto_diciembre", 0.2, 50, 12),
                       ("pct_transferencia_minem_ejecutada", 0.3, 20, 100)]),
    "d7": (10, True, [("pct_entregas_oportunas", 0.4, 20, 100), ("pct_completitud", 0.3, 80, 99), ("pct_reglas_aprobadas", 0.3, 70, 99)]),
}  # fmt: skip
IDR = IndexDeclaration(
    "idr",
    tuple(IndexDimension(name, w, tuple(IndexIndicator(*i) for i in indicators), required) for name, (w, required, indicators) in CATALOGUE.items()),
    minimum_dimensions=5,
)
IDS, LOW, HIGH = (np.array([getattr(i, key) for i in IDR.indicators]) for key in ("id", "low", "high"))


def values_worth(scores: np.ndarray) -> np.ndarray:
    """Raw values that the goalposts turn into these scores."""
    return LOW + np.asarray(scores) / 100 * (HIGH - LOW)


def flat(dimensions: list[float | None]) -> np.ndarray:
    """One region where every indicator of a dimension has the score of the dimension."""
    return values_worth([[math.nan if d is None else d for d, of in zip(dimensions, IDR.dimensions, strict=True) for _ in of.indicators]])


WORKED = [70, 55, None, 60, 80, 90, 40]


def by_definition(declaration: IndexDeclaration, scores: list[float]) -> tuple[list[float], float]:
    """Dimensions and index of one unit, as the catalogue words them, in plain Python."""
    at, dimensions, weights, required = iter(scores), [], [], True
    for dimension in declaration.dimensions:
        pairs = [(i.weight, s) for i, s in ((i, next(at)) for i in dimension.indicators) if not math.isnan(s)]
        have, all_of_it = sum(w for w, _ in pairs), sum(i.weight for i in dimension.indicators)
        if have / all_of_it >= declaration.minimum_share - 1e-9:
            dimensions.append(sum(w * s for w, s in pairs) / have)
            weights.append(dimension.weight)
        else:
            dimensions.append(math.nan)
            required = required and not dimension.required
    known = [d for d in dimensions if not math.isnan(d)]
    if not required or len(known) < declaration.minimum_dimensions:
        return dimensions, math.nan
    if declaration.aggregation == "arithmetic":
        return dimensions, sum(w * d for w, d in zip(weights, known, strict=True)) / sum(weights)
    return dimensions, math.exp(sum(w * math.log(max(d, declaration.floor)) for w, d in zip(weights, known, strict=True)) / sum(weights))


scores_of_one = st.lists(st.one_of(st.integers(0, 100).map(float), st.integers(0, 100).map(float), st.just(math.nan)), min_size=28, max_size=28)
mostly_known = st.lists(st.one_of(*[st.integers(0, 100).map(float)] * 9, st.just(math.nan)), min_size=28, max_size=28)
full = st.lists(st.integers(0, 100).map(float), min_size=28, max_size=28)


def test_the_worked_check_of_the_catalogue() -> None:
    found = composite.point(IDR, flat(WORKED))
    np.testing.assert_allclose(found.dimensions[0], [math.nan if d is None else d for d in WORKED])
    assert round(float(found.value[0]), 1) == 62.0
    assert found.coverage.reasons == ((),)
    assert round(float(composite.point(replace(IDR, aggregation="arithmetic"), flat(WORKED)).value[0]), 1) == 63.6


@steady
@given(units=st.lists(st.one_of(scores_of_one, mostly_known), min_size=1, max_size=6), mean=st.sampled_from(["geometric", "arithmetic"]))
def test_the_index_is_its_definition(units: list[list[float]], mean: str) -> None:
    declaration = replace(IDR, aggregation=mean)
    found = composite.point(declaration, values_worth(units))
    np.testing.assert_allclose(found.scores, units, atol=1e-9)
    for unit, scores in enumerate(units):
        dimensions, value = by_definition(declaration, scores)
        np.testing.assert_allclose(found.dimensions[unit], dimensions, atol=1e-9)
        np.testing.assert_allclose(found.value[unit], value)
        assert math.isnan(found.value[unit]) == bool(found.coverage.reasons[unit])


def test_a_collapse_is_not_bought_back() -> None:
    found = composite.point(IDR, flat([100, 100, 100, 0, 100, 100, 100]))
    assert found.value[0] == pytest.approx(100 ** (80 / 100))
    assert composite.point(IDR, flat([0] * 7)).value[0] == 1, "the floor: max(D, 1)"


# --- the missing rule


def without(*ids: str, scores: float = 50) -> np.ndarray:
    values = values_worth(np.full((1, 28), float(scores)))
    values[0, np.isin(IDS, ids)] = math.nan
    return values


def test_a_dimension_needs_its_share_to_the_last_bit() -> None:
    """Opportunity without 0.4 of its weight stands; without 0.5 it does not, and it is required."""
    stands = composite.point(IDR, without("pct_tramites_en_plazo"))
    assert stands.coverage.counted[0, 1] and stands.coverage.shares[0, 1] == pytest.approx(0.6)
    falls = composite.point(IDR, without("pct_tramites_en_plazo", "tasa_despacho"))
    assert math.isnan(falls.value[0]) and math.isnan(falls.dimensions[0, 1])
    assert falls.coverage.reasons[0] == (Reason("dimension_requerida_ausente", "d2", pytest.approx(0.5), 0.6),)


def test_the_reasons_are_data() -> None:
    found = composite.point(IDR, flat([None, 50, None, 50, 50, None, None]))
    assert found.coverage.reasons[0] == (Reason("dimension_requerida_ausente", "d7", 0, 0.6), Reason("pocas_dimensiones", None, 3, 5))
    assert composite.point(IDR, flat([None, 50, None, 50, 50, None, 50])).coverage.reasons[0] == (Reason("pocas_dimensiones", None, 4, 5),)
    assert composite.point(IDR, flat([None, 50, None, 50, 50, 50, 50])).coverage.reasons[0] == ()


def test_nothing_at_all_and_nobody_at_all() -> None:
    found = composite.index(IDR, Evidence(np.full((2, 28), math.nan)), seed=1)
    assert np.isnan(found.point.value).all() and found.uncertainty.levels == ((), ())
    assert np.isnan(found.uncertainty.above).all() and np.isnan(found.uncertainty.level_shares).all()
    assert composite.point(IDR, np.empty((0, 28))).value.shape == (0,)


@steady
@given(scores=mostly_known, silent=st.sets(st.integers(0, 27)))
def test_strict_mode_is_the_index_with_zeros(scores: list[float], silent: set[int]) -> None:
    unsent = np.array([[i in silent and math.isnan(s) for i, s in enumerate(scores)]])
    strict = composite.point(IDR, values_worth([scores]), unsent, strict=True)
    zeros = [0.0 if u else s for s, u in zip(scores, unsent[0], strict=True)]
    np.testing.assert_allclose(strict.value[0], by_definition(IDR, zeros)[1])
    assert strict.scores[unsent].tolist() == [0] * unsent.sum()
    np.testing.assert_array_equal(composite.point(IDR, values_worth([scores]), unsent).value, composite.point(IDR, values_worth([scores])).value)


def test_silence_never_pays() -> None:
    values = without("pct_tramites_en_plazo")
    found = composite.index(IDR, Evidence(values, not_submitted=np.isnan(values)), seed=1)
    assert found.strict.value[0] < found.point.value[0] - 3
    assert (
        composite.index(IDR, Evidence(values, not_submitted=np.isnan(values)), seed=1, strict=True).uncertainty.upper[0] < found.uncertainty.upper[0]
    )


# --- one indicator less, and what changed


@steady
@given(scores=mostly_known)
def test_leave_one_out_is_the_index_of_the_others(scores: list[float]) -> None:
    value = by_definition(IDR, scores)[1]
    found = composite.leave_one_out(IDR, values_worth([scores]))[0]
    if math.isnan(value):
        assert np.isnan(found).all()
        return
    lenient = replace(IDR, minimum_share=1e-6, minimum_dimensions=1, dimensions=tuple(replace(d, required=False) for d in IDR.dimensions))
    counted = [not math.isnan(d) for d in by_definition(IDR, scores)[0]]
    kept = (IDR.belongs @ np.array(counted)) > 0
    for i in range(28):
        less = [s if k and j != i else math.nan for j, (s, k) in enumerate(zip(scores, kept, strict=True))]
        assert found[i] == pytest.approx(by_definition(lenient, less)[1])


def test_leaving_out_a_dimension_of_one_indicator() -> None:
    one = IndexDeclaration("x", tuple(IndexDimension(d, 1, (IndexIndicator(f"{d}1", 1, 0, 100),)) for d in "ab"))
    assert composite.leave_one_out(one, [[20, 80]]).tolist() == [[pytest.approx(80), pytest.approx(20)]]
    alone = IndexDeclaration("x", one.dimensions[:1])
    assert np.isnan(composite.leave_one_out(alone, [[20]])).all()


@steady
@given(before=full, after=full, gaps=st.sets(st.integers(0, 27), max_size=3), mean=st.sampled_from(["geometric", "arithmetic"]))
def test_contributions_add_up_to_the_change(before: list[float], after: list[float], gaps: set[int], mean: str) -> None:
    declaration = replace(IDR, aggregation=mean)
    first, last = values_worth([before]), values_worth([after])
    first[0, list(gaps)] = last[0, list(gaps)] = math.nan
    a, b = composite.point(declaration, first), composite.point(declaration, last)
    change = composite.contributions(declaration, a, b)
    if math.isnan(b.value[0]):
        assert np.isnan(change.indicators).all() and np.isnan(change.composition).all()
        return
    assert change.total[0] == pytest.approx(b.value[0] - a.value[0])
    assert change.composition[0] == pytest.approx(0, abs=1e-7), "the same indicators in both periods: no residual"
    moved = np.nan_to_num(b.scores - a.scores)[0]
    assert (np.sign(change.indicators[0]) * np.sign(moved) >= 0).all(), "who rises never takes away"
    back = composite.contributions(declaration, b, a)
    np.testing.assert_allclose(back.indicators, -change.indicators, atol=1e-7)


def test_contributions_by_hand() -> None:
    two = tuple(IndexDimension(d, w, (IndexIndicator(f"{d}1", 1, 0, 100), IndexIndicator(f"{d}2", 3, 0, 100))) for d, w in (("a", 1), ("b", 4)))
    plain = IndexDeclaration("x", two, aggregation="arithmetic")
    change = composite.contributions(plain, composite.point(plain, [[20, 40, 60, 80]]), composite.point(plain, [[60, 40, 60, 70]]))
    assert change.indicators[0].tolist() == pytest.approx([0.2 * 0.25 * 40, 0, 0, 0.8 * 0.75 * -10])
    inside = replace(plain, aggregation="geometric")
    even = composite.contributions(inside, composite.point(inside, [[60, 40, 45, 45]]), composite.point(inside, [[30, 50, 45, 45]]))
    assert even.total[0] == pytest.approx(0, abs=1e-12), "the dimension stays at 45"
    assert even.indicators[0].tolist() == pytest.approx([0.2 * 0.25 * -30, 0.2 * 0.75 * 10, 0, 0])
    offset = composite.contributions(IDR, composite.point(IDR, flat([50] * 7)), composite.point(IDR, flat([50] * 7)))
    assert offset.total[0] == 0 and not offset.indicators.any()


def test_what_enters_or_leaves_is_composition() -> None:
    """A weak indicator that disappears lifts the index; no indicator did."""
    scores = np.full((1, 28), 50.0)
    scores[0, 0] = 0
    before = composite.point(IDR, values_worth(scores))
    scores[0, 0] = math.nan
    change = composite.contributions(IDR, before, composite.point(IDR, values_worth(scores)))
    assert change.total[0] > 2 and not change.indicators.any()
    assert change.composition[0] == change.total[0]


# --- the declaration


def test_the_declaration_of_the_catalogue() -> None:
    assert len(IDR.indicators) == 28 and IDR.weights @ IDR.belongs == pytest.approx(np.ones(7))
    assert IDR.dimension_weights.tolist() == pytest.approx([0.15, 0.25, 0.1, 0.2, 0.1, 0.1, 0.1])
    assert hash(IDR) == hash(replace(IDR)) and replace(IDR) == IDR
    assert [level.slug for level in IDR.levels] == ["critico", "en_desarrollo", "en_avance", "consolidado"]


one = IndexIndicator("a", 1, 0, 100)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: IndexIndicator("a", 0, 0, 100), "weight of a must be positive; it is 0"),
        (lambda: IndexIndicator("a", 1, 5, 5), "low and high of a must be two different numbers; they are 5 and 5"),
        (lambda: IndexIndicator("a", 1, 0, 5, "beto"), "distribution of a must be one of interval, beta, gamma; it is 'beto'"),
        (lambda: IndexDimension("d", 1, ()), "dimension d must have an indicator"),
        (lambda: IndexDeclaration("x", ()), "there must be dimensions"),
        (lambda: IndexDeclaration("x", (IndexDimension("d", 1, (one, one)),)), "indicators must be named once each; a is repeated"),
        (lambda: replace(IDR, minimum_dimensions=8), "minimum_dimensions must lie between 1 and 7; it is 8"),
        (lambda: replace(IDR, minimum_share=60), "minimum_share must be above 0 and at most 1; it is 60"),
        (lambda: replace(IDR, aggregation="harmonic"), "aggregation must be one of geometric, arithmetic; it is 'harmonic'"),
        (lambda: replace(IDR, floor=0), "floor must be positive"),
        (lambda: replace(IDR, levels=()), "there must be levels"),
        (lambda: replace(IDR, levels=(IndexLevel("a", 0), IndexLevel("b", 0))), "levels must rise from 0"),
        (lambda: IndexUncertainty(draws=500), "draws must be at least 5000; it is 500"),
        (lambda: IndexUncertainty(goalposts_shift=10), "goalposts_shift must be below 0.5"),
        (lambda: IndexUncertainty(agreement=80), "band must be two rising shares and agreement"),
        (lambda: composite.point(IDR, [[1, 2]]), "values must be units x 28 indicators; its shape is \\(1, 2\\)"),
        (lambda: composite.point(IDR, flat([50] * 7), True), "not_submitted must mark missing values only; 28 of those marked are given"),
        (
            lambda: composite.contributions(IDR, composite.point(IDR, np.ones((1, 28))), composite.point(IDR, np.ones((2, 28)))),
            "before and after must hold the same units; they are 1 and 2",
        ),
    ],
)
def test_a_wrong_declaration_is_named(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
