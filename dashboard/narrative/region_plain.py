"""The profile and the spine as HTML, for phones and for paper: no chart to load, and the order keeps its sense in one column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.narrative import indice, parts, region_spine, sentences
from dashboard.narrative.indice import Reading
from dashboard.narrative.region_spine import Vertebra
from warehouse.territories import COUNTRY


def track(of: Mapping[str, Any], *, before: float | None = None, middle: float | None = None) -> html.Span:
    """A score from 0 to 100 with its band; marks of last year and of the regions' median where they are given."""
    style = {"--v": f"{of['valor']:.1f}%", "--lo": f"{of['inferior']:.1f}%", "--hi": f"{of['superior']:.1f}%"}
    inside = [html.I(className="perfil__banda")]
    if middle is not None:
        style["--medio"] = f"{middle:.1f}%"
        inside.append(html.I(className="perfil__medio"))
    if before is not None:
        style["--antes"] = f"{before:.1f}%"
        inside.append(html.I(className="perfil__antes"))
    return html.Span([*inside, html.I(className="perfil__punto")], className="perfil__pista", style=style, **{"aria-hidden": "true"})


def profile(reading: Reading, code: str, lang: str) -> html.Div:
    """The seven dimensions, one line each, and what the marks are."""
    return html.Div([html.Ol(_rows(reading, code, lang), className="perfil"), legend(formats.place(code, lang), lang, before=code in reading.before)])


def profile_first(reading: Reading, code: str, lang: str) -> html.Ol:
    """The same lines where the chart will stand, seen until it is drawn; what they say is told by the chart's own label."""
    return html.Ol(_rows(reading, code, lang), className="perfil perfil--previa", **{"aria-hidden": "true"})


def _rows(reading: Reading, code: str, lang: str) -> list[html.Li]:
    result, before = reading.results[code], reading.before.get(code)
    items: list[html.Li] = []
    for d in reading.dimensions:
        found, earlier = indice.dimension(result, d["id"]), indice.dimension(before, d["id"])
        name = html.Span(reading.dimension_name(d["id"], lang), className="perfil__nombre")
        if found is None or found["valor"] is None:
            why = indice.why_not(reading, result, d["id"], lang)
            states = indice.states_of(reading, result, d["id"])
            hatch = [components.hatch(states[0])] if states else []
            items.append(html.Li([name, html.Span([*hatch, " ", why], className="perfil__razon")], className="perfil__fila"))
            continue
        levels = indice.level_words(reading, indice.levels_touched(reading, found["inferior"], found["superior"]), lang)
        told = [html.B(formats.number(found["valor"], 0, lang)), " ", indice.band(found, lang), html.Small(levels)]
        bar = track(found, before=earlier["valor"] if earlier else None, middle=reading.median_of(d["id"]))
        items.append(html.Li([name, bar, html.Span(told, className="perfil__valor")], className="perfil__fila"))
    return items


def legend(name: str, lang: str, *, before: bool = True) -> html.P:
    """What the marks of a track are."""
    marks = [("punto", name), ("banda", t("banda de {n} %", lang).format(n=indice.BAND)), ("medio", t("mediana de las regiones", lang))]
    if before:
        marks.insert(2, ("antes", t("hace un año", lang)))
    items = [html.Span([html.I(className=f"perfil__clave perfil__clave--{k}"), word], className="leyenda__item") for k, word in marks]
    return html.P(items, className="leyenda perfil__leyenda")


def spine(bones: list[Vertebra], place: str, lang: str) -> html.Div:
    """Every indicator of the spine, by area: value, country, the strip, and both verdicts in words."""
    blocks: list[Any] = [_spine_head(place, lang)]
    for area, members in region_spine.by_area(bones, lang):
        blocks.append(html.Li(area, className="vertebra__area"))
        blocks += [html.Li(_bone(b, lang), className=f"vertebra{'' if b.shown else ' vertebra--ausente'}") for b in members]
    return html.Div([_spine_legend(lang), html.Ol(blocks, className="vertebras")])


def _spine_head(place: str, lang: str) -> html.Li:
    """What the columns are, on paper; on a phone each line says it itself."""
    scale = f"{t('← peor', lang)} · {t('mejor →', lang)}"
    told = ["", formats.place(place, lang), formats.place(COUNTRY, lang), scale, t("frente al Perú", lang), t("hace un año", lang)]
    names = ("nombre", "valor", "pais", "pista", "juicio", "juicio")
    cells = [html.Span(x, className=f"vertebra__{n}") for n, x in zip(names, told, strict=True)]
    return html.Li(cells, className="vertebra vertebra--cabeza", **{"aria-hidden": "true"})


