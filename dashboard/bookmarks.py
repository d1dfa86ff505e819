"""«Mis vistas»: the button of the header and the dialog it opens, with all its words. What it does is `assets/marcadores.js`.

What a reader saves stays in their browser: nothing here reads or receives it.
"""

from __future__ import annotations

import json
from html import escape

from dashboard import formats
from dashboard.address import Reader
from dashboard.language import t
from dashboard.published import Snapshot

#: longest note, in characters
NOTE = 500


def opener(snap: Snapshot | None, who: Reader) -> str:
    """The button and the dialog. Hidden where scripts do not run (`49-marcadores.css`)."""
    name = t("Mis vistas", who.lang)
    return (
        f'<button class="tema-boton marcadores-boton" id="boton-marcadores" type="button" aria-haspopup="dialog">'
        f'<span class="icono icono--vistas" aria-hidden="true"></span><span class="tema-boton__texto">{name}</span></button>'
        f"{_dialog(name, snap, who)}"
    )


def _dialog(name: str, snap: Snapshot | None, who: Reader) -> str:
    lang = who.lang
    number, seal = "", ""
    if snap is not None:
        number = str(snap.publication.numero)
        seal = t("Publicación N.º {n}", lang).format(n=number) + f" · {formats.day(snap.publication.creada_en, lang)}"
    told = escape(json.dumps(_said(lang), ensure_ascii=False))
    return (
        f'<dialog class="marcadores" id="marcadores" aria-labelledby="marcadores-titulo" data-numero="{number}" data-sello="{escape(seal)}" '
        f'data-textos="{told}"><div class="marcadores__cuerpo"><div class="marcadores__cabeza"><h2 id="marcadores-titulo">{name}</h2>'
        f'<form method="dialog"><button class="boton boton--chico">{t("Cerrar", lang)}</button></form></div>'
        f"{_form(seal, who)}"
        f'<div class="marcadores__aviso"><p role="status"></p></div>'
        f'<h3>{t("Vistas guardadas", lang)}</h3><p class="marcadores__nada">{t("Todavía no hay ninguna.", lang)}</p>'
        f'<ul class="marcadores__lista"></ul><template>{_item(lang)}</template>'
        f'<div class="marcadores__pie"><button class="boton boton--chico" type="button" data-marcador="exportar">'
        f'{t("Guardar en un archivo", lang)}</button><label class="boton boton--chico">'
        f'<input class="solo-lector" type="file" accept=".json,application/json">{t("Traer de un archivo", lang)}</label>'
        "</div></div></dialog>"
    )


def _form(seal: str, who: Reader) -> str:
    """The view now open, its note, and whether it stays with this publication."""
    lang = who.lang
    help_ = t("Hasta {n} caracteres. Queda solo en este navegador: no se envía al servidor.", lang).format(n=NOTE)
    pin = t("Fijar la publicación: se abrirá siempre con las cifras de la {publicacion}", lang).format(publicacion=seal)
    check = f'<label class="marcadores__fijar"><input type="checkbox"{" checked" if who.pinned else ""}><span>{pin}</span></label>' if seal else ""
    return (
        f'<form class="marcadores__nueva"><p><span class="tenue">{t("Vista abierta:", lang)}</span> <b></b></p>'
        f'<div class="campo"><label class="campo__rotulo" for="marcadores-nota">{t("Nota (opcional)", lang)}</label>'
        f'<textarea class="campo__entrada" id="marcadores-nota" rows="2" maxlength="{NOTE}" aria-describedby="marcadores-ayuda"></textarea>'
        f'<p class="campo__ayuda" id="marcadores-ayuda">{help_}</p></div>{check}'
        f'<button class="boton boton--principal">{t("Guardar esta vista", lang)}</button></form>'
    )


def _item(lang: str) -> str:
    """One saved view, empty: the script fills in its texts as texts."""
    return (
        '<li class="marcadores__vista"><a></a><small></small><p class="marcadores__nota"></p><div class="fila">'
        f'<button class="boton boton--llano" type="button" data-marcador="copiar">{t("Copiar enlace", lang)}</button>'
        f'<button class="boton boton--llano" type="button" data-marcador="quitar">{t("Quitar", lang)}</button></div></li>'
    )


def _said(lang: str) -> dict[str, str]:
    """What the script may have to say."""
    return {
        "guardada": t("Vista guardada.", lang),
        "quitada": t("Vista quitada.", lang),
        "copiada": t("Enlace copiado.", lang),
        "sin_copia": t("El navegador no dejó copiar. El enlace es:", lang),
        "traidas": t("Vistas traídas del archivo: {n}. Repetidas o no válidas: {m}.", lang),
        "ajeno": t("Ese archivo no es una copia de vistas de SIEGEM: no se cambió nada.", lang),
        "bloqueado": t(
            "Este navegador no deja guardar (navegación privada o espacio lleno). Las vistas duran hasta cerrar o recargar la página: "
            "guárdelas en un archivo.",
            lang,
        ),
        "ilegible": t("Lo guardado antes no se pudo leer. Se conserva aparte y se empieza de nuevo.", lang),
        "fecha": t("Guardada el", lang),
        "vigente": t("con la publicación más reciente", lang),
    }
