"""What changed between two versions of a contract, which changes break what was there, and which version that asks for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from warehouse.contracts import Column, Contract, Rule, Severity, number_of

Kind = Literal["incompatible", "compatible", "redaccion"]
Bump = Literal["", "parche", "menor", "mayor"]
_BUMPS: tuple[Bump, ...] = ("", "parche", "menor", "mayor")
_DEMANDS: dict[Kind, Bump] = {"redaccion": "parche", "compatible": "menor", "incompatible": "mayor"}
_GRAVITY: tuple[Severity, ...] = ("informativa", "advertencia", "error", "bloqueante")
#: how alike two names must be for a column that left and one that came to be the same
_ALIKE = 0.6
_BREAKS: Kind = "incompatible"


@dataclass(frozen=True)
class Change:
    """One difference. `where`: the column, rule or part it is about; `what`: a Spanish sentence without it."""

    kind: Kind
    where: str
    what: str


@dataclass(frozen=True)
class Comparison:
    """Two versions of one table's contract. A version is empty where the table is only on the other side."""

    table: str
    old_version: str
    new_version: str
    changes: tuple[Change, ...]

    @property
    def needed(self) -> Bump:
        """The version bump that the gravest change asks for."""
        return max((_DEMANDS[c.kind] for c in self.changes), key=_BUMPS.index, default="")

    @property
    def made(self) -> Bump:
        """The version bump that was declared; nothing where the version stayed or went back."""
        old, new = number_of(self.old_version), number_of(self.new_version)
        if not old or not new or new <= old:
            return ""
        return "mayor" if new[0] > old[0] else ("menor" if new[:2] > old[:2] else "parche")

    @property
    def enough(self) -> bool:
        """Whether the declared version says at least what changed. A table that came or left has no bump to make."""
        return not (self.old_version and self.new_version) or _BUMPS.index(self.made) >= _BUMPS.index(self.needed)

    @property
    def breaks_unsaid(self) -> bool:
        """A breaking change under a version that does not say so; taking a table away breaks whoever sends or reads it."""
        return self.needed == "mayor" and (not self.enough or not self.new_version)


def compare_all(old: Mapping[str, Contract], new: Mapping[str, Contract]) -> list[Comparison]:
    """Every table of either side that changed, by name."""
    found = (compare(old.get(t), new.get(t)) for t in sorted({*old, *new}))
    return [c for c in found if c.changes or c.old_version != c.new_version]


def compare(old: Contract | None, new: Contract | None) -> Comparison:
    """One table. Either may be missing, not both."""
    if old is None or new is None:
        there = old or new
        assert there is not None
        change = Change("compatible", "tabla", "es nueva") if old is None else Change(_BREAKS, "tabla", "ya no tiene contrato")
        return Comparison(there.table, old.version if old else "", new.version if new else "", (change,))
    return Comparison(new.table, old.version, new.version, tuple(differences(old, new)))


def differences(old: Contract, new: Contract) -> Iterator[Change]:
    """Every difference, columns first."""
    yield from _columns(old, new)
    if old.key != new.key:
        yield Change(_BREAKS, "clave", f"era ({', '.join(old.key)}) y es ({', '.join(new.key)})")
    yield from _rules(old, new)
    yield from _delivery(old, new)
    yield from _territory(old, new)
    texts = ((old.title, new.title, "título"), (old.purpose, new.purpose, "propósito"), (old.source, new.source, "fuente"))
    yield from (Change("redaccion", where, "cambió de texto") for before, after, where in texts if before != after)
    if old.caveats != new.caveats:
        yield Change("redaccion", "advertencias", "cambiaron")
    if old.migrations != new.migrations:
        yield Change("redaccion", "migraciones", "cambiaron")


# ---- columns


