"""Templates: what a person finds in them, that they are always the same bytes, and how they are recognised when they come back."""

from __future__ import annotations

import io
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook, load_workbook
from template_filling import filled, read_back

from etl import references
from etl.cells import read_column
from etl.headers import known_headers
from etl.readers import read
from etl.readers.raw import NOTHING_HAPPENED, Unreadable, declares_nothing
from etl.sources.inbox import collect
from etl.templates import check_place, file_name, identity, last_period, template_bytes
from etl.templates.fields import fields
from etl.templates.identity import fingerprint
from warehouse import catalogue
from warehouse.contracts import Contract, Migration
from warehouse.errors import SiegemError

TODAY = date(2026, 11, 23)
CONTRACTS = catalogue.contracts()
TABLES = references.tables(TODAY)
DELIVERED = [t for t, c in CONTRACTS.items() if c.delivery.ambito != "sistema"]
#: one of each scope, looked at cell by cell; the others are opened whole by the round trip
LOOKED_AT = ["tramites", "tramite_etapas", "situacion_areas", "presupuesto", "accidentes_mortales"]
CASES = CONTRACTS["tramites"].model_copy(update={"version": "1.0.0", "migrations": {}})


def place(contract: Contract, region: str = "13") -> tuple[str, str]:
    period = {"mensual": "2026-10", "trimestral": "2026-T3", "anual": "2025"}.get(contract.delivery.periodicidad, "serie")
    return (region if contract.delivery.ambito == "region" else "00"), period


def template(contract: Contract, region: str = "13") -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # xlsxwriter leaves out, with a warning, what Excel would refuse
        return template_bytes(contract, *place(contract, region), TABLES, TODAY)


def opened(contract: Contract, region: str = "13") -> Workbook:
    return load_workbook(io.BytesIO(template(contract, region)))


def listed(book: Workbook, column: str, header: list[str]) -> list[Any]:
    """What the drop-down of a column offers."""
    at = header.index(column) + 1
    for rule in book["Datos"].data_validations.dataValidation:
        (area,) = rule.sqref.ranges
        if rule.type == "list" and area.min_col == at:
            assert area.min_row == 2 and area.max_row >= 2_001
            return [c.value for (c,) in book["Listas"][rule.formula1.partition("!")[2].replace("$", "")]]
    return []


@pytest.mark.parametrize("table", LOOKED_AT)
def test_the_sheet_of_data_has_the_names_of_the_contract_and_nothing_else(table: str) -> None:
    contract, sheet = CONTRACTS[table], opened(CONTRACTS[table])["Datos"]
    assert [c.value for c in sheet[1]] == list(contract.column_names)
    assert sheet.max_row == 1, "una fila de ejemplo en «Datos» acabaría entregada"
    assert sheet.freeze_panes in ("A2", "B2")
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize("table", LOOKED_AT)
def test_required_columns_are_told_by_more_than_colour(table: str) -> None:
    for column, cell in zip(CONTRACTS[table].columns, opened(CONTRACTS[table])["Datos"][1], strict=True):
        required = column.required or column.key
        assert cell.comment.text.startswith("OBLIGATORIA" if required else "Opcional")
        assert column.description in cell.comment.text
        assert (cell.font.b, cell.font.i) == (required, not required)


@pytest.mark.parametrize("table", LOOKED_AT)
def test_cells_keep_what_is_typed(table: str) -> None:
    contract, sheet = CONTRACTS[table], opened(CONTRACTS[table])["Datos"]
    formats = {}
    for letters, dimension in sheet.column_dimensions.items():
        for at in range(dimension.min, dimension.max + 1):
            formats[at] = dimension.number_format
        assert dimension.width >= 12, letters
    for at, column in enumerate(contract.columns, start=1):
        expected = {"date": "yyyy-mm-dd", "integer": "0", "number": formats[at]}.get(column.type, "@")
        assert formats[at] == expected, f"{column.name}: un código perdería sus ceros"


@pytest.mark.parametrize("table", LOOKED_AT)
def test_messages_fit_where_excel_shows_them(table: str) -> None:
    for rule in opened(CONTRACTS[table])["Datos"].data_validations.dataValidation:
        assert 0 < len(rule.errorTitle) <= 32 and 0 < len(rule.error) <= 255
        assert len(rule.promptTitle or "") <= 32 and len(rule.prompt or "") <= 255


