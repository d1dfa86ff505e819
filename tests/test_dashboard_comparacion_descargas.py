"""What a figure offers to download: the values it shows and no others, as CSV and as a workbook without formulas."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from dashboard import published
from dashboard.address import Reader, reader
from dashboard.app import create_app
from dashboard.components import values_url
from dashboard.published import Snapshot
from dashboard.workbook import as_xlsx
from tests.comparison_sample import LONG, RATE, build
from tests.sample_publication import LAST
from tests.test_dashboard_pages import walk


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return create_app(build(tmp_path_factory.mktemp("descargas")))


@pytest.fixture
def snap(app: Any) -> Snapshot:
    return published.snapshot()


@pytest.fixture(scope="module")
def layouts(app: Any) -> dict[str, Callable[..., Any]]:
    import dash

    return {p.get("path_template") or p["path"]: p["bare"]["layout"] for p in dash.page_registry.values() if "bare" in p}


def page(layouts: dict[str, Callable[..., Any]], path: str, **arguments: Any) -> list[Any]:
    token = reader.set(Reader("es", 3, False))
    try:
        return layouts[path](**arguments)
    finally:
        reader.reset(token)


def links(made: Any) -> list[str]:
    return [c.href for c in walk(made) if getattr(c, "href", None)]


@pytest.fixture(scope="module")
def site(app: Any) -> Iterator[TestClient]:
    with TestClient(app.server if hasattr(app, "server") else app, base_url="http://localhost") as client:
        yield client


def test_a_figure_offers_what_it_shows_and_no_more(layouts: Any, site: TestClient) -> None:
    made = page(layouts, "/indicador/<id>", id=RATE, region="13")
    offered = [h for h in links(made) if "formato=csv" in h]

    def rows(part: str) -> pd.DataFrame:
        return pd.read_csv(io.BytesIO(site.get(next(h for h in offered if part in h)).content), dtype=str, keep_default_na=False)

    series = rows("territorio=13%2C00&desglose=ninguno") if any("13%2C00&desglose" in h for h in offered) else rows("territorio=13%2C00")
    assert set(series["territorio"]) == {"13", "00"} and set(series["categoria"]) == {""} and series["periodo"].nunique() == len(LONG)
    across = next(h for h in offered if f"periodo={LAST}" in h and "desglose=ninguno" in h)
    seen = pd.read_csv(io.BytesIO(site.get(across).content), dtype=str, keep_default_na=False)
    assert set(seen["periodo"]) == {LAST} and set(seen["categoria"]) == {""} and len(seen) == 28
    parted = rows("desglose=provincia") if any("desglose=provincia" in h for h in offered) else rows("desglose=familia")
    assert set(parted["territorio"]) == {"13"} and "" not in set(parted["categoria"])
    whole = rows(f"valores?indicador={RATE}&publicacion")
    assert len(whole) > len(series) + len(seen)


def test_the_breakdown_of_a_question_is_checked(site: TestClient) -> None:
    wrong = site.get("/api/v1/valores", params={"indicador": RATE, "desglose": "famila"})
    assert wrong.status_code == 400 and "«familia»" in wrong.json()["title"]
    assert site.get("/api/v1/valores", params={"indicador": RATE, "territorio": "13,77"}).status_code == 404


def test_the_workbook_has_numbers_dates_metadata_and_no_formula(site: TestClient, snap: Snapshot) -> None:
    url = values_url({"indicador": RATE, "periodo": LAST, "desglose": "ninguno"}, 3, "xlsx")
    answer = site.get(url)
    assert (
        answer.status_code == 200
        and answer.headers["content-type"].endswith("spreadsheetml.sheet")
        and ".xlsx" in answer.headers["content-disposition"]
    )
    assert site.get(url).content == answer.content  # the same question, the same bytes
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Valores", "Metadatos"]
    head = [c.value for c in book["Valores"][1]]
    row = dict(zip(head, next(book["Valores"].iter_rows(min_row=2)), strict=True))
    assert isinstance(row["valor"].value, float) and row["datos_al"].is_date and book["Valores"].max_row == 29
    told = {c[0].value: c[1].value for c in book["Metadatos"].iter_rows()}
    assert told["Publicación N.º"] == 3 and told["Indicador"] and told["Huella de la publicación"] == snap.publication.huella
    wicked = dict.fromkeys(head) | {"indicador": RATE, "fuente": "=1+1", "unidad": "@x", "nombre_territorio": "https://x", "valor": -1.5}
    bad = openpyxl.load_workbook(io.BytesIO(as_xlsx(snap, [wicked], {})))["Valores"]
    cells = dict(zip(head, bad[2], strict=True))
    assert cells["fuente"].data_type == "s" and cells["fuente"].value == "=1+1" and cells["nombre_territorio"].hyperlink is None
    assert cells["valor"].value == -1.5 and cells["unidad"].data_type == "s"
