"""Whether every quote of a CSV opens or closes a whole cell. Where one does not, two readers may understand different things."""

from __future__ import annotations

import numpy as np

_QUOTE = ord('"')
_BOM = b"\xef\xbb\xbf"


class Quotes:
    """Fed with the file piece by piece. Quotes open and close in turn; each must stand where its turn asks."""

    def __init__(self, separator: str) -> None:
        self.clean, self.count = True, 0
        self._edges = np.frombuffer((separator + '"\r\n').encode(), np.uint8)
        self._before = b"\n"  # a file begins as a line does

    def feed(self, chunk: bytes) -> None:
        """The next piece. The last byte waits, because what follows it is not known yet."""
        if self._before == b"\n" and not self.count and chunk.startswith(_BOM):
            chunk = chunk[len(_BOM) :]
        window = self._before + chunk
        self._look(window, len(window) - 1)
        self._before = window[-2:]

    def end(self) -> bool:
        """Whether all were in their place and none was left open."""
        self._look(self._before + b"\n", len(self._before))
        return self.clean and self.count % 2 == 0

    def _look(self, window: bytes, until: int) -> None:
        """Quotes from the second byte of the window up to `until`, each between the bytes before and after it."""
        if b'"' not in window:
            return
        letters = np.frombuffer(window, np.uint8)
        at = np.flatnonzero(letters[1:until] == _QUOTE) + 1
        opening = (np.arange(len(at)) + self.count) % 2 == 0
        self.count += len(at)
        beside = np.where(opening, letters[at - 1], letters[at + 1])
        self.clean = self.clean and bool(np.isin(beside, self._edges).all())
