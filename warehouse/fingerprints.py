"""The hash of a file that nobody touched since it was last read, so that looking whether anything is new does not read everything.

By the rule of Git's index: a file whose size, inode and times of content and of change are those noted has the bytes noted. The time of
change is the system's and cannot be set by whoever restores an old time of content. A file touched in the last moments is not noted:
the same instant of the clock could see it touched again.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

#: seconds; some file systems write times no finer
_COARSE = 2.0
_NAME = "huellas.json"

Stamp = tuple[int, int, int, int]


class Fingerprints:
    """Noted in a file of `root`, which may be deleted at any time: it is made again."""

    def __init__(self, root: Path) -> None:
        self._file = root / _NAME
        self._noted: dict[str, tuple[Stamp, str]] = {}
        self._seen: dict[str, tuple[Stamp, str]] = {}
        try:
            for path, stamp, file_hash in json.loads(self._file.read_text(encoding="utf-8")):
                size, inode, written, changed = stamp
                self._noted[path] = ((size, inode, written, changed), file_hash)
        except (OSError, ValueError, TypeError):
            pass

    def of(self, path: Path) -> str | None:
        """The hash noted for the file as it is now."""
        noted = self._noted.get(str(path.absolute()))
        if noted is None or noted[0] != stamp_of(path):
            return None
        return noted[1]

    def note(self, path: Path, stamp: Stamp | None, file_hash: str) -> None:
        """`stamp`: `stamp_of` the file before it was read; nothing is noted of one that changed meanwhile."""
        if stamp is not None and stamp == stamp_of(path) and time.time() - max(stamp[2], stamp[3]) / 1e9 > _COARSE:
            self._seen[str(path.absolute())] = (stamp, file_hash)

    def save(self) -> None:
        """With what was noted this time; files that are gone are forgotten. A disk that does not take it costs the next look and nothing else."""
        if not self._seen:
            return
        self._noted = {p: noted for p, noted in self._noted.items() if Path(p).exists()} | self._seen
        partial = self._file.with_suffix(f".{os.getpid()}.tmp")
        try:
            partial.write_text(json.dumps([[p, s, h] for p, (s, h) in sorted(self._noted.items())]), encoding="utf-8")
            partial.replace(self._file)
        except OSError:
            partial.unlink(missing_ok=True)


def stamp_of(path: Path) -> Stamp | None:
    """Size, inode, and times of content and of change in nanoseconds; None where the file cannot be asked."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns
