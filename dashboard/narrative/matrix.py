"""The scorecard matrix (region × indicator) as an HTML table, and the same for one region as a list for phones."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.figures.request import Params, newest, records
from dashboard.figures.scales import scale
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import division, sentences
from dashboard.narrative.parts import mark, ordered_regions
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.states import PUBLISHED, STATES
from warehouse.territories import COUNTRY, LIMA_DEPARTMENT, LIMA_REGIONS, PILOTS, all_territories

Row = dict[Any, Any]
_ARROWS = {"up": "↑", "down": "↓", "context": ""}
#: reporting rate under which the bar turns dark
_LOW = 0.8
#: characters that fit at full size in the country's column and in a region's
_WIDE, _NARROW = 5, 4


class Board:
    """The rows of a publication's matrix, once read: indicator -> territory -> value."""

    def __init__(self, snapshot: Snapshot, lang: str) -> None:
        self.snapshot, self.lang = snapshot, lang
        self.values: dict[str, dict[str, Row]] = {}
        for sheet in snapshot.indicators():
            frame = snapshot.values(sheet.id, kind=sheet.main_period, period=newest(snapshot, sheet), category="")
            if len(frame):
                self.values[sheet.id] = {row["territorio"]: row for row in records(frame)}

    def parts(self, sheet: Sheet, place: str = "") -> str:
        """What the categories of an indicator say in a place, else in the country or the pilots, as a sentence; empty where they have no value."""
        told = division.summary(self.snapshot, sheet, Params(sheet.id, place, lang=self.lang))
        return f"{told}." if told else ""

    def divided(self, sheet: Sheet, place: str = "") -> pd.DataFrame:
        """The categories of a region, or of all of them, where the indicator has no undivided value and its source tells them apart."""
        if sheet.id in self.values:
            return pd.DataFrame()
        frame = self.snapshot.values(sheet.id, kind=sheet.main_period, period=newest(self.snapshot, sheet))
        return frame[(frame["territorio"] == place if place else frame["nivel"] == "region") & (frame["estado"] != "no_desagregado")]

    def sheets(self, synthetic: bool) -> list[Sheet]:
        return [s for s in self.snapshot.indicators() if s.synthetic == synthetic]

    def regional(self) -> list[Row]:
        """Every regional cell, absences included."""
        codes = set(ordered_regions())
        return [r for rows in self.values.values() for c, r in rows.items() if c in codes]


def finding(board: Board) -> str:
    """The matrix's title: how many values, how many firm changes, which way."""
    lang = board.lang
    shown = [r for r in board.regional() if sentences.is_published(r)]
    judged = [r for r in shown if r["cambio_estado"]]
    moved = [r for r in judged if sentences.is_conclusive(r)]
    if not moved:
        return t("De {n} valores regionales con dato, ninguno muestra un cambio firme", lang).format(n=formats.number(len(shown), 0, lang))
    counts = {s: sum(1 for r in moved if r["cambio_estado"] == s) for s in ("empeora", "mejora", "sube", "baja")}
    told = formats.listing([f"{n} {sentences.direction(s, lang, many=n != 1)}" for s, n in counts.items() if n], lang)
    pattern = (
        t("De {n} valores regionales con dato, {k} cambiaron de forma firme: {partes}", lang)
        if len(moved) != 1
        else t("De {n} valores regionales con dato, {k} cambió de forma firme: {partes}", lang)
    )
    return pattern.format(n=formats.number(len(shown), 0, lang), k=len(moved), partes=told)


def multiplicity(board: Board) -> str:
    """What the control for many comparisons means here, with the number of comparisons. It is made within each indicator."""
    judged = sum(1 for r in board.regional() if sentences.is_published(r) and r["cambio_estado"])
    first = t("Este cuadro hace {n} comparaciones a la vez.", board.lang).format(n=formats.number(judged, 0, board.lang))
    rule = t("Un cambio se marca solo si su intervalo excluye el cero y si, entre todas las comparaciones de su indicador y periodo, resiste el control de Benjamini–Hochberg al 5 %:", board.lang)  # fmt: skip  # noqa: E501
    meaning = t("de cada 100 marcas se espera que a lo sumo 5 se deban al azar.", board.lang)
    register = t("En registros completos, sin intervalo, se marca el cambio que la ficha declara relevante.", board.lang)
    return f"{first} {rule} {meaning} {register}"


