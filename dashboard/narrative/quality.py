"""How good the data are: freshness by source, deliveries by region and period."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats, site
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.narrative import counted
from dashboard.narrative.parts import ordered_regions
from dashboard.published import NOT_MET, REJECTED, WARNED, Snapshot
from warehouse.errors import SiegemError
from warehouse.periods import parse

#: periods shown in the table of deliveries; rejected deliveries told before the others are folded
_LAST, _REFUSED = 12, 6
#: contract of the register of deliveries: ours, nobody's source
REGISTER = "S01"
_TONE = {"tarde": "advertencia", "rechazada": "rechazada", "falta": "pendiente"}


def is_late(row: Any) -> bool:
    limit = row["fecha_limite"]
    if formats.is_missing(limit):
        return False
    received = row["recibido_en"]
    return bool((received.date() if hasattr(received, "date") else received) > (limit if isinstance(limit, date) else limit.date()))


def delivery_state(row: Any) -> str:
    """recibida, tarde or rechazada."""
    return "rechazada" if row["estado"] == REJECTED else "tarde" if is_late(row) else "recibida"


def newest(submissions: pd.DataFrame) -> pd.DataFrame:
    """The last version of each table, region and period."""
    return submissions.drop_duplicates(["tabla", "cod_region", "periodo"], keep="last")


def regional(submissions: pd.DataFrame) -> pd.DataFrame:
    """Deliveries that regions owe: those named by a region and by a period."""
    codes = set(ordered_regions())
    return submissions[submissions["cod_region"].isin(codes) & submissions["periodo"].map(lambda p: _is_period(str(p))).astype(bool)]


def _is_period(code: str) -> bool:
    try:
        parse(code)
    except SiegemError:
        return False
    return True


def owed(snap: Snapshot) -> pd.DataFrame:
    """Deliveries that regions owe, counted by table, region and state."""
    counted = snap.deliveries()
    return counted[counted["por_periodo"] & counted["cod_region"].isin(ordered_regions())]


def sentence(snap: Snapshot, lang: str) -> str:
    """The page's answer: deliveries received and rejected, rows held back."""
    every = snap.deliveries()
    if every.empty:
        return t("Esta publicación no registra ninguna entrega.", lang)
    rejected, held = int(every.loc[every["estado"] == REJECTED, "n"].sum()), _held(snap, every)
    start = formats.plural(int(every["n"].sum()), t("entrega llegó", lang), t("entregas llegaron", lang), lang)
    refused = (
        t("ninguna fue rechazada", lang)
        if not rejected
        else t("1 fue rechazada", lang)
        if rejected == 1
        else t("{n} fueron rechazadas", lang).format(n=rejected)
    )
    kept = (
        t("ninguna fila está en cuarentena", lang)
        if not held
        else t("1 fila está en cuarentena", lang)
        if held == 1
        else t("{n} filas están en cuarentena", lang).format(n=formats.number(held, 0, lang))
    )
    return f"{start}: {refused} {t('y', lang)} {kept}."


def _held(snap: Snapshot, every: pd.DataFrame) -> int:
    """Rows in quarantine. On the public site some deliveries do not tell theirs: there the whole of each table counts."""
    if site.is_public():
        return sum(int(row["filas_cuarentena"]) for row in snap.sources().values())
    return int(every["filas_cuarentena"].sum())


def behind(snap: Snapshot) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Tables with figures (no catalogues, nor our register): those behind an indicator, and the others. The method page counts the same."""
    used = {table for sheet in snap.indicators() for table in sheet.tablas}
    facts = {t_: r for t_, r in snap.sources().items() if is_fact(t_, r)}
    return {t_: r for t_, r in facts.items() if t_ in used}, {t_: r for t_, r in facts.items() if t_ not in used}


def unused_title(lang: str) -> str:
    """What tables behind no indicator are called, `n` left open: outside, some are behind indicators that are not for the public."""
    own = t("Tablas recibidas, todavía sin indicador ({n})", lang)
    return t("Tablas recibidas, sin indicador público ({n})", lang) if site.is_public() else own


def is_fact(table: str, row: dict[str, Any]) -> bool:
    """Whether a table holds somebody's figures: calendars, catalogues and our own register do not."""
    return not table.startswith("ref_") and row["fuente"].get("contrato") != REGISTER


