"""Contracts, shipped tables and reference tables: what is declared holds together and is true to its source."""

from __future__ import annotations

import re
import string
from collections import Counter
from datetime import date

import duckdb
import pytest
from plain_judge import broken

from checks.compiled import check_declarations
from checks.own_tables import HISTORY, PREVIOUS
from warehouse import catalogue
from warehouse.contracts import Contract, Rule
from warehouse.declarations import read_yaml
from warehouse.delta import accepted_schema

CONTRACTS = catalogue.contracts()
RULES = [(c, r) for c in CONTRACTS.values() for r in c.rules]
ROW_RULES = [(c, r) for c, r in RULES if r.body.ambito == "fila"]
#: the 34 submission tables of the 14 contracts
SUBMITTED = {
    "tramites", "tramite_etapas", "derechos_mineros", "declaracion_dac", "formalizacion", "formalizacion_requisitos", "situacion_areas", "productores",
    "certificacion_ambiental", "unidades_fiscalizables", "planefa", "supervisiones", "pas", "denuncias", "puntos_monitoreo", "muestras", "pasivos",
    "conflictos", "alertas", "compromisos", "eventos", "personal_drem", "presupuesto", "transferencias", "produccion_empleo", "accidentes",
    "lb_unidades", "lb_personas", "funciones_transferidas", "foro_acuerdos", "vacios_normativos", "plan_actividades", "condiciones_criticas",
    "informes_er",
}  # fmt: skip
REFERENCES = {
    "ref_region", "ref_ubigeo", "ref_calendario", "ref_procedimientos", "ref_funciones", "ref_parametros", "ref_uit", "ref_calendario_entregas",
}  # fmt: skip
REGISTER = {"entregas", "resultados_calidad", "conciliaciones"}
#: figures that somebody published, transcribed or read from its source; everything else is invented until the regions deliver
PUBLISHED = {
    "situacion_areas", "produccion_metalica", "presupuesto_departamento", "accidentes_mortales", "reinfo_prensa", "transferencias_mineras",
    "conflictos_reportados", "catastro_departamento", "pasivos_departamento", "series_bcrp",
}  # fmt: skip
#: what file rules compute and offer to their sentences besides columns
FILE_RULE_WORDS = {"suma", "total", "grupo", "categoria_nombre", "declarado", "parte", "recalculado", "desde", "hasta"}


def by_id(pairs: list[tuple[Contract, Rule]]) -> list[str]:
    return [f"{c.table}-{r.id}" for c, r in pairs]


def test_every_table_of_the_step_has_its_contract() -> None:
    assert len(SUBMITTED) == 34
    assert set(CONTRACTS) >= SUBMITTED | REFERENCES | REGISTER | PUBLISHED
    assert {t for t, c in CONTRACTS.items() if c.delivery.ambito == "sistema"} == REFERENCES | REGISTER


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda c: c.table)
def test_a_contract_says_what_its_columns_are(contract: Contract) -> None:
    assert contract.key, "sin clave"
    for column in contract.columns:
        assert len(column.description) > 2, column.name
        assert not column.key or column.required, f"{column.name} es clave y no es obligatoria"
        assert set(column.labels) == set(column.allowed)
        assert set(column.equivalences.values()) <= set(column.allowed) | {"true", "false"}
        if column.references:
            table, name = column.references.split(".")
            assert name in CONTRACTS[table].column_names


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda c: c.table)
def test_labels_are_translated(contract: Contract) -> None:
    for column in read_yaml(contract.path)["schema"][0]["properties"]:
        labelled = [e["value"] for e in column.get("enum", []) if "label" in e]
        english = next((p["value"] for p in column.get("customProperties", []) if p["property"] == "etiquetas_en"), {})
        assert list(english) == labelled, column["name"]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda c: c.table)
