"""MEF's 63-column files: streamed, filtered, cumulative to each month's end, in either encoding; published totals come out to the cent."""

from __future__ import annotations

import csv
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import etl_samples as samples
import layouts
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts_server import File, Site, answer, no_waiting, rows_of

from benchmarks import mef
from etl.pipeline import ingest
from etl.sources import feeds
from etl.sources.feed import Feed
from etl.sources.received import Received
from warehouse import catalogue
from warehouse.errors import SiegemError, SourceError
from warehouse.settings import load
from warehouse.store import Warehouse

NAME = "mef_presupuesto_regional"


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse(pausa_segundos=0, reintentos=3, espera_segundos=2)


def declared(**changes: Any) -> Feed:
    """The feed as it comes with the project, with some keys changed; `opciones` are merged."""
    feed = feeds.load(feeds.FOLDER / f"{NAME}.yml")
    options = {**feed.opciones, **changes.pop("opciones", {})}
    return feed.model_copy(update={"anios": (), "periodo": "2025", "url": "", "opciones": options, **changes})


def brought(house: Warehouse, content: bytes, **changes: Any) -> list[Received]:
    """What the feed gives when the operator left `content`."""
    path = house.settings.datos / "fuentes" / "gasto.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return list(feeds.collect(house, {NAME: declared(archivo="gasto.csv", **changes)}, no_waiting()))


def problem(found: list[Received]) -> SourceError:
    (only,) = found
    assert isinstance(only.problem, SourceError)
    return only.problem


row = layouts.mef_row


def test_months_are_added_up_to_each_months_end_and_the_opening_is_in_all(house: Warehouse) -> None:
    content = layouts.mef_csv([
        row(2025, 0, MONTO_PIA="1000.50", MONTO_PIM="1000.50"),
        row(2025, 1, MONTO_DEVENGADO="100.10", MONTO_GIRADO="90"),
        row(2025, 3, MONTO_PIM="500", MONTO_DEVENGADO="-0.10"),
    ])  # fmt: skip
    (received,) = brought(house, content)
    found = rows_of(received)
    assert [(r["mes"], r["pia"], r["pim"], r["devengado"]) for r in found] == [
        ("1", "1000.50", "1000.50", "100.10"), ("2", "1000.50", "1000.50", "100.10"), ("3", "1000.50", "1500.50", "100.00"),
    ]  # fmt: skip
    first = found[0]
    assert (first["cod_region"], first["programa"], first["rubro"], first["generica"], first["es_mineria"]) == ("18", "9002", "18", "2.3", "true")
    assert (received.table, received.cod_region, received.periodo) == ("presupuesto", "00", "2025")


def test_only_mining_of_regional_governments_is_kept(house: Warehouse) -> None:
    content = layouts.mef_csv([
        row(2025, 1, MONTO_DEVENGADO="1"),
        row(2025, 1, MONTO_DEVENGADO="10", FUNCION_NOMBRE="TRANSPORTE"),
        row(2025, 1, MONTO_DEVENGADO="100", FUNCION_NOMBRE="AMBIENTE", PROGRAMA_PPTO="0126"),
        row(2025, 1, MONTO_DEVENGADO="1000", NIVEL_GOBIERNO="E", PLIEGO="016", PLIEGO_NOMBRE="M. DE ENERGIA Y MINAS"),
        row(2025, 1, MONTO_DEVENGADO="10000", PROGRAMA_PPTO="0090", RUBRO="00"),
    ])  # fmt: skip
    (received,) = brought(house, content)
    assert {(r["programa"], r["rubro"]): r["devengado"] for r in rows_of(received)} == {
        ("9002", "18"): "1.00", ("0126", "18"): "100.00", ("otros", "00"): "10000.00",
    }  # fmt: skip
    (whole,) = brought(house, content, opciones={"solo_mineria": False})
    assert {r["es_mineria"]: r["devengado"] for r in rows_of(whole) if r["programa"] == "9002"} == {"true": "1.00", "false": "10.00"}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
def test_both_encodings_give_the_same_bytes(house: Warehouse, encoding: str) -> None:
    rows = [row(2025, 1, MONTO_DEVENGADO="1", FUNCION_NOMBRE="MINERÍA", META_NOMBRE="AÑO Ñ")] * 3
    (received,) = brought(house, layouts.mef_csv(rows, encoding=encoding))
    assert [r["devengado"] for r in rows_of(received)] == ["3.00"]


def test_the_raw_file_is_not_kept_and_its_measure_is(house: Warehouse, site: Site) -> None:
    content = layouts.mef_csv([row(2025, 1, MONTO_DEVENGADO="1")])
    site.routes["/2025.csv"] = File(content)
    feed = declared(url=f"{site.url}/2025.csv?token=s3cr3t0")
    (received,) = feeds.collect(house, {NAME: feed}, no_waiting())
    assert hashlib.sha256(content).hexdigest() in received.origin and f"{len(content):,} bytes" in received.origin
    assert "s3cr3t0" not in received.origin
    kept = [p.read_bytes() for p in house.settings.datos.rglob("*") if p.is_file() and p.suffix != ".db"]
    assert not [k for k in kept if b"MONTO_PIA" in k]
    (again,) = feeds.collect(house, {NAME: feed}, no_waiting())
    assert b"".join(again.chunks()) == b"".join(received.chunks())
    assert site.seen[1][2]["if-none-match"] == '"v1"'


