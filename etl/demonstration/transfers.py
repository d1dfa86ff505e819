"""Mining money that reaches a region: canon once a year, royalties and validity fees every month, and what MINEM transfers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl import references
from etl.demonstration.columns import pick, where
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.profiles import FORMALISATION_LEAVES

CANON, ROYALTY, FEE, SMALL_FEE, SUPPORT, FORMAL = (
    "canon_minero", "regalia_minera", "derecho_vigencia", "vigencia_ppm_pma", "minem_gestion", "minem_formalizacion",
)  # fmt: skip
_SHORT = {CANON: "CAN", ROYALTY: "REG", FEE: "VIG", SMALL_FEE: "VPM", SUPPORT: "MGE", FORMAL: "MFO"}
_NORMS = {
    CANON: "R.M. N.° {n}-{year}-EF/50 (demostración)", ROYALTY: "R.M. N.° {n}-{year}-EF/15 (demostración)",
    FEE: "Res. Presidencia N.° {n}-{year}-INGEMMET/PE (demostración)", SMALL_FEE: "Res. Presidencia N.° {n}-{year}-INGEMMET/PE (demostración)",
    SUPPORT: "R.M. N.° {n}-{year}-MINEM/DM (demostración)", FORMAL: "R.M. N.° {n}-{year}-MINEM/DM (demostración)",
}  # fmt: skip
#: millions of soles of canon in an ordinary year: invented, with the order of the real ones
_CANON = {
    "01": 2.1, "02": 1180.0, "03": 190.0, "04": 820.0, "05": 74.0, "06": 240.0, "07": 0.3, "08": 390.0, "09": 21.0, "10": 9.0, "11": 210.0,
    "12": 128.0, "13": 265.0, "14": 1.4, "15": 98.0, "16": 0.2, "17": 1.9, "18": 410.0, "19": 96.0, "20": 5.2, "21": 230.0, "22": 1.1,
    "23": 380.0, "24": 0.2, "25": 0.2, "26": 3.1,
}  # fmt: skip
#: last year's metal prices, the same for everybody
_PRICES = {2019: 1.0, 2020: 0.82, 2021: 0.9, 2022: 1.32, 2023: 1.28, 2024: 1.05, 2025: 1.12, 2026: 1.3}
#: the month in which canon arrives, and those in which MINEM transfers
_CANON_MONTH, _SUPPORT_MONTH, _FORMAL_MONTH = 7, 3, 4
#: who gets how much of each concept: (beneficiary, share); what goes to municipalities is split among them
_SPLIT = {
    CANON: (("GR", 0.20), ("UNIVERSIDAD", 0.05), ("MUNI_PROVINCIAL", 0.25), ("MUNI_DISTRITAL", 0.50)),
    ROYALTY: (("GR", 0.15), ("UNIVERSIDAD", 0.05), ("MUNI_PROVINCIAL", 0.30), ("MUNI_DISTRITAL", 0.50)),
    FEE: (("MUNI_DISTRITAL", 1.0),),
    SMALL_FEE: (("GR", 0.25), ("MUNI_DISTRITAL", 0.75)),
    SUPPORT: (("GR", 1.0),),
    FORMAL: (("GR", 1.0),),
}
_DISTRICTS = {CANON: 9, ROYALTY: 5, FEE: 5, SMALL_FEE: 3}


@dataclass(frozen=True)
class Payments:
    """Money to a whole region: one entry a payment, before it is split."""

    concept: str
    years: np.ndarray
    months: np.ndarray
    soles: np.ndarray
    dollars: np.ndarray


def payments(region: Region) -> tuple[Payments, ...]:
    """Everything paid in the years that the period touches, whole years, so that what is cut off later changes nothing."""
    years = np.arange(region.first.year, region.until.year + 1)
    draw = region.draw("transferencias")
    level = _CANON[region.code] * 1e6 * np.array([_PRICES.get(int(y), 1.15) for y in years])
    canon = level * draw.lognormal(0, 0.07, len(years))
    royalty = np.repeat(level * 0.35 / 12, 12) * draw.lognormal(0, 0.09, 12 * len(years))
    size = region.profile.volume
    season = np.tile([0.5, 0.5, 0.6, 0.7, 0.9, 2.4, 2.6, 0.9, 0.8, 0.7, 0.7, 0.7], len(years))
    fee = size * 9_000 * season * draw.lognormal(0, 0.08, len(season))
    small = size * 1_500 * season * draw.lognormal(0, 0.08, len(season))
    support = _thousands(size * 4_500 * draw.uniform(0.9, 1.15, len(years)))
    formal = _thousands(size * 9_000 * draw.uniform(0.8, 1.2, len(years)))
    stays = years < FORMALISATION_LEAVES.year + 1
    every = np.tile(np.arange(1, 13), len(years))
    return (
        _yearly(CANON, years, _CANON_MONTH, canon),
        Payments(ROYALTY, np.repeat(years, 12), every, royalty, np.zeros(len(every))),
        Payments(FEE, np.repeat(years, 12), every, fee, fee * 0.55),
        Payments(SMALL_FEE, np.repeat(years, 12), every, small, small * 0.3),
        _yearly(SUPPORT, years, _SUPPORT_MONTH, support),
        _yearly(FORMAL, years[stays], _FORMAL_MONTH, formal[stays]),
    )


def to_the_government(all_payments: tuple[Payments, ...], concepts: tuple[str, ...], year: int) -> np.ndarray:
    """Soles that the regional government has received from those concepts by the end of each month of `year`."""
    received = np.zeros(12)
    for paid in all_payments:
        if paid.concept in concepts:
            share = dict(_SPLIT[paid.concept]).get("GR", 0.0)
            mine = paid.years == year
            np.add.at(received, paid.months[mine] - 1, paid.soles[mine] * share)
    return np.cumsum(received)


def table(region: Region, all_payments: tuple[Payments, ...]) -> pa.Table:
    """The rows of `transferencias`, credited by the last day."""
    rows = pa.concat_tables([_split(region, paid) for paid in all_payments if len(paid.years)], promote_options="default")
    first, last = pa.scalar(region.first), pa.scalar(region.until)
    days = rows["fecha_acreditacion"]
    return rows.filter(pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last)))


def _split(region: Region, paid: Payments) -> pa.Table:
    draw = region.draw("reparto", paid.concept)
    shares, kinds, ubigeos = _beneficiaries(region, paid.concept)
    n, each = len(paid.years), len(shares)
    pay, who = np.repeat(np.arange(n), each), np.tile(np.arange(each), n)
    year, month = paid.years[pay], paid.months[pay]
    starts = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    day = starts + draw.integers(7, 25, n)[pay]
    soles, dollars = np.round(paid.soles[pay] * shares[who], 2), np.round(paid.dollars[pay] * shares[who], 2)
    spent = _spent(region, paid.concept, year, soles, draw)
    labels = [f"{k}{i:02d}" if u else k for i, (k, u) in enumerate(zip(_initials(kinds), ubigeos, strict=True))]
    codes = [f"{region.code}-{y}-{m:02d}-{_SHORT[paid.concept]}" for y, m in zip(paid.years.tolist(), paid.months.tolist(), strict=True)]
    norms = [_norm(paid.concept, y, m) for y, m in zip(paid.years.tolist(), paid.months.tolist(), strict=True)]
    periods = [f"{y}-{m:02d}" for y, m in zip(paid.years.tolist(), paid.months.tolist(), strict=True)]
    return pa.table(
        {
            "transferencia_id": pc.binary_join_element_wise(pick(codes, pay), pick(labels, who), "-"),
            "cod_region": pa.repeat(region.code, len(pay)),
            "ubigeo": pick([u or None for u in ubigeos], who),
            "anio": pa.array(year),
            "mes": pa.array(month),
            "concepto": pa.repeat(paid.concept, len(pay)),
            "beneficiario": pick(kinds, who),
            "monto_soles": pa.array(soles),
            "monto_usd": where(dollars > 0, dollars),
            "ejecutado_soles": where(~np.isnan(spent), spent),
            "fecha_acreditacion": pa.array(day),
            "norma": pick(norms, pay),
            PERIOD: pick(periods, pay),
        }
    )


def _beneficiaries(region: Region, concept: str) -> tuple[np.ndarray, list[str], list[str]]:
    """Share, kind and ubigeo of each who gets a part; no ubigeo for the regional government and the universities."""
    shares: list[float] = []
    kinds: list[str] = []
    ubigeos: list[str] = []
    for kind, share in _SPLIT[concept]:
        places = [""] if kind in ("GR", "UNIVERSIDAD") else _places(region, kind, _DISTRICTS[concept])
        weights = 1 / (np.arange(len(places)) + 2)
        shares += (share * weights / weights.sum()).tolist()
        kinds += [kind] * len(places)
        ubigeos += places
    return np.array(shares), kinds, ubigeos


def _places(region: Region, kind: str, most: int) -> list[str]:
    districts: list[str] = [str(u) for u in region.districts[0]]
    if kind == "MUNI_DISTRITAL":
        return districts[:most]
    capitals = {r["ubigeo"] for r in references.district_rows() if r["cod_region"] == region.code and r["ubigeo"].endswith("01")}
    provinces = dict.fromkeys(u[:4] + "01" for u in districts)
    return [c for c in provinces if c in capitals][:3]


def _spent(region: Region, concept: str, year: np.ndarray, soles: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """What was spent of MINEM's transfers, most of the old ones; unknown (NaN) for the other concepts."""
    if concept not in (SUPPORT, FORMAL):
        return np.full(len(soles), np.nan)
    share = np.clip(1.12 - 0.3 * region.profile.pace + draw.normal(0, 0.05, len(soles)), 0.4, 0.99)
    elapsed = min(1.0, (region.until - date(region.until.year, 1, 1)).days / 365)
    return np.round(soles * np.where(year == region.until.year, share * elapsed, share), 2)


def _yearly(concept: str, years: np.ndarray, month: int, soles: np.ndarray) -> Payments:
    return Payments(concept, years, np.full(len(years), month), soles, np.zeros(len(years)))


def _thousands(values: np.ndarray) -> np.ndarray:
    rounded: np.ndarray = np.round(values / 1_000) * 1_000
    return rounded


def _initials(kinds: list[str]) -> list[str]:
    short = {"GR": "GR", "UNIVERSIDAD": "UN", "MUNI_PROVINCIAL": "MP", "MUNI_DISTRITAL": "MD"}
    return [short[k] for k in kinds]


def _norm(concept: str, year: int, month: int) -> str:
    """The same resolution for every region."""
    number = 20 * month + list(_SHORT).index(concept) * 3 + year % 7
    return _NORMS[concept].format(n=f"{number:03d}", year=year)