def test_a_contract_says_where_its_figures_come_from(contract: Contract) -> None:
    assert contract.source.publicador.es and contract.source.titulo.en
    assert contract.caveats, "una fuente sin nada que advertir no existe"
    for caveat in contract.caveats:
        assert caveat.es != caveat.en
    synthetic = contract.table not in PUBLISHED | REFERENCES | REGISTER
    assert contract.source.sintetico == synthetic
    assert not synthetic or contract.source.titulo.es == "Dato sintético de demostración"


@pytest.mark.parametrize(
    ("contract", "rule"), [(c, r) for c in CONTRACTS.values() for r in c.rules], ids=lambda x: getattr(x, "id", getattr(x, "table", ""))
)
def test_a_rule_has_a_sentence_that_can_be_filled_and_a_cure(contract: Contract, rule: Rule) -> None:
    words = {name for _, name, _, _ in string.Formatter().parse(rule.sentence) if name is not None}
    known = set(contract.column_names) | {"fila", "columna", "valor"} | (FILE_RULE_WORDS if rule.body.ambito == "archivo" else set())
    assert words <= known or rule.body.consulta  # the words of a query are its columns: compiling the contract checks them
    assert rule.body.remedio.endswith(".")
    assert rule.sentence.endswith(".")
    if rule.body.ambito == "fila":
        assert "fila" in words, "la frase no dice la fila"
        assert rule.body.columna
        assert set(rule.body.referencias) <= set(CONTRACTS) | {HISTORY, PREVIOUS}


def test_every_contract_compiles() -> None:
    check_declarations(CONTRACTS)


def test_rule_ids_are_not_repeated() -> None:
    assert [i for i, n in Counter(r.id for c in CONTRACTS.values() for r in c.rules).items() if n > 1] == []


@pytest.fixture(scope="module")
def empty_tables() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE MACRO hoy() AS current_date")
    for table, contract in CONTRACTS.items():
        connection.register(table, accepted_schema(contract).empty_table())
    return connection


@pytest.mark.parametrize(("contract", "rule"), ROW_RULES, ids=by_id(ROW_RULES))
def test_a_row_rule_is_a_predicate_over_its_table(contract: Contract, rule: Rule, empty_tables: duckdb.DuckDBPyConnection) -> None:
    if "lote" in rule.body.sql:
        empty_tables.execute(f'CREATE OR REPLACE TEMP VIEW lote AS SELECT * FROM "{contract.table}"')
    query = f'SELECT ({rule.body.sql}) AS rota FROM "{contract.table}" t'
    assert empty_tables.execute(query).fetchall() == []
    assert str(empty_tables.execute(query).description[0][1]) == "BOOLEAN"
    for other in set(re.findall(r"FROM (\w+)", rule.body.sql)) - {"lote"}:
        assert other in rule.body.referencias


# ---- rules on rows


GOOD_CASE: dict[str, object] = {
    "expediente_id": "13-GREMH_LL-2026-1", "cod_region": "13", "autoridad": "GREMH_LL", "anio": 2026, "numero_expediente": "1",
    "cod_procedimiento": "IGAFOM", "tipo_persona": "natural", "sexo_solicitante": "F", "estado": "en_tramite", "fecha_ingreso": date(2025, 3, 3),
}  # fmt: skip
RESOLVED = GOOD_CASE | {
    "estado": "resuelto", "sentido": "aprobado", "numero_resolucion": "R.D. 1", "fecha_admision": date(2025, 3, 4),
    "fecha_resolucion": date(2025, 4, 1), "fecha_notificacion": date(2025, 4, 2),
}  # fmt: skip
AFTER_THE_TRANSFER = {"fecha_admision": None, "fecha_resolucion": date(2025, 6, 1), "fecha_notificacion": date(2025, 6, 2)}
IGAFOM = [{"cod_procedimiento": "IGAFOM", "familia": "formalizacion", "vigente_desde": date(2025, 1, 1)}]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"expediente_id": "1"}, "C01-CLA-1"),
        ({"fecha_ingreso": date(2024, 12, 30)}, "C01-REF-1"),
        ({"fecha_admision": date(2025, 3, 2)}, "C01-COH-1A"),
        ({"fecha_resolucion": date(2025, 3, 3)}, "C01-COH-1B"),
        ({"fecha_notificacion": date(2025, 3, 31)}, "C01-COH-1C"),
        ({"sentido": None}, "C01-COH-2A"),
        ({"estado": "en_opinion"}, "C01-COH-2B"),
        ({"estado": "archivado", "sentido": None}, "C01-COH-2C"),
        ({"estado": "archivado", "numero_resolucion": None}, "C01-COH-2D"),
        ({"fecha_ingreso": date(2025, 5, 18), **AFTER_THE_TRANSFER}, "C01-COH-6"),
        ({"tipo_persona": "juridica"}, "C01-COH-8"),
        ({"fecha_notificacion": None}, "C01-COM-1"),
        ({"fecha_notificacion": date(2031, 3, 4)}, "C01-RAN-1"),
    ],
)  # fmt: skip
def test_a_case_breaks_the_rule_it_should_and_no_other(change: dict[str, object], rule: str) -> None:
    assert broken("tramites", [GOOD_CASE, RESOLVED, RESOLVED | change], ref_procedimientos=IGAFOM) == {rule: [2]}


