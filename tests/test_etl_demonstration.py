"""The synthetic deliveries: the same bytes for the same seed, valid under the contracts, in time save the late ones, with their stories."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from etl import references
from etl.dates import business_days, due_date
from etl.demonstration import LATE, MISSING, Summary, faults, profiles, write, write_correction
from etl.demonstration.country import PERIOD, SUBJECTS, Region, build
from etl.demonstration.deliveries import SEED, deliveries, demonstrated, parents
from warehouse import catalogue, periods
from warehouse.territories import region_of_ubigeo

CONTRACTS = catalogue.contracts()
FIRST, CUT = date(2019, 1, 1), date(2026, 9, 30)
CASES = ("tramites", "tramite_etapas")
NAME = re.compile(r"^([a-z_]+?)_(\d\d)_(\d{4}(?:-\d\d|-T\d)?)_v(\d)\.(csv|xlsx)$")
SOME = ("07", "13", "18", "19")


def region(code: str, *, until: date = CUT, scale: float = 1, seed: int = SEED, wanted: frozenset[str] = frozenset()) -> Region:
    return build(Region(code, seed, FIRST, until, scale), wanted)


@pytest.fixture(scope="module")
def some() -> dict[str, Region]:
    """Four regions whole, the smallest among them."""
    return {code: region(code) for code in SOME}


@pytest.fixture(scope="module")
def cases() -> dict[str, Region]:
    """Cases and their steps of every region."""
    return {code: region(code, wanted=frozenset(CASES)) for code in profiles.PROFILES}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """Cases and steps of the last twelve months, and all the rights they may refer to."""
    folder = tmp_path_factory.mktemp("entrada")
    return folder, write(folder, months=12, tables=CASES)


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


# ---- files


def never_came(table: str, code: str, period: str) -> bool:
    return any(t in ("*", table) and (r, p) == (code, period) for t, r, p in MISSING)


def test_there_is_a_file_for_each_table_region_and_month(inbox: tuple[Path, Summary]) -> None:
    folder, summary = inbox
    found = [NAME.match(p.name) for p in folder.iterdir()]
    assert all(found)
    places = {(m[1], m[2], m[3]) for m in found if m}
    months = [periods.parse("2026-09").earlier(n).code for n in range(12)]
    expected = {(t, r, m) for t in CASES for r in profiles.PROFILES for m in months if not never_came(t, r, m)}
    rights = {f"{year}" for year in range(2019, 2024)} | {f"{y}-{m:02d}" for y in (2024, 2025, 2026) for m in range(1, 13) if (y, m) <= (2026, 9)}
    assert places == expected | {("derechos_mineros", "00", p) for p in rights}
    assert summary.files == len(found)
    assert {m for m in summary.missing if m[0] in CASES} == {
        (t, r, m) for t in CASES for r in profiles.PROFILES for m in months if never_came(t, r, m)
    }
    short = [m for m in found if m and m[1] == "tramites"]
    assert 0.04 < sum(m[5] == "xlsx" for m in short if m) / len(short) < 0.14


def test_the_history_comes_a_year_at_a_time(some: dict[str, Region]) -> None:
    for table in demonstrated():
        codes = [p for p, _ in deliveries(CONTRACTS[table], some["13"].tables[table])]
        assert codes == sorted(codes)
        assert all(len(p) == 4 for p in codes if p < "2024")
        form = {"mensual": r"\d{4}-\d\d", "trimestral": r"\d{4}-T\d", "anual": r"\d{4}"}[CONTRACTS[table].delivery.periodicidad]
        assert all(re.fullmatch(form, p) for p in codes if p >= "2024"), table


def test_deliveries_lose_no_row_and_double_none(some: dict[str, Region]) -> None:
    rows = some["13"].tables["tramites"]
    parts = [own for _, own in deliveries(CONTRACTS["tramites"], rows)]
    assert sorted(pa.concat_tables(parts)["expediente_id"].to_pylist()) == sorted(rows["expediente_id"].to_pylist())


def test_the_same_seed_gives_the_same_bytes(inbox: tuple[Path, Summary], tmp_path: Path) -> None:
    """Two months of one region generated apart equal those generated among twelve of all, workbooks included."""
    write(tmp_path, months=2, tables=CASES, regions=["13", "21"])
    again = {n: d for n, d in digests(tmp_path).items() if n.startswith("tramite")}
    first = digests(inbox[0])
    assert len(again) > 6
    assert again == {n: first[n] for n in again}


def test_a_part_of_the_subjects_gives_the_same_rows(some: dict[str, Region], cases: dict[str, Region]) -> None:
    for table in ("derechos_mineros", *CASES):
        assert cases["13"].tables[table].equals(some["13"].tables[table]), table


def test_another_seed_gives_other_cases() -> None:
    one, other = (region("07", seed=s, wanted=frozenset(CASES)).tables["tramites"] for s in (1, 2))
    assert not one.equals(other)


def test_a_larger_scale_gives_more_of_what_people_and_offices_make(some: dict[str, Region]) -> None:
    large = region("07", scale=5)
    for table in ("tramites", "tramite_etapas", "declaracion_dac", "formalizacion", "supervisiones"):
        assert 3.5 < large.tables[table].num_rows / some["07"].tables[table].num_rows < 7, table


def test_no_two_files_are_the_same_save_the_one_sent_twice(inbox: tuple[Path, Summary]) -> None:
    twice = [d for d, n in Counter(digests(inbox[0]).values()).items() if n > 1]
    assert len(twice) == sum(1 for f in inbox[1].faults if f.archivo and f.archivo.de)


def test_files_arrive_by_the_due_day_save_the_late_ones(inbox: tuple[Path, Summary]) -> None:
    working = business_days(references.tables(CUT)["ref_calendario"])
    late = set()
    for path in inbox[0].iterdir():
        match = NAME.match(path.name)
        assert match
        arrived, due = datetime.fromtimestamp(path.stat().st_mtime, UTC).date(), due_date(CONTRACTS[match[1]], match[3], working)
        assert arrived > periods.parse(match[3]).end
        if match[1] in CASES and match[4] == "1" and due and arrived > due:
            late.add((match[1], match[2], match[3]))
    expected = {(t, r, p) for (_, r, p) in LATE if p >= "2025-10" and "T" not in p for t in CASES if ("*", r, p) in LATE}
    assert late == expected | {f.place for f in faults() if f.tabla in CASES and f.archivo and f.archivo.dias_tarde and f.periodo >= "2025-10"}


def test_the_history_arrives_in_the_first_january(tmp_path: Path) -> None:
    write(tmp_path, tables=["tramites"], regions=["07"], until="2024-03", faults=False)
    came = {m[3]: datetime.fromtimestamp(p.stat().st_mtime, UTC).date() for p in tmp_path.glob("tramites_*") if (m := NAME.match(p.name))}
    assert {p for p, day in came.items() if date(2024, 1, 1) < day < date(2024, 1, 20)} == {"2019", "2020", "2021", "2022", "2023"}


def test_a_generation_at_another_scale_leaves_one_file_a_place(tmp_path: Path) -> None:
    for scale in (1, 30):
        write(tmp_path, months=12, tables=["tramites"], regions=["07"], scale=scale, faults=False)
    names = [p.stem for p in tmp_path.iterdir()]
    assert len(names) == len(set(names))


def test_latin_1_files_are_really_so(inbox: tuple[Path, Summary]) -> None:
    kinds = Counter[str]()
    for path in inbox[0].glob("*.csv"):
        try:
            path.read_bytes().decode("utf-8")
            kinds["utf-8"] += 1
        except UnicodeDecodeError:
            kinds["latin-1"] += 1
    assert 0 < kinds["latin-1"] < kinds["utf-8"] / 10


def test_what_is_windowed_and_what_is_whole(tmp_path: Path) -> None:
    """Without a list of tables, those that others refer to come from the start, with what hangs from them; the rest, the last months."""
    summary = write(tmp_path, months=3, regions=["13"], faults=False)
    assert set(summary.rows) >= {"tramites", "supervisiones", "eventos", "presupuesto"}
    first = {
        t: min(m[3] for p in tmp_path.glob(f"{t}_*") if (m := NAME.match(p.name)) and m[1] == t) for t in ("tramites", "tramite_etapas", "eventos")
    }
    assert first["tramites"] == first["tramite_etapas"] == "2019"
    assert first["eventos"] == "2026-07"


# ---- content


def test_every_subject_is_there_and_makes_every_table(some: dict[str, Region]) -> None:
    assert set(some["13"].tables) == set(demonstrated())
    assert len(SUBJECTS) == len(set(SUBJECTS))


def test_clean_cells_are_what_the_contracts_allow(some: dict[str, Region]) -> None:
    for table in demonstrated():
        contract = CONTRACTS[table]
        rows = pa.concat_tables([r.tables[table] for r in some.values() if table in r.tables])
        assert rows.column_names == [*contract.column_names, PERIOD]
        assert rows.num_rows > 0, table
        keys = pc.binary_join_element_wise(*(rows[k].cast(pa.string()) for k in contract.key), "|")
        assert len(pc.unique(keys)) == rows.num_rows, table
        for column in contract.columns:
            values = rows[column.name]
            assert not column.required or values.null_count == 0, (table, column.name)
            texts = pc.unique(values.cast(pa.string())).drop_null()
            assert not column.allowed or set(texts.to_pylist()) <= set(column.allowed), (table, column.name)
            assert not column.pattern or pc.all(pc.match_substring_regex(texts, column.pattern)).as_py() in (True, None), (table, column.name)
            if column.minimum is not None:
                assert pc.min(values).as_py() is None or pc.min(values).as_py() >= column.minimum, (table, column.name)
            if column.maximum is not None:
                assert pc.max(values).as_py() is None or pc.max(values).as_py() <= column.maximum, (table, column.name)


def test_references_resolve(some: dict[str, Region]) -> None:
    known = references.tables(CUT)
    for code, made in some.items():
        for table in made.tables:
            for column in (c for c in CONTRACTS[table].columns if c.references):
                parent, _, key = column.references.partition(".")
                values = pc.unique(made.tables[table][column.name]).drop_null()
                there = (known | made.tables)[parent][key]
                assert pc.all(pc.is_in(values, value_set=there.combine_chunks())).as_py() in (True, None), (code, table, column.name)


def test_what_refers_is_delivered_no_earlier_than_what_it_refers_to(some: dict[str, Region]) -> None:
    """A step goes with its case: were it in another period's file, one of the two would wait for the other."""
    for made in some.values():
        of_case = dict(zip(made.tables["tramites"]["expediente_id"].to_pylist(), made.tables["tramites"][PERIOD].to_pylist(), strict=True))
        steps = made.tables["tramite_etapas"]
        assert [of_case[c] for c in steps["expediente_id"].to_pylist()] == steps[PERIOD].to_pylist()


