"""How `siegem kpi lint`, `preview` and `diff` are printed. Spanish; nothing is computed here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from rich.markup import escape
from rich.table import Table

from kpis.lint import Fault, Lint
from kpis.redefinition import ABSENT, Redefinition
from kpis.sentences import amount, period_words
from kpis.trial import Trial
from ops import screen
from warehouse.indicators import Indicator
from warehouse.states import CROSSED, NOTICES, PERSON, PUBLISHED, STATES
from warehouse.territories import all_territories

#: files named in one warning; the rest are counted
NAMED = 16
_STATE = {k: es for k, (es, _) in STATES.items()} | {ABSENT: "Sin fila"}


def say(text: str) -> None:
    """A line as it is, however long: a terminal folds it."""
    screen.console.print(escape(text), soft_wrap=True)


def grid(headings: Sequence[str], right: Iterable[str] = ()) -> Table:
    """An empty table without frame; the columns named in `right` hold numbers."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def place(code: str) -> str:
    """The name of a territory."""
    found = all_territories().get(code)
    return found.nombre if found else code


def state(key: str) -> str:
    """What a state is called, inside a sentence."""
    text = _STATE[key]
    return text[0].lower() + text[1:]


def value(row: Mapping[Any, Any] | None, indicator: Indicator) -> str:
    """The value, or the state that it has instead; a dash where there is no such cell."""
    if row is None:
        return "—"
    return amount(row["valor"], indicator.decimals) if row["estado"] == PUBLISHED else state(row["estado"])


def faults(found: Lint, warnings: Sequence[Fault]) -> None:
    """Every fault on a line; warnings that say the same of several files on one."""
    for fault in found.faults:
        say(f"falta   {fault}")
    for line in _grouped(warnings):
        say(f"aviso   {line}")
    indicators, facts = len(found.indicators), len(found.facts)
    looked = f"{indicators:,} indicador{'' if indicators == 1 else 'es'} y {facts:,} hecho{'' if facts == 1 else 's'}, con sus ejemplos"
    say(f"{looked}: {_many(len(found.faults), 'falta', 'faltas')}, {_many(len(warnings), 'aviso', 'avisos')}.")
    if found.faults:
        say("Qué lleva cada clave: docs/indicadores-nuevos.md")


def _many(number: int, one: str, several: str) -> str:
    return f"sin {several}" if not number else f"{number:,} {one if number == 1 else several}"


def _grouped(warnings: Sequence[Fault]) -> Iterator[str]:
    same: dict[str, list[Fault]] = defaultdict(list)
    for warning in warnings:
        same[warning.text].append(warning)
    for text, those in same.items():
        names = [w.path.stem for w in those]
        more = f" y {len(names) - NAMED:,} más" if len(names) > NAMED else ""
        yield str(those[0]) if len(those) == 1 else f"{text} Son {len(those):,}: {', '.join(names[:NAMED])}{more}."


def preview(indicator: Indicator, made: Trial, values: pd.DataFrame, number: int, published: pd.DataFrame) -> None:
    """The values of one period by territory, beside those of the publication in force, where it has the indicator."""
    period, split = str(values["periodo"].iloc[0]), str(values["desglose"].iloc[0])
    title = next((f", por {b.title.es.lower()}" for b in indicator.breakdowns if b.name == split), "")
    say(f"{indicator.name.es}: {period_words(period)}{title}. Unidad: {indicator.unit.es}.")
    in_force = {_key(row): row for row in published[(published["periodo"] == period) & (published["desglose"] == split)].to_dict("records")}
    words = made.words[indicator.id].get(split, {})
    beside = f"publicación {number}"
    headings = ["territorio", "categoría", "valor", beside, "intervalo 95 %", "n", "num. / den.", "estado, o qué se dice"]
    shown = [h for h in headings if (h != "categoría" or split) and (h != beside or len(published))]
    table = grid(shown, ("valor", beside, "intervalo 95 %", "n", "num. / den."))
    for row in values.sort_values(["territorio", "categoria"]).to_dict("records"):
        said = _verdicts(row, indicator) if row["estado"] == PUBLISHED else state(row["estado"])
        cells = {
            "territorio": place(row["territorio"]), "categoría": words.get(row["categoria"], row["categoria"]),
            "valor": _number(row["valor"], indicator.decimals), beside: _in_force(in_force.get(_key(row)), row, indicator),
            "intervalo 95 %": _interval(row, indicator), "n": _number(row["n"], 0), "num. / den.": _parts(row), "estado, o qué se dice": said,
        }  # fmt: skip
        table.add_row(*(escape(cells[h]) for h in shown))
    screen.console.print(table)
    say(f"Estados aquí: {_states(values)}")
    say(f"Estados de los {len(made.values):,} valores de su historia: {_states(made.values)}")
    say_notices(values)
    hidden = int(values["supresion"].isin([PERSON, CROSSED]).sum())
    if hidden:
        say(f"Fuera del MEM no se verían {hidden:,} de estos valores: son de 1 a 4 personas, o las delatarían.")
    there = f"Al lado, la publicación {number}, vigente." if len(published) else f"«{indicator.id}» todavía no está publicado."
    say(f"{there} No se publicó nada ({made.seconds:.1f} s).")


