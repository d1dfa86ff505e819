"""The statements of stage 1 in Spark's words: facts and expressions translated from DuckDB's, meaning the same to the last row.

sqlglot translates the words. What it cannot know is put right here, by the types of the columns: a difference of two dates is a
number of days, months between dates are boundaries crossed, a division by zero is infinite, a decimal becomes the nearest whole number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from kpis import grammar
from kpis.compile import CATEGORY, PLACE, ROWS, SPLIT, TIME, Plan, value_counted
from kpis.onepass import HISTOGRAMS, splits, sums, total
from warehouse.errors import DeclarationError

DIALECT = "spark"
#: the view of the fact's rows that the statements read
FACT = "hecho"

#: table -> column -> DuckDB type
Schema = Mapping[str, Mapping[str, str]]


def translated(sql: str, schema: Schema, where: str) -> str:
    """A DuckDB statement over the tables of `schema` in Spark's words. Raises DeclarationError where Spark has no equal."""
    known: dict[str, object] = {table: dict(columns) for table, columns in schema.items()}
    tree = qualify(grammar.parse_one(sql, where), schema=known, dialect=grammar.DIALECT)
    tree = annotate_types(tree, schema=known, dialect=grammar.DIALECT)
    for node in reversed(list(tree.walk())):
        change = _CHANGES.get(type(node))
        made = change(node, where) if change else node
        if made is not node:
            made.type = node.type
            node.replace(made)
    return tree.sql(DIALECT)


def fact(plan: Plan, sql: str, schema: Schema) -> str:
    """The rows of a fact, given with its dates written in."""
    return translated(sql, schema, _where(plan))


def base(plan: Plan) -> str:
    """The additive parts of every indicator: undivided and by each breakdown alone."""
    parts = {name: sql for c in plan.indicators for name, sql in c.parts.items()}
    wanted = sums(plan)
    fine = _over_fact(plan, [f"count(*) AS {ROWS}", *(f'{parts[name]} AS "{name}"' for name in wanted)], grouped=True)
    added = ", ".join(f"{total(name, plan).replace(chr(34), '`')} AS `{name}`" for name in [ROWS, *wanted])
    margins = _margins(plan, f"({fine})", added)
    return f"SELECT {PLACE}, {TIME}, {_split(plan)}, {', '.join(f'`{n}`' for n in [ROWS, *wanted])} FROM ({margins})"


def bars(plan: Plan) -> str:
    """How often each whole value occurs, one row each; empty where no indicator is a quantile."""
    found = [(c, part) for c in plan.indicators for part in HISTOGRAMS if c.column(part) in c.parts]
    if not found:
        return ""
    values = [value_counted(c.parts[c.column(part)], _where(plan)) for c, part in found]
    wide = _over_fact(plan, [f"{value} AS v{i}" for i, value in enumerate(values)])
    pieces = []
    for i, (compiled, part) in enumerate(found):
        still_open, foreign = HISTOGRAMS[part]
        pieces.append(f"'{compiled.indicator.id}', {str(foreign).upper()}, {int(not still_open)}, {int(still_open)}, v{i}")
    keys = ", ".join([PLACE, TIME, *_broken(plan)])
    long = f"SELECT {keys}, stack({len(found)}, {', '.join(pieces)}) AS (indicador, ajena, terminado, abierto, valor) FROM ({wide})"
    fine = (
        f"SELECT {keys}, indicador, ajena, valor, sum(terminado) AS terminados, sum(abierto) AS abiertos "
        f"FROM ({long}) WHERE valor IS NOT NULL GROUP BY ALL"
    )
    added = "sum(terminados) AS terminados, sum(abiertos) AS abiertos"
    margins = _margins(plan, f"({fine})", added, ("indicador", "ajena", "valor"))
    own = {c.indicator.id: splits(c) for c, _ in found}
    kept = ", ".join(f"'{indicator} {split}'" for indicator, each in own.items() for split in each)
    rows = f"SELECT indicador, {PLACE}, {TIME}, {_split(plan)}, ajena, valor, terminados, abiertos FROM ({margins})"
    return f"SELECT * FROM ({rows}) WHERE concat(indicador, ' ', {SPLIT}) IN ({kept})"


def clusters(plan: Plan) -> str:
    """Sums by cluster of the indicators of a sample; empty where there is none."""
    each = [
        f"SELECT '{c.indicator.id}' AS indicador, * FROM ({_translated_over_fact(plan, plan.clusters_sql(c, split))})"
        for c in plan.indicators
        if c.indicator.design is not None
        for split in splits(c)
    ]
    return " UNION ALL ".join(each)


