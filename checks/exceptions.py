"""Exceptions granted by name: what they cover still fails and is told, and no longer keeps a row or a file out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from checks.findings import BLOCKING, ERROR, WARNING, Finding
from checks.lot import Lot
from checks.rules import RowRule
from warehouse.waivers import NEVER, Waiver


class Exceptions:
    """The batch's waivers by rule and submission. A rule of `NEVER` is never covered, whatever was recorded."""

    def __init__(self, lot: Lot) -> None:
        self._lot = lot
        self._by_rule: dict[str, dict[int, Waiver]] = defaultdict(dict)
        self._counted: dict[str, set[int]] = defaultdict(set)
        table = lot.batch.contract.table
        for waiver in lot.batch.waivers:
            for code, entrega_id in enumerate(lot.ids):
                place = lot.batch.places[entrega_id]
                if waiver.regla_id not in NEVER and waiver.covers(waiver.regla_id, table, place.cod_region, place.periodo):
                    self._by_rule[waiver.regla_id].setdefault(code, waiver)

    def cover(self, rule_id: str) -> np.ndarray:
        """Whether each submission of the batch has an exception to the rule."""
        mask = np.zeros(len(self._lot.ids), bool)
        mask[list(self._by_rule.get(rule_id, ()))] = True
        return mask

    def as_grave(self, rule: RowRule, positions: np.ndarray, severity: str) -> np.ndarray:
        """The failing rows that count with this severity: the rule's own, or a warning where an exception covers them."""
        if rule.rule_id not in self._by_rule or rule.severity not in (BLOCKING, ERROR):
            return positions if rule.severity == severity else positions[:0]
        covered = self.cover(rule.rule_id)[self._lot.codes[positions]]
        if severity == WARNING:
            return positions[covered]
        return positions[~covered] if rule.severity == severity else positions[:0]

    def apply(self, finding: Finding) -> Finding:
        """The finding as a warning that names who accepted it, where an exception covers it."""
        waiver = self._by_rule.get(finding.regla_id, {}).get(self._lot.code_of[finding.entrega_id]) if self._by_rule else None
        if waiver is None or finding.severidad not in (BLOCKING, ERROR):
            return finding
        self._counted[finding.entrega_id].add(waiver.id)
        return replace(finding, severidad=WARNING, mensaje=f"{finding.mensaje} {waiver.told}")

    def rules(self, code: int) -> frozenset[str]:
        """Rules that an exception covers for a submission."""
        return frozenset(rule for rule, own in self._by_rule.items() if code in own)

    def counted(self, entrega_id: str) -> tuple[int, ...]:
        """Numbers of the exceptions that some finding of the submission needed."""
        return tuple(sorted(self._counted.get(entrega_id, ())))
