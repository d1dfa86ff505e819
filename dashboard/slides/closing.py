"""Slides that are not of one indicator: cover, scorecard, changes, what is not known, agreements, sources and states, where to find it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import foro_deck, headlines, parts, sentences
from dashboard.narrative.foro_slides import Slide
from dashboard.published import Sheet
from dashboard.slides import absences, content, frame, look, measure, tables
from dashboard.slides.frame import Making
from dashboard.slides.look import Box
from dashboard.slides.page import Page, Run, alt
from dashboard.slides.tables import Table
from warehouse.states import STATES

_SWATCH = 36.0


def cover(making: Making, slide: Slide) -> Page:
    """The title and what is frozen; the list of slides is written when they are known."""
    page = making.page(slide.short)
    end = page.title(frame.words(slide.title), (40, 36, 32, 28), 100)
    room = Box(look.LEFT, end + 8, look.RIGHT - look.LEFT, 2 * look.HALL * measure.LEADING)
    page.fitted(t("Publicación", making.lang), room, [[Run(slide.sub, color=look.INK_2)]])
    frame.head(page, slide, making.lang)
    frame.foot(page, making, "", making.permalink)
    return page


def index(making: Making, page: Page) -> None:
    """What will be seen, on the cover: in two columns, in three where it takes them. A table on several slides is one entry."""
    found: dict[str, list[int]] = {}
    for i, (_, short) in enumerate(making.pages[1:], start=2):
        found.setdefault(short.rsplit(" (", 1)[0] if short.endswith(")") and " / " in short.rsplit(" (", 1)[-1] else short, []).append(i)
    told = [f"{x[0]}{f'–{x[-1]}' if len(x) > 1 else ''}. {short}" for short, x in found.items()]
    body = Box(look.LEFT, 200, look.RIGHT - look.LEFT, look.FOOT.y - 210)
    gap = 4.0
    for columns, size in ((2, 24.0), (2, 22.0), (2, 20.0), (2, 18.0), (3, 18.0), (3, 16.0), (3, 14.0), (3, 12.0), (3, 10.0)):
        rows = -(-len(told) // columns)
        wide = (body.w - 24 * (columns - 1)) / columns
        whole = size <= look.LEAST or all(measure.width(x, size) <= wide for x in told)
        if whole and rows * (size * measure.LEADING + gap) <= body.h:
            break
    for i in range(columns):
        own = told[i * rows : (i + 1) * rows]
        if own:
            box = Box(body.x + i * (wide + 24), body.y, wide, body.h)
            page.text(t("Láminas", making.lang), box, [measure.cut(x, size, wide, 1) for x in own], size, gap=gap)


def scorecard(making: Making, sheets: Sequence[Sheet], synthetic: bool) -> None:
    lang = making.lang
    place = formats.place(making.region, lang) if making.region else t("las 26 regiones", lang)
    title = t("{lugar} en un cuadro", lang).format(lugar=place[:1].upper() + place[1:])
    sub = t("Último periodo de cada indicador; el cambio es frente al mismo periodo del año anterior.", lang)
    key = (t("▲ mejora y ▼ empeora: cambio concluyente, o relevante en los registros", lang),)
    slide = Slide(t("En un cuadro", lang), title, None, sub, synthetic=synthetic, key="cuadro", notes=(
        (t("Qué se puede decir y qué no", lang), (
            t("Se dice «empeora» o «mejora» solo si el intervalo del cambio excluye el cero y resiste la corrección por muchas comparaciones.", lang),
        )),
    ))  # fmt: skip
    paged(making, slide, content.scorecard(making.snap, sheets, making.region, lang), key=key)


def changes(making: Making, slide: Slide) -> None:
    """On one slide, or one for each way: a table broken anywhere else says less."""
    table = content.changes(slide.data, making.lang)
    if len(tables.pages(table, look.RIGHT - look.LEFT, _room(slide, ()))[1]) == 1:
        paged(making, slide, table)
        return
    for state in ("empeora", "mejora"):
        short = f"{slide.short}: {sentences.direction(state, making.lang, many=True)}"
        paged(making, replace(slide, short=short), content.changes(slide.data, making.lang, state))


def paged(
    making: Making, slide: Slide, table: Table, *, key: Sequence[str] = (), spread: bool = True, sizes: Sequence[float] = look.SIZES
) -> None:  # fmt: skip
    """A table on as many slides as it takes, numbered where there are several."""
    room = _room(slide, key)
    size, found = tables.pages(table, look.RIGHT - look.LEFT, room, sizes)
    for i, part in enumerate(found, start=1):
        more = f" ({i} / {len(found)})" if len(found) > 1 else ""
        page, body = frame.begin(making, replace(slide, short=slide.short + more, title=frame.words(slide.title) + more), key=key)
        told = "; ".join(": ".join("".join(r.text for r in content_runs(c)) for c in row[:3]) for row in part.rows)
        tables.draw(page, part, body, size, t("Cuadro: {nombre}", making.lang).format(nombre=slide.short), told, spread=spread)


def content_runs(cell: Any) -> list[Run]:
    return [Run(cell)] if isinstance(cell, str) else list(cell)


def _room(slide: Slide, key: Sequence[str]) -> float:
    """The least room that a slide's words leave for its table."""
    w = look.RIGHT - look.LEFT
    title = next((s for s in (28, 26, 24, 22, 20) if measure.height([frame.words(slide.title) + " (9 / 9)"], s, w, bold=True) <= 84), 20)
    used = measure.height([frame.words(slide.title) + " (9 / 9)"], title, w, bold=True)
    used += 4 + min(3 * look.LEAST * measure.LEADING + 1, measure.height([slide.sub], look.HALL, w)) if slide.sub else 0
    below = 42 if key or len(slide.proof) > 1 else 4
    return look.FOOT.y - below - 18 - look.TITLE_TOP - used


