"""An index for the sample publication: profiles from fixed numbers, put together by the published rule, so that nothing has to be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from kpis.methods.composite_aggregate import aggregate
from tests.sample_publication import QUARTERS, UNTIL, build, definitions, sources, values
from warehouse import publications
from warehouse.catalogue import indices as installed
from warehouse.publications import Draft
from warehouse.store import Warehouse
from warehouse.territories import regions

PERIODS = ("2025-T3", "2026-T3")
SHEET = installed()["idr"].model_dump(mode="json")
LEVELS = [(x["slug"], x["since"]) for x in SHEET["levels"]]
#: the region whose required dimension has too little data, the dimension nobody is measured on, half the width of a band
WITHOUT, MINEM, HALF = "24", "D3", 6.0


def level(value: float) -> str:
    return next(slug for slug, since in reversed(LEVELS) if value >= since)


def _dimension(place: int, k: int, id: str, code: str, late: bool) -> dict[str, Any]:
    score = 50.0 + (place * 7 + k * 11) % 40 + (2.0 if late else 0.0)
    if id == MINEM or (code == WITHOUT and id == "D4"):
        return {"id": id, "valor": None, "inferior": None, "superior": None, "peso_cubierto": 0.45 if id == "D4" else 0.0, "cuenta": False}
    return {"id": id, "valor": score, "inferior": score - HALF, "superior": min(100.0, score + HALF), "peso_cubierto": 1.0, "cuenta": True}


def result(place: int, code: str, period: str) -> dict[str, Any]:
    """The published result of the region at `place` in the list of codes."""
    dims = [_dimension(place, k, d["id"], code, period == PERIODS[-1]) for k, d in enumerate(SHEET["dimensions"])]
    known = code != WITHOUT
    weights = np.array([d["weight"] for d in SHEET["dimensions"]], dtype=float)
    scores = np.array([[np.nan if d["valor"] is None else d["valor"] for d in dims]])
    value = round(float(aggregate(scores, weights, "geometric", floor=1.0)[0]), 4) if known else None
    touched = [] if value is None else list(dict.fromkeys((level(value - HALF), level(value + HALF))))
    reasons = [] if known else [{"codigo": "dimension_requerida_ausente", "dimension": "D4", "hay": 0.45, "hace_falta": 0.6}]
    members = [(d["id"], m["indicator"]) for d in SHEET["dimensions"] for m in d["indicators"]]
    scored = {d["id"]: d["valor"] for d in dims}
    return {
        "estado": "publicado" if known else "no_calculable", "motivos": reasons, "dimensiones": dims, "valor": value,
        "inferior": None if value is None else value - HALF, "superior": None if value is None else value + HALF, "niveles": touched,
        "sorteos_por_nivel": {slug: (1.0 / len(touched) if slug in touched else 0.0) if known else None for slug, _ in LEVELS},
        "puesto": 1.0 + place if known else None, "puesto_inferior": 1.0 + place if known else None, "puesto_superior": 4.0 + place if known else None,
        "supera_a": [], "estricto": value, "cambio": None,
        "indicadores": [
            {
                "indicador": i, "puntaje": scored[d], "periodo": period, "sin_el": None if value is None else round(value + (4.0 if i == "pct_tramites_en_plazo" else 0.5), 4),
                "estado": "competencia_minem" if d == MINEM else "no_reportado" if scored[d] is None else "publicado",
            }
            for d, i in members
        ],
    }  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Rows of the table `indices`: the definition, and each region in each period."""
    made = [{"clave": "idr", "indice": "idr", "territorio": "", "tipo_periodo": "", "periodo": "", "resultado": SHEET}]
    for period in PERIODS:
        for place, r in enumerate(regions()):
            row = {"clave": f"idr|{r.codigo}|{period}", "indice": "idr", "territorio": r.codigo, "tipo_periodo": "trimestre", "periodo": period}
            made.append({**row, "resultado": result(place, r.codigo, period)})
    return [{**row, "huella": publications.digest(row)} for row in made]


def build_with_index(folder: Any) -> Warehouse:
    """The sample publication and a third one that also carries the index."""
    warehouse = build(folder)
    sheets = [
        {"indicador": i, "ficha": f, "tablas": ["tramites"], "sql": f"select 1 -- {i}", "huella": publications.digest(f)}
        for i, f in definitions().items()
    ]
    draft = Draft(values(QUARTERS), sheets, sources(), {"tramites": 1}, "0.1.0", publications.digest("índice"), UNTIL, 0.93, "Con índice", rows())
    publications.publish(warehouse.engine, draft)
    return warehouse


def made(path: str, **arguments: Any) -> Any:
    """A page's own layout, as Dash registered it: `path` or its template."""
    import dash

    pages = {p.get("path_template") or p["path"]: p["bare"]["layout"] for p in dash.page_registry.values() if "bare" in p}
    return pages[path](**arguments)
