"""The *ficha técnica* of an indicator as people read it, and what cannot be said with it."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.language import t
from dashboard.published import Sheet, area_name


def _both(text: Any, lang: str) -> str:
    return str((text or {}).get(lang) or (text or {}).get("es") or "")


def sheet_section(sheet: Sheet, lang: str) -> html.Section:
    """The definition as frozen in the publication; the query it compiles to stands folded below."""
    rows = [html.Div([html.Dt(k), html.Dd(v)], className="ficha__fila") for k, v in _entries(sheet, lang) if v]
    sql = html.Details(
        [html.Summary(t("Consulta que lo calcula", lang)), html.Div(html.Pre(html.Code(sheet.sql)), className="tabla-marco")], className="plegable"
    )
    return components.section(t("Ficha técnica", lang), html.Dl(rows, className="ficha"), *([sql] if sheet.sql else []), id="ficha")


def _entries(sheet: Sheet, lang: str) -> list[tuple[str, Any]]:
    f = sheet.ficha
    ways = {"up": t("más es mejor", lang), "down": t("menos es mejor", lang), "context": t("de contexto: ni mejor ni peor", lang)}
    clocks = {
        "flow": t("lo ocurrido dentro del periodo", lang),
        "stock": t("la situación al final del periodo", lang),
        "as_reported": t("la cifra que la fuente da para el periodo", lang),
    }
    limits = {
        "wilson": t("Wilson, 95 %", lang),
        "count": t("exacto de Poisson, 95 %", lang),
        "order_statistic": t("estadísticos de orden, 95 %", lang),
        "rate": t("exacto de Poisson para una tasa, 95 %", lang),
        "count_ratio": t("exacto del cociente de dos conteos, 95 %", lang),
        "clustered": t("según el diseño por conglomerados, 95 %", lang),
        "log_ratio": t("del cociente de dos tasas (Katz), 95 %", lang),
        "survival": t("de Kaplan–Meier, 95 %", lang),
        "none": t("sin intervalo", lang),
    }
    reviewed = f.get("reviewed") or {}
    relevant = f.get("relevant_change")
    step = (
        ""
        if relevant is None
        else formats.change(relevant, "%", 1, lang).lstrip("+")
        if formats.is_percentage(sheet.unit(lang))
        else formats.percent(relevant, 1, lang)
    )
    return [
        (t("Nombre", lang), sheet.text("name", lang)),
        (t("Área", lang), area_name(sheet.area, lang)),
        (t("Por qué importa", lang), sheet.text("why_it_matters", lang)),
        (t("Numerador", lang), _both((f.get("numerator") or {}).get("text"), lang)),
        (t("Denominador", lang), _both((f.get("denominator") or {}).get("text"), lang)),
        (t("Grupo de referencia", lang), _group(f.get("reference") or {}, lang)),
        (t("Se mide", lang), _both((f.get("quantile") or {}).get("text"), lang)),
        (t("Unidad y sentido", lang), f"{sheet.unit(lang)} · {ways[sheet.direction]}"),
        (t("Reloj", lang), clocks.get((f.get("clock") or {}).get("kind", ""), "")),
        (t("Periodos", lang), formats.listing([formats.period_kind(k, lang) for k in sheet.periods], lang)),
        (t("Intervalo", lang), " · ".join(x for x in (limits.get(f["interval"], f["interval"]), _both(f.get("interval_note"), lang)) if x)),
        (t("n mínimo", lang), formats.number(f.get("min_n", 1), 0, lang)),
        (t("Cambio relevante", lang), t("desde {cuanto}", lang).format(cuanto=step) if step else ""),
        (t("Metas", lang), html.Ul([html.Li(_target(x, sheet, lang)) for x in f["targets"]]) if f.get("targets") else t("ninguna aprobada", lang)),
        (t("Tablas", lang), ", ".join(sheet.tablas)),
        (t("Base", lang), f.get("base", "")),
        (t("Responsable", lang), f.get("owner", "")),
        (t("Revisión", lang), _review(reviewed, lang)),
    ]  # fmt: skip


def _group(reference: dict[str, Any], lang: str) -> str:
    """«Hombres formalizados, entre hombres inscritos»."""
    first, second = (_both((reference.get(k) or {}).get("text"), lang) for k in ("numerator", "denominator"))
    return t("{parte}, entre {total}", lang).format(parte=first, total=f"{second[:1].lower()}{second[1:]}") if first and second else ""


def _target(target: dict[str, Any], sheet: Sheet, lang: str) -> str:
    words = {"legal": t("legal", lang), "acordada": t("acordada", lang), "propuesta": t("propuesta, no aprobada", lang)}
    value = formats.with_unit(target["value"], sheet.unit(lang), sheet.decimals, lang, short=True)
    return f"{value} ({words[target['status']]}): {_both(target['text'], lang)}"


def _review(reviewed: dict[str, Any], lang: str) -> str:
    by = str(reviewed.get("by") or "")
    if by == "pendiente":
        by = t("pendiente", lang)
    upcoming = t("próxima: {fecha}", lang).format(fecha=formats.day(reviewed["next"], lang)) if reviewed.get("next") else ""
    return " · ".join(x for x in (by, formats.day(reviewed["on"], lang) if reviewed.get("on") else "", upcoming) if x)


def limits_section(sheet: Sheet, lang: str) -> Any:
    """What may not be said: reading notes, and what the indicator could pervert if it were rewarded."""
    reading = [html.Li(_both(x, lang)) for x in sheet.ficha.get("reading") or []]
    perverse = [html.Li(_both(x, lang)) for x in sheet.ficha.get("perverse_incentives") or []]
    blocks = [
        *([html.H3(t("Al leerlo", lang)), html.Ul(reading)] if reading else []),
        *([html.H3(t("Lo que podría torcer si se premiara", lang)), html.Ul(perverse)] if perverse else []),
    ]
    return components.section(t("Qué se puede decir y qué no", lang), html.Div(blocks, className="prosa")) if blocks else None
