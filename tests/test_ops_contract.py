"""The tools for those who write contracts: every fault at once, the schema for editors, and what a new version breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import etl_samples as samples
import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from ops.cli import app
from ops.contract_cli import lint
from warehouse import catalogue
from warehouse.contract_diff import Comparison, compare
from warehouse.contract_schema import contract_schema
from warehouse.contracts import Contract, load_contract
from warehouse.declarations import read_yaml

CONTRACTS = catalogue.contracts()


def siegem(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["contract", *arguments], catch_exceptions=False)


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    """The tiny contract of the samples with its caveats, English and rule, and then with texts of it changed."""
    samples.contract(folder)
    path = folder / "visitas.yml"
    text = path.read_text(encoding="utf-8")
    for old, new in (*_WHOLE, *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


_RULE = """    quality:
      - id: T01-COH-1
        type: custom
        engine: siegem
        severity: advertencia
        description: "El código {codigo} (fila {fila}) no empieza con A."
        implementation: {ambito: fila, dimension: coherencia, columna: codigo, sql: "t.codigo NOT LIKE 'A%'", remedio: Corrija el código.}
"""
_WHOLE = (
    ("  - {property: titulo_en, value: Visits}\n",
     "  - {property: titulo_en, value: Visits}\n  - {property: advertencias, value: [{es: Es una prueba, en: A test}]}\n"),
    ("customProperties:\n", "slaProperties: [{property: frequency, value: 1, unit: m}, {property: latency, value: 10, unit: bd}]\ncustomProperties:\n"),
    ("{name: codigo, logicalType: string,", "{name: codigo, logicalType: string, description: Código de la visita,"),
    ("{name: cod_region, logicalType: string,", "{name: cod_region, logicalType: string, description: Región,"),
    ("{name: fecha, logicalType: date,", "{name: fecha, logicalType: date, description: Fecha de la visita,"),
    ("{name: monto, logicalType: number}", "{name: monto, logicalType: number, description: Monto pagado}"),
    ("{name: casos, logicalType: integer}", "{name: casos, logicalType: integer, description: Casos vistos}"),
    ("{name: grave, logicalType: boolean}", "{name: grave, logicalType: boolean, description: Si fue grave}"),
    ("- name: estado\n", "- name: estado\n        description: Estado de la visita\n"),
    ("{name: documento, logicalType: string,", "{name: documento, logicalType: string, description: Documento,"),
    ("value: hash}]}\n", "value: hash}]}\n" + _RULE),
)  # fmt: skip


def faults(path: Path) -> list[str]:
    return list(lint([path]).faults)


def test_a_whole_contract_has_no_faults(tmp_path: Path) -> None:
    assert faults(written(tmp_path)) == []


@pytest.fixture(scope="module")
def installed() -> tuple[str, ...]:
    return lint(sorted(catalogue.CONTRACTS.glob("*.yml"))).faults


@pytest.mark.parametrize("table", CONTRACTS)
def test_installed_contracts_have_no_faults(table: str, installed: tuple[str, ...]) -> None:
    assert [f for f in installed if f"/{table}.yml: " in f] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("primaryKey: true", "unique: true"), "ninguna columna es «primaryKey: true»"),
        (("required: true, primaryKey", "required: false, primaryKey"), "columna «codigo»: es clave y no es obligatoria"),
        (("name: Visitas", "name: TODO"), "«name»: queda «TODO» por completar"),
        (("version: 1.0.0", "version: v1"), "«version»: «v1» no tiene la forma"),
        (("{purpose: Tabla de prueba}", '{purpose: " "}'), "falta la clave «description.purpose»"),
        (("value: [{es: Es una prueba, en: A test}]", "value: []"), "faltan «advertencias»"),
        (("en: A test}]", "en: Es una prueba}]"), "está igual en los dos idiomas"),
        (("{property: titulo_en, value: Visits}", "{property: titulo_en, value: Visits}\n  - {property: titulo_en, value: x}"), "está dos veces"),
        (("unit: m}", "unit: q}"), "frequency dice 1 q; «entrega» pide {property: frequency, value: 1, unit: m}"),
        ((", {property: latency, value: 10, unit: bd}", ""), "latency falta"),
        (("description: Código de la visita,", ""), "columna «codigo»: falta «description»"),
        (("{value: abierto}", "{value: abierto, label: Abierto}"), "columna «estado»: falta en «etiquetas_en» abierto"),
        (("EN CURSO: abierto", "EN CURSO: abiert"), "que no se admite. ¿Quiso decir «abierto»?"),
        (("description: Casos vistos", "description: Casos vistos, examples: [tres]"), "el ejemplo «tres» no es de tipo integer"),
        (("description: Fecha de la visita,", "description: Fecha de la visita, examples: [03/04/2026],"), "no es de tipo date"),
        (("El código {codigo} (fila {fila})", "El código {codigo}"), "regla «T01-COH-1»: la frase no dice {fila}"),
        (("El código {codigo}", "El código {codig}"), "la frase pide {codig}, que no es una columna. ¿Quiso decir «codigo»?"),
        (("remedio: Corrija el código.", "remedio: Corrija"), "«remedio» no termina en punto"),
        ((", remedio: Corrija el código.", ""), "falta «remedio»"),
        (("t.codigo NOT LIKE", "t.codig NOT LIKE"), "codig"),
        (("columna: codigo, sql", "columna: codig, sql"), "¿Quiso decir «codigo»?"),
        (("status: active", "estatus: active"), "la clave «estatus» no existe. ¿Quiso decir «status»?"),
    ],
)  # fmt: skip
def test_each_fault_names_its_file_and_its_key(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    found = faults(written(tmp_path, change))
    assert [f for f in found if says in f], found
    assert all("visitas.yml: " in f for f in found)


_MIGRATION = "  - property: migraciones\n    value: VALUE\n  - {property: entrega"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("{1.0.0: {renombra: {estdo: estado}}}", "no es anterior a la versión 1.0.0"),
        ("{0.9.0: {renombra: {viejo: estdo}}}", "«estdo» no es una columna. ¿Quiso decir «estado»?"),
        ("{0.9.0: {quita: [estado]}}", "«estado» sigue siendo una columna"),
        ("{0.9.0: {renombre: {viejo: estado}}}", "la clave «migraciones.0.9.0.renombre» no existe"),
        ("{ultima: {quita: [viejo]}}", "migraciones"),
    ],
)
def test_migrations_are_declared_strictly(tmp_path: Path, value: str, says: str) -> None:
    found = faults(written(tmp_path, ("  - {property: entrega", _MIGRATION.replace("VALUE", value))))
    assert [f for f in found if says in f], found


def test_every_fault_of_every_contract_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, ("name: Visitas", "name: TODO"), ("remedio: Corrija el código.", "remedio: Corrija"))
    (tmp_path / "otra.yml").write_text("id: otra\nkindd: DataContract\n", encoding="utf-8")
    out = siegem("lint", str(tmp_path))
    assert out.exit_code == 1
    for said in ("visitas.yml: «name»", "visitas.yml: regla «T01-COH-1»", "otra.yml: la clave «kindd» no existe. ¿Quiso decir «kind»?", "3 faltas."):
        assert said in out.stdout


def test_what_is_not_verified_is_counted(tmp_path: Path) -> None:
    path = written(
        tmp_path, ("remedio: Corrija el código.", "remedio: Corrija el código., sin_verificar: Nadie lo vio."),
        ("description: Monto pagado", "description: Monto pagado, customProperties: [{property: sin_verificar, value: La unidad}]"),
    )  # fmt: skip
    out = siegem("lint", str(path))
    assert (out.exit_code, "sin faltas." in out.stdout, "Sin verificar: 2 columnas y reglas" in out.stdout) == (0, True, True)


# ---- schema

VALIDATOR = Draft202012Validator(contract_schema())


def as_editors_see_it(path: Path) -> Any:
    return json.loads(json.dumps(read_yaml(path), default=str))


@pytest.mark.parametrize("table", CONTRACTS)
def test_every_contract_is_valid_for_the_schema(table: str) -> None:
    assert [e.message for e in VALIDATOR.iter_errors(as_editors_see_it(CONTRACTS[table].path))] == []


@pytest.mark.parametrize(
    "change",
    [
        ("status: active", "estatus: active"),
        ("version: 1.0.0", "version: v1"),
        ("logicalType: integer", "logicalType: int"),
        ("primaryKey: true", "primarykey: true"),
        ("  - {property: titulo_en, value: Visits}\n", ""),
        ("property: titulo_en", "property: titulo_em"),
        ("ambito: region, periodicidad: mensual", "ambito: region, periodicidad: semanal"),
        ("severity: advertencia", "severity: grave"),
        ("engine: siegem", "engine: otro"),
        ("ambito: fila, dimension", "ambito: hoja, dimension"),
        ("remedio: Corrija", "remedios: Corrija"),
        ("property: tratamiento, value: hash", "property: tratamiento, value: cifrar"),
        ("property: tratamiento", "property: trato"),
        ("description: Casos vistos", "unit: casos"),
    ],
)
def test_the_schema_underlines_what_would_be_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    assert not list(VALIDATOR.iter_errors(as_editors_see_it(written(tmp_path))))
    assert list(VALIDATOR.iter_errors(as_editors_see_it(written(tmp_path, change))))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(contract_schema())


# ---- differences


def contracts(tmp_path: Path, *changes: tuple[str, str]) -> tuple[Contract, Contract]:
    (tmp_path / "antes").mkdir()
    (tmp_path / "ahora").mkdir()
    return load_contract(written(tmp_path / "antes")), load_contract(written(tmp_path / "ahora", *changes))


def difference(tmp_path: Path, *changes: tuple[str, str]) -> Comparison:
    return compare(*contracts(tmp_path, *changes))


BREAKING = [
    (("      - {name: casos, logicalType: integer, description: Casos vistos}\n", ""), "columna «casos»", "se quitó"),
    (("{name: casos,", "{name: caso_s,"), "columna «casos»", "cambió de nombre: ahora es «caso_s»"),
    (("{name: casos,", "{name: total, physicalName: casos,"), "columna «casos»", "cambió de nombre: ahora es «total»"),
    (("logicalType: integer", "logicalType: number"), "columna «casos»", "el tipo era integer y es number"),
    (("description: Casos vistos", "description: Casos vistos, required: true"), "columna «casos»", "ahora es obligatoria"),
    (("      - {name: casos,", "      - {name: nueva, logicalType: string, required: true, description: Nueva}\n      - {name: casos,"),
     "columna «nueva»", "es nueva y obligatoria"),
    (("required: true}\n      - {name: fecha,", "required: true, primaryKey: true}\n      - {name: fecha,"), "clave", "es (codigo, cod_region)"),
    (("{value: cerrado}, ", ""), "columna «estado»", "ya no se admite «cerrado»"),
    (("description: Monto pagado", "description: Monto pagado, enum: [{value: 1}]"), "columna «monto»", "solo los valores de una lista"),
    (("description: Casos vistos", "description: Casos vistos, logicalTypeOptions: {minimum: 0}"), "columna «casos»", "el mínimo era libre y es 0"),
    (("description: Casos vistos", "description: Casos vistos, logicalTypeOptions: {maximum: 9}"), "columna «casos»", "el máximo era libre y es 9"),
    (("description: Región,", 'description: Región, logicalTypeOptions: {pattern: "^1"},'), "columna «cod_region»", "la forma que pide era «ninguna»"),
    (("description: Región,", "description: Región, relationships: [{type: foreignKey, to: ref_region.cod_region}],"), "columna «cod_region»", "referencia"),
    ((", physicalName: fecha_visita", ""), "columna «fecha»", "ya no se reconoce con el nombre «fecha_visita»"),
    (("value: {EN CURSO: abierto}", "value: {EN CURSO: cerrado}"), "columna «estado»", "ya no se entiende igual «EN CURSO»"),
    (("customProperties: [{property: tratamiento, value: hash}]", "customProperties: []"), "columna «documento»", "el tratamiento era «hash»"),
    (("description: Código de la visita,", "description: Código de la visita, classification: restringida,"), "columna «codigo»", "la clasificación era"),
    (("description: Monto pagado", "description: Monto pagado, customProperties: [{property: unidad, value: US$}]"), "columna «monto»", "la unidad era «»"),
    (("severity: advertencia", "severity: error"), "regla T01-COH-1", "la gravedad era advertencia y es error"),
    (("periodicidad: mensual", "periodicidad: trimestral"), "entrega", "era mensual y es trimestral"),
    (("plazo_dia_habil: 10", "plazo_dia_habil: 5"), "entrega", "el plazo era 10.º día hábil y es 5.º día hábil"),
    (("tipo: region", "tipo: departamento"), "territorio", "se encuentra de otro modo"),
]  # fmt: skip
COMPATIBLE = [
    (("      - {name: casos,", "      - {name: nueva, logicalType: string, description: Nueva}\n      - {name: casos,"), "es nueva y opcional"),
    (("{value: cerrado}", "{value: cerrado}, {value: otro}"), "se admite además «otro»"),
    (("fecha, logicalType: date, description: Fecha de la visita, required: true", "fecha, logicalType: date, description: Fecha de la visita"),
     "ya no es obligatoria"),
    (("EN CURSO: abierto", "EN CURSO: abierto, VIGENTE: abierto"), "se entiende además «VIGENTE»"),
    (("physicalName: fecha_visita", "physicalName: fecha_visita, synonyms: [{synonym: dia}]"), "se reconoce además con el nombre «dia»"),
    (("severity: advertencia", "severity: informativa"), "la gravedad era advertencia y es informativa"),
    (("NOT LIKE 'A%'", "NOT LIKE 'B%'"), "cambió lo que revisa"),
    (("plazo_dia_habil: 10", "plazo_dia_habil: 15"), "el plazo era 10.º día hábil y es 15.º día hábil"),
]  # fmt: skip
WORDING = [
    (("description: Casos vistos", "description: Casos"), "cambió la descripción"),
    (("no empieza con A.", "debe empezar con A."), "cambió su frase"),
    (("{es: Es una prueba, en: A test}", "{es: Es otra, en: Another}"), "cambiaron"),
    (("{purpose: Tabla de prueba}", "{purpose: Otra}"), "cambió de texto"),
]


@pytest.mark.parametrize(("change", "where", "what"), BREAKING, ids=[f"{w}-{x[:30]}" for _, w, x in BREAKING])
def test_a_breaking_change_is_named_as_such(tmp_path: Path, change: tuple[str, str], where: str, what: str) -> None:
    found = difference(tmp_path, change)
    assert [c for c in found.changes if c.kind == "incompatible" and c.where == where and what in c.what], found.changes
    assert (found.needed, found.made, found.breaks_unsaid) == ("mayor", "", True)


@pytest.mark.parametrize(("change", "what"), COMPATIBLE, ids=[w for _, w in COMPATIBLE])
def test_a_compatible_change_asks_for_a_minor_version(tmp_path: Path, change: tuple[str, str], what: str) -> None:
    found = difference(tmp_path, change)
    assert [(c.kind, what in c.what) for c in found.changes] == [("compatible", True)]
    assert (found.needed, found.enough, found.breaks_unsaid) == ("menor", False, False)


@pytest.mark.parametrize(("change", "what"), WORDING, ids=[w for _, w in WORDING])
def test_other_words_ask_for_a_patch(tmp_path: Path, change: tuple[str, str], what: str) -> None:
    found = difference(tmp_path, change)
    assert [(c.kind, what in c.what) for c in found.changes] == [("redaccion", True)]
    assert found.needed == "parche"


@pytest.mark.parametrize(
    ("version", "made", "enough"),
    [("2.0.0", "mayor", True), ("1.9.0", "menor", False), ("1.0.9", "parche", False), ("0.9.0", "", False), ("1.0.0", "", False)],
)
def test_the_declared_version_is_compared_with_what_changed(tmp_path: Path, version: str, made: str, enough: bool) -> None:
    found = difference(tmp_path, ("{value: cerrado}, ", ""), ("version: 1.0.0", f"version: {version}"))
    assert (found.needed, found.made, found.enough) == ("mayor", made, enough)


def test_a_rename_declared_in_a_migration_is_known_as_one(tmp_path: Path) -> None:
    found = difference(
        tmp_path, ("{name: casos,", "{name: veces,"), ("version: 1.0.0", "version: 2.0.0"),
        ("  - {property: entrega", "  - {property: migraciones, value: {1.0.0: {renombra: {casos: veces}}}}\n  - {property: entrega"),
    )  # fmt: skip
    assert [c.what for c in found.changes if c.where == "columna «casos»"] == ["cambió de nombre: ahora es «veces»"]
    assert not found.breaks_unsaid


def test_the_command_ends_with_1_on_a_breaking_change_that_is_not_said(tmp_path: Path) -> None:
    contracts(tmp_path, ("{value: cerrado}, ", ""), ("description: Casos vistos", "description: Casos"))
    out = siegem("diff", str(tmp_path / "antes" / "visitas.yml"), str(tmp_path / "ahora"))
    assert out.exit_code == 1
    assert re.search(r"INCOMPATIBLE +columna «estado»: ya no se admite «cerrado»\.", out.stdout)
    assert re.search(r"redacción +columna «casos»: cambió la descripción\.", out.stdout)
    assert "Pide subir la versión mayor (2.0.0 o más); la declarada (1.0.0) no alcanza." in out.stdout


def test_the_command_accepts_what_its_version_says(tmp_path: Path) -> None:
    contracts(tmp_path, ("{value: cerrado}, ", ""), ("version: 1.0.0", "version: 2.0.0"))
    out = siegem("diff", str(tmp_path / "antes"), str(tmp_path / "ahora"))
    assert out.exit_code == 0 and "la declarada alcanza" in out.stdout
    assert "No hay diferencias." in siegem("diff", str(tmp_path / "antes"), str(tmp_path / "antes")).stdout


def test_a_table_taken_away_breaks_whoever_sends_it(tmp_path: Path) -> None:
    contracts(tmp_path)
    other = (tmp_path / "antes" / "visitas.yml").read_text(encoding="utf-8").replace("visitas", "salidas")
    (tmp_path / "antes" / "salidas.yml").write_text(other, encoding="utf-8")
    out = siegem("diff", str(tmp_path / "antes"), str(tmp_path / "ahora"))
    assert out.exit_code == 1 and "salidas: 1.0.0 → (ya no está)" in out.stdout
    assert siegem("diff", str(tmp_path / "ahora"), str(tmp_path / "antes")).exit_code == 0


def test_a_table_is_compared_by_name(new_warehouse: Callable[..., Any]) -> None:
    assert "No hay diferencias." in siegem("diff", "tramites", str(CONTRACTS["tramites"].path)).stdout


def test_the_page_of_a_table_is_shown_without_writing(tmp_path: Path) -> None:
    out = siegem("docs", "tramites")
    assert out.exit_code == 0 and out.stdout.startswith("# `tramites`")
