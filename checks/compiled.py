"""A contract compiled into its rules. Compiling is also the check that the contract's own rules make sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from checks.column_rules import column_rules
from checks.contract_rules import contract_rules
from checks.file_rules import file_rules
from checks.own_tables import HISTORY, PREVIOUS
from checks.personal_data import personal_data_rules
from checks.rules import FileRule, RowRule, Rules, literal
from checks.territory_rules import territory_rules
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.declarations import short_name
from warehouse.delta import ARROW_TYPES, accepted_schema
from warehouse.errors import DeclarationError, suggest

_CURE = "Corrija el contrato y repita."
_BATCH_COLUMNS = {"cod_region": "string", "entrega_id": "string", "entrega_region": "string", "entrega_periodo": "string", "fila_origen": "integer"}


def batch_schema(contract: Contract) -> pa.Schema:
    """The columns of a batch's rows, as row predicates see them in `lote`."""
    own = [pa.field(c.name, ARROW_TYPES["string" if c.treatment == "hash" else c.type]) for c in contract.columns if c.treatment != "descartar"]
    names = {f.name for f in own}
    return pa.schema(own + [pa.field(n, ARROW_TYPES[t]) for n, t in _BATCH_COLUMNS.items() if n not in names])


def compile_rules(
    contract: Contract, contracts: Mapping[str, Contract], today: date, known_hashes: Mapping[str, tuple[str, str]] | None = None
) -> Rules:
    """Every rule of `contract`. `contracts`: the tables its rules may name. Raises DeclarationError naming rule, word and the likely one."""
    with duck.engine(threads=1) as connection:
        return _compile(contract, contracts, today, known_hashes or {}, connection)


def _compile(
    contract: Contract, contracts: Mapping[str, Contract], today: date, known_hashes: Mapping[str, tuple[str, str]], connection: duck.Connection
) -> Rules:
    schemas = {name: accepted_schema(c) for name, c in contracts.items()}
    schemas |= dict.fromkeys((HISTORY, PREVIOUS), batch_schema(contract))
    titles = {name: c.title.es for name, c in contracts.items()}
    connection.register("lote", batch_schema(contract).empty_table())
    connection.execute(f"CREATE OR REPLACE MACRO hoy() AS DATE '{today}'")
    _check_columns(contract, contracts, connection)
    own = list(contract_rules(contract, schemas, connection))
    rules = Rules(
        row=(
            *column_rules(contract, titles, today),
            *territory_rules(contract),
            *personal_data_rules(contract),
            *(r for r in own if isinstance(r, RowRule)),
        ),
        file=(*file_rules(contract, known_hashes), *(r for r in own if isinstance(r, FileRule))),
    )
    repeated = sorted(n for n, times in Counter(r.name for r in rules.all).items() if times > 1)
    if repeated:
        raise DeclarationError(f"{short_name(contract.path)}: hay más de una regla «{repeated[0]}».", cure="Póngale otro id.")
    return rules


def _check_columns(contract: Contract, contracts: Mapping[str, Contract], connection: duck.Connection) -> None:
    """What columns name exists, and their patterns can be read. Raises DeclarationError."""
    for column in contract.columns:
        where = f"{short_name(contract.path)}: la columna «{column.name}»"
        if column.references:
            table, _, key = column.references.partition(".")
            known = contract if table == contract.table else contracts.get(table)
            if known is None:
                raise DeclarationError(f"{where} se refiere a la tabla «{table}», que no existe.{suggest(table, contracts)}", cure=_CURE)
            if key not in known.column_names:
                raise DeclarationError(f"{where} se refiere a «{table}.{key}», que no existe.{suggest(key, known.column_names)}", cure=_CURE)
        try:
            connection.sql(f"SELECT regexp_matches('', {literal(column.pattern)})").to_arrow_table()
        except duck.Error as error:
            raise DeclarationError(f"{where} pide una forma que no se puede leer: {str(error).splitlines()[0]}", cure=_CURE) from error


def check_declarations(contracts: Mapping[str, Contract], today: date | None = None) -> None:
    """Compile every contract; for the moment they are loaded. Raises one DeclarationError with every fault of every contract."""
    faults = []
    with duck.engine(threads=1) as connection:
        for contract in contracts.values():
            try:
                _compile(contract, contracts, today or date.today(), {}, connection)
            except DeclarationError as error:
                faults.append(error.what)
    if faults:
        raise DeclarationError("\n".join(faults), cure="Corrija los contratos y repita.")
