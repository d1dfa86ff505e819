"""The register of alerts for whoever attends to them: what is open, what happened to each, and what somebody did about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from dashboard.address import with_query
from etl.desk.problems import DeskRoute, Problem
from warehouse import notice_alerts
from warehouse.notice_alerts import ATTENDED, CLOSED, OPEN, STATES, Alert, Event
from warehouse.store import Warehouse
from warehouse.territories import COUNTRY, all_territories

#: alerts of one answer
MOST = 300
Number = Annotated[int, Path(ge=1, description="Número de la alerta.")]
Region = Annotated[str, Query(max_length=6, description="Código del INEI; vacío, todas.")]
Kind = Annotated[Literal["", "senal", "falta", "regla"], Query(description="De qué trata; vacío, todas.")]
State = Annotated[Literal["vigentes", "cesaron", "cerradas", "todas"], Query(description="Por atender, las que ya cesaron, cerradas o todas.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Assigning(_Body):
    """Who attends to an alert and until when; `por` is who says so, declared as every name here."""

    responsable: str = Field(max_length=200)
    vence: date | None = None
    por: str = Field("", max_length=200)


class Closing(_Body):
    """What was done."""

    hecho: str = Field(max_length=4000)
    por: str = Field(max_length=200)


def router(warehouse: Warehouse) -> APIRouter:
    """Answers are made when asked: nothing of the register is published."""
    made, register = APIRouter(route_class=DeskRoute, tags=["Alertas"]), _Register(warehouse)
    for method, path, work, summary in (
        ("GET", "", register.listed, "Alertas, primero las que vencen antes"),
        ("GET", "/{numero}", register.one, "Una alerta y todo lo que le ocurrió"),
        ("POST", "/{numero}/asignar", register.assign, "Pone responsable y fecha"),
        ("POST", "/{numero}/cerrar", register.close, "Cierra una alerta diciendo qué se hizo"),
    ):
        made.add_api_route(f"/api/v1/avisos/alertas{path}", work, methods=[method], summary=summary, response_model=None)
    return made


class _Register:
    """One method for each route."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def listed(self, region: Region = "", tipo: Kind = "", estado: State = "vigentes", desde: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
        states = {"vigentes": (OPEN, ATTENDED), "cesaron": (OPEN, ATTENDED), "cerradas": (CLOSED,), "todas": STATES}[estado]
        found = [a for a in notice_alerts.alerts(self.warehouse.engine, region=region, states=states) if tipo in ("", a.tipo)]
        if estado == "cesaron":
            found = [a for a in found if a.ceso_en is not None]
        today = self.warehouse.today
        return {
            "hoy": today, "total": len(found), "pasadas": sum(_is_late(a, today) for a in found),
            "sin_responsable": sum(a.estado != CLOSED and not a.responsable for a in found),
            "alertas": [told(a, today) for a in found[desde : desde + MOST]],
        }  # fmt: skip

    def one(self, numero: Number) -> dict[str, Any]:
        return {"alerta": told(self._find(numero), self.warehouse.today), "hechos": [vars(e) for e in self._events(numero)]}

    def assign(self, numero: Number, body: Assigning) -> dict[str, Any]:
        self._find(numero)
        due = body.vence or self.warehouse.today + timedelta(days=self.warehouse.settings.avisos_plazo_alertas)
        return told(notice_alerts.assign(self.warehouse.engine, numero, body.responsable, due, body.por), self.warehouse.today)

    def close(self, numero: Number, body: Closing) -> dict[str, Any]:
        self._find(numero)
        return told(notice_alerts.close(self.warehouse.engine, numero, body.hecho, body.por), self.warehouse.today)

    def _find(self, number: int) -> Alert:
        found = notice_alerts.alerts(self.warehouse.engine, ids=[number])
        if not found:
            raise Problem(404, f"No hay una alerta con el número {number}.", "Actualice la página.")
        return found[0]

    def _events(self, number: int) -> list[Event]:
        return notice_alerts.events(self.warehouse.engine, number)


def told(alert: Alert, today: date) -> dict[str, Any]:
    """An alert as it is shown, with its place's name and where its matter is seen."""
    names = ("id", "tipo", "objeto", "regla", "cod_region", "periodo", "frase", "desde_publicacion", "responsable", "vence", "estado", "abierta_en",
             "ceso_en", "cierre", "cerrada_por", "cerrada_en", "reaperturas")  # fmt: skip
    place = all_territories().get(alert.cod_region)
    name = "Entidad nacional" if alert.cod_region == COUNTRY else place.nombre if place else alert.cod_region
    return {n: getattr(alert, n) for n in names} | {"region": name, "pasada": _is_late(alert, today), "enlace": _where(alert)}


def _is_late(alert: Alert, today: date) -> bool:
    return alert.estado != CLOSED and alert.vence is not None and alert.vence < today


def _where(alert: Alert) -> str:
    """The page where the matter of an alert is seen: an indicator, or a delivery."""
    if alert.tipo == notice_alerts.SIGNAL:
        return with_query(f"/indicador/{alert.objeto}", region=alert.cod_region)
    return with_query("/entregas", region=alert.cod_region, tabla=alert.objeto, periodo=alert.periodo)