def test_drop_downs_offer_allowed_values_and_the_codes_of_her_own_region() -> None:
    book = opened(CASES, "01")
    header = list(CASES.column_names)
    assert listed(book, "estado", header) == list(CASES.column("estado").allowed)
    assert listed(book, "impugnado", header) == ["sí", "no"]
    assert listed(book, "cod_region", header) == ["01"]
    districts = listed(book, "ubigeo", header)
    assert "010101" in districts and len(districts) > 50
    assert all(isinstance(u, str) and u.startswith("01") for u in districts), "un ubigeo con cero inicial es texto"
    assert set(listed(book, "cod_procedimiento", header)) == set(TABLES["ref_procedimientos"].column("cod_procedimiento").to_pylist())
    assert listed(book, "codigo_derecho", header) == [], "los códigos de lo ya entregado no son una lista fija"


def test_lima_and_the_city_of_lima_have_their_own_districts() -> None:
    header = list(CASES.column_names)
    assert all(u.startswith("1501") for u in listed(opened(CASES, "26"), "ubigeo", header))
    assert not any(u.startswith("1501") for u in listed(opened(CASES, "15"), "ubigeo", header))


def test_the_catalogue_says_what_each_code_means() -> None:
    rows = {(r[0], r[1]): r[2:] for r in opened(CASES)["Catálogos"].iter_rows(min_row=2, values_only=True)}
    assert rows["ubigeo", "130101"] == ("Trujillo", "provincia de Trujillo")
    assert rows["estado", "en_opinion"][0] == "En opinión de otra entidad"
    unverified = [d for (column, _), (_, d) in rows.items() if column == "cod_procedimiento" and "sin verificar" in (d or "")]
    assert unverified, "un plazo sin verificar se dice"


def test_only_the_sheets_of_people_are_seen() -> None:
    book = opened(CASES)
    assert {s.title: s.sheet_state for s in book.worksheets} == {
        "Instrucciones": "visible", "Datos": "visible", "Catálogos": "visible", "Listas": "hidden", "_siegem": "veryHidden",
    }  # fmt: skip


def test_the_instructions_say_when_how_and_what_is_not_verified() -> None:
    doubtful = CASES.column("canal").model_copy(update={"unverified": "La lista de canales es nuestra."})
    contract = CASES.model_copy(update={"columns": tuple(doubtful if c.name == "canal" else c for c in CASES.columns)})
    text = "\n".join(str(c) for row in opened(contract)["Instrucciones"].iter_rows(values_only=True) for c in row if c)
    for wanted in ("viernes 13-11-2026", "plazo propuesto", "tramites_13_2026-10_v1.xlsx", CASES.delivery.responsable, "octubre de 2026", "ODICR"):
        assert wanted in text
    for column in CASES.columns:
        assert f"\n{column.name}\n" in text
    assert text.count("La lista de canales es nuestra.") == 2
    for rule in CASES.rules:
        assert f"\n{rule.id}\n" in text
    assert "{" not in text and "sintétic" not in text


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert template(CASES) == template(CASES)
    assert template(CASES) != template(CASES, "19")


@pytest.mark.parametrize("table", DELIVERED)
def test_every_example_is_a_value_that_would_be_taken(table: str) -> None:
    contract = CONTRACTS[table]
    for field in fields(contract, *place(contract), TABLES, {}):
        column = field.column
        typed = read_column(column, pa.chunked_array([[field.example]]))
        assert not len(typed.faulty), f"{field.name}: {field.example}"
        (value,) = typed.values.to_pylist()
        assert value is not None or not field.example, field.name
        if column.type in ("integer", "number"):
            assert field.example and (column.minimum or value) <= value <= (column.maximum or value), field.name
        if column.allowed:
            assert field.example in column.allowed
        assert field.how.endswith("."), field.name


@pytest.mark.parametrize("table", DELIVERED)
def test_every_template_opens_and_its_name_is_one_the_inbox_takes(table: str, tmp_path: Path) -> None:
    contract = CONTRACTS[table]
    region, period = place(contract)
    path = tmp_path / file_name(contract, region, period)
    path.write_bytes(template(contract))
    said = identity(path)
    assert said is not None and (said.tabla, said.cod_region, said.periodo) == (table, region, period)
    assert (said.version_contrato, said.huella) == (contract.version, fingerprint(contract))
    (received,) = collect(tmp_path, CONTRACTS)
    assert received.problem is None and (received.table, received.cod_region, received.periodo) == (table, region, period)


@pytest.mark.parametrize(
    ("table", "region", "period", "says"),
    [
        ("ref_region", "00", "serie", "no tiene plantilla"),
        ("tramites", "00", "2026-10", "la entrega cada región"),
        ("situacion_areas", "13", "2006", "entidad nacional"),
        ("tramites", "98", "2026-10", "no es un gobierno regional"),
        ("tramites", "77", "2026-10", "No existe el territorio"),
        ("tramites", "13", "octubre", "no es un periodo"),
        ("situacion_areas", "00", "2006-03", "más corto"),
        ("informes_er", "01", "2026-T3", "La región 01 no entrega"),
    ],
)
def test_a_place_that_delivers_nothing_has_no_template(table: str, region: str, period: str, says: str) -> None:
    with pytest.raises(SiegemError) as error:
        check_place(CONTRACTS[table], region, period)
    assert says in error.value.what and error.value.cure


