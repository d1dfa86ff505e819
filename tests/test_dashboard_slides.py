"""The deck of the forum: charts whose workbooks hold the API's numbers, shapes that stay on the slide, the same bytes each time."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import geography, published, rows
from dashboard.address import Reader, reader
from dashboard.language import missing
from dashboard.narrative import foro_deck, foro_map
from dashboard.published import Snapshot
from dashboard.slides import look, measure
from dashboard.slides.file import deck
from dashboard.slides.own import Own
from tests import slides_reading as reading
from tests.sample_publication import ABSENT, BY_STEP, LAST, SURVIVAL, build
from warehouse.states import PUBLISHED
from warehouse.store import Warehouse
from warehouse.territories import all_territories, regions

TIME, COPPER = "pct_tramites_en_plazo", "produccion_cobre"
BASE = "https://siegem.example"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(tmp_path_factory.mktemp("laminas"))


@pytest.fixture
def snap(warehouse: Warehouse) -> Iterator[Snapshot]:
    published.open_store(warehouse)
    token = reader.set(Reader("es", published.snapshot().number))
    yield published.snapshot()
    reader.reset(token)


def same(found: Any, told: Any) -> bool:
    """A workbook keeps sixteen digits."""
    return (found is None and told is None) or (
        found is not None and told is not None and abs(float(found) - float(told)) <= 1e-12 * max(1.0, abs(float(told)))
    )


@pytest.mark.parametrize("region", [r.codigo for r in regions()])
def test_workbooks_hold_the_numbers_of_the_api(snap: Snapshot, region: str) -> None:
    wanted = f"{TIME},{TIME}~serie" + (f",{COPPER},{SURVIVAL}" if region in ("13", "15") else "")
    of_api = {
        (r["indicador"], r["territorio"], r["periodo"]): r
        for i in (TIME, COPPER, SURVIVAL) for r in rows.value_rows(snap, {"indicador": i, "desglose": "ninguno"})
    }  # fmt: skip
    names = {s.text("short_name"): s.id for s in snap.indicators()}
    compared = 0
    for chart in reading.charts(reading.opened(deck(snap, wanted, region))):
        first = next(iter(chart.series))
        for i, row in enumerate(chart.rows):
            if first in names:  # bars of regions at the last period
                told = of_api[names[first], row["Código"], snap.last_period(names[first])]
            else:  # a line of the region
                told = of_api.get((TIME, region, row["Código"]))
                assert told is not None and first == all_territories()[region].nombre
            shown = told if told["estado"] == PUBLISHED else dict.fromkeys(told)
            assert same(row[first], shown["valor"]) and same(chart.series[first][i], shown["valor"]), (chart.name, row)
            assert same(row["Inferior"], shown["inferior"]) and same(row["Superior"], shown["superior"]) and same(row["n"], shown["n"]), (
                chart.name,
                row,
            )
            assert row["Estado"] == told["estado"]
            compared += row[first] is not None
    assert compared >= 30


def test_bars_are_all_regions_with_a_value_and_the_country(snap: Snapshot) -> None:
    found = list(reading.charts(reading.opened(deck(snap, TIME, "13"))))
    codes = [r["Código"] for c in found for r in c.rows]
    assert len(codes) == 26 - len(ABSENT) + 1 and "00" in codes and not set(ABSENT) & set(codes)
    values = [v for c in found for s in c.series.values() for v in s]
    assert values == sorted(values, reverse=True)


def test_intervals_are_error_bars_taken_from_the_workbook(snap: Snapshot) -> None:
    body = deck(snap, TIME, "13")
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        xml = next(file.read(n).decode() for n in file.namelist() if n.startswith("ppt/charts/chart") and n.endswith(".xml"))
    assert '<c:errValType val="cust"/>' in xml and "<c:f>Datos!$E$2:$E$" in xml and "<c:f>Datos!$F$2:$F$" in xml
    plus = re.search(r"<c:plus>.*?<c:v>([^<]+)</c:v>", xml, re.S)
    first = next(reading.charts(reading.opened(body))).rows[0]
    assert plus is not None and same(plus[1], first["Superior"] - first[next(k for k in first if k != "nombre")])
    assert xml.index("<c:dLbls>") < xml.index("<c:errBars") < xml.index("<c:cat>")


def test_what_is_withheld_is_in_no_workbook_and_in_no_word(snap: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Snapshot._values

    def with_planted(self: Snapshot, sheet: Any, *asked: Any) -> Any:
        frame = real(self, sheet, *asked).copy()
        hidden = frame["estado"] == "no_publicable"
        for column, planted in (("valor", 77.125), ("numerador", 7123.0), ("n", 7124.0), ("inferior", 7125.0), ("superior", 7126.0)):
            frame[column] = frame[column].astype(float).mask(hidden, planted)
        return frame

    monkeypatch.setattr(Snapshot, "_values", with_planted)
    assert (snap.values(TIME, period=LAST)["valor"] == 77.125).any()
    for region in ("", "25"):
        body = deck(snap, f"{TIME},{TIME}~mapa,{TIME}~serie", region)
        assert not {77.125, 7123.0, 7124.0, 7125.0, 7126.0} & reading.numbers(body)
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            told = "".join(file.read(n).decode() for n in file.namelist() if n.endswith(".xml"))
        assert not re.search(r"77\.1|7,?12[3456](?!\d)", re.sub(r'\b(x|y|w|h|cx|cy|id|idx|sz|val)="[^"]*"|<a:(off|ext|pt) [^>]*>', "", told))
        assert "Ucayali" in told


@pytest.mark.parametrize(("region", "lang"), [("", "es"), ("13", "es"), ("26", "en")])
def test_nothing_leaves_its_slide_or_its_box(snap: Snapshot, region: str, lang: str) -> None:
    missing.clear()
    wanted = ",".join([*(s.id for s in snap.indicators()), f"{TIME}~mapa", f"{COPPER}~mapa", f"{TIME}~serie"])
    made = reading.opened(deck(snap, wanted, region, lang, base=BASE, own=Own({}, tuple({"acuerdo": "Firmar el convenio de información " * 5, "responsable": "GREMH", "fecha": "2027-03-01", "evidencia": "Acta"} for _ in range(9)))))  # fmt: skip
    assert reading.outside(made) == [] and reading.overflowing(made) == [] and missing == set()


def test_every_slide_says_where_it_comes_from_and_can_be_read_aloud(snap: Snapshot) -> None:
    made = reading.opened(deck(snap, f"{TIME},{TIME}~mapa,{TIME}~serie,{BY_STEP},distribucion_situacion_area_2006", "13", base=BASE))
    assert (made.slide_width, made.slide_height) == (12192000, 6858000)
    for slide in made.slides:
        told = reading.texts(slide)
        assert slide.shapes.title is not None and slide.shapes.title.text_frame.text
        assert f"publicación N.º {snap.number} del" in told and f"publicacion={snap.number}" in told and BASE in told, told
        assert "Datos al" in told
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table or shape in reading.freeforms(slide):
                assert reading.described(shape), shape.name
        xml = slide._element.xml
        assert not re.findall(r"<a:r>\s*<a:rPr(?![^>]*lang=\"es-PE\")", xml)
    of_time = next(s for s in made.slides if any(x.has_chart for x in s.shapes))
    assert "Dato sintético de demostración" in reading.texts(of_time) and "Plazo referencial" in reading.texts(of_time)
    notes = of_time.notes_slide.notes_text_frame.text
    for head in ("LA FRASE", "CÓMO SE CALCULA", "QUÉ PREGUNTAR", "QUÉ SE PUEDE DECIR Y QUÉ NO"):
        assert head in notes
    assert "intervalo de 95 %" in notes and "Numerador" in notes


def test_absences_are_told_by_name_and_reason(snap: Snapshot) -> None:
    made = reading.opened(deck(snap, f"{TIME},{TIME}~mapa"))
    for slide in [s for s in made.slides if any(x.has_chart for x in s.shapes) or reading.freeforms(s)]:
        told = reading.texts(slide)
        assert all(all_territories()[code].nombre in told for code in ABSENT) and "No reportado: Tumbes" in re.sub(r"\s+", " ", told)


def test_the_map_is_a_shape_for_each_region(snap: Snapshot) -> None:
    made = reading.opened(deck(snap, f"{TIME}~mapa", "13"))
    slide = next(s for s in made.slides if reading.freeforms(s))
    shapes = {s.name: s for s in reading.freeforms(slide)}
    assert set(shapes) == {all_territories()[c].nombre for c in geography.codes()}
    sheet = snap.sheet(TIME)
    classes = foro_map.classes(snap.values(TIME, kind="trimestre", period=LAST, category=""), sheet, "es")
    for code in geography.codes():
        fill, step = shapes[all_territories()[code].nombre].fill, classes.step(code)
        if step:
            assert str(fill.fore_color.rgb) == look.MAP[step - 1]
        else:
            bare = ABSENT[code] == "sin_denominador"
            assert ("pattFill" in fill._xPr.xml) != bare, code
    assert sum(len(c.rows) for c in classes.classes) == 26 - len(ABSENT)


def test_letters_are_large(snap: Snapshot) -> None:
    made = reading.opened(deck(snap, f"{TIME},{TIME}~mapa,{SURVIVAL},{COPPER}", "13"))
    small = {"Fuente", "Sección", "Aviso", "Avisos", "Número de lámina"}
    for slide in list(made.slides)[1:]:
        for name, size in reading.sizes(slide):
            least = (
                9
                if name == "Fuente"
                else look.SOURCE
                if name in small
                else 14
                if name.startswith(("Regiones", "Unidad", "Direcciones"))
                else look.LEAST
            )
            assert size >= least, (name, size)
    for slide in made.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                assert shape.chart.category_axis.tick_labels.font.size.pt >= look.LEAST


def test_the_same_choice_gives_the_same_bytes(snap: Snapshot) -> None:
    wanted = f"{TIME},{TIME}~mapa,{TIME}~serie"
    body = deck(snap, wanted, "13", base=BASE)
    assert body == deck(snap, wanted, "13", base=BASE) and body != deck(snap, wanted, "18", base=BASE)
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        assert {i.date_time for i in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        books = [file.read(n) for n in file.namelist() if n.endswith(".xlsx")]
        assert not any(n.endswith((".jpeg", ".bin")) for n in file.namelist())
    assert books and all({i.date_time[0] for i in zipfile.ZipFile(io.BytesIO(b)).infolist()} == {1980} for b in books)
    made = reading.opened(body).core_properties
    assert made.created.date() == snap.publication.creada_en.date() and made.language == "es-PE"


def test_notes_and_agreements_of_the_hall_are_in_it(snap: Snapshot) -> None:
    own = Own(
        {f"{TIME}@13": "Pedir a la GREMH\nel acta"}, ({"acuerdo": "=Firmar", "responsable": "GREMH", "fecha": "2027-03-01", "evidencia": "Acta"},)
    )
    made = reading.opened(deck(snap, TIME, "13", own=own))
    assert any("NOTA DE QUIEN PRESENTA\nPedir a la GREMH\nel acta" in s.notes_slide.notes_text_frame.text for s in made.slides if s.has_notes_slide)
    table = next(s.table for slide in made.slides for s in slide.shapes if s.has_table and s.name.removeprefix("Cuadro: ") == "Acuerdos")
    assert [c.text for c in table.rows[1].cells] == ["1", "=Firmar", "GREMH", "01-03-2027", "Acta", "Pendiente"]
    assert len(table.rows) == 7 and [c.text for c in table.rows[6].cells] == ["6", "", "", "", "", ""]


def test_the_colours_are_those_of_the_house() -> None:
    css = (Path(look.__file__).parents[1] / "assets" / "10-tokens.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+): #([0-9A-F]{6});", css[css.index('[data-theme="light"]') : css.index("[data-projector]")]))
    assert tuple(light[k] for k in ("papel", "tinta", "cobre", "mejora", "empeora", "contexto-1")) == (look.PAPER, look.INK, look.COPPER, look.BETTER, look.WORSE, look.CONTEXT)  # fmt: skip
    assert tuple(light[f"mapa-{i}"] for i in range(1, 6)) == look.MAP and light["contexto-0"] == look.STRONG


def test_texts_are_measured_wide_and_cut_at_words() -> None:
    assert measure.lines("uno dos tres", 24, measure.width("uno dos", 24)) == ["uno dos", "tres"]
    assert measure.cut("uno dos tres cuatro", 24, measure.width("uno dos…", 24), 1) == "uno dos…"
    assert measure.width("ñandú", 10, bold=True) > measure.width("ñandú", 10) > 20


def test_the_usual_round_is_the_forum_s(snap: Snapshot) -> None:
    made = reading.opened(deck(snap, "", ""))
    titles = [s.shapes.title.text_frame.text for s in made.slides]
    of_forum = [t for t in (str(s.title) for s in foro_deck.deck(snap, "", "", "es")) if not t.startswith("[")]
    assert set(of_forum) <= set(titles)
    assert any(x.startswith("Fuentes y estados") for x in titles)


@pytest.mark.slow
def test_libreoffice_opens_it(snap: Snapshot, tmp_path: Path) -> None:
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None or not list(Path("/usr/lib/libreoffice/program").glob("libsdlo.so")):
        pytest.skip("faltan LibreOffice Impress o pdftotext (apt-get install libreoffice-impress poppler-utils): no se pudo abrir el PPTX")
    (tmp_path / "l.pptx").write_bytes(deck(snap, f"{TIME},{TIME}~mapa,{TIME}~serie", "13"))
    profile = f"-env:UserInstallation=file://{tmp_path / 'lo'}"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "l.pptx")],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    told = subprocess.run(["pdftotext", "-layout", str(tmp_path / "l.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    assert told.count("\f") == len(reading.opened((tmp_path / "l.pptx").read_bytes()).slides)
    shown = snap.values(TIME, period=LAST, territory="13", category="").iloc[0]["valor"]
    assert "Madre de Dios" in told and f"{shown:.1f}" in told and "Dato sintético" in told
