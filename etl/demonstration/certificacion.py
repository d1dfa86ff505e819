"""Environmental instruments: one for each environmental or formalisation case, with its dates, its participation and its opinions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.columns import pick, where
from etl.demonstration.country import PERIOD, Region

#: procedure -> instrument
_KINDS = {"DIA": "DIA", "MDIA": "MDIA", "EIASD": "EIAsd", "IGAFOM": "IGAFOM"}
_STAGES = ("exploracion", "explotacion", "beneficio")
_SHARES = (0.38, 0.47, 0.15)
_MECHANISMS = ("taller_participativo", "audiencia_publica", "publicacion", "oficina_informativa", "monitoreo_participativo", "ninguno")
#: how often each mechanism is used, by instrument; the amendments follow their declaration
_USES = {
    "DIA": (0.52, 0.04, 0.22, 0.12, 0.06, 0.04), "MDIA": (0.40, 0.03, 0.33, 0.12, 0.06, 0.06), "EIAsd": (0.38, 0.46, 0.04, 0.06, 0.05, 0.01),
    "IGAFOM": (0.10, 0.0, 0.46, 0.08, 0.02, 0.34),
}  # fmt: skip
_SILENCE = {"silencio_positivo": "aprobado", "silencio_negativo": "denegado"}
#: share of the refused cases whose opinion was against, and of the open ones that have heard people already
_AGAINST, _HEARD = 0.55, 0.35


def make(region: Region) -> dict[str, pa.Table]:
    """Every instrument filed until the last day."""
    cases = region.tables["tramites"]
    cases = cases.filter(pc.is_in(cases["cod_procedimiento"], pa.array(list(_KINDS)))).combine_chunks()
    draw, count = region.draw("certificacion"), cases.num_rows
    kind = np.array([_KINDS[p] for p in cases["cod_procedimiento"].to_pylist()], object)
    decision = pa.array([_SILENCE.get(s, s) for s in cases["sentido"].to_pylist()], pa.string())
    approved = pc.equal(decision, "aprobado").fill_null(False).to_numpy(zero_copy_only=False)
    refused = pc.is_in(decision, pa.array(["denegado", "improcedente"])).to_numpy(zero_copy_only=False)
    filed, resolved = (cases[n].to_numpy().astype("datetime64[D]") for n in ("fecha_ingreso", "fecha_resolucion"))
    mechanism = _mechanisms(kind, draw)
    heard_on = _heard_on(region, filed, np.where(approved, resolved, np.datetime64("NaT", "D")), mechanism, draw)
    stage = np.where(kind == "IGAFOM", draw.choice(3, count, p=(0, 0.86, 0.14)), draw.choice(3, count, p=_SHARES))
    year = pc.year(cases["fecha_ingreso"]).cast(pa.string())
    number = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 5, "0")
    rows = {
        "iga_id": pc.binary_join_element_wise("IGA", region.code, year, number, "-"),
        "expediente_id": cases["expediente_id"],
        "cod_region": cases["cod_region"],
        "ubigeo": cases["ubigeo"],
        "codigo_derecho": cases["codigo_derecho"],
        "tipo_iga": pa.array(kind, pa.string()),
        "etapa_proyecto": pick(_STAGES, stage),
        "estrato": cases["estrato"],
        "fecha_presentacion": cases["fecha_ingreso"],
        "fecha_aprobacion": where(approved, resolved),
        "sentido": decision,
        "mecanismo_participacion": pick(_MECHANISMS, mechanism),
        "participacion_concluida": pa.array(~np.isnat(heard_on)),
        "fecha_participacion": where(~np.isnat(heard_on), heard_on),
        "opinion_ana": _opinions(region, cases["expediente_id"], "ANA", refused, draw),
        "opinion_sernanp": _opinions(region, cases["expediente_id"], "SERNANP", refused, draw),
        PERIOD: cases[PERIOD],
    }
    return {"certificacion_ambiental": pa.table(rows)}


def _mechanisms(kind: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """A place in _MECHANISMS for each instrument."""
    chosen, chance = np.zeros(len(kind), np.int64), draw.random(len(kind))
    for name, shares in _USES.items():
        own = kind == name
        chosen[own] = np.minimum(np.searchsorted(np.cumsum(shares), chance[own], side="right"), len(_MECHANISMS) - 1)
    return chosen


def _heard_on(region: Region, filed: np.ndarray, approved: np.ndarray, mechanism: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """The day on which participation ended, between filing and approval; never where it did not. Some regions approve without it."""
    done = np.where(np.isnat(approved), _HEARD, draw.uniform(0.80, 0.985))
    end = np.where(np.isnat(approved), np.datetime64(region.until), approved)
    span = np.minimum((end - filed).astype(np.int64), 90)
    day = filed + (span * draw.uniform(0.15, 0.85, len(filed))).astype(np.int64)
    concluded = (draw.random(len(filed)) < done) & (mechanism != len(_MECHANISMS) - 1)
    return np.where(concluded, day, np.datetime64("NaT", "D"))


def _opinions(region: Region, cases: pa.ChunkedArray, entity: str, refused: np.ndarray, draw: np.random.Generator) -> pa.Array:
    """The entity's opinion, as the steps of the case have it: not required where none asks for it, pending while it is open."""
    steps = region.tables["tramite_etapas"]
    steps = steps.filter(pc.equal(steps["entidad_opinante"], entity))
    opened = steps.filter(pc.is_null(steps["fecha_fin"]))
    asked = pc.is_in(cases, value_set=steps["expediente_id"].combine_chunks()).to_numpy()
    pending = pc.is_in(cases, value_set=opened["expediente_id"].combine_chunks()).to_numpy()
    against = refused & (draw.random(len(refused)) < _AGAINST)
    said = np.where(pending, "pendiente", np.where(against, "desfavorable", "favorable"))
    return pa.array(np.where(asked, said, "no_requiere"))
