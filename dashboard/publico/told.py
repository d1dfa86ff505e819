"""One figure in one sentence, for anybody: how many of every hundred, of how many, how sure, from whom and up to when."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from dashboard import formats
from dashboard.formats import DASH, is_missing
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.publico.book import PROVINCE, Reply, Row, province_names, tables_of
from dashboard.publico.tags import tag, together
from dashboard.published import Sheet, Snapshot
from warehouse.states import STATES
from warehouse.territories import COUNTRY, PILOTS

#: characters of a quantity that is not broken over two lines
_SHORT = 21
#: notices that stand beside the figure as a mark of their own
SYNTHETIC = "sintetico"


@lru_cache(maxsize=1)
def phrases() -> dict[str, dict[str, str]]:
    """Indicator -> how its figure is told."""
    found: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "frases.yml").read_text(encoding="utf-8"))
    return found


def place_name(row: Row, lang: str) -> str:
    """The territory of a row; the province where it is of one."""
    code = str(row["categoria"])
    return province_names().get(code, code) if row["desglose"] == PROVINCE else formats.place(row["territorio"], lang)


def in_place(row: Row, lang: str) -> str:
    """«En Pasco», «En el Perú», «En la provincia de Pasco»."""
    if row["desglose"] == PROVINCE:
        return t("En la provincia de {lugar}", lang).format(lugar=place_name(row, lang))
    told = {COUNTRY: t("el Perú", lang), PILOTS: t("las regiones piloto", lang)}.get(row["territorio"], place_name(row, lang))
    return t("En {lugar}", lang).format(lugar=told)


def is_of_hundred(row: Row, sheet: Sheet) -> bool:
    """Whether «so many of every hundred» is true of a figure: a part of a whole, and of things or people."""
    return sheet.ficha["form"] == "ratio" and formats.is_percentage(sheet.unit()) and 0 <= float(row["valor"]) <= 100 and sheet.id in phrases()


def how_much(row: Row, sheet: Sheet, lang: str) -> str:
    """«64 de cada 100», «63 días hábiles»."""
    if not is_of_hundred(row, sheet):
        return sentences.value(row, sheet, lang, short=False)
    value = float(row["valor"])
    if 0 < value < 0.5:
        return t("menos de 1 de cada 100", lang)
    if 99.5 <= value < 100:
        return t("más de 99 de cada 100", lang)
    return t("{n} de cada 100", lang).format(n=formats.number(value, 0, lang))


def proof(row: Row, sheet: Sheet, lang: str) -> str:
    """«90 de 141; intervalo 56–71»."""
    digits = sheet.decimals
    ends = [row["inferior"], row["superior"]]
    if is_of_hundred(row, sheet) and not any(is_missing(e) for e in ends) and round(ends[0]) != round(ends[1]):
        digits = 0  # as the figure itself is told; «0–0» would say that nothing is in doubt
    limits = formats.interval(row["inferior"], row["superior"], digits, lang)
    parts = [_parts(row, sheet, lang), t("intervalo {limites}", lang).format(limites=limits) if limits else ""]
    return "; ".join(p for p in parts if p)


def _parts(row: Row, sheet: Sheet, lang: str) -> str:
    """What the figure rests on, amounts of money as money."""
    told = sentences.parts(row, sheet, lang)
    if "soles" in str((sheet.ficha.get("numerator") or {}).get("text", {}).get("es", "")) and sheet.ficha["form"] == "ratio":
        pair = [row["numerador"], row["denominador"]]
        if not any(is_missing(x) for x in pair):
            return t("{parte} de {total}", lang).format(parte=_soles(pair[0], lang), total=_soles(pair[1], lang))
    return t("{n} casos", lang).format(n=told.removeprefix("n = ")) if told.startswith("n = ") else told


def _soles(amount: Any, lang: str) -> str:
    if abs(float(amount)) >= 1e6:
        return f"S/{formats.NBSP}{formats.number(float(amount) / 1e6, 1, lang)}{formats.NBSP}{t('millones', lang)}"
    return f"S/{formats.NBSP}{formats.number(amount, 0, lang)}"


def sentence(row: Row, sheet: Sheet, lang: str, *, strong: bool = True, where: bool = True, evidence: bool = True) -> Markup:
    """«En Pasco, entre julio y setiembre de 2026, 64 de cada 100 trámites … se resolvieron a tiempo (90 de 141; intervalo 56–71).»

    Why there is no figure, where there is none. `where`: whether the place and the time are said; `evidence`: whether the brackets are.
    """
    begin = f"{in_place(row, lang)}, {formats.in_period(row['periodo'], lang)}, " if where else ""
    if not sentences.is_published(row):
        return Markup("{}{}.").format(begin, t("no se sabe: {razon}", lang).format(razon=sentences.absence(row, sheet, lang)))
    quantity = how_much(row, sheet, lang)
    known = phrases().get(sheet.id)
    if known and (is_of_hundred(row, sheet) or not formats.is_percentage(sheet.unit())):
        pattern, words = known.get(lang) or known["es"], {"cuanto": quantity, "numero": formats.number(row["valor"], sheet.decimals, lang)}
    else:
        pattern, words = "«{nombre}»: {cuanto}", {"cuanto": quantity, "nombre": sheet.text("name", lang)}
    if not begin:
        pattern = _capital(pattern, words)
    shown = {k: tag("b", v, cls="juntos" if len(v) <= _SHORT else None) if strong and k != "nombre" else v for k, v in words.items()}
    body = Markup(pattern).format(**shown)  # noqa: S704 - frases.yml is ours: it holds no markup
    brackets = f" ({told})" if evidence and (told := proof(row, sheet, lang)) else ""
    return Markup("{}{}{}.").format(begin, body, together(brackets) if strong else brackets)


def _capital(pattern: str, words: dict[str, str]) -> str:
    """A pattern as a sentence of its own; where it begins with the quantity, the quantity takes the capital."""
    if pattern.startswith("{"):
        words["cuanto"] = words["cuanto"][:1].upper() + words["cuanto"][1:]
        return pattern
    return pattern[:1].upper() + pattern[1:]


def source(snap: Snapshot, row: Row, sheet: Sheet, lang: str) -> str:
    """«Fuente: DREMH Pasco. Datos al 30-09-2026.»"""
    names = "; ".join(snap.publishers(sheet, lang)) or t("sin fuente declarada", lang)
    return t("Fuente: {nombres}. Datos al {fecha}.", lang).format(
        nombres=names, fecha=formats.day(row["datos_al"] or snap.publication.datos_al, lang)
    )


def judgement(row: Row, sheet: Sheet, lang: str) -> str:
    """What may be said of the figure: its change, its target, its notices. In Spanish the published words themselves."""
    if not sentences.is_published(row):
        return ""
    published = str(row["frase"] or "").partition(". ")[2] if lang == "es" else ""
    if published:
        return published
    told = [sentences.change(row, sheet, lang) if not is_missing(row["cambio"]) else ""]
    told += [f"{formats.notice(a, lang)}." for a in row["avisos"] or [] if a != SYNTHETIC]
    return " ".join(x for x in told if x)


def chip(text: str) -> Markup:
    return tag("span", text, cls="etiqueta")


def synthetic(sheet: Sheet, row: Row, lang: str) -> Markup | None:
    """The mark of demonstration data."""
    return chip(t("Dato sintético de demostración", lang)) if sheet.synthetic or SYNTHETIC in (row["avisos"] or []) else None


def hatch(state: str) -> Markup:
    """A sample of the hatch that stands for a reason of absence."""
    return tag("span", cls=f"trama trama--{state}", aria_hidden="true")


def state_name(state: str, lang: str) -> str:
    plain = {"n_insuficiente": t("Muy pocos casos", lang), "impreciso": t("Muestra demasiado pequeña", lang)}
    return plain.get(state, STATES[state][lang == "en"])


def value_cell(row: Row, sheet: Sheet, lang: str) -> str:
    """A value for a table; its reason where there is none."""
    return sentences.value(row, sheet, lang) if sentences.is_published(row) else why(row, lang)


def why(row: Row, lang: str) -> str:
    """Why there is no figure, as it fits beside a bar of a phone: two or three words of everyday Spanish."""
    return {
        "no_reportado": t("la región no informó", lang), "n_insuficiente": t("muy pocos casos", lang), "impreciso": t("muestra muy pequeña", lang),
        "no_publicable": t("se guarda por privacidad", lang), "competencia_minem": t("tarea del MINEM", lang),
        "regla_no_superada": t("datos con errores", lang), "no_desagregado": t("la fuente no lo separa", lang),
        "sin_registro": t("la fuente no trae casos", lang), "sin_denominador": t("no hubo casos", lang),
        "no_alcanzado": t("más de la mitad sigue abierta", lang),
    }.get(row["estado"], sentences.reason(row, lang))  # fmt: skip


def interval_cell(row: Row, sheet: Sheet, lang: str) -> str:
    return formats.interval(row["inferior"], row["superior"], sheet.decimals, lang) or DASH


def replies(said: list[Reply], snap: Snapshot, lang: str, *, named: bool = False) -> Markup | None:
    """Right of reply: what a region says of its own data, as it wrote it. `named`: whether the region is said too."""
    if not said:
        return None
    names = tables_of(snap, lang)
    items = []
    for s in said:
        about = f"«{names.get(s.tabla, s.tabla)}», {formats.period_or_word(s.periodo, lang)}"
        who = f"{formats.place(s.cod_region, lang)}: {about}" if named else about
        signed = f"{s.autor}, {formats.day(s.creado_en, lang)}"
        items.append(tag("blockquote", tag("p", tag("b", who)), tag("p", s.texto), tag("footer", signed)))
    return tag("aside", tag("h2", t("Lo que dice la región de sus datos", lang)), items, cls="descargos")


def lines(*parts: Any) -> Markup:
    """Paragraphs, those that are empty left out."""
    return together(*(tag("p", p) for p in parts if p))
