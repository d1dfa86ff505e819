"""The declared indices, computed from judged values: a profile by dimension, the number with its certainty, or why there is none.

For each region and quarter an indicator counts with its own quarter; where it has none by nature, with its newest half-year or year that ended within
`valid_months`. A quarter with too few cases is stood for by the last whole year, and says so; one that was not reported, is another authority's
competence or failed a rule is stood for by nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kpis.methods.composite import Evidence, IndexDeclaration, IndexDimension, IndexIndicator, IndexLevel, IndexResult, IndexUncertainty, index
from warehouse.index_sheets import IndexSheet, Member
from warehouse.indicators import Indicator
from warehouse.periods import Period, add_months, parse
from warehouse.publications import digest
from warehouse.states import PUBLISHED
from warehouse.territories import regions

_KINDS = ("trimestre", "semestre", "anio")
#: absences that a longer period may stand for
_TOO_SMALL = frozenset({"n_insuficiente", "no_alcanzado", "impreciso", "sin_denominador"})
#: how long after a period's end silence counts as not submitted
GRACE_MONTHS = 2
#: share of draws in which a region must lie above another for it to be said
CONVINCING = 0.9


def declaration(sheet: IndexSheet, forms: Mapping[str, Indicator]) -> IndexDeclaration:
    """The sheet as the method takes it. Proportions are drawn from their counts, the rest from their intervals."""
    dimensions = tuple(
        IndexDimension(d.id, d.weight, tuple(_member(m, forms[m.indicator]) for m in d.indicators), d.required) for d in sheet.dimensions
    )
    levels = tuple(IndexLevel(level.slug, level.since) for level in sheet.levels)
    how = IndexUncertainty(draws=sheet.draws)
    return IndexDeclaration(
        sheet.id, dimensions, sheet.minimum_dimensions, sheet.minimum_share, levels=levels, ranks_from=sheet.ranks_from, uncertainty=how
    )


def _member(m: Member, indicator: Indicator) -> IndexIndicator:
    proportion = indicator.interval == "wilson" and m.divide_by == 1 and not m.of_year_so_far
    return IndexIndicator(m.indicator, m.weight, m.floor, m.goal, "beta" if proportion else "interval", indicator.scale if proportion else 100.0)


def compute_index(sheet: IndexSheet, values: pd.DataFrame, forms: Mapping[str, Indicator]) -> list[dict[str, Any]]:
    """Rows of the table `indices`, one for each region and period with any indicator; periods oldest first."""
    known = _without_unknown(sheet, forms)
    if known is None:
        return []
    declared = declaration(known, forms)
    picked = _Picker(values, _members(known), forms)
    rows, previous = [], None
    for period in picked.periods(known.period):
        chosen = picked.at(period, known.valid_months)
        if not np.isfinite(chosen.evidence.values).any():
            continue
        result = index(declared, chosen.evidence, seed=known.seed + period.start.toordinal(), previous=previous)
        rows += _rows(known, period, chosen, result)
        previous = chosen.evidence
    return rows


def _without_unknown(sheet: IndexSheet, forms: Mapping[str, Indicator]) -> IndexSheet | None:
    """The sheet without indicators that are not computed yet: their data never came. None where a dimension would be left with none."""
    kept = [d.model_copy(update={"indicators": tuple(m for m in d.indicators if m.indicator in forms)}) for d in sheet.dimensions]
    kept = [d for d in kept if d.indicators]
    enough = len(kept) >= max(2, sheet.minimum_dimensions) and all(d in [k.id for k in kept] for d in [s.id for s in sheet.dimensions if s.required])
    return sheet.model_copy(update={"dimensions": tuple(kept)}) if enough else None


@dataclass(frozen=True)
class Chosen:
    """The evidence of a period, and for each region and indicator which period it comes from ("" where there is none) and its state."""

    evidence: Evidence
    sources: np.ndarray
    states: np.ndarray


class _Picker:
    """Values by indicator, ready to be picked from. Tables are regions x indicators."""

    def __init__(self, values: pd.DataFrame, members: list[Member], forms: Mapping[str, Indicator]) -> None:
        self.members, self.forms = members, forms
        self.units = [r.codigo for r in regions()]
        wanted = values[(values["nivel"] == "region") & values["indicador"].isin([m.indicator for m in members])]
        self.data_until = max((d for d in wanted["datos_al"] if not pd.isna(d)), default=None)
        self.frames = {m.indicator: _of_member(wanted, m, forms[m.indicator]) for m in members}

    def periods(self, kind: str) -> list[Period]:
        codes = {c for f in self.frames.values() for c in f.loc[f["tipo_periodo"] == kind, "periodo"].unique()}
        ended = (p for c in codes if self.data_until is not None and (p := parse(c)).end <= self.data_until)
        return sorted(ended, key=lambda p: p.start)

    def at(self, period: Period, months: int) -> Chosen:
        shape = len(self.units), len(self.members)
        tables = {c: np.full(shape, np.nan) for c in ("valor", "inferior", "superior", "numerador", "denominador")}
        sources, states = np.full(shape, "", dtype=object), np.full(shape, "", dtype=object)
        for j, member in enumerate(self.members):
            frame = self.frames[member.indicator]
            rows = (self._newest(frame, period, months) if len(frame) else frame.set_index("territorio")).reindex(self.units)
            divisor = member.divide_by * (period.end.month / 12 if member.of_year_so_far else 1)
            for name, table in tables.items():
                table[:, j] = rows[name].to_numpy(float) / (divisor if name in ("valor", "inferior", "superior") else 1)
            sources[:, j], states[:, j] = rows["periodo"].fillna("").to_numpy(object), rows["estado"].fillna("").to_numpy(object)
            hidden = rows["estado"].to_numpy(object) != PUBLISHED
            for table in tables.values():
                table[hidden, j] = np.nan
        late = self.data_until is not None and add_months(period.end, 1 + GRACE_MONTHS) <= self.data_until
        of_region = np.array([m.source == "gr" for m in self.members])
        unsent = (states == "no_reportado") & np.isnan(tables["valor"]) & of_region & late
        evidence = Evidence(
            tables["valor"], tables["numerador"], tables["denominador"], tables["inferior"], tables["superior"], not_submitted=unsent.astype(np.bool_)
        )
        return Chosen(evidence, sources, states)

    def _newest(self, frame: pd.DataFrame, period: Period, months: int) -> pd.DataFrame:
        """The row of each region that counts for a period: of the shortest kind the indicator has, or of a longer one where that is too small."""
        since = add_months(period.end, 1 - months)
        chosen = pd.DataFrame(columns=frame.columns).set_index("territorio")
        for kind in _KINDS:
            own = frame[(frame["tipo_periodo"] == kind) & (frame["fin"] <= period.end)]
            own = own[own["fin"] == period.end] if kind == period.kind else own[own["fin"] >= since]
            newest = own.sort_values("fin", kind="stable").drop_duplicates("territorio", keep="last").set_index("territorio")
            stands_for = newest[newest["estado"] == PUBLISHED].index.intersection(chosen.index[chosen["estado"].isin(_TOO_SMALL)])
            fresh = newest.index.difference(chosen.index) if kind == frame["primero"].iloc[0] else stands_for
            kept = chosen.drop(index=fresh, errors="ignore")
            chosen = pd.concat([kept, newest.loc[fresh]]) if len(kept) else newest.loc[fresh]
        return chosen


def _of_member(values: pd.DataFrame, member: Member, indicator: Indicator) -> pd.DataFrame:
    """The values of an indicator that count, with the end of their period (`fin`) and the shortest kind it has (`primero`)."""
    rows = values[values["indicador"] == member.indicator]
    if member.breakdown:
        rows = _added_up(rows[(rows["desglose"] == member.breakdown) & rows["categoria"].isin(member.categories)], indicator)
    else:
        rows = rows[rows["desglose"] == ""]
    ends = {c: parse(c).end for c in rows["periodo"].unique()}
    first = next((k for k in _KINDS if k in indicator.periods), "")
    return rows.assign(fin=rows["periodo"].map(ends), primero=first)


def _added_up(rows: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    if rows.empty or indicator.form != "ratio":
        return rows
    key = ["territorio", "tipo_periodo", "periodo"]
    told = rows[rows["estado"] == PUBLISHED].groupby(key, as_index=False)[["numerador", "denominador"]].sum()
    told["valor"] = indicator.scale * told["numerador"] / told["denominador"]
    told = told.assign(estado=PUBLISHED, inferior=np.nan, superior=np.nan)
    silent = rows[rows["estado"] != PUBLISHED].drop_duplicates(key)
    silent = silent[~pd.MultiIndex.from_frame(silent[key]).isin(pd.MultiIndex.from_frame(told[key]))]
    return pd.concat([told, silent[told.columns]], ignore_index=True)


def _rows(sheet: IndexSheet, period: Period, chosen: Chosen, result: IndexResult) -> list[dict[str, Any]]:
    made = []
    for i, region in enumerate(r.codigo for r in regions()):
        content = _profile(sheet, chosen, result, i)
        row = {"indice": sheet.id, "territorio": region, "tipo_periodo": period.kind, "periodo": period.code, "resultado": content}
        made.append({"clave": f"{sheet.id}|{region}|{period.code}", **row, "huella": digest(row)})
    return made


def _profile(sheet: IndexSheet, chosen: Chosen, result: IndexResult, i: int) -> dict[str, Any]:
    """What is published of a region: dimensions first, then the value, how sure it is, and what it rests on."""
    point, sure = result.point, result.uncertainty
    reasons = point.coverage.reasons[i]
    return {
        "estado": "no_calculable" if reasons else "publicado",
        "motivos": [{"codigo": r.code, "dimension": r.dimension, "hay": _plain(r.found), "hace_falta": _plain(r.needed)} for r in reasons],
        "dimensiones": [_dimension(d.id, k, result, i) for k, d in enumerate(sheet.dimensions)],
        "valor": _plain(point.value[i]),
        "inferior": _plain(sure.lower[i]),
        "superior": _plain(sure.upper[i]),
        "niveles": list(sure.levels[i]),
        "sorteos_por_nivel": {level.slug: _plain(s) for level, s in zip(sheet.levels, sure.level_shares[i], strict=True)},
        "puesto": _plain(result.ranks[i]),
        "puesto_inferior": _plain(sure.ranks[0][i]),
        "puesto_superior": _plain(sure.ranks[1][i]),
        "supera_a": [r.codigo for j, r in enumerate(regions()) if j != i and sure.above[i, j] >= CONVINCING],
        "estricto": _plain(result.strict.value[i]),
        "cambio": _change(sheet, result, i),
        "indicadores": [_indicator(m.indicator, j, chosen, result, i) for j, m in enumerate(_members(sheet))],
    }


def _dimension(id: str, k: int, result: IndexResult, i: int) -> dict[str, Any]:
    point, sure = result.point, result.uncertainty
    return {
        "id": id,
        "valor": _plain(point.dimensions[i, k]),
        "inferior": _plain(sure.dimension_lower[i, k]),
        "superior": _plain(sure.dimension_upper[i, k]),
        "peso_cubierto": _plain(point.coverage.shares[i, k]),
        "cuenta": bool(point.coverage.counted[i, k]),
    }


def _change(sheet: IndexSheet, result: IndexResult, i: int) -> dict[str, Any] | None:
    """Since the period before: the part of each indicator, and the part of what could be measured in one of the two only."""
    change = result.change
    if change is None:
        return None
    parts = {m.indicator: _plain(c) for m, c in zip(_members(sheet), change.indicators[i], strict=True)}
    return {"total": _plain(change.total[i]), "composicion": _plain(change.composition[i]), "aportes": parts}


def _indicator(id: str, j: int, chosen: Chosen, result: IndexResult, i: int) -> dict[str, Any]:
    """Its score, where it comes from, and the index without it."""
    made = {"indicador": id, "puntaje": _plain(result.point.scores[i, j]), "periodo": chosen.sources[i, j], "estado": chosen.states[i, j]}
    return made | {"sin_el": _plain(result.without[i, j])}


def _members(sheet: IndexSheet) -> list[Member]:
    return [m for d in sheet.dimensions for m in d.indicators]


def _plain(value: float) -> float | None:
    """A number to four decimals for people and files; None where there is none."""
    return None if value is None or np.isnan(value) else round(float(value), 4)


def compute_indices(sheets: Iterable[IndexSheet], values: pd.DataFrame, forms: Mapping[str, Indicator]) -> list[dict[str, Any]]:
    """Rows of every declared index."""
    return [row for sheet in sheets for row in compute_index(sheet, values, forms)]
