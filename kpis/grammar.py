"""What an expression or a fact may say: allow-lists over sqlglot's tree. Whatever is not listed is refused, with the reason."""

from __future__ import annotations

from collections.abc import Iterable

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from warehouse.errors import DeclarationError, suggest

DIALECT = "duckdb"

#: values of one row: comparisons, arithmetic, CASE, dates and texts
_ROW: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg, exp.Not, exp.And, exp.Or, exp.EQ, exp.NEQ, exp.GT, exp.GTE,
    exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Case, exp.If, exp.Coalesce, exp.Nullif,
    exp.Greatest, exp.Least, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Extract, exp.Var,
    exp.Year, exp.Month, exp.DateDiff, exp.DateFromParts, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Substring, exp.Left, exp.Right, exp.Concat,
    exp.ConcatWs, exp.DPipe, exp.Like, exp.StartsWith, exp.Interval, exp.LastDay, exp.DateTrunc, exp.TimestampTrunc, exp.Quarter, exp.TsOrDsAdd,
    exp.TimeToStr,
)  # fmt: skip

#: aggregates whose parts add up from district to country and from month to year
_ADDITIVE: tuple[type[exp.Expr], ...] = (exp.Sum, exp.Count)

#: what a fact may use besides: one SELECT over tables, with its joins and aggregates
_SELECT: tuple[type[exp.Expr], ...] = (
    exp.Select, exp.With, exp.CTE, exp.TableAlias, exp.Table, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Alias, exp.Star, exp.Union,
    exp.Subquery, exp.Distinct, exp.Sum, exp.Count, exp.CountIf, exp.Min, exp.Max, exp.ArgMax, exp.ArgMin, exp.LogicalOr, exp.LogicalAnd, exp.Filter,
    exp.Placeholder, exp.Exists, exp.Qualify, exp.Window, exp.WindowSpec, exp.RowNumber, exp.Order, exp.Ordered,
)  # fmt: skip

_WHY_NOT: dict[type[exp.Expr], str] = {
    exp.Avg: "un promedio de promedios es falso: escriba numerador y denominador, y el sistema divide al final",
    exp.Median: "una mediana no se puede sumar entre territorios: use la forma «quantile»",
    exp.Quantile: "un cuantil no se puede sumar entre territorios: use la forma «quantile»",
    exp.PercentileCont: "un cuantil no se puede sumar entre territorios: use la forma «quantile»",
    exp.PercentileDisc: "un cuantil no se puede sumar entre territorios: use la forma «quantile»",
    exp.Distinct: "los distintos de dos territorios no se pueden sumar: cuente filas de un hecho que ya tenga una por caso",
    exp.Min: "un mínimo no se puede sumar; solo se admiten sum y count",
    exp.Max: "un máximo no se puede sumar; solo se admiten sum y count",
    exp.LogicalOr: "escriba la condición de fila, sin bool_or",
    exp.LogicalAnd: "escriba la condición de fila, sin bool_and",
    exp.Window: "una función de ventana depende de otras filas: va en el hecho, no en el indicador",
    exp.Select: "una consulta dentro de la expresión va en el hecho, no en el indicador",
    exp.Subquery: "una consulta dentro de la expresión va en el hecho, no en el indicador",
}


def parse_one(text: str, where: str) -> exp.Expr:
    """The only statement of `text`. Raises DeclarationError naming `where` (file and key)."""
    try:
        found = [t for t in sqlglot.parse(text, dialect=DIALECT) if t is not None]
    except SqlglotError as error:
        first = (str(error).splitlines() or [""])[0]
        raise DeclarationError(
            f"{where}: no se puede leer la expresión «{_short(text)}» ({first}).", cure="Corrija la expresión y repita."
        ) from error
    if len(found) != 1:
        raise DeclarationError(f"{where}: se esperaba una sola expresión y hay {len(found)}.", cure="Quite lo que sobra.")
    return found[0]


def row_expression(text: str, columns: Iterable[str], where: str) -> exp.Expr:
    """A value of one row of the fact. Raises DeclarationError for an unknown column or anything not allowed."""
    tree = parse_one(text, where)
    _only(tree, _ROW, where)
    _known(tree, columns, where)
    return tree


def additive(text: str, columns: Iterable[str], where: str) -> exp.Expr:
    """One sum(...) or count(...) over the fact, with FILTER if wished: what can be added up before dividing."""
    tree = parse_one(text, where)
    aggregate = tree.this if isinstance(tree, exp.Filter) else tree
    if not isinstance(aggregate, _ADDITIVE):
        refused = next((n for n in tree.walk() if type(n) in _WHY_NOT), aggregate)
        why = _WHY_NOT.get(type(refused), "debe ser una sola suma o un solo conteo: sum(...) o count(*), con FILTER o CASE si hace falta")
        raise DeclarationError(f"{where}: «{_short(text)}» no se admite; {why}.", cure="Reescriba la expresión como sum(...) o count(*).")
    for part in [aggregate.this, *([tree.expression.this] if isinstance(tree, exp.Filter) else [])]:
        if not (isinstance(part, exp.Star) and isinstance(aggregate, exp.Count)):
            _only(part, _ROW, where)
    _known(tree, columns, where)
    return tree


def select(text: str, where: str) -> exp.Expr:
    """A fact: one SELECT over tables. Raises DeclarationError for anything that writes, reads files or is not listed."""
    tree = parse_one(text, where)
    if not isinstance(tree, (exp.Select, exp.Union)):
        raise DeclarationError(f"{where}: un hecho es una sola consulta SELECT.", cure="Deje solo el SELECT.")
    _only(tree, (*_ROW, *_SELECT), where)
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.args.get("db") or not table.name.isidentifier():
            raise DeclarationError(f"{where}: «{table.sql(DIALECT)}» no es una tabla aceptada.", cure="Un hecho lee solo tablas con contrato.")
    return tree


def also(aggregate: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    """The aggregate over the rows that meet `condition` besides its own FILTER."""
    if condition is None:
        return aggregate
    if isinstance(aggregate, exp.Filter):
        both = exp.and_(aggregate.expression.this.copy(), condition.copy(), wrap=True)
        return exp.Filter(this=aggregate.this.copy(), expression=exp.Where(this=both))
    return exp.Filter(this=aggregate.copy(), expression=exp.Where(this=condition.copy()))


def _only(tree: exp.Expr, allowed: tuple[type[exp.Expr], ...], where: str) -> None:
    for node in tree.walk():
        if type(node) in allowed:
            continue
        why = _WHY_NOT.get(type(node), "no está entre las funciones admitidas")
        raise DeclarationError(f"{where}: «{_short(node.sql(DIALECT))}» no se admite; {why}.", cure="Vea lo admitido en kpis/grammar.py.")


def _known(tree: exp.Expr, columns: Iterable[str], where: str) -> None:
    names = list(columns)
    for column in tree.find_all(exp.Column):
        if column.name not in names or column.table:
            raise DeclarationError(f"{where}: el hecho no tiene la columna «{column.sql(DIALECT)}».{suggest(column.name, names)}",
                                   cure="Corrija el nombre o agregue la columna al hecho.")  # fmt: skip


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:77] + "..."
