"""Numbers, dates, periods and short phrases as Peru writes them (1,234.5 · 23-11-2026 · set. 2026), and as English does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from dashboard.language import t
from warehouse.errors import SiegemError
from warehouse.periods import add_months, parse
from warehouse.states import NOTICES, STATES
from warehouse.territories import all_territories
from warehouse.units import SINGULAR

#: Spanish puts a space between figure and sign; it must not break at a line's end
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"

_style = "es_PE"
_zone = ZoneInfo("America/Lima")


def use(style: str = "es_PE", zone: str = "America/Lima") -> None:
    """The installation's setting: `es_PE` writes 1,234.5 as MEM and MEF do; `inei` writes 1 234,5. `zone` is for instants."""
    global _style, _zone
    _style, _zone = style, ZoneInfo(zone)


def style() -> str:
    """The style of numbers in use: what was written with another is not the same text."""
    return _style


def is_missing(value: Any) -> bool:
    """None, NaN or NaT."""
    return value is None or value != value or str(value) == "NaT"


def number(value: Any, decimals: int = 0, lang: str = "es", *, sign: bool = False) -> str:
    """A figure with fixed decimals; `sign` writes + too. A dash where there is no value. What rounds to zero has no sign."""
    if is_missing(value):
        return DASH
    rounded = round(float(value), decimals)
    text = f"{abs(rounded):,.{decimals}f}"  # as CLDR writes es-PE and English, thirty times faster than asking it for a page's ten thousand figures
    if _style == "inei" and lang != "en":
        text = text.replace(",", NBSP).replace(".", ",")
    return f"{MINUS if rounded < 0 else '+' if sign and rounded > 0 else ''}{text}"


def share_number(value: Any, decimals: int = 1, lang: str = "es") -> str:
    """A number in hundredths that never claims all nor none: 99.996 is 99.99, and 0.004 is <0.01."""
    if is_missing(value):
        return DASH
    least = 10.0**-decimals
    if 0 < float(value) < least / 2:
        return f"<{number(least, decimals, lang)}"
    return number(100 - least if float(value) < 100 <= round(float(value), decimals) else value, decimals, lang)


def figure(value: Any, unit: str, decimals: int = 1, lang: str = "es") -> str:
    """The number of a value whose unit stands elsewhere: in a heading, or small beside it."""
    return share_number(value, decimals, lang) if is_percentage(unit) else number(value, decimals, lang)


def percent(value: Any, decimals: int = 1, lang: str = "es") -> str:
    """A value already in hundredths: 66.6 % (66.6% in English)."""
    return DASH if is_missing(value) else f"{share_number(value, decimals, lang)}{'' if lang == 'en' else NBSP}%"


def share(value: Any, decimals: int = 0, lang: str = "es") -> str:
    """A fraction of one as a percentage: 0.93 -> 93 %."""
    return DASH if is_missing(value) else percent(float(value) * 100, decimals, lang)


def is_percentage(unit: str) -> bool:
    """Whether a unit is a share of a hundred («%», «% de casos», «estimated % of units»): its changes are told in points."""
    return "%" in unit


#: said of ratios between two groups: the number alone is read
_BARE = ("razón", "ratio")


def is_counted(unit: str) -> bool:
    """Whether a unit counts things one by one (casos, conflictos, directores), rather than measuring."""
    return unit.split(" ", 1)[0] in SINGULAR


def unit_of(written: str, unit: str) -> str:
    """A unit as it stands after a written number: «1 día hábil», «2 días hábiles»; none after a ratio. What follows «por» or «en» stays."""
    unit = unit.strip()
    if unit in _BARE:
        return ""
    if written.lstrip(f"+{MINUS}") != "1":
        return unit
    head = re.split(r"(?= (?:por|en|per|in) | \()", unit, maxsplit=1)
    return " ".join(SINGULAR.get(w, w) for w in head[0].split(" ")) + "".join(head[1:])


def with_unit(value: Any, unit: str, decimals: int = 1, lang: str = "es", *, short: bool = False) -> str:
    """«66.6 % de casos», «1,234 t», «S/ 12.5 millones». `short` leaves only the sign of a percentage: «66.6 %»."""
    if is_missing(value):
        return DASH
    unit = unit.strip()
    if is_percentage(unit):
        rest = "" if short else " ".join(unit.replace("%", " ").split())
        return f"{percent(value, decimals, lang)}{NBSP + rest if rest else ''}"
    if unit.startswith("S/"):
        return f"S/{NBSP}{number(value, decimals, lang)}{NBSP + unit[2:].strip() if unit[2:].strip() else ''}"
    text = number(value, decimals, lang)
    return f"{text}{NBSP}{unit_of(text, unit)}".rstrip()


def interval(lower: Any, upper: Any, decimals: int = 1, lang: str = "es") -> str:
    """«36.5–39.9»; an empty text where there is no interval. Negative limits are joined by «a», as a dash would read as minus.

    «33 o más» where the data do not tell the upper limit yet, «hasta 40» where they do not tell the lower one.
    """
    if is_missing(lower) and is_missing(upper):
        return ""
    if is_missing(upper):
        return t("{n} o más", lang).format(n=number(lower, decimals, lang))
    if is_missing(lower):
        return t("hasta {n}", lang).format(n=number(upper, decimals, lang))
    low, high = number(lower, decimals, lang), number(upper, decimals, lang)
    joint = f" {t('a', lang)} " if MINUS in low + high else DASH
    return f"{low}{joint}{high}"


