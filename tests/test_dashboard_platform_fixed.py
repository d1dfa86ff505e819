"""Pages sent once: what is fixed travels as HTML, what a callback names as components; answers that cannot have changed are sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
import httpx
import orjson
import pytest
from dash import dcc, html

from benchmarks.pages_load import question
from dashboard import components, fixed, guard, preview
from dashboard.app import create_app
from tests.browser import serving
from tests.sample_publication import build

LIVE = fixed.Live(frozenset({"url"}), frozenset({"filtro"}))
RATE = "pct_tramites_en_plazo"


def told(part: Any) -> Any:
    return orjson.loads(orjson.dumps(part))


def test_a_part_without_callbacks_is_html_under_its_digest_and_its_root_stays_where_it_was() -> None:
    made = fixed.part([html.Section([html.H2("Título", id="t"), html.P("Texto")], className="seccion", id="matriz")], LIVE)
    full, bare = told(made.full)[0], told(made.bare)[0]
    assert full["type"] == "Section" and full["props"]["className"] == "seccion" and full["props"]["id"] == "matriz"
    assert full["props"]["data-html"] == '<h2 id="t">Título</h2><p>Texto</p>' and "data-html" not in bare["props"]
    assert bare["props"]["data-fijo"] == full["props"]["data-fijo"] and full["props"]["children"] is None
    assert f'data-fijo="{full["props"]["data-fijo"]}"' in made.html and 'id="matriz"' not in made.html  # React will have that id


def test_what_a_callback_names_stays_a_component_with_all_that_holds_it() -> None:
    choice = dmc.Select(id={"type": "filtro", "clave": "region"}, data=[{"value": "13", "label": "La Libertad"}], value="13")
    made = fixed.part([html.Div([html.P(["fijo ", html.B("x")]), html.Div([choice])])], LIVE)
    outer = made.full[0]
    assert "data-fijo" not in outer["props"] and "data-fijo" in outer["props"]["children"][0]["props"]
    assert outer["props"]["children"][1]["props"]["children"] == [choice]
    assert "La Libertad" in made.html
    assert "data-fijo" not in fixed.part([html.Div([html.Div("a", id="url"), html.P("b")])], LIVE).full[0]["props"]


def test_a_figure_is_a_place_with_its_address_and_a_sortable_table_is_html() -> None:
    columns = [components.Column("Región"), components.Column("Valor", numeric=True)]
    table = components.data_table("t", columns, [["Puno", components.Cell("3", 3)]], "Valores")
    block = components.figure_block("a", "mapa", {"indicador": RATE}, "Título", "Sub", "Fuente", table=table, publication=2)
    made = fixed.part([block], LIVE)
    assert 'data-figura="/api/v1/figuras/mapa?indicador=' in made.html and "publicacion=2" in made.html
    assert 'class="tabla__orden"' in made.html and 'data-orden="3"' in made.html
    assert b"dash_core_components" not in orjson.dumps(made.full)


def test_a_graph_of_another_kind_and_a_component_of_another_library_stay_live() -> None:
    made = fixed.part([html.Div([dcc.Graph(id="otro"), html.P(["a", html.B("b")])])], LIVE)
    assert "data-fijo" not in made.full[0]["props"]


def test_inline_styles_and_attributes_are_written_as_react_writes_them() -> None:
    shown = html.Div(
        "x", style={"width": 5, "zIndex": 2, "--alto": 3, "WebkitMaskSize": "1px"}, hidden=True, tabIndex="0", **{"aria-hidden": "false"}
    )
    assert preview.to_html(shown) == (
        '<div aria-hidden="false" hidden tabindex="0" style="width:5px;z-index:2;--alto:3;-webkit-mask-size:1px">x</div>'
    )


def test_the_words_of_a_page_are_the_same_in_its_html_and_in_its_components() -> None:
    page = [html.P("uno"), html.Div([html.Ul([html.Li("dos"), html.Li(["tres ", html.A("cuatro", href="/x?a=1&b=2")])])])]
    made = fixed.part(page, LIVE)
    inside = made.full[1]["props"]["data-html"]
    assert inside in made.html and '<a href="/x?a=1&amp;b=2">cuatro</a>' in inside


BROKEN = """
import dash
from dash import html

