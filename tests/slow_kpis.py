"""Eleven indicators computed again, slowly, from the accepted rows: no DuckDB, no facts, no methods, no definitions. No tests here.

Each indicator says which cases a period has and whose they are (`cases`), and what is made of them (`figure`). What is missing is judged from the
register of deliveries. Written from KPI_CATALOGUE and the norms, so that an error of the engine is not repeated here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from tests.slow_data import FOREVER, PLACES, REGIONS, Accepted, bounds, given, members
from tests.slow_methods import NONE, by_clusters, kaplan_meier, of_events, order_limits, percentile, wilson


@dataclass(frozen=True)
class Case:
    """One row that a period counts. `own`: the regional government's to answer for. `hit` over `weight` is a ratio; `days` and `ended` a time."""

    region: str
    category: str = ""
    own: bool = True
    hit: float = 0
    weight: float = 1
    days: int = 0
    ended: bool = True
    cluster: str = ""
    stratum: str = ""
    #: declarants owed and missing
    owed: int = 0
    silent: int = 0


@dataclass(frozen=True)
class Cell:
    """What a figure must be. Without state it is published."""

    estado: str = "publicado"
    numerador: float = NONE
    denominador: float = NONE
    valor: float = NONE
    n: float = NONE
    inferior: float = NONE
    superior: float = NONE


# cases of each indicator: (data, first day, last day, breakdown) -> cases


