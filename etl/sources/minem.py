"""MINEM's monthly production workbooks as production by department, mineral, stratum and month. Holders' names are counted, never kept."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from etl.readers.xlsx_guard import workbook_parts
from etl.readers.xlsx_sheet import look_through
from etl.sources import zipped
from etl.sources.departments import code_of, folded
from etl.sources.feed import Job
from etl.sources.incoming import Converted, Incoming, Made, convert, scratch
from etl.sources.minem_layout import Record, Sheet, Unclear, read_sheet
from etl.sources.minem_totals import disagreements
from etl.sources.polite import Client
from etl.sources.received import Received
from etl.sources.rows import as_csv
from warehouse import catalogue
from warehouse.declarations import Declaration
from warehouse.errors import FileRejected

COLUMNS = (
    "cod_departamento", "mineral", "unidad", "estrato", "anio", "mes", "produccion", "unidades_declarantes", "unidades_productoras",
)  # fmt: skip
_MINERALS = ("cobre", "oro", "plata", "plomo", "zinc", "hierro", "estano", "molibdeno", "cadmio", "tungsteno", "arsenico", "antimonio", "manganeso")
_UNITS = {
    "tmf": "tm_f", "tm f": "tm_f", "tm": "tm_f", "toneladas metricas finas": "tm_f", "tm finas": "tm_f",
    "kg f": "kg_f", "kgf": "kg_f", "kg finos": "kg_f", "kilogramos finos": "kg_f", "kgs f": "kg_f",
    "g f": "g_f", "gr f": "g_f", "grs f": "g_f", "gramos finos": "g_f", "g finos": "g_f", "gr finos": "g_f", "grs finos": "g_f",
}  # fmt: skip
_STRATA = {
    "regimen general": "GENERAL", "gran y mediana mineria": "GENERAL", "gran mineria": "GENERAL", "mediana mineria": "GENERAL",
    "pequeno productor minero": "PPM", "productor minero artesanal": "PMA", "minero artesanal": "PMA",
}  # fmt: skip


class Workbook(Declaration):
    """One year's workbook. `miembro`, `salvo`: which file of a yearly ZIP. `mineral`: where neither a column nor the title tells it."""

    anio: int = Field(ge=1990, le=2100)
    url: str = ""
    archivo: str = ""
    miembro: str = ""
    salvo: str = ""
    mineral: Literal["", *_MINERALS] = ""  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _one_place(self) -> Workbook:
        if bool(self.url) == bool(self.archivo):
            raise ValueError("cada libro lleva «url» o «archivo», y solo uno")
        return self


class Options(Declaration):
    """`etapas_que_no_suman`: mineral («*» is all) -> words of a stage that counts the same metal twice. `estrato_si_falta`: before 2006
    the workbooks do not tell the stratum. `totales`: what to do where a printed total is not the sum."""

    libros: tuple[Workbook, ...] = Field(min_length=1)
    etapas_que_no_suman: dict[str, tuple[str, ...]] = {}
    estrato_si_falta: Literal["", "GENERAL", "PPM", "PMA"] = ""
    totales: Literal["rechazar", "avisar"] = "rechazar"


@dataclass
class _Cell:
    produced: float = 0.0
    declaring: set[tuple[str, str]] = field(default_factory=set)
    producing: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class _Sums:
    cells: dict[tuple[str, str, str, int], _Cell] = field(default_factory=lambda: defaultdict(_Cell))
    left_out: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    notes: list[str] = field(default_factory=list)


def collect(job: Job[Options]) -> Iterator[Received]:
    """All the workbooks of the feed as one series. Raises SourceError or FileRejected; one that fails leaves the last series standing."""
    parts: list[Converted] = []
    with job.client() as client:
        parts += [_workbook(job, client, number, book) for number, book in enumerate(job.options.libros)]
    rows: list[list[str]] = []
    for part in parts:
        with next(iter(part.paths.values())).open(encoding="utf-8", newline="") as source:
            rows += list(csv.reader(source))[1:]
    keys = [tuple(r[:2] + r[3:6]) for r in rows]
    if len(set(keys)) < len(keys):
        twice = next(k for k in keys if keys.count(k) > 1)
        raise job.problem(f"dos libros traen lo mismo ({', '.join(twice)})", "Deje un solo libro por año y mineral.")
    rows.sort(key=lambda r: (r[0], r[1], r[3], int(r[4]), int(r[5])))
    landed = job.keep(f"{job.id}.csv", as_csv(COLUMNS, rows))
    yield job.received(job.feed.tabla, landed.path, origin="; ".join(p.origin for p in parts)[:500], notes=tuple(n for p in parts for n in p.notes))


def _workbook(job: Job[Options], client: Client, number: int, book: Workbook) -> Converted:
    def make(raw: Incoming) -> tuple[Made, tuple[str, ...]]:
        with scratch(job) as folder:
            path, name = _opened(job, raw, book, Path(folder))
            sums = _sum(job, book, name, list(_sheets(job, path, name)))
        rows = [
            (dep, mineral, _unit(mineral), stratum, book.anio, month, round(c.produced, 6), len(c.declaring), len(c.producing))
            for (dep, mineral, stratum, month), c in sorted(sums.cells.items())
        ]
        told = [f"{name}: no se suman {what} ({amount:,.0f})." for what, amount in sorted(sums.left_out.items())]
        return {part: as_csv(COLUMNS, rows)}, (*told, *sums.notes)

    part = f"{book.anio}-{number}"
    return convert(job, client, book.url or book.archivo, (part,), make)


