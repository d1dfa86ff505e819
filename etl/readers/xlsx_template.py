"""Our own template inside a workbook: the hidden sheet that says what it is. Recognises, never judges."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any

#: the sheet people fill, and the hidden one that says what the template is
DATA_SHEET, IDENTITY_SHEET = "Datos", "_siegem"
#: other sheets of a template: what they hold is never data
OTHER_SHEETS = frozenset({"Instrucciones", "Catálogos", "Listas"})
FORMAT = "1"
_MARK = "siegem"


@dataclass(frozen=True)
class TemplateIdentity:
    """What a template says of itself. `huella`: of the columns and rules of the contract it was made from."""

    tabla: str
    version_contrato: str
    cod_region: str
    periodo: str
    huella: str
    formato: str = FORMAT

    @property
    def firma(self) -> str:
        """Tells an untouched identity from one edited by hand; it keeps no secret."""
        return hashlib.sha256("\x1f".join(("siegem", *self._values())).encode()).hexdigest()

    def _values(self) -> tuple[str, ...]:
        return tuple(str(getattr(self, f.name)) for f in fields(self))

    def cells(self) -> list[tuple[str, str]]:
        """The rows of the hidden sheet."""
        return [(_MARK, "plantilla"), *((f.name, v) for f, v in zip(fields(self), self._values(), strict=True)), ("firma", self.firma)]


def identity_of(rows: list[list[Any]]) -> TemplateIdentity | None:
    """What the rows of the hidden sheet say; None where they are not ours or were edited."""
    said = {str(row[0]): str(row[1]) for row in rows if len(row) > 1}
    names = [f.name for f in fields(TemplateIdentity)]
    if said.get(_MARK) != "plantilla" or not set(names) <= set(said):
        return None
    found = TemplateIdentity(**{n: said[n] for n in names})
    return found if said.get("firma") == found.firma else None
