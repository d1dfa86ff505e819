"""Definitions become plans: for each fact and clock, the aggregates that one pass over the fact computes for all its indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from kpis import grammar
from kpis.facts import Fact
from warehouse import duck
from warehouse.errors import DeclarationError, suggest
from warehouse.indicators import Indicator
from warehouse.states import NOTICES, PUBLISHED, STATES

#: columns that every state has before those of the indicators
PLACE, TIME, ROWS = "territorio", "periodo", "filas"

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


@dataclass(frozen=True)
class Compiled:
    """An indicator with the SQL of each of its mergeable parts: state column -> aggregate over the fact."""

    indicator: Indicator
    parts: dict[str, str]

    def column(self, part: str) -> str:
        """The state column of a part: num, den, n, ajenas, hist, aviso_<notice>, retiene_<state>."""
        return f"{self.indicator.id}__{part}"

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(self.indicator.flags)

    @property
    def withheld(self) -> tuple[str, ...]:
        return tuple(self.indicator.withheld)


@dataclass(frozen=True)
class Plan:
    """One pass over a fact by one clock."""

    fact: Fact
    clock: str
    #: whether the clock is a date (months are the finest period) or already a period code
    dated: bool
    indicators: tuple[Compiled, ...]
    breakdowns: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.fact.name}__{self.clock}"

    def sql(self, cut: date | None = None, *, source: str = "") -> str:
        """The statement of stage 1. `source` replaces the fact by a table of its rows; without a cut the placeholder stays readable."""
        inner = source or (self.fact.sql if cut is None else self.fact.at(cut))
        period = f"strftime(date_trunc('month', {_quoted(self.clock)}), '%Y-%m')" if self.dated else f"CAST({_quoted(self.clock)} AS VARCHAR)"
        groups = [f"CAST({PLACE} AS VARCHAR) AS {PLACE}", f"{period} AS {TIME}"]
        groups += [f"coalesce(CAST({_quoted(b)} AS VARCHAR), 'sin_dato') AS {_quoted(f'b_{b}')}" for b in self.breakdowns]
        parts = [f"{sql} AS {_quoted(name)}" for c in self.indicators for name, sql in c.parts.items()]
        listed = ",\n    ".join([*groups, f"count(*) AS {ROWS}", *parts])
        return f"SELECT\n    {listed}\nFROM (\n{inner}\n) AS hecho\nWHERE {_quoted(self.clock)} IS NOT NULL AND {PLACE} IS NOT NULL\nGROUP BY ALL"


def plans(definitions: Mapping[str, Indicator], facts: Mapping[str, Fact]) -> tuple[Plan, ...]:
    """A plan for each fact and clock. Raises one DeclarationError with every fault of every definition."""
    groups: dict[tuple[str, str], list[Compiled]] = {}
    faults: list[str] = []
    for definition in definitions.values():
        try:
            compiled = compile_indicator(definition, facts)
            groups.setdefault((definition.fact, definition.clock.column), []).append(compiled)
        except DeclarationError as error:
            faults.append(error.what)
    if faults:
        raise DeclarationError("\n".join(faults), cure="Corrija las definiciones y repita.")
    made = [_plan(facts[fact], clock, tuple(members)) for (fact, clock), members in sorted(groups.items())]
    for plan in made:
        _try(plan)
    return tuple(made)


def compile_indicator(indicator: Indicator, facts: Mapping[str, Fact]) -> Compiled:
    """Check an indicator against its fact and compile its parts. Raises DeclarationError naming file, key and nearest name."""
    file = f"kpis/definitions/{indicator.id}.yml"
    if indicator.fact not in facts:
        raise DeclarationError(f"{file}: «fact»: no existe el hecho «{indicator.fact}».{suggest(indicator.fact, facts)}", cure="Corrija el nombre.")
    fact = facts[indicator.fact]
    _check_clock(indicator, fact, file)
    _check_words(indicator, fact, file)
    row = lambda text, key: grammar.row_expression(text, fact.columns, f"{file}: «{key}»") if text else None  # noqa: E731
    kept, own = row(indicator.filter, "filter"), row(indicator.competence, "competence")
    scored = _both(kept, own)
    parts = {"n": _count(scored)}
    for name, part in (("num", indicator.numerator), ("den", indicator.denominator)):
        if part is not None:
            key = "numerator" if name == "num" else "denominator"
            tree = grammar.additive(part.expr, fact.columns, f"{file}: «{key}.expr»")
            parts[name] = f"CAST({grammar.also(tree, scored).sql(grammar.DIALECT)} AS DOUBLE)"
    if indicator.quantile is not None:
        value = grammar.row_expression(indicator.quantile.expr, fact.columns, f"{file}: «quantile.expr»")
        held = _both(scored, exp.Is(this=exp.Paren(this=value.copy()), expression=exp.Not(this=exp.Null())))
        parts["hist"] = f"histogram(CAST({value.sql(grammar.DIALECT)} AS BIGINT)) FILTER (WHERE {_text(held)})"
    if own is not None:
        foreign = _both(kept, exp.Not(this=exp.func("coalesce", own.copy(), exp.true())))
        parts["ajenas"] = _count(foreign)
    parts |= {f"aviso_{k}": _count(_both(scored, row(v, f"flags.{k}"))) for k, v in indicator.flags.items()}
    parts |= {f"retiene_{k}": _count(_both(scored, row(v, f"withheld.{k}"))) for k, v in indicator.withheld.items()}
    return Compiled(indicator, {f"{indicator.id}__{name}": sql for name, sql in parts.items()})


def _check_clock(indicator: Indicator, fact: Fact, file: str) -> None:
    column, kind = indicator.clock.column, indicator.clock.kind
    type_ = fact.columns.get(column)
    if type_ is None:
        raise DeclarationError(
            f"{file}: «clock.column»: el hecho no tiene la columna «{column}».{suggest(column, fact.columns)}", cure="Corrija el nombre."
        )
    if type_ not in ("DATE", "VARCHAR"):
        raise DeclarationError(
            f"{file}: «clock.column»: «{column}» es {type_}; debe ser una fecha o un código de periodo.", cure="Conviértala en el hecho."
        )
    if type_ == "DATE" and kind != "flow":
        raise DeclarationError(
            f"{file}: «clock.kind»: por fecha solo hay flujos; una existencia al cierre necesita un hecho con su código de periodo.",
            cure="Use kind: flow, o haga que el hecho dé el periodo.",
        )


def _check_words(indicator: Indicator, fact: Fact, file: str) -> None:
    """Names that must be known: breakdown columns, notices, states."""
    absences = [s for s in STATES if s != PUBLISHED]
    checks: list[tuple[str, Iterable[str], Iterable[str]]] = [
        ("breakdowns.column", [b.column for b in indicator.breakdowns], fact.columns),
        ("flags", indicator.flags, NOTICES),
        ("withheld", indicator.withheld, absences),
    ]
    for key, names, known in checks:
        for name in names:
            if name not in known:
                raise DeclarationError(f"{file}: «{key}»: no existe «{name}».{suggest(name, known)}", cure="Corrija el nombre.")


def _plan(fact: Fact, clock: str, members: tuple[Compiled, ...]) -> Plan:
    columns = dict.fromkeys(b.column for c in members for b in c.indicator.breakdowns)
    return Plan(fact, clock, fact.columns[clock] == "DATE", members, tuple(columns))


def _try(plan: Plan) -> None:
    """The engine's own opinion, over an empty fact: types that do not fit are found here and not in the middle of a run."""
    with duck.engine(threads=1) as connection:
        columns = ", ".join(f"CAST(NULL AS {t}) AS {_quoted(n)}" for n, t in plan.fact.columns.items())
        for compiled in plan.indicators:
            quantile = compiled.indicator.quantile
            try:
                connection.execute(Plan(plan.fact, plan.clock, plan.dated, (compiled,), plan.breakdowns).sql(source=f"SELECT {columns} LIMIT 0"))
                if quantile is not None:
                    type_ = connection.execute(f"SELECT typeof({quantile.expr}) FROM (SELECT {columns})").fetchall()[0][0]
                    if type_ not in _WHOLE:
                        where = f"kpis/definitions/{compiled.indicator.id}.yml: «quantile.expr»"
                        raise DeclarationError(f"{where} es {type_}; debe ser un número entero.", cure="Redondee en el hecho, diciendo cómo.")
            except duck.Error as error:
                first = str(error).splitlines()[0]
                raise DeclarationError(f"kpis/definitions/{compiled.indicator.id}.yml: el motor no acepta la expresión ({first}).") from error


