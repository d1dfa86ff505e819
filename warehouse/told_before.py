"""What earlier publications showed and hid of an indicator about persons: whoever kept them knows it still."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from sqlalchemy import Engine, select

from warehouse.states import CROSSED, PERSON, SHOWN
from warehouse.tables import valores
from warehouse.value_columns import KEY

#: what says that a cell is the one that was told: the same figures over as many
TOLD = ["numerador", "denominador", "valor", "n"]

#: indicator -> its cells told before
Past = Callable[[str], pd.DataFrame]


def told_before(engine: Engine, before: int | None = None) -> Past:
    """Cells of an indicator that some publication showed or hid from the public; `before`: only publications of a smaller number.

    Columns KEY, TOLD and `mostrado`. A cell whose figures were revised has one row for each of its readings. Absences are no cells.
    """

    def of(indicator: str) -> pd.DataFrame:
        told = valores.c.supresion.in_([SHOWN, PERSON, CROSSED])
        asked = select(*(valores.c[c] for c in (*KEY, *TOLD, "supresion"))).where(valores.c.indicador == indicator, told)
        if before is not None:
            asked = asked.where(valores.c.desde_publicacion < before)
        with engine.connect() as connection:
            found = pd.read_sql(asked, connection)
        return found.assign(mostrado=found["supresion"] == SHOWN).drop(columns="supresion")

    return of
