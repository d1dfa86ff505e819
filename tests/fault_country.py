"""A small clean country to put errors into, and the judge asked about many spoilt deliveries at once. No tests here."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from checks.batch import Batch, Place, Verdict
from checks.compiled import batch_schema
from checks.findings import Finding
from checks.judge import judge
from checks.own_tables import HISTORY, PREVIOUS
from checks.volume import LAST
from etl import references
from etl.dates import business_days, due_date
from etl.demonstration import arrivals
from etl.demonstration.country import Region, build
from etl.demonstration.deliveries import FIRST, SEED, UNTIL, deliveries, file_of
from etl.demonstration.fault_catalogue import Fault
from etl.headers import known_headers, match
from etl.issues import finding_of
from etl.order import referenced_tables
from etl.privacy import hashed
from etl.readers import read
from etl.readers.raw import Notice, Unreadable
from etl.shape import FileTexts, nothing_shaped, shape, territories_of
from etl.sources.received import NATIONAL
from warehouse import catalogue, periods
from warehouse.contracts import Contract
from warehouse.delta import accepted_schema
from warehouse.errors import SiegemError

TODAY = date(2026, 11, 23)
SALT = "sal de prueba"

#: a verdict with the positions of the spoilt rows, or why the error could not be put in
Told = tuple[Verdict, np.ndarray] | Exception


@dataclass(frozen=True)
class Sent:
    """One delivery handed to the judge: clean where it has no fault."""

    contract: Contract
    region: str
    period: str
    fault: Fault | None = None

    @property
    def id(self) -> str:
        return f"{self.contract.table}-{self.region}-{self.period}-{self.fault.id if self.fault else 'limpia'}"

    @property
    def faults(self) -> tuple[Fault, ...]:
        return () if self.fault is None else (self.fault,)


#: a delivery, its file, and the positions of its spoilt rows
Written = tuple[Sent, Path, np.ndarray]


@dataclass(eq=False)
class Country:
    """The regions that the errors fall in, as clean as the generator makes them."""

    folder: Path
    regions: dict[str, Region]
    contracts: dict[str, Contract] = field(default_factory=catalogue.contracts)

    @cached_property
    def system(self) -> dict[str, pa.Table]:
        return references.tables(TODAY)

    @cached_property
    def working(self) -> list[date]:
        return business_days(self.system["ref_calendario"])

    @cache  # noqa: B019 - one country a module
    def tables(self, region: str) -> dict[str, pa.Table]:
        """What a submitter registers, with the mark of its periods: of the national bodies, all the regions' rows."""
        if region != NATIONAL:
            return self.regions[region].tables
        names = dict.fromkeys(t for r in self.regions.values() for t in r.tables if self.contracts[t].delivery.ambito == "nacional")
        return {t: pa.concat_tables([r.tables[t] for r in self.regions.values()]) for t in names}

    @cache  # noqa: B019
    def deliveries(self, table: str, region: str) -> dict[str, pa.Table]:
        return dict(deliveries(self.contracts[table], self.tables(region)[table]))

    @cache  # noqa: B019
    def accepted(self, table: str) -> pa.Table:
        """The clean rows of a table as they would stand accepted."""
        contract = self.contracts[table]
        submitters = [NATIONAL] if contract.delivery.ambito == "nacional" else list(self.regions)
        parts = [_as_accepted(contract, s, p, rows) for s in submitters if table in self.tables(s) for p, rows in self.deliveries(table, s).items()]
        return pa.concat_tables(parts) if parts else accepted_schema(contract).empty_table()

    def references_of(self, contract: Contract) -> dict[str, pa.Table]:
        named = {"ref_region", "ref_ubigeo", *referenced_tables(contract)}
        return {n: self.system[n] if n in self.system else self.accepted(n) for n in named}

    def judge(self, contract: Contract, sent: Iterable[Sent]) -> dict[str, Told]:
        """By delivery its verdict and the positions of its spoilt rows; no two that could disturb each other are judged together.

        An error that cannot be put in has its own error instead.
        """
        found: dict[str, Told] = {}
        for group in _apart(contract, list(sent)):
            written: list[Written] = []
            for one in group:
                try:
                    written.append(self._write(one))
                except (SiegemError, StopIteration, KeyError, pa.ArrowException) as error:
                    found[one.id] = error
            found |= self._judge_together(contract, written)
        return found

    def judge_whole(self, contract: Contract, regions: Collection[str]) -> dict[str, Verdict]:
        """Every clean delivery that those regions, or the national bodies, ever sent, all at once and without writing files."""
        schema = batch_schema(contract)
        parts, places = [], {}
        for submitter in [NATIONAL] if contract.delivery.ambito == "nacional" else regions:
            for period, rows in self.deliveries(contract.table, submitter).items() if contract.table in self.tables(submitter) else ():
                name = f"{submitter}-{period}"
                parts.append(_as_accepted(contract, submitter, period, rows).select(schema.names).cast(schema))
                arrived = arrivals.arrival(contract, submitter, period, 1, (), SEED, punctual=True)
                places[name] = Place(submitter, period, name, name, due_date(contract, period, self.working), arrived, rows.num_rows)
        if not parts:
            return {}
        return judge(Batch(contract, pa.concat_tables(parts), [], places, self.references_of(contract), TODAY))

    def _judge_together(self, contract: Contract, written: list[Written]) -> dict[str, tuple[Verdict, np.ndarray]]:
        files: list[FileTexts] = []
        issues: list[Finding] = []
        places: dict[str, Place] = {}
        for one, path, _ in written:
            counted = 0
            try:
                raw = read(path, path.name, known_headers(contract), 1 << 30)
                counted = raw.cells.num_rows + raw.misaligned
                files.append(FileTexts(one.id, one.region, one.period, match(contract, raw, path.name)))
            except Unreadable as error:
                issues.append(finding_of(one.id, Notice("bloqueante", error.what, error.cure, regla=error.rule)))
            places[one.id] = self._place(one, path, counted)
        shaped = shape(contract, files, SALT) if files else nothing_shaped(contract)
        batch = Batch(contract, shaped.rows, issues + shaped.issues, places, self.references_of(contract), TODAY, self.accepted(contract.table))
        hits = {one.id: own for one, _, own in written}
        return {entrega_id: (verdict, hits[entrega_id]) for entrega_id, verdict in judge(batch).items()}

    def _write(self, one: Sent) -> Written:
        rows = self.deliveries(one.contract.table, one.region)[one.period]
        file = file_of(one.contract, one.region, one.period, rows, one.faults, SEED, self.tables(one.region))
        path = self.folder / f"{one.id}.{file.suffix}"
        path.write_bytes(file.content)
        return one, path, next(iter(file.hits.values()), np.empty(0, np.int64))

    def _place(self, one: Sent, path: Path, counted: int) -> Place:
        version = one.fault.version if one.fault else 1
        before = [rows.num_rows for period, rows in self.deliveries(one.contract.table, one.region).items() if _before(period, one.period)]
        return Place(
            one.region, one.period, path.name, hashlib.sha256(path.read_bytes()).hexdigest(), due_date(one.contract, one.period, self.working),
            arrivals.arrival(one.contract, one.region, one.period, version, one.faults, SEED), counted, tuple(before[-LAST:]),
        )  # fmt: skip


