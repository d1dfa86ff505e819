"""The warehouse as the rooms open it: settings, database, Delta tables and landing in one handle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from warehouse import database
from warehouse.delta import DeltaStore
from warehouse.settings import Settings


@dataclass(frozen=True)
class Warehouse:
    """Stores of one installation. Opening creates nothing; `prepare` makes folders and migrates the database."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        return database.connect(self.settings.database_url)

    @cached_property
    def delta(self) -> DeltaStore:
        return DeltaStore(self.settings.datos / "delta")

    @property
    def landing(self) -> Path:
        return self.settings.datos / "landing"

    @property
    def today(self) -> date:
        """Today where the offices are."""
        return datetime.now(ZoneInfo(self.settings.zona_horaria)).date()

    @property
    def states(self) -> Path:
        """Mergeable states of the KPI engine, one Parquet file for each fact and input version."""
        return self.settings.datos / "estados"

    def prepare(self) -> Warehouse:
        """Folders (landing readable by this account alone) and the database's newest schema."""
        for folder in (self.settings.datos, self.settings.inbox, self.states):
            folder.mkdir(parents=True, exist_ok=True)
        self.landing.mkdir(exist_ok=True)
        self.landing.chmod(0o700)
        database.migrate(self.engine)
        return self
