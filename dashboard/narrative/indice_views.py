"""The sections of the index's page: 26 profiles with their bands, how firm they are, and the definition behind them."""

from __future__ import annotations

from statistics import median
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.components import Cell, Column
from dashboard.language import t
from dashboard.narrative import indice, region_plain, sentences
from dashboard.narrative.indice import Reading
from dashboard.narrative.parts import ordered_regions
from dashboard.published import Sheet, Snapshot
from kpis.methods.composite_declaration import IndexUncertainty
from warehouse.states import STATES
from warehouse.territories import all_territories

#: indicators told in the table of what happens without each
MOVING = 10
#: share of draws in which a region must lie above another for the publication to say so (`kpis.composite.CONVINCING`; a test holds them equal)
CONVINCING = 0.9


def opening(reading: Reading, lang: str) -> tuple[str, str]:
    """How many regions have an index and for how many one level is sure; under it, how many in each. Never who is first."""
    known = reading.calculable
    sure = {c: r["niveles"][0] for c, r in known.items() if len(r["niveles"]) == 1}
    when = formats.in_period(reading.period, lang)
    told = t("{cuando}, {n} de {total} regiones tienen índice y en {k} el nivel es seguro. Este índice no es un ranking.", lang)
    first = told.format(cuando=when[:1].upper() + when[1:], n=len(known), total=len(reading.results), k=len(sure))
    counts = [(x["slug"], sum(1 for s in sure.values() if s == x["slug"])) for x in reading.sheet["levels"]]
    parts = [f"{reading.level_name(slug, lang).lower()}, {n}" for slug, n in counts if n]
    doubt = len(known) - len(sure)
    below = t("Con nivel seguro: {partes}.", lang).format(partes="; ".join(parts)) if parts else ""
    if doubt:
        many = t("En {n} los sorteos se reparten entre dos niveles, y se nombran los dos.", lang).format(n=doubt)
        below += " " + (t("En una los sorteos se reparten entre dos niveles, y se nombran los dos.", lang) if doubt == 1 else many)
    return first, below.strip()


def pairs_told_apart(reading: Reading, lang: str) -> str:
    """Of all pairs of regions, in how many the draws tell which lies above: why a ranking would say more than is known."""
    known = reading.calculable
    total = len(known) * (len(known) - 1) // 2
    apart = sum(len([c for c in r["supera_a"] if c in known]) for r in known.values())
    if not total:
        return t("Ninguna región tiene índice en este periodo", lang)
    if apart == total:
        told = t("En las {total} parejas de regiones se puede decir cuál está por encima", lang)
        return told.format(total=formats.number(total, 0, lang))
    told = t("En {k} de {total} parejas de regiones no se puede decir cuál está por encima", lang)
    return told.format(k=formats.number(total - apart, 0, lang), total=formats.number(total, 0, lang))


def how_pairs_are_told_apart(lang: str) -> str:
    """The test behind it: regions are compared draw by draw, which tells apart some whose bands meet."""
    told = t("De una pareja se dice solo si pasa en al menos {parte} de los sorteos, comparados uno a uno.", lang)
    return told.format(parte=formats.share(CONVINCING, 0, lang))


def profiles(reading: Reading, chosen: str, lang: str) -> html.Div:
    """A line for each region, pilots first and then by name: the index on its scale, its level with its certainty, its seven dimensions."""
    ids = [d["id"] for d in reading.dimensions]
    head = [
        html.Th(t("Región", lang), scope="col"),
        html.Th(_scale(reading), scope="col", className="idr__escala"),
        html.Th(t("Índice (banda)", lang), scope="col", className="num"),
        html.Th(t("Nivel y certeza", lang), scope="col", className="idr__nivel"),
        *(html.Th(reading.dimension_name(i, lang), scope="col", className="idr__dimension") for i in ids),
    ]
    rows = [_row(reading, code, ids, code == chosen, lang) for code in ordered_regions() if code in reading.results]
    caption = t("Pilotos primero, después por nombre; nunca por nota. Línea vertical: mediana de las regiones.", lang)
    table = html.Table([html.Caption(caption), html.Thead(html.Tr(head)), html.Tbody(rows)], className="tabla tabla--densa idr")
    frame = html.Div(table, className="tabla-marco", role="region", tabIndex="0", **{"aria-label": caption})
    return html.Div([frame, region_plain.legend(t("puntaje de la región", lang), lang, before=False), *_hatches(reading, ids, lang)])


