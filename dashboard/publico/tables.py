"""The tables under the charts: the same figures as text, each absence with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from dashboard import formats
from dashboard.narrative import sentences
from dashboard.publico import told
from dashboard.publico.bars import Bar
from dashboard.publico.book import Row
from dashboard.publico.here import Here
from dashboard.publico.tags import details, tag
from dashboard.published import Sheet


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[Any]], numeric: Sequence[int] = ()) -> Markup:
    """A table whose rows begin with their name. It scrolls within itself where it is wider than the page; of many columns, a phone stacks them."""
    wide = len(head) > 4
    cells = [tag("tr", [tag("th", h, scope="col", cls="n" if i in numeric else None) for i, h in enumerate(head)])]
    body = [
        tag("tr", tag("th", r[0], scope="row"),
            [tag("td", c, cls="n" if i in numeric else None, data_titulo=f"{head[i]}:" if wide else None) for i, c in enumerate(r[1:], 1)])
        for r in rows
    ]  # fmt: skip
    inside = tag("table", tag("caption", caption), tag("thead", cells), tag("tbody", body), cls="ancha" if wide else None)
    return tag("div", inside, cls="marco", tabindex="0", role="region", aria_label=caption)


def of_bars(bars: Sequence[Bar], sheet: Sheet, here: Here, first: str) -> Markup:
    """The rows of a chart of places."""
    lang = here.lang
    head = [first, f"{here.t('Valor')} ({sheet.unit(lang)})", here.t("Intervalo de 95 %"), here.t("Sobre qué se calcula")]
    rows = [
        [b.name, told.value_cell(b.row, sheet, lang), told.interval_cell(b.row, sheet, lang), sentences.parts(b.row, sheet, lang) or formats.DASH]
        for b in bars
    ]
    # two tables of a page are told apart by what they are of
    caption = f"{sheet.text('name', lang)}, {formats.period(bars[0].row['periodo'], lang)}"
    return details(here.t("Ver la tabla"), table(caption, head, rows, (1, 2, 3)), cls="tabla")


def of_series(rows: Sequence[Row], sheet: Sheet, here: Here) -> Markup:
    """The rows of a series, newest first."""
    lang = here.lang
    head = [here.t("Periodo"), f"{here.t('Valor')} ({sheet.unit(lang)})", here.t("Intervalo de 95 %"), here.t("Sobre qué se calcula")]
    body = [
        [formats.period(r["periodo"], lang), told.value_cell(r, sheet, lang), told.interval_cell(r, sheet, lang),
         sentences.parts(r, sheet, lang) or formats.DASH]
        for r in reversed(rows)
    ]  # fmt: skip
    span = here.t("de {desde} a {hasta}").format(desde=formats.period(rows[0]["periodo"], lang), hasta=formats.period(rows[-1]["periodo"], lang))
    return details(here.t("Ver la tabla"), table(f"{sheet.text('name', lang)}, {span}", head, body, (1, 2, 3)), cls="tabla")
