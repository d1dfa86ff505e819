"""G-15: what a new version changes of the rows accepted before for the same place, and whether it says why.

Rows meet by the contract's key. The comparison is of what was sent with what stood accepted: a row that was in quarantine and
comes back mended is an added one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from checks.difference import Difference
from checks.findings import NOTE, WARNING, Finding
from checks.lot import POSITION, Lot
from checks.own_tables import PREVIOUS
from checks.rules import FileRule, Outcome
from checks.sentences import MASK, count, is_private, listed, shown
from warehouse import duck
from warehouse.contracts import Contract

#: share of the accepted rows of a closed period that may change without a reason
FREE = 0.02
#: rows kept one by one of each submission; the counts are whole
KEPT = 1_000
_TOLD = 5


def restatement_rule(contract: Contract) -> FileRule:
    """G-15, about what was sent. What is kept of a difference is of what was let in: see `judge`."""
    return FileRule("G-15", "G-15", "conciliacion", WARNING, lambda lot, con: _compare(contract, lot, con))


def _compare(contract: Contract, lot: Lot, connection: duck.Connection) -> Outcome:
    found = differences(contract, lot, connection)
    findings = tuple(f for entrega_id, own in found.items() for f in _findings(contract, lot, entrega_id, own))
    return Outcome(findings=findings)


def differences(contract: Contract, lot: Lot, connection: duck.Connection, out: np.ndarray | None = None) -> dict[str, Difference]:
    """By submission, of those that replace something. Private values are masked. `out`: positions of rows that are not let in."""
    if lot.batch.standing is None or not contract.key or lot.batch.again == frozenset():
        return {}
    connection.register("fuera_", pa.table({POSITION: pa.array(np.empty(0, np.int64) if out is None else out, pa.int64())}))
    keys = [f'"{k}"' for k in contract.key]
    others = [c.name for c in contract.columns if not c.key and c.treatment != "descartar"]
    places = pa.table({"e_": lot.ids, "r_": [p.cod_region for p in lot.batch.places.values()], "p_": [p.periodo for p in lot.batch.places.values()]})
    connection.register("entregas_", places)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE antes_ AS SELECT e_ AS entrega_id, v.* EXCLUDE (entrega_id) FROM {PREVIOUS} v "
        "JOIN entregas_ ON r_ = v.entrega_region AND p_ = v.entrega_periodo"
    )
    sizes = dict(connection.execute("SELECT entrega_id, count(*) FROM antes_ GROUP BY 1").fetchall())
    if not sizes:
        return {}
    on = " AND ".join(f"a.{k} = b.{k}" for k in keys) + " AND a.entrega_id = b.entrega_id"
    differs = " OR ".join(f'a."{n}" IS DISTINCT FROM b."{n}"' for n in others) or "FALSE"
    rows = connection.sql(
        f"""SELECT coalesce(a.entrega_id, b.entrega_id) AS entrega_id_,
        CASE WHEN a.entrega_id IS NULL THEN 'agregada' WHEN b.entrega_id IS NULL THEN 'retirada' ELSE 'cambiada' END AS tipo_,
        {", ".join(f"coalesce(a.{k}, b.{k}) AS {k}" for k in keys)}, {f"struct_pack({_packed(others)})" if others else "NULL"} AS cambios_
        FROM antes_ a FULL JOIN (SELECT * FROM lote WHERE entrega_id IN (SELECT entrega_id FROM antes_)
            AND {POSITION} NOT IN (SELECT {POSITION} FROM fuera_)) b ON {on}
        WHERE a.entrega_id IS NULL OR b.entrega_id IS NULL OR ({differs}) ORDER BY 1, 2, {", ".join(keys)}"""
    ).to_arrow_table()
    return _collect(contract, sizes, rows)


def _packed(others: list[str]) -> str:
    """Each column that differs as [before, after]."""
    both = "a.entrega_id IS NOT NULL AND b.entrega_id IS NOT NULL"
    return ", ".join(
        f'"{n}" := CASE WHEN {both} AND a."{n}" IS DISTINCT FROM b."{n}" THEN [CAST(a."{n}" AS VARCHAR), CAST(b."{n}" AS VARCHAR)] END'
        for n in others
    )


def _collect(contract: Contract, sizes: dict[str, int], rows: pa.Table) -> dict[str, Difference]:
    private = {c.name for c in contract.columns if is_private(c)}
    found: dict[str, Difference] = defaultdict(Difference)
    for entrega_id, size in sizes.items():
        found[entrega_id].before = size
    for row in rows.to_pylist():
        own, kind = found[row["entrega_id_"]], row["tipo_"]
        own.added += kind == "agregada"
        own.changed += kind == "cambiada"
        own.removed += kind == "retirada"
        if len(own.rows) < KEPT:
            changed = {n: ([MASK, MASK] if n in private else v) for n, v in (row["cambios_"] or {}).items() if v is not None}
            own.rows.append((kind, {k: (MASK if k in private else _plain(row[k])) for k in contract.key}, changed if kind == "cambiada" else {}))
    return dict(found)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _findings(contract: Contract, lot: Lot, entrega_id: str, own: Difference) -> Iterator[Finding]:
    if not (own.added or own.touched):
        return
    place = lot.batch.places[entrega_id]
    parts = [
        count(n, one, many)
        for n, one, many in (
            (own.added, "fila agregada", "filas agregadas"), (own.changed, "cambiada", "cambiadas"), (own.removed, "retirada", "retiradas"),
        )
        if n
    ]  # fmt: skip
    removed = [" · ".join(shown(v) for v in key.values()) for kind, key, _ in own.rows if kind == "retirada"][:_TOLD]
    what = f"Frente a las {own.before:,} filas aceptadas antes: {listed(parts)}." + (f" Se retiró {listed(removed)}." if removed else "")
    yield Finding(entrega_id, "G-15", "conciliacion", NOTE, None, "", "", what, "Compruebe que es lo que quería cambiar.")
    closed = place.fecha_limite is not None and place.recibido_en.date() > place.fecha_limite
    if closed and own.touched > FREE * own.before and not place.motivo.strip():
        share = f"{100 * own.touched / own.before:.1f} %"
        what = f"El periodo ya estaba cerrado y la nueva versión cambia o retira {own.touched:,} de {own.before:,} filas ({share}) sin decir por qué."
        yield Finding(entrega_id, "G-15", "conciliacion", WARNING, None, "", "", what, "Diga el motivo del cambio al enviar la nueva versión.")
