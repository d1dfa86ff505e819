"""Declarations: strict reading, and the vocabulary of territories and periods."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from warehouse import catalogue, periods, territories
from warehouse.contracts import contract, load_contract
from warehouse.declarations import read_yaml
from warehouse.errors import DeclarationError, SettingsError, SiegemError
from warehouse.indicators import indicator, load_indicator
from warehouse.settings import load

SEED_CONTRACT = catalogue.CONTRACTS / "situacion_areas.yml"
SEED_INDICATOR = catalogue.DEFINITIONS / "distribucion_situacion_area_2006.yml"


def altered(tmp_path: Path, source: Path, old: str, new: str) -> Path:
    text = source.read_text(encoding="utf-8")
    assert old in text
    target = tmp_path / source.name
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    return target


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("description:\n  purpose", "descripton:\n  purpose", "«descripton» no existe. ¿Quiso decir «description»?"),
        ("  purpose:", "  porpuse:", "«description.porpuse» no existe. ¿Quiso decir «purpose»?"),
        ("severity: error", "severty: error", "«severty» no existe"),
        ("prueba: suma_partes", "preuba: suma_partes", "«preuba» no existe. ¿Quiso decir «prueba»?"),
        ("publicador:", "publisher:", "«fuente.publisher» no existe"),
        ("logicalType: integer", "logicalType: entero", "entero"),
        ("columna: ambito, tipo", "columna: ambitos, tipo", "«ambitos», que no existe. ¿Quiso decir «ambito»?"),
        ("severity: error", "severity: grave", "severity"),
        ("id: situacion_areas", "id: situacion_area", "con el nombre del archivo"),
        ("version: 1.1.0", "version: 1.1.0\nversion: 2", "la clave «version» está repetida"),
        ("          dimension: totales\n", "", "falta la clave «dimension»"),
    ],
)
def test_a_wrong_contract_says_which_key_of_which_file(tmp_path: Path, old: str, new: str, says: str) -> None:
    where = {"«severty» no existe": "quality[0].severty"}.get(says)
    with pytest.raises(DeclarationError) as caught:
        load_contract(altered(tmp_path, SEED_CONTRACT, old, new))
    assert "situacion_areas.yml" in str(caught.value)
    assert (where or says) in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("short_name:", "shortname:", "«shortname» no existe. ¿Quiso decir «short_name»?"),
        ("clock: {kind: stock", "clock: {kid: stock", "«clock.kid» no existe"),
        ("form: ratio", "form: razon", "form"),
        ("interval: wilson", "interval: wilsn", "interval"),
        ("main_period: anio", "main_period: mes", "main_period"),
        ("denominator:", "# denominator:", "una razón necesita"),
        ("form: ratio", "id: otro\nform: ratio", "sobra la clave «id»"),
    ],
)
def test_a_wrong_indicator_says_which_key_of_which_file(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_indicator(altered(tmp_path, SEED_INDICATOR, old, new))
    assert "distribucion_situacion_area_2006.yml" in str(caught.value)
    assert says in str(caught.value)


def test_the_name_of_a_definition_s_file_is_an_id(tmp_path: Path) -> None:
    path = tmp_path / "mi-borrador (2).yml"
    path.write_text(SEED_INDICATOR.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="el nombre del archivo es el id: minúsculas sin tilde, números y «_»"):
        load_indicator(path)


def test_a_file_of_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes("name: x\nunit: días\n".encode("latin-1"))
    with pytest.raises(DeclarationError, match=r"a\.yml: no está guardado como UTF-8 \(línea 2\)"):
        read_yaml(path)


def test_on_is_a_key_and_no_is_a_text(tmp_path: Path) -> None:
    """YAML 1.1 would read both as true or false."""
    path = tmp_path / "a.yml"
    path.write_text("{on: 2026-01-31, code: NO, yes: y, off: [off, true, False]}", encoding="utf-8")
    assert read_yaml(path) == {"on": date(2026, 1, 31), "code": "NO", "yes": "y", "off": ["off", True, False]}
    reviewed = load_indicator(altered(tmp_path, SEED_INDICATOR, "reviewed: {by: pendiente", "reviewed: {on: 2026-01-31, by: pendiente")).reviewed
    assert reviewed.on == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("decimals: 1", "decimals: uno", "«decimals»: debe ser un número entero (se recibió 'uno')."),
        ("decimals: 1", "decimals: 7", "«decimals»: debe ser 6 o menos (se recibió 7)."),
        ("interval: wilson", "interval: wilsn", "¿Quiso decir «wilson»?"),
        ("denominator:", "# denominator:", "2006.yml: una razón necesita «numerator» y «denominator»."),
    ],
)
def test_faults_of_values_are_told_in_spanish(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_indicator(altered(tmp_path, SEED_INDICATOR, old, new))
    assert caught.value.what.endswith(says)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    content = yaml.safe_load(SEED_INDICATOR.read_text(encoding="utf-8"))
    content |= {"colour": "red", "areaa": "FOR"}
    path = tmp_path / SEED_INDICATOR.name
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_indicator(path)
    assert "«colour»" in str(caught.value)
    assert "«areaa» no existe. ¿Quiso decir «area»?" in str(caught.value)


def test_what_is_installed_loads_and_unknown_names_get_a_hint() -> None:
    assert "situacion_areas" in catalogue.contracts()
    with pytest.raises(SiegemError, match="¿Quiso decir «situacion_areas»?"):
        contract(catalogue.contracts(), "situacion_area")
    with pytest.raises(SiegemError, match="¿Quiso decir «distribucion_situacion_area»?"):
        indicator(catalogue.indicators(), "distribucion_situacion_areas")


def test_there_are_26_regions_and_three_pilots() -> None:
    assert [t.codigo for t in territories.regions()] == [f"{n:02d}" for n in range(1, 27)]
    assert {t.nombre for t in territories.pilots()} == {"La Libertad", "Moquegua", "Pasco"}


@pytest.mark.parametrize(
    ("code", "containing"),
    [
        ("13", {"13", "PILOTO", "00"}),
        ("130101", {"130101", "1301", "13", "PILOTO", "00"}),
        ("150101", {"150101", "1501", "26", "L15", "00"}),
        ("150201", {"150201", "1502", "15", "L15", "00"}),
        ("L15", {"L15", "00"}),
        ("PILOTO", {"PILOTO"}),
        ("99", {"99", "00"}),
        ("00", {"00"}),
    ],
)
def test_what_contains_what(code: str, containing: set[str]) -> None:
    assert set(territories.membership([code])["territorio"]) == containing


def test_lima_as_a_department_is_neither_of_its_two_governments() -> None:
    assert territories.region_of_department("15") == "L15"
    assert territories.region_of_ubigeo("150101") == "26"
    assert territories.region_of_ubigeo("150201") == "15"


def test_an_unknown_territory_gets_a_hint() -> None:
    with pytest.raises(SiegemError, match="¿Quiso decir «Moquegua»?"):
        territories.territory("Moqegua")


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-S2", date(2024, 7, 1), date(2024, 12, 31)),
        ("2024-T1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_periods(code: str, start: date, end: date) -> None:
    period = periods.parse(code)
    assert (period.start, period.end, period.code) == (start, end, code)
    assert period.earlier().code == code.replace("2024", "2023")
    assert period.within("anio").code == "2024"


@pytest.mark.parametrize("code", ["2024-13", "2024-T5", "24", "2024-1", "", "2024-S3"])
def test_what_is_not_a_period_is_refused(code: str) -> None:
    with pytest.raises(SiegemError, match="no es un periodo"):
        periods.parse(code)


def test_a_year_does_not_fit_in_a_month() -> None:
    with pytest.raises(ValueError, match="no cabe"):
        periods.parse("2024").within("mes")


def test_a_wrong_setting_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIEGEM_PUERTO", "ochenta")
    with pytest.raises(SettingsError, match="SIEGEM_PUERTO"):
        load()
