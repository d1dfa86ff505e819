"""Tables as Parquet: one group of rows for each batch, types kept, meanings in the schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.opendata.columns import Column
from dashboard.opendata.values import Columns

_TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}


class ParquetTable:
    """A Parquet file being written, some rows at a time."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self.writer, self.schema = writer, schema

    def write(self, batch: Columns) -> None:
        arrays = [pa.array(batch[f.name], type=f.type) for f in self.schema]
        self.writer.write_table(pa.Table.from_arrays(arrays, schema=self.schema), row_group_size=len(arrays[0]) or 1)


@contextmanager
def parquet_table(path: Path, columns: list[Column], about: dict[str, str]) -> Iterator[ParquetTable]:
    """`about`: what stands in the file's own metadata."""
    fields = [pa.field(c.name, _TYPES[c.kind], nullable=not c.required, metadata={"es": c.es, "en": c.en}) for c in columns]
    schema = pa.schema(fields, metadata=about)
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=6) as writer:
        yield ParquetTable(writer, schema)
