"""The public site as files: every link leads somewhere, pages are light, older publications stay, and nothing else is ever overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import published
from dashboard.publico import export
from dashboard.publico.export import write_site
from dashboard.published import Snapshot
from tests.sample_publication import build
from tests.site_links import Read, broken, weight
from warehouse import statements
from warehouse.errors import SiegemError

HEAVIEST = 150_000


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Snapshot]]:
    warehouse = build(tmp_path_factory.mktemp("almacen"))
    statements.state(warehouse.engine, ("tramites", "13", "2026-T3"), "Ana Quispe, GREMH La Libertad", "Faltan <14> expedientes & sus fechas.")
    published.open_store(warehouse)
    yield {n: published.snapshot(n) for n in (1, 2)}


def open_data(snapshot: Snapshot, folder: Path) -> None:
    """What stands in for the open data of a publication."""
    folder.mkdir(parents=True)
    (folder / "valores.csv").write_text(f"publicacion\n{snapshot.number}\n")


@pytest.fixture(scope="module")
def site(snapshots: dict[int, Snapshot], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the first publication, written again with the second."""
    folder = tmp_path_factory.mktemp("sitio") / "publico"
    write_site(snapshots[1], folder, data=open_data)
    write_site(snapshots[2], folder, data=open_data)
    return folder


def test_every_link_leads_somewhere(site: Path) -> None:
    assert broken(site) == []


def test_the_checker_can_fail(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<p id="a"><a href="nada.html">x</a><a href="#b">y</a><img src="https://otro.pe/x.png"></p><p>')
    assert broken(tmp_path) == [
        "index.html: sin cerrar: p", "index.html: no existe 'nada.html'", "index.html: no existe la marca '#b'",
        "index.html: carga de otro sitio https://otro.pe/x.png",
    ]  # fmt: skip


def test_every_page_is_light(site: Path) -> None:
    sizes = {p.relative_to(site).as_posix(): weight(site, p) for p in site.rglob("*.html")}
    largest = max(sizes, key=lambda p: sizes[p])
    print(f"la más pesada: {largest}, {sizes[largest]:,} bytes")
    assert sizes[largest] <= HEAVIEST


def test_what_is_told_of_the_site_is_what_is_there_and_with_an_address_it_has_a_sitemap(snapshots: dict[int, Snapshot], tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    made = write_site(snapshots[2], tmp_path / "s", base="https://datos.ejemplo.pe/mineria/", progress=lambda *step: steps.append(step))
    pages = [p for p in (tmp_path / "s").rglob("index.html") if "404" not in p.parts]
    assert made.pages == len(pages) and made.publications == (2,)
    assert made.bytes == sum(p.stat().st_size for p in (tmp_path / "s").rglob("*") if p.is_file())
    address, size = made.heaviest
    assert size == weight(tmp_path / "s", tmp_path / "s" / address.strip("/") / "index.html")
    assert steps[-1][1:] == (made.pages, made.pages)
    text = (tmp_path / "s/sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://datos.ejemplo.pe/mineria/provincia/1310/</loc>" in text and "insertar" not in text
    assert "Sitemap: https://datos.ejemplo.pe/mineria/sitemap.xml" in (tmp_path / "s/robots.txt").read_text()
    page = (tmp_path / "s/lugar/13/index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://datos.ejemplo.pe/mineria/lugar/13/">' in page
    assert "https://datos.ejemplo.pe/mineria/p/2/lugar/13/" in page
    lost = (tmp_path / "s/404.html").read_text(encoding="utf-8")
    assert '<base href="/mineria/">' in lost and 'href="publico/estilo.css' in lost and "<base" not in page


def test_an_older_publication_keeps_its_permanent_links(site: Path) -> None:
    old, new = ((site / f"p/{n}/lugar/13/index.html").read_text(encoding="utf-8") for n in (1, 2))
    assert "entre abril y junio de 2026" in old and "entre julio y setiembre de 2026" in new
    assert "publicación N.º 1" in old and 'href="../../../../lugar/13/index.html"' in old
    assert (site / "datos/descargas/p1/valores.csv").read_text() == "publicacion\n1\n"
    assert "entre julio y setiembre de 2026" in (site / "lugar/13/index.html").read_text(encoding="utf-8")


def test_an_older_publication_written_again_does_not_become_the_front(site: Path, snapshots: dict[int, Snapshot], tmp_path: Path) -> None:
    folder = shutil.copytree(site, tmp_path / "s")
    shutil.rmtree(folder / "p/1")
    made = write_site(snapshots[1], folder)
    assert made.publications == (1, 2)
    assert (folder / "index.html").read_bytes() == (site / "index.html").read_bytes()
    assert (folder / "p/1/index.html").read_bytes() == (site / "p/1/index.html").read_bytes()


def test_a_folder_of_something_else_is_left_alone(snapshots: dict[int, Snapshot], tmp_path: Path) -> None:
    (tmp_path / "tesis.docx").write_text("no tocar")
    with pytest.raises(SiegemError, match="no es un sitio de SIEGEM"):
        write_site(snapshots[2], tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["tesis.docx"]


def test_a_failure_half_way_leaves_the_site_that_was_there(site: Path, snapshots: dict[int, Snapshot], tmp_path: Path) -> None:
    folder = shutil.copytree(site, tmp_path / "s")
    before = {p: p.read_bytes() for p in folder.rglob("*.html")}

    def fails(snapshot: Snapshot, place: Path) -> None:
        raise OSError("disco lleno")

    with pytest.raises(OSError, match="disco lleno"):
        write_site(snapshots[2], folder, data=fails)
    assert {p: p.read_bytes() for p in folder.rglob("*.html")} == before
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


def test_without_an_address_there_is_no_sitemap(site: Path) -> None:
    assert not (site / "sitemap.xml").exists() and "Sitemap" not in (site / "robots.txt").read_text()


def test_a_place_takes_its_own_table_away(site: Path) -> None:
    rows = (site / "datos/lugares/p2/1310.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("indicador,") and all(",1310," in r for r in rows[1:]) and len(rows) > 1
    links = Read((site / "provincia/1310/index.html").read_text(encoding="utf-8")).links
    assert "../../datos/lugares/p2/1310.csv" in links
    assert (
        "../../datos/indicadores/p2/pct_tramites_en_plazo.csv"
        in Read((site / "pregunta/pct_tramites_en_plazo/index.html").read_text(encoding="utf-8")).links
    )


def test_nothing_of_the_server_is_left_in_the_files(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "/api/v1" not in text and "<form" not in text and "interactiva" not in text, page


def test_a_site_is_told_by_its_mark(site: Path, tmp_path: Path) -> None:
    assert export.previous_publications(site) == (1, 2)
    assert export.previous_publications(tmp_path / "nada") == ()
