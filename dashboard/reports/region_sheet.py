"""The sheet of a region: two pages of paper that say the same as its page: facts to say aloud, what worries, what is missing, the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboard import formats
from dashboard.language import t
from dashboard.narrative import cards, headlines, indice, quality, region_changes, region_facts, region_sections
from dashboard.narrative.region_spine import Vertebra
from dashboard.published import Snapshot
from dashboard.reports import absences, charts, heading, profile, sheet_table, typeset
from dashboard.reports.rows import Newest
from dashboard.reports.said import statements
from dashboard.reports.words import plain, runs, within
from warehouse.territories import all_territories


@dataclass(frozen=True)
class First:
    """How tight the first page is set: size of the text and of the absences, points of each list, letters of each statement, charts, statements.

    `names`: indicators named of each reason why there is no value; 0 = all of them.
    """

    text: float
    absences: float
    listed: int
    letters: int
    charts: int = 3
    said: int = 2
    names: int = 0


@dataclass(frozen=True)
class Second:
    """How tight the second page is set: indicators, size of the table's text, room over and under each line."""

    most: int
    text: float
    room: float


#: from the widest to the tightest; the first that fits is the sheet
FIRST = (
    First(10.2, 9.2, 5, 700), First(9.6, 8.8, 5, 600), First(9.2, 8.4, 5, 500), First(9, 8, 4, 420), First(8.8, 7.8, 4, 340, 0),
    First(8.6, 7.4, 3, 260, 0), First(8.2, 7, 3, 180, 0, 1), First(8, 6.6, 2, 140, 0, 1), First(7.6, 6.2, 2, 120, 0, 1),
    First(8, 7.4, 2, 120, 0, 1, 4), First(7.4, 6.6, 1, 90, 0, 1, 2),
)  # fmt: skip
SECOND = (
    Second(26, 7.8, 3.6), Second(32, 7.7, 3.1), Second(38, 7.6, 2.5), Second(46, 7.5, 1.8), Second(54, 7.4, 1.5), Second(54, 7.3, 1.2),
    Second(48, 7.3, 1.2), Second(42, 7.2, 1.2), Second(36, 7.2, 1.1), Second(28, 7.2, 1), Second(18, 7.2, 1), Second(10, 7, 1),
)  # fmt: skip


def region_sheet(snap: Snapshot, region: str, lang: str = "es", site: str = "") -> bytes:
    """The two pages as a PDF. `site`: the public address of the installation, for the permanent link."""
    newest = Newest.of(snap)
    pairs, bones = newest.of_region(region), sheet_table.bones(newest, region)
    content = _content(newest, pairs, region, lang)
    content |= {"enlace_rotulo": t("Esta ficha, siempre igual:", lang), "enlace": heading.permalink(snap, f"/region/{region}/ficha.pdf", lang, site)}
    plotted = _charts(snap, _managed(pairs), region, FIRST[0].charts, lang)
    one, two = 0, _start(sum(b.shown for b in bones))
    while True:
        try:
            tight = _first(snap, pairs, region, FIRST[one], lang) | _second(snap, bones, SECOND[two], lang)
            return typeset.pdf("ficha.typ", content | tight | {"series": plotted[: FIRST[one].charts]}, snap.publication.creada_en)
        except typeset.TooLong as error:
            one, two = (one + 1, two) if error.page == 1 else (one, two + 1)
            if one == len(FIRST) or two == len(SECOND):
                raise


def _start(known: int) -> int:
    """The widest setting of the table that has room for so many indicators; the first of the largest ones where none has."""
    return next((i for i, s in enumerate(SECOND) if s.most >= known), 4)


def _content(newest: Newest, pairs: list[Any], code: str, lang: str) -> dict[str, Any]:
    """What does not depend on how tight it is set."""
    snap = newest.snap
    name, known = formats.place(code, lang), all_territories()[code]
    managed = _managed(pairs)
    told, below = region_facts.sentence(managed, name, lang)
    title = t("Ficha de {nombre}", lang).format(nombre=name)
    facts = within(region_facts.facts(snap, managed, code, newest.countries(), lang), "", "tarjeta")
    return heading.common(snap, snap.indicators(), title, told, lang) | {
        "nombre": name, "quien": f"{known.autoridad}{' · ' + t('región piloto', lang) if known.piloto else ''}", "frase": told, "debajo": below,
        "t_hechos": t("Tres hechos que se pueden decir", lang), "t_peor": t("Lo que preocupa", lang), "t_mejor": t("Lo que mejora o destaca", lang),
        "t_perfil": t("Perfil por dimensión", lang), "t_falta": t("Lo que no aplica o no se sabe", lang),
        "t_tabla": t("Indicadores principales", lang),
        "t_calidad": t("Calidad de los datos de la región", lang), "t_dice": t("Lo que dice la región (descargos)", lang),
        "hechos": [{"rotulo": plain(within(f, "P", "tarjeta__rotulo")), "texto": runs(within(f, "P", "tarjeta__texto"))} for f in facts],
        "tabla_nota": t("Último periodo de cada indicador. El valor es el publicado; su intervalo dice lo que los casos permiten afirmar.", lang),
        "falta_nota": t("Todos los indicadores de esta publicación tienen dato en la región.", lang),
        **_profile(snap, code, lang), **_quality(snap, code, lang),
    }  # fmt: skip