def sources(snap: Snapshot, lang: str) -> Any:
    """Freshness by source, folded: those behind an indicator, those behind none, and the tables of reference."""
    first, rest = behind(snap)
    reference = {t_: r for t_, r in snap.sources().items() if t_.startswith("ref_")}
    told = formats.plural(len(first), t("fuente detrás de los indicadores", lang), t("fuentes detrás de los indicadores", lang), lang)
    dated = {table: r["datos_al"] for table, r in first.items() if not formats.is_missing(r["datos_al"])}
    if dated:
        oldest = min(dated, key=lambda table: str(dated[table]))
        told += "; " + t("la de datos más antiguos es «{tabla}», al {fecha}", lang).format(
            tabla=table_title(first[oldest], lang), fecha=formats.day(dated[oldest], lang)
        )
    parts = [html.Details([html.Summary(told), html.Div(_sources(snap, "fuentes", first, lang))], className="plegable")]
    if rest:
        told = unused_title(lang).format(n=len(rest))
        parts.append(html.Details([html.Summary(told), html.Div(_sources(snap, "otras-fuentes", rest, lang))], className="plegable"))
    if reference:
        told = t("Tablas de referencia ({n})", lang).format(n=len(reference))
        parts.append(html.Details([html.Summary(told), html.Div(_sources(snap, "referencias", reference, lang))], className="plegable"))
    return html.Div(parts)


def verdict(snap: Snapshot, differing: tuple[int, int], lang: str) -> html.Div:
    """May these figures be quoted today? Yes, no, and what must be said with them. `differing`: places where sources differ, of how many compared."""
    first, _ = behind(snap)
    invented = sum(1 for r in first.values() if r["sintetico"])
    failed, refused = snap.quality(estado=list(NOT_MET)), snap.refused()
    told: list[list[Any]] = []
    if len(refused):
        told.append([html.A(formats.plural(len(refused), t("entrega rechazada espera otra versión", lang),
                                           t("entregas rechazadas esperan otra versión", lang), lang), href="#rechazadas"),
                     f": {t('sus filas no cuentan en ninguna cifra', lang)}."])  # fmt: skip
    if len(failed):
        rules, files = failed["regla_id"].nunique(), failed["entrega_id"].nunique()
        told.append([html.A(formats.plural(rules, t("regla sin cumplir", lang), t("reglas sin cumplir", lang), lang), href="#hallazgos"),
                     f" {t('en', lang)} {formats.plural(files, t('entrega', lang), t('entregas', lang), lang)}."])  # fmt: skip
    if differing[0]:
        told.append([html.A(t("Comparaciones entre fuentes que difieren: {n} de {total}", lang).format(
            n=formats.number(differing[0], 0, lang), total=formats.number(differing[1], 0, lang)), href="#conciliaciones"), "."])  # fmt: skip
    if invented:
        title, tone = t("¿Se pueden citar estas cifras hoy? No como oficiales.", lang), "advertencia"
        told.insert(0, [t("Fuentes que son datos sintéticos de demostración: {n} de {total}.", lang).format(n=invented, total=len(first))])
    elif told:
        title, tone = t("¿Se pueden citar estas cifras hoy? Sí, con lo que sigue a la vista.", lang), "info"
    else:
        title, tone = t("¿Se pueden citar estas cifras hoy? Sí.", lang), "exito"
    listed = [html.Ul([html.Li(one) for one in told])] if told else []
    return html.Div([html.P(title, className="aviso__titulo"), *listed], className=f"aviso aviso--{tone}", role="note")


