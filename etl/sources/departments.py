"""Departments as publishers print them -> INEI's code. Lima Provincias and Lima Metropolitana are one department, «15»."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from warehouse.territories import regions

_PREFIX = re.compile(r"^(departamento|dpto|region|gobierno regional|provincia constitucional|prov constitucional|prov const) (de |del )?")


def code_of(text: object) -> str | None:
    """The code of «LA LIBERTAD», «Prov. Const. del Callao», «13» or «1»; None for anything else."""
    plain = folded(text)
    if plain.isascii() and plain.isdigit() and len(plain) <= 2:
        return plain.zfill(2) if 1 <= int(plain) <= 25 else None
    return _by_name().get(plain) or _by_name().get(_PREFIX.sub("", plain))


def folded(text: object) -> str:
    """Lower case, no accents, words parted by one blank: «RÉGIMEN  GENERAL» is «regimen general»."""
    plain = unicodedata.normalize("NFKD", str(text if text is not None else "").casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    names = {folded(r.nombre): r.codigo for r in regions() if r.codigo != "26"}
    return names | {"lima": "15", "lima provincias": "15", "lima metropolitana": "15", "lima region": "15", "el callao": "07"}
