"""Personal data never enter the accepted store in clear: columns hashed with the installation's salt, or masked where they are quoted."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.contracts import Column, Contract
from warehouse.settings import Settings

MASK = "***"


def salt_path(settings: Settings) -> Path:
    """Where a generated salt is kept: it must be in every backup, or hashes of before and after will not meet."""
    return settings.datos / "sal"


def salt(settings: Settings) -> str:
    """SIEGEM_SAL, or one made once and kept in the data folder, readable by this account alone."""
    if settings.sal:
        return settings.sal
    path = salt_path(settings)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def is_private(column: Column) -> bool:
    """Whether its values may not be quoted in a sentence or kept in quarantine."""
    return column.classification == "restringida" or bool(column.treatment)


def hashed(values: pa.ChunkedArray, with_salt: str) -> pa.ChunkedArray:
    """SHA-256 of salt and text. What came already hashed is hashed again: without our salt it could be reversed."""
    distinct = pc.unique(values).drop_null()
    digests = [hashlib.sha256(f"{with_salt}{text}".encode()).hexdigest() for text in distinct.to_pylist()]
    return pc.take(pa.array(digests, pa.string()), pc.index_in(values, value_set=distinct))


def row_as_json(contract: Contract, row: dict[str, object], hidden: Collection[str]) -> str:
    """A row as text for quarantine, the `hidden` cells masked."""
    shown = {n: (MASK if n in hidden and row[n] is not None else row[n]) for n in contract.column_names if n in row}
    return json.dumps(shown, ensure_ascii=False, default=str)
