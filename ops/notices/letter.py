"""A notice before it is written as text or as HTML: a subject, a sentence, and lists of things with where each is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Item:
    """One thing that is told. `mark`: empeora, mejora, sube, baja, senal, falta, regla or revision; `actions`: (words, address) to do something."""

    title: str
    text: str
    mark: str = ""
    fresh: bool = False
    href: str = ""
    #: what the address of its title gives, where it is not the thing itself
    verb: str = ""
    actions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """A titled list; `rest` tells what is not listed, `hint` what its titles are good for."""

    title: str
    items: tuple[Item, ...]
    rest: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Letter:
    """A notice. `label`: what must be said before any figure (demonstration data); `links`: (words, address) for the end."""

    lang: str
    subject: str
    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    label: str = ""
    #: how many things are new in it
    news: int = 0
    #: the same for a machine
    data: dict[str, Any] = field(default_factory=dict)
