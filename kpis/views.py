"""Shared views: parts of facts used by several, one SELECT each in `kpis/facts/vistas/`. `v_x` is `vistas/x.sql`, as a WITH entry."""

from __future__ import annotations

import re
from pathlib import Path

from warehouse.declarations import short_name
from warehouse.errors import DeclarationError, suggest

_NAME = re.compile(r"\bv_([a-z0-9_]+)\b")
_DECLARED = re.compile(r"\bv_([a-z0-9_]+)\s+AS\s+\(", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")
#: the comments that open a file, and the word WITH where the statement begins so
_HEAD = re.compile(r"\A((?:\s*--[^\n]*\n)*\s*)(WITH\s+)?", re.IGNORECASE)


def with_views(sql: str, folder: Path, where: str) -> str:
    """The statement with every view it needs, directly or through another, declared before it. Raises DeclarationError for an unknown view."""
    needed = _ordered(sql, folder, where, ())
    if not needed:
        return sql
    declared = ",\n".join(f"v_{name} AS (\n{_text(folder, name).rstrip()}\n)" for name in needed)
    head = _HEAD.match(sql)
    assert head is not None
    return f"{head[1]}WITH {declared}{',' if head[2] else ''}\n{sql[head.end() :]}"


def _ordered(sql: str, folder: Path, where: str, above: tuple[str, ...]) -> list[str]:
    """Names of the views of `sql`, each after those it needs itself."""
    found: list[str] = []
    bare = _COMMENT.sub("", sql)
    own = set(_DECLARED.findall(bare))  # a fact kept by a publication brings its views with it
    for name in (n for n in dict.fromkeys(_NAME.findall(bare)) if n not in own):
        if name in above:
            raise DeclarationError(f"{where}: la vista «v_{name}» se usa a sí misma.", cure="Quite la vuelta.")
        for needed in [*_ordered(_text(folder, name, where), folder, short_name(folder / f"{name}.sql"), (*above, name)), name]:
            if needed not in found:
                found.append(needed)
    return found


def _text(folder: Path, name: str, where: str = "") -> str:
    path = folder / f"{name}.sql"
    if not path.is_file():
        known = [f"v_{p.stem}" for p in folder.glob("*.sql")]
        raise DeclarationError(f"{where}: no existe la vista «v_{name}».{suggest(f'v_{name}', known)}", cure=f"Escríbala en {short_name(path)}.")
    return path.read_text(encoding="utf-8")
