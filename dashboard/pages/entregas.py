"""`/entregas`: what an office must deliver, its file judged in a minute, row by row, and its receipt. Filled by `assets/entregas/`."""

from __future__ import annotations

from typing import Any

import dash

from dashboard import components, desk_frame
from dashboard.language import t

dash.register_page(__name__, path="/entregas", title="Entregas", order=6)


def layout(lang: str = "es", region: str = "", tabla: str = "", periodo: str = "") -> list[Any]:
    del region, tabla, periodo  # its script reads them from the address
    return [
        components.sentence(
            t("Envíe su archivo, sepa en un minuto qué corregir y lleve su constancia.", lang),
            t("Una fila con error no detiene a las demás, y un corte de línea no pierde lo que ya llegó.", lang),
        ),
        desk_frame.tabs("/entregas", lang),
        desk_frame.frame("oficina", lang, _texts(lang)),
        desk_frame.no_accounts(lang),
    ]


def _texts(lang: str) -> dict[str, str]:
    return {**_choosing(lang), **_sending(lang), **_result(lang), **_history(lang)}


def _choosing(lang: str) -> dict[str, str]:
    return {
        "region": t("Región", lang),
        "elija_region": t("Elija su región", lang),
        "tabla": t("Tabla", lang),
        "periodo": t("Periodo", lang),
        "toca": t("Qué toca entregar", lang),
        "toca_sub": t("Lo que falta primero. Elija una entrega para enviar su archivo.", lang),
        "grupo_rechazada": t("Por corregir", lang),
        "grupo_falta": t("Ya vencieron", lang),
        "grupo_por_vencer": t("Por vencer", lang),
        "grupo_en_curso": t("Periodos en curso", lang),
        "grupo_hechas": t("Entregadas", lang),
        "ver_mas": t("Ver {n} más", lang),
        "frase_al_dia": t("{region} está al día con sus entregas.", lang),
        "frase_tiene": t("{region} tiene {que}.", lang),
        "n_corregir": t("{n} entregas por corregir", lang),
        "n_corregir_1": t("1 entrega por corregir", lang),
        "n_vencidas": t("{n} vencidas", lang),
        "n_vencidas_1": t("1 vencida", lang),
        "n_vencidas_solas": t("{n} entregas vencidas", lang),
        "n_vencidas_solas_1": t("1 entrega vencida", lang),
        "y": t("y", lang),
        "frase_proxima": t("La próxima es «{tabla}», de {periodo}: vence el {fecha}.", lang),
        "frase_inicio": t("Elija su región para ver qué toca entregar y hasta cuándo.", lang),
        "tira": t("Periodos de «{tabla}»", lang),
        "propuesto": t("plazo propuesto", lang),
        "recibida_el": t("recibida el {fecha}", lang),
        "ultima_no": t("La última versión no se aceptó; sigue vigente la {n}.", lang),
    }


def _sending(lang: str) -> dict[str, str]:
    return {
        "paso_plantilla": t("Descargue la plantilla", lang),
        "paso_plantilla_sub": t("Trae sus listas ya llenas (distritos, procedimientos) y explica cada columna.", lang),
        "plantilla": t("Descargar plantilla", lang),
        "paso_archivo": t("Elija su archivo lleno", lang),
        "arrastre": t("Arrastre aquí su archivo, o", lang),
        "elegir": t("Elegir archivo", lang),
        "tipos": t("Excel (.xlsx) o CSV, hasta {mb} MB. Si la línea se corta, sigue donde se quedó.", lang),
        "quitar": t("Quitar", lang),
        "paso_enviar": t("Revise y envíe", lang),
        "paso_enviar_sub": t("«Revisar antes de enviar» no deja registro: úselo las veces que quiera.", lang),
        "motivo": t("¿Por qué cambia lo ya entregado?", lang),
        "motivo_ayuda": t("Queda en la constancia, p. ej. «Se corrigen 4 fechas de notificación».", lang),
        "revisar": t("Revisar antes de enviar", lang),
        "enviar": t("Enviar", lang),
        "enviar_ya": t("Enviar este archivo", lang),
        "enviar_igual": t("Enviar de todos modos con observaciones", lang),
        "elija_archivo": t("Primero elija un archivo.", lang),
        "preparando": t("Preparando el envío…", lang),
        "subiendo": t("Subiendo: {hecho} de {total}", lang),
        "sin_linea": t("Se cortó la línea. Lo enviado está a salvo; se reintenta en {n} s.", lang),
        "ahora": t("Reintentar ahora", lang),
        "cancelar": t("Cancelar", lang),
        "en_cola": t("Recibido. Espera su turno para la revisión.", lang),
        "delante": t("Recibido. Hay {n} archivos antes que el suyo.", lang),
        "en_revision": t("Revisando fila por fila…", lang),
        "a_medias": t("«{nombre}» quedó a medias ({parte}). Elija el mismo archivo y seguirá donde se quedó.", lang),
        "cambio": t("El archivo cambió o se movió mientras se enviaba. Elíjalo otra vez.", lang),
        "descartar": t("Descartar", lang),
    }


