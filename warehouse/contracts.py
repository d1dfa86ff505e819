"""Data contracts: Open Data Contract Standard v3 files, read strictly and seen as the few things the rooms need.

What the standard has no word for stands in `customProperties` (contract and column) and in the `implementation` of a
quality rule; both are strict models here, so a misspelt key is an error there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from open_data_contract_standard.model import DataQuality, OpenDataContractStandard, SchemaProperty
from pydantic import BaseModel, Field, StringConstraints

from warehouse.declarations import Declaration, _nested_model, parse, read_folder, read_yaml, short_name
from warehouse.errors import DeclarationError, SiegemError, suggest
from warehouse.territories import COUNTRY, regions

Severity = Literal["bloqueante", "error", "advertencia", "informativa"]
Dimension = Literal[
    "esquema", "clave", "referencial", "rango", "coherencia", "conciliacion",
    "oportunidad", "completitud", "duplicidad", "atipico", "totales",
]  # fmt: skip
ColumnType = Literal["string", "integer", "number", "date", "boolean"]

#: columns that ETL adds to every accepted row, after the contract's own (CONTRACTS section 0)
TECHNICAL_COLUMNS: dict[str, str] = {
    "cod_region": "string",  # the partition; a contract may have it as its own column
    "entrega_id": "string",
    "entrega_region": "string",
    "entrega_periodo": "string",
    "fila_origen": "integer",
    "cargado_en": "timestamp",
    "estado_registro": "string",
    "hash_fila": "string",
}


class Bilingual(Declaration):
    """A text for people, in both languages of the interface."""

    es: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Source(Declaration):
    """Who published the figures and how they reached us. Frozen into every publication."""

    publicador: Bilingual
    titulo: Bilingual
    url: str = ""
    via: str = ""
    licencia: str = ""
    fecha: date | None = None
    sintetico: bool = False


class TerritoryRule(Declaration):
    """How a row's territory is found. `mapa` translates printed codes (LL+PC+MQ) into ours."""

    columna: str
    tipo: Literal["region", "departamento", "ubigeo", "ambito", "ninguno"]
    mapa: dict[str, str] = {}


class Delivery(Declaration):
    """Who submits what for which period. Due on the `plazo_dia_habil`-th business day, or `plazo_dias` calendar days, after the period's end.

    ambito: each regional government, one national body for all, or «sistema», which SIEGEM builds itself and nobody delivers.
    A file of a longer period (a year of a monthly table) is a historical load, without deadline. `regiones`: the only regions that
    owe it, where not all do. `volumen_estable` false: the number of rows grows as cases advance, so it is not compared with that
    of earlier deliveries (G-10).
    """

    ambito: Literal["region", "nacional", "sistema"]
    periodicidad: Literal["mensual", "trimestral", "anual", "unica"]
    plazo_dia_habil: int | None = Field(None, ge=1, le=40)
    plazo_dias: int | None = Field(None, ge=1, le=400)
    plazo_estado: Literal["propuesto", "norma"] = "propuesto"
    responsable: str = ""
    regiones: tuple[str, ...] = ()
    volumen_estable: bool = True


class Migration(Declaration):
    """What changed after a version of the contract, so that a template filled under it can still be read.

    renombra: old name -> new name · agrega: new column -> the value every row gets, or nothing · quita: columns that are no
    longer asked for · valores: column (by its new name) -> old value -> new value.
    """

    renombra: dict[str, str] = {}
    agrega: dict[str, str | None] = {}
    quita: tuple[str, ...] = ()
    valores: dict[str, dict[str, str]] = {}


class RuleBody(Declaration):
    """What ODCS leaves to us in a rule's `implementation`.

    ambito fila: `sql` is a DuckDB predicate over the table (alias `t`, references by table name); TRUE = the row breaks it.
    ambito archivo: `prueba` names a function of `checks` with its `parametros`; or `consulta` is a SELECT over `lote` that gives one
    row for each finding: `entrega_id`, `fila_origen` where a row is to blame, and whatever words the sentence asks for.
    Besides tables, `referencias` may name `historia` (every accepted row of this same table, those of the batch in place of the
    ones they replace) and `version_anterior` (the accepted rows that the batch's submissions replace). `hoy()` is the day of judging.
    `sin_verificar`: what of the rule rests on a norm or figure nobody could verify; shown wherever the rule is.
    """

    ambito: Literal["fila", "archivo"]
    dimension: Dimension
    columna: str = ""
    sql: str = ""
    prueba: str = ""
    consulta: str = ""
    parametros: dict[str, Any] = {}
    referencias: tuple[str, ...] = ()
    remedio: str = ""
    sin_verificar: str = ""


