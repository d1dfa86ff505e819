"""From bytes to a table of texts, row numbers as the sender sees them. Any bytes give rows or a sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from etl.readers.csv import read_csv
from etl.readers.raw import RawTable, refuse
from etl.readers.xlsx import read_xlsx

_BY_SUFFIX: dict[str, Callable[[Path, str, Collection[str], int], RawTable]] = {".csv": read_csv, ".xlsx": read_xlsx}


def read(path: Path, name: str, known: Collection[str], max_inflated: int) -> RawTable:
    """The file of `name` kept at `path`. `known`: folded headers of the contract, to find the header of a workbook.

    Raises FileRejected where it cannot be read as a table.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in _BY_SUFFIX:
        raise refuse(name, f"el tipo «{suffix or 'sin extensión'}» no se lee.", "Guárdelo como CSV UTF-8 o como libro de Excel (.xlsx).")
    return _BY_SUFFIX[suffix](path, name, known, max_inflated)
