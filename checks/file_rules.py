"""Rules about whole submissions that every contract has: what reading found, G-04, G-09 to G-12 and G-15."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from checks.findings import BLOCKING, ERROR, WARNING, Finding
from checks.lot import Lot
from checks.repeated_keys import keys_delivered_elsewhere, repeated_keys
from checks.restatement import restatement_rule
from checks.rules import FileRule, Outcome
from checks.sentences import count, day
from checks.territory_rules import region_name
from checks.volume import atypical_volume
from warehouse import duck
from warehouse.contracts import Contract

#: share of required cells that must be filled, and below which the file is not accepted
COMPLETE, BLOCKED = 0.98, 0.90
_LIMA = ZoneInfo("America/Lima")


def file_rules(contract: Contract, known_hashes: Mapping[str, tuple[str, str]]) -> Iterator[FileRule]:
    """The global rules about files. `known_hashes`: where files were accepted before, (region, period)."""
    for rule_id in ("G-01", "G-02"):
        yield FileRule(rule_id, rule_id, "esquema", BLOCKING, _nothing, without_rows=True)
    yield FileRule("G-03.lectura", "G-03", "esquema", ERROR, _nothing)
    yield FileRule("G-04", "G-04", "clave", BLOCKING, lambda lot, con: repeated_keys(contract, lot, con))
    yield FileRule("G-04.otra_entrega", "G-04", "clave", ERROR, lambda lot, con: keys_delivered_elsewhere(contract, lot, con))
    yield FileRule("G-09", "G-09", "duplicidad", BLOCKING, lambda lot, con: same_file_elsewhere(lot, known_hashes), without_rows=True)
    if contract.delivery.plazo_dia_habil is not None or contract.delivery.plazo_dias is not None:
        yield FileRule("G-11", "G-11", "oportunidad", WARNING, lambda lot, con: late(lot), without_rows=True)
    if contract.delivery.ambito != "sistema" and contract.delivery.volumen_estable:
        yield FileRule("G-10", "G-10", "atipico", WARNING, lambda lot, con: atypical_volume(lot))
    yield FileRule("G-12", "G-12", "completitud", ERROR, lambda lot, con: incomplete(contract, lot))
    yield restatement_rule(contract)


def _nothing(lot: Lot, connection: duck.Connection) -> Outcome:
    """What reading and shaping found is already in the batch's issues; the rule stands in the suite to be seen as evaluated."""
    return Outcome()


def same_file_elsewhere(lot: Lot, known_hashes: Mapping[str, tuple[str, str]]) -> Outcome:
    """G-09: the same bytes for two places. Of a batch, the place that its rows name stands; else the first that came.

    Files that declare a period without cases are all alike, and right.
    """
    findings: list[Finding] = []
    by_hash: dict[str, list[str]] = defaultdict(list)
    for entrega_id, place in lot.batch.places.items():
        if place.sin_movimiento:
            continue
        own, known = (place.cod_region, place.periodo), known_hashes.get(place.hash)
        if known is not None and known != own:
            findings.append(_elsewhere(entrega_id, f"es el mismo archivo ya cargado para {region_name(known[0])}, periodo {known[1]}"))
        else:
            by_hash[place.hash].append(entrega_id)
    for twins in by_hash.values():
        if len({(lot.batch.places[e].cod_region, lot.batch.places[e].periodo) for e in twins}) > 1:
            findings += _all_but_the_rightful(lot, twins)
    return Outcome(findings=tuple(findings))


def _all_but_the_rightful(lot: Lot, twins: list[str]) -> Iterator[Finding]:
    places = lot.batch.places

    def strangeness(entrega_id: str) -> tuple[float, datetime, str, str]:
        rows, place = lot.of(lot.code_of[entrega_id]), places[entrega_id]
        foreign = np.mean(np.asarray(rows["cod_region"].to_pylist()) != place.cod_region) if rows.num_rows else 1.0
        return float(foreign), place.recibido_en, place.periodo, place.cod_region

    rightful = places[min(twins, key=strangeness)]
    for twin in twins:
        if (places[twin].cod_region, places[twin].periodo) != (rightful.cod_region, rightful.periodo):
            yield _elsewhere(twin, f"es el mismo archivo que {rightful.archivo}, de {region_name(rightful.cod_region)}, periodo {rightful.periodo}")


def _elsewhere(entrega_id: str, what: str) -> Finding:
    cure = "Envíe el archivo que corresponde a esta región y periodo."
    return Finding(entrega_id, "G-09", "duplicidad", BLOCKING, None, "", "", f"El archivo {what}.", cure)


def received_on(moment: datetime) -> date:
    """The day in Peru when it came."""
    return moment.astimezone(_LIMA).date() if moment.tzinfo else moment.date()


def late(lot: Lot) -> Outcome:
    """G-11: received after the due date."""
    findings = []
    for entrega_id, place in lot.batch.places.items():
        received = received_on(place.recibido_en)
        if place.fecha_limite is not None and received > place.fecha_limite:
            delay = count((received - place.fecha_limite).days, "día", "días")
            sentence = f"El archivo se recibió el {day(received)}, {delay} después del plazo ({day(place.fecha_limite)})."
            findings.append(Finding(entrega_id, "G-11", "oportunidad", WARNING, None, "", "", sentence, "Envíe el próximo dentro del plazo."))
    return Outcome(findings=tuple(findings))


def required_cells(contract: Contract, lot: Lot) -> tuple[np.ndarray, np.ndarray]:
    """Required cells and empty ones of each submission. A cell that came and could not be read is not an empty one."""
    required = [c.name for c in contract.columns if c.required and c.treatment != "descartar"]
    empty = np.zeros(len(lot.ids), np.int64)
    for name in required:
        if lot.rows[name].null_count:
            empty += lot.tally(np.flatnonzero(lot.rows[name].is_null().to_numpy()))
    for issue in lot.batch.issues:
        # «G-03, error»: the cell had a text; shape nulled it because it could not be read
        if issue.regla_id == "G-03" and issue.severidad == ERROR and issue.fila is not None and issue.columna in required:
            empty[lot.code_of[issue.entrega_id]] -= 1
    sizes = np.array([lot.size(code) for code in range(len(lot.ids))], np.int64)
    return sizes * len(required), np.maximum(empty, 0)


def incomplete(contract: Contract, lot: Lot) -> Outcome:
    """G-12: too few required cells filled."""
    cells, empty = required_cells(contract, lot)
    findings = []
    for code in np.flatnonzero(empty > (1 - COMPLETE) * cells).tolist():
        filled = 1 - empty[code] / cells[code]
        blocks = bool(filled < BLOCKED)
        # Rounded down, so that 97.96 % never reads as the 98.0 % that would have passed.
        share = f"{np.floor(filled * 1000) / 10:.1f} %"
        sentence = f"Solo está lleno el {share} de las celdas obligatorias ({empty[code]:,} de {cells[code]:,} vacías)"
        sentence += f"; se pide el {100 * COMPLETE:.0f} %"
        sentence += f", y con menos del {100 * BLOCKED:.0f} % el archivo no se acepta." if blocks else "."
        cure = "Complete las celdas obligatorias y envíe otra vez el archivo."
        findings.append(Finding(lot.ids[code], "G-12", "completitud", BLOCKING if blocks else ERROR, None, "", "", sentence, cure))
    return Outcome(findings=tuple(findings))
