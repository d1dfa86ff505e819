"""How much room a text takes: the widths of Arial and what is cut to its measure, three hundredths and more added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

#: thousandths of the size -> characters not wider than that
_REGULAR = {
    200: "'",
    240: "ijl",
    280: "|",
    300: "ftI .,;:![]/\\·íÍ\N{NO-BREAK SPACE}",
    360: "r¡(){}“”-",
    380: '"º',
    420: "*°",
    520: "cksvxyzJ",
    580: "abdeghnopquL0123456789?«»–#_áéóúñü±≥≤",
    620: "−+=<>×",
    640: "FTZ¿",
    700: "ABEKPSVXY&ÁÉ",
    760: "wCDHNRUÚÑ",
    820: "GOQÓ",
    860: "mM",
    920: "%",
    980: "W",
    1040: "—…→↑↓▲▼●◆■",
    1060: "@",
}
_BOLD = {
    260: "'",
    300: "ijlI .,/\\|·íÍ\N{NO-BREAK SPACE}",
    360: "ft;:!¡()[]-",
    380: "º",
    420: "r{}*°",
    500: '"',
    520: "z“”",
    580: "aceksvxyJ0123456789«»–#_áé±≥≤",
    620: "−+=<>×",
    640: "bdghnopquFLTZ?¿óúñü",
    700: "EPSVXYÉ",
    760: "ABCDHKNRU&ÁÚÑ",
    820: "wGOQÓ",
    860: "M",
    920: "m%",
    980: "W",
    1020: "@",
    1040: "—…→↑↓▲▼●◆■",
}
_WIDTHS = {bold: {c: w for w, chars in table.items() for c in chars} for bold, table in ((False, _REGULAR), (True, _BOLD))}
_OTHER = {False: 700, True: 760}
#: a line's height, of the size of its letters
LEADING = 1.2


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that a line takes, at most."""
    known, other = _WIDTHS[bold], _OTHER[bold]
    return sum(known.get(c, other) for c in text) * size / 1000


def lines(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The text broken into lines as programs do it; a word longer than the room is broken inside."""
    found: list[str] = []
    for paragraph in text.split("\n"):
        now = ""
        for word in re.split("[ ]", paragraph):
            longer = f"{now} {word}" if now else word
            if width(longer, size, bold=bold) <= room:
                now = longer
                continue
            if now:
                found.append(now)
            *whole, now = _broken(word, size, room, bold)
            found += whole
        found.append(now)
    return found


def breaks_words(text: str, size: float, room: float, *, bold: bool = False) -> bool:
    """Whether a word is longer than the room."""
    return any(width(word, size, bold=bold) > room for word in re.split("[ \n]", text))


def _broken(word: str, size: float, room: float, bold: bool) -> list[str]:
    pieces, now = [], ""
    for c in word:
        if now and width(now + c, size, bold=bold) > room:
            pieces.append(now)
            now = ""
        now += c
    return [*pieces, now]


def height(texts: Iterable[str], size: float, room: float, *, bold: bool = False, gap: float = 0.0) -> float:
    """Points that paragraphs take, one under the other with `gap` after each but the last."""
    paragraphs = [len(lines(x, size, room, bold=bold)) for x in texts]
    return sum(paragraphs) * size * LEADING + gap * max(len(paragraphs) - 1, 0)


def fitted(texts: Sequence[str], sizes: Sequence[float], room: float, most: float, *, bold: bool = False, gap: float = 0.0) -> float:
    """The first size with which all of it fits; the last one where none does."""
    return next((s for s in sizes if height(texts, s, room, bold=bold, gap=gap) <= most), sizes[-1])


def cut(text: str, size: float, room: float, most: int, *, bold: bool = False) -> str:
    """The text in at most `most` lines, ended with «…» at a word where it is longer."""
    found = lines(text, size, room, bold=bold)
    if len(found) <= most:
        return text
    kept = " ".join(found[:most])
    while kept and len(lines(f"{kept}…", size, room, bold=bold)) > most:
        kept = kept.rpartition(" ")[0]
    return f"{kept.rstrip(' ,;:.')}…"
