"""The deck over HTTP and from the command line, the notes and agreements a browser sends, and the button that asks for it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashboard import forum_file, preview, published
from dashboard.address import Reader, reader
from dashboard.app import create_app
from dashboard.narrative import foro_builder, foro_deck, foro_slides
from dashboard.slides.own import MOST, read
from dashboard.slides.router import MEDIA
from ops.cli import app as cli
from tests import public_sample
from tests import slides_reading as reading
from tests.sample_publication import build
from warehouse.store import Warehouse

TIME = "pct_tramites_en_plazo"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(tmp_path_factory.mktemp("servidas"))


@pytest.fixture(scope="module")
def app(warehouse: Warehouse) -> Any:
    return create_app(warehouse)


def ask(app: Any, path: str, query: str = "", body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    told = [(b"host", b"sitio.pe"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())]
    told += [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")] if body is not None else []
    scope = {"type": "http", "method": "GET" if body is None else "POST", "path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": told,
             "scheme": "https", "server": ("sitio.pe", 443), "client": ("127.0.0.1", 1), "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"}}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return int(sent[0]["status"]), found, b"".join(m.get("body", b"") for m in sent[1:])


def test_the_file_is_downloaded_and_kept_by_its_tag(app: Any) -> None:
    query = f"indicadores={TIME}&region=13&publicacion=2"
    status, headers, body = ask(app, foro_builder.SLIDES, query)
    assert status == 200 and headers["content-type"] == MEDIA and headers["content-disposition"] == 'attachment; filename="siegem-foro-p2.pptx"'
    assert "https://sitio.pe/foro" in "".join(reading.texts(s) for s in reading.opened(body).slides)
    assert ask(app, foro_builder.SLIDES, query)[2] == body
    assert ask(app, foro_builder.SLIDES, query, if_none_match=headers["etag"])[0] == 304
    assert [ask(app, foro_builder.SLIDES, q)[0] for q in ("publicacion=99", "publicacion=x", "nada=1")] == [404, 400, 400]


def test_notes_and_agreements_go_into_both_files(app: Any) -> None:
    own = {
        "notas": {f"{TIME}@13": "Pedir el <acta>"},
        "acuerdos": [{"acuerdo": "Firmar", "responsable": "GREMH", "fecha": "2027-03-01", "evidencia": "Acta"}],
    }
    query, body = f"indicadores={TIME}&region=13", json.dumps(own).encode()
    status, headers, deck = ask(app, foro_builder.SLIDES, query, body)
    made = reading.opened(deck)
    assert status == 200 and headers["cache-control"] == "no-store" and "Firmar" in "".join(reading.texts(s) for s in made.slides)
    assert any("Pedir el <acta>" in s.notes_slide.notes_text_frame.text for s in made.slides if s.has_notes_slide)
    assert "Firmar" not in "".join(reading.texts(s) for s in reading.opened(ask(app, foro_builder.SLIDES, query)[2]).slides)
    status, _, page = ask(app, foro_builder.FROZEN, query, body)
    assert status == 200 and b"data-propio=" in page and b"Pedir el &lt;acta&gt;" in page and b"<acta>" not in page
    assert b"data-propio=" not in ask(app, foro_builder.FROZEN, query)[2]


@pytest.mark.parametrize(
    "body", [b"[1]", b"{", b'{"notas": 3}', b'{"acuerdos": [1]}', json.dumps({"acuerdos": [{"acuerdo": "x"}] * (MOST + 1)}).encode(), b" " * 300_001]
)
def test_what_cannot_be_read_is_told(app: Any, body: bytes) -> None:
    for path in (foro_builder.SLIDES, foro_builder.FROZEN):
        status, headers, told = ask(app, path, "", body)
        assert status == 400 and headers["content-type"] == "application/problem+json" and "notas y acuerdos" in told.decode()


def test_texts_are_cut_and_what_xml_cannot_hold_is_left_out() -> None:
    own = read(
        json.dumps({"notas": {"a": "x" * 9000, "b": " "}, "acuerdos": [{"acuerdo": "uno\u0000\u0007 dos"}, {"responsable": "nadie"}]}).encode()
    )
    assert len(own.notes["a"]) == 4000 and list(own.notes) == ["a"] and [x["acuerdo"] for x in own.agreements] == ["uno dos"]


def test_the_page_offers_it_with_its_choice_and_a_place_for_notes(warehouse: Warehouse) -> None:
    published.open_store(warehouse)
    snap = published.snapshot()
    token = reader.set(Reader("es", snap.number))
    html = preview.to_html(foro_builder.actions(snap, [TIME, f"{TIME}~mapa"], "13", "es"))
    assert f'href="/foro/laminas.pptx?indicadores={TIME},{TIME}~mapa&amp;region=13&amp;publicacion=2"' in html and html.count("data-llevar") == 2
    slides = foro_deck.deck(snap, f"{TIME},{TIME}~mapa", "13", "es")
    assert len({s.key for s in slides}) == len(slides) and all(s.key.endswith("@13") for s in slides)
    assert f'data-nota="{TIME}~mapa@13"' in preview.to_html(foro_slides.frame(slides[2], 3, 9, 2, "es"))
    chooser = preview.to_html(foro_builder.chooser(snap, [TIME, "produccion_cobre"], "", "es"))
    assert f'href="/foro?indicadores=produccion_cobre,{TIME}"' in chooser and f'href="/foro?indicadores={TIME}~mapa,produccion_cobre"' in chooser
    assert "data-nota" in forum_file.document(snap, TIME, "13", "es", "")
    reader.reset(token)


def test_the_command_writes_the_public_deck_without_what_is_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = public_sample.open_public(tmp_path)
    monkeypatch.setenv("SIEGEM_DATOS", str(store.settings.datos))
    target = tmp_path / "sub" / "foro.pptx"
    place, period = next(iter(public_sample.HIDDEN))
    asked = ["export", "laminas", "--indicadores", f"{TIME},{TIME}~serie", "--region", place, "--salida", str(target)]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 0, done.output
    made = reading.opened(target.read_bytes())
    line = list(reading.charts(made))[-1]
    hidden = next(r for r in line.rows if r["Código"] == period)
    assert hidden["Estado"] == "no_publicable" and [v for v in hidden.values() if isinstance(v, int | float)] == [
        next(iter(v for k, v in hidden.items() if k == "Perú"))
    ]
    assert next(iter(line.series.values()))[line.rows.index(hidden)] is None
    assert CliRunner().invoke(cli, [*asked, "--interno"]).exit_code == 0
    open_row = next(r for r in list(reading.charts(reading.opened(target.read_bytes())))[-1].rows if r["Código"] == period)
    told = {float(v) for k, v in open_row.items() if isinstance(v, int | float) and k != "Perú"}
    target.unlink()
    assert CliRunner().invoke(cli, asked).exit_code == 0
    assert len(told) > 3 and not {round(x, 9) for x in told if x > 30} & {round(x, 9) for x in reading.numbers(target.read_bytes())}
    for wrong in (["--region", "99"], ["--indicadores", "pct_tramites_en_plaz"], ["--indicadores", f"{TIME}~torta"], ["--idioma", "xx"]):
        failed = CliRunner().invoke(cli, ["export", "laminas", "--salida", str(target), *wrong])
        assert failed.exit_code != 0, wrong
