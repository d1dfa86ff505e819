"""Pages as components: each renders on the sample publication in both languages, and says what it must."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from dash.development.base_component import Component

from dashboard import formats, preview, published
from dashboard.address import Reader, reader
from dashboard.app import create_app
from dashboard.figures.request import Params
from dashboard.narrative import cards, headlines, lineage, matrix, matrix_sentences, matrix_table, parts, quality, sentences
from dashboard.published import Sheet, Snapshot
from tests.sample_publication import ABSENT, BY_STEP, LAST, PER_WORKERS, RELATIVE, SURVIVAL, build
from warehouse.store import Warehouse

RATE, TONNES, SEED, BUDGET = "pct_tramites_en_plazo", "produccion_cobre", "distribucion_situacion_area_2006", "pct_ejecucion_presupuestal"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return build(tmp_path_factory.mktemp("muestra"))


@pytest.fixture(scope="module")
def layouts(warehouse: Warehouse) -> Iterator[dict[str, Callable[..., Any]]]:
    """Path or template -> the page's own layout, as Dash registered it."""
    import dash

    create_app(warehouse)
    pages = {p.get("path_template") or p["path"]: p["bare"]["layout"] for p in dash.page_registry.values() if "bare" in p}
    yield pages


@pytest.fixture
def snap(layouts: Any) -> Snapshot:
    return published.snapshot()


def walk(child: Any) -> Iterator[Component]:
    if isinstance(child, Component):
        yield child
        yield from walk(getattr(child, "children", None))
    elif isinstance(child, (list, tuple)):
        for item in child:
            yield from walk(item)


def text(child: Any) -> str:
    if isinstance(child, (list, tuple)):
        return " ".join(text(c) for c in child)
    if isinstance(child, Component):
        return text(getattr(child, "children", None))
    return "" if child is None else str(child)


def plain(child: Any) -> str:
    return re.sub(r"\s+", " ", text(child).replace("\N{NO-BREAK SPACE}", " "))


def classes(child: Any) -> list[str]:
    return [str(getattr(c, "className", "") or "") for c in walk(child)]


def rendered(layouts: dict[str, Callable[..., Any]], path: str, **arguments: Any) -> list[Any]:
    token = reader.set(Reader(arguments.get("lang", "es"), arguments.get("publicacion") or 2, bool(arguments.get("publicacion"))))
    try:
        return layouts[path](**arguments)
    finally:
        reader.reset(token)


