"""The parts of the documentation that are generated: settings, commands, contracts, indicators. `siegem documentos` renews them.

A generated part stands between two marks, so that people's words around it are kept:
<!-- inicio: ajustes --> ... <!-- fin: ajustes -->
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import typer.main

from warehouse.catalogue import contracts, indicators
from warehouse.contracts import Contract
from warehouse.indicators import AREAS, Indicator
from warehouse.settings import Settings
from warehouse.states import NOTICES, STATES

ROOT = Path(__file__).resolve().parents[1]


def renew(root: Path = ROOT) -> list[str]:
    """Rewrite every generated part below `root`; gives the files that changed."""
    changed = []
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        old = path.read_text(encoding="utf-8")
        new = filled(old)
        if new != old:
            path.write_text(new, encoding="utf-8")
            changed.append(path.relative_to(root).as_posix())
    example = root / ".env.example"
    if not example.exists() or example.read_text(encoding="utf-8") != environment_example():
        example.write_text(environment_example(), encoding="utf-8")
        changed.append(example.name)
    return changed


def filled(text: str) -> str:
    """`text` with every generated part renewed. Raises KeyError for a mark that no function fills."""
    return re.sub(r"<!-- inicio: (\w+) -->\n.*?<!-- fin: \1 -->", lambda m: _part(m.group(1)), text, flags=re.DOTALL)


def _part(name: str) -> str:
    return f"<!-- inicio: {name} -->\n{PARTS[name]().strip()}\n<!-- fin: {name} -->"


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows)])


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    return "" if value in (None, "") else str(value)


def settings_table() -> str:
    """Every setting: variable, default, what it is for."""
    rows = [[f"`SIEGEM_{n.upper()}`", f"`{_default(n)}`" if _default(n) else "—", f.description or ""] for n, f in Settings.model_fields.items()]
    return _table(["variable", "si no se dice", "para qué"], rows)


def environment_example() -> str:
    """The content of `.env.example`: every setting, commented out, with its default."""
    lines = ["# Copie este archivo como .env y quite el # de lo que quiera cambiar. Se genera con: siegem documentos", ""]
    for name, field in Settings.model_fields.items():
        lines += [f"# {field.description}", f"# SIEGEM_{name.upper()}={_default(name)}", ""]
    return "\n".join(lines)


def commands_table() -> str:
    """Every verb of the command line with the first line of its help."""
    from ops.cli import app

    return _table(["mandato", "qué hace"], [[f"`siegem {name}`", help.split("\n")[0]] for name, help in verbs(app).items()])


def verbs(app: typer.Typer) -> dict[str, str]:
    """Verb -> help of a command line, in order of name."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group: it has verbs
    return {name: commands[name].help or "" for name in sorted(commands)}


def contracts_list() -> str:
    """Every contract: source, caveats, columns and rules."""
    return "\n\n".join(_contract(c) for c in contracts().values())


def _contract(contract: Contract) -> str:
    source = contract.source
    columns = [
        [f"`{c.name}`" + (" 🔑" if c.key else ""), c.type, "sí" if c.required else "no", c.classification, ", ".join(c.allowed), c.description]
        for c in contract.columns
    ]
    rules = [[r.id, r.body.dimension, r.severity, r.sentence] for r in contract.rules]
    parts = [
        f"### `{contract.table}` ({contract.contract}, versión {contract.version})",
        f"**{contract.title.es}.** {contract.purpose}",
        f"Fuente: {source.publicador.es} — {source.titulo.es}." + (" **Dato sintético de demostración.**" if source.sintetico else ""),
        _table(["columna", "tipo", "obligatoria", "clase", "permitidos", "qué es"], columns),
    ]
    if rules:
        parts.append(_table(["regla", "categoría", "gravedad", "frase"], rules))
    if contract.caveats:
        parts.append("Advertencias:\n" + "\n".join(f"* {c.es}" for c in contract.caveats))
    return "\n\n".join(parts)


def indicators_table() -> str:
    """Every indicator: id, name, unit, direction, interval, minimum n, periods."""
    return _table(
        ["id", "nombre", "área", "unidad", "sentido", "intervalo", "n mínimo", "periodos"], [_indicator(id, i) for id, i in indicators().items()]
    )


def _indicator(id: str, i: Indicator) -> list[str]:
    way = {"up": "más es mejor", "down": "menos es mejor", "context": "contexto"}[i.direction]
    return [f"`{id}`", i.name.es, AREAS[i.area].es, i.unit.es, way, i.interval, str(i.min_n), ", ".join(i.periods)]


def states_table() -> str:
    """States of a value and notices beside it."""
    rows = [[f"`{k}`", es, en] for k, (es, en) in STATES.items()] + [[f"`{k}` (aviso)", es, en] for k, (es, en) in NOTICES.items()]
    return _table(["clave", "español", "inglés"], rows)


PARTS: dict[str, Callable[[], str]] = {
    "ajustes": settings_table,
    "mandatos": commands_table,
    "contratos": contracts_list,
    "indicadores": indicators_table,
    "estados": states_table,
}
