"""What of a composite index the public may see: no score, dimension or number from which a value that is not shown could be worked out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from warehouse.states import PUBLISHED, WITHHELD

#: what is told of a whole result, and of a dimension, where it may not be shown
_NUMBERS = ("valor", "inferior", "superior", "puesto", "puesto_inferior", "puesto_superior", "estricto", "cambio")
_OF_DIMENSION = ("valor", "inferior", "superior")


@dataclass(frozen=True)
class Member:
    """An indicator of an index, as its frozen definition has it."""

    indicator: str
    dimension: str
    breakdown: str = ""
    categories: tuple[str, ...] = ()


#: (member, territory, period) -> "visible", "oculto" (a row that is withheld) or "interno" (an indicator that is not for the public)
Seen = Callable[[Member, str, str], str]


def members(sheet: dict[str, Any]) -> dict[str, Member]:
    """Indicator -> its place in the index, from the index's definition."""
    return {
        m["indicator"]: Member(m["indicator"], d["id"], m.get("breakdown") or "", tuple(m.get("categories") or ()))
        for d in sheet["dimensions"]
        for m in d["indicators"]
    }


def public_result(result: dict[str, Any], territory: str, known: dict[str, Member], seen: Seen, persons: frozenset[str]) -> dict[str, Any]:
    """A region's result for the public.

    Scores of what is not shown go, with the index without it. A dimension goes where a withheld value counts in it, or where the one score that
    is not shown is of an indicator about persons (`persons`): with the others known, it would be a subtraction. With a dimension goes the index.
    """
    scores: list[dict[str, Any]] = []
    hidden: dict[str, list[tuple[str, str]]] = {}
    for own in result.get("indicadores") or []:
        member = known.get(own["indicador"])
        how = "interno" if member is None else seen(member, territory, own.get("periodo") or "")
        if own.get("puntaje") is None or how == "visible":
            scores.append(own if how != "oculto" else {**own, "estado": WITHHELD})
            continue
        scores.append({**own, "puntaje": None, "sin_el": None, "estado": WITHHELD})
        if member is not None:
            hidden.setdefault(member.dimension, []).append((own["indicador"], how))
    gone = {d for d, what in hidden.items() if any(how == "oculto" for _, how in what) or (len(what) == 1 and what[0][0] in persons)}
    made = {**result, "indicadores": scores}
    if not gone:
        return made
    made["dimensiones"] = [{**d, **dict.fromkeys(_OF_DIMENSION)} if d["id"] in gone else d for d in result.get("dimensiones") or []]
    made |= dict.fromkeys(_NUMBERS) | {"niveles": [], "supera_a": []}
    if result["estado"] == PUBLISHED:  # what could not be computed keeps its own reasons
        reasons = [{"codigo": WITHHELD, "dimension": d, "hay": None, "hace_falta": None} for d in sorted(gone)]
        made |= {"estado": WITHHELD, "motivos": reasons}
    made["sorteos_por_nivel"] = dict.fromkeys(result.get("sorteos_por_nivel") or {})
    made["indicadores"] = [{**s, "sin_el": None} for s in scores]
    return made
