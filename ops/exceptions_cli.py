"""`siegem excepcion`: a rule accepted as it is for one place, by name, with a reason and an end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from etl.sources.received import SERIES
from kpis.gate import RULE as GATE
from ops import screen
from warehouse import periods, waivers
from warehouse.catalogue import contracts
from warehouse.contracts import contract
from warehouse.errors import SiegemError, suggest
from warehouse.settings import load
from warehouse.store import Warehouse

app = typer.Typer(help="Excepciones a una regla de calidad, con nombre, motivo y vencimiento.", no_args_is_help=True, rich_markup_mode=None)


def _warehouse() -> Warehouse:
    return Warehouse(load()).prepare()


@app.command("aceptar")
def accept(
    regla: Annotated[str, typer.Argument(help="Regla que se exceptúa, p. ej. C01-COH-1B.")],
    tabla: Annotated[str, typer.Argument(help="Tabla de la entrega.")],
    nombre: Annotated[str, typer.Option("--nombre", help="Quién la acepta.")],
    motivo: Annotated[str, typer.Option("--motivo", help="Por qué: el documento o el hecho que la justifica.")],
    hasta: Annotated[datetime, typer.Option("--hasta", formats=["%Y-%m-%d"], metavar="AAAA-MM-DD", help="Último día en que vale.")],
    region: Annotated[str, typer.Option("--region", help="Quién entregó: código del INEI; si no se dice, todas.")] = "",
    periodo: Annotated[str, typer.Option("--periodo", help="Periodo de la entrega; si no se dice, todos.")] = "",
) -> None:
    """Acepta una excepción: la regla se sigue evaluando y se dice, pero ya no retiene filas ni archivos."""
    found = contract(contracts(), tabla)
    known = [r.id for r in found.rules] + [f"G-{n:02d}" for n in range(1, 16)] + [GATE]
    if regla not in known:
        raise SiegemError(
            f"La tabla «{tabla}» no tiene la regla «{regla}».{suggest(regla, known)}", cure=f"Vea sus reglas en docs/contratos/{tabla}.md."
        )
    if region and region not in found.senders:
        raise SiegemError(f"La tabla «{tabla}» no la entrega «{region}».", cure="Use el código del INEI de quien la entrega, o no diga --region.")
    if periodo and periodo != SERIES:
        periods.parse(periodo)
    made = waivers.grant(_warehouse().engine, regla, found.table, region, periodo, nombre, motivo, hasta.date())
    screen.console.print(f"Excepción N.º {made.id} registrada. La próxima corrida (siegem run) evalúa otra vez las entregas que cubre.")


@app.command("listar")
def show() -> None:
    """Lista las excepciones vigentes."""
    warehouse = _warehouse()
    found = waivers.in_force(warehouse.engine, warehouse.today)
    if not found:
        screen.console.print("No hay excepciones vigentes.")
    for w in found:
        where = f"{w.tabla}, región {w.cod_region or 'todas'}, periodo {w.periodo or 'todos'}"
        screen.console.print(f"N.º {w.id}  {w.regla_id}  {where}  hasta el {w.vence:%d-%m-%Y}  {w.nombre}: {w.motivo}")


@app.command("retirar")
def withdraw(numero: Annotated[int, typer.Argument(help="Número de la excepción.")]) -> None:
    """Retira una excepción: lo que cubría se evalúa otra vez en la próxima corrida."""
    waivers.withdraw(_warehouse().engine, numero)
    screen.console.print(f"Excepción N.º {numero} retirada. La próxima corrida evalúa otra vez lo que cubría.")
