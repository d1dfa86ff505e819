"""Landing by content hash, Delta tables and the DuckDB connection."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from warehouse import catalogue, duck
from warehouse.delta import DeltaStore, accepted_schema
from warehouse.landing import TooLarge, file_chunks, keep

STAMP = datetime(2026, 1, 2, tzinfo=UTC)


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    first = keep(tmp_path, "a.csv", [b"x,y\n", b"1,2\n"], 100)
    again = keep(tmp_path, "b.csv", [b"x,y\n1,2\n"], 100)
    assert (first.new, again.new) == (True, False)
    assert first.path == again.path
    assert b"".join(file_chunks(first.path)) == b"x,y\n1,2\n"
    assert first.path.stat().st_mode & 0o077 == 0


def test_too_many_bytes_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    def endless() -> object:
        while True:
            yield b"x" * 1000

    with pytest.raises(TooLarge, match="SIEGEM_MAX_MB_ARCHIVO"):
        keep(tmp_path, "enorme.csv", endless(), 10_000)  # type: ignore[arg-type]
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def rows(region: str, period: str, cases: list[int]) -> pa.Table:
    schema = accepted_schema(catalogue.contracts()["situacion_areas"])
    n = len(cases)
    content = {
        "ambito": ["LL"] * n, "anio_dac": [2006] * n, "situacion": ["libre"] * n, "casos": cases, "porcentaje_declarado": [None] * n, "fuente": ["f"] * n,
        "cod_region": [region] * n, "entrega_id": ["e"] * n, "entrega_region": [region] * n, "entrega_periodo": [period] * n,
        "fila_origen": list(range(n)), "cargado_en": [STAMP] * n, "estado_registro": ["valido"] * n, "hash_fila": ["h"] * n,
    }  # fmt: skip
    return pa.table({name: content[name] for name in schema.names}, schema=schema)


def total(store: DeltaStore, version: int) -> int:
    return sum(store.read("aceptado", "situacion_areas", version)["casos"].to_pylist())


def test_a_submission_replaces_its_own_region_and_period_only(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    store.replace("aceptado", "situacion_areas", rows("13", "2006", [1, 2]), [("13", "2006")])
    store.replace("aceptado", "situacion_areas", rows("18", "2006", [10]), [("18", "2006")])
    last = store.replace("aceptado", "situacion_areas", rows("13", "2006", [5]), [("13", "2006")])
    assert [total(store, v) for v in range(last + 1)] == [3, 13, 15]


def test_a_submission_can_be_emptied(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    store.replace("aceptado", "situacion_areas", rows("13", "2006", [1]), [("13", "2006")])
    version = store.replace("aceptado", "situacion_areas", rows("13", "2006", []), [("13", "2006")])
    assert total(store, version) == 0


def test_region_codes_stay_text_in_the_engine(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    version = store.replace("aceptado", "situacion_areas", rows("01", "2006", [1]), [("01", "2006")])
    files = store.files("aceptado", "situacion_areas", version)
    with duck.engine(folders=(tmp_path,)) as connection:
        duck.view_of_files(connection, "situacion_areas", files, rows("01", "2006", []).schema)
        assert connection.execute("SELECT cod_region, casos FROM situacion_areas").fetchall() == [("01", 1)]


def test_a_table_never_received_is_empty_not_missing(tmp_path: Path) -> None:
    assert DeltaStore(tmp_path).files("aceptado", "nada", 0) == []
    with duck.engine() as connection:
        duck.view_of_files(connection, "nada", [], rows("01", "2006", []).schema)
        assert connection.execute("SELECT count(*) FROM nada").fetchone() == (0,)


@pytest.mark.parametrize(
    "query", ["SELECT * FROM read_csv('{other}')", "COPY (SELECT 1) TO '{other}'", "SET enable_external_access = true", "ATTACH '{other}'"]
)
def test_the_engine_reaches_no_other_file(tmp_path: Path, query: str) -> None:
    inside = tmp_path / "datos"
    inside.mkdir()
    other = tmp_path / "secreto.csv"
    other.write_text("a\n1\n")
    with duck.engine(folders=(inside,)) as connection, pytest.raises(duck.Error):
        connection.execute(query.format(other=other))