def step(sequence: int, name: str = "evaluacion_tecnica", **change: object) -> dict[str, object]:
    row = {"expediente_id": "x", "secuencia": sequence, "cod_region": "13", "etapa": name, "responsable": "entidad"}
    return row | {"fecha_inicio": date(2026, 1, sequence), "fecha_fin": date(2026, 1, sequence + 1)} | change


CASE = {"expediente_id": "x", "cod_region": "13", "estado": "resuelto", "n_observaciones": 1}
GOOD_STEPS = [step(1), step(2, "observacion"), step(3, "subsanacion", responsable="administrado"), step(4)]


@pytest.mark.parametrize(
    ("at", "change", "rule"),
    [
        (0, {"fecha_fin": date(2025, 12, 31)}, "C01-COH-3A"),
        (3, {"secuencia": 5}, "C01-COH-3B"),
        (3, {"responsable": "opinante_externo"}, "C01-COM-2"),
        (3, {"cod_region": "19"}, "C01-REF-2"),
        (3, {"fecha_fin": None}, "C01-COH-3D"),
        (3, {"etapa": "observacion"}, "C01-COH-5A"),
    ],
)
def test_a_step_breaks_the_rule_it_should_and_no_other(at: int, change: dict[str, object], rule: str) -> None:
    steps = [row | (change if i == at else {}) for i, row in enumerate(GOOD_STEPS)]
    assert list(broken("tramite_etapas", steps, tramites=[CASE])) == [rule]


def test_good_steps_break_nothing() -> None:
    assert broken("tramite_etapas", GOOD_STEPS, tramites=[CASE]) == {}


def test_an_open_step_in_the_middle_and_a_correction_of_nothing_are_seen() -> None:
    open_case = CASE | {"estado": "en_tramite", "n_observaciones": 0}
    assert broken("tramite_etapas", [step(1, fecha_fin=None), step(2)], tramites=[open_case]) == {"C01-COH-3C": [0]}
    assert broken("tramite_etapas", [step(1), step(2, "subsanacion")], tramites=[open_case]) == {"C01-COH-5B": [1]}


def test_time_that_no_step_explains_is_seen() -> None:
    case = CASE | {"fecha_ingreso": date(2026, 1, 1), "fecha_notificacion": date(2026, 1, 5)}
    assert broken("tramite_etapas", GOOD_STEPS, tramites=[case]) == {}
    assert broken("tramite_etapas", GOOD_STEPS, tramites=[case | {"fecha_notificacion": date(2026, 1, 6)}]) == {"C01-COH-4": [0]}


def test_steps_of_another_submission_are_not_mixed() -> None:
    assert broken("tramite_etapas", [step(1, entrega_id="a"), step(2, entrega_id="b")]) == {"C01-COH-3B": [1]}