def test_a_line_cut_in_the_middle_of_the_file_is_gone_on_with(house: Warehouse, site: Site) -> None:
    rows = [row(2025, 1 + n % 12, MONTO_DEVENGADO=f"{n}.25") for n in range(3000)]
    content = layouts.mef_csv(rows)
    site.routes["/2025.csv"] = File(content, cuts=[400_000, 900_000])
    (received,) = feeds.collect(house, {NAME: declared(url=f"{site.url}/2025.csv")}, no_waiting())
    assert Decimal(rows_of(received)[-1]["devengado"]) == sum(Decimal(f"{n}.25") for n in range(3000))
    assert len(site.seen) == 3


def test_a_file_that_cannot_be_resumed_is_summed_anew_and_nothing_counts_twice(house: Warehouse, site: Site) -> None:
    content = layouts.mef_csv([row(2025, 1, MONTO_DEVENGADO="2")] * 3000)
    site.routes["/2025.csv"] = File(content, etag="", cuts=[1_000_000])
    (received,) = feeds.collect(house, {NAME: declared(url=f"{site.url}/2025.csv")}, no_waiting())
    assert [r["devengado"] for r in rows_of(received)] == ["6000.00"]


def test_published_totals_of_every_department_come_out_and_are_accepted(house: Warehouse, shared: Path) -> None:
    series = shared / "data" / "budget_region_year.csv"
    content = layouts.mef_csv([*layouts.mef_of_departments(series, 2023), row(2023, 1, DEPARTAMENTO_META="18")], encoding="latin-1")
    found = {r.table: r for r in brought(house, content, periodo="2023", opciones={"tablas": ["presupuesto", "presupuesto_departamento"]})}
    got = {r["cod_departamento"]: r for r in rows_of(found["presupuesto_departamento"])}
    published = [p for p in csv.DictReader(series.read_text().splitlines()) if p["year"] == "2023"]
    assert len(published) == len(got) == 26
    for line in published:
        mine = got[line["dep_code"]]
        for ours, theirs in (("pia_soles", "pia"), ("pim_soles", "pim"), ("certificado_soles", "certified"), ("devengado_soles", "accrued")):
            assert Decimal(mine[ours]) == Decimal(str(layouts.cents(line[theirs]))) / 100, (line["region"], ours)
        assert (mine["base_devengado"], mine["anio_parcial"]) == ("informado", "false")
    report = ingest(house, [found["presupuesto_departamento"]])
    (outcome,) = report.outcomes
    assert outcome.filas_aceptadas == 26, outcome


def test_published_mining_spending_of_each_regional_government_comes_out_and_is_accepted(house: Warehouse, shared: Path) -> None:
    published = {
        line["dep_code"]: line
        for line in csv.DictReader((shared / "data" / "budget_region_function_year.csv").read_text().splitlines())
        if (line["year"], line["level"], line["function"]) == ("2023", "regional", "MINERIA")
    }
    content = layouts.mef_csv(layouts.mef_of_regions(published.values(), declared().opciones["pliegos"], 2023), encoding="latin-1")
    (received,) = brought(house, content, periodo="2023")
    december = {r["cod_region"]: r for r in rows_of(received) if r["mes"] == "12"}
    assert december.keys() == published.keys() and len(published) > 20
    for code, line in published.items():
        for ours, theirs in (("pim", "pim"), ("devengado", "accrued")):
            assert Decimal(december[code][ours]) == Decimal(layouts.cents(line[theirs])) / 100, (line["region"], ours)
    (outcome,) = ingest(house, [received]).outcomes
    assert (outcome.filas_aceptadas, outcome.filas) == (12 * len(published), 12 * len(published)), outcome


def test_a_year_that_has_not_ended_says_so(house: Warehouse) -> None:
    found = brought(house, layouts.mef_csv([row(2025, 6, MONTO_PIM="5")]), opciones={"tablas": ["presupuesto_departamento"]})
    assert [r["anio_parcial"] for r in rows_of(found[0])] == ["true"]


