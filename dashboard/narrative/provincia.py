"""One province against its region: every indicator that is published by province, or why it is not known there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address
from dashboard.figures.request import records
from dashboard.formats import is_missing
from dashboard.language import t
from dashboard.narrative import parts, sentences
from dashboard.published import Sheet, Snapshot, area_name
from warehouse.territories import all_territories, region_of_ubigeo

PROVINCE = "provincia"
Row = dict[Any, Any]


@dataclass(frozen=True)
class Line:
    """One indicator: the province's row and its region's, None where there is none; `apart`: alto, bajo, "" (it may not be said), or None."""

    sheet: Sheet
    period: str
    own: Row | None
    region: Row | None

    @property
    def known(self) -> bool:
        return self.own is not None and sentences.is_published(self.own)

    @property
    def apart(self) -> str | None:
        """On which side of the region's value the province's whole interval lies; None where one of the two is missing."""
        if self.own is None or self.region is None or not self.known or not sentences.is_published(self.region):
            return None
        if is_missing(self.own["inferior"]) or is_missing(self.own["superior"]):
            return None
        value = float(self.region["valor"])
        return "alto" if float(self.own["inferior"]) > value else "bajo" if float(self.own["superior"]) < value else ""


def names(snap: Snapshot, lang: str) -> dict[str, str]:
    """Province -> its name, of all that some indicator is published for, by code."""
    found: dict[str, str] = {}
    for sheet in by_province(snap):
        for code, label in next(b for b in sheet.breakdowns if b["name"] == PROVINCE)["labels"].items():
            if code.isdigit() and region_of_ubigeo(code) in all_territories():
                found.setdefault(code, str(label.get(lang) or label["es"]))
    return dict(sorted(found.items()))


def by_province(snap: Snapshot) -> list[Sheet]:
    return [s for s in snap.indicators() if any(b["name"] == PROVINCE and b.get("labels") for b in s.breakdowns)]


def lines(snap: Snapshot, code: str) -> list[Line]:
    """Every indicator published by province, at its newest period. One question for all."""
    region = region_of_ubigeo(code)
    own = snap.values_together(territory=region, category=code)
    made = []
    for sheet in by_province(snap):
        kind, period = sheet.main_period, snap.last_period(sheet.id)
        frame = own[sheet.id]
        mine = records(frame[(frame["desglose"] == PROVINCE) & (frame["tipo_periodo"] == kind) & (frame["periodo"] == period)])
        around = records(snap.values(sheet.id, kind=kind, period=period, territory=region, category=""))
        made.append(Line(sheet, period, mine[0] if mine else None, around[0] if around else None))
    return made


def sentence(found: list[Line], name: str, region: str, lang: str) -> str:
    """How much is known of the province, and where its region's value lies outside its interval."""
    known = [line for line in found if line.known]
    told = t("{nombre} tiene valor en {n} de los {total} indicadores que se publican por provincia", lang)
    said = told.format(nombre=name, n=len(known), total=len(found))
    judged = [line for line in known if line.apart is not None]
    if not judged:
        return f"{said}."
    apart = sum(1 for line in judged if line.apart)
    if not apart:
        return f"{said}; {t('en ninguno queda el valor de {region} fuera de su intervalo', lang).format(region=region)}."
    return f"{said}; {t('en {k} el valor de {region} queda fuera de su intervalo', lang).format(k=apart, region=region)}."


def apart_words(line: Line, lang: str) -> str:
    """How the province stands to its region, in words that hold for any direction."""
    if line.apart is None:
        without = line.known and line.region is not None and sentences.is_published(line.region)
        return t("sin intervalo: no se compara", lang) if without else formats.DASH
    return {
        "alto": t("más alto que su región", lang), "bajo": t("más bajo que su región", lang), "": t("sin diferencia concluyente", lang),
    }[line.apart]  # fmt: skip


def why_not(line: Line, lang: str) -> str:
    """The reason of the province itself; where it has none, its region's, and only where the region has a value that no case came from here."""
    row = line.own or (line.region if line.region is not None and not sentences.is_published(line.region) else None)
    if row is not None:
        return sentences.absence(row, line.sheet, lang)
    return t("la fuente no registra casos en esta provincia", lang)


def _state(line: Line) -> str:
    """The state whose hatch stands for the absence."""
    row = line.own or line.region
    return str(row["estado"]) if row is not None and not sentences.is_published(row) else "sin_registro"


def table(found: list[Line], code: str, name: str, region: str, lang: str) -> html.Div:
    """Wide screens: a row for each indicator."""
    head = [t("Indicador", lang), t("Periodo", lang), name, region, t("Frente a su región", lang), t("Cambio", lang)]
    body: list[Any] = []
    marked = not chips(found, lang)
    for area in dict.fromkeys(line.sheet.area for line in found):
        body.append(html.Tr(html.Th(area_name(area, lang), colSpan=len(head), scope="colgroup")))
        body += [_row(line, code, lang, marked) for line in found if line.sheet.area == area]
    titles = [html.Th(x, scope="col", **({"className": "num"} if i in (2, 3) else {})) for i, x in enumerate(head)]
    made = html.Table([html.Caption(_caption(lang)), html.Thead(html.Tr(titles)), html.Tbody(body)], className="tabla")
    return html.Div(made, className="tabla-marco solo-ancho", role="region", tabIndex="0", **{"aria-label": _caption(lang)})


