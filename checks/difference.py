"""What a new version of a submission changes of the accepted one: counts, and the rows one by one up to a limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Difference:
    """Of one submission against the accepted version it replaces. `rows`: (tipo, key, changed column -> [before, after])."""

    before: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    rows: list[tuple[str, dict[str, Any], dict[str, list[Any]]]] = field(default_factory=list)

    @property
    def touched(self) -> int:
        """Accepted rows that are no longer as they were."""
        return self.changed + self.removed