def test_districts_are_of_the_region_and_no_date_passes_the_cut(some: dict[str, Region]) -> None:
    for code, made in some.items():
        for table in made.tables:
            for column in CONTRACTS[table].columns:
                values = made.tables[table][column.name]
                if column.references == "ref_ubigeo.ubigeo":
                    assert {region_of_ubigeo(u) for u in pc.unique(values).drop_null().to_pylist()} <= {code}, (table, column.name)
                if column.type == "date" and column.dates not in ("futuras", "libres"):
                    assert (pc.max(values).as_py() or CUT) <= CUT, (table, column.name)


def test_formalisation_leaves_the_regions_on_its_day(cases: dict[str, Region]) -> None:
    for made in cases.values():
        rows = made.tables["tramites"]
        moved = pc.and_(pc.equal(rows["cod_procedimiento"], "IGAFOM"), pc.greater_equal(rows["fecha_ingreso"], pa.scalar(date(2025, 5, 18))))
        assert pc.all(pc.equal(moved, pc.equal(rows["autoridad"], "DGFM"))).as_py()


def test_steps_follow_one_another_from_entry_to_notice(cases: dict[str, Region]) -> None:
    made = cases["13"].tables
    steps = made["tramite_etapas"].to_pandas()
    rows = made["tramites"].to_pandas().set_index("expediente_id")
    groups = steps.groupby("expediente_id", sort=False)
    assert (steps["secuencia"] == groups.cumcount() + 1).all()
    before = groups["fecha_fin"].shift()
    assert (steps["fecha_inicio"] == before.where(steps["secuencia"] > 1, steps["expediente_id"].map(rows["fecha_ingreso"]))).all()
    last = groups.tail(1).set_index("expediente_id")["fecha_fin"]
    assert last[last.notna()].eq(rows["fecha_notificacion"].reindex(last[last.notna()].index)).all()
    assert rows["fecha_notificacion"].reindex(last[last.isna()].index).isna().all()


