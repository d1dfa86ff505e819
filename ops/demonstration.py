"""`siegem demo`: everything from nothing to pages that answer, and a table of what came out."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from etl import demonstration
from ops import chain, screen
from warehouse import publications
from warehouse.catalogue import indicators
from warehouse.publications import Publication
from warehouse.states import NOTICES, PUBLISHED
from warehouse.store import Warehouse


def prepare(warehouse: Warehouse, official_folder: Path | None) -> Publication:
    """Generate the demonstration's files once, run the chain, and give the publication in force."""
    with screen.step("Archivos de demostración en la bandeja de entrada"):
        _generate(warehouse.settings.inbox)
    report = chain.run(warehouse, "demostracion", official_folder=official_folder)
    publication = report.outcome.publication
    if report.outcome.changed:
        revised = f", {publication.revisados:,} revisados" if publication.revisados else ""
        screen.note(f"Publicación N.º {publication.numero}: {publication.nuevos:,} valores nuevos{revised}.")
    else:
        screen.note(f"Nada nuevo: sigue vigente la publicación N.º {publication.numero}.")
    return publication


def _generate(inbox: Path) -> None:
    """Write the demonstration's files unless they are all there: the mark is written last, so a killed generation is repeated."""
    mark = inbox / ".demostracion"
    wanted = f"{version('siegem')}\n"
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return
    demonstration.write(inbox)
    mark.write_text(wanted, encoding="utf-8")


def show(warehouse: Warehouse, publication: Publication) -> None:
    """Print one line for each published indicator: its newest country (or pilot) value and what it is."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, justify in (
        ("Indicador", "left"),
        ("Territorio", "left"),
        ("Periodo", "left"),
        ("Valor", "right"),
        ("Unidad", "left"),
        ("", "left"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for id, sheet in publications.sheets(warehouse.engine, publication.numero).items():
        row = _headline(warehouse, publication, id, sheet["ficha"])
        if row is not None:
            table.add_row(*row)
    screen.console.print(table)


def _headline(warehouse: Warehouse, publication: Publication, id: str, sheet: dict[str, object]) -> tuple[str, ...] | None:
    definition = indicators().get(id)
    if definition is None:
        return None
    for territory, name in (("00", "Perú"), ("PILOTO", "Piloto"), ("13", "La Libertad")):
        found = publications.values(
            warehouse.engine, publication.numero, indicador=id, territorio=territory, tipo_periodo=definition.main_period, estado=PUBLISHED
        )
        if found.empty:
            continue
        last = found[found["periodo"] == found["periodo"].max()].iloc[0]
        label = definition.short_name.es + (f" · {last['categoria']}" if last["categoria"] else "")
        notices = ", ".join(NOTICES[m][0] for m in last["avisos"] if m in NOTICES)
        return label, name, last["periodo"], f"{last['valor']:,.{definition.decimals}f}", definition.unit.es, notices
    return None
