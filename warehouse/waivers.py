"""Exceptions (*dispensas*) to a rule: granted by name, with a reason and an end. Insert-only; one that is withdrawn keeps its row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, insert, select, update

from warehouse.database import as_utc, now, writing
from warehouse.errors import SiegemError
from warehouse.tables import dispensas

#: rules that no one may waive: without them a file is no table, or somebody's personal data would be let in
NEVER = frozenset({"G-01", "G-02", "G-03", "G-04", "G-09", "G-13"})


@dataclass(frozen=True)
class Waiver:
    """A rule that counts as a warning for one table, submitter and period. An empty `cod_region` or `periodo` is all of them."""

    id: int
    regla_id: str
    tabla: str
    cod_region: str
    periodo: str
    nombre: str
    motivo: str
    vence: date
    creada_en: datetime

    def covers(self, rule_id: str, table: str, region: str, period: str) -> bool:
        """Whether it is about this finding's rule and place."""
        same = (self.regla_id, self.tabla) == (rule_id, table)
        return same and self.cod_region in ("", region) and self.periodo in ("", period)

    @property
    def told(self) -> str:
        """As it stands beside a finding."""
        return f"Excepción aceptada por {self.nombre} hasta el {self.vence:%d-%m-%Y}: {self.motivo}"


def grant(engine: Engine, rule: str, table: str, region: str, period: str, name: str, reason: str, until: date) -> Waiver:
    """Record an exception. Raises SiegemError where name or reason is missing, it has ended already, or the rule cannot be waived."""
    name, reason = name.strip(), reason.strip().rstrip(".") + "."
    if rule in NEVER:
        raise SiegemError(
            f"La regla {rule} no admite excepciones.", stands="No se registró nada.", cure="Pida que se corrija el archivo y se envíe otra vez."
        )
    if len(name) < 3 or len(reason) < 12:
        raise SiegemError(
            "Una excepción lleva el nombre de quien la acepta y su motivo.", stands="No se registró nada.", cure="Añada --nombre y --motivo."
        )
    if until < now().date():
        raise SiegemError(f"La excepción vencería el {until:%d-%m-%Y}, que ya pasó.", stands="No se registró nada.", cure="Elija otra fecha.")
    values = {"regla_id": rule, "tabla": table, "cod_region": region, "periodo": period, "nombre": name[:200], "motivo": reason, "vence": until}
    stamp = now()
    with writing(engine).begin() as connection:
        key = connection.execute(insert(dispensas).values(**values, creada_en=stamp)).inserted_primary_key
    return Waiver(int(key[0]) if key else 0, rule, table, region, period, name[:200], reason, until, stamp)


def withdraw(engine: Engine, number: int) -> None:
    """End an exception now. Raises SiegemError where there is none in force with that number."""
    with writing(engine).begin() as connection:
        d = dispensas.c
        ended = connection.execute(update(dispensas).where(d.id == number, d.retirada_en.is_(None)).values(retirada_en=now())).rowcount
    if not ended:
        raise SiegemError(f"No hay una excepción vigente con el número {number}.", cure="Vea las vigentes con: siegem excepciones")


def in_force(engine: Engine, today: date, table: str | None = None) -> tuple[Waiver, ...]:
    """Exceptions that count on `today`, oldest first."""
    d = dispensas.c
    query = select(d.id, d.regla_id, d.tabla, d.cod_region, d.periodo, d.nombre, d.motivo, d.vence, d.creada_en)
    query = query.where(d.retirada_en.is_(None), d.vence >= today)
    if table is not None:
        query = query.where(d.tabla == table)
    with engine.connect() as connection:
        return tuple(Waiver(*row) for row in connection.execute(query.order_by(d.id)))


def counted_at(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of the exceptions that counted at a past instant."""
    d = dispensas.c
    return d.creada_en <= moment, (d.retirada_en.is_(None)) | (d.retirada_en > moment), d.vence >= moment.date()


def in_force_at(engine: Engine, moment: datetime) -> tuple[Waiver, ...]:
    """Exceptions that counted at a past instant, oldest first: what a publication of then was made with."""
    d = dispensas.c
    query = select(d.id, d.regla_id, d.tabla, d.cod_region, d.periodo, d.nombre, d.motivo, d.vence, d.creada_en)
    query = query.where(*counted_at(moment))
    with engine.connect() as connection:
        return tuple(Waiver(*row) for row in connection.execute(query.order_by(d.id)))


def changed_exceptions(engine: Engine, table: str) -> list[tuple[str, str, datetime]]:
    """Submitter, period and instant of every exception to a rule of `table` that began or ended: what it covers must be judged again."""
    d = dispensas.c
    query = select(d.cod_region, d.periodo, d.creada_en, d.retirada_en, d.vence).where(d.tabla == table)
    found: list[tuple[str, str, datetime]] = []
    with engine.connect() as connection:
        for region, period, granted, withdrawn, until in connection.execute(query):
            lapsed = datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1)
            ended = [i for i in (withdrawn, lapsed) if i is not None and as_utc(i) <= now()]
            found += [(region, period, as_utc(i)) for i in (granted, *ended)]
    return found
