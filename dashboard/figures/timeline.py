"""Where periods stand on an axis of dates, and which of them are joined by a line: what every picture of a series shares."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dashboard import formats
from dashboard.narrative import sentences
from warehouse.periods import parse

Row = dict[Any, Any]


def middle(row: Row) -> str:
    """Where a period stands on the axis: its middle."""
    found = parse(row["periodo"])
    return (found.start + timedelta(days=(found.end - found.start).days // 2)).isoformat()


def runs(rows: list[Row]) -> list[list[Row]]:
    """Stretches of neighbouring periods with a value: a line never crosses a hole."""
    found: list[list[Row]] = []
    last = None
    for row in rows:
        if not sentences.is_published(row):
            continue
        period = parse(row["periodo"])
        if last is None or period.start != last.end + timedelta(days=1):
            found.append([])
        found[-1].append(row)
        last = period
    return found


def span(rows: list[Row]) -> list[str]:
    """The axis' range: the periods and a little air."""
    first, last = parse(rows[0]["periodo"]), parse(rows[-1]["periodo"])
    edge = timedelta(days=max(6, (last.end - first.start).days // 60))
    return [(first.start - edge).isoformat(), (last.end + edge).isoformat()]


def dates(rows: list[Row], lang: str) -> dict[str, Any]:
    """At most four labelled periods, the last always among them; month and year on two lines, so that a phone fits them."""
    step = max(1, -(-(len(rows) - 1) // 3))
    chosen = list(reversed(rows[::-1][::step]))
    return {"tickvals": [middle(r) for r in chosen], "ticktext": ["<br>".join(formats.period(r["periodo"], lang).rsplit(" ", 1)) for r in chosen]}