def legend(board: Board) -> list[html.Div]:
    """Marks and hatches that occur, the hatches with how many cells they cover."""
    lang, rows = board.lang, board.regional()
    changes = {r["cambio_estado"] for r in rows if sentences.is_published(r)}
    items = [
        html.Span([mark(s), sentences.direction(s, lang)], className="leyenda__item") for s in ("mejora", "empeora", "sube", "baja") if s in changes
    ]
    items.append(html.Span(t("sin marca: sin diferencia concluyente o sin comparación", lang), className="leyenda__item"))
    if any(not is_missing(r["cobertura"]) for r in rows):
        items.append(html.Span([html.Span(className="leyenda__barra"), t("tasa de reporte", lang)], className="leyenda__item"))
        items.append(
            html.Span([html.Span(className="leyenda__barra leyenda__barra--bajo"), t("reporte menor de 80 %", lang)], className="leyenda__item")
        )
    counts = {s: sum(1 for r in rows if r["estado"] == s) for s in STATES if s != PUBLISHED}
    without = [
        html.Span([components.hatch(s), f"{sentences.reason({'estado': s, 'n': None}, lang)} ({n})"], className="leyenda__item")
        for s, n in counts.items()
        if n
    ]
    second = [html.Div([html.Span(t("Sin dato porque:", lang), className="leyenda__rotulo"), *without], className="leyenda")] if without else []
    return [html.Div(items, className="leyenda"), *second]


def table(board: Board, selected: str = "") -> html.Div:
    """The matrix: real figures first, demonstration figures apart under their own heading."""
    lang, codes = board.lang, ordered_regions()
    body: list[Any] = []
    real, invented = board.sheets(False), board.sheets(True)
    for sheets, label in ((real, t("Datos reales, cada uno con su fuente", lang)), (invented, "")):
        if not sheets:
            continue
        if invented:
            body.append(_band(label, lang))
        for area in dict.fromkeys(s.area for s in sheets):
            body.append(html.Tr(html.Th(html.Span(area_name(area, lang)), colSpan=28, scope="colgroup"), className="matriz__area"))
            body += [_row(board, s, codes, selected) for s in sheets if s.area == area]
    _first_cell(body)
    columns = html.Colgroup(
        [html.Col(className="matriz__col-nombre"), html.Col(className="matriz__col-pais"), *(_column(i, c) for i, c in enumerate(codes))]
    )
    frame = html.Table([columns, html.Thead(_header(codes, selected, lang)), html.Tbody(body)], className="matriz")
    return html.Div(frame, className="matriz-marco", role="region", **{"aria-label": t("Cuadro de mando: indicadores por región", lang)})


def _band(label: str, lang: str) -> html.Tr:
    """The heading that parts real figures from demonstration ones."""
    content = html.B(label) if label else components.synthetic_chip(lang)
    return html.Tr(html.Th(html.Span(content), colSpan=28, scope="colgroup"), className="matriz__area matriz__area--banda")


def _pilot(code: str) -> bool:
    return all_territories()[code].piloto


def _apart(place: int, codes: list[str]) -> bool:
    return place == 0 or (_pilot(codes[place - 1]) and not _pilot(codes[place]))


def _column(place: int, code: str) -> html.Col:
    codes = ordered_regions()
    shape = [*(["matriz__col-piloto"] if _pilot(code) else []), *(["matriz__col-aparte"] if _apart(place, codes) else [])]
    return html.Col(**({"className": " ".join(shape)} if shape else {}))


