"""`/entregas/constancia/<seq>`: the receipt of one submission, to be read, printed, or saved as a PDF."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard import components, desk_frame
from dashboard.language import t

dash.register_page(__name__, path_template="/entregas/constancia/<seq>", title="Constancia de recepción", order=8)


def layout(seq: str = "", lang: str = "es") -> list[Any]:
    number = seq if seq.isdecimal() and len(seq) < 12 else "—"
    return [
        components.breadcrumbs((t("Entregas", lang), "/entregas"), t("Constancia", lang)),
        html.H1(t("Constancia de recepción N.º {n}", lang).format(n=number), className="oracion"),
        desk_frame.frame("constancia", lang, _texts(lang), seq=number if number != "—" else "0"),
    ]


def _texts(lang: str) -> dict[str, str]:
    return {
        "pdf": t("Descargar PDF", lang),
        "imprimir": t("Imprimir", lang),
        "ir": t("Ver la entrega", lang),
        "recibido": t("Qué se recibió", lang),
        "resultado": t("Qué resultó de la revisión", lang),
        "fecha_hora": t("Fecha y hora", lang),
        "lima": t("hora de Lima", lang),
        "archivo": t("Archivo", lang),
        "tabla": t("Tabla", lang),
        "entidad": t("Entidad", lang),
        "periodo": t("Periodo", lang),
        "limite": t("Fecha límite", lang),
        "a_tiempo": t("a tiempo", lang),
        "despues": t("después del plazo", lang),
        "enviado_por": t("Enviado por (declarado)", lang),
        "motivo_cambio": t("Motivo del cambio", lang),
        "estado": t("Estado", lang),
        "filas": t("Filas recibidas", lang),
        "aceptadas_n": t("Filas aceptadas", lang),
        "cuarentena": t("Filas en cuarentena", lang),
        "version_titulo": t("Versión", lang),
        "reemplaza_a": t("{n}, reemplaza a la versión {m}", lang),
        "diferencia": t("Diferencia", lang),
        "cambios": t("agregadas {a}, cambiadas {c}, retiradas {r}", lang),
        "reglas": t("Reglas no superadas", lang),
        "regla": t("Regla", lang),
        "contrato": t("contrato {c}, versión {v}", lang),
    }
