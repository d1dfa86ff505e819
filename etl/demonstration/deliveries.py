"""The inbox filled: which region sends which table and period, region after region; national bodies last, with all regions' rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from etl.demonstration import arrivals, writing
from etl.demonstration.country import PERIOD, Region, build
from etl.demonstration.fault_catalogue import Fault, faults_of
from etl.demonstration.fault_writing import Pointless, Spoilt, spoil
from etl.demonstration.profiles import PROFILES
from etl.order import is_delivered
from etl.sources.received import NATIONAL
from warehouse import catalogue, periods
from warehouse.contracts import Contract, contract

SEED = 20261123
FIRST, UNTIL = "2019-01", "2026-09"
#: the file that `write_correction` sends again, right
CORRECTED = ("tramites", "13", "2026-05")


@dataclass(frozen=True)
class Summary:
    """What was written. `rows` by table; `faults` put in; `missing`, the (table, region, period) that never came."""

    files: int
    rows: dict[str, int]
    faults: tuple[Fault, ...]
    missing: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Window:
    """Which deliveries are wanted. `whole`: tables sent from the start, because rows of the others refer to theirs."""

    tables: frozenset[str]
    whole: frozenset[str]
    since: date

    def has(self, table: str, period: str) -> bool:
        return table in self.tables and (table in self.whole or periods.parse(period).end >= self.since)


@dataclass(frozen=True)
class File:
    """`rows`: how many it carries; `hits`: by error, the positions of the rows that its finding must name."""

    content: bytes
    suffix: str
    rows: int
    hits: dict[str, np.ndarray]


@dataclass
class _Inbox:
    folder: Path
    window: Window
    seed: int
    with_faults: bool
    until: date
    files: int = 0
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[str, str, str]] = field(default_factory=list)

    def send_all(self, contract: Contract, region: str, tables: Mapping[str, pa.Table]) -> None:
        """Every delivery of a table by one submitter. `tables`: the submitter's, where errors may look things up."""
        sent = dict(deliveries(contract, tables[contract.table]))
        self._send_idle(contract, region, set(sent))
        for period, own in sent.items():
            if not self.window.has(contract.table, period):
                continue
            if self.with_faults and arrivals.is_missing(contract.table, region, period):
                self.missing.append((contract.table, region, period))
                continue
            wrong = faults_of(contract.table, region, period) if self.with_faults else ()
            for version in (1, 2):
                of_it = tuple(f for f in wrong if f.version == version)
                if version == 1 or of_it:
                    self._send(contract, region, period, version, own, of_it, tables)

    def _send_idle(self, contract: Contract, region: str, sent: set[str]) -> None:
        """A delivery that says so for each period without rows: an office where nothing happened is not one that did not report."""
        for period in arrivals.regular_periods(contract, self.until):
            absent = self.with_faults and arrivals.is_missing(contract.table, region, period)
            if region in contract.senders and period not in sent and self.window.has(contract.table, period) and not absent:
                self._put(contract, region, period, 1, (), File(writing.idle(contract.column_names), "csv", 0, {}))

    def _send(
        self, contract: Contract, region: str, period: str, version: int, rows: pa.Table, wrong: tuple[Fault, ...], tables: Mapping[str, pa.Table]
    ) -> None:
        """With those of its faults that find rows to spoil: in a part of the country, or at another scale, some do not."""
        while True:
            try:
                file = file_of(contract, region, period, rows, wrong, self.seed, tables)
                break
            except Pointless as error:
                wrong = tuple(f for f in wrong if f.id != error.fault)
        self.faults += wrong
        self._put(contract, region, period, version, wrong, file)

    def _put(self, contract: Contract, region: str, period: str, version: int, wrong: tuple[Fault, ...], file: File) -> None:
        arrived = arrivals.arrival(contract, region, period, version, wrong, self.seed, punctual=not self.with_faults)
        path = self.folder / f"{contract.table}_{region}_{period}_v{version}.{file.suffix}"
        for other in {"csv", "xlsx"} - {file.suffix}:  # what an earlier generation, at another scale, left for the same place
            path.with_suffix(f".{other}").unlink(missing_ok=True)
        writing.put(path, file.content, arrived)
        self.files += 1
        self.rows[contract.table] += file.rows

    def summary(self) -> Summary:
        return Summary(self.files, dict(self.rows), tuple(self.faults), tuple(self.missing))


