"""`siegem kpi preview` and `diff`: a draft before it counts, and what a changed definition changes. Neither publishes anything."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpis.pipeline import compute_and_publish
from ops.cli import app
from tests import kpis_tables as put
from tests.kpis_drafts import ID, draft, line_of
from tests.kpis_rows import cell
from warehouse import catalogue, publications
from warehouse.errors import DeclarationError, SiegemError
from warehouse.settings import load
from warehouse.store import Warehouse


def siegem(*words: str) -> Result:
    return CliRunner().invoke(app, ["kpi", *words], catch_exceptions=False)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Case files of two regions, with one indicator published."""
    folder = tmp_path_factory.mktemp("ensayo")
    made = Warehouse(load(datos=folder / "datos")).prepare()
    put.case_files(made, ["13", "21"], put.months("2025-09", 13), 30)
    compute_and_publish(made, definitions={ID: catalogue.indicators()[ID]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIEGEM_DATOS", str(folder / "datos"))
        yield made


def manifests(warehouse: Warehouse) -> dict[str, bytes]:
    return {p.parent.name: p.read_bytes() for p in warehouse.states.rglob("manifiesto.json")}


def test_a_draft_is_shown_beside_what_is_published_and_nothing_is_published(warehouse: Warehouse, tmp_path: Path) -> None:
    kept = manifests(warehouse)
    path = draft(
        tmp_path, ("expr: count(*) FILTER (WHERE fecha_fin <= fecha_vencimiento)", "expr: count(*) FILTER (WHERE fecha_fin < fecha_vencimiento)")
    )
    out = siegem("preview", str(path), "--periodo", "2026-T2").stdout
    own = cell(publications.values(warehouse.engine, 1, indicador=ID), "13", "2026-T2")
    row = next(line for line in out.splitlines() if line.startswith("La Libertad"))
    fresh, old = re.findall(r"\d+\.\d", row)[:2]
    assert float(old) == round(own["valor"], 1) > float(fresh)
    assert f"/ {own['denominador']:.0f} " in row
    assert re.search(r"^Amazonas +no reportado por la región *$", out, flags=re.MULTILINE)
    assert "Estados aquí: no reportado por la región 24 · publicado 4\n" in out
    assert "Avisos: Dato sintético de demostración 28" in out and "Al lado, la publicación 1, vigente. No se publicó nada (" in out
    assert len(publications.every(warehouse.engine)) == 1 and manifests(warehouse) == kept


def test_a_draft_of_a_new_indicator_is_not_published_yet(warehouse: Warehouse, tmp_path: Path) -> None:
    out = siegem("preview", str(draft(tmp_path, name="nuevo")), "--desglose", "provincia", "--territorio", "13").stdout
    assert "Trámites notificados dentro del plazo: julio a setiembre de 2026, por provincia. Unidad: %." in out
    assert re.search(r"La Libertad +Trujillo +\d+\.\d", out)
    assert "«nuevo» todavía no está publicado. No se publicó nada (" in out and "publicación 1" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--desglose", "familias"], "«pct_tramites_en_plazo» no tiene el desglose «familias». ¿Quiso decir «familia»?"),
        (["--periodo", "2031"], "No hay valores de 2031."),
        (["--periodo", "2026-S1"], "«pct_tramites_en_plazo» no se calcula por semestre."),
        (["--periodo", "mayo"], "«mayo» no es un periodo."),
        (["--territorio", "130101"], "No existe el territorio «130101»."),
    ],
)
def test_what_a_preview_does_not_have_is_told(words: list[str], said: str, warehouse: Warehouse) -> None:
    with pytest.raises(SiegemError) as told:
        siegem("preview", ID, *words)
    assert told.value.what.startswith(said)


def test_a_wrong_draft_is_told_with_all_its_faults(warehouse: Warehouse, tmp_path: Path) -> None:
    path = draft(tmp_path, ("competence: es_competencia_gr", "competence: es_competencia"), ("filter: coalesce(sentido,", "filter: coalesce(sentid,"))
    with pytest.raises(DeclarationError) as told:
        siegem("preview", str(path))
    filtered, competent = told.value.what.splitlines()
    assert f"{ID}.yml:{line_of(path, 'filter:')}: «filter»: el hecho no tiene la columna «sentid». ¿Quiso decir «sentido»?" in filtered
    assert "«competence»: el hecho no tiene la columna «es_competencia». ¿Quiso decir «es_competencia_gr»?" in competent
    assert told.value.stands == "No se publicó ni se cambió nada."


def test_a_table_never_accepted_is_told(warehouse: Warehouse) -> None:
    with pytest.raises(SiegemError) as told:
        siegem("preview", "pct_denuncias_atendidas_30d")
    assert told.value.what == "Todavía no hay datos aceptados de «denuncias», de donde sale el indicador."
    assert told.value.cure == "Reciba un archivo de «denuncias» y repita; su plantilla: siegem template denuncias"


def test_a_file_that_is_not_there_is_told(warehouse: Warehouse) -> None:
    with pytest.raises(SiegemError, match="No existe el archivo «borrador/x.yml»."):
        siegem("diff", ID, "--con", "borrador/x.yml")


def test_a_changed_definition_tells_what_changes_and_how_much(warehouse: Warehouse, tmp_path: Path) -> None:
    """With a stricter minimum, small cells lose their value; with withdrawn cases counted, the others change."""
    kept = manifests(warehouse)
    path = draft(tmp_path, ("min_n: 10", "min_n: 40"), ("('abandono', 'desistimiento')", "('abandono')"))
    out = siegem("diff", ID, "--con", str(path), "--csv", str(tmp_path / "d.csv"), "--filas", "3").stdout
    assert "Cambia: filter, min_n.\n" in out
    whole, changed, moved, stated = (
        int(n.replace(",", "")) for n in re.findall(r"De ([\d,]+) valores cambian ([\d,]+): ([\d,]+) de cifra y ([\d,]+) de", out)[0]
    )
    with (tmp_path / "d.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 0 < changed == len(rows) == moved + stated < whole
    assert sum(r["cambia_estado"] == "1" for r in rows) == stated > 0 and re.search(r"\d+  publicado → n insuficiente\n", out)
    sizes = [abs(float(r["cambio"])) for r in rows if r["cambia_estado"] == "0"]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == moved > 0
    one = next(r for r in rows if r["cambia_estado"] == "0")
    place = (one["territorio"], one["periodo"], one["categoria"])
    assert float(one["valor_antes"]) == pytest.approx(cell(publications.values(warehouse.engine, 1, indicador=ID), *place)["valor"])
    assert float(one["valor_despues"]) - float(one["valor_antes"]) == pytest.approx(float(one["cambio"]))
    assert len(publications.every(warehouse.engine)) == 1 and manifests(warehouse) == kept


def test_the_same_definition_changes_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    out = siegem("diff", ID, "--con", str(draft(tmp_path, name="copia"))).stdout
    assert "Las dos definiciones son iguales." in out and re.search(r"De [\d,]+ valores cambian 0: 0 de cifra y 0 de estado\.", out)