def test_without_a_period_it_is_the_last_that_ended() -> None:
    assert last_period(CASES, date(2026, 11, 1)) == "2026-10"
    assert last_period(CONTRACTS["situacion_areas"], TODAY) == "2025"
    assert last_period(CONTRACTS["reinfo_prensa"], TODAY) == "serie"


# ---- coming back


ROW = {
    "expediente_id": "13-GREMH_LL-2026-0042", "cod_region": "13", "ubigeo": "130101", "numero_expediente": "0042", "anio": 2026,
    "cod_procedimiento": "DIA", "autoridad": "GREMH_LL", "estrato": "PPM", "tipo_persona": "natural", "sexo_solicitante": "F",
    "solicitante_hash": "a" * 64, "fecha_ingreso": date(2026, 10, 5), "estado": "en_tramite", "n_observaciones": 0, "impugnado": False,
    "derecho_tramite_soles": 1250.5,
}  # fmt: skip
PLACE = ("tramites", "13", "2026-10")


def back(folder: Path, content: bytes, contract: Contract = CASES, place: tuple[str, str, str] | None = PLACE) -> Any:
    return read_back(folder, content, contract, "tramites_13_2026-10_v1.xlsx", place)


def refused(folder: Path, content: bytes, contract: Contract = CASES, place: tuple[str, str, str] | None = PLACE) -> Unreadable:
    with pytest.raises(Unreadable) as error:
        back(folder, content, contract, place)
    assert error.value.cure
    return error.value


def test_a_filled_template_reads_as_it_was_filled(tmp_path: Path) -> None:
    matched = back(tmp_path, filled(template(CASES), CASES, [ROW, {**ROW, "numero_expediente": "0043"}]))
    (first, second) = matched.cells.to_pylist()
    assert matched.filas.to_pylist() == [2, 3]
    assert (first["numero_expediente"], second["numero_expediente"], first["fecha_ingreso"]) == ("0042", "0043", "2026-10-05")
    assert (first["impugnado"], first["derecho_tramite_soles"], first["canal"]) == ("no", "1250.5", "")
    assert matched.notices == ()


def test_an_empty_template_is_a_sentence(tmp_path: Path) -> None:
    assert "solo trae la cabecera" in refused(tmp_path, template(CASES)).what


def test_an_office_may_say_that_nothing_happened(tmp_path: Path) -> None:
    table = CONTRACTS["presupuesto"]
    (rule,) = [r for r in opened(table)["Datos"].data_validations.dataValidation if str(r.sqref).startswith("A2")]
    assert rule.type == "list" and rule.errorStyle == "warning", "la lista de la primera columna no puede impedirlo"
    path = tmp_path / "a.xlsx"
    path.write_bytes(filled(template(CASES), CASES, [{"expediente_id": NOTHING_HAPPENED}]))
    assert declares_nothing(read(path, path.name, known_headers(CASES), 10**8))
    assert any(NOTHING_HAPPENED in str(c.value) for row in opened(CASES)["Instrucciones"].iter_rows() for c in row)


def test_the_catalogue_is_never_taken_for_data(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(filled(template(CASES), CASES, [ROW])))
    book.move_sheet("Datos", 3)
    book["Datos"].title = "Hoja mía"
    out = io.BytesIO()
    book.save(out)
    assert back(tmp_path, out.getvalue()).cells.num_rows == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("tramites", "19", "2026-10"), "13 (La Libertad), periodo 2026-10 y se entrega como 19 (Pasco), periodo 2026-10"),
        (("tramites", "13", "2026-09"), "periodo 2026-10 y se entrega como 13 (La Libertad), periodo 2026-09"),
    ],
)
def test_a_template_delivered_elsewhere_blocks_and_says_both(tmp_path: Path, given: tuple[str, str, str], says: str) -> None:
    error = refused(tmp_path, filled(template(CASES), CASES, [ROW]), place=given)
    assert says in error.what and error.rule == "G-01" and "descargue la plantilla de" in error.cure


def test_a_template_of_another_table_blocks(tmp_path: Path) -> None:
    error = refused(tmp_path, filled(template(CASES), CASES, [ROW]), CONTRACTS["tramite_etapas"], ("tramite_etapas", "13", "2026-10"))
    assert "es de la tabla «tramites» y se entrega como «tramite_etapas»" in error.what