def unknown(making: Making, slide: Slide) -> None:
    """What has no value, by reason, with the hatch that the map gives it."""
    page, body = frame.begin(making, slide)
    rows, lang = slide.data.rows, making.lang
    counts = Counter(r["estado"] for r, _ in rows)
    entries = [(s, f"{absences.reason(s, lang)}: {counts[s]}", foro_deck.where_most(s, rows, making.region, lang)) for s in STATES if counts[s]]
    _swatches(page, body, entries, lang)


def states(making: Making, found: set[str], notices: set[str], synthetic: bool) -> None:
    """What each reason and each notice on the slides means."""
    lang = making.lang
    title = t("Fuentes y estados: un dato que falta tiene su razón, y no es cero", lang)
    slide = Slide(t("Estados", lang), title, None, t("Así se señala en las láminas lo que no tiene valor.", lang), synthetic=synthetic, key="estados")
    page, body = frame.begin(making, slide)
    entries = [(s, formats.state(s, None, lang), "") for s in STATES if s in found]
    entries += [("", t("Aviso", lang), formats.notice(n, lang)) for n in sorted(notices)]
    _swatches(page, body, entries or [("", t("En estas láminas no falta ningún dato.", lang), "")], lang)


def _swatches(page: Page, body: Box, entries: Sequence[tuple[str, str, str]], lang: str) -> None:
    """Swatch, name in bold, explanation; in two columns where one is not enough."""

    def told(entry: tuple[str, str, str]) -> str:
        return f"{entry[1]}{'. ' + entry[2] if entry[2] else ''}"

    gap = 8.0
    columns, size = [(body, list(entries))], look.LEAST
    for size in (*look.SIZES, 16.0, 14.0):
        w = body.w - _SWATCH - 12
        if sum(measure.height([told(e)], size, w, bold=True) + gap for e in entries) <= body.h:
            columns = [(body, list(entries))]
            break
        halves = body.halves()
        w = halves[0].w - _SWATCH - 12
        at = next((i for i in range(1, len(entries)) if _fits(entries[:i], entries[i:], told, size, w, gap, body.h)), 0)
        if at:
            columns = [(halves[0], list(entries[:at])), (halves[1], list(entries[at:]))]
            break
    for box, own in columns:
        y = box.y
        for entry in own:
            h = measure.height([told(entry)], size, box.w - _SWATCH - 12, bold=True)
            h = min(h, box.bottom - y)
            if entry[0]:
                hatch = absences.PATTERNS.get(entry[0])
                alt(
                    page.rectangle(
                        f"{t('Trama', lang)}: {entry[1]}", Box(box.x, y + 3, _SWATCH, size), fill="" if hatch else look.PAPER, hatch=hatch
                    ),
                    entry[1],
                )
            page.text(
                entry[1],
                Box(box.x + _SWATCH + 12, y, box.w - _SWATCH - 12, h),
                [[Run(entry[1], bold=True), Run(f". {entry[2]}" if entry[2] else "")]],
                size,
            )
            y += h + gap


