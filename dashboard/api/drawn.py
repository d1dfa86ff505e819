"""The index, the scorecard's sentences, and the figures that pages draw."""

from __future__ import annotations

from fastapi import Response

from dashboard.answers import answer
from dashboard.api import models
from dashboard.api import questions as ask
from dashboard.api.reply import CSV, Made, Question
from dashboard.api.resource import resource
from dashboard.figure_bytes import figure_bytes, many_figures
from dashboard.index_rows import index_csv, index_rows
from dashboard.language import known
from dashboard.narrative import matrix_sentences

_OF_INDEX = (ask.ONE_PERIOD, ask.ONE_PLACE, ask.PUBLICATION)


@resource("/api/v1/indice", "Índice de Desempeño Regional por región y dimensión", asks=_OF_INDEX, gives=models.Indice, example="territorio=13")
def index(question: Question) -> Response:
    snap = question.snap
    return question.reply(lambda: Made({"publicacion": snap.number, "indice": index_rows(snap, dict(question.query))}))


@resource("/api/v1/indice.csv", "El mismo índice, en CSV", asks=_OF_INDEX, media=(CSV,), example="territorio=13")
def index_table(question: Question) -> Response:
    snap = question.snap
    return question.reply(lambda: Made(index_csv(index_rows(snap, dict(question.query)))), media=CSV, download=f"siegem-indice-p{snap.number}.csv")


@resource(
    matrix_sentences.PATH, "Lo que dice cada celda del cuadro de mando: el país y las regiones, en ese orden", asks=(ask.LANGUAGE, ask.PUBLICATION),
    gives=models.Frases, turn=False,
)  # fmt: skip
def board(question: Question) -> Response:
    snap = question.snap
    body = {"publicacion": snap.number, "frases": matrix_sentences.told(snap, known(question.query.get("lang")))}
    return answer(question.request, body, pinned=question.pinned)


@resource(
    "/api/v1/figuras/{nombre}", "Una figura de Plotly, ya serializada", gives=models.Figura, turn=False, example="indicador=pct_tramites_en_plazo",
    asks=(ask.FIGURE, ask.ONE_INDICATOR, ask.ONE_PLACE, ask.ONE_PERIOD, ask.ONE_KIND, ask.CATEGORY, ask.LANGUAGE, ask.PUBLICATION),
)  # fmt: skip
def figure(question: Question) -> Response:
    return figure_bytes(question.request, question.path["nombre"])


@resource(
    "/api/v1/figuras", "Varias figuras en una respuesta: cada «de» es el nombre de una y su consulta", gives=models.Figuras, turn=False,
    asks=(ask.WANTED_FIGURES, ask.PUBLICATION), told="La que no se puede dibujar dice su estado y su razón en su lugar.",
    example="de=mapa%3Findicador%3Dpct_tramites_en_plazo",
)  # fmt: skip
def figures(question: Question) -> Response:
    return many_figures(question.request)