def _sources(snap: Snapshot, id: str, found: dict[str, dict[str, Any]], lang: str) -> Any:
    """Publisher, date of the data, rows, quarantine, caveats."""
    columns = [
        Column(t("Tabla y fuente", lang)),
        Column(t("Datos al", lang)),
        Column(t("Entregas", lang), numeric=True),
        Column(t("Filas", lang), numeric=True),
        Column(t("En cuarentena", lang), numeric=True),
        Column(t("Advertencias", lang), sortable=False),
    ]
    rows = []
    for table, r in found.items():
        origin = r["fuente"]
        who = (origin.get("publicador") or {}).get(lang) or (origin.get("publicador") or {}).get("es", "")
        title = (origin.get("titulo") or {}).get(lang) or (origin.get("titulo") or {}).get("es", "")
        named: Any = html.A(title, href=origin["url"], rel="noopener") if str(origin.get("url", "")).startswith("https://") else title
        what = html.Div(
            [
                html.B(who),
                html.Small([named, f" · {table}"], style={"fontWeight": 400}),
                *([components.synthetic_chip(lang)] if r["sintetico"] else []),
            ]
        )
        warnings = [a.get(lang) or a.get("es", "") for a in origin.get("advertencias", [])]
        told = _caveats(warnings, lang) if warnings else formats.DASH
        rows.append(
            [
                Cell(what, who),
                Cell(html.Span(formats.day(r["datos_al"], lang), className="sin-corte"), str(r["datos_al"] or "")),
                Cell(formats.number(r["entregas"], 0, lang) if r["entregas"] else formats.DASH, r["entregas"]),
                Cell(formats.number(r["filas"], 0, lang), r["filas"]),
                Cell(formats.number(r["filas_cuarentena"], 0, lang), r["filas_cuarentena"]),
                Cell(told),
            ]
        )
    return components.data_table(id, columns, rows, t("Fuentes de esta publicación", lang), lang=lang, dense=True)


def _caveats(warnings: list[str], lang: str) -> Any:
    """The first caveat; the others on demand."""
    if len(warnings) == 1:
        return html.P(warnings[0])
    fold = html.Details([html.Summary(t("y {n} más", lang).format(n=len(warnings) - 1)), html.Ul([html.Li(x) for x in warnings[1:]])])
    return html.Div([html.P(warnings[0]), fold], className="advertencias")


def table_title(row: dict[str, Any], lang: str) -> str:
    """A table's own name; its source's title where the publication does not carry one."""
    origin = row["fuente"]
    named = origin.get("tabla") or origin.get("titulo") or {}
    return str(named.get(lang) or named.get("es") or row["tabla"])


def name_of(snap: Snapshot, table: str, lang: str) -> str:
    """What a table is called; its code where this publication does not know it."""
    known = snap.sources([table]).get(table)
    return table_title(known, lang) if known else table


def deliveries(snap: Snapshot, table: str, lang: str) -> Any:
    """Region by period: received, late, rejected or missing, in words and not by colour alone."""
    own = regional(newest(snap.submissions([table])))
    periods = sorted(own["periodo"].unique())[-_LAST:]
    if not periods:
        return html.P(t("Esta tabla no se entrega por región.", lang), className="nota")
    known = {(r["cod_region"], r["periodo"]): r for r in own.to_dict("records")}
    head = html.Tr([html.Th(t("Región", lang), scope="col"), *(html.Th(formats.period(p, lang), scope="col") for p in periods)])
    body = []
    for code in ordered_regions():
        cells = [_delivery(known.get((code, p)), lang) for p in periods]
        body.append(html.Tr([html.Th(components.link(formats.place(code, lang), f"/region/{code}"), scope="row"), *cells]))
    caption = t("Entregas de «{tabla}» por región y periodo", lang).format(tabla=table_title(snap.sources([table])[table], lang))
    return html.Div(
        html.Table([html.Caption(caption), html.Thead(head), html.Tbody(body)], className="tabla tabla--densa"),
        className="tabla-marco",
        role="region",
        tabIndex="0",
        **{"aria-label": caption},
    )


def _delivery(row: Any, lang: str) -> html.Td:
    state = "falta" if row is None else delivery_state(row)
    words = {"recibida": t("recibida", lang), "tarde": t("tarde", lang), "rechazada": t("rechazada", lang), "falta": t("falta", lang)}[state]
    extra = ""
    if state in ("tarde", "rechazada") and formats.is_missing(row["filas"]):
        extra = t("Recibida el {fecha}.", lang).format(fecha=formats.day(row["recibido_en"], lang))
    elif state in ("tarde", "rechazada"):
        extra = t("{filas} filas, {malas} en cuarentena; recibida el {fecha}.", lang).format(
            filas=formats.number(row["filas"], 0, lang),
            malas=formats.number(row["filas_cuarentena"], 0, lang),
            fecha=formats.day(row["recibido_en"], lang),
        )
        if row["mensaje"]:
            extra += f" {row['mensaje']}"
    # What went well stays quiet: only what needs a call is marked.
    return html.Td(html.Span(words, className=f"etiqueta etiqueta--{_TONE[state]}" if state in _TONE else "tenue", title=extra or None))