def _hatches(reading: Reading, ids: list[str], lang: str) -> list[html.P]:
    """What the hatches of the dimensions mean, those that occur."""
    states = {_hatch(reading, r, i) for r in reading.results.values() for i in ids if (d := indice.dimension(r, i)) is None or d["valor"] is None}
    items = [
        html.Span([components.hatch(s), sentences.reason({"estado": s, "n": None}, lang)], className="leyenda__item") for s in STATES if s in states
    ]
    return [html.P([html.Span(t("Sin dato porque:", lang), className="leyenda__rotulo"), *items], className="leyenda")] if items else []


def _hatch(reading: Reading, result: indice.Result, id: str) -> str:
    """The state whose hatch stands for a dimension without a score."""
    states = indice.states_of(reading, result, id)
    return states[0] if states else "n_insuficiente"


def _scale(reading: Reading) -> html.Span:
    """Where the levels begin, over the scale."""
    ends = [0, *(round(x["since"]) for x in reading.sheet["levels"][1:]), 100]
    return html.Span([html.Span(str(x), style={"left": f"{x}%"}) for x in ends], className="idr__niveles")


def _row(reading: Reading, code: str, ids: list[str], chosen: bool, lang: str) -> html.Tr:
    result = reading.results[code]
    name = components.link(formats.place(code, lang), f"/region/{code}")
    shape = " ".join(x for x in ("tabla__fila--elegida" if chosen else "", "idr__piloto" if all_territories()[code].piloto else "") if x)
    if result["valor"] is None:
        told: list[Any] = [html.Td([t("No se calcula: ", lang), indice.why_no_index(reading, result, lang), "."], colSpan=3, className="idr__razon")]
    else:
        middle = median(r["valor"] for r in reading.calculable.values())
        levels = [indice.level_words(reading, result["niveles"], lang), html.Small(indice.certainty(result, lang))]
        told = [
            html.Td(region_plain.track(result, middle=middle), className="idr__celda"),
            html.Td([html.B(formats.number(result["valor"], 0, lang)), " ", indice.band(result, lang)], className="num idr__valor"),
            html.Td(levels, className="idr__nivel"),
        ]
    cells = [_dimension(reading, result, i, lang) for i in ids]
    return html.Tr([html.Th(name, scope="row"), *told, *cells], **({"className": shape} if shape else {}))


def _dimension(reading: Reading, result: indice.Result, id: str, lang: str) -> html.Td:
    found = indice.dimension(result, id)
    if found is None or found["valor"] is None:
        why = indice.why_not(reading, result, id, lang)
        return html.Td(
            [components.hatch(_hatch(reading, result, id)), html.Span(why, className="solo-lector")], className="idr__dimension", title=why
        )
    told = f"{reading.dimension_name(id, lang)}: {formats.number(found['valor'], 0, lang)} {indice.band(found, lang)}"
    inside = [html.Span(formats.number(found["valor"], 0, lang), className="idr__puntaje"), region_plain.track(found, middle=reading.median_of(id))]
    return html.Td(html.Span(inside, className="idr__mini", title=told), className="idr__dimension")


def table(reading: Reading, lang: str) -> html.Div:
    """Every region in figures; places only as intervals, and only where the definition allows them."""
    ranked = len(reading.calculable) >= reading.sheet["ranks_from"]
    columns = [
        Column(t("Región", lang)), Column(t("Índice", lang), numeric=True), Column(t("Banda", lang), numeric=True), Column(t("Nivel", lang)),
        Column(t("Certeza", lang)), Column(t("Modo estricto", lang), numeric=True),
        *([Column(t("Puesto, solo como intervalo", lang), numeric=True, sortable=False)] if ranked else []),
        *(Column(reading.dimension_name(d["id"], lang), numeric=True) for d in reading.dimensions),
    ]  # fmt: skip
    rows = [_table_row(reading, c, ranked, lang) for c in ordered_regions() if c in reading.results]
    caption = t("Índice de Desempeño Regional, {periodo}", lang).format(periodo=formats.period(reading.period, lang))
    return components.data_table("tabla-idr", columns, rows, caption, dense=True, lang=lang)


