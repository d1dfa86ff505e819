"""Rules that deliveries do not meet, in plain words: what is wrong and in which table first, the rule's code last."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import pandas as pd
from dash import html

from dashboard import formats
from dashboard.language import t
from dashboard.narrative.quality import table_title
from dashboard.published import NOT_MET, Snapshot

#: rules told with their rows before the others are folded
_RULES = 8
_SEVERITIES = ("bloqueante", "error", "advertencia", "informativa")


def findings(snap: Snapshot, table: str, lang: str) -> Any:
    """Rules not met, worst first, each with sample sentences and how to mend them."""
    # A rule that could not be evaluated proves nothing: it is told beside those that failed, never among those that passed.
    failed = snap.quality(estado=list(NOT_MET), **({"tabla": table} if table else {}))
    if failed.empty:
        return html.P(t("Ninguna regla quedó sin cumplir en las entregas vigentes.", lang), className="aviso aviso--exito")
    groups = sorted(failed.groupby("regla_id"), key=lambda g: (_rank(g[1]["severidad"].iloc[0]), -int(g[1]["filas_fallidas"].sum())))
    blocks: list[Any] = []
    for rule, rows in groups[:_RULES]:
        # One sentence of each delivery before a second of any.
        samples = [s for turn in zip_longest(*(sample or [] for sample in rows["muestra"])) for s in turn if s] or [m for m in rows["mensaje"] if m]
        shown = html.Ul([html.Li(s) for s in list(dict.fromkeys(samples))[:5]])
        blocks.append(html.Details([html.Summary(_line(snap, str(rule), rows, lang)), html.Div(shown)], className="plegable", open=len(blocks) == 0))
    if len(groups) > _RULES:
        others = [html.Li(_line(snap, str(rule), rows, lang)) for rule, rows in groups[_RULES:]]
        told = t("Otras {n} reglas sin cumplir", lang).format(n=len(others)) if len(others) > 1 else t("Otra regla sin cumplir", lang)
        how = html.P(t("Elija una tabla arriba para ver las filas de sus reglas.", lang), className="nota") if not table else None
        blocks.append(html.Details([html.Summary(told), html.Div([how, html.Ul(others)] if how else html.Ul(others))], className="plegable"))
    return html.Div(blocks)


def _line(snap: Snapshot, rule: str, rows: pd.DataFrame, lang: str) -> list[Any]:
    """«Datos que se contradicen · Actas de fiscalización · 5 filas en 3 entregas · aparta filas · C14-COH-1A»."""
    bad, files = int(rows["filas_fallidas"].sum()), len(rows)
    told = f"{formats.plural(bad, t('fila', lang), t('filas', lang), lang)} {t('en', lang)} " if bad else ""
    told += formats.plural(files, t("entrega", lang), t("entregas", lang), lang)
    effect = _effect(str(rows["severidad"].iloc[0]), bad, lang)
    unsure = t("no se pudo evaluar", lang) if (rows["estado"] == "no_evaluable").all() else ""
    rest = [_where(snap, rows, lang), told, effect, unsure]
    return [html.B(what(str(rows["dimension"].iloc[0]), lang)), *(f" · {x}" for x in rest if x), html.Span(f" · {rule}", className="tenue")]


def _where(snap: Snapshot, rows: pd.DataFrame, lang: str) -> str:
    tables = list(dict.fromkeys(rows["tabla"]))
    if len(tables) > 1:
        return t("{n} tablas", lang).format(n=len(tables))
    known = snap.sources(tables).get(tables[0])
    return table_title(known, lang) if known else str(tables[0])


def what(dimension: str, lang: str = "es") -> str:
    """What a kind of rule finds, in the words of whoever has to mend it."""
    return {
        "esquema": t("Datos fuera del formato pedido", lang),
        "clave": t("Claves repetidas o incompletas", lang),
        "referencial": t("Códigos que no están en su lista", lang),
        "rango": t("Valores fuera de lo posible", lang),
        "coherencia": t("Datos que se contradicen", lang),
        "conciliacion": t("Diferencias con otra fuente", lang),
        "oportunidad": t("Registros o entregas fuera de plazo", lang),
        "completitud": t("Datos que faltan", lang),
        "duplicidad": t("Registros repetidos", lang),
        "atipico": t("Valores poco habituales", lang),
        "totales": t("Totales que no cuadran", lang),
    }.get(dimension, dimension)


def _effect(severity: str, bad: int, lang: str) -> str:
    """What follows; a rule over a whole file sets no row apart."""
    return {
        "bloqueante": t("impide recibir el archivo", lang),
        "error": t("aparta filas", lang) if bad else t("error", lang),
        "advertencia": t("solo avisa", lang),
        "informativa": t("solo informa", lang),
    }.get(severity, severity)


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
