"""Theme pages as declarations: one YAML file each, in this folder. Adding a page is adding a file; see `docs/tableros.md`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from dashboard.temas.declaration import Funnel, Theme, Waterfall
from warehouse.errors import DeclarationError, suggest

FOLDER = Path(__file__).parent
_SAID = {"missing": "falta", "extra_forbidden": "no existe esa clave", "union_tag_invalid": "no es una clase de sección"}


def read(path: Path) -> Theme:
    """One declaration. Raises DeclarationError naming the file, the place in it and what is wrong."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DeclarationError(f"{path.name}: no es un YAML válido: {error}", cure="Corrija el archivo; vea docs/tableros.md.") from error
    try:
        return Theme.model_validate(found)
    except ValidationError as error:
        told = "; ".join(f"{_place(e['loc'])}: {_reason(e)}" for e in error.errors())
        raise DeclarationError(f"{path.name}: {told}.", cure="Corrija el archivo; vea docs/tableros.md.") from error


def _place(loc: tuple[int | str, ...]) -> str:
    """«sections[2].indicator»; the kind that pydantic puts after a section's number is left out."""
    told = ""
    for i, part in enumerate(loc):
        if isinstance(part, int):
            told += f"[{part + 1}]"
        elif not (i == 2 and loc[0] == "sections" and len(loc) > 3):
            told += f".{part}" if told else part
    return told or "el archivo"


def _reason(error: Any) -> str:
    known = _SAID.get(error["type"], error["msg"].removeprefix("Value error, "))
    return known if error["type"] in ("missing", "extra_forbidden") else f"{known} («{error['input']}»)" if error["type"] != "value_error" else known


@lru_cache(maxsize=1)
def every() -> tuple[Theme, ...]:
    """All theme pages in their order. Raises DeclarationError where one is wrong or two share an address."""
    return collect(FOLDER)


def collect(folder: Path) -> tuple[Theme, ...]:
    """The declarations of a folder, in their order."""
    found: dict[str, Theme] = {}
    for path in sorted(folder.glob("*.yml")):
        theme = read(path)
        if theme.path in found:
            raise DeclarationError(f"{path.name}: la dirección {theme.path} ya es de otra página.", cure="Elija otra dirección.")
        lost = [i for i in theme.answer if i not in theme.named()]
        if lost:
            near = suggest(lost[0], theme.named())
            raise DeclarationError(
                f"{path.name}: answer nombra «{lost[0]}», que no está en la página.{near}", cure="Agréguelo a lead o a una sección."
            )
        found[theme.path] = theme
    return tuple(sorted(found.values(), key=lambda t: (t.order, t.path)))


def home_of(indicator: str) -> Theme | None:
    """The page to which an indicator belongs: one that leads with it, else the first that shows it."""
    return next((t for t in every() if indicator in t.lead), None) or next((t for t in every() if indicator in t.named()), None)


def waterfall_of(indicator: str) -> Waterfall | None:
    """The stages declared for an indicator, where a page shows them as a waterfall."""
    return next((s for t in every() for s in t.sections if isinstance(s, Waterfall) and s.indicator == indicator), None)


def funnel_of(indicator: str) -> Funnel | None:
    """The chain declared for an indicator, where a page shows it as a funnel."""
    return next((s for t in every() for s in t.sections if isinstance(s, Funnel) and s.indicator == indicator), None)
