"""The whole site as files: any web server gives it, and a folder opened from a disk too. Written beside and renamed; older publications stay."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from dashboard import published
from dashboard.publico import catalogue, frame, search, sitemap
from dashboard.publico.book import Book
from dashboard.publico.export_data import FOLDERS, Data, write_data
from dashboard.publico.here import PREFIXES, Here
from dashboard.published import Snapshot
from warehouse.errors import NothingPublished, SiegemError

#: what tells that a folder is a site of ours, and of which publications
MARK = ".sitio-siegem.json"
#: (what is being written, how many of them are done, how many there are)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Written:
    """What was written: pages, bytes of all files, the heaviest page with all it loads, and the publications whose permanent links work."""

    pages: int
    bytes: int
    heaviest: tuple[str, int]
    publications: tuple[int, ...]


def write_site(snapshot: Snapshot, folder: Path, *, base: str = "", data: Data | None = None, progress: Progress | None = None) -> Written:
    """Write the site of a publication to `folder`, which appears whole or not at all. Publications that were in it keep their permanent links.

    `base`: where it will be («https://ejemplo.gob.pe/siegem»), for what needs whole addresses. Raises SiegemError on a folder of something else.
    """
    folder = folder.resolve()
    earlier = previous_publications(folder)
    tell = progress or (lambda what, done, total: None)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        made = _fill(snapshot, draft, folder, earlier, base.rstrip("/"), data, tell)
        _exchange(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return made


def previous_publications(folder: Path) -> tuple[int, ...]:
    """The publications of the site that a folder holds; none where it is empty or not there. Raises SiegemError where it holds anything else."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return ()
    mark = folder / MARK
    if not mark.is_file():
        raise SiegemError(
            f"{folder} no está vacía y no es un sitio de SIEGEM.", stands="No se escribió ni se borró nada.",
            cure="Elija otra carpeta, o vacíe esa si ya no la necesita.",
        )  # fmt: skip
    return tuple(sorted(int(n) for n in json.loads(mark.read_text(encoding="utf-8"))["publicaciones"]))


def _exchange(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    away = folder.with_name(f".{folder.name}.{os.getpid()}.antes")
    folder.rename(away)
    try:
        draft.rename(folder)
    except OSError:
        away.rename(folder)
        raise
    shutil.rmtree(away, ignore_errors=True)


def _fill(snap: Snapshot, draft: Path, old: Path, earlier: tuple[int, ...], base: str, data: Data | None, tell: Progress) -> Written:
    book = Book(snap, _before(snap.number))
    for name, body in frame.files().items():
        _put(draft / name, body)
    loaded = sum(len(frame.files()[name]) for name in (frame.STYLES, frame.TYPE))
    kept = [n for n in earlier if n != snap.number]
    _keep(draft, old, kept)
    newest = max([*kept, snap.number])
    here = Here(book, static=True, base=base, data=write_data(book, draft / "datos", data, tell))
    sizes: dict[str, int] = {}
    # an older publication written again only mends its own permanent links: the site goes on showing the newest
    forms = (True, False) if snap.number == newest else (True,)
    every = list(catalogue.addresses(book))
    total, done = len(every) * len(forms) * len(PREFIXES), 0
    for pinned in forms:
        for lang in PREFIXES:
            for page in every:
                own = replace(here, page=page, lang=lang, pinned=pinned)
                text, _ = catalogue.text(own)
                body = text.encode()
                _put(draft / own.address().lstrip("/") / "index.html", body)
                sizes[own.address()] = len(body) + loaded + (len(frame.files()[frame.FILTER]) if page == "/" else 0)
                done += 1
                tell(page, done, total)
    if snap.number == newest:
        _ends(draft, here, base)
    else:
        _keep_front(draft, old)
    _put(draft / MARK, json.dumps({"publicaciones": sorted({*kept, snap.number}), "vigente": newest}).encode())
    heaviest = max(sizes, key=lambda a: sizes[a])
    written = sum(p.stat().st_size for p in draft.rglob("*") if p.is_file())
    return Written(len(sizes), written, (heaviest, sizes[heaviest]), tuple(sorted({*kept, snap.number})))


def _ends(draft: Path, here: Here, base: str) -> None:
    """What a web server looks for by name: the page for what is not there, what search engines read. A sitemap needs whole addresses."""
    for lang in PREFIXES:
        own = replace(here, page="/404/", lang=lang)
        _put(draft / own.address().lstrip("/") / "index.html", frame.document(own, search.not_found(own)).encode())
    top = replace(here, page="/")
    lost = replace(search.not_found(top), root=f"{urlsplit(base).path}/")
    _put(draft / "404.html", frame.document(top, lost).encode())
    _put(draft / "robots.txt", sitemap.robots(base).encode())
    if base:
        _put(draft / "sitemap.xml", sitemap.sitemap(here.book, base, static=True).encode())


def _keep(draft: Path, old: Path, numbers: list[int]) -> None:
    """Pages and data of earlier publications, as they were written."""
    for number in numbers:
        for place in (f"p/{number}", *(f"datos/{name}/p{number}" for name in FOLDERS)):
            if (old / place).is_dir():
                shutil.copytree(old / place, draft / place, copy_function=_linked)


def _keep_front(draft: Path, old: Path) -> None:
    """The site's own pages where what is written is only an older publication."""
    for item in old.iterdir():
        if item.name not in ("p", "datos", "publico", MARK):
            shutil.copytree(item, draft / item.name, copy_function=_linked) if item.is_dir() else _linked(str(item), str(draft / item.name))


def _linked(source: str, target: str) -> str:
    """The same file under a second name; a copy where the disk has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _before(number: int) -> Snapshot | None:
    try:
        return published.snapshot(number - 1) if number > 1 else None
    except NothingPublished:
        return None


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # a linked name must not write into the file of the site before
    path.write_bytes(body)
