"""Running the rules: all row rules of a batch in one DuckDB statement over the rows handed in, file rules each by its function.

Great Expectations asks this once for the pass and then once for each rule (see `suite`); nothing here knows of it.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from checks.lot import POSITION, Lot
from checks.own_tables import HISTORY, PREVIOUS
from checks.rules import FileRule, Outcome, RowRule, Rules, literal
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.delta import accepted_schema


class NotEvaluable(Exception):
    """A rule could not be evaluated. Its text completes «la regla X no se pudo evaluar: »."""


class Run:
    """One batch under one contract's rules. `passes` counts the statements that went over all rows.

    `outcomes` and `reasons` keep what each rule asked for so far found, or why it could not be evaluated.
    """

    def __init__(self, lot: Lot, rules: Rules, connection: duck.Connection, missing: frozenset[str]) -> None:
        self.lot, self.rules, self.missing = lot, rules, missing
        self.passes = 0
        self.outcomes: dict[str, Outcome] = {}
        self.reasons: dict[str, str] = {}
        self.connection = connection
        self._positions: dict[str, np.ndarray] = {}
        self._broken: dict[str, str] = {}

    def evaluate(self) -> Run:
        """The pass. Where a predicate breaks it, each is tried alone and the sound ones pass together."""
        sound = [r for r in self.rules.row if not self.missing.intersection(r.needs)]
        try:
            self._pass(sound)
        except duck.Error:
            healthy = []
            for rule in sound:
                try:
                    self._pass([rule])
                    healthy.append(rule)
                except duck.Error as error:
                    self._broken[rule.name] = str(error).splitlines()[0]
            self._pass(healthy)
        return self

    def outcome(self, name: str) -> Outcome:
        """What a rule found. Raises NotEvaluable; whatever a file rule raises goes up."""
        rule = next(r for r in self.rules.all if r.name == name)
        if gone := sorted(self.missing.intersection(rule.needs)):
            self.reasons[name] = f"faltan los datos de {', '.join(gone)}."
        elif name in self._broken:
            self.reasons[name] = f"su predicado dio un error ({self._broken[name]})."
        if name in self.reasons:
            raise NotEvaluable(self.reasons[name])
        if isinstance(rule, FileRule):
            self.outcomes[name] = rule.test(self.lot, self.connection)
        else:
            self.outcomes[name] = Outcome(positions=self._positions[name])
        return self.outcomes[name]

    def _pass(self, rules: Sequence[RowRule]) -> None:
        """Positions of the rows that break each rule."""
        self.passes += 1
        if not rules:
            return
        flags = ", ".join(f"coalesce({self._guarded(r)}, FALSE) AS f{i}_" for i, r in enumerate(rules))
        any_flag = " OR ".join(f"f{i}_" for i in range(len(rules)))
        joins = " ".join(dict.fromkeys(j for r in rules for j in r.joins))
        if self.lot.observed is not None:
            joins += " LEFT JOIN observadas_ ON observadas_.entrega_ = t.entrega_id AND observadas_.fila_ = t.fila_origen"
        failing: pa.Table = self.connection.sql(
            f"SELECT * FROM (SELECT t.{POSITION} AS {POSITION}, {flags} FROM lote t {joins}) WHERE {any_flag}"
        ).to_arrow_table()
        positions = failing[POSITION].to_numpy()
        for i, rule in enumerate(rules):
            self._positions[rule.name] = np.sort(positions[failing[f"f{i}_"].to_numpy()])

    def _guarded(self, rule: RowRule) -> str:
        if self.lot.observed is None or not rule.columns:
            return f"({rule.predicate})"
        columns = ", ".join(literal(c) for c in rule.columns)
        return f"(NOT coalesce(list_has_any(observadas_.columnas_, [{columns}]), FALSE) AND ({rule.predicate}))"


@contextmanager
def opened(lot: Lot, rules: Rules, parents: dict[str, Contract]) -> Iterator[Run]:
    """A run with its own connection: `lote`, what was already observed, and the tables that rules name.

    A table of ours that nobody sent yet is empty (its children's references do not resolve); a reference table that is not
    there is a fault of the installation, and what needs it cannot be evaluated.
    """
    named = {n for r in rules.all for n in r.needs} - {HISTORY, PREVIOUS}
    references = dict(lot.batch.references)
    for table in sorted(named - set(references)):
        if table in parents and parents[table].delivery.ambito != "sistema":
            references[table] = accepted_schema(parents[table]).empty_table()
    with duck.engine() as connection:
        connection.register("lote", lot.numbered)
        if lot.observed is not None:
            connection.register("observadas_", lot.observed)
        for table, rows in references.items():
            connection.register(table, rows)
        _own_history(lot, connection)
        connection.execute(f"CREATE MACRO hoy() AS DATE '{lot.batch.today}'")
        yield Run(lot, rules, connection, frozenset(named - set(references)))


def _own_history(lot: Lot, connection: duck.Connection) -> None:
    """`version_anterior`, the accepted rows that the batch replaces, and `historia`, all accepted rows as they would stand with it.

    Of several submissions of one place only the last one's rows count. Views: nothing is read unless a rule asks.
    """
    last = {(p.cod_region, p.periodo): e for e, p in lot.batch.places.items()}
    places = pa.table(
        {"r_": pa.array([r for r, _ in last], pa.string()), "p_": pa.array([p for _, p in last], pa.string()), "e_": pa.array([*last.values()])}
    )
    connection.register("lugares_", places)
    standing = lot.batch.standing
    standing_or_none = lot.rows.schema.empty_table() if standing is None else standing
    connection.register("vigentes_", standing_or_none)
    connection.register("anteriores_", _replaced(lot, standing) if isinstance(standing, ds.Dataset) else standing_or_none)
    own = ", ".join(f'"{n}"' for n in lot.rows.schema.names)
    where = "FROM lugares_ WHERE r_ = entrega_region AND p_ = entrega_periodo"
    connection.execute(f"CREATE VIEW {PREVIOUS} AS SELECT {own} FROM anteriores_ WHERE EXISTS (SELECT 1 {where})")
    connection.execute(
        f"CREATE VIEW {HISTORY} AS SELECT {own} FROM vigentes_ WHERE NOT EXISTS (SELECT 1 {where}) "
        f"UNION ALL SELECT {own} FROM lote WHERE entrega_id IN (SELECT e_ FROM lugares_)"
    )


def _replaced(lot: Lot, standing: ds.Dataset) -> ds.Dataset:
    """The standing rows of the regions that deliver: the files of the others are not opened."""
    regions = sorted({p.cod_region for p in lot.batch.places.values()})
    return standing.filter(functools.reduce(operator.or_, (pc.field("entrega_region") == r for r in regions)))
