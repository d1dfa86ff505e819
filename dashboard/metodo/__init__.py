"""What the method page tells, as declarations: its prose and the glossary of the site, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """A row of the glossary."""

    term: dict[str, str]
    text: dict[str, str]


def of(text: dict[str, str], lang: str) -> str:
    """A declared text in a language, Spanish where it has none."""
    return text.get(lang) or text["es"]


@lru_cache(maxsize=1)
def prose() -> dict[str, Any]:
    """The texts of `textos.yml` by their key."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "textos.yml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def glossary() -> tuple[Entry, ...]:
    """The rows of `glosario.yml`, in their order."""
    return tuple(Entry(**row) for row in yaml.safe_load((FOLDER / "glosario.yml").read_text(encoding="utf-8")))