def file_of(
    contract: Contract,
    region: str,
    period: str,
    rows: pa.Table,
    wrong: tuple[Fault, ...] = (),
    seed: int = SEED,
    tables: Mapping[str, pa.Table] | None = None,
) -> File:
    """One delivery with its faults. `tables`: the submitter's, for a file sent by mistake and for look-ups."""
    known = tables or {}
    other = next((f.archivo.de for f in wrong if f.archivo is not None and f.archivo.de is not None), None)
    if other is not None:
        rows = next(own for code, own in deliveries(contract, known[contract.table]) if code == other.periodo)
        region, period, wrong = other.region, other.periodo, ()
    spoilt = spoil(contract, rows, wrong, known) if wrong else Spoilt(rows, {})
    form = arrivals.form_of(contract, region, period, rows.num_rows, wrong, seed)
    return File(writing.encoded(spoilt.rows, form), form.suffix, spoilt.rows.num_rows, spoilt.hits)


def deliveries(contract: Contract, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """(period, rows without their mark), in order: a year at a time for the history, then as the contract's periods go."""
    codes = rows[PERIOD].combine_chunks().dictionary_encode()
    named = codes.dictionary.to_pylist()
    sent = {p: p[:4] if arrivals.is_historical(contract, p) else p for p in named}
    order = sorted(set(sent.values()))
    at = np.array([order.index(sent[p]) for p in named], np.int64)[codes.indices.to_numpy()] if named else np.empty(0, np.int64)
    sequence = np.argsort(at, kind="stable")
    in_order = rows.drop_columns([PERIOD]).take(pa.array(sequence))
    bounds = np.searchsorted(at[sequence], np.arange(len(order) + 1))
    for code, start, end in zip(order, bounds[:-1], bounds[1:], strict=True):
        yield code, in_order.slice(int(start), int(end - start))


def write(
    inbox: Path,
    *,
    months: int | None = None,
    first: str = FIRST,
    until: str = UNTIL,
    tables: Collection[str] | None = None,
    regions: Collection[str] | None = None,
    scale: float = 1,
    seed: int = SEED,
    faults: bool = True,
) -> Summary:
    """Fill `inbox` with deliveries as of the last day of `until`; `months` keeps those of the last ones.

    `tables` asked for by name are sent with the tables they refer to, and those whole: without them no reference would resolve.
    Where all are sent, the ones that others refer to are whole.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    contracts, last = catalogue.contracts(), periods.parse(until)
    since = last.start if months is None else last.earlier(months - 1).start
    window = _window(contracts, tables, None if months is None else since)
    sent = _Inbox(inbox, window, seed, faults, last.end)
    national: dict[str, list[pa.Table]] = defaultdict(list)
    for code in sorted(regions or PROFILES):
        region = build(Region(code, seed, periods.parse(first).start, last.end, scale), window.tables if tables is not None else frozenset())
        for table in sorted(window.tables & set(region.tables)):
            if contracts[table].delivery.ambito == "nacional":
                national[table].append(region.tables[table])
            else:
                sent.send_all(contracts[table], code, region.tables)
    whole = {table: pa.concat_tables(parts) for table, parts in national.items()}
    for table in sorted(whole):
        sent.send_all(contracts[table], NATIONAL, whole)
    return sent.summary()


def write_correction(inbox: Path, *, first: str = FIRST, until: str = UNTIL, seed: int = SEED) -> Path:
    """Put in `inbox` the second version of one file that was accepted with faults, without them; gives its path."""
    inbox.mkdir(parents=True, exist_ok=True)
    table, code, period = CORRECTED
    own = contract(catalogue.contracts(), table)
    region = build(Region(code, seed, periods.parse(first).start, periods.parse(until).end), frozenset({table}))
    rows = dict(deliveries(own, region.tables[table]))[period]
    file = file_of(own, code, period, rows, seed=seed)
    path = inbox / f"{table}_{code}_{period}_v2.{file.suffix}"
    writing.put(path, file.content, arrivals.arrival(own, code, period, 2, (), seed))
    return path


def demonstrated() -> tuple[str, ...]:
    """The tables that the demonstration delivers: those whose contract says that their source is synthetic."""
    return tuple(t for t, c in catalogue.contracts().items() if c.source.sintetico and is_delivered(c))


def parents(contracts: Mapping[str, Contract], tables: Collection[str]) -> frozenset[str]:
    """Every delivered table that rows of these refer to, and theirs."""
    found: set[str] = set()
    pending = set(tables)
    while pending:
        table = pending.pop()
        named = {c.references.partition(".")[0] for c in contracts[table].columns if c.references} - found - {table}
        found |= {t for t in named if t in contracts and is_delivered(contracts[t])}
        pending |= named & found
    return frozenset(found)


def _window(contracts: Mapping[str, Contract], asked: Collection[str] | None, since: date | None) -> Window:
    wanted = frozenset(asked if asked is not None else demonstrated())
    referred = parents(contracts, wanted)
    whole = referred if asked is None else referred - wanted
    # Rows that are part of a row of another table (the steps of a case) go wherever that one goes.
    whole |= {t for t in wanted if any(c.key and c.references.partition(".")[0] in whole for c in contracts[t].columns)}
    return Window(wanted | referred, whole if since else wanted | referred, since or date.min)
