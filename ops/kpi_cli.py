"""`siegem kpi`: what is wrong in a definition, what it would say, what stands behind a figure, and what a change of it changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from ops import screen
from warehouse import catalogue, publications
from warehouse.errors import NothingPublished, SettingsError, SiegemError, suggest
from warehouse.settings import load
from warehouse.store import Warehouse

if TYPE_CHECKING:
    from kpis.basis import Basis
    from kpis.evidence import Cell

app = typer.Typer(help="Indicadores: faltas, vista previa, filas detrás de una cifra y efecto de un cambio.", no_args_is_help=True,
                  rich_markup_mode=None)  # fmt: skip

Definition = Annotated[str, typer.Argument(metavar="ID|ARCHIVO", help="Un indicador instalado, o el archivo .yml de un borrador.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Indicador, p. ej. pct_tramites_en_plazo.")]
Place = Annotated[str, typer.Option("--territorio", metavar="COD", help="Código del INEI; 00 es el Perú; PILOTO, las regiones piloto.")]
When = Annotated[str, typer.Option("--periodo", metavar="PERIODO", help="P. ej. 2026-T3; si no se dice, el último del periodo principal.")]
Filter = Annotated[list[str] | None, typer.Argument(metavar="[ID|ARCHIVO]...", help="Indicadores, hechos o archivos; si no se dice, todos.")]
Rows = Annotated[Path | None, typer.Option("--filas", metavar="ARCHIVO", help="Escribe todas las filas en un CSV, cada una con lo que aporta.")]
Split = Annotated[str, typer.Option("--desglose", metavar="NOMBRE", help="Un desglose del indicador, p. ej. provincia.")]


def _warehouse() -> Warehouse:
    return Warehouse(load()).prepare()


@app.command("lint")
def show_faults(
    cuales: Filter = None,
) -> None:
    """Dice todas las faltas de hechos y definiciones, con su archivo, línea y clave, y prueba cada ejemplo resuelto; termina con 1 si hay alguna."""
    from kpis.lint import lint, unused
    from ops import kpi_screen

    definitions, facts = _named(cuales or [])
    with screen.step("Hechos y definiciones") as advance:
        found = lint(definitions, facts, catalogue.contracts(), advance)
    warnings = [*found.warnings, *([] if cuales else unused(definitions, facts))]
    kpi_screen.faults(found, warnings)
    if found.faults:
        raise typer.Exit(1)


@app.command("preview")
def preview(cual: Definition, territorio: Place = "", periodo: When = "", desglose: Split = "") -> None:
    """Calcula una definición sobre los datos aceptados, sin publicar nada, y la muestra junto a lo publicado."""
    from kpis import trial
    from ops import kpi_screen

    indicator = trial.read(cual)
    trial.check(indicator, territorio, periodo, desglose)
    warehouse = _warehouse()
    with screen.step(f"Cálculo de {indicator.id}") as advance:
        made = trial.run(warehouse, {indicator.id: indicator}, advance)
    values = made.told(trial.of_period(made.values, indicator, territorio, periodo, desglose), indicator)
    number, published = _published(warehouse, indicator.id)
    kpi_screen.preview(indicator, made, values, number, published)


@app.command("explain")
def explain(
    id: Id,
    territorio: Place = "",
    periodo: Annotated[str, typer.Option("--periodo", metavar="PERIODO", help="Con --territorio: las filas detrás de esa cifra.")] = "",
    categoria: Annotated[str, typer.Option("--categoria", metavar="COD", help="Categoría de un desglose, p. ej. titulacion.")] = "",
    desglose: Split = "",
    publicacion: Annotated[int | None, typer.Option("--publicacion", min=1, help="Número de publicación; la vigente si no se dice.")] = None,
    filas: Rows = None,
    sql: Annotated[bool, typer.Option("--sql", help="Con una cifra, muestra también el SQL.")] = False,
) -> None:
    """Explica un indicador, de la pregunta al SQL; con un territorio y un periodo, las filas que hay detrás de la cifra."""
    from kpis.basis import basis
    from kpis.evidence import Cell, evidence
    from ops import kpi_csv, kpi_explain

    if bool(territorio) != bool(periodo):
        cure = f"Escriba los dos, p. ej.: siegem kpi explain {id} --territorio 13 --periodo 2026-T3"
        raise SiegemError("Las filas son de una cifra: un territorio y un periodo.", cure=cure)
    if filas is not None and not territorio:
        raise SiegemError("--filas escribe las filas de una cifra.", cure="Añada --territorio y --periodo.")
    warehouse = _warehouse()
    found = basis(warehouse, id, publicacion)
    kpi_explain.sheet(found)
    if not territorio:
        kpi_explain.deliveries(found)
        kpi_explain.statement(found)
        return
    with screen.step("Filas detrás de la cifra"):
        rows = evidence(warehouse, found, Cell(territorio, periodo, desglose, categoria))
    kpi_explain.evidence(found, rows, _figure(warehouse, found, rows.cell))
    kpi_explain.deliveries(found, rows.cell)
    if filas is not None:
        _write(filas, kpi_csv.of_table(rows.rows))
    if sql:
        kpi_explain.statement(found)


@app.command("diff")
def diff(
    id: Id,
    con: Annotated[str, typer.Option("--con", metavar="ARCHIVO", help="La definición cambiada: un archivo .yml, en cualquier carpeta.")],
    desglose: Split = "",
    filas: Annotated[int, typer.Option("--filas", min=1, help="Cuántos valores se muestran, de mayor a menor cambio.")] = 20,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="ARCHIVO", help="Escribe todos los valores que cambian.")] = None,
) -> None:
    """Recalcula toda la historia con una definición cambiada y dice qué valores y estados cambian, y cuánto. No publica nada."""
    from kpis import trial
    from kpis.redefinition import redefine
    from ops import kpi_csv, kpi_screen

    old, new = trial.read(id), trial.read(con)
    trial.check(old, breakdown=desglose)
    with screen.step(f"Historia de {old.id}, antes y después") as advance:
        found = redefine(_warehouse(), old, new, advance)
    kpi_screen.redefinition(old, found, desglose, filas)
    if csv is not None:
        _write(csv, kpi_csv.of_frame(found.changed))


def _published(warehouse: Warehouse, id: str) -> tuple[int, pd.DataFrame]:
    """Number of the publication in force and its values of an indicator; 0 and none where there is no publication."""
    try:
        number = publications.latest(warehouse.engine).numero
    except NothingPublished:
        return 0, pd.DataFrame(columns=publications.VALUE_COLUMNS)
    return number, publications.values(warehouse.engine, number, indicador=id)


def _figure(warehouse: Warehouse, basis: Basis, cell: Cell) -> dict[str, Any] | None:
    """The published row of a cell with its sentence; None where it has none."""
    if basis.publication is None:
        return None
    wanted = {"territorio": cell.territory, "periodo": cell.period, "desglose": cell.breakdown, "categoria": cell.category}
    rows = publications.values(warehouse.engine, basis.publication.numero, indicador=basis.indicator.id, **wanted)
    return None if rows.empty else {str(k): v for k, v in basis.told(rows).iloc[0].items()}


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise SettingsError(f"No se pudo guardar {path} ({error.strerror}).", stands="No se escribió nada.",
                            cure="Escriba una ruta donde se pueda escribir.") from error  # fmt: skip
    screen.console.print(f"Escrito: {path} ({content.count(chr(10)) - 1:,} filas).", soft_wrap=True)


def _named(words: list[str]) -> tuple[list[Path], list[Path]]:
    """The definitions and facts that the words name, each definition with its fact; all of them where there are no words."""
    from kpis.lint import fact_named_in

    facts = {p.stem: p for p in sorted(catalogue.FACTS.glob("*.sql"))}
    installed = {p.stem: p for p in sorted(catalogue.DEFINITIONS.glob("*.yml"))}
    definitions = [] if words else list(installed.values())
    others = [] if words else list(facts.values())
    for word in words:
        path = Path(word)
        if path.suffix in (".yml", ".yaml", ".sql"):
            if not path.is_file():
                raise SiegemError(f"No existe el archivo «{word}».", cure="Escriba la ruta de una definición o de un hecho, o el id de un indicador.")
            (others if path.suffix == ".sql" else definitions).append(path)
        elif word in installed:
            definitions.append(installed[word])
        elif word in facts:
            others.append(facts[word])
        else:
            raise SiegemError(
                f"No existe el indicador «{word}».{suggest(word, [*installed, *facts])}", cure="Vea los indicadores en docs/indicadores.md."
            )
    others += [facts[name] for p in definitions if (name := fact_named_in(p)) in facts]
    return list(dict.fromkeys(definitions)), list(dict.fromkeys(others))


@app.command("gate")
def show_gate() -> None:
    """Dice qué entregas retienen indicadores por tener más de 10 % de sus filas en cuarentena, y quién dejó pasar cuáles."""
    from kpis import gate

    found = gate.blocked(*gate.known(_warehouse()))
    for line in gate.summary(found):
        screen.console.print(line)
    for one in (b for b in found if not b.waiver):
        screen.console.print(f"  {one.told}")


@app.command("replay")
def replay_publication(publicacion: Annotated[int, typer.Argument(min=1, metavar="N", help="Número de publicación.")]) -> None:
    """Calcula otra vez una publicación pasada, con sus datos y definiciones, y la compara valor por valor; termina con 1 si algo difiere."""
    from kpis.replay import replay

    warehouse = _warehouse()
    with screen.step(f"Publicación {publicacion}: calcular otra vez") as advance:
        again = replay(warehouse, publicacion, advance)
    if again.other_code:
        screen.note(f"La hizo la versión {again.other_code} del programa.")
    if again.same:
        screen.console.print(f"Publicación {publicacion}: los {len(again.values):,} valores son idénticos, hasta el último bit.")
        return
    screen.console.print(f"Publicación {publicacion}: {len(again.different):,} de {len(again.values):,} valores no son idénticos. Los primeros:")
    for row in again.different.head(10).itertuples(index=False):
        screen.console.print("  " + " ".join(str(v) for v in row if v))
    raise typer.Exit(1)
