"""The refresh of the indicators, from CSV files received to figures stored: SIEGEM beside dbt-duckdb and plain pandas, on the same files.

Usage: python -m benchmarks.refresh [--casos N ...] [--carpeta FOLDER] [--sin-dbt] [--sin-pandas] [--periodos]

`--casos`: case files, 100000 (a year of the country) by default; several may be given. Load, twelve checks and the uniqueness of the key,
thirty ratios and five exact medians by region and month, added up to quarters, years, the pilot group and the country, stored. Scenarios:

* from nothing: 26 regions, three years, 364 files;
* nothing changed;
* 30 more ratios over the same rows (only the figures: the load is the same);
* a hundredth of the rows changed: regions 09, 10 and 18 deliver again July to October of the last year, twelve files.

Each run is a process of its own, its start included. SIEGEM's is the whole product: bytes kept, every sentence and interval, the publication.
What came out is compared among all and, at every size, with plain DuckDB over the files: counts equal, values within 1e-9. From 100 million on
(`--casos 100000000`) the rows are written as accepted Parquet by region, and only the figures are measured, SIEGEM alone. Never a test.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks import refresh_dbt as dbt
from benchmarks.refresh_compare import differences, ours, stored
from benchmarks.refresh_data import YEARS, correct, write
from benchmarks.refresh_huge import write_accepted
from benchmarks.refresh_install import install
from benchmarks.refresh_measure import Cost, measure
from benchmarks.refresh_reference import figures

ROOT = Path(__file__).resolve().parents[1]
#: from so many case files on, only the figures, over Parquet
HUGE = 50_000_000
#: gigabytes that pandas may take, and above so many case files it is not even asked
PANDAS_LIMIT, PANDAS_CASES = 12.0, 1_000_000
#: bytes of disk that a case file takes at the most in all the stores of a run
_ON_DISK = 900
#: (scenario, case files) -> the issue's target in words, and the largest share of dbt's wall, of dbt's processor, seconds and gigabytes
TARGETS: dict[tuple[str, int], str] = {
    ("desde nada", 1_000_000): "tiempo <= 0.5 de dbt",
    ("desde nada", 10_000_000): "tiempo <= 0.4 y CPU <= 0.5 de dbt, <= 1.5 GB",
    ("1 % cambia", 10_000_000): "tiempo <= 0.15 de dbt",
}
_ANY_SIZE = {"nada cambia": "<= 1 s", "1 % cambia": "tiempo <= 0.15 de dbt"}


class Bench:
    """One size: its folder, its files, and what each run took."""

    def __init__(self, folder: Path, cases: int, with_dbt: bool, with_pandas: bool) -> None:
        self.folder, self.cases = folder, cases
        self.inbox = folder / "entrada"
        self.dbt = dbt.prepared() if with_dbt else None
        self.pandas = with_pandas and cases <= PANDAS_CASES
        self.costs: dict[tuple[str, str], Cost] = {}

    def run(self) -> None:
        """Every scenario in turn, each figure compared."""
        files, rows, size = write(self.inbox, self.cases)
        print(f"\n{rows:,} expedientes en {files:,} archivos, {size / 1e9:.2f} GB")
        install(self.folder)
        dbt.project(self.folder / "dbt")
        self._ours("desde nada", "refresco")
        self._dbt("desde nada")
        self._pandas("desde nada", "refresco")
        self._compare("desde nada")
        self._floor()
        self._ours("nada cambia", "nada")
        self._dbt("nada cambia")
        self._ours("solo cifras, 30 razones", "indicadores")
        self._ours("solo cifras, 60 razones", "indicadores_mas")
        self._dbt_marts()
        again = correct(self.inbox, self.cases)
        print(f"regiones 09, 10 y 18 entregan otra vez julio a octubre: {again[0]} archivos, {again[1]:,} filas ({again[1] / rows:.2%})")
        self._ours("1 % cambia", "refresco")
        self._dbt("1 % cambia")
        self._pandas("1 % cambia", "refresco")
        self._compare("1 % cambia")
        self.table()

    def _ours(self, scenario: str, kind: str) -> None:
        cost = measure([sys.executable, "-m", "benchmarks.refresh_ours", str(self.folder), kind], ROOT)
        self._note(scenario, "siegem", cost)
        self._without_judgement(scenario, cost)
        parts = json.loads(cost.said)
        print("    " + " · ".join(f"{part} {wall:.1f} s ({cpu:.1f} CPU)" for part, (wall, cpu) in parts.items()))

    def _dbt(self, scenario: str, *extra: str, name: str = "dbt") -> None:
        if self.dbt is not None:
            folder = self.folder / "dbt"
            self._note(scenario, name, measure(dbt.command(self.dbt, folder, *extra), folder, dbt.environment(folder, self.inbox)))

    def _dbt_marts(self) -> None:
        """The figures alone, with 30 ratios and then with 60, over the staged rows."""
        only = ("--full-refresh", "--select", "int_conteos", "mart_razones", "mart_medianas")
        self._dbt("solo cifras, 30 razones", *only)
        if self.dbt is not None:
            dbt.project(self.folder / "dbt", more=True)
            self._dbt("solo cifras, 60 razones", *only)
            dbt.project(self.folder / "dbt")
            measure(dbt.command(self.dbt, self.folder / "dbt", *only), self.folder, dbt.environment(self.folder / "dbt", self.inbox))

    def _pandas(self, scenario: str, kind: str) -> None:
        if not self.pandas:
            return
        cost = measure([sys.executable, "-m", "benchmarks.refresh_pandas", str(self.folder), kind], ROOT, limit=PANDAS_LIMIT)
        self._note(scenario, "pandas", cost)

    def _floor(self) -> None:
        delta = self.folder / "datos" / "delta" / "aceptado" / "tramites"
        self._note("leer las columnas", "piso", measure([sys.executable, "-m", "benchmarks.refresh_reference", str(delta)], ROOT))

    def _without_judgement(self, scenario: str, cost: Cost) -> None:
        """The same run less what the others do not do: intervals, comparisons, signals, sentences."""
        wall, cpu = json.loads(cost.said).get("juicio", (0.0, 0.0))
        if wall:
            self.costs[scenario, "siegem sin juicio"] = replace(cost, wall=cost.wall - wall, cpu=cost.cpu - cpu)

    def _note(self, scenario: str, who: str, cost: Cost) -> None:
        self.costs[scenario, who] = cost
        print(f"{scenario:<26}{who:<8}{cost.wall:>8.1f} s{cost.cpu:>8.1f} CPU s{cost.peak:>7.2f} GB" + ("" if cost.fits else "  no cabe"), flush=True)

    def _compare(self, scenario: str) -> None:
        """Everyone's figures with the reference's. Raises SystemExit where any differ."""
        found: dict[str, pd.DataFrame] = {"siegem": ours(self.folder / "datos")}
        if self.dbt is not None:
            found["dbt"] = dbt.results(self.folder / "dbt")
        if self.pandas and self.costs[scenario, "pandas"].fits:
            found["pandas"] = stored(self.folder / "pandas.parquet")
        reference = figures(self.inbox)
        wrong = {who: apart for who, made in found.items() if (apart := differences(made, reference))}
        if wrong:
            raise SystemExit(f"las cifras no coinciden: {wrong}")
        print(f"{scenario}: {len(reference):,} cifras iguales en {', '.join(found)} y DuckDB sobre los archivos")

    def table(self) -> None:
        """What was measured, as shares of dbt's, beside the targets."""
        print(f"\n| {self.cases:,} expedientes | | s | CPU s | GB | tiempo / dbt | CPU / dbt | meta |\n|---|---|---|---|---|---|---|---|")
        for (scenario, who), cost in self.costs.items():
            base = self.costs.get((scenario, "dbt"))
            shares = f"{cost.wall / base.wall:.2f} | {cost.cpu / base.cpu:.2f}" if base and who != "dbt" else " | "
            aim = (TARGETS.get((scenario, self.cases)) or _ANY_SIZE.get(scenario, "")) if who.startswith("siegem") else ""
            print(f"| {scenario} | {who} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:.2f} | {shares} | {aim} |")
        for who in ("siegem", "dbt"):
            if (few := self.costs.get(("solo cifras, 30 razones", who))) and (many := self.costs.get(("solo cifras, 60 razones", who))):
                whole = self.costs["desde nada", who]
                rises = many.cpu / few.cpu - 1, (many.cpu - few.cpu) / whole.cpu, many.wall / few.wall - 1, (many.wall - few.wall) / whole.wall
                said = "30 razones más, {}: {:+.0%} de CPU sobre las cifras y {:+.0%} sobre el refresco entero; {:+.0%} y {:+.0%} de tiempo"
                print(said.format(who, *rises))


