"""`siegem kpi explain`: the rows behind a figure, and the published figure made again from the file by somebody who has nothing else."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from kpis.pipeline import compute_and_publish
from ops.cli import app
from tests import kpis_tables as put
from tests.kpis_rows import both, cell
from warehouse import catalogue, publications
from warehouse.errors import SiegemError
from warehouse.indicators import Indicator
from warehouse.settings import load
from warehouse.store import Warehouse

INSTALLED = catalogue.indicators()


def like(id: str, source: str, **more: Any) -> Indicator:
    """An installed definition with other keys, under another id: what is published explains itself, whatever is installed."""
    return Indicator.model_validate({**INSTALLED[source].model_dump(mode="json"), **more, "id": id})


def part(expr: str) -> dict[str, Any]:
    return {"expr": expr, "text": both("n")}


PUBLISHED = {
    i.id: i
    for i in (
        INSTALLED["pct_tramites_en_plazo"], INSTALLED["p90_dias_ciudadano"], INSTALLED["mediana_dias_entidad"], INSTALLED["pct_pendientes_vencidos"],
        INSTALLED["muertes_accidentes_mineros"], INSTALLED["distribucion_situacion_area_2006"], INSTALLED["conflictos_sociales_reportados"],
        INSTALLED["pct_titulares_con_dac"],
        like("movil_3_meses", "pct_tramites_en_plazo", clock={"kind": "flow", "column": "fecha_vencimiento", "window_months": 3}),
        like("pais_entero", "pct_tramites_en_plazo", competence_scope="region"),
        like("dos_grupos", "pct_tramites_en_plazo", form="relative", interval="log_ratio", scale=1, unit=both("razón"), targets=[],
             numerator=part("count(*) FILTER (WHERE sentido = 'aprobado')"), denominator=part("count(*) FILTER (WHERE sentido IS NOT NULL)"),
             reference={"numerator": part("count(*) FILTER (WHERE sentido = 'denegado')"), "denominator": part("count(*)")}),
        like("dias_por_caso", "pct_tramites_en_plazo", interval="none", relevant_change=5, scale=1, targets=[], size=part("count(dh_entidad)"),
             numerator=part("sum(dh_ciudadano) FILTER (WHERE dh_ciudadano > 5)"), denominator=part("count(dh_ciudadano)")),
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Case files of three regions, printed tables, and two publications: in the second, a file of La Libertad was replaced."""
    folder = tmp_path_factory.mktemp("explica")
    made = Warehouse(load(datos=folder / "datos")).prepare()
    put.case_files(made, ["13", "26", "21"], put.months("2025-09", 13), 30)
    put.fatalities(made, [("13", 2019, 3), ("13", 2020, 9), ("15", 2020, 2), ("99", 2020, 4)])
    put.situation(made)
    put.conflicts(made, [("21", "2025-08", "total", 19, "b"), ("21", "2025-08", "socioambientales", 7, "b")])
    rights = [f"13{k:08d}" for k in range(30)]
    declared = [{"codigo_derecho": r, "anio": 2025, "cod_region": "13", "obligado": k > 2, "declaro": k % 2 == 0} for k, r in enumerate(rights)]
    put.deliver(made, "declaracion_dac", {("00", "2025"): declared})
    put.deliver(made, "derechos_mineros", {("00", "2025-12"): [{"codigo_derecho": r, "cod_region": "13", "titular_hash": r * 4} for r in rights]})
    compute_and_publish(made, definitions=PUBLISHED)
    files, _ = put.cases("13", "2026-03", 30)
    put.deliver(made, "tramites", {("13", "2026-03"): files[:20]}, version=2)
    compute_and_publish(made, definitions=PUBLISHED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIEGEM_DATOS", str(folder / "datos"))
        yield made


def explain(*words: str) -> str:
    return CliRunner().invoke(app, ["kpi", "explain", *words], catch_exceptions=False).stdout


def rows_of(tmp_path: Path, *words: str) -> tuple[str, list[dict[str, str]]]:
    """What is printed, and the rows of the file."""
    path = tmp_path / "filas.csv"
    said = explain(*words, "--filas", str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return said, list(csv.DictReader(file))


def published(warehouse: Warehouse, id: str, territory: str, period: str, category: str = "", number: int = 2) -> pd.Series:
    found = cell(publications.values(warehouse.engine, number, indicador=id), territory, period, category)
    assert found["estado"] == "publicado"
    return found


def total(rows: list[dict[str, str]], column: str) -> float:
    return sum(float(r[column]) for r in rows if r[column])


@pytest.mark.parametrize(
    ("id", "territory", "period", "category"),
    [
        ("pct_tramites_en_plazo", "13", "2026-T2", ""),
        ("pct_tramites_en_plazo", "00", "2026-T1", ""),
        ("pct_tramites_en_plazo", "PILOTO", "2026-T2", ""),
        ("pct_tramites_en_plazo", "13", "2026-T2", "titulacion"),
        ("pct_tramites_en_plazo", "21", "2026-T2", "2101"),
        ("movil_3_meses", "13", "2026-05", ""),
        ("pais_entero", "00", "2026-T2", ""),
        ("pais_entero", "26", "2026-T2", ""),
        ("pct_pendientes_vencidos", "26", "2026-T2", ""),
        ("distribucion_situacion_area_2006", "PILOTO", "2006", "atipica"),
    ],
)
def test_a_ratio_is_made_again_from_its_rows(id: str, territory: str, period: str, category: str, warehouse: Warehouse, tmp_path: Path) -> None:
    figure = published(warehouse, id, territory, period, category)
    said, rows = rows_of(tmp_path, id, "--territorio", territory, "--periodo", period, *(["--categoria", category] if category else []))
    assert (total(rows, "aporte_numerador"), total(rows, "aporte_denominador")) == (figure["numerador"], figure["denominador"])
    assert 100 * total(rows, "aporte_numerador") / total(rows, "aporte_denominador") == pytest.approx(figure["valor"], rel=1e-11)
    assert "es lo publicado" in said
    assert all(bool(r["motivo_fuera"]) != (r["en_denominador"] == "1") for r in rows), "cada fila cuenta o dice por qué no"


def test_a_count_is_made_again_from_its_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    said, rows = rows_of(tmp_path, "muertes_accidentes_mineros", "--territorio", "00", "--periodo", "2020")
    assert total(rows, "aporte_numerador") == published(warehouse, "muertes_accidentes_mineros", "00", "2020")["valor"] == 15
    assert len(rows) == 3 and "3  en el numerador, que suman 15\n" in said and "es lo publicado" in said


def test_a_sum_of_a_column_is_made_again_from_its_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    figure = published(warehouse, "dias_por_caso", "13", "2026-T2")
    said, rows = rows_of(tmp_path, "dias_por_caso", "--territorio", "13", "--periodo", "2026-T2")
    assert total(rows, "aporte_numerador") / total(rows, "aporte_denominador") == pytest.approx(figure["valor"], rel=1e-11)
    assert total(rows, "aporte_n") == figure["n"] and "es lo publicado" in said


def test_a_quantile_is_made_again_from_its_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    figure = published(warehouse, "p90_dias_ciudadano", "21", "2026-T2")
    said, rows = rows_of(tmp_path, "p90_dias_ciudadano", "--territorio", "21", "--periodo", "2026-T2")
    days = [int(r["valor_fila"]) for r in rows if r["en_denominador"] == "1"]
    assert len(days) == figure["n"]
    assert np.quantile(days, 0.9) == pytest.approx(figure["valor"])
    assert "es lo publicado" in said and re.search(r"Además, \d+ filas de ese lugar no tienen «fecha_fin»", said)


def test_a_median_with_open_cases_is_made_again_from_its_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    """Kaplan and Meier by hand: at each day, of those still there, how many end."""
    figure = published(warehouse, "mediana_dias_entidad", "21", "2026-T2")
    said, rows = rows_of(tmp_path, "mediana_dias_entidad", "--territorio", "21", "--periodo", "2026-T2")
    cases = sorted((int(r["valor_fila"]), r["en_numerador"] == "1") for r in rows if r["en_denominador"] == "1")
    assert len(cases) == figure["n"] and any(not ended for _, ended in cases)
    left, median = 1.0, None
    for day in sorted({d for d, ended in cases if ended}):
        left *= 1 - sum(d == day and ended for d, ended in cases) / sum(d >= day for d, _ in cases)
        if median is None and left <= 0.5 + 1e-10:
            median = day
    assert median == figure["valor"] and "es lo publicado" in said


def test_a_ratio_between_groups_is_made_again_from_its_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    figure = published(warehouse, "dos_grupos", "00", "2026-T2")
    said, rows = rows_of(tmp_path, "dos_grupos", "--territorio", "00", "--periodo", "2026-T2")
    sums = [total(rows, f"aporte_{p}") for p in ("numerador", "denominador", "numerador_referencia", "denominador_referencia")]
    assert (sums[0] / sums[1]) / (sums[2] / sums[3]) == pytest.approx(figure["valor"], rel=1e-11)
    assert f"Grupo de referencia: {sums[2]:.0f} de {sums[3]:.0f}.\n" in said
    assert "es lo publicado" in said


def test_every_row_out_says_why(warehouse: Warehouse, tmp_path: Path) -> None:
    said, rows = rows_of(tmp_path, "pct_tramites_en_plazo", "--territorio", "13", "--periodo", "2026-T2")
    out = [r for r in rows if r["en_denominador"] == "0"]
    foreign = [r for r in out if r["motivo_fuera"] == "le compete a otra autoridad"]
    dropped = [r for r in out if r["motivo_fuera"] == "no cumple el filtro: coalesce(sentido, '') NOT IN ('abandono', 'desistimiento')"]
    assert foreign and dropped and len(foreign) + len(dropped) == len(out)
    assert {r["es_competencia_gr"] for r in foreign} == {"0"} and {r["sentido"] for r in dropped} == {"desistimiento"}
    assert re.search(rf"{len(foreign)}  fuera: le compete a otra autoridad\n", said)
    assert f"lugar y periodo: {len(rows)}\n" in said and "dan lugar a «Plazo referencial (no verificado)»" in said
    assert all("sintetico" in r["marcas"] for r in rows)


def test_an_older_publication_is_explained_with_its_own_data(warehouse: Warehouse, tmp_path: Path) -> None:
    before, after = (published(warehouse, "pct_tramites_en_plazo", "13", "2026-T2", number=n) for n in (1, 2))
    assert before["denominador"] > after["denominador"]
    said, rows = rows_of(tmp_path, "pct_tramites_en_plazo", "--territorio", "13", "--periodo", "2026-T2", "--publicacion", "1")
    assert total(rows, "en_denominador") == before["denominador"]
    assert "es lo publicado" in said and "publicación N.º 1" in said


@pytest.mark.parametrize("number", ["1", "2"])
def test_the_deliveries_are_those_that_the_publication_knew(number: str, warehouse: Warehouse) -> None:
    said = explain("pct_tramites_en_plazo", "--territorio", "13", "--periodo", "2026-T1", "--publicacion", number)
    assert re.search(rf"tramites +13 +2025-09 a 2026-09 .* 13 2026-01 v1, 13 2026-02 v1, 13 2026-03 v{number}", said)


def test_it_is_explained_as_it_was_published_whatever_is_installed_now(warehouse: Warehouse) -> None:
    """None of these ids is installed; what is frozen is enough."""
    assert "pais_entero" not in INSTALLED
    said = explain("pais_entero")
    assert "Competencia              es_competencia_gr, salvo en el país, que cuenta las de todos" in said
    assert "FROM v_relojes AS x" in said and "Segunda etapa: valor = 100 * sum(pais_entero__num)" in said
    assert re.search(r"tramites +1 +autoridad, cod_procedimiento", said)
    assert re.search(r"tramites +39 +2025-09 a 2026-09 +05-10-2026 +1,160 +0\n", said)


def test_restricted_columns_are_left_out_of_the_file(warehouse: Warehouse, tmp_path: Path) -> None:
    """The holder of a right is for whoever sent it to see, and the figure comes out without."""
    said, rows = rows_of(tmp_path, "pct_titulares_con_dac", "--territorio", "13", "--periodo", "2025")
    assert "No se muestran las columnas restringidas: titular.\n" in said and "es lo publicado" in said
    assert (len(rows), total(rows, "en_denominador")) == (30, 27)
    assert "titular" not in rows[0] and rows[0]["codigo_derecho"] * 4 not in str(rows)


def test_a_sheet_frozen_without_its_fact_has_it_in_its_sql(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen = publications.sheets(warehouse.engine, 2)
    for sheet in frozen.values():
        assert sheet["ficha"].pop("hecho") in sheet["sql"]
    monkeypatch.setattr(publications, "sheets", lambda engine, number: frozen)
    assert "es lo publicado" in explain("pct_tramites_en_plazo", "--territorio", "13", "--periodo", "2026-T2")


def test_the_headline_of_a_breakdown_stands_for_the_whole(warehouse: Warehouse, tmp_path: Path) -> None:
    _, rows = rows_of(tmp_path, "conflictos_sociales_reportados", "--territorio", "21", "--periodo", "2025-08")
    assert [r["aporte_numerador"] for r in rows] == ["19.0"]


def test_a_figure_that_is_not_published_says_its_state(warehouse: Warehouse) -> None:
    said = explain("pct_tramites_en_plazo", "--territorio", "24", "--periodo", "2026-T2")
    assert "Publicado: no reportado por la región\n" in said
    assert "De esas filas no sale ninguna cifra; no se publica: no reportado por la región." in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pct_tramites_en_plazos"], "No existe el indicador «pct_tramites_en_plazos». ¿Quiso decir «pct_tramites_en_plazo»?"),
        (["pct_tramites_en_plazo", "--territorio", "13"], "Las filas son de una cifra: un territorio y un periodo."),
        (["pct_tramites_en_plazo", "--filas", "x.csv"], "--filas escribe las filas de una cifra."),
        (["pct_tramites_en_plazo", "--territorio", "Moqegua", "--periodo", "2026-T2"], "¿Quiso decir «Moquegua»?"),
        (["pct_tramites_en_plazo", "--territorio", "13", "--periodo", "2026-S1"], "«pct_tramites_en_plazo» no se calcula por semestre."),
        (["pct_tramites_en_plazo", "--territorio", "L15", "--periodo", "2026-T2"], "no se calcula para Lima"),
        (["pct_tramites_en_plazo", "--territorio", "13", "--periodo", "2026-T2", "--categoria", "titulacio", "--desglose", "familia"],
         "No hay ninguna categoría «titulacio». ¿Quiso decir «titulacion»?"),
        (["pct_tramites_en_plazo", "--territorio", "00", "--periodo", "2026-T2", "--categoria", "1301"], "Las provincias son un desglose de su región."),
        (["distribucion_situacion_area_2006", "--territorio", "PILOTO", "--periodo", "2006"], "se explica por categoría"),
        (["pct_tramites_en_plazo", "--publicacion", "9"], "No existe la publicación 9."),
        (["pct_denuncias_atendidas_30d"], "Todavía no hay datos aceptados de «denuncias», de donde sale el indicador."),
        (["pct_tramites_en_plazo", "--territorio", "13", "--periodo", "2026-T2", "--filas", "/no/hay/filas.csv"], "No se pudo guardar /no/hay/filas.csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_told(words: list[str], said: str, warehouse: Warehouse) -> None:
    with pytest.raises(SiegemError) as told:
        explain(*words)
    assert said in told.value.what + told.value.cure
