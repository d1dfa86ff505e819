"""Accreditations of small-scale and artisanal producers: issued by the cases that ask for them, renewed every two years or not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.columns import month_codes, pick
from etl.demonstration.country import PERIOD, Region

#: share of the holders who were accredited before the first year, of those who renew late, and of the accreditations withdrawn
_STOCK, _LATE, _WITHDRAWN = 0.12, 0.10, 0.012
#: capacity in t/day: median, and the most that is declared without being exactly the limit, by (stratum, metallic)
_CAPACITY = {("PPM", True): (70, 345), ("PPM", False): (220, 1_150), ("PMA", True): (9, 24), ("PMA", False): (11, 24)}
_MINING = ("metalica", "no_metalica", "materiales_construccion")
_DAYS = 1 << 20
_NEVER = np.datetime64("NaT", "D")


def make(region: Region) -> dict[str, pa.Table]:
    """Every accreditation issued until the last day, in order of issue."""
    owner, issued, superseded = _issued(region)
    order = np.lexsort((owner, issued))
    owner, issued, superseded = owner[order], issued[order], superseded[order]
    draw = region.draw("constancias")
    holders, expires = region.small_holders, two_years_later(issued)
    valid = expires >= np.datetime64(region.until)
    withdrawn = (superseded & valid) | (draw.random(len(owner)) < _WITHDRAWN)
    mining, area, capacity = _business(region)
    ubigeos = region.some_districts(len(holders), region.draw("distritos de productores"))
    rows = {
        "constancia_id": _numbers(region, issued),
        "cod_region": pa.repeat(region.code, len(owner)),
        "ubigeo": pa.array(ubigeos[owner]),
        "productor_hash": pa.array(holders.hashes[owner], pa.string()),
        "calificacion": pa.array(holders.stratum[owner]),
        "tipo_persona": pa.array(holders.kind[owner]),
        "sexo": pa.array(holders.sex[owner]),
        "tipo_mineria": pick(_MINING, mining[owner]),
        "superficie_ha": pa.array(area[owner]),
        "capacidad_tm_dia": pa.array(capacity[owner]),
        "fecha_emision": pa.array(issued),
        "fecha_vencimiento": pa.array(expires),
        "estado": pa.array(np.where(withdrawn, "revocada", np.where(valid, "vigente", "vencida"))),
        PERIOD: month_codes(np.maximum(issued, np.datetime64(region.first))),
    }
    return {"productores": pa.table(rows)}


def two_years_later(days: np.ndarray) -> np.ndarray:
    """The same day two years on; 29 February gives 1 March."""
    months = days.astype("datetime64[M]")
    later: np.ndarray = (months + 24).astype("datetime64[D]") + (days - months.astype("datetime64[D]"))
    return later


def _issued(region: Region) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(holder, day of issue, whether another one replaced it while in force) of every accreditation, holder after holder in time."""
    draw, last = region.draw("renovaciones"), np.datetime64(region.until)
    on_time = draw.uniform(0.55, 0.92)
    asked = _cases_by_holder(region)
    owner = np.arange(len(region.small_holders))
    before = np.datetime64(region.first) - draw.integers(1, 730, len(owner))
    day = np.where(draw.random(len(owner)) < _STOCK, before, _next_case(asked, owner, np.full(len(owner), np.datetime64("1970-01-01"))))
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    while len(owner := owner[alive := ~np.isnat(day) & (day <= last)]):
        day = day[alive]
        chance, expires = draw.random(len(owner)), two_years_later(day)
        wait = np.where(chance < on_time, draw.integers(1, 26, len(owner)), draw.integers(45, 300, len(owner)))
        renewed = np.where(chance < on_time + _LATE, expires + wait, _NEVER)
        following = np.fmin(renewed, _next_case(asked, owner, day))
        parts.append((owner, day, (following <= expires) & (following <= last)))
        day = following
    if not parts:
        return np.empty(0, np.int64), np.empty(0, "datetime64[D]"), np.empty(0, bool)
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])


def _cases_by_holder(region: Region) -> np.ndarray:
    """Resolution days of the approved cases that ask for an accreditation, as sorted numbers holder x _DAYS + day."""
    cases = region.tables["tramites"]
    approved = pc.and_(pc.equal(cases["cod_procedimiento"], "CONSTANCIA_PPM_PMA"), pc.equal(cases["sentido"], "aprobado"))
    cases = cases.filter(approved)
    holder = pc.index_in(cases["solicitante_hash"], value_set=pa.array(region.small_holders.hashes, pa.string()))
    known = pc.is_valid(holder).to_numpy()
    owner = holder.drop_null().to_numpy().astype(np.int64)
    resolved = cases["fecha_resolucion"].to_numpy().astype("datetime64[D]")[known].astype(np.int64)
    return np.sort(owner * _DAYS + resolved)


def _next_case(asked: np.ndarray, owner: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Each holder's first case resolved after that day; never where there is none."""
    at = np.searchsorted(asked, owner * _DAYS + after.astype(np.int64), side="right")
    found = np.append(asked, -1)[at]
    return np.where(found // _DAYS == owner, (found % _DAYS).astype("datetime64[D]"), _NEVER)


def _business(region: Region) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each holder mines (a place in _MINING), the hectares of its rights and its capacity."""
    holders, draw = region.small_holders, region.draw("capacidad de productores")
    rights = region.tables["derechos_mineros"]
    rights = rights.filter(pc.and_(pc.not_equal(rights["estado_catastral"], "extinguido"), pc.is_in(rights["estrato"], pa.array(["PPM", "PMA"]))))
    holder = pc.index_in(rights["titular_hash"], value_set=pa.array(holders.hashes, pa.string())).fill_null(len(holders)).to_numpy()
    count = len(holders)
    area = np.bincount(holder, rights["superficie_ha"].to_numpy(), count + 1)[:count]
    area = np.where(area > 0, area, 100.0 * draw.integers(1, 3, count))
    soft = np.bincount(holder, pc.equal(rights["sustancia"], "no_metalica").to_numpy(), count + 1)[:count] > 0
    mining = np.where(soft, draw.integers(1, 3, count), 0)
    capacity = np.zeros(count)
    for (stratum, metallic), (median, most) in _CAPACITY.items():
        own = (holders.stratum == stratum) & ((mining == 0) == metallic)
        capacity[own] = np.clip(np.round(median * draw.lognormal(0, 0.55, int(own.sum())), 1), 0.5, most)
    return mining, np.minimum(area, np.where(holders.stratum == "PPM", 2_000, 1_000)), capacity


def _numbers(region: Region, issued: np.ndarray) -> pa.Array:
    """Region, year and a running number. `issued` is in order."""
    year = issued.astype("datetime64[Y]")
    number = np.arange(len(issued)) - np.searchsorted(year, year) + 1
    parts = (pa.repeat(region.code, len(issued)), pa.array(year.astype(str)), pc.utf8_lpad(pa.array(number).cast(pa.string()), 5, "0"))
    return pc.binary_join_element_wise(*parts, "-")
