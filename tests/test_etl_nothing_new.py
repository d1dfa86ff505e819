"""Looking whether anything is new: nothing is made again that stands, and nothing is imported that only news needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from etl import references
from warehouse import catalogue
from warehouse.store import Warehouse
from warehouse.submissions import accepted_versions

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 23)


def never(today: date) -> dict[str, pa.Table]:
    pytest.fail("se armaron otra vez las tablas de referencia")


def test_reference_tables_that_stand_are_not_made_to_be_compared(new_warehouse: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = new_warehouse()
    counts = references.load(warehouse, DAY)
    monkeypatch.setattr(references, "tables", never)
    assert references.load(warehouse, date(2026, 12, 31)) == counts
    with pytest.raises(pytest.fail.Exception):
        references.load(warehouse, date(2027, 1, 1))


def test_what_was_lost_or_changed_is_made_again(new_warehouse: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    warehouse = new_warehouse()
    counts = references.load(warehouse, DAY)
    before = accepted_versions(warehouse.engine)
    shutil.rmtree(warehouse.delta.uri("aceptado", "ref_uit"))
    assert references.load(warehouse, DAY) == counts
    assert warehouse.delta.read("aceptado", "ref_uit", accepted_versions(warehouse.engine)["ref_uit"]).num_rows == counts["ref_uit"]
    assert {t: v for t, v in accepted_versions(warehouse.engine).items() if t != "ref_uit"} == {t: v for t, v in before.items() if t != "ref_uit"}

    own = shutil.copytree(catalogue.CONTRACTS, tmp_path / "contratos")
    (own / "ref_uit.yml").write_text((own / "ref_uit.yml").read_text(encoding="utf-8") + "\n# otra\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "CONTRACTS", own)
    monkeypatch.setattr(references, "tables", never)
    with pytest.raises(pytest.fail.Exception):
        references.load(warehouse, DAY)


def test_looking_imports_nothing_that_only_news_needs() -> None:
    heavy = ("great_expectations", "duckdb", "holidays", "scipy", "xlsxwriter")
    told = f"import sys, etl.pipeline, etl.references, etl.sources.inbox; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
