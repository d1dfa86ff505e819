"""The verdict of each submission of a batch. Ours, not Great Expectations': severity decides, and «not evaluated» is never «right».

A blocking finding rejects the submission; an error with a row sends that row to quarantine; a warning leaves the row, marked.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from checks.batch import Batch, Verdict
from checks.compiled import compile_rules
from checks.difference import Difference
from checks.exceptions import Exceptions
from checks.file_rules import required_cells
from checks.findings import BLOCKING, ERROR, WARNING, Finding
from checks.lot import Lot
from checks.one_pass import NotEvaluable, opened
from checks.restatement import differences
from checks.results import all_out, rule_results
from checks.rules import FileRule, Lookup, Outcome, Row, RowRule, Rules
from checks.sentences import MASK, as_data
from checks.verdict_sentence import verdict_sentence
from warehouse import catalogue
from warehouse.submissions import ACCEPTED, REJECTED, WARNED

#: sentences of one rule kept for one submission where no quarantined row hangs on them; the results have the whole count
MOST_TOLD = 1_000


def get_ready() -> None:
    """Import what judging needs, before any batch is in memory: it stays to the end, and so would whatever else there is when it comes."""
    from checks import suite  # noqa: F401


def judge(batch: Batch, known_hashes: Mapping[str, tuple[str, str]] | None = None) -> dict[str, Verdict]:
    """One verdict for each submission of `batch.places`. `known_hashes`: file hash -> (region, period) where it was accepted before.

    Raises DeclarationError where the contract itself is wrong, before looking at a row.
    """
    contracts = {**catalogue.contracts(), batch.contract.table: batch.contract}
    rules = compile_rules(batch.contract, contracts, batch.today, known_hashes)
    if not batch.places:
        return {}
    from checks import suite  # a second of CPU: only whoever judges pays it

    lot = Lot(batch)
    with opened(lot, rules, contracts) as run:
        judgement = _Judgement(lot, rules, suite.validate(run, batch.contract.table))
        changes = differences(batch.contract, lot, run.connection, np.flatnonzero(judgement.out))
    return judgement.verdicts(changes)


def _without(rows: pa.Table, out: np.ndarray) -> pa.Table:
    """The rows less those at `out`: where these are few, the stretches between them, and nothing is copied."""
    if len(out) > rows.num_rows / 1_000:
        kept = np.ones(rows.num_rows, bool)
        kept[out] = False
        return rows.filter(pa.array(kept))
    edges = zip([0, *(out + 1)], [*out, rows.num_rows], strict=True)
    return pa.concat_tables([rows.slice(int(a), int(b - a)) for a, b in edges if b > a] or [rows.slice(0, 0)])


class _Judgement:
    """A batch with what its rules found, as arrays over rows and submissions."""

    def __init__(self, lot: Lot, rules: Rules, found: Mapping[str, Outcome | NotEvaluable]) -> None:
        self.lot, self.rules, self.found = lot, rules, found
        self.look = Lookup(lot.batch.references)
        self.columns = {c.name: c for c in lot.batch.contract.columns}
        self.exceptions = Exceptions(lot)
        self.by_file: dict[str, list[Finding]] = defaultdict(list)
        self.doubts: dict[str, list[Finding]] = defaultdict(list)
        for doubt in self._not_evaluated():
            self.doubts[doubt.entrega_id].append(doubt)
        for finding in (*lot.batch.issues, *self._file_findings(), *(d for own in self.doubts.values() for d in own)):
            self.by_file[finding.entrega_id].append(self.exceptions.apply(finding))
        self.row_outcomes = [(r, o) for r in rules.row if isinstance(o := found[r.name], Outcome) and len(o.positions)]
        self.tallies = {r.name: lot.tally(o.positions) for r, o in self.row_outcomes}
        self.out = self._rows_with(ERROR)
        self.marked = self._rows_with(WARNING) | self._unsure_rows()
        self.cells, self.empty = required_cells(lot.batch.contract, lot)
        self.blocked = self._blocked()
        nothing_left = np.diff(lot.starts) == lot.tally(np.flatnonzero(self.out))
        declared = np.array([lot.batch.places[e].sin_movimiento for e in lot.ids], bool)
        self.rejected = self.blocked | (nothing_left & ~declared)
        self._tell_rows()

    def _file_findings(self) -> Iterator[Finding]:
        for rule in self.rules.file:
            if isinstance(outcome := self.found[rule.name], Outcome):
                yield from outcome.findings

    def _not_evaluated(self) -> Iterator[Finding]:
        """A rule that could not be evaluated is told; where it would have blocked, it blocks."""
        for rule in self.rules.all:
            outcome = self.found[rule.name]
            if isinstance(outcome, NotEvaluable):
                concerned = {e: str(outcome) for e in self.lot.ids if self._concerns(rule, e)}
            else:
                concerned = {e: f"{why}." for e, why in outcome.skipped.items()}
            severity = BLOCKING if rule.severity == BLOCKING else WARNING
            for entrega_id, why in concerned.items():
                sentence = f"La regla {rule.rule_id} no se pudo evaluar: {why}"
                cure = "Avise al equipo del sistema." if isinstance(outcome, NotEvaluable) else "Complete los datos y envíe otra vez el archivo."
                yield Finding(entrega_id, rule.rule_id, rule.dimension, severity, None, getattr(rule, "column", ""), "", sentence, cure)

    def _concerns(self, rule: RowRule | FileRule, entrega_id: str) -> bool:
        return (isinstance(rule, FileRule) and rule.without_rows) or self.lot.size(self.lot.code_of[entrega_id]) > 0

    def _rows_with(self, severity: str) -> np.ndarray:
        mask = np.zeros(self.lot.rows.num_rows, bool)
        for rule, outcome in self.row_outcomes:
            mask[self.exceptions.as_grave(rule, outcome.positions, severity)] = True
        named = (f for findings in self.by_file.values() for f in findings if f.severidad == severity and f.fila is not None)
        mask[self.lot.positions(named)] = True
        return mask

    def _unsure_rows(self) -> np.ndarray:
        """Rows that a rule about rows was not evaluated for: they may be used, and carry the mark."""
        unsure = any(isinstance(self.found[r.name], NotEvaluable) for r in self.rules.row)
        return np.full(self.lot.rows.num_rows, unsure)

    def verdicts(self, changes: Mapping[str, Difference]) -> dict[str, Verdict]:
        """Of every submission. `changes`: what each new version changes of the accepted one."""
        state = pc.if_else(pa.array(self.marked), "advertido", "valido")
        rows = self.lot.rows.append_column("estado_registro", state)
        kept = _without(rows, np.flatnonzero(self.out))
        before = np.concatenate([[0], np.cumsum(~self.out)])[self.lot.starts]
        slices = (kept.slice(int(a), int(b - a)) for a, b in itertools.pairwise(before))
        return {e: self._verdict(code, e, good, changes.get(e)) for (code, e), good in zip(enumerate(self.lot.ids), slices, strict=True)}

    def _verdict(self, code: int, entrega_id: str, good: pa.Table, change: Difference | None) -> Verdict:
        size, place = self.lot.size(code), self.lot.batch.places[entrega_id]
        rejected = bool(self.rejected[code])
        findings = sorted(self.by_file[entrega_id], key=lambda f: (f.fila is not None, f.fila or 0))
        tallies = {name: int(tally[code]) for name, tally in self.tallies.items()}
        results = rule_results(self.rules, tallies, findings, self.doubts.get(entrega_id, ()), size, self.exceptions.rules(code))
        if rejected:
            state, good = REJECTED, good.slice(0, 0)
        else:
            state = WARNED if any(f.severidad in (ERROR, WARNING) for f in findings) else ACCEPTED
        kept_out = 0 if rejected else len({f.fila for f in findings if f.severidad == ERROR and f.fila is not None})
        facts = {r: o.facts.get(entrega_id, []) for r in self.rules.file if isinstance(o := self.found[r.name], Outcome)}
        total = max(place.filas, size)
        if rejected and not self.blocked[code]:
            message = all_out(total, findings)
        elif place.sin_movimiento and not rejected:
            message = "Sin movimiento: el periodo se declaró sin casos."
        else:
            message = verdict_sentence(state, good.num_rows, kept_out, findings, results, facts)
        return Verdict(
            entrega_id, state, good, findings, results, filas=total, filas_aceptadas=good.num_rows, filas_cuarentena=kept_out,
            celdas_requeridas=int(self.cells[code]), celdas_vacias=int(self.empty[code]), mensaje=message,
            difference=change, waived=self.exceptions.counted(entrega_id),
        )  # fmt: skip

    def _blocked(self) -> np.ndarray:
        """Submissions with a blocking finding."""
        by_row = [self.lot.tally(self.exceptions.as_grave(r, o.positions, BLOCKING)) > 0 for r, o in self.row_outcomes if r.severity == BLOCKING]
        by_file = np.array([any(f.severidad == BLOCKING for f in self.by_file[e]) for e in self.lot.ids], bool)
        return np.logical_or.reduce([by_file, *by_row])

    def _tell_rows(self) -> None:
        """A sentence for each failing row, all submissions at once. Those that no quarantined row needs stop at MOST_TOLD a rule."""
        for rule, outcome in self.row_outcomes:
            codes = self.lot.codes[outcome.positions]
            rank = np.arange(len(codes)) - np.searchsorted(codes, codes)
            needed = ~self.rejected[codes] & ~self.exceptions.cover(rule.rule_id)[codes] if rule.severity == ERROR else np.zeros(len(codes), bool)
            positions = outcome.positions[needed | (rank < MOST_TOLD)]
            names = list(dict.fromkeys((*rule.reads, *((rule.column,) if rule.column else ()), "fila_origen", "entrega_id")))
            for row in self.lot.rows.select(names).take(pa.array(positions)).to_pylist():
                self.by_file[row["entrega_id"]].append(self._finding(rule, row))

    def _finding(self, rule: RowRule, row: Row) -> Finding:
        sentence, cure = rule.tell(row, self.look)
        value = MASK if rule.private else as_data(row.get(rule.column), self.columns.get(rule.column))
        finding = Finding(row["entrega_id"], rule.rule_id, rule.dimension, rule.severity, row["fila_origen"], rule.column, value, sentence, cure)
        return self.exceptions.apply(finding)
