"""G-14: totals and percentages that a file carries, recomputed from its own parts. Contracts name these functions and no others.

Each looks at every group of every submission at once and tells the failing ones. A group with an empty part cannot be
added up: it is skipped, and that is told, because «not evaluated» is not «right».
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pydantic import Field

from checks.findings import ERROR, WARNING, Finding
from checks.lot import Lot
from checks.rules import Outcome, literal
from checks.sentences import lower_first, number, shown
from warehouse import duck
from warehouse.contracts import Contract, Rule
from warehouse.declarations import Declaration

#: below this two sums of the same figures are equal
_NOISE = 1e-9


class _Sums(Declaration):
    """`total`: the category whose row is the total of the group."""

    grupo: tuple[str, ...] = Field(min_length=1)
    categoria: str
    total: str
    valor: str
    tolerancia: float = 0.0
    autoresoluble: bool = False


class _Shares(Declaration):
    """`decimales`: printed digits; found from the figures of the group where it is not told."""

    grupo: tuple[str, ...] = Field(min_length=1)
    categoria: str
    total: str
    valor: str
    porcentaje: str
    decimales: int | None = None
    autoresoluble: bool = False


class _ShareSums(Declaration):
    grupo: tuple[str, ...] = Field(min_length=1)
    categoria: str
    total: str
    porcentaje: str
    decimales: int | None = None
    autoresoluble: bool = False


@dataclass(frozen=True)
class Total:
    """A function that contracts may name, its parameters and the words it offers to the sentence."""

    parameters: type[Declaration]
    words: frozenset[str]
    test: Callable[[Contract, Rule, Any, Lot, duck.Connection], Outcome]


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _table(connection: duck.Connection, sql: str) -> list[dict[str, Any]]:
    found: pa.Table = connection.sql(sql).to_arrow_table()
    return found.to_pylist()


def _decimals(column: str) -> str:
    """How many digits the shortest writing of a number has after the point."""
    return f"length(split_part(rtrim(CAST({_name(column)} AS VARCHAR), '0'), '.', 2))"


def _group(contract: Contract, columns: tuple[str, ...], row: dict[str, Any]) -> str:
    return ", ".join(shown(row[c], contract.column(c)) if not c.startswith("anio") else str(row[c]) for c in columns)


def _label(contract: Contract, column: str, value: Any) -> str:
    label = contract.column(column).labels.get(str(value))
    return label.es if label else str(value)


def _finding(rule: Rule, row: dict[str, Any], fila: int | None, column: str, value: str, words: dict[str, str], solves_itself: bool) -> Finding:
    """Where the system recomputes the figure, the row stays: the finding warns, the rule's result still fails."""
    sentence = rule.sentence.format_map({**words, "fila": str(fila), "columna": column, "valor": value})
    if fila is not None and "{fila}" not in rule.sentence:
        sentence = f"Fila {fila}, «{column}»: {lower_first(sentence)}"
    severity = WARNING if solves_itself and rule.severity == ERROR else rule.severity
    return Finding(row["entrega_id"], rule.id, rule.body.dimension, severity, fila, column, value, sentence, rule.body.remedio)


def _skipped(rows: Iterable[dict[str, Any]], column: str) -> dict[str, str]:
    return {r["entrega_id"]: f"faltan datos en «{column}»" for r in rows if r["vacias"]}


def suma_partes(contract: Contract, rule: Rule, p: _Sums, lot: Lot, connection: duck.Connection) -> Outcome:
    """The categories of a group add up to its total row. A group without a total row has nothing to compare."""
    group, value, is_total = ", ".join(map(_name, p.grupo)), _name(p.valor), f"{_name(p.categoria)} = {literal(p.total)}"
    rows = _table(
        connection,
        f"""SELECT entrega_id, {group}, CAST(sum({value}) FILTER (WHERE NOT ({is_total})) AS DOUBLE) AS suma,
        max({value}) FILTER (WHERE {is_total}) AS total,
        count(*) FILTER (WHERE {value} IS NULL) AS vacias, list(fila_origen ORDER BY fila_origen) AS filas
        FROM lote GROUP BY entrega_id, {group} HAVING bool_or({is_total}) AND bool_or(NOT ({is_total})) ORDER BY entrega_id, min(fila_origen)""",
    )
    findings: list[Finding] = []
    for row in rows:
        if row["vacias"] or abs(row["suma"] - row["total"]) <= p.tolerancia + _NOISE * max(1.0, abs(row["total"])):
            continue
        words = {"suma": number(row["suma"]), "total": number(row["total"]), "grupo": _group(contract, p.grupo, row)}
        # Nobody can tell which figure is wrong: every row of the group is named.
        findings += [_finding(rule, row, fila, p.valor, number(row["suma"]), words, p.autoresoluble) for fila in row["filas"]]
    return Outcome(findings=tuple(findings), skipped=_skipped(rows, p.valor))


