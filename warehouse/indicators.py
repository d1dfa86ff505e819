"""The definition of an indicator: the *ficha técnica* as a strict declaration. One YAML file each, the file name is the id."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from warehouse.contracts import Bilingual
from warehouse.declarations import Declaration, parse, read_folder, read_yaml, short_name
from warehouse.errors import DeclarationError, SiegemError, suggest

Area = Literal["INS", "PRO", "FOR", "AMB", "SOC", "REC", "ACT", "DAT"]
Form = Literal["ratio", "relative", "count", "quantile", "survival"]
Interval = Literal["wilson", "rate", "count", "count_ratio", "clustered", "log_ratio", "order_statistic", "survival", "none"]
#: the intervals each form may carry
INTERVALS: dict[str, tuple[str, ...]] = {
    "ratio": ("wilson", "rate", "count_ratio", "clustered", "none"),
    "relative": ("log_ratio", "none"),
    "count": ("count", "none"),
    "quantile": ("order_statistic", "none"),
    "survival": ("survival", "none"),
}
PeriodKind = Literal["mes", "trimestre", "semestre", "anio"]
Level = Literal["region", "departamento", "piloto", "pais", "otro"]

AREAS: dict[str, Bilingual] = {
    "INS": Bilingual(es="Funciones y capacidad", en="Functions and capacity"),
    "PRO": Bilingual(es="Procesos", en="Processes"),
    "FOR": Bilingual(es="Formalización", en="Formalisation"),
    "AMB": Bilingual(es="Ambiente", en="Environment"),
    "SOC": Bilingual(es="Gestión social", en="Social management"),
    "REC": Bilingual(es="Recursos públicos", en="Public resources"),
    "ACT": Bilingual(es="Actividad y seguridad", en="Activity and safety"),
    "DAT": Bilingual(es="Datos", en="Data"),
}


class Part(Declaration):
    """Numerator or denominator: an aggregate over the fact's columns, and the same in words."""

    expr: str = Field(min_length=1)
    text: Bilingual


class Quantile(Declaration):
    """`expr` gives whole days (or another whole number) for each row of the fact; `q` is between 0 and 1.

    `observed` (form `survival` only): row predicate, true where the end was seen; the other rows are still open at `expr` days.
    """

    expr: str = Field(min_length=1)
    q: float = Field(gt=0, lt=1)
    observed: str = ""
    text: Bilingual


class Reference(Declaration):
    """The group that a `relative` indicator compares with: its own numerator and denominator."""

    numerator: Part
    denominator: Part


class Design(Declaration):
    """How rows are not independent: `cluster` and, for surveys, `stratum` are columns of the fact.

    A value is withheld with fewer than `min_clusters` clusters, or where its coefficient of variation is above `max_cv`.
    """

    cluster: str
    stratum: str = ""
    min_clusters: int = Field(2, ge=2)
    max_cv: float | None = Field(None, gt=0, le=1)


class Share(Declaration):
    """A share of the cell's rows, from two aggregates, and the limit above which the value is not published."""

    numerator: str = Field(min_length=1)
    denominator: str = Field(min_length=1)
    above: float = Field(ge=0)


class Clock(Declaration):
    """flow: rows dated within the period. stock: the state at the period's end. as_reported: one printed figure a period."""

    kind: Literal["flow", "stock", "as_reported"]
    #: a date column, or a period-code column (2025, 2025-S1, 2025-05) for facts that come already by period.
    #: A stock by date counts the rows dated in the last month of the period: the fact gives one row per case and month's end.
    column: str
    #: a flow may add up the months that end with the period: 36 for three rolling years
    window_months: int | None = Field(None, ge=2)


class Breakdown(Declaration):
    """A split by the categories of one fact column. `of`: what 100 % is — the category's own rows or the whole."""

    name: str
    column: str
    of: Literal["category", "whole"] = "category"
    #: the category that stands for the undivided value, where categories overlap and may not be added up
    headline: str = ""
    title: Bilingual
    labels: dict[str, Bilingual] = {}


class Target(Declaration):
    """Only `legal` and `acordada` targets may colour a value; `propuesta` is drawn as a named line."""

    value: float
    status: Literal["legal", "acordada", "propuesta"]
    text: Bilingual
    since: date | None = None
    #: where it started, for targets of capacity or reduction
    baseline: float | None = None
    #: «anual_proporcional»: in month m of the year the target is value * m / 12 (budget execution)
    path: Literal["constante", "anual_proporcional"] = "constante"


class Review(Declaration):
    by: str
    on: date | None = None
    next: date | None = None


class Example(Declaration):
    """The worked example, which is also the test: rows of the fact, and what must come out of the engine for them."""

    rows: tuple[dict[str, Any], ...]
    territory: str = "13"
    period: str
    category: str = ""
    numerator: float | None = None
    denominator: float | None = None
    value: float | None
    n: int | None = None


