"""Reads a folder of pages as a browser would follow it: what each page links to, loads and names. Used by tests of the public site."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Read(HTMLParser):
    """What a page holds: links, what it loads, ids, and elements that were not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.said: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += [f"sin cerrar: {name}" for name in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if told.get("id"):
            self.ids.append(str(told["id"]))
        if tag in ("a", "form"):
            self.links.append(str(told.get("href") or told.get("action") or ""))
        elif tag in ("script", "img", "iframe") and told.get("src"):
            self.loaded.append(str(told["src"]))
        elif tag == "link":
            (self.loaded if told.get("rel") in ("stylesheet", "icon") else self.links).append(str(told.get("href") or ""))
        if tag not in ("base", "meta", "link", "input", "br", "hr", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if dict(attrs).get("id"):
            self.ids.append(str(dict(attrs)["id"]))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"cierra {tag}")

    def handle_data(self, data: str) -> None:
        if "script" not in self.open and data.strip():
            self.said.append(data.strip())


def broken(folder: Path) -> list[str]:
    """Every link, file and mark that does not exist, of all pages; what is loaded from another host; ids that repeat; elements left open."""
    pages = {p: Read(p.read_text(encoding="utf-8")) for p in sorted(folder.rglob("*.html"))}
    wrong = []
    for path, page in pages.items():
        where = path.relative_to(folder).as_posix()
        wrong += [f"{where}: {w}" for w in page.wrong]
        wrong += [f"{where}: se repite el id {i}" for i in set(page.ids) if page.ids.count(i) > 1]
        for href in page.links + page.loaded:
            parts = urlsplit(href)
            if parts.scheme in ("http", "https"):
                wrong += [f"{where}: carga de otro sitio {href}"] if href in page.loaded else []
                continue
            if parts.scheme == "data":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not href or parts.path.startswith("/") or not target.is_relative_to(folder.resolve()) or not target.is_file():
                wrong.append(f"{where}: no existe {href!r}")
            elif parts.fragment and parts.fragment not in pages[target].ids:
                wrong.append(f"{where}: no existe la marca {href!r}")
    return wrong


def weight(folder: Path, page: Path) -> int:
    """Bytes of a page and of all it loads, what its styles load too."""
    found = {(page.parent / urlsplit(src).path).resolve() for src in Read(page.read_text(encoding="utf-8")).loaded if not src.startswith("data:")}
    for styles in [f for f in found if f.suffix == ".css"]:
        found |= {(styles.parent / name).resolve() for name in ("letra.woff2",) if name in styles.read_text(encoding="utf-8")}
    assert all(f.is_relative_to(folder.resolve()) for f in found)
    return page.stat().st_size + sum(f.stat().st_size for f in found)
