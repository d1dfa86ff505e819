"""Sentences about one published value: the same words in the matrix, in tips, under charts and in lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import formats
from dashboard.formats import NBSP, is_missing
from dashboard.language import t
from dashboard.published import Sheet
from warehouse.periods import parse
from warehouse.states import PUBLISHED

_CONCLUSIVE = ("mejora", "empeora", "sube", "baja")

Row = Mapping[Any, Any]


def is_published(row: Row) -> bool:
    return bool(row["estado"] == PUBLISHED) and not is_missing(row["valor"])


def is_conclusive(row: Row) -> bool:
    """Whether the publication itself calls the change one (after the control for many comparisons)."""
    return is_published(row) and row["cambio_estado"] in _CONCLUSIVE


def is_register(sheet: Sheet) -> bool:
    """A complete register has no interval: its changes are called relevant, not conclusive."""
    return bool(sheet.ficha["interval"] == "none")


def category_name(sheet: Sheet, category: str, lang: str = "es") -> str:
    """A category as people read it, from the frozen definition; its slug without underscores where it has no label."""
    for breakdown in sheet.breakdowns:
        label = (breakdown.get("labels") or {}).get(category)
        if label:
            return str(label.get(lang) or label["es"])
    named = sheet.names.get(category) if any(b["name"] == "tabla" for b in sheet.breakdowns) else None
    if named:
        return str(named.get(lang) or named["es"])
    plain = category.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def quoted(name: str, lang: str = "es") -> str:
    """A name between the quotes of the language."""
    return t("«{nombre}»", lang).format(nombre=name)


def where(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """What a value is of: the territory, and the category where it is only of one: «Pasco («Mujer»)»."""
    place = formats.place(row["territorio"], lang)
    return f"{place} ({quoted(category_name(sheet, row['categoria'], lang), lang)})" if row.get("categoria") else place


def value(row: Row, sheet: Sheet, lang: str = "es", *, short: bool = True) -> str:
    """«61.8 %», «2,326,035 t», or the reason in words where there is no value."""
    if not is_published(row):
        return formats.state(row["estado"], row["n"], lang)
    return formats.with_unit(row["valor"], sheet.unit(lang), sheet.decimals, lang, short=short)


def amount(quantity: Any, lang: str = "es") -> str:
    """A count in full, in millions from ten million on: «1,204», «1,346.8 millones»."""
    if not is_missing(quantity) and abs(float(quantity)) >= 1e7:
        return f"{formats.number(float(quantity) / 1e6, 1, lang)}{NBSP}{t('millones', lang)}"
    # a sum of weights below ten thousand keeps its decimal: 1,182.8 of 1,183 is not all
    weighed = not is_missing(quantity) and abs(float(quantity)) < 1e4 and not float(quantity).is_integer()
    return formats.number(quantity, 1 if weighed else 0, lang)


def parts(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """What the value rests on: «126 de 204», «147 frente a 160» where one may exceed the other, «8.9 % frente a 10.0 %» for two groups, «n = 204»."""
    if not is_published(row):
        return ""
    form = sheet.ficha["form"]
    if form == "ratio" and not is_missing(row["numerador"]) and not is_missing(row["denominador"]):
        return _fraction(row, sheet, lang)
    if form == "relative" and not is_missing(row["numerador"]) and not is_missing(row["denominador"]):
        first, second = (formats.percent(row[k], 1, lang) for k in ("numerador", "denominador"))
        return t("{parte} frente a {total}", lang).format(parte=first, total=second)
    return _cases(row, lang) if form in ("quantile", "survival") else ""


def _fraction(row: Row, sheet: Sheet, lang: str) -> str:
    """The two quantities of a ratio. Weights and estimates are no cases: of those it is told on how many the value rests."""
    part, whole = float(row["numerador"]), float(row["denominador"])
    rate = sheet.ficha["interval"] == "rate"
    counted = part.is_integer() and whole.is_integer()
    if not is_missing(row["n"]) and not rate and (not formats.is_percentage(sheet.unit()) or not counted):
        return _cases(row, lang)
    if rate:
        pattern = t("{parte} entre {total}", lang)
    elif part > whole or sheet.ficha["interval"] == "count_ratio":
        pattern = t("{parte} frente a {total}", lang)
    else:
        pattern = t("{parte} de {total}", lang)
    return pattern.format(parte=amount(part, lang), total=amount(whole, lang))


def _cases(row: Row, lang: str) -> str:
    return "" if is_missing(row["n"]) else f"n = {amount(row['n'], lang)}"


def interval(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """«intervalo de 95 %: 55.1–68.2»; nothing where there is none."""
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang) if is_published(row) else ""
    return t("intervalo de 95 %: {limites}", lang).format(limites=limits) if limits else ""


def evidence(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """Parts and interval together, as they stand in brackets after a value."""
    return "; ".join(p for p in (parts(row, sheet, lang), interval(row, sheet, lang)) if p)


def is_relative(sheet: Sheet) -> bool:
    """Whether changes are told in per cent of the earlier value: amounts are; rates, days and what is counted one by one are not."""
    unit = sheet.unit()
    amount_of = sheet.ficha["form"] == "count" and sheet.ficha["interval"] != "count"
    return bool(amount_of and not formats.is_percentage(unit) and not formats.is_counted(unit))


def difference(row: Row, sheet: Sheet, lang: str = "es", *, sign: bool = True) -> str:
    """The change as an amount: «+4.6 puntos», «−3.2 %», «+5 muertes»; without sign for use after a verb."""
    if is_relative(sheet) and not is_missing(row["cambio_relativo"]):
        told = formats.relative_change(row["cambio_relativo"], 1, lang)
    else:
        told = formats.change(row["cambio"], sheet.unit(lang), sheet.decimals, lang)
    return told if sign else told.lstrip(f"+{formats.MINUS}")


def is_unmoved(row: Row, sheet: Sheet) -> bool:
    """Whether the change is nothing in the figures it is told with: a tenth of a tonne may be a third more."""
    if is_relative(sheet) and not is_missing(row["cambio_relativo"]):
        return round(float(row["cambio_relativo"]), 1) == 0
    return round(float(row["cambio"]), sheet.decimals) == 0


def compared_with(row: Row, lang: str = "es") -> str:
    """«frente a jul.–set. 2025»."""
    return t("frente a {periodo}", lang).format(periodo=formats.period(row["periodo_comparado"], lang))


def than_before(row: Row, lang: str = "es") -> str:
    """«que hace un año», or the period's own name where it is not the same one of the year before."""
    earlier = row["periodo_comparado"]
    if earlier == parse(row["periodo"]).earlier(12).code:
        return t("que hace un año", lang)
    return t("que en {periodo}", lang).format(periodo=formats.period(earlier, lang))


