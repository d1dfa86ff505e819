"""The frame of the pages of deliveries: what stands before the desk answers. Everything living is filled by `assets/entregas/`.

These pages show no publication: their script asks the desk's API, and finds here the words it says, in the reader's language.
"""

from __future__ import annotations

import json
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.language import t


def frame(kind: str, lang: str, texts: dict[str, str], **data: str) -> html.Div:
    """The place that a script fills. `kind` names the script; `data` are its arguments."""
    told = {**texts, **_shared(lang), "meses": _months(lang)}
    attributes = {f"data-{k}": v for k, v in data.items()}
    return html.Div(
        className="mesa", id=f"mesa-{kind}",
        **{"data-mesa": kind, "data-textos": json.dumps(told, ensure_ascii=False), "data-numeros": formats.style(), **attributes},
    )  # fmt: skip


def tabs(here: str, lang: str) -> html.Nav:
    """From sending to following up, to what must be attended to, and back."""
    entries = (("/entregas", t("Enviar un archivo", lang)), ("/entregas/seguimiento", t("Seguimiento", lang)), ("/avisos", t("Alertas", lang)))
    made = [
        html.A(word, href=address(path), className=f"filtro{' filtro--elegido' if path == here else ''}",
               **{"data-navegar": "", **({"aria-current": "page"} if path == here else {})})
        for path, word in entries
    ]  # fmt: skip
    return html.Nav(made, className="filtros mesa-pestanas", **{"aria-label": t("Entregas", lang)})


def no_accounts(lang: str) -> html.P:
    """Said wherever a name is typed."""
    return components.note(
        t("Todavía no hay cuentas de usuario: los nombres que se escriben aquí quedan registrados como declarados, y no se comprueban.", lang)
    )


def _months(lang: str) -> str:
    return "|".join(formats.period(f"2026-{m:02d}", lang).rsplit(" ", 1)[0] for m in range(1, 13))


def _shared(lang: str) -> dict[str, Any]:
    """Words that all three pages say."""
    return {
        "recibida": t("recibida", lang),
        "tarde": t("recibida tarde", lang),
        "rechazada": t("por corregir", lang),
        "falta": t("falta", lang),
        "por_vencer": t("por vencer", lang),
        "en_curso": t("periodo en curso", lang),
        "version": t("versión {n}", lang),
        "vence": t("vence el {fecha}", lang),
        "vencio": t("venció el {fecha}", lang),
        "hace": t("hace {n} días", lang),
        "hace_1": t("hace 1 día", lang),
        "sin_plazo": t("sin fecha límite", lang),
        "serie": t("serie completa", lang),
        "nacional": t("Entidad nacional", lang),
        "sin_servidor": t("No hay conexión con el servidor. Lo que ya llegó está a salvo; revise la red y vuelva a intentarlo.", lang),
        "reintentar": t("Reintentar", lang),
        "sintetico": formats.notice("sintetico", lang),
        "fila": t("Fila", lang),
        "columna": t("Columna", lang),
        "que": t("Qué se encontró", lang),
        "como": t("Cómo corregirlo", lang),
        "gravedad": t("Gravedad", lang),
        "bloqueante": t("impide recibir el archivo", lang),
        "error": t("la fila queda fuera", lang),
        "advertencia": t("se usa, con aviso", lang),
        "informativa": t("solo para su conocimiento", lang),
        "archivo_entero": t("todo el archivo", lang),
        "estado_aceptada": t("aceptada", lang),
        "estado_aceptada_con_advertencias": t("aceptada con advertencias", lang),
        "estado_rechazada": t("no se aceptó", lang),
        "nombre": t("Su nombre y apellido (declarado)", lang),
    }
