"""Who enrols for formalisation, on which ground, and how the purge of 2025 left the register."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.country import Region

#: states of a registration, by number
ACTIVE, SUSPENDED, EXCLUDED, CANCELLED, FORMAL = range(5)
#: relations with the holder of the right, by number
ASSIGNED, CONTRACT, NO_DEAL, FREE_GROUND = range(1, 5)
#: regions where agreement with the holder of the right is the rare thing; elsewhere the land or the instrument is
NO_AGREEMENT = ("02", "03", "04", "08", "11", "15", "20", "21", "23")
#: DL 1105, when enrolment began; DS 012-2025-EM, the month of the purge
_BEGAN, _PURGE = np.datetime64("2012-04-19"), np.datetime64("2025-07-03")
#: the waves of enrolment: first days, last days, and the share of those who never filed a case
_WAVES = (
    np.array(["2012-04-19", "2017-02-06", "2019-01-01"], "datetime64[D]"), np.array(["2012-12-03", "2018-12-28", "2026-12-31"], "datetime64[D]"),
    (0.20, 0.45, 0.35),
)  # fmt: skip
_NEVER = np.datetime64("NaT", "D")


@dataclass
class Register:
    """One entry a registration. `case` is its place among the formalisation cases, -1 where there is none; `right`, in the cadastre."""

    person: np.ndarray
    case: np.ndarray
    enrolled: np.ndarray
    right: np.ndarray
    relation: np.ndarray
    state: np.ndarray
    since: np.ndarray
    formal: np.ndarray

    def __len__(self) -> int:
        return len(self.person)


def register(region: Region, cases: pa.Table) -> Register:
    """Every registration until the last day, in order of enrolment. `cases`: those of formalisation."""
    person, case, enrolled = _enrolled(region, cases)
    formal = _formalised(region, cases, case, region.informal_miners.sex[person])
    right = _ground(region, enrolled, ~np.isnat(formal))
    right[_repeated(person, right)] = -1
    formal[right < 0] = _NEVER
    state, since = _states(region, case, enrolled, formal)
    draw = region.draw("acuerdos")
    deal = draw.random(len(person)) > (0.62 if region.code in NO_AGREEMENT else 0.14)
    relation = np.where(deal | ~np.isnat(formal), draw.choice([ASSIGNED, CONTRACT], len(person), p=[0.35, 0.65]), NO_DEAL)
    return Register(person, case, enrolled, right, np.where(right < 0, FREE_GROUND, relation), state, since, formal)


def _enrolled(region: Region, cases: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Person, case and day of every registration, in order of enrolment: one for each case, and one for who never filed any."""
    draw, last = region.draw("inscripciones"), np.datetime64(region.until)
    people = region.informal_miners
    owner = pc.index_in(cases["solicitante_hash"], value_set=pa.array(people.hashes, pa.string())).to_numpy()
    idle = np.setdiff1d(np.arange(len(people)), owner)
    waited = 12 + draw.exponential(430, cases.num_rows).astype(np.int64)
    filed = cases["fecha_ingreso"].to_numpy().astype("datetime64[D]")
    # Who would have enrolled before there was a register did so on some day of it.
    room = (np.maximum((filed - _BEGAN).astype(np.int64) - 12, 0) * draw.random(cases.num_rows)).astype(np.int64)
    with_case = np.where(filed - waited >= _BEGAN, filed - waited, _BEGAN + room)
    since, until, shares = _WAVES
    wave = draw.choice(3, len(idle), p=shares)
    without = since[wave] + (draw.random(len(idle)) ** 1.4 * (until - since)[wave].astype(np.int64)).astype(np.int64)
    seen = without <= last
    person = np.concatenate([owner, idle[seen]])
    case = np.concatenate([np.arange(cases.num_rows), np.full(int(seen.sum()), -1)])
    enrolled = np.concatenate([with_case, without[seen]])
    order = np.lexsort((person, enrolled))
    return person[order], case[order], enrolled[order]


def _formalised(region: Region, cases: pa.Table, case: np.ndarray, sex: np.ndarray) -> np.ndarray:
    """The day on which each was authorised to work: only after its instrument was approved, and seldom."""
    draw = region.draw("formalizados")
    share, women = draw.uniform(0.07, 0.34), draw.uniform(0.65, 1.1)
    approved = pc.equal(cases["sentido"], "aprobado").fill_null(False).to_numpy(zero_copy_only=False)
    resolved = np.append(np.where(approved, cases["fecha_resolucion"].to_numpy().astype("datetime64[D]"), _NEVER), _NEVER)[case]
    day = resolved + 25 + draw.exponential(110, len(case)).astype(np.int64)
    chosen = draw.random(len(case)) < share * np.where(sex == "F", women, 1.0)
    return np.where(chosen & (day <= np.datetime64(region.until)), day, _NEVER)


def _ground(region: Region, enrolled: np.ndarray, formal: np.ndarray) -> np.ndarray:
    """The right under each, already in the cadastre when it enrolled; -1 on free ground, where nobody is formalised."""
    draw, rights = region.draw("areas"), region.tables["derechos_mineros"]
    usable = pc.and_(
        pc.is_in(rights["tipo_derecho"], pa.array(["concesion_minera", "petitorio"])), pc.not_equal(rights["estado_catastral"], "extinguido")
    )
    at = np.flatnonzero(usable.to_numpy())
    entered = np.maximum(rights["fecha_petitorio"].to_numpy().astype("datetime64[D]")[at], np.datetime64(region.first))
    order = np.argsort(entered, kind="stable")
    known = np.searchsorted(entered[order], np.maximum(enrolled, np.datetime64(region.first)), side="right")
    # Some rights draw the crowd: the square leans to the older half.
    chosen = at[order][(draw.random(len(enrolled)) ** 1.6 * np.maximum(known, 1)).astype(np.int64)]
    free = (draw.random(len(enrolled)) < draw.uniform(0.03, 0.12)) & ~formal
    return np.where(free | (known == 0), -1, chosen)


def _repeated(person: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Registrations of a person on a right where the same person is already enrolled."""
    both = person.astype(np.int64) * (int(right.max(initial=0)) + 2) + right + 1
    _, first = np.unique(both, return_index=True)
    again = np.ones(len(both), bool)
    again[first] = False
    return again & (right >= 0)


def _states(region: Region, case: np.ndarray, enrolled: np.ndarray, formal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """State of each on the last day and since when; the purge takes most of those enrolled before it, those with a case less often."""
    draw, count, last = region.draw("estados"), len(case), np.datetime64(region.until)
    suspended, cancelled = draw.random(count) < 0.42, draw.random(count) < 0.03
    later = enrolled + (draw.random(count) * np.maximum((last - enrolled).astype(np.int64), 0)).astype(np.int64)
    state = np.where(cancelled, CANCELLED, np.where(suspended, SUSPENDED, ACTIVE))
    since = np.where(cancelled | suspended | (draw.random(count) < 0.25), later, enrolled)
    on = _PURGE + draw.integers(0, 28, count)
    purged = (enrolled < np.datetime64("2025-06-01")) & (draw.random(count) < np.where(case >= 0, 0.52, 0.74)) & ((state != CANCELLED) | (since > on))
    purged &= on <= last
    state, since = np.where(purged, EXCLUDED, state), np.where(purged, on, since)
    done = ~np.isnat(formal)
    return np.where(done, FORMAL, state), np.where(done, formal, since)
