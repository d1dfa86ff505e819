"""The public store: only public rows, every publication with its history, replaced whole, the same from nothing as step by step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from ops import public
from tests import public_sample
from tests.public_sample import HIDDEN, INTERNAL, PLANTED, RATE, SAID
from warehouse import public_store, publications, statements
from warehouse.database import writing
from warehouse.errors import StoreError
from warehouse.public_index import Member, public_result
from warehouse.public_rows import COUNTS, COUNTS_OF_RULES
from warehouse.public_store import NAME, PublicStore
from warehouse.public_view import public_values
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.tables import cargas, fichas, valores


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Warehouse]:
    made = public_sample.build(tmp_path / "datos")
    yield made
    made.engine.dispose()


@pytest.fixture
def outside(inside: Warehouse) -> PublicStore:
    assert public.refresh(inside) == [1, 2]
    return public_store.open_public(inside.settings)


def frames(inside: Warehouse, outside: PublicStore, number: int, indicator: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    expected = public_values(publications.values(inside.engine, number, indicador=indicator))
    return expected, publications.values(outside.engine, number, indicador=indicator)


def test_every_publication_holds_what_the_public_view_of_it_is(inside: Warehouse, outside: PublicStore) -> None:
    for number in (1, 2):
        names = publications.sheets(inside.engine, number)
        assert set(publications.sheets(outside.engine, number)) == set(names) - {INTERNAL}
        for name in names:
            expected, found = frames(inside, outside, number, name)
            assert expected.astype(object).where(expected.notna(), None).equals(found.astype(object).where(found.notna(), None)), (number, name)
    hidden = publications.values(outside.engine, 2, indicador=RATE, periodo="2026-T2", territorio=[p for p, _ in HIDDEN])
    assert list(hidden["estado"]) == ["no_publicable"] * len(HIDDEN)
    assert hidden[["valor", "numerador", "denominador", "n", "frase", "inferior"]].isna().all(axis=None)


def test_it_holds_no_text_that_a_person_wrote_and_no_internal_row(inside: Warehouse, outside: PublicStore) -> None:
    body = outside.path.read_bytes()
    for where, text in PLANTED.items():
        assert text.encode() not in body, where
    assert INTERNAL.encode() not in body
    with sqlite3.connect(outside.path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not tables & {"archivos", "cargas", "diferencias", "recordatorios", "corrida_pasos", "descargas", "tablas_aceptadas"}
    said = statements.statements(outside.engine, region="13")
    assert [(s.autor, s.texto) for s in said] == [("Gobierno Regional", SAID)]


def test_deliveries_and_rules_are_told_without_files(outside: PublicStore) -> None:
    sent = publications.submissions(outside.engine, 2)
    assert len(sent) == 50 and set(sent["archivo"]) == {""} and set(sent["mensaje"]) == {""} and sent["filas"].sum() == 50 * 412
    failed = publications.quality(outside.engine, 2)
    assert set(failed["estado"]) == {"falla", "no_evaluable"} and set(failed["mensaje"].str[:9]) == {"7 de 412 ", "No se pud"}
    assert not any(failed["muestra"])


def test_registers_of_persons_do_not_tell_how_many_rows_came(tmp_path: Path) -> None:
    """A month of a register has as many rows as new persons: three rows would tell the small cell that the values hide."""
    inside = public_sample.build(tmp_path / "datos")
    with writing(inside.engine).begin() as connection:
        for row in connection.execute(select(fichas.c.id, fichas.c.tablas, fichas.c.ficha)).all():
            if "tramites" in row.tablas:
                connection.execute(fichas.update().where(fichas.c.id == row.id).values(ficha={**row.ficha, "persons": True}))
    public.refresh(inside)
    outside = public_store.open_public(inside.settings)
    sent = publications.submissions(outside.engine, 2)
    assert len(sent) == 50 and sent[[*COUNTS]].isna().all(axis=None)
    failed = publications.quality(outside.engine, 2)
    assert failed[[*COUNTS_OF_RULES]].isna().all(axis=None) and not failed["mensaje"].str.contains(r"\d").any()


def test_step_by_step_it_becomes_what_it_is_from_nothing_under_its_readers(tmp_path: Path, inside: Warehouse, outside: PublicStore) -> None:
    other = Warehouse(load(datos=inside.settings.datos, publico=tmp_path / "otra"))
    seen = publications.every(other.engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(public_store.publications, "every", lambda engine: [p for p in seen if p.numero == 1])
        assert public_store.write(other) == [1]
    reader = public_store.open_public(other.settings)
    assert publications.latest(reader.engine).numero == 1
    assert public_store.write(other, public.may_say) == [2]
    assert publications.latest(reader.engine).numero == 2  # whoever serves it does not have to be started again
    with sqlite3.connect(reader.path) as a, sqlite3.connect(outside.path) as b:
        for table in ("publicaciones", "valores", "revisiones", "fichas", "fuentes", "entregas", "resultados_calidad", "descargos"):
            assert a.execute(f"SELECT * FROM {table}").fetchall() == b.execute(f"SELECT * FROM {table}").fetchall(), table
    other.engine.dispose()


def test_nothing_new_writes_nothing_and_a_new_statement_does(inside: Warehouse, outside: PublicStore) -> None:
    before = outside.path.stat().st_mtime_ns
    assert public.refresh(inside) == [] and outside.path.stat().st_mtime_ns == before
    statements.state(inside.engine, ("tramites", "19", "2026-T3"), "Alguien", "Pasco entregó completo en octubre.")
    assert public.refresh(inside) == []
    assert [s.texto for s in statements.statements(outside.engine, region="19")] == ["Pasco entregó completo en octubre."]


def test_what_fails_midway_leaves_the_store_that_was(inside: Warehouse, outside: PublicStore, monkeypatch: pytest.MonkeyPatch) -> None:
    statements.state(inside.engine, ("tramites", "19", "2026-T3"), "Alguien", "Pasco entregó completo en octubre.")
    before = outside.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(public_store, "_insert", full)
    with pytest.raises(StoreError, match="almacén público no se pudo escribir") as told:
        public.refresh(inside)
    assert "sigue mostrando la anterior" in told.value.stands
    assert outside.path.read_bytes() == before and [p.name for p in outside.path.parent.iterdir()] == [NAME]


def test_nobody_can_write_into_it(outside: PublicStore) -> None:
    assert outside.path.stat().st_mode & 0o777 == 0o444
    with outside.engine.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(valores.delete())
    with outside.engine.connect() as connection, pytest.raises(OperationalError, match="no such table"):
        connection.execute(select(cargas))


def test_a_store_of_another_schema_is_made_anew(inside: Warehouse, outside: PublicStore) -> None:
    outside.path.chmod(0o644)
    with sqlite3.connect(outside.path) as connection:
        connection.execute("PRAGMA user_version = 1")
    assert public.refresh(inside) == [1, 2]


def test_where_there_is_none_it_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No hay almacén público") as told:
        public_store.open_public(load(datos=tmp_path))
    assert "siegem publish" in told.value.cure


RESULT = {
    "estado": "publicado", "valor": 61.0, "inferior": 50.0, "superior": 70.0, "puesto": 3, "puesto_inferior": 1, "puesto_superior": 6, "estricto": 44.0,
    "cambio": None, "niveles": [{"x": 1}], "supera_a": ["02"], "sorteos_por_nivel": {"critico": 0.1}, "motivos": [],
    "dimensiones": [{"id": d, "valor": 60.0, "inferior": 50.0, "superior": 70.0, "peso_cubierto": 1.0, "cuenta": True} for d in ("D1", "D2")],
    "indicadores": [{"indicador": i, "puntaje": 50.0, "periodo": "2026-T3", "estado": "publicado", "sin_el": 60.0} for i in ("a", "b", "c")],
}  # fmt: skip
KNOWN = {"a": Member("a", "D1"), "b": Member("b", "D1"), "c": Member("c", "D2")}


@pytest.mark.parametrize(
    ("seen", "persons", "gone"),
    [
        ({}, (), set()),
        ({"a": "interno"}, (), set()),  # derived from its dimension, and about nobody
        ({"a": "interno"}, ("a",), {"D1"}),  # with b known, a is a subtraction
        ({"a": "interno", "b": "interno"}, ("a",), set()),  # one equation, two unknowns
        ({"c": "oculto"}, (), {"D2"}),
    ],
)
def test_no_score_of_what_is_not_shown_can_be_worked_out(seen: dict[str, str], persons: tuple[str, ...], gone: set[str]) -> None:
    made = public_result(RESULT, "13", KNOWN, lambda member, *_: seen.get(member.indicator, "visible"), frozenset(persons))
    scores = {s["indicador"]: (s["puntaje"], s["sin_el"]) for s in made["indicadores"]}
    assert all(scores[i] == (None, None) for i in seen)
    assert {d["id"] for d in made["dimensiones"] if d["valor"] is None} == gone
    assert (made["valor"] is None) == bool(gone) and (made["estado"] == "no_publicable") == bool(gone)
    if gone:
        assert made["puesto"] is None and made["estricto"] is None and not made["supera_a"] and not made["niveles"]
        assert all(s["sin_el"] is None for s in made["indicadores"])
        assert made["sorteos_por_nivel"] == {"critico": None}
    uncounted = public_result(
        {**RESULT, "estado": "no_calculable"}, "13", KNOWN, lambda member, *_: seen.get(member.indicator, "visible"), frozenset()
    )
    assert uncounted["estado"] == "no_calculable"
