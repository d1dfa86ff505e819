"""The tables of a KoboToolbox or ODK export: the survey and its repeat groups, from CSV (comma or «;»), a ZIP of CSV, or XLSX sheets."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from etl.readers.csv_scan import scan
from etl.readers.xlsx_guard import workbook_parts
from etl.readers.xlsx_sheet import look_through
from etl.sources import zipped
from etl.sources.departments import folded
from etl.sources.feed import Job
from warehouse.errors import SiegemError, suggest

#: a survey of more rows than this is no survey
_MAX_ROWS = 200_000


@dataclass(frozen=True)
class Part:
    """One table of an export. `rows` are texts under `header`."""

    name: str
    header: list[str]
    rows: list[list[str]]

    def find(self, names: tuple[str, ...]) -> int | None:
        """Where a question is: by its whole path, else by its last word, as name or as label; None where no column is it."""
        for name in names:
            whole = [i for i, h in enumerate(self.header) if h == name] or [i for i, h in enumerate(self.header) if folded(h) == folded(name)]
            last = [i for i, h in enumerate(self.header) if question(h) == question(name)] if "/" not in name else []
            for found in (whole, last):
                if len(found) == 1:
                    return found[0]
        return None

    def find_option(self, names: tuple[str, ...], option: str) -> int | None:
        """Where the 1 or 0 of one option of a question is: «grupo/insumos/mercurio»; None where the export has no such column."""
        for name in names:
            end = f" {folded(name)} {folded(option)}"
            found = [i for i, h in enumerate(self.header) if f" {folded(h)}".endswith(end)]
            if len(found) == 1:
                return found[0]
        return None

    def near(self, name: str) -> str:
        """What a misspelt question may have meant, as a sentence; empty where nothing is near."""
        return suggest(name, [question(h) for h in self.header])


def question(header: str) -> str:
    """The last word of a header: «grupo/insumos» is «insumos»."""
    return header.rpartition("/")[2].strip()


def read(job: Job, path: Path, name: str, pattern: str, folder: Path) -> Part:
    """The table that `pattern` names inside an export (a ZIP's member, a workbook's sheet); the only one of a CSV. Raises SiegemError."""
    with path.open("rb") as source:
        is_zip = source.read(4) == b"PK\x03\x04"
    if not is_zip:
        return _csv(job, path, name)
    limit = job.warehouse.settings.max_mb_inflado * 1_000_000
    inside = zipped.members(path, name, "*", limit)
    if "[Content_Types].xml" in inside or any(m.startswith("xl/") for m in inside):
        return _sheet(job, path, name, pattern, limit)
    member = zipped.members(path, name, pattern or "*.csv", limit)[0]
    copy = folder / "parte.csv"
    with copy.open("wb") as out:
        for chunk in zipped.chunks(path, name, member, limit):
            out.write(chunk)
    return _csv(job, copy, zipped.own_name(member))


def _csv(job: Job, path: Path, name: str) -> Part:
    with path.open(encoding="latin-1", newline="") as text:  # separators are the same byte in every encoding that is read
        separator = max(",;\t", key=text.readline(1 << 20).count)
    facts = scan(path, name, separator)
    with path.open(encoding=facts.encoding, newline="") as text:
        records = list(_records(job, name, csv.reader(text, delimiter=separator, strict=True)))
    return _part(job, name, records)


def _records(job: Job, name: str, lines: Iterator[list[str]]) -> Iterator[list[str]]:
    number = 1
    try:
        for record in lines:
            if number > _MAX_ROWS:
                raise _too_long(job, name)
            yield record
            number += 1
    except csv.Error as error:
        what = f"{name}, fila {number}: una comilla quedó sin cerrar o el archivo está cortado"
        raise job.problem(what, "Exporte otra vez la encuesta y repita.") from error


def _sheet(job: Job, path: Path, name: str, pattern: str, limit: int) -> Part:
    parts = workbook_parts(path, name, limit)
    sheets = [s for s in parts if fnmatchcase(s.casefold(), (pattern or "*").casefold())]
    if not sheets:
        what = f"{name}: no tiene una hoja «{pattern}»; tiene {', '.join(f'«{s[:40]}»' for s in list(parts)[:10])}"
        raise job.problem(what, "Corrija «parte» en la declaración de la fuente.")
    look_through(path, parts[sheets[0]], name, limit)
    try:
        with CalamineWorkbook.from_path(path) as book:
            cells = book.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise job.problem(f"{name}: el libro de Excel está dañado", "Exporte otra vez la encuesta y repita.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise job.problem(f"{name}: el libro de Excel está dañado", "Exporte otra vez la encuesta y repita.") from error
    if len(cells) > _MAX_ROWS:
        raise _too_long(job, name)
    return _part(job, f"{name}, hoja «{sheets[0]}»", [[_text(c) for c in row] for row in cells])


def _part(job: Job, name: str, records: list[list[str]]) -> Part:
    header = [cell.strip() for cell in records[0]] if records else []
    if not any(header):
        raise job.problem(f"{name}: no tiene cabecera", "Exporte otra vez la encuesta y repita.")
    rows = []
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            what = f"{name}, fila {number}: tiene {len(record)} valores y la cabecera {len(header)} columnas"
            raise job.problem(what, "Exporte otra vez la encuesta; no abra y guarde el CSV en Excel.")
        rows.append([cell.strip() for cell in record])
    return Part(name, header, rows)


def _too_long(job: Job, name: str) -> SiegemError:
    return job.problem(f"{name}: tiene más de {_MAX_ROWS:,} filas", "Compruebe que sea la exportación de la encuesta.")


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell if cell is not None else "")
