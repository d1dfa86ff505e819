"""`/api/v1/valores`: published values, filtered, a page at a time or as a whole table."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from dashboard.answers import Problem
from dashboard.api import questions as ask
from dashboard.api.models import Valores
from dashboard.api.reply import CSV, LICENSE, Made, Question
from dashboard.api.resource import resource
from dashboard.rows import Asked, as_csv, asked_of, csv_pieces, pieces
from dashboard.workbook import MOST, XLSX, as_xlsx


@resource(
    "/api/v1/valores", "Valores publicados, en JSON, CSV o XLSX",
    told="Cada fila es un valor con su intervalo, sus casos, su estado y su fuente; donde no hay valor, «estado» dice por qué. En JSON viene de "
    "a 10,000 filas: «siguiente» y el encabezado Link llevan a las demás. En CSV viene todo; en XLSX, hasta 60,000 filas. "
    "Las filas salen siempre en el mismo orden.",
    asks=(ask.INDICATORS, ask.PLACES, ask.KIND, ask.PERIODS, ask.SINCE, ask.UNTIL, ask.BREAKDOWN, ask.CATEGORY, ask.LIMIT_OF_VALUES, ask.OFFSET,
          ask.FORMAT, ask.PUBLICATION, ask.LANGUAGE),
    gives=Valores, media=(CSV, XLSX), example="territorio=13&desglose=ninguno&limite=3", paged=True,
)  # fmt: skip
def values(question: Question) -> Response:
    before = question.kept()
    if before is not None:
        return before
    query, snap = dict(question.query), question.snap
    form = query.get("formato", "json")
    asked = asked_of(snap, query)
    if form == "json":
        return question.reply(lambda: _page(question, asked))
    limit, offset = question.number("limite", 0) or None, question.number("desde_fila", 0)
    name = "-".join(x for x in ("siegem", *(query.get(k, "").replace(",", "-") for k in ("indicador", "territorio")), f"p{snap.number}") if x)[:120]
    counts = asked.counts(snap)
    rows = min(max(0, sum(counts.values()) - offset), limit or sum(counts.values()))
    if form == "xlsx":
        if rows > MOST:
            raise Problem(
                400, f"La consulta da {rows:,} filas y un libro de Excel lleva hasta {MOST:,}.", "Filtre más, o pida formato=csv, que no tiene tope."
            )
        return question.reply(lambda: Made(as_xlsx(snap, _all(question, asked, limit, offset, counts), query)), media=XLSX, download=f"{name}.xlsx")
    if rows > ask.PAGE:
        return question.stream(lambda: csv_pieces(pieces(snap, asked, limit, offset, counts)), media=CSV, download=f"{name}.csv")
    return question.reply(lambda: Made(as_csv(_all(question, asked, limit, offset, counts)), {"link": LICENSE}), media=CSV, download=f"{name}.csv")


def _all(question: Question, asked: Asked, limit: int | None, offset: int, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [row for piece in pieces(question.snap, asked, limit, offset, counts) for row in piece]


def _page(question: Question, asked: Asked) -> Made:
    counts = asked.counts(question.snap)
    limit, offset = question.number("limite", ask.PAGE), question.number("desde_fila", 0)
    return paged(question, sum(counts.values()), {"valores": _all(question, asked, limit, offset, counts)})


def paged(question: Question, total: int, rows: dict[str, Any], more: int = 0) -> Made:
    """A page in its envelope, with the address of the next one in the body and in `Link`. `more`: rows of a second list that is paged beside."""
    limit, offset = question.number("limite", ask.PAGE), question.number("desde_fila", 0)
    after = offset + limit
    following = question.address(desde_fila=after) if after < max(total, more) else None
    head = {
        "publicacion": question.snap.number, "total": total, "desde_fila": offset, "limite": limit, "siguiente": following,
        "enlace_permanente": question.address(),
    }  # fmt: skip
    links = [f'<{following}>; rel="next"'] if following else []
    return Made({**head, **rows}, {"link": ", ".join([*links, LICENSE])})
