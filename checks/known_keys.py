"""Which keys of a table stand already, as fingerprints: so that a backlog of many batches reads what stands once and not once a batch."""

from __future__ import annotations

import numpy as np

from warehouse import duck
from warehouse.contracts import Contract

_REPLACED = "EXISTS (SELECT 1 FROM lugares_ WHERE r_ = entrega_region AND p_ = entrega_periodo)"


class KnownKeys:
    """Fingerprints of the keys seen so far in one ingest of one table. They only ever say «surely new»: a hit is looked at row by row.

    Keys whose rows were replaced or rejected later stay in it, and two keys may share a fingerprint: both cost a look and no error.
    """

    def __init__(self) -> None:
        self._seen: np.ndarray | None = None

    def may_repeat(self, contract: Contract, connection: duck.Connection) -> bool:
        """Whether a key of `lote` may stand in another submission; its keys are known from then on.

        Asks `vigentes_` the first time, less the places that `lote` delivers again.
        """
        own = _fingerprints(contract, connection, "lote")
        if self._seen is None:
            seen = _fingerprints(contract, connection, f"vigentes_ WHERE NOT {_REPLACED}")
            # What this batch would replace stands on if it is rejected: known for the next ones, though not against this one.
            replaced = _fingerprints(contract, connection, f"vigentes_ WHERE {_REPLACED}")
        else:
            seen, replaced = self._seen, np.empty(0, np.uint64)
        # A stable sort of sorted runs merges them.
        self._seen = np.sort(np.concatenate([seen, replaced, own]), kind="stable")
        if (own[1:] == own[:-1]).any():
            return True
        return bool(len(seen) and (seen[np.minimum(np.searchsorted(seen, own), len(seen) - 1)] == own).any())


def _fingerprints(contract: Contract, connection: duck.Connection, rows: str) -> np.ndarray:
    names = ", ".join(f'"{k}"' for k in contract.key)
    whole = " AND ".join(f'"{k}" IS NOT NULL' for k in contract.key)
    return np.sort(connection.sql(f"SELECT hash({names}) AS h FROM (FROM {rows}) WHERE {whole}").fetchnumpy()["h"])
