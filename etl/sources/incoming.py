"""A source's raw bytes on their way to a converter, from an address or from a file the operator left; never kept.

What is remembered is the converted result: a source that did not change since is neither sent nor converted again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from etl.sources import validators
from etl.sources.feed import Job
from etl.sources.polite import Answer, Client, without_credentials
from warehouse import landing
from warehouse.landing import TooLarge, file_chunks

#: what a converter gives: the bytes of each table, in pieces
Made = Mapping[str, Iterable[bytes]]


@dataclass
class Incoming:
    """Raw bytes. `chunks` can be read once; `local` is the operator's own file, where it is one."""

    name: str
    chunks: Iterator[bytes]
    local: Path | None = None
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    size: int = 0

    def counted(self) -> Iterator[bytes]:
        """The bytes in pieces, measured as they pass."""
        for chunk in self.chunks:
            self.digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    def saved(self, folder: Path) -> Path:
        """The bytes as a file that can be gone to and fro in: the operator's own, or a copy that lives as long as `folder`."""
        if self.local is not None:
            return self.local
        path = folder / "recibido"
        with path.open("wb") as out:
            for chunk in self.counted():
                out.write(chunk)
        return path


@dataclass(frozen=True)
class Converted:
    """What a converter made, in landing by table. `notes` are empty where nothing changed since the last time."""

    paths: dict[str, Path]
    origin: str
    notes: tuple[str, ...] = ()


def convert(
    job: Job, client: Client, place: str, tables: tuple[str, ...], make: Callable[[Incoming], tuple[Made, tuple[str, ...]]], *, max_bytes: int = 0
) -> Converted:
    """What `make` gives for each of `tables` from the bytes at `place` (an address, or a file of the operator). Raises SiegemError."""
    limit = max_bytes or job.warehouse.settings.max_mb_archivo * 1_000_000
    return _from_server(job, client, place, tables, make, limit) if "://" in place else _from_file(job, place, tables, make, limit)


def operators_file(job: Job, pattern: str) -> Path:
    """The newest file that `pattern` names below datos/fuentes; a whole path is taken as it stands. Raises SourceError."""
    folder = job.warehouse.settings.datos / "fuentes"
    if Path(pattern).is_absolute():
        found = [Path(pattern)] if Path(pattern).is_file() else []
    else:
        found = [p for p in folder.glob(pattern) if p.is_file() and p.resolve().is_relative_to(folder.resolve())]
    if not found:
        raise job.problem(f"no está el archivo «{pattern}» en la carpeta {folder}", "Descárguelo con un navegador y déjelo ahí con ese nombre.")
    return max(found, key=lambda p: (p.stat().st_mtime_ns, p.name))


def scratch(job: Job) -> TemporaryDirectory[str]:
    """A folder for raw bytes beside the stores, readable by this account alone, that goes when it is closed."""
    job.warehouse.settings.datos.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(dir=job.warehouse.settings.datos, prefix=".fuente-")


def _from_server(
    job: Job, client: Client, url: str, tables: tuple[str, ...], make: Callable[[Incoming], tuple[Made, tuple[str, ...]]], limit: int
) -> Converted:
    known = _known(job, url, tables)

    def consume(answer: Answer) -> Converted:
        if answer.status == 304:
            return _as_before(job, url, known)
        return _made(job, url, tables, Incoming(_name(url), answer.chunks), answer.headers, make)

    conditions = validators.conditions(next(iter(known.values()))) if known else {}
    return client.fetch(url, consume, headers=conditions, max_bytes=limit)


def _from_file(job: Job, pattern: str, tables: tuple[str, ...], make: Callable[[Incoming], tuple[Made, tuple[str, ...]]], limit: int) -> Converted:
    path = operators_file(job, pattern)
    facts = path.stat()
    if facts.st_size > limit:
        raise TooLarge(
            f"Fuente {job.id}: «{path.name}» ocupa {facts.st_size / 1e6:,.1f} MB y el límite es {limit // 1_000_000:,} MB.",
            stands="No se leyó; los datos aceptados antes siguen vigentes.",
            cure="Si el tamaño es el esperado, suba SIEGEM_MAX_MB_ARCHIVO (SIEGEM_MAX_MB_FLUJO si es del MEF) y repita.",
        )
    known, tag = _known(job, pattern, tables), f"{facts.st_size}-{facts.st_mtime_ns}-{path.name}"[:200]
    if known and all(k.get("etag") == tag for k in known.values()):
        return _as_before(job, pattern, known)
    return _made(job, pattern, tables, Incoming(path.name, _readable(job, path), path), {"ETag": tag}, make)


def _readable(job: Job, path: Path) -> Iterator[bytes]:
    try:
        yield from file_chunks(path)
    except OSError as error:
        raise job.problem(f"no se pudo leer «{path.name}» ({error.strerror})", "Compruebe que la cuenta del servicio pueda leerlo.") from error


def _made(
    job: Job, place: str, tables: tuple[str, ...], raw: Incoming, headers: Mapping[str, str], make: Callable[[Incoming], tuple[Made, tuple[str, ...]]]
) -> Converted:
    made, notes = make(raw)
    kept = {table: job.keep(f"{job.id}_{table}.csv", made[table]) for table in tables}
    for table, landed in kept.items():
        validators.remember(job.warehouse, _key(job, place, table), headers, landed.hash)
    told = f" · sha256 {raw.digest.hexdigest()} · {raw.size:,} bytes" if raw.size else ""
    return Converted({t: landed.path for t, landed in kept.items()}, _said(place) + told, notes)


def _known(job: Job, place: str, tables: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found = {table: validators.last(job.warehouse, _key(job, place, table)) for table in tables}
    return found if all(found.values()) else {}


def _as_before(job: Job, place: str, known: dict[str, dict[str, str]]) -> Converted:
    return Converted({t: landing.path_of(job.warehouse.landing, k["hash"]) for t, k in known.items()}, _said(place))


def _key(job: Job, place: str, table: str) -> str:
    end = f"#{job.fingerprint}:{table}"
    return _said(place)[: 500 - len(end)] + end


def _said(place: str) -> str:
    return without_credentials(place) if "://" in place else Path(place).name


def _name(url: str) -> str:
    return Path(without_credentials(url).partition("?")[0]).name or "descarga"
