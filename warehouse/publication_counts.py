"""What pages say of a publication's deliveries and comparisons, counted by the database: the rows themselves are a hundred times more."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Engine, case, func, select

from warehouse.publications import newest_submissions
from warehouse.reconciliations import DIFFERS, worth_telling
from warehouse.submissions import REJECTED
from warehouse.tables import conciliaciones, entregas, publicaciones


def deliveries(engine: Engine, number: int) -> pd.DataFrame:
    """The newest versions counted by tabla, cod_region, por_periodo (false: they name a whole series) and estado: n, filas_cuarentena, datos_al."""
    c = entregas.c
    by = (c.tabla, c.cod_region, case((c.periodo < "A", 1), else_=0).label("por_periodo"), c.estado)
    counted = (func.count().label("n"), func.sum(c.filas_cuarentena).label("filas_cuarentena"), func.max(c.datos_al).label("datos_al"))
    with engine.connect() as connection:
        frame = pd.read_sql(select(*by, *counted).where(c.seq.in_(newest_submissions(number))).group_by(*by).order_by(*by), connection)
    return frame.assign(por_periodo=frame["por_periodo"].astype(bool))


def accepted(engine: Engine, number: int) -> int:
    """Deliveries of which a version is in force."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(newest_submissions(number, accepted=True).subquery())).scalar_one())


def refused(engine: Engine, number: int) -> pd.DataFrame:
    """Rejected submissions that nobody has replaced yet, oldest first."""
    c = entregas.c
    query = select(c.tabla, c.cod_region, c.periodo, c.archivo, c.recibido_en, c.mensaje).where(
        c.seq.in_(newest_submissions(number)), c.estado == REJECTED
    )
    with engine.connect() as connection:
        return pd.read_sql(query.order_by(c.seq), connection)


def comparisons(engine: Engine, number: int, told: int) -> list[dict[str, Any]]:
    """Each comparison between sources: regla_id, titulo, estados (state -> places) and the sentences of the `told` newest differences."""
    c = conciliaciones.c
    made = select(publicaciones.c.creada_en).where(publicaciones.c.numero == number).scalar_subquery()
    newest = select(func.max(c.id)).where(c.evaluado_en <= made).group_by(c.regla_id, c.cod_region, c.periodo, c.clave)
    kept = (c.id.in_(newest), worth_telling())
    place = func.row_number().over(partition_by=c.regla_id, order_by=(c.periodo.desc(), c.cod_region, c.id)).label("puesto")
    differing = select(c.regla_id, c.frase, place).where(*kept, c.estado == DIFFERS).subquery()
    found: dict[str, dict[str, Any]] = {}
    with engine.connect() as connection:
        counted = select(c.regla_id, c.estado, func.count(), func.max(c.id)).where(*kept).group_by(c.regla_id, c.estado).order_by(c.regla_id)
        for rule, state, n, last in connection.execute(counted).all():
            one = found.setdefault(rule, {"regla_id": rule, "titulo": {}, "estados": {}, "frases": [], "fila": 0})
            one["estados"][state] = int(n)
            one["fila"] = max(one["fila"], last)
        titles = select(c.regla_id, c.titulo).where(c.id.in_([one.pop("fila") for one in found.values()]))
        for rule, title in connection.execute(titles).all():
            found[rule]["titulo"] = title or {}
        for rule, phrase in connection.execute(select(differing.c.regla_id, differing.c.frase).where(differing.c.puesto <= told)
                                               .order_by(differing.c.regla_id, differing.c.puesto)).all():  # fmt: skip
            found[rule]["frases"].append(phrase)
    return list(found.values())