def _table_row(reading: Reading, code: str, ranked: bool, lang: str) -> list[Cell]:
    r = reading.results[code]
    known = r["valor"] is not None
    dims = [(d := indice.dimension(r, x["id"])) and d["valor"] for x in reading.dimensions]
    places = (
        f"{formats.number(r['puesto_inferior'], 0, lang)}{formats.DASH}{formats.number(r['puesto_superior'], 0, lang)}" if known and ranked else ""
    )
    return [
        Cell(formats.place(code, lang)),
        Cell(formats.number(r["valor"], 1, lang) if known else t("no se calcula", lang), r["valor"]),
        Cell(formats.interval(r["inferior"], r["superior"], 1, lang) if known else "", r["inferior"]),
        Cell(indice.level_words(reading, r["niveles"], lang)),
        Cell(indice.certainty(r, lang) if known else ""),
        Cell(formats.number(r["estricto"], 1, lang), r["estricto"]),
        *([Cell(places)] if ranked else []),
        *(Cell(formats.number(v, 0, lang), v) for v in dims),
    ]


def sensitivity(reading: Reading, sheets: dict[str, Sheet], lang: str) -> html.Section | None:
    """What the index would be without each indicator, as published: half of the regions move less than the middle, one moves most."""
    moved = _without(reading)
    if not moved:
        return None
    ranked = sorted(moved.items(), key=lambda pair: -max(abs(x) for x in pair[1].values()))
    id, shifts = ranked[0]
    most = max(shifts, key=lambda c: abs(shifts[c]))
    typical = median(abs(x) for own in moved.values() for x in own.values())
    title = t("Quitar un indicador mueve la nota {n} puntos en el caso típico; el que más, hasta {max} ({nombre}, en {region})", lang).format(
        n=formats.number(typical, 1, lang),
        max=formats.number(abs(shifts[most]), 1, lang),
        nombre=_short(sheets, id, lang),
        region=formats.place(most, lang),
    )
    columns = [
        Column(t("Sin este indicador", lang)), Column(t("Cambio típico", lang), numeric=True), Column(t("Cambio mayor", lang), numeric=True),
        Column(t("Dónde", lang)),
    ]  # fmt: skip
    rows = []
    for id, own in ranked[:MOVING]:
        where = max(own, key=lambda c: abs(own[c]))
        middle = median(abs(x) for x in own.values())
        name = components.link(_short(sheets, id, lang), f"/indicador/{id}") if id in sheets else id
        largest = Cell(formats.number(own[where], 1, lang, sign=True), abs(own[where]))
        rows.append([Cell(name, _short(sheets, id, lang)), Cell(formats.number(middle, 1, lang), middle), largest, Cell(formats.place(where, lang))])
    caption = t("Los {n} indicadores que más mueven la nota, en puntos. Publicado con el índice.", lang).format(n=len(rows))
    how = IndexUncertainty()
    told = t("Las bandas ya recogen el azar de cada dato, otros pesos (±{pesos}), metas corridas hasta {metas} y la media aritmética en {media} de los sorteos.", lang)  # fmt: skip  # noqa: E501
    varied = {"pesos": how.weights_spread, "metas": how.goalposts_shift, "media": how.other_mean}
    told = told.format(**{k: formats.share(v, 0, lang) for k, v in varied.items()})
    return components.section(
        title,
        html.Div(components.data_table("sin-el", columns, rows, caption, dense=True, lang=lang), className="idr__sin"),
        html.P(strict(reading, lang), className="nota region-resto"),
        subtitle=told,
    )


def _short(sheets: dict[str, Sheet], id: str, lang: str) -> str:
    return sheets[id].text("short_name", lang) if id in sheets else id


