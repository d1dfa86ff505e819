"""What comparing two sources gave, place by place. Insert-only: the newest row of a place is the one that counts.

Of each rule and evaluation there is a row without place («00», no period) that counts the places and names the versions compared;
the other rows are places, written only where something changed. One whose data are gone gets a row of no case, which withdraws it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, insert, or_, select

from warehouse.database import now
from warehouse.tables import conciliaciones
from warehouse.territories import COUNTRY

AGREES, DIFFERS, NOT_EVALUABLE = "cumple", "falla", "no_evaluable"
#: (cod_region, periodo, clave); that of the summary of an evaluation has neither period nor key
Place = tuple[str, str, str]
SUMMARY: Place = (COUNTRY, "", "")
_NUMBERS = ("valor_a", "valor_b", "diferencia", "tolerancia")


@dataclass(frozen=True)
class Compared:
    """Both values of one place of one rule, and their difference. `estado`: AGREES, DIFFERS or NOT_EVALUABLE; no case = withdrawn."""

    regla_id: str
    cod_region: str
    periodo: str
    clave: str
    valor_a: float | None
    valor_b: float | None
    diferencia: float | None
    tolerancia: float | None
    estado: str
    severidad: str
    casos: int
    casos_fallidos: int
    frase: str

    @property
    def place(self) -> Place:
        return self.cod_region, self.periodo, self.clave

    def same_as(self, other: Compared | None) -> bool:
        """Whether it tells nothing new. Sums of the same figures may differ in their last digits, which is no change."""
        if other is None:
            return False
        if any(not _near(getattr(self, n), getattr(other, n)) for n in _NUMBERS):
            return False
        return all(getattr(self, n) == getattr(other, n) for n in ("estado", "severidad", "casos", "casos_fallidos", "frase"))


def record(connection: Connection, rows: Iterable[Compared], title: Mapping[str, str], versions: Mapping[str, Any], run: int | None) -> int:
    """Insert rows of a rule in the caller's transaction; gives how many. `versions`: Delta version of each table compared."""
    same = {"titulo": dict(title), "versiones": dict(versions), "evaluado_en": now(), "corrida_id": run}
    values = [{**asdict(r), **same} for r in rows]
    if values:
        connection.execute(insert(conciliaciones), values)
    return len(values)


def last_versions(connection: Connection, rule: str) -> dict[str, Any]:
    """The versions that the newest evaluation of a rule compared; empty where there was none."""
    c = conciliaciones.c
    query = select(c.versiones).where(c.regla_id == rule, c.cod_region == SUMMARY[0], c.periodo == SUMMARY[1]).order_by(c.id.desc()).limit(1)
    found: dict[str, Any] | None = connection.execute(query).scalar()
    return found or {}


def places(connection: Connection, rule: str) -> dict[Place, Compared]:
    """The newest row of each place of a rule, those withdrawn left out."""
    names = list(Compared.__dataclass_fields__)
    rows = connection.execute(_newest(rule).with_only_columns(*(conciliaciones.c[n] for n in names)))
    found = (Compared(**dict(zip(names, row, strict=True))) for row in rows)
    return {r.place: r for r in found if r.casos and r.place != SUMMARY}


def latest(engine: Engine, rule: str | None = None) -> pd.DataFrame:
    """The newest row of each place that still stands, oldest first. Columns of `conciliaciones`."""
    c = conciliaciones.c
    query = _newest(rule).where(c.casos > 0, c.periodo != SUMMARY[1]).order_by(c.id)
    with engine.connect() as connection:
        return pd.read_sql(query, connection)


def worth_telling() -> ColumnElement[bool]:
    """Of the newest rows, those for people: places that still stand, and evaluations that could not be made at all."""
    c = conciliaciones.c
    return or_(and_(c.periodo != SUMMARY[1], c.casos > 0), and_(c.periodo == SUMMARY[1], c.estado == NOT_EVALUABLE))


def _newest(rule: str | None) -> Select[Any]:
    c = conciliaciones.c
    ids = select(func.max(c.id).label("id")).group_by(c.regla_id, c.cod_region, c.periodo, c.clave)
    if rule is not None:
        ids = ids.where(c.regla_id == rule)
    newest = ids.subquery()
    return select(conciliaciones).join(newest, conciliaciones.c.id == newest.c.id)


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
