"""The look of a slide, in points: 16:9, the colours of the house in daylight, a typeface that every office has, and where things stand."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 960.0, 540.0
LEFT, RIGHT = 36.0, 924.0
#: the house's own typeface is not on the machines of a hall; this one is, or one as wide
FONT = "Arial"

#: colours of `assets/10-tokens.css`; greys of the projector
PAPER, SURFACE, INK, INK_2, INK_3 = "FBFAF7", "FFFFFF", "1B2330", "333D4A", "46515F"
LINE, GRID = "B9B5AA", "E8E5DE"
COPPER, COPPER_TINT, COPPER_BAND = "A0551A", "F6EADF", "E3BE9F"
BETTER, WORSE = "0B7A75", "C42D1C"
STRONG, CONTEXT, CONTEXT_SOFT, CONTEXT_FAINT = "5D6773", "AEB7C1", "D3D8DE", "E9ECEF"
MAP = ("E6EBF0", "C5D1DC", "98ACBF", "68819B", "3B546F")
HATCH = "5D6773"

#: what a hall reads; what fits only smaller never goes under LEAST; sources are for whoever has the file
HALL, LEAST, SOURCE = 24.0, 18.0, 12.0
#: sizes tried for a text of the hall, largest first
SIZES = (24.0, 22.0, 20.0, 18.0)

#: the mark of a change: shape and colour, with its word beside it
MARKS = {"mejora": ("▲", BETTER), "empeora": ("▼", WORSE), "sube": ("↑", INK_3), "baja": ("↓", INK_3), "sin_diferencia": ("●", INK_3)}


@dataclass(frozen=True)
class Box:
    """A rectangle in points."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    def below(self, y: float) -> Box:
        """The part under `y`."""
        return Box(self.x, y, self.w, max(0.0, self.bottom - y))

    def halves(self, gap: float = 24.0) -> tuple[Box, Box]:
        w = (self.w - gap) / 2
        return Box(self.x, self.y, w, self.h), Box(self.x + w + gap, self.y, w, self.h)


HEAD = Box(LEFT, 14, RIGHT - LEFT, 18)
TITLE_TOP = 34.0
#: the first line of what stands under everything: notices above it, sources below
FOOT = Box(LEFT, 496, RIGHT - LEFT, 32)