CASES = [
    ("/", {}), ("/", {"region": "13"}), ("/", {"region": "zz"}), ("/comparar", {}), ("/comparar", {"indicador": TONNES, "periodo": "2023", "region": "02"}),
    ("/comparar", {"indicador": SEED}), ("/region", {}), ("/region/<cod>", {"cod": "13"}), ("/region/<cod>", {"cod": "26"}), ("/region/<cod>", {"cod": "24"}),
    ("/region/<cod>", {"cod": "zz"}), ("/mapa", {}), ("/mapa", {"indicador": "muertes_accidentes_mineros", "region": "07"}), ("/mapa", {"indicador": SEED}), ("/calidad", {}),
    ("/calidad", {"tabla": "situacion_areas"}),
    *(("/indicador/<id>", {"id": i, "region": r}) for i in (RATE, TONNES, SEED, BUDGET, "p90_dias_ciudadano", "muertes_accidentes_mineros") for r in ("", "13", "26", "L15")),
    ("/indicador/<id>", {"id": RATE, "region": "13", "periodo": "2025-T1", "publicacion": 1}), ("/indicador/<id>", {"id": SEED, "categoria": "atipica"}),
    *(("/indicador/<id>", {"id": i, "region": r}) for i in (SURVIVAL, RELATIVE, PER_WORKERS, BY_STEP) for r in ("", "01", "03", "13", "19")),
    ("/comparar", {"indicador": BY_STEP}), ("/comparar", {"indicador": SURVIVAL}), ("/mapa", {"indicador": BY_STEP}), ("/mapa", {"indicador": RELATIVE}),
    *(("/indicador/<id>", {"id": BY_STEP, "region": r, "categoria": c}) for r, c in (("13", "recepcion"), ("02", "ANA"), ("13", "no_hay"))),
    *(("/indicador/<id>", {"id": RATE, "region": r, "categoria": "1301"}) for r in ("13", "18")),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(("path", "arguments"), CASES, ids=[f"{p}{'-'.join(map(str, a.values()))}" for p, a in CASES])
def test_a_page_renders_with_one_title_and_no_trace_of_missing_values(layouts: Any, path: str, arguments: dict[str, Any], lang: str) -> None:
    made = rendered(layouts, path, **arguments, lang=lang)
    titles = [c for c in walk(made) if c._type == "H1"]
    assert len(titles) == 1 and text(titles[0]).strip()
    shown = plain(made) + " ".join(str(getattr(c, "data-frase", "")) for c in walk(made))
    assert not re.search(r"\b(nan|NaN|None|NaT)\b|\{[a-z_]+\}", shown)
    ids = [str(c.id) for c in walk(made) if getattr(c, "id", None)]
    assert len(ids) == len(set(ids))
    assert text(titles[0])[:20] in preview.to_html(made).replace("&amp;", "&")  # as it is seen before any script runs


def test_english_pages_leave_no_spanish_of_ours(layouts: Any) -> None:
    shown = plain(rendered(layouts, "/", lang="en")) + plain(rendered(layouts, "/indicador/<id>", id=RATE, region="13", lang="en"))
    assert not re.search(r"\b(concluyente|frente a|sin dato|Ficha técnica|regiones|Cuidado)\b", shown)


def test_the_summary_opens_with_how_many_regions_changed_and_how_surely(layouts: Any) -> None:
    made = rendered(layouts, "/", lang="es")
    title = plain(next(c for c in walk(made) if c._type == "H1"))
    name = published.snapshot().sheet(RATE).text("name")
    assert (
        title
        == f"Entre julio y setiembre de 2026, 8 de 20 regiones comparables están peor que hace un año en «{name}»; la diferencia es concluyente en 3."
    )
    below = plain(next(c for c in walk(made) if getattr(c, "className", "") == "oracion-sub"))
    assert (
        below.replace(" ,", ",").replace(" .", ".")
        == "Son Áncash, La Libertad y Puno. Ninguna mejora de forma concluyente. 6 regiones no tienen dato, cada una con su razón."
    )


def test_at_most_four_cards_and_the_synthetic_ones_say_so(layouts: Any) -> None:
    made = rendered(layouts, "/", lang="es")
    found = [c for c in walk(made) if "tarjeta" in str(getattr(c, "className", "")).split()]
    assert 1 <= len(found) <= 4
    for card in found:
        assert ("chip-sintetico" in classes(card)) == published.snapshot().sheet(re.split(r"[/?]", card.href)[2]).synthetic


def test_the_matrix_has_a_row_for_each_indicator_and_real_figures_apart_from_synthetic(layouts: Any, snap: Snapshot) -> None:
    table = matrix_table.table(matrix.Board(snap, "es"), "13")
    rows = [c for c in walk(table) if "matriz__fila" in str(getattr(c, "className", "")).split()]
    assert len(rows) == len(snap.indicators())
    shown, budget, rate = plain(table), snap.sheet(BUDGET).text("short_name"), snap.sheet(RATE).text("short_name")
    assert shown.index("Datos reales") < shown.index(budget) < shown.index("Dato sintético") < shown.index(rate)


def cell_of(table: Any, indicator: str, place: str) -> Any:
    """The cell of the matrix where an indicator's row crosses a region's column."""
    head = next(c for c in walk(table) if c._type == "Thead").children.children
    column = next(i for i, c in enumerate(head) if getattr(c.children, "href", "") == f"/region/{place}")
    rows = [c for c in walk(table) if str(getattr(c, "className", "")) == "matriz__fila"]
    return next(r for r in rows if r.children[0].children[0].href == f"/indicador/{indicator}").children[column]


def said(snap: Snapshot, indicator: str, place: str) -> str:
    """The sentence that the page asks for that cell."""
    column = ["00", *parts.ordered_regions()].index(place)
    return matrix_sentences.told(snap, "es")[indicator][column].replace("\N{NO-BREAK SPACE}", " ")


def test_a_matrix_cell_has_its_sentence_and_is_marked_in_shape_and_words_only_if_conclusive(snap: Snapshot, layouts: Any) -> None:
    table, sentence = matrix_table.table(matrix.Board(snap, "es")), said(snap, RATE, "13")
    name = snap.sheet(RATE).text("short_name")
    assert sentence.startswith(f"La Libertad · {name}, jul.–set. 2026: 44.4 % (60 de 135; intervalo de 95 %: 36.3–52.9).")
    assert "Baja 19.4 puntos frente a jul.–set. 2025: empeora de forma concluyente." in sentence
    assert "Dato sintético de demostración." in sentence
    marked, quiet = cell_of(table, RATE, "13"), cell_of(table, RATE, "01")
    assert "matriz__celda--empeora" in marked.className.split() and plain(marked) == "44 empeora"
    assert "empeora" not in str(getattr(quiet, "className", "")) and re.fullmatch(r"[\d.]+", plain(quiet))
    assert all(
        len(list(walk(c))) <= 2 for c in walk(table) if c._type == "Td" and not getattr(c, "colSpan", 0)
    )  # one element, two where it is marked


def test_the_sentences_stand_in_the_order_of_the_columns(snap: Snapshot, layouts: Any) -> None:
    for row_of in matrix_sentences.told(snap, "es").values():
        assert len(row_of) == 1 + len(parts.ordered_regions())
        assert [s.split(" · ")[0].split(" («")[0] for s in row_of] == [formats.place(c, "es") for c in ("00", *parts.ordered_regions())]


def test_every_absence_of_the_matrix_has_its_own_hatch_and_words(snap: Snapshot, layouts: Any) -> None:
    table = matrix_table.table(matrix.Board(snap, "es"))
    for place, state in ABSENT.items():
        cell = cell_of(table, RATE, place)
        assert plain(cell) and f"matriz__celda--ausente-{state}" in cell.className.split()
        assert re.search(r"reportó|casos|MINEM|identificar|regla|dividir", said(snap, RATE, place))


def test_one_reason_for_every_region_is_one_cell_with_what_is_known(snap: Snapshot, layouts: Any) -> None:
    table = matrix_table.table(matrix.Board(snap, "es"))
    whole = next(c for c in walk(table) if "matriz__razon" in str(getattr(c, "className", "")))
    assert whole.colSpan == 27
    assert re.search(
        r"La Libertad, Moquegua y Pasco, 2006: la parte mayor es «Libre», 50\.2 % \(431 de 858\)\. La fuente no lo desglosa", plain(whole)
    )


def test_small_amounts_never_read_as_zero() -> None:
    assert (
        matrix_table._short(9, 1000, 0, "es") == "<1"
        and matrix_table._short(0, 1000, 0, "es") == "0"
        and matrix_table._short(900, 1000, 0, "es") == "1"
    )


def test_the_phone_list_says_value_change_and_country(snap: Snapshot, layouts: Any) -> None:
    shown = plain(matrix.phone_list(matrix.Board(snap, "es"), "13"))
    assert "44.4 %" in shown and "Baja 19.4 puntos frente a jul.–set. 2025: empeora de forma concluyente." in shown and "Perú 69.3 %" in shown


def test_the_note_on_multiplicity_counts_the_comparisons_made(snap: Snapshot, layouts: Any) -> None:
    board = matrix.Board(snap, "es")
    judged = sum(1 for r in board.regional() if r["estado"] == "publicado" and r["cambio_estado"])
    assert f"hace {judged} comparaciones" in matrix.multiplicity(board) and "Benjamini–Hochberg al 5 %" in matrix.multiplicity(board)


def test_an_old_publication_says_so_and_links_to_the_one_in_force(layouts: Any) -> None:
    made = rendered(layouts, "/indicador/<id>", id=RATE, region="13", periodo="2026-T2", lang="es", publicacion=1)
    notice = next(c for c in walk(made) if "aviso--advertencia" in str(getattr(c, "className", "")))
    assert "Está viendo la publicación N.º 1" in plain(notice) and "vigente es la N.º 2" in plain(notice)
    assert [c.href for c in walk(notice) if c._type == "A"] == [f"/indicador/{RATE}?region=13&periodo=2026-T2"]
    assert "50.7 %" in plain(made)  # as it was told then; the second publication says 47.9 %
    assert "aviso--advertencia" not in " ".join(classes(rendered(layouts, "/indicador/<id>", id=RATE, lang="es")))


def test_a_revision_shows_old_value_new_value_and_reason(layouts: Any) -> None:
    made = rendered(layouts, "/indicador/<id>", id=RATE, region="13", lang="es")
    table = next(c for c in walk(made) if "revisiones" in str(getattr(c, "className", "")))
    assert "50.7 %" in plain([c for c in walk(table) if c._type == "Del"]) and "47.9 %" in plain(table)
    assert "La región corrigió la fecha de notificación de 4 expedientes." in plain(table)


def test_lineage_goes_from_the_file_to_the_value_and_its_rows_add_up(snap: Snapshot, layouts: Any) -> None:
    sheet = snap.sheet(RATE)
    row = parts.row_of(snap.values(RATE, period=LAST, category=""), "13")
    assert row is not None
    steps = [c for c in walk(lineage.boxes(snap, sheet, row, "es")) if "linaje__paso" in str(getattr(c, "className", "")).split()]
    told = [plain(s) for s in steps]
    assert len(told) == 5 and "tramites_13_2026T3.xlsx" in told[0] and "44.4 %" in told[4] and "135" in told[3]
    received, accepted, held = (int(re.search(rf"(\d+) {w}", told[1])[1]) for w in ("recibidas", "aceptadas", "en cuarentena"))  # type: ignore[index]
    assert received == accepted + held == 412


def test_a_national_source_has_its_lineage_too(snap: Snapshot, layouts: Any) -> None:
    row = parts.row_of(snap.values(RATE, period=LAST, category=""), "00")
    assert row is not None
    files = lineage.behind(snap, snap.sheet(RATE), row)
    assert set(files["periodo"]) == {LAST} and len(files) == 23  # 26 regions, two missing, one rejected


def test_the_seeds_page_shows_the_slide_its_caveat_and_what_is_not_split(layouts: Any) -> None:
    made = rendered(layouts, "/indicador/<id>", id=SEED, region="13", lang="es")
    shown = plain(made)
    assert "La Libertad, Moquegua y Pasco, 2006: la parte mayor es «Libre», 50.2 % (431 de 858)." in shown
    assert "La lámina no separa los casos por región." in shown and "se muestra el total de Regiones piloto" in shown
    assert "8 de 858" in shown and "0.9" in shown


def test_caveats_of_the_source_stand_beside_the_trend(layouts: Any) -> None:
    made = rendered(layouts, "/indicador/<id>", id=TONNES, region="13", lang="es")
    aside = next(c for c in walk(made) if c._type == "Aside")
    assert "Entre 2012 y 2017 el estrato artesanal se publicó aparte." in plain(aside)


def test_a_target_nobody_approved_is_told_as_proposed(snap: Snapshot, layouts: Any) -> None:
    from dashboard.narrative import technical

    sheet = snap.sheet(RATE)
    proposed = {"value": 85, "status": "propuesta", "text": {"es": "Meta de gestión.", "en": "Management target."}, "since": None}
    told = plain(technical.sheet_section(Sheet(sheet.id, {**sheet.ficha, "targets": [proposed]}, sheet.tablas, ""), "es"))
    assert "85.0 % (propuesta, no aprobada): Meta de gestión." in told


def test_an_absence_stands_where_the_value_would(snap: Snapshot, layouts: Any) -> None:
    """Beside the name: on a phone the last column is off the screen."""
    from dashboard.narrative import parts

    frame = snap.values(RATE, kind="trimestre", period=snap.last_period(RATE), category="")
    table = parts.territory_table("t", frame, snap.sheet(RATE), "es")
    absent = [c for c in walk(table) if c._type == "Tr" and "tabla__razon" in str(c)]
    assert absent and all("tabla__razon" in str(row.children[1]) for row in absent)


def test_caveats_are_told_three_by_three(snap: Snapshot, layouts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard import components
    from dashboard.narrative import parts

    for many, shown, folded in ((4, 4, 0), (9, 3, 6)):
        monkeypatch.setattr(components, "caveats", lambda *_, n=many: [f"Cuidado {i}." for i in range(n)])
        made = parts.warnings(snap, snap.sheet(RATE), "es")
        assert [c._type for c in made].count("P") == shown and len(made) == shown + bool(folded)
        assert not folded or f"y {folded} advertencias más" in plain(made[-1])


def test_an_indicator_hangs_from_the_page_of_its_theme(layouts: Any) -> None:
    trail = next(c for c in walk(rendered(layouts, "/indicador/<id>", id=RATE, lang="es")) if getattr(c, "className", "") == "migas")
    assert [(plain(x), getattr(x, "href", None)) for x in trail.children][1] == ("Procesos", "/procesos")


def test_soles_stand_before_the_figure(snap: Snapshot, layouts: Any) -> None:
    from dashboard.narrative import cards

    sheet = snap.sheet(RATE)
    soles = Sheet(sheet.id, {**sheet.ficha, "unit": {"es": "S/ por trámite", "en": "S/ per case"}, "decimals": 0}, sheet.tablas, "")
    assert plain(cards.big(9649.0, soles, "es")) == "S/ 9,649 por trámite" and plain(cards.big(51.2, sheet, "es")) == "51.2 %"


def test_comparing_shows_every_territory_with_the_reason_of_its_absence(layouts: Any) -> None:
    made = rendered(layouts, "/comparar", indicador=RATE, lang="es")
    table = next(c for c in walk(made) if "tabla" in str(getattr(c, "className", "")).split())
    body = [c for c in walk(table) if c._type == "Tr"][1:]
    assert len(body) == 28  # country, pilots and 26 regions
    assert all(re.search(r"\d|no reportado|insuficiente|competencia|publicable|regla|casos", plain(r)) for r in body)


def test_the_quality_page_marks_what_needs_a_call(layouts: Any) -> None:
    made = rendered(layouts, "/calidad", lang="es")
    assert "50 entregas llegaron: 1 fue rechazada y 98 filas están en cuarentena." in plain(made)
    tags = [plain(c) for c in walk(made) if str(getattr(c, "className", "")).startswith("etiqueta ")]
    assert sorted(tags) == ["falta", "falta", "rechazada"]
    assert "190101 es de Pasco y el archivo es de Amazonas" in plain(made) and "La clave «id_tramite» se repite en 12 filas." in plain(made)


def test_a_late_delivery_is_told_apart_from_one_in_time() -> None:
    base = {"estado": "aceptada", "fecha_limite": pd.Timestamp("2026-10-09").date()}
    assert quality.delivery_state({**base, "recibido_en": pd.Timestamp("2026-10-10", tz="UTC")}) == "tarde"
    assert quality.delivery_state({**base, "recibido_en": pd.Timestamp("2026-10-09 23:00", tz="UTC")}) == "recibida"
    assert quality.delivery_state({**base, "fecha_limite": None, "recibido_en": pd.Timestamp("2026-12-01", tz="UTC")}) == "recibida"


def test_a_regions_page_counts_firm_changes_and_shows_its_seal(layouts: Any) -> None:
    shown = plain(rendered(layouts, "/region/<cod>", cod="13", lang="es"))
    assert "De 8 indicadores con dato, La Libertad empeora en 1 y no mejora en ninguno." in shown
    assert "GREMH La Libertad · región piloto" in shown and "Con advertencias" in shown and "14 de 824" in shown


def test_a_region_with_nothing_delivered_says_its_values_come_from_the_nation(layouts: Any, snap: Snapshot) -> None:
    from dashboard.narrative import quality as of

    assert "sus valores vienen de fuentes nacionales" in plain(of.of_region(snap, "99", "es"))


# sentences: singular and plural, firm and not, from made-up rows


def made(changes: list[tuple[float, str]], absent: int = 0, **more: Any) -> pd.DataFrame:
    """Regional values with the given changes and their states."""
    rows = []
    for place, (change, state) in enumerate(changes, start=1):
        rows.append({"territorio": f"{place:02d}", "nivel": "region", "periodo": "2026-T3", "estado": "publicado", "valor": 50.0 + place, "cambio": change, "cambio_estado": state,
                     "cambio_relativo": None, "periodo_comparado": "2025-T3", "inferior": 40.0, "superior": 60.0, "numerador": 5.0, "denominador": 10.0, "n": 10, "avisos": [], "cobertura": None, **more})  # fmt: skip
    for place in range(absent):
        rows.append({**rows[0], "territorio": f"{20 + place}", "estado": "no_reportado", "valor": None, "cambio": None, "cambio_estado": None})
    return pd.DataFrame(rows)


@pytest.fixture
def rate(snap: Snapshot) -> Sheet:
    return snap.sheet(RATE)


def test_one_region_has_the_singular(rate: Sheet) -> None:
    frame = made([(-9.0, "empeora"), (3.0, "sin_diferencia"), (2.0, "mejora")], absent=1)
    assert "1 de 3 regiones comparables está peor que hace un año" in headlines.country_sentence(frame, rate)
    assert headlines.country_names(frame, rate) == "Es Amazonas. Solo Apurímac mejora de forma concluyente. Piura no tiene dato: no reportado."


def test_nothing_conclusive_is_said(rate: Sheet) -> None:
    frame = made([(-1.0, "sin_diferencia"), (-2.0, "sin_diferencia"), (3.0, "sin_diferencia")])
    assert headlines.country_sentence(frame, rate).endswith("; en ninguna la diferencia es concluyente.")
    assert headlines.country_names(frame, rate) == "Ninguna mejora de forma concluyente. Las 26 regiones tienen dato."


def test_no_region_worse_is_said(rate: Sheet) -> None:
    frame = made([(0.0, "sin_diferencia"), (0.0, "sin_diferencia")])
    assert "ninguna de las 2 regiones comparables está peor que hace un año" in headlines.country_sentence(frame, rate)


def test_the_way_with_more_firm_changes_leads(rate: Sheet) -> None:
    frame = made([(9.0, "mejora"), (8.0, "mejora"), (-9.0, "empeora")])
    assert "2 de 3 regiones comparables están mejor que hace un año" in headlines.country_sentence(frame, rate)
    assert "Son Amazonas y Áncash. Solo Apurímac empeora de forma concluyente." in headlines.country_names(frame, rate)


def test_for_a_falling_indicator_a_rise_is_worse(snap: Snapshot, layouts: Any) -> None:
    frame = made([(4.0, "empeora"), (3.0, "empeora"), (-1.0, "sin_diferencia")])
    assert "2 de 3 regiones comparables están peor que hace un año" in headlines.country_sentence(frame, snap.sheet("p90_dias_ciudadano"))


def test_a_register_speaks_of_relevant_change_and_a_context_figure_of_more_or_less(snap: Snapshot, layouts: Any) -> None:
    told = headlines.country_sentence(made([(40.0, "sube"), (30.0, "sube"), (-1.0, "sin_diferencia")]), snap.sheet(TONNES))
    assert "2 de 3 regiones comparables tienen más que hace un año" in told and told.endswith("; el cambio es relevante en 2.")


def test_without_an_earlier_period_it_says_so(rate: Sheet) -> None:
    frame = made([(1.0, "sin_diferencia"), (1.0, "sin_diferencia")]).assign(cambio=None, cambio_estado=None, periodo_comparado=None)
    assert "no hay un periodo anterior con el que comparar" in headlines.country_sentence(frame, rate)


def test_without_any_value_it_says_so(rate: Sheet) -> None:
    frame = made([(1.0, "")]).assign(estado="no_reportado", valor=None)
    assert headlines.country_sentence(frame, rate).startswith("Ninguna región tiene un valor publicado")


def test_many_names_are_cut_and_counted() -> None:
    rows = [{"territorio": f"{i:02d}"} for i in range(1, 10)]
    assert headlines.names(rows) == "Amazonas, Áncash, Apurímac, Arequipa, Ayacucho, Cajamarca y 3 más"


def test_extremes_whose_intervals_meet_claim_no_difference(rate: Sheet) -> None:
    frame = made([(1.0, "sin_diferencia"), (1.0, "sin_diferencia")])
    assert headlines.extremes(frame, rate).endswith("sus intervalos se cruzan: no se afirma diferencia")
    apart = frame.assign(inferior=[50.5, 51.8], superior=[51.5, 52.5])
    assert "cruzan" not in headlines.extremes(apart, rate)


@pytest.mark.parametrize(
    ("state", "n", "told"),
    [("no_reportado", None, "la región no reportó jul.–set. 2026"), ("n_insuficiente", 4, "solo hubo 4 casos; hacen falta 10"), ("n_insuficiente", 1, "solo hubo 1 caso; hacen falta 10"),
     ("competencia_minem", None, "la competencia es de MINEM"), ("no_desagregado", None, "la fuente no lo desglosa para este territorio")],
)  # fmt: skip
def test_each_absence_has_its_sentence(rate: Sheet, state: str, n: int | None, told: str) -> None:
    row = {**made([(1.0, "")]).iloc[0].to_dict(), "estado": state, "n": n, "valor": None}
    assert told in sentences.cell(row, rate)


def test_amounts_change_in_per_cent_and_small_counts_in_cases(snap: Snapshot, layouts: Any) -> None:
    row = {**made([(-12.0, "baja")]).iloc[0].to_dict(), "cambio_relativo": -3.25}
    assert sentences.difference(row, snap.sheet(TONNES)) == "−3.2\N{NO-BREAK SPACE}%"
    assert sentences.difference(row, snap.sheet("muertes_accidentes_mineros")) == "−12\N{NO-BREAK SPACE}muertes"


def test_a_card_line_needs_three_values(snap: Snapshot, layouts: Any) -> None:
    assert cards.line(snap, snap.sheet(RATE), "13", "es") is not None
    assert cards.line(snap, snap.sheet(SEED), "PILOTO", "es") is None


def test_the_plain_bars_of_phones_scale_to_the_largest_limit(snap: Snapshot, layouts: Any) -> None:
    frame = snap.values(RATE, period=LAST, category="")
    items = [c for c in walk(parts.plain_bars(frame, snap.sheet(RATE), "13", "es")) if c._type == "Li"]
    tops = [float(i.style["--hi"].rstrip("%")) for i in items if getattr(i, "style", None)]
    assert max(tops) == 100.0 and len(items) == 27  # the country among the regions
    chosen = [plain(i) for i in items if "barras__fila--elegida" in i.className]
    assert len(chosen) == 1 and "La Libertad" in chosen[0]


# the forms that came later


def row(snap: Snapshot, indicator: str, place: str, category: str = "") -> dict[Any, Any]:
    found = parts.row_of(snap.values(indicator, period=snap.last_period(indicator), category=category), place)
    assert found is not None
    return found


def test_each_form_says_what_its_value_rests_on(snap: Snapshot, layouts: Any) -> None:
    told = {i: sentences.evidence(row(snap, i, "13"), snap.sheet(i)).replace("\N{NO-BREAK SPACE}", " ") for i in (SURVIVAL, RELATIVE, PER_WORKERS)}
    assert re.fullmatch(r"n = 160; intervalo de 95 %: \d+–\d+", told[SURVIVAL])
    assert re.fullmatch(r"\d\.\d % frente a \d\.\d %; intervalo de 95 %: .+", told[RELATIVE])
    assert re.fullmatch(r"\d entre [\d,.]+; intervalo de 95 %: .+", told[PER_WORKERS])
    assert "o más" in sentences.evidence(row(snap, SURVIVAL, "02"), snap.sheet(SURVIVAL))  # its upper limit is not known yet


def test_quantities_that_are_no_cases_are_never_told_as_k_of_n(snap: Snapshot, layouts: Any) -> None:
    sheet = snap.sheet(RATE)
    base = {**row(snap, RATE, "13"), "n": 8}
    assert sentences.parts({**base, "numerador": 0.65, "denominador": 1.0}, sheet) == "n = 8"  # weights
    assert sentences.parts({**base, "numerador": 1182.77, "denominador": 1183.0, "n": None}, sheet) == "1,182.8 de 1,183"
    assert sentences.parts({**base, "numerador": 160.0, "denominador": 147.0}, sheet) == "160 frente a 147"
    points = Sheet("x", {**sheet.ficha, "unit": {"es": "puntos (1 a 25)", "en": "points (1 to 25)"}}, (), "")
    assert sentences.parts({**base, "numerador": 68.0, "denominador": 5.0}, points) == "n = 8"


def test_an_indicator_that_only_has_categories_is_told_by_them_and_by_no_false_absence(snap: Snapshot, layouts: Any) -> None:
    board = matrix.Board(snap, "es")
    whole = [plain(c) for c in walk(matrix_table.table(board)) if "matriz__razon" in str(getattr(c, "className", ""))]
    told = "Perú, jul.–set. 2026: de 1.0 días hábiles en «Recepción» a 12.0 días hábiles en «Opinión externa». Se publica por categorías."
    assert any(w.startswith(told) for w in whole) and not any("No reportado" in w for w in whole)
    assert "La Libertad, jul.–set. 2026: de 1.0 días hábiles en «Recepción»" in plain(matrix.phone_list(board, "13"))
    of_region = {code: plain(rendered(layouts, "/region/<cod>", cod=code, lang="es")) for code in ("13", "19")}
    assert "Se publica por etapa y por quién tenía el expediente." in of_region["13"]
    assert "Solo hubo 4 casos; hacen falta 10." in of_region["19"]
    for path in ("/comparar", "/mapa"):
        made = rendered(layouts, path, indicador=BY_STEP, lang="es")
        assert "no tiene un valor único: se publica por etapa" in plain(made) and "Ver sus categorías" in plain(made)
        assert not [c for c in walk(made) if c._type == "Graph"]


def test_the_page_of_categories_never_mixes_breakdowns_and_offers_them_apart(layouts: Any) -> None:
    made = rendered(layouts, "/indicador/<id>", id=BY_STEP, region="13", lang="es")
    title = plain(next(c for c in walk(made) if c._type == "H1"))
    assert title == "La Libertad, jul.–set. 2026: de 1.0 días hábiles en «Recepción» a 12.0 días hábiles en «Opinión externa»."
    choice = next(c for c in walk(made) if c._type == "Select" and c.id["clave"] == "categoria")
    assert [g["group"] for g in choice.data] == ["Etapa", "Quién tenía el expediente"]
    chosen = plain(rendered(layouts, "/indicador/<id>", id=BY_STEP, region="13", categoria="ANA", lang="es"))
    assert "La Libertad («Autoridad Nacional del Agua (ANA)»), entre julio y setiembre de 2026: 19.0 días hábiles" in chosen


def test_provinces_are_shown_in_their_region_only(layouts: Any) -> None:
    own = plain(rendered(layouts, "/indicador/<id>", id=RATE, region="13", lang="es"))
    assert "De 30.0 % en «Pataz» a 50.0 % en «Trujillo»" in own
    assert "Pataz" not in plain(rendered(layouts, "/indicador/<id>", id=RATE, lang="es"))
    elsewhere = rendered(layouts, "/indicador/<id>", id=RATE, region="18", categoria="1301", lang="es")
    assert plain(next(c for c in walk(elsewhere) if c._type == "H1")).startswith("Moquegua, entre")


def test_indicators_to_choose_from_are_grouped_by_area(snap: Snapshot, layouts: Any) -> None:
    areas = [heading for heading, _ in parts.indicator_options(snap, "es")]
    assert areas == ["Procesos", "Formalización", "Recursos públicos", "Actividad y seguridad"]


def test_what_is_not_all_never_reads_as_all(snap: Snapshot, layouts: Any) -> None:
    shown = {**row(snap, RATE, "13"), "valor": 99.9996, "numerador": 242693.0, "denominador": 242694.0}
    assert sentences.value(shown, snap.sheet(RATE)) == "99.9\N{NO-BREAK SPACE}%"
    assert matrix_table._short(99.9, 1, 0, "es", percent=True) == ">99" and matrix_table._short(100, 1, 0, "es", percent=True) == "100"


def test_the_target_is_the_one_in_force_and_its_share_of_the_year(snap: Snapshot, layouts: Any) -> None:
    from dashboard.narrative import headline_cards

    sheet = snap.sheet(RATE)
    targets = [{"value": 85.0, "status": "propuesta", "text": {"es": "Propuesta."}}, {"value": 100.0, "status": "legal", "text": {"es": "Ley."}}]
    asked = Sheet(sheet.id, {**sheet.ficha, "targets": targets}, sheet.tablas, "")
    told = plain(headline_cards._target_card({**row(snap, RATE, "18"), "meta": 75.0}, asked, "es"))
    assert "75.0 %" in told and "meta legal" in told and "Ley." in told


def test_the_absences_that_came_later_have_words_and_a_hatch(snap: Snapshot, layouts: Any) -> None:
    for indicator, place, state, why in (
        (SURVIVAL, "01", "no_alcanzado", "todavía no termina la mitad de los casos"),
        (RELATIVE, "03", "impreciso", "la estimación es demasiado imprecisa para publicarla"),
    ):
        assert why in sentences.cell(row(snap, indicator, place), snap.sheet(indicator))
        assert any(f"matriz__celda--ausente-{state}" in c for c in classes(matrix_table.table(matrix.Board(snap, "es"))))


def test_the_parameters_of_a_figure_are_those_of_the_page(layouts: Any) -> None:
    made = rendered(layouts, "/indicador/<id>", id=RATE, region="13", lang="en")
    urls = [c.data for c in walk(made) if c._type == "Store" and isinstance(getattr(c, "id", None), dict)]
    assert urls and all("lang=en" in u and "publicacion=2" in u and f"indicador={RATE}" in u for u in urls)
    assert Params(RATE).lang == "es"
