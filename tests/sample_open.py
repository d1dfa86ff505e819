"""The sample as the public store holds it: hidden cells, planted formulas, an index, two publications with fixed dates.

`build(folder)` gives the ministry's own warehouse with its public store made; `public(warehouse)` opens the latter.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import update

from tests import sample_index
from tests import sample_publication as sample
from warehouse import public_store, publications, submissions
from warehouse.database import writing
from warehouse.public_store import PublicStore
from warehouse.publications import Draft
from warehouse.settings import load
from warehouse.states import PUBLISHED
from warehouse.store import Warehouse
from warehouse.tables import publicaciones

#: texts that a spreadsheet would run: a category, and the reason of a revision
FORMULA, ORDER = '=HYPERLINK("http://malo.example")', "@SUM(1+1)*cmd"
#: of an indicator about persons, regions whose newest year is hidden: small cells, and one that covers them
PERSONAL, HIDDEN = sample.RELATIVE, {"05": "persona", "07": "persona", "12": "cruce"}
DATES = (datetime(2026, 7, 20, 15, tzinfo=UTC), datetime(2026, 11, 23, 15, tzinfo=UTC))


def marked(frame: pd.DataFrame) -> pd.DataFrame:
    """The sample's values as judged for the public, with a category that begins as a formula."""
    found = frame[(frame["categoria"] == "1301")].assign(categoria=FORMULA)
    frame = pd.concat([frame, found], ignore_index=True)
    frame["supresion"] = ["" if state == PUBLISHED else "ausencia" for state in frame["estado"]]
    last = (frame["indicador"] == PERSONAL) & (frame["periodo"] == sample.YEARS[-1])
    for place, mark in HIDDEN.items():
        frame.loc[last & (frame["territorio"] == place), "supresion"] = mark
    return frame


def build(folder: Path) -> Warehouse:
    warehouse = Warehouse(load(datos=folder)).prepare()
    national = dataclasses.replace(next(sample.deliveries()), tabla="produccion_metalica", cod_region="00", periodo="2025", archivo="secreto.xlsx")
    with writing(warehouse.engine).begin() as connection:
        submissions.record(connection, [*sample.deliveries(), national], None)
    ready = sample.definitions()
    sheets: list[dict[str, Any]] = [
        {"indicador": i, "ficha": f, "tablas": sample.TABLES[i], "sql": f"select 1 -- {i}", "huella": publications.digest(f)}
        for i, f in ready.items()
    ]
    first = sample.values(sample.QUARTERS[:-1])
    row = first.index[(first["indicador"] == "pct_tramites_en_plazo") & (first["territorio"] == "13") & (first["periodo"] == "2026-T2")][0]
    first.loc[row, ["numerador", "valor"]] = [
        first.loc[row, "numerador"] + 4,
        100 * (first.loc[row, "numerador"] + 4) / first.loc[row, "denominador"],
    ]
    # an interval alone, and a row that the second publication withdraws
    copper = first.index[(first["indicador"] == "produccion_cobre") & (first["territorio"] == "13") & (first["periodo"] == "2025")][0]
    first.loc[copper, "cobertura"] = 0.5
    gone = first.loc[[copper]].assign(periodo="2020", cambio=None, periodo_comparado=None, cambio_estado=None, cambio_relativo=None)
    drafts = (
        (pd.concat([first, gone], ignore_index=True), date(2026, 6, 30), "Primera publicación"),
        (sample.values(sample.QUARTERS), sample.UNTIL, "Tercer trimestre"),
    )
    for (frame, until, note), made in zip(drafts, DATES, strict=True):
        draft = Draft(marked(frame), sheets, sample.sources(), {"tramites": 1}, "0.1.0", publications.digest(note), until, 0.93, note,
                      reason=lambda old, new: ORDER, indices=sample_index.rows())  # fmt: skip
        number = publications.publish(warehouse.engine, draft).publication.numero
        with writing(warehouse.engine).begin() as connection:
            connection.execute(update(publicaciones).where(publicaciones.c.numero == number).values(creada_en=made))
    public_store.write(warehouse)
    return warehouse


def public(warehouse: Warehouse) -> PublicStore:
    return public_store.open_public(warehouse.settings)
