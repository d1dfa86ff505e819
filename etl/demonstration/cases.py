"""Synthetic cases and their steps, drawn with one generator for each region and month: a file never depends on another."""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from etl import references
from etl.demonstration.profiles import (
    FORMALISATION,
    FORMALISATION_LEAVES,
    MINISTRY,
    MINISTRY_PROFILE,
    PROFILES,
    WORK,
    Profile,
    Work,
    authority,
    pace_on,
    volume_on,
)
from warehouse.periods import Period

Row = dict[str, Any]

#: share of the entity's time that each of its steps takes
_ENTITY_STEPS = (
    ("recepcion", 0.03), ("admisibilidad", 0.12), ("evaluacion_tecnica", 0.36), ("evaluacion_legal", 0.17),
    ("proyecto_resolucion", 0.14), ("firma", 0.08), ("notificacion", 0.10),
)  # fmt: skip
_OPEN_STATUS = {"subsanacion": "observado", "observacion": "observado", "opinion_externa": "en_opinion", "opinion_minem": "en_opinion"}


@dataclass
class Delivery:
    """What one region sends for one month: rows of the two tables, free to be spoilt by a fault."""

    region: str
    period: Period
    cases: list[Row]
    steps: list[Row]


@dataclass(frozen=True)
class _Step:
    name: str
    holder: str
    days: int
    giver: str | None = None


class Clock:
    """Business days by number, as in `ref_calendario`."""

    def __init__(self, last_year: int) -> None:
        self.days: list[date] = [r["fecha"] for r in references.calendar_rows(last_year) if r["es_habil"]]

    def number(self, day: date) -> int:
        """Position of `day`, or of the next business day."""
        return bisect_left(self.days, day)

    def within(self, period: Period) -> range:
        """Positions of the business days of `period`."""
        return range(bisect_left(self.days, period.start), bisect_right(self.days, period.end))


def generator(*parts: object) -> random.Random:
    """Random numbers of one thing (a file, a region's districts): always the same for the same parts."""
    return random.Random("-".join(map(str, parts)))  # noqa: S311 - invented figures, no secret


@lru_cache(maxsize=4)
def clock(last_year: int) -> Clock:
    """The calendar to the end of `last_year`, built once."""
    return Clock(last_year)


@lru_cache(maxsize=64)
def _districts(region: str, seed: int) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Real districts of the region where its cases are, up to three in each province, the first ones the busiest."""
    draw = generator(seed, region, "distritos")
    provinces: dict[str, list[str]] = {}
    for row in references.district_rows():
        if row["cod_region"] == region:
            provinces.setdefault(row["cod_provincia"], []).append(row["ubigeo"])
    chosen = [u for own in provinces.values() for u in draw.sample(own, min(3, len(own)))]
    draw.shuffle(chosen)
    return tuple(chosen), tuple(1 / (rank + 2) for rank in range(len(chosen)))


def delivery(region: str, period: Period, cut: date, seed: int) -> Delivery:
    """Cases entered in `period`, as they stand on `cut`. The same for the same arguments, whatever else is generated."""
    draw = generator(seed, region, period.code)
    days = clock(cut.year + 2)
    expected = volume_on(region, period.start.year, period.start.month)
    entries = sorted(draw.choice(days.within(period)) for _ in range(max(1, round(draw.gauss(expected, expected**0.5)))))
    made = Delivery(region, period, [], [])
    for index, entry in enumerate(entries, start=1):
        if days.days[entry] <= cut:
            _add_case(made, index, entry, cut, days, draw, seed)
    return made


def _add_case(made: Delivery, index: int, entry: int, cut: date, days: Clock, draw: random.Random, seed: int) -> None:
    entered = days.days[entry]
    code = _procedure(made.region, entered, draw)
    moved = code == "IGAFOM" and entered >= FORMALISATION_LEAVES
    profile = MINISTRY_PROFILE if moved else PROFILES[made.region]
    pace = MINISTRY_PROFILE.pace if moved else pace_on(made.region, entered)
    end, steps = _outcome(code, profile, pace, draw)
    office = MINISTRY if moved else authority(made.region)
    number = f"{made.period.start.month:02d}{index:04d}"
    case_id = f"{made.region}-{office}-{entered.year}-{number}"
    rows = list(_dated(case_id, made.region, steps, entry, days.number(cut + timedelta(days=1)) - 1, days))
    case: Row = {
        "expediente_id": case_id, "cod_region": made.region, "ubigeo": draw.choices(*_districts(made.region, seed))[0],
        "numero_expediente": number, "anio": entered.year, "cod_procedimiento": code, "autoridad": office,
        **_applicant(code, entered, draw), "fecha_ingreso": entered, **_status(rows, len(steps), end, office, draw),
        "derecho_tramite_soles": round(_work(code).fee * draw.choice((1.0, 1.0, 1.05, 0.95)), 2),
    }  # fmt: skip
    made.cases.append(case)
    made.steps.extend(rows)


def _work(code: str) -> Work:
    return FORMALISATION if code == "IGAFOM" else WORK[code]


def _procedure(region: str, entered: date, draw: random.Random) -> str:
    # After the transfer fewer formalisation cases come, and they come to the ministry.
    share = PROFILES[region].informal * (0.45 if entered >= FORMALISATION_LEAVES else 1.0)
    if draw.random() < share:
        return "IGAFOM"
    return draw.choices(list(WORK), [w.share for w in WORK.values()])[0]


@lru_cache(maxsize=1)
def _deadlines() -> dict[str, int]:
    rows = references.procedures().to_pylist()
    return {r["cod_procedimiento"]: r["plazo_dias"] or r["plazo_referencia_dias"] for r in rows}


def _outcome(code: str, profile: Profile, pace: float, draw: random.Random) -> tuple[tuple[str, str], list[_Step]]:
    """((estado, sentido) once closed, the steps as they will be if nobody cuts them)."""
    total = max(4, round(_deadlines()[code] * pace * draw.lognormvariate(0, 0.38)))
    if draw.random() < 0.03:  # a case that somebody forgot in a drawer
        total *= draw.randint(3, 7)
    observed = draw.random() < profile.observed
    rounds = 0 if not observed else (2 if draw.random() < 0.14 else 1)
    left = observed and draw.random() < 0.07
    end = _end(left, draw)
    steps: list[_Step] = []
    for step in _entity_steps(total, draw):
        if left and step.name == "evaluacion_legal":
            continue
        steps.append(step)
        if step.name == "evaluacion_tecnica":
            steps += _opinion(code, profile, draw) + _observations(rounds, left, draw)
    return end, steps


def _end(left: bool, draw: random.Random) -> tuple[str, str]:
    if left:
        return "archivado", "abandono"
    if draw.random() < 0.012:
        return "desistido", "desistimiento"
    return "resuelto", draw.choices(("aprobado", "denegado", "improcedente"), (0.79, 0.08, 0.13))[0]


def _entity_steps(total: int, draw: random.Random) -> Iterator[_Step]:
    """The entity's days shared out among its steps; rounded on the running sum, so they add up to `total`."""
    weights = [share * (0.4 + 1.2 * draw.random()) for _, share in _ENTITY_STEPS]
    scale, run, before = total / sum(weights), 0.0, 0
    for (name, _), weight in zip(_ENTITY_STEPS, weights, strict=True):
        run += weight * scale
        yield _Step(name, "entidad", round(run) - before)
        before = round(run)


