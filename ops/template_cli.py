"""`siegem template`: the workbook that a regional office fills, for one table, region and period."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops import screen
from warehouse import submissions
from warehouse.catalogue import contracts
from warehouse.contracts import Contract, contract
from warehouse.errors import SettingsError, SiegemError
from warehouse.settings import load
from warehouse.store import Warehouse


def template(
    tabla: Annotated[str, typer.Argument(help="Tabla que se va a entregar, p. ej. tramites.")],
    region: Annotated[str, typer.Option("--region", help="Quién la entrega: código del INEI; 00 si es una entidad nacional.")] = "",
    periodo: Annotated[str, typer.Option("--periodo", help="Periodo de la entrega, p. ej. 2026-10; el último que terminó si no se dice.")] = "",
    salida: Annotated[Path, typer.Option("--salida", metavar="DIR", help="Carpeta donde se deja; la actual si no se dice.")] = Path(),
) -> None:
    """Hace la plantilla de Excel de una tabla, con las listas de la región, las instrucciones y la fecha límite."""
    warehouse = Warehouse(load()).prepare()
    found = contract(contracts(), tabla)
    path = write(warehouse, found, region or _only_region(found), periodo, salida)
    screen.console.print(f"Plantilla lista: {path}", soft_wrap=True)


def write(warehouse: Warehouse, found: Contract, region: str, period: str, folder: Path) -> Path:
    """Leave the template in `folder`, named as the next version of its place; gives its path."""
    from etl import references, templates

    today = warehouse.today
    period = period or templates.last_period(found, today)
    version = next_version(warehouse, found.table, region, period)
    content = templates.template_bytes(found, region, period, references.tables(today), today, version)
    path = folder / templates.file_name(found, region, period, version)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        cure = "Escriba en --salida una carpeta donde se pueda escribir."
        raise SettingsError(f"No se pudo guardar {path} ({error.strerror}).", stands="No se escribió nada.", cure=cure) from error
    return path


def next_version(warehouse: Warehouse, table: str, region: str, period: str) -> int:
    """The version that the next file of a place takes."""
    return submissions.next_version(warehouse.engine, (table, region, period))


def _only_region(found: Contract) -> str:
    if found.delivery.ambito == "region":
        raise SiegemError(
            f"«{found.table}» la entrega cada región: falta decir cuál.", cure=f"Añada --region, p. ej.: siegem template {found.table} --region 13"
        )
    return "00"
