"""Every error of the catalogue, put alone into a clean delivery, is caught by the rule meant for it, in its row and column, and by no other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np
import pytest
from fault_country import Country, Sent, Told, made

from checks.batch import Verdict
from checks.findings import BLOCKING, ERROR, WARNING, Finding
from etl.demonstration import Fault, faults
from etl.demonstration.deliveries import demonstrated
from warehouse import catalogue
from warehouse.territories import pilots

CONTRACTS = catalogue.contracts()
TABLES = sorted({f.tabla for f in faults()})
SERIOUS = (BLOCKING, ERROR, WARNING)
#: global rules that warn of how a file came or of how many rows it has: chance may break them in a clean file
OF_THE_SENDING = ("G-10", "G-11", "G-15")
#: warnings that clean rows carry on purpose: laboratories whose detection limit is above the norm
STORIES = ("C07-COH-2",)
WANTED = 120

Judged = dict[str, Told]


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    places = {f.region for f in faults()} | {o.region for f in faults() if f.archivo and (o := f.archivo.de)}
    return made(tmp_path_factory.mktemp("pais"), (places - {"00"}) | {p.codigo for p in pilots()})


class Verdicts(dict[str, Judged]):
    """By table, what the judge says of each clean delivery that an error falls in and of each with one error; asked table by table."""

    def __init__(self, country: Country) -> None:
        super().__init__()
        self.country = country

    def __missing__(self, table: str) -> Judged:
        contract, own = CONTRACTS[table], [f for f in faults() if f.tabla == table]
        clean = [Sent(contract, region, period) for region, period in dict.fromkeys((f.region, f.periodo) for f in own)]
        self[table] = self.country.judge(contract, clean + [Sent(contract, f.region, f.periodo, f) for f in own])
        return self[table]


@pytest.fixture(scope="module")
def judged(country: Country) -> Verdicts:
    return Verdicts(country)


def result(judged: Verdicts, fault: Fault, *, clean: bool = False) -> tuple[Verdict, np.ndarray]:
    found = judged[fault.tabla][Sent(CONTRACTS[fault.tabla], fault.region, fault.periodo, None if clean else fault).id]
    if isinstance(found, Exception):
        raise found
    return found


def told(verdict: Verdict, *severities: str) -> list[Finding]:
    return [f for f in verdict.findings if f.severidad in severities]


def shown(findings: list[Finding]) -> list[str]:
    return [f"{f.regla_id} {f.severidad}: {f.mensaje}" for f in findings[:5]]


@pytest.mark.parametrize("table", TABLES)
def test_clean_deliveries_raise_nothing(judged: Verdicts, table: str) -> None:
    for name, found in judged[table].items():
        if name.endswith("-limpia"):
            assert not isinstance(found, Exception), (name, found)
            verdict, _ = found
            wrong = [f for f in told(verdict, *SERIOUS) if f.regla_id not in OF_THE_SENDING]
            assert not wrong, (name, shown(wrong))


@pytest.mark.parametrize("table", demonstrated())
def test_whole_registers_raise_nothing(country: Country, table: str) -> None:
    """All that the pilots and the national bodies send from 2019 on: no false alarm, save what a story puts there on purpose."""
    for name, verdict in country.judge_whole(CONTRACTS[table], [p.codigo for p in pilots()]).items():
        wrong = [f for f in told(verdict, *SERIOUS) if f.regla_id not in (*OF_THE_SENDING, *STORIES)]
        assert not wrong, (name, shown(wrong))


@pytest.mark.parametrize("fault", faults(), ids=lambda f: f"{f.tabla}-{f.id}")
def test_an_error_is_caught_by_its_rule_and_by_no_other(judged: Verdicts, fault: Fault) -> None:
    (verdict, hits), (clean, _) = result(judged, fault), result(judged, fault, clean=True)
    own = [f for f in verdict.findings if f.regla_id == fault.regla and (not fault.columna or f.columna == fault.columna)]
    assert own, f"nadie dijo {fault.regla}; se dijo {shown(told(verdict, *SERIOUS))}"
    expected = {fault.regla, *fault.arrastra}
    before = Counter(f.regla_id for f in told(clean, WARNING))
    others = [f for f in told(verdict, *SERIOUS) if f.regla_id not in expected and not (f.regla_id in OF_THE_SENDING or before[f.regla_id])]
    assert not others, f"además se dijo {shown(others)}"
    if fault.archivo is None:
        astray = [f for f in told(verdict, *SERIOUS) if f.regla_id == fault.regla and f.fila is not None and f not in own]
        assert not astray, f"la columna es «{astray[0].columna}»"
    if fault.names_rows:
        assert {f.fila for f in own if f.fila is not None} == {int(p) + 2 for p in hits}, shown(own)
    assert {r for r in fault.arrastra if r not in {f.regla_id for f in verdict.findings}} == set(), "dice que arrastra reglas que no fallan"


def test_every_rule_of_every_contract_has_an_error() -> None:
    wanted = {r.id for t in demonstrated() for r in CONTRACTS[t].rules}
    assert wanted - {f.regla for f in faults()} == set()


def test_every_global_rule_has_an_error() -> None:
    """G-14, totals that a file carries, is told under the id of the contract's rule that compares them."""
    of_totals = {r.id for t in demonstrated() for r in CONTRACTS[t].rules if r.body.prueba or r.body.dimension == "totales"}
    assert {f"G-{n:02d}" for n in range(1, 16)} - {f.regla for f in faults()} == {"G-14"}
    assert of_totals & {f.regla for f in faults()}


def test_there_are_as_many_errors_as_promised() -> None:
    """Two of the same making (RENIEC's codes of two regions) count as one."""
    distinct = {(f.tabla, f.regla, f.columna, f.donde, str(f.cambio), str(f.texto), str(f.archivo), f.quita, f.repite) for f in faults()}
    assert len(distinct) >= WANTED


def test_the_errors_fit_what_is_delivered() -> None:
    """Each falls in a period of its table that is delivered one by one, few in one delivery: a yearly table has only two of those."""
    forms = {"mensual": r"\d{4}-\d\d", "trimestral": r"\d{4}-T\d", "anual": r"\d{4}"}
    crowded: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for fault in faults():
        delivery = CONTRACTS[fault.tabla].delivery
        assert re.fullmatch(forms[delivery.periodicidad], fault.periodo), fault.id
        assert fault.periodo >= "2024", fault.id
        assert (fault.region == "00") == (delivery.ambito == "nacional"), fault.id
        assert re.fullmatch(r"G-\d\d", fault.regla) or fault.regla in {r.id for r in CONTRACTS[fault.tabla].rules}, fault.id
        crowded[fault.place].append(fault.id)
    most = {"mensual": 2, "trimestral": 2, "anual": 8}
    assert {p: ids for p, ids in crowded.items() if len(ids) > most[CONTRACTS[p[0]].delivery.periodicidad]} == {}
