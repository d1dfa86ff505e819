"""What the categories of a breakdown are called: the definition's words, the contract's, titles of tables and rules, or the province's name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kpis.facts import Fact
from warehouse import catalogue
from warehouse.contracts import Bilingual, Contract
from warehouse.declarations import read_yaml
from warehouse.delta import DeltaStore
from warehouse.indicators import Breakdown, Indicator

PROVINCE = "provincia"
#: column of a fact -> (table of reference, its code, its name)
NAMED = {PROVINCE: ("ref_ubigeo", "cod_provincia", "provincia"), "cod_procedimiento": ("ref_procedimientos", "cod_procedimiento", "nombre")}
#: column of a fact -> code -> name
Names = Mapping[str, Mapping[str, str]]
_UNKNOWN = Bilingual(es="Sin dato", en="No data")
#: columns of facts whose codes are names of tables, and ids of comparisons
TABLE, RULE = "dataset", "regla_id"
#: the rules of a contract that compare, by dimension; those that every contract has are declared in code and named here
_COMPARES = {"conciliacion": Bilingual(es="conciliación", en="reconciliation"), "totales": Bilingual(es="totales", en="totals")}
_OF_ALL = {"G-15": Bilingual(es="Cambios que trae una versión nueva (G-15)", en="Changes that a new version brings (G-15)")}


def labels(breakdown: Breakdown, fact: Fact, contracts: Mapping[str, Contract], names: Names) -> dict[str, Bilingual]:
    """Category -> label, from the definition, the titles of tables and rules, the contract column that the fact's column comes from, or `names`."""
    if breakdown.labels:
        return breakdown.labels
    if breakdown.column == TABLE:
        return {t: c.title for t, c in sorted(contracts.items()) if c.delivery.ambito == "region"}
    if breakdown.column == RULE:
        return comparisons(contracts)
    if breakdown.column in names:
        return {code: Bilingual(es=name, en=name) for code, name in names[breakdown.column].items()} | {"sin_dato": _UNKNOWN}
    for table, column in fact.sources.get(breakdown.column, ()):
        found = contracts[table].column(column)
        if found.labels:
            # The row of totals of a table is no category: no fact lets it through.
            kept = {k: v for k, v in found.labels.items() if k.upper() != "TOTAL" or k in _as_headline(breakdown)}
            return kept if found.required else {**kept, "sin_dato": _UNKNOWN}
    return {}


def comparisons(contracts: Mapping[str, Contract]) -> dict[str, Bilingual]:
    """Id of each rule that compares sources or totals -> its title. A contract's rule has none: its table, what it compares and its id tell it."""
    own = {
        r.id: Bilingual(es=f"{c.title.es}, {said.es} ({r.id})", en=f"{c.title.en}, {said.en} ({r.id})")
        for c in contracts.values()
        for r in c.rules
        if (said := _COMPARES.get(r.body.dimension))
    }
    return dict(sorted({**_OF_ALL, **own, **_titles()}.items()))


@cache
def _titles() -> dict[str, Bilingual]:
    """The declared reconciliations, read by path because their room is another's."""
    found = {}
    for path in sorted((catalogue.CONTRACTS.parent / "reconciliations").glob("*.yml")):
        declared = read_yaml(path)
        for rule in {str(declared["id"]), *map(str, declared.get("reglas", ()))}:
            found[rule] = Bilingual(es=f"{declared['titulo']['es']} ({rule})", en=f"{declared['titulo']['en']} ({rule})")
    return found


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