def _fits(first: Sequence[Any], second: Sequence[Any], told: Any, size: float, w: float, gap: float, most: float) -> bool:
    return all(sum(measure.height([told(e)], size, w, bold=True) + gap for e in part) <= most for part in (first, second))


def before(making: Making) -> None:
    """What became of the last agreements: by who had to fulfil them, by when, and how many are fulfilled with evidence."""
    lang, snap = making.lang, making.snap
    sheet = next((s for s in snap.indicators() if s.id == foro_deck.AGREED), None)
    short = t("Acuerdos anteriores", lang)
    row, table = content.agreed(snap, sheet, making.region, lang) if sheet is not None else (None, None)
    if sheet is None or row is None or table is None:
        title = t("Esta publicación no trae el cumplimiento de los acuerdos anteriores", lang)
        sub = t("Llegará con la entrega de la Secretaría del Foro. Anote abajo los que el Foro quiera revisar.", lang)
        slide = Slide(short, title, None, sub, key="acuerdos-anteriores")
        heads = (t("Acuerdo", lang), t("Responsable", lang), t("Fecha límite", lang), t("Estado", lang))
        paged(making, slide, Table(heads, tuple(("", "", "", "") for _ in range(content.EMPTY)), (5.0, 3.0, 2.4, 2.6)))
        return
    title = headlines.of_territory(row, sheet, lang)
    sub = t("{nombre}. La publicación guarda cuántos, no el texto de cada uno.", lang).format(nombre=sheet.text("name", lang))
    notes = ((t("La frase", lang), (sentences.cell(row, sheet, lang),)), (t("Qué se puede decir y qué no", lang), tuple(
        str((x or {}).get(lang) or (x or {}).get("es") or "") for x in sheet.ficha.get("reading") or []
    )))  # fmt: skip
    shown = snap.values(sheet.id, kind=sheet.main_period, period=row["periodo"], territory=row["territorio"], category="")
    slide = Slide(short, title, None, sub, (parts.source(snap, sheet, shown, lang),), notes, sheet.synthetic, key="acuerdos-anteriores")
    paged(making, slide, table)


def now(making: Making, key: str) -> None:
    """A table that is filled in the hall; what was written in the browser is in it already."""
    lang, found = making.lang, making.own.agreements
    title = t("Acuerdos de esta sesión", lang) if not found else t("Acuerdos de esta sesión: {n}", lang).format(n=len(found))
    sub = t("¿Quién hace qué, desde cuándo, y con qué evidencia se sabrá?", lang)
    paged(making, Slide(t("Acuerdos", lang), title, None, sub, key=key), content.agreements(found, lang), sizes=(*look.SIZES, 16.0, 14.0))


def sources(making: Making, sheets: Sequence[Sheet], synthetic: bool) -> None:
    lang = making.lang
    title = t("Fuentes y estados: de dónde sale cada cifra", lang)
    slide = Slide(
        t("Fuentes", lang), title, None, t("Tablas de las que salen las cifras de estas láminas.", lang), synthetic=synthetic, key="fuentes"
    )
    paged(making, slide, content.sources(making.snap, sheets, lang), spread=False)


def where(making: Making, slide: Slide) -> None:
    """The addresses that keep showing the same."""
    page, body = frame.begin(making, slide)
    lang = making.lang
    lines = [
        (t("Estas láminas", lang), making.address("/foro", indicadores=making.indicators, region=making.region)),
        (t("Cómo se hace cada cifra", lang), making.address("/metodologia")),
        (t("Todos los datos, para descargar", lang), making.address("/api/v1/valores", formato="csv")),
    ]
    told = [[Run(f"{name}: ", bold=True), Run(href)] for name, href in lines]
    page.fitted(t("Direcciones", lang), body, told, (*look.SIZES, 16.0, 14.0, 12.0), gap=10)
