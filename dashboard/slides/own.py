"""What the presenter brings from the browser: own notes by slide, and agreements written in the hall. It goes into the file and is kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

#: fields of an agreement, as the form has them
FIELDS = ("acuerdo", "responsable", "fecha", "evidencia", "lamina")
#: longest note and longest field; more agreements than these are no forum
NOTE, FIELD, MOST = 4_000, 300, 40
#: forty notes and agreements take less
LARGEST = 300_000


@dataclass(frozen=True)
class Own:
    notes: dict[str, str] = field(default_factory=dict)
    agreements: tuple[dict[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.notes or self.agreements)


def read(sent: bytes) -> Own:
    """From the JSON that a browser sends: `{"notas": {slide: text}, "acuerdos": [{…}]}`. Raises ValueError saying what is wrong with it."""
    if len(sent) > LARGEST:
        raise ValueError(f"pasan de {LARGEST // 1000} kB")
    body = orjson.loads(sent or b"{}")
    if not isinstance(body, dict):
        raise ValueError("se espera un objeto con «notas» y «acuerdos»")
    notes, agreements = body.get("notas") or {}, body.get("acuerdos") or []
    if not isinstance(notes, dict) or not isinstance(agreements, list):
        raise ValueError("«notas» es un objeto y «acuerdos» es una lista")
    if len(agreements) > MOST or len(notes) > MOST:
        raise ValueError(f"hay más de {MOST} notas o acuerdos")
    if not all(isinstance(x, dict) for x in agreements):
        raise ValueError("cada acuerdo es un objeto")
    kept = {str(k): _text(v, NOTE) for k, v in notes.items()}
    return Own(
        {k: v for k, v in kept.items() if v}, tuple({f: _text(x.get(f), FIELD) for f in FIELDS} for x in agreements if _text(x.get("acuerdo"), FIELD))
    )


def _text(value: Any, most: int) -> str:
    """Printable text; what XML cannot hold is left out."""
    told = "" if value is None else str(value)
    return "".join(c for c in told if c == "\n" or c.isprintable()).strip()[:most]
