"""The `siegem` command: one verb, one function. Help and messages in Spanish; errors carry their cure."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Annotated, Literal
from urllib.parse import urlsplit

import typer

from ops import contract_cli, exceptions_cli, export_cli, kpi_cli, notices_cli, publish_cli, screen, template_cli
from warehouse import publications
from warehouse.errors import SiegemError
from warehouse.settings import load
from warehouse.store import Warehouse

app = typer.Typer(
    name="siegem",
    help="Sistema de Información y Evaluación de la Gestión Minera: recibe datos regionales, los revisa, calcula indicadores y los publica.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(contract_cli.app, name="contract")
app.add_typer(exceptions_cli.app, name="excepcion")
app.add_typer(export_cli.app, name="export")
app.add_typer(kpi_cli.app, name="kpi")
app.add_typer(notices_cli.app, name="avisos")
app.command("template")(template_cli.template)
app.command("publish")(publish_cli.publish)

Port = Annotated[int | None, typer.Option("--puerto", min=1, max=65535, help="Puerto del tablero (8050 si no se dice).")]
Official = Annotated[Path | None, typer.Option("--oficial", metavar="DIR", help="Carpeta con las series oficiales extensas.")]
Host = Annotated[str | None, typer.Option("--anfitrion", help="Dirección en la que atiende; 0.0.0.0 para toda la red.")]
NumberedPublication = Annotated[int | None, typer.Option("--publicacion", min=1, help="Número de publicación; la vigente si no se dice.")]


@app.callback(invoke_without_command=True)
def _root(
    show_version: Annotated[bool, typer.Option("--version", help="Muestra la versión y termina.")] = False,
) -> None:
    if show_version:
        typer.echo(f"siegem {version('siegem')}")
        raise typer.Exit


def _warehouse() -> Warehouse:
    return Warehouse(load()).prepare()


@app.command()
def demo(
    puerto: Port = None,
    oficial: Official = None,
    anfitrion: Host = None,
    servir: Annotated[bool, typer.Option("--servir/--no-servir", help="Atender el tablero al terminar.")] = True,
    escala: Annotated[int, typer.Option("--escala", min=1, help="Cuántas veces más filas de demostración.")] = 1,
    breve: Annotated[bool, typer.Option("--breve", help="Solo los últimos 36 meses de la demostración, que va de 2019 a 2026.")] = False,
) -> None:
    """Hace todo: genera la demostración, la carga, la revisa, calcula, publica y atiende el tablero."""
    from ops import demonstration, schedule, server

    settings = load()
    host, port = anfitrion or settings.anfitrion, puerto or settings.puerto
    if servir:
        server.check_port(host, port)
    if oficial is not None:
        os.environ["SIEGEM_OFICIAL"] = str(oficial.resolve())  # the daily run inside this process brings them too
    with screen.step("Almacenes"):
        warehouse = _warehouse()
    publication = demonstration.prepare(warehouse, oficial, escala, breve)
    demonstration.show(warehouse, publication)
    if servir:
        scheduler = schedule.start(warehouse.settings)
        screen.note(f"La próxima corrida diaria es el {schedule.next_run(scheduler):%d-%m-%Y a las %H:%M} (hora de Lima).")
        server.serve(warehouse, host, port)


@app.command()
def run(oficial: Official = None) -> None:
    """Corre la cadena una vez: recibe la bandeja de entrada, revisa, acepta, calcula y publica."""
    from ops import chain, public

    warehouse = _warehouse()
    report = chain.run(warehouse, "manual", official_folder=oficial)
    public.files(warehouse.settings)
    state = "lista" if report.outcome.changed else "sin cambios"
    screen.console.print(f"Publicación N.º {report.outcome.publication.numero}: {state}.")


@app.command()
def land(
    oficial: Official = None,
    url: Annotated[str | None, typer.Option("--url", help="Dirección de un CSV o XLSX; sin ella se recibe la bandeja de entrada.")] = None,
    tabla: Annotated[str | None, typer.Option("--tabla", help="Tabla a la que pertenece el archivo de --url.")] = None,
    region: Annotated[str, typer.Option("--region", help="Quién lo entrega: código del INEI, o 00 si es nacional.")] = "00",
    periodo: Annotated[str, typer.Option("--periodo", help="Periodo de la entrega, p. ej. 2026-08; «serie» si viene entera.")] = "serie",
    fuente: Annotated[list[str] | None, typer.Option("--fuente", metavar="ID", help="Fuente declarada en etl/feeds; se puede repetir.")] = None,
    motivo: Annotated[str, typer.Option("--motivo", help="Por qué se cambia un periodo ya cerrado.")] = "",
) -> None:
    """Recibe, revisa y acepta archivos, sin publicar: la bandeja de entrada, una fuente declarada, o una descarga con --url y --tabla."""
    from etl.sources import feeds
    from etl.sources.http import HttpSource, download
    from ops import chain
    from warehouse.catalogue import contracts
    from warehouse.contracts import contract

    warehouse = _warehouse()
    if fuente:
        chain.land(warehouse, feeds.collect(warehouse, feeds.chosen(warehouse, fuente)))
        return
    if url is None:
        chain.land(warehouse, (replace(r, reason=motivo) for r in chain.received(warehouse, oficial)))
        return
    if tabla is None:
        raise SiegemError("Falta decir a qué tabla pertenece el archivo.", cure=f"Añada --tabla, p. ej.: siegem land --url {url} --tabla tramites")
    table = contract(contracts(), tabla).table
    source = HttpSource(url, table, Path(urlsplit(url).path).name or f"{table}.csv", region, periodo)
    with screen.step("Descarga"):
        file = download(warehouse, source)
    chain.land(warehouse, [replace(file, reason=motivo)])


@app.command()
def serve(
    puerto: Port = None,
    anfitrion: Host = None,
    procesos: Annotated[
        int, typer.Option("--procesos", min=1, max=32, help="Cuántos procesos atienden a la vez; comparten la memoria de lo publicado.")
    ] = 1,
    publico: Annotated[
        bool, typer.Option("--publico", help="El sitio público: abre solo el almacén público, sin mesa de entregas ni acceso a lo interno.")
    ] = False,
) -> None:
    """Atiende el tablero sobre lo ya publicado."""
    from ops import server

    if publico:
        settings = load()
        server.serve_public(settings, anfitrion or settings.anfitrion, puerto or settings.puerto, procesos)
        return
    warehouse = _warehouse()
    publications.latest(warehouse.engine)
    server.serve(warehouse, anfitrion or warehouse.settings.anfitrion, puerto or warehouse.settings.puerto, procesos)


@app.command()
def recibir(
    una_vez: Annotated[bool, typer.Option("--una-vez", help="Revisa lo que está en cola y termina.")] = False,
) -> None:
    """Revisa los archivos que llegan por la página Entregas, sin atender el tablero; `serve` y `demo` ya lo hacen."""
    from ops.receiver import Receiver

    receiver = Receiver(_warehouse())
    if una_vez:
        screen.console.print(f"{receiver.turn():,} archivos revisados.")
        return
    screen.console.print("Se revisa lo que llegue por la página Entregas (Ctrl+C para terminar).")
    with suppress(KeyboardInterrupt):
        receiver.run(Event())


@app.command()
def schedule(
    una_vez: Annotated[bool, typer.Option("--una-vez", help="Retoma lo pendiente, muestra la próxima corrida y termina.")] = False,
) -> None:
    """Deja en marcha la corrida diaria; al empezar retoma la que hubiera quedado a medias."""
    from ops import chain
    from ops import schedule as daily

    warehouse = _warehouse()
    if daily.has_unfinished(warehouse):
        screen.note("La última corrida quedó a medias: se retoma ahora.")
        chain.run(warehouse, "retomada")
    scheduler = daily.start(warehouse.settings)
    screen.console.print(f"Próxima corrida: {daily.next_run(scheduler):%d-%m-%Y %H:%M} (hora de Lima).")
    if una_vez:
        scheduler.shutdown(wait=False)
        return
    Event().wait()


@app.command()
def valores(
    indicador: Annotated[str, typer.Option("--indicador", metavar="ID", help="Indicador, p. ej. pct_tramites_en_plazo.")],
    territorio: Annotated[
        str | None, typer.Option("--territorio", metavar="COD", help="Código del INEI; 00 es el Perú; PILOTO, las regiones piloto.")
    ] = None,
    desde: Annotated[str | None, typer.Option("--desde", help="Primer periodo, p. ej. 2025 o 2025-09.")] = None,
    hasta: Annotated[str | None, typer.Option("--hasta", help="Último periodo.")] = None,
    tipo: Annotated[Literal["mes", "trimestre", "semestre", "anio"] | None, typer.Option("--tipo", help="Solo periodos de este tipo.")] = None,
    publicacion: NumberedPublication = None,
    al: Annotated[str | None, typer.Option("--al", metavar="AAAA-MM-DD", help="Tal como estaba publicado ese día.")] = None,
    formato: Annotated[Literal["tabla", "csv", "json"], typer.Option("--formato", help="Cómo se escribe.")] = "tabla",
) -> None:
    """Muestra valores publicados con su numerador, denominador, intervalo, estado y fuente."""
    from ops import values

    query = {"indicador": indicador, "territorio": territorio, "desde": desde, "hasta": hasta, "tipo": tipo}
    values.write(values.find(_warehouse(), query, publicacion, al), formato)


@app.command()
def publicaciones() -> None:
    """Lista las publicaciones, la más reciente primero."""
    for card in publications.every(_warehouse().engine):
        made = card.creada_en.strftime("%d-%m-%Y %H:%M UTC")
        screen.console.print(f"N.º {card.numero}  {made}  {card.nuevos:,} nuevos, {card.revisados:,} revisados, {card.retirados:,} retirados")


@app.command()
def documentos() -> None:
    """Renueva las partes generadas de la documentación (ajustes, mandatos, contratos, indicadores)."""
    from ops import documents

    changed = documents.renew()
    screen.console.print(f"Renovados: {', '.join(changed)}." if changed else "La documentación ya estaba al día.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Instala lo que las pruebas necesitan y las pasa todas; lo que se añada va a pytest."""
    from ops import testing

    raise typer.Exit(testing.run(context.args))


def main() -> None:
    """Entry of the `siegem` command: an operator error is shown in its three parts and ends with 1."""
    try:
        app()
    except SiegemError as error:
        screen.show_error(error)
        sys.exit(1)
