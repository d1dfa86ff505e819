"""Bytes of unfinished uploads, one file each. The offset of an upload is the size of its file: what is on disk, and nothing else."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

_ID = re.compile(r"^[0-9a-f]{32}$")


class Moved(Exception):
    """The file is not where the sender thinks: somebody else wrote, or a piece came twice. `size` is where it is."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(str(size))


class Spool:
    """The folder of the parts, readable by this account alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, id: str) -> Path:
        """Where the bytes of an upload are. Raises ValueError for what is no id of ours."""
        if not _ID.match(id):
            raise ValueError(id)
        return self.folder / f"{id}.parte"

    def create(self, id: str) -> None:
        """An empty file, on disk before anybody is told of it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path(id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.fsync(handle)
        os.close(handle)
        self._sync_folder()

    def copy(self, id: str, other: str) -> None:
        """The bytes of `id` under another name too; the same file on disk, as neither changes any more."""
        os.link(self.path(id), self.path(other))
        self._sync_folder()

    def size(self, id: str) -> int | None:
        """Bytes on disk; None where there is no file (it never was, or it expired)."""
        try:
            return self.path(id).stat().st_size
        except FileNotFoundError:
            return None

    def append(self, id: str, offset: int, data: bytes) -> int:
        """Write `data` at the end and give the new size, once it is safe on disk. Raises Moved where the end is not at `offset`.

        Locked for the time of one write only: a connection that hangs cannot keep its sender from going on in another.
        """
        handle = os.open(self.path(id), os.O_WRONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            if size != offset:
                raise Moved(size)
            os.lseek(handle, size, os.SEEK_SET)
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
            return size + len(data)
        finally:
            os.close(handle)

    def empty(self, id: str) -> None:
        """Take everything back: what came was not what was sent."""
        os.truncate(self.path(id), 0)

    def remove(self, id: str) -> None:
        self.path(id).unlink(missing_ok=True)

    def sha256(self, id: str) -> str:
        with self.path(id).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def untouched_since(self, before: datetime) -> list[str]:
        """Uploads with a file to which nothing was written since an instant."""
        stamp = before.timestamp()
        return [p.stem for p in self.folder.glob("*.parte") if p.stat().st_mtime < stamp] if self.folder.exists() else []

    def touched(self, id: str) -> datetime | None:
        """When the last byte came."""
        try:
            return datetime.fromtimestamp(self.path(id).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def room(self) -> int:
        """Bytes free on the disk."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return shutil.disk_usage(self.folder).free

    def _sync_folder(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
