"""The long official series of a folder given by the operator (`--oficial`, SIEGEM_OFICIAL)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from etl.sources.received import NATIONAL, SERIES, Received
from warehouse.errors import SourceError

#: file of the folder -> table of its contract; the contract's `source_names` translate the columns
FILES: dict[str, str] = {
    "mining_production_region_month.csv": "produccion_metalica",
    "budget_region_year.csv": "presupuesto_departamento",
    "fatal_accidents_region_year.csv": "accidentes_mortales",
}


def collect(folder: Path) -> Iterator[Received]:
    """The series of `folder`; one that is not there comes with its `problem`. Raises SourceError where there is no folder."""
    if not folder.is_dir():
        raise SourceError(
            f"No existe la carpeta de series oficiales «{folder}».",
            stands="Los datos aceptados antes siguen vigentes.",
            cure="Escriba la ruta correcta en --oficial o en SIEGEM_OFICIAL.",
        )
    for name, table in FILES.items():
        path, moment = folder / name, datetime.now(UTC)
        if path.is_file():
            yield Received(name, path, "serie oficial", table, NATIONAL, SERIES, moment)
        else:
            missing = SourceError(
                f"Falta {name} en la carpeta de series oficiales; no se cargó «{table}».",
                stands="Los datos aceptados antes de esa tabla siguen vigentes.",
                cure="Copie el archivo a la carpeta y repita, o quite SIEGEM_OFICIAL si no la usa.",
            )
            yield Received(name, None, "serie oficial", None, None, None, moment, problem=missing)
