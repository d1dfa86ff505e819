"""Names beside points: for each the side on which it covers least of what is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: rough size of a letter and of a line, and how far from its point a name stands, in pixels
_LETTER, _LINE, _GAP = 7.0, 16.0, 9.0
_ROUNDS = 4
_SIDES = ("top", "bottom", "right", "left")


@dataclass(frozen=True)
class Spot:
    """A point in pixels, with the name it is to carry; without a name it is only in the way."""

    x: float
    y: float
    name: str = ""


def sides(spots: Sequence[Spot], width: float, height: float) -> list[str]:
    """A side for each spot with a name, "" for the others: each chooses in turn, and again knowing what the others chose. y grows upwards."""
    points = [(s.x - 6, s.y - 6, s.x + 6, s.y + 6) for s in spots]
    found = [""] * len(spots)
    for _ in range(_ROUNDS):
        for i, spot in enumerate(spots):
            if not spot.name:
                continue
            taken = [*points, *(_box(s, side) for j, (s, side) in enumerate(zip(spots, found, strict=True)) if side and j != i)]
            costs = {side: _covered(_box(spot, side), taken) + _outside(_box(spot, side), width, height) for side in _SIDES}
            found[i] = min(_SIDES, key=lambda side: costs[side])
    return found


def spread(places: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """Places along an edge, lowest first, pushed apart until each has its room (half of it on either side); they stay in order."""
    found = list(places)
    for _ in range(60):
        for i in range(1, len(found)):
            short = (rooms[i] + rooms[i - 1]) / 2 - (found[i] - found[i - 1])
            if short > 0.01:
                found[i] += short / 2
                found[i - 1] -= short / 2
    return found


def anchors(side: str) -> dict[str, object]:
    """What an annotation needs to stand on that side."""
    return {
        "top": {"xanchor": "center", "yanchor": "bottom", "yshift": 6},
        "bottom": {"xanchor": "center", "yanchor": "top", "yshift": -6},
        "right": {"xanchor": "left", "yanchor": "middle", "xshift": 8},
        "left": {"xanchor": "right", "yanchor": "middle", "xshift": -8},
    }[side]


def _box(spot: Spot, side: str) -> tuple[float, float, float, float]:
    wide = len(spot.name) * _LETTER
    x = {"right": spot.x + _GAP, "left": spot.x - _GAP - wide}.get(side, spot.x - wide / 2)
    y = {"top": spot.y + _GAP - 2, "bottom": spot.y - _GAP + 2 - _LINE}.get(side, spot.y - _LINE / 2)
    return x, y, x + wide, y + _LINE


def _covered(box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]) -> float:
    return sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0])) * max(0.0, min(box[3], other[3]) - max(box[1], other[1])) for other in taken
    )  # fmt: skip


def _outside(box: tuple[float, float, float, float], width: float, height: float) -> float:
    over = max(0.0, -box[0]) + max(0.0, box[2] - width) + max(0.0, -box[1]) + max(0.0, box[3] - height)
    return over * 40
