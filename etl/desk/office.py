"""The desk's JSON: what is due, results, receipts, statements, follow-up. Each answer is made when asked; nothing here is published."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from etl.desk import due, held, history, places, receipt_pdf, reminders
from etl.desk.arrival import Desk
from etl.desk.problems import DeskRoute, Problem
from etl.sources.received import NATIONAL
from warehouse import catalogue, statements, uploads, waivers
from warehouse.database import now
from warehouse.submissions import next_version
from warehouse.territories import regions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: days back that reminders look: what is older is a matter for a talk, not for a letter
OVERDUE_DAYS = 92

Region = Annotated[str, Query(max_length=6, description="Código del INEI, de 01 a 26; 00 si la entidad es nacional.")]
Table = Annotated[str, Query(max_length=60, description="Tabla del contrato.")]
Period = Annotated[str, Query(max_length=20, description="2026, 2026-T3, 2026-09 o serie.")]
Seq = Annotated[int, Path(ge=1, description="Número de la constancia.")]
Id = Annotated[str, Path(max_length=40, description="Identificador de la carga.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Sending(_Body):
    """What may still be said when a trial is sent."""

    remitente: str = Field("", max_length=200)
    motivo: str = Field("", max_length=2000)


class StatementBody(_Body):
    """A *descargo*."""

    tabla: str = Field(max_length=60)
    region: str = Field(max_length=6)
    periodo: str = Field(max_length=20)
    autor: str = Field(max_length=200)
    texto: str = Field(max_length=8000)
    entrega_id: str | None = Field(None, max_length=64)


class ReminderBody(_Body):
    """A reminder that was sent. Without a text, the one the desk wrote."""

    region: str = Field(max_length=6)
    enviado_por: str = Field(max_length=200)
    texto: str = Field("", max_length=8000)


class WaiverBody(_Body):
    """An exception to a rule. An empty region or period is all of them."""

    regla: str = Field(max_length=40)
    tabla: str = Field(max_length=60)
    region: str = Field("", max_length=6)
    periodo: str = Field("", max_length=20)
    nombre: str = Field(max_length=200)
    motivo: str = Field(max_length=2000)
    vence: date


def router(desk: Desk) -> APIRouter:
    """Every route of the desk but those of the upload protocol."""
    made = APIRouter(route_class=DeskRoute, tags=["Entregas"])
    office = _Office(desk)
    for method, path, work, summary in (
        ("GET", "/cargas/{id}", office.upload, "Estado y resultado de una carga"),
        ("GET", "/cargas/{id}/corregible", office.marked, "El archivo enviado con sus celdas observadas marcadas (XLSX)"),
        ("POST", "/cargas/{id}/enviar", office.send, "Envía lo que se revisó, sin subirlo otra vez"),
        ("GET", "/entregas/opciones", office.options, "Regiones, tablas y periodos que se pueden entregar"),
        ("GET", "/entregas/pendientes", office.pending, "Lo que una región debe entregar y cómo va"),
        ("GET", "/entregas/plantilla", office.template, "Plantilla de una tabla para una región y un periodo (XLSX)"),
        ("GET", "/entregas/historia", office.history, "Versiones, descargos y cargas de una entrega"),
        ("GET", "/entregas/constancias/{seq}.pdf", office.receipt_pdf, "Constancia de recepción (PDF)"),
        ("GET", "/entregas/constancias/{seq}", office.receipt, "Constancia de recepción"),
        ("GET", "/entregas/constancias/{seq}/diferencias", office.differences, "Filas que una versión cambió de la anterior"),
        ("GET", "/entregas/seguimiento", office.tracking, "Quién entregó y quién no, en un periodo"),
        ("GET", "/entregas/recordatorios", office.reminders, "Recordatorios listos para enviar, uno por región"),
        ("POST", "/entregas/recordatorios", office.remind, "Anota que un recordatorio se envió"),
        ("GET", "/entregas/descargos", office.statements, "Descargos de una tabla, región o periodo"),
        ("POST", "/entregas/descargos", office.state, "Registra un descargo; no se edita después"),
        ("GET", "/entregas/reglas", office.rules, "Reglas que las últimas versiones no superan"),
        ("GET", "/entregas/cuarentena", office.quarantine, "Filas en cuarentena, con valores privados ocultos"),
        ("GET", "/entregas/excepciones", office.waivers, "Excepciones vigentes"),
        ("POST", "/entregas/excepciones", office.grant, "Acepta una excepción a una regla, con nombre, motivo y vencimiento"),
        ("DELETE", "/entregas/excepciones/{numero}", office.withdraw, "Retira una excepción"),
    ):
        status = 201 if method == "POST" else 200
        made.add_api_route(f"/api/v1{path}", work, methods=[method], summary=summary, status_code=status, response_model=None)
    return made


class _Office:
    """One method for each route; all of them run off the event loop."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.warehouse = desk.warehouse
        self.calendar = due.Calendar(desk.warehouse)

    def _place(self, table: str, region: str, period: str) -> places.Place:
        return places.place(table, region, period, places.today_of(self.warehouse))

    # ---- uploads

    def upload(self, id: Id, desde: int = Query(0, ge=0), cuantos: int = Query(300, ge=1, le=1000)) -> dict[str, Any]:
        found = self.desk.find(id)
        verdict = dict(found.resultado.get("veredicto") or {})
        findings = verdict.pop("hallazgos", [])
        seq = history.seq_of(self.warehouse, found.entrega_id) if found.entrega_id else None
        return {
            "id": found.id, "nombre": found.nombre, "tabla": found.tabla, "region": found.cod_region, "periodo": found.periodo,
            "bytes": found.bytes, "recibidos": self.desk.offset(found), "estado": found.estado, "solo_revisar": found.solo_revisar,
            "hash": found.hash, "creada_en": found.creada_en, "recibida_en": found.recibida_en, "terminada_en": found.terminada_en,
            "mensaje": found.mensaje, "delante": self.desk.waiting(found), "constancia": seq, "repetida": bool(found.resultado.get("repetida")),
            "veredicto": verdict or None, "hallazgos": findings[desde : desde + cuantos], "hallazgos_guardados": len(findings),
            "se_puede_enviar": found.estado in (uploads.JUDGED, uploads.REFUSED) and self.desk.spool.size(found.id) == found.bytes,
        }  # fmt: skip

    def marked(self, id: Id) -> Response:
        found = self.desk.find(id)
        findings = (found.resultado.get("veredicto") or {}).get("hallazgos", [])
        path = self.desk.bytes_of(found)
        if path is None:
            raise Problem(410, "Los bytes de ese archivo ya no se conservan.", "Envíelo otra vez.")
        if not findings:
            raise Problem(409, "Ese archivo no tiene celdas que corregir.", "No hace falta descargarlo.")
        from etl.desk import corrected  # openpyxl: only whoever asks for one

        content = corrected.corrected(path, found.nombre, catalogue.contracts()[found.tabla], findings)
        return download(content, f"{_stem(found.nombre)}_por_corregir.xlsx", XLSX)

    def send(self, id: Id, body: Sending) -> dict[str, Any]:
        made = self.desk.send(self.desk.find(id), body.model_dump())
        return {"id": made.id, "location": f"/api/v1/cargas/{made.id}"}

    # ---- what is due

    def options(self) -> dict[str, Any]:
        today = places.today_of(self.warehouse)
        tables = [
            {
                "tabla": c.table, "titulo": c.title.es, "titulo_en": c.title.en, "contrato": c.contract, "version": c.version,
                "ambito": c.delivery.ambito, "periodicidad": c.delivery.periodicidad, "responsable": c.delivery.responsable,
                "sintetico": c.source.sintetico, "plazo_estado": c.delivery.plazo_estado, "periodos": due.recent_periods(c, today, 24),
            }
            for c in due.delivered()
        ]  # fmt: skip
        places_ = [{"codigo": r.codigo, "nombre": r.nombre, "autoridad": r.autoridad, "piloto": r.piloto} for r in regions()]
        kinds = {kind: due.recent(kind, today, back) for kind, back in (("mes", 24), ("trimestre", 12), ("anio", 8))}
        return {"hoy": today, "regiones": places_, "tablas": tables, "periodos": kinds, "mes_iniciado": due.newest_begun(self.calendar),
                "max_bytes": self.desk.largest}  # fmt: skip

    def pending(self, region: Region) -> dict[str, Any]:
        if region not in (NATIONAL, *(r.codigo for r in regions())):
            raise Problem(404, f"«{region}» no es un gobierno regional.", "Use el código del INEI, de 01 a 26.")
        found = due.of_region(self.calendar, region)
        return {"region": region, "hoy": places.today_of(self.warehouse), "entregas": [d.as_json for d in found]}

    def template(self, tabla: Table, region: Region, periodo: Period) -> Response:
        where = self._place(tabla, region, periodo)
        from etl.templates import file_name, template_bytes  # XlsxWriter and the reference tables: only whoever asks for one

        today = places.today_of(self.warehouse)
        version = next_version(self.warehouse.engine, where.key)
        content = template_bytes(where.contract, region, periodo, _reference_tables(today), today, version)
        return download(content, file_name(where.contract, region, periodo, version), XLSX)

    def history(self, tabla: Table, region: Region, periodo: Period) -> dict[str, Any]:
        where = self._place(tabla, region, periodo)
        state = due.states(self.calendar.fresh(), [(where.contract, region, periodo)])[0]
        refused = [
            {"id": u.id, "nombre": u.nombre, "mensaje": u.mensaje, "terminada_en": u.terminada_en}
            for u in uploads.of_place(self.warehouse.engine, where.key) if u.estado == uploads.REFUSED
        ]  # fmt: skip
        said = [_statement(s) for s in statements.statements(self.warehouse.engine, tabla, region, periodo)]
        return {"entrega": state.as_json, "versiones": history.versions(self.warehouse, where.key), "no_recibidas": refused, "descargos": said}

    # ---- receipts

    def receipt(self, seq: Seq) -> dict[str, Any]:
        return history.receipt(self.warehouse, seq)

    def receipt_pdf(self, seq: Seq) -> Response:
        content = receipt_pdf.pdf(history.receipt(self.warehouse, seq))
        return download(content, f"constancia-{seq}.pdf", "application/pdf", inline=True)

    def differences(self, seq: Seq, desde: int = Query(0, ge=0), cuantos: int = Query(200, ge=1, le=1000)) -> dict[str, Any]:
        return history.differences(self.warehouse, seq, desde, cuantos)

    # ---- follow-up

    def tracking(self, periodo: Period) -> dict[str, Any]:
        found = due.of_period(self.calendar, periodo)
        names = {c.table: {"titulo": c.title.es, "titulo_en": c.title.en, "contrato": c.contract} for c in due.delivered()}
        tables = [{"tabla": t, **names[t]} for t in dict.fromkeys(d.tabla for d in found)]
        return {"periodo": periodo, "nombre_periodo": places.named(periodo), "hoy": places.today_of(self.warehouse), "tablas": tables,
                "entregas": [d.as_json for d in found]}  # fmt: skip

    def reminders(self) -> dict[str, Any]:
        today, last = places.today_of(self.warehouse), statements.last_reminders(self.warehouse.engine)
        made = []
        for region, owed in sorted(due.overdue(self.calendar, OVERDUE_DAYS).items(), key=lambda pair: (-len(pair[1]), pair[0])):
            letter = reminders.letter(region, owed, today)
            before = last.get(region)
            sent = {"enviado_en": before.enviado_en, "enviado_por": before.enviado_por} if before else None
            made.append({"region": region, "asunto": letter.asunto, "texto": letter.texto, "pendientes": [d.as_json for d in owed], "ultimo": sent})
        return {"hoy": today, "dias": OVERDUE_DAYS, "recordatorios": made}

    def remind(self, body: ReminderBody) -> dict[str, Any]:
        owed = due.overdue(self.calendar, OVERDUE_DAYS).get(body.region, [])
        if not owed:
            raise Problem(409, "Esa región no debe ninguna entrega.", "Actualice la página.")
        letter = reminders.letter(body.region, owed, places.today_of(self.warehouse))
        made = statements.remind(self.warehouse.engine, body.region, body.texto or letter.texto, letter.pendientes, body.enviado_por)
        return {"id": made.id, "enviado_en": made.enviado_en, "enviado_por": made.enviado_por}

    # ---- statements

    def statements(self, tabla: Table = "", region: Region = "", periodo: Period = "") -> dict[str, Any]:
        return {"descargos": [_statement(s) for s in statements.statements(self.warehouse.engine, tabla, region, periodo)]}

    def state(self, body: StatementBody) -> dict[str, Any]:
        where = self._place(body.tabla, body.region, body.periodo)
        return _statement(statements.state(self.warehouse.engine, where.key, body.autor, body.texto, body.entrega_id))

    # ---- what is held back

    def rules(self, tabla: Table = "", region: Region = "", periodo: Period = "") -> dict[str, Any]:
        return {"reglas": held.rules(self.warehouse, tabla, region, periodo)}

    def quarantine(self, tabla: Table, regla: str = "", region: Region = "", periodo: Period = "") -> dict[str, Any]:
        if tabla not in catalogue.contracts():
            raise Problem(404, f"No existe la tabla «{tabla}».", "Elíjala en la lista.")
        return {"tabla": tabla, "regla": regla, **held.rows(self.warehouse, tabla, regla, region, periodo)}

    def waivers(self) -> dict[str, Any]:
        found = waivers.in_force(self.warehouse.engine, places.today_of(self.warehouse))
        return {"excepciones": [held.waiver(w) for w in found], "sin_excepcion": sorted(waivers.NEVER)}

    def grant(self, body: WaiverBody) -> dict[str, Any]:
        if body.tabla not in catalogue.contracts():
            raise Problem(422, f"No existe la tabla «{body.tabla}».", "Elíjala en la lista.")
        granted = waivers.grant(
            self.warehouse.engine, body.regla, body.tabla, body.region, body.periodo, body.nombre, body.motivo, body.vence
        )  # fmt: skip
        return held.waiver(granted)

    def withdraw(self, numero: int) -> dict[str, Any]:
        waivers.withdraw(self.warehouse.engine, numero)
        return {"id": numero, "retirada_en": now()}


def _statement(one: statements.Statement) -> dict[str, Any]:
    names = ("id", "tabla", "cod_region", "periodo", "entrega_id", "autor", "texto", "creado_en")
    return {n: getattr(one, n) for n in names}


@lru_cache(maxsize=1)
def _reference_tables(today: date) -> dict[str, Any]:
    from etl import references

    return references.tables(today)


def download(content: bytes, name: str, media: str, *, inline: bool = False) -> Response:
    """A file to be saved, or shown where the browser can. The name is plain ASCII."""
    safe = name.encode("ascii", "ignore").decode().replace('"', "") or "archivo"
    how = "inline" if inline else "attachment"
    return Response(content, media_type=media, headers={"content-disposition": f'{how}; filename="{safe}"', "cache-control": "no-store"})


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0]
