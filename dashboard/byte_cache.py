"""A cache of bytes bounded by their size: what was used longest ago goes first.

What is made of data is kept packed: JSON and HTML take a sixth of their room, and are unpacked in less time than a line needs for a packet.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class ByteCache:
    """Thread-safe; an entry larger than the whole bound is not kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}

    def get(self, key: Hashable) -> bytes | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Hashable, body: bytes) -> None:
        if len(body) > self.limit:
            return
        with self._lock:
            self.size += len(body) - len(self._kept.pop(key, b""))
            self._kept[key] = body
            while self.size > self.limit:
                _, gone = self._kept.popitem(last=False)
                self.size -= len(gone)

    def once(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """What is kept packed under a key, made where it is not: who asks while it is being made waits for that one making."""
        found = self.get(key)
        if found is not None:
            return unpacked(found)
        with self._lock:
            turn = self._making.setdefault(key, Lock())
        with turn:
            found = self.get(key)
            if found is not None:
                return unpacked(found)
            try:
                made = make()
                self.put(key, packed(made))
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made


def packed(body: bytes) -> bytes:
    return zlib.compress(body, 1)


def unpacked(body: bytes) -> bytes:
    return zlib.decompress(body)
