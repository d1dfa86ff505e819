"""The territories values are published for, and which contains which. Codes are INEI's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from warehouse.declarations import Declaration, parse, read_yaml
from warehouse.errors import SiegemError, suggest

if TYPE_CHECKING:
    import pandas as pd

COUNTRY = "00"
PILOTS = "PILOTO"
#: Lima as a whole department: what sources publish before splitting it into the two regional governments
LIMA_DEPARTMENT = "L15"
LIMA_REGIONS = ("15", "26")
LEVELS = ("pais", "piloto", "region", "departamento", "provincia", "distrito", "otro")


class Territory(Declaration):
    """One territory. `nivel` is one of LEVELS."""

    codigo: str = Field(min_length=2)
    nombre: str
    nivel: str = "region"
    autoridad: str = ""
    sigla: str = ""
    piloto: bool = False


class _File(Declaration):
    regiones: tuple[Territory, ...]
    otros: tuple[Territory, ...]


@lru_cache(maxsize=1)
def all_territories() -> dict[str, Territory]:
    """Every declared territory by code: 26 regions, country, pilots, Lima as department, abroad, unassigned."""
    path = Path(str(files("warehouse") / "data" / "territorios.yml"))
    declared = parse(_File, read_yaml(path), path)
    return {t.codigo: t for t in (*declared.regiones, *declared.otros)}


def regions() -> tuple[Territory, ...]:
    """The 26 regional governments, by code."""
    return tuple(t for t in all_territories().values() if t.nivel == "region")


def pilots() -> tuple[Territory, ...]:
    """La Libertad, Moquegua and Pasco."""
    return tuple(t for t in regions() if t.piloto)


def territory(code: str) -> Territory:
    """The territory of `code`. Raises SiegemError with the nearest code or name."""
    found = all_territories().get(code)
    if found is None:
        by_name = {t.nombre: t.codigo for t in all_territories().values()}
        raise SiegemError(
            f"No existe el territorio «{code}».{suggest(code, [*all_territories(), *by_name])}",
            cure="Use el código del INEI con dos cifras, p. ej. 13 (La Libertad), o 00 (Perú) o PILOTO.",
        )
    return found


def region_of_ubigeo(ubigeo: str) -> str:
    """The regional government of an INEI ubigeo of 2, 4 or 6 digits. Province 1501 is Lima Metropolitana, «26»."""
    return "26" if ubigeo.startswith("1501") else ubigeo[:2]


def region_of_department(code: str) -> str:
    """Where a figure published by department is kept: Lima becomes «L15», the rest keep their code."""
    return LIMA_DEPARTMENT if code == "15" else code


def ancestors(code: str) -> tuple[tuple[str, str], ...]:
    """(territory, level) pairs that contain `code`, itself included, from a region, a special code or an ubigeo."""
    if len(code) == 6 and code.isdigit():
        region = region_of_ubigeo(code)
        return ((code, "distrito"), (code[:4], "provincia"), *ancestors(region))
    if len(code) == 4 and code.isdigit():
        return ((code, "provincia"), *ancestors(region_of_ubigeo(code)))
    own = territory(code)
    chain = [(code, own.nivel)]
    if own.piloto:
        chain.append((PILOTS, "piloto"))
    if code in LIMA_REGIONS:
        chain.append((LIMA_DEPARTMENT, "departamento"))
    # A pilot-group row has no regional split and is a part of the country only: it never rolls up further.
    if own.nivel in ("region", "departamento", "otro"):
        chain.append((COUNTRY, "pais"))
    return tuple(chain)


def membership(codes: Iterable[str]) -> pd.DataFrame:
    """Roll-up table of `codes`: columns `fino`, `territorio`, `nivel`, one row for each containing territory."""
    import pandas as pd  # a quarter of a second, which every process that reads a contract would pay

    rows = [(code, up, level) for code in dict.fromkeys(codes) for up, level in ancestors(code)]
    return pd.DataFrame(rows, columns=["fino", "territorio", "nivel"])
