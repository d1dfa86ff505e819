"""All publications in one table: each row with the publication from which it holds and the one that superseded it.

What was published in n is the rows with `desde_publicacion` <= n and `hasta_publicacion` empty or > n. The table of a publication is that of the one
before it and one step more; where that is not at hand, all steps are made again, with the same result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dashboard.opendata.columns import HISTORY, KEY
from dashboard.opendata.values import Columns, of_indicator
from dashboard.published import Snapshot

NAMES = [c.name for c in HISTORY]
_SINCE, _UNTIL = len(NAMES) - 2, len(NAMES) - 1
_KEY = [NAMES.index(k) for k in KEY]
#: what makes a change a major one
MAJOR = tuple(NAMES.index(c) for c in ("valor", "numerador", "denominador", "estado"))
Row = tuple[Any, ...]


def key_of(row: Row) -> Row:
    return tuple(row[i] for i in _KEY)


def step(known: Iterable[Row], now: Sequence[Row], number: int) -> list[Row]:
    """The rows known so far (of one indicator) after publication `number`, of which `now` are the rows without their validity."""
    current = {key_of(r): r for r in now}
    made: list[Row] = []
    for row in known:
        if row[_UNTIL] is not None:
            made.append(row)
        elif current.get(key := key_of(row)) == row[:_SINCE]:
            made.append(row)
            del current[key]
        else:
            made.append((*row[:_UNTIL], number))
    made += [(*row, number, None) for row in current.values()]
    return made


def rows_of(batch: Columns) -> list[Row]:
    """An indicator's rows as the history compares them."""
    return list(zip(*(batch[n] for n in NAMES[:_SINCE]), strict=True))


class History:
    """The history up to a publication, one indicator at a time."""

    def __init__(self, snap: Snapshot, earlier: Sequence[Snapshot], before: Path | None) -> None:
        """`earlier`: the publications before, oldest first. `before`: where the history file of the last of them would be; it counts if it is its."""
        self.snap, self.earlier = snap, earlier
        self.file = None if before is None else _file_of(before, earlier[-1])
        self.groups = {} if self.file is None else self._groups(self.file)
        #: (publication, indicator, kind of change) -> rows
        self.changes: Counter[tuple[int, str, str]] = Counter()
        self.rows = 0

    @staticmethod
    def _groups(file: pq.ParquetFile) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i in range(file.num_row_groups):
            found.setdefault(str(file.metadata.row_group(i).column(0).statistics.min), []).append(i)
        return found

    def gone(self) -> list[str]:
        """Indicators that some publication had and this one has no more, in the order of their names."""
        then = set(self.groups) if self.file is not None else {s.id for e in self.earlier for s in e.indicators()}
        return sorted(then - {s.id for s in self.snap.indicators()})

    def of(self, indicator: str, now: Columns | None) -> Columns:
        """All rows of an indicator; `now` is what this publication has of it, None where it has none."""
        rows: list[Row] = []
        if self.file is not None:
            if indicator in self.groups:
                rows = list(zip(*(c.to_pylist() for c in self.file.read_row_groups(self.groups[indicator]).columns), strict=True))
        else:
            for snap in self.earlier:
                held = {s.id: s for s in snap.indicators()}
                rows = step(rows, rows_of(of_indicator(snap, held[indicator])) if indicator in held else [], snap.number)
        rows = step(rows, rows_of(now) if now is not None else [], self.snap.number)
        rows.sort(key=lambda r: (*("" if k is None else k for k in key_of(r)), r[_SINCE]))
        self._count(indicator, rows)
        self.rows += len(rows)
        return {name: [r[i] for r in rows] for i, name in enumerate(NAMES)}

    def _count(self, indicator: str, rows: Sequence[Row]) -> None:
        for before, row, after in _neighbours(rows):
            follows = before is not None and before[_UNTIL] == row[_SINCE]
            kind = "nuevo" if not follows else "mayor" if any(before[i] != row[i] for i in MAJOR) else "menor"  # type: ignore[index]
            self.changes[row[_SINCE], indicator, kind] += 1
            if row[_UNTIL] is not None and (after is None or after[_SINCE] != row[_UNTIL]):
                self.changes[row[_UNTIL], indicator, "retirado"] += 1


def _file_of(path: Path, snap: Snapshot) -> pq.ParquetFile | None:
    if not path.is_file():
        return None
    found = pq.ParquetFile(path)
    about = found.schema_arrow.metadata or {}
    own = (about.get(b"publicacion"), about.get(b"huella")) == (str(snap.number).encode(), snap.publication.huella.encode())
    return found if own else None


def _neighbours(rows: Sequence[Row]) -> Iterator[tuple[Row | None, Row, Row | None]]:
    """Each row with the one of the same key before it and after it."""
    for i, row in enumerate(rows):
        before = rows[i - 1] if i and key_of(rows[i - 1]) == key_of(row) else None
        after = rows[i + 1] if i + 1 < len(rows) and key_of(rows[i + 1]) == key_of(row) else None
        yield before, row, after
