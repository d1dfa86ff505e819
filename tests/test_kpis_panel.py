"""The complete panel: every absence has its reason, Lima is never guessed, printed figures stay as printed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from kpis.deliveries import Owed, members_of
from kpis.engine import compute_rows
from kpis.judge import Context
from kpis.methods.intervals import count_interval, wilson
from tests.kpis_rows import both, cell, count, day, definition, plan, quantile, table
from warehouse.periods import month_numbers, parse
from warehouse.territories import regions

MONTHS = [p.code for p in (parse("2026-01").earlier(-i) for i in range(6))]


def owed(*, missing: tuple[tuple[str, str], ...] = (), absent: tuple[str, ...] = ()) -> Context:
    """Six months of 2026 delivered by all regions but those named."""
    numbers = {m: month_numbers(parse(m))[0] for m in MONTHS}
    came = {r.codigo: {n for m, n in numbers.items() if (r.codigo, m) not in missing} for r in regions() if r.codigo not in absent}
    senders = {"tramites": frozenset(r.codigo for r in regions())}
    return Context(date(2026, 6, 30), Owed(date(2026, 1, 1), date(2026, 6, 30), {"tramites": came}, senders))


def cases(place: str, month: str, hits: int, size: int, **more: Any) -> list[dict[str, Any]]:
    return [{"territorio": place, "fecha": day(f"{month}-10"), "ok": i < hits, "dias": i + 1, "propio": True, **more} for i in range(size)]


def test_every_region_has_a_row_for_every_period_with_data() -> None:
    values = compute_rows(plan(definition()), table(cases("130101", "2026-01", 3, 10) + cases("180101", "2026-05", 3, 10)))
    quarters = values[values["tipo_periodo"] == "trimestre"]
    assert set(quarters["periodo"]) == {"2026-T1", "2026-T2"}
    assert len(quarters) == 2 * (26 + 1 + 1)
    assert cell(values, "21", "2026-T1")["estado"] == "no_reportado"
    assert quarters.loc[quarters["estado"] != "publicado", ["valor", "numerador", "inferior"]].isna().all(axis=None)


def test_a_department_s_figure_is_lima_s_and_of_neither_regional_government() -> None:
    rows = [{"territorio": t, "periodo": "2024", "x": n} for t, n in (("L15", 70), ("13", 20), ("98", 7), ("99", 3))]
    i = count(
        source_grain="departamento",
        absence="sin_registro",
        levels=["region", "departamento", "piloto", "pais", "otro"],
        clock={"kind": "flow", "column": "periodo"},
        periods=["anio"],
        main_period="anio",
    )
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "L15", "2024")["valor"] == 70
    assert {cell(values, t, "2024")["estado"] for t in ("15", "26")} == {"no_desagregado"}
    assert cell(values, "21", "2024")["estado"] == "sin_registro"
    assert cell(values, "PILOTO", "2024")["valor"] == 20
    assert cell(values, "00", "2024")["valor"] == 100, "el país incluye Lima, el exterior y lo no asignado"
    assert cell(values, "98", "2024")["nivel"] == "otro"


def test_district_rows_split_lima_between_both_governments() -> None:
    rows = cases("150201", "2026-01", 1, 4) + cases("150101", "2026-01", 3, 4)
    values = compute_rows(plan(definition(levels=["region", "departamento", "pais"])), table(rows))
    assert [cell(values, t, "2026-01")["valor"] for t in ("15", "26", "L15")] == [25, 75, 50]


def test_printed_figures_are_not_added_up() -> None:
    rows = [{"territorio": t, "periodo": "2025-08", "x": n} for t, n in (("21", 19), ("08", 20), ("L15", 5))]
    i = count(
        rollup="none",
        source_grain="departamento",
        absence="no_desagregado",
        levels=["region", "departamento", "pais"],
        interval="none",
        compare_with_year_before=False,
        clock={"kind": "as_reported", "column": "periodo"},
        periods=["mes", "anio"],
        main_period="mes",
    )
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "21", "2025-08")["valor"] == 19
    assert cell(values, "00", "2025-08")["estado"] == "no_desagregado"
    assert set(values["tipo_periodo"]) == {"mes"}
    printed = compute_rows(plan(i), table([*rows, {"territorio": "00", "periodo": "2025-08", "x": 195}]))
    assert cell(printed, "00", "2025-08")["valor"] == 195


def test_figures_in_dispute_are_withheld_and_only_they() -> None:
    rows = [
        {"territorio": "00", "periodo": "2025-08", "x": 108, "dudoso": True},
        {"territorio": "21", "periodo": "2025-08", "x": 19, "dudoso": False},
    ]
    i = count(
        rollup="none",
        absence="no_desagregado",
        interval="none",
        compare_with_year_before=False,
        withheld={"regla_no_superada": "dudoso"},
        clock={"kind": "as_reported", "column": "periodo"},
        periods=["mes"],
        main_period="mes",
        levels=["region", "pais"],
    )
    values = compute_rows(plan(i), table(rows))
    disputed = cell(values, "00", "2025-08")
    assert disputed["estado"] == "regla_no_superada" and pd.isna(disputed["valor"]) and pd.isna(disputed["numerador"])
    assert cell(values, "21", "2025-08")["valor"] == 19


def test_below_the_minimum_only_n_is_kept() -> None:
    found = cell(compute_rows(plan(definition(min_n=10)), table(cases("130101", "2026-01", 3, 9))), "13", "2026-01")
    assert (found["estado"], found["n"]) == ("n_insuficiente", 9)
    assert found[["valor", "numerador", "denominador", "inferior", "superior"]].isna().all()
    assert cell(compute_rows(plan(quantile(min_n=10)), table(cases("130101", "2026-01", 3, 9))), "13", "2026-01")["estado"] == "n_insuficiente"


def test_nothing_to_divide_by_is_an_answer() -> None:
    rows = [{"territorio": "13", "fecha": day("2026-01-10"), "x": 0, "y": 5}, {"territorio": "18", "fecha": day("2026-01-10"), "x": 2, "y": 1}]
    i = definition(
        numerator={"expr": "sum(y)", "text": both("n")}, denominator={"expr": "sum(x)", "text": both("d")}, interval="none", relevant_change=5
    )
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "13", "2026-01")["estado"] == "sin_denominador"
    assert cell(values, "18", "2026-01")["valor"] == 50


def test_a_case_of_another_authority_is_not_scored() -> None:
    rows = (
        cases("130101", "2026-02", 2, 10, clase="a")
        + cases("130101", "2026-02", 0, 30, clase="b", propio=False)
        + cases("180101", "2026-02", 5, 10, clase="b")
    )
    i = definition(competence="propio", breakdowns=[{"name": "clase", "column": "clase", "title": both("c")}])
    values = compute_rows(plan(i), table(rows), owed())
    assert cell(values, "13", "2026-02")["valor"] == 20
    assert cell(values, "13", "2026-02", "b")["estado"] == "competencia_minem"
    assert cell(values, "18", "2026-02", "b")["valor"] == 50
    assert cell(values, "21", "2026-T1", "b")["estado"] == "sin_denominador", "entregó, y no tuvo ningún caso de esa clase"
    monthly = values[(values["tipo_periodo"] == "mes") & (values["territorio"] == "21")]
    assert set(monthly["desglose"]) == {""}, "fuera del periodo principal, una clase sin casos no tiene fila"


def test_coverage_tells_what_was_delivered() -> None:
    rows = [r for m in MONTHS for r in cases("130101", m, 5, 10) + cases("180101", m, 5, 10)]
    values = compute_rows(
        plan(definition()), table(rows), owed(missing=(("13", "2026-02"), ("18", "2026-04"), ("18", "2026-05"), ("18", "2026-06")), absent=("24",))
    )
    assert cell(values, "13", "2026-T1")["cobertura"] == pytest.approx(2 / 3, abs=1e-4)
    assert cell(values, "13", "2026-T1")["valor"] == 50
    late = cell(values, "18", "2026-T2")
    assert (late["estado"], late["cobertura"]) == ("no_reportado", 0), "casos de entregas anteriores no hacen una entrega"
    assert cell(values, "24", "2026-T1")["estado"] == "no_reportado"
    assert cell(values, "21", "2026-T1")["estado"] == "sin_denominador"
    assert cell(values, "00", "2026-T1")["cobertura"] == pytest.approx((26 * 3 - 4) / 78, abs=1e-4)


def test_a_cohort_is_published_when_its_period_is_over_and_covered() -> None:
    rows = [r for m in ("2025-12", *MONTHS, "2026-07") for r in cases("130101", m, 5, 10)]
    for indicator in (definition(), quantile()):
        values = compute_rows(plan(indicator), table(rows), owed())
        assert set(values["periodo"]) == {*MONTHS, "2026-T1", "2026-T2", "2026-S1"}


def test_the_first_months_of_a_register_lack_older_cases() -> None:
    values = compute_rows(plan(definition(warm_up_months=3)), table([r for m in MONTHS for r in cases("130101", m, 5, 10)]), owed())
    assert cell(values, "13", "2026-T1")["avisos"] == ["serie_incompleta"]
    assert cell(values, "13", "2026-04")["avisos"] == []


def test_a_sum_with_missing_deliveries_says_so() -> None:
    rows = [{"territorio": t, "fecha": day(f"{m}-10"), "x": 5} for m in MONTHS for t in ("130101", "180101")]
    values = compute_rows(plan(count()), table(rows), owed(missing=(("13", "2026-02"),)))
    assert cell(values, "13", "2026-T1")["avisos"] == ["serie_incompleta"]
    assert cell(values, "18", "2026-T1")["avisos"] == []


def test_a_synthetic_source_marks_every_row() -> None:
    values = compute_rows(plan(definition()), table(cases("130101", "2026-01", 3, 10)), Context(None, None, ("sintetico",)))
    assert all("sintetico" in a for a in values["avisos"])


def test_an_indicative_department_is_no_matter_for_the_country() -> None:
    rows = [{"territorio": "13", "periodo": "2024", "x": 3}]
    i = count(flags={"indicativo": "TRUE"}, clock={"kind": "flow", "column": "periodo"}, periods=["anio"], main_period="anio")
    values = compute_rows(plan(i), table(rows))
    assert cell(values, "13", "2024")["avisos"] == ["indicativo"]
    assert cell(values, "00", "2024")["avisos"] == []


def test_intervals_are_those_of_the_methods() -> None:
    values = compute_rows(plan(definition("r"), count("c")), table([{**r, "x": 1} for r in cases("130101", "2026-01", 3, 10)]))
    ratio, total = cell(values, "13", "2026-01", indicator="r"), cell(values, "13", "2026-01", indicator="c")
    assert [ratio["inferior"], ratio["superior"]] == pytest.approx([100 * float(b) for b in wilson(3, 10)])
    assert [total["inferior"], total["superior"]] == pytest.approx([float(b) for b in count_interval(10)])
    assert (ratio["n"], total["n"]) == (10, 10)


def test_the_date_of_a_figure_never_passes_its_data() -> None:
    rows = [{"territorio": "13", "fecha": day(f"2025-{m:02d}-01"), "x": 5} for m in range(1, 5)]
    values = compute_rows(plan(count()), table(rows), Context(date(2025, 8, 25), None))
    assert cell(values, "13", "2025")["datos_al"] == date(2025, 4, 30)
    assert cell(values, "13", "2025-T1")["datos_al"] == date(2025, 3, 31)


def test_who_is_a_member_of_what() -> None:
    assert len(members_of("00")) == 26
    assert members_of("PILOTO") == ("13", "18", "19")
    assert members_of("L15") == ("15", "26")
    assert members_of("13") == ("13",)
    assert members_of("98") == ()
