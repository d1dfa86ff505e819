"""The pages of a region, of the country and of a province: facts in one sentence each, what is not known and why, what the region says."""

from __future__ import annotations

from markupsafe import Markup

from dashboard import formats
from dashboard.destinations import folded
from dashboard.narrative import sentences
from dashboard.publico import blocks, folds, told
from dashboard.publico.bars import Bar
from dashboard.publico.book import PROVINCE, Fact, Row, capital, districts, foremost, opening, province_names, tables_of
from dashboard.publico.frame import Page, interactive
from dashboard.publico.here import Here
from dashboard.publico.slugs import place_page, province_page, question_page
from dashboard.publico.tags import link, listed, section, tag, together
from dashboard.published import Sheet
from warehouse.territories import COUNTRY, LIMA_DEPARTMENT, LIMA_REGIONS, region_of_ubigeo, regions

#: figures told before all of them, the page's own answer among these
_TOLD = 4
#: what is told open: longer lists are folded
_FEW = 4


def region(here: Here, code: str) -> Page:
    """A region, or the country: its answer, a few figures more, then all of them folded by theme."""
    name = formats.place(code, here.lang)
    facts = here.book.facts(code)
    most = foremost(facts, _TOLD)
    first = most[0] if most else None
    way = blocks.crumbs(here, *([] if code == COUNTRY else [(formats.place(COUNTRY, here.lang), place_page(COUNTRY))]))
    body = together(
        way, tag("p", name, cls="sobre titular"), _opened(here, code, first), blocks.synthetic_notice(here),
        blocks.on_this_page(here, _ways(here, facts)), _replies(here, code), folds.also(here, most[1:]),
        _compared(here, first), blocks.change(here, first[1], code) if first else None,
        folds.facts_by_theme(here, facts, code, _lima(here, code)), blocks.unknown(here, facts),
        _undelivered(here, code), _inside(here, code), blocks.downloads(here, place=code), blocks.cite(here, *(first or (None, None))),
        interactive(here, "/resumen" if code == COUNTRY else f"/region/{code}"),
    )  # fmt: skip
    return Page(here.t("{lugar}: gestión minera en cifras").format(lugar=name), _described(here, name, first), body)


def _ways(here: Here, facts: list[Fact]) -> list[tuple[str, str]]:
    ways = [(here.t("Todas las cifras, por tema"), "temas")] if facts else []
    ways += [(here.t("Lo que no sabemos"), "no-sabemos")] if any(not sentences.is_published(r) for r, _ in facts) else []
    return [*ways, (here.t("Descargar datos"), "descargar")]


def province(here: Here, code: str) -> Page:
    """A province that has some figure of its own; its region's page tells the rest."""
    name, of = province_names()[code], region_of_ubigeo(code)
    facts = here.book.provinces[code]
    first = opening(facts)
    assert first is not None  # a province without any figure has no page
    row, sheet = first
    region_name = formats.place(of, here.lang)
    own_name = here.t("{lugar} (prov.)").format(lugar=name) if name == region_name else ""
    over_name = here.t("{lugar} (región)").format(lugar=name) if own_name else region_name
    over = [Bar(over_name, r) for r in here.book.rows(sheet) if r["territorio"] == of and sentences.is_published(r)]
    verdict = here.t("La publicación no juzga diferencias entre provincias: son pocos casos. Mire si los márgenes se cruzan.")
    about = here.t("Provincia de {lugar}, región {region}.").format(lugar=name, region=formats.place(of, here.lang))
    head = capital(code)
    columns = here.t("En las columnas «desglose» y «categoria», la provincia lleva su código del INEI, {codigo}.").format(codigo=code)
    body = together(
        blocks.crumbs(here, (formats.place(of, here.lang), place_page(of))),
        tag("p", about, f" {here.t('Su distrito capital es {lugar}.').format(lugar=head)}" if head else "", cls="sobre"),
        blocks.opening(here, first), blocks.synthetic_notice(here), _replies(here, of),
        blocks.comparison(here, first, [*over, *blocks.country_bar(here, sheet)], verdict, own_name),
        blocks.change(here, sheet, of, code, name=name), folds.the_rest(here, facts, sheet.id), blocks.unknown(here, facts),
        _other_questions(here, facts, of), _districts(here, code),
        blocks.downloads(here, place=code, note=columns),
        blocks.cite(here, row, sheet), interactive(here, f"/provincia/{code}"),
    )  # fmt: skip
    title = here.t("Provincia de {lugar} ({region}): gestión minera en cifras").format(lugar=name, region=formats.place(of, here.lang))
    return Page(title, _described(here, name, first), body)


def _described(here: Here, name: str, first: Fact | None) -> str:
    if first is None:
        return here.t("{lugar}: qué se sabe y qué no se sabe de su gestión minera.").format(lugar=name)
    return told.sentence(*first, here.lang, strong=False).unescape()


def _opened(here: Here, code: str, first: Fact | None) -> Markup:
    if first is not None:
        return blocks.opening(here, first)
    told_ = here.t("De {lugar} esta publicación no trae ninguna cifra; cada ausencia dice su razón.")
    return tag("h1", told_.format(lugar=formats.place(code, here.lang)))


