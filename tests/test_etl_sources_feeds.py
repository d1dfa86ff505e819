"""Declared sources: strict, silent about secrets, off until switched on; plain files and ZIP members; one that fails stops no other."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import etl_samples as samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts_server import File, Site, answer, no_waiting, status

from etl.pipeline import ingest
from etl.sources import feeds, zipped
from etl.sources.feed import Feed
from etl.sources.received import Received
from warehouse import catalogue
from warehouse.declarations import read_folder
from warehouse.errors import DeclarationError, FileRejected, SiegemError, SourceError
from warehouse.settings import load
from warehouse.store import Warehouse

DECLARED = read_folder(feeds.FOLDER, feeds.load)
BODY = samples.csv_bytes(samples.GOOD)
COMMON = {"titulo": "Prueba", "publicador": "Prueba", "licencia": "Ninguna", "tabla": "visitas", "region": "13", "periodo": "2026-03"}


@pytest.fixture
def house(new_warehouse: Any) -> Warehouse:
    return new_warehouse(pausa_segundos=0, reintentos=2, espera_segundos=5, max_mb_archivo=9, max_mb_inflado=3)


def feed(tipo: str = "http", **keys: Any) -> Feed:
    return Feed.model_validate({**COMMON, "tipo": tipo, **keys})


def collected(house: Warehouse, **named: Feed) -> list[Received]:
    return list(feeds.collect(house, named, no_waiting()))


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


# ---- what comes with the project


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_source_is_off_says_its_licence_and_what_nobody_verified(name: str) -> None:
    declared = DECLARED[name]
    assert not declared.activa and len(declared.sin_verificar) > 40 and declared.licencia and declared.publicador
    assert set(feeds.tables(declared)) <= set(catalogue.contracts())


def test_every_kind_has_a_declared_source_or_is_plain_download() -> None:
    assert {d.tipo for d in DECLARED.values()} | {"http", "zip"} == set(feeds.KINDS)


def test_no_source_delivers_to_a_place_its_contract_does_not_have() -> None:
    for name, declared in DECLARED.items():
        for table in feeds.tables(declared):
            scope = catalogue.contracts()[table].delivery.ambito
            assert (scope == "nacional") == (declared.region == "00"), (name, table)


# ---- declarations


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tipo: http\nurl: https://x.pe/a.csv\ntabla: visitas\nlicenca: z", "la clave «licenca» no existe. ¿Quiso decir «licencia»?"),
        ("tipo: http\ntabla: visitas\nlicencia: abc", "lleva «url» o «archivo»"),
        ("tipo: http\nurl: https://x.pe/a.csv\nlicencia: abc", "falta la clave «tabla»"),
        ("tipo: http\nurl: https://x.pe/a.csv\narchivo: a.csv\ntabla: visitas\nlicencia: abc", "una sola de «url», «archivo» y «conexion»"),
        ("tipo: http\nurl: https://u:clave@x.pe/a.csv\ntabla: visitas\nlicencia: abc", "no lleva usuario ni clave"),
        ("tipo: http\nurl: 'https://x.pe/{mes}.csv'\ntabla: visitas\nlicencia: abc", "solo puede decir {anio}"),
        (
            "tipo: zip\nurl: https://x.pe/a.zip\ntabla: visitas\nlicencia: abc\nopciones: {membro: '*'}",
            "la clave «membro» no existe. ¿Quiso decir «miembro»?",
        ),
        ("tipo: sql\nurl: https://x.pe\ntabla: visitas\nlicencia: abc\nopciones: {consulta: SELECT 1}", "lleva «conexion»"),
    ],
)
def test_a_wrong_declaration_names_the_key(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "mia.yml").write_text(f"titulo: Prueba\npublicador: Prueba\n{text}\n")
    with pytest.raises(DeclarationError) as error:
        feeds.load(tmp_path / "mia.yml")
    assert says in error.value.what and "mia.yml" in error.value.what, error.value.what


def test_sources_are_switched_on_by_name_or_by_a_copy_of_the_operator(tmp_path: Path) -> None:
    own = tmp_path / "fuentes"
    own.mkdir()
    text = (feeds.FOLDER / "bcrp_metales.yml").read_text()
    (own / "bcrp_metales.yml").write_text(text + "activa: true\n")
    assert feeds.active(Warehouse(load(datos=tmp_path))) == {}
    named = Warehouse(load(datos=tmp_path, fuentes=" reinfo_ingemmet, pasivos_ingemmet"))
    assert list(feeds.active(named)) == ["reinfo_ingemmet", "pasivos_ingemmet"]
    assert list(feeds.active(Warehouse(load(datos=tmp_path, carpeta_fuentes=own)))) == ["bcrp_metales"]
    with pytest.raises(SiegemError, match="¿Quiso decir «reinfo_ingemmet»?"):
        feeds.chosen(named, ["reinfo"])


def test_a_declaration_that_is_wrong_stops_no_run(tmp_path: Path) -> None:
    (received,) = feeds.collect_active(Warehouse(load(datos=tmp_path, fuentes="ninguna")))
    assert received.problem is not None and "No hay una fuente «ninguna»" in received.problem.what
    (received,) = feeds.collect_active(Warehouse(load(datos=tmp_path, carpeta_fuentes=tmp_path / "nada")))
    assert isinstance(received.problem, DeclarationError)


# ---- files and ZIP members


def test_a_file_over_http_is_accepted_and_one_that_fails_stops_no_other(house: Warehouse, site: Site, tmp_path: Path) -> None:
    site.routes["/a.csv"] = File(BODY)
    site.routes["/b.csv"] = status(404)
    found = collected(house, mala=feed(url=f"{site.url}/b.csv"), buena=feed(url=f"{site.url}/a.csv"))
    assert [bool(r.problem) for r in found] == [True, False]
    report = ingest(house, found, contracts={"visitas": samples.contract(tmp_path)}, today=samples.TODAY)
    assert sorted(o.filas_aceptadas for o in report.outcomes) == [0, 3]


def test_years_are_asked_for_one_by_one(house: Warehouse, site: Site) -> None:
    site.routes["/2024.csv"], site.routes["/2025.csv"] = answer(BODY), status(404)
    found = collected(house, v=feed(url=f"{site.url}/{{anio}}.csv", periodo="{anio}", anios=(2024, 2025)))
    assert [(r.periodo, bool(r.problem)) for r in found] == [("2024", False), (None, True)]
    assert found[1].problem is not None and "/2025.csv" in found[1].problem.what


def test_a_file_left_by_the_operator(house: Warehouse, tmp_path: Path) -> None:
    folder = house.settings.datos / "fuentes"
    folder.mkdir()
    (folder / "viejo.csv").write_bytes(b"x")
    (folder / "nuevo.csv").write_bytes(BODY)
    (tmp_path / "fuera.csv").write_bytes(b"secreto")
    (received,) = collected(house, v=feed(archivo="nuev*.csv"))
    assert b"".join(received.chunks()) == BODY and (received.name, received.origin) == ("v_visitas_13_2026-03.csv", "nuev*.csv")
    (outside,) = collected(house, v=feed(archivo="../../*.csv"))
    assert outside.problem is not None and outside.content is None


@pytest.mark.parametrize(
    ("pattern", "but", "wanted"), [("visitas*.csv", "", "visitas_2.csv"), ("*metálica*", "*NO*", "METALICA.csv"), ("*.CSV", "*_2*", "visitas_1.csv")]
)
def test_a_member_is_found_by_its_pattern(house: Warehouse, site: Site, pattern: str, but: str, wanted: str) -> None:
    members = {"a__visitas_1.csv": b"1", "a__visitas_2.csv": b"2", "METALICA.csv": b"3", "NO METÁLICA.csv": b"4", "leame.txt": b"5"}
    site.routes["/x.zip"] = File(archive(**members))
    (received,) = collected(house, v=feed("zip", url=f"{site.url}/x.zip", opciones={"miembro": pattern, "salvo": but}))
    assert (
        received.origin.endswith(f"x.zip · {wanted}")
        and b"".join(received.chunks()) == {zipped.own_name(k.replace("__", "/")): v for k, v in members.items()}[wanted]
    )


def test_a_zip_that_did_not_change_is_not_sent_again(house: Warehouse, site: Site, tmp_path: Path) -> None:
    site.routes["/x.zip"] = File(archive(**{"v.csv": BODY}))
    contracts = {"visitas": samples.contract(tmp_path)}
    declared = feed("zip", url=f"{site.url}/x.zip")
    first = ingest(house, collected(house, v=declared), contracts=contracts, today=samples.TODAY)
    again = ingest(house, collected(house, v=declared), contracts=contracts, today=samples.TODAY)
    assert (first.outcomes[0].filas_aceptadas, again.unchanged) == (3, 1) and site.seen[1][2]["if-none-match"] == '"v1"'


@pytest.mark.parametrize("name", ["../../../fuera.csv", "/etc/fuera.csv", "..\\..\\fuera.csv", "C:\\fuera.csv"])
def test_a_path_inside_the_zip_is_only_a_name(house: Warehouse, site: Site, name: str) -> None:
    site.routes["/x.zip"] = answer(archive(**{name: BODY}))
    before = set(house.settings.datos.parent.rglob("*"))
    (received,) = collected(house, v=feed("zip", url=f"{site.url}/x.zip"))
    assert received.path is not None and received.path.is_relative_to(house.landing)
    new = set(house.settings.datos.parent.rglob("*")) - before
    assert all(p.is_relative_to(house.landing) for p in new if p.is_file() and ".db" not in p.name)


def bomb(megabytes: int, lying: bool) -> bytes:
    content = archive(**{"v.csv": b"\0" * (megabytes * 1_000_000)})
    real = (megabytes * 1_000_000).to_bytes(4, "little")
    return content.replace(real, (100_000).to_bytes(4, "little")) if lying else content


@pytest.mark.parametrize("lying", [False, True])
def test_a_bomb_is_refused_whatever_it_says_of_itself(house: Warehouse, site: Site, lying: bool) -> None:
    site.routes["/x.zip"] = answer(bomb(40, lying))
    (received,) = collected(house, v=feed("zip", url=f"{site.url}/x.zip"))
    assert isinstance(received.problem, FileRejected), received
    assert max(p.stat().st_size for p in house.landing.rglob("*") if p.is_file()) < 1_000_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no es un ZIP"),
        (b"PK\x03\x04" + b"x" * 50, "no es un ZIP"),
        (archive(**{"leame.txt": b"x"}), "no trae ningún archivo «*.csv»; trae «leame.txt»"),
        (archive(**{"v.csv": BODY * 50})[:-80], "no es un ZIP"),
    ],
)
def test_a_zip_that_is_none_is_a_sentence(house: Warehouse, site: Site, content: bytes, says: str) -> None:
    site.routes["/x.zip"] = answer(content)
    (received,) = collected(house, v=feed("zip", url=f"{site.url}/x.zip"))
    assert received.problem is not None and says in received.problem.what, received.problem


@given(st.binary(max_size=300), st.integers(0, 400))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_file_or_a_sentence(house: Warehouse, site: Site, noise: bytes, at: int) -> None:
    good = archive(**{"v.csv": BODY})
    site.routes["/x.zip"] = answer(good[:at] + noise + good[at + len(noise) :])
    site.routes["/x.csv"] = answer(noise)
    for received in collected(house, z=feed("zip", url=f"{site.url}/x.zip"), h=feed(url=f"{site.url}/x.csv")):
        assert received.problem is None or isinstance(received.problem, SourceError | FileRejected)
