"""Where the files of each publication are, made when they are first asked for: once, whole, whoever asks.

They are made from the public store alone, also where the site is the ministry's own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock

import orjson

from dashboard import published
from dashboard.opendata.making import Progress, write
from dashboard.opendata.resource import Resource
from dashboard.published import PublicStore, Snapshot
from warehouse.errors import SiegemError

#: of the public folder
NAME = "abiertos"
_making: dict[Path, Lock] = {}
_lock = Lock()


def _store() -> published.Store:
    """The public store: the one that is open, or the one beside the internal one that is open."""
    opened = published.opened()
    return opened if isinstance(opened.warehouse, PublicStore) else _beside(opened)


@lru_cache(maxsize=4)
def _beside(opened: published.Store) -> published.Store:
    return published.Store(PublicStore(opened.warehouse.settings))


def can_be_made() -> bool:
    """Whether there is a public store to make them from."""
    warehouse = _store().warehouse
    return isinstance(warehouse, PublicStore) and warehouse.path.is_file()


def public_snapshot(number: int) -> Snapshot:
    """A publication as the public sees it. Raises SiegemError where there is no public store, NothingPublished where it has no such number."""
    store = _store()
    if not can_be_made():
        raise SiegemError("Los archivos de datos abiertos todavía no se han hecho.", cure="Se hacen al publicar: ./siegem publish")
    return store.get(number)


def as_public(snap: Snapshot) -> Snapshot:
    """The same publication as the public sees it, itself where there is no public store yet."""
    try:
        return public_snapshot(snap.number)
    except SiegemError:
        return snap


def root() -> Path:
    """The folder of all publications' files."""
    return Path(_store().warehouse.settings.public_folder) / NAME


def base() -> str:
    """The site's public address as set, without a slash at its end; empty where it is not."""
    return str(getattr(_store().warehouse.settings, "sitio_url", "")).rstrip("/")


def folder(number: int) -> Path:
    return root() / f"p{number}"


def is_made(number: int) -> bool:
    return (folder(number) / "SHA256SUMS").is_file()


def made(number: int) -> Path:
    """The folder of a publication, written now if it is not there. Who asks meanwhile waits for it, in this process or another."""
    if not is_made(number):
        public_snapshot(number)
        make(_store(), number)
    return folder(number)


def make(store: published.Store, number: int, progress: Progress | None = None) -> Path:
    """Write the folder of a publication of this public store where it is not there yet. It asks nothing of the store that the process shows."""
    settings = store.warehouse.settings
    place = Path(settings.public_folder) / NAME / f"p{number}"
    with _lock:
        turn = _making.setdefault(place, Lock())
    with turn, _alone(place):
        if not (place / "SHA256SUMS").is_file():
            earlier = [store.get(n) for n in range(1, number)]
            write(store.get(number), place, base=str(settings.sitio_url).rstrip("/"), earlier=earlier, progress=progress)
    return place


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """No other process writes the same folder; a lock dies with who holds it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place.parent / f".{place.name}.candado", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@lru_cache(maxsize=8)
def _sizes(place: Path) -> dict[str, Resource]:
    described = {r["path"]: r for r in orjson.loads((place / "datapackage.json").read_bytes())["resources"]}
    told = (place / "SHA256SUMS").read_bytes()
    lines = told.decode().splitlines()
    sums = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    sums["SHA256SUMS"] = hashlib.sha256(told).hexdigest()
    return {
        path: Resource(described.get(path, {}).get("name", path), path, (place / path).stat().st_size, digest, described.get(path, {}).get("filas"))
        for path, digest in sums.items()
    }


def resources(number: int) -> dict[str, Resource]:
    """Path -> file, of a publication that is made; empty where it is not yet."""
    return _sizes(folder(number)) if is_made(number) else {}
