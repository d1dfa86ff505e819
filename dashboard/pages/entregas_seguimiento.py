"""`/entregas/seguimiento`: who delivered and who did not, reminders ready to send, rows held back, exceptions with a name on them."""

from __future__ import annotations

from typing import Any

import dash

from dashboard import components, desk_frame
from dashboard.language import t

dash.register_page(__name__, path="/entregas/seguimiento", title="Seguimiento de entregas", order=7)


def layout(lang: str = "es", periodo: str = "") -> list[Any]:
    del periodo  # its script reads it from the address
    return [
        components.sentence(
            t("Quién entregó, quién no, y qué hay que corregir.", lang),
            t("Se lee en el momento: no espera a la próxima publicación.", lang),
        ),
        desk_frame.tabs("/entregas/seguimiento", lang),
        desk_frame.frame("seguimiento", lang, {**_matrix(lang), **_reminders(lang), **_held(lang)}),
        desk_frame.no_accounts(lang),
    ]


def _matrix(lang: str) -> dict[str, str]:
    return {
        "periodo": t("Periodo", lang),
        "meses_grupo": t("Meses", lang),
        "trimestres_grupo": t("Trimestres", lang),
        "anios_grupo": t("Años", lang),
        "frase_todas": t("De {periodo} no falta ninguna de las {total} entregas por región.", lang),
        "frase_faltan": t("De {periodo} faltan {n} de {total} entregas, de {r} regiones.", lang),
        "frase_falta": t("De {periodo} falta 1 de {total} entregas, de 1 región.", lang),
        "frase_corregir": t("Además, {n} llegaron y no se pudieron aceptar.", lang),
        "frase_corregir_1": t("Además, 1 llegó y no se pudo aceptar.", lang),
        "frase_tarde": t("{n} llegaron tarde.", lang),
        "frase_tarde_1": t("1 llegó tarde.", lang),
        "frase_pronto": t("De {periodo} ninguna entrega vence todavía.", lang),
        "frase_nada": t("Ninguna tabla se entrega por {periodo}.", lang),
        "iniciado": t("Se abrió {periodo}, el mes más reciente del que ya llegó alguna entrega.", lang),
        "mas_reciente": t("Ver {periodo}, el más reciente", lang),
        "matriz": t("¿Quién entregó?", lang),
        "matriz_sub": t("Una fila por tabla, una columna por región. Elija una celda para ver sus versiones.", lang),
        "recorra": t("Recorra la tabla con las flechas: aquí se lee cada celda.", lang),
        "filas_n": t("{n} filas, {m} en cuarentena", lang),
        "dias_tarde": t("{n} días después del plazo", lang),
        "dia_tarde": t("1 día después del plazo", lang),
        "tabla": t("Tabla", lang),
        "region": t("Región", lang),
        "de_regiones": t("{n} de {total} regiones", lang),
    }


def _reminders(lang: str) -> dict[str, str]:
    return {
        "recordatorios": t("Recordatorios", lang),
        "recordatorios_sub": t("Una carta por región con lo vencido en los últimos {d} días. Envíela y márquela, para no pedir dos veces.", lang),
        "sin_recordatorios": t("Ninguna región debe entregas: no hay nada que recordar.", lang),
        "pendientes": t("{n} pendientes", lang),
        "pendientes_1": t("1 pendiente", lang),
        "mas_antigua": t("la más antigua venció hace {n} días", lang),
        "ultimo": t("último recordatorio: {fecha}, {quien}", lang),
        "nunca": t("sin recordatorio todavía", lang),
        "texto": t("Texto del recordatorio", lang),
        "copiar": t("Copiar texto", lang),
        "copiado": t("Copiado.", lang),
        "correo": t("Abrir en el correo", lang),
        "marcar": t("Marcar como enviado", lang),
        "marcado": t("Anotado: enviado por {quien}.", lang),
        "ver_mas": t("Ver {n} más", lang),
    }  # fmt: skip


def _held(lang: str) -> dict[str, str]:
    return {
        "reglas": t("Reglas no superadas y filas en cuarentena", lang),
        "reglas_sub": t("De la última versión de cada entrega. Los valores privados no se muestran.", lang),
        "sin_reglas": t("Ninguna regla quedó sin cumplir.", lang),
        "filas_cuenta": t("{n} filas", lang),
        "filas_cuenta_1": t("1 fila", lang),
        "entregas_cuenta": t("{n} entregas", lang),
        "entregas_cuenta_1": t("1 entrega", lang),
        "regiones_cuenta": t("{n} regiones", lang),
        "regiones_cuenta_1": t("1 región", lang),
        "sin_filas": t("Esta regla no aparta filas: se refiere al archivo entero o solo avisa.", lang),
        "muestra": t("Se muestran {n} de {total} filas.", lang),
        "valor": t("Valor", lang),
        "sin_verificar": t("Sin verificar", lang),
        "aceptar": t("Aceptar una excepción", lang),
        "aceptar_sub": t("Con la excepción, la regla cuenta como aviso desde la próxima revisión, hasta que venza.", lang),
        "no_admite": t("Esta regla no admite excepciones.", lang),
        "todas_regiones": t("Todas las regiones", lang),
        "todos_periodos": t("Todos los periodos", lang),
        "motivo": t("Motivo", lang),
        "hasta": t("Vence el", lang),
        "registrar": t("Registrar excepción", lang),
        "excepciones": t("Excepciones vigentes", lang),
        "excepciones_sub": t("Cada una con el nombre de quien la aceptó, su motivo y su vencimiento.", lang),
        "sin_excepciones": t("No hay excepciones vigentes.", lang),
        "regla": t("Regla", lang),
        "quien": t("Quién la aceptó", lang),
        "retirar": t("Retirar", lang),
        "registrada": t("Excepción registrada.", lang),
    }
