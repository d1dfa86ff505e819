"""The counts that the method page tells of a publication."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import quality
from dashboard.published import Sheet, Snapshot
from warehouse.states import CROSSED, DETAIL, PERSON, PUBLISHED
from warehouse.territories import COUNTRY

#: notice of a value that rests on a deadline nobody verified
REFERENCE = "plazo_referencial"
#: breakdown whose categories each have a deadline of their own
BY_PROCEDURE = "procedimiento"
_JUDGED = ("mejora", "empeora", "sube", "baja", "sin_diferencia")
_MEANT_AWAY = (PERSON, CROSSED, DETAIL)


@dataclass(frozen=True)
class Counts:
    """Of one publication; values are those of the last period of each indicator, undivided. `sources`: the tables its indicators are made of."""

    indicators: int
    sources: int
    synthetic: int
    deliveries: int
    rows: int
    quarantined: int
    published: int
    absent: int
    compared: int
    firm: int
    #: procedures measured with a verified deadline and with a reference one; None where the publication measures none
    deadlines: tuple[int, int] | None
    #: target status -> how many
    targets: Counter[str]
    #: indicators whose audience is the public, those about persons, and values of them not shown outside
    public: int
    persons: int
    hidden: int


def counts(snap: Snapshot) -> Counts:
    """Count a publication."""
    sheets, board = snap.indicators(), snap.matrix()
    used, unused = quality.behind(snap)
    facts = [*used.values(), *unused.values()]
    states = Counter(board["cambio_estado"].dropna())
    return Counts(
        indicators=len(sheets),
        sources=len(used),
        synthetic=sum(1 for r in used.values() if r["sintetico"]),
        deliveries=snap.accepted(),
        rows=sum(int(r["filas"] or 0) for r in facts),
        quarantined=sum(int(r["filas_cuarentena"] or 0) for r in facts),
        published=int((board["estado"] == PUBLISHED).sum()),
        absent=int((board["estado"] != PUBLISHED).sum()),
        compared=sum(states[s] for s in _JUDGED),
        firm=sum(states[s] for s in _JUDGED[:-1]),
        deadlines=deadlines(snap),
        targets=Counter(str(x["status"]) for s in sheets for x in s.ficha.get("targets") or ()),
        public=sum(1 for s in sheets if "publico" in s.ficha["audience"]),
        persons=sum(1 for s in sheets if s.ficha.get("persons")),
        hidden=int(board["supresion"].isin(_MEANT_AWAY).sum()),
    )


def deadlines(snap: Snapshot) -> tuple[int, int] | None:
    """(verified, reference) among the procedures with a value in the country's last period."""
    for sheet in snap.indicators():
        if REFERENCE in (sheet.ficha.get("flags") or {}) and any(b["name"] == BY_PROCEDURE for b in sheet.breakdowns):
            return _by_procedure(snap, sheet)
    return None


def _by_procedure(snap: Snapshot, sheet: Sheet) -> tuple[int, int] | None:
    rows = snap.values(sheet.id, kind=sheet.main_period, period=snap.last_period(sheet.id), territory=COUNTRY)
    rows = rows[(rows["desglose"] == BY_PROCEDURE) & (rows["estado"] == PUBLISHED)]
    if rows.empty:
        return None
    reference = sum(1 for marks in rows["avisos"] if REFERENCE in (marks or []))
    return len(rows) - reference, reference


def headline(found: Counts, number: int, lang: str) -> str:
    """«Publicación N.º 2: 77 indicadores de 35 fuentes, 31 de ellas sintéticas, de demostración»."""
    first = t("Publicación N.º {n}: {indicadores} calculados con {fuentes}", lang).format(
        n=number, indicadores=indicators(found.indicators, lang), fuentes=formats.plural(found.sources, t("fuente", lang), t("fuentes", lang), lang)
    )  # fmt: skip
    if not found.synthetic:
        return t("{inicio}, ninguna sintética", lang).format(inicio=first)
    if found.synthetic == found.sources:
        return t("{inicio}, todas sintéticas, de demostración", lang).format(inicio=first)
    if found.synthetic == 1:
        return t("{inicio}, 1 de ellas sintética, de demostración", lang).format(inicio=first)
    some = t("{inicio}, {k} de ellas sintéticas, de demostración", lang)
    return some.format(inicio=first, k=found.synthetic)


def indicators(n: int, lang: str) -> str:
    return formats.plural(n, t("indicador", lang), t("indicadores", lang), lang)


def below(found: Counts, lang: str) -> str:
    """What else must be known before quoting anything: deadlines, targets, synthetic data."""
    told = []
    if found.deadlines is not None:
        verified, reference = found.deadlines
        told.append(
            t("De {n} procedimientos medidos, {a} tienen un plazo verificado en la norma y {b}, uno referencial.", lang).format(
                n=verified + reference, a=verified, b=reference
            )
        )
    total = sum(found.targets.values())
    if total:
        told.append(t("De {n} metas, {k} son propuestas que nadie ha aprobado todavía.", lang).format(n=total, k=found.targets["propuesta"]))
    if found.synthetic:
        told.append(t("Lo que sale de una fuente sintética lleva su marca y no describe a ningún gobierno regional.", lang))
    return " ".join(told)
