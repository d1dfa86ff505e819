"""The seven dimensions of the index as a native drawing of a document, with its description in words."""

from __future__ import annotations

from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import indice
from dashboard.narrative.indice import Reading


def figure(reading: Reading, code: str, lang: str) -> dict[str, Any]:
    """What `perfil` of the templates draws: a line for each dimension, the legend, and all of it as one text."""
    result, before = reading.results[code], reading.before.get(code)
    since = [float(x["since"]) for x in reading.sheet["levels"][1:]]
    lines = [_line(reading, result, indice.dimension(before, d["id"]), d["id"], since, lang) for d in reading.dimensions]
    name = formats.place(code, lang)
    legend = [("punto", name), ("banda", t("banda de {n} %", lang).format(n=indice.BAND))]
    legend += [("antes", t("hace un año", lang))] if any(line["antes"] is not None for line in lines) else []
    legend += [("medio", t("mediana de las regiones", lang))] if any(line["mediana"] is not None for line in lines) else []
    told = "; ".join(
        f"{x['nombre']}: {x['cifra']} {x['banda']} {x['nivel']}" if x["valor"] is not None else f"{x['nombre']}: {x['porque']}" for x in lines
    )
    alt = t("Puntaje de 0 a 100 de {nombre} en cada dimensión, {periodo}. {detalle}.", lang)
    return {"filas": lines, "leyenda": legend, "alt": alt.format(nombre=name, periodo=formats.period(reading.period, lang), detalle=told)}


def _line(reading: Reading, result: Any, before: Any, id: str, since: list[float], lang: str) -> dict[str, Any]:
    found = indice.dimension(result, id)
    line: dict[str, Any] = {"nombre": reading.dimension_name(id, lang), "niveles": since, "valor": None, "antes": None, "mediana": None, "porque": ""}
    if found is None or found["valor"] is None:
        return {**line, "porque": indice.why_not(reading, result, id, lang)}
    levels = indice.levels_touched(reading, found["inferior"], found["superior"])
    return {
        **line, "valor": float(found["valor"]), "bajo": float(found["inferior"]), "alto": float(found["superior"]),
        "mediana": reading.median_of(id), "antes": before["valor"] if before else None, "cifra": formats.number(found["valor"], 0, lang),
        "banda": indice.band(found, lang), "nivel": indice.level_words(reading, levels, lang),
    }  # fmt: skip
