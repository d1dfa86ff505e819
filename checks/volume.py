"""G-10: a number of rows unlike that of the submitter's own last submissions.

Told only where it is beyond both measures: half as many again (or half) of the median, and three deviations (median absolute
deviation, scaled to a normal one) from it. Either alone cries wolf: small monthly counts vary by half through chance, and a steady
office has a deviation near zero (`docs/decisiones/0005-volumen-atipico.md`).
"""

from __future__ import annotations

import numpy as np

from checks.findings import WARNING, Finding
from checks.lot import Lot
from checks.rules import Outcome
from checks.sentences import number

#: submissions looked back at, the fewest that say anything, and the median under which a count is too small to be judged
LAST, FEWEST, SMALLEST = 12, 6, 12
#: a normal distribution's standard deviation in median absolute deviations
_SCALE = 1.4826


def atypical(count: int, before: tuple[int, ...]) -> bool:
    """Whether `count` rows are unlike `before`, the counts of the earlier submissions, oldest first."""
    last = np.array(before[-LAST:], float)
    if len(last) < FEWEST:
        return False
    median = float(np.median(last))
    # A count varies by chance as its square root at the least, however steady the last few were.
    spread = max(_SCALE * float(np.median(np.abs(last - median))), median**0.5)
    return median >= SMALLEST and abs(count - median) > 0.5 * median and abs(count - median) > 3 * spread


def atypical_volume(lot: Lot) -> Outcome:
    """G-10 of every submission."""
    findings = []
    for entrega_id, place in lot.batch.places.items():
        if place.filas and atypical(place.filas, place.filas_antes):
            median = float(np.median(place.filas_antes[-LAST:]))
            what = f"El archivo trae {place.filas:,} filas; en sus últimas entregas la mitad traía menos de {number(median)} y la otra mitad más."
            cure = "Compruebe que no falten filas ni vengan repetidas; si es correcto, no hace falta nada."
            findings.append(Finding(entrega_id, "G-10", "atipico", WARNING, None, "", "", what, cure))
    return Outcome(findings=tuple(findings))
