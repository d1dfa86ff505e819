"""What changed from publication to publication: counted by indicator, and told for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from dashboard import formats
from dashboard.opendata.columns_about import CHANGES
from dashboard.opendata.values import Columns, columns_of
from dashboard.published import Publication, Snapshot

_ORDER = list(next(c for c in CHANGES if c.name == "tipo").codes)
Counts = Mapping[tuple[int, str, str], int]


def redefined(snaps: Sequence[Snapshot]) -> dict[tuple[int, str, str], int]:
    """(publication, indicator, «ficha») of each indicator whose definition changed; `snaps` are oldest first."""
    found: dict[tuple[int, str, str], int] = {}
    for before, now in pairwise(snaps):
        then = {s.id: s.ficha for s in before.indicators()}
        found |= {(now.number, s.id, "ficha"): 0 for s in now.indicators() if s.id in then and then[s.id] != s.ficha}
    return found


def table(counts: Counts) -> Columns:
    """One row for each publication, indicator and kind of change, newest first."""
    order = sorted(counts, key=lambda k: (-k[0], k[1], _ORDER.index(k[2])))
    rows: list[dict[str, Any]] = [
        {"publicacion": p, "indicador": i, "tipo": kind, "filas": None if kind == "ficha" else counts[p, i, kind]} for p, i, kind in order
    ]
    return columns_of(rows, CHANGES)


def size_of(counts: Counts, number: int) -> str:
    """«mayor» where a published value or state changed or went away, «menor» where nothing published before reads differently."""
    kinds = {kind for p, _, kind in counts if p == number}
    return "mayor" if kinds & {"mayor", "retirado"} else "menor"


def told(cards: Sequence[Publication], counts: Counts, revisions: Columns) -> str:
    """CAMBIOS.md: newest publication first."""
    lines = [
        "# Cambios / Changes", "",
        "*Mayor*: cambia o se retira un valor o un estado ya publicado. *Menor*: solo se añaden filas, o cambia un intervalo, un aviso, una ficha "
        "u otro metadato.",
        "*Major*: a published value or state changes or is withdrawn. *Minor*: rows are added, or only an interval, a notice, a sheet or other "
        "metadata changes.",
        "El detalle por indicador está en `acumulado/cambios.csv`; cada cifra revisada, con su motivo, en `revisiones.csv`.", "",
    ]  # fmt: skip
    first = min(c.numero for c in cards)
    for card in cards:
        own = {(i, kind): n for (p, i, kind), n in counts.items() if p == card.numero}
        size = "primera / first" if card.numero == first else {"mayor": "mayor / major", "menor": "menor / minor"}[size_of(counts, card.numero)]
        lines += [f"## Publicación N.º {card.numero} · {formats.day(card.creada_en.date())} · {size}", ""]
        for kind, words in _WORDS.items():
            found = {i: n for (i, k), n in own.items() if k == kind}
            if found:
                names = ", ".join(f"`{i}`" + (f" ({formats.number(n, 0)})" if n else "") for i, n in _most(found))
                rows = f" {formats.number(sum(found.values()), 0)}." if kind != "ficha" else ""
                rest = f" y {len(found) - _SHOWN} más" if len(found) > _SHOWN else ""
                lines.append(f"* {words}:{rows} {names}{rest}.")
        reasons = dict.fromkeys(m for p, m in zip(revisions["publicacion"], revisions["motivo"], strict=True) if p == card.numero and m)
        lines += [f"* Motivo: {m}" for m in list(reasons)[:_SHOWN]] + ([] if own else ["* Sin cambios en los valores; entregas nuevas."]) + [""]
    return "\n".join(lines)


#: indicators or reasons named in a line
_SHOWN = 8
_WORDS = {
    "mayor": "Filas revisadas en su valor o su estado", "retirado": "Filas retiradas", "nuevo": "Filas nuevas",
    "menor": "Filas con otro intervalo, aviso o metadato", "ficha": "Definición cambiada",
}  # fmt: skip


def _most(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]