def _managed(pairs: list[Any]) -> list[Any]:
    """How good the data are has its own place: facts and lists are about management."""
    return [p for p in pairs if p[1].area != cards.ABOUT_DATA] or pairs


def _profile(snap: Snapshot, code: str, lang: str) -> dict[str, Any]:
    reading = indice.read(snap)
    if reading is None or code not in reading.results:
        return {"perfil": None, "perfil_nota": t("Esta publicación no trae el Índice de Desempeño Regional.", lang)}
    found = indice.finding(reading, reading.results[code], lang)
    titled = f"{t('Perfil por dimensión', lang)}, {formats.period(reading.period, lang)}"
    number = runs(region_sections.number(reading, code, lang))
    return {"t_perfil": titled, "perfil": profile.figure(reading, code, lang), "perfil_frase": f"{found}.", "indice": number}


def _quality(snap: Snapshot, code: str, lang: str) -> dict[str, Any]:
    made = quality.of_region(snap, code, lang)
    pairs = [(plain(within(x, "Dt")), plain(within(x, "Dd")).strip(" ,")) for x in within(made, "Div", "ficha__fila")]
    return {"calidad": pairs, "calidad_nota": "" if pairs else plain(within(made, "P"))}


def _first(snap: Snapshot, pairs: list[Any], code: str, tight: First, lang: str) -> dict[str, Any]:
    managed = _managed(pairs)
    said = statements(snap, code, lang, tight.said, tight.letters)
    return {
        "tam": tight.text, "tam_falta": tight.absences, "t_series": t("Cómo ha cambiado", lang),
        "falta": absences.halves(absences.told(pairs, lang, tight.names)),
        "peor": _list(region_changes.strengths(managed, lang, ("peor",), "empeora"), "empeora", tight.listed, lang),
        "mejor": _list(region_changes.strengths(managed, lang), "mejora", tight.listed, lang),
        "dice": said, "dice_nota": t("La región no ha enviado ningún descargo sobre estos datos.", lang),
    }  # fmt: skip


def _charts(snap: Snapshot, managed: list[Any], code: str, most: int, lang: str) -> list[dict[str, Any]]:
    """The indicator people ask for first, then those that changed most, worse before better, then any other with a value."""
    first = [p for p in managed if p[1].id == headlines.FAVOURITE]
    judged = [p for p in managed if p[1].direction != "context"]
    moved = [*region_changes.firm(judged, "empeora")[:1], *region_changes.firm(judged, "mejora")[:1], *region_changes.firm(judged)]
    rest = [p for p in judged if p[1].main_period != "anio"]
    found = []
    for sheet in {s.id: s for _, s in (*first, *moved, *rest)}.values():
        made = charts.of_region(snap, sheet, code, lang)
        found += [made] if made is not None else []
        if len(found) == most:
            break
    return found


def _list(made: list[Any], mark: str, most: int, lang: str) -> dict[str, Any]:
    """The points of a list of the page: name, what is said of it, value; and how many more there are."""
    items = within(made, "Li")
    if not items:
        return {"puntos": [], "nota": plain(made), "resto": ""}
    points = [
        {"m": mark, "nombre": plain(within(x, "B")[:1]), "dicho": plain(within(x, "Small")), "valor": plain(within(x, "B")[-1:])} for x in items
    ]
    rest = within(made, "P")
    beyond = len(items) - most + (_counted(plain(rest)) if rest else 0)
    return {"puntos": points[:most], "nota": "", "resto": t("y {n} más", lang).format(n=beyond) if beyond > 0 else ""}


def _counted(text: str) -> int:
    return int("".join(c for c in text if c.isdigit()) or 0)


def _second(snap: Snapshot, bones: list[Vertebra], tight: Second, lang: str) -> dict[str, Any]:
    return {"tam_tabla": tight.text, "alto_fila": tight.room, **sheet_table.table(snap, bones, tight.most, lang)}
