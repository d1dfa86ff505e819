"""How `siegem kpi explain` is printed: an indicator from its question to its SQL, and the rows behind one of its figures. Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.markup import escape

from kpis.basis import Basis, behind
from kpis.by_hand import counts, marks, totals
from kpis.contributions import DENOMINATOR, NUMERATOR
from kpis.evidence import Cell, Evidence
from kpis.explain import clock_in_words, formula_in_words, rows_in_words
from kpis.publish import formula
from kpis.sentences import period_words
from ops import screen
from ops.kpi_screen import grid, place, say, state, told, value
from warehouse.indicators import Indicator
from warehouse.states import NOTICES, PUBLISHED, STATES


def sheet(basis: Basis) -> None:
    """The question, the formula in words, what chooses the rows, and where the columns come from."""
    i, publication = basis.indicator, basis.publication
    say(f"{i.name.es} ({i.id})")
    say(i.question.es)
    rows = [("Fórmula", formula_in_words(i)), ("Reloj", clock_in_words(i)), *rows_in_words(i)]
    rows += [("Unidad", i.unit.es), ("n mínimo", f"{i.min_n:,}"), ("Hecho", f"kpis/facts/{i.fact}.sql")]
    table = grid(["", ""])
    for heading, text in rows:
        table.add_row(f"[bold]{escape(heading)}[/bold]", escape(text))
    table.show_header = False
    screen.console.print(table)
    if publication is None:
        say("Todavía no está publicado: se explica la definición instalada sobre lo aceptado hoy.")
    else:
        reached = basis.deliveries.until(basis.plan.fact.tables)
        until = f", con datos al {reached:%d-%m-%Y}" if reached else ""
        say(f"Como quedó en la publicación N.º {publication.numero}, del {publication.creada_en:%d-%m-%Y}{until}.")
    lineage = grid(["tabla", "versión", "columnas de las que sale la cifra", "columnas que además lee el hecho"], ("versión",))
    for name, version in sorted(basis.versions.items()):
        own = basis.sheet["ficha"]["linaje"].get(name, [])
        others = [c for c in basis.plan.fact.reads.get(name, ()) if c not in own]
        lineage.add_row(name, str(version), ", ".join(own) or "—", ", ".join(others) or "—")
    screen.console.print(lineage)


def statement(basis: Basis) -> None:
    """The SQL of stage 1 as it stands in the sheet, and how the added-up states become the value."""
    say("SQL de la primera etapa (suma por lugar, periodo y desglose):")
    screen.console.print(str(basis.sheet["sql"]).rsplit("\n-- ", 1)[0], markup=False, soft_wrap=True)
    say(f"Segunda etapa: {formula(basis.indicator)}")


def deliveries(basis: Basis, cell: Cell | None = None) -> None:
    """The deliveries in force behind the figures, a line for each table."""
    found = behind(basis, cell.territory if cell else "", cell.period if cell else "")
    numbers = ("cuántas", "filas", "en cuarentena")
    table = grid(["entregas de", "cuántas", "periodos", "última recibida", "filas", "en cuarentena", *(["las del periodo"] if cell else [])], numbers)
    for name, own in found.groupby("tabla"):
        row = [str(name), f"{len(own):,}", f"{own['periodo'].min()} a {own['periodo'].max()}", f"{own['recibido_en'].max():%d-%m-%Y}"]
        row += [f"{own['filas_aceptadas'].sum():,}", f"{own['filas_cuarentena'].sum():,}"]
        table.add_row(*map(escape, [*row, *([_of_period(own)] if cell else [])]))
    if len(found):
        screen.console.print(table)
    built = [t for t in basis.plan.fact.tables if t not in set(found["tabla"])]
    if built:
        say(f"Sin entregas, las arma el sistema: {', '.join(built)}.")


def _of_period(deliveries: pd.DataFrame) -> str:
    own = deliveries[deliveries["en_periodo"]]
    listed = [f"{r.cod_region} {r.periodo} v{r.version}" for r in own.sort_values(["periodo", "cod_region"]).itertuples()]
    return ", ".join(listed[:4]) + (f" y {len(listed) - 4:,} más" if len(listed) > 4 else "") or "ninguna"


def evidence(basis: Basis, found: Evidence, published: Mapping[str, Any] | None) -> None:
    """The figure as published, how many rows are in and out of it and why, and the figure made again from them."""
    i, cell = basis.indicator, found.cell
    split = f", {basis.words[cell.breakdown].get(cell.category, cell.category)}" if cell.category else ""
    say(f"{place(cell.territory)}{split}, {period_words(cell.period)}")
    if published is not None:
        say(f"Publicado: {told(published) or value(published, i)}")
    say(f"Filas del hecho «{basis.plan.fact.name}» en ese lugar y periodo: {found.rows.num_rows:,}")
    names = _names(i)
    sums = totals(found.rows)
    for key, number in counts(found.rows).items():
        if said := names.get(key, f"fuera: {key}"):
            added = sums.get(key.removeprefix("en_"), number)
            say(f"{number:>9,}  {said}" + (f", que suman {added:,.10g}" if added != number else ""))
    if i.reference is not None:
        say(f"Grupo de referencia: {sums['numerador_referencia']:,.10g} de {sums['denominador_referencia']:,.10g}.")
    for key, number in marks(found.rows).items():
        say(f"{number:>9,}  dan lugar a «{NOTICES[key][0] if key in NOTICES else STATES[key][0]}»")
    if found.undated:
        say(f"Además, {found.undated:,} filas de ese lugar no tienen «{basis.plan.clock}» y no cuentan en ningún periodo.")
    if found.hidden:
        say(f"No se muestran las columnas restringidas: {', '.join(found.hidden)}.")
    say(_again(i, found.figure, published))


def _names(indicator: Indicator) -> dict[str, str]:
    """What the rows in the numerator and in the denominator are, by form; nothing where the form has none."""
    if indicator.quantile is not None:
        return {NUMERATOR: "ya terminadas" if indicator.form == "survival" else "", DENOMINATOR: "con valor: entran en el cuantil"}
    return {NUMERATOR: "en el numerador", DENOMINATOR: "" if indicator.form == "count" else "en el denominador"}


def _again(indicator: Indicator, figure: float | None, published: Mapping[str, Any] | None) -> str:
    """What the rows give, and whether it is what was published."""
    made = "no sale ninguna cifra" if figure is None else f"sale {figure:.10g} {indicator.unit.es}"
    if published is None:
        return f"De esas filas {made}."
    if published["estado"] != PUBLISHED:
        return f"De esas filas {made}; no se publica: {state(str(published['estado']))}."
    if figure is not None and abs(figure - published["valor"]) <= 1e-9 * max(1.0, abs(figure)):
        return f"De esas filas {made}: es lo publicado."
    return f"De esas filas {made}, y se publicó {published['valor']:.10g}: no coinciden. Avise a quien mantiene el sistema."
