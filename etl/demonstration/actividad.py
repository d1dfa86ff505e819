"""Production and employment of each month by stratum and mineral, and the accidents of each month."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from etl.demonstration.columns import month_codes, pick
from etl.demonstration.conflictos import numbered_by_month
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.profiles import PROFILES

_STRATA = ("GENERAL", "PPM", "PMA", "INFORMAL")
_MINERALS = ("oro", "cobre", "plata", "plomo", "zinc", "otro")
_UNITS = ("g_f", "tm_f", "kg_f", "tm_f", "tm_f", "tm_f")
#: what the large mines of each region produce in a month, about: gold in kilograms, silver in kilograms, the rest in metric tons
_LARGE: dict[str, dict[str, float]] = {
    "02": {"cobre": 38_000, "zinc": 40_000, "plata": 55_000, "plomo": 1_900, "oro": 45, "otro": 900},
    "03": {"cobre": 26_000, "oro": 160, "plata": 3_000, "otro": 500},
    "04": {"cobre": 38_000, "oro": 900, "plata": 16_000, "zinc": 2_500, "plomo": 1_000, "otro": 700},
    "05": {"oro": 620, "plata": 9_000, "zinc": 1_800, "plomo": 900}, "06": {"oro": 1_700, "cobre": 2_600, "plata": 1_500},
    "08": {"cobre": 28_000, "oro": 320, "plata": 9_000, "otro": 400},
    "09": {"plata": 8_000, "zinc": 2_400, "plomo": 1_500, "cobre": 2_700, "oro": 40},
    "10": {"zinc": 4_200, "plata": 7_000, "plomo": 1_500, "cobre": 250},
    "11": {"otro": 900_000, "zinc": 8_000, "plomo": 900, "cobre": 3_300, "oro": 120},
    "12": {"cobre": 16_500, "zinc": 19_000, "plata": 40_000, "plomo": 4_000, "oro": 110},
    "13": {"oro": 2_700, "plata": 4_000, "cobre": 250}, "15": {"zinc": 9_000, "plata": 26_000, "plomo": 3_800, "cobre": 2_300, "oro": 70},
    "17": {"oro": 300}, "18": {"cobre": 33_000, "plata": 9_500, "oro": 130, "otro": 420},
    "19": {"zinc": 12_500, "plata": 38_000, "plomo": 5_600, "cobre": 3_100, "oro": 60}, "21": {"otro": 2_200, "oro": 340, "plata": 1_100},
    "23": {"cobre": 10_500, "oro": 130, "plata": 700, "otro": 250}, "20": {"otro": 380_000},
}  # fmt: skip
#: the same of small-scale producers and of artisanal ones
_SMALL: dict[str, dict[str, float]] = {
    "01": {"oro": 6, "otro": 900}, "02": {"oro": 30, "cobre": 180, "plata": 600, "otro": 5_000}, "03": {"oro": 45, "cobre": 260},
    "04": {"oro": 260, "cobre": 520, "otro": 3_000}, "05": {"oro": 170, "cobre": 240}, "06": {"oro": 22, "otro": 6_000},
    "07": {"otro": 2_000}, "08": {"oro": 50, "cobre": 210, "otro": 1_500}, "09": {"oro": 14, "plomo": 60, "plata": 400},
    "10": {"oro": 12, "zinc": 120}, "11": {"oro": 90, "cobre": 640, "otro": 4_000},
    "12": {"oro": 12, "zinc": 260, "plata": 500, "otro": 7_000}, "13": {"oro": 190, "plata": 300, "otro": 3_000},
    "14": {"otro": 8_000, "oro": 4}, "15": {"oro": 36, "plata": 700, "cobre": 150, "otro": 9_000}, "16": {"oro": 5}, "17": {"oro": 420},
    "18": {"oro": 18, "cobre": 140, "otro": 1_200}, "19": {"oro": 20, "zinc": 180, "plata": 450, "otro": 2_000},
    "20": {"oro": 40, "otro": 5_000}, "21": {"oro": 380, "otro": 1_800}, "22": {"otro": 3_500, "oro": 3},
    "23": {"oro": 14, "cobre": 90, "otro": 900}, "24": {"otro": 1_200}, "25": {"oro": 5, "otro": 1_500}, "26": {"otro": 6_000},
}  # fmt: skip
#: artisanal production as a share of small-scale production
_ARTISANAL = 0.28
#: workers of one declarant, about
_CREW = (240, 26, 7)
#: accidents in the country in a month, as the regions' offices hear of them
_ACCIDENTS = 6.5
_TYPES, _TYPE_SHARES = ("leve", "incapacitante", "mortal"), (0.28, 0.50, 0.22)
_STRATUM_SHARES = (0.14, 0.42, 0.26, 0.18)


def make(region: Region) -> dict[str, pa.Table]:
    """Both tables. Production has one row for each key: it does not grow with the scale."""
    return {"produccion_empleo": _production(region), "accidentes": _accidents(region)}


def _seams(code: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stratum, mineral and monthly production, in the mineral's unit, of what is mined in the region."""
    small = _SMALL[code]
    levels = [(0, _LARGE.get(code, {}), 1.0), (1, small, 1.0), (2, small, _ARTISANAL)]
    found = [
        (stratum, _MINERALS.index(m), share * amount * (1_000 if m == "oro" else 1)) for stratum, own, share in levels for m, amount in own.items()
    ]
    stratum, mineral, level = (np.array(values) for values in zip(*found, strict=True))
    return stratum, mineral, level