asked = []


def layout(**_):
    asked.append(1)
    if len(asked) < 3:
        raise ValueError("por una vez")
    return [html.H1(f"hecha {len(asked)}")]


dash.register_page(__name__, path="/", title="Resumen", layout=layout)
dash.register_page(__name__ + ".b", path="/quieta", title="Quieta", layout=lambda **_: [html.Section([html.H1("Quieta"), html.P("fija")])])
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Any]]:
    folder = tmp_path_factory.mktemp("una_vez")
    (folder / "paginas").mkdir()
    (folder / "paginas" / "muestra.py").write_text(BROKEN, encoding="utf-8")
    app = create_app(build(folder / "datos"), pages_folder=folder / "paginas")
    with serving(app) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client, app


def asked(client: httpx.Client, path: str, *, first: bool = False, search: str = "") -> httpx.Response:
    body = question(path, search).split(b"\r\n\r\n", 1)[1]
    if first:
        body = orjson.dumps({**orjson.loads(body), "changedPropIds": []})
    return client.post("/_dash-update-component", content=body, headers={"content-type": "application/json"})


def test_a_page_is_sent_again_without_being_made_and_a_page_that_failed_is_not(site: tuple[httpx.Client, Any]) -> None:
    client, front = site
    answers = [client.get("/") for _ in range(3)]
    assert [a.status_code for a in answers][-1] == 200 and "hecha 3" in answers[-1].text
    before = len(front.final_headers)
    again = client.get("/")
    assert again.text == answers[-1].text and len(front.final_headers) == before
    assert client.get("/", headers={"if-none-match": again.headers["etag"]}).status_code == 304


def test_the_first_answer_leaves_out_what_the_html_holds_and_later_ones_bring_it(site: tuple[httpx.Client, Any]) -> None:
    client, _ = site
    bare, full = asked(client, "/quieta", first=True), asked(client, "/quieta")
    html = orjson.loads(full.content)["response"]["_pages_content"]["children"][0]["props"]["data-html"]
    assert "data-fijo" in bare.text and "fija" not in bare.text and html == "<h1>Quieta</h1><p>fija</p>"
    assert asked(client, "/quieta").content == full.content
    page = client.get("/quieta").text
    key = orjson.loads(bare.content)["response"]["_pages_content"]["children"][0]["props"]["data-fijo"]
    assert f'data-fijo="{key}"' in page


def test_many_figures_come_in_one_answer_each_as_it_comes_alone(tmp_path: Path) -> None:
    with serving(create_app(build(tmp_path))) as base, httpx.Client(base_url=base, timeout=30) as client:
        wanted = [f"mapa?indicador={RATE}", "mapa?indicador=no_existe", f"no_hay?indicador={RATE}", f"comparar_barras?indicador={RATE}&territorio=13"]
        found = client.get("/api/v1/figuras", params={"de": wanted, "publicacion": "2"})
        figures = found.json()["figuras"]
        assert found.headers["cache-control"].endswith("immutable")
        assert [f.get("estado") for f in figures] == [None, 404, 404, None]
        assert figures[0] == client.get(f"/api/v1/figuras/mapa?indicador={RATE}&publicacion=2").json()
        assert client.get("/api/v1/figuras").status_code == 400
        assert client.get("/api/v1/cuadro?publicacion=2").json()["frases"][RATE]


def test_made_pages_keep_no_components_and_stay_within_their_bound(monkeypatch: pytest.MonkeyPatch, site: tuple[httpx.Client, Any]) -> None:
    pages = guard.Pages()
    noise = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(40))  # text that does not pack well
    page = {"module": "x", "layout": lambda indicador="", **_: [html.P(noise + indicador)]}
    monkeypatch.setattr(guard, "KEPT", 20_000)
    for n in range(20):
        made = pages.make(page, {}, {"indicador": str(n)})
        assert made.children == [] and made.html == f"<p>{noise}{n}</p>" and made.size < 3 * len(made.html)
    assert 1 < len(pages._kept) < 6 and sum(m.size for m in pages._kept.values()) <= 20_000