def change(value: Any, unit: str, decimals: int = 1, lang: str = "es") -> str:
    """A change in its own words: «+4.6 puntos», «−11.1 puntos», «−1.0 punto», «+1,204 t»."""
    if is_missing(value):
        return DASH
    if not is_percentage(unit):
        text = number(value, decimals, lang, sign=True)
        if unit.startswith("S/"):
            return f"{text[: 1 if text[0] in ('+', MINUS) else 0]}{with_unit(abs(value), unit, decimals, lang)}"
        return f"{text}{NBSP}{unit_of(text, unit.split(' (', 1)[0])}".rstrip()
    word = t("punto", lang) if abs(round(float(value), decimals)) == 1 else t("puntos", lang)
    return f"{number(value, decimals, lang, sign=True)}{NBSP}{word}"


def relative_change(value: Any, decimals: int = 1, lang: str = "es") -> str:
    """A relative change in hundredths of the earlier value: «+3.2 %»."""
    return DASH if is_missing(value) else f"{number(value, decimals, lang, sign=True)}{'' if lang == 'en' else NBSP}%"


def plural(n: Any, one: str, many: str, lang: str = "es") -> str:
    """«1 región», «26 regiones»: the figure with the form that agrees. `one` and `many` are already in `lang`."""
    return f"{number(n, 0, lang)}{NBSP}{one if n == 1 else many}"


def listing(items: Iterable[str], lang: str = "es") -> str:
    """«Pasco, Puno y Tacna»; «e» before the sound i."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    plain = words[-1].lower().translate(str.maketrans("íÍ", "ii"))
    joint = "and" if lang == "en" else "e" if plain.startswith(("i", "hi")) and not plain.startswith(("hie", "hia")) else "y"
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def day(value: Any, lang: str = "es") -> str:
    """dd-mm-yyyy, from a date, an instant (in the installation's zone) or ISO text; «sin fecha» where there is none."""
    if is_missing(value) or value == "":
        return t("sin fecha", lang)
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(_zone)
    return f"{value:%d-%m-%Y}"


def instant(value: Any, lang: str = "es") -> str:
    """dd-mm-yyyy hh:mm in the installation's zone."""
    if is_missing(value) or value == "":
        return t("sin fecha", lang)
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    moment = moment.replace(tzinfo=ZoneInfo("UTC")) if moment.tzinfo is None else moment
    return f"{moment.astimezone(_zone):%d-%m-%Y %H:%M}"


def _month(number_: int, width: Literal["abbreviated", "wide"], lang: str) -> str:
    return str(get_month_names(width, locale="en" if lang == "en" else "es_PE")[number_])


@lru_cache(maxsize=4096)
def period(code: str, lang: str = "es") -> str:
    """A period's short label: «2025», «ene.–jun. 2025», «jul.–set. 2025», «set. 2025»."""
    if not code:
        return DASH
    found = parse(code)
    first, last = _month(found.start.month, "abbreviated", lang), _month(found.end.month, "abbreviated", lang)
    if found.kind == "anio":
        return code
    return f"{first if found.kind == 'mes' else first + DASH + last} {found.start.year}"


def period_or_word(code: str, lang: str = "es") -> str:
    """`period`, or the code itself where it is none: a delivery may be named by a word («serie»)."""
    try:
        return period(code, lang)
    except SiegemError:
        return code


def in_period(code: str, lang: str = "es") -> str:
    """A period within a sentence: «en 2025», «entre julio y setiembre de 2026», «en setiembre de 2026»."""
    found = parse(code)
    first, last = _month(found.start.month, "wide", lang), _month(found.end.month, "wide", lang)
    if found.kind == "anio":
        return f"{'in' if lang == 'en' else 'en'} {code}"
    if found.kind == "mes":
        return f"in {first} {found.start.year}" if lang == "en" else f"en {first} de {found.start.year}"
    return f"between {first} and {last} {found.start.year}" if lang == "en" else f"entre {first} y {last} de {found.start.year}"


def period_kind(kind: str, lang: str = "es") -> str:
    """mes, trimestre, semestre, anio as people read them."""
    return {"mes": t("mes", lang), "trimestre": t("trimestre", lang), "semestre": t("semestre", lang), "anio": t("año", lang)}[kind]


def period_between(code: str, lang: str = "es") -> str:
    """First and last month of a period, for titles: «julio–setiembre de 2026»."""
    found = parse(code)
    if found.kind == "anio":
        return code
    last = add_months(found.start, found.months - 1)
    names = [_month(m, "wide", lang) for m in dict.fromkeys((found.start.month, last.month))]
    return f"{DASH.join(names)} {'' if lang == 'en' else 'de '}{found.start.year}"


def state(code: str, n: Any = None, lang: str = "es") -> str:
    """A state as people read it: «No reportado por la región», «n insuficiente (n = 4)»."""
    label = STATES[code][1 if lang == "en" else 0]
    return f"{label} (n = {number(n, 0, lang)})" if code == "n_insuficiente" and not is_missing(n) else label


def notice(code: str, lang: str = "es") -> str:
    """A notice as people read it; a code without words is shown as it is."""
    return NOTICES[code][1 if lang == "en" else 0] if code in NOTICES else code


def place(code: str, lang: str = "es") -> str:
    """A territory's name; the code itself for a province or district."""
    found = all_territories().get(code)
    if found is None:
        return code
    translated = {"00": "Peru", "PILOTO": "Pilot regions", "L15": "Lima (department)", "98": "Abroad", "99": "No department assigned"}
    return translated.get(code, found.nombre) if lang == "en" else found.nombre
