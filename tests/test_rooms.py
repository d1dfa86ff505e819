"""The house's rules as tests: who may import whom, file names, file sizes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("warehouse", "checks", "etl", "kpis", "dashboard", "ops")
MAY_IMPORT: dict[str, set[str]] = {
    "warehouse": set(),
    "checks": {"warehouse"},
    "etl": {"warehouse", "checks"},
    "kpis": {"warehouse", "checks"},
    "dashboard": {"warehouse", "kpis.methods"},
    "ops": {"warehouse", "checks", "etl", "kpis", "dashboard"},
}
#: what dashboard may name of the warehouse: data only through published.py, the rest is pure vocabulary
PURE_WAREHOUSE = {"warehouse.states", "warehouse.territories", "warehouse.periods", "warehouse.errors", "warehouse.units"}
SOURCES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> list[str]:
    """Every module a file imports, lazy imports included; `from x import y` also as x.y."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def allowed(room: str, module: str) -> bool:
    return any(module == a or module.startswith(a + ".") for a in MAY_IMPORT[room] | {room})


def trespasses(path: Path) -> list[str]:
    room = path.relative_to(ROOT).parts[0]
    ours = [m for m in imports(path) if m.split(".")[0] in ROOMS]
    # `from kpis import methods` names «kpis» too: only the longest form of each import counts
    longest = [m for m in ours if not any(other != m and other.startswith(m + ".") for other in ours)]
    return sorted({m for m in longest if not allowed(room, m)})


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    assert not trespasses(path), f"{path.relative_to(ROOT)} imports {trespasses(path)}; {room}/ may import {sorted(MAY_IMPORT[room])}"


def test_only_published_opens_the_warehouse_for_the_dashboard() -> None:
    bad = {}
    for path in (ROOT / "dashboard").rglob("*.py"):
        named = {m for m in imports(path) if m.startswith("warehouse")}
        named -= {m for m in named if any(m == p or m.startswith(p + ".") for p in PURE_WAREHOUSE)} | {"warehouse"}
        if named and path.name != "published.py":
            bad[path.relative_to(ROOT).as_posix()] = sorted(named)
    assert not bad


def test_the_rule_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "kpis").mkdir()
    bad = tmp_path / "kpis" / "bad.py"
    bad.write_text("def f():\n    from dashboard import app\n")
    assert trespasses(bad) == ["dashboard.app"]


def test_the_web_process_never_imports_great_expectations() -> None:
    heavy = [
        p.relative_to(ROOT).as_posix() for p in (ROOT / "dashboard").rglob("*.py") if any(m.startswith("great_expectations") for m in imports(p))
    ]
    assert not heavy


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "helpers", "common", "core", "base", "manager", "misc"}
    assert not [p.relative_to(ROOT).as_posix() for p in SOURCES if p.stem in vague]


def test_files_stay_small() -> None:
    long = {p.relative_to(ROOT).as_posix(): n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long, f"split these by noun: {long}"


def test_every_module_says_what_lives_in_it() -> None:
    silent = [p.relative_to(ROOT).as_posix() for p in SOURCES if not (ast.get_docstring(ast.parse(p.read_text(encoding="utf-8"))) or "").strip()]
    assert [s for s in silent if not s.endswith("versions/__init__.py")] == []


def test_only_one_module_opens_duckdb() -> None:
    users = [p.relative_to(ROOT).as_posix() for p in SOURCES if "duckdb" in imports(p)]
    assert users == ["warehouse/duck.py"]
