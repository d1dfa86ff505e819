"""Everything that is wrong in facts and definitions, told at once: reading, names, expressions, the engine's opinion, worked examples.

Loading for a run stops at the first kind of fault; whoever writes a definition needs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kpis.compile import compile_indicator, plans
from kpis.examples import differences
from kpis.facts import Fact, load_fact
from kpis.lint_lines import line_in_sql, line_in_yaml
from kpis.lint_warnings import fact_warnings, indicator_warnings
from warehouse import catalogue
from warehouse.contracts import Contract
from warehouse.declarations import read_yaml, short_name
from warehouse.errors import DeclarationError, suggest
from warehouse.indicators import Clock, Indicator, Part, Reference, Share, load_indicator

#: (what, done, total)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Fault:
    """A sentence about a key of a file; `line` where it can be told."""

    path: Path
    text: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{short_name(self.path)}{f':{self.line}' if self.line else ''}: {self.text}"


@dataclass(frozen=True)
class Lint:
    """What was looked at, every fault and every warning."""

    facts: tuple[str, ...]
    indicators: tuple[str, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def lint(definitions: Sequence[Path], facts: Sequence[Path], contracts: Mapping[str, Contract], progress: Progress | None = None) -> Lint:
    """Faults and warnings of those files. A definition whose fact is not among `facts` has the fault that there is no such fact."""
    tell = progress or (lambda what, done, total: None)
    total = len(definitions) + len(facts)
    faults: list[Fault] = []
    warnings: list[Fault] = []
    good: dict[str, Fact] = {}
    for done, path in enumerate(facts):
        tell(path.stem, done, total)
        try:
            good[path.stem] = load_fact(path, contracts)
        except DeclarationError as error:
            faults += _of_error(path, error, line_in_sql)
    unreadable = {p.stem for p in facts} - set(good)
    for done, path in enumerate(definitions, len(facts)):
        tell(path.stem, done, total)
        try:
            found = load_indicator(path)
        except DeclarationError as error:
            faults += _of_error(path, error, line_in_yaml)
            continue
        if found.fact not in unreadable:  # that fault is told already
            told = indicator_faults(found, good) if found.fact in good else [_no_fact(found.fact)]
            faults += [Fault(path, text, line_in_yaml(path, text)) for text in told]
        warnings += [Fault(path, text, line_in_yaml(path, text)) for text in indicator_warnings(found, good.get(found.fact), contracts)]
    warnings += [Fault(fact.path, text) for fact in good.values() for text in fact_warnings(fact, contracts)]
    return Lint(tuple(p.stem for p in facts), tuple(p.stem for p in definitions), tuple(faults), tuple(warnings))


def _no_fact(name: str) -> str:
    return f"«fact»: no existe el hecho «{name}».{suggest(name, [p.stem for p in catalogue.FACTS.glob('*.sql')])}"


def unused(definitions: Sequence[Path], facts: Sequence[Path]) -> Iterator[Fault]:
    """A warning for each fact that none of the definitions names; for those that can be read, faults or not."""
    named = {fact_named_in(path) for path in definitions}
    said = "ningún indicador usa este hecho; quítelo o escriba la definición que lo use."
    yield from (Fault(path, said) for path in facts if path.stem not in named)


def fact_named_in(path: Path) -> str:
    """The fact that a definition names, whatever else is wrong with it; empty where it cannot be read."""
    try:
        return str(read_yaml(path).get("fact", ""))
    except DeclarationError:
        return ""


def _of_error(path: Path, error: DeclarationError, line_of: Callable[[Path, str], int | None]) -> Iterator[Fault]:
    """The faults that a reader joined in one error, a line each; YAML's own message takes several lines."""
    start = f"{short_name(path)}: "
    for told in error.what.split(f"\n{start}"):
        text = " ".join(told.removeprefix(start).split())
        yield Fault(path, text, line_of(path, text))


