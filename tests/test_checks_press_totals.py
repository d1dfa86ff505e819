"""Real press figures whose totals do not add up fail exactly the totals rules that say so, and nothing else of that kind."""

from __future__ import annotations

from typing import Any

import pytest
from checks_samples import CONTRACTS, batch
from plain_judge import as_contract, read

from checks.batch import Verdict
from checks.judge import judge
from etl.sources.shipped import FOLDER


def rows(table: str) -> list[dict[str, Any]]:
    """The shipped table, typed, with the territory that shape would give."""
    contract = CONTRACTS[table]
    read_rows = [{c.name: as_contract(c, r[c.name]) for c in contract.columns} for r in read(FOLDER / f"{table}.csv")]
    return [r | {"cod_region": r["cod_departamento"]} for r in read_rows]


def judged(table: str, content: list[dict[str, Any]]) -> Verdict:
    return judge(batch(table, {"s": content}))["s"]


def failed(verdict: Verdict) -> dict[str, int]:
    return {r.regla_id: len([f for f in verdict.findings if f.regla_id == r.regla_id]) for r in verdict.results if r.estado == "falla"}


def test_the_list_of_registrations_that_adds_up_to_less_than_it_says() -> None:
    """22 departments of the first half of 2025 add up to 20,405 of the 20,531 that the same page states."""
    verdict = judged("reinfo_prensa", rows("reinfo_prensa"))
    assert failed(verdict) == {"P01-TOT-1": 1}
    (finding,) = [f for f in verdict.findings if f.regla_id == "P01-TOT-1"]
    assert "22 departamentos" in finding.mensaje
    assert "suma 20,405" in finding.mensaje
    assert "declara 20,531" in finding.mensaje
    assert "126" in finding.mensaje
    assert verdict.accepted.num_rows == 66, "printed facts are kept, whatever they add up to"


def test_the_conflicts_add_up_and_only_the_two_sources_of_august_2025_disagree() -> None:
    """Active and latent make the total in the four months that print all three; 98 and 108 are two sources, not a sum."""
    assert failed(judged("conflictos_reportados", rows("conflictos_reportados"))) == {"P03-CON-1": 2}


@pytest.mark.parametrize(
    ("table", "change", "rule"),
    [
        ("reinfo_prensa", ({"cod_departamento": "04", "periodo_texto": "2025-05", "estado": "suspendida"}, {"inscripciones": 40_000}), "P01-TOT-2"),
        ("conflictos_reportados", ({"cod_departamento": "00", "periodo": "2018-12", "medida": "latentes"}, {"casos": 52}), "P03-TOT-1"),
        ("conflictos_reportados", ({"cod_departamento": "02", "periodo": "2018-12", "medida": "total"}, {"casos": 146}), "P03-TOT-2"),
    ],
)
def test_each_sum_rule_catches_its_own_fault(table: str, change: tuple[dict[str, Any], dict[str, Any]], rule: str) -> None:
    where, what = change
    content = [r | (what if all(r[k] == v for k, v in where.items()) else {}) for r in rows(table)]
    before = failed(judged(table, rows(table)))
    assert set(failed(judged(table, content))) - set(before) == {rule}