def _header(codes: list[str], selected: str, lang: str) -> html.Tr:
    heads = [html.Th(t("Indicador", lang), className="matriz__esquina", scope="col"),
             html.Th(html.Span(formats.place(COUNTRY, lang)), className="matriz__region matriz__region--pais", scope="col")]  # fmt: skip
    for place, code in enumerate(codes):
        shape = [
            "matriz__region",
            *(["matriz__region--piloto"] if _pilot(code) else []),
            *(["matriz__region--elegida"] if code == selected else []),
            *(["matriz__aparte"] if _apart(place, codes) else []),
        ]
        heads.append(html.Th(html.A(formats.place(code, lang), href=address(f"/region/{code}")), className=" ".join(shape), scope="col"))
    return html.Tr(heads)


def _row(board: Board, sheet: Sheet, codes: list[str], selected: str) -> html.Tr:
    lang, rows = board.lang, board.values.get(sheet.id, {})
    reason = _whole_row(board, sheet, rows)
    if reason is not None:
        return html.Tr([_name(sheet, "", "", lang), reason], className="matriz__fila")
    published = [r for c, r in rows.items() if sentences.is_published(r) and c in set(codes)]
    highest = max((abs(float(r["valor"])) for r in published), default=0.0)
    percent = formats.is_percentage(sheet.unit(lang))
    divisor, word = (1.0, "") if percent else scale(highest, lang)
    digits = 1 if 0 < highest / divisor < 10 and sheet.decimals else 0
    unit = t("{miles} de {unidad}", lang).format(miles=word, unidad=sheet.unit(lang)) if word else "%" if percent else sheet.unit(lang)
    cells = [_country(rows.get(COUNTRY), rows, sheet, divisor, digits, lang)]
    for place, code in enumerate(codes):
        cells.append(_cell(rows.get(code), rows, sheet, code, divisor, digits, selected, _apart(place, codes), lang))
    period = next(iter(rows.values()))["periodo"] if rows else ""
    return html.Tr([_name(sheet, formats.period(period, lang) if period else "", unit, lang), *cells], className="matriz__fila")


def _name(sheet: Sheet, period: str, unit: str, lang: str) -> html.Th:
    detail = " · ".join(x for x in (period, unit) if x)
    small = [html.Small(detail, className="matriz__detalle tenue")] if detail else []
    arrow = [html.Span(_ARROWS[sheet.direction], className="matriz__sentido", title=_meaning(sheet, lang))] if _ARROWS[sheet.direction] else []
    return html.Th(
        [html.A(sheet.text("short_name", lang), href=address(f"/indicador/{sheet.id}")), *small, *arrow], className="matriz__indicador", scope="row"
    )


def _meaning(sheet: Sheet, lang: str) -> str:
    return t("más es mejor", lang) if sheet.direction == "up" else t("menos es mejor", lang)


def _short(value: float, divisor: float, digits: int, lang: str, percent: bool = False) -> str:
    """A value in the few characters of a cell. What is not zero never reads as zero, nor as all what is not all."""
    scaled = value / divisor
    least = 10.0**-digits
    if percent and scaled < 100 <= round(scaled, digits):
        return f">{formats.number(100 - least, digits, lang)}"
    return f"<{formats.number(least, digits, lang)}" if 0 < scaled < least / 2 else formats.number(scaled, digits, lang)


def _country(row: Row | None, rows: dict[str, Row], sheet: Sheet, divisor: float, digits: int, lang: str) -> html.Td:
    shape = "matriz__celda matriz__celda--pais"
    if row is not None and sentences.is_published(row):
        return html.Td(_anchor(row, sheet, [_figure(float(row["valor"]), sheet, divisor, digits, lang, most=_WIDE)], lang), className=shape)
    if row is not None:
        inside = html.Span(sentences.reason(row, lang), className="solo-lector")
        return html.Td(_anchor(row, sheet, [inside], lang), className=f"{shape} matriz__celda--ausente-{row['estado']}")
    why = t("esta publicación trae sus valores por región y ninguno del país", lang) if rows else t("sin dato", lang)
    told = t("{lugar} · {nombre}: {razon}.", lang).format(lugar=formats.place(COUNTRY, lang), nombre=sheet.text("short_name", lang), razon=why)
    link = html.A(
        html.Span(why, className="solo-lector"), className="celda", href=address(f"/indicador/{sheet.id}"), tabIndex="-1", **{"data-frase": told}
    )
    return html.Td(link, className=f"{shape} matriz__celda--ausente-sin_registro")


