"""From texts to typed columns. What cannot be read for certain becomes null and a fault with its cure; nothing is guessed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.readers.raw import fold
from etl.sentences import Fault, explain
from warehouse.contracts import Column
from warehouse.delta import ARROW_TYPES

#: what people write for nothing (CONTRACTS section 0); a value the contract allows is never one of these
FILLERS = frozenset({"na", "n/a", "n.a.", "n/d", "s/d", "s/i", "sd", "nd", "null", "none", "nan", "-", "--", "---", ".", "1900-01-01", "9999-12-31"})
_INTEGER = r"^[+-]?\d{1,18}(\.0{1,2})?$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
#: sign, point and fifteen figures: a number no longer than this is kept as it was written
_SHORT = 16
_DATE = r"^\d{4}-\d{2}-\d{2}$"
#: 1954 to 2119 as Excel counts days
_SERIAL = r"^[2-7]\d{4}(\.0)?$"
_EPOCH_TO_EXCEL = 25_569
_BOOLEANS = {"true": True, "false": False, "si": True, "sí": True, "no": False, "1": True, "0": False, "verdadero": True, "falso": False}


@dataclass(frozen=True)
class Typed:
    """A column read. `faults` and `fillers`, `serials` by row position; positions are those of the whole table handed in."""

    values: pa.ChunkedArray
    faulty: np.ndarray
    fillers: np.ndarray
    serials: np.ndarray
    texts: pa.ChunkedArray

    def faults(self, column: Column) -> Iterator[tuple[int, Fault]]:
        """Position and explanation of each cell that could not be read."""
        texts = self.texts.take(pa.array(self.faulty)).to_pylist()
        explained = {t: explain(column.type, t) for t in dict.fromkeys(texts)}
        return ((int(at), explained[text]) for at, text in zip(self.faulty, texts, strict=True))


def read_column(column: Column, texts: pa.ChunkedArray) -> Typed:
    """`texts` as the contract's type. Blanks and fillers are null."""
    if not column.equivalences and (plain := _plain(column, texts)) is not None:
        nothing = np.empty(0, np.int64)
        return Typed(plain, nothing, nothing, nothing, texts)
    return _careful(column, texts)


def _careful(column: Column, texts: pa.ChunkedArray) -> Typed:
    """Cell by cell: what is filled in for nothing, what cannot be read, days as Excel counts them."""
    clean = pc.utf8_trim_whitespace(texts)
    if column.equivalences:
        clean = _equivalences(column, clean)
    blank = pc.equal(clean, "")
    filler = pc.is_in(pc.utf8_lower(clean), value_set=pa.array(sorted(FILLERS - {a.casefold() for a in column.allowed})))
    clean = pc.if_else(pc.or_kleene(blank, filler), pa.scalar(None, pa.string()), clean)
    serials = np.empty(0, np.int64)
    if column.type == "date":
        clean, serials = _dates_as_iso(clean)
    good = _readable(column.type, clean)
    faulty = _positions(pc.and_(pc.is_valid(clean), pc.invert(pc.fill_null(good, True))))
    kept = clean if not len(faulty) else pc.if_else(good, clean, pa.scalar(None, pa.string()))
    return Typed(_cast(column.type, kept), faulty, _positions(filler), serials, pc.utf8_trim_whitespace(texts))


def _plain(column: Column, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The column where every cell is blank or written as programs write it, which Arrow reads at once; None where any cell asks for a closer look.

    What it lets through the closer look reads to the same values: `tests` hold both against each other.
    """
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    if column.type == "string":
        return _plain_words(column, texts)
    filled = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if column.type == "integer" and longest <= 18 and _only(filled, b"-0123456789"):
        return _cast_or_none(filled, pa.int64())
    if column.type == "date" and longest <= 10 and (filled.null_count == len(filled) or pc.min(pc.binary_length(filled)).as_py() == 10):
        filler = pc.is_in(filled, value_set=pa.array(["1900-01-01", "9999-12-31"]))
        return None if pc.any(filler).as_py() else _cast_or_none(filled, pa.date32())
    if column.type == "number" and longest < _SHORT and _only(filled, b"-.0123456789"):
        return _cast_or_none(filled, pa.float64())
    if column.type == "boolean" and longest <= 5:
        words = pc.index_in(filled, value_set=pa.array(["true", "false"]))
        return pc.equal(words, 0) if words.null_count == filled.null_count else None
    return None


def _plain_words(column: Column, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Texts that are blank, or neither a filler nor with blanks around."""
    fillers = sorted(FILLERS - {a.casefold() for a in column.allowed})
    head = texts.slice(0, 10_000)
    if pc.count_distinct(head).as_py() < 1_000:
        looked = pc.unique(texts)  # few words, each looked at once
    else:
        looked = texts
        if pc.min(pc.binary_length(texts)).as_py() > max(map(len, map(str.encode, fillers))):
            fillers = []
    if pc.any(pc.not_equal(pc.utf8_trim_whitespace(looked), looked)).as_py():
        return None
    if fillers and pc.any(pc.is_in(pc.utf8_lower(looked), value_set=pa.array(fillers))).as_py():
        return None
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts) if pc.any(pc.equal(looked, "")).as_py() else texts


def _only(texts: pa.ChunkedArray, letters: bytes) -> bool:
    """Whether the texts are made of `letters` alone: their bytes are looked at all together."""
    return all(not _bytes_of(chunk).translate(None, letters) for chunk in texts.chunks)


