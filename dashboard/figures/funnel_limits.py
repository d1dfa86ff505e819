"""What a funnel plot needs to be drawn: centre, overdispersion and the limits for any size, from the published counts of one period.

The same method as the published `frente_al_pais` (`kpis.methods.funnel`, Spiegelhalter 2005): that verdict, which an exact test has to share, is the
one that is told; the lines only show why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures.request import records
from dashboard.narrative import sentences
from dashboard.published import Sheet
from kpis.methods.exact import p_against_expected, p_against_target
from kpis.methods.funnel import Overdispersion, overdispersion

Row = dict[Any, Any]

#: fewer regions than this make no funnel, as in the publication
FUNNEL_REGIONS = 10
#: interval of the indicator -> kind of funnel
KINDS = {"wilson": "proportion", "rate": "rate"}
#: verdicts that are one
DIFFERENT = ("mejor", "peor", "superior", "inferior")


@dataclass(frozen=True)
class Funnel:
    """The regions of one period about their common value. `rows` have value and size; `beyond` says which limits each is outside of: 0, 95 or 99."""

    rows: tuple[Row, ...]
    found: Overdispersion
    scale: float
    beyond: tuple[int, ...]

    @property
    def centre(self) -> float:
        return self.found.target * self.scale

    def curve(self, sizes: Any, confidence: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limit for sizes, on the indicator's scale."""
        low, high = self.found.limits(sizes, confidence)
        return np.asarray(low) * self.scale, np.asarray(high) * self.scale

    @property
    def named(self) -> list[Row]:
        """Regions outside the limits of 95 %, the farthest first."""
        out = [(float(abs(z)), r) for r, b, z in zip(self.rows, self.beyond, self.found.z, strict=True) if b]
        return [r for _, r in sorted(out, key=lambda p: -p[0])]

    @property
    def different(self) -> list[Row]:
        """Regions that the publication itself tells apart from all together."""
        return [r for r in self.rows if r["frente_al_pais"] in DIFFERENT]


def is_judged(frame: pd.DataFrame) -> bool:
    """Whether the publication placed the regions of this period among the others."""
    return bool((frame["nivel"].eq("region") & frame["frente_al_pais"].notna()).any())


def funnel(frame: pd.DataFrame, sheet: Sheet) -> Funnel | None:
    """The funnel of one period and category; None where its form has none or too few regions have a value."""
    kind = KINDS.get(str(sheet.ficha["interval"]))
    if kind is None or not is_judged(frame):
        return None
    rows = [r for r in records(frame) if r["nivel"] == "region" and sentences.is_published(r) and "serie_incompleta" not in (r["avisos"] or [])]
    rows = [r for r in rows if r["denominador"]]
    if len(rows) < FUNNEL_REGIONS:
        return None
    events, sizes = (np.array([float(r[c]) for r in rows]) for c in ("numerador", "denominador"))
    found = overdispersion(events, sizes, kind=kind)
    ratio = events / sizes
    inner, outer = found.limits(sizes, 0.95), found.limits(sizes, 0.998)
    # the limits approximate: no death where two were expected is below the line and no wonder; an exact test has to agree, as in the publication
    p = p_against_target(events, sizes, found.target) if kind == "proportion" else p_against_expected(events, sizes * found.target)
    far = ((ratio < outer[0]) | (ratio > outer[1])) & (p < 0.002)
    near = ((ratio < inner[0]) | (ratio > inner[1])) & (p < 0.05)
    beyond = np.where(far, 99, np.where(near, 95, 0))
    return Funnel(tuple(rows), found, float(sheet.ficha.get("scale") or 1.0), tuple(int(b) for b in beyond))
