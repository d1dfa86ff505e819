"""Writes the folder of a publication: every file, once, from one passage over its values."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import orjson

from dashboard import formats, published
from dashboard.opendata import about, changes, letters
from dashboard.opendata.book import ROWS, workbook
from dashboard.opendata.catalogue import catalogue
from dashboard.opendata.columns import HISTORY, VALUES, Column
from dashboard.opendata.columns_about import DICTIONARY, INDICATORS, PLACES
from dashboard.opendata.facts import LICENCE, PUBLISHER, SYNTHETIC, TITLE, Facts, facts_of, span
from dashboard.opendata.history import History
from dashboard.opendata.layout import DESCRIBED, FILES, file
from dashboard.opendata.package import descriptor
from dashboard.opendata.parquet import ParquetTable, parquet_table
from dashboard.opendata.resource import Resource
from dashboard.opendata.texts import PLAIN, SPANISH, TextTable, Told, text_table
from dashboard.opendata.values import Columns, batches, columns_of
from dashboard.published import Snapshot, area_name
from warehouse.errors import SiegemError

#: (what is being written, how many of them are done, how many there are)
Progress = Callable[[str, int, int], None]
HISTORY_FILE = "acumulado/valores.parquet"
#: where the compressed copies are, within the folder; they are no files of the publication
PACKED = ".gz"
#: bytes from which a text is kept compressed too
LARGE = 20_000


def write(
    snapshot: Snapshot, folder: Path, *, base: str = "", progress: Progress | None = None, earlier: Sequence[Snapshot] | None = None, rows: int = ROWS
) -> list[Resource]:
    """Write everything of a public publication to `folder`, which appears whole or not at all; the same publication gives the same bytes.

    `base`: the site's address, for citations and catalogue. `earlier`: the publications before it, from the same public store; by default those of
    the store that is open. `rows`: at most so many in a sheet of the workbook. Raises SiegemError where the snapshot is not public.
    """
    if earlier is None:
        earlier = [published.snapshot(p.numero) for p in published.every() if p.numero < snapshot.number]
    earlier = sorted(earlier, key=lambda s: s.number)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "datapackage.json").is_file():
        raise SiegemError(
            f"La carpeta {folder} tiene otros archivos.",
            stands="No se tocó nada en ella.",
            cure="Diga una carpeta nueva o vacía: se reemplaza entera.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    _clear(draft)
    (draft / "acumulado").mkdir(parents=True)
    try:
        made = _write(snapshot, draft, folder, facts_of(snapshot, base), earlier, progress or (lambda what, done, total: None), rows)
        _replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return made


def _clear(draft: Path) -> None:
    """Take away this draft, and those of processes that died while they wrote."""
    for left in draft.parent.glob(f"{draft.stem}.[0-9]*"):
        owner = left.name.removeprefix(f"{draft.stem}.").split(".")[0]
        if owner == str(os.getpid()) or not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)


def _replace(draft: Path, folder: Path) -> None:
    if folder.exists():
        away = folder.with_name(f".{folder.name}.{os.getpid()}.antes")
        folder.rename(away)
        draft.rename(folder)
        shutil.rmtree(away)
    else:
        draft.rename(folder)


def _write(snap: Snapshot, draft: Path, folder: Path, facts: Facts, earlier: Sequence[Snapshot], progress: Progress, rows: int) -> list[Resource]:
    counted: dict[str, int] = {}

    def small(path: str, columns: list[Column], table: Columns) -> None:
        with text_table(draft / path, columns) as target:
            target.write(table)
        counted[path] = target.rows

    history = History(snap, earlier, folder.parent / f"p{earlier[-1].number}" / HISTORY_FILE if earlier else None)
    tables = {
        "indicadores.csv": about.indicators(snap), "territorios.csv": about.places(), "fuentes.csv": about.sources(snap),
        "indice.csv": about.index(snap),
        "entregas.csv": about.deliveries(snap), "revisiones.csv": about.revisions(snap),
        "diccionario.csv": columns_of(about.dictionary(DESCRIBED), DICTIONARY),
    }  # fmt: skip
    for path, table in tables.items():
        small(path, file(path).columns, table)
    facts = _values(snap, draft, facts, history, tables, progress, rows)
    counted |= dict.fromkeys((f.path for f in FILES if f.columns is VALUES), facts.rows)
    counted |= dict.fromkeys((f.path for f in FILES if f.columns is HISTORY), history.rows)
    counts = {**history.changes, **changes.redefined([*earlier, snap])}
    small("acumulado/cambios.csv", file("acumulado/cambios.csv").columns, changes.table(counts))
    cards = [snap.publication, *(s.publication for s in reversed(earlier))]
    texts = {
        "CAMBIOS.md": changes.told(cards, counts, tables["revisiones.csv"]), "LEAME.md": letters.readme(facts),
        "LICENCIA.txt": letters.licence(facts),
        "cita.txt": letters.citation(facts), "CITATION.cff": letters.citation_file(facts),
    }  # fmt: skip
    for path, text in texts.items():
        (draft / path).write_text(text, encoding="utf-8", newline="\n")
    made = [_resource(draft, f.path, counted) for f in FILES if (draft / f.path).is_file()]
    for path, document in (
        ("datapackage.json", descriptor(facts, made, tables["fuentes.csv"])),
        ("catalogo.jsonld", catalogue(facts, made, changes.size_of(counts, snap.number))),
    ):
        (draft / path).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    made = [_resource(draft, f.path, counted) for f in FILES if (draft / f.path).is_file()]
    (draft / "SHA256SUMS").write_text("".join(f"{r.sha256}  {r.path}\n" for r in made), encoding="utf-8", newline="\n")
    for path in (r.path for r in made if r.bytes > LARGE and not r.path.endswith((".xlsx", ".parquet", ".gz"))):
        _pack(draft / path, draft / PACKED / f"{path}.gz")
    return [*made, _resource(draft, "SHA256SUMS", counted)]


def _pack(source: Path, target: Path) -> None:
    """The same bytes compressed, for who downloads: a server should not do it while somebody waits."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file, target.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed:
        shutil.copyfileobj(file, packed, 1 << 20)


