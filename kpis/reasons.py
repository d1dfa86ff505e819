"""Why a published figure changed: which delivery replaced another, a changed definition, or new data. Spanish sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kpis.deliveries import REGISTER, Deliveries, members_of
from warehouse.submissions import REJECTED
from warehouse.territories import all_territories

#: deliveries named in one sentence; the rest are counted
NAMED = 3


@dataclass(frozen=True)
class Reasons:
    """`since`: the last submission the previous publication knew. `tables`: indicator -> tables behind it."""

    deliveries: Deliveries
    tables: Mapping[str, tuple[str, ...]]
    since: int
    redefined: frozenset[str]
    references: frozenset[str]
    code: tuple[str, str]
    _kept: dict[tuple[str, str], str] = field(default_factory=dict, compare=False)
    #: deliveries that arrived, by tables and territory: indicators over the same tables ask the same
    _came: dict[tuple[tuple[str, ...], str], pd.DataFrame] = field(default_factory=dict, compare=False)

    def __call__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
        """The sentence for one revised value. The same for all values of an indicator and territory."""
        key = (str(new["indicador"]), str(new["territorio"]))
        if key not in self._kept:
            self._kept[key] = self._sentence(*key)
        return self._kept[key]

    def _sentence(self, indicator: str, territory: str) -> str:
        asked = self.tables.get(indicator, ()), territory
        if asked not in self._came:
            self._came[asked] = self._arrived(*asked)
        arrived = self._came[asked]
        replaced = arrived[arrived["anterior"].notna()].astype({"anterior": int})
        fresh = arrived[arrived["anterior"].isna()]
        parts = []
        if indicator in self.redefined:
            parts.append("Cambió la definición del indicador.")
        if len(replaced):
            parts.append(
                _listed(
                    [f"{r.quien} reemplazó {r.tabla} {r.periodo}: versión {r.version} en lugar de la {r.anterior}" for r in replaced.itertuples()]
                )
            )
        elif len(fresh):
            parts.append(_listed([f"{r.quien} entregó {r.tabla} {r.periodo}" for r in fresh.itertuples()]))
        changed = sorted(self.references & set(self.tables.get(indicator, ())))
        catalogues = [t for t in changed if not self._about_deliveries(t)]
        if catalogues:
            parts.append(f"Cambió la tabla de referencia {', '.join(catalogues)}.")
        elif changed and not parts:
            parts.append("Vencieron plazos, se corrigieron observaciones o se compararon otra vez las fuentes.")
        if not parts:
            parts.append(f"Cambió el programa de cálculo: versión {self.code[1]} en lugar de la {self.code[0]}." if self.code[0] != self.code[1]
                         else "Se recalculó con los mismos datos y la misma definición.")  # fmt: skip
        return " ".join(parts)

    def _arrived(self, tables: tuple[str, ...], territory: str) -> pd.DataFrame:
        """Accepted deliveries of those tables since the previous publication that reach the territory, with the version each replaced."""
        history = self.deliveries.history
        accepted = history[history["estado"] != REJECTED].sort_values("seq")
        place = ["tabla", "cod_region", "periodo"]
        accepted = accepted.assign(anterior=accepted.groupby(place)["version"].shift(1))
        # what is computed from the register of deliveries changes with any of them
        concerned = accepted["tabla"].isin(tables) | any(self._about_deliveries(t) for t in tables)
        own = accepted[(accepted["seq"] > self.since) & concerned]
        reached = {territory, *members_of(territory)}
        national = {t for t in tables if self.deliveries.contracts[t].delivery.ambito == "nacional"}
        own = own[own["tabla"].isin(national) | own["cod_region"].isin(reached)]
        return own.assign(quien=[self._author(t, r) for t, r in zip(own["tabla"], own["cod_region"], strict=True)])

    def _about_deliveries(self, table: str) -> bool:
        return self.deliveries.contracts[table].contract == REGISTER

    def _author(self, table: str, region: str) -> str:
        contract = self.deliveries.contracts[table]
        if contract.delivery.ambito == "region" and region in all_territories():
            return all_territories()[region].autoridad or all_territories()[region].nombre
        return contract.source.publicador.es


def _listed(sentences: list[str]) -> str:
    shown = "; ".join(sentences[:NAMED])
    more = len(sentences) - NAMED
    return f"{shown}; y {more:,} entregas más." if more > 1 else f"{shown}; y una entrega más." if more == 1 else f"{shown}."
