"""The regions' budgets month by month, and the mining money behind them: what is transferred is what rubro 18 and 13 take in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from etl.demonstration import transfers
from etl.demonstration.columns import pick
from etl.demonstration.country import PERIOD, Region


@dataclass(frozen=True)
class Line:
    """A line of the budget. `soles`: a year's opening budget for each case that enters in a month; 0 where money comes from transfers."""

    programa: str
    rubro: str
    generica: str
    es_mineria: bool
    soles: float = 0.0


LINES = (
    Line("0126", "00", "2.1", True, 9_000),
    Line("0126", "00", "2.3", True, 14_000),
    Line("0126", "13", "2.3", True),
    Line("9001", "00", "2.1", True, 21_000),
    Line("9001", "00", "2.3", True, 7_000),
    Line("9002", "00", "2.3", True, 16_000),
    Line("9002", "09", "2.3", True, 11_000),
    Line("9002", "13", "2.3", True),
    Line("9002", "18", "2.3", True, 9_000),
    Line("otros", "18", "2.3", False),
    Line("otros", "18", "2.6", False),
    Line("otros", "19", "2.6", False, 60_000),
)
#: of the canon and royalties received, what goes to current spending; the rest is investment
_CURRENT = 0.22
#: how spending spreads over the months before December takes its share
_MONTHS = np.array([0.35, 0.65, 0.85, 0.9, 0.95, 1.0, 1.0, 1.0, 1.05, 1.1, 1.15])


def make(region: Region) -> dict[str, pa.Table]:
    """`presupuesto` and `transferencias`."""
    paid = transfers.payments(region)
    years = range(region.first.year, region.until.year + 1)
    rows = pa.concat_tables([_year(region, year, paid) for year in years])
    return {"presupuesto": rows, "transferencias": transfers.table(region, paid)}


def _year(region: Region, year: int, paid: tuple[transfers.Payments, ...]) -> pa.Table:
    draw = region.draw("presupuesto", year)
    opening, modified = _budget(region, year, paid, draw)
    certified, committed, accrued, drawn = _phases(region, modified, draw)
    line, month = (a.ravel() for a in np.meshgrid(np.arange(len(LINES)), np.arange(12), indexing="ij"))
    first, last = _month_number(region.first.year, region.first.month), _month_number(region.until.year, region.until.month)
    own = _month_number(year, 1) + month
    kept = (own >= first) & (own <= last) & (modified[line, month] > 0)
    line, month = line[kept], month[kept]

    def told(amounts: np.ndarray) -> pa.Array:
        return pa.array(np.round(amounts[line, month], 2))

    return pa.table(
        {
            "cod_region": pa.repeat(region.code, len(line)),
            "anio": pa.repeat(year, len(line)),
            "mes": pa.array(month + 1),
            **{name: pick([getattr(x, name) for x in LINES], line) for name in ("programa", "rubro", "generica", "es_mineria")},
            "pia": pa.array(np.round(opening[line], 2)),
            "pim": told(modified),
            "certificado": told(certified),
            "compromiso": told(committed),
            "devengado": told(accrued),
            "girado": told(drawn),
            PERIOD: pick([f"{year}-{m:02d}" for m in range(1, 13)], month),
        }
    )


def _budget(region: Region, year: int, paid: tuple[transfers.Payments, ...], draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Opening budget of each line, and what it has become by the end of each month."""
    size = region.profile.volume * 0.85 + 4
    growth = 1.035 ** (year - 2019)
    opening = np.array([x.soles for x in LINES]) * size * growth * draw.lognormal(0, 0.05, len(LINES))
    steps = np.cumsum(draw.random((len(LINES), 12)) < 0.25, axis=1)
    modified = opening[:, None] * (1 + steps * draw.uniform(0.01, 0.05, (len(LINES), 1)))
    royalties = transfers.to_the_government(paid, (transfers.CANON, transfers.ROYALTY, transfers.SMALL_FEE), year)
    for number, share in ((_at("otros", "18", "2.3"), _CURRENT), (_at("otros", "18", "2.6"), 1 - _CURRENT)):
        opening[number] = share * royalties[-1] * draw.uniform(0.8, 0.95)
        # What arrives is taken into the budget within the month; a balance of last year comes in March.
        balance = np.where(np.arange(12) >= 2, opening[number] * 0.1, 0.0)
        modified[number] = np.maximum(opening[number] + balance, share * royalties * 1.02)
    modified[_at("9002", "13", "2.3")] = transfers.to_the_government(paid, (transfers.SUPPORT,), year)
    modified[_at("0126", "13", "2.3")] = transfers.to_the_government(paid, (transfers.FORMAL,), year)
    return opening, modified


def _phases(region: Region, modified: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Certified, committed, accrued and drawn, each below the one before it and none ever falling."""
    lines = len(modified)
    december = np.clip(0.05 + 0.19 * region.profile.pace, 0.13, 0.265)
    weights = _MONTHS * draw.lognormal(0, 0.06, (lines, 11))
    shape = np.column_stack([(1 - december) * weights / weights.sum(axis=1, keepdims=True), np.full(lines, december)])
    executed = np.clip(1.16 - 0.36 * region.profile.pace + draw.normal(0, 0.025, (lines, 1)), 0.5, 0.97)
    accrued = np.minimum(modified[:, -1:] * executed * np.cumsum(shape, axis=1), modified * 0.98)
    left = modified - accrued
    committed = accrued + left * draw.uniform(0.1, 0.3, (lines, 1))
    certified = accrued + left * draw.uniform(0.4, 0.75, (lines, 1))
    monthly = np.diff(accrued, axis=1, prepend=0.0)
    return certified, committed, accrued, accrued - monthly * draw.uniform(0.02, 0.12, (lines, 1))


def _at(programa: str, rubro: str, generica: str) -> int:
    return next(i for i, x in enumerate(LINES) if (x.programa, x.rubro, x.generica) == (programa, rubro, generica))


def _month_number(year: int, month: int) -> int:
    return 12 * year + month - 1
