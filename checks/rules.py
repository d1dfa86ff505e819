"""What a rule is once compiled, and what it found. Rules are data: who runs them is `one_pass`, who decides is `judge`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from checks.findings import Finding
from warehouse import duck

if TYPE_CHECKING:
    from checks.lot import Lot

#: a row that breaks a rule, by column name
Row = dict[str, Any]


@dataclass(frozen=True)
class District:
    """A district of INEI's list."""

    ubigeo: str
    name: str
    province: str
    region: str


class Lookup:
    """What sentences ask of the reference tables. Built on the first question, for failing rows only."""

    def __init__(self, references: dict[str, pa.Table]) -> None:
        self._references = references
        self._keys: dict[tuple[str, str], tuple[str, ...]] = {}

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return self._references["ref_ubigeo"].to_pylist()

    @cached_property
    def districts(self) -> dict[str, District]:
        """INEI ubigeo -> district."""
        return {r["ubigeo"]: District(r["ubigeo"], r["distrito"], r["provincia"], r["cod_region"]) for r in self._rows}

    @cached_property
    def reniec(self) -> dict[str, str]:
        """RENIEC ubigeo -> INEI ubigeo."""
        return {r["ubigeo_reniec"]: r["ubigeo"] for r in self._rows if r["ubigeo_reniec"]}

    def keys(self, table: str, column: str) -> tuple[str, ...]:
        """Values of a short reference table, to suggest the nearest; none of a long one, where that would be slow."""
        if (table, column) not in self._keys:
            values = self._references.get(table)
            few = values is not None and values.num_rows <= 500
            found = pc.unique(pc.cast(values[column], pa.string())).drop_null().to_pylist() if values is not None and few else ()
            self._keys[table, column] = tuple(found)
        return self._keys[table, column]


#: sentence and cure of one failing row
Tell = Callable[[Row, Lookup], tuple[str, str]]


@dataclass(frozen=True)
class RowRule:
    """A predicate over `lote t`; TRUE = the row breaks it, NULL = it does not.

    `name` is unique in the suite, `rule_id` is what people see and several rules may share it. A row whose `columns` were
    already told unreadable is not judged again: a date that could not be read is not a missing date. `reads` are the columns
    `tell` needs; `headline` opens the message where many rows fail; the value that breaks a `private` one is never shown.
    """

    name: str
    rule_id: str
    dimension: str
    severity: str
    column: str
    predicate: str
    tell: Tell
    columns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    headline: str = ""
    private: bool = False


@dataclass(frozen=True)
class Outcome:
    """What one rule found in a batch: positions of failing rows (row rules) or findings with their sentence (file rules).

    `skipped`: submissions it could not be evaluated for, with the reason. `facts`: what the verdict's sentence may tell of a
    failure, by submission.
    """

    positions: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    findings: tuple[Finding, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def failures(self) -> int:
        return len(self.positions) + len(self.findings)


@dataclass(frozen=True)
class FileRule:
    """A rule about whole submissions. `test` sees the batch and a connection where it is the table `lote`.

    `kind` is the contract's `prueba` where it came from one. `without_rows`: holds too for a file that could not be read.
    """

    name: str
    rule_id: str
    dimension: str
    severity: str
    test: Callable[[Lot, duck.Connection], Outcome]
    needs: tuple[str, ...] = ()
    kind: str = ""
    without_rows: bool = False


@dataclass(frozen=True)
class Rules:
    """Every rule of a contract, in the order people read them."""

    row: tuple[RowRule, ...]
    file: tuple[FileRule, ...]

    @property
    def all(self) -> tuple[RowRule | FileRule, ...]:
        return (*self.row, *self.file)


def quoted(name: str) -> str:
    """A column of `t` in SQL."""
    return 't."' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"
