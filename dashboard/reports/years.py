"""The years a publication has enough yearly values of to evaluate one."""

from __future__ import annotations

from dashboard.published import Snapshot


def whole_years(snap: Snapshot) -> list[int]:
    """Years with a yearly value of at least half as many indicators as the year that has most, oldest first."""
    yearly = [snap.periods(s.id, "anio") for s in snap.indicators() if "anio" in s.periods]
    have = {p: sum(p in known for known in yearly) for p in {p for known in yearly for p in known}}
    return sorted(int(p) for p, n in have.items() if 2 * n >= max(have.values()))
