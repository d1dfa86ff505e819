"""`siegem export fichas`: what is made, from which store, under which names."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from ops import reports
from ops.cli import app
from ops.reports import Order
from tests import sample_open
from warehouse.errors import SiegemError, StoreError
from warehouse.settings import load
from warehouse.territories import regions


def test_what_takes_longest_is_made_first_and_every_file_has_a_plain_name() -> None:
    codes = [r.codigo for r in regions()]
    what = reports.orders(codes, 2025, "2026-S1", books=True)
    assert [o.kind for o in what[:4]] == ["pilotos", "equipos", "equipos", "libro"] and what[-1].kind == "ficha"
    names = [o.name for o in what]
    assert len(set(names)) == len(names) == 3 * 26 + 3
    assert {"ficha-13-la-libertad.pdf", "libro-02-ancash.xlsx", "evaluacion-12-junin-2025.pdf", "pilotos-2025.pdf", "equipos-2026-S1.pdf"} <= set(
        names
    )
    assert all(n.isascii() and " " not in n for n in names)
    assert [o.kind for o in reports.orders(["13"], None, "", books=False)] == ["ficha"]


def test_sheets_come_from_the_public_store_and_say_so_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = sample_open.build(tmp_path / "datos")
    warehouse.engine.dispose()
    monkeypatch.setenv("SIEGEM_DATOS", str(tmp_path / "datos"))
    out = tmp_path / "salida"
    told = CliRunner().invoke(app, ["export", "fichas", "--salida", str(out), "--region", "13", "--libros", "--procesos", "1", "--anio", "2025"])
    assert told.exit_code == 0, told.output
    assert {p.name for p in out.iterdir()} == {
        "ficha-13-la-libertad.pdf",
        "libro-13-la-libertad.xlsx",
        "evaluacion-13-la-libertad-2025.pdf",
        "pilotos-2025.pdf",
    }
    assert "4 documentos" in told.output and "No se hizo equipos-2025.pdf" in told.output
    assert "Uso interno" not in (PdfReader(out / "ficha-13-la-libertad.pdf").pages[0].extract_text() or "")
    monkeypatch.setenv("SIEGEM_PUBLICO", str(tmp_path / "vacia"))
    refused = CliRunner().invoke(app, ["export", "fichas", "--salida", str(out)])
    assert isinstance(refused.exception, StoreError) and "--interno" in refused.exception.cure
    wrong = CliRunner().invoke(app, ["export", "fichas", "--salida", str(out), "--region", "99"])
    assert isinstance(wrong.exception, SiegemError)


def test_a_document_that_cannot_be_made_leaves_no_file(tmp_path: Path) -> None:
    from dashboard import published

    warehouse = sample_open.build(tmp_path / "datos")
    source = reports.From(load(datos=tmp_path / "datos"), internal=True)
    published.open_store(reports.opened(source))
    size, why = reports._write(source, Order("evaluacion", "13", "1990"), tmp_path)
    assert size == 0 and "no tiene valores de 1990" in why and list(tmp_path.glob("*.pdf")) == []
    warehouse.engine.dispose()