def grown(benches: list[Bench]) -> None:
    """How the cost from nothing grows with the rows: between each size and the one before."""
    for less, more in itertools.pairwise(benches):
        for who in ("siegem", "dbt", "pandas"):
            if (a := less.costs.get(("desde nada", who))) and (b := more.costs.get(("desde nada", who))) and b.fits:
                each = (b.cpu - a.cpu) / (more.cases - less.cases) * 1e6
                print(f"de {less.cases:,} a {more.cases:,} filas, {who}: {b.cpu / a.cpu:.1f} veces la CPU; {each:.1f} CPU s por millón de filas más")


def periods(folder: Path, cases: int) -> None:
    """How the cost of the figures grows with the periods: the same rows in one year and in three."""
    found = {}
    for name, years in (("1 año", YEARS[-1:]), ("3 años", YEARS)):
        place = folder / name.replace(" ", "_")
        write(place / "entrada", cases, years)
        install(place)
        measure([sys.executable, "-m", "benchmarks.refresh_ours", str(place), "refresco"], ROOT)
        found[name] = measure([sys.executable, "-m", "benchmarks.refresh_ours", str(place), "indicadores"], ROOT)
        print(f"solo cifras, {cases:,} filas en {name}: {found[name].wall:.1f} s, {found[name].cpu:.1f} CPU s\n    {found[name].said}")
    print(f"tres veces los periodos: {found['3 años'].cpu / found['1 año'].cpu:.1f} veces la CPU")


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--casos", type=int, nargs="+", default=[100_000])
    asked.add_argument("--carpeta", type=Path, default=Path(tempfile.gettempdir()), help="donde hay disco para los archivos y los almacenes")
    asked.add_argument("--sin-dbt", action="store_true")
    asked.add_argument("--sin-pandas", action="store_true")
    asked.add_argument("--periodos", action="store_true", help="además, las cifras de las mismas filas en un año y en tres")
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that the temporary folders go too
    done: list[Bench] = []
    for cases in given.casos:
        free = shutil.disk_usage(given.carpeta).free
        if free < (needed := cases * (100 if cases >= HUGE else _ON_DISK)):
            raise SystemExit(f"{cases:,} expedientes piden {needed / 1e9:.0f} GB de disco y hay {free / 1e9:.0f}.")
        with tempfile.TemporaryDirectory(dir=given.carpeta, prefix="refresco-") as name:
            if cases >= HUGE:
                huge(Path(name), cases)
            else:
                done.append(Bench(Path(name), cases, not given.sin_dbt, not given.sin_pandas))
                done[-1].run()
    grown(done)
    if given.periodos:
        with tempfile.TemporaryDirectory(dir=given.carpeta, prefix="refresco-") as name:
            periods(Path(name), given.casos[0])


def huge(folder: Path, cases: int) -> None:
    """The figures alone over rows written as accepted: whether memory stays bounded."""
    install(folder)
    rows = write_accepted(folder, cases)
    print(f"\n{rows:,} expedientes aceptados, en Parquet por región")
    cost = measure([sys.executable, "-m", "benchmarks.refresh_ours", str(folder), "indicadores"], ROOT)
    print(f"solo cifras, 30 razones y 5 medianas: {cost.wall:.1f} s {cost.cpu:.1f} CPU s {cost.peak:.2f} GB\n    {cost.said}")


if __name__ == "__main__":
    main()