def _without(reading: Reading) -> dict[str, dict[str, float]]:
    """Indicator -> region -> how far the index moves without it; only indicators that count there."""
    moved: dict[str, dict[str, float]] = {}
    for code, r in reading.calculable.items():
        for i in r["indicadores"]:
            if i["puntaje"] is not None and i["sin_el"] is not None:
                moved.setdefault(i["indicador"], {})[code] = i["sin_el"] - r["valor"]
    return moved


def strict(reading: Reading, lang: str) -> str:
    """What the strict mode, in which silence counts as zero, would change."""
    lower = [c for c, r in reading.calculable.items() if r["estricto"] is not None and r["estricto"] < r["valor"] - 0.05]
    if not lower:
        return t("En modo estricto, en el que lo que la región no envió vale cero, ninguna nota cambia.", lang)
    names = formats.listing([formats.place(c, lang) for c in lower], lang)
    return t("En modo estricto, en el que lo que la región no envió vale cero, baja la nota de {nombres}.", lang).format(nombres=names)


def definition(reading: Reading, snap: Snapshot, lang: str) -> html.Section:
    """The definition as frozen in the publication: weights, goalposts, how to read it, what it may tempt to do, what is left out."""
    sheets = {s.id: s for s in snap.indicators()}
    columns = [
        Column(t("Dimensión e indicador", lang), sortable=False),
        *(Column(x, numeric=True, sortable=False) for x in (t("Peso", lang), t("Vale 0", lang), t("Vale 100", lang))),
    ]
    body: list[Any] = []
    for d in reading.sheet["dimensions"]:
        required = f" · {t('obligatoria', lang)}" if d["required"] else ""
        body.append(
            [
                Cell(html.B(f"{reading.dimension_name(d['id'], lang, short=False)}{required}")),
                Cell(html.B(formats.number(d["weight"], 0, lang))),
                Cell(""),
                Cell(""),
            ]
        )
        for m in d["indicators"]:
            sheet = sheets.get(m["indicator"])
            name = components.link(sheet.text("short_name", lang), f"/indicador/{sheet.id}") if sheet else m["indicator"].replace("_", " ")
            only = "; ".join(sentences.category_name(sheet, c, lang) for c in m["categories"]) if sheet and m["categories"] else ""
            shown = [name, f" ({sentences.quoted(only, lang)})"] if only else name
            body.append(
                [
                    Cell(shown),
                    Cell(formats.share(m["weight"], 0, lang)),
                    Cell(_goalpost(m, "floor", sheet, lang)),
                    Cell(_goalpost(m, "goal", sheet, lang)),
                ]
            )
    status = t("propuesta: la fijan el MEM y los gobiernos regionales", lang) if reading.sheet["status"] == "propuesta" else t("acordada", lang)
    caption = t("Pesos y metas ({estado})", lang).format(estado=status)
    table_ = components.data_table("definicion-idr", columns, body, caption, dense=True, lang=lang)
    lists = [
        (t("Cómo se lee", lang), reading.sheet["reading"]),
        (t("Qué podría torcer", lang), reading.sheet["perverse_incentives"]),
        (t("Qué se dejó fuera y por qué", lang), reading.sheet["left_out"]),
    ]
    prose = [
        x for title, texts in lists if texts for x in (html.H3(title, className="lado__titulo"), html.Ul([html.Li(_said(b, lang)) for b in texts]))
    ]
    base = html.P(t("Base: {base}.", lang).format(base=reading.sheet["base"]), className="nota")
    question = _said(reading.sheet["question"], lang)
    return components.section(
        t("Cómo se calcula", lang), html.Div([table_, html.Aside([*prose, base], className="lado")], className="columnas columnas--2-1"),
        subtitle=question, id="definicion",
    )  # fmt: skip


def _goalpost(member: dict[str, Any], end: str, sheet: Sheet | None, lang: str) -> str:
    """Where a score of 0 or 100 lies, in the indicator's own unit: some are divided (by the legal term) before they are scored."""
    at = float(member[end]) * float(member.get("divide_by") or 1)
    decimals = 0 if at.is_integer() else 1
    return formats.with_unit(at, sheet.unit(lang), decimals, lang, short=True) if sheet else formats.number(at, decimals, lang)


def _said(both: dict[str, str], lang: str) -> str:
    return both.get(lang) or both["es"]
