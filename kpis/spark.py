"""Stage 1 on Apache Spark: the same facts and definitions over the same Parquet files, for what one machine cannot hold.

The states are those of DuckDB: counts equal, sums to the last digits (`tests/test_kpis_spark.py`). What follows is the same code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa

from kpis import spark_sql
from kpis.compile import CATEGORY, PLACE, ROWS, SPLIT, TIME, Plan
from kpis.onepass import BAR_COLUMNS, CLUSTER_COLUMNS, Input, Parts, sums
from kpis.spark_session import errors, session
from kpis.states import Pass
from warehouse.errors import StoreError
from warehouse.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["over", "passes", "session", "spark_pass"]

_TYPES = {pa.string(): "STRING", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.date32(): "DATE", pa.bool_(): "BOOLEAN"}
#: Spark's types as DuckDB names them, for the translation
_NAMES = {"STRING": "VARCHAR", "TIMESTAMP": "TIMESTAMPTZ"}
#: the folder of a partition, and what stands before it
_PARTITION = re.compile(r"^(.*?)/[a-z_]+=")


@contextmanager
def passes(settings: Settings) -> Iterator[Pass | None]:
    """What runs the passes by the settings; None for DuckDB. Spark starts with the first pass: a run that reuses every state needs none."""
    if settings.motor == "duckdb":
        yield None
        return
    with ExitStack() as stack:
        started: list[Pass] = []

        def run(plan: Plan, given: Input) -> Parts:
            if not started:
                opened = session(settings.spark_master, settings.memoria_motor, settings.spark_opciones)
                started.append(spark_pass(stack.enter_context(opened)))
            return started[0](plan, given)

        yield run


def spark_pass(spark: SparkSession) -> Pass:
    """Passes over accepted files in a session."""
    seen: dict[str, tuple[list[str], pa.Schema]] = {}

    def run(plan: Plan, given: Input) -> Parts:
        try:
            for table, (files, empty) in given.tables.items():
                if seen.get(table) != (files, empty):
                    _view_of_files(spark, table, files, empty)
                    seen[table] = files, empty
            types = {t: {n: _NAMES.get(k, k) for n, k in _columns(empty).items()} for t, (_, empty) in given.tables.items()}
            spark.sql(spark_sql.fact(plan, plan.fact.at(given.cut, given.start), types)).createOrReplaceTempView(spark_sql.FACT)
            return over(spark, plan)
        except errors() as error:
            raise StoreError(
                f"Spark no pudo calcular el hecho «{plan.fact.name}»: {str(error).splitlines()[0]}",
                stands="La última publicación sigue en pie; los datos aceptados no se tocaron.",
                cure="Revise el clúster y su memoria (SIEGEM_SPARK_MASTER, SIEGEM_MEMORIA_MOTOR), o calcule con SIEGEM_MOTOR=duckdb.",
            ) from error

    return run


def over(spark: SparkSession, plan: Plan) -> Parts:
    """The states of a plan over the view `hecho`."""
    bars, clusters = spark_sql.bars(plan), spark_sql.clusters(plan)
    rows = spark.table(spark_sql.FACT)
    if bars or clusters:
        rows.persist().createOrReplaceTempView(spark_sql.FACT)
    try:
        return Parts(
            _collected(spark, spark_sql.base(plan), _base_columns(plan)),
            _collected(spark, bars, BAR_COLUMNS),
            _collected(spark, clusters, CLUSTER_COLUMNS),
        )
    finally:
        rows.unpersist()


def _collected(spark: SparkSession, statement: str, columns: pa.Schema) -> pa.Table:
    if not statement:
        return columns.empty_table()
    return spark.sql(statement).toArrow().select(columns.names).cast(columns)


def _base_columns(plan: Plan) -> pa.Schema:
    return pa.schema([(n, pa.string()) for n in (PLACE, TIME, SPLIT, CATEGORY)] + [(n, pa.float64()) for n in (ROWS, *sums(plan))])


def _columns(schema: pa.Schema) -> dict[str, str]:
    return {f.name: _TYPES.get(f.type, "TIMESTAMP") for f in schema}


def _view_of_files(spark: SparkSession, name: str, files: list[str], empty: pa.Schema) -> None:
    """A view over Delta's file list; columns that older files lack are null, and those of the folders («cod_region=01») stay text."""
    columns = ", ".join(f"`{n}` {t}" for n, t in _columns(empty).items())
    if not files:
        spark.createDataFrame([], columns).createOrReplaceTempView(name)
        return
    paths = [_path(f) for f in files]
    reader = spark.read.schema(columns)
    partition = _PARTITION.match(paths[0])
    if partition:
        reader = reader.option("basePath", partition[1])
    reader.parquet(*paths).createOrReplaceTempView(name)


def _path(uri: str) -> str:
    """Delta's addresses come percent-encoded and Spark takes them as they are; its reader of S3 is called s3a."""
    return re.sub(r"^s3://", "s3a://", unquote(uri))
