"""Row rules about where: G-06, districts and regions agree with each other and with the submitter; G-07, RENIEC's codes.

RENIEC numbers departments another way, and its codes for one region are often valid INEI codes of another (its 1802xx of
Daniel Alcides Carrión, Pasco, are INEI's of General Sánchez Cerro, Moquegua). So a code is compared with the region that
the row and the submitter declare, with the district's name where the table has one, and, where both readings stay within
the region, with what the rest of the submission shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.findings import ERROR
from checks.rules import Lookup, Row, RowRule, quoted
from checks.sentences import shown
from warehouse.contracts import Contract
from warehouse.territories import all_territories

#: codes that only RENIEC has in the region, from which on a submission without a code that only INEI has is taken as RENIEC's
_SUSPICION = 2


def territory_rules(contract: Contract) -> Iterator[RowRule]:
    """G-06 and G-07 as far as the contract has what they compare."""
    regional, own_region = contract.delivery.ambito == "region", contract.territory.tipo == "region"
    if regional and own_region:
        yield _of_the_submitter(contract.territory.columna)
    declared = "t.cod_region" if own_region else "t.entrega_region" if regional else ""
    for index, column in enumerate(c.name for c in contract.columns if c.references == "ref_ubigeo.ubigeo"):
        yield from _ubigeo_rules(column, index, declared, "distrito" in contract.column_names)


def region_name(code: str | None) -> str:
    """«Pasco (19)»."""
    found = all_territories().get(code or "")
    return f"{found.nombre} ({code})" if found else f"«{code}»"


def _of_the_submitter(column: str) -> RowRule:
    def tell(row: Row, _: Lookup) -> tuple[str, str]:
        own, submitter = region_name(row["cod_region"]), region_name(row["entrega_region"])
        what = f"Fila {row['fila_origen']}, «{column}»: la fila es de {own} y la entrega es de {submitter}."
        return what, "Corrija la región, o envíe la fila en la entrega de su región."

    return RowRule(
        f"G-06.{column}.entrega", "G-06", "referencial", ERROR, column, "t.cod_region <> t.entrega_region", tell,
        columns=(column,), reads=("cod_region", "entrega_region"),
    )  # fmt: skip


def _joins(cell: str, i: str, r: str) -> tuple[str, str]:
    """Each district as INEI and as RENIEC read the code. Column names end in _ so that no predicate of a contract becomes ambiguous."""
    told = "any_value(ubigeo) AS inei_, any_value(cod_region) AS region_, any_value(distrito) AS nombre_ FROM ref_ubigeo"
    return (
        f"LEFT JOIN (SELECT ubigeo AS u_, {told} GROUP BY 1) {i} ON {i}.u_ = {cell}",
        f"LEFT JOIN (SELECT ubigeo_reniec AS u_, {told} WHERE ubigeo_reniec IS NOT NULL GROUP BY 1) {r} ON {r}.u_ = {cell}",
    )


def _ubigeo_rules(column: str, index: int, declared: str, has_names: bool) -> Iterator[RowRule]:
    cell, i, r = quoted(column), f"inei{index}_", f"reniec{index}_"
    here, there = f"coalesce({i}.region_ = {declared}, FALSE)", f"coalesce({r}.region_ = {declared}, FALSE)"
    as_reniec = _reniec_predicate(column, index, declared, has_names) if declared else "FALSE"
    elsewhere = f"({cell} IS NOT NULL AND {i}.u_ IS NOT NULL AND {declared} IS NOT NULL AND NOT {here} AND NOT {there})" if declared else "FALSE"
    # A row whose region was already told wrong is not told again that its district is elsewhere.
    shape: dict[str, Any] = {"columns": (column, declared.removeprefix("t.")), "needs": ("ref_ubigeo",), "joins": _joins(cell, i, r)}
    told = (column, declared.removeprefix("t.")) if declared else (column,)

    def unknown(row: Row, _: Lookup) -> tuple[str, str]:
        what = f"Fila {row['fila_origen']}, «{column}»: «{shown(row[column])}» no está en la lista de distritos del INEI."
        return what, "Escriba el ubigeo del INEI, con sus seis cifras."

    def of_another_region(row: Row, look: Lookup) -> tuple[str, str]:
        district, region = look.districts[row[column]], region_name(row[declared.removeprefix("t.")])
        what = f"Fila {row['fila_origen']}, «{column}»: {row[column]} es {district.name}, de {region_name(district.region)}"
        return f"{what}, y la fila es de {region}.", "Corrija el ubigeo o la región."

    def translated(row: Row, look: Lookup) -> tuple[str, str]:
        inei = look.districts[look.reniec[row[column]]]
        what = f"Fila {row['fila_origen']}, «{column}»: {row[column]} parece código de RENIEC"
        return f"{what}; el del INEI para {inei.name} ({inei.province}) es {inei.ubigeo}.", f"Escriba {inei.ubigeo}."

    missing = f"{cell} IS NOT NULL AND {i}.u_ IS NULL" + (f" AND NOT {there}" if declared else "")
    yield RowRule(f"G-06.{column}.existe", "G-06", "referencial", ERROR, column, missing, unknown, reads=(column,), **shape)
    if not declared:
        return
    yield RowRule(f"G-06.{column}.region", "G-06", "referencial", ERROR, column, elsewhere, of_another_region, reads=told, **shape)
    yield RowRule(
        f"G-07.{column}", "G-07", "referencial", ERROR, column, as_reniec, translated, reads=told,
        headline="Los códigos de ubigeo parecen ser de RENIEC, no del INEI", **shape,
    )  # fmt: skip


def _reniec_predicate(column: str, index: int, declared: str, has_names: bool) -> str:
    """TRUE where the code is RENIEC's: outside the region as INEI and inside as RENIEC; or both inside, and name or file tell."""
    i, r = f"inei{index}_", f"reniec{index}_"
    here, there = f"coalesce({i}.region_ = {declared}, FALSE)", f"coalesce({r}.region_ = {declared}, FALSE)"
    other = declared.replace("t.", "o.")
    i_joins = " ".join(_joins(f'o."{column}"', "i_", "r_"))
    o_here, o_there = f"coalesce(i_.region_ = {other}, FALSE)", f"coalesce(r_.region_ = {other}, FALSE)"
    whole = (
        f"t.entrega_id IN (SELECT o.entrega_id FROM lote o {i_joins} GROUP BY 1 "
        f'HAVING count(DISTINCT o."{column}") FILTER (WHERE {o_there} AND NOT {o_here}) >= {_SUSPICION} '
        f"AND NOT bool_or({o_here} AND NOT {o_there}))"
    )
    told_by_file = f"({here} AND {there} AND {r}.inei_ <> {quoted(column)} AND {whole})"
    parts = [f"({there} AND NOT {here})", told_by_file]
    if has_names:
        name, inei, reniec = (_plain(x) for x in ("t.distrito", f"{i}.nombre_", f"{r}.nombre_"))
        parts.append(f"({here} AND {there} AND {name} = {reniec} AND {name} <> {inei})")
    return " OR ".join(parts)


def _plain(name: str) -> str:
    """A district's name without case, accents or hyphens, in SQL."""
    return f"strip_accents(lower(trim(replace({name}, '-', ' '))))"
