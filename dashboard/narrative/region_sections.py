"""The sections of a region's page, each with its evidence: profile, what changed, strengths and gaps, spine, context, what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard import components, formats
from dashboard.address import address, with_query
from dashboard.figures import espina, perfil
from dashboard.figures.request import Params
from dashboard.language import t
from dashboard.narrative import indice, region_changes, region_plain, region_spine, sentences
from dashboard.narrative.region_changes import Pair
from dashboard.published import Sheet, Snapshot

Row = Mapping[Any, Any]


def two_forms(wide: html.Figure, narrow: html.Figure) -> list[html.Figure]:
    """The chart for wide screens and the same as HTML for phones and paper: one of them is hidden."""
    wide.className, narrow.className = "figura region-figura", "figura region-lista"
    return [wide, narrow]


def profile(reading: indice.Reading | None, snap: Snapshot, code: str, lang: str) -> list[Any]:
    """The seven dimensions, then the number, small; or why there is none. Never a place among the regions."""
    if reading is None:
        told = t("Esta publicación no trae el Índice de Desempeño Regional.", lang)
        return [components.section(t("Perfil por dimensión", lang), html.P(told, className="nota nota--junto"))]
    title = indice.finding(reading, reading.results[code], lang)
    subtitle = t("Puntaje de 0 a 100 por dimensión, {periodo}. Un nivel se nombra solo si toda la banda cae en él.", lang)
    about: dict[str, Any] = {
        "source_line": t("Fuente: SIEGEM, Índice de Desempeño Regional · {periodo}", lang).format(periodo=formats.period(reading.period, lang)),
        "lang": lang, "how": address("/indice") + "#definicion",
        "csv": with_query("/api/v1/indice.csv", territorio=code, periodo=reading.period, publicacion=snap.number),
        "chips": [components.synthetic_chip(lang)] if is_synthetic(reading, snap) else [],
    }  # fmt: skip
    subtitle = subtitle.format(periodo=formats.period(reading.period, lang))
    params = Params("", code, reading.period, "", "", lang)
    first = region_plain.profile_first(reading, code, lang)
    wide = components.figure_block("perfil", "perfil", params, title, subtitle, height=perfil.height(reading), first=first, **about)
    narrow = components.figure_block("perfil-lista", "perfil", params, title, subtitle, body=region_plain.profile(reading, code, lang), **about)
    return [*two_forms(wide, narrow), number(reading, code, lang)]


def is_synthetic(reading: indice.Reading, snap: Snapshot) -> bool:
    members = {m["indicator"] for d in reading.sheet["dimensions"] for m in d["indicators"]}
    return any(s.synthetic for s in snap.indicators() if s.id in members)


def number(reading: indice.Reading, code: str, lang: str) -> html.P:
    """The index itself with its band and its level, and that it is no ranking; or the reasons why there is none."""
    result = reading.results[code]
    name = html.Span(t("Índice de Desempeño Regional", lang))
    link = components.link(t("«Este índice no es un ranking»", lang), "/indice")
    if result["valor"] is None:
        told = t("no se calcula: {razon}.", lang).format(razon=indice.why_no_index(reading, result, lang))
        return html.P([name, " ", told, " ", link], className="region-indice")
    levels = indice.level_words(reading, result["niveles"], lang).lower()
    told = f" {indice.band(result, lang)} · {levels} ({indice.certainty(result, lang)}) · "
    return html.P([name, html.B(formats.number(result["valor"], 0, lang)), html.Span([told, link])], className="region-indice")


def changed(pairs: Sequence[Pair], lang: str) -> html.Section:
    subtitle = t("Solo cambios concluyentes y señales, en el último periodo de cada indicador; primero los que más superan su propio margen.", lang)
    chips = [components.synthetic_chip(lang)] if any(s.synthetic for _, s in pairs) else []
    head = html.Div([html.P(subtitle, className="figura__subtitulo"), *chips], className="figura__bajo")
    title = html.H2(t("¿Qué cambió?", lang), className="figura__titulo")
    return html.Section([title, head, *region_changes.changed(pairs, lang)], className="seccion region-cambio")


def two_sides(pairs: Sequence[Pair], lang: str) -> html.Div:
    """Strengths beside gaps."""
    good = components.section(t("Fortalezas", lang), *region_changes.strengths(pairs, lang))
    bad = components.section(t("Brechas", lang), *region_changes.strengths(pairs, lang, ("peor",), "empeora"))
    return html.Div([good, bad], className="columnas region-lados")


def spine(snap: Snapshot, code: str, lang: str) -> list[Any]:
    """All indicators with a better side, as a chart and as a list."""
    bones = region_spine.spine(snap, code)
    if not bones:
        return []
    params = Params("", code, "", "", "", lang)
    title = region_spine.finding(bones, formats.place(code, lang), lang)
    told = t("Cada línea se orienta para que la derecha sea mejor y va en su propia escala, con el Perú al centro (en los conteos, la mediana de las regiones). «–»: la publicación no lo juzga o no hay con qué comparar. «registro»: dato completo, sin intervalo.", lang)  # fmt: skip  # noqa: E501
    publishers = list(dict.fromkeys(name for b in bones for name in snap.publishers(b.sheet, lang)))
    names, newest = "; ".join(publishers[:4]) + ("…" if len(publishers) > 4 else ""), formats.day(snap.publication.datos_al, lang)
    about: dict[str, Any] = {
        "source_line": t("Fuente: {nombres} · Datos al {fecha}", lang).format(nombres=names, fecha=newest),
        "lang": lang, "chips": [components.synthetic_chip(lang)] if any(b.sheet.synthetic for b in bones) else [],
        "csv": components.values_url({"territorio": code, "desglose": "ninguno"}),
    }  # fmt: skip
    table = region_plain.spine_table(bones, code, lang)
    wide = components.figure_block("espina", "espina", params, title, told, height=espina.height(bones), table=table, **about)
    narrow = components.figure_block("espina-lista", "espina", params, title, told, body=region_plain.spine(bones, code, lang), **about)
    return two_forms(wide, narrow)


def unknown(pairs: Sequence[Pair], lang: str) -> Any:
    """Every absence by its reason: what MINEM exercises first, as it does not apply to the region at all."""
    missing = [(r, s) for r, s in pairs if not sentences.is_published(r)]
    if not missing:
        return None
    missing.sort(key=lambda p: p[0]["estado"] != "competencia_minem")
    items = []
    for why in dict.fromkeys(sentences.absence(r, s, lang) for r, s in missing):
        same = [(r, s) for r, s in missing if sentences.absence(r, s, lang) == why]
        names = formats.listing([s.text("short_name", lang) for _, s in same], lang)
        items.append(html.Li([components.hatch(same[0][0]["estado"], large=True), html.P([html.B(f"{names}: "), f"{why}."])]))
    made = components.section(t("Lo que no aplica o no se sabe", lang), html.Ul(items, className="sin-dato"))
    made.className = "seccion region-ausente"
    return made


def pairs_of(values: Mapping[str, Mapping[str, Row]], sheets: Sequence[Sheet], code: str) -> list[Pair]:
    """The region's row of every indicator that has one."""
    return [(values[s.id][code], s) for s in sheets if code in values.get(s.id, {})]
