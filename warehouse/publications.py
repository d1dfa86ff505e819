"""Publications: numbered, immutable, made in one transaction; values are stored once and valid until superseded.

What was published on a day is a query (`as_of`), and a revision is a difference that was written down when it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Select, Text, and_, case, cast, func, insert, or_, select, tuple_
from sqlalchemy.sql.schema import Table

from warehouse.database import now, writing
from warehouse.publication_cards import Outcome, Publication, digest, every, get, last, latest, on_day
from warehouse.states import PUBLISHED
from warehouse.submissions import REJECTED, newest
from warehouse.tables import dispensas, entregas, fichas, fuentes, indices, publicaciones, resultados_calidad, revisiones, valores
from warehouse.territories import COUNTRY
from warehouse.value_changes import Changes, close
from warehouse.value_columns import FIGURES, KEY, VALUE_COLUMNS, with_digest
from warehouse.waivers import counted_at

__all__ = ["FIGURES", "KEY", "VALUE_COLUMNS", "Outcome", "Publication", "digest", "every", "get", "latest", "on_day"]

#: a value by column
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """What is to be published. `values` has VALUE_COLUMNS; `sheets` and `sources` are rows of `fichas` and `fuentes`."""

    values: pd.DataFrame
    sheets: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    versions: dict[str, int]
    code: str
    digest: str
    data_until: date | None = None
    completeness: float | None = None
    note: str = ""
    #: rows of `indices`
    indices: list[dict[str, Any]] = field(default_factory=list)
    #: (old value row, new value row) -> the Spanish reason of a revision
    reason: Callable[[Row, Row], str] = field(default=lambda old, new: "Dato corregido en la fuente.")


def publish(engine: Engine, draft: Draft, run: int | None = None) -> Outcome:
    """Publish a draft in one transaction, or nothing at all. An identical draft makes no new publication."""
    incoming = with_digest(draft.values)
    with writing(engine).begin() as connection:
        changes = Changes.between(connection, incoming)
        sheets, sources = superseded(connection, fichas, "indicador", draft.sheets), superseded(connection, fuentes, "tabla", draft.sources)
        composed = superseded(connection, indices, "clave", draft.indices)
        previous = last(connection)
        known = newest(connection)
        # A rejected file changes no figure, but the quality page of a publication shows only submissions it knew.
        news = changes.any or any((*sheets, *sources, *composed)) or (previous is not None and known > previous.hasta_entrega)
        if previous is not None and not news:
            return Outcome(previous, changed=False)
        replaced = _rows(connection, valores, changes.ids(changes.altered))
        revised = _revisions(replaced, incoming, changes.keys(changes.altered), draft.reason)
        number = (previous.numero if previous else 0) + 1
        told = {
            "numero": number,
            "creada_en": now(),
            "datos_al": draft.data_until,
            "codigo": draft.code,
            "huella": draft.digest,
            "versiones": draft.versions,
            "hasta_entrega": known,
            "completitud": draft.completeness,
            "nuevos": int(changes.fresh.sum()),
            "revisados": len(revised),
            "retirados": int(changes.gone.sum()),
            "nota": draft.note,
            "corrida_id": run,
        }
        connection.execute(insert(publicaciones).values(told))
        changes.store(connection, number)
        if revised:
            connection.execute(insert(revisiones), [{"publicacion": number, **row} for row in revised])
        for table, (closed, new) in ((fichas, sheets), (fuentes, sources), (indices, composed)):
            close(connection, table, closed, number)
            if new:
                connection.execute(insert(table), [{**row, "desde_publicacion": number} for row in new])
    return Outcome(get(engine, number), changed=True)


def _rows(connection: Connection, table: Table, ids: list[int]) -> pd.DataFrame:
    """Whole rows by id."""
    parts = [pd.read_sql(select(table).where(table.c.id.in_(ids[start : start + 500])), connection) for start in range(0, len(ids), 500)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _revisions(current: pd.DataFrame, incoming: pd.DataFrame, keys: pd.DataFrame, reason: Callable[[Row, Row], str]) -> list[dict[str, Any]]:
    """One row for each altered figure whose published reading changes; an altered interval or notice alone is not a revision."""
    if keys.empty:
        return []
    both = keys.merge(current, on=KEY).merge(incoming, on=KEY, suffixes=("_anterior", "_nuevo"))
    rows = []
    for pair in both.to_dict("records"):
        same = all(_same(pair[f"{c}_anterior"], pair[f"{c}_nuevo"]) for c in ("valor", "numerador", "denominador", "estado"))
        if same:
            continue
        key = {k: pair[k] for k in KEY}
        old, new = ({**key, **{c: pair[f"{c}_{side}"] for c in ("nivel", *FIGURES)}} for side in ("anterior", "nuevo"))
        figures = {
            f"{c}_{side}": _plain(pair[f"{c}_{side}"]) for c in ("valor", "numerador", "denominador", "estado") for side in ("anterior", "nuevo")
        }
        rows.append({**key, **figures, "motivo": reason(old, new)})
    return rows


def _same(a: Any, b: Any) -> bool:
    if pd.isna(a) or pd.isna(b):
        return bool(pd.isna(a) and pd.isna(b))
    return f"{a:.10g}" == f"{b:.10g}" if isinstance(a, float) else bool(a == b)


def _plain(value: Any) -> Any:
    """A database scalar: NaN and NaT become null, numpy numbers become Python's."""
    if isinstance(value, list):
        return value
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def superseded(connection: Connection, table: Table, key: str, rows: list[dict[str, Any]]) -> tuple[list[int], list[dict[str, Any]]]:
    """Ids of rows no longer true, and the rows to insert, by comparing digests."""
    current = {r[key]: r for r in connection.execute(select(table).where(table.c.hasta_publicacion.is_(None))).mappings()}
    incoming = {r[key]: r for r in rows}
    new = [r for k, r in incoming.items() if k not in current or current[k]["huella"] != r["huella"]]
    closed = [r["id"] for k, r in current.items() if k not in incoming or r["huella"] != incoming[k]["huella"]]
    return closed, new


