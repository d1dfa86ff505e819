"""A verdict as the desk keeps and shows it: plain values, private ones masked, as many findings as somebody can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from etl.privacy import MASK, is_private

if TYPE_CHECKING:  # what judges is loaded by the receiver alone
    from checks.batch import Verdict
    from checks.findings import Finding
    from warehouse.contracts import Contract
    from warehouse.submissions import Submission

#: findings kept of one file; past this nobody mends by hand, and the count is told whole
MOST = 5_000
#: severity -> place in the order in which people should read
ORDER = {"bloqueante": 0, "error": 1, "advertencia": 2, "informativa": 3}
_PLACE = re.compile(r"^Fila ([\d,]+), «([^»]+)»: ")


def result_of(contract: Contract, submission: Submission, verdict: Verdict) -> dict[str, Any]:
    """What `cargas.resultado` keeps of a judged file. `total` counts what is to be looked at: notes are no findings."""
    by_severity = Counter(f.severidad for f in verdict.findings)
    return {
        "entrega_id": submission.entrega_id,
        "version": submission.version,
        "estado": verdict.estado,
        "frase": verdict.mensaje,
        "filas": verdict.filas,
        "filas_aceptadas": verdict.filas_aceptadas,
        "filas_cuarentena": verdict.filas_cuarentena,
        "filas_agregadas": submission.filas_agregadas,
        "filas_cambiadas": submission.filas_cambiadas,
        "filas_retiradas": submission.filas_retiradas,
        "version_contrato": contract.version,
        "por_gravedad": dict(by_severity),
        "total": sum(n for severity, n in by_severity.items() if severity != "informativa"),
        "hallazgos": list(_findings(contract, verdict.findings)),
    }


def _findings(contract: Contract, findings: list[Finding]) -> Iterator[dict[str, Any]]:
    private = {c.name for c in contract.columns if is_private(c)}
    for finding in sorted(findings, key=lambda f: (f.severidad == "informativa", f.fila or 0, ORDER.get(f.severidad, 9)))[:MOST]:
        hide = bool(finding.valor) and (finding.columna in private or finding.regla_id == "G-13")
        texts = [t.replace(finding.valor, MASK) if hide and finding.valor != MASK else t for t in (finding.mensaje, finding.remedio)]
        yield {
            "fila": finding.fila, "columna": finding.columna, "valor": MASK if hide else finding.valor[:120], "regla": finding.regla_id,
            "gravedad": finding.severidad, "mensaje": texts[0], "remedio": texts[1],
        }  # fmt: skip


def of_samples(failed: list[tuple[str, str, int, list[str]]]) -> dict[str, Any]:
    """Findings from rule results — (rule, severity, failing rows, sample sentences) —: row and column are read back from the sentence."""
    counts: Counter[str] = Counter()
    findings: list[dict[str, Any]] = []
    for rule, severity, rows, sample in failed:
        counts[severity] += max(rows, 1)
        for sentence in sample:
            place = _PLACE.match(sentence)
            findings.append(
                {
                    "fila": int(place[1].replace(",", "")) if place else None, "columna": place[2] if place else "", "valor": "", "regla": rule,
                    "gravedad": severity, "mensaje": sentence, "remedio": "",
                }
            )  # fmt: skip
    findings.sort(key=lambda f: (f["fila"] or 0, ORDER.get(f["gravedad"], 9)))
    return {"por_gravedad": dict(counts), "total": sum(n for s, n in counts.items() if s != "informativa"), "hallazgos": findings}
