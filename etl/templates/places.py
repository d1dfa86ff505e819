"""For whom and when a template is: the place checked, named, and dated in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from etl.dates import business_days, due_date
from etl.sources.received import NATIONAL, SERIES
from warehouse import periods
from warehouse.contracts import Contract
from warehouse.errors import SiegemError
from warehouse.territories import regions, territory

_FORMS = {"mes": "2026-10", "trimestre": "2026-T3", "semestre": "2026-S1", "anio": "2026"}
_MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre")
_ORDINALS = ("primer", "segundo", "tercer", "cuarto")
_WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


def file_name(contract: Contract, region: str, period: str, version: int = 1) -> str:
    """The name that the inbox understands."""
    return f"{contract.table}_{region}_{period}_v{version}.xlsx"


def check_place(contract: Contract, region: str, period: str) -> None:
    """Whether that region delivers that table for that period. Raises SiegemError with the cure."""
    scope = contract.delivery.ambito
    if scope == "sistema":
        raise SiegemError(f"La tabla «{contract.table}» la arma el sistema: nadie la entrega y no tiene plantilla.", cure=_SEE)
    if (scope == "nacional") != (region == NATIONAL):
        cure = f"Use la región {NATIONAL}." if scope == "nacional" else "Use el código del INEI de la región, de 01 a 26, p. ej. 13."
        whose = "la entrega una entidad nacional" if scope == "nacional" else "la entrega cada región"
        raise SiegemError(f"La tabla «{contract.table}» {whose}; «{region}» no corresponde.", cure=cure)
    if scope == "region" and region not in {r.codigo for r in regions()}:
        territory(region)  # says the nearest where the code exists nowhere
        raise SiegemError(f"«{region}» no es un gobierno regional.", cure="Use el código del INEI, de 01 a 26, p. ej. 13 (La Libertad).")
    if region not in contract.senders:
        owed = ", ".join(f"{c} ({territory(c).nombre})" for c in contract.senders)
        raise SiegemError(f"La región {region} no entrega «{contract.table}».", cure=f"La entregan {owed}.")
    if period == SERIES:
        return
    wanted = periods.OF_DELIVERY.get(contract.delivery.periodicidad)
    if wanted is not None and periods.parse(period).months < periods.parse(_FORMS[wanted]).months:
        raise SiegemError(
            f"«{contract.table}» se entrega por {_name_of(wanted)} y «{period}» es más corto.", cure=f"Escriba el periodo como {_FORMS[wanted]}."
        )


_SEE = "Vea quién entrega cada tabla en docs/contratos.md."


def _name_of(kind: str) -> str:
    return {"anio": "año"}.get(kind, kind)


def last_period(contract: Contract, today: date) -> str:
    """The newest period that has ended, as the table is delivered."""
    kind = periods.OF_DELIVERY.get(contract.delivery.periodicidad)
    if kind is None:
        return SERIES
    current = periods.Period(periods.add_months(today, 0), "mes").within(kind)
    return current.earlier(current.months).code


def region_words(region: str) -> str:
    """The region's name; a national body has none of its own here."""
    return "Entidad nacional" if region == NATIONAL else territory(region).nombre


def period_words(period: str) -> str:
    """«octubre de 2026», «tercer trimestre de 2026»."""
    if period == SERIES:
        return "la serie completa"
    found = periods.parse(period)
    year, index = found.start.year, (found.start.month - 1) // found.months
    return {
        "mes": f"{_MONTHS[found.start.month - 1]} de {year}", "trimestre": f"{_ORDINALS[index % 4]} trimestre de {year}",
        "semestre": f"{_ORDINALS[index % 4]} semestre de {year}", "anio": f"año {year}",
    }[found.kind]  # fmt: skip


def due_words(contract: Contract, period: str, tables: Mapping[str, pa.Table]) -> str:
    """The day it is due and where that day comes from."""
    delivery = contract.delivery
    last = due_date(contract, period, business_days(tables.get("ref_calendario")))
    status = "plazo propuesto, por aprobar" if delivery.plazo_estado == "propuesto" else "plazo fijado por norma"
    if delivery.plazo_dia_habil is not None:
        rule = f"{delivery.plazo_dia_habil}.º día hábil después del periodo; {status}"
    elif delivery.plazo_dias is not None:
        rule = f"{delivery.plazo_dias} días calendario después del periodo; {status}"
    else:
        return "sin fecha fijada"
    return f"{_WEEKDAYS[last.weekday()]} {last:%d-%m-%Y} ({rule})" if last is not None else rule
