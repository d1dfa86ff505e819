"""Which column of a file is which column of the contract: by name, then by the other names the contract accepts."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from etl.doubtful_cells import doubts
from etl.readers.raw import Notice, RawTable, fold, refuse
from etl.templates.migration import Place, up_to_date
from warehouse.contracts import Column, Contract


@dataclass(frozen=True)
class Matched:
    """Texts under the contract's names; an optional column that did not come is all null."""

    cells: pa.Table
    filas: pa.Array
    notices: tuple[Notice, ...]
    misaligned: int


def known_headers(contract: Contract) -> frozenset[str]:
    """Every header the contract accepts, folded."""
    return frozenset(fold(n) for c in contract.columns for n in (c.name, *c.source_names))


def match(contract: Contract, raw: RawTable, name: str, place: Place | None = None) -> Matched:
    """The file's columns as the contract's, a template of an older version brought up to it.

    Raises Unreadable: naming the required columns that did not come (G-02), or where a template was made for another `place`.
    """
    raw = up_to_date(contract, raw, name, place)
    places = {fold(text): i for i, text in enumerate(raw.header) if fold(text)}
    found = {c.name: i for c in contract.columns if (i := _place(c, places)) is not None}
    unknown = [text for i, text in enumerate(raw.header) if i not in found.values()]
    missing = [c.name for c in contract.columns if c.required and c.name not in found]
    if missing:
        raise refuse(name, _missing_sentence(missing, unknown), "Use la cabecera de la plantilla, en la primera fila, y envíe otra vez.", "G-02")
    nothing = pa.nulls(raw.cells.num_rows, pa.string())
    columns = [raw.cells.column(found[c.name]) if c.name in found else nothing for c in contract.columns]
    names = {raw.header[i]: n for n, i in found.items()}
    seen = (*raw.notices, *doubts(contract, raw, found, name))
    notices = (*_notices(contract, raw, found, unknown), *(_renamed(n, names) for n in seen if not n.columna or n.columna in names))
    return Matched(pa.table(columns, names=list(contract.column_names)), raw.filas, notices, raw.misaligned)


def _place(column: Column, places: dict[str, int]) -> int | None:
    return next((places[fold(n)] for n in (column.name, *column.source_names) if fold(n) in places), None)


def _renamed(notice: Notice, names: dict[str, str]) -> Notice:
    return replace(notice, columna=names.get(notice.columna, notice.columna))


def _missing_sentence(missing: list[str], unknown: list[str]) -> str:
    listed = _listed(missing)
    sentence = f"faltan las columnas obligatorias {listed}." if len(missing) > 1 else f"falta la columna obligatoria {listed}."
    folded = {fold(u): u for u in unknown if fold(u)}
    for name in missing:
        near = difflib.get_close_matches(fold(name), list(folded), n=1, cutoff=0.6)
        if near:
            sentence += f" ¿Es «{folded.pop(near[0])[:60]}» la columna «{name}»? Cámbiele el nombre."
    return sentence + (f" No se reconocieron: {_listed(list(folded.values()))}." if folded else "")


def _notices(contract: Contract, raw: RawTable, found: dict[str, int], unknown: list[str]) -> Iterator[Notice]:
    renamed = [f"«{raw.header[i]}» como «{n}»" for n, i in found.items() if fold(raw.header[i]) != fold(n)]
    if renamed:
        what = f"Se leyeron columnas con otro nombre: {', '.join(renamed)}."
        yield Notice("informativa", what, "Use los nombres de la plantilla.", regla="G-02")
    dropped = [u or "(sin nombre)" for u in unknown]
    if dropped:
        what = f"Se descartaron columnas que el contrato no tiene: {_listed(dropped)}."
        yield Notice("informativa", what, "Quítelas del archivo, o corrija su nombre si eran de la plantilla.", regla="G-02")
    absent = [c.name for c in contract.columns if c.name not in found]
    if absent:
        yield Notice("informativa", f"No vinieron columnas opcionales: {_listed(absent)}.", "Inclúyalas si tiene el dato.", regla="G-02")


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"«{n[:60]}»" for n in names[:20])
    return shown + (f" y {len(names) - 20:,} más" if len(names) > 20 else "")
