"""One pass over a sheet's XML without building it: formulas, errors, merged cells, telling formats, and how far its cells reach."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from etl.readers.raw import MAX_FAULTS, refuse
from etl.readers.xlsx_parts import parsed
from etl.readers.xlsx_styles import Styles, styles_of

#: a reader lays a sheet out as a full rectangle: one value in the last cell of Excel would ask for 17 thousand million cells
_MAX_RECTANGLE = 30_000_000
_SHARED = "xl/sharedStrings.xml"
_RANGE = re.compile(r"^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$")


@dataclass
class SheetFacts:
    """(row, column) of formulas and of Excel errors, counted from 1; merged ranges as Excel writes them; the last cell with a value.

    `letters`: those of its texts once each cell has its own copy; the file keeps a repeated text once. `percents` and `padded`:
    numbers that the sender sees as 15 % and the file keeps as 0.15, or sees as 0042 (column, row: four places) and the file keeps as 42.
    """

    formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    percents: list[tuple[int, int]] = field(default_factory=list)
    padded: dict[int, dict[int, int]] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    letters: int = 0


class _Looker:
    def __init__(self, shared: list[int], styles: Styles) -> None:
        self.facts, self.shared, self.styles = SheetFacts(), shared, styles
        self.style = ""
        self.row, self.column, self.is_error, self.is_shared = 0, 0, False, False
        self.index = ""
        self.numbers: dict[str, int] = {}

    def text(self, data: str) -> None:
        if self.is_shared:
            self.index += data

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "c":
            self._cell(attributes)
        elif local in ("v", "is"):
            self.facts.rows, self.facts.columns = max(self.facts.rows, self.row), max(self.facts.columns, self.column)
            if self.is_error and len(self.facts.errors) <= MAX_FAULTS:
                self.facts.errors.append((self.row, self.column))
            if self.style:
                self._telling_format()
        elif local == "f" and len(self.facts.formulas) <= 20 * MAX_FAULTS:
            self.facts.formulas.append((self.row, self.column))
        elif local == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif local == "mergeCell" and _RANGE.match(attributes.get("ref", "")):
            self.facts.merged.append(attributes["ref"])

    def _telling_format(self) -> None:
        if self.style in self.styles.percents and len(self.facts.percents) <= MAX_FAULTS:
            self.facts.percents.append((self.row, self.column))
        elif self.style in self.styles.padded:
            self.facts.padded.setdefault(self.column, {})[self.row] = self.styles.padded[self.style]

    def _cell(self, attributes: dict[str, str]) -> None:
        if self.index.isdecimal() and int(self.index) < len(self.shared):
            self.facts.letters += self.shared[int(self.index)]
        self.index, self.is_shared = "", attributes.get("t") == "s"
        reference = attributes.get("r")
        self.is_error = attributes.get("t") == "e"
        # what is not a number shows as it is, whatever its format
        self.style = attributes.get("s", "") if attributes.get("t", "n") == "n" else ""
        if reference is None:
            self.column += 1
            return
        letters = reference.rstrip("0123456789")
        if letters not in self.numbers:
            self.numbers[letters] = _column_number(letters)
        self.row, self.column = int(reference[len(letters) :]), self.numbers[letters]


def look_through(path: Path, part: str, name: str, max_inflated: int) -> SheetFacts:
    """Facts of one sheet. Raises Unreadable where its XML is damaged, its cells reach too far or its texts fill too much."""
    try:
        with zipfile.ZipFile(path) as book:
            looker = _Looker(_shared_lengths(book), styles_of(book))
            for _ in parsed(book, part, looker.start, looker.text):
                _refuse_reach(looker.facts, name, max_inflated)
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError) as error:
        raise refuse(name, "la hoja de cálculo está dañada.", "Ábralo en Excel, guárdelo otra vez como .xlsx y envíelo.") from error
    return looker.facts


def _shared_lengths(book: zipfile.ZipFile) -> list[int]:
    """Letters of each text of the book's common list, in its order."""
    lengths: list[int] = []

    def start(tag: str, _: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    if _SHARED in book.namelist():
        for _ in parsed(book, _SHARED, start, text):
            pass
    return lengths


def _refuse_reach(facts: SheetFacts, name: str, max_inflated: int) -> None:
    if facts.letters > max_inflated:
        what = f"sus textos repetidos pasan de {max_inflated // 1_000_000:,} MB al abrirlos."
        raise refuse(name, what, "Acorte los textos o envíe un CSV UTF-8.")
    if facts.rows * facts.columns > _MAX_RECTANGLE:
        last = f"{column_letter(facts.columns)}{facts.rows}"
        cure = "Borre las celdas sueltas fuera de la tabla (Ctrl+Fin muestra la última) y envíe otra vez."
        raise refuse(name, f"fila {facts.rows:,}: la hoja llega hasta la celda {last}, demasiado lejos para una tabla.", cure)


def _column_number(letters: str) -> int:
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isupper()):
        raise ValueError("referencia de celda")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letter(number: int) -> str:
    """A, B ... Z, AA as Excel counts."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def overlap(merged: str, first_row: int, width: int) -> bool:
    """Whether a merged range touches the table: `first_row` and below, within `width` columns."""
    match = _RANGE.match(merged)
    if match is None:
        return False
    left, _, _, bottom = match.groups()
    return int(bottom) >= first_row and _column_number(left) <= width
