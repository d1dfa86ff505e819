"""Rows of a publication a page at a time, counted by the database: a publication has a million values, and a question may be about all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, Select, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from warehouse.periods import KINDS, Period
from warehouse.publications import newest_submissions, valid
from warehouse.tables import entregas, publicaciones, resultados_calidad, revisiones, valores
from warehouse.territories import region_of_ubigeo

#: a breakdown by province has its ubigeo as category
PROVINCE = "provincia"


@dataclass(frozen=True)
class Wanted:
    """Which values are asked for; an empty field asks for all. `breakdown` "" is what is undivided, None everything."""

    indicators: tuple[str, ...] = ()
    #: codes of territories; ubigeos of provinces, whose values are categories of their region
    places: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    #: periods wholly within both days
    since: date | None = None
    until: date | None = None
    breakdown: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class RowPages:
    """Rows as of one publication. Nothing is kept."""

    engine: Engine
    number: int

    def count_values(self, wanted: Wanted) -> dict[str, int]:
        """Indicator -> how many of its values are asked for; none where it has none."""
        query = select(valores.c.indicador, func.count()).where(*_conditions(self.number, wanted)).group_by(valores.c.indicador)
        with self.engine.connect() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query)}

    def values(self, columns: list[str], indicator: str, kinds: tuple[str, ...], wanted: Wanted, limit: int, offset: int) -> list[tuple[Any, ...]]:
        """Values of one indicator, its period kinds in the order of `kinds`, then by category, territory and period."""
        c = valores.c
        place = case({kind: n for n, kind in enumerate(kinds)}, value=c.tipo_periodo, else_=len(kinds))
        query = select(*(c[name] for name in columns)).where(*_conditions(self.number, wanted), c.indicador == indicator)
        return self._rows(query.order_by(place, c.categoria, c.territorio, c.periodo, c.id), limit, offset)

    def revisions(self, columns: list[str], limit: int, offset: int, **equal: Any) -> tuple[int, list[tuple[Any, ...]]]:
        """How many revisions were made up to this publication, and a page of them, newest first; `creada_en` is of their publication."""
        c = revisiones.c
        query = select(*(publicaciones.c.creada_en if name == "creada_en" else c[name] for name in columns))
        query = query.join(publicaciones, publicaciones.c.numero == c.publicacion).where(c.publicacion <= self.number)
        query = query.where(*(c[name] == value for name, value in equal.items() if value))
        return self._counted(query, limit, offset, c.publicacion.desc(), c.id)

    def results(self, columns: list[str], limit: int, offset: int, **equal: Any) -> tuple[int, list[tuple[Any, ...]]]:
        """Results of rules on the newest submission of each place: how many, and a page of them."""
        query = select(*(_of_quality(name) for name in columns)).join(entregas, entregas.c.entrega_id == resultados_calidad.c.entrega_id)
        query = query.where(entregas.c.seq.in_(newest_submissions(self.number)), *_equal(equal))
        return self._counted(query, limit, offset, entregas.c.seq, resultados_calidad.c.regla_id)

    def deliveries(self, columns: list[str], limit: int, offset: int, **equal: Any) -> tuple[int, list[tuple[Any, ...]]]:
        """Accepted deliveries in force: how many, and a page of them, oldest first."""
        query = select(*(entregas.c[name] for name in columns)).where(entregas.c.seq.in_(newest_submissions(self.number, accepted=True)))
        return self._counted(query.where(*_equal(equal)), limit, offset, entregas.c.seq)

    def rules(self, **equal: Any) -> list[dict[str, Any]]:
        """Each rule by table, place and outcome: deliveries judged, rows looked at and rows that failed."""
        r, e = resultados_calidad.c, entregas.c
        by = (e.tabla, e.cod_region, r.regla_id, r.dimension, r.severidad, r.estado)
        sums = (
            func.count().label("entregas"),
            func.sum(r.filas_evaluadas).label("filas_evaluadas"),
            func.sum(r.filas_fallidas).label("filas_fallidas"),
        )
        query = select(*by, *sums).join(entregas, e.entrega_id == r.entrega_id).where(e.seq.in_(newest_submissions(self.number)), *_equal(equal))
        with self.engine.connect() as connection:
            return [{str(k): v for k, v in row.items()} for row in connection.execute(query.group_by(*by).order_by(*by)).mappings()]

    def _counted(self, query: Select[Any], limit: int, offset: int, *order: Any) -> tuple[int, list[tuple[Any, ...]]]:
        with self.engine.connect() as connection:
            total = int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())
        return total, self._rows(query.order_by(*order), limit, offset) if offset < total else []

    def _rows(self, query: Select[Any], limit: int, offset: int) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query.limit(limit).offset(offset))]


def _of_quality(name: str) -> ColumnElement[Any]:
    """A column of results, else of their delivery, whose state is `estado_entrega`."""
    if name == "estado_entrega":
        return entregas.c.estado.label(name)
    own = name in resultados_calidad.c and name not in ("entrega_id", "id")
    return resultados_calidad.c[name] if own else entregas.c[name]


def _equal(equal: dict[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions on columns of results, then of deliveries; a value or several, nothing asked where empty."""
    found = []
    for name, value in equal.items():
        if value:
            column = resultados_calidad.c[name] if name in ("estado", "regla_id") else entregas.c[name]
            found.append(column.in_(value) if isinstance(value, list | tuple) else column == value)
    return found


def _conditions(number: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    c = valores.c
    found: list[ColumnElement[bool]] = [valid(valores, number)]
    for column, asked in ((c.indicador, wanted.indicators), (c.tipo_periodo, wanted.kinds), (c.periodo, wanted.periods)):
        if asked:
            found.append(column.in_(asked))
    places: list[ColumnElement[bool]] = [c.territorio.in_(wanted.places)] if wanted.places else []
    places += [and_(c.desglose == PROVINCE, c.categoria == province, c.territorio == region_of_ubigeo(province)) for province in wanted.provinces]
    if places:
        found.append(or_(*places))
    if wanted.breakdown is not None:
        found.append(c.desglose == wanted.breakdown if wanted.breakdown else c.categoria == "")
    if wanted.category is not None:
        found.append(c.categoria == wanted.category)
    if wanted.since or wanted.until:
        found.append(or_(*(_between(kind, wanted.since, wanted.until) for kind in KINDS)))
    return found


def _between(kind: str, since: date | None, until: date | None) -> ColumnElement[bool]:
    """Periods of a kind within two days: the codes of one kind sort as their dates do."""
    c = valores.c
    found: list[ColumnElement[bool]] = [c.tipo_periodo == kind]
    if since is not None:
        first = Period(date(since.year, since.month, 1), "mes").within(kind)
        found.append(c.periodo >= first.code if first.start >= since else c.periodo > first.code)
    if until is not None:
        last = Period(date(until.year, until.month, 1), "mes").within(kind)
        found.append(c.periodo <= last.code if last.end <= until else c.periodo < last.code)
    return and_(*found)
