"""What there is: indicators with their sheets, territories, publications, sources, and the meaning of columns and codes."""

from __future__ import annotations

import csv
import io
from typing import Any

from fastapi import Response

from dashboard import dictionary, published
from dashboard.answers import Problem, answer
from dashboard.api import models
from dashboard.api import questions as ask
from dashboard.api.reply import CSV, Made, Question
from dashboard.api.resource import RESOURCES, resource
from dashboard.language import known
from dashboard.narrative.sentences import category_name
from dashboard.opendata import folders
from dashboard.opendata.facts import facts_of
from dashboard.published import Publication, Sheet, Snapshot, area_name
from dashboard.rows import plain_value, territory_rows
from warehouse.errors import NothingPublished, suggest
from warehouse.periods import KINDS
from warehouse.states import CHANGES, NOTICES, STATES
from warehouse.territories import LEVELS, all_territories, region_of_ubigeo

LICENSE = "CC BY 4.0: https://creativecommons.org/licenses/by/4.0/deed.es"
_PROVINCE = "provincia"


@resource("/api/v1", "Por dónde empezar: las direcciones que hay", gives=models.Inicio)
def start(question: Question) -> Response:
    try:
        number: int | None = published.snapshot().number
    except NothingPublished:
        number = None
    body = {
        "nombre": "SIEGEM · Monitor de la Gestión Minera Descentralizada", "explicada_en": "/api", "openapi": "/api/v1/openapi.json",
        "publicacion": number, "recursos": {r.path: r.summary for r in RESOURCES},
    }  # fmt: skip
    return answer(question.request, body, pinned=False)


# ---- indicators ---------------------------------------------------------------------------------------------------


@resource(
    "/api/v1/indicadores", "Fichas de los indicadores", asks=(ask.ONE_INDICATOR, ask.AREA, ask.PUBLICATION), gives=models.Indicadores,
    told="Cada indicador con su unidad, su último periodo y su ficha entera, como quedó en la publicación.",
)  # fmt: skip
def indicators(question: Question) -> Response:
    snap, only, area = question.snap, question.query.get("indicador"), question.query.get("area")
    sheets = [snap.sheet(only)] if only else snap.indicators()
    if area and area not in (areas := {s.area for s in snap.indicators()}):
        raise Problem(404, f"No hay indicadores del área «{area}».{suggest(area, areas)}", f"Hay de: {', '.join(sorted(areas))}.")
    kept = [s for s in sheets if area in (None, s.area)]
    return question.reply(lambda: Made({"publicacion": snap.number, "indicadores": [_indicator(snap, s) for s in kept]}))


@resource(
    "/api/v1/indicadores/{id}", "La ficha de un indicador, con sus periodos, desgloses y fuentes", asks=(ask.OF_PATH, ask.PUBLICATION),
    gives=models.UnIndicador,
)  # fmt: skip
def indicator(question: Question) -> Response:
    snap = question.snap
    sheet = snap.sheet(question.path["id"])

    def make() -> Made:
        return Made({
            "publicacion": snap.number, "indicador": _indicator(snap, sheet), "periodos": {k: snap.periods(sheet.id, k) for k in sheet.periods},
            "desgloses": [_breakdown(sheet, b) for b in sheet.breakdowns], "fuentes": _sources(snap, sheet.tablas),
            "valores": f"/api/v1/valores?indicador={sheet.id}&publicacion={snap.number}",
        })  # fmt: skip

    return question.reply(make)


def _indicator(snap: Snapshot, sheet: Sheet) -> dict[str, Any]:
    return {
        "indicador": sheet.id, "nombre": sheet.text("name"), "unidad": sheet.unit(), "area": sheet.area, "tipo_periodo": sheet.main_period,
        "ultimo_periodo": snap.last_period(sheet.id), "sintetico": sheet.synthetic, "tablas": list(sheet.tablas), "ficha": sheet.ficha,
        "sql": sheet.sql,
    }  # fmt: skip


def _breakdown(sheet: Sheet, breakdown: dict[str, Any]) -> dict[str, Any]:
    labels = breakdown.get("labels") or {}
    return {
        "desglose": breakdown["name"], "nombre": (breakdown.get("title") or {}).get("es", breakdown["name"]),
        "categorias": [{"categoria": code, "nombre": category_name(sheet, code)} for code in labels],
    }  # fmt: skip


# ---- territories --------------------------------------------------------------------------------------------------


@resource(
    "/api/v1/territorios", "Territorios con su código del INEI y su nivel", asks=(ask.LEVEL,), gives=models.Territorios, example="nivel=region",
    told="El país, los pilotos, las 26 regiones y Lima como departamento; con nivel=provincia, las provincias que tienen valores en algún desglose.",
)  # fmt: skip
def territories(question: Question) -> Response:
    level = question.query.get("nivel")
    rows = _provinces() if level == _PROVINCE else [r for r in _territories() if level in (None, r["nivel"])]
    return answer(question.request, {"territorios": rows}, pinned=False)


@resource("/api/v1/territorios/{codigo}", "Un territorio", asks=(ask.PLACE_OF_PATH,), gives=models.UnTerritorio)
def territory(question: Question) -> Response:
    code = question.path["codigo"]
    known_here = {r["codigo"]: r for r in (_provinces() if len(code) == 4 else _territories())}
    if code not in known_here:
        raise Problem(404, f"No existe el territorio «{code}».{suggest(code, known_here)}", "Vea la lista en /api/v1/territorios.")
    return answer(question.request, {"territorio": known_here[code], "valores": f"/api/v1/valores?territorio={code}"}, pinned=False)