def _caption(lang: str) -> str:
    return t("Último periodo de cada indicador", lang)


def chips(found: list[Line], lang: str) -> list[Any]:
    """The mark of demonstration data once, where it holds for every line; else the lines carry it."""
    return [components.synthetic_chip(lang)] if found and all(line.sheet.synthetic for line in found) else []


def _named(line: Line, code: str, lang: str, marked: bool) -> list[Any]:
    link = parts.indicator_link(line.sheet, lang, region=region_of_ubigeo(code), categoria=code if line.own is not None else "")
    return [link, *([" ", components.synthetic_chip(lang)] if line.sheet.synthetic and marked else [])]


def _row(line: Line, code: str, lang: str, marked: bool) -> html.Tr:
    sheet = line.sheet
    first = [html.Th(_named(line, code, lang, marked), scope="row"), html.Td(formats.period(line.period, lang), className="sin-corte")]
    around = sentences.value(line.region, sheet, lang) if line.region is not None and sentences.is_published(line.region) else formats.DASH
    if line.own is None or not line.known:
        why = html.Div([components.hatch(_state(line)), html.Span(why_not(line, lang))], className="con-trama")
        return html.Tr([*first, html.Td(why), html.Td(around, className="num"), html.Td(formats.DASH), html.Td(formats.DASH)])
    proof = sentences.evidence(line.own, sheet, lang)
    value = [html.B(sentences.value(line.own, sheet, lang)), *([html.Small(proof)] if proof else []), *_notices(line, lang)]
    change = parts.change_words(line.own, sentences.short_change(line.own, sheet, lang))
    mark = [html.B(apart_words(line, lang))] if line.apart else apart_words(line, lang)
    return html.Tr([*first, html.Td(value, className="num"), html.Td(around, className="num"), html.Td(mark), html.Td(change)])


def _notices(line: Line, lang: str) -> list[Any]:
    """What stands beside the figure, the synthetic mark aside: the name carries it."""
    return [html.Small(formats.notice(code, lang)) for code in (line.own or {}).get("avisos") or [] if code != "sintetico"]


def phone_list(found: list[Line], code: str, lang: str) -> html.Ul:
    """Phones: a line for each indicator."""
    items: list[Any] = []
    marked = not chips(found, lang)
    for area in dict.fromkeys(line.sheet.area for line in found):
        invented = marked and any(line.sheet.synthetic for line in found if line.sheet.area == area)
        items.append(html.Li([area_name(area, lang), " ", *([components.synthetic_chip(lang)] if invented else [])], className="lista-movil__area"))
        items += [html.Li(_phone_row(line, code, lang)) for line in found if line.sheet.area == area]
    return html.Ul(items, className="lista-movil solo-movil")


def _phone_row(line: Line, code: str, lang: str) -> html.A:
    sheet, region = line.sheet, region_of_ubigeo(code)
    target = address(f"/indicador/{sheet.id}", region=region, categoria=code if line.own is not None else "")
    name = html.Span(sheet.text("short_name", lang), className="lista-movil__nombre")
    if line.own is None or not line.known:
        why = why_not(line, lang)
        value: Any = components.hatch(_state(line))
        told, shape = f"{why[0].upper()}{why[1:]}.", "lista-movil__fila lista-movil__fila--ausente"
    else:
        value, shape = sentences.value(line.own, sheet, lang), "lista-movil__fila"
        told = " · ".join(x for x in (sentences.evidence(line.own, sheet, lang), apart_words(line, lang)) if x and x != formats.DASH)
    known = line.region is not None and sentences.is_published(line.region)
    beside = f"{formats.place(region, lang)} {sentences.value(line.region, sheet, lang)}" if line.region is not None and known else ""
    inside = [name, html.Span(value, className="lista-movil__valor"), html.Span(told, className="lista-movil__frase"),
              html.Span(beside, className="lista-movil__pais")]  # fmt: skip
    return html.A(inside, href=target, className=shape)


def source(found: list[Line], snap: Snapshot, lang: str) -> str:
    """Who published what is behind these lines, each once."""
    who = list(dict.fromkeys(w for line in found for w in snap.publishers(line.sheet, lang)))
    told = t("Publicación N.º {n} del {fecha}, con datos al {corte}.", lang).format(
        n=snap.number, fecha=formats.day(snap.publication.creada_en, lang), corte=formats.day(snap.publication.datos_al, lang)
    )
    return f"{t('Fuente', lang)}: {'; '.join(who)}. {told}"


def links(snap: Snapshot, region: str, lang: str) -> list[Any]:
    """The way from a region to its provinces; nothing where no indicator tells them apart."""
    own = [(code, name) for code, name in names(snap, lang).items() if region_of_ubigeo(code) == region]
    if not own:
        return []
    told: list[Any] = [html.B(t("Provincias", lang)), ": "]
    for place, (code, name) in enumerate(own):
        told += [*([" · "] if place else []), components.link(name, f"/provincia/{code}")]
    return [html.P(told, className="nota region-provincias")]
