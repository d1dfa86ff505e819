"""The only door to data: publications, cached by number. A publication never changes, so its cache never lies."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any

import pandas as pd
from sqlalchemy.exc import SQLAlchemyError

from warehouse import publication_counts, publications, statements
from warehouse.errors import NothingPublished, SiegemError, suggest
from warehouse.indicators import AREAS
from warehouse.public_store import PublicStore
from warehouse.publications import Publication
from warehouse.row_pages import RowPages, Wanted
from warehouse.statements import Statement
from warehouse.store import Warehouse
from warehouse.submissions import ACCEPTED, REJECTED, WARNED
from warehouse.territories import COUNTRY, regions

__all__ = [
    "ACCEPTED", "REJECTED", "WARNED", "Publication", "Sheet", "Snapshot", "Wanted", "Warehouse", "area_name", "every", "open_store", "snapshot",
]  # fmt: skip

log = logging.getLogger("siegem.dashboard")

#: publications kept in memory, newest use last
KEPT = 4
#: rows of values that a publication keeps in memory, some 700 bytes each; what was asked for longest ago goes first
KEPT_ROWS = 16_000
#: seconds for which the latest number is believed without asking the database
FRESH = 1.0
#: results of rules that people have to look at
NOT_MET = ("falla", "no_evaluable")


@dataclass(frozen=True)
class Sheet:
    """An indicator as frozen in a publication. `ficha` is the definition (`Indicator.model_dump(mode="json")`)."""

    id: str
    ficha: dict[str, Any]
    tablas: tuple[str, ...]
    sql: str
    #: whether any table behind it holds demonstration data
    synthetic: bool = False
    #: what categories are called that the definition does not name: the tables of the publication
    names: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    def text(self, key: str, lang: str = "es") -> str:
        """A bilingual text of the definition (name, short_name, question, why_it_matters, unit); Spanish where there is no English."""
        found = self.ficha.get(key) or {}
        return str(found.get(lang) or found.get("es") or "")

    def unit(self, lang: str = "es") -> str:
        return self.text("unit", lang)

    @property
    def main_period(self) -> str:
        return str(self.ficha["main_period"])

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(self.ficha["periods"])

    @property
    def decimals(self) -> int:
        return int(self.ficha.get("decimals", 1))

    @property
    def direction(self) -> str:
        """up, down or context."""
        return str(self.ficha["direction"])

    @property
    def area(self) -> str:
        return str(self.ficha["area"])

    @property
    def breakdowns(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.ficha.get("breakdowns") or ())


def area_name(code: str, lang: str = "es") -> str:
    """The name of an area of indicators; the code itself where it is unknown."""
    found = AREAS.get(code)
    return code if found is None else str(getattr(found, lang))


@dataclass
class Snapshot:
    """Everything of one publication, read once and kept. Frames are pandas copies on write: change them freely."""

    publication: Publication
    _engine: Any = field(repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    _frames: dict[Any, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def number(self) -> int:
        return self.publication.numero

    def _once(self, key: Any, make: Any) -> Any:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]

    def _sheets(self) -> dict[str, Sheet]:
        def make() -> dict[str, Sheet]:
            known = self.sources()
            invented = {table for table, row in known.items() if row["sintetico"]}
            names = {table: row["fuente"].get("tabla") or row["fuente"].get("titulo") or {} for table, row in known.items()}
            rows = publications.sheets(self._engine, self.number)
            made = [Sheet(i, r["ficha"], tuple(r["tablas"]), r["sql"], bool(invented & set(r["tablas"])), names) for i, r in rows.items()]
            order = {area: place for place, area in enumerate(AREAS)}
            return {s.id: s for s in sorted(made, key=lambda s: (order.get(s.area, 99), s.id))}

        return dict(self._once("sheets", make))

    def indicators(self) -> list[Sheet]:
        """Sheets in the order of areas, then of ids."""
        return list(self._sheets().values())

    def sheet(self, indicator: str) -> Sheet:
        """Raises NothingPublished with the nearest id."""
        found = self._sheets().get(indicator)
        if found is None:
            raise NothingPublished(
                f"No existe el indicador «{indicator}» en la publicación {self.number}.{suggest(indicator, self._sheets())}",
                cure="Vea la lista en /api/v1/indicadores.",
            )
        return found

    def _frame(self, indicator: str, kind: str, **narrow: Any) -> pd.DataFrame:
        """Values of an indicator and period kind, kept. With its categories an indicator has ten times the rows: `narrow` says which are read."""

        def make() -> pd.DataFrame:
            return publications.values(self._engine, self.number, indicador=indicator, tipo_periodo=kind, **narrow)

        key = ("values", indicator, kind, *narrow.items())
        with self._lock:
            found = self._frames.pop(key, None)
            self._frames[key] = made = make() if found is None else found
            rows = sum(map(len, self._frames.values()))
            while rows > KEPT_ROWS and len(self._frames) > 1:
                rows -= len(self._frames.pop(next(iter(self._frames))))
            return made

    def values(self, indicator: str, *, kind: str | None = None, territory: Any = None, period: Any = None, category: Any = None) -> pd.DataFrame:
        """Published values, columns VALUE_COLUMNS, all absence states included. Each filter takes a value or a list; `kind` None = all.

        `category=""` gives the undivided value, None every category. What pages ask again and again is kept: undivided values, and one period.
        """
        sheet = self.sheet(indicator)
        frames = [self._values(sheet, k, territory, period, category) for k in (sheet.periods if kind is None else (kind,))]
        filled = [f for f in frames if not f.empty] or frames[:1]
        return pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0].reset_index(drop=True)

    def _values(self, sheet: Sheet, kind: str, territory: Any, period: Any, category: Any) -> pd.DataFrame:
        if category == "" and kind == sheet.main_period and period == self.last_period(sheet.id):
            return _filtered(self._newest().get(sheet.id, self.matrix().iloc[:0]), territorio=territory)
        if category == "":
            return _filtered(self._frame(sheet.id, kind, categoria=""), territorio=territory, periodo=period)
        if isinstance(period, str) and period in self.periods(sheet.id, kind):
            return _filtered(self._frame(sheet.id, kind, periodo=period), territorio=territory, categoria=category)
        asked = {"territorio": territory, "periodo": period, "categoria": category}
        return publications.values(self._engine, self.number, indicador=sheet.id, tipo_periodo=kind, **asked)

    def values_together(self, *, kind: str | None = None, territory: Any = None, period: Any = None, category: Any = None) -> dict[str, pd.DataFrame]:
        """What `values` gives, of every indicator by one question that reads no more than is asked for; nothing of it is kept."""
        asked = {"tipo_periodo": kind, "territorio": territory, "periodo": period, "categoria": category}
        frame = publications.values(self._engine, self.number, **asked)
        found = {str(name): own for name, own in frame.groupby("indicador")}
        return {s.id: _by_kind(found.get(s.id, frame.iloc[:0]), s.periods) for s in self.indicators()}

    def _counts(self, indicator: str, kind: str) -> dict[str, tuple[int, int]]:
        """Period -> (values shown, of them with an incomplete series); of the undivided values, else the country's categories, else all there are.

        Two questions for all indicators together.
        """

        def make() -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
            whole = publications.periods(self._engine, self.number)
            known = {row[0] for row in whole}
            rest = [s.id for s in self.indicators() if s.id not in known]
            parts = publications.periods(self._engine, self.number, rest) if rest else []
            of_country = {row[:2] for row in parts if row[3] == COUNTRY}
            found: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
            for name, of, period, _, shown, partial in [*whole, *(r for r in parts if r[:2] not in of_country or r[3] == COUNTRY)]:
                before = found.setdefault((name, of), {}).get(period, (0, 0))
                found[name, of][period] = (before[0] + shown, before[1] + partial)
            return found

        known: dict[str, tuple[int, int]] = self._once("periods", make).get((indicator, kind), {})
        return known

    def periods(self, indicator: str, kind: str | None = None) -> list[str]:
        """Period codes that have any row, oldest first. `kind` None = the main one."""
        return sorted(self._counts(indicator, kind or self.sheet(indicator).main_period))

    def last_period(self, indicator: str, kind: str | None = None) -> str:
        """The newest period whose values are whole in most territories: four months of a year are no year to compare by.

        The newest with any published value where every period is incomplete; the newest with any row where none has a value;
        "" where there is no row.
        """
        counts = self._counts(indicator, kind or self.sheet(indicator).main_period)
        shown = [period for period, (values, _) in counts.items() if values]
        return max([p for p in shown if counts[p][1] <= counts[p][0] / 2] or shown or counts, default="")

    def matrix(self) -> pd.DataFrame:
        """All indicators at their main period kind and last period, undivided: one row for each indicator and territory."""

        def make() -> pd.DataFrame:
            wanted = [(s.id, s.main_period, self.last_period(s.id)) for s in self.indicators()]
            frame = publications.undivided_at(self._engine, self.number, wanted)
            order = {name: place for place, (name, _, _) in enumerate(wanted)}
            return frame.sort_values("indicador", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)

        return self._once("matrix", make)[:]

    def _newest(self) -> dict[str, pd.DataFrame]:
        """The matrix by indicator."""
        return dict(self._once("newest", lambda: {str(name): own.reset_index(drop=True) for name, own in self.matrix().groupby("indicador")}))

    def sources(self, tables: Any = None) -> dict[str, dict[str, Any]]:
        """Table -> its row of `fuentes` (fuente, delta_version, filas, filas_cuarentena, entregas, datos_al, sintetico)."""
        rows = self._once("sources", lambda: publications.sources(self._engine, self.number))
        return {t: dict(r) for t, r in rows.items() if tables is None or t in set(tables)}

    def publishers(self, sheet: Sheet, lang: str = "es") -> list[str]:
        """Who published the figures behind an indicator, once each. Reference tables (calendar, deadlines) are not the source of a figure."""
        rows = self.sources(sheet.tablas)
        facts = [r for table, r in rows.items() if not table.startswith("ref_")] or list(rows.values())
        names = [str(n.get(lang) or n.get("es") or "") for n in (r["fuente"].get("publicador") or {} for r in facts)]
        return list(dict.fromkeys(n for n in names if n))

    def revisions(self, **filters: Any) -> pd.DataFrame:
        """Revisions made up to this publication, newest first; filters are columns of `revisiones`."""
        frame = self._once("revisions", lambda: publications.revisions(self._engine, self.number))
        return _filtered(frame, **filters).reset_index(drop=True)

    def index_sheet(self, index: str) -> dict[str, Any] | None:
        """The definition of a composite index (`IndexSheet.model_dump(mode="json")`) as frozen here; None where it has none."""
        return self._once(("index sheet", index), lambda: publications.index_sheet(self._engine, self.number, index))

    def index_periods(self, index: str) -> list[str]:
        """Periods the index was computed for, oldest first. Every region has a row in each of them."""
        first = regions()[0].codigo
        rows = self._once(("index periods", index), lambda: publications.index_results(self._engine, self.number, index, territorio=first))
        return [r["periodo"] for r in rows]

    def index_results(self, index: str, period: str) -> dict[str, dict[str, Any]]:
        """Region -> its result of one period (profile, value, band, levels, leave-one-out), in the order of codes."""
        key = ("index", index, period)
        rows = self._once(key, lambda: publications.index_results(self._engine, self.number, index, periodo=period))
        return {r["territorio"]: r["resultado"] for r in rows}

    def submissions(self, tables: Any = None, region: str | None = None, only_current: bool = False) -> pd.DataFrame:
        """Submissions known when this publication was made, oldest first. Read anew each time: all of them are many; ask for a table or a region."""
        wanted = None if tables is None else list(tables)
        return publications.submissions(self._engine, self.number, tables=wanted, region=region, only_current=only_current)

    def deliveries(self) -> pd.DataFrame:
        """How many deliveries there are by tabla, cod_region, por_periodo and estado, newest versions: n, filas_cuarentena, datos_al."""
        return self._once("deliveries", lambda: publication_counts.deliveries(self._engine, self.number))[:]

    def accepted(self) -> int:
        """Deliveries of which a version is in force."""
        return int(self._once("accepted", lambda: publication_counts.accepted(self._engine, self.number)))

    def refused(self) -> pd.DataFrame:
        """Rejected deliveries that nobody has replaced yet, oldest first."""
        return self._once("refused", lambda: publication_counts.refused(self._engine, self.number))[:]

    def quality(self, **filters: Any) -> pd.DataFrame:
        """Rule results of the newest submission of each place known to this publication; filters are its columns.

        Most results are of rules that were met: they are read only by whoever asks for them.
        """
        if set(_listed(filters.get("estado"))) <= set(NOT_MET) and filters.get("estado"):
            frame = self._once("quality", lambda: publications.quality(self._engine, self.number, estado=list(NOT_MET)))
            return _filtered(frame, **filters).reset_index(drop=True)
        return publications.quality(self._engine, self.number, **{k: v for k, v in filters.items() if v})

    def statements(self, region: str) -> list[Statement]:
        """What a region said of its deliveries while this publication was the newest one or before; newest first. Read anew each time."""
        later = [p.creada_en for p in publications.every(self._engine) if p.numero > self.number]
        said = statements.statements(self._engine, region=region)
        return [s for s in said if not later or s.creado_en <= min(later)]

    def comparisons(self, told: int) -> list[dict[str, Any]]:
        """Each comparison between sources: regla_id, titulo, estados (state -> places), frases of the `told` newest differences."""
        return list(self._once(("comparisons", told), lambda: publication_counts.comparisons(self._engine, self.number, told)))

    def pages(self) -> RowPages:
        """Rows a page at a time, for questions that may be about all of them: nothing is kept."""
        return RowPages(self._engine, self.number)

    def exceptions(self) -> pd.DataFrame:
        """Exceptions to a rule in force when this publication was made."""
        return self._once("exceptions", lambda: publications.exceptions(self._engine, self.number))[:]


def _by_kind(frame: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Rows of these period kinds, in their order."""
    places = frame["tipo_periodo"].map({kind: place for place, kind in enumerate(kinds)}).dropna()
    return frame.loc[places.sort_values(kind="stable").index]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _filtered(frame: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    for column, value in wanted.items():
        if value is None:
            continue
        keep = frame[column].isin(list(value)) if isinstance(value, (list, tuple, set)) else frame[column] == value
        frame = frame.loc[keep]
    return frame[:]


class Store:
    """The open warehouse, the snapshots in memory and the latest number known."""

    def __init__(self, warehouse: Warehouse | PublicStore) -> None:
        self.warehouse = warehouse
        self.lock = Lock()
        self.kept: OrderedDict[int, Snapshot] = OrderedDict()
        self.latest = 0
        self.asked = float("-inf")

    def latest_number(self) -> int:
        if self.latest and time.monotonic() - self.asked < FRESH:
            return self.latest
        try:
            self.latest = publications.latest(self.warehouse.engine).numero
        except SQLAlchemyError:
            # A database that stops answering must not take down pages that are whole in memory.
            if not self.latest:
                raise
            log.exception("la base de datos no respondió; se sigue mostrando la publicación %s", self.latest)
        self.asked = time.monotonic()
        return self.latest

    def get(self, number: int) -> Snapshot:
        with self.lock:
            if number in self.kept:
                self.kept.move_to_end(number)
                return self.kept[number]
        made = Snapshot(publications.get(self.warehouse.engine, number), self.warehouse.engine)
        with self.lock:
            made = self.kept.setdefault(number, made)
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return made


_store: Store | None = None


def open_store(warehouse: Warehouse | PublicStore) -> None:
    """Open the store whose publications this process shows: all of them, or what the public may see. Call it once at start; again replaces it."""
    global _store
    _store = Store(warehouse)


def opened() -> Store:
    """The store of this process. Raises SiegemError where none was opened."""
    if _store is None:
        raise SiegemError("El tablero no tiene un almacén abierto.", cure="Llame antes a published.open_store(warehouse).")
    return _store


def version() -> int:
    """What tells a public store from the one that replaced it (statements may be new within a publication); 0 where there is no public store."""
    if _store is None or not isinstance(_store.warehouse, PublicStore):
        return 0
    return _store.warehouse.path.stat().st_mtime_ns


def snapshot(number: int | None = None) -> Snapshot:
    """A publication by number, the one in force where None. Raises NothingPublished."""
    store = opened()
    return store.get(store.latest_number() if number is None else number)


def every() -> list[Publication]:
    """All publications, newest first."""
    return publications.every(opened().warehouse.engine)
