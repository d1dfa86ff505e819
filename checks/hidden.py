"""Keeping a package out of sight while another is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden(package: str) -> Iterator[None]:
    """Whoever imports the package or a part of it meanwhile is told that it is not installed, even if it is in use already."""
    within = lambda: [n for n in sys.modules if n == package or n.startswith(f"{package}.")]  # noqa: E731
    before = {name: sys.modules[name] for name in within()}
    sys.modules.update(dict.fromkeys([package, *before]))  # type: ignore[arg-type]  # None: «not installed», by Python's import system
    try:
        yield
    finally:
        for name in within():
            del sys.modules[name]
        sys.modules.update(before)
