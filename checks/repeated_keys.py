"""G-04: a key that stands twice, in one submission or in two."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from checks.findings import BLOCKING, ERROR, Finding
from checks.lot import Lot
from checks.own_tables import HISTORY
from checks.rules import Outcome, literal
from checks.sentences import listed, shown
from checks.territory_rules import region_name
from warehouse import duck
from warehouse.contracts import Contract
from warehouse.territories import COUNTRY

#: repeated keys told one by one in each file; the count tells the rest
_TOLD = 200


def repeated_keys(contract: Contract, lot: Lot, connection: duck.Connection) -> Outcome:
    """G-04: a key that stands in several rows of one submission. Rows with an empty part of the key are another rule's."""
    names = [f'"{k}"' for k in contract.key]
    if not names:
        return Outcome()
    whole = " AND ".join(f"{n} IS NOT NULL" for n in names)
    repeated = connection.sql(
        f"SELECT entrega_id, {', '.join(names)}, list(fila_origen ORDER BY fila_origen) AS filas_ FROM lote WHERE {whole} "
        f"GROUP BY entrega_id, {', '.join(names)} HAVING count(*) > 1 ORDER BY entrega_id, min(fila_origen)"
    ).to_arrow_table()
    findings: list[Finding] = []
    told: dict[str, int] = defaultdict(int)
    for row in repeated.to_pylist():
        told[row["entrega_id"]] += 1
        if told[row["entrega_id"]] > _TOLD:
            continue
        key = listed([f"{k} = {shown(row[k], contract.column(k))}" for k in contract.key])
        sentence = f"Filas {listed([str(f) for f in row['filas_']])}: la clave ({key}) está repetida."
        cure = "Deje una sola de esas filas, o corrija su clave, y envíe otra vez el archivo."
        findings.append(Finding(row["entrega_id"], "G-04", "clave", BLOCKING, row["filas_"][1], ", ".join(contract.key), "", sentence, cure))
    for entrega_id, total in told.items():
        if total > _TOLD:
            sentence = f"Hay {total:,} claves repetidas; se muestran las primeras {_TOLD}."
            cure = "Revise si el archivo trae dos veces sus filas."
            findings.append(Finding(entrega_id, "G-04", "clave", BLOCKING, None, ", ".join(contract.key), "", sentence, cure))
    return Outcome(findings=tuple(findings))


def keys_delivered_elsewhere(contract: Contract, lot: Lot, connection: duck.Connection) -> Outcome:
    """G-04 across submissions: a key that already stands in another submitter's or period's delivery would be counted twice.

    The row of this batch is to blame; of two of the batch, that of the foreign submitter, then of the later period. Submissions of
    the same bytes are G-09's.
    """
    places = lot.batch.places
    if not contract.key or (lot.batch.standing is None and len({(p.cod_region, p.periodo) for p in places.values()}) < 2):
        return Outcome()
    if lot.batch.known_keys is not None and not lot.batch.known_keys.may_repeat(contract, connection):
        return Outcome()
    names, whole = [f'"{k}"' for k in contract.key], " AND ".join(f'"{k}" IS NOT NULL' for k in contract.key)
    row = names[0] if len(names) == 1 else f"row({', '.join(names)})"
    same = " AND ".join(f"h.{n} = d.{n}" for n in names)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE dobles_ AS SELECT {', '.join(names)} FROM {HISTORY} WHERE {whole} "
        f"AND {row} IN (SELECT {row} FROM lote) GROUP BY ALL HAVING count(*) > 1 "
        "AND (min(entrega_periodo) <> max(entrega_periodo) OR min(entrega_region) <> max(entrega_region))"
    )
    if not connection.execute("SELECT count(*) FROM dobles_").fetchall()[0][0]:
        return Outcome()
    hashes = Counter(p.hash for p in places.values())
    twins = ", ".join(literal(e) for e, p in places.items() if hashes[p.hash] > 1) or "''"
    own = ", ".join(f"h.{n}" for n in names)
    rows = connection.sql(
        f"""SELECT * FROM (
        SELECT h.entrega_id, h.fila_origen, {own}, h.nueva, h.entrega_region, h.entrega_periodo,
        first_value(h.entrega_region) OVER w AS otra_region, first_value(h.entrega_periodo) OVER w AS otro_periodo
        FROM (SELECT *, entrega_id IN (SELECT e_ FROM lugares_) AS nueva FROM {HISTORY} WHERE entrega_id NOT IN ({twins})) h JOIN dobles_ d ON {same}
        WINDOW w AS (PARTITION BY {own} ORDER BY h.nueva, h.cod_region <> h.entrega_region, h.entrega_periodo, h.entrega_region)
        ) WHERE nueva AND (entrega_region, entrega_periodo) <> (otra_region, otro_periodo) ORDER BY entrega_id, fila_origen"""
    ).to_arrow_table()
    return Outcome(findings=tuple(_elsewhere(contract, row) for row in rows.to_pylist()))


def _elsewhere(contract: Contract, row: dict[str, Any]) -> Finding:
    key = listed([f"{k} = {shown(row[k], contract.column(k))}" for k in contract.key])
    of = "" if row["otra_region"] == COUNTRY else f"{region_name(row['otra_region'])}, "
    sentence = f"Fila {row['fila_origen']}: la clave ({key}) ya está en la entrega de {of}periodo {row['otro_periodo']}; contarla aquí la duplicaría."
    cure = "Quite la fila de esta entrega; si cambió, envíe una nueva versión de aquella."
    return Finding(row["entrega_id"], "G-04", "clave", ERROR, row["fila_origen"], ", ".join(contract.key), "", sentence, cure)
