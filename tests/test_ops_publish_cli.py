"""`siegem publish`: from an internal database to a folder that any web server gives, with the public's own rows alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.cli import app
from tests import public_sample
from tests.site_links import broken


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["publish", *arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    public_sample.build(tmp_path / "datos")
    monkeypatch.setenv("SIEGEM_DATOS", str(tmp_path / "datos"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_site_is_written_from_what_the_public_may_see(folder: Path) -> None:
    made = ran("--estatico", "sitio", "--direccion", "https://ejemplo.pe/mineria")
    assert made.exit_code == 0, made.output
    assert "kB)" in made.output and "Enlaces permanentes de la publicación 2." in made.output
    site = folder / "sitio"
    assert broken(site) == []
    assert public_sample.SAID in (site / "lugar/13/index.html").read_text(encoding="utf-8")
    assert (site / "datos/descargas/p2/datapackage.json").is_file() and (site / "sitemap.xml").is_file()
    everything = "".join(p.read_text(encoding="utf-8") for p in site.rglob("*") if p.suffix in (".html", ".csv", ".json", ".xml"))
    for what, planted in public_sample.PLANTED.items():
        assert planted not in everything, what
    assert public_sample.INTERNAL not in everything and not (site / f"pregunta/{public_sample.INTERNAL}").exists()


def test_what_may_not_be_shown_has_its_reason_and_no_figure(folder: Path) -> None:
    assert ran("--estatico", "sitio", "--sin-datos", "--publicacion", "1").exit_code == 0
    for place in ("09", "10"):
        text = (folder / f"sitio/lugar/{place}/index.html").read_text(encoding="utf-8")
        assert "No se publica para no identificar a nadie" in text and "NaN" not in text
    assert not (folder / "sitio/datos/descargas").exists()


def test_a_folder_of_something_else_is_refused_with_its_cure(folder: Path) -> None:
    (folder / "tesis").mkdir()
    (folder / "tesis/capitulo.docx").write_text("x")
    made = ran("--estatico", "tesis", "--sin-datos")
    assert made.exit_code != 0 and "no es un sitio de SIEGEM" in str(made.exception)
    assert [p.name for p in (folder / "tesis").iterdir()] == ["capitulo.docx"]


def test_an_address_that_is_none_is_refused_before_anything_is_written(folder: Path) -> None:
    assert "no es una dirección web" in str(ran("--estatico", "sitio", "--direccion", "ejemplo.pe").exception)
    assert not (folder / "sitio").exists() and not (folder / "datos/publico").exists()


def test_without_a_folder_the_public_store_is_brought_up_to_date(folder: Path) -> None:
    assert ran().exit_code == 0
    assert (folder / "datos/publico/siegem_publico.db").is_file()


def test_the_open_data_alone_are_written(folder: Path) -> None:
    made = ran("--datos", "abiertos")
    assert made.exit_code == 0, made.output
    assert (folder / "abiertos/datapackage.json").is_file() and "archivos" in made.output
