"""`siegem contract`: what is wrong in the contracts, their dictionary, and what a new version breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ops import screen
from warehouse.catalogue import CONTRACTS, contracts
from warehouse.contract_diff import Bump, Comparison, compare_all
from warehouse.contract_lint import house_faults, unverified_marks
from warehouse.contracts import Contract, contract, load_contract, number_of
from warehouse.declarations import read_folder
from warehouse.errors import DeclarationError, SiegemError

app = typer.Typer(help="Contratos de datos: faltas, diccionario y cambios entre versiones.", no_args_is_help=True, rich_markup_mode=None)
Which = Annotated[str, typer.Argument(metavar="CONTRATO", help="Una tabla, un archivo .yml o una carpeta de contratos.")]


@dataclass(frozen=True)
class Lint:
    """What was looked at and every fault found, each naming file and key."""

    contracts: tuple[Contract, ...]
    faults: tuple[str, ...]


@app.command("lint")
def show_faults(
    tabla: Annotated[str, typer.Argument(metavar="[CONTRATO]", help="Una tabla, un archivo .yml o una carpeta; si no se dice, todas.")] = "",
) -> None:
    """Dice todas las faltas de los contratos, cada una con su archivo y su clave; termina con 1 si hay alguna."""
    found = lint(_paths(tabla))
    for fault in found.faults:
        screen.console.print(escape(fault), soft_wrap=True)
    rules, columns = sum(len(c.rules) for c in found.contracts), sum(len(c.columns) for c in found.contracts)
    marks = sum(map(unverified_marks, found.contracts))
    looked = f"{len(found.contracts):,} contratos, {columns:,} columnas, {rules:,} reglas"
    screen.console.print(f"{looked}: {len(found.faults):,} faltas." if found.faults else f"{looked}: sin faltas.")
    screen.console.print(f"Sin verificar: {marks:,} columnas y reglas dicen qué les falta confirmar.")
    if found.faults:
        raise typer.Exit(1)


@app.command("docs")
def show_docs(tabla: Annotated[str, typer.Argument(metavar="[TABLA]", help="Muestra la página de esa tabla, sin escribir nada.")] = "") -> None:
    """Renueva el diccionario (docs/contratos.md, una página por tabla y el esquema para editores), o muestra el de una tabla."""
    from ops import contract_pages, documents

    if tabla:
        typer.echo(contract_pages.page(contract(contracts(), tabla), contracts()))
        return
    changed = documents.renew()
    screen.console.print(f"Renovados: {', '.join(changed)}." if changed else "El diccionario ya estaba al día.", soft_wrap=True)


@app.command("diff")
def show_differences(anterior: Which, nuevo: Which) -> None:
    """Compara dos versiones y dice qué cambio es incompatible y qué versión pide; termina con 1 si uno incompatible no sube la mayor."""
    found = compared(anterior, nuevo)
    for comparison in found:
        for line in _lines(comparison):
            screen.console.print(escape(line), soft_wrap=True)
    if not found:
        screen.console.print("No hay diferencias.")
    if any(c.breaks_unsaid for c in found):
        raise typer.Exit(1)


def lint(paths: list[Path]) -> Lint:
    """Every fault of those contracts: reading, rules that do not compile, and the house's own checks."""
    from checks.compiled import compile_rules
    from etl.order import referenced_tables

    found: dict[str, Contract] = {}
    faults: list[str] = []
    for path in paths:
        try:
            found[path.stem] = load_contract(path)
        except DeclarationError as error:
            faults += error.what.splitlines()
    unread = {p.stem for p in paths} - set(found)
    known = {**_installed_but(unread), **found}
    for own in found.values():
        faults += house_faults(own)
        if unread.intersection(referenced_tables(own)):
            continue  # its rules name a table that could not be read: that fault is told already
        try:
            compile_rules(own, known, date.today())
        except DeclarationError as error:
            faults += error.what.splitlines()
    repeated = _repeated_rules(found)
    return Lint(tuple(found.values()), (*faults, *repeated))