def _columns(old: Contract, new: Contract) -> Iterator[Change]:
    gone = [c for c in old.columns if c.name not in new.column_names]
    come = [c for c in new.columns if c.name not in old.column_names]
    renamed = _renamed(gone, come, {o: n for m in new.migrations.values() for o, n in m.renombra.items()})
    for column in gone:
        heir = renamed.get(column.name)
        if heir is None:
            yield Change(_BREAKS, f"columna «{column.name}»", "se quitó")
            continue
        yield Change(_BREAKS, f"columna «{column.name}»", f"cambió de nombre: ahora es «{heir.name}»")
        yield from _column(column, heir)
    for column in come:
        if column not in renamed.values():
            must = column.required or column.key
            yield Change(_BREAKS if must else "compatible", f"columna «{column.name}»", f"es nueva y {'obligatoria' if must else 'opcional'}")
    for column in old.columns:
        if column.name in new.column_names:
            yield from _column(column, new.column(column.name))


def _renamed(gone: list[Column], come: list[Column], declared: Mapping[str, str]) -> dict[str, Column]:
    """Old name -> the new column it became: by its migration, by taking the old name as another of its own, or one alike of the same type."""
    found: dict[str, Column] = {}
    for column in gone:
        free = {c.name: c for c in come if c.type == column.type and c not in found.values()}
        named = [c for c in come if c.name == declared.get(column.name)] + [c for c in free.values() if column.name in c.source_names]
        near = difflib.get_close_matches(column.name, list(free), n=1, cutoff=_ALIKE)
        if named or near:
            found[column.name] = named[0] if named else free[near[0]]
    return found


def _column(old: Column, new: Column) -> Iterator[Change]:
    where = f"columna «{new.name}»"
    yield from (Change(kind, where, what) for kind, what in _column_changes(old, new))


def _column_changes(old: Column, new: Column) -> Iterator[tuple[Kind, str]]:
    if old.type != new.type:
        yield _BREAKS, f"el tipo era {old.type} y es {new.type}"
    if old.required != new.required:
        yield (_BREAKS, "ahora es obligatoria") if new.required else ("compatible", "ya no es obligatoria")
    yield from _allowed(old, new)
    yield from _limits(old, new)
    yield from _replaced("forma", old.pattern, new.pattern)
    yield from _replaced("referencia", old.references, new.references)
    yield from _mapping(old, new)
    if old.unit != new.unit:
        yield _BREAKS, f"la unidad era «{old.unit}» y es «{new.unit}»"
    if old.dates != new.dates:
        wider = new.dates == "libres" or old.dates == ""
        yield ("compatible" if wider else _BREAKS), f"las fechas que admite cambiaron: «{old.dates}» → «{new.dates}»"
    if old.classification != new.classification:
        order = ("publica", "agregada", "restringida")
        closer = order.index(new.classification) > order.index(old.classification)
        yield (_BREAKS if closer else "compatible"), f"la clasificación era {old.classification} y es {new.classification}"
    if old.treatment != new.treatment:
        yield _BREAKS, f"el tratamiento era «{old.treatment}» y es «{new.treatment}»"
    editorial = ("description", "labels", "example", "unverified", "code")
    changed = [n for n in editorial if getattr(old, n) != getattr(new, n) and not (n == "labels" and old.allowed != new.allowed)]
    if changed:
        words = {"description": "la descripción", "labels": "las etiquetas", "example": "el ejemplo", "unverified": "lo que está sin verificar",
                 "code": "si es un código"}  # fmt: skip
        yield "redaccion", f"cambió {', '.join(words[n] for n in changed)}"


def _allowed(old: Column, new: Column) -> Iterator[tuple[Kind, str]]:
    lost, come = [v for v in old.allowed if v not in new.allowed], [v for v in new.allowed if v not in old.allowed]
    if old.allowed and not new.allowed:
        yield "compatible", "admite cualquier valor: ya no hay lista"
    elif new.allowed and not old.allowed:
        yield _BREAKS, f"admite solo los valores de una lista: {_listed(new.allowed)}"
    else:
        if lost:
            yield _BREAKS, f"ya no se admite {_listed(lost)}"
        if come:
            yield "compatible", f"se admite además {_listed(come)}"


def _limits(old: Column, new: Column) -> Iterator[tuple[Kind, str]]:
    for word, before, after, sign in (("mínimo", old.minimum, new.minimum, 1), ("máximo", old.maximum, new.maximum, -1)):
        if before != after:
            tighter = after is not None and (before is None or (after - before) * sign > 0)
            yield (_BREAKS if tighter else "compatible"), f"el {word} era {_limit(before)} y es {_limit(after)}"


