"""The style guide: it reads the tokens that the site uses, and they can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import preview, published
from dashboard.address import Reader, reader
from dashboard.narrative import metodo_samples, metodo_tokens
from dashboard.static import ASSETS
from tests.sample_publication import build


def test_the_tokens_are_those_of_the_style_sheet() -> None:
    css = (ASSETS / "10-tokens.css").read_text(encoding="utf-8")
    found = metodo_tokens.colours()
    assert len(found) > 20 and {"papel", "tinta", "mapa-5", "trama"} <= {c.name for c in found}
    assert all(f"--{c.name}: {c.light};" in css and f"--{c.name}: {c.dark};" in css for c in found)
    assert metodo_tokens.sizes("t")["t-cuerpo"] == "1rem" and "t-oracion" in metodo_tokens.projected()


def test_contrast_is_that_of_wcag() -> None:
    assert metodo_tokens.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert metodo_tokens.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert metodo_tokens.contrast("#FFFFFF", "#777777") == metodo_tokens.contrast("#777777", "#FFFFFF")


def test_what_is_written_and_drawn_can_be_read_in_both_themes() -> None:
    assert [(c.name, c.ratio_light, c.ratio_dark) for c in metodo_tokens.colours() if not c.holds] == []


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_component_is_shown(tmp_path: Path, lang: str) -> None:
    published.open_store(build(tmp_path))
    snap = published.snapshot()
    token = reader.set(Reader(lang, snap.number))
    made = [f(lang) for f in (metodo_samples.type_sizes, metodo_samples.colours, metodo_samples.marks, metodo_samples.icons, metodo_samples.cards,
                              metodo_samples.table_and_states)]  # fmt: skip
    html = preview.to_html([*made, *metodo_samples.figure(snap, lang)])
    reader.reset(token)
    for name in (
        "icono--mapa",
        "trama--no_reportado",
        "glifo--senal",
        "tarjeta__valor--ausente",
        "estado-vacio",
        "aviso--advertencia",
        "boton--principal",
        "figura",
    ):
        assert name in html, name
