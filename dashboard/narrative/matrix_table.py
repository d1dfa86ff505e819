"""The scorecard matrix as an HTML table: one element for each cell.

A cell holds its number, or the reason of its absence in words that only readers of the screen hear; its glyph, hatch and reporting bar are
drawn by `44-matrix.css` from its class. Where it leads is told by the links of its row and column, what it says by `matrix_sentences`: both
are joined in `assets/siegem.js`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address, with_query
from dashboard.figures.scales import scale
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import sentences
from dashboard.narrative.matrix import Board, Row, group_value, without_country
from dashboard.narrative.matrix_sentences import PATH
from dashboard.narrative.parts import ordered_regions
from dashboard.published import Sheet, area_name
from warehouse.territories import COUNTRY, all_territories

_ARROWS = {"up": "↑", "down": "↓", "context": ""}
#: reporting rate under which the bar turns dark
_LOW = 0.8
#: characters that fit at full size in the country's column and in a region's
_WIDE, _NARROW = 5, 4


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
    columns = html.Colgroup(
        [html.Col(className="matriz__col-nombre"), html.Col(className="matriz__col-pais"), *(_column(i, c) for i, c in enumerate(codes))]
    )
    told = with_query(PATH, lang=lang if lang != "es" else "", publicacion=board.snapshot.number)
    frame = html.Table(
        [columns, html.Thead(_header(codes, selected, lang)), html.Tbody(body)],
        className="matriz matriz--cuadro",
        role="grid",
        **{"data-frases": told},
    )  # fmt: skip
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


@dataclass(frozen=True)
class _Scale:
    """How the numbers of a row are shortened to fit their cells."""

    divisor: float
    digits: int
    percent: bool
    unit: str


def _scale(published: list[Row], sheet: Sheet, lang: str) -> _Scale:
    highest = max((abs(float(r["valor"])) for r in published), default=0.0)
    unit, percent = sheet.unit(lang), formats.is_percentage(sheet.unit(lang))
    divisor, word = (1.0, "") if percent else scale(highest, lang)
    digits = 1 if 0 < highest / divisor < 10 and sheet.decimals else 0
    told = t("{miles} de {unidad}", lang).format(miles=word, unidad=unit) if word else "%" if percent else unit
    return _Scale(divisor, digits, percent, told)


def _row(board: Board, sheet: Sheet, codes: list[str], selected: str) -> html.Tr:
    lang, rows = board.lang, board.values.get(sheet.id, {})
    reason = _whole_row(board, sheet, rows)
    if reason is not None:
        return html.Tr([_name(sheet, "", "", lang), reason], className="matriz__fila")
    scaled = _scale([rows[c] for c in codes if c in rows and sentences.is_published(rows[c])], sheet, lang)
    cells = [_country(rows.get(COUNTRY), rows, sheet, scaled, lang)]
    for place, code in enumerate(codes):
        shape = [*(["matriz__aparte"] if _apart(place, codes) else []), *(["matriz__celda--elegida"] if code == selected else [])]
        cells.append(_cell(rows.get(code), sheet, shape, scaled, lang))
    period = next(iter(rows.values()))["periodo"] if rows else ""
    return html.Tr([_name(sheet, formats.period(period, lang) if period else "", scaled.unit, lang), *cells], className="matriz__fila")


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


def _country(row: Row | None, rows: dict[str, Row], sheet: Sheet, scaled: _Scale, lang: str) -> html.Td:
    shape = ["matriz__celda--pais"]
    if row is not None and sentences.is_published(row):
        return _number(row, shape, sheet, scaled, lang, most=_WIDE)
    if row is not None:
        return _absent(str(row["estado"]), sentences.reason(row, lang), shape)
    return _absent("sin_registro", without_country(lang) if rows else t("sin dato", lang), shape)


def _cell(row: Row | None, sheet: Sheet, shape: list[str], scaled: _Scale, lang: str) -> html.Td:
    if row is None:
        return _absent("sin_registro", t("sin dato", lang), shape)
    if not sentences.is_published(row):
        return _absent(str(row["estado"]), sentences.reason(row, lang), shape)
    return _number(row, shape, sheet, scaled, lang, most=_NARROW)


def _number(row: Row, shape: list[str], sheet: Sheet, scaled: _Scale, lang: str, *, most: int) -> html.Td:
    """A value with its mark; a step smaller where it has more than `most` characters, so that it stays within its column."""
    told = _short(float(row["valor"]), scaled.divisor, scaled.digits, lang, scaled.percent)
    shape = [*shape, *(["matriz__celda--largo"] if len(told) > most else [])]
    inside: Any = told
    if sentences.is_conclusive(row):
        change = str(row["cambio_estado"])
        shape.append(f"matriz__celda--{change}")
        inside = [told, html.I(f" {sentences.direction(change, lang)}", className="solo-lector")]
    style = {}
    if not is_missing(row["cobertura"]) and row["nivel"] != "pais":
        share = float(row["cobertura"])
        shape.append("matriz__celda--reporte" if share >= _LOW else "matriz__celda--bajo")
        style = {"style": {"--reporte": f"{share:.0%}"}} if share < 1 else {}
    return html.Td(inside, **_class(shape), **style)


def _absent(state: str, why: str, shape: list[str]) -> html.Td:
    return html.Td(why, **_class([*shape, f"matriz__celda--ausente-{state}"]))


def _class(shape: list[str]) -> dict[str, str]:
    return {"className": " ".join(shape)} if shape else {}


def _whole_row(board: Board, sheet: Sheet, rows: dict[str, Row]) -> html.Td | None:
    """One cell across the row where no region has a value for one same reason: the reason, and what is known above the regions."""
    lang = board.lang
    regional = [r for c, r in rows.items() if r["nivel"] == "region"]
    if any(sentences.is_published(r) for r in regional) or len({r["estado"] for r in regional}) > 1:
        return None
    divided = len(board.divided(sheet)) > 0
    state = "" if divided else regional[0]["estado"] if regional else str(sheet.ficha["absence"])
    told = [group_value(board, sheet, rows), t("Se publica por categorías.", lang) if divided else formats.state(state, None, lang) + "."]
    link = components.link(t("ver detalle", lang), f"/indicador/{sheet.id}")
    shape = "matriz__razon" + (f" matriz__celda--ausente-{state}" if state else "")
    return html.Td(html.Span([f"{' '.join(x for x in told if x)} ", link]), colSpan=27, className=shape)
