"""Received bytes, kept as they came under the name of their content: `landing/ab/abcdef...`. Readable by the owner only."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import StoreError


@dataclass(frozen=True)
class Landed:
    """A received file. `new` is false where the same bytes were already here."""

    hash: str
    name: str
    size: int
    path: Path
    new: bool


class TooLarge(StoreError):
    """More bytes than allowed came; nothing was kept."""


def keep(root: Path, name: str, chunks: Iterable[bytes], max_bytes: int) -> Landed:
    """Keep a stream of bytes by its SHA-256; stops with TooLarge as soon as `max_bytes` is passed. Atomic: whole or not at all."""
    root.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=root, prefix=".parcial-")
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise TooLarge(
                        f"El archivo «{name}» pasa de {max_bytes // 1_000_000:,} MB.",
                        stands="No se guardó; los datos aceptados antes siguen vigentes.",
                        cure="Divida el archivo por periodo, o suba SIEGEM_MAX_MB_ARCHIVO si el tamaño es el esperado.",
                    )
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        final = path_of(root, digest.hexdigest())
        new = not final.exists()
        if new:
            final.parent.mkdir(exist_ok=True)
            Path(temporary).chmod(0o400)
            Path(temporary).replace(final)
        return Landed(digest.hexdigest(), name, size, final, new)
    finally:
        Path(temporary).unlink(missing_ok=True)


def path_of(root: Path, file_hash: str) -> Path:
    """Where the bytes of a hash are kept; they may have been purged."""
    return root / file_hash[:2] / file_hash


def file_chunks(path: Path, size: int = 1 << 20) -> Iterable[bytes]:
    """A file's bytes in pieces."""
    with path.open("rb") as source:
        while chunk := source.read(size):
            yield chunk
