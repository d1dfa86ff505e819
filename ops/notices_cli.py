"""`siegem avisos`: who receives notices, what they would say, what waits to be sent, and the register of alerts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ops import screen
from warehouse import notice_alerts, notices
from warehouse.errors import SiegemError
from warehouse.settings import load
from warehouse.store import Warehouse

app = typer.Typer(
    help="Avisos por correo y webhook: suscripciones, vista previa, envíos y registro de alertas.", no_args_is_help=True, rich_markup_mode=None
)
State = Literal["abierta", "atendida", "cerrada", "vigentes", "todas"]
Number = Annotated[int, typer.Argument(help="Número de la alerta.", min=1)]


def _warehouse() -> Warehouse:
    return Warehouse(load()).prepare()


@app.command("suscribir")
def subscribe(
    direccion: Annotated[str, typer.Argument(help="Correo, o dirección https de un webhook.")],
    region: Annotated[list[str], typer.Option("--region", help="Código del INEI, de 01 a 26; 00 es todo el país. Se puede repetir.")],
    tipo: Annotated[list[str] | None, typer.Option("--tipo", help="resumen (el de cada publicación) o alertas; resumen si no se dice.")] = None,
    nombre: Annotated[str, typer.Option("--nombre", help="Oficina que los recibe.")] = "",
    idioma: Annotated[str, typer.Option("--idioma", help="es o en.")] = "es",
    horas_quietas: Annotated[str, typer.Option("--horas-quietas", help="Sus horas de silencio, p. ej. 18-08; «no» si no las quiere.")] = "",
    volver: Annotated[bool, typer.Option("--volver", help="Se había dado de baja y pidió volver.")] = False,
    desde_ya: Annotated[bool, typer.Option("--desde-ya", help="Enviarle también la publicación vigente.")] = False,
) -> None:
    """Suscribe una dirección a los avisos de una o más regiones, o cambia lo que ya recibía."""
    from ops.notices import asking, keys

    warehouse = _warehouse()
    made, is_new = asking.subscribe(
        warehouse, direccion, region, tipo or [notices.DIGEST], lang=idioma, name=nombre, hours=horas_quietas, again=volver, from_now=desde_ya
    )
    screen.console.print(f"Suscripción N.º {made.id} {'registrada' if is_new else 'actualizada'}: {_told(made)}.")
    if made.canal == notices.WEBHOOK:
        screen.note(f"Secreto para comprobar las firmas (dígalo solo a quien recibe): {keys.webhook_secret(warehouse.settings, made.direccion)}")


@app.command("suscripciones")
def subscriptions(todas: Annotated[bool, typer.Option("--todas", help="También las dadas de baja.")] = False) -> None:
    """Lista quién recibe avisos."""
    found = notices.subscriptions(_warehouse().engine, only_active=not todas)
    if not found:
        screen.console.print("Nadie recibe avisos todavía. Añada a alguien con: siegem avisos suscribir")
    for s in found:
        left = f"  [baja el {s.baja_en:%d-%m-%Y}, por {s.baja_por}]" if s.baja_en else ""
        screen.console.print(f"N.º {s.id}  {s.direccion}  {_told(s)}{left}", markup=False)


@app.command("baja")
def leave(quien: Annotated[str, typer.Argument(help="Número de la suscripción, o su dirección.")]) -> None:
    """Da de baja una suscripción; lo que esperaba para ella ya no se envía."""
    warehouse = _warehouse()
    found = [s for s in notices.subscriptions(warehouse.engine) if quien in (str(s.id), s.direccion)]
    if not found:
        raise SiegemError(f"No hay una suscripción «{quien}».", cure="Vea las que hay con: siegem avisos suscripciones")
    notices.leave(warehouse.engine, found[0].id, "mandato")
    screen.console.print(f"Suscripción N.º {found[0].id} dada de baja.")


@app.command("vista-previa")
def preview(
    region: Annotated[str, typer.Option("--region", help="Código del INEI; 00 es todo el país.")],
    publicacion: Annotated[int | None, typer.Option("--publicacion", min=1, help="Número de publicación; la vigente si no se dice.")] = None,
    idioma: Annotated[Literal["es", "en"], typer.Option("--idioma", help="En qué idioma.")] = "es",
    html: Annotated[Path | None, typer.Option("--html", metavar="ARCHIVO", help="Escribe además el correo tal como se verá.")] = None,
) -> None:
    """Muestra el aviso de una región tal como se enviaría; no envía nada."""
    from ops.notices import digest, letter_html, letter_text, outbox, reading
    from ops.notices.owed import Reckoning
    from warehouse.territories import territory

    territory(region)
    warehouse = _warehouse()
    edition, due = reading.public_edition(warehouse, publicacion), Reckoning(warehouse)
    letter = digest.digest(edition, region, due.of(region), idioma, warehouse.settings.sitio_url.rstrip("/"))
    screen.console.print(f"Asunto: {letter.subject}\n", markup=False)
    screen.console.print(letter_text.text(letter, leave=outbox.LEAVE_MARK), markup=False, soft_wrap=True)
    if html is not None:
        html.write_text(letter_html.html(letter, leave=outbox.LEAVE_MARK), encoding="utf-8")
        screen.console.print(f"El correo está en {html}.")


@app.command("enviar")
def send(simular: Annotated[bool, typer.Option("--simular", help="Dice qué se enviaría, y no envía ni registra nada.")] = False) -> None:
    """Pone al día alertas y avisos de la publicación vigente, y envía lo que espera."""
    from ops.notices import after_run, outbox
    from warehouse.database import now

    warehouse = _warehouse()
    if simular:
        found = notices.due(warehouse.engine, now())
        for s in found:
            screen.console.print(f"N.º {s.id}  {s.suscripcion.canal}  suscripción N.º {s.suscripcion.id}  {s.dicho.asunto}", markup=False)
        screen.console.print(f"{len(found):,} mensajes esperan ahora; no se envió ninguno. Cada uno respeta sus horas de silencio.")
        return
    with screen.step("Avisos: qué hay que decir"):
        done = after_run.prepare(warehouse)
    with screen.step("Avisos: enviar"):
        result = outbox.drain(warehouse)
    for line in result.told:
        screen.note(line)
    screen.console.print(after_run.summary(done, result), markup=False)
    if result.waiting and not outbox.can_mail(warehouse.settings):
        screen.note("El correo está apagado: falta SIEGEM_CORREO_SERVIDOR.")


@app.command("envios")
def outbox_list(cuantos: Annotated[int, typer.Option("--cuantos", min=1, help="Cuántos se muestran.")] = 30) -> None:
    """Muestra los últimos envíos con su estado, y lo que impidió los que no llegaron."""
    engine = _warehouse().engine
    for s in notices.outbox(engine, cuantos):
        when = s.enviado_en or s.proximo_en
        told = f"N.º {s.id}  {s.estado:<10} {when:%d-%m-%Y %H:%M} UTC  suscripción N.º {s.suscripcion.id}  {s.dicho.asunto}"
        screen.console.print(told + (f"  ({s.ultimo_error})" if s.ultimo_error else ""), markup=False)
    counted = ", ".join(f"{n:,} {state}" for state, n in sorted(notices.counts(engine).items()))
    screen.console.print(f"En total: {counted or 'ninguno'}.")


@app.command("alertas")
def alerts(
    region: Annotated[str, typer.Option("--region", help="Solo las de una región.")] = "",
    estado: Annotated[State, typer.Option("--estado", help="Las vigentes (abiertas y atendidas) si no se dice.")] = "vigentes",
) -> None:
    """Lista las alertas, primero las que vencen antes."""
    warehouse = _warehouse()
    wanted = {"vigentes": (notice_alerts.OPEN, notice_alerts.ATTENDED), "todas": notice_alerts.STATES}.get(estado, (estado,))
    found = notice_alerts.alerts(warehouse.engine, region=region, states=wanted)
    for a in found:
        screen.console.print(f"N.º {a.id}  {a.cod_region}  {_state(a, warehouse.today)}  {a.frase}", markup=False)
    late = sum(1 for a in found if a.estado != notice_alerts.CLOSED and a.vence and a.vence < warehouse.today)
    screen.console.print(f"{len(found):,} alertas; {late:,} con la fecha pasada.")


@app.command("alerta")
def alert(numero: Number) -> None:
    """Muestra una alerta y todo lo que le ocurrió."""
    warehouse = _warehouse()
    found = notice_alerts.alerts(warehouse.engine, ids=[numero])
    if not found:
        raise SiegemError(f"No hay una alerta con el número {numero}.", cure="Vea las que hay con: siegem avisos alertas --estado todas")
    screen.console.print(f"N.º {found[0].id}  {found[0].cod_region}  {_state(found[0], warehouse.today)}  {found[0].frase}", markup=False)
    for e in notice_alerts.events(warehouse.engine, numero):
        screen.console.print(f"  {e.ocurrido_en:%d-%m-%Y %H:%M} UTC  {e.hecho}  {e.quien or 'SIEGEM'}  {e.texto}".rstrip(), markup=False)


@app.command("asignar")
def assign(
    numero: Number,
    responsable: Annotated[str, typer.Option("--responsable", help="Quién la atenderá.")],
    hasta: Annotated[datetime | None, typer.Option("--hasta", formats=["%Y-%m-%d"], metavar="AAAA-MM-DD", help="Hasta cuándo.")] = None,
) -> None:
    """Pone a una alerta responsable y fecha."""
    warehouse = _warehouse()
    due = hasta.date() if hasta else warehouse.today + timedelta(days=warehouse.settings.avisos_plazo_alertas)
    made = notice_alerts.assign(warehouse.engine, numero, responsable, due)
    screen.console.print(f"Alerta N.º {made.id}: la atiende {made.responsable} hasta el {due:%d-%m-%Y}.", markup=False)


@app.command("cerrar")
def close(
    numero: Number,
    nombre: Annotated[str, typer.Option("--nombre", help="Quién la cierra.")],
    hecho: Annotated[str, typer.Option("--hecho", help="Qué se hizo.")],
) -> None:
    """Cierra una alerta diciendo qué se hizo; si la condición cesa y vuelve, se reabre sola."""
    made = notice_alerts.close(_warehouse().engine, numero, hecho, nombre)
    screen.console.print(f"Alerta N.º {made.id} cerrada por {made.cerrada_por}.", markup=False)


def _told(s: notices.Subscription) -> str:
    quiet = f", silencio {s.horas_quietas}" if s.horas_quietas else ""
    return f"{s.canal}, {' y '.join(s.tipos)} de {', '.join(s.regiones)} ({s.idioma}{quiet}){f', {s.nombre}' if s.nombre else ''}"


def _state(a: notice_alerts.Alert, today: Any) -> str:
    """«abierta, vence el 06-12-2026», with its owner, whether its condition is over, and what closed it."""
    if a.estado == notice_alerts.CLOSED:
        return f"cerrada por {a.cerrada_por}: {a.cierre} ·"
    owner = f" por {a.responsable}" if a.responsable else ", sin responsable"
    due = f", {'venció' if a.vence < today else 'vence'} el {a.vence:%d-%m-%Y}" if a.vence else ""
    over = f", cesó el {a.ceso_en:%d-%m-%Y} y falta cerrarla" if a.ceso_en else ""
    return f"{a.estado}{owner}{due}{over} ·"
