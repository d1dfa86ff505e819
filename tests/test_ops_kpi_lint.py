"""`siegem kpi lint`: every fault of facts and definitions at once, each with its file, line, key and cure; and what only deserves a look."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpis.lint import Lint, lint
from ops.cli import app
from tests.kpis_drafts import FACT, ID, SOURCE, draft, line_of
from warehouse import catalogue
from warehouse.errors import SiegemError


def siegem(*words: str) -> Result:
    return CliRunner().invoke(app, ["kpi", *words], catch_exceptions=False)


def looked_at(path: Path, *facts: Path) -> Lint:
    return lint([path], list(facts) or [FACT], catalogue.contracts())


def test_an_installed_definition_has_no_faults() -> None:
    out = siegem("lint", ID)
    assert out.exit_code == 0
    assert re.search(r"1 indicador y 1 hecho, con sus ejemplos: sin faltas, \d+ avisos?\.", out.stdout)


@pytest.mark.parametrize(
    ("change", "word", "says"),
    [
        (("warm_up_months: 3", "warm_up_month: 3"), "warm_up_month:", "la clave «warm_up_month» no existe. ¿Quiso decir «warm_up_months»?"),
        (("form: ratio", "form: rato"), "form:", "«form»: admite ratio, relative, count, quantile, survival (se recibió 'rato'). ¿Quiso decir «ratio»?"),
        (("decimals: 1", "decimals: uno"), "decimals:", "«decimals»: debe ser un número entero (se recibió 'uno')."),
        (("kind: flow", "kind: fluj"), "clock:", "«clock.kind»: admite flow, stock, as_reported (se recibió 'fluj'). ¿Quiso decir «flow»?"),
        (("status: legal", "status: ley"), "status: ley", "«targets.0.status»: admite legal, acordada, propuesta (se recibió 'ley'). ¿Quiso decir «legal»?"),
        (("competence: es_competencia_gr", "competence: es_competencia"), "competence:",
         "«competence»: el hecho no tiene la columna «es_competencia». ¿Quiso decir «es_competencia_gr»? Corrija el nombre o agregue la columna al hecho."),
        (("expr: count(*) FILTER", "expr: avg(dh_ciudadano) FILTER"), "expr: avg",
         "«numerator.expr»: «avg(dh_ciudadano) FILTER (WHERE fecha_fin <= fecha_vencimiento)» no se admite; un promedio de promedios es falso: escriba "
         "numerador y denominador, y el sistema divide al final. Reescriba la expresión como sum(...) o count(*)."),
        (("column: fecha_vencimiento", "column: fecha_vencimento"), "clock:",
         "«clock.column»: el hecho no tiene la columna «fecha_vencimento». ¿Quiso decir «fecha_vencimiento»?"),
        (("column: sexo_solicitante", "column: sexo"), "column: sexo", "«breakdowns.column»: no existe «sexo». ¿Quiso decir «sentido»?"),
        (("plazo_referencial: NOT", "plazo_referncial: NOT"), "plazo_referncial:", "«flags»: no existe «plazo_referncial». ¿Quiso decir «plazo_referencial»?"),
        (("warm_up_months: 3", "warm_up_months: 3\nneeds: [tramite]"), "needs:", "«needs»: el hecho no lee la tabla «tramite». ¿Quiso decir «tramites»?"),
        (("fact: tramites", "fact: tramite"), "fact:", "«fact»: no existe el hecho «tramite». ¿Quiso decir «tramites»?"),
        (("numerator: 6", "numerator: 7"), "numerator: 7", "«example.numerator»: dice 7 y el motor da 6."),
        (("value: 60\n", "value: 65\n"), "value: 65", "«example.value»: dice 65 y el motor da 60."),
        (("period: 2026-T3", "period: 2027-T1"), "period: 2027-T1",
         "«example.period»: el motor no da ninguna cifra de 13, 2027-T1; da las de 13, 2026 · 13, 2026-T3."),
        (("min_n: 10", "min_n: 11"), "value: 60", "«example.value»: dice 60 y el motor no publica la cifra: «n insuficiente»."),
        (("fecha_fin: 2026-07-10,", "fecha_fim: 2026-07-10,"), "fecha_fim",
         "«example.rows»: el hecho no tiene la columna «fecha_fim». ¿Quiso decir «fecha_fin»?"),
    ],
)  # fmt: skip
def test_each_fault_says_file_line_key_and_cure(change: tuple[str, str], word: str, says: str, tmp_path: Path) -> None:
    path = draft(tmp_path, change)
    found = [str(f) for f in looked_at(path).faults]
    assert found == [f"{'/'.join(path.parts[-3:])}:{line_of(path, word)}: {says}"]


def test_all_faults_of_facts_and_definitions_are_told_at_once(tmp_path: Path) -> None:
    """Of one definition: its clock, a breakdown, two expressions and a notice; of another its keys; of a fact its column; and a third that cannot be read."""
    draft(tmp_path, ("column: fecha_vencimiento", "column: fecha"), ("column: familia", "column: famila"), ("filter: coalesce(sentido,", "filter: coalesce(sentid,"),
          ("expr: count(*)\n", "expr: count(DISTINCT familia)\n"), ("plazo_referencial: NOT plazo", "plazo_referencial: NOT plaz"), name="uno")  # fmt: skip
    draft(tmp_path, ("direction: up", "direction: arriba"), ("owner:", "dueno:"), name="dos")
    (tmp_path / "tres.yml").write_text("name: {es: a\nfact: x\n", encoding="utf-8")
    draft(tmp_path, ("fact: tramites", "fact: malo"), name="cuatro")
    bad = tmp_path / "malo.sql"
    bad.write_text("-- una prueba\nSELECT t.cod_region AS territorio,\n    t.fecha_ingeso AS fecha\nFROM tramites AS t\n", encoding="utf-8")
    found = lint(sorted(tmp_path.glob("*.yml")), [FACT, bad], catalogue.contracts())
    told = [f"{f.path.stem}:{f.line} {f.text}" for f in found.faults]
    keys = [f"{f.path.stem} {named[1] if (named := re.search('«([a-z_.]+)»', f.text)) else ''}" for f in found.faults]
    assert keys == ["malo fecha_ingeso", "dos direction", "dos owner", "dos dueno", "tres ",
                    "uno clock.column", "uno filter", "uno flags.plazo_referencial", "uno breakdowns.column", "uno denominator.expr"]  # fmt: skip
    assert told[0].startswith("malo:3 la columna «fecha_ingeso» no existe en las tablas del hecho. ¿Quiso decir «fecha_ingreso»?")
    assert told[4].startswith("tres:2 el YAML no se puede leer")
    assert not [t for t in told if t.startswith("cuatro")], "la falta es de su hecho, y ya se dijo"


@pytest.mark.parametrize(
    ("sql", "line", "says"),
    [
        ("SELECT cod_region AS territorio\nFROM\ntramite", 3, "no hay contrato para la tabla «tramite». ¿Quiso decir «tramites»?"),
        (
            "SELECT cod_region AS territorio,\nv.fecha FROM tramites\nCROSS JOIN v_corte AS v",
            3,
            "no existe la vista «v_corte». ¿Quiso decir «v_cortes»?",
        ),
        ("SELECT cod_region AS territorio\nFROM tramites\nWHERE (", 3, "no se puede leer la expresión"),
    ],
)
def test_a_fault_of_a_fact_says_its_line(sql: str, line: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "vistas").symlink_to(catalogue.FACTS / "vistas")
    path = tmp_path / "prueba.sql"
    path.write_text(sql + "\n", encoding="utf-8")
    (fault,) = lint([], [path], catalogue.contracts()).faults
    assert says in fault.text and fault.line == line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("(TUO de la Ley 27444)", ""), "«targets»: la meta legal de 100 no dice su norma; escríbala en «text», p. ej. (Ley 28992)."),
        (("en: Cases in time}", "en: Trámites en plazo}"), "«short_name»: está igual en los dos idiomas («Trámites en plazo»); falta el inglés."),
        (("name: sexo, column: sexo_solicitante", "name: caso, column: expediente_id"),
         "«breakdowns»: las categorías de «caso» no tienen nombre; dígalo en «labels» o en el contrato de su tabla."),
        (("{es: Familia de procedimientos,", "{es: Family of procedures,"), "«breakdowns.0.title»: está igual en los dos idiomas"),
        (("warm_up_months: 3", "warm_up_months: 3\npersons: false"), ""),
    ],
)  # fmt: skip
def test_what_should_be_looked_at_is_a_warning_and_no_fault(change: tuple[str, str], says: str, tmp_path: Path) -> None:
    """Beside what the installed one has: no next review, and cases divided by sex without saying whether they are persons."""
    found = looked_at(draft(tmp_path, change))
    assert not found.faults
    new = [w.text for w in found.warnings if not w.text.startswith(("«reviewed»", "«audience»"))]
    assert [w[: len(says)] for w in new] == ([says] if says else [])
    persons = [w for w in found.warnings if "es pública y parece tratar de personas («sexo_solicitante»)" in w.text]
    assert len(persons) == (0 if "persons" in change[1] or "expediente_id" in change[1] else 1)


def test_missing_incentives_and_review_are_warnings(tmp_path: Path) -> None:
    kept = re.sub(r"perverse_incentives:\n(  - .*\n)+", "", SOURCE.read_text(encoding="utf-8"))
    path = tmp_path / f"{ID}.yml"
    path.write_text(kept.replace("reviewed: {by: pendiente}", "reviewed: {by: DGM, on: 2026-01-31, next: 2027-01-31}"), encoding="utf-8")
    told = [w.text for w in looked_at(path).warnings]
    assert "«perverse_incentives»: falta decir qué se podría hacer para mejorar la cifra sin mejorar la gestión." in told
    assert not [w for w in told if w.startswith("«reviewed»")]
    assert "«reviewed»: no tiene próxima fecha de revisión («next»)." in [w.text for w in looked_at(SOURCE).warnings]


def test_everything_is_looked_at_where_nothing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that nobody uses and one that is not by region are warnings: the command ends with 0; with a fault it ends with 1."""
    facts, definitions = tmp_path / "hechos", tmp_path / "definiciones"
    shutil.copytree(catalogue.FACTS / "vistas", facts / "vistas")
    definitions.mkdir()
    (facts / "tramites.sql").write_text(FACT.read_text(encoding="utf-8").removeprefix("-- por region\n"), encoding="utf-8")
    shutil.copy(catalogue.FACTS / "denuncias.sql", facts)
    draft(definitions)
    draft(definitions, name="otro")
    monkeypatch.setattr(catalogue, "FACTS", facts)
    monkeypatch.setattr(catalogue, "DEFINITIONS", definitions)
    out = siegem("lint")
    assert out.exit_code == 0
    assert "denuncias.sql: ningún indicador usa este hecho; quítelo o escriba la definición que lo use." in out.stdout
    assert "tramites.sql: no empieza con «-- por region»: cada entrega de tramite_etapas lo calcula entero" in out.stdout
    assert f"«reviewed»: no tiene próxima fecha de revisión («next»). Son 2: otro, {ID}." in out.stdout
    draft(definitions, ("value: 60\n", "value: 61\n"))
    out = siegem("lint")
    assert out.exit_code == 1
    assert re.search(
        r"falta   definiciones/.*|falta   .*definiciones/pct_tramites_en_plazo\.yml:\d+: «example\.value»: dice 61 y el motor da 60\.", out.stdout
    )
    assert "1 falta, " in out.stdout and "docs/indicadores-nuevos.md" in out.stdout


@pytest.mark.parametrize(("word", "near"), [("pct_tramites_en_plaz", ID), ("tramite", "tramites")])
def test_a_word_that_names_nothing_gets_the_nearest(word: str, near: str) -> None:
    with pytest.raises(SiegemError, match=f"No existe el indicador «{word}». ¿Quiso decir «{near}»?"):
        siegem("lint", word)