def test_titles_of_the_regions_are_their_approved_cases(cases: dict[str, Region]) -> None:
    """X-02 holds month by month and case by case: same right, same days, same holder."""
    for made in cases.values():
        rows = made.tables["tramites"].filter(pc.equal(made.tables["tramites"]["cod_procedimiento"], "TITULO_CONCESION"))
        approved = rows.filter(pc.equal(rows["sentido"], "aprobado"))
        rights = made.tables["derechos_mineros"]
        titled = rights.filter(
            pc.and_kleene(pc.equal(rights["autoridad_otorgante"], "GR"), pc.greater_equal(rights["fecha_titulo"], pa.scalar(FIRST)))
        )
        asked = zip(
            *(approved[n].to_pylist() for n in ("codigo_derecho", "fecha_ingreso", "fecha_resolucion", "solicitante_hash", "estrato", "ubigeo")),
            strict=True,
        )
        given = zip(
            *(titled[n].to_pylist() for n in ("codigo_derecho", "fecha_petitorio", "fecha_titulo", "titular_hash", "estrato", "ubigeo")), strict=True
        )
        assert sorted(asked) == sorted(given)


def test_holders_stay_within_their_hectares(cases: dict[str, Region]) -> None:
    for made in cases.values():
        rights = made.tables["derechos_mineros"]
        standing = rights.filter(pc.not_equal(rights["estado_catastral"], "extinguido"))
        for stratum, limit in (("PPM", 2_000), ("PMA", 1_000)):
            own = standing.filter(pc.equal(standing["estrato"], stratum)).group_by("titular_hash").aggregate([("superficie_ha", "sum")])
            assert pc.max(own["superficie_ha_sum"]).as_py() <= limit