def _installed_but(tables: set[str]) -> dict[str, Contract]:
    """The other installed contracts that can be read: those looked at may name them."""
    try:
        return {t: c for t, c in contracts().items() if t not in tables}
    except DeclarationError:
        return {p.stem: c for p in sorted(CONTRACTS.glob("*.yml")) if p.stem not in tables for c in _readable(p)}


def _readable(path: Path) -> list[Contract]:
    try:
        return [load_contract(path)]
    except DeclarationError:
        return []  # told where that contract is looked at


def _repeated_rules(found: dict[str, Contract]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for table, own in found.items():
        for rule in own.rules:
            if rule.id in owners and owners[rule.id] != table:
                yield f"contracts/{table}.yml: la regla «{rule.id}» ya existe en {owners[rule.id]}.yml."
            owners.setdefault(rule.id, table)


def _paths(which: str) -> list[Path]:
    """The contract files that a word on the command line names."""
    if not which:
        return sorted(CONTRACTS.glob("*.yml"))
    path = Path(which)
    if path.is_dir():
        found = sorted(path.glob("*.yml"))
        if not found:
            raise SiegemError(f"La carpeta «{which}» no tiene contratos (.yml).", cure="Escriba la carpeta de los contratos, p. ej. etl/contracts.")
        return found
    if path.suffix in (".yml", ".yaml"):
        if not path.is_file():
            raise SiegemError(f"No existe el archivo «{which}».", cure="Escriba la ruta de un contrato, o el nombre de una tabla.")
        return [path]
    installed = CONTRACTS / f"{which}.yml"
    return [installed] if installed.is_file() else [contract(contracts(), which).path]


def compared(old: str, new: str) -> list[Comparison]:
    """The differences between two files, folders or tables. Against a folder, a single contract is compared with its own table."""
    before, after = (_read(_paths(w)) for w in (old, new))
    if Path(old).is_dir() != Path(new).is_dir():
        single = after if Path(old).is_dir() else before
        before, after = ({t: c for t, c in side.items() if t in single} for side in (before, after))
    return compare_all(before, after)


def _read(paths: list[Path]) -> dict[str, Contract]:
    if len(paths) == 1:
        return {paths[0].stem: load_contract(paths[0])}
    return read_folder(paths[0].parent, load_contract)


_WORDS = {"incompatible": "INCOMPATIBLE", "compatible": "compatible  ", "redaccion": "redacción   "}
_NAMES: dict[Bump, str] = {"": "ninguna", "parche": "de parche", "menor": "menor", "mayor": "mayor"}


def _lines(found: Comparison) -> Iterator[str]:
    yield f"{found.table}: {found.old_version or '(no estaba)'} → {found.new_version or '(ya no está)'}"
    order = list(_WORDS)
    grave = [c for c in found.changes if c.kind != "redaccion"]
    for change in sorted(grave, key=lambda c: order.index(c.kind)):
        yield f"  {_WORDS[change.kind]}  {change.where}: {change.what}."
    by_what: dict[str, list[str]] = defaultdict(list)
    for change in found.changes:
        if change.kind == "redaccion":
            by_what[change.what].append(change.where)
    for what, where in by_what.items():
        yield f"  {_WORDS['redaccion']}  {', '.join(where)}: {what}."
    if not found.new_version:
        yield "  Quitar la tabla es incompatible: quienes la envían o la leen deben saberlo antes."
    elif found.old_version and found.needed:
        verdict = "la declarada alcanza" if found.enough else f"la declarada ({found.new_version}) no alcanza"
        yield f"  Pide subir la versión {_NAMES[found.needed]} ({_next(found.old_version, found.needed)} o más); {verdict}."


def _next(version: str, bump: Bump) -> str:
    major, minor, patch = (*number_of(version), 0, 0, 0)[:3]
    return {"mayor": f"{major + 1}.0.0", "menor": f"{major}.{minor + 1}.0"}.get(bump, f"{major}.{minor}.{patch + 1}")
