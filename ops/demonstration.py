"""`siegem demo`: everything from nothing to pages that answer, and a table of what came out."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from dashboard import formats, published
from dashboard.published import Sheet, Snapshot
from etl import demonstration
from ops import chain, public, screen
from warehouse.publications import Publication
from warehouse.states import NOTICES, PUBLISHED
from warehouse.store import Warehouse
from warehouse.territories import COUNTRY, PILOTS

#: months of a short demonstration
_MONTHS = 36


def prepare(warehouse: Warehouse, official_folder: Path | None, scale: int = 1, short: bool = False) -> Publication:
    """Generate the demonstration's files once, run the chain, and give the publication in force. `short`: the last 36 months only."""
    with screen.step("Archivos de demostración en la bandeja de entrada"):
        _generate(warehouse.settings.inbox, scale, _MONTHS if short else None)
    screen.note("Lleva errores puestos a propósito: verá archivos rechazados y filas en cuarentena, cada uno con su remedio.")
    report = chain.run(warehouse, "demostracion", official_folder=official_folder)
    public.files(warehouse.settings)
    publication = report.outcome.publication
    if report.outcome.changed:
        revised = f", {publication.revisados:,} revisados" if publication.revisados else ""
        screen.note(f"Publicación N.º {publication.numero}: {publication.nuevos:,} valores nuevos{revised}.")
    else:
        screen.note(f"Nada nuevo: sigue vigente la publicación N.º {publication.numero}.")
    return publication


def _generate(inbox: Path, scale: int, months: int | None) -> None:
    """Write the demonstration's files unless they are all there: the mark is written last, so a killed generation is repeated."""
    mark = inbox / ".demostracion"
    wanted = f"{version('siegem')} escala {scale} meses {months or 'todos'}\n"
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return
    demonstration.write(inbox, months=months, scale=scale)
    mark.write_text(wanted, encoding="utf-8")


def show(warehouse: Warehouse, publication: Publication) -> None:
    """Print one line for each published indicator: its newest whole period for the country, or for the widest territory there is."""
    published.open_store(warehouse)
    snapshot = published.snapshot(publication.numero)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Indicador", "Territorio", "Periodo"):
        table.add_column(heading)
    table.add_column("Valor", justify="right")
    for heading in ("Unidad", "Aviso"):
        table.add_column(heading)
    for sheet in snapshot.indicators():
        row = _headline(snapshot, sheet)
        if row is not None:
            table.add_row(*row)
    screen.console.print(table)


def _headline(snapshot: Snapshot, sheet: Sheet) -> tuple[str, ...] | None:
    frame = snapshot.values(sheet.id, kind=sheet.main_period, period=snapshot.last_period(sheet.id))
    frame = frame[frame["estado"] == PUBLISHED]
    for code in (COUNTRY, PILOTS, *sorted(frame["territorio"].unique())):
        here = frame[frame["territorio"] == code]
        if len(here):
            whole = here[here["categoria"] == ""]
            row = (whole if len(whole) else here.nlargest(1, "valor")).iloc[0]
            label = sheet.text("short_name") + (f" · {row['categoria']}" if row["categoria"] else "")
            notices = ", ".join(NOTICES[m][0] for m in row["avisos"] if m in NOTICES)
            return label, formats.place(code), row["periodo"], formats.figure(row["valor"], sheet.unit(), sheet.decimals), sheet.unit(), notices
    return None
