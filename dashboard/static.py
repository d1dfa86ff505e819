"""Static files: read once, named by the content of all of them, compressed once, cached by browsers for ever.

Our stylesheets are sent as one file. Compression at full strength is done in the background and kept on disk by content;
until it is there a quick one is sent.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import mimetypes
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

import brotli

log = logging.getLogger("siegem.dashboard")

ASSETS = Path(__file__).parent / "assets"
BUNDLE = "siegem.css"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
_TEXT = re.compile(r"^(text/|application/(json|javascript|problem\+json|openapi)|image/svg)")
#: what is said to whoever writes style sheets, and how their lines stand in
_NOTES = re.compile(rb"/\*.*?\*/|^[ \t]+|\n(?=\n)", re.S | re.M)
_VERSIONED = re.compile(r"^/assets/v-[0-9a-f]{10}/(.+)$")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@dataclass
class Asset:
    """One file's bytes with what was compressed of them."""

    body: bytes
    media: str
    immutable: bool
    etag: str = ""
    variants: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


def encoding_for(accept: str, media: str) -> str:
    """br, gzip or "" for a client and a kind of content."""
    if not _TEXT.match(media):
        return ""
    offered = {part.split(";")[0].strip() for part in accept.split(",") if not part.replace(" ", "").endswith(";q=0")}
    return "br" if "br" in offered else "gzip" if "gzip" in offered else ""


def compressed(body: bytes, encoding: str, quality: int) -> bytes:
    return brotli.compress(body, quality=quality) if encoding == "br" else gzip.compress(body, compresslevel=min(quality, 9), mtime=0)


class Static:
    """Files by path: ours under /assets, Dash's under /_dash-component-suites."""

    def __init__(self, cache: Path, suite: Callable[[str], tuple[bytes, str, bool] | None], folder: Path = ASSETS) -> None:
        self.cache = cache
        self.suite = suite
        self.files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
        styles = [name for name in self.files if "/" not in name and name.endswith(".css")]
        self.files[BUNDLE] = _NOTES.sub(b"", b"\n".join(self.files.pop(name) for name in styles))
        total = hashlib.sha256()
        for name, body in sorted(self.files.items()):
            total.update(name.encode() + b"\0" + body)
        self.version = total.hexdigest()[:10]
        self._known: dict[str, Asset] = {}
        self._lock = Lock()
        self._queue: SimpleQueue[Asset | None] = SimpleQueue()
        self._worker: Thread | None = None

    def url(self, name: str) -> str:
        """The address of one of our files; it changes when any of them does."""
        return f"/assets/v-{self.version}/{name}"

    def scripts(self) -> list[str]:
        """Our top-level scripts in the order of their names."""
        return [name for name in self.files if "/" not in name and name.endswith(".js")]

    def asset(self, path: str) -> Asset | None:
        """The file at a path, or None where there is none; None too for any path that is not a file's."""
        with self._lock:
            if path in self._known:
                return self._known[path]
        made = self._read(path)
        if made is not None:
            with self._lock:
                made = self._known.setdefault(path, made)
        return made

    def _read(self, path: str) -> Asset | None:
        if path.startswith("/_dash-component-suites/"):
            found = self.suite(path.removeprefix("/_dash-component-suites/"))
            return None if found is None else Asset(*found)
        match = _VERSIONED.match(path)
        name = match[1] if match else path.removeprefix("/assets/")
        body = self.files.get(name)
        if body is None:
            return None
        current = match is not None and path == self.url(name)
        return Asset(body, mimetypes.guess_type(name)[0] or "application/octet-stream", current)

    def encoded(self, asset: Asset, encoding: str) -> bytes:
        """The bytes to send in an encoding; the best there are now."""
        if not encoding:
            return asset.body
        with self._lock:
            ready = asset.variants.get(encoding)
        if ready is not None:
            return ready
        stored = self._stored(asset, encoding)
        body = stored if stored is not None else compressed(asset.body, encoding, 5)
        with self._lock:
            asset.variants[encoding] = body
        if stored is None:
            self._later(asset)
        return body

    def warm(self, paths: list[str]) -> None:
        """Compress these files at full strength in the background."""
        for path in paths:
            asset = self.asset(path)
            if asset is not None and encoding_for("br", asset.media):
                self._later(asset)

    def settle(self) -> None:
        """Wait until all is compressed and end the thread: a process that will be copied may have none. The next work starts another."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            self._queue.put(None)
            worker.join()

    def _later(self, asset: Asset) -> None:
        self._queue.put(asset)
        with self._lock:
            if self._worker is None:
                self._worker = Thread(target=self._work, name="siegem-comprimir", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        while (asset := self._queue.get()) is not None:
            stored = self._stored(asset, "br")
            best = stored if stored is not None else compressed(asset.body, "br", 11)
            with self._lock:
                asset.variants["br"] = best
            if stored is None:
                self._store(asset, best)

    def _path(self, asset: Asset, encoding: str) -> Path:
        return self.cache / f"{hashlib.sha256(asset.body).hexdigest()[:40]}.{encoding}"

    def _stored(self, asset: Asset, encoding: str) -> bytes | None:
        try:
            return self._path(asset, encoding).read_bytes()
        except OSError:
            return None  # not there yet: it is made again

    def _store(self, asset: Asset, body: bytes) -> None:
        path = self._path(asset, "br")
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}")
            part.write_bytes(body)
            part.replace(path)
        except OSError as error:
            log.warning("los archivos comprimidos no se pueden guardar en %s: %s", self.cache, error)
