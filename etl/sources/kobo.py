"""A KoboToolbox or ODK survey as the tables of the baseline, by a mapping in the feed. Only mapped questions are read; places never."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from etl.sources.departments import folded
from etl.sources.feed import Job
from etl.sources.incoming import Incoming, Made, convert, scratch
from etl.sources.kobo_parts import Part, question, read
from etl.sources.received import Received
from etl.sources.rows import as_csv
from warehouse.declarations import Declaration
from warehouse.territories import regions

#: «-8.1116 -79.0288 0 0»: latitude, longitude, altitude, precision
_PLACE = re.compile(r"^-?\d{1,2}\.\d+ -?\d{1,3}\.\d+( -?\d+(\.\d+)?){0,2}$")
_PLACE_NAME = re.compile(r"(^|[_-])(latitude|longitude|altitude|geolocation|latitud|longitud)$", re.IGNORECASE)
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)[T ]")
_YES, _NO = ("1", "true", "verdadero", "si", "yes"), ("0", "false", "falso", "no", "")
#: a row and the row it hangs from -> a cell of the contract
Make = Callable[[list[str], list[str]], str]


class Column(Declaration):
    """Where a column of the contract comes from. `de`: question in this part (names or labels, the first that is there);
    `padre`: question in the parent's; `constante`: the same for all. `opcion`: true where that option of a select_multiple was
    chosen. `tras_padre`: a parent's question put before, for identifiers. `fecha`: only the day of a moment."""

    de: tuple[str, ...] = ()
    padre: tuple[str, ...] = ()
    constante: str = ""
    opcion: str = ""
    tras_padre: str = ""
    valores: dict[str, str] = {}
    fecha: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        if [bool(self.de), bool(self.padre), bool(self.constante)].count(True) != 1:
            raise ValueError("lleva uno de «de», «padre» y «constante»")
        return self


class Table(Declaration):
    """`parte`: pattern of the ZIP's member or the workbook's sheet; empty, the survey itself. `padre`: the part it hangs from;
    `enlace`: its link column and the parent's."""

    parte: str = ""
    padre: str | None = None
    enlace: tuple[str, str] = ("_parent_index", "_index")
    columnas: dict[str, Column] = Field(min_length=1)


class Options(Declaration):
    """`tablas`: contract table -> its mapping. `reparte`: column by which rows are parted into regional deliveries."""

    tablas: dict[str, Table] = Field(min_length=1)
    reparte: str = ""


def collect(job: Job[Options]) -> Iterator[Received]:
    """The tables of the feed, one delivery each, or one for each region where rows are parted. Raises SourceError."""
    tables = tuple(job.options.tablas)
    with job.client(tables[0]) as client:
        made = convert(job, client, job.feed.url or job.feed.archivo, tables, lambda raw: _make(job, raw))
    for table, path in made.paths.items():
        if not job.options.reparte:
            yield job.received(table, path, origin=made.origin, notes=made.notes)
            continue
        for region, lines in _parted(job, path).items():
            landed = job.keep(f"{job.id}_{table}_{region}.csv", iter(lines))
            yield job.received(table, landed.path, region=region, origin=made.origin, notes=made.notes)


def _make(job: Job[Options], raw: Incoming) -> tuple[Made, tuple[str, ...]]:
    made, notes = {}, []
    with scratch(job) as folder:
        path = raw.saved(Path(folder))
        part_of = cache(lambda pattern: read(job, path, raw.name, pattern, Path(folder)))  # a parent is also a table of its own
        for name, table in job.options.tablas.items():
            part = part_of(table.parte)
            parent = None if table.padre is None else _Parent(job, part_of(table.padre), table)
            rows, orphans = _rows(job, part, parent, table)
            made[name] = list(as_csv(list(table.columnas), rows))
            dropped = len(part.header) - len({i for c in table.columnas.values() if (i := part.find(c.de)) is not None})
            notes.append(f"{part.name}: {len(part.rows):,} filas; no se leyeron {dropped} columnas que «{name}» no usa.")
            if orphans:
                notes.append(f"{part.name}: {orphans:,} filas no tienen su ficha en {parent.part.name if parent else ''}.")
    return made, tuple(notes)