class Rule(Declaration):
    """A quality rule. `sentence` is a Spanish template over {fila}, {columna}, {valor} and the row's columns."""

    id: str
    severity: Severity
    sentence: str
    body: RuleBody


class Column(Declaration):
    """A column of a contract. `source_names`: headers accepted besides the name, compared without case or accents."""

    name: str
    type: ColumnType
    required: bool = False
    key: bool = False
    allowed: tuple[str, ...] = ()
    labels: dict[str, Bilingual] = {}
    equivalences: dict[str, str] = {}
    source_names: tuple[str, ...] = ()
    references: str = ""
    classification: Literal["publica", "agregada", "restringida"] = "publica"
    treatment: Literal["", "hash", "descartar"] = ""
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    description: str = ""
    unit: str = ""
    #: dates outside 2002-today that are right here: «antiguas» (titles), «futuras» (ends of validity), «libres» (both)
    dates: Literal["", "antiguas", "futuras", "libres"] = ""
    #: a good value, shown in templates
    example: str = ""
    #: what of the column rests on something nobody could verify
    unverified: str = ""
    #: codes whose shape may look like a document or a telephone number: the search for personal data (G-13) leaves them out
    code: bool = False


class Contract(Declaration):
    """A table's contract as the rooms use it."""

    table: str
    contract: str
    version: str
    title: Bilingual
    purpose: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    source: Source
    caveats: tuple[Bilingual, ...]
    territory: TerritoryRule
    delivery: Delivery
    path: Path
    #: last version with the old form -> what changed after it; see `etl.templates.migration`
    migrations: dict[str, Migration] = {}

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.key)

    @property
    def senders(self) -> tuple[str, ...]:
        """Who owes its deliveries: region codes, «00» where a national body does, nobody where the system builds it."""
        if self.delivery.ambito == "sistema":
            return ()
        if self.delivery.ambito == "nacional":
            return (COUNTRY,)
        return self.delivery.regiones or tuple(r.codigo for r in regions())

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`. Raises KeyError."""
        return next(c for c in self.columns if c.name == name) if name in self.column_names else _no_column(self, name)


def _no_column(contract: Contract, name: str) -> Column:
    raise KeyError(f"{contract.table} no tiene la columna «{name}»")


class _ColumnExtras(Declaration):
    equivalencias: dict[str, str] = {}
    tratamiento: Literal["", "hash", "descartar"] = ""
    etiquetas_en: dict[str, str] = {}
    unidad: str = ""
    fechas: Literal["", "antiguas", "futuras", "libres"] = ""
    sin_verificar: str = ""
    codigo: bool = False


class _ContractExtras(Declaration):
    contrato: str
    titulo_en: str
    fuente: Source
    advertencias: tuple[Bilingual, ...] = ()
    territorio: TerritoryRule
    entrega: Delivery
    migraciones: dict[Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")], Migration] = {}


def load_contract(path: Path) -> Contract:
    """Read one ODCS file. Raises DeclarationError naming file, key and what was perhaps meant."""
    content = read_yaml(path)
    unknown = [f"{short_name(path)}: la clave «{where}» no existe.{hint}" for where, hint in _unknown(OpenDataContractStandard, content)]
    if unknown:
        raise DeclarationError("\n".join(unknown), cure="Corrija el contrato y repita.")
    odcs = parse(OpenDataContractStandard, content, path)
    if not odcs.schema_ or len(odcs.schema_) != 1 or odcs.schema_[0].name != odcs.id or path.stem != odcs.id:
        raise DeclarationError(f"{short_name(path)}: un contrato declara una sola tabla, con el nombre del archivo y del id.")
    table = odcs.schema_[0]
    extras = parse(_ContractExtras, {p.property or "": p.value for p in odcs.customProperties or []}, path)
    columns = tuple(_column(p, path) for p in table.properties or [])
    rules = tuple(_rule(q, path) for q in table.quality or [])
    _check_names(path, columns, rules, extras)
    return Contract(
        table=odcs.id or "", contract=extras.contrato, version=odcs.version or "",
        title=Bilingual(es=odcs.name or "", en=extras.titulo_en),
        purpose=(odcs.description.purpose if odcs.description else None) or "",
        columns=columns, rules=rules, source=extras.fuente, caveats=extras.advertencias,
        territory=extras.territorio, delivery=extras.entrega, path=path, migrations=extras.migraciones,
    )  # fmt: skip


def _column(prop: SchemaProperty, path: Path) -> Column:
    extras = parse(_ColumnExtras, {p.property or "": p.value for p in prop.customProperties or []}, path)
    options = prop.logicalTypeOptions or {}
    allowed = tuple(str(e.value) for e in prop.enum or [])
    labels = {
        str(e.value): Bilingual(es=e.label or str(e.value), en=extras.etiquetas_en.get(str(e.value), e.label or str(e.value)))
        for e in prop.enum or []
    }
    content = {
        "name": prop.name, "type": prop.logicalType, "required": bool(prop.required), "key": bool(prop.primaryKey),
        "allowed": allowed, "labels": labels, "equivalences": extras.equivalencias,
        "source_names": tuple(n for n in (prop.physicalName, *(s.synonym for s in prop.synonyms or [])) if n),
        "references": next((str(r.to) for r in prop.relationships or [] if r.to), ""),
        "classification": prop.classification or "publica", "treatment": extras.tratamiento, "unit": extras.unidad,
        "dates": extras.fechas, "unverified": extras.sin_verificar, "code": extras.codigo,
        "example": str(prop.examples[0]) if prop.examples else "",
        "minimum": options.get("minimum"), "maximum": options.get("maximum"), "pattern": options.get("pattern", ""),
        "description": prop.description or "",
    }  # fmt: skip
    return parse(Column, content, path)


def _rule(quality: DataQuality, path: Path) -> Rule:
    if quality.engine != "siegem" or not isinstance(quality.implementation, dict):
        raise DeclarationError(f"{short_name(path)}: la regla «{quality.id}» debe tener engine: siegem y una implementation con claves.")
    body = parse(RuleBody, quality.implementation, path)
    if [bool(body.sql), bool(body.prueba), bool(body.consulta)].count(True) != 1 or (body.ambito == "fila") != bool(body.sql):
        raise DeclarationError(f"{short_name(path)}: la regla «{quality.id}» lleva «sql» si es de fila, y «prueba» o «consulta» si es de archivo.")
    return parse(Rule, {"id": quality.id, "severity": quality.severity, "sentence": quality.description, "body": body}, path)


def _check_names(path: Path, columns: tuple[Column, ...], rules: tuple[Rule, ...], extras: _ContractExtras) -> None:
    names = {c.name for c in columns}
    wanted = [(f"regla {r.id}", r.body.columna) for r in rules if r.body.columna]
    if extras.territorio.tipo != "ninguno":
        wanted.append(("territorio", extras.territorio.columna))
    for where, name in wanted:
        if name not in names:
            raise DeclarationError(f"{short_name(path)}: {where} nombra la columna «{name}», que no existe.{suggest(name, names)}")


def _unknown(model: type[BaseModel], content: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Keys that the standard does not have, with a hint. Free-form values (Any, dict[str, Any]) are not entered."""
    if isinstance(content, list):
        for i, item in enumerate(content):
            yield from _unknown(model, item, f"{where}[{i}]")
        return
    if not isinstance(content, dict):
        return
    fields = {(f.alias or n): f for n, f in model.model_fields.items()}
    for key, value in content.items():
        label = f"{where}.{key}" if where else str(key)
        if key not in fields:
            yield label, suggest(str(key), fields)
            continue
        nested = _nested_model(fields[key].annotation)
        if nested is not None:
            yield from _unknown(nested, value, label)


@lru_cache(maxsize=8)
def load_contracts(folder: Path) -> dict[str, Contract]:
    """All contracts of `folder` by table, in name order. Raises one DeclarationError with every fault of every file."""
    return read_folder(folder, load_contract)


def contract(contracts: dict[str, Contract], table: str) -> Contract:
    """The contract of `table`. Raises SiegemError with the nearest name."""
    if table not in contracts:
        raise SiegemError(
            f"No hay contrato para la tabla «{table}».{suggest(table, contracts)}",
            cure="Vea las tablas en docs/contratos.md.",
        )
    return contracts[table]


def number_of(version: str) -> tuple[int, ...]:
    """A version to be compared: «1.10.0» comes after «1.9.0»."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
