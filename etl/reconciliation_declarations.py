"""Reconciliations as data: `reconciliations/X-01.yml`, which two sources are compared, with which statement and how near they must be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from checks.sentences import check_template
from warehouse import duck
from warehouse.contracts import Bilingual, Contract, Severity
from warehouse.declarations import Declaration, parse, read_folder, read_yaml, short_name
from warehouse.delta import accepted_schema
from warehouse.errors import DeclarationError, suggest

FOLDER = Path(__file__).resolve().parent / "reconciliations"
_CURE = "Corrija la conciliación y repita."
_PLACE = ("cod_region", "periodo", "clave", "valor_a", "valor_b")
_COUNTS = ("casos", "casos_fallidos")
#: what sentences may say besides the columns of the statement
WORDS = frozenset({"region", "periodo", "clave", "a", "b", "diferencia", "tolerancia", "casos", "casos_fallidos"})


class Side(Declaration):
    """One of the two sources: its tables, and what it is called within a sentence («el registro de trámites»)."""

    nombre: Bilingual
    tablas: tuple[str, ...] = Field(min_length=1)


class Tolerance(Declaration):
    """How far the values may be: the larger of an amount and a share of b. `a_no_supera_b`: only a value a above b is a difference."""

    absoluta: float = Field(0.0, ge=0)
    porcentaje: float = Field(0.0, ge=0, le=100)
    sentido: Literal["igual", "a_no_supera_b"] = "igual"

    def allowed(self, b: float | None) -> float:
        return max(self.absoluta, self.porcentaje / 100 * abs(b or 0.0))


class Reconciliation(Declaration):
    """One comparison. `sql` gives `cod_region, periodo, clave, valor_a, valor_b`, a value null where that side has nothing to compare.

    With `casos` and `casos_fallidos` too, rows were compared one by one and a place differs where a case fails; else the
    values are, with `tolerancia`. `reglas`: the contract rules that this is. `frase` tells both values and holds whatever the
    outcome; `remedio` is added to it where they differ.
    """

    id: str = Field(pattern=r"^(X-\d\d|C\d\d-CON-\d)$")
    titulo: Bilingual
    severidad: Severity
    reglas: tuple[str, ...] = ()
    lado_a: Side
    lado_b: Side
    referencias: tuple[str, ...] = ()
    sql: str
    tolerancia: Tolerance = Tolerance()
    frase: str
    remedio: str
    sin_verificar: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table that the statement may name."""
        return tuple(dict.fromkeys((*self.lado_a.tablas, *self.lado_b.tablas, *self.referencias)))

    @property
    def digest(self) -> str:
        """Changes with anything that could change what it finds or says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def statement(self) -> str:
        """The statement with its columns in their types, whatever it counted with."""
        given = ", ".join(f"CAST({n} AS {t}) AS {n}" for n, t in zip(_PLACE, ("VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE", "DOUBLE"), strict=True))
        return f"SELECT {given}, * EXCLUDE ({', '.join(_PLACE)}) FROM ({self.sql})"


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> dict[str, Reconciliation]:
    """Every declared reconciliation by id. Raises one DeclarationError with every fault of every file."""
    return read_folder(folder, _read)


def check(declared: Mapping[str, Reconciliation], contracts: Mapping[str, Contract]) -> None:
    """Bind every statement to empty tables. Raises one DeclarationError with every fault, naming file, word and the likely one."""
    faults: list[str] = []
    with duck.engine(threads=1) as connection:
        for one in declared.values():
            try:
                _bind(one, contracts, connection)
            except DeclarationError as error:
                faults.append(error.what)
    if faults:
        raise DeclarationError("\n".join(faults), cure=_CURE)


def counts_cases(columns: tuple[str, ...]) -> bool:
    """Whether a statement compared rows one by one."""
    return set(_COUNTS) <= set(columns)


def _read(path: Path) -> Reconciliation:
    one = parse(Reconciliation, read_yaml(path), path)
    if one.id != path.stem:
        raise DeclarationError(f"{short_name(path)}: el archivo debe llamarse como su id, «{one.id}».")
    if not one.frase.endswith(".") or not one.remedio.endswith("."):
        raise DeclarationError(f"{short_name(path)}: la frase y el remedio terminan en punto.")
    return one


def _bind(one: Reconciliation, contracts: Mapping[str, Contract], connection: duck.Connection) -> None:
    where = f"reconciliations/{one.id}.yml"
    for table in one.tables:
        if table not in contracts:
            raise DeclarationError(f"{where}: la tabla «{table}» no existe.{suggest(table, contracts)}", cure=_CURE)
    for table in one.tables:
        connection.register(table, accepted_schema(contracts[table]).empty_table())
    try:
        columns = tuple(str(c) for c in connection.sql(one.statement).columns)
    except duck.Error as error:
        raise DeclarationError(f"{where}: su consulta no se puede leer: {str(error).splitlines()[0]}", cure=_CURE) from error
    finally:
        for table in one.tables:
            connection.unregister(table)
    if counts_cases(columns) != bool(set(_COUNTS) & set(columns)):
        raise DeclarationError(f"{where}: su consulta da «casos» y «casos_fallidos», o ninguna de las dos.", cure=_CURE)
    for template in (one.frase, one.remedio):
        check_template(template, {*WORDS, *columns}, where)
