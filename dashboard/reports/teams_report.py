"""The Regional Teams' report: the reports they owed and what was made of them, the activities of the plan, their people, the data they deliver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import formats
from dashboard.figures.request import records
from dashboard.language import t
from dashboard.narrative import cards, sentences
from dashboard.published import Sheet, Snapshot
from dashboard.reports import blocks, cells, deliveries, heading, typeset
from dashboard.reports.blocks import Block, Head
from dashboard.reports.rows import Row, shown
from warehouse.errors import NothingPublished
from warehouse.periods import parse
from warehouse.territories import PILOTS, pilots

REPORTS, PLAN = "pct_informes_er_oportunos", "avance_fisico_ponderado"
PEOPLE = ("cobertura_plazas_mineras", "rotacion_directores_24m", "pct_personal_capacitado", "pct_funciones_ejercidas")
AGREED = "pct_acuerdos_foro_cumplidos"


def teams_report(snap: Snapshot, period: str, lang: str = "es", site: str = "") -> bytes:
    """The report of a period (a quarter, half or year) as a PDF. Raises NothingPublished where none of its indicators is in the publication."""
    code = parse(period).code
    known = {s.id: s for s in snap.indicators()}
    data = [s.id for s in snap.indicators() if s.area == cards.ABOUT_DATA]
    used = [known[i] for i in (REPORTS, PLAN, *PEOPLE, AGREED, *data) if i in known and moment(snap, known[i], code)]
    if not used:
        raise NothingPublished(
            f"La publicación {snap.number} no dice nada de los Equipos Regionales hasta {code}.", cure="Elija un periodo posterior."
        )
    title = t("Equipos Regionales, {periodo}", lang).format(periodo=formats.period_between(code, lang))
    told = _sentence(snap, known.get(REPORTS), code, lang)
    content = heading.common(snap, used, title, told, lang) | {
        "rotulo": title, "quien": formats.listing([formats.place(p.codigo, lang) for p in pilots()], lang), "frase": told,
        "bloques": [*_reports(snap, known.get(REPORTS), code, lang), *_plan(snap, known.get(PLAN), code, lang),
                    *_group(snap, [known[i] for i in PEOPLE if i in known], code, t("Su gente y sus funciones", lang), lang),
                    *_group(snap, [known[AGREED]] if AGREED in known else [], code, t("Acuerdos del Foro", lang), lang),
                    *_group(snap, [known[i] for i in data], code, t("Los datos que entregan", lang), lang),
                    *_deliveries(snap, code, lang), *_limits(known, used, lang)],
        "notas": [_sources(snap, used, lang)], "enlace_rotulo": t("Este informe, siempre igual:", lang),
        "enlace": heading.permalink(snap, f"/informes/equipos-{code}.pdf", lang, site),
    }  # fmt: skip
    return typeset.pdf("informe.typ", content, snap.publication.creada_en)


def places() -> list[str]:
    return [*(p.codigo for p in pilots()), PILOTS]


def moment(snap: Snapshot, sheet: Sheet, period: str) -> tuple[str, str] | None:
    """(kind, period) of an indicator for a report: the same period where it is measured so, else its last one that ends by then."""
    asked = parse(period)
    for kind in dict.fromkeys((asked.kind, sheet.main_period, *sheet.periods)):
        known = [p for p in snap.periods(sheet.id, kind) if parse(p).end <= asked.end] if kind in sheet.periods else []
        if known:
            return kind, known[-1]
    return None


def at(snap: Snapshot, sheet: Sheet, period: str) -> tuple[str, dict[tuple[str, str, str], Row]]:
    """The period, and (territory, breakdown, category) -> value of the teams and their group."""
    found = moment(snap, sheet, period)
    if found is None:
        return "", {}
    kind, code = found
    rows = records(snap.values(sheet.id, kind=kind, period=code, territory=places()))
    return code, {(r["territorio"], r["desglose"], r["categoria"]): shown(r) for r in rows}


def _sentence(snap: Snapshot, sheet: Sheet | None, period: str, lang: str) -> str:
    if sheet is None:
        return t("Esta publicación no trae los informes de los Equipos Regionales: no son un indicador público.", lang)
    when, rows = at(snap, sheet, period)
    row = rows.get((PILOTS, "", ""))
    if row is None or not sentences.is_published(row):
        why = sentences.absence(row, sheet, lang) if row is not None else t("sin dato", lang)
        return t("No se sabe cuántos informes llegaron a tiempo: {razon}.", lang).format(razon=why)
    told = t("Hasta su fecha límite llegaron {k} de {n} informes que vencían en {periodo} ({parte}).", lang)
    k, n = (formats.number(row[x], 0, lang) for x in ("numerador", "denominador"))
    return told.format(k=k, n=n, periodo=formats.period(when, lang), parte=sentences.value(row, sheet, lang))


def _reports(snap: Snapshot, sheet: Sheet | None, period: str, lang: str) -> list[Block]:
    """Reports due, in time and used."""
    head = blocks.title(t("Informes debidos, a tiempo y usados", lang))
    if sheet is None:
        return [head, blocks.paragraph(t("No están en esta publicación.", lang))]
    when, rows = at(snap, sheet, period)
    heads: list[Head] = [
        (t("Equipo", lang), 3.4, False), (t("Debidos", lang), 1.4, True), (t("A tiempo", lang), 1.4, True), (t("Parte a tiempo", lang), 1.8, True),
        (t("Intervalo de 95 %", lang), 2.0, True), (t("Cambio", lang), 3.4, False), (t("Meta", lang), 3.6, False),
    ]  # fmt: skip
    lines = [_owed(rows.get((code, "", "")), code, sheet, lang) for code in places()]
    made = [head, blocks.table(heads, lines, titled=f"{sheet.text('name', lang)}, {formats.period(when, lang)}")]
    for breakdown in sheet.breakdowns:
        titled = str((breakdown["title"] or {}).get(lang) or breakdown["title"]["es"])
        made += _split(sheet, rows, str(breakdown["name"]), titled, lang)
    return made


def _owed(row: Row | None, code: str, sheet: Sheet, lang: str) -> list[Any]:
    name = {"t": formats.place(code, lang), "b": code == PILOTS}
    if row is None:
        return [name, {"t": t("sin dato", lang), "f": 6}]
    if not sentences.is_published(row):
        return [name, cells.absent(row, sheet, lang, 6)]
    due, sent = (formats.number(row[k], 0, lang) for k in ("denominador", "numerador"))
    return [
        name,
        due,
        sent,
        cells.value(row, sheet, lang),
        cells.limits(row, sheet, lang),
        cells.change(row, sheet, lang),
        cells.target(row, sheet, lang),
    ]


def _split(sheet: Sheet, rows: dict[tuple[str, str, str], Row], breakdown: str, titled: str, lang: str) -> list[Block]:
    """A breakdown: a line for each category, a column for each team and one for the group."""
    categories = list(dict.fromkeys(c for _, b, c in rows if b == breakdown))
    if not categories:
        return []
    heads: list[Head] = [(titled, 4.6, False), *((formats.place(code, lang), 3.2, False) for code in places())]
    lines = [
        [sentences.category_name(sheet, c, lang), *(_part(rows.get((code, breakdown, c)), sheet, lang) for code in places())] for c in categories
    ]
    return [blocks.table(heads, lines, titled=f"{sheet.text('name', lang)} · {titled}",
                         below=t("La parte a tiempo de los de cada clase; debajo, cuántos de cuántos.", lang))]  # fmt: skip


def _part(row: Row | None, sheet: Sheet, lang: str) -> Any:
    if row is None:
        return formats.DASH
    if not sentences.is_published(row):
        return {"t": sentences.reason(row, lang), "a": True}
    proof = sentences.parts(row, sheet, lang)
    return {"t": cells.figure(row, sheet, lang), "b": True, "s": proof}


def _plan(snap: Snapshot, sheet: Sheet | None, period: str, lang: str) -> list[Block]:
    """The activities of the plan, and how far they are of their goal of the year."""
    head = blocks.title(t("Actividades del plan", lang))
    if sheet is None:
        return [head, blocks.paragraph(t("No están en esta publicación.", lang))]
    when, rows = at(snap, sheet, period)
    if not rows:
        return []
    total = [{"t": t("Todo el plan", lang), "b": True}, *(_part(rows.get((code, "", "")), sheet, lang) for code in places())]
    heads: list[Head] = [(t("Actividad", lang), 4.6, False), *((formats.place(code, lang), 3.2, False) for code in places())]
    categories = list(dict.fromkeys(c for _, b, c in rows if b == "actividad"))
    lines = [
        [sentences.category_name(sheet, c, lang), *(_part(rows.get((code, "actividad", c)), sheet, lang) for code in places())] for c in categories
    ]
    asked = rows.get((PILOTS, "", ""))
    goal = cells.target(asked, sheet, lang) if asked is not None and sentences.is_published(asked) else ""
    below = t("Meta a esa fecha: {meta}.", lang).format(meta=goal["t"] if isinstance(goal, dict) else goal) if goal else ""
    return [head, blocks.table(heads, [*lines, total], titled=f"{sheet.text('name', lang)}, {formats.period(when, lang)}", below=below)]


def _group(snap: Snapshot, sheets: Sequence[Sheet], period: str, titled: str, lang: str) -> list[Block]:
    """Indicators as lines, teams as columns, each with its own period."""
    lines: list[Any] = []
    for sheet in sheets:
        when, rows = at(snap, sheet, period)
        if rows:
            unit = sheet.unit(lang)
            name = sheet.text("short_name", lang) + ("" if formats.is_percentage(unit) else f" ({unit.split(' (', 1)[0]})")
            lines.append([name, formats.period(when, lang), *(_valued(rows.get((code, "", "")), sheet, lang) for code in places())])
    if not lines:
        return []
    heads: list[Head] = [(t("Indicador", lang), 3.8, False), (t("Periodo", lang), 2.0, False)]
    heads += [(formats.place(code, lang), 2.9, False) for code in places()]
    return [blocks.title(titled), blocks.table(heads, lines, below=t("Bajo cada valor, su intervalo de 95 % o los casos en que se apoya.", lang))]


def _valued(row: Row | None, sheet: Sheet, lang: str) -> Any:
    if row is None or not sentences.is_published(row):
        return _part(row, sheet, lang)
    limits = formats.interval(row["inferior"], row["superior"], sheet.decimals, lang)
    return {"t": cells.figure(row, sheet, lang), "b": True, "n": cells.marks(row), "s": limits or sentences.parts(row, sheet, lang)}


def _deliveries(snap: Snapshot, period: str, lang: str) -> list[Block]:
    """What each pilot delivered in the year of the period, all tables together."""
    year = parse(period).end.year
    titled = t("Entregas de datos de {anio}", lang).format(anio=year)
    return [blocks.title(titled), deliveries.totals(snap, [p.codigo for p in pilots()], year, lang)]


def _limits(known: dict[str, Sheet], used: Sequence[Sheet], lang: str) -> list[Block]:
    """How to read the figures, as their definitions say it; what is not in this publication."""
    told = [str(x.get(lang) or x.get("es") or "") for s in used if s.id in (REPORTS, PLAN) for x in s.ficha.get("reading") or []]
    missing = [i for i in (REPORTS, PLAN, *PEOPLE) if i not in known]
    if missing:
        told.append(t("No son públicos, y por eso no están aquí: {n} de los indicadores de los equipos.", lang).format(n=len(missing)))
    return [blocks.title(t("Cómo leerlo", lang)), blocks.points([("", x) for x in dict.fromkeys(told) if x])] if told else []


def _sources(snap: Snapshot, used: Sequence[Sheet], lang: str) -> str:
    names = list(dict.fromkeys(name for s in used for name in snap.publishers(s, lang)))
    return t("Fuente: {nombres} · Datos al {fecha}", lang).format(nombres="; ".join(names), fecha=formats.day(snap.publication.datos_al, lang))
