"""What is told of a made file: its name, its size, its digest, what it is for."""

from __future__ import annotations

from dataclasses import dataclass

#: ending -> media type
MEDIA = {
    ".csv": "text/csv", ".gz": "application/gzip", ".parquet": "application/vnd.apache.parquet", ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".jsonld": "application/ld+json", ".md": "text/markdown",
    ".txt": "text/plain", ".cff": "application/yaml", "": "text/plain",
}  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """One file of a publication's folder. `rows` is None for what is no table; `path` is within the folder."""

    name: str
    path: str
    bytes: int
    sha256: str
    rows: int | None = None

    @property
    def media(self) -> str:
        return media_of(self.path)


def media_of(path: str) -> str:
    """The media type of a file by its ending."""
    name = path.rsplit("/", 1)[-1]
    return MEDIA.get(name[name.rfind(".") :] if "." in name else "", "application/octet-stream")