def due_in(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    """The cohort whose deadline, stopped only by the applicant, fell in the period; abandoned and withdrawn ones are nobody's delay."""
    files = [
        f for f in data.files(data.cut("tramites", "tramite_etapas")) if start <= f["due"] <= end and f["sense"] not in ("abandono", "desistimiento")
    ]
    return [Case(f["region"], f[split], f["own"], hit=f["end"] is not None and f["end"] <= f["due"]) for f in files]


def entered_in(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    files = [f for f in data.files(data.cut("tramites", "tramite_etapas")) if start <= f["entry"] <= end]
    return [Case(f["region"], f[split], f["own"], days=f["entity"], ended=not f["open"]) for f in files]


def ended_in(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    files = [f for f in data.files(data.cut("tramites", "tramite_etapas")) if f["end"] is not None and start <= f["end"] <= end]
    return [Case(f["region"], f[split], f["own"], days=f["citizen"]) for f in files]


def open_at(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    """What had entered and not ended on the last day, as known that day."""
    return [Case(f["region"], f[split], f["own"], hit=f["due"] < end, days=f["citizen"]) for f in data.files(end) if f["open"]]


def promised_for(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    found = []
    for c in data.rows("compromisos"):
        if start <= c.fecha_limite_original <= end and c.responsable in ("GR", "MINEM"):
            kept = given(c.fecha_cumplimiento)
            hit = c.estado == "cumplido" and kept is not None and kept <= c.fecha_limite_original
            found.append(Case(c.cod_region, c.responsable if split else "", hit=hit))
    return found


def proven(sample: Any, norm: Any) -> bool | None:
    """Whether a result is beyond its limit, by where the true value may be; None where it may be on both sides."""
    value = sample.valor
    if sample.signo == "<":  # anywhere below what the method can see
        least, most = -math.inf, math.nextafter(sample.limite_deteccion if norm.sentido == "max" else value, -math.inf)
    elif sample.signo == ">":
        least, most = math.nextafter(value, math.inf), math.inf
    else:
        least = most = value
    beyond = [v > norm.limite if norm.sentido == "max" else v < norm.limite for v in (least, most)]
    return beyond[0] if beyond[0] == beyond[1] else None


def sampled_in(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    """Single samples of accredited laboratories that prove something, at the limit in force that day, in its unit."""
    points = {p.punto_id: p for p in data.rows("puntos_monitoreo")}
    norms = defaultdict(list)
    for n in data.rows("ref_parametros"):
        norms[n.parametro, n.matriz, n.categoria, n.unidad].append(n)
    found = []
    for m in data.rows("muestras"):
        point = points.get(m.punto_id)
        if not start <= m.fecha_muestreo <= end or m.tipo_muestra != "simple" or not m.laboratorio_acreditado or point is None:
            continue
        for norm in norms[m.parametro, point.matriz, point.categoria, m.unidad]:
            if (given(norm.vigente_desde) or date.min) <= m.fecha_muestreo <= (given(norm.vigente_hasta) or FOREVER):
                beyond = proven(m, norm)
                if beyond is not None:
                    found.append(Case(m.cod_region, getattr(m, split, "") if split else "", hit=beyond, cluster=m.punto_id))
    return found


def registered_by(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    """The register on the last day: suspended and excluded ones stay, or a purge would raise the rate; cancelled ones leave on their day."""
    regional = {r: data.formalises(r, end) for r in REGIONS}
    found = []
    for i in data.rows("formalizacion"):
        gone = i.estado_reinfo == "cancelado" and i.fecha_estado <= end
        if i.fecha_inscripcion <= end and not gone:
            formal = given(i.fecha_formalizacion)
            found.append(Case(i.cod_region, getattr(i, split) if split else "", regional[i.cod_region], hit=formal is not None and formal <= end))
    return found


def asked_of(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    """Requirements of the registrations in process or formalised on the last day; only an approval with its date is one."""
    regional = {r: data.formalises(r, end) for r in REGIONS}
    holders = {}
    for i in data.rows("formalizacion"):
        gone = i.estado_reinfo in ("excluido", "cancelado") and i.fecha_estado <= end
        if i.fecha_inscripcion <= end and not gone:
            holders[i.inscripcion_id] = i
    found = []
    for r in data.rows("formalizacion_requisitos"):
        if r.estado != "no_aplica" and r.inscripcion_id in holders:
            holder, decided = holders[r.inscripcion_id], given(r.fecha_resolucion)
            category = r.requisito if split == "requisito" else f"{r.requisito}-{holder.sexo}"
            found.append(
                Case(holder.cod_region, category, regional[holder.cod_region], r.estado == "aprobado" and decided is not None and decided <= end)
            )
    return found


def zone_of(unit: Any) -> tuple[str, str]:
    """Stratum and zone: each region draws its own."""
    return f"{unit.cod_region}-{unit.estrato_muestral}", f"{unit.cod_region}-{unit.upm}"


def surveyed_in(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    """Working adults of the round, each with the zone and stratum of the unit."""
    units = {(u.unidad_lb_id, u.ronda): u for u in data.rows("lb_unidades")}
    found = []
    for p in data.rows("lb_personas"):
        if p.ronda == end.year and p.edad >= 18 and p.ocupacion != "no_trabaja":
            unit = units[p.unidad_lb_id, p.ronda]
            category = getattr(p, split) if split else ""
            stratum, zone = zone_of(unit)
            found.append(
                Case(p.cod_region, category, hit=p.factor_expansion * (p.sexo == "F"), weight=p.factor_expansion, cluster=zone, stratum=stratum)
            )
    return found


def three_years_to(data: Accepted, start: date, end: date, split: str) -> list[Case]:
    """Victims of fatal accidents over worker-years, in the 36 months that end with the period. Small-scale and artisanal mining."""
    since = date(end.year - 3, end.month, end.day) + timedelta(days=1)
    found, declared = [], set()
    for e in data.rows("produccion_empleo"):
        declared.add((e.cod_region, e.anio, e.mes))
        if since <= date(e.anio, e.mes, 1) <= end and e.estrato in ("PPM", "PMA"):
            workers = e.trabajadores_h + e.trabajadores_m
            found.append(Case(e.cod_region, e.estrato if split else "", weight=workers / 12, owed=e.obligados, silent=e.obligados - e.declarantes))
    for a in data.rows("accidentes"):
        if since <= a.fecha <= end and a.estrato in ("PPM", "PMA"):
            counts = a.tipo == "mortal" and (a.cod_region, a.fecha.year, a.fecha.month) in declared
            found.append(Case(a.cod_region, a.estrato if split else "", hit=(a.victimas_h + a.victimas_m) * counts, weight=0))
    return found


# what is made of the cases: (cases, zones drawn) -> cell


def share(cases: list[Case]) -> Cell:
    hits, size = sum(c.hit for c in cases), len(cases)
    low, high = wilson(hits, size)
    return Cell("publicado", hits, size, 100 * hits / size, size, 100 * low, 100 * high)


def quantile(q: Fraction) -> Callable[[list[Case]], Cell]:
    def made(cases: list[Case]) -> Cell:
        days = [c.days for c in cases]
        low, high = order_limits(days, q)
        return Cell("publicado", valor=percentile(days, q), n=len(days), inferior=low, superior=high)

    return made


def median_with_open(cases: list[Case]) -> Cell:
    median, low, high = kaplan_meier((c.days, c.ended) for c in cases)
    return Cell("no_alcanzado" if math.isnan(median) else "publicado", valor=median, n=len(cases), inferior=low, superior=high)


def of_points(cases: list[Case]) -> Cell:
    ratio, _, (low, high), points = by_clusters(("", c.cluster, c.hit, c.weight) for c in cases)
    state = "n_insuficiente" if points < 3 else "publicado"
    return Cell(state, sum(c.hit for c in cases), len(cases), 100 * ratio, len(cases), 100 * low, 100 * high)


def of_survey(cases: list[Case], drawn: Iterable[tuple[str, str]] = ()) -> Cell:
    ratio, error, (low, high), zones = by_clusters(((c.stratum, c.cluster, c.hit, c.weight) for c in cases), drawn)
    state = "n_insuficiente" if zones < 5 else "impreciso" if ratio > 0 and error / ratio > 0.3 else "publicado"
    hit, weight = math.fsum(c.hit for c in cases), math.fsum(c.weight for c in cases)
    return Cell(state, hit, weight, 100 * ratio, len(cases), 100 * low, 100 * high)


def per_ten_thousand(cases: list[Case]) -> Cell:
    deaths, years = sum(c.hit for c in cases), math.fsum(c.weight for c in cases)
    if sum(c.silent for c in cases) > 0.2 * sum(c.owed for c in cases):
        return Cell("regla_no_superada")
    if not years > 0:
        return Cell("sin_denominador")
    low, high = of_events(deaths)
    return Cell("publicado", deaths, years, 10000 * deaths / years, deaths, 10000 * low / years, 10000 * high / years)


@dataclass(frozen=True)
class Slow:
    """An indicator. `tables`: those whose deliveries decide whether a region reported; `minimum`: fewest cases."""

    cases: Callable[[Accepted, date, date, str], list[Case]]
    figure: Callable[[list[Case]], Cell]
    tables: tuple[str, ...]
    minimum: int
    stock: bool = False
    #: the country counts what is no longer the regions'
    country_counts_all: bool = False
    nothing: str = "sin_denominador"
    survey: bool = False


FILES = ("tramites", "tramite_etapas")
SLOW: dict[str, Slow] = {
    "pct_tramites_en_plazo": Slow(due_in, share, FILES, 10),
    "mediana_dias_entidad": Slow(entered_in, median_with_open, FILES, 10, nothing="sin_registro"),
    "p90_dias_ciudadano": Slow(ended_in, quantile(Fraction(9, 10)), FILES, 20, nothing="sin_registro"),
    "edad_mediana_pendientes": Slow(open_at, quantile(Fraction(1, 2)), FILES, 10, stock=True, nothing="sin_registro"),
    "pct_pendientes_vencidos": Slow(open_at, share, FILES, 10, stock=True),
    "pct_compromisos_en_plazo": Slow(promised_for, share, ("compromisos",), 5),
    "pct_muestras_exceden": Slow(sampled_in, of_points, ("muestras",), 20),
    "tasa_formalizacion": Slow(registered_by, share, ("formalizacion",), 20, stock=True, country_counts_all=True),
    "pct_requisito_aprobado": Slow(asked_of, share, ("formalizacion", "formalizacion_requisitos"), 20, stock=True, country_counts_all=True),
    "pct_mujeres_ocupadas_mpe": Slow(surveyed_in, of_survey, ("lb_personas", "lb_unidades"), 30, stock=True, survey=True),
    "tasa_mortalidad_laboral": Slow(three_years_to, per_ten_thousand, ("accidentes",), 0),
}


def slowly(data: Accepted, indicator: str, period: str, split: str = "") -> dict[tuple[str, str], Cell]:
    """Every (place, category) of an indicator in a period: each category that any place has, at every place."""
    slow, (start, end) = SLOW[indicator], bounds(period)
    cases = slow.cases(data, start, end, split)
    owed_from = date(end.year, end.month, 1) if slow.stock else start
    grouped: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        grouped[case.region, case.category].append(case)
    found = {}
    for place in PLACES:
        reported = data.reported(slow.tables, place, owed_from, end)
        figure = slow.figure
        if slow.survey:
            zones = {zone_of(u) for u in data.rows("lb_unidades") if u.ronda == end.year and u.cod_region in members(place)}
            figure = partial(of_survey, drawn=zones)
        for category in sorted({c.category for c in cases}):
            here = [c for r in members(place) for c in grouped.get((r, category), ())]
            found[place, category] = _cell(slow, figure, here, place, reported)
    return found


def _cell(slow: Slow, figure: Callable[[list[Case]], Cell], here: list[Case], place: str, reported: bool) -> Cell:
    counted = here if slow.country_counts_all and place == "00" else [c for c in here if c.own]
    if not counted and here:
        return Cell("competencia_minem")
    if not reported:
        return Cell("no_reportado")
    if not counted:
        return Cell(slow.nothing)
    cell = figure(counted)
    if len(counted) < slow.minimum:
        return Cell("n_insuficiente", n=cell.n)
    if cell.estado != "publicado":
        return Cell(cell.estado, n=cell.n)
    return cell
