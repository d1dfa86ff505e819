"""Every delivered table: its template, filled with the rows that its office would send, comes back accepted and exactly as it was filled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import fault_country
import pyarrow as pa
import pytest
from fault_country import SALT, TODAY, Country
from template_filling import filled, read_back

from checks.batch import Batch, Place
from checks.judge import judge
from etl.dates import due_date
from etl.headers import Matched, known_headers, match
from etl.readers import read
from etl.shape import FileTexts, shape
from etl.sources import official, shipped
from etl.sources.received import NATIONAL, SERIES
from etl.templates import file_name, template_bytes
from etl.templates.fields import fields
from warehouse import catalogue, periods
from warehouse.contracts import Contract
from warehouse.submissions import REJECTED

CONTRACTS = catalogue.contracts()
DELIVERED = [t for t, c in CONTRACTS.items() if c.delivery.ambito != "sistema"]
REGION = "13"
#: rows typed into a template of a long series: the whole would take longer than anybody types
MOST = 400


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return fault_country.made(tmp_path_factory.mktemp("pais"), [REGION])


def delivery(country: Country, table: str, shared: Callable[[], Path]) -> tuple[str, str, pa.Table]:
    """Who sends the table, for when, and the rows: those of the demonstration, or of the series that the project or its folder carries."""
    contract = CONTRACTS[table]
    submitter = REGION if contract.delivery.ambito == "region" else NATIONAL
    if table in country.tables(submitter):
        own = country.deliveries(table, submitter)
        period = max((p for p, rows in own.items() if rows.num_rows), key=lambda p: periods.parse(p).end)
        return submitter, period, own[period].select(contract.column_names)
    return submitter, SERIES, series(contract, shared)


def examples(contract: Contract) -> pa.Table:
    """One row, made of the examples of the template: for the series that nobody types and whose source is not here."""
    found = {f.name: f.example for f in fields(contract, NATIONAL, SERIES, {}, {})}
    if not all(found[c.name] for c in contract.columns if c.required):
        pytest.skip(f"ni la carpeta de series oficiales ni el contrato traen filas de {contract.table}")
    texts = pa.table({name: pa.chunked_array([[text]]) for name, text in found.items()})
    return shape(contract, [FileTexts("e", NATIONAL, SERIES, Matched(texts, pa.array([2]), (), 0))], SALT).rows.select(contract.column_names)


def _in(shared: Callable[[], Path], name: str) -> Path | None:
    try:
        return shared() / "data" / name
    except pytest.skip.Exception:
        return None  # the folder is not on this machine: the contract's own example does


def series(contract: Contract, shared: Callable[[], Path]) -> pa.Table:
    brought = next((r for r in shipped.collect() if r.table == contract.table), None)
    path = brought.path if brought else None
    if path is None:
        names = [n for n, t in official.FILES.items() if t == contract.table]
        path = _in(shared, names[0]) if names else None
    if path is None or not path.is_file():
        return examples(contract)
    raw = read(path, path.name, known_headers(contract), 1 << 30)
    rows = shape(contract, [FileTexts("e", NATIONAL, SERIES, match(contract, raw, path.name))], SALT).rows
    return rows.select(contract.column_names).slice(0, MOST)


@pytest.mark.parametrize("table", DELIVERED)
def test_a_filled_template_is_accepted_as_it_was_filled(table: str, country: Country, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    contract = CONTRACTS[table]
    region, period, rows = delivery(country, table, lambda: request.getfixturevalue("shared"))
    name = file_name(contract, region, period)
    content = filled(template_bytes(contract, region, period, country.system, TODAY), contract, rows.to_pylist())
    matched = read_back(tmp_path, content, contract, name, (table, region, period))
    assert [n.mensaje for n in matched.notices] == []
    shaped = shape(contract, [FileTexts("e", region, period, matched)], SALT)
    for column in contract.columns:
        if not column.treatment:
            assert shaped.rows[column.name].to_pylist() == rows[column.name].to_pylist(), column.name
    arrived = datetime.combine(TODAY if period == SERIES else periods.parse(period).end + timedelta(days=1), time(15), UTC)
    limit = due_date(contract, period, country.working)
    place = Place(region, period, name, hashlib.sha256(content).hexdigest(), limit, arrived, rows.num_rows)
    standing = country.accepted(table) if table in country.tables(region) else None
    batch = Batch(contract, shaped.rows, shaped.issues, {"e": place}, country.references_of(contract), TODAY, standing)
    verdict = judge(batch)["e"]
    # the real figures of the press do not add up, however they come: their totals are told, and no row is at fault
    grave = [f.mensaje for f in verdict.findings if f.severidad in ("bloqueante", "error") and not (period == SERIES and f.dimension == "totales")]
    assert (verdict.estado != REJECTED, grave, verdict.filas_aceptadas) == (True, [], rows.num_rows)
