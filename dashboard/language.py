"""Texts in the languages of the site. The source is Spanish; each file of `words/` says in its header (`Language:`) which one it holds.

A language is added by adding files: see `docs/idiomas.md`. What it does not translate is shown in Spanish.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

log = logging.getLogger("siegem.dashboard")

#: Spanish is the source and English is held complete by a test; other languages may be partial
COMPLETE = ("es", "en")
WORDS = Path(__file__).parent / "words"

#: Spanish texts asked in English that the catalogue lacks: shown in Spanish, and told once in the log
missing: set[str] = set()


@lru_cache(maxsize=4)
def catalogues(folder: Path = WORDS) -> dict[str, dict[str, str]]:
    """Language -> Spanish text -> its text, as the files hold them; a file without the header is English."""
    found: dict[str, dict[str, str]] = {"en": {}}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            read = read_po(file)
        own = found.setdefault(read.locale.language if read.locale else "en", {})
        own |= {str(m.id): str(m.string) for m in read if m.id and m.string}
    return found


def english() -> dict[str, str]:
    """Spanish text -> English text."""
    return catalogues()["en"]


#: what a reader may choose, Spanish first
LANGUAGES = (*COMPLETE, *sorted(set(catalogues()) - set(COMPLETE)))


def t(text: str, lang: str = "es") -> str:
    """`text` (Spanish) in `lang`. Braces stay as written, so `t("{n} regiones", lang).format(n=3)` works in all."""
    if lang == "es":
        return text
    found = catalogues().get(lang, {}).get(text)
    if found is not None:
        return found
    if lang == "en" and text not in missing:
        missing.add(text)
        log.warning("sin traducir al inglés: %s", text)
    return text


def known(lang: str | None) -> str:
    """`lang` where it is one of ours, Spanish otherwise."""
    return lang if lang in LANGUAGES else "es"
