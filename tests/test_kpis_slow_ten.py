"""The hardest indicators against a slow computation that shares nothing with the engine but the accepted rows. Every place, several periods.

`slow_kpis` reads the accepted tables as pandas frames and works case by case; here its figures and the engine's must be the same: state, numerator,
denominator, value, n and both limits, at the 26 regions, the pilot group and the country, undivided and by one breakdown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl import demonstration, references
from etl.sources import inbox
from kpis.anew import compute_ready, ready_plans
from kpis.deliveries import Deliveries
from kpis.states import StateStore
from ops import chain
from tests.disclosure_audit import audit
from tests.kpis_tables import deliver
from tests.slow_data import PLACES, Accepted
from tests.slow_kpis import SLOW, Cell, slowly
from warehouse import catalogue, submissions
from warehouse.settings import load
from warehouse.store import Warehouse

pytestmark = pytest.mark.slow

TABLES = (
    "tramites", "tramite_etapas", "compromisos", "puntos_monitoreo", "muestras", "declaracion_dac", "formalizacion", "formalizacion_requisitos",
    "funciones_transferidas", "lb_unidades", "lb_personas", "accidentes", "produccion_empleo",
)  # fmt: skip
#: the three pilots; Tumbes, which delivers nothing from August 2026, and Lima Metropolitana, whose districts begin with another region's code
SENT = ("13", "18", "19", "24", "26")

#: old ones, those around 18-05-2025, and the newest
QUARTERS = ("2022-T2", "2024-T4", "2025-T1", "2025-T2", "2025-T3", "2026-T2", "2026-T3")
MONTHS = ("2022-06", "2025-05", "2025-06", "2026-07", "2026-08", "2026-09")
YEARS = ("2022", "2025")
FILES = QUARTERS + YEARS + MONTHS
#: indicator -> periods, and what is compared in each: the undivided figure and a breakdown
COMPARED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pct_tramites_en_plazo": (FILES, ("", "familia")),
    "mediana_dias_entidad": (QUARTERS + YEARS, ("", "familia")),
    "p90_dias_ciudadano": (FILES, ("", "familia")),
    "edad_mediana_pendientes": (FILES, ("", "familia")),
    "pct_pendientes_vencidos": (FILES, ("", "estrato")),
    "pct_compromisos_en_plazo": (QUARTERS + YEARS, ("", "responsable")),
    "pct_muestras_exceden": (QUARTERS + YEARS, ("", "parametro")),
    "tasa_formalizacion": (QUARTERS + YEARS, ("", "sexo")),
    "pct_requisito_aprobado": (QUARTERS + YEARS, ("requisito", "requisito_sexo")),
    "pct_mujeres_ocupadas_mpe": (YEARS, ("",)),
    "tasa_mortalidad_laboral": (("2024", "2025"), ("", "estrato")),
}
#: absences that must be among the cells compared
FEW, FOREIGN = {"no_reportado", "n_insuficiente"}, {"no_reportado", "n_insuficiente", "competencia_minem"}
ABSENCES: dict[str, set[str]] = {
    "pct_tramites_en_plazo": FOREIGN | {"sin_denominador"},
    "mediana_dias_entidad": FOREIGN | {"sin_registro"},
    "p90_dias_ciudadano": FOREIGN | {"sin_registro"},
    "edad_mediana_pendientes": FOREIGN,
    "pct_pendientes_vencidos": FOREIGN,
    "pct_compromisos_en_plazo": FEW | {"sin_denominador"},
    "pct_muestras_exceden": FEW,
    "tasa_formalizacion": FOREIGN,
    "pct_requisito_aprobado": FOREIGN,
    "pct_mujeres_ocupadas_mpe": {"no_reportado"},
    "tasa_mortalidad_laboral": {"no_reportado"},
}
FIGURES = ("numerador", "denominador", "valor", "n", "inferior", "superior")
#: absences of a category that the engine tells in the main period alone
UNTOLD = ("n_insuficiente", "sin_registro", "sin_denominador", "no_reportado")
Key = tuple[str, str]


@dataclass(frozen=True)
class Both:
    """The engine's values and the accepted rows behind them."""

    values: pd.DataFrame
    data: Accepted
    warehouse: Warehouse

    def engine(self, indicator: str, period: str, split: str = "") -> dict[Key, Any]:
        v = self.values
        hit = (v["indicador"] == indicator) & (v["periodo"] == period) & (v["desglose"] == split) & v["territorio"].isin(PLACES)
        return {(str(r.territorio), str(r.categoria)): r for r in v[hit].itertuples()}

    def differences(self, indicator: str, period: str, split: str = "", columns: Iterable[str] = FIGURES) -> tuple[list[str], Counter[str]]:
        """(what differs, in words; states compared)."""
        slow, fast, found, states = slowly(self.data, indicator, period, split), self.engine(indicator, period, split), [], Counter[str]()
        for key in sorted({*slow, *fast}):
            ours, theirs = slow.get(key), fast.get(key)
            if ours is None or theirs is None:
                if ours is None or not split or self.told(indicator, period) or ours.estado not in UNTOLD:
                    found.append(f"{indicator} {period} {split} {key}: slow {ours}, engine {theirs}")
                continue
            states[ours.estado] += 1
            if ours.estado != theirs.estado or not all(same(getattr(ours, c), getattr(theirs, c)) for c in columns):
                found.append(f"{indicator} {period} {split} {key}: slow {ours}, engine {theirs.estado} {[getattr(theirs, c) for c in FIGURES]}")
        return found, states

    def told(self, indicator: str, period: str) -> bool:
        """Whether the period is of the kind in which every category has a row at every place."""
        kind = "anio" if len(period) == 4 else "trimestre" if "T" in period else "mes"
        return kind != "mes" and kind == catalogue.indicators()[indicator].main_period


