"""Accepted tables that judging needs beside the rows: references and parent tables, each read once a round and version."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable

from etl.order import is_delivered, referenced_tables
from warehouse.contracts import Contract
from warehouse.delta import accepted_schema
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions

#: what the global rules (territory, RENIEC) always look at
_ALWAYS = ("ref_region", "ref_ubigeo")


class References:
    """Accepted tables by name, as the database points to them at the moment of asking."""

    def __init__(self, warehouse: Warehouse, contracts: dict[str, Contract]) -> None:
        self._warehouse, self._contracts = warehouse, contracts
        self._read: dict[tuple[str, int], pa.Table] = {}

    def table(self, name: str) -> pa.Table | None:
        """The accepted rows of `name`; None where nothing was accepted yet."""
        version = accepted_versions(self._warehouse.engine).get(name)
        if version is None:
            return None
        if (name, version) not in self._read:
            self._read[name, version] = self._warehouse.delta.read("aceptado", name, version)
        return self._read[name, version]

    def standing(self, contract: Contract) -> ds.Dataset | None:
        """The accepted rows of the contract's own table, read only where a rule asks; None where nothing was accepted yet."""
        version = accepted_versions(self._warehouse.engine).get(contract.table)
        if version is None:
            return None
        return DeltaTable(self._warehouse.delta.uri("aceptado", contract.table), version=version).to_pyarrow_dataset()

    def of(self, contract: Contract) -> dict[str, pa.Table]:
        """Every accepted table that judging `contract` may need.

        A delivered table of which nothing was accepted yet is handed empty: rows that refer to it must wait, not pass unseen.
        """
        names = dict.fromkeys((*_ALWAYS, *referenced_tables(contract)))
        return {n: t for n in names if n != contract.table and (t := self._table_or_empty(n)) is not None}

    def _table_or_empty(self, name: str) -> pa.Table | None:
        found = self.table(name)
        if found is None and name in self._contracts and is_delivered(self._contracts[name]):
            return accepted_schema(self._contracts[name]).empty_table()
        return found
