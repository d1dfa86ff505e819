"""One pass over the bytes of a CSV before reading it: what it is, how it is encoded, whether it is plain."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from etl.readers.csv_quotes import Quotes
from etl.readers.raw import refuse
from warehouse.landing import file_chunks

#: first bytes -> what the file really is, how to mend it
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "es un libro de Excel o un ZIP con el nombre cambiado.", "Póngale la extensión .xlsx o guárdelo como CSV UTF-8."),
    (b"\xd0\xcf\x11\xe0", "es un libro de Excel antiguo o protegido con el nombre cambiado.", "Ábralo en Excel y guárdelo como CSV UTF-8."),
    (b"%PDF", "es un PDF, no un CSV.", "Envíe la tabla como CSV UTF-8 o XLSX."),
    (b"\xff\xfe", "está en UTF-16 («Texto Unicode»).", "Guárdelo como «CSV UTF-8 (delimitado por comas)»."),
    (b"\xfe\xff", "está en UTF-16 («Texto Unicode»).", "Guárdelo como «CSV UTF-8 (delimitado por comas)»."),
)
_HTML = re.compile(rb"^\s*<(!doctype html|html|\?xml)", re.IGNORECASE)
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\v\f\r")
_LONE_RETURN = re.compile(rb"\r[^\n]")
#: é, í, ó, ú, ñ of MS-DOS and á, é of old Macs between letters: in Windows-1252 they are signs that stand inside no word
_OLDER = re.compile(rb"[A-Za-z][\x82\x87\x8e\xa1-\xa5]+[A-Za-z]")
#: bytes that Windows-1252 leaves without a letter
_NOT_1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))


@dataclass(frozen=True)
class Scan:
    """`plain`: no blank line, no lone carriage return, every quote around a whole cell. `quoted`: there are quotes."""

    encoding: str
    plain: bool
    quoted: bool
    ends_with_newline: bool


def scan(path: Path, name: str, separator: str) -> Scan:
    """Look at every byte once, in pieces. Raises FileRejected for what is not text."""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    tail, head, lines, odd, not_1252, quotes = b"", b"", 0, False, False, Quotes(separator)
    for chunk in file_chunks(path):
        if not head:
            head = chunk[:512]
            _refuse_others(name, head)
            odd = head.startswith((b"\n", b"\r"))
        _refuse_binary(name, chunk, lines)
        lines += chunk.count(b"\n")
        quotes.feed(chunk)
        odd = odd or _has_odd_lines(tail + chunk)
        not_1252 = not_1252 or any(b in chunk for b in _NOT_1252)
        utf8 = _still_utf8(utf8, chunk)
        if utf8 is None:
            _refuse_older(name, tail + chunk, lines - chunk.count(b"\n"))
        tail = chunk[-2:]
    if not head.strip():
        raise refuse(name, "está vacío.", "Exporte otra vez el archivo y envíelo.")
    utf8 = _still_utf8(utf8, b"", final=True)
    encoding = "utf-8-sig" if utf8 is not None else ("latin-1" if not_1252 else "cp1252")
    return Scan(encoding, quotes.end() and not odd, quotes.count > 0, tail.endswith((b"\n", b"\r")))


def _refuse_older(name: str, window: bytes, lines: int) -> None:
    if match := _OLDER.search(window):
        line = lines + window[: match.start()].count(b"\n") + 1
        what = f"línea {line:,}: parece «CSV (MS-DOS)» o de una Macintosh antigua; sus tildes y eñes se leerían como otros signos."
        raise refuse(name, what, "Guárdelo como «CSV UTF-8 (delimitado por comas)».")


def _has_odd_lines(window: bytes) -> bool:
    """A blank line, or a carriage return alone: places where the row numbers of the two readers part."""
    return b"\n\n" in window or b"\n\r\n" in window or (b"\r" in window and _LONE_RETURN.search(window) is not None)


def _still_utf8(decoder: codecs.IncrementalDecoder | None, chunk: bytes, final: bool = False) -> codecs.IncrementalDecoder | None:
    if decoder is None:
        return None
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return None
    return decoder


def _refuse_others(name: str, head: bytes) -> None:
    for magic, what, cure in _OTHERS:
        if head.startswith(magic):
            raise refuse(name, what, cure)
    if _HTML.match(head):
        raise refuse(name, "es una página web, no un CSV: quizá el servidor pidió iniciar sesión.", "Descargue la tabla como CSV y envíela.")


def _refuse_binary(name: str, chunk: bytes, lines: int) -> None:
    if len(chunk.translate(None, _CONTROL)) == len(chunk):
        return
    at = next(i for i, b in enumerate(chunk) if b in _CONTROL)
    line = lines + chunk[:at].count(b"\n") + 1
    raise refuse(name, f"línea {line:,}: hay bytes que no son texto; el archivo está dañado o no es un CSV.", "Exporte otra vez como CSV UTF-8.")
