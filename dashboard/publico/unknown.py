"""What is not known: every absence of the newest figures by its reason, the deliveries that have not come, and what nobody measures."""

from __future__ import annotations

from markupsafe import Markup

from dashboard import formats
from dashboard.narrative import sentences
from dashboard.publico import blocks, folds, told
from dashboard.publico.book import Row, tables_of
from dashboard.publico.frame import Page
from dashboard.publico.here import Here
from dashboard.publico.slugs import place_page, question_page
from dashboard.publico.tags import link, listed, section, tag, together
from dashboard.published import Sheet
from warehouse.states import PUBLISHED, STATES
from warehouse.territories import regions


def page(here: Here) -> Page:
    rows = [(r, s) for s in here.book.sheets.values() for r in here.book.rows(s) if r["nivel"] == "region"]
    absent = [(r, s) for r, s in rows if not sentences.is_published(r)]
    lead = here.t(
        "De {total} cifras de región que se esperaban en el último periodo de cada pregunta, {n} no se pueden dar. Aquí está por qué, una por una."
    )
    said = lead.format(total=formats.number(len(rows), 0, here.lang), n=formats.number(len(absent), 0, here.lang))
    body = together(
        blocks.crumbs(here), tag("h1", here.t("Lo que no sabemos")), tag("p", said, cls="oracion"),
        tag("p", here.t("Un dato que falta nunca se muestra como cero."), " ", here.t("Lo que falta de un lugar está también en su página:"), " ",
            link(here.t("Lista de lugares"), here.link("/", mark="#lugares")), "."), blocks.synthetic_notice(here),
        section(here.t("Por qué no se pueden dar"), _reasons(here, absent)), _deliveries(here), _nobody(here),
    )  # fmt: skip
    return Page(here.t("Lo que no sabemos"), said, body)


def _reasons(here: Here, absent: list[tuple[Row, Sheet]]) -> list[Markup]:
    made = []
    for state in STATES:
        own = [(r, s) for r, s in absent if r["estado"] == state]
        if state == PUBLISHED or not own:
            continue
        items = []
        for sheet in dict.fromkeys(s.id for _, s in own):
            places = [r["territorio"] for r, s in own if s.id == sheet]
            items.append(
                together(link(here.book.sheets[sheet].text("short_name", here.lang), here.link(question_page(sheet))), ": ", _places(here, places))
            )
        count = formats.plural(len(own), here.t("cifra"), here.t("cifras"), here.lang)
        title = together(told.hatch(state), " ", told.state_name(state, here.lang))
        made.append(folds.fold(title, f"{count}. {_explained(here, state)}", listed(items, cls="lista")))
    return made


def _places(here: Here, codes: list[str]) -> str:
    if len(codes) == len(regions()):
        return here.t("las 26 regiones.")
    return f"{formats.listing([formats.place(c, here.lang) for c in sorted(codes)], here.lang)}."


def _explained(here: Here, state: str) -> str:
    return {
        "no_reportado": here.t("La región todavía no entregó los datos de ese periodo, o los entregó incompletos."),
        "n_insuficiente": here.t("Hubo tan pocos casos que un porcentaje no diría nada."),
        "no_alcanzado": here.t("La mitad de los casos sigue abierta: todavía no se puede decir cuánto tardan."),
        "impreciso": here.t("Es una encuesta y la muestra no alcanza para dar una cifra de esa región."),
        "no_publicable": here.t("Son tan pocos casos que la cifra hablaría de personas a las que se podría reconocer, o ayudaría a deducirla."),
        "competencia_minem": here.t("En ese periodo la tarea era del Ministerio de Energía y Minas (MINEM) y no de la región."),
        "regla_no_superada": here.t("Los datos llegaron, pero incumplen una regla de calidad; se publicarán cuando se corrijan."),
        "no_desagregado": here.t("La fuente solo da la cifra de un territorio mayor."),
        "sin_registro": here.t("La fuente no registra casos en ese territorio. No es lo mismo que saber que no los hay."),
        "sin_denominador": here.t("No hubo casos entre los que dividir: no hay porcentaje que dar."),
    }.get(state, "")


def _deliveries(here: Here) -> Markup:
    """Tables whose newest period most regions have sent and some have not; deliveries that wait for another version."""
    names = tables_of(here.snap, here.lang)
    items = [
        together(
            tag("b", names.get(table, table)), f", {formats.period(period, here.lang)}: ",
            [x for c in absent for x in (", ", link(formats.place(c, here.lang), here.link(place_page(c))))][1:], ".",
        )
        for table, period, absent in here.book.missing
    ]  # fmt: skip
    refused = here.snap.refused()
    waiting = refused[refused["cod_region"].isin([r.codigo for r in regions()])]
    late = [
        together(link(formats.place(str(code), here.lang), here.link(place_page(str(code)))), f": {formats.number(len(rows), 0, here.lang)}.")
        for code, rows in waiting.groupby("cod_region")
    ]
    first = listed(items, cls="lista") or tag("p", here.t("Ninguno: todas las regiones entregaron el último periodo de cada tabla."))
    owing = {c for _, _, absent in here.book.missing for c in absent}
    count = here.t("{tablas} de {regiones}").format(
        tablas=formats.plural(len(items), here.t("tabla"), here.t("tablas"), here.lang),
        regiones=formats.plural(len(owing), here.t("región"), here.t("regiones"), here.lang),
    )
    sent = formats.plural(len(waiting), here.t("entrega"), here.t("entregas"), here.lang)
    return section(
        here.t("Datos que se esperan de las regiones"),
        folds.fold(here.t("Datos que todavía no han llegado"), count if items else here.t("ninguno"),
                   tag("p", here.t("De cada tabla, el último periodo que ya entregó la mayoría de regiones, y las que aún no lo entregan.")), first),
        folds.fold(here.t("Entregas que no superaron la revisión"), here.t("{entregas}; se espera una nueva versión").format(entregas=sent),
                   tag("p", here.t("Se recibieron y tienen errores; se espera una nueva versión. Cuántas, por región:")),
                   listed(late, cls="indice")) if late else None,
    )  # fmt: skip


def _nobody(here: Here) -> Markup:
    return section(
        here.t("Lo que este sitio no mide"),
        listed([
            here.t("A quien no está en ningún registro: los mineros informales que nunca se inscribieron no aparecen en las cifras de "
                   "formalización."),
            here.t("Nada de personas: ni nombres, ni documentos, ni el lugar exacto donde alguien trabaja."),
            here.t("Nada por debajo de la provincia, y de la provincia solo lo que tiene casos suficientes."),
            here.t("Si una decisión fue acertada: se mide si llegó a tiempo, no si fue justa."),
            here.t("Las causas: una cifra que cambia no dice por qué cambió."),
        ]),
    )  # fmt: skip