def rejected(snap: Snapshot, lang: str) -> Any:
    """Deliveries rejected and still not replaced, newest first, each with its reason."""
    rows = snap.refused()
    if rows.empty:
        return html.P(t("Ninguna entrega vigente está rechazada.", lang), className="aviso aviso--exito")
    newest_first = rows.sort_values("recibido_en", ascending=False, kind="stable")
    items = [_refused(r, lang) for r in newest_first.head(20).to_dict("records")]
    shown = html.Ul(items[:_REFUSED], className="cambios")
    if len(rows) <= _REFUSED:
        return shown
    told = t("Otras {n} entregas rechazadas", lang).format(n=len(rows) - _REFUSED)
    if len(rows) > len(items):
        told += " " + t("(se muestran las {n} más recientes)", lang).format(n=len(items) - _REFUSED)
    more = html.Details([html.Summary(told), html.Div(html.Ul(items[_REFUSED:], className="cambios"))], className="plegable")
    return html.Div([shown, more])


def _refused(r: Any, lang: str) -> html.Li:
    return html.Li(
        [
            html.Span(className="glifo glifo--empeora", **{"aria-hidden": "true"}),
            html.Div([html.B(f"{formats.place(r['cod_region'], lang)} · {r['archivo'] or r['tabla']}"), html.Small(r["mensaje"] or _unsaid(lang))]),
            html.Span(formats.day(r["recibido_en"], lang)),
        ]
    )


def _unsaid(lang: str) -> str:
    return t("el motivo se dice a quien lo envió", lang) if site.is_public() else t("sin mensaje", lang)


def of_region(snap: Snapshot, code: str, lang: str) -> Any:
    """The seal of one region's data: what it delivered, on time or not, and what was held back."""
    rows = newest(snap.submissions(region=code))
    title = t("Calidad de los datos de la región", lang)
    if rows.empty:
        told = t("Ninguna entrega lleva el nombre de esta región: sus valores vienen de fuentes nacionales.", lang)
        return components.section(title, html.P(told, className="nota"))
    states = [delivery_state(r) for r in rows.to_dict("records")]
    late, refused = states.count("tarde"), states.count("rechazada")
    warned, held = int((rows["estado"] == WARNED).sum()), int(rows["filas_cuarentena"].sum())
    seal = (
        t("No apto para publicar", lang)
        if refused == len(rows)
        else t("Con advertencias", lang)
        if refused or warned or held or late
        else t("Completo", lang)
    )
    tone = "rechazada" if refused == len(rows) else "advertencia" if refused or warned or held or late else "aceptada"
    facts = [
        (t("Sello de calidad", lang), html.Span(seal, className=f"etiqueta etiqueta--{tone}")),
        (t("Entregas recibidas", lang), formats.number(len(rows), 0, lang)),
        (t("Fuera de plazo", lang), formats.number(late, 0, lang)),
        (t("Rechazadas", lang), formats.number(refused, 0, lang)),
        (
            t("Filas en cuarentena", lang),
            t("{parte} de {total}", lang).format(parte=counted.total(rows, "filas_cuarentena", lang), total=counted.total(rows, "filas", lang)),
        ),
        (t("Última entrega", lang), f"{rows.iloc[-1]['archivo'] or rows.iloc[-1]['tabla']}, {formats.day(rows.iloc[-1]['recibido_en'], lang)}"),
    ]
    listed = html.Dl([html.Div([html.Dt(k), html.Dd(v)], className="ficha__fila") for k, v in facts], className="ficha")
    return components.section(title, listed, html.P(components.link(t("Ver todas las entregas", lang), "/calidad")))
