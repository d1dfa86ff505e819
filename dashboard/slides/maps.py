"""The map as shapes: a freeform for each region, named after it, in its class's colour or with its absence's hatch; beside it the legend."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pptx.shapes.freeform import FreeformBuilder
from pptx.util import Pt

from dashboard import formats, geography
from dashboard.figures.request import records
from dashboard.language import t
from dashboard.narrative import foro_map, sentences
from dashboard.narrative.foro_data import Regions
from dashboard.slides import absences, look, measure
from dashboard.slides.look import Box
from dashboard.slides.page import Page, Run, alt, outlined, paint
from warehouse.territories import LIMA_DEPARTMENT

Row = dict[Any, Any]
#: islets and folds smaller than this are not worth a point
_NEAR = 0.6
#: units of a shape's own drawing in one point
_FINE = 20
_SWATCH = 30.0


class _Outline(FreeformBuilder):
    """Looks for its corner once, when it is drawn, rather than at every point."""

    @cached_property
    def shape_offset_x(self) -> Any:
        return super().shape_offset_x

    @cached_property
    def shape_offset_y(self) -> Any:
        return super().shape_offset_y


def draw(page: Page, data: Regions, body: Box) -> None:
    lang, sheet = page.lang, data.sheet
    found = foro_map.classes(data.across, sheet, lang)
    rows = {r["territorio"]: r for r in records(data.across)}
    wide = body.h * 0.74
    land = Box(body.x, body.y, wide, body.h)
    for code in geography.codes():
        _region(page, code, rows.get(code), found, land, data)
    if data.selected in geography.codes():
        outlined(next(s for s in page.slide.shapes if s.name == formats.place(data.selected, lang)))
    for code in (*geography.SMALL, *([LIMA_DEPARTMENT] if found.step(LIMA_DEPARTMENT) else [])):
        _marker(page, code, rows.get(code), found, land, data)
    _legend(page, found, data, Box(body.x + wide + 24, body.y, body.w - wide - 24, body.h))


def _told(row: Row | None, code: str, data: Regions, lang: str) -> str:
    return sentences.cell(row, data.sheet, lang) if row else f"{formats.place(code, lang)}: {t('sin dato', lang)}."


def _region(page: Page, code: str, row: Row | None, found: foro_map.Classes, land: Box, data: Regions) -> None:
    """All rings of a region in one shape."""
    rings = [_thinned([geography.project(p, land.w, land.h) for p in ring]) for ring in geography.rings(code)]
    rings = [r for r in rings if len(r) > 3]
    start = rings[0][0]
    scale = Pt(1) / _FINE
    builder = _Outline.new(page.slide.shapes, int(start[0] * _FINE), int(start[1] * _FINE), scale, scale)
    for i, ring in enumerate(rings):
        if i:
            builder.move_to(int(ring[0][0] * _FINE), int(ring[0][1] * _FINE))
        builder.add_line_segments([(int(x * _FINE), int(y * _FINE)) for x, y in ring[1:]], close=True)
    shape = builder.convert_to_shape(Pt(land.x), Pt(land.y))
    shape.name = formats.place(code, page.lang)
    _look(shape, code, found)
    alt(shape, _told(row, code, data, page.lang))


def _look(shape: Any, code: str, found: foro_map.Classes) -> None:
    step = found.step(code)
    if step:
        paint(shape, look.MAP[step - 1], look.SURFACE)
    else:
        hatch = absences.PATTERNS.get(found.state(code))
        paint(shape, "" if hatch is not None else look.PAPER, look.HATCH, hatch)


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    kept = [points[0]]
    for p in points[1:-1]:
        if abs(p[0] - kept[-1][0]) + abs(p[1] - kept[-1][1]) >= _NEAR:
            kept.append(p)
    return [*kept, points[-1]]


def _marker(page: Page, code: str, row: Row | None, found: foro_map.Classes, land: Box, data: Regions) -> None:
    """A square on what is too small to see, a circle where only the department of Lima is known; its name in the sea."""
    lang = page.lang
    x, y = geography.project(geography.centre("15" if code == LIMA_DEPARTMENT else code), land.w, land.h)
    name = formats.place(code, lang)
    marker = page.rectangle(t("{lugar} (marca)", lang).format(lugar=name), Box(land.x + x - 4, land.y + y - 4, 8, 8), oval=code == LIMA_DEPARTMENT)
    _look(marker, code, found)
    outlined(marker, look.COPPER if code == data.selected else look.INK, 1.25)
    alt(marker, _told(row, code, data, lang))


def _tall(head: str, names: str, size: float, room: float) -> float:
    """An entry's height: its head is bold, the names are not."""
    more = measure.width(head, size, bold=True) - measure.width(head, size)
    return measure.height([f"{head} {names}"], size, room - more)


def _legend(page: Page, found: foro_map.Classes, data: Regions, box: Box) -> None:
    """Classes with their regions, then reasons with theirs; as large as all of it fits."""
    lang = page.lang
    entries: list[tuple[str, Any, str, str]] = []
    for one in found.classes:
        names = ", ".join(found.named(r, lang) for r in one.rows)
        entries.append((look.MAP[one.step - 1], None, f"{one.span}:", names))
    for state, rows in found.absent:
        names = formats.listing([formats.place(r["territorio"], lang) for r in rows], lang)
        entries.append((look.PAPER, absences.PATTERNS.get(state), f"{absences.reason(state, lang)}:", names))
    w = box.w - _SWATCH - 12
    unit = t("Escala: {unidad}", lang).format(unidad=found.unit)
    gap = 3.0

    def tall(size: float) -> float:
        each = sum(_tall(head, names, size, w) + gap for _, _, head, names in entries)
        return each + measure.height([unit], size, box.w) + gap

    size = next((s for s in (*look.SIZES, 17.0, 16.0, 15.0, 14.0) if tall(s) <= box.h), 12.0)
    page.text(t("Unidad", lang), Box(box.x, box.y, box.w, measure.height([unit], size, box.w)), [[Run(unit, color=look.INK_2)]], size)
    y = box.y + measure.height([unit], size, box.w) + gap
    for fill, hatch, head, names in entries:
        h = _tall(head, names, size, w)
        swatch = page.rectangle(f"{t('Leyenda', lang)} {head.rstrip(':')}", Box(box.x, y + 2, _SWATCH, size), fill="" if hatch else fill, hatch=hatch)
        alt(swatch, f"{head} {names}")
        page.text(f"{t('Regiones', lang)} {head.rstrip(':')}", Box(box.x + _SWATCH + 12, y, w, h), [[Run(f"{head} ", bold=True), Run(names)]], size)
        y += h + gap
