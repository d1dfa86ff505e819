"""The method page: its counts are the publication's, its glossary is that of the docs, nothing contradicts anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import language, preview, published
from dashboard.address import Reader, reader
from dashboard.drawing import svg, words
from dashboard.metodo import glossary, prose
from dashboard.narrative import metodo_counts, metodo_judgement, metodo_lists, metodo_marks, quality
from dashboard.published import Snapshot
from tests.sample_publication import build
from warehouse.indicators import INTERVALS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    published.open_store(build(tmp_path_factory.mktemp("metodo")))
    token = reader.set(Reader("es", published.snapshot().number))
    yield published.snapshot()
    reader.reset(token)


def texts(found: object) -> Iterator[dict[str, str]]:
    """Every bilingual text of a declaration."""
    if isinstance(found, dict) and "es" in found:
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from texts(value)


def test_the_glossary_of_the_site_is_that_of_the_docs() -> None:
    lines = (ROOT / "docs" / "glosario.md").read_text(encoding="utf-8").splitlines()
    rows = [tuple(x.strip() for x in line.strip("|").split("|")) for line in lines if line.startswith("| ")][1:]
    assert [(e.term["es"], e.text["es"]) for e in glossary()] == rows


def test_every_declared_text_is_in_both_languages_with_the_same_places() -> None:
    found = [*texts(prose()), *(e.term for e in glossary()), *(e.text for e in glossary())]
    assert len(found) > 100
    for text in found:
        assert {"es", "en"} <= set(text) and all(v.strip() for v in text.values()), text
        assert sorted(re.findall(r"{\w+}", text["es"])) == sorted(re.findall(r"{\w+}", text["en"])), text


def test_every_interval_has_its_words() -> None:
    assert set(prose()["intervalos"]) == {x for found in INTERVALS.values() for x in found}


def test_the_counts_are_those_of_the_publication(snap: Snapshot) -> None:
    found = metodo_counts.counts(snap)
    board = snap.matrix()
    assert found.indicators == len(snap.indicators())
    assert (found.published, found.absent) == ((board["estado"] == "publicado").sum(), (board["estado"] != "publicado").sum())
    assert found.firm <= found.compared <= found.published
    used, unused = quality.behind(snap)
    assert (found.sources, found.synthetic) == (len(used), sum(1 for r in used.values() if r["sintetico"]))
    assert not set(used) & set(unused) and not any(t.startswith("ref_") for t in (*used, *unused))
    said = preview.to_html([quality.verdict(snap, (0, 0), "es")])  # the page of quality counts the same tables
    assert f"{found.synthetic} de {found.sources}" in said or not found.synthetic
    assert f"{found.indicators}\u00a0indicadores" in metodo_counts.headline(found, snap.number, "es")


@pytest.mark.parametrize(
    ("synthetic", "said"), [(0, "ninguna sintética"), (1, "1 de ellas sintética"), (2, "2 de ellas sintéticas"), (3, "todas sintéticas")]
)
def test_the_sentence_says_how_many_sources_are_synthetic(snap: Snapshot, synthetic: int, said: str) -> None:
    from dataclasses import replace

    found = replace(metodo_counts.counts(snap), sources=3, synthetic=synthetic, deadlines=(4, 7))
    assert said in metodo_counts.headline(found, 2, "es")
    assert "De 11 procedimientos medidos, 4 tienen un plazo verificado en la norma y 7, uno referencial." in metodo_counts.below(found, "es")


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_sections_are_whole(snap: Snapshot, lang: str) -> None:
    found = metodo_counts.counts(snap)
    html = preview.to_html(
        [
            metodo_judgement.steps(snap, found, lang), metodo_judgement.differences(snap, lang), metodo_marks.marks(snap, lang),
            metodo_marks.targets_and_public(found, lang), metodo_marks.index_in_short(snap, lang), metodo_lists.by_area(snap, lang),
            metodo_lists.sources(snap, lang), metodo_lists.words(lang), metodo_lists.publications(lang),
        ]
    )  # fmt: skip
    assert "{" not in re.sub(r"style=\"[^\"]*\"", "", html)
    for sheet in snap.indicators():
        assert f"/indicador/{sheet.id}#ficha" in html
    for table in snap.sources():
        assert f"· {table}" in html
    assert html.count("<svg") == 4 and html.count("publicacion=1") == 2


def test_a_drawing_says_itself_to_those_who_do_not_see_it() -> None:
    html = preview.to_html(svg(10, 5, words(1, 2, "a < b"), label="Dos «cosas»", stretched=True))
    assert (
        html.startswith("<svg ")
        and 'viewbox="0 0 10 5"' in html
        and 'aria-label="Dos «cosas»"' in html
        and "a &lt; b" in html
        and "preserveaspectratio" in html
    )


def test_the_drawings_show_what_they_say() -> None:
    def dots(html: str, name: str) -> list[tuple[float, float]]:
        found = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<circle [^>]*>", html)]
        return [(float(x["cx"]), float(x["cy"])) for x in found if x["class"] == name]

    many = preview.to_html(metodo_judgement._many("x", "es"))
    line = lambda x: 126 - (x - 24) * 54 / 286  # noqa: E731 - the line of the drawing; y grows downwards
    assert all(y > line(x) for x, y in dots(many, "dibujo__cobre")) and all(y < line(x) for x, y in dots(many, "dibujo__suave"))
    funnel = preview.to_html(metodo_judgement._funnel("x", "es"))
    half = lambda x: 46 * (30 / (x - 24 + 30)) ** 0.5  # noqa: E731
    assert all(abs(y - 74) < half(x) for x, y in dots(funnel, "dibujo__suave")) and abs(104 - 74) > half(180)


def test_a_language_is_added_with_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "región"\nmsgstr "{}"\n'
    (tmp_path / "a.po").write_text(head.format("qu", "suyu"), encoding="utf-8")
    (tmp_path / "b.po").write_text(head.format("en", "region"), encoding="utf-8")
    found = language.catalogues(tmp_path)
    assert found == {"qu": {"región": "suyu"}, "en": {"región": "region"}}
    monkeypatch.setattr(language, "catalogues", lambda: found)
    assert [language.t("región", x) for x in ("es", "en", "qu")] == ["región", "region", "suyu"]
    language.missing.clear()
    assert language.t("otra", "qu") == "otra" and language.missing == set()
