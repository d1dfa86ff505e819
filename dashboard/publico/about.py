"""What this site is, its licence, how to quote it, whom to write to, and what the acronyms mean."""

from __future__ import annotations

from dashboard import metodo
from dashboard.publico import blocks, folds
from dashboard.publico.frame import LICENCE, Page, interactive
from dashboard.publico.here import Here
from dashboard.publico.tags import link, section, tag, together

#: words of those who run the system, which no public page uses
_OF_THE_HOUSE = frozenset({"bandeja de entrada", "contrato", "existencia", "hecho", "indicador", "Kaplan-Meier", "puerta", "ubigeo"})


def page(here: Here) -> Page:
    what = here.t(
        "SIEGEM es el sistema de información y evaluación de la gestión pública minera del Perú. Reúne lo que informan los 26 gobiernos "
        "regionales y otras fuentes oficiales, lo revisa, calcula indicadores y los publica con su fuente, su fecha y su margen."
    )
    licence = together(
        here.t("Puede copiar, transformar y difundir los datos y los textos, también con fines comerciales, si cita la fuente. Licencia: "),
        link("Creative Commons Atribución 4.0 (CC BY 4.0)", LICENCE, rel="license noopener"), ".",
    )  # fmt: skip
    known = [e for e in metodo.glossary() if e.term["es"] not in _OF_THE_HOUSE]
    terms = [together(tag("dt", metodo.of(e.term, here.lang)), tag("dd", metodo.of(e.text, here.lang))) for e in known]
    count = here.t("{n} siglas y palabras, con lo que quieren decir").format(n=len(terms))
    line = folds.named(here, [metodo.of(e.term, here.lang) for e in known])
    wrong = here.t(
        "Si una cifra le parece equivocada, escriba a la mesa de partes del Ministerio de Energía y Minas con el enlace permanente de la página: "
    )
    affirmed = here.t(
        "Una diferencia solo se afirma cuando no la explica el azar: «sin diferencia concluyente» quiere decir que, con esos casos, no se puede "
        "saber. Los lugares no se ordenan en un ranking."
    )
    body = together(
        blocks.crumbs(here), tag("h1", here.t("Acerca de este sitio")), tag("p", what), blocks.synthetic_notice(here),
        section(here.t("Licencia"), tag("p", licence)),
        blocks.cite(here, None, None),
        tag("p", here.t("Cada página tiene al pie su enlace permanente: muestra siempre la misma publicación, aunque después salgan otras.")),
        section(here.t("Reportar un error"), tag("p", wrong,
                link("www.gob.pe/minem", "https://www.gob.pe/minem", rel="noopener"), ". ",
                here.t("Si el error se confirma, la siguiente publicación lo corrige y dice el motivo en «Qué cambió»."))),
        section(here.t("Qué se puede afirmar"), tag("p", affirmed),
                tag("p", here.t("Una cifra publicada no se borra: si se corrige, queda la anterior con el motivo del cambio."))),
        section(here.t("Siglas y palabras"), folds.fold(count, line, tag("dl", terms)), id="siglas"),
        interactive(here, "/metodologia"),
    )  # fmt: skip
    return Page(here.t("Acerca de este sitio"), what, body)