def test_old_months_are_resolved_and_recent_ones_open(cases: dict[str, Region]) -> None:
    rows = pa.concat_tables([r.tables["tramites"] for r in cases.values()])

    def open_share(code: str) -> float:
        own = rows.filter(pc.equal(rows[PERIOD], code))
        return float(pc.mean(pc.is_in(own["estado"], value_set=pa.array(["en_tramite", "observado", "en_opinion"]))).as_py())

    assert open_share("2024-09") < 0.02 < 0.7 < open_share("2026-09")


def test_the_amount_is_the_one_promised(cases: dict[str, Region]) -> None:
    rows, steps = (sum(r.tables[t].num_rows for r in cases.values()) for t in CASES)
    assert 55_000 < rows < 70_000
    assert 420_000 < steps < 560_000


def on_time(made: Region, first: date, last: date) -> tuple[int, int]:
    """Cases whose deadline fell in the dates: (notified by then, all); the clock of KPI 11 counted by hand."""
    number = {r["fecha"]: r["n_habil"] for r in references.calendar_rows(2027)}
    limit = {
        r["cod_procedimiento"]: r["plazo_dias"] or r["plazo_referencia_dias"] for r in references.procedures().to_pylist() if not r["vigente_hasta"]
    }
    recent = pc.field("_periodo") >= "2025-06"
    rows, steps = (made.tables[t].filter(recent).to_pylist() for t in CASES)
    waits = Counter[str]()
    for s in steps:
        if s["responsable"] == "administrado":
            waits[s["expediente_id"]] += number[s["fecha_fin"] or CUT] - number[s["fecha_inicio"]]
    due = [(c, number[c["fecha_ingreso"]] + limit[c["cod_procedimiento"]] + waits[c["expediente_id"]]) for c in rows]
    own = [(c, d) for c, d in due if number[first] <= d <= number[last] and c["autoridad"] != "DGFM" and c["sentido"] != "abandono"]
    return sum(bool(c["fecha_notificacion"]) and number[c["fecha_notificacion"]] <= d for c, d in own), len(own)


