"""The official series and the tables that come with the project: they fit their contracts and are true to their source."""

from __future__ import annotations

from pathlib import Path

import pytest
from plain_judge import CONTRACTS, as_contract, broken, check_values, read

from etl import references
from warehouse.periods import parse

SHIPPED = Path(references.__file__).parent / "shipped"

# ---- the official series


SERIES = {
    "produccion_metalica": ("mining_production_region_month.csv", {}),
    "presupuesto_departamento": ("budget_region_year.csv", {"O02-COH-2": 4}),
    "accidentes_mortales": ("fatal_accidents_region_year.csv", {"O03-REF-1": 18}),
}


@pytest.mark.parametrize("table", SERIES)
def test_an_official_series_fits_its_contract(table: str, shared: Path) -> None:
    name, expected = SERIES[table]
    contract = CONTRACTS[table]
    rows = []
    for record in read(shared / "data" / name):
        rows.append({c.name: as_contract(c, record[c.source_names[0]]) for c in contract.columns})
    check_values(contract, rows)
    found = broken(table, rows)
    if table == "accidentes_mortales":
        expected = {"O03-REF-1": sum(r["cod_departamento"] == "99" for r in rows)}
    assert {rule: len(hits) for rule, hits in found.items()} == expected


# ---- the shipped tables


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.csv")), ids=lambda p: p.stem)
def test_a_shipped_table_fits_its_contract(path: Path) -> None:
    contract = CONTRACTS[path.stem]
    texts = read(path)
    assert tuple(texts[0]) == contract.column_names
    rows = [{c.name: as_contract(c, row[c.name]) for c in contract.columns} for row in texts]
    check_values(contract, rows)
    cited = "fuente_url" if "fuente_url" in contract.column_names else "fuente"
    assert all(row[cited] for row in texts)
    for row in texts:
        if row.get("periodo"):
            parse(row["periodo"])


def test_shipped_tables_warn_where_two_sources_disagree() -> None:
    contract = CONTRACTS["conflictos_reportados"]
    rows = [{c.name: as_contract(c, r[c.name]) for c in contract.columns} for r in read(SHIPPED / "conflictos_reportados.csv")]
    found = broken("conflictos_reportados", rows)
    assert {rule: sorted((rows[i]["periodo"], rows[i]["casos"]) for i in hits) for rule, hits in found.items()} == {
        "P03-CON-1": [("2025-08", 98), ("2025-08", 108)]
    }
    contract = CONTRACTS["reinfo_prensa"]
    rows = [{c.name: as_contract(c, r[c.name]) for c in contract.columns} for r in read(SHIPPED / "reinfo_prensa.csv")]
    assert {rule: len(hits) for rule, hits in broken("reinfo_prensa", rows).items()} == {"P01-COH-1": 4, "P01-COM-1": 10}


CITED = {"fuente_url": "source_url"}


@pytest.mark.parametrize(
    ("table", "original", "columns"),
    [
        ("reinfo_prensa", "data/reinfo_region_press.csv", {"cod_departamento": "dep_code", "inscripciones": "registrations"} | CITED),
        (
            "transferencias_mineras", "data/mining_transfers_region_2023.csv",
            {"cod_departamento": "dep_code", "anio": "year", "concepto": "transfer_type", "monto_millones_soles": "million_soles"} | CITED,
        ),
        (
            "conflictos_reportados", "data/social_conflicts_reported.csv",
            {"cod_departamento": "dep_code", "periodo": "report_month", "casos": "value"} | CITED,
        ),
        (
            "situacion_areas", "domain/fixture_situacion_areas_2006.csv",
            {n: n for n in ("ambito", "anio_dac", "situacion", "casos", "porcentaje_declarado", "fuente")},
        ),
    ],
)  # fmt: skip
def test_a_shipped_table_is_true_to_the_original(table: str, original: str, columns: dict[str, str], shared: Path) -> None:
    ours, theirs = read(SHIPPED / f"{table}.csv"), read(shared / original)
    assert [[row[c] for c in columns] for row in ours] == [[row[c] for c in columns.values()] for row in theirs]


def test_categories_of_the_press_were_translated_one_to_one(shared: Path) -> None:
    for table, original, pairs in (
        ("reinfo_prensa", "reinfo_region_press.csv", {"estado": "status", "metodo": "method", "periodo_texto": "period"}),
        ("conflictos_reportados", "social_conflicts_reported.csv", {"medida": "measure"}),
    ):
        ours, theirs = read(SHIPPED / f"{table}.csv"), read(shared / "data" / original)
        for own, printed in pairs.items():
            mapping = {(a[own], b[printed]) for a, b in zip(ours, theirs, strict=True)}
            assert len(mapping) == len({m[0] for m in mapping}) == len({m[1] for m in mapping}), own
    spoken = {(r["periodo_texto"], r["periodo"]) for r in read(SHIPPED / "reinfo_prensa.csv")}
    assert {t for t, code in spoken if not code} == {"sin fecha", "2019-01 a 2019-10", "2012-03 a 2016-01"}
    assert all(t == code for t, code in spoken if code)
