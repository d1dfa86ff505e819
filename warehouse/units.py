"""Words of units for one thing. A unit is written in the plural in its definition: «días hábiles», «directores nuevos»."""

from __future__ import annotations

from collections.abc import Mapping

#: word of a unit -> the same for one, in Spanish and English
SINGULAR: Mapping[str, str] = {
    "días": "día", "hábiles": "hábil", "casos": "caso", "conflictos": "conflicto", "directores": "director", "nuevos": "nuevo",
    "inscripciones": "inscripción", "muertes": "muerte", "accidentes": "accidente", "puntos": "punto", "finas": "fina",
    "days": "day", "cases": "case", "conflicts": "conflict", "directors": "director", "registrations": "registration", "deaths": "death",
    "accidents": "accident", "points": "point",
}  # fmt: skip
