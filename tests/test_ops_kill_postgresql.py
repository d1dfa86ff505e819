"""The same kills over PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.killing import Zygote, kill_at_random_instants, zygote

__all__ = ["zygote"]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_killed_at_random_instants_nothing_is_half_published(zygote: Zygote, database_url: str, tmp_path: Path) -> None:
    kill_at_random_instants(zygote, database_url, tmp_path)
