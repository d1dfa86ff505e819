"""`siegem publish`: what the public may see, as folders that any web server gives: the plain site, the open data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops import screen
from warehouse.errors import SiegemError
from warehouse.settings import Settings, load

if TYPE_CHECKING:
    from dashboard.published import Snapshot

#: a page with all it loads, uncompressed
HEAVIEST = 150_000

Site = Annotated[Path | None, typer.Option("--estatico", metavar="DIR", help="Escribe el sitio público entero, con sus datos, en esta carpeta.")]
Data = Annotated[Path | None, typer.Option("--datos", metavar="DIR", help="Escribe solo los datos abiertos en esta carpeta.")]
Number = Annotated[int | None, typer.Option("--publicacion", min=1, help="Número de publicación; la vigente si no se dice.")]
Address = Annotated[
    str,
    typer.Option(
        "--direccion", metavar="URL", help="Dónde estará el sitio, p. ej. https://ejemplo.gob.pe/siegem; va en el mapa del sitio y en las citas."
    ),
]
Light = Annotated[bool, typer.Option("--sin-datos", help="Con --estatico: sin los archivos grandes; quedan los de cada indicador y lugar.")]


def publish(estatico: Site = None, datos: Data = None, publicacion: Number = None, direccion: Address = "", sin_datos: Light = False) -> None:
    """Escribe lo que puede ver el público: un sitio para cualquier servidor web, los datos abiertos; sin opciones, renueva el almacén público."""
    if direccion and not direccion.startswith(("https://", "http://")):
        raise SiegemError(
            f"«{direccion}» no es una dirección web.", stands="No se escribió nada.", cure="Escríbala entera: --direccion https://ejemplo.gob.pe"
        )
    settings = load()
    _refresh(settings)
    if estatico is None and datos is None:
        from ops import public

        public.files(settings)
        return
    snapshot = _snapshot(settings, publicacion)
    base = (direccion or settings.sitio_url).rstrip("/")
    if datos is not None:
        _write_data(snapshot, datos, base)
    if estatico is not None:
        _write_site(snapshot, estatico, base, whole=not sin_datos)


def _refresh(settings: Settings) -> None:
    """Bring the public store up to date where there is an internal database; a machine that has only the public store uses it as it is."""
    if not settings.base_datos and not (settings.datos / "siegem.db").is_file():
        return
    from ops import public
    from warehouse.store import Warehouse

    public.told(Warehouse(settings).prepare())


def _snapshot(settings: Settings, number: int | None) -> Snapshot:
    from dashboard import formats, published
    from warehouse import public_store

    published.open_store(public_store.open_public(settings))
    formats.use(settings.formato_numeros, settings.zona_horaria)
    return published.snapshot(number)


def _write_data(snapshot: Snapshot, folder: Path, base: str) -> None:
    from dashboard import opendata

    with screen.step(f"Datos abiertos de la publicación {snapshot.number}") as advance:
        made = opendata.write(snapshot, folder, base=base, progress=advance)
    total = sum(r.bytes for r in made)
    screen.note(f"{len(made)} archivos, {total / 1e6:,.1f} MB, en {folder}.")


def _write_site(snapshot: Snapshot, folder: Path, base: str, *, whole: bool) -> None:
    from dashboard import opendata
    from dashboard.publico.export import write_site

    with screen.step(f"Sitio público de la publicación {snapshot.number}") as advance:
        data: Callable[[Snapshot, Path], object] | None = None
        if whole:
            data = lambda snap, place: opendata.write(snap, place, base=base, progress=advance)  # noqa: E731
        made = write_site(snapshot, folder, base=base, data=data, progress=advance)
    page, size = made.heaviest
    screen.note(
        f"{made.pages:,} páginas y {made.bytes / 1e6:,.1f} MB en {folder}. La más pesada, con todo lo que carga: {page} ({size / 1000:,.1f} kB)."
    )
    screen.note(
        f"Enlaces permanentes de {'la publicación' if len(made.publications) == 1 else 'las publicaciones'} {', '.join(map(str, made.publications))}."
    )
    if size > HEAVIEST:
        screen.note(f"Atención: esa página pasa de {HEAVIEST // 1000} kB.")
    if not base:
        screen.note("Sin --direccion ni SIEGEM_SITIO_URL no hay sitemap.xml, y las citas llevan la dirección sin el dominio.")
    screen.note(f"Para verlo: python -m http.server --directory {folder} 8060")
