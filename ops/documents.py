"""The parts of the documentation that are generated: settings, commands, contracts, indicators, schema. `siegem documentos` renews them.

A generated part stands between two marks, so that people's words around it are kept:
<!-- inicio: ajustes --> ... <!-- fin: ajustes -->
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer.main

from ops import contract_pages, indicator_keys
from ops.contract_pages import markdown_table
from warehouse.catalogue import contracts, indicators
from warehouse.contract_schema import contract_schema
from warehouse.indicators import AREAS, Indicator
from warehouse.settings import Settings
from warehouse.states import NOTICES, STATES

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = "docs/esquemas/contrato.schema.json"


def renew(root: Path = ROOT) -> list[str]:
    """Rewrite every generated part below `root`; gives the files that changed."""
    changed = _right_pages(root / "docs" / "contratos", root)
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        changed += _renewed(path, filled(path.read_text(encoding="utf-8")), root)
    changed += _renewed(root / SCHEMA, schema_text(), root)
    changed += _renewed(root / ".env.example", environment_example(), root)
    return list(dict.fromkeys(changed))


def _renewed(path: Path, text: str, root: Path) -> list[str]:
    """Write a file where it says something else; gives its name if it did."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [path.relative_to(root).as_posix()]


def _right_pages(folder: Path, root: Path) -> list[str]:
    """A page for each contract, to be filled, and none for a table that has no contract any more."""
    old = [p for p in sorted(folder.glob("*.md")) if p.stem not in contracts()]
    for path in old:
        path.unlink()
    new = [c for c in contracts().values() if not (folder / f"{c.table}.md").exists()]
    return [p.relative_to(root).as_posix() for p in old] + [
        name for c in new for name in _renewed(folder / f"{c.table}.md", contract_pages.first_page(c), root)
    ]


def filled(text: str) -> str:
    """`text` with every generated part renewed. Raises KeyError for a mark that no function fills."""
    return re.sub(r"<!-- inicio: (\w+) -->\n.*?<!-- fin: \1 -->", lambda m: _part(m.group(1)), text, flags=re.DOTALL)


def _part(name: str) -> str:
    return f"<!-- inicio: {name} -->\n{_content(name).strip()}\n<!-- fin: {name} -->"


def _content(name: str) -> str:
    if name.startswith(contract_pages.MARK):
        return contract_pages.page(contracts()[name.removeprefix(contract_pages.MARK)], contracts())
    return PARTS[name]()


def schema_text() -> str:
    """The JSON Schema of our contracts, as it stands in the documentation."""
    return json.dumps(contract_schema(), ensure_ascii=False, indent=1) + "\n"


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    return "" if value in (None, "") else str(value)


def settings_table() -> str:
    """Every setting: variable, default, what it is for."""
    rows = [[f"`SIEGEM_{n.upper()}`", f"`{_default(n)}`" if _default(n) else "—", f.description or ""] for n, f in Settings.model_fields.items()]
    return markdown_table(["variable", "si no se dice", "para qué"], rows)


def environment_example() -> str:
    """The content of `.env.example`: every setting, commented out, with its default."""
    lines = ["# Copie este archivo como .env y quite el # de lo que quiera cambiar. Se genera con: siegem documentos", ""]
    for name, field in Settings.model_fields.items():
        lines += [f"# {field.description}", f"# SIEGEM_{name.upper()}={_default(name)}", ""]
    return "\n".join(lines)


def commands_table() -> str:
    """Every verb of the command line with the first line of its help."""
    from ops.cli import app

    return markdown_table(["mandato", "qué hace"], [[f"`siegem {name}`", help.split("\n")[0]] for name, help in verbs(app).items()])


def verbs(app: typer.Typer) -> dict[str, str]:
    """Verb -> help of a command line, in order of name; those of a group stand after its name."""
    return dict(sorted(_verbs(typer.main.get_command(app), "")))


def _verbs(group: Any, before: str) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _verbs(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command.help or ""


def contracts_list() -> str:
    """Every contract in one line; each has its page."""
    return contract_pages.overview(contracts())


def indicators_table() -> str:
    """Every indicator: id, name, unit, direction, interval, minimum n, periods."""
    return markdown_table(
        ["id", "nombre", "área", "unidad", "sentido", "intervalo", "n mínimo", "periodos"], [_indicator(id, i) for id, i in indicators().items()]
    )


def _indicator(id: str, i: Indicator) -> list[str]:
    way = {"up": "más es mejor", "down": "menos es mejor", "context": "contexto"}[i.direction]
    return [f"`{id}`", i.name.es, AREAS[i.area].es, i.unit.es, way, i.interval, str(i.min_n), ", ".join(i.periods)]


def states_table() -> str:
    """States of a value and notices beside it."""
    rows = [[f"`{k}`", es, en] for k, (es, en) in STATES.items()] + [[f"`{k}` (aviso)", es, en] for k, (es, en) in NOTICES.items()]
    return markdown_table(["clave", "español", "inglés"], rows)


PARTS: dict[str, Callable[[], str]] = {
    "ajustes": settings_table,
    "mandatos": commands_table,
    "contratos": contracts_list,
    "indicadores": indicators_table,
    "estados": states_table,
    "claves": indicator_keys.keys_table,
    "formas": indicator_keys.forms_table,
}
