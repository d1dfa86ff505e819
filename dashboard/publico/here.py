"""The page being made: of which publication, in which language, served or as a file; and from it, every address it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from posixpath import relpath

from dashboard.language import t
from dashboard.publico.book import Book
from dashboard.published import Snapshot

#: the languages of the site and what stands before their pages
PREFIXES = {"es": "", "en": "/en"}


@dataclass(frozen=True)
class Here:
    """Where a page stands. `page` is its address without publication and language: «/lugar/13/»; it begins and ends with a slash."""

    book: Book
    page: str = "/"
    lang: str = "es"
    #: its address names the publication, so what it says does not change
    pinned: bool = False
    #: written as a file: links are relative and name index.html
    static: bool = False
    #: where the site is, for what must be told whole: «https://ejemplo.gob.pe», or "" where nobody said it
    base: str = ""
    #: of a site of files: indicator -> its downloads inside datos/; "" -> those of all
    data: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def snap(self) -> Snapshot:
        return self.book.snap

    @property
    def number(self) -> int:
        return self.snap.number

    def t(self, text: str) -> str:
        return t(text, self.lang)

    def at(self, page: str) -> Here:
        return replace(self, page=page)

    def address(self, page: str | None = None, *, lang: str | None = None, pinned: bool | None = None) -> str:
        """An address of the site from its root: «/p/3/en/lugar/13/»."""
        chosen = self.pinned if pinned is None else pinned
        return f"{f'/p/{self.number}' if chosen else ''}{PREFIXES[lang or self.lang]}{self.page if page is None else page}"

    def link(self, page: str | None = None, *, lang: str | None = None, pinned: bool | None = None, mark: str = "") -> str:
        """What a link to a page of the site holds; publication and language go with it."""
        to = self.address(page, lang=lang, pinned=pinned)
        return f"{self._relative(to)}index.html{mark}" if self.static else f"{to}{mark}"

    def file(self, name: str) -> str:
        """A file of the site that is of no publication: styles, type."""
        return f"{self._relative('/')}{name}" if self.static else f"/{name}"

    def whole(self, page: str | None = None, *, lang: str | None = None, pinned: bool | None = None) -> str:
        """An address that can be quoted elsewhere; from the root of the site where nobody said where it is."""
        return f"{self.base}{self.address(page, lang=lang, pinned=pinned)}"

    def canonical(self) -> str:
        return self.whole(pinned=False) if self.base or not self.static else self.link(pinned=False)

    def _relative(self, to: str) -> str:
        found = relpath(to, self.address())
        return "" if found == "." else f"{found}/"