def _opinion(code: str, profile: Profile, draw: random.Random) -> list[_Step]:
    work = _work(code)
    if draw.random() >= work.opinion:
        return []
    giver = draw.choice(work.givers)
    days = max(2, round(profile.opinion * draw.lognormvariate(0, 0.5)))
    return [_Step("opinion_minem", "minem", days, giver)] if giver == "MINEM" else [_Step("opinion_externa", "opinante_externo", days, giver)]


def _observations(rounds: int, left: bool, draw: random.Random) -> list[_Step]:
    steps = []
    for turn in range(rounds):
        waits = draw.randint(25, 40) if left and turn == rounds - 1 else min(20, max(2, round(draw.lognormvariate(2.2, 0.45))))
        steps += [_Step("observacion", "entidad", draw.randint(1, 3)), _Step("subsanacion", "administrado", waits)]
    return steps


def _dated(case_id: str, region: str, steps: list[_Step], entry: int, cut: int, days: Clock) -> Iterator[Row]:
    """Steps begun by the cut, one after the other without gaps; the one that the cut finds open has no end."""
    start = entry
    for sequence, step in enumerate(steps, start=1):
        end = start + step.days
        yield {
            "expediente_id": case_id, "secuencia": sequence, "cod_region": region, "etapa": step.name, "responsable": step.holder,
            "entidad_opinante": step.giver, "fecha_inicio": days.days[start], "fecha_fin": days.days[end] if end <= cut else None,
        }  # fmt: skip
        if end > cut:
            return
        start = end


def _status(rows: list[Row], planned: int, end: tuple[str, str], office: str, draw: random.Random) -> Row:
    """Dates and outcome that follow from the steps. A resolution counts once notified, so a case at the signature is still open."""
    ends = {r["etapa"]: r["fecha_fin"] for r in rows}
    closed = len(rows) == planned and rows[-1]["fecha_fin"] is not None
    challenged = closed and end[1] in ("denegado", "improcedente") and draw.random() < 0.12
    signed = ends["firma"] if closed else None
    return {
        "fecha_admision": ends.get("admisibilidad"), "fecha_resolucion": signed, "fecha_notificacion": ends["notificacion"] if closed else None,
        "estado": end[0] if closed else _OPEN_STATUS.get(rows[-1]["etapa"], "en_tramite"), "sentido": end[1] if closed else None,
        "numero_resolucion": f"R.D. N.° {draw.randint(1, 9999):04d}-{signed.year}-{office}" if signed else None,
        "n_observaciones": sum(r["etapa"] == "observacion" for r in rows), "impugnado": challenged,
        "resultado_impugnacion": draw.choice(("pendiente", "confirma", "confirma", "revoca", "nulidad")) if challenged else None,
    }  # fmt: skip


def _applicant(code: str, entered: date, draw: random.Random) -> Row:
    kind = draw.choices(("natural", "juridica", "cooperativa"), (0.56, 0.39, 0.05))[0]
    stratum = "INFORMAL" if code == "IGAFOM" else draw.choices(("PPM", "PMA", "NA"), (0.56, 0.40, 0.04))[0]
    return {
        "estrato": stratum, "tipo_persona": kind,
        "sexo_solicitante": draw.choices(("M", "F"), (0.78, 0.22))[0] if kind == "natural" else "NA",
        "solicitante_hash": hashlib.sha256(f"demostracion {draw.getrandbits(64)}".encode()).hexdigest(),
        "codigo_derecho": f"DEMO-{draw.randint(1, 99999):05d}" if draw.random() < 0.7 else None,
        "canal": "virtual" if draw.random() < 0.25 + 0.1 * (entered.year - 2023) else "presencial",
    }  # fmt: skip
