"""Cells of the tables of documents: a value with its interval, cases, country, target and change, each in as few words as it can be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import formats
from dashboard.figures.request import is_comparable_with_country
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import region_spine, sentences
from dashboard.published import Sheet
from warehouse.periods import parse
from warehouse.states import NOTICES, is_judged

Row = Mapping[Any, Any]
#: notices that are marked with a letter beside the value; demonstration data are told on top of the document
MARKS = {"serie_incompleta": "i", "plazo_referencial": "r", "estimado": "e", "fuente_prensa": "p", "indicativo": "a"}
_MARK_OF_TARGET = {"cumple": "mejora", "no_cumple": "empeora", "no_concluyente": "sin_diferencia"}


def figure(row: Row, sheet: Sheet, lang: str) -> str:
    """«61.8 %», «38»: the unit of what is not a percentage stands with the indicator's name."""
    told = formats.figure(row["valor"], sheet.unit(lang), sheet.decimals, lang)
    return f"{told}{'' if lang == 'en' else formats.NBSP}%" if formats.is_percentage(sheet.unit(lang)) and told != formats.DASH else told


def marks(row: Row) -> str:
    """Letters of the notices of a value, «i, r»."""
    return ",".join(MARKS[a] for a in (row["avisos"] or []) if a in MARKS)


def value(row: Row, sheet: Sheet, lang: str) -> dict[str, Any]:
    return {"t": figure(row, sheet, lang), "b": True, "n": marks(row)}


def limits(row: Row, sheet: Sheet, lang: str) -> str:
    """The 95 % interval; why there is none where the indicator has none at all."""
    told = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang)
    return told or (t("registro", lang) if sentences.is_register(sheet) else formats.DASH)


def cases(row: Row, sheet: Sheet, lang: str) -> str:
    n = row["n"]
    return formats.DASH if is_missing(n) or sheet.ficha["interval"] == "rate" else formats.number(n, 0, lang)


def country(row: Row | None, sheet: Sheet, lang: str, against: str = "") -> dict[str, Any] | str:
    """The country's value, where a region may be held against it; under it, whether the region stands apart (`against`: mejora, empeora, other)."""
    if row is None or not sentences.is_published(row) or not is_comparable_with_country(sheet):
        return formats.DASH
    words = {"mejora": t("la región, mejor", lang), "empeora": t("la región, peor", lang)}.get(against, "")
    return {"t": figure(row, sheet, lang), "s": words}


def target(row: Row, sheet: Sheet, lang: str) -> dict[str, Any] | str:
    """«100 % legal: no cumple». A proposal, or a deadline nobody verified, is said and coloured by nobody."""
    if is_missing(row["meta"]):
        return formats.DASH
    given = in_force(sheet, row["periodo"])
    status = {"legal": t("legal", lang), "acordada": t("acordada", lang), "propuesta": t("propuesta", lang)}[given]
    asked = formats.with_unit(row["meta"], "%" if formats.is_percentage(sheet.unit(lang)) else "", _digits(row["meta"], sheet), lang, short=True)
    if not is_judged(row["avisos"]):
        return f"{asked} {status}"
    verdict = target_words(row, lang)
    told = f"{asked} {status}{f': {verdict}' if verdict else ''}"
    return {"t": told, "m": _MARK_OF_TARGET.get(row["meta_estado"] or "", "")} if given != "propuesta" else told


def target_words(row: Row, lang: str) -> str:
    """Whether the target is met, as judged; "" where it was not, and where nobody verified the deadline behind it."""
    if not is_judged(row["avisos"]):
        return ""
    words = {"cumple": t("cumple", lang), "no_cumple": t("no cumple", lang), "no_concluyente": t("no concluyente", lang)}
    return words.get(row["meta_estado"] or "", "")


def in_force(sheet: Sheet, period: str) -> str:
    """The status of the target that counts for a period: legal before agreed before proposed."""
    targets = sheet.ficha.get("targets") or []
    end = parse(period).end.isoformat()
    given = [x for x in targets if not x.get("since") or str(x["since"]) <= end] or targets
    return min((str(x["status"]) for x in given), key=("legal", "acordada", "propuesta").index, default="propuesta")


def _digits(number: Any, sheet: Sheet) -> int:
    return 0 if float(number).is_integer() else sheet.decimals


def change(row: Row, sheet: Sheet, lang: str) -> dict[str, Any] | str:
    """«−19.3 puntos: empeora», «+1.2 puntos: sin diferencia»; a dash where nothing was compared."""
    if is_missing(row["cambio"]):
        return formats.DASH
    words, state = region_spine.since_words(row["cambio_estado"] or "", lang), row["cambio_estado"] or ""
    told = sentences.difference(row, sheet, lang)
    if not formats.is_percentage(sheet.unit(lang)) and not sentences.is_relative(sheet):
        told = formats.number(row["cambio"], sheet.decimals, lang, sign=True)  # the unit stands with the name
    return {"t": told if words == formats.DASH else f"{told}: {words}", "m": "" if state == "sin_diferencia" else state}


def absent(row: Row, sheet: Sheet, lang: str, span: int) -> dict[str, Any]:
    """The reason in place of the figures: a cell as wide as they are."""
    told = sentences.absence(row, sheet, lang)
    return {"t": f"{told[:1].upper()}{told[1:]}", "a": True, "f": span}


def legend(rows: list[Row], lang: str) -> str:
    """What the letters mean, of those that are there."""
    used = [a for a in MARKS if any(a in (r["avisos"] or []) for r in rows)]
    return " · ".join(f"{MARKS[a]}: {NOTICES[a][1 if lang == 'en' else 0].lower()}" for a in used)
