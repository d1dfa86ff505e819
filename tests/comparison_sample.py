"""The sample publication with a third one on top: seven years of quarters, judged as the engine judges them, so that there are funnels and control charts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from kpis.judgement import with_judgement
from tests import sample_publication as sample
from tests.sample_publication import LAST, UNTIL
from warehouse import publications
from warehouse.catalogue import indicators
from warehouse.periods import Period
from warehouse.publications import VALUE_COLUMNS, Draft
from warehouse.store import Warehouse

RATE = "pct_tramites_en_plazo"
LONG = [Period(date(2019 + i // 4, 1 + 3 * (i % 4), 1), "trimestre").code for i in range(3, 31)]  # 2019-T4 .. 2026-T3
#: one region far below and one far above the rest in the last quarter: cases that comply, all cases
APART = {"21": (20, 240), "04": (236, 240)}
#: two categories of a breakdown, each a rate of its own
FAMILIES = {"titulo": 0.7, "ambiental": 0.5}


def _rate_rows() -> pd.DataFrame:
    rows = list(sample._in_time(LONG))
    for row in [r for r in rows if r["nivel"] == "region" and r["estado"] == "publicado"]:
        place, n = row["territorio"], row["n"]
        # a level of its own with noise around it, and no drift: in the last quarter all regions stand close, but for two
        x = round(n * (0.5 + 0.2 * sample._chance("p", place) + 0.08 * (sample._chance("e", place, row["periodo"]) - 0.5)))
        if row["periodo"] == LAST:
            x, n = APART.get(place, (round(n * (0.58 + 0.06 * sample._chance("u", place))), n))
        low, high = sample._wilson(x, n)
        row |= {"numerador": float(x), "denominador": float(n), "n": n, "valor": 100 * x / n, "inferior": low, "superior": high}
    for row in [r for r in rows if r["periodo"] == LAST and r["estado"] == "publicado"]:
        for family, part in FAMILIES.items():
            n = max(12, row["n"] // 2)
            x = round(n * part)
            low, high = sample._wilson(x, n)
            rows.append(row | {"desglose": "familia", "categoria": family, "numerador": float(x), "denominador": float(n), "n": n, "valor": 100 * x / n,
                               "inferior": low, "superior": high, "cambio": None, "cambio_inferior": None, "cambio_superior": None, "cambio_estado": None,
                               "periodo_comparado": None})  # fmt: skip
    frame = with_judgement(pd.DataFrame(rows, columns=VALUE_COLUMNS), indicators()[RATE])
    own = (frame["territorio"] == "13") & (frame["periodo"] == LAST) & (frame["categoria"] == "")
    frame.loc[own, "frase"] = "La Libertad, julio a setiembre de 2026: una frase publicada."
    return frame


def build(folder: Path) -> Warehouse:
    """A prepared warehouse in `folder` with three publications, the third as told above."""
    warehouse = sample.build(folder)
    rest = sample.values(sample.QUARTERS)
    frame = pd.concat([rest[(rest["indicador"] != RATE) | (rest["desglose"] == "provincia")], _rate_rows()], ignore_index=True)[VALUE_COLUMNS]
    ready = sample.definitions()
    sheets = [
        {"indicador": i, "ficha": f, "tablas": sample.TABLES[i], "sql": f"select 1 -- {i}", "huella": publications.digest(f)}
        for i, f in ready.items()
    ]
    note = "Serie larga"
    publications.publish(
        warehouse.engine,
        Draft(frame, sheets, sample.sources(), {"tramites": 1}, "0.1.0", publications.digest(note), UNTIL, 0.93, note, reason=lambda old, new: "Serie más larga."),
    )  # fmt: skip
    return warehouse
