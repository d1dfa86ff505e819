"""Number formats that make a cell say something else than what it keeps: percentages, and zeros put in front."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field

from etl.readers.xlsx_parts import parsed

_PART = "xl/styles.xml"
#: formats of Excel that are a percentage
_PERCENTS = frozenset({"9", "10"})
_PADDED = re.compile(r"^(0{2,})(;.*)?$")
#: what a format shows as it is: quoted, after a backslash, in brackets
_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass
class Styles:
    """Numbers of cell styles, as cells name them. `padded`: style -> figures it shows at least."""

    percents: set[str] = field(default_factory=set)
    padded: dict[str, int] = field(default_factory=dict)


def styles_of(book: zipfile.ZipFile) -> Styles:
    """The telling styles of a book; none where it has no styles."""
    formats: dict[str, str] = {}
    found, count, inside = Styles(), 0, False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count, inside
        local = tag.rpartition(":")[2]
        if local == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside = local == "cellXfs"
        elif local == "xf" and inside:
            _note(found, str(count), attributes.get("numFmtId", "0"), formats)
            count += 1

    if _PART in book.namelist():
        for _ in parsed(book, _PART, start, lambda _: None):
            pass
    return found


def _note(found: Styles, style: str, number: str, formats: dict[str, str]) -> None:
    code = formats.get(number, "")
    padded = _PADDED.match(code)
    if number in _PERCENTS or "%" in _SHOWN.sub("", code):
        found.percents.add(style)
    elif padded is not None:
        found.padded[style] = len(padded[1])
