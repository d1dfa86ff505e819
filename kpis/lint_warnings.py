"""What a definition or a fact may be without being wrong, and somebody should still look at: privacy, norms, reviews, labels, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from kpis.facts import REGIONAL, Fact
from kpis.labels import NAMED, labels
from warehouse.contracts import Bilingual, Contract
from warehouse.indicators import Indicator

#: how a text of ours names a norm: «Ley 28992», «DS 004-2017-MINAM», «TUO de la Ley 27444», «artículo 39»
_NORM = re.compile(
    r"\b(Ley|Decreto|DL|DS|D\.\s?S\.|DU|RM|R\.\s?M\.|RD|RCD|Resolución|Reglamento|TUO|Constitución|Directiva|Ordenanza|Convenio|art(\.|ículo))[^.;]*\d",
    re.IGNORECASE,
)
_PERSONS = re.compile(r"\b(personas?|trabajador(es|as)?|mujeres|varones|niñ[oa]s?|menores de|adolescentes|solicitantes|habitantes)\b", re.IGNORECASE)
#: columns that divide persons
_OF_PERSONS = re.compile(r"^(sexo|edad|grupo_edad|etnia|discapacidad)(_|$)")
#: a word that is no acronym; one alone may be the same in both languages
_WORD = re.compile(r"\b[A-ZÁÉÍÓÚ]?[a-záéíóúñü]{4,}\b")
_SHARED = {"Mineral", "Total", "Regional", "Legal", "General", "Metal", "Animal", "Control", "Material", "Social"}


def indicator_warnings(indicator: Indicator, fact: Fact | None, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """One Spanish sentence for each thing to look at; those that need the fact are left out where it cannot be read."""
    i = indicator
    if "publico" in i.audience and not i.persons and "persons" not in i.model_fields_set and (who := _persons(i)):
        yield (
            f"«audience»: es pública y parece tratar de personas («{who}»); escriba persons: true para que las celdas de 1 a 4 no se publiquen, "
            "o persons: false si no lo son."
        )
    for target in i.targets:
        if target.status == "legal" and not _NORM.search(target.text.es):
            yield f"«targets»: la meta legal de {target.value:g} no dice su norma; escríbala en «text», p. ej. (Ley 28992)."
    if not i.perverse_incentives:
        yield "«perverse_incentives»: falta decir qué se podría hacer para mejorar la cifra sin mejorar la gestión."
    if i.reviewed.next is None:
        yield "«reviewed»: no tiene próxima fecha de revisión («next»)."
    for breakdown in i.breakdowns if fact is not None else ():
        if not _labelled(breakdown.column, i, fact, contracts):
            yield f"«breakdowns»: las categorías de «{breakdown.name}» no tienen nombre; dígalo en «labels» o en el contrato de su tabla."
    for key, text in _bilingual(i):
        if text.es.strip() == text.en.strip() and set(_WORD.findall(text.es)) - _SHARED:
            yield f"«{key}»: está igual en los dos idiomas («{text.es.strip()[:40]}»); falta el inglés."


def fact_warnings(fact: Fact, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """A fact over tables that regions deliver, computed whole whenever one of them sends something."""
    regional = sorted(t for t in fact.tables if contracts[t].delivery.ambito == "region")
    if regional and not fact.regional:
        yield (
            f"no empieza con «{REGIONAL}»: cada entrega de {regional[0]} lo calcula entero; póngalo si las filas de una región "
            "salen solo de las filas de esa región."
        )


def _persons(indicator: Indicator) -> str:
    """The word or the column that tells that the cases are persons; empty where none does."""
    i = indicator
    columns = [b.column for b in i.breakdowns if _OF_PERSONS.search(b.column)]
    texts = [p.text.es for p in (i.numerator, i.denominator, i.size, i.quantile) if p is not None] + [i.unit.es]
    words = [found[0] for text in texts if (found := _PERSONS.search(text))]
    return next(iter([*words, *columns]), "")


def _labelled(column: str, indicator: Indicator, fact: Fact | None, contracts: Mapping[str, Contract]) -> bool:
    breakdown = next(b for b in indicator.breakdowns if b.column == column)
    try:
        return fact is None or column not in fact.columns or bool(labels(breakdown, fact, contracts, {c: {} for c in NAMED}))
    except KeyError:  # a technical column: no contract says what its values are called
        return False


def _bilingual(part: Any, key: str = "") -> Iterator[tuple[str, Bilingual]]:
    """(dotted key, text) of every text in both languages."""
    if isinstance(part, Bilingual):
        yield key, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _bilingual(getattr(part, name), f"{key}.{name}" if key else name)
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from _bilingual(value, f"{key}.{name}")
    elif isinstance(part, tuple):
        for at, value in enumerate(part):
            yield from _bilingual(value, f"{key}.{at}")
