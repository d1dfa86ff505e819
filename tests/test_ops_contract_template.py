"""`siegem template` as a person types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from etl.templates import identity
from ops.cli import app
from ops.template_cli import next_version
from warehouse.database import now, writing
from warehouse.errors import SettingsError, SiegemError
from warehouse.store import Warehouse
from warehouse.submissions import ACCEPTED, Submission, record


@pytest.fixture
def warehouse(new_warehouse: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    made = new_warehouse()
    monkeypatch.setenv("SIEGEM_DATOS", str(made.settings.datos))
    return made


def siegem(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["template", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_it_leaves_the_workbook_and_says_where(warehouse: Warehouse, tmp_path: Path) -> None:
    said = siegem("tramites", "--region", "13", "--periodo", "2026-10", "--salida", str(tmp_path / "nueva"))
    path = tmp_path / "nueva" / "tramites_13_2026-10_v1.xlsx"
    assert str(path) in said
    found = identity(path)
    assert found is not None and (found.tabla, found.cod_region, found.periodo) == ("tramites", "13", "2026-10")


def test_after_a_delivery_it_is_named_as_the_next_version(warehouse: Warehouse, tmp_path: Path) -> None:
    made = Submission("tramites", "13", "2026-10", 3, "0" * 64, "tramites_13_2026-10_v3.csv", ACCEPTED, 1, 1, 0, now(), "1.0.0", False)
    with writing(warehouse.engine).begin() as connection:
        record(connection, [made], None)
    assert next_version(warehouse, "tramites", "13", "2026-10") == 4
    siegem("tramites", "--region", "13", "--periodo", "2026-10", "--salida", str(tmp_path))
    text = [c.value for row in load_workbook(tmp_path / "tramites_13_2026-10_v4.xlsx")["Instrucciones"].iter_rows() for c in row]
    assert "tramites_13_2026-10_v4.xlsx" in text
    assert next_version(warehouse, "tramites", "19", "2026-10") == 1


def test_a_national_table_needs_no_region(warehouse: Warehouse, tmp_path: Path) -> None:
    assert "situacion_areas_00_" in siegem("situacion_areas", "--salida", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("tramites",), "falta decir cuál"), (("tramits", "--region", "13"), "¿Quiso decir «tramites»?"), (("ref_ubigeo",), "no tiene plantilla")],
)
def test_a_wrong_question_gets_its_cure(warehouse: Warehouse, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(SiegemError) as error:
        siegem(*arguments)
    assert says in error.value.what and error.value.cure


def test_a_folder_that_cannot_be_written_is_a_sentence(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "ocupado").write_text("x")
    with pytest.raises(SettingsError, match="No se pudo guardar"):
        siegem("situacion_areas", "--salida", str(tmp_path / "ocupado" / "dentro"))
