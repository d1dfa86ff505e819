"""A filled template of an older version of its contract: brought up to the one in force, and said, or refused with the cure.

The contract declares what changed in `migraciones`: each key is the last version with the old form, and applies to every template
of that version or an older one. A major version without its migration cannot be crossed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from etl.readers.raw import Notice, RawTable, fold, refuse
from etl.readers.xlsx_template import TemplateIdentity
from etl.templates.identity import fingerprint
from warehouse.contracts import Contract, Migration, number_of
from warehouse.territories import all_territories

#: table, region, period
Place = tuple[str, str, str]
_CURE = "Descargue la plantilla vigente, copie ahí sus filas y envíela."


def up_to_date(contract: Contract, raw: RawTable, name: str, place: Place | None = None) -> RawTable:
    """The table as the contract in force has it. A file that is no template passes as it came.

    Raises Unreadable where the template is of another place than `place`, or of a version that cannot be brought up.
    """
    template = raw.template
    if template is None:
        return raw
    _refuse_elsewhere(contract, template, name, place)
    if template.version_contrato == contract.version:
        return raw if template.huella == fingerprint(contract) else _with_note(raw, _other_print(contract))
    changes = list(_changes(contract, template, name))
    told: list[str] = []
    for change in changes:
        raw = _applied(change, raw, told)
    return _with_note(raw, _migrated(contract, template, told))


def _refuse_elsewhere(contract: Contract, template: TemplateIdentity, name: str, place: Place | None) -> None:
    if template.tabla != contract.table:
        what = f"la plantilla es de la tabla «{template.tabla}» y se entrega como «{contract.table}»."
        raise refuse(name, what, f"Entréguela como «{template.tabla}», o descargue la plantilla de «{contract.table}» y copie ahí sus filas.")
    if place is None or (template.cod_region, template.periodo) == place[1:]:
        return
    said, given = _place_words(template.cod_region, template.periodo), _place_words(place[1], place[2])
    what = f"la plantilla es de {said} y se entrega como {given}; no se sabe cuál de los dos vale."
    raise refuse(name, what, f"Entréguela como {said}, o descargue la plantilla de {given} y copie ahí sus filas.")


def _place_words(region: str, period: str) -> str:
    known = all_territories().get(region)
    return f"{region} ({known.nombre}), periodo {period}" if known else f"{region}, periodo {period}"


def _changes(contract: Contract, template: TemplateIdentity, name: str) -> Iterator[Migration]:
    """The migrations between both versions, oldest first."""
    old, new = number_of(template.version_contrato), number_of(contract.version)
    if not old or old > new:
        what = f"la plantilla es de la versión {template.version_contrato} del contrato y aquí rige la {contract.version}."
        raise refuse(name, what, _CURE)
    steps = sorted((number_of(v), m) for v, m in contract.migrations.items())
    steps = [(v, m) for v, m in steps if old <= v < new]
    for major in range(old[0], new[0]):
        if not any(v[0] == major for v, _ in steps):
            what = (
                f"la plantilla es de la versión {template.version_contrato} del contrato y rige la {contract.version}, que pide otras columnas; "
                "lo que trae no se puede pasar sin riesgo de cambiarlo."
            )
            raise refuse(name, what, _CURE)
    yield from (m for _, m in steps)


def _applied(change: Migration, raw: RawTable, told: list[str]) -> RawTable:
    names = {fold(old): new for old, new in change.renombra.items()}
    header = [names.get(fold(h), h) for h in raw.header]
    told += [f"la columna «{old}» se leyó como «{new}»" for old, new in zip(raw.header, header, strict=True) if old != new]
    notices = [replace(n, columna=names.get(fold(n.columna), n.columna)) for n in raw.notices]
    columns = [_new_values(change, h, c, told) for h, c in zip(header, raw.cells.columns, strict=True)]
    dropped = {fold(q) for q in change.quita}
    kept = [i for i, h in enumerate(header) if fold(h) not in dropped]
    told += [f"la columna «{h}» ya no se pide y se dejó" for i, h in enumerate(header) if i not in kept]
    added = {n: v for n, v in change.agrega.items() if fold(n) not in {fold(h) for h in header}}
    told += [f"la columna «{n}» es nueva: " + (f"se llenó con «{v}»" if v else "quedó vacía") for n, v in added.items()]
    rows = raw.cells.num_rows
    filled = [pa.chunked_array([pa.repeat(pa.scalar(v or "", pa.string()), rows)]) for v in added.values()]
    columns = [columns[i] for i in kept] + filled
    return replace(
        raw,
        header=(*(header[i] for i in kept), *added),
        cells=pa.table(columns, names=[str(i) for i in range(len(columns))]),
        notices=tuple(n for n in notices if fold(n.columna) not in dropped or not n.columna),
        as_dates={new: raw.as_dates[old] for new, old in enumerate(kept) if old in raw.as_dates},
    )


def _new_values(change: Migration, header: str, texts: pa.ChunkedArray, told: list[str]) -> pa.ChunkedArray:
    values = next((v for c, v in change.valores.items() if fold(c) == fold(header)), None)
    if values is None:
        return texts
    clean = pc.utf8_trim_whitespace(texts)
    for old, new in values.items():
        hit = pc.equal(clean, old)
        count = pc.sum(hit).as_py() or 0
        if count:
            told.append(f"en «{header}», «{old}» se leyó como «{new}» ({count:,} celdas)")
            texts = pc.if_else(hit, pa.scalar(new, pa.string()), texts)
    return texts


def _with_note(raw: RawTable, note: Notice) -> RawTable:
    return replace(raw, notices=(note, *raw.notices))


def _other_print(contract: Contract) -> Notice:
    what = f"La plantilla es de la versión {contract.version}, pero de una edición anterior del contrato; se leyó por el nombre de sus columnas."
    return Notice("informativa", what, "Descargue la plantilla otra vez para la próxima entrega.", regla="G-02")


def _migrated(contract: Contract, template: TemplateIdentity, told: list[str]) -> Notice:
    what = f"La plantilla es de la versión {template.version_contrato} del contrato y rige la {contract.version}: "
    what += "; ".join(told) + "." if told else "se leyó igual, porque nada de lo que trae cambió."
    return Notice("informativa", what, "Descargue la plantilla vigente para la próxima entrega.", regla="G-02")
