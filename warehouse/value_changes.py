"""Values in force beside those that come: which are new, go or are altered, and how that is stored; for the internal store and the public one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Column, Connection, Dialect, Integer, insert, select, update
from sqlalchemy.sql.schema import Table

from warehouse.tables import valores
from warehouse.value_columns import KEY, VALUE_COLUMNS

#: rows written at a time
INSERTED = 10_000


@dataclass(frozen=True)
class Changes:
    """`incoming` (values with their digest) beside what is in force.

    `fresh`, `gone` and `altered` are masks of `both`, which has one row for each key of either.
    """

    incoming: pd.DataFrame
    both: pd.DataFrame

    @classmethod
    def between(cls, connection: Connection, incoming: pd.DataFrame, *of: Any) -> Changes:
        """`of`: conditions of the values in force that count, all of them where none is given."""
        in_force = select(*(valores.c[c] for c in (*KEY, "id", "huella"))).where(valores.c.hasta_publicacion.is_(None), *of)
        told = incoming[[*KEY, "huella"]]
        return cls(incoming, told.merge(pd.read_sql(in_force, connection), on=KEY, how="outer", suffixes=("", "_vigente"), indicator=True))

    @property
    def fresh(self) -> pd.Series:
        return self.both["_merge"] == "left_only"

    @property
    def gone(self) -> pd.Series:
        return self.both["_merge"] == "right_only"

    @property
    def altered(self) -> pd.Series:
        return (self.both["_merge"] == "both") & (self.both["huella"] != self.both["huella_vigente"])

    @property
    def any(self) -> bool:
        return bool((self.fresh | self.gone | self.altered).any())

    def ids(self, mask: pd.Series) -> list[int]:
        return self.both.loc[mask, "id"].astype(int).tolist()

    def keys(self, mask: pd.Series) -> pd.DataFrame:
        return self.both.loc[mask, KEY]

    def store(self, connection: Connection, number: int) -> None:
        """What goes or is altered holds no longer from publication `number` on; what is new or altered holds from it on."""
        close(connection, valores, self.ids(self.gone | self.altered), number)
        wanted = pd.MultiIndex.from_frame(self.keys(self.fresh | self.altered))
        insert_values(connection, valores, self.incoming[pd.MultiIndex.from_frame(self.incoming[KEY]).isin(wanted)], number)


def insert_values(connection: Connection, table: Table, frame: pd.DataFrame, number: int) -> None:
    """New rows with their digest, valid from `number`, some thousands at a time: a million of them as dictionaries would be gigabytes.

    SQLAlchemy writes the statement and says how each column is stored, and the driver gets the rows: making parameters of every row in
    turn would take longer than storing them.
    """
    columns = [*VALUE_COLUMNS, "huella", "desde_publicacion"]
    statement = insert(table).inline().compile(dialect=connection.dialect, column_keys=columns)
    for start in range(0, len(frame), INSERTED):
        part = frame.iloc[start : start + INSERTED].assign(desde_publicacion=number)
        # a driver takes parameters by place or by name
        order = statement.positiontup or columns
        rows = zip(*(_stored(table.c[c], part[c], connection.dialect) for c in order), strict=True)
        connection.exec_driver_sql(str(statement), [dict(zip(columns, row, strict=True)) for row in rows] if order is columns else list(rows))


def _stored(column: Column[Any], values: pd.Series, dialect: Dialect) -> list[Any]:
    """The values of a column as the driver takes them; absences as null."""
    plain = values.astype(object).where(values.notna(), None).tolist()
    if isinstance(column.type, Integer):
        plain = [None if v is None else int(v) for v in plain]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return [process(v) for v in plain] if process else plain


def close(connection: Connection, table: Table, ids: list[int], number: int) -> None:
    """These rows hold no longer from publication `number` on."""
    for start in range(0, len(ids), 500):
        connection.execute(update(table).where(table.c.id.in_(ids[start : start + 500])).values(hasta_publicacion=number))