def test_la_libertad_falls_and_arequipa_recovers_beyond_doubt(cases: dict[str, Region]) -> None:
    """The stories the screens need: the last quarter and the same one a year before are more than three standard errors apart."""
    before, after = (date(2025, 7, 1), date(2025, 9, 30)), (date(2026, 7, 1), date(2026, 9, 30))
    for code, sign in (("13", -1), ("04", 1)):
        (x1, n1), (x2, n2) = on_time(cases[code], *before), on_time(cases[code], *after)
        p1, p2 = x1 / n1, x2 / n2
        error = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) ** 0.5
        assert sign * (p2 - p1) > 3 * error, (code, p1, p2)


def test_the_offices_closed_in_2020(cases: dict[str, Region]) -> None:
    rows = pa.concat_tables([r.tables["tramites"] for r in cases.values()])
    by_month = Counter(rows[PERIOD].to_pylist())
    assert by_month["2020-04"] < 0.3 * by_month["2019-04"] < 0.4 * by_month["2021-04"]


def test_parents_are_found_to_the_last_one() -> None:
    assert parents(CONTRACTS, ["tramite_etapas"]) == {"tramites", "derechos_mineros"}


# ---- what is wrong on purpose, as written (that each is caught by its rule is `test_etl_faults`'s business)


def read(path: Path) -> pa.Table:
    if path.suffix == ".xlsx":
        names, *rows = openpyxl.load_workbook(path)["datos"].iter_rows(values_only=True)
        return pa.table({str(n): pa.array([None if r[i] is None else str(r[i]) for r in rows], pa.string()) for i, n in enumerate(names)})
    table = pyarrow.csv.read_csv(path)
    return pa.table({n: table[n].cast(pa.string()) for n in table.column_names})


def file_of(folder: Path, place: tuple[str, str, str], version: int = 1) -> Path:
    table, code, period = place
    return next(folder.glob(f"{table}_{code}_{period}_v{version}.*"))


def test_the_faults_of_the_window_are_written(inbox: tuple[Path, Summary]) -> None:
    written = {f.id for f in inbox[1].faults}
    due = {f.id for f in faults() if f.tabla in (*CASES, "derechos_mineros") and (f.tabla == "derechos_mineros" or f.periodo >= "2025-10")}
    assert written == due
    reniec = next(f for f in inbox[1].faults if f.id == "reniec_daniel_carrion")
    codes = read(file_of(inbox[0], reniec.place))["ubigeo"].to_pylist()
    assert any(c.startswith("1802") for c in codes)
    assert not any(c.startswith("1902") for c in codes)
    text = file_of(inbox[0], ("tramites", "05", "2026-01")).read_text(encoding="utf-8")
    assert re.search(r'"\d+,\d\d"', text)


def test_without_faults_nothing_is_wrong_or_missing(tmp_path: Path) -> None:
    summary = write(tmp_path, months=3, tables=CASES, regions=["13", "24"], faults=False)
    assert (summary.faults, summary.missing) == ((), ())
    assert len(list(tmp_path.glob("tramites_24_*"))) == 3


def test_the_correction_mends_the_faults_and_nothing_else(inbox: tuple[Path, Summary], tmp_path: Path) -> None:
    second = write_correction(tmp_path)
    assert second.name.startswith("tramites_13_2026-05_v2.")
    before, after = read(file_of(inbox[0], ("tramites", "13", "2026-05"))), read(second)
    changed = {n for n in before.column_names if not before[n].equals(after[n])}
    assert changed == {"fecha_resolucion", "fecha_notificacion"}
    differs = np.zeros(before.num_rows, bool)
    for name in changed:
        differs |= np.array(before[name].to_pylist(), object) != np.array(after[name].to_pylist(), object)
    assert 6 <= differs.sum() <= 9
    assert write_correction(tmp_path).read_bytes() == second.read_bytes()
