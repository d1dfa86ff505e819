"""What changed since the publication before: figures corrected, with the old one and the reason, and figures that are new."""

from __future__ import annotations

from markupsafe import Markup

from dashboard import formats
from dashboard.publico import blocks
from dashboard.publico.frame import Page
from dashboard.publico.here import Here
from dashboard.publico.revision_rows import revision_table
from dashboard.publico.slugs import question_page
from dashboard.publico.tags import link, listed, section, tag, together


def page(here: Here) -> Page:
    card = here.snap.publication
    made = formats.day(card.creada_en, here.lang)
    lead = here.t("Publicación N.º {n} del {fecha}. Cifras nuevas: {nuevos}; corregidas: {revisados}; retiradas: {retirados}.").format(
        n=card.numero, fecha=made, nuevos=formats.number(card.nuevos, 0, here.lang), revisados=formats.number(card.revisados, 0, here.lang),
        retirados=formats.number(card.retirados, 0, here.lang),
    )  # fmt: skip
    first = (
        tag("p", here.t("Es la primera publicación: no hay otra con la que comparar.")) if here.book.previous is None and here.number == 1 else None
    )
    body = together(blocks.crumbs(here), tag("h1", here.t("Qué cambió")), tag("p", lead, cls="oracion"), first, blocks.synthetic_notice(here),
                    _revised(here), _new(here), _earlier(here))  # fmt: skip
    return Page(here.t("Qué cambió en la publicación {n}").format(n=card.numero), lead, body)


def _revised(here: Here) -> Markup:
    table = revision_table(here, here.snap.revisions(publicacion=here.number))
    title = here.t("Cifras corregidas")
    if table is None:
        return section(title, tag("p", here.t("Ninguna cifra ya publicada cambió en esta publicación.")))
    return section(title, tag("p", here.t("La cifra anterior no se borra: queda aquí con el motivo del cambio.")), table)


def _new(here: Here) -> Markup | None:
    """Indicators and periods that the publication before did not have."""
    before = here.book.previous
    if before is None:
        return None
    known = {s.id for s in before.indicators()}
    items = []
    for sheet in here.book.sheets.values():
        name = link(sheet.text("short_name", here.lang), here.link(question_page(sheet.id)))
        if sheet.id not in known:
            items.append(together(name, ": ", here.t("pregunta nueva."), ""))
            continue
        fresh = sorted(set(here.snap.periods(sheet.id)) - set(before.periods(sheet.id)))
        if fresh:
            items.append(together(name, ": ", formats.listing([formats.period(p, here.lang) for p in fresh[-4:]], here.lang), "."))
    title = here.t("Periodos y preguntas nuevos")
    if not items:
        return section(title, tag("p", here.t("Ninguno: cambian cifras de periodos que ya estaban.")))
    return section(title, listed(items, cls="lista"))


def _earlier(here: Here) -> Markup | None:
    """Corrections of earlier publications."""
    frame = here.snap.revisions()
    earlier = frame[frame["publicacion"] < here.number]
    table = revision_table(here, earlier)
    return section(here.t("Correcciones de publicaciones anteriores"), table) if table is not None else None
