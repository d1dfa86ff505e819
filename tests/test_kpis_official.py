"""The official series through the engine, against the figures their publishers print."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kpis.pipeline import compute_and_publish
from tests import kpis_tables as put
from tests.kpis_rows import cell
from warehouse import publications
from warehouse.settings import load
from warehouse.store import Warehouse

UNITS = {"g_fino": "g_f", "kg_fino": "kg_f", "t_fina": "tm_f"}
STRATA = {"regimen_general": "GENERAL", "ppm": "PPM", "pma": "PMA"}


@pytest.fixture(scope="module")
def published(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Every value of a publication made from the official files."""
    warehouse = Warehouse(load(datos=tmp_path_factory.mktemp("oficial"))).prepare()
    metal = put.official(shared, "mining_production_region_month")
    rows = [
        {
            "cod_departamento": r.dep_code,
            "mineral": r.metal,
            "unidad": UNITS[r.unit],
            "estrato": STRATA[r.stratum],
            "anio": r.year,
            "mes": r.month,
            "produccion": float(r.production),
            "unidades_declarantes": r.units_reporting,
            "unidades_productoras": r.units_producing,
        }
        for r in metal.itertuples()
    ]
    put.deliver(warehouse, "produccion_metalica", {("00", "2025"): put.by_department(rows)})
    budget = put.official(shared, "budget_region_year")
    money = [
        {
            "cod_departamento": r.dep_code,
            "anio": r.year,
            "pia_soles": r.pia,
            "pim_soles": r.pim,
            "devengado_soles": r.accrued,
            "base_devengado": "informado" if r.accrued_basis == "reported" else "derivado_de_pct_informado",
            "anio_parcial": bool(r.partial_year),
        }
        for r in budget.itertuples()
    ]
    put.deliver(warehouse, "presupuesto_departamento", {("00", "2026"): put.by_department(money)})
    put.fatalities(warehouse, [(r.dep_code, r.year, r.deaths) for r in put.official(shared, "fatal_accidents_region_year").itertuples()])
    compute_and_publish(warehouse)
    return publications.values(warehouse.engine, 1)


def test_copper_of_2021(published: pd.DataFrame) -> None:
    found = cell(published, "00", "2021", indicator="produccion_cobre")
    assert found["valor"] in (2326035, 2326036)
    assert found["cambio_estado"] == "sube" and found["cambio_relativo"] == pytest.approx(8.2, abs=0.05)


@pytest.mark.parametrize(
    ("indicator", "place", "expected", "unit"),
    [
        ("produccion_cobre", "04", 478.7, 1000),
        ("produccion_cobre", "02", 466.1, 1000),
        ("produccion_cobre", "03", 382.5, 1000),
        ("produccion_cobre", "08", 311.5, 1000),
        ("produccion_cobre", "23", 255.8, 1000),
        ("produccion_oro", "06", 32.1, 1),
        ("produccion_oro", "13", 30.5, 1),
        ("produccion_oro", "05", 12.0, 1),
        ("produccion_oro", "04", 17.2, 1),
        ("produccion_plata", "12", 672.2, 1),
        ("produccion_plata", "19", 658.7, 1),
        ("produccion_plata", "02", 650.8, 1),
    ],
)
def test_regional_production_of_2019(published: pd.DataFrame, indicator: str, place: str, expected: float, unit: int) -> None:
    """Both columns of the sidecar's comparison with SNMPE: ours to one decimal, the publisher's within 0.3 % (gold of Arequipa apart)."""
    assert round(cell(published, place, "2019", indicator=indicator)["valor"] / unit, 1) == pytest.approx(expected, abs=0.0501)


def test_copper_of_arequipa_month_by_month(published: pd.DataFrame) -> None:
    own = published[(published["indicador"] == "produccion_cobre") & (published["territorio"] == "04") & (published["tipo_periodo"] == "mes")]
    assert own.loc[own["periodo"].between("2020-01", "2020-11"), "valor"].sum() in (353881, 353882)


def test_quarters_add_up_to_years(published: pd.DataFrame) -> None:
    own = published[published["indicador"].str.startswith("produccion_") & (published["estado"] == "publicado")]
    by_year = own.assign(anio=own["periodo"].str[:4]).pivot_table(
        index=["indicador", "territorio", "anio"], columns="tipo_periodo", values="numerador", aggfunc="sum"
    )
    pd.testing.assert_series_equal(by_year["trimestre"], by_year["anio"], check_names=False)
    pd.testing.assert_series_equal(by_year["mes"], by_year["anio"], check_names=False)


def test_incomplete_years_are_marked_and_not_compared(published: pd.DataFrame) -> None:
    def notices(indicator: str, period: str) -> list[str]:
        found = cell(published, "00", period, indicator=indicator)
        assert pd.isna(found["cambio_estado"]) == ("serie_incompleta" in found["avisos"]) or period in ("2006", "2020", "2017")
        return list(found["avisos"])

    assert notices("produccion_cobre", "2025") == ["serie_incompleta"]
    assert notices("produccion_cobre", "2025-T1") == []
    assert notices("produccion_cobre", "2025-T2") == ["serie_incompleta"]
    assert notices("produccion_oro", "2017") == ["serie_incompleta"]
    assert notices("produccion_oro", "2021") == []
    assert notices("produccion_molibdeno", "2016") == ["serie_incompleta"]
    assert notices("produccion_hierro", "2020") == [], "dos meses sin producción no son meses sin datos"
    assert cell(published, "00", "2025", indicator="produccion_cobre")["datos_al"].isoformat() == "2025-04-30"


def test_budget_execution(published: pd.DataFrame, shared: Path) -> None:
    raw = put.official(shared, "budget_region_year")
    own = published[published["indicador"] == "pct_ejecucion_presupuestal"]
    year = raw[raw["year"] == 2024]
    country = cell(own, "00", "2024")
    assert country["valor"] == pytest.approx(100 * year["accrued"].sum() / year["pim"].sum())
    lima = raw[(raw["year"] == 2024) & (raw["dep_code"] == "15")].iloc[0]
    assert cell(own, "L15", "2024")["valor"] == pytest.approx(100 * lima["accrued"] / lima["pim"])
    assert cell(own, "15", "2024")["estado"] == cell(own, "26", "2024")["estado"] == "no_desagregado"
    assert cell(own, "98", "2024")["nivel"] == "otro"
    assert cell(own, "13", "2010")["avisos"] == ["estimado"]
    assert cell(own, "13", "2026")["avisos"] == ["serie_incompleta"]
    assert pd.isna(cell(own, "13", "2012")["cambio"]), "de un devengado derivado a uno informado no se compara"


def test_deaths_of_the_country_include_the_unassigned(published: pd.DataFrame) -> None:
    own = published[published["indicador"] == "muertes_accidentes_mineros"]
    country = own[own["territorio"] == "00"]
    assert country["valor"].sum() == 851
    assert own.loc[own["territorio"] == "99", "valor"].sum() == 146
    assert cell(own, "00", "2024")["avisos"] == ["serie_incompleta"]
    assert cell(own, "13", "2023")["avisos"] == ["indicativo"]
    assert cell(own, "07", "2023")["estado"] == "sin_registro"
