"""Where files come from: the inbox and its names, the tables shipped, the official series."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import etl_samples as samples
import pytest

from etl.sources import inbox, official, shipped
from etl.sources.received import Received
from warehouse import catalogue
from warehouse.contracts import Contract
from warehouse.errors import SourceError


@pytest.fixture
def contracts(tmp_path: Path) -> dict[str, Contract]:
    return {"visitas": samples.contract(tmp_path)}


def received(folder: Path, name: str, contracts: dict[str, Contract]) -> Received:
    (folder / "entrada").mkdir(exist_ok=True)
    (folder / "entrada" / name).write_bytes(b"x")
    (found,) = inbox.collect(folder / "entrada", contracts)
    return found


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("visitas_13_2026-03_v1.csv", ("visitas", "13", "2026-03", 1)),
        ("visitas_26_2026-T1_v12.XLSX", ("visitas", "26", "2026-T1", 12)),
        ("visitas_01_2026_v2.xlsx", ("visitas", "01", "2026", 2)),
    ],
)
def test_the_name_tells_the_place(tmp_path: Path, contracts: dict[str, Contract], name: str, place: tuple[object, ...]) -> None:
    found = received(tmp_path, name, contracts)
    assert (found.table, found.cod_region, found.periodo, found.sender_version) == place
    assert found.problem is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("informe final.csv", "no sigue la forma"),
        ("visitas_13_2026-03_v1.ods", "no sigue la forma"),
        ("visita_13_2026-03_v1.csv", "¿Quiso decir «visitas»?"),
        ("visitas_77_2026-03_v1.csv", "no es un gobierno regional"),
        ("visitas_00_2026-03_v1.csv", "la entrega cada región"),
        ("visitas_13_2026-13_v1.csv", "no es un periodo"),
    ],
)
def test_a_name_that_tells_no_place_is_a_sentence_and_its_bytes_are_still_handed_on(
    tmp_path: Path, contracts: dict[str, Contract], name: str, says: str
) -> None:
    found = received(tmp_path, name, contracts)
    assert found.table is None and found.problem is not None
    assert found.problem.what.startswith(f"{name}: ") and says in found.problem.what and found.problem.cure
    assert b"".join(found.chunks()) == b"x"


def test_the_time_of_arrival_is_the_files_own(tmp_path: Path, contracts: dict[str, Contract]) -> None:
    (tmp_path / "entrada").mkdir()
    path = tmp_path / "entrada" / "visitas_13_2026-03_v1.csv"
    path.write_bytes(b"x")
    when = datetime(2026, 4, 10, 12, tzinfo=UTC)
    os.utime(path, (when.timestamp(), when.timestamp()))
    assert next(iter(inbox.collect(tmp_path / "entrada", contracts))).received_at == when


@pytest.mark.parametrize("name", [".DS_Store", "~$visitas_13_2026-03_v1.xlsx", "visitas_13_2026-03_v1.csv.part"])
def test_what_editors_and_copies_leave_is_not_a_file_of_anybody(tmp_path: Path, contracts: dict[str, Contract], name: str) -> None:
    (tmp_path / "entrada").mkdir()
    (tmp_path / "entrada" / name).write_bytes(b"x")
    assert list(inbox.collect(tmp_path / "entrada", contracts)) == []


def test_an_inbox_that_is_not_there_is_empty(tmp_path: Path, contracts: dict[str, Contract]) -> None:
    assert list(inbox.collect(tmp_path / "nada", contracts)) == []


def test_official_series_are_mapped_to_tables_that_exist(tmp_path: Path) -> None:
    assert set(official.FILES.values()) <= set(catalogue.contracts())
    (tmp_path / "budget_region_year.csv").write_bytes(b"x")
    found = {r.name: r for r in official.collect(tmp_path)}
    assert len(found) == 3
    given = found["budget_region_year.csv"]
    assert (given.table, given.cod_region, given.periodo, given.problem) == ("presupuesto_departamento", "00", "serie", None)
    missing = found["fatal_accidents_region_year.csv"]
    assert missing.content is None and missing.problem is not None and "accidentes_mortales" in missing.problem.what


def test_an_official_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="SIEGEM_OFICIAL"):
        list(official.collect(tmp_path / "nada"))


def test_shipped_tables_take_the_place_their_next_file_will_take(tmp_path: Path) -> None:
    (tmp_path / "situacion_areas.csv").write_text("ambito,anio_dac\nLL,2006\nPC,2006\n")
    (tmp_path / "reinfo_prensa.csv").write_text("cod_departamento,periodo\n13,2026-01\n")
    (tmp_path / "otra.csv").write_text("a\n1\n")
    found = {r.table: (r.cod_region, r.periodo) for r in shipped.collect(tmp_path)}
    assert found == {"situacion_areas": ("00", "2006"), "reinfo_prensa": ("00", "serie")}


def test_every_shipped_file_has_a_contract() -> None:
    files = {p.stem for p in shipped.FOLDER.glob("*.csv")}
    assert files == {r.table for r in shipped.collect()}
