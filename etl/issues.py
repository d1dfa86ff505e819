"""What was noticed while reading and shaping, as findings: one sentence each, private values never quoted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from checks.findings import Finding
from etl.cells import Typed
from etl.privacy import MASK, is_private
from etl.readers.raw import MAX_FAULTS, Notice
from etl.sentences import Fault
from warehouse.contracts import Column, TerritoryRule
from warehouse.territories import all_territories


class Places:
    """Row positions of many files put one after the other, told as submission and sender's row."""

    def __init__(self, files: list[tuple[str, pa.Array]]) -> None:
        self.ids = [entrega_id for entrega_id, _ in files]
        self.filas = [filas for _, filas in files]
        self.starts = np.cumsum([0, *(len(filas) for filas in self.filas)])

    def owners(self, positions: np.ndarray) -> np.ndarray:
        """Which file each position belongs to."""
        return np.searchsorted(self.starts, positions, side="right") - 1

    def row(self, owner: int, position: int) -> int:
        """The sender's row number."""
        return int(self.filas[owner][position - int(self.starts[owner])].as_py())


def finding_of(entrega_id: str, notice: Notice) -> Finding:
    """A reader's notice as a finding of its submission."""
    return Finding(
        entrega_id, notice.regla, notice.dimension, notice.severity, notice.fila, notice.columna, notice.valor, notice.mensaje, notice.remedio
    )


def cell_findings(column: Column, typed: Typed, places: Places) -> Iterator[Finding]:
    """G-03: cells that could not be read (error), serial dates converted and fillers taken as empty (informativa)."""
    yield from _faults(column, typed, places)
    filler, serial = "celdas con «{valor}» se tomaron como vacías", "celdas traen un número de serie de Excel («{valor}») y se leyeron como fecha"
    for positions, what, cure in (
        (typed.fillers, filler, "Deje la celda vacía cuando no haya dato."),
        (typed.serials, serial, "Escriba la fecha como AAAA-MM-DD."),
    ):
        for owner, first, count in _by_file(positions, places):
            valor = MASK if is_private(column) else str(typed.texts[first].as_py())
            sentence = f"Columna «{column.name}»: {count:,} {what.format(valor=valor)} (desde la fila {places.row(owner, first)})."
            yield Finding(places.ids[owner], "G-03", "esquema", "informativa", None, column.name, valor, sentence, cure)


def _by_file(positions: np.ndarray, places: Places) -> Iterator[tuple[int, int, int]]:
    owners, first, counts = np.unique(places.owners(positions), return_index=True, return_counts=True)
    for owner, at, count in zip(owners, first, counts, strict=True):
        yield int(owner), int(positions[at]), int(count)


def _faults(column: Column, typed: Typed, places: Places) -> Iterator[Finding]:
    if not len(typed.faulty):
        return
    owners = places.owners(typed.faulty)
    counts = Counter(owners.tolist())
    told: set[int] = set()
    for owner, (position, fault) in zip(owners.tolist(), typed.faults(column), strict=True):
        if counts[owner] <= MAX_FAULTS:
            yield _fault_finding(column, fault, typed, places, owner, position)
        elif owner not in told:
            told.add(owner)
            first = _fault_finding(column, fault, typed, places, owner, position)
            what = f"La columna «{column.name}» tiene {counts[owner]:,} celdas que no se pueden leer. {first.mensaje}"
            cure = f"Corrija toda la columna. {first.remedio}"
            yield Finding(places.ids[owner], "G-03", "esquema", "bloqueante", None, column.name, "", what, cure)


def _fault_finding(column: Column, fault: Fault, typed: Typed, places: Places, owner: int, position: int) -> Finding:
    row = places.row(owner, position)
    if is_private(column):
        fault, value = Fault("el valor no se puede leer.", "Revise el formato que pide la plantilla."), MASK
    else:
        value = str(typed.texts[position].as_py())[:200]
    sentence = f"Fila {row}, «{column.name}»: {fault.what}"
    return Finding(places.ids[owner], "G-03", "esquema", "error", row, column.name, value, sentence, fault.cure)


def territory_findings(rule: TerritoryRule, columns: dict[str, pa.ChunkedArray], unknown: np.ndarray, places: Places) -> Iterator[Finding]:
    """G-06: printed codes that are no territory. The usual cause, the leading zero that Excel took, is told."""
    for position, owner in zip(unknown.tolist(), places.owners(unknown).tolist(), strict=True):
        value, row = str(columns[rule.columna][position].as_py()), places.row(owner, position)
        cure = "Escriba el código del INEI con dos cifras, p. ej. 13 (La Libertad)."
        if rule.tipo in ("region", "departamento") and f"0{value}" in all_territories():
            cure = f"Parece haber perdido el cero inicial: escriba 0{value}."
        elif rule.tipo == "ubigeo":
            cure = "Escriba el ubigeo del INEI con seis cifras, con su cero inicial."
        elif rule.tipo == "ambito":
            cure = f"Use uno de estos: {', '.join(rule.mapa)}."
        sentence = f"Fila {row}, «{rule.columna}»: «{value[:60]}» no es un territorio conocido."
        yield Finding(places.ids[owner], "G-06", "referencial", "error", row, rule.columna, value[:200], sentence, cure)
