"""The files of a publication: valid, alike in every format, the same each time, and nothing in them that is not public."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from frictionless import validate

from dashboard import published
from dashboard.opendata import Resource, observation, write
from dashboard.opendata.columns import HISTORY, KEY, VALUES
from dashboard.opendata.layout import DESCRIBED, FILES
from dashboard.opendata.texts import number, safe
from tests import sample_open
from tests.sample_open import FORMULA, HIDDEN, ORDER, PERSONAL
from warehouse.errors import SiegemError
from warehouse.states import NOTICES, PUBLISHED, STATES
from warehouse.store import Warehouse

NUMBERS = [c.name for c in VALUES if c.kind == "number"]
TEXT = {c.name: str for c in VALUES if c.kind == "string"}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return sample_open.build(tmp_path_factory.mktemp("abierto"))


@pytest.fixture(autouse=True)
def opened(warehouse: Warehouse) -> None:
    published.open_store(sample_open.public(warehouse))


@pytest.fixture(scope="module")
def made(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both publications, one after the other, as publishing makes them."""
    published.open_store(sample_open.public(warehouse))
    root = tmp_path_factory.mktemp("abiertos")
    for n in (1, 2):
        write(published.snapshot(n), root / f"p{n}", base="https://siegem.example/")
    return root


@pytest.fixture(scope="module")
def table(made: Path) -> pd.DataFrame:
    return read(made / "p2" / "valores.csv")


def read(path: Path, **more: Any) -> pd.DataFrame:
    return pd.read_csv(path, dtype=TEXT, keep_default_na=False, na_values=[""], **more)