def _opened(job: Job, raw: Incoming, book: Workbook, folder: Path) -> tuple[Path, str]:
    path = raw.saved(folder)
    if not book.miembro:
        return path, raw.name
    limit = job.warehouse.settings.max_mb_inflado * 1_000_000
    member = zipped.members(path, raw.name, book.miembro, limit, book.salvo)[-1]
    inside = folder / "libro.xlsx"
    with inside.open("wb") as out:
        for chunk in zipped.chunks(path, raw.name, member, limit):
            out.write(chunk)
    return inside, zipped.own_name(member)


def _sheets(job: Job, path: Path, name: str) -> Iterator[Sheet]:
    """The sheets that have a production header. Raises FileRejected or SourceError."""
    limit = job.warehouse.settings.max_mb_inflado * 1_000_000
    parts = workbook_parts(path, name, limit)
    try:
        with CalamineWorkbook.from_path(path) as book:
            for meta in book.sheets_metadata:
                if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet and meta.name in parts:
                    look_through(path, parts[meta.name], name, limit)
                    sheet = read_sheet(meta.name, book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False))
                    if sheet is not None:
                        yield sheet
    except Unclear as error:
        raise job.problem(f"{name}, {error}", "Corrija esa celda en una copia del libro y declárela con «archivo», o avise al MINEM.") from error
    except CalamineError as error:
        raise _damaged(name) from error
    except BaseException as error:
        # A panic of the Rust reader derives from BaseException and has no importable name.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(name) from error


def _damaged(name: str) -> FileRejected:
    stands = "Los datos aceptados antes siguen vigentes."
    return FileRejected(
        f"{name}: el libro de Excel está dañado.", stands=stands, cure="Descárguelo otra vez, o ábralo en Excel y guárdelo como .xlsx."
    )


def _sum(job: Job[Options], book: Workbook, name: str, sheets: list[Sheet]) -> _Sums:
    if not sheets:
        what = f"{name}: ninguna hoja tiene una cabecera con titular, región o departamento, y meses"
        raise job.problem(what, "Compruebe que sea el libro de producción minera; si el MINEM lo cambió, avise.")
    sums = _Sums()
    wrong = [sentence for sheet in sheets for sentence in disagreements(sheet)]
    if wrong and job.options.totales == "rechazar":
        more = f" Y {len(wrong) - 5:,} más." if len(wrong) > 5 else ""
        what = f"{name}: {' '.join(wrong[:5])}{more}".rstrip(".")
        raise job.problem(what, "Corrija esas filas en una copia del libro y declárela con «archivo», o ponga «totales: avisar» en la fuente.")
    sums.notes += [f"{name}: {sentence}" for sentence in wrong[:20]]
    for sheet in sheets:
        _check_year(job, name, sheet, book.anio)
        for row in sheet.rows:
            if isinstance(row, Record):
                _add(job, sums, book, name, sheet, row)
    return sums


def _check_year(job: Job, name: str, sheet: Sheet, anio: int) -> None:
    years = {int(y) for y in re.findall(r"\b(?:19|20)\d\d\b", sheet.title)}
    if years and anio not in years:
        said = ", ".join(map(str, sorted(years)))
        raise job.problem(f"{name}, hoja «{sheet.name}»: el título dice {said} y la fuente declara {anio}", "Corrija el año o el libro en la fuente.")


def _add(job: Job[Options], sums: _Sums, book: Workbook, name: str, sheet: Sheet, row: Record) -> None:
    def bad(what: str) -> Exception:
        return job.problem(f"{name}, hoja «{sheet.name}», fila {row.fila}: {what}", "Avise de este texto; el libro cambió de forma.")

    mineral = row.mineral or book.mineral or _of_title(sheet.title)
    if not mineral:
        raise bad("no se sabe de qué mineral es; dígalo en «mineral» del libro")
    total = sum(row.meses.values())
    allowed = next(c.allowed for c in catalogue.contracts()["produccion_metalica"].columns if c.name == "mineral")
    if mineral not in allowed:
        sums.left_out[f"las filas de {mineral}, que el contrato no tiene"] += total
        return
    if any(word in row.etapa for word in (*job.options.etapas_que_no_suman.get(mineral, ()), *job.options.etapas_que_no_suman.get("*", ()))):
        sums.left_out[f"las filas de {mineral} en {row.etapa}, que contarían dos veces el mismo metal"] += total
        return
    department = code_of(row.departamento)
    if department is None:
        raise bad(f"«{row.departamento[:60]}» no es un departamento")
    stratum = _STRATA.get(row.estrato) if row.estrato else job.options.estrato_si_falta
    if not stratum:
        raise bad(f"el estrato «{row.estrato[:60]}» no se reconoce" if row.estrato else "no dice el estrato; dígalo en «estrato_si_falta»")
    if row.medida and _UNITS.get(row.medida) != _unit(mineral):
        raise bad(f"el mineral {mineral} viene en «{row.medida[:30]}» y se espera {_unit(mineral)}")
    unit = folded(row.titular), folded(row.unidad)
    for month, value in row.meses.items():
        cell = sums.cells[department, mineral, stratum, month]
        cell.produced += value
        if not row.is_regional:
            cell.declaring.add(unit)
            if value > 0:
                cell.producing.add(unit)


def _of_title(title: str) -> str:
    words = set(folded(title).split())
    found = [m for m in _MINERALS if m in words]
    return found[0] if len(found) == 1 else ""


def _unit(mineral: str) -> str:
    return {"oro": "g_f", "plata": "kg_f"}.get(mineral, "tm_f")
