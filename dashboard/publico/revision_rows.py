"""Revisions as a table: what was published before, what is now, and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from dashboard import formats
from dashboard.figures.request import records
from dashboard.narrative import sentences
from dashboard.publico import tables
from dashboard.publico.book import PROVINCE, province_names
from dashboard.publico.here import Here
from dashboard.publico.slugs import question_page
from dashboard.publico.tags import link, tag, together
from dashboard.publico.told import why
from dashboard.published import Sheet

#: rows shown; the rest is in the downloads
MOST = 60


def revision_table(here: Here, frame: pd.DataFrame, sheet: Sheet | None = None) -> Markup | None:
    """The newest revisions of a frame; nothing where it has none. `sheet` None: of any indicator, which is then said."""
    rows = [r for r in records(frame.head(MOST * 2)) if r["indicador"] in here.book.sheets][:MOST]
    if not rows:
        return None
    head = [here.t("Qué"), here.t("Antes"), here.t("Ahora"), here.t("Motivo"), here.t("Publicación")]
    made = tables.table(here.t("Valores que cambiaron"), head, [_row(here, r, sheet is None) for r in rows], (1, 2))
    more = len(frame) - len(rows)
    return together(
        made, tag("p", here.t("Hay {n} revisiones más en las descargas.").format(n=formats.number(more, 0, here.lang)), cls="nota") if more else None
    )


def _row(here: Here, row: dict[str, Any], named: bool) -> list[Any]:
    sheet = here.book.sheets[row["indicador"]]
    place = formats.place(row["territorio"], here.lang)
    if row["categoria"]:
        part = province_names().get(row["categoria"]) if row["desglose"] == PROVINCE else sentences.category_name(sheet, row["categoria"], here.lang)
        place = f"{place}, {part or row['categoria']}"
    what: Any = f"{place}, {formats.period(row['periodo'], here.lang)}"
    if named:
        what = together(link(sheet.text("short_name", here.lang), here.link(question_page(sheet.id))), ". ", what)
    when = here.t("N.º {n}").format(n=row["publicacion"]) + f", {formats.day(row['creada_en'], here.lang)}"
    return [what, tag("del", _side(here, row, "anterior", sheet)), tag("b", _side(here, row, "nuevo", sheet)), row["motivo"], when]


def _side(here: Here, row: dict[str, Any], side: str, sheet: Sheet) -> str:
    if row[f"valor_{side}"] is None:
        return why({"estado": row[f"estado_{side}"] or "sin_registro", "n": None}, here.lang)
    shown = {"estado": "publicado", "n": None, **{k: row[f"{k}_{side}"] for k in ("valor", "numerador", "denominador")}}
    proof = sentences.parts(shown, sheet, here.lang)
    return f"{sentences.value(shown, sheet, here.lang)}{f' ({proof})' if proof else ''}"
