"""What the categories of a breakdown are called: the definition's own words, the contract's, or the province's name."""

from __future__ import annotations

from collections.abc import Mapping

from kpis.facts import Fact
from warehouse.contracts import Bilingual, Contract
from warehouse.delta import DeltaStore
from warehouse.indicators import Breakdown, Indicator

PROVINCE = "provincia"
#: column of a fact -> (table of reference, its code, its name)
NAMED = {PROVINCE: ("ref_ubigeo", "cod_provincia", "provincia"), "cod_procedimiento": ("ref_procedimientos", "cod_procedimiento", "nombre")}
#: column of a fact -> code -> name
Names = Mapping[str, Mapping[str, str]]
_UNKNOWN = Bilingual(es="Sin dato", en="No data")


def labels(breakdown: Breakdown, fact: Fact, contracts: Mapping[str, Contract], names: Names) -> dict[str, Bilingual]:
    """Category -> label, from the definition, the contract column that the fact's column comes from, or `names` of codes."""
    if breakdown.labels:
        return breakdown.labels
    if breakdown.column in names:
        return {code: Bilingual(es=name, en=name) for code, name in names[breakdown.column].items()} | {"sin_dato": _UNKNOWN}
    for table, column in fact.sources.get(breakdown.column, ()):
        found = contracts[table].column(column)
        if found.labels:
            # The row of totals of a table is no category: no fact lets it through.
            kept = {k: v for k, v in found.labels.items() if k.upper() != "TOTAL" or k in _as_headline(breakdown)}
            return kept if found.required else {**kept, "sin_dato": _UNKNOWN}
    return {}


def words_of(indicator: Indicator, fact: Fact, contracts: Mapping[str, Contract], names: Names) -> dict[str, dict[str, str]]:
    """Breakdown -> category -> what it is called in Spanish, for sentences."""
    return {b.name: {code: said.es for code, said in labels(b, fact, contracts, names).items()} for b in indicator.breakdowns}


def names_of(delta: DeltaStore, versions: Mapping[str, int]) -> Names:
    """The names of the codes that facts divide by, from the accepted tables of reference; nothing where there is none yet."""
    found: dict[str, dict[str, str]] = {}
    for column, (table, code, name) in NAMED.items():
        if table in versions:
            rows = delta.read("aceptado", table, versions[table]).select([code, name]).to_pylist()
            found[column] = {str(r[code]): str(r[name]) for r in sorted(rows, key=lambda r: (str(r[code]), str(r[name])))}
    return found


def _as_headline(breakdown: Breakdown) -> set[str]:
    return {breakdown.headline} - {""}
