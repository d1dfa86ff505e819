"""What makes the synthetic regions differ: volume, speed, observations, other entities' delays. Invented, all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

#: authority code of the regions whose office has a name of its own; the rest are DREM_<region>
_AUTHORITIES = {"13": "GREMH_LL", "18": "GREM_MQ", "19": "DREMH_PC"}

#: DS 009-2025-EM: from this day formalisation belongs to the ministry
FORMALISATION_LEAVES = date(2025, 5, 18)
MINISTRY = "DGFM"


@dataclass(frozen=True)
class Profile:
    """A region's way of working. `pace`: median of the entity's time as a share of the deadline; `opinion`: median business days elsewhere."""

    volume: float
    pace: float
    opinion: float
    observed: float
    informal: float  # share of formalisation among the cases, before it left the regions


PROFILES: dict[str, Profile] = {
    "01": Profile(14, 0.80, 12, 0.34, 0.20), "02": Profile(40, 0.82, 13, 0.36, 0.26), "03": Profile(38, 0.95, 16, 0.44, 0.38),
    "04": Profile(60, 0.98, 12, 0.42, 0.40), "05": Profile(44, 0.90, 14, 0.40, 0.36), "06": Profile(34, 0.78, 12, 0.33, 0.18),
    "07": Profile(3, 0.55, 6, 0.20, 0.05), "08": Profile(42, 0.88, 17, 0.38, 0.28), "09": Profile(26, 0.84, 12, 0.36, 0.22),
    "10": Profile(22, 0.86, 13, 0.37, 0.20), "11": Profile(36, 0.72, 9, 0.28, 0.24), "12": Profile(34, 0.83, 12, 0.35, 0.20),
    "13": Profile(56, 0.74, 11, 0.32, 0.34), "14": Profile(13, 0.70, 9, 0.27, 0.12), "15": Profile(40, 0.80, 10, 0.34, 0.22),
    "16": Profile(10, 1.05, 20, 0.42, 0.20), "17": Profile(46, 1.12, 22, 0.50, 0.46), "18": Profile(18, 0.62, 9, 0.25, 0.14),
    "19": Profile(26, 0.78, 11, 0.33, 0.20), "20": Profile(32, 0.85, 12, 0.36, 0.30), "21": Profile(60, 1.02, 15, 0.46, 0.42),
    "22": Profile(14, 0.76, 12, 0.31, 0.16), "23": Profile(16, 0.66, 9, 0.26, 0.14), "24": Profile(5, 0.75, 10, 0.30, 0.18),
    "25": Profile(9, 0.95, 18, 0.40, 0.22), "26": Profile(4, 0.60, 7, 0.22, 0.05),
}  # fmt: skip

#: how the ministry's directorate works the formalisation cases, the same for every region
MINISTRY_PROFILE = Profile(0, 0.96, 13, 0.45, 1.0)

#: entries by month of the year: summer and December are slow
SEASON = (0.72, 0.82, 1.05, 1.08, 1.10, 1.05, 0.98, 1.00, 1.06, 1.08, 1.00, 0.78)
#: field visits take longer in the rains
_RAINS = {12: 1.08, 1: 1.12, 2: 1.12, 3: 1.06}


#: the year in which offices closed for the pandemic: share of the entries that came all the same
_CLOSED = {"2020-03": 0.55, "2020-04": 0.15, "2020-05": 0.2, "2020-06": 0.45, "2020-07": 0.7, "2020-08": 0.8}
#: from which day on a region works faster or slower than its profile
_STORIES: dict[str, tuple[tuple[date, float], ...]] = {
    "13": ((date(2026, 2, 1), 1.14), (date(2026, 5, 1), 1.32)),
    "04": ((date(2025, 10, 1), 0.88), (date(2026, 2, 1), 0.78)),
}


@dataclass(frozen=True)
class Work:
    """A procedure's share of the entries, its fee in soles, how often another entity must give its opinion, and which."""

    share: float
    fee: float
    opinion: float = 0.0
    givers: tuple[str, ...] = ()


WORK: dict[str, Work] = {
    "TITULO_CONCESION": Work(0.22, 412.50, 0.30, ("INGEMMET",)),
    "CONSTANCIA_PPM_PMA": Work(0.15, 96.40),
    "DIVISION_CONCESION": Work(0.03, 238.10, 0.20, ("INGEMMET",)),
    "CAMBIO_SUSTANCIA": Work(0.02, 187.90, 0.15, ("INGEMMET",)),
    "BENEFICIO": Work(0.05, 1284.70, 0.45, ("MINEM", "ANA")),
    "AUT_EXPLORACION": Work(0.09, 644.30, 0.10, ("MINEM",)),
    "PLAN_MINADO": Work(0.11, 958.20, 0.20, ("MINEM",)),
    "COM": Work(0.09, 143.60, 0.35, ("SUCAMEC",)),
    "DIA": Work(0.14, 1102.80, 0.45, ("ANA", "SERNANP", "MINCUL")),
    "MDIA": Work(0.06, 867.50, 0.35, ("ANA", "SERNANP", "MINCUL")),
    "EIASD": Work(0.04, 1631.60, 0.60, ("ANA", "SERNANP", "MINCUL", "OTRA")),
}
FORMALISATION = Work(0.0, 0.0, 0.40, ("ANA", "SERNANP", "MINCUL"))


def authority(region: str) -> str:
    """Code of the region's mining office."""
    return _AUTHORITIES.get(region, f"DREM_{region}")


def pace(region: str, entered: np.ndarray) -> np.ndarray:
    """The region's pace for cases entered on those days: two stories are told, La Libertad's fall and Arequipa's recovery."""
    months = entered.astype("datetime64[M]").astype(int) % 12 + 1
    factor = np.ones(len(entered))
    for start, slower in _STORIES.get(region, ()):
        factor[entered >= np.datetime64(start)] = slower
    paces: np.ndarray = PROFILES[region].pace * np.array([_RAINS.get(m, 1.0) for m in range(13)])[months] * factor
    return paces


def volume(region: str, months: np.ndarray) -> np.ndarray:
    """Expected entries of each month, with season, slow growth and the closed offices of 2020."""
    since_2023_11 = months.astype(int) - np.datetime64("2023-11", "M").astype(int)
    closed = np.array([_CLOSED.get(str(m), 1.0) for m in months])
    expected: np.ndarray = PROFILES[region].volume * np.array(SEASON)[months.astype(int) % 12] * (1 + 0.004 * since_2023_11) * closed
    return expected
