"""From values to a draft: what is frozen beside the figures, so that a publication explains itself without the rest of the system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import pandas as pd

from kpis.compile import Compiled, Plan, lineage
from kpis.deliveries import REGISTER, Deliveries
from kpis.labels import Names, labels
from kpis.reasons import Reasons
from kpis.stamp import code_version
from warehouse.contracts import Contract
from warehouse.delta import NEVER
from warehouse.index_sheets import IndexSheet
from warehouse.indicators import Indicator
from warehouse.periods import OF_DELIVERY
from warehouse.publications import Draft, Publication, digest


def sheet(plan: Plan, compiled: Compiled, contracts: Mapping[str, Contract], names: Names | None = None) -> dict[str, Any]:
    """The row of `fichas` of an indicator: its definition with breakdown labels resolved, its tables by lineage, its SQL."""
    i = compiled.indicator
    named = tuple(b.model_copy(update={"labels": labels(b, plan.fact, contracts, names or {})}) for b in i.breakdowns)
    resolved = i.model_copy(update={"breakdowns": named})
    alone = Plan(plan.fact, plan.clock, plan.dated, (compiled,), tuple(dict.fromkeys(b.column for b in i.breakdowns)))
    ficha = resolved.model_dump(mode="json")
    ficha["hecho"] = plan.fact.sql
    ficha["linaje"] = {t: list(c) for t, c in lineage(compiled, plan.fact).items()}
    row = {"indicador": i.id, "ficha": ficha, "tablas": list(plan.fact.tables), "sql": f"{alone.sql()}\n-- {formula(i)}\n"}
    return row | {"huella": digest(row)}


def formula(indicator: Indicator) -> str:
    """How the value comes from the added-up states, in words of SQL."""
    times = "" if indicator.scale == 1 else f"{indicator.scale:g} * "
    if indicator.form == "relative":
        i = indicator.id
        return (
            f"valor = {times}(sum({i}__num) / sum({i}__den)) / (sum({i}__num2) / sum({i}__den2)), sumados por territorio y periodo antes de dividir"
        )
    if indicator.form == "survival":
        assert indicator.quantile is not None
        return (
            f"valor = {times}cuantil {indicator.quantile.q:g} de Kaplan-Meier de {indicator.id}__hist (terminados) y {indicator.id}__cens (abiertos)"
        )
    if indicator.form == "ratio":
        return f"valor = {times}sum({indicator.id}__num) / sum({indicator.id}__den), sumados por territorio y periodo antes de dividir"
    if indicator.form == "count":
        return f"valor = {times}sum({indicator.id}__num), por territorio y periodo"
    assert indicator.quantile is not None
    return f"valor = {times}cuantil {indicator.quantile.q:g} del histograma {indicator.id}__hist, sumado por territorio y periodo"


def source(contract: Contract, delta_version: int, size: int, deliveries: Deliveries) -> dict[str, Any]:
    """The row of `fuentes` of a table: who published it, its caveats, and how much of it stands behind the figures."""
    table = contract.table
    rows = deliveries.in_force[deliveries.in_force["tabla"] == table]
    about = {
        **contract.source.model_dump(mode="json"),
        "advertencias": [c.model_dump() for c in contract.caveats],
        "tabla": contract.title.model_dump(),
        "contrato": contract.contract,
        "version_contrato": contract.version,
        "proposito": contract.purpose,
    }
    row = {
        "tabla": table, "fuente": about, "delta_version": delta_version, "filas": size,
        "filas_cuarentena": int(rows["filas_cuarentena"].sum()), "entregas": len(rows), "datos_al": deliveries.until([table]),
        "sintetico": contract.source.sintetico or (contract.contract == REGISTER and bool(deliveries.history["sintetico"].any())),
    }  # fmt: skip
    return row | {"huella": digest(row)}


@dataclass(frozen=True)
class Frozen:
    """What a publication shows of what it was made from. `digest`: see `stamp`."""

    sheets: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    indices: list[dict[str, Any]]
    versions: dict[str, int]
    code: str
    digest: str


def freeze(
    plans: Iterable[Plan],
    contracts: Mapping[str, Contract],
    accepted: Mapping[str, tuple[int, int]],
    deliveries: Deliveries,
    mark: str = "",
    names: Names | None = None,
    indices: Iterable[IndexSheet] = (),
) -> Frozen:
    """Sheets of the plans, and sources of every accepted table: who delivered what is published too where no indicator uses it yet.

    `accepted`: table -> (Delta version, rows). The versions named are those of the tables behind the figures.
    """
    plans = tuple(plans)
    sheets = [sheet(p, c, contracts, names) for p in plans for c in p.indicators]
    used = sorted({t for p in plans for t in p.fact.tables})
    sources = [source(contracts[t], *accepted[t], deliveries) for t in sorted(accepted)]
    return Frozen(
        sheets, sources, [index_sheet(s) for s in indices], {t: accepted[t][0] if t in accepted else NEVER for t in used}, code_version(), mark
    )


def index_sheet(declared: IndexSheet) -> dict[str, Any]:
    """The row of `indices` that holds a composite index's definition."""
    row = {
        "clave": declared.id,
        "indice": declared.id,
        "territorio": "",
        "tipo_periodo": "",
        "periodo": "",
        "resultado": declared.model_dump(mode="json"),
    }
    return row | {"huella": digest(row)}


