"""What other bodies «publish» about the same things: counted from the synthetic tables, with a few disagreements on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.columns import pick, quarter_codes, year_codes
from etl.demonstration.country import PERIOD, Region

_MINERAL_UNITS = {"oro": "g_f", "plata": "kg_f"}
_WITH_CENTS = ("S/", "g_f", "kg_f", "tm_f")
#: (measure, region, period or "" for all, key or "" for all) -> what the published figure is of the register's
_FACTORS: dict[tuple[str, str, str, str], float] = {
    ("reinfo_inscripciones", "04", "", "suspendido"): 1.09,
    ("reinfo_inscripciones", "13", "", "vigente"): 0.90,
    ("oefa_supervisiones", "17", "2025-T3", ""): 1.25,
    ("oefa_supervisiones", "19", "2026-T1", ""): 0.8,
    ("monto_resolucion", "18", "2025-07", ""): 1.04,
    ("dac_produccion", "13", "2024", "oro"): 1.12,
    ("dac_produccion", "19", "2025", "zinc"): 0.9,
}
#: the same, how many more the published figure has
_MORE: dict[tuple[str, str, str, str], int] = {
    ("accidentes_mortales", "04", "2025", "total"): 1,
    ("accidentes_mortales", "21", "2024", "total"): 1,
    ("conflictos_defensoria", "21", "2026-03", "total"): 1,
    ("conflictos_defensoria", "21", "2026-03", "estado:latente"): 1,
}


def make(region: Region) -> dict[str, pa.Table]:
    """`cifras_publicadas`: each figure in the delivery of the month in which it comes out."""
    nothing = _figures(region, "conflictos_defensoria", "casos", "", _counts(pa.table({"periodo": _TEXT, "clave": _TEXT}), ["periodo", "clave"]))
    parts = [part for find in (_register, _supervisions, _resolutions, _production, _fatal, _conflicts) for part in find(region)]
    rows = pa.concat_tables([nothing, *parts])
    return {"cifras_publicadas": rows.filter(pc.less_equal(rows[PERIOD], f"{region.until:%Y-%m}"))}


def _register(region: Region) -> Iterator[pa.Table]:
    """The register's states are known as they are today: only the last month is published."""
    if (people := _rows(region, "formalizacion")) is not None:
        counted = _counts(people.select(["estado_reinfo"]).rename_columns(["clave"]), ["clave"])
        whole = pa.table({"periodo": pa.repeat(f"{region.until:%Y-%m}", counted.num_rows), **_columns(counted)})
        yield _figures(region, "reinfo_inscripciones", "inscripciones", "Boletín del REINFO", whole)


def _supervisions(region: Region) -> Iterator[pa.Table]:
    if (found := _rows(region, "supervisiones")) is not None:
        found = found.append_column("periodo", quarter_codes(found["fecha"].to_numpy().astype("datetime64[D]")))
        done = pc.and_(pc.equal(found["tipo"], "regular"), pc.is_valid(found["fecha_informe"]))
        told = found.append_column("uno", pc.cast(done, pa.int64())).group_by("periodo", use_threads=False).aggregate([("uno", "sum")])
        whole = pa.table({"periodo": told["periodo"], "clave": pa.repeat("regular", told.num_rows), "valor": told["uno_sum"]})
        yield _figures(region, "oefa_supervisiones", "supervisiones", "Reporte trimestral al OEFA", whole)


def _resolutions(region: Region) -> Iterator[pa.Table]:
    if (money := _rows(region, "transferencias")) is not None:
        money = money.append_column("periodo", money[PERIOD])
        told = money.group_by(["periodo", "norma"], use_threads=False).aggregate([("monto_soles", "sum")])
        whole = pa.table({"periodo": told["periodo"], "clave": told["norma"], "valor": pc.round(told["monto_soles_sum"], 2)})
        yield _figures(region, "monto_resolucion", "S/", "Anexo de la resolución", whole)


def _production(region: Region) -> Iterator[pa.Table]:
    """Whole years; the holders' yearly statement is never quite the sum of their months."""
    if (made := _rows(region, "produccion_empleo")) is None:
        return
    told = made.group_by(["anio", "mineral"], use_threads=False).aggregate([("produccion", "sum"), ("mes", "count_distinct")])
    told = told.filter(pc.equal(told["mes_count_distinct"], 12))
    draw = region.draw("dac publicada")
    value = np.round(told["produccion_sum"].to_numpy() * (1 + draw.uniform(-0.03, 0.03, told.num_rows)), 2)
    for unit in ("g_f", "kg_f", "tm_f"):
        own = pc.is_in(told["mineral"], value_set=pa.array(_minerals_in(unit)))
        whole = pa.table({"periodo": told["anio"].cast(pa.string()), "clave": told["mineral"], "valor": pa.array(value)}).filter(own)
        yield _figures(region, "dac_produccion", unit, "Anuario con la DAC", whole)


