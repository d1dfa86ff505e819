"""The requirements of each registration, in the order of the chain. What stops most of them differs from region to region."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.columns import month_codes, pick, where
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.inscripciones import CANCELLED, EXCLUDED, FREE_GROUND, NO_DEAL, Register

_CHAIN = ("derecho_minero", "terreno_superficial", "igafom_correctivo", "igafom_preventivo", "ruc_activo", "autorizacion_inicio")
_RIGHT, _LAND, _CORRECTIVE, _PREVENTIVE, _TAXPAYER, _START = range(6)
_STATES = ("pendiente", "presentado", "observado", "aprobado", "denegado", "no_aplica")
_PENDING, _FILED, _OBSERVED, _APPROVED, _DENIED, _NONE = range(6)
#: how a case of the instrument stands -> how the requirement does; what is decided goes by its sense
_OPEN = {"en_tramite": _FILED, "en_opinion": _FILED, "observado": _OBSERVED}
#: regions where the surface land is the rare thing
_NO_LAND = ("05", "06", "09", "13", "14", "17", "19", "22")
_NEVER = np.datetime64("NaT", "D")


def chains(region: Region, enrolled: Register, rows: pa.Table, cases: pa.Table) -> pa.Table:
    """Six rows for each registration that is alive or has a case: all in one delivery, that of its enrolment or, if later, of its case."""
    kept = np.flatnonzero(~np.isin(enrolled.state, (EXCLUDED, CANCELLED)) | (enrolled.case >= 0))
    state, filed, resolved = _progress(region, enrolled, kept, cases)
    case = np.where(
        np.isin(np.arange(6), (_CORRECTIVE, _PREVENTIVE)) | ((np.arange(6) == _START) & (state != _PENDING)), enrolled.case[kept, None], -1
    )
    began = np.append(cases["fecha_ingreso"].to_numpy().astype("datetime64[D]"), _NEVER)[enrolled.case[kept]]
    month = month_codes(np.fmax(np.maximum(enrolled.enrolled[kept], np.datetime64(region.first)), began))
    owner = pa.array(np.repeat(np.arange(len(kept)), 6))
    return pa.table(
        {
            "inscripcion_id": rows["inscripcion_id"].combine_chunks().take(pa.array(kept)).take(owner),
            "requisito": pick(_CHAIN, np.tile(np.arange(6), len(kept))),
            "cod_region": pa.repeat(region.code, len(owner)),
            "orden": pa.array(np.tile(np.arange(1, 7), len(kept))),
            "estado": pick(_STATES, state.ravel()),
            "fecha_presentacion": where(~np.isnat(filed.ravel()), filed.ravel()),
            "fecha_resolucion": where(~np.isnat(resolved.ravel()), resolved.ravel()),
            "expediente_id": pick(cases["expediente_id"].combine_chunks(), case.ravel()),
            PERIOD: month.take(owner),
        }
    )


def _progress(region: Region, enrolled: Register, kept: np.ndarray, cases: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """State, filing and resolution of each requirement, a row a registration and a column a requirement."""
    draw, count = region.draw("requisitos"), len(kept)
    done, case = ~np.isnat(enrolled.formal[kept]), enrolled.case[kept]
    end = np.where(done, enrolled.formal[kept], np.where(enrolled.state[kept] == EXCLUDED, enrolled.since[kept], np.datetime64(region.until)))
    state = _own_steps(region, enrolled.relation[kept], draw)
    state[:, _CORRECTIVE] = state[:, _PREVENTIVE] = np.append(_of_cases(cases), _PENDING)[case]
    state[:, _PREVENTIVE] = np.where((case < 0) & (draw.random(count) < 0.06), _NONE, state[:, _PREVENTIVE])
    first = np.isin(np.arange(6), (_RIGHT, _LAND, _TAXPAYER))
    state = np.where(done[:, None] & first & (state != _NONE), _APPROVED, state)
    ready = np.isin(state[:, :_START], (_APPROVED, _NONE)).all(axis=1) & (case >= 0)
    state[:, _START] = np.where(done, _APPROVED, np.where(ready & (draw.random(count) < 0.55), _FILED, _PENDING))
    filed, resolved = _dates(enrolled.enrolled[kept], end, state, draw)
    entry, decided = (np.append(cases[n].to_numpy().astype("datetime64[D]"), _NEVER)[case] for n in ("fecha_ingreso", "fecha_resolucion"))
    for column in (_CORRECTIVE, _PREVENTIVE):
        filed[:, column], resolved[:, column] = entry, decided
    # The last step is asked for once the instrument is approved.
    days = (np.maximum(end - decided, np.timedelta64(0, "D")).astype(np.int64) * draw.random(count)).astype(np.int64)
    filed[:, _START] = np.where(state[:, _START] == _PENDING, _NEVER, np.minimum(decided + np.where(case >= 0, days, 0), end))
    resolved[:, _START] = np.where(done, end, _NEVER)
    return state, filed, resolved


def _of_cases(cases: pa.Table) -> np.ndarray:
    """How the instrument's requirement stands by its case."""
    state = np.array([_OPEN.get(s, _DENIED) for s in cases["estado"].to_pylist()], np.int64)
    approved = pc.equal(cases["sentido"], "aprobado").fill_null(False).to_numpy(zero_copy_only=False)
    found: np.ndarray = np.where(approved, _APPROVED, state)
    return found


def _own_steps(region: Region, relation: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """The steps that no case carries: agreement on the right, surface land and taxpayer's number; the others pending."""
    count = len(relation)
    state = np.full((count, 6), _PENDING)
    agreed = draw.choice([_APPROVED, _FILED, _OBSERVED], count, p=[0.90, 0.07, 0.03])
    free = draw.choice([_APPROVED, _FILED, _PENDING], count, p=[0.22, 0.33, 0.45])
    none = draw.choice([_PENDING, _FILED, _DENIED], count, p=[0.86, 0.10, 0.04])
    state[:, _RIGHT] = np.select([relation == NO_DEAL, relation == FREE_GROUND], [none, free], agreed)
    land = 0.24 if region.code in _NO_LAND else 0.80
    odds = [land, 0.45 * (1 - land), 0.1 * (1 - land), 0.40 * (1 - land), 0.05 * (1 - land)]
    state[:, _LAND] = draw.choice([_APPROVED, _PENDING, _OBSERVED, _FILED, _DENIED], count, p=odds)
    state[:, _TAXPAYER] = draw.choice([_APPROVED, _PENDING], count, p=[0.88, 0.12])
    return state


def _dates(start: np.ndarray, end: np.ndarray, state: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """When each was filed and resolved, between enrolment and the end; never where it was not."""
    span = np.maximum((end - start).astype(np.int64), 0)[:, None]
    filed = start[:, None] + np.minimum(span * draw.random(state.shape), draw.exponential(400, state.shape)).astype(np.int64)
    resolved = filed + ((end[:, None] - filed).astype(np.int64) * draw.random(state.shape)).astype(np.int64)
    started, settled = ~np.isin(state, (_PENDING, _NONE)), np.isin(state, (_APPROVED, _DENIED))
    return np.where(started, filed, _NEVER), np.where(settled, resolved, _NEVER)
