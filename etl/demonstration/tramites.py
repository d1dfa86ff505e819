"""Case files and their steps, for whole years of a region at once; each approved title makes a right of the cadastre."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl import references
from etl.demonstration import derechos, steps
from etl.demonstration.columns import month_codes, pick, where
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.profiles import FORMALISATION, FORMALISATION_LEAVES, MINISTRY, MINISTRY_PROFILE, WORK, authority, pace, volume
from etl.demonstration.working_days import WorkingDays, working_days

CODES = (*WORK, "IGAFOM")
TITLE, PROOF, FORMAL = (CODES.index(c) for c in ("TITULO_CONCESION", "CONSTANCIA_PPM_PMA", "IGAFOM"))
_WORKS = (*WORK.values(), FORMALISATION)
_ENDS = ("aprobado", "denegado", "improcedente", "abandono", "desistimiento")
_NEVER = np.datetime64("NaT", "D")


@dataclass
class Cases:
    """One entry a case. `entry` is its business day by number; `code`, `end` index CODES and _ENDS; days are NaT where not yet."""

    entry: np.ndarray
    entered: np.ndarray
    index: np.ndarray
    code: np.ndarray
    moved: np.ndarray
    limit: np.ndarray
    left: np.ndarray
    end: np.ndarray

    def __len__(self) -> int:
        return len(self.entry)


def make(region: Region) -> dict[str, pa.Table]:
    """Cases, their steps, and the rights completed with those that the cases ask for."""
    calendar = working_days(region.until.year + 2)
    cases = _entered(region, calendar)
    planned = steps.plan(cases.code, cases.left, _total_days(region, cases), region, _WORKS)
    done = steps.dated(planned, cases.entry, int(calendar.number(region.until + np.timedelta64(1, "D"))) - 1, calendar)
    titles, rights = _titles(region, cases, done)
    rows = _rows(region, cases, done, titles, rights)
    return {"derechos_mineros": rights, "tramites": rows, "tramite_etapas": _step_rows(region, rows, done)}


def _entered(region: Region, calendar: WorkingDays) -> Cases:
    """Who comes when, and with what."""
    draw = region.draw("ingresos")
    months = np.arange(np.datetime64(region.first, "M"), np.datetime64(region.until, "M") + 1)
    expected = volume(region.code, months) * region.scale
    # Less than chance would have: an office that trips the alarms of atypical volume (G-10, C01-ATI-2B) must do so on purpose.
    counts = np.maximum(1, np.round(expected + np.sqrt(expected) * np.clip(draw.normal(size=len(months)), -1.2, 1.2))).astype(int)
    first, after = calendar.number(months.astype("datetime64[D]")), calendar.number((months + 1).astype("datetime64[D]"))
    month = np.repeat(np.arange(len(months)), counts)
    entry = first[month] + (draw.random(len(month)) * (after - first)[month]).astype(int)
    entry = entry[np.lexsort((entry, month))]
    index = np.arange(len(month)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    entered = calendar.on(entry)
    seen = entered <= np.datetime64(region.until)
    entry, entered, index = entry[seen], entered[seen], index[seen]
    return _worked(region, entry, entered, index, draw)


def _worked(region: Region, entry: np.ndarray, entered: np.ndarray, index: np.ndarray, draw: np.random.Generator) -> Cases:
    count = len(entry)
    leaves = entered >= np.datetime64(FORMALISATION_LEAVES)
    # After the transfer fewer formalisation cases come, and they come to the ministry.
    formal = draw.random(count) < region.profile.informal * np.where(leaves, 0.45, 1.0)
    code = np.where(formal, FORMAL, draw.choice(len(WORK), count, p=[w.share for w in WORK.values()]))
    moved = formal & leaves
    observed = draw.random(count) < np.where(moved, MINISTRY_PROFILE.observed, region.profile.observed)
    left = np.where(observed & (draw.random(count) < 0.07), 1, 0) + np.where(observed, 1, 0)
    end = draw.choice(3, count, p=[0.79, 0.08, 0.13])
    end = np.where(left == 2, 3, np.where(draw.random(count) < 0.012, 4, end))
    return Cases(entry, entered, index, code, moved, _limits(code, entered), left, end)


@lru_cache(maxsize=1)
def _deadlines() -> tuple[tuple[int, np.datetime64, int], ...]:
    """(procedure, first day, days) of every interval of the catalogue."""
    rows = references.procedures().to_pylist()
    known = [r for r in rows if r["cod_procedimiento"] in CODES]
    found = [(CODES.index(r["cod_procedimiento"]), np.datetime64(r["vigente_desde"]), r["plazo_dias"] or r["plazo_referencia_dias"]) for r in known]
    return tuple(sorted(found, key=lambda r: r[1]))


def _limits(code: np.ndarray, entered: np.ndarray) -> np.ndarray:
    """The deadline in force on the day of entry."""
    limits = np.full(len(code), 30)
    for procedure, since, days in _deadlines():
        limits[(code == procedure) & (entered >= since)] = days
    return limits


def _total_days(region: Region, cases: Cases) -> np.ndarray:
    """Business days that the office itself will take."""
    draw = region.draw("duraciones")
    speed = np.where(cases.moved, MINISTRY_PROFILE.pace, pace(region.code, cases.entered))
    total = np.maximum(4, np.round(cases.limit * speed * draw.lognormal(0, 0.38, len(cases)))).astype(int)
    forgotten = draw.random(len(cases)) < 0.03  # cases that somebody left in a drawer
    return np.where(forgotten, total * draw.integers(3, 8, len(cases)), total)


def _titles(region: Region, cases: Cases, done: steps.Done) -> tuple[np.ndarray, pa.Table]:
    """For each case the row of the right it asks for, and the rights of the region with those."""
    before = region.tables["derechos_mineros"]
    draw = region.draw("titulos")
    asks = np.flatnonzero(cases.code == TITLE)
    taken = int(pc.sum(pc.is_in(before["estrato"], value_set=pa.array(["PPM", "PMA"]))).as_py() or 0)
    own = derechos.slots(region)[taken : taken + len(asks)]
    approved = done.closed[asks] & (cases.end[asks] == 0)
    titled = np.where(approved, done.signed[asks], _NEVER)
    gone = np.where(done.closed[asks] & ~approved, done.signed[asks], _NEVER)
    new = derechos.asked_for(region, region.small_holders, own, cases.entered[asks], titled, gone, draw)
    new = derechos.numbered(region, new.append_column("autoridad_otorgante", pa.repeat("GR", len(asks))), before.num_rows + 1)
    titles = np.full(len(cases), -1)
    titles[asks] = before.num_rows + np.arange(len(asks))
    return titles, pa.concat_tables([before, new.select(before.column_names).cast(before.schema)])


def _referred(cases: Cases, titles: np.ndarray, rights: pa.Table, draw: np.random.Generator) -> np.ndarray:
    """The right each case is about: the one it asks for, or one titled before it came; -1 where it names none."""
    kept = pc.and_(pc.is_valid(rights["fecha_titulo"]), pc.is_null(rights["fecha_extincion"]))
    usable = np.flatnonzero(pc.and_(kept, pc.not_equal(rights["estrato"], "GENERAL")).to_numpy())
    titled = rights["fecha_titulo"].to_numpy().astype("datetime64[D]")[usable]
    order = np.argsort(titled, kind="stable")
    known = np.searchsorted(titled[order], cases.entered, side="left")
    chosen = usable[order][(draw.random(len(cases)) * np.maximum(known, 1)).astype(int)]
    share = np.select([cases.code == PROOF, cases.code == FORMAL], [0.0, 0.45], 0.88)
    named = (draw.random(len(cases)) < share) & (known > 0)
    return np.where(titles >= 0, titles, np.where(named, chosen, -1))


def _rows(region: Region, cases: Cases, done: steps.Done, titles: np.ndarray, rights: pa.Table) -> pa.Table:
    draw = region.draw("expedientes")
    count, office = len(cases), np.where(cases.moved, MINISTRY, authority(region.code))
    right = _referred(cases, titles, rights, draw)
    year = cases.entered.astype("datetime64[Y]").astype(int) + 1970
    number = _numbers(cases)
    case_id = pc.binary_join_element_wise(region.code, pa.array(office), pa.array(year).cast(pa.string()), number, "-")
    refused = done.closed & np.isin(cases.end, (1, 2))
    challenged = refused & (draw.random(count) < 0.12)
    outcome = pick(("pendiente", "confirma", "revoca", "nulidad"), draw.choice(4, count, p=[0.2, 0.4, 0.2, 0.2]))
    at = pa.array(right, mask=right < 0)
    signed_year = np.where(done.closed, done.signed.astype("datetime64[Y]").astype(int) + 1970, 0)
    act = pc.binary_join_element_wise(
        "R.D. N.° ", pc.utf8_lpad(pa.array(draw.integers(1, 10_000, count)).cast(pa.string()), 4, "0"), "-",
        pa.array(signed_year).cast(pa.string()), "-", pa.array(office), "",
    )  # fmt: skip
    fees = np.array([w.fee for w in _WORKS])[cases.code] * draw.choice([1.0, 1.0, 1.05, 0.95], count)
    return pa.table(
        {
            "expediente_id": case_id,
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pc.coalesce(rights["ubigeo"].combine_chunks().take(at), pa.array(region.some_districts(count, draw))),
            "numero_expediente": number,
            "anio": pa.array(year),
            "cod_procedimiento": pick(CODES, cases.code),
            "autoridad": pa.array(office),
            **_applicants(region, cases, right, rights, draw),
            "codigo_derecho": rights["codigo_derecho"].combine_chunks().take(at),
            "canal": pick(("presencial", "virtual"), (draw.random(count) < np.clip(0.25 + 0.1 * (year - 2023), 0.04, 0.7)).astype(int)),
            "fecha_ingreso": pa.array(cases.entered),
            "fecha_admision": where(~np.isnat(done.admitted), done.admitted),
            "fecha_resolucion": where(done.closed, done.signed),
            "fecha_notificacion": where(done.closed, done.notified),
            "estado": pick(steps.STATES, np.where(done.closed, np.array([0, 0, 0, 1, 2])[cases.end], done.state)),
            "sentido": where(done.closed, pick(_ENDS, cases.end)),
            "numero_resolucion": where(done.closed, act),
            "n_observaciones": pa.array(done.observations),
            "impugnado": pa.array(challenged),
            "resultado_impugnacion": where(challenged, outcome),
            "derecho_tramite_soles": pa.array(np.round(fees, 2)),
            PERIOD: month_codes(cases.entered),
        }
    )


def _numbers(cases: Cases) -> pa.Array:
    """The month and the order of entry in it, as the offices number."""
    month = cases.entered.astype("datetime64[M]").astype(int) % 12 + 1
    two, four = (pc.utf8_lpad(pa.array(n).cast(pa.string()), width, "0") for n, width in ((month, 2), (cases.index, 4)))
    return pc.binary_join_element_wise(two, four, "")


def _applicants(region: Region, cases: Cases, right: np.ndarray, rights: pa.Table, draw: np.random.Generator) -> dict[str, pa.Array]:
    """The holder of the right that the case is about, any small producer, or a miner being formalised."""
    small, miners = region.small_holders, region.informal_miners
    holder_of = pc.index_in(rights["titular_hash"], value_set=pa.array(small.hashes, pa.string())).fill_null(-1).to_numpy()
    anybody = draw.integers(0, len(small), len(cases))
    own = np.where((right >= 0) & (holder_of[right] >= 0), holder_of[right], anybody)
    formal = cases.code == FORMAL
    who = np.where(formal, len(small) + draw.integers(0, len(miners), len(cases)), own)

    def of(name: str) -> pa.Array:
        return pick(np.concatenate([getattr(small, name), getattr(miners, name)]), who)

    return {"estrato": of("stratum"), "tipo_persona": of("kind"), "sexo_solicitante": of("sex"), "solicitante_hash": of("hashes")}


def _step_rows(region: Region, cases: pa.Table, done: steps.Done) -> pa.Table:
    case, slot = done.rows()
    at = pa.array(case)
    ends = done.ends[case, slot]
    return pa.table(
        {
            "expediente_id": cases["expediente_id"].combine_chunks().take(at),
            "secuencia": pa.array(done.sequence()),
            "cod_region": pa.repeat(region.code, len(case)),
            "etapa": pick(steps.NAMES, done.names(case, slot)),
            "responsable": pick(steps.IN_CHARGE, done.holders(case, slot)),
            "entidad_opinante": pick(steps.GIVERS, done.givers(case, slot)),
            "fecha_inicio": pa.array(done.starts[case, slot]),
            "fecha_fin": where(~np.isnat(ends), ends),
            PERIOD: cases[PERIOD].combine_chunks().take(at),
        }
    )
