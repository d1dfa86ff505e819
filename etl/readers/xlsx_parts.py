"""Reading a part of a workbook piece by piece, without building its tree and without entities."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from xml.parsers import expat


def parsed(book: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], None], text: Callable[[str], None]) -> Iterator[None]:
    """Parse a part piece by piece, giving control back after each."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = start, text, _refuse_dtd
    with book.open(part) as content:
        while chunk := content.read(1 << 20):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    yield


def _refuse_dtd(*_: object) -> None:
    raise ValueError("DTD")
