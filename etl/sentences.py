"""The sentence and the cure of a cell that could not be read. Where two readings are possible both are shown and neither is taken."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from datetime import date

_DAY_FIRST = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:\s.*)?$")
_TWO_DIGIT_YEAR = re.compile(r"^\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}$")
_YEAR_FIRST = re.compile(r"^(\d{4})[/.\-]?(\d{1,2})[/.\-]?(\d{1,2})$")
_WITH_HOUR = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T]\d")
#: as `etl.cells` reads numbers
_SHAPED = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$", re.ASCII)
_SYMBOLS = re.compile(r"(?i)^(?:s/\.?|us\$|\$|usd|pen)\s*|\s*(?:%|soles)$")


@dataclass(frozen=True)
class Fault:
    """`what` completes «Fila 7, «monto»: »."""

    what: str
    cure: str


def explain(kind: str, text: str) -> Fault:
    """Why `text` is not of `kind` and what to write instead."""
    return {"date": _date, "integer": _integer, "number": _number}.get(kind, _boolean)(text)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _number(text: str) -> Fault:
    return _beyond(text) if _SHAPED.match(text) and math.isfinite(float(text)) else _no_number(text)


def _no_number(text: str) -> Fault:
    said = f"«{_shown(text)}»"
    bare = _SYMBOLS.sub("", text)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d+", bare):
        right = bare.replace(".", "").replace(",", ".")
        return Fault(f"{said} usa punto de miles y coma decimal.", f"Escriba {right}.")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d+", bare):
        return Fault(f"{said} lleva comas de miles.", f"Escriba {bare.replace(',', '')}.")
    if re.fullmatch(r"-?\d{1,3},\d{3}", bare):
        return Fault(f"{said} lleva una coma que puede ser decimal o de miles.", f"Escriba {bare.replace(',', '.')} o {bare.replace(',', '')}.")
    if re.fullmatch(r"-?\d+,\d+", bare):
        return Fault(f"{said} usa coma decimal.", f"Escriba {bare.replace(',', '.')}.")
    if re.fullmatch(r"-?\d{1,3}([.,]\d{3}){2,}", bare):
        return Fault(f"{said} lleva separadores de miles.", f"Escriba {re.sub('[.,]', '', bare)}.")
    if bare != text and re.fullmatch(r"-?\d+(\.\d+)?", bare):
        return Fault(f"{said} lleva un símbolo además del número.", f"Escriba {bare}.")
    return Fault(f"{said} no es un número.", "Escriba un número con punto decimal, o deje la celda vacía si no se conoce.")


def _beyond(text: str) -> Fault:
    """A good number that cannot be kept."""
    said, value = f"«{_shown(text)}»", float(text)
    if abs(value) < sys.float_info.min:
        return Fault(f"{said} es demasiado pequeño para guardarse.", "Compruebe la cifra.")
    return Fault(f"{said} tiene más cifras de las quince que se guardan.", f"Redondee: escriba {value:.15g}.")


def _integer(text: str) -> Fault:
    if re.fullmatch(r"-?\d{1,3}\.\d{3}", text):
        return Fault(f"«{text}» lleva un punto que puede ser decimal o de miles.", f"Escriba {text.replace('.', '')} si son miles.")
    if re.fullmatch(r"-?\d+\.\d+", text):
        return Fault(f"«{_shown(text)}» tiene decimales y se espera un número entero.", "Escriba el número entero.")
    if re.fullmatch(r"[+-]?\d{19,}", text):
        return Fault(f"«{_shown(text)}» es demasiado grande para un número entero.", "Compruebe la cifra.")
    if _SHAPED.match(text) and float(text).is_integer() and abs(float(text)) < 1e15:
        return Fault(f"«{_shown(text)}» no está escrito como número entero.", f"Escriba {float(text):.0f}.")
    return _no_number(text)


def _date(text: str) -> Fault:
    said = f"«{_shown(text)}»"
    if match := _WITH_HOUR.match(text):
        return Fault(f"{said} lleva hora además de la fecha.", f"Escriba {match[1]}.")
    if match := _DAY_FIRST.match(text):
        return _day_first(said, int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_FIRST.match(text):
        day = _day(int(match[1]), int(match[2]), int(match[3]))
        if day is None:
            return Fault(f"{said} no existe en el calendario.", "Compruebe el día y el mes.")
        return Fault(f"{said} no está escrita como AAAA-MM-DD.", f"Escriba {day}.")
    if _TWO_DIGIT_YEAR.match(text):
        return Fault(f"{said} tiene el año de dos cifras.", "Escriba la fecha como AAAA-MM-DD, con el año completo.")
    return Fault(f"{said} no es una fecha.", "Escriba la fecha como AAAA-MM-DD, p. ej. 2026-03-15, o deje la celda vacía si no se conoce.")


def _day_first(said: str, first: int, second: int, year: int) -> Fault:
    readings = list(dict.fromkeys(d for d in (_day(year, second, first), _day(year, first, second)) if d is not None))
    if not readings:
        return Fault(f"{said} no existe en el calendario.", "Escriba la fecha como AAAA-MM-DD.")
    if len(readings) == 1:
        return Fault(f"{said} no está escrita como AAAA-MM-DD.", f"Escriba {readings[0]}.")
    return Fault(f"{said} puede leerse de dos maneras (día/mes o mes/día).", f"Escriba {readings[0]} o {readings[1]}.")


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _boolean(text: str) -> Fault:
    return Fault(f"«{_shown(text)}» no es sí ni no.", "Escriba true o false (también se aceptan sí, no, 1 y 0).")