def test_an_identity_changed_by_hand_is_told_and_left_aside(tmp_path: Path) -> None:
    content = filled(template(CASES), CASES, [ROW], {"cod_region": "19"})
    (tmp_path / "a.xlsx").write_bytes(content)
    assert identity(tmp_path / "a.xlsx") is None
    matched = back(tmp_path, content)
    assert matched.cells.num_rows == 1
    assert ["fue cambiada" in n.mensaje for n in matched.notices] == [True]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 roto", b"codigo,monto\n1,2\n"])
def test_what_is_no_template_has_no_identity(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert identity(tmp_path / "a.xlsx") is None


# ---- older versions


CHANGE = Migration(
    renombra={"estado": "situacion_tramite"}, agrega={"origen": "mesa_de_partes", "nota": None}, quita=("canal",),
    valores={"situacion_tramite": {"en_tramite": "abierto"}},
)  # fmt: skip


def newer(version: str, migrations: dict[str, Migration], renamed: bool = True) -> Contract:
    columns = [
        c.model_copy(update={"name": "situacion_tramite", "allowed": ("abierto",)} if c.name == "estado" and renamed else {}) for c in CASES.columns
    ]
    added = [CASES.column("canal").model_copy(update={"name": n, "allowed": (), "labels": {}}) for n in ("origen", "nota")]
    kept = [c for c in columns if c.name != "canal"]
    return CASES.model_copy(update={"version": version, "migrations": migrations, "columns": tuple(kept + added if renamed else columns)})


def test_an_older_template_is_brought_up_and_every_change_is_said(tmp_path: Path) -> None:
    matched = back(tmp_path, filled(template(CASES), CASES, [ROW, ROW | {"canal": "virtual"}]), newer("2.0.0", {"1.0.0": CHANGE}))
    assert matched.cells.column("situacion_tramite").to_pylist() == ["abierto", "abierto"]
    assert matched.cells.column("origen").to_pylist() == ["mesa_de_partes"] * 2
    assert matched.cells.column("nota").to_pylist() == ["", ""]
    (note,) = [n for n in matched.notices if "versión 1.0.0 del contrato y rige la 2.0.0" in n.mensaje]
    assert note.severity == "informativa" and "plantilla vigente" in note.remedio
    for said in (
        "la columna «estado» se leyó como «situacion_tramite»", "en «situacion_tramite», «en_tramite» se leyó como «abierto» (2 celdas)",
        "la columna «canal» ya no se pide y se dejó", "«origen» es nueva: se llenó con «mesa_de_partes»", "«nota» es nueva: quedó vacía",
    ):  # fmt: skip
        assert said in note.mensaje
    assert not any("Se descartaron" in n.mensaje for n in matched.notices)


def test_several_versions_are_crossed_in_order(tmp_path: Path) -> None:
    first = Migration(renombra={"estado": "situacion"})
    second = Migration(renombra={"situacion": "situacion_tramite"}, valores={"situacion_tramite": {"en_tramite": "abierto"}})
    contract = newer("3.0.0", {"2.4.0": second, "1.10.0": first})
    assert back(tmp_path, filled(template(CASES), CASES, [ROW]), contract).cells.column("situacion_tramite").to_pylist() == ["abierto"]


@pytest.mark.parametrize(
    ("version", "migrations", "says"),
    [
        ("2.0.0", {}, "no se puede pasar sin riesgo"),
        ("3.0.0", {"1.0.0": CHANGE}, "no se puede pasar sin riesgo"),
        ("0.9.0", {}, "aquí rige la 0.9.0"),
    ],
)
def test_a_version_that_cannot_be_crossed_is_refused_with_the_cure(tmp_path: Path, version: str, migrations: dict[str, Migration], says: str) -> None:
    error = refused(tmp_path, filled(template(CASES), CASES, [ROW]), newer(version, migrations))
    assert says in error.what and "Descargue la plantilla vigente" in error.cure


def test_a_minor_version_needs_no_migration(tmp_path: Path) -> None:
    matched = back(tmp_path, filled(template(CASES), CASES, [ROW]), newer("1.3.0", {}, renamed=False))
    assert matched.cells.num_rows == 1
    assert ["se leyó igual" in n.mensaje for n in matched.notices] == [True]


def test_the_same_version_edited_underneath_is_said(tmp_path: Path) -> None:
    edited = CASES.model_copy(update={"rules": CASES.rules[1:]})
    matched = back(tmp_path, filled(template(CASES), CASES, [ROW]), edited)
    assert ["edición anterior del contrato" in n.mensaje for n in matched.notices] == [True]
