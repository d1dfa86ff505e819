"""`/avisos`: the register of alerts, with owner, date and what was done. Filled by `assets/entregas/avisos.js`; it shows no publication."""

from __future__ import annotations

from typing import Any

import dash

from dashboard import components, desk_frame, formats
from dashboard.language import t
from warehouse.territories import regions

dash.register_page(__name__, path="/avisos", title="Alertas", order=8)


def layout(lang: str = "es", region: str = "", tipo: str = "") -> list[Any]:
    del region, tipo  # its script reads them from the address
    places = "|".join(f"{r.codigo}:{formats.place(r.codigo, lang)}" for r in regions())
    return [
        components.sentence(
            t("Qué hay que atender, quién lo atiende y hasta cuándo.", lang),
            t("Cada alerta se abre sola, y la cierra una persona que dice qué se hizo. Si la condición cesa y vuelve, se abre otra vez.", lang),
        ),
        desk_frame.tabs("/avisos", lang),
        desk_frame.frame("avisos", lang, {**_filters(lang), **_alert(lang), "regiones": places}),
        desk_frame.no_accounts(lang),
    ]


def _filters(lang: str) -> dict[str, str]:
    return {
        "region": t("Región", lang),
        "todas": t("Todas", lang),
        "tipo": t("De qué trata", lang),
        "tipo_senal": t("Señales de deterioro", lang),
        "tipo_falta": t("Entregas que faltan", lang),
        "tipo_regla": t("Reglas sin cumplir", lang),
        "estado": t("Estado", lang),
        "vigentes": t("Por atender", lang),
        "cesaron": t("Cesaron y falta cerrarlas", lang),
        "cerradas": t("Cerradas", lang),
        "frase_ninguna": t("No hay alertas que mostrar con este filtro.", lang),
        "frase": t("{n} alertas por atender: {s} sin responsable, {m} con la fecha pasada.", lang),
        "frase_1": t("1 alerta por atender.", lang),
        "frase_otras": t("{n} alertas con este filtro.", lang),
        "frase_otras_1": t("1 alerta con este filtro.", lang),
        "ver_mas": t("Ver {n} más", lang),
        "primeras": t("Se muestran las primeras {n}: elija una región para ver las demás.", lang),
    }


def _alert(lang: str) -> dict[str, str]:
    return {
        "sin_responsable": t("sin responsable", lang),
        "paso": t("su fecha pasó el {fecha}", lang),
        "hasta": t("atender hasta el {fecha}", lang),
        "ceso": t("cesó el {fecha}", lang),
        "cerrada_por": t("cerrada por {quien} el {fecha}", lang),
        "volvio_n": t("volvió después de cerrada", lang),
        "ver": t("Ver de qué se trata", lang),
        "historia": t("Lo que le ocurrió", lang),
        "hecho_abierta": t("se abrió, con la publicación N.º {n}", lang),
        "hecho_asignada": t("se asignó", lang),
        "hecho_ceso": t("la condición cesó", lang),
        "hecho_volvio": t("la condición volvió", lang),
        "hecho_cerrada": t("se cerró", lang),
        "hecho_reabierta": t("se abrió otra vez: la condición volvió", lang),
        "asignar": t("Asignar", lang),
        "responsable": t("Quién la atenderá", lang),
        "plazo": t("Hasta cuándo", lang),
        "cerrar": t("Cerrar la alerta", lang),
        "que_se_hizo": t("Qué se hizo", lang),
        "que_ayuda": t("Queda en el registro, con su nombre y la fecha.", lang),
    }
