"""What the categories of a breakdown are called: the definition's own words, the contract's, or the province's name."""

from __future__ import annotations

from collections.abc import Mapping

from kpis.facts import Fact
from warehouse.contracts import Bilingual, Contract
from warehouse.delta import DeltaStore
from warehouse.indicators import Breakdown

PROVINCE = "provincia"
UBIGEOS = "ref_ubigeo"
_UNKNOWN = Bilingual(es="Sin dato", en="No data")


def labels(breakdown: Breakdown, fact: Fact, contracts: Mapping[str, Contract], provinces: Mapping[str, str]) -> dict[str, Bilingual]:
    """Category -> label, from the definition, the contract column that the fact's column comes from, or `provinces` (code -> name)."""
    if breakdown.labels:
        return breakdown.labels
    if breakdown.column == PROVINCE:
        return {code: Bilingual(es=name, en=name) for code, name in provinces.items()} | {"sin_dato": _UNKNOWN}
    for table, column in fact.sources.get(breakdown.column, ()):
        found = contracts[table].column(column)
        if found.labels:
            # The row of totals of a table is no category: no fact lets it through.
            kept = {k: v for k, v in found.labels.items() if k.upper() != "TOTAL" or k in _as_headline(breakdown)}
            return kept if found.required else {**kept, "sin_dato": _UNKNOWN}
    return {}


def provinces_of(delta: DeltaStore, versions: Mapping[str, int]) -> dict[str, str]:
    """Code of four digits -> name of each province, from the accepted table of districts; empty where there is none yet."""
    if UBIGEOS not in versions:
        return {}
    rows = delta.read("aceptado", UBIGEOS, versions[UBIGEOS]).select(["cod_provincia", "provincia"]).to_pylist()
    return {str(r["cod_provincia"]): str(r["provincia"]) for r in sorted(rows, key=lambda r: str(r["cod_provincia"]))}


def _as_headline(breakdown: Breakdown) -> set[str]:
    return {breakdown.headline} - {""}
