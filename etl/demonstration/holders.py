"""Who holds rights and files cases in a region: nobody. Fingerprints of numbers that stand for people and companies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

#: rights that one holder may have, so that nobody passes the hectares of a small-scale (2,000) or artisanal producer (1,000)
RIGHTS_EACH = 4


@dataclass(frozen=True)
class Holders:
    """Arrays of the same length. `stratum`: PPM or PMA, GENERAL for the large ones, INFORMAL for those being formalised."""

    hashes: np.ndarray
    kind: np.ndarray
    sex: np.ndarray
    stratum: np.ndarray

    def __len__(self) -> int:
        return len(self.hashes)


def small(code: str, count: int, draw: np.random.Generator) -> Holders:
    """Small-scale and artisanal producers."""
    return _holders(f"{code} pequeno", draw.choice(["PPM", "PMA"], count, p=[0.58, 0.42]), (0.56, 0.39, 0.05), draw)


def large(code: str, count: int, draw: np.random.Generator) -> Holders:
    """Companies of the general regime."""
    return _holders(f"{code} general", np.repeat("GENERAL", count), (0.0, 1.0, 0.0), draw)


def informal(code: str, count: int, draw: np.random.Generator) -> Holders:
    """Miners being formalised."""
    return _holders(f"{code} informal", np.repeat("INFORMAL", count), (0.84, 0.12, 0.04), draw)


def _holders(name: str, stratum: np.ndarray, shares: tuple[float, float, float], draw: np.random.Generator) -> Holders:
    count = len(stratum)
    kind = draw.choice(["natural", "juridica", "cooperativa"], count, p=shares)
    sex = np.where(kind == "natural", draw.choice(["M", "F"], count, p=[0.78, 0.22]), "NA")
    hashes = np.array([hashlib.sha256(f"demostracion {name} {n}".encode()).hexdigest() for n in range(count)], object)
    return Holders(hashes, kind, sex, stratum)