def _territories() -> list[dict[str, Any]]:
    return [{**row, "region": row["codigo"] if row["nivel"] == "region" else ""} for row in territory_rows()]


def _provinces() -> list[dict[str, Any]]:
    """Provinces named by any indicator of the publication in force."""
    try:
        sheets = published.snapshot().indicators()
    except NothingPublished:
        return []
    named = {code: category_name(s, code) for s in sheets for b in s.breakdowns if b["name"] == _PROVINCE for code in b.get("labels") or {}}
    regions = {code: region_of_ubigeo(code) for code in named if code.isdigit() and len(code) == 4}
    return [
        {"codigo": code, "nombre": named[code], "nivel": _PROVINCE, "autoridad": "", "piloto": all_territories()[region].piloto, "region": region}
        for code, region in sorted(regions.items()) if region in all_territories()
    ]  # fmt: skip


# ---- publications -------------------------------------------------------------------------------------------------


@resource("/api/v1/publicaciones", "Publicaciones, de la más nueva a la más antigua", gives=models.Publicaciones)
def publications(question: Question) -> Response:
    return answer(question.request, {"publicaciones": [_card(p) for p in published.every()]}, pinned=False)


@resource(
    "/api/v1/publicaciones/{numero}", "Una publicación, con sus fuentes y cómo citarla", asks=(ask.NUMBER,), gives=models.UnaPublicacion,
    told="Su número es lo que se cita: lo que se pregunta con él da siempre la misma respuesta.",
)  # fmt: skip
def publication(question: Question) -> Response:
    number = int(question.path["numero"])
    snap = Question(question.request, {"publicacion": str(number)}, {}).snap
    card, base = snap.publication, folders.base() or str(question.request.base_url)
    cited = facts_of(snap, base).citation()  # as the files of the publication say it
    body = {
        "publicacion": _card(card), "indicadores": [s.id for s in snap.indicators()], "fuentes": _sources(snap), "cita": cited, "licencia": LICENSE,
        "enlaces": {name: f"/api/v1/{name}?publicacion={number}" for name in ("indicadores", "valores", "revisiones", "calidad", "indice")},
    }  # fmt: skip
    return answer(question.request, body, pinned=False)


def _card(card: Publication) -> dict[str, Any]:
    keys = ("numero", "creada_en", "datos_al", "completitud", "nuevos", "revisados", "retirados", "nota", "codigo", "huella")
    return {k: plain_value(getattr(card, k)) for k in keys}


def _sources(snap: Snapshot, tables: Any = None) -> list[dict[str, Any]]:
    def words(part: Any) -> str:
        return str((part or {}).get("es") or "")

    return [
        {
            "tabla": table, "titulo": words(row["fuente"].get("titulo")), "publicador": words(row["fuente"].get("publicador")),
            "url": row["fuente"].get("url") or "", "fecha": str(row["fuente"].get("fecha") or ""), "datos_al": plain_value(row["datos_al"]),
            "sintetico": bool(row["sintetico"]), "advertencias": [words(a) for a in row["fuente"].get("advertencias") or []],
        }
        for table, row in sorted(snap.sources(tables).items())
    ]  # fmt: skip


# ---- meanings -----------------------------------------------------------------------------------------------------


@resource(
    "/api/v1/metadatos", "Listas de códigos, columnas, fuentes y licencia", asks=(ask.FORM_OF_TABLE, ask.PUBLICATION), gives=models.Metadatos,
    media=(CSV,), told="Los estados de un valor, los avisos, los cambios, los tipos de periodo, los niveles y las áreas, con su nombre. "
    "En CSV: lista, código, es, en.",
)  # fmt: skip
def metadata(question: Question) -> Response:
    if question.query.get("formato") == "csv":
        return question.reply(lambda: Made(_lists_csv(question.snap)), media=CSV, download="siegem_metadatos.csv")
    snap = question.snap
    lists = {name: [{"codigo": c, "es": es, "en": en} for c, es, en in rows] for name, rows in _lists(snap).items()}
    return question.reply(lambda: Made({
        "publicacion": snap.number, "licencia": LICENSE, "columnas": dictionary.rows("es"), **lists, "cambios": list(CHANGES),
        "tipos_de_periodo": list(KINDS), "niveles": list(LEVELS), "fuentes": _sources(snap),
    }))  # fmt: skip


def _lists(snap: Snapshot) -> dict[str, list[tuple[str, str, str]]]:
    return {
        "estados": [(code, *names) for code, names in STATES.items()], "avisos": [(code, *names) for code, names in NOTICES.items()],
        "areas": [(a, area_name(a), area_name(a, "en")) for a in dict.fromkeys(s.area for s in snap.indicators())],
    }  # fmt: skip


def _lists_csv(snap: Snapshot) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("lista", "codigo", "es", "en"))
    writer.writerows((name, *row) for name, rows in _lists(snap).items() for row in rows)
    return out.getvalue().encode("utf-8-sig")


@resource(
    "/api/v1/diccionario", "Qué significa cada columna de las descargas, en CSV o JSON",
    asks=(ask.replace(ask.FORM_OF_TABLE, default="csv", example="json"), ask.LANGUAGE), gives=models.Diccionario, media=(CSV,),
    example="formato=json",
)  # fmt: skip
def dictionary_of_columns(question: Question) -> Response:
    lang = known(question.query.get("lang"))
    if question.query.get("formato") == "json":
        return answer(question.request, {"diccionario": dictionary.rows(lang)}, pinned=False)
    return answer(question.request, dictionary.as_csv(lang), pinned=False, media=CSV, download="siegem_diccionario.csv")
