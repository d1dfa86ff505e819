"""Theme pages: every indicator is on one, declarations are checked, processes add up, and what is not there is said."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import dash
import pandas as pd
import pytest
import yaml

from dashboard import navigation, preview, published, temas
from dashboard.address import Reader, reader
from dashboard.dash_internals import forget_pages
from dashboard.figures import FIGURES, Params, calor, cascada, embudo
from dashboard.narrative import headline_cards, tema_spans, tema_view
from dashboard.published import Sheet, Snapshot
from dashboard.temas.declaration import Funnel, Heat, Parts, Waterfall
from tests import sample_publication as sample
from warehouse import publications
from warehouse.catalogue import indicators as installed
from warehouse.errors import DeclarationError
from warehouse.publications import VALUE_COLUMNS, Draft
from warehouse.settings import load
from warehouse.store import Warehouse
from warehouse.territories import regions

ROOT = Path(__file__).resolve().parents[1]
STEPS, CHAIN, RATE, RISK = "participacion_etapa_en_demora", "primer_requisito_faltante", "tasa_formalizacion", "exposicion_condiciones_criticas"
LAST, BEFORE = sample.LAST, "2025-T1"
DAYS = {"recepcion": 10, "evaluacion_tecnica": 50, "subsanacion": 25, "firma": 15}
HANDS = {"entidad": 75, "administrado": 25}
STOPS = {"derecho_minero": 400, "terreno_superficial": 200, "igafom_correctivo": 100}
BY = {"es": "x", "en": "x"}


def rows() -> Iterator[dict[str, Any]]:
    def row(indicator: str, place: str, period: str, **figures: Any) -> dict[str, Any]:
        return sample._row(indicator, place, "trimestre", period, avisos=["sintetico"], **figures)

    for place in ("00", "13"):
        for split, parts in (("etapa", DAYS), ("responsable", HANDS)):
            for category, days in parts.items():
                hidden = place == "13" and category == "firma"
                value = (
                    {"estado": "n_insuficiente", "n": 12}
                    if hidden
                    else {"valor": float(days), "numerador": 10.0 * days, "denominador": 1000.0, "n": 200}
                )
                yield row(STEPS, place, LAST, desglose=split, categoria=category, **value)
    for period, places in ((LAST, ("00",)), (BEFORE, ("00", "13"))):
        for place in places:
            for category, n in STOPS.items():
                yield row(CHAIN, place, period, desglose="requisito", categoria=category, valor=n / 7, numerador=float(n), denominador=700.0, n=700)
            yield row(RATE, place, period, valor=10.0, numerador=300.0, denominador=3000.0, n=3000)
    for category in STOPS:
        yield row(CHAIN, "13", LAST, desglose="requisito", categoria=category, estado="competencia_minem")
    yield row(RATE, "13", LAST, estado="competencia_minem")
    for i, region in enumerate(regions()):
        for category in ("CC1_cambios_politicos", "CC2_continuidad_descentralizacion"):
            value = {"estado": "no_reportado"} if region.codigo == "24" else {"valor": float(1 + (i + len(category)) % 20), "n": 1}
            yield row(RISK, region.codigo, LAST, desglose="condicion", categoria=category, **value)


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    warehouse = Warehouse(load(datos=tmp_path_factory.mktemp("temas"))).prepare()
    known = installed()
    ready = {i: known[i].model_dump(mode="json") for i in (STEPS, CHAIN, RATE, RISK)} | sample.definitions()
    names = {"recepcion": "Recepción", "evaluacion_tecnica": "Evaluación técnica", "subsanacion": "Subsanación", "firma": "Firma"}
    ready[STEPS]["breakdowns"][0]["labels"] = {k: {"es": v, "en": v} for k, v in names.items()}
    sheets = [
        {"indicador": i, "ficha": f, "tablas": ["tramites"], "sql": f"select 1 -- {i}", "huella": publications.digest(f)} for i, f in ready.items()
    ]
    frame = pd.concat([sample.values(sample.QUARTERS), pd.DataFrame(list(rows()), columns=VALUE_COLUMNS)], ignore_index=True)
    publications.publish(
        warehouse.engine, Draft(frame, sheets, sample.sources(), {"tramites": 1}, "0.1.0", publications.digest("temas"), date(2026, 9, 30), 0.9, "")
    )
    published.open_store(warehouse)
    yield published.snapshot()


@pytest.fixture
def tema(snap: Snapshot) -> Iterator[Any]:
    """The module of theme pages, registered in an application of its own."""
    forget_pages()
    dash.Dash("dashboard", use_pages=True, pages_folder="")
    # Dash takes the package of pages out of the loaded modules after each application: a reload would miss its parent
    sys.modules.pop("dashboard.pages.tema", None)
    module = importlib.import_module("dashboard.pages.tema")
    token = reader.set(Reader("es", snap.number))
    yield module
    reader.reset(token)
    forget_pages()


def html(tema: Any, path: str, **state: Any) -> str:
    theme = next(t for t in temas.every() if t.path == path)
    return preview.to_html(tema.page(theme, **state))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.replace("\xa0", " ")))


# ---- declarations ----------------------------------------------------------------------------------------------------


def test_every_indicator_is_reachable_from_a_theme_page() -> None:
    named = {i for t in temas.every() for i in t.named()}
    assert set(installed()) - named == set(), "add these indicators to a page of dashboard/temas/"
    assert named - set(installed()) == set(), "these indicators do not exist"


def test_declared_breakdowns_and_stages_exist() -> None:
    known = installed()
    for theme in temas.every():
        for section in theme.sections:
            if isinstance(section, (Waterfall, Funnel, Parts)) and section.breakdown:
                assert section.breakdown in {b.name for b in known[section.indicator].breakdowns}, (theme.path, section.indicator)
            if isinstance(section, Heat) and section.by != "periodos":
                assert section.by in {b.name for b in known[section.indicator].breakdowns}, (theme.path, section.indicator)
    contract = yaml.safe_load((ROOT / "etl/contracts/tramite_etapas.yml").read_text(encoding="utf-8"))
    stages = next(p for p in contract["schema"][0]["properties"] if p["name"] == "etapa")["enum"]
    declared = temas.waterfall_of(STEPS)
    assert declared is not None and {s.code for s in declared.stages} == {e["value"] for e in stages}


def test_icons_are_drawn_and_paths_are_of_one_page_each() -> None:
    drawn = set(re.findall(r"\.icono--([\w-]+) ", (ROOT / "dashboard/assets/50-iconos.css").read_text(encoding="utf-8")))
    assert {t.icon for t in temas.every()} | {icon for _, icon, _ in navigation.SECTIONS} <= drawn
    roots = [navigation.root(p) for p, _, _ in navigation.SECTIONS] + [t.path for t in temas.every()]
    assert len(roots) == len(set(roots))


MINIMAL: dict[str, Any] = {
    "path": "/agua", "order": 1, "icon": "ambiente", "word": {"es": "Agua", "en": "Water"}, "question": {"es": "¿Hay agua?", "en": "Is there water?"},
    "lead": ["a"], "sections": [{"kind": "cards", "indicators": ["a"]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": "red"}, "agua.yml: colour: no existe esa clave"),
        ({"word": {"es": "Agua"}}, "agua.yml: word.en: falta"),
        ({"sections": [{"kind": "pastel", "indicator": "a"}]}, "no es una clase de sección"),
        ({"sections": [{"kind": "ranking"}]}, "sections[1].indicator: falta"),
        ({"answer": ["b"]}, "answer nombra «b»"),
        ({"path": "agua"}, "agua.yml: path"),
    ],
)
def test_a_wrong_declaration_is_told_with_its_place(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    (tmp_path / "agua.yml").write_text(yaml.safe_dump({**MINIMAL, **change}), encoding="utf-8")
    with pytest.raises(DeclarationError, match=re.escape(told)):
        temas.collect(tmp_path)


def test_two_pages_cannot_share_an_address_and_hands_must_be_known(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump(MINIMAL), encoding="utf-8")
    with pytest.raises(DeclarationError, match="ya es de otra página"):
        temas.collect(tmp_path)
    section = {"kind": "cascada", "indicator": "a", "breakdown": "x", "total": "y",
               "stages": [{"code": "uno", "hands": "nadie"}, {"code": "dos", "hands": "yo"}],
               "hands": [{"code": "yo", "whose": "own", "name": BY}, {"code": "tu", "whose": "other", "name": BY}]}  # fmt: skip
    (tmp_path / "b.yml").write_text(yaml.safe_dump({**MINIMAL, "path": "/b", "sections": [section]}), encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"uno \(nadie\)"):
        temas.collect(tmp_path)


# ---- figures ---------------------------------------------------------------------------------------------------------


def trace(figure: Any, name: str) -> dict[str, Any]:
    return next(t for t in figure.to_plotly_json()["data"] if t["name"] == name)


def test_stages_follow_one_another_and_the_whole_is_by_hands(snap: Snapshot) -> None:
    figure = FIGURES["cascada"](snap, Params(STEPS))
    bars, total = trace(figure, "etapas"), trace(figure, "total")
    assert bars["customdata"] == ["recepcion", "evaluacion_tecnica", "subsanacion", "firma"], "the declared order, absent stages left out"
    assert bars["base"] == [0, 10, 60, 85] and list(bars["x"]) == [10, 50, 25, 15]
    assert bars["marker"]["color"] == ["var:contexto-0", "var:contexto-0", "var:contexto-1", "var:contexto-0"], "the applicant's apart"
    assert total["customdata"] == ["entidad", "administrado"] and total["base"] == [0, 75]
    told = " ".join(a["text"] for a in figure.to_plotly_json()["layout"]["annotations"])
    assert "El solicitante" in told and "<b>Evaluación técnica</b>" in told


def test_a_region_stands_before_the_country_and_a_stage_without_value_says_why(snap: Snapshot) -> None:
    declared = temas.waterfall_of(STEPS)
    assert declared is not None
    found = cascada.chain(snap, Params(STEPS, "13"), declared)
    assert found.place == "13" and [s.shown for s in found.steps] == [True, True, True, False]
    figure = cascada.draw_cascade(found, snap.sheet(STEPS))
    assert len(trace(figure, "pais")["x"]) == 4
    assert any("n insuficiente" in a["text"] for a in figure.to_plotly_json()["layout"]["annotations"])
    assert cascada.chain(snap, Params(STEPS, "18"), declared).place == "00", "a region without stages is told by the country"


def test_a_funnel_counts_who_passes_and_who_stops(snap: Snapshot) -> None:
    declared = temas.funnel_of(CHAIN)
    assert declared is not None
    found = embudo.descent(snap, Params(CHAIN), declared)
    assert found.entered == 1000 and [s.passed for s in found.stops] == [600, 400, 300]
    assert found.arrived is not None and found.arrived["numerador"] == 300, "who passed the last stage is who arrived"
    assert found.largest is found.stops[0] and embudo.stopped_words(found.stops[1], "es").startswith("200 se detienen aquí (33")
    figure = FIGURES["embudo"](snap, Params(CHAIN))
    assert trace(figure, "se_detienen")["marker"]["color"][0] == "var:cobre" and list(trace(figure, "pasan")["x"]) == [1000, 600, 400, 300, 300]


def test_after_a_stage_without_value_nothing_is_derived(snap: Snapshot) -> None:
    declared = temas.funnel_of(CHAIN)
    assert declared is not None
    found = embudo.descent(snap, Params(CHAIN), declared)
    hidden = {**found.stops[1].row, "estado": "no_publicable", "numerador": None, "valor": None}
    stops = (found.stops[0], embudo.Stop(hidden, 600.0), embudo.Stop(found.stops[2].row, None))
    assert [s.passed for s in stops] == [600, None, None] and stops[2].share is None
    drawn = embudo.draw_funnel(embudo.Descent("00", LAST, 1000.0, stops, None), snap.sheet(CHAIN), declared)
    assert list(trace(drawn, "pasan")["x"]) == [1000, 600]


def test_a_heat_map_writes_values_and_hatches_absences(snap: Snapshot) -> None:
    found = calor.grid(snap, Params(RISK, categoria="condicion"))
    assert len(found.places) == 26 and len(found.columns) == 2 and found.places[-1] == "24", "without any value it stands last"
    cells = trace(FIGURES["calor"](snap, Params(RISK, "13", categoria="condicion")), "celdas")
    assert len(cells["y"]) == 52 and cells["text"].count("") == 2 and cells["marker"]["pattern"]["shape"].count("/") == 2
    in_time = calor.grid(snap, Params("pct_tramites_en_plazo"))
    assert in_time.in_time and in_time.columns[-1] == LAST and in_time.places[0] == "00"


def test_figures_without_a_declaration_say_so(snap: Snapshot) -> None:
    for name in ("cascada", "embudo"):
        assert "en orden" in FIGURES[name](snap, Params("pct_tramites_en_plazo")).to_plotly_json()["layout"]["annotations"][0]["text"]


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_the_page_answers_its_question(tema: Any) -> None:
    page = plain(html(tema, "/procesos"))
    assert "la etapa que más tiempo toma es «Evaluación técnica», 50.0 %; la oficina regional tiene el expediente 75.0 % del tiempo." in page
    assert "de forma concluyente" in page and "Áncash" in page
    one = plain(html(tema, "/procesos", region="13"))
    assert "La Libertad, jul.–set. 2026: la etapa que más tiempo toma" in one and "En el país," in one


def test_what_is_not_published_says_so(tema: Any) -> None:
    page = plain(html(tema, "/ambiente"))
    assert page.count("Este indicador no está en la publicación N.º 1.") >= 4
    assert "Esta publicación todavía no responde" in page


def test_a_country_without_a_value_tells_where_its_regions_stand(tema: Any, snap: Snapshot) -> None:
    sheet, view = snap.sheet(RISK), tema_view.view(snap, "", "", "es")
    assert tema.tema_cards.regions_span(view, sheet) == "", "nothing undivided is published of it"
    rows = [
        {**r, "valor": v}
        for r, v in zip(list(calor.grid(snap, Params(RISK, categoria="condicion")).cells.values())[:3], (1.0, 1.0, 9.0), strict=True)
    ]
    told = plain(tema_spans.span(rows, sheet, "es"))
    assert re.fullmatch(r"de 1\.0 .* en 2 regiones a 9\.0 .* en \S+", told)


def test_a_region_that_lost_the_function_shows_its_last_period(tema: Any) -> None:
    page = plain(html(tema, "/formalizacion", region="13"))
    assert "La Libertad no tiene valor en jul.–set. 2026 (competencia de MINEM): se muestra el último que tuvo, ene.–mar. 2025." in page
    assert "Último valor publicado: 10.0 % (ene.–mar. 2025)." in page and "y hay 300 formalizadas" in page


def test_the_period_chosen_is_the_last_one_shown(tema: Any, snap: Snapshot) -> None:
    view = tema_view.view(snap, "13", "2025-T4", "es")
    assert view.period(snap.sheet("pct_tramites_en_plazo")) == "2025-T4" and view.period(snap.sheet("produccion_cobre")) == "2025"
    assert tema_view.view(snap, "99", "ayer", "es") == tema_view.view(snap, "", "", "es")
    assert "oct.–dic. 2025" in plain(html(tema, "/procesos", periodo="2025-T4"))


@pytest.mark.parametrize("path", [t.path for t in temas.every()])
@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_page_is_made_and_is_light(tema: Any, path: str, lang: str) -> None:
    for region in ("", "13"):
        page = html(tema, path, region=region, lang=lang)
        assert len(page) < 150_000 and page.count("figura__lienzo") <= 6
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_pages_are_registered_with_both_titles(tema: Any) -> None:
    known = {p["path"]: p for p in dash.page_registry.values()}
    assert {t.path for t in temas.every()} <= set(known)
    assert (known["/formalizacion"]["title"], known["/formalizacion"]["title_en"]) == ("Formalización", "Formalisation")


def test_a_mark_never_covers_a_real_figure(tema: Any, snap: Snapshot) -> None:
    """Where some cards are invented and some are not, those carry the mark and the group does not."""
    invented, real = "pct_tramites_en_plazo", "produccion_cobre"

    class Mixed(tema_view.View):
        def sheet(self, indicator: str) -> Sheet | None:
            return replace(snap.sheet(indicator), synthetic=indicator == invented)

    view = Mixed(snap)
    assert [len(tema.tema_cards.chips(view, ids)) for ids in ([invented], [real], [invented, real])] == [1, 0, 0]
    mixed = list(tema.tema_cards.block(view, [invented, real]).children)
    assert ["chip-sintetico" in preview.to_html([card]) for card in mixed] == [True, False]
    alone = preview.to_html([tema.tema_cards.block(view, [invented])])
    assert "chip-sintetico" not in alone, "said once above them"


def test_nothing_chosen_names_no_period_of_which_a_figure_is_newer(tema: Any) -> None:
    filters = tema._filters(tema_view.view(published.snapshot(), "", "", "es"), next(t for t in temas.every() if t.path == "/actividad"))
    chosen = [c.children[1] for c in filters.children if getattr(c, "className", "") == "filtros__grupo"][1]
    assert chosen.value == "" and chosen.data[0] == {"value": "", "label": "lo más reciente"}


def test_a_proposed_target_is_neither_failed_nor_met(tema: Any, snap: Snapshot) -> None:
    sheet = snap.sheet("pct_tramites_en_plazo")
    target = {"value": 85, "status": "propuesta", "text": {"es": "Meta.", "en": "Target."}, "since": None}
    proposed = Sheet(sheet.id, {**sheet.ficha, "targets": [target]}, sheet.tablas, "")
    row = {"meta": 85.0, "meta_estado": "no_cumple", "avisos": [], "periodo": LAST, "estado": "publicado", "valor": 60.0}
    told = plain(preview.to_html(tema.tema_cards._target(row, proposed, "es")))
    assert "Meta propuesta, sin aprobar, 85 %: no la alcanza." in told and "no cumple" not in told
    card = preview.to_html([headline_cards._target_card({**row, "cambio_estado": None}, proposed, "es")])
    assert "no alcanza la meta" in card and "empeora" not in card
    binding = Sheet(sheet.id, {**sheet.ficha, "targets": [{**target, "status": "legal"}]}, sheet.tablas, "")
    assert "cambio--empeora" in preview.to_html([headline_cards._target_card({**row, "cambio_estado": None}, binding, "es")])


# ---- navigation ------------------------------------------------------------------------------------------------------


def test_the_rail_has_every_page_and_opens_more_where_the_page_is_in_it() -> None:
    rail = navigation.rail("/linea-base", Reader("en"), "x")
    assert {t.path for t in temas.every()} <= set(re.findall(r'data-seccion="([^"]+)"', rail))
    assert '<details class="riel__mas" open>' in rail and 'href="/linea-base?lang=en"' in rail and "Baseline" in rail
    assert " open>" not in navigation.rail("/procesos", Reader(), "x")


def test_a_province_is_found_under_its_region_and_readiness_under_quality(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dash, "page_registry", {p: {"path": p, "path_template": None} for p in ("/calidad", "/entregas")})
    for path, home in (("/provincia/1309", "/region"), ("/replica", "/calidad")):
        for made in (navigation.rail(path, Reader(), "x"), navigation.bar(path, Reader(), "x")):
            assert set(re.findall(r'data-seccion="([^"]+)"[^>]*aria-current', made)) == {home}
            assert f'data-seccion="{home}" data-tambien="/{path.split("/")[1]}"' in made


def test_phones_have_five_and_the_fifth_lists_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dash, "page_registry", {p: {"path": p, "path_template": None} for p in ("/entregas", "/calidad", "/mapa")})
    bar = navigation.bar("/mapa", Reader(), "x")
    assert bar.count('"barra-inferior__enlace"') == 5 and bar.count("<details") == 1
    assert {t.path for t in temas.every()} | {"/entregas", "/calidad", "/mapa"} <= set(
        re.findall(r'lista-paginas__enlace[^>]*data-seccion="([^"]+)"', bar)
    )


def test_pages_that_are_not_installed_are_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dash, "page_registry", {})
    assert "/metodologia" not in navigation.rail("/", Reader(), "x")
    monkeypatch.setattr(dash, "page_registry", {"m": {"path": "/metodologia", "path_template": None}})
    assert "/metodologia" in navigation.rail("/", Reader(), "x")
