"""Workshops, trainings, visits and forums of each month, and the posts of the regional mining office at each quarter's end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from etl.demonstration.columns import month_codes, pick, quarter_codes, where
from etl.demonstration.conflictos import numbered_by_month
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.profiles import FORMALISATION_LEAVES, SEASON

_PILOTS = ("13", "18", "19")
_TYPES = (
    "taller_participativo", "audiencia_publica", "monitoreo_participativo", "capacitacion_mineros", "capacitacion_funcionarios", "asistencia_tecnica",
    "visita_campo", "campana_formalizacion", "foro_regional", "difusion",
)  # fmt: skip
_WORKSHOP, _HEARING, _MONITORING, _MINERS, _OFFICIALS, _ASSISTANCE, _VISIT, _CAMPAIGN, _FORUM, _OUTREACH = range(10)
_HOSTS = ("DREM", "ER", "MINEM", "EMPRESA", "OTRO")
_DREM, _TEAM, _MINISTRY, _COMPANY, _OTHER = range(5)
#: function each type of event serves, its hours and its people
_FUNCTION = ("F08", "F08", "F10", "F11", None, "F07", "F11", "F07", None, "F02")
_HOURS = np.array([3.0, 3.5, 6.0, 6.0, 8.0, 3.0, 5.0, 5.0, 6.0, 2.5])
_PEOPLE = np.array([34.0, 60.0, 16.0, 26.0, 13.0, 9.0, 6.0, 38.0, 70.0, 45.0])
#: shares of the types among what an office does of its own, and among what a Regional Team does
_OWN = (0.0, 0.0, 0.0, 0.30, 0.0, 0.26, 0.18, 0.14, 0.0, 0.12)
_TEAMS = (0.0, 0.0, 0.0, 0.12, 0.0, 0.38, 0.28, 0.22, 0.0, 0.0)
#: what is done to be heard before an environmental instrument is approved
_HEARD = {"taller_participativo": _WORKSHOP, "audiencia_publica": _HEARING, "monitoreo_participativo": _MONITORING}
#: hours of the induction month of the Regional Teams, which other events never have
_INDUCTION_HOURS = 160.0

_POSTS = (
    ("Director regional", None, 1), ("Jefe de concesiones", "F03", 1), ("Jefe de asuntos ambientales", "F08", 1), ("Jefe de fiscalización", "F10", 1),
    ("Especialista en concesiones", "F03", 3), ("Especialista ambiental", "F08", 4), ("Fiscalizador ambiental", "F10", 3),
    ("Inspector de seguridad minera", "F11", 2), ("Especialista en formalización", "F07", 4), ("Abogado", "F12", 2),
    ("Especialista en promoción minera", "F02", 1), ("Geólogo", "F13", 1), ("Asistente administrativo", None, 1),
)  # fmt: skip
_REGIMES = ("DL276", "DL728", "CAS", "SERVIR", "LOCACION")
_REGIME_SHARES = (0.24, 0.08, 0.48, 0.04, 0.16)
#: chance that whoever holds a post leaves it in a quarter
_LEAVE = np.array([0.015, 0.025, 0.06, 0.03, 0.13])
#: chance that a director goes in a quarter, where it is not the usual one; and first quarters of new regional governments
_DIRECTORS, _USUAL = {"03": 0.22, "17": 0.3, "21": 0.2, "16": 0.18, "18": 0.03, "13": 0.04}, 0.08
_NEW_GOVERNMENTS = np.array(["2019-01-01", "2023-01-01"], "datetime64[D]")
#: chance that a vacant post is filled in a quarter
_FILL, _FILL_DIRECTOR = 0.34, 0.85


@dataclass
class Events:
    """One entry an event. `iga` is empty where there is none; `heads` are all who came; marks are told where `tested`."""

    day: np.ndarray
    kind: np.ndarray
    host: np.ndarray
    place: np.ndarray
    iga: np.ndarray
    hours: np.ndarray
    heads: np.ndarray
    unknown: np.ndarray
    women: np.ndarray
    of_ppm: np.ndarray
    of_pma: np.ndarray
    informal: np.ndarray
    tested: np.ndarray
    before: np.ndarray
    after: np.ndarray

    def take(self, at: np.ndarray) -> Events:
        return Events(*(values[at] for values in vars(self).values()))


def make(region: Region) -> dict[str, pa.Table]:
    """Events, and the staff that some of them train."""
    events = _events(region)
    trained = events.kind == _OFFICIALS
    return {"eventos": _rows(region, events), "personal_drem": _staff(region, events.day[trained], (events.hours * events.heads)[trained])}


def _events(region: Region) -> Events:
    """All of them by day; of the same kind, day and district, a Regional Team's is told from the office's."""
    parts = [_hearings(region), _of_the_office(region), _of_officials(region), _forums(region)]
    if region.code in _PILOTS:
        parts += [_of_the_team(region), _inductions(region)]
    events = Events(*(np.concatenate([vars(p)[name] for p in parts]) for name in vars(parts[0])))
    events = events.take(np.argsort(events.day, kind="stable"))
    events = events.take(np.flatnonzero(events.day <= np.datetime64(region.until)))
    moved = (events.kind == _CAMPAIGN) & (events.day >= np.datetime64(FORMALISATION_LEAVES))
    events.host = np.where(moved, _MINISTRY, events.host)
    same = np.array([f"{d}{k}{p}" for d, k, p in zip(events.day, events.kind, events.place, strict=True)])
    twice = (events.host == _TEAM) & np.isin(same, same[events.host == _DREM])
    return events.take(np.flatnonzero(~twice))


def _plain(region: Region, day: np.ndarray, kind: np.ndarray, host: np.ndarray, draw: np.random.Generator, people: int = 0) -> Events:
    """Events about no instrument, of usual length, in some district; `people` come, or about as many as is usual."""
    count = len(day)
    hours = np.maximum(1.0, np.round(2 * _HOURS[kind] * draw.uniform(0.6, 1.5, count)) / 2)
    usual = np.maximum(3, draw.poisson(draw.gamma(4, _PEOPLE[kind] / 4))).clip(max=600)
    heads = np.full(count, people) if people else usual
    unknown = np.where(draw.random(count) < 0.25, draw.binomial(heads, 0.06), 0)
    unknown = np.minimum(unknown, (heads * 0.18).astype(int))
    open_to_all = np.isin(kind, (_WORKSHOP, _HEARING, _OUTREACH)) * 0.08
    share = np.clip(region.draw("mujeres").uniform(0.2, 0.4) + open_to_all + draw.normal(0, 0.07, count), 0.02, 0.7)
    miners = draw.binomial(heads, np.where(kind == _FORUM, 0.25, 0.8))
    of_ppm = draw.binomial(miners, 0.2)
    of_pma = draw.binomial(miners - of_ppm, 0.3)
    before = np.clip(np.round(draw.normal(9.5, 2.2, count), 1), 2, 17)
    after = np.clip(np.round(before + draw.normal(4.2, 1.6, count), 1), 3, 20)
    tested = np.isin(kind, (_MINERS, _OFFICIALS)) & (draw.random(count) < 0.7)
    return Events(
        day, kind, host, region.some_districts(count, draw).astype(object), np.full(count, None, object), hours,
        heads, unknown, draw.binomial(heads - unknown, share), of_ppm, of_pma, miners - of_ppm - of_pma, tested, before, after,
    )  # fmt: skip


def _weekdays(day: np.ndarray) -> np.ndarray:
    """The days, those of a weekend moved to the Friday before, or the Monday after where that was another month."""
    friday = np.busday_offset(day, 0, roll="backward")
    same = friday.astype("datetime64[M]") == day.astype("datetime64[M]")
    return np.where(same, friday, np.busday_offset(day, 0, roll="forward"))


def _some_days(region: Region, per_month: float, draw: np.random.Generator, least: int = 0) -> np.ndarray:
    """Working days with an event: few in summer, almost none in the months of 2020 that were closed."""
    months = np.arange(np.datetime64(region.first, "M"), np.datetime64(region.first, "M") + region.months)
    closed = np.where((months >= np.datetime64("2020-03")) & (months <= np.datetime64("2020-08")), 0.15, 1.0)
    expected = per_month * region.scale * np.array(SEASON)[months.astype(int) % 12] * closed
    month = np.repeat(months, np.maximum(least, draw.poisson(expected)))
    return _weekdays(month.astype("datetime64[D]") + draw.integers(0, 28, len(month)))


def _of_the_office(region: Region) -> Events:
    draw = region.draw("eventos de la direccion")
    day = _some_days(region, 4 + 0.08 * region.profile.volume, draw, least=1)
    kind = draw.choice(len(_TYPES), len(day), p=_OWN)
    other = draw.choice([_DREM, _MINISTRY, _OTHER], len(day), p=[0.88, 0.07, 0.05])
    return _plain(region, day, kind, other, draw)


def _of_the_team(region: Region) -> Events:
    draw = region.draw("eventos del equipo regional")
    day = _some_days(region, 5, draw)
    return _plain(region, day, draw.choice(len(_TYPES), len(day), p=_TEAMS), np.full(len(day), _TEAM), draw)


def _of_officials(region: Region) -> Events:
    """Training of officials: a better office trains more."""
    draw = region.draw("capacitaciones")
    day = _some_days(region, 0.9 - 0.45 * region.profile.pace, draw)
    host = draw.choice([_DREM, _MINISTRY, _OTHER], len(day), p=[0.4, 0.45, 0.15])
    return _plain(region, day, np.full(len(day), _OFFICIALS), host, draw)


def _forums(region: Region) -> Events:
    """The Regional Forum meets in April and October."""
    draw = region.draw("foros")
    months = np.arange(np.datetime64(region.first, "M"), np.datetime64(region.first, "M") + region.months)
    meets = months[np.isin(months.astype(int) % 12, (3, 9))]
    day = _weekdays(meets.astype("datetime64[D]") + draw.integers(5, 25, len(meets)))
    return _plain(region, day, np.full(len(day), _FORUM), np.full(len(day), _DREM), draw)


def _inductions(region: Region) -> Events:
    """The month that the ministry trains a Regional Team: when it starts and after each change of government."""
    day = _weekdays(_NEW_GOVERNMENTS[np.datetime64(region.first) <= _NEW_GOVERNMENTS] + 36)
    events = _plain(region, day, np.full(len(day), _OFFICIALS), np.full(len(day), _MINISTRY), region.draw("induccion"), people=5)
    events.hours = np.full(len(day), _INDUCTION_HOURS)
    return events


def _hearings(region: Region) -> Events:
    """What was held for each environmental instrument whose participation took place."""
    draw, found = region.draw("participacion"), region.tables.get("certificacion_ambiental")
    nothing = np.empty(0)
    if found is None or not found.num_rows:
        return _plain(region, nothing.astype("datetime64[D]"), nothing.astype(int), nothing.astype(int), draw)
    ways = found["mecanismo_participacion"].to_numpy(zero_copy_only=False).astype(str)
    held = found["fecha_participacion"].to_numpy().astype("datetime64[D]")
    at = np.flatnonzero(found["participacion_concluida"].to_numpy() & ~np.isnat(held) & (ways != "ninguno") & (held >= np.datetime64(region.first)))
    kind = np.array([_HEARD.get(w, _OUTREACH) for w in ways[at].tolist()], int)
    host = draw.choice([_COMPANY, _DREM, _OTHER], len(at), p=[0.62, 0.33, 0.05])
    events = _plain(region, held[at], kind, host, draw)
    events.place = found["ubigeo"].to_numpy(zero_copy_only=False)[at]
    events.iga = found["iga_id"].to_numpy(zero_copy_only=False)[at]
    return events


def _rows(region: Region, events: Events) -> pa.Table:
    count, kind = len(events.day), events.kind
    mining = np.isin(kind, (_MINERS, _ASSISTANCE, _VISIT, _CAMPAIGN, _FORUM))
    periods = month_codes(events.day)
    return pa.table(
        {
            "evento_id": numbered_by_month(region.code, "EV", periods, 3),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(events.place, pa.string()),
            "fecha": pa.array(events.day),
            "tipo": pick(_TYPES, kind),
            "organizador": pick(_HOSTS, events.host),
            "funcion_id": pick(_FUNCTION, kind),
            "iga_id": pa.array(events.iga, pa.string()),
            "horas": pa.array(events.hours),
            "asistentes_h": pa.array(events.heads - events.unknown - events.women),
            "asistentes_m": pa.array(events.women),
            "asistentes_nd": pa.array(events.unknown),
            "mineros_ppm": where(mining, events.of_ppm),
            "mineros_pma": where(mining, events.of_pma),
            "mineros_informales": where(mining, events.informal),
            "nota_pre": where(events.tested, events.before),
            "nota_post": where(events.tested, events.after),
            PERIOD: periods,
        }
    )


@dataclass
class _Posts:
    """The posts of an office, one entry a post."""

    name: np.ndarray
    function: np.ndarray
    regime: np.ndarray
    budgeted: np.ndarray
    weight: np.ndarray

    @property
    def leads(self) -> np.ndarray:
        return np.arange(len(self.name)) == 0


@dataclass
class _Held:
    """Who holds each post (columns) at each cut (rows)."""

    occupied: np.ndarray
    since: np.ndarray
    woman: np.ndarray


def _staff(region: Region, day: np.ndarray, person_hours: np.ndarray) -> pa.Table:
    """Posts at each quarter's end. The hours of the last twelve months are those of the trainings, shared among who was there.

    The first three cuts, of which less than a year of trainings is known, have those of the first whole year.
    """
    quarters = np.arange(np.datetime64(region.first, "M"), np.datetime64(region.first, "M") + region.months, 3)
    cuts = (quarters + 3).astype("datetime64[D]") - 1
    quarters, cuts = quarters[cuts <= np.datetime64(region.until)], cuts[cuts <= np.datetime64(region.until)]
    posts = _posts(region)
    held = _held(region, posts, quarters, cuts)
    since_a_year = (cuts.astype("datetime64[M]") - 12 + 1).astype("datetime64[D]")
    given = ((day >= since_a_year[:, None]) & (day <= cuts[:, None])) @ person_hours
    given[:3] = given[min(3, len(given) - 1)] if len(given) else 0
    shares = held.occupied * posts.weight
    hours = np.round(given[:, None] * shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9))
    return _staff_rows(region, posts, held, cuts, hours)


def _posts(region: Region) -> _Posts:
    draw = region.draw("plazas")
    size = region.scale * np.clip(region.profile.volume / 32, 0.4, 1.5)
    many = [1, *(max(1, round(count * size)) for _, _, count in _POSTS[1:])]
    at = np.repeat(np.arange(len(_POSTS)), many)
    regime = draw.choice(len(_REGIMES), len(at), p=_REGIME_SHARES)
    regime[0] = 0
    budgeted = draw.random(len(at)) < np.where(regime == len(_REGIMES) - 1, 0.25, 0.95)
    budgeted[0] = True
    names, functions = (np.array([post[i] for post in _POSTS], object) for i in (0, 1))
    return _Posts(names[at], functions[at], regime, budgeted, draw.gamma(1.6, 1, len(at)))


def _held(region: Region, posts: _Posts, quarters: np.ndarray, cuts: np.ndarray) -> _Held:
    draw, count = region.draw("titulares de plazas"), len(posts.name)
    first = np.datetime64(region.first)
    held = _Held(*(np.empty((len(cuts), count), kind) for kind in (bool, "datetime64[D]", bool)))
    occupied, woman = draw.random(count) < 0.82, draw.random(count) < 0.36
    since = first - draw.integers(20, 3_500, count)
    fills = np.where(posts.leads, _FILL_DIRECTOR, _FILL * draw.uniform(0.35, 1.3))
    for row, quarter in enumerate(quarters):
        director = 0.92 if quarter.astype("datetime64[D]") in _NEW_GOVERNMENTS else _DIRECTORS.get(region.code, _USUAL)
        occupied = occupied & (draw.random(count) >= np.where(posts.leads, director, _LEAVE[posts.regime]))
        comes = ~occupied & (draw.random(count) < fills)
        day = quarter.astype("datetime64[D]") + draw.integers(0, int((cuts[row] - quarter.astype("datetime64[D]")).astype(int)) + 1, count)
        since = np.where(comes, day, since)
        woman = np.where(comes, draw.random(count) < np.where(posts.leads, 0.15, 0.36), woman)
        occupied = occupied | comes
        held.occupied[row], held.since[row], held.woman[row] = occupied, since, woman
    return held


def _staff_rows(region: Region, posts: _Posts, held: _Held, cuts: np.ndarray, hours: np.ndarray) -> pa.Table:
    count, times = len(posts.name), len(cuts)
    ids = np.array([f"{region.code}-P{n:03d}" for n in range(1, count + 1)], object)
    at, cut = np.tile(np.arange(count), times), np.repeat(cuts, count)
    occupied = held.occupied.ravel()
    return pa.table(
        {
            "plaza_id": pa.array(ids[at], pa.string()),
            "fecha_corte": pa.array(cut),
            "cod_region": pa.repeat(region.code, count * times),
            "cargo": pa.array(posts.name[at], pa.string()),
            "funcion_id": pa.array(posts.function[at], pa.string()),
            "regimen": pick(_REGIMES, posts.regime[at]),
            "presupuestada": pa.array(posts.budgeted[at]),
            "ocupada": pa.array(occupied),
            "sexo": pick(("M", "F", "NA"), np.where(occupied, held.woman.ravel().astype(int), 2)),
            "es_director": pa.array(posts.leads[at]),
            "fecha_inicio": where(occupied, held.since.ravel()),
            "horas_capacitacion_12m": pa.array(hours.ravel()),
            PERIOD: quarter_codes(cut),
        }
    )
