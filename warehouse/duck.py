"""The one place that opens DuckDB. In memory, over Parquet files of the Delta tables; one connection a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa

Connection = duckdb.DuckDBPyConnection
Error = duckdb.Error


@contextmanager
def engine(*, memory: str = "2GB", threads: int = 2, folders: tuple[Path, ...] = (), in_order: bool = False) -> Iterator[Connection]:
    """A connection that may read `folders` and nothing else, and spills beside the system's temporary files.

    `in_order`: rows come out as they went in, which costs memory.
    """
    connection = duckdb.connect(":memory:", config={"threads": threads, "memory_limit": memory})
    try:
        connection.execute("SET TimeZone = 'America/Lima'")
        connection.execute(f"SET preserve_insertion_order = {str(in_order).lower()}")
        if folders:
            allowed = ", ".join("'" + str(f.resolve()).replace("'", "''") + "/'" for f in folders)
            connection.execute(f"SET allowed_directories = [{allowed}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def view_of_files(connection: Connection, name: str, files: list[str], empty: pa.Schema) -> None:
    """A view `name` over Delta's file list; `cod_region` stays text («01»). Without files, an empty table of schema `empty`."""
    if not files:
        connection.register(name, empty.empty_table())
        return
    # Delta gives addresses, not paths: a blank or an ñ in the data folder's name comes percent-encoded.
    paths = [unquote(f.removeprefix("file://")) for f in files]
    listed = ", ".join("'" + p.replace("'", "''") + "'" for p in paths)
    connection.execute(
        f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}], hive_partitioning = true, '
        "hive_types_autocast = false, union_by_name = true)"
    )