def _fatal(region: Region) -> Iterator[pa.Table]:
    if (found := _rows(region, "accidentes")) is not None:
        years = [str(y) for y in range(region.first.year, region.until.year + 1)]
        fatal = found.filter(pc.equal(found["tipo"], "mortal"))
        counts = dict.fromkeys(years, 0)
        for year in year_codes(fatal["fecha"].to_numpy().astype("datetime64[D]")).to_pylist():
            counts[year] = counts.get(year, 0) + 1
        whole = pa.table({"periodo": list(counts), "clave": ["total"] * len(counts), "valor": list(counts.values())})
        yield _figures(region, "accidentes_mortales", "accidentes", "Lista de accidentes mortales", whole)


def _conflicts(region: Region) -> Iterator[pa.Table]:
    if (found := _rows(region, "conflictos")) is None:
        return
    kept = pc.and_(pc.equal(found["fuente"], "DEFENSORIA"), pc.is_in(found["estado"], value_set=pa.array(["activo", "latente"])))
    found = found.filter(kept)
    with_phase = found.filter(pc.is_valid(found["fase"]))
    total = pa.table({"periodo": found["periodo"], "clave": pa.repeat("total", found.num_rows)})
    state = pa.table({"periodo": found["periodo"], "clave": pc.binary_join_element_wise("estado", found["estado"], ":")})
    phase = pa.table({"periodo": with_phase["periodo"], "clave": pc.binary_join_element_wise("fase", with_phase["fase"], ":")})
    counted = _counts(pa.concat_tables([t.cast(_KEYS) for t in (total, state, phase)]), ["periodo", "clave"])
    yield _figures(region, "conflictos_defensoria", "casos", "Reporte de conflictos sociales", counted)


_TEXT = pa.array([], pa.string())
_KEYS = pa.schema([("periodo", pa.string()), ("clave", pa.string())])


def _rows(region: Region, table: str) -> pa.Table | None:
    found = region.tables.get(table)
    return found.combine_chunks() if found is not None and found.num_rows else None


def _counts(rows: pa.Table, keys: list[str]) -> pa.Table:
    counted = rows.group_by(keys, use_threads=False).aggregate([([], "count_all")])
    return counted.rename_columns([*keys, "valor"])


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _minerals_in(unit: str) -> list[str]:
    minerals = ("oro", "cobre", "plata", "plomo", "zinc", "otro")
    return [m for m in minerals if _MINERAL_UNITS.get(m, "tm_f") == unit]


def _figures(region: Region, measure: str, unit: str, source: str, told: pa.Table) -> pa.Table:
    """Rows of a measure from `periodo, clave, valor`, with what was made to disagree."""
    count = told.num_rows
    period = np.array(told["periodo"].to_pylist(), dtype=object)
    key = np.array(told["clave"].to_pylist(), dtype=object)
    value = told["valor"].to_numpy().astype(float)
    for place, factor in _FACTORS.items():
        value = np.where(_hit(place, measure, region, period, key), np.round(value * factor, 2 if unit in _WITH_CENTS else 0), value)
    for place, more in _MORE.items():
        value = value + more * _hit(place, measure, region, period, key)
    months, at = np.unique(period.astype(str), return_inverse=True) if count else (np.array([], str), np.array([], int))
    return pa.table(
        {
            "medida": pa.repeat(measure, count),
            "cod_region": pa.repeat(region.code, count),
            "periodo_cifra": pa.array(period, pa.string()),
            "clave": pa.array(key, pa.string()),
            "valor": pa.array(value, pa.float64()),
            "unidad": pa.repeat(unit, count),
            "fuente": pick([f"{source}, {m} (demostración)" for m in months.tolist()] or [""], at),
            PERIOD: pick([_comes_out(measure, m, region) for m in months.tolist()] or [""], at),
        }
    )


def _hit(place: tuple[str, str, str, str], measure: str, region: Region, period: np.ndarray, key: np.ndarray) -> np.ndarray:
    what, where, when, which = place
    found: np.ndarray = ((period == when) | (when == "")) & ((key == which) | (which == "")) & ((what, where) == (measure, region.code))
    return found


def _comes_out(measure: str, period: str, region: Region) -> str:
    """The month of the delivery that carries a figure of `period`; what is of an unfinished year comes with the last month."""
    last = f"{region.until:%Y-%m}"
    if measure == "dac_produccion":
        return f"{int(period) + 1}-07"
    if measure == "accidentes_mortales":
        return min(f"{period}-12", last)
    if measure == "oefa_supervisiones":
        return min(f"{period[:4]}-{3 * int(period[-1]):02d}", last)
    return period