def _production(region: Region) -> pa.Table:
    draw = region.draw("produccion")
    stratum, mineral, level = _seams(region.code)
    months, count = np.arange(np.datetime64(region.first, "M"), np.datetime64(region.first, "M") + region.months), len(stratum)
    shape = (len(months), count)
    closed = np.where(np.isin(months, np.array(["2020-04", "2020-05", "2020-06"], "datetime64[M]")), 0.45, 1.0)[:, None]
    drift = 1 + 0.0015 * np.arange(len(months))[:, None] * draw.uniform(-1, 1.6, count)
    made = np.round(level * closed * drift * np.exp(draw.normal(0, 0.09, shape)), 2)
    for row in range(1, len(months)):  # a figure copied from the month before is what rule C12-ATI-1A looks for
        made[row] = np.where(made[row] == made[row - 1], made[row] + 0.01, made[row])
    obliged = np.maximum(3, np.round(_obliged(stratum, level, mineral) * (1 + 0.05 * draw.normal(size=shape))).astype(int))
    told = obliged - draw.binomial(obliged // 5, 0.4)
    workers = np.maximum(told, draw.poisson(told * np.array(_CREW)[stratum] * np.exp(draw.normal(0, 0.05, shape)) * np.sqrt(closed)))
    women = draw.binomial(workers, np.array([0.075, 0.09, 0.14])[stratum])
    hours = np.round(workers * draw.uniform(178, 214, shape))
    month, seam = np.repeat(months, count), np.tile(np.arange(count), len(months))
    return pa.table(
        {
            "cod_region": pa.repeat(region.code, len(month)),
            "anio": pa.array(month.astype("datetime64[Y]").astype(int) + 1970),
            "mes": pa.array(month.astype(int) % 12 + 1),
            "estrato": pick(_STRATA, stratum[seam]),
            "mineral": pick(_MINERALS, mineral[seam]),
            "produccion": pa.array(made.ravel()),
            "unidad": pick(_UNITS, mineral[seam]),
            "declarantes": pa.array(told.ravel()),
            "obligados": pa.array(obliged.ravel()),
            "trabajadores_h": pa.array((workers - women).ravel()),
            "trabajadores_m": pa.array(women.ravel()),
            "horas_hombre": pa.array(hours.ravel()),
            PERIOD: month_codes(month.astype("datetime64[D]")),
        }
    )


def _obliged(stratum: np.ndarray, level: np.ndarray, mineral: np.ndarray) -> np.ndarray:
    """Holders obliged to declare: more where more is mined, never one alone."""
    typical = np.array([40_000.0, 900.0, 2_000.0, 500.0, 1_500.0, 3_000.0])[mineral]
    return np.array([4, 6, 5])[stratum] + np.array([5, 8, 12])[stratum] * np.sqrt(level / typical).clip(max=3)


def _accidents(region: Region) -> pa.Table:
    """More where more is mined in small; fatal ones are told at once."""
    draw = region.draw("accidentes")
    expected = _ACCIDENTS * region.scale * region.profile.volume / sum(p.volume for p in PROFILES.values())
    months = np.arange(np.datetime64(region.first, "M"), np.datetime64(region.first, "M") + region.months)
    month = np.repeat(months, draw.poisson(expected, len(months)))
    day = np.sort(month.astype("datetime64[D]") + draw.integers(0, 28, len(month)))
    kind = draw.choice(len(_TYPES), len(day), p=_TYPE_SHARES)
    told = day + np.where(kind == 2, draw.integers(0, 3, len(day)), draw.poisson(4, len(day)))
    known = told <= np.datetime64(region.until)
    day, kind, told = day[known], kind[known], told[known]
    count = len(day)
    stratum = draw.choice(len(_STRATA), count, p=_STRATUM_SHARES)
    victims = 1 + draw.poisson(np.where(kind == 2, 0.25, 0.12))
    women = draw.binomial(victims, 0.05)
    minors = np.where(stratum == 3, draw.binomial(victims, 0.04), 0)
    lost = np.select([kind == 0, kind == 1], [draw.integers(0, 2, count), 4 + draw.exponential(24, count).astype(int)], 6_000) * victims
    periods = month_codes(day)
    return pa.table(
        {
            "accidente_id": numbered_by_month(region.code, "AC", periods, 2),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(region.some_districts(count, draw)),
            "fecha": pa.array(day),
            "estrato": pick(_STRATA, stratum),
            "tipo": pick(_TYPES, kind),
            "victimas_h": pa.array(victims - women),
            "victimas_m": pa.array(women),
            "victimas_menores": pa.array(minors),
            "dias_perdidos": pa.array(lost.astype(float)),
            "fecha_reporte": pa.array(told),
            PERIOD: periods,
        }
    )
