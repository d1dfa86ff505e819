"""Agreements typed in the hall: the form, and the sheet that lists them. They stay in the browser (`assets/guiones/foro.js`); nothing is sent."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from dashboard.drawing import Mark
from dashboard.language import t
from dashboard.narrative.foro_slides import Slide

#: fields of an agreement, in the order of the form and of the file
FIELDS = ("acuerdo", "responsable", "fecha", "evidencia")


def _names(lang: str) -> dict[str, str]:
    return {
        "acuerdo": t("Acuerdo", lang), "responsable": t("Responsable", lang), "fecha": t("Fecha límite", lang),
        "evidencia": t("Evidencia: cómo se sabrá", lang),
    }  # fmt: skip


def slide(lang: str) -> Slide:
    """The printable sheet of agreements."""
    names = _names(lang)
    head = html.Thead(
        html.Tr([html.Th("N.º", scope="col"), *(html.Th(names[f], scope="col") for f in FIELDS), html.Td(className="foro-hoja__quitar")])
    )
    told = {
        **names, "lamina": t("Lámina", lang), "quitar": t("Quitar", lang), "ninguno": t("Todavía no se ha anotado ningún acuerdo.", lang),
        "archivo": "acuerdos-foro", "seguro": t("¿Borrar todos? Pulse otra vez", lang),
        "lleno": t("El navegador no deja guardar: descargue el CSV antes de cerrar.", lang),
    }  # fmt: skip
    table = html.Table(
        [html.Caption(t("Acuerdos del Foro", lang), className="solo-lector"), head, html.Tbody(**{"data-acuerdos": ""})],
        className="tabla foro-hoja__tabla",
    )
    buttons = [
        _button("anotar", t("Anotar un acuerdo", lang), "boton boton--principal"), _button("csv", t("Descargar CSV", lang)),
        _button("imprimir", t("Imprimir la hoja", lang)), _button("borrar", t("Borrar todos", lang), "boton boton--llano"),
    ]  # fmt: skip
    body = html.Div(
        [html.Div(table, className="tabla-marco"), html.Div(buttons, className="fila foro-hoja__botones")],
        className="foro__ancho foro-hoja", **{"data-textos": json.dumps(told, ensure_ascii=False)},
    )  # fmt: skip
    sub = t("Quedan guardados solo en este navegador: descárguelos antes de cerrar la sala. No se envían a ningún servidor.", lang)
    return Slide(t("Acuerdos", lang), t("Acuerdos de esta sesión", lang), body, sub, kind="hoja", key="hoja")


def _button(action: str, text: str, name: str = "boton") -> html.Button:
    return html.Button(text, type="button", className=name, **{"data-foro": action})


def dialog(lang: str) -> html.Dialog:
    """The form of one agreement."""
    names = _names(lang)

    def field(key: str) -> html.Div:
        shape: dict[str, Any] = {"id": f"foro-{key}", "name": key, "className": "campo__entrada"}
        kind = "date" if key == "fecha" else "text"
        entry = html.Textarea(rows="3", **shape) if key == "acuerdo" else Mark("input", type=kind, autocomplete="off", **shape)
        return html.Div([html.Label(names[key], htmlFor=f"foro-{key}", className="campo__rotulo"), entry], className="campo")

    buttons = html.Div([_button("guardar", t("Guardar", lang), "boton boton--principal"), _button("cerrar", t("Cerrar", lang))], className="fila")
    title = html.H2(t("Anotar un acuerdo", lang), id="foro-dialogo-titulo")
    return html.Dialog(
        html.Div([title, *(field(f) for f in FIELDS), buttons], className="pila pila--ancha"), id="foro-dialogo", className="foro-dialogo",
        **{"aria-labelledby": "foro-dialogo-titulo"},
    )  # fmt: skip
