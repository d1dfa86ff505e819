"""Accepted and quarantined rows: one Delta table each for every contract table, partitioned by `cod_region` alone.

Nothing here is updated in place. A submission's rows replace the earlier ones of the same submitter and period in one
commit; the version that counts is the one written in `tablas_aceptadas`, so a commit that nobody recorded is not read.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import ColumnProperties, CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import TableNotFoundError

from warehouse.contracts import TECHNICAL_COLUMNS, Contract

ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32(),
    "boolean": pa.bool_(), "timestamp": pa.timestamp("us", tz="UTC"),
}  # fmt: skip

#: the version of a table of which nothing was ever accepted, for what can be computed without it
NEVER = -1

#: rows that broke a rule, with the way to mend them
QUARANTINE_SCHEMA = pa.schema(
    [pa.field(n, pa.string()) for n in ("entrega_id", "cod_region", "entrega_region", "entrega_periodo", "regla_id", "severidad", "columna", "valor",
                                        "mensaje", "remedio", "fila_json")]
    + [pa.field("fila_origen", pa.int64()), pa.field("cargado_en", pa.timestamp("us", tz="UTC"))]
)  # fmt: skip


def accepted_schema(contract: Contract) -> pa.Schema:
    """The contract's columns in order, then the technical ones it does not have itself."""
    own = [pa.field(c.name, ARROW_TYPES[c.type]) for c in contract.columns if c.treatment != "descartar"]
    names = {f.name for f in own}
    return pa.schema(own + [pa.field(n, ARROW_TYPES[t]) for n, t in TECHNICAL_COLUMNS.items() if n not in names])


class DeltaStore:
    """The Delta tables under one folder: `aceptado/<tabla>` and `cuarentena/<tabla>`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def uri(self, area: str, table: str) -> str:
        return str((self.root / area / table).resolve())

    def replace(self, area: str, table: str, rows: pa.Table, submissions: list[tuple[str, str]]) -> int:
        """Put `rows` in place of those of `submissions` — (entrega_region, entrega_periodo) pairs — in one commit.

        Rows may be empty (a correction that leaves nothing). Gives the version written.
        """
        uri = self.uri(area, table)
        Path(uri).mkdir(parents=True, exist_ok=True)
        writer = _writer(rows)
        properties = CommitProperties(custom_metadata={"siegem": f"{len(submissions)} entregas"})
        if not DeltaTable.is_deltatable(uri):
            write_deltalake(uri, rows, partition_by=["cod_region"], mode="append", commit_properties=properties, writer_properties=writer)
        else:
            write_deltalake(
                uri,
                rows,
                mode="overwrite",
                predicate=_predicate(submissions),
                schema_mode="merge",
                commit_properties=properties,
                writer_properties=writer,
            )
        return DeltaTable(uri).version()

    def replace_all(self, table: str, rows: pa.Table) -> int:
        """Overwrite a whole reference table."""
        uri = self.uri("aceptado", table)
        Path(uri).mkdir(parents=True, exist_ok=True)
        write_deltalake(
            uri, rows, partition_by=["cod_region"] if "cod_region" in rows.schema.names else None, mode="overwrite", schema_mode="overwrite"
        )
        return DeltaTable(uri).version()

    def rewind(self, area: str, table: str, version: int | None) -> None:
        """Undo commits made after `version` (all of them where None): a process died before the database named them.

        Without this the next commit would stand on rows that nobody accepted, and take them in with its own.
        """
        uri = self.uri(area, table)
        if not DeltaTable.is_deltatable(uri):
            return
        stored = DeltaTable(uri)
        if version is None:
            stored.delete()
        elif stored.version() != version:
            stored.restore(version)

    def rows(self, area: str, table: str, version: int) -> int:
        """How many rows a version has."""
        return int(DeltaTable(self.uri(area, table), version=version).count())

    def files(self, area: str, table: str, version: int) -> list[str]:
        """The Parquet files of one version; empty where the table has none, and of one that NEVER came."""
        if version == NEVER:
            return []
        try:
            return DeltaTable(self.uri(area, table), version=version).file_uris()
        except TableNotFoundError:
            return []

    def read(self, area: str, table: str, version: int | None = None) -> pa.Table:
        """A whole version in memory, partition column included. Raises TableNotFoundError."""
        return DeltaTable(self.uri(area, table), version=version).to_pyarrow_table()


def _writer(rows: pa.Table) -> WriterProperties:
    """A dictionary of words that hardly ever repeat (keys, fingerprints) costs a third of the writing and saves nothing."""
    head = rows.slice(0, 10_000)
    unique = [f.name for f in rows.schema if pa.types.is_string(f.type) and pc.count_distinct(head[f.name]).as_py() > 0.9 * head.num_rows > 100]
    return WriterProperties(column_properties={n: ColumnProperties(dictionary_enabled=False) for n in unique})


def _predicate(submissions: list[tuple[str, str]]) -> str:
    """SQL that is true for the rows of the submissions. Codes are ours ([0-9A-Z-]), quotes cannot occur; doubled all the same."""
    by_region: dict[str, list[str]] = {}
    for region, period in dict.fromkeys(submissions):
        by_region.setdefault(region, []).append(period)
    parts = [
        f"(entrega_region = {_quote(region)} AND entrega_periodo IN ({', '.join(map(_quote, periods))}))"
        for region, periods in sorted(by_region.items())
    ]
    return " OR ".join(parts)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
