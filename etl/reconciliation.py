"""Comparing sources that speak of the same thing. Both values and their difference are kept; no source is ever changed.

A reconciliation runs again when the accepted version of one of its tables, or its own declaration, changed. What cannot be
compared is told as such: never as agreeing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checks.sentences import count, number, shown
from etl.reconciliation_declarations import Reconciliation, check, load
from warehouse import catalogue, duck, reconciliations
from warehouse.contracts import Contract
from warehouse.database import writing
from warehouse.delta import accepted_schema
from warehouse.reconciliations import AGREES, DIFFERS, NOT_EVALUABLE, SUMMARY, Compared, Place
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions
from warehouse.territories import all_territories

#: called with what is being done, how many are done, and how many there are
Progress = Callable[[str, int, int], None]
_Row = dict[str, Any]


@dataclass(frozen=True)
class Evaluated:
    """One reconciliation run: places by state, and rows written."""

    regla_id: str
    cumplen: int
    fallan: int
    no_evaluables: int
    nuevas: int
    frase: str


@dataclass(frozen=True)
class Report:
    """What a round of reconciliations did. `sin_cambios`: those whose tables are the same as last time."""

    evaluadas: tuple[Evaluated, ...]
    sin_cambios: tuple[str, ...]

    def summary(self) -> list[str]:
        """One line for the round and one for each reconciliation that differs somewhere or could not be compared at all."""
        lines = [f"Conciliaciones: {len(self.evaluadas)} evaluadas y {len(self.sin_cambios)} sin cambios."]
        return lines + [e.frase for e in self.evaluadas if e.fallan or not e.cumplen]


def reconcile(
    warehouse: Warehouse, run: int | None = None, progress: Progress | None = None, declared: Mapping[str, Reconciliation] | None = None
) -> Report:
    """Run the reconciliations whose tables changed since they were last run; each is one transaction. A second time nothing is written."""
    declared, contracts = declared or load(), catalogue.contracts()
    check(declared, contracts)
    accepted = accepted_versions(warehouse.engine)
    evaluated: list[Evaluated] = []
    unchanged: list[str] = []
    for done, one in enumerate(declared.values()):
        if progress is not None:
            progress(one.titulo.es, done, len(declared))
        versions = {t: accepted[t] for t in one.tables if t in accepted} | {"declaracion": one.digest}
        with warehouse.engine.connect() as connection:
            same = reconciliations.last_versions(connection, one.id) == versions
        if same:
            unchanged.append(one.id)
        else:
            evaluated.append(_run(warehouse, one, contracts, versions, run))
    return Report(tuple(evaluated), tuple(unchanged))


def _run(warehouse: Warehouse, one: Reconciliation, contracts: Mapping[str, Contract], versions: dict[str, Any], run: int | None) -> Evaluated:
    missing = [t for t in one.tables if t not in versions]
    found, problem = ([], _lacking(missing, contracts)) if missing else _found(warehouse, one, contracts, versions)
    with writing(warehouse.engine).begin() as connection:
        before = reconciliations.places(connection, one.id)
        new = [c for c in found if not c.same_as(before.get(c.place))]
        # Of a comparison that could not be made nothing is known: what was told before stands, and it is tried again next time.
        gone = [] if problem else [_withdrawn(before[p], one) for p in sorted(before.keys() - {c.place for c in found})]
        summary = _summary(one, found, problem)
        compared = {} if problem and not missing else versions
        reconciliations.record(connection, [*new, *gone, summary], one.titulo.model_dump(), compared, run)
    states = Counter(c.estado for c in found)
    return Evaluated(one.id, states[AGREES], states[DIFFERS], states[NOT_EVALUABLE], len(new) + len(gone), summary.frase)


def _found(warehouse: Warehouse, one: Reconciliation, contracts: Mapping[str, Contract], versions: Mapping[str, Any]) -> tuple[list[Compared], str]:
    """Every place compared, or why that could not be done. Memory grows with the places, not with the rows compared."""
    settings, delta = warehouse.settings, warehouse.delta
    with duck.engine(memory=settings.memoria_motor, threads=settings.hilos_motor, folders=(delta.root,)) as connection:
        try:
            for table in one.tables:
                duck.view_of_files(connection, table, delta.files("aceptado", table, versions[table]), accepted_schema(contracts[table]))
            rows = connection.sql(f"{one.statement} ORDER BY cod_region, periodo, clave").to_arrow_table().to_pylist()
        except duck.Error as error:
            return [], f"la consulta dio un error ({str(error).splitlines()[0]})"
    found = {c.place: c for c in _compared(one, rows)}
    return list(found.values()), ""


def _compared(one: Reconciliation, rows: Iterable[_Row]) -> Iterable[Compared]:
    names = {code: t.nombre for code, t in all_territories().items()}
    for row in rows:
        place: Place = (row["cod_region"] or "99", row["periodo"] or "sin fecha", (row["clave"] or "")[:200])
        a, b = row["valor_a"], row["valor_b"]
        known = a is not None and b is not None
        allowed = one.tolerancia.allowed(b) if known else None
        difference = a - b if known else None
        cases, failing = _cases(one, row, difference, allowed)
        state = NOT_EVALUABLE if not known or not cases else DIFFERS if failing else AGREES
        words = {n: shown(v) for n, v in row.items()} | {
            "region": names.get(place[0], place[0]), "periodo": place[1], "clave": place[2].replace(":", " "), "a": _told(a), "b": _told(b),
            "diferencia": _told(difference), "tolerancia": _told(allowed), "casos": f"{cases:,}", "casos_fallidos": f"{failing:,}",
        }  # fmt: skip
        frase = _sentence(one, state, words, a, b)
        yield Compared(one.id, *place, a, b, difference, allowed, state, one.severidad, cases, failing if known else 0, frase)


def _cases(one: Reconciliation, row: _Row, difference: float | None, allowed: float | None) -> tuple[int, int]:
    """Cases compared and cases that fail: those the statement counted, or the place itself."""
    if "casos" in row:
        return int(row["casos"] or 0), int(row["casos_fallidos"] or 0)
    if difference is None or allowed is None:
        return 1, 0
    apart = difference if one.tolerancia.sentido == "a_no_supera_b" else abs(difference)
    return 1, int(apart > allowed + 1e-9 * max(1.0, allowed))


def _sentence(one: Reconciliation, state: str, words: dict[str, str], a: float | None, b: float | None) -> str:
    if state == NOT_EVALUABLE:
        lacking = [side.nombre.es for side, value in ((one.lado_a, a), (one.lado_b, b)) if value is None] or [one.lado_a.nombre.es]
        where = ", ".join(w for w in (words["region"], words["periodo"], words["clave"]) if w)
        verb = "faltan" if len(lacking) > 1 or lacking[0].startswith(("los ", "las ")) else "falta"
        return f"{where}: no se puede comparar; {verb} {' y '.join(lacking)}."
    sentence = one.frase.format_map(words)
    return f"{sentence} {one.remedio.format_map(words)}" if state == DIFFERS else sentence


def _summary(one: Reconciliation, found: list[Compared], problem: str) -> Compared:
    """The row of the whole evaluation: how many places were compared and how many differ."""
    states = Counter(c.estado for c in found)
    known = states[AGREES] + states[DIFFERS]
    title = f"{one.id}, {one.titulo.es}"
    if problem:
        frase = f"{title}: no se puede comparar; {problem}."
    elif not known:
        why = f"falta una de las dos fuentes en {count(len(found), 'lugar', 'lugares')}" if found else "no hay filas que comparar"
        frase = f"{title}: no se puede comparar; {why}."
    else:
        frase = f"{title}: difieren {states[DIFFERS]:,} de {known:,} lugares comparados; {states[NOT_EVALUABLE]:,} no se pudieron comparar."
    state = NOT_EVALUABLE if not known else DIFFERS if states[DIFFERS] else AGREES
    return Compared(one.id, *SUMMARY, None, None, None, None, state, one.severidad, known, states[DIFFERS], frase)


def _withdrawn(before: Compared, one: Reconciliation) -> Compared:
    where = ", ".join(w for w in (before.periodo, before.clave) if w)
    frase = f"{where}: ninguna de las dos fuentes tiene ya este dato."
    return Compared(one.id, *before.place, None, None, None, None, NOT_EVALUABLE, one.severidad, 0, 0, frase)


def _lacking(tables: list[str], contracts: Mapping[str, Contract]) -> str:
    titles = [f"«{contracts[t].title.es}»" for t in tables]
    return f"no hay filas aceptadas de {' ni de '.join(titles)}"


def _told(value: float | None) -> str:
    """With the decimals that matter: two below a hundred thousand, none above."""
    if value is None:
        return "sin dato"
    return number(round(value, 2) if abs(value) < 100_000 else round(value))
