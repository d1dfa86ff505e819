"""What an XLSX is, before any reader opens it: a whole ZIP, not protected, that does not inflate beyond the limit."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.etree import ElementTree

from etl.readers.raw import refuse

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError)


def workbook_parts(path: Path, name: str, max_inflated: int) -> dict[str, str]:
    """Sheet name -> its part inside the ZIP, after measuring. Raises FileRejected."""
    _refuse_others(path, name)
    try:
        with zipfile.ZipFile(path) as book:
            _measure(book, path, name, max_inflated)
            return _sheets(book, name)
    except _DAMAGED as error:
        raise refuse(name, "el libro de Excel está cortado o dañado; llegó incompleto.", "Ábralo en Excel, guárdelo otra vez y envíelo.") from error
    except (ElementTree.ParseError, LookupError) as error:
        raise refuse(name, "no es un libro de Excel (.xlsx) que se pueda leer.", "Ábralo en Excel, guárdelo como .xlsx y envíelo.") from error


def _refuse_others(path: Path, name: str) -> None:
    with path.open("rb") as source:
        head = source.read(1 << 16)
        protected = head.startswith(_OLE) and (_ENCRYPTED in head or _ENCRYPTED in source.read(1 << 24))
    if not head:
        raise refuse(name, "está vacío.", "Exporte otra vez el archivo y envíelo.")
    if protected:
        raise refuse(name, "el libro está protegido con contraseña.", "Quite la contraseña (Archivo > Información > Proteger libro) y envíelo.")
    if head.startswith(_OLE):
        raise refuse(name, "es un libro de Excel antiguo (.xls) o está protegido con contraseña.", "Guárdelo sin contraseña como .xlsx y envíelo.")
    if not head.startswith(b"PK"):
        cure = "Guárdelo en Excel como .xlsx, o como CSV UTF-8 con extensión .csv."
        raise refuse(name, "no es un libro de Excel, aunque su nombre termine en .xlsx.", cure)


def _measure(book: zipfile.ZipFile, path: Path, name: str, limit: int) -> None:
    """Refuse by what the ZIP says of itself, then by what really comes out: the directory of a bomb may lie."""
    parts = book.infolist()
    declared = sum(p.file_size for p in parts)
    if declared > limit:
        raise refuse(name, f"descomprimido pasa de {limit // 1_000_000:,} MB (ocuparía {declared / 1e6:,.0f} MB).", _TOO_BIG)
    with path.open("rb") as source:
        for part in parts:
            if part.flag_bits & 1:
                raise refuse(name, "el libro está protegido con contraseña.", "Quite la contraseña y envíelo.")
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile("método de compresión ajeno a Excel")
            if part.compress_type == zipfile.ZIP_DEFLATED and _inflated(source, part) > part.file_size:
                raise refuse(name, "declara un tamaño menor que el que tiene descomprimido; no se abrió.", _TOO_BIG)


_TOO_BIG = "Copie solo las celdas con datos a un libro nuevo, o envíe un CSV UTF-8."


def _inflated(source: BinaryIO, part: zipfile.ZipInfo) -> int:
    """Bytes that come out of a part, counted without keeping them; stops as soon as they pass the declared size."""
    source.seek(part.header_offset)
    local = source.read(30)
    if local[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("cabecera local ausente")
    source.seek(sum(struct.unpack("<HH", local[26:30])), 1)
    stream, left, total = zlib.decompressobj(-15), part.compress_size, 0
    while left > 0 and not stream.eof:
        data = source.read(min(left, 1 << 16))
        if not data:
            raise zipfile.BadZipFile("datos cortados")
        left -= len(data)
        while data and not stream.eof:
            total += len(stream.decompress(data, 1 << 20))
            if total > part.file_size:
                return total
            data = stream.unconsumed_tail
    return total


def _sheets(book: zipfile.ZipFile, name: str) -> dict[str, str]:
    workbook = ElementTree.fromstring(_without_dtd(book.read("xl/workbook.xml")))  # noqa: S314  a DTD was refused
    relations = ElementTree.fromstring(_without_dtd(book.read("xl/_rels/workbook.xml.rels")))  # noqa: S314
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    for properties in workbook.findall(".//{*}workbookPr"):
        if properties.get("date1904") in ("1", "true"):
            cure = "En Excel: Opciones > Avanzadas, desmarque «Usar sistema de fechas 1904», revise las fechas y envíe otra vez."
            raise refuse(name, "el libro cuenta las fechas desde 1904; podrían leerse con cuatro años de diferencia.", cure)
    found = {}
    for sheet in workbook.findall(".//{*}sheet"):
        target = targets.get(sheet.get(_REL), "")
        part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        if target and part in book.namelist():
            found[sheet.get("name", "")] = part
    return found


def _without_dtd(content: bytes) -> bytes:
    # Excel writes none; entities declared in one can be made to expand without end.
    if b"<!DOCTYPE" in content:
        raise KeyError("DTD")
    return content
