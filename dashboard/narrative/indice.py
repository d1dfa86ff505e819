"""The index as published, read for people: a region's profile, how sure its level is, why a dimension has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Snapshot
from warehouse.periods import parse
from warehouse.states import WITHHELD

INDEX = "idr"
#: what the band of a published index leaves out on each side is one draw in twenty
BAND = 90

Result = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """The index of one period: its frozen definition, each region's result, and the results of the same period a year before."""

    sheet: dict[str, Any]
    period: str
    results: dict[str, dict[str, Any]]
    before: dict[str, dict[str, Any]]

    @property
    def dimensions(self) -> list[dict[str, Any]]:
        """The declared dimensions that were computed."""
        computed = {d["id"] for r in self.results.values() for d in r["dimensiones"]}
        return [d for d in self.sheet["dimensions"] if d["id"] in computed]

    @property
    def calculable(self) -> dict[str, dict[str, Any]]:
        return {c: r for c, r in self.results.items() if r["valor"] is not None}

    def dimension_name(self, id: str, lang: str = "es", *, short: bool = True) -> str:
        """The name without what it explains in brackets; whole where it is not short."""
        found = next(d["name"] for d in self.sheet["dimensions"] if d["id"] == id)
        name = str(found.get(lang) or found["es"])
        return name.split(" (", 1)[0] if short else name

    def level_name(self, slug: str, lang: str = "es") -> str:
        found = next(x["name"] for x in self.sheet["levels"] if x["slug"] == slug)
        return str(found.get(lang) or found["es"])

    def median_of(self, id: str) -> float | None:
        """The middle of the regions in a dimension, None where fewer than five have it."""
        known = [d["valor"] for r in self.results.values() for d in r["dimensiones"] if d["id"] == id and d["valor"] is not None]
        return median(known) if len(known) >= 5 else None


def read(snap: Snapshot, period: str = "") -> Reading | None:
    """The index at a period it was computed for, the newest where it is not one; None where the publication has no index."""
    sheet, periods = snap.index_sheet(INDEX), snap.index_periods(INDEX)
    if sheet is None or not periods:
        return None
    at = period if period in periods else periods[-1]
    earlier = parse(at).earlier(12).code
    return Reading(sheet, at, snap.index_results(INDEX, at), snap.index_results(INDEX, earlier) if earlier in periods else {})


def dimension(result: Result | None, id: str) -> dict[str, Any] | None:
    """A dimension of a region's result."""
    return None if result is None else next((d for d in result["dimensiones"] if d["id"] == id), None)


def levels_touched(reading: Reading, low: float | None, high: float | None) -> list[str]:
    """Slugs of the levels between both ends of a band, lowest first."""
    if low is None or high is None:
        return []
    known = [(x["slug"], x["since"]) for x in reading.sheet["levels"]]
    at = [max(i for i, (_, since) in enumerate(known) if since <= max(0.0, end)) for end in (low, high)]
    return [slug for slug, _ in known[at[0] : at[1] + 1]]


def level_words(reading: Reading, slugs: list[str], lang: str = "es") -> str:
    """«En avance», «En desarrollo o en avance», «Entre crítico y en avance»."""
    names = [reading.level_name(s, lang) for s in slugs]
    lower = [n[:1].lower() + n[1:] for n in names]
    if len(names) <= 1:
        return "".join(names)
    if len(names) == 2:
        return t("{uno} o {otro}", lang).format(uno=names[0], otro=lower[1])
    return t("Entre {uno} y {otro}", lang).format(uno=lower[0], otro=lower[-1])


def certainty(result: Result, lang: str = "es") -> str:
    """«99.7 % de sorteos», of the levels that are named."""
    share = sum(result["sorteos_por_nivel"].get(s) or 0.0 for s in result["niveles"])
    return t("{parte} de sorteos", lang).format(parte=formats.share(share, 0 if share in (0, 1) or share < 0.995 else 1, lang))


