"""The forum: which slides there are, what each says, and a frozen file that asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

import pytest

from dashboard import forum_file, preview, published
from dashboard.address import Reader, reader
from dashboard.app import create_app
from dashboard.narrative import foro_builder, foro_charts, foro_deck, foro_slides
from dashboard.published import Snapshot
from tests.sample_publication import build
from warehouse.store import Warehouse

TIME = foro_deck.TIME


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(tmp_path_factory.mktemp("foro"))


@pytest.fixture
def snap(warehouse: Warehouse) -> Iterator[Snapshot]:
    published.open_store(warehouse)
    token = reader.set(Reader("es", published.snapshot().number))
    yield published.snapshot()
    reader.reset(token)


def kinds(slides: list[foro_slides.Slide]) -> list[str]:
    return [s.kind for s in slides]


def test_the_usual_round_leaves_out_what_the_publication_lacks(snap: Snapshot) -> None:
    slides = foro_deck.deck(snap, "", "", "es")
    assert kinds(slides)[0] == "portada" and kinds(slides)[-3:] == ["ausencias", "hoja", "fin"]
    assert kinds(slides)[1:-3] == ["cambios", "regiones", "mapa", "serie"]  # the sample has neither the steps nor the requirements nor the agreements
    assert f"publicación N.º {snap.number}" in slides[0].sub


def test_the_address_says_which_slides_and_in_which_order(snap: Snapshot) -> None:
    text = f"produccion_cobre, no_existe,{TIME}~serie,{TIME},produccion_cobre"
    assert foro_deck.chosen(snap, text) == ["produccion_cobre", f"{TIME}~serie", TIME]
    slides = foro_deck.deck(snap, text, "13", "es")
    assert kinds(slides)[1:-3] == ["regiones", "serie", "regiones"]
    assert "La Libertad" in str(slides[3].title) and "region=13" in preview.to_html(slides[-1].body)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_indicator_makes_a_slide_with_its_proof(snap: Snapshot, lang: str) -> None:
    for sheet in snap.indicators():
        for region in ("", "13", "24"):
            for how in ("", foro_slides.IN_TIME, foro_slides.IN_MAP):
                slide = foro_slides.of_indicator(snap, sheet, region, lang, how=how)
                html = preview.to_html(foro_slides.frame(slide, 2, 9, snap.number, lang))
                assert slide.title and slide.proof, sheet.id
                assert "2 / 9" in html and "{" not in re.sub(r'style="[^"]*"', "", html), (sheet.id, region, how)


def test_a_slide_of_regions_shows_all_of_them_and_why_some_have_no_value(snap: Snapshot) -> None:
    slide = foro_slides.of_indicator(snap, snap.sheet(TIME), "13", "es")
    html = preview.to_html(slide.body)
    assert html.count("<li") == 27 and html.count("barras__fila--elegida") == 1 and html.count("barras__fila--ausente") == 6
    assert "no reportado" in html


def test_what_is_not_known_is_counted_by_reason(snap: Snapshot) -> None:
    slide = foro_deck.deck(snap, TIME, "", "es")[-3]
    assert slide.title == "No sabemos 6 de 26 datos, y decimos por qué"
    assert preview.to_html(slide.body).count("<li") == 6


@pytest.mark.parametrize(
    ("known", "span"), [([61.0, 66.6], (61, 67, 2)), ([3.0, 41.0], (0, 45, 10)), ([98.0, 100.0], (98, 100, 0.5)), ([], (0, 1, 0.25))]
)
def test_the_scale_of_a_line_is_in_round_numbers(snap: Snapshot, known: list[float], span: tuple[float, float, float]) -> None:
    low, high, step = foro_charts.span(known, snap.sheet(TIME))
    assert low <= min(known, default=0) and high >= max(known, default=1) and step > 0
    assert abs(low / step - round(low / step)) < 1e-9 and (high - low) / step <= 6


def test_the_builder_keeps_everything_in_the_address(snap: Snapshot) -> None:
    html = preview.to_html(foro_builder.chooser(snap, ["produccion_cobre", TIME], "13", "es"))
    assert f'href="/foro?indicadores={TIME},produccion_cobre&amp;region=13"' in html  # moved before
    assert 'href="/foro?indicadores=produccion_cobre&amp;region=13"' in html  # taken out
    assert html.count("checked") == 2 and html.count('type="checkbox"') == len(snap.indicators())


def test_the_frozen_file_holds_all_it_needs_and_may_fetch_nothing(snap: Snapshot) -> None:
    page = forum_file.document(snap, "", "13", "es", "https://siegem.example")
    assert 'src="' not in page and "url(/" not in page and 'url("fonts' not in page and "<link" not in page
    assert "default-src &#x27;none&#x27;" in page and 'data-sitio="https://siegem.example"' in page
    script = page[page.rindex("<script>") + 8 : page.rindex("</script>")]
    assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in page
    assert page.count('class="foro foro--') == len(foro_deck.deck(snap, "", "13", "es")) and len(page) < 600_000


async def _get(app: object, path: str, query: str = "") -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": [(b"host", b"sitio.pe")],
             "scheme": "https", "server": ("sitio.pe", 443), "client": ("127.0.0.1", 1), "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"}}  # fmt: skip
    await app(scope, receive, send)  # type: ignore[operator]
    headers = {k.decode(): v.decode() for k, v in sent[0]["headers"]}  # type: ignore[attr-defined]
    return int(sent[0]["status"]), headers, b"".join(m.get("body", b"") for m in sent[1:])  # type: ignore[call-overload,misc]


def test_the_file_is_downloaded_and_wrong_questions_are_told(warehouse: Warehouse) -> None:
    import asyncio

    app = create_app(warehouse)
    status, headers, body = asyncio.run(_get(app, foro_builder.FROZEN, f"indicadores={TIME}&region=13&publicacion=2"))
    assert status == 200 and headers["content-disposition"] == 'attachment; filename="siegem-foro-p2.html"'
    assert b"https://sitio.pe" in body
    assert [asyncio.run(_get(app, foro_builder.FROZEN, q))[0] for q in ("publicacion=99", "publicacion=x", "nada=1")] == [404, 400, 400]