def same(slow: float, fast: float) -> bool:
    if math.isnan(slow) or pd.isna(fast):
        return math.isnan(slow) and pd.isna(fast)
    return abs(slow - fast) <= 1e-9 * max(1.0, abs(slow))


def computed(warehouse: Warehouse, ids: Iterable[str]) -> Both:
    contracts, versions = catalogue.contracts(), submissions.accepted_versions(warehouse.engine)
    history = submissions.history(warehouse.engine)
    ready = ready_plans({i: catalogue.indicators()[i] for i in ids}, catalogue.FACTS, contracts, versions)
    values = compute_ready(warehouse, ready, contracts, versions, Deliveries(history, contracts)).values
    return Both(values, Accepted(lambda table: warehouse.delta.read("aceptado", table, versions[table]).to_pandas(), history), warehouse)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Five regions from 2022 with the errors, gaps and corrections of the demonstration, through the project's own reception."""
    warehouse = Warehouse(load(datos=tmp_path_factory.mktemp("despacio"))).prepare()
    demonstration.write(warehouse.settings.inbox, first="2022-01", tables=TABLES, regions=SENT, scale=0.6)
    chain.land(warehouse, inbox.collect(warehouse.settings.inbox))
    yield computed(warehouse, SLOW)
    warehouse.engine.dispose()


@pytest.mark.parametrize("indicator", SLOW)
def test_the_engine_gives_the_slow_figure_at_every_place(both: Both, indicator: str) -> None:
    periods, splits = COMPARED[indicator]
    found, states = [], Counter[str]()
    for period in periods:
        for split in splits:
            own, seen = both.differences(indicator, period, split)
            found += own
            states += seen
    assert not found, f"{len(found)} of {sum(states.values())} differ:\n" + "\n".join(found[:20])
    # a comparison of absences alone would prove nothing
    assert states["publicado"] >= 8, states
    assert ABSENCES[indicator] <= set(states), states


@pytest.mark.parametrize("indicator", ["tasa_formalizacion", "pct_requisito_aprobado"])
def test_formalisation_is_the_ministry_s_from_18_05_2025_and_the_country_counts_on(both: Both, indicator: str) -> None:
    split = "requisito" if indicator == "pct_requisito_aprobado" else ""
    category = "derecho_minero" if split else ""
    before, after = both.engine(indicator, "2025-T1", split), both.engine(indicator, "2025-T2", split)
    assert {before[r, category].estado for r in ("13", "18", "PILOTO", "00")} == {"publicado"}
    assert {after[r, category].estado for r in (*SENT, "PILOTO")} == {"competencia_minem"}
    assert after["00", category].estado == "publicado"
    assert after["00", category].denominador > 0.9 * before["00", category].denominador


def test_a_purge_of_the_register_leaves_the_rate_where_it_was(both: Both) -> None:
    """Excluded registrations stay in the denominator: without them the rate would have jumped in July 2025."""
    kept = {p: both.engine("tasa_formalizacion", p)["00", ""] for p in ("2025-T2", "2025-T3")}
    purged = [i for i in both.data.rows("formalizacion") if i.estado_reinfo == "excluido" and date(2025, 7, 1) <= i.fecha_estado <= date(2025, 9, 30)]
    assert len(purged) > 0.1 * kept["2025-T2"].denominador
    assert kept["2025-T3"].denominador >= kept["2025-T2"].denominador - 20
    assert abs(kept["2025-T3"].valor - kept["2025-T2"].valor) < 2


