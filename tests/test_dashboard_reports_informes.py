"""The yearly evaluation, the pilots' report and the Regional Teams': their figures are the published ones, and what they cannot say is said."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator

import numpy as np
import pytest
from pypdf import PdfReader

from dashboard import formats
from dashboard.published import Sheet, Snapshot
from dashboard.reports import pilots_effects, pilots_report, rows, teams_report, yearly_report
from dashboard.reports.years import whole_years
from tests import reports_sample, sample_open
from tests import sample_publication as sample
from tests.sample_open import HIDDEN, PERSONAL
from warehouse import publications
from warehouse.errors import NothingPublished
from warehouse.territories import pilots, regions

SPENT = "pct_ejecucion_presupuestal"


def text(body: bytes) -> str:
    return " ".join(" ".join((p.extract_text() or "").split()) for p in PdfReader(io.BytesIO(body)).pages)


@pytest.fixture(scope="module")
def snap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The ministry's own publication: hidden cells are in it, with their mark."""
    warehouse = sample_open.build(tmp_path_factory.mktemp("informes"))
    yield Snapshot(publications.get(warehouse.engine, 2), warehouse.engine)
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    warehouse = reports_sample.build(tmp_path_factory.mktemp("equipos"))
    yield Snapshot(publications.get(warehouse.engine, 1), warehouse.engine)
    warehouse.engine.dispose()


def test_a_yearly_evaluation_holds_both_years_as_published(snap: Snapshot) -> None:
    body = yearly_report.yearly_report(snap, "13", 2025)
    assert body == yearly_report.yearly_report(snap, "13", 2025)
    shown = text(body)
    assert "Evaluación anual 2025: La Libertad" in shown and "Cada tema, 2025 frente a 2024" in shown
    for sheet in snap.indicators():
        if "anio" not in sheet.periods:
            continue
        own = snap.values(sheet.id, kind="anio", territory="13", period=["2024", "2025"], category="")
        known = own[(own["estado"] == "publicado") & own["supresion"].isin(["", "ausencia"])]
        if len(known) == 2:
            before, now = (formats.number(v, sheet.decimals) for v in known.sort_values("periodo")["valor"])
            name = re.escape(sheet.text("short_name"))
            assert re.search(rf"{name}.{{0,60}}? {re.escape(before)}.{{0,30}}? {re.escape(now)}", shown), (sheet.id, before, now)
    assert "oct.–dic. 2025" not in shown and "no trae el Índice de Desempeño Regional de 2025" not in shown  # the index of 2025-T3 is there
    assert "Perfil por dimensión, jul.–set. 2025" in shown and "Lo que no se puede decir" in shown
    assert "ninguna atribuye un cambio a una decisión" in shown and "La región no ha enviado ningún descargo" in shown


def test_a_year_without_values_says_which_there_are(snap: Snapshot) -> None:
    assert whole_years(snap)[-1] == 2025
    with pytest.raises(NothingPublished, match="no tiene valores de 1990") as told:
        yearly_report.yearly_report(snap, "13", 1990)
    assert "a 2025" in told.value.stands


def test_hidden_cells_stand_in_no_report(snap: Snapshot) -> None:
    for code in HIDDEN:
        shown = text(yearly_report.yearly_report(snap, code, 2025))
        line = re.search(rf"{snap.sheet(PERSONAL).text('short_name')} \(razón\).{{0,80}}", shown)
        assert line and "No se publica para no identificar a nadie" in line[0]
        row = rows.at(snap, snap.sheet(PERSONAL), code, "anio", "2025")
        assert row is not None and pilots_effects.whole_row(row) is None and row["valor"] is None


def _planted(sheet: Sheet, bump: float, before: float = 0.0) -> pilots_effects.Comparison:
    """Seven years of every region with little noise; the pilots change by `bump` from 2024 on, and by `before` a year until then."""
    noise = np.random.default_rng(7).normal(0, 1, (26, 7))
    made = {}
    for i, region in enumerate(regions()):
        for k, year in enumerate(range(2019, 2026)):
            value = (
                50 + i / 3 + noise[i, k] + (bump if region.piloto and year >= 2024 else 0.0) + (before * k if region.piloto and year < 2024 else 0.0)
            )
            made[region.codigo, str(year)] = sample._row(
                sheet.id, region.codigo, "anio", str(year), valor=float(value), numerador=1.0, denominador=2.0, n=10
            )
    return pilots_effects._compared(sheet, made, 2025, 2024)


