"""`siegem excepcion`: accepted, listed and withdrawn by command, with the mistakes people make."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.cli import app
from warehouse.errors import SiegemError

WHO = ["--nombre", "Rosa Quispe", "--motivo", "Oficio 45-2026 de la GREMH", "--hasta", "2099-12-31"]


def call(*words: str) -> str:
    return CliRunner().invoke(app, ["excepcion", *words], catch_exceptions=False).stdout


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIEGEM_DATOS", str(tmp_path / "datos"))


def test_an_exception_is_accepted_listed_and_withdrawn() -> None:
    assert "No hay excepciones vigentes" in call("listar")
    assert "Excepción N.º 1 registrada" in call("aceptar", "C01-RAN-1", "tramites", "--region", "13", "--periodo", "2026-05", *WHO)
    listed = call("listar")
    assert "N.º 1  C01-RAN-1  tramites, región 13, periodo 2026-05  hasta el 31-12-2099" in listed
    assert "Rosa Quispe: Oficio 45-2026 de la GREMH." in listed
    assert "retirada" in call("retirar", "1")
    assert "No hay excepciones vigentes" in call("listar")


def test_a_rule_that_the_table_does_not_have_is_told_with_the_nearest() -> None:
    with pytest.raises(SiegemError, match="¿Quiso decir «C01-RAN-1»?"):
        call("aceptar", "C01-RAN-11", "tramites", *WHO)


def test_a_table_that_does_not_exist_is_told() -> None:
    with pytest.raises(SiegemError, match="¿Quiso decir «tramites»?"):
        call("aceptar", "C01-RAN-1", "tramite", *WHO)


def test_a_rule_that_nobody_may_waive_is_refused() -> None:
    with pytest.raises(SiegemError, match="no admite excepciones"):
        call("aceptar", "G-13", "tramites", *WHO)


@pytest.mark.parametrize(("words", "said"), [(["--region", "99"], "no la entrega «99»"), (["--periodo", "mayo"], "no es un periodo")])
def test_a_place_that_nobody_delivers_is_told(words: list[str], said: str) -> None:
    with pytest.raises(SiegemError, match=said):
        call("aceptar", "C01-RAN-1", "tramites", *words, *WHO)
