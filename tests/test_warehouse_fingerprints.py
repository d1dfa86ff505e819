"""A file nobody touched is not read again; one that was is, whatever its times are set to."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from warehouse.fingerprints import Fingerprints, stamp_of


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of a minute ago: the clock is moved, because the time of change cannot be."""
    path = tmp_path / "a.csv"
    path.write_text("uno")
    now = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: now)
    return path


def noted(root: Path, path: Path) -> None:
    made = Fingerprints(root)
    made.note(path, stamp_of(path), "h1")
    made.save()


def test_an_untouched_file_is_known_in_the_next_run(tmp_path: Path, old: Path) -> None:
    noted(tmp_path, old)
    assert Fingerprints(tmp_path).of(old) == "h1"


def test_other_bytes_of_the_same_size_and_time_are_not_taken_for_the_old_ones(tmp_path: Path, old: Path) -> None:
    noted(tmp_path, old)
    before = old.stat()
    old.write_text("dos")
    os.utime(old, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Fingerprints(tmp_path).of(old) is None


def test_a_file_touched_this_instant_or_while_it_was_read_is_not_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("uno")
    noted(tmp_path, path)
    assert Fingerprints(tmp_path).of(path) is None
    made = Fingerprints(tmp_path)
    made.note(path, (1, 2, 3, 4), "h1")
    made.save()
    assert Fingerprints(tmp_path).of(path) is None


def test_a_broken_note_costs_a_reading_and_files_that_went_away_are_forgotten(tmp_path: Path, old: Path) -> None:
    noted(tmp_path, old)
    (tmp_path / "huellas.json").write_text("[[1")
    assert Fingerprints(tmp_path).of(old) is None
    noted(tmp_path, old)
    old.rename(tmp_path / "b.csv")
    other = tmp_path / "c.csv"
    other.write_text("tres")
    noted(tmp_path, other)
    assert str(other) in (tmp_path / "huellas.json").read_text()
    assert str(old) not in (tmp_path / "huellas.json").read_text()
