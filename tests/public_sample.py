"""The sample publication with what the public may not see in it: an internal indicator, small cells, senders, files, messages, a statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from tests import sample_publication as sample
from warehouse import public_store, statements
from warehouse.database import writing
from warehouse.public_store import PublicStore
from warehouse.store import Warehouse
from warehouse.tables import entregas, fichas, resultados_calidad, valores

#: made for the ministry alone
INTERNAL = sample.PER_WORKERS
#: (territory, period) of `RATE` that may not be shown, and why
RATE = "pct_tramites_en_plazo"
HIDDEN = {("09", "2026-T2"): "persona", ("10", "2026-T2"): "cruce"}
#: what must not be found anywhere outside: (where it was planted, text)
PLANTED = {
    "file": "tramites_QUISPE_MAMANI_JUAN.xlsx", "message": "Fila 12: el DNI 41234567 se repite", "reason": "lo pidió Rosa Huamán",
    "finding": "Fila 38, «ruc»: 20131380951 no es válido", "author": "Carmen Ttito Condori", "statement": "Llámeme al 987654321, soy Pedro Choque",
}  # fmt: skip
SAID = "La GREMH recibió en julio 120 expedientes de la Dirección General; por eso subió el tiempo."


def build(folder: Path, **settings: Any) -> Warehouse:
    """The internal warehouse, its public store not written yet."""
    warehouse = sample.build(folder)
    with writing(warehouse.engine).begin() as connection:
        # none of them about persons: its tables tell how many rows came
        for row in connection.execute(select(fichas.c.id, fichas.c.indicador, fichas.c.ficha)).all():
            audience = ["mem"] if row.indicador == INTERNAL else ["mem", "foro", "publico"]
            connection.execute(update(fichas).where(fichas.c.id == row.id).values(ficha={**row.ficha, "audience": audience, "persons": False}))
        shown, own = valores.c.estado == "publicado", valores.c.indicador != INTERNAL
        connection.execute(update(valores).where(own, shown).values(supresion=""))
        connection.execute(update(valores).where(own, ~shown).values(supresion="ausencia"))
        for (place, period), why in HIDDEN.items():
            at = (valores.c.indicador == RATE, valores.c.territorio == place, valores.c.periodo == period, valores.c.categoria == "")
            connection.execute(update(valores).where(*at).values(supresion=why))
        connection.execute(update(entregas).values(archivo=PLANTED["file"], mensaje=PLANTED["message"], motivo=PLANTED["reason"]))
        connection.execute(update(resultados_calidad).values(mensaje=PLANTED["finding"], muestra=[PLANTED["finding"]]))
    place = ("tramites", "13", "2026-T3")
    statements.state(warehouse.engine, place, PLANTED["author"], SAID)
    statements.state(warehouse.engine, place, PLANTED["author"], PLANTED["statement"])
    return warehouse


def open_public(folder: Path) -> PublicStore:
    """The public store of the sample, written as the chain writes it."""
    from ops import public

    warehouse = build(folder)
    public.refresh(warehouse)
    return public_store.open_public(warehouse.settings)