def draft(
    frozen: Frozen,
    values: pd.DataFrame,
    deliveries: Deliveries,
    previous: tuple[Publication, Mapping[str, Mapping[str, Any]]] | None,
    indices: Iterable[dict[str, Any]] = (),
) -> Draft:
    """Everything a publication freezes. `previous`: the publication in force with its sheets; `indices`: computed rows of composite indices."""
    reasons = _reasons(frozen.sheets, frozen.versions, frozen.code, deliveries, previous)
    return Draft(
        values=values,
        sheets=frozen.sheets,
        sources=frozen.sources,
        versions=frozen.versions,
        code=frozen.code,
        digest=frozen.digest,
        data_until=bulk_until(deliveries, frozen.versions),
        completeness=deliveries.completeness(frozen.versions),
        note=_note(values),
        indices=[*frozen.indices, *indices],
        **({"reason": reasons} if reasons else {}),
    )


def bulk_until(deliveries: Deliveries, tables: Iterable[str]) -> date | None:
    """The date that at least half of what regions deliver every month of `tables` has reached; every quarter, or year, where nothing is monthly.

    The latest date of any table would be a promise about all: one inventory sent today, or one region ahead of the others, and the card would
    say that the data are of today. Each figure keeps its own date. Where no region delivers anything, the latest date there is.
    """
    names = list(tables)
    for rhythm in OF_DELIVERY:
        own = [t for t in names if t in deliveries.contracts and _rhythm(deliveries.contracts[t]) == rhythm]
        rows = deliveries.in_force[deliveries.in_force["tabla"].isin(own)].dropna(subset=["datos_al"])
        if len(rows):
            reached = sorted(rows.groupby(["tabla", "cod_region"])["datos_al"].max(), reverse=True)
            return cast(date, reached[(len(reached) - 1) // 2])
    return deliveries.until(names)


def _rhythm(contract: Contract) -> str:
    return contract.delivery.periodicidad if contract.delivery.ambito == "region" else ""


def _note(values: pd.DataFrame) -> str:
    shown = int((values["estado"] == "publicado").sum())
    return f"{values['indicador'].nunique():,} indicadores, {shown:,} valores publicados y {len(values) - shown:,} ausencias con su motivo."


def _reasons(
    sheets: list[dict[str, Any]],
    versions: Mapping[str, int],
    code: str,
    deliveries: Deliveries,
    previous: tuple[Publication, Mapping[str, Mapping[str, Any]]] | None,
) -> Reasons | None:
    if previous is None:
        return None
    publication, frozen = previous
    return Reasons(
        deliveries=deliveries,
        tables={s["indicador"]: tuple(s["tablas"]) for s in sheets},
        since=publication.hasta_entrega,
        redefined=frozenset(s["indicador"] for s in sheets if s["indicador"] in frozen and frozen[s["indicador"]]["huella"] != s["huella"]),
        references=frozenset(
            t for t, v in versions.items() if deliveries.contracts[t].delivery.ambito == "sistema" and publication.versiones.get(t) not in (None, v)
        ),
        code=(publication.codigo, code),
    )