def porcentaje_de_parte(contract: Contract, rule: Rule, p: _Shares, lot: Lot, connection: duck.Connection) -> Outcome:
    """Each declared percentage is 100·part/total to half a unit of its last printed digit."""
    group, value, share = ", ".join(map(_name, p.grupo)), _name(p.valor), _name(p.porcentaje)
    is_total = f"{_name(p.categoria)} = {literal(p.total)}"
    window = f"OVER (PARTITION BY entrega_id, {group})"
    digits = str(p.decimales) if p.decimales is not None else f"max({_decimals(p.porcentaje)}) {window}"
    rows = _table(
        connection,
        f"""SELECT entrega_id, fila_origen, {group}, {_name(p.categoria)} AS categoria_, {value} AS parte, {share} AS declarado,
        CAST(coalesce(max({value}) FILTER (WHERE {is_total}) {window}, sum({value}) {window}) AS DOUBLE) AS total, {digits} AS decimales,
        count(*) FILTER (WHERE {value} IS NULL) {window} AS vacias, sum({share}) FILTER (WHERE NOT ({is_total})) {window} AS suma
        FROM lote QUALIFY {share} IS NOT NULL ORDER BY entrega_id, fila_origen""",
    )
    findings: list[Finding] = []
    facts: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["vacias"] or not row["total"]:
            continue
        decimals, recomputed = int(row["decimales"]), 100 * row["parte"] / row["total"]
        if abs(row["declarado"] - recomputed) <= 0.5 * 10**-decimals + _NOISE:
            continue
        words = {
            "categoria_nombre": _label(contract, p.categoria, row["categoria_"]), "declarado": number(row["declarado"], decimals),
            "parte": number(row["parte"]), "total": number(row["total"]), "recalculado": number(recomputed, decimals),
            "grupo": _group(contract, p.grupo, row),
        }  # fmt: skip
        findings.append(_finding(rule, row, row["fila_origen"], p.porcentaje, words["declarado"], words, p.autoresoluble))
        explained = {"frase": rule.sentence.format_map({**words, "fila": "", "columna": p.porcentaje, "valor": words["declarado"]}), **words}
        mended = row["suma"] - row["declarado"] + round(recomputed, decimals)
        facts.setdefault(row["entrega_id"], []).append({**explained, "suma_corregida": mended, "valor": p.valor, "autoresoluble": p.autoresoluble})
    return Outcome(findings=tuple(findings), skipped=_skipped(rows, p.valor), facts=facts)


def suma_porcentajes(contract: Contract, rule: Rule, p: _ShareSums, lot: Lot, connection: duck.Connection) -> Outcome:
    """The declared percentages of the k categories add up to 100 within k half units of the last printed digit."""
    group, share, is_total = ", ".join(map(_name, p.grupo)), _name(p.porcentaje), f"{_name(p.categoria)} = {literal(p.total)}"
    digits = str(p.decimales) if p.decimales is not None else f"max({_decimals(p.porcentaje)})"
    rows = _table(
        connection,
        f"""SELECT entrega_id, {group}, sum({share}) AS suma, count({share}) AS partes, count(*) - count({share}) AS vacias, {digits} AS decimales
        FROM lote WHERE NOT ({is_total}) GROUP BY entrega_id, {group} HAVING count({share}) > 0 ORDER BY entrega_id, min(fila_origen)""",
    )
    findings: list[Finding] = []
    facts: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        decimals, margin = int(row["decimales"]), 0.5 * 10 ** -int(row["decimales"]) * row["partes"]
        if row["vacias"] or abs(row["suma"] - 100) <= margin + _NOISE:
            continue
        words = {
            "suma": number(row["suma"], decimals), "desde": _bound(100 - margin, decimals), "hasta": _bound(100 + margin, decimals),
            "grupo": _group(contract, p.grupo, row),
        }  # fmt: skip
        findings.append(_finding(rule, row, None, p.porcentaje, words["suma"], words, p.autoresoluble))
        facts.setdefault(row["entrega_id"], []).append({**words, "margen": margin, "autoresoluble": p.autoresoluble})
    return Outcome(findings=tuple(findings), skipped=_skipped(rows, p.porcentaje), facts=facts)


def _bound(value: float, decimals: int) -> str:
    """With the extra digit that half units may need, and without it where it is 0."""
    return number(value, decimals) if abs(round(value, decimals) - value) < _NOISE else number(value, decimals + 1)


#: what contracts may name as `prueba`
TOTALS: dict[str, Total] = {
    "suma_partes": Total(_Sums, frozenset({"suma", "total", "grupo"}), suma_partes),
    "porcentaje_de_parte": Total(
        _Shares, frozenset({"categoria_nombre", "declarado", "parte", "total", "recalculado", "grupo"}), porcentaje_de_parte
    ),
    "suma_porcentajes": Total(_ShareSums, frozenset({"suma", "desde", "hasta", "grupo"}), suma_porcentajes),
}
