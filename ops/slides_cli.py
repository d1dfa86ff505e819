"""`siegem export laminas`: the forum's deck from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops import screen
from warehouse.errors import SiegemError
from warehouse.settings import load

_WHICH = "Indicadores separados por comas, en orden; «id~mapa» e «id~serie» los muestran en el mapa y en el tiempo. Sin ellos, el recorrido habitual."


def slides(
    salida: Annotated[Path, typer.Option("--salida", metavar="ARCHIVO", help="Archivo .pptx que se escribe.")],
    indicadores: Annotated[str, typer.Option("--indicadores", help=_WHICH)] = "",
    region: Annotated[str, typer.Option("--region", help="Región destacada: código del INEI. Sin ella, las 26.")] = "",
    idioma: Annotated[str, typer.Option("--idioma", help="es o en.")] = "es",
    publicacion: Annotated[int | None, typer.Option("--publicacion", min=1, help="Número de publicación; la vigente si no se dice.")] = None,
    sitio: Annotated[str, typer.Option("--sitio", metavar="URL", help="Dirección del sitio, para las que se muestran en las láminas.")] = "",
    interno: Annotated[bool, typer.Option("--interno", help="Con lo que no es público: solo para reuniones del MINEM.")] = False,
) -> None:
    """Hace las láminas del Foro en un PPTX con gráficos, cuadros y mapa que se editan."""
    from dashboard import formats, published
    from dashboard.language import LANGUAGES
    from dashboard.narrative import foro_deck, parts
    from dashboard.slides.file import deck
    from warehouse import public_store
    from warehouse.store import Warehouse

    settings = load()
    if salida.suffix.lower() != ".pptx":
        raise SiegemError(f"«{salida}» no termina en .pptx.", cure=f"Escriba --salida {salida.with_suffix('.pptx')}")
    if idioma not in LANGUAGES:
        raise SiegemError(f"No hay láminas en «{idioma}».", cure=f"Use uno de: {', '.join(LANGUAGES)}.")
    if region and not parts.known_region(region):
        raise SiegemError(f"«{region}» no es una de las 26 regiones.", cure="Escriba su código de dos cifras, p. ej. --region 13")
    published.open_store(Warehouse(settings) if interno else public_store.open_public(settings))
    formats.use(settings.formato_numeros, settings.zona_horaria)
    snap = published.snapshot(publicacion)
    asked = [x.strip() for x in indicadores.split(",") if x.strip()]
    lost = [x for x in dict.fromkeys(asked) if x not in foro_deck.chosen(snap, x)]
    if lost:
        snap.sheet(lost[0].partition("~")[0])  # says which one is near
        raise SiegemError(f"«{lost[0]}» no se puede mostrar así.", cure="Tras el indicador va ~mapa, ~serie o nada.")
    body = deck(snap, ",".join(asked), region, idioma, base=sitio)
    salida.parent.mkdir(parents=True, exist_ok=True)
    salida.write_bytes(body)
    screen.note(f"{salida}: publicación N.º {snap.number}, {formats.number(len(body) / 1000)} kB.")
