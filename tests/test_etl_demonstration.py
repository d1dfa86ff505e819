"""The synthetic deliveries: the same bytes for the same seed, valid under the contract save for the errors on purpose."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pytest

from etl import references
from etl.demonstration import FAULTS, LATE, MISSING, Summary, cases, faults, profiles, write, write_correction
from warehouse import catalogue, periods

CONTRACTS = catalogue.contracts()
CUT = date(2026, 9, 30)
SEED = 20261123
NAME = re.compile(r"^(tramites|tramite_etapas)_(\d\d)_(\d{4}-\d\d)_v(\d)\.(csv|xlsx)$")


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """The last twelve months of every region."""
    folder = tmp_path_factory.mktemp("entrada")
    return folder, write(folder, months=12)


def test_there_is_a_file_for_each_table_region_and_month(inbox: tuple[Path, Summary]) -> None:
    folder, summary = inbox
    found = [NAME.match(p.name) for p in folder.iterdir()]
    assert all(found)
    places = {(m[1], m[2], m[3]) for m in found if m}
    last = periods.parse("2026-09")
    months = [last.earlier(n).code for n in range(12)]
    expected = {(t, r, m) for t in ("tramites", "tramite_etapas") for r in profiles.PROFILES for m in months if (r, m) not in MISSING}
    assert places == expected
    assert summary.files == len(expected) == len(found)
    assert set(summary.missing) == {m for m in MISSING if m[1] in months}
    books = sum(p.suffix == ".xlsx" for p in folder.iterdir())
    assert 0.04 < books / len(found) < 0.13


def test_the_amount_is_the_one_promised() -> None:
    counts = Counter[str]()
    for region in profiles.PROFILES:
        for back in range(0, 36, 6):  # every sixth month stands for the rest
            made = cases.delivery(region, periods.parse("2026-09").earlier(back), CUT, SEED)
            counts["tramites"] += len(made.cases) * 6
            counts["etapas"] += len(made.steps) * 6
    assert 22_000 < counts["tramites"] < 38_000
    assert 150_000 < counts["etapas"] < 280_000


def test_the_same_seed_gives_the_same_bytes(inbox: tuple[Path, Summary], tmp_path: Path) -> None:
    """Two months generated apart equal those generated among twelve, workbooks included."""
    write(tmp_path, months=2)
    again = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in tmp_path.iterdir()}
    first = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in inbox[0].iterdir() if p.name in again}
    assert again == first
    assert any(name.endswith(".xlsx") for name in again)


def test_another_seed_gives_other_cases() -> None:
    period = periods.parse("2026-03")
    assert cases.delivery("13", period, CUT, 1).cases != cases.delivery("13", period, CUT, 2).cases


def test_no_two_files_are_the_same(inbox: tuple[Path, Summary]) -> None:
    digests = Counter(hashlib.sha256(p.read_bytes()).hexdigest() for p in inbox[0].iterdir())
    assert digests.most_common(1)[0][1] == 1


def test_files_arrive_by_the_due_day_save_the_late_ones(inbox: tuple[Path, Summary]) -> None:
    numbers = {r["fecha"]: r["n_habil"] for r in references.calendar_rows(2027)}
    late = set()
    for path in inbox[0].iterdir():
        match = NAME.match(path.name)
        assert match
        arrived = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
        end = periods.parse(match[3]).end
        if numbers[arrived] - numbers[end] > 10:
            late.add((match[2], match[3]))
        assert arrived > end
    assert late == {place for place in LATE if place[1] >= "2025-10"}


# ---- content


@pytest.fixture(scope="module")
def clean() -> list[cases.Delivery]:
    """A year of every region as generated, before any fault."""
    last = periods.parse("2026-09")
    return [cases.delivery(region, last.earlier(back), CUT, SEED) for region in profiles.PROFILES for back in range(12)]


def test_clean_rows_break_no_rule_of_the_contracts(clean: list[cases.Delivery]) -> None:
    connection = duckdb.connect()
    for name, rows in references.tables(date(2026, 11, 23)).items():
        connection.register(name, rows)
    for table in ("tramites", "tramite_etapas"):
        rows = [r | {"entrega_id": f"{d.region}{d.period.code}"} for d in clean for r in (d.cases if table == "tramites" else d.steps)]
        connection.register(table, pa.Table.from_pylist(rows))
    for table in ("tramites", "tramite_etapas"):
        connection.execute(f"CREATE OR REPLACE VIEW lote AS SELECT * FROM {table}")
        for rule in CONTRACTS[table].rules:
            assert connection.execute(f"SELECT * FROM {table} t WHERE ({rule.body.sql}) LIMIT 3").fetchall() == [], rule.id


def test_clean_cells_are_what_the_contract_allows(clean: list[cases.Delivery]) -> None:
    for table in ("tramites", "tramite_etapas"):
        rows = [r for d in clean for r in (d.cases if table == "tramites" else d.steps)]
        contract = CONTRACTS[table]
        assert tuple(rows[0]) == contract.column_names
        keys = Counter(tuple(r[k] for k in contract.key) for r in rows)
        assert keys.most_common(1)[0][1] == 1
        for column in contract.columns:
            values = {r[column.name] for r in rows}
            assert not column.required or None not in values, column.name
            values.discard(None)
            assert not column.allowed or values <= set(column.allowed), column.name
            assert not column.pattern or all(re.search(column.pattern, v) for v in values), column.name


def test_clean_districts_are_of_the_region_and_no_date_passes_the_cut(clean: list[cases.Delivery]) -> None:
    region_of = {r["ubigeo"]: r["cod_region"] for r in references.district_rows()}
    for made in clean:
        for case in made.cases:
            assert region_of[case["ubigeo"]] == made.region
            assert made.period.start <= case["fecha_ingreso"] <= made.period.end
            assert all(v <= CUT for v in case.values() if isinstance(v, date))
            moved = case["cod_procedimiento"] == "IGAFOM" and case["fecha_ingreso"] >= date(2025, 5, 18)
            assert (case["autoridad"] == "DGFM") == moved
        assert all(v <= CUT for step in made.steps for v in step.values() if isinstance(v, date))


def test_steps_follow_one_another_from_the_entry(clean: list[cases.Delivery]) -> None:
    steps = defaultdict(list)
    for made in clean:
        for row in made.steps:
            steps[row["expediente_id"]].append(row)
    for made in clean:
        for case in made.cases:
            own = steps[case["expediente_id"]]
            assert own[0]["fecha_inicio"] == case["fecha_ingreso"]
            assert all(a["fecha_fin"] == b["fecha_inicio"] for a, b in pairwise(own))
            assert own[-1]["fecha_fin"] == case["fecha_notificacion"]


def test_old_months_are_resolved_and_recent_ones_open() -> None:
    def open_share(code: str) -> float:
        status = [c["estado"] for r in profiles.PROFILES for c in cases.delivery(r, periods.parse(code), CUT, SEED).cases]
        return sum(s in ("en_tramite", "observado", "en_opinion") for s in status) / len(status)

    assert open_share("2024-09") < 0.02 < 0.7 < open_share("2026-09")


def on_time(region: str, first: date, last: date) -> tuple[int, int]:
    """Cases whose deadline fell in the dates: (notified by then, all); the clock of KPI 11 counted by hand."""
    number = {r["fecha"]: r["n_habil"] for r in references.calendar_rows(2027)}
    limit = {r["cod_procedimiento"]: r["plazo_dias"] or r["plazo_referencia_dias"] for r in references.procedures().to_pylist()}
    good = every = 0
    for back in range(16):
        made = cases.delivery(region, periods.parse("2026-09").earlier(back), CUT, SEED)
        waits = Counter[str]()
        for s in made.steps:
            if s["responsable"] == "administrado":
                waits[s["expediente_id"]] += number[s["fecha_fin"] or CUT] - number[s["fecha_inicio"]]
        for c in made.cases:
            due = number[c["fecha_ingreso"]] + limit[c["cod_procedimiento"]] + waits[c["expediente_id"]]
            if number[first] <= due <= number[last] and c["autoridad"] != "DGFM" and c["sentido"] != "abandono":
                every += 1
                good += bool(c["fecha_notificacion"]) and number[c["fecha_notificacion"]] <= due
    return good, every


def test_la_libertad_falls_and_arequipa_recovers_beyond_doubt() -> None:
    """The stories the screens need: the last quarter and the same one a year before are more than three standard errors apart."""
    before, after = (date(2025, 7, 1), date(2025, 9, 30)), (date(2026, 7, 1), date(2026, 9, 30))
    for region, sign in (("13", -1), ("04", 1)):
        (x1, n1), (x2, n2) = on_time(region, *before), on_time(region, *after)
        p1, p2 = x1 / n1, x2 / n2
        error = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) ** 0.5
        assert sign * (p2 - p1) > 3 * error, (region, p1, p2)


# ---- errors on purpose


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path)["datos"]
        names, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(map(str, names), row, strict=True)) for row in rows]
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    return list(csv.DictReader(text.splitlines()))


def file_of(folder: Path, table: str, region: str, period: str, version: int = 1) -> Path:
    return next(folder.glob(f"{table}_{region}_{period}_v{version}.*"))


def fault(name: str) -> faults.Fault:
    return next(f for f in FAULTS if f.name == name)


def spoilt(inbox: tuple[Path, Summary], name: str) -> list[dict[str, Any]]:
    wrong = fault(name)
    return read(file_of(inbox[0], wrong.table, wrong.region, wrong.period))


def test_the_catalogue_names_rules_that_exist() -> None:
    own = {r.id for t in ("tramites", "tramite_etapas") for r in CONTRACTS[t].rules}
    assert all(f.rule in own or re.fullmatch(r"G-0[1-9]|G-1[0-5]", f.rule) for f in FAULTS)
    assert len({f.name for f in FAULTS}) == len(FAULTS)
    assert all((f.region, f.period) not in MISSING for f in FAULTS)


def test_reniec_codes_of_pasco_are_valid_in_moquegua(inbox: tuple[Path, Summary]) -> None:
    rows = spoilt(inbox, "ubigeo_reniec")
    wrong = [r["ubigeo"] for r in rows if not r["ubigeo"].startswith("19")]
    region_of = {r["ubigeo"]: r["cod_region"] for r in references.district_rows()}
    assert wrong
    assert all(u.startswith("1802") and region_of[u] == "18" for u in wrong)
    assert {r["cod_region"] for r in rows} == {"19"}


def test_an_unknown_district_is_unknown(inbox: tuple[Path, Summary]) -> None:
    known = {r["ubigeo"] for r in references.district_rows()}
    assert [r["ubigeo"] for r in spoilt(inbox, "ubigeo_desconocido") if r["ubigeo"] not in known] == ["219901"]


def test_decimal_commas_and_day_first_dates(inbox: tuple[Path, Summary]) -> None:
    assert all(re.fullmatch(r"\d+,\d\d", r["derecho_tramite_soles"]) for r in spoilt(inbox, "coma_decimal"))
    assert all(re.fullmatch(r"\d\d/\d\d/2025", r["fecha_ingreso"]) for r in spoilt(inbox, "fechas_dia_mes"))


def test_headers_are_wrong_where_they_should_be(inbox: tuple[Path, Summary]) -> None:
    contract = CONTRACTS["tramites"]
    renamed, missing = spoilt(inbox, "cabecera_renombrada")[0], spoilt(inbox, "columna_ausente")[0]
    assert set(contract.column_names) - set(renamed) == {"fecha_ingreso"}
    assert set(renamed) - set(contract.column_names) == {"f. mesa de partes"}
    assert set(contract.column_names) - set(missing) == {"estado"}


def test_a_case_is_repeated_and_a_cell_holds_a_formula(inbox: tuple[Path, Summary]) -> None:
    repeated = Counter(r["expediente_id"] for r in spoilt(inbox, "expediente_repetido"))
    assert sorted(repeated.values())[-2:] == [1, 2]
    fees = [r["derecho_tramite_soles"] for r in spoilt(inbox, "formula")]
    assert [f for f in fees if isinstance(f, str)] == [fees[0]]
    assert fees[0].startswith("=")


ROW_FAULTS = [f for f in FAULTS if f.rule.startswith("C01") and f.period >= "2025-10"]


@pytest.mark.parametrize("wrong", ROW_FAULTS, ids=lambda f: f.name)
def test_a_fault_breaks_its_rule(wrong: faults.Fault) -> None:
    made = cases.delivery(wrong.region, periods.parse(wrong.period), CUT, SEED)
    assert wrong.spoil
    wrong.spoil(made)
    rule = next(r for r in CONTRACTS[wrong.table].rules if r.id == wrong.rule)
    connection = duckdb.connect()
    connection.register("filas", pa.Table.from_pylist(made.cases if wrong.table == "tramites" else made.steps))
    assert connection.execute(f"SELECT count(*) FROM filas t WHERE ({rule.body.sql})").fetchall()[0][0] > 0


def test_formalisation_in_the_wrong_hands_breaks_its_rule() -> None:
    wrong = fault("autoridad_no_competente")
    made = cases.delivery(wrong.region, periods.parse(wrong.period), CUT, SEED)
    before = [c["expediente_id"] for c in made.cases if c["autoridad"] == "DGFM"]
    assert wrong.spoil and before
    wrong.spoil(made)
    assert {c["autoridad"] for c in made.cases} == {"DREM_03"}
    assert {s["expediente_id"] for s in made.steps} == {c["expediente_id"] for c in made.cases}


def test_a_notification_lies_in_the_future(inbox: tuple[Path, Summary]) -> None:
    dates = [str(r["fecha_notificacion"] or "") for r in spoilt(inbox, "notificado_en_el_futuro")]
    assert sum(d > "2030" for d in dates) == 1


def test_latin_1_files_are_really_so(tmp_path: Path) -> None:
    write(tmp_path, months=6)
    kinds = Counter[str]()
    for path in tmp_path.glob("tramites_*.csv"):
        try:
            path.read_bytes().decode("utf-8")
            kinds["utf-8"] += 1
        except UnicodeDecodeError:
            kinds["latin-1"] += 1
    assert 0 < kinds["latin-1"] < kinds["utf-8"] / 10


def test_the_correction_mends_the_faults_and_nothing_else(inbox: tuple[Path, Summary], tmp_path: Path) -> None:
    second = write_correction(tmp_path)
    assert second.name.startswith("tramites_13_2026-05_v2.")
    before, after = read(file_of(inbox[0], "tramites", "13", "2026-05")), read(second)
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) == 9
    assert {k for a, b in changed for k in a if a[k] != b[k]} == {"fecha_resolucion", "fecha_notificacion"}
    assert write_correction(tmp_path).read_bytes() == second.read_bytes()
