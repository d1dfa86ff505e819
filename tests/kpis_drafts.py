"""Drafts of definitions: the installed one with texts of it changed, outside the folder of definitions."""

from __future__ import annotations

from pathlib import Path

from warehouse import catalogue

ID = "pct_tramites_en_plazo"
SOURCE = catalogue.DEFINITIONS / f"{ID}.yml"
FACT = catalogue.FACTS / "tramites.sql"


def draft(folder: Path, *changes: tuple[str, str], name: str = ID) -> Path:
    """The file of a draft: each text is changed where it stands first."""
    text = SOURCE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / f"{name}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(path: Path, word: str) -> int:
    """The line where a word stands first."""
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if word in line)