class Indicator(Declaration):
    """One indicator. Expressions are checked and compiled by `kpis`; here they are only text."""

    id: str
    name: Bilingual
    short_name: Bilingual
    area: Area
    question: Bilingual
    why_it_matters: Bilingual
    fact: str
    form: Form
    filter: str = ""
    numerator: Part | None = None
    denominator: Part | None = None
    quantile: Quantile | None = None
    reference: Reference | None = None
    design: Design | None = None
    #: what `n` counts where it is not the denominator (ratio) nor the numerator (count): an aggregate, and the same in words
    size: Part | None = None
    scale: float = 1.0
    unit: Bilingual
    decimals: int = Field(1, ge=0, le=6)
    clock: Clock
    periods: tuple[PeriodKind, ...]
    #: the period kind that matrix, cards and maps show
    main_period: PeriodKind
    levels: tuple[Level, ...] = ("region", "piloto", "pais")
    rollup: Literal["sum", "none"] = "sum"
    source_grain: Literal["region", "departamento", "piloto", "pais"] = "region"
    #: what an absent region means: the region owed data, or the source simply has no such case there
    absence: Literal["no_reportado", "sin_registro", "no_desagregado"]
    breakdowns: tuple[Breakdown, ...] = ()
    #: false where only the breakdowns have a meaning (the median of «a step», whichever)
    undivided: bool = True
    direction: Literal["up", "down", "context"]
    accumulation: Literal["stock", "flow", "cumulative", "capacity", "reduction"]
    interval: Interval
    interval_note: Bilingual | None = None
    min_n: int = Field(1, ge=1)
    #: smallest change worth telling where there is no interval: percentage points for %, relative % otherwise
    relevant_change: float | None = None
    compare_with_year_before: bool = True
    #: notice -> row predicate: the value carries the notice where any row behind it satisfies it
    flags: dict[str, str] = {}
    #: absence state -> row predicate: the value is not published, with that state, where any row behind it satisfies it
    withheld: dict[str, str] = {}
    #: row predicate: only these rows are scored; a place with none but others takes the state «competencia_minem»
    competence: str = ""
    #: «region»: rows of another authority do count for the country's value, which is no government's performance
    competence_scope: Literal["all", "region"] = "all"
    #: absence state -> share above which the value is not published, with that state
    withheld_above: dict[str, Share] = {}
    #: whether the cases are persons: cells of 1 to 4 are not published outside, nor what would give them away
    persons: bool = False
    #: tables whose deliveries a value needs in its period; all the regional ones of the fact where not said
    needs: tuple[str, ...] | None = None
    #: of indicators about persons, the breakdowns that the public sees by region; the others it sees for the country and the pilot group only
    public_breakdowns: tuple[str, ...] = ()
    #: months after the first delivered one in which values are incomplete: older cases that they need were never delivered
    warm_up_months: int = Field(0, ge=0)
    targets: tuple[Target, ...] = ()
    audience: tuple[Literal["mem", "foro", "publico"], ...]
    reading: tuple[Bilingual, ...]
    perverse_incentives: tuple[Bilingual, ...] = ()
    base: str
    owner: str
    reviewed: Review
    example: Example

    @model_validator(mode="after")
    def _coherent(self) -> Indicator:
        if self.form == "ratio" and not (self.numerator and self.denominator):
            raise ValueError("una razón necesita «numerator» y «denominator»")
        if self.form == "count" and (not self.numerator or self.denominator):
            raise ValueError("un conteo lleva «numerator» y no «denominator»")
        if self.form in ("quantile", "survival") and not self.quantile:
            raise ValueError(f"la forma «{self.form}» necesita «quantile»")
        if self.form == "survival" and self.quantile and not self.quantile.observed:
            raise ValueError("la forma «survival» necesita «quantile.observed»: qué filas ya terminaron")
        if self.form == "relative" and not (self.numerator and self.denominator and self.reference):
            raise ValueError("una razón entre grupos necesita «numerator», «denominator» y «reference»")
        if self.interval not in INTERVALS[self.form]:
            raise ValueError(f"la forma «{self.form}» admite «interval»: {', '.join(INTERVALS[self.form])}")
        if (self.interval == "clustered") != (self.design is not None):
            raise ValueError("«interval: clustered» y «design» van juntos")
        if self.interval == "clustered" and any(b.of == "whole" for b in self.breakdowns):
            raise ValueError("«interval: clustered» no admite desgloses «of: whole»: los conglomerados de cada categoría no son los del total")
        if self.clock.window_months and self.clock.kind != "flow":
            raise ValueError("«clock.window_months» es solo para flujos")
        if not self.undivided and not self.breakdowns:
            raise ValueError("sin desgloses, «undivided» no puede ser false")
        if self.main_period not in self.periods:
            raise ValueError("«main_period» debe ser uno de «periods»")
        if self.interval == "none" and self.compare_with_year_before and self.relevant_change is None:
            raise ValueError("sin intervalo, la definición debe decir «relevant_change»")
        return self


#: an id stands in addresses, file names and columns
_ID = re.compile(r"^[a-z][a-z0-9_]*$")


def load_indicator(path: Path) -> Indicator:
    """One definition file. Raises DeclarationError with every fault of the file."""
    if not _ID.match(path.stem):
        raise DeclarationError(f"{short_name(path)}: el nombre del archivo es el id: minúsculas sin tilde, números y «_», y empieza con una letra.",
                               cure="Cambie el nombre del archivo, p. ej. pct_tramites_en_plazo.yml.")  # fmt: skip
    content = read_yaml(path)
    if "id" in content:
        raise DeclarationError(f"{short_name(path)}: sobra la clave «id»: el nombre del archivo es el id.")
    return parse(Indicator, {"id": path.stem, **content}, path)


@lru_cache(maxsize=8)
def load_indicators(folder: Path) -> dict[str, Indicator]:
    """All definitions of `folder` by id. Raises one DeclarationError with every fault of every file."""
    return read_folder(folder, load_indicator)


def indicator(indicators: dict[str, Indicator], id: str) -> Indicator:
    """The definition of `id`. Raises SiegemError with the nearest id."""
    if id not in indicators:
        raise SiegemError(f"No existe el indicador «{id}».{suggest(id, indicators)}", cure="Vea los indicadores en docs/indicadores.md.")
    return indicators[id]