def verdict(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """The change's meaning: «empeora de forma concluyente», «sin diferencia concluyente»; empty where it was not judged."""
    told = {
        "mejora": t("mejora de forma concluyente", lang),
        "empeora": t("empeora de forma concluyente", lang),
        "sube": t("sube de forma concluyente", lang),
        "baja": t("baja de forma concluyente", lang),
        "sin_diferencia": t("sin diferencia concluyente", lang),
    }
    of_register = {
        "mejora": t("mejora, cambio relevante", lang), "empeora": t("empeora, cambio relevante", lang),
        "sube": t("sube, cambio relevante", lang), "baja": t("baja, cambio relevante", lang), "sin_diferencia": t("sin cambio relevante", lang),
    }  # fmt: skip
    return (of_register if is_register(sheet) else told).get(row["cambio_estado"], "")


def standing(row: Row, lang: str = "es") -> str:
    """How a region stands beside all together, in two words; "" where the publication did not judge it."""
    return {
        "mejor": t("mejor que el conjunto", lang), "peor": t("peor que el conjunto", lang), "superior": t("más alto que el conjunto", lang),
        "inferior": t("más bajo que el conjunto", lang), "similar": t("no se distingue", lang),
    }.get(row["frente_al_pais"] or "", "")  # fmt: skip


def direction(state: str, lang: str = "es", *, many: bool = False) -> str:
    """«mejora», «empeora», «sube», «baja», or their plurals."""
    if many:
        return {"mejora": t("mejoran", lang), "empeora": t("empeoran", lang), "sube": t("suben", lang), "baja": t("bajan", lang)}[state]
    return {"mejora": t("mejora", lang), "empeora": t("empeora", lang), "sube": t("sube", lang), "baja": t("baja", lang)}[state]


def change(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """«Baja 11.1 puntos frente a jul.–set. 2025: empeora de forma concluyente.»; why not where nothing is compared."""
    if not is_published(row):
        return ""
    if is_missing(row["cambio"]) or is_missing(row["periodo_comparado"]):
        return t("Sin periodo anterior con el que comparar.", lang)
    if is_unmoved(row, sheet):
        start = t("No cambia", lang)
    else:
        verb = t("Sube", lang) if float(row["cambio"]) > 0 else t("Baja", lang)
        start = f"{verb} {difference(row, sheet, lang, sign=False)}"
    meaning = verdict(row, sheet, lang)
    return f"{start} {compared_with(row, lang)}{': ' + meaning if meaning else ''}."


def short_change(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """The change in a few words for cards and tables: «+4.6 puntos: empeora», «−1.3 puntos: sin diferencia concluyente»."""
    if not is_published(row):
        return ""
    if is_missing(row["cambio"]):
        return t("sin comparación", lang)
    meaning = direction(row["cambio_estado"], lang) if is_conclusive(row) else verdict(row, sheet, lang)
    return f"{difference(row, sheet, lang)}{': ' + meaning if meaning else ''}"


def absence(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """Why there is no value, as a clause: «la región no reportó set. 2025», «solo hubo 4 casos; hacen falta 10»."""
    told = {
        "no_reportado": t("la región no reportó {periodo}", lang),
        "n_insuficiente": t("solo hubo {n} casos; hacen falta {minimo}", lang),
        "no_alcanzado": t("todavía no termina la mitad de los casos", lang),
        "impreciso": t("la estimación es demasiado imprecisa para publicarla", lang),
        "no_publicable": t("no se publica para no identificar a nadie", lang),
        "competencia_minem": t("la competencia es de MINEM", lang),
        "regla_no_superada": t("los datos recibidos no superaron una regla de calidad", lang),
        "no_desagregado": t("la fuente no lo desglosa para este territorio", lang),
        "sin_registro": t("la fuente no registra casos en este territorio", lang),
        "sin_denominador": t("no hubo casos entre los que dividir", lang),
    }.get(row["estado"], formats.state(row["estado"], row["n"], lang))
    if row["estado"] == "n_insuficiente" and row["n"] == 1:
        told = t("solo hubo 1 caso; hacen falta {minimo}", lang)
    elif row["estado"] == "n_insuficiente" and is_missing(row["n"]):
        told = t("hubo muy pocos casos; hacen falta {minimo}", lang)  # the public is not told how few
    n = formats.number(row["n"], 0, lang)
    return told.format(periodo=formats.period(row["periodo"], lang), n=n, minimo=formats.number(sheet.ficha.get("min_n", 1), 0, lang))


def reason(row: Row, lang: str = "es") -> str:
    """Why there is no value, in two or three words for legends and narrow places: «n insuficiente (n = 4)»."""
    told = {
        "no_reportado": t("no reportado", lang), "n_insuficiente": t("n insuficiente", lang),
        "no_alcanzado": t("aún no alcanzado", lang), "impreciso": t("demasiado impreciso", lang), "no_publicable": t("no publicable", lang),
        "competencia_minem": t("competencia de MINEM", lang), "regla_no_superada": t("regla no superada", lang),
        "no_desagregado": t("no desglosado por la fuente", lang), "sin_registro": t("sin registro en la fuente", lang),
        "sin_denominador": t("sin casos", lang),
    }.get(row["estado"], formats.state(row["estado"], None, lang))  # fmt: skip
    if row["estado"] == "n_insuficiente" and not is_missing(row["n"]):
        return f"{told} (n = {formats.number(row['n'], 0, lang)})"
    return told


def cell(row: Row, sheet: Sheet, lang: str = "es") -> str:
    """One whole sentence about one value, as the reading line of the matrix says it."""
    subject = f"{where(row, sheet, lang)} · {sheet.text('short_name', lang)}, {formats.period(row['periodo'], lang)}: "
    if not is_published(row):
        return f"{subject}{absence(row, sheet, lang)}."
    proof = evidence(row, sheet, lang)
    body = f"{value(row, sheet, lang)}{f' ({proof})' if proof else ''}. {change(row, sheet, lang)}"
    return f"{subject}{body}{_reporting(row, lang)}{_notices(row, lang)}"


def _reporting(row: Row, lang: str) -> str:
    if is_missing(row["cobertura"]) or float(row["cobertura"]) >= 1:
        return ""
    return " " + t("Reportó {parte} de lo esperado.", lang).format(parte=formats.share(row["cobertura"], 0, lang))


def _notices(row: Row, lang: str) -> str:
    told = [formats.notice(a, lang) for a in (row["avisos"] or [])]
    return f" {'. '.join(told)}." if told else ""