def _bytes_of(chunk: pa.Array) -> bytes:
    _, offsets, data = chunk.buffers()
    if data is None:
        return b""
    ends = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    return bytes(memoryview(data)[int(ends[0]) : int(ends[-1])])


def _cast_or_none(texts: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | None:
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        return None


def _equivalences(column: Column, clean: pa.ChunkedArray) -> pa.ChunkedArray:
    """Printed words changed for the contract's codes; compared without case, accents or spaces."""
    codes = {fold(k): v for k, v in column.equivalences.items()}
    distinct = [d for d in pc.unique(clean).to_pylist() if d is not None]
    words = [d for d in distinct if d not in column.allowed and fold(d) in codes]
    if not words:
        return clean
    at = pc.index_in(clean, value_set=pa.array(words, pa.string()))
    replaced = pc.take(pa.array([codes[fold(w)] for w in words], pa.string()), at)
    return pc.if_else(pc.is_valid(at), replaced, clean)


def _dates_as_iso(clean: pa.ChunkedArray) -> tuple[pa.ChunkedArray, np.ndarray]:
    """Midnights lose their hour; serial numbers of Excel become dates, and their positions are told."""
    clean = pc.replace_substring_regex(clean, r"^(\d{4}-\d{2}-\d{2})[ T]00:00(:00(\.0+)?)?$", r"\1")
    serial = pc.match_substring_regex(clean, _SERIAL)
    positions = _positions(serial)
    if len(positions):
        days = pc.subtract(pc.cast(pc.if_else(serial, clean, "25569"), pa.float64()), _EPOCH_TO_EXCEL)
        clean = pc.if_else(serial, pc.cast(pc.cast(pc.cast(days, pa.int32()), pa.date32()), pa.string()), clean)
    return clean, positions


def _readable(kind: str, clean: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether each cell can be read as `kind`; null where the cell is null."""
    if kind == "integer":
        return pc.match_substring_regex(clean, _INTEGER)
    if kind == "number":
        shaped = pc.match_substring_regex(clean, _NUMBER)
        # 1e999 has the shape of a number and is none
        finite = pc.is_finite(pc.cast(pc.if_else(shaped, clean, pa.scalar(None, pa.string())), pa.float64()).fill_null(0))
        return pc.and_(pc.and_(shaped, finite), pc.invert(_too_exact(clean, shaped)))
    if kind == "date":
        return _is_date(clean)
    if kind == "boolean":
        return pc.if_else(pc.is_valid(clean), pc.is_in(pc.utf8_lower(clean), value_set=pa.array(list(_BOOLEANS))), pa.scalar(None, pa.bool_()))
    return pc.is_valid(clean)


def _too_exact(clean: pa.ChunkedArray, shaped: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers with more figures than are kept, or so small that nothing is left of them. Short plain numbers never are."""
    suspects = pc.and_(shaped, pc.or_(pc.greater(pc.utf8_length(clean), _SHORT), pc.match_substring(clean, "e", ignore_case=True)))
    if not pc.any(suspects).as_py():
        return suspects
    distinct = pc.unique(clean.filter(pc.fill_null(suspects, False)))
    # what other programs print of their own numbers comes back letter by letter; only the rest is looked at one by one
    distinct = distinct.filter(pc.not_equal(pc.cast(pc.cast(distinct, pa.float64()), pa.string()), distinct))
    changed = [t for t in distinct.to_pylist() if not is_kept(t)]
    return pc.if_else(pc.is_valid(clean), pc.is_in(clean, value_set=pa.array(changed, pa.string())), pa.scalar(None, pa.bool_()))


def is_kept(number: str) -> bool:
    """Whether what is kept of a number, rounded to as many figures as it came with, is what was written."""
    written, kept = Decimal(number).normalize(), float(number)
    if math.isinf(kept):
        return True  # another reason refuses it
    with localcontext(prec=1_100):
        return abs(Decimal(kept) - written) * 2 <= Decimal(1).scaleb(int(written.as_tuple().exponent))


def _is_date(clean: pa.ChunkedArray) -> pa.ChunkedArray:
    shaped = pc.match_substring_regex(clean, _DATE)
    candidates = pc.unique(clean.filter(pc.fill_null(shaped, False)))
    try:
        pc.cast(candidates, pa.date32())
    except pa.ArrowInvalid:
        real = pa.array([d for d in candidates.to_pylist() if _exists(d)], pa.string())
        return pc.if_else(pc.is_valid(clean), pc.is_in(clean, value_set=real), pa.scalar(None, pa.bool_()))
    return shaped


def _exists(day: str) -> bool:
    try:
        pc.cast(pa.scalar(day), pa.date32())
    except pa.ArrowInvalid:
        return False
    return True


def _cast(kind: str, clean: pa.ChunkedArray) -> pa.ChunkedArray:
    if kind == "integer":
        return pc.cast(pc.replace_substring_regex(pc.utf8_ltrim(clean, "+"), r"\.0+$", ""), pa.int64())
    if kind == "boolean":
        at = pc.index_in(pc.utf8_lower(clean), value_set=pa.array(list(_BOOLEANS)))
        return pc.take(pa.array(list(_BOOLEANS.values())), at)
    return pc.cast(clean, ARROW_TYPES[kind])


def _positions(mask: pa.ChunkedArray) -> np.ndarray:
    return np.flatnonzero(pc.fill_null(mask, False).to_numpy())
