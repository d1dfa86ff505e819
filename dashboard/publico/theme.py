"""The page of a theme: each of its questions, with the country's answer in one sentence."""

from __future__ import annotations

from dashboard import temas
from dashboard.narrative import sentences
from dashboard.publico import blocks, told
from dashboard.publico.frame import Page, interactive
from dashboard.publico.here import Here
from dashboard.publico.question import of_country
from dashboard.publico.slugs import question_page
from dashboard.publico.tags import link, listed, tag, together
from dashboard.published import Sheet, area_name
from warehouse.territories import COUNTRY, PILOTS

#: area -> the page of the application that tells it with filters
_INTERACTIVE = {"INS": "/funciones", "PRO": "/procesos", "FOR": "/formalizacion", "AMB": "/ambiente", "SOC": "/social", "REC": "/recursos",
                "ACT": "/actividad",
                "DAT": "/calidad"}  # fmt: skip


def page(here: Here, area: str) -> Page:
    name, sheets = area_name(area, here.lang), here.book.areas[area]
    lead = here.t("{n} preguntas, cada una con su respuesta para el país; dentro, las regiones.").format(n=len(sheets)) if len(sheets) > 1 else ""
    known = {t.path for t in temas.every()} | {"/calidad"}
    way = interactive(here, _INTERACTIVE[area]) if _INTERACTIVE.get(area) in known else None
    body = together(
        blocks.crumbs(here), tag("h1", name), tag("p", lead) if lead else None, blocks.synthetic_notice(here),
        listed([_question(here, s) for s in sheets], cls="hechos"), way,
    )  # fmt: skip
    asked = " ".join(s.text("question", here.lang) for s in sheets[:3])
    return Page(name, asked or name, body)


def _question(here: Here, sheet: Sheet) -> object:
    asked = tag("p", link(sheet.text("question", here.lang) or sheet.text("name", here.lang), here.link(question_page(sheet.id))), cls="titular")
    row = of_country(here, sheet)
    if row is None:
        parts = blocks.parts_told(here, sheet, COUNTRY) or blocks.parts_told(here, sheet, PILOTS)
        return together(asked, parts or tag("p", here.t("Se publica por partes.")))
    mark = f" {here.t('Dato sintético de demostración')}." if sheet.synthetic else ""
    return together(asked, tag("p", told.sentence(row, sheet, here.lang)), tag("p", f"{_regions(here, sheet)}{mark}", cls="nota"))


def _regions(here: Here, sheet: Sheet) -> str:
    """How many regions have a figure; the reason where none has and all have the same."""
    rows = [r for r in here.book.rows(sheet) if r["nivel"] == "region"]
    n = sum(sentences.is_published(r) for r in rows)
    text = here.t("{n} de 26 regiones con dato").format(n=n)
    states = {str(r["estado"]) for r in rows}
    return f"{text}: {told.state_name(states.pop(), here.lang)}." if n == 0 and len(states) == 1 else f"{text}."
