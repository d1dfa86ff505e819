"""The regional index over judged values: which value stands for which quarter, what counts as silence, and what is published beside the number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from kpis.composite import compute_index, declaration
from tests.kpis_rows import both, definition
from warehouse import catalogue
from warehouse.index_sheets import IndexSheet
from warehouse.periods import parse
from warehouse.publications import VALUE_COLUMNS
from warehouse.territories import regions

CODES = [r.codigo for r in regions()]


def sheet(**more: Any) -> IndexSheet:
    member = lambda i, **m: {"indicator": i, "weight": 1, "floor": 0, "goal": 100, **m}  # noqa: E731
    content = {
        "id": "prueba", "name": both("P"), "question": both("¿?"), "status": "propuesta", "base": "b", "owner": "o", "reading": [both("r")],
        "levels": [{"slug": "bajo", "since": 0, "name": both("B")}, {"slug": "alto", "since": 50, "name": both("A")}],
        "dimensions": [
            {"id": "D1", "name": both("U"), "weight": 1, "required": True, "indicators": [member("a")]},
            {"id": "D2", "name": both("D"), "weight": 1, "indicators": [member("b"), member("c", source="externo")]},
        ],
        "minimum_dimensions": 1,
    }  # fmt: skip
    return IndexSheet.model_validate({**content, **more})


def forms(**periods: list[str]) -> dict[str, Any]:
    return {i: definition(i, periods=periods.get(i, ["trimestre", "anio"]), main_period=periods.get(i, ["trimestre"])[0]) for i in "abc"}


def values(rows: list[dict[str, Any]]) -> pd.DataFrame:
    base = {"nivel": "region", "desglose": "", "categoria": "", "estado": "publicado", "datos_al": date(2026, 12, 31)}
    made = [{**base, "tipo_periodo": parse(r["periodo"]).kind, **r} for r in rows]
    return pd.DataFrame(made).reindex(columns=VALUE_COLUMNS)


def row(i: str, value: float, period: str = "2026-T1", place: str = "13", **more: Any) -> dict[str, Any]:
    return {"indicador": i, "territorio": place, "periodo": period, "valor": value, "numerador": value, "denominador": 100.0, **more}


def of(found: list[dict[str, Any]], period: str = "2026-T1", place: str = "13") -> dict[str, Any]:
    (one,) = [r["resultado"] for r in found if (r["territorio"], r["periodo"]) == (place, period)]
    return dict(one)


def test_dimensions_are_arithmetic_and_the_index_geometric() -> None:
    found = of(compute_index(sheet(), values([row("a", 81), row("b", 40), row("c", 60)]), forms()))
    assert [d["valor"] for d in found["dimensiones"]] == [81, 50]
    assert found["valor"] == pytest.approx((81 * 50) ** 0.5, abs=1e-4)
    assert found["inferior"] < found["valor"] < found["superior"] and found["niveles"] == ["alto"]


def test_a_quarter_too_small_is_stood_for_by_the_last_year_and_silence_by_nothing() -> None:
    year = row("b", 90, "2025")
    small = [row("a", 80), row("b", float("nan"), estado="n_insuficiente"), year]
    found = of(compute_index(sheet(), values(small), forms()))
    assert [(i["indicador"], i["periodo"], i["puntaje"]) for i in found["indicadores"]][1] == ("b", "2025", 90)
    for state in ("no_reportado", "competencia_minem", "regla_no_superada"):
        silent = [row("a", 80), row("b", float("nan"), estado=state), year]
        kept = of(compute_index(sheet(), values(silent), forms()))["indicadores"][1]
        assert (kept["puntaje"], kept["estado"]) == (None, state)


def test_a_half_yearly_indicator_counts_until_it_is_a_year_old() -> None:
    rows = [row("a", 80, p) for p in ("2026-T1", "2026-T4")] + [row("b", 70, "2025-S2")]
    found = compute_index(sheet(), values(rows), forms(b=["semestre"]))
    assert of(found)["indicadores"][1]["periodo"] == "2025-S2"
    assert of(found, "2026-T4")["indicadores"][1]["puntaje"] is None


def test_without_a_required_dimension_there_is_no_index_and_it_says_which() -> None:
    given = values([row("a", float("nan"), estado="n_insuficiente"), row("b", 40), row("c", 40)])
    found = of(compute_index(sheet(), given, forms()))
    assert (found["estado"], found["valor"]) == ("no_calculable", None)
    assert found["motivos"] == [{"codigo": "dimension_requerida_ausente", "dimension": "D1", "hay": 0, "hace_falta": 0.6}]


def test_silence_counts_as_zero_in_strict_mode_only_and_only_a_government_s_own() -> None:
    rows = [row("a", 80), row("b", float("nan"), estado="no_reportado"), row("c", 60)]
    found = of(compute_index(sheet(), values(rows), forms()))
    assert found["valor"] is not None and found["estricto"] < found["valor"]
    late = [row("a", 80), row("b", 60), row("c", float("nan"), estado="no_reportado")]
    other = of(compute_index(sheet(), values(late), forms()))
    assert other["estricto"] == other["valor"]


def test_silence_of_a_quarter_that_is_hardly_over_is_not_yet_silence() -> None:
    rows = [row("a", 80, datos_al=date(2026, 4, 20)), row("b", float("nan"), estado="no_reportado"), row("c", 60)]
    for r in rows:
        r["datos_al"] = date(2026, 4, 20)
    found = of(compute_index(sheet(), values(rows), forms()))
    assert found["estricto"] == found["valor"]


def test_categories_are_added_up_before_dividing() -> None:
    members = [{"indicator": "a", "weight": 1, "floor": 0, "goal": 100, "breakdown": "clase", "categories": ["x", "y"]}]
    dims = [
        {"id": "D1", "name": both("U"), "weight": 1, "indicators": members},
        {"id": "D2", "name": both("D"), "weight": 1, "indicators": [{"indicator": "b", "weight": 1, "floor": 0, "goal": 100}]},
    ]
    split = lambda c, x, n: row("a", 100 * x / n, desglose="clase", categoria=c, numerador=float(x), denominador=float(n))  # noqa: E731
    rows = [split("x", 1, 10), split("y", 27, 30), split("z", 50, 50), row("a", 99), row("b", 50)]
    assert of(compute_index(sheet(dimensions=dims), values(rows), forms()))["indicadores"][0]["puntaje"] == 70


def test_a_share_of_the_year_and_a_divisor_come_before_the_score() -> None:
    members = [
        {"indicator": "a", "weight": 1, "floor": 0, "goal": 100, "of_year_so_far": True},
        {"indicator": "b", "weight": 1, "floor": 6, "goal": 1, "divide_by": 30},
    ]
    dims = [{"id": f"D{k}", "name": both("U"), "weight": 1, "indicators": [m]} for k, m in enumerate(members)]
    scores = of(compute_index(sheet(dimensions=dims), values([row("a", 20), row("b", 60)]), forms()))["indicadores"]
    assert [s["puntaje"] for s in scores] == [80, 80]


def test_ranks_only_with_enough_regions_and_above_only_when_convincing() -> None:
    few = compute_index(
        sheet(), values([r for k, c in enumerate(CODES[:9]) for r in (row("a", 20 + 8 * k, place=c), row("b", 50, place=c))]), forms()
    )
    assert of(few, place=CODES[0])["puesto"] is None
    many = compute_index(
        sheet(), values([r for k, c in enumerate(CODES) for r in (row("a", 20 + 3 * k, place=c), row("b", 20 + 3 * k, place=c))]), forms()
    )
    best, next_one = of(many, place=CODES[-1]), of(many, place=CODES[-2])
    assert best["puesto"] == 1 and CODES[0] in best["supera_a"] and CODES[-1] not in next_one["supera_a"]


def test_the_change_is_told_indicator_by_indicator() -> None:
    rows = [row("a", 50), row("b", 50), row("a", 60, "2026-T2"), row("b", 50, "2026-T2")]
    change = of(compute_index(sheet(), values(rows), forms()), "2026-T2")["cambio"]
    assert change["aportes"]["a"] == pytest.approx(change["total"], abs=1e-3) and change["aportes"]["b"] == 0


def test_the_same_values_give_the_same_rows() -> None:
    given = values([row("a", 81), row("b", 40), row("c", 60)])
    assert [r["huella"] for r in compute_index(sheet(), given, forms())] == [r["huella"] for r in compute_index(sheet(), given, forms())]


def test_the_installed_index_is_the_catalogue_s() -> None:
    idr = catalogue.indices()["idr"]
    known = catalogue.indicators()
    assert [d.weight for d in idr.dimensions] == [15, 25, 10, 20, 10, 10, 10] and sum(len(d.indicators) for d in idr.dimensions) == 28
    assert {m.indicator for d in idr.dimensions for m in d.indicators} <= set(known)
    for d in idr.dimensions:
        assert sum(m.weight for m in d.indicators) == pytest.approx(1)
        for m in d.indicators:
            ours = known[m.indicator]
            assert (m.goal > m.floor) == (ours.direction == "up"), m.indicator
            if m.breakdown:
                assert m.breakdown in {b.name for b in ours.breakdowns}
    assert declaration(idr, known).ranks_from == 10
