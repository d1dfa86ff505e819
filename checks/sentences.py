"""How values and counts are written for people: dates 15-03-2026, numbers 1,234.5, one row or several. Nothing is decided here."""

from __future__ import annotations

import string
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from warehouse.contracts import Column
from warehouse.errors import DeclarationError, suggest

MASK = "***"
_LONGEST = 60


def day(value: date) -> str:
    """15-03-2026."""
    return f"{value:%d-%m-%Y}"


def number(value: float, decimals: int | None = None) -> str:
    """1,234.5; as many decimals as it has (six at most) unless told."""
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def count(amount: int, one: str, many: str) -> str:
    """«1 fila», «1,234 filas»."""
    return f"{amount:,} {one if amount == 1 else many}"


def listed(words: Sequence[str], most: int = 10) -> str:
    """«a», «a y b», «a, b y c», «a, b y 7 más»."""
    shown = [*words[:most], f"{len(words) - most:,} más"] if len(words) > most + 1 else list(words)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} y {shown[-1]}" if shown else ""


def lower_first(sentence: str) -> str:
    """The sentence as it goes after a colon; acronyms keep their letters."""
    return sentence if len(sentence) > 1 and sentence[1].isupper() else sentence[:1].lower() + sentence[1:]


def is_private(column: Column) -> bool:
    """Whether its values may not be quoted."""
    return column.classification == "restringida" or bool(column.treatment)


def shown(value: Any, column: Column | None = None) -> str:
    """A cell as people read it. Private cells are masked, years and codes carry no thousands separator."""
    if value is None:
        return "vacío"
    if column is not None and is_private(column):
        return MASK
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float | Decimal):  # DuckDB adds up whole numbers as decimals
        value = int(value) if float(value).is_integer() else float(value)
        plain = column is not None and (column.name.startswith("anio") or column.key) and float(value).is_integer()
        return str(int(value)) if plain else number(value)
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def as_data(value: Any, column: Column | None = None) -> str:
    """A cell as the file has it: ISO dates, plain numbers, nothing where it is empty."""
    if value is None:
        return ""
    if column is not None and is_private(column):
        return MASK
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)[:200]


def words_of(template: str) -> set[str]:
    """The words that a template asks for. Raises ValueError where its braces do not close."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def check_template(template: str, known: Collection[str], where: str) -> None:
    """Raise DeclarationError for a word that nobody will supply."""
    try:
        asked = words_of(template)
    except ValueError as error:
        raise DeclarationError(f"{where}: la frase «{template}» tiene llaves sin cerrar.", cure="Corrija la frase y repita.") from error
    for word in sorted(asked - set(known)):
        raise DeclarationError(f"{where}: la frase pide «{word}», que no existe.{suggest(word, known)}", cure="Corrija la frase y repita.")