class _Parent:
    """The rows that a repeat group hangs from, by their link."""

    def __init__(self, job: Job, part: Part, table: Table) -> None:
        self.part, self.link = part, _place(job, part, (table.enlace[1],))
        self.rows = {row[self.link]: row for row in part.rows}


def _rows(job: Job, part: Part, parent: _Parent | None, table: Table) -> tuple[list[list[str]], int]:
    link = _place(job, part, (table.enlace[0],)) if parent else 0
    makers = [_maker(job, part, parent, name, column) for name, column in table.columnas.items()]
    rows, orphans = [], 0
    for row in part.rows:
        above = parent.rows.get(row[link], []) if parent else []
        orphans += bool(parent and not above)
        rows.append([make(row, above) for make in makers])
    return rows, orphans


def _maker(job: Job, part: Part, parent: _Parent | None, name: str, column: Column) -> Make:
    if column.constante:
        return lambda row, above: column.constante
    if parent is None and (column.padre or column.tras_padre):
        raise job.problem(f"«{name}» pide la ficha de la que depende y la tabla no declara «padre»", "Corrija la declaración de la fuente.")
    where = parent.part if parent and column.padre else part
    text_of = _chosen(job, where, column) if column.opcion else _answered(job, where, column)
    before = _place(job, parent.part, (column.tras_padre,)) if parent and column.tras_padre else None

    def make(row: list[str], above: list[str]) -> str:
        source = above if column.padre else row
        text = text_of(source) if source else ""
        return f"{above[before]}-{text}" if before is not None and above and text else text

    return make


def _answered(job: Job, part: Part, column: Column) -> Callable[[list[str]], str]:
    at = _place(job, part, column.de or column.padre)
    values = {folded(k): v for k, v in column.valores.items()}

    def text_of(source: list[str]) -> str:
        text = source[at]
        if column.fecha and (found := _MOMENT.match(text)):
            text = found[1]
        return values.get(folded(text), text) if text else text

    return text_of


def _chosen(job: Job, part: Part, column: Column) -> Callable[[list[str]], str]:
    """Whether an option was chosen: by its own column (1 or 0), else by the list of the names chosen; empty where nothing was answered."""
    names = column.de or column.padre
    listed, own = part.find(names), part.find_option(names, column.opcion)
    if own is None and listed is None:
        listed = _place(job, part, names)

    def text_of(source: list[str]) -> str:
        if own is None:
            chosen = source[listed or 0].split()
            return str(column.opcion in chosen).lower() if chosen else ""
        text = folded(source[own])
        if text in _YES:
            return "true"
        unanswered = not text and (listed is None or not source[listed])
        return "" if unanswered else "false" if text in _NO else source[own]

    return text_of


def _place(job: Job, part: Part, names: tuple[str, ...]) -> int:
    at = part.find(names)
    if at is None:
        what = f"{part.name}: no está la pregunta «{names[0]}».{part.near(question(names[0]))}".rstrip(".")
        raise job.problem(what, "Corrija el nombre en «columnas», o exporte con los nombres XML de las preguntas.")
    word = question(part.header[at])
    beside = {question(h).casefold() for h in part.header}
    sample = next((row[at] for row in part.rows if row[at]), "")
    if f"_{word}_latitude".casefold() in beside or _PLACE_NAME.search(word) or _PLACE.match(sample):
        raise job.problem(f"{part.name}: «{part.header[at]}» es la ubicación de una persona o de su labor", "No se lee: quítela de la declaración.")
    return at


def _parted(job: Job[Options], path: Path) -> dict[str, list[bytes]]:
    """A made table by the region that each row says."""
    with path.open(encoding="utf-8", newline="") as source:
        header, *records = csv.reader(source)
    if job.options.reparte not in header:
        raise job.problem(f"«reparte» nombra «{job.options.reparte}», que no es una columna de las tablas", "Corrija la declaración de la fuente.")
    at, known = header.index(job.options.reparte), {r.codigo for r in regions()}
    parted: dict[str, list[list[str]]] = defaultdict(list)
    for number, record in enumerate(records, start=2):
        if record[at] not in known:
            what = f"fila {number}: «{job.options.reparte}» dice «{record[at][:40]}», que no es una región"
            raise job.problem(what, "Corrija el código en la encuesta o en «valores» de la fuente.")
        parted[record[at]].append(record)
    return {region: list(as_csv(header, rows)) for region, rows in sorted(parted.items())}
