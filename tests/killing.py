"""Runs that are killed, and what readers see meanwhile. No tests here: each database has its file, so that both are tried at once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest

from dashboard.app import create_app
from etl import demonstration
from tests.browser import serving
from warehouse import catalogue, publications
from warehouse.database import connect
from warehouse.settings import load
from warehouse.store import Warehouse

ROOT = Path(__file__).resolve().parents[1]
INSTANTS = 20
#: what the killed runs compute: a ratio, a quantile, a median with open cases, parts of a time, how the deliveries went
INDICATORS = ("pct_tramites_en_plazo", "p90_dias_ciudadano", "mediana_dias_entidad", "participacion_etapa_en_demora", "pct_entregas_oportunas")
PAGES = ("/", "/comparar", "/region/13", "/indicador/pct_tramites_en_plazo?region=13", "/mapa", "/calidad")


class Zygote:
    """Runs of the chain in forked children that can be killed."""

    def __init__(self, declared: Path) -> None:
        """`declared`: where the definitions of these runs are laid."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        for name in ("definiciones", "indices"):
            (declared / name).mkdir(parents=True)
        for name in INDICATORS:
            shutil.copy(catalogue.DEFINITIONS / f"{name}.yml", declared / "definiciones")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote", str(declared)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )
        assert self._line() == "listo"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(self, url: str, folder: Path, kill_after: float | None = None) -> tuple[int, float]:
        """Exit code and seconds of one run; negative where it was killed."""
        assert self.process.stdin is not None
        start = time.monotonic()
        self.process.stdin.write(f"{url}|{folder}\n")
        self.process.stdin.flush()
        pid = int(self._line())
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):  # it was quicker than the kill; the caller counts the real ones
                os.kill(pid, signal.SIGKILL)
        return int(self._line()), time.monotonic() - start


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    made = Zygote(tmp_path_factory.mktemp("declarado"))
    yield made
    made.process.kill()
    made.process.wait()


#: indicators of how the deliveries went: each version handed in counts, and each is judged against those before it
OF_THE_DELIVERIES = ("mediana_dias_correccion", "pct_conciliaciones_ok", "pct_reglas_aprobadas")


def fingerprint(url: str, number: int, without: tuple[str, ...] = ()) -> str:
    """All that a reader can see of a publication's figures, as one text."""
    engine = connect(url)
    try:
        frame = publications.values(engine, number)
        frame = frame[~frame["indicador"].isin(without)]
        frame = frame.drop(columns=["datos_al"]).sort_values(publications.KEY).reset_index(drop=True)
        return hashlib.sha256(frame.to_csv(float_format="%.10g").encode()).hexdigest()
    finally:
        engine.dispose()


def latest(url: str) -> int:
    engine = connect(url)
    try:
        return publications.latest(engine).numero
    finally:
        engine.dispose()


def correct(inbox: Path, turn: int) -> None:
    """Hand in a corrected file: every turn makes the same region's month differ from the turn before."""
    first = sorted(inbox.glob("tramites_13_*_v1.csv"))[0]
    frame = pd.read_csv(first, dtype=str, keep_default_na=False)
    frame.iloc[: len(frame) - turn].to_csv(inbox / first.name.replace("_v1", f"_v{turn + 1}"), index=False)


def kill_at_random_instants(zygote: Zygote, database_url: str, tmp_path: Path) -> None:
    """Nothing is ever half published, and every run after a kill completes."""
    folder = tmp_path / "datos"
    warehouse = Warehouse(load(datos=folder, base_datos=database_url)).prepare()
    demonstration.write(warehouse.settings.inbox, months=2, tables=("tramites", "tramite_etapas"))
    assert zygote.run(database_url, folder)[0] == 0
    correct(warehouse.settings.inbox, 1)
    code, seconds = zygote.run(database_url, folder)
    assert (code, latest(database_url)) == (0, 2)

    with serving(create_app(warehouse)) as base:
        _kill_again_and_again(zygote, database_url, warehouse, seconds, base)
    _same_as_from_nothing(zygote, database_url, warehouse, tmp_path)


def pages_show(base: str) -> set[int]:
    """The publication numbers that the pages name; every page must answer, and whole."""
    shown = set()
    for path in PAGES:
        answer = httpx.get(base + path, timeout=30)
        assert answer.status_code == 200, (path, answer.status_code)
        shown |= {int(n) for n in re.findall(r"Publicación N\.º (\d+)", answer.text)[:1]}
    return shown


def _kill_again_and_again(zygote: Zygote, database_url: str, warehouse: Warehouse, seconds: float, base: str) -> None:
    folder = warehouse.settings.datos
    instants = random.Random(20261123)
    killed, turn = 0, 1
    while killed < INSTANTS:
        turn += 1
        assert turn < 4 * INSTANTS, "the kills come too late to prove anything"
        before = latest(database_url)
        seen = {n: fingerprint(database_url, n) for n in (before - 1, before)}
        correct(warehouse.settings.inbox, turn)
        code, spent = zygote.run(database_url, folder, kill_after=instants.uniform(0, seconds))
        killed += code == -signal.SIGKILL
        if code == 0:  # it ended before its kill: the machine is quicker now than when the run was timed
            seconds = min(seconds, spent)
        shown = pages_show(base)
        now = latest(database_url)
        assert shown
        assert shown <= {before, now}, "a page showed something else than a whole publication"
        assert now in (before, before + 1), "a publication was lost or doubled"
        assert {n: fingerprint(database_url, n) for n in seen} == seen, "an earlier publication changed"
        interrupted_fingerprint = fingerprint(database_url, now) if now > before else None
        assert zygote.run(database_url, folder)[0] == 0, "the next run did not complete"
        after = latest(database_url)
        assert after == before + 1, "the corrected file made exactly one publication"
        assert interrupted_fingerprint in (None, fingerprint(database_url, after)), "what a killed run published was not whole"


def _same_as_from_nothing(zygote: Zygote, url: str, warehouse: Warehouse, tmp_path: Path) -> None:
    """After all the kills the figures equal those of an undisturbed load of the same files, which takes all their versions at once."""
    clean = tmp_path / "limpio"
    clean.mkdir()
    shutil.copytree(warehouse.settings.inbox, clean / "entrada")
    clean_url = f"sqlite:///{clean / 'siegem.db'}"
    assert zygote.run(clean_url, clean)[0] == 0
    after_kills, undisturbed = (fingerprint(u, latest(u), OF_THE_DELIVERIES) for u in (url, clean_url))
    assert after_kills == undisturbed
