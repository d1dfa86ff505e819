"""The publication a notice speaks of and the one before it, as the public sees both."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from dashboard import formats
from dashboard.published import Snapshot
from warehouse import public_store, publications
from warehouse.errors import NothingPublished
from warehouse.store import Warehouse


@dataclass(frozen=True)
class Edition:
    """A publication, and the one before it; None where it is the first."""

    now: Snapshot
    before: Snapshot | None

    @property
    def number(self) -> int:
        return self.now.number


def edition(engine: Engine, number: int) -> Edition:
    """A publication of a store, public or internal. Raises NothingPublished."""
    earlier = [p for p in publications.every(engine) if p.numero < number]
    return Edition(Snapshot(publications.get(engine, number), engine), Snapshot(earlier[0], engine) if earlier else None)


def public_edition(warehouse: Warehouse, number: int | None = None) -> Edition:
    """The publication as the public store has it; the newest there where None. Raises StoreError or NothingPublished where it has none."""
    formats.use(warehouse.settings.formato_numeros, warehouse.settings.zona_horaria)
    engine = public_store.open_public(warehouse.settings).engine
    try:
        return edition(engine, publications.latest(engine).numero if number is None else number)
    except NothingPublished as error:
        raise NothingPublished(
            f"El almacén público no tiene la publicación {number or 'que se pide'}.", stands="No se avisó a nadie.", cure="Corra: siegem run"
        ) from error
