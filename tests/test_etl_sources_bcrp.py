"""The central bank's API: Spanish labels, «n.d.», one series at a time; published prices come out as they are."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import layouts
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts_server import Site, answer, no_waiting, rows_of, status

from etl.pipeline import ingest
from etl.sources import feeds
from etl.sources.received import Received
from warehouse.errors import DeclarationError, SiegemError, SourceError
from warehouse.store import Warehouse


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse(pausa_segundos=0, reintentos=2, espera_segundos=5)


def read(house: Warehouse, site: Site, *series: str, **options: Any) -> Received:
    feed = feeds.load(feeds.FOLDER / "bcrp_metales.yml")
    feed = feed.model_copy(update={"url": f"{site.url}/api", "opciones": {**feed.opciones, "series": list(series), **options}})
    (received,) = feeds.collect(house, {"bcrp_metales": feed}, no_waiting())
    return received


def test_labels_of_every_frequency_and_what_is_not_there(house: Warehouse, site: Site) -> None:
    months = {"Ene.2024": "378.1", "Set.2024": "412.35", "Sep.2023": "-1", "Oct.24": "n.d.", "Dic.98": "70"}
    site.routes["/api/PN01652XM/json/2006-1/2040-12/esp"] = answer(layouts.bcrp_answer("Cobre  (¢US$ por libra)", months))
    site.routes["/api/PN02533AQ/json/2006-1/2040-12/esp"] = answer(layouts.bcrp_answer("Inversión", {"T3.25": "31399.65", "T1.98": "1"}))
    site.routes["/api/PN00001AA/json/2006-1/2040-12/esp"] = answer(layouts.bcrp_answer("Anual", {"2017": 6169.94}))
    received = read(house, site, "PN02533AQ", "PN01652XM", "PN00001AA")
    assert [(r["codigo"], r["periodo"], r["valor"]) for r in rows_of(received)] == [
        ("PN00001AA", "2017", "6169.94"), ("PN01652XM", "1998-12", "70"), ("PN01652XM", "2023-09", "-1"), ("PN01652XM", "2024-01", "378.1"),
        ("PN01652XM", "2024-09", "412.35"), ("PN01652XM", "2024-10", ""), ("PN02533AQ", "1998-T1", "1"), ("PN02533AQ", "2025-T3", "31399.65"),
    ]  # fmt: skip
    assert {r["nombre"] for r in rows_of(received)} == {"Cobre (¢US$ por libra)", "Inversión", "Anual"}
    assert received.notes == ("1 periodos sin dato («n.d.»): quedan vacíos.",)
    (outcome,) = ingest(house, [received]).outcomes
    assert outcome.filas_aceptadas == 8, outcome


def test_the_published_prices_come_out_and_are_accepted(house: Warehouse, site: Site, shared: Path) -> None:
    published = list(csv.DictReader((shared / "data" / "metal_prices_year.csv").read_text().splitlines()))
    codes = {m: f"PN0{n:04d}XA" for n, m in enumerate(sorted({p["mineral"] for p in published}), start=1652)}
    for mineral, code in codes.items():
        values = {p["year"]: p["price"] for p in published if p["mineral"] == mineral}
        site.routes[f"/api/{code}/json/2006-1/2040-12/esp"] = answer(layouts.bcrp_answer(f"Cotización {mineral}", values))
    received = read(house, site, *codes.values())
    got = {(r["codigo"], r["periodo"]): float(r["valor"]) for r in rows_of(received)}
    assert got == {(codes[p["mineral"]], p["year"]): float(p["price"]) for p in published}
    (outcome,) = ingest(house, [received]).outcomes
    assert outcome.filas_aceptadas == len(published) == 126


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (layouts.bcrp_answer("Diaria", {"02.Ene.24": "3.7"}), "el periodo «02.Ene.24» no es un mes"),
        (layouts.bcrp_answer("Rara", {"Ene.2024": "3,7"}), "el valor «3,7» de Ene.2024 no es un número"),
        (b'{"periods": []}', "no tiene la forma de la API del BCRP"),
        (b'{"config": {"series": [{"name": 1}]}, "periods": 3}', "no tiene la forma de la API del BCRP"),
        (b"[]", "no tiene la forma de la API del BCRP"),
        (b"<html>", "no respondió JSON"),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_sentence(house: Warehouse, site: Site, body: bytes, says: str) -> None:
    site.routes["*"] = answer(body)
    received = read(house, site, "PN01652XM")
    assert isinstance(received.problem, SourceError) and says in received.problem.what, received.problem


def test_a_series_that_fails_leaves_no_half_table(house: Warehouse, site: Site) -> None:
    site.routes["/api/PN01652XM/json/2006-1/2040-12/esp"] = answer(layouts.bcrp_answer("Cobre", {"Ene.2024": "1"}))
    site.routes["*"] = status(404)
    assert read(house, site, "PN01652XM", "PN01657XM").problem is not None


def test_a_code_that_is_none_is_a_fault_of_the_declaration(tmp_path: Path) -> None:
    text = (feeds.FOLDER / "bcrp_metales.yml").read_text().replace("PN01652XM", "cobre")
    (tmp_path / "x.yml").write_text(text)
    with pytest.raises(DeclarationError, match="no tiene la forma de un código"):
        feeds.load(tmp_path / "x.yml")


_VALUES = st.none() | st.text(max_size=12) | st.floats() | st.integers() | st.lists(st.none(), max_size=2)


@given(st.one_of(st.binary(max_size=200), st.dictionaries(st.text(max_size=10), _VALUES, max_size=4)))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_answer_is_rows_or_a_sentence(house: Warehouse, site: Site, body: Any) -> None:
    if not isinstance(body, bytes):
        labelled = [{"name": k, "values": [v]} for k, v in body.items()]
        body = json.dumps({"config": {"series": [{"name": "\ud800x"}]}, "periods": labelled}).encode()
    site.routes["*"] = answer(body)
    received = read(house, site, "PN01652XM")
    assert received.problem is None or isinstance(received.problem, SiegemError)
    ingest(house, [received])