def _result(lang: str) -> dict[str, str]:
    return {
        "ninguna": t("Sin observaciones en {filas} filas", lang),
        "una": t("Se encontró 1 observación en {filas} filas", lang),
        "varias": t("Se encontraron {n} observaciones en {filas} filas", lang),
        "entrarian": t("{ok} filas entrarían y {mal} quedarían fuera hasta corregirlas.", lang),
        "entrarian_todas": t("Todas las filas entrarían.", lang),
        "no_entraria": t("Así no se aceptaría: corrija lo que impide recibir el archivo.", lang),
        "prueba_hecha": t("Fue una revisión previa: no se registró nada.", lang),
        "constancia": t("Constancia de recepción N.º {n}", lang),
        "aceptadas": t("{ok} de {filas} filas aceptadas; {mal} en cuarentena.", lang),
        "aceptadas_todas": t("Las {filas} filas fueron aceptadas.", lang),
        "no_aceptada": t("Llegó y quedó registrado, pero no se aceptó. Lo aceptado antes sigue vigente.", lang),
        "identico": t("Es idéntico a la versión {n}, ya recibida: no se registró otra.", lang),
        "no_recibido": t("No se pudo recibir", lang),
        "ver_constancia": t("Ver constancia", lang),
        "pdf": t("Descargar PDF", lang),
        "corregible": t("Descargar archivo corregible", lang),
        "corregible_sub": t("El mismo libro, con las celdas observadas marcadas y explicadas.", lang),
        "notas": t("Notas de la lectura", lang),
        "mas_hallazgos": t("Mostrar más observaciones", lang),
        "hallazgos_recortados": t("Se muestran las primeras {n}; corríjalas y revise otra vez.", lang),
        "otra_vez": t("Corrija esas celdas, guarde y vuelva a elegir el archivo.", lang),
        "reenviar": t("Enviar otra vez sin subirlo", lang),
        "reemplaza": t("Filas frente a la versión anterior: agregadas {a}, cambiadas {c}, retiradas {r}.", lang),
    }


def _history(lang: str) -> dict[str, str]:
    return {
        "versiones": t("Versiones", lang),
        "versiones_sub": t("Cada envío queda; el vigente es el último que se aceptó.", lang),
        "sin_versiones": t("Todavía no hay ningún envío de esta tabla y periodo.", lang),
        "col_constancia": t("Constancia", lang),
        "col_recibida": t("Recibida", lang),
        "col_estado": t("Estado", lang),
        "col_filas": t("Filas", lang),
        "col_cuarentena": t("En cuarentena", lang),
        "col_cambios": t("Cambios", lang),
        "vigente": t("vigente", lang),
        "cambios": t("agregadas {a}, cambiadas {c}, retiradas {r}", lang),
        "agregada": t("agregada", lang),
        "cambiada": t("cambiada", lang),
        "retirada": t("retirada", lang),
        "vacio": t("vacío", lang),
        "primeras_diferencias": t("Se muestran {n} de {total} cambios.", lang),
        "descargo": t("Descargo de la región", lang),
        "descargo_sub": t("Lo que quien lee estos datos debe saber. Se muestra con su autor y fecha, y no se edita después.", lang),
        "descargo_texto": t("Escriba el descargo", lang),
        "enviar_descargo": t("Enviar descargo", lang),
        "descargo_hecho": t("Descargo registrado.", lang),
        "declarado": t("declarado", lang),
    }