def indicator_faults(indicator: Indicator, facts: Mapping[str, Fact]) -> list[str]:
    """Every fault of a definition whose fact is among `facts`: of each of its parts, of the whole for the engine, of its worked example."""
    start = f"kpis/definitions/{indicator.id}.yml: "
    found = [_told(error).removeprefix(start) for part, fact in _parts(indicator, facts) if (error := _refusal(part, fact)) is not None]
    found += _needs(indicator, facts)
    if found:
        return list(dict.fromkeys(found))
    try:
        (plan,) = plans({indicator.id: indicator}, facts)
    except DeclarationError as error:
        return [_told(error).removeprefix(start)]
    return differences(plan)


def _needs(indicator: Indicator, facts: Mapping[str, Fact]) -> list[str]:
    """The tables whose deliveries it says it needs, that its fact does not read."""
    tables = facts[indicator.fact].tables
    return [f"«needs»: el hecho no lee la tabla «{t}».{suggest(t, tables)}" for t in indicator.needs or () if t not in tables]


def _refusal(indicator: Indicator, facts: Mapping[str, Fact]) -> DeclarationError | None:
    try:
        compile_indicator(indicator, facts)
    except DeclarationError as error:
        return error
    return None


def _told(error: DeclarationError) -> str:
    """What is wrong and how to mend it, unless the cure says nothing that the sentence does not."""
    plain = error.cure.startswith(("Corrija el nombre.", "Corrija las definiciones", "Corrija la expresión"))
    return f"{error.what} {error.cure}" if error.cure and not plain else error.what


_ANY = Part.model_validate({"expr": "count(*)", "text": {"es": "n", "en": "n"}})
_OWN_CLOCK = "reloj_de_prueba"


def _parts(indicator: Indicator, facts: Mapping[str, Fact]) -> Iterator[tuple[Indicator, Mapping[str, Fact]]]:
    """The definition with one of its parts alone, the others made harmless, so that no fault hides another. Its clock comes first."""
    i = indicator
    bare = i.model_copy(
        update={"filter": "", "competence": "", "flags": {}, "withheld": {}, "withheld_above": {}, "breakdowns": (), "design": None, "size": None,
                "reference": None, "numerator": None, "denominator": None, "quantile": None}
    )  # fmt: skip
    yield bare, facts
    fact = facts[i.fact]
    known = {i.fact: replace(fact, columns={**fact.columns, _OWN_CLOCK: "DATE"})}
    calm = bare.model_copy(update={"clock": Clock(kind="flow", column=_OWN_CLOCK)})
    for piece in _pieces(i):
        yield calm.model_copy(update=piece), known


def _pieces(i: Indicator) -> Iterator[Mapping[str, object]]:
    """Each part of a definition that names columns, states or notices, as the keys to put into a harmless one."""
    yield {"filter": i.filter}
    yield {"competence": i.competence}
    yield from ({"flags": {k: v}} for k, v in i.flags.items())
    yield from ({"withheld": {k: v}} for k, v in i.withheld.items())
    for state, share in i.withheld_above.items():
        yield {"withheld_above": {state: Share(numerator=share.numerator, denominator="count(*)", above=0)}}
        yield {"withheld_above": {state: Share(numerator="count(*)", denominator=share.denominator, above=0)}}
    yield from ({"breakdowns": (b,)} for b in i.breakdowns)
    yield from ({key: part} for key in ("numerator", "denominator", "size") if (part := getattr(i, key)) is not None)
    if i.reference is not None:
        yield {"reference": Reference(numerator=i.reference.numerator, denominator=_ANY)}
        yield {"reference": Reference(numerator=_ANY, denominator=i.reference.denominator)}
    if i.quantile is not None:
        yield {"quantile": i.quantile.model_copy(update={"observed": ""})}
        yield {"quantile": i.quantile.model_copy(update={"expr": "1"})}
    if i.design is not None:
        yield from ({"design": i.design.model_copy(update={"cluster": c, "stratum": ""})} for c in (i.design.cluster, i.design.stratum) if c)
