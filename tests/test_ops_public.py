"""What leaves the system, from files with planted persons to everything that goes out: no person, no case, no small cell, in no format.

A small country is received, computed and published; then the public store, the open data, the plain site, slides, sheets, workbooks and every answer
of the public server are read as text. The proof has two halves: `kpis` marks what may be shown so that an attacker with linear programming recovers
nothing (`disclosure_audit`, on these very tables), and here no way out shows a figure that is not so marked.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from dashboard import opendata, published
from dashboard.app import create_app
from dashboard.publico.export import write_site
from dashboard.reports.region_sheet import region_sheet
from dashboard.reports.region_workbook import region_workbook
from dashboard.slides.file import deck
from etl import demonstration
from kpis.anew import ready_plans
from kpis.deliveries import Deliveries
from kpis.states import StateStore
from ops import chain
from tests.disclosure_audit import audit
from tests.leaving import text_of, texts_in
from warehouse import catalogue, public_store, publications, submissions
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.tables import valores
from warehouse.value_columns import KEY

pytestmark = pytest.mark.slow

TABLES = ("formalizacion", "formalizacion_requisitos", "funciones_transferidas", "eventos", "personal_drem", "compromisos", "tramites")
SENT = ("13", "18", "19")
#: typed into cells that are accepted and into cells that are not
PLANTED = ("QUISPE MAMANI JUAN CARLOS", "41234567", "20131380951", "Rosa Huamán Ttito")
#: columns that name a person or one case
_OF_CASES = ("inscripcion_id", "expediente_id", "solicitante_hash", "titular_hash", "numero_expediente")


@dataclass(frozen=True)
class Country:
    inside: Warehouse
    outside: published.Snapshot
    #: what must not be found: codes of persons and cases that were sent
    secrets: tuple[str, ...]
    folder: Path


def plant(inbox: Path) -> tuple[str, ...]:
    """Type persons into files of the inbox; gives some of the codes of persons and cases that all files carry."""
    codes: set[str] = set()
    planted = 0
    for path in sorted(inbox.glob("*.csv")):
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
        reader = csv.DictReader(io.StringIO(text), delimiter=";" if text[:500].count(";") > text[:500].count(",") else ",")
        rows = list(reader)
        codes |= {row[c] for row in rows[:40] for c in _OF_CASES if len(row.get(c) or "") >= 8}
        if not path.name.startswith("compromisos_") or len(rows) < 2 or "\ufffd" in text or "descripcion" not in rows[0]:
            continue
        rows[0]["descripcion"] = f"Pagar a {PLANTED[0]}"  # a name alone is no pattern: the row is accepted
        rows[1]["descripcion"] = f"{PLANTED[3]}, DNI {PLANTED[1]}, RUC {PLANTED[2]}"  # this row goes to quarantine
        out = io.StringIO()
        writer = csv.DictWriter(out, list(reader.fieldnames or ()), delimiter=reader.reader.dialect.delimiter, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
        planted += 1
    assert planted and len(codes) > 500
    return (*PLANTED, *random.Random(7).sample(sorted(codes), 400))


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    folder = tmp_path_factory.mktemp("publico")
    warehouse = Warehouse(load(datos=folder / "datos")).prepare()
    inbox = warehouse.settings.inbox
    demonstration.write(inbox, first="2024-01", until="2025-06", tables=TABLES, regions=SENT, scale=0.4)
    secrets = plant(inbox)
    chain.run(warehouse, "prueba")
    store = public_store.open_public(warehouse.settings)
    published.open_store(store)
    yield Country(warehouse, published.snapshot(), secrets, folder)
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def shown(country: Country) -> set[tuple[str, ...]]:
    """Keys of the cells that the public may see."""
    with country.inside.engine.connect() as connection:
        return {tuple(r) for r in connection.execute(select(*(valores.c[k] for k in KEY)).where(valores.c.supresion == ""))}


def clean(texts: dict[str, str], country: Country) -> None:
    """No planted person and no code of a case in any of the texts."""
    assert texts
    pattern = re.compile("|".join(re.escape(s) for s in country.secrets))
    found = {name: hit.group() for name, text in texts.items() if (hit := pattern.search(text))}
    assert not found, found


def test_the_plants_are_in_what_was_received(country: Country) -> None:
    """Otherwise the searches below would prove nothing."""
    accepted = submissions.accepted_versions(country.inside.engine)
    told = country.inside.delta.read("aceptado", "compromisos", accepted["compromisos"]).to_pandas()
    assert told["descripcion"].str.contains(PLANTED[0]).any() and not told["descripcion"].str.contains(PLANTED[1]).any()
    cases = country.inside.delta.read("aceptado", "tramites", accepted["tramites"]).to_pandas()
    assert set(cases["expediente_id"]) & set(country.secrets)
    with country.inside.engine.connect() as connection:
        kinds = set(connection.execute(select(valores.c.supresion).distinct()).scalars())
    assert {"persona", "cruce", "detalle", None} <= kinds, kinds


def test_the_attacker_recovers_nothing_from_the_marks(country: Country, tmp_path: Path) -> None:
    contracts, versions = catalogue.contracts(), submissions.accepted_versions(country.inside.engine)
    wanted = {i: d for i, d in catalogue.indicators().items() if d.persons and "publico" in d.audience}
    ready = ready_plans(wanted, catalogue.FACTS, contracts, versions)
    store = StateStore(tmp_path, country.inside.delta, contracts, versions)
    found = audit(ready, store, Deliveries(submissions.history(country.inside.engine), contracts), contracts)
    assert sum(a.small for a in found) > 20 and sum(a.naked for a in found) > 0, found  # there was something to find
    assert sum(a.recovered for a in found) == 0, found


def test_the_public_store_shows_what_is_marked_and_nothing_else(country: Country, shown: set[tuple[str, ...]]) -> None:
    names = [s.id for s in country.outside.indicators()]
    told = pd.concat([country.outside.values(name) for name in names])
    figures = told[["valor", "numerador", "denominador", "n", "inferior", "superior"]].notna().any(axis=1)
    assert {tuple(r) for r in told.loc[figures, KEY].itertuples(index=False)} <= shown
    compared = told[told["periodo_comparado"].notna()]
    earlier = compared.assign(periodo=compared["periodo_comparado"])[KEY]
    assert len(compared) > 50 and {tuple(r) for r in earlier.itertuples(index=False)} <= shown
    assert (told["estado"] == "no_publicable").sum() > 20
    clean({"siegem_publico.db": public_store.open_public(country.inside.settings).path.read_bytes().decode("latin-1")}, country)


def test_open_data_carry_nobody(country: Country, shown: set[tuple[str, ...]]) -> None:
    folder = country.folder / "abiertos"
    opendata.write(country.outside, folder)
    clean(texts_in(folder), country)
    told = pd.read_parquet(folder / "valores.parquet")
    figures = told[["valor", "numerador", "denominador", "n"]].notna().any(axis=1)
    assert figures.sum() > 1000
    assert {tuple(map(str, r)) for r in told.loc[figures, KEY].fillna("").itertuples(index=False)} <= shown


def test_the_plain_site_carries_nobody(country: Country) -> None:
    folder = country.folder / "sitio"
    write_site(country.outside, folder)
    clean(texts_in(folder), country)


def test_slides_sheets_and_workbooks_carry_nobody(country: Country) -> None:
    snap = country.outside
    made: dict[str, bytes] = {}
    for region in SENT:
        made[f"{region}.pptx"] = deck(snap, ",".join(s.id for s in snap.indicators()[:12]), region)
        made[f"{region}.pdf"] = region_sheet(snap, region)
        made[f"{region}.xlsx"] = region_workbook(snap, region)
    clean({name: text_of(name, body) for name, body in made.items()}, country)


def answers(client: TestClient, names: list[str]) -> Iterator[tuple[str, Any]]:
    paths = ["/api/v1/publicaciones", "/api/v1/indicadores", "/api/v1/territorios", "/api/v1/calidad", "/api/v1/revisiones",
             "/", "/resumen", "/comparar", "/calidad", "/metodologia", "/foro", "/foro/congelado.html", "/mapa", "/no-sabemos/", "/formalizacion",
             *(f"/region/{r}" for r in SENT), *(f"/lugar/{r}/" for r in SENT)]  # fmt: skip
    paths += [f"/api/v1/valores?indicador={name}" for name in names] + [f"/indicador/{name}" for name in names]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        yield path, answer


def test_the_public_server_tells_nobody_s_name_and_no_small_cell(country: Country, shown: set[tuple[str, ...]]) -> None:
    store = public_store.open_public(country.inside.settings)
    names = [s.id for s in country.outside.indicators()]
    internal = sorted(set(publications.sheets(country.inside.engine, 1)) - set(names))
    assert internal
    texts, told = {}, set()
    with TestClient(create_app(store, public=True)) as client:
        for path, answer in answers(client, names):
            texts[path] = answer.text
            if "/valores?" in path:
                rows = answer.json()["valores"]
                told |= {tuple(r[k] or "" for k in KEY) for r in rows if r["valor"] is not None or r["n"] is not None}
        for path in ("/entregas", "/entregas/seguimiento", "/avisos", f"/indicador/{internal[0]}", f"/api/v1/valores?indicador={internal[0]}",
                     "/api/v1/cargas", "/api/v1/plantillas/tramites"):  # fmt: skip
            assert client.get(path).status_code in (404, 405), path
        assert client.post("/api/v1/cargas").status_code in (404, 405)
    clean(texts, country)
    assert len(told) > 1000 and told <= shown
    listed = [path for path, text in texts.items() if re.search(rf"/indicador/({'|'.join(map(re.escape, internal))})\b", text)]
    assert not listed, listed


def test_the_public_process_knows_no_other_database(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve --publico` is given the public folder and nothing else; it never asks for the internal database."""
    from ops import public
    from warehouse import database

    def refused(url: str) -> None:
        raise AssertionError(f"the public site opened {url}")

    monkeypatch.setattr(database, "connect", refused)
    settings = load(datos=country.folder / "no-existe", publico=country.inside.settings.public_folder)
    with TestClient(public.application_of(public_store.open_public(settings))) as client:
        assert client.get("/").status_code == 200 and client.get("/salud").json()["publicacion"] == 1
    assert not (country.folder / "no-existe").exists()
