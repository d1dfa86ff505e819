"""Texts to typed columns: nothing guessed, each doubtful cell told with what to write instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import etl_samples as samples
import pyarrow as pa
import pytest

from checks.findings import Finding
from etl.headers import known_headers, match
from etl.privacy import salt
from etl.readers import read
from etl.readers.raw import MAX_FAULTS, Unreadable
from etl.shape import FileTexts, Shaped, nothing_shaped, shape, territories_of
from warehouse.contracts import Contract, TerritoryRule
from warehouse.settings import load

REGION = TerritoryRule(columna="c", tipo="region")


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return samples.contract(tmp_path)


def shaped(folder: Path, contract: Contract, content: bytes, name: str = "visitas_13_2026-03_v1.csv") -> Shaped:
    path = folder / name
    path.write_bytes(content)
    raw = read(path, name, known_headers(contract), 1_000_000)
    return shape(contract, [FileTexts("e1", "13", "2026-03", match(contract, raw, name))], "sal")


def of_severity(result: Shaped, severity: str) -> list[Finding]:
    return [f for f in result.issues if f.severidad == severity]


def test_a_good_file_is_typed_and_has_nothing_to_say(tmp_path: Path, contract: Contract) -> None:
    result = shaped(tmp_path, contract, samples.csv_bytes(samples.GOOD))
    first = result.rows.to_pylist()[0]
    assert result.issues == []
    assert (first["fecha"], first["monto"], first["casos"], first["grave"], first["cod_region"]) == (date(2026, 3, 2), 10.5, 3, True, "13")
    assert (first["entrega_id"], first["entrega_region"], first["entrega_periodo"], first["fila_origen"]) == ("e1", "13", "2026-03", 2)
    assert [r["grave"] for r in result.rows.to_pylist()] == [True, False, True]


@pytest.mark.parametrize(
    ("column", "text", "says", "cure"),
    [
        ("monto", '"12,5"', "«12,5» usa coma decimal.", "Escriba 12.5."),
        ("monto", '"1.234,56"', "punto de miles y coma decimal", "Escriba 1234.56."),
        ("monto", '"1,234.56"', "comas de miles", "Escriba 1234.56."),
        ("monto", '"1,234"', "puede ser decimal o de miles", "Escriba 1.234 o 1234."),
        ("monto", "1.234.567", "separadores de miles", "Escriba 1234567."),
        ("monto", "S/ 1200", "símbolo", "Escriba 1200."),
        ("monto", "1e999", "no es un número", "punto decimal"),
        ("monto", "doce", "no es un número", "punto decimal"),
        ("casos", "1.000", "puede ser decimal o de miles", "Escriba 1000 si son miles."),
        ("casos", "3.5", "tiene decimales", "entero"),
        ("casos", "99999999999999999999", "demasiado grande", "cifra"),
        ("fecha", "13/03/2026", "no está escrita como AAAA-MM-DD", "Escriba 2026-03-13."),
        ("fecha", "03/12/2026", "puede leerse de dos maneras", "Escriba 2026-12-03 o 2026-03-12."),
        ("fecha", "2026-02-30", "no existe en el calendario", "Compruebe"),
        ("fecha", "31/02/2026", "no existe en el calendario", "AAAA-MM-DD"),
        ("fecha", "2026-3-2", "no está escrita", "Escriba 2026-03-02."),
        ("fecha", "02/03/26", "año de dos cifras", "año completo"),
        ("fecha", "2026-03-02 10:30:00", "lleva hora", "Escriba 2026-03-02."),
        ("fecha", "ayer", "no es una fecha", "AAAA-MM-DD"),
        ("grave", "tal vez", "no es sí ni no", "true o false"),
    ],
)
def test_a_doubtful_cell_is_an_error_of_its_row_and_is_never_guessed(
    tmp_path: Path, contract: Contract, column: str, text: str, says: str, cure: str
) -> None:
    result = shaped(tmp_path, contract, samples.csv_bytes(samples.with_cell(3, column, text)))
    (finding,) = of_severity(result, "error")
    assert (finding.regla_id, finding.fila, finding.columna, finding.valor) == ("G-03", 3, column, text.strip('"'))
    assert finding.mensaje.startswith(f"Fila 3, «{column}»: ") and says in finding.mensaje
    assert cure in finding.remedio
    values = result.rows.column(column).to_pylist()
    assert values[1] is None and values[0] is not None and values[2] is not None


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("casos", "858.0", 858), ("casos", " 7 ", 7), ("casos", "+7", 7), ("monto", "1e3", 1000.0), ("monto", ".5", 0.5), ("monto", "-3.25", -3.25),
        ("fecha", "2026-03-02 00:00:00", date(2026, 3, 2)), ("fecha", "46083", date(2026, 3, 2)), ("fecha", "46083.0", date(2026, 3, 2)),
        ("grave", "Sí", True), ("grave", "FALSO", False), ("grave", "0", False), ("estado", "En curso", "abierto"), ("estado", "NA", "NA"),
        ("estado", "s/d", None), ("monto", "-", None), ("monto", "N/A", None), ("fecha", "1900-01-01", None), ("fecha", "9999-12-31", None),
    ],
)  # fmt: skip
def test_what_can_be_read_for_certain_is_read(tmp_path: Path, contract: Contract, column: str, text: str, value: object) -> None:
    result = shaped(tmp_path, contract, samples.csv_bytes(samples.with_cell(3, column, text)))
    assert result.rows.column(column).to_pylist()[1] == value
    assert {f.severidad for f in result.issues} <= {"informativa"}


def test_serial_dates_and_fillers_are_told_once_for_each_column(tmp_path: Path, contract: Contract) -> None:
    rows = [[*r[:2], "46083", "s/d", *r[4:]] for r in samples.GOOD]
    said = [f.mensaje for f in shaped(tmp_path, contract, samples.csv_bytes(rows)).issues]
    assert said == [
        "Columna «fecha»: 3 celdas traen un número de serie de Excel («46083») y se leyeron como fecha (desde la fila 2).",
        "Columna «monto»: 3 celdas con «s/d» se tomaron como vacías (desde la fila 2).",
    ]


def test_a_column_wrong_from_end_to_end_is_one_blocking_sentence(tmp_path: Path, contract: Contract) -> None:
    rows = [[f"A-{i}", "13", "15/03/2026", "1", "1", "si", "abierto", ""] for i in range(MAX_FAULTS + 1)]
    (finding,) = shaped(tmp_path, contract, samples.csv_bytes(rows)).issues
    assert (finding.severidad, finding.fila) == ("bloqueante", None)
    assert "10,001 celdas" in finding.mensaje and "Fila 2" in finding.mensaje and "Escriba 2026-03-15" in finding.remedio


def test_headers_match_without_case_accents_or_spaces_and_by_their_other_names(tmp_path: Path, contract: Contract) -> None:
    header = ["CÓDIGO", "Cod Region", "Fecha visita", "monto", "casos", "grave", "estado", "documento"]
    result = shaped(tmp_path, contract, samples.csv_bytes(samples.GOOD, header))
    assert result.rows.num_rows == 3
    (notice,) = result.issues
    assert notice.regla_id == "G-02" and "«Fecha visita» como «fecha»" in notice.mensaje and notice.severidad == "informativa"


def test_unknown_and_missing_optional_columns_are_listed_and_dropped(tmp_path: Path, contract: Contract) -> None:
    rows = [[*r[:3], "nota"] for r in samples.GOOD]
    result = shaped(tmp_path, contract, samples.csv_bytes(rows, ["codigo", "cod_region", "fecha", "telefono"]))
    said = " ".join(f.mensaje for f in result.issues)
    assert "«telefono»" in said and "«monto», «casos»" in said
    assert "telefono" not in result.rows.schema.names and "telefono" not in result.texts.schema.names


def test_a_missing_required_column_blocks_and_the_likely_one_is_named(tmp_path: Path, contract: Contract) -> None:
    header = ["codigo", "cod_region", "fechas", *samples.HEADER[3:]]
    with pytest.raises(Unreadable) as error:
        shaped(tmp_path, contract, samples.csv_bytes(samples.GOOD, header))
    assert error.value.rule == "G-02"
    assert "falta la columna obligatoria «fecha». ¿Es «fechas» la columna «fecha»?" in error.value.what
    assert error.value.what.startswith("visitas_13_2026-03_v1.csv: ")


def test_private_values_are_hashed_and_never_quoted(tmp_path: Path, contract: Contract) -> None:
    changed = samples.contract(tmp_path, **{"name: documento, logicalType: string": "name: documento, logicalType: date"})
    result = shaped(tmp_path, contract, samples.csv_bytes(samples.GOOD))
    hashes = result.rows.column("documento").to_pylist()
    assert hashes[2] is None and len({*hashes}) == 3 and all(len(h) == 64 for h in hashes[:2])
    wrong = shaped(tmp_path, changed, samples.csv_bytes(samples.GOOD))
    assert len(of_severity(wrong, "error")) == 2
    assert not [f for f in wrong.issues if "4123" in f.mensaje + f.valor + f.remedio]


def test_a_column_to_be_discarded_is_not_in_the_rows(tmp_path: Path) -> None:
    changed = samples.contract(tmp_path, tratamiento__value="x", **{"value: hash": "value: descartar"})
    assert "documento" not in shaped(tmp_path, changed, samples.csv_bytes(samples.GOOD)).rows.schema.names


def test_the_salt_is_made_once_and_kept_to_this_account(tmp_path: Path) -> None:
    made = salt(load(datos=tmp_path))
    assert len(made) == 64 and salt(load(datos=tmp_path)) == made
    assert (tmp_path / "sal").stat().st_mode & 0o777 == 0o600
    assert salt(load(datos=tmp_path, sal="propia")) == "propia"


@pytest.mark.parametrize(
    ("rule", "printed", "code"),
    [
        (REGION, "13", "13"),
        (REGION, "77", None),
        (TerritoryRule(columna="c", tipo="departamento"), "15", "L15"),
        (TerritoryRule(columna="c", tipo="departamento"), "98", "98"),
        (TerritoryRule(columna="c", tipo="ubigeo"), "150101", "26"),
        (TerritoryRule(columna="c", tipo="ubigeo"), "150201", "15"),
        (TerritoryRule(columna="c", tipo="ambito", mapa={"LL+PC+MQ": "PILOTO"}), "LL+PC+MQ", "PILOTO"),
        (TerritoryRule(columna="", tipo="ninguno"), "x", "00"),
    ],
)
def test_territory_of_a_row(rule: TerritoryRule, printed: str, code: str | None) -> None:
    codes, unknown = territories_of(rule, {"c": pa.chunked_array([[printed]])}, pa.chunked_array([["00"]]))
    assert codes.to_pylist() == [code]
    assert len(unknown) == (code is None)


def test_a_lost_leading_zero_is_recognised(tmp_path: Path, contract: Contract) -> None:
    result = shaped(tmp_path, contract, samples.csv_bytes(samples.with_cell(3, "cod_region", "8")))
    (finding,) = of_severity(result, "error")
    assert (finding.regla_id, finding.fila) == ("G-06", 3)
    assert finding.remedio == "Parece haber perdido el cero inicial: escriba 08."


def test_findings_of_many_files_go_to_their_own_submission_and_row(tmp_path: Path, contract: Contract) -> None:
    files = []
    for region, bad_row in (("13", 4), ("18", 2)):
        path = tmp_path / f"{region}.csv"
        path.write_bytes(samples.csv_bytes(samples.with_cell(bad_row, "casos", "x")))
        files.append(FileTexts(region, region, "2026-03", match(contract, read(path, path.name, (), 0), path.name)))
    found = [(f.entrega_id, f.fila) for f in shape(contract, files, "sal").issues]
    assert found == [("13", 4), ("18", 2)]


def test_nothing_to_shape_has_the_same_columns(tmp_path: Path, contract: Contract) -> None:
    empty = nothing_shaped(contract)
    full = shaped(tmp_path, contract, samples.csv_bytes(samples.GOOD))
    assert empty.rows.num_rows == 0
    assert empty.rows.schema.names == full.rows.schema.names
    assert empty.rows.schema.types == full.rows.schema.types