def test_a_period_that_has_not_ended_has_no_figure(both: Both) -> None:
    unfinished = both.values[both.values["periodo"].isin(["2026", "2026-T4", "2026-10"])]
    assert unfinished.empty, unfinished[["indicador", "periodo"]].drop_duplicates()


# what the public sees


def test_nothing_small_can_be_worked_out_from_the_public_tables(both: Both, tmp_path: Path) -> None:
    """Every public table of every indicator about persons of this country, attacked with all that is shown."""
    contracts, versions = catalogue.contracts(), submissions.accepted_versions(both.warehouse.engine)
    about = {i: d for i, d in catalogue.indicators().items() if d.persons}
    ready = ready_plans(about, catalogue.FACTS, contracts, versions)
    store = StateStore(tmp_path, both.warehouse.delta, contracts, versions)
    found = audit(ready, store, Deliveries(submissions.history(both.warehouse.engine), contracts), contracts)
    assert {"tasa_formalizacion", "pct_ubicacion_validada", "razon_mujeres_formalizacion"} <= {f.indicator for f in found}
    assert sum(f.small for f in found) > 50 and sum(f.naked for f in found) > 0, found
    assert sum(f.recovered for f in found) == 0, found


# the survey by category


def of_the_survey(both: Both) -> Iterator[tuple[str, Key, Cell, Any]]:
    """Cells by occupation that both sides have a figure of, or should."""
    for period in YEARS:
        fast = both.engine("pct_mujeres_ocupadas_mpe", period, "ocupacion")
        for key, cell in slowly(both.data, "pct_mujeres_ocupadas_mpe", period, "ocupacion").items():
            yield period, key, cell, fast[key]


def test_shares_of_women_by_occupation(both: Both) -> None:
    compared = [(p, k, s, f) for p, k, s, f in of_the_survey(both) if s.numerador != 0]
    assert sum(s.estado == "publicado" for _, _, s, _ in compared) > 30
    wrong = [
        (p, k, s, f.estado, f.valor)
        for p, k, s, f in compared
        if s.estado != f.estado or not all(same(getattr(s, c), getattr(f, c)) for c in FIGURES[:4])
    ]
    assert not wrong, wrong[:5]


def test_zones_of_the_sample_where_nobody_is_of_the_category_count_in_its_interval(both: Both) -> None:
    shown = [(p, k, s, f) for p, k, s, f in of_the_survey(both) if s.estado == f.estado == "publicado"]
    wrong = [(p, k, s, f.inferior, f.superior) for p, k, s, f in shown if not (same(s.inferior, f.inferior) and same(s.superior, f.superior))]
    assert not wrong, wrong[:5]


def test_no_women_among_forty_people_is_zero_percent_and_not_an_absence(both: Both) -> None:
    none_among_many = [(p, k, s, f) for p, k, s, f in of_the_survey(both) if s.numerador == 0 and s.estado == "publicado"]
    assert none_among_many
    assert {f.estado for *_, f in none_among_many} == {"publicado"}


# what the demonstration never sends, by hand


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse(load(datos=tmp_path / "a_mano")).prepare()
    references.load(warehouse, date(2026, 10, 5))
    yield warehouse
    warehouse.engine.dispose()


#: (sign, value, detection limit, parameter): two metals of C3-D1 (Hg 0.001, As 0.1) and pH, which must not be below 6.5
RESULTS: dict[str, list[tuple[str, float, float | None, str]]] = {
    "clear": [("=", 0.0004, 0.0001, "Hg_total"), ("<", 0.001, 0.001, "Hg_total"), ("=", 0.001, 0.0001, "Hg_total"), ("=", 6.5, None, "pH"), (">", 6.5, None, "pH")],
    "beyond": [("=", 0.0011, 0.0001, "Hg_total"), (">", 0.1, 0.001, "As_total"), (">", 0.5, 0.001, "As_total"), ("=", 6.4, None, "pH"), ("<", 6.5, 0.1, "pH")],
    "proves nothing": [("<", 0.002, 0.002, "Hg_total"), (">", 0.05, 0.001, "As_total"), ("<", 7.0, 0.1, "pH"), (">", 3.0, 0.1, "pH")],
}  # fmt: skip


