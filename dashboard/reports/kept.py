"""Documents made once for each publication and kept; one is made at a time, as each takes a processor for a second or more."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock

from dashboard import formats
from dashboard.answers import Problem
from dashboard.byte_cache import ByteCache
from dashboard.published import Snapshot

#: bytes of documents that each publication in memory keeps, and seconds that somebody waits for one to be made
LIMIT, PATIENCE = 16_000_000, 30.0

_making = Lock()


def document(snap: Snapshot, what: Hashable, make: Callable[[], bytes]) -> bytes:
    """The document of this publication, made by `make` where it is not kept. Raises Problem where too many wait for others."""
    # they live and go with the publication: that of another store with the same number is never taken for it
    cache: ByteCache = snap._once("documentos", lambda: ByteCache(LIMIT))
    key = (formats.style(), what)
    found = cache.get(key)
    if found is not None:
        return found
    if not _making.acquire(timeout=PATIENCE):
        raise Problem(503, "Se están preparando otros documentos.", "Vuelva a pedirlo en un minuto.")
    try:
        found = cache.get(key)
        if found is None:
            found = make()
            cache.put(key, found)
    finally:
        _making.release()
    return found
