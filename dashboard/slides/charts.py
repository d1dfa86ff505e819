"""Native charts: bars and lines with their workbook inside, intervals taken from its cells, labels where the interval ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml.ns import qn
from pptx.util import Pt

from dashboard.slides import look
from dashboard.slides.book import SHEET, Book
from dashboard.slides.look import Box
from dashboard.slides.page import Page, alt, rgb

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_C15 = "http://schemas.microsoft.com/office/drawing/2012/chart"


@dataclass(frozen=True)
class Scale:
    """The axis of values."""

    low: float
    high: float
    step: float = 0.0
    #: how numbers are written, as formats of cells are
    code: str = "#,##0.0"


@dataclass(frozen=True)
class Label:
    """The label of one point: how its number is written, its colour, how far from the bar's end (as a part of the chart's width and height)."""

    code: str
    color: str = look.INK
    right: float = 0.0
    down: float = 0.0
    series_name: bool = False
    bold: bool = False


def add(page: Page, kind: Any, box: Box, book: Book, made: datetime, name: str, told: str) -> Any:
    """A chart with its workbook; nothing of its look is decided yet. Gives the chart."""
    data = CategoryChartData()
    data.categories = [x.name for x in book.lines]
    for i, series in enumerate(book.series):
        data.add_series(series, [x.values[i] for x in book.lines])
    frame = page.slide.shapes.add_chart(kind, *page.place(box), data)
    frame.name = name
    alt(frame, told)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(book.bytes(made))
    for formula in chart._chartSpace.iter(qn("c:f")):
        formula.text = formula.text.replace("Sheet1!", f"{SHEET}!")
    chart.has_title, chart.has_legend = False, False
    chart.font.size, chart.font.name = Pt(look.LEAST), look.FONT
    chart.font.color.rgb = rgb(look.INK)
    return chart


def bars(
    page: Page, box: Box, book: Book, made: datetime, name: str, told: str, scale: Scale, size: float, left: float, *, stacked: bool = False
) -> Any:  # fmt: skip
    """Lying bars, the first on top; `left`: the part of the width that is for names."""
    chart = add(page, XL_CHART_TYPE.BAR_STACKED if stacked else XL_CHART_TYPE.BAR_CLUSTERED, box, book, made, name, told)
    plot, names, values = chart.plots[0], chart.category_axis, chart.value_axis
    plot.gap_width, plot.overlap = 45, 100
    names.reverse_order, names.has_major_gridlines = True, False
    names.tick_labels.font.size = Pt(size)
    names.tick_labels.font.color.rgb = rgb(look.INK)
    names.major_tick_mark, names.format.line.color.rgb = XL_TICK_MARK.NONE, rgb(look.LINE)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _every_name(names)
    values.minimum_scale, values.maximum_scale = scale.low, scale.high
    values.visible, values.has_major_gridlines = False, False
    inner(chart, left, 0.0, 1 - left, 1.0)
    return chart


def lines(page: Page, box: Box, book: Book, made: datetime, name: str, told: str, scale: Scale, size: float, right: float) -> Any:
    """Series through time; `right`: the part of the width that is for their names."""
    chart = add(page, XL_CHART_TYPE.LINE_MARKERS, box, book, made, name, told)
    names, values = chart.category_axis, chart.value_axis
    values.minimum_scale, values.maximum_scale = scale.low, scale.high
    if scale.step:
        values.major_unit = scale.step
    values.has_major_gridlines, values.major_tick_mark = True, XL_TICK_MARK.NONE
    values.major_gridlines.format.line.color.rgb = rgb(look.GRID)
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = scale.code, False
    for axis in (names, values):
        axis.tick_labels.font.size = Pt(size)
        axis.tick_labels.font.color.rgb = rgb(look.INK_2)
    names.major_tick_mark, names.format.line.color.rgb = XL_TICK_MARK.NONE, rgb(look.LINE)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    # all but level: LibreOffice breaks level names into many lines, and leaves others out where they meet
    names._element.find(qn("c:txPr")).find(qn("a:bodyPr")).set("rot", "1")
    inner(chart, 0.1, 0.04, 0.9 - right, 0.8)
    return chart


def skip(chart: Any, every: int) -> None:
    """Write the name of one category in so many."""
    axis = chart.category_axis._element
    for tag in ("tickLblSkip", "tickMarkSkip"):
        for old in axis.findall(qn(f"c:{tag}")):
            axis.remove(old)
        made = etree.SubElement(axis, qn(f"c:{tag}"), val=str(every))
        after = axis.find(qn("c:lblOffset"))
        after.addnext(made) if tag == "tickLblSkip" else axis.find(qn("c:tickLblSkip")).addnext(made)


def _every_name(axis: Any) -> None:
    """Each category with its name, level: programs leave names out where they think there is no room."""
    properties = axis._element.find(qn("c:txPr")).find(qn("a:bodyPr"))
    properties.set("rot", "0")
    properties.set("vert", "horz")
    after = axis._element.find(qn("c:lblOffset"))
    after.addnext(etree.Element(qn("c:tickLblSkip"), val="1"))


def inner(chart: Any, x: float, y: float, w: float, h: float) -> None:
    """Where the bars themselves are, in parts of the chart: labels are placed from it."""
    area = chart._chartSpace.find(f".//{qn('c:plotArea')}")
    layout = area.find(qn("c:layout"))
    if layout is None:
        layout = etree.Element(qn("c:layout"))
        area.insert(0, layout)
    for old in list(layout):
        layout.remove(old)
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    for tag, value in (("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"), ("x", x), ("y", y), ("w", w), ("h", h)):
        etree.SubElement(manual, qn(f"c:{tag}"), val=str(value))


def colored(series: Any, colors: Sequence[str], outlines: Callable[[int], str] = lambda i: "") -> None:
    """A colour for each point; "" leaves it empty."""
    for i, color in enumerate(colors):
        point = series.points[i]
        if color:
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = rgb(color)
        else:
            point.format.fill.background()
        if outlines(i):
            point.format.line.color.rgb = rgb(outlines(i))
            point.format.line.width = Pt(2)
        else:
            point.format.line.fill.background()


def intervals(series: Any, book: Book, *, color: str = look.INK, vertical: bool = False, width: float = 1.25) -> None:
    """Error bars whose lengths are cells of the workbook: change a limit there and the bar follows."""
    if not book.has_interval:
        return
    bars = etree.Element(qn("c:errBars"), nsmap={"c": _C, "a": _A})
    if vertical:
        etree.SubElement(bars, qn("c:errDir"), val="y")
    etree.SubElement(bars, qn("c:errBarType"), val="both")
    etree.SubElement(bars, qn("c:errValType"), val="cust")
    etree.SubElement(bars, qn("c:noEndCap"), val="0")
    for tag, name, place in (("plus", "Hacia arriba", 0), ("minus", "Hacia abajo", 1)):
        reference = etree.SubElement(etree.SubElement(bars, qn(f"c:{tag}")), qn("c:numRef"))
        etree.SubElement(reference, qn("c:f")).text = book.reference(name)
        cache = etree.SubElement(reference, qn("c:numCache"))
        etree.SubElement(cache, qn("c:formatCode")).text = "General"
        etree.SubElement(cache, qn("c:ptCount"), val=str(len(book.lines)))
        for i, line in enumerate(book.lines):
            if line.reach[place] is not None:
                etree.SubElement(etree.SubElement(cache, qn("c:pt"), idx=str(i)), qn("c:v")).text = repr(line.reach[place])
    stroke = etree.SubElement(etree.SubElement(bars, qn("c:spPr")), qn("a:ln"), w=str(Pt(width)))
    etree.SubElement(etree.SubElement(stroke, qn("a:solidFill")), qn("a:srgbClr"), val=color)
    series._element.find(qn("c:cat")).addprevious(bars)


def labels(series: Any, told: Sequence[Label | None], size: float, position: str = "outEnd") -> None:
    """A label for each point that has one."""
    group = etree.Element(qn("c:dLbls"), nsmap={"c": _C, "a": _A})
    for i, label in enumerate(told):
        one = etree.SubElement(group, qn("c:dLbl"))
        etree.SubElement(one, qn("c:idx"), val=str(i))
        if label is None:
            etree.SubElement(one, qn("c:delete"), val="1")
            continue
        if label.right or label.down:
            manual = etree.SubElement(etree.SubElement(one, qn("c:layout")), qn("c:manualLayout"))
            etree.SubElement(manual, qn("c:x"), val=f"{label.right:.5f}")
            etree.SubElement(manual, qn("c:y"), val=f"{label.down:.5f}")
        _written(one, label, size, position)
    _written(group, Label("General"), size, position)
    extra = etree.SubElement(etree.SubElement(group, qn("c:extLst")), qn("c:ext"), uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}", nsmap={"c15": _C15})
    etree.SubElement(extra, f"{{{_C15}}}showLeaderLines", val="0")  # a label that was moved needs no line to its bar
    before = next(x for x in (series._element.find(qn("c:errBars")), series._element.find(qn("c:cat"))) if x is not None)
    before.addprevious(group)


def _written(parent: Any, label: Label, size: float, position: str) -> None:
    etree.SubElement(parent, qn("c:numFmt"), formatCode=label.code, sourceLinked="0")
    shape = etree.SubElement(parent, qn("c:spPr"))
    etree.SubElement(shape, qn("a:noFill"))
    etree.SubElement(etree.SubElement(shape, qn("a:ln")), qn("a:noFill"))
    text = etree.SubElement(parent, qn("c:txPr"))
    etree.SubElement(text, qn("a:bodyPr"), wrap="none", lIns="0", rIns="0")
    paragraph = etree.SubElement(etree.SubElement(text, qn("a:p")), qn("a:pPr"))
    font = etree.SubElement(paragraph, qn("a:defRPr"), sz=str(int(size * 100)), b="1" if label.bold else "0")
    etree.SubElement(etree.SubElement(font, qn("a:solidFill")), qn("a:srgbClr"), val=label.color)
    etree.SubElement(font, qn("a:latin"), typeface=look.FONT)
    if position:
        etree.SubElement(parent, qn("c:dLblPos"), val=position)
    shown = {"showLegendKey": 0, "showVal": 1, "showCatName": 0, "showSerName": int(label.series_name), "showPercent": 0, "showBubbleSize": 0}
    for tag, on in shown.items():
        etree.SubElement(parent, qn(f"c:{tag}"), val=str(on))
    if label.series_name:
        etree.SubElement(parent, qn("c:separator")).text = " "
