"""Definitions tried over the accepted data without publishing: what a draft would say, and what a changed one would change."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from kpis.anew import versions_read
from kpis.compile import Plan, plans
from kpis.engine import Progress, compute
from kpis.facts import Fact, load_facts
from kpis.gate import gate_of, known
from kpis.labels import names_of, words_of
from kpis.lint import fact_named_in, lint
from kpis.sentences import sentences
from kpis.states import StateStore
from warehouse import catalogue, submissions
from warehouse.contracts import Contract
from warehouse.errors import DeclarationError, SiegemError, suggest
from warehouse.indicators import Indicator, load_indicator
from warehouse.periods import parse
from warehouse.states import PUBLISHED
from warehouse.store import Warehouse
from warehouse.territories import territory
from warehouse.told_before import told_before

UNTOUCHED = "No se publicó ni se cambió nada."


@dataclass(frozen=True)
class Trial:
    """`values` has the columns of a publication. `words`: indicator -> breakdown -> category -> what it is called."""

    values: pd.DataFrame
    words: dict[str, dict[str, dict[str, str]]]
    seconds: float

    def told(self, values: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
        """Some of the values with the sentence of each: those by category are kept without."""
        return values.assign(frase=sentences(values, indicator, self.words[indicator.id]))


def definition_path(which: str) -> Path:
    """The file that a word of the command line names: a path, or the id of an installed indicator. Raises SiegemError with the nearest id."""
    path = Path(which)
    if path.suffix in (".yml", ".yaml"):
        if not path.is_file():
            raise SiegemError(f"No existe el archivo «{which}».", cure="Escriba la ruta de una definición, o el id de un indicador.")
        return path
    installed = catalogue.DEFINITIONS / f"{which}.yml"
    if not installed.is_file():
        known = [p.stem for p in catalogue.DEFINITIONS.glob("*.yml")]
        raise SiegemError(f"No existe el indicador «{which}».{suggest(which, known)}", cure="Vea los indicadores en docs/indicadores.md.")
    return installed


def read(which: str) -> Indicator:
    """The definition that a word names. Only its own file and its fact's are read. Raises DeclarationError with every fault of both."""
    path, contracts = definition_path(which), catalogue.contracts()
    try:
        found = load_indicator(path)
        plans({found.id: found}, _facts([found], contracts))
    except DeclarationError as error:
        fact = catalogue.FACTS / f"{fact_named_in(path)}.sql"
        faults = lint([path], [fact] if fact.is_file() else [], contracts).faults
        told = "\n".join(map(str, faults)) or error.what
        raise DeclarationError(told, stands=UNTOUCHED, cure=f"Corrija y repita; para ver todo: siegem kpi lint {which}") from error
    return found


def run(warehouse: Warehouse, definitions: Mapping[str, Indicator], progress: Progress | None = None) -> Trial:
    """Every value of those definitions over what is accepted now. States are kept in a folder that goes away: the published ones stay as they are."""
    start = time.monotonic()
    contracts, versions = catalogue.contracts(), submissions.accepted_versions(warehouse.engine)
    made = plans(definitions, _facts(definitions.values(), contracts))
    need_accepted(made, versions, contracts)
    deliveries, granted = known(warehouse)
    own = warehouse.settings
    with tempfile.TemporaryDirectory(prefix="siegem-ensayo-") as folder:
        store = StateStore(Path(folder), warehouse.delta, contracts, versions_read(made, versions), own.memoria_motor, own.hilos_motor)
        # held back by the same gate as what is published: a draft must not show what its publication would not
        values = compute(made, store, deliveries, progress, gate_of(deliveries, granted), told_before(warehouse.engine)).values
    return Trial(values, _words(warehouse, made, contracts, versions), time.monotonic() - start)


def need_accepted(made: Iterable[Plan], versions: Mapping[str, int], contracts: Mapping[str, Contract]) -> None:
    """Raises SiegemError naming the tables that have no accepted version, and how to deliver one of them."""
    missing = sorted({t for p in made for t in p.fact.required} - set(versions))
    if missing:
        sent = next((t for t in missing if contracts[t].senders), "")
        raise SiegemError(
            f"Todavía no hay datos aceptados de {', '.join(f'«{t}»' for t in missing)}, de donde sale el indicador.",
            stands=UNTOUCHED,
            cure=f"Reciba un archivo de «{sent}» y repita; su plantilla: siegem template {sent}" if sent else "Corra la cadena: siegem run",
        )


def _facts(definitions: Iterable[Indicator], contracts: Mapping[str, Contract]) -> dict[str, Fact]:
    return load_facts(catalogue.FACTS, contracts, {d.fact for d in definitions})


def _words(
    warehouse: Warehouse, made: tuple[Plan, ...], contracts: Mapping[str, Contract], versions: Mapping[str, int]
) -> dict[str, dict[str, dict[str, str]]]:
    names = names_of(warehouse.delta, versions)
    return {c.indicator.id: words_of(c.indicator, p.fact, contracts, names) for p in made for c in p.indicators}


def check(indicator: Indicator, place: str = "", period: str = "", breakdown: str = "") -> None:
    """Raises SiegemError, saying what there is, where the indicator has no figures of such a place, period or breakdown; empty ones pass."""
    i = indicator
    names = [b.name for b in i.breakdowns]
    if breakdown and breakdown not in names:
        known = f"Use uno de: {', '.join(names)}." if names else "No tiene ninguno."
        raise SiegemError(f"«{i.id}» no tiene el desglose «{breakdown}».{suggest(breakdown, names)}", cure=known)
    if place and territory(place).nivel not in i.levels:
        raise SiegemError(f"«{i.id}» no se calcula para {territory(place).nombre}.", cure=f"Se calcula por: {', '.join(i.levels)}.")
    if period and (kind := parse(period).kind) not in i.periods:
        raise SiegemError(f"«{i.id}» no se calcula por {kind}.", cure=f"Se calcula por: {', '.join(i.periods)}.")


def of_period(values: pd.DataFrame, indicator: Indicator, place: str = "", period: str = "", breakdown: str = "") -> pd.DataFrame:
    """The values of one period and breakdown; of the newest one published of the main period where none is said. Raises SiegemError."""
    split = breakdown or ("" if (values["desglose"] == "").any() or not indicator.breakdowns else indicator.breakdowns[0].name)
    own = values[values["desglose"] == split]
    code = parse(period).code if period else _newest(own[own["tipo_periodo"] == indicator.main_period])
    found = own[own["periodo"] == code]
    if found.empty:
        codes = sorted(own.loc[own["tipo_periodo"] == (parse(code).kind if code else indicator.main_period), "periodo"].unique(), key=_start)
        raise SiegemError(
            f"No hay valores de {code or 'ningún periodo'}.", stands=UNTOUCHED, cure=f"Hay de {codes[0]} a {codes[-1]}." if codes else ""
        )
    return found[found["territorio"] == place] if place else found


def _newest(values: pd.DataFrame) -> str:
    """The last period with a published value; the last of all where none is."""
    told = values[values["estado"] == PUBLISHED]
    return str(max((told if len(told) else values)["periodo"].unique(), key=_start, default=""))


def _start(code: str) -> date:
    return parse(code).start
