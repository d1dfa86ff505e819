"""MINEM's production workbooks of every layout: published figures come out, and what must not be added is not."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import layouts
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts_server import File, Site, no_waiting, rows_of

from etl.pipeline import ingest
from etl.sources import feeds
from etl.sources.feed import Feed
from etl.sources.received import Received
from warehouse.errors import FileRejected, SiegemError
from warehouse.store import Warehouse

NAME = "minem_produccion_metalica"
HEAD = ["ETAPA", "PROCESO", "CLASIFICACIÓN", "TITULAR", "UNIDAD", "REGIÓN", "PROVINCIA", "DISTRITO", "ENE", "FEB", "TOTAL"]


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse(pausa_segundos=0, reintentos=2, espera_segundos=5)


def declared(*books: dict[str, Any], **options: Any) -> Feed:
    feed = feeds.load(feeds.FOLDER / f"{NAME}.yml")
    return feed.model_copy(update={"opciones": {**feed.opciones, "libros": list(books), **options}})


def brought(house: Warehouse, contents: dict[str, bytes], *books: dict[str, Any], **options: Any) -> Received:
    folder = house.settings.datos / "fuentes"
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (received,) = feeds.collect(house, {NAME: declared(*books, **options)}, no_waiting())
    return received


def one(house: Warehouse, content: bytes, anio: int = 2019, **book: Any) -> Received:
    options = {k: book.pop(k) for k in ("estrato_si_falta", "totales", "etapas_que_no_suman") if k in book}
    return brought(house, {"libro.xlsx": content}, {"anio": anio, "archivo": "libro.xlsx", **book}, **options)


def workbook(
    rows: list[list[object]], *, titles: tuple[str, ...] = ("PRODUCCIÓN DE COBRE (TMF) - 2019",), head: list[str] = HEAD, merge: str = ""
) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Hoja1")
    for number, line in enumerate([*([t] for t in titles), [], head, *rows]):
        sheet.write_row(number, 1, line)
    if merge:
        sheet.merge_range(merge, "MINERA ANTIGUA S.A.")
    book.close()
    return buffer.getvalue()


def line(stage: str = "CONCENTRACIÓN", stratum: str = "Régimen General", unit: str = "U1", region: str = "PASCO", **more: Any) -> list[object]:
    place = more.get("place", ["PASCO", "YANACANCHA"])
    return [stage, "FLOTACIÓN", stratum, more.get("holder", "MINERA A"), unit, region, *place, *more.get("months", [10, 20]), more.get("total", 30)]


@pytest.fixture(scope="module")
def series(shared: Path) -> Path:
    return shared / "data" / "mining_production_region_month.csv"


def test_the_published_figures_of_2019_and_2021_come_out_and_are_accepted(house: Warehouse, series: Path) -> None:
    contents = {f"{anio}.xlsx": layouts.minem_workbook(series, anio) for anio in (2019, 2021)}
    received = brought(house, contents, *({"anio": anio, "archivo": f"{anio}.xlsx"} for anio in (2019, 2021)))
    rows = rows_of(received)
    total: dict[tuple[str, ...], float] = defaultdict(float)
    for row in rows:
        total[row["anio"], row["mineral"], row["cod_departamento"]] += float(row["produccion"])
        total[row["anio"], row["mineral"]] += float(row["produccion"])
    assert total["2021", "cobre"] == pytest.approx(2_326_036, abs=0.5)
    published = {  # SNMPE, as quoted in the series' own sheet: thousand tonnes, tonnes of gold, tonnes of silver
        ("cobre", "04"): 478.7, ("cobre", "02"): 466.1, ("cobre", "03"): 382.5, ("cobre", "08"): 311.5, ("cobre", "23"): 255.8,
        ("oro", "06"): 32.1, ("oro", "13"): 30.5, ("oro", "05"): 12.0, ("plata", "12"): 672.2, ("plata", "19"): 658.7, ("plata", "02"): 650.8,
    }  # fmt: skip
    for (metal, region), figure in published.items():
        scale = 1_000_000 if metal == "oro" else 1_000
        assert total["2019", metal, region] / scale == pytest.approx(figure, abs=0.06), (metal, region)
    national = list(csv.DictReader((series.parent / "check_production_vs_published.csv").read_text().splitlines()))
    compared = [line for line in national if line["year"] in ("2019", "2021")]
    assert len(compared) == 14
    for line in compared:  # thousand tonnes; tonnes of gold and silver
        scale = 1_000_000 if line["metal"] == "oro" else 1_000
        got = total[line["year"], line["metal"]] / scale
        assert got == pytest.approx(float(line["dataset"]), abs=0.06), line
        assert abs(got / float(line["published_thousand_t_or_t"]) - 1) < 0.016, line
    (outcome,) = ingest(house, [received]).outcomes
    assert (outcome.filas_aceptadas, outcome.filas) == (len(rows), len(rows)), outcome


@pytest.mark.parametrize("anio", [2019, 2021, 2025])
def test_every_cell_of_the_official_series_comes_out_of_its_layout(house: Warehouse, series: Path, anio: int) -> None:
    received = one(house, layouts.minem_workbook(series, anio), anio)
    codes = {line["region"]: line["dep_code"] for line in csv.DictReader(series.read_text().splitlines())}
    strata = {"regimen_general": "GENERAL", "ppm": "PPM", "pma": "PMA"}
    wanted = {
        (codes[region], metal, strata[stratum], str(month)): figures
        for (region, metal, stratum), months in layouts.production(series, anio).items()
        for month, figures in months.items()
    }
    rows = rows_of(received)
    got = {(r["cod_departamento"], r["mineral"], r["estrato"], r["mes"]): r for r in rows}
    assert len(got) == len(rows) and got.keys() == {k for k, (_, reporting, _) in wanted.items() if reporting}
    for key, row in got.items():
        produced, reporting, producing = wanted[key]
        assert float(row["produccion"]) == pytest.approx(produced, abs=0.002)
        assert (int(row["unidades_declarantes"]), int(row["unidades_productoras"])) == (reporting, producing), key
    assert any("plomo" in n for n in received.notes) and any("estano en refineria" in n for n in received.notes)


def test_a_regional_aggregate_is_production_and_no_unit(house: Warehouse, series: Path) -> None:
    received = one(house, layouts.minem_workbook(series, 2021, artisanal="Madre de Dios"), 2021)
    months = layouts.production(series, 2021)["Madre de Dios", "oro", "regimen_general"]
    found = [r for r in rows_of(received) if (r["cod_departamento"], r["mineral"], r["estrato"]) == ("17", "oro", "GENERAL")]
    assert {int(r["mes"]) for r in found} == set(months)
    for row in found:
        produced, reporting, _ = months[int(row["mes"])]
        assert float(row["produccion"]) == pytest.approx(produced, abs=0.002)
        assert int(row["unidades_declarantes"]) == reporting - 1


def test_the_metal_workbook_of_a_yearly_zip_is_found_among_the_three(house: Warehouse, site: Site, series: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("2025/PRODUCCIÓN NO METÁLICA 2025.xlsx", b"otro")
        archive.writestr("2025/PRODUCCIÓN METÁLICA 2025.xlsx", layouts.minem_workbook(series, 2025))
        archive.writestr("2025/PRODUCCIÓN CARBONÍFERA 2025.xlsx", b"otro")
    site.routes["/5472883-2025.zip"] = File(buffer.getvalue())
    shipped = feeds.load(feeds.FOLDER / f"{NAME}.yml").opciones["libros"][0]
    feed = declared({**shipped, "url": f"{site.url}/5472883-2025.zip"})
    (received,) = feeds.collect(house, {NAME: feed}, no_waiting())
    assert {r["mes"] for r in rows_of(received)} == {"1", "2", "3", "4"}
    (again,) = feeds.collect(house, {NAME: feed}, no_waiting())
    assert b"".join(again.chunks()) == b"".join(received.chunks()) and site.seen[-1][2]["if-none-match"] == '"v1"'
    assert not [p for p in house.landing.rglob("*") if p.is_file() and p.read_bytes()[:2] == b"PK"]


def test_before_2006_stages_are_banners_and_the_holder_is_a_merged_cell(house: Warehouse) -> None:
    head = ["EMPRESA MINERA", "UNIDAD MINERA", "REGION", "PROVINCIA", "DISTRITO", "ENE", "FEB", "T O T A L"]
    rows: list[list[object]] = [
        ["CONCENTRACION"],
        ["", "U1", "PASCO", "PASCO", "HUAYLLAY", 10, 20, 30],
        ["", "U2", "PASCO", "PASCO", "HUAYLLAY", 1, 2, 3],
        ["TOTAL CONCENTRACION", "", "", "", "", 11, 22, 33],
        ["REFINERIA"],
        ["REFINERÍA S.A.", "R1", "LIMA", "LIMA", "CALLAO", 11, 22, 33],
    ]
    content = workbook(rows, titles=("PRODUCCION MINERA DE ZINC 2005",), head=head, merge="B5:B6")
    received = one(house, content, 2005, estrato_si_falta="GENERAL", etapas_que_no_suman={"*": ["fundicion", "refineria"]})
    assert [(r["cod_departamento"], r["mineral"], r["mes"], r["produccion"], r["unidades_declarantes"]) for r in rows_of(received)] == [
        ("19", "zinc", "1", "11", "2"), ("19", "zinc", "2", "22", "2"),
    ]  # fmt: skip
    assert "zinc en refineria" in " ".join(received.notes)
    refused = one(house, content, 2005)
    assert refused.problem is not None and "no dice el estrato" in refused.problem.what


def test_an_old_regional_row_names_its_department_as_holder(house: Warehouse) -> None:
    rows = [line(), line(holder="MADRE DE DIOS", region="REGIONAL", place=["-------", "-------"], unit="")]
    found = rows_of(one(house, workbook(rows)))
    assert {(r["cod_departamento"], r["mes"]): (r["produccion"], r["unidades_declarantes"]) for r in found} == {
        ("19", "1"): ("10", "1"), ("19", "2"): ("20", "1"), ("17", "1"): ("10", "0"), ("17", "2"): ("20", "0"),
    }  # fmt: skip


def test_a_month_without_a_figure_is_not_declared_and_a_zero_is(house: Warehouse) -> None:
    found = rows_of(one(house, workbook([line(months=[0, "-"], total=0), line(unit="U2", months=["", "-"], total=0)])))
    assert [(r["mes"], r["produccion"], r["unidades_declarantes"], r["unidades_productoras"]) for r in found] == [("1", "0", "1", "0")]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([line(), line(unit="U2", total=35)], "fila 5: TOTAL dice 35 y los meses suman 30"),
        ([line(), line(unit="U2"), ["TOTAL", "", "", "", "", "", "", "", 20, 40, 999]], "fila 6: el total dice 999 y las filas suman 60"),
        ([line(months=["10,5", 20])], "fila 4, enero: «10,5» no es un número"),
        ([line(region="PASCOO")], "fila 4: «PASCOO» no es un departamento"),
        ([line(stratum="MEDIANO")], "fila 4: el estrato «mediano» no se reconoce"),
        ([line(region="")], "fila 4: trae producción y no dice de qué región es"),
    ],
)
def test_a_row_that_cannot_be_right_is_named(house: Warehouse, rows: list[list[object]], says: str) -> None:
    received = one(house, workbook(rows))
    assert received.problem is not None and says in received.problem.what, received.problem
    assert received.problem.cure and received.problem.stands and received.content is None


def test_totals_that_do_not_add_up_can_be_told_instead(house: Warehouse) -> None:
    received = one(house, workbook([line(total=35)]), totales="avisar")
    assert [r["produccion"] for r in rows_of(received)] == ["10", "20"]
    assert any("TOTAL dice 35" in n for n in received.notes)


def test_rounding_of_the_publisher_is_no_disagreement(house: Warehouse) -> None:
    assert rows_of(one(house, workbook([line(months=[10, 21], total=32)])))


@pytest.mark.parametrize(
    ("content", "book", "says"),
    [
        (workbook([line()], titles=("PRODUCCIÓN DE COBRE - 2018",)), {}, "el título dice 2018 y la fuente declara 2019"),
        (workbook([line()], titles=("PRODUCCIÓN METÁLICA",)), {}, "no se sabe de qué mineral es"),
        (workbook([line()], head=["A", "B", "C"]), {}, "ninguna hoja tiene una cabecera"),
        (workbook([[*line(), "Kg. f."]], head=[*HEAD, "UNIDAD DE MEDIDA"]), {}, "el mineral cobre viene en «kg f» y se espera tm_f"),
        (b"<html>", {}, "no es un libro de Excel"),
        (b"", {}, "está vacío"),
        (b"PK\x03\x04....", {}, "cortado o dañado"),
        (b"PK\x03\x04....", {"miembro": "*.xlsx"}, "no es un ZIP"),
    ],
)
def test_a_workbook_that_is_not_what_it_should_is_a_sentence(house: Warehouse, content: bytes, book: dict[str, Any], says: str) -> None:
    received = one(house, content, **book)
    assert received.problem is not None and says in received.problem.what, received.problem


def test_two_workbooks_of_the_same_year_and_metal_are_not_added(house: Warehouse) -> None:
    content = workbook([line()])
    received = brought(house, {"a.xlsx": content, "b.xlsx": content}, {"anio": 2019, "archivo": "a.xlsx"}, {"anio": 2019, "archivo": "b.xlsx"})
    assert received.problem is not None and "dos libros traen lo mismo" in received.problem.what


def test_one_workbook_that_fails_leaves_no_half_series(house: Warehouse) -> None:
    received = brought(
        house, {"a.xlsx": workbook([line()]), "b.xlsx": b"roto"}, {"anio": 2019, "archivo": "a.xlsx"}, {"anio": 2020, "archivo": "b.xlsx"}
    )
    assert isinstance(received.problem, FileRejected) and received.content is None


_CELLS = st.one_of(st.none(), st.text(max_size=8), st.integers(-10, 10**9), st.floats(allow_nan=False, allow_infinity=False, width=32))


@given(st.lists(st.lists(_CELLS, max_size=11), max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cells_are_rows_or_a_sentence(house: Warehouse, cells: list[list[Any]]) -> None:
    clean = [["".join(c for c in v if c.isprintable()) if isinstance(v, str) else v for v in row] for row in cells]
    received = one(house, workbook([line(), *([*r] for r in clean)]))
    assert received.problem is None or isinstance(received.problem, SiegemError)


@given(st.binary(max_size=400), st.integers(0, 6000))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_rows_or_a_sentence(house: Warehouse, noise: bytes, at: int) -> None:
    good = workbook([line()])
    for content in (noise, good[:at] + noise + good[at + len(noise) :]):
        received = one(house, content)
        assert received.problem is None or isinstance(received.problem, SiegemError)
