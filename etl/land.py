"""Keeping what came and telling what is new. The same bytes for the same place again are nothing new, and it is said."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from etl.sources.received import NATIONAL, Received
from warehouse import contracts as declared
from warehouse import landing
from warehouse.contracts import Contract
from warehouse.database import as_utc, writing
from warehouse.errors import FileRejected, SiegemError, SourceError
from warehouse.fingerprints import Fingerprints, stamp_of
from warehouse.landing import Landed, TooLarge
from warehouse.store import Warehouse
from warehouse.submissions import REJECTED, failing, newest_acceptance, outdated_by, record_files, submission_id
from warehouse.tables import archivos, entregas
from warehouse.waivers import changed_exceptions

Place = tuple[str, str, str]
#: files kept at once
_HANDS = 8


@dataclass(frozen=True)
class Arrival:
    """A new file of a known place, kept, with the version it takes."""

    received: Received
    contract: Contract
    landed: Landed
    version: int

    @property
    def place(self) -> Place:
        return self.contract.table, str(self.received.cod_region), str(self.received.periodo)

    @property
    def entrega_id(self) -> str:
        return submission_id(*self.place, self.version, self.landed.hash)


@dataclass(frozen=True)
class _Earlier:
    version: int
    hash: str
    name: str
    contract_version: str
    state: str
    received_at: datetime
    judged_at: datetime
    reason: str = ""


@dataclass
class Landing:
    """What came of a round. `still_rejected`: names of unchanged files whose last verdict was a rejection."""

    new: list[Arrival] = field(default_factory=list)
    unchanged: int = 0
    still_rejected: list[str] = field(default_factory=list)
    refused: list[tuple[Received, SiegemError]] = field(default_factory=list)


def land(warehouse: Warehouse, received: Iterable[Received], contracts: dict[str, Contract]) -> Landing:
    """Keep every new file. One that cannot be kept is refused with its sentence and stops no other."""
    items, whose, result = sorted(received, key=_order), {}, Landing()
    history = _history(warehouse, sorted({i.table for i in items if i.table is not None}))
    # Keeping is waiting for the disk to say that the bytes are safe: several files wait together.
    known = Fingerprints(warehouse.landing)
    with ThreadPoolExecutor(_HANDS) as pool:
        for item, kept in zip(items, pool.map(lambda item: _keep_safely(warehouse, item, known), items), strict=True):
            if isinstance(kept, Landed):
                whose[kept.hash] = (kept, item)
            try:
                _place_one(item, kept, contracts, history, result)
            except SiegemError as error:
                result.refused.append((item, error))
    _record(warehouse, whose)
    known.save()
    return result


def to_judge_again(warehouse: Warehouse, contract: Contract, parents: list[str], coming: set[Place]) -> list[Arrival]:
    """Files of a table to judge again from their kept bytes: rows they refer to, or an exception about them, came after their verdict.

    Without this a file sent together with a wrong parent would stay rejected for ever: its bytes are right, so the sender has
    nothing to correct. A parent of the same place counts always; one of another period, or of a national body, only for a file that
    fails a rule which looks at it. `coming`: places that have a new file this round anyhow. Told by the dates of the
    verdicts, so that a round killed halfway is taken up by the next.
    """
    engine, table = warehouse.engine, contract.table
    newest = newest_acceptance(engine, parents)
    looking = ["G-05", *(r.id for r in contract.rules if set(r.body.referencias) & set(parents))]
    dangling = failing(engine, table, looking) if newest else set()
    granted = changed_exceptions(engine, table)
    late = outdated_by(engine, table, parents)
    if not (late or dangling or granted):
        return []
    found = []
    for place, versions in sorted(_history(warehouse, (table,)).items()):
        last, (_, region, period) = versions[-1], place
        since = [newest[who] for who in (region, NATIONAL) if who in newest] if place[1:] in dangling else []
        since += [when for who, what, when in granted if who in ("", region) and what in ("", period)]
        again = place[1:] in late or max(since, default=last.judged_at) > last.judged_at
        path = landing.path_of(warehouse.landing, last.hash)
        if again and place not in coming and path.exists():
            item = Received(last.name, path, "entrada", *place, last.received_at, reason=last.reason)
            found.append(Arrival(item, contract, Landed(last.hash, last.name, path.stat().st_size, path, False), last.version + 1))
    return found


def standing_hashes(warehouse: Warehouse, table: str) -> dict[str, tuple[str, str]]:
    """Hash -> (region, period) whose accepted data it is today: the same bytes cannot be the data of another place.

    What a correction has replaced does not count: it may have been another period's file, sent by mistake.
    """
    found = {}
    for (_, region, period), versions in _history(warehouse, (table,)).items():
        standing = [earlier.hash for earlier in versions if earlier.state != REJECTED]
        if standing:
            found[standing[-1]] = (region, period)
    return found


def _order(item: Received) -> tuple[str, str, str, int]:
    # of several versions in the inbox the sender's last one must be judged last
    return item.table or "", item.cod_region or "", item.periodo or "", item.sender_version or 0


def _history(warehouse: Warehouse, tables: Collection[str]) -> dict[Place, list[_Earlier]]:
    """What of `tables` was judged before, oldest version first."""
    e = entregas.c
    query = (
        select(
            e.tabla,
            e.cod_region,
            e.periodo,
            e.version,
            e.hash_archivo,
            e.archivo,
            e.version_contrato,
            e.estado,
            e.recibido_en,
            e.evaluado_en,
            e.motivo,
        )
        .where(e.tabla.in_(tables))
        .order_by(e.version)
    )
    found: dict[Place, list[_Earlier]] = defaultdict(list)
    with warehouse.engine.connect() as connection:
        for r in connection.execute(query):
            earlier = _Earlier(r.version, r.hash_archivo, r.archivo, r.version_contrato, r.estado, r.recibido_en, as_utc(r.evaluado_en), r.motivo)
            found[r.tabla, r.cod_region, r.periodo].append(earlier)
    return found


def _keep_safely(warehouse: Warehouse, item: Received, known: Fingerprints) -> Landed | SiegemError | None:
    """The item kept; None where it brought nothing; the reason where it could not be kept."""
    try:
        return _keep(warehouse, item, known) if item.content is not None else None
    except SiegemError as error:
        return error


def _place_one(
    item: Received, kept: Landed | SiegemError | None, contracts: dict[str, Contract], history: dict[Place, list[_Earlier]], result: Landing
) -> None:
    if item.table is None or item.problem is not None:
        raise item.problem or FileRejected(f"{item.name}: no se sabe de qué tabla es.", cure="Cambie el nombre del archivo.")
    contract = declared.contract(contracts, item.table)
    if not isinstance(kept, Landed):
        raise kept or FileRejected(f"{item.name}: llegó sin contenido.", cure="Envíe el archivo otra vez.")
    earlier = history[contract.table, str(item.cod_region), str(item.periodo)]
    if _same(item, kept.hash, contract, earlier):
        result.unchanged += 1
        if earlier and earlier[-1].state == REJECTED:
            result.still_rejected.append(item.name)
        return
    version = earlier[-1].version + 1 if earlier else 1
    earlier.append(_Earlier(version, kept.hash, item.name[:300], contract.version, "", item.received_at, item.received_at))
    result.new.append(Arrival(item, contract, kept, version))


def _same(item: Received, file_hash: str, contract: Contract, earlier: list[_Earlier]) -> bool:
    """Whether the file was judged already, under this version of the contract.

    An older file that still lies in the inbox under its own name is not a correction of the newer one.
    """
    if not earlier:
        return False
    if earlier[-1].hash == file_hash:
        return earlier[-1].contract_version == contract.version
    judged = (e for e in earlier if e.contract_version == contract.version)
    return item.sender_version is not None and any(e.hash == file_hash and e.name == item.name[:300] for e in judged)


def _hash(item: Received) -> str:
    digest = hashlib.sha256()
    for chunk in _readable(item):
        digest.update(chunk)
    return digest.hexdigest()


def _refuse_size(warehouse: Warehouse, item: Received) -> None:
    limit = warehouse.settings.max_mb_archivo
    size = item.path.stat().st_size if item.path and item.path.exists() else 0
    if size > limit * 1_000_000:
        raise TooLarge(
            f"{item.name}: ocupa {size / 1e6:,.1f} MB y el límite es {limit:,} MB; no se leyó ninguna fila.",
            stands="El archivo sigue donde está; los últimos datos aceptados siguen vigentes.",
            cure="Divida el archivo por periodo, o suba SIEGEM_MAX_MB_ARCHIVO si el tamaño es el esperado.",
        )


def _keep(warehouse: Warehouse, item: Received, known: Fingerprints) -> Landed:
    """The item's bytes in landing. A file is hashed where it lies, once as long as nobody touches it, and copied only when its bytes are not

    there yet; a stream is read once.
    """
    _refuse_size(warehouse, item)
    if item.path is not None:
        stamp = stamp_of(item.path)
        if (file_hash := known.of(item.path)) is None:
            file_hash = _hash(item)
            known.note(item.path, stamp, file_hash)
        there = landing.path_of(warehouse.landing, file_hash)
        if there.exists():
            return Landed(file_hash, item.name, there.stat().st_size, there, False)
    return landing.keep(warehouse.landing, item.name, _readable(item), warehouse.settings.max_mb_archivo * 1_000_000)


def _record(warehouse: Warehouse, kept: dict[str, tuple[Landed, Received]]) -> None:
    """Note each kept file once, all in one transaction. One kept by a round that was killed before this is noted by the next."""
    noted = select(archivos.c.hash)
    with warehouse.engine.connect() as connection:
        known = {h for group in _groups(list(kept), 500) for h in connection.execute(noted.where(archivos.c.hash.in_(group))).scalars()}
    new = [(h, landed.name, landed.size, item.origin) for h, (landed, item) in kept.items() if h not in known]
    if new:
        with writing(warehouse.engine).begin() as connection:
            record_files(connection, new)


def _groups(values: list[str], size: int) -> Iterator[list[str]]:
    return (values[at : at + size] for at in range(0, len(values), size))


def _readable(item: Received) -> Iterator[bytes]:
    """The bytes; a file that went away or may not be read is a sentence, not a traceback."""
    try:
        yield from item.chunks()
    except OSError as error:
        raise SourceError(
            f"{item.name}: no se pudo leer ({error.strerror}).",
            stands="Los últimos datos aceptados siguen vigentes.",
            cure="Compruebe que el archivo siga en la carpeta y que la cuenta del servicio pueda leerlo.",
        ) from error
