"""G-13: documents, telephones and addresses of people typed where they do not belong. The value is never quoted.

A column that is a code by its contract (a pattern, allowed values, a reference, `codigo: true`) is not searched; one whose values
are hashed or dropped on the way in no longer has them. A row that carries such a thing goes to quarantine with the cell masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.findings import ERROR
from checks.rules import Lookup, Row, RowRule, literal, quoted
from warehouse.contracts import Column, Contract

#: (what it is, pattern): the same in DuckDB (RE2) and in Python
_KINDS: tuple[tuple[str, str], ...] = (
    ("un correo electrónico", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"),
    ("un número de RUC", r"\b(?:10|15|17|20)\d{9}\b"),
    ("un número de teléfono", r"\b9\d{8}\b"),
    ("un documento de identidad (DNI)", r"\b\d{8}\b"),
)
#: dates without dashes and addresses of pages look like documents and are none
_HARMLESS = r"https?://\S+|\b(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b"
#: SUNAT's check digit: weights of the first ten figures, modulo 11
_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def personal_data_rules(contract: Contract) -> Iterator[RowRule]:
    """One rule for each column where people could type such a thing."""
    return (_rule(c) for c in contract.columns if _is_free_text(c))


def _is_free_text(column: Column) -> bool:
    coded = column.allowed or column.pattern or column.references or column.code
    return column.type == "string" and not coded and not column.treatment and column.classification != "restringida"


def is_ruc(digits: str) -> bool:
    """Whether eleven figures are a taxpayer's number by their check digit."""
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False))
    return len(digits) == 11 and (11 - total % 11) % 10 == int(digits[10])


def found_in(text: str) -> str:
    """What kind of personal data a text carries, in words; empty where it carries none."""
    text = re.sub(_HARMLESS, " ", text)
    for kind, pattern in _KINDS:
        if any(kind != "un número de RUC" or is_ruc(m) for m in re.findall(pattern, text)):
            return kind
    return ""


def _rule(column: Column) -> RowRule:
    cell = quoted(column.name)
    rest = f"regexp_replace({cell}, {literal(_HARMLESS)}, ' ', 'g')"
    simple = "|".join(p for kind, p in _KINDS if kind != "un número de RUC")
    total = " + ".join(f"CAST(x[{i}] AS INTEGER) * {w}" for i, w in enumerate(_WEIGHTS, start=1))
    ruc = literal(dict(_KINDS)["un número de RUC"])
    valid = f"len(list_filter(regexp_extract_all({rest}, {ruc}), lambda x: (11 - ({total}) % 11) % 10 = CAST(x[11] AS INTEGER))) > 0"
    # The first look is cheap and almost always says no: the rest is asked of the few rows it lets through.
    predicate = f"regexp_matches({cell}, '\\d{{8}}|@') AND (regexp_matches({rest}, {literal(simple)}) OR {valid})"

    def tell(row: Row, _: Lookup) -> tuple[str, str]:
        kind = found_in(str(row[column.name])) or "un dato personal"
        what = f"Fila {row['fila_origen']}, «{column.name}»: el texto parece llevar {kind}. Los datos personales no entran al sistema."
        return what, "Quítelo del texto; si hace falta identificar a la persona, use la columna de huella de la plantilla."

    return RowRule(
        f"G-13.{column.name}", "G-13", "coherencia", ERROR, column.name, predicate, tell, columns=(column.name,), reads=(column.name,), private=True
    )