def lineage(compiled: Compiled, fact: Fact) -> dict[str, tuple[str, ...]]:
    """Table -> columns behind the indicator's own figure, by following its expressions through the fact."""
    i = compiled.indicator
    texts = [i.filter, i.competence, *(p.expr for p in (i.numerator, i.denominator, i.quantile) if p), *i.flags.values(), *i.withheld.values()]
    names = {"territorio", i.clock.column, *(b.column for b in i.breakdowns)}
    for text in filter(None, texts):
        names |= {c.name for c in grammar.parse_one(text, i.id).find_all(exp.Column)}
    found: dict[str, set[str]] = {}
    for name in names:
        for table, column in fact.sources.get(name, ()):
            found.setdefault(table, set()).add(column)
    return {t: tuple(sorted(c)) for t, c in sorted(found.items())}


def _both(first: exp.Expr | None, second: exp.Expr | None) -> exp.Expr | None:
    given = [c.copy() for c in (first, second) if c is not None]
    return exp.and_(*given, wrap=True) if given else None


def _text(condition: exp.Expr | None) -> str:
    return condition.sql(grammar.DIALECT) if condition is not None else "TRUE"


def _count(condition: exp.Expr | None) -> str:
    return "count(*)" if condition is None else f"count(*) FILTER (WHERE {_text(condition)})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
