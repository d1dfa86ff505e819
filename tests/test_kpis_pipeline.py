"""From accepted tables to a publication: what is frozen, what is reused, what is revised and why."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from kpis import anew, stamp
from kpis.anew import compute_ready, ready_plans
from kpis.deliveries import Deliveries
from kpis.engine import Result
from kpis.pipeline import compute_and_publish
from tests import kpis_tables as put
from tests.kpis_rows import cell
from warehouse import catalogue, publications, submissions
from warehouse.errors import SiegemError, StoreError
from warehouse.store import Warehouse

New = Callable[..., Warehouse]
DEATHS = [("13", 2019, 3), ("13", 2020, 9), ("15", 2020, 2), ("99", 2020, 4)]


def compute(warehouse: Warehouse) -> Result:
    contracts, versions = catalogue.contracts(), submissions.accepted_versions(warehouse.engine)
    ready = ready_plans(catalogue.indicators(), catalogue.FACTS, contracts, versions)
    return compute_ready(warehouse, ready, contracts, versions, Deliveries(submissions.history(warehouse.engine), contracts))


def values(warehouse: Warehouse, **filters: object) -> pd.DataFrame:
    return publications.values(warehouse.engine, publications.latest(warehouse.engine).numero, **filters)


def test_the_seed_s_table_is_published_recomputed(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    outcome = compute_and_publish(warehouse)
    assert outcome.changed and outcome.publication.numero == 1
    shares = values(warehouse, indicador="distribucion_situacion_area_2006")
    atypical = cell(shares, "PILOTO", "2006", "atipica")
    assert (atypical["numerador"], atypical["denominador"], atypical["n"]) == (8, 858, 858)
    assert [round(atypical[c], 1) for c in ("valor", "inferior", "superior")] == [0.9, 0.5, 1.8]
    assert shares.loc[shares["territorio"] == "PILOTO", "valor"].sum() == pytest.approx(100)
    assert cell(shares, "13", "2006", "atipica")["estado"] == "no_desagregado"
    assert "TOTAL" not in set(shares["categoria"])
    idle = cell(values(warehouse, indicador="pct_casos_derecho_ocioso_2006"), "PILOTO", "2006")
    assert (round(idle["valor"], 1), idle["numerador"]) == (45.8, 393)


def test_an_indicator_without_accepted_table_has_no_row(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.fatalities(warehouse, DEATHS)
    compute_and_publish(warehouse)
    assert set(values(warehouse)["indicador"]) == {"muertes_accidentes_mineros"}
    assert list(publications.sheets(warehouse.engine, 1)) == ["muertes_accidentes_mineros"]
    assert list(publications.sources(warehouse.engine, 1)) == ["accidentes_mortales"]


def test_nothing_accepted_publishes_nothing(new_warehouse: New) -> None:
    with pytest.raises(SiegemError, match="No hay datos aceptados"):
        compute_and_publish(new_warehouse())


def test_publishing_again_changes_nothing(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    put.fatalities(warehouse, DEATHS)
    first = compute_and_publish(warehouse)
    again = compute_and_publish(warehouse)
    assert first.changed and not again.changed
    assert again.publication.numero == 1


def test_a_program_that_changes_no_figure_is_tried_once(new_warehouse: New, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    compute_and_publish(warehouse)
    computed = []
    original = anew.compute_ready
    monkeypatch.setattr(anew, "compute_ready", lambda *a, **k: computed.append(1) or original(*a, **k))
    monkeypatch.setattr(stamp, "_own_code", lambda: "otro programa")
    assert [compute_and_publish(warehouse).changed for _ in range(3)] == [False, False, False]
    assert len(computed) == 1, "lo que no cambió nada no se calcula otra vez"
    put.situation(warehouse, {**put.SITUATIONS, "atipica": 9, "libre": 42}, version=2)
    assert compute_and_publish(warehouse).changed and len(computed) == 2


def test_states_are_reused_and_only_the_changed_fact_is_computed_again(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    put.fatalities(warehouse, DEATHS)
    first, again = compute(warehouse), compute(warehouse)
    assert first.passes == ("accidentes_mortales__periodo", "situacion_areas__periodo")
    assert again.passes == ()
    pd.testing.assert_frame_equal(first.values, again.values)
    manifests = lambda: {p.parent.name: p.read_bytes() for p in warehouse.states.rglob("manifiesto.json")}  # noqa: E731
    kept = manifests()
    put.fatalities(warehouse, [*DEATHS, ("21", 2020, 1)], version=2)
    assert compute(warehouse).passes == ("accidentes_mortales__periodo",)
    now = manifests()
    assert {k for k in now if now[k] != kept[k]} == {"accidentes_mortales__periodo"} and len(now) == 2, "la anterior se retira"


def test_states_that_cannot_be_read_are_computed_again(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    first = compute(warehouse)
    (state,) = warehouse.states.rglob("base.parquet")
    state.write_bytes(b"truncado")
    again = compute(warehouse)
    assert again.passes == ("situacion_areas__periodo",)
    pd.testing.assert_frame_equal(first.values, again.values)


def test_states_of_a_fact_no_longer_used_are_removed(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    put.fatalities(warehouse, DEATHS)
    compute_and_publish(warehouse)
    compute_and_publish(warehouse, definitions={"muertes_accidentes_mineros": catalogue.indicators()["muertes_accidentes_mineros"]})
    assert [p.name.split(".")[0] for p in warehouse.states.iterdir()] == ["accidentes_mortales__periodo"]


def test_a_corrected_national_file_is_a_revision_with_its_reason(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    compute_and_publish(warehouse)
    put.situation(warehouse, {**put.SITUATIONS, "atipica": 9, "libre": 42}, version=2)
    outcome = compute_and_publish(warehouse)
    assert outcome.changed and outcome.publication.revisados == 2
    revision = publications.revisions(warehouse.engine, 2, categoria="atipica").iloc[0]
    assert (revision["numerador_anterior"], revision["numerador_nuevo"]) == (8, 9)
    assert revision["valor_anterior"] == pytest.approx(100 * 8 / 858) and revision["valor_nuevo"] == pytest.approx(100 * 9 / 858)
    assert revision["motivo"] == "PERCAN, Ministerio de Energía y Minas reemplazó situacion_areas 2006: versión 2 en lugar de la 1."
    assert publications.values(warehouse.engine, 1, categoria="atipica", territorio="PILOTO")["numerador"].item() == 8, (
        "lo publicado antes sigue a la vista"
    )


@pytest.fixture
def with_cases(new_warehouse: New) -> Warehouse:
    warehouse = new_warehouse()
    put.case_files(
        warehouse, ["13", "18", "19", "21", "15", "26"], put.months("2025-06", 16), 30, skip=[("18", "2026-07"), ("18", "2026-08"), ("18", "2026-09")]
    )
    compute_and_publish(warehouse)
    return warehouse


def test_case_files_are_published_with_their_states(with_cases: Warehouse) -> None:
    own = values(with_cases, indicador="pct_tramites_en_plazo", tipo_periodo="trimestre")
    last = cell(own, "13", "2026-T3")
    assert last["estado"] == "publicado" and last["avisos"] == ["plazo_referencial", "sintetico"]
    assert (last["cobertura"], last["datos_al"]) == (1, date(2026, 9, 30))
    assert last["inferior"] < last["valor"] < last["superior"]
    assert cell(own, "18", "2026-T3")["estado"] == "no_reportado"
    assert cell(own, "24", "2026-T3")["estado"] == "no_reportado"
    assert set(own["periodo"]) == {"2025-T3", "2025-T4", "2026-T1", "2026-T2", "2026-T3"}, "ni el trimestre a medias ni el que no ha terminado"
    assert cell(own, "15", "2026-T1")["n"] > 0 and cell(own, "26", "2026-T1")["n"] > 0
    assert {"titulacion"} <= set(own["categoria"])


def test_the_country_is_the_sum_of_its_regions(with_cases: Warehouse) -> None:
    own = values(with_cases, indicador="pct_tramites_en_plazo", tipo_periodo="trimestre", periodo="2026-T1", categoria="")
    regional = own[own["nivel"] == "region"]
    country = own[own["nivel"] == "pais"].iloc[0]
    assert country["numerador"] == regional["numerador"].sum() and country["denominador"] == regional["denominador"].sum()
    pilots = own[own["nivel"] == "piloto"].iloc[0]
    assert pilots["denominador"] == regional.loc[regional["territorio"].isin(["13", "18", "19"]), "denominador"].sum()


def test_the_published_figure_can_be_redone_by_hand(with_cases: Warehouse) -> None:
    """The cases of one region and month, counted from the accepted rows without the engine."""
    files = with_cases.delta.read("aceptado", "tramites").to_pandas()
    own = files[(files["cod_region"] == "21") & (files["autoridad"] != "DGFM") & files["fecha_notificacion"].notna()]
    ended = pd.to_datetime(own["fecha_notificacion"])
    in_quarter = own[(ended >= "2026-01-01") & (ended <= "2026-03-31")]
    found = cell(values(with_cases, indicador="p90_dias_ciudadano", tipo_periodo="trimestre"), "21", "2026-T1")
    calendar = with_cases.delta.read("aceptado", "ref_calendario").to_pandas().set_index("fecha")["n_habil"]
    days = calendar[in_quarter["fecha_notificacion"]].to_numpy() - calendar[in_quarter["fecha_ingreso"]].to_numpy()
    assert found["n"] == len(days)
    assert found["valor"] == pytest.approx(pd.Series(days).quantile(0.9))


def test_a_region_s_correction_revises_its_figures_and_names_the_delivery(with_cases: Warehouse) -> None:
    files, _ = put.cases("13", "2026-03", 30)
    put.deliver(with_cases, "tramites", {("13", "2026-03"): files[:20]}, version=2)
    outcome = compute_and_publish(with_cases)
    assert outcome.changed and outcome.publication.revisados > 0
    revisions = publications.revisions(with_cases.engine, 2)
    assert set(revisions["territorio"]) == {"13", "PILOTO", "00"}
    assert set(revisions["motivo"]) == {"GREMH La Libertad reemplazó tramites 2026-03: versión 2 en lugar de la 1."}
    ratio = revisions[(revisions["indicador"] == "pct_tramites_en_plazo") & (revisions["territorio"] == "13") & (revisions["categoria"] == "")]
    assert (ratio["denominador_nuevo"] < ratio["denominador_anterior"]).any()


def test_a_changed_definition_is_the_reason_of_its_revisions(with_cases: Warehouse) -> None:
    wanted = catalogue.indicators()
    stricter = {**wanted, "p90_dias_ciudadano": wanted["p90_dias_ciudadano"].model_copy(update={"min_n": 60})}
    compute_and_publish(with_cases, definitions=stricter)
    revisions = publications.revisions(with_cases.engine, 2)
    assert set(revisions["indicador"]) == {"p90_dias_ciudadano"}
    assert set(revisions["motivo"]) == {"Cambió la definición del indicador."}


def test_completeness_and_dates_of_the_publication(with_cases: Warehouse) -> None:
    card = publications.latest(with_cases.engine)
    assert card.completitud == pytest.approx((6 * 16 - 3) / (26 * 16))
    assert card.datos_al == date(2026, 9, 30)
    assert set(card.versiones) == {"tramites", "tramite_etapas", "ref_procedimientos", "ref_calendario"}
    assert card.codigo and len(card.huella) == 64


def test_the_sheet_is_frozen_with_labels_tables_and_sql(with_cases: Warehouse) -> None:
    sheet = publications.sheets(with_cases.engine, 1)["pct_tramites_en_plazo"]
    assert sheet["tablas"] == ["ref_calendario", "ref_procedimientos", "tramite_etapas", "tramites"]
    breakdown = next(b for b in sheet["ficha"]["breakdowns"] if b["column"] == "familia")
    assert breakdown["labels"]["titulacion"] == {"es": "Titulación", "en": "Titling"}
    assert sheet["ficha"]["linaje"]["ref_procedimientos"] == ["familia", "plazo_dias", "plazo_referencia_dias", "tipo_dia"]
    assert ":corte" in sheet["sql"] and "valor = 100 * sum(pct_tramites_en_plazo__num) / sum(pct_tramites_en_plazo__den)" in sheet["sql"]
    assert sheet["ficha"]["competence"] == "es_competencia_gr"


def test_the_source_is_frozen_with_its_caveats(with_cases: Warehouse) -> None:
    source = publications.sources(with_cases.engine, 1)["tramites"]
    assert source["sintetico"] and source["entregas"] == 93 and source["filas"] == 93 * 30
    assert source["fuente"]["publicador"]["es"] == "SIEGEM (generador de demostración)"
    assert source["fuente"]["advertencias"][0]["es"].startswith("Dato sintético de demostración")
    assert source["datos_al"] == date(2026, 9, 30)


def test_two_press_figures_that_disagree_are_not_published(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.conflicts(
        warehouse,
        [
            ("00", "2025-08", "socioambientales", 98, "a"),
            ("00", "2025-08", "socioambientales", 108, "b"),
            ("21", "2025-08", "total", 19, "b"),
            ("00", "2025-09", "socioambientales", 98, "a"),
        ],
    )
    compute_and_publish(warehouse)
    own = values(warehouse, indicador="conflictos_sociales_reportados")
    assert cell(own, "00", "2025-08", "socioambientales")["estado"] == "regla_no_superada"
    assert cell(own, "00", "2025-09", "socioambientales")["valor"] == 98
    assert cell(own, "21", "2025-08")["valor"] == 19
    assert cell(own, "15", "2025-08")["estado"] == "no_desagregado"


def test_progress_tells_each_fact(new_warehouse: New) -> None:
    warehouse, told = new_warehouse(), []
    put.situation(warehouse)
    compute_and_publish(warehouse, progress=lambda *step: told.append(step))
    assert told == [("situacion_areas", 0, 2), ("", 2, 2)]


def test_a_data_folder_with_blanks_and_accents_is_read(new_warehouse: New, tmp_path: object) -> None:
    warehouse = new_warehouse(datos=f"{tmp_path}/datos del año")
    put.situation(warehouse)
    assert compute_and_publish(warehouse).publication.nuevos > 0


def test_lost_files_stop_the_publication_and_leave_the_last_one(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.situation(warehouse)
    compute_and_publish(warehouse)
    shutil.rmtree(warehouse.delta.uri("aceptado", "situacion_areas"))
    with pytest.raises(StoreError, match="situacion_areas") as told:
        compute_and_publish(warehouse)
    assert "sigue en pie" in told.value.stands
    assert len(values(warehouse)) > 0
