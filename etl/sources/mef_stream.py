"""A CSV of several GB as record batches of the few columns wanted, straight from the bytes as they come, in bounded memory.

MEF's files come in UTF-8 or in Latin-1 and do not say which: bytes that are not UTF-8 are taken as Latin-1.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv

from etl.readers.raw import fold
from etl.sources.feed import Job
from etl.sources.incoming import Incoming
from warehouse.errors import SiegemError, suggest

_BLOCK = 8 << 20
_BATCHES_A_SLICE = 15
_LONGEST_HEADER = 1 << 20
_IN_COLUMN = re.compile(r"In CSV column #(\d+):.*?(?:conversion error to (\w+).*?invalid value '(.*)')?$", re.DOTALL)
_IN_ROW = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


class Stream:
    """The batches of one file. After a fault inside the engine, `failure` is what was raised while reading, if that was it."""

    def __init__(self, job: Job, raw: Incoming, texts: tuple[str, ...], whole: tuple[str, ...], amounts: tuple[str, ...]) -> None:
        self.job, self.raw = job, raw
        self.failure: Exception | None = None
        self.rows = 0
        self._bytes = _Bytes(_as_utf8(raw.counted()))
        self.header, separator = self._read_header()
        wanted = (*texts, *whole, *amounts)
        self._check(wanted)
        types = {n: pa.string() for n in texts} | {n: pa.int64() for n in whole} | {n: pa.float64() for n in amounts}
        self.schema = pa.schema([pa.field(n, types[n]) for n in wanted])
        self._options = (
            pa.csv.ReadOptions(block_size=_BLOCK, column_names=self.header, use_threads=False),
            pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            pa.csv.ConvertOptions(include_columns=list(wanted), column_types=types, null_values=[""], strings_can_be_null=True),
        )

    def slices(self) -> Iterator[pa.RecordBatchReader]:
        """The batches in runs of some hundred thousand rows, made as the engine asks for them.

        An aggregation over an endless stream keeps rows of each of its threads until the end; over a slice it lets them go.
        """
        batches = self._batches()
        for first in batches:
            yield pa.RecordBatchReader.from_batches(self.schema, itertools.chain([first], itertools.islice(batches, _BATCHES_A_SLICE - 1)))

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in pyarrow.csv.open_csv(self._bytes, *self._options):
                self.rows += batch.num_rows
                yield batch
        except pa.ArrowInvalid as error:
            self.failure = self._sentence(str(error))
            raise self.failure from error
        except Exception as error:
            # The engine turns it into text of its own: what was raised while reading (a cut line) must come out as it is.
            self.failure = error
            raise

    def _read_header(self) -> tuple[list[str], str]:
        line = self._bytes.line(_LONGEST_HEADER).decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r\n")
        separator = max(",;|\t", key=line.count)
        try:
            header = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        except csv.Error:
            header = []
        seen: dict[str, int] = {}
        for i, name in enumerate(header):
            seen[name] = seen.get(name, 0) + 1
            header[i] = name if seen[name] == 1 else f"{name}~{seen[name]}"
        return header, separator

    def _check(self, wanted: tuple[str, ...]) -> None:
        by_fold = {fold(h): i for i, h in enumerate(self.header)}
        for name in wanted:
            if fold(name) in by_fold:
                self.header[by_fold[fold(name)]] = name
        absent = [n for n in dict.fromkeys(wanted) if n not in self.header]
        if absent:
            near = suggest(absent[0], self.header).strip()
            what = f"{self.raw.name}: la cabecera tiene {len(self.header)} columnas y faltan {', '.join(absent[:8])}. {near}".rstrip(". ")
            raise self.job.problem(what, "Compruebe que sea el CSV de gasto del MEF; si cambió de columnas, corrija la fuente.")

    def _sentence(self, said: str) -> SiegemError:
        cure = "Descargue el archivo otra vez; si se repite, avise al MEF. No se aceptó nada de él."
        if "Empty CSV" in said:
            return self.job.problem(f"{self.raw.name}: no trae filas", cure)
        if found := _IN_ROW.search(said):
            # Arrow counts the rows of data; the header is row 1 to whoever opens the file.
            row = f"fila {int(found[1]) + 1:,}: tiene {found[3]} valores y la cabecera {found[2]} columnas"
            return self.job.problem(f"{self.raw.name}: {row}", cure)
        if (found := _IN_COLUMN.search(said)) and int(found[1]) < len(self.header):
            value = f" «{found[3][:40]}»" if found[3] else ""
            what = f"«{self.header[int(found[1])]}» tiene un valor que no es un número{value}, después de la fila {self.rows + 1:,}"
            return self.job.problem(f"{self.raw.name}: {what}", cure)
        return self.job.problem(f"{self.raw.name}: no se puede leer como CSV después de la fila {self.rows + 1:,}", cure)


class _Bytes(io.RawIOBase):
    """Chunks as a file that can only be read forward."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held = chunks, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        pieces, missing = [self._held], (size if size is not None and size >= 0 else 1 << 62) - len(self._held)
        while missing > 0 and (more := next(self._chunks, b"")):
            pieces.append(more)
            missing -= len(more)
        given = b"".join(pieces)
        self._held = given[size:] if missing < 0 else b""
        return given[:size] if missing < 0 else given

    def line(self, longest: int) -> bytes:
        """The first line, at most `longest` bytes of it."""
        while b"\n" not in self._held and len(self._held) < longest:
            more = next(self._chunks, b"")
            if not more:
                break
            self._held += more
        end = self._held.find(b"\n") + 1 or min(len(self._held), longest)
        given, self._held = self._held[:end], self._held[end:]
        return given


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    held = b""
    for chunk in chunks:
        held += chunk
        if decoder is not None:
            try:
                decoder.decode(chunk)
                pending = len(decoder.getstate()[0])
                ready, held = (held[:-pending], held[-pending:]) if pending else (held, b"")
            except UnicodeDecodeError:
                decoder = None
        if decoder is None:
            ready, held = held.decode("latin-1").encode("utf-8"), b""
        if ready:
            yield ready
    if held:
        yield held.decode("latin-1").encode("utf-8")