def sheets_of(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    book = openpyxl.load_workbook(path, read_only=True)
    for name in book.sheetnames:
        yield name, list(book[name].iter_rows(values_only=True))


def rows_in_book(path: Path) -> list[dict[str, Any]]:
    head = tuple(c.name for c in VALUES)
    return [dict(zip(head, row, strict=True)) for _, rows in sheets_of(path) if rows and rows[0] == head for row in rows[1:]]


@pytest.mark.parametrize("number_", [1, 2])
def test_the_data_package_is_valid_for_its_official_validator(made: Path, number_: int) -> None:
    report = validate(made / f"p{number_}" / "datapackage.json")
    assert report.valid, report.flatten(["type", "fieldName", "rowNumber", "message"])[:5]
    assert {task.name for task in report.tasks} == {f.name for f in FILES if f.columns}


def test_the_validator_would_see_a_value_that_was_changed(made: Path, tmp_path: Path) -> None:
    for name in ("indicadores.csv", "territorios.csv", "valores.csv"):
        (tmp_path / name).write_bytes((made / "p2" / name).read_bytes())
    package = json.loads((made / "p2" / "datapackage.json").read_bytes())
    package["resources"] = [r for r in package["resources"] if r["path"] in ("indicadores.csv", "territorios.csv", "valores.csv")]
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    text = (tmp_path / "valores.csv").read_text(encoding="utf-8")
    (tmp_path / "valores.csv").write_text(text.replace("publicado", "publicada", 1), encoding="utf-8", newline="")
    assert not validate(tmp_path / "datapackage.json").valid


def test_every_format_holds_the_same_values(made: Path, table: pd.DataFrame) -> None:
    folder = made / "p2"
    spanish = read(folder / "valores_es.csv", sep=";", decimal=",", encoding="utf-8-sig")
    packed = pq.read_table(folder / "valores.parquet").to_pandas()
    book = pd.DataFrame(rows_in_book(folder / "valores.xlsx"))
    order = ["indicador", "categoria", "territorio", "tipo_periodo", "periodo"]
    plain, comma, parquet, excel = (
        f.assign(categoria=f["categoria"].fillna("").str.lstrip("'")).sort_values(order).reset_index(drop=True)
        for f in (table, spanish, packed, book)
    )
    assert len(plain) == len(comma) == len(parquet) == len(excel) > 1000
    for column in NUMBERS:
        want = pd.to_numeric(plain[column]).astype(float)
        for other in (comma, parquet, excel):
            pd.testing.assert_series_equal(pd.to_numeric(other[column]).astype(float), want, rtol=0, atol=0, check_names=False)
    for column in ("indicador", "territorio", "periodo", "estado", "OBS_STATUS", "CONF_STATUS", "avisos", "fuente"):
        assert all((f[column].fillna("") == plain[column].fillna("")).all() for f in (comma, parquet, excel)), column
    assert isinstance(rows_in_book(folder / "valores.xlsx")[0]["valor"], int | float) and packed["datos_al"].iloc[0] == date(2026, 9, 30)


def test_the_spanish_table_opens_with_a_decimal_comma(made: Path) -> None:
    raw = (made / "p2" / "valores_es.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfindicador;territorio;")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    values = [r["valor"] for r in rows if r["indicador"] == "pct_tramites_en_plazo" and r["valor"]]
    assert any("," in v for v in values) and not any("." in v for v in values)


@pytest.mark.parametrize(
    ("value", "told"), [(12.0, "12"), (66.66666666666667, "66.66666666666667"), (1e-7, "1e-07"), (-0.5, "-0.5"), (123456789012.5, "123456789012.5")]
)
def test_numbers_keep_all_their_figures(value: float, told: str) -> None:
    assert number(value) == told and float(number(value)) == value
    assert float(number(value, ",").replace(",", ".")) == value


def test_no_text_is_run_as_a_formula(made: Path, table: pd.DataFrame) -> None:
    folder = made / "p2"
    assert (table["categoria"] == f"'{FORMULA}").sum() == 1
    revised = list(csv.DictReader((folder / "revisiones.csv").open(encoding="utf-8")))
    assert {r["motivo"] for r in revised} == {f"'{ORDER}"}
    for path in folder.rglob("*.csv"):
        for row in csv.reader(path.open(encoding="utf-8-sig"), delimiter=";" if path.name == "valores_es.csv" else ","):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r")) and (cell[:1] != "-" or cell[1:2].isdigit()), (path.name, cell)
    book = openpyxl.load_workbook(folder / "valores.xlsx")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"]
    assert [c.data_type for c in cells if c.value == FORMULA] and FORMULA in set(pq.read_table(folder / "valores.parquet")["categoria"].to_pylist())
    assert [safe(x) for x in ("=1", "+1", "-1", "@a", "a=1")] == ["'=1", "'+1", "'-1", "'@a", "a=1"]


def test_the_same_publication_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    """Also where the publications before it were not made: the history is put together again."""
    alone = tmp_path / "p2"
    write(published.snapshot(2), alone, base="https://siegem.example")
    paths = sorted(p.relative_to(alone) for p in alone.rglob("*") if p.is_file())
    assert paths == sorted(p.relative_to(made / "p2") for p in (made / "p2").rglob("*") if p.is_file())
    different = [str(p) for p in paths if (alone / p).read_bytes() != (made / "p2" / p).read_bytes()]
    assert different == []


def test_the_sums_and_the_resources_tell_the_files(made: Path, tmp_path: Path) -> None:
    found: list[Resource] = write(published.snapshot(1), tmp_path / "p1")
    told = dict(reversed(line.split("  ", 1)) for line in (tmp_path / "p1" / "SHA256SUMS").read_text().splitlines())
    for r in found:
        body = (tmp_path / "p1" / r.path).read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (r.bytes, r.sha256)
        assert r.path == "SHA256SUMS" or told[r.path] == r.sha256
    assert {r.path for r in found} == {f.path for f in FILES} and {r.rows for r in found if r.name.startswith("valores")} == {1181}
    packed = tmp_path / "p1" / ".gz" / "valores.csv.gz"
    assert gzip.decompress(packed.read_bytes()) == (tmp_path / "p1" / "valores.csv").read_bytes()


@pytest.mark.parametrize("number_", [1, 2])
def test_a_publication_is_rebuilt_from_the_history(made: Path, number_: int) -> None:
    past = pq.read_table(made / "p2" / "acumulado" / "valores.parquet").to_pandas()
    then = past[(past["desde_publicacion"] <= number_) & (past["hasta_publicacion"].isna() | (past["hasta_publicacion"] > number_))]
    held = pq.read_table(made / f"p{number_}" / "valores.parquet").to_pandas()
    columns = [c.name for c in HISTORY][:-2]
    one, other = (f[columns].sort_values(list(KEY)).reset_index(drop=True) for f in (then, held))
    pd.testing.assert_frame_equal(one, other)


def test_changes_are_told_apart(made: Path) -> None:
    rows = list(csv.DictReader((made / "p2" / "acumulado" / "cambios.csv").open(encoding="utf-8")))
    second = {(r["indicador"], r["tipo"]): int(r["filas"]) for r in rows if r["publicacion"] == "2"}
    assert second[("pct_tramites_en_plazo", "mayor")] == 1 and second[("produccion_cobre", "menor")] == 1
    assert second[("produccion_cobre", "retirado")] == 1 and second[("p90_dias_ciudadano", "nuevo")] == 28
    told = (made / "p2" / "CAMBIOS.md").read_text(encoding="utf-8")
    assert "N.º 2 · 23-11-2026 · mayor" in told and "N.º 1 · 20-07-2026 · primera" in told


def test_every_state_and_notice_has_its_code() -> None:
    assert set(observation.OF_STATE) | {PUBLISHED} == set(STATES) and set(observation.OF_NOTICE) == set(NOTICES)
    assert {*observation.OF_STATE.values(), *observation.OF_NOTICE.values(), "A"} == set(observation.OBS_STATUS)
    assert observation.obs_status(PUBLISHED, []) == "A" and observation.obs_status(PUBLISHED, [], survey=True) == "E"
    assert observation.obs_status(PUBLISHED, ["sintetico", "serie_incompleta"]) == "P"
    assert observation.obs_status("no_publicable", ["sintetico"]) == "Q"


def test_a_hidden_cell_says_that_it_is_and_nothing_else(table: pd.DataFrame) -> None:
    hidden = table[(table["indicador"] == PERSONAL) & (table["estado"] == "no_publicable")]
    assert set(hidden["territorio"]) == set(HIDDEN) and set(hidden["OBS_STATUS"]) == {"Q"} and set(hidden["CONF_STATUS"]) == {"C"}
    assert hidden[[*NUMBERS, "n", "cobertura", "periodo_comparado"]].isna().all(axis=None)
    away = table[table["estado"] != PUBLISHED]
    assert away[["valor", "numerador", "denominador", "n"]].isna().all(axis=None) and (away["OBS_STATUS"] != "A").all()


def test_the_ministrys_own_rows_are_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    published.open_store(warehouse)
    with pytest.raises(SiegemError, match="no son para el público"):
        write(published.snapshot(1), tmp_path / "p1")
    assert list(tmp_path.iterdir()) == [], "nothing is left half done"


def test_a_folder_of_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mio").mkdir()
    (tmp_path / "mio" / "tesis.docx").write_bytes(b"x")
    with pytest.raises(SiegemError, match="tiene otros archivos"):
        write(published.snapshot(1), tmp_path / "mio")
    assert (tmp_path / "mio" / "tesis.docx").is_file()


def test_deliveries_name_no_file_and_count_no_persons(made: Path) -> None:
    rows = list(csv.DictReader((made / "p2" / "entregas.csv").open(encoding="utf-8")))
    assert {r["filas"] for r in rows if r["tabla"] == "tramites"} == {""}, "behind an indicator about persons"
    assert {r["filas"] for r in rows if r["tabla"] == "produccion_metalica"} == {"412"}
    whole = b"".join(p.read_bytes() for p in (made / "p2").rglob("*") if p.is_file() and p.suffix not in (".parquet", ".xlsx", ".gz"))
    assert b"secreto.xlsx" not in whole and b"tramites_01" not in whole


def test_the_dictionary_explains_every_column_of_every_table(made: Path) -> None:
    told = list(csv.DictReader((made / "p2" / "diccionario.csv").open(encoding="utf-8")))
    known = {(r["archivo"], r["columna"]) for r in told if not r["codigo"]}
    for path in DESCRIBED:
        with (gzip.open if path.endswith(".gz") else open)(made / "p2" / path, "rt", encoding="utf-8") as file:
            assert {(path, c) for c in next(csv.reader(file))} <= known
    assert all(r["significado_es"] and r["significado_en"] for r in told)
    states = {r["codigo"] for r in told if (r["archivo"], r["columna"]) == ("valores.csv", "estado") and r["codigo"]}
    assert states == set(STATES)


def test_a_full_sheet_goes_on_in_another(tmp_path: Path) -> None:
    write(published.snapshot(1), tmp_path / "p1", rows=100)
    sizes = {name: len(rows) - 1 for name, rows in sheets_of(tmp_path / "p1" / "valores.xlsx")}
    assert sizes["Procesos"] == 100 and "Procesos (2)" in sizes and len(rows_in_book(tmp_path / "p1" / "valores.xlsx")) == 1181
    assert list(sizes)[:4] == ["Léame", "Indicadores", "Territorios", "Diccionario"]


def test_it_is_cited_with_its_version(made: Path) -> None:
    found = yaml.safe_load((made / "p2" / "CITATION.cff").read_text(encoding="utf-8"))
    assert found["cff-version"] == "1.2.0" and found["type"] == "dataset" and found["version"] == "2.0.0" and found["license"] == "CC-BY-4.0"
    assert found["url"] == "https://siegem.example/datos/descargas/p2/" and found["authors"][0]["name"]
    line = (made / "p2" / "cita.txt").read_text(encoding="utf-8").splitlines()[0]
    for part in ("Ministerio de Energía y Minas", "(2026)", "N.º 2", "23-11-2026", "https://siegem.example/datos/descargas/p2/"):
        assert part in line
    read_me = (made / "p2" / "LEAME.md").read_text(encoding="utf-8")
    assert "no es cero" in read_me and "not zero" in read_me and "sintéticos" in read_me
