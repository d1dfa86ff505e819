"""Layers that cannot page: read whole by ranges of OBJECTID, counted by department, with nobody's name, RUC or place in what is kept."""

from __future__ import annotations

import csv
from collections import Counter
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import layouts
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts_server import Layer, Site, answer, no_waiting, rows_of, send_json, status

from etl.pipeline import ingest
from etl.sources import feeds
from etl.sources.feed import Feed
from etl.sources.received import Received
from warehouse.errors import DeclarationError, SiegemError, SourceError
from warehouse.store import Warehouse

PATH = "/arcgis/rest/services/X/MapServer/0"


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse(pausa_segundos=0, reintentos=2, espera_segundos=5)


def declared(site: Site, name: str = "reinfo_ingemmet", **options: Any) -> dict[str, Feed]:
    feed = feeds.load(feeds.FOLDER / f"{name}.yml")
    return {name: feed.model_copy(update={"url": f"{site.url}{PATH}", "opciones": {**feed.opciones, **options}})}


def read(house: Warehouse, site: Site, layer: Layer, name: str = "reinfo_ingemmet", **options: Any) -> Received:
    site.routes.update(layer.routes(PATH))
    (received,) = feeds.collect(house, declared(site, name, **options), no_waiting())
    return received


SOME = {("MOQUEGUA", "VIGENTE"): 64, ("PASCO", "VIGENTE"): 202, ("PASCO", "SUSPENDIDO"): 300, ("LIMA", "SUSPENDIDO"): 9}


def test_the_published_counts_come_out_and_are_accepted(house: Warehouse, site: Site, shared: Path) -> None:
    published = {
        (line["region"].upper(), "VIGENTE"): int(line["registrations"])
        for line in csv.DictReader((shared / "data" / "reinfo_region_press.csv").read_text().splitlines())
        if (line["period"], line["status"]) == ("2025-H1", "active") and line["dep_code"] != "00"
    }
    layer = Layer(layouts.reinfo_rows(published, gap=3))
    received = read(house, site, layer)
    rows = {r["cod_departamento"]: int(r["inscripciones"]) for r in rows_of(received)}
    assert (rows["18"], rows["19"], rows["13"]) == (64, 202, 2241)
    assert rows.pop("00") == sum(rows.values()) == sum(published.values()) == 20_405
    assert all((r["periodo"], r["periodo_texto"], r["metodo"]) == ("2025-02", "2025-02-26", "conteo_capa_registro") for r in rows_of(received))
    assert (received.table, received.cod_region, received.periodo) == ("reinfo_prensa", "00", "2025-02")
    (outcome,) = ingest(house, [received]).outcomes
    assert outcome.filas_aceptadas == 23, outcome


def test_nobody_is_asked_for_and_nobody_is_kept(house: Warehouse, site: Site) -> None:
    read(house, site, Layer(layouts.reinfo_rows(SOME)))
    asked = {f for path, query, _ in site.seen for f in query.get("outFields", "").split(",") if f}
    assert asked == {"DEPARTAMENTO", "ESTADO", "FECHA_ACTUALIZACION"}
    assert all(query["returnGeometry"] == "false" for _, query, _ in site.seen if "outFields" in query)
    kept = b"".join(p.read_bytes() for p in house.settings.datos.rglob("*") if p.is_file())
    assert b"PERSONA" not in kept and b"10000000" not in kept


@pytest.mark.parametrize("field", ["NOMBRE_MIN", "M_RUC", "TITULARDM", "TIT_CONCES", "LATITUD_G84", "ESTE"])
def test_a_declaration_cannot_ask_for_a_person(tmp_path: Path, field: str) -> None:
    text = (feeds.FOLDER / "reinfo_ingemmet.yml").read_text().replace("campo: ESTADO", f"campo: {field}")
    (tmp_path / "x.yml").write_text(text)
    with pytest.raises(DeclarationError, match="identifica o ubica a personas"):
        feeds.load(tmp_path / "x.yml")


