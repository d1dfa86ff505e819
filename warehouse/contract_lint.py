"""House checks of a contract, besides those without which it does not load: what a reader of the contract would miss."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from warehouse.contracts import TECHNICAL_COLUMNS, Column, Contract, Rule, number_of
from warehouse.declarations import read_yaml, short_name
from warehouse.errors import suggest

_UNITS = {"mensual": "m", "trimestral": "q", "anual": "y"}
_READ: dict[str, Callable[[str], object]] = {"integer": int, "number": float, "date": date.fromisoformat}
_SENTENCE_WORDS = {"fila", "columna", "valor"}


def house_faults(contract: Contract) -> Iterator[str]:
    """Every fault, each naming the file and the key."""
    raw = read_yaml(contract.path)
    name = short_name(contract.path)
    yield from (f"{name}: {fault}" for fault in _faults(contract, raw))


def unverified_marks(contract: Contract) -> int:
    """How many columns and rules say that something of theirs is not verified."""
    return sum(bool(c.unverified) for c in contract.columns) + sum(bool(r.body.sin_verificar) for r in contract.rules)


def _faults(contract: Contract, raw: dict[str, Any]) -> Iterator[str]:
    for where in _pending(raw):
        yield f"«{where}»: queda «TODO» por completar."
    if not re.fullmatch(r"\d+\.\d+\.\d+", contract.version):
        yield f"«version»: «{contract.version}» no tiene la forma 1.0.0."
    if not contract.purpose.strip():
        yield "falta la clave «description.purpose»."
    if not contract.key:
        yield "ninguna columna es «primaryKey: true»."
    if not contract.caveats:
        yield "faltan «advertencias»: una fuente sin nada que advertir no existe."
    yield from (f"la advertencia «{c.es[:40]}…» está igual en los dos idiomas." for c in contract.caveats if c.es == c.en)
    repeated = [n for n, times in Counter(p.get("property") for p in raw.get("customProperties", [])).items() if times > 1]
    yield from (f"la propiedad «{n}» de customProperties está dos veces." for n in repeated)
    yield from _service_level(contract, raw.get("slaProperties") or [])
    for column, declared in zip(contract.columns, raw["schema"][0].get("properties", []), strict=True):
        yield from (f"columna «{column.name}»: {fault}" for fault in _column_faults(column, declared))
    for rule in contract.rules:
        yield from (f"regla «{rule.id}»: {fault}" for fault in _rule_faults(contract, rule))
    yield from _migration_faults(contract)


def _pending(node: Any, where: str = "") -> Iterator[str]:
    """Places where somebody left a TODO."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _pending(value, f"{where}.{key}" if where else str(key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            label = value.get("name") or value.get("property") or value.get("id") or i if isinstance(value, dict) else i
            yield from _pending(value, f"{where}[{label}]")
    elif isinstance(node, str) and re.search(r"\bTODO\b", node):
        yield where


def _service_level(contract: Contract, declared: list[dict[str, Any]]) -> Iterator[str]:
    """The standard's SLA says the same as `entrega`, for whoever reads the contract with other tools. Without a deadline it may be left out."""
    delivery = contract.delivery
    unit = _UNITS.get(delivery.periodicidad)
    due = delivery.plazo_dia_habil is not None or delivery.plazo_dias is not None
    if delivery.ambito == "sistema" or unit is None or not (due or declared):
        return
    said = {p.get("property"): (p.get("value"), p.get("unit")) for p in declared}
    wanted: dict[str, tuple[Any, Any]] = {"frequency": (1, unit)}
    if delivery.plazo_dia_habil is not None:
        wanted["latency"] = (delivery.plazo_dia_habil, "bd")
    elif delivery.plazo_dias is not None:
        wanted["latency"] = (delivery.plazo_dias, "d")
    for name, (value, of) in wanted.items():
        if said.get(name) != (value, of):
            found = "falta" if name not in said else f"dice {said[name][0]} {said[name][1]}"
            yield f"«slaProperties»: {name} {found}; «entrega» pide {{property: {name}, value: {value}, unit: {of}}}."


def _column_faults(column: Column, declared: dict[str, Any]) -> Iterator[str]:
    if len(column.description) < 3:
        yield "falta «description»."
    if column.key and not column.required:
        yield "es clave y no es obligatoria."
    labelled = [str(e["value"]) for e in declared.get("enum") or [] if "label" in e]
    english: dict[str, str] = next((p["value"] for p in declared.get("customProperties") or [] if p.get("property") == "etiquetas_en"), {})
    missing, extra = [v for v in labelled if v not in english], [str(v) for v in english if str(v) not in labelled]
    if missing:
        yield f"falta en «etiquetas_en» {', '.join(missing)}."
    if extra:
        yield f"«etiquetas_en» nombra {', '.join(extra)}, que no tiene «label».{suggest(extra[0], labelled)}"
    for word, value in column.equivalences.items():
        if value not in (*column.allowed, "true", "false"):
            yield f"«equivalencias» lee «{word}» como «{value}», que no se admite.{suggest(value, column.allowed)}"
    if column.example and (why := _bad_example(column)):
        yield f"el ejemplo «{column.example}» {why}."


def _bad_example(column: Column) -> str:
    text = column.example
    if column.allowed and text not in column.allowed:
        return f"no es un valor permitido{suggest(text, column.allowed)}"
    if column.pattern and not re.search(column.pattern, text):
        return "no tiene la forma de «pattern»"
    try:
        value: object = _READ[column.type](text) if column.type in _READ else text
    except ValueError:
        return f"no es de tipo {column.type}"
    if column.type == "boolean" and text not in ("true", "false"):
        return "no es true ni false"
    if isinstance(value, int | float):
        low, high = column.minimum, column.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return "está fuera de los límites"
    return ""


def _rule_faults(contract: Contract, rule: Rule) -> Iterator[str]:
    for key, text in (("description", rule.sentence), ("remedio", rule.body.remedio)):
        if not text.strip():
            yield f"falta «{key}»."
        elif not text.endswith("."):
            yield f"«{key}» no termina en punto."
    words = {name for _, name, _, _ in string.Formatter().parse(rule.sentence) if name is not None}
    if rule.body.ambito == "fila":
        if "fila" not in words:
            yield "la frase no dice {fila}."
        if not rule.body.columna:
            yield "no dice «columna»: el hallazgo no podría señalar la celda."
        known = {*contract.column_names, *TECHNICAL_COLUMNS, *_SENTENCE_WORDS}
        yield from (f"la frase pide {{{w}}}, que no es una columna.{suggest(w, known)}" for w in sorted(words - known))


def _migration_faults(contract: Contract) -> Iterator[str]:
    """Names that a migration leads to must be columns, or be changed again by a later one."""
    steps = sorted(contract.migrations.items(), key=lambda s: number_of(s[0]))
    for at, (version, step) in enumerate(steps):
        if number_of(version) >= number_of(contract.version):
            yield f"«migraciones.{version}»: no es anterior a la versión {contract.version}."
        later = {n for _, m in steps[at + 1 :] for n in (*m.renombra, *m.quita)}
        known = {*contract.column_names, *later}
        for key, names in (("renombra", step.renombra.values()), ("agrega", step.agrega), ("valores", step.valores)):
            yield from (f"«migraciones.{version}.{key}»: «{n}» no es una columna.{suggest(n, known)}" for n in names if n not in known)
        for name in (*step.renombra, *step.quita):
            if name in contract.column_names:
                yield f"«migraciones.{version}»: «{name}» sigue siendo una columna."
