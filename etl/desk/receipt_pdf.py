"""The receipt as a PDF: the same bytes for the same submission, text that can be selected and read aloud (PDF/UA)."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).with_name("constancia.typ")
_STATES = {"aceptada": "Aceptada", "aceptada_con_advertencias": "Aceptada con advertencias", "rechazada": "No se aceptó"}
_NOTE = (
    "Esta constancia acredita que el archivo con esa huella SHA-256 llegó a la hora indicada y fue revisado con las reglas de su contrato. "
    "El nombre de quien envía es el que se declaró; el sistema todavía no comprueba identidades. Para cotejar un archivo con esta constancia, "
    "calcule su huella, p. ej. en Windows: certutil -hashfile archivo.xlsx SHA256"
)


def pdf(receipt: dict[str, Any]) -> bytes:
    """The document of a receipt as `history.receipt` gives it."""
    return _compiled(json.dumps(_words(receipt), ensure_ascii=False), receipt["evaluado_en"])


@lru_cache(maxsize=32)
def _compiled(words: str, made: datetime) -> bytes:
    import typst  # 40 MB of typesetter: loaded when the first receipt is asked for

    found: bytes = typst.compile(
        _SOURCE, sys_inputs={"datos": words}, ignore_system_fonts=True, timestamp=made.replace(microsecond=0), pdf_standards=["a-2a", "ua-1"]
    )
    return found


def _words(r: dict[str, Any]) -> dict[str, Any]:
    return {
        "numero": f"{r['seq']}",
        "titulo": f"Constancia de recepción N.º {r['seq']}",
        "emitida": f"Revisada el {r['evaluado_lima']} (hora de Lima)",
        "resumen": f"{r['titulo']} · {r['region']} · {r['nombre_periodo']} · versión {r['version']}",
        "prueba": "Dato sintético de demostración: no describe a ninguna entidad ni persona." if r["sintetico"] else "",
        "frase": r["mensaje"] or _STATES.get(r["estado"], r["estado"]),
        "recibido": _received(r),
        "resultado": _result(r),
        "reglas": [[x["regla_id"], x["severidad"], f"{x['filas_fallidas']:,}", x["mensaje"]] for x in r["reglas"]],
        "nota": _NOTE,
        "pie": f"SIEGEM · Constancia N.º {r['seq']} · {r['hash_archivo'][:16]}…",
    }


def _received(r: dict[str, Any]) -> list[list[str]]:
    due = f"{r['fecha_limite']:%d-%m-%Y}" + (" (a tiempo)" if r["a_tiempo"] else " (después del plazo)") if r["fecha_limite"] else "sin fecha límite"
    pairs = [
        ("Fecha y hora", f"{r['recibido_lima']} (hora de Lima)"),
        ("Archivo", r["archivo"]),
        ("SHA-256", r["hash_archivo"]),
        ("Tabla", f"{r['titulo']} ({r['tabla']}; contrato {r['contrato']}, versión {r['version_contrato']})"),
        ("Entidad", " · ".join(x for x in (r["region"], r["autoridad"]) if x)),
        ("Periodo", r["nombre_periodo"]),
        ("Fecha límite", due),
        ("Enviado por (declarado)", r["remitente"]),
        ("Motivo del cambio", r["motivo"]),
    ]
    return [[label, str(text)] for label, text in pairs if text]


def _result(r: dict[str, Any]) -> list[list[str]]:
    pairs = [
        ("Estado", _STATES.get(r["estado"], r["estado"])),
        ("Filas recibidas", f"{r['filas']:,}"),
        ("Filas aceptadas", f"{r['filas_aceptadas']:,}"),
        ("Filas en cuarentena", f"{r['filas_cuarentena']:,}"),
        ("Versión", f"{r['version']}" + (f", reemplaza a la versión {r['reemplaza']}" if r["reemplaza"] else "")),
    ]
    if r["reemplaza"]:
        changes = f"{r['filas_agregadas']:,} agregadas, {r['filas_cambiadas']:,} cambiadas, {r['filas_retiradas']:,} retiradas"
        pairs.append(("Diferencia", changes))
    return [[label, text] for label, text in pairs]
