"""Definitions become plans: for each fact and clock, the aggregates that one pass over the fact computes for all its indicators."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from kpis import grammar
from kpis.facts import Fact
from warehouse import duck
from warehouse.errors import DeclarationError, suggest
from warehouse.indicators import Indicator
from warehouse.states import NOTICES, PUBLISHED, STATES
from warehouse.territories import PILOTS

#: columns that every state has before those of the indicators. A state is of the undivided rows (`desglose` empty) or of one category.
PLACE, TIME, ROWS, SPLIT, CATEGORY = "lugar", "periodo", "filas", "desglose", "categoria"

#: twelve decimals and twenty-six figures before them, whatever the order in which threads and machines add
EXACT = "DECIMAL(38, 12)"


def added_up(column: str, exact: bool) -> str:
    """SQL of the sum of a state column (as it is written, quoted): exactly where it has decimals, so that the order does not show."""
    return f"CAST(sum({f'CAST({column} AS {EXACT})' if exact else column}) AS DOUBLE)"


#: how a part that counts values begins
HISTOGRAM = "histogram("

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}

#: districts and provinces count for their regional government (province 1501 is Lima Metropolitana); other codes are places of their own
PLACE_SQL = (
    f"CASE WHEN length(territorio) IN (4, 6) AND territorio <> '{PILOTS}' "
    f"THEN CASE WHEN left(territorio, 4) = '1501' THEN '26' ELSE left(territorio, 2) END ELSE territorio END"
)


@dataclass(frozen=True)
class Compiled:
    """An indicator with the SQL of each of its mergeable parts: state column -> aggregate over the fact."""

    indicator: Indicator
    parts: dict[str, str]
    #: row predicates in SQL: rows scored, and rows of another authority (empty where there is no competence rule)
    scored: str = "TRUE"
    foreign: str = ""
    #: state columns that are sums of amounts with decimals: added up exactly, so that no order of addition shows in a figure
    fractional: frozenset[str] = frozenset()

    def column(self, part: str) -> str:
        """The state column of a part: num, den, num2, den2, tam, n, ajenas, with _x of foreign rows; aviso_, retiene_, parte_, todo_ <name>."""
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

    @property
    def keys(self) -> dict[str, str]:
        """Column -> SQL of what the pass groups by: place, period, and every breakdown at once."""
        period = f"strftime({_quoted(self.clock)}, '%Y-%m')" if self.dated else f"CAST({_quoted(self.clock)} AS VARCHAR)"
        groups = {PLACE: PLACE_SQL, TIME: period}
        return groups | {f"b_{b}": f"coalesce(CAST({_quoted(b)} AS VARCHAR), 'sin_dato')" for b in self.breakdowns}

    @property
    def rows(self) -> str:
        """The rows that count: those with a date and a place."""
        return f"{_quoted(self.clock)} IS NOT NULL AND territorio IS NOT NULL"

    @property
    def histograms(self) -> dict[str, str]:
        """State column -> the value counted in each row, null where the row is not counted."""
        return {name: value_counted(sql) for c in self.indicators for name, sql in c.parts.items() if sql.startswith(HISTOGRAM)}

    def sql(self, cut: date | None = None, start: date | None = None, *, source: str = "", without: Collection[str] = ()) -> str:
        """The statement of stage 1. `source` replaces the fact by a table of its rows; without dates the placeholders stay readable.

        `without`: state columns that are left out.
        """
        inner = source or (self.fact.sql if cut is None else self.fact.at(cut, start))
        parts = [f"{sql} AS {_quoted(name)}" for c in self.indicators for name, sql in c.parts.items() if name not in without]
        listed = ",\n    ".join([*(f"{sql} AS {_quoted(n)}" for n, sql in self.keys.items()), f"count(*) AS {ROWS}", *parts])
        return f"SELECT\n    {listed}\nFROM (\n{inner}\n) AS hecho\nWHERE {self.rows}\nGROUP BY ALL"

    def clusters_sql(self, compiled: Compiled, split: str = "") -> str:
        """Sums of a clustered indicator by cluster, over the fact called `hecho`, undivided or for each category of `split`."""
        design = compiled.indicator.design
        assert design is not None
        keys = self.keys
        named = {PLACE: keys[PLACE], TIME: keys[TIME], SPLIT: f"'{split}'", CATEGORY: keys[f"b_{split}"] if split else "''"}
        named |= {"estrato": f"coalesce(CAST({_quoted(design.stratum)} AS VARCHAR), '')" if design.stratum else "''",
                  "conglomerado": f"CAST({_quoted(design.cluster)} AS VARCHAR)"}  # fmt: skip
        sums = [f"coalesce({compiled.parts[compiled.column(part)]}, 0) AS {part}" for part in ("num", "den")]
        listed = ", ".join([*(f"{sql} AS {name}" for name, sql in named.items()), *sums])
        # Of a survey every zone that was visited counts, with nobody in it too: its sums are 0 by the FILTER of each part.
        scored = "TRUE" if design.stratum else f"({compiled.scored})"
        return f"SELECT {listed} FROM hecho WHERE {self.rows} AND {scored} AND {_quoted(design.cluster)} IS NOT NULL GROUP BY ALL"


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
    foreign = None if own is None else _both(kept, exp.Not(this=exp.func("coalesce", own.copy(), exp.true())))
    named = _aggregates(indicator, fact, file)
    fractional = {name for name, tree in named.items() if _has_decimals(tree, fact)}
    parts = {"n": _count(scored)} | {name: _sum(tree, scored, name in fractional) for name, tree in named.items()}
    parts |= _histograms(indicator, fact, file, scored, "")
    if foreign is not None:
        parts["ajenas"] = _count(foreign)
        if indicator.competence_scope == "region":
            parts |= {f"{name}_x": _sum(tree, foreign, name in fractional) for name, tree in named.items()}
            parts |= _histograms(indicator, fact, file, foreign, "_x")
    parts |= {f"aviso_{k}": _count(_both(scored, row(v, f"flags.{k}"))) for k, v in indicator.flags.items()}
    parts |= {f"retiene_{k}": _count(_both(scored, row(v, f"withheld.{k}"))) for k, v in indicator.withheld.items()}
    for state, share in indicator.withheld_above.items():
        for name, text in (("parte", share.numerator), ("todo", share.denominator)):
            parts[f"{name}_{state}"] = _sum(grammar.additive(text, fact.columns, f"{file}: «withheld_above.{state}»"), scored)
    columns = {f"{indicator.id}__{name}": sql for name, sql in parts.items()}
    exact = frozenset(f"{indicator.id}__{name}{tail}" for name in fractional for tail in ("", "_x"))
    return Compiled(indicator, columns, _text(scored), _text(foreign) if foreign is not None else "", exact)


def _aggregates(indicator: Indicator, fact: Fact, file: str) -> dict[str, exp.Expr]:
    """The additive parts of an indicator as parsed: num, den, num2, den2, tam."""
    reference = indicator.reference
    given = {"num": (indicator.numerator, "numerator"), "den": (indicator.denominator, "denominator"), "tam": (indicator.size, "size")}
    if reference is not None:
        given |= {"num2": (reference.numerator, "reference.numerator"), "den2": (reference.denominator, "reference.denominator")}
    return {n: grammar.additive(part.expr, fact.columns, f"{file}: «{key}.expr»") for n, (part, key) in given.items() if part is not None}


def _histograms(indicator: Indicator, fact: Fact, file: str, condition: exp.Expr | None, suffix: str) -> dict[str, str]:
    """How often each whole value occurs: `hist` of the ends seen, `cens` of the rows still open."""
    quantile = indicator.quantile
    if quantile is None:
        return {}
    value = grammar.row_expression(quantile.expr, fact.columns, f"{file}: «quantile.expr»")
    held = _both(condition, exp.Is(this=exp.Paren(this=value.copy()), expression=exp.Not(this=exp.Null())))
    count = lambda where: f"{HISTOGRAM}CAST({value.sql(grammar.DIALECT)} AS BIGINT)) FILTER (WHERE {_text(where)})"  # noqa: E731
    if not quantile.observed:
        return {f"hist{suffix}": count(held)}
    seen = exp.func("coalesce", grammar.row_expression(quantile.observed, fact.columns, f"{file}: «quantile.observed»"), exp.false())
    return {f"hist{suffix}": count(_both(held, seen)), f"cens{suffix}": count(_both(held, exp.Not(this=seen.copy())))}


def value_counted(histogram: str, where: str = "histograma") -> str:
    """The value of `histogram(value) FILTER (WHERE condition)`, null in the rows that do not meet the condition. `where`: for messages."""
    tree = grammar.parse_one(histogram, where)
    assert isinstance(tree, exp.Filter)
    counted = tree.this.expressions[0] if isinstance(tree.this, exp.Anonymous) else tree.this.this
    return f"CASE WHEN {tree.expression.this.sql(grammar.DIALECT)} THEN {counted.sql(grammar.DIALECT)} END"


def _sum(tree: exp.Expr, condition: exp.Expr | None, decimals: bool = False) -> str:
    """The aggregate over the rows that meet the condition. Amounts with decimals are added up as exact decimals.

    A FILTER of the definition's own that no row meets is a true 0, not an unknown: no child found is not a silence.
    """
    aggregate = grammar.also(tree, condition)
    if decimals:
        for total in list(aggregate.find_all(exp.Sum)):
            total.set("this", exp.cast(total.this.copy(), EXACT))
    sql = aggregate.sql(grammar.DIALECT)
    return f"CAST({f'coalesce({sql}, 0)' if isinstance(tree, exp.Filter) else sql} AS DOUBLE)"


def _has_decimals(tree: exp.Expr, fact: Fact) -> bool:
    """Whether what is added up may be other than whole."""
    amounts = any(fact.columns.get(c.name) in ("DOUBLE", "FLOAT") for c in tree.find_all(exp.Column))
    return tree.find(exp.Sum) is not None and (amounts or tree.find(exp.Div) is not None)


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
    if type_ == "DATE" and kind == "as_reported":
        raise DeclarationError(
            f"{file}: «clock.kind»: una cifra tal como se imprimió lleva su código de periodo, no una fecha.",
            cure="Use kind: flow o stock, o haga que el hecho dé el periodo.",
        )
    if type_ != "DATE" and indicator.clock.window_months:
        raise DeclarationError(f"{file}: «clock.window_months»: los meses móviles necesitan una fecha.", cure="Haga que el hecho dé la fecha.")


def _check_words(indicator: Indicator, fact: Fact, file: str) -> None:
    """Names that must be known: breakdown columns, notices, states."""
    absences = [s for s in STATES if s != PUBLISHED]
    checks: list[tuple[str, Iterable[str], Iterable[str]]] = [
        ("breakdowns.column", [b.column for b in indicator.breakdowns], fact.columns),
        ("design", [c for c in (indicator.design.cluster, indicator.design.stratum) if c] if indicator.design else [], fact.columns),
        ("flags", indicator.flags, NOTICES),
        ("withheld", [*indicator.withheld, *indicator.withheld_above], absences),
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
    given = [i.numerator, i.denominator, i.quantile, i.size, *((i.reference.numerator, i.reference.denominator) if i.reference else ())]
    texts = [i.filter, i.competence, *(p.expr for p in given if p), *i.flags.values(), *i.withheld.values()]
    texts += [t for s in i.withheld_above.values() for t in (s.numerator, s.denominator)] + ([i.quantile.observed] if i.quantile else [])
    names = {"territorio", i.clock.column, *(b.column for b in i.breakdowns)}
    names |= {c for c in (i.design.cluster, i.design.stratum) if c} if i.design else set()
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
