"""What the presenter should know behind a slide: the sentence, how it is calculated and on how much it rests, how to read it, what to ask."""

from __future__ import annotations

from typing import Any

from dashboard import components, formats
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.published import Sheet, Snapshot
from warehouse.territories import COUNTRY

Row = dict[Any, Any]
Notes = tuple[tuple[str, tuple[str, ...]], ...]


def notes(snap: Snapshot, sheet: Sheet, row: Row | None, lang: str) -> Notes:
    """Headings with their lines; a heading without lines is left out by whoever shows them."""
    said = () if row is None else (row["frase"] if lang == "es" and row.get("frase") else sentences.cell(row, sheet, lang),)
    return (
        (t("La frase", lang), said),
        (t("Cómo se calcula", lang), calculation(sheet, row, lang)),
        (t("Qué preguntar", lang), questions(sheet, row, lang)),
        (t("Qué se puede decir y qué no", lang), _both(sheet.ficha.get("reading"), lang)),
        (t("Cuidado al leer", lang), tuple(components.caveats(snap, sheet, lang))),
        (t("Lo que podría torcer si se premiara", lang), _both(sheet.ficha.get("perverse_incentives"), lang)),
    )


def _both(texts: Any, lang: str) -> tuple[str, ...]:
    return tuple(str((x or {}).get(lang) or (x or {}).get("es") or "") for x in texts or [])


def calculation(sheet: Sheet, row: Row | None, lang: str) -> tuple[str, ...]:
    """What is divided by what, on how many cases, with which interval, and from how many cases on it is published."""

    def words(part: str) -> str:
        found = (sheet.ficha.get(part) or {}).get("text") or {}
        return str(found.get(lang) or found.get("es") or "")

    pairs = [(t("Numerador", lang), words("numerator")), (t("Denominador", lang), words("denominator")), (t("Se mide", lang), words("quantile"))]
    told = [f"{name}: {text}." for name, text in pairs if text]
    proof = sentences.evidence(row, sheet, lang) if row is not None else ""
    if proof and row is not None:
        told.append(f"{formats.place(row['territorio'], lang)}: {proof}.")
    if int(sheet.ficha.get("min_n") or 1) > 1:
        told.append(t("No se publica con menos de {n} casos.", lang).format(n=formats.number(sheet.ficha["min_n"], 0, lang)))
    if sentences.is_register(sheet):
        told.append(t("Es un registro completo: no lleva intervalo.", lang))
    return tuple(told)


def questions(sheet: Sheet, row: Row | None, lang: str) -> tuple[str, ...]:
    """Questions to the hall that follow from the verdict, none of which blames anybody."""
    found = [sheet.text("question", lang)]
    place = formats.place(row["territorio"] if row is not None else COUNTRY, lang)
    if row is not None and not sentences.is_published(row):
        found.append(t("{lugar}: ¿qué hace falta para tener este dato, y quién lo enviará?", lang).format(lugar=place))
    elif row is not None and sentences.is_conclusive(row):
        earlier = formats.period(row["periodo_comparado"], lang)
        found.append(t("{lugar}: ¿qué cambió desde {periodo}, y qué lo muestra?", lang).format(lugar=place, periodo=earlier))
    found.append(t("¿Quién hace qué, desde cuándo, y con qué evidencia se sabrá?", lang))
    return tuple(x for x in found if x)
