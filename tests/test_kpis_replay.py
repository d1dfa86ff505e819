"""A past publication computed again gives the same bytes, whatever came after; and what differs is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from kpis.pipeline import compute_and_publish
from kpis.replay import differences, replay
from tests import kpis_tables as put
from warehouse import catalogue, publications, waivers
from warehouse.database import writing
from warehouse.errors import NothingPublished
from warehouse.store import Warehouse
from warehouse.tables import valores

New = Callable[..., Warehouse]
DEATHS = [("13", 2019, 3), ("13", 2020, 9), ("15", 2020, 2), ("99", 2020, 4)]


@pytest.fixture
def twice(new_warehouse: New) -> Warehouse:
    """A publication, corrected data, and another one."""
    warehouse = new_warehouse()
    put.situation(warehouse)
    put.fatalities(warehouse, DEATHS)
    compute_and_publish(warehouse)
    put.fatalities(warehouse, [*DEATHS, ("21", 2020, 7)], version=2)
    compute_and_publish(warehouse)
    return warehouse


def test_a_past_publication_gives_the_same_values_to_the_last_bit(new_warehouse: New) -> None:
    warehouse = new_warehouse()
    put.case_files(warehouse, ["13", "18", "21"], put.months("2025-06", 12), 12)
    compute_and_publish(warehouse)
    put.case_files(warehouse, ["13"], put.months("2025-09", 1), 30, version=2)
    compute_and_publish(warehouse)
    assert publications.latest(warehouse.engine).revisados > 0, "la segunda cambió cifras"
    for number in (1, 2):
        again = replay(warehouse, number)
        assert again.same, again.different.head()
        assert len(again.values) == len(publications.values(warehouse.engine, number))


def test_the_same_past_publication_is_written_out_in_the_same_bytes(twice: Warehouse) -> None:
    text = lambda: publications.values(twice.engine, 1).to_csv(index=False)  # noqa: E731
    before = text()
    put.fatalities(twice, [("13", 2019, 99)], version=3)
    compute_and_publish(twice)
    assert text() == before


def test_a_value_touched_by_hand_is_found(twice: Warehouse) -> None:
    with writing(twice.engine).begin() as connection:
        hit = valores.c.indicador == "muertes_accidentes_mineros"
        connection.execute(valores.update().where(hit, valores.c.territorio == "13", valores.c.periodo == "2019").values(valor=4))
    again = replay(twice, 1)
    assert again.different[["indicador", "territorio", "periodo", "que"]].to_numpy().tolist() == [
        ["muertes_accidentes_mineros", "13", "2019", "valor"]
    ]


def test_a_definition_that_changed_since_does_not_change_the_past(twice: Warehouse) -> None:
    deaths = catalogue.indicators()["muertes_accidentes_mineros"]
    compute_and_publish(twice, definitions={deaths.id: deaths.model_copy(update={"scale": 1000.0})})
    assert replay(twice, 1).same


def test_an_exception_granted_since_does_not_change_the_past(twice: Warehouse) -> None:
    until = twice.today + timedelta(days=30)
    waivers.grant(twice.engine, "P-10", "tramites", "13", "2025-09", "Ana Ruiz", "El archivo se corrige en la próxima entrega", until)
    assert replay(twice, 2).same


def test_a_publication_that_is_not_there_says_which_are(twice: Warehouse) -> None:
    with pytest.raises(NothingPublished, match="No existe la publicación 9"):
        replay(twice, 9)


def test_rows_of_one_side_only_are_told_apart(twice: Warehouse) -> None:
    frame = publications.values(twice.engine, 1)
    found = differences(frame.iloc[1:], frame.iloc[:-1])
    assert sorted(found["que"]) == ["solo calculado", "solo publicado"]
