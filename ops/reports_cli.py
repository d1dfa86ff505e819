"""`siegem export fichas`: the sheets of the regions, their workbooks and the reports, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ops import screen
from warehouse.errors import SiegemError
from warehouse.settings import load


def fichas(
    salida: Annotated[Path, typer.Option("--salida", metavar="DIR", help="Carpeta en la que se escriben; se crea si no existe.")],
    region: Annotated[list[str] | None, typer.Option("--region", metavar="COD", help="Código del INEI; se puede repetir. Sin ella, las 26.")] = None,
    libros: Annotated[bool, typer.Option("--libros", help="También el libro XLSX de cada región.")] = False,
    informes: Annotated[bool, typer.Option("--informes", help="También la evaluación anual, la de los pilotos y la de los equipos.")] = False,
    anio: Annotated[int | None, typer.Option("--anio", help="Año de los informes; el último entero si no se dice. Pide --informes.")] = None,
    desde: Annotated[int | None, typer.Option("--desde", help="Primer año de acompañamiento de los pilotos; el de --anio si no se dice.")] = None,
    publicacion: Annotated[int | None, typer.Option("--publicacion", min=1, help="Número de publicación; la vigente si no se dice.")] = None,
    procesos: Annotated[int, typer.Option("--procesos", min=1, max=32, help="Cuántos documentos se hacen a la vez.")] = 2,
    idioma: Annotated[Literal["es", "en"], typer.Option("--idioma", help="Idioma de los PDF.")] = "es",
    interno: Annotated[bool, typer.Option("--interno", help="Del almacén interno: con indicadores no públicos, y dicho en cada hoja.")] = False,
) -> None:
    """Escribe la ficha de dos páginas de cada región (PDF) y, si se piden, sus libros e informes. Salen del almacén público."""
    import time

    from dashboard import published
    from dashboard.reports.teams_report import REPORTS
    from dashboard.reports.years import whole_years
    from ops import reports

    source = reports.From(load(), interno, publicacion, idioma, desde)
    codes = _codes(region or [])
    published.open_store(reports.opened(source))
    snap = published.snapshot(publicacion)
    year, period = None, ""
    if informes or anio is not None or desde is not None:
        years = whole_years(snap)
        year = anio or (years[-1] if years else None)
        if year is None:
            raise SiegemError("Esta publicación no tiene valores anuales.", stands="No se escribió nada.", cure="Quite --informes.")
        period = snap.last_period(REPORTS) if any(s.id == REPORTS for s in snap.indicators()) else ""
    what = reports.orders(codes, year, period, books=libros)
    start, sizes, failed = time.monotonic(), [], []
    with screen.step(f"Documentos de la publicación N.º {snap.number}") as advance:
        for one, size, why in reports.write(source, what, salida, procesos, advance):
            sizes.append(size)
            failed += [f"{one.name}: {why}"] if why else []
    took, whole = time.monotonic() - start, sum(sizes) / 1e6
    made = len(what) - len(failed)
    screen.note(f"{made} documentos en {salida}: {took:.1f} s, {whole:.1f} MB ({whole / max(made, 1):.2f} MB cada uno).")
    for line in failed:
        screen.note(f"No se hizo {line}")
    if failed and not made:
        raise typer.Exit(1)


def _codes(asked: list[str]) -> list[str]:
    """The regions asked for, all of them where none is. Raises SiegemError naming the one that is none."""
    from warehouse.territories import regions, territory

    known = [r.codigo for r in regions()]
    for code in asked:
        if territory(code).codigo not in known:
            raise SiegemError(f"«{code}» no es una región.", stands="No se escribió nada.", cure="Use el código de una región, p. ej. --region 13.")
    return list(dict.fromkeys(asked)) or known
