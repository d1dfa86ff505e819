"""Row rules that a column's declaration implies: required, allowed, pattern, limits, references and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from checks.findings import BLOCKING, ERROR
from checks.rules import Row, RowRule, Tell, literal, quoted
from checks.sentences import day, listed, number, shown
from warehouse.contracts import Column, Contract
from warehouse.errors import suggest

#: Ley 27651 (January 2002) starts small-scale and artisanal mining: nothing transferred is older
FIRST_DAY = date(2002, 1, 1)
_DIGITS = re.compile(r"^\^\[0-9\]\{(\d+)\}\$$")


def column_rules(contract: Contract, titles: dict[str, str], today: date) -> Iterator[RowRule]:
    """Every rule that the columns imply. `titles`: what each referenced table is called for people."""
    for column in contract.columns:
        if column.treatment == "descartar":
            continue
        yield from _required(column)
        # A hashed cell no longer has the value that was declared.
        if column.treatment != "hash":
            yield from _values(column)
            yield from _limits(column)
            yield from _reference(contract, column, titles)
            yield from _dates(column, today)


def _rule(name: str, rule_id: str, dimension: str, column: Column, predicate: str, tell: Tell, severity: str = ERROR) -> RowRule:
    return RowRule(
        f"{rule_id}.{column.name}.{name}", rule_id, dimension, severity, column.name, predicate, tell, columns=(column.name,), reads=(column.name,)
    )


def _start(row: Row, column: Column) -> str:
    return f"Fila {row['fila_origen']}, «{column.name}»:"


def _required(column: Column) -> Iterator[RowRule]:
    if column.key:
        yield _rule(
            "vacia", "G-04", "clave", column, f"{quoted(column.name)} IS NULL",
            lambda row, _: (f"{_start(row, column)} la celda es parte de la clave y está vacía.", "Complete la celda y envíe otra vez el archivo."),
            BLOCKING,
        )  # fmt: skip
    elif column.required:
        yield _rule(
            "vacia", "G-12", "completitud", column, f"{quoted(column.name)} IS NULL",
            lambda row, _: (f"{_start(row, column)} la celda es obligatoria y está vacía.", "Complete la celda."),
        )  # fmt: skip


def _values(column: Column) -> Iterator[RowRule]:
    cell = f"CAST({quoted(column.name)} AS VARCHAR)"
    if column.allowed:
        allowed = ", ".join(literal(v) for v in column.allowed)

        def not_allowed(row: Row, _: object) -> tuple[str, str]:
            text = shown(row[column.name], column)
            what = f"{_start(row, column)} «{text}» no es un valor permitido.{suggest(text, column.allowed)}"
            return what, f"Use uno de estos: {listed([f'«{v}»' for v in column.allowed], 20)}."

        yield _rule("permitidos", "G-03", "esquema", column, f"{cell} NOT IN ({allowed})", not_allowed)
    if column.pattern:
        digits = _DIGITS.match(column.pattern)
        shape = f"debe tener {digits[1]} cifras" if digits else "no tiene la forma que pide la plantilla"
        cure = f"Escriba las {digits[1]} cifras, con su cero inicial si lo lleva." if digits else f"Revise este dato: {column.description}."
        yield _rule(
            "forma", "G-03", "esquema", column, f"NOT regexp_matches({cell}, {literal(column.pattern)})",
            lambda row, _: (f"{_start(row, column)} «{shown(row[column.name], column)}» {shape}.", cure),
        )  # fmt: skip


def _limits(column: Column) -> Iterator[RowRule]:
    for name, limit, sign, words in (("minimo", column.minimum, "<", "menor que el mínimo"), ("maximo", column.maximum, ">", "mayor que el máximo")):
        if limit is not None:
            plain = str(int(limit)) if column.name.startswith("anio") else number(limit)

            def outside(row: Row, _: object, words: str = words, plain: str = plain) -> tuple[str, str]:
                return f"{_start(row, column)} {shown(row[column.name], column)} es {words} permitido, {plain}.", "Corrija el valor."

            yield _rule(name, "G-03", "esquema", column, f"{quoted(column.name)} {sign} {limit!r}", outside)


def _reference(contract: Contract, column: Column, titles: dict[str, str]) -> Iterator[RowRule]:
    """G-05. Codes of districts are G-06's, which tells more."""
    if not column.references or column.references == "ref_ubigeo.ubigeo":
        return
    table, _, key = column.references.partition(".")
    source = "lote" if table == contract.table else table
    title = titles.get(table, table)

    def not_found(row: Row, look: object) -> tuple[str, str]:
        text = shown(row[column.name], column)
        hint = suggest(text, look.keys(table, key)) if not column.treatment else ""  # type: ignore[attr-defined]
        if table.startswith("ref_"):
            return f"{_start(row, column)} «{text}» no está en «{title}».{hint}", f"Use un código de «{title}»."
        what = f"{_start(row, column)} «{text}» no está entre las filas aceptadas de «{title}».{hint}"
        return what, f"Corrija el código, o corrija y envíe antes su fila de «{title}»."

    predicate = f'{quoted(column.name)} IS NOT NULL AND {quoted(column.name)} NOT IN (SELECT p."{key}" FROM "{source}" p WHERE p."{key}" IS NOT NULL)'
    rule = _rule("referencia", "G-05", "referencial", column, predicate, not_found)
    yield RowRule(**{**rule.__dict__, "needs": () if source == "lote" else (table,)})


def _dates(column: Column, today: date) -> Iterator[RowRule]:
    if column.type != "date":
        return
    if column.dates not in ("futuras", "libres"):
        yield _rule(
            "futura", "G-08", "rango", column, f"{quoted(column.name)} > DATE '{today}'",
            lambda row, _: (f"{_start(row, column)} {shown(row[column.name], column)} es posterior a hoy ({day(today)}).", "Corrija la fecha."),
        )  # fmt: skip
    if column.dates not in ("antiguas", "libres"):
        yield _rule(
            "antigua", "G-08", "rango", column, f"{quoted(column.name)} < DATE '{FIRST_DAY}'",
            lambda row, _: (
                f"{_start(row, column)} {shown(row[column.name], column)} es anterior al {day(FIRST_DAY)}, cuando empieza la Ley 27651.",
                "Corrija la fecha, o deje la celda vacía si no se conoce.",
            ),
        )  # fmt: skip
