"""A Spark cluster of one master and one worker on this machine's loopback, and states compared row by row. No tests here."""

from __future__ import annotations

import math
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyspark

from kpis.onepass import Parts
from kpis.spark_session import java_home

#: little work in many short statements: compiling it further costs more than it saves
LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
OPTIONS = {
    "spark.driver.extraJavaOptions": LIGHT,
    "spark.executor.extraJavaOptions": LIGHT,
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.files.openCostInBytes": "1",
    "spark.sql.adaptive.enabled": "false",
}
_PATIENCE = 120
_KEYS = {
    "base": ("lugar", "periodo", "desglose", "categoria"),
    "bars": ("indicador", "lugar", "periodo", "desglose", "categoria", "ajena", "valor"),
    "clusters": ("indicador", "lugar", "periodo", "desglose", "categoria", "estrato", "conglomerado"),
}


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a cluster that lives as long as the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": LIGHT,
        "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false", **({"JAVA_HOME": java} if (java := java_home(folder)) else {}),
    }  # fmt: skip
    with_port = ["--host", "127.0.0.1", "--webui-port", "0"]
    started: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(name: str, arguments: list[str], ready: str) -> None:
        log = folder / f"{name}.log"
        with log.open("wb") as output:
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name.lower()}.{name}", *with_port, *arguments]
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=folder)
        started.append((process, log))
        until = time.monotonic() + _PATIENCE
        while ready not in log.read_text("utf-8", "replace"):
            assert process.poll() is None and time.monotonic() < until, f"{name} no inició:\n{log.read_text('utf-8', 'replace')[-3000:]}"
            time.sleep(0.2)

    try:
        start("Master", ["--port", str(port)], "New state: ALIVE")
        start("Worker", ["--cores", "2", "--memory", "1g", "--work-dir", str(folder / "trabajo"), address], "Successfully registered with master")
        yield address
    finally:
        for process, _ in reversed(started):
            process.terminate()
        for process, _ in started:
            process.wait(timeout=60)


def differences(one: Parts, other: Parts) -> list[str]:
    """Where two states are not the same: texts and counts exactly, sums to 1e-12 of their size."""
    found = []
    for name, keys in _KEYS.items():
        mine, its = one.tables()[name], other.tables()[name]
        if mine.schema != its.schema:
            found.append(f"{name}: {mine.schema} / {its.schema}")
            continue
        rows, theirs = _by_key(mine, keys), _by_key(its, keys)
        found += [f"{name} {key}: solo en uno de los dos" for key in sorted(rows.keys() ^ theirs.keys(), key=str)]
        for key in rows.keys() & theirs.keys():
            found += [f"{name} {key} {c}: {x} / {theirs[key][c]}" for c, x in rows[key].items() if not _same(x, theirs[key][c])]
    return found


def _by_key(table: pa.Table, keys: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    rows = {tuple(row[k] for k in keys): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows, "una fila por lugar, periodo y categoría"
    return rows


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):  # a count would have to pass 10^12 to hide a difference of one
        return math.isclose(one, other, rel_tol=1e-12)
    return bool(one == other)
