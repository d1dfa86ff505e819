"""Importing a large package at less cost: keeping out of sight, or for later, what it would import for nothing."""

from __future__ import annotations

import atexit
import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


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


@contextmanager
def put_off(*packages: str) -> Iterator[None]:
    """Whoever imports one of the packages meanwhile gets a stand-in, which imports it when something of it is first used."""
    absent = [p for p in packages if p not in sys.modules]
    sys.modules.update({p: _stand_in(p) for p in absent})
    try:
        yield
    finally:
        for package in absent:
            del sys.modules[package]


def _stand_in(package: str) -> ModuleType:
    made = ModuleType(package)

    def asked(name: str) -> object:
        if name.startswith("__"):  # the import system and `inspect` ask every module about itself: that is no use of the package
            raise AttributeError(name)
        return getattr(importlib.import_module(package), name)

    made.__getattr__ = asked  # type: ignore[method-assign]
    return made


@contextmanager
def kept() -> Iterator[None]:
    """What is made meanwhile stays to the end: the collector neither runs now, nor looks through it again each time it runs later.

    A tenth of what a refresh took was the collector going through a quarter of a million objects of Great Expectations, again and again.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()  # or what waits to be collected would stay too
        gc.freeze()
        atexit.register(gc.unfreeze)  # DuckDB's bindings complain on stderr of what is still there at the end
        if running:
            gc.enable()