def _figure(value: float, sheet: Sheet, divisor: float, digits: int, lang: str, *, most: int) -> html.Span:
    """The number of a cell; a step smaller where it has more than `most` characters, so that it stays within its column."""
    told = _short(value, divisor, digits, lang, formats.is_percentage(sheet.unit(lang)))
    return html.Span(told, className=f"celda__valor{' celda__valor--largo' if len(told) > most else ''}")


def _cell(
    row: Row | None, rows: dict[str, Row], sheet: Sheet, code: str, divisor: float, digits: int, selected: str, apart: bool, lang: str
) -> html.Td:
    shape = ["matriz__celda", *(["matriz__aparte"] if apart else []), *(["matriz__celda--elegida"] if code == selected else [])]
    if row is None or not sentences.is_published(row):
        state = row["estado"] if row else "sin_registro"
        inside = html.Span(sentences.reason(row, lang) if row else t("sin dato", lang), className="solo-lector")
        told = _lima(rows, sheet, code, lang) if state == "no_desagregado" else ""
        content = _anchor(row, sheet, [inside], lang, extra=told) if row else html.Span(inside, className="celda")
        return html.Td(content, className=" ".join([*shape, f"matriz__celda--ausente-{state}"]))
    change = row["cambio_estado"] or ""
    if change in ("mejora", "empeora"):
        shape.append(f"matriz__celda--{change}")
    inside = [
        *([mark(change)] if sentences.is_conclusive(row) else []),
        _figure(float(row["valor"]), sheet, divisor, digits, lang, most=_NARROW),
    ]
    if not is_missing(row["cobertura"]):
        low = " celda__reporte--bajo" if float(row["cobertura"]) < _LOW else ""
        inside.append(html.Span(className=f"celda__reporte{low}", style={"--reporte": f"{float(row['cobertura']):.0%}"}))
    return html.Td(_anchor(row, sheet, inside, lang), className=" ".join(shape))


def _lima(rows: dict[str, Row], sheet: Sheet, code: str, lang: str) -> str:
    """What is known of Lima as a department, for the cells of its two governments."""
    whole = rows.get(LIMA_DEPARTMENT)
    if code not in LIMA_REGIONS or whole is None or not sentences.is_published(whole):
        return ""
    return " " + t("Lima como departamento: {valor}.", lang).format(valor=sentences.value(whole, sheet, lang))


def _anchor(row: Row, sheet: Sheet, inside: list[Any], lang: str, extra: str = "") -> html.A:
    region = row["territorio"] if row["nivel"] == "region" else ""
    target = address(f"/indicador/{sheet.id}", region=region)
    return html.A(inside, className="celda", href=target, tabIndex="-1", **{"data-frase": sentences.cell(row, sheet, lang) + extra})


def _first_cell(body: list[Any]) -> None:
    """One cell is reachable by Tab; the arrows move from there."""
    for row in body:
        for cell in row.children if isinstance(row.children, list) else []:
            content = getattr(cell, "children", None)
            if isinstance(content, html.A) and getattr(content, "className", "") == "celda":
                content.tabIndex = "0"
                return


def _whole_row(board: Board, sheet: Sheet, rows: dict[str, Row]) -> html.Td | None:
    """One cell across the row where no region has a value for one same reason: the reason, and what is known above the regions."""
    lang = board.lang
    regional = [r for c, r in rows.items() if r["nivel"] == "region"]
    if any(sentences.is_published(r) for r in regional) or len({r["estado"] for r in regional}) > 1:
        return None
    divided = len(board.divided(sheet)) > 0
    state = "" if divided else regional[0]["estado"] if regional else str(sheet.ficha["absence"])
    told = [_group_value(board, sheet, rows), t("Se publica por categorías.", lang) if divided else formats.state(state, None, lang) + "."]
    link = components.link(t("ver detalle", lang), f"/indicador/{sheet.id}")
    shape = "matriz__celda matriz__razon" + (f" matriz__celda--ausente-{state}" if state else "")
    return html.Td(html.Span([f"{' '.join(x for x in told if x)} ", link]), colSpan=27, className=shape)


