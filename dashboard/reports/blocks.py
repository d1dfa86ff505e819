"""The blocks a report is made of, as the template reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.reports.words import Run, runs

Block = dict[str, Any]
#: (title, width, whether it is aligned to the right)
Head = tuple[str, float, bool]


def title(text: str) -> Block:
    return {"k": "titulo", "t": text}


def subtitle(text: str) -> Block:
    return {"k": "subtitulo", "t": text}


def paragraph(*parts: Any) -> Block:
    """A paragraph of texts and components."""
    return {"k": "parrafo", "t": runs(list(parts))}


def note(text: str) -> Block:
    return {"k": "nota", "t": text}


def points(items: Sequence[tuple[str, list[Run] | str]]) -> Block:
    """A list: a mark («mejora», «ausente», «»), and its text."""
    return {"k": "lista", "puntos": [{"m": mark, "texto": [[text, False]] if isinstance(text, str) else text} for mark, text in items]}


def table(heads: Sequence[Head], rows: Sequence[Any], *, titled: str = "", below: str = "", size: float = 7.6) -> Block:
    """Rows are lists of cells (texts, or what `cells` gives), or {"area": name} over those that follow."""
    columns = [{"t": name, "w": width, "d": right} for name, width, right in heads]
    return {"k": "tabla", "columnas": columns, "filas": list(rows), "titulo": titled, "nota": below, "tam": size}


def profile(drawn: dict[str, Any]) -> Block:
    return {"k": "perfil", "perfil": drawn}


def series(drawn: Sequence[dict[str, Any]], across: int = 3) -> Block:
    return {"k": "series", "series": list(drawn), "columnas": min(across, max(len(drawn), 1))}