def band(of: Result, lang: str = "es") -> str:
    """«(64–74)», nothing where there is no band."""
    limits = formats.interval(of["inferior"], of["superior"], 0, lang)
    return f"({limits})" if limits else ""


def states_of(reading: Reading, result: Result, id: str) -> list[str]:
    """The states of the indicators of a dimension that are not published, each once."""
    members = {m["indicator"] for d in reading.sheet["dimensions"] if d["id"] == id for m in d["indicators"]}
    missing = [i["estado"] for i in result["indicadores"] if i["indicador"] in members and i["puntaje"] is None]
    return list(dict.fromkeys(s for s in missing if s and s != "publicado"))


def why_not(reading: Reading, result: Result, id: str, lang: str = "es") -> str:
    """Why a region has no score in a dimension, in words."""
    states = states_of(reading, result, id)
    if states == ["competencia_minem"]:
        return t("función ejercida por MINEM: no se evalúa", lang)
    found = dimension(result, id)
    if (found or {}).get("cuenta") and WITHHELD in states:  # it has a score, which the public may not see
        return sentences.reason({"estado": WITHHELD, "n": None}, lang)
    covered = formats.share((found or {}).get("peso_cubierto") or 0.0, 0, lang)
    told = t("con dato en {parte} de su peso; hace falta {minimo}", lang)
    words = told.format(parte=covered, minimo=formats.share(reading.sheet["minimum_share"], 0, lang))
    reasons = formats.listing([sentences.reason({"estado": s, "n": None}, lang) for s in states], lang)
    return f"{words} ({reasons})" if reasons else words


def why_no_index(reading: Reading, result: Result, lang: str = "es") -> str:
    """Why a region has no index, one clause for each reason of the publication."""
    told = []
    for reason in result["motivos"]:
        if reason["codigo"] == "dimension_requerida_ausente":
            name = reading.dimension_name(reason["dimension"], lang)
            clause = t("«{dimension}» es obligatoria y tiene dato en {parte} de su peso (hace falta {minimo})", lang)
            told.append(
                clause.format(dimension=name, parte=formats.share(reason["hay"], 0, lang), minimo=formats.share(reason["hace_falta"], 0, lang))
            )
        elif reason["codigo"] == WITHHELD:
            name = reading.dimension_name(reason["dimension"], lang)
            told.append(t("«{dimension}» se apoya en cifras de personas que no se publican por privacidad", lang).format(dimension=name))
        else:
            clause = t("tiene {hay} dimensiones con dato y hacen falta {minimo}", lang)
            told.append(clause.format(hay=formats.number(reason["hay"], 0, lang), minimo=formats.number(reason["hace_falta"], 0, lang)))
    return "; ".join(told)


def finding(reading: Reading, result: Result, lang: str = "es") -> str:
    """The profile in a sentence: which dimensions lie wholly in one level, highest level first; never a place among the regions."""
    known = [d for d in result["dimensiones"] if d["valor"] is not None]
    sure = {d["id"]: touched[0] for d in known if len(touched := levels_touched(reading, d["inferior"], d["superior"])) == 1}
    parts = []
    for level in reversed(reading.sheet["levels"]):
        ids = [i for i, slug in sure.items() if slug == level["slug"]]
        if ids:
            names = formats.listing([reading.dimension_name(i, lang).lower() for i in ids], lang)
            parts.append(t("{nivel} en {dimensiones}", lang).format(nivel=reading.level_name(level["slug"], lang).lower(), dimensiones=names))
    if not parts:
        return t("Ninguna dimensión cae entera en un solo nivel: con estos datos no se puede nombrar uno", lang)
    told = "; ".join(parts)
    rest = len(known) - len(sure)
    if rest:
        told += t("; en otra, el nivel no es seguro", lang) if rest == 1 else t("; en otras {n}, el nivel no es seguro", lang).format(n=rest)
    return told[:1].upper() + told[1:]
