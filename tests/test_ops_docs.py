"""Documentation that fails when it lies: verbs, settings, contracts, indicators, terms, links, and what the wheel holds."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from ops import documents
from ops.cli import app
from warehouse.catalogue import contracts, indicators
from warehouse.settings import Settings
from warehouse.states import NOTICES, STATES

ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = ("warehouse", "checks", "etl", "kpis", "dashboard", "ops")
VERBS = documents.verbs(app)
TEXT = {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in DOCS}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_and_is_in_the_manual(verb: str) -> None:
    assert VERBS[verb].strip().endswith((".", ")."))
    assert f"`siegem {verb}`" in TEXT["docs/operacion.md"]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_manual_and_in_the_example(name: str) -> None:
    variable = f"SIEGEM_{name.upper()}"
    assert variable in TEXT["docs/operacion.md"]
    assert f"# {variable}=" in (ROOT / ".env.example").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_generated_parts_are_up_to_date(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert documents.filled(text) == text, "renueve con: ./siegem documentos"


def test_every_contract_and_indicator_is_documented() -> None:
    assert [t for t in contracts() if f"`{t}`" not in TEXT["docs/contratos.md"]] == []
    assert {p.stem for p in DOCS if p.parent.name == "contratos"} == set(contracts()), "renueve con: ./siegem documentos"
    assert [i for i in indicators() if f"`{i}`" not in TEXT["docs/indicadores.md"]] == []
    assert [s for s in (*STATES, *NOTICES) if f"`{s}`" not in TEXT["docs/indicadores.md"]] == []


@pytest.mark.parametrize("table", contracts())
def test_the_page_of_a_contract_says_what_is_not_verified(table: str) -> None:
    text, contract = documents.contract_pages.page(contracts()[table], contracts()), contracts()[table]
    for column in contract.columns:
        assert f"| `{column.name}`" in text
        assert not column.unverified or f"Sin verificar: columna `{column.name}`: {column.unverified}" in text
    for rule in contract.rules:
        assert f"| {rule.id} |" in text
        assert not rule.body.sin_verificar or f"Sin verificar: regla {rule.id}: {rule.body.sin_verificar}" in text


def test_pages_come_with_their_table_and_go_with_it(tmp_path: Path) -> None:
    (tmp_path / "docs" / "contratos").mkdir(parents=True)
    (tmp_path / "README.md").write_text("# x\n", encoding="utf-8")
    (tmp_path / "docs" / "contratos" / "tabla_de_antes.md").write_text("# x\n", encoding="utf-8")
    changed = documents.renew(tmp_path)
    assert {"docs/contratos/tabla_de_antes.md", "docs/contratos/tramites.md", documents.SCHEMA, ".env.example"} <= set(changed)
    assert {p.stem for p in (tmp_path / "docs" / "contratos").iterdir()} == set(contracts())
    assert documents.renew(tmp_path) == []


def test_the_schema_for_editors_is_up_to_date() -> None:
    assert (ROOT / documents.SCHEMA).read_text(encoding="utf-8") == documents.schema_text(), "renueve con: ./siegem documentos"


def test_the_words_of_the_screen_are_in_the_glossary() -> None:
    glossary = TEXT["docs/glosario.md"].lower()
    words = (
        "publicación",
        "revisión",
        "cuarentena",
        "cobertura",
        "entrega",
        "concluyente",
        "ficha técnica",
        "ubigeo",
        "pim",
        "devengado",
        "reinfo",
        "dac",
    )
    assert [w for w in words if w not in glossary] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_and_pictures_exist(path: Path) -> None:
    # a pattern inside a code span is no link
    targets = re.findall(r"\]\(([^)#]+)\)", re.sub(r"`[^`\n]*`", "", path.read_text(encoding="utf-8")))
    assert [t for t in targets if "://" not in t and not (path.parent / t).exists()] == []


def test_every_folder_and_file_that_the_docs_name_exists() -> None:
    named = {m for text in TEXT.values() for m in re.findall(r"`((?:warehouse|checks|etl|kpis|dashboard|ops|tests|docs|benchmarks)/[\w./-]+)`", text)}
    assert sorted(n for n in named if not (ROOT / n).exists()) == []


def test_nothing_names_this_machine_or_a_registry() -> None:
    tracked = [
        p for room in ("warehouse", "checks", "etl", "kpis", "dashboard", "ops", "tests", "docs", "benchmarks") for p in (ROOT / room).rglob("*")
    ]
    tracked += [ROOT / n for n in ("siegem", "pyproject.toml", "README.md", "CHANGELOG.md")]
    forbidden = re.compile(r"/work/|/root/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian")
    texts = (p for p in tracked if p.is_file() and p.suffix in ("", ".py", ".md", ".yml", ".sql", ".json", ".js", ".css", ".toml", ".sh", ".csv"))
    bad = [p.relative_to(ROOT).as_posix() for p in texts if p != Path(__file__) and forbidden.search(p.read_text(encoding="utf-8", errors="ignore"))]
    assert bad == []


def test_the_wheel_carries_every_data_file(tmp_path: Path) -> None:
    built = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    inside = set(zipfile.ZipFile(built).namelist())
    wanted = {
        p.relative_to(ROOT).as_posix()
        for room in ROOMS
        for p in (ROOT / room).rglob("*")
        if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc"
    }
    assert {".yml", ".sql", ".css", ".js", ".csv", ".json", ".po", ".woff2", ".mako"} <= {Path(w).suffix for w in wanted}
    assert sorted(wanted - inside) == []