@pytest.mark.parametrize(("gap", "no_ids"), [(1, False), (1, True), (7, False), (7, True)])
def test_every_row_is_read_once_within_the_maximum(house: Warehouse, site: Site, gap: int, no_ids: bool) -> None:
    layer = Layer(layouts.reinfo_rows(SOME, gap=gap), maximum=100, no_ids=no_ids)
    rows = rows_of(read(house, site, layer))
    assert {(r["cod_departamento"], r["estado"]): int(r["inscripciones"]) for r in rows if r["cod_departamento"] != "00"} == {
        ("18", "vigente"): 64, ("19", "vigente"): 202, ("19", "suspendida"): 300, ("15", "suspendida"): 9,
    }  # fmt: skip
    assert len(layer.ranges) == len(set(layer.ranges)) == (6 if not no_ids else -(-(574 * gap + 1) // 100))


def test_an_answer_that_holds_rows_back_is_asked_for_in_halves(house: Warehouse, site: Site) -> None:
    layer = Layer(layouts.reinfo_rows(SOME), maximum=100)
    describe = layer.describe

    def generous(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        layer.maximum = 400
        describe(handler, query)
        layer.maximum = 100

    site.routes.update({**layer.routes(PATH), PATH: generous})
    (received,) = feeds.collect(house, declared(site), no_waiting())
    assert sum(int(r["inscripciones"]) for r in rows_of(received) if r["cod_departamento"] == "00") == 575


def test_a_fault_told_inside_a_good_answer_is_tried_again_or_told(house: Warehouse, site: Site) -> None:
    busy = {"error": {"code": 500, "message": "Error performing query operation", "details": []}}
    assert rows_of(read(house, site, Layer(layouts.reinfo_rows(SOME), faults=[busy])))
    refused = {"error": {"code": 400, "message": "Unable to complete operation.", "details": ["x"]}}
    received = read(house, site, Layer(layouts.reinfo_rows(SOME), faults=[refused]))
    assert isinstance(received.problem, SourceError) and "respondió el error 400: Unable to complete operation." in received.problem.what


def test_a_layer_cut_halfway_goes_on_at_its_last_range(house: Warehouse, site: Site) -> None:
    layer = Layer(layouts.reinfo_rows(SOME), maximum=100)
    query = layer.query

    def cut(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if len(layer.ranges) == 4 and "outFields" in asked:
            send_json(handler, {"error": {"code": 504, "message": "timeout"}})
        else:
            query(handler, asked)

    site.routes.update({**layer.routes(PATH), f"{PATH}/query": cut})
    (first,) = feeds.collect(house, declared(site), no_waiting())
    assert first.problem is not None and len(layer.ranges) == 4
    kept = (house.settings.datos / ".fuente-reinfo_ingemmet.json").read_text()
    assert "PERSONA" not in kept
    second = read(house, site, layer)
    assert len(layer.ranges) == 6 == len(set(layer.ranges))
    assert sum(int(r["inscripciones"]) for r in rows_of(second) if r["cod_departamento"] == "00") == 575
    assert not (house.settings.datos / ".fuente-reinfo_ingemmet.json").exists()


def test_a_layer_that_changed_since_the_cut_is_read_from_the_start(house: Warehouse, site: Site) -> None:
    (house.settings.datos / ".fuente-reinfo_ingemmet.json").write_text('{"capa": "otra", "groups": [], "rows": 500}')
    layer = Layer(layouts.reinfo_rows(SOME), maximum=300)
    assert rows_of(read(house, site, layer)) and len(layer.ranges) == 2


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"groups": 3}', '{"capa": 1, "rows": []}'])
def test_a_damaged_note_of_where_it_stopped_costs_only_reading_again(house: Warehouse, site: Site, kept: str) -> None:
    (house.settings.datos / ".fuente-reinfo_ingemmet.json").write_text(kept)
    assert rows_of(read(house, site, Layer(layouts.reinfo_rows(SOME))))


def test_rows_that_the_count_has_and_the_answers_do_not_are_missed(house: Warehouse, site: Site) -> None:
    received = read(house, site, Layer(layouts.reinfo_rows(SOME), hidden=3))
    assert received.problem is not None and "se leyeron 575 registros y la capa dice tener 578" in received.problem.what


def test_a_value_or_a_field_nobody_declared_is_a_sentence(house: Warehouse, site: Site) -> None:
    received = read(house, site, Layer(layouts.reinfo_rows({("PASCO", "EN EVALUACION"): 1})))
    assert received.problem is not None and "ESTADO dice «EN EVALUACION»" in received.problem.what
    received = read(house, site, Layer(layouts.reinfo_rows({("PASCOO", "VIGENTE"): 1})))
    assert received.problem is not None and "DEPARTAMENTO dice «PASCOO»" in received.problem.what
    bare = [{"OBJECTID": 1, "ESTADO": "VIGENTE", "FECHA": 1}]
    received = read(house, site, Layer(bare))
    assert received.problem is not None and "no tiene los campos DEPARTAMENTO, FECHA_ACTUALIZACION" in received.problem.what


def right(number: int, state: str, substance: str | None, department: str | None, hectares: float | None) -> dict[str, Any]:
    return {"OBJECTID": number, "CODIGOU": f"{number:09d}", "CONCESION": "X", "TIT_CONCES": "PERSONA", "HECTAGIS": hectares, "ESTADO": state,
            "SUSTANCIA": substance, "DEPA": department, "FECHA_ACTUALIZACION": "25/09/2026"}  # fmt: skip


def test_rights_and_hectares_of_the_cadastre(house: Warehouse, site: Site) -> None:
    rights = [
        right(1, "T", "M", "LA LIBERTAD", 100.25), right(2, "N", "M", "LA LIBERTAD", 200.5), right(3, "Q", "M", "LA LIBERTAD", 1000),
        right(4, "P", "N", "MOQUEGUA", 50), right(5, "T", None, "PASCO / JUNIN", 10), right(6, "H", "M", None, None),
    ]  # fmt: skip
    received = read(house, site, Layer(rights), "catastro_ingemmet")
    found = {(r["cod_departamento"], r["situacion"], r["sustancia"]): (r["derechos"], r["hectareas"]) for r in rows_of(received)}
    assert found == {
        ("13", "titulado", "metalica"): ("2", "300.75"), ("13", "acumulacion", "metalica"): ("1", "1000"),
        ("18", "en_tramite", "no_metalica"): ("1", "50"), ("99", "titulado", "sin_dato"): ("1", "10"), ("99", "otra", "metalica"): ("1", "0"),
    }  # fmt: skip
    assert any("PASCO / JUNIN" in n for n in received.notes)
    assert (received.periodo, {r["fecha_corte"] for r in rows_of(received)}) == ("2026-09", {"2026-09-25"})
    (outcome,) = ingest(house, [received]).outcomes
    assert outcome.filas_aceptadas == 5, outcome


def test_liabilities_by_type_on_the_day_they_were_read(house: Warehouse, site: Site) -> None:
    rows = [
        {"OBJECTID": n, "N": n, "TIPO": kind, "REGION": region, "TITULARDM": "PERSONA", "ESTE": 1.0, "NORTE": 2.0}
        for n, (region, kind) in enumerate([("CAJAMARCA", "LABOR MINERA")] * 3 + [("ANCASH", "RESIDUO MINERO"), (None, None)], start=1)
    ]
    received = read(house, site, Layer(rows), "pasivos_ingemmet")
    assert {(r["cod_departamento"], r["tipo"]): r["pasivos"] for r in rows_of(received)} == {
        ("06", "LABOR MINERA"): "3", ("02", "RESIDUO MINERO"): "1", ("99", "SIN DATO"): "1",
    }  # fmt: skip
    (outcome,) = ingest(house, [received]).outcomes
    assert outcome.filas_aceptadas == 3, outcome


def test_an_empty_layer_leaves_the_last_data_standing(house: Warehouse, site: Site) -> None:
    (outcome,) = ingest(
        house, [read(house, site, Layer([]), filtro="1=0", corte="", grupos={"estado": {"campo": "OBJECTID"}}, total_pais="")]
    ).outcomes
    assert outcome.filas_aceptadas == 0


def test_points_of_official_layers_can_be_counted_too(house: Warehouse, site: Site, shared: Path) -> None:
    """Mining units and risk points match no contract; the same reading gives their published numbers by region."""
    for name, field, total in (("mining_units_points.csv", "situacion", 313), ("env_risk_units_points.csv", "riesgo", 195)):
        lines = list(csv.DictReader((shared / "data" / name).read_text().splitlines()))
        rows = [{"OBJECTID": n, "REGION": line["region"], "CLASE": line[field]} for n, line in enumerate(lines, start=1)]
        options = {
            "grupos": {"cod_departamento": {"campo": "REGION", "forma": "departamento", "si_falta": "99"}, "estado": {"campo": "CLASE", "si_falta": "sin dato"}},
            "corte": "", "cuenta": "inscripciones", "total_pais": "", "constantes": {},
        }  # fmt: skip
        got = rows_of(read(house, site, Layer(rows, maximum=50), **options))
        assert sum(int(r["inscripciones"]) for r in got) == len(lines) == total
        by_region = Counter(line["region"] for line in lines)
        assert sum(int(r["inscripciones"]) for r in got if r["cod_departamento"] == "13") == by_region["La Libertad"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["count", "features", "attributes", "error", "objectIds", "fields", "name", "code", "maxRecordCount", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(_JSON | st.binary(max_size=40), min_size=1, max_size=5))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_answers_are_rows_or_a_sentence(house: Warehouse, site: Site, bodies: list[Any]) -> None:
    left = list(bodies)

    def any_body(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        send_json(handler, left.pop(0) if len(left) > 1 else left[0])

    layer = Layer(layouts.reinfo_rows({("PASCO", "VIGENTE"): 2}))
    site.routes.update({PATH: layer.describe if len(bodies) % 2 else any_body, f"{PATH}/query": any_body})
    (received,) = feeds.collect(house, declared(site), no_waiting())
    assert received.problem is None or isinstance(received.problem, SiegemError)


@pytest.mark.parametrize("route", [answer(b"\xff\xfe\x00"), answer(b"<html>mantenimiento</html>"), status(403), status(500)])
def test_a_server_that_does_not_speak_is_a_sentence(house: Warehouse, site: Site, route: Any) -> None:
    site.routes["*"] = route
    (received,) = feeds.collect(house, declared(site), no_waiting())
    assert isinstance(received.problem, SourceError)