def test_results_that_say_less_or_more_than_a_number(by_hand: Warehouse) -> None:
    """15 clear, 15 beyond, and 12 that could be either and count in neither."""
    points, samples = [], []
    for p in range(3):
        own = f"13-PM-{p:04d}"
        points.append(
            {"punto_id": own, "ubigeo": "130101", "matriz": "agua_superficial", "categoria": "C3-D1", "frecuencia_anual": 4, "activo": True}
        )
        for i, (sign, value, seen, parameter) in enumerate(result for results in RESULTS.values() for result in results):
            row = {"muestra_id": f"{own}-{i}", "punto_id": own, "fecha_muestreo": date(2026, 5, 1 + i), "parametro": parameter, "signo": sign, "valor": value,
                   "limite_deteccion": seen, "unidad": "pH" if parameter == "pH" else "mg/L", "laboratorio_acreditado": True}  # fmt: skip
            samples += [row | {"tipo_muestra": kind, "muestra_id": f"{own}-{i}-{kind}"} for kind in ("simple", "duplicado", "blanco")]
            samples.append(row | {"tipo_muestra": "simple", "laboratorio_acreditado": False, "muestra_id": f"{own}-{i}-x"})
            samples.append(row | {"tipo_muestra": "simple", "unidad": "mg/kg", "muestra_id": f"{own}-{i}-u"})
    deliver(by_hand, "puntos_monitoreo", {("13", "2026-T1"): points, ("13", "2026-T2"): []})
    deliver(by_hand, "muestras", {("13", "2026-T2"): samples})
    found = computed(by_hand, ["pct_muestras_exceden"])
    cell = found.engine("pct_muestras_exceden", "2026-T2")["13", ""]
    assert (cell.numerador, cell.denominador) == (15, 30)
    assert found.differences("pct_muestras_exceden", "2026-T2")[0] == []
    assert found.differences("pct_muestras_exceden", "2026-T2", "parametro")[0] == []


def case_file(number: str, entry: date, end: date | None) -> dict[str, Any]:
    return {
        "expediente_id": number, "ubigeo": f"{number[:2]}0101", "numero_expediente": number, "anio": 2026, "cod_procedimiento": "TITULO_CONCESION",
        "autoridad": f"DREM_{number[:2]}", "estrato": "PPM", "tipo_persona": "juridica", "sexo_solicitante": "NA", "fecha_ingreso": entry,
        "fecha_resolucion": end, "fecha_notificacion": end, "estado": "resuelto" if end else "en_tramite", "sentido": "aprobado" if end else None,
    }  # fmt: skip


def delivered(warehouse: Warehouse, files: dict[str, list[dict[str, Any]]], steps: list[dict[str, Any]]) -> None:
    """Cases by region, all of February 2026, in deliveries of the first half of the year. The steps are of the first region."""
    regions = list(files)
    for table, rows in (("tramites", files), ("tramite_etapas", {regions[0]: steps})):
        places: dict[tuple[str, str], Sequence[dict[str, Any]]] = {
            (region, f"2026-{month:02d}"): rows.get(region, []) if month == 2 else [] for region in regions for month in range(1, 7)
        }
        deliver(warehouse, table, places)


def test_medians_that_open_cases_leave_open(by_hand: Warehouse) -> None:
    """13: five of twelve have ended, no median yet. 18: half have, and the curve stays there until the next end. 19: all at one duration."""
    entry, first, second = date(2026, 2, 2), date(2026, 2, 9), date(2026, 3, 2)
    ends: dict[str, list[date | None]] = {"13": [first] * 5 + [None] * 7, "18": [first] * 6 + [second] * 2 + [None] * 4, "19": [second] * 12}
    delivered(by_hand, {r: [case_file(f"{r}-DREM_{r}-2026-{i:06d}", entry, end) for i, end in enumerate(listed)] for r, listed in ends.items()}, [])
    found = computed(by_hand, ["mediana_dias_entidad"])
    cells = found.engine("mediana_dias_entidad", "2026-T1")
    assert cells["13", ""].estado == "no_alcanzado"
    assert cells["18", ""].valor == (5 + 20) / 2
    assert cells["19", ""].valor == 20
    assert found.differences("mediana_dias_entidad", "2026-T1")[0] == []
    assert found.differences("mediana_dias_entidad", "2026-T1", "familia")[0] == []


def test_two_steps_of_the_applicant_at_the_same_time_stop_the_clock_once(by_hand: Warehouse) -> None:
    files, steps = [], []
    for i in range(12):
        files.append(case_file(f"13-DREM_13-2026-{i:06d}", date(2026, 2, 2), date(2026, 4, 15)))
        for k, (start, end) in enumerate(((date(2026, 2, 16), date(2026, 3, 9)), (date(2026, 2, 23), date(2026, 3, 16))), 1):
            step = {"secuencia": k, "etapa": "subsanacion", "responsable": "administrado", "fecha_inicio": start, "fecha_fin": end}
            steps.append({"expediente_id": files[-1]["expediente_id"], **step})
    delivered(by_hand, {"13": files}, steps)
    found = computed(by_hand, ["mediana_dias_entidad"])
    assert slowly(found.data, "mediana_dias_entidad", "2026-T1")["13", ""].valor == 30  # 50 working days, 20 of them the applicant's
    assert found.differences("mediana_dias_entidad", "2026-T1")[0] == []