def test_a_planted_effect_is_found_and_nothing_is_found_where_nothing_is(snap: Snapshot) -> None:
    sheet = snap.sheet(SPENT)
    strong, none, unlike = _planted(sheet, 12.0), _planted(sheet, 0.0), _planted(sheet, 12.0, before=6.0)
    assert strong.effect == pytest.approx(12.0, abs=2.0) and strong.p < 0.01 and not pilots_effects.is_unlike_before(strong)
    assert pilots_effects.apart([strong, none]) == {SPENT} and pilots_effects.apart([none]) == set()
    # where the paths differed before, nothing is read of what came after, however large
    assert pilots_effects.is_unlike_before(unlike) and pilots_effects.apart([unlike]) == set()
    own, others, after = strong.own, strong.others, strong.after
    by_hand = (strong.mean(own, after) - strong.mean(own, [2023])) - (strong.mean(others, after) - strong.mean(others, [2023]))
    assert strong.effect == pytest.approx(by_hand, abs=1e-9)  # the four means of the table give the difference beside them
    assert (strong.years, len(own), len(others)) == (tuple(range(2019, 2026)), 3, 23)


def test_a_region_without_a_year_leaves_the_comparison_and_a_missing_pilot_year_shortens_it(snap: Snapshot) -> None:
    sheet = snap.sheet(SPENT)
    known = dict(_planted(sheet, 0.0).rows)
    known["01", "2025"] = {**known["01", "2025"], "avisos": ["serie_incompleta"]}
    known["13", "2019"] = {**known["13", "2019"], "estado": "no_reportado", "valor": None}
    found = pilots_effects._compared(sheet, known, 2025, 2024)
    assert "01" not in found.whole and found.years[0] == 2020 and len(found.own) == 3
    for code in ("13", "18"):
        known[code, "2025"] = {**known[code, "2025"], "estado": "no_reportado", "valor": None}
    assert pilots_effects._compared(sheet, known, 2025, 2024).why == "pilotos"
    assert math.isnan(pilots_effects._compared(sheet, known, 2025, 2024).p)


def test_the_pilots_report_says_what_it_compares_and_what_it_cannot_say(snap: Snapshot) -> None:
    body = pilots_report.pilots_report(snap, 2025)
    assert body == pilots_report.pilots_report(snap, 2025)
    shown = text(body)
    for told in (
        "Ninguna publicación dice en qué año empezó",
        "no se eligieron al azar",
        "Son tres regiones",
        "Callaway",
        "p por permutación",
        "pesan igual",
    ):
        assert told in shown, told
    one = next(c for c in pilots_effects.compare(snap, 2025, 2025) if c.sheet.id == SPENT)
    figures = [formats.number(one.mean(codes, years), 1) for codes in (one.own, one.others) for years in ((2024,), (2025,))]
    line = f"{one.sheet.text('short_name')} {' '.join(f'{x} %' for x in figures)} {formats.change(one.effect, '%', 1)}".replace(formats.NBSP, " ")
    assert line in shown
    for p in pilots():
        row = snap.values(SPENT, kind="anio", territory=p.codigo, period="2025", category="").iloc[0]
        assert f"{formats.number(row['valor'], 1)} %" in shown
    with pytest.raises(NothingPublished, match="no permite comparar a los pilotos"):
        pilots_report.pilots_report(snap, 1990)
    with pytest.raises(NothingPublished, match="de 2025 a 2025"):
        pilots_report.pilots_report(snap, 2025, since=2026)


def test_p_is_written_as_people_read_it() -> None:
    assert [pilots_report.p_words(p, "es") for p in (math.nan, 0.0004, 0.0342, 1.0)] == ["–", "<0.001", "0.034", "1.000"]


def test_the_teams_report_counts_reports_due_in_time_and_used(teams: Snapshot) -> None:
    shown = text(teams_report.teams_report(teams, "2026-S1"))
    assert "Equipos Regionales, enero–junio de 2026" in shown
    assert "llegaron 10 de 13 informes que vencían en ene.–jun. 2026 (76.9 %)" in shown
    assert re.search(r"La Libertad 5 4 80\.0 % 30\.0–99\.0", shown) and re.search(r"Regiones piloto 13 10 76\.9 %", shown)
    assert "Moquegua Solo hubo 2 casos; hacen falta 4" in shown
    assert re.search(r"[Ll]e[ií]do 75\.0 % 3 de 4 – – 100\.0 % 6 de 6", shown)
    assert re.search(r"A1 recursos publicos 40\.5 %", shown) and "Meta a esa fecha: 50 % propuesta: no cumple" in shown
    assert "Solo tres regiones tienen Equipo Regional" in shown  # the frozen definition's own reading


def test_where_the_teams_indicators_are_not_public_it_says_so(snap: Snapshot) -> None:
    with pytest.raises(NothingPublished, match="no dice nada de los Equipos Regionales"):
        teams_report.teams_report(snap, "2026-S1")


def test_a_place_of_the_form_is_the_last_whole_one_before_the_end(teams: Snapshot) -> None:
    assert teams_report.moment(teams, teams.sheet(reports_sample.PLAN), "2026-S1") == ("trimestre", "2026-T2")
    assert teams_report.moment(teams, teams.sheet(reports_sample.REPORTS), "2026") == ("semestre", "2026-S1")
    assert teams_report.moment(teams, teams.sheet(reports_sample.REPORTS), "2025") is None
