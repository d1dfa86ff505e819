"""A batch put in order: its rows one submission after the other, so that each is a slice."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from checks.batch import Batch
from checks.findings import ERROR, Finding

POSITION = "posicion_"


class Lot:
    """Positions are those of `rows`. `codes[i]` is the submission of row i, as an index of `ids`."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.ids = list(batch.places)
        owner = pc.index_in(pc.cast(batch.rows["entrega_id"], pa.string()), value_set=pa.array(self.ids, pa.string()))
        if owner.null_count:
            raise ValueError("hay filas de una entrega que no está en el lote")
        codes = np.asarray(owner.to_numpy(), dtype=np.int64)
        in_order = not len(codes) or bool((codes[1:] >= codes[:-1]).all())
        order = None if in_order else np.argsort(codes, kind="stable")
        self.rows: pa.Table = batch.rows if order is None else batch.rows.take(pa.array(order))
        self.codes = codes if order is None else codes[order]
        self.starts = np.searchsorted(self.codes, np.arange(len(self.ids) + 1))

    @cached_property
    def code_of(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.ids)}

    @cached_property
    def filas(self) -> np.ndarray:
        """The sender's row number of each row."""
        return np.asarray(self.rows["fila_origen"].to_numpy(), dtype=np.int64)

    @cached_property
    def numbered(self) -> pa.Table:
        """The rows as DuckDB sees them: with their position, because no order is kept there."""
        return self.rows.append_column(POSITION, pa.array(np.arange(self.rows.num_rows)))

    def size(self, code: int) -> int:
        """Rows of a submission in the table; those that could not be read at all are not here."""
        return int(self.starts[code + 1] - self.starts[code])

    def of(self, code: int) -> pa.Table:
        """The rows of a submission, without copying."""
        return self.rows.slice(int(self.starts[code]), self.size(code))

    def tally(self, positions: np.ndarray) -> np.ndarray:
        """How many of the positions fall in each submission."""
        return np.bincount(self.codes[positions], minlength=len(self.ids))

    def positions(self, findings: Iterable[Finding]) -> np.ndarray:
        """Rows that findings name; those outside the table have none."""
        found, places = [], {}
        for finding in findings:
            code = self.code_of[finding.entrega_id]
            if code not in places:
                start, end = int(self.starts[code]), int(self.starts[code + 1])
                places[code] = {int(n): start + i for i, n in enumerate(self.filas[start:end])}
            if finding.fila in places[code]:
                found.append(places[code][finding.fila])
        return np.array(found, np.int64)

    @cached_property
    def observed(self) -> pa.Table | None:
        """Cells already told wrong by reading and shaping (entrega_, fila_, columnas_), None where there are none."""
        cells: dict[tuple[str, int], list[str]] = {}
        for issue in self.batch.issues:
            if issue.severidad == ERROR and issue.fila is not None:
                cells.setdefault((issue.entrega_id, issue.fila), []).append(issue.columna)
        if not cells:
            return None
        return pa.table(
            {
                "entrega_": pa.array([e for e, _ in cells], pa.string()),
                "fila_": pa.array([f for _, f in cells], pa.int64()),
                "columnas_": pa.array(list(cells.values()), pa.list_(pa.string())),
            }
        )
