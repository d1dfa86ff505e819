"""The one sentence that sums up a verdict for the person who sent the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.findings import BLOCKING, NOTE, Finding
from checks.results import gravest, told
from checks.rules import FileRule
from checks.sentences import count
from warehouse.submissions import REJECTED, RuleResult

Facts = Mapping[FileRule, list[dict[str, Any]]]
#: observations told in the sentence; the rest is counted
_TOLD = 2


def verdict_sentence(state: str, accepted: int, kept_out: int, findings: list[Finding], results: tuple[RuleResult, ...], facts: Facts) -> str:
    """«9 filas aceptadas y 1 en cuarentena; 2 observaciones: …», or why the file was rejected, or a better explanation where there is one."""
    if state == REJECTED:
        return _rejected([f for f in gravest(findings) if f.severidad == BLOCKING])
    rows = count(accepted, "fila aceptada", "filas aceptadas") + (f" y {kept_out:,} en cuarentena" if kept_out else "")
    failed = [r for r in results if r.mensaje]
    if not failed:
        return f"{rows}, sin observaciones."
    explained = explained_share([r for r in results if r.estado != "cumple"], results, facts)
    if explained:
        return explained
    total = sum(f.severidad != NOTE for f in findings)
    worst = sorted(failed, key=lambda r: (r.severidad == "advertencia", -r.filas_fallidas))
    more = f" Y {count(len(worst) - _TOLD, 'regla más', 'reglas más')} con observaciones." if len(worst) > _TOLD else ""
    return f"{rows}; {count(total, 'observación', 'observaciones')}: {' '.join(r.mensaje for r in worst[:_TOLD])}{more}"


def _rejected(blocking: list[Finding]) -> str:
    more = f" (y {count(len(blocking) - 1, 'motivo más', 'motivos más')})" if len(blocking) > 1 else ""
    return f"Rechazada: {told(blocking[0])}{more}"


def explained_share(failed: list[RuleResult], results: tuple[RuleResult, ...], facts: Facts) -> str:
    """One wrong percentage explains a wrong sum of percentages, and the counts are right: told as one story.

    Only where it is so: exactly one percentage fails, mending it mends the sum, the parts do add up, and nothing else fails.
    """
    kinds = {rule.kind: rule for rule in facts if rule.kind}
    sums, shares, share_sums = (kinds.get(k) for k in ("suma_partes", "porcentaje_de_parte", "suma_porcentajes"))
    if sums is None or shares is None or share_sums is None or {r.regla_id for r in failed} != {shares.rule_id, share_sums.rule_id}:
        return ""
    if len(facts[shares]) != 1 or len(facts[share_sums]) != 1 or not any(r.regla_id == sums.rule_id and r.estado == "cumple" for r in results):
        return ""
    share, total = facts[shares][0], facts[share_sums][0]
    if share["grupo"] != total["grupo"] or abs(share["suma_corregida"] - 100) > total["margen"] or not share["autoresoluble"]:
        return ""
    return (
        f"{share['frase']} Por eso los porcentajes suman {total['suma']} %. Los {share['valor']} sí suman {share['total']}: "
        f"se publica {share['recalculado']} % calculado por el sistema y se conserva el valor declarado como evidencia."
    )
