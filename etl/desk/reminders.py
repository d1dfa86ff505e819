"""Reminders: one plain letter for each region that owes something. The desk writes it; a person sends it and says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from etl.desk.due import Due
from warehouse import catalogue
from warehouse.territories import territory


@dataclass(frozen=True)
class Letter:
    """A reminder ready to be sent."""

    cod_region: str
    asunto: str
    texto: str
    pendientes: list[list[Any]]


def letter(region: str, owed: Iterable[Due], today: date) -> Letter:
    """The reminder of one region: what, since when, what to do, and that a reason can be given."""
    owed = list(owed)
    place = territory(region)
    lines = [_line(item) for item in owed]
    what = "una entrega de datos pendiente" if len(owed) == 1 else f"{len(owed)} entregas de datos pendientes"
    text = "\n".join(
        [
            f"Señores de {place.autoridad or place.nombre}:", "",
            f"Al {today:%d-%m-%Y} el Sistema de Información y Evaluación de la Gestión Minera tiene {what} de {place.nombre}:", "",
            *lines, "",
            "Puede enviarlas en la página «Entregas»: ahí se descarga la plantilla, se revisa el archivo antes de enviarlo y se obtiene "
            "la constancia. Si hubo una razón para la demora, escríbala ahí mismo como descargo; se mostrará junto a los datos.",
            "", "Si ya las envió, no haga caso de este mensaje.",
            "", "Gracias.",
        ]
    )  # fmt: skip
    return Letter(region, f"Entregas de datos pendientes de {place.nombre} al {today:%d-%m-%Y}", text, [[d.tabla, d.periodo, d.dias] for d in owed])


def _line(item: Due) -> str:
    contract = catalogue.contracts().get(item.tabla)
    name = contract.title.es if contract else item.tabla
    when = f"venció el {item.vence:%d-%m-%Y} (hace {_days(item.dias)})" if item.vence else "sin fecha límite"
    if item.estado == "rechazada":
        return f"- {name}, {item.nombre_periodo}: llegó la versión {item.version} y no se pudo aceptar; {when}. {item.mensaje}".rstrip()
    return f"- {name}, {item.nombre_periodo}: {when}."


def _days(count: int) -> str:
    return "1 día" if count == 1 else f"{count} días"
