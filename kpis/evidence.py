"""The rows of the fact behind one figure, each with what it adds or why it adds nothing; and the figure made again from those rows alone.

Places, periods, competence and breakdowns are chosen as the roll-up chooses them, over the table versions of the publication.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from kpis.basis import Basis
from kpis.by_hand import figure
from kpis.compile import PLACE, TIME
from kpis.contributions import added_columns, category_of, of_category
from kpis.contributions import quoted as q
from kpis.facts import table_schema
from kpis.labels import PROVINCE
from kpis.rollup import places_of, times_of
from kpis.trial import check
from warehouse import duck
from warehouse.errors import SiegemError, suggest
from warehouse.indicators import Breakdown, Indicator
from warehouse.periods import parse
from warehouse.store import Warehouse
from warehouse.territories import territory


@dataclass(frozen=True)
class Cell:
    """Which figure: a territory and a period; a category of a breakdown where it is not the undivided one."""

    territory: str
    period: str
    breakdown: str = ""
    category: str = ""


@dataclass(frozen=True)
class Evidence:
    """`rows`: the fact's columns, and those of `contributions`. `hidden`: columns of the fact left out, for whoever delivered them alone to see.

    `undated`: rows of the place without a date: they count in no period. `figure`: the value made again from the rows, None where they give none.
    """

    cell: Cell
    rows: pa.Table
    hidden: tuple[str, ...]
    undated: int
    figure: float | None


def evidence(warehouse: Warehouse, basis: Basis, cell: Cell) -> Evidence:
    """The rows behind a figure. Raises SiegemError for a place, period or category that the indicator does not have."""
    cell, split = _checked(basis, cell)
    own = warehouse.settings
    with duck.engine(memory=own.memoria_motor, threads=own.hilos_motor, folders=(warehouse.delta.root,)) as connection:
        _load(connection, basis, warehouse)
        if split is not None:
            codes = {r[0] for r in connection.execute(f"SELECT DISTINCT {category_of(split.column)} FROM filas").fetchall()}
            if cell.category not in codes:
                raise _no_category(cell.category, codes)
        places, times = _chosen(connection, basis.indicator, cell)
        of_place = f"{_among(PLACE, places)} AND {_category(basis.indicator, split, cell)}"
        hidden = _restricted(basis)
        shown = [q(c) for c in basis.plan.fact.columns if c not in hidden]
        added = [f"{sql} AS {name}" for name, sql in added_columns(basis, split, cell.category, cell.territory).items()]
        select = f"SELECT {', '.join([*shown, *added])} FROM filas WHERE {of_place} AND {_among(TIME, times)} ORDER BY ALL"
        rows = connection.sql(select).to_arrow_table()
        undated = connection.execute(f"SELECT count(*) FROM filas WHERE {of_place} AND __{TIME} IS NULL").fetchall()[0][0]
    made = figure(basis.indicator, rows, of_whole=split is not None and split.of == "whole")
    return Evidence(cell, rows, hidden, int(undated), made)


def _checked(basis: Basis, cell: Cell) -> tuple[Cell, Breakdown | None]:
    """The cell with its breakdown found and its codes as they are published."""
    check(basis.indicator, cell.territory, cell.period, cell.breakdown)
    split = _split(basis, cell)
    if split is not None and split.column == PROVINCE and territory(cell.territory).nivel != "region":
        raise SiegemError("Las provincias son un desglose de su región.", cure=f"Escriba --territorio {cell.category[:2]}.")
    return Cell(cell.territory, parse(cell.period).code, split.name if split else "", cell.category), split


def _split(basis: Basis, cell: Cell) -> Breakdown | None:
    i = basis.indicator
    names = [b.name for b in i.breakdowns]
    if not cell.category:
        if cell.breakdown or not i.undivided or any(b.of == "whole" for b in i.breakdowns):
            raise SiegemError(f"«{i.id}» se explica por categoría.", cure=f"Añada --categoria, de: {', '.join(names)}.")
        return None
    labelled = {b["name"]: b["labels"] for b in basis.sheet["ficha"]["breakdowns"]}
    found = [b for b in i.breakdowns if cell.breakdown in ("", b.name) and (not labelled.get(b.name) or cell.category in labelled[b.name])]
    known = [b for b in found if labelled.get(b.name)] or found
    if not known:
        codes = [c for name in names if cell.breakdown in ("", name) for c in labelled[name]]
        raise _no_category(cell.category, codes)
    if len(known) > 1:
        raise SiegemError(f"«{cell.category}» puede ser de varios desgloses.", cure=f"Añada --desglose, uno de: {', '.join(b.name for b in known)}.")
    return known[0]


def _no_category(category: str, known: Iterable[str]) -> SiegemError:
    codes = sorted(known)
    return SiegemError(f"No hay ninguna categoría «{category}».{suggest(category, codes)}", cure=f"Use una de: {', '.join(codes[:12])}.")


def _load(connection: duck.Connection, basis: Basis, warehouse: Warehouse) -> None:
    """The whole fact as the table `filas`, with the place and the period that each row counts for beside its columns."""
    fact, deliveries = basis.plan.fact, basis.deliveries
    for table in fact.tables:
        files = warehouse.delta.files("aceptado", table, basis.versions[table])
        duck.view_of_files(connection, table, files, table_schema(basis.contracts[table]))
    keys = ", ".join(f"{basis.plan.keys[k]} AS __{k}" for k in (PLACE, TIME))
    statement = fact.at(deliveries.until(fact.tables), deliveries.since(fact.tables))
    connection.execute(f"CREATE TEMP TABLE filas AS SELECT *, {keys} FROM ({statement}) AS hecho WHERE territorio IS NOT NULL")


def _chosen(connection: duck.Connection, indicator: Indicator, cell: Cell) -> tuple[list[str], list[str]]:
    """The finest places and periods whose rows count for the cell."""
    distinct = lambda key: [r[0] for r in connection.execute(f"SELECT DISTINCT __{key} FROM filas WHERE __{TIME} IS NOT NULL ORDER BY 1").fetchall()]  # noqa: E731
    places, times = places_of(indicator, set(distinct(PLACE))), times_of(indicator, distinct(TIME))
    own = times[(times["publicado"] == cell.period) & (times["tipo_periodo"] == parse(cell.period).kind)]
    return places.loc[places["territorio"] == cell.territory, "lugar"].tolist(), own[TIME].tolist()


def _among(key: str, codes: Iterable[str]) -> str:
    listed = ", ".join("'" + c.replace("'", "''") + "'" for c in codes)
    return f"__{key} IN ({listed})" if listed else "FALSE"


def _category(indicator: Indicator, split: Breakdown | None, cell: Cell) -> str:
    """Which rows belong to the cell: those of its category; all where 100 % is the whole; those of the headline where it stands for all."""
    if split is not None:
        return of_category(split.column, cell.category) if split.of == "category" else "TRUE"
    heads = [of_category(b.column, b.headline) for b in indicator.breakdowns if b.headline]
    return heads[0] if heads else "TRUE"


def _restricted(basis: Basis) -> tuple[str, ...]:
    """Columns of the fact that come from a restricted column of a contract."""
    found = []
    for name, sources in basis.plan.fact.sources.items():
        columns = [basis.contracts[t].column(c) for t, c in sources if c in basis.contracts[t].column_names]
        if any(c.classification == "restringida" or c.treatment for c in columns):
            found.append(name)
    return tuple(found)