def _spine_legend(lang: str) -> html.P:
    marks = (("rango", t("mínimo a máximo", lang)), ("mitad", t("mitad central de las regiones", lang)), ("linea", formats.place(COUNTRY, lang)))
    items = [html.Span([html.I(className=f"vertebra__clave vertebra__clave--{k}"), word], className="leyenda__item") for k, word in marks]
    told = html.Span(t("derecha = mejor", lang), className="leyenda__item")
    return html.P([*items, told], className="leyenda")


def _bone(bone: Vertebra, lang: str) -> list[Any]:
    name = html.Span(
        components.link(region_spine.named(bone, lang, most=46), f"/indicador/{bone.sheet.id}", region=bone.row["territorio"]),
        className="vertebra__nombre",
    )
    if not bone.shown:
        return [
            name,
            html.Span([components.hatch(bone.row["estado"]), " ", sentences.absence(bone.row, bone.sheet, lang)], className="vertebra__razon"),
        ]
    country = html.Span(region_spine.figure(bone, bone.country, lang), className="vertebra__pais")
    value = html.Span(region_spine.figure(bone, bone.row, lang), className="vertebra__valor")
    strip = html.Span(className="vertebra__pista vertebra__pista--vacia")
    if bone.places is not None and bone.point is not None:
        names = ("--a", "--b", "--c", "--d", "--v")
        style = {k: f"{50 + 49 * x:.1f}%" for k, x in zip(names, (*bone.places, bone.point), strict=True)}
        inside = [html.I(className=f"vertebra__{k}") for k in ("rango", "mitad", "centro", "punto")]
        strip = html.Span(inside, className="vertebra__pista", style=style, **{"aria-hidden": "true"})
    verdicts = [
        _verdict(bone.against, region_spine.against_words(bone.against, lang), t("frente al Perú", lang)),
        _verdict(bone.since, region_spine.since_words(bone.since, lang), t("hace un año", lang)),
    ]
    return [name, value, country, strip, *verdicts]


def _verdict(state: str, told: str, about: str) -> html.Span:
    tone = f" cambio--{state}" if state in ("mejora", "empeora") else ""
    mark = [parts.mark(state)] if state else []
    return html.Span([html.Span(f"{about}: ", className="vertebra__sobre"), *mark, told], className=f"vertebra__juicio cambio{tone}")


def spine_table(bones: list[Vertebra], place: str, lang: str) -> html.Div:
    """The spine as a table: what the figure draws, in figures."""
    columns = [
        Column(t("Indicador", lang)), Column(t("Periodo", lang)), Column(t("Casos", lang), numeric=True),
        Column(formats.place(place, lang), numeric=True),
        Column(t("Intervalo de 95 %", lang), numeric=True), Column(formats.place(COUNTRY, lang), numeric=True), Column(t("frente al Perú", lang)),
        Column(t("frente a hace un año", lang)),
    ]  # fmt: skip
    rows = [_table_row(b, lang) for b in bones]
    return components.data_table(
        "tabla-espina", columns, rows, t("Indicadores de {nombre}", lang).format(nombre=formats.place(place, lang)), dense=True, lang=lang
    )


def _table_row(bone: Vertebra, lang: str) -> list[Cell]:
    row, sheet = bone.row, bone.sheet
    first = [Cell(region_spine.named(bone, lang)), Cell(formats.period(row["periodo"], lang), row["periodo"])]
    country = Cell(region_spine.figure(bone, bone.country, lang), bone.country["valor"] if bone.country else None)
    if not bone.shown:
        return [*first, Cell("", None), Cell(sentences.reason(row, lang), None), Cell("", None), country, Cell(""), Cell("")]
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang)
    return [
        *first,
        Cell(region_spine.cases(bone, lang), row["n"]),
        Cell(region_spine.figure(bone, row, lang), row["valor"]),
        Cell(limits or formats.DASH, row["inferior"] if limits else None),
        country,
        Cell(region_spine.against_words(bone.against, lang), bone.against),
        Cell(region_spine.since_words(bone.since, lang), bone.since),
    ]