def _over_fact(plan: Plan, listed: list[str], *, grouped: bool = False) -> str:
    keys = [f'{sql} AS "{name}"' for name, sql in plan.keys.items()]
    statement = f"SELECT {', '.join([*keys, *listed])} FROM {FACT} WHERE {plan.rows}"
    return _translated_over_fact(plan, statement + (" GROUP BY ALL" if grouped else ""))


def _translated_over_fact(plan: Plan, sql: str) -> str:
    return translated(sql, {FACT: plan.fact.columns}, _where(plan))


def _broken(plan: Plan) -> list[str]:
    return [f"`b_{b}`" for b in plan.breakdowns]


def _margins(plan: Plan, source: str, added: str, more: tuple[str, ...] = ()) -> str:
    """Sums over everything but one breakdown at a time. A breakdown's column is null in the margins of the others: it never is in the rows."""
    always = ", ".join([PLACE, TIME, *more])
    sets = ", ".join([f"({always})", *(f"({always}, {b})" for b in _broken(plan))])
    return f"SELECT {', '.join([always, *_broken(plan)])}, {added} FROM {source} GROUP BY GROUPING SETS ({sets})"


def _split(plan: Plan) -> str:
    """The name of the breakdown that a margin is of, and the category."""
    if not plan.breakdowns:
        return f"'' AS {SPLIT}, '' AS {CATEGORY}"
    which = " ".join(f"WHEN `b_{b}` IS NOT NULL THEN '{b}'" for b in plan.breakdowns)
    return f"CASE {which} ELSE '' END AS {SPLIT}, coalesce({', '.join(_broken(plan))}, '') AS {CATEGORY}"


def _where(plan: Plan) -> str:
    return f"kpis/facts/{plan.fact.name}.sql"


def _difference(node: exp.Expr, where: str) -> exp.Expr:
    """DuckDB's difference of two dates is whole days; Spark's is an interval."""
    if not (node.this.is_type("date") and node.expression.is_type("date")):
        return node
    return exp.Anonymous(this="DATEDIFF", expressions=[node.this.copy(), node.expression.copy()])


def _date_diff(node: exp.Expr, where: str) -> exp.Expr:
    """DuckDB counts the boundaries crossed; Spark, the whole units elapsed."""
    unit = (node.text("unit") or "day").lower()
    end, start = node.this, node.expression
    if unit == "day":
        return exp.Anonymous(this="DATEDIFF", expressions=[end.copy(), start.copy()])
    if unit not in ("month", "quarter", "year"):
        raise DeclarationError(f"{where}: date_diff('{unit}', ...) no cuenta lo mismo en Spark.", cure="Cuente días, meses, trimestres o años.")
    steps = {"month": ("12", "MONTH"), "quarter": ("4", "QUARTER")}.get(unit)
    number = lambda d: f"(YEAR({d}) * {steps[0]} + {steps[1]}({d}))" if steps else f"YEAR({d})"  # noqa: E731
    later, earlier = (number(d.sql(DIALECT)) for d in (end, start))
    return exp.paren(exp.maybe_parse(f"{later} - {earlier}", dialect=DIALECT))


def _division(node: exp.Expr, where: str) -> exp.Expr:
    """DuckDB divides as floats, by zero to infinity; Spark divides decimals as decimals, and stops at zero."""
    above, below = node.this, node.expression
    if isinstance(below, exp.Literal) and float(below.name) != 0:
        return exp.Div(this=_double(above), expression=below.copy())
    infinite = exp.Mul(this=_double(above), expression=exp.cast(exp.Literal.string("Infinity"), "DOUBLE"))
    zero = exp.EQ(this=_wrapped(below), expression=exp.Literal.number(0))
    return exp.case().when(zero, infinite).else_(exp.Div(this=_double(above), expression=_wrapped(below)))


def _cast(node: exp.Expr, where: str) -> exp.Expr:
    """DuckDB goes to the nearest whole number, a float's half to the even one; Spark cuts the fraction off."""
    if not (node.is_type(*exp.DataType.INTEGER_TYPES) and node.this.is_type(*exp.DataType.REAL_TYPES)):
        return node
    exact = node.this.is_type("decimal")
    return type(node)(this=exp.Anonymous(this="ROUND" if exact else "BROUND", expressions=[node.this.copy()]), to=node.args["to"].copy())


def _wrapped(node: exp.Expr) -> exp.Expr:
    return exp.paren(node.copy()) if isinstance(node, exp.Binary) else node.copy()


def _double(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "DOUBLE")


_CHANGES: dict[type[exp.Expr], Callable[[exp.Expr, str], exp.Expr]] = {
    exp.Sub: _difference,
    exp.DateDiff: _date_diff,
    exp.Div: _division,
    exp.Cast: _cast,
    exp.TryCast: _cast,
}
