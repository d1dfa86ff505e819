"""What the figures of an indicator stand on in a publication: definition and fact as frozen, table versions, the submissions it knew.

An indicator not published yet stands on the installed definition and on what is accepted now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpis.compile import Compiled, Plan, plans
from kpis.deliveries import Deliveries, members_of
from kpis.facts import load_facts
from kpis.labels import names_of
from kpis.publish import sheet
from kpis.sentences import sentences
from kpis.thaw import thawed
from kpis.trial import need_accepted, read
from warehouse import catalogue, publications, submissions
from warehouse.contracts import Contract
from warehouse.delta import NEVER
from warehouse.errors import NothingPublished, SiegemError
from warehouse.indicators import Indicator
from warehouse.periods import Period, month_numbers, parse
from warehouse.publications import Publication
from warehouse.store import Warehouse


@dataclass(frozen=True)
class Basis:
    """`publication` is None where the indicator is not published. `versions`: those of the fact's tables."""

    plan: Plan
    publication: Publication | None
    versions: Mapping[str, int]
    deliveries: Deliveries
    contracts: Mapping[str, Contract]
    sheet: Mapping[str, Any]

    @property
    def indicator(self) -> Indicator:
        return self.compiled.indicator

    @property
    def compiled(self) -> Compiled:
        return self.plan.indicators[0]

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """Breakdown -> category -> what it is called in the sheet."""
        return {b["name"]: {code: str(said["es"]) for code, said in b["labels"].items()} for b in self.sheet["ficha"]["breakdowns"]}

    def told(self, values: pd.DataFrame) -> pd.DataFrame:
        """Published values with the sentence of each: those by category are kept without."""
        # a column of nulls alone comes from the database as objects
        numbers = dict.fromkeys(("valor", "numerador", "denominador", "n", "inferior", "superior", "meta"), float)
        return values.assign(frase=sentences(values.astype(numbers), self.indicator, self.words))


def basis(warehouse: Warehouse, id: str, number: int | None = None) -> Basis:
    """The basis of an indicator in publication `number`, or in the one in force. Raises SiegemError where there is no such indicator."""
    contracts = catalogue.contracts()
    try:
        publication = publications.latest(warehouse.engine) if number is None else publications.get(warehouse.engine, number)
    except NothingPublished:
        if number is not None:
            raise
        return _unpublished(warehouse, id, contracts)
    frozen = publications.sheets(warehouse.engine, publication.numero)
    if id not in frozen:
        if number is not None:
            raise NothingPublished(f"La publicación {number} no tiene el indicador «{id}».", cure="Vea la lista con: siegem publicaciones")
        return _unpublished(warehouse, id, contracts)
    (plan,) = thawed({id: frozen[id]}, contracts)
    history = publications.submissions(warehouse.engine, publication.numero)
    versions = {t: publication.versiones[t] for t in plan.fact.tables}
    return Basis(plan, publication, versions, Deliveries(history, contracts), contracts, frozen[id])


def _unpublished(warehouse: Warehouse, id: str, contracts: Mapping[str, Contract]) -> Basis:
    indicator = read(id)
    (plan,) = plans({id: indicator}, load_facts(catalogue.FACTS, contracts, {indicator.fact}))
    accepted = submissions.accepted_versions(warehouse.engine)
    need_accepted([plan], accepted, contracts)
    made = sheet(plan, plan.indicators[0], contracts, names_of(warehouse.delta, accepted))
    deliveries = Deliveries(submissions.history(warehouse.engine), contracts)
    return Basis(plan, None, {t: accepted.get(t, NEVER) for t in plan.fact.tables}, deliveries, contracts, made)


def behind(basis: Basis, territory: str = "", period: str = "") -> pd.DataFrame:
    """The deliveries in force of the fact's tables, of the regions of `territory` and of all bodies that deliver for the country; all where not said.

    `en_periodo`: whether the delivery's own period shares a month with `period`.
    """
    own = basis.deliveries.in_force
    own = own[own["tabla"].isin(basis.plan.fact.tables)]
    if territory:
        regional = own["tabla"].map(lambda t: basis.contracts[t].delivery.ambito == "region").astype(bool)
        own = own[~regional | own["cod_region"].isin({territory, *members_of(territory)})]
    wanted = set(month_numbers(parse(period))) if period else set()
    return own.assign(en_periodo=[_shares(p, wanted) for p in own["periodo"]])


def _shares(code: str, months: set[int]) -> bool:
    try:
        found: Period = parse(code)
    except SiegemError:
        return False
    return not months.isdisjoint(month_numbers(found))
