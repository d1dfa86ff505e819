"""Oversight: units, what each region planned to supervise and did, sanction procedures and complaints."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl import references
from etl.demonstration.columns import pick, quarter_codes, where
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.working_days import working_days

#: of a usual region: units in all; planned regular supervisions, special ones and complaints in a quarter
_UNITS, _PLANNED, _SPECIAL, _COMPLAINTS = 80, 20, 4, 3
_USUAL = 29.0
#: share of the units that hold a right; the rest are being formalised
_WITH_RIGHT = 0.6
_RISKS, _RISK_SHARES = ("alto", "medio", "bajo"), (0.3, 0.45, 0.25)
#: how much of a year's plan each quarter carries, and what was left of supervision in the quarantine of 2020
_QUARTERS, _QUARANTINE = (0.85, 1.0, 1.1, 1.05), {"2020-T2": 0.2, "2020-T3": 0.45}


def make(region: Region) -> dict[str, pa.Table]:
    """The five tables of oversight."""
    size = region.profile.volume / _USUAL * region.scale
    units = _units(region, max(5, round(_UNITS * size)))
    plan = _plan(region, size)
    supervisions = _supervisions(region, size, units, plan)
    return {
        "unidades_fiscalizables": units,
        "planefa": plan,
        "supervisiones": supervisions,
        "pas": _sanctions(region, supervisions),
        "denuncias": _complaints(region, size),
    }


def capacity(region: Region) -> float:
    """How much of what it should do the office manages to: the slow ones are the short-handed ones."""
    return float(np.clip(1.4 - 0.6 * region.profile.pace + region.draw("capacidad").normal(0, 0.06), 0.45, 1.0))


def quarters(region: Region) -> list[tuple[np.datetime64, np.datetime64]]:
    """First and last day of every quarter, the first and the last as far as the time made reaches."""
    first, last = np.datetime64(region.first), np.datetime64(region.until)
    months = np.arange(first.astype("datetime64[M]").astype(int) // 3 * 3, last.astype("datetime64[M]").astype(int) + 1, 3)
    starts, ends = months.astype("datetime64[M]").astype("datetime64[D]"), (months + 3).astype("datetime64[M]").astype("datetime64[D]") - 1
    return list(zip(np.maximum(starts, first), np.minimum(ends, last), strict=True))


def open_days(region: Region, start: np.datetime64, end: np.datetime64) -> np.ndarray:
    """Business days of a quarter; its first day where it has none."""
    calendar = working_days(region.until.year + 1)
    low, high = np.searchsorted(calendar.days, start), np.searchsorted(calendar.days, end, side="right")
    days = calendar.days[low:high]
    return days if len(days) else np.array([start])


def by_year(region: Region, kind: str, days: np.ndarray) -> pa.Array:
    """13-SUP-2026-00001: numbers that start again each year. `days` in order."""
    years = days.astype("datetime64[Y]")
    number = np.arange(len(days)) - np.searchsorted(years, years) + 1
    texts = pc.utf8_lpad(pa.array(number).cast(pa.string()), 5, "0")
    return pc.binary_join_element_wise(f"{region.code}-{kind}", pa.array(years.astype(str)), texts, "-")


def _units(region: Region, count: int) -> pa.Table:
    draw = region.draw("unidades")
    holding = round(count * _WITH_RIGHT)
    rows = pa.concat_tables([_from_rights(region, holding, draw), _from_registrations(region, count - holding, draw)])
    since = _one_each_quarter(region, rows["desde"].to_numpy().astype("datetime64[D]"), draw)
    order = np.argsort(since, kind="stable")
    rows, since = rows.take(pa.array(order)), since[order]
    working = pc.and_(rows["activa"], pa.array(draw.random(rows.num_rows) < 0.93))
    number = pc.utf8_lpad(pa.array(np.arange(1, rows.num_rows + 1)).cast(pa.string()), 5, "0")
    return pa.table(
        {
            "unidad_id": pc.binary_join_element_wise(f"{region.code}-UF", number, "-"),
            "cod_region": pa.repeat(region.code, rows.num_rows),
            "ubigeo": rows["ubigeo"],
            "codigo_derecho": rows["codigo_derecho"],
            "inscripcion_id": rows["inscripcion_id"],
            "estrato": rows["estrato"],
            "activa": working,
            "nivel_riesgo": pick(_RISKS, draw.choice(3, rows.num_rows, p=_RISK_SHARES)),
            PERIOD: quarter_codes(since),
        }
    )


def _known(region: Region, rows: pa.Table, since: np.ndarray, count: int, draw: np.random.Generator) -> pa.Table:
    """At most `count` of the rows that the office knew of by the cut-off date, with the day it did."""
    known = np.flatnonzero(since <= np.datetime64(region.until))
    chosen = pa.array(draw.permutation(known)[:count])
    days = np.maximum(since, np.datetime64(region.first))
    return rows.take(chosen).append_column("desde", pa.array(days).take(chosen))


def _one_each_quarter(region: Region, since: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Some of those known from the start are registered later, one in each quarter from the last one back: no quarter brings none."""
    starts = np.array([s for s, _ in quarters(region)])[:0:-1]
    old = np.flatnonzero(since <= np.datetime64(region.first))
    moved = draw.permutation(old)[: min(len(starts), len(old) // 2)]
    since = since.copy()
    since[moved] = starts[: len(moved)]
    return since


def _from_rights(region: Region, count: int, draw: np.random.Generator) -> pa.Table:
    """Titled rights of those whom the regions oversee."""
    rights = region.tables["derechos_mineros"]
    mine = rights.filter(pc.and_(pc.equal(rights["estado_catastral"], "titulado"), pc.is_in(rights["estrato"], value_set=pa.array(["PPM", "PMA"]))))
    since = mine["fecha_titulo"].to_numpy().astype("datetime64[D]") + draw.integers(40, 200, mine.num_rows)
    rows = mine.select(["ubigeo", "codigo_derecho", "estrato"]).append_column("inscripcion_id", pa.nulls(mine.num_rows, pa.string()))
    rows = rows.append_column("activa", pa.repeat(True, mine.num_rows)).select(["ubigeo", "codigo_derecho", "inscripcion_id", "estrato", "activa"])
    return _known(region, rows, since, count, draw)


def _from_registrations(region: Region, count: int, draw: np.random.Generator) -> pa.Table:
    """Those being formalised; the formalised ones keep their own stratum and the excluded ones no longer work."""
    people = region.tables["formalizacion"]
    since = people["fecha_inscripcion"].to_numpy().astype("datetime64[D]") + draw.integers(20, 160, people.num_rows)
    done = pc.equal(people["estado_reinfo"], "formalizado")
    gone = pc.is_in(people["estado_reinfo"], value_set=pa.array(["excluido", "cancelado"]))
    rows = people.select(["ubigeo"]).append_column("codigo_derecho", pa.nulls(people.num_rows, pa.string()))
    rows = rows.append_column("inscripcion_id", people["inscripcion_id"])
    rows = rows.append_column("estrato", pc.if_else(done, people["estrato"], "INFORMAL")).append_column("activa", pc.invert(gone))
    return _known(region, rows, since, count, draw)


def _plan(region: Region, size: float) -> pa.Table:
    """What was planned for each quarter. A year's plan is approved in the first fifteen business days of the December before."""
    draw, spans = region.draw("planefa"), quarters(region)
    starts = np.array([s for s, _ in spans])
    year = starts.astype("datetime64[Y]").astype(int) + 1970
    quarter = starts.astype("datetime64[M]").astype(int) % 12 // 3
    usual = np.array(_QUARTERS)[quarter] * size * (1 + 0.03 * (year - year[0]))
    counts = [np.maximum(1, np.round(usual * n)).astype(int) for n in (3, _PLANNED, _SPECIAL)]
    approved, number = _approvals(region, np.unique(year), draw)
    each = np.repeat(year - year[0], 3)
    return pa.table(
        {
            "cod_region": pa.repeat(region.code, 3 * len(spans)),
            "anio": pa.array(np.repeat(year, 3)),
            "trimestre": pa.array(np.repeat(quarter + 1, 3)),
            "tipo_accion": pick(("evaluacion", "supervision_regular", "supervision_especial"), np.tile([0, 1, 2], len(spans))),
            "programado": pa.array(np.stack(counts, axis=1).ravel()),
            "fecha_aprobacion": pa.array(approved[each]),
            "resolucion": pick(number, each),
            PERIOD: quarter_codes(np.repeat(starts, 3)),
        }
    )


def _approvals(region: Region, years: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    calendar = working_days(region.until.year + 1)
    december = np.array([np.datetime64(f"{y - 1}-12-01") for y in years])
    days = calendar.on(calendar.number(december) + draw.integers(3, 15, len(years)))
    return days, [f"RGR {n}-{y - 1}" for y, n in zip(years, draw.integers(180, 640, len(years)), strict=True)]


def _supervisions(region: Region, size: float, units: pa.Table, plan: pa.Table) -> pa.Table:
    draw, able = region.draw("supervisiones"), capacity(region)
    since = _first_days(units)
    weight = np.where(np.asarray(units["nivel_riesgo"]) == "alto", 3.0, 1.0) * np.where(units["activa"].to_numpy(), 1.0, 0.1)
    provinces = np.unique(pc.utf8_slice_codeunits(units["ubigeo"], 0, 4).to_numpy(), return_inverse=True)[1]
    planned = plan["programado"].to_numpy()[1::3]
    unit, day, kind = [], [], []
    for (start, end), wanted, code in zip(quarters(region), planned, plan[PERIOD].to_pylist()[1::3], strict=True):
        days = open_days(region, start, end)
        share = min(1.0, len(days) / 60) * _QUARANTINE.get(code, 1.0)
        counts = np.round(np.array([wanted * min(1.05, able + draw.uniform(-0.12, 0.12)), 0.1 * wanted, _SPECIAL * size]) * share).astype(int)
        known = np.flatnonzero(since <= start)
        chosen = draw.choice(known, min(int(counts.sum()), len(known)), replace=False, p=weight[known] / weight[known].sum())
        unit.append(chosen)
        day.append(_field_trips(days, provinces[chosen], draw))
        kind.append(np.repeat([0, 1, 2], counts)[: len(chosen)])
    unit_at, days_at, kinds = np.concatenate(unit), np.concatenate(day), np.concatenate(kind)
    order = np.argsort(days_at, kind="stable")
    return _with_findings(region, units.take(pa.array(unit_at[order])), days_at[order], kinds[order], able, draw)


def _first_days(rows: pa.Table) -> np.ndarray:
    """The first day of the quarter in which each row was registered."""
    known, at = np.unique(np.asarray(rows[PERIOD]).astype(str), return_inverse=True)
    return np.array([np.datetime64(f"{q[:4]}-{3 * int(q[-1]) - 2:02d}-01") for q in known], "datetime64[D]")[at]


def _field_trips(days: np.ndarray, provinces: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """A day for each visit: the office has one team, which is in one province at a time."""
    step = max(int(provinces.max(initial=0)) + 1, 1)
    base = provinces % min(step, len(days))
    turns = (len(days) - base + step - 1) // step
    return days[base + step * np.floor(draw.random(len(base)) * turns).astype(int)]


def _with_findings(region: Region, units: pa.Table, day: np.ndarray, kind: np.ndarray, able: float, draw: np.random.Generator) -> pa.Table:
    """Reports, findings and what became of them. `kind`: 0 planned, 1 regular outside the plan, 2 special."""
    count, last = len(day), np.datetime64(region.until)
    report = day + draw.integers(6, 46, count)
    reported = (report <= last) & (draw.random(count) > 0.03)
    illegal = draw.random(count) < np.where(kind == 2, 0.25, 0.02 + 0.06 * region.profile.informal)
    findings = np.where(reported, np.maximum(draw.poisson(1.6, count), illegal), 0)
    limit = report + draw.choice([30, 45, 60, 90], count)
    mended = draw.binomial(findings, np.where(limit <= last, 0.25 + 0.6 * able, 0.2))
    matter = np.where(kind == 2, draw.choice(3, count, p=(0.6, 0.1, 0.3)), draw.choice(3, count, p=(0.6, 0.28, 0.12)))
    return pa.table(
        {
            "supervision_id": by_year(region, "SUP", day),
            "unidad_id": units["unidad_id"],
            "cod_region": units["cod_region"],
            "ubigeo": units["ubigeo"],
            "tipo": pick(("regular", "regular", "especial"), kind),
            "materia": pick(("ambiental", "seguridad", "formalizacion"), matter),
            "programada": pa.array((kind == 0) | ((kind == 2) & (draw.random(count) < 0.5))),
            "fecha": pa.array(day),
            "fecha_informe": where(reported, report),
            "n_hallazgos": pa.array(findings),
            "n_hallazgos_corregidos": pa.array(mended),
            "fecha_limite_correccion": where(findings > 0, limit),
            "mineria_ilegal": pa.array(illegal),
            "comunicado_fiscalia": pa.array(illegal),
            "fecha_comunicacion": where(illegal, np.minimum(day + draw.integers(1, 9, count), last)),
            PERIOD: quarter_codes(day),
        }
    )


def _sanctions(region: Region, supervisions: pa.Table) -> pa.Table:
    """Of the findings that nobody mended, some bring charges."""
    draw, last = region.draw("pas"), np.datetime64(region.until)
    report = supervisions["fecha_informe"].to_numpy().astype("datetime64[D]")
    owed = supervisions["n_hallazgos"].to_numpy() > supervisions["n_hallazgos_corregidos"].to_numpy()
    charged = report + draw.integers(20, 120, len(report))
    taken = np.flatnonzero(owed & (charged <= last) & (draw.random(len(report)) < 0.6))
    taken = taken[np.argsort(charged[taken], kind="stable")]
    days, count = charged[taken], len(taken)
    lapses = draw.random(count) < np.clip(0.04 + 0.35 * (region.profile.pace - 0.6), 0.03, 0.3)
    extended = draw.random(count) < 0.06
    # Nine months are 272 days at the least and 276 at the most; twelve are 365.
    ends = days + np.where(lapses, draw.integers(285, 340, count), np.where(extended, draw.integers(280, 350, count), draw.integers(60, 268, count)))
    over = ends <= last
    fined = draw.random(count) < 0.7
    state = np.where(~over, 0, np.where(lapses, 3, np.where(fined, 1, 2)))
    measure = draw.random(count) < 0.45
    return pa.table(
        {
            "pas_id": by_year(region, "PAS", days),
            "supervision_id": supervisions["supervision_id"].take(pa.array(taken)),
            "cod_region": pa.repeat(region.code, count),
            "fecha_imputacion": pa.array(days),
            "fecha_resolucion": where(over, ends),
            "estado": pick(("instruccion", "sancion", "archivo", "caducado"), state),
            "gravedad": pick(("leve", "grave", "muy_grave"), draw.choice(3, count, p=(0.5, 0.38, 0.12))),
            **_fines((state == 1) & (draw.random(count) < 0.85), ends, draw),
            "medida_correctiva": pa.array(measure),
            "medida_cumplida": where(measure, draw.random(count) < 0.25 + 0.5 * capacity(region)),
            PERIOD: quarter_codes(days),
        }
    )


def _fines(fined: np.ndarray, resolved: np.ndarray, draw: np.random.Generator) -> dict[str, pa.Array]:
    """Fines in UIT and in soles of the resolution's year, and what was collected."""
    table = references.kept("ref_uit")
    years = resolved.astype("datetime64[Y]").astype(int) + 1970
    # Only fines of known years are kept; those of open cases are not written.
    uit = dict(zip(table["anio"].to_pylist(), table["uit_soles"].to_pylist(), strict=True))
    value = np.array([uit.get(int(y), 0.0) for y in years])
    units = np.round(np.clip(np.exp(draw.normal(0.9, 0.8, len(fined))), 0.5, 30), 2)
    soles = np.round(units * value, 2)
    share = draw.choice([0.0, 0.3, 0.6, 1.0], len(fined), p=(0.45, 0.12, 0.13, 0.3))
    written = fined & (value > 0)
    collected = np.floor(soles * share * 100) / 100
    return {"multa_uit": where(written, units), "multa_soles": where(written, soles), "cobrado_soles": where(written, collected)}


def _some_days(days: np.ndarray, usual: float, draw: np.random.Generator) -> np.ndarray:
    """About `usual` of the days, any of them more than once."""
    return draw.choice(days, int(usual * draw.uniform(0.75, 1.25) + draw.random()))


def _complaints(region: Region, size: float) -> pa.Table:
    draw, last, able = region.draw("denuncias"), np.datetime64(region.until), capacity(region)
    days = np.sort(np.concatenate([_some_days(open_days(region, *span), _COMPLAINTS * size, draw) for span in quarters(region)]))
    count = len(days)
    first = days + 1 + np.minimum(draw.exponential(55 - 42 * able, count), 200).astype(int)
    closed = first + draw.integers(15, 170, count)
    acted = (first <= last) & (draw.random(count) > 0.04)
    ended = acted & (closed <= last) & (draw.random(count) > 0.1)
    matter = draw.choice(6, count, p=(0.33, 0.1, 0.14, 0.08, 0.24, 0.11))
    result = np.where(ended, draw.choice(3, count, p=(0.5, 0.27, 0.23)), np.where(acted, 3, -1))
    return pa.table(
        {
            "denuncia_id": by_year(region, "DEN", days),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(region.some_districts(count, draw)),
            "fecha_recepcion": pa.array(days),
            "materia": pick(("agua", "aire", "suelo", "ruido", "mineria_ilegal", "otro"), matter),
            "fecha_primera_accion": where(acted, first),
            "fecha_cierre": where(ended, closed),
            "resultado": pick(("supervision", "derivada", "sin_merito", "en_atencion"), result),
            PERIOD: quarter_codes(days),
        }
    )
