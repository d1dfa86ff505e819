"""kill -9 at random instants of a load-to-publish run: readers keep seeing one whole publication, and the next run completes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from deltalake import DeltaTable

from etl import demonstration
from tests.killing import Zygote, fingerprint, kill_at_random_instants, latest, zygote
from warehouse.store import Warehouse

__all__ = ["zygote"]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_at_random_instants_nothing_is_half_published(zygote: Zygote, database_url: str, tmp_path: Path) -> None:
    kill_at_random_instants(zygote, database_url, tmp_path)


def test_orphans_of_a_kill_are_not_read(new_warehouse: Callable[..., Warehouse], zygote: Zygote) -> None:
    """A Delta version that no row of the database names stays unread."""
    warehouse = new_warehouse()
    demonstration.write(warehouse.settings.inbox, months=1, tables=("tramites", "tramite_etapas"))
    url = warehouse.settings.database_url
    assert zygote.run(url, warehouse.settings.datos)[0] == 0
    seen = fingerprint(url, latest(url))
    table = DeltaTable(warehouse.delta.uri("aceptado", "tramites"))
    warehouse.delta.replace("aceptado", "tramites", table.to_pyarrow_table().slice(0, 0), [("13", "x")])
    warehouse.delta.replace_all("tramites", table.to_pyarrow_table().slice(0, 3))
    assert zygote.run(url, warehouse.settings.datos)[0] == 0
    assert fingerprint(url, latest(url)) == seen
