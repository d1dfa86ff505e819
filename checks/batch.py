"""What the judge is handed and what it gives back: many submissions of one table, one verdict for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import pyarrow.dataset as ds

from checks.difference import Difference
from checks.findings import Finding
from checks.known_keys import KnownKeys
from warehouse.contracts import Contract
from warehouse.submissions import RuleResult
from warehouse.waivers import Waiver


@dataclass(frozen=True)
class Place:
    """Where a submission belongs and how it came. `filas`: data rows of the file, those that could not be read included.

    `filas_antes`: rows of the accepted submissions of the same table and submitter before this period, oldest first (G-10).
    `motivo`: why the sender changes a period that was already delivered (G-15). `sin_movimiento`: the sender says that the period
    had no cases, which is a delivery and not a missing one.
    """

    cod_region: str
    periodo: str
    archivo: str
    hash: str
    fecha_limite: date | None
    recibido_en: datetime
    filas: int
    filas_antes: tuple[int, ...] = ()
    motivo: str = ""
    sin_movimiento: bool = False


@dataclass(frozen=True)
class Batch:
    """Many submissions of one table, judged together.

    `rows`: the contract's columns, typed (a cell that could not be read is null), then cod_region, entrega_id,
    entrega_region, entrega_periodo and fila_origen (int64). `issues`: what reading and shaping already found.
    `references`: the tables that relationships and rules name, as a table or as a dataset that is read where it is asked.
    `standing`: the accepted rows of this same table, with the technical columns; None where there are none or no rule looks at them.
    `waivers`: exceptions somebody granted by name, with a reason and an end.
    """

    contract: Contract
    rows: pa.Table
    issues: list[Finding]
    places: dict[str, Place]
    references: dict[str, pa.Table]
    today: date
    standing: pa.Table | ds.Dataset | None = None
    waivers: tuple[Waiver, ...] = ()
    #: submissions whose place had an earlier one; None where nobody looked
    again: frozenset[str] | None = None
    #: what earlier batches of the same ingest and table brought; None where each batch is looked at alone
    known_keys: KnownKeys | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of one submission. `estado`: REJECTED, ACCEPTED or WARNED of warehouse.submissions.

    `accepted`: rows to accept with `estado_registro` («valido» or «advertido»), none where it was rejected. Findings of
    severity error with a row send that row to quarantine. `results`: one for each rule evaluated. `difference`: against the
    accepted version it replaces, None where there is none. `waived`: numbers of the exceptions that counted.
    """

    entrega_id: str
    estado: str
    accepted: pa.Table
    findings: list[Finding]
    results: tuple[RuleResult, ...]
    filas: int
    filas_aceptadas: int
    filas_cuarentena: int
    celdas_requeridas: int
    celdas_vacias: int
    mensaje: str
    difference: Difference | None = None
    waived: tuple[int, ...] = ()