def test_a_pliego_that_prints_another_name_is_refused_and_an_unknown_one_is_told(house: Warehouse) -> None:
    wrong = problem(brought(house, layouts.mef_csv([row(2025, 1, PLIEGO="456", MONTO_PIM="5")])))
    assert "456" in wrong.what and "MOQUEGUA" in wrong.what and "Pasco" in wrong.what
    other = row(2025, 1, PLIEGO="470", PLIEGO_NOMBRE="MANCOMUNIDAD REGIONAL DE LOS ANDES", MONTO_PIM="7000")
    (received,) = brought(house, layouts.mef_csv([row(2025, 1, MONTO_PIM="5"), other]))
    assert any("470" in n and "MANCOMUNIDAD" in n and "7,000" in n for n in received.notes)
    assert [r["pim"] for r in rows_of(received)] == ["5.00"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "faltan NIVEL_GOBIERNO"),
        (b"<html><body>403</body></html>", "faltan NIVEL_GOBIERNO"),
        (layouts.mef_csv([]), "no trae filas"),
        (layouts.mef_csv([row(2024, 1)]), "trae el año 2024 y la fuente declara 2025"),
        (layouts.mef_csv([row(2025, 13)]), "mes no está entre 0 y 12"),
        (layouts.mef_csv([row(2025, 1, MES_EJE="")]), "mes no está entre 0 y 12"),
        (layouts.mef_csv([row(2025, 1), row(2025, 1, MONTO_PIM="1,5")]), "«MONTO_PIM» tiene un valor que no es un número «1,5»"),
        (layouts.mef_csv([row(2025, 1, MONTO_PIM="nan")]), "no se pudo sumar"),
        (layouts.mef_csv([row(2025, 1), row(2025, 1)])[:-40], "fila 3: tiene"),
        (layouts.mef_csv([row(2025, 1), row(2025, 2)[:-1]]), "fila 3: tiene 62 valores y la cabecera 63 columnas"),
        (layouts.mef_csv([row(2025, 1, NIVEL_GOBIERNO="M")]), "ninguna fila de nivel «R»"),
        (layouts.mef_csv([row(2025, 1)]).replace(b"MONTO_PIM", b"MONTO_PIMM"), "¿Quiso decir «MONTO_PIMM»?"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_is_a_sentence(house: Warehouse, content: bytes, says: str) -> None:
    error = problem(brought(house, content))
    assert says in error.what, error.what
    assert error.stands and error.cure


def test_a_file_the_operator_did_not_leave_is_a_sentence(house: Warehouse) -> None:
    error = problem(list(feeds.collect(house, {NAME: declared(archivo="nada*.csv")}, no_waiting())))
    assert "nada*.csv" in error.what and "fuentes" in error.what


def test_the_size_has_a_limit_of_its_own(new_warehouse: Any, site: Site) -> None:
    house = new_warehouse(pausa_segundos=0, max_mb_flujo=1, max_mb_archivo=9)
    site.routes["/x.csv"] = answer(b"x" * 1_500_000)
    (received,) = feeds.collect(house, {NAME: declared(url=f"{site.url}/x.csv")}, no_waiting())
    assert received.problem is not None and "SIEGEM_MAX_MB_FLUJO" in received.problem.cure


def test_declared_pliegos_are_the_26_regions() -> None:
    pliegos = declared().opciones["pliegos"]
    assert sorted(p["region"] for p in pliegos.values()) == [f"{n:02d}" for n in range(1, 27)]


def test_the_table_goes_through_all_its_checks(house: Warehouse) -> None:
    """The contract that stands today takes the connector's rows, whatever its rules find in them."""
    phases = dict.fromkeys(("MONTO_PIA", "MONTO_PIM", "MONTO_CERTIFICADO", "MONTO_COMPROMETIDO"), "100")
    content = layouts.mef_csv([row(2025, 0, **phases), row(2025, 1, MONTO_DEVENGADO="60", MONTO_GIRADO="50")])
    (received,) = brought(house, content)
    (outcome,) = ingest(house, [received], contracts=catalogue.contracts()).outcomes
    assert (outcome.filas, outcome.filas_aceptadas) == (1, 1), outcome


def test_the_file_of_the_benchmark_is_accepted_whole_and_to_the_cent(tmp_path: Path) -> None:
    path, rows = tmp_path / "gasto.csv", 20_000
    mef.make(path, rows)
    with path.open(encoding="utf-8", newline="") as source:
        lines = list(csv.DictReader(source))
    assert (len(lines), tuple(lines[0])) == (rows, layouts.MEF)
    got = mef.bring(path, tmp_path / "datos")
    assert (got["problemas"], got["filas"], got["aceptadas"]) == ([], 31_200, 31_200)
    spent = sum(Decimal(r["MONTO_DEVENGADO"]) for r in lines)
    mining = [r for r in lines if r["NIVEL_GOBIERNO"] == "R" and (r["FUNCION_NOMBRE"] == "MINERIA" or r["PROGRAMA_PPTO"] == "0126")]
    house = Warehouse(load(datos=tmp_path / "datos"))
    december = [r for r in samples.accepted(house, "presupuesto") if r["mes"] == 12]
    assert sum(Decimal(str(r["devengado"])) for r in december) == sum(Decimal(r["MONTO_DEVENGADO"]) for r in mining) < spent
    assert sum(Decimal(str(r["pia"])) for r in december) == 26 * 100 * 900_000_000


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_rows_or_a_sentence(house: Warehouse, noise: bytes, whole: bool) -> None:
    good = layouts.mef_csv([row(2025, 1, MONTO_PIM="5")] * 3)
    content = noise if whole else good[:1500] + noise + good[1500:]
    for received in brought(house, content):
        assert received.problem is None or isinstance(received.problem, SiegemError)
