"""The errors on purpose, as data: `faults/<tabla>.yml`, what is wrong in which file and the one rule meant to catch it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from warehouse.declarations import Declaration, parse, read_folder, read_yaml
from warehouse.errors import DeclarationError

FOLDER = Path(__file__).resolve().parent / "faults"


class OtherDelivery(Declaration):
    """Where the bytes of a file sent by mistake come from."""

    region: str
    periodo: str


class FileFault(Declaration):
    """A fault of the whole file. `dias_tarde`: it is right and comes that many days after it was due."""

    cabecera: dict[str, str] = {}
    sin_columna: str = ""
    columna_extra: str = ""
    fechas: Literal["", "dd/mm/aaaa"] = ""
    decimal: Literal["", "coma"] = ""
    formula: str = ""
    combinadas: bool = False
    truncado: bool = False
    solo_cabecera: bool = False
    utf16: bool = False
    de: OtherDelivery | None = None
    dias_tarde: int = 0

    @property
    def of_every_row(self) -> bool:
        """Whether what it spoils are cells, so that rows can be named."""
        return bool(self.fechas or self.decimal or self.formula)


class Fault(Declaration):
    """One error. `tabla` is the name of the file that declares it.

    `donde` chooses rows of the clean delivery (alias `t`; the delivery itself is `filas`) and the first `filas` of them are spoilt,
    all where it is 0. `cambio`: column -> expression over the clean row; `texto`: column -> what the cell says, whatever its type;
    `repite`: copies of the spoilt rows, which then carry the change; `quita`: rows that match and are left out (0 = none).
    `version` 2 is a second delivery after a right one. `en_filas`: findings name exactly the spoilt rows.
    """

    id: str
    tabla: str
    regla: str
    region: str = Field(pattern=r"^\d\d$")
    periodo: str
    historia: str
    donde: str = "TRUE"
    filas: int = Field(1, ge=0)
    columna: str = ""
    cambio: dict[str, str] = {}
    texto: dict[str, str] = {}
    repite: int = Field(0, ge=0)
    quita: int = Field(0, ge=0)
    archivo: FileFault | None = None
    version: Literal[1, 2] = 1
    en_filas: bool = True
    arrastra: tuple[str, ...] = ()

    @field_validator("cambio", mode="before")
    @classmethod
    def _as_expressions(cls, value: object) -> object:
        """YAML reads 0, TRUE and null as what they are; here they are expressions like any other."""
        return {k: "NULL" if v is None else str(v) for k, v in value.items()} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _does_something(self) -> Fault:
        if not (self.cambio or self.texto or self.repite or self.quita or self.archivo):
            raise ValueError("no dice qué se estropea: cambio, texto, repite, quita o archivo")
        return self

    @property
    def names_rows(self) -> bool:
        """Whether its findings must name the spoilt rows."""
        return self.en_filas and not self.quita and (self.archivo is None or self.archivo.of_every_row)

    @property
    def place(self) -> tuple[str, str, str]:
        return self.tabla, self.region, self.periodo


class _File(Declaration):
    faltas: tuple[Fault, ...]


@lru_cache(maxsize=1)
def faults() -> tuple[Fault, ...]:
    """Every declared error. Raises DeclarationError for an unknown key, an error that does nothing or an id used twice."""
    found = tuple(f for declared in read_folder(FOLDER, _read).values() for f in declared)
    names = [f.id for f in found]
    repeated = sorted({n for n in names if names.count(n) > 1})
    if repeated:
        raise DeclarationError(f"Hay más de una falta «{repeated[0]}».", cure="Póngale otro id.")
    return found


def faults_of(table: str, region: str, period: str) -> tuple[Fault, ...]:
    """The errors of one delivery."""
    return _by_place().get((table, region, period), ())


@lru_cache(maxsize=1)
def _by_place() -> dict[tuple[str, str, str], tuple[Fault, ...]]:
    places = dict.fromkeys(f.place for f in faults())
    return {place: tuple(f for f in faults() if f.place == place) for place in places}


def _read(path: Path) -> tuple[Fault, ...]:
    content = read_yaml(path)
    listed = content.get("faltas")
    if isinstance(listed, list):
        content = content | {"faltas": [{"tabla": path.stem, **f} if isinstance(f, dict) else f for f in listed]}
    return parse(_File, content, path).faltas
