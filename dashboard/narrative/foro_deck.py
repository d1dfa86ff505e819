"""The slides of a forum, in order: the ones chosen, or a round of the bottleneck, what changed, the regions, agreements, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import with_query
from dashboard.language import t
from dashboard.narrative import cards, foro_sheet, matrix, parts, region_changes, sentences, worries
from dashboard.narrative.foro_data import Absences, Changes
from dashboard.narrative.foro_slides import IN_MAP, IN_TIME, Slide, of_indicator, split_item
from dashboard.published import Sheet, Snapshot
from warehouse.states import PUBLISHED, STATES

#: what is shown where nobody chooses; what the publication lacks is left out
BOTTLENECK, TIME, STOPS, AGREED = "participacion_etapa_en_demora", "pct_tramites_en_plazo", "primer_requisito_faltante", "pct_acuerdos_foro_cumplidos"
CHANGED = "cambios"
ROUND = (BOTTLENECK, CHANGED, TIME, TIME + IN_MAP, TIME + IN_TIME, STOPS, AGREED)
#: most slides of indicators, and changes of each kind on one slide
MOST, LISTED = 20, 5


def chosen(snap: Snapshot, text: str) -> list[str]:
    """The indicators of an address that the publication has, each once, in the order written."""
    known = {s.id for s in snap.indicators()}
    found = [x for x in dict.fromkeys(p.strip() for p in text.split(",")) if split_item(x)[0] in known]
    return [x for x in found if split_item(x)[1] in ("", IN_TIME, IN_MAP)][:MOST]


def deck(snap: Snapshot, text: str, region: str, lang: str) -> list[Slide]:
    """Cover, slides, what is not known, agreements, where to find it. A note on one region's slide is not shown on another's."""
    sheets = {s.id: s for s in snap.indicators()}
    wanted = chosen(snap, text)
    board = matrix.Board(snap, lang)
    middle = []
    for item in wanted or ROUND:
        id, how = split_item(item)
        if id == CHANGED and CHANGED not in sheets:
            middle.append(_changed(board, snap, region, lang))
        elif id in sheets:
            middle.append(of_indicator(snap, sheets[id], region, lang, how=how))
    ids = {split_item(x)[0] for x in wanted} or {s.id for s in snap.indicators() if "foro" in s.ficha["audience"]}
    last = [_unknown(board, snap, ids, region, lang), foro_sheet.slide(lang), _where(snap, wanted, region, lang)]
    middle = list({s.key: s for s in reversed(middle)}.values())[::-1]  # what has no map nor regions is the same slide asked for twice
    found = [_cover(snap, [*middle, *last], region, lang), *middle, *last]
    return [replace(s, key=f"{s.key}@{region}") for s in found] if region else found


def _cover(snap: Snapshot, slides: list[Slide], region: str, lang: str) -> Slide:
    """Publication and date frozen, and what will be seen."""
    card = snap.publication
    place = formats.place(region, lang) if region else t("las 26 regiones", lang)
    title = t("Foro Regional de minería: {lugar}", lang).format(lugar=place)
    told = t("Datos congelados: publicación N.º {n} del {fecha}, con datos al {corte}. Lo que aquí se ve no cambia.", lang)
    sub = told.format(n=card.numero, fecha=formats.day(card.creada_en, lang), corte=formats.day(card.datos_al, lang))
    items = [html.Li([html.B(str(i)), html.Span(s.short)]) for i, s in enumerate(slides, start=2)]
    return Slide(
        t("Portada", lang),
        title,
        html.Ol(items, className="foro-indice"),
        sub,
        kind="portada",
        synthetic=any(s.synthetic for s in slides),
        key="portada",
    )


def _changed(board: matrix.Board, snap: Snapshot, region: str, lang: str) -> Slide:
    """The largest firm changes, for worse and for better."""
    sheets = [s for s in snap.indicators() if s.area != cards.ABOUT_DATA and "foro" in s.ficha["audience"]]
    pairs = [(r, s) for s in sheets for r in board.values.get(s.id, {}).values() if r["nivel"] == "region" and region in ("", r["territorio"])]
    worse, better = region_changes.firm(pairs, "empeora"), region_changes.firm(pairs, "mejora")
    where = f"{formats.place(region, lang)}: " if region else ""
    sub = t("En los {n} indicadores del Foro, último periodo frente al mismo de un año antes. Solo cambios que se pueden afirmar.", lang)
    sub = sub.format(n=len(sheets))
    columns = [_listed(t("Empeora", lang), worse, region, lang), _listed(t("Mejora", lang), better, region, lang)]
    finding = worries.finding(len(worse), len(better), 0, lang)
    proof: tuple[str, ...] = (t("Datos al {fecha}", lang).format(fecha=formats.day(snap.publication.datos_al, lang)),)
    compared = sum(1 for r, _ in pairs if r["cambio_estado"])
    proof = (*proof, t("{n} comparaciones", lang).format(n=formats.number(compared, 0, lang)))
    notes = ((t("Qué se puede decir y qué no", lang), (
        t("Se dice «empeora» o «mejora» solo si el intervalo del cambio excluye el cero y resiste la corrección por muchas comparaciones.", lang),
        t("No se dice por qué cambió: para eso está la página de cada indicador.", lang),
    )),)  # fmt: skip
    synthetic = any(s.synthetic for _, s in [*worse, *better])
    title = f"{where}{_lower(finding) if where else finding}"
    data = Changes(worse, better, region)
    return Slide(t("Qué cambió", lang), title, columns, sub, proof, notes, synthetic, kind="cambios", data=data, key=CHANGED)


def largest(pairs: Sequence[region_changes.Pair]) -> list[region_changes.Pair]:
    """Of each indicator the largest change: one that moved everywhere has its own slide."""
    found: dict[str, region_changes.Pair] = {}
    for row, sheet in pairs:
        found.setdefault(sheet.id, (row, sheet))
    return list(found.values())


def _listed(title: str, pairs: list[region_changes.Pair], region: str, lang: str) -> html.Div:
    shown = largest(pairs)[:LISTED]
    items = [html.Li([parts.mark(r["cambio_estado"]), html.Div(_change(r, s, region, lang)), _amount(r, s, lang)]) for r, s in shown]
    more = len(pairs) - len(shown)
    rest = [html.P(t("y 1 más", lang) if more == 1 else t("y {n} más", lang).format(n=more), className="tenue")] if more else []
    none = [html.P(t("Ningún cambio que se pueda afirmar.", lang))] if not pairs else []
    return html.Div([html.H3(title), *none, html.Ul(items, className="cambios"), *rest])


def _change(row: Any, sheet: Sheet, region: str, lang: str) -> list[Any]:
    where = "" if region else f"{formats.place(row['territorio'], lang)} · "
    return [html.B(f"{where}{sheet.text('short_name', lang)}"), html.Small(region_changes.before_and_now(row, sheet, lang))]


def _amount(row: Any, sheet: Sheet, lang: str) -> html.Span:
    return html.Span(sentences.difference(row, sheet, lang), className=f"cambio cambio--{row['cambio_estado']}")


def _unknown(board: matrix.Board, snap: Snapshot, ids: set[str], region: str, lang: str) -> Slide:
    """What has no value and why, counted over regions and indicators."""
    rows = [
        (r, s) for s in snap.indicators() if s.id in ids for r in board.values.get(s.id, {}).values()
        if r["nivel"] == "region" and region in ("", r["territorio"])
    ]  # fmt: skip
    absent = [(r, s) for r, s in rows if r["estado"] != PUBLISHED]
    if not absent:
        title = t("No falta ningún dato de los que aquí se miran", lang)
    else:
        told = t("No sabemos {k} de {n} datos, y decimos por qué", lang)
        title = told.format(k=formats.number(len(absent), 0, lang), n=formats.number(len(rows), 0, lang))
    if region:
        title = f"{formats.place(region, lang)}: {_lower(title)}"
    counts = Counter(r["estado"] for r, _ in absent)
    items = [
        html.Li([components.hatch(s, large=True), html.P([html.B(f"{_name(s, lang)}: {counts[s]}"), f" · {where_most(s, absent, region, lang)}"])])
        for s in STATES
        if counts[s]
    ]
    proof = (t("Datos al {fecha}", lang).format(fecha=formats.day(snap.publication.datos_al, lang)),)
    scope = t("Un dato por región e indicador, en su último periodo.", lang)
    notes = ((t("Qué se puede decir y qué no", lang), (t("Que falte un dato no dice nada del desempeño de la región. No es cero.", lang),)),)
    return Slide(
        t("Lo que no sabemos", lang),
        title,
        html.Ul(items, className="sin-dato foro-ausencias"),
        scope,
        proof,
        notes,
        any(s.synthetic for _, s in rows),
        kind="ausencias",
        data=Absences(absent, len(rows), region),
        key="ausencias",
    )


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _name(state: str, lang: str) -> str:
    told = sentences.reason({"estado": state, "n": None}, lang)
    return told if told.startswith("n ") else f"{told[:1].upper()}{told[1:]}"


def where_most(state: str, absent: list[tuple[Any, Sheet]], region: str, lang: str, most: int = 3) -> str:
    """Where a reason occurs: the indicators it touches most."""
    found = Counter(s.text("short_name", lang) for r, s in absent if r["estado"] == state)
    quoted = t("«{nombre}»", lang)
    names = [quoted.format(nombre=name) + ("" if region else f" ({n})") for name, n in found.most_common(most)]
    more = len(found) - len(names)
    return formats.listing(names + ([t("{n} más", lang).format(n=more)] if more > 0 else []), lang)


def _where(snap: Snapshot, wanted: list[str], region: str, lang: str) -> Slide:
    """The address that keeps showing the same."""
    path = with_query("/foro", indicadores=",".join(wanted), region=region, lang="" if lang == "es" else lang, publicacion=snap.number).replace(
        "%2C", ","
    )
    more = [
        (t("Cómo se hace cada cifra", lang), with_query("/metodologia", publicacion=snap.number)),
        (t("Todos los datos, para descargar", lang), with_query("/api/v1/valores", publicacion=snap.number, formato="csv")),
    ]
    items = [html.Div([html.Dt(word), html.Dd(href, **{"data-direccion": href})], className="ficha__fila") for word, href in more]
    body = html.Div(
        [html.P(path, className="foro-direccion", **{"data-direccion": path}), html.Dl(items, className="ficha")], className="foro__ancho"
    )
    title = t("Todo esto se puede volver a ver, comprobar y descargar", lang)
    sub = t("La dirección nombra la publicación: dentro de un año mostrará las mismas cifras.", lang)
    return Slide(t("Dónde encontrarlo", lang), title, body, sub, kind="fin", key="fin")
