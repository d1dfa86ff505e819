"""Environmental monitoring: points, samples against their standards, and the inventory of old liabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl import references
from etl.demonstration.columns import pick, quarter_codes, where, year_codes
from etl.demonstration.coordinates import some_points
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.fiscalizacion import capacity, open_days, quarters

_POINTS, _LIABILITIES = 8, 6_000
_USUAL = 29.0


@dataclass(frozen=True)
class Kind:
    """A kind of point: matrix, category, samplings a year and what is measured."""

    matrix: str
    category: str
    frequency: int
    measures: tuple[str, ...]


_D1 = ("Hg_total", "As_total", "Pb_total", "Zn_total", "CN_WAD", "pH")
_D2 = ("Hg_total", "As_total", "Cd_total", "Cu_total", "Pb_total", "pH")
_METALS = ("As_total", "Cd_total", "Hg_total", "Pb_total")
#: the points of a region take these kinds in turn; the effluent of every fortnight and one soil are among the first
KINDS = (
    Kind("agua_superficial", "C3-D1", 4, _D1),
    Kind("efluente", "LMP", 24, ("CN_total", "SST", "pH")),
    Kind("agua_superficial", "C3-D2", 4, _D2),
    Kind("suelo", "SUELO-EXT", 1, _METALS),
    Kind("agua_superficial", "C4-E2", 4, ("Hg_total", "As_total", "Pb_total", "Cu_total", "Zn_total", "SST")),
    Kind("agua_superficial", "C3-D1", 4, _D1),
    Kind("efluente", "LMP", 4, ("Hg_total", "As_total", "Pb_total", "Cu_total", "CN_total", "SST")),
    Kind("aire", "AIRE-24H", 4, ("PM10",)),
    Kind("agua_superficial", "C3-D1", 2, _D1),
    Kind("agua_superficial", "C3-D2", 4, _D2),
    Kind("suelo", "SUELO-AGR", 1, _METALS),
    Kind("agua_superficial", "C3-D1", 4, _D1),
)
_MEASURES = tuple(dict.fromkeys(m for k in KINDS for m in k.measures))
#: what laboratories can still tell from nothing, by unit
_DETECTION = {
    ("Hg_total", "mg/L"): 0.00005, ("As_total", "mg/L"): 0.001, ("Pb_total", "mg/L"): 0.0005, ("Cd_total", "mg/L"): 0.0001,
    ("Cu_total", "mg/L"): 0.0005, ("Zn_total", "mg/L"): 0.005, ("CN_total", "mg/L"): 0.005, ("CN_WAD", "mg/L"): 0.005, ("SST", "mg/L"): 2.0,
    ("As_total", "mg/kg"): 0.5, ("Cd_total", "mg/kg"): 0.1, ("Hg_total", "mg/kg"): 0.05, ("Pb_total", "mg/kg"): 0.5, ("PM10", "ug/m3"): 1.0,
}  # fmt: skip
#: share of points above the standard, by region and measure: mercury where gold is amalgamated, lead and zinc in the polymetallic centre
_HOT = {
    "Hg_total": {"17": 0.75, "21": 0.55, "13": 0.45, "04": 0.4, "20": 0.35, "03": 0.35, "25": 0.3, "01": 0.25, "11": 0.2},
    "Pb_total": {"19": 0.5, "12": 0.4, "09": 0.35, "15": 0.3, "10": 0.3, "02": 0.3},
    "Zn_total": {"19": 0.4, "12": 0.35, "15": 0.25, "02": 0.25},
    "As_total": {"18": 0.35, "23": 0.35, "06": 0.3, "13": 0.25, "02": 0.25},
    "Cu_total": {"18": 0.3, "06": 0.25, "08": 0.25},
}
#: mercury in Madre de Dios and Puno rises over the years and falls in La Libertad: change of log10 from the first year to the last
_DRIFT = {"17": 0.1, "21": 0.08, "13": -0.1}
#: a laboratory whose method for mercury in water could not see the standard (region -> first and last day, its detection limit)
_BLIND = {"21": ("2025-01-01", "2025-06-30", 0.002), "03": ("2024-07-01", "2024-09-30", 0.002)}
_NOISE, _SEASON = 0.1, 0.08
#: liabilities by region, in the proportions of the national inventory as generally known
_INVENTORY = {
    "02": 1250, "06": 1180, "21": 960, "09": 870, "12": 690, "19": 560, "15": 640, "08": 520, "04": 450, "13": 400, "03": 250, "05": 240, "10": 200,
    "18": 110, "11": 120, "23": 90, "20": 70, "26": 40, "01": 8, "14": 12, "17": 14, "22": 6, "24": 5, "16": 2, "25": 2, "07": 1,
}  # fmt: skip


def make(region: Region) -> dict[str, pa.Table]:
    """Points, samples and liabilities."""
    points = _Points(region)
    return {"puntos_monitoreo": points.table(), "muestras": _samples(points), "pasivos": _liabilities(region)}


class _Points:
    """A region's points: which kind each is, from which quarter (its index) to which it is sampled, and how much of each thing it has."""

    def __init__(self, region: Region) -> None:
        self.region, self.draw, self.quarters = region, region.draw("puntos"), quarters(region)
        whole = len(self.quarters)
        old = max(_POINTS, round(_POINTS * float(np.clip(region.profile.volume / _USUAL, 0.5, 1.7)) * region.scale))
        # Each year brings at least one point more, in a quarter of the region's own.
        own = [i for i, (start, _) in enumerate(self.quarters) if i and _quarter(start) == int(region.code) % 4]
        new = np.repeat(np.array(own, int), max(1, old // 12))
        self.since = np.concatenate([np.zeros(old, int), new])
        self.count = len(self.since)
        number = np.arange(self.count)
        self.kind = number % len(KINDS)
        self.frequency = np.array([k.frequency for k in KINDS])[self.kind]
        closed = (number >= _POINTS) & (self.draw.random(self.count) < 0.2)
        self.until = np.where(closed, np.minimum(self.since + self.draw.integers(4, 30, self.count), whole), whole)
        self.ids = pc.binary_join_element_wise(f"{region.code}-PM", pc.utf8_lpad(pa.array(number + 1).cast(pa.string()), 4, "0"), "-")

    def table(self) -> pa.Table:
        """The register."""
        zone, east, north = some_points(self.region.code, self.count, self.draw)
        started = np.array([s for s, _ in self.quarters])[self.since]
        return pa.table(
            {
                "punto_id": self.ids,
                "cod_region": pa.repeat(self.region.code, self.count),
                "ubigeo": pa.array(self.region.some_districts(self.count, self.draw)),
                "matriz": pick([k.matrix for k in KINDS], self.kind),
                "categoria": pick([k.category for k in KINDS], self.kind),
                "frecuencia_anual": pa.array(self.frequency),
                "activo": pa.array(self.until == len(self.quarters)),
                "zona_utm": pa.array(zone),
                "este": pa.array(east),
                "norte": pa.array(north),
                PERIOD: quarter_codes(started),
            }
        )

    def visits(self) -> tuple[np.ndarray, np.ndarray]:
        """Point and day of every sampling."""
        points, days, missed = [], [], np.zeros(self.count, bool)
        skip = 0.35 * (1 - capacity(self.region))
        for index, (start, end) in enumerate(self.quarters):
            quarter = _quarter(start)
            due = (self.frequency == 4) | ((self.frequency == 2) & (quarter % 2 == 1)) | ((self.frequency == 1) & (quarter == 2))
            due &= (self.since <= index) & (index < self.until)
            # Never two in a row: half of the frequency is kept, which is what C07-COM-1 asks.
            skipped = due & (self.frequency > 1) & ~missed & (self.draw.random(self.count) < skip)
            missed = np.where(due, skipped, missed)
            went = np.flatnonzero(due & ~skipped)
            points.append(went)
            days.append(self.draw.choice(open_days(self.region, start, end), len(went)))
            often = np.flatnonzero((self.frequency == 24) & (self.since <= index) & (index < self.until))
            fixed = _fortnights(start, end)
            points.append(np.repeat(often, len(fixed)))
            days.append(np.tile(fixed, len(often)))
        return np.concatenate(points), np.concatenate(days).astype("datetime64[D]")

    def levels(self) -> np.ndarray:
        """What each point usually has of each measure: log10 of its ratio to the standard, of pH the value itself. Points x measures."""
        shape = (self.count, len(_MEASURES))
        chance = np.array([_HOT.get(m, {}).get(self.region.code, 0.07) for m in _MEASURES])
        hot = self.draw.random(shape) < chance
        # Effluents are treated before they leave; the standards of rivers are harder to keep.
        hot &= np.where(np.isin(self.kind, [1, 6])[:, None], self.draw.random(shape) < 0.4, True)
        ratio = np.where(hot, self.draw.uniform(-0.08, 0.5, shape), self.draw.uniform(-1.3, -0.3, shape))
        ratio[np.isin(self.kind, [1])] = self.draw.uniform(-0.3, -0.1, (int((self.kind == 1).sum()), len(_MEASURES)))
        acid = np.where(self.draw.random(self.count) < 0.12, self.draw.uniform(4.2, 6.3, self.count), self.draw.uniform(6.9, 7.9, self.count))
        ratio[:, _MEASURES.index("pH")] = acid
        return ratio


def _quarter(day: np.datetime64) -> int:
    """0 to 3."""
    return int(day.astype("datetime64[M]").astype(int)) % 12 // 3


def _fortnights(start: np.datetime64, end: np.datetime64) -> np.ndarray:
    """The 7th and the 21st of each month of a quarter, as far as it reaches."""
    months = np.arange(start.astype("datetime64[M]"), end.astype("datetime64[M]") + 1).astype("datetime64[D]")
    days = (months[:, None] + np.array([6, 20])).ravel()
    return days[(days >= start) & (days <= end)]


def _samples(points: _Points) -> pa.Table:
    """One row for each thing measured at each visit, with the duplicates and blanks that check the laboratory."""
    region, draw = points.region, points.region.draw("muestras")
    limits = {(r["matriz"], r["categoria"], r["parametro"]): (r["limite"], r["unidad"]) for r in references.kept("ref_parametros").to_pylist()}
    levels = points.levels()
    phase = draw.uniform(0, 2 * np.pi, points.count)
    visited, days = points.visits()
    report, accredited, checked = days + draw.integers(7, 29, len(days)), draw.random(len(days)) < 0.94, draw.random(len(days)) < 0.15
    parts = []
    for index, kind in enumerate(KINDS):
        mine = np.flatnonzero(points.kind[visited] == index)
        for measure in kind.measures:
            limit, unit = limits[kind.matrix, kind.category, measure]
            at = visited[mine]
            wave = _SEASON * np.sin(_of_the_year(days[mine]) + phase[at]) + draw.uniform(-_NOISE, _NOISE, len(mine))
            level = levels[at, _MEASURES.index(measure)] + _drift(region, measure, days[mine])
            value = np.round(level + 2 * wave, 2) if measure == "pH" else _significant(limit * 10 ** (level + wave))
            floor = _detection(region, kind, measure, unit, days[mine])
            part = {"visit": mine, "point": at, "measure": np.full(len(mine), _MEASURES.index(measure)), "value": value, "floor": floor}
            parts.append({**part, "unit": np.full(len(mine), unit), "type": np.zeros(len(mine), int)})
            parts += _controls(parts[-1], measure, checked[mine], draw)
    rows = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    return _as_table(points, rows, days, report, accredited)


def _of_the_year(days: np.ndarray) -> np.ndarray:
    angle: np.ndarray = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) * (2 * np.pi / 365.25)
    return angle


def _drift(region: Region, measure: str, days: np.ndarray) -> np.ndarray:
    whole = max((np.datetime64(region.until) - np.datetime64(region.first)).astype(int), 1)
    share = (days - np.datetime64(region.first)).astype(int) / whole
    drift: np.ndarray = (_DRIFT.get(region.code, 0.0) if measure == "Hg_total" else 0.0) * (share - 0.5)
    return drift


def _significant(values: np.ndarray) -> np.ndarray:
    """Rounded to four significant digits: three would repeat by chance what the rule about copied results looks for."""
    factor = 10.0 ** (3 - np.floor(np.log10(values)))
    rounded: np.ndarray = np.round(values * factor) / factor
    return rounded


def _detection(region: Region, kind: Kind, measure: str, unit: str, days: np.ndarray) -> np.ndarray:
    """The detection limit on each day; not a number for pH, which has none."""
    floor = np.full(len(days), _DETECTION.get((measure, unit), np.nan))
    if measure == "Hg_total" and kind.category == "C3-D1" and region.code in _BLIND:
        first, last, blind = _BLIND[region.code]
        floor[(days >= np.datetime64(first)) & (days <= np.datetime64(last))] = blind
    return floor


def _controls(rows: dict[str, np.ndarray], measure: str, checked: np.ndarray, draw: np.random.Generator) -> list[dict[str, np.ndarray]]:
    """Duplicates of arsenic and lead and blanks of mercury, where the visit brought them."""
    if measure not in ("As_total", "Pb_total", "Hg_total"):
        return []
    some = {name: values[checked] for name, values in rows.items()}
    count = len(some["value"])
    if measure == "Hg_total":
        return [{**some, "value": np.zeros(count), "type": np.full(count, 2)}]
    again = _significant(some["value"] * draw.uniform(0.93, 1.07, count))
    # What the laboratory could not see once, it does not see the second time.
    again = np.where(some["value"] < some["floor"], some["value"], np.maximum(again, some["floor"]))
    return [{**some, "value": again, "type": np.full(count, 1)}]


def _as_table(points: _Points, rows: dict[str, np.ndarray], days: np.ndarray, report: np.ndarray, accredited: np.ndarray) -> pa.Table:
    """In the order in which a laboratory lists them, numbered within each quarter."""
    day = days[rows["visit"]]
    quarter = day.astype("datetime64[M]").astype(int) // 3
    order = np.lexsort((rows["type"], rows["measure"], day, rows["point"], quarter))
    rows = {name: values[order] for name, values in rows.items()}
    day, quarter, count = day[order], quarter[order], len(order)
    number = np.arange(count) - np.searchsorted(quarter, quarter) + 1
    period = quarter_codes(day)
    unseen = rows["value"] < rows["floor"]
    region = points.region
    reported = report[rows["visit"]]
    return pa.table(
        {
            "muestra_id": pc.binary_join_element_wise(
                f"{region.code}-M", pc.replace_substring(period, "-", ""), pc.utf8_lpad(pa.array(number).cast(pa.string()), 5, "0"), "-"
            ),
            "punto_id": points.ids.take(pa.array(rows["point"])),
            "cod_region": pa.repeat(region.code, count),
            "fecha_muestreo": pa.array(day),
            "fecha_informe": where(reported <= np.datetime64(region.until), reported),
            "parametro": pick(_MEASURES, rows["measure"]),
            "signo": pick(("=", "<"), unseen.astype(int)),
            "valor": pa.array(np.where(unseen, rows["floor"], rows["value"])),
            "unidad": pa.array(rows["unit"]),
            "limite_deteccion": where(~np.isnan(rows["floor"]), rows["floor"]),
            "tipo_muestra": pick(("simple", "duplicado", "blanco"), rows["type"]),
            "laboratorio_acreditado": pa.array(accredited[rows["visit"]]),
            PERIOD: period,
        }
    )


def _liabilities(region: Region) -> pa.Table:
    """Most of the inventory is in the first year's delivery; each later one brings what was found that year."""
    draw, last = region.draw("pasivos"), np.datetime64(region.until)
    count = max(1, round(_LIABILITIES * region.scale * _INVENTORY[region.code] / sum(_INVENTORY.values())))
    first = np.datetime64(region.first, "Y").astype("datetime64[D]")
    span = max(int((last - first).astype(int)), 1)
    found = np.sort(np.where(draw.random(count) < 0.7, 0, draw.integers(0, span, count)))
    listed = first + found
    updated = np.minimum(listed + draw.integers(0, span, count), last)
    risk = draw.choice(5, count, p=(0.12, 0.2, 0.3, 0.25, 0.13))
    managed = np.where(draw.random(count) < 0.25 + 0.3 * (risk < 2), draw.choice([1, 2, 3, 4, 5], count, p=(0.24, 0.28, 0.2, 0.17, 0.11)), 0)
    whose = np.where(managed > 0, draw.choice(2, count, p=(0.45, 0.55)), draw.choice(3, count, p=(0.12, 0.18, 0.7)))
    number = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 5, "0")
    return pa.table(
        {
            "pam_id": pc.binary_join_element_wise(f"PAM-{region.code}", number, "-"),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(region.some_districts(count, draw)),
            "tipo": pick(("bocamina", "relavera", "desmontera", "infraestructura", "otro"), draw.choice(5, count, p=(0.46, 0.09, 0.22, 0.15, 0.08))),
            "riesgo": pick(("muy_alto", "alto", "medio", "bajo", "insignificante"), risk),
            "responsable": pick(("estado", "privado", "no_determinado"), whose),
            "estado_gestion": pick(("sin_gestion", "responsable_identificado", "estudio", "plan_aprobado", "remediacion", "post_cierre"), managed),
            "fecha_actualizacion": pa.array(updated),
            PERIOD: year_codes(listed),
        }
    )
