"""The operator-error family: what happened, what still stands, what to type.

SiegemError
├── DeclarationError     a YAML or SQL declaration of ours is wrong
├── SettingsError        an environment variable or a folder is wrong
├── SourceError          a source did not answer, or answered something unusable
├── FileRejected         a received file cannot be accepted as a whole
├── StoreError           the database or the Delta tables cannot be used
├── LeaseTaken           another process is running the chain
└── NothingPublished     there is no publication to read

Anything else that is raised is a bug and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SiegemError(Exception):
    """An error that an operator can meet. The three parts are Spanish sentences; `stands` may be empty."""

    def __init__(self, what: str, *, stands: str = "", cure: str = "") -> None:
        self.what = what
        self.stands = stands
        self.cure = cure
        super().__init__("\n".join(part for part in (what, stands, cure) if part))


class DeclarationError(SiegemError):
    """A contract, an indicator or a fact is declared wrongly."""


class SettingsError(SiegemError):
    """A setting cannot be used."""


class SourceError(SiegemError):
    """A source could not be read; nothing was landed."""


class FileRejected(SiegemError):
    """A file was landed but cannot be accepted; the last accepted data stand."""


class StoreError(SiegemError):
    """A store is missing, too old, or not writable."""


class LeaseTaken(SiegemError):
    """Another process holds the lease of the chain."""


class NothingPublished(SiegemError):
    """A publication was asked for and none exists."""


def suggest(word: str, known: Iterable[str]) -> str:
    """«¿Quiso decir «x»?» with a leading space, or an empty string when nothing is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" ¿Quiso decir «{near[0]}»?" if near else ""
