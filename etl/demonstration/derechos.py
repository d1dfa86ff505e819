"""Mining rights: the stock that stood before the first year and INGEMMET's own since then. Titles of the regions come with their cases."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.demonstration.columns import month_codes, pick, where
from etl.demonstration.coordinates import some_points
from etl.demonstration.country import PERIOD, Region
from etl.demonstration.holders import RIGHTS_EACH, Holders

#: rights of each kind for every case that enters in a month, before the first year
_SMALL, _LARGE, _NEW_LARGE = 9.0, 6.0, 0.06
_NEVER = np.datetime64("NaT", "D")
_KINDS, _SHARES = ("concesion_minera", "concesion_beneficio", "labor_general", "transporte_minero"), (0.93, 0.05, 0.015, 0.005)
_SAINTS = (
    "San Pedro", "Santa Rosa", "Virgen de la Puerta", "Señor de los Milagros", "San Isidro", "Cerro Azul", "Quebrada Honda", "Apu Pariacaca",
    "Nueva Esperanza", "Río Grande", "La Poderosa", "Pampa Blanca", "Dos de Mayo", "Minera Andina", "Cruz del Sur", "El Porvenir",
)  # fmt: skip


def make(region: Region) -> dict[str, pa.Table]:
    """Titled, extinct and pending rights, without those that the region's own cases ask for."""
    size = region.profile.volume * region.scale
    small = _small(region, max(6, round(_SMALL * size)))
    large = _large(region, max(3, round(_LARGE * size)))
    new = _new_large(region, round(_NEW_LARGE * size * region.months))
    rows = pa.concat_tables([small, large, new])
    return {"derechos_mineros": numbered(region, rows, 1)}


def slots(region: Region) -> np.ndarray:
    """Holders in the order in which rights fall to them, none more often than RIGHTS_EACH."""
    return region.draw("cupos").permutation(np.repeat(np.arange(len(region.small_holders)), RIGHTS_EACH))


def asked_for(
    region: Region, holders: Holders, own: np.ndarray, asked: np.ndarray, titled: np.ndarray, gone: np.ndarray, draw: np.random.Generator
) -> pa.Table:
    """Rights of `holders[own]` asked for on those days; titled or gone where there is a day. Without code."""
    count = len(own)
    is_titled, is_gone = ~np.isnat(titled), ~np.isnat(gone)
    kind = np.where(is_titled, draw.choice(_KINDS, count, p=_SHARES), "petitorio")
    stratum = holders.stratum[own]
    most = np.select([stratum == "PMA", stratum == "PPM"], [2, 5], 10)
    blocks = draw.integers(1, most, endpoint=True)
    mining = np.isin(kind, ("concesion_minera", "petitorio"))
    zone, east, north = some_points(region.code, count, draw)
    name, number = pick(_SAINTS, draw.integers(0, len(_SAINTS), count)), pa.array(draw.integers(1, 400, count)).cast(pa.string())
    return pa.table(
        {
            "nombre_derecho": pc.binary_join_element_wise(name, number, " "),
            "cod_region": pa.repeat(region.code, count),
            "ubigeo": pa.array(region.some_districts(count, draw)),
            "tipo_derecho": pa.array(kind),
            "sustancia": pick(("metalica", "no_metalica"), (draw.random(count) < 0.22).astype(int)),
            "estrato": pa.array(stratum),
            "titular_hash": pa.array(holders.hashes[own], pa.string()),
            "superficie_ha": pa.array(np.where(mining, blocks * 100.0, np.round(draw.uniform(4, 60, count), 1))),
            "estado_catastral": pa.array(np.where(is_gone, "extinguido", np.where(is_titled, "titulado", "en_tramite"))),
            "fecha_petitorio": pa.array(asked),
            "fecha_titulo": where(is_titled, titled),
            "fecha_extincion": where(is_gone, gone),
            "zona_utm": pa.array(zone),
            "este": pa.array(east),
            "norte": pa.array(north),
        }
    )


def numbered(region: Region, rows: pa.Table, first: int) -> pa.Table:
    """The rows with their code (region, number and year) and the delivery they belong to."""
    count = rows.num_rows
    number = pc.utf8_lpad(pa.array(np.arange(first, first + count)).cast(pa.string()), 6, "0")
    year = pc.utf8_slice_codeunits(pc.year(rows["fecha_petitorio"]).cast(pa.string()), 2).combine_chunks()
    code = pc.binary_join_element_wise(region.code, number, year, "")
    asked = rows["fecha_petitorio"].to_numpy().astype("datetime64[D]")
    rows = rows.append_column("codigo_derecho", code)
    return rows.append_column(PERIOD, month_codes(np.maximum(asked, np.datetime64(region.first))))


def _small(region: Region, count: int) -> pa.Table:
    """Rights of small-scale producers, all titled before the first year: later titles are those of the cases."""
    draw = region.draw("derechos pequenos")
    first = np.datetime64(region.first)
    asked = first - draw.integers(720, 5_500, count)
    titled = asked + draw.integers(150, 700, count)
    rows = asked_for(region, region.small_holders, slots(region)[:count], asked, titled, _extinct(region, titled, 0.22, draw), draw)
    by_region = asked >= np.datetime64("2007-01-01")
    return rows.append_column("autoridad_otorgante", pa.array(np.where(by_region, "GR", "INGEMMET")))


def _large(region: Region, count: int) -> pa.Table:
    draw = region.draw("derechos generales")
    asked = np.datetime64(region.first) - draw.integers(1_000, 14_000, count)
    titled = asked + draw.integers(200, 950, count)
    own = draw.integers(0, len(region.large_holders), count)
    rows = asked_for(region, region.large_holders, own, asked, titled, _extinct(region, titled, 0.3, draw), draw)
    return rows.append_column("autoridad_otorgante", pa.repeat("INGEMMET", count))


def _new_large(region: Region, count: int) -> pa.Table:
    """Petitions of the general regime since the first year: titled in time, some refused, the recent ones pending."""
    draw = region.draw("petitorios generales")
    first, last = np.datetime64(region.first), np.datetime64(region.until)
    asked = np.sort(first + draw.integers(0, max(int((last - first).astype(int)), 1), count))
    answered = asked + draw.integers(200, 900, count)
    refused = draw.random(count) < 0.06
    titled = np.where((answered <= last) & ~refused, answered, _NEVER)
    gone = np.where((answered <= last) & refused, answered, _NEVER)
    own = draw.integers(0, len(region.large_holders), count)
    rows = asked_for(region, region.large_holders, own, asked, titled, gone, draw)
    return rows.append_column("autoridad_otorgante", pa.repeat("INGEMMET", count))


def _extinct(region: Region, titled: np.ndarray, share: float, draw: np.random.Generator) -> np.ndarray:
    """Days on which rights expired, from a year after the title on."""
    gone = titled + draw.integers(365, 4_500, len(titled))
    return np.where((draw.random(len(titled)) < share) & (gone <= np.datetime64(region.until)), gone, _NEVER)
