"""An indicator in words: its formula, its clock, which rows it counts. Spanish, from the definition alone."""

from __future__ import annotations

from warehouse.indicators import Indicator, Part

_CLOCKS = {
    "flow": "flujo: cada fila cuenta en el periodo de su «{column}»",
    "stock": "stock: la situación al final del periodo, según «{column}»",
    "as_reported": "tal como se publicó: cada cifra es de su periodo, «{column}»",
}


def formula_in_words(indicator: Indicator) -> str:
    """«100 × expedientes notificados a tiempo ÷ expedientes cuyo plazo venció»."""
    i = indicator
    times = "" if i.scale == 1 else f"{i.scale:,g} × "
    if i.form == "count":
        return f"{times}{_said(i.numerator)}"
    if i.form == "relative" and i.reference is not None:
        own, other = (f"({_said(a)} ÷ {_said(b)})" for a, b in ((i.numerator, i.denominator), (i.reference.numerator, i.reference.denominator)))
        return f"{times}{own} ÷ {other}"
    if i.quantile is not None:
        what = "mediana" if i.quantile.q == 0.5 else f"percentil {100 * i.quantile.q:g}"
        how = f"{what} de Kaplan-Meier, que cuenta también las filas sin terminar" if i.form == "survival" else what
        return f"{times}{how}: {_lower(i.quantile.text.es)}"
    return f"{times}{_said(i.numerator)} ÷ {_said(i.denominator)}"


def clock_in_words(indicator: Indicator) -> str:
    """What a row's period is, and how many months a value adds up."""
    clock = indicator.clock
    window = f"; suma los {clock.window_months} meses que terminan con el periodo" if clock.window_months else ""
    return _CLOCKS[clock.kind].format(column=clock.column) + window


def rows_in_words(indicator: Indicator) -> list[tuple[str, str]]:
    """(heading, expression) of what chooses the rows: filter, competence, what withholds a value."""
    i = indicator
    scope = ", salvo en el país, que cuenta las de todos" if i.competence_scope == "region" else ""
    found = [("Filtro", i.filter), ("Competencia", f"{i.competence}{scope}" if i.competence else "")]
    found += [(f"Aviso {name}", text) for name, text in i.flags.items()] + [(f"No se publica ({name})", text) for name, text in i.withheld.items()]
    found += [(f"No se publica ({name})", f"{s.numerator} / {s.denominator} > {s.above:g}") for name, s in i.withheld_above.items()]
    return [(heading, text) for heading, text in found if text]


def _said(part: Part | None) -> str:
    return _lower(part.text.es) if part is not None else ""


def _lower(text: str) -> str:
    """A text inside a sentence: its first letter small, unless it begins with an acronym."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]
