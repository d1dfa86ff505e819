"""Texts in two languages: the source is Spanish, the files of `words/` hold the English, one for each part of the site."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

log = logging.getLogger("siegem.dashboard")

LANGUAGES = ("es", "en")
WORDS = Path(__file__).parent / "words"

#: Spanish texts asked in English that the catalogue lacks: shown in Spanish, and told once in the log
missing: set[str] = set()


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """Spanish text -> English text, as the catalogues hold it."""
    found: dict[str, str] = {}
    for path in sorted(WORDS.glob("*.po")):
        with path.open("rb") as file:
            found |= {str(m.id): str(m.string) for m in read_po(file, locale="en") if m.id and m.string}
    return found


def t(text: str, lang: str = "es") -> str:
    """`text` (Spanish) in `lang`. Braces stay as written, so `t("{n} regiones", lang).format(n=3)` works in both."""
    if lang != "en":
        return text
    found = english().get(text)
    if found is None:
        if text not in missing:
            missing.add(text)
            log.warning("sin traducir al inglés: %s", text)
        return text
    return found


def known(lang: str | None) -> str:
    """`lang` where it is one of ours, Spanish otherwise."""
    return lang if lang in LANGUAGES else "es"
