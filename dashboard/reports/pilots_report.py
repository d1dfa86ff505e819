"""The pilots' report: before and after, against the other regions, with what such a comparison cannot say in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import headlines, sentences
from dashboard.published import Sheet, Snapshot, area_name
from dashboard.reports import blocks, cells, charts, heading, pilots_effects, typeset
from dashboard.reports.blocks import Block, Head
from dashboard.reports.charts import Chart, Line
from dashboard.reports.pilots_effects import Comparison
from warehouse.errors import NothingPublished
from warehouse.territories import pilots

#: charts shown, those that stand apart first
PLOTTED = 6


def pilots_report(snap: Snapshot, year: int, lang: str = "es", site: str = "", since: int | None = None) -> bytes:
    """The report as a PDF. `since`: the first year counted as accompanied; the year itself where it is not said, as no publication tells it.

    Raises NothingPublished where that year, or the one before `since`, has no yearly value of the pilots.
    """
    first = year if since is None else since
    found = pilots_effects.compare(snap, year, first) if first <= year else []
    known = [c for c in found if c.effects is not None]
    if not known:
        raise NothingPublished(f"La publicación {snap.number} no permite comparar a los pilotos de {first - 1} a {year}.",
                               stands="Hacen falta valores anuales de los pilotos y de otras ocho regiones en cada año.",
                               cure="Elija otro año, o otro primer año con «desde».")  # fmt: skip
    apart = pilots_effects.apart(found)
    title = t("Regiones piloto, {anio}: antes y después, y frente a las demás", lang).format(anio=year)
    told = _sentence(known, apart, first, year, lang)
    path = f"/informes/pilotos-{year}.pdf" + (f"?desde={first}" if since is not None else "")
    content = heading.common(snap, [c.sheet for c in found], title, told, lang) | {
        "rotulo": title, "quien": formats.listing([formats.place(p.codigo, lang) for p in pilots()], lang), "frase": told,
        "bloques": [*_how(known, first, year, lang), *_effects(known, apart, lang), *_charts(known, apart, lang), *_each(found, first, year, lang),
                    *_uncompared(found, first, year, lang), *_caveats(known, first, year, lang)],
        "notas": [_sources(snap, found, lang)], "enlace_rotulo": t("Este informe, siempre igual:", lang),
        "enlace": _address(snap, path, lang, site),
    }  # fmt: skip
    return typeset.pdf("informe.typ", content, snap.publication.creada_en)


def _address(snap: Snapshot, path: str, lang: str, site: str) -> str:
    told = heading.permalink(snap, path.split("?", 1)[0], lang, site)
    return f"{told}&{path.split('?', 1)[1]}" if "?" in path else told


def _sentence(known: Sequence[Comparison], apart: set[str], first: int, year: int, lang: str) -> str:
    span = str(year) if first == year else f"{first}{formats.DASH}{year}"
    if not apart:
        told = t("En {lapso}, en ninguno de {n} indicadores los pilotos cambiaron de forma distinta de las demás regiones que se pueda distinguir del azar.", lang)  # fmt: skip  # noqa: E501
        return told.format(lapso=span, n=len(known))
    names = formats.listing([f"«{c.sheet.text('short_name', lang)}»" for c in known if c.sheet.id in apart], lang)
    told = t("En {lapso}, de {n} indicadores, los pilotos cambiaron de forma distinta de las demás regiones en {nombres}; en los demás no se distingue del azar.", lang)  # fmt: skip  # noqa: E501
    return told.format(lapso=span, n=len(known), nombres=names)


def _how(known: Sequence[Comparison], first: int, year: int, lang: str) -> list[Block]:
    told = t("Se compara cuánto cambió cada indicador en las regiones piloto desde {antes}, con cuánto cambió en las demás regiones en el mismo tiempo. La diferencia entre los dos cambios es lo que se muestra. Para saber si el azar daría tanto, se reparte el papel de piloto entre las regiones {veces} veces y se cuenta en cuántas sale una diferencia igual o mayor: esa parte es «p». Por hacer {n} comparaciones a la vez, solo se llama distinta a la que resiste la corrección de Benjamini y Hochberg.", lang)  # fmt: skip  # noqa: E501
    since = t("Ninguna publicación dice en qué año empezó el acompañamiento: este informe toma {desde} como primer año. Si fue otro, se pide con «desde».", lang)  # fmt: skip  # noqa: E501
    return [blocks.title(t("Qué se compara", lang)),
            blocks.paragraph(told.format(antes=first - 1, veces=formats.number(pilots_effects.DEALT, 0, lang), n=len(known))),
            blocks.paragraph(since.format(desde=first))]  # fmt: skip


def _effects(known: Sequence[Comparison], apart: set[str], lang: str) -> list[Block]:
    heads: list[Head] = [
        (t("Indicador", lang), 3.9, False), (t("Pilotos, antes", lang), 1.5, True), (t("Pilotos, después", lang), 1.6, True),
        (t("Otras, antes", lang), 1.5, True), (t("Otras, después", lang), 1.6, True), (t("Diferencia entre los cambios", lang), 2.2, True),
        ("p", 0.9, True), (t("p, años antes", lang), 1.1, True), (t("Lectura", lang), 3.7, False),
    ]  # fmt: skip
    rows: list[Any] = []
    for area in dict.fromkeys(c.sheet.area for c in known):
        rows.append({"area": area_name(area, lang)})
        rows += [_effect(c, c.sheet.id in apart, lang) for c in known if c.sheet.area == area]
    below = t("«Antes» es {antes} y «después», {lapso}. Son medias de las regiones comparadas, en las que todas pesan igual: no son el valor publicado del grupo, que cuenta casos. «p, años antes»: si es menor que {limite}, pilotos y demás no iban parejos y la diferencia no se lee.", lang)  # fmt: skip  # noqa: E501
    one = known[0]
    span = str(one.year) if one.since == one.year else t("la media de {desde} a {hasta}", lang).format(desde=one.since, hasta=one.year)
    told = below.format(antes=one.since - 1, lapso=span, limite=formats.number(pilots_effects.BEFORE, 2, lang))
    return [blocks.title(t("Los pilotos frente a las demás regiones", lang)), blocks.table(heads, rows, below=told, size=7.4)]


def _effect(one: Comparison, is_apart: bool, lang: str) -> list[Any]:
    sheet = one.sheet
    return [
        _named(sheet, lang), *(_mean(one, codes, years, lang) for codes in (one.own, one.others) for years in ((one.since - 1,), one.after)),
        {"t": _difference(one, lang), "b": is_apart}, p_words(one.p, lang), p_words(one.p_before, lang), _reading(one, is_apart, lang),
    ]  # fmt: skip


def _named(sheet: Sheet, lang: str) -> str:
    unit = sheet.unit(lang)
    return sheet.text("short_name", lang) + ("" if formats.is_percentage(unit) else f" ({unit.split(' (', 1)[0]})")


def _mean(one: Comparison, codes: Sequence[str], years: Sequence[int], lang: str) -> str:
    value, sheet = one.mean(codes, years), one.sheet
    if formats.is_percentage(sheet.unit(lang)):
        return cells.figure({"valor": value}, sheet, lang)
    return formats.number(value, max(sheet.decimals, 1), lang)  # a mean of whole days has tenths


def _difference(one: Comparison, lang: str) -> str:
    unit = one.sheet.unit(lang)
    if formats.is_percentage(unit):
        return formats.change(one.effect, unit, one.sheet.decimals, lang)
    return formats.number(one.effect, max(one.sheet.decimals, 1), lang, sign=True)


def p_words(p: float, lang: str) -> str:
    """«0.034», «<0.001», a dash where it was not computed."""
    if math.isnan(p):
        return formats.DASH
    return f"<{formats.number(0.001, 3, lang)}" if p < 0.001 else formats.number(p, 3, lang)


def _reading(one: Comparison, is_apart: bool, lang: str) -> Any:
    if pilots_effects.is_unlike_before(one):
        return t("antes no iban parejos: no se lee", lang)
    if not is_apart:
        return t("no se distingue del azar", lang)
    if one.is_better:
        return {"t": t("los pilotos, mejor que las demás", lang), "m": "mejora"}
    return {"t": t("los pilotos, peor que las demás", lang), "m": "empeora"}


def _charts(known: Sequence[Comparison], apart: set[str], lang: str) -> list[Block]:
    """Those that stand apart, the one people ask for first, then by p."""
    ranked = sorted(known, key=lambda c: (c.sheet.id not in apart, c.sheet.id != headlines.FAVOURITE, c.p))
    drawn = [_chart(c, lang) for c in ranked[:PLOTTED] if len(c.years) > 2]
    if not drawn:
        return []
    told = t("Línea azul: mediana de las demás regiones; franja: su mitad central; línea de guiones: primer año contado como acompañado.", lang)
    return [blocks.title(t("Año por año", lang)), blocks.note(told), blocks.series(drawn)]


def _chart(one: Comparison, lang: str) -> dict[str, Any]:
    lines = [Line(formats.place(c, lang), "piloto", [_value(one, c, y) for y in one.years]) for c in one.own]
    lines.append(Line(t("las demás", lang), "resto", [one.middle(y) for y in one.years]))
    cut = one.years.index(one.since)
    chart = Chart(
        one.sheet.text("short_name", lang), one.sheet.unit(lang), [str(y) for y in one.years], lines, [one.spread(y) for y in one.years], cut
    )
    return charts.drawn(chart, one.sheet, lang)


def _value(one: Comparison, code: str, year: int) -> float | None:
    row = one.row(code, year)
    return None if row is None else float(row["valor"])


def _each(found: Sequence[Comparison], first: int, year: int, lang: str) -> list[Block]:
    """Each pilot on its own: both years with their intervals."""
    heads: list[Head] = [(t("Indicador", lang), 4.2, False)]
    for p in pilots():
        heads += [(f"{formats.place(p.codigo, lang)} {first - 1}", 2.3, True), (str(year), 2.3, True)]
    rows: list[Any] = []
    for area in dict.fromkeys(c.sheet.area for c in found):
        members = [c for c in found if c.sheet.area == area and any(c.row(p.codigo, y) for p in pilots() for y in (first - 1, year))]
        rows += [{"area": area_name(area, lang)}] if members else []
        rows += [[_named(c.sheet, lang), *(_own(c, p.codigo, y, lang) for p in pilots() for y in (first - 1, year))] for c in members]
    below = t("Bajo cada valor, su intervalo de 95 %. Si los intervalos de dos años se cruzan, no se afirma diferencia.", lang)
    return [blocks.title(t("Cada piloto, antes y después", lang)), blocks.table(heads, rows, below=below, size=7.4)]


def _own(one: Comparison, code: str, year: int, lang: str) -> Any:
    row = one.rows.get((code, str(year)))
    if row is None:
        return formats.DASH
    if not sentences.is_published(row):
        return sentences.reason(row, lang)
    return {"t": cells.figure(row, one.sheet, lang), "n": cells.marks(row),
            "s": formats.interval(row["inferior"], row["superior"], one.sheet.decimals, lang)}  # fmt: skip


def _uncompared(found: Sequence[Comparison], first: int, year: int, lang: str) -> list[Block]:
    words = {
        "pilotos": t("menos de dos pilotos tienen valor de un año completo en cada año", lang),
        "otras": t("menos de ocho de las demás regiones tienen valor de un año completo en cada año", lang),
        "igual": t("ninguna región cambió en todo el lapso", lang),
    }
    items = []
    for why, told in words.items():
        names = [c.sheet.text("short_name", lang) for c in found if c.why == why]
        if names:
            items.append(("ausente", [[f"{formats.listing(names, lang)}: ", True], [f"{told}.", False]]))
    return [blocks.title(t("Lo que no se pudo comparar", lang)), blocks.points(items)] if items else []


def _caveats(known: Sequence[Comparison], first: int, year: int, lang: str) -> list[Block]:
    """What such a comparison cannot say, each in a sentence."""
    least = min((len(c.others) for c in known), default=0)
    short = [c.sheet.text("short_name", lang) for c in known if math.isnan(c.p_before)]
    few = t("Son tres regiones, frente a {n} o más: solo diferencias grandes se distinguen del azar; no distinguirse no es no tener efecto.", lang)
    items = [
        t("Los pilotos no se eligieron al azar: pueden diferir de las demás regiones en algo que también mueve el indicador.", lang),
        few.format(n=least),
        t("Lo que pasó en esos años solo en los pilotos (precios, una mina nueva, otras autoridades) queda dentro de la diferencia.", lang),
        t("Si las demás regiones también recibieron apoyo, la diferencia queda corta.", lang),
        t("Todas las regiones pesan igual, tengan diez casos o mil; el error de cada valor no entra en «p» sino por lo que lo hace variar.", lang),
        t("Las regiones sin valor en algún año del lapso no entran en la comparación de ese indicador.", lang),
    ]
    if short:
        told = t("Con un solo año anterior no se puede comprobar si antes iban por el mismo camino: {nombres}.", lang)
        items.append(told.format(nombres=formats.listing(short, lang)))
    method = t("Método: efectos por grupo y periodo de Callaway y Sant’Anna (2021) sobre valores anuales publicados, sin covariables; p por permutación (Fisher, 1935; Phipson y Smyth, 2010).", lang)  # fmt: skip  # noqa: E501
    return [blocks.title(t("Lo que esta comparación no puede decir", lang)), blocks.points([("", x) for x in items]), blocks.note(method)]


def _sources(snap: Snapshot, found: Sequence[Comparison], lang: str) -> str:
    names = list(dict.fromkeys(name for c in found for name in snap.publishers(c.sheet, lang)))
    return t("Fuente: {nombres} · Datos al {fecha}", lang).format(nombres="; ".join(names), fecha=formats.day(snap.publication.datos_al, lang))
