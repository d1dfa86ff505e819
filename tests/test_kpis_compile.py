"""What a definition and a fact may say, what is refused and in which words, and the lineage that follows from the parse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpis.compile import compile_indicator, lineage, plans
from kpis.facts import load_fact, load_facts
from tests.kpis_rows import both, count, definition, fact, quantile
from warehouse import catalogue
from warehouse.errors import DeclarationError


def refusal(**more: Any) -> str:
    with pytest.raises(DeclarationError) as told:
        compile_indicator(definition(**more), {"hecho": fact()})
    return told.value.what


def part(expr: str) -> dict[str, Any]:
    return {"expr": expr, "text": both("n")}


@pytest.mark.parametrize(
    ("expr", "why"),
    [
        ("avg(x)", "promedio"),
        ("median(x)", "mediana"),
        ("quantile_cont(x, 0.9)", "cuantil"),
        ("count(DISTINCT clase)", "distintos"),
        ("max(x)", "máximo"),
        ("min(x)", "mínimo"),
        ("bool_or(ok)", "bool_or"),
        ("sum(x) OVER ()", "ventana"),
        ("(SELECT sum(x) FROM otra)", "consulta"),
        ("sum((SELECT 1))", "consulta"),
        ("sum(x) / count(*)", "una sola suma"),
        ("100 * avg(ok)", "promedio"),
        ("x", "una sola suma"),
        ("sum(read_text('/etc/passwd'))", "no está entre las funciones admitidas"),
        ("sum(x) FROM read_csv('a')", "no se puede leer"),
        ("sum(x); DROP TABLE y", "sola expresión"),
        ("sum(getenv('HOME'))", "no está entre las funciones admitidas"),
        ("DROP TABLE x", "una sola suma"),
    ],
)
def test_only_what_adds_up_is_admitted(expr: str, why: str) -> None:
    told = refusal(numerator=part(expr))
    assert why in told
    assert told.startswith("kpis/definitions/prueba.yml: «numerator.expr»")


@pytest.mark.parametrize(
    "expr",
    [
        "sum(x)",
        "count(*)",
        "count(x)",
        "sum(CASE WHEN ok THEN 1 ELSE 0 END)",
        "sum(x) FILTER (WHERE clase IN ('a', 'b') AND y > 2)",
        "count(*) FILTER (WHERE fecha >= DATE '2024-01-01')",
        "sum(coalesce(x, 0) * y)",
    ],
)
def test_sums_and_counts_are(expr: str) -> None:
    assert compile_indicator(definition(numerator=part(expr)), {"hecho": fact()}).parts


@pytest.mark.parametrize(
    ("more", "key", "near"),
    [
        ({"numerator": part("sum(diaz)")}, "numerator.expr", "dias"),
        ({"denominator": part("count(*) FILTER (WHERE classe = 'a')")}, "denominator.expr", "clase"),
        ({"filter": "mont > 3"}, "filter", "monto"),
        ({"competence": "propios"}, "competence", "propio"),
        ({"flags": {"estimado": "dudosos"}}, "flags.estimado", "dudoso"),
        ({"clock": {"kind": "flow", "column": "fechas"}}, "clock.column", "fecha"),
        ({"fact": "echo"}, "fact", "hecho"),
        ({"flags": {"estimdo": "dudoso"}}, "flags", "estimado"),
        ({"withheld": {"regla_no_superda": "dudoso"}}, "withheld", "regla_no_superada"),
        ({"breakdowns": [{"name": "b", "column": "clases", "title": both("t")}]}, "breakdowns.column", "clase"),
    ],
)
def test_a_misspelt_name_tells_file_key_and_nearest(more: dict[str, Any], key: str, near: str) -> None:
    told = refusal(**more)
    assert told.startswith(f"kpis/definitions/prueba.yml: «{key}»")
    assert f"¿Quiso decir «{near}»?" in told


def test_every_fault_of_every_definition_is_told_at_once() -> None:
    bad = {"uno": definition("uno", filter="nada"), "dos": definition("dos", numerator=part("avg(x)"))}
    with pytest.raises(DeclarationError) as told:
        plans(bad, {"hecho": fact()})
    assert "uno.yml" in told.value.what and "dos.yml" in told.value.what


def test_a_quantile_needs_whole_numbers() -> None:
    with pytest.raises(DeclarationError, match="número entero"):
        plans({"q": quantile("q", quantile={"expr": "monto", "q": 0.5, "text": both("q")})}, {"hecho": fact()})


def test_types_that_do_not_fit_are_found_when_compiling() -> None:
    with pytest.raises(DeclarationError, match=r"kpis/definitions/prueba\.yml: el motor no acepta"):
        plans({"prueba": count(numerator=part("sum(clase)"))}, {"hecho": fact()})


def test_a_printed_figure_by_date_is_refused() -> None:
    assert "código de periodo" in refusal(clock={"kind": "as_reported", "column": "fecha"})


def test_rolling_months_need_a_date() -> None:
    assert "necesitan una fecha" in refusal(clock={"kind": "flow", "column": "periodo", "window_months": 36})


def test_one_pass_serves_all_indicators_of_a_fact_and_clock() -> None:
    made = plans({"a": definition("a"), "b": count("b"), "c": definition("c", clock={"kind": "flow", "column": "periodo"})}, {"hecho": fact()})
    assert [(p.clock, [c.indicator.id for c in p.indicators]) for p in made] == [("fecha", ["a", "b"]), ("periodo", ["c"])]


def write(folder: Path, sql: str) -> Path:
    path = folder / "prueba.sql"
    path.write_text(sql)
    return path


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM read_parquet('/x/*.parquet')", "no se admite"),
        ("SELECT cod_region AS territorio FROM 'secreto.csv'", "no es una tabla aceptada"),
        ("SELECT cod_region AS territorio FROM otra.tramites", "no es una tabla aceptada"),
        ("SELECT cod_region AS territorio FROM tramite", "¿Quiso decir «tramites»?"),
        ("SELECT cod_rejion AS territorio FROM tramites", "¿Quiso decir «cod_region»?"),
        ("SELECT cod_region FROM tramites", "falta la columna «territorio»"),
        ("DELETE FROM tramites", "SELECT"),
        ("COPY tramites TO '/tmp/x'", "SELECT"),
        ("CREATE TABLE x AS SELECT 1", "SELECT"),
        ("SELECT cod_region AS territorio FROM tramites; SELECT 1", "una sola expresión"),
        ("SELECT cod_region AS territorio, getenv('HOME') AS casa FROM tramites", "no se admite"),
        ("SELECT cod_region AS territorio, :otro AS p FROM tramites", "el parámetro «:otro» no existe"),
        ("SELECT cod_region AS territorio, fecha_ingreso + estado AS p FROM tramites", "el motor no acepta"),
        ("SELECT FROM WHERE", "no se puede leer"),
    ],
)
def test_a_fact_reads_accepted_tables_and_nothing_else(tmp_path: Path, sql: str, why: str) -> None:
    with pytest.raises(DeclarationError) as told:
        load_fact(write(tmp_path, sql), catalogue.contracts())
    assert why in told.value.what
    assert "prueba.sql" in told.value.what


def test_lineage_follows_the_parse(tmp_path: Path) -> None:
    sql = """WITH e AS (SELECT expediente_id, count(*) AS pasos FROM tramite_etapas WHERE responsable = 'entidad' GROUP BY 1)
             SELECT t.ubigeo AS territorio, t.fecha_ingreso AS fecha, e.pasos AS x, p.familia AS clase
             FROM tramites t JOIN ref_procedimientos p USING (cod_procedimiento) LEFT JOIN e ON e.expediente_id = t.expediente_id"""
    found = load_fact(write(tmp_path, sql), catalogue.contracts())
    assert found.tables == ("ref_procedimientos", "tramite_etapas", "tramites")
    assert found.reads["tramite_etapas"] == ("expediente_id", "responsable")
    assert found.sources["clase"] == (("ref_procedimientos", "familia"),)
    assert found.columns == {"territorio": "VARCHAR", "fecha": "DATE", "x": "BIGINT", "clase": "VARCHAR"}
    i = count(fact="prueba", numerator=part("sum(x)"), filter="clase = 'ambiental'")
    compiled = compile_indicator(i, {"prueba": found})
    assert lineage(compiled, found) == {"ref_procedimientos": ("familia",), "tramites": ("fecha_ingreso", "ubigeo")}


def test_the_installed_facts_and_definitions_compile() -> None:
    facts = load_facts(catalogue.FACTS, catalogue.contracts())
    made = plans(catalogue.indicators(), facts)
    assert {c.indicator.id for p in made for c in p.indicators} == set(catalogue.indicators())
    assert set(facts) == {p.fact.name for p in made}, "hay hechos que ningún indicador usa"


def test_the_installed_case_file_fact_knows_its_tables() -> None:
    found = load_facts(catalogue.FACTS, catalogue.contracts(), ["tramites"])["tramites"]
    assert found.tables == ("ref_calendario", "ref_procedimientos", "tramite_etapas", "tramites")
    assert found.uses_cut
    assert ("ref_procedimientos", "plazo_dias") in found.sources["fecha_vencimiento"]
