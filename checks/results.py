"""What each rule said of one submission, counted: one result for each rule people know, however many predicates it is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from checks.findings import BLOCKING, ERROR, NOTE, WARNING, Finding
from checks.rules import FileRule, RowRule, Rules
from checks.sentences import count
from warehouse.submissions import RuleResult

SAMPLE = 20
_GRAVITY = {BLOCKING: 3, ERROR: 2, WARNING: 1, NOTE: 0}


def told(finding: Finding) -> str:
    """What is wrong and how to mend it, as one text."""
    return f"{finding.mensaje} {finding.remedio}".strip()


def gravest(findings: list[Finding]) -> list[Finding]:
    """The gravest first; among equals as they stand."""
    return sorted(findings, key=lambda f: -_GRAVITY[f.severidad])


def rule_results(
    rules: Rules, tallies: Mapping[str, int], findings: list[Finding], doubts: Collection[Finding], rows: int, excepted: Collection[str] = ()
) -> tuple[RuleResult, ...]:
    """Results by rule id. `tallies`: failing rows of the submission by predicate. `doubts`: the findings that say «no se pudo evaluar».
    `excepted`: rules that somebody's exception turns into warnings here.

    Of a submission without rows, only the rules that need none were evaluated.
    """
    told_by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severidad != NOTE:
            told_by_rule[finding.regla_id].append(finding)
    parts: dict[str, list[RowRule | FileRule]] = {rule_id: [] for rule_id in sorted({r.rule_id for r in rules.all} | set(told_by_rule))}
    for rule in rules.all:
        if rows or (isinstance(rule, FileRule) and rule.without_rows):
            parts[rule.rule_id].append(rule)
    return tuple(_result(i, group, tallies, told_by_rule[i], doubts, rows, i in excepted) for i, group in parts.items() if group or told_by_rule[i])


def _result(
    rule_id: str,
    group: list[RowRule | FileRule],
    tallies: Mapping[str, int],
    findings: list[Finding],
    doubts: Collection[Finding],
    rows: int,
    excepted: bool,
) -> RuleResult:
    real = [f for f in findings if f not in doubts]
    # Several predicates of a rule may fail in one row: the findings name rows once, the tally is whole where they stop early.
    failing = max([len({f.fila for f in real if f.fila is not None}), *(tallies.get(r.name, 0) for r in group)]) if real else 0
    # A global rule is as grave as what it found; a contract's keeps its own, even where the system mends the figure itself.
    own = [] if real and (excepted or rule_id.startswith("G-")) else [r.severity for r in group]
    severities = own + [f.severidad for f in findings]
    return RuleResult(
        rule_id,
        dimension=group[0].dimension if group else findings[0].dimension,
        severidad=max(severities, key=_GRAVITY.__getitem__),
        estado="falla" if real else "no_evaluable" if findings else "cumple",
        filas_evaluadas=rows,
        filas_fallidas=failing,
        mensaje=_message(group, findings, real, failing, rows) if findings else "",
        muestra=tuple(dict.fromkeys(told(f) for f in gravest(findings)))[:SAMPLE],
    )


def _message(group: list[RowRule | FileRule], findings: list[Finding], real: list[Finding], failing: int, rows: int) -> str:
    first = gravest(real or findings)[0].mensaje
    headline = next((r.headline for r in group if isinstance(r, RowRule) and r.headline), "")
    if headline and real:
        return f"{headline} ({failing:,} de {count(rows, 'fila', 'filas')}); p. ej. {first}"
    return first if failing <= 1 else f"{failing:,} de {count(rows, 'fila', 'filas')} con esta observación; p. ej. {first}"


def all_out(rows: int, findings: list[Finding]) -> str:
    """The sentence of a submission without a single acceptable row."""
    if not rows:
        return "Rechazada: no trae filas de datos."
    which = "la única fila tiene" if rows == 1 else f"las {rows:,} filas tienen"
    example = next((told(f) for f in gravest(findings)), "")
    return f"Rechazada: {which} errores y ninguna se puede aceptar; p. ej. {example}".strip()