def _limit(value: float | None) -> str:
    return "libre" if value is None else f"{value:g}"


def _replaced(word: str, old: str, new: str) -> Iterator[tuple[Kind, str]]:
    """A demand on the values that came, left or is another."""
    if old != new:
        yield (_BREAKS, f"la {word} que pide era «{old or 'ninguna'}» y es «{new}»") if new else ("compatible", f"ya no pide {word} («{old}»)")


def _mapping(old: Column, new: Column) -> Iterator[tuple[Kind, str]]:
    lost = [k for k, v in old.equivalences.items() if new.equivalences.get(k) != v]
    if lost:
        yield _BREAKS, f"ya no se entiende igual {_listed(lost)}"
    elif old.equivalences != new.equivalences:
        yield "compatible", f"se entiende además {_listed([k for k in new.equivalences if k not in old.equivalences])}"
    lost = [n for n in old.source_names if n not in (*new.source_names, new.name)]
    if lost:
        yield _BREAKS, f"ya no se reconoce con el nombre {_listed(lost)}"
    elif come := [n for n in new.source_names if n not in (*old.source_names, old.name)]:
        yield "compatible", f"se reconoce además con el nombre {_listed(come)}"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"«{n}»" for n in names)


# ---- the rest


def _rules(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = {r.id: r for r in old.rules}, {r.id: r for r in new.rules}
    for id, rule in before.items():
        if id not in after:
            yield Change("compatible", f"regla {id}", "se quitó")
        else:
            yield from (Change(kind, f"regla {id}", what) for kind, what in _rule(rule, after[id]))
    for id, rule in after.items():
        if id not in before:
            yield Change(_BREAKS if _keeps_out(rule) else "compatible", f"regla {id}", f"es nueva, de gravedad {rule.severity}")


def _rule(old: Rule, new: Rule) -> Iterator[tuple[Kind, str]]:
    if old.severity != new.severity:
        raised = _GRAVITY.index(new.severity) > _GRAVITY.index(old.severity)
        yield (_BREAKS if raised and _keeps_out(new) else "compatible"), f"la gravedad era {old.severity} y es {new.severity}"
    words = {"remedio": "", "sin_verificar": ""}
    if old.body.model_copy(update=words) != new.body.model_copy(update=words):
        yield (_BREAKS if _keeps_out(new) else "compatible"), "cambió lo que revisa"
    if (old.sentence, old.body.remedio, old.body.sin_verificar) != (new.sentence, new.body.remedio, new.body.sin_verificar):
        yield "redaccion", "cambió su frase, su remedio o lo que tiene sin verificar"


def _keeps_out(rule: Rule) -> bool:
    return rule.severity in ("error", "bloqueante")


def _delivery(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.delivery, new.delivery
    if before.ambito != after.ambito:
        yield Change(_BREAKS, "entrega", f"la hacía «{before.ambito}» y la hace «{after.ambito}»")
    if before.periodicidad != after.periodicidad:
        yield Change(_BREAKS, "entrega", f"era {before.periodicidad} y es {after.periodicidad}")
    terms = [(d.plazo_dia_habil, d.plazo_dias) for d in (before, after)]
    if terms[0] != terms[1]:
        later = all(new is None or (old is not None and new >= old) for old, new in zip(*terms, strict=True))
        yield Change("compatible" if later else _BREAKS, "entrega", f"el plazo era {_term(*terms[0])} y es {_term(*terms[1])}")
    if (before.plazo_estado, before.responsable) != (after.plazo_estado, after.responsable):
        yield Change("redaccion", "entrega", "cambió el responsable o el estado del plazo")


def _term(working: int | None, calendar: int | None) -> str:
    return f"{working}.º día hábil" if working is not None else (f"{calendar} días calendario" if calendar is not None else "ninguno")


def _territory(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.territory, new.territory
    if before == after:
        return
    same = (before.columna, before.tipo) == (after.columna, after.tipo) and before.mapa.items() <= after.mapa.items()
    yield Change("compatible" if same else _BREAKS, "territorio", "reconoce más códigos" if same else "se encuentra de otro modo")
