"""`/api/v1/revisiones`: what was published and changed, with its reason."""

from __future__ import annotations

from fastapi import Response

from dashboard.api import questions as ask
from dashboard.api.models import Revision, Revisiones
from dashboard.api.reply import Made, Question
from dashboard.api.resource import resource
from dashboard.api.values import paged
from dashboard.rows import plain_value


@resource(
    "/api/v1/revisiones", "Valores publicados que cambiaron, con su motivo", gives=Revisiones, paged=True,
    asks=(ask.ONE_INDICATOR, ask.ONE_PLACE, ask.LIMIT, ask.OFFSET, ask.PUBLICATION),
    told="Lo que cambió hasta la publicación, lo más nuevo primero. En cada fila, «publicacion» es la que lo cambió.",
)  # fmt: skip
def revisions(question: Question) -> Response:
    query, snap = question.query, question.snap
    if query.get("indicador"):
        snap.sheet(query["indicador"])

    def make() -> Made:
        columns = list(Revision.model_fields)
        equal = {"indicador": query.get("indicador"), "territorio": query.get("territorio")}
        total, found = snap.pages().revisions(columns, question.number("limite", ask.PAGE), question.number("desde_fila", 0), **equal)
        return paged(question, total, {"revisiones": [dict(zip(columns, map(plain_value, row), strict=True)) for row in found]})

    return question.reply(make)
