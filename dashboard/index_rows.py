"""The index as rows for the API: a line for each region and dimension, the index itself among them. CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

from dashboard import formats
from dashboard.answers import Problem
from dashboard.narrative import indice
from dashboard.narrative.indice import Reading
from dashboard.published import Snapshot
from warehouse.errors import suggest

#: columns of the CSV, in order; `dimension` is empty in the line of the index itself
COLUMNS = [
    "indice", "territorio", "nombre_territorio", "tipo_periodo", "periodo", "dimension", "nombre", "valor", "inferior", "superior", "nivel",
    "certeza", "estricto", "peso_cubierto", "estado", "publicacion",
]  # fmt: skip


def index_rows(snap: Snapshot, query: dict[str, str]) -> list[dict[str, Any]]:
    """Every region at a period, or one of them. Raises Problem naming what is wrong."""
    asked = query.get("periodo", "")
    reading = indice.read(snap, asked)
    if reading is None:
        raise Problem(404, "Esta publicación no trae el Índice de Desempeño Regional.")
    if asked and asked != reading.period:
        known = snap.index_periods(indice.INDEX)
        raise Problem(404, f"El índice no tiene el periodo «{asked}».{suggest(asked, known)}", f"Tiene de {known[0]} a {known[-1]}.")
    place = query.get("territorio")
    if place and place not in reading.results:
        raise Problem(404, f"El índice no tiene el territorio «{place}».", "Escriba el código de una región, p. ej. territorio=13.")
    codes = [place] if place else list(reading.results)
    return [row for code in codes for row in _of_region(reading, code, snap.number)]


def _of_region(reading: Reading, code: str, number: int) -> list[dict[str, Any]]:
    result = reading.results[code]
    about = {
        "indice": indice.INDEX, "territorio": code, "nombre_territorio": formats.place(code), "tipo_periodo": reading.sheet["period"],
        "periodo": reading.period, "publicacion": number,
    }  # fmt: skip
    certain = sum(result["sorteos_por_nivel"].get(s) or 0.0 for s in result["niveles"]) if result["niveles"] else None
    whole = {
        "nombre": reading.sheet["name"]["es"], **{k: result[k] for k in ("valor", "inferior", "superior", "estricto", "estado")},
        "nivel": " o ".join(result["niveles"]), "certeza": certain,
    }  # fmt: skip
    rows = [{**about, "dimension": "", **whole}]
    for d in result["dimensiones"]:
        levels = indice.levels_touched(reading, d["inferior"], d["superior"])
        shown = {k: d[k] for k in ("valor", "inferior", "superior", "peso_cubierto")}
        state = "publicado" if d["valor"] is not None else "no_calculable"
        rows.append({**about, "dimension": d["id"], "nombre": reading.dimension_name(d["id"]), **shown, "nivel": " o ".join(levels), "estado": state})
    return [{c: row.get(c) for c in COLUMNS} for row in rows]


def index_csv(rows: list[dict[str, Any]]) -> bytes:
    """UTF-8 with its mark, so that Excel reads the accents. No text of these rows comes from people: none can be a formula."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