def valid(table: Table, number: int) -> Any:
    """The condition that a row holds in publication `number`."""
    return and_(table.c.desde_publicacion <= number, or_(table.c.hasta_publicacion.is_(None), table.c.hasta_publicacion > number))


def values(engine: Engine, number: int, **filters: Any) -> pd.DataFrame:
    """Values as of publication `number`; `filters` are columns of `valores` with a value or a list. Columns: VALUE_COLUMNS.

    Sorted by indicator, breakdown category, territory and period. `avisos` holds lists.
    """
    query: Select[Any] = select(*(valores.c[c] for c in VALUE_COLUMNS)).where(valid(valores, number))
    for column, wanted in filters.items():
        if wanted is None:
            continue
        field_ = valores.c[column]
        query = query.where(field_.in_(list(wanted)) if isinstance(wanted, (list, tuple, set)) else field_ == wanted)
    with engine.connect() as connection:
        return pd.read_sql(
            query.order_by(valores.c.indicador, valores.c.categoria, valores.c.territorio, valores.c.tipo_periodo, valores.c.periodo), connection
        )


def periods(engine: Engine, number: int, indicators: list[str] | None = None) -> list[tuple[str, str, str, str, int, int]]:
    """(indicator, period kind, period, COUNTRY or "", values shown, of them with an incomplete series), oldest period first.

    Of what is undivided; of the categories of these `indicators` where they are given.
    """
    shown = valores.c.estado == PUBLISHED
    partial = and_(shown, cast(valores.c.avisos, Text).like('%"serie_incompleta"%'))
    place = case((valores.c.territorio == COUNTRY, COUNTRY), else_="").label("lugar")
    of = (valores.c.indicador, valores.c.tipo_periodo, valores.c.periodo, place)
    query = select(*of, func.sum(case((shown, 1), else_=0)), func.sum(case((partial, 1), else_=0))).where(valid(valores, number))
    query = query.where(valores.c.categoria == "" if indicators is None else valores.c.indicador.in_(indicators))
    with engine.connect() as connection:
        return [(r[0], r[1], r[2], r[3], int(r[4]), int(r[5])) for r in connection.execute(query.group_by(*of).order_by(*of))]


def undivided_at(engine: Engine, number: int, wanted: list[tuple[str, str, str]]) -> pd.DataFrame:
    """Undivided values of many (indicator, period kind, period) in one question; sorted as `values` sorts."""
    of = tuple_(valores.c.indicador, valores.c.tipo_periodo, valores.c.periodo)
    query = select(*(valores.c[c] for c in VALUE_COLUMNS)).where(valid(valores, number), valores.c.categoria == "", of.in_(wanted))
    with engine.connect() as connection:
        return pd.read_sql(query.order_by(valores.c.indicador, valores.c.territorio), connection)


def sheets(engine: Engine, number: int) -> dict[str, dict[str, Any]]:
    """Indicator -> {ficha, tablas, sql, huella} as frozen in publication `number`, in id order."""
    with engine.connect() as connection:
        rows = connection.execute(select(fichas).where(valid(fichas, number)).order_by(fichas.c.indicador)).mappings()
        return {r["indicador"]: {"ficha": r["ficha"], "tablas": r["tablas"], "sql": r["sql"], "huella": r["huella"]} for r in rows}


