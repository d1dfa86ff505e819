"""The inbox folder: files of the regional offices, named `{tabla}_{cod_region}_{periodo}_v{n}.csv` or `.xlsx`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from etl.sources.received import NATIONAL, SERIES, Received
from warehouse import catalogue, periods
from warehouse.contracts import Contract
from warehouse.errors import FileRejected, SiegemError, suggest
from warehouse.territories import regions

_NAME = re.compile(r"^(?P<table>[a-z][a-z0-9_]*?)_(?P<region>\d{2})_(?P<period>\d{4}(?:-[A-Z0-9]+)?|serie)_v(?P<version>\d{1,4})\.(?:csv|xlsx)$")
_FORM = "tabla_región_periodo_vN.csv o .xlsx, p. ej. tramites_13_2026-03_v1.csv"


def collect(folder: Path, contracts: dict[str, Contract] | None = None) -> Iterator[Received]:
    """Every file of `folder`, sub-folders too, by name. One whose name tells no place comes with its `problem`."""
    contracts = catalogue.contracts() if contracts is None else contracts
    paths = (p for p in folder.rglob("*") if p.is_file() and not _is_ours(p.relative_to(folder)))
    for path in sorted(paths, key=lambda p: (p.name, p)):
        yield _receive(path, contracts)


def _is_ours(path: Path) -> bool:
    # Editors and file shares leave .DS_Store, ~$lock.xlsx and half-copied *.part beside the files; nobody sent those.
    return any(part.startswith((".", "~$")) for part in path.parts) or path.suffix.lower() in (".part", ".tmp", ".crdownload")


def _receive(path: Path, contracts: dict[str, Contract]) -> Received:
    # The time of arrival is the file's own: what a lateness rule judges is when the office left it, not when we looked.
    arrived = min(datetime.fromtimestamp(path.stat().st_mtime, UTC), datetime.now(UTC))
    match = _NAME.match(path.name[: -len(path.suffix)] + path.suffix.lower())
    problem = _problem(path.name, match, contracts)
    if match is None or problem is not None:
        return Received(path.name, path, "entrada", None, None, None, arrived, problem=problem)
    return Received(path.name, path, "entrada", match["table"], match["region"], match["period"], arrived, int(match["version"]))


def _problem(name: str, match: re.Match[str] | None, contracts: dict[str, Contract]) -> FileRejected | None:
    if match is None:
        return _refuse(f"{name}: el nombre no sigue la forma {_FORM}.", "Cambie el nombre del archivo y déjelo otra vez en la bandeja.")
    if match["table"] not in contracts:
        return _refuse(f"{name}: no existe la tabla «{match['table']}».{suggest(match['table'], contracts)}", f"Nombre el archivo así: {_FORM}.")
    if match["region"] not in (NATIONAL, *(r.codigo for r in regions())):
        cure = "Use el código del INEI, de 01 a 26, o 00 si el archivo es nacional."
        return _refuse(f"{name}: «{match['region']}» no es un gobierno regional.", cure)
    scope = contracts[match["table"]].delivery.ambito
    if scope == "sistema":
        return _refuse(f"{name}: la tabla «{match['table']}» la arma el sistema; nadie la entrega.", "Quite el archivo de la bandeja.")
    if (scope == "nacional") != (match["region"] == NATIONAL):
        whose = "la entrega una entidad nacional: use 00" if scope == "nacional" else "la entrega cada región: use su código, de 01 a 26"
        return _refuse(f"{name}: la tabla «{match['table']}» {whose}.", "Cambie el código de región del nombre.")
    return _period_problem(name, match["period"])


def _period_problem(name: str, period: str) -> FileRejected | None:
    if period == SERIES:
        return None
    try:
        periods.parse(period)
    except SiegemError as error:
        return _refuse(f"{name}: {error.what}", error.cure)
    return None


def _refuse(what: str, cure: str) -> FileRejected:
    return FileRejected(what, stands="No se cargó; los bytes se conservan y los demás archivos siguen.", cure=cure)
