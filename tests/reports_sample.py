"""A publication made to be hard to set on two pages: many indicators with long names, many absences, long statements; and the teams' reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from tests import sample_index
from tests import sample_publication as sample
from warehouse import publications, statements
from warehouse.catalogue import indicators as installed
from warehouse.publications import VALUE_COLUMNS, Draft
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.territories import PILOTS, regions

REPORTS, PLAN = "pct_informes_er_oportunos", "avance_fisico_ponderado"
#: how many indicators are made up, and the regions with all of them and with hardly any
MANY, FULL, BARE = 70, "13", "26"
STATES = ("no_reportado", "n_insuficiente", "no_alcanzado", "impreciso", "no_publicable", "regla_no_superada", "no_desagregado", "sin_registro")
LONG = "Procedimientos administrativos de la pequeña minería y minería artesanal resueltos con opinión"
#: a text that a spreadsheet or a typesetter might run
TRAP = '=HYPERLINK("http://malo.example") #panic("malo") $x^2$ *no* <b>'
#: reports of the teams: (territory, category of `uso`) -> (in time, due)
SENT = {("13", ""): (4, 5), ("19", ""): (4, 6), (PILOTS, ""): (10, 13), (PILOTS, "leido"): (6, 6), ("13", "leido"): (3, 4)}


def _many() -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    rows, sheets = [], {}
    for i in range(MANY):
        id, area = f"inventado_{i:02d}", ("PRO", "AMB", "SOC", "REC", "INS")[i % 5]
        unit = ("% de casos", "% of cases") if i % 3 else ("días hábiles por expediente", "working days for a file")
        sheets[id] = sample._definition(id, area, f"{LONG} {i:02d}", f"Cases {i:02d}", unit, "trimestre", targets=[
            {"value": 75.0, "status": "propuesta", "text": {"es": "Propuesta", "en": "Proposal"}}])  # fmt: skip
        for r in regions():
            known = r.codigo != BARE or i < 2
            absent = {} if known else {"estado": STATES[i % len(STATES)], "n": 4 if STATES[i % len(STATES)] == "n_insuficiente" else None}
            shown = {"valor": 40.0 + i / 3 + int(r.codigo) / 7, "inferior": 30.0, "superior": 70.0, "n": 100 + i, "meta": 75.0, "meta_estado": "no_concluyente",
                     "periodo_comparado": "2025-T3", "cambio": -3.5, "cambio_inferior": -9.0, "cambio_superior": 2.0,
                     "cambio_estado": "empeora" if i % 2 else "sin_diferencia"}  # fmt: skip
            rows.append(sample._row(id, r.codigo, "trimestre", sample.LAST, avisos=["sintetico", "plazo_referencial"], supresion="" if known else "ausencia",
                                    **(shown if known else absent)))  # fmt: skip
    return rows, sheets


def _teams() -> list[dict[str, Any]]:
    rows = []
    for (place, use), (sent, due) in SENT.items():
        rows.append(sample._row(REPORTS, place, "semestre", "2026-S1", desglose="uso" if use else "", categoria=use, numerador=float(sent), denominador=float(due),
                                valor=100 * sent / due, inferior=30.0, superior=99.0, n=due, meta=100.0, meta_estado="no_concluyente"))  # fmt: skip
    rows.append(sample._row(REPORTS, "18", "semestre", "2026-S1", estado="n_insuficiente", n=2))
    for place in ("13", "18", "19", PILOTS):
        for activity in ("", "A1_recursos_publicos", "A4_foro_regional"):
            rows.append(sample._row(PLAN, place, "trimestre", "2026-T2", desglose="actividad" if activity else "", categoria=activity, numerador=0.4,
                                    denominador=1.0, valor=40.5, n=8, meta=50.0, meta_estado="no_cumple"))  # fmt: skip
    return rows


def build(folder: Path) -> Warehouse:
    warehouse = Warehouse(load(datos=folder)).prepare()
    rows, sheets = _many()
    known = installed()
    sheets |= {i: known[i].model_dump(mode="json") for i in (REPORTS, PLAN)}
    frame = pd.DataFrame([*rows, *_teams()], columns=VALUE_COLUMNS)
    listed = [{"indicador": i, "ficha": f, "tablas": ["tramites"], "sql": "select 1", "huella": publications.digest(f)} for i, f in sheets.items()]
    draft = Draft(
        frame,
        listed,
        sample.sources(),
        {"tramites": 1},
        "0.1.0",
        publications.digest("difícil"),
        date(2026, 9, 30),
        0.9,
        "Difícil",
        sample_index.rows(),
    )
    publications.publish(warehouse.engine, draft)
    for code in (FULL, BARE):
        for i in range(3):
            statements.state(
                warehouse.engine, ("tramites", code, sample.LAST), "Dirección Regional", f"{TRAP} {i}. " + "La oficina no tuvo personal. " * 60
            )
    return warehouse