def index_results(engine: Engine, number: int, index: str, **filters: Any) -> list[dict[str, Any]]:
    """Results of a composite index as of publication `number`: territorio, tipo_periodo, periodo, resultado; oldest period first.

    `filters`: columns of `indices` with a value. The definition is `index_sheet`.
    """
    query = select(indices).where(valid(indices, number), indices.c.indice == index, indices.c.territorio != "")
    for column, wanted in filters.items():
        if wanted is not None:
            query = query.where(indices.c[column] == wanted)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(indices.c.periodo, indices.c.territorio)).mappings()
        return [{k: r[k] for k in ("territorio", "tipo_periodo", "periodo", "resultado")} for r in rows]


def index_sheet(engine: Engine, number: int, index: str) -> dict[str, Any] | None:
    """The definition of a composite index as frozen in publication `number`; None where it has none."""
    with engine.connect() as connection:
        row = connection.execute(select(indices.c.resultado).where(valid(indices, number), indices.c.clave == index)).scalar_one_or_none()
        return dict(row) if row is not None else None


def sources(engine: Engine, number: int) -> dict[str, dict[str, Any]]:
    """Table -> its row of `fuentes` as frozen in publication `number`."""
    with engine.connect() as connection:
        rows = connection.execute(select(fuentes).where(valid(fuentes, number)).order_by(fuentes.c.tabla)).mappings()
        return {r["tabla"]: dict(r) for r in rows}


def revisions(engine: Engine, number: int, **filters: Any) -> pd.DataFrame:
    """Revisions made by publications up to `number`, newest first, with `creada_en` of their publication."""
    query = select(revisiones, publicaciones.c.creada_en).join(publicaciones, publicaciones.c.numero == revisiones.c.publicacion)
    query = query.where(revisiones.c.publicacion <= number)
    for column, wanted in filters.items():
        if wanted is not None:
            query = query.where(revisiones.c[column] == wanted)
    with engine.connect() as connection:
        return pd.read_sql(query.order_by(revisiones.c.publicacion.desc(), revisiones.c.id), connection)


def known_submissions(number: int) -> Any:
    """The condition that a submission was there when publication `number` was made."""
    limit = select(publicaciones.c.hasta_entrega).where(publicaciones.c.numero == number).scalar_subquery()
    return entregas.c.seq <= limit


def newest_submissions(number: int, *, accepted: bool = False) -> Any:
    """The last version of each table, place and period known to publication `number`, as a query of `seq`; `accepted`: the last accepted one."""
    e = entregas.c
    query = select(func.max(e.seq)).where(known_submissions(number), *([e.estado != REJECTED] if accepted else []))
    return query.group_by(e.tabla, e.cod_region, e.periodo)


def submissions(
    engine: Engine, number: int, *, tables: list[str] | None = None, region: str | None = None, only_current: bool = False
) -> pd.DataFrame:
    """Submissions known when publication `number` was made, oldest first; `only_current`: the accepted version in force of each place."""
    query = select(entregas).where(known_submissions(number))
    if tables is not None:
        query = query.where(entregas.c.tabla.in_(tables))
    if region is not None:
        query = query.where(entregas.c.cod_region == region)
    if only_current:
        query = query.where(entregas.c.seq.in_(newest_submissions(number, accepted=True)))
    with engine.connect() as connection:
        return pd.read_sql(query.order_by(entregas.c.seq), connection)


def quality(engine: Engine, number: int, **filters: Any) -> pd.DataFrame:
    """Rule results of the newest submission of each place known to publication `number`, with tabla, cod_region, periodo, archivo, version."""
    own = [c for c in resultados_calidad.c if c.name != "id"]
    place = [entregas.c[c] for c in ("tabla", "cod_region", "periodo", "archivo", "version", "recibido_en")]
    query = select(*own, *place, entregas.c.estado.label("estado_entrega")).join(entregas, entregas.c.entrega_id == resultados_calidad.c.entrega_id)
    query = query.where(entregas.c.seq.in_(newest_submissions(number)))
    for column, wanted in filters.items():
        if wanted is not None:
            where = (entregas if column in entregas.c and column != "estado" else resultados_calidad).c[column]
            query = query.where(where.in_(wanted) if isinstance(wanted, list | tuple) else where == wanted)
    with engine.connect() as connection:
        return pd.read_sql(query.order_by(entregas.c.seq, resultados_calidad.c.regla_id), connection)


def exceptions(engine: Engine, number: int) -> pd.DataFrame:
    """Exceptions to a rule that were in force when publication `number` was made. Columns of `dispensas`."""
    with engine.connect() as connection:
        made = connection.execute(select(publicaciones.c.creada_en).where(publicaciones.c.numero == number)).scalar_one()
        return pd.read_sql(select(dispensas).where(*counted_at(made)).order_by(dispensas.c.id), connection)