def say_notices(values: pd.DataFrame) -> None:
    """The notices that the values carry and how many carry each: synthetic data say so wherever they appear."""
    found = Counter(notice for notices in values["avisos"] for notice in notices)
    if found:
        say(f"Avisos: {' · '.join(f'{NOTICES[k][0]} {n:,}' for k, n in found.most_common())}")


def _key(row: Mapping[Any, Any]) -> tuple[str, str]:
    return str(row["territorio"]), str(row["categoria"])


def _in_force(published: Mapping[Any, Any] | None, row: Mapping[Any, Any], indicator: Indicator) -> str:
    """The published value; its state where it is another than the one now, which stands in the last column."""
    same = published is not None and published["estado"] == row["estado"] != PUBLISHED
    return "" if same else value(published, indicator)


def _interval(row: Mapping[Any, Any], indicator: Indicator) -> str:
    low, high = (_number(row[c], indicator.decimals) for c in ("inferior", "superior"))
    return f"{low or '…'} a {high or '…'}" if low or high else ""


def _parts(row: Mapping[Any, Any]) -> str:
    num, den = (_number(row[c], 0 if pd.isna(row[c]) or float(row[c]).is_integer() else 2) for c in ("numerador", "denominador"))
    return f"{num} / {den}" if den else num


def _number(number: Any, decimals: int) -> str:
    return "" if number is None or pd.isna(number) else amount(float(number), decimals)


def told(row: Mapping[Any, Any]) -> str:
    """The sentence of a published value, without the place and the period; nothing where there is a state instead."""
    return str(row["frase"]).split(": ", 1)[-1] if row["estado"] == PUBLISHED and row["frase"] else ""


def _verdicts(row: Mapping[Any, Any], indicator: Indicator) -> str:
    """What that sentence says besides the figure, which stands in other columns."""
    rest = told(row).removeprefix(f"{value(row, indicator)} {indicator.unit.es}")
    return (rest.split(")", 1)[-1] if rest.startswith(" (") else rest).lstrip(". ")


def _states(values: pd.DataFrame) -> str:
    return " · ".join(f"{state(str(s))} {n:,}" for s, n in values["estado"].value_counts().items())


def redefinition(indicator: Indicator, found: Redefinition, breakdown: str, shown: int) -> None:
    """How many values of how many change, the states that change, and the largest changes of the main period."""
    cells, changed = found.cells, found.changed
    say(f"{indicator.name.es} ({indicator.id}). {f'Cambia: {keys}' if (keys := ', '.join(found.keys)) else 'Las dos definiciones son iguales'}.")
    moved, stated = int((cells["cambia_valor"] & ~cells["cambia_estado"]).sum()), int(cells["cambia_estado"].sum())
    say(f"De {len(cells):,} valores cambian {len(changed):,}: {moved:,} de cifra y {stated:,} de estado.")
    judged = int((cells["cambia_juicio"] & ~cells["cambia_estado"]).sum())
    if judged:
        say(f"En {judged:,} cambia lo que se dice frente al año anterior, la meta, el país o su serie.")
    pairs = Counter(changed.loc[changed["cambia_estado"], ["estado_antes", "estado_despues"]].itertuples(index=False, name=None))
    for (old, new), number in pairs.most_common():
        say(f"{number:>9,}  {state(old)} → {state(new)}")
    own = changed[(changed["tipo_periodo"] == indicator.main_period) & (changed["desglose"] == breakdown)]
    where = f"{f' por {breakdown}' if breakdown else ''}, por {indicator.main_period}"
    _listed(indicator, own[~own["cambia_estado"]], shown, f"cambios de cifra{where}, de mayor a menor")
    _listed(indicator, own[own["cambia_estado"]], shown, f"cambios de estado{where}, de más a menos casos")
    say_notices(cells.dropna(subset="avisos_despues").rename(columns={"avisos_despues": "avisos"}))
    say(f"No se publicó nada ({found.seconds:.1f} s).")


def _listed(indicator: Indicator, changed: pd.DataFrame, shown: int, what: str) -> None:
    """The first of the changed cells, which come in order."""
    if changed.empty:
        return
    split = str(changed["desglose"].iloc[0])
    first = f"{len(changed):,}" if len(changed) <= shown else f"Los primeros {shown:,} de {len(changed):,}"
    say(f"{first} {what}:")
    numbers = ("antes", "después", "cambio", "n antes", "n después")
    table = grid(["territorio", "periodo", *(["categoría"] if split else []), *numbers], numbers)
    for row in changed.head(shown).to_dict("records"):
        sides = ({"valor": row[f"valor_{s}"], "estado": row[f"estado_{s}"]} for s in ("antes", "despues"))
        change = "" if pd.isna(row["cambio"]) else f"{row['cambio']:+,.{indicator.decimals}f}"
        cells = [place(row["territorio"]), row["periodo"], *([row["categoria"]] if split else []), *(value(s, indicator) for s in sides), change]
        table.add_row(*map(escape, [*cells, _number(row["n_antes"], 0), _number(row["n_despues"], 0)]))
    screen.console.print(table)
