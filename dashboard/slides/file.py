"""The whole deck as bytes: the forum's slides in their order, each drawn with what PowerPoint and LibreOffice can edit. Same choice, same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lxml import etree
from pptx.oxml.ns import qn

from dashboard.address import Reader, reader
from dashboard.figures import bars as bar_figure
from dashboard.figures.request import records
from dashboard.language import t
from dashboard.narrative import foro_deck, parts, sentences
from dashboard.narrative.foro_data import Categories, OfIndicator, Regions, Series
from dashboard.narrative.foro_slides import Slide, measured, split_item
from dashboard.published import Sheet, Snapshot
from dashboard.slides import absences, closing, frame, look, maps, process, regions, series, template
from dashboard.slides.frame import Making
from dashboard.slides.look import Box
from dashboard.slides.own import Own
from dashboard.slides.page import Page, Run

#: the date of every file inside the file
_EPOCH = (1980, 1, 1, 0, 0, 0)


def deck(snap: Snapshot, indicators: str = "", region: str = "", lang: str = "es", *, base: str = "", own: Own | None = None) -> bytes:
    """`indicators`, `region`, `lang`: as the address of `/foro` has them. `base`: where the site is, for the addresses on the slides."""
    token = reader.set(Reader(lang, snap.number, True))
    try:
        return _deck(snap, ",".join(foro_deck.chosen(snap, indicators)), parts.known_region(region), lang, base.rstrip("/"), own or Own())
    finally:
        reader.reset(token)


def _deck(snap: Snapshot, indicators: str, region: str, lang: str, base: str, own: Own) -> bytes:
    slides = foro_deck.deck(snap, indicators, region, lang)
    title = t("Foro Regional, publicación N.º {n}", lang).format(n=snap.number)
    made = template.empty(title, "en-US" if lang == "en" else "es-PE", snap.publication.creada_en)
    making = Making(made, snap, lang, region, indicators, base, own, [])
    sheets = _sheets(snap, slides, indicators)
    synthetic = any(s.synthetic for s in slides)
    cover = closing.cover(making, slides[0])
    closing.scorecard(making, sheets, any(s.synthetic for s in sheets))
    for slide in slides[1:]:
        _slide(making, slide, sheets, synthetic)
    closing.index(making, cover)
    total = len(making.pages)
    for i, (page, _) in enumerate(making.pages, start=1):
        if i > 1:
            frame.number(page, i, total, lang)
        _tagged(page)
    return _same(made)


def _sheets(snap: Snapshot, slides: list[Slide], indicators: str) -> list[Sheet]:
    """The indicators of the deck, each once, in the order of its slides."""
    known = {s.id: s for s in snap.indicators()}
    own = [s.data.sheet.id for s in slides if isinstance(s.data, OfIndicator)]
    return [known[i] for i in dict.fromkeys([*(split_item(x)[0] for x in indicators.split(",")), *own]) if i in known]


def _slide(making: Making, slide: Slide, sheets: list[Sheet], synthetic: bool) -> None:
    match slide.kind:
        case "cambios":
            closing.changes(making, slide)
        case "ausencias":
            closing.unknown(making, slide)
        case "hoja":
            closing.before(making)
            closing.now(making, slide.key)
        case "fin":
            closing.sources(making, sheets, synthetic)
            closing.states(making, *_occurring(making, sheets), synthetic)
            closing.where(making, slide)
        case _:
            _indicator(making, slide)


def _indicator(making: Making, slide: Slide) -> None:
    """The slide of an indicator, drawn by its kind."""
    data = slide.data
    link = making.address(f"/indicador/{data.sheet.id}", region=making.region)
    key = [regions.key(data, making.lang)] if slide.kind == "regiones" and isinstance(data, Regions) else []
    sub = measured(data.sheet, str(data.across["periodo"].iloc[0]), making.lang) if isinstance(data, Regions) else slide.sub
    sub = sub.replace(t("Franja clara: intervalo de 95 %.", making.lang), t("Línea vertical: intervalo de 95 %.", making.lang))
    page, body = frame.begin(making, slide, key=key, permalink=link, sub=sub, compact=isinstance(data, Regions))
    about = making.about(slide)
    if isinstance(data, Regions):
        if slide.kind == "mapa":
            maps.draw(page, data, body)
        else:
            regions.draw(page, data, body, making.made, about)
    elif isinstance(data, Categories):
        process.draw(page, making.snap, data, body, making.made, about)
    elif isinstance(data, Series) and data.frame is not None:
        series.draw(page, data, body, making.made, about)
    else:
        _without(page, data, body)


def _without(page: Page, data: Any, body: Box) -> None:
    """An indicator with nothing to draw: its question, and who has no value."""
    told = [[Run(data.sheet.text("question", page.lang))], *absences.paragraphs(bar_figure.split(data.across)[1], page.lang)]
    page.fitted(t("Sin gráfico", page.lang), body, told, (*look.SIZES, 16.0, 14.0), gap=8)


def _occurring(making: Making, sheets: list[Sheet]) -> tuple[set[str], set[str]]:
    """Reasons and notices of the values that the slides show."""
    states: set[str] = set()
    notices: set[str] = set()
    for sheet in sheets:
        frame_ = making.snap.values(sheet.id, kind=sheet.main_period, period=making.snap.last_period(sheet.id), category="")
        for row in records(frame_):
            if sentences.is_published(row):
                notices |= set(row["avisos"] or [])
            elif row["nivel"] == "region":
                states.add(row["estado"])
    return states, notices


def _tagged(page: Page) -> None:
    """The language of every text: readers aloud and spelling go by it."""
    roots = [page.slide._element]
    if page.slide.has_notes_slide:
        roots.append(page.slide.notes_slide._element)
    for shape in page.slide.shapes:
        if shape.has_chart:
            space = shape.chart._chartSpace
            roots.append(space)
            for old in space.findall(qn("c:lang")):
                space.remove(old)
            first = space.find(qn("c:date1904"))
            made = etree.Element(qn("c:lang"), val=page.tag)
            if first is not None:
                first.addnext(made)
            else:
                space.insert(0, made)
    for root in roots:
        for paragraph in root.iter(qn("a:p")):
            for run in paragraph.findall(qn("a:r")):
                run.get_or_add_rPr()
        for tag in ("a:rPr", "a:endParaRPr", "a:defRPr"):
            for found in root.iter(qn(tag)):
                found.set("lang", page.tag)


def _same(made: Any) -> bytes:
    """The saved file with every date inside it the same."""
    package = made.part.package
    for owner in (package._rels, made.part.rels):
        for key in [k for k, r in owner.items() if r.reltype.endswith(("/thumbnail", "/printerSettings"))]:
            owner.pop(key)
    raw = io.BytesIO()
    made.save(raw)
    target = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
