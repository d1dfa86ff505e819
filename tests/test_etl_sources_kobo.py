"""Survey exports of KoboToolbox and ODK: by a mapping, either separator, names or labels, people linked to their unit, nobody's place."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import layouts
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import KOBO_PEOPLE, KOBO_UNITS, kobo_csv, kobo_person, kobo_unit
from layouts_server import File, Site, no_waiting, rows_of

from etl.pipeline import ingest
from etl.sources import feeds
from etl.sources.feed import Credential, Feed
from etl.sources.received import Received
from warehouse import catalogue
from warehouse.errors import SiegemError, SourceError
from warehouse.store import Warehouse

NAME = "linea_base_kobo"


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse(pausa_segundos=0, reintentos=2, espera_segundos=5)


def declared(tables: tuple[str, ...] = ("lb_unidades", "lb_personas"), columns: dict[str, Any] | None = None, **changes: Any) -> Feed:
    """The feed as it comes with the project, with fewer tables, with columns of the first one changed, or with other keys."""
    feed = feeds.load(feeds.FOLDER / f"{NAME}.yml")
    mapping = {t: dict(feed.opciones["tablas"][t]) for t in tables}
    first = mapping[tables[0]]
    first["columnas"] = {**first["columnas"], **(columns or {})}
    options = {"tablas": mapping, **changes.pop("opciones", {})}
    return feed.model_copy(update={"opciones": options, **changes})


def brought(house: Warehouse, content: bytes, name: str, feed: Feed) -> dict[str, Received]:
    folder = house.settings.datos / "fuentes"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    found = list(feeds.collect(house, {NAME: feed.model_copy(update={"archivo": name})}, no_waiting()))
    return {r.table or "": r for r in found}


def zipped(units: list[list[str]], people: list[list[str]], separator: str = ",") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("linea_base.csv", kobo_csv(KOBO_UNITS, units, separator=separator))
        archive.writestr("linea_base-personas.csv", kobo_csv(KOBO_PEOPLE, people, separator=separator))
    return buffer.getvalue()


UNITS = [kobo_unit(1), kobo_unit(2, **{"proceso/insumos": "cianuro", "proceso/insumos/mercurio": "0"})]
PEOPLE = [kobo_person(1, 1), kobo_person(2, 1, **{"personas/sexo": "hombre"}), kobo_person(3, 2)]


@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_units_and_their_people_are_linked_and_accepted(house: Warehouse, form: str) -> None:
    feed = declared()
    if form == "zip":
        tables = feed.opciones["tablas"]
        options = {
            "tablas": {
                "lb_unidades": {**tables["lb_unidades"], "parte": "linea_base.csv"},
                "lb_personas": {**tables["lb_personas"], "parte": "*personas.csv", "padre": "linea_base.csv"},
            }
        }
        feed = feed.model_copy(update={"opciones": options})
    content = layouts.kobo_workbook(UNITS, PEOPLE) if form == "xlsx" else zipped(UNITS, PEOPLE)
    found = brought(house, content, f"linea_base.{form}", feed)
    units, people = rows_of(found["lb_unidades"]), rows_of(found["lb_personas"])
    assert [(u["unidad_lb_id"], u["usa_mercurio"], u["quema_abierta"], u["fecha_encuesta"]) for u in units] == [
        ("aaaa-0001", "true", "true", "2026-05-02"), ("aaaa-0002", "false", "true", "2026-05-02"),
    ]  # fmt: skip
    assert [(p["persona_lb_id"], p["unidad_lb_id"], p["sexo"], p["factor_expansion"]) for p in people] == [
        ("aaaa-0001-1", "aaaa-0001", "F", "12.5"), ("aaaa-0001-2", "aaaa-0001", "M", "12.5"), ("aaaa-0002-3", "aaaa-0002", "F", "12.5"),
    ]  # fmt: skip
    place = {(r.table, r.cod_region, r.periodo) for r in found.values()}
    assert place == {("lb_unidades", "13", "2026"), ("lb_personas", "13", "2026")}
    report = ingest(house, list(found.values()))
    assert [o.estado for o in report.outcomes if "falta la columna" in (o.mensaje or "")] == []


def test_nobodys_name_telephone_or_place_is_kept(house: Warehouse) -> None:
    found = brought(house, layouts.kobo_workbook(UNITS, PEOPLE), "linea_base.xlsx", declared())
    (house.settings.datos / "fuentes" / "linea_base.xlsx").unlink()
    kept = b"".join(p.read_bytes() for p in house.settings.datos.rglob("*") if p.is_file())
    assert b"PERSONA" not in kept and b"987654321" not in kept and b"77.5914" not in kept
    assert any("no se leyeron" in n for n in found["lb_unidades"].notes)


@pytest.mark.parametrize("separator", [",", ";"])
def test_labels_serve_as_well_as_names_and_either_separator(house: Warehouse, separator: str) -> None:
    header = ["Tipo de labor" if h == "labor/tipo_labor" else h for h in KOBO_UNITS]
    rows = [kobo_unit(1, **{"labor/tipo_labor": "Subterránea", "labor/condicion": "En proceso de formalización"})]
    columns = {"tipo_labor": {"de": ["labor/tipo_labor", "Tipo de labor"], "valores": {"Subterránea": "subterranea"}}}
    feed = declared(("lb_unidades",), columns, region="13")
    (unit,) = rows_of(brought(house, kobo_csv(header, rows, separator=separator), "e.csv", feed)["lb_unidades"])
    assert (unit["tipo_labor"], unit["condicion"]) == ("subterranea", "en_proceso")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"proceso/insumos": "mercurio cianuro", "proceso/insumos/mercurio": "1"}, "true"),
        ({"proceso/insumos": "cianuro", "proceso/insumos/mercurio": "0"}, "false"),
        ({"proceso/insumos": "cianuro", "proceso/insumos/mercurio": ""}, "false"),
        ({"proceso/insumos": "", "proceso/insumos/mercurio": ""}, ""),
        ({"proceso/insumos": "mercurio", "proceso/insumos/mercurio": "True"}, "true"),
        ({"proceso/insumos": "mercurio", "proceso/insumos/mercurio": "tal vez"}, "tal vez"),
    ],
)  # fmt: skip
def test_an_option_of_a_multiple_choice(house: Warehouse, changes: dict[str, str], wanted: str) -> None:
    found = brought(house, kobo_csv(KOBO_UNITS, [kobo_unit(1, **changes)]), "e.csv", declared(("lb_unidades",)))
    assert [u["usa_mercurio"] for u in rows_of(found["lb_unidades"])] == [wanted]


def test_an_option_is_found_in_the_list_where_it_has_no_column_of_its_own(house: Warehouse) -> None:
    header = [h for h in KOBO_UNITS if not h.startswith("proceso/insumos/")]
    rows = [
        [c for h, c in zip(KOBO_UNITS, kobo_unit(n, **{"proceso/insumos": v}), strict=True) if h in header]
        for n, v in ((1, "cal mercurio"), (2, "cal"), (3, ""))
    ]
    found = brought(house, kobo_csv(header, rows), "e.csv", declared(("lb_unidades",)))
    assert [u["usa_mercurio"] for u in rows_of(found["lb_unidades"])] == ["true", "false", ""]


def test_one_export_of_several_regions_is_parted(house: Warehouse) -> None:
    rows = [kobo_unit(1, **{"ubicacion/ubigeo": "130801"}), kobo_unit(2, **{"ubicacion/ubigeo": "190101"}), kobo_unit(3)]
    columns = {"cod_region": {"de": ["ubicacion/ubigeo"], "valores": {"130801": "13", "190101": "19"}}}
    feed = declared(("lb_unidades",), columns, opciones={"reparte": "cod_region"})
    folder = house.settings.datos / "fuentes"
    folder.mkdir()
    (folder / "e.csv").write_bytes(kobo_csv(KOBO_UNITS, rows))
    found = list(feeds.collect(house, {NAME: feed.model_copy(update={"archivo": "e.csv"})}, no_waiting()))
    assert {r.cod_region: [u["unidad_lb_id"] for u in rows_of(r)] for r in found} == {"13": ["aaaa-0001", "aaaa-0003"], "19": ["aaaa-0002"]}


def test_a_person_without_a_unit_is_told_and_not_lost(house: Warehouse) -> None:
    found = brought(house, layouts.kobo_workbook(UNITS, [*PEOPLE, kobo_person(9, 77)]), "linea_base.xlsx", declared())
    people = rows_of(found["lb_personas"])
    assert (len(people), people[-1]["unidad_lb_id"], people[-1]["persona_lb_id"]) == (4, "", "9")
    assert any("1 filas no tienen su ficha" in n for n in found["lb_personas"].notes)


def test_the_token_goes_in_the_header_and_nowhere_else(house: Warehouse, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.routes["/data.xlsx"] = File(layouts.kobo_workbook(UNITS, PEOPLE))
    feed = declared(archivo="", url=f"{site.url}/data.xlsx", credencial=Credential(variable="SIEGEM_KOBO"))
    (received,) = feeds.collect(house, {NAME: feed}, no_waiting())
    assert received.problem is not None and "falta la variable de entorno SIEGEM_KOBO" in received.problem.what
    monkeypatch.setenv("SIEGEM_KOBO", "s3cr3t0")
    found = list(feeds.collect(house, {NAME: feed}, no_waiting()))
    assert [r.problem for r in found] == [None, None] and site.seen[0][2]["authorization"] == "Token s3cr3t0"
    assert "s3cr3t0" not in "".join(r.origin + repr(r) for r in found)
    kept = b"".join(p.read_bytes() for p in house.settings.datos.rglob("*") if p.is_file())
    assert b"s3cr3t0" not in kept


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"ubigeo": {"de": ["ubicacion/gps"]}}, "es la ubicación de una persona"),
        ({"ubigeo": {"de": ["ubicacion/_gps_latitude"]}}, "ubicacion/_gps_latitude"),
        ({"ubigeo": {"de": ["ubigo"]}}, "no está la pregunta «ubigo». ¿Quiso decir «ubigeo»?"),
        ({"ubigeo": {"padre": ["ubigeo"]}}, "la tabla no declara «padre»"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_a_sentence(house: Warehouse, columns: dict[str, Any], says: str) -> None:
    found = brought(house, kobo_csv(KOBO_UNITS, UNITS), "e.csv", declared(("lb_unidades",), columns))
    problem = found[""].problem
    assert isinstance(problem, SourceError) and says in problem.what, problem


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "está vacío"),
        (b"a;b\n1;2\n", "no está la pregunta"),
        (kobo_csv(KOBO_UNITS, UNITS)[:-60], "fila 3"),
        (b"PK\x03\x04roto", "no es un ZIP"),
        (b"%PDF-1.7", "es un PDF"),
    ],
)
def test_an_export_that_is_none_is_a_sentence(house: Warehouse, content: bytes, says: str) -> None:
    problem = brought(house, content, "e.csv", declared(("lb_unidades",)))[""].problem
    assert problem is not None and says in problem.what, problem


def test_the_mapping_fills_every_required_column_of_its_contracts() -> None:
    contracts = catalogue.contracts()
    for table, mapping in declared().opciones["tablas"].items():
        required = {c.name for c in contracts[table].columns if c.required}
        assert required <= set(mapping["columnas"]) <= set(contracts[table].column_names), table


@given(st.binary(max_size=300), st.integers(0, 900))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_rows_or_a_sentence(house: Warehouse, noise: bytes, at: int) -> None:
    good = kobo_csv(KOBO_UNITS, UNITS)
    for content in (noise, good[:at] + noise + good[at:]):
        for received in brought(house, content, "e.csv", declared(("lb_unidades",))).values():
            assert received.problem is None or isinstance(received.problem, SiegemError)
