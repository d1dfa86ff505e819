"""`/api/v1/calidad`: which rules the deliveries met, and which deliveries are in force.

The ministry's own site also tells files, messages and samples of rows; the public one never does, whatever its store holds.
"""

from __future__ import annotations

from typing import Any

from fastapi import Response

from dashboard import site
from dashboard.api import questions as ask
from dashboard.api.models import Calidad, Entrega, Reglas, Resultado
from dashboard.api.reply import Made, Question
from dashboard.api.resource import resource
from dashboard.api.values import paged
from dashboard.published import NOT_MET
from dashboard.rows import plain_value

RESULTS, DELIVERIES = list(Resultado.model_fields), list(Entrega.model_fields)
#: what only the ministry's own site adds
_OWN_RESULTS = ["entrega_id", "mensaje", "muestra", "archivo", "recibido_en", "estado_entrega"]
_OWN_DELIVERIES = [
    "seq", "entrega_id", "hash_archivo", "archivo", "evaluado_en", "celdas_requeridas", "celdas_vacias", "mensaje", "corrida_id", "motivo",
    "filas_agregadas", "filas_cambiadas", "filas_retiradas", "dispensas",
]  # fmt: skip


@resource(
    "/api/v1/calidad", "Resultados de las reglas de calidad y entregas que rigen",
    asks=(ask.TABLE, ask.REGION, ask.RULE, ask.OUTCOME, ask.LIMIT, ask.OFFSET, ask.PUBLICATION), gives=Calidad, paged=True,
    example="region=13&limite=2",
    told="Sin filtros, lo que hay que mirar: las reglas que fallan o que no se pudieron evaluar. Los dos listados se pasan de página a la vez.",
)  # fmt: skip
def quality(question: Question) -> Response:
    return question.reply(lambda: _made(question))


def _made(question: Question) -> Made:
    query, snap = question.query, question.snap
    limit, offset = question.number("limite", ask.PAGE), question.number("desde_fila", 0)
    place = {"tabla": query.get("tabla"), "cod_region": query.get("region")}
    filters: dict[str, Any] = {**place, "regla_id": query.get("regla"), "estado": query.get("estado")}
    # without a filter, what people have to look at: the rules that were met are most of hundreds of thousands of rows
    filters = filters if any(filters.values()) else {"estado": list(NOT_MET)}
    of_results = [*RESULTS, *([] if site.is_public() else _OWN_RESULTS)]
    of_deliveries = [*DELIVERIES, *([] if site.is_public() else _OWN_DELIVERIES)]
    total, results = snap.pages().results(of_results, limit, offset, **filters)
    sent, deliveries = snap.pages().deliveries(of_deliveries, limit, offset, **place)
    rows = {
        "completitud": snap.publication.completitud, "total_entregas": sent, "resultados": _told(of_results, results),
        "entregas": _told(of_deliveries, deliveries),
    }  # fmt: skip
    return paged(question, total, rows, more=sent)


def _told(columns: list[str], rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, map(plain_value, row), strict=True)) for row in rows]


@resource(
    "/api/v1/calidad/reglas", "Cada regla de calidad por tabla, región y resultado", gives=Reglas, example="region=13&estado=falla",
    asks=(ask.TABLE, ask.REGION, ask.RULE, ask.OUTCOME, ask.PUBLICATION),
    told="Cuántas entregas cumplieron o no cada regla y en cuántas filas, contando la última versión de cada entrega.",
)  # fmt: skip
def rules(question: Question) -> Response:
    query, snap = question.query, question.snap
    equal = {"tabla": query.get("tabla"), "cod_region": query.get("region"), "regla_id": query.get("regla"), "estado": query.get("estado")}
    return question.reply(lambda: Made({"publicacion": snap.number, "reglas": snap.pages().rules(**equal)}))
