"""docs/indicadores-nuevos.md does what it says: its fact and its definition are installed, its commands run, and what they print is what is read there."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from etl import references
from ops import indicator_keys
from ops.cli import app
from tests import kpis_tables as put
from warehouse import catalogue
from warehouse.indicators import INTERVALS, Indicator
from warehouse.settings import load
from warehouse.store import Warehouse

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "indicadores-nuevos.md").read_text(encoding="utf-8")
FACT, DEFINITION = "denuncias_pendientes", "pct_denuncias_sin_accion_90d"
COMMANDS = dict(re.findall(r"```text\n\$ (siegem [^\n]+)\n(.*?)```", PAGE, flags=re.DOTALL))


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    return str(found)


def complaints(region: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """A complaint every four days from July 2025 to September 2026, attended after 0 to 210 days, one in five never."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for k in range(115):
        day = date(2025, 7, 1) + timedelta(days=4 * k)
        acted = day + timedelta(days=(k * 37) % 211)
        row = {"denuncia_id": f"{region}-DEN-{k:05d}", "cod_region": region, "ubigeo": f"{region}0{1 + k % 2}01", "fecha_recepcion": day,
               "materia": ("agua", "aire", "ruido")[k % 3], "fecha_primera_accion": acted if k % 5 and acted <= date(2026, 9, 30) else None}  # fmt: skip
        found.setdefault((region, f"{day.year}-T{(day.month + 2) // 3}"), []).append(row)
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the page's fact and definition as the installed ones, and a warehouse with complaints of two regions."""
    folder = tmp_path_factory.mktemp("pagina")
    shutil.copytree(catalogue.FACTS / "vistas", folder / "hechos" / "vistas")
    (folder / "hechos" / f"{FACT}.sql").write_text(block("sql"), encoding="utf-8")
    for place, text in (("definiciones", block("yaml")), ("borrador", block("yaml").replace("dias > 90", "dias > 60"))):
        (folder / place).mkdir()
        (folder / place / f"{DEFINITION}.yml").write_text(text, encoding="utf-8")
    warehouse = Warehouse(load(datos=folder / "datos")).prepare()
    references.load(warehouse, date(2026, 10, 5))
    put.deliver(warehouse, "denuncias", {**complaints("13"), **complaints("18")})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "FACTS", folder / "hechos")
        patch.setattr(catalogue, "DEFINITIONS", folder / "definiciones")
        patch.setenv("SIEGEM_DATOS", str(folder / "datos"))
        patch.chdir(folder)
        yield folder


def plain(text: str) -> list[str]:
    """What is printed, without the steps and the seconds they took."""
    lines = [re.sub(r"\(\d+\.\d s\)", "(0.0 s)", line.rstrip()) for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("✓")]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_print_what_the_page_shows(command: str, installed: Path) -> None:
    out = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=False)
    assert out.exit_code == 0
    assert plain(out.stdout) == plain(COMMANDS[command])


def test_the_page_shows_all_four() -> None:
    assert [c.split()[2] for c in COMMANDS] == ["lint", "preview", "explain", "diff"]


def test_every_key_of_the_model_is_explained_and_no_other() -> None:
    assert {key for key, _ in indicator_keys.keys(Indicator)} == set(indicator_keys.TEXTS), "explique la clave en ops/indicator_keys.py"
    assert set(indicator_keys.FORMS) == set(INTERVALS)
