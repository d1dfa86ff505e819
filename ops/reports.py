"""Documents written to a folder, many at once: each process opens the store by itself and makes what it is told, one document after another."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.errors import SiegemError, StoreError
from warehouse.public_store import PublicStore, open_public
from warehouse.settings import Settings
from warehouse.store import Warehouse
from warehouse.territories import regions

if TYPE_CHECKING:
    from dashboard.published import Snapshot


@dataclass(frozen=True)
class Order:
    """One document: which (ficha, libro, evaluacion, pilotos, equipos), of which region and of which year or period, where they apply."""

    kind: str
    region: str = ""
    when: str = ""

    @property
    def name(self) -> str:
        """The file's name: the region by code and name, without accents."""
        end = "xlsx" if self.kind == "libro" else "pdf"
        place = f"{self.region}-{_plain(self.region)}" if self.region else ""
        return "-".join(x for x in (self.kind, place, self.when) if x) + f".{end}"


@dataclass(frozen=True)
class From:
    """Where documents are made from: the public store, or the internal one; which publication, language, first year of the pilots."""

    settings: Settings
    internal: bool = False
    publication: int | None = None
    lang: str = "es"
    since: int | None = None


def _plain(code: str) -> str:
    name = next(r.nombre for r in regions() if r.codigo == code).lower()
    return name.translate(str.maketrans("áéíóúñ ", "aeioun-"))


def orders(codes: list[str], year: int | None, period: str, *, books: bool) -> list[Order]:
    """What is to be made: what takes longest first, so that no process ends long after the others."""
    told = [] if year is None else [Order("pilotos", when=str(year)), *(Order("equipos", when=p) for p in dict.fromkeys((str(year), period)) if p)]
    told += [Order("libro", code) for code in codes if books]
    told += [Order("evaluacion", code, str(year)) for code in codes if year is not None]
    return [*told, *(Order("ficha", code) for code in codes)]


def write(
    source: From, what: list[Order], folder: Path, processes: int, advance: Callable[[str, int, int], None]
) -> Iterator[tuple[Order, int, str]]:
    """Make the documents; gives each as it is done, with its bytes, and why it was not made where it was not."""
    folder.mkdir(parents=True, exist_ok=True)
    # a fresh interpreter for each: the typesetter has threads, and threads do not survive a fork
    context = multiprocessing.get_context("spawn")
    workers = max(1, min(processes, len(what)))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_open, initargs=(source,)) as pool:
        waiting = {pool.submit(_write, source, one, folder): one for one in what}
        for done, future in enumerate(as_completed(waiting), start=1):
            size, why = future.result()
            advance(waiting[future].name, done, len(what))
            yield waiting[future], size, why


def _open(source: From) -> None:
    """Open the store in this process."""
    from dashboard import formats, published

    formats.use(source.settings.formato_numeros, source.settings.zona_horaria)
    published.open_store(opened(source))


def opened(source: From) -> Warehouse | PublicStore:
    """The store that documents are made from. Raises StoreError where the public one is not there yet."""
    if source.internal:
        return Warehouse(source.settings)
    try:
        return open_public(source.settings)
    except StoreError as error:
        raise StoreError(
            error.what, stands="No se escribió ningún documento.",
            cure="Publique para que exista, o añada --interno: los documentos llevarán el aviso de uso interno.",
        ) from error  # fmt: skip


def _write(source: From, one: Order, folder: Path) -> tuple[int, str]:
    """Make one document and put it in its place whole."""
    from dashboard import published

    try:
        body = _made(source, one, published.snapshot(source.publication))
    except SiegemError as error:
        return 0, f"{error.what} {error.cure}".strip()
    target = folder / one.name
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_bytes(body)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return len(body), ""


def _made(source: From, one: Order, snap: Snapshot) -> bytes:
    from dashboard.reports import pilots_report, region_sheet, region_workbook, teams_report, yearly_report

    site = source.settings.sitio_url
    match one.kind:
        case "libro":
            return region_workbook.region_workbook(snap, one.region)
        case "evaluacion":
            return yearly_report.yearly_report(snap, one.region, int(one.when), source.lang, site)
        case "pilotos":
            return pilots_report.pilots_report(snap, int(one.when), source.lang, site, source.since)
        case "equipos":
            return teams_report.teams_report(snap, one.when, source.lang, site)
    return region_sheet.region_sheet(snap, one.region, source.lang, site)
