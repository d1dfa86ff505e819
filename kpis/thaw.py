"""Plans from the sheets of a publication: definitions and facts as they were published, whatever the files say today."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kpis.compile import Plan, plans
from kpis.facts import Fact, fact_of
from warehouse.contracts import Contract
from warehouse.errors import DeclarationError, SiegemError
from warehouse.indicators import Indicator

#: what stage 1 puts around the fact (`Plan.sql`)
_BEFORE, _AFTER = "\nFROM (\n", "\n) AS hecho\nWHERE "


def thawed(sheets: Mapping[str, Mapping[str, Any]], contracts: Mapping[str, Contract]) -> tuple[Plan, ...]:
    """The plans of published indicators: id -> its sheet. Raises SiegemError where this program cannot read one of them any more."""
    definitions: dict[str, Indicator] = {}
    facts: dict[str, Fact] = {}
    for id, frozen in sheets.items():
        ficha = frozen["ficha"]
        try:
            indicator = Indicator.model_validate({k: v for k, v in ficha.items() if k in Indicator.model_fields})
            if indicator.fact not in facts:
                facts[indicator.fact] = fact_of(_statement(frozen), Path("kpis/facts") / f"{indicator.fact}.sql", contracts)
        except (ValueError, DeclarationError) as error:
            raise _unreadable(f"La ficha de «{id}» se publicó") from error
        definitions[id] = indicator
    try:
        return plans(definitions, facts)
    except DeclarationError as error:
        raise _unreadable("Esas fichas se publicaron" if len(sheets) > 1 else f"La ficha de «{next(iter(sheets))}» se publicó") from error


def _statement(frozen: Mapping[str, Any]) -> str:
    """The fact. Sheets frozen before it was kept by itself have it inside the statement of stage 1."""
    return str(frozen["ficha"].get("hecho") or str(frozen["sql"]).split(_BEFORE, 1)[-1].rsplit(_AFTER, 1)[0])


def _unreadable(what: str) -> SiegemError:
    return SiegemError(
        f"{what} con otra versión del programa y esta no la puede leer.",
        stands="Lo publicado sigue a la vista, con su ficha y su SQL.",
        cure="Publique otra vez con: siegem run",
    )