def made(folder: Path, codes: Iterable[str]) -> Country:
    """The country of those regions, whole in time."""
    first, last = periods.parse(FIRST).start, periods.parse(UNTIL).end
    return Country(folder, {code: build(Region(code, SEED, first, last)) for code in sorted(codes)})


def _before(period: str, other: str) -> bool:
    """Earlier, and of the same length: a year of the history is not compared with a month."""
    return len(period) == len(other) and period < other


def _looks_back(contract: Contract) -> bool:
    """Whether a rule of the contract compares with what was accepted before in the same table."""
    return any(r in (HISTORY, PREVIOUS) for rule in contract.rules for r in rule.body.referencias)


def _apart(contract: Contract, sent: list[Sent]) -> Iterator[list[Sent]]:
    """The clean ones together, then groups with each place once, because a later delivery of a place replaces the earlier; where a
    rule looks at the submitter's other deliveries, with each submitter once."""
    alone = _looks_back(contract) and contract.delivery.ambito == "region"
    yield [one for one in sent if one.fault is None]
    sent = [one for one in sent if one.fault is not None]
    while sent:
        group: dict[object, Sent] = {}
        for one in sent:
            group.setdefault(one.region if alone else (one.region, one.period), one)
        copied = [Sent(contract, o.region, o.periodo) for s in group.values() for f in s.faults if f.archivo and (o := f.archivo.de)]
        yield [*group.values(), *(c for c in copied if c not in group.values())]
        taken = {one.id for one in group.values()}
        sent = [one for one in sent if one.id not in taken]


def _as_accepted(contract: Contract, submitter: str, period: str, rows: pa.Table) -> pa.Table:
    columns = {c.name: hashed(rows[c.name], SALT) if c.treatment == "hash" else rows[c.name] for c in contract.columns if c.treatment != "descartar"}
    count = rows.num_rows
    if "cod_region" not in columns:
        columns["cod_region"] = territories_of(contract.territory, columns, pa.chunked_array([pa.repeat(submitter, count)]))[0]
    columns |= {"entrega_id": pa.repeat(f"{submitter}-{period}", count), "entrega_region": pa.repeat(submitter, count),
                "entrega_periodo": pa.repeat(period, count), "fila_origen": pa.array(np.arange(2, count + 2))}  # fmt: skip
    schema = accepted_schema(contract)
    return pa.table([columns[f.name] if f.name in columns else pa.nulls(count, f.type) for f in schema], names=schema.names).cast(schema)
