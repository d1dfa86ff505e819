"""A file as it came from a source, before anybody looked inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse.errors import SiegemError
from warehouse.landing import file_chunks

#: region of what a national body publishes for the whole country, and period of a series that comes whole each time
NATIONAL, SERIES = "00", "serie"


@dataclass(frozen=True)
class Received:
    """Bytes for one table, submitter and period.

    `table` is None where the source could not tell the place: `problem` then says why, and the bytes are kept all the same.
    A `problem` without `content` is a source that gave nothing. `sender_version` is the number the sender wrote in the name;
    `reason`, why the sender changes what was already delivered; `notes`, what a connector left out or could not tell on the way.
    """

    name: str
    content: Path | Iterable[bytes] | None
    origin: str
    table: str | None
    cod_region: str | None
    periodo: str | None
    received_at: datetime
    sender_version: int | None = None
    problem: SiegemError | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> Path | None:
        """The file, where it is one."""
        return self.content if isinstance(self.content, Path) else None

    def chunks(self) -> Iterable[bytes]:
        """The bytes in pieces; a stream can be read once."""
        return file_chunks(self.content) if isinstance(self.content, Path) else (self.content or ())