def _group_value(board: Board, sheet: Sheet, rows: dict[str, Row]) -> str:
    """The country's or the pilots' value; for an indicator that is only a division, what its categories say."""
    lang = board.lang
    for code in (COUNTRY, PILOTS):
        row = rows.get(code)
        if row is not None and sentences.is_published(row):
            return f"{division.place_name(code, lang)}, {formats.period(row['periodo'], lang)}: {_proved(row, sheet, lang)}."
    return board.parts(sheet)


def _proved(row: Row, sheet: Sheet, lang: str) -> str:
    parts = sentences.parts(row, sheet, lang)
    return f"{sentences.value(row, sheet, lang)}{f' ({parts})' if parts else ''}"


def phone_list(board: Board, region: str) -> html.Ul:
    """The matrix's column of one region, one line for each indicator."""
    lang = board.lang
    items: list[Any] = []
    for sheets, invented in ((board.sheets(False), False), (board.sheets(True), True)):
        for area in dict.fromkeys(s.area for s in sheets):
            head = [area_name(area, lang), " ", *([components.synthetic_chip(lang)] if invented else [])]
            items.append(html.Li(head, className="lista-movil__area"))
            items += [html.Li(_phone_row(board, s, region)) for s in sheets if s.area == area]
    return html.Ul(items, className="lista-movil solo-movil")


def divided_sentence(board: Board, sheet: Sheet, region: str) -> str:
    """What the categories of a region say, for an indicator without an undivided value; else why they say nothing."""
    rows = board.divided(sheet, region)
    if (rows["estado"] == PUBLISHED).any():
        return board.parts(sheet, region)
    why = sentences.absence(records(rows.head(1))[0], sheet, board.lang)
    return f"{why[0].upper()}{why[1:]}."


def _phone_row(board: Board, sheet: Sheet, region: str) -> html.A:
    lang, rows = board.lang, board.values.get(sheet.id, {})
    row = rows.get(region)
    name = html.Span(sheet.text("short_name", lang), className="lista-movil__nombre")
    target = address(f"/indicador/{sheet.id}", region=region)
    if len(board.divided(sheet, region)):
        told = html.Span(divided_sentence(board, sheet, region), className="lista-movil__frase")
        return html.A([name, html.Span(), told], href=target, className="lista-movil__fila")
    if row is None or not sentences.is_published(row):
        state = row["estado"] if row else str(sheet.ficha["absence"])
        why = sentences.absence(row, sheet, lang) if row else sentences.reason({"estado": state, "n": None}, lang)
        known = _group_value(board, sheet, rows) or _lima(rows, sheet, region, lang).strip()
        told = html.Span([f"{why[0].upper()}{why[1:]}. ", known], className="lista-movil__frase")
        hatch = html.Span(components.hatch(state), className="lista-movil__valor")
        return html.A([name, hatch, told], href=target, className="lista-movil__fila lista-movil__fila--ausente")
    change = row["cambio_estado"] or ""
    tone = f" lista-movil__fila--{change}" if change in ("mejora", "empeora") else ""
    colour = change if change in ("mejora", "empeora") else "sin-diferencia"
    words = html.Span(
        [*([mark(change)] if change else []), sentences.change(row, sheet, lang)], className=f"lista-movil__frase cambio cambio--{colour}"
    )
    country = rows.get(COUNTRY)
    beside = f"{formats.place(COUNTRY, lang)} {sentences.value(country, sheet, lang)}" if country and sentences.is_published(country) else ""
    return html.A(
        [name, html.Span(sentences.value(row, sheet, lang), className="lista-movil__valor"), words, html.Span(beside, className="lista-movil__pais")],
        href=target, className=f"lista-movil__fila{tone}",
    )  # fmt: skip
