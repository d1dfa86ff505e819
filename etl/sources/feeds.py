"""The declared sources (`etl/feeds/*.yml`, and the operator's own) and their one way in: `collect`. One that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl.sources import arcgis, bcrp, kobo, mef, minem, plain, sql
from etl.sources.feed import Feed, Job
from etl.sources.polite import Patience
from etl.sources.received import Received
from warehouse.declarations import Declaration, parse, read_folder, read_yaml, short_name
from warehouse.errors import DeclarationError, SiegemError, suggest
from warehouse.store import Warehouse

FOLDER = Path(__file__).resolve().parents[1] / "feeds"


@dataclass(frozen=True)
class KindOfSource:
    """What a kind needs told in `opciones`, and the function that asks it."""

    options: type[Declaration]
    collect: Callable[[Job], Iterator[Received]]
    needs: tuple[str, ...] = ("url", "archivo")


KINDS: dict[str, KindOfSource] = {
    "http": KindOfSource(plain.HttpOptions, plain.collect_file),
    "zip": KindOfSource(plain.ZipOptions, plain.collect_member),
    "minem_produccion": KindOfSource(minem.Options, minem.collect, ()),
    "mef_gasto": KindOfSource(mef.Options, mef.collect),
    "arcgis": KindOfSource(arcgis.Options, arcgis.collect, ("url",)),
    "kobo": KindOfSource(kobo.Options, kobo.collect),
    "sql": KindOfSource(sql.Options, sql.collect, ("conexion",)),
    "bcrp": KindOfSource(bcrp.Options, bcrp.collect, ("url",)),
}
_NAMES_ITS_TABLES = ("mef_gasto", "kobo")


def load(path: Path) -> Feed:
    """Read one declaration, its kind's options included. Raises DeclarationError naming file and key."""
    feed = parse(Feed, read_yaml(path), path)
    kind = KINDS[feed.tipo]
    parse(kind.options, feed.opciones, path)
    if kind.needs and not any(getattr(feed, name) for name in kind.needs):
        raise DeclarationError(f"{short_name(path)}: una fuente «{feed.tipo}» lleva {' o '.join(f'«{n}»' for n in kind.needs)}.")
    if not feed.tabla and feed.tipo not in _NAMES_ITS_TABLES:
        raise DeclarationError(f"{short_name(path)}: falta la clave «tabla».")
    if "{anio}" in f"{feed.url}{feed.archivo}{feed.periodo}" and not feed.anios:
        raise DeclarationError(f"{short_name(path)}: dice {{anio}} y no lleva «anios», los años que se piden.")
    for text in (feed.url, feed.archivo, feed.periodo):
        try:
            text.format(anio=0, corte="", corte_mes="", corte_anio="")
        except (LookupError, ValueError) as error:
            raise DeclarationError(f"{short_name(path)}: «{text}» solo puede decir {{anio}}, {{corte}}, {{corte_mes}} y {{corte_anio}}.") from error
    return feed


def tables(feed: Feed) -> tuple[str, ...]:
    """The tables a feed delivers."""
    if feed.tipo == "kobo":
        return tuple(feed.opciones.get("tablas", {}))
    return tuple(feed.opciones.get("tablas", (mef.REGIONAL,))) if feed.tipo == "mef_gasto" else (feed.tabla,)


def declared(warehouse: Warehouse) -> dict[str, Feed]:
    """Every feed by name; the operator's own (SIEGEM_CARPETA_FUENTES) stands before the one of the same name that comes with the project."""
    own = warehouse.settings.carpeta_fuentes
    if own is not None and not own.is_dir():
        raise DeclarationError(f"No existe la carpeta de fuentes «{own}».", cure="Corrija SIEGEM_CARPETA_FUENTES.")
    return {**read_folder(FOLDER, load), **(read_folder(own, load) if own is not None else {})}


def chosen(warehouse: Warehouse, names: Iterable[str]) -> dict[str, Feed]:
    """The feeds of these names, switched on or not. Raises SiegemError with the nearest name."""
    known = declared(warehouse)
    for name in names:
        if name not in known:
            raise SiegemError(f"No hay una fuente «{name}».{suggest(name, known)}", cure=f"Las declaradas son: {', '.join(known)}.")
    return {name: known[name] for name in names}


def active(warehouse: Warehouse) -> dict[str, Feed]:
    """The feeds of every run: those that say `activa: true` and those of SIEGEM_FUENTES."""
    named = [n.strip() for n in warehouse.settings.fuentes.split(",") if n.strip()]
    on = [name for name, feed in declared(warehouse).items() if feed.activa]
    return chosen(warehouse, dict.fromkeys([*on, *named]))


def collect_active(warehouse: Warehouse, patience: Patience | None = None) -> Iterator[Received]:
    """What the feeds of every run give now. A declaration that is wrong is told like a feed that fails: the other sources go on."""
    try:
        feeds = active(warehouse)
    except SiegemError as error:
        yield Received("fuentes", None, "fuentes declaradas", None, None, None, datetime.now(UTC), problem=error)
        return
    yield from collect(warehouse, feeds, patience)


def collect(warehouse: Warehouse, feeds: dict[str, Feed], patience: Patience | None = None) -> Iterator[Received]:
    """What every feed gives now, one after the other. A feed that fails comes with its `problem`."""
    for name, feed in feeds.items():
        for year in feed.anios or (None,):
            yield from _one(warehouse, name, feed if year is None else _of_year(feed, year), patience or Patience())


def _one(warehouse: Warehouse, name: str, feed: Feed, patience: Patience) -> Iterator[Received]:
    kind = KINDS[feed.tipo]
    job = Job(warehouse, name, feed, kind.options.model_validate(feed.opciones), patience)
    try:
        yield from kind.collect(job)
    except SiegemError as error:
        yield Received(name, None, job.origin, None, None, None, datetime.now(UTC), problem=error)


def _of_year(feed: Feed, year: int) -> Feed:
    words = {"anio": str(year), **{w: f"{{{w}}}" for w in ("corte", "corte_mes", "corte_anio")}}
    return feed.model_copy(update={name: str(getattr(feed, name)).format(**words) for name in ("url", "archivo", "periodo")})