def _values(snap: Snapshot, draft: Path, facts: Facts, history: History, tables: dict[str, Columns], progress: Progress, rows: int) -> Facts:
    """The four forms of the values and the history, from one passage over the indicators."""
    sheets = snap.indicators()
    periods: set[str] = set()
    total = 0
    about_file = {"publicacion": str(snap.number), "huella": facts.card.huella, "titulo": TITLE["es"], "licencia": LICENCE, "cita": facts.citation()}
    with ExitStack() as stack:
        plain = stack.enter_context(text_table(draft / "valores.csv", VALUES))
        spanish = stack.enter_context(text_table(draft / "valores_es.csv", VALUES, SPANISH))
        packed = stack.enter_context(parquet_table(draft / "valores.parquet", VALUES, about_file))
        past = stack.enter_context(parquet_table(draft / HISTORY_FILE, HISTORY, about_file))
        past_text = stack.enter_context(_zipped(draft / "acumulado/valores.csv.gz"))
        book = stack.enter_context(workbook(draft / "valores.xlsx", facts.made, TITLE["es"], rows))
        book.front(TITLE["es"], _front(facts))
        for name, path, columns in (("Indicadores", "indicadores.csv", INDICATORS), ("Territorios", "territorios.csv", PLACES)):
            book.table(name, columns, tables[path])
        book.table("Diccionario", DICTIONARY, columns_of(about.dictionary({"valores.xlsx": VALUES}), DICTIONARY))
        for done, (sheet, batch) in enumerate(batches(snap)):
            progress(sheet.id, done, len(sheets))
            found = len(batch["indicador"])
            total += found
            periods |= set(batch["periodo"])
            told: Told = {}
            plain.write(batch, told)
            spanish.write(batch, told)
            if found:
                packed.write(batch)
                book.values(area_name(sheet.area), batch)
            _remember(history.of(sheet.id, batch), past, past_text)
        for indicator in history.gone():
            _remember(history.of(indicator, None), past, past_text)
    first, last = span(periods)
    return replace(facts, rows=total, first=first, last=last)


def _remember(rows: Columns, *targets: TextTable | ParquetTable) -> None:
    if rows["indicador"]:
        for target in targets:
            target.write(rows)


@contextmanager
def _zipped(path: Path) -> Iterator[TextTable]:
    """A compressed CSV without name or date inside, so that the same rows give the same bytes."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        yield TextTable(text, HISTORY, PLAIN)


def _front(facts: Facts) -> list[tuple[str, str]]:
    told = [
        ("Publicación N.º", str(facts.number)),
        ("Publicada el", formats.day(facts.made)),
        ("Datos al", formats.day(facts.card.datos_al)),
        ("Quién publica", PUBLISHER["es"]),
        ("Licencia", f"{LICENCE}: puede copiar, transformar y publicar si cita la fuente"),
        ("Cómo citar", facts.citation()),
        ("Huella", facts.card.huella),
        ("Celda vacía", "No es cero: la columna «estado» dice por qué no hay dato, y OBS_STATUS lo dice en SDMX."),
        ("Antes de sumar", "Hay filas de país, de regiones y del conjunto piloto (columna «nivel»), y filas por categoría (columna «desglose»)."),
        (
            "Hojas",
            "Indicadores: la ficha de cada uno. Territorios: los códigos. Diccionario: qué es cada columna y cada código. Después, los "
            "valores, una hoja por área.",
        ),
    ]
    return [*([("Aviso", SYNTHETIC["es"])] if facts.synthetic else []), *told]


def _resource(folder: Path, path: str, counted: dict[str, int]) -> Resource:
    digest, size = hashlib.sha256(), 0
    with (folder / path).open("rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
            size += len(block)
    return Resource(file(path).name, path, size, digest.hexdigest(), counted.get(path))