def _compared(here: Here, first: Fact | None) -> Markup | None:
    """Beside the country, with what the publication says of the difference."""
    if first is None or first[0]["territorio"] == COUNTRY:
        return None
    row, sheet = first
    name = formats.place(row["territorio"], here.lang)
    verdict = {
        "mejor": here.t("{lugar} está mejor que el conjunto de regiones, más de lo que explica el azar."),
        "peor": here.t("{lugar} está peor que el conjunto de regiones, más de lo que explica el azar."),
        "superior": here.t("{lugar} está por encima del conjunto de regiones, más de lo que explica el azar."),
        "inferior": here.t("{lugar} está por debajo del conjunto de regiones, más de lo que explica el azar."),
        "similar": here.t("No se puede afirmar una diferencia entre {lugar} y el conjunto de regiones."),
    }.get(row["frente_al_pais"] or "", here.t("La publicación no juzga si {lugar} difiere del conjunto de regiones."))
    whole = blocks.country_bar(here, sheet)
    if row["frente_al_pais"] == "similar" and any(_apart(row, bar.row) for bar in whole):
        # else the drawing, where the two margins do not meet, would deny the sentence (DESIGN section 5: limits with overdispersion)
        verdict = here.t(
            "Los márgenes no se cruzan, pero las regiones difieren tanto entre sí que la distancia de {lugar} al conjunto no es excepcional."
        )
    return blocks.comparison(here, first, whole, verdict.format(lugar=name))


def _apart(one: Row, other: Row) -> bool:
    """Whether two margins do not meet."""
    ends = (one["inferior"], one["superior"], other["inferior"], other["superior"])
    return None not in ends and (one["superior"] < other["inferior"] or other["superior"] < one["inferior"])


def _replies(here: Here, code: str) -> Markup | None:
    made = told.replies(here.book.replies(code), here.snap, here.lang) if code != COUNTRY else None
    return tag("div", made, id="descargos") if made is not None else None


def _lima(here: Here, code: str) -> Markup | None:
    """What sources publish only for the whole department belongs to neither of its two regions."""
    if code not in LIMA_REGIONS:
        return None
    facts = [(r, s) for r, s in here.book.facts(LIMA_DEPARTMENT) if sentences.is_published(r)]
    text = here.t("Estas cifras la fuente solo las da del departamento entero, sin separar sus dos gobiernos regionales.")
    items = [
        together(link(s.text("short_name", here.lang), here.link(question_page(s.id))), ": ", told.sentence(r, s, here.lang, where=False),
                 f" {formats.period(r['periodo'], here.lang)}.")
        for r, s in facts
    ]  # fmt: skip
    if not facts:
        return None
    count = formats.plural(len(facts), here.t("cifra"), here.t("cifras"), here.lang)
    line = f"{count}: {folds.named(here, [s.text('short_name', here.lang) for _, s in facts])}"
    return folds.fold(here.t("Del departamento de Lima"), line, tag("p", text), listed(items, cls="lista"))


def _undelivered(here: Here, code: str) -> Markup | None:
    """Data that were expected of a region and are not in the publication."""
    if code == COUNTRY:
        return None
    names = tables_of(here.snap, here.lang)
    owed = [(names.get(table, table), formats.period(period, here.lang)) for table, period, absent in here.book.missing if code in absent]
    refused = here.snap.refused()
    wrong = [(names.get(r["tabla"], r["tabla"]), formats.period_or_word(r["periodo"], here.lang))
             for r in refused[refused["cod_region"] == code].to_dict("records")]  # fmt: skip
    items = [here.t("«{tabla}», {periodo}: no ha llegado.").format(tabla=table, periodo=period) for table, period in owed]
    text = here.t("«{tabla}», {periodo}: se recibió, pero no superó la revisión; se espera una nueva versión.")
    items += [text.format(tabla=table, periodo=period) for table, period in wrong]
    title = here.t("Datos de la región que faltan")
    if not items:
        return section(
            title, tag("p", here.t("Ninguno: llegó todo lo que esta publicación esperaba de la región para el último periodo de cada tabla."))
        )
    if len(items) <= _FEW:
        return section(title, listed(items))
    counts = [here.t("{n} sin llegar").format(n=len(owed))] if owed else []
    counts += [here.t("{n} con errores").format(n=len(wrong))] if wrong else []
    return section(title, folds.fold(", ".join(counts), folds.named(here, list(dict.fromkeys(t for t, _ in (*owed, *wrong)))), listed(items)))


def _inside(here: Here, code: str) -> Markup | None:
    """The places within this one that have a page."""
    if code == COUNTRY:
        return section(here.t("Las 26 regiones"), listed([link(r.nombre, here.link(place_page(r.codigo))) for r in regions()], cls="indice"))
    own = here.book.of_region(code)
    if not own:
        return None
    names = province_names()
    made = [link(names[p], here.link(province_page(p))) for p in sorted(own, key=lambda p: folded(names[p]))]
    return section(here.t("Sus provincias"), tag("p", here.t("Las que tienen alguna cifra propia en esta publicación.")), listed(made, cls="indice"))


def _other_questions(here: Here, facts: list[Fact], of: str) -> Markup:
    """What is measured by province but not of this one; for the rest, its region."""
    told_ids = {s.id for _, s in facts}
    rest: list[Sheet] = [s for s in here.book.sheets.values() if s.id not in told_ids and any(b["name"] == PROVINCE for b in s.breakdowns)]
    more = tag("p", here.t("Las demás cifras se publican por región:"), " ", link(formats.place(of, here.lang), here.link(place_page(of))), ".")
    if not rest:
        return together(more)
    joined = [x for s in rest for x in (", ", link(s.text("short_name", here.lang), here.link(question_page(s.id))))][1:]
    return together(tag("p", here.t("De esta provincia la publicación no trae estas cifras, que sí da de otras provincias:"), " ", joined, "."), more)


def _districts(here: Here, code: str) -> Markup:
    own = [name for ubigeo, name in sorted(districts().items()) if ubigeo.startswith(code)]
    return tag("p", here.t("Distritos de esta provincia:"), " ", formats.listing(own, here.lang), ".", cls="nota")
