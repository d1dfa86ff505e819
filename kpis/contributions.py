"""What each row of a fact adds to the parts of an indicator, as SQL over that row: the same expressions as stage 1, before they are summed."""

from __future__ import annotations

from sqlglot import exp

from kpis import grammar
from kpis.basis import Basis
from warehouse.indicators import Breakdown, Indicator, Part
from warehouse.territories import COUNTRY

NUMERATOR, DENOMINATOR, REASON, MARKS, VALUE = "en_numerador", "en_denominador", "motivo_fuera", "marcas", "valor_fila"


def added_columns(basis: Basis, split: Breakdown | None, category: str, territory: str) -> dict[str, str]:
    """Column -> SQL, for a cell: aporte_* of each sum (valor_fila where it is a quantile), en_numerador, en_denominador, motivo_fuera, marcas."""
    i = basis.indicator
    counted = _counted(basis, territory)
    within = of_category(split.column, category) if split and split.of == "whole" else "TRUE"
    made = _of_quantile(i, counted) if i.quantile is not None else _of_sums(i, basis, counted, within)
    adds = [f"({sql}) IS NOT NULL" for name, sql in made.items() if name.startswith(("aporte_", VALUE))]
    return {**made, REASON: _reason(basis, " OR ".join(adds), counted), MARKS: _marks(basis)}


def _counted(basis: Basis, territory: str) -> str:
    """Whether a row is scored; at country level those of another authority too where the definition says so."""
    compiled = basis.compiled
    if territory == COUNTRY and compiled.foreign and basis.indicator.competence_scope == "region":
        return f"({compiled.scored}) OR ({compiled.foreign})"
    return compiled.scored


def _of_quantile(i: Indicator, counted: str) -> dict[str, str]:
    assert i.quantile is not None
    value = f"CASE WHEN {counted} THEN CAST({i.quantile.expr} AS BIGINT) END"
    held = f"({value}) IS NOT NULL"
    seen = f"{held} AND coalesce({i.quantile.observed}, FALSE)" if i.quantile.observed else held
    return {VALUE: value, NUMERATOR: _flag(seen), DENOMINATOR: _flag(held)}


def _of_sums(i: Indicator, basis: Basis, counted: str, within: str) -> dict[str, str]:
    reference = i.reference
    parts = {"numerador": i.numerator, "denominador": i.denominator, "n": i.size}
    if reference is not None:
        parts |= {"numerador_referencia": reference.numerator, "denominador_referencia": reference.denominator}
    own = {
        name: _contribution(part, basis, counted if name in ("denominador", "n") else f"({counted}) AND ({within})")
        for name, part in parts.items()
        if part is not None
    }
    flags = {NUMERATOR: _flag(f"({own['numerador']}) IS NOT NULL"),
             DENOMINATOR: _flag(f"({own['denominador']}) IS NOT NULL") if "denominador" in own else "0"}  # fmt: skip
    return {f"aporte_{name}": sql for name, sql in own.items()} | flags


def _contribution(part: Part, basis: Basis, counted: str) -> str:
    """The number that one row puts into a sum or a count; null where it puts none."""
    tree = grammar.additive(part.expr, basis.plan.fact.columns, basis.indicator.id)
    aggregate, condition = (tree.this, f" AND ({tree.expression.this.sql(grammar.DIALECT)})") if isinstance(tree, exp.Filter) else (tree, "")
    inner = aggregate.this.sql(grammar.DIALECT)
    if isinstance(aggregate, exp.Count):
        condition += "" if isinstance(aggregate.this, exp.Star) else f" AND ({inner}) IS NOT NULL"
        inner = "1"
    return f"CASE WHEN ({counted}){condition} THEN CAST({inner} AS DOUBLE) END"


def _reason(basis: Basis, adds: str, counted: str) -> str:
    """Why a row adds nothing, in Spanish; empty where it does."""
    i = basis.indicator
    cases = [(adds, "")]
    if i.filter:
        cases.append((f"NOT coalesce({i.filter}, FALSE)", f"no cumple el filtro: {i.filter}"))
    if i.competence:
        cases.append((f"({i.competence}) IS NULL", "no consta a quién le compete"))
        cases.append((f"NOT ({counted})", "le compete a otra autoridad"))
    last = f"sin valor de {i.quantile.expr}" if i.quantile else "no cumple la condición de lo que se suma o cuenta"
    return f"CASE {' '.join(f'WHEN {when} THEN {_text(said)}' for when, said in cases)} ELSE {_text(last)} END"


def _marks(basis: Basis) -> str:
    """Notices and reasons not to publish that a scored row gives rise to, joined by «; »."""
    i = basis.indicator
    each = [f"CASE WHEN ({basis.compiled.scored}) AND ({text}) THEN '{name}' END" for name, text in {**i.flags, **i.withheld}.items()]
    if any(basis.contracts[t].source.sintetico for t in basis.plan.fact.tables):
        each.append("'sintetico'")  # synthetic rows say so wherever they go
    return f"concat_ws('; ', {', '.join(each)})" if each else "''"


def category_of(column: str) -> str:
    """The category of a row, in SQL; «sin_dato» is that of the rows without one."""
    return f"coalesce(CAST({quoted(column)} AS VARCHAR), 'sin_dato')"


def of_category(column: str, category: str) -> str:
    """Whether a row is of a category, in SQL."""
    return f"{category_of(column)} = {_text(category)}"


def _flag(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
