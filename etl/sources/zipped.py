"""One member of a ZIP, taken by its pattern. What the ZIP says of itself is not believed, and its paths are never used as paths."""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from warehouse.errors import FileRejected

#: more members than any publisher's ZIP, and far fewer than it takes to make the directory itself the bomb
_MAX_MEMBERS = 10_000
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError)


def members(path: Path, name: str, pattern: str, max_inflated: int, but: str = "") -> list[str]:
    """The members whose own name fits `pattern` and not `but` (without case or accents), in name order.

    Raises FileRejected where there is none, or no ZIP.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [p for p in archive.infolist() if not p.is_dir()]
    except _DAMAGED as error:
        raise _refuse(name, "no es un ZIP que se pueda leer, o llegó incompleto", "Descárguelo otra vez; si se repite, ábralo a mano.") from error
    if len(parts) > _MAX_MEMBERS:
        raise _refuse(name, f"trae {len(parts):,} archivos", "Compruebe que la dirección sea la del archivo declarado.")
    fits = sorted(p.filename for p in parts if _fits(p.filename, pattern) and not (but and _fits(p.filename, but)))
    if not fits:
        inside = ", ".join(f"«{own_name(p.filename)[:60]}»" for p in parts[:10]) or "nada"
        raise _refuse(name, f"no trae ningún archivo «{pattern}»; trae {inside}", "Corrija «miembro» en la declaración de la fuente.")
    for part in parts:
        if part.filename in fits and part.file_size > max_inflated:
            raise _too_big(name, part.filename, max_inflated)
    return fits


def _fits(member: str, pattern: str) -> bool:
    return fnmatchcase(_plain(own_name(member)), _plain(pattern))


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def own_name(member: str) -> str:
    """The last part of a member's path, whatever signs it uses: «../../x.csv» is «x.csv»."""
    return PurePosixPath(member.replace("\\", "/")).name


def chunks(path: Path, name: str, member: str, max_inflated: int) -> Iterator[bytes]:
    """The member's bytes in pieces; stops as soon as more come out than declared or allowed. Raises FileRejected."""
    total = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as source:
            declared = archive.getinfo(member).file_size
            for piece in iter(lambda: source.read(1 << 20), b""):
                total += len(piece)
                if total > max_inflated or total > declared:
                    raise _too_big(name, member, max_inflated)
                yield piece
    except _DAMAGED as error:
        what = f"«{own_name(member)}» no se puede descomprimir (está dañado, cortado o protegido con contraseña)"
        raise _refuse(name, what, "Descárguelo otra vez; si se repite, ábralo a mano.") from error


def _too_big(name: str, member: str, limit: int) -> FileRejected:
    what = f"«{own_name(member)}» pasa de {limit // 1_000_000:,} MB al descomprimirse, o de lo que el ZIP declara"
    return _refuse(name, what, "Si el tamaño es el esperado, suba SIEGEM_MAX_MB_INFLADO y repita.")


def _refuse(name: str, what: str, cure: str) -> FileRejected:
    return FileRejected(f"{name}: {what}.", stands="No se cargó; los datos aceptados antes siguen vigentes.", cure=cure)
