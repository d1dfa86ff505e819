"""Quantities as a sentence says them: «0.9 %», «1 director nuevo», «S/ 9,649 por trámite», «1,182.8 de 1,183». Nothing here is kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from warehouse.indicators import Indicator, Part
from warehouse.units import SINGULAR

#: the unit of a comparison between two groups: it is said before the number
_RATIO = "razón"
#: from here on an amount of money is told in millions
_MILLIONS = 1e6
#: what a definition calls its own parts in words
_SOLES, _WEIGHED = "en soles", ("peso", "expandid")


def amount(quantity: float, decimals: int) -> str:
    """1,234.5: the separators that MEM and MEF print. A value that is not the whole never rounds to it: 99.996 is 99.9."""
    text = _plain(quantity, decimals)
    if text == f"{100:.{decimals}f}" and quantity < 100:
        return f"{100 - 10**-decimals:.{decimals}f}"
    return text


def value(quantity: float, unit: str, decimals: int) -> str:
    """A figure with its unit. What is something never reads as nothing, and a share that is not the whole never reads as all of it."""
    share = "%" in unit
    text = amount(quantity, decimals) if share else _plain(quantity, decimals)
    least = _plain(10.0**-decimals, decimals)
    few = quantity > 0 and not _is_something(text)
    return f"{'menos de ' if few else ''}{_with_unit(least if few else text, plain_unit(unit))}"


def plain_unit(unit: str) -> str:
    """A unit without what it explains in brackets: «puntos» of «puntos (de 1 a 25)»."""
    return unit.split(" (", 1)[0]


def explained(unit: str) -> str:
    """What a unit explains in brackets: «de 1 a 25»."""
    return unit.partition(" (")[2].rstrip(")")


def aim(goal: float, i: Indicator) -> str:
    """A target: of a share the sign is enough, since the figure has just said of what."""
    unit = "%" if "%" in i.unit.es else plain_unit(i.unit.es)
    return _with_unit(_plain(goal, 0 if float(goal).is_integer() else i.decimals), unit)


def interval(low: float, high: float, unit: str, decimals: int) -> str:
    """«intervalo de 95 %: 4 a 7»; «4 o más», «hasta 7» where the data do not tell one of the ends yet."""
    first, last = ("" if np.isnan(q) else amount(q, decimals) if "%" in unit else _plain(q, decimals) for q in (low, high))
    if first and last:
        return f"intervalo de 95 %: {first} a {last}"
    if first:
        return f"intervalo de 95 %: {first} o más"
    return f"intervalo de 95 %: hasta {last}" if last else ""


def basis(i: Indicator, part: float, whole: float, n: float) -> str:
    """What a figure rests on: the two quantities it divides, or how many cases where those are weights, which nobody can count."""
    if i.form in ("quantile", "survival"):
        return _cases(n)
    if np.isnan(part) or np.isnan(whole):
        return ""
    if i.form == "relative":
        return f"{value(part, '%', 1)} frente a {value(whole, '%', 1)}"
    if i.form != "ratio" or i.numerator is None or i.denominator is None:
        return ""
    if _is_money(i.numerator) and not _is_money(i.denominator):
        return "; ".join(p for p in (_soles(part, 1), _sized(i, n)) if p)
    weighed = any(w in i.numerator.text.es.lower() for w in _WEIGHED)
    if weighed or (i.scale != 100 and i.interval != "rate"):
        return _sized(i, n)
    say, tries = (_soles, (1, 2, 3)) if _is_money(i.numerator) else (_counted, (0 if whole >= 1000 else 1, 1, 2, 3))
    first, second = _apart(part, whole, say, tries)
    if i.interval == "rate":
        return f"{first} entre {second}"
    return f"{first} {'frente a' if i.interval == 'count_ratio' or part > whole else 'de'} {second}"


def _plain(quantity: float, decimals: int) -> str:
    return f"{quantity:,.{decimals}f}"


def _with_unit(text: str, unit: str) -> str:
    if unit == _RATIO:
        return f"{unit} de {text}"
    if "S/" in unit:
        rest = unit.replace(" de S/", "").replace("S/", "").strip()
        return f"S/ {text} {rest}".rstrip()
    return f"{text} {_one(unit) if text == '1' else unit}"


def _one(unit: str) -> str:
    words = unit.split(" ")
    stop = next((at for at, w in enumerate(words) if w in ("por", "en")), len(words))
    return " ".join([*(SINGULAR.get(w, w) for w in words[:stop]), *words[stop:]])


def _is_money(part: Part) -> bool:
    return _SOLES in part.text.es


def _soles(quantity: float, decimals: int) -> str:
    large = abs(quantity) >= _MILLIONS
    return f"S/ {_plain(quantity / _MILLIONS, decimals)} millones" if large else f"S/ {_plain(quantity, 0)}"


def _counted(quantity: float, decimals: int) -> str:
    return _plain(quantity, 0 if float(quantity).is_integer() else decimals)


def _apart(part: float, whole: float, say: Callable[[float, int], str], tries: tuple[int, ...]) -> tuple[str, str]:
    """Both quantities in as few decimals as keep them different, where they are, and the first from nothing: 1,182.8 of 1,183 is not all."""
    texts = ("", "")
    for decimals in tries:
        texts = say(part, decimals), say(whole, decimals)
        if (_read(texts[0]) != _read(texts[1]) or part == whole) and (part == 0 or _is_something(texts[0])):
            break
    return texts


def _is_something(text: str) -> bool:
    return any(c in "123456789" for c in text)


def _read(text: str) -> tuple[float, bool]:
    """A written quantity as a reader takes it: 1,183.0 is 1,183."""
    return float(text.removeprefix("S/ ").removesuffix(" millones").replace(",", "")), text.endswith(" millones")


def _cases(n: float) -> str:
    return "" if np.isnan(n) else f"{int(n):,} {'caso' if n == 1 else 'casos'}"


def _sized(i: Indicator, n: float) -> str:
    """How many of what the definition says it counts: «personas de 5 a 17 años en la muestra: 208»."""
    if np.isnan(n):
        return ""
    if i.size is None:
        return _cases(n)
    said = i.size.text.es
    return f"{said[0].lower()}{said[1:]}: {int(n):,}"
