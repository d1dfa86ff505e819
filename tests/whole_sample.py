"""The sample publication with all that the pages of a person's tasks need: long series, an index, stages, agreements, comparisons between sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from tests import comparison_sample, sample_index
from tests import sample_publication as sample
from tests.comparison_sample import RATE
from tests.sample_publication import LAST, UNTIL
from warehouse import publications, reconciliations
from warehouse.catalogue import indicators as installed
from warehouse.database import writing
from warehouse.publications import VALUE_COLUMNS, Draft
from warehouse.reconciliations import Compared
from warehouse.store import Warehouse
from warehouse.territories import regions

STAGES, STOPS, AGREED, RISK = (
    "participacion_etapa_en_demora",
    "primer_requisito_faltante",
    "pct_acuerdos_foro_cumplidos",
    "exposicion_condiciones_criticas",
)
TRANSFERS = "pct_transferencia_minem_ejecutada"
#: parts of the time of a procedure, by stage and by who has the case
DAYS = {"recepcion": 10, "evaluacion_tecnica": 45, "opinion_externa": 20, "subsanacion": 15, "firma": 10}
HANDS = {"entidad": 65, "opinante_externo": 18, "administrado": 15, "minem": 2}
WAITING = {"derecho_minero": 400, "terreno_superficial": 200, "igafom_correctivo": 100}
NAMES = {
    "recepcion": "Recepción",
    "evaluacion_tecnica": "Evaluación técnica",
    "opinion_externa": "Opinión externa",
    "subsanacion": "Subsanación",
    "firma": "Firma",
}
#: what differs between two sources, in the words of the analyst's page
DIFFERENCE = "Pasco, 2026-T3: títulos en el catastro, 3; títulos aprobados en trámites, 2. Revise los que faltan en uno de los dos registros."


def _row(indicator: str, place: str, kind: str, period: str, **figures: Any) -> dict[str, Any]:
    return sample._row(indicator, place, kind, period, avisos=["sintetico"], **figures)


def _more() -> Iterator[dict[str, Any]]:
    for place in ("00", "13"):
        for split, parts in (("etapa", DAYS), ("responsable", HANDS)):
            for category, part in parts.items():
                yield _row(STAGES, place, "trimestre", LAST, desglose=split, categoria=category, valor=float(part), numerador=10.0 * part,
                           denominador=1000.0, n=200)  # fmt: skip
        for category, n in WAITING.items():
            yield _row(
                STOPS, place, "trimestre", LAST, desglose="requisito", categoria=category, valor=n / 7, numerador=float(n), denominador=700.0, n=700
            )
        yield _row(TRANSFERS, place, "anio", "2025", valor=86.0, numerador=667_078.0, denominador=776_000.0)
    for i, region in enumerate([None, *regions()]):
        place, met = region.codigo if region else "00", 6 + i % 5
        yield _row(AGREED, place, "semestre", "2026-S1", valor=100 * met / 12, numerador=float(met), denominador=12.0, n=12, inferior=100 * met / 12 - 20,
                   superior=min(100.0, 100 * met / 12 + 20))  # fmt: skip
        for category in ("CC1_cambios_politicos", "CC2_continuidad_descentralizacion") if region else ():
            absent = {"estado": "no_reportado"} if place == "24" else {"valor": float(1 + (i + len(category)) % 20), "n": 1}
            yield _row(RISK, place, "trimestre", LAST, desglose="condicion", categoria=category, **absent)


def _compared() -> Iterator[Compared]:
    for place, one, other in (("19", 3.0, 2.0), ("13", 5.0, 5.0)):
        told = DIFFERENCE if one != other else ""
        state = reconciliations.DIFFERS if told else reconciliations.AGREES
        yield Compared("X-02", place, LAST, "", one, other, one - other, 0.0, state, "error", 1, int(bool(told)), told)


def build(folder: Path) -> Warehouse:
    """A prepared warehouse in `folder` with four publications, the last as told above."""
    warehouse = comparison_sample.build(folder)
    with writing(warehouse.engine).begin() as connection:
        reconciliations.record(connection, _compared(), {"es": "Títulos otorgados y trámites aprobados", "en": "Titles and procedures"}, {}, None)
    kept = publications.values(warehouse.engine, 3)[VALUE_COLUMNS]
    frame = pd.concat([kept, pd.DataFrame(list(_more()), columns=VALUE_COLUMNS)], ignore_index=True)
    known = installed()
    ready = {i: known[i].model_dump(mode="json") for i in (STAGES, STOPS, AGREED, RISK, TRANSFERS)} | sample.definitions()
    ready[STAGES]["breakdowns"][0]["labels"] = {k: {"es": v, "en": v} for k, v in NAMES.items()}
    sheets = [
        {"indicador": i, "ficha": f, "tablas": ["tramites"], "sql": f"select 1 -- {i}", "huella": publications.digest(f)} for i, f in ready.items()
    ]
    draft = Draft(
        frame, sheets, sample.sources(), {"tramites": 1}, "0.1.0", publications.digest("completa"), UNTIL, 0.93, "Completa", sample_index.rows()
    )
    publications.publish(warehouse.engine, draft)
    return warehouse


__all__ = ["AGREED", "DIFFERENCE", "RATE", "RISK", "STAGES", "STOPS", "build"]
